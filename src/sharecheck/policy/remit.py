"""A remit: what one role may, must and must not share under some agreements, up the ladder of concern.

It is found by asking: for every recipient, item, person and purpose that a flow of the role names, what the answer is at
each level of concern, where nobody has been asked and where consent is refused. What has the same answers stands together.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from sharecheck.agreement import Flow, listed
from sharecheck.knowledge import Book
from sharecheck.policy.answer import Desk, Ground, QuestionError
from sharecheck.policy.compiled import Policy
from sharecheck.policy.names import Names, named
from sharecheck.policy.question import Question
from sharecheck.policy.reply import Enquiries, knows


@dataclass(frozen=True, slots=True)
class Step:
    """From this rank of concern up: the answer where nobody has been asked, and where consent is refused.

    `concern` is the levels of that rank that were asked about: one for children, one for adults.
    """

    rank: int
    concern: tuple[str, ...] = field(compare=False)
    not_asked: str
    refused: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Recipients, purposes, people and items that share their answers at every level of concern, and their agreements.

    `flow` is the first flow that names them, where flows were kept apart, and empty otherwise.
    """

    recipients: tuple[str, ...]
    purposes: tuple[str, ...]
    about: tuple[str, ...]
    items: tuple[str, ...]
    agreements: tuple[str, ...]
    steps: tuple[Step, ...]
    flow: str = ""

    def at(self, rank: int) -> Step:
        """The step that holds at a rank of concern."""
        return next(step for step in reversed(self.steps) if step.rank <= rank)

    def least(self, outcome: str) -> tuple[str, ...]:
        """The least level of concern with this answer, where nobody has been asked; empty where there is none."""
        return next((step.concern for step in self.steps if step.not_asked == outcome), ())


@dataclass(frozen=True, slots=True)
class Bar:
    """What partners agreed is not shared; empty where it holds of everybody or everything."""

    ground: Ground
    recipients: tuple[str, ...]
    items: tuple[str, ...]
    about: tuple[str, ...]
    purposes: tuple[str, ...]
    unless: tuple[str, ...]
    because: str


@dataclass(frozen=True, slots=True)
class Remit:
    """Everything that some agreements say of one role on a day."""

    role: str
    names: Names
    entries: tuple[Entry, ...]
    bars: tuple[Bar, ...]
    not_in_use: tuple[str, ...]

    @property
    def book(self) -> Book:
        """The book it was read with."""
        return self.names.book


_Key = tuple[str, str, str, str, tuple[Step, ...], str]


def knowing(role: str, enquiries: Enquiries) -> tuple[list[Policy], Book]:
    """The policies that know a role, and the book that they are read with; raises `QuestionError` where none does."""
    desk = enquiries.desk(Question(on=enquiries.on, jurisdiction=enquiries.jurisdiction))
    policies = [policy for policy in desk.policies if knows(policy, role)]
    if not policies:
        known = [key for one in desk.policies for key in one.parties]
        close = difflib.get_close_matches(role, list(dict.fromkeys(known)), 3, 0.6)
        raise QuestionError(
            f"no agreement here knows the role `{role}`",
            f"did you mean {' or '.join(f'`{word}`' for word in close)}?" if close
            else "`--role` takes a role or an agency as agreements name it",
        )  # fmt: skip
    return policies, desk.book


def remit(role: str, enquiries: Enquiries, *, by_flow: bool = False) -> Remit:
    """What `role` (a role, `agency/role` or an agency of an agreement) may share; `by_flow` keeps flows apart.

    Raises `QuestionError` where no agreement knows the role.
    """
    policies, book = knowing(role, enquiries)
    found: dict[_Key, list[str]] = {}
    bars: list[Bar] = []
    for policy in policies:
        if policy.in_use:
            for key, item in _asked(policy, role, Desk([policy], book, enquiries.jurisdiction)):
                found.setdefault(key if by_flow else (*key[:-1], ""), []).append(item)
            bars += _bars(policy, role)
    stopped = tuple(p.agreement.id for p in policies if p.agreement and not p.in_use)
    return Remit(role, Names(policies, book), tuple(_grouped(found)), tuple(bars), stopped)


def _asked(policy: Policy, role: str, desk: Desk) -> Iterator[tuple[_Key, str]]:
    """Everything a flow lets the role share, once each, with its answers."""
    agreement = policy.agreement
    assert agreement is not None
    mine = {name for name in policy.places if named(name, role)}
    done: set[tuple[str, str, str, str]] = set()
    for flow in agreement.flows.values():
        for recipient in _recipients(policy, flow, mine):
            for purpose, about in product(flow.purposes, flow.about or tuple(policy.subjects)):
                items = [
                    item for item in flow.data if (recipient, purpose, about, item) not in done and item in policy.items
                ]
                if items and about in policy.subjects and purpose in policy.purposes:
                    done.update((recipient, purpose, about, item) for item in items)
                    found = ladders(desk, policy, role, recipient, purpose, about, tuple(items))
                    for item, steps in zip(items, found, strict=True):
                        yield (agreement.id, recipient, purpose, about, steps, flow.id), item


