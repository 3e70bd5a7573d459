"""A document to print, before any format: sections of blocks, made of lines of plain text.

Formats lay it out and add nothing: every word that a reader sees is in here, but for page numbers and the words of the
furniture (`Contents`, `Page`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LEADS = re.compile(r"#[a-z][a-z0-9-]*|[a-z0-9][a-z0-9-]*\.[a-z]+|https?://[^\s\\\"'`<>{}|^\x00-\x20\x7f-\x9f]+")
_NAMES = re.compile(r"(?<!`)`([^`]+)`(?!`)")


@dataclass(frozen=True, slots=True)
class Line:
    """A text that stands by itself; `manner` is `plain`, `strong`, `quiet` or `gap` (said to be not said).

    Line breaks in a text are the partners' own, and are kept. `to` is where it leads: a place in the paper (`#flows`), a
    file beside it, or an address on the web. What would lead elsewhere (a script, a mail program, another folder) leads
    nowhere. In a text that is `coded`, what stands between backticks is a name, set as code. `language` is empty for British
    English, or `cy` for Welsh.
    """

    text: str
    manner: str = "plain"
    to: str = ""
    coded: bool = False
    language: str = ""

    def __post_init__(self) -> None:
        """Drop what `to` may not be."""
        if self.to and not _LEADS.fullmatch(self.to):
            object.__setattr__(self, "to", "")

    @property
    def pieces(self) -> tuple[tuple[str, bool], ...]:
        """The text in pieces, each with whether it is a name; together they are all of it, but for the backticks."""
        split = _NAMES.split(self.text) if self.coded else [self.text]
        return tuple((piece, i % 2 == 1) for i, piece in enumerate(split) if piece)


Cell = tuple[Line, ...]
"""Lines, one below the other."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a section; `under` where it stands under another one. `id` is empty, or unique in the paper."""

    text: str
    id: str = ""
    under: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One text."""

    line: Line


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list in no order."""

    items: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A name, and what is said under it."""

    name: str
    says: Cell


@dataclass(frozen=True, slots=True)
class Definitions:
    """Names with what is said under each."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its header and its width as a share of the table's; `number` where figures stand in it."""

    title: str
    weight: float
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; every row has a cell for each column."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"a row of “{self.caption}” has not a cell for each column")


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture by name, kept beside the paper; `instead` says what it shows to those who do not see it."""

    picture: str
    caption: str
    instead: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What nobody should overlook."""

    title: str
    lines: Cell


@dataclass(frozen=True, slots=True)
class Signing:
    """Room for one agency to sign in ink: the agency, the post that signs where it is known, and how it stands today."""

    agency: str
    post: str
    standing: Cell


Block = Heading | Paragraph | Bullets | Definitions | Table | Figure | Notice | Signing


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the document; `wide` where its tables want the long side of the page, `apart` where it begins a page.

    `id` is unique in the paper, and what a line leads to as `#id`.
    """

    id: str
    title: str
    blocks: tuple[Block, ...]
    wide: bool = False
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """What every page bears: title, version, status, protective marking, the first digits of the digest of the meaning.

    All but the title and the version may be empty. Long ones are cut short here, and whole on the first page. `band` is
    the word across the page of what must not be taken for an agreement in force, `warning` says why.
    """

    title: str
    version: str
    status: str = ""
    marking: str = ""
    digest: str = ""
    band: str = ""
    warning: str = ""

    @property
    def state(self) -> str:
        """The band and the status, once where they are one word."""
        return (
            f"{self.band}: {self.status}"
            if self.band and self.band != self.status.upper()
            else self.band or self.status
        )


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole document: the title block (`kind`, `facts`, `notices`), then sections."""

    title: str
    kind: str
    running: Running
    facts: tuple[Entry, ...]
    notices: tuple[Notice, ...]
    sections: tuple[Section, ...]
    made: str
