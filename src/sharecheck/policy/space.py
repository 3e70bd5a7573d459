"""The whole of a policy: every question that can be asked of an agreement, as one diagram with shared nodes.

The dimensions are who, who else, what for, what and about whom, by the agreement's own names, and then the circumstances.
A leaf is the number of the row of the decision table that answers. Claims about all questions are read off the diagram.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import TypeVar

from sharecheck.policy import wording
from sharecheck.policy.compiled import Policy, What, Who
from sharecheck.policy.diagram import Algebra, Node
from sharecheck.policy.law import Kind
from sharecheck.policy.question import Circumstances
from sharecheck.policy.table import CIRCUMSTANCES, VOCABULARIES, Row, Table
from sharecheck.policy.wording import Dimension

PARTS = ("sender", "recipient", "purpose", "item", "about")
DIMENSIONS = (*PARTS, *CIRCUMSTANCES)
_SPOKEN = {"objection": ("nobody has objected", "somebody has objected"), "person": ("under 18", "18 or over"),
           "linked": ("not linked to the danger", "linked to the danger")}  # fmt: skip
_USUAL = {"consent": "not-asked", "objection": "no", "belief": "suspected", "request": "none", "scale": "one-person",
          "linked": "no", "concern": "none"}  # fmt: skip

AS_SAID = [
    DIMENSIONS.index(name) for name in (
        "sender", "recipient", "item", "about", "purpose", "concern", "danger", "belief", "consent", "decides", "objection",
        "request", "scale", "linked", "person",
    )
]  # fmt: skip
"""The dimensions in the order in which a sentence has them."""

_NOBODY = Kind(())
"""A recipient of whom nothing is known."""

NOT_ASKED = -1
"""What stands in place of a row where a space was built in part only."""

Value = TypeVar("Value")
State = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """A recipient: the clauses left standing, with a sender who gives care and without; and the law, flows and bars."""

    body: str
    individual: bool
    standing: int
    in_care: int
    law: int
    naming: int
    outside: frozenset[str]
    flows: int
    bars: int


class Space:
    """Every question of one policy. `root` is the function from questions to rows of the table.

    `places` are the role, agency and team of each sender. Where `within` has a mask for some of who, what and what for, `root`
    is built for those questions alone.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.table: Table = policy.table
        self.places = list(policy.places.values())
        self.senders = list(policy.parties.values())
        self.recipients = [*policy.parties.values(), *policy.individuals.values()]
        self.purposes = list(policy.purposes.values())
        self.items = list(policy.items.values())
        self.subjects = list(policy.subjects.values())
        self.within: dict[int, int] = {}
        self._known = _nothing_known()

    @classmethod
    def pair(cls, old: Policy, new: Policy) -> tuple[Space, Space]:
        """Two policies over the questions of both, in one algebra; what only one knows, the other takes as a newcomer.

        Parties are the same where role and agency are, or agency and team; everything else goes by name. Somebody of the older
        version whose name the newer has for somebody at another agency is named with theirs.
        """
        spaces = cls(old), cls(new)
        known = [
            {(role, agency, "" if role else team): policy.parties[name] for name, (role, agency, team) in policy.places.items()}
            for policy in (old, new)
        ]  # fmt: skip
        places = dict.fromkeys((*known[1], *known[0]))
        shared = {
            part: dict.fromkeys((*getattr(new, part), *getattr(old, part)))
            for part in ("purposes", "items", "subjects")
        }
        for space, own, other in (spaces[0], known[0], known[1]), (spaces[1], known[1], known[0]):
            policy = space.policy
            space.places = list(places)
            space.senders = [own[place] if place in own else policy.newcomer(other[place]) for place in places]
            if space is spaces[1]:
                space.senders = [
                    replace(who, name=f"{place[1]}/{place[0]}")
                    if place not in own and who.name in policy.parties
                    else who
                    for place, who in zip(places, space.senders, strict=True)
                ]
            space.recipients = [*space.senders, *policy.individuals.values()]
        for part, side in (("purposes", "purposes"), ("items", "data"), ("subjects", "about")):
            for space, theirs in (spaces[0], new), (spaces[1], old):
                held, others = getattr(space.policy, part), getattr(theirs, part)
                setattr(space, part, [
                    held[name] if name in held else space.policy.addition(side, others[name]) for name in shared[part]
                ])  # fmt: skip
        if old.table is new.table:  # so that the same is left to be asked where the same clauses stand
            spaces[0]._known[len(PARTS) :] = spaces[1]._known[len(PARTS) :]
        spaces[0].__dict__.update(names=spaces[1].names, algebra=spaces[1].algebra)
        return spaces

    @property
    def empty(self) -> bool:
        """Whether nothing can be asked: the agreement names no parties, purposes, items or people."""
        return not all((self.senders, self.purposes, self.items, self.subjects))

    @cached_property
    def names(self) -> tuple[tuple[str, ...], ...]:
        """The values of each dimension, as words."""
        parts: tuple[Iterable[Who | What], ...] = (
            self.senders, self.recipients, self.purposes, self.items, self.subjects
        )  # fmt: skip
        return (
            *(tuple(one.name for one in part) for part in parts),
            *(self.table.words[name] for name in CIRCUMSTANCES),
        )

    @cached_property
    def algebra(self) -> Algebra:
        """The algebra of sets of these questions."""
        return Algebra([len(values) for values in self.names])

    @property
    def questions(self) -> int:
        """How many questions there are."""
        return prod(len(values) for values in self.names)

    @cached_property
    def root(self) -> Node[int]:
        """The policy as a function from questions to the number of the row that answers."""
        known, self._known = self._known, _nothing_known()
        return self.algebra.build(self._expand, None, known)

    def outcomes(self, *wanted: str) -> Node[bool]:
        """The questions with any of these outcomes."""
        rows = {i for i, row in enumerate(self.table.rows) if row.outcome in wanted}
        return self.algebra.select(self.root, lambda row: row in rows)

    def masks(self, **words: Iterable[str]) -> dict[int, int]:
        """Some values of some dimensions, by name, as masks by level."""
        found = {}
        for name, values in words.items():
            level = DIMENSIONS.index(name)
            chosen = set(values)
            found[level] = sum(1 << i for i, value in enumerate(self.names[level]) if value in chosen)
        return found

    def question(self, point: tuple[int, ...]) -> dict[str, str]:
        """A point in words, dimension by dimension."""
        return {name: self.names[level][point[level]] for level, name in enumerate(DIMENSIONS)}

    @cached_property
    def dimensions(self) -> tuple[Dimension, ...]:
        """The dimensions in words for people."""
        terms, vocabularies = self.policy.book, VOCABULARIES
        found = []
        for level, name in enumerate(DIMENSIONS):
            values = self.names[level]
            if name in vocabularies:
                labels = tuple(terms.term(vocabularies[name], value).label for value in values)
            else:
                labels = _SPOKEN.get(name, values)
            usual = values.index(_USUAL[name]) if _USUAL.get(name) in values else None
            found.append(Dimension(name, values, labels, name == "concern", usual))
        return tuple(found)

    def row(self, point: tuple[int, ...]) -> Row:
        """The row that answers one question."""
        sender, recipient, purpose, item, about = point[: len(PARTS)]
        words = [self.names[level][point[level]] for level in range(len(PARTS), len(DIMENSIONS))]
        circumstances = Circumstances(**dict(zip(CIRCUMSTANCES, words, strict=True)))
        situation = self.policy.situation(
            self.senders[sender], self.recipients[recipient], self.items[item], self.subjects[about], self.purposes[purpose]
        )  # fmt: skip
        return self.policy.row(situation, circumstances)

    def describe(self, questions: Node[bool]) -> list[str]:
        """A set of questions in as few plain sentences as possible."""
        boxes = [tuple(box[level] for level in AS_SAID) for box in self.algebra.boxes(questions)]
        return wording.describe([self.dimensions[level] for level in AS_SAID], boxes)

    def say(self, point: tuple[int, ...]) -> str:
        """One question in a sentence."""
        return wording.question([self.dimensions[level] for level in AS_SAID], [point[level] for level in AS_SAID])

    # building

    def _expand(self, level: int, state: object) -> Node[int] | Iterable[tuple[int, object]]:
        if state is NOT_ASKED:
            return self.algebra.leaf(NOT_ASKED)
        if level in self.within:
            return self._only(level, self.within[level], state)
        return self._asked(level, state)

    def _only(self, level: int, mask: int, state: object) -> Iterator[tuple[int, object]]:
        """A step for the values of a mask; nothing is asked of the others."""
        if outside := self.algebra.full[level] & ~mask:
            yield outside, NOT_ASKED
        onward = self._asked(level, state)
        assert not isinstance(onward, Node), "a part is never the last to be asked"
        for values, after in onward:
            if inside := values & mask:
                yield inside, after

    def _asked(self, level: int, state: object) -> Node[int] | Iterable[tuple[int, object]]:
        if level < len(PARTS):
            step: Callable[[object], Iterable[tuple[int, object]]] = getattr(self, f"_{PARTS[level]}")
            return step(state)
        return self._circumstance(level, state)  # type: ignore[arg-type]

    def _sender(self, _: object) -> Iterator[tuple[int, object]]:
        law = self.policy.law
        return _grouped(
            self.senders,
            lambda who: (
                who.body,
                law.sends(who.kind),
                law.sends(who.kind, named=True) if who.sends else 0,
                law.keeps_confidence(who.kind),
                law.gives_care(who.kind),
                who.sends,
                who.barred_from,
            ),
        )

    def _recipient(self, state: tuple[str, int, int, bool, bool, int, int]) -> Iterator[tuple[int, object]]:
        body, sends, naming, confidential, cares, flows, bars = state

        def met(told: _Told) -> State:
            apart = not told.individual and (told.body != body or not body)
            left = flows & told.flows
            named = naming & told.naming & self.policy.named(left) if apart else 0
            return (
                told.in_care if cares else told.standing, sends & told.law if apart else 0, named, told.outside,
                confidential, left, bars & told.bars,
            )  # fmt: skip

        return _grouped(self._told, met)

    @cached_property
    def _told(self) -> list[_Told]:
        """What each recipient leaves standing, whoever tells them."""
        law, flags = self.policy.law, self.table.flags
        nobody, care = flags("care-team", frozenset()), flags("care-team", frozenset(("yes",)))
        found = []
        for who in self.recipients:
            standing = flags("recipient", frozenset((law.recipient(who.kind),))) & flags("able", law.able(who.kind))
            outside = frozenset(one.name for one in self.purposes if "outside" in law.purpose(one.words[0], who.kind))
            cared = standing & (care if law.gives_care(who.kind) else nobody)
            reach = law.receives(who.kind), law.receives(who.kind, named=True)
            individual = bool(who.kind.person)
            found.append(
                _Told(who.body, individual, standing & nobody, cared, *reach, outside, who.receives, who.barred_to)
            )
        return found

    def _purpose(self, state: tuple[int, int, int, frozenset[str], bool, int, int]) -> Iterator[tuple[int, object]]:
        standing, reaching, named, outside, confidential, flows, bars = state
        law, flags = self.policy.law, self.table.flags

        def served(one: What) -> State:
            end = one.words[0]
            said = law.purpose(end, _NOBODY) | ({"outside"} if one.name in outside else set())
            left = flows & one.flows
            still = named & law.serves(end, named=True) & self.policy.named(left) if named else 0
            return (
                standing & flags("purpose", said),
                reaching & law.serves(end),
                still,
                confidential,
                left,
                bars & one.bars,
            )

        return _grouped(self.purposes, served)

    def _item(self, state: tuple[int, int, int, bool, int, int]) -> Iterator[tuple[int, object]]:
        standing, reaching, named, confidential, flows, bars = state
        law, flags = self.policy.law, self.table.flags

        def carried(one: What) -> State:
            kept = confidential if one.confidential is None else one.confidential
            carries = law.carries(one.words)
            said = standing & flags("item", law.item(one.words, confidential=kept))
            left = flows & one.flows
            return (said, reaching & carries, named & carries & self.policy.named(left), left, bars & one.bars)

        return _grouped(self.items, carried)

    def _about(self, state: tuple[int, int, int, int, int]) -> Iterator[tuple[int, object]]:
        standing, reaching, named, flows, bars = state
        policy = self.policy

        def settled(one: What) -> State:
            about = policy.law.about(one.words[0])
            flows_left, bars_left = flows & one.flows, bars & one.bars
            said = policy.law.flags((reaching | (named & policy.named(flows_left))) & about)
            agreed = policy.agreed(flows_left, bars_left)
            return self._cut(standing & self.table.flags("law", said), agreed, policy.law.age(one.words[0]), 0)

        return _grouped(self.subjects, settled)

    def _circumstance(self, level: int, state: tuple[int, int, str | None]) -> Node[int] | Iterable[tuple[int, object]]:
        standing, agreed, age = state
        place = level - len(PARTS)
        lowest = standing & -standing
        if lowest & self._settled[place]:
            return self.algebra.leaf(self.table.first(standing))
        if place == len(CIRCUMSTANCES):
            return self.algebra.leaf(self.table.first(standing))
        name = CIRCUMSTANCES[place]
        masks = self.table.masks[name]
        if name == "person" and age:
            after = self._cut(standing & masks[age], agreed, None, place + 1)
            return [(self.algebra.full[level], after)]
        terms = self.table.term_masks.get(name)
        parts: dict[State, int] = {}
        for i, (word, mask) in enumerate(masks.items()):
            left, still = standing & mask, agreed & terms[word] if terms else agreed
            if name == "objection":
                left, still = left & self.table.agreed(still), 0
            after = self._cut(left, still, age, place + 1)
            parts[after] = parts.get(after, 0) | 1 << i
        return [(mask, after) for after, mask in parts.items()]

    def _cut(self, standing: int, agreed: int, age: str | None, place: int) -> State:
        """What can still matter: nothing comes after a clause that no later circumstance can knock down."""
        settled = standing & self._settled[place]
        if settled:
            standing &= ((settled & -settled) << 1) - 1
        if agreed and not standing & self._asks_partners:
            agreed = 0
        if age and not standing & self._asks_age:
            age = None
        return (standing, agreed, age)

    @cached_property
    def _asks_partners(self) -> int:
        return sum(1 << i for i, clause in enumerate(self.table.clauses) if clause.partners)

    @cached_property
    def _asks_age(self) -> int:
        return sum(1 << i for i, clause in enumerate(self.table.clauses) if "person" in clause.circumstances)

    @cached_property
    def _settled(self) -> tuple[int, ...]:
        """For each place among the circumstances, the clauses that nothing asked from there on can knock down."""
        agreed_at = CIRCUMSTANCES.index("objection") + 1
        return tuple(
            sum(
                1 << i for i, clause in enumerate(self.table.clauses)
                if not any(name in clause.circumstances for name in CIRCUMSTANCES[place:])
                and (place >= agreed_at or not clause.partners)
            )
            for place in range(len(CIRCUMSTANCES) + 1)
        )  # fmt: skip


def _nothing_known() -> list[dict[object, Node[int]]]:
    """For each dimension, and for the end, the functions that states are known to stand for."""
    return [{} for _ in range(len(DIMENSIONS) + 1)]


def _grouped(values: list[Value], state: Callable[[Value], State]) -> Iterator[tuple[int, State]]:
    """The values as masks, one for each state that they lead to."""
    masks: dict[State, int] = {}
    for i, value in enumerate(values):
        after = state(value)
        masks[after] = masks.get(after, 0) | 1 << i
    return ((mask, after) for after, mask in masks.items())
