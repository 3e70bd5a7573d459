"""The expectations of meaning: every term is in the vocabularies, every id is its own, and a pair differs in one fact."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from conftest import ROOT
from sharecheck import source
from sharecheck.knowledge.compiled import FOLDER

MEANING = ROOT / "tests" / "meaning"
PAIRS: list[dict[str, Any]] = source.read(MEANING / "pairs.yaml").data["pairs"]
CASES: list[dict[str, Any]] = source.read(MEANING / "cases.yaml").data["cases"]


def terms(vocabulary: str) -> frozenset[str]:
    return frozenset(source.read(FOLDER / "vocabularies" / f"{vocabulary}.yaml").data["terms"])


AGENCIES, ROLES, SUBJECTS = terms("agency-types"), terms("role-types"), terms("subject-types")
OUTCOMES, CONSENTS = terms("outcomes"), terms("answers-to-consent")
WORDS: dict[str, frozenset[str]] = {
    "relation": terms("relations"),
    "data": terms("data-categories"),
    "about": SUBJECTS,
    "able_to_decide": terms("abilities"),
    "purpose": terms("purposes"),
    "to_protect": SUBJECTS,
    "danger_to": terms("dangers"),
    "concern": terms("concern-levels"),
    "belief": terms("beliefs"),
    "request": terms("requests"),
    "scale": terms("scales"),
    "jurisdiction": terms("jurisdictions"),
}


def faults(question: dict[str, Any]) -> list[str]:
    """What is wrong with a question, in words; empty where nothing is."""
    found = [f"`{key}` is missing" for key in ("from", "data", "about", "purpose") if key not in question]
    if ("to" in question) == ("relation" in question):
        found.append("either `to` or `relation` says who receives it")
    for key, value in question.items():
        match key:
            case "from" | "to":
                agency, _, role = value.partition("/")
                known = agency in AGENCIES and role in ROLES
            case "consent":
                answers = value if isinstance(value, dict) else {"child": value}
                known = answers.keys() <= SUBJECTS and set(answers.values()) <= CONSENTS
            case "age":
                known = type(value) is int and 0 <= value <= 110
            case "linked_to_risk" | "objection":
                known = isinstance(value, bool)
            case "on":
                known = isinstance(value, str) and date.fromisoformat(value).isoformat() == value
            case "data":
                known = bool(value) and set(listed(value)) <= WORDS["data"]
            case _:
                known = value in WORDS.get(key, ())
        if not known:
            found.append(f"`{key}: {value}` is not in the vocabularies")
    return found


def listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def answers(question: dict[str, Any], expected: Any) -> dict[str, frozenset[str]]:
    """The outcomes allowed for each item; an expectation that names no items holds for each of them."""
    given = expected if isinstance(expected, dict) else dict.fromkeys(listed(question["data"]), expected)
    return {item: frozenset(listed(outcomes)) for item, outcomes in given.items()}


FAULTY: list[tuple[dict[str, Any], str]] = [
    ({"to": "police"}, "`to: police`"),
    ({"from": "police/wizard"}, "`from: police/wizard`"),
    ({"relation": "self"}, "either `to` or `relation`"),
    ({"data": "gossip"}, "`data: gossip`"),
    ({"data": []}, "`data: []`"),
    ({"consent": {"child": "perhaps"}}, "`consent"),
    ({"consent": {"wizard": "given"}}, "`consent"),
    ({"able_to_decide": True}, "`able_to_decide: True`"),
    ({"age": True}, "`age: True`"),
    ({"scales": "list"}, "`scales: list`"),
    ({"objection": "yes"}, "`objection: yes`"),
]


@pytest.mark.parametrize(("change", "told"), FAULTY, ids=lambda value: str(value)[:30])
def test_a_faulty_question_is_told(change: dict[str, Any], told: str) -> None:
    sound = {
        "from": "gp-practice/gp",
        "to": "police/police-officer",
        "data": "address",
        "about": "child",
        "purpose": "mappa",
    }
    assert faults(sound) == []
    assert any(fault.startswith(told) for fault in faults(sound | change))


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["id"])
def test_a_pair_differs_in_one_fact_and_in_its_answer(pair: dict[str, Any]) -> None:
    assert pair.keys() == {"id", "says", "given", "one", "other", "expect"}
    assert pair["says"].endswith(".")
    one, other = pair["one"], pair["other"]
    assert len(one) == len(other) == 1
    # Who receives it is one fact, told as an agency or as a relation.
    assert one.keys() == other.keys() or one.keys() | other.keys() == {"to", "relation"}
    assert one != other
    assert not (one.keys() | other.keys()) & pair["given"].keys()
    allowed = {}
    for side in ("one", "other"):
        question = pair["given"] | pair[side]
        assert faults(question) == []
        allowed[side] = answers(question, pair["expect"][side])
        assert allowed[side].keys() == set(listed(question["data"]))
        assert all(outcomes and outcomes <= OUTCOMES for outcomes in allowed[side].values())
    if "data" in one:
        (first,), (second,) = allowed["one"].values(), allowed["other"].values()
        assert not first & second
    else:
        assert any(not allowed["one"][item] & allowed["other"][item] for item in allowed["one"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_case_is_a_question_and_its_answer(case: dict[str, Any]) -> None:
    assert case.keys() - {"later"} == {"id", "source", "says", "given", "plain", "expected", "ruled_out"}
    assert case["source"].startswith(("https://", "http://"))
    assert faults(case["given"]) == []
    assert faults(case["plain"]) == []
    expected, ruled_out = set(case["expected"]), set(case["ruled_out"])
    assert expected | ruled_out <= OUTCOMES
    assert expected
    assert not expected & ruled_out
    if later := case.get("later"):
        assert later.keys() == {"on", "expected"}
        assert date.fromisoformat(later["on"]) > date.fromisoformat(case["given"]["on"])
        assert set(later["expected"]) <= OUTCOMES


@pytest.mark.parametrize("entries", [PAIRS, CASES], ids=["pairs", "cases"])
def test_every_id_and_sentence_is_its_own(entries: list[dict[str, Any]]) -> None:
    for key in ("id", "says"):
        written = [entry[key] for entry in entries]
        assert len(set(written)) == len(written)


def test_no_pair_asks_what_another_asks() -> None:
    asked = [frozenset((repr(pair["given"] | pair["one"]), repr(pair["given"] | pair["other"]))) for pair in PAIRS]
    assert len(set(asked)) == len(asked)
