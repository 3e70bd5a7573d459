"""`sharecheck validate`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sharecheck.cli.exits import Exit
from sharecheck.errors import SettingsError

if TYPE_CHECKING:
    from sharecheck.report import Report
    from sharecheck.settings import Apart, Settings


class FailOn(StrEnum):
    """The least severe finding that counts as failure."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"
    NEVER = "never"


def validate(
    paths: list[Path] = typer.Argument(None, help="Agreements, or folders of them. [default: as sharecheck.yaml says]"),
    output_format: list[str] = typer.Option(
        None,
        "--format",
        metavar="NAME[=FILE]",
        help="How to write the findings: text, concise, json, sarif, junit, github, gitlab, markdown, html. May be "
        "repeated, all but one with a file. [default: text, or as the file of --output ends]",
    ),
    output: Path | None = typer.Option(None, "--output", "-o", help="Write to this file instead of the screen."),
    on: str | None = typer.Option(None, "--on", help="The day to read the agreements and the law on (2026-12-01)."),
    fail_on: FailOn | None = typer.Option(
        None, "--fail-on", help="The least severe finding that fails. [default: error]"
    ),
    select: list[str] = typer.Option(None, "--select", help="Only this rule or topic; may be repeated."),
    ignore: list[str] = typer.Option(None, "--ignore", help="Not this rule or topic; may be repeated."),
    config: Path | None = typer.Option(
        None, "--config", help="Settings to use instead of the nearest sharecheck.yaml."
    ),
    baseline: Path | None = typer.Option(
        None, "--baseline", help="Findings that were there before, which do not fail the run."
    ),
    write_baseline: Path | None = typer.Option(
        None, "--write-baseline", help="Make a baseline of everything found now; never writes over one."
    ),
    update_baseline: bool = typer.Option(
        False, "--update-baseline", help="Take out of the baseline what has been put right; never adds."
    ),
    fix: bool = typer.Option(False, "--fix", help="Mend in place what is only spelt wrong, and say what was mended."),
    diff: bool = typer.Option(False, "--diff", help="Show what --fix would change, and write nothing."),
    show_settings: bool = typer.Option(
        False, "--show-settings", help="Print the settings in force and where each is from."
    ),
) -> None:
    """Check agreements against the format and every rule."""
    from sharecheck.cli import forms, reading

    if show_settings:
        _show(list(paths or []), config, fail_on, select, ignore, baseline)
        raise typer.Exit(Exit.FINE)
    if write_baseline and (baseline or update_baseline or write_baseline.exists()):
        raise SettingsError(
            "`--write-baseline` makes a new baseline" + (", and that file is there" if write_baseline.exists() else ""),
            "use `--update-baseline` to take out of a baseline what has been put right",
        )
    kept = write_baseline or reading.baseline_file(reading.settings(list(paths or []), config)[0], baseline)
    places = {} if diff else forms.wanted(list(output_format or []), output, kept)
    check = partial(reading.checked, list(paths or []), on, config, select, ignore, baseline)
    done = None
    if fix or diff:
        from sharecheck.cli import mending

        mending.refuse(
            on, fix=fix, diff=diff, writes=bool(output_format or output or write_baseline or update_baseline)
        )
        report, settings, done = mending.mended(check, named=bool(paths)) if fix else mending.previewed(check)
    else:
        report, settings = check()
    if write_baseline or update_baseline:
        report = _keep(report, write_baseline, reading.baseline_file(settings, baseline))
    _write(report, places, settings)
    if done:
        mending.tell(done)
    if report.unread:
        raise typer.Exit(Exit.UNREAD)
    failed = report.fails(fail_on or settings.fail_on, everywhere=fail_on is not None) or report.not_checked
    raise typer.Exit(Exit.FINDINGS if failed else Exit.FINE)


