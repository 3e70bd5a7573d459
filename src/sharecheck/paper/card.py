"""A card for one role: what it must tell, may tell and never tells, to whom, and what goes with it; formats only lay it out.

Everything about what may be shared is asked of the policy (`telling`). A card has parts, gravest first; each point has a
weight, so that what finds no room on paper is what matters least, and the card says what that was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, product
from typing import Any

from sharecheck.agreement import Agency, Agreement
from sharecheck.knowledge import Book, joined
from sharecheck.paper.model import Line, Running
from sharecheck.paper.reader import as_shown, contact, gap, plain, quiet, spoken, strong, when
from sharecheck.paper.running import brief
from sharecheck.paper.telling import (
    NOT_IN_USE,
    SHARED,
    Taking,
    Told,
    as_written,
    asked,
    goes,
    ladder,
    level_of,
    sentence,
    taken,
)
from sharecheck.policy.answer import Answer, Desk
from sharecheck.policy.compiled import STRANGER
from sharecheck.policy.names import definite
from sharecheck.policy.question import Question
from sharecheck.policy.remit import Bar, Entry, ladders, remit
from sharecheck.policy.reply import Enquiries, knows, why_not

DANGER, NIGHT, MUST, MAY, ASK, ADVICE, NEVER, FAMILY, WRITE, RING, LEVELS, WORDS = (
    "danger", "night", "must", "may", "ask", "advice", "never", "family", "write", "ring", "levels", "words",
)  # fmt: skip
_WEIGHTS = {
    DANGER: 100, MUST: 90, NIGHT: 85, NEVER: 80, MAY: 73, ASK: 77, FAMILY: 60, RING: 55, WRITE: 50, ADVICE: 45, LEVELS: 20,
    WORDS: 10,
}  # fmt: skip
"""What has to stay on the card when there is too little room: danger and duties first."""

_TITLES = {
    DANGER: "If somebody is in danger now", NIGHT: "At night", MUST: "You must tell", MAY: "You may tell", ASK: "Ask first",
    ADVICE: "Take advice first", NEVER: "Never", FAMILY: "Tell the family", WRITE: "Write down", RING: "Ring, or write to",
    LEVELS: "The levels, in your words", WORDS: "What the words cover",
}  # fmt: skip
_OUTCOMES = {"must-share": MUST, "share": MAY, "ask-first": ASK, "seek-advice": ADVICE}
_DANGER = {"must-share": "You must tell", "share": "You may tell"}


_SEVERAL = "the agreements, in a card for each of them,"


@dataclass(frozen=True, slots=True)
class Point:
    """Something to keep in mind: whom or what it is of (`head`, which may be empty), what is said, and how much it weighs.

    A line whose manner is `blank` is room to write on.
    """

    head: str
    says: tuple[Line, ...]
    weight: int


@dataclass(frozen=True, slots=True)
class Group:
    """Points that hold in the same circumstances, which `lead` says."""

    lead: tuple[Line, ...]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the card under its title; `lead` and `tail` hold for all of it."""

    id: str
    title: str
    lead: tuple[Line, ...]
    groups: tuple[Group, ...]
    tail: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """An agreement that the card was made from, and the mark by which its points are known where there are several."""

    mark: str
    running: Running


@dataclass(frozen=True, slots=True)
class Card:
    """The whole card: the role and where it is, the agreements, the parts, and what stands at its end.

    `band` and `warnings` say what must not be taken for an agreement in force; `left_out` what found no room, and where it is.
    """

    role: str
    where: str
    sheets: tuple[Sheet, ...]
    band: str
    warnings: tuple[str, ...]
    parts: tuple[Part, ...]
    notes: tuple[str, ...]
    left_out: str
    day: str
    more: str

    @property
    def lightest(self) -> tuple[int, ...]:
        """The numbers of the points, what weighs least first; of equal weight the last first."""
        weights = [point.weight for point in _every(self)]
        return tuple(sorted(range(len(weights)), key=lambda number: (weights[number], -number)))

    @property
    def spare(self) -> int:
        """How many points only explain others; they weigh least."""
        return sum(point.weight <= _WEIGHTS[WORDS] for point in _every(self))

    @property
    def title(self) -> str:
        """What the card is called."""
        return f"{self.role}: what to tell, to whom, and when"


