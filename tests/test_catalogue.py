"""The catalogue the rules are written from: each of its entries has a rule, and each rule an entry."""

from __future__ import annotations

from sharecheck import rules

NUMBERED = {
    "CON": range(1, 13), "PUR": (1, 2, 3, 4, 5, 6, 8), "ROL": (1, 2, 3, 4, 6, 7, 8, 9, 10), "LAW": range(1, 21),
    "MIN": range(1, 10), "CLC": range(1, 6), "GOV": range(1, 7), "SEC": range(1, 4), "RET": range(1, 4), "RTS": range(1, 5),
    "ONW": range(1, 3), "INT": range(1, 2), "UND": (1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12), "CNS": range(1, 7),
}  # fmt: skip
NAMED = (
    "dead-law", "dead-body", "one-controller", "nothing-to-check", "one-sided", "duty-blocked", "outlived",
    "retention-clash", "overclassified", "outside-parent",
)  # fmt: skip
CATALOGUE = {f"{group}-{number:02}" for group, numbers in NUMBERED.items() for number in numbers} | set(NAMED)
OURS = {"format", "waiver", "book", "policy", "scenario"}
"""Rules about the file itself, what is accepted in it, what the book does not hold, what parts come to together, and scenarios."""


def test_the_catalogue_is_whole() -> None:
    assert len(CATALOGUE) == 98 + 10
    assert CATALOGUE - {rule.mark for rule in rules.load()} == set()


def test_every_rule_has_its_entry() -> None:
    assert {rule.mark for rule in rules.load()} - CATALOGUE == OURS


def test_no_two_rules_have_one_id() -> None:
    ids = [rule.id for rule in rules.load()]
    assert len(ids) == len(set(ids))
