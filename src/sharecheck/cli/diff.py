"""`sharecheck diff`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sharecheck.cli.exits import Exit
from sharecheck.errors import NothingToCheckError, SettingsError

if TYPE_CHECKING:
    from datetime import date

    from sharecheck.approvals import Approval
    from sharecheck.change import Difference
    from sharecheck.change.telling import Row, Told, Unread, Voided
    from sharecheck.versions import Version


class View(StrEnum):
    """Whom the sentences are for."""

    ANYBODY = "anybody"
    SUBJECT = "subject"
    DISCLOSER = "discloser"
    RECIPIENT = "recipient"


class Kind(StrEnum):
    """A way in which answers move."""

    WIDENS = "widens"
    OBLIGES = "obliges"
    NARROWS = "narrows"
    FREES = "frees"
    UNSTATED = "unstated"
    CONDITIONS = "conditions"
    ANY = "any"


_ENDINGS = {".txt": "text", ".json": "json", ".md": "markdown", ".html": "html"}
_FORMS = ("text", "json", "markdown", "html", "github")


def diff(
    old: str = typer.Argument(
        None, metavar="[OLD]", help="The older version: a file, a folder, or REF or REF:PATH of git. [default: HEAD]"
    ),
    new: str = typer.Argument(
        None, metavar="[NEW]", help="The newer version, named in the same way. [default: what is here now]"
    ),
    on: str | None = typer.Option(
        None, "--on", metavar="DAY[..DAY]", help="The day whose law is read; two days compare the law of both."
    ),
    perspective: View = typer.Option(
        View.ANYBODY, "--perspective", help="Whom the sentences speak to: whoever it is about, who sends, who receives."
    ),
    fail_on: list[Kind] = typer.Option(
        None, "--fail-on", help="Fail where answers move this way and nobody has accepted it; may be repeated."
    ),
    output_format: list[str] = typer.Option(
        None,
        "--format",
        metavar="NAME[=FILE]",
        help="How to write it: text, json, markdown, html, github. May be repeated, all but one with a file.",
    ),
    output: Path | None = typer.Option(None, "--output", "-o", help="Write to this file; its ending sets the format."),
    everything: bool = typer.Option(False, "--all", help="Show every sentence, however many there are."),
    accept: list[str] = typer.Option(
        None, "--accept", metavar="FINGERPRINT", help="Accept this change (or `all`), by name; may be repeated."
    ),
    by: str | None = typer.Option(None, "--by", help="Who accepts it, with their post."),
    because: str | None = typer.Option(None, "--because", help="Why it is accepted."),
    approvals: Path | None = typer.Option(
        None, "--approvals", help="The file of accepted changes. [default: as sharecheck.yaml says, or approvals.yaml]"
    ),
) -> None:
    """Show exactly what a change allows, forbids or obliges, in sentences."""
    from sharecheck import __version__, knowledge
    from sharecheck import approvals as accepted_changes
    from sharecheck import change as changes
    from sharecheck.change import telling
    from sharecheck.cli import reading
    from sharecheck.formats import changes as written

    days = _days(on)
    places = _places(list(output_format or []), output)
    if (accept or by or because) and not (accept and by and because):
        raise SettingsError(
            "a change is accepted by somebody, for a reason", "give `--accept`, `--by` and `--because` together"
        )
    with _versions(old, new, days) as (older, newer):
        book = knowledge.load(days[0])
        books = (book, book if days[0] == days[1] else knowledge.load(days[1]))
        found = changes.compare(
            older.gathered.agreements,
            newer.gathered.agreements,
            books,
            (_short(older), _short(newer)),
            on_days=days[0] != days[1],
        )
        lost = unread(older, newer)
        if not found.changed and not found.same and not lost:
            raise NothingToCheckError(
                f"there is no agreement in {older.label} nor in {newer.label}, so nothing was compared",
                "name the files, folders or commits that hold your agreements",
            )
        file = approvals or newer.settings.root / newer.settings.approvals
        held = accepted_changes.load(file)
        if accept:
            whole = telling.tell(found, lambda newest, name: (newer if newest else older).shown(name))
            held = _accept(whole, held, accept, by or "", because or "", file, str(days[1]))
        told = telling.tell(
            found, lambda newest, name: (newer if newest else older).shown(name), telling.Perspective(perspective.value),
            {fingerprint: one.sentence for fingerprint, one in held.items()}, voided(found, newer), lost,
            whole=everything or "json" in places.values(),
        )  # fmt: skip
    refused = _refused(told, set(fail_on or ()))
    for place, name in sorted(places.items(), key=lambda one: one[0] is None):
        if name == "json":
            text = written.as_json(told, __version__)
        elif name == "text":
            text = written.text(told, everything=everything)
        else:
            text = _form(name, told, refused)
        reading.deliver(text, place)
    if None not in places:
        typer.echo(told.sums, err=True)
    if refused:
        one = len(refused) == 1
        typer.echo(
            f"{len(refused)} of these changes {'is' if one else 'are'} not accepted by anybody: undo {'it' if one else 'them'}, or "
            "accept by name with `--accept FINGERPRINT --by NAME --because WHY`.",
            err=True,
        )
    if any(error.code != "not-an-agreement" for error in older.gathered.unread) or newer.gathered.unread:
        raise typer.Exit(Exit.UNREAD)
    raise typer.Exit(Exit.FINDINGS if refused or lost else Exit.FINE)


def _short(version: Version) -> str:
    """What the user named, but no more of a commit's number than tells it from others."""
    return version.label[:12] if version.label == version.commit else version.label


