"""What the GitHub action runs: what a change allows, the scenarios and the check; then annotations, summary and outputs.

Everything the workflow asks for comes in environment variables, so that nothing of it is ever read by a shell.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sharecheck.formats.github import ROOM, command
from sharecheck.formats.markdown import code, marked

SUMMARY_ROOM = 1_000_000
"""Just under the size, in bytes, at which GitHub refuses a step's summary."""
COMMENT_ROOM = 60_000
"""Just under the size at which GitHub refuses a comment."""

COUNTS = ("errors", "warnings", "advice", "waived", "known", "needs_person", "not_checked")
GRAVITY = (0, 1, 3, 4, 2, 70)
"""Exit codes, the gravest last."""
NO_SCENARIO = 3
SCENARIO_RULE = ",title=scenario-fails::"
LONGER = "**The report is longer than GitHub shows here.** `sharecheck {}` writes the whole of it."


@dataclass(frozen=True, slots=True)
class Part:
    """What one command came to: its exit code, annotations (gravest first within a level), Markdown, and outputs."""

    code: int
    notes: Sequence[str] = ()
    summary: str = ""
    outputs: Mapping[str, str | int] = field(default_factory=dict)


def main() -> int:
    """Run all three, tell GitHub, and give the gravest exit code."""
    with TemporaryDirectory() as folder:
        changes, scenarios, report = parts = [_changes(Path(folder)), _scenarios(Path(folder)), _report(Path(folder))]
    findings = [line for line in report.notes if not (scenarios.notes and SCENARIO_RULE in line)]  # once is enough
    for line in shared([changes.notes, scenarios.notes, findings]):
        print(line)
    _append("GITHUB_STEP_SUMMARY", shortened("\n".join(part.summary for part in parts if part.summary)))
    for part in parts:
        for name, value in part.outputs.items():
            end = secrets.token_hex(16)
            _append("GITHUB_OUTPUT", f"{name}<<{end}\n{value}\n{end}\n")
    return max((part.code for part in parts), key=lambda one: GRAVITY.index(one) if one in GRAVITY else len(GRAVITY))


def _changes(folder: Path) -> Part:
    """What differs from where the change began; nothing where there is nothing to compare with."""
    against = os.environ.get("SHARECHECK_DIFF_AGAINST", "").strip()
    if not against and (base := os.environ.get("GITHUB_BASE_REF")):
        against = f"origin/{base}"
    if not against:
        return Part(0)
    try:
        begun = _begun(against)
    except LookupError as error:
        return _uncompared(str(error))
    if Path(begun).exists():
        return _uncompared(
            f"`{begun}` is a file or folder here and the number of a commit too. Put it right: rename it."
        )
    refused = [f"--fail-on={kind}" for kind in _lines("SHARECHECK_REFUSE") or ["widens"] if kind != "none"]
    notes, told, found = (folder / name for name in ("changes", "changes.md", "changes.json"))
    files = (f"github={notes}", f"markdown={told}", f"json={found}")
    done = _run("diff", *_asked("--on"), *refused, "--format=text", *(f"--format={one}" for one in files), "--", begun)
    if not found.exists():
        return _failed("diff", done)
    comment = Path(os.environ.get("RUNNER_TEMP") or ".") / "sharecheck-changes.md"
    said = told.read_text(encoding="utf-8")
    comment.write_text(shortened(said, COMMENT_ROOM, f"diff {begun[:12]}"), encoding="utf-8", newline="\n")
    value = json.loads(found.read_text(encoding="utf-8"))
    outputs = {"verdict": value["verdict"], "differ": value["summary"]["differ"], "changes": comment.as_posix()}
    first = re.sub(r"^##(?=#)", "", said, flags=re.MULTILINE)  # headings of a comment, and of a page
    return Part(done.returncode, notes.read_text(encoding="utf-8").splitlines(), first, outputs)


def _begun(against: str) -> str:
    """The commit at which the change left a branch, so that what others changed there since is not taken for its own.

    Raises `LookupError`, with what to do, where git does not know it.
    """
    git = shutil.which("git")
    if git is None:
        raise LookupError("Git is not installed here. Put it right: install it in the job, before `actions/checkout`.")
    tip = ("rev-parse", "--verify", "--end-of-options", f"{against}^{{commit}}")
    for question in (("merge-base", "--", against, "HEAD"), tip):
        done = subprocess.run([git, *question], capture_output=True, encoding="utf-8", errors="replace", check=False)
        if not done.returncode and re.fullmatch(r"[0-9a-f]{40,64}", found := done.stdout.strip()):
            return found
    if "ownership" in done.stderr:
        raise LookupError(
            "Git does not open a folder that belongs to somebody else. Put it right: in a step before this one, run "
            '`git config --global --add safe.directory "$GITHUB_WORKSPACE"`.'
        )
    raise LookupError(
        f"`{against}` is no commit, branch or tag of the copy of the repository that this job has. "
        "Put it right: in the workflow, give `actions/checkout` the line `fetch-depth: 0`, so that the history is there too."
    )


def _uncompared(why: str) -> Part:
    said = f"# What this change allows\n\n**Not compared.** {marked(why)}\n"
    return Part(2, [command("error", f"The change was not compared. {why}", title="sharecheck diff")], said)


