"""The dates not to miss: which there are, how they are known again, and what the command and the calendar file say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import icalendar
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from conftest import DAY, ROOT, lay_out
from sharecheck import agenda, agreement, knowledge, repository, schema, source
from sharecheck.agenda import KINDS, Entry, Where
from sharecheck.agreement import Agreement
from sharecheck.cli.app import app
from sharecheck.formats import dates, ical
from sharecheck.knowledge import Book
from sharecheck.rules import page
from sharecheck.rules.facts import Facts
from sharecheck.settings import Settings

BASE = (ROOT / "src" / "sharecheck" / "rules" / "base.yaml").read_text(encoding="utf-8")
DUTY = "ca-2004-s16la"
BEFORE = date(2026, 9, 1)
"""A day before the duty of England is reported to begin."""
WAIVER = "{rule: consent-without-record, at: flows.help, because: The form is being printed, by: Caldicott Guardian, until: %s}"


def built(fragment: str, name: str = "example.yaml", under: Agreement | None = None) -> Agreement:
    return agreement.build(page.lay(source.parse(fragment.encode(), name), page.base()), under)


def told(fragment: str, on: date = DAY, until: date | None = None) -> tuple[Entry, ...]:
    return agenda.agenda([built(fragment)], knowledge.load(on), on, until)


def brief(entries: tuple[Entry, ...]) -> list[str]:
    return [f"{entry.day} {entry.kind}" for entry in entries]


# which dates there are

REVIEW, ENDS = "2027-09-30 review", "2029-09-30 ends"


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("{}", [REVIEW, ENDS]),
        # a month or a year: the first day of what starts, the last of what is due or runs out
        ("starts: 2027-02", ["2027-02-01 starts", REVIEW, ENDS]),
        ("{review: 2027, ends: 2028-02}", ["2027-12-31 review", "2028-02-29 ends"]),
        ("{review: null, ends: null}", []),
        # overdue
        ("review: 2026-11-01", ["2026-11-01 review", ENDS]),
        ("{review: 2026-11-22, ends: null}", ["2026-11-22 review"]),
        ("status: agreed", ["2026-10-01 starts", REVIEW, ENDS]),
        ("{status: suspended, review: 2026-11-01}", ["2026-11-01 review", ENDS]),
        # past its end, only that it is not said to have ended is left to settle
        (f"{{starts: 2025-10-01, review: 2026-09-30, ends: 2026-10-31, allow: [{WAIVER % '2026-11-30'}]}}", ["2026-10-31 ends"]),
        ("{status: ended, review: 2026-11-01}", []),
        ("replaced_by: example-2", []),
        # waivers
        (f"allow: [{WAIVER % '2027-01'}]", ["2027-01-31 waiver", REVIEW, ENDS]),
        (f"allow: [{WAIVER % '2026-11-21'}]", ["2026-11-21 waiver", REVIEW, ENDS]),
        # what says when something was done is a date only while it is a plan
        (
            "approvals: [{who: A}, {who: B, on: null}, {who: C, on: 2026-09-15}, {who: D, on: 2026-11}, {who: E, on: 2026-12}]",
            ["2026-12-31 approval", REVIEW, ENDS],
        ),
        ("assured: {by: WASPI, on: 2026-11-23}", ["2026-11-23 assurance", REVIEW, ENDS]),
        ("assured: {by: WASPI, on: 2026-11-22}", [REVIEW, ENDS]),
        ("governance: {dpia: {on: 2027-01-15}}", ["2027-01-15 assessment", REVIEW, ENDS]),
        ("agencies: {council: {signatory: {on: 2026-12-01}}}", ["2026-12-01 signature", REVIEW, ENDS]),
        ("agencies: {council: {signatory: Director}}", [REVIEW, ENDS]),
        # promises, where what they say is a date
        ("undertakings: {training: {who: [council], must: Train, before: 2027-03-31}}", ["2027-03-31 promise", REVIEW, ENDS]),
        ("undertakings: {training: {who: [council], must: Train, before: first access}}", [REVIEW, ENDS]),
        ("undertakings: {training: {who: [council], must: Train, before: 2027-13}}", [REVIEW, ENDS]),
        ("undertakings: {training: {who: [council], must: Train, before: 2026-11-21}}", [REVIEW, ENDS]),
        ("undertakings: {training: {who: [council], must: Train, before: 2026-11-22}}", ["2026-11-22 promise", REVIEW, ENDS]),
        # dates that ask for nothing
        ("as_of: 2027-01", [REVIEW, ENDS]),
        ("scenarios: {one: {given: {on: 2027-01-01}, expect: share}}", [REVIEW, ENDS]),
        ("governance: {register: Reviewed yearly}", [REVIEW, ENDS]),
    ],
)  # fmt: skip
def test_the_dates_an_agreement_sets(fragment: str, expected: list[str]) -> None:
    assert brief(told(fragment)) == expected


def test_every_date_of_the_format_is_told_or_left_out_on_purpose() -> None:
    """A field for a date that is added to the format has to be added to the table, or here."""
    raw = source.read(ROOT / "src" / "sharecheck" / "schema" / "agreement.schema.yaml").data
    found = set(_dated(raw["properties"], raw["$defs"], ()))
    asks = {one.at for one in agenda._SETS}
    asks_nothing = {("as_of",), ("scenarios", "*", "given", "on"), ("scenarios", "*", "given", "*", "on")}
    in_words = {("undertakings", "*", "before")}
    assert found == (asks - in_words) | asks_nothing


def _dated(here: Any, defs: Any, at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, field in here.items():
        yield from _dated_at(field, defs, (*at, name))


def _dated_at(field: Any, defs: Any, at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    ref = field.get("$ref", "").removeprefix("#/$defs/")
    if ref == "when":
        yield at
    elif ref and ref != "retention":  # which is inside itself, and has no date
        yield from _dated_at(defs[ref], defs, at)
    for one in field.get("anyOf", ()):
        yield from _dated_at(one, defs, at)
    yield from _dated({k: v for k, v in field.get("properties", {}).items() if k != "$include"}, defs, at)
    for many in ("items", "additionalProperties"):
        if isinstance(field.get(many), dict):
            yield from _dated_at(field[many], defs, (*at, "*"))


def test_until_leaves_out_what_comes_later_and_nothing_that_is_overdue() -> None:
    fragment = "{review: 2026-11-01, starts: 2027-01-01}"
    assert brief(told(fragment, until=date(2026, 12, 31))) == ["2026-11-01 review"]
    assert brief(told(fragment, until=date(2027, 1, 1))) == ["2026-11-01 review", "2027-01-01 starts"]


def test_a_date_says_what_to_do_who_does_it_and_where_it_is_written() -> None:
    fragment = (
        f"title: |-\n  Two\n  lines\nreview: 2027-09-30\nallow:\n  - {WAIVER % '2027-01-31'}\n"
        "undertakings:\n  training: {who: [council, therapist], must: Train every user, before: 2027-03-31}\n"
    )
    waiver, promise, review, _ = told(fragment)
    assert waiver == Entry(
        date(2027, 1, 31), "waiver", "Waiver runs out: consent-without-record in Two lines",
        "Put right what `consent-without-record` finds at `flows.help`, or have Caldicott Guardian decide anew, with a new end.",
        "The form is being printed.", ("Caldicott Guardian",), (), (Where("example", "example.yaml", 6),), (), False, waiver.uid,
    )  # fmt: skip
    assert (promise.title, promise.note) == ("Promise: training in Two lines", "Train every user.")
    assert promise.who == ("Example Council", "Speech and language therapist")
    assert promise.places == (Where("example", "example.yaml", 8),)
    assert (review.who, review.places[0].line) == (("Head of information governance at the council",), 4)
    assert told("governance: {owner: {role: The keeper, email: k@council.example}}")[0].who == ("The keeper",)
    assert told("governance: {owner: null}")[0].who == ()


def test_a_part_still_to_be_typed_in_breaks_nothing() -> None:
    [entry, *_] = told("{unknown: [approvals.*.who], approvals: [{on: 2026-12-01}]}")
    assert entry.title == "Approval by what is not typed in yet: Early help and safeguarding in one town"


# changes of law


def changed(book: Book, name: str, **fields: Any) -> Book:
    """The book with other days or facts of one provision."""
    held = book.provisions[name]
    return replace(book, provisions={**book.provisions, name: replace(held, **fields)}, _derived={})


SOON = date(2027, 2, 1)
NONE = "{flows: {concern: {gateways: []}, concern-answer: {gateways: []}, help: {gateways: []}, therapy-plan: {gateways: []}}}"
"""No flow names a law; the agreement itself names section 10."""
BUT = NONE[:-1]
COUNCIL, TRUST, SCHOOLS = "Example Council", "Example Community Health Trust", "Schools in the town"
ALL = {COUNCIL, TRUST, SCHOOLS}
"""All that tell anybody anything; the charity only receives."""
ITEMS = ("identity", "injuries", "attendance", "outcome", "therapy")
FOR_CARE = "law: {co-operation: {cites: uk-gdpr-a9, for: [care]}}"
"""A citation of law that the book knows nobody to be bound by, for the one flow that leaves the trust's therapist."""

