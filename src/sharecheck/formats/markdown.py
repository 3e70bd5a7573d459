"""The report, and what differs between two versions, as Markdown: for a pull request, a wiki or an e-mail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sharecheck.change.telling import KINDS, Row, Told, ToldAgreement
from sharecheck.chart import Chart
from sharecheck.report import Checked, Finding, Report, Verdict
from sharecheck.rules import Severity


def render(report: Report, charts: Mapping[str, Chart]) -> str:
    """The report; `charts` are keyed by the name of the agreement's file."""
    return "\n".join(_lines(report, charts)) + "\n"


def _lines(report: Report, charts: Mapping[str, Chart]) -> Iterator[str]:
    yield "# Check report"
    yield ""
    yield (
        f"Read on {report.book.on} with the book of {report.book.version}, by sharecheck {report.tool}. "
        f"{len(report.rules)} rules, {len(report.checked)} agreement{'' if len(report.checked) == 1 else 's'}."
    )
    yield ""
    yield "| Agreement | Passed | Failed | Not applicable | Needs a person | Errors | Warnings | Advice | Waived | Known |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    for one in report.checked:
        counts = [sum(1 for verdict in one.verdicts.values() if verdict is v) for v in Verdict]
        by = [sum(1 for f in one.findings if f.severity is s and f.counts) for s in Severity]
        by += [sum(1 for f in one.findings if f.aside == why) for why in ("waived", "known")]
        yield f"| {_text(one.title)} | {' | '.join(str(n) for n in (*counts, *by))} |"
    if report.not_asked:
        yield ""
        yield f"{len(report.not_asked)} rules were not asked: {', '.join(report.not_asked)}."
    for left in report.left_out:
        yield ""
        yield f"Left out: {_text(left.name)} ({_text(left.reason)})."
    if report.unread:
        yield ""
        yield "## Not checked"
        yield ""
        for error in report.unread:
            yield f"- `{error.name}:{error.line}:{error.column}` {_text(error.message)}. {_text(error.fix)}."
    for one in report.checked:
        yield from _agreement(one, charts.get(one.name))


def _agreement(one: Checked, chart: Chart | None) -> Iterator[str]:
    yield ""
    yield f"## {_text(one.title)}"
    yield ""
    yield "### Findings"
    yield ""
    if not one.findings:
        yield "No finding."
    for finding in one.findings:
        yield from _finding(finding)
    if one.notes:
        yield ""
        yield "### Needs a person"
        yield ""
        for note in one.notes:
            yield f"- {_text(note.message)} (`{note.file}`, line {note.span.line})"
    if chart and chart.lines:
        yield ""
        yield "### What is shared"
        yield ""
        yield "| No. | Flow | Who tells | Whom | What | What for | From level | Consent | Basis | Law | How fast |"
        yield "|---:|---|---|---|---|---|---|---|---|---|---|"
        for line in chart.lines:
            kinds = [word for word, yes in (("special category", line.special), ("offences", line.criminal)) if yes]
            cells = (
                f"{line.title} ({'must' if line.duty else 'may'}{', use within one body' if line.internal else ''})", line.senders,
                "one another" if line.both_ways else line.recipients,
                f"{line.items}{f' ({chr(44).join(kinds)})' if kinds else ''}", line.ends, line.level or "any",
                line.consent, line.basis, line.law, line.deadline,
            )  # fmt: skip
            yield f"| {line.number} | {' | '.join(_text(cell) for cell in cells)} |"
        yield ""
        yield "| Kind | Word | Exactly | Notes |"
        yield "|---|---|---|---|"
        for entry in chart.words:
            yield f"| {' | '.join(_text(cell) for cell in (entry.what, entry.name, entry.text, entry.note))} |"
    for verdict, heading in (
        (Verdict.FAILED, "Failed"), (Verdict.NEEDS_PERSON, "Needs a person"),
        (Verdict.PASSED, "Passed"), (Verdict.NOT_APPLICABLE, "Not applicable"),
    ):  # fmt: skip
        ids = [f"`{rule}`" for rule, ended in one.verdicts.items() if ended is verdict]
        if ids:
            yield ""
            yield f"**{heading}** ({len(ids)}): {', '.join(ids)}"
    if one.not_asked:
        yield ""
        yield f"**Not asked here, by settings** ({len(one.not_asked)}): {', '.join(f'`{rule}`' for rule in one.not_asked)}"


