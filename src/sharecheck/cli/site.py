"""`sharecheck site`."""

from __future__ import annotations

import shutil
from pathlib import Path

import typer

from sharecheck.cli.exits import Exit
from sharecheck.errors import SettingsError

_MARK = ".sharecheck-site"
"""The file by which a folder is known to hold a register, so that nothing else is ever removed."""


def site(
    folder: Path = typer.Argument(..., metavar="DIR", help="The folder to make the register in; made anew each time."),
    paths: list[Path] = typer.Argument(None, help="Agreements, or folders of them. [default: as sharecheck.yaml says]"),
    public: bool = typer.Option(False, "--public", help="Leave out contacts and how things are sent."),
    on: str | None = typer.Option(None, "--on", help="The day to read the agreements and the law on (2026-12-01)."),
    config: Path | None = typer.Option(
        None, "--config", help="Settings to use instead of the nearest sharecheck.yaml."
    ),
) -> None:
    """Make a register to browse: a page for every agreement, agency, role and purpose, search, and Ask, all offline."""
    from sharecheck import __version__, brand, knowledge, register, repository
    from sharecheck.cli import reading
    from sharecheck.formats import answer
    from sharecheck.formats import site as formats

    found, where = reading.settings(list(paths or []), config)
    marked = brand.of(found)
    day = reading.day(on)
    _usable(folder)
    gathered = repository.gather(where, found)
    made = register.register(gathered.agreements, knowledge.load(day), public=public)
    written = list(formats.files(made, marked, __version__, answer.WORDS))
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


def _usable(folder: Path) -> None:
    """Raise `SettingsError` where a folder holds anything but a register made before."""
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"`{folder.as_posix()}` is a file", "name a folder")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _MARK).is_file():
        raise SettingsError(
            f"`{folder.as_posix()}` holds something other than a register, and was left alone",
            "name an empty folder, or one that does not exist",
        )


def _put(folder: Path, written: list[tuple[str, bytes]]) -> None:
    """Write every file, and take away what an earlier register had and this one has not."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in ("assets", "policies"):
        shutil.rmtree(folder / part, ignore_errors=True)
    for old in folder.glob("*.html"):
        old.unlink()
    for name, data in written:
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)
    (folder / _MARK).write_bytes(b"This folder is made by `sharecheck site`, and made anew each time.\n")