POLICE = (
    "{agencies: {charity: {type: police}}, flows: {help: {gateways: []}}, "
    "purposes: {support: {type: law-enforcement-investigation}}}"
)
FIGURES = f"{{data: {{{', '.join(f'{one}: {{type: aggregate}}' for one in ITEMS)}}}}}"


@pytest.mark.parametrize(
    ("name", "fields", "fragment", "expected"),
    [
        # named by flows, and reached though not named
        (DUTY, {"starts": SOON}, "{}", ("law-begins", ALL)),
        (DUTY, {"starts": SOON}, NONE, ("law-begins", ALL)),
        (DUTY, {"ends": SOON}, NONE, ("law-ends", ALL)),
        (DUTY, {"starts": SOON}, f"{BUT}, agencies: {{school: {{type: voluntary}}}}}}", ("law-begins", {COUNCIL, TRUST})),
        ("hsca-2012-s251b", {"starts": SOON}, "{}", None),
        ("hsca-2012-s251b", {"starts": SOON}, "flows: {therapy-plan: {gateways: [hsca-2012-s251b]}}", ("law-begins", {TRUST})),
        # within one body nobody discloses
        (DUTY, {"starts": SOON}, f"{BUT}, agencies: {{school: {{part_of: council}}, trust: {{part_of: council}}}}}}", None),
        # only of those, and only of that, which it is about
        ("pcsc-2022-s44a", {"starts": SOON}, POLICE, None),
        ("pcsc-2022-s44a", {"starts": SOON}, f"{POLICE[:-1]}, subjects: {{child: {{type: victim}}}}}}", ("law-begins", {SCHOOLS})),
        ("rta-1988-s172", {"starts": SOON}, POLICE, None),
        ("rta-1988-s172", {"starts": SOON}, f"{POLICE[:-1]}, data: {{attendance: {{type: driver-identity}}}}}}",
         ("law-begins", {SCHOOLS})),
        # not there, not then, not for that
        (DUTY, {"starts": SOON}, f"{BUT}, jurisdiction: [wales]}}", None),
        (DUTY, {"starts": SOON}, f"{BUT}, ends: 2027-01-31}}", None),
        (DUTY, {"starts": SOON}, f"{BUT}, ends: 2027-02-01}}", ("law-begins", ALL)),
        (DUTY, {"starts": SOON}, f"{BUT}, status: ended}}", None),
        (DUTY, {"starts": SOON}, f"{BUT}, purposes: {{protection: {{type: direct-care}}, support: {{type: direct-care}}}}}}", None),
        (DUTY, {"starts": SOON, "facts": {"in_force": False}}, "{}", None),
        (DUTY, {"starts": DAY}, NONE, ("law-begins", ALL)),
        (DUTY, {"starts": DAY - timedelta(1)}, NONE, None),
        # named for the whole agreement, or for a purpose
        ("ca-2004-s10", {"ends": SOON}, NONE, ("law-ends", ALL)),
        ("uk-gdpr-a9", {"starts": SOON}, f"{{{FOR_CARE}}}", ("law-begins", {TRUST})),
        ("uk-gdpr-a9", {"starts": SOON}, "law: {co-operation: {cites: uk-gdpr-a9}}", ("law-begins", ALL)),
        ("uk-gdpr-a9", {"starts": SOON}, "{law: {a9: {cites: uk-gdpr-a9}}, flows: {help: {gateways: [a9]}}}",
         ("law-begins", {SCHOOLS})),
        ("uk-gdpr-a9", {"starts": SOON}, "{}", None),
        # a bar, for those who carry what it protects
        ("adoption-records", {"starts": SOON}, "data: {attendance: {type: adoption-records}}", ("law-begins", {SCHOOLS})),
        ("adoption-records", {"starts": SOON}, "{}", None),
        ("adoption-records", {"starts": SOON, "jurisdiction": ("wales",)}, "data: {attendance: {type: adoption-records}}", None),
        # what changes how all information is handled
        ("dpa-2018-s164a", {"starts": SOON}, NONE, ("law-begins", ALL)),
        ("dpa-2018-s164a", {"starts": SOON}, "data: {identity: {type: aggregate}, injuries: {type: aggregate}}",
         ("law-begins", ALL)),
        ("dpa-2018-s164a", {"starts": SOON}, FIGURES, None),
    ],
)  # fmt: skip
def test_a_change_of_law_is_told_where_it_reaches(
    name: str, fields: dict[str, Any], fragment: str, expected: tuple[str, set[str]] | None, book: Book
) -> None:
    found = agenda.agenda([built(fragment)], changed(book, name, **fields), DAY)
    of_law = [(entry.kind, set(entry.affects)) for entry in found if entry.kind in agenda.LAW]
    assert of_law == ([expected] if expected else [])


