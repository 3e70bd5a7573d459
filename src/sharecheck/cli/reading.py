"""What several commands do first: the day, the settings, the agreements; and how output reaches a file."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

from sharecheck.errors import SettingsError

F = TypeVar("F")

if TYPE_CHECKING:
    from sharecheck.baseline import Entry
    from sharecheck.report import Asked, Report
    from sharecheck.repository import Gathered
    from sharecheck.rules import Rule
    from sharecheck.settings import Settings
    from sharecheck.source import Document


def day(on: str | None, option: str = "--on") -> date:
    """The day that an option names, or today where it names none; raises `SettingsError` where it is no day."""
    if on is None:
        return date.today()  # noqa: TID251 - the only clock there is
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", on):  # the library also takes weeks and dates without hyphens
            raise ValueError
        return date.fromisoformat(on)
    except ValueError:
        raise SettingsError(f"`{option} {on}` is not a day", "write it as 2026-12-01") from None


def settings(paths: list[Path], config: Path | None) -> tuple[Settings, list[Path]]:
    """The settings that govern `paths`, and the paths to look at where none were named."""
    from sharecheck import settings as module

    files = {module.find(path) for path in paths if _there(path)} or {module.find(Path())}
    if config is None and len(files) > 1:
        named = " and ".join(f"`{file.as_posix()}`" if file else "no settings" for file in sorted(files, key=str)[:2])
        raise SettingsError(
            f"what you named lies under different settings ({named})",
            "check them one at a time, or say which with `--config`",
        )
    found = module.load(config or files.pop(), Path())
    if not paths:
        default = Path("protocols")
        paths = [found.root / p for p in found.agreements] or [default if default.is_dir() else Path()]
    return found, paths


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, RuntimeError):  # a name too long, or a link to itself
        return False


def refuse_unusable(gathered: Gathered) -> NoReturn:
    """Say why nothing that was named can be used: the first that could not be read, or has not the form of an agreement."""
    if gathered.unread:
        raise gathered.unread[0]
    file, line, column, message, fix = gathered.unusable[0]
    raise SettingsError(f"{file}:{line}:{column}: it does not have the form of an agreement ({message})", fix)


def leave(gathered: Gathered, without: str, *, failed: bool = False) -> NoReturn:
    """Say what could not be used, as in `not printed`, and exit: 4 where something could not be read, 1 where anything failed."""
    import typer

    from sharecheck.cli.exits import Exit

    for file, line, column, message, _ in gathered.unusable:
        typer.echo(f"{file}:{line}:{column}: {without}: {message}", err=True)
    if gathered.unread:
        raise typer.Exit(Exit.UNREAD)
    raise typer.Exit(Exit.FINDINGS if gathered.misshapen or failed else Exit.FINE)


@dataclass(frozen=True, slots=True)
class Examined:
    """What was read and what came of it, with what it takes to ask the same of something else.

    `every` are the rules there are, and `asked` gives for the name of a file those that it is asked.
    """

    report: Report
    settings: Settings
    gathered: Gathered
    where: tuple[Path, ...]
    every: tuple[Rule, ...]
    asked: Callable[[str], Asked]


def checked(
    paths: list[Path],
    on: str | None,
    config: Path | None,
    select: list[str] | None = None,
    ignore: list[str] | None = None,
    baseline: Path | None = None,
    read: Callable[[Path, str], Document] | None = None,
) -> tuple[Report, Settings]:
    """Read and check everything under `paths` as `validate` and `report` do; `read` gives a file's document."""
    done = examined(paths, on, config, select, ignore, baseline, read)
    return done.report, done.settings


def examined(
    paths: list[Path],
    on: str | None,
    config: Path | None,
    select: list[str] | None = None,
    ignore: list[str] | None = None,
    baseline: Path | None = None,
    read: Callable[[Path, str], Document] | None = None,
) -> Examined:
    """The same, with everything that was read."""
    import gc

    from sharecheck import __version__, knowledge, repository, source
    from sharecheck import report as reports
    from sharecheck import rules as engine
    from sharecheck.report import Asked
    from sharecheck.settings import Settings

    gc.freeze()
    gc.disable()  # one short pass that keeps nearly everything it makes: collecting in between finds nothing
    found, paths = settings(paths, config)
    read_on = day(on)
    every = (*engine.load(), *own_rules(found, read_on))
    ids, topics = [r.id for r in every], [r.topic for r in every]
    found.check_names(ids, topics)
    replace(Settings(found.root), select=tuple(select or ()), ignore=tuple(ignore or ())).check_names(ids, topics)
    entries = _entries(found, baseline)
    made: dict[object, Asked] = {}

    def asked(name: str) -> Asked:
        here = _merged(found.at(Path(name)) if found.apart else found, select, ignore)
        key = (here.select, here.ignore, tuple(here.severity.items()), here.fail_on)
        if key not in made:
            chosen = reports.chosen(every, here.select, here.ignore, here.severity, here.mandatory)
            made[key] = Asked(chosen, here.fail_on)
        return made[key]

    asked("")  # so that wrong settings are said before anything is read
    book = knowledge.load(read_on)
    with watching() as tick:
        gathered = repository.gather(paths, found, tick, read or source.read)
        report = reports.check(gathered, book, every, __version__, asked, found.void_by)
    if entries is not None:
        from sharecheck import baseline as baselines

        report = baselines.apply(report, entries)
    return Examined(report, found, gathered, tuple(paths), every, asked)


