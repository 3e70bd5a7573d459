"""What a card says besides: the night, whether people are told, what is recorded, whom to ring, and what words mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sharecheck.agreement import contact
from sharecheck.knowledge import Book, joined
from sharecheck.paper.cards.card import FAMILY, FEW, LEVELS, NIGHT, RING, WORDS, WRITE, Group, Part, part_of, point_of
from sharecheck.paper.cards.telling import Taking, level_of
from sharecheck.paper.model import Line
from sharecheck.paper.reader import gap, plain, quiet, spoken, strong
from sharecheck.policy.names import definite, lowered
from sharecheck.report import sentence


def night(shown: Sequence[Taking]) -> Part:
    """What agreements say of emergencies and of whom to ring out of hours, or that they do not say."""
    found: dict[tuple[Line, ...], list[str]] = {}
    for one in shown:
        found.setdefault(tuple(_emergency(one)), []).append(one.mark)
    points = [point_of(_of(marks, found), says, NIGHT) for says, marks in found.items()]
    return part_of(NIGHT, [Group((), tuple(points))])


def _emergency(one: Taking) -> Iterator[Line]:
    """What to do where waiting is dangerous, whom to ring, and room for a number where none is given."""
    said, at = one.agreement.handling.get("emergency"), ("handling", "emergency")
    held = said if isinstance(said, Mapping) else {"text": said} if said else {}
    number = held.get("out_of_hours")
    if number:
        yield strong(f"Ring {contact(number)}.")
    if held.get("text"):
        yield plain(sentence(held["text"]))
    elif not held:
        yield gap(f"What to do where waiting is dangerous: {lowered(one.reader.missing(at).text)}")
    if held.get("verbal"):
        yield plain("Telling by voice is enough at first.")
    if not number or not _numbered(contact(number)):
        silent = one.reader.missing((*at, "out_of_hours")).text
        why = "No telephone number is given." if number else f"Whom to ring at night: {lowered(silent)}"
        yield gap(f"{why} Find out, and write it here:")
        yield Line("", "blank")


def _numbered(text: str) -> bool:
    """Whether there is a telephone number in a text, that of the emergency services included."""
    return bool(re.search(r"\b(999|112)\b|\d([ -]?\d){5}", text))


# what goes with it


def family(shown: Sequence[Taking]) -> Part:
    """Whether the person or the family is told, as the policy says of each thing that goes."""
    usual = str(shown[0].desk.book.decision["duties"]["inform"]["yes"])
    how: dict[str, list[str]] = {}
    apart: dict[str, list[str]] = {}
    for one in shown:
        for told in one.told:
            if told.inform.startswith(usual):
                how.setdefault(told.inform.removeprefix(usual).strip(), []).append(one.mark)
            elif told.inform:
                apart.setdefault(told.inform, []).append(one.tagged(one.people(told.entry.recipients)))
    says = {text: marks for text, marks in how.items() if text}
    points = [point_of("", (plain(usual),), FAMILY, -25)] if how else []
    points += [point_of(_of(dict.fromkeys(marks), says), (plain(text),), FAMILY, 1) for text, marks in says.items()]
    points += [
        point_of(f"But where you tell {joined(list(dict.fromkeys(people)))}", (plain(text),), FAMILY)
        for text, people in apart.items()
    ]
    return part_of(FAMILY, [Group((), tuple(points))] if points else [])


def write(shown: Sequence[Taking], book: Book) -> Part:
    """What is recorded, as the policy says of what goes and of what is kept, and where, as the agreement says."""
    texts = dict.fromkeys(text for one in shown for told in one.told for text in told.record)
    order = list(book.decision["duties"]["record"].values())
    points = [point_of("", (plain(text),), WRITE, 5 * i - 35) for i, text in enumerate(sorted(texts, key=order.index))]
    logs: dict[str, list[str]] = {}
    for one in shown:
        log = one.agreement.handling.get("decision_log")
        said = log.get("text") if isinstance(log, Mapping) else log
        if said:
            logs.setdefault(str(said), []).append(one.mark)
    for text, marks in logs.items():
        points.append(point_of(_of(marks, logs), (plain(text),), WRITE, 2))
    return part_of(WRITE, [Group((), tuple(points))] if points else [])


def _of(marks: Iterable[str], texts: Mapping[Any, Any]) -> str:
    """The agreements that a text is of, where others have another."""
    named = [mark for mark in dict.fromkeys(marks) if mark]
    return f"Under {joined(named)}" if len(texts) > 1 and named else ""


def ring(shown: Sequence[Taking]) -> Part:
    """How to reach those who are told, whom to ask for advice at one's own agency, and how to hear back."""
    reached: dict[tuple[Line, ...], list[str]] = {}
    for one in shown:
        for told in one.told:
            for ref in told.entry.recipients:
                reached.setdefault(_reach(one, ref), []).append(one.remit.names.party(ref))
    points = [
        point_of(joined([definite(name) for name in dict.fromkeys(people)]), how or (gap(),), RING, i)
        for i, (how, people) in enumerate(reached.items())
    ]
    advice: dict[str, None] = {}
    for one in shown:
        titles = one.desk.book.decision["advice"]
        for body in one.bodies:
            at = f" ({body.name})" if len(one.bodies) > 1 else ""
            advice.update(
                (f"{title}{at}: {contact(body.fields[key])}", None)
                for key, title in titles.items()
                if body.fields.get(key)
            )
    says = plain(f"{'; '.join(advice)}.") if advice else gap("The agreement names nobody.")
    points.insert(0, point_of("For advice, at your own agency", (says,), RING, -30))
    if back := list(_hearing(shown)):
        points.append(point_of("To hear back", map(plain, back), RING, 3))
    return part_of(RING, [Group((), tuple(points))])