def test_the_duty_of_england_is_reported_to_begin() -> None:
    [entry] = [entry for entry in told(NONE, BEFORE) if entry.kind == "law-begins"]
    assert (entry.day, entry.reported) == (date(2026, 9, 30), True)
    assert entry.title == "Children Act 2004, section 16LA is reported to begin"
    assert entry.action.startswith("The day rests on others' accounts: check it first. From this day it is a duty: ")
    assert entry.note.startswith("Listed bodies must share")
    assert entry.sources[0].url == "https://www.legislation.gov.uk/ukpga/2026/21/section/4"
    assert not [entry for entry in told(NONE, date(2026, 10, 1)) if entry.kind in agenda.LAW]


def test_an_enacted_change_is_not_said_to_be_reported(book: Book) -> None:
    later = changed(book, "ca-2004-s10", ends=SOON)
    [entry] = [entry for entry in agenda.agenda([built("{}")], later, DAY) if entry.kind == "law-ends"]
    assert (entry.reported, entry.title) == (False, "Children Act 2004, section 10 ceases")
    assert entry.action == (
        "This is its last day: name what takes its place in the flows that rest on it, or stop those flows."
    )


def test_a_repeal_of_what_is_cited_by_name() -> None:
    on = date(2018, 5, 1)
    [entry] = [e for e in told("law: {old: {cites: Data Protection Act 1998}}", on) if "1998" in e.title]
    assert (entry.day, entry.kind) == (date(2018, 5, 24), "law-ends")
    assert "takes its place (" in entry.action


