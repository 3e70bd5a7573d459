"""Every question whose decision moved between two versions of an agreement, exactly, gathered by what moved it.

Which questions moved is a set, computed whole; it is cut up by the clause or part that changed, and by the way in which they
moved. The pieces are disjoint and together they are the set.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, cached_property
from typing import Any

from sharecheck.agreement import Agreement, matches, split_address
from sharecheck.change.moves import CROSSINGS, Cause, Crossing, Description, Head, Move, Witness
from sharecheck.change.pair import DESCRIBED, LEVELS, Pair
from sharecheck.change.parts import FieldChange, PartChange, Renames, field_changes, renamed
from sharecheck.content import canonical, rebuilt, resolved
from sharecheck.knowledge import Book
from sharecheck.policy.compiled import Policy, bits_of, compile
from sharecheck.policy.diagram import Box, Node
from sharecheck.policy.space import DIMENSIONS, PARTS


def between(
    old: Agreement | None,
    new: Agreement | None,
    books: tuple[Book, Book],
    parts: Sequence[PartChange],
    renames: Renames,
    *,
    on_days: bool = False,
) -> tuple[Move, ...]:
    """Everything that moved between two versions of an agreement, in every place that either applies in.

    `parts` are the parts that changed, those of its protocol included. An agreement that is missing on one side is one
    about which the law and the table alone answer. `on_days` takes account of the days on which the agreement applies.
    """
    before = renamed(resolved(old), renames) if old else {}
    after = resolved(new) if new else {}
    fields = tuple(field_changes((), canonical(before), canonical(after)))
    if not fields and books[0] is books[1]:
        return ()
    where = [*(new.jurisdiction if new else ()), *(old.jurisdiction if old else ())]
    older = rebuilt(before, old.document.name) if old and new and any(renames.values()) else old
    found: list[Move] = []
    for place in dict.fromkeys(where or ["england"]):
        policies = [
            _policy(agreement, book, place, on_days=on_days)
            for agreement, book in zip((older, new), books, strict=True)
        ]
        if all(
            any(getattr(policy, part) for policy in policies) for part in ("parties", "purposes", "items", "subjects")
        ):
            found += _Comparison(policies[0], policies[1], parts, fields).moves()
        else:
            found += _unasked(fields, policies[1], place)
    return _across_places(found)


def _unasked(fields: Sequence[FieldChange], policy: Policy, place: str) -> Iterator[Move]:
    """What moved in an agreement of which nothing can be asked, such as a protocol that leaves flows to others."""
    agreement = policy.agreement
    by_part: dict[tuple[str, str, str], list[FieldChange]] = {}
    for one in fields:
        if one.sort in ("condition", "definition") and not _whole_part(one) and one.path[0] not in DESCRIBED:
            key = (one.sort, *one.part)
            by_part.setdefault(key, []).append(one)
    for (sort, section, name), changed in by_part.items():
        if sort == "definition" and any(one.before is None for one in changed):
            continue
        kind, crossing = ("widens", "definition") if sort == "definition" else ("conditions", "whole")
        mark = _hash(
            [
                sort,
                agreement.id if agreement else "",
                section,
                name,
                [[*map(str, one.path), one.after] for one in changed],
            ]
        )
        yield Move(
            kind, crossing, Cause(section, name, "changed"), 0, (), (), None, (),
            tuple(agreement.agencies) if agreement else (), tuple(changed), mark, (place,), None, None,
        )  # fmt: skip


def _policy(agreement: Agreement | None, book: Book, place: str, *, on_days: bool) -> Policy:
    """The policy of an agreement as its words have it; of one that is stopped, or whose day is asked for, as it stands."""
    stopped = agreement is not None and (
        agreement.status in ("suspended", "ended") or "replaced_by" in agreement.fields
    )
    here = agreement if agreement is None or place in agreement.jurisdiction or not agreement.jurisdiction else None
    return compile(here, book, place, as_written=not on_days and not stopped)


def _across_places(found: Sequence[Move]) -> tuple[Move, ...]:
    """The same move in several places as one, where all that is said of it is the same in each."""
    several = len({move.places for move in found}) > 1
    merged: dict[tuple[object, ...], Move] = {}
    for move in found:
        told = move.describe() if several and move.describe else None
        rows = (move.witness.row_before, move.witness.row_after) if move.witness else ()
        key = (
            move.fingerprint, move.cause, move.scope, move.before, move.after, rows, move.flows, move.bars, move.silent, told,
        )  # fmt: skip
        held = merged.get(key)
        merged[key] = move if held is None else replace(
            held, places=(*held.places, *move.places), questions=held.questions + move.questions
        )  # fmt: skip
    return tuple(merged.values())


class _Comparison(Pair):
    """What moved between two policies."""

    @cached_property
    def rank(self) -> dict[str, int]:
        return {word: int(term.facts["rank"]) for word, term in self.new.policy.book.terms("outcomes").items()}

    def moves(self) -> Iterator[Move]:
        """Every move, those that matter most first."""
        causes = list(self.causes())
        self._reach = dict(causes)
        reach = self.algebra.union(*(points for _, points in causes))
        for space in (self.old, self.new):
            space.within = {level: self.algebra.has(reach, level) for level in range(len(PARTS))}
        pieces = list(self._pieces(causes)) if causes else []
        for crossing in CROSSINGS:
            for cause, points in pieces:
                yield from self._crossed(crossing, cause, points)
        yield from self._promises()
        yield from self._conditions(pieces)
        if all(policy.agreement for policy in self.sides):
            yield from self._definitions()
            yield from self._for_all()

    @cached_property
    def _moved(self) -> Node[bool]:
        """The questions whose outcome moved."""
        if not any(self.new.within.values()):
            return self.algebra.none
        return self._where(int.__ne__)

    @cached_property
    def _ranks(self) -> Node[tuple[int, int]]:
        """The ranks of the older and the newer answer."""
        before, after = ([self.rank[row.outcome] for row in space.table.rows] for space in (self.old, self.new))
        return self.algebra.apply(lambda rows: (before[rows[0]], after[rows[1]]), self._rows)

    @cached_property
    def _rows(self) -> Node[tuple[int, int]]:
        """The numbers of the older and the newer row."""
        return self.algebra.apply(lambda *rows: rows, self.old.root, self.new.root)

    @cached_property
    def _found(self) -> dict[Callable[[int, int], bool], Node[bool]]:
        """What `_where` has found."""
        return {}

    def _where(self, wanted: Callable[[int, int], bool]) -> Node[bool]:
        """The questions whose older and newer rank are wanted."""
        if wanted not in self._found:
            self._found[wanted] = self.algebra.select(self._ranks, lambda pair: wanted(*pair))
        return self._found[wanted]

    @cached_property
    def _regrounded(self) -> Node[bool]:
        """The questions that have the same outcome by another row."""
        old, new = self.old.table.rows, self.new.table.rows
        other = self.algebra.select(self._rows, lambda rows: old[rows[0]].id != new[rows[1]].id)
        return self.algebra.difference(other, self._moved)

    def _pieces(self, causes: Sequence[tuple[Cause, Node[bool]]]) -> Iterator[tuple[Cause, Node[bool]]]:
        """The questions that each cause may have moved; of several that may have moved one, the first has."""
        left = self.algebra.union(self._moved, self._regrounded)
        for cause, points in causes:
            here = self.algebra.intersection(left, points)
            if here is not self.algebra.none:
                yield cause, here
                left = self.algebra.difference(left, here)

    def _crossed(self, crossing: Crossing, cause: Cause, points: Node[bool]) -> Iterator[Move]:
        """What one cause moved over one line; what is only not typed in yet apart from what is lost."""
        moved = self.algebra.intersection(points, self._where(crossing.moved))
        if moved is self.algebra.none:
            return
        pending = self.algebra.none
        if crossing.kind in ("narrows", "frees"):
            pending = self.algebra.difference(self.algebra.intersection(moved, self._untyped), self._forbidden)
        for kind, here in ((crossing.kind, self.algebra.difference(moved, pending)), ("unstated", pending)):
            if here is self.algebra.none:
                continue
            for flow, part in self._by_flow(cause, here):
                yield self._move(kind, crossing, cause, part, flow)

    def _by_flow(self, cause: Cause, points: Node[bool]) -> Iterator[tuple[str, Node[bool]]]:
        """Questions by the first flow that names them, and those that none names; a clause that is the cause has them all."""
        if cause.section in ("flows", "never"):
            yield cause.id, points
            return
        for key in self.keys:
            if key[0] == "flows" and points is not self.algebra.none:
                names = self.names(key)
                here = self.algebra.intersection(points, names)
                if here is not self.algebra.none:
                    yield key[1], here
                    points = self.algebra.difference(points, names)
        if points is not self.algebra.none:
            yield "", points

    @cached_property
    def _untyped(self) -> Node[bool]:
        """The questions that an older clause names and that rest on what the newer version says it has not typed in yet."""
        agreement = self.new.policy.agreement
        listed = agreement.fields.get("unknown", ()) if agreement else ()
        patterns = [split_address(address) for address in listed]
        found = [self.algebra.none]
        for key, clause in self.clauses[0].items():
            if any(matches(pattern, key) or matches(key, pattern[:2]) for pattern in patterns if pattern):
                found.append(clause.names)
        for section, level in LEVELS.items():
            names = self.new.names[level]
            if mask := sum(
                1 << i for i, name in enumerate(names) if any(matches(p, (section, name)) for p in patterns)
            ):
                found.append(self.algebra.box({level: mask}))
        mask = sum(
            1 << i for i, (role, agency, _) in enumerate(self.new.places)
            if any(matches(p, ("roles", role)) or matches(p, ("agencies", agency)) for p in patterns)
        )  # fmt: skip
        found += [self.algebra.box({level: mask}) for level in (0, 1) if mask]
        return self.algebra.union(*found)

    @cached_property
    def _forbidden(self) -> Node[bool]:
        """The questions of which a prohibition of the newer version says something."""
        return self.algebra.union(*(one.speaks for key, one in self.clauses[1].items() if key[0] == "never"))

    @cached_property
    def _covered(self) -> Node[bool]:
        """The questions of which a flow of the newer version says something."""
        return self.algebra.union(*(one.speaks for key, one in self.clauses[1].items() if key[0] == "flows"))

    @cached_property
    def _spoken_of(self) -> Node[bool]:
        """The questions of which a flow of either version says something."""
        flows = [clause.speaks for side in self.clauses for key, clause in side.items() if key[0] == "flows"]
        return self.algebra.union(*flows)

    def _move(self, kind: str, crossing: Crossing, cause: Cause, points: Node[bool], flow: str) -> Move:
        """What one cause moved over one line, of the questions that one flow names or none does."""
        algebra = self.algebra
        known = flow and cause.section != "never"
        clause = self.names(("flows", flow)) if known else self._reach[cause]
        pairs = self._rank_pairs(points)
        return replace(
            self._plain(kind, crossing.name, cause, points),
            describe=cache(lambda: self._described(crossing, clause, points)),
            scope=flow,
            before=self._outcomes(before for before, _ in pairs),
            after=self._outcomes(after for _, after in pairs),
            silent=algebra.intersection(points, algebra.union(self._covered, self._forbidden)) is algebra.none,
        )

    def _described(self, crossing: Crossing, clause: Node[bool], points: Node[bool]) -> Description:
        """In which words a set of questions can be said, among those that a clause names."""
        algebra = self.algebra
        sides = tuple(self.algebra.has(clause, level) for level in range(len(PARTS)))
        asked = self.new.within  # of nothing else is it known whether the same can be said
        hull = tuple(
            full if side == full == asked[level] else self.algebra.has(points, level)
            for level, (side, full) in enumerate(zip(sides, algebra.full, strict=False))
        )
        room = algebra.box(dict(enumerate(hull)))
        near = algebra.intersection(self._where(crossing.alike), room)
        beside = algebra.difference(room, clause)
        boxes = algebra.boxes(points, algebra.union(points, near, beside))
        return Description(
            _heads(boxes, hull),
            hull,
            already=any(algebra.meets(near, dict(enumerate(box))) for box in boxes),
            under=any(algebra.meets(beside, dict(enumerate(box))) for box in boxes),
            sides=sides,
        )

    def _rank_pairs(self, points: Node[bool]) -> set[tuple[int, int]]:
        """The ranks before and after of the answers to some questions."""
        return self.algebra.taken(self._ranks, points)

    def _outcomes(self, ranks: Iterable[int]) -> tuple[str, ...]:
        """Answers by rank, the furthest-reaching first."""
        words = {rank: word for word, rank in self.rank.items()}
        return tuple(words[rank] for rank in sorted(set(ranks), reverse=True))

    def _plain(self, kind: str, crossing: str, cause: Cause, points: Node[bool]) -> Move:
        """A move without words for its questions."""
        algebra = self.algebra
        touched = {
            key for side in self.clauses for key, clause in side.items()
            if algebra.intersection(clause.speaks, points) is not algebra.none
        }  # fmt: skip
        barring = [
            key[1] for key, clause in self.clauses[1].items()
            if key[0] == "never" and algebra.intersection(clause.speaks, points) is not algebra.none
        ]  # fmt: skip
        return Move(
            kind, crossing, cause, algebra.count(points), (), (), self._witness(points),
            tuple(sorted(name for section, name in touched if section == "flows")), self._agencies(points), (),
            self._fingerprint(kind, crossing, points), (self.new.policy.jurisdiction,), self.new, points,
            bars=tuple(sorted(barring)) if kind in ("narrows", "frees") else (),
        )  # fmt: skip

    def _witness(self, points: Node[bool]) -> Witness | None:
        """A question that moved, as usual a one as there is."""
        if points is self.algebra.none:
            return None
        for level, dimension in enumerate(self.new.dimensions):
            if dimension.usual is not None and self.algebra.meets(points, {level: 1 << dimension.usual}):
                points = self.algebra.restrict(points, {level: 1 << dimension.usual})
        point = self.algebra.witness(points)
        assert point is not None
        rows = [space.row(point) for space in (self.old, self.new)]
        return Witness(self.new.question(point), rows[0].outcome, rows[1].outcome, rows[0].id, rows[1].id)

    def _agencies(self, points: Node[bool]) -> tuple[str, ...]:
        """The agencies on either side of the questions, those somebody acts for included."""
        found: set[str] = set()
        for level in (0, 1):
            for i in bits_of(self.algebra.has(points, level)):
                role, agency, _ = self.new.places[i] if i < len(self.new.places) else ("", "", "")
                for policy in self.sides:
                    held = policy.agreement.roles.get(role) if policy.agreement else None
                    found |= {agency, *(held.acting_for if held else ()), *((held.host,) if held and held.host else ())}
        return tuple(sorted(found - {""}))

    def _promises(self) -> Iterator[Move]:
        """Flows by which the partners now bind themselves to share, or no longer do."""
        for one in self.fields:
            if len(one.path) == 3 and one.path[0] == "flows" and one.path[2] == "strength":
                key = ("flows", str(one.path[1]))
                sides = [side.get(key) for side in self.clauses]
                kind = "obliges" if one.after == "must" else "frees"
                if sides[0] is None or sides[1] is None:
                    continue
                both = self.algebra.intersection(sides[0].speaks, sides[1].speaks)
                points = self.algebra.difference(both, self._moved)
                if {one.before or "may", one.after or "may"} == {"may", "must"}:
                    yield replace(self._plain(kind, "promise", Cause(*key, "changed"), points), fields=(one,))

    def _conditions(self, pieces: Sequence[tuple[Cause, Node[bool]]]) -> Iterator[Move]:
        """What is answered as before, on other conditions or on another ground."""
        yield from self._rewritten()
        algebra = self.algebra
        told = algebra.none
        for key in self.keys:
            moved = algebra.none
            if key[0] == "flows":
                before, after = (side[key].speaks if key in side else algebra.none for side in self.clauses)
                reach = algebra.difference(algebra.union(before, after), algebra.intersection(before, after))
                moved = algebra.difference(reach, self._moved)
            own = [points for cause, points in pieces if (cause.section, cause.id) == key]
            also = algebra.union(moved, *(algebra.intersection(points, self._regrounded) for points in own))
            also = algebra.difference(also, told)
            if also is not algebra.none:
                told = algebra.union(told, also)
                yield self._same_answer(self.cause(key), also)
        for cause, points in pieces:
            also = algebra.difference(algebra.intersection(points, self._regrounded), told)
            if also is not algebra.none:
                told = algebra.union(told, also)
                yield self._same_answer(cause, also)

    def _rewritten(self) -> Iterator[Move]:
        """Flows that apply on other conditions; those of which the same was rewritten together."""
        by_flow: dict[tuple[str, str], list[FieldChange]] = {}
        for one in self.fields:
            key = one.part
            if (
                len(one.path) > 2
                and one.sort == "condition"
                and one.path[2] != "strength"
                and all(key in side for side in self.clauses)
            ):
                by_flow.setdefault(key, []).append(one)
        alike: dict[str, list[tuple[str, str]]] = {}
        for key, fields in by_flow.items():
            cause = self.cause(key)
            sign = repr(([(one.path[2:], one.before, one.after) for one in fields], cause.through, cause.how))
            alike.setdefault(sign, []).append(key)
        for keys in alike.values():
            cause, fields = self.cause(keys[0]), by_flow[keys[0]]
            if cause.through and len(keys) > 1:
                cause = Cause(*cause.through[0], "changed")
            points = self.algebra.union(*(
                self.algebra.intersection(self.clauses[0][key].speaks, self.clauses[1][key].speaks) for key in keys
            ))  # fmt: skip
            made = self._plain("conditions", "fields", cause, self.algebra.difference(points, self._moved))
            flows = [name for _, name in keys]
            mark = ["conditions", self.id, sorted(flows), [[*map(str, f.path[2:]), f.before, f.after] for f in fields]]
            yield replace(made, fields=tuple(fields), where=tuple(flows), fingerprint=_hash(mark))

    def _same_answer(self, cause: Cause, points: Node[bool]) -> Move:
        """What is answered as before, since a flow now speaks or no longer does, or since another row of the table answers."""
        made = self._plain("conditions", "ground", cause, points)
        said = self._outcomes(after for _, after in self._rank_pairs(points))
        return replace(made, before=said, after=said, describe=cache(lambda: self._told(points)))

    def _told(self, points: Node[bool]) -> Description:
        """Who tells whom what in some questions, whatever the circumstances."""
        full = self.algebra.full[: len(PARTS)]
        boxes = self.algebra.boxes(self.algebra.projected(points, len(PARTS)))
        return Description(_heads(boxes, full), full, already=False, under=False, sides=full)

    def _definitions(self) -> Iterator[Move]:
        """Words that draw a line and were rewritten: nobody but a person can tell what they now take in."""
        by_part: dict[tuple[str, str], list[FieldChange]] = {}
        for one in self.fields:
            if one.sort == "definition" and one.before is not None and not _whole_part(one):
                by_part.setdefault(one.part, []).append(one)
        for key, fields in by_part.items():
            names = self.naming(key)
            made = self._plain(
                "widens",
                "definition",
                Cause(*key, "changed"),
                self.algebra.intersection(self._spoken_of, names),
            )
            mark = ["definition", self.id, *key, [[*map(str, one.path), one.after] for one in fields]]
            yield replace(made, fields=tuple(fields), fingerprint=_hash(mark))

    def _for_all(self) -> Iterator[Move]:
        """Conditions of the agreement as a whole."""
        clauses = {*self.clauses[0], *self.clauses[1]}
        by_part: dict[tuple[str, str], list[FieldChange]] = {}
        for one in self.fields:
            key = one.part
            if (
                one.sort == "condition"
                and key not in clauses
                and key[0] not in ("flows", "never")
                and not _whole_part(one)
            ):
                by_part.setdefault(key, []).append(one)
        for key, fields in by_part.items():
            names = self.naming(key) if key[0] in ("agencies", "roles") else self.algebra.all
            points = self.algebra.difference(self.algebra.intersection(self._spoken_of, names), self._moved)
            if points is self.algebra.none and key[0] in DESCRIBED:
                continue
            made = self._plain("conditions", "whole", Cause(*key, "changed"), points)
            mark = ["conditions", self.id, *key, [[*map(str, one.path), one.before, one.after] for one in fields]]
            yield replace(made, fields=tuple(fields), fingerprint=_hash(mark))

    def _fingerprint(self, kind: str, crossing: str, points: Node[bool]) -> str:
        """The questions by name, whatever else the agreement names, and the line they crossed."""
        memo: dict[tuple[Node[bool], int], str] = {}

        def at(node: Node[bool], level: int) -> str:
            if node is self.algebra.none:
                return ""
            if level == len(DIMENSIONS):
                return "."
            known = memo.get((node, level))
            if known is None:
                edges = node.edges if node.level == level else ((self.algebra.full[level], node),)
                under: dict[str, int] = {}
                for mask, child in edges:
                    if below := at(child, level + 1):
                        under[below] = under.get(below, 0) | mask
                names = self.new.names[level]
                known = memo[node, level] = _hash(
                    [level, sorted([sorted(names[i] for i in bits_of(mask)), below] for below, mask in under.items())]
                )
            return known

        return _hash([self.id, kind, crossing, at(points, 0)])


def _whole_part(one: FieldChange) -> bool:
    """Whether a part that says nothing by itself came or went as a whole."""
    return len(one.path) == 2 and one.path[0] in DESCRIBED


def _heads(boxes: Sequence[Box], hull: Box) -> tuple[Head, ...]:
    """Boxes that share who, what and what for, as one; no values outside the hull."""
    by_parts: dict[Box, list[Box]] = {}
    for box in boxes:
        kept = tuple(mask & inside for mask, inside in zip(box, hull, strict=False))
        by_parts.setdefault(kept, []).append(box[len(PARTS) :])
    return tuple(Head(parts, tuple(circumstances)) for parts, circumstances in by_parts.items())


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]