def _days(on: str | None) -> tuple[date, date]:
    from sharecheck.cli import reading

    if on is not None and ".." in on:
        first, _, last = on.partition("..")
        days = reading.day(first), reading.day(last)
        if days[0] > days[1]:
            raise SettingsError(f"`--on {on}` ends before it begins", "write the earlier day first")
        return days
    day = reading.day(on)
    return day, day


@contextmanager
def _versions(old: str | None, new: str | None, days: tuple[date, date]) -> Iterator[tuple[Version, Version]]:
    """The two versions that were meant: with one named, it and what is here now; with none, the last commit and that."""
    from sharecheck import versions
    from sharecheck.cli import reading

    here = Path.cwd()
    with reading.watching() as tick:
        if new is None and old is not None and (here / old).exists():
            path = old
            old, new = (path if days[0] != days[1] else f"HEAD:./{path}"), path
        with (
            versions.opened(old, here, tick=tick) if old is not None else _default(days, here) as older,
            versions.opened(new, here, tick=tick) if new is not None else _now(here) as newer,
        ):
            yield older, newer


@contextmanager
def _default(days: tuple[date, date], here: Path) -> Iterator[Version]:
    from sharecheck import versions

    with _now(here) if days[0] != days[1] else versions.opened("HEAD", here) as found:
        yield found


@contextmanager
def _now(here: Path) -> Iterator[Version]:
    """The agreements as they are here now, where settings or custom say that they are."""
    from sharecheck import repository, versions
    from sharecheck.cli import reading

    settings, where = reading.settings([], None)
    yield versions.Version("now", repository.gather(where, settings, may_be_empty=True), settings, here, None)


def unread(older: Version, newer: Version) -> list[Unread]:
    """What of two versions could not be compared."""
    from sharecheck.change.telling import Unread

    found = []
    for version in (older, newer):
        for error in version.gathered.unread:
            if version is older and error.code == "not-an-agreement":
                continue  # what was no agreement then has nothing to be compared
            found.append(
                Unread(
                    f"{version.label}: {version.shown(error.name)}:{error.line}:{error.column}",
                    error.message,
                    error.fix,
                )
            )
        for one in version.gathered.misshapen:
            first = one.misfits[0]
            span = one.document.key_span(first.at) if first.key else one.document.span(first.at)
            name = f"{version.label}: {version.shown(one.document.name)}:{span.line}:{span.column}"
            found.append(Unread(name, first.message, first.fix))
    return found


