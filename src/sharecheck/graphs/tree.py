"""The smallest decision tree for a function: which dimension to ask next, so that few questions lead to every answer.

A function is a diagram (`policy.diagram`). An ordered dimension is asked from its highest values down, as a question with
a yes and a no; any other is asked whole, values that make no difference together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sharecheck.policy.diagram import Algebra, Node

T = TypeVar("T")
Masks = Mapping[int, int]
"""Some values of some dimensions, as masks by level."""


@dataclass(frozen=True, slots=True, eq=False)
class Leaf(Generic[T]):
    """Where nothing is left to ask."""

    value: T


@dataclass(frozen=True, slots=True, eq=False)
class Ask(Generic[T]):
    """A question: the value in one dimension, with a branch for each part of the values that are still possible."""

    level: int
    branches: tuple[tuple[int, Ask[T] | Leaf[T]], ...]


Tree = Ask[T] | Leaf[T]


class Grower(Generic[T]):
    """Grows trees over one algebra. `order` is the dimensions in the order in which people would rather be asked.

    Of trees that are as small, the one that asks in that order is grown; and `first`, an ordered dimension, is asked before
    anything that comes after it in the order, at the cost of one question at most.
    """

    def __init__(self, algebra: Algebra, order: Sequence[int], ordered: frozenset[int], first: int) -> None:
        self.algebra = algebra
        self._place = {level: place for place, level in enumerate(order)}
        self._ordered = ordered
        self._first = first
        self._memo: dict[tuple[Node[T], tuple[tuple[int, int], ...]], tuple[int, Tree[T]]] = {}
        self._support: dict[Node[T], tuple[int, ...]] = {}

    def grow(self, node: Node[T], masks: Masks) -> Tree[T]:
        """The tree of a function, for the values in the masks alone; equal parts of it are one."""
        for level, mask in masks.items():
            node = self.within(node, level, mask)
        return self._best(node, {level: masks.get(level, full) for level, full in enumerate(self.algebra.full)})[1]

    def within(self, node: Node[T], level: int, mask: int) -> Node[T]:
        """The function where values outside the mask are taken as the lowest inside it."""
        lowest, outside = mask & -mask, self.algebra.full[level] & ~mask
        memo: dict[Node[T], Node[T]] = {}

        def at(node: Node[T]) -> Node[T]:
            if node.level > level or not node.edges:
                return node
            found = memo.get(node)
            if found is None:
                if node.level < level:
                    edges = [(held, at(child)) for held, child in node.edges]
                else:
                    edges = [(held & mask | (outside if held & lowest else 0), child) for held, child in node.edges]
                found = memo[node] = self.algebra.branch(node.level, edges)
            return found

        return at(node)

    def asked(self, node: Node[T]) -> tuple[int, ...]:
        """The dimensions that a function depends on."""
        found = self._support.get(node)
        if found is None:
            found = self._support[node] = tuple(sorted({one.level for one in self.algebra.nodes(node)}))
        return found

    def parts(self, node: Node[T], level: int, mask: int) -> list[tuple[int, Node[T]]]:
        """The values in the mask, together where the function is the same for them, with what it then is."""
        masks: dict[Node[T], int] = {}
        for value in range(mask.bit_length()):
            if mask >> value & 1:
                child = self.algebra.fix(node, {level: value})
                masks[child] = masks.get(child, 0) | 1 << value
        return [(held, child) for child, held in masks.items()]

    def _best(self, node: Node[T], masks: dict[int, int]) -> tuple[int, Tree[T]]:
        asked = self.asked(node)
        key = node, tuple([(level, masks[level]) for level in asked])
        found = self._memo.get(key)
        if found is None:
            if not asked:
                return 0, Leaf(node.value)  # type: ignore[arg-type]  # a leaf has one
            found = self._memo[key] = self._choose(node, asked, masks)
        return found

    def _choose(self, node: Node[T], asked: Sequence[int], masks: dict[int, int]) -> tuple[int, Tree[T]]:
        best: tuple[tuple[int, int], int, Tree[T]] | None = None
        for level in sorted(asked, key=self._place.__getitem__):
            branches, size = [], 1
            for mask, child in self._steps(node, level, masks[level]):
                below, tree = self._best(child, {**masks, level: mask})
                branches.append((mask, tree))
                size += below
            gravest = level == self._first and masks[level].bit_length() == self.algebra.sizes[level]
            rank = (size - gravest, self._place[level])
            if best is None or rank < best[0]:
                best = rank, size, Ask(level, tuple(branches))
        assert best is not None
        return best[1], best[2]

    def _steps(self, node: Node[T], level: int, mask: int) -> list[tuple[int, Node[T]]]:
        if level not in self._ordered:
            return self.parts(node, level, mask)
        values = [value for value in range(mask.bit_length()) if mask >> value & 1]
        top = self.algebra.fix(node, {level: values.pop()})
        high = mask & -(1 << mask.bit_length() - 1)
        while values and self.algebra.fix(node, {level: values[-1]}) is top:
            high |= 1 << values.pop()
        rest = mask & ~high
        return [(high, top), (rest, self.within(node, level, rest))]


def questions(tree: Tree[T]) -> list[Ask[T]]:
    """The questions of a tree, each once, those of a first branch before those of a second."""
    found: dict[Ask[T], None] = {}

    def visit(tree: Tree[T]) -> None:
        if isinstance(tree, Ask) and tree not in found:
            found[tree] = None
            for _, below in tree.branches:
                visit(below)

    visit(tree)
    return list(found)


def paths(tree: Tree[T], masks: Masks) -> Iterator[tuple[Masks, T]]:
    """Every way down a tree: the questions that it is for, as one mask for each dimension given, and the value it ends in."""
    if isinstance(tree, Leaf):
        yield masks, tree.value
        return
    for mask, below in tree.branches:
        inside = mask & masks[tree.level]
        if inside:
            yield from paths(below, {**masks, tree.level: inside})
