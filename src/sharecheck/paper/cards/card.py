"""A card for one role: what it must tell, may tell and never tells, to whom, and what goes with it; formats only lay it out.

Everything about what may be shared is asked of the policy (`telling`, `told`); `pocket` puts the card together. It has parts,
gravest first; each point has a weight, so that what finds no room on paper is what matters least, and the card says what.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from sharecheck.knowledge import joined
from sharecheck.paper.model import Line, Running

DANGER, NIGHT, MUST, MAY, ASK, ADVICE, NEVER, FAMILY, WRITE, RING, LEVELS, WORDS = (
    "danger", "night", "must", "may", "ask", "advice", "never", "family", "write", "ring", "levels", "words",
)  # fmt: skip
WEIGHTS = {
    DANGER: 100, MUST: 90, NIGHT: 85, NEVER: 80, MAY: 73, ASK: 77, FAMILY: 60, RING: 55, WRITE: 50, ADVICE: 45, LEVELS: 20,
    WORDS: 10,
}  # fmt: skip
"""What has to stay on the card when there is too little room: danger and duties first."""

TITLES = {
    DANGER: "If somebody is in danger now", NIGHT: "At night", MUST: "You must tell", MAY: "You may tell", ASK: "Ask first",
    ADVICE: "Take advice first", NEVER: "Never", FAMILY: "Tell the family", WRITE: "Write down", RING: "Ring, or write to",
    LEVELS: "The levels, in your words", WORDS: "What the words cover",
}  # fmt: skip
OUTCOMES = {"must-share": MUST, "share": MAY, "ask-first": ASK, "seek-advice": ADVICE}
"""The part of the card in which a thing stands, by the answer at the level from which its flow holds."""
HUSHED = {RING: "who stands in for whom", MUST: "how and by when each thing goes"}
"""What stands back and can be left out: in the list of contacts, and wherever it says who is told what."""
FEW = 4
"""Fewer people than these are named one by one."""


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
        return sum(point.weight <= WEIGHTS[WORDS] for point in _every(self))

    @property
    def title(self) -> str:
        """What the card is called."""
        return f"{self.role}: what to tell, to whom, and when"


def point_of(head: str, says: Iterable[Line], name: str, less: int = 0) -> Point:
    """A point of a part; `less` is by how much it weighs less than others there."""
    return Point(f"{head[:1].upper()}{head[1:]}", tuple(says), WEIGHTS[name] - less)


def part_of(name: str, groups: Iterable[Group], lead: Iterable[Line] = ()) -> Part:
    """A part by its name; one without groups is not on the card."""
    return Part(name, TITLES[name], tuple(lead), tuple(groups))


def without(card: Card, gone: Collection[int], hushed: Iterable[str] = ()) -> Card:
    """The card without some points, by their numbers from the first; it says what they were and where they are.

    What the words cover is there whole or not at all. Of the parts that are `hushed` what stands back is left out.
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
    for name, what in HUSHED.items():
        if name in hushed:
            parts = [
                _hushed(part) if part.id in (OUTCOMES.values() if name == MUST else (name,)) else part for part in parts
            ]
            lost.insert(0, what)
    said = f"No room here for: {joined(lost)}. Find it in {card.more}." if lost else ""
    return replace(card, parts=tuple(parts), left_out=said)


def _hushed(part: Part) -> Part:
    """A part without what stands back, and each of those who are told once in each group."""
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
