"""`sharecheck sign`."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sharecheck.cli.exits import Exit
from sharecheck.errors import NothingToCheckError, SettingsError

if TYPE_CHECKING:
    from sharecheck.agreement import Agreement
    from sharecheck.knowledge import Book
    from sharecheck.repository import Gathered
    from sharecheck.settings import Settings
    from sharecheck.signoff import Record, Signature, Standing


class Format(StrEnum):
    """How it is written."""

    TEXT = "text"
    JSON = "json"


def sign(
    agreements: list[str] = typer.Argument(
        None,
        metavar="[AGREEMENT]…",
        help="The agreement to sign, by id or file; with --check, those to look at. [default there: all]",
    ),
    agency: str | None = typer.Option(None, "--agency", help="The agency that signs, by its id in the agreement."),
    name: str | None = typer.Option(None, "--name", help="Who signs."),
    role: str | None = typer.Option(None, "--role", help="The post they sign in."),
    key: Path | None = typer.Option(
        None, "--key", help="An SSH key to sign with: the private key, or the public one of a key that the agent holds."
    ),
    identity: str | None = typer.Option(
        None, "--identity", help="Whose key it is, as signoff/allowed_signers names them. [default: as found there]"
    ),
    check: bool = typer.Option(False, "--check", help="Show how every sign-off stands, and sign nothing."),
    on: str | None = typer.Option(None, "--on", help="The day of signing, or of checking. [default: today]"),
    output_format: Format = typer.Option(Format.TEXT, "--format", help="How to write what --check finds."),
    config: Path | None = typer.Option(
        None, "--config", help="Settings to use instead of the nearest sharecheck.yaml."
    ),
) -> None:
    """Sign an agreement off for one agency, bound to what it means; or check how sign-offs stand."""
    from sharecheck import knowledge, repository
    from sharecheck.cli import reading

    named = [Path(one) for one in agreements or () if Path(one).exists()]
    found, where = reading.settings(named, config)
    ids = [one for one in agreements or () if not Path(one).exists()]
    if ids and named:
        raise SettingsError("name agreements either by id or by file", "use one way for all of them")
    book = knowledge.load(reading.day(on))
    gathered = repository.gather(where, found)
    chosen = [one for one in gathered.agreements if not ids or one.id in ids]
    for one in ids:
        if one not in {agreement.id for agreement in gathered.agreements}:
            broken = [bad.document.name for bad in gathered.misshapen]
            raise SettingsError(
                f"there is no agreement `{one}`",
                f"put `{broken[0]}` right first, if it is that one"
                if broken
                else "see what `sharecheck validate` reads",
            )
    if check:
        _check(chosen, gathered, found, book, output_format)
        return
    _sign(chosen, gathered, found, agency, name, role, key, identity, book)


def _sign(
    chosen: list[Agreement], gathered: Gathered, found: Settings, agency: str | None, name: str | None, role: str | None,
    key: Path | None, identity: str | None, book: Book,
) -> None:  # fmt: skip
    from sharecheck import __version__, repository, signoff
    from sharecheck.cli import reading
    from sharecheck.report import counted

    if len(chosen) != 1:
        if gathered.misshapen and not chosen:
            bad = gathered.misshapen[0]
            raise SettingsError(
                f"`{bad.document.name}` does not have the form of an agreement",
                "put right what `sharecheck validate` says of it",
            )
        raise SettingsError("one agreement is signed at a time", "name it by its id or its file")
    agreement = chosen[0]
    lacking = [option for option, given in (("--agency", agency), ("--name", name), ("--role", role)) if not given]
    if lacking or not agency or not name or not role:
        raise SettingsError(
            f"a sign-off says {', '.join(lacking)}", "say for which agency, who signs and in which post"
        )
    if agency not in agreement.agencies:
        raise SettingsError(
            f"`{agreement.id}` has no party `{agency}`",
            f"its parties are {', '.join(f'`{one}`' for one in agreement.agencies)}",
        )
    for option, text in (("--name", name), ("--role", role)):
        if not text.isprintable() or not text.strip() or len(text) > 200:
            raise SettingsError(f"`{option}` is a few words in one line", "write it as on paper")
    if agreement.protocol_missing:
        raise SettingsError(
            f"`{agreement.id}` stands under `{agreement.fields['under']}`, which is not there, so what is signed cannot be told",
            "sign where the protocol can be read too",
        )
    record = _record(agreement, gathered, found)
    meaning, text, said = signoff.digests(agreement)
    made = signoff.Signature(
        agency, " ".join(name.split()), " ".join(role.split()), book.on, meaning, text, __version__, book.version,
        signoff.format_digest(),
    )  # fmt: skip
    if key:
        made = _with_key(made, record, key, identity)
    updated = signoff.Record(agreement.id, {**record.signatures, agency: made}, record.folder)
    file = record.folder / f"{agreement.id}.yaml"
    kept = record.folder / signoff.kept_as(text)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        if not kept.exists() or kept.read_bytes() != said:
            reading.put(said, kept)
        reading.put(signoff.render(updated).encode(), file)
    except OSError as error:
        raise SettingsError(
            f"`{file.as_posix()}` cannot be written: {error.strerror}", "sign where the folder is yours"
        ) from None
    how = f"with the key of `{made.identity}`" if made.ssh else "by name only: nothing proves who it was"
    typer.echo(f"{agency} signed {agreement.id}, {how}\n  what binds: {meaning}")
    typer.echo(f"wrote {repository.name_of(file)} and {repository.name_of(kept)}")
    if unknown := agreement.fields.get("unknown"):
        typer.echo(
            f"note: {counted(len(unknown), 'part')} listed as `unknown`: once typed in, they void this sign-off for whoever they "
            "affect",
            err=True,
        )


def _with_key(made: Signature, record: Record, key: Path, identity: str | None) -> Signature:
    """The sign-off with a signature, checked against those who may sign."""
    from dataclasses import replace

    from sharecheck import signoff, ssh

    signers = record.folder / signoff.SIGNERS
    terminal = sys.stdin is not None and sys.stdin.isatty()
    if identity is None:
        trial = ssh.sign(b"sharecheck", key, terminal=terminal)
        names = [one for one in ssh.principals(trial, signers, made.on) if one.split("/")[0] == made.agency]
        if not names:
            raise SettingsError(
                f"`{signers.as_posix()}` does not say that this key signs for `{made.agency}`",
                f'add the line `{made.agency}/NAME@EXAMPLE namespaces="{ssh.NAMESPACE}" …` with the public key, or say which with '
                "`--identity`",
            )
        identity = names[0]
    made = replace(made, identity=identity)
    made = replace(made, ssh=ssh.sign(signoff.message(record.agreement, made), key, terminal=terminal))
    if made.identity.split("/")[0] != made.agency:
        raise SettingsError(
            f"`{identity}` is not named as somebody who signs for `{made.agency}`",
            f"name them `{made.agency}/…` in {signoff.SIGNERS}",
        )
    verdict = ssh.verify(signoff.message(record.agreement, made), made.ssh, identity, signers, made.on)
    if verdict.outcome is not ssh.Outcome.GOOD:
        raise SettingsError(
            f"the signature would not be accepted: {verdict.sentence}", verdict.fix or "use another key"
        )
    return made


def _record(agreement: Agreement, gathered: Gathered, found: Settings) -> Record:
    """The sign-offs there are, or an empty record where they will be: beside the settings, or else beside the agreement."""
    from sharecheck import signoff

    for document in gathered.sign_offs:
        if isinstance(document.data, dict) and document.data.get("agreement") == agreement.id:
            return signoff.read(document)
    beside = found.root if found.file else Path(agreement.document.name).parent
    folder = beside / signoff.FOLDER
    taken = folder / f"{agreement.id}.yaml"
    if taken.exists():
        raise SettingsError(
            f"`{taken.as_posix()}` is there and holds no sign-offs of `{agreement.id}`", "move it out of the way"
        )
    return signoff.Record(agreement.id, {}, folder)


def _check(chosen: list[Agreement], gathered: Gathered, found: Settings, book: Book, output_format: Format) -> None:
    from sharecheck import signoff
    from sharecheck.formats import sign_offs

    results: list[tuple[Agreement, Record | None, tuple[Standing, ...]]] = []
    for agreement in chosen:
        document = next((d for d in gathered.sign_offs if d.data.get("agreement") == agreement.id), None)
        record = signoff.read(document) if document else None
        standings = signoff.standings(agreement, record, book, found.void_by or signoff.VOID_BY) if record else ()
        results.append((agreement, record, standings))
    if not any(record for _, record, _ in results):
        raise NothingToCheckError(
            f"no sign-off is kept for {'any of these agreements' if len(results) > 1 else 'this agreement'}",
            "make one with `sharecheck sign AGREEMENT --agency … --name … --role …`",
        )
    render = sign_offs.as_json if output_format is Format.JSON else sign_offs.text
    typer.echo(render(results), nl=False)
    if gathered.unread:
        raise typer.Exit(Exit.UNREAD)
    bad = any(one.state in ("void", "unproved") or (one.state == "lacking" and agreement.status == "live")
              for agreement, _, standings in results for one in standings)  # fmt: skip
    raise typer.Exit(Exit.FINDINGS if bad or gathered.misshapen else Exit.FINE)
