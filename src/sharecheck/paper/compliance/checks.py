"""A check report as a document: how every rule ended for one agreement or for a whole repository, and what follows.

It lists what was looked for and what was found, in four columns that add up to the rules that were asked. What could not
be read or checked is said on the first page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from sharecheck import agenda
from sharecheck.chart import Chart
from sharecheck.paper.compliance import outcome
from sharecheck.paper.compliance import since as changes
from sharecheck.paper.compliance.since import Since
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
    Cell,
    Column,
    Entry,
    Heading,
    Line,
    Notice,
    Paper,
    Paragraph,
    Running,
    Section,
    Table,
)
from sharecheck.paper.reader import brief, cleaned, gap, plain, quiet, strong, when
from sharecheck.report import Checked, Report, counted, put_right, sentence
from sharecheck.rules import Rule, Severity

FULL = 40
"""How many agreements one paper holds in full; of more, each part has its findings and what needs a person, and no more."""

_NAMED = 6
_AHEAD = timedelta(days=365)
_EVERY = "The rules under it: what each looks for, and how it ended"


def pictures(report: Report) -> dict[str, str]:
    """The name of the picture of each agreement's data-flow map, by the name of its file."""
    return {one.name: f"flows-{i}" for i, one in enumerate(report.checked, 1)}


def is_brief(report: Report, files: Mapping[str, str]) -> bool:
    """Whether the paper of a report has its agreements in brief."""
    return len([one for one in report.checked if one.name not in files]) > FULL


def compose(
    report: Report,
    made: str,
    charts: Mapping[str, Chart],
    since: Since | None = None,
    files: Mapping[str, str] | None = None,
) -> Paper:
    """The paper of a report; `charts` are keyed by the name of the agreement's file.

    Where `files` names a file for each agreement, its part stands there and the paper leads to it. `made` says what made
    the paper.
    """
    tallies = Tallies(report, files, brief=is_brief(report, files or {}))
    alone = report.checked[0] if tallies.alone else None
    drawn = pictures(report)
    sections: list[Section | None] = []
    if alone:
        sections += _alone(alone, tallies, charts.get(alone.name), drawn[alone.name], since)
    else:
        sections += [
            _overview(tallies), _gravest(tallies), changes.section(since, tallies) if since else None, _coverage(tallies),
            _waivers(tallies), _dates(tallies), _unchecked(tallies),
        ]  # fmt: skip
        sections += [
            Section(
                tallies.places[one.name], tallies.titles[one.name],
                outcome.part(one, tallies, charts.get(one.name), drawn[one.name], brief=tallies.brief), apart=True,
            )
            for one in report.checked if one.name not in tallies.apart
        ]  # fmt: skip
    sections.append(_rules(tallies))
    name = alone.title if alone else counted(len(report.checked), "agreement")
    on = when(report.book.on.isoformat())
    return cleaned(
        Paper(
            title=f"Check report: {name}",
            kind="What sharecheck checked, what it found, and what needs a person",
            running=Running(
                brief(f"Check report: {name}", 150), f"Read on {on} with the law of that day", marking=_marking(tallies)
            ),
            facts=tuple(_facts(tallies, alone)),
            notices=tuple(_notices(tallies)),
            sections=tuple(one for one in sections if one is not None),
            made=made,
        )
    )


def _marking(tallies: Tallies) -> str:
    """The protective markings of the agreements, which hold for what is quoted from them here."""
    found = dict.fromkeys(str(one.fields["marking"]) for one in tallies.agreements if one.fields.get("marking"))
    return brief("; ".join(found), 90)


# the first page


