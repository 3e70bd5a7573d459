"""The report, and what differs between two versions, as Markdown: for a pull request, a wiki or an e-mail."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence

from sharecheck.change.telling import KINDS, VERDICTS, Row, Told, ToldAgreement
from sharecheck.chart import Chart
from sharecheck.paper.model import (
    Block,
    Bullets,
    Cell,
    Definitions,
    Figure,
    Heading,
    Line,
    Notice,
    Paper,
    Paragraph,
    Signing,
    Table,
)
from sharecheck.report import Checked, Finding, Report, Verdict, put_right, sentence
from sharecheck.rules import Severity

_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_NAMED = 5


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
        yield f"| {_cell(one.title)} | {' | '.join(str(n) for n in (*counts, *by))} |"
    if report.not_asked:
        yield ""
        yield f"{len(report.not_asked)} rules were not asked: {', '.join(report.not_asked)}."
    for left in report.left_out:
        yield ""
        yield f"Left out: {marked(left.name)} ({marked(left.reason)})."
    if report.unread:
        yield ""
        yield "## Not checked"
        yield ""
        for error in report.unread:
            where = code(f"{error.name}:{error.line}:{error.column}")
            yield f"- {where} {marked(sentence(error.message))} {marked(put_right(error.fix))}"
    for one in report.checked:
        yield from _agreement(one, charts.get(one.name))


def _agreement(one: Checked, chart: Chart | None) -> Iterator[str]:
    yield ""
    yield f"## {marked(one.title)}"
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
            yield f"- {marked(note.message)} ({code(note.file)}, line {note.span.line})"
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
            yield f"| {line.number} | {' | '.join(map(_cell, cells))} |"
        yield ""
        yield "| Kind | Word | Exactly | Notes |"
        yield "|---|---|---|---|"
        for entry in chart.words:
            yield f"| {' | '.join(map(_cell, (entry.what, entry.name, entry.text, entry.note)))} |"
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
    where = code(f"{finding.file}:{finding.span.line}:{finding.span.column}")
    label = f"{finding.aside} {finding.severity.value}".strip()
    yield f"- **{label}** `{finding.rule}` at {where}: {marked(sentence(finding.message))}"
    yield f"  Put it right: {marked(finding.fix)}"
    if finding.excuse:
        yield f"  {marked(finding.excuse)}"
    cited = "; ".join(f"[{marked(s.title)}]({s.url})" if s.url else marked(s.title) for s in finding.sources)
    yield f"  Source: {cited}"


def marked(text: str) -> str:
    """A sentence in one line whose words in backticks stay code, and of which nothing else is a mark, a tag or a mention."""
    pieces = _CODE.split(" ".join(text.split()))
    return "".join(f"`{piece}`" if i % 2 else _plain(piece) for i, piece in enumerate(pieces))


def _cell(text: str) -> str:
    """The same for a cell of a table, which a bar would end even within code."""
    return re.sub(r"(?<!\\)\|", r"\|", marked(text))


def code(text: str) -> str:
    """A name as code, whatever is in it; in one line."""
    said = " ".join(text.split())
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", said)), default=0))
    return f"{fence} {said} {fence}" if len(fence) > 1 else f"`{said}`"


def _plain(text: str) -> str:
    """Words that Markdown or HTML would read as marks, made plain; and an `@` at which GitHub would call somebody."""
    escaped = re.sub(r"([\\`*_~|\[\]<>#]|&(?=\w+;))", r"\\\1", text)
    return re.sub(r"(?<!\w)@(?=\w)", "@<!-- -->", escaped)


# a paper


def document(paper: Paper) -> str:
    """A paper as Markdown that a repository's pages show: headings, tables and links, and nothing that runs or is fetched."""
    return "\n".join(_document(paper)) + "\n"


def _document(paper: Paper) -> Iterator[str]:
    run = paper.running
    yield f"# {_opening(paper.title)}"
    yield ""
    furniture = (paper.kind, run.version, run.state, run.marking, f"Digest {run.digest}" if run.digest else "")
    yield " · ".join(_marked(said) for said in furniture if said)
    if run.warning:
        yield ""
        yield f"**{_marked(run.warning)}**"
    for notice in paper.notices:
        yield from _block(notice)
    yield from _block(Definitions(paper.facts))
    yield ""
    yield "## Contents"
    yield ""
    for i, section in enumerate(paper.sections, 1):
        yield f"{i}. [{_marked(section.title)}](#{section.id})"
    for i, section in enumerate(paper.sections, 1):
        yield ""
        yield f'<a id="{section.id}"></a>'
        yield ""
        yield f"## {i}. {_marked(section.title)}"
        for block in section.blocks:
            yield from _block(block)
    yield ""
    yield "---"
    yield ""
    yield _opening(paper.made)


def _block(block: Block) -> Iterator[str]:
    yield ""
    match block:
        case Heading():
            if block.id:
                yield f'<a id="{block.id}"></a>'
                yield ""
            yield f"{'####' if block.under else '###'} {_opening(block.text)}"
        case Paragraph():
            yield _begun(_said(block.line))
        case Bullets():
            for item in block.items:
                yield f"- {_begun(_stacked(item))}"
        case Definitions():
            for entry in block.entries:
                yield f"- **{_marked(entry.name)}**: {_stacked(entry.says)}"
        case Table():
            if block.caption:
                yield f"*{_marked(block.caption)}*"
                yield ""
            yield f"| {' | '.join(_bars(_marked(column.title)) for column in block.columns)} |"
            yield f"|{'|'.join('---:' if column.number else '---' for column in block.columns)}|"
            for row in block.rows:
                yield f"| {' | '.join(_bars(_stacked(cell)) for cell in row)} |"
        case Figure():
            yield f"*{_marked(block.instead)}*"
        case Notice():
            yield f"> **{_marked(block.title)}**"
            for line in block.lines:
                yield ">"
                yield f"> {_begun(_said(line))}"
        case Signing():
            yield f"**{_marked(block.agency)}**"
            yield ""
            yield _stacked((*([Line(f"Signs for it: {block.post}")] if block.post else []), *block.standing))
            yield ""
            yield "| Name | Post | Signature | Date |"
            yield "|---|---|---|---|"
            yield "| | | | |"


