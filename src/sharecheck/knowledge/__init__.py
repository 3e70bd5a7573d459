"""The book: vocabularies, law and sources as dated data, read on a given day.

Everything here is data in YAML beside this file, each kind held to a shape in `shapes/`. Code cites ids and asks for
facts by name; it never holds a section number, a period or a list of bodies.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sharecheck.errors import KnowledgeError
from sharecheck.knowledge import named
from sharecheck.knowledge.citation import Index, index
from sharecheck.knowledge.named import Named as Named
from sharecheck.knowledge.named import Names

BOOK = Path(__file__).parent / "book.json"

DPV_RELEASE = "2.3"
"""The release of the W3C Data Privacy Vocabulary that the `dpv` identifiers were read in."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word of one vocabulary, with its plain label and the facts the law or practice attaches to it."""

    id: str
    label: str
    facts: Mapping[str, Any]

    def is_(self, fact: str) -> bool:
        """Whether a yes-or-no fact holds; facts not stated do not."""
        return self.facts.get(fact) is True


@dataclass(frozen=True, slots=True)
class Provision:
    """A power, duty, bar or supporting function in law, with the days and places where it holds."""

    id: str
    title: str
    kind: str
    says: str
    jurisdiction: tuple[str, ...]
    starts: date | None
    ends: date | None
    confidence: str
    cites: tuple[str, ...]
    sources: tuple[str, ...]
    facts: Mapping[str, Any]

    def in_force(self, on: date) -> bool:
        """Whether it holds on a day, as far as the book knows its dates."""
        if self.facts.get("in_force") is False:
            return False
        return (self.starts is None or self.starts <= on) and (self.ends is None or on <= self.ends)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule's reason can be read; `read` says how far this project has read it."""

    id: str
    title: str
    section: str
    publisher: str
    says: str
    url: str | None
    read: str

    @property
    def verified(self) -> bool:
        """Whether the project has read the place itself, rather than an account of it."""
        return self.read in ("full", "part")


