"""A set of questions in plain sentences, as few as possible, and one question in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod

Box = tuple[int, ...]
"""For each dimension the values meant, as a mask whose bit `i` stands for value `i`."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One part of a question: the ids of its values, and a label for each in the words of people.

    The labels of an `ordered` one are levels, lowest first, that read well after "from" and "up to". `usual` is the number of
    the value that a question has where it does not say.
    """

    name: str
    values: tuple[str, ...]
    labels: tuple[str, ...]
    ordered: bool = False
    usual: int | None = None

    def __post_init__(self) -> None:
        if len(self.values) != len(self.labels):
            raise ValueError(f"{self.name} has {len(self.values)} values and {len(self.labels)} labels")

    @property
    def full(self) -> int:
        """The mask of all values."""
        return (1 << len(self.values)) - 1


@dataclass(frozen=True, slots=True)
class _Manner:
    """How a dimension is said: `only` with the values meant, `but` with the few that are not, `every` where none is left out."""

    only: str
    but: str
    every: str = ""


_OPENING = {
    "sender": _Manner("{}", "anybody but {}", "anybody"),
    "recipient": _Manner("to {}", "to anybody but {}", "to anybody"),
    "item": _Manner("{}", "anything but {}", "anything"),
    "about": _Manner("about {}", "about anybody but {}"),
    "purpose": _Manner("for {}", "for any purpose but {}"),
}
"""The parts that an agreement has its own ids for: they open the sentence, as ids."""

_CIRCUMSTANCES = {
    "concern": _Manner("at the level of {}", "at any level but {}"),
    "danger": _Manner("when the danger is to {}", "unless the danger is to {}"),
    "belief": _Manner("when it is {}", "unless it is {}"),
    "consent": _Manner("when {}", "unless {}"),
    "decides": _Manner("when {}", "unless {}"),
    "objection": _Manner("when {}", "unless {}"),
    "request": _Manner("when {}", "unless {}"),
    "scale": _Manner("covering {}", "covering anything but {}"),
    "linked": _Manner("when the recipient is {}", "unless the recipient is {}"),
    "person": _Manner("when the person it is about is {}", "unless the person it is about is {}"),
}
"""The parts that are told apart by label: each is a clause of its own after the opening."""


def describe(dimensions: Sequence[Dimension], boxes: Iterable[Box]) -> list[str]:
    """The questions of some boxes, as sentences; the most general first. No box, or only empty ones, gives no sentence.

    Raises KeyError for a dimension that this module has no words for.
    """
    return [_sentence(dimensions, box) for box in merge(boxes)]


_ALL = {"sender": "anybody", "recipient": "anybody", "item": "any item"}
"""What an agreement's own parties and items are called together, where a sentence is about the agreement."""


def names(dimension: Dimension, mask: int, labels: Sequence[str] | None = None) -> str:
    """The values of one part of a question, `a, b or c`, as ids or by labels; nothing where all are meant and it has no word."""
    manner = _OPENING[dimension.name]
    words = labels if labels is not None else tuple(f"`{value}`" for value in dimension.values)
    if mask == dimension.full and dimension.name in _ALL:
        return _ALL[dimension.name]
    plain = _Manner("{}", manner.but.removeprefix("to ").removeprefix("about ").removeprefix("for "))
    return _said(mask, plain, words)


def circumstances(dimensions: Sequence[Dimension], box: Box) -> str:
    """The circumstances of a box in words; nothing where they do not matter."""
    return "; ".join(_clause(d, mask) for d, mask in zip(dimensions, box, strict=True) if mask != d.full)


def merge(boxes: Iterable[Box]) -> list[Box]:
    """The same questions in fewer boxes, largest first: those that differ in one dimension only as one, none within another."""
    after = {box for box in boxes if all(box)}
    depth = len(next(iter(after), ()))
    before = None
    while before != after:
        before = after
        for level in range(depth):
            masks: dict[tuple[Box, Box], int] = {}
            for box in after:
                rest = box[:level], box[level + 1 :]
                masks[rest] = masks.get(rest, 0) | box[level]
            after = {(*head, mask, *tail) for (head, tail), mask in masks.items()}
    apart = [box for box in after if not any(box is not other and _within(box, other) for other in after)]
    return sorted(apart, key=lambda box: (-prod(mask.bit_count() for mask in box), box))


