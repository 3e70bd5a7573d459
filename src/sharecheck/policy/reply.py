"""A reply: a question as it was asked, put to the agreements that know every name in it, and how those agreements stand.

Agreements use the same words for different things, so only those that know every name of a question are asked. Where no
agreement knows any of its names and the book knows all, the law and the table answer alone.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sharecheck.agreement import Agreement
from sharecheck.knowledge import Book, joined
from sharecheck.policy import compiled, question
from sharecheck.policy.answer import Answer, Desk, QuestionError
from sharecheck.policy.compiled import Policy
from sharecheck.policy.names import Names, named
from sharecheck.policy.question import Question


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, the question in the words of the format, the names to tell it in, and what to know of the agreements."""

    asked: Mapping[str, Any]
    answer: Answer
    names: Names
    notes: tuple[str, ...]

    @property
    def book(self) -> Book:
        """The book it was answered with."""
        return self.names.book


def told(answer: Answer) -> str:
    """Whether the person or family is told, in a sentence; empty where nothing goes to anybody, since whoever asked in vain
    may be the one whom it is kept from."""
    return "" if answer.outcome == "do-not-share" else answer.duties.inform


class Enquiries:
    """Where questions are asked of some agreements, each on its own day and in its own place.

    `load` gives the book of a day; `on` and `jurisdiction` hold for questions that do not say.
    """

    def __init__(
        self, agreements: Sequence[Agreement], load: Callable[[date], Book], on: date, jurisdiction: str | None = None
    ) -> None:
        self.agreements = tuple(agreements)
        self.load = load
        self.on = on
        self.jurisdiction = jurisdiction
        self._desks: dict[tuple[date, str | None, tuple[str, ...] | None], Desk] = {}

    def reply(self, asked: Mapping[str, Any]) -> Reply:
        """The reply to a question that has the form; raises `QuestionError` where a name in it is not known."""
        put = self.read(asked)
        desk = self.desk(put)
        answer = desk.answer(put)
        return Reply(asked, answer, Names(desk.policies, desk.book), tuple(_notes(desk, answer)))

    def read(self, asked: Mapping[str, Any]) -> Question:
        """A question that has the form, with its day and place."""
        put = question.read(asked)
        return replace(put, on=put.on or self.on, jurisdiction=put.jurisdiction or self.jurisdiction)

    def desk(self, put: Question) -> Desk:
        """The desk of the agreements that can read every name so far in a question; `QuestionError` where there is none."""
        whole = self._desk(put, None)
        known = [policy for policy in whole.policies if not any(_missing(policy, put))]
        if not known and whole.policies:
            raise _refusal(whole, put)
        return self._desk(put, tuple(policy.agreement.id for policy in known if policy.agreement))

    def _desk(self, put: Question, ids: tuple[str, ...] | None) -> Desk:
        key = (put.on or self.on, put.jurisdiction, ids)
        if key not in self._desks:
            if ids is None:
                book = self.load(key[0])
                policies = [compiled.compile(one, book, put.jurisdiction) for one in self.agreements]
            else:
                whole = self._desk(put, None)
                book, policies = whole.book, [p for p in whole.policies if p.agreement and p.agreement.id in ids]
            self._desks[key] = Desk(policies, book, put.jurisdiction)
        return self._desks[key]


def _missing(policy: Policy, put: Question) -> Iterator[str]:
    """The names in a question that neither an agreement nor the book knows."""
    people = [*filter(None, (put.sender, put.recipient if not put.relation else None))]
    for name in people:
        if not knows(policy, name) and not _in_book(policy.book, name):
            yield name
    yield from (name for name, own, words in _parts(policy, put) if name not in own and name not in words)


def knows(policy: Policy, name: str) -> bool:
    """Whether an agreement has a party of this name."""
    return any(named(party, name) for party in policy.parties)


def _parts(policy: Policy, put: Question) -> Iterator[tuple[str, Mapping[str, object], Mapping[str, object]]]:
    terms = policy.book.terms
    for name in put.data:
        yield name, policy.items, terms("data-categories")
    for name in (*put.about, *([put.to_protect] if put.to_protect else ())):
        yield name, policy.subjects, terms("subject-types")
    if put.purpose:
        yield put.purpose, policy.purposes, terms("purposes")


