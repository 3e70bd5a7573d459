"""The legal footing: each party's basis in words and articles, and the powers and duties relied on."""

from __future__ import annotations

from collections.abc import Iterator

from sharecheck.agreement import Basis, Flow, listed
from sharecheck.knowledge import Provision
from sharecheck.paper.model import Block, Cell, Column, Heading, Line, Paragraph, Section, Table
from sharecheck.paper.reader import Reader, gap, plain, quiet, see, spoken, strong
from sharecheck.paper.sharing import NO_FLOWS

_KINDS = {
    "duty": "A duty", "power": "A power", "approval": "An approval", "bar": "A bar", "support": "Supports, and gives no power",
}  # fmt: skip
_READ = {
    "reported": "Reported: its start, or part of what it says, rests on somebody else’s account.",
    "second-hand": "Second-hand: known only through what others say of it; read it before relying on it.",
    "unverified": "Not verified: nobody has read it for sharecheck; do not rely on it.",
}
_REASONS = {
    "a": "consent cannot be given",
    "b": "consent cannot reasonably be obtained",
    "c": "asking would prejudice the protection",
}
_PART_3 = {"task": "Necessary for a law-enforcement task", "consent": "Consent, under the law-enforcement regime"}


def bases(reader: Reader) -> Section:
    """The lawful basis of each party for each flow, in words and articles."""
    agreement, facts = reader.agreement, reader.facts
    found: dict[tuple[str, str], list[Flow]] = {}
    for flow in agreement.flows.values():
        for _, agency, basis in facts.based(flow):
            flows = found.setdefault((agency.id, _mark(basis)), [])
            if flow not in flows:
                flows.append(flow)
    held = {_mark(basis): basis for flow in agreement.flows.values() for _, _, basis in facts.based(flow)}
    columns = (
        Column("Party", 3), Column("Flows", 1.5), Column("Lawful basis (Article 6, or Part 3)", 3),
        Column("Special category data (Article 9)", 3), Column("Schedule 1 condition, and criminal-offence data", 3.5),
    )  # fmt: skip
    rows = []
    for agency in reader.parties():
        for (name, mark), flows in found.items():
            if name == agency.id:
                rows.append(
                    ((strong(agency.name),), (plain(reader.flows(flows)),), *in_words(held[mark], flows[0], reader))
                )
    blocks: tuple[Block, ...] = (
        (Table("Lawful bases, party by party", columns, tuple(rows)),) if rows else (_none(reader),)
    )
    return Section("bases", "Lawful bases", blocks, wide=bool(rows))


def _none(reader: Reader) -> Paragraph:
    return Paragraph(plain(NO_FLOWS) if reader.agreement.kind == "protocol" else reader.missing(("flows",)))


def _mark(basis: Basis | None) -> str:
    return repr(basis.fields) if basis else ""


def in_words(basis: Basis | None, flow: Flow, reader: Reader) -> tuple[Cell, Cell, Cell]:
    """A basis in words: the lawful basis itself, the condition for special category data, and that of Schedule 1."""
    if basis is None:
        return (reader.missing((*flow.at, "lawful_basis")),), (), ()
    get = basis.fields.get
    first = [plain(f"{one}: {reader.lower('article-6', one)}") for one in basis.article_6]
    if basis.part_3:
        first.append(plain(f"Part 3: {_PART_3.get(basis.part_3, basis.part_3)}"))
    if get("annex_1"):
        first.append(quiet(f"Recognised legitimate interest {get('annex_1')} of Annex 1"))
    named = (("task", "The task"), ("assessment", "Assessment"), ("request", "Record of the request"))
    first += [plain(f"{title}: {get(name)}") for name, title in named if get(name)]
    if get("text"):
        first.append(plain(get("text")))
    if get("see"):
        first.append(plain(f"See {see(get('see'))}."))
    special = [plain(f"{one}: {reader.lower('article-9', one)}") for one in basis.article_9]
    if not special and reader.facts.special(flow) and not basis.part_3:
        special = [gap()]
    return tuple(first) or (gap(),), tuple(special) or (quiet("None named"),), tuple(_conditions(basis, reader))


