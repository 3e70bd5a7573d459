"""`sharecheck calendar`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import typer

from sharecheck.cli.exits import Exit
from sharecheck.errors import SettingsError


class Format(StrEnum):
    """How it is written."""

    TEXT = "text"
    ICS = "ics"
    JSON = "json"


_ENDINGS = {".txt": Format.TEXT, ".ics": Format.ICS, ".json": Format.JSON}


def calendar(
    paths: list[Path] = typer.Argument(None, help="Agreements, or folders of them. [default: as sharecheck.yaml says]"),
    until: str | None = typer.Option(
        None, "--until", help="The last day to look at (2027-12-31). [default: every date that is written]"
    ),
    output_format: Format | None = typer.Option(
        None, "--format", help="How to write it; ics is for calendar programs. [default: text]"
    ),
    output: Path | None = typer.Option(
        None, "--output", "-o", help="Write to this file; .ics, .json and .txt set the format."
    ),
    on: str | None = typer.Option(None, "--on", help="The day to read the agreements and the law on (2026-12-01)."),
    config: Path | None = typer.Option(
        None, "--config", help="Settings to use instead of the nearest sharecheck.yaml."
    ),
) -> None:
    """List the dates not to miss: starts, reviews, ends, waivers that run out, and changes of law; also as .ics."""
    from sharecheck import __version__, agenda, knowledge, repository
    from sharecheck.cli import reading
    from sharecheck.formats import dates

    chosen = output_format or reading.by_ending(output, _ENDINGS, Format.TEXT)
    read_on = reading.day(on)
    last = reading.day(until, "--until") if until else None
    if last and last < read_on:
        raise SettingsError(f"`--until {last}` is before the day of reading, {read_on}", "name a later day")
    found, where = reading.settings(list(paths or []), config)
    book = knowledge.load(read_on)
    with reading.watching() as tick:
        gathered = repository.gather(where, found, tick)
    entries = agenda.agenda(gathered.agreements, book, read_on, last)
    if chosen is Format.ICS:
        from sharecheck.formats import ical

        made = ical.render(entries, read_on).decode()
    elif chosen is Format.JSON:
        made = dates.as_json(entries, gathered, book, last, __version__)
    else:
        made = dates.text(entries, gathered, book, last)
    reading.deliver(made, output)
    if output or chosen is Format.ICS:
        if gathered.unusable:
            typer.echo(dates.not_read(gathered), err=True, nl=False)
        typer.echo(dates.summary(entries, read_on) + (f"; wrote {output}" if output else ""), err=True)
    if gathered.unread:
        raise typer.Exit(Exit.UNREAD)
    raise typer.Exit(Exit.FINDINGS if gathered.misshapen else Exit.FINE)
