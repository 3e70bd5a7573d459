"""The pages of a register as values: facts, tables, a map and a past, and what leads where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sharecheck.agreement import Agreement, Flow
from sharecheck.graphs import Graph, Way
from sharecheck.knowledge import Book

MAP = "map.html"
"""Where the map of the partnership is."""

LISTS = {"agreement": "Agreements", "agency": "Agencies", "role": "Roles", "purpose": "Purposes"}
"""The kinds of page, and the title of the page that lists each."""


@dataclass(frozen=True, slots=True)
class Link:
    """Some words, and the page they lead to; empty where they lead nowhere. `language` is empty for English, `cy` for Welsh."""

    text: str
    to: str = ""
    language: str = ""


Cell = tuple[Link, ...]
Wanted = Callable[[Flow], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; its first cell names it. `anchor` is empty where nothing leads to it."""

    cells: tuple[Cell, ...]
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table under a title of its own; `wide` where it has more columns than a page has room for; `anchor` leads to it."""

    title: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    wide: bool = False
    note: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Map:
    """A chart to walk: where its boxes and flows lead, by their marks; `words` says where the same stands in words."""

    graph: Graph
    ways: Mapping[str, Way]
    words: str


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a change did: a word for it, the sentence, which may go on in lines, what is exact, and what else."""

    tag: str
    text: str
    exactly: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """One change of an agreement: when it came, between which versions, what it did, and the parts that differ."""

    title: str
    version: str
    verdict: str
    points: tuple[Point, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `ask` is where its question leads, `mind` what to know before resting on it, `end` what its past leaves out."""

    kind: str
    path: str
    title: str
    facts: tuple[tuple[str, Cell], ...]
    tables: tuple[Table, ...]
    ask: str = ""
    mind: tuple[str, ...] = ()
    map: Map | None = None
    past: tuple[Past, ...] = ()
    end: str = ""


@dataclass(frozen=True)
class Register:
    """All pages, in order, and the name that each agreement's policy is kept under."""

    book: Book
    public: bool
    pages: tuple[Page, ...]
    agreements: tuple[tuple[str, Agreement], ...] = field(repr=False)


def in_welsh(name: str | None) -> tuple[tuple[str, Cell], ...]:
    """The Welsh name of what a page is about, among its facts; none where the partners give none."""
    return (("In Welsh", (Link(name, language="cy"),)),) if name else ()


def said(text: str) -> Cell:
    """A cell of words that lead nowhere; an empty one for none."""
    return (Link(text),) if text else ()
