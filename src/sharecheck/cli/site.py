"""`sharecheck site`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sharecheck.cli.exits import Exit
from sharecheck.errors import SettingsError, SharecheckError

if TYPE_CHECKING:
    from sharecheck.agreement import Agreement
    from sharecheck.brand import Brand
    from sharecheck.history import History
    from sharecheck.knowledge import Book
    from sharecheck.register.model import Page
    from sharecheck.repository import Gathered
    from sharecheck.settings import Settings

_MARK = ".sharecheck-site"
"""The file by which a folder is known to hold a register, so that nothing else is ever removed."""


def site(
    folder: Path = typer.Argument(..., metavar="DIR", help="The folder to make the register in; made anew each time."),
    paths: list[Path] = typer.Argument(None, help="Agreements, or folders of them. [default: as sharecheck.yaml says]"),
    public: bool = typer.Option(False, "--public", help="Leave out contacts and how things are sent."),
    history: int = typer.Option(
        0,
        "--history",
        metavar="N",
        min=0,
        max=1000,
        help="Tell the last N changes of each agreement, from git. [default: none]",
    ),
    printable: bool = typer.Option(False, "--paper", help="Add each agreement as a page to print for sign-off."),
    on: str | None = typer.Option(None, "--on", help="The day to read the agreements and the law on (2026-12-01)."),
    config: Path | None = typer.Option(
        None, "--config", help="Settings to use instead of the nearest sharecheck.yaml."
    ),
) -> None:
    """Make a register to browse: a page for every agreement, agency, role and purpose, maps, search, and Ask, all offline."""
    import gc

    from sharecheck import __version__, brand, knowledge, register, repository
    from sharecheck.cli import reading
    from sharecheck.formats import answer
    from sharecheck.formats import site as formats

    if public and printable:
        raise SettingsError(
            "an agreement as it is printed names contacts and how things are sent, which `--public` leaves out",
            "leave out one of `--paper` and `--public`",
        )
    found, where = reading.settings(list(paths or []), config)
    marked = brand.of(found)
    book = knowledge.load(reading.day(on))
    _usable(folder)
    with reading.watching() as tick:
        gathered = repository.gather(where, found, tick)
    papers = _papers(gathered, found, book, marked) if printable else {}
    past = _histories(gathered.agreements, book, where[0], history) if history else None
    gc.freeze()
    gc.disable()  # what follows keeps nearly everything it makes
    made = register.register(gathered.agreements, book, public=public, printed=papers, histories=past)
    written = formats.files(made, marked, __version__, answer.WORDS, _pictures(made.pages), papers)
    try:
        _put(folder, written)
    except OSError as error:
        raise SettingsError(
            f"`{folder.as_posix()}` cannot be written: {error.strerror or error}", "name a folder that is yours"
        ) from None
    for name, line, _, message, _ in gathered.unusable:
        typer.echo(f"{name}:{line}: not in the register: {message}", err=True)
    typer.echo(f"wrote {len(made.agreements)} agreements on {len(made.pages)} pages to {folder.as_posix()}", err=True)
    if gathered.unread:
        raise typer.Exit(Exit.UNREAD)
    raise typer.Exit(Exit.FINDINGS if gathered.misshapen else Exit.FINE)


def _papers(gathered: Gathered, found: Settings, book: Book, marked: Brand) -> dict[str, str]:
    """Each agreement as a page to print, by its document; one that cannot be made is said, and left out."""
    from sharecheck.cli import printing
    from sharecheck.formats import paper_html

    made = {}
    for one in gathered.agreements:
        try:
            made[one.document.name] = paper_html.render(*printing.composed(one, gathered, found, book), marked)
        except SharecheckError as error:
            typer.echo(f"{one.document.name}: no page to print: {error.message}", err=True)
    return made


def _histories(agreements: Sequence[Agreement], book: Book, where: Path, most: int) -> dict[str, History]:
    """What git tells of each agreement; where it tells nothing, that is said, and the register is made without."""
    from sharecheck import history

    here = where if where.is_dir() else where.parent
    try:
        found = history.histories(agreements, book, here, most)
    except SharecheckError as error:
        typer.echo(f"no changes are told: {error.message}", err=True)
        return {}
    if not found:
        typer.echo("no changes are told: the agreements are not in a git repository", err=True)
    return found


def _pictures(pages: Sequence[Page]) -> dict[str, str]:
    """The maps as SVG, by the path of their page. Those that cannot be laid out are left out, and that is said once."""
    from concurrent.futures import ThreadPoolExecutor

    from sharecheck.formats import svg

    drawn: dict[str, str] = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        wanted = {page.path: pool.submit(svg.picture, one.graph, one.ways) for page in pages if (one := page.map)}
        for path, made in wanted.items():
            try:
                drawn[path] = made.result()
            except svg.LayoutError as error:
                pool.shutdown(cancel_futures=True)
                typer.echo(f"no maps are drawn: {error.message}", err=True)
                return {}
    return drawn


def _usable(folder: Path) -> None:
    """Raise `SettingsError` where a folder holds anything but a register made before."""
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"`{folder.as_posix()}` is a file", "name a folder")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _MARK).is_file():
        raise SettingsError(
            f"`{folder.as_posix()}` holds something other than a register, and was left alone",
            "name an empty folder, or one that does not exist",
        )


def _put(folder: Path, written: Iterable[tuple[str, bytes]]) -> None:
    """Write every file, and take away what an earlier register had and this one has not."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).write_bytes(b"This folder is made by `sharecheck site`, and made anew each time.\n")
    for part in ("assets", "policies"):
        shutil.rmtree(folder / part, ignore_errors=True)
        (folder / part).mkdir()
    old = {file for ending in ("*.html", "*.svg") for file in folder.glob(ending)}
    for name, data in written:
        (folder / name).write_bytes(data)
        old.discard(folder / name)
    for file in old:
        file.unlink()
