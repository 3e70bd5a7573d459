"""A difference says exactly what moved: held against two versions that are each asked by themselves.

The laws: the same text said otherwise is no difference; what was gained one way is lost the other way; every question that moved
is in one move and no other is; sentences are exact; ids may change; a fingerprint stands for one set of questions.
"""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from math import prod
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import history
from conftest import DAY, ROOT
from oracle import generate
from oracle.edits import edited, written_otherwise
from oracle.versions import OUTCOMES, Decision, Version, Versions
from sharecheck import agreement, change, content, knowledge, schema, source
from sharecheck.agreement import Agreement
from sharecheck.change import Changed, saying
from sharecheck.change import parts as words
from sharecheck.change.moves import Move
from sharecheck.knowledge import Book
from sharecheck.policy.compiled import compile
from sharecheck.policy.diagram import Algebra, Node
from sharecheck.policy.space import PARTS, Space
from sharecheck.policy.table import CIRCUMSTANCES

Raw = dict[str, Any]

QUIET = ("definition", "promise", "fields", "ground", "whole")
"""Crossings of moves by which no outcome moves; the last is about the agreement as a whole."""

FEW_PARTS = 1000
"""Agreements are looked at in full in CI where no more than so many can tell, be told, and be told about."""


def seeds(few: int, many: int) -> pytest.MarkDecorator:
    """So few made-up agreements in CI, and so many at night."""
    ranges = (pytest.param(range(few), id="few"), pytest.param(range(few, many), id="many", marks=pytest.mark.nightly))
    return pytest.mark.parametrize("chosen", ranges)


EXCUSED: Mapping[tuple[str, str], Callable[[int, int], bool]] = {
    ("obliges", "must-share"): lambda o, n: o >= 3 and n == 4,
    ("obliges", "may-to-must"): lambda o, n: o == n == 4,
    ("widens", "may-share"): lambda o, n: o >= 3 and n >= 3,
    ("widens", "may-ask"): lambda o, n: o >= 2 and n >= 2,
    ("widens", "take-advice"): lambda o, n: o >= 1 and n >= 1,
    ("frees", "must-share"): lambda o, n: o <= 3 and n <= 2,
    ("frees", "must-to-may"): lambda o, n: o == n == 3,
    ("narrows", "may-share"): lambda o, n: o <= 2 and n <= 2,
    ("narrows", "may-ask"): lambda o, n: o <= 1 and n <= 1,
    ("narrows", "take-advice"): lambda o, n: o == n == 0,
}
"""Of which ranks, older and newer, a sentence with "wherever they could not already" or the like is not."""


def crossed(old: int, new: int) -> tuple[str, str]:
    """The one line that two different ranks cross."""
    if new == 4:
        return "obliges", "may-to-must" if old == 3 else "must-share"
    if old == 4:
        return "frees", "must-to-may" if new == 3 else "must-share"
    lines = {3: "may-share", 2: "may-ask", 1: "take-advice"}
    return ("widens", lines[new]) if new > old else ("narrows", lines[old])


@cache
def loaded() -> Book:
    return knowledge.load(DAY)


def built(raw: Raw | str) -> Agreement:
    text = raw if isinstance(raw, str) else json.dumps(raw)
    return agreement.build(source.parse(text.encode(), "made-up.yaml"))


