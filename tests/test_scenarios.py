"""Scenarios: what passes, what fails and why, what they leave out, where they are found, and what the command says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from conftest import DAY, ROOT, examine, lay_out
from sharecheck import agreement, knowledge, repository, scenarios, schema, source
from sharecheck.agreement import Agreement
from sharecheck.cli.app import app
from sharecheck.errors import NothingToCheckError, SettingsError
from sharecheck.policy import compiled
from sharecheck.rules import page
from sharecheck.settings import Settings

BASE = (ROOT / "src" / "sharecheck" / "rules" / "base.yaml").read_text(encoding="utf-8")
BRUISES = (
    "from: safeguarding-lead, to: social-worker, data: [identity, injuries], about: child, age: 3, purpose: protection, "
    "concern: significant-harm, consent: refused"
)
HELP = (
    "from: safeguarding-lead, to: family-worker, data: [identity, attendance], about: child, age: 7, purpose: support, "
    "concern: additional-needs"
)
NEVER = """
never:
  no-therapy-to-school:
    from: [therapist]
    to: [safeguarding-lead]
    data: [therapy]
    unless: significant-harm
    because: Families would stop coming
"""
THERAPY = "from: therapist, to: safeguarding-lead, data: therapy, about: child, age: 5, purpose: care"


def story(given: str, expect: str, name: str = "one") -> str:
    return f"scenarios: {{{name}: {{given: {given}, expect: {expect}}}}}\n"


def built(fragment: str) -> Agreement:
    return agreement.build(page.lay(source.parse(fragment.encode(), "example.yaml"), page.base()))


def tried(fragment: str, book: knowledge.Book) -> tuple[scenarios.Result, ...]:
    return scenarios.run([built(fragment)], book)


# question, expectation, words of why it fails (none: it passes)
TABLE: list[tuple[str, str, tuple[str, ...]]] = [
    # the outcome
    (f"{{{BRUISES}}}", "must-share", ()),
    (f"{{{BRUISES}}}", "{outcome: must-share}", ()),
    (f"{{{BRUISES}}}", "share", ("expected `share`, got `must-share`",)),
    (f"{{{HELP}, consent: given}}", "share", ()),
    (f"{{{HELP}, consent: refused}}", "share", ("expected `share`, got `do-not-share`",)),
    # several questions, one answer
    (f"[{{{HELP}, consent: given}}, {{{HELP}, consent: given, on: 2027-01-05}}]", "share", ()),
    (f"[{{{HELP}, consent: given}}, {{{HELP}, consent: refused}}]", "share", ("question 2 of 2", "got `do-not-share`")),
    # the flow
    (f"{{{BRUISES}}}", "{outcome: must-share, flow: concern}", ()),
    (f"{{{BRUISES}}}", "{outcome: must-share, flow: help}", ("flow `help`, which it does not",)),
    (f"{{{BRUISES}}}", "{outcome: must-share, flow: concerns}", ("`concerns`, which there is not", "mean `concern`?")),
    # the provision, by id or in words
    (f"{{{BRUISES}}}", "{outcome: must-share, provision: ca-2004-s16la}", ()),
    (f"{{{BRUISES}}}", '{outcome: must-share, provision: "Children Act 2004, section 16LA"}', ()),
    (f"{{{BRUISES}}}", '{outcome: must-share, provision: "Care Act 2014, section 6"}', ("6`, which it does not",)),
    (
        f"{{{BRUISES}}}",
        "{outcome: must-share, provision: a kind word}",
        ("`a kind word`, which the book does not hold",),
    ),
    # duties
    (f"{{{BRUISES}}}", "{outcome: must-share, duties: [record, inform, method, deadline, feedback]}", ()),
    (f"{{{BRUISES}}}", "{outcome: must-share, duties: not-inform}", ("`not-inform` to follow, which it does not",)),
    (f"{{{BRUISES.replace('refused', 'unsafe-to-ask')}}}", "{outcome: must-share, duties: not-inform}", ()),
    (f"{{{BRUISES.replace('refused', 'unsafe-to-ask')}}}", "{outcome: must-share, duties: inform}", ("`inform`",)),
    (f"{{{HELP}, consent: refused}}", "{outcome: do-not-share, duties: [record, method]}", ("`method`",)),
    (f"{{{BRUISES}}}", "{outcome: must-share, duties: [tell]}", ("`tell`, which there is not", "`not-inform`")),
    # what is withheld
    (f"{{{BRUISES}}}", "{outcome: must-share, withhold: [identity]}", ("`identity` to be withheld, which it is not",)),
    (f"{{{BRUISES}}}", "{outcome: must-share, withhold: [therapy]}", ("`therapy` to be withheld", "not ask about")),
    # what cannot be answered
    (f"{{{BRUISES.replace('injuries', 'bruises')}}}", "share", ("knows `bruises`",)),
    (
        f"{{{BRUISES.replace('safeguarding-lead', 'safegaurding-lead')}}}",
        "share",
        ("`safegaurding-lead`", "`safeguarding-lead`"),
    ),
    ("{from: therapist, data: therapy, about: child, purpose: care}", "share", ("does not say `to`",)),
    (f"[{{{HELP}, consent: given}}, {{from: nobody}}]", "share", ("question 2 of 2", "does not say")),
]


@pytest.mark.parametrize(("asked", "expect", "why"), TABLE)
def test_scenarios(asked: str, expect: str, why: tuple[str, ...], book: knowledge.Book) -> None:
    (result,) = tried(story(asked, expect), book)
    assert result.passed == (not why), result.why
    assert all(words in result.why for words in why), result.why


@pytest.mark.parametrize(("asked", "expect", "why"), TABLE)
def test_the_short_way_finds_the_same_failures(
    asked: str, expect: str, why: tuple[str, ...], book: knowledge.Book
) -> None:
    assert bool(scenarios.failing(compiled.compile(built(story(asked, expect)), book, as_written=True))) == bool(why)


@pytest.mark.parametrize(
    ("withhold", "why"), [("attendance", ""), ("identity", "`identity` to be withheld, which it is not")]
)
def test_what_is_withheld(withhold: str, why: str, book: knowledge.Book) -> None:
    bar = "never: {no-attendance: {to: [family-worker], data: [attendance], because: It is not theirs}}\n"
    (result,) = tried(bar + story(f"{{{HELP}, consent: given}}", f"{{outcome: share, withhold: {withhold}}}"), book)
    assert why in result.why
    assert result.passed == (not why)


def test_a_failure_stands_at_what_was_expected_and_says_its_ground(book: knowledge.Book) -> None:
    document = source.parse(
        (BASE + f"scenarios:\n  one:\n    given: {{{BRUISES}}}\n    expect: share\n").encode(), "a.yaml"
    )
    (result,) = scenarios.run([agreement.build(document)], book)
    last = len(document.text.splitlines())
    assert (result.scenario.file, *result.scenario.place) == ("a.yaml", last, 13)
    assert result.got is not None
    said = scenarios.ground(result.got)
    line = 1 + document.lines.index("  concern:")
    assert said.startswith(result.got.row.says)
    assert f"flow `concern` (line {line + 1} of a.yaml)" in said or f"flow `concern` (line {line} of a.yaml)" in said
    assert "Children Act 2004, section 16LA" in said


# the day

LIFE = "starts: 2027-03-01\nreview: 2027-06-01\nends: 2027-12-31\n"
DAYS = [
    # (the day of the run, the question's day, the outcome, the flow)
    ("2026-11-22", "", "share", "help"),  # not yet begun: asked on the first day
    ("2027-05-01", "", "share", "help"),
    ("2030-05-01", "", "share", "help"),  # over: asked on the last day
    ("2027-05-01", "2026-11-22", "share", None),  # the question's own day is kept, and the agreement is not in use then
]


@pytest.mark.parametrize(("on", "asked_on", "outcome", "flow"), DAYS)
def test_the_day_is_within_the_agreements_life(on: str, asked_on: str, outcome: str, flow: str | None) -> None:
    asked = f"{{{HELP}, consent: given{f', on: {asked_on}' if asked_on else ''}}}"
    (result,) = tried(LIFE + story(asked, outcome), knowledge.load(date.fromisoformat(on)))
    assert [ground.id for ground in result.answers[0].flows] == ([flow] if flow else [])


@pytest.mark.parametrize("state", ["status: suspended", "status: ended", "status: draft", "replaced_by: other"])
def test_what_it_meant_while_in_use(state: str, book: knowledge.Book) -> None:
    (result,) = tried(f"{state}\n" + story(f"{{{HELP}, consent: given}}", "{outcome: share, flow: help}"), book)
    assert result.passed, result.why


def test_other_agreements_are_not_mixed_in(book: knowledge.Book) -> None:
    asked = story(f"{{{HELP}, consent: given}}", "{outcome: share, flow: help}")
    with_flow, without = (
        built(asked),
        built(asked.replace("flow: help", "flow: concern") + "id: other\nflows: {help: null}\n"),
    )
    one, other = scenarios.run([with_flow, without], book)
    assert one.passed
    assert not other.passed
    assert other.answers[0].flows == ()


# what scenarios leave out


def test_coverage(book: knowledge.Book) -> None:
    subject = built(story(f"[{{{BRUISES}}}, {{{THERAPY}}}]", "must-share") + NEVER)
    found = scenarios.coverage(scenarios.run([subject], book), [subject], book)
    flows, idle = found.of("flows")
    assert [one.id for one in flows] == ["concern", "help", "therapy-plan", "concern-answer"]
    assert [one.id for one in idle] == ["help", "therapy-plan", "concern-answer"]
    assert [len(part) for part in found.of("never")] == [1, 0]
    assert {"duty", "forbidden"} <= set(found.rows) - set(found.idle_rows)
    assert len(found.idle_rows) == len(found.rows) - len(found.rows_exercised)


def test_coverage_where_nothing_is_asked(book: knowledge.Book) -> None:
    subject = built(NEVER)
    found = scenarios.coverage((), [subject], book)
    assert [len(part) for kind in ("flows", "never") for part in found.of(kind)] == [4, 4, 1, 1]
    assert found.idle_rows == found.rows


PLAN = "flows: {help: {concern: child-in-need, consent: {model: none-inform}}}\n"
GRAVE = THERAPY.replace("safeguarding-lead", "health-visitor") + ", concern: significant-harm"
TAKEN_OUT, NO_CONSENT, NO_EXCEPTIONS = "taken out", "left without consent", "left without its exceptions"
TO_ALL, FROM_ALL = "opened to every partner as recipient", "opened to every partner as sender"

# scenarios, a clause, a change to it, whether one of them notices
MUTANTS: list[tuple[str, str, str, bool]] = [
    (story(f"{{{HELP}, consent: given}}", "{outcome: share, flow: help}"), "help", TAKEN_OUT, True),
    (story(f"{{{HELP}, consent: given}}", "{outcome: share, flow: help}"), "concern", TAKEN_OUT, False),
    (story(f"{{{BRUISES}}}", "must-share"), "concern", TAKEN_OUT, False),  # the law obliges without it
    (story(f"{{{BRUISES}}}", "{outcome: must-share, flow: concern}"), "concern", TAKEN_OUT, True),
    (story(f"{{{HELP}, consent: given}}", "share"), "help", NO_CONSENT, False),
    (story(f"{{{HELP}, consent: not-asked}}", "ask-first"), "help", NO_CONSENT, True),
    (PLAN + story(f"{{{HELP}, consent: not-asked}}", "ask-first"), "help", "opened from `additional-needs` upwards", True),
    (story(f"{{{BRUISES}}}", "must-share"), "concern", "opened from `child-in-need` upwards", False),
    (story(f"{{{BRUISES.replace('social-worker', 'family-worker')}}}", "seek-advice"), "concern", TO_ALL, True),
    (story(f"{{{BRUISES}}}", "must-share"), "concern", TO_ALL, False),
    (story("{from: safeguarding-lead, to: health-visitor, data: therapy, about: child, purpose: care}", "ask-first"),
     "therapy-plan", FROM_ALL, True),
    (story(f"{{{BRUISES}}}", "must-share"), "therapy-plan", FROM_ALL, False),
    (NEVER + story(f"{{{THERAPY}, consent: given}}", "do-not-share"), "no-therapy-to-school", TAKEN_OUT, True),
    (NEVER + story(f"{{{BRUISES}}}", "must-share"), "no-therapy-to-school", TAKEN_OUT, False),
    (NEVER + story(f"{{{THERAPY}, consent: given}}", "do-not-share"), "no-therapy-to-school", NO_EXCEPTIONS, False),
    (NEVER.replace("safeguarding-lead", "health-visitor") + story(f"{{{GRAVE}}}", "share"),
     "no-therapy-to-school", NO_EXCEPTIONS, True),
]  # fmt: skip


@pytest.mark.parametrize(("fragment", "clause", "change", "noticed"), MUTANTS)
def test_mutation(fragment: str, clause: str, change: str, noticed: bool, book: knowledge.Book) -> None:
    results = tried(fragment, book)
    assert [result.why for result in results] == [""]
    found = {one.clause.id: one.changes for one in scenarios.unnoticed(results, book)}
    assert (change in found.get(clause, ())) is not noticed


def test_a_scenario_that_fails_notices_nothing(book: knowledge.Book) -> None:
    both = (
        f"scenarios:\n  a: {{given: {{{BRUISES}}}, expect: share}}\n  b: {{given: {{{THERAPY}}}, expect: ask-first}}\n"
    )
    found = {one.clause.id: one.changes for one in scenarios.unnoticed(tried(both, book), book)}
    assert TAKEN_OUT in found["concern"]
    assert scenarios.unnoticed(tried(story(f"{{{BRUISES}}}", "share"), book), book) == ()


def test_only_changes_that_say_something_else_are_tried(book: knowledge.Book) -> None:
    found = {
        one.clause.id: one.changes
        for one in scenarios.unnoticed(tried(story(f"{{{BRUISES}}}", "must-share"), book), book)
    }
    assert "left without consent" not in found["concern"]  # its consent only informs
    assert not any(change.startswith("opened from") for change in found["help"])  # it holds from the lowest level


@settings(max_examples=25, deadline=None)
@given(st.sets(st.sampled_from(["concern", "help", "therapy-plan", "concern-answer"]), min_size=1))
def test_a_flow_that_a_scenario_expects_is_always_noticed(named: set[str]) -> None:
    """Whatever flows scenarios name as their ground, taking one of those out is noticed."""
    asked = {
        "concern": (BRUISES, "must-share"), "help": (f"{HELP}, consent: given", "share"),
        "therapy-plan": ("from: therapist, to: health-visitor, data: therapy, about: child, purpose: care", "share"),
        "concern-answer": (
            "from: social-worker, to: health-visitor, data: outcome, about: child, purpose: protection, "
            "concern: significant-harm", "must-share",
        ),
    }  # fmt: skip
    lines = [
        f"  {name}: {{given: {{{asked[name][0]}}}, expect: {{outcome: {asked[name][1]}, flow: {name}}}}}"
        for name in named
    ]
    book = knowledge.load(DAY)
    results = tried("\n".join(["scenarios:", *lines, ""]), book)
    assert [result.why for result in results] == [""] * len(named)
    taken_out = {one.clause.id for one in scenarios.unnoticed(results, book) if "taken out" in one.changes}
    assert not taken_out & named


# files of scenarios

Folder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A folder with these files, where commands are run."""

    def make(files: dict[str, str]) -> Path:
        return lay_out(tmp_path, files, monkeypatch)

    return make


