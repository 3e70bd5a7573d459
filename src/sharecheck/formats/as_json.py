"""Findings as JSON: a contract, kept in `output-validate.schema.json` and versioned by `schema_version`."""

from __future__ import annotations

import json
from typing import Any

from sharecheck.report import Finding, Report
from sharecheck.rules import Severity

SCHEMA_VERSION = 1


def render(report: Report) -> str:
    """The report as JSON, one object, ending in a new line."""
    return json.dumps(value(report), indent=2, ensure_ascii=False) + "\n"


def value(report: Report) -> dict[str, Any]:
    """The report as plain values in the order of the contract."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "sharecheck", "version": report.tool},
        "knowledge": {"version": report.book.version},
        "on": report.book.on.isoformat(),
        "summary": {
            "files": len(report.checked) + len(report.unread),
            "agreements": len(report.checked),
            "rules": len(report.rules),
            "not_asked": list(report.not_asked),
            "errors": report.count(Severity.ERROR),
            "warnings": report.count(Severity.WARNING),
            "advice": report.count(Severity.ADVICE),
            "waived": report.waived,
            "known": report.known,
            "needs_person": sum(1 for _ in report.notes),
            "not_checked": report.not_checked,
        },
        "findings": [_finding(finding) for finding in report.findings],
        "needs_person": [
            {
                "rule": note.rule, "message": note.message, "agreement": note.agreement, "file": note.file,
                "line": note.span.line, "column": note.span.column, "pointer": note.pointer,
            }
            for note in report.notes
        ],
        "not_checked": [
            {
                "code": error.code, "message": error.message, "fix": error.fix, "file": error.name,
                "line": error.line, "column": error.column,
            }
            for error in report.unread
        ],
        "not_asked": [{"file": one.name, "rules": list(one.not_asked)} for one in report.checked if one.not_asked],
        "put_right": list(report.gone),
        "left_out": [{"name": one.name, "reason": one.reason} for one in report.left_out],
    }  # fmt: skip


def _finding(finding: Finding) -> dict[str, Any]:
    waived = finding.waived
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "why": finding.why,
        "fix": finding.fix,
        "sources": [{"title": s.title, "section": s.section, "url": s.url} for s in finding.sources],
        "agreement": finding.agreement,
        "file": finding.file,
        "line": finding.span.line,
        "column": finding.span.column,
        "end_line": finding.span.end_line,
        "end_column": finding.span.end_column,
        "pointer": finding.pointer,
        "fingerprint": finding.fingerprint,
        "also": [place.address for place in finding.places if place.address != finding.address],
        "waived": {"because": waived.because, "by": waived.by, "until": waived.until.isoformat()} if waived else None,
        "known_since": finding.known_since.isoformat() if finding.known_since else None,
    }