class Compared:
    """Two versions compared, and what their difference has to be held against, in one place."""

    def __init__(
        self, old: Agreement | None, new: Agreement | None, books: tuple[Book, Book], place: str, *, on_days: bool = False
    ) -> None:  # fmt: skip
        found = change.compare(
            [old] if old else [], [new] if new else [], books, ("old", "new"), on_days=on_days
        ).changed
        self.changed: Changed | None = found[0] if found else None
        self.moves = [move for move in (found[0].moves if found else ()) if move.space and place in move.places]
        if old and new:
            renames = words.compare(old, new)[1]
            if any(renames.values()):
                old = content.rebuilt(words.renamed(content.resolved(old), renames), "old")
        self.agreements, self.books, self.place, self.on_days = (old, new), books, place, on_days
        sides = [Version(one, book, place, on_days=on_days) for one, book in zip((old, new), books, strict=True)]
        self.versions = Versions(*sides)
        self.algebra = self.moves[0].space.algebra if self.moves and self.moves[0].space else self._algebra()

    def _algebra(self) -> Algebra:
        old, new = self.versions.old.policy, self.versions.new.policy
        assert old.table.words == new.table.words
        return Algebra(
            [*(size or 1 for size in self.versions.sizes), *(len(new.table.words[name]) for name in CIRCUMSTANCES)]
        )

    def clause(self, section: str, name: str) -> Node[bool]:
        """The questions that a flow or prohibition names in either version."""
        found = [self.algebra.none]
        for side, version in enumerate((self.versions.old, self.versions.new)):
            policy, things = version.policy, self.versions.things
            flows = section == "flows"
            boxes = policy.flow_boxes if flows else policy.bar_boxes
            fields = ("sends", "receives", "flows") if flows else ("barred_from", "barred_to", "bars")
            people = self.versions.people[side]
            lists = [people[: self.versions.senders], people, *(thing[side] for thing in things)]
            names = [*fields[:2], fields[2], fields[2], fields[2]]
            for k, box in enumerate(boxes):
                if box.part == name:
                    found.append(self.algebra.box({
                        level: sum(1 << i for i, one in enumerate(lists[level]) if getattr(one, names[level]) >> k & 1)
                        for level in range(len(PARTS))
                    }))  # fmt: skip
        return self.algebra.union(*found)

    def faults(self) -> list[tuple[Any, ...]]:
        """Where the difference is not what the two versions answer; nothing where it is exact."""
        if not all(self.versions.sizes):
            return []
        algebra, found = self.algebra, list(self._whole())
        label: Node[Any] = algebra.leaf((0, 0, 0))
        for i, move in enumerate(self.moves):
            described = move.describe() if move.describe and move.crossing not in QUIET else None
            boxes = [
                algebra.box(dict(enumerate((*head.parts, *box))))
                for head in (described.heads if described else ())
                for box in head.circumstances
            ]
            inside = algebra.all
            if described and described.under and (move.scope or move.cause.section in ("flows", "never")):
                section = move.cause.section if move.cause.section == "never" else "flows"
                inside = self.clause(section, move.scope or move.cause.id)
            layers = (move.points, algebra.union(*boxes), inside)
            label = algebra.apply(
                lambda bits, *here, i=i: tuple(b | (1 << i if h else 0) for b, h in zip(bits, here, strict=True)),
                label,
                *layers,
            )

        def seen(old: Decision, new: Decision, bits: tuple[int, int, int]) -> None:
            found.extend(self._met(old, new, *bits))

        self.versions.meet(label, seen)
        return found

    def _met(self, old: Decision, new: Decision, points: int, boxes: int, inside: int) -> Iterator[tuple[Any, ...]]:
        """What is wrong with the moves that some questions are in, by the bits of three sets for each move."""
        here = [move for i, move in enumerate(self.moves) if points >> i & 1]
        loud = [move for move in here if move.crossing not in QUIET]
        told = [move for move in here if move.crossing in ("promise", "fields", "ground")]
        if old[0] == new[0]:
            if loud:
                yield "moved, though the outcome is the same", old, new, loud[0].cause
            if (old != new) != bool(told):
                yield "conditions", old, new, [(move.crossing, move.cause) for move in told]
        else:
            if told:
                yield "conditions, though the outcome moved", old, new, told[0].cause
            if len(loud) != 1:
                yield "missed" if not loud else "told twice", old, new, [move.cause for move in loud]
        for i, move in enumerate(self.moves):
            if move.crossing in QUIET:
                continue
            is_in, line = bool(points >> i & 1), _lost(move) if move.kind == "unstated" else (move.kind, move.crossing)
            if is_in and old[0] != new[0] and crossed(old[0], new[0]) != line:
                yield "wrong line", old, new, line
            described = move.describe() if move.describe else None
            assert described is not None
            known = described.already and EXCUSED[line](old[0], new[0])
            said = bool(boxes >> i & 1) and not known and bool(inside >> i & 1)
            loose = described.under and not move.scope and move.cause.section not in ("flows", "never")
            if said != is_in and not (loose and said):
                yield "sentence", old, new, line, move.cause, said

    def _whole(self) -> Iterator[tuple[Any, ...]]:
        """What is wrong with a move as a whole: its number of questions, its witness."""
        old, new = self.versions.old, self.versions.new
        for move in self.moves:
            assert move.points is not None
            assert move.space is not None
            if move.questions != len(move.places) * counted(move.points, self.algebra.sizes):
                yield "counted wrongly", move.cause, move.questions
            if move.witness is None:
                continue
            point = [move.space.names[level].index(word) for level, word in enumerate(move.witness.question.values())]
            if not self.algebra.value(move.points, point):
                yield "a witness elsewhere", move.cause, move.witness
            place = self.versions.at(point[: len(PARTS)])
            said = dict(zip(CIRCUMSTANCES, list(move.witness.question.values())[len(PARTS) :], strict=True))
            rows = [version.row(parts, said) for version, parts in ((old, place.old), (new, place.new))]
            if [(row.id, row.outcome) for row in rows] != [
                (move.witness.row_before, move.witness.before), (move.witness.row_after, move.witness.after)
            ]:  # fmt: skip
                yield "a witness that answers otherwise", move.cause, move.witness


