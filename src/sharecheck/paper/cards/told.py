"""What a card says of telling: whom in danger, whom a role must tell, may tell, asks first about, and whom it never tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count, product

from sharecheck.knowledge import Book, joined
from sharecheck.paper.cards.card import DANGER, FEW, MUST, NEVER, OUTCOMES, Group, Part, Point, part_of, point_of
from sharecheck.paper.cards.telling import SHARED, Taking, Told, asked, goes, ladder, level_of
from sharecheck.paper.model import Line
from sharecheck.paper.reader import plain, quiet, spoken, strong
from sharecheck.policy.answer import Answer, Desk
from sharecheck.policy.compiled import STRANGER
from sharecheck.policy.names import definite, lowered
from sharecheck.policy.question import Question
from sharecheck.policy.remit import Bar, Entry, ladder_of, ladders
from sharecheck.report import sentence

_MUST_OR_MAY = {"must-share": "You must tell", "share": "You may tell"}


def tells(shown: Sequence[Taking], above: Part) -> Iterator[Part]:
    """What must go, may go, and goes if somebody agrees or after advice: by the circumstances, and by whom it is told.

    What `above` says already, of danger, is not said again.
    """
    known = {line.text for group in above.groups for line in group.lead}
    for outcome, name in OUTCOMES.items():
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
        yield replace(part_of(name, groups, (*lead, *how)), tail=(*tail, *_duty([each for _, each in told])))


def _points(said: Mapping[tuple[str, str], Iterable[str]], name: str) -> Iterator[Point]:
    """A point for each set of people told in one way, with everything that they are told so."""
    by_people: dict[tuple[tuple[str, ...], str], list[Line]] = {}
    for (text, how), people in said.items():
        by_people.setdefault((tuple(people), how), []).append(plain(text))
    for (people, how), lines in by_people.items():
        yield point_of(joined(people), (*lines, *([quiet(how)] if how else ())), name)


def _lighter(groups: Iterable[Group]) -> list[Group]:
    """Groups whose points weigh less the further down they stand, so that no part is left out before its first point is."""
    number = count(-8, 3)
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
        elif len(people) < FEW:
            yield plain(f"For {joined(list(people))}: {text}")
        else:
            yield plain(f"For {_share(len(whom), len(told))} of them: {text}")


def _share(number: int, of: int) -> str:
    return "most" if 2 * number > of else "some"


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


# danger


def danger(shown: Sequence[Taking], book: Book) -> Part:
    """Who is told when somebody is in immediate danger: those here who can act at once, and what the law says by itself."""
    top = max(int(term.facts["rank"]) for term in book.terms("concern-levels").values())
    best: dict[str, tuple[int, bool, int, Answer]] = {}
    for one in shown:
        for told in one.told:
            anyway = told.entry.at(top).refused in SHARED
            for part, answer in asked(_protecting(told.entry, one), one.remit.role, one.policy, one.desk, top):
                who, rank = _with_phone(part.recipients[0], one), one.desk.rank[answer.outcome]
                if answer.outcome in SHARED and _acts(part.recipients[0], one):
                    held = best.get(who, (-1, False, 0, answer))
                    level = max(told.level, held[2])  # the gravest for which a flow to them is made
                    best[who] = (
                        (rank, anyway, level, answer) if (rank, anyway) > held[:2] else (*held[:2], level, held[3])
                    )
    alone, least = _law_alone(shown, book, named=bool(best))
    answers = [answer for _, _, _, answer in best.values()] or ([least] if least else [])
    rows = dict.fromkeys(answer.row for answer in answers)
    lead = dict.fromkeys(text for row in rows for text in row.first)
    lead |= dict.fromkeys(answer.duties.method for answer in answers)
    lead |= dict.fromkeys(text for row in rows for text in row.then)
    found: dict[tuple[bool, str], list[str]] = {}
    foreseen = any(level == top for _, _, level, _ in best.values())
    for who, (_, anyway, level, answer) in sorted(best.items(), key=lambda item: [-int(one) for one in item[1][:3]]):
        says = f"{_MUST_OR_MAY[answer.outcome]}{', even if they say no' if anyway else ''}"
        found.setdefault((foreseen and level < top, says), []).append(who)
    points = [
        point_of(
            f"{'Of the others here, ' if later else ''}{says[:1].lower() if later else says[:1]}{says[1:]}",
            ((plain if later else strong)(sentence(joined(who))),),
            DANGER,
            20 * later,
        )
        for (later, says), who in sorted(found.items(), key=lambda item: item[0][0])
    ]
    return part_of(
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
    return f"{who} ({' or '.join(numbers)})" if 0 < len(numbers) < FEW else who


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


def _law_alone(shown: Sequence[Taking], book: Book, *, named: bool) -> tuple[tuple[Point, ...], Answer | None]:
    """What the law and the table answer without any agreement, of whoever can act at once and of whom else to tell.

    `named` says whether an agreement names somebody to tell.
    """
    one = shown[0]
    party = one.policy.parties[one.own[0]]
    sender = f"{party.kind.agencies[0]}/{party.kind.role}" if party.kind.agencies else ""
    helping = [word for word, term in book.terms("purposes").items() if term.is_("emergency")]
    level = next(word for word, term in book.terms("concern-levels").items() if term.is_("at_once"))
    people = dict.fromkeys(kind.type for each in shown for kind in each.agreement.subjects.values())
    items = dict.fromkeys(word for each in shown for item in each.agreement.items.values() for word in item.types)
    able = [word for word, term in book.terms("agency-types").items() if term.is_("acts_at_once")]
    if not sender or not helping or not people or not items or not able:
        return (), None
    desk = Desk([], book, one.policy.jurisdiction)
    put = Question(sender.removesuffix("/"), data=tuple(items), about=tuple(people), purpose=helping[0], concern=level)
    answers = [desk.answer(replace(put, recipient=word), changes=False) for word in able]
    least = min(answers, key=lambda answer: desk.rank[answer.outcome])
    if least.outcome not in SHARED:
        return (), None
    instead = desk.answer(replace(put, relation="public"), changes=False).instead
    kept = dict.fromkeys(one for answer in answers for one in answer.withhold)
    labels = [book.term("data-categories", one).label for one in kept]
    says = f"{_MUST_OR_MAY[least.outcome]} without any agreement: {least.row.says[:1].lower()}{least.row.says[1:]}"
    lines = [strong(sentence(f"tell {instead}"))] if instead else []
    lines += [plain(says)] + ([plain(f"But not: {'; '.join(labels)}.")] if labels else [])
    head = "Nobody answers" if named else "No agreement names whom to tell"
    return (point_of(head, lines, DANGER),), least


# what never goes


def never(shown: Sequence[Taking]) -> Part:
    """What the table never lets go, what the policy answers no to, and what the partners agreed to keep."""
    points = [*_strangers(shown)]
    for one in shown:
        for told in one.told:
            if told.step.not_asked == "do-not-share":
                words = ladder(told)
                said = (plain(sentence(one.tagged(goes(told)))), *([quiet(words)] if words else ()))
                points.append(point_of(f"Not to {one.people(told.entry.recipients)}", said, NEVER))
    found: dict[str, list[Line]] = {}
    for one in shown:
        for bar in one.remit.bars:
            found.setdefault(f"Not to {_barred(bar, one)}", []).append(_bar(bar, one))
    points += [point_of(head, says, NEVER, 5) for head, says in found.items()]
    return part_of(NEVER, [Group((), tuple(points))] if points else [])


def _strangers(shown: Sequence[Taking]) -> Iterator[Point]:
    """Those outside agencies whom the policy never lets know any of it, or not without the person's agreement."""
    asking = [(one.desk, list(_of_outsiders(one))) for one in shown if one.told]
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for relation, term in shown[0].desk.book.terms("relations").items() if asking else ():
        held = {_never_told(desk, questions, relation) for desk, questions in asking}
        if "" not in held:
            answers = (desk.answer(replace(each[0], relation=relation), changes=False) for desk, each in asking)
            because = tuple(dict.fromkeys(text for answer in answers for text in answer.because))
            found.setdefault((_UNLESS if _UNLESS in held else _NEVER, because), []).append(term.label)
    for (says, reasons), people in found.items():
        yield point_of("; ".join(map(lowered, people)), (plain(says), *map(quiet, reasons)), NEVER)
    linked = [answer for one in shown for told in one.told for answer in _linked(one, told)]
    if linked and all(answer.outcome not in SHARED for answer in linked):
        lines = dict.fromkeys(text for answer in linked for text in (answer.row.says, *answer.row.then))
        yield point_of("Anybody linked to the danger", (plain("Never straight to them."), *map(quiet, lines)), NEVER)


