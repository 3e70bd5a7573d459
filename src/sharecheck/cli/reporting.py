"""Reports as documents: composed, drawn, and laid out in a format."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from datetime import date

    from sharecheck.brand import Brand
    from sharecheck.cli.reading import Examined
    from sharecheck.paper.compliance.since import Since
    from sharecheck.paper.model import Paper
    from sharecheck.report import Report

Layout = Callable[["Paper", Mapping[str, str], "date", "Brand"], bytes]


def _pdf(paper: Paper, pictures: Mapping[str, str], on: date, brand: Brand) -> bytes:
    from sharecheck.cli import printing
    from sharecheck.formats import typst

    printing.tell_lost("report", typst.data(paper, pictures))
    return typst.render(paper, pictures, on, brand)


def _html(paper: Paper, pictures: Mapping[str, str], _: date, brand: Brand) -> bytes:
    from sharecheck.formats import paper_html

    return paper_html.render(paper, pictures, brand).encode("utf-8", "replace")


def _markdown(paper: Paper, _: Mapping[str, str], __: date, ___: Brand) -> bytes:
    from sharecheck.formats import markdown

    return markdown.document(paper).encode("utf-8", "replace")


def _docx(paper: Paper, pictures: Mapping[str, str], on: date, brand: Brand) -> bytes:
    from sharecheck.formats import docx

    return docx.render(paper, pictures, on, brand, brand.template)


LAYOUTS: Mapping[str, Layout] = {"pdf": _pdf, "html": _html, "markdown": _markdown, "docx": _docx}
"""How a paper is laid out in each format."""


def composed(
    found: Report, since: Since | None = None, files: Mapping[str, str] | None = None
) -> tuple[Paper, dict[str, str]]:
    """The paper of a report, and its pictures as SVG by name."""
    from sharecheck import __version__, chart
    from sharecheck.formats import svg
    from sharecheck.paper.compliance import checks

    apart = files or {}
    charts = {} if checks.is_brief(found, apart) else {
        one.name: chart.draw(one.agreement, found.book)
        for one in found.checked if one.agreement and one.name not in apart
    }  # fmt: skip
    names = checks.pictures(found)
    pictures = {}
    for name, drawn in charts.items():
        if drawn.arrows:
            try:
                pictures[names[name]] = svg.render(drawn, listed=False)
            except svg.LayoutError as error:
                typer.echo(f"{name}: {error.message}; the flow table says the same in words", err=True)
    on, edition = found.book.on.isoformat(), found.book.version
    made = f"Made by sharecheck {__version__} with the book of {edition}, read on {on}. It is not legal advice."
    return checks.compose(found, made, charts, since, apart), pictures


def since(ref: str, done: Examined, named: list[Path]) -> Since:
    """What differs from a commit, branch or tag; `named` are the paths that the user named, if any.

    Raises `SettingsError` where git knows nothing of it.
    """
    from sharecheck import __version__, change, versions
    from sharecheck import report as reports
    from sharecheck.change import telling
    from sharecheck.cli import diff, reading
    from sharecheck.paper.compliance import since as changes

    here = Path.cwd()
    with reading.watching() as tick, versions.kept(ref, named or done.where, here, tick=tick) as older:
        top = _top(here)
        newer = versions.Version("now", done.gathered, done.settings, here, None)
        book = done.report.book
        found = change.compare(older.gathered.agreements, newer.gathered.agreements, (book, book), (ref, "now"))
        told = telling.tell(
            found, lambda newest, name: (newer if newest else older).shown(name), voided=diff.voided(found, newer),
            unread=diff.unread(older, newer), whole=False,
        )  # fmt: skip
        earlier = reports.check(
            older.gathered, book, done.every, __version__, lambda name: done.asked(str(top / older.shown(name))),
            done.settings.void_by,
        )  # fmt: skip
    return changes.since(ref, told, earlier, done.report)


def _top(here: Path) -> Path:
    """The root of the repository that a folder is in."""
    for folder in (here, *here.parents):
        with suppress(OSError):
            if os.path.lexists(folder / ".git"):
                return folder
    return here
