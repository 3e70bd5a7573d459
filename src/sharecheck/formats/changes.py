"""What differs between two versions, for a terminal and as JSON."""

from __future__ import annotations

import json
from typing import Any

from sharecheck.change.telling import KINDS, VERDICTS, PartRow, Row, Told
from sharecheck.report import put_right
from sharecheck.wrapping import ended

SCHEMA_VERSION = 1
_MANY = 3
_PARTS = 12


def text(told: Told, *, everything: bool = False) -> str:
    """The difference for a person at a terminal; without `everything`, the first few of long lists."""
    blocks = [f"{told.old} → {told.new}, {told.law}\n"]
    for one in told.agreements:
        if one.beyond and not everything:
            continue
        name = f"`{one.id}`" + (f" (was `{one.was}`)" if one.was else "")
        how = {"added": "a new agreement. ", "removed": "no longer there. "}.get(one.how, "")
        block = f"{one.file}  {name}: {how}{VERDICTS[one.verdict]}.\n"
        if one.rows and one.rows[0].move is None:
            blocks.append(
                block + "".join(_wrap(f"{row.file}:{row.line}:{row.column}  {row.headline}", 2) for row in one.rows)
            )
            continue
        parts = [part for part in one.parts if one.how not in ("added", "removed")]
        block += "".join(_wrap(f"- {part.sentence}", 2) for part in (parts if everything else parts[:_PARTS]))
        if not everything and len(parts) > _PARTS:
            block += _wrap(f"- and {len(parts) - _PARTS} more parts; see them with --all", 2)
        blocks.append(block)
        blocks += [_row(row, everything=everything) for row in one.rows if everything or not row.outside]
        if not everything and (outside := told.outside(one)):
            blocks.append(_wrap(f"{outside} See them with --all.", 2))
    if told.beyond and not everything:
        blocks.append(_wrap(f"{told.beyond} See them with --all.", 0))
    blocks += [_wrap(said, 0) for said in told.void]
    blocks += [f"{one.name}: not compared: {one.message}\n{_wrap(put_right(one.fix), 2)}" for one in told.unread]
    return "\n".join([*blocks, f"{told.sums}\n"])


def _row(row: Row, *, everything: bool) -> str:
    mark = f"{row.questions:,} question{'' if row.questions == 1 else 's'}; {row.fingerprint[:12]}"
    lines = [f"  {row.file}:{row.line}:{row.column}  {KINDS[row.kind]}  ({mark})\n", _said(row.headline, 4)]
    shown = row.exactly if everything else row.exactly[: 0 if row.exact else _MANY]
    if shown:
        lines.append(_wrap("Exactly:", 4))
        lines += [_said(f"- {said}", 4) for said in shown]
        if len(shown) < len(row.exactly):
            lines.append(_wrap(f"- and {len(row.exactly) - len(shown)} more; see them with --all", 4))
    elif row.exactly:
        lines.append(_wrap("In which circumstances that makes a difference: see them with --all.", 4))
    lines += [_wrap(said, 4) for said in row.also]
    if row.example:
        lines.append(_wrap(f"For example: {row.example}", 4))
    return "".join(lines)


def _said(said: str, indent: int) -> str:
    first, *rest = said.split("\n")
    return _wrap(first, indent) + "".join(_wrap(line, indent + 2) for line in rest)


def _wrap(said: str, indent: int) -> str:
    return ended(said, " " * indent, " " * (indent + 2 if said.startswith("- ") else indent))


def as_json(told: Told, version: str) -> str:
    """The difference as JSON, held by `output-diff.schema.json`."""
    value = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "sharecheck", "version": version},
        "knowledge": told.knowledge,
        "old": told.old,
        "new": told.new,
        "on": list(told.days),
        "verdict": told.verdict,
        "summary": {
            "agreements": told.compared, "differ": len(told.agreements), "same": told.same, "not_compared": len(told.unread),
        },
        "agreements": [
            {"id": one.id, "was": one.was, "title": one.title, "how": one.how, "verdict": one.verdict, "file": one.file}
            for one in told.agreements
        ],
        "parts": [_part(part) for one in told.agreements for part in one.parts],
        "changes": [_change(row) for row in told.rows],
        "signatures_voided": [
            {"agreement": one.agreement, "agency": one.agency, "because": one.because} for one in told.voided
        ],
        "not_compared": [{"file": one.name, "message": one.message, "fix": one.fix} for one in told.unread],
    }  # fmt: skip
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _part(part: PartRow) -> dict[str, Any]:
    return {
        "agreement": part.agreement, "part": part.part, "how": part.how, "was": part.was, "sentence": part.sentence,
        "file": part.file, "line": part.line, "column": part.column,
    }  # fmt: skip


def _change(row: Row) -> dict[str, Any]:
    move = row.move
    witness = None
    if move and move.witness:
        witness = {
            "question": dict(move.witness.question),
            "before": {"outcome": move.witness.before, "row": move.witness.row_before},
            "after": {"outcome": move.witness.after, "row": move.witness.row_after},
        }
    return {
        "agreement": row.agreement, "kind": row.kind, "sentence": row.headline, "exactly": list(row.exactly),
        "because": " ".join(said for said in (row.because, row.reason) if said), "questions": row.questions,
        "before": list(move.before) if move else [], "after": list(move.after) if move else [], "witness": witness,
        "part": row.part or None, "flows": list(move.flows) if move else [], "forbidden_by": list(move.bars) if move else [],
        "agencies": list(move.agencies) if move else [], "jurisdictions": list(move.places) if move else [],
        "allows_more": bool(move and move.allows_more), "allows_less": bool(move and move.allows_less),
        "file": row.file, "line": row.line, "column": row.column, "fingerprint": row.fingerprint or None,
        "accepted": row.accepted or None,
    }  # fmt: skip
