"""The formats that other programs read: each is read back, and checked by those who define it."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import junitparser
import pytest
import xmlschema
from jsonschema.validators import validator_for

import tools
from conftest import DAY, ROOT
from sharecheck import __version__, knowledge, report, repository, rules
from sharecheck.cli import forms
from sharecheck.formats import github
from sharecheck.report import Report, Verdict
from sharecheck.settings import Settings

GOOD = (ROOT / "src" / "sharecheck" / "rules" / "base.yaml").read_text(encoding="utf-8")
NO_RECORD = GOOD.replace("      record: Agreement form on the child's record, with date and words\n", "")
CLERK = "  clerk: {title: 'Clerk 100%, [a](b) {0}: 🙂, ::error::', type: manager, agency: council}\n"
EVERYTHING = (
    NO_RECORD.replace("    measure: Weeks from referral to first session\n", "")
    .replace("subjects:\n", CLERK + "subjects:\n")
    .replace("title: Early help", "title: <b> & 🙂", 1)
)
WAIVER = (
    "allow:\n  - {rule: consent-without-record, at: flows.help, because: The form is being printed, "
    "by: Caldicott Guardian, until: 2027-01-31}\n"
)
PLACES = {
    "p/every fault.yaml": EVERYTHING + "unknown: [handling.breach]\n",
    "p/é:1,2.yaml": NO_RECORD.replace("id: example", "id: waived") + WAIVER,
    "p/broken.yaml": "a: [\n",
    "p/misshapen.yaml": "sharecheck: 1\ntitel: X\nid: 7\n",
    "p/good.yaml": GOOD.replace("id: example", "id: good"),
    "p/draft.yaml.txt": "x",
}


def examined(*paths: str) -> Report:
    gathered = repository.gather([Path(path) for path in paths], Settings(Path()))
    return report.check(gathered, knowledge.load(DAY), rules.load(), __version__)


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """A report in which everything occurs that a report can hold."""
    for name, text in PLACES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    whole = examined("p")
    assert whole.unread
    assert whole.left_out
    assert whole.waived == 1
    assert {note.rule is None for note in whole.notes} == {True}
    assert all(whole.count(severity) for severity in rules.Severity)
    return whole


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> Report:
    """What published agreements give."""
    monkeypatch.chdir(ROOT)
    paths = (ROOT / "tests" / "agreements").rglob("*.yaml")
    return examined(*(str(path) for path in sorted(paths) if "expected" not in path.name))


def test_the_headline_counts_what_is_waived_in_every_format_that_counts(found: Report) -> None:
    for name in ("text", "github"):
        assert "1 waived" in forms.FORMS[name].render(found)
    assert json.loads(forms.FORMS["json"].render(found))["summary"]["waived"] == 1
    assert "| 1 | 0 |\n" in forms.FORMS["markdown"].render(found)
    assert "1 accepted for a time" in forms.FORMS["html"].render(found)


# SARIF


def sarif(of: Report) -> Any:
    return json.loads(forms.FORMS["sarif"].render(of))


def run(of: Report) -> Any:
    (only,) = sarif(of)["runs"]
    return only


def against_the_schema(log: Any) -> list[str]:
    schema = json.loads((tools.sarif_multitool().parent / "sarif-2.1.0.json").read_text(encoding="utf-8-sig"))
    return [error.message for error in validator_for(schema)(schema).iter_errors(log)]


def by_the_multitool(log: Any, folder: Path) -> list[str]:
    """The rules of SARIF and of GitHub that a log breaks; the tool exits 0 either way, and says so in its own log."""
    (folder / "in.sarif").write_text(json.dumps(log), encoding="utf-8")
    out = folder / "out.sarif"
    subprocess.run(
        [
            tools.sarif_multitool(), "validate", "in.sarif", "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note",
            "--kind", "Fail", "--output", out, "--log", "ForceOverwrite",
        ],
        cwd=folder, env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}, check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    (checked,) = json.loads(out.read_text(encoding="utf-8-sig"))["runs"]
    assert checked["invocations"][0]["executionSuccessful"] is True
    assert checked["results"], "it always has a word of advice, so it has read the file"
    return [result["ruleId"] for result in checked["results"] if result.get("level", "warning") == "error"]


@pytest.mark.parametrize("which", ["found", "real"])
def test_sarif_is_sarif_and_fit_for_github(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    log = sarif(request.getfixturevalue(which))
    assert against_the_schema(log) == []
    assert by_the_multitool(log, tmp_path) == []


def drop_help(log: Any) -> None:
    del log["runs"][0]["tool"]["driver"]["rules"][0]["help"]


def absurd_region(log: Any) -> None:
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["endLine"] = 0


def wrong_index(log: Any) -> None:
    log["runs"][0]["results"][0]["ruleIndex"] = 9999


def surplus(log: Any) -> None:
    log["runs"][0]["results"][0]["surplus"] = 1


def no_message(log: Any) -> None:
    del log["runs"][0]["results"][0]["message"]


# how a log is broken, whether the schema sees it, whether the tool does
BROKEN: list[tuple[Callable[[Any], None], bool, bool]] = [
    (drop_help, False, True),
    (absurd_region, True, True),
    (wrong_index, False, True),
    (surplus, True, True),
    (no_message, True, True),
]


@pytest.mark.parametrize(("change", "by_schema", "by_tool"), BROKEN)
def test_broken_sarif_is_seen(
    change: Callable[[Any], None], by_schema: bool, by_tool: bool, found: Report, tmp_path: Path
) -> None:
    log = sarif(found)
    change(log)
    assert bool(against_the_schema(log)) == by_schema
    assert bool(by_the_multitool(log, tmp_path)) == by_tool


def test_sarif_has_every_finding_where_it_is(found: Report) -> None:
    only = run(found)
    findings = list(found.findings)
    assert len(only["results"]) == len(findings) > 3
    levels = {"error": "error", "warning": "warning", "advice": "note"}
    for result, finding in zip(only["results"], findings, strict=True):
        assert result["ruleId"] == finding.rule == only["tool"]["driver"]["rules"][result["ruleIndex"]]["id"]
        assert result["level"] == levels[finding.severity]
        assert finding.fix.rstrip(".") in result["message"]["text"]
        assert result["partialFingerprints"]["sharecheck/v1"] == finding.fingerprint
        (location,) = result["locations"]
        place = location["physicalLocation"]
        region, span = place["region"], finding.span
        assert [region[key] for key in ("startLine", "startColumn", "endLine", "endColumn")] == [
            span.line, span.column, span.end_line, span.end_column,
        ]  # fmt: skip
        assert (
            only["artifacts"][place["artifactLocation"]["index"]]["location"]["uri"] == place["artifactLocation"]["uri"]
        )
        if span.line == span.end_line and finding.line_text:
            written = PLACES[finding.file].splitlines()[span.line - 1]
            assert region["snippet"]["text"] == written[span.column - 1 : span.end_column - 1]
        if finding.address:
            names = location["logicalLocations"]
            assert names[0]["name"] == finding.agreement
            assert names[1]["fullyQualifiedName"] == f"{finding.agreement}/{finding.address}"


def test_sarif_addresses_are_relative_and_encoded(found: Report) -> None:
    uris = {one["location"]["uri"] for one in run(found)["artifacts"]}
    assert uris == {
        "p/every%20fault.yaml", "p/%C3%A9%3A1%2C2.yaml", "p/broken.yaml", "p/misshapen.yaml", "p/good.yaml",
    }  # fmt: skip


def test_sarif_of_what_lies_elsewhere_has_whole_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a b.yaml").write_text(GOOD)
    monkeypatch.chdir(ROOT)
    (one,) = run(examined(str(tmp_path / "a b.yaml")))["artifacts"]
    assert one["location"]["uri"] == (tmp_path / "a b.yaml").as_uri()


def test_sarif_waivers_are_suppressions_with_their_reason(found: Report) -> None:
    suppressed = [result for result in run(found)["results"] if "suppressions" in result]
    assert [result["suppressions"] for result in suppressed] == [
        [
            {
                "kind": "inSource", "status": "accepted",
                "justification": "Accepted by Caldicott Guardian until 2027-01-31: The form is being printed.",
            }
        ]
    ]  # fmt: skip


def test_sarif_says_what_was_not_checked_and_what_needs_a_person(found: Report, real: Report) -> None:
    (invocation,) = run(found)["invocations"]
    assert invocation["executionSuccessful"] is False
    said = Counter(one["descriptor"]["id"] for one in invocation["toolExecutionNotifications"])
    assert said == {"not-checked": 1, "needs-a-person": 1, "left-out": 1}
    (invocation,) = run(real)["invocations"]
    assert invocation["executionSuccessful"] is True
    asked = [one for one in invocation["toolExecutionNotifications"] if one["descriptor"]["id"] == "needs-a-person"]
    assert len(asked) == sum(1 for _ in real.notes) > 0
    assert {one["associatedRule"]["id"] for one in asked if "associatedRule" in one} <= {rule.id for rule in real.rules}


def test_sarif_explains_every_rule(found: Report) -> None:
    described = run(found)["tool"]["driver"]["rules"]
    assert [one["id"] for one in described] == [rule.id for rule in rules.load()]
    for one, rule in zip(described, rules.load(), strict=True):
        assert one["help"]["markdown"].startswith(f"# {rule.id}\n")
        assert rule.page.why in one["help"]["text"]
        assert len(one["properties"]["sources"]) == len(rule.cites)
        assert one["properties"]["topic"] == rule.topic


def test_sarif_fingerprints_are_never_taken_for_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        Path(f"{name}.yaml").write_text(NO_RECORD)
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in run(examined("."))["results"]]
    assert len(prints) == len(set(prints)) > 1


# JUnit


def junit(of: Report) -> str:
    return forms.FORMS["junit"].render(of)


def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(ROOT / "tests" / "formats" / "junit.xsd"))


@pytest.mark.parametrize("which", ["found", "real"])
def test_junit_keeps_to_the_schema(which: str, request: pytest.FixtureRequest) -> None:
    text = junit(request.getfixturevalue(which))
    assert [error.reason for error in schema().iter_errors(ElementTree.fromstring(text))] == []


def test_broken_junit_is_seen(found: Report) -> None:
    text = junit(found)
    for broken in (
        text.replace(' name="unused-part"', "", 1),
        text.replace("<failure ", "<fault ").replace("</failure>", "</fault>"),
        text.replace(' failures="', ' fails="'),
    ):
        assert broken != text
        assert list(schema().iter_errors(ElementTree.fromstring(broken)))


def test_junit_reads_back_as_it_was_meant(found: Report) -> None:
    suites = list(junitparser.JUnitXml.fromstring(junit(found).encode()))
    assert len(suites) == len(found.checked) + 1
    for suite, one in zip(suites, found.checked, strict=False):
        cases = list(suite)
        assert [case.name for case in cases] == [rule.id for rule in found.rules]
        for case in cases:
            live = [f for f in one.findings if f.rule == case.name and not f.waived]
            waived = [f for f in one.findings if f.rule == case.name and f.waived]
            (outcome,) = case.result or [None]
            if live:
                assert isinstance(outcome, junitparser.Failure)
                assert outcome.type == live[0].severity
                assert all(f"{f.file}:{f.span.line}:" in outcome.text for f in live)
            elif waived:
                assert isinstance(outcome, junitparser.Skipped)
                said = "Accepted by Caldicott Guardian until 2027-01-31: The form is being printed."
                assert outcome.message == said
            elif one.verdicts[case.name] is Verdict.PASSED:
                assert outcome is None
            else:
                assert isinstance(outcome, junitparser.Skipped)
                assert outcome.message.startswith(("Does not apply", "Needs a person: "))
        said = {p.name: p.value for p in suite.properties()}
        assert said["tool"] == f"sharecheck {__version__}"
        assert said["on"] == DAY.isoformat()
        assert said["left out: p/draft.yaml.txt"]
    (unread,) = suites[-1]
    assert (unread.name, unread.result[0].type) == ("p/broken.yaml", "not-yaml")
    assert isinstance(unread.result[0], junitparser.Error)


def test_junit_totals_add_up(found: Report) -> None:
    root = ElementTree.fromstring(junit(found))
    for total, kind in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        for suite in root:
            assert int(suite.get(total, "")) == len(list(suite.iter(kind)))
        if total != "skipped":
            assert int(root.get(total, "")) == len(list(root.iter(kind)))


def test_junit_leaves_out_what_xml_cannot_hold(found: Report) -> None:
    odd = dataclasses.replace(found.checked[0], title="a\x07b\x00\ufffe<c> & 🙂")
    suite = ElementTree.fromstring(junit(dataclasses.replace(found, checked=(odd,))))[0]
    assert suite.get("name") == "ab<c> & 🙂"


# GitHub


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Workflow commands as GitHub's runner reads them."""

    def plain(value: str) -> str:
        for code, sign in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
            value = value.replace(code, sign)
        return value

    out = []
    for line in text.splitlines():
        match = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line)
        assert match, line
        pairs = (pair.partition("=") for pair in match[2].split(","))
        out.append((match[1], {key: plain(value) for key, _, value in pairs}, plain(match[3])))
    return out


