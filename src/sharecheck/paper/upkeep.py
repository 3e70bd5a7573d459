"""How the agreement is looked after: words and levels, dates, those who answer for it, what is accepted and what is open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sharecheck.agreement import listed
from sharecheck.paper.model import (
    Block,
    Bullets,
    Cell,
    Column,
    Definitions,
    Entry,
    Heading,
    Notice,
    Paragraph,
    Section,
    Table,
)
from sharecheck.paper.reader import (
    INCLUDE,
    SILENT,
    Reader,
    gap,
    label,
    plain,
    quiet,
    see,
    short,
    spoken,
    strong,
    told,
    when,
)
from sharecheck.signoff import digests

_GOVERNANCE = (
    "owner", "dpia", "policy_documents", "records_of_processing", "training", "sanctions", "disputes", "exit", "register",
    "changes",
)  # fmt: skip


def glossary(reader: Reader) -> Section | None:
    """The words that the partners give one meaning; several meanings side by side where they do not yet agree."""
    agreement = reader.agreement
    meanings: dict[str, list[Cell]] = {}
    for one in agreement.definitions:
        if one.inherited and reader.referred(one.at):
            continue
        owner = (quiet(f"As {reader.body(one.owner)} means it"),) if one.owner else ()
        origin = (quiet("From tier 1"),) if one.inherited else ()
        meanings.setdefault(one.id, []).append((plain(one.text), *owner, *origin))
    entries = []
    for name, said in meanings.items():
        lines = tuple(line for cell in said for line in cell)
        if len(said) > 1:
            lines = (gap("The partners do not yet agree on one meaning:"), *lines)
        entries.append(Entry(spoken(name).capitalize(), lines))
    blocks: list[Block] = [Definitions(tuple(entries))] if entries else []
    if not blocks and agreement.definitions:
        return None
    return Section("glossary", "What words mean here", tuple(blocks) or (Paragraph(reader.missing(("terms",))),))


def thresholds(reader: Reader) -> Section | None:
    """Each agency's labels for levels of need, side by side."""
    agreement = reader.agreement
    shown = {name: labels for name, labels in agreement.thresholds.items() if not reader.referred(("thresholds", name))}
    title = "Levels of need, side by side"
    if not shown:
        return (
            None
            if agreement.thresholds
            else Section("thresholds", title, (Paragraph(reader.missing(("thresholds",))),))
        )
    levels = reader.book.terms("concern-levels")
    used = [level for level in levels if any(level in labels.values() for labels in shown.values())]
    columns = (Column("Shared level", 2), *(Column(reader.body(name), 2) for name in shown))
    rows = []
    for level in used:
        cells = []
        for labels in shown.values():
            own = [plain(spoken(own_label).capitalize()) for own_label, means in labels.items() if means == level]
            cells.append(tuple(own) or (gap("None"),))
        rows.append(((strong(reader.word("concern-levels", level)),), *cells))
    unmapped = [
        tuple(plain(spoken(own_label).capitalize()) for own_label, means in labels.items() if means is None)
        for labels in shown.values()
    ]
    if any(unmapped):
        rows.append(((gap("Not yet set against a shared level"),), *(cell or (quiet("None"),) for cell in unmapped)))
    return Section("thresholds", title, (Table(title, columns, tuple(rows)),), wide=len(shown) > 4)


def governance(reader: Reader) -> Section | None:
    """Who keeps the agreement, and how it is kept up."""
    held = reader.agreement.governance
    entries: list[Entry] = []
    blocks: list[Block] = []
    for name in _GOVERNANCE:
        at = ("governance", name)
        value = held.get(name)
        if name in ("policy_documents", "records_of_processing") and isinstance(value, list):
            if not reader.referred(at):
                blocks += _documents(name, value, reader)
        else:
            entries += _titled(name, reader.part(at, value))
    held_here = (Definitions(tuple(entries)), *blocks) if entries else tuple(blocks)
    return Section("governance", "Who looks after this agreement", held_here) if held_here else None


