"""The decision table, made ready to be asked: every row a set of clauses, every set of clauses one number.

`knowledge/decision.yaml` is the definition. Its conditions are all positive (a row never asks that something is absent),
so a row is a union of *clauses*: conjunctions of facts. Each fact of a question leaves some clauses standing, and the
answer is the row of the first clause that all of them leave standing. A set of clauses is an int, and asking is `&`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from sharecheck.agreement import listed
from sharecheck.errors import KnowledgeError
from sharecheck.knowledge import Book

CIRCUMSTANCES = (
    "linked", "person", "concern", "danger", "scale", "consent", "objection", "decides", "request", "belief",
)  # fmt: skip
"""The facts of the circumstances, in the order in which a diagram asks them: of those tried, one with few nodes."""

FLAGS = ("recipient", "item", "purpose", "law", "able", "care-team")
"""The facts of who, what and what for; all but the recipient may hold in several ways at once."""

PARTNERS = ("covers", "asks", "asks-advice", "leaves-choice", "forbids", "forbids-unless")
"""What partners can have agreed about a question."""

VOCABULARIES = {
    "concern": "concern-levels", "consent": "answers-to-consent", "danger": "dangers", "belief": "beliefs",
    "decides": "abilities", "request": "requests", "scale": "scales",
}  # fmt: skip
"""The circumstances whose words are a vocabulary of the book."""

_PLAIN = {"objection": ("no", "yes"), "person": ("child", "adult"), "linked": ("no", "yes")}

_PROTECTS = (("child", "child"), ("another-adult", "adult"), ("public", "public"), ("self", "adult"), ("self", "child"))
"""Whom a danger threatens, and whom the recipient has to be able to protect; of the person alone, that goes by age."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its answer, why in a sentence with sources, what to do first and then, and whether to turn elsewhere."""

    id: str
    outcome: str
    says: str
    source: tuple[str, ...]
    first: tuple[str, ...]
    then: tuple[str, ...]
    inform: str | None
    instead: bool


@dataclass(frozen=True, slots=True)
class Clause:
    """One way in which a row fits: facts of who, what and what for; circumstances; and what the partners agreed."""

    row: int
    flags: tuple[tuple[str, frozenset[str]], ...]
    circumstances: Mapping[str, frozenset[str]]
    partners: frozenset[str]


@dataclass(frozen=True, slots=True)
class Aside:
    """Something said with any answer whose facts it fits: a thing to do first, or where authorities disagree."""

    clauses: tuple[Clause, ...]
    outcomes: tuple[str, ...]
    says: str
    source: tuple[str, ...]

    def fits(self, flags: Mapping[str, frozenset[str]], circumstances: Mapping[str, str], outcome: str) -> bool:
        """Whether it is said, given the facts that hold."""
        return (not self.outcomes or outcome in self.outcomes) and any(
            all(flags[name] & values for name, values in clause.flags)
            and all(circumstances[name] in values for name, values in clause.circumstances.items())
            for clause in self.clauses
        )


@dataclass(frozen=True, slots=True)
class Term:
    """What partners agreed holds in some circumstances: a flag, and the words of three circumstances it holds for."""

    flag: str
    concern: frozenset[str]
    consent: frozenset[str]
    objection: frozenset[str]


