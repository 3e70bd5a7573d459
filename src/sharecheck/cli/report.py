"""`sharecheck report`."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sharecheck.cli.exits import Exit
from sharecheck.errors import SettingsError

if TYPE_CHECKING:
    from sharecheck.brand import Brand
    from sharecheck.paper.model import Paper
    from sharecheck.report import Report


class Kind(StrEnum):
    """What is reported."""

    CHECKS = "checks"
    PROCESSING = "processing"
    NOTICES = "notices"


class Format(StrEnum):
    """How the report is written."""

    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    MARKDOWN = "markdown"
    CSV = "csv"


_ENDINGS = {
    ".html": Format.HTML, ".htm": Format.HTML, ".pdf": Format.PDF, ".md": Format.MARKDOWN, ".markdown": Format.MARKDOWN,
    ".docx": Format.DOCX,
}  # fmt: skip
_INDEX = "index"
_FILES = {Format.HTML: "html", Format.PDF: "pdf", Format.DOCX: "docx", Format.MARKDOWN: "md"}


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
        None,
        "--output",
        "-o",
        help="Write to this file; its ending sets the format. For several agreements a folder takes a file for each, and an index.",
    ),
    output_format: Format | None = typer.Option(
        None, "--format", help="How to write it. [default: html for checks, markdown for the others]"
    ),
    since: str | None = typer.Option(
        None, "--since", metavar="REF", help="Say what has changed since this commit, branch or tag."
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
    from sharecheck import brand
    from sharecheck.cli import filing, reading, reporting
    from sharecheck.paper.compliance import since as since_then

    named = list(paths or [])
    if kind is not Kind.CHECKS:
        form = output_format.value if output_format else None
        filing.file(kind.value, named, output, form, agency, on, config, [*(select or ()), *(ignore or ())], since)
    filing.refuse(output_format is Format.CSV, agency)
    folder = output is not None and output.is_dir()
    chosen = output_format or (Format.HTML if folder else reading.by_ending(output, _ENDINGS, Format.HTML))
    if output is not None and not folder:
        reading.refuse_yaml(output)
    done = reading.examined(named, on, config, select, ignore)
    found, marked = done.report, brand.of(done.settings)
    changed = reporting.since(since, done, named) if since is not None else None
    if output is not None and not folder:
        folder = len(found.checked) > 1 and not output.suffix and not output.exists()
    places = _places(found, output, _FILES[chosen]) if folder and output else {}
    for one in found.checked:
        if one.name in places:
            alone = replace(found, checked=(one,), unread=(), left_out=())
            told = since_then.of(changed, one.id) if changed else None
            _write(reporting.composed(alone, told), chosen, places[one.name], alone, marked)
    last = output / f"{_INDEX}.{_FILES[chosen]}" if folder and output else output
    files = {name: file.name for name, file in places.items()}
    _write(reporting.composed(found, changed, files), chosen, last, found, marked)
    raise typer.Exit(Exit.UNREAD if found.unread else Exit.FINE)


def _write(
    composed: tuple[Paper, dict[str, str]], chosen: Format, place: Path | None, found: Report, marked: Brand
) -> None:
    """Lay out a paper and its pictures, and write them to a file or to the screen."""
    from sharecheck.cli import reading, reporting

    made = reporting.LAYOUTS[chosen](*composed, found.book.on, marked)
    if place is None and chosen not in (Format.PDF, Format.DOCX):
        reading.deliver(made.decode(), None)
    else:
        reading.deliver_bytes(made, place)
    if place:
        typer.echo(f"wrote {place}", err=True)


def _places(found: Report, folder: Path, ending: str) -> dict[str, Path]:
    """The file of each agreement in a folder, by the name of its own; raises `SettingsError` where two would be one."""
    taken: dict[str, str] = {_INDEX: "the index"}
    for one in found.checked:
        if one.agreement is None:
            continue
        if one.id in taken:
            raise SettingsError(
                f"{taken[one.id]} and the agreement in `{one.name}` would both be {one.id}.{ending}",
                "give it another id, or name one file to write to",
            )
        taken[one.id] = f"the agreement in `{one.name}`"
    folder.mkdir(parents=True, exist_ok=True)
    return {one.name: folder / f"{one.id}.{ending}" for one in found.checked if one.agreement}
