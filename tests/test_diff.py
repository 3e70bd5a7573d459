"""`sharecheck diff`: each sort of change is told as what it does, in every format, and refused until somebody accepts it."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import typer.testing

import history
from sharecheck import schema
from sharecheck.cli.app import app

RUNNER = typer.testing.CliRunner()
DAY = "2026-12-01"

Run = Callable[..., typer.testing.Result]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return history.build(tmp_path_factory.mktemp("partnership"))


@pytest.fixture
def run(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(repository)
    return lambda *arguments: RUNNER.invoke(app, ["diff", *arguments])


def before(subject: str) -> str:
    index = history.SUBJECTS.index(subject)
    return history.SUBJECTS[index - 1] if index else "begun"


def told(run: Run, old: str, new: str, *more: str) -> dict[str, object]:
    result = run(old, new, "--on", DAY, "--format", "json", *more)
    assert result.exit_code == 0, result.output
    value: dict[str, object] = json.loads(result.stdout)
    jsonschema.Draft202012Validator(json.loads(schema.text("output-diff"))).validate(value)
    return value


SORTS = {
    # the verdict, the ways in which answers move, and what the gravest change says
    "widen": ("widens", {"widens", "conditions"}, "`drug-worker` may now share `offences`"),
    "narrow": ("both", {"widens", "narrows", "conditions"}, "may no longer share `parent-needs`"),
    "rename": ("wording", {"wording"}, "Item `danger-at-home` was `home-safety`"),
    "reorder": ("same", set(), ""),
    "typo": ("wording", {"wording"}, "Item `child-health` reworded"),
    "new-duty": ("widens", {"obliges"}, "the partners bind themselves to share"),
    "consent-model": ("both", {"widens", "narrows", "conditions"}, "may now share `help-wanted`, `household` or `identity`"),
    "retention-shortened": ("conditions", {"conditions"}, "period of retention was `P25Y`, is now `P7Y`"),
    "agency-leaves": ("both", {"widens", "narrows", "conditions"}, "`drug-worker` may no longer share"),
    "role-seconded": ("both", {"widens", "obliges", "narrows", "frees", "conditions"}, "host is now `council`"),
    "tier-1": ("both", {"widens", "obliges", "narrows", "conditions"}, "`schools/school-nurse` may now share"),
    "waiver": ("conditions", {"conditions"}, "Waiver `purpose-unmeasured at purposes` added"),
    "not-typed-in": ("narrows", {"unstated", "conditions"}, "as far as the newer version says"),
    "forbid": ("narrows", {"narrows", "frees", "conditions"}, "`drug-worker` may no longer share `offences` with anybody"),
    "reworded-definition": ("widens", {"widens"}, "a person must compare"),
}  # fmt: skip


def test_every_sort_of_change_is_in_the_table() -> None:
    assert list(SORTS) == history.SUBJECTS


@pytest.mark.parametrize("subject", SORTS)
def test_each_change_is_told_as_what_it_does(run: Run, subject: str) -> None:
    verdict, kinds, says = SORTS[subject]
    value = told(run, before(subject), subject)
    changes = value["changes"]
    assert isinstance(changes, list)
    assert value["verdict"] == verdict
    assert {one["kind"] for one in changes} == kinds
    everything = " ".join(one["sentence"] for one in changes)
    assert (
        all(word in everything for word in says.split(" … "))
        if subject != "consent-model"
        else "may now share" in everything
    )
    assert value["summary"]["differ"] == (0 if verdict == "same" else len(value["agreements"]))  # type: ignore[index,arg-type]


def test_what_follows_from_a_change_elsewhere_is_said(run: Run) -> None:
    changes = told(run, before("tier-1"), "tier-1")["changes"]
    assert isinstance(changes, list)
    because = {one["because"] for one in changes if one["part"] == "flows.pupil-at-risk" and one["kind"] == "widens"}
    said = "Flow `pupil-at-risk` is unchanged in words but reaches further, because role `school-nurse` changed."
    assert said in because


def test_what_is_lost_is_forbidden_or_only_no_longer_said(run: Run) -> None:
    forbidden = told(run, before("forbid"), "forbid")["changes"]
    silent = told(run, before("narrow"), "narrow")["changes"]
    unstated = told(run, before("not-typed-in"), "not-typed-in")["changes"]
    assert isinstance(forbidden, list)
    assert isinstance(silent, list)
    assert isinstance(unstated, list)
    assert all(one["forbidden_by"] == ["no-offences-by-carers"] for one in forbidden if one["kind"] == "narrows")
    assert any("It is not forbidden: no flow says it any more" in one["because"] for one in silent)
    assert any("what has not been typed in yet" in one["because"] for one in unstated if one["kind"] == "unstated")


def test_a_change_of_law_between_two_days_is_a_difference(run: Run) -> None:
    path = "protocols/concern-about-a-child.yaml"
    result = run(path, "--on", "2026-09-01..2026-12-01", "--format", "json")
    value = json.loads(result.stdout)
    assert result.exit_code == 0
    assert value["on"] == ["2026-09-01", "2026-12-01"]
    assert {"obliges", "widens"} <= {one["kind"] for one in value["changes"]}
    assert json.loads(run(path, path, "--on", DAY, "--format", "json").stdout)["changes"] == []


def test_law_alone(run: Run) -> None:
    path = "protocols/concern-about-a-child.yaml"
    value = json.loads(run(path, "--on", "2026-11-01..2026-12-01", "--format", "json").stdout)
    assert value["verdict"] == "same"
    later = json.loads(
        run("begun:" + path, "begun:" + path, "--on", "2026-10-01..2026-12-01", "--format", "json").stdout
    )
    assert later["verdict"] == "same"


PERSPECTIVES = {
    "anybody": "`adult-mental-health-practitioner` or `drug-worker` may now share `offences`",
    "subject": "the adult mental health practitioner or the drug and alcohol worker may now tell the duty social worker `offences` "
    "about you",
    "discloser": "If you are an adult mental health practitioner or drug and alcohol worker: you may now share `offences`",
    "recipient": "If you are a duty social worker: you may now be told `offences`",
}


@pytest.mark.parametrize("perspective", PERSPECTIVES)
def test_sentences_are_for_whom_they_are_asked_for(run: Run, perspective: str) -> None:
    changes = told(run, "begun", "widen", "--perspective", perspective)["changes"]
    assert isinstance(changes, list)
    assert PERSPECTIVES[perspective] in changes[0]["sentence"]


REFUSALS = [
    # what is refused, between which versions, the exit code
    (["widens"], "begun", "widen", 1),
    (["narrows"], "begun", "widen", 0),
    (["any"], "begun", "widen", 1),
    (["any"], before("reorder"), "reorder", 0),
    (["any"], before("typo"), "typo", 0),
    (["widens"], before("new-duty"), "new-duty", 0),
    (["obliges"], before("new-duty"), "new-duty", 1),
    (["frees", "narrows"], before("forbid"), "forbid", 1),
    (["unstated"], before("not-typed-in"), "not-typed-in", 1),
    (["conditions"], before("retention-shortened"), "retention-shortened", 1),
    (["widens"], before("reworded-definition"), "reworded-definition", 1),
]


@pytest.mark.parametrize(("kinds", "old", "new", "code"), REFUSALS)
def test_what_is_refused(run: Run, kinds: list[str], old: str, new: str, code: int) -> None:
    flags = [f"--fail-on={kind}" for kind in kinds]
    result = run(old, new, "--on", DAY, *flags)
    assert result.exit_code == code, result.output
    assert ("not accepted by anybody" in result.stderr) == bool(code)


def test_a_widening_is_accepted_once_by_name(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "approvals.yaml"
    approvals = ("--approvals", str(file))
    accepted = run(
        "begun", "widen", "--on", DAY, "--fail-on", "widens", *approvals,
        "--accept", "f862da", "--by", "Jane Example, Caldicott Guardian", "--because", "Agreed on 1 December",
    )  # fmt: skip
    assert accepted.exit_code == 0, accepted.output
    assert "Accepted by Jane Example, Caldicott Guardian on 2026-12-01: Agreed on 1 December." in " ".join(
        accepted.stdout.split()
    )
    # it holds after everything else changed, and after the widening was reworded, moved and rebased
    assert run("begun", "widen", "--on", DAY, "--fail-on", "widens", *approvals).exit_code == 0
    rebased = json.loads(run("begun", "rename", "--on", DAY, "--format", "json", *approvals).stdout)["changes"]
    widened = [one for one in rebased if one["part"] == "flows.parent-concern" and one["kind"] == "widens"]
    assert [bool(one["accepted"]) for one in widened] == [True]
    assert run("begun", "consent-model", "--on", DAY, "--fail-on", "widens", *approvals).exit_code == 1


ACCEPTING = [
    (["--accept", "all"], "a change is accepted by somebody, for a reason"),
    (["--accept", "all", "--by", "A"], "a change is accepted by somebody, for a reason"),
    (["--accept", "ffffffff", "--by", "A", "--because", "B"], "no change here has the fingerprint `ffffffff`"),
    (["--accept", "f8", "--by", "A", "--because", "B"], "no change here has the fingerprint `f8`"),
    (["--accept", "all", "--by", "A\nB", "--because", "C"], "words in one line"),
]


@pytest.mark.parametrize(("flags", "said"), ACCEPTING)
def test_nothing_is_accepted_by_mistake(run: Run, tmp_path: Path, flags: list[str], said: str) -> None:
    file = tmp_path / "approvals.yaml"
    result = run("begun", "widen", "--on", DAY, "--approvals", str(file), *flags)
    assert result.exit_code != 0
    assert said in str(result.exception)
    assert not file.exists()


@pytest.mark.parametrize(
    "written", ["accepted: {}\n", "sharecheck-approvals: 1\naccepted: {x: 1}\n", "[", "sharecheck-approvals: 1\n"]
)
def test_a_broken_file_of_approvals_is_said(run: Run, tmp_path: Path, written: str) -> None:
    file = tmp_path / "approvals.yaml"
    file.write_text(written, encoding="utf-8")
    result = run("begun", "widen", "--approvals", str(file))
    assert result.exit_code != 0
    assert str(file) in str(result.exception)


@pytest.mark.parametrize(
    "subject",
    [
        "widen",
        "waiver",
        "not-typed-in",
        *(pytest.param(one, marks=pytest.mark.nightly) for one in ("tier-1", "forbid")),
    ],
)
def test_every_format_tells_every_change(run: Run, tmp_path: Path, subject: str) -> None:
    files = {name: tmp_path / f"changes.{name}" for name in ("json", "markdown", "html", "github")}
    flags = [f"--format={name}={file}" for name, file in files.items()]
    result = run(before(subject), subject, "--on", DAY, "--all", "--format=text", *flags)
    assert result.exit_code == 0, result.output
    changes = json.loads(files["json"].read_text("utf-8"))["changes"]
    shown = " ".join(result.stdout.split())
    markdown = files["markdown"].read_text("utf-8").replace("\\", "")
    page = html.unescape(re.sub(r"</?code>", "`", files["html"].read_text("utf-8")))
    for one in changes:
        first = one["sentence"].split("\n")[0]
        assert first in shown or subject == "waiver"
        if one["part"] and not one["part"].startswith(("roles", "agencies")):
            assert first in markdown
            assert first in page
    again = run(before(subject), subject, "--on", DAY, "--all", "--format=text", *flags)
    assert again.stdout == result.stdout


HOSTILE = "<script>alert(1)</script> [x](javascript:y) ::error::z | `w`"


def test_an_agreements_words_stay_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = (history.ROOT / "protocols" / "borough-protocol.yaml").read_text("utf-8")
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, text in (
        (old, source),
        (new, re.sub(r"^title: .*$", f"title: {json.dumps(HOSTILE)}", source, flags=re.M)),
    ):
        folder.mkdir()
        (folder / "a.yaml").write_text(text, encoding="utf-8")
    assert HOSTILE in (new / "a.yaml").read_text("utf-8")
    monkeypatch.chdir(tmp_path)
    page = RUNNER.invoke(app, ["diff", "old", "new", "--format", "html", "--on", DAY]).stdout
    markdown = RUNNER.invoke(app, ["diff", "old", "new", "--format", "markdown", "--on", DAY]).stdout
    github = RUNNER.invoke(app, ["diff", "old", "new", "--format", "github", "--on", DAY]).stdout
    assert "<script" not in page
    assert "<script" not in markdown.replace("\\<", "")
    assert not any(line.startswith("::error") for line in github.splitlines())


def test_files_that_cannot_be_compared_are_named_and_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = (history.ROOT / "protocols" / "borough-protocol.yaml").read_text("utf-8")
    for folder, text in ("old", good), ("new", good.replace("kind: protocol", "kind: pact")), ("worse", "a: [\n"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "worse" / "b.yaml").write_text(good, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    misshapen = RUNNER.invoke(app, ["diff", "old", "new", "--on", DAY])
    assert misshapen.exit_code == 1
    assert "new/a.yaml" in misshapen.stdout
    assert "1 not compared" in misshapen.stdout
    unread = RUNNER.invoke(app, ["diff", "old", "worse", "--on", DAY])
    assert unread.exit_code == 4
    assert "worse/a.yaml" in unread.stdout


USAGE = [
    (["begun", "nowhere"], "nowhere"),
    (["begun", "widen", "--on", "tomorrow"], "is not a day"),
    (["begun", "widen", "--on", "2026-12-01..2026-01-01"], "ends before it begins"),
    (["begun", "widen", "--format", "word"], "is not a format of this command"),
    (["begun", "widen", "--format", "json", "--format", "text"], "one place to be written to"),
    (["begun", "widen", "-o", "protocols/concern-about-a-child.yaml"], "was left alone"),
]


@pytest.mark.parametrize(("arguments", "said"), USAGE)
def test_wrong_usage_is_said_in_one_sentence(run: Run, repository: Path, arguments: list[str], said: str) -> None:
    kept = (repository / "protocols/concern-about-a-child.yaml").read_bytes()
    result = run(*arguments)
    assert result.exit_code != 0
    assert said in str(result.exception)
    assert (repository / "protocols/concern-about-a-child.yaml").read_bytes() == kept


def test_without_arguments_it_tells_what_is_not_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = history.build(tmp_path)
    monkeypatch.chdir(folder)
    assert "Nothing differs" in RUNNER.invoke(app, ["diff", "--on", DAY]).stdout
    path = folder / "protocols" / "concern-about-a-child.yaml"
    path.write_text(
        path.read_text("utf-8").replace("concern: significant-harm", "concern: child-in-need", 1), encoding="utf-8"
    )
    for arguments in ([], ["protocols/concern-about-a-child.yaml"], ["HEAD"]):
        shown = RUNNER.invoke(app, ["diff", *arguments, "--on", DAY]).stdout
        assert "1 differs" in shown, arguments


def test_an_agreement_that_came_or_went_is_compared_with_the_law_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("with", "without"):
        shutil.copytree(history.ROOT / "protocols", tmp_path / folder)
    (tmp_path / "without" / "commissioning-data.yaml").unlink()
    monkeypatch.chdir(tmp_path)
    came, went = (
        json.loads(RUNNER.invoke(app, ["diff", old, new, "--on", DAY, "--format", "json"]).stdout)
        for old, new in (("without", "with"), ("with", "without"))
    )
    assert [one["how"] for one in (*came["agreements"], *went["agreements"])] == ["added", "removed"]

    def moved(value: dict[str, list[dict[str, object]]]) -> dict[str, int]:
        sums: dict[str, int] = {}
        for one in value["changes"]:
            sums[str(one["kind"])] = sums.get(str(one["kind"]), 0) + int(str(one["questions"]))
        return sums

    more, less = moved(came), moved(went)
    assert more["widens"] == less["narrows"]
    assert more.get("narrows", 0) == less.get("widens", 0)
