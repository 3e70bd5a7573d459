"""What flows come to together, held to asking every question one by one."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import DAY, examine
from sharecheck import agreement, knowledge
from sharecheck.policy.compiled import Policy, compile
from sharecheck.rules.reading import Sides, covered
from test_edges import therapy, whole

BOOK = knowledge.load(DAY)
SIDE = st.frozensets(st.sampled_from("abc"), min_size=1)
SIDES = st.tuples(SIDE, SIDE, SIDE)


@given(SIDES, st.lists(SIDES, max_size=5))
def test_covered_is_what_asking_one_by_one_finds(sides: Sides, wider: list[Sides]) -> None:
    every = product(*sides)
    assert covered(sides, wider) is all(
        any(all(one in side for one, side in zip(question, box, strict=True)) for box in wider) for question in every
    )


def said(policy: Policy) -> dict[tuple[str, ...], set[str]]:
    """What is said of every question of an agreement, at every level of concern and with every answer to consent."""
    words, found = policy.table.words, {}
    cells = product(*(part.values() for part in (
        policy.parties, policy.parties, policy.items, policy.subjects, policy.purposes
    )))  # fmt: skip
    for sender, recipient, item, about, purpose in cells:
        if sender is recipient:
            continue
        terms = policy.table.terms_of(policy.situation(sender, recipient, item, about, purpose).agreed)
        for level, answer, objection in product(words["concern"], words["consent"], words["objection"]):
            question = (sender.name, recipient.name, item.name, about.name, purpose.name, level, answer, objection)
            found[question] = {
                term.flag for term in terms
                if level in term.concern and answer in term.consent and objection in term.objection
            }  # fmt: skip
    return found


@pytest.mark.parametrize(
    ("name", "flows"),
    [
        ("z-both", {"names": "identity", "words": "therapy", "z-both": "identity, therapy"}),
        ("z-again", {"all": "identity, therapy", "z-again": "therapy, identity"}),
    ],
)
def test_a_flow_that_adds_nothing_changes_no_answer(name: str, flows: dict[str, str]) -> None:
    written = ", ".join(f"{key}: {therapy(data)}" for key, data in flows.items())
    document = whole(f"flows: {{therapy-plan: null, {written}}}")
    assert [f.address for f in examine(document).findings] == [f"flows.{name}"]
    before = said(compile(agreement.build(document), BOOK))
    del document.data["flows"][name]
    assert said(compile(agreement.build(document), BOOK)) == before


@pytest.mark.parametrize(
    ("bar", "idle"),
    [
        ("to: [lead, family-worker], purpose: support", True),
        ("to: [charity, council], data: [attendance, identity], purpose: support", True),
        ("to: [charity], purpose: support", False),
        ("to: [lead, family-worker], data: [attendance]", False),
        ("to: [lead, family-worker], purpose: support, unless: [immediate-danger]", False),
    ],
)
def test_a_flow_never_applies_where_every_question_it_answers_is_forbidden(bar: str, idle: bool) -> None:
    document = whole(f"never: {{kept: {{{bar}, because: Promised}}}}")
    answers = said(compile(agreement.build(document), BOOK)).items()
    free = [q for q, flags in answers if q[4] == "support" and "covers" in flags and "forbids" not in flags]
    assert (not free) is idle
    assert ("flow-never-applies" in {f.rule for f in examine(document).findings}) is idle
