"""An answer: a question put to the agreements that know it, and to the law and the table, as an argument to act on.

Each item has an outcome of its own; over the items there is one, the furthest-reaching, and what it does not reach is
withheld. What several agreements say adds up: the answer is that of the first row that any of them makes fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sharecheck.agreement import Agency, Flow, contact, listed
from sharecheck.knowledge import Book, Provision, Source, joined
from sharecheck.policy.duties import Duties, following
from sharecheck.policy.question import Circumstances, Question
from sharecheck.policy.readings import Case, Readings
from sharecheck.policy.readings import QuestionError as QuestionError
from sharecheck.policy.table import Aside, Row
from sharecheck.source import Document


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """What is answered of one item, by which row, and why."""

    item: str
    outcome: str
    row: Row


@dataclass(frozen=True, slots=True)
class Ground:
    """A flow (`flows`) or a prohibition (`never`) that an answer rests on, and where it is written.

    Lines and columns count from 1. They are looked up when asked for, since finding the places of a file takes longer than
    most questions.
    """

    agreement: str
    kind: str
    id: str
    document: Document = field(compare=False, repr=False)

    @property
    def file(self) -> str:
        """The file it is written in."""
        return self.document.name

    @property
    def line(self) -> int:
        """The line it begins on."""
        return self.document.key_span((self.kind, self.id)).line

    @property
    def column(self) -> int:
        """The column it begins at."""
        return self.document.key_span((self.kind, self.id)).column


@dataclass(frozen=True, slots=True)
class Change:
    """The nearest thing that would alter the answer, in words, and the answer it would then be."""

    change: str
    outcome: str


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


class Desk(Readings):
    """Where questions are asked and answered whole."""

    def answer(self, question: Question, *, changes: bool = True) -> Answer:
        """The whole answer; without `changes` it leaves out what would change it, which takes most of the time.

        Raises `QuestionError` where the question names what nobody knows.
        """
        read = self.cases(question)
        deciding = self.deciding(read)
        outcome = max((case.row.outcome for case in deciding), key=self.rank.__getitem__)
        ordered = sorted(deciding, key=lambda case: (case.row.outcome != outcome, case.number, case.item.name))
        going = [case for case in ordered if case.row.outcome == outcome]
        chief, table = going[0], going[0].policy.table
        resting = [(case, _provisions(case)) for case in going]
        kept = min(self.rank["share"], self.rank[outcome])
        rows = list(dict.fromkeys(case.row for case in ordered))
        rests_on = self._grounds(case for cases in read for case in cases)
        flow = next((flow for _, flow in rests_on if flow is not None), None)
        grave = table.ranks[chief.circumstances.concern] >= table.ranks["significant-harm"]
        return Answer(
            question=question,
            circumstances=chief.circumstances,
            outcome=outcome,
            items=tuple(
                ItemAnswer(item, case.row.outcome, case.row) for item, case in zip(question.data, deciding, strict=True)
            ),
            withhold=tuple(
                item for item, case in zip(question.data, deciding, strict=True) if self.rank[case.row.outcome] < kept
            ),
            first=_once(
                (text for case in going for text in case.row.first),
                (text for case in going for text in _said(table.steps, case)),
                _asked_of(rests_on),
                (f"Before `{case.item.name}` goes: {text}" for case in ordered if case.row.outcome == "ask-first" != outcome
                 for text in _said(table.steps, case)),
            ),
            then=_once(
                (text for one in rows for text in one.then),
                (text for case, held in resting for text in _conditions(case, held)),
            ),
            instead=self._instead(chief) if grave and any(one.instead for one in rows) else None,
            row=chief.row,
            because=_once(
                (one.says for one in rows), (text for case, held in resting for text in self._without(case, held))
            ),
            disagreement=_once(text for case in going for text in _said(table.disagreements, case)),
            provisions=tuple({one.id: one for _, held in resting for one in held}.values()),
            flows=tuple(ground for ground, _ in rests_on),
            duties=following(chief, flow, self.book, shares=self.rank[outcome] >= self.rank["share"]),
            advice=self._advice(chief),
            would_change=self._nearest(question, outcome) if changes else (),
            sources=tuple(self.book.sources[name] for name in _once(name for one in rows for name in one.source)),
        )  # fmt: skip

    def _grounds(self, cases: Iterable[Case]) -> list[tuple[Ground, Flow | None]]:
        """The flows and prohibitions that say something of the question as it stands, each once."""
        found: dict[tuple[str, str, str], tuple[Ground, Flow | None]] = {}
        for case in cases:
            agreement = case.policy.agreement
            if agreement is None:
                continue
            for kind, ids in (("flows", case.policy.flows_now(case.situation, case.circumstances)),
                              ("never", case.policy.bars_now(case.situation, case.circumstances))):  # fmt: skip
                for name in ids:
                    ground = Ground(agreement.id, kind, name, agreement.document)
                    found[agreement.id, kind, name] = (ground, agreement.flows.get(name) if kind == "flows" else None)
        return [found[key] for key in sorted(found)]

    def _without(self, case: Case, held: tuple[Provision, ...]) -> Iterator[str]:
        """What would be answered without a duty that nobody has read in the law itself."""
        table = case.policy.table
        if case.row.outcome == "must-share" and held and all(one.confidence != "enacted" for one in held):
            fits = case.policy.fits(case.situation, case.circumstances)
            while table.rows[row := table.first(fits)].outcome == "must-share":
                fits &= fits - 1
            label = self.book.term("outcomes", table.rows[row].outcome).label.lower()
            yield self.book.decision["without_duty"].format(answer=label, says=table.rows[row].says)

    def _advice(self, case: Case) -> tuple[str, ...]:
        """Whom to ask, by name where the sender's agency names them."""
        agreement = case.policy.agreement
        _, agency, _ = case.policy.places.get(case.sender.name, ("", "", ""))
        return tuple(advisers(agreement.agencies.get(agency) if agreement else None, self.book))

    def _instead(self, case: Case) -> str:
        """Somebody able to protect whoever is in danger, and used to being told: a party, or else a word of the book.

        Those whom flows for protection let this sender tell come first, then those whom such flows let anybody tell.
        """
        policy, law, sender = case.policy, case.policy.law, case.sender
        who = "child" if case.circumstances.danger == "child" or case.circumstances.person == "child" else "adult"
        able = [
            party for party in policy.parties.values()
            if party.kind.role and {f"protects-{who}", "front-door"} <= law.able(party.kind) and party is not sender
        ]  # fmt: skip
        if not able:
            return str(self.book.decision["instead"][who])
        protecting = 0
        for purpose in policy.purposes.values():
            if self.book.term("purposes", purpose.words[0]).is_("protects_children"):
                protecting |= purpose.flows
        return min(
            able,
            key=lambda party: (
                -(party.receives & sender.sends & protecting).bit_count(), -(party.receives & protecting).bit_count(), party.name
            ),
        ).name  # fmt: skip

    def _nearest(self, question: Question, outcome: str) -> tuple[Change, ...]:
        found = []
        for change in self.book.decision["changes"]:
            changed = replace(question, **change["if"])
            if changed != question and (then := self.outcome(changed)) != outcome:
                found.append(Change(change["says"], then))
        return tuple(found)


