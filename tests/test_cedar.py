"""What the partners agreed, asked of the policy and of Cedar: covered, forbidden, or nothing said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

from oracle import cedar, generate
from oracle.words import settle
from sharecheck.knowledge import Book
from sharecheck.policy.compiled import Situation
from sharecheck.policy.question import Circumstances
from test_oracle import MANY, Pair, built, pair, protocols
from tools import need

try:
    import cedarpy
except ImportError:
    cedarpy = None  # type: ignore[assignment]


def ours(one: Pair, situation: Situation, circumstances: Circumstances) -> str:
    """What the policy says was agreed; a prohibition outweighs what is covered, and what would be asked is not yet covered."""
    terms = one.policy.table.terms
    agreed = one.policy.terms(situation, circumstances)
    flags = {term.flag for i, term in enumerate(terms) if agreed >> i & 1}
    if flags & {"forbids", "forbids-unless"}:
        return "forbidden"
    return "covered" if "covers" in flags else "silent"


def theirs(result: Any) -> str:
    """The same of Cedar's answer: a denial without a policy that denies is silence; a policy that fails is an error."""
    assert not result.diagnostics.errors
    if result.allowed:
        return "covered"
    return "forbidden" if result.diagnostics.reasons else "silent"


def compared(one: Pair, rng: Random, situations: int) -> Iterator[str]:
    """Each answer, where both agree on it."""
    naive, policy = one.naive, one.policy
    questions = []
    for _ in range(situations):
        asked = generate.asked(rng, naive)
        situation = policy.situation(*one.parts(asked))
        for _ in range(MANY):
            words = settle(
                generate.circumstances(rng, naive.book), ("child",), "direct-care", "", naive.book, naive.place
            )
            questions.append((asked, words, ours(one, situation, Circumstances(**words))))
    requests = [cedar.request(asked, words, naive) for asked, words, _ in questions]
    results = cedarpy.is_authorized_batch(requests, cedar.policies(naive), cedar.entities(naive))
    for (asked, words, said), result in zip(questions, results, strict=True):
        assert said == theirs(result), (asked, words, said, result.diagnostics.reasons)
        yield said


def test_cedar_agrees_on_what_the_partners_agreed(book: Book) -> None:
    need(cedarpy is not None, "cedarpy")
    met: Counter[str] = Counter()
    for one in protocols():
        met.update(compared(pair(one, book, one.jurisdiction[0]), Random(one.id), 40))
    for seed in range(150):
        rng = Random(seed)
        met.update(compared(pair(built(generate.document(rng, book)), book, "england"), rng, 20))
    assert met.total() == (len(protocols()) * 40 + 150 * 20) * MANY
    assert min(met[word] for word in ("covered", "forbidden", "silent")) > 1000, met