def _titled(name: str, entries: list[Entry]) -> Iterator[Entry]:
    """Parts of a part bear its name too, so that `When` is not left to guess."""
    title = {"dpia": "Impact assessment"}.get(name, spoken(name.replace("_", " ")).capitalize())
    for one in entries:
        alone = len(entries) == 1 or one.name == title
        yield one if alone else Entry(f"{title}: {one.name[:1].lower()}{one.name[1:]}", one.says)


def _documents(name: str, value: list[Mapping[str, Any]], reader: Reader) -> Iterator[Block]:
    conditions = name == "policy_documents"
    title = "Appropriate policy documents" if conditions else "Records of processing"
    columns = [Column("Of", 4), *([Column("Conditions it names", 6)] if conditions else []), Column("Where it is", 4)]
    rows = []
    for one in value:
        bodies: Cell = tuple(plain(reader.body(agency)) for agency in listed(one.get("agency")))
        where = [plain(one["where"])] if one.get("where") else []
        where += [plain(f"See {see(one['see'])}.")] if one.get("see") else []
        cells: list[Cell] = [bodies]
        if conditions:
            named = (f"{c}: {reader.lower('schedule-1', str(c))}" for c in listed(one.get("conditions")))
            cells.append(tuple(plain(said) for said in named))
        rows.append((*cells, tuple(where) or (gap(),)))
    yield Heading(title)
    yield Table(title, tuple(columns), tuple(rows))


def dates(reader: Reader) -> Section:
    """From when until when it holds, its review, and who approved it."""
    get = reader.fields.get
    entries = [
        Entry(title, tuple(map(plain, [when(get(name))])) if get(name) is not None else (reader.missing((name,)),))
        for name, title in (("starts", "It starts"), ("review", "It is reviewed by"), ("ends", "It ends"))
    ]
    if get("as_of") is not None:
        entries.append(Entry("The text is dated", (plain(when(get("as_of"))),)))
    for name, title in (("supersedes", "It replaces"), ("replaced_by", "It has been replaced by")):
        if get(name):
            entries.append(Entry(title, tuple(plain(one) for one in listed(get(name)))))
    if assured := get("assured"):
        on = f", {when(assured['on'])}" if assured.get("on") else ""
        entries.append(Entry("Quality assured by", (plain(f"{assured['by']}{on}"),)))
    blocks: list[Block] = [Definitions(tuple(entries))]
    if approvals := get("approvals"):
        rows = tuple(
            ((plain(one["who"]),), (plain(when(one["on"])) if one.get("on") else gap("Awaited"),)) for one in approvals
        )
        blocks += [Heading("Approvals"), Table("Approvals", (Column("Who approves", 6), Column("When", 3)), rows)]
    if get("see"):
        blocks += [Heading("Document that belongs to this agreement"), Paragraph(plain(see(get("see"))))]
    return Section("dates", "Dates and review", tuple(blocks))


def tier_1(reader: Reader) -> Section | None:
    """The protocol that the agreement stands under, its version and digest, and what is left to it here."""
    parent, under = reader.agreement.parent, reader.fields.get("under")
    title = "The protocol it stands under (tier 1)"
    if parent is not None:
        whole = digests(parent)[0]
        entries = [
            Entry("Title", (plain(parent.title),)),
            Entry("Version", reader.cell(parent.fields.get("version"), ("under",), "version")),
            Entry("Status", (plain(reader.word("statuses", parent.status)),)),
            Entry("Digest of its meaning", (plain(whole),)),
        ]
        if reader.tier_1 == INCLUDE:
            entries.append(
                Entry(
                    "Its content", (plain("Printed in this document, wherever the agreement does not say otherwise."),)
                )
            )
        elif left := _left(reader):
            entries.append(Entry("What is left to it, and not repeated here", tuple(map(plain, left))))
        return Section("tier-1", title, (Definitions(tuple(entries)),))
    if isinstance(under, Mapping):
        entries = [Entry("Title", (plain(under["title"]),))]
        if under.get("url"):
            entries.append(Entry("Where it can be read", (plain(under["url"]),)))
        settles = tuple(plain(one) for one in listed(under.get("gives"))) or (gap(),)
        return Section("tier-1", title, (Definitions((*entries, Entry("What it settles", settles))),))
    if under:
        said = gap(f"It stands under “{under}”, which was not among the agreements read for this document.")
        return Section("tier-1", title, (Paragraph(said),))
    return None


