"""`sharecheck flowchart`."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sharecheck.cli.exits import Exit
from sharecheck.errors import SettingsError

if TYPE_CHECKING:
    from sharecheck.agreement import Agreement
    from sharecheck.graphs import Graph
    from sharecheck.knowledge import Book


class Format(StrEnum):
    """How a chart is written."""

    MERMAID = "mermaid"
    DOT = "dot"
    SVG = "svg"
    PNG = "png"
    PDF = "pdf"
    TEXT = "text"


class Kind(StrEnum):
    """What is charted."""

    FLOWS = "flows"
    DECISION = "decision"
    CONSENT = "consent"
    PARTNERSHIP = "partnership"


_ENDINGS = {
    ".svg": Format.SVG, ".png": Format.PNG, ".pdf": Format.PDF, ".mmd": Format.MERMAID, ".mermaid": Format.MERMAID,
    ".md": Format.MERMAID, ".dot": Format.DOT, ".gv": Format.DOT, ".txt": Format.TEXT,
}  # fmt: skip
_SUFFIX = {
    Format.MERMAID: ".mmd",
    Format.DOT: ".dot",
    Format.SVG: ".svg",
    Format.PNG: ".png",
    Format.PDF: ".pdf",
    Format.TEXT: ".txt",
}


def flowchart(
    path: Path | None = typer.Argument(None, help="One agreement; a folder for `--kind partnership`. [default: all]"),
    kind: Kind = typer.Option(Kind.FLOWS, "--kind", help="What to chart."),
    output: Path | None = typer.Option(
        None, "--output", "-o", help="Write to this file, whose ending sets the format; or into this folder."
    ),
    output_format: Format | None = typer.Option(
        None, "--format", help="How to write it. [default: by the ending of the file; mermaid for flows, else text]"
    ),
    purpose: str | None = typer.Option(None, "--purpose", help="Decision charts for this purpose only."),
    role: str | None = typer.Option(None, "--role", help="Decision charts for this sender only: a role or an agency."),
    to: str | None = typer.Option(None, "--to", help="Decision charts for this recipient only, such as a role."),
    on: str | None = typer.Option(None, "--on", help="The day to read the law on (2026-12-01)."),
) -> None:
    """Draw an agreement: who tells whom what, what a practitioner asks before sharing, consent, or the partnership."""
    from sharecheck import knowledge
    from sharecheck.cli import reading

    if kind is not Kind.DECISION and (purpose or role or to):
        raise SettingsError("`--purpose`, `--role` and `--to` are for decision charts", "add `--kind decision`")
    usual = Format.MERMAID if kind is Kind.FLOWS else Format.TEXT
    chosen = output_format or reading.by_ending(output, _ENDINGS, usual)
    agreements = _agreements(path, several=kind is Kind.PARTNERSHIP)
    book = knowledge.load(reading.day(on))
    graphs = _graphs(kind, agreements, book, purpose, role, to)
    if not any(graph.nodes for graph in graphs):
        if kind is Kind.FLOWS:
            typer.echo("this agreement has no flows, so the map is empty", err=True)
        else:
            typer.echo("this agreement has no flows, so there is nothing to chart", err=True)
    _write(graphs, chosen, output, kind, book)
    raise typer.Exit(Exit.FINE)


def _agreements(path: Path | None, *, several: bool) -> Sequence[Agreement]:
    from sharecheck import repository
    from sharecheck.cli import reading

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
    if len(gathered.agreements) > 1 and not several:
        ids = ", ".join(f"`{a.document.name}`" for a in gathered.agreements[:5])
        raise SettingsError(
            f"`{repository.name_of(paths[0])}` holds {len(gathered.agreements)} agreements, and a map shows one",
            f"name one: {ids}",
        )
    return gathered.agreements


def _graphs(
    kind: Kind, agreements: Sequence[Agreement], book: Book, purpose: str | None, role: str | None, to: str | None
) -> list[Graph]:
    if kind is Kind.PARTNERSHIP:
        from sharecheck.graphs import partnership

        return [partnership.graph(agreements)]
    if kind is Kind.FLOWS:
        from sharecheck import chart
        from sharecheck.graphs import flows

        return [flows.graph(chart.draw(agreements[0], book))]
    from sharecheck.graphs import consent, decision
    from sharecheck.policy.compiled import compile

    policy = compile(agreements[0], book, as_written=True)
    if kind is Kind.CONSENT:
        return [consent.graph(policy)]
    return [sheet.graph() for sheet in decision.draw(policy, purpose=purpose, role=role, to=to)]


def _write(graphs: Sequence[Graph], chosen: Format, output: Path | None, kind: Kind, book: Book) -> None:
    """One file; or, of what holds one chart a file, a file for each in a folder."""
    into = output is not None and output.is_dir()
    if chosen in (Format.TEXT, Format.PDF) and not into:
        _deliver(_made(graphs, chosen, book), output)
    elif into:
        assert output is not None
        width = len(str(len(graphs)))
        parts = [graphs] if chosen in (Format.TEXT, Format.PDF) else [[graph] for graph in graphs]
        for number, part in enumerate(parts, 1):
            name = f"{kind}-{number:0{width}}" if len(parts) > 1 else str(kind)
            _deliver(_made(part, chosen, book), output / f"{name}{_SUFFIX[chosen]}")
    elif len(graphs) > 1:
        raise SettingsError(
            f"this takes {len(graphs)} charts, and a file of `{chosen}` holds one",
            "name one role and purpose with `--role` and `--purpose`, a folder that exists with `--output`, or use pdf or text",
        )
    elif graphs:
        _deliver(_made(graphs, chosen, book), output)
    if output:
        typer.echo(f"wrote {len(graphs)} charts into {output}" if into else f"wrote {output}", err=True)


def _deliver(made: str | bytes, output: Path | None) -> None:
    from sharecheck.cli import reading

    if isinstance(made, str):
        reading.deliver(made, output)
    else:
        reading.deliver_bytes(made, output)


def _made(graphs: Sequence[Graph], chosen: Format, book: Book) -> str | bytes:
    from sharecheck.formats import outline

    if chosen is Format.TEXT:
        return "\n\n".join(outline.render(graph) for graph in graphs)
    if chosen is Format.MERMAID:
        from sharecheck.formats import mermaid

        return mermaid.render(graphs[0])
    if chosen is Format.DOT:
        from sharecheck.formats import dot

        return dot.render(graphs[0])
    from sharecheck.formats import svg

    if chosen is Format.SVG:
        return svg.render(graphs[0])
    from sharecheck.formats import chart_pages

    if chosen is Format.PNG:
        return chart_pages.png(svg.render(graphs[0]), outline.render(graphs[0]), book.on)
    from sharecheck import __version__

    sheets = []
    for graph in graphs:
        picture = svg.picture(graph) if graph.nodes else None
        sheets.append(chart_pages.Sheet(graph, picture))
    return chart_pages.pdf(sheets, book.on, f"Law of {book.on}. Made by sharecheck {__version__}. Not legal advice.")
