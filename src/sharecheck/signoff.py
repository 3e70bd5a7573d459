"""Sign-offs: who signed an agreement, for which agency, and whether that still stands for what the agreement means today.

A sign-off names the digest of what binds the partners (RFC 8785 canonical JSON of the agreement with its protocol, SHA-256), and
what was signed is kept under the digest of its text. So it can be told later what has changed since, whom that affects, and
why; a change that does not affect an agency leaves its sign-off as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

from sharecheck import content, schema, source, ssh
from sharecheck.agreement import Agency, Agreement
from sharecheck.change import comparison, parts, saying
from sharecheck.change.moves import KINDS, Move
from sharecheck.errors import SourceError
from sharecheck.knowledge import Book
from sharecheck.source import Document

FOLDER = "signoff"
SIGNED = "signed"
SIGNERS = "allowed_signers"
LINE = "sharecheck-signoff"
VOID_BY = KINDS
"""The changes that void a sign-off unless the partnership says otherwise: all that are not of wording alone."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One sign-off; `meaning` and `text` are digests of what was signed, `identity` and `ssh` are empty on a named one."""

    agency: str
    name: str
    role: str
    on: date
    meaning: str
    text: str
    tool: str
    knowledge: str
    schema: str
    identity: str = ""
    ssh: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """The sign-offs of one agreement, by agency; `folder` is where they lie, with what was signed."""

    agreement: str
    signatures: Mapping[str, Signature]
    folder: Path
    document: Document | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one agency's sign-off stands: `stands`, `void`, `unproved` or `lacking`; how it was given, and why it no longer stands.

    `moves` are the changes that voided it.
    """

    agency: str
    state: str
    signature: Signature | None
    proof: str
    because: str
    fix: str = ""
    moves: tuple[Move, ...] = ()


def digests(agreement: Agreement) -> tuple[str, str, bytes]:
    """The digest of what binds, the digest of all that is said, and that text itself, as canonical JSON."""
    said = content.resolved(agreement)
    text = content.canonical_bytes(said)
    return content.digest(content.meant(said)), f"sha256:{sha256(text).hexdigest()}", text


@cache
def format_digest() -> str:
    """The digest of the format that agreements are read by."""
    return f"sha256:{sha256(schema.text('agreement').encode()).hexdigest()}"


def message(agreement: str, signature: Signature) -> bytes:
    """What a key signs: everything that a sign-off says, as canonical JSON."""
    return content.canonical_bytes({
        "sharecheck-signoff": 1, "agreement": agreement, "agency": signature.agency, "name": signature.name,
        "role": signature.role, "on": signature.on.isoformat(), "meaning": signature.meaning, "text": signature.text,
        "tool": signature.tool, "knowledge": signature.knowledge, "schema": signature.schema, "identity": signature.identity,
    })  # fmt: skip


# files


def read(document: Document, folder: Path | None = None) -> Record:
    """The sign-offs in a file; raises `SourceError` where it does not have the form. `folder` is where it lies."""
    for misfit in schema.misfits(document.data, "signoff"):
        span = document.key_span(misfit.at) if misfit.key else document.span(misfit.at)
        raise SourceError("signoff-misfit", misfit.message, misfit.fix, document.name, span.line, span.column)
    found = {}
    for agency, one in document.data["signatures"].items():
        on = _day(one["on"], document, ("signatures", agency, "on"))
        key = one.get("ssh", {})
        found[agency] = Signature(
            agency, one["name"], one["role"], on, one["meaning"], one["text"], one["tool"], one["knowledge"], one["schema"],
            key.get("identity", ""), key.get("signature", ""),
        )  # fmt: skip
    return Record(document.data["agreement"], found, folder or Path(document.name).parent, document)


def _day(written: str, document: Document, at: source.Path) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        span = document.span(at)
        raise SourceError(
            "signoff-misfit",
            f"`{written}` is not a day",
            "write it as 2026-12-01",
            document.name,
            span.line,
            span.column,
        ) from None


def render(record: Record) -> str:
    """The file: agencies in order, so that two who sign at once seldom touch the same lines."""
    lines = [
        "# Sign-offs, written by `sharecheck sign`; `sharecheck sign --check` says how they stand.",
        f"{LINE}: 1",
        f"agreement: {record.agreement}",
        "signatures:",
    ]
    for agency, one in sorted(record.signatures.items()):
        lines.append(f"  {agency}:")
        said = {
            "name": one.name, "role": one.role, "on": one.on.isoformat(), "meaning": one.meaning, "text": one.text,
            "tool": one.tool, "knowledge": one.knowledge, "schema": one.schema,
        }  # fmt: skip
        lines += [f"    {key}: {json.dumps(value, ensure_ascii=False)}" for key, value in said.items()]
        if one.ssh:
            lines += [
                "    ssh:",
                f"      identity: {json.dumps(one.identity, ensure_ascii=False)}",
                "      signature: |-",
            ]
            lines += [f"        {line}" for line in one.ssh.strip().splitlines()]
    return "\n".join(lines) + "\n"


def kept_as(text_digest: str) -> str:
    """The name of the file that keeps what was signed, in the folder of sign-offs."""
    return f"{SIGNED}/{text_digest.removeprefix('sha256:')[:32]}.json"


# standing


def required(agreement: Agreement, book: Book) -> list[Agency]:
    """The agencies whose sign-off an agreement needs: its own, and those of its protocol that its flows name.

    A class that bodies join signs body by body, by its own list; and a forum, a court or a body that only processes for others
    agrees to nothing.
    """
    return sorted((one for one in agreement.parties if _agrees(one, book)), key=lambda one: one.id)


def _agrees(agency: Agency, book: Book) -> bool:
    kinds = [book.term("agency-types", kind) for kind in (agency.type, *agency.also)]
    aside = any(kind.is_("forum") or kind.is_("own_law") for kind in kinds) or agency.controller in (
        "processor",
        "none",
    )
    return not aside and not agency.fields.get("members") and not agency.fields.get("joins")


def standings(
    agreement: Agreement, record: Record, book: Book, void_by: Iterable[str] = VOID_BY
) -> tuple[Standing, ...]:
    """How the sign-off of each agency that has to sign, and of others that did, stands for the agreement as it is."""
    meaning, text, _ = digests(agreement)
    void_by = frozenset(void_by)
    since: dict[str, _Since] = {}
    found = []
    asked = required(agreement, book)
    beside = [one for name, one in sorted(agreement.agencies.items()) if name in record.signatures and one not in asked]
    for agency in (*asked, *beside):
        signature = _of(agency, agreement, record)
        if signature is None:
            found.append(Standing(
                agency.id, "lacking", None, "", "it has not signed",
                f"`sharecheck sign {agreement.id} --agency {agency.id} --name … --role …`",
            ))  # fmt: skip
            continue
        verdict = _proof(signature, record)
        proof = _given(signature, verdict)
        if verdict is not None and verdict.outcome is not ssh.Outcome.GOOD:
            found.append(Standing(agency.id, "unproved", signature, proof, verdict.sentence, verdict.fix))
            continue
        if signature.meaning == meaning and not (signature.text != text and "wording" in void_by):
            found.append(Standing(agency.id, "stands", signature, proof, ""))
            continue
        if signature.text not in since:
            since[signature.text] = _Since(agreement, signature, record, book)
        found.append(since[signature.text].standing(agency, signature, proof, void_by))
    return tuple(found)


def _of(agency: Agency, agreement: Agreement, record: Record) -> Signature | None:
    """An agency's sign-off: its own, or that of the body it is part of."""
    seen: list[str] = []
    here: Agency | None = agency
    while here is not None and here.id not in seen:
        if here.id in record.signatures:
            return record.signatures[here.id]
        seen.append(here.id)
        above = here.part_of or here.member_of
        here = agreement.agencies.get(above) if above else None
    return None


