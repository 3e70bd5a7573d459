"""What differs between two versions of a partnership's agreements: in their parts, and in what may be shared.

Agreements are matched by id, and one whose id alone changed by the file it is in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sharecheck.agreement import Agreement
from sharecheck.change import comparison
from sharecheck.change import parts as _parts
from sharecheck.change.moves import Move
from sharecheck.change.parts import PartChange
from sharecheck.knowledge import Book

VERDICTS = ("same", "wording", "conditions", "narrows", "widens", "both")
_ASIDE = frozenset(("allow", "status", "unknown", "replaced_by"))


_Words = tuple[tuple[PartChange, ...], tuple[PartChange, ...], Mapping[str, dict[str, str]]]
"""The parts that differ, those above them, and the ids that changed."""


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    """One agreement that differs; `old` or `new` is None where only one version has it, `was` its older id."""

    id: str
    was: str | None
    old: Agreement | None
    new: Agreement | None
    parts: tuple[PartChange, ...]
    moves: tuple[Move, ...]

    @property
    def agreement(self) -> Agreement:
        """The newer version, or the older one where that is all there is."""
        found = self.new or self.old
        assert found is not None
        return found

    @property
    def how(self) -> str:
        """Whether the agreement was added, removed, renamed or changed."""
        if self.old is None or self.new is None:
            return "added" if self.old is None else "removed"
        return "renamed" if self.was else "changed"

    @property
    def verdict(self) -> str:
        """The furthest that any of it goes: one of `VERDICTS`."""
        more = any(move.allows_more or move.kind == "obliges" for move in self.moves)
        less = any(move.allows_less or move.kind == "frees" for move in self.moves)
        if more or less:
            return "both" if more and less else "widens" if more else "narrows"
        aside = any(
            one.section in _ASIDE or one.sorts - {"words", "aside"} for one in self.parts if one.how != "renamed"
        )
        return "conditions" if self.moves or aside else "wording"


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """Two versions compared: what differs, and how many agreements are the same in both."""

    old: str
    new: str
    days: tuple[date, date]
    changed: tuple[Changed, ...]
    same: int
    books: tuple[Book, Book]

    @property
    def verdict(self) -> str:
        """The furthest that any agreement goes."""
        verdicts = {one.verdict for one in self.changed}
        if {"widens", "narrows"} <= verdicts or "both" in verdicts:
            return "both"
        return max(verdicts, key=VERDICTS.index, default="same")


def compare(
    old: Sequence[Agreement],
    new: Sequence[Agreement],
    books: tuple[Book, Book],
    labels: tuple[str, str],
    *,
    on_days: bool = False,
) -> Difference:
    """What differs between two versions of some agreements, by the law of a day or of two.

    `on_days` takes account of the days on which an agreement applies; without it, words are compared as written.
    """
    pairs = _pairs(old, new)
    above: dict[tuple[int, int], _Words] = {}
    changed, same = [], 0
    for before, after in pairs:
        if before and after and books[0] is books[1] and _same_words(before, after):
            same += 1
            continue
        parts, inherited, renames = _words(before, after, above)
        moved = comparison.between(before, after, books, (*parts, *inherited), renames, on_days=on_days)
        if not parts and not moved:
            same += 1
            continue
        either = after or before
        assert either is not None
        was = before.id if before and after and before.id != after.id else None
        changed.append(Changed(either.id, was, before, after, parts, moved))
    changed.sort(key=lambda one: one.id)
    return Difference(*labels, (books[0].on, books[1].on), tuple(changed), same, books)


def _words(old: Agreement | None, new: Agreement | None, known: dict[tuple[int, int], _Words]) -> _Words:
    """What differs in the words of two versions, and in the protocols above them, each pair of which is compared once."""
    key = (id(old), id(new))
    if key not in known:
        above: _Words = ((), (), {})
        if old and new and old.parent and new.parent:
            above = _words(old.parent, new.parent, known)
        own, renames = _parts.compare(old, new, above[2])
        known[key] = own, (*above[0], *above[1]), renames
    return known[key]


def _same_words(old: Agreement, new: Agreement) -> bool:
    """Whether two agreements are the same text under the same protocols."""
    a: Agreement | None = old
    b: Agreement | None = new
    while a and b:
        if a is not b and a.document.text != b.document.text:
            return False
        a, b = a.parent, b.parent
    return a is b


def _pairs(old: Sequence[Agreement], new: Sequence[Agreement]) -> list[tuple[Agreement | None, Agreement | None]]:
    before = {one.id: one for one in old}
    after = {one.id: one for one in new}
    files = {_file(one): one for one in old if one.id not in after}
    found: list[tuple[Agreement | None, Agreement | None]] = []
    taken = set()
    for name, one in after.items():
        match = before.get(name) or files.pop(_file(one), None)
        if match:
            taken.add(match.id)
        found.append((match, one))
    return [*found, *((one, None) for name, one in before.items() if name not in taken)]


def _file(agreement: Agreement) -> str:
    return agreement.document.name.replace("\\", "/").rpartition("/")[2]
