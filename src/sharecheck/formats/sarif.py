"""Findings as SARIF 2.1.0, the format in which code-hosting sites and editors take what a checker found.

What needs a person, what was left out and what could not be read are notifications of the run rather than results: sites
that take SARIF show every result as an alert, whatever its `kind`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import quote

from sharecheck.report import Finding, Note, Report, put_right, sentence
from sharecheck.rules import Rule, Severity
from sharecheck.source import Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "note"}


def render(report: Report, pages: Mapping[str, str]) -> str:
    """The report as one SARIF run; `pages` are the rules' pages in Markdown, by id."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report, pages)]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _run(report: Report, pages: Mapping[str, str]) -> dict[str, Any]:
    names = list(dict.fromkeys([*(one.name for one in report.checked), *(error.name for error in report.unread)]))
    files = {name: i for i, name in enumerate(names)}
    rules = {rule.id: i for i, rule in enumerate(report.rules)}
    return {
        "tool": {"driver": _driver(report, pages)},
        "automationDetails": {"id": "sharecheck/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not report.unread,
                "toolExecutionNotifications": list(_notifications(report, files)),
            }
        ],
        "artifacts": [
            {"location": {"uri": _uri(name)}, "mimeType": "application/yaml", "roles": ["analysisTarget"]}
            for name in names
        ],
        "results": list(_results(report.findings, files, rules, compared=bool(report.known))),
        "properties": {
            "on": report.book.on.isoformat(),
            "book": report.book.version,
            "notAsked": list(report.not_asked),
        },
    }


def _driver(report: Report, pages: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": "sharecheck",
        "version": report.tool,
        "semanticVersion": report.tool,
        "rules": [_rule(rule, pages[rule.id], report) for rule in report.rules],
    }


def _rule(rule: Rule, page: str, report: Report) -> dict[str, Any]:
    sources = rule.sources(report.book)
    name = "".join(word.capitalize() for word in rule.id.split("-"))
    return {
        "id": rule.id,
        **({"name": name} if "-" in rule.id else {}),  # a name that only repeats the id is left out
        "shortDescription": _text(rule.summary),
        "fullDescription": _text(rule.page.why),
        "help": {"text": f"{rule.page.why}\n\n{put_right(rule.page.fix)}", "markdown": page},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "topic": rule.topic,
            "severity": rule.severity.value,
            "sources": [{"title": s.title, "section": s.section, "url": s.url} for s in sources],
            "tags": [rule.topic],
        },
    }


def _results(
    findings: Iterable[Finding], files: Mapping[str, int], rules: Mapping[str, int], *, compared: bool
) -> Iterator[dict[str, Any]]:
    alike: Counter[str] = Counter()
    for finding in findings:
        alike[finding.fingerprint] += 1
        result = {
            "ruleId": finding.rule,
            "ruleIndex": rules[finding.rule],
            "level": _LEVELS[finding.severity],
            "message": _text(finding.in_full),
            "locations": [_place(finding.file, finding.span, files, finding.line_text) | _logical(finding)],
            "partialFingerprints": {
                "primaryLocationLineHash": f"{finding.fingerprint}:{alike[finding.fingerprint]}",
                "sharecheck/v1": finding.fingerprint,
            },
            "properties": {"severity": finding.severity.value},
        }
        if finding.aside:
            kind = "inSource" if finding.waived else "external"
            result["suppressions"] = [{"kind": kind, "status": "accepted", "justification": finding.excuse}]
        if compared:
            result["baselineState"] = "unchanged" if finding.known_since else "new"
        yield result


def _notifications(report: Report, files: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for error in report.unread:
        span = Span(error.line, error.column, error.line, error.column)
        yield {
            "descriptor": {"id": "not-checked"},
            "level": "error",
            "message": _text(f"{error.name} was not checked: {sentence(error.message)} {put_right(error.fix)}"),
            "locations": [_place(error.name, span, files)],
            "properties": {"code": error.code},
        }
    for note in report.notes:
        yield _asks(note, files)
    for left in report.left_out:
        yield {
            "descriptor": {"id": "left-out"},
            "level": "note",
            "message": _text(f"{left.name} was left out: {sentence(left.reason)}"),
        }


def _asks(note: Note, files: Mapping[str, int]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "descriptor": {"id": "needs-a-person"},
        "level": "note",
        "message": _text(sentence(note.message)),
        "locations": [_place(note.file, note.span, files)],
    }
    return said | ({"associatedRule": {"id": note.rule}} if note.rule else {})


def _place(name: str, span: Span, files: Mapping[str, int], line: str = "") -> dict[str, Any]:
    region: dict[str, Any] = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    physical = {"artifactLocation": {"uri": _uri(name), "index": files[name]}, "region": region}
    if line and span.line == span.end_line:
        region["snippet"] = _text(line[span.column - 1 : span.end_column - 1])
        physical["contextRegion"] = {"startLine": span.line, "endLine": span.line, "snippet": _text(line)}
    return {"physicalLocation": physical}


def _logical(finding: Finding) -> dict[str, Any]:
    agreement = {"name": finding.agreement, "kind": "module"}
    whole = f"{finding.agreement}/{finding.address}"
    part = {"name": finding.address, "fullyQualifiedName": whole, "kind": "property"}
    return {"logicalLocations": [agreement, part] if finding.address else [agreement]}


def _uri(name: str) -> str:
    for kind in (PurePosixPath, PureWindowsPath):
        if kind(name).is_absolute():
            return kind(name).as_uri()
    return quote(name, errors="surrogateescape")


def _text(text: str) -> dict[str, str]:
    return {"text": text}