def _recipients(policy: Policy, flow: Flow, mine: set[str]) -> Iterator[str]:
    """Whom a flow of the role reaches, by the name the flow uses."""
    assert policy.agreement is not None
    if any(mine.intersection(policy.called(party.ref)) for party in flow.senders):
        for party in flow.recipients:
            if set(policy.called(party.ref)) - mine:
                yield from (one.id for one in policy.agreement.parties) if party.ref == "any" else (party.ref,)


def ladders(
    desk: Desk, policy: Policy, role: str, recipient: str, purpose: str, about: str, items: tuple[str, ...]
) -> Iterator[tuple[Step, ...]]:
    """For each item the answers to a role up the ladder of concern, a step wherever they change."""
    ladder = ladder_of(policy, about, purpose)
    question = Question(role, recipient, data=items, about=(about,), purpose=purpose)
    asked = [replace(question, concern=level, consent=said) for _, level in ladder for said in ("not-asked", "refused")]
    found = desk.outcomes_over(question, asked)
    answers = list(zip(found[::2], found[1::2], strict=True))
    for i in range(len(items)):
        steps: list[Step] = []
        for (rank, level), (not_asked, refused) in zip(ladder, answers, strict=True):
            if not steps or (steps[-1].not_asked, steps[-1].refused) != (not_asked[i], refused[i]):
                steps.append(Step(rank, (level,), not_asked[i], refused[i]))
        yield tuple(steps)


def ladder_of(policy: Policy, about: str, purpose: str) -> list[tuple[int, str]]:
    """The level of concern of each rank at which a role is asked about a person and a purpose of an agreement.

    Of levels that share a rank, the first is a child's and the last an adult's.
    """
    kind, aim = policy.subjects[about].words[0], policy.purposes[purpose].words[0]
    adult = policy.law.age(kind) == "adult" and not policy.book.term("purposes", aim).is_("protects_children")
    by_rank: dict[int, list[str]] = {}
    for word, term in policy.book.terms("concern-levels").items():
        by_rank.setdefault(int(term.facts["rank"]), []).append(word)
    return [(rank, by_rank[rank][-1 if adult else 0]) for rank in sorted(by_rank)]


def _bars(policy: Policy, role: str) -> Iterator[Bar]:
    """The prohibitions that name the role, or name nobody and concern an item that it shares under a flow."""
    agreement = policy.agreement
    assert agreement is not None
    mine = {name for name in policy.places if named(name, role)}
    holds = {item for flow in agreement.flows.values() if any(_recipients(policy, flow, mine)) for item in flow.data}
    for name, bar in (agreement.fields.get("never") or {}).items():
        senders = listed(bar.get("from"))
        concerns = any(mine.intersection(policy.called(ref)) for ref in senders)
        if concerns or (not senders and holds.intersection(listed(bar.get("data")) or holds)):
            yield Bar(
                Ground(agreement.id, "never", name, agreement.document),
                listed(bar.get("to")), listed(bar.get("data")), listed(bar.get("about")),
                listed(bar.get("purpose")), listed(bar.get("unless")), str(bar.get("because", "")),
            )  # fmt: skip


def _grouped(found: Mapping[_Key, Sequence[str]]) -> Iterator[Entry]:
    entries = [
        Entry((recipient,), (purpose,), (about,), tuple(dict.fromkeys(items)), (agreement,), steps, flow)
        for (agreement, recipient, purpose, about, steps, flow), items in found.items()
    ]
    yield from grouped(entries)


def grouped(entries: Iterable[Entry]) -> list[Entry]:
    """The same in as few entries as can be: what differs in one part alone becomes one entry."""
    alike = list(entries)
    for part in ("about", "purposes", "recipients", "agreements"):
        alike = list(_merged(alike, part))
    return alike


def _merged(entries: Iterable[Entry], part: str) -> Iterator[Entry]:
    same: dict[Entry, list[Entry]] = {}
    for entry in entries:
        same.setdefault(_with(entry, part, ()), []).append(entry)
    for rest, alike in same.items():
        steps = tuple(
            replace(step, concern=tuple(dict.fromkeys(word for one in alike for word in one.steps[i].concern)))
            for i, step in enumerate(rest.steps)
        )
        joined = tuple(dict.fromkeys(word for one in alike for word in getattr(one, part)))
        yield replace(_with(rest, part, joined), steps=steps)


def _with(entry: Entry, part: str, words: tuple[str, ...]) -> Entry:
    values: dict[str, Any] = {part: words}
    return replace(entry, **values)
