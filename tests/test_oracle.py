"""The compiled policy answers as the naive evaluator does, which is its definition said a second time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import DAY, ROOT
from oracle import generate
from oracle.naive import Asked, Naive
from oracle.words import settle
from sharecheck import agreement, knowledge, repository, schema, source
from sharecheck.agreement import Agreement
from sharecheck.knowledge import Book
from sharecheck.policy import compiled
from sharecheck.policy.answer import Answer, Desk
from sharecheck.policy.compiled import Policy, What, Who
from sharecheck.policy.question import Circumstances, Question, settled
from sharecheck.settings import Settings

Raw = dict[str, Any]

SITUATIONS, MANY = 50, 10
"""Of each agreement so many are asked who tells whom what, and of each so many circumstances."""


@dataclass(frozen=True)
class Pair:
    """A policy and the naive evaluator of the same agreement."""

    policy: Policy
    naive: Naive

    def parts(self, asked: Asked) -> tuple[Who, Who, What, What, What]:
        """A question's parts as the policy knows them."""
        policy = self.policy

        def who(name: str) -> Who:
            return policy.parties[name] if policy.agreement else policy.stranger(*name.split("/"))

        def what(side: str, own: Any, name: str) -> What:
            return own[name] if name in own else policy.word(side, name)

        recipient = policy.individual(asked.recipient) if asked.individual else who(asked.recipient)
        return (
            who(asked.sender), recipient, what("data", policy.items, asked.item),
            what("about", policy.subjects, asked.about), what("purposes", policy.purposes, asked.purpose),
        )  # fmt: skip

    def rows(self, asked: Asked, circumstances: Iterable[Raw]) -> Iterator[tuple[str, str]]:
        """The row of the policy and the row of the definition, for each of some circumstances."""
        policy, naive = self.policy, self.naive
        parts = self.parts(asked)
        situation, facts = policy.situation(*parts), naive.facts(asked)
        subjects, purpose = (parts[3].words[0],), parts[4].words[0]
        for raw in circumstances:
            ours = settled(Question(**raw), subjects, purpose, "", policy.book, policy.jurisdiction)
            words = settle(raw, subjects, purpose, "", naive.book, naive.place)
            yield policy.row(situation, ours).id, naive.row(facts, words)


def pair(one: Agreement | None, book: Book, place: str) -> Pair:
    return Pair(compiled.compile(one, book, place), Naive(one, book, place))


def built(raw: Raw) -> Agreement:
    return agreement.build(source.parse(json.dumps(raw).encode(), "made-up.yaml"))


# small agreements, each with the row that the format's own words lead to

SMALL: Raw = {
    "sharecheck": 1, "id": "small", "title": "Small", "kind": "agreement", "status": "live", "jurisdiction": ["england"],
    "agencies": {
        "school": {"name": "School", "type": "maintained-school"}, "club": {"name": "Club", "type": "sports-club"},
        "council": {"name": "Council", "type": "council"}, "police": {"name": "Police", "type": "police"},
        "fire": {"name": "Fire service", "type": "fire"},
    },
    "roles": {"teacher": {"title": "Teacher", "type": "teacher", "agency": "school"}},
    "subjects": {"child": {"type": "child"}, "adult": {"type": "household-adult"}},
    "purposes": {
        "crime": {"type": "crime-prevention", "text": "Why"}, "care": {"type": "direct-care", "text": "Why"},
        "need": {"type": "child-in-need", "text": "Why"}, "research": {"type": "research", "text": "Why"},
    },
    "data": {"home": {"type": "housing", "text": "What"}, "health": {"type": "mental-health", "text": "What"}},
}  # fmt: skip
CHOICE = {"from": "teacher", "to": "club", "data": "home", "about": "adult", "purpose": "research"}
REFUSED = {"consent": "refused", "concern": "significant-harm"}