def compose(role: str, agreements: Sequence[Agreement], book: Book, made: str) -> Card:
    """The card of a role under every agreement in which it takes part, on the book's day; `made` says what made it.

    Raises `QuestionError` where no agreement knows the role.
    """
    names = remit(role, Enquiries(agreements, lambda _: book, book.on)).names
    knowing = [policy.agreement for policy in names.policies if policy.agreement and knows(policy, role)]
    found = [taken(role, one, book) for one in knowing]
    stopped = [one for one in found if not one.policy.in_use and as_written(role, one.agreement, book)]
    shown = [one for one in found if one.takes_part] or ([] if stopped else found)
    shown = sorted(shown or stopped, key=lambda one: (one.running.title, one.agreement.id))
    if len(shown) > 1:
        shown = [replace(one, mark=_mark(i)) for i, one in enumerate(shown)]
    danger = _danger(shown, book)
    parts = (
        danger, _night(shown), *_tells(shown, danger), _never(shown), _family(shown), _write(shown, book), _ring(shown),
        _levels(shown, book), _words(shown),
    )  # fmt: skip
    card = Card(
        role=brief(shown[0].remit.names.party(role), 120),
        where=_where(shown),
        sheets=tuple(Sheet(one.mark, one.running) for one in shown),
        band=_band(shown),
        warnings=tuple(_warnings(shown, book)),
        parts=tuple(part for part in parts if part.groups),
        notes=tuple(_notes(shown, stopped, role, made)),
        left_out="",
        day=when(book.on.isoformat()),
        more=f"{_SEVERAL if len(shown) > 1 else 'the agreement'} and `sharecheck ask --role {role}`",
    )
    cleaned: Card = as_shown(card)
    return cleaned


def without(card: Card, gone: Collection[int], *, bare: bool = False) -> Card:
    """The card without some points, by their numbers from the first; it says what they were and where they are.

    What the words cover is there whole or not at all. A `bare` card leaves out how and by when each thing goes.
    """
    number, parts, lost = 0, [], []
    for part in card.parts:
        of = sum(len(group.points) for group in part.groups)
        numbers = range(number, number + of)
        number += of
        whole = part.id == WORDS and any(one in gone for one in numbers)
        places = iter(numbers)
        groups = [
            replace(group, points=tuple(point for point in group.points if next(places) not in gone and not whole))
            for group in part.groups
        ]
        left = sum(len(group.points) for group in groups)
        if left:
            parts.append(replace(part, groups=tuple(group for group in groups if group.points)))
        if left < of:
            lost.append(f"{of - left} of {of} under “{part.title}”" if left else f"“{part.title}”")
    if bare:
        parts = [_bare(part) for part in parts]
        lost.insert(0, "how and by when each thing goes")
    said = f"No room here for: {joined(lost)}. Find it in {card.more}." if lost else ""
    return replace(card, parts=tuple(parts), left_out=said)


def _bare(part: Part) -> Part:
    """A part without what stands back, and each of those who are told once in each group."""
    if part.id not in _OUTCOMES.values():
        return part
    groups = []
    for group in part.groups:
        found: dict[str, Point] = {}
        for point in group.points:
            says = tuple(line for line in point.says if line.manner != "quiet")
            held = found.get(point.head)
            found[point.head] = replace(point, says=(*held.says, *says) if held else says)
        groups.append(replace(group, points=tuple(found.values())))
    return replace(part, groups=tuple(groups))


def _every(card: Card) -> Iterator[Point]:
    for part in card.parts:
        for group in part.groups:
            yield from group.points


# the head and the end


def _mark(number: int) -> str:
    letters = ""
    while number >= 0:
        letters, number = chr(65 + number % 26) + letters, number // 26 - 1
    return letters


