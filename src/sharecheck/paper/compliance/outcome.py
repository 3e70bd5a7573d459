"""What came of one agreement: its findings, what needs a person, what it covers, and what it shares."""

from __future__ import annotations

from collections.abc import Iterator

from sharecheck.chart import Chart
from sharecheck.paper.compliance.tallies import (
    COLUMNS,
    SAID,
    SEVERITIES,
    Tallies,
    behind,
    coded,
    expected,
    figures,
    findings,
    ids,
    spelt,
    title,
    where_read,
)
from sharecheck.paper.model import (
    Block,
    Bullets,
    Column,
    Definitions,
    Entry,
    Figure,
    Heading,
    Line,
    Notice,
    Paragraph,
    Table,
)
from sharecheck.paper.reader import gap, plain, quiet, strong, when
from sharecheck.report import Checked, Finding, Verdict, counted, sentence

_WORDS = (
    Column("Kind", 1.2), Column("Word", 2.4), Column("Exactly", 4), Column("Kind of data, why it is needed; measure; ages", 4),
)  # fmt: skip
_ASIDE = {"waived": "Accepted for a time", "known": "Known before"}


def facts(one: Checked, tallies: Tallies) -> list[Entry]:
    """What the agreement is, and what came of it in numbers."""
    agreement, book = one.agreement, tallies.report.book
    entries = [Entry("File", (plain(one.name),))]
    if agreement is None:
        entries.append(Entry("State", (gap("It does not have the form of an agreement, so no rule could be asked."),)))
    else:
        places = ", ".join(book.term("jurisdictions", place).label for place in agreement.jurisdiction)
        kind, status = book.term("kinds", agreement.kind).label, book.term("statuses", agreement.status).label
        days = (("Starts", agreement.starts), ("Review by", agreement.review), ("Ends", agreement.ends))
        entries += [
            Entry("Short name", (plain(agreement.id),)),
            Entry("Kind and status", (plain(f"{kind}; {status[:1].lower()}{status[1:]}"),)),
            Entry("Applies in", (plain(places),)),
            *(Entry(name, (plain(when(day.isoformat())),)) for name, day in days if day),
        ]
        if agreement.parent:
            entries.append(Entry("Stands under", (plain(agreement.parent.title),)))
        entries.append(
            Entry(
                "Parties and flows",
                (plain(f"{len(agreement.parties)} parties, {counted(len(agreement.flows), 'flow')}"),),
            )
        )
    entries.append(Entry("How the rules ended", (plain(f"{spelt(tallies.sums([one]))}: {len(one.verdicts)} rules"),)))
    if one.not_asked:
        entries.append(Entry("Not asked here, by settings", (coded(ids(one.not_asked)),)))
    return [*entries, Entry("Findings", (plain(findings([one])),))]


def found(one: Checked, tallies: Tallies) -> Iterator[Block]:
    """Every finding, gravest first, with what to do and on whose authority."""
    if one.agreement is None:
        yield Notice("Not checked", (plain("This file does not have the form of an agreement. No rule could be asked of it, so "
                                           "nothing is known of what it shares."),))  # fmt: skip
    if not one.findings:
        sums = tallies.sums([one])
        yield Paragraph(plain(
            f"No finding. {sums[Verdict.PASSED]} rules passed; {sums[Verdict.NOT_APPLICABLE]} have nothing to apply to here, and "
            f"{sums[Verdict.NEEDS_PERSON]} need a person."
        ))  # fmt: skip
    summaries = {rule.id: rule.summary for rule in tallies.report.rules}
    for finding in sorted(one.findings, key=lambda f: (f.aside, f.severity.rank)):
        yield Heading(
            f"{_label(finding)}: {summaries.get(finding.rule, finding.rule)}", tallies.anchors[id(finding)],
            under=not tallies.alone,
        )  # fmt: skip
        yield Definitions(tuple(_finding(finding)))


def _label(finding: Finding) -> str:
    said = SEVERITIES[finding.severity]
    return f"{_ASIDE[finding.aside]} ({said.lower()})" if finding.aside else said


def _finding(finding: Finding) -> Iterator[Entry]:
    yield Entry("What was found", (coded(sentence(finding.message)),))
    yield Entry("Put it right", (coded(sentence(finding.fix)),))
    if finding.excuse:
        yield Entry("Why it does not count", (plain(finding.excuse),))
    paragraphs = [coded(text) for text in finding.why.split("\n\n") if text.strip()]
    if paragraphs:
        yield Entry("Why it matters", tuple(paragraphs))
    if finding.sources:
        yield Entry("It rests on", tuple(where_read(source, "plain") for source in finding.sources))
    place = f"{finding.file}, line {finding.span.line}, column {finding.span.column}"
    yield Entry("Where", (quiet(place), coded(f"Rule `{finding.rule}`", "quiet")))