def _proof(signature: Signature, record: Record) -> ssh.Verdict | None:
    """What a key's signature is worth; None where there is none to judge."""
    if not signature.ssh:
        return None
    if signature.identity.split("/")[0] != signature.agency:
        return ssh.Verdict(
            ssh.Outcome.OTHER_PERSON, signature.identity,
            f"the key is that of `{signature.identity}`, which is not said to sign for `{signature.agency}`",
            f"name the signer in {SIGNERS} as `{signature.agency}/…`, and sign again",
        )  # fmt: skip
    said = message(record.agreement, signature)
    return ssh.verify(said, signature.ssh, signature.identity, record.folder / SIGNERS, signature.on)


def _given(signature: Signature, verdict: ssh.Verdict | None) -> str:
    who = f"{signature.name}, {signature.role}, on {signature.on.isoformat()}"
    if verdict is None:
        return f"{who}: named only, with nothing that proves who it was"
    if verdict.outcome is ssh.Outcome.GOOD:
        return f"{who}: signed with the key of `{signature.identity}` ({verdict.fingerprint})"
    return f"{who}: with a key that does not prove it"


class _Since:
    """What has changed since one text was signed."""

    def __init__(self, agreement: Agreement, signature: Signature, record: Record, book: Book) -> None:
        self.now = _as_signed(content.resolved(agreement), agreement)
        self.book = book
        self.trouble = ""
        self.moves: tuple[Move, ...] = ()
        self.renames: Mapping[str, Mapping[str, str]] = {}
        path = record.folder / kept_as(signature.text)
        try:
            data = path.read_bytes() if path.stat().st_size <= source.MAX_BYTES else b""
            said = json.loads(data)
        except (OSError, ValueError, RecursionError):
            self.trouble = (
                f"the agreement means something else than was signed, and `{path.name}`, which kept that, is not there"
            )
            return
        if (
            f"sha256:{sha256(data).hexdigest()}" != signature.text
            or content.digest(content.meant(said)) != signature.meaning
        ):
            self.trouble = f"`{path.name}`, which keeps what was signed, has been altered"
            return
        then = _as_signed(said, agreement)
        changes, self.renames = parts.compare(then, self.now)
        self.moves = comparison.between(then, self.now, (book, book), changes, self.renames)

    def standing(self, agency: Agency, signature: Signature, proof: str, void_by: frozenset[str]) -> Standing:
        """How the sign-off of an agency stands."""
        fix = "have the agency look at what changed and sign again"
        if self.trouble:
            return Standing(agency.id, "void", signature, proof, self.trouble, fix)
        touching = tuple(move for move in self.moves if move.kind in void_by and agency.id in move.agencies)
        if touching:
            said = saying.brief(touching[0], self.book)
            more = (
                f" (and {len(touching) - 1} more change{'' if len(touching) == 2 else 's'})"
                if len(touching) > 1
                else ""
            )
            return Standing(agency.id, "void", signature, proof, f"{said}{more}", fix, touching)
        if "wording" in void_by:
            return Standing(
                agency.id, "void", signature, proof, "the wording has changed since, and here that voids", fix
            )
        since = "what has changed since does not affect it" if self.moves else "only wording has changed since"
        return Standing(agency.id, "stands", signature, f"{proof}; {since}", "")


def _as_signed(said: Mapping[str, object], agreement: Agreement) -> Agreement:
    """What was signed, as an agreement whose status and dates of use are out of account."""
    held = {key: value for key, value in said.items() if key != "replaced_by"}
    return content.rebuilt({**held, "status": "live", "id": agreement.id}, agreement.document.name)