def _bodies(one: Taking) -> list[Agency]:
    """The agencies that the role is at, or is."""
    places = (one.policy.places[name][1] for name in one.own)
    return [one.agreement.agencies[name] for name in dict.fromkeys(places) if name in one.agreement.agencies]


def _where(shown: Sequence[Taking]) -> str:
    bodies = dict.fromkeys(body.name for one in shown for body in _bodies(one))
    return brief("; ".join(bodies) if len(bodies) < 4 else f"{len(bodies)} agencies", 200)


def _band(shown: Sequence[Taking]) -> str:
    bands = dict.fromkeys(one.running.band or ("" if one.policy.in_use else NOT_IN_USE) for one in shown)
    bands.pop("", None)
    return " AND ".join(bands)


def _warnings(shown: Sequence[Taking], book: Book) -> Iterator[str]:
    for one in shown:
        said = one.running.warning
        if not said and not one.policy.in_use:
            said = f"This agreement {why_not(one.agreement, book)}, so nobody shares under it on this day."
        if said:
            yield f"{one.mark}: {said}" if one.mark else said


def _notes(shown: Sequence[Taking], stopped: Sequence[Taking], role: str, made: str) -> Iterator[str]:
    if any(len(one.own) > 1 for one in shown):
        yield "This role is at several agencies; where their answers differ, this card gives the more careful one."
    for one in stopped:
        if one not in shown:
            yield f"Not in use on this day and left out: {one.running.title}."
    yield "“They” are those whom it is about, or whoever decides for somebody who cannot."
    yield (
        "This card lists what agreements name, for one person at a time, where a worry is known or suspected. What is not "
        f"here may still be shared where somebody is at risk: ask (`sharecheck ask --from {role}`). A person decides; this "
        "is not legal advice."
    )
    yield made


# what is told


def _point(head: str, says: Iterable[Line], part: str, less: int = 0) -> Point:
    return Point(f"{head[:1].upper()}{head[1:]}", tuple(says), _WEIGHTS[part] - less)


def _part(name: str, groups: Iterable[Group], lead: Iterable[Line] = ()) -> Part:
    return Part(name, _TITLES[name], tuple(lead), tuple(groups))


def _people(one: Taking, refs: Iterable[str]) -> str:
    return joined(list(dict.fromkeys(definite(one.remit.names.party(ref)) for ref in refs)))


def _tells(shown: Sequence[Taking], danger: Part) -> Iterator[Part]:
    """What must go, may go, and goes if somebody agrees or after advice: by the circumstances, and by whom it is told.

    What `danger` says already is not said again.
    """
    known = {line.text for group in danger.groups for line in group.lead}
    for outcome, name in _OUTCOMES.items():
        told = [(one, each) for one in shown for each in one.told if each.step.not_asked == outcome]
        ways = dict.fromkeys(_how(each) for _, each in told)
        found: dict[str, dict[tuple[str, str], dict[str, None]]] = {}
        for one, each in told:
            key = (sentence(one.tagged(goes(each))), _how(each) if len(ways) > 1 else "")
            people = found.setdefault(ladder(each), {}).setdefault(key, {})
            people.update((definite(one.remit.names.party(ref)), None) for ref in each.entry.recipients)
        groups = [Group((strong(words),) if words else (), tuple(_points(said, name))) for words, said in found.items()]
        how = [plain(text) for text in ways if len(ways) == 1 and text]
        lead, tail = _follows(told, known, _first), _follows(told, known, _then)
        if name != MUST:
            groups = _lighter(groups)
        yield replace(_part(name, groups, (*lead, *how)), tail=(*tail, *_duty([each for _, each in told])))


def _points(said: Mapping[tuple[str, str], Iterable[str]], name: str) -> Iterator[Point]:
    """A point for each set of people told in one way, with everything that they are told so."""
    by_people: dict[tuple[tuple[str, ...], str], list[Line]] = {}
    for (text, how), people in said.items():
        by_people.setdefault((tuple(people), how), []).append(plain(text))
    for (people, how), lines in by_people.items():
        yield _point(joined(people), (*lines, *([quiet(how)] if how else ())), name)


