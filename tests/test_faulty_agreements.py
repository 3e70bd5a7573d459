"""Scenarios of the domain brief (T1 to T20) as agreements: each gives exactly the findings its table says, no others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import DAY, ROOT, examine
from sharecheck import report, rules, source
from sharecheck.rules import Severity

FOLDER = ROOT / "tests" / "agreements" / "faulty"
TABLE = FOLDER / "expected.yaml"
SCENARIOS: dict[str, dict[str, Any]] = source.read(TABLE).data["scenarios"]
RULES = {rule.id: rule for rule in rules.load()}

each = pytest.mark.parametrize("scenario", SCENARIOS)


def file(scenario: str) -> Path:
    return FOLDER / f"{scenario}.yaml"


def checked(scenario: str) -> report.Checked:
    return examine(source.read(file(scenario), f"{scenario}.yaml"))


def test_every_file_is_in_the_table_and_every_row_has_its_file() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml") if path != TABLE} == set(SCENARIOS)


@each
def test_the_row_is_whole(scenario: str) -> None:
    row = SCENARIOS[scenario]
    assert set(row) <= {"says", "findings", "later"}
    assert row["says"].endswith(".")
    assert {finding["rule"] for finding in row["findings"]} <= set(RULES)


@each
def test_gives_exactly_the_findings_expected(scenario: str) -> None:
    found = checked(scenario)
    assert found.agreement is not None, "it does not have the form of an agreement"
    assert found.id == scenario
    wanted = sorted((finding["rule"], finding["at"]) for finding in SCENARIOS[scenario]["findings"])
    assert sorted((f.rule, f.address) for f in found.findings) == wanted
    assert [note.message for note in found.notes] == []


@each
def test_what_is_left_for_later_has_no_rule_yet(scenario: str) -> None:
    """Once such a rule is there it has to find the fault: move it from `later` to `findings`."""
    marks = {rule.mark for rule in RULES.values()}
    assert not marks & set(SCENARIOS[scenario].get("later", ()))


@each
def test_the_command_fails_on_errors_and_on_nothing_else(scenario: str) -> None:
    wrong = any(RULES[f["rule"]].severity is Severity.ERROR for f in SCENARIOS[scenario]["findings"])
    command = [sys.executable, "-m", "sharecheck", "validate", str(file(scenario)), "--on", DAY.isoformat()]
    done = subprocess.run(
        [*command, "--format", "concise"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == (1 if wrong else 0), done.stdout + done.stderr
    for finding in SCENARIOS[scenario]["findings"]:
        assert finding["rule"] in done.stdout