def _lost(move: Move) -> tuple[str, str]:
    """The line that was crossed by what is only not typed in yet."""
    return ("frees" if move.crossing.startswith("must") else "narrows"), move.crossing


def counted(node: Node[bool], sizes: Sequence[int], level: int = 0) -> int:
    """How many points a set has, counted dimension by dimension."""

    @cache
    def below(node: Node[bool], level: int) -> int:
        if level == len(sizes):
            return int(bool(node.value))
        if node.level > level:
            return sizes[level] * below(node, level + 1)
        return sum(mask.bit_count() * below(child, level + 1) for mask, child in node.edges)

    return below(node, level)


def said(move: Move) -> Any:
    """A set of questions by the names of all that is in it, whatever order they are numbered in."""
    assert move.space is not None
    assert move.points is not None
    space = move.space
    people = [repr(place) for place in space.places]
    names = [people, [*people, *space.names[1][len(people) :]], *space.names[2:]]

    @cache
    def at(node: Node[bool], level: int) -> Any:
        if level == len(names) or node is space.algebra.none:
            return bool(node.value)
        edges = node.edges if node.level == level else ((space.algebra.full[level], node),)
        under: dict[Any, int] = {}
        for mask, child in edges:
            under[at(child, level + 1)] = under.get(at(child, level + 1), 0) | mask
        return frozenset(
            (frozenset(name for i, name in enumerate(names[level]) if mask >> i & 1), below)
            for below, mask in under.items()
            if below
        )

    return at(move.points, 0)


def smallest(old: Raw | None, new: Raw | None, fails: Callable[[Raw | None, Raw | None], bool]) -> str:
    """Two versions that show a fault, with everything left out that it does not need."""

    def still(both: Raw) -> bool:
        try:
            return len(both) == 2 and fails(both["old"], both["new"])
        except Exception:
            return False

    return json.dumps(generate.shrunk({"old": old, "new": new}, still), indent=1)


def faults(old: Raw | None, new: Raw | None, place: str) -> list[tuple[Any, ...]]:
    """Where the difference of two documents is not exact."""
    sides = [built(raw) if raw is not None else None for raw in (old, new)]
    return Compared(sides[0], sides[1], (loaded(), loaded()), place).faults()


def versions(seed: int) -> tuple[Raw, Raw, str]:
    """A made-up agreement, an edit of it, and a place that one of them is of."""
    rng = Random(seed)
    old = generate.document(rng, loaded())
    old["jurisdiction"] = [rng.choice(tuple(loaded().terms("jurisdictions")))]
    new = edited(rng, old, loaded())
    return old, new, rng.choice((old, new))["jurisdiction"][0]


# every question that moved is in one move, and sentences are exact


@seeds(24, 245)
def test_what_moved_is_what_two_versions_answer_otherwise(chosen: range) -> None:
    """Every question there is, of small agreements."""
    compared = 0
    for seed in chosen:
        old, new, place = versions(seed)
        assert not list(schema.misfits(new)), seed
        one = Compared(built(old), built(new), (loaded(), loaded()), place)
        if prod(one.versions.sizes) <= FEW_PARTS:
            assert not one.faults(), smallest(old, new, lambda a, b, place=place: bool(faults(a, b, place)))
            compared += 1
    assert compared > len(chosen) // 4


@pytest.mark.nightly
def test_and_so_it_is_in_large_ones() -> None:
    for seed in range(1000, 1600):
        old, new, place = versions(seed)
        assert not faults(old, new, place), smallest(old, new, lambda a, b, place=place: bool(faults(a, b, place)))