def _said(asides: Iterable[Aside], case: Case) -> Iterator[str]:
    """What is said beside the answer to one item."""
    policy = case.policy
    holding = policy.facts(case.sender, case.recipient, case.item, case.purpose, case.situation.law)
    return (one.says for one in asides if one.fits(holding, case.words, case.row.outcome))


def _provisions(case: Case) -> tuple[Provision, ...]:
    """The provisions that an answer rests on: those its row asks for, or those that carry the sharing."""
    law, table = case.policy.law, case.policy.table
    fits = case.policy.fits(case.situation, case.circumstances)
    asked = {
        value
        for i, clause in enumerate(table.clauses) if fits >> i & 1 and clause.row == case.number
        for name, values in clause.flags if name == "law"
        for value in values
    }  # fmt: skip
    if asked:
        return law.of(case.situation.law & law.saying(asked))
    return law.of(case.situation.law) if case.row.outcome in ("share", "ask-first") else ()


def advisers(body: Agency | None, book: Book) -> Iterator[str]:
    """Those whom an agency names for advice."""
    for key, title in book.decision["advice"].items():
        if body and (said := contact(body.fields.get(key))):
            yield f"{title}: {said}"


def _asked_of(grounds: Iterable[tuple[Ground, Flow | None]]) -> Iterator[str]:
    """What flows ask to be so before they are used."""
    return (text for _, flow in grounds if flow for text in checks(flow))


def checks(flow: Flow) -> Iterator[str]:
    """What a flow asks to be so before it is used."""
    where = flow.fields.get("where")
    if isinstance(where, Mapping):
        said = [str(word).replace("-", " ") for words in where.values() for word in listed(words)]
        yield f"Check that it is so, as the agreement asks: {joined(said)}."


def _conditions(case: Case, provisions: Iterable[Provision]) -> Iterator[str]:
    """What is left of a duty's conditions, and of whom it binds, said with the answer that rests on it."""
    if case.row.outcome != "must-share":
        return
    bodies = {*case.sender.kind.agencies, *case.recipient.kind.agencies}
    for provision in provisions:
        yield from condition(provision)
        if bodies.intersection(provision.facts.get("unsure", ())):
            yield from limits(provision)


def condition(provision: Provision) -> Iterator[str]:
    """What is left of a duty's condition."""
    if text := provision.facts.get("condition_text"):
        yield f"Look at the condition of the duty: {text[:1].lower()}{text[1:]}"


def limits(provision: Provision) -> Iterator[str]:
    """What to look at where it is unsure whether a duty binds a kind of agency."""
    return (f"Check that the duty reaches you both: {limit}" for limit in provision.facts.get("limits", ()))


def _once(*texts: Iterable[str]) -> tuple[str, ...]:
    """Several texts in order, each once."""
    return tuple(dict.fromkeys(text for some in texts for text in some))
