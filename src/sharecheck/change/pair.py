"""Two policies over the questions of both: what their clauses say, and what changed between them that may have moved answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sharecheck.agreement import Agreement, Flow, listed
from sharecheck.change.moves import Cause
from sharecheck.change.parts import FieldChange, PartChange
from sharecheck.policy.compiled import Policy, What, Who
from sharecheck.policy.diagram import Algebra, Node
from sharecheck.policy.space import Space
from sharecheck.policy.table import Term

DESCRIBED = ("agencies", "roles", "subjects", "purposes", "data")
"""The parts that a policy describes by words of the book."""

LEVELS = {"purposes": 2, "data": 3, "subjects": 4}
"""The dimensions of questions that are parts of their own."""


@dataclass(frozen=True, slots=True)
class _Clause:
    """A flow or prohibition on one side: the questions it names, those of them it says something of, and what that is: the
    terms that its partners agreed, and the provisions it rests on."""

    names: Node[bool]
    speaks: Node[bool]
    terms: frozenset[Term]
    law: frozenset[str]


class Pair:
    """Two policies in one place; `parts` and `fields` are what differs in the words of their agreements.

    Clauses are named by section and id, as `("flows", "referral")`.
    """

    def __init__(self, old: Policy, new: Policy, parts: Sequence[PartChange], fields: Sequence[FieldChange]) -> None:
        self.old, self.new = Space.pair(old, new)
        self.parts = parts
        self.fields = fields
        self.sides = (old, new)

    @cached_property
    def algebra(self) -> Algebra:
        """The algebra of the questions of both."""
        return self.new.algebra

    def causes(self) -> Iterator[tuple[Cause, Node[bool]]]:
        """What changed, what was changed in words first, each with the questions that it bears on."""
        old, new = self.sides
        if old.in_use != new.in_use and old.agreement and new.agreement:
            yield Cause("status", "", "changed"), self.algebra.all
        direct: list[tuple[Cause, Node[bool]]] = []
        following: list[tuple[Cause, Node[bool]]] = []
        for key in self.keys:
            before, after = (side.get(key) for side in self.clauses)
            named = self.algebra.union(*(one.names for one in (before, after) if one))
            if before != after:
                (direct if self.in_words(key) else following).append((self.cause(key), named))
        yield from direct
        yield from following
        for section, name in sorted({(one.section, one.id) for one in self.parts}):
            if points := self._bearing(section, name):
                yield Cause(section, name, "changed"), points
        if self.old.policy.book is not self.new.policy.book:
            yield from self._law()
            yield Cause("", "", "elsewhere"), self.algebra.all
        elif (rest := self.described_otherwise) is not self.algebra.none:
            yield Cause("", "", "elsewhere"), rest

    @cached_property
    def described_otherwise(self) -> Node[bool]:
        """The questions that name somebody or something which the two versions do not describe alike."""
        found = []
        for level, name in enumerate(("senders", "recipients", "purposes", "items", "subjects")):
            ones = zip(getattr(self.old, name), getattr(self.new, name), strict=True)
            mask = sum(1 << i for i, (one, other) in enumerate(ones) if _described(one) != _described(other))
            if mask:
                found.append(self.algebra.box({level: mask}))
        return self.algebra.union(*found)

    @cached_property
    def keys(self) -> list[tuple[str, str]]:
        """The section and id of every flow and prohibition of either, in an order that does not hang on how a file is written."""
        return sorted({*self.clauses[0], *self.clauses[1]})

    @cached_property
    def clauses(self) -> tuple[dict[tuple[str, str], _Clause], dict[tuple[str, str], _Clause]]:
        """Every flow and prohibition of the older and of the newer, by section and id."""
        return self._spoken(self.old), self._spoken(self.new)

    def _spoken(self, space: Space) -> dict[tuple[str, str], _Clause]:
        """Every flow and prohibition of one side, with its questions."""
        policy, algebra = space.policy, self.algebra
        found: dict[tuple[str, str], list[_Clause]] = {}
        for section, boxes, terms, law, sides in (
            ("flows", policy.flow_boxes, policy.flow_terms, policy.flow_law, ("sends", "receives", "flows")),
            (
                "never",
                policy.bar_boxes,
                policy.bar_terms,
                [0] * len(policy.bar_boxes),
                ("barred_from", "barred_to", "bars"),
            ),
        ):
            for k, box in enumerate(boxes):
                sends, receives, held = sides
                lists = (
                    [getattr(who, sends) for who in space.senders], [getattr(who, receives) for who in space.recipients],
                    *([getattr(part, held) for part in some] for some in (space.purposes, space.items, space.subjects)),
                )  # fmt: skip
                masks = {
                    level: sum(1 << i for i, bits in enumerate(one) if bits >> k & 1) for level, one in enumerate(lists)
                }
                named = algebra.box(masks) if all(masks.values()) else algebra.none
                agreed = space.table.terms_of(terms[k])
                when = algebra.union(*(
                    algebra.box(space.masks(concern=term.concern, consent=term.consent, objection=term.objection))
                    for term in agreed
                ))  # fmt: skip
                resting = frozenset(provision.id for provision in policy.law.of(law[k]))
                piece = _Clause(named, algebra.intersection(named, when), frozenset(agreed), resting)
                found.setdefault((section, box.part), []).append(piece)
        return {
            key: replace(
                pieces[0],
                names=algebra.union(*(one.names for one in pieces)),
                speaks=algebra.union(*(one.speaks for one in pieces)),
            )
            for key, pieces in found.items()
        }

    def in_words(self, key: tuple[str, str]) -> bool:
        """Whether the clause itself was rewritten, rather than only what it rests on."""
        return any((one.section, one.id) == key and one.sorts - {"words"} for one in self.parts)

    def cause(self, key: tuple[str, str]) -> Cause:
        """A clause as a cause: added, removed, rewritten, or moved by what it rests on."""
        how = "added" if key not in self.clauses[0] else "removed" if key not in self.clauses[1] else "changed"
        if self.in_words(key):
            return Cause(*key, how)
        cause = Cause(*key, "follows")
        return replace(cause, through=self._through(cause))

    def _through(self, cause: Cause) -> tuple[tuple[str, str], ...]:
        """The changed parts that a clause rests on."""
        found: dict[tuple[str, str], None] = {}
        for policy in self.sides:
            agreement = policy.agreement
            if agreement is None:
                continue
            flow = agreement.flows.get(cause.id) if cause.section == "flows" else None
            bar = (agreement.fields.get("never") or {}).get(cause.id, {}) if cause.section == "never" else {}
            rests = _rests_on(flow) if flow else _bar_rests_on(bar, agreement)
            for change in self.parts:
                key = (change.section, change.id)
                if key in rests or (change.section in rests and change.id):
                    found[key] = None
        return tuple(found)

    def _bearing(self, section: str, name: str) -> Node[bool] | None:
        """The questions that name a part which the two versions do not describe alike."""
        names = self.naming((section, name)) if section in DESCRIBED else self.algebra.all
        if section in (*DESCRIBED, "law", "jurisdiction"):
            points = self.algebra.intersection(self.described_otherwise, names)
            return None if points is self.algebra.none else points
        return None

    def _law(self) -> Iterator[tuple[Cause, Node[bool]]]:
        """Provisions in force on one side only, each with the questions that it reaches."""
        sides = [{p.id: i for i, p in enumerate(space.policy.law.provisions)} for space in (self.old, self.new)]
        for name in sorted(sides[0].keys() ^ sides[1].keys()):
            how, space, place = (
                ("begins", self.new, sides[1][name]) if name in sides[1] else ("ceases", self.old, sides[0][name])
            )
            yield Cause("provision", name, how), self._reached(space, place)

    def _reached(self, space: Space, place: int) -> Node[bool]:
        """The questions that one provision reaches by the law of one side."""
        law = space.policy.law

        def reached(bits: Iterable[int]) -> int:
            return sum(1 << n for n, one in enumerate(bits) if one >> place & 1)

        return self.algebra.union(*(
            self.algebra.box({
                0: reached(law.sends(who.kind, named=named) for who in space.senders),
                1: reached(0 if who.kind.person else law.receives(who.kind, named=named) for who in space.recipients),
                2: reached(law.serves(one.words[0], named=named) for one in space.purposes),
                3: reached(law.carries(one.words) for one in space.items),
                4: reached(law.about(one.words[0]) for one in space.subjects),
            }) for named in (False, True)
        ))  # fmt: skip

    def names(self, key: tuple[str, str]) -> Node[bool]:
        """The questions that a clause names in either version."""
        return self.algebra.union(*(side[key].names for side in self.clauses if key in side))

    def naming(self, key: tuple[str, str]) -> Node[bool]:
        """The questions that name a part in any of their dimensions; all, for a part that none names."""
        section, name = key
        if section == "flows":
            return self.names(key)
        level = LEVELS.get(section)
        if level is not None and name in self.new.names[level]:
            return self.algebra.box({level: 1 << self.new.names[level].index(name)})
        if section in ("agencies", "roles", "thresholds"):
            mask = sum(1 << i for i, (role, agency, _) in enumerate(self.new.places) if name in (role, agency))
            return (
                self.algebra.union(self.algebra.box({0: mask}), self.algebra.box({1: mask}))
                if mask
                else self.algebra.none
            )
        return self.algebra.all

    @property
    def id(self) -> str:
        """The id of the agreement that the policies are of."""
        agreement = self.new.policy.agreement or self.old.policy.agreement
        return agreement.id if agreement else ""


def _described(one: Who | What) -> tuple[object, ...]:
    """What a policy knows of a party or a part, beyond its name and the clauses that name it."""
    return (one.kind, one.body) if isinstance(one, Who) else (one.words, one.confidential)


def _rests_on(flow: Flow) -> set[Any]:
    """The parts that a flow names or is filled in from."""
    found: set[Any] = {("defaults", key) for key in flow.fields if key not in flow.own}
    for party in (*flow.senders, *flow.recipients):
        found |= {("agencies", agency) for agency in party.agencies}
        if party.role:
            found.add(("roles", party.role.id))
        if party.ref == "any":
            found |= {"agencies", "roles"}
        elif party.everyone:
            found.add("roles")
    found |= {("data", one) for one in flow.data} | {("subjects", one) for one in flow.about}
    found |= {("purposes", one) for one in flow.purposes} | {("law", one) for one in flow.gateways}
    if isinstance(named := flow.fields.get("consent"), str):
        found.add(("consents", named))
    return found


def _bar_rests_on(bar: Mapping[str, Any], agreement: Agreement) -> set[Any]:
    found: set[Any] = set()
    for side in ("from", "to"):
        for ref in listed(bar.get(side)):
            found |= {("roles", ref), ("agencies", ref)}
            if ref in agreement.roles:
                found |= {("agencies", agency) for agency in agreement.roles[ref].agencies}
    return found
