"""Scenarios: questions with the answers that partners expect, put to the agreement they belong to.

They say what an agreement means while it is in use, so each is asked on a day within its life. What they leave out shows
in two ways: clauses that no answer rests on (`coverage`), and clauses whose change no scenario notices (`unnoticed`).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sharecheck.agreement import Agreement, Flow, Party, listed
from sharecheck.knowledge import Book, joined
from sharecheck.policy import compiled, promises
from sharecheck.policy.answer import Answer, Desk, Ground, QuestionError
from sharecheck.policy.compiled import Policy
from sharecheck.policy.question import Question, read
from sharecheck.policy.table import table
from sharecheck.source import Document, Path

DUTIES = ("record", "inform", "not-inform", "method", "deadline", "feedback")
"""The duties that a scenario may expect to be said."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """The outcome expected; what the answer must rest on and say besides, as far as that is given."""

    outcome: str
    flow: str | None = None
    provision: str | None = None
    duties: tuple[str, ...] = ()
    withhold: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story: its questions, and the one answer to all of them.

    `agreement` answers. Where it is None the law and the table alone do, unless `named` says that another was meant.
    `given` are the questions as written. `expected` is None where that has not been typed in yet.
    """

    agreement: Agreement | None
    named: str | None
    id: str
    text: str
    given: tuple[Mapping[str, Any], ...]
    expected: Expectation | None
    document: Document
    at: Path

    @property
    def file(self) -> str:
        """The file it is written in."""
        return self.document.name

    @property
    def place(self) -> tuple[int, int]:
        """The line and column of what it expects, from 1."""
        span = self.document.span((*self.at, "expect"))
        return span.line, span.column


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one scenario: `why` it failed, in a sentence, or nothing; the answer that shows it, and all answers.

    `got` is None where nothing could be answered.
    """

    scenario: Scenario
    got: Answer | None
    why: str
    answers: tuple[Answer, ...]

    @property
    def passed(self) -> bool:
        """Whether every question was answered as expected."""
        return not self.why


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the answers of a run rest on: clauses of the agreements (flows and prohibitions), and rows of the table."""

    clauses: tuple[Ground, ...]
    exercised: frozenset[Ground]
    rows: tuple[str, ...]
    rows_exercised: frozenset[str]

    def of(self, kind: str) -> tuple[tuple[Ground, ...], tuple[Ground, ...]]:
        """The clauses of one kind (`flows` or `never`), and those of them that no answer rests on."""
        every = tuple(clause for clause in self.clauses if clause.kind == kind)
        return every, tuple(clause for clause in every if clause not in self.exercised)

    @property
    def idle_rows(self) -> tuple[str, ...]:
        """The rows that gave no answer."""
        return tuple(row for row in self.rows if row not in self.rows_exercised)


@dataclass(frozen=True, slots=True)
class Unnoticed:
    """A clause, and the changes to it that leave every scenario as it was."""

    clause: Ground
    changes: tuple[str, ...]


# reading


def written(agreement: Agreement) -> tuple[Scenario, ...]:
    """The scenarios that stand in an agreement."""
    raw = agreement.fields.get("scenarios") or {}
    return tuple(_scenario(key, one, agreement, agreement.id, agreement.document) for key, one in raw.items())


def filed(document: Document, agreements: Iterable[Agreement]) -> tuple[Scenario, ...]:
    """The scenarios of a file that has the form, each with the agreement that the file names, if it is among these."""
    named = document.data.get("agreement")
    agreement = next((one for one in agreements if one.id == named), None) if named else None
    return tuple(_scenario(key, one, agreement, named, document) for key, one in document.data["scenarios"].items())


def _scenario(
    key: str, raw: Mapping[str, Any], agreement: Agreement | None, named: str | None, document: Document
) -> Scenario:
    expect = raw.get("expect")
    expected = None
    if isinstance(expect, str):
        expected = Expectation(expect)
    elif isinstance(expect, Mapping) and "outcome" in expect:
        duties, withhold = listed(expect.get("duties")), listed(expect.get("withhold"))
        expected = Expectation(expect["outcome"], expect.get("flow"), expect.get("provision"), duties, withhold)
    return Scenario(
        agreement, named, key, raw.get("text", ""), listed(raw.get("given")), expected, document, ("scenarios", key)
    )


