"""Where agreements are checked without anybody asking: the pre-commit hook, the GitHub action, the GitLab job."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import tools
from conftest import DAY, ROOT
from sharecheck import source

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
    outputs, summary = folder / "outputs", folder / "summary"
    outputs.write_text("")
    summary.write_text("")
    environment = {
        **dict.fromkeys(data("action.yml")["runs"]["steps"][2]["env"], ""),
        "SHARECHECK_ON": DAY.isoformat(),
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
    assert summary.startswith("# Check report\n")
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


def test_a_summary_is_never_too_long_for_github() -> None:
    sys.path.insert(0, str(SCRIPT.parent))
    try:
        import github_action
    finally:
        sys.path.pop(0)
    shortened = github_action._shortened("é\n" * 600_000)
    assert len(shortened.encode()) < 1024 * 1024
    assert shortened.endswith("writes the whole of it.\n")
    assert github_action._shortened("é\n") == "é\n"


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


# The workflow and the job that `init` writes


def test_the_workflow_uses_what_the_action_offers() -> None:
    workflow = data("src/sharecheck/cli/templates/github.yml")
    assert set(workflow) == {"name", "on", "permissions", "jobs"}
    (job,) = workflow["jobs"].values()
    assert [step["uses"].partition("@")[0] for step in job["steps"]] == ["actions/checkout", "OWNER/sharecheck"]
    text = (ROOT / "src/sharecheck/cli/templates/github.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"steps\.sharecheck\.outputs\.([\w-]+)", text)) <= set(data("action.yml")["outputs"])


def test_the_job_runs_as_written(workspace: Path) -> None:
    job = data("templates/gitlab.yml")["sharecheck"]
    programs = workspace / "bin"
    programs.mkdir()
    for name, body in {
        "pip": 'printf "%s\\n" "$@" > pip-was-asked',
        "sharecheck": f'exec "{sys.executable}" -m sharecheck "$@" --on {DAY}',
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{body}\n")
        (programs / name).chmod(0o755)
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src"), **job["variables"]}
    done = at(workspace, "sh", "-e", "-c", "\n".join(job["script"]), **environment)
    assert done.returncode == 1, done.stderr
    assert job["artifacts"]["when"] == "always", "findings are shown though the job fails"
    asked = (workspace / "pip-was-asked").read_text().splitlines()
    assert asked == ["install", "--quiet", job["variables"]["SHARECHECK"]]
    reports = job["artifacts"]["reports"]
    (entry,) = json.loads((workspace / reports["codequality"]).read_text(encoding="utf-8"))
    assert entry["check_name"] == "consent-without-record"
    assert (workspace / reports["junit"]).read_text(encoding="utf-8").startswith("<?xml")