def test_law_of_the_protocol_is_told_of_the_protocol_alone_where_it_is_there(book: Book) -> None:
    above = built("{id: above, kind: protocol, law: {old: {cites: uk-gdpr-a9}}, flows: null, defaults: null}")
    below = built("{under: above, law: null}", "below.yaml", above)
    later = changed(book, "uk-gdpr-a9", ends=SOON)

    def places(*found: Agreement) -> list[tuple[str, ...]]:
        return [entry.agreements for entry in agenda.agenda(found, later, DAY) if entry.kind == "law-ends"]

    assert places(above, below) == [("above",)]
    assert places(below) == [("example",)]


def test_the_law_layer_reaches_all_that_the_rules_say_a_duty_reaches() -> None:
    """For each duty with a day, on that day: whom the rules say it binds in a flow is among those told of its beginning."""
    gathered = repository.gather([ROOT / "protocols"], Settings(ROOT))
    asked = 0
    for duty in knowledge.load(DAY).provisions.values():
        if duty.kind != "duty" or duty.starts is None:
            continue
        book = knowledge.load(duty.starts)
        open_ended = [replace_dates(one) for one in gathered.agreements]
        for entry in agenda.agenda(open_ended, book, duty.starts, duty.starts):
            if not entry.title.startswith(f"{duty.title} "):
                continue
            for one in open_ended:
                facts = Facts(one, book)
                bound = {
                    a.name for f in one.flows.values() for d, who in facts.duties(f) if d.id == duty.id for a in who
                }
                assert bound <= set(entry.affects), one.id
                asked += bool(bound)
    assert asked >= 9


def replace_dates(one: Agreement) -> Agreement:
    return replace(one, starts=None, review=None, ends=None)


# events known again


def uids(fragment: str, name: str = "example.yaml") -> dict[str, str]:
    found = agenda.agenda([built(fragment, name)], knowledge.load(DAY), DAY)
    return {f"{entry.kind} {entry.day.year}": entry.uid for entry in found}


LISTS = (
    "title: Early help\n"
    "approvals:\n  - {who: Caldicott Guardian, on: 2026-12-01}\n  - {who: Board, on: 2027-01-05}\n"
    f"allow:\n  - {WAIVER % '2028-01-31'}\n  - {(WAIVER % '2030-03-31').replace('flows.help', 'flows.concern')}\n"
)


@pytest.mark.parametrize(
    "other",
    [
        "# a line more\n\n" + LISTS,
        LISTS.replace("Early help", "Help in good time").replace("The form is being printed", "It is at the printer's"),
        LISTS.replace("by: Caldicott Guardian", "by: The deputy").replace("2026-12-01", "2026-12-31"),
        "title: Early help\n"
        f"allow:\n  - {(WAIVER % '2030-03-31').replace('flows.help', 'flows.concern')}\n  - {WAIVER % '2028-01-31'}\n"
        "approvals:\n  - {who: Board, on: 2027-01-05}\n  - {who: Caldicott Guardian, on: 2026-12-01}\n",
    ],
    ids=["lines moved", "reworded", "others named, day moved", "reordered"],
)
def test_an_event_keeps_its_id(other: str) -> None:
    assert len(uids(LISTS)) == 6
    assert uids(other) == uids(LISTS)
    assert uids(LISTS, "moved/elsewhere.yaml") == uids(LISTS)


def test_a_date_that_moves_keeps_its_id_and_another_agreement_has_others() -> None:
    first, moved, other = told("{}"), told("{review: 2028-01, ends: 2031}"), told("id: other")
    assert [e.uid for e in first] == [e.uid for e in moved]
    assert not {e.uid for e in first} & {e.uid for e in other}
    assert {UUID(e.uid).version for e in first} == {5}


