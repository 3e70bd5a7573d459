"""`sharecheck flowchart`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import typer

from sharecheck.cli.exits import Exit
from sharecheck.errors import SettingsError


class Format(StrEnum):
    """How the map is written."""

    SVG = "svg"
    MERMAID = "mermaid"


def flowchart(
    path: Path | None = typer.Argument(None, help="One agreement. [default: the only one there is]"),
    output: Path | None = typer.Option(
        None, "--output", "-o", help="Write to this file; .svg and .mmd set the format."
    ),
    output_format: Format | None = typer.Option(
        None, "--format", help="How to write it. [default: mermaid, svg for .svg]"
    ),
    on: str | None = typer.Option(None, "--on", help="The day to read the law on (2026-12-01)."),
) -> None:
    """Draw the data-flow map of one agreement: which agency tells which what."""
    from sharecheck import chart, knowledge, repository
    from sharecheck.cli import reading

    endings = {
        ".svg": Format.SVG,
        ".mmd": Format.MERMAID,
        ".mermaid": Format.MERMAID,
        ".md": Format.MERMAID,
        ".txt": Format.MERMAID,
    }
    chosen = output_format or reading.by_ending(output, endings, Format.MERMAID)
    settings, paths = reading.settings([path] if path else [], None)
    gathered = repository.gather(paths, settings)
    for error in gathered.unread:
        raise error
    if gathered.misshapen:
        shown, misfit = gathered.misshapen[0].document.name, gathered.misshapen[0].misfits[0]
        raise SettingsError(
            f"`{shown}` does not have the form of an agreement ({misfit.message})",
            f"run `sharecheck validate {shown}` first",
        )
    if len(gathered.agreements) > 1:
        ids = ", ".join(f"`{a.document.name}`" for a in gathered.agreements[:5])
        raise SettingsError(
            f"`{repository.name_of(paths[0])}` holds {len(gathered.agreements)} agreements, and a map shows one",
            f"name one: {ids}",
        )
    drawn = chart.draw(gathered.agreements[0], knowledge.load(reading.day(on)))
    if chosen is Format.SVG:
        from sharecheck.formats import svg

        text = svg.render(drawn)
    else:
        from sharecheck.formats import mermaid

        text = mermaid.render(drawn)
    reading.deliver(text, output)
    if not drawn.lines:
        typer.echo("this agreement has no flows, so the map is empty", err=True)
    if output:
        typer.echo(f"wrote {output}", err=True)
    raise typer.Exit(Exit.FINE)