class Table:
    """The table of one book: `rows`, `clauses` in order, and the clauses that each fact leaves standing.

    `masks` holds these for each word of a circumstance, `columns` for each fact of who, what and what for (see `_column`),
    `free` those that ask nothing of the partners and `agreeing` those that each thing partners agreed lets stand.
    """

    def __init__(self, book: Book) -> None:
        raw = book.decision
        self.words = {name: tuple(book.terms(vocabulary)) for name, vocabulary in VOCABULARIES.items()} | _PLAIN
        self.ranks = {level: int(term.facts["rank"]) for level, term in book.terms("concern-levels").items()}
        self.rows = tuple(_row(one) for one in raw["rows"])
        expand = _Conditions(raw, self.words)
        self.clauses = tuple(clause for i, one in enumerate(raw["rows"]) for clause in expand.clauses(i, one["when"]))
        self.steps = tuple(map(expand.aside, raw["steps"]))
        self.disagreements = tuple(map(expand.aside, raw["disagreements"]))
        self.masks = {
            name: {
                word: _bits(word in clause.circumstances.get(name, (word,)) for clause in self.clauses)
                for word in self.words[name]
            }
            for name in CIRCUMSTANCES
        }
        self.everything = (1 << len(self.clauses)) - 1
        self.columns = {name: self._column(name) for name in FLAGS}
        self._flags: dict[tuple[str, frozenset[str]], int] = {}
        self.free = _bits(not clause.partners for clause in self.clauses)
        self.agreeing = {flag: _bits(flag in clause.partners for clause in self.clauses) for flag in PARTNERS}
        self.terms: list[Term] = []
        self._numbers: dict[Term, int] = {}
        self.term_masks = {name: dict.fromkeys(self.words[name], 0) for name in ("concern", "consent", "objection")}
        self._partners: dict[int, int] = {0: self.free}

    def _column(self, name: str) -> list[tuple[int, dict[str, int]]]:
        """For each condition that one clause can put on a fact: the clauses without it, and those that each value meets."""
        asked = [[values for flag, values in clause.flags if flag == name] for clause in self.clauses]
        values = sorted({value for one in asked for group in one for value in group})
        return [
            (
                _bits(len(one) <= n for one in asked),
                {value: _bits(len(one) > n and value in one[n] for one in asked) for value in values},
            )
            for n in range(max(map(len, asked)))
        ]

    def flags(self, name: str, holding: frozenset[str]) -> int:
        """The clauses left standing where these values of a fact hold, and no others."""
        key = (name, holding)
        standing = self._flags.get(key)
        if standing is None:
            standing = -1
            for free, only in self.columns[name]:
                met = free
                for value in holding:
                    met |= only.get(value, 0)
                standing &= met
            self._flags[key] = standing
        return standing

    def term(self, term: Term) -> int:
        """The bit that stands for something partners agreed."""
        number = self._numbers.get(term)
        if number is None:
            number = self._numbers[term] = 1 << len(self.terms)
            self.terms.append(term)
            for name, words in (("concern", term.concern), ("consent", term.consent), ("objection", term.objection)):
                for word in words:
                    self.term_masks[name][word] |= number
        return number

    def terms_of(self, bits: int) -> list[Term]:
        """The terms that a number stands for."""
        return [term for i, term in enumerate(self.terms) if bits >> i & 1]

    def agreed(self, terms: int) -> int:
        """The clauses left standing where these terms hold."""
        standing = self._partners.get(terms)
        if standing is None:
            standing = self.free
            for term in self.terms_of(terms):
                standing |= self.agreeing[term.flag]
            self._partners[terms] = standing
        return standing

    def first(self, standing: int) -> int:
        """The number of the row that answers, given the clauses that all facts leave standing."""
        return self.clauses[(standing & -standing).bit_length() - 1].row


def table(book: Book) -> Table:
    """The decision table of a book, made once; raises `KnowledgeError` where it uses a word that it does not explain."""
    made: Table = book.derived("decision table", lambda: Table(book))
    return made


class _Conditions:
    """From conditions as written to clauses."""

    def __init__(self, raw: Mapping[str, Any], words: Mapping[str, Sequence[str]]) -> None:
        self._meanings = raw["meanings"]
        self._known = {name: set(map(str, fact["values"])) for name, fact in raw["facts"].items()} | {
            name: set(values) for name, values in words.items()
        }

    def clauses(self, row: int, when: Any) -> Iterator[Clause]:
        """Every way in which a condition can hold."""
        for conditions in self._ways(when):
            circumstances: dict[str, frozenset[str]] = {}
            flags: list[tuple[str, frozenset[str]]] = []
            partners: frozenset[str] = frozenset()
            for name, values in conditions:
                if name == "partners":
                    partners = values
                elif name in FLAGS:
                    flags.append((name, values))
                else:
                    circumstances[name] = circumstances.get(name, values) & values
            if all(circumstances.values()):
                yield Clause(row, tuple(flags), circumstances, partners)

    def aside(self, raw: Mapping[str, Any]) -> Aside:
        """Something said beside answers."""
        return Aside(tuple(self.clauses(0, raw["when"])), listed(raw.get("outcome")), raw["says"], tuple(raw["source"]))

    def _ways(self, when: Any) -> Iterator[tuple[tuple[str, frozenset[str]], ...]]:
        for one in listed(when):
            parts = [list(self._part(name, listed(values))) for name, values in one.items()]
            for way in product(*parts):
                yield tuple(condition for part in way for condition in part)

    def _part(self, name: str, values: tuple[str, ...]) -> Iterator[tuple[tuple[str, frozenset[str]], ...]]:
        if name == "is":
            for meaning in values:
                yield from self._ways(self._meanings[meaning])
        elif name == "able" and "protects" in values:
            for danger, who in _PROTECTS:
                age = (("person", frozenset((who,))),) if danger == "self" else ()
                yield (("danger", frozenset((danger,))), ("able", frozenset((f"protects-{who}",))), *age)
        elif unknown := set(values) - self._known.get(name, set()):
            raise KnowledgeError(f"the decision table asks `{name}` for `{min(unknown)}`, which is not explained", "")
        else:
            yield ((name, frozenset(values)),)


def _row(raw: Mapping[str, Any]) -> Row:
    get = raw.get
    return Row(
        raw["id"], raw["outcome"], raw["says"], tuple(raw["source"]), listed(get("first")), listed(get("then")),
        get("inform"), "instead" in raw,
    )  # fmt: skip


def _bits(holds: Iterable[bool]) -> int:
    return sum(1 << i for i, yes in enumerate(holds) if yes)