def for_a_person(one: Checked) -> list[Block]:
    """What a machine cannot tell."""
    if not one.notes:
        return []
    items = tuple(
        (coded(sentence(note.message)),
         coded(f"{note.file}, line {note.span.line}" + (f"; rule `{note.rule}`" if note.rule else ""), "quiet"))
        for note in one.notes
    )  # fmt: skip
    return [Bullets(items)]


def coverage(one: Checked, tallies: Tallies) -> Table:
    """The headings that an agreement is expected to cover, each with how every rule under it ended.

    Where the agreement stands alone each heading says what is expected and on whose authority, and every rule follows in
    its own place; among several these are said once for all, and here is which rule ended how.
    """
    rows = []
    for heading, under in tallies.under:
        asked = [rule.id for rule in under if rule.id in one.verdicts]
        if heading is None and not asked:
            continue
        by = {verdict: [rule for rule in asked if one.verdicts[rule] is verdict] for verdict in SAID}
        ended = tuple(_ended(one, by, asked, tallies))
        if tallies.alone:
            rows.append(
                ((*expected(heading), *ended), *figures(tallies.sums([one], asked)), behind(heading, tallies.report))
            )
        else:
            rows.append(((title(heading),), *figures(tallies.sums([one], asked)), ended))
    first, last = (6.2, Column("What stands behind it", 4.6)) if tallies.alone else (3.2, Column("Which rules", 6.4))
    columns = (Column("Heading", first), *COLUMNS, last)
    return Table("Each heading, and how the rules under it ended", columns, tuple(rows))


def _ended(one: Checked, by: dict[Verdict, list[str]], asked: list[str], tallies: Tallies) -> Iterator[Line]:
    if not asked:
        yield gap("No rule was asked under this heading, so nothing is known of it.")
    elif len(by[Verdict.NOT_APPLICABLE]) == len(asked):
        yield gap("There is nothing here that any of these rules is about.")
    firsts = {finding.rule: finding for finding in reversed(one.findings)}
    for rule in by[Verdict.FAILED]:
        to = tallies.to_finding(firsts[rule]) if rule in firsts else ""
        yield Line(f"Failed: `{rule}`", "strong", to=to, coded=True)
    kinds = [Verdict.NEEDS_PERSON, *([] if tallies.alone else [Verdict.PASSED, Verdict.NOT_APPLICABLE])]
    for verdict in kinds:
        if by[verdict]:
            yield coded(f"{SAID[verdict]}: {ids(by[verdict])}", "quiet")


def shared(one: Checked, chart: Chart | None, picture: str) -> Iterator[Block]:
    """The data-flow map, every flow in words, and what the words stand for."""
    if chart is None or not chart.lines:
        return
    if chart.arrows:
        yield Figure(
            picture,
            "Which agency tells which. The numbers are those of the table. Dashed lines carry special category or criminal-offence "
            "data; thick lines are what the partners must share.",
            f"Data-flow map of {one.title}. The table below says the same in words.",
        )
    columns = (
        Column("No.", 0.8, number=True), Column("Flow", 2.6), Column("Who tells whom", 3.2), Column("What, and about whom", 3.2),
        Column("What for", 2.4), Column("On what footing", 3.6), Column("How", 2.2),
    )  # fmt: skip
    rows = []
    for line in chart.lines:
        marks = [word for word, yes in (("special category", line.special), ("offences", line.criminal)) if yes]
        to = "Tell one another" if line.both_ways else f"to {line.recipients}"
        rows.append((
            (plain(line.number),),
            (strong(line.title), quiet("must share" if line.duty else "may share"),
             *([quiet("use within one body")] if line.internal else [])),
            (plain(line.senders), plain(to)),
            (plain(line.items), *([strong(", ".join(marks).capitalize())] if marks else []), quiet(f"about {line.about}")),
            (plain(line.ends), quiet(f"from the level of {line.level}" if line.level else "at any level of concern")),
            (plain(f"Consent: {line.consent}"), plain(f"Basis: {line.basis}"), plain(f"Law: {line.law}")),
            (plain(line.method), quiet(f"how fast: {line.deadline}")),
        ))  # fmt: skip
    yield Table("Flows: who tells whom what, why and on what footing", columns, tuple(rows))
    if chart.words:
        yield Table(
            "What the words in the flows stand for", _WORDS,
            tuple(
                tuple((plain(said),) for said in (word.what, word.name, word.text, word.note)) for word in chart.words
            ),
        )  # fmt: skip


def part(
    one: Checked, tallies: Tallies, chart: Chart | None, picture: str, *, brief: bool = False
) -> tuple[Block, ...]:
    """Everything of one agreement among several; a `brief` one leaves out which rule ended how, and what is shared."""
    blocks: list[Block] = [Definitions(tuple(facts(one, tallies))), Heading("Findings"), *found(one, tallies)]
    if noted := for_a_person(one):
        blocks += [Heading("What needs a person"), *noted]
    if brief:
        return tuple(blocks)
    if one.agreement:
        blocks += [Heading("What it is expected to cover"), coverage(one, tallies)]
    if drawn := list(shared(one, chart, picture)):
        blocks += [Heading("What is shared"), *drawn]
    return tuple(blocks)