def _conditions(basis: Basis, reader: Reader) -> Iterator[Line]:
    for one in basis.schedule_1:
        yield plain(f"Schedule 1 paragraph {one}: {reader.lower('schedule-1', one)}")
    if reason := basis.fields.get("reason"):
        yield quiet(f"Consent is not relied on because {_REASONS[reason]} ({reason})")
    for one in basis.article_10:
        if one == "official-authority":
            yield plain("Criminal-offence data: under official authority")
        else:
            yield plain(f"Criminal-offence data: Schedule 1 paragraph {one}: {reader.lower('schedule-1', one)}")
    for one in listed(basis.fields.get("schedule_8")):
        yield plain(f"Schedule 8 paragraph {one}, for sensitive processing")
    if not basis.conditions and not basis.article_10 and "schedule_8" not in basis.fields:
        yield quiet("None named")


def powers(reader: Reader) -> Section:
    """The powers and duties that the flows and the agreement rest on, and how far each was read."""
    agreement = reader.agreement
    found: dict[str, tuple[Provision | None, list[Flow]]] = {}
    for flow in agreement.flows.values():
        for written, provision in reader.facts.gateways(flow):
            flows = found.setdefault(provision.id if provision else written, (provision, []))[1]
            if flow not in flows:
                flows.append(flow)
    columns = (
        Column("Power or duty", 3),
        Column("What it does", 5),
        Column("Flows", 1.5),
        Column("How far it was read", 3),
    )
    rows: list[tuple[Cell, ...]] = []
    for written, (provision, flows) in found.items():
        if provision is None:
            unknown = gap("Not in the book of law that sharecheck carries: read it before relying on it.")
            rows.append(((strong(written),), (unknown,), (plain(reader.flows(flows)),), (gap("Not read."),)))
        else:
            rows.append(
                (_named(provision, reader), _does(provision), (plain(reader.flows(flows)),), _read(provision, reader))
            )
    blocks: list[Block] = []
    if rows:
        blocks.append(Table("Powers and duties that the flows rest on", columns, tuple(rows)))
    elif agreement.flows:
        blocks.append(Paragraph(reader.missing(("flows", "*", "gateways"))))
    without = [flow for flow in agreement.flows.values() if not flow.gateways]
    if rows and without:
        blocks.append(Paragraph(gap(f"{reader.flows(without)}: no power or duty is named.")))
    blocks += _whole(reader)
    return Section("powers", "Powers and duties", tuple(blocks) or (Paragraph(reader.missing(("law",))),))


def _named(provision: Provision, reader: Reader) -> Cell:
    said = [strong(provision.title), quiet(_KINDS.get(provision.kind, provision.kind))]
    if not provision.in_force(reader.on):
        said.append(gap(f"Not in force on {reader.on.isoformat()}, as far as sharecheck knows."))
    return tuple(said)


def _does(provision: Provision) -> Cell:
    condition = provision.facts.get("condition_text")
    return (plain(provision.says), *((plain(f"Its condition: {condition}"),) if condition else ()))


def _read(provision: Provision, reader: Reader) -> Cell:
    sources = [reader.book.sources[one] for one in provision.sources if one in reader.book.sources]
    said = [plain(_READ[provision.confidence])] if provision.confidence in _READ else []
    how = {"full": "read whole", "part": "read in part", "second-hand": "second-hand", "unverified": "not read"}
    said += [
        quiet(f"{one.title}{f', {one.section}' if one.section else ''}: {how.get(one.read, one.read)}")
        for one in sources
    ]
    return tuple(said) or (quiet("No source is kept."),)


def _whole(reader: Reader) -> Iterator[Block]:
    """Law that the agreement names for the whole of itself, or that its protocol does."""
    agreement = reader.agreement
    wanted = [one for one in agreement.law.values() if not one.inherited or not reader.referred(one.at)]
    if wanted:
        columns = (
            Column("Law, as the agreement cites it", 3),
            Column("What the agreement says of it", 5),
            Column("For", 2),
        )
        rows = []
        for one in wanted:
            owner = agreement.parent if one.inherited and agreement.parent else agreement
            text = owner.fields.get("law", {}).get(one.id, {}).get("text")
            origin = (quiet("From tier 1"),) if one.inherited else ()
            ends = tuple(plain(spoken(end).capitalize()) for end in one.purposes) or (plain("The whole agreement"),)
            rows.append(((strong(one.cites), *origin), (plain(text) if text else gap(),), ends))
        yield Heading("Law named for the whole")
        yield Table("Law named for the whole", columns, tuple(rows))