def _facts(tallies: Tallies, alone: Checked | None) -> Iterator[Entry]:
    report = tallies.report
    if alone:
        yield from outcome.facts(alone, tallies)
    else:
        yield Entry("Agreements", (plain(len(report.checked)),))
        yield Entry("Rules asked", (plain(len(report.rules)),))
        yield Entry("How they ended, all together", (plain(spelt(tallies.sums(report.checked))),))
        yield Entry("Findings", (plain(findings(report.checked)),))
    yield Entry("For a person to look at", (plain(sum(1 for _ in report.notes)),))
    lost = plain("Nothing: every file that was looked at could be read and has the form of an agreement.")
    if report.not_checked:
        lost = Line(f"{counted(report.not_checked, 'file')}; see what was not checked", "strong", to="#unchecked")
    yield Entry("Not checked", (lost,))
    yield Entry(
        "Read on",
        (plain(f"{when(report.book.on.isoformat())}, with the book of law and vocabulary of {report.book.version}"),),
    )


def _notices(tallies: Tallies) -> Iterator[Notice]:
    report = tallies.report
    of = "this agreement" if tallies.alone else "each of these agreements"
    yield Notice(
        "What this report is, and what it is not",
        (
            plain(
                f"It says how every rule that was asked of {of} ended, in one of four ways: passed, failed, not applicable "
                "(there is nothing that the rule is about), or needs a person (a machine cannot tell). Each finding says how "
                "to put it right, and on whose authority."
            ),
            plain(
                "It is not legal advice and no certificate. No column says that an agreement complies with the law: that is for "
                "the people who sign it. A rule that passed did not find the fault that it looks for; what no rule looks for, "
                "nobody looked at. An error rests on at least one source that was read for sharecheck itself."
            ),
        ),
    )
    if tallies.brief:
        yield Notice(
            "Each agreement in brief",
            (
                coded(
                    f"More than {FULL} agreements are too many for one document in full. Each part here has the findings and "
                    "what needs a person; `sharecheck report -o FOLDER` writes a file for each agreement, with every rule, the "
                    "map and the flows."
                ),
            ),
        )
    if report.not_checked or report.not_asked or any(one.not_asked for one in report.checked):
        said = []
        if report.unread:
            said.append(f"{counted(len(report.unread), 'file')} could not be read.")
        if misshapen := sum(1 for one in report.checked if one.agreement is None):
            said.append(f"{counted(misshapen, 'file')} without the form of an agreement could not be asked any rule.")
        if report.not_asked:
            said.append(f"{counted(len(report.not_asked), 'rule')} not asked, by settings or on the command line.")
        if any(one.not_asked for one in report.checked):
            said.append("Some agreements are not asked every rule, by settings.")
        said.append("Nothing is known of these, and nothing here says that they are fine.")
        yield Notice(
            "Not everything was checked", (plain(" ".join(said)), Line("What was not checked", to="#unchecked"))
        )


# one agreement by itself


def _alone(
    one: Checked, tallies: Tallies, chart: Chart | None, picture: str, since: Since | None
) -> list[Section | None]:
    shared = tuple(outcome.shared(one, chart, picture))
    noted = outcome.for_a_person(one)
    return [
        Section("findings", "Findings", tuple(outcome.found(one, tallies))),
        Section("person", "What needs a person", tuple(noted)) if noted else None,
        changes.section(since, tallies) if since else None,
        Section(
            "coverage", "What it is expected to cover", (Paragraph(quiet(_EXPECTED)), outcome.coverage(one, tallies))
        ),
        _waivers(tallies),
        _dates(tallies),
        Section("flows", "What is shared", shared) if shared else None,
        _unchecked(tallies),
    ]


_EXPECTED = (
    "These are the headings that the law and the codes expect such an agreement to cover, each with where that can be read. "
    "Under each the four columns add up to the rules that were asked. Where nothing failed, none of the faults was found that "
    "these rules look for; no rule judges whether what is said is wise."
)


# many agreements


