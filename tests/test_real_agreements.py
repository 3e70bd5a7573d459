"""Four real published agreements: sharecheck says what an expert expects of each, at the same places, and no more."""

from __future__ import annotations

from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from conftest import ROOT, examine
from sharecheck import report, rules, source
from sharecheck.agreement import matches, split_address

FOLDER = ROOT / "tests" / "agreements" / "real"
EXPECTED = sorted(FOLDER.glob("*.expected.yaml"))
RULES = {rule.id: rule for rule in rules.load()}

each = pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.name.removesuffix(".expected.yaml"))


def read(expected: Path) -> tuple[dict, report.Checked]:
    wanted = source.read(expected).data
    agreement = source.read(expected.with_name(expected.name.replace(".expected.yaml", ".yaml")))
    return wanted, examine(agreement, on=date.fromisoformat(wanted["on"]))


def is_named(rule: str, pattern: str) -> bool:
    """Whether a rule is the one meant by its id or by its mark in the catalogue (`CON-*` for a whole group)."""
    return fnmatchcase(rule, pattern) or fnmatchcase(RULES[rule].mark, pattern)


def test_all_four_are_here() -> None:
    agreements = {path.stem for path in FOLDER.glob("*.yaml") if not path.name.endswith(".expected.yaml")}
    assert len(agreements) == 4
    assert agreements == {path.name.removesuffix(".expected.yaml") for path in EXPECTED}


@each
def test_findings_are_exact(expected: Path) -> None:
    wanted, checked = read(expected)
    assert checked.id == wanted["agreement"]
    found = sorted((f.rule, f.address, f.severity.value) for f in checked.findings)
    assert found == sorted((f["rule"], f["at"], f["severity"]) for f in wanted["findings"])


@each
def test_each_finding_is_expected_or_explained(expected: Path) -> None:
    wanted, _ = read(expected)
    for finding in wanted["findings"]:
        assert finding["rule"] in RULES
        assert finding.get("expected") or finding.get("also")


@each
def test_what_needs_a_person(expected: Path) -> None:
    wanted, checked = read(expected)
    told = [note.message for note in checked.notes]
    assert len(told) == len(wanted["needs_person"])
    for text in wanted["needs_person"]:
        assert any(f"`{text}`" in message or f"“{text}”" in message for message in told), text


@each
def test_no_false_alarm(expected: Path) -> None:
    wanted, checked = read(expected)
    for bar in wanted["never"]:
        at = split_address(bar.get("at", "*"))
        wrong = [f for f in checked.findings if is_named(f.rule, bar["rule"]) and matches(at, split_address(f.address))]
        assert not wrong, bar


@each
def test_later_entries_have_no_rule_yet(expected: Path) -> None:
    """An entry moves from `later` to `findings` when its rule is written."""
    wanted, _ = read(expected)
    marks = {rule.mark for rule in RULES.values()}
    assert not marks & set(wanted["later"])
