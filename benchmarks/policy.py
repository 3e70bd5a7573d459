"""How fast a policy answers, beside the naive evaluator that defines it and Cedar, on one agreement and in one run.

python -m pip install '.[dev]' && python benchmarks/policy.py [AGREEMENT]

All are asked the same questions, drawn at random; each is timed several times in turn and the best time counts. Cedar
is asked only what the partners agreed, the others for the row of the decision table. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import cedarpy

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from oracle import cedar, generate  # noqa: E402
from oracle.naive import Asked, Naive  # noqa: E402
from oracle.words import settle  # noqa: E402
from sharecheck import knowledge, repository  # noqa: E402
from sharecheck.policy import compiled  # noqa: E402
from sharecheck.policy.answer import Desk  # noqa: E402
from sharecheck.policy.compiled import Policy  # noqa: E402
from sharecheck.policy.question import Circumstances, Question, settled  # noqa: E402
from sharecheck.policy.table import CIRCUMSTANCES  # noqa: E402
from sharecheck.settings import Settings  # noqa: E402

DAY = date(2026, 11, 22)
ROUNDS = 5
Put = tuple[Asked, dict[str, Any]]
"""A question: who tells whom what, and the circumstances that are said."""


def best(work: Callable[[], object]) -> float:
    """The shortest of several times, in seconds."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def made(agreement: Any, book: knowledge.Book) -> Policy:
    """A policy with everything in it that is otherwise made when it is first asked for."""
    policy = compiled.compile(agreement, book)
    _ = policy.parties, policy.individuals, policy.items, policy.subjects, policy.purposes
    return policy


def question(put: Put) -> Question:
    """A question with everything by name."""
    asked, said = put
    to: dict[str, Any] = {"relation" if asked.individual else "recipient": asked.recipient}
    return Question(asked.sender, data=(asked.item,), about=(asked.about,), purpose=asked.purpose, **to, **said)


def one(policy: Policy, put: Put) -> int:
    """The row that answers, from names to answer."""
    asked, said = put
    recipient = policy.individual(asked.recipient) if asked.individual else policy.parties[asked.recipient]
    about, purpose = policy.subjects[asked.about], policy.purposes[asked.purpose]
    words = settled(Question(**said), about.words[:1], purpose.words[0], "", policy.book, policy.jurisdiction)
    situation = policy.situation(policy.parties[asked.sender], recipient, policy.items[asked.item], about, purpose)
    return policy.answer(situation, words)


def naively(naive: Naive, put: Put) -> str:
    """The same by the definition."""
    assert naive.agreement is not None
    asked, said = put
    subject, purpose = naive.agreement.subjects[asked.about].type, naive.agreement.purposes[asked.purpose].type
    return naive.row(naive.facts(asked), settle(said, (subject,), purpose, "", naive.book, naive.place))


def drawn(naive: Naive, many: int) -> list[Put]:
    """Questions in the agreement's own names."""
    rng, own = Random(1), naive.agreement
    found: list[Put] = []
    assert own is not None
    while len(found) < many:
        asked = generate.asked(rng, naive)
        if asked.item in own.items and asked.about in own.subjects and asked.purpose in own.purposes:
            found.append((asked, generate.circumstances(rng, naive.book)))
    return found


def bulk(policy: Policy, puts: Sequence[Put], words: Sequence[Circumstances]) -> int:
    """Each of some situations in each of some circumstances; how many were answered."""
    for asked, _ in puts:
        recipient = policy.individual(asked.recipient) if asked.individual else policy.parties[asked.recipient]
        situation = policy.situation(
            policy.parties[asked.sender], recipient, policy.items[asked.item], policy.subjects[asked.about],
            policy.purposes[asked.purpose],
        )  # fmt: skip
        for each in words:
            policy.answer(situation, each)
    return len(puts) * len(words)


def in_cedar(naive: Naive, puts: Sequence[Put]) -> int:
    """The agreement's part of the questions, asked of Cedar in one batch; how many were answered."""
    requests = [
        cedar.request(asked, settle(said, ("child",), "direct-care", "", naive.book, naive.place), naive)
        for asked, said in puts
    ]
    return len(cedarpy.is_authorized_batch(requests, cedar.policies(naive), cedar.entities(naive)))


def main(name: str, many: int) -> str:
    """The table for one agreement."""
    book = knowledge.load(DAY)
    found = repository.gather([ROOT / "protocols"], Settings(root=ROOT)).agreements
    agreement = next(one for one in found if one.id == name)
    first = time.perf_counter()
    policy = made(agreement, book)
    first = time.perf_counter() - first
    naive = Naive(agreement, book, policy.jurisdiction)
    puts, desk = drawn(naive, many), Desk([policy], book)
    few, questions = puts[: many // 10], [question(put) for put in puts]
    words = [Circumstances(**settle(said, ("child",), "direct-care", "", book, naive.place)) for _, said in puts[:100]]

    def fresh() -> None:
        again = made(agreement, book)
        for put in puts:
            one(again, put)

    rows = [
        ("naive, one at a time", len(few), best(lambda: [naively(naive, put) for put in few])),
        ("Cedar (`cedarpy`), in one batch, what was agreed alone", len(puts), best(lambda: in_cedar(naive, puts))),
        (
            "policy at the desk, by name (`Desk.outcome`)",
            len(questions),
            best(lambda: [desk.outcome(q) for q in questions]),
        ),
        ("policy just compiled, one at a time", len(puts), best(fresh)),
        ("policy, one at a time", len(puts), best(lambda: [one(policy, put) for put in puts])),
        ("policy in bulk, defaults filled in before", len(few) * len(words), best(lambda: bulk(policy, few, words))),
    ]
    parties = len(policy.parties)
    ways = math.prod(len(policy.table.words[fact]) for fact in CIRCUMSTANCES if fact != "person")
    people = sum(1 if policy.law.age(who.words[0]) else 2 for who in policy.subjects.values())
    parts = (parties, parties + len(policy.individuals), len(policy.items), people, len(policy.purposes))
    lines = ["| asked | questions a second | microseconds each |", "|---|---:|---:|"]
    lines += [f"| {what} | {number / took:,.0f} | {took / number * 1e6:,.2f} |" for what, number, took in rows]
    of = " x ".join(map(str, parts))
    return "\n".join((
        *lines, "",
        f"`{name}`: {math.prod(parts) * ways:,} questions ({of} situations, each in {ways:,} circumstances;",
        "a person whose age the word leaves open counts as two).",
        f"Compiled in {best(lambda: made(agreement, book)) * 1000:.1f} ms; {first * 1000:.1f} ms the first time, with the table.",
    ))  # fmt: skip


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("agreement", nargs="?", default="disabled-children-team", help="the id of one in protocols/")
    reader.add_argument("--questions", type=int, default=10_000)
    options = reader.parse_args()
    print(main(options.agreement, options.questions))