def _lighter(groups: Iterable[Group]) -> list[Group]:
    """Groups whose points weigh less the further down they stand, so that no part is left out before its first point is."""
    number = count(0, 3)
    return [
        replace(
            group, points=tuple(replace(point, weight=max(point.weight - next(number), 25)) for point in group.points)
        )
        for group in groups
    ]


def _follows(
    told: Sequence[tuple[Taking, Told]], known: set[str], get: Callable[[Told], tuple[str, ...]]
) -> Iterator[Line]:
    """What goes with several tellings, each text once; with whom it is for, where it is not for all."""
    texts = dict.fromkeys(text for _, each in told for text in get(each) if text not in known)
    for text in texts:
        whom = [(one, each) for one, each in told if text in get(each)]
        people = dict.fromkeys(
            definite(one.remit.names.party(ref)) for one, each in whom for ref in each.entry.recipients
        )
        if len(whom) == len(told):
            yield plain(text)
        elif len(people) < _FEW:
            yield plain(f"For {joined(list(people))}: {text}")
        else:
            yield plain(f"For {_share(len(whom), len(told))} of them: {text}")


def _share(number: int, of: int) -> str:
    return "most" if 2 * number > of else "some"


_FEW = 4
"""So many are named one by one."""


def _first(each: Told) -> tuple[str, ...]:
    return (*each.first, *each.consent)


def _then(each: Told) -> tuple[str, ...]:
    return each.then


def _duty(told: Sequence[Told]) -> Iterator[Line]:
    """The law that obliges, for how many of those who are told; said with care where nobody has read it in the law itself."""
    for known in (True, False):
        found = dict.fromkeys(title for one in told for title, read in one.duty if read is known)
        many = {title: sum((title, known) in one.duty for one in told) for title in found}
        if found:
            said = [
                title if many[title] == len(told) else f"{title} (for {_share(many[title], len(told))})"
                for title in found
            ]
            yield quiet(
                f"The duty: {'; '.join(said)}{'' if known else '; as others report it, so check that it is in force'}."
            )


def _how(each: Told) -> str:
    if each.step.not_asked == "ask-first" and each.how:
        return f"If they agree: {each.how[:1].lower()}{each.how[1:]}"
    return each.how


# danger, and the night


def _danger(shown: Sequence[Taking], book: Book) -> Part:
    """Who is told when somebody is in immediate danger: those here who can act at once, and what the law says by itself."""
    top = max(int(term.facts["rank"]) for term in book.terms("concern-levels").values())
    best: dict[str, tuple[int, bool, int, Answer]] = {}
    for one in shown:
        for told in one.told:
            anyway = told.entry.at(top).refused in SHARED
            for part, answer in asked(_protecting(told.entry, one), one.remit.role, one.policy, one.desk, top):
                who, rank = _with_phone(part.recipients[0], one), one.desk.rank[answer.outcome]
                if answer.outcome in SHARED and _acts(part.recipients[0], one) and (
                    who not in best or (rank, anyway, told.level) > best[who][:3]
                ):  # fmt: skip
                    best[who] = (rank, anyway, told.level, answer)
    rows = dict.fromkeys(answer.row for _, _, _, answer in best.values())
    lead = dict.fromkeys(text for row in rows for text in row.first)
    lead |= dict.fromkeys(answer.duties.method for _, _, _, answer in best.values())
    lead |= dict.fromkeys(text for row in rows for text in row.then)
    found: dict[tuple[bool, str], list[str]] = {}
    foreseen = any(level == top for _, _, level, _ in best.values())
    for who, (_, anyway, level, answer) in sorted(best.items(), key=lambda item: [-int(one) for one in item[1][:3]]):
        says = f"{_DANGER[answer.outcome]}{', even if they say no' if anyway else ''}"
        found.setdefault((foreseen and level < top, says), []).append(who)
    points = [
        _point(
            f"{'Of the others here, ' if later else ''}{says[:1].lower() if later else says[:1]}{says[1:]}",
            ((plain if later else strong)(sentence(joined(who))),),
            DANGER,
            20 * later,
        )
        for (later, says), who in sorted(found.items(), key=lambda item: item[0][0])
    ]
    alone = tuple(_law_alone(shown, book))
    return _part(
        DANGER,
        [Group(tuple(map(plain, filter(None, lead))), (*points[:1], *alone, *points[1:]))] if points or alone else [],
    )


