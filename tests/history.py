"""A partnership's repository with a history: one commit for each sort of change that agreements go through."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from conftest import ROOT
from sharecheck import source

COMMITS: list[dict[str, Any]] = source.read(ROOT / "tests" / "history.yaml").data
"""The commits after the first: for each its subject, the file, and what is done to it."""

SUBJECTS = [str(one["subject"]) for one in COMMITS]


def edited(text: str, commit: dict[str, Any]) -> str:
    """A file after a commit; fails where what it changes is no longer there."""
    for old, new in commit.get("swap", {}).items():
        assert text.count(old) == 1, f"{commit['subject']}: {old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    for old, new in commit.get("everywhere", {}).items():
        assert old in text, old
        text = re.sub(rf"(?<![\w-]){old}(?![\w-])", new, text)
    if commit.get("reorder"):
        text = reordered(text)
    return text + commit.get("append", "")


def reordered(text: str) -> str:
    """The flows in another order, a comment here and other layout there."""
    head, flows, tail = re.split(r"^(?=flows:\n|never:\n)", text, flags=re.MULTILINE)
    name, *parts = re.split(r"^(?=  [a-z][a-z-]*:\n)", flows, flags=re.MULTILINE)
    shuffled = "".join([*parts[1:], parts[0].rstrip("\n") + "\n"])
    spaced = head.replace(": {type: child,", ":  {  type:  child,", 1)
    return f"{spaced}# The flows stand in another order now.\n{name}{shuffled}{tail}"


def git(folder: Path, *arguments: str) -> str:
    """What git says, by nobody's settings and on one day."""
    env = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_DATE": "2026-11-22T12:00:00Z",
        "GIT_COMMITTER_DATE": "2026-11-22T12:00:00Z",
        **{f"GIT_{who}_{what}": said for who in ("AUTHOR", "COMMITTER")
           for what, said in (("NAME", "A"), ("EMAIL", "a@partnership.example"))},
    }  # fmt: skip
    done = subprocess.run(["git", *arguments], cwd=folder, env=env, check=True, capture_output=True, encoding="utf-8")
    return done.stdout


def build(folder: Path) -> Path:
    """The repository: the agreements of protocols/ tagged `begun`, then a commit and a tag for each change."""
    shutil.copytree(ROOT / "protocols", folder / "protocols")
    (folder / "sharecheck.yaml").write_text("sharecheck: settings\nagreements: [protocols]\n", encoding="utf-8")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "The agreements as signed")
    git(folder, "tag", "begun")
    for commit in COMMITS:
        scenarios = folder / commit["file"].replace("protocols/", "protocols/scenarios/")
        path = folder / commit["file"]
        path.write_text(edited(path.read_text(encoding="utf-8"), commit), encoding="utf-8")
        if "everywhere" in commit and scenarios.exists():
            scenarios.write_text(edited(scenarios.read_text(encoding="utf-8"), commit), encoding="utf-8")
        git(folder, "commit", "-q", "-a", "-m", commit["subject"])
        git(folder, "tag", commit["subject"])
    return folder
