"""What a role may, must and must not share, as a page of text and as JSON, a contract kept in `output-ask.schema.json`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from sharecheck.knowledge import joined
from sharecheck.policy.names import definite, quoted
from sharecheck.policy.remit import Bar, Entry, Remit, Step
from sharecheck.wrapping import NARROW, wrapped

SCHEMA_VERSION = 1

_Part = TypeVar("_Part")


_SAID = {
    "must-share": "must share", "share": "may share", "ask-first": "only if agreed", "seek-advice": "take advice",
    "do-not-share": "do not share",
}  # fmt: skip


def text(remit: Remit, tool: str) -> str:
    """By recipient and purpose, what may go from which level of concern; then what partners forbid."""
    names = remit.names
    lines = [f"What {definite(names.party(remit.role))} may, must and must not share", ""]
    for recipients, entries in _by(remit.entries, lambda entry: entry.recipients):
        lines.append(_wrap("To " + joined([definite(names.party(one)) for one in recipients]), "", "  "))
        for _, alike in _by(entries, lambda entry: entry.steps):
            lines.append(_wrap("; ".join(_steps(alike[0])) + ":", "  ", "    "))
            lines += [_wrap(_what(entry), "    - ", "      ") for entry in alike]
        lines.append("")
    if not remit.entries:
        lines += [
            _wrap(
                "No flow of an agreement in use lets this role share anything. The law may: ask a whole question.",
                "",
                "",
            ),
            "",
        ]
    if remit.bars:
        lines.append("Partners forbid")
        lines += [_wrap(_bar(bar), "  - ", "    ") for bar in remit.bars]
        lines.append("")
    if remit.not_in_use:
        lines += [_wrap(f"Not in use on this day, and left out: {joined(quoted(remit.not_in_use))}.", "", ""), ""]
    book = remit.book
    lines.append(_wrap(
        "Only what agreements name is listed. Levels go up from the one named to the next; what is not agreed may still be "
        "shared where somebody is at risk: ask the whole question.", "", ""))  # fmt: skip
    lines.append(
        _wrap(f"Read on {book.on} with the book of {book.version}, by sharecheck {tool}. Not legal advice.", "", "")
    )
    return "\n".join(lines) + "\n"


def value(remit: Remit, tool: str) -> dict[str, Any]:
    """The remit as plain values in the order of the contract."""
    book = remit.book
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "sharecheck", "version": tool},
        "knowledge": {"version": book.version},
        "on": book.on.isoformat(),
        "role": remit.role,
        "entries": [
            {
                "to": list(entry.recipients), "purposes": list(entry.purposes), "about": list(entry.about),
                "data": list(entry.items), "agreements": list(entry.agreements),
                "must_from": list(entry.least("must-share")), "may_from": list(entry.least("share")),
                "if_agreed_from": list(entry.least("ask-first")),
                "levels": [
                    {"from": list(step.concern), "not_asked": step.not_asked, "refused": step.refused} for step in entry.steps
                ],
            }
            for entry in remit.entries
        ],
        "never": [
            {
                "agreement": bar.ground.agreement, "id": bar.ground.id, "file": bar.ground.file, "line": bar.ground.line,
                "to": list(bar.recipients), "data": list(bar.items), "about": list(bar.about), "purposes": list(bar.purposes),
                "unless": list(bar.unless), "because": bar.because,
            }
            for bar in remit.bars
        ],
        "not_in_use": list(remit.not_in_use),
    }  # fmt: skip


def _by(entries: Sequence[Entry], part: Callable[[Entry], _Part]) -> list[tuple[_Part, list[Entry]]]:
    """Entries by a part of theirs, in the order in which each is first met."""
    found: dict[_Part, list[Entry]] = {}
    for entry in entries:
        found.setdefault(part(entry), []).append(entry)
    return list(found.items())


def _what(entry: Entry) -> str:
    return f"for {joined(quoted(entry.purposes))}: {', '.join(entry.items)} (about {joined(entry.about)})"


def _steps(entry: Entry) -> Iterator[str]:
    if len(entry.steps) == 1:
        yield f"At every level {_SAID[entry.steps[0].not_asked]}{_refused(entry.steps[0])}"
        return
    for i, step in enumerate(entry.steps):
        level = _level(step)
        yield f"{level if i else level[:1].upper() + level[1:]} {_SAID[step.not_asked]}{_refused(step)}"


def _level(step: Step) -> str:
    return f"from {' or '.join(quoted(step.concern))}" if step.rank else "at no concern"


def _refused(step: Step) -> str:
    if step.refused == step.not_asked:
        return " even if refused" if step.not_asked in ("must-share", "share") else ""
    return f", or if refused {_SAID[step.refused]}"


def _bar(bar: Bar) -> str:
    what = joined(quoted(bar.items)) if bar.items else "anything"
    about = f" about {joined(quoted(bar.about))}" if bar.about else ""
    whom = f" to {joined(quoted(bar.recipients))}" if bar.recipients else " to anybody"
    aim = f" for {joined(quoted(bar.purposes))}" if bar.purposes else ""
    unless = f", unless {joined(bar.unless)}" if bar.unless else ""
    because = f" {bar.because}" if bar.because else ""
    return f"{what}{about}{whom}{aim}{unless}.{because} ({bar.ground.file}:{bar.ground.line})"


def _wrap(words: str, first: str, rest: str) -> str:
    return "\n".join(wrapped(words, first, rest, NARROW))