@dataclass(frozen=True, slots=True)
class Heading:
    """Something that the law and the codes expect an agreement to cover, and the rules that stand under it.

    They are those named in `rules`, and of its `topics` those that no other heading names.
    """

    id: str
    title: str
    expects: str
    sources: tuple[str, ...]
    topics: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Book:
    """What was known of law and vocabulary, asked on one day; `documents` are the headings and sentences of what is filed."""

    on: date
    version: str
    vocabularies: Mapping[str, Mapping[str, Term]]
    provisions: Mapping[str, Provision]
    sources: Mapping[str, Source]
    citations: Index
    names: Names
    decision: Mapping[str, Any]
    documents: Mapping[str, Any]
    headings: tuple[Heading, ...]
    _derived: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)

    def derived(self, key: object, make: Callable[[], Any]) -> Any:
        """Something computed from the book, kept with it so that it is computed once."""
        if key not in self._derived:
            self._derived[key] = make()
        return self._derived[key]

    def term(self, vocabulary: str, word: str) -> Term:
        """One term; a word the vocabulary lacks has no facts, so that no rule rests on it."""
        return self.vocabularies[vocabulary].get(word) or Term(word, word, {})

    def facts(self, vocabulary: str, words: tuple[str, ...]) -> frozenset[str]:
        """The yes-or-no facts that hold for any of some words of one vocabulary."""
        key = (vocabulary, words)
        found: frozenset[str] | None = self._derived.get(key)
        if found is None:
            terms = (self.term(vocabulary, word) for word in words)
            found = frozenset(fact for term in terms for fact, value in term.facts.items() if value is True)
            self._derived[key] = found
        return found

    def terms(self, vocabulary: str) -> Mapping[str, Term]:
        """A whole vocabulary, in its own order."""
        return self.vocabularies[vocabulary]

    def provision(self, citation: str) -> Provision | None:
        """The provision an id or a citation in words names, or None where the book does not hold it."""
        return next(iter(self.cited(citation)), None)

    def cited(self, citation: str) -> tuple[Provision, ...]:
        """Every provision that an id or a citation in words names ("sections 10 and 11"); empty where the book holds none."""
        if found := self.provisions.get(citation):
            return (found,)
        return tuple(self.provisions[key] for key in self._found(citation)[0])

    def not_held(self, citation: str) -> tuple[str, ...]:
        """The sections that a citation in words names and the book does not hold, of an Act that it knows."""
        return () if citation in self.provisions else self._found(citation)[1]

    def named(self, citation: str) -> tuple[Named, ...]:
        """The law and guidance without a provision of its own that a citation names: whole Acts, practice, mistakes."""
        found: tuple[Named, ...]
        found = self.derived(("named", citation), lambda: self.names.find(citation))
        return found

    def acts(self, citation: str) -> frozenset[str]:
        """The Acts that a citation names and of which the book holds sections."""
        found: frozenset[str] = self.derived(("acts", citation), lambda: self.citations.named(citation))
        return found

    def begun(self, fact: str) -> bool:
        """Whether what a dated law brought in, such as `deemed_compatible`, holds on the day."""
        bringing = [p for p in self.provisions.values() if fact in p.facts.get("brings", ())]
        return not bringing or any(p.in_force(self.on) for p in bringing)

    def heading(self, rule: str, topic: str) -> Heading | None:
        """The heading that a rule of a topic stands under; None for one that a partnership added under a topic of its own."""
        by_rule = next((one for one in self.headings if rule in one.rules), None)
        return by_rule or next((one for one in self.headings if topic in one.topics), None)

    def titles(self, ids: tuple[str, ...]) -> str:
        """The titles of entries or provisions, joined as a sentence joins them."""
        entries, provisions = self.names.entries, self.provisions
        return joined([entries[one].title if one in entries else provisions[one].title for one in ids])

    def _found(self, citation: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        found: tuple[tuple[str, ...], tuple[str, ...]]
        found = self.derived(("citation", citation), lambda: self.citations.find(citation))
        return found


def joined(words: Sequence[str]) -> str:
    """Words joined as a sentence joins them."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def load(on: date) -> Book:
    """The book as it reads on a day; raises `KnowledgeError` where the data shipped with sharecheck is damaged."""
    return Book(on, *_read())


@cache
def _read() -> tuple[str, Any, Any, Any, Any, Any, Any, Any, Any]:
    try:
        raw = json.loads(BOOK.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise KnowledgeError("the book of law and vocabulary cannot be read", "install sharecheck again") from None
    vocabularies = {
        name: {key: Term(key, facts["label"], facts) for key, facts in terms.items()}
        for name, terms in raw["vocabularies"].items()
    }
    provisions = {key: _provision(key, facts) for key, facts in raw["provisions"].items()}
    names = named.build(raw["named"])
    whole = {name: entry.id for name, entry in names.by_name.items() if entry.kind == "law"}
    spelt = ((key, (*provision.cites, provision.title)) for key, provision in provisions.items())
    citations = index(spelt, whole)
    sources = {
        key: Source(
            key, facts["title"], str(facts.get("section", "")), facts.get("publisher", ""), facts["says"],
            facts.get("url"), facts["read"],
        )
        for key, facts in raw["sources"].items()
    }  # fmt: skip
    headings = tuple(
        Heading(key, facts["title"], facts["expects"], tuple(facts["source"]), tuple(facts.get("topics", ())),
                tuple(facts.get("rules", ())))
        for key, facts in raw["headings"].items()
    )  # fmt: skip
    return (
        raw["version"],
        vocabularies,
        provisions,
        sources,
        citations,
        names,
        raw["decision"],
        raw["documents"],
        headings,
    )


def _provision(key: str, facts: Mapping[str, Any]) -> Provision:
    return Provision(
        key, facts["title"], facts["kind"], facts["says"], tuple(facts.get("jurisdiction", ())),
        _day(facts.get("from")), _day(facts.get("until")), facts.get("confidence", "enacted"),
        tuple(facts.get("cite", ())), tuple(facts.get("source", ())), facts,
    )  # fmt: skip


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