def _protecting(entry: Entry, one: Taking) -> Entry:
    """The part of an entry that serves to keep somebody safe."""
    terms = {name: one.desk.book.term("purposes", one.agreement.purposes[name].type) for name in entry.purposes}
    return replace(entry, purposes=tuple(name for name, term in terms.items() if term.is_("safeguarding")))


def _with_phone(recipient: str, one: Taking) -> str:
    """A recipient, with the number that is rung where the agreement gives one."""
    who, numbers = definite(one.remit.names.party(recipient)), dict.fromkeys(_phones(recipient, one))
    return f"{who} ({' or '.join(numbers)})" if 0 < len(numbers) < _FEW else who


def _phones(recipient: str, one: Taking) -> Iterator[str]:
    for name in one.policy.called(recipient):
        _, agency, team = one.policy.places[name]
        body = one.agreement.agencies.get(agency)
        for fields in (body.teams.get(team, {}), body.fields) if body else ():
            held = fields.get("spoc")
            if isinstance(held, Mapping) and held.get("phone"):
                yield str(held["phone"])
                break


def _acts(recipient: str, one: Taking) -> bool:
    """Whether everybody whom a recipient may be can act at once."""
    kinds = [one.policy.parties[name].kind for name in one.policy.called(recipient)]
    return bool(kinds) and all("acts" in one.policy.law.able(kind) for kind in kinds)


def _law_alone(shown: Sequence[Taking], book: Book) -> Iterator[Point]:
    """What the law and the table answer without any agreement, of whoever can act at once and of whom else to tell."""
    one = shown[0]
    party = one.policy.parties[one.own[0]]
    sender = f"{party.kind.agencies[0]}/{party.kind.role}" if party.kind.agencies else ""
    helping = [word for word, term in book.terms("purposes").items() if term.is_("emergency")]
    level = next(word for word, term in book.terms("concern-levels").items() if term.is_("at_once"))
    people = dict.fromkeys(kind.type for each in shown for kind in each.agreement.subjects.values())
    items = dict.fromkeys(word for each in shown for item in each.agreement.items.values() for word in item.types)
    able = [word for word, term in book.terms("agency-types").items() if term.is_("acts_at_once")]
    if not sender or not helping or not people or not items or not able:
        return
    desk = Desk([], book, one.policy.jurisdiction)
    put = Question(sender.removesuffix("/"), data=tuple(items), about=tuple(people), purpose=helping[0], concern=level)
    answers = [desk.answer(replace(put, recipient=word), changes=False) for word in able]
    least = min(answers, key=lambda answer: desk.rank[answer.outcome])
    if least.outcome not in SHARED:
        return
    instead = desk.answer(replace(put, relation="public"), changes=False).instead
    kept = dict.fromkeys(one for answer in answers for one in answer.withhold)
    labels = [book.term("data-categories", one).label for one in kept]
    says = f"{_DANGER[least.outcome]} without any agreement: {least.row.says[:1].lower()}{least.row.says[1:]}"
    lines = [strong(sentence(f"tell {instead}"))] if instead else []
    lines += [plain(says)] + ([plain(f"But not: {'; '.join(labels)}.")] if labels else [])
    yield _point("Nobody is named here, or nobody answers", lines, DANGER)


def _night(shown: Sequence[Taking]) -> Part:
    """What agreements say of emergencies and of whom to ring out of hours, or that they do not say."""
    found: dict[tuple[Line, ...], list[str]] = {}
    for one in shown:
        found.setdefault(tuple(_emergency(one)), []).append(one.mark)
    points = [Point(_of(marks, found), says, _WEIGHTS[NIGHT]) for says, marks in found.items()]
    return _part(NIGHT, [Group((), tuple(points))])


