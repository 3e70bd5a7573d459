"""What came of scenarios, for a person and as JSON: which fail and why, and what in the agreements no scenario touches."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sharecheck.knowledge import Book, joined
from sharecheck.policy.answer import Ground
from sharecheck.report import counted, put_right, sentence
from sharecheck.repository import Gathered
from sharecheck.scenarios import Coverage, Result, Unnoticed, ground
from sharecheck.wrapping import ended

SCHEMA_VERSION = 1

_KINDS = {"flows": "flow", "never": "prohibition"}


_FEW = 40
"""As many rows of the table as are worth listing; a partnership that begins has exercised next to none."""


def text(
    results: Sequence[Result], coverage: Coverage, unnoticed: Sequence[Unnoticed] | None, gathered: Gathered, book: Book
) -> str:
    """Every scenario that fails, what no scenario touches, what could not be tested, and the sums."""
    blocks = [_not_tested(*one) for one in gathered.unusable]
    blocks += [_failure(result) for result in results if not result.passed]
    untouched = [*coverage.of("flows")[1], *coverage.of("never")[1]]
    if results and untouched:
        blocks.append("No scenario exercises:\n" + "".join(map(_clauses, _by_file(untouched))))
    if results and (idle := coverage.idle_rows) and len(idle) <= _FEW:
        blocks.append(f"Rows of the decision table that no scenario exercises:\n{_wrap(', '.join(idle))}")
    if unnoticed is not None:
        blocks.append(_changes(unnoticed))
    return "\n".join([*blocks, _sums(results, coverage, gathered, book)])


def _failure(result: Result) -> str:
    one = result.scenario
    line, column = one.place
    said = f"{result.why}. {ground(result.got)}" if result.got else result.why
    return (
        f"{one.file}:{line}:{column}  failed  {one.id}\n"
        + (_wrap(one.text) if one.text else "")
        + _wrap(sentence(said))
    )


def _by_file(clauses: Iterable[Ground]) -> list[list[Ground]]:
    """The clauses of each file, flows before prohibitions."""
    files: dict[str, list[Ground]] = {}
    for clause in clauses:
        files.setdefault(clause.file, []).append(clause)
    return list(files.values())


def _clauses(of_file: Sequence[Ground]) -> str:
    lines = []
    for kind, name in _KINDS.items():
        if named := [f"{clause.id} (line {clause.line})" for clause in of_file if clause.kind == kind]:
            lines.append(_wrap(f"{name if len(named) == 1 else f'{name}s'}: {', '.join(named)}", "    "))
    return f"  {of_file[0].file}\n{''.join(lines)}"


def _changes(unnoticed: Sequence[Unnoticed]) -> str:
    if not unnoticed:
        return "Every change that was tried makes a scenario fail.\n"
    lines = ["No scenario notices if one of these is\n"]
    by_clause = {one.clause: one.changes for one in unnoticed}
    for of_file in _by_file(by_clause):
        lines.append(f"  {of_file[0].file}\n")
        alike: dict[str, list[str]] = {}
        for clause in of_file:
            for change in by_clause[clause]:
                alike.setdefault(change, []).append(f"{_KINDS[clause.kind]} {clause.id} (line {clause.line})")
        lines += [_wrap(f"{change}: {', '.join(clauses)}", "    ") for change, clauses in alike.items()]
    return "".join(lines)


def _not_tested(file: str, line: int, column: int, message: str, fix: str) -> str:
    return f"{file}:{line}:{column}  not tested\n" + _wrap(sentence(message)) + _wrap(put_right(fix))


def _sums(results: Sequence[Result], coverage: Coverage, gathered: Gathered, book: Book) -> str:
    failed = sum(not result.passed for result in results)
    untested = len(gathered.unread) + len(gathered.misshapen)
    shares = []
    for kind, name in _KINDS.items():
        every, idle = coverage.of(kind)
        shares.append(f"{len(every) - len(idle)} of {len(every)} {name}s")
    shares.append(f"{len(coverage.rows) - len(coverage.idle_rows)} of {len(coverage.rows)} rows of the decision table")
    return (
        f"{counted(len(results), 'scenario')}: {len(results) - failed} passed, {failed} failed, "
        f"{counted(untested, 'file')} not tested.\n"
        f"They exercise {joined(shares)}.\n"
        + "".join(f"Left out: {one.name} ({one.reason}).\n" for one in gathered.left_out)
        + f"Asked on {book.on}, or the nearest day on which each agreement is in use, with the book of {book.version}.\n"
    )


def _wrap(said: str, indent: str = "  ") -> str:
    return ended(said, indent)


def value(
    results: Sequence[Result],
    coverage: Coverage,
    unnoticed: Sequence[Unnoticed] | None,
    gathered: Gathered,
    book: Book,
    tool: str,
) -> dict[str, Any]:
    """The same as plain values, in the order of the contract; `unnoticed` is null where no change was tried."""
    flows, idle_flows = coverage.of("flows")
    bars, idle_bars = coverage.of("never")
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "sharecheck", "version": tool},
        "knowledge": {"version": book.version},
        "on": book.on.isoformat(),
        "scenarios": [_scenario(result) for result in results],
        "coverage": {
            "flows": len(flows),
            "exercised": len(flows) - len(idle_flows),
            "unexercised": [_place(clause) for clause in idle_flows],
            "prohibitions": {
                "prohibitions": len(bars),
                "exercised": len(bars) - len(idle_bars),
                "unexercised": [_place(clause) for clause in idle_bars],
            },
            "rows": {
                "rows": len(coverage.rows),
                "exercised": len(coverage.rows) - len(coverage.idle_rows),
                "unexercised": list(coverage.idle_rows),
            },
        },
        "unnoticed": None
        if unnoticed is None
        else [{**_ground(one.clause), "changes": list(one.changes)} for one in unnoticed],
        "not_tested": [
            {"file": file, "line": line, "column": column, "message": message, "fix": fix}
            for file, line, column, message, fix in gathered.unusable
        ],
        "left_out": [{"name": one.name, "reason": one.reason} for one in gathered.left_out],
    }


def as_json(
    results: Sequence[Result],
    coverage: Coverage,
    unnoticed: Sequence[Unnoticed] | None,
    gathered: Gathered,
    book: Book,
    tool: str,
) -> str:
    """The values as JSON, one object, ending in a new line."""
    made = value(results, coverage, unnoticed, gathered, book, tool)
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _scenario(result: Result) -> dict[str, Any]:
    one, got = result.scenario, result.got
    line, column = one.place
    return {
        "agreement": one.named,
        "id": one.id,
        "expected": one.expected.outcome if one.expected else None,
        "got": got.outcome if got else None,
        "passed": result.passed,
        "why": result.why or None,
        "row": got.row.id if got else None,
        "because": list(got.because) if got else [],
        "flows": [_ground(clause) for clause in got.flows] if got else [],
        "provisions": [provision.id for provision in got.provisions] if got else [],
        "questions": len(one.given),
        "file": one.file,
        "line": line,
        "column": column,
    }


def _place(clause: Ground) -> dict[str, Any]:
    return {"agreement": clause.agreement, "id": clause.id, "file": clause.file, "line": clause.line}


def _ground(clause: Ground) -> dict[str, Any]:
    return {"kind": _KINDS[clause.kind], **_place(clause)}
