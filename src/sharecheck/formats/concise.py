"""Findings one to a line, for editors and for searching."""

from __future__ import annotations

from sharecheck.report import Report, counted


def render(report: Report) -> str:
    """`file:line:column: severity rule: message` for each finding, note and unread file."""
    lines = [f"{e.name}:{e.line}:{e.column}: not-checked {e.code}: {e.message}" for e in report.unread]
    for finding in report.findings:
        place = f"{finding.file}:{finding.span.line}:{finding.span.column}"
        severity = finding.aside or finding.severity.value
        lines.append(f"{place}: {severity} {finding.rule}: {finding.message}")
    lines += [f"{n.file}:{n.span.line}:{n.span.column}: needs-a-person: {n.message}" for n in report.notes]
    return "".join(line + "\n" for line in lines)


def summary(report: Report) -> str:
    """What was checked and what was not, in one line, for the person beside the program that reads the rest."""
    asked = [f"{counted(len(report.not_asked), 'rule')} not asked"] if report.not_asked else []
    left_out = [f"{len(report.left_out)} left out"] if report.left_out else []
    said = ", ".join([*report.headline.values(), *asked, *left_out])
    return f"{said}; read on {report.book.on} with the book of {report.book.version}"