_NEVER, _UNLESS = "Never tell any of it.", "Do not tell. Where the person can decide and agrees, ask."


def _of_outsiders(one: Taking) -> Iterator[Question]:
    """Everything that a role tells, as questions that lack only who asks: for each purpose, person and level of concern."""
    items = tuple(dict.fromkeys(item for told in one.told for item in told.entry.items))
    pairs = dict.fromkeys(pair for told in one.told for pair in product(told.entry.purposes, told.entry.about))
    for aim, who in pairs:
        for _, level in ladder_of(one.policy, who, aim):
            yield Question(one.remit.role, data=items, about=(who,), purpose=aim, concern=level)


def _never_told(desk: Desk, questions: Sequence[Question], relation: str) -> str:
    """How it is said that somebody outside agencies is not told; empty where the policy lets them be without agreement."""
    for put, said in product(questions, ("not-asked", "refused")):
        if desk.outcome(replace(put, relation=relation, consent=said)) != "do-not-share":
            return ""
    agreed = (replace(put, relation=relation, consent="given", decides="yes") for put in questions)
    return _NEVER if all(desk.outcome(put) == "do-not-share" for put in agreed) else _UNLESS


def _linked(one: Taking, told: Told) -> Iterator[Answer]:
    """The answers where whoever would be told is linked to the danger, with the least worry and the gravest."""
    entry = told.entry
    for recipient, aim, who in product(entry.recipients, entry.purposes, entry.about):
        ladder = ladder_of(one.policy, who, aim)
        for _, level in (ladder[0], ladder[-1]):
            put = Question(
                one.remit.role, recipient, data=entry.items, about=(who,), purpose=aim, concern=level, linked=True
            )
            yield one.desk.answer(put, changes=False)


def _barred(bar: Bar, one: Taking) -> str:
    """Whom partners agreed not to tell."""
    told = {"any": "anybody", "anyone-else": "anybody who is no party to the agreement"}
    return joined([told.get(ref) or definite(one.remit.names.party(ref)) for ref in bar.recipients]) or "anybody"


def _bar(bar: Bar, one: Taking) -> Line:
    """What partners agreed not to tell, why, and what the policy answers all the same where the worry is grave."""
    what = ", ".join(map(spoken, bar.items)) or "anything"
    about = f" about the {joined([spoken(who) for who in bar.about])}" if bar.about else ""
    aim = f" for {joined([spoken(aim) for aim in bar.purposes])}" if bar.purposes else ""
    unless = f", unless: {'; '.join(map(lowered, one.reader.exceptions(list(bar.unless))))}" if bar.unless else ""
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