def _hearing(shown: Sequence[Taking]) -> Iterator[str]:
    """How one hears back, as the policy says, with everybody whom flows name for it in one sentence."""
    before, after = shown[0].desk.book.decision["duties"]["feedback"]["named"].split("{contact}")
    texts = dict.fromkeys(told.feedback for one in shown for told in one.told if told.feedback)
    people = [text.removeprefix(before).removesuffix(after) for text in texts if text.startswith(before)]
    if people:
        yield before + "; or ".join(f"{text[:1].lower()}{text[1:]}" for text in people) + after
    else:
        yield from texts


def _reach(one: Taking, ref: str) -> tuple[Line, ...]:
    """How to reach a recipient: the contact of the team or agency, and who stands in."""
    said: dict[str, str] = {}
    for name in one.policy.called(ref):
        _, agency, team = one.policy.places[name]
        body = one.agreement.agencies.get(agency)
        held = body.teams.get(team, {}) if body and team else {}
        how = held.get("spoc") or (body and body.fields.get("spoc"))
        deputy = held.get("deputy") or (body and body.fields.get("deputy"))
        if how:
            said[contact(how)] = contact(deputy) if deputy else ""
    if len(said) > FEW:
        return (plain("Each agency's contact, as the agreement gives it."),)
    lines = [plain(f"{' or '.join(said)}.")] if said else []
    return (*lines, *(quiet(f"If away: {one}.") for one in dict.fromkeys(said.values()) if one))


def levels(shown: Sequence[Taking], book: Book) -> Part:
    """What the role's own agency calls the levels of concern."""
    found: dict[str, dict[str, None]] = {}
    for one in shown:
        for body in one.bodies:
            for label, level in one.agreement.thresholds.get(body.id, {}).items():
                if level is not None:
                    found.setdefault(level, {})[spoken(label)] = None
    ranked = [word for word in book.terms("concern-levels") if word in found]
    if not ranked:
        return part_of(LEVELS, [])
    says = "; ".join(f"{level_of(level)} is {joined(list(found[level]))}" for level in ranked)
    return part_of(LEVELS, [Group((), (point_of("", (plain(f"{says[:1].upper()}{says[1:]}."),), LEVELS),))])


def words(shown: Sequence[Taking]) -> Part:
    """What the items and purposes that the card names mean exactly, in the partners' words."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in shown:
        for told in one.told:
            for name in told.entry.items:
                item = one.agreement.items[name]
                shield = item.fields.get("protect")
                text = f"{item.text}{f'. {shield}' if shield else ''}".strip()
                found.setdefault((spoken(name), text), []).append(one.mark)
            for name in told.entry.purposes:
                found.setdefault((spoken(name), one.agreement.purposes[name].text), []).append(one.mark)
    twice = [name for name, _ in found]
    points = [
        point_of(
            f"{name} ({', '.join(dict.fromkeys(marks))})" if twice.count(name) > 1 and any(marks) else name,
            (plain(text),), WORDS,
        )
        for (name, text), marks in found.items() if text
    ]  # fmt: skip
    return part_of(WORDS, [Group((), tuple(points))] if points else [])