CASES: dict[str, tuple[Raw, Asked, Raw, str]] = {
    "what is open may go where a power carries it": (
        {}, Asked("teacher", "police", "home", "adult", "crime"), {}, "not-confidential-and-a-power"),
    "a role that owes confidence holds nothing openly": (
        {"roles": {"teacher": {"title": "Teacher", "type": "teacher", "agency": "school", "confidential": True}}},
        Asked("teacher", "police", "home", "adult", "crime"), {}, "not-asked"),
    "a nurse who gives no care here is not in the care team": (
        {"roles": {"nurse": {"title": "Nurse", "type": "school-nurse", "agency": "school", "direct_care": False},
                   "visitor": {"title": "Visitor", "type": "health-visitor", "agency": "club"}}},
        Asked("nurse", "visitor", "health", "adult", "care"), {}, "not-asked"),
    "a body has no function beyond its kind": (
        {}, Asked("teacher", "fire", "home", "adult", "care"), {}, "outside-their-work"),
    "unless it names one of its own": (
        {"agencies": {**SMALL["agencies"], "fire": {"name": "Fire service", "type": "fire", "functions": ["direct-care"]}}},
        Asked("teacher", "fire", "home", "adult", "care"), {}, "not-asked"),
    "a duty holds between bodies": (
        {}, Asked("school", "council", "home", "child", "need"), {}, "duty"),
    "and not within one, however deep its departments go": (
        {"agencies": {**SMALL["agencies"],
                      "people": {"name": "People", "type": "la-education", "part_of": "council"},
                      "children": {"name": "Children", "type": "la-children-social-care", "part_of": "people"}}},
        Asked("council", "children", "home", "child", "need"), {}, "not-asked"),
    "naming a law does not bind whom it leaves out": (
        {"flows": {"told": {"from": "club", "to": "council", "data": "home", "about": "child", "purpose": "need",
                            "gateways": ["ca-2004-s16la"]}}},
        Asked("club", "council", "home", "child", "need"), {}, "agreed"),
    "a refusal is kept where people may opt out": (
        {"flows": {"told": {**CHOICE, "consent": {"model": "opt-out"}}}},
        Asked("teacher", "club", "home", "adult", "research"), {"consent": "refused"}, "agreed-and-consent-refused"),
    "but not from the level at which consent is not needed": (
        {"flows": {"told": {**CHOICE, "consent": {"model": "opt-out", "unless": "significant-harm"}}}},
        Asked("teacher", "club", "home", "adult", "research"), REFUSED, "agreed"),
    "nor where they agreed to share at risk all the same": (
        {"flows": {"told": {**CHOICE, "consent": {"model": "opt-out", "refused": "share-if-risk"}}}},
        Asked("teacher", "club", "home", "adult", "research"), REFUSED, "agreed"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_small_agreements_mean_what_the_format_says(case: str, book: Book) -> None:
    parts, asked, said, row = CASES[case]
    raw = {**SMALL, **parts}
    assert not list(schema.misfits(raw))
    assert next(pair(built(raw), book, "england").rows(asked, [said])) == (row, row)


# where the two differ, the smallest question that shows it


def differ(raw: Raw | None, book: Book, place: str, asked: Asked, said: Raw) -> tuple[str, str] | None:
    """The two rows where they differ; None also where the agreement is no longer whole."""
    if raw is not None and (list(schema.misfits(raw)) or not whole(raw, book, asked)):
        return None
    try:
        ((ours, theirs),) = pair(built(raw) if raw is not None else None, book, place).rows(asked, [said])
    except KeyError:
        return None
    return (ours, theirs) if ours != theirs else None


def whole(raw: Raw, book: Book, asked: Asked) -> bool:
    """Whether an agreement, or the book, still has what a question names."""
    parts = (("data", "data-categories", asked.item), ("subjects", "subject-types", asked.about),
             ("purposes", "purposes", asked.purpose))  # fmt: skip
    return all(name in raw.get(part, ()) or name in book.terms(vocabulary) for part, vocabulary, name in parts)


def smallest(raw: Raw | None, book: Book, place: str, asked: Asked, said: Raw) -> str:
    """A disagreement with everything left out that it does not need."""

    def fails(one: Raw) -> bool:
        return len(one) == 2 and differ(one["agreement"], book, place, asked, one["said"]) is not None

    less = generate.shrunk({"agreement": raw, "said": said}, fails)
    ours, theirs = differ(less["agreement"], book, place, asked, less["said"]) or ("", "")
    return json.dumps({"policy": ours, "definition": theirs, "place": place, "asked": vars(asked), **less}, indent=1)


# many questions


def compare(book: Book, seeds: Iterable[int]) -> Counter[str]:
    """How often each row answered, over made-up agreements and books, and over the book alone."""
    met: Counter[str] = Counter()
    made = book
    for seed in seeds:
        rng = Random(seed)
        if seed % 8 == 0:
            made = book if seed % 32 == 0 else generate.book(rng, book)
        raw = generate.document(rng, made) if seed % 16 else None
        place = rng.choice(tuple(made.terms("jurisdictions")))
        one = pair(built(raw) if raw is not None else None, made, place)
        for _ in range(SITUATIONS):
            asked = generate.asked(rng, one.naive)
            said = [generate.circumstances(rng, made) for _ in range(MANY)]
            for words, (ours, theirs) in zip(said, one.rows(asked, said), strict=True):
                if ours != theirs:
                    pytest.fail(smallest(raw, made, place, asked, words))
                met[ours] += 1
    return met


def test_eighty_thousand_questions_are_answered_as_defined(book: Book) -> None:
    met = compare(book, [*range(159), 305])  # the last is the first that reaches the rarest row
    assert met.total() == 80_000
    assert {row["id"] for row in book.decision["rows"]} == set(met), "a row that no question reaches is not compared"


@pytest.mark.nightly
def test_a_million_more_questions_are_answered_as_defined(book: Book) -> None:
    assert compare(book, range(160, 2160)).total() == 1_000_000


def test_made_up_agreements_have_the_form(book: Book) -> None:
    for seed in range(400):
        raw = generate.document(Random(seed), book)
        assert not list(schema.misfits(raw)), seed


@settings(max_examples=80, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_made_up_questions_that_shrink(rng: Random) -> None:
    book = loaded()
    raw = generate.document(rng, book)
    place = rng.choice(tuple(book.terms("jurisdictions")))
    one = pair(built(raw), book, place)
    for _ in range(rng.randint(1, 16)):
        asked, said = generate.asked(rng, one.naive), generate.circumstances(rng, book)
        ((ours, theirs),) = one.rows(asked, [said])
        assert ours == theirs, json.dumps(
            {"place": place, "asked": vars(asked), "said": said, "agreement": raw}, indent=1
        )


@cache
def loaded() -> Book:
    return knowledge.load(DAY)


@cache
def protocols() -> tuple[Agreement, ...]:
    """The agreements of the repository, each under its protocol."""
    return repository.gather([ROOT / "protocols"], Settings(root=ROOT)).agreements


@pytest.mark.parametrize("one", protocols(), ids=lambda one: one.id)
def test_the_repositorys_own_agreements_are_answered_as_defined(one: Agreement, book: Book) -> None:
    rng, both = Random(one.id), pair(one, book, one.jurisdiction[0])
    for _ in range(200):
        asked = generate.asked(rng, both.naive)
        said = [generate.circumstances(rng, book) for _ in range(MANY)]
        for words, (ours, theirs) in zip(said, both.rows(asked, said), strict=True):
            assert ours == theirs, (asked, words)


def test_an_answer_rests_on_the_flows_and_prohibitions_that_say_something(book: Book) -> None:
    made = [(one, one.jurisdiction[0]) for one in protocols()]
    made += [(built(generate.document(Random(seed), book)), "england") for seed in range(60)]
    for seed, (written, place) in enumerate(made):
        rng, one = Random(seed), pair(written, book, place)
        names = {id(bar): name for name, bar in (written.fields.get("never") or {}).items()}
        for _ in range(20):
            asked = generate.asked(rng, one.naive)
            parts = one.parts(asked)
            situation, facts = one.policy.situation(*parts), one.naive.facts(asked)
            words = settle(generate.circumstances(rng, book), (parts[3].words[0],), parts[4].words[0], "", book, place)
            now = Circumstances(**words)
            flows = {flow.id for flow in facts.flows if one.naive.flow_says(flow, words)}
            bars = {names[id(bar)] for bar in facts.nevers if one.naive.never_says(bar, words)}
            assert (set(one.policy.flows_now(situation, now)), set(one.policy.bars_now(situation, now))) == (
                flows,
                bars,
            )


# defaults


def test_what_a_question_leaves_out_is_filled_in_as_defined(book: Book) -> None:
    rng, kinds = Random(1), tuple(book.terms("subject-types"))
    purposes, answers = tuple(book.terms("purposes")), tuple(book.terms("answers-to-consent"))
    places = tuple(book.terms("jurisdictions"))
    for _ in range(20_000):
        raw = generate.circumstances(rng, book)
        people = generate.some(rng, kinds, 1, 2)
        if generate.maybe(rng, 0.4):
            raw["consent"] = {
                name: rng.choice(answers) for name in generate.some(rng, (*people, "somebody-else"), 1, 3)
            }
        raw["about"] = tuple(people)
        protected = rng.choice((*kinds, *people)) if generate.maybe(rng, 0.4) else ""
        purpose, place = rng.choice(purposes), rng.choice(places)
        ours = settled(Question(**raw), tuple(people), purpose, protected, book, place)
        words = settle(raw, tuple(people), purpose, protected, book, place)
        assert {name: getattr(ours, name) for name in words} == words, (raw, protected, purpose, place)


# several agreements, several items, and any order of writing


def plain(answer: Answer) -> str:
    """An answer in words; they leave out where things stand in a file."""
    return repr(answer)


def known_to(pairs: Iterable[Pair], asked: Asked) -> list[Pair]:
    """The agreements that know both parties by these very names."""
    return [one for one in pairs if {asked.sender, asked.recipient} <= set(one.naive.parties)]


def test_of_several_agreements_the_first_row_of_any_answers(book: Book) -> None:
    order = {row["id"]: number for number, row in enumerate(book.decision["rows"])}
    ranks = {word: term.facts["rank"] for word, term in book.terms("outcomes").items()}
    outcomes = {row["id"]: row["outcome"] for row in book.decision["rows"]}
    compared = 0
    for seed in range(60):
        rng = Random(seed)
        pairs = [pair(built(generate.document(rng, book)), book, "england") for _ in range(3)]
        desk = Desk([one.policy for one in pairs], book)
        names = [name for one in pairs for name in one.naive.parties if name.startswith("body-")]
        for _ in range(10):
            asked = Asked(rng.choice(names), rng.choice(names), "item-0", "person-0", "purpose-0")
            said, knowing = generate.circumstances(rng, book), known_to(pairs, asked)
            if not knowing:
                continue
            items = tuple(item for item in ("item-0", "item-1") if all(item in one.policy.items for one in knowing))
            best = [
                min(
                    (row for one in knowing for _, row in one.rows(replace(asked, item=item), [said])),
                    key=order.__getitem__,
                )
                for item in items
            ]
            answer = desk.answer(
                Question(
                    sender=asked.sender,
                    recipient=asked.recipient,
                    data=items,
                    about=("person-0",),
                    purpose="purpose-0",
                    **said,
                )
            )
            assert [one.row.id for one in answer.items] == best, (seed, asked, said)
            furthest = max((outcomes[row] for row in best), key=ranks.__getitem__)
            assert answer.outcome == furthest
            compared += 1
    assert compared > 300


def shuffled(rng: Random, raw: Any) -> Any:
    """The same data with its maps written in another order."""
    if isinstance(raw, dict):
        return {key: shuffled(rng, raw[key]) for key in rng.sample(list(raw), len(raw))}
    return [shuffled(rng, one) for one in raw] if isinstance(raw, list) else raw


def test_the_order_in_which_a_file_is_written_changes_no_answer(book: Book) -> None:
    for seed in range(60):
        rng = Random(seed)
        raw = generate.document(rng, book)
        one, other = (pair(built(text), book, "england") for text in (raw, shuffled(rng, raw)))
        desks = [Desk([both.policy], book) for both in (one, other)]
        for _ in range(10):
            asked, said = generate.asked(rng, one.naive), generate.circumstances(rng, book)
            to: Raw = {"relation" if asked.individual else "recipient": asked.recipient}
            question = Question(
                asked.sender, data=(asked.item,), about=(asked.about,), purpose=asked.purpose, **to, **said
            )
            first, second = (plain(desk.answer(question)) for desk in desks)
            assert first == second, (seed, asked, said)