@settings(max_examples=4, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_versions_that_shrink(rng: Random) -> None:
    old = generate.document(rng, loaded())
    new = edited(rng, old, loaded())
    one = Compared(
        built(old), built(new), (loaded(), loaded()), rng.choice((*old["jurisdiction"], *new["jurisdiction"]))
    )
    if prod(one.versions.sizes) <= FEW_PARTS and len({*old["jurisdiction"], *new["jurisdiction"]}) == 1:
        assert not one.faults(), json.dumps([old, new])


def mirrored(moves: Iterable[Move]) -> Counter[tuple[str, str, Any]]:
    """Moves as a comparison of the newer with the older would have them."""
    turned = {"widens": "narrows", "narrows": "widens", "obliges": "frees", "frees": "obliges"}
    lines = {"must-to-may": "may-to-must", "may-to-must": "must-to-may"}
    return Counter(
        (turned.get(move.kind, move.kind), lines.get(move.crossing, move.crossing), said(move))
        for move in moves if move.space and move.crossing not in ("definition", "whole")
    )  # fmt: skip


def plain(moves: Iterable[Move]) -> Counter[tuple[str, str, Any]]:
    """Moves by kind, line and questions."""
    return Counter(
        (move.kind, move.crossing, said(move))
        for move in moves
        if move.space and move.crossing not in ("definition", "whole")
    )


def moves_of(old: Raw | None, new: Raw | None) -> tuple[Move, ...]:
    sides = [[built(raw)] if raw is not None else [] for raw in (old, new)]
    found = change.compare(sides[0], sides[1], (loaded(), loaded()), ("old", "new")).changed
    return found[0].moves if found else ()


@seeds(15, 200)
def test_what_was_gained_one_way_is_lost_the_other(chosen: range) -> None:
    for seed in chosen:
        old, new, _ = versions(seed)
        if not {"unknown"} & {*old, *new}:
            assert mirrored(moves_of(old, new)) == plain(moves_of(new, old)), seed


@seeds(15, 200)
def test_a_fingerprint_stands_for_one_set_of_questions(chosen: range) -> None:
    """Whatever order parts stand in, and in whatever words."""
    by_print: dict[str, Any] = {}
    for seed in chosen:
        old, new, _ = versions(seed)
        moves, again = (
            moves_of(*(rewritten(Random(seed), raw) if other else raw for raw in (old, new))) for other in (False, True)
        )
        sets = [
            {move.fingerprint: (move.kind, move.crossing, said(move)) for move in some if asked(move)}
            for some in (moves, again)
        ]
        assert sets[0] == sets[1], seed
        for mark, told in sets[0].items():
            assert by_print.setdefault(mark, told) == told
    assert len(set(map(repr, by_print.values()))) == len(by_print) > 50


def asked(move: Move) -> bool:
    return move.space is not None and move.crossing not in ("definition", "whole", "fields")


def rewritten(rng: Random, raw: Raw) -> Raw:
    """The same agreement with its parts in another order and its titles in other words."""

    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: "Said otherwise" if key in ("title", "name", "because") else turned(value[key])
                for key in rng.sample(list(value), len(value))
            }
        return value

    return dict(turned(raw))


# the same said otherwise


def found_between(old: Sequence[Agreement], new: Sequence[Agreement]) -> tuple[Changed, ...]:
    return change.compare(old, new, (loaded(), loaded()), ("old", "new")).changed


def test_the_same_text_said_otherwise_is_no_difference() -> None:
    for seed in range(60):
        rng = Random(seed)
        raw = generate.document(rng, loaded())
        raw["title"], raw["background"] = "Café à la carte", "What  we\u0301 do"
        one, other = built(raw), built(written_otherwise(rng, raw))
        assert not found_between([one], [other]), seed
        assert meaning(one) == meaning(other), seed


def meaning(one: Agreement) -> str:
    return content.digest(content.meant(content.resolved(one)))


def told_apart(raw: Raw) -> Raw:
    """The same with words of its own in every part, so that each can be known again."""
    words_of = {"roles": "title", "agencies": "name", "subjects": "text", "purposes": "text", "data": "text", "flows": "title",
                "never": "because", "consents": "record", "law": "text"}  # fmt: skip
    made = copy.deepcopy(raw)
    for section, field in words_of.items():
        for number, part in enumerate(made.get(section, {}).values()):
            part[field] = f"Words of part {number} {section}"
    return made


def respelt(text: str, ids: Mapping[str, str]) -> str:
    """A text with other ids wherever they stand by themselves, all at once."""
    found = "|".join(map(re.escape, ids))
    return re.sub(rf"(?<![\w-])(?:{found})(?![\w-])", lambda match: ids[match[0]], text)


def renamings(rng: Random, raw: Raw) -> Iterator[dict[str, str]]:
    """Ids that may change: one, two that change places, three in a ring, one that takes the place of another, and all."""
    sections = ("roles", "agencies", "subjects", "purposes", "data", "flows", "never", "consents", "law")
    for section in sections:
        ids = list(raw.get(section, ()))
        rng.shuffle(ids)
        if ids:
            yield {ids[0]: "other-id"}
        if len(ids) > 1:
            yield {ids[0]: ids[1], ids[1]: ids[0]}
            yield {ids[0]: ids[1], ids[1]: "other-id"}
        if len(ids) > 2:
            yield {ids[0]: ids[1], ids[1]: ids[2], ids[2]: ids[0]}
    yield {name: f"x-{name}" for section in sections for name in raw.get(section, ())}