# asking


def run(
    agreements: Sequence[Agreement],
    book: Book,
    files: Iterable[Document] = (),
    named_there: Sequence[Agreement] = (),
) -> tuple[Result, ...]:
    """Every scenario of some agreements, and of `files` about these or about `named_there`, answered in full."""
    out: list[Result] = []
    for agreement in agreements:
        desks = _Desks(agreement, book)
        out += [_asked(one, desks) for one in written(agreement)]
    for document in files:
        scenarios = filed(document, (*agreements, *named_there))
        desks = _Desks(scenarios[0].agreement if scenarios else None, book)
        out += [_asked(one, desks) for one in scenarios]
    return tuple(out)


def failing(policy: Policy, files: Iterable[Document] = ()) -> tuple[Result, ...]:
    """The scenarios of one agreement, and of `files` about it, that fail; no more is worked out than shows that.

    `policy` is the agreement compiled as written, on the book's day.
    """
    agreement, book = policy.agreement, policy.book
    assert agreement is not None
    desks = _Desks(agreement, book, policy)
    every = [*written(agreement), *(one for document in files for one in filed(document, (agreement,)))]
    return tuple(_asked(one, desks) for one in every if not _holds(one, desks))


class _Desks:
    """The desks at which one agreement answers, each made once: one for every day and place asked about."""

    def __init__(self, agreement: Agreement | None, book: Book, policy: Policy | None = None) -> None:
        """`policy` is the agreement as written on the book's day: what it is on a day of its life that nobody has named."""
        self.agreement = _in_use(agreement) if agreement else None
        self.today = Desk([policy], book) if policy else None
        self.book = book
        self._made: dict[tuple[date, str | None], Desk] = {}

    def at(self, question: Question) -> Desk:
        key = (_day(question, self.agreement, self.book), question.jurisdiction)
        if self.today and question.on is None and key == (self.book.on, None):
            return self.today
        if key not in self._made:
            book = _on(key[0], self.book)
            own = [compiled.compile(self.agreement, book, key[1])] if self.agreement else []
            self._made[key] = Desk(own, book, key[1])
        return self._made[key]


def _in_use(agreement: Agreement) -> Agreement:
    """The agreement as it is while in use, whether or not it was suspended, ended or replaced since."""
    fields = {key: value for key, value in agreement.fields.items() if key != "replaced_by"}
    return replace(agreement, status="live", fields=fields)


def _day(question: Question, agreement: Agreement | None, book: Book) -> date:
    """The day that a question says; otherwise the book's, or the nearest to it on which the agreement is in use."""
    if question.on or agreement is None:
        return question.on or book.on
    day = max(book.on, agreement.starts or book.on)
    return min(day, agreement.ends or day)


def _on(day: date, book: Book) -> Book:
    if day == book.on:
        return book
    other: Book = book.derived(("the book on", day), lambda: replace(book, on=day, _derived={}))
    return other


def _asked(scenario: Scenario, desks: _Desks) -> Result:
    if gap := _gap(scenario):
        return Result(scenario, None, gap, ())
    answers: list[Answer] = []
    shown: Answer | None = None
    why = ""
    for number, raw in enumerate(scenario.given, 1):
        which = f"question {number} of {len(scenario.given)}: " if len(scenario.given) > 1 else ""
        question = read(raw)
        try:
            answers.append(desks.at(question).answer(question, changes=False))
        except QuestionError as error:
            return Result(scenario, None, f"{which}{error.message}: {error.fix}", tuple(answers))
        if not why and (fault := _fault(scenario, answers[-1], desks.book)):
            why, shown = f"{which}{fault}", answers[-1]
    return Result(scenario, shown or answers[-1], why, tuple(answers))