def filed(expect: str, about: str = "agreement: example\n", asked: str = BRUISES) -> str:
    return f"sharecheck-scenarios: 1\n{about}" + story(f"{{{asked}}}", expect, "filed")


LAW_ALONE = (
    "from: maintained-school/designated-safeguarding-lead, to: la-children-social-care/social-worker, data: identity-name, "
    "about: child, purpose: child-protection-enquiry, concern: significant-harm"
)

GOOD = {"p/a.yaml": BASE, "p/scenarios/s.yaml": filed("must-share")}

# files, arguments, the exit code, words of what is said
COMMANDS: list[tuple[str, dict[str, str], tuple[str, ...], int, tuple[str, ...]]] = [
    ("passing", GOOD, ("p",), 0, ("1 scenario: 1 passed, 0 failed", "1 of 4 flows")),
    ("failing", {**GOOD, "p/scenarios/s.yaml": filed("share")}, ("p",), 1, ("s.yaml:3:", "Expected `share`, got `must-share`",
     "0 passed, 1 failed")),
    ("the agreement alone is named", GOOD, ("p/a.yaml",), 0, ("1 passed",)),
    ("the file alone is named", GOOD, ("p/scenarios/s.yaml",), 0, ("1 passed",)),
    ("where settings say", {**GOOD, "sharecheck.yaml": "agreements: [p]\n"}, (), 0, ("1 passed",)),
    ("beside the settings", {"p/a.yaml": BASE, "sharecheck.yaml": "agreements: [p]\n", "scenarios/s.yaml": filed("share")},
     (), 1, ("scenarios/s.yaml:3:", "1 failed")),
    ("of another agreement", {**GOOD, "p/b.yaml": BASE.replace("id: example", "id: other") + story(f"{{{BRUISES}}}", "must-share")},
     ("p/b.yaml",), 0, ("1 scenario:",)),
    ("of no agreement", {**GOOD, "p/scenarios/s.yaml": filed("share", "agreement: exemple\n")}, ("p",), 1,
     ("No agreement `exemple` was read",)),
    ("the law alone", {"s/law.yaml": filed("must-share", "", LAW_ALONE)}, ("s",), 0, ("1 passed", "0 of 0 flows")),
    ("the law alone fails", {"s/law.yaml": filed("share", "", LAW_ALONE)}, ("s",), 1, ("got `must-share`",)),
    ("what nobody knows", {**GOOD, "p/scenarios/s.yaml": filed("share", asked=BRUISES.replace("child", "chid"))}, ("p",), 1,
     ("knows `chid`", "`child`")),
    ("a file without the form", {**GOOD, "p/scenarios/s.yaml": filed("mst-share")}, ("p",), 4,
     ("s.yaml:3:", "not tested", "`mst-share`")),
    ("a file without its first line", {**GOOD, "p/scenarios/s.yaml": "scenarios: {}\n"}, ("p",), 4, ("`sharecheck-scenarios: 1`",)),
    ("an agreement without the form", {"p/a.yaml": BASE.replace("title: Early help plan", "titel: Early help plan")},
     ("p",), 4, ("a.yaml:153:", "not tested", "titel")),
    ("an agreement that is not YAML", {**GOOD, "p/b.yaml": "a: [\n"}, ("p",), 4, ("b.yaml:2:", "1 passed", "1 file not tested")),
    ("changes", GOOD, ("p", "--mutate"), 0, ("flow help (line", "taken out")),
]  # fmt: skip


