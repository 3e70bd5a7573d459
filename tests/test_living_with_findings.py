"""Settings and baselines: what a partnership may set aside, for how long, and what nobody may."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from conftest import DAY, ROOT, examine
from sharecheck import schema, source
from sharecheck.cli.app import app
from sharecheck.errors import SettingsError
from sharecheck.rules import page

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


SIGNATURES = {
    name: f"    signatory:\n      role: {role}\n      on: 2026-09-15\n"
    for name, role in (
        ("council", "Director of children's services"),
        ("trust", "Chief nurse"),
        ("school", "Chair of the heads' forum"),
        ("charity", "Chief executive"),
    )
}
"""The signature of each agency of the base, as it is written there."""


def unsigned(*names: str) -> str:
    """The base with some agencies that give no day on which they signed."""
    text = GOOD
    for name in names:
        assert SIGNATURES[name] in text
        text = text.replace(SIGNATURES[name], SIGNATURES[name].replace("      on: 2026-09-15\n", ""))
    return text


def waive(rule: str, *addresses: str, until: str = "2027-01-31") -> str:
    row = "  - {{rule: {}, at: {}, because: It meets in January, by: Caldicott Guardian, until: {}}}\n"
    return "allow:\n" + "".join(row.format(rule, f'"{address}"', until) for address in addresses)


def turned(text: str) -> str:
    """An agreement with everything in its maps written the other way round."""

    def turn(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turn(inner) for key, inner in reversed(value.items())}
        return value

    return json.dumps(turn(source.parse(text.encode(), "a.yaml").data), default=str)


SIGNED = "party-has-not-signed"
KEPT = """\
  retention:
    period: P25Y
    from: the child's date of birth
    action: destroy
    authority: Each agency's retention schedule
