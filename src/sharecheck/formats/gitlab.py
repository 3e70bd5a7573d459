"""Findings as a GitLab code quality report, which GitLab shows in merge requests; what is waived or known is not in it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sharecheck.report import Report, put_right, sentence
from sharecheck.rules import Severity

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.ADVICE: "info"}


def render(report: Report) -> str:
    """A list with an entry for each file not checked and each finding that counts."""
    alike: Counter[str] = Counter()
    entries = []
    for said, check, key, severity, path, line in _entries(report):
        alike[key] += 1  # GitLab takes two entries with one fingerprint for the same
        entries.append(
            {
                "description": said,
                "check_name": check,
                "fingerprint": hashlib.sha256(f"{key}|{alike[key]}".encode(errors="replace")).hexdigest()[:32],
                "severity": severity,
                "location": {"path": path, "lines": {"begin": line}},
            }
        )
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def _entries(report: Report) -> Iterator[tuple[str, str, str, str, str, Any]]:
    for error in report.unread:
        said = f"Not checked: {sentence(error.message)} {put_right(error.fix)}"
        yield said, error.code, f"{error.code}|{error.name}", "major", error.name, error.line
    for finding in report.findings:
        if finding.counts:
            severity = _SEVERITIES[finding.severity]
            key = f"{finding.fingerprint}|{finding.file}"
            yield finding.in_full, finding.rule, key, severity, finding.file, finding.span.line
