"""What people can ask of a controller, as the book says for its lawful bases and the law that they come under."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sharecheck.filed.taking_part import GENERAL, LAW_ENFORCEMENT, Part, regimes
from sharecheck.knowledge import Book
from sharecheck.paper.reader import Reader


@dataclass(frozen=True, slots=True)
class Right:
    """A right that a law gives, under a name that data protection officers use and in words for whoever has it.

    `only` are the lawful bases that it is limited to, where the controller has others besides. `holds` is false for a
    sentence that says that there is no such right, which then bears no name of one.
    """

    law: str
    name: str
    says: str
    only: tuple[str, ...]
    cites: tuple[str, ...]
    holds: bool = True


def of(parts: Iterable[Part], reader: Reader) -> tuple[Right, ...]:
    """The rights of people whose information a controller uses in the parts that it takes, on the book's day."""
    bases: dict[str, dict[str, None]] = {}
    conditions: set[str] = set()
    for part in parts:
        for law in regimes(part, reader):
            bases.setdefault(law, {})
        for _, basis in part.bases:
            if basis is None:
                continue
            if reader.facts.part_3(basis):
                stated = [one for one in basis.article_6 if reader.book.term("article-6", one).is_("part_3")]
                stated += [f"part-3-{basis.part_3}"] if basis.part_3 else []
                bases.setdefault(LAW_ENFORCEMENT, {}).update(dict.fromkeys(stated))
            else:
                bases.setdefault(GENERAL, {}).update(dict.fromkeys(basis.article_6))
                conditions.update(basis.article_9)
    found: dict[str, Right] = {}
    for written in reader.book.documents["notice"]["rights"].values():
        law = written["regime"]
        if law not in bases or not begun(written, reader.book):
            continue
        for right in _held(written, tuple(bases[law]), conditions):
            other = found.get(right.name)  # one right that different laws give for different bases
            found[right.name] = _joined(other, right, tuple(bases[law])) if other else right
    return tuple(found.values())


def grounded(part: Part) -> bool:
    """Whether a lawful basis is named for every side that a controller is on, so that its rights are known."""
    return all(basis is not None and (basis.article_6 or basis.part_3) for _, basis in part.bases)


def begun(written: Mapping[str, Any], book: Book) -> bool:
    """Whether what is written in the book holds on its day."""
    return "from" not in written or date.fromisoformat(str(written["from"])) <= book.on


def _held(written: Mapping[str, Any], bases: tuple[str, ...], conditions: set[str]) -> Iterator[Right]:
    law, name, says, cites = written["regime"], written["name"], written["says"], tuple(written["cites"])
    reach = written.get("bases")
    if reach is None:
        yield Right(law, name, says, (), cites)
        return
    holds = tuple(one for one in bases if one in reach)
    also = tuple(one for one in written.get("also", ()) if one in conditions)
    if holds or also:
        yield Right(law, name, says, () if len(holds) == len(bases) else (*holds, *also), cites)
    elif "instead" in written and bases:
        yield Right(law, name, written["instead"], (), cites, holds=False)


def _joined(first: Right, second: Right, bases: tuple[str, ...]) -> Right:
    only = () if not (first.only and second.only) else tuple(dict.fromkeys((*first.only, *second.only)))
    cites = tuple(dict.fromkeys((*first.cites, *second.cites)))
    return Right(first.law, first.name, first.says, () if set(only) >= set(bases) else only, cites, first.holds)