def here(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--on", DAY.isoformat()], catch_exceptions=False)


@pytest.mark.parametrize(
    ("files", "arguments", "code", "said"), [row[1:] for row in COMMANDS], ids=[row[0] for row in COMMANDS]
)
def test_command(
    files: dict[str, str], arguments: Sequence[str], code: int, said: Sequence[str], folder: Folder
) -> None:
    folder(files)
    done = here("test", *arguments)
    assert done.exit_code == code, done.stdout
    flat = " ".join(done.stdout.split())
    assert all(words in flat for words in said), done.stdout


def test_no_scenario_at_all(folder: Folder) -> None:
    folder({"p/a.yaml": BASE})
    with pytest.raises(NothingToCheckError, match="no scenario in 1 agreement"):
        here("test", "p")


@pytest.mark.parametrize("flags", [("-o", "out.yaml"), ("-o", "out.html")])
def test_wrong_flags(flags: tuple[str, ...], folder: Folder) -> None:
    folder(GOOD)
    with pytest.raises(SettingsError):
        here("test", "p", *flags)
    assert here("test", "p", "--nonsense").exit_code == 2


@pytest.mark.parametrize(("files", "arguments"), [row[1:3] for row in COMMANDS], ids=[row[0] for row in COMMANDS])
def test_json_keeps_its_contract(files: dict[str, str], arguments: Sequence[str], folder: Folder) -> None:
    folder(files)
    found = json.loads(here("test", *arguments, "--format", "json").stdout)
    contract = jsonschema.Draft202012Validator(json.loads(schema.text("output-test")))
    assert [error.message for error in contract.iter_errors(found)] == []
    for part, name in ((found["coverage"], "flows"), (found["coverage"]["prohibitions"], "prohibitions"),
                       (found["coverage"]["rows"], "rows")):  # fmt: skip
        assert part[name] == part["exercised"] + len(part["unexercised"])
    assert all(one["passed"] == (one["why"] is None) for one in found["scenarios"])
    assert (found["unnoticed"] is not None) == ("--mutate" in arguments)
    assert contract.is_valid({**found, "scenarios": []})
    assert not contract.is_valid({**found, "surplus": 1})


def test_json_says_what_was_expected_and_got(folder: Folder) -> None:
    folder({**GOOD, "p/scenarios/s.yaml": filed("share")})
    done = here("test", "p", "-o", "out.json")
    (one,) = json.loads(Path("out.json").read_text(encoding="utf-8"))["scenarios"]
    assert (done.exit_code, done.stdout) == (1, "")
    assert {key: one[key] for key in ("agreement", "id", "expected", "got", "passed", "row", "file", "line")} == {
        "agreement": "example", "id": "filed", "expected": "share", "got": "must-share", "passed": False, "row": "duty",
        "file": "p/scenarios/s.yaml", "line": 3,
    }  # fmt: skip
    assert [(ground["kind"], ground["id"]) for ground in one["flows"]] == [("flow", "concern")]
    assert one["provisions"] == ["ca-2004-s16la"]


def test_files_are_written_as_scenarios_in_agreements_are() -> None:
    inside, apart = (json.loads(schema.text(name)) for name in ("agreement", "scenarios"))
    assert apart["properties"]["scenarios"] == inside["properties"]["scenarios"]
    assert apart["$defs"].items() <= inside["$defs"].items()


# validate


def validated(extra: str) -> list[tuple[str, str, str]]:
    checked = examine(page.lay(source.parse(extra.encode(), "example.yaml"), page.base()))
    return [(finding.rule, finding.address, finding.message) for finding in checked.findings]


# a fragment, every finding (rule, address)
FINDINGS: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("a scenario that fails", story(f"{{{BRUISES}}}", "share"), [("scenario-fails", "scenarios.one.expect")]),
    ("one that holds", story(f"{{{BRUISES}}}", "must-share"), []),
    ("a wrong name is said once", story(f"{{{BRUISES.replace('injuries', 'injurys')}}}", "must-share"),
     [("dangling-reference", "scenarios.one.given.data.=injurys")]),
    ("a flow that is not there", story(f"{{{BRUISES}}}", "{outcome: must-share, flow: concerns}"),
     [("dangling-reference", "scenarios.one.expect.flow")]),
    ("a prohibition as ground", NEVER + story(f"{{{THERAPY}}}", "{outcome: do-not-share, flow: no-therapy-to-school}"), []),
    ("a question that lacks something", story("{from: therapist, data: therapy, about: child, purpose: care}", "share"),
     [("scenario-fails", "scenarios.one.expect")]),
    ("not typed in yet", "unknown: [scenarios.one.expect]\n" + story(f"{{{BRUISES}}}", "share"), []),
    ("an agreement that is over", "status: ended\n" + story(f"{{{BRUISES}}}", "share"), []),
]  # fmt: skip


