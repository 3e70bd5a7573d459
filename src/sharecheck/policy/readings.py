"""The ways to read a question: by which agreements, from which agency, about which of their items.

Names are an agreement's own, or words of the book: a word that types an agreement's own parts stands for those, and one
that does not stands for itself, so that the law and the table answer where no agreement does.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from sharecheck.errors import SettingsError
from sharecheck.knowledge import Book, joined
from sharecheck.policy.compiled import Policy, Situation, What, Who, compile
from sharecheck.policy.question import Circumstances, Question, settled
from sharecheck.policy.table import CIRCUMSTANCES, Row

_VOCABULARIES = {"data": "data-categories", "about": "subject-types", "purposes": "purposes"}


class QuestionError(SettingsError):
    """A question that lacks what every question needs, or names somebody or something that nobody knows."""


class _UnknownError(Exception):
    """A name that one policy does not know; another may."""

    def __init__(self, name: str, words: Iterable[str]) -> None:
        super().__init__(name)
        self.name = name
        self.words = tuple(dict.fromkeys(words))


@dataclass(frozen=True, slots=True)
class Case:
    """One way to read a question: by one policy, from one agency to another, of one item; `person` as asked about."""

    policy: Policy
    sender: Who
    recipient: Who
    item: What
    about: What
    purpose: What
    person: str
    situation: Situation
    circumstances: Circumstances
    number: int

    @property
    def row(self) -> Row:
        """The row that answers."""
        return self.policy.table.rows[self.number]

    @property
    def words(self) -> dict[str, str]:
        """The circumstances by name; an age that the word for the person settles is settled."""
        words = {name: str(getattr(self.circumstances, name)) for name in CIRCUMSTANCES}
        return {**words, "person": self.situation.age or words["person"]}


@dataclass(frozen=True, slots=True)
class _Named:
    """What the names of a question stand for in one policy: who, what (by item), about whom (as asked), what for, whom to guard."""

    senders: list[Who]
    recipients: list[Who]
    items: list[list[What]]
    abouts: list[tuple[str, What]]
    purposes: list[What]
    guarded: str


class Readings:
    """Where questions are read: the policies of some agreements, and that of the law and the table alone.

    `rank` says how far each outcome goes.
    """

    def __init__(self, policies: Sequence[Policy], book: Book, jurisdiction: str | None = None) -> None:
        self.book = book
        self.policies = tuple(policies)
        place = jurisdiction or (policies[0].jurisdiction if policies else "england")
        self.law_alone: Policy = book.derived(("law alone", place), lambda: compile(None, book, place))
        self.rank = {word: int(term.facts["rank"]) for word, term in book.terms("outcomes").items()}

    def cases(self, question: Question) -> list[list[Case]]:
        """Every way to read each item of a question. Raises `QuestionError` where nobody can."""
        return self._over(question, (question,))[0]

    def _over(self, question: Question, variants: Sequence[Question]) -> list[list[list[Case]]]:
        """For each variant, which differs from the question in circumstances alone, every way to read each item."""
        self._whole(question)
        unknown: list[_UnknownError] = []
        read: list[list[list[list[Case]]]] = []
        for policy in (*self.policies, self.law_alone):
            if policy is self.law_alone and read:
                break  # it adds nothing to a policy that knows somebody
            try:
                if named := self._named(policy, question):
                    read.append([self._read(policy, one, named) for one in variants])
            except _UnknownError as error:
                unknown.append(error)
        if not read:
            known = {name for policy in self.policies for own in _names(policy) for name in own}
            raise self._refusal(next((one for one in unknown if one.name not in known), unknown[-1]))
        return [
            [[case for found in read for case in found[v][i]] for i in range(len(question.data))] for v in range(len(variants))
        ]  # fmt: skip

    def deciding(self, read: list[list[Case]]) -> list[Case]:
        """For each item the case that decides it.

        Of all agreements that is the first row; of the agencies that a sender or recipient may be at, and of the people it is
        about, the most careful.
        """
        found = []
        for cases in read:
            apart: dict[tuple[str, str, str], Case] = {}
            for case in cases:
                key = (case.sender.name, case.recipient.name, case.person)
                held = apart.get(key)
                apart[key] = case if held is None or case.number < held.number else held
            found.append(min(apart.values(), key=lambda case: (self.rank[case.row.outcome], -case.number)))
        return found

    def outcome(self, question: Question) -> str:
        """The outcome alone: over the items, the one that goes furthest."""
        return max((case.row.outcome for case in self.deciding(self.cases(question))), key=self.rank.__getitem__)

    def outcomes(self, question: Question) -> tuple[str, ...]:
        """The outcome of each item by itself."""
        return self.outcomes_over(question, (question,))[0]

    def outcomes_over(self, question: Question, variants: Sequence[Question]) -> list[tuple[str, ...]]:
        """For each variant of a question, which differs from it in circumstances alone, the outcome of each item by itself."""
        return [tuple(case.row.outcome for case in self.deciding(read)) for read in self._over(question, variants)]

    def _whole(self, question: Question) -> None:
        lacking = [
            word for word, there in (
                ("from", question.sender), ("to", question.recipient or question.relation), ("data", question.data),
                ("about", question.about), ("purpose", question.purpose),
            ) if not there
        ]  # fmt: skip
        if question.recipient and question.relation:
            raise QuestionError(
                "the question says both `to` and `relation`",
                "say an agency's role with `to`, or an individual with `relation`",
            )
        if lacking:
            raise QuestionError(
                f"the question does not say {joined([f'`{word}`' for word in lacking])}", "every question needs these"
            )

    def _named(self, policy: Policy, question: Question) -> _Named | None:
        """What the names stand for in one policy; None where its agreement knows neither who sends nor who receives."""
        senders = self._people(policy, question.sender or "")
        individual = question.relation is not None
        recipients = (
            [policy.individual(question.relation or "")]
            if individual
            else self._people(policy, question.recipient or "")
        )
        if policy.agreement is not None and not any(who.name in policy.parties for who in (*senders, *recipients)):
            return None
        abouts = [(name, part) for name in question.about for part in self._parts(policy, "about", name)]
        purposes = self._parts(policy, "purposes", question.purpose or "")
        guarded = self._parts(policy, "about", question.to_protect)[0].words[0] if question.to_protect else ""
        items = [self._parts(policy, "data", name) for name in question.data]
        return _Named(senders, recipients, items, abouts, purposes, guarded)

    def _read(self, policy: Policy, question: Question, named: _Named) -> list[list[Case]]:
        """The cases of each item by one policy, in which the names stand for these."""
        asked = []
        for (person, about), purpose in product(named.abouts, named.purposes):
            of_one = question
            if len(question.about) > 1 or isinstance(question.consent, Mapping):
                of_one = replace(question, about=(person,), consent=self._answers(policy, question, person))
            kinds, end = (about.words[0],), purpose.words[0]
            asked.append(
                (person, about, purpose, settled(of_one, kinds, end, named.guarded, self.book, policy.jurisdiction))
            )
        found: list[list[Case]] = []
        for items in named.items:
            cases = []
            for who, whom, item, (person, about, purpose, words) in product(
                named.senders, named.recipients, items, asked
            ):
                situation = policy.situation(who, whom, item, about, purpose)
                number = policy.answer(situation, words)
                cases.append(Case(policy, who, whom, item, about, purpose, person, situation, words, number))
            found.append(cases)
        return found

    def _answers(self, policy: Policy, question: Question, person: str) -> str | Mapping[str, str] | None:
        """What has been said about consent by the person, and by those who may hold parental responsibility for them."""
        if not isinstance(question.consent, Mapping):
            return question.consent
        counts = {}
        for name, answer in question.consent.items():
            kinds = {word for part in self._parts(policy, "about", name) for word in part.words}
            holds = any(self.book.term("subject-types", kind).is_("holds_responsibility") for kind in kinds)
            if name == person or holds:
                counts[name] = answer
        return counts

    def _people(self, policy: Policy, name: str) -> list[Who]:
        """Whom a name means: a party; a role at each of its agencies; all of a type; or a word of the book."""
        parties = policy.parties
        if name in parties:
            return [parties[name]]
        own = [who for key, who in parties.items() if key.partition("/")[2] == name]
        if own := own or [who for who in parties.values() if who.kind.role == name]:
            return own
        roles, agencies = self.book.terms("role-types"), self.book.terms("agency-types")
        agency, _, role = name.rpartition("/")
        if not agency and role in agencies:
            return [policy.stranger(role, "")]
        if role in roles:
            agency = agency or str(roles[role].facts.get("usually_at", ""))
            if agency in agencies:
                return [policy.stranger(agency, role)]
            if not agency:
                raise QuestionError(
                    f"the book cannot tell at which agency a `{role}` is", f"write one before it: `nhs-trust/{role}`"
                )
        raise _UnknownError(name, (*(key for one in self.policies for key in one.parties), *roles, *agencies))

    def _parts(self, policy: Policy, side: str, name: str) -> list[What]:
        """What a name means: a part of the agreement; all of a type; or a word of the book."""
        own: Mapping[str, What] = {"data": policy.items, "about": policy.subjects, "purposes": policy.purposes}[side]
        if name in own:
            return [own[name]]
        if found := [part for part in own.values() if name in part.words]:
            return found
        words = self.book.terms(_VOCABULARIES[side])
        if name in words:
            return [policy.word(side, name)]
        raise _UnknownError(name, (*own, *words))

    def _refusal(self, unknown: _UnknownError) -> QuestionError:
        close = difflib.get_close_matches(unknown.name, unknown.words, 3, 0.6)
        near = f"did you mean {joined([f'`{word}`' for word in close])}?" if close else "see `sharecheck schema`"
        return QuestionError(f"neither an agreement nor the book knows `{unknown.name}`", near)


def _names(policy: Policy) -> tuple[Iterable[str], ...]:
    """The names an agreement has of its own."""
    return (policy.parties, policy.items, policy.subjects, policy.purposes)
