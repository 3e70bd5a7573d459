"""Telling phrases: whether a text says something of one meaning, in words that are next to certain."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sharecheck.agreement import words
from sharecheck.knowledge import Book

_WORD = re.compile(r"\w+")
_ARTICLE = re.compile(r"^(the|a|an) ")
_BEFORE = re.compile(r"\b(not|never|no|none|nothing|nor|neither|without|cannot|can't|don't|won't|mustn't)\b")
_AFTER = re.compile(r"\b(not|never|forbidden|prohibited|excluded|needs?|requires?|must first|only with|unless)\b")


@dataclass(frozen=True, slots=True)
class Plain:
    """A text made plain for comparison, and the words in it."""

    text: str
    words: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Plain:
        """A text as it is compared."""
        plain = words(text)
        return cls(plain, frozenset(_WORD.findall(plain)))


@dataclass(frozen=True, slots=True)
class Phrases:
    """The telling phrases of one meaning; `telling` has the longest word of each, without which a text has none of them."""

    alone: frozenset[str]
    anywhere: re.Pattern[str]
    negatable: frozenset[str]
    telling: frozenset[str]

    def first(self, plain: Plain) -> str | None:
        """The first of them in a text, unless every clause with it forbids or limits what it says."""
        if self.telling.isdisjoint(plain.words):
            return None
        bare = _ARTICLE.sub("", plain.text)
        if bare in self.alone:
            return bare
        found = self.anywhere.search(plain.text)
        if found and not (found.group() in self.negatable and _negated(plain.text, found.group())):
            return found.group()
        return None


def phrases(means: str, book: Book) -> Phrases:
    """The phrases of one meaning that the book has."""
    found: Phrases = book.derived(("phrases", means), lambda: _gather(means, book))
    return found


def _gather(means: str, book: Book) -> Phrases:
    terms = [term for term in book.terms("phrases").values() if term.facts["means"] == means]
    some = sorted((t.facts["phrase"] for t in terms if t.facts["where"] == "anywhere"), key=len, reverse=True)
    return Phrases(
        frozenset(t.facts["phrase"] for t in terms if t.facts["where"] == "alone"),
        re.compile("|".join(rf"\b{re.escape(phrase)}\b" for phrase in some) or r"(?!)"),
        frozenset(t.facts["phrase"] for t in terms if t.is_("unless_negated")),
        frozenset(max(_WORD.findall(t.facts["phrase"]), key=len) for t in terms),
    )


def _negated(plain: str, phrase: str) -> bool:
    """Whether every clause with the phrase forbids or limits what the phrase says."""
    for clause in re.split(r"[.;,:]", plain):
        if phrase in clause:
            before, _, after = clause.partition(phrase)
            if not _BEFORE.search(before) and not _AFTER.search(after):
                return False
    return True