def test_an_id_is_not_changed_by_the_day_or_by_what_else_is_read(book: Book) -> None:
    later = {entry.uid for entry in told("{}", DAY + timedelta(400))}
    assert later == {entry.uid for entry in told("{}")}
    one, other = built("{}"), built("id: other", "other.yaml")
    coming = changed(book, DUTY, starts=SOON)
    alone = [e.uid for e in agenda.agenda([one], coming, DAY) if e.kind == "law-begins"]
    assert [e.uid for e in agenda.agenda([one, other], coming, DAY) if e.kind == "law-begins"] == alone


def test_two_agreements_of_one_id_have_events_of_their_own(book: Book) -> None:
    one, other = built("{}"), built("review: 2027-01-31", "other.yaml")
    found = agenda.agenda([one, other], book, DAY)
    assert len({entry.uid for entry in found}) == len(found) == 4
    assert {entry.uid for entry in agenda.agenda([one], book, DAY)} < {entry.uid for entry in found}
    assert agenda.agenda([other, one], book, DAY) == found


# the calendar file


def made(title: str = "Early help", **fields: Any) -> Entry:
    plain = Entry(
        date(2027, 9, 30), "review", f"Review: {title}", "Review it.", "", ("The owner",), (),
        (Where("example", "a.yaml", 3),), (), False, "6f1d2c88-31ad-5e0e-9b0a-0f4f4bb4c7a1",
    )  # fmt: skip
    return replace(plain, **fields)


def raw_lines(calendar: bytes) -> list[str]:
    """The content lines, unfolded, by the letter of RFC 5545 and without the library."""
    assert calendar.endswith(b"\r\n")
    physical = calendar[:-2].split(b"\r\n")
    assert max(map(len, physical)) <= 75
    lines: list[str] = []
    for line in physical:
        words = line.decode("utf-8")  # each line by itself: no letter is cut in two
        assert all(letter >= " " and letter != "\x7f" for letter in words)
        if words.startswith(" "):
            lines[-1] += words[1:]
        else:
            lines.append(words)
    return lines


def events(calendar: bytes) -> list[dict[str, Any]]:
    """The events with their values, unescaped where they are text, and their reminders, in order; nesting is checked."""
    found: list[dict[str, Any]] = []
    open_parts: list[str] = []
    for line in raw_lines(calendar):
        name, _, value = line.partition(":")
        if name == "BEGIN":
            open_parts.append(value)
            if value == "VEVENT":
                assert open_parts == ["VCALENDAR", "VEVENT"]
                found.append({"alarms": []})
            continue
        if name == "END":
            assert open_parts.pop() == value
            continue
        if open_parts[-1] == "VALARM" and name == "TRIGGER":
            found[-1]["alarms"].append(value)
        elif open_parts[-1] == "VEVENT":
            assert name not in found[-1], "each once"
            found[-1][name] = _unescaped(value) if name in ("SUMMARY", "DESCRIPTION") else value
    assert open_parts == []
    return found


def _unescaped(value: str) -> str:
    out, letters = "", iter(value)
    for letter in letters:
        if letter == "\\":
            following = next(letters)
            assert following in "\\;,nN"
            out += "\n" if following in "nN" else following
        else:
            assert letter not in ";,", "what has a meaning is escaped"
            out += letter
    return out


def test_one_event_to_the_letter() -> None:
    assert ical.render([made()], DAY).decode().split("\r\n") == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//sharecheck//sharecheck calendar//EN", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", "X-WR-CALNAME:Information sharing: dates to act on", "BEGIN:VEVENT", "SUMMARY:Review: Early help",
        "DTSTART;VALUE=DATE:20270930", "DTEND;VALUE=DATE:20271001", "DTSTAMP:20261122T000000Z",
        "UID:6f1d2c88-31ad-5e0e-9b0a-0f4f4bb4c7a1", "CATEGORIES:Review",
        r"DESCRIPTION:Review it.\nFor: The owner\nWritten in a.yaml\, line 3", "TRANSP:TRANSPARENT", "BEGIN:VALARM",
        "ACTION:DISPLAY", "DESCRIPTION:Review: Early help", "TRIGGER:-P89DT15H", "END:VALARM", "BEGIN:VALARM",
        "ACTION:DISPLAY", "DESCRIPTION:Review: Early help", "TRIGGER:-P13DT15H", "END:VALARM", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "day", "expected"),
    [
        ("review", DAY + timedelta(90), ["-P89DT15H", "-P13DT15H"]),
        ("ends", DAY + timedelta(91), ["-P89DT15H", "-P13DT15H"]),
        ("review", DAY + timedelta(89), ["-P13DT15H"]),
        ("waiver", DAY + timedelta(200), ["-P13DT15H"]),
        ("law-begins", DAY + timedelta(14), ["-P13DT15H"]),
        ("law-begins", DAY + timedelta(13), []),
        ("review", DAY - timedelta(1), []),
    ],
)
def test_reminders(kind: str, day: date, expected: list[str]) -> None:
    [event] = events(ical.render([made(kind=kind, day=day)], DAY))
    assert event["alarms"] == expected
    assert event["SUMMARY"].startswith("Overdue: ") == (day < DAY)
    assert event["CATEGORIES"] == KINDS[kind]


