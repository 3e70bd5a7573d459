"""An answer: a question put to the agreements that know it, and to the law and the table, as an argument to act on.

Each item has an outcome of its own; over the items there is one, the furthest-reaching, and what it does not reach is
withheld. What several agreements say adds up: the answer is that of the first row that any of them makes fit.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from sharecheck.agreement import Flow
from sharecheck.errors import SettingsError
from sharecheck.knowledge import Book, Provision, Source, joined
from sharecheck.policy.compiled import Policy, Situation, What, Who, compile
from sharecheck.policy.question import Circumstances, Question, settled
from sharecheck.policy.table import Row


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """What is answered of one item, by which row, and why."""

    item: str
    outcome: str
    row: Row


@dataclass(frozen=True, slots=True)
class Ground:
    """A flow or a prohibition that an answer rests on, and where it is written; lines and columns count from 1."""

    agreement: str
    kind: str
    id: str
    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Change:
    """The nearest thing that would alter the answer, in words, and the answer it would then be."""

    change: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Duties:
    """What follows from a decision, each in a sentence; empty where nothing is said of it."""

    record: str
    inform: str
    method: str
    deadline: str
    feedback: str

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((name, text) for name in self.__slots__ if (text := getattr(self, name)))


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question, with the ground that decided it and everything that follows from it."""

    question: Question
    circumstances: Circumstances
    outcome: str
    items: tuple[ItemAnswer, ...]
    withhold: tuple[str, ...]
    first: tuple[str, ...]
    then: tuple[str, ...]
    instead: str | None
    row: Row
    because: tuple[str, ...]
    disagreement: tuple[str, ...]
    provisions: tuple[Provision, ...]
    flows: tuple[Ground, ...]
    duties: Duties
    advice: tuple[str, ...]
    would_change: tuple[Change, ...]
    sources: tuple[Source, ...]


class QuestionError(SettingsError):
    """A question that names somebody or something that neither an agreement nor the book knows."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One way to read a question: by one policy, from one agency, of one item."""

    policy: Policy
    sender: Who
    recipient: Who
    item: What
    about: What
    purpose: What
    situation: Situation
    circumstances: Circumstances
    row: int

    @property
    def outcome(self) -> str:
        return self.policy.table.rows[self.row].outcome


