"""The policy: an agreement and the law of a day, as one total function from questions to rows of the decision table.

Who, what and what for select a *situation*: the clauses of the table still standing, and what the partners agreed. The
circumstances then select among those. Both are numbers, so that a question is answered with a dozen `&`s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sharecheck.agreement import Agency, Agreement, Flow, Party, listed
from sharecheck.knowledge import Book
from sharecheck.policy import promises
from sharecheck.policy.law import Kind, Law, law
from sharecheck.policy.question import Circumstances
from sharecheck.policy.table import Row, Table, table

STRANGER = "anyone-else"
"""How a prohibition names everybody who is no party."""


@dataclass(frozen=True, slots=True, eq=False)
class Who:
    """A sender or recipient: as named, what the book says of them, the legal person they are part of, and the flows and
    prohibitions (as numbers) that name them on each side."""

    name: str
    kind: Kind
    body: str
    sends: int
    receives: int
    barred_from: int
    barred_to: int


@dataclass(frozen=True, slots=True, eq=False)
class What:
    """An item, a person it is about, or a purpose: as named, its words in the book, and the flows and prohibitions of it."""

    name: str
    words: tuple[str, ...]
    confidential: bool | None
    flows: int
    bars: int


@dataclass(frozen=True, slots=True)
class Situation:
    """What who, what and what for leave standing: clauses, what was agreed, the age they settle, and what they rest on."""

    standing: int
    agreed: int
    age: str | None
    law: int
    flows: int
    bars: int


@dataclass(frozen=True, slots=True)
class Box:
    """Part of a flow or a prohibition that is a plain product of senders, recipients, items, people and purposes."""

    part: str
    senders: frozenset[str] | None
    recipients: frozenset[str] | None
    data: frozenset[str] | None
    about: frozenset[str] | None
    purposes: frozenset[str] | None

    @property
    def sides(self) -> tuple[frozenset[str] | None, ...]:
        """Senders, recipients, items, people and purposes; None means any."""
        return (self.senders, self.recipients, self.data, self.about, self.purposes)

    def common(self, other: Box) -> tuple[frozenset[str] | None, ...] | None:
        """What two boxes have in common, side by side; None where they do not meet."""
        both = tuple(
            b if a is None else a if b is None else a & b for a, b in zip(self.sides, other.sides, strict=True)
        )
        return None if any(side is not None and not side for side in both) else both


class Policy:
    """What an agreement, or no agreement, means on the book's day in one place."""

    def __init__(self, agreement: Agreement | None, book: Book, jurisdiction: str, *, as_written: bool = False) -> None:
        """`as_written` takes what the agreement says whatever its dates and status."""
        self.agreement = agreement
        self.book = book
        self.table: Table = table(book)
        self.law: Law = law(book, jurisdiction)
        self.jurisdiction = jurisdiction
        self.in_use = agreement is not None and (as_written or promises.in_use(agreement, book))
        self.flow_boxes: list[Box] = []
        self.bar_boxes: list[Box] = []
        self.flow_terms: list[int] = []
        self.bar_terms: list[int] = []
        self.flow_law: list[int] = []
        self._situations: dict[tuple[Who, Who, What, What, What], Situation] = {}
        self._strangers: dict[tuple[str, str], Who] = {}
        self._words: dict[tuple[str, str], What] = {}
        if agreement is not None and self.in_use:
            for flow in agreement.flows.values():
                self._add_flow(flow, agreement)
            for name, bar in promises.bars(agreement):
                self._add_bar(name, bar)

    # what the agreement says

    def _add_flow(self, flow: Flow, agreement: Agreement) -> None:
        terms = promises.any_of(promises.of_flow(flow, self.book, self.table), self.table)
        cited = (
            agreement.law[g].provision or agreement.law[g].cites if g in agreement.law else g for g in flow.gateways
        )
        named = self.law.named(held.id for name in cited for held in self.book.cited(name))
        purposes = frozenset(flow.purposes)
        data, about = frozenset(flow.data), frozenset(flow.about) or None
        senders, recipients = self._members(flow.senders), self._members(flow.recipients)
        if flow.both_ways:
            ways = [(frozenset((one,)), recipients - ({one} - self.classes)) for one in sorted(senders)]
        else:
            ways = [(senders, recipients)]
        for one, other in ways:
            self.flow_boxes.append(Box(flow.id, one, other, data, about, purposes))
            self.flow_terms.append(terms)
            self.flow_law.append(named)

    def _add_bar(self, name: str, bar: Mapping[str, Any]) -> None:
        def ids(key: str) -> frozenset[str] | None:
            return frozenset(listed(bar.get(key))) or None

        def members(key: str) -> frozenset[str] | None:
            refs = ids(key)
            return None if refs is None else frozenset(name for ref in refs for name in self.called(ref))

        self.bar_boxes.append(Box(name, members("from"), members("to"), ids("data"), ids("about"), ids("purpose")))
        self.bar_terms.append(promises.any_of(promises.of_bar(bar, self.book, self.table), self.table))

    def _members(self, parties: Iterable[Party]) -> frozenset[str]:
        return frozenset(name for party in parties for name in self.called(party.ref))

    def called(self, ref: str) -> tuple[str, ...]:
        """The parties that a reference in a flow names: a role wherever it is, a whole agency, a team of one, or all."""
        return self._by_reference.get(ref, ())

    @cached_property
    def _by_reference(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {"any": list(self.places), STRANGER: [STRANGER]}
        for name, (role, agency, team) in self.places.items():
            for ref in {role, agency, f"{agency}/{team}" if team else ""} - {""}:
                found.setdefault(ref, []).append(name)
        return {ref: tuple(names) for ref, names in found.items()}

    @cached_property
    def places(self) -> dict[str, tuple[str, str, str]]:
        """Every party of the agreement by name: its role, agency and team (each may be empty)."""
        if self.agreement is None:
            return {}
        found: dict[str, tuple[str, str, str]] = {}
        for role in self.agreement.roles.values():
            agencies = tuple(self.agreement.agencies) if role.any_agency else role.agencies
            for agency in agencies or ("",):
                name = role.id if len(agencies) < 2 else f"{agency}/{role.id}"
                found[name] = (role.id, agency, role.team or "")
        for agency, body in self.agreement.agencies.items():
            found.setdefault(agency, ("", agency, ""))
            for team in body.teams:
                found.setdefault(f"{agency}/{team}", ("", agency, team))
        return found

    @cached_property
    def classes(self) -> frozenset[str]:
        """The parties that stand for several bodies, so that one of them may tell another."""
        if self.agreement is None:
            return frozenset()
        agencies = self.agreement.agencies
        return frozenset(
            name for name, (_, agency, _) in self.places.items()
            if agency in agencies and (agencies[agency].fields.get("members") or agencies[agency].fields.get("joins"))
        )  # fmt: skip

    # the space

    @cached_property
    def parties(self) -> Mapping[str, Who]:
        """Everybody the agreement knows, by name."""
        return {name: self._party(name, role, agency) for name, (role, agency, _) in self.places.items()}

    @cached_property
    def individuals(self) -> Mapping[str, Who]:
        """Individuals who may be told, by their relation to the person."""
        return {relation: self.individual(relation) for relation in self.book.terms("relations")}

    @cached_property
    def items(self) -> Mapping[str, What]:
        """The agreement's items."""
        own = self.agreement.items.values() if self.agreement else ()
        return {item.id: self._part(item.id, item.types, "data", item.fields.get("confidential")) for item in own}

    @cached_property
    def subjects(self) -> Mapping[str, What]:
        """The people the agreement is about."""
        own = self.agreement.subjects.values() if self.agreement else ()
        return {subject.id: self._part(subject.id, (subject.type,), "about") for subject in own}

    @cached_property
    def purposes(self) -> Mapping[str, What]:
        """The agreement's purposes."""
        own = self.agreement.purposes.values() if self.agreement else ()
        return {purpose.id: self._part(purpose.id, (purpose.type,), "purposes") for purpose in own}

    def _party(self, name: str, role: str, agency: str) -> Who:
        """A party; somebody seconded has the law and the body of the agency they act for, wherever they are employed."""
        assert self.agreement is not None
        held = self.agreement.roles.get(role)
        speaks_for = held.acting_for[0] if held and len(held.acting_for) == 1 else agency
        body = self.agreement.agencies.get(speaks_for) or self.agreement.agencies.get(agency)
        kinds = (body.type, *body.also) if body else ()
        said = held.fields if held else {}
        kind = Kind(
            kinds,
            held.type if held else "",
            said.get("direct_care"),
            said.get("confidential"),
            body.functions if body else (),
        )
        sides = ("senders", "recipients")
        numbers = (self._of(boxes, side, name) for boxes in (self.flow_boxes, self.bar_boxes) for side in sides)
        return Who(name, kind, self._person(body), *numbers)

    def _person(self, body: Agency | None) -> str:
        """The legal person a body is part of, however far up; a class of bodies is none."""
        if body is None or body.fields.get("members") or body.fields.get("joins"):
            return ""
        assert self.agreement is not None
        seen = [body.id]
        while body and body.part_of and body.part_of not in seen:
            seen.append(body.part_of)
            body = self.agreement.agencies.get(body.part_of)
        return seen[-1]

    def _part(self, name: str, words: Sequence[str], side: str, confidential: bool | None = None) -> What:
        return What(
            name, tuple(words), confidential,
            self._of(self.flow_boxes, side, name), self._of(self.bar_boxes, side, name),
        )  # fmt: skip

    @staticmethod
    def _of(boxes: list[Box], side: str, name: str) -> int:
        found = 0
        for i, box in enumerate(boxes):
            names = getattr(box, side)
            if names is None or name in names:
                found |= 1 << i
        return found

    def individual(self, relation: str) -> Who:
        """Somebody told as an individual."""
        return self._stranger(relation, Kind((), person=relation))

    def stranger(self, agency: str, role: str) -> Who:
        """Somebody whom the agreement does not know: a kind of role at a kind of agency."""
        return self._stranger(f"{agency}/{role}", Kind((agency,), role))

    def _stranger(self, name: str, kind: Kind) -> Who:
        key = (name, kind.person)
        if key not in self._strangers:
            barred = (self._of(self.bar_boxes, side, STRANGER) for side in ("senders", "recipients"))
            self._strangers[key] = Who(name, kind, "", 0, 0, *barred)
        return self._strangers[key]

    def newcomer(self, who: Who) -> Who:
        """Somebody whom another policy knows, as this one takes them: of the same kind, named by no flow."""
        barred = (self._of(self.bar_boxes, side, STRANGER) for side in ("senders", "recipients"))
        return Who(who.name, who.kind, who.body, 0, 0, *barred)

    def addition(self, side: str, what: What) -> What:
        """An item, person or purpose that another policy knows, as this one takes it: no flow names it."""
        flows, bars = self._of(self.flow_boxes, side, ""), self._of(self.bar_boxes, side, "")
        return What(what.name, what.words, what.confidential, flows, bars)

    def word(self, side: str, name: str) -> What:
        """An item (`data`), person (`about`) or purpose (`purposes`) by a word of the book; no flow names it."""
        key = (side, name)
        if key not in self._words:
            self._words[key] = What(
                name, (name,), None, self._of(self.flow_boxes, side, ""), self._of(self.bar_boxes, side, "")
            )
        return self._words[key]

    # answering

    def situation(self, sender: Who, recipient: Who, item: What, about: What, purpose: What) -> Situation:
        """What who, what and what for leave standing of the table."""
        key = (sender, recipient, item, about, purpose)
        found = self._situations.get(key)
        if found is None:
            found = self._situations[key] = self._situation(*key)
        return found

    def _situation(self, sender: Who, recipient: Who, item: What, about: What, purpose: What) -> Situation:
        law = self.law
        flows = sender.sends & recipient.receives & item.flows & about.flows & purpose.flows
        bars = sender.barred_from & recipient.barred_to & item.bars & about.bars & purpose.bars
        reaching = 0
        if not recipient.kind.person and (sender.body != recipient.body or not sender.body):
            end = purpose.words[0]
            reaching = law.sends(sender.kind) & law.receives(recipient.kind) & law.serves(end)
            if named := self.named(flows):
                named &= law.sends(sender.kind, named=True) & law.receives(recipient.kind, named=True)
                reaching |= named & law.serves(end, named=True)
            reaching &= law.carries(item.words) & law.about(about.words[0])
        standing = self.table.everything
        for fact, holding in self.facts(sender, recipient, item, purpose, reaching).items():
            standing &= self.table.flags(fact, holding)
        return Situation(standing, self.agreed(flows, bars), law.age(about.words[0]), reaching, flows, bars)

    def facts(self, sender: Who, recipient: Who, item: What, purpose: What, reaching: int) -> dict[str, frozenset[str]]:
        """What the table asks of who, what and what for, given the provisions that reach them."""
        law = self.law
        confidential = law.keeps_confidence(sender.kind) if item.confidential is None else item.confidential
        care = law.gives_care(sender.kind) and law.gives_care(recipient.kind)
        return {
            "recipient": frozenset((law.recipient(recipient.kind),)),
            "item": law.item(item.words, confidential=confidential),
            "purpose": law.purpose(purpose.words[0], recipient.kind),
            "law": law.flags(reaching),
            "able": law.able(recipient.kind),
            "care-team": frozenset(("yes",)) if care else frozenset(),
        }

    def named(self, flows: int) -> int:
        """The provisions that some flows name themselves."""
        found = 0
        for i in bits_of(flows):
            found |= self.flow_law[i]
        return found

    def agreed(self, flows: int, bars: int) -> int:
        """What some flows and prohibitions say, as terms of the table."""
        found = 0
        for i in bits_of(flows):
            found |= self.flow_terms[i]
        for i in bits_of(bars):
            found |= self.bar_terms[i]
        return found

    def row(self, situation: Situation, circumstances: Circumstances) -> Row:
        """The row of the table that answers."""
        return self.table.rows[self.answer(situation, circumstances)]

    def answer(self, situation: Situation, circumstances: Circumstances) -> int:
        """The number of the row that answers."""
        return self.table.first(self.fits(situation, circumstances))

    def fits(self, situation: Situation, circumstances: Circumstances) -> int:
        """The clauses that every fact of the question leaves standing."""
        standing = situation.standing & self.table.agreed(self.terms(situation, circumstances))
        for name, masks in self.table.masks.items():
            settled = situation.age if name == "person" else None
            standing &= masks[settled or getattr(circumstances, name)]
        return standing

    def terms(self, situation: Situation, circumstances: Circumstances) -> int:
        """What the partners agreed of this question."""
        agreed = situation.agreed
        for name in ("concern", "consent", "objection"):
            agreed &= self.table.term_masks[name][getattr(circumstances, name)]
        return agreed

    def flows_now(self, situation: Situation, circumstances: Circumstances) -> tuple[str, ...]:
        """The flows that say something of a question: they name its parts, and its circumstances are theirs."""
        return self._now(situation, circumstances, situation.flows, self.flow_boxes, self.flow_terms)

    def bars_now(self, situation: Situation, circumstances: Circumstances) -> tuple[str, ...]:
        """The prohibitions that say something of a question."""
        return self._now(situation, circumstances, situation.bars, self.bar_boxes, self.bar_terms)

    def _now(
        self, situation: Situation, circumstances: Circumstances, bits: int, boxes: Sequence[Box], terms: Sequence[int]
    ) -> tuple[str, ...]:
        agreed = self.terms(situation, circumstances)
        return tuple(dict.fromkeys(boxes[i].part for i in bits_of(bits) if terms[i] & agreed))


def bits_of(bits: int) -> Iterator[int]:
    """The places of the bits that are set."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def compile(
    agreement: Agreement | None, book: Book, jurisdiction: str | None = None, *, as_written: bool = False
) -> Policy:
    """The policy of one agreement, or of the law and the table alone; `jurisdiction` is its first where not given."""
    place = jurisdiction or (agreement.jurisdiction[0] if agreement and agreement.jurisdiction else "england")
    return Policy(agreement, book, place, as_written=as_written)