def _holds(scenario: Scenario, desks: _Desks) -> bool:
    """Whether a scenario passes; an answer is worked out in full only where more than its outcome is expected."""
    if _gap(scenario) or scenario.expected is None:
        return False
    more = scenario.expected != Expectation(scenario.expected.outcome)
    for raw in scenario.given:
        question = read(raw)
        desk = desks.at(question)
        try:
            if desk.outcome(question) != scenario.expected.outcome:
                return False
            if more and _fault(scenario, desk.answer(question, changes=False), desks.book):
                return False
        except QuestionError:
            return False
    return True


def _gap(scenario: Scenario) -> str:
    """Why a scenario cannot be asked, if it cannot."""
    if scenario.named and scenario.agreement is None:
        return f"no agreement `{scenario.named}` was read: correct the id, or name the folder that it is in"
    if not scenario.given or scenario.expected is None:
        return f"it has no `{'expect' if scenario.given else 'given'}` yet"
    expected, agreement = scenario.expected, scenario.agreement
    clauses = (*agreement.flows, *(agreement.fields.get("never") or {})) if agreement else ()
    if expected.flow and expected.flow not in clauses:
        return f"it expects the flow `{expected.flow}`, which there is not{_near(expected.flow, clauses)}"
    for duty in expected.duties:
        if duty not in DUTIES:
            known = joined([f"`{one}`" for one in DUTIES])
            return f"it expects the duty `{duty}`, which there is not: the duties are {known}"
    asked = {item for question in scenario.given for item in listed(question.get("data"))}
    for item in expected.withhold:
        if item not in asked:
            return f"it expects `{item}` to be withheld, which it does not ask about{_near(item, asked)}"
    return ""


def _near(word: str, words: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(words), 1, 0.6)
    return f": did you mean `{close[0]}`?" if close else ""


def _fault(scenario: Scenario, answer: Answer, book: Book) -> str:
    """In what an answer is not the one expected; empty where it is."""
    expected = scenario.expected
    assert expected is not None
    if answer.outcome != expected.outcome:
        return f"expected `{expected.outcome}`, got `{answer.outcome}`"
    faults = []
    if expected.flow and expected.flow not in {ground.id for ground in answer.flows}:
        faults.append(f"expected it to rest on the flow `{expected.flow}`, which it does not")
    if expected.provision:
        meant = {one.id for one in book.cited(expected.provision)}
        if not meant:
            faults.append(f"expected it to rest on `{expected.provision}`, which the book does not hold")
        elif not meant & {one.id for one in answer.provisions}:
            faults.append(f"expected it to rest on `{expected.provision}`, which it does not")
    said = _said(answer, book)
    faults += [
        f"expected the duty `{duty}` to follow, which it does not" for duty in expected.duties if duty not in said
    ]
    faults += [
        f"expected `{item}` to be withheld, which it is not"
        for item in expected.withhold
        if item not in answer.withhold
    ]
    return f"got `{answer.outcome}` as expected, but {'; '.join(faults)}" if faults else ""


def _said(answer: Answer, book: Book) -> set[str]:
    """The duties that an answer says; `inform` and `not-inform` are told apart by the sentence that stands for each."""
    said = {name for name, _ in answer.duties}
    if answer.duties.inform.startswith(book.decision["duties"]["inform"]["no"]):
        said = said - {"inform"} | {"not-inform"}
    return said


def ground(answer: Answer) -> str:
    """Why an answer is what it is, in sentences: the row of the table, and what in the agreement and the law it rests on."""
    kinds = {"flows": "flow", "never": "prohibition"}
    clauses = [f"the {kinds[one.kind]} `{one.id}` (line {one.line} of {one.file})" for one in answer.flows]
    rests = [*clauses, *(one.title for one in answer.provisions)]
    return f"{answer.row.says} " + (
        f"It rests on {joined(rests)}." if rests else "No flow, prohibition or provision bears on it."
    )


# what scenarios leave out


def clauses(agreement: Agreement) -> tuple[Ground, ...]:
    """The flows and prohibitions of an agreement, in that order."""
    names = [("flows", name) for name in agreement.flows] + [("never", name) for name in _bars(agreement)]
    return tuple(_clause(agreement, kind, name) for kind, name in names)


