"""The house: layers, types, style, generated pages, and a wheel that holds what the repository publishes."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from conftest import ROOT

BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "-m", "ruff", "check", "--quiet", "."],
        [sys.executable, "-m", "ruff", "format", "--check", "--quiet", "src", "tests", "scripts"],
        [sys.executable, "-m", "mypy", "--no-error-summary"],
        [str(BIN / "lint-imports"), "--no-cache"],
        [sys.executable, "scripts/docs.py", "--check"],
    ],
    ids=["lint", "format", "types", "layers", "docs"],
)
def test_the_house_is_in_order(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_the_wheel_holds_what_the_repository_publishes(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(command, check=True, timeout=300, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        for published in sorted((ROOT / "schemas").glob("*.json")):
            inside = f"sharecheck/schema/{published.name}"
            assert archive.read(inside) == published.read_bytes()
        for needed in ("knowledge/book.json", "rules/base.yaml", "rules/pages/recipient-is-everyone.md", "py.typed",
                       "formats/templates/paper.html.j2", "cli/templates/early-help.yaml"):  # fmt: skip
            assert f"sharecheck/{needed}" in names


def test_modules_are_short_enough_to_read() -> None:
    long = {
        path.name: lines
        for path in (ROOT / "src" / "sharecheck").rglob("*.py")
        if (lines := len(path.read_text("utf-8").splitlines())) > 560
    }
    assert long == {}


def test_the_readme_gives_the_commands_that_ci_runs() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    commands = [line.strip() for line in readme.splitlines() if line.strip().startswith("python3 -m venv")]
    assert len(commands) == 2
    assert commands[1] in ci