HOSTILE = [
    "Llŷn; Môn, Powys\\n and ‘more’",
    "x\r\nBEGIN:VEVENT\r\nUID:theirs",
    "x\nEND:VEVENT",
    "a\x07b\x00c\x1b[31m",
    "Cydweithrediad er mwyn lles plant a phobl ifanc: tŷ, gŵyl, dŵr, sŵn, ŷd, ŵyn " * 3,
    "ŵ" * 200,
    "🧒" * 60,
    '"quoted": a;b:c,d',
    "\u2028line\u2029\x85",
    " led by a space",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_words_arrive_as_words(title: str) -> None:
    entry = built(f"title: {json.dumps(title, ensure_ascii=False)}") if "\x00" not in title else None
    titles = [title, *([entry.title] if entry else [])]
    calendar = ical.render([made(one) for one in titles], DAY)
    for event, one in zip(events(calendar), titles, strict=True):
        assert event["SUMMARY"] == shown(f"Review: {one}")
    read = icalendar.Calendar.from_ical(calendar)
    assert [str(event["SUMMARY"]) for event in read.walk("VEVENT")] == [shown(f"Review: {one}") for one in titles]


def shown(words: str) -> str:
    return "".join(c for c in words if c == "\n" or not ("\x00" <= c <= "\x1f" or "\x7f" <= c <= "\x9f"))


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=120))
@settings(max_examples=60, deadline=None)
def test_any_words_arrive_as_words(title: str) -> None:
    calendar = ical.render([made(title, note=title)], DAY)
    [event] = events(calendar)
    assert event["SUMMARY"] == shown(f"Review: {title}")
    [read] = icalendar.Calendar.from_ical(calendar).walk("VEVENT")
    assert str(read["DESCRIPTION"]) == event["DESCRIPTION"]


def test_the_library_reads_back_what_the_agenda_says() -> None:
    gathered = repository.gather([ROOT / "protocols"], Settings(ROOT))
    entries = agenda.agenda(gathered.agreements, knowledge.load(BEFORE), BEFORE)
    calendar = ical.render(entries, BEFORE)
    read = icalendar.Calendar.from_ical(calendar)
    assert (str(read["PRODID"]), str(read["VERSION"]), str(read["METHOD"])) == (
        "-//sharecheck//sharecheck calendar//EN", "2.0", "PUBLISH",
    )  # fmt: skip
    found = read.walk("VEVENT")
    assert [(str(e["UID"]), e.decoded("DTSTART"), str(e["SUMMARY"])) for e in found] == [
        (entry.uid, entry.day, entry.title) for entry in entries
    ]
    assert [e["UID"] for e in events(calendar)] == [entry.uid for entry in entries]
    addresses = {str(e["URL"]) for e in found if "URL" in e}
    assert addresses == {source.url for entry in entries for source in entry.sources[:1]}


# the command

