"""`sharecheck ask`: flags, files, the interview, what a role may share, and the record of a decision."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations, product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from conftest import ROOT
from sharecheck import agreement, knowledge, repository, schema, source
from sharecheck.cli import interview
from sharecheck.cli.app import app
from sharecheck.cli.interview import Choice, Prompt, choose, complete
from sharecheck.errors import NothingToCheckError, SettingsError, SourceError
from sharecheck.formats.record import BLANK, personal
from sharecheck.policy import answer, duties
from sharecheck.policy.reply import Enquiries
from sharecheck.rules import page
from sharecheck.settings import Settings

DAY = "2026-12-01"
CONTRACT = jsonschema.Draft202012Validator(json.loads(schema.text("output-ask")))

VISITOR = "--from health-visitor --to duty-social-worker --about child --age 3"
BRUISES = f"{VISITOR} --data identity,injuries --purpose enquiry --protect child --concern significant-harm"
SUPPORT = "--from health-visitor --to early-help-coordinator --data identity --about child"
SUPPORT = f"{SUPPORT} --purpose support --concern additional-needs"
WHERE = "--from nursery-key-person --relation former-partner --data address --about child --age 3 --purpose enquiry"
LAW = "--from nhs-trust/health-visitor --to la-children-social-care/social-worker --about child"
LAW = f"{LAW} --data physical-health --purpose child-protection-enquiry"


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def run(line: str, *more: str, day: str | None = DAY) -> Result:
    on = ["--on", day] if day else []
    return CliRunner().invoke(app, ["ask", *line.split(), *more, *on], catch_exceptions=False)


def answered(line: str, *more: str, code: int = 0) -> Any:
    done = run(f"--format json {line}", *more)
    assert done.exit_code == code, done.output
    found = json.loads(done.stdout)
    CONTRACT.validate(found)
    return found


def refused(line: str, *more: str) -> SettingsError:
    with pytest.raises(SettingsError) as error:
        run(line, *more)
    return error.value


# flags


@pytest.mark.parametrize(
    ("line", "outcome", "row"),
    [
        (f"{BRUISES} --consent refused", "must-share", "duty"),
        (f"{BRUISES} --consent parent=refused --consent child=not-asked", "must-share", "duty"),
        (SUPPORT, "ask-first", "agreed-if-asked"),
        (f"{SUPPORT} --consent given", "share", None),
        (f"{SUPPORT} --consent refused", "do-not-share", "agreed-and-consent-refused"),
        (f"{BRUISES} --linked", "seek-advice", "agency-linked-to-danger"),
        (f"{WHERE} --linked", "do-not-share", "leads-danger-to-somebody"),
        (f"{LAW} --no-agreement", "must-share", "duty"),
        (LAW, "must-share", "duty"),
        (f"{LAW} --no-agreement --request court-order", "must-share", "court-order"),
    ],
)
def test_flags_to_an_outcome(line: str, outcome: str, row: str | None) -> None:
    found = answered(line)
    assert found["outcome"] == outcome
    assert row is None or found["row"] == row


def test_every_flag_reaches_the_question() -> None:
    found = answered(
        f"{BRUISES} --able no --danger child --belief known --consent refused --objection --linked --request informal "
        "--scale list --jurisdiction england --data allegation"
    )
    assert found["question"] == {
        "from": "health-visitor", "to": "duty-social-worker", "linked_to_risk": True,
        "data": ["identity", "injuries", "allegation"], "about": ["child"], "age": 3, "able_to_decide": "no",
        "purpose": "enquiry", "to_protect": "child", "danger_to": "child", "concern": "significant-harm", "belief": "known",
        "consent": "refused", "objection": True, "request": "informal", "scale": "list",
    }  # fmt: skip
    expected = {"consent": "refused", "objection": "yes", "belief": "known", "request": "informal", "scale": "list"}
    assert expected.items() <= found["circumstances"].items()


def test_the_day_changes_the_law() -> None:
    line = f"{LAW} --no-agreement --purpose child-in-need"
    before, after = (run(line, "--format", "json", day=day).stdout for day in ("2026-06-01", DAY))
    assert json.loads(before)["outcome"] != json.loads(after)["outcome"] == "must-share"


@pytest.mark.parametrize(
    ("line", "message", "fix"),
    [
        (BRUISES.replace("significant-harm", "signifcant-harm"), "one of the words for `--concern`", "`significant-harm`?"),
        (f"{BRUISES} --consent refusd", "`refusd`", "`refused`?"),
        (f"{BRUISES} --consent parent=refused --consent given", "`--consent given`", "WHO=WORD"),
        (f"{BRUISES} --jurisdiction englnd", "`englnd`", "`england`?"),
        (f"{BRUISES} --age 200", "out of range", "130"),
        (f"{WHERE} --relation former-partnr", "`former-partnr`", "`former-partner`?"),
        (BRUISES.replace("health-visitor", "health-visitr"), "`health-visitr`", "`health-visitor`"),
        (BRUISES.replace("injuries", "injurys"), "`injurys`", "`injuries`"),
        (BRUISES.replace("enquiry", "enquiri"), "`enquiri`", "`enquiry`"),
        (BRUISES.replace("identity", "Identity"), "is not an id", "`identity`"),
        (BRUISES.replace("injuries", "harm-seen"), "no one agreement knows every name", "one agreement"),
        ("--from health-visitor", "`--to`, `--data`, `--about` and `--purpose`", "at a terminal"),
        (f"{BRUISES} --no-agreement protocols", "`--no-agreement`", "one of them"),
        ("--role health-visitor --concern none", "`--concern`", "leave `--role` out"),
        ("--role health-visitr", "`health-visitr`", "`health-visitor`"),
        ("--role nhs-trust/health-visitor", "no agreement here knows the role", "did you mean `health-visitor`"),
        (f"{BRUISES} --case HV-1", "`--case`", "`--record FILE`"),
        (f"{BRUISES} -o answer.html", "`.html`", "`--format`"),
    ],
)  # fmt: skip
def test_what_is_refused(line: str, message: str, fix: str) -> None:
    error = refused(line)
    assert message in error.message
    assert fix in error.fix


# the text


def test_the_text_reads_as_an_argument() -> None:
    told = run(f"{BRUISES} --consent refused").stdout
    assert told.startswith("Yes: share `identity` and `injuries` with the duty social worker. It is a duty")
    heads = ["Do now", "Then", "Because", "On what authority", "Record", "Whom to ask", "What would change it", "Mind"]
    assert [line for line in told.splitlines() if line in heads] == heads
    for said in (
        "Children Act 2004, section 16LA (reported:", "flow `health-concern`", "(protocols/concern-about-a-child.yaml:",
        "Reach the duty social worker by: front-door@council.example.", "Not legal\nadvice.",
    ):  # fmt: skip
        assert said in told
    assert max(map(len, told.splitlines())) <= 80


def test_the_line_of_a_flow_is_where_it_is_written() -> None:
    (flow,) = answered(BRUISES)["flows"]
    lines = (ROOT / flow["file"]).read_text("utf-8").splitlines()
    assert lines[flow["line"] - 1].strip() == "health-concern:"


@pytest.mark.parametrize(
    ("line", "start"),
    [
        (
            f"{BRUISES} --consent refused",
            "Yes: share `identity` and `injuries` with the duty social worker. It is a duty",
        ),
        (SUPPORT, "Ask first: share `identity` with the early help co-ordinator only if somebody"),
        (f"{SUPPORT} --consent given", "Yes: you may share `identity` with the early help co-ordinator."),
        (f"{BRUISES} --linked", "Not yet: take advice before you share `injuries` with the duty social worker."),
        (f"{WHERE} --linked", "No: do not share `address` with the former partner."),
    ],
)
def test_the_first_sentence_says_what_and_whom(line: str, start: str) -> None:
    assert run(line).stdout.startswith(start)


@pytest.mark.parametrize("line", [BRUISES, LAW, LAW.replace("child-protection-enquiry", "child-in-need")])
def test_a_duty_known_from_reports_alone_is_said_to_be(line: str) -> None:
    found = answered(line)
    assert found["outcome"] == "must-share"
    reported = all(one["confidence"] != "enacted" for one in found["provisions"])
    first = " ".join(run(line).stdout.split("\nAsked by")[0].split())
    assert first.endswith("It is a duty, by a law that others report." if reported else "It is a duty.")


def test_nobody_is_told_to_settle_with_the_danger_itself_who_is_told(tmp_path: Path) -> None:
    for i, line in enumerate((WHERE, f"{WHERE} --linked", WHERE.replace("former-partner", "alleged-perpetrator"))):
        record = tmp_path / f"r{i}.md"
        assert "whoever receives it" not in run(line, "--case", "A-1", "--record", str(record)).stdout
        assert "whoever receives it" not in record.read_text("utf-8")


def test_a_record_is_never_replaced(tmp_path: Path) -> None:
    record = tmp_path / "r.md"
    record.write_text("an earlier decision", "utf-8")
    assert "never replaced" in refused(BRUISES, "--case", "A-1", "--record", str(record)).message
    assert record.read_text("utf-8") == "an earlier decision"


def test_either_somebody_at_an_agency_or_an_individual_is_told() -> None:
    assert "both `to` and `relation`" in refused(f"{BRUISES} --relation relative").message


@pytest.mark.parametrize(
    ("consent", "outcome"),
    [
        ("patient=given", "share"),
        ("relative=given", "ask-first"),  # what the recipient says counts for nothing
        ("parent-carer=given", "ask-first"),
    ],
)
def test_only_the_consent_of_who_decides_counts(consent: str, outcome: str) -> None:
    line = "--no-agreement --from gp-practice/gp --relation relative --data physical-health --about patient --age 40"
    if consent.startswith("relative"):
        assert "`relative`" in refused(f"{line} --purpose direct-care --consent {consent}").message
    else:
        assert answered(f"{line} --purpose direct-care --consent {consent}")["outcome"] == outcome


def test_the_order_of_items_changes_nothing_else() -> None:
    one, other = (
        answered(
            "--no-agreement --from maintained-school/teacher --to police/police-officer --about child --age 9 --belief known "
            f"--purpose child-protection-enquiry --concern significant-harm --data {items}"
        )
        for items in ("identity-name,female-genital-mutilation", "female-genital-mutilation,identity-name")
    )
    for each in ("outcome", "first", "then", "because", "provisions", "sources", "would_change"):
        assert one[each] == other[each]
    assert "fgm-2003-s5b" in {provision["id"] for provision in one["provisions"]}


def test_who_could_protect_instead_comes_first() -> None:
    line = BRUISES.replace("duty-social-worker", "landlord-officer")
    assert answered(line)["instead"]
    assert re.search(r"\nDo now\n  - Tell [^\n]+", run(line).stdout)


def test_what_is_kept_back_has_its_own_reason() -> None:
    line = f"{BRUISES} --linked"
    found = answered(line)
    assert (found["outcome"], found["withhold"]) == ("seek-advice", ["identity"])
    told = run(line).stdout
    assert "Keep back `identity`." in told
    assert "\nKeep back\n  - `identity`: It names somebody" in told


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        ("status: live", "status: draft", "is not signed yet (draft)"),
        ("status: live", "status: agreed", "not yet in force"),
        ("status: live", "status: suspended", "is suspended, so it says nothing"),
        ("starts: 2026-10-01", "starts: 2027-01-01", "begins on 2027-01-01, so it says nothing"),
        ("ends: 2029-09-30", "ends: 2026-11-30", "ended on 2026-11-30, so it says nothing"),
    ],
)
def test_how_an_agreement_stands_is_said(tmp_path: Path, old: str, new: str, note: str) -> None:
    for name in ("borough-protocol", "concern-about-a-child"):
        text = (ROOT / "protocols" / f"{name}.yaml").read_text("utf-8")
        (tmp_path / f"{name}.yaml").write_text(text.replace(old, new) if name[0] == "c" else text, encoding="utf-8")
    found = answered(BRUISES, str(tmp_path))
    assert any(note in one for one in found["notes"])
    assert found["outcome"] == "must-share"  # the law does not need it


# files


def written(folder: Path, text: str) -> str:
    (folder / "q.yaml").write_text(text, encoding="utf-8")
    return str(folder / "q.yaml")


ONE = "{from: health-visitor, to: duty-social-worker, data: injuries, about: child, purpose: enquiry}"


def test_a_question_in_a_file_and_a_list_of_them(tmp_path: Path) -> None:
    assert answered("--file", written(tmp_path, ONE))["outcome"] == "must-share"
    several = f"- {ONE}\n- {ONE.replace('enquiry}', 'enquiry, on: 2026-06-01, linked_to_risk: true}')}\n"
    found = answered("--file", written(tmp_path, several))
    assert [(one["outcome"], one["on"]) for one in found] == [("must-share", DAY), ("seek-advice", "2026-06-01")]
    told = run("--file", written(tmp_path, several)).stdout
    assert told.count("Because\n") == 2
    assert "Question 2---" in told


def test_a_scenario_can_be_asked_as_it_stands(tmp_path: Path) -> None:
    document = source.read(ROOT / "protocols" / "concern-about-a-child.yaml").data
    given = [scenario["given"] for scenario in document["scenarios"].values()]
    found = answered("--file", written(tmp_path, json.dumps(given)))
    assert [one["question"] for one in found] == given


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"- {ONE}\n- {ONE.replace('purpose', 'purpos')}\n", "q.yaml:2: a question has no field `purpos`"),
        (ONE.replace("injuries", "injurys"), "knows `injurys`"),
        (f"- {ONE}\n- {ONE.replace('injuries', 'injurys')}\n", "question 2: neither"),
        ("just words\n", "there is no question in it"),
        ("[]\n", "there is no question in it"),
        ("- 7\n", "q.yaml:1: "),
    ],
)
def test_a_file_that_asks_wrongly(tmp_path: Path, text: str, message: str) -> None:
    assert message in refused("--file", written(tmp_path, text)).message


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        run("--file", str(tmp_path / "none.yaml"))
    assert "`--from`" in refused("--from health-visitor --file", written(tmp_path, ONE)).message


# agreements


def test_without_any_agreement_the_law_and_the_table_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = answered(LAW)
    assert (found["outcome"], found["flows"]) == ("must-share", [])
    assert found["notes"][0].startswith("No agreement was asked")
    with pytest.raises(NothingToCheckError):
        run(LAW, str(tmp_path))


def test_what_cannot_be_read_is_said_and_the_rest_answers(tmp_path: Path) -> None:
    for name in ("borough-protocol", "concern-about-a-child"):
        (tmp_path / f"{name}.yaml").write_bytes((ROOT / "protocols" / f"{name}.yaml").read_bytes())
    (tmp_path / "misfit.yaml").write_text("sharecheck: 1\nid: misfit\n", encoding="utf-8")
    done = run(BRUISES, str(tmp_path))
    assert (done.exit_code, done.stdout[:4]) == (1, "Yes:")
    assert "misfit.yaml:1: not asked: " in done.stderr
    (tmp_path / "broken.yaml").write_text("a: [\n", encoding="utf-8")
    done = run(BRUISES, str(tmp_path))
    assert (done.exit_code, done.stdout[:4]) == (4, "Yes:")
    assert "broken.yaml:" in done.stderr


# a role


def test_what_a_role_may_must_and_must_not_share() -> None:
    found = answered("--role health-visitor")
    entries = {(one["to"][0], purpose, about): one for one in found["entries"] for purpose in one["purposes"]
               for about in one["about"]}  # fmt: skip
    assert entries["duty-social-worker", "enquiry", "child"]["must_from"] == ["none"]
    support = entries["early-help-coordinator", "support", "child"]
    assert (support["if_agreed_from"], support["may_from"], support["must_from"]) == (
        ["none"],
        [],
        ["child-in-need", "adult-care-and-support"],
    )
    assert ("public-protection", "rescue", "child") not in entries
    assert "no-therapy-notes" not in str(found["never"])
    told = run("--role health-visitor").stdout
    assert told.startswith("What the health visitor may, must and must not share\n\nTo the ")
    for said in (
        "At no concern must share, or if refused take advice; from `child-in-need` must",
        "At no concern only if agreed, or if refused do not share;",
    ):
        assert f"\n  {said}" in told
    assert max(map(len, told.splitlines())) <= 80
    assert len(told.splitlines()) < 160


def test_what_a_role_is_told_is_what_the_question_is_told() -> None:
    for entry in answered("--role school-nurse")["entries"][:6]:
        for step in entry["levels"]:
            for said in ("not_asked", "refused"):
                line = (
                    f"--from school-nurse --to {entry['to'][0]} --data {entry['data'][0]} --about {entry['about'][0]} "
                    f"--purpose {entry['purposes'][0]} --concern {step['from'][0]} --consent {said.replace('_', '-')}"
                )
                assert answered(line, f"protocols/{entry['agreements'][0]}.yaml")["outcome"] == step[said]


def test_what_partners_forbid_a_role_is_listed_with_its_place() -> None:
    found = answered("--role nursery-key-person")
    (bar,) = (one for one in found["never"] if one["id"] == "address-outside")
    assert (bar["data"], bar["to"]) == (["address"], ["anyone-else"])
    assert (ROOT / bar["file"]).read_text("utf-8").splitlines()[bar["line"] - 1].strip() == "address-outside:"
    assert "Partners forbid\n" in run("--role nursery-key-person").stdout


# the record


def test_a_record_is_the_same_bytes_and_has_every_field(tmp_path: Path) -> None:
    line = f"{BRUISES} --consent refused --case HV-2026-0142"
    for ending in ("md", "txt", "json"):
        first, again = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
        done = run(line, "--record", str(first))
        assert (done.exit_code, done.stdout[:4]) == (0, "Yes:")
        run(line, "--record", str(again))
        assert first.read_bytes() == again.read_bytes()
    held = json.loads((tmp_path / "a.json").read_text("utf-8"))["record"]
    assert {name: said for name, said in held.items() if name in ("Case reference", "Date", "Time", "Consent")} == {
        "Case reference": "HV-2026-0142", "Date": DAY, "Time": None, "Consent": "Consent is refused",
    }  # fmt: skip
    assert held["Lawful basis and condition"].startswith("Article 6(1)(e) (public task); Article 9(2)(g)")
    assert "section 16LA (reported)" in held["Duty or power in law"]
    for blank in ("Why it is necessary", "Risks of sharing", "Risks of not sharing", "Decision-maker: name and post"):
        assert held[blank] is None
        assert f"| {blank} | {BLANK} |" in (tmp_path / "a.md").read_text("utf-8")


def test_not_sharing_is_recorded_too(tmp_path: Path) -> None:
    run(f"{WHERE} --linked --case A-1", "--record", str(tmp_path / "r.json"))
    held = json.loads((tmp_path / "r.json").read_text("utf-8"))["record"]
    assert (held["Items shared"], held["Method"]) == ("None", "Nothing is sent")
    assert held["Items withheld"].startswith("address: It names somebody")


@pytest.mark.parametrize(
    ("words", "looks"),
    [
        ("943 476 5919", "an NHS number"),
        ("HV9434765919", "an NHS number"),
        ("943-476-5919", "an NHS number"),
        ("9434765918", None),
        ("94347659190", None),
        ("12/03/2019", "a date of birth"),
        ("12.3.19", "a date of birth"),
        ("2019-03-12", "a date of birth"),
        ("20190312", "a date of birth"),
        ("12032019", "a date of birth"),
        ("12 March", "a date of birth"),
        ("born Mar 12, 2019", "a date of birth"),
        ("1st of May 2020", "a date of birth"),
        ("HV-2026-0142", None),
        ("20261342", None),
        ("case 31", None),
        ("MARCH-TEAM/7781", None),
    ],
)
def test_what_looks_like_a_person(words: str, looks: str | None) -> None:
    assert personal(words) == looks


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--record", "r.md"], "needs a case reference"),
        (["--record", "r.md", "--case", " "], "needs a case reference"),
        (["--record", "r.md", "--case", "943 476 5919"], "`--case` holds what looks like an NHS number"),
        (["--record", "r.md", "--case", "12/03/2019"], "`--case` holds what looks like a date of birth"),
        (["--record", "r.md", "--case", "x" * 61], "longer than a reference"),
        (["--record", "r.md", "--case", "a\nb"], "reference"),
        (["--record", "r.md", "--case", "A-1", "--consent", "9434765919=refused"], "`--consent` holds"),
        (["--record", "r.yaml", "--case", "A-1"], "left alone"),
        (["--record", "r.pdf", "--case", "A-1"], "does not end as a record"),
    ],
)
def test_what_a_record_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: Sequence[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError) as error:
        run(BRUISES, *more, str(ROOT / "protocols"))
    assert message in error.value.message
    assert list(tmp_path.iterdir()) == []


def test_one_record_is_of_one_decision(tmp_path: Path) -> None:
    several = written(tmp_path, f"- {ONE}\n- {ONE}\n")
    assert "several" in refused("--case A-1", "--record", str(tmp_path / "r.md"), "--file", several).message
    named = written(tmp_path, ONE.replace("}", ", consent: {m-9434765919: refused}}"))
    assert "NHS number" in refused("--case A-1", "--record", str(tmp_path / "r.md"), "--file", named).message
    assert not (tmp_path / "r.md").exists()


# the interview


@pytest.fixture(scope="module")
def enquiries() -> Enquiries:
    gathered = repository.gather([ROOT / "protocols"], Settings(ROOT))
    return Enquiries(gathered.agreements, knowledge.load, date.fromisoformat(DAY))


Script = Mapping[str, tuple[str, ...]]


def scripted(script: Script, prompts: list[Prompt]) -> Callable[[Prompt], tuple[str, ...]]:
    def ask(prompt: Prompt) -> tuple[str, ...]:
        prompts.append(prompt)
        return script.get(prompt.part, ())

    return ask


PARTS: Script = {
    "from": ("health-visitor",), "to": ("duty-social-worker",), "purpose": ("enquiry",), "about": ("child",),
    "data": ("identity", "injuries"),
}  # fmt: skip


def test_the_interview_asks_for_the_five_parts_and_offers_what_the_agreements_know(enquiries: Enquiries) -> None:
    prompts: list[Prompt] = []
    asked = complete({}, enquiries, scripted({**PARTS, "concern": ("immediate-danger",)}, prompts))
    assert [prompt.part for prompt in prompts[:5]] == ["from", "to", "purpose", "about", "data"]
    offered = {prompt.part: [choice.word for choice in prompt.choices] for prompt in prompts}
    assert "duty-social-worker" in offered["to"][:10]
    assert "enquiry" in offered["purpose"]
    assert "rescue" not in offered["purpose"]
    assert "treatment" not in offered["purpose"]
    assert offered["data"][:3] == ["identity", "address", "household"]
    assert enquiries.reply(asked).answer.outcome == "must-share"
    assert asked["concern"] == "immediate-danger"


def test_the_interview_can_end_with_somebody_outside_any_agency(enquiries: Enquiries) -> None:
    script = {**PARTS, "to": ("somebody/former-partner",), "data": ("address",)}
    asked = complete({}, enquiries, scripted(script, []))
    assert (asked["relation"], "to" in asked) == ("former-partner", False)
    assert enquiries.reply(asked).answer.outcome == "do-not-share"


def test_the_interview_works_without_an_agreement() -> None:
    alone = Enquiries((), knowledge.load, date.fromisoformat(DAY))
    prompts: list[Prompt] = []
    script = {
        "from": ("nhs-trust/health-visitor",), "to": ("police",), "purpose": ("child-protection-enquiry",), "about": ("child",),
        "data": ("physical-health",),
    }  # fmt: skip
    asked = complete({}, alone, scripted(script, prompts))
    offered = {prompt.part: [choice.word for choice in prompt.choices] for prompt in prompts}
    assert all(script[part][0] in offered[part] for part in script)
    assert alone.reply(asked).answer.outcome == "must-share"


GIVEN = [
    {"from": "health-visitor", "to": to, "purpose": purpose, "about": ["child"], "data": [item]}
    for to, purpose, item in (
        ("duty-social-worker", "enquiry", "injuries"), ("early-help-coordinator", "support", "identity"),
        ("police-officer", "rescue", "injuries"),
    )
]  # fmt: skip
SCRIPTS: list[Script] = [
    {}, {"concern": ("significant-harm",)}, {"concern": ("immediate-danger",)}, {"consent": ("given",)},
    {"consent": ("refused",), "age": ("15",)},
]  # fmt: skip


@pytest.mark.parametrize(("given", "script"), list(product(GIVEN, SCRIPTS)))
def test_only_facts_that_can_matter_are_asked_and_none_that_can_is_left(
    given: Mapping[str, Any], script: Script, enquiries: Enquiries
) -> None:
    so_far: dict[str, Any] = dict(given)
    prompts: list[Prompt] = []

    def ask(prompt: Prompt) -> tuple[str, ...]:
        others = [name for name in interview.FACTS if name not in {one.part for one in prompts}]
        assert prompt.part in set(telling(so_far, others, enquiries))
        prompts.append(prompt)
        if words := script.get(prompt.part, ()):
            so_far[prompt.part] = int(words[0]) if prompt.part == "age" else words[0]
        return words

    asked = complete(given, enquiries, ask)
    assert asked == so_far
    left = [name for name in interview.FACTS if name not in {one.part for one in prompts}]
    assert set(telling(asked, left, enquiries)) == set()


def telling(asked: Mapping[str, Any], names: Sequence[str], enquiries: Enquiries) -> Iterator[str]:
    """Facts with an answer that changes what to do, or with one other fact the outcome; tried one by one."""
    words = {name: values(name) for name in names}

    def reply(**said: Any) -> tuple[str, tuple[str, ...], str]:
        answer = enquiries.reply({**asked, **said}).answer
        return answer.outcome, answer.first, answer.duties.deadline

    now = reply()
    yield from (name for name in names if any(reply(**{name: word}) != now for word in words[name]))
    desk = enquiries.desk(enquiries.read(asked))
    for one, other in combinations(names, 2):
        for x, y in product(words[one], words[other]):
            if desk.outcome(enquiries.read({**asked, one: x, other: y})) != now[0]:
                yield one


def values(name: str) -> list[Any]:
    vocabulary = interview.FACTS[name][1]
    if vocabulary:
        return list(knowledge.load(date.fromisoformat(DAY)).terms(vocabulary))
    return [0, 12, 16, 18] if name == "age" else [True, False]


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, said: Sequence[str]) -> None:
    lines = iter(said)

    def read() -> str:
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("sharecheck.cli.ask.sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    monkeypatch.setattr("builtins.input", read)


def test_at_a_terminal_what_is_lacking_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    at_a_terminal(monkeypatch, ["injuries, identity", *[""] * 10])
    done = run(f"{VISITOR} --purpose enquiry --format json")
    assert json.loads(done.stdout)["question"]["data"] == ["injuries", "identity"]
    assert "\nWhat would you share?\n   1  identity  Names" in done.stderr
    assert "What for?" not in done.stderr


def test_a_terminal_that_is_left_gets_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    at_a_terminal(monkeypatch, ["health-visitor"])
    assert "was not finished" in refused("").message


def test_a_whole_question_is_not_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    at_a_terminal(monkeypatch, [])
    assert run(BRUISES).exit_code == 0


FRUIT = (Choice("apple", "A round one"), Choice("pear", "A long one"), Choice("pear-tree", "Where pears are"))


@pytest.mark.parametrize(
    ("prompt", "said", "words"),
    [
        (Prompt("data", "?", FRUIT), ["2"], ("pear",)),
        (Prompt("data", "?", FRUIT), ["pear"], ("pear",)),
        (Prompt("data", "?", FRUIT), ["long"], ("pear",)),
        (Prompt("data", "?", FRUIT), ["pea", "2"], ("pear-tree",)),
        (Prompt("data", "?", FRUIT), ["9", "plum", "", "1"], ("apple",)),
        (Prompt("data", "?", FRUIT, several=True), ["1, pear,1"], ("apple", "pear")),
        (Prompt("data", "?", FRUIT, default="pear"), [""], ()),
        (Prompt("age", "?"), [""], ()),
        (Prompt("age", "?"), ["three", "3"], ("3",)),
    ],
)
def test_choosing_at_a_terminal(prompt: Prompt, said: list[str], words: tuple[str, ...]) -> None:
    lines = iter(said)
    assert choose(prompt, lambda _: next(lines), lambda _: None) == words
    assert list(lines) == []


def test_a_long_list_is_shortened_by_a_word() -> None:
    many = tuple(Choice(f"role-{n}", f"Worker {n}") for n in range(90))
    shown: list[str] = []
    lines = iter(["worker 7", "2"])
    assert choose(Prompt("from", "?", many), lambda _: next(lines), shown.append) == ("role-70",)
    assert any("60 more" in line for line in shown)


def test_nothing_of_this_is_loaded_for_other_commands() -> None:
    import subprocess
    import sys

    program = (
        "import sys; from sharecheck.cli import app; "
        "print([m for m in sys.modules if m.startswith(('sharecheck.policy', 'sharecheck.formats', 'sharecheck.knowledge'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT / "src")},
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("dpo@council.example", "dpo@council.example"),
        ({"role": "Head of information", "phone": "020 7946 0000", "email": "dpo@council.example"},
         "Head of information, 020 7946 0000, dpo@council.example"),
    ],
    ids=["in words", "in parts"],
)  # fmt: skip
def test_whom_to_ask_is_named_however_it_is_written(written: object, said: str) -> None:
    raw = json.dumps({"agencies": {"council": {"dpo": written}}, "flows": {"concern": {"contact": written}}})
    document = page.lay(source.parse(raw.encode(), "a.yaml"), page.base())
    assert not list(schema.misfits(document.data))
    made, book = agreement.build(document), knowledge.load(date.fromisoformat(DAY))
    assert f"Data protection officer: {said}" in list(answer.advisers(made.agencies["council"], book))
    assert said in duties.heard(made.flows["concern"], book)
