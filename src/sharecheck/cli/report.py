"""`sharecheck report`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import typer

from sharecheck.cli.exits import Exit


class Format(StrEnum):
    """How the report is written."""

    HTML = "html"
    MARKDOWN = "markdown"


def report(
    paths: list[Path] = typer.Argument(None, help="Agreements, or folders of them. [default: as sharecheck.yaml says]"),
    output: Path | None = typer.Option(
        None, "--output", "-o", help="Write to this file; .md and .html set the format."
    ),
    output_format: Format | None = typer.Option(None, "--format", help="How to write it. [default: html]"),
    on: str | None = typer.Option(None, "--on", help="The day to read the agreements and the law on (2026-12-01)."),
    select: list[str] = typer.Option(None, "--select", help="Only this rule or topic; may be repeated."),
    ignore: list[str] = typer.Option(None, "--ignore", help="Not this rule or topic; may be repeated."),
    config: Path | None = typer.Option(
        None, "--config", help="Settings to use instead of the nearest sharecheck.yaml."
    ),
) -> None:
    """Write a report to send round: what was checked, what passed, failed, does not apply or needs a person."""
    from sharecheck import chart
    from sharecheck.cli import reading

    endings = {".html": Format.HTML, ".htm": Format.HTML, ".md": Format.MARKDOWN, ".markdown": Format.MARKDOWN}
    chosen = output_format or reading.by_ending(output, endings, Format.HTML)
    found, _ = reading.checked(list(paths or []), on, config, select, ignore)
    charts = {one.name: chart.draw(one.agreement, found.book) for one in found.checked if one.agreement}
    if chosen is Format.MARKDOWN:
        from sharecheck.formats import markdown

        text = markdown.render(found, charts)
    else:
        from sharecheck.formats import html, svg

        pictures = {}
        for name, drawn in charts.items():
            if drawn.arrows:
                try:
                    pictures[name] = svg.render(drawn, listed=False)
                except svg.LayoutError as error:
                    typer.echo(f"{name}: {error.message}; the flow table says the same in words", err=True)
        text = html.render(found, charts, pictures)
    reading.deliver(text, output)
    if output:
        typer.echo(f"wrote {output}", err=True)
    raise typer.Exit(Exit.UNREAD if found.unread else Exit.FINE)
