"""`sharecheck test`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import typer

from sharecheck.cli.exits import Exit
from sharecheck.errors import NothingToCheckError


class Format(StrEnum):
    """How it is written."""

    TEXT = "text"
    JSON = "json"


_ENDINGS = {".txt": Format.TEXT, ".json": Format.JSON}


def test(
    paths: list[Path] = typer.Argument(
        None, help="Agreements, files of scenarios, or folders of them. [default: as sharecheck.yaml says]"
    ),
    mutate: bool = typer.Option(
        False,
        "--mutate",
        help="Take out or loosen each flow and prohibition in turn, and list what no scenario notices.",
    ),
    output_format: Format | None = typer.Option(None, "--format", help="How to write it. [default: text]"),
    output: Path | None = typer.Option(
        None, "--output", "-o", help="Write to this file; .json and .txt set the format."
    ),
    on: str | None = typer.Option(None, "--on", help="The day to ask on, as far as the agreements are in use then."),
    config: Path | None = typer.Option(
        None, "--config", help="Settings to use instead of the nearest sharecheck.yaml."
    ),
) -> None:
    """Ask every scenario, and show which fail and what in the agreements no scenario exercises."""
    from sharecheck import __version__, knowledge, repository, scenarios
    from sharecheck.cli import reading
    from sharecheck.formats import trials
    from sharecheck.report import counted

    chosen = output_format or reading.by_ending(output, _ENDINGS, Format.TEXT)
    found, where = reading.settings(list(paths or []), config)
    book = knowledge.load(reading.day(on))
    beside = found.root / repository.SCENARIOS
    places = where if paths or not beside.is_dir() else [*where, beside]
    with reading.watching() as tick:
        gathered = repository.gather(places, found, tick, to_test=True)
    agreements = (*gathered.agreements, *gathered.named_there)
    results = scenarios.run(gathered.agreements, book, gathered.scenarios, gathered.named_there)
    untested = bool(gathered.unread or gathered.misshapen)
    if not results and not untested:
        raise NothingToCheckError(
            f"there is no scenario in {counted(len(agreements), 'agreement')}, so nothing was tested",
            "write one under `scenarios:` in an agreement, or in a file in the folder `scenarios` beside it",
        )
    coverage = scenarios.coverage(results, agreements, book)
    unnoticed = scenarios.unnoticed(results, book) if mutate else None
    if chosen is Format.JSON:
        made = trials.as_json(results, coverage, unnoticed, gathered, book, __version__)
    else:
        made = trials.text(results, coverage, unnoticed, gathered, book)
    reading.deliver(made, output)
    if untested:
        raise typer.Exit(Exit.UNREAD)
    raise typer.Exit(Exit.FINE if all(result.passed for result in results) else Exit.FINDINGS)