def _scenarios(folder: Path) -> Part:
    """The scenarios; that there are none is no failure, and that there is no agreement is for the check to say."""
    found = folder / "scenarios.json"
    done = _run(
        "test", *_asked("--on", "--config"), "--format=json", f"--output={found}", "--", *_lines("SHARECHECK_PATHS")
    )
    if done.returncode == NO_SCENARIO:
        return Part(0)
    if not found.exists():
        return _failed("test", done)
    every = json.loads(found.read_text(encoding="utf-8"))["scenarios"]
    failed = [one for one in every if not one["passed"]]
    notes = [
        command("error", f"The scenario `{one['id']}` fails: {one['why']}.", file=one["file"], line=one["line"],
                col=one["column"], title="sharecheck test")
        for one in failed
    ]  # fmt: skip
    told = "\n".join(_told(every, failed)) + "\n" if every else ""
    _print_untouched(told)
    return Part(done.returncode, notes, told, {"scenarios": len(every), "scenarios-failed": len(failed)})


def _told(every: Sequence[Any], failed: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The scenarios as Markdown."""
    yield "# Scenarios"
    yield ""
    if not failed:
        yield f"{f'All {len(every)} are' if len(every) > 1 else 'The only one is'} answered as the partners expect."
        return
    yield f"**{len(failed)} of {len(every)} {'is' if len(failed) == 1 else 'are'} not answered as the partners expect.**"
    yield ""
    for one in failed:
        place = code(f"{one['file']}:{one['line']}")
        yield f"- {code(one['id'])}, about {code(one['agreement'])}: {marked(one['why'])}."
        yield f"  <sub>{place}</sub>"


def _report(folder: Path) -> Part:
    """The check of every agreement."""
    sarif = Path(os.environ.get("SHARECHECK_SARIF") or "sharecheck.sarif")
    notes, summary, found = (folder / name for name in ("annotations", "summary", "findings"))
    files = (f"github={notes}", f"markdown={summary}", f"json={found}", f"sarif={sarif}")
    done = _run(
        "validate", *_asked("--on", "--fail-on", "--config"), "--format=text", *(f"--format={one}" for one in files),
        "--", *_lines("SHARECHECK_PATHS"),
    )  # fmt: skip
    if not found.exists():
        return _failed("validate", done)
    counts = json.loads(found.read_text(encoding="utf-8"))["summary"]
    outputs: dict[str, str | int] = {name.replace("_", "-"): counts[name] for name in COUNTS}
    if sarif.exists():
        _keep_what_counts(sarif)
        outputs["sarif"] = sarif.as_posix()
    return Part(
        done.returncode, notes.read_text(encoding="utf-8").splitlines(), summary.read_text(encoding="utf-8"), outputs
    )


def _run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One command of sharecheck, with what it says printed for the log."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "sharecheck", name, *arguments],  # -P: no module of the repository that is checked
        capture_output=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    _print_untouched(f"sharecheck {name}\n\n{done.stdout}{done.stderr}")
    return done


def _failed(name: str, done: subprocess.CompletedProcess[str]) -> Part:
    said = done.stderr.strip() or "sharecheck itself failed"
    return Part(done.returncode, [command("error", said, title="sharecheck")], f"`sharecheck {name}`: {marked(said)}\n")


def _asked(*flags: str) -> list[str]:
    names = {"--on": "SHARECHECK_ON", "--fail-on": "SHARECHECK_FAIL_ON", "--config": "SHARECHECK_CONFIG"}
    return [f"{flag}={os.environ[names[flag]]}" for flag in flags if os.environ.get(names[flag])]


def _lines(variable: str) -> list[str]:
    return [line.strip() for line in os.environ.get(variable, "").splitlines() if line.strip()]


def shared(groups: Iterable[Sequence[str]]) -> list[str]:
    """Annotations of several commands, as far as there is room for each level, which all of them share alike.

    Errors come first, then warnings, then notices; of each, what a command told last gives way first.
    """
    said = list(groups)
    shown: list[str] = []
    left = 0
    for level in ("error", "warning", "notice"):
        of_level = [[line for line in lines if line.startswith(f"::{level} ")] for lines in said]
        if level == "notice":  # the last of each command says what it looked at, so it is the last to give way
            of_level = [lines[-1:] + lines[:-1] for lines in of_level]
        in_turn = list(dict.fromkeys(line for line in chain.from_iterable(zip_longest(*of_level)) if line))
        room = ROOM - 1 if level == "notice" else ROOM
        left += max(0, len(in_turn) - room)
        shown += in_turn[:room]
    if left:
        shown.append(
            command("notice", f"{left} more than GitHub shows here: see the summary of this run.", title="sharecheck")
        )
    return shown


def _print_untouched(text: str) -> None:
    """Print what may hold words of an agreement, in such a way that GitHub takes no line of it for a command."""
    end = secrets.token_hex(16)
    print(f"::stop-commands::{end}\n{text}\n::{end}::")


def _append(variable: str, text: str) -> None:
    if name := os.environ.get(variable):
        with Path(name).open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(text)


def shortened(text: str, room: int = SUMMARY_ROOM, by: str = "report") -> str:
    """Markdown that fits into so many bytes, cut after a line and outside of what is folded away; `by` writes the whole."""
    if len(text.encode()) <= room:
        return text
    kept, used, folds = 0, len(LONGER.encode()) + 100, 0
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        used += len(line.encode())
        folds += line.count("<details>") - line.count("</details>")
        if used > room:
            break
        if not folds:
            kept = number
    return f"{''.join(lines[:kept])}\n{LONGER.format(by)}\n"


def _keep_what_counts(sarif: Path) -> None:
    """Leave out what the partners accept for a time: code scanning reads no `suppressions` and would raise an alert."""
    log = json.loads(sarif.read_text(encoding="utf-8"))
    for run in log["runs"]:
        run["results"] = [result for result in run["results"] if "suppressions" not in result]
    sarif.write_text(json.dumps(log, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