def _finding(finding: Finding) -> Iterator[str]:
    label = f"{finding.aside} {finding.severity.value}".strip()
    yield f"- **{label}** `{finding.rule}` at `{finding.file}:{finding.span.line}:{finding.span.column}`: {_text(finding.message)}."
    yield f"  Put it right: {_text(finding.fix)}"
    if finding.excuse:
        yield f"  {_text(finding.excuse)}"
    cited = "; ".join(f"[{_text(s.title)}]({s.url})" if s.url else _text(s.title) for s in finding.sources)
    yield f"  Source: {cited}"


def _text(text: str) -> str:
    """Words that Markdown or HTML would read as marks, made plain; one line."""
    return _text_within(" ".join(text.split()))


# differences


def changes(told: Told) -> str:
    """What differs between two versions, for a comment: what each change allows, with the exact words folded away."""
    return "\n".join(_changes(told)).rstrip() + "\n"


def _changes(told: Told) -> Iterator[str]:
    yield f"### What this change allows: {told.verdict}"
    yield ""
    yield f"{_text(told.sums)} {_text(told.old)} → {_text(told.new)}, {told.law}."
    for one in told.agreements:
        if one.beyond:
            continue
        yield ""
        yield f"#### {_text(one.title)} (`{one.id}`{f', which was `{one.was}`' if one.was else ''})"
        yield ""
        yield from _changed(one, told.outside(one))
    if told.beyond:
        yield ""
        yield _marked(told.beyond)
    if told.voided:
        yield ""
        yield "#### Sign-offs that no longer stand"
        yield ""
        yield from (f"- {_marked(said)}" for said in told.void)
    if told.unread:
        yield ""
        yield "#### Not compared"
        yield ""
        yield from (f"- `{one.name}`: {_marked(one.message)}" for one in told.unread)


def _changed(one: ToldAgreement, outside: str) -> Iterator[str]:
    for row in one.rows:
        if row.outside:
            continue
        first, *rest = row.headline.split("\n")
        yield f"- **{KINDS[row.kind]}**: {_marked(first)}"
        yield from (f"  {_listed(line)}" for line in rest)
        if rest:
            yield ""
        if row.also:
            yield f"  {' '.join(_marked(said) for said in row.also)}"
        yield from _folded(row)
        sums = f" · {row.questions:,} questions · `{row.fingerprint[:12]}`" if row.fingerprint else ""
        yield f"  <sub>`{row.file}:{row.line}`{sums}</sub>"
    if outside:
        yield f"- {_marked(outside)}"
    if one.parts and one.rows[0].move is not None:
        yield ""
        yield "<details><summary>Parts that differ</summary>"
        yield ""
        yield from (f"- {_marked(part.sentence)}" for part in one.parts)
        yield ""
        yield "</details>"


def _folded(row: Row) -> Iterator[str]:
    if not row.exactly and not row.example:
        return
    yield ""
    yield f"  <details><summary>{'Exactly, and an example' if row.exactly else 'An example'}</summary>"
    yield ""
    for said in row.exactly:
        first, *rest = said.split("\n")
        yield f"  - {_marked(first)}"
        yield from (f"    {_listed(line)}" for line in rest)
    if row.example:
        yield ""
        yield f"  {_marked(row.example)}"
    yield ""
    yield "  </details>"
    yield ""


def _listed(line: str) -> str:
    return f"- {_marked(line.removeprefix('- '))}"


def _marked(text: str) -> str:
    """A sentence whose backticked words stay code and everything else is made plain."""
    pieces = " ".join(text.split()).split("`")
    if len(pieces) % 2 == 0:
        return _text(text).replace("`", "\\`")
    return "`".join(piece if i % 2 else _text_within(piece) for i, piece in enumerate(pieces))


def _text_within(text: str) -> str:
    return re.sub(r"([\\*_|\[\]<>#])", r"\\\1", text)