def _stacked(cell: Cell) -> str:
    return "<br>".join(map(_said, cell))


def _said(line: Line) -> str:
    """A line with its marks; its own breaks are kept."""
    said = "".join(code(piece) if name else _marked(piece, ends=False) for piece, name in line.pieces)
    if line.to and said.strip():
        said = f"[{said.strip()}](<{line.to}>)"
    return f"**{said.strip()}**" if line.manner == "strong" and said.strip() else said


def _marked(text: str, *, ends: bool = True) -> str:
    """A text of which nothing is a mark, a tag or a mention, its own line breaks kept; without `ends`, spaces at them too."""
    rows = text.strip().split("\n") if ends else text.split("\n")
    return "<br>".join(_plain(re.sub(r"\s+", " ", row)) for row in rows)


def _opening(text: str) -> str:
    return _begun(_marked(text))


def _begun(text: str) -> str:
    """A text that begins a block, where a dash, a plus or a number would begin a list."""
    return re.sub(r"^\s*(?:([-+=])|(\d+)([.)]))", lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", text)


def _bars(text: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\|", text)


# differences


def changes(told: Told, refused: Sequence[Row] = ()) -> str:
    """What differs between two versions, for a comment: what each change allows, with the exact words folded away.

    What is `refused` is marked, with how to accept it.
    """
    return "\n".join(_changes(told, refused)).rstrip() + "\n"


def _changes(told: Told, refused: Sequence[Row]) -> Iterator[str]:
    yield "### What this change allows"
    yield ""
    yield f"**{VERDICTS[told.verdict]}.** {marked(told.extent)} {code(told.old)} → {code(told.new)}, {told.law}."
    if refused:
        yield ""
        yield from _to_accept(told, refused)
    for one in told.agreements:
        if one.beyond and not any(row in refused for row in one.rows):
            continue
        yield ""
        was = f", which was {code(one.was)}" if one.was else ""
        how = {"added": ": a new agreement", "removed": ": no longer there"}.get(one.how, "")
        yield f"#### {marked(one.title)} ({code(one.id)}{was}){how}"
        yield ""
        yield from _changed(one, told.outside(one), refused)
    if told.beyond:
        yield ""
        yield marked(told.beyond)
    if told.voided:
        yield ""
        yield "#### Sign-offs that no longer stand"
        yield ""
        yield from (f"- {marked(said)}" for said in told.void)
    if told.unread:
        yield ""
        yield "#### Not compared"
        yield ""
        for error in told.unread:
            yield f"- {code(error.name)}: {marked(sentence(error.message))} {marked(put_right(error.fix))}"


def _to_accept(told: Told, refused: Sequence[Row]) -> Iterator[str]:
    """What is refused, and the command by which somebody accepts it."""
    one = len(refused) == 1
    yield (
        f"**{'One change here is' if one else f'{len(refused)} changes here are'} not accepted by anybody.** "
        "Undo what was not meant. Whoever answers for the rest accepts it by name; commit the file that this writes:"
    )
    versions = [told.old] if told.new == "now" else [told.old, told.new]
    names = " ".join(f"--accept {row.fingerprint[:12]}" for row in refused[:_NAMED])
    yield ""
    yield "```sh"
    yield f"sharecheck diff {' '.join(map(shlex.quote, versions))} {names} --by 'NAME, POST' --because 'WHY'"
    yield "```"
    if len(refused) > _NAMED:
        yield ""
        yield "and so on for the others, whose fingerprints stand below."


def _changed(one: ToldAgreement, outside: str, refused: Collection[Row]) -> Iterator[str]:
    for row in one.rows:
        if row.outside and row not in refused:
            continue
        first, *rest = row.headline.split("\n")
        yield f"- **{KINDS[row.kind]}{', not accepted' if row in refused else ''}**: {marked(first)}"
        yield from (f"  {_listed(line)}" for line in rest)
        if rest:
            yield ""
        if row.also:
            yield f"  {' '.join(marked(said) for said in row.also)}"
        yield from _folded(row)
        count = f"{row.questions:,} question{'' if row.questions == 1 else 's'}"
        sums = f" · {count} · fingerprint `{row.fingerprint[:12]}`" if row.fingerprint else ""
        yield f"  <sub>{code(f'{row.file}:{row.line}')}{sums}</sub>"
    if outside:
        yield f"- {marked(outside)}"
    if one.parts and one.rows[0].move is not None:
        yield ""
        yield "<details><summary>Parts that differ</summary>"
        yield ""
        yield from (f"- {marked(part.sentence)}" for part in one.parts)
        yield ""
        yield "</details>"


def _folded(row: Row) -> Iterator[str]:
    if not row.exactly and not row.example:
        return
    yield ""
    yield f"  <details><summary>{'Exactly in which circumstances, and an example' if row.exactly else 'An example'}</summary>"
    yield ""
    for said in row.exactly:
        first, *rest = said.split("\n")
        yield f"  - {marked(first)}"
        yield from (f"    {_listed(line)}" for line in rest)
    if row.exactly and row.example:
        yield ""
    if row.example:
        yield f"  {'For example: ' if row.exactly else ''}{marked(row.example)}"
    yield ""
    yield "  </details>"
    yield ""


def _listed(line: str) -> str:
    return f"- {marked(line.removeprefix('- '))}"
