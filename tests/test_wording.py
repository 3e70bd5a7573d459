"""Sets of questions as sentences, and one question in words: tables of what goes in and what a person reads."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharecheck.policy.wording import Dimension, describe, merge, question

SENDER = ("gp", "health-visitor", "nursery", "police", "school")
CONSENT = {
    "not-asked": "nobody has been asked",
    "given": "consent is given",
    "refused": "consent is refused",
    "withdrawn": "consent has been withdrawn",
    "unsafe-to-ask": "asking would bring danger, warn a suspect or delay help",
    "unable": "the person cannot decide for themselves",
}
CONCERN = {
    "none": "No concern",
    "additional-needs": "Additional needs",
    "child-in-need": "Child in need",
    "significant-harm": "Significant harm to a child, known or suspected",
    "immediate-danger": "Immediate danger",
}


def _ids(name: str, *values: str) -> Dimension:
    return Dimension(name, values, values)


def _words(name: str, words: dict[str, str], *, ordered: bool = False, usual: int | None = None) -> Dimension:
    return Dimension(name, tuple(words), tuple(words.values()), ordered, usual)


DIMENSIONS = (
    _ids("sender", *SENDER),
    _ids("recipient", "social-worker", "gp", "police"),
    _ids("item", "injuries", "address", "attendance", "diagnosis"),
    _ids("about", "child", "parent"),
    _ids("purpose", "enquiry", "early-help", "audit", "research"),
    _words("concern", CONCERN, ordered=True, usual=0),
    _words(
        "danger",
        {"child": "a child", "self": "the person the information is about, and nobody else", "public": "the public"},
        usual=0,
    ),
    _words("belief", {"known": "known", "suspected": "suspected", "unsure": "unclear how serious it is"}, usual=1),
    _words("consent", CONSENT, usual=0),
    _words("decides", {"yes": "they can decide for themselves", "no": "they cannot decide for themselves"}, usual=0),
    _words("objection", {"no": "nobody objects", "yes": "somebody objects"}, usual=0),
    _words("request", {"none": "nobody has asked for it", "court-order": "a court has ordered it"}, usual=0),
    _words("scale", {"one": "one person or family", "pattern": "whoever fits a pattern", "list": "a list of people"}, usual=0),
    _words("linked", {"no": "not linked to the danger", "yes": "linked to the danger"}, usual=0),
    _words("person", {"child": "under 16", "young": "16 or 17", "adult": "18 or over"}, usual=2),
)  # fmt: skip
NAMES = [dimension.name for dimension in DIMENSIONS]


def box(**masks: int) -> tuple[int, ...]:
    """A box that is full where nothing is given."""
    assert set(masks) <= set(NAMES)
    return tuple(masks.get(dimension.name, dimension.full) for dimension in DIMENSIONS)


def point(**values: int) -> tuple[int, ...]:
    """A point that is usual, or else the first value, where nothing is given."""
    assert set(values) <= set(NAMES)
    return tuple(values.get(dimension.name, dimension.usual or 0) for dimension in DIMENSIONS)


SENTENCES: dict[str, tuple[list[tuple[int, ...]], list[str]]] = {
    "nothing": ([], []),
    "an empty box": ([box(consent=0)], []),
    "everything": ([box()], ["Anybody to anybody: anything."]),
    "who, what and what for": (
        [box(sender=0b00011, recipient=0b001, item=0b0001, about=0b01, purpose=0b0001)],
        ["`gp` or `health-visitor` to `social-worker`: `injuries` about `child`, for `enquiry`."],
    ),
    "circumstances, in order": (
        [box(sender=0b1, recipient=0b1, item=0b1, about=0b1, purpose=0b1, consent=0b1100, concern=0b11000, danger=0b101)],
        [
            "`gp` to `social-worker`: `injuries` about `child`, for `enquiry`; from significant harm to a child, known or "
            "suspected, up; when the danger is to a child or the public; when consent is refused or consent has been withdrawn."
        ],
    ),
    "all but one or two of many": (
        [box(sender=0b01111, item=0b1101, purpose=0b0111, consent=0b110011)],
        ["Anybody but `school` to anybody: anything but `address`, for any purpose but `research`; "
         "unless consent is refused or consent has been withdrawn."],
    ),
    "what is left out is not about anybody": (
        [box(item=0b1110, about=0b01)],
        ["Anybody to anybody: anything but `injuries`, about `child`."],
    ),
    "all but one of few is said as it is": (
        [box(recipient=0b110, belief=0b011, scale=0b110, person=0b011)],
        ["Anybody to `gp` or `police`: anything; when it is known or suspected; covering whoever fits a pattern or a list of "
         "people; when the person it is about is under 16, or 16 or 17."],
    ),
    "levels up": ([box(concern=0b11100)], ["Anybody to anybody: anything; from child in need up."]),
    "levels down": ([box(concern=0b00111)], ["Anybody to anybody: anything; up to child in need."]),
    "levels between": (
        [box(concern=0b01110)],
        ["Anybody to anybody: anything; from additional needs up to significant harm to a child, known or suspected."],
    ),
    "one level": ([box(concern=0b10000)], ["Anybody to anybody: anything; at the level of immediate danger."]),
    "the lowest level": ([box(concern=0b00001)], ["Anybody to anybody: anything; at the level of no concern."]),
    "levels apart": (
        [box(concern=0b10010)],
        ["Anybody to anybody: anything; at the level of additional needs or immediate danger."],
    ),
    "all levels but one": ([box(concern=0b11011)], ["Anybody to anybody: anything; at any level but child in need."]),
    "what answers begin with is said once": (
        [box(consent=0b110)],
        ["Anybody to anybody: anything; when consent is given or refused."],
    ),
    "answers with commas are kept apart": (
        [box(consent=0b11010)],
        ["Anybody to anybody: anything; when consent is given, or consent has been withdrawn, or asking would bring danger, "
         "warn a suspect or delay help."],
    ),
    "the rest of the circumstances": (
        [box(decides=0b10, objection=0b10, request=0b10, linked=0b10, person=0b100)],
        ["Anybody to anybody: anything; when they cannot decide for themselves; when somebody objects; when a court has "
         "ordered it; when the recipient is linked to the danger; when the person it is about is 18 or over."],
    ),
    "the most general first": (
        [box(sender=0b1, consent=0b10), box(recipient=0b100), box(sender=0b10)],
        ["Anybody to `police`: anything.", "`health-visitor` to anybody: anything.",
         "`gp` to anybody: anything; when consent is given."],
    ),
    "two that differ in one dimension are one": (
        [box(sender=0b1, item=0b1), box(sender=0b10, item=0b1), box(sender=0b11, item=0b10)],
        ["`gp` or `health-visitor` to anybody: `injuries` or `address`."],
    ),
    "what is one only after another has become one": (
        [box(sender=0b1, item=0b01), box(sender=0b1, item=0b10), box(sender=0b10, item=0b11)],
        ["`gp` or `health-visitor` to anybody: `injuries` or `address`."],
    ),
    "a comma alone keeps answers apart": (
        [box(danger=0b110)],
        ["Anybody to anybody: anything; when the danger is to the person the information is about, and nobody else, or the "
         "public."],
    ),
    "one within another is left out": (
        [box(sender=0b11), box(sender=0b1, item=0b1)],
        ["`gp` or `health-visitor` to anybody: anything."],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("boxes", "sentences"), SENTENCES.values(), ids=SENTENCES)
def test_sentences(boxes: list[tuple[int, ...]], sentences: list[str]) -> None:
    assert describe(DIMENSIONS, boxes) == sentences
    assert describe(DIMENSIONS, reversed(boxes)) == sentences


ABSENT = [
    (["recipient", "item"], (0b1, 0b1), "To `social-worker`: `injuries`."),
    (["sender", "about"], (0b1, 0b1), "`gp`: about `child`."),
    (["concern"], (0b11000,), "From significant harm to a child, known or suspected, up."),
    (["purpose", "decides"], (0b10, 0b1), "For `early-help`; when they can decide for themselves."),
    (["decides"], (0b11,), "Every question."),
]


@pytest.mark.parametrize(("names", "masks", "sentence"), ABSENT, ids=lambda value: str(value)[:30])
def test_a_dimension_that_is_absent_is_not_spoken_of(names: list[str], masks: tuple[int, ...], sentence: str) -> None:
    assert describe([d for d in DIMENSIONS if d.name in names], [masks]) == [sentence]


QUESTIONS = [
    (point(), "May `gp` share `injuries` about `child` with `social-worker`, for `enquiry`?"),
    (
        point(sender=1, concern=3, consent=2, person=1),
        "May `health-visitor` share `injuries` about `child` with `social-worker`, for `enquiry`; at the level of significant "
        "harm to a child, known or suspected; when consent is refused; when the person it is about is 16 or 17?",
    ),
]


@pytest.mark.parametrize(("where", "words"), QUESTIONS)
def test_a_question_leaves_out_what_is_usual(where: tuple[int, ...], words: str) -> None:
    assert question(DIMENSIONS, where) == words


def test_a_question_without_its_opening() -> None:
    assert question(DIMENSIONS[-1:], (0,)) == (
        "May somebody share something with somebody; when the person it is about is under 16?"
    )


SMALL = (DIMENSIONS[0], DIMENSIONS[3], DIMENSIONS[10])


@given(st.lists(st.tuples(*[st.integers(0, dimension.full) for dimension in SMALL]), max_size=6))
def test_merging_keeps_every_question_and_adds_none(boxes: list[tuple[int, ...]]) -> None:
    merged = merge(boxes)
    for where in product(*[range(len(dimension.values)) for dimension in SMALL]):
        asked = [all(mask >> value & 1 for mask, value in zip(box, where, strict=True)) for box in boxes]
        kept = [all(mask >> value & 1 for mask, value in zip(box, where, strict=True)) for box in merged]
        assert any(asked) == any(kept)
    for one, other in combinations(merged, 2):
        assert sum(a != b for a, b in zip(one, other, strict=True)) > 1
        assert any(a & ~b for a, b in zip(other, one, strict=True))
    assert len(set(describe(SMALL, boxes))) == len(merged)


def test_labels_begin_small_unless_they_are_initials() -> None:
    levels = Dimension("concern", ("low", "high"), ("Low concern", "MARAC threshold"), ordered=True)
    assert describe([levels], [(0b01,)]) == ["At the level of low concern."]
    assert describe([levels], [(0b10,)]) == ["At the level of MARAC threshold."]


def test_every_value_needs_a_label() -> None:
    with pytest.raises(ValueError, match="person has 2 values and 1 labels"):
        Dimension("person", ("child", "adult"), ("under 18",))


def test_a_dimension_without_words_is_refused() -> None:
    with pytest.raises(KeyError):
        describe([_ids("weather", "sun", "rain")], [(0b1,)])
