"""Settings and baselines: what a partnership may set aside, for how long, and what nobody may."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from conftest import DAY, ROOT
from sharecheck import schema
from sharecheck.cli.app import app
from sharecheck.errors import SettingsError

GOOD = (ROOT / "src" / "sharecheck" / "rules" / "base.yaml").read_text(encoding="utf-8")
RECORD = "      record: Agreement form on the child's record, with date and words\n"
MEASURE = "    measure: Weeks from referral to first session\n"
UNRECORDED = GOOD.replace(RECORD, "")
UNMEASURED = GOOD.replace(MEASURE, "")
WAIVED = UNRECORDED + (
    "allow:\n  - {rule: consent-without-record, at: flows.help, because: The form is being printed, "
    "by: Caldicott Guardian, until: 2027-01-31}\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one faulty agreement and one faulty draft."""
    write(tmp_path, "p/a.yaml", UNRECORDED)
    write(tmp_path, "p/drafts/b.yaml", UNMEASURED.replace("id: example", "id: draft").replace(RECORD, ""))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["validate", *arguments, "--on", DAY.isoformat()])


def found(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--format", "json")
    assert result.exit_code in (0, 1), result.output + repr(result.exception)
    return dict(json.loads(result.stdout))


def rules_of(report: dict[str, Any], agreement: str) -> set[tuple[str, str]]:
    return {(f["rule"], f["severity"]) for f in report["findings"] if f["agreement"] == agreement}


SOFTER = ("consent-without-record", "advice")
ERROR, ADVICE = ("consent-without-record", "error"), ("purpose-unmeasured", "advice")


@pytest.mark.parametrize(
    ("settings", "draft", "other", "exit_code"),
    [
        ("{}", {ERROR, ADVICE}, {ERROR}, 1),
        ("paths: [{for: [p/drafts], ignore: [consent]}]", {ADVICE}, {ERROR}, 1),
        ("paths: [{for: [p/drafts/*.yaml], select: [purpose]}]", {ADVICE}, {ERROR}, 1),
        ("paths: [{for: [./p/drafts/], ignore: [consent]}]", {ADVICE}, {ERROR}, 1),
        ("paths: [{for: ['p/drafts/**/*.yaml'], ignore: [consent]}]", {ADVICE}, {ERROR}, 1),
        ("paths: [{for: [.], ignore: [consent]}]", {ADVICE}, set(), 0),
        ("paths: [{for: [p/drafts], severity: {consent-without-record: advice}}]", {SOFTER, ADVICE}, {ERROR}, 1),
        ("paths: [{for: [p], fail_on: never}]", {ERROR, ADVICE}, {ERROR}, 0),
        ("paths: [{for: [p], fail_on: never}, {for: [p/drafts], fail_on: advice}]", {ERROR, ADVICE}, {ERROR}, 1),
        ("rules: {ignore: [consent]}\npaths: [{for: [p/drafts], fail_on: advice}]", {ADVICE}, set(), 1),
        ("rules: {ignore: [consent]}\npaths: [{for: [p/drafts], ignore: [purpose-unmeasured]}]", set(), set(), 0),
    ],
)  # fmt: skip
def test_settings_for_some_paths(folder: Path, settings: str, draft: set[Any], other: set[Any], exit_code: int) -> None:
    write(folder, "sharecheck.yaml", f"sharecheck: settings\nagreements: [p]\n{settings if settings != '{}' else ''}\n")
    report = found()
    assert (rules_of(report, "draft"), rules_of(report, "example")) == (draft, other)
    assert run().exit_code == exit_code


def test_the_command_line_comes_before_settings_for_paths(folder: Path) -> None:
    write(folder, "sharecheck.yaml", "agreements: [p]\npaths: [{for: [p], fail_on: never, select: [format]}]\n")
    assert run("--fail-on", "error", "--select", "consent").exit_code == 1


def test_what_is_not_asked_of_one_file_is_said(folder: Path) -> None:
    write(folder, "sharecheck.yaml", "agreements: [p]\npaths: [{for: [p/drafts], ignore: [purpose-unmeasured]}]\n")
    assert "Not asked of p/drafts/b.yaml: purpose-unmeasured." in run().stdout
    assert found()["not_asked"] == [{"file": "p/drafts/b.yaml", "rules": ["purpose-unmeasured"]}]


@pytest.mark.parametrize(
    ("settings", "arguments", "said"),
    [
        ("rules: {mandatory: [consent-without-recrod]}", [], "did you mean `consent-without-record`?"),
        ("rules: {mandatory: [consent], ignore: [consent-without-record]}", [], "is mandatory here and cannot be ignored"),
        ("rules: {mandatory: [consent], severity: {consent-without-record: advice}}", [], "cannot be made less severe"),
        ("rules: {mandatory: [consent-without-record]}", ["--ignore", "consent"], "is mandatory here and cannot be ignored"),
        ("rules: {mandatory: [consent]}\npaths: [{for: [p], ignore: [consent]}]", [], "is mandatory here and cannot be ignored"),
        ("paths: [{for: [p/darfts], ignore: [consent]}]", [], "names `p/darfts`, and nothing is there"),
        ("paths: [{for: [..], ignore: [consent]}]", [], "names `..`, and nothing is there"),
        ("paths: [{for: [p/../p], ignore: [consent]}]", [], "names `p/../p`, and nothing is there"),
        ("paths: [{for: ['p**'], ignore: [consent]}]", [], "names `p**`, and nothing is there"),
        ("paths: [{for: [/etc], ignore: [consent]}]", [], "names `/etc`, and nothing is there"),
        ("paths: [{for: [p], ignore: [concent]}]", [], "`paths.ignore` names `concent`"),
        ("paths: [{ignore: [consent]}]", [], "`for`"),
        ("baseline: none.json", [], "the baseline cannot be read: `"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be(folder: Path, settings: str, arguments: list[str], said: str) -> None:
    write(folder, "sharecheck.yaml", f"agreements: [p]\n{settings}\n")
    error = run(*arguments).exception
    assert isinstance(error, SettingsError)
    assert said in f"{error.message} {error.fix}"


def test_a_mandatory_rule_is_asked_whatever_is_selected(folder: Path) -> None:
    write(folder, "sharecheck.yaml", "agreements: [p]\nrules: {mandatory: [consent-without-record]}\n")
    assert rules_of(found("--select", "purpose"), "draft") == {ERROR, ADVICE}


def test_a_mandatory_rule_cannot_be_waived_and_the_waiver_says_so(folder: Path) -> None:
    write(folder, "p/a.yaml", WAIVED)
    assert found("p/a.yaml")["summary"]["waived"] == 1
    write(folder, "sharecheck.yaml", "agreements: [p]\nrules: {mandatory: [consent]}\n")
    report = found("p/a.yaml")
    assert report["summary"]["waived"] == 0
    assert rules_of(report, "example") == {ERROR, ("waiver-waives-nothing", "warning")}
    assert any("findings of this rule cannot be accepted" in f["message"] for f in report["findings"])


def test_show_settings_tells_all_of_it(folder: Path) -> None:
    text = (
        "agreements: [p]\nbaseline: b.json\nrules: {mandatory: [consent]}\npaths: [{for: [p/drafts], fail_on: never}]\n"
    )
    write(folder, "sharecheck.yaml", text)
    shown = run("--show-settings").stdout
    for line in ("rules.mandatory: consent  (", "paths: p/drafts (fail_on never)  (", "baseline: b.json  ("):
        assert line in shown


def test_a_baseline_sets_aside_what_was_there_and_nothing_else(folder: Path) -> None:
    assert run("p", "--write-baseline", "b.json").exit_code == 0
    before = run("p", "--baseline", "b.json")
    assert before.exit_code == 0
    assert "known error" in before.stdout
    assert "In the baseline since 2026-11-22." in before.stdout
    assert "0 errors, 0 warnings, 0 advice, 0 waived, 3 known" in before.stdout
    write(folder, "p/a.yaml", UNRECORDED.replace(MEASURE, ""))
    report = found("p", "--baseline", "b.json")
    assert report["summary"]["known"] == 3
    assert [f["rule"] for f in report["findings"] if f["known_since"] is None] == ["purpose-unmeasured"]


def test_a_baseline_survives_moved_lines(folder: Path) -> None:
    run("p", "--write-baseline", "b.json")
    write(folder, "p/a.yaml", "# a new line\n\n" + UNRECORDED)
    assert found("p", "--baseline", "b.json")["summary"]["known"] == 3


def test_a_baseline_only_shrinks(folder: Path) -> None:
    run("p", "--write-baseline", "b.json")
    write(folder, "p/a.yaml", GOOD.replace(MEASURE, ""))
    told = run("p", "--baseline", "b.json").stdout
    assert "Put right, and still in the baseline: example: consent-without-record at flows.help.consent.record" in told
    assert run("p", "--baseline", "b.json", "--update-baseline", "--fail-on", "advice").exit_code == 1
    kept = json.loads((folder / "b.json").read_text("utf-8"))["entries"]
    assert {(e["agreement"], e["rule"]) for e in kept} == {
        ("draft", "consent-without-record"),
        ("draft", "purpose-unmeasured"),
    }
    assert found("p", "--baseline", "b.json")["put_right"] == []


def test_what_was_not_looked_at_stays_in_the_baseline(folder: Path) -> None:
    run("p", "--write-baseline", "b.json")
    before = (folder / "b.json").read_bytes()
    for arguments in (["p/a.yaml"], ["p", "--select", "format"]):
        run(*arguments, "--baseline", "b.json", "--update-baseline")
        assert (folder / "b.json").read_bytes() == before


def test_a_baseline_is_never_written_over(folder: Path) -> None:
    run("p", "--write-baseline", "b.json")
    before = (folder / "b.json").read_bytes()
    error = run("p", "--write-baseline", "b.json").exception
    assert isinstance(error, SettingsError)
    assert "that file is there" in error.message
    assert (folder / "b.json").read_bytes() == before


def test_a_waived_finding_stays_with_its_waiver(folder: Path) -> None:
    write(folder, "p/a.yaml", WAIVED)
    run("p/a.yaml", "--write-baseline", "b.json")
    assert json.loads((folder / "b.json").read_text("utf-8"))["entries"] == []


@pytest.mark.parametrize(
    ("settings", "text", "rule"),
    [
        ("rules: {mandatory: [consent]}", UNRECORDED, "consent-without-record"),
        ("", WAIVED.replace("2027-01-31", "2026-01-31"), "waiver-expired"),
        ("", GOOD.replace("kind: agreement", "kind: agrement"), "format-misfit"),
    ],
)
def test_what_can_be_in_no_baseline(folder: Path, settings: str, text: str, rule: str) -> None:
    write(folder, "sharecheck.yaml", f"agreements: [p]\n{settings}\n")
    write(folder, "p/a.yaml", text)
    assert run("p/a.yaml", "--write-baseline", "b.json").exit_code == 1
    entered = {e["rule"] for e in json.loads((folder / "b.json").read_text("utf-8"))["entries"]}
    assert rule not in entered
    forged = {"fingerprint": "", "rule": rule, "agreement": "example", "address": "", "since": "2026-01-01"}
    fingerprints = [f["fingerprint"] for f in found("p/a.yaml")["findings"] if f["rule"] == rule]
    assert fingerprints
    entries = [{**forged, "fingerprint": one} for one in fingerprints]
    write(folder, "b.json", json.dumps({"schema_version": 1, "entries": entries}))
    assert found("p/a.yaml", "--baseline", "b.json")["summary"]["known"] == 0


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "not json", '{"schema_version": 2, "entries": []}', '{"schema_version": 1, "entries": [{"rule": "x"}]}',
     '{"schema_version": 1, "entries": [], "more": 1}'],
)  # fmt: skip
def test_a_damaged_baseline_stops_the_run(folder: Path, text: str) -> None:
    write(folder, "b.json", text)
    error = run("p", "--baseline", "b.json").exception
    assert isinstance(error, SettingsError)
    assert "baseline" in error.message


def test_a_baseline_has_its_published_form(folder: Path) -> None:
    run("p", "--write-baseline", "b.json")
    jsonschema.Draft202012Validator(json.loads(schema.text("baseline"))).validate(
        json.loads((folder / "b.json").read_text("utf-8"))
    )


def test_nothing_is_written_where_something_could_not_be_read(folder: Path) -> None:
    write(folder, "p/c.yaml", "a: [")
    assert isinstance(run("p", "--write-baseline", "b.json").exception, SettingsError)
    assert not (folder / "b.json").exists()