def _emergency(one: Taking) -> Iterator[Line]:
    """What to do where waiting is dangerous, whom to ring, and room for a number where none is given."""
    said, at = one.agreement.handling.get("emergency"), ("handling", "emergency")
    held = said if isinstance(said, Mapping) else {"text": said} if said else {}
    number = held.get("out_of_hours")
    if number:
        yield strong(f"Ring {contact(number)}.")
    else:
        yield gap(f"Whom to ring at night: {_lowered(one.reader.missing((*at, 'out_of_hours')).text)}")
    if held.get("text"):
        yield plain(sentence(held["text"]))
    elif not held:
        yield gap(f"What to do where waiting is dangerous: {_lowered(one.reader.missing(at).text)}")
    if held.get("verbal"):
        yield plain("Telling by voice is enough at first.")
    if not number or not _numbered(contact(number)):
        yield gap(
            "No telephone number is given. Find it out and write it here:" if number else "Find out and write it here:"
        )
        yield Line("", "blank")


def _numbered(text: str) -> bool:
    """Whether there is a telephone number in a text, that of the emergency services included."""
    return bool(re.search(r"\b(999|112)\b|\d([ -]?\d){5}", text))


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


# what never goes


def _never(shown: Sequence[Taking]) -> Part:
    """What the table never lets go, what the policy answers no to, and what the partners agreed to keep."""
    points = [*_strangers(shown)]
    for one in shown:
        for told in one.told:
            if told.step.not_asked == "do-not-share":
                words = ladder(told)
                said = (plain(sentence(one.tagged(goes(told)))), *([quiet(words)] if words else ()))
                points.append(_point(f"Not to {_people(one, told.entry.recipients)}", said, NEVER))
    found: dict[str, list[Line]] = {}
    for one in shown:
        for bar in one.remit.bars:
            found.setdefault(f"Not to {_barred(bar, one)}", []).append(_bar(bar, one))
    points += [_point(head, says, NEVER, 5) for head, says in found.items()]
    return _part(NEVER, [Group((), tuple(points))] if points else [])


def _strangers(shown: Sequence[Taking]) -> Iterator[Point]:
    """Those outside agencies whom the policy never lets know any of it, whatever the level and whatever anybody says."""
    found: dict[tuple[str, ...], list[str]] = {}
    for relation, term in shown[0].desk.book.terms("relations").items():
        if because := _refused(shown, relation):
            found.setdefault(because, []).append(term.label)
    for because, people in found.items():
        yield _point("; ".join(people), (plain("Never tell any of it."), *map(quiet, because)), NEVER)
    linked = [_linked(one, one.told[0]) for one in shown if one.told]
    if linked and all(answer.outcome not in SHARED for answer in linked):
        lines = dict.fromkeys(text for answer in linked for text in (answer.row.says, *answer.row.then))
        yield _point("Anybody linked to the danger", (plain("Never straight to them."), *map(quiet, lines)), NEVER)


def _refused(shown: Sequence[Taking], relation: str) -> tuple[str, ...]:
    """Why somebody outside agencies is never told; empty where they may be, at some level or if somebody agrees."""
    because: dict[str, None] = {}
    for one in shown:
        if not one.told:
            continue
        items = tuple(dict.fromkeys(item for told in one.told for item in told.entry.items))
        about = dict.fromkeys(who for told in one.told for who in told.entry.about)
        put = Question(one.remit.role, relation=relation, data=items, purpose=one.told[0].entry.purposes[0])
        for who, level, consent in product(about, one.desk.book.terms("concern-levels"), ("given", "not-asked")):
            if one.desk.outcome(replace(put, about=(who,), concern=level, consent=consent)) != "do-not-share":
                return ()
        answer = one.desk.answer(replace(put, about=(next(iter(about)),)), changes=False)
        because |= dict.fromkeys(answer.because)
    return tuple(because)


def _linked(one: Taking, told: Told) -> Answer:
    entry = told.entry
    put = Question(
        one.remit.role, entry.recipients[0], data=entry.items, about=entry.about, purpose=entry.purposes[0], linked=True
    )
    return one.desk.answer(put, changes=False)