def _clause(agreement: Agreement, kind: str, name: str) -> Ground:
    return Ground(agreement.id, kind, name, agreement.document)


def _bars(agreement: Agreement) -> Mapping[str, Mapping[str, Any]]:
    return agreement.fields.get("never") or {}


def coverage(results: Iterable[Result], agreements: Iterable[Agreement], book: Book) -> Coverage:
    """What the answers of a run rest on, of everything there is in these agreements and in the table."""
    answers = [answer for result in results for answer in result.answers]
    return Coverage(
        tuple(clause for agreement in agreements for clause in clauses(agreement)),
        frozenset(clause for answer in answers for clause in answer.flows),
        tuple(row.id for row in table(book).rows),
        frozenset(row.id for answer in answers for row in (answer.row, *(item.row for item in answer.items))),
    )


def unnoticed(results: Iterable[Result], book: Book) -> tuple[Unnoticed, ...]:
    """The clauses that could be taken out or loosened without one scenario noticing, of agreements that have scenarios.

    A scenario notices a change where it passes before and fails after it.
    """
    passing: dict[str, list[Scenario]] = {}
    for result in results:
        if result.scenario.agreement and result.passed:
            passing.setdefault(result.scenario.agreement.document.name, []).append(result.scenario)
    out: list[Unnoticed] = []
    for scenarios in passing.values():
        agreement = scenarios[0].agreement
        assert agreement is not None
        missed: dict[Ground, list[str]] = {}
        for clause, change, changed in _mutants(agreement, book):
            desks = _Desks(changed, book)
            if all(_holds(replace(one, agreement=changed), desks) for one in scenarios):
                missed.setdefault(clause, []).append(change)
        out += [Unnoticed(clause, tuple(changes)) for clause, changes in missed.items()]
    return tuple(out)


def _mutants(agreement: Agreement, book: Book) -> Iterator[tuple[Ground, str, Agreement]]:
    """Each clause with a change to it in words, and the agreement so changed; only changes that alter what it says."""
    for name, flow in agreement.flows.items():
        clause = _clause(agreement, "flows", name)
        others = {key: other for key, other in agreement.flows.items() if key != name}
        yield clause, "taken out", replace(agreement, flows=others)
        for change, loosened in _loosened(flow, agreement, book):
            yield clause, change, replace(agreement, flows={**agreement.flows, name: loosened})
    bars = _bars(agreement)
    for name, bar in bars.items():
        clause = _clause(agreement, "never", name)
        others_ = {key: other for key, other in bars.items() if key != name}
        yield clause, "taken out", _with_bars(agreement, others_)
        strict = {key: value for key, value in bar.items() if key != "unless"}
        if _differ(promises.of_bar, bar, strict, book):
            yield clause, "left without its exceptions", _with_bars(agreement, {**bars, name: strict})


def _with_bars(agreement: Agreement, bars: Mapping[str, Any]) -> Agreement:
    return replace(agreement, fields={**agreement.fields, "never": bars})


def _loosened(flow: Flow, agreement: Agreement, book: Book) -> Iterator[tuple[str, Flow]]:
    unasked = replace(flow, consent=None)
    if _differ(promises.of_flow, flow, unasked, book):
        yield "left without consent", unasked
    ranks = table(book).ranks
    below = [word for word, rank in ranks.items() if rank < ranks.get(flow.concern, 0)]
    if below:
        word = max(below, key=ranks.__getitem__)
        yield f"opened from `{word}` upwards", replace(flow, concern=word)
    anybody = Party(flow.at, "any", None, tuple(agreement.agencies), everyone=True, known=True)
    if all(party.ref != "any" for party in flow.recipients):
        yield "opened to every partner as recipient", replace(flow, recipients=(*flow.recipients, anybody))
    if not flow.both_ways and all(party.ref != "any" for party in flow.senders):
        yield "opened to every partner as sender", replace(flow, senders=(*flow.senders, anybody))


def _differ(meaning: Any, one: Any, other: Any, book: Book) -> bool:
    """Whether two clauses say different things in any circumstances."""
    return set(meaning(one, book, table(book))) != set(meaning(other, book, table(book)))