def _overview(tallies: Tallies) -> Section:
    report = tallies.report
    known = any(finding.known_since for finding in report.findings)
    more = ["Accepted", *(["Known before"] if known else [])]
    columns = (
        Column("Agreement", 3.8), *COLUMNS, *(Column(said, 1.4, number=True) for said in ("Errors", "Warnings", "Advice", *more)),
        Column("For a person", 1.4, number=True),
    )  # fmt: skip
    rows = [
        ((tallies.named(one), _state(one, tallies)), *figures(tallies.sums([one])), *_severities([one], known=known))
        for one in report.checked
    ]
    rows.append((
        (strong("All together"),), *figures(tallies.sums(report.checked)), *_severities(report.checked, known=known),
    ))  # fmt: skip
    lead = (
        "The first four columns add up to the rules that were asked of the agreement. Errors, warnings and advice are findings "
        "that count; those accepted for a time stand apart. The last column counts what a person is asked to look at."
    )
    return Section(
        "overview", "Agreement by agreement",
        (Paragraph(quiet(lead)), Table("How the rules ended, and what was found", columns, tuple(rows))), wide=True,
    )  # fmt: skip


def _state(one: Checked, tallies: Tallies) -> Line:
    if one.agreement is None:
        return gap("Without the form of an agreement; no rule could be asked.")
    status = tallies.report.book.term("statuses", one.agreement.status).label
    return quiet(f"{one.name}; {status[:1].lower()}{status[1:]}")


def _severities(checked: Sequence[Checked], *, known: bool) -> Iterator[Cell]:
    held = [finding for one in checked for finding in one.findings]
    for severity in Severity:
        number = sum(1 for finding in held if finding.counts and finding.severity is severity)
        yield (strong(number) if number and severity is Severity.ERROR else plain(number),)
    for aside in ("waived", *(["known"] if known else [])):
        yield (plain(sum(1 for finding in held if finding.aside == aside)),)
    yield (plain(sum(len(one.notes) for one in checked)),)


def _gravest(tallies: Tallies) -> Section:
    """What fails, by rule: the gravest first, and of one severity what most agreements have."""
    report = tallies.report
    by_rule: dict[str, dict[str, Checked]] = {}
    for one in report.checked:
        for finding in one.findings:
            if finding.counts:
                by_rule.setdefault(finding.rule, {})[one.name] = one
    failed = sorted((rule for rule in report.rules if rule.id in by_rule),
                    key=lambda rule: (rule.severity.rank, -len(by_rule[rule.id])))  # fmt: skip
    heading = "What fails, gravest first"
    if not failed:
        said = "No finding counts against any of the agreements that could be checked."
        return Section("gravest", heading, (Paragraph(plain(said)),))
    rows = []
    for rule in failed:
        where = list(by_rule[rule.id].values())
        more = [quiet(f"and {len(where) - _NAMED} more")] if len(where) > _NAMED else []
        severity = SEVERITIES[rule.severity]
        rows.append((
            (strong(severity) if rule.severity is Severity.ERROR else plain(severity),),
            (plain(rule.summary), coded(f"`{rule.id}`", "quiet")),
            (plain(len(where)),),
            (*(tallies.named(one) for one in where[:_NAMED]), *more),
        ))  # fmt: skip
    columns = (
        Column("How grave", 1.3),
        Column("What is wrong", 5),
        Column("Agreements", 1.4, number=True),
        Column("Which", 4),
    )
    return Section("gravest", heading, (Table("Rules that failed, by how grave that is", columns, tuple(rows)),))


def _coverage(tallies: Tallies) -> Section:
    """The headings, with how the rules under each ended over all agreements."""
    report = tallies.report
    rows = []
    for heading, under in tallies.under:
        if heading is None and not under:
            continue
        wanted = {rule.id for rule in under}
        with_fault = sum(1 for one in report.checked if any(f.counts and f.rule in wanted for f in one.findings))
        sums = tallies.sums(report.checked, wanted)
        said = [plain(with_fault)] if under else [gap("no rule asked")]
        rows.append((expected(heading), *figures(sums), tuple(said), behind(heading, report)))
    columns = (
        Column("Heading", 5.6), *COLUMNS, Column("In how many", 1.2, number=True),
        Column("What stands behind it", 4.6),
    )  # fmt: skip
    caption = (
        "Each heading, how the rules under it ended over all agreements, and in how many of these there is a finding"
    )
    table = Table(caption, columns, tuple(rows))
    return Section("coverage", "What an agreement is expected to cover", (Paragraph(quiet(_EXPECTED)), table))