def question(dimensions: Sequence[Dimension], point: Sequence[int]) -> str:
    """One question in words, which has a value for every dimension; values that are usual are left out.

    Raises KeyError for a dimension that this module has no words for.
    """
    said = [(d, value) for d, value in zip(dimensions, point, strict=True) if value != d.usual]
    ids = {d.name: f"`{d.values[value]}`" for d, value in said if d.name in _OPENING}
    opening = f"May {ids.get('sender', 'somebody')} share {ids.get('item', 'something')}"
    if "about" in ids:
        opening += f" about {ids['about']}"
    opening += f" with {ids.get('recipient', 'somebody')}"
    if "purpose" in ids:
        opening += f", for {ids['purpose']}"
    return "; ".join([opening, *[_clause(d, 1 << value) for d, value in said if d.name not in _OPENING]]) + "?"


def _within(box: Box, other: Box) -> bool:
    return all(mask & around == mask for mask, around in zip(box, other, strict=True))


def _sentence(dimensions: Sequence[Dimension], box: Box) -> str:
    said = [(dimension, mask) for dimension, mask in zip(dimensions, box, strict=True)]
    parts = {dimension.name: _opening(dimension, mask) for dimension, mask in said if dimension.name in _OPENING}
    people = _joined(" ", parts.get("sender"), parts.get("recipient"))
    items = parts.get("item", "")
    pause = ", " if " but " in items else " "  # anything but this, about them: not, anything but what is about them
    matter = _joined(", ", _joined(pause, items, parts.get("about")), parts.get("purpose"))
    clauses = [_clause(d, mask) for d, mask in said if d.name not in _OPENING and mask != d.full]
    text = _joined("; ", _joined(": ", people, matter), *clauses) or "every question"
    return f"{text[:1].upper()}{text[1:]}."


def _joined(link: str, *parts: str | None) -> str:
    """The parts that there are, with the link between them."""
    return link.join(part for part in parts if part)


def _opening(dimension: Dimension, mask: int) -> str:
    manner = _OPENING[dimension.name]
    if mask == dimension.full:
        return manner.every
    return _said(mask, manner, tuple(f"`{value}`" for value in dimension.values))


def _clause(dimension: Dimension, mask: int) -> str:
    labels = tuple(label if label[1:2].isupper() else label[:1].lower() + label[1:] for label in dimension.labels)
    levels = _range(mask, labels) if dimension.ordered else ""
    return levels or _said(mask, _CIRCUMSTANCES[dimension.name], labels)


def _range(mask: int, labels: Sequence[str]) -> str:
    """The levels from one to another; nothing for one level alone, or where the levels are not all those between two."""
    lowest, highest = (mask & -mask).bit_length() - 1, mask.bit_length() - 1
    if lowest == highest or mask.bit_count() != highest - lowest + 1:
        return ""
    if lowest == 0:
        return f"up to {labels[highest]}"
    stop = "," if "," in labels[lowest] else ""  # a label that has a comma is closed by one
    onward = "up" if highest == len(labels) - 1 else f"up to {labels[highest]}"
    return f"from {labels[lowest]}{stop} {onward}"


def _said(mask: int, manner: _Manner, words: Sequence[str]) -> str:
    """The values meant; or the one or two of many that are not, where that is shorter."""
    meant = [word for value, word in enumerate(words) if mask >> value & 1]
    others = [word for value, word in enumerate(words) if not mask >> value & 1]
    if 1 <= len(others) <= 2 and len(meant) >= max(3, 2 * len(others)):
        return manner.but.format(_either(others))
    return manner.only.format(_either(meant))


def _either(words: Sequence[str]) -> str:
    """`a, b or c`; what they all begin with is said once, if it is two words or more."""
    first, *rest = words
    if not rest:
        return first
    shared = 0
    for alike in zip(*[word.split(" ")[:-1] for word in words], strict=False):
        if len(set(alike)) > 1:
            break
        shared += 1
    if shared > 1:
        rest = [" ".join(word.split(" ")[shared:]) for word in rest]
    listed = [first, *rest]
    if any("," in word or " or " in word for word in listed):
        return ", or ".join(listed)
    return f"{', '.join(listed[:-1])} or {listed[-1]}"