def voided(found: Difference, newer: Version) -> list[Voided]:
    """The sign-offs kept in the newer version that stood for the older one and do not stand for the newer."""
    if not newer.gathered.sign_offs:
        return []
    from sharecheck import signoff
    from sharecheck.change.telling import Voided
    from sharecheck.errors import SourceError

    gone = []
    for one in found.changed:
        if one.new is None:
            continue
        for document in newer.gathered.sign_offs:
            if document.data.get("agreement") != one.id:
                continue
            try:
                record = signoff.read(document, (newer.root / document.name).parent)
            except SourceError:
                continue
            void_by = newer.settings.void_by or signoff.VOID_BY
            before = (
                {s.agency: s.state for s in signoff.standings(one.old, record, found.books[1], void_by)}
                if one.old
                else {}
            )
            for standing in signoff.standings(one.new, record, found.books[1], void_by):
                if standing.state == "void" and before.get(standing.agency) != "void":
                    gone.append(Voided(one.id, standing.agency, standing.because))
    return gone


def _accept(
    told: Told, held: dict[str, Approval], wanted: Sequence[str], by: str, because: str, file: Path, on: str
) -> dict[str, Approval]:
    """The approvals with those changes added, written to their file."""
    from sharecheck import approvals, repository
    from sharecheck.cli import reading

    if not by.isprintable() or not because.isprintable() or not by.strip() or not because.strip():
        raise SettingsError("`--by` and `--because` are words in one line", "say who accepts it and why")
    rows = [row for row in told.rows if row.fingerprint]
    chosen = []
    for name in wanted:
        found = rows if name == "all" else [row for row in rows if len(name) >= 6 and row.fingerprint.startswith(name)]
        if not found:
            raise SettingsError(
                f"no change here has the fingerprint `{name}`", "copy it from what `sharecheck diff` shows"
            )
        chosen += found
    added = {
        row.fingerprint: approvals.Approval(
            row.fingerprint, row.agreement, row.kind, _plain(row.headline), by, because, on
        )
        for row in chosen
    }
    kept = {**held, **added}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        reading.put(approvals.render(kept.values()).encode(), file)
    except OSError as error:
        raise SettingsError(
            f"`{file.as_posix()}` cannot be written: {error.strerror}", "name a file that is yours"
        ) from None
    typer.echo(f"wrote {repository.name_of(file)}: {len(added)} accepted by {by}", err=True)
    return kept


def _plain(text: str) -> str:
    """A headline as it is kept with who accepted it."""
    return " ".join(text.split()).replace("in the circumstances listed below", "in some circumstances")


def _refused(told: Told, kinds: set[Kind]) -> tuple[Row, ...]:
    """The changes that go a way that is refused, and are not accepted."""
    refused = []
    for row in told.rows:
        move = row.move
        ways = (
            {row.kind}
            | ({"widens"} if move and move.allows_more else set())
            | ({"narrows"} if move and move.allows_less else set())
        )
        if move and not row.accepted and kinds and (Kind.ANY in kinds or ways & {kind.value for kind in kinds}):
            refused.append(row)
    return tuple(refused)


def _places(formats: list[str], output: Path | None) -> dict[Path | None, str]:
    from sharecheck.cli import reading

    places: dict[Path | None, str] = {}
    for one in formats:
        name, _, file = one.partition("=")
        if name not in _FORMS:
            raise SettingsError(f"`--format {name}` is not a format of this command", f"use {', '.join(_FORMS)}")
        place = Path(file) if file else output
        if place in places:
            raise SettingsError(
                "two formats have one place to be written to", "give all but one a file: `--format json=changes.json`"
            )
        places[place] = name
    if not places:
        places[output] = reading.by_ending(output, _ENDINGS, "text")
    for place in places:
        if place is not None:
            reading.refuse_yaml(place)
    return places


def _form(name: str, told: Told, refused: Sequence[Row]) -> str:
    if name == "markdown":
        from sharecheck.formats import markdown

        return markdown.changes(told, refused)
    if name == "github":
        from sharecheck.formats import github

        return github.changes(told, refused)
    from sharecheck.formats import html

    return html.changes(told)
