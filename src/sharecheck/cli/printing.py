"""`sharecheck print`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sharecheck.errors import SettingsError, SharecheckError

if TYPE_CHECKING:
    from sharecheck.agreement import Agreement
    from sharecheck.brand import Brand
    from sharecheck.knowledge import Book
    from sharecheck.paper import Charted
    from sharecheck.paper.model import Figure, Paper
    from sharecheck.repository import Gathered
    from sharecheck.settings import Settings


class Format(StrEnum):
    """How it is written."""

    PDF = "pdf"
    HTML = "html"
    DOCX = "docx"


class Tier1(StrEnum):
    """What is done with the content of the tier 1 protocol."""

    REFER = "refer"
    INCLUDE = "include"


class Charts(StrEnum):
    """Which decision charts are printed."""

    MAIN = "main"
    ALL = "all"
    NONE = "none"


_ENDINGS = {".pdf": Format.PDF, ".html": Format.HTML, ".htm": Format.HTML, ".docx": Format.DOCX}


def print_agreements(
    paths: list[Path] = typer.Argument(None, help="Agreements, or folders of them. [default: as sharecheck.yaml says]"),
    output: Path | None = typer.Option(
        None,
        "--output",
        "-o",
        help="Write to this file, or for several agreements to this folder; .pdf, .html and .docx set the format. "
        "[default: ID.pdf or ID.docx here]",
    ),
    output_format: Format | None = typer.Option(None, "--format", help="How to write it. [default: pdf]"),
    tier_1: Tier1 = typer.Option(
        Tier1.REFER, "--tier-1", help="Print what the agreement takes from its tier 1 protocol, or refer to it."
    ),
    charts: Charts = typer.Option(
        Charts.MAIN,
        "--charts",
        help="Decision charts to print: for each purpose the one that answers most, all, or none.",
    ),
    template: Path | None = typer.Option(
        None,
        "--template",
        help="The Word document to lay agreements into. [default: as sharecheck.yaml says, or our own]",
    ),
    write_template: Path | None = typer.Option(
        None,
        "--write-template",
        metavar="FILE.docx",
        help="Write the template for Word, to make it your own, and stop.",
    ),
    on: str | None = typer.Option(None, "--on", help="The day to read the agreements and the law on (2026-12-01)."),
    config: Path | None = typer.Option(
        None, "--config", help="Settings to use instead of the nearest sharecheck.yaml."
    ),
) -> None:
    """Print agreements for sign-off: an accessible PDF fit for keeping, a page that prints, or Word; a draft is marked as one."""
    from sharecheck import brand, knowledge, repository
    from sharecheck.cli import reading

    found, where = reading.settings(list(paths or []), config)
    marked = brand.of(found)
    if template is not None:
        marked = replace(marked, template=_read(template))
    if write_template is not None:
        from sharecheck.formats import docx

        reading.save(docx.blank(marked), write_template)
        typer.echo(f"wrote {write_template.as_posix()}", err=True)
        return
    with reading.watching() as tick:
        gathered = repository.gather(where, found, tick)
    wanted = gathered.agreements
    if len(wanted) + len(gathered.unusable) == 1 and not wanted:
        reading.refuse_unusable(gathered)
    places = _places(wanted, output, output_format)
    book = knowledge.load(reading.day(on))
    failed = 0
    for agreement in wanted:
        place, form = places[agreement.document.name]
        try:
            made = _made(agreement, gathered, found, book, tier_1, form, marked, charts)
        except SharecheckError as error:
            if len(wanted) == 1:
                raise
            failed += 1
            typer.echo(f"{agreement.document.name}: not printed: {error.message}", err=True)
            continue
        if place is None:
            reading.deliver(made.decode(), None)
        else:
            reading.save(made, place)
            typer.echo(f"wrote {place.as_posix()}", err=True)
    reading.leave(gathered, "not printed", failed=bool(failed))


def _places(
    wanted: tuple[Agreement, ...], output: Path | None, asked: Format | None
) -> dict[str, tuple[Path | None, Format]]:
    """Where each agreement goes, and how: to one file, or to a file named by its id in one folder."""
    from sharecheck.cli import reading

    if output is not None and (output.is_dir() or (len(wanted) > 1 and not output.suffix)):
        form = asked or Format.PDF
        output.mkdir(parents=True, exist_ok=True)
        taken: dict[str, str] = {}
        for one in wanted:
            if one.id in taken:
                raise SettingsError(
                    f"`{taken[one.id]}` and `{one.document.name}` have the same id, so both would be {one.id}.{form}",
                    "give one of them another id, or print them apart",
                )
            taken[one.id] = one.document.name
        return {one.document.name: (output / f"{one.id}.{form}", form) for one in wanted}
    if len(wanted) != 1:
        raise SettingsError(
            f"{len(wanted)} agreements do not go into one file", "name a folder with `-o`, or name one agreement"
        )
    form = asked or reading.by_ending(output, _ENDINGS, Format.PDF)
    alone = output or (None if form is Format.HTML else Path(f"{wanted[0].id}.{form}"))
    return {wanted[0].document.name: (alone, form)}


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"`{file.as_posix()}` cannot be read: {error.strerror}", "name a Word document (.docx), or begin one with "
            "`--write-template`",
        ) from None  # fmt: skip


def _made(
    agreement: Agreement, gathered: Gathered, found: Settings, book: Book, tier_1: Tier1, form: Format, brand: Brand,
    charts: Charts,
) -> bytes:  # fmt: skip
    paper, pictures = composed(agreement, gathered, found, book, tier_1, charts)
    if form is Format.HTML:
        from sharecheck.formats import paper_html

        return paper_html.render(paper, pictures, brand).encode("utf-8", "replace")
    if form is Format.DOCX:
        from sharecheck.formats import docx

        return docx.render(paper, pictures, book.on, brand, brand.template)
    from sharecheck.formats import typst

    tell_lost(agreement.document.name, typst.data(paper, pictures))
    return typst.render(paper, pictures, book.on, brand)


def tell_lost(name: str, data: Mapping[str, Any]) -> None:
    """Say which characters the fonts of a PDF lack."""
    from sharecheck import press

    if lost := press.lacking(data):
        numbers = ", ".join(f"U+{ord(one):04X}" for one in sorted(lost)[:5])
        typer.echo(
            f"{name}: the fonts of the PDF lack {len(lost)} of its characters ({numbers}), which stand there by number; the HTML "
            "has them",
            err=True,
        )


def composed(
    agreement: Agreement,
    gathered: Gathered,
    found: Settings,
    book: Book,
    tier_1: Tier1 = Tier1.REFER,
    charts: Charts = Charts.MAIN,
) -> tuple[Paper, dict[str, str]]:
    """The paper of one agreement, and its pictures as SVG by name."""
    from sharecheck import __version__, paper, scenarios, signoff
    from sharecheck.cli import reading
    from sharecheck.formats import svg
    from sharecheck.rules import load

    files = [one for one in gathered.scenarios if one.data.get("agreement") == agreement.id]
    signed = next((one for one in gathered.sign_offs if one.data.get("agreement") == agreement.id), None)
    standings = (
        signoff.standings(agreement, signoff.read(signed), book, found.void_by or signoff.VOID_BY) if signed else ()
    )
    figures, pictures = _drawn(agreement, book)
    rules = (
        {rule.id: rule.summary for rule in (*load(), *reading.own_rules(found, book.on))} if agreement.waivers else {}
    )
    made = f"Made by sharecheck {__version__} with the book of {book.version}, read on {book.on.isoformat()}."
    stories = scenarios.run([agreement], book, files)
    charted, left = _charted(agreement, book, charts)
    pictures |= {one.picture: svg.picture(one.graph) for one in charted}
    return (
        paper.compose(
            agreement, book, made, standings, stories, figures, rules, tier_1.value, charts=charted, charts_left=left
        ),
        pictures,
    )


def _charted(agreement: Agreement, book: Book, charts: Charts) -> tuple[list[Charted], int]:
    """The decision charts of an agreement that are printed, and how many more there are."""
    from sharecheck.graphs import decision
    from sharecheck.paper import Charted
    from sharecheck.policy import compiled

    if charts is Charts.NONE or not agreement.flows:
        return [], 0
    sheets = decision.draw(compiled.compile(agreement, book, as_written=True))
    chosen = decision.foremost(sheets) if charts is Charts.MAIN else sheets
    charted = [Charted(one.values("purpose")[0], one.graph(), f"decision-{i}") for i, one in enumerate(chosen, 1)]
    return charted, len(sheets) - len(chosen)


def _drawn(agreement: Agreement, book: Book) -> tuple[dict[str, tuple[Figure, ...]], dict[str, str]]:
    """The pictures of an agreement, each for its place; one that cannot be laid out is said in words."""
    from sharecheck import chart, paper
    from sharecheck.formats import svg
    from sharecheck.paper.model import Figure

    drawn = chart.draw(agreement, book)
    if not drawn.arrows:
        return {}, {}
    instead = (
        "Data-flow map: which agency tells which. Each arrow bears the numbers of its flows, and the information reference table, "
        "which follows, says the same in words."
    )
    figures: dict[str, tuple[Figure, ...]] = {
        paper.MAP: (Figure(paper.MAP, "Which agency tells which. The numbers are those of the flows.", instead),)
    }
    try:
        return figures, {paper.MAP: svg.render(drawn, listed=False)}
    except svg.LayoutError as error:
        typer.echo(f"{agreement.document.name}: {error.message}; the table says the same in words", err=True)
        return figures, {}
