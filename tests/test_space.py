"""The whole of a policy as one diagram: the same answers, exact counts, and claims about every question there is."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from conftest import ROOT
from sharecheck import knowledge, repository
from sharecheck.policy.compiled import compile
from sharecheck.policy.question import Circumstances
from sharecheck.policy.space import DIMENSIONS, PARTS, Space
from sharecheck.policy.table import CIRCUMSTANCES
from sharecheck.settings import Settings

BOOK = knowledge.load(date(2026, 12, 1))
FAULTY = ("t2-amy-before", "t9-index", "t16-new-address-at-marac", "t18-four-fragments")


@cache
def spaces() -> dict[str, Space]:
    folder = ROOT / "tests" / "agreements" / "faulty"
    gathered = repository.gather([ROOT / "protocols", *(folder / f"{name}.yaml" for name in FAULTY)], Settings(Path()))
    made = (Space(compile(agreement, BOOK, as_written=True)) for agreement in gathered.agreements)
    return {space.policy.agreement.id: space for space in made if space.policy.agreement and not space.empty}


NAMES = sorted(spaces())


def points(space: Space, count: int) -> Iterator[tuple[int, ...]]:
    rng = random.Random(space.questions)
    for _ in range(count):
        yield tuple(rng.randrange(size) for size in space.algebra.sizes)


@pytest.mark.parametrize("name", NAMES)
def test_the_diagram_answers_as_the_policy_does(name: str) -> None:
    space = spaces()[name]
    for point in points(space, 1500):
        words = [space.names[level][value] for level, value in enumerate(point)]
        circumstances = Circumstances(**dict(zip(CIRCUMSTANCES, words[len(PARTS) :], strict=True)))
        sender, recipient, purpose, item, about = point[: len(PARTS)]
        situation = space.policy.situation(
            space.senders[sender], space.recipients[recipient], space.items[item], space.subjects[about], space.purposes[purpose]
        )  # fmt: skip
        assert space.algebra.value(space.root, point) == space.policy.answer(situation, circumstances), space.question(
            point
        )


@pytest.mark.parametrize("name", NAMES)
def test_every_question_is_counted_once(name: str) -> None:
    space = spaces()[name]
    outcomes = ("must-share", "share", "ask-first", "seek-advice", "do-not-share")
    assert sum(space.algebra.count(space.outcomes(outcome)) for outcome in outcomes) == space.questions


@pytest.mark.parametrize("name", NAMES)
def test_what_leads_to_somebody_never_reaches_whoever_is_linked_to_the_danger(name: str) -> None:
    """Of every question there is, not of samples."""
    space = spaces()[name]
    law = space.policy.law
    leading = [one.name for one in space.items if "locates" in law.item(one.words, confidential=False)]
    shared = space.outcomes("must-share", "share", "ask-first", "seek-advice")
    assert leading
    assert not space.algebra.meets(shared, space.masks(item=leading, linked=["yes"]))
    assert not space.algebra.meets(shared, space.masks(item=leading, recipient=["alleged-perpetrator"]))
    assert space.algebra.meets(shared, space.masks(item=leading, linked=["no"]))


@pytest.mark.parametrize("name", NAMES)
def test_a_witness_is_a_question_with_that_answer(name: str) -> None:
    space = spaces()[name]
    for outcome in ("must-share", "ask-first", "do-not-share"):
        point = space.algebra.witness(space.outcomes(outcome))
        if point is not None:
            assert space.table.rows[space.algebra.value(space.root, point)].outcome == outcome
            assert set(space.question(point)) == set(DIMENSIONS)
            assert space.say(point).endswith((".", "?"))


def test_a_set_of_questions_is_described_in_few_sentences() -> None:
    space = spaces()["disabled-children-team"]
    may = space.algebra.restrict(
        space.outcomes("ask-first"),
        space.masks(
            sender=["gp"], recipient=["team-manager"], item=["clinical-summary"], about=["child"], linked=["no"],
            scale=["one-person"], request=["none"], belief=["suspected"], decides=["no"], person=["child"], danger=["child"],
        ),
    )  # fmt: skip
    sentences = space.describe(may)
    assert 1 <= len(sentences) <= 6
    assert all("`gp`" in sentence and "`team-manager`" in sentence for sentence in sentences)