def _refusal(desk: Desk, put: Question) -> QuestionError:
    """Why no agreement can be asked: a name that nobody knows, or names of several agreements."""
    lacking = [list(_missing(policy, put)) for policy in desk.policies]
    nowhere = next((name for name in lacking[0] if all(name in one for one in lacking)), None)
    if nowhere:
        return QuestionError(f"neither an agreement nor the book knows `{nowhere}`", _near(nowhere, desk))
    missing, policy = min(zip(lacking, desk.policies, strict=True), key=lambda one: len(one[0]))
    assert policy.agreement is not None
    rest = joined([f"`{name}`" for name in dict.fromkeys(missing)])
    return QuestionError(
        f"no one agreement knows every name in the question; `{policy.agreement.id}` knows all but {rest}",
        "use the names of one agreement, or words of the book (`sharecheck schema data-categories`)",
    )


def _in_book(book: Book, name: str) -> bool:
    agency, _, role = name.rpartition("/")
    if agency:
        return agency in book.terms("agency-types") and role in book.terms("role-types")
    vocabularies = ("role-types", "agency-types", "data-categories", "subject-types", "purposes")
    return any(name in book.terms(vocabulary) for vocabulary in vocabularies)


def _near(name: str, desk: Desk) -> str:
    words = [key for policy in desk.policies for own in (policy.parties, policy.items, policy.subjects, policy.purposes)
             for key in own]  # fmt: skip
    words += [key for v in ("role-types", "data-categories", "subject-types", "purposes") for key in desk.book.terms(v)]
    close = difflib.get_close_matches(name, list(dict.fromkeys(words)), 3, 0.6)
    return (
        f"did you mean {' or '.join(f'`{word}`' for word in close)}?" if close else "see `sharecheck ask --role ROLE`"
    )


NOTES = {
    "nobody": "No agreement was asked: this is what the law and the decision table say by themselves.",
    "neither": "No agreement here names both of them: this rests on the law and the decision table.",
    "several": "`{sender}` may be {places}; this is the more careful answer.",
}
"""What is said with an answer whatever agreements were asked."""


def _notes(desk: Desk, answer: Answer) -> Iterator[str]:
    """What to know of the agreements behind an answer: not signed yet, not in use, or none that knows the question."""
    put = answer.question
    knowing = [
        p for p in desk.policies if knows(p, put.sender or "") and (put.relation or knows(p, put.recipient or ""))
    ]
    if not desk.policies:
        yield NOTES["nobody"]
    elif not knowing and not answer.flows:
        yield NOTES["neither"]
    resting = {ground.agreement for ground in answer.flows}
    for policy in desk.policies:
        assert policy.agreement is not None
        if policy in knowing if not policy.in_use else policy.agreement.id in resting:
            yield from standing(policy)
    sender = put.sender or ""
    places = list(dict.fromkeys(name for policy in desk.policies for name in policy.parties if named(name, sender)))
    if len(places) > 1:
        yield NOTES["several"].format(sender=sender, places=" or ".join(f"`{place}`" for place in places))


def standing(policy: Policy) -> Iterator[str]:
    """What to know of an agreement before resting on it: that it is not in use, or not signed, or not yet in force."""
    agreement = policy.agreement
    assert agreement is not None
    if not policy.in_use:
        why = why_not(agreement, policy.book)
        yield f"The agreement `{agreement.id}` knows the question but {why}, so it says nothing here."
    elif agreement.status in ("draft", "review"):
        status = policy.book.term("statuses", agreement.status).label.lower()
        yield f"The agreement `{agreement.id}` is not signed yet ({status}): until it is, the partners have not agreed."
    elif agreement.status == "agreed":
        yield f"The agreement `{agreement.id}` is agreed and marked as not yet in force."


def why_not(agreement: Agreement, book: Book) -> str:
    """Why an agreement is not in use on the book's day, after its name."""
    if agreement.starts is not None and agreement.starts > book.on:
        return f"begins on {agreement.starts}"
    if agreement.ends is not None and agreement.ends < book.on:
        return f"ended on {agreement.ends}"
    if "replaced_by" in agreement.fields:
        return f"has been replaced by `{agreement.fields['replaced_by']}`"
    return f"is {book.term('statuses', agreement.status).label.lower()}"