def _keep(report: Report, new: Path | None, kept: Path | None) -> Report:
    """Write a new baseline, or the one in use without what has been put right; gives the report as it then reads."""
    from sharecheck import baseline as baselines
    from sharecheck.cli import reading

    if new:
        if report.unread:
            raise SettingsError(
                f"`{report.unread[0].name}` could not be read, so a baseline would not know what is in it",
                "put that right first, or exclude the file",
            )
        entries = baselines.first(report)
        reading.deliver(baselines.render(entries), new)
        typer.echo(f"wrote {new.as_posix()}: {len(entries)} findings that were there on {report.book.on}", err=True)
        return baselines.apply(report, entries)
    if kept is None:
        raise SettingsError("there is no baseline to update", "name one with `--baseline`")
    entries = baselines.load(kept)
    left = baselines.shrunk(report, entries)
    if len(left) < len(entries):
        reading.deliver(baselines.render(left), kept)
    typer.echo(f"{kept.as_posix()}: {len(entries) - len(left)} put right and taken out, {len(left)} left", err=True)
    return baselines.apply(report, left)


def _write(report: Report, places: Mapping[Path | None, str], found: Settings) -> None:
    """Write every form to its place; where some cannot be written, write the others and then say which."""
    from sharecheck.cli import forms, reading
    from sharecheck.formats import concise
    from sharecheck.formats import text as as_text

    texts = {place: forms.written(name, report, found) for place, name in places.items() if place or name != "text"}
    if places.get(None) == "text":
        texts[None] = as_text.render(report, colour=as_text.wants_colour())
    elif places.get(None, "concise") == "concise":
        typer.echo(concise.summary(report), err=True)
    failed = []
    for place in sorted(texts, key=lambda one: one is None):  # the screen last: who reads it may leave early
        try:
            reading.deliver(texts[place], place)
        except SettingsError as error:
            failed.append(error)
    if failed:
        raise SettingsError("; ".join(error.message for error in failed), failed[0].fix)


def _show(
    paths: list[Path],
    config: Path | None,
    fail_on: FailOn | None,
    select: list[str] | None,
    ignore: list[str] | None,
    baseline: Path | None,
) -> None:
    from sharecheck.cli import reading

    found, where = reading.settings(paths, config)
    file = found.file.as_posix() if found.file else ""

    def from_file(key: str) -> str:
        return file if key in found.written else ""

    line = "command line"
    ignored = [*found.ignore, *(ignore or [])]
    severities = ", ".join(f"{rule}={level}" for rule, level in found.severity.items())
    rows = [
        ("agreements", ", ".join(p.as_posix() for p in where), line if paths else from_file("agreements")),
        ("exclude", ", ".join(found.exclude) or "nothing", from_file("exclude")),
        ("fail_on", str(fail_on or found.fail_on), line if fail_on else from_file("fail_on")),
        ("rules.select", ", ".join(select or found.select) or "all", line if select else from_file("rules.select")),
        ("rules.ignore", ", ".join(ignored) or "none", line if ignore else from_file("rules.ignore")),
        ("rules.severity", severities or "as shipped", from_file("rules.severity")),
        ("rules.mandatory", ", ".join(found.mandatory) or "none", from_file("rules.mandatory")),
        ("paths", "; ".join(map(_apart, found.apart)) or "none", from_file("paths")),
        ("baseline", str(baseline or found.baseline or "none"), line if baseline else from_file("baseline")),
        ("rules.own", ", ".join(p.as_posix() for p in found.own_rules) or "none", from_file("rules.own")),
        ("rules.plugins", ", ".join(found.plugins) or "none", from_file("rules.plugins")),
    ]
    for key, value, origin in rows:
        typer.echo(f"{key}: {value}  ({origin or 'default'})")


def _apart(apart: Apart) -> str:
    said = [
        *([f"select {', '.join(apart.select)}"] if apart.select else []),
        *([f"ignore {', '.join(apart.ignore)}"] if apart.ignore else []),
        *(f"{rule}={level}" for rule, level in apart.severity.items()),
        *([f"fail_on {apart.fail_on}"] if apart.fail_on else []),
    ]
    return f"{', '.join(apart.places)} ({', '.join(said) or 'nothing'})"