"""


def counting(text: str, folder: Path, *arguments: str) -> list[str]:
    """The rules whose findings count."""
    write(folder, "p/a.yaml", text)
    findings = found("p/a.yaml", *arguments)["findings"]
    return [f["rule"] for f in findings if not f["waived"] and not f["known_since"]]


@pytest.mark.parametrize(
    ("unsigned_by", "waived", "counts"),
    [
        (["council"], ["agencies.council"], []),
        (["council"], ["agencies.council.signatory"], []),
        (["council"], ["agencies"], []),
        (["council", "school"], ["agencies.council"], [SIGNED]),
        (["council", "school"], ["agencies.school.signatory"], [SIGNED]),
        (["council", "school"], ["agencies.council", "agencies.school.signatory"], []),
        (["council", "school"], ["agencies.*.signatory"], []),
        (["council", "school"], ["agencies"], [SIGNED, "waiver-waives-nothing"]),
        (["council", "school", "trust"], ["agencies.council", "agencies.school"], [SIGNED]),
    ],
)  # fmt: skip
def test_a_waiver_of_a_group_names_each_of_its_members(
    folder: Path, unsigned_by: list[str], waived: list[str], counts: list[str]
) -> None:
    text = unsigned(*unsigned_by) + waive(SIGNED, *waived)
    assert counting(text, folder) == counts
    assert sorted(counting(turned(text), folder)) == sorted(counts)


def test_a_waived_group_shows_the_waiver_that_ends_first_and_counts_again_when_it_has(folder: Path) -> None:
    early = waive(SIGNED, "agencies.school", until="2026-12-31").removeprefix("allow:\n")
    text = unsigned("council", "school") + waive(SIGNED, "agencies.council") + early
    write(folder, "p/a.yaml", text)
    (finding,) = found("p/a.yaml")["findings"]
    assert finding["waived"]["until"] == "2026-12-31"
    assert SIGNED in counting(text.replace("2026-12-31", "2026-10-31"), folder)


def test_a_finding_at_all_flows_is_waived_flow_by_flow(folder: Path) -> None:
    lacking = GOOD.replace(KEPT, "")
    flows = ("flows.concern", "flows.help.retention", "flows.concern-answer")
    rule = "retention-unsaid"
    assert counting(lacking, folder) == [rule]
    assert counting(lacking + waive(rule, *flows), folder) == []
    assert counting(lacking + waive(rule, *flows[1:]), folder) == [rule]
    assert counting(lacking + waive(rule, "flows"), folder) == [rule, "waiver-waives-nothing"]
    assert "each has to be named" in run("p/a.yaml").stdout


def test_a_part_that_is_no_map_of_others_is_waived_by_its_name(folder: Path) -> None:
    told = GOOD.replace("background: ", "background: Partners follow Working Together 2018. ")
    told = told.replace("text: Plan help with", "text: As Working Together 2018 says, plan help with")
    rule = "law-superseded"
    assert counting(told + waive(rule, "background"), folder) == [rule]
    assert counting(told + waive(rule, "background", "purposes.support"), folder) == []


def test_a_group_in_the_baseline_is_its_members(folder: Path) -> None:
    write(folder, "p/a.yaml", unsigned("council", "school"))
    run("p/a.yaml", "--write-baseline", "b.json")
    entries = json.loads((folder / "b.json").read_text("utf-8"))["entries"]
    assert [e["address"] for e in entries] == ["agencies.council.signatory", "agencies.school.signatory"]
    known = ("--baseline", "b.json")
    assert counting(unsigned("council", "school"), folder, *known) == []
    assert counting(turned(unsigned("council", "school")), folder, *known) == []
    assert counting(unsigned("council", "school", "trust"), folder, *known) == [SIGNED]
    assert counting(unsigned("trust"), folder, *known) == [SIGNED]
    for left, mended in (("school", "council"), ("council", "school")):
        assert counting(unsigned(left), folder, *known) == []
        assert found("p/a.yaml", *known)["put_right"] == [f"example: {SIGNED} at agencies.{mended}.signatory"]
    run("p/a.yaml", *known, "--update-baseline")
    kept = json.loads((folder / "b.json").read_text("utf-8"))["entries"]
    assert [e["address"] for e in kept] == ["agencies.council.signatory"]
    assert counting(unsigned("council", "school"), folder, *known) == [SIGNED]


def test_a_finding_at_all_flows_stays_known_as_flows_are_mended_and_not_as_they_join(folder: Path) -> None:
    lacking = GOOD.replace(KEPT, "")
    own = "    retention: {period: P1Y, from: the plan, action: destroy, authority: The schedule}\n"
    title = {
        name: f"    title: {name}\n"
        for name in ("Concern about a child", "Early help plan", "What became of a concern")
    }
    first, *others = (lacking.replace(line, line + own) for line in title.values())
    assert counting(first, folder) == ["retention-unsaid"]
    run("p/a.yaml", "--write-baseline", "b.json")
    assert counting(first, folder, "--baseline", "b.json") == []
    line = title["Early help plan"]
    assert counting(first.replace(line, line + own), folder, "--baseline", "b.json") == []
    assert counting(lacking, folder, "--baseline", "b.json") == ["retention-unsaid"]
    assert all(counting(other, folder, "--baseline", "b.json") == ["retention-unsaid"] for other in others)


def test_json_says_where_else_a_finding_stands(folder: Path) -> None:
    write(folder, "p/a.yaml", unsigned("council", "school"))
    (finding,) = found("p/a.yaml")["findings"]
    assert (finding["pointer"], finding["also"]) == ("/agencies/council/signatory", ["agencies.school.signatory"])


ASKED = (
    "title: Asked, from: [health-visitor], to: [social-worker], data: [identity], about: [child], "
    "purpose: protection, concern: significant-harm, trigger: The social worker asks, strength: may, "
    "consent: {model: none-inform}, lawful_basis: {sender: {article_6: 6(1)(e)}, recipient: same}, "
    "gateways: [ca-1989-s47], deadline: without-delay"
)

GROUPED = [
    (
        "accepted-by-one-side",
        "agencies: {council: {signatory: null}, school: {signatory: null}, trust: {signatory: null}}",
        {"agencies.council.signatory", "agencies.school.signatory", "agencies.trust.signatory"},
    ),
    (
        "answer-names-nobody",
        "flows: {concern-answer: {answers: null, contact: null}}",
        {"agencies.school", "agencies.trust", "flows.concern"},
    ),
    (
        "approval-awaited",
        "approvals: [{who: Board}, {who: Caldicott Guardian}]",
        {"approvals.=Board.on", "approvals.=Caldicott Guardian.on"},
    ),
    (
        "basis-missing",
        "flows: {help: {lawful_basis: null}, therapy-plan: {lawful_basis: null}}",
        {"flows.help.lawful_basis", "flows.therapy-plan.lawful_basis"},
    ),
    (
        "body-abolished-or-renamed",
        "agencies: {council: {name: Public Health England}, trust: {name: Public Health England}}",
        {"agencies.council.name", "agencies.trust.name"},
    ),
    (
        "borrowed-task",
        "{roles: {visitor: {title: Home visitor, type: family-support-worker, agency: charity}}, flows: "
        "{help: {lawful_basis: {agencies: {charity: {article_6: 6(1)(e), assessment: null}}}}, third: "
        "{title: Third, from: [family-worker], to: [lead], data: [identity], about: [child], purpose: "
        "support, consent: {model: none-inform}, lawful_basis: {sender: {article_6: 6(1)(e)}, recipient: "
        "{article_6: 6(1)(e)}}, gateways: [ca-2004-s10]}}}",
        {"flows.help.lawful_basis.agencies.charity.article_6", "flows.third.lawful_basis.sender.article_6"},
    ),
    (
        "care-basis-for-secondary-use",
        "{purposes: {care: {type: research}}, flows: {therapy-plan: {lawful_basis: {recipient: {article_6: "
        "6(1)(e), article_9: 9(2)(h), schedule_1: 2}}}}}",
        {"flows.therapy-plan.lawful_basis.recipient.article_9", "flows.therapy-plan.lawful_basis.sender.article_9"},
    ),
    (
        "cited-as-power",
        "flows: {help: {gateways: [the seven golden rules]}, therapy-plan: {gateways: [the seven golden rules]}}",
        {"flows.help.gateways", "flows.therapy-plan.gateways"},
    ),
    (
        "concern-never-answered",
        "flows: {concern-answer: null}",
        {"agencies.school", "agencies.trust", "flows.concern"},
    ),
    (
        "confidentiality-route-missing",
        "{flows: {therapy-plan: {to: [lead], purpose: support, consent: {model: none-inform}, "
        "confidentiality: null}, more: {title: More, from: [therapist], to: [lead], data: [identity, "
        "therapy], about: [child], purpose: support, consent: {model: none-inform}, gateways: "
        "[ca-2004-s10], lawful_basis: {sender: {article_6: 6(1)(e), article_9: 9(2)(h), schedule_1: 2}, "
        "recipient: same}}}}",
        {"flows.more.confidentiality", "flows.therapy-plan.confidentiality"},
    ),
    (
        "contact-missing",
        "agencies: {council: {spoc: null}, school: {deputy: null}}",
        {"agencies.council.spoc", "agencies.school.deputy"},
    ),
    (
        "controller-unsaid",
        "agencies: {council: {controller: null}, school: {controller: null}}",
        {"agencies.council.controller", "agencies.school.controller"},
    ),
    (
        "duty-made-optional",
        f"{{flows: {{one: {{{ASKED}}}, two: {{{ASKED}}}}}}}",
        {"flows.one.strength", "flows.two.strength"},
    ),
    (
        "equality-condition-for-cases",
        "flows: {help: {lawful_basis: {sender: {article_9: 9(2)(g), schedule_1: 8}, agencies: {charity: "
        "{article_9: 9(2)(g), schedule_1: 8}}}}}",
        {"flows.help.lawful_basis.agencies.charity.schedule_1", "flows.help.lawful_basis.sender.schedule_1"},
    ),
    (
        "gateway-elsewhere",
        "{jurisdiction: [wales], flows: {help: {gateways: [ca-1989-s17]}, concern: {gateways: [ca-1989-s17]}}}",
        {
            "flows.concern-answer.gateways",
            "flows.concern.gateways",
            "flows.help.gateways",
            "flows.therapy-plan.gateways",
        },
    ),
    (
        "gateway-not-in-force",
        "flows: {concern: {gateways: [ca-2004-s16lc]}, concern-answer: {gateways: [ca-2004-s16lc]}}",
        {"flows.concern-answer.gateways", "flows.concern.gateways"},
    ),
    (
        "identity-at-risk-unshielded",
        "{data: {one: {type: domestic-abuse-risk, text: Where the mother is staying, why: To plan}, two: "
        "{type: domestic-abuse-risk, text: The address she fled to, why: To plan}}, flows: {concern: "
        "{data: [identity, one, two]}}}",
        {"data.one.protect", "data.two.protect"},
    ),
    (
        "index-holds-case-content",
        "{purposes: {support: {type: index-lookup}, care: {type: index-lookup}}, flows: {help: {data: "
        "[identity, therapy]}}}",
        {"flows.help.data", "flows.therapy-plan.data"},
    ),
    (
        "item-without-reason",
        "data: {injuries: {why: null}, attendance: {why: null}}",
        {"data.attendance.why", "data.injuries.why"},
    ),
    (
        "joined-without-register",
        "agencies: {council: {joins: {by: Signing}}, school: {joins: {by: Signing}}}",
        {"agencies.council.joins.register", "agencies.school.joins.register"},
    ),
    (
        "law-repealed",
        "law: {old: {cites: Data Protection Act 1998}, older: {cites: 'Data Protection Act 1998, section 29'}}",
        {"law.old.cites", "law.older.cites"},
    ),
    (
        "law-superseded",
        "{background: Partners follow Working Together 2018., purposes: {support: {text: Plan help as "
        "Working Together 2018 says}}}",
        {"background", "purposes.support.text"},
    ),
    (
        "members-condition-shared-outside",
        "{data: {attendance: {type: religion}}, flows: {help: {from: [safeguarding-lead, family-worker], "
        "to: [lead], lawful_basis: {sender: {article_6: 6(1)(f), article_9: 9(2)(d)}, agencies: {charity: "
        "{article_6: 6(1)(f), article_9: 9(2)(d)}}}}}}",
        {"flows.help.lawful_basis.agencies.charity.article_9", "flows.help.lawful_basis.sender.article_9"},
    ),
    (
        "method-security-unsaid",
        "flows: {help: {method: [post]}, therapy-plan: {method: [post]}}",
        {"flows.help.method.=post", "flows.therapy-plan.method.=post"},
    ),
    (
        "nothing-below-threshold",
        "flows: {concern: {below_threshold: null, from: [health-visitor]}, another: {title: Another, from: "
        "[therapist], to: [social-worker], data: [identity], about: [child], purpose: protection, concern: "
        "significant-harm, strength: must, consent: {model: none-inform}, lawful_basis: {sender: "
        "{article_6: 6(1)(e)}, recipient: same}, gateways: [ca-2004-s11], deadline: without-delay}}",
        {"flows.another.below_threshold", "flows.concern.below_threshold"},
    ),
    (
        "objection-check-missing",
        "flows: {therapy-plan: {gateways: [hsca-2012-s251b]}, concern-answer: {gateways: [hsca-2012-s251b]}}",
        {"flows.concern-answer.gateways", "flows.therapy-plan.gateways"},
    ),
    (
        "offence-data-without-condition",
        "{purposes: {support: {type: youth-justice}}}",
        {"flows.help.lawful_basis.agencies.charity.article_10", "flows.help.lawful_basis.sender.article_10"},
    ),
    (
        "onward-sharing-unsaid",
        "defaults: {onward: null}",
        {"flows.concern-answer.onward", "flows.concern.onward", "flows.help.onward"},
    ),
    (
        "paperwork-before-help",
        "{handling: {emergency: {text: Nothing is shared until the form is signed}}, flows: {concern: "
        "{trigger: Nothing is shared until the form is signed}}}",
        {"flows.concern.trigger", "handling.emergency.text"},
    ),
    (
        "party-has-not-signed",
        "agencies: {council: {signatory: null}, school: {signatory: null}}",
        {"agencies.council.signatory", "agencies.school.signatory"},
    ),
    (
        "policy-document-missing",
        "governance: {policy_documents: [{agency: school, conditions: [18], where: On its website}]}",
        {"agencies.council", "agencies.trust", "flows.concern.lawful_basis.sender.schedule_1"},
    ),
    (
        "power-to-share-unnamed",
        "{law: null, flows: {help: {gateways: null}, concern-answer: {gateways: null}}}",
        {"flows.concern-answer.gateways", "flows.help.gateways"},
    ),
    (
        "privacy-notice-missing",
        "{agencies: {council: {privacy_notice: null}, school: {privacy_notice: null}}, handling: "
        "{transparency: {text: null}}}",
        {"agencies.council.privacy_notice", "agencies.school.privacy_notice"},
    ),
    (
        "public-body-relies-on-consent",
        "flows: {help: {consent: {model: explicit}, from: [safeguarding-lead, therapist], lawful_basis: "
        "{sender: null, agencies: {school: {article_6: 6(1)(a)}, trust: {article_6: 6(1)(a)}}}}}",
        {"flows.help.lawful_basis.agencies.school.article_6", "flows.help.lawful_basis.agencies.trust.article_6"},
    ),
    (
        "purpose-unmeasured",
        "purposes: {support: {measure: null}, care: {measure: null}}",
        {"purposes.care.measure", "purposes.support.measure"},
    ),
    (
        "reason-not-to-ask-missing",
        "flows: {concern: {lawful_basis: {sender: {reason: null}, recipient: {article_6: 6(1)(e), "
        "article_9: 9(2)(g), schedule_1: 18}}}}",
        {"flows.concern.lawful_basis.recipient.reason", "flows.concern.lawful_basis.sender.reason"},
    ),
    (
        "relatives-without-relevance-test",
        "{data: {one: {type: household-adults, text: The other adults, why: To judge the danger}, two: "
        "{type: household-adults, text: Who lives there, why: To judge the danger}}, flows: {concern: "
        "{data: [identity, injuries, one, two]}}}",
        {"data.one.relevance", "data.two.relevance"},
    ),
    (
        "retention-unsaid",
        "defaults: {retention: null}",
        {"flows.concern-answer.retention", "flows.concern.retention", "flows.help.retention"},
    ),
    (
        "scottish-age-presumption-missing",
        "{jurisdiction: [scotland], subjects: {child: {ages: 5-15}}, flows: {therapy-plan: {consent: "
        "{model: agreement, who: Parent}}}}",
        {"flows.help.consent.ages", "flows.therapy-plan.consent.ages"},
    ),
    (
        "sensitive-service-on-index",
        "{purposes: {support: {type: index-lookup}, care: {type: index-lookup}}, data: {clinic: {type: "
        "[service-contact, pregnancy-sexual-health], text: That the clinic knows the young person, why: To "
        "list it}}, flows: {help: {data: [identity, clinic], consent: {model: none-inform}}, therapy-plan: "
        "{data: [identity, clinic]}}}",
        {"flows.help.data", "flows.therapy-plan.data"},
    ),
    (
        "shared-system-unwatched",
        "{handling: {security: {access_control: null, audit: null}}, flows: {help: {method: "
        "[read-only-access]}, concern: {method: [read-only-access]}}}",
        {"flows.concern.method.=read-only-access", "flows.help.method.=read-only-access"},
    ),
    (
        "special-condition-not-needed",
        "{agencies: {charity: null}, roles: {family-worker: null}, flows: {help: {to: [lead], "
        "lawful_basis: {sender: {article_6: 6(1)(e), article_9: 9(2)(g), schedule_1: 18, reason: a}, "
        "recipient: {article_6: 6(1)(e), article_9: 9(2)(g), schedule_1: 18, reason: a}, agencies: "
        "null}}}}",
        {"flows.help.lawful_basis.recipient.article_9", "flows.help.lawful_basis.sender.article_9"},
    ),
    (
        "unused-part",
        "data: {one: {type: dob, text: Birthday, why: To find the child}, two: {type: dob, text: Day of "
        "birth, why: To find the child}}",
        {"data.one", "data.two"},
    ),
    (
        "vital-interests-as-routine",
        "flows: {therapy-plan: {frequency: weekly, lawful_basis: {sender: {article_6: 6(1)(d), article_9: 9(2)(c)}}}}",
        {"flows.therapy-plan.lawful_basis.sender.article_6", "flows.therapy-plan.lawful_basis.sender.article_9"},
    ),
    (
        "care-condition-without-secrecy",
        "{roles: {warden: {title: Warden, type: other-practitioner, agency: school, confidential: false}, "
        "teacher: {title: Teacher, type: teacher, agency: school, confidential: false}}, flows: "
        "{therapy-plan: {to: [warden, teacher]}}}",
        {"flows.therapy-plan.to.=teacher", "flows.therapy-plan.to.=warden"},
    ),
    (
        "condition-excludes-consent",
        "flows: {help: {data: [identity, injuries], consent: {model: gdpr-explicit-consent}, lawful_basis: "
        "{sender: {article_9: 9(2)(g), schedule_1: 18}, agencies: {charity: {article_9: 9(2)(g), "
        "schedule_1: 18}}}}}",
        {"flows.help.lawful_basis.agencies.charity.schedule_1", "flows.help.lawful_basis.sender.schedule_1"},
    ),
    (
        "unrelated-purposes",
        "{purposes: {support: {type: crime-prevention}, care: {type: crime-prevention}, other: {type: "
        "early-help, text: Help}}, flows: {more: {title: More, from: [safeguarding-lead], to: [lead], "
        "data: [identity], about: [child], purpose: other}}}",
        {"purposes.care", "purposes.support"},
    ),
    (
        "sensitive-processing-without-condition",
        "{agencies: {force: {name: Force, type: police, controller: independent}}, roles: {officer: "
        "{title: Officer, type: police-officer, agency: force}}, flows: {concern: {to: [officer, "
        "social-worker], lawful_basis: {recipient: {part_3: task, schedule_8: 4}}}}, governance: "
        "{policy_documents: null}}",
        {"agencies.council", "agencies.force", "flows.concern.lawful_basis.recipient.schedule_8"},
    ),
    (
        "no-way-to-social-care",
        "{agencies: {council: {type: voluntary}}, roles: {social-worker: {type: other-practitioner}}}",
        {"agencies.school", "agencies.trust"},
    ),
    (
        "law-start-unconfirmed",
        "flows: {concern: {gateways: [ca-2004-s14b]}, help: {gateways: [ca-2004-s14b]}}",
        {"flows.concern.gateways", "flows.help.gateways"},
    ),
    (
        "recipient-is-everyone",
        "{agencies: {council: {spoc: null}, trust: {spoc: null}, charity: {spoc: null}}, flows: {help: "
        "{to: [council, charity]}, therapy-plan: {to: [trust]}}}",
        {"flows.help.to.=charity", "flows.help.to.=council", "flows.therapy-plan.to.=trust"},
    ),
]
"""A rule, a fragment in which several parts have its fault, and the addresses at which its one finding stands."""


@pytest.mark.parametrize(("rule", "fragment", "addresses"), GROUPED, ids=[row[0] for row in GROUPED])
def test_one_finding_for_several_parts_stands_at_each_of_them(rule: str, fragment: str, addresses: set[str]) -> None:
    text = source.parse(fragment.encode(), "example.yaml")
    finding = next(f for f in examine(page.lay(text, page.base())).findings if f.rule == rule)
    assert {place.address for place in finding.places} == addresses
    assert len({place.fingerprint for place in finding.places}) == len(addresses)