def test_github_annotations_read_back(found: Report) -> None:
    *said, summary = commands(forms.FORMS["github"].render(found))
    live = [f for f in found.findings if not f.waived]
    assert len(said) == len(live) + len(found.unread)
    levels = {"error": "error", "warning": "warning", "advice": "notice"}
    expected = {(levels[f.severity], f.file, str(f.span.line), str(f.span.end_line), f.rule, f.in_full) for f in live}
    got = {
        (level, place["file"], place["line"], place.get("endLine"), place["title"], text) for level, place, text in said
    }
    assert expected <= got
    assert ("error", "p/broken.yaml", "not-yaml") in {(level, file, title) for level, file, _, _, title, _ in got}
    assert summary[0] == "notice"
    assert summary[2].startswith("4 agreements, ")
    assert "1 waived, 1 need a person, 2 not checked" in summary[2]


def test_github_shows_no_more_than_there_is_room_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(12):
        Path(f"{number:02}.yaml").write_text(EVERYTHING.replace("id: example", f"id: n{number}"))
    said = commands(forms.FORMS["github"].render(examined(".")))
    assert Counter(level for level, _, _ in said) == {"error": 10, "warning": 10, "notice": 10}
    assert said[-1][2].endswith(". 7 more than GitHub shows here: see the log or the report.")


