"""`sharecheck law`."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import typer

from sharecheck.errors import SettingsError

if TYPE_CHECKING:
    from sharecheck.formats.law import Card


def law(
    term: str = typer.Argument(None, help="An id, a citation in words, a body's name, or a word to look for."),
    on: str | None = typer.Option(None, "--on", help="The day to read the law on (2026-12-01)."),
    as_json: bool = typer.Option(False, "--json", help="As JSON."),
) -> None:
    """Show the law, guidance and bodies the book holds, with dates, sources and how far to trust each."""
    from sharecheck import knowledge
    from sharecheck import rules as engine
    from sharecheck.cli import reading
    from sharecheck.formats import law as formats

    book = knowledge.load(reading.day(on))
    every = formats.cards(book, engine.load())
    shown = every if term is None else formats.find(term, book, every)
    if not shown:
        raise SettingsError(f"the book holds nothing called `{term}`", _near(term, every))
    if as_json:
        import json

        typer.echo(json.dumps(formats.value(book, shown), indent=2, ensure_ascii=False))
    else:
        typer.echo(formats.listing(book, shown) if term is None else formats.text(book, shown), nl=False)


def _near(term: str, every: tuple[Card, ...]) -> str:
    ids = {name.lower(): card.id for card in every for name in (card.id, card.title, *card.names)}
    close = difflib.get_close_matches(term.lower(), list(ids), 12, 0.5)
    near = list(dict.fromkeys(ids[one] for one in close))[:3]
    return f"did you mean {' or '.join(f'`{name}`' for name in near)}?" if near else "see `sharecheck law`"