class Desk:
    """Where questions are asked: policies of some agreements, and always that of the law and the table alone."""

    def __init__(self, policies: Sequence[Policy], book: Book, jurisdiction: str | None = None) -> None:
        self.book = book
        place = jurisdiction or (policies[0].jurisdiction if policies else "england")
        self.policies = tuple(policies)
        self.law_alone = compile(None, book, place)
        self._ranks = {word: int(term.facts["rank"]) for word, term in book.terms("outcomes").items()}

    # reading a question

    def cases(self, question: Question) -> list[list[list[_Case]]]:
        """Every way to read a question: for each item, for each agency a sender may be at, by every policy that knows it.

        Raises `QuestionError` where a name is not known, or where what every question needs is missing.
        """
        self._whole(question)
        known = [policy for policy in self.policies if self._knows(policy, question)] or [self.law_alone]
        return [
            [
                [case for policy in known for case in self._read(policy, question, item, at)]
                for at in self._places(known, question)
            ]
            for item in question.data
        ]

    def _whole(self, question: Question) -> None:
        lacking = [
            word for word, there in (
                ("from", question.sender), ("to", question.recipient or question.relation), ("data", question.data),
                ("about", question.about), ("purpose", question.purpose),
            ) if not there
        ]  # fmt: skip
        if lacking:
            raise QuestionError(
                f"the question does not say {joined([f'`{word}`' for word in lacking])}", "every question needs these"
            )

    def _knows(self, policy: Policy, question: Question) -> bool:
        return bool(self._senders(policy, question)) and (
            question.relation is not None or bool(self._people(policy, question.recipient or ""))
        )

    def _places(self, policies: Sequence[Policy], question: Question) -> list[str]:
        """The parties a sender's name may mean, each answered apart: the same role may be at several agencies."""
        names = [who.name for policy in policies for who in self._senders(policy, question)]
        return list(dict.fromkeys(names))

    def _senders(self, policy: Policy, question: Question) -> list[Who]:
        return self._people(policy, question.sender or "")

    def _people(self, policy: Policy, name: str) -> list[Who]:
        parties = policy.parties
        if name in parties:
            return [parties[name]]
        own = [who for key, who in parties.items() if key.partition("/")[2] == name]
        if own or policy.agreement is not None:
            return own or [who for who in parties.values() if who.kind.role == name]
        agency, _, role = name.rpartition("/")
        roles, agencies = self.book.terms("role-types"), self.book.terms("agency-types")
        if not agency and role in agencies:
            return [policy.stranger(role, "")]
        if role in roles:
            agency = agency or str(roles[role].facts.get("usually_at", ""))
            if agency in agencies:
                return [policy.stranger(agency, role)]
            if not agency:
                raise QuestionError(
                    f"the book cannot tell at which agency a `{role}` is",
                    f"write the agency before it: `nhs-trust/{role}`",
                )
        raise self._unknown(name, (*roles, *agencies, *(key for one in self.policies for key in one.parties)))

    def _parts(self, policy: Policy, side: str, name: str) -> list[What]:
        own: Mapping[str, What]
        own, vocabulary = {
            "data": (policy.items, "data-categories"),
            "about": (policy.subjects, "subject-types"),
            "purposes": (policy.purposes, "purposes"),
        }[side]
        if name in own:
            return [own[name]]
        if found := [part for part in own.values() if name in part.words]:
            return found
        if name in self.book.terms(vocabulary):
            return [policy.word(side, name)]
        raise self._unknown(name, (*own, *self.book.terms(vocabulary)))

    def _unknown(self, name: str, words: Iterable[str]) -> QuestionError:
        close = difflib.get_close_matches(name, list(dict.fromkeys(words)), 3, 0.6)
        near = f"did you mean {' or '.join(f'`{word}`' for word in close)}?" if close else "see `sharecheck schema`"
        return QuestionError(f"neither an agreement nor the book knows `{name}`", near)

    def _read(self, policy: Policy, question: Question, item: str, at: str) -> Iterator[_Case]:
        senders = [who for who in self._senders(policy, question) if who.name == at]
        recipients = (
            [policy.individual(question.relation)]
            if question.relation
            else self._people(policy, question.recipient or "")
        )
        abouts = [part for name in question.about for part in self._parts(policy, "about", name)]
        purposes, items = self._parts(policy, "purposes", question.purpose or ""), self._parts(policy, "data", item)
        guarded = self._parts(policy, "about", question.to_protect)[0].words[0] if question.to_protect else ""
        subjects = tuple(dict.fromkeys(part.words[0] for part in abouts))
        for sender, recipient, one, about, purpose in product(senders, recipients, items, abouts[:1], purposes):
            circumstances = settled(question, subjects, purpose.words[0], guarded, self.book, policy.jurisdiction)
            situation = policy.situation(sender, recipient, one, about, purpose)
            row = policy.answer(situation, circumstances)
            yield _Case(policy, sender, recipient, one, about, purpose, situation, circumstances, row)

    # answering

    def outcome(self, question: Question) -> str:
        """The outcome alone."""
        return max((case.outcome for case in self._deciding(question)), key=self._ranks.__getitem__)

    def _deciding(self, question: Question) -> list[_Case]:
        """For each item the case that decides it: of policies the first row, of a sender's places the most careful."""
        found = []
        for places in self.cases(question):
            by_place = [min(cases, key=lambda case: case.row) for cases in places]
            found.append(min(by_place, key=lambda case: (self._ranks[case.outcome], -case.row)))
        return found

    def answer(self, question: Question) -> Answer:
        """The whole answer. Raises `QuestionError` where the question names what nobody knows."""
        deciding = self._deciding(question)
        chief = max(deciding, key=lambda case: (self._ranks[case.outcome], -case.row))
        table = chief.policy.table
        items = tuple(
            ItemAnswer(item, case.outcome, table.rows[case.row])
            for item, case in zip(question.data, deciding, strict=True)
        )
        row = table.rows[chief.row]
        every = [case for places in self.cases(question) for cases in places for case in cases]
        withhold = tuple(one.item for one in items if one.outcome != chief.outcome and self._ranks[one.outcome] < 3)
        rows = list(dict.fromkeys((row.id, *(one.row.id for one in items))))
        shown = [next(r for r in table.rows if r.id == one) for one in rows]
        flags, words = self._facts(chief), _circumstances(chief)
        said = [aside.says for aside in table.steps if aside.fits(flags, words, chief.outcome)]
        flows = self._flows(every)
        provisions = self._provisions(chief)
        return Answer(
            question, chief.circumstances, chief.outcome, items, withhold,
            tuple(dict.fromkeys((*row.first, *said, *self._promised(flows)))),
            tuple(dict.fromkeys((*(text for one in shown for text in one.then), *_conditions(provisions, chief.outcome)))),
            self._instead(chief) if any(one.instead for one in shown) else None,
            row, tuple(dict.fromkeys(one.says for one in shown)),
            tuple(aside.says for aside in table.disagreements if aside.fits(flags, words, chief.outcome)),
            provisions, tuple(ground for ground, _ in flows), self._duties(chief, flows, row), self._advice(chief),
            self._nearest(question, chief.outcome),
            tuple(self.book.sources[name] for name in dict.fromkeys(name for one in shown for name in one.source)),
        )  # fmt: skip

    def _facts(self, case: _Case) -> dict[str, frozenset[str]]:
        law, sender, recipient = case.policy.law, case.sender.kind, case.recipient.kind
        own = case.item.confidential
        confidential = law.keeps_confidence(sender) if own is None else own
        care = law.gives_care(sender) and law.gives_care(recipient)
        return {
            "recipient": frozenset((law.recipient(recipient),)),
            "able": law.able(recipient),
            "care-team": frozenset(("yes",)) if care else frozenset(),
            "purpose": law.purpose(case.purpose.words[0], law.sectors(recipient)),
            "item": law.item(case.item.words, confidential=bool(confidential)),
            "law": law.flags(case.situation.law),
        }

    def _flows(self, cases: Iterable[_Case]) -> list[tuple[Ground, Flow | None]]:
        """The flows and prohibitions that say something of the question as it stands, each once."""
        found: dict[tuple[str, str], tuple[Ground, Flow | None]] = {}
        for case in cases:
            agreement = case.policy.agreement
            if agreement is None:
                continue
            for kind, ids in (("flows", case.policy.flows_now(case.situation, case.circumstances)),
                              ("never", case.policy.bars_now(case.situation, case.circumstances))):  # fmt: skip
                for name in ids:
                    span = agreement.document.span((kind, name))
                    ground = Ground(agreement.id, kind, name, agreement.document.name, span.line, span.column)
                    found[(agreement.id, name)] = (ground, agreement.flows.get(name) if kind == "flows" else None)
        return list(found.values())

    def _provisions(self, case: _Case) -> tuple[Provision, ...]:
        """The provisions that the answer rests on: the duties it is about, otherwise what carries the sharing."""
        law, table = case.policy.law, case.policy.table
        row = table.rows[case.row]
        asked = {
            v for c in table.clauses if c.row == case.row for name, values in c.flags if name == "law" for v in values
        }
        reaching = case.situation.law
        if case.outcome == "must-share" or asked:
            return law.of(reaching & law.saying(asked or {"duty"}))
        return law.of(reaching) if row.outcome in ("share", "ask-first") else ()

    def _promised(self, flows: Iterable[tuple[Ground, Flow | None]]) -> Iterator[str]:
        for _, flow in flows:
            where = flow.fields.get("where") if flow else None
            if isinstance(where, Mapping):
                said = [
                    str(v).replace("-", " ")
                    for values in where.values()
                    for v in (values if isinstance(values, list) else [values])
                ]
                yield f"Check that it is so, as the agreement asks: {joined(said)}."

    def _duties(self, case: _Case, flows: Sequence[tuple[Ground, Flow | None]], row: Row) -> Duties:
        raw = self.book.decision["duties"]
        flow = next((flow for _, flow in flows if flow is not None), None)
        shares = self._ranks[case.outcome] >= self._ranks["share"]
        told = row.inform or ("no" if case.circumstances.consent == "unsafe-to-ask" else "yes")
        fields: Mapping[str, Any] = flow.fields if flow is not None and shares else {}
        own = fields.get("inform")
        inform = raw["inform"][told if shares or told == "no" else "nothing"]
        if isinstance(own, Mapping) and told == "yes":
            if own.get("default") is False:
                inform = raw["inform"]["no"] + (f" {_sentence(str(own['because']))}" if own.get("because") else "")
            elif own.get("how"):
                inform = f"{inform} {_sentence(str(own['how']))}"
        methods = flow.methods if flow is not None and shares else ()
        labels = [self.book.term("transfer-methods", method).label.lower() for method in methods]
        concern = self.book.term("concern-levels", case.circumstances.concern)
        limit = fields.get("deadline") or concern.facts.get("tell_within")
        urgent = case.circumstances.concern == "immediate-danger"
        deadline = (
            raw["deadline"]["now"]
            if urgent
            else raw["deadline"]["within"].format(limit=str(limit).replace("-", " "))
            if limit
            else ""
        )
        contact = fields.get("contact")
        feedback = (
            raw["feedback"]["named"].format(contact=contact) if isinstance(contact, str) else raw["feedback"]["unnamed"]
        )
        return Duties(
            raw["record"]["shared" if shares else "not-shared"], inform,
            (raw["method"]["agreed"].format(methods=joined(labels)) if labels else raw["method"]["secure"]) if shares else "",
            deadline if shares or case.outcome == "seek-advice" else "", feedback if shares else "",
        )  # fmt: skip

    def _advice(self, case: _Case) -> tuple[str, ...]:
        """Whom to ask, by name where the sender's agency names them."""
        agreement = case.policy.agreement
        _, agency, _ = case.policy.places.get(case.sender.name, ("", "", ""))
        body = agreement.agencies.get(agency) if agreement else None
        found = []
        for key, title in self.book.decision["advice"].items():
            contact = body.fields.get(key) if body else None
            if isinstance(contact, str):
                found.append(f"{title}: {contact}")
        return tuple(found)

    def _instead(self, case: _Case) -> str | None:
        """Somebody able to protect whoever is in danger: one the agreement knows, or a word of the book."""
        policy, law = case.policy, case.policy.law
        who = "child" if case.circumstances.danger == "child" or case.circumstances.person == "child" else "adult"
        able = [
            party for party in policy.parties.values()
            if party.kind.role and {f"protects-{who}", "front-door"} <= law.able(party.kind) and party is not case.sender
        ]  # fmt: skip
        if able:
            return min(able, key=lambda party: party.name).name
        return str(self.book.decision["instead"][who])

    def _nearest(self, question: Question, outcome: str) -> tuple[Change, ...]:
        found = []
        for change in self.book.decision["changes"]:
            changed = replace(question, **{_FIELDS[name]: value for name, value in change["if"].items()})
            if changed != question and (then := self.outcome(changed)) != outcome:
                found.append(Change(change["says"], then))
        return tuple(found)


_FIELDS = {"concern": "concern", "consent": "consent", "decides": "decides", "linked": "linked", "danger": "danger",
           "belief": "belief", "request": "request", "objection": "objection"}  # fmt: skip


def _circumstances(case: _Case) -> dict[str, str]:
    words = {name: str(getattr(case.circumstances, name)) for name in case.circumstances.__slots__}
    return {**words, "person": case.situation.age or words["person"]}


def _conditions(provisions: Iterable[Provision], outcome: str) -> Iterator[str]:
    """What is left of a duty's conditions, said with the answer that rests on it."""
    if outcome == "must-share":
        for provision in provisions:
            if text := provision.facts.get("condition_text"):
                yield f"Look at the condition of the duty: {text[:1].lower()}{text[1:]}"


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."
