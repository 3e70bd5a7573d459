"""What `sharecheck report` writes of the kinds that data protection officers file: records of processing, and privacy notices."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from sharecheck.cli.exits import Exit
from sharecheck.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sharecheck.agreement import Agreement
    from sharecheck.knowledge import Book

_ENDINGS = {".md": "markdown", ".markdown": "markdown", ".csv": "csv"}
_CALLED = {"processing": "the record of processing", "notices": "the text for privacy notices"}


def refuse(csv: bool, agency: str | None) -> None:
    """Say that the report of what was checked is neither a table nor one agency's."""
    if csv:
        raise SettingsError("the report of what was checked is not written as CSV", "use `--format html` or markdown")
    if agency is not None:
        raise SettingsError("`--agency` is for what an agency files", "add `--kind processing` or `--kind notices`")


def file(
    kind: str,
    paths: list[Path],
    output: Path | None,
    form: str | None,
    agency: str | None,
    on: str | None,
    config: Path | None,
    rules: Sequence[str],
    since: str | None,
) -> NoReturn:
    """Write what is filed of some agreements, and exit: 3 where there is nothing in it, 4 where something could not be read."""
    from sharecheck import __version__, knowledge, repository
    from sharecheck.cli import reading

    if rules:
        raise SettingsError(f"`--select` and `--ignore` choose rules, and {_CALLED[kind]} asks none", "leave them out")
    if since is not None:
        raise SettingsError(f"`--since` compares what was checked, and {_CALLED[kind]} is of today", "leave it out")
    chosen = form or reading.by_ending(output, _ENDINGS, "markdown")
    if chosen not in _ENDINGS.values():
        raise SettingsError(f"{_CALLED[kind]} is not written as {chosen}", "use `--format csv` or `--format markdown`")
    found, where = reading.settings(paths, config)
    book = knowledge.load(reading.day(on))
    with reading.watching() as tick:
        gathered = repository.gather(where, found, tick)
    wanted = gathered.agreements
    if wanted and agency is not None:
        _known(agency, wanted)
    made = f"Made by sharecheck {__version__} with the book of {book.version}, read on {book.on.isoformat()}."
    data, number = _made(kind, chosen, wanted, book, made, agency or "")
    for file_, line, column, message, _ in gathered.unusable:
        typer.echo(f"{file_}:{line}:{column}: not in {_CALLED[kind]}: {message}", err=True)
    if not number:
        typer.echo(f"nothing to write: {_why(len(wanted), agency)}", err=True)
    elif chosen == "csv":
        reading.deliver_bytes(data, output)
    else:
        reading.deliver(data.decode(), output)
    if output and number:
        typer.echo(f"wrote {output}", err=True)
    if gathered.unread:
        raise typer.Exit(Exit.UNREAD)
    raise typer.Exit(Exit.FINDINGS if gathered.misshapen else Exit.FINE if number else Exit.NOTHING)


def _made(kind: str, form: str, wanted: Sequence[Agreement], book: Book, made: str, agency: str) -> tuple[bytes, int]:
    """What is filed, as it is written, and how many entries it has; says who and what is left out where the format does not."""
    from sharecheck.filed import notices, processing
    from sharecheck.formats import csv_table, filed_markdown

    if kind == "processing":
        record = processing.record(wanted, book, made, agency)
        left, number, table = record.left_out, len(record.rows), record.table()
        text = "" if form == "csv" else filed_markdown.processing(record, made)
    else:
        texts = notices.notices(wanted, book, made, agency)
        left, number, table = texts.left_out, len(texts.notices), texts.table()
        text = "" if form == "csv" else filed_markdown.notices(texts)
    if form == "csv" or not number:
        for said in left:
            typer.echo(f"left out: {said}", err=True)
    return (csv_table.render(table) if form == "csv" else text.encode("utf-8", "replace")), number


def _known(agency: str, wanted: Sequence[Agreement]) -> None:
    known = dict.fromkeys(name for one in wanted for name in one.agencies)
    if agency in known:
        return
    near = difflib.get_close_matches(agency, known, 1, 0.6)
    fix = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(f'`{one}`' for one in list(known)[:30])}"
    raise SettingsError(f"no agreement that was read has an agency `{agency}`", fix)


def _why(agreements: int, agency: str | None) -> str:
    if not agreements:
        return "no agreement was found"
    return f"`{agency}` takes part in no flow as a controller" if agency else "no flow names a controller"
