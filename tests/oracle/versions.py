"""Two versions of an agreement asked the same questions, each by itself: what a difference has to say, said a second time.

It takes nothing from `sharecheck.change`. Every question is met: the parts one by one, and under each the circumstances one by
one, save that where both versions have come to the same point of their tables what follows is looked at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from sharecheck.agreement import Agreement
from sharecheck.content import canonical, sort_of
from sharecheck.knowledge import Book
from sharecheck.policy.compiled import Policy, What, Who, compile
from sharecheck.policy.diagram import Node
from sharecheck.policy.question import Circumstances
from sharecheck.policy.table import CIRCUMSTANCES, Row

Decision = tuple[int, str, frozenset[tuple[str, str]]]
"""The rank of the outcome, the row, and each flow that says something with its conditions."""

_LAST_AGREED = next(name for name in reversed(CIRCUMSTANCES) if name in ("concern", "consent", "objection"))
OUTCOMES = ("do-not-share", "seek-advice", "ask-first", "share", "must-share")


class Version:
    """One version: its policy, and the conditions of its flows."""

    def __init__(self, agreement: Agreement | None, book: Book, place: str, *, on_days: bool = False) -> None:
        stopped = agreement is not None and (
            agreement.status in ("suspended", "ended") or "replaced_by" in agreement.fields
        )
        here = agreement if agreement is None or not agreement.jurisdiction or place in agreement.jurisdiction else None
        self.agreement = here
        self.policy: Policy = compile(here, book, place, as_written=not on_days and not stopped)
        self.ranks = [OUTCOMES.index(row.outcome) for row in self.policy.table.rows]
        self.conditions = {flow.id: _conditions(flow.id, flow.fields) for flow in here.flows.values()} if here else {}

    def row(self, parts: tuple[Who, Who, What, What, What], said: Mapping[str, str]) -> Row:
        """The row that answers one question."""
        return self.policy.row(self.policy.situation(*parts), Circumstances(**said))

    @cached_property
    def sure(self) -> list[int]:
        """For each place among the circumstances, the clauses that ask nothing from there on."""
        clauses = list(enumerate(self.policy.table.clauses))
        return [
            sum(
                1 << i
                for i, clause in clauses
                if not any(name in clause.circumstances for name in CIRCUMSTANCES[place:])
            )
            for place in range(len(CIRCUMSTANCES) + 1)
        ]

    def flows(self, bits: int, terms: int) -> frozenset[tuple[str, str]]:
        """The flows that say something, with their conditions."""
        policy = self.policy
        names = {box.part for i, box in enumerate(policy.flow_boxes) if bits >> i & 1 and policy.flow_terms[i] & terms}
        return frozenset((name, self.conditions[name]) for name in names)


def _conditions(name: str, fields: Mapping[str, Any]) -> str:
    """The fields of a flow that are conditions, without those that the policy reads and the words."""

    def kept(value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(value, dict):
            inner = {key: kept(said, (*path, key)) for key, said in value.items()}
            return {key: said for key, said in inner.items() if said is not None} or None
        return value if sort_of(path) == "condition" else None

    said = {key: kept(value, ("flows", name, key)) for key, value in canonical(dict(fields), ("flows", name)).items()}
    said = {key: value for key, value in said.items() if value is not None}
    if said.get("strength") == "may":
        del said["strength"]
    return repr(sorted((key, repr(_sorted(value))) for key, value in said.items()))


def _sorted(value: Any) -> Any:
    return sorted((key, repr(_sorted(said))) for key, said in value.items()) if isinstance(value, dict) else value


@dataclass(frozen=True)
class Place:
    """Who, what and what for in both versions, by the number that each has in its dimension."""

    parts: tuple[int, ...]
    old: tuple[Who, Who, What, What, What]
    new: tuple[Who, Who, What, What, What]


class Versions:
    """Two versions over the questions of both. `names` are the values of each part, in the order of a space of both."""

    def __init__(self, old: Version, new: Version) -> None:
        self.old, self.new = old, new
        self.places = list(dict.fromkeys(_post(at) for one in (new, old) for at in one.policy.places.values()))
        sides = [(old.policy, new.policy), (new.policy, old.policy)]
        self.people = [[*self._parties(own, other), *own.individuals.values()] for own, other in sides]
        self.senders = len(self.places)
        self.things: list[list[list[What]]] = []
        for part, side in (("purposes", "purposes"), ("items", "data"), ("subjects", "about")):
            names = list(dict.fromkeys((*getattr(new.policy, part), *getattr(old.policy, part))))
            self.things.append([[_thing(part, side, name, own, other) for name in names] for own, other in sides])

    def _parties(self, own: Policy, other: Policy) -> Iterator[Who]:
        mine, theirs = (
            {_post(at): policy.parties[name] for name, at in policy.places.items()} for policy in (own, other)
        )
        for place in self.places:
            yield mine[place] if place in mine else own.newcomer(theirs[place])

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many senders, recipients, purposes, items and people there are."""
        return (self.senders, len(self.people[1]), *(len(sides[1]) for sides in self.things))

    @property
    def parts(self) -> Iterator[Place]:
        """Every way to ask who tells whom what, about whom, for what."""
        return map(self.at, product(*map(range, self.sizes)))

    def at(self, parts: Sequence[int]) -> Place:
        """Who, what and what for by number, in both versions."""
        sender, recipient, purpose, item, about = parts
        old, new = (
            (people[sender], people[recipient], self.things[1][side][item], self.things[2][side][about],
             self.things[0][side][purpose])
            for side, people in enumerate(self.people)
        )  # fmt: skip
        return Place(tuple(parts), old, new)

    def meet(self, node: Node[Any], seen: Callable[[Decision, Decision, Any], None]) -> None:
        """Hold a function on the questions of both, as `node`, against the decisions: each that comes together is `seen`."""
        met: set[tuple[Any, ...]] = set()
        for place in self.parts:
            here = node
            for level, value in enumerate(place.parts):
                here = _step(here, level, value)
            old, new = (
                _State(version, one.standing, one.agreed, one.age, one.flows, None)
                for version, one in (
                    (self.old, self.old.policy.situation(*place.old)), (self.new, self.new.policy.situation(*place.new))
                )
            )  # fmt: skip
            self._walk(0, here, old, new, met, seen)

    def _walk(
        self, place: int, node: Node[Any], old: _State, new: _State, met: set[tuple[Any, ...]],
        seen: Callable[[Decision, Decision, Any], None],
    ) -> None:  # fmt: skip
        key = (place, node, old.key, new.key)
        if key in met:
            return
        met.add(key)
        if place == len(CIRCUMSTANCES):
            seen(old.decision, new.decision, node.value)
            return
        name = CIRCUMSTANCES[place]
        for value, word in enumerate(self.new.policy.table.words[name]):
            below = _step(node, 5 + place, value)
            self._walk(place + 1, below, old.after(place, name, word), new.after(place, name, word), met, seen)