@pytest.mark.parametrize(("extra", "wanted"), [row[1:] for row in FINDINGS], ids=[row[0] for row in FINDINGS])
def test_validate_asks_scenarios(extra: str, wanted: list[tuple[str, str]]) -> None:
    assert [(rule, address) for rule, address, _ in validated(extra)] == wanted


def test_the_finding_says_expected_got_and_ground() -> None:
    ((_, _, message),) = validated(story(f"{{{BRUISES}}}", "share"))
    assert "expected `share`, got `must-share`" in message
    assert "flow `concern`" in message


@pytest.mark.parametrize("expect", ["must-share", "share"])
def test_validate_knows_files_of_scenarios(expect: str, folder: Folder) -> None:
    folder({**GOOD, "p/scenarios/s.yaml": filed(expect), "p/scenarios/law.yaml": filed("must-share", "", LAW_ALONE)})
    for path in ("p", "p/a.yaml"):
        found: dict[str, Any] = json.loads(here("validate", path, "--format", "json").stdout)
        assert found["not_checked"] == []
        assert found["summary"]["agreements"] == 1
        messages = [one["message"] for one in found["findings"] if one["rule"] == "scenario-fails"]
        assert len(messages) == (expect == "share")
        assert all("`filed` (p/scenarios/s.yaml, line 3)" in message for message in messages)


