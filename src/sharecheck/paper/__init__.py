"""An agreement as a document to sign: everything it says, in order, as sections of blocks; formats only lay it out.

Prose is the partners' own and whole. What is not said is said to be not said, never made up; and what an agreement allows
is said only in its own clauses and by asking the policy (`practice`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sharecheck.agreement import Agreement
from sharecheck.knowledge import Book
from sharecheck.paper import footing, partners, practice, sharing, signing, upkeep
from sharecheck.paper.model import Cell, Entry, Figure, Notice, Paper
from sharecheck.paper.practice import Charted as Charted
from sharecheck.paper.reader import INCLUDE as INCLUDE
from sharecheck.paper.reader import REFER as REFER
from sharecheck.paper.reader import Reader, cleaned, plain, welsh, when
from sharecheck.paper.running import head
from sharecheck.scenarios import Result
from sharecheck.signoff import Standing

MAP = "flows"
"""The place, and the picture, of the data-flow map."""


def compose(
    agreement: Agreement,
    book: Book,
    made: str,
    standings: Sequence[Standing] = (),
    stories: Sequence[Result] = (),
    figures: Mapping[str, Sequence[Figure]] | None = None,
    rules: Mapping[str, str] | None = None,
    tier_1: str = REFER,
    charts: Sequence[Charted] = (),
    charts_left: int = 0,
) -> Paper:
    """The paper of one agreement on the book's day.

    `made` says what made it; `standings` are the sign-offs and how they stand, `stories` its scenarios as answered, `figures`
    the pictures for each place (`MAP`) and `rules` what each rule looks for, by id. `tier_1` is `INCLUDE` or `REFER`. `charts`
    are decision charts, and `charts_left` says how many more there are.
    """
    reader = Reader(agreement, book, tier_1)
    held = figures or {}
    flows = agreement.flows
    sections = [
        upkeep.reading(reader),
        partners.why(reader),
        partners.parties(reader),
        partners.roles(reader),
        partners.purposes(reader),
        partners.data(reader),
        sharing.picture(held.get(MAP, ())),
        sharing.flows(reader),
        sharing.necessity(reader) if flows else None,
        footing.bases(reader) if flows else None,
        footing.powers(reader),
        sharing.consent(reader) if flows else None,
        sharing.informing(reader),
        *sharing.care(reader),
        sharing.retention(reader) if flows else None,
        sharing.onward(reader),
        sharing.limits(reader),
        *practice.deciding(charts, charts_left),
        practice.scenarios(reader, stories),
        upkeep.thresholds(reader),
        upkeep.glossary(reader),
        upkeep.governance(reader),
        upkeep.dates(reader),
        upkeep.tier_1(reader),
        upkeep.risks(reader, rules or {}),
        upkeep.still_open(reader),
        signing.signatures(reader, standings),
    ]
    running = head(reader)
    notices = [Notice(running.band, (plain(running.warning),))] if running.band else []
    if missing := upkeep.unread(reader):
        notices.append(missing)
    written = Paper(
        title=agreement.title,
        kind=reader.word("kinds", agreement.kind),
        running=running,
        facts=tuple(_facts(reader, standings)),
        notices=tuple(notices),
        sections=tuple(one for one in sections if one is not None),
        made=made,
    )
    return cleaned(written)


def _short(reader: Reader) -> str:
    """The agreement in one sentence of numbers."""
    flows = reader.agreement.flows.values()
    parties = _count(len(reader.parties()), "party", "parties")
    if not flows:
        return f"{parties}; no flows of its own."
    must = sum(flow.strength == "must" for flow in flows)
    guarded = sum(bool(reader.facts.special(flow)) or reader.facts.criminal(flow) for flow in flows)
    risks = _count(len(reader.agreement.waivers), "risk is", "risks are")
    return (
        f"{parties}; {_count(len(flows), 'flow', 'flows')}: {must} that partners must make and {len(flows) - must} that they may; "
        f"{guarded} with special category or criminal-offence data. {risks} accepted for a time."
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number or 'No'} {one if number == 1 else many}"


def _facts(reader: Reader, standings: Sequence[Standing]) -> list[Entry]:
    agreement, get = reader.agreement, reader.fields.get
    places = ", ".join(reader.word("jurisdictions", one) for one in agreement.jurisdiction)

    def day(name: str) -> Cell:
        return (plain(when(get(name))) if get(name) is not None else reader.missing((name,)),)

    entries = [Entry("In Welsh", welsh(get("welsh")))] if get("welsh") else []
    entries += [
        Entry("Status", (plain(reader.word("statuses", agreement.status)),)),
        Entry("Version", reader.cell(get("version"), ("version",))),
        Entry("Short name", (plain(agreement.id),)),
        Entry("Reference", reader.cell(get("reference"), ("reference",))),
        Entry("Protective marking", reader.cell(get("marking"), ("marking",))),
        Entry("Applies in", (plain(places),)),
        Entry("Starts", day("starts")),
        Entry("Review by", day("review")),
        Entry("Ends", day("ends")),
        Entry("Kept by", upkeep.owner(reader)),
        Entry("In short", (plain(_short(reader)),)),
    ]
    if reader.pointer:
        entries.append(Entry("Stands under", (plain(reader.pointer),)))
    entries += [
        Entry("Sign-offs", (signing.summary(reader, standings),)),
        Entry("Digest of its meaning", (plain(reader.meaning),)),
        Entry("Read with the law of", (plain(when(reader.on.isoformat())),)),
    ]
    return entries
