"""The report as JUnit results, which every build server can show: a suite an agreement, a case a rule."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from sharecheck.errors import SourceError
from sharecheck.report import Checked, Finding, Report, Verdict, put_right, sentence

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""


def render(report: Report) -> str:
    """The results as XML; a finding that counts is a failure, a file that could not be read an error."""
    suites = [_agreement(one, report) for one in report.checked]
    if report.unread:
        suites.append(_unread(report.unread, report))
    root = Element("testsuites", name="sharecheck")
    root.extend(suites)
    for total in ("tests", "failures", "errors"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in suites)))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _agreement(one: Checked, report: Report) -> Element:
    found: dict[str, list[Finding]] = {}
    for finding in one.findings:
        found.setdefault(finding.rule, []).append(finding)
    cases = [_case(one, rule.id, found.get(rule.id, [])) for rule in report.rules if rule.id in one.verdicts]
    suite = _suite(one.title, cases, report)
    suite.set("file", _legal(one.name))
    if lines := [f"line {note.span.line}: {sentence(note.message)}" for note in one.notes]:
        SubElement(suite, "system-out").text = _legal("\n".join(["Needs a person:", *lines]))
    return suite


def _case(one: Checked, rule: str, findings: list[Finding]) -> Element:
    case = Element("testcase", name=rule, classname=_legal(one.name))
    live = [finding for finding in findings if finding.counts]
    verdict = one.verdicts[rule]
    if live:
        more = f" (and {len(live) - 1} more)" if len(live) > 1 else ""
        failure = _outcome(case, "failure", f"{sentence(live[0].message)}{more}", live[0].severity.value)
        failure.text = _legal("\n".join(_line(finding) for finding in findings))
    elif findings:
        _outcome(case, "skipped", " ".join(dict.fromkeys(finding.excuse for finding in findings)))
    elif verdict is Verdict.NOT_APPLICABLE:
        _outcome(case, "skipped", "Does not apply to this agreement.")
    elif verdict is Verdict.NEEDS_PERSON:
        asked = [sentence(note.message) for note in one.notes if note.rule == rule]
        unasked = "it does not have the form of an agreement." if one.agreement is None else "see what is unknown."
        _outcome(case, "skipped", f"Needs a person: {' '.join(asked) or unasked}")
    return case


def _line(finding: Finding) -> str:
    return f"{finding.file}:{finding.span.line}:{finding.span.column}: {finding.in_full} {finding.excuse}".rstrip()


def _unread(errors: Iterable[SourceError], report: Report) -> Element:
    cases = []
    for error in errors:
        case = Element("testcase", name=_legal(error.name), classname="not-checked")
        outcome = _outcome(case, "error", sentence(error.message), error.code)
        outcome.text = _legal(f"{error.name}:{error.line}:{error.column}: {put_right(error.fix)}")
        cases.append(case)
    return _suite("Not checked", cases, report)


def _suite(name: str, cases: list[Element], report: Report) -> Element:
    suite = Element("testsuite", name=_legal(name), tests=str(len(cases)))
    for total, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(total, str(sum(case.find(kind) is not None for case in cases)))
    properties = SubElement(suite, "properties")
    facts = {"tool": f"sharecheck {report.tool}", "book": report.book.version, "on": report.book.on.isoformat()}
    if report.not_asked:
        facts["not asked"] = ", ".join(report.not_asked)
    for left in report.left_out:
        facts[f"left out: {left.name}"] = left.reason
    for key, value in facts.items():
        SubElement(properties, "property", name=_legal(key), value=_legal(value))
    suite.extend(cases)
    return suite


def _outcome(case: Element, kind: str, message: str, of: str | None = None) -> Element:
    outcome = SubElement(case, kind, message=_legal(message))
    if of:
        outcome.set("type", of)
    return outcome


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", text)
