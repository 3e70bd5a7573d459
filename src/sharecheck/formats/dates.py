"""The dates that a partnership must not miss, for a person by month and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sharecheck.agenda import LAW, Entry
from sharecheck.knowledge import Book, joined
from sharecheck.report import counted, put_right, sentence
from sharecheck.repository import Gathered
from sharecheck.wrapping import ended

SCHEMA_VERSION = 1

_FEW = 6
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def text(entries: Sequence[Entry], gathered: Gathered, book: Book, until: date | None) -> str:
    """What could not be read, every date by month with those overdue first, and the sums."""
    blocks = [not_read(gathered)] if gathered.unusable else []
    for heading, of_month in groupby(entries, lambda entry: _heading(entry.day, book.on)):
        blocks.append(
            f"{heading}\n\n" + "\n".join(_together(list(same), book.on) for _, same in groupby(of_month, _alike))
        )
    return "\n".join([*blocks, _sums(entries, gathered, book, until)])


def not_read(gathered: Gathered) -> str:
    """Each file that could not be read or does not have the form, with what to do; its dates are missing."""
    blocks = [
        f"{file}:{line}:{column}  not read, so its dates are missing\n{_wrap(sentence(message))}{_wrap(put_right(fix))}"
        for file, line, column, message, fix in gathered.unusable
    ]
    return "\n".join(blocks)


def summary(entries: Sequence[Entry], on: date) -> str:
    """How many dates there are, and how many of them are overdue."""
    overdue = sum(entry.day < on for entry in entries)
    return f"{counted(len(entries), 'date')}, {overdue} overdue"


def _heading(day: date, on: date) -> str:
    return "Overdue" if day < on else f"{_MONTHS[day.month - 1]} {day.year}"


def _alike(entry: Entry) -> tuple[object, ...]:
    """What entries share that are told together: one review day of many agreements is one thing to do, a law stands alone."""
    return entry.day, entry.kind, entry.action, entry.note, entry.uid if entry.kind in LAW else ""


def _together(entries: Sequence[Entry], on: date) -> str:
    first = entries[0]
    day = f"{first.day.day:>2} {_MONTHS[first.day.month - 1][:3]} {first.day.year}"
    found = f"  {day}, {away(first.day, on)}\n"
    by_who: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        by_who.setdefault(entry.who, []).append(entry)
    apart = len(by_who) > 1
    for who, theirs in by_who.items():
        found += _wrap(f"For {_names(who) or 'nobody who is named'}:", "    ") if apart else ""
        for entry in theirs:
            where = "" if entry.kind in LAW else f" ({entry.places[0].file}:{entry.places[0].line})"
            found += _wrap(f"{entry.title}{where}", "      " if apart else "    ", "        " if apart else "      ")
    said = [first.action, first.note]
    said += [f"For {_names(first.who)}."] if first.who and not apart else []
    said += [f"Affected: {_few(first.affects)}."] if first.affects else []
    found += _wrap(" ".join(filter(None, said)), "    " if apart else "      ")
    if first.kind in LAW:
        for file, lines in first.lines.items():
            found += _wrap(
                f"{file}: line{'s' * (len(lines) > 1)} {joined([str(n) for n in lines])}", "      ", "        "
            )
    for source in first.sources:
        section = f", {source.section}" if source.section else ""
        url = f" {source.url}" if source.url else ""
        found += _wrap(f"Source: {source.title}{section}.{url}", "      ", "        ")
    return found


def _names(who: Sequence[str]) -> str:
    return "; ".join(who)


def away(day: date, on: date) -> str:
    """How far a day is, as people say it: `3 weeks ago`, `today`, `in 10 months`."""
    days = abs((day - on).days)
    if not days:
        return "today"
    for unit, length, least in (("year", 365, 730), ("month", 30, 60), ("week", 7, 14)):
        if days >= least:
            said = counted(days // length, unit)
            break
    else:
        said = counted(days, "day")
    return f"{said} ago" if day < on else f"in {said}"


def _few(names: Sequence[str]) -> str:
    more = [f"{len(names) - _FEW} more"] if len(names) > _FEW else []
    return _names([*names[:_FEW], *more])


def _sums(entries: Sequence[Entry], gathered: Gathered, book: Book, until: date | None) -> str:
    span = f"from {book.on} to {until}" if until else f"from {book.on} on, however far ahead"
    unusable = len(gathered.unusable)
    said = f"{summary(entries, book.on)}, {span}" if entries else f"There is no date to act on {span}, and none overdue"
    return (
        f"{said}.\n"
        f"{counted(len(gathered.agreements), 'agreement')} read, {counted(unusable, 'file')} not read.\n"
        + "".join(f"Left out: {one.name} ({one.reason}).\n" for one in gathered.left_out)
        + f"Read on {book.on} with the book of {book.version}.\n"
    )


def _wrap(said: str, indent: str = "  ", then: str | None = None) -> str:
    return ended(said, indent, then)


def value(entries: Sequence[Entry], gathered: Gathered, book: Book, until: date | None, tool: str) -> dict[str, Any]:
    """The same as plain values, in the order of the contract; `until` is null where there is no last day."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "sharecheck", "version": tool},
        "knowledge": {"version": book.version},
        "on": book.on.isoformat(),
        "until": until.isoformat() if until else None,
        "agreements": len(gathered.agreements),
        "dates": [_entry(entry, book.on) for entry in entries],
        "not_read": [
            {"file": file, "line": line, "column": column, "message": message, "fix": fix}
            for file, line, column, message, fix in gathered.unusable
        ],
        "left_out": [{"name": one.name, "reason": one.reason} for one in gathered.left_out],
    }


def as_json(entries: Sequence[Entry], gathered: Gathered, book: Book, until: date | None, tool: str) -> str:
    """The values as JSON, one object, ending in a new line."""
    return json.dumps(value(entries, gathered, book, until, tool), indent=2, ensure_ascii=False) + "\n"


def _entry(entry: Entry, on: date) -> dict[str, Any]:
    return {
        "day": entry.day.isoformat(),
        "kind": entry.kind,
        "overdue": entry.day < on,
        "agreements": list(entry.agreements),
        "title": entry.title,
        "action": entry.action,
        "note": entry.note or None,
        "who": list(entry.who),
        "affects": list(entry.affects),
        "reported": entry.reported,
        "places": [{"agreement": p.agreement, "file": p.file, "line": p.line} for p in entry.places],
        "sources": [{"title": s.title, "section": s.section or None, "url": s.url} for s in entry.sources],
        "uid": entry.uid,
    }