@seeds(12, 100)
def test_an_id_that_changed_is_one_row_and_no_move(chosen: range) -> None:
    met = 0
    for seed in chosen:
        rng = Random(seed)
        raw = told_apart(generate.document(rng, loaded()))
        raw["unknown"] = [f"flows.{name}.retention" for name in raw["flows"]]
        for ids in renamings(rng, raw):
            one, other = built(raw), built(respelt(json.dumps(raw), ids))
            (found,) = found_between([one], [other])
            rows = sorted((part.how, str(part.was), part.id) for part in found.parts)
            assert rows == sorted(("renamed", old, new) for old, new in ids.items()), (seed, ids, found.parts)
            assert not found.moves, (seed, ids)
            met += 1
    assert met > 100


@cache
def protocols() -> tuple[Agreement, ...]:
    """The agreements of the repository, each under its protocol."""
    return gathered({})


def gathered(texts: Mapping[str, str]) -> tuple[Agreement, ...]:
    """The repository's agreements, some in other words, by the name of their file."""
    made: dict[str, Agreement] = {}
    files = {
        path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "protocols").glob("*.yaml"))
    } | dict(texts)
    read = [source.parse(text.encode(), name) for name, text in files.items()]
    for one in sorted((one for one in read if "id" in one.data), key=lambda one: "under" in one.data):
        above = one.data.get("under")
        made[one.data["id"]] = agreement.build(one, made.get(above) if isinstance(above, str) else None)
    return tuple(made.values())


def test_an_id_of_a_protocol_that_changed_everywhere_moves_nothing() -> None:
    protocol = next(one for one in protocols() if one.id == "borough-protocol")
    words_of_the_book = {word for vocabulary in loaded().vocabularies.values() for word in vocabulary}
    everything = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "protocols").glob("*.yaml")}
    names = [name for name in (*protocol.roles, *protocol.agencies) if name not in words_of_the_book and "-" in name][
        :6
    ]
    assert names
    for name in names:
        found = found_between(
            protocols(), gathered({file: respelt(text, {name: "other-id"}) for file, text in everything.items()})
        )
        assert [one.id for one in found] == ["borough-protocol"], name
        assert [(part.how, part.was) for part in found[0].parts] == [("renamed", name)], name
        assert not any(one.moves for one in found)


# what an agreement says, as others have it


def test_what_is_built_again_answers_the_same() -> None:
    made = [*protocols(), *(built(versions(seed)[1]) for seed in range(40))]
    for one in made:
        again = content.rebuilt(content.resolved(one), "again")
        place = one.jurisdiction[0]
        policies = [compile(version, loaded(), place, as_written=True) for version in (one, again)]
        if one.flows:
            old, new = Space.pair(*policies)
            assert old.root is new.root, one.id
        assert meaning(one) == meaning(again), one.id


