"""Findings one to a line, for editors and for searching."""

from __future__ import annotations

from sharecheck.report import Report


def render(report: Report) -> str:
    """`file:line:column: severity rule: message` for each finding and for each file that could not be read."""
    lines = [f"{e.name}:{e.line}:{e.column}: not-checked {e.code}: {e.message}" for e in report.unread]
    for finding in report.findings:
        place = f"{finding.file}:{finding.span.line}:{finding.span.column}"
        severity = "waived" if finding.waived else finding.severity.value
        lines.append(f"{place}: {severity} {finding.rule}: {finding.message}")
    lines += [f"{n.file}:{n.span.line}:{n.span.column}: needs-a-person: {n.message}" for n in report.notes]
    return "".join(line + "\n" for line in lines)
