"""Exact algebra of functions over a finite product of dimensions, as decision diagrams that share their nodes.

A point has one value in each dimension, numbered from 0. A *mask* is a whole number whose bit `i` stands for value `i`. A
function on points is a diagram: an inner node asks for the value in one dimension, its *level*, and leads on by the edge whose
mask has that value; a leaf holds the answer. Levels rise on every way down, no node leads to one child only, and no two nodes
of an algebra are alike. So equal functions are the same node, and comparing them costs nothing. A *set* of points is a function
to True and False. A *box* is a set with one mask for each dimension.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from operator import and_
from typing import Any, Generic, TypeVar

T = TypeVar("T", bound=Hashable)
State = TypeVar("State", bound=Hashable)
Box = tuple[int, ...]
"""One mask for each dimension."""

_MANY = 24


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Node(Generic[T]):
    """A function, known by identity: only an `Algebra` makes nodes, and only nodes of one algebra may meet.

    `edges` are (mask, child), by lowest value; together the masks have each value of the dimension `level` once. A leaf has no
    edges, the number of dimensions as its level, and a `value`.
    """

    level: int
    edges: tuple[tuple[int, Node[T]], ...]
    value: T | None = None


class Algebra:
    """All functions over dimensions of the given sizes. It keeps every node that it has made."""

    def __init__(self, sizes: Sequence[int]) -> None:
        """`sizes` are the numbers of values in each dimension. Raises ValueError for a dimension without values."""
        if any(size < 1 for size in sizes):
            raise ValueError("a dimension without values")
        self.sizes = tuple(sizes)
        self.full: Box = tuple((1 << size) - 1 for size in sizes)
        self._depth = len(self.sizes)
        self._leaves: dict[Hashable, Node[Any]] = {}
        self._inner: dict[tuple[int, tuple[tuple[int, Node[Any]], ...]], Node[Any]] = {}
        self.none: Node[bool] = self.leaf(False)
        self.all: Node[bool] = self.leaf(True)

    # Making functions

    def leaf(self, value: T) -> Node[T]:
        """The function that is `value` everywhere; values that are equal, such as 1 and True, are one leaf."""
        found = self._leaves.get(value)
        if found is None:
            found = self._leaves[value] = Node(self._depth, (), value)
        return found

    def branch(self, level: int, edges: Iterable[tuple[int, Node[T]]]) -> Node[T]:
        """The function that goes on as the child whose mask has the value at `level`.

        Raises ValueError unless the masks have every value of the dimension once and the children ask of later dimensions only.
        """
        edges = [edge for edge in edges if edge[0]]
        seen = 0
        for mask, child in edges:
            if mask & seen or child.level <= level:
                raise ValueError(f"a value twice, or an earlier dimension, below level {level}")
            seen |= mask
        if seen != self.full[level]:
            raise ValueError(f"masks that do not have the values of level {level}")
        return self._join(level, edges)

    def _join(self, level: int, edges: Iterable[tuple[int, Node[T]]]) -> Node[T]:
        """A branch whose edges are known to be right."""
        masks: dict[Node[T], int] = {}
        for mask, child in edges:
            masks[child] = masks.get(child, 0) | mask
        if len(masks) == 1:
            return next(iter(masks))
        merged = tuple(sorted([(mask, child) for child, mask in masks.items()], key=_lowest))
        key = (level, merged)
        found = self._inner.get(key)
        if found is None:
            found = self._inner[key] = Node(level, merged)
        return found

    def build(
        self,
        expand: Callable[[int, State], Node[T] | Iterable[tuple[int, State]]],
        state: State,
        known: Sequence[dict[State, Node[T]]] | None = None,
    ) -> Node[T]:
        """The function that a state stands for.

        `expand(level, state)` gives the function where it is known already, or else (mask, state at the next level) for all
        values of the dimension; after the last dimension it has to be known. It is called once for each level and state.

        `known`, a mapping for each level and one for the end, has what states stand for, and is added to.

        Raises ValueError where `expand` does not give each value of the dimension once.
        """
        memos = [{} for _ in range(self._depth + 1)] if known is None else known

        def at(level: int, state: State) -> Node[T]:
            memo = memos[level]
            found = memo.get(state)
            if found is None:
                onward = expand(level, state)
                if not isinstance(onward, Node):
                    onward = self.branch(level, [(mask, at(level + 1, after)) for mask, after in onward])
                found = memo[state] = onward
            return found

        return at(0, state)

    def box(self, masks: Mapping[int, int]) -> Node[bool]:
        """The set of points whose value is in the mask at each level given, whatever they are elsewhere."""
        found = self.all
        for level in sorted(masks, reverse=True):
            inside = masks[level] & self.full[level]
            edges = [(inside, found), (self.full[level] & ~inside, self.none)]
            found = self._join(level, [edge for edge in edges if edge[0]])
        return found

    # Functions of functions

    def apply(self, op: Callable[..., T], *nodes: Node[Any]) -> Node[T]:
        """The function whose value at a point is `op` of the values of `nodes` there."""
        memo: dict[tuple[Node[Any], ...], Node[T]] = {}

        def at(operands: tuple[Node[Any], ...]) -> Node[T]:
            found = memo.get(operands)
            if found is None:
                level = min([node.level for node in operands])
                if level == self._depth:
                    found = self.leaf(op(*[node.value for node in operands]))
                else:
                    found = self._join(level, [(mask, at(below)) for mask, below in self._split(level, operands)])
                memo[operands] = found
            return found

        return at(nodes)

    def _split(self, level: int, operands: tuple[Node[Any], ...]) -> list[tuple[int, tuple[Node[Any], ...]]]:
        """What the operands become below `level`, for each part of its values that they do not tell apart."""
        parts: list[tuple[int, tuple[Node[Any], ...]]] = [(self.full[level], ())]
        for node in operands:
            edges = node.edges if node.level == level else ((self.full[level], node),)
            parts = [(both, (*b, child)) for mask, b in parts for edge, child in edges if (both := mask & edge)]
        return parts

    def _pair(
        self, known: Callable[[Node[bool], Node[bool]], Node[bool] | None], one: Node[bool], other: Node[bool]
    ) -> Node[bool]:
        """Two sets joined point by point, going down only where `known` cannot tell the outcome from the nodes themselves."""
        memo: dict[tuple[Node[bool], Node[bool]], Node[bool]] = {}

        def at(a: Node[bool], b: Node[bool]) -> Node[bool]:
            found = known(a, b)
            if found is not None:
                return found
            found = memo.get((a, b))
            if found is None:
                if a.level < b.level:
                    edges = [(mask, at(child, b)) for mask, child in a.edges]
                elif b.level < a.level:
                    edges = [(mask, at(a, child)) for mask, child in b.edges]
                else:
                    edges = [(both, at(c, d)) for m, c in a.edges for n, d in b.edges if (both := m & n)]
                found = memo[a, b] = self._join(min(a.level, b.level), edges)
            return found

        return at(one, other)

    def union(self, *sets: Node[bool]) -> Node[bool]:
        """The points of any of the sets."""

        def known(a: Node[bool], b: Node[bool]) -> Node[bool] | None:
            if a is b or b is self.none or a is self.all:
                return a
            return b if a is self.none or b is self.all else None

        return self._fold(known, sets, self.none)

    def intersection(self, *sets: Node[bool]) -> Node[bool]:
        """The points of all of the sets."""

        def known(a: Node[bool], b: Node[bool]) -> Node[bool] | None:
            if a is b or b is self.all or a is self.none:
                return a
            return b if a is self.all or b is self.none else None

        return self._fold(known, sets, self.all)

    def _fold(
        self,
        known: Callable[[Node[bool], Node[bool]], Node[bool] | None],
        sets: Sequence[Node[bool]],
        empty: Node[bool],
    ) -> Node[bool]:
        """Many sets joined two by two, so that large ones meet late."""
        while len(sets) > 1:
            paired = [self._pair(known, a, b) for a, b in zip(sets[::2], sets[1::2], strict=False)]
            sets = [*paired, *sets[2 * len(paired) :]]
        return sets[0] if sets else empty

    def difference(self, one: Node[bool], other: Node[bool]) -> Node[bool]:
        """The points of `one` that are not in `other`."""

        def known(a: Node[bool], b: Node[bool]) -> Node[bool] | None:
            if a is b or a is self.none or b is self.all:
                return self.none
            return a if b is self.none else None

        return self._pair(known, one, other)

    def complement(self, node: Node[bool]) -> Node[bool]:
        """The points that are not in the set."""
        return self.difference(self.all, node)

    def select(self, node: Node[T], wanted: Callable[[T], bool]) -> Node[bool]:
        """The points where the value is wanted."""
        return self.apply(lambda value: bool(wanted(value)), node)

    def restrict(self, node: Node[bool], masks: Mapping[int, int]) -> Node[bool]:
        """The points of a set whose value is in the mask at each level given."""
        return self.intersection(node, self.box(masks))

    def fix(self, node: Node[T], values: Mapping[int, int]) -> Node[T]:
        """The function with the value at some levels given, which it then no longer asks for."""
        memo: dict[Node[T], Node[T]] = {}

        def at(node: Node[T]) -> Node[T]:
            if not node.edges:
                return node
            found = memo.get(node)
            if found is None:
                value = values.get(node.level)
                if value is None:
                    found = self._join(node.level, [(mask, at(child)) for mask, child in node.edges])
                else:
                    found = at(_child(node, value))
                memo[node] = found
            return found

        return at(node)

    def projected(self, node: Node[bool], levels: int) -> Node[bool]:
        """The points that agree with some point of a set in the first dimensions, as many as `levels`."""
        memo: dict[Node[bool], Node[bool]] = {}

        def at(node: Node[bool]) -> Node[bool]:
            if node.level >= levels:
                return self.none if node is self.none else self.all
            found = memo.get(node)
            if found is None:
                found = memo[node] = self._join(node.level, [(mask, at(child)) for mask, child in node.edges])
            return found

        return at(node)

    # Reading functions

    def value(self, node: Node[T], point: Sequence[int]) -> T:
        """The value of a function at a point, which has a value for every level."""
        while node.edges:
            node = _child(node, point[node.level])
        return node.value  # type: ignore[return-value]  # a leaf has one

    def values(self, node: Node[T], masks: Mapping[int, int]) -> set[T]:
        """Every value that a function takes where the value at each level given is in its mask."""
        found: set[T] = set()
        seen: set[Node[T]] = set()
        within = self._within(masks)

        def visit(node: Node[T]) -> None:
            if node in seen:
                return
            seen.add(node)
            if not node.edges:
                found.add(node.value)  # type: ignore[arg-type]  # a leaf has one
            for mask, child in node.edges:
                if mask & within[node.level]:
                    visit(child)

        if all(within):
            visit(node)
        return found

    def taken(self, node: Node[T], points: Node[bool]) -> set[T]:
        """Every value that a function takes at some point of a set."""
        found: set[T] = set()
        seen: set[tuple[Node[T], Node[bool]]] = set()

        def visit(node: Node[T], points: Node[bool]) -> None:
            if points is self.none or (node, points) in seen:
                return
            seen.add((node, points))
            if not node.edges:
                found.add(node.value)  # type: ignore[arg-type]  # a leaf has one
                return
            for _, (below, left) in self._split(min(node.level, points.level), (node, points)):
                visit(below, left)

        visit(node, points)
        return found

    def has(self, node: Node[bool], level: int) -> int:
        """The values of one dimension that some point of a set has."""
        memo: dict[Node[bool], int] = {}

        def at(node: Node[bool]) -> int:
            if node is self.none or node.level > level:
                return 0 if node is self.none else self.full[level]
            found = memo.get(node)
            if found is None:
                found = 0
                for mask, child in node.edges:
                    found |= (mask if child is not self.none else 0) if node.level == level else at(child)
                memo[node] = found
            return found

        return at(node)

    def meets(self, node: Node[bool], masks: Mapping[int, int]) -> bool:
        """Whether a set has a point whose value is in the mask at each level given."""
        within = self._within(masks)
        return all(within) and self._reaches(node, self.all, within, {})

    def _within(self, masks: Mapping[int, int]) -> Box:
        """A mask for every level: an empty one leaves no point, even where a function does not ask for that level."""
        return tuple([masks.get(level, full) & full for level, full in enumerate(self.full)])

    def _reaches(self, node: Node[bool], leaf: Node[bool], masks: Sequence[int], memo: dict[Node[bool], bool]) -> bool:
        """Whether a way down within the masks ends in `leaf`; `memo` is for these masks and this leaf."""
        if not node.edges:
            return node is leaf
        found = memo.get(node)
        if found is None:
            inside = masks[node.level]
            found = False
            for mask, child in node.edges:
                if mask & inside and self._reaches(child, leaf, masks, memo):
                    found = True
                    break
            memo[node] = found
        return found

    def count(self, node: Node[bool]) -> int:
        """How many points a set has, exactly."""
        points = [prod(self.sizes[level:]) for level in range(self._depth + 1)]  # of all dimensions from a level on
        memo: dict[Node[bool], int] = {self.none: 0, self.all: 1}

        def below(node: Node[bool], level: int) -> int:
            found = memo.get(node)
            if found is None:
                found = memo[node] = sum(
                    [mask.bit_count() * below(child, node.level + 1) for mask, child in node.edges]
                )
            return found * (points[level] // points[node.level])

        return below(node, 0)

    def witness(self, node: Node[bool]) -> tuple[int, ...] | None:
        """The least point of a set, earlier dimensions first; None where it has no point."""
        if node is self.none:
            return None
        return tuple((mask & -mask).bit_length() - 1 for mask in self._way(node))

    def _way(self, node: Node[bool]) -> list[int]:
        """The masks on the first way down to True, of a set that has points: a box inside it."""
        masks = list(self.full)
        while node.edges:  # a node with edges is neither of the leaves, so it leads to both
            masks[node.level], node = next(edge for edge in node.edges if edge[1] is not self.none)
        return masks

    def nodes(self, *roots: Node[Any]) -> Iterator[Node[Any]]:
        """Every inner node of some functions, once, parents of a first way down before children."""
        seen: set[Node[Any]] = set()
        stack = [*reversed(roots)]
        while stack:
            node = stack.pop()
            if node.edges and node not in seen:
                seen.add(node)
                yield node
                stack += [child for _, child in reversed(node.edges)]

    def size(self, node: Node[Any]) -> int:
        """How many inner nodes a function has."""
        return sum(1 for _ in self.nodes(node))

    def classes(self, nodes: Iterable[Node[Any]]) -> list[list[int]]:
        """For each dimension, its values as the fewest masks such that no function tells values of one mask apart."""
        partitions: list[list[int]] = [[mask] for mask in self.full]
        splits = {(node.level, tuple([mask for mask, _ in node.edges])) for node in self.nodes(*nodes)}
        for level, masks in splits:
            partitions[level] = [both for part in partitions[level] for mask in masks if (both := part & mask)]
        return [sorted(parts, key=lambda mask: mask & -mask) for parts in partitions]

    # Sets in few boxes

    def boxes(self, node: Node[bool], within: Node[bool] | None = None) -> list[Box]:
        """Few boxes that together are a set, largest first. They may overlap; none can be enlarged, none can be spared.

        Each begins at the first point not yet covered and grows to a largest box within the set, or within the larger set
        `within`, where the boxes may then have points of that too. To find the very fewest is hard, and not attempted.
        """
        cover: list[Box] = []
        left = node
        while left is not self.none:
            grown = self._grow(node if within is None else within, self._way(left))
            cover.append(grown)
            left = self.difference(left, self.box(dict(enumerate(grown))))
        cover.sort(key=lambda box: (-_volume(box), box))
        if within is not None and len(cover) > _MANY:
            return cover  # to look for spare ones among so many takes longer than it shortens
        for box in reversed(cover[:]):  # small ones are spared first
            others = [other for other in cover if other is not box]
            if _covered(box, others) if within is None else self._spared(box, others, node):
                cover = others
        return cover

    def _spared(self, box: Box, others: Sequence[Box], node: Node[bool]) -> bool:
        """Whether the points of a set that a box has are all in others."""
        left = self.restrict(node, dict(enumerate(box)))
        for other in others:
            if left is self.none:
                break
            left = self.difference(left, self.box(dict(enumerate(other))))
        return left is self.none

    def _grow(self, node: Node[bool], masks: list[int]) -> Box:
        """A box within a set that contains the box given and cannot be enlarged.

        It grows in the earliest dimension that it can: of nine orders tried on random policies this one gave the fewest boxes.
        """
        growing = True
        while growing:
            blocked = self._blocked(node, masks)
            free = [level for level, mask in enumerate(masks) if self.full[level] & ~(blocked[level] | mask)]
            for level in free[:1]:
                masks[level] = self.full[level] & ~blocked[level]
            growing = len(free) > 1  # to grow in one dimension never frees another
        return tuple(masks)

    def _blocked(self, node: Node[bool], masks: Sequence[int]) -> list[int]:
        """For each dimension of a box within a set, the values with which it would no longer be within."""
        blocked = [0] * self._depth
        memo: dict[Node[bool], bool] = {}
        seen: set[Node[bool]] = set()

        def visit(node: Node[bool]) -> None:
            seen.add(node)
            level = node.level
            inside = masks[level]
            for mask, child in node.edges:
                if mask & inside and child.edges and child not in seen:
                    visit(child)
                if mask & ~(inside | blocked[level]) and self._reaches(child, self.none, masks, memo):
                    blocked[level] |= mask & ~inside

        if node.edges:
            visit(node)
        return blocked


def _lowest(edge: tuple[int, Node[Any]]) -> int:
    """The bit of the lowest value of an edge."""
    return edge[0] & -edge[0]


def _child(node: Node[T], value: int) -> Node[T]:
    """Where a node leads with a value of its dimension."""
    return next(child for mask, child in node.edges if mask >> value & 1)


def _volume(box: Box) -> int:
    """How many points a box has."""
    return prod(mask.bit_count() for mask in box)


def _covered(box: Box, others: Sequence[Box]) -> bool:
    """Whether every point of a box is in one of the others."""
    meeting = [other for other in others if all(map(and_, box, other))]
    if not meeting:
        return False
    nearest = min(meeting, key=lambda other: sum([1 for a, b in zip(box, other, strict=True) if a & ~b]))
    rest = [other for other in meeting if other is not nearest]
    left = list(box)
    for level, mask in enumerate(nearest):
        if outside := left[level] & ~mask:
            if not _covered((*left[:level], outside, *left[level + 1 :]), rest):
                return False
            left[level] &= mask
    return True
