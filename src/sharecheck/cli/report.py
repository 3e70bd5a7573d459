"""`sharecheck report`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import typer

from sharecheck.cli.exits import Exit


class Kind(StrEnum):
    """What is reported."""

    CHECKS = "checks"
    PROCESSING = "processing"
    NOTICES = "notices"


class Format(StrEnum):
    """How the report is written."""

    HTML = "html"
    MARKDOWN = "markdown"
    CSV = "csv"


def report(
    paths: list[Path] = typer.Argument(None, help="Agreements, or folders of them. [default: as sharecheck.yaml says]"),
    kind: Kind = typer.Option(
        Kind.CHECKS,
        "--kind",
        help="What was checked, the record of processing that each controller files, or the text that privacy notices need.",
    ),
    agency: str | None = typer.Option(
        None, "--agency", help="Of the records and notices, only those that this agency files, by its id."
    ),
    output: Path | None = typer.Option(
        None, "--output", "-o", help="Write to this file; .md, .html and .csv set the format."
    ),
    output_format: Format | None = typer.Option(
        None, "--format", help="How to write it. [default: html for checks, markdown for the others]"
    ),
    on: str | None = typer.Option(None, "--on", help="The day to read the agreements and the law on (2026-12-01)."),
    select: list[str] = typer.Option(None, "--select", help="Only this rule or topic; may be repeated."),
    ignore: list[str] = typer.Option(None, "--ignore", help="Not this rule or topic; may be repeated."),
    config: Path | None = typer.Option(
        None, "--config", help="Settings to use instead of the nearest sharecheck.yaml."
    ),
) -> None:
    """Write a report to send round: what was checked, what passed, failed, does not apply or needs a person.

    Or what data protection officers file: the record of processing, and the text for privacy notices.
    """
    from sharecheck.cli import filing, forms, reading

    if kind is not Kind.CHECKS:
        form = output_format.value if output_format else None
        filing.file(kind.value, list(paths or []), output, form, agency, on, config, [*(select or ()), *(ignore or ())])
    filing.refuse(output_format is Format.CSV, agency)
    endings = {ending: form for form in Format if form in forms.FORMS for ending in forms.FORMS[form].endings}
    chosen = output_format or reading.by_ending(output, endings, Format.HTML)
    found, _ = reading.checked(list(paths or []), on, config, select, ignore)
    reading.deliver(forms.FORMS[chosen].render(found), output)
    if output:
        typer.echo(f"wrote {output}", err=True)
    raise typer.Exit(Exit.UNREAD if found.unread else Exit.FINE)
