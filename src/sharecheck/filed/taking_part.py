"""Which controllers take part in which flows of an agreement, on which side and on what basis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sharecheck.agreement import Agency, Agreement, Basis, Flow, Party
from sharecheck.knowledge import Book
from sharecheck.paper import running
from sharecheck.paper.model import Block, Bullets, Cell, Definitions, Heading, Line, Paragraph
from sharecheck.paper.reader import INCLUDE, Reader, plain

GENERAL, LAW_ENFORCEMENT = "general", "law-enforcement"
"""The laws that processing comes under, as the book's documents name them."""


@dataclass(frozen=True, slots=True)
class Part:
    """The part that one controller takes in one flow: its sides, `sender` first, each with the basis stated for it."""

    agency: Agency
    flow: Flow
    bases: tuple[tuple[str, Basis | None], ...]

    def on(self, side: str) -> bool:
        """Whether the controller is on a side."""
        return any(one == side for one, _ in self.bases)


def readers(agreements: Iterable[Agreement], book: Book) -> list[Reader]:
    """Each agreement as it is read for filing, with what it takes from its tier 1 protocol."""
    return [Reader(one, book, INCLUDE) for one in agreements]


def parts(reader: Reader, own: str = "") -> Iterator[tuple[Agency, list[Part]]]:
    """Each controller that takes part in a flow, with its parts; those of one agency, what it is part of and one of, with `own`."""
    found: dict[str, list[Part]] = {}
    for flow in reader.agreement.flows.values():
        sides: dict[str, list[tuple[str, Basis | None]]] = {}
        for side, agency, basis in reader.facts.based(flow):
            sides.setdefault(agency.id, []).append((side, basis))
        for name, bases in sides.items():
            found.setdefault(name, []).append(Part(reader.agreement.agencies[name], flow, tuple(bases)))
    for name, taken in found.items():
        if not own or concerns(reader.agreement, name, own):
            yield reader.agreement.agencies[name], taken


def concerns(agreement: Agreement, agency: str, own: str) -> bool:
    """Whether what an agency does is for the officer of `own` to file: it is that body, a department of it or its class."""
    body, asked = agreement.agencies[agency], agreement.agencies.get(own)
    return own in (agency, body.part_of) or (asked is not None and asked.member_of == agency)


def left_out(reader: Reader, own: str = "") -> Iterator[str]:
    """Who and what has no entry, and why, a sentence each."""
    agreement, facts = reader.agreement, reader.facts
    if not agreement.flows and agreement.kind != "protocol":
        yield f"“{agreement.title}” has no flows of its own, so nothing in it is an entry."
    for flow in agreement.flows.values():
        if not facts.based(flow) and not own:
            yield f"“{agreement.title}”: no controller is named for “{reader.flow_title(flow)}”, so it has no entry."
    seen = set()
    for flow in agreement.flows.values():
        for _, agency in facts.sides(flow):
            if agency.id in seen or facts.decides(agency) or (own and not concerns(agreement, agency.id, own)):
                continue
            seen.add(agency.id)
            kind = "a processor, which keeps a record of another kind" if agency.controller == "processor" else (
                "no controller; those who take part in it are"
            )  # fmt: skip
            yield f"“{agreement.title}”: {agency.name} is {kind}."
    if agreement.protocol_missing:
        yield f"“{agreement.title}” stands under “{reader.fields['under']}”, which was not read: what that settles is missing."


def regimes(part: Part, reader: Reader) -> tuple[str, ...]:
    """The laws that a controller's part in a flow comes under: as its bases say, or else the flow and the kind of agreement."""
    facts, found = reader.facts, []
    for _, basis in part.bases:
        if basis is not None and (basis.article_6 or basis.article_9 or facts.part_3(basis)):
            enforces = facts.part_3(basis)
        else:
            stated = reader.agreement.kind == LAW_ENFORCEMENT or facts.law_enforcement(part.flow)
            enforces = stated and facts.competent_authority(part.agency)
        found.append(LAW_ENFORCEMENT if enforces else GENERAL)
    return tuple(dict.fromkeys(found))


def whole(agency: Agency, reader: Reader) -> Agency:
    """The legal person that an agency is, or is a department of."""
    return reader.agreement.agencies.get(agency.part_of or "", agency)


def titled(agency: Agency, reader: Reader) -> str:
    """What an agency is called: a department with the whole that answers for it."""
    above = whole(agency, reader)
    return agency.name if above is agency else f"{agency.name} (part of {above.name})"


def place(agency: Agency, reader: Reader) -> tuple[str, ...]:
    """Where a controller stands among others: a department after the whole that it is part of."""
    above = whole(agency, reader)
    return above.name.lower(), "" if above is agency else agency.name.lower(), agency.id, reader.agreement.id


def state(reader: Reader) -> Cell:
    """The status of an agreement and its version; one that is not in force is marked as such."""
    band, warning = running.banded(reader)
    version = reader.fields.get("version")
    said = [plain(reader.word("statuses", reader.agreement.status))]
    if version is not None:
        said.append(plain(f"Version {version}"))
    return (Line(f"{band}: {warning}", "strong"), *said) if band else tuple(said)


def people(parties: Iterable[Party], reader: Reader) -> list[tuple[str, str]]:
    """The senders or recipients of a flow: titles, and the agency that they are at; that is empty where they are one."""
    found: list[tuple[str, str]] = []
    for line in reader.people(parties):
        if line.manner == "quiet" and found:
            found[-1] = (found[-1][0], line.text)
        else:
            found.append((line.text, ""))
    return found


def lines(blocks: Iterable[Block]) -> Iterator[Line]:
    """The lines of some blocks, for where there is no room but for lines."""
    for block in blocks:
        match block:
            case Paragraph(line):
                yield line
            case Bullets(items):
                for item in items:
                    for i, line in enumerate(item):
                        yield Line(f"{'   ' if i else '• '}{line.text}", line.manner)
            case Heading(text):
                yield Line(text, "strong")
            case Definitions(entries):
                for entry in entries:
                    yield from (Line(f"{entry.name}: {line.text}", line.manner) for line in entry.says)