# registers


def _waivers(tallies: Tallies) -> Section:
    """Every finding accepted for a time, by whom and until when; soonest to end first."""
    heading = "Accepted for a time"
    on = tallies.report.book.on
    rules: Mapping[str, Rule] = {rule.id: rule for rule in tallies.report.rules}
    held = [(waiver, one) for one in tallies.report.checked if one.agreement for waiver in one.agreement.waivers]
    if not held:
        return Section("waivers", heading, (Paragraph(plain("No finding is accepted for a time: nothing is waived.")),))
    rows = []
    for waiver, one in sorted(held, key=lambda pair: (pair[0].until, pair[1].name, pair[0].rule, pair[0].at)):
        number = sum(1 for finding in one.findings if finding.waived and finding.waived.at == waiver.at)
        accepts = quiet(f"accepts {counted(number, 'finding')}") if number else gap("accepts nothing today")
        summary = [plain(rules[waiver.rule].summary)] if waiver.rule in rules else []
        rows.append((
            (*summary, coded(f"`{waiver.rule}`", "quiet")),
            (*(() if tallies.alone else (tallies.named(one),)), quiet(".".join(map(str, waiver.address))), accepts),
            (plain(waiver.because),),
            (plain(waiver.by),),
            (plain(when(waiver.until.isoformat())), _left(waiver.until, on)),
        ))  # fmt: skip
    columns = (
        Column("What is accepted", 4), Column("Where", 3), Column("Why", 4), Column("Who answers for it", 2.4), Column("Until", 2),
    )  # fmt: skip
    return Section(
        "waivers", heading, (Table("Findings accepted for a time, soonest to end first", columns, tuple(rows)),)
    )


def _left(until: date, on: date) -> Line:
    """How many days a waiver, or whatever else has an end, still has."""
    days = (until - on).days
    if days < 0:
        return strong(f"ran out {counted(-days, 'day')} ago")
    return quiet(f"{counted(days, 'day')} left" if days else "ends today")


def _dates(tallies: Tallies) -> Section:
    """What is due: overdue first; over many agreements no further ahead than a year."""
    heading = "Dates not to miss"
    on = tallies.report.book.on
    entries = agenda.agenda(tallies.agreements, tallies.report.book, on)
    shown = entries if tallies.alone else [entry for entry in entries if entry.day <= on + _AHEAD]
    later = len(entries) - len(shown)
    said = [Paragraph(plain("No date to act on is written."))] if not entries else []
    if later:
        said.append(
            Paragraph(
                coded(f"{counted(later, 'later date')} not shown here; `sharecheck calendar` lists every one.", "quiet")
            )
        )
    if not shown:
        return Section("dates", heading, tuple(said))
    by_id = {one.id: one for one in tallies.report.checked if one.agreement}
    together: dict[tuple[object, ...], list[agenda.Entry]] = {}
    for entry in shown:
        law = entry.kind in agenda.LAW
        key = (entry.day, entry.kind, entry.action, entry.note, entry.who, entry.uid if law else "")
        together.setdefault(key, []).append(entry)
    rows = []
    for alike in together.values():
        first = alike[0]
        due = strong(f"overdue by {counted((on - first.day).days, 'day')}") if first.day < on else _left(first.day, on)
        names = dict.fromkeys(name for entry in alike for name in entry.agreements)
        about = [tallies.named(by_id[name]) for name in names] if not tallies.alone else []
        more = [quiet(f"and {len(about) - _NAMED} more")] if len(about) > _NAMED else []
        titles = [first.title] if len(alike) == 1 else [agenda.KINDS[first.kind]]
        rows.append((
            (plain(when(first.day.isoformat())), due),
            (*map(strong, titles), *about[:_NAMED], *more),
            (coded(first.action), *([coded(first.note, "quiet")] if first.note else []),
             *(where_read(source) for source in first.sources)),
            (plain("; ".join(first.who)) if first.who else gap("Nobody is named."),),
        ))  # fmt: skip
    columns = (Column("Day", 1.8), Column("What", 3.6), Column("What to do", 5), Column("Who sees to it", 2))
    return Section("dates", heading, (Table("Dates to act on, overdue ones first", columns, tuple(rows)), *said))


