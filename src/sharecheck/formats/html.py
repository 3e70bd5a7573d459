"""The report, and what differs between two versions, as HTML pages that need nothing else: no script, no network."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from sharecheck.change.telling import KINDS, VERDICTS, Told
from sharecheck.chart import Chart
from sharecheck.report import Checked, Finding, Report, Verdict, sentence
from sharecheck.rules import Severity

SAID = {
    Verdict.PASSED: "Passed",
    Verdict.FAILED: "Failed",
    Verdict.NOT_APPLICABLE: "Not applicable",
    Verdict.NEEDS_PERSON: "Needs a person",
}


def render(report: Report, charts: Mapping[str, Chart], pictures: Mapping[str, str]) -> str:
    """The page; `charts` and `pictures` (SVG text) are keyed by the name of the agreement's file, pictures may lack."""
    environment = _environment()
    checked = [_checked(i, one, report, charts, pictures) for i, one in enumerate(report.checked, 1)]
    alone = report.checked[0].title if len(report.checked) == 1 else f"{len(report.checked)} agreements"
    return environment.get_template("report.html.j2").render(
        title=f"Check report: {alone}",
        style=_style(environment),
        on=report.book.on.isoformat(),
        book=report.book.version,
        tool=report.tool,
        rules=len(report.rules),
        not_asked=report.not_asked,
        left_out=report.left_out,
        misshapen=sum(1 for one in report.checked if one.agreement is None),
        unread=report.unread,
        verdicts=[v.value for v in Verdict],
        checked=checked,
    )


def changes(told: Told) -> str:
    """What differs between two versions, as a page."""
    environment = _environment()
    return environment.get_template("changes.html.j2").render(
        title=f"What changes: {told.old} to {told.new}",
        style=_style(environment),
        told=told,
        kinds=KINDS,
        verdicts=VERDICTS,
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("sharecheck.formats"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters["words"] = _words
    return environment


def _style(environment: Environment) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, "report.css")[0]


def _checked(
    number: int, one: Checked, report: Report, charts: Mapping[str, Chart], pictures: Mapping[str, str]
) -> dict[str, Any]:
    anchor = f"agreement-{number}"
    counts = {v.value: sum(1 for verdict in one.verdicts.values() if verdict is v) for v in Verdict}
    by = [sum(1 for f in one.findings if f.severity is s and f.counts) for s in Severity]
    by += [sum(1 for f in one.findings if f.aside == why) for why in ("waived", "known")]
    picture = pictures.get(one.name)
    encoded = base64.b64encode(picture.encode()).decode() if picture else ""
    summaries = {rule.id: rule.summary for rule in report.rules}
    chart = charts.get(one.name)
    return {
        "anchor": anchor,
        "title": one.title,
        "counts": counts,
        "findings_by": by,
        "facts": _facts(one),
        "findings": [_finding(f"{anchor}-finding-{i}", f, summaries) for i, f in enumerate(_gravest_first(one), 1)],
        "notes": [{"message": sentence(n.message), "place": f"{n.file}, line {n.span.line}"} for n in one.notes],
        "lines": chart.lines if chart else (),
        "words": chart.words if chart else (),
        "map": f"data:image/svg+xml;base64,{encoded}" if encoded else "",
        "rules": [
            {
                "topic": rule.topic.replace("-", " "), "summary": rule.summary,
                "verdict": one.verdicts[rule.id].value, "said": SAID[one.verdicts[rule.id]],
            }
            for rule in report.rules if rule.id in one.verdicts
        ],
        "not_asked": one.not_asked,
    }  # fmt: skip


def _facts(one: Checked) -> list[tuple[str, str]]:
    agreement = one.agreement
    if agreement is None:
        return [("File", one.name), ("State", "does not have the form of an agreement; no rule could be asked")]
    facts = [("File", one.name), ("Id", one.id), ("Kind", agreement.kind), ("Status", agreement.status)]
    facts.append(("Jurisdiction", ", ".join(agreement.jurisdiction)))
    for name, value in (("Starts", agreement.starts), ("Review by", agreement.review), ("Ends", agreement.ends)):
        if value:
            facts.append((name, value.isoformat()))
    if agreement.parent:
        facts.append(("Under", agreement.parent.title))
    facts.append(("Parties", str(len(agreement.parties))))
    facts.append(("Flows", str(len(agreement.flows))))
    return facts


def _finding(anchor: str, finding: Finding, summaries: Mapping[str, str]) -> dict[str, Any]:
    return {
        "anchor": anchor,
        "kind": "waived" if finding.aside else finding.severity.value,
        "label": f"{finding.aside} {finding.severity.value}".strip().capitalize(),
        "summary": summaries.get(finding.rule, finding.rule),
        "message": sentence(finding.message),
        "fix": sentence(finding.fix),
        "why": finding.why,
        "rule": finding.rule,
        "place": f"{finding.file}, line {finding.span.line}, column {finding.span.column}",
        "waived": finding.waived,
        "known_since": finding.known_since,
        "sources": [
            {"text": f"{s.title}{f', {s.section}' if s.section else ''}", "url": s.url} for s in finding.sources
        ],
    }


def _gravest_first(one: Checked) -> list[Finding]:
    return sorted(one.findings, key=lambda f: (f.aside, f.severity.rank))


def _words(text: str) -> Markup:
    """A text with its backticked words as code; everything else escaped."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))
