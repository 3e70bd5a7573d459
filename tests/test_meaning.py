"""What the law and the table answer: minimal pairs, official cases, and the defaults of a question."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sharecheck import knowledge, source
from sharecheck.policy import question as questions
from sharecheck.policy.answer import Answer, Desk

MEANING = Path(__file__).parent / "meaning"
PAIRS = source.read(MEANING / "pairs.yaml").data["pairs"]
CASES = source.read(MEANING / "cases.yaml").data["cases"]
DAY = date(2026, 12, 1)


@cache
def desk(on: date, jurisdiction: str) -> Desk:
    return Desk((), knowledge.load(on), jurisdiction)


def answered(given: dict[str, Any]) -> Answer:
    question = questions.read(given)
    return desk(question.on or DAY, question.jurisdiction or "england").answer(question)


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("side", ["one", "other"])
@pytest.mark.parametrize("pair", PAIRS, ids=[pair["id"] for pair in PAIRS])
def test_one_fact_makes_the_difference(pair: dict[str, Any], side: str) -> None:
    answer = answered({**pair["given"], **pair[side]})
    expected = pair["expect"][side]
    if isinstance(expected, dict):
        got = {one.item: one.outcome for one in answer.items}
        assert {item: got[item] for item in expected if got[item] not in listed(expected[item])} == {}
    else:
        assert answer.outcome in listed(expected), answer.row.id


def test_there_are_pairs_enough() -> None:
    assert len(PAIRS) >= 60


@pytest.mark.parametrize("put", ["given", "plain"])
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_no_answer_that_the_source_rules_out(case: dict[str, Any], put: str) -> None:
    assert answered(case[put]).outcome not in case["ruled_out"]


WIDER = source.read(MEANING / "wider.yaml").data["cases"]

UNMET = {
    "notifiable-disease": "the book does not hold the duties to notify infections",
    "prison-self-harm": "the table does not know that a prison has the person in its care",
}


@pytest.mark.parametrize("case", WIDER, ids=[case["id"] for case in WIDER])
def test_the_wider_net_catches_what_it_caught(case: dict[str, Any]) -> None:
    """Cases collected after the table: what their sources rule out is not answered, but for what is known to be unmet."""
    assert (answered(case["given"]).outcome in case["ruled_out"]) is (case["id"] in UNMET)


DIFFERS = {
    # case: how it is put, and why the answer is not one of those expected though none that is ruled out
    "bates-routine": "a standing supply: the table takes advice, where the source has consent or nothing",
}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_answer_is_the_official_one(case: dict[str, Any]) -> None:
    expected = answered(case["given"]).outcome in case["expected"]
    assert expected is (case["id"] not in DIFFERS)


SERVICE = {"sthelens-cin", "swindon-s17-service"}
"""Asking for a service stays a matter of agreement under the duty to share, which reaches the information alone."""

LATER = [case for case in CASES if "later" in case]


@pytest.mark.parametrize("case", LATER, ids=[case["id"] for case in LATER])
def test_the_answer_changes_with_the_law(case: dict[str, Any]) -> None:
    answer = answered({**case["given"], "on": case["later"]["on"]})
    assert (answer.outcome in case["later"]["expected"]) is (case["id"] not in SERVICE)


@pytest.mark.parametrize(
    ("given", "jurisdiction", "expected"),
    [
        ({"about": "child"}, "england", {"person": "child", "decides": "no", "danger": "child"}),
        ({"about": "child", "age": 15}, "england", {"decides": "no"}),
        ({"about": "child", "age": 16}, "england", {"person": "child", "decides": "yes"}),
        ({"about": "child", "age": 11}, "scotland", {"decides": "no"}),
        ({"about": "child", "age": 12}, "scotland", {"decides": "yes"}),
        ({"about": "patient", "age": 17}, "england", {"person": "child", "decides": "yes"}),
        ({"about": "patient", "age": 18}, "england", {"person": "adult", "decides": "yes", "danger": "self"}),
        ({"about": "patient"}, "england", {"person": "adult", "consent": "not-asked"}),
        ({"about": "parent-carer", "to_protect": "child"}, "england", {"danger": "child", "person": "adult"}),
        ({"about": "offender", "to_protect": "victim"}, "england", {"danger": "another-adult"}),
        ({"about": "parent-carer", "purpose": "child-protection-enquiry"}, "england", {"danger": "child"}),
        ({"about": "patient", "able_to_decide": "no"}, "england", {"consent": "unable", "decides": "no"}),
        ({"about": "child", "able_to_decide": True}, "england", {"decides": "yes"}),
        ({"about": "child", "consent": {"child": "refused", "parent-carer": "given"}}, "england", {"consent": "given"}),
        ({"about": "child", "age": 16, "consent": {"child": "refused", "parent-carer": "given"}}, "england",
         {"consent": "refused"}),
        ({"about": "child"}, "england", {"belief": "suspected", "request": "none", "scale": "one-person", "linked": "no"}),
        ({"about": "sibling", "concern": "significant-harm"}, "england", {"danger": "child", "concern": "significant-harm"}),
        ({"about": "patient", "concern": "significant-harm"}, "england", {"danger": "self"}),
        ({"about": "offender", "concern": "significant-harm"}, "england", {"danger": "public"}),
        ({"about": "patient", "purpose": "fitness-to-drive"}, "england", {"danger": "public"}),
        ({"about": "patient", "age": 30, "consent": {"parent-carer": "given"}}, "england", {"consent": "not-asked"}),
        ({"about": "sibling", "age": 20, "concern": "significant-harm"}, "england", {"danger": "self"}),
        ({"about": "child", "consent": {"mother": "given", "father": "refused"}}, "england", {"consent": "refused"}),
    ],
)  # fmt: skip
def test_what_a_question_leaves_out_has_a_default(
    given: dict[str, Any], jurisdiction: str, expected: dict[str, str]
) -> None:
    question = questions.read({"purpose": "direct-care", **given})
    protected = given.get("to_protect", "")
    settled = questions.settled(
        question, question.about, question.purpose or "", protected, knowledge.load(DAY), jurisdiction
    )
    assert {name: getattr(settled, name) for name in expected} == expected