def _barred(bar: Bar, one: Taking) -> str:
    """Whom partners agreed not to tell."""
    told = {"any": "anybody", "anyone-else": "anybody who is no party to the agreement"}
    return joined([told.get(ref) or definite(one.remit.names.party(ref)) for ref in bar.recipients]) or "anybody"


def _bar(bar: Bar, one: Taking) -> Line:
    """What partners agreed not to tell, why, and what the policy answers all the same where the worry is grave."""
    what = ", ".join(map(spoken, bar.items)) or "anything"
    about = f" about the {joined([spoken(who) for who in bar.about])}" if bar.about else ""
    aim = f" for {joined([spoken(aim) for aim in bar.purposes])}" if bar.purposes else ""
    unless = f", unless {joined(bar.unless)}" if bar.unless else ""
    because = f" {sentence(bar.because)}" if bar.because else ""
    return plain(f"{sentence(one.tagged(f'{what}{about}{aim}{unless}'))}{because}{_despite(bar, one)}")


def _despite(bar: Bar, one: Taking) -> str:
    """From which level the policy gives another answer than no to something that partners barred, and which it is."""
    items = bar.items or tuple(dict.fromkeys(item for told in one.told for item in told.entry.items))
    people = bar.about or tuple(dict.fromkeys(who for told in one.told for who in told.entry.about))
    aims = bar.purposes or tuple(dict.fromkeys(aim for told in one.told for aim in told.entry.purposes))
    refs = [ref for ref in bar.recipients if one.policy.called(ref) and ref != STRANGER]
    steps = [
        step
        for ref, aim, who in product(refs, aims, people)
        for each in ladders(one.desk, one.policy, one.remit.role, ref, aim, who, items)
        for step in each if step.not_asked != "do-not-share"
    ]  # fmt: skip
    if not steps:
        return ""
    first = min(steps, key=lambda step: step.rank)
    where = f" from {' or '.join(map(level_of, first.concern))}" if first.rank else ""
    most = max(steps, key=lambda step: one.desk.rank[step.not_asked]).not_asked
    return f" But{where} the answer may be to {_DESPITE[most]}: ask."


_DESPITE = {"must-share": "tell, as a duty", "share": "tell", "ask-first": "ask first", "seek-advice": "take advice"}


# what goes with it


def _family(shown: Sequence[Taking]) -> Part:
    """Whether the person or the family is told, as the policy says of each thing that goes."""
    usual = str(shown[0].desk.book.decision["duties"]["inform"]["yes"])
    how: dict[str, list[str]] = {}
    apart: dict[str, list[str]] = {}
    for one in shown:
        for told in one.told:
            if told.inform.startswith(usual):
                how.setdefault(told.inform.removeprefix(usual).strip(), []).append(one.mark)
            elif told.inform:
                apart.setdefault(told.inform, []).append(one.tagged(_people(one, told.entry.recipients)))
    says = {text: marks for text, marks in how.items() if text}
    points = [_point("", (plain(usual),), FAMILY, -25)] if how else []
    points += [_point(_of(dict.fromkeys(marks), says), (plain(text),), FAMILY, 1) for text, marks in says.items()]
    points += [
        _point(f"But where you tell {joined(list(dict.fromkeys(people)))}", (plain(text),), FAMILY)
        for text, people in apart.items()
    ]
    return _part(FAMILY, [Group((), tuple(points))] if points else [])


def _write(shown: Sequence[Taking], book: Book) -> Part:
    """What is recorded, as the policy says of what goes and of what is kept, and where, as the agreement says."""
    texts = dict.fromkeys(text for one in shown for told in one.told for text in told.record)
    order = list(book.decision["duties"]["record"].values())
    points = [_point("", (plain(text),), WRITE, 5 * i - 35) for i, text in enumerate(sorted(texts, key=order.index))]
    logs: dict[str, list[str]] = {}
    for one in shown:
        log = one.agreement.handling.get("decision_log")
        said = log.get("text") if isinstance(log, Mapping) else log
        if said:
            logs.setdefault(str(said), []).append(one.mark)
    for text, marks in logs.items():
        points.append(_point(_of(marks, logs), (plain(text),), WRITE, 2))
    return _part(WRITE, [Group((), tuple(points))] if points else [])


