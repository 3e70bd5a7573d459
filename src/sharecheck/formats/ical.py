"""Dates as an iCalendar file (RFC 5545): whole days that block nobody's time, with reminders before what takes work.

The same dates give the same bytes: the time stamp is the day on which the agreements were read. An event keeps its id when
its date moves, so that a calendar that takes the file again moves it too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Alarm, Calendar, Event

from sharecheck.agenda import KINDS, Entry

_NAME = "Information sharing: dates to act on"
_PRODUCT = "-//sharecheck//sharecheck calendar//EN"

_REMINDERS = {"review": (90, 14), "ends": (90, 14)}
"""Days before: a quarter, since boards that must agree meet four times a year, and a fortnight, while a signature can be had."""
_REMINDER = (14,)
_HOUR = 9
"""The hour of reminders, in the reader's own time: counted from the start of a whole day they would sound at midnight."""


def render(entries: Sequence[Entry], on: date) -> bytes:
    """The calendar, as read on a day; lines end in CRLF and are folded at 75 octets."""
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _NAME)
    for entry in entries:
        calendar.add_component(_event(entry, on))
    made: bytes = calendar.to_ical()
    return made


def _event(entry: Entry, on: date) -> Event:
    summary = _clean(f"Overdue: {entry.title}" if entry.day < on else entry.title)
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", datetime.combine(on, time(), UTC))
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", summary)
    event.add("description", _clean("\n".join(_description(entry))))
    event.add("categories", [KINDS[entry.kind]])
    event.add("transp", "TRANSPARENT")
    if url := next((source.url for source in entry.sources if source.url), None):
        event.add("url", url)
    for days in _REMINDERS.get(entry.kind, _REMINDER):
        if entry.day - timedelta(days=days) >= on:
            event.add_component(_alarm(summary, days))
    return event


def _description(entry: Entry) -> list[str]:
    lines = [entry.action, *([entry.note] if entry.note else [])]
    lines += [f"For: {'; '.join(entry.who)}"] if entry.who else []
    lines += [f"Affected: {'; '.join(entry.affects)}"] if entry.affects else []
    lines += [f"Written in {file}, line {', '.join(map(str, found))}" for file, found in entry.lines.items()]
    for source in entry.sources:
        where = f", {source.section}" if source.section else ""
        lines.append(f"Source: {source.title}{where}{f' {source.url}' if source.url else ''}")
    return lines


def _alarm(summary: str, days: int) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", timedelta(hours=_HOUR) - timedelta(days=days))
    return alarm


def _clean(words: str) -> str:
    """Words without control characters, which the format cannot carry; a line keeps its end."""
    return "".join(letter for letter in words if letter == "\n" or unicodedata.category(letter) != "Cc")