def properties(node: Raw, whole: Raw, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every property of the format, `*` for an id, as deep as the patterns go."""
    if path:
        yield path
    while "$ref" in node:
        node = whole["$defs"][node["$ref"].rpartition("/")[2]]
    for one in (node, *node.get("anyOf", ())) if len(path) < 6 else ():
        for key, inner in one.get("properties", {}).items():
            yield from properties(inner, whole, (*path, key))
        if isinstance(inner := one.get("additionalProperties"), dict):
            yield from properties(inner, whole, (*path, "*"))
        if "$ref" in one and one is not node:
            yield from properties(one, whole, path)


@cache
def fields() -> frozenset[tuple[str, ...]]:
    whole = json.loads((ROOT / "schemas" / "agreement.schema.json").read_text(encoding="utf-8"))
    return frozenset(properties(whole, whole))


def test_every_pattern_names_a_field() -> None:
    patterns = (*content.WORDS, *content.ASIDES, *content.DEFINITIONS, *content.DECIDING)
    assert {pattern for pattern in patterns if tuple(pattern.split(".")) not in fields()} == set()
    assert len(set(patterns)) == len(patterns)


def nested(path: Sequence[str], value: Any) -> Any:
    for step in reversed(path):
        value = {"an-id" if step == "*" else step: value}
    return value


@pytest.mark.parametrize("before", ["nothing", "said otherwise"])
def test_a_signature_stands_until_something_that_binds_is_set(before: str) -> None:
    for path in fields():
        if path[-1] == "*":
            continue
        beside = nested((*path[:-1], "beside"), "said")
        held = [copy.deepcopy(beside) for _ in range(2)]
        for one, value in zip(held, (None if before == "nothing" else "Said otherwise", "Said"), strict=True):
            here = one
            for step in path[:-1]:
                here = here["an-id" if step == "*" else step]
            if value is not None:
                here[path[-1]] = value
        binds = content.sort_of(tuple("an-id" if step == "*" else step for step in path)) not in ("words", "aside")
        assert (content.digest(content.meant(held[0])) != content.digest(content.meant(held[1]))) == binds, path


@seeds(60, 600)
def test_what_moves_an_answer_is_a_field_that_decides(chosen: range) -> None:
    """Save its state and its days, which say whether it is in use, and what makes a body a class of bodies."""
    met: Counter[str] = Counter()
    for seed in chosen:
        rng = Random(seed)
        old = generate.document(rng, loaded())
        new = edited(rng, old, loaded(), most=1)
        moves = [move for move in moves_of(old, new) if move.crossing not in QUIET]
        if moves and moves[0].cause.section != "status":
            sides = [content.canonical(content.resolved(built(raw))) for raw in (old, new)]
            sorts = {
                "decides" if "members" in one.path or "joins" in one.path or len(one.path) < 3 else one.sort
                for one in words.field_changes((), *sides)
            }
            assert "decides" in sorts, (seed, moves[0].cause)
            met[moves[0].cause.section] += 1
    assert len(met) > 3


# agreements that come and go, two days, two places, and protocols


@seeds(1, 20)
def test_an_agreement_that_comes_or_goes_is_held_against_the_law_alone(chosen: range) -> None:
    for seed in chosen:
        raw, _, place = versions(seed)
        raw["jurisdiction"] = [place]
        for old, new in ((None, raw), (raw, None)):
            assert not faults(old, new, place), seed


@pytest.mark.parametrize("state", [{"status": "ended"}, {"status": "suspended"}, {"replaced_by": "another"}])
def test_an_agreement_that_is_stopped_says_nothing(state: Raw) -> None:
    running, stopped = small(), {**small(), **state}
    assert not faults(running, stopped, "england")
    assert not faults(stopped, running, "england")
    assert {move.cause.section for move in moves_of(running, stopped) if move.crossing not in QUIET} == {"status"}


def dated(book: Book, day: int) -> Book:
    return replace(book, on=DAY + timedelta(day), _derived={})


@seeds(8, 150)
def test_two_days_are_compared_by_the_law_of_each(chosen: range) -> None:
    moved = 0
    for seed in chosen:
        rng = Random(seed)
        made = generate.book(rng, loaded())
        old, new, place = versions(seed)
        new = rng.choice((old, new))
        one = Compared(built(old), built(new), (dated(made, -2), dated(made, 2)), place, on_days=True)
        if prod(one.versions.sizes) <= FEW_PARTS:
            assert not one.faults(), seed
            moved += bool(one.moves)
    assert moved > 1


@seeds(10, 100)
def test_two_places_are_compared_each_by_its_law(chosen: range) -> None:
    """The same questions move as in each place alone, and what is said of both together is so in both."""
    merged = 0
    for seed in chosen:
        old, new, _ = versions(seed)
        both = [{**raw, "jurisdiction": ["england", "scotland"]} for raw in (old, new)]
        alone = [
            Compared(*(built({**raw, "jurisdiction": [place]}) for raw in (old, new)), (loaded(), loaded()), place)
            for place in ("england", "scotland")
        ]  # fmt: skip
        together = [move for move in moves_of(*both) if asked(move)]
        apart = [[move for move in one.moves if asked(move)] for one in alone]
        assert sum(move.questions for move in together) == sum(move.questions for some in apart for move in some), seed
        by_print = [{move.fingerprint: move for move in some} for some in apart]
        for move in together:
            for place, known in zip(("england", "scotland"), by_print, strict=True):
                if place in move.places:
                    here = known[move.fingerprint]
                    told = [one.describe() if one.describe else None for one in (move, here)]
                    assert told[0] == told[1]
                    assert (move.before, move.after, move.flows, move.bars) == (
                        here.before,
                        here.after,
                        here.flows,
                        here.bars,
                    )
            merged += len(move.places) > 1
    assert merged > 5


@cache
def commits() -> tuple[tuple[str, tuple[Agreement, ...], tuple[Agreement, ...]], ...]:
    """The repository before and after each change of its made-up history."""
    files = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "protocols").glob("*.yaml")}
    found, before = [], gathered({})
    for commit in history.COMMITS:
        name = commit["file"].rpartition("/")[2]
        files[name] = history.edited(files[name], commit)
        after = gathered(files)
        found.append((str(commit["subject"]), before, after))
        before = after
    return tuple(found)


@pytest.mark.parametrize(
    "subject",
    [pytest.param(one, marks=[pytest.mark.nightly] * (one == "role-seconded")) for one in history.SUBJECTS],
)
def test_of_real_agreements_what_moved_is_what_whole_policies_answer_otherwise(subject: str) -> None:
    """By the diagrams of both versions whole, in place of those of what may have moved."""
    _, before, after = next(one for one in commits() if one[0] == subject)
    older = {one.id: one for one in before}
    changed = {one.id: one for one in found_between(before, after)}
    for new in after:
        old = older[new.id]
        if not new.flows or change._same_words(old, new):
            continue
        renames = change._words(old, new, {})[2]
        if any(renames.values()):
            old = content.rebuilt(words.renamed(content.resolved(old), renames), "old")
        policies = [compile(one, loaded(), "england", as_written=True) for one in (old, new)]
        spaces = Space.pair(*policies)
        moves = [move for move in (changed[new.id].moves if new.id in changed else ()) if move.space]
        algebra = moves[0].space.algebra if moves and moves[0].space else spaces[1].algebra
        for space in spaces:
            space.__dict__["algebra"] = algebra
        lines = algebra.apply(_line_of, *(_ranks(space) for space in spaces))
        for line in {*algebra.values(lines, {}), *EXCUSED} - {None}:
            ours = [move.points for move in moves if _line(move) == line and move.points]
            assert sum(map(algebra.count, ours)) == algebra.count(algebra.union(*ours)), "a question is told twice"
            assert algebra.union(*ours) is algebra.select(lines, lambda here, line=line: here == line), (
                subject,
                new.id,
                line,
            )


def _ranks(space: Space) -> Node[int]:
    ranks = [OUTCOMES.index(row.outcome) for row in space.table.rows]
    return space.algebra.apply(lambda row: ranks[row], space.root)


def _line_of(old: int, new: int) -> tuple[str, str] | None:
    return crossed(old, new) if old != new else None


def _line(move: Move) -> tuple[str, str] | None:
    if move.crossing in QUIET:
        return None
    return _lost(move) if move.kind == "unstated" else (move.kind, move.crossing)


# what was wrong once


SMALL: Raw = {
    "sharecheck": 1, "id": "small", "title": "Small", "kind": "agreement", "status": "live", "jurisdiction": ["england"],
    "agencies": {
        "school": {"name": "School", "type": "maintained-school"}, "club": {"name": "Club", "type": "sports-club"},
        "council": {"name": "Council", "type": "la-children-social-care",
                    "teams": {"hub": {"name": "Hub"}, "door": {"name": "Door"}}},
        "police": {"name": "Police", "type": "police"},
    },
    "roles": {
        "teacher": {"title": "Teacher", "type": "teacher", "agency": "school"},
        "worker": {"title": "Worker", "type": "social-worker", "agency": "council", "team": "hub"},
        "guest": {"title": "Guest", "type": "social-worker", "agency": "club", "acting_for": {"the files": "council"}},
    },
    "subjects": {"child": {"type": "child"}, "adult": {"type": "household-adult"}},
    "purposes": {"crime": {"type": "crime-prevention", "text": "Why"}, "need": {"type": "child-in-need", "text": "Why"}},
    "data": {"home": {"type": "housing", "text": "What"}, "health": {"type": "mental-health", "text": "What"}},
    "law": {"ours": {"cites": "What was agreed"}},
    "flows": {
        "told": {"from": "teacher", "to": "worker", "data": "home", "about": "child", "purpose": "need", "gateways": ["ours"]},
        "all": {"from": "any", "to": "any", "data": ["home", "health"], "purposes": ["crime", "need"],
                "concern": "significant-harm"},
    },
    "never": {"held": {"to": "police", "data": "health", "because": "They agreed"}},
    "scenarios": {"asked": {"given": {"from": "council/worker", "to": "teacher", "data": "home", "about": "child",
                                      "purpose": "need"}, "expect": "share"}},
}  # fmt: skip


def small(**changes: Any) -> Raw:
    """The small agreement with some fields said otherwise, each by its path with `__` for a step; None leaves it out."""
    made = copy.deepcopy(SMALL)
    for path, value in changes.items():
        *steps, last = path.split("__")
        here = made
        for step in steps:
            here = here.setdefault(step, {})
        here[last] = value
        if value is None:
            del here[last]
    return made


ONCE: dict[str, tuple[Raw, Raw]] = {
    "a law that a flow rests on by the agreement's own name for it": (
        small(), small(law__ours={"cites": "What was agreed", "provision": "ca-2004-s16h"})),
    "consent is asked where nobody was asked": (
        small(flows__told__to="club"),
        small(flows__told__to="club", flows__told__consent={"model": "explicit", "record": "A form"})),
    "a way of asking that is not there, and then is": (
        small(flows__told__consent="by-form"), small(flows__told__consent="by-form", consents={"by-form": {"model": "explicit"}})),
    "a prohibition with the id of a flow": (
        small(never__told={"data": "home", "because": "They agreed"}),
        small(never__told={"about": "child", "because": "They agreed"})),
    "somebody is at another agency under the same id": (small(), small(roles__worker__agency="police", roles__worker__team=None)),
    "somebody is in another team": (
        small(flows__told__to="council/hub"), small(flows__told__to="council/hub", roles__worker__team="door")),
    "a purpose is another, where a flow is for all": (small(), small(purposes__need__type="staff-safety")),
    "it is in force in another country": (small(), small(jurisdiction=["wales"])),
    "a prohibition is still to be typed in": (small(), small(unknown=["never.held"])),
    "a slip inside the name of an Act": (
        small(flows__told__gateways=["Children Act 2004 section 16H"]),
        small(flows__told__gateways=["Children Atc 2004 section 16H"])),
}  # fmt: skip


@pytest.mark.parametrize("case", ONCE)
def test_once_wrong(case: str) -> None:
    old, new = ONCE[case]
    for one, other in ((old, new), (new, old)):
        places = {*one["jurisdiction"], *other["jurisdiction"]}
        assert not [fault for place in places for fault in faults(one, other, place)]
    moves = moves_of(old, new)
    assert [move for move in moves if move.space]
    for move in moves:
        assert move.space
        assert all(len(set(names)) == len(names) for names in move.space.names), "two of one name"


SAID_OTHERWISE = {
    "an agency, where a role acts for it in some things": {"council": "borough"},
    "a role and its agency, named together in a scenario": {"worker": "officer", "council": "borough"},
    "two agencies change places": {"school": "club", "club": "school"},
}


@pytest.mark.parametrize("case", SAID_OTHERWISE)
def test_ids_once_taken_for_changes(case: str) -> None:
    ids = SAID_OTHERWISE[case]
    (found,) = found_between([built(small())], [built(respelt(json.dumps(small()), ids))])
    assert sorted((part.how, str(part.was)) for part in found.parts) == sorted(("renamed", old) for old in ids)
    assert not found.moves


@pytest.mark.parametrize("change", [{"agencies__police__teams": {"desk": {"name": "Desk"}}}, {"unknown": ["never.held"]},
                                    {"never__held__see": "The annex"}])  # fmt: skip
def test_a_signature_does_not_stand_for_what_was_let_in_by_a_word(change: Raw) -> None:
    assert meaning(built(small())) != meaning(built(small(**change)))


def test_one_agreement_is_the_older_of_one_only() -> None:
    """Though several files of the newer version have the name of its file."""
    old = built(small())
    new = [built(small(id=name)) for name in ("one", "two")]
    found = found_between([old], new)
    assert sorted((one.id, one.how) for one in found) == [("one", "renamed"), ("two", "added")]


def test_two_flows_that_name_the_same_share_what_moved_in_any_order() -> None:
    """Both were widened over the same questions, which only one of them can have moved."""
    one, other = (
        {"from": "teacher", "to": to, "data": "home", "about": "adult", "purpose": "crime"} for to in ("club", "club")
    )
    old = small(flows__a=one, flows__b=other)
    new = small(flows__a={**one, "data": ["home", "health"]}, flows__b={**other, "data": ["home", "health"]})
    turned = {**new, "flows": dict(reversed(new["flows"].items()))}
    first, second = ({(move.cause, move.fingerprint) for move in moves_of(old, version)} for version in (new, turned))
    assert first == second
    assert mirrored(moves_of(old, new)) == plain(moves_of(turned, old))


def test_what_begins_in_one_country_and_ceases_in_another_is_told_apart() -> None:
    old, new, _ = versions(146)
    assert (old["jurisdiction"], new["jurisdiction"]) == (["england"], ["wales"])
    for place in ("england", "wales"):
        assert not list(Compared(built(old), built(new), (loaded(), loaded()), place)._whole())


def test_a_duty_that_is_only_not_typed_in_yet_still_may_be_followed() -> None:
    old, new, _ = versions(56)
    move = next(one for one in moves_of(old, new) if one.crossing == "must-to-may" and one.describe)
    unstated = replace(move, kind="unstated")
    assert not unstated.allows_less
    said = saying.headline(unstated, loaded())
    assert "need no longer, but still may," in said
    assert "as far as the newer version says" in said