Folder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A folder with these files in it, where the command is run."""
    return lambda files: lay_out(tmp_path, files, monkeypatch)


def here(*arguments: str, on: date = DAY) -> Result:
    return CliRunner().invoke(app, ["calendar", *arguments, "--on", on.isoformat()])


OURS = {**os.environ, "PYTHONPATH": str(ROOT / "src")}


def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    program = "from sharecheck.__main__ import main; import sys; sys.exit(main())"
    command = [sys.executable, "-c", program, "calendar", *arguments, "--on", DAY.isoformat()]
    return subprocess.run(command, capture_output=True, timeout=30, check=False, env=OURS)


LATE = BASE.replace("review: 2027-09-30", "review: 2026-11-01").replace("id: example", "id: late")
SUMS = "1 agreement read, 0 files not read.\nRead on 2026-11-22 with the book of 2026-11-22.\n"


def test_text(folder: Folder) -> None:
    folder({"p/a.yaml": LATE.replace("ends: 2029-09-30", "ends: 2026-12-31")})
    done = here("p")
    assert done.exit_code == 0
    assert done.output == (
        "Overdue\n\n"
        "   1 Nov 2026, 3 weeks ago\n"
        "    Review: Early help and safeguarding in one town (p/a.yaml:10)\n"
        "      Review it by this day, write the day of the next review after `review:`, and give the text a new\n"
        "      version if it has changed. For Head of information governance at the council.\n"
        "\n"
        "December 2026\n\n"
        "  31 Dec 2026, in 5 weeks\n"
        "    End: Early help and safeguarding in one town (p/a.yaml:11)\n"
        "      Renew it with a new `ends:` before this last day is over; or write `status: ended` after it, and name\n"
        "      the agreement that takes its place (`replaced_by:`). For Head of information governance at the\n"
        "      council.\n"
        "\n"
        "2 dates, 1 overdue, from 2026-11-22 on, however far ahead.\n" + SUMS
    )  # fmt: skip


def test_what_is_alike_is_told_once_by_who_sees_to_it(folder: Folder) -> None:
    files = {
        f"p/{name}.yaml": BASE.replace("id: example", f"id: {name}").replace("ends: 2029-09-30\n", "")
        for name in ("a", "b", "c")
    }
    files["p/b.yaml"] = files["p/b.yaml"].replace("  owner: Head of information governance at the council\n", "")
    folder(files)
    assert here("p").output.startswith(
        "September 2027\n\n"
        "  30 Sep 2027, in 10 months\n"
        "    For Head of information governance at the council:\n"
        "      Review: Early help and safeguarding in one town (p/a.yaml:10)\n"
        "      Review: Early help and safeguarding in one town (p/c.yaml:10)\n"
        "    For nobody who is named:\n"
        "      Review: Early help and safeguarding in one town (p/b.yaml:10)\n"
        "    Review it by this day, write the day of the next review after `review:`, and give the text a new version\n"
        "    if it has changed.\n"
    )


def test_laws_that_say_the_same_are_told_apart(book: Book) -> None:
    coming = [
        made(
            kind="law-begins",
            title=f"{name} begins",
            affects=(name,),
            places=(Where(name, f"{name}.yaml", 3),),
            uid=name,
        )
        for name in ("one", "other")
    ]
    said = dates.text(coming, repository.Gathered((), (), ()), book, None)
    assert [said.count(words) for words in ("Affected: one.", "Affected: other.", "one.yaml: line 3")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "There is no date to act on from 2026-11-22 on, however far ahead, and none overdue.\n"),
        (("--until", "2027-12-31"), "There is no date to act on from 2026-11-22 to 2027-12-31, and none overdue.\n"),
    ],
)
def test_where_there_is_nothing_it_says_so_and_for_how_long(
    arguments: tuple[str, ...], said: str, folder: Folder
) -> None:
    folder({"p/a.yaml": BASE.replace("review: 2027-09-30\n", "").replace("ends: 2029-09-30\n", "")})
    done = here("p", *arguments)
    assert (done.exit_code, done.output) == (0, said + SUMS)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "today"), (1, "in 1 day"), (13, "in 13 days"), (14, "in 2 weeks"), (59, "in 8 weeks"), (60, "in 2 months"),
        (729, "in 24 months"), (730, "in 2 years"), (-1, "1 day ago"), (-21, "3 weeks ago"), (-800, "2 years ago"),
    ],
)  # fmt: skip
def test_how_far_a_day_is(days: int, said: str) -> None:
    assert dates.away(DAY + timedelta(days), DAY) == said


BROKEN, MISFIT = "a: [\n", "sharecheck: 1\ntitel: X\n"


@pytest.mark.parametrize(
    ("files", "arguments", "code"),
    [
        ({"p/a.yaml": BASE}, ("p",), 0),
        ({"p/a.yaml": LATE}, ("p",), 0),
        ({"p/a.yaml": BASE, "p/b.yaml": MISFIT}, ("p",), 1),
        ({"p/a.yaml": MISFIT}, ("p",), 1),
        ({"p/a.yaml": BASE, "p/b.yaml": BROKEN}, ("p",), 4),
        ({"p/a.yaml": MISFIT, "p/b.yaml": BROKEN}, ("p",), 4),
        ({"p/a.yaml": BASE}, ("p/missing.yaml",), 4),
        ({"p/a.yaml": BASE}, ("p", "--until", "soon"), 2),
        ({"p/a.yaml": BASE}, ("p", "--until", "2026-11-21"), 2),
        ({"p/a.yaml": BASE}, ("p", "-o", "dates.pdf"), 2),
        ({"p/a.yaml": BASE}, ("p", "-o", "p/a.yaml"), 2),
        ({"p/a.txt": BASE}, ("p",), 3),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["text", "ics", "json"])
def test_exit_codes(
    form: str, files: dict[str, str], arguments: tuple[str, ...], code: int, folder: Folder,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    folder(files)
    from sharecheck.__main__ import main

    named = () if "dates.pdf" in arguments else ("--format", form)
    monkeypatch.setattr(sys, "argv", ["sharecheck", "calendar", *arguments, *named, "--on", DAY.isoformat()])
    assert main() == code
    out, err = capsys.readouterr()
    said = {"text": out + err, "ics": err, "json": out + err}[form]
    if code in (1, 4):
        what = "not_read" if form == "json" else "not read, so its dates are missing"
        assert what in said
        assert (
            "p/missing.yaml" if "p/missing.yaml" in arguments else "p/b.yaml" if "p/b.yaml" in files else "p/a.yaml"
        ) in said


@pytest.mark.parametrize(
    ("name", "start"), [("d.ics", "BEGIN:VCALENDAR\r\n"), ("d.json", "{\n"), ("d.txt", "September 2027\n"), ("d", "September")]
)  # fmt: skip
def test_the_ending_of_the_file_picks_the_format(name: str, start: str, folder: Folder) -> None:
    where = folder({"p/a.yaml": BASE})
    done = here("p", "-o", name)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", f"2 dates, 0 overdue; wrote {name}\n")
    assert (where / name).read_bytes().startswith(start.encode())


def test_the_same_bytes_every_time_and_on_every_way_out(folder: Folder) -> None:
    where = folder({"p/a.yaml": BASE.replace("one town", "Llŷn")})
    first = run("p", "--format", "ics")
    assert (first.returncode, first.stderr) == (0, b"2 dates, 0 overdue\n")
    assert run("p", "-o", "dates.ics").returncode == 0
    assert (where / "dates.ics").read_bytes() == first.stdout == run("p", "--format", "ics").stdout
    assert len(events(first.stdout)) == 2


def test_a_calendar_without_dates_is_said_to_have_none(folder: Folder) -> None:
    folder({"p/a.yaml": BASE.replace("status: live", "status: ended")})
    done = here("p", "--format", "ics")
    assert (done.exit_code, done.stderr) == (0, "0 dates, 0 overdue\n")
    assert "VEVENT" not in done.stdout


@pytest.mark.parametrize(
    ("files", "on"),
    [
        ({"p/a.yaml": LATE, "p/b.yaml": BASE}, DAY),
        ({"p/a.yaml": BASE}, BEFORE),
        ({"p/a.yaml": BASE + f"allow:\n  - {WAIVER % '2027-01-31'}\n", "p/b.yaml": MISFIT, "p/c.yaml": BROKEN}, DAY),
        ({"p/a.yaml": BASE.replace("status: live", "status: ended"), "p/b.yaml.txt": BASE}, DAY),
    ],
    ids=["overdue", "law", "not read", "nothing"],
)
def test_json_keeps_its_contract(files: dict[str, str], on: date, folder: Folder) -> None:
    folder(files)
    found = json.loads(here("p", "--format", "json", on=on).stdout)
    contract = jsonschema.Draft202012Validator(json.loads(schema.text("output-calendar")))
    assert [error.message for error in contract.iter_errors(found)] == []
    assert all(one["overdue"] == (one["day"] < found["on"]) for one in found["dates"])
    assert not contract.is_valid({**found, "surplus": 1})
    assert contract.is_valid({**found, "until": "2027-12-31"})


def test_the_contract_lists_every_kind_of_date() -> None:
    contract = json.loads(schema.text("output-calendar"))
    assert contract["properties"]["dates"]["items"]["properties"]["kind"]["enum"] == list(KINDS)
    assert {one.kind for one in agenda._SETS} | set(agenda.LAW) == set(KINDS)


def test_the_library_is_loaded_for_the_calendar_file_alone(folder: Folder) -> None:
    folder({"p/a.yaml": BASE})
    program = (
        "import sys; sys.argv = ['sharecheck', 'calendar', 'p']\n"
        "from sharecheck.__main__ import main\n"
        "main()\n"
        "print([n for n in ('icalendar', 'jinja2', 'jsonschema') if n in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", timeout=30, check=True, env=OURS
    )
    assert done.stderr == "[]\n"


def test_the_partnership_of_this_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    found = json.loads(here("protocols", "--format", "json").stdout)
    told_of = {(one["day"], one["kind"]): 0 for one in found["dates"]}
    for one in found["dates"]:
        told_of[one["day"], one["kind"]] += 1
    assert told_of == {("2027-09-30", "review"): 11, ("2029-09-30", "ends"): 11}
    [law] = [
        one for one in json.loads(here("protocols", "--format", "json", on=BEFORE).stdout)["dates"] if one["sources"]
    ]
    assert (law["day"], law["reported"], len(law["agreements"])) == ("2026-09-30", True, 10)
    assert "commissioning-data" not in law["agreements"]
    assert "GP practices in the borough" in law["affects"], "under contract, as the protocol says"
    assert "Domestic abuse service (a charity)" not in law["affects"]