def _unchecked(tallies: Tallies) -> Section:
    """What could not be read, what has not the form, what was left out, and which rules were not asked."""
    report = tallies.report
    blocks: list[Block] = []
    if report.unread:
        items = tuple(
            (strong(f"{error.name}, line {error.line}, column {error.column}"), coded(sentence(error.message)),
             coded(put_right(error.fix), "quiet"))
            for error in report.unread
        )  # fmt: skip
        blocks += [
            Heading("Could not be read"),
            Paragraph(plain("Nothing is known about these files.")),
            Bullets(items),
        ]
    if misshapen := [one for one in report.checked if one.agreement is None]:
        said = (
            "These files do not have the form of an agreement, so no rule could be asked of them. What is wrong stands in "
            "their parts."
        )
        blocks += [Heading("Without the form of an agreement"), Paragraph(plain(said)),
                   Bullets(tuple((tallies.named(one), quiet(one.name)) for one in misshapen))]  # fmt: skip
    if report.left_out:
        left = tuple((plain(one.name), coded(sentence(one.reason), "quiet")) for one in report.left_out)
        blocks += [Heading("Left out"), Bullets(left)]
    if report.not_asked:
        said = "By settings or on the command line these rules were asked of no agreement:"
        blocks += [
            Heading("Rules that were not asked"),
            Paragraph(plain(said)),
            Paragraph(coded(ids(report.not_asked))),
        ]
    if some := [one for one in report.checked if one.not_asked]:
        blocks += [Heading("Rules not asked of some agreements, by settings"),
                   Bullets(tuple((tallies.named(one), coded(ids(one.not_asked), "quiet")) for one in some))]  # fmt: skip
    if not blocks:
        blocks.append(
            Paragraph(plain("Every file that was looked at could be read, and every rule there is was asked."))
        )
    return Section("unchecked", "What was not checked", tuple(blocks))


def _rules(tallies: Tallies) -> Section:
    """What every rule looks for, and how it ended."""
    report = tallies.report
    lead = "`sharecheck explain` with the name of a rule says why it is asked, with its sources and an example."
    blocks: list[Block] = [Paragraph(coded(lead, "quiet"))]
    ended = (Column("How it ended", 1.8),) if tallies.alone else COLUMNS
    columns = (Column("Looks for", 7), Column("Rule", 3.4), Column("How grave", 1.5), *ended)
    for heading, under in tallies.under:
        rows = []
        for rule in under:
            if tallies.alone:
                verdict = report.checked[0].verdicts.get(rule.id)
                cells: tuple[Cell, ...] = ((plain(SAID[verdict]) if verdict else gap("Not asked"),),)
            else:
                cells = figures(tallies.sums(report.checked, [rule.id]))
            rows.append(((plain(rule.summary),), (coded(f"`{rule.id}`"),), (plain(SEVERITIES[rule.severity]),), *cells))
        if rows:
            blocks += [Heading(title(heading).text), Table(_EVERY, columns, tuple(rows))]
    return Section("rules", "Every rule, and how it ended", tuple(blocks), apart=True)