@dataclass(frozen=True)
class _State:
    """How far one version has come with a question: the clauses left, and what was agreed or, once settled, who says it."""

    version: Version
    standing: int
    agreed: int
    age: str | None
    flows: int
    saying: frozenset[tuple[str, str]] | None

    @cached_property
    def key(self) -> tuple[Any, ...]:
        return (self.standing, self.agreed, self.age, self.flows, self.saying)

    @property
    def decision(self) -> Decision:
        table = self.version.policy.table
        number = table.first(self.standing)
        assert self.saying is not None
        return self.version.ranks[number], table.rows[number].id, self.saying

    def after(self, place: int, name: str, word: str) -> _State:
        """One circumstance later. What partners agreed is settled with the last that they can speak of."""
        table = self.version.policy.table
        standing = self.standing & table.masks[name][self.age if name == "person" and self.age else word]
        agreed = self.agreed & table.term_masks.get(name, {}).get(word, -1)
        flows, saying = self.flows, self.saying
        if name == _LAST_AGREED:
            standing, saying = standing & table.agreed(agreed), self.version.flows(flows, agreed)
            agreed = flows = 0
        if saying is not None and (sure := standing & self.version.sure[place + 1]):
            standing &= ((sure & -sure) << 1) - 1  # the rows after one that nothing asked later can rule out
        return _State(self.version, standing, agreed, self.age, flows, saying)


def _post(place: tuple[str, str, str]) -> tuple[str, str, str]:
    """Somebody is the same where role and agency are, in whatever team; without a role, where agency and team are."""
    role, agency, team = place
    return role, agency, "" if role else team


def _thing(part: str, side: str, name: str, own: Policy, other: Policy) -> What:
    held: Mapping[str, What] = getattr(own, part)
    return held[name] if name in held else own.addition(side, getattr(other, part)[name])


def _step(node: Node[Any], level: int, value: int) -> Node[Any]:
    if node.level != level:
        return node
    return next(child for mask, child in node.edges if mask >> value & 1)