def test_validate_does_not_check_files_without_the_form(folder: Folder) -> None:
    folder({**GOOD, "p/scenarios/s.yaml": filed("must-share") + "secnarios: 1\n"})
    done = here("validate", "p")
    assert done.exit_code == 4
    assert "secnarios" in done.stdout


def test_files_alone_are_nothing_to_validate(folder: Folder) -> None:
    folder(GOOD)
    with pytest.raises(NothingToCheckError):
        here("validate", "p/scenarios")


def test_the_policy_is_loaded_only_for_scenarios(folder: Folder) -> None:
    """An agreement without any is checked without the modules that answer questions."""
    place = folder({"a.yaml": BASE})
    program = (
        "import sys; from pathlib import Path; from sharecheck.cli import reading\n"
        f"reading.checked([Path('a.yaml')], '{DAY}', None)\n"
        "sys.exit('sharecheck.policy.answer' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=place, env={"PYTHONPATH": str(ROOT / "src")}, check=False
    )
    assert done.returncode == 0


# the agreements of protocols/


def test_the_scenarios_of_protocols() -> None:
    """Nearly all hold: what an agreement means and what its partners expect agree, but for differences that are known."""
    gathered = repository.gather([ROOT / "protocols"], Settings(ROOT))
    results = scenarios.run(gathered.agreements, knowledge.load(DAY), gathered.scenarios)
    assert len(results) >= 40
    assert {result.scenario.id for result in results if not result.passed} <= {
        "child-alone-tonight",
        "nurse-is-told-no",
    }
