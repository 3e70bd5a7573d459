"""The algebra of diagrams, held to functions written out point by point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import prod
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharecheck.policy.diagram import Algebra, Box, Node

Point = tuple[int, ...]
SIZES = st.lists(st.integers(1, 4), min_size=1, max_size=4)


def points(sizes: Sequence[int]) -> list[Point]:
    return list(product(*[range(size) for size in sizes]))


def expand_table(algebra: Algebra) -> Callable[[int, tuple[Any, ...]], Any]:
    """A state is what is left of a table of values, in the order of `points`."""

    def expand(level: int, table: tuple[Any, ...]) -> Any:
        if level == len(algebra.sizes):
            return algebra.leaf(table[0])
        step = len(table) // algebra.sizes[level]
        return [(1 << value, table[value * step : (value + 1) * step]) for value in range(algebra.sizes[level])]

    return expand


def diagram_of(algebra: Algebra, table: Sequence[Any]) -> Node[Any]:
    return algebra.build(expand_table(algebra), tuple(table))


def points_of(algebra: Algebra, node: Node[bool]) -> set[Point]:
    return {point for point in points(algebra.sizes) if algebra.value(node, point)}


def points_in(box: Sequence[int]) -> set[Point]:
    return set(product(*[[i for i in range(mask.bit_length()) if mask >> i & 1] for mask in box]))


@st.composite
def functions(draw: st.DrawFn, number: int, values: Sequence[Any] = (False, True)) -> tuple[Algebra, list[list[Any]]]:
    """An algebra, and some functions as tables; half of them change rarely from point to point, as policies do."""
    sizes = draw(SIZES)
    total = prod(sizes)
    tables = []
    for _ in range(number):
        table = draw(st.lists(st.sampled_from(values), min_size=total, max_size=total))
        run = draw(st.sampled_from([1, sizes[-1], total]))
        tables.append([table[i // run] for i in range(total)])
    return Algebra(sizes), tables


@st.composite
def sets_and_masks(draw: st.DrawFn) -> tuple[Algebra, list[bool], dict[int, int]]:
    algebra, (table,) = draw(functions(1))
    levels = draw(st.sets(st.integers(0, len(algebra.sizes) - 1)))
    return algebra, table, {level: draw(st.integers(0, algebra.full[level])) for level in sorted(levels)}


@given(functions(1, values=("share", "ask-first", None)))
def test_a_diagram_has_the_values_it_was_built_from(case: tuple[Algebra, list[list[Any]]]) -> None:
    algebra, (table,) = case
    node = diagram_of(algebra, table)
    assert [algebra.value(node, point) for point in points(algebra.sizes)] == table


@given(functions(2), st.randoms(use_true_random=False))
def test_equal_functions_are_the_same_node_whatever_way_they_were_made(
    case: tuple[Algebra, list[list[bool]]], random: Random
) -> None:
    algebra, (table, other) = case
    node = diagram_of(algebra, table)
    inside = [point for point, yes in zip(points(algebra.sizes), table, strict=True) if yes]
    random.shuffle(inside)
    dots = [algebra.box({level: 1 << value for level, value in enumerate(point)}) for point in inside]
    assert algebra.union(*dots) is node
    assert algebra.apply(lambda *values: any(values), algebra.none, *dots) is node
    assert algebra.complement(algebra.complement(node)) is node
    assert algebra.apply(lambda value, _: value, node, diagram_of(algebra, other)) is node
    assert algebra.union(*[algebra.box(dict(enumerate(box))) for box in algebra.boxes(node)]) is node


@given(functions(1))
def test_the_values_that_a_set_has(case: tuple[Algebra, list[list[bool]]]) -> None:
    algebra, (table,) = case
    node = diagram_of(algebra, table)
    inside = [point for point, yes in zip(points(algebra.sizes), table, strict=True) if yes]
    for level in range(len(algebra.sizes)):
        assert algebra.has(node, level) == sum(1 << value for value in {point[level] for point in inside})


@given(functions(2))
def test_different_functions_are_different_nodes(case: tuple[Algebra, list[list[bool]]]) -> None:
    algebra, (one, other) = case
    assert (diagram_of(algebra, one) is diagram_of(algebra, other)) == (one == other)


@given(functions(3))
def test_nodes_are_reduced_and_in_order(case: tuple[Algebra, list[list[bool]]]) -> None:
    algebra, tables = case
    roots = [diagram_of(algebra, table) for table in tables]
    seen = set()
    for node in algebra.nodes(*roots):
        masks = [mask for mask, _ in node.edges]
        children = [child for _, child in node.edges]
        assert node not in seen
        assert len(set(children)) == len(children) > 1
        assert all(child.level > node.level for child in children)
        assert sum(masks) == algebra.full[node.level]
        assert prod(masks) > 0
        assert sorted(masks, key=lambda mask: mask & -mask) == masks
        seen.add(node)
    assert algebra.size(roots[0]) == len(list(algebra.nodes(roots[0])))
    assert len({(node.level, node.edges) for node in seen}) == len(seen)


OPERATIONS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "union": (Algebra.union, lambda a, b, c: a or b or c),
    "intersection": (Algebra.intersection, lambda a, b, c: a and b and c),
    "difference": (lambda algebra, a, b, _: algebra.difference(a, b), lambda a, b, _: a and not b),
    "complement": (lambda algebra, a, *_: algebra.complement(a), lambda a, *_: not a),
    "apply": (lambda algebra, *nodes: algebra.apply(lambda *v: sum(v), *nodes), lambda *v: sum(v)),
    "select": (
        lambda algebra, *nodes: algebra.select(algebra.apply(lambda *v: sum(v), *nodes), lambda total: total > 1),
        lambda *v: sum(v) > 1,
    ),
}


@pytest.mark.parametrize("name", OPERATIONS)
@given(functions(3))
def test_operations_work_point_by_point(name: str, case: tuple[Algebra, list[list[bool]]]) -> None:
    algebra, tables = case
    on_diagrams, on_values = OPERATIONS[name]
    made = on_diagrams(algebra, *[diagram_of(algebra, table) for table in tables])
    assert made is diagram_of(algebra, [on_values(*values) for values in zip(*tables, strict=True)])


@given(sets_and_masks())
def test_looking_at_a_part_only(case: tuple[Algebra, list[bool], dict[int, int]]) -> None:
    algebra, table, masks = case
    node = diagram_of(algebra, table)
    within = [all(masks[level] >> point[level] & 1 for level in masks) for point in points(algebra.sizes)]
    assert algebra.restrict(node, masks) is diagram_of(algebra, [a and b for a, b in zip(table, within, strict=True)])
    assert algebra.meets(node, masks) == any(a and b for a, b in zip(table, within, strict=True))
    assert algebra.values(node, masks) == {a for a, b in zip(table, within, strict=True) if b}


@given(functions(1, values=(1, 2, 3)), st.data())
def test_a_value_that_is_given_is_asked_for_no_more(case: tuple[Algebra, list[list[int]]], data: st.DataObject) -> None:
    algebra, (table,) = case
    node = diagram_of(algebra, table)
    levels = data.draw(st.sets(st.integers(0, len(algebra.sizes) - 1)))
    values = {level: data.draw(st.integers(0, algebra.sizes[level] - 1)) for level in sorted(levels)}
    fixed = algebra.fix(node, values)
    assert not {one.level for one in algebra.nodes(fixed)} & levels
    for point in points(algebra.sizes):
        there = [values.get(level, value) for level, value in enumerate(point)]
        assert algebra.value(fixed, point) == algebra.value(node, there)


@given(functions(1))
def test_count_and_witness_are_exact(case: tuple[Algebra, list[list[bool]]]) -> None:
    algebra, (table,) = case
    node = diagram_of(algebra, table)
    assert algebra.count(node) == sum(table)
    assert algebra.witness(node) == min(points_of(algebra, node), default=None)


@given(functions(1))
def test_boxes_are_the_set_and_none_is_too_small_or_too_many(case: tuple[Algebra, list[list[bool]]]) -> None:
    algebra, (table,) = case
    whole = points_of(algebra, diagram_of(algebra, table))
    boxes = algebra.boxes(diagram_of(algebra, table))
    assert set().union(*[points_in(box) for box in boxes]) == whole
    for box in boxes:
        assert set().union(*[points_in(other) for other in boxes if other is not box]) != whole
        for level, mask in enumerate(box):
            for value in range(algebra.sizes[level]):
                larger = points_in((*box[:level], mask | 1 << value, *box[level + 1 :]))
                assert mask >> value & 1 or not larger <= whole


BOXES = [  # sizes, the set as a union of boxes, and its boxes
    ([2, 3], [], []),
    ([2, 3], [(0b11, 0b111)], [(0b11, 0b111)]),
    ([2, 3], [(0b01, 0b011), (0b10, 0b011)], [(0b11, 0b011)]),
    ([2, 3], [(0b01, 0b111), (0b10, 0b100)], [(0b01, 0b111), (0b11, 0b100)]),
    # the middle one of three is spared
    ([2, 2, 2], [(0b01, 0b01, 0b11), (0b11, 0b01, 0b01), (0b10, 0b11, 0b01)], [(0b01, 0b01, 0b11), (0b10, 0b11, 0b01)]),
]


@pytest.mark.parametrize(("sizes", "given_boxes", "expected"), BOXES)
def test_boxes_are_few(sizes: list[int], given_boxes: list[Box], expected: list[Box]) -> None:
    algebra = Algebra(sizes)
    node = algebra.union(*[algebra.box(dict(enumerate(box))) for box in given_boxes])
    assert algebra.boxes(node) == expected


@given(functions(2, values=(1, 2, 3)))
def test_classes_are_the_values_that_no_function_tells_apart(case: tuple[Algebra, list[list[int]]]) -> None:
    algebra, tables = case
    nodes = [diagram_of(algebra, table) for table in tables]
    for level, parts in enumerate(algebra.classes(nodes)):
        slices: dict[tuple[int, ...], int] = {}
        for value in range(algebra.sizes[level]):
            at = [i for i, point in enumerate(points(algebra.sizes)) if point[level] == value]
            seen = tuple(table[i] for table in tables for i in at)
            slices[seen] = slices.get(seen, 0) | 1 << value
        assert parts == list(slices.values())


def test_what_is_expanded_once_for_each_state_and_early_stops() -> None:
    algebra = Algebra([3, 3, 3])
    calls: list[tuple[int, str]] = []

    def expand(level: int, state: str) -> Node[str] | list[tuple[int, str]]:
        calls.append((level, state))
        if state == "done" or level == 3:
            return algebra.leaf(state)
        return [(0b001, "done"), (0b010, "more"), (0b100, "more")]

    node = algebra.build(expand, "more")
    assert sorted(calls) == [(0, "more"), (1, "done"), (1, "more"), (2, "done"), (2, "more"), (3, "done"), (3, "more")]
    assert algebra.count(algebra.select(node, lambda value: value == "more")) == 8
    assert algebra.size(node) == 3


def test_counts_are_exact_however_large() -> None:
    algebra = Algebra([40] * 15)
    node = algebra.box({0: 0b1, 14: 0b110})
    assert algebra.count(node) == 2 * 40**13
    assert algebra.count(algebra.complement(node)) == 40**15 - 2 * 40**13


def test_a_parity_that_no_box_describes_is_still_exact() -> None:
    algebra = Algebra([2] * 8)
    node = diagram_of(algebra, [sum(point) % 2 == 1 for point in points(algebra.sizes)])
    assert algebra.size(node) == 15
    assert len(algebra.boxes(node)) == 128


WRONG = {
    "a value twice": lambda algebra: algebra.branch(0, [(0b11, algebra.all), (0b110, algebra.none)]),
    "a value missing": lambda algebra: algebra.branch(0, [(0b01, algebra.all), (0b100, algebra.none)]),
    "a value too many": lambda algebra: algebra.branch(1, [(0b01, algebra.all), (0b110, algebra.none)]),
    "an earlier dimension": lambda algebra: algebra.branch(1, [(0b01, algebra.box({0: 1})), (0b10, algebra.none)]),
    "no values": lambda _: Algebra([2, 0]),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_is_no_function_is_refused(wrong: Callable[[Algebra], object]) -> None:
    with pytest.raises(ValueError):
        wrong(Algebra([3, 2]))