def test_nothing_in_a_message_becomes_a_command_of_its_own() -> None:
    text = github.command("error", "100%\r\n::warning::x", file="a:b,c\n.yaml", title="t")
    assert text == "::error file=a%3Ab%2Cc%0A.yaml,title=t::100%25%0D%0A::warning::x"


# GitLab


def test_gitlab_code_quality(found: Report) -> None:
    entries = json.loads(forms.FORMS["gitlab"].render(found))
    live = [f for f in found.findings if not f.waived]
    assert len(entries) == len(live) + len(found.unread)
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)
    severities = {"error": "major", "warning": "minor", "advice": "info"}
    assert [(e["check_name"], e["severity"], e["location"]) for e in entries[len(found.unread) :]] == [
        (f.rule, severities[f.severity], {"path": f.file, "lines": {"begin": f.span.line}}) for f in live
    ]
    assert all(set(e) == {"description", "check_name", "fingerprint", "severity", "location"} for e in entries)
    assert entries[0]["check_name"] == "not-yaml"


def test_gitlab_fingerprints_outlive_moved_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def prints(text: str) -> list[str]:
        Path("a.yaml").write_text(text)
        return [entry["fingerprint"] for entry in json.loads(forms.FORMS["gitlab"].render(examined("a.yaml")))]

    assert prints(NO_RECORD) == prints("# moved\n\n" + NO_RECORD) != []
