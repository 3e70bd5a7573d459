"""`sharecheck card`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from datetime import date

    from sharecheck.brand import Brand
    from sharecheck.paper.cards.card import Card


class Format(StrEnum):
    """How it is written."""

    PDF = "pdf"
    HTML = "html"


_ENDINGS = {".pdf": Format.PDF, ".html": Format.HTML, ".htm": Format.HTML}


def card(
    paths: list[Path] = typer.Argument(None, help="Agreements, or folders of them. [default: as sharecheck.yaml says]"),
    role: str = typer.Option(..., "--role", help="Whose card: a role, or AGENCY/ROLE."),
    output: Path | None = typer.Option(
        None, "--output", "-o", help="Write to this file; .pdf and .html set the format. [default: card-ROLE.pdf here]"
    ),
    output_format: Format | None = typer.Option(None, "--format", help="How to write it. [default: pdf]"),
    on: str | None = typer.Option(None, "--on", help="The day to read the agreements and the law on (2026-12-01)."),
    config: Path | None = typer.Option(
        None, "--config", help="Settings to use instead of the nearest sharecheck.yaml."
    ),
) -> None:
    """Make a card for a role to pin up: what it must, may and must never tell, to whom, and what to do at night; A5."""
    from sharecheck import __version__, brand, knowledge, repository
    from sharecheck.cli import reading
    from sharecheck.paper.cards import pocket

    found, where = reading.settings(list(paths or []), config)
    form = output_format or reading.by_ending(output, _ENDINGS, Format.PDF)
    marked = brand.of(found)
    book = knowledge.load(reading.day(on))
    gathered = repository.gather(where, found)
    if not gathered.agreements:
        reading.refuse_unusable(gathered)
    made = pocket.compose(
        role, gathered.agreements, book, f"Made by sharecheck {__version__} with the book of {book.version}."
    )
    if form is Format.HTML:
        from sharecheck.formats import paper_html

        data = paper_html.card(made, marked).encode("utf-8", "replace")
    else:
        data = _pdf(made, book.on, marked)
        output = output or Path(f"card-{role.replace('/', '-')}.pdf")
    if output is None:
        reading.deliver(data.decode(), None)
    else:
        reading.save(data, output)
        typer.echo(f"wrote {output.as_posix()}", err=True)
    reading.leave(gathered, "not asked")


def _pdf(made: Card, on: date, marked: Brand) -> bytes:
    """The PDF; what it leaves out, or writes by number, is said."""
    from sharecheck.cli import printing
    from sharecheck.formats import typst

    data, shown = typst.card(made, on, marked)
    if shown.left_out:
        typer.echo(f"{shown.left_out} `--format html` has room for everything.", err=True)
    printing.tell_lost("card", typst.said(shown))
    return data