def baseline_file(found: Settings, named: Path | None) -> Path | None:
    """The baseline in use: as named, or as settings say."""
    return named or (found.root / found.baseline if found.baseline else None)


def _entries(found: Settings, named: Path | None) -> tuple[Entry, ...] | None:
    file = baseline_file(found, named)
    if file is None:
        return None
    from sharecheck import baseline as baselines

    return baselines.load(file)


def own_rules(found: Settings, on: date) -> tuple[Rule, ...]:
    """The rules that the settings add; none, and nothing loaded for them, where they add none."""
    if not found.own_rules and not found.plugins:
        return ()
    from sharecheck import own

    return own.load(found, on)


def _merged(found: Settings, select: list[str] | None, ignore: list[str] | None) -> Settings:
    if select:
        found = replace(found, select=tuple(select))
    return replace(found, ignore=(*found.ignore, *ignore)) if ignore else found


@contextmanager
def watching() -> Iterator[Callable[[str], None]]:
    """Progress on long runs, where a person is watching; silence everywhere else."""
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _: None
        return
    import time

    started = time.monotonic()
    count = 0

    def tick(name: str) -> None:
        nonlocal count
        count += 1
        if count % 20 == 0 and time.monotonic() - started > 1:
            sys.stderr.write(f"\r\x1b[Kreading {count}: {name[-60:]}")
            sys.stderr.flush()

    try:
        yield tick
    finally:
        if count and time.monotonic() - started > 1:
            sys.stderr.write("\r\x1b[K")


def by_ending(output: Path | None, endings: Mapping[str, F], default: F) -> F:
    """The format that a file's ending asks for; raises `SettingsError` where it asks for one there is not."""
    if output is None or not output.suffix or (output.exists() and not output.is_file()):
        return default
    if (ending := output.suffix.lower()) in (".yaml", ".yml"):
        return default  # refused when it comes to writing
    if ending not in endings:
        raise SettingsError(
            f"`{output.as_posix()}` ends in `{ending}`, which is not a format of this command",
            f"end it in {', '.join(endings)}, or say which with `--format`",
        )
    return endings[ending]


def refuse_yaml(output: Path) -> Path:
    """The file that a name stands for; raises `SettingsError` where it could be an agreement or the settings."""
    try:
        real = output.resolve()
    except (OSError, RuntimeError):
        raise SettingsError(f"`{output.as_posix()}` cannot be written", "name a file in a folder of yours") from None
    if {output.suffix.lower(), real.suffix.lower()} & {".yaml", ".yml"}:
        raise SettingsError(
            f"`{output.as_posix()}` is where an agreement or settings would be, and was left alone",
            "give what you write another ending, such as .html, .md, .svg or .txt",
        )
    return real


def deliver(text: str, output: Path | None, *, protect: bool = True) -> None:
    """Write to standard output, or beside the file and then in its place, so that no half-written file is left.

    A YAML file is never written over, since it could be the agreement itself; `protect` is false only for `init`.
    """
    if output is None:
        if sys.stdout is None:
            raise SettingsError("there is nowhere to write to", "name a file with `--output`")
        sys.stdout.write(text)
        return
    save(text.encode("utf-8", "replace"), output, protect=protect)


def save(data: bytes, output: Path, *, protect: bool = True) -> None:
    """Write bytes to a file as `deliver` writes text; raises `SettingsError` where that cannot be done."""
    named, output = output, refuse_yaml(output) if protect else output.resolve()
    try:
        if output.exists() and not output.is_file():  # a pipe or a device, which nothing can take the place of
            output.write_bytes(data)
            return
        put(data, output)
    except OSError as error:
        raise SettingsError(
            f"`{named.as_posix()}` cannot be written: {error.strerror or error}",
            "name a file in a folder that exists and is yours",
        ) from None


def deliver_bytes(data: bytes, output: Path | None) -> None:
    """Write what is no text, to a file as `deliver` does, or to standard output where that is no terminal."""
    if output is not None:
        save(data, output)
    elif sys.stdout is None or sys.stdout.isatty():
        raise SettingsError("this is not for a terminal", "name a file with `--output`")
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)


def put(data: bytes, output: Path) -> None:
    """Write beside a file and then in its place; raises `OSError`, and leaves what was there, where that cannot be done."""
    handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        mode = output.stat().st_mode & 0o777 if output.exists() else 0o644
        Path(name).chmod(mode)
        Path(name).replace(output)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
