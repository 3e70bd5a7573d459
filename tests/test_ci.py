"""Where agreements are checked without anybody asking: the pre-commit hook, the GitHub action, the GitLab job."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer.main
from markdown_it import MarkdownIt
from markdown_it.token import Token

import history
import tools
from conftest import DAY, ROOT
from sharecheck import source
from sharecheck.change.telling import KINDS
from sharecheck.cli.app import app
from sharecheck.cli.diff import Kind

GOOD = (ROOT / "src" / "sharecheck" / "rules" / "base.yaml").read_text(encoding="utf-8")
BAD = GOOD.replace("      record: Agreement form on the child's record, with date and words\n", "")
WAIVED = BAD.replace("id: example", "id: waived") + (
    f"allow:\n  - {{rule: consent-without-record, at: flows.help, because: '{'x' * 50} ::add-mask::help', "
    "by: Caldicott Guardian, until: 2027-01-31}\n"
)


def data(path: str) -> Any:
    return source.read(ROOT / path).data


def commands(text: str) -> list[tuple[str, str]]:
    """The commands that GitHub's runner finds in what a step prints, `stop-commands` heeded."""
    out: list[tuple[str, str]] = []
    until = ""
    for line in text.splitlines():
        match = re.match(r"\s*::([\w-]+)[^:]*::(.*)", line)
        if until:
            until = "" if line.strip() == f"::{until}::" else until
        elif match and match[1] == "stop-commands":
            until = match[2]
        elif match:
            out.append((match[1], match[2]))
    assert not until, "commands are heeded again at the end"
    return out


# The pre-commit hook


def at(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    who = {f"GIT_{role}_{what}": "test@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **who}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") and key != "PYTHONPATH"}
    return subprocess.run(
        command, cwd=folder, env={**kept, **alone, **environment}, capture_output=True, encoding="utf-8", timeout=300,
        check=False,
    )  # fmt: skip


def repository(folder: Path) -> str:
    """Make a repository of a folder; the id of its one commit."""
    for arguments in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "All")):
        done = at(folder, tools.git(), *arguments)
        assert done.returncode == 0, done.stderr
    return at(folder, tools.git(), "rev-parse", "HEAD").stdout.strip()


@pytest.mark.network
def test_the_hook_checks_before_a_commit(tmp_path: Path) -> None:
    """As at a desk: pre-commit takes this repository at a commit, installs it, and is run by `git commit`."""
    hooks, mine = tmp_path / "hooks", tmp_path / "mine"
    for part in ("src", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        whole = ROOT / part
        if whole.is_dir():
            shutil.copytree(whole, hooks / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(whole, hooks / part)
    commit = repository(hooks)
    (mine / "protocols").mkdir(parents=True)
    (mine / "protocols" / "a.yaml").write_text(GOOD)
    (mine / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {hooks}\n    rev: {commit}\n    hooks:\n      - id: sharecheck-validate\n"
    )
    repository(mine)
    environment = {"PRE_COMMIT_HOME": str(tmp_path / "cache")}

    def commits(name: str, text: str) -> tuple[int, str]:
        (mine / name).write_text(text)
        at(mine, tools.git(), "add", "--all")
        done = at(mine, tools.git(), "commit", "--message", "More", **environment)
        return done.returncode, done.stdout + done.stderr

    installed = at(mine, sys.executable, "-m", "pre_commit", "install", **environment)
    assert installed.returncode == 0, installed.stderr
    for text, code, words in (
        (BAD, 1, "error  consent-without-record"),
        (GOOD + "# no other words\n", 0, "Passed"),
        ("a: [\n", 1, "not-yaml"),
    ):
        ended, said = commits("protocols/a.yaml", text)
        assert (ended, words in said) == (code, True), said
    (mine / "protocols" / "a.yaml").write_text(GOOD)
    assert "Passed" in commits("notes.txt", "x")[1]
    assert "Skipped" in commits("notes.txt", "y")[1], "no YAML is about to be committed"


# The GitHub action

SCRIPT = ROOT / "scripts" / "github_action.py"


def step(folder: Path, **inputs: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str], str]:
    """Run the action's script as GitHub would; what it printed, its outputs, the step's summary."""
    told = folder.parent / "told"
    told.mkdir(exist_ok=True)
    outputs, summary = told / "outputs", told / "summary"
    outputs.write_text("")
    summary.write_text("")
    environment = {
        **dict.fromkeys(data("action.yml")["runs"]["steps"][2]["env"], ""),
        "SHARECHECK_ON": DAY.isoformat(),
        "GITHUB_BASE_REF": "",
        "RUNNER_TEMP": str(outputs.parent),
        "GITHUB_OUTPUT": str(outputs),
        "GITHUB_STEP_SUMMARY": str(summary),
        "PYTHONPATH": str(ROOT / "src"),
        **inputs,
    }
    done = at(folder, sys.executable, str(SCRIPT), **environment)
    return done, read_outputs(outputs.read_text(encoding="utf-8")), summary.read_text(encoding="utf-8")


def read_outputs(text: str) -> dict[str, str]:
    """The outputs of a step, as GitHub reads the file."""
    long = dict(re.findall(r"^([\w-]+)<<(?:\w+)\n(.*)\n\w+$", text, re.MULTILINE))
    return {**dict(re.findall(r"^([\w-]+)=(.*)$", text, re.MULTILINE)), **long}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "protocols").mkdir()
    (tmp_path / "protocols" / "a.yaml").write_text(BAD)
    (tmp_path / "protocols" / "b.yaml").write_text(WAIVED)
    return tmp_path