def _left(reader: Reader) -> Iterator[str]:
    """What the protocol settles and this document does not repeat."""
    agreement = reader.agreement
    for group in ("handling", "governance"):
        for name in getattr(agreement, group):
            if name != "see" and reader.referred((group, name)):
                yield label(name)
    if any(one.inherited and reader.referred(one.at) for one in agreement.law.values()):
        yield "Law for all agreements under it"
    words = [spoken(one.id) for one in agreement.definitions if one.inherited and reader.referred(one.at)]
    if words:
        yield f"Meanings of: {', '.join(dict.fromkeys(words))}"
    if any(reader.referred(("thresholds", name)) for name in agreement.thresholds):
        yield "Levels of need, side by side"


def risks(reader: Reader, summaries: Mapping[str, str]) -> Section:
    """Findings that the partners accept for a time, as a register of risks; `summaries` says what each rule looks for."""
    title = "Risks accepted for a time"
    if not reader.agreement.waivers:
        return Section("risks", title, (Paragraph(plain("The partners have accepted no finding: no risk is waived.")),))
    columns = (Column("Risk", 4), Column("Where", 3), Column("Why it is accepted", 4), Column("Who answers for it", 2),
               Column("Until", 2))  # fmt: skip
    rows = []
    for one in reader.agreement.waivers:
        until = [plain(when(one.until.isoformat()))]
        if one.until < reader.on:
            until.append(gap("It has run out."))
        risk = [plain(summaries[one.rule])] if one.rule in summaries else []
        where = quiet(".".join(map(str, one.address)))
        rows.append(((*risk, quiet(one.rule)), (where,), (plain(one.because),), (plain(one.by),), tuple(until)))
    return Section("risks", title, (Table("Register of risks accepted", columns, tuple(rows)),))


def still_open(reader: Reader) -> Section | None:
    """What exists but has not been written in, and who has to settle it before anybody signs."""
    unknown = reader.fields.get("unknown") or ()
    if not unknown:
        return None
    said = "These parts exist and have not been written in. The agreement cannot be agreed while any of them remains."
    items = tuple((plain(_address(one)),) for one in unknown)
    return Section("open", "What is still to be written in", (Paragraph(plain(said)), Bullets(items)))


def _address(written: str) -> str:
    """A part of an agreement in words: `flows.*.retention` is `Flows, each: retention`."""
    *where, last = written.split(".")
    said = ", ".join("each" if step == "*" else label(spoken(step)).lower() for step in where)
    name = "each" if last == "*" else label(spoken(last)).lower()
    both = f"{said}: {name}" if said else name
    return both[:1].upper() + both[1:]


def reading(reader: Reader) -> Section:
    """How to read the document."""
    digest = (
        f"The digest {short(reader.meaning)}, at the foot of every page, stands for what this agreement binds its partners to. "
        "It stays the same while wording and contacts change, and becomes another with any change that binds. The whole of it "
        "is on the first page and beside the signatures."
    )
    entries = [
        Entry("The digest", (plain(digest),)),
        Entry("What is not said", (
            plain(f"“{SILENT}” stands wherever it does not, so that a silence is not taken for an answer."),
        )),
        Entry("Special category data", (plain("What data protection law guards most: health, beliefs, origin and the like."),)),
        Entry("Words", (plain("The partners’ words are printed whole, as they wrote them."),)),
    ]  # fmt: skip
    return Section("reading", "How to read this document", (Definitions(tuple(entries)),))


def unread(reader: Reader) -> Notice | None:
    """A notice that a part of what binds could not be seen."""
    if not reader.agreement.protocol_missing:
        return None
    return Notice("The protocol is missing", (
        plain(f"This agreement stands under “{reader.fields['under']}”, which was not read for this document. What that settles is "
              "not here, and the digest does not cover it."),
    ))  # fmt: skip


def owner(reader: Reader) -> Cell:
    """Who keeps the agreement."""
    held = reader.agreement.governance.get("owner")
    return tuple(plain(one) for one in told("owner", held)) if held else (reader.missing(("governance", "owner")),)
