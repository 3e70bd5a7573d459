"""The pages that are signed: how each agency's sign-off stands, and room to sign in ink."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sharecheck import signoff
from sharecheck.agreement import Agency
from sharecheck.paper.model import Block, Cell, Column, Heading, Line, Paragraph, Section, Signing, Table
from sharecheck.paper.partners import post
from sharecheck.paper.reader import Reader, gap, plain, quiet, strong, when
from sharecheck.signoff import Standing

_STATES = {
    "stands": "Stands", "void": "No longer stands", "unproved": "Not proved", "lacking": "Not signed",
}  # fmt: skip


def summary(reader: Reader, standings: Sequence[Standing]) -> Line:
    """How many have signed, in a sentence."""
    needed = len(signoff.required(reader.agreement, reader.book))
    if not standings:
        return gap(
            f"No sign-off is kept with sharecheck; {needed} are needed."
            if needed
            else "No sign-off is kept with sharecheck."
        )
    stand = sum(one.state == "stands" for one in standings)
    return plain(f"{stand} of {len(standings)} stand (see the last section).")


def signatures(reader: Reader, standings: Sequence[Standing]) -> Section:
    """Existing sign-offs, and a block for each agency that signs; for a class, one that its members copy."""
    agreement = reader.agreement
    by_agency = {one.agency: one for one in standings}
    lead = (
        "A signature here is given to this agreement with the version and digest on this page. What it binds its partners to has "
        f"the digest {reader.meaning}; whether a signature still stands after a change is told by comparing that."
    )
    blocks: list[Block] = [Paragraph(plain(lead))]
    if standings:
        columns = (
            Column("Agency", 3),
            Column("State", 1.5),
            Column("How it was given", 4),
            Column("What has come of it", 4),
        )
        rows = tuple(_row(one, reader) for one in standings)
        blocks += [Heading("Sign-offs kept with sharecheck"), Table("How sign-offs stand today", columns, rows)]
    signing = signoff.required(agreement, reader.book)
    classes = [one for one in agreement.parties if one.fields.get("members") or one.fields.get("joins")]
    classes = [one for one in classes if one not in signing]
    if signing:
        blocks.append(Heading("For each agency that signs"))
        blocks += [Signing(one.name, post(one), _stands(one, by_agency, reader)) for one in signing]
    if classes:
        blocks.append(Heading("For each body that joins"))
        blocks += [Signing(f"One of: {one.name}", post(one), _joins(one)) for one in classes]
    if not signing and not classes:
        blocks.append(Paragraph(gap("The agreement names no agency that would have to sign.")))
    return Section("signatures", "Signatures", tuple(blocks), apart=True)


def _row(one: Standing, reader: Reader) -> tuple[Cell, ...]:
    came = one.because or "Nothing that affects it has changed."
    return (
        (strong(reader.body(one.agency)),),
        (strong(_STATES.get(one.state, one.state)),),
        (plain(one.proof) if one.proof else quiet("Not given"),),
        (plain(f"{came[:1].upper()}{came[1:]}"),),
    )


def _stands(one: Agency, by_agency: Mapping[str, Standing], reader: Reader) -> Cell:
    said: list[Line] = []
    standing = by_agency.get(one.id)
    if standing and standing.signature:
        said.append(
            plain(f"Kept with sharecheck: {_STATES.get(standing.state, standing.state).lower()}. {standing.proof}")
        )
    signatory: Any = one.fields.get("signatory")
    if isinstance(signatory, Mapping) and signatory.get("on") is not None:
        who = f" by {signatory['name']}" if signatory.get("name") else ""
        says = "protocol (tier 1) says that it signed that" if one.inherited else "agreement says that it signed"
        said.append(quiet(f"The {says}{who} on {when(signatory['on'])}; that was not checked."))
    if not signatory:
        found = reader.missing(("agencies", one.id, "signatory"))
        said.append(Line(f"Which post signs: {found.text[:1].lower()}{found.text[1:]}", found.manner))
    return tuple(said)


def _joins(one: Agency) -> Cell:
    joins = one.fields.get("joins") or {}
    said = (
        [plain(f"How it joins: {joins['by']}")]
        if joins.get("by")
        else [gap("The agreement does not say how bodies join.")]
    )
    if joins.get("register"):
        said.append(quiet(f"Those that have joined are listed in {joins['register']}"))
    return tuple(said)