def test_the_action_annotates_and_sums_up(workspace: Path) -> None:
    done, outputs, summary = step(workspace)
    assert done.returncode == 1, done.stderr
    assert "protocols/a.yaml:" in done.stdout, "the log holds the whole text"
    assert re.search(r"^ *::add-mask::help", done.stdout, re.MULTILINE), "an agreement tries to command GitHub"
    said = commands(done.stdout)
    assert [name for name, _ in said] == ["error", "notice"]
    assert "nothing says how the answer is recorded" in said[0][1]
    assert summary.startswith("# Check report\n"), "nothing is compared, and no scenario asked, where there is none"
    assert outputs == {
        "errors": "1", "warnings": "0", "advice": "0", "waived": "1", "known": "0", "needs-person": "0", "not-checked": "0",
        "sarif": "sharecheck.sarif",
    }  # fmt: skip
    (run,) = json.loads((workspace / "sharecheck.sarif").read_text(encoding="utf-8"))["runs"]
    (result,) = run["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "protocols/a.yaml"
    assert "suppressions" not in result, "code scanning would take what is waived for an alert"


# inputs, the exit code
INPUTS: list[tuple[Mapping[str, str], int]] = [
    ({"SHARECHECK_PATHS": "protocols/b.yaml\n"}, 0),
    ({"SHARECHECK_PATHS": "protocols/b.yaml", "SHARECHECK_ON": "2027-02-01"}, 1),
    ({"SHARECHECK_FAIL_ON": "never"}, 0),
    ({"SHARECHECK_CONFIG": "settings.yaml"}, 0),
    ({"SHARECHECK_PATHS": "\n protocols/a.yaml \nprotocols/b.yaml"}, 1),
]


@pytest.mark.parametrize(("inputs", "code"), INPUTS)
def test_the_action_does_as_it_is_asked(inputs: Mapping[str, str], code: int, workspace: Path) -> None:
    (workspace / "settings.yaml").write_text("sharecheck: settings\nfail_on: never\n")
    done, outputs, _ = step(workspace, **inputs, SHARECHECK_SARIF="my findings.sarif")
    assert done.returncode == code, done.stdout
    assert outputs["sarif"] == "my findings.sarif"
    assert (workspace / "my findings.sarif").exists()


@pytest.mark.parametrize(
    ("inputs", "code", "words"),
    [
        ({"SHARECHECK_FAIL_ON": "fatal; touch pwned"}, 2, "fatal"),
        ({"SHARECHECK_PATHS": "--show-settings"}, 4, "--show-settings"),
        ({"SHARECHECK_PATHS": "nowhere"}, 4, "nowhere"),
        ({"SHARECHECK_CONFIG": "$(touch pwned)"}, 4, "touch pwned"),
        ({"SHARECHECK_SARIF": "protocols/a.yaml"}, 2, "left alone"),
    ],
)
def test_the_action_says_what_it_could_not_do(
    inputs: Mapping[str, str], code: int, words: str, workspace: Path
) -> None:
    done, outputs, _ = step(workspace, **inputs)
    assert done.returncode == code, done.stdout
    assert any(name == "error" and words in text for name, text in commands(done.stdout)), done.stdout
    assert (workspace / "protocols" / "a.yaml").read_text() == BAD
    assert not (workspace / "pwned").exists()
    assert "\n" not in outputs.get("sarif", "")


@pytest.fixture(scope="module")
def action() -> ModuleType:
    sys.path.insert(0, str(SCRIPT.parent))
    try:
        import github_action
    finally:
        sys.path.pop(0)
    return github_action


def test_a_summary_is_never_too_long_for_github(action: ModuleType) -> None:
    shortened = action.shortened("é\n" * 600_000)
    assert len(shortened.encode()) < 1024 * 1024
    assert shortened.endswith("writes the whole of it.\n")
    assert action.shortened("é\n") == "é\n"


def test_what_is_cut_off_leaves_nothing_folded_away(action: ModuleType) -> None:
    fold = "- first\n\n  <details><summary>More</summary>\n\n  word\n\n  </details>\n"
    text = fold * 50
    for room in range(300, len(text), 7):
        cut = action.shortened(text, room, "diff main")
        assert len(cut.encode()) <= room
        assert cut.count("<details>") == cut.count("</details>")
        assert cut.endswith("`sharecheck diff main` writes the whole of it.\n")


def notes(level: str, name: str, number: int) -> list[str]:
    return [f"::{level} title={name}::{i}" for i in range(number)]


# what the three commands would say, and how much of each is shown
ROOMS: list[tuple[list[list[str]], dict[str, int]]] = [
    ([[], [], []], {}),
    ([notes("error", "a", 3), [], notes("error", "c", 2)], {"error a": 3, "error c": 2}),
    ([notes("error", "a", 10), [], notes("error", "c", 2)], {"error a": 8, "error c": 2, "notice sharecheck": 1}),
    ([notes("error", "a", 9), notes("error", "b", 9), notes("error", "c", 9)],
     {"error a": 4, "error b": 3, "error c": 3, "notice sharecheck": 1}),
    ([notes("warning", "a", 10), [], notes("error", "c", 10)], {"warning a": 10, "error c": 10}),
    ([notes("notice", "a", 10), [], notes("notice", "c", 1)], {"notice a": 8, "notice c": 1, "notice sharecheck": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("groups", "shown"), ROOMS)
def test_the_room_for_annotations_is_shared(groups: list[list[str]], shown: dict[str, int], action: ModuleType) -> None:
    lines = action.shared(groups)
    found: dict[str, int] = {}
    for line in lines:
        level, name = re.match(r"::(\w+) title=(\w+)::", line).groups()  # type: ignore[union-attr]
        found[f"{level} {name}"] = found.get(f"{level} {name}", 0) + 1
    assert found == shown
    assert all(sum(number for name, number in found.items() if name.startswith(level)) <= 10
               for level in ("error", "warning", "notice"))  # fmt: skip
    left = sum(map(len, groups)) - len(lines) + ("notice sharecheck" in shown)
    assert not left or f"::{left} more than GitHub shows here" in lines[-1]


def test_the_action_is_whole_and_interpolates_nothing() -> None:
    action = data("action.yml")
    steps = action["runs"]["steps"]
    assert action["runs"]["using"] == "composite"
    assert all("${{" not in step.get("run", "") for step in steps)
    assert all(step.get("shell") for step in steps if "run" in step)
    given = {re.search(r"inputs\.([\w-]+)", value)[1] for value in steps[2]["env"].values() if "inputs." in value}
    assert given == set(action["inputs"])
    script = SCRIPT.read_text(encoding="utf-8")
    assert all(name in script for name in steps[2]["env"] if name.startswith("SHARECHECK_"))
    assert all(value["value"] == f"${{{{ steps.check.outputs.{name} }}}}" for name, value in action["outputs"].items())
    assert steps[2]["id"] == "check"


def test_the_actions_steps_run_in_a_shell(workspace: Path) -> None:
    """The very lines of action.yml, with the interpreter and the checkout where GitHub says they are."""
    bash = shutil.which("bash")
    tools.need(bool(bash), "bash")
    assert bash
    environment = {"GITHUB_ACTION_PATH": str(ROOT), "PYTHONPATH": str(ROOT / "src"), "SHARECHECK_ON": DAY.isoformat()}
    install, check = (step["run"] for step in data("action.yml")["runs"]["steps"][1:])
    recorded = at(workspace, bash, "-e", "-c", install, PYTHON="echo", **environment)
    assert recorded.stdout.split() == [
        "-P",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        f"{ROOT}[own-rules]",
    ]
    done = at(workspace, bash, "-e", "-c", check, PYTHON=sys.executable, **environment)
    assert done.returncode == 1
    assert (workspace / "sharecheck.sarif").exists()


# What a pull request would let people share


@pytest.fixture(scope="module")
def partnership(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tools.git()
    return history.build(tmp_path_factory.mktemp("history"))


Branch = Callable[..., Path]


@pytest.fixture
def branch(partnership: Path, tmp_path: Path) -> Branch:
    """A build server's copy of one version, with `origin/main` where it is said to be."""

    def checked_out(version: str, main: str | None = "begun", *, depth: int = 0) -> Path:
        folder = tmp_path / "workspace"
        shallow = [f"--depth={depth}"] if depth else []
        history.git(tmp_path, "clone", "-q", *shallow, "--branch", version, partnership.as_uri(), str(folder))
        if main:
            history.git(folder, "update-ref", "refs/remotes/origin/main", main)
        return folder

    return checked_out


ON_A_PULL_REQUEST = {"GITHUB_BASE_REF": "main", "SHARECHECK_PATHS": "protocols/concern-about-a-child.yaml"}
OFFENCES = "may now share `offences`"

# the version, where main is, what is asked, the exit code, the verdict, and the annotations that tell of the widening
PULL_REQUESTS: list[tuple[str, str, Mapping[str, str], int, str, list[str]]] = [
    ("widen", "begun", {}, 1, "widens", ["error"]),
    ("widen", "begun", {"SHARECHECK_REFUSE": "widens\n obliges \n"}, 1, "widens", ["error"]),
    ("widen", "begun", {"SHARECHECK_REFUSE": "narrows"}, 0, "widens", ["warning"]),
    ("widen", "begun", {"SHARECHECK_REFUSE": "none"}, 0, "widens", ["warning"]),
    ("widen", "begun", {"SHARECHECK_DIFF_AGAINST": "widen"}, 0, "same", []),
    ("widen", "rename", {}, 0, "same", []),  # what others changed on main since is not this change
    ("widen", "begun", {"GITHUB_BASE_REF": "", "SHARECHECK_DIFF_AGAINST": "begun"}, 1, "widens", ["error"]),
    ("widen", "begun", {"GITHUB_BASE_REF": ""}, 0, "", []),
    ("reorder", "rename", {}, 0, "same", []),
    ("typo", "reorder", {}, 0, "wording", []),
]


@pytest.mark.parametrize(("version", "main", "inputs", "code", "verdict", "levels"), PULL_REQUESTS)
def test_the_action_says_what_a_pull_request_allows(
    version: str, main: str, inputs: Mapping[str, str], code: int, verdict: str, levels: list[str], branch: Branch
) -> None:
    done, outputs, summary = step(branch(version, main), **{**ON_A_PULL_REQUEST, **inputs})
    assert done.returncode == code, done.stdout + done.stderr
    assert outputs.get("verdict", "") == verdict
    assert [level for level, said in commands(done.stdout) if OFFENCES in said] == levels
    assert int(outputs["scenarios"]) > 10
    assert outputs["scenarios-failed"] == "0"
    assert headings(summary) == (["What this change allows"] if verdict else []) + ["Scenarios", "Check report"]
    assert ("not accepted by anybody" in summary) == (code == 1)
    assert bool(outputs.get("changes")) == bool(verdict)
    if levels:
        comment = Path(outputs["changes"]).read_text(encoding="utf-8")
        assert OFFENCES in comment
        assert len(comment) < 65_536, "GitHub takes no longer comment"


def test_what_is_accepted_by_name_passes(branch: Branch) -> None:
    folder = branch("widen")
    accept = (
        "diff",
        "origin/main",
        "--accept",
        "all",
        "--by",
        "A. Example, Caldicott Guardian",
        "--because",
        "x | `y`",
    )
    accepted = at(folder, sys.executable, "-m", "sharecheck", *accept, PYTHONPATH=str(ROOT / "src"))
    assert accepted.returncode == 0, accepted.stderr
    done, outputs, summary = step(folder, **ON_A_PULL_REQUEST)
    assert done.returncode == 0, done.stdout
    assert outputs["verdict"] == "widens", "it is told all the same"
    assert [level for level, said in commands(done.stdout) if OFFENCES in said] == ["notice"]
    assert "Accepted by A. Example, Caldicott Guardian" in summary
    assert "not accepted" not in summary


@pytest.mark.parametrize(
    "inputs", [{}, {"SHARECHECK_DIFF_AGAINST": "--all"}, {"SHARECHECK_DIFF_AGAINST": "$(touch pwned)"}]
)
def test_a_base_that_is_not_there_is_told_with_what_to_set(inputs: Mapping[str, str], branch: Branch) -> None:
    folder = branch("widen", None, depth=1)
    history.git(folder, "update-ref", "-d", "refs/remotes/origin/main")
    done, outputs, summary = step(folder, **ON_A_PULL_REQUEST, **inputs)
    assert done.returncode == 2, done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    (said,) = [said for level, said in commands(done.stdout) if level == "error"]
    assert inputs.get("SHARECHECK_DIFF_AGAINST", "origin/main") in said
    assert "`fetch-depth: 0`" in said
    assert "verdict" not in outputs
    assert outputs["errors"] == "0", "the rest is done all the same"
    assert headings(summary) == ["What this change allows", "Scenarios", "Check report"]
    assert not (folder / "pwned").exists()


def test_a_folder_called_like_the_base_is_not_taken_for_it(branch: Branch) -> None:
    """Otherwise a change could bring along what it wants to be compared with."""
    folder = branch("widen")
    commit = history.git(folder, "rev-parse", "begun").strip()
    for name in ("origin/main", commit):
        shutil.copytree(folder / "protocols", folder / name)
        done, _, _ = step(folder, **ON_A_PULL_REQUEST)
        said = " ".join(said for level, said in commands(done.stdout) if level == "error")
        assert (done.returncode, (OFFENCES if "/" in name else "rename it") in said) == (1 if "/" in name else 2, True)


HOSTILE = "@everyone ```<img src=x>` [a](https://evil.example) ::error::x %0A::add-mask::y &lt;b&gt; *z* | w"


def test_no_word_of_an_agreement_is_a_command_or_a_mark(tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    (folder / "protocols").mkdir(parents=True)
    title = next(line for line in GOOD.splitlines() if line.startswith("title:"))
    text = GOOD.replace(title, f"title: {json.dumps(HOSTILE)}")
    file = folder / "protocols" / "a`b,<i>::error::c.yaml"
    file.write_text(text, encoding="utf-8")
    base = repository(folder)
    changed = re.sub(r"(?m)^(\s+)(text|why): (.*)$", lambda m: f"{m[1]}{m[2]}: {json.dumps(HOSTILE)}", text, count=1)
    assert changed != text
    file.write_text(changed, encoding="utf-8")
    (folder / "protocols" / "n\n::add-mask::o.yaml").write_text("a: [\n")
    done, _, summary = step(folder, SHARECHECK_DIFF_AGAINST=base)
    assert done.returncode == 4, done.stdout
    assert {name for name, _ in commands(done.stdout)} <= {"error", "warning", "notice"}
    assert all("add-mask" not in name for name, _ in commands(done.stdout))
    tokens = list(inside(MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(summary)))
    assert not [one for one in tokens if one.type in ("image", "s_open") or "evil" in str(one.attrs.get("href"))]
    marks = [one.content for one in tokens if one.type.startswith("html")]
    assert {tag for mark in marks for tag in re.findall(r"<(/?\w+|!--)", mark)} <= {
        "details", "/details", "summary", "/summary", "sub", "/sub", "!--",
    }  # fmt: skip
    read = "".join("\0" if one.type.startswith("html") else one.content for one in tokens if not one.children)
    assert "@everyone" not in read, "nobody is called"
    assert HOSTILE.replace("@", "@\0") in read, "and yet every word is there to be read"


def inside(tokens: list[Token]) -> Iterator[Token]:
    for one in tokens:
        yield one
        yield from inside(one.children or [])


def headings(markdown: str) -> list[str]:
    """The first-level headings of a page of Markdown, of which everything that is opened is closed."""
    assert markdown.count("<details>") == markdown.count("</details>")
    tokens = MarkdownIt("commonmark", {"html": True}).parse(markdown)
    levels = [int(one.tag[1]) for one in tokens if one.type == "heading_open"]
    assert all(after <= before + 1 for before, after in pairwise(levels)), "no level is left out"
    return [tokens[i + 1].content for i, one in enumerate(tokens) if one.type == "heading_open" and one.tag == "h1"]


def test_a_failed_scenario_fails_the_step_and_is_told_once(workspace: Path) -> None:
    init = at(workspace, sys.executable, "-m", "sharecheck", "init", "new", PYTHONPATH=str(ROOT / "src"))
    assert init.returncode == 0, init.stderr
    file = workspace / "new" / "protocols" / "early-help.yaml"
    file.write_text(file.read_text().replace("expect: do-not-share", "expect: share"))
    done, outputs, summary = step(workspace / "new", SHARECHECK_ON="", SHARECHECK_FAIL_ON="never")
    assert done.returncode == 1, done.stdout
    (said,) = [said for level, said in commands(done.stdout) if level == "error"]
    assert "The scenario `where-do-they-live-now` fails: expected `share`, got `do-not-share`." in said
    assert (outputs["scenarios"], outputs["scenarios-failed"]) == ("1", "1")
    assert "- `where-do-they-live-now`, about `early-help`: expected `share`" in summary


# The workflow and the job that `init` writes


def test_the_workflow_uses_what_the_action_offers() -> None:
    workflow = data("src/sharecheck/cli/templates/github.yml")
    assert set(workflow) == {"name", "on", "permissions", "jobs"}
    (job,) = workflow["jobs"].values()
    assert [step["uses"].partition("@")[0] for step in job["steps"]] == ["actions/checkout", "OWNER/sharecheck"]
    text = (ROOT / "src/sharecheck/cli/templates/github.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"steps\.sharecheck\.outputs\.([\w-]+)", text)) <= set(data("action.yml")["outputs"])


def scripts(name: str) -> list[str]:
    """The lines that jobs of a GitLab template run, those of its comments included."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return [
        match[1]
        for match in re.finditer(r"\bsharecheck ((?:validate|test|diff|sign|calendar|report)\b[^`\n#(]*)", text)
    ]


PAGES = (
    "README.md", "docs/changes.md", "templates/gitlab.yml", "src/sharecheck/cli/templates/github.yml",
    "src/sharecheck/cli/templates/gitlab.yml", ".pre-commit-hooks.yaml",
)  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_every_command_and_option_that_is_written_exists(name: str) -> None:
    commands_ = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    found = scripts(name)
    assert found
    for line in found:
        command, *rest = line.split()
        known = {option for parameter in commands_[command].params for option in parameter.opts}
        assert {word.partition("=")[0].rstrip(".,;:)") for word in rest if word.startswith("--")} <= known, line


@pytest.mark.parametrize("host", ["github", "gitlab"])
def test_what_is_commented_out_is_sound_too(host: str) -> None:
    """With the marks of comments taken off what is to be uncommented, it is still YAML, and says what it should."""
    text = (ROOT / f"src/sharecheck/cli/templates/{host}.yml").read_text(encoding="utf-8")
    head, whole, body = re.split(r"(?m)^(?=name:|\.sharecheck:)()", text, maxsplit=1)
    whole = re.sub(r"(?m)^( *)# (  .*|- .*|[\w-]+:(?: .*)?)$", r"\1\2", body)
    found = source.parse(whole.encode(), host).data
    if host == "github":
        _, check, comment, _ = found["jobs"]["sharecheck"]["steps"]
        assert set(check["with"]["refuse"].split()) <= {kind.value for kind in Kind}
        assert comment["run"] == 'gh pr comment "$NUMBER" --edit-last --create-if-none --body-file "$CHANGES"'
        assert set(comment["env"]) == {"GH_TOKEN", "NUMBER", "CHANGES"}
        assert "steps.sharecheck.outputs.changes" in comment["if"]
    else:
        (note,) = found["sharecheck-changes"]["after_script"]
        assert f"body@{found['sharecheck-changes']['artifacts']['paths'][0]}" in note
    for owned in ("/approvals.yaml", "/signoff/allowed_signers", "/sharecheck.yaml"):
        assert f"\n#   {owned} " in head


@pytest.fixture
def programs(tmp_path: Path) -> Mapping[str, str]:
    """An environment in which `sharecheck` is this one, on the day of the tests, and `pip` does nothing."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, body in {
        "pip": f'printf "%s\\n" "$@" > "{tmp_path}/pip-was-asked"',
        "python3": f'exec "{sys.executable}" "$@"',
        "sharecheck": f'exec "{sys.executable}" -m sharecheck "$@"',
    }.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src"), "HOME": str(tmp_path)}


def run_job(folder: Path, name: str, programs: Mapping[str, str], **more: str) -> subprocess.CompletedProcess[str]:
    jobs = data("templates/gitlab.yml")
    job = {**jobs[".sharecheck"], **jobs[name]}
    variables = {**jobs[".sharecheck"]["variables"], **job["variables"]}
    lines = "\n".join([*job["before_script"], *job["script"]])
    return at(folder, "sh", "-e", "-c", lines, **variables, **programs, **more)


def test_the_job_runs_as_written(workspace: Path, programs: Mapping[str, str]) -> None:
    jobs = data("templates/gitlab.yml")
    job = jobs["sharecheck"]
    done = run_job(workspace, "sharecheck", programs)
    assert done.returncode == 1, done.stderr
    assert "so nothing was tested" in done.stderr, "that there is no scenario fails nothing"
    assert job["artifacts"]["when"] == "always", "findings are shown though the job fails"
    asked = (workspace / "pip-was-asked").read_text().splitlines()
    assert asked == ["install", "--quiet", jobs[".sharecheck"]["variables"]["SHARECHECK"]]
    reports = job["artifacts"]["reports"]
    (entry,) = json.loads((workspace / reports["codequality"]).read_text(encoding="utf-8"))
    assert entry["check_name"] == "consent-without-record"
    assert (workspace / reports["junit"]).read_text(encoding="utf-8").startswith("<?xml")
    (workspace / "protocols" / "a.yaml").unlink()
    assert run_job(workspace, "sharecheck", programs).returncode == 0


@pytest.mark.parametrize(
    ("version", "main", "code"), [("widen", "begun", 1), ("widen", "rename", 0), ("reorder", "rename", 0)]
)
def test_the_job_for_merge_requests_runs_as_written(
    version: str, main: str, code: int, branch: Branch, programs: Mapping[str, str]
) -> None:
    jobs = data("templates/gitlab.yml")
    folder = branch(version, main)
    done = run_job(folder, "sharecheck-changes", programs, CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main")
    assert done.returncode == code, done.stderr
    assert jobs["sharecheck-changes"]["variables"]["GIT_DEPTH"] == "0"
    (file,) = jobs["sharecheck-changes"]["artifacts"]["paths"]
    assert (OFFENCES in (folder / file).read_text(encoding="utf-8")) == bool(code)


# The pages for people


def written(name: str) -> list[str]:
    """The commands of a page, in order; in the README, those of the section on changes."""
    text = (ROOT / name).read_text(encoding="utf-8")
    if name == "README.md":
        section = text.partition("## When an agreement changes\n")[2].partition("\n## ")[0]
        return re.findall(r"(?m)^    (sharecheck .*)$", section)
    blocks = re.findall(r"(?ms)^```sh\n(.*?)^```$", text)
    return [step for block in blocks for step in (block.splitlines() if block.startswith("sharecheck") else [block])]


@pytest.mark.parametrize("name", ["docs/changes.md", "README.md"])
def test_the_commands_of_the_pages_on_changes_run(name: str, branch: Branch, programs: Mapping[str, str]) -> None:
    """One after another, as somebody would who works through the page; each ends as the page says."""
    tools.ssh_keygen()
    folder = branch("widen")
    found = json.loads(at(folder, "sharecheck", "diff", "origin/main", "--format", "json", **programs).stdout)
    fingerprint = next(one["fingerprint"] for one in found["changes"] if one["kind"] == "widens")
    said = ""
    for line in written(name):
        told = re.search(r"# exits (\d)", line)
        done = at(folder, "sh", "-e", "-c", line.replace("FINGERPRINT", fingerprint[:12]), **programs)
        assert done.returncode == (int(told[1]) if told else 0), f"{line}\n{done.stdout}{done.stderr}"
        said += done.stdout
    assert len(source.read(folder / "approvals.yaml").data["accepted"]) == 1
    signed = source.read(folder / "signoff" / "concern-about-a-child.yaml").data["signatures"]["council"]
    if name == "docs/changes.md":
        assert 'Good "sharecheck-sign-off" signature for council/jane@council.example' in said
        assert signed["text"].removeprefix("sha256:") in said


def test_the_page_shows_what_is_said(branch: Branch, programs: Mapping[str, str]) -> None:
    text = (ROOT / "docs" / "changes.md").read_text(encoding="utf-8")
    shown = re.search(r"(?ms)^```text\n(.*?)^```$", text)
    assert shown
    said = " ".join(at(branch("widen"), "sharecheck", "diff", "origin/main", **programs).stdout.split())
    first, *sentence = shown[1].splitlines()
    assert first.partition("  (")[0].split()[0] in said
    assert " ".join(" ".join(sentence).split()) in said


def test_the_page_names_every_kind_of_change() -> None:
    text = (ROOT / "docs" / "changes.md").read_text(encoding="utf-8")
    for kind, name in KINDS.items():
        assert re.search(rf"(?m)^\| \*\*{name}\*\*{'' if name == kind else f' .`{kind}`.'} \|", text), kind


def test_the_hook_on_changes_tells_and_refuses_nothing(branch: Branch, programs: Mapping[str, str]) -> None:
    """As written in .pre-commit-hooks.yaml, with the program that is here instead of one that is installed."""
    folder = branch("begun")
    (hook,) = [one for one in data(".pre-commit-hooks.yaml") if one["id"] == "sharecheck-diff"]
    config = {"repos": [{"repo": "local", "hooks": [{**hook, "language": "system"}]}]}
    (folder / ".pre-commit-config.yaml").write_text(json.dumps(config))
    history.git(folder, "add", ".")
    file = folder / history.COMMITS[0]["file"]
    file.write_text(history.edited(file.read_text(encoding="utf-8"), history.COMMITS[0]), encoding="utf-8")
    asked = ("-m", "pre_commit", "run", "sharecheck-diff", "--hook-stage", "manual", "--all-files")
    done = at(folder, sys.executable, *asked, PRE_COMMIT_HOME=str(folder.parent / "cache"), **programs)
    assert done.returncode == 0, done.stdout + done.stderr
    assert OFFENCES in " ".join(done.stdout.split())
