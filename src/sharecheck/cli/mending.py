"""`validate --fix` and `--diff`: files mended in place, or what that would change shown and nothing written."""

from __future__ import annotations

import codecs
import difflib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import typer

from sharecheck import mend, source
from sharecheck.cli import reading
from sharecheck.errors import SettingsError
from sharecheck.mend import Files, Mend, Mended
from sharecheck.report import Report, counted
from sharecheck.settings import Settings
from sharecheck.source import Document

Check = Callable[..., tuple[Report, Settings]]
"""`reading.checked` with everything named but how a file is read."""


@dataclass(frozen=True, slots=True)
class Done:
    """What is to be said of the mending once the report has been shown: what was (or would be) mended and what not."""

    mended: tuple[Mend, ...]
    left: tuple[Mend, ...]
    failed: tuple[str, ...] = ()
    would: str = ""


class _Desk:
    """The files on the desk: each read once from where it was found, and given as mended where it has been."""

    def __init__(self) -> None:
        self.paths: dict[str, Path] = {}
        self.written: dict[str, Document] = {}
        self.mended: Files = {}

    def read(self, path: Path, name: str) -> Document:
        """The document of one file."""
        if name not in self.written:
            self.written[name] = source.read(path, name)
            self.paths[name] = path
        return self.mended.get(name, self.written[name])

    def mend(self, check: Check, report: Report) -> Mended:
        """Mend in mind what this report offers to mend."""
        return mend.mend(report, self.written, lambda files: self.examine(check, files))

    def examine(self, check: Check, files: Files) -> Report:
        """The report as it would be with these files mended."""
        self.mended = files
        return check(read=self.read)[0]


def previewed(check: Check) -> tuple[Report, Settings, Done]:
    """Show what `--fix` would change, as a unified diff, and write nothing; the report is of what is there."""
    desk = _Desk()
    report, settings = check(read=desk.read)
    mended = desk.mend(check, report)
    for name, after in sorted(mended.files.items()):
        reading.deliver("".join(_diff(desk.written[name], after)), None)
    return report, settings, Done(mended.done, mended.left, would="would be ")


def mended(check: Check, *, named: bool) -> tuple[Report, Settings, Done]:
    """Mend every file that can be mended; the report is of what is then there.

    Raises `SettingsError` where neither the command (`named`) nor the settings name what may be written.
    """
    desk = _Desk()
    report, settings = check(read=desk.read)
    if not named and not settings.agreements:
        raise SettingsError(
            "`--fix` writes only to what is named",
            "name the agreements, or list them under `agreements:` in sharecheck.yaml",
        )
    outcome = desk.mend(check, report)
    failed: dict[str, str] = {}
    for name, after in sorted(outcome.files.items()):
        try:
            _put(desk.paths[name], desk.written[name], after)
        except (SettingsError, OSError) as error:
            reason = getattr(error, "message", None) or getattr(error, "strerror", None) or str(error)
            failed[name] = f"`{name}` was not mended: {reason}"
    report = outcome.report
    if failed:
        report = desk.examine(check, {name: after for name, after in outcome.files.items() if name not in failed})
    made = tuple(one for one in outcome.done if one.file not in failed)
    return report, settings, Done(made, outcome.left, tuple(failed.values()))


def refuse(on: str | None, *, fix: bool, diff: bool, writes: bool) -> None:
    """Raise `SettingsError` where flags ask for what contradicts `--fix` or `--diff`."""
    if fix and diff:
        raise SettingsError("`--diff` shows what `--fix` would change and writes nothing", "give one of the two")
    if diff and writes:
        raise SettingsError(
            "`--diff` shows the changes on the screen and writes nothing", "leave out what else would be written"
        )
    if fix and reading.day(on) != reading.day(None):
        raise SettingsError(
            "`--fix` mends what is wrong today, and `--on` names another day", "leave out `--on`, or look with `--diff`"
        )


def tell(done: Done) -> None:
    """Say what was mended and what was left; raises `SettingsError` where a file could not be written."""
    for one in sorted(done.mended, key=lambda one: (one.file, one.line)):
        typer.echo(f"{one.place}: {done.would}mended: {one.edit.said}", err=True)
    for one in done.left:
        typer.echo(f"{one.place}: left to you: {one.edit.said} cannot be done there with certainty", err=True)
    places, files = counted(len(done.mended), "place"), counted(len({one.file for one in done.mended}), "file")
    what = f"{places} in {files} {done.would}mended" if done.mended else "nothing to mend with certainty"
    typer.echo(what + (f", {len(done.left)} left to you" if done.left else ""), err=True)
    if done.failed:
        raise SettingsError("; ".join(done.failed), "every other file was dealt with; put that right and run it again")


def _put(path: Path, before: Document, after: Document) -> None:
    """Put a mended file in its place, where it is still as it was read."""
    if path.is_symlink():
        raise SettingsError("it is a link", "name the file it points to")
    raw = path.read_bytes()
    marked = raw.startswith(codecs.BOM_UTF8)
    if raw.removeprefix(codecs.BOM_UTF8) != before.text.encode("utf-8"):
        raise SettingsError("it has been changed since it was read", "run it again")
    if not path.stat().st_mode & 0o222:
        raise SettingsError("it may only be read", "allow it to be written")
    reading.put((codecs.BOM_UTF8 if marked else b"") + after.text.encode("utf-8"), path)


def _diff(before: Document, after: Document) -> list[str]:
    lines = difflib.unified_diff(_lines(before), _lines(after), before.name, after.name)
    return [line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines]


def _lines(document: Document) -> list[str]:
    return list(io.StringIO(document.text, newline="\n"))