def _of(marks: Iterable[str], texts: Mapping[Any, Any]) -> str:
    """The agreements that a text is of, where others have another."""
    named = [mark for mark in dict.fromkeys(marks) if mark]
    return f"Under {joined(named)}" if len(texts) > 1 and named else ""


def _ring(shown: Sequence[Taking]) -> Part:
    """How to reach those who are told, whom to ask for advice at one's own agency, and how to hear back."""
    reached: dict[str, list[str]] = {}
    for one in shown:
        for told in one.told:
            for ref in told.entry.recipients:
                reached.setdefault(_reach(one, ref), []).append(one.remit.names.party(ref))
    points = [
        _point(joined([definite(name) for name in dict.fromkeys(people)]), (plain(how) if how else gap(),), RING, i)
        for i, (how, people) in enumerate(reached.items())
    ]
    advice: dict[str, None] = {}
    for one in shown:
        titles = one.desk.book.decision["advice"]
        for body in _bodies(one):
            at = f" ({body.name})" if len(_bodies(one)) > 1 else ""
            advice.update(
                (f"{title}{at}: {contact(body.fields[key])}", None)
                for key, title in titles.items()
                if body.fields.get(key)
            )
    says = plain(f"{'; '.join(advice)}.") if advice else gap("The agreement names nobody.")
    points.insert(0, _point("For advice, at your own agency", (says,), RING, -30))
    if back := list(_hearing(shown)):
        points.append(_point("To hear back", map(plain, back), RING, 3))
    return _part(RING, [Group((), tuple(points))])


def _hearing(shown: Sequence[Taking]) -> Iterator[str]:
    """How one hears back, as the policy says, with everybody whom flows name for it in one sentence."""
    before, after = shown[0].desk.book.decision["duties"]["feedback"]["named"].split("{contact}")
    texts = dict.fromkeys(told.feedback for one in shown for told in one.told if told.feedback)
    people = [text.removeprefix(before).removesuffix(after) for text in texts if text.startswith(before)]
    if people:
        yield before + "; or ".join(f"{text[:1].lower()}{text[1:]}" for text in people) + after
    else:
        yield from texts


def _reach(one: Taking, ref: str) -> str:
    """How to reach a recipient: the contact of the team or agency, and who stands in."""
    said: dict[str, None] = {}
    for name in one.policy.called(ref):
        _, agency, team = one.policy.places[name]
        body = one.agreement.agencies.get(agency)
        if body is None:
            continue
        held = body.teams.get(team, {}) if team else {}
        how = held.get("spoc") or body.fields.get("spoc")
        deputy = held.get("deputy") or body.fields.get("deputy")
        if how:
            said[contact(how) + (f"; if away, {contact(deputy)}" if deputy else "")] = None
    return " or ".join(said) if len(said) < 4 else "the contact that their own agency gives in the agreement"


def _levels(shown: Sequence[Taking], book: Book) -> Part:
    """What the role's own agency calls the levels of concern."""
    found: dict[str, dict[str, None]] = {}
    for one in shown:
        for body in _bodies(one):
            for label, level in one.agreement.thresholds.get(body.id, {}).items():
                if level is not None:
                    found.setdefault(level, {})[spoken(label)] = None
    ranked = [word for word in book.terms("concern-levels") if word in found]
    if not ranked:
        return _part(LEVELS, [])
    says = "; ".join(f"{level_of(level)} is {joined(list(found[level]))}" for level in ranked)
    return _part(LEVELS, [Group((), (_point("", (plain(f"{says[:1].upper()}{says[1:]}."),), LEVELS),))])


def _words(shown: Sequence[Taking]) -> Part:
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
        _point(
            f"{name} ({', '.join(dict.fromkeys(marks))})" if twice.count(name) > 1 and any(marks) else name,
            (plain(text),), WORDS,
        )
        for (name, text), marks in found.items() if text
    ]  # fmt: skip
    return _part(WORDS, [Group((), tuple(points))] if points else [])
