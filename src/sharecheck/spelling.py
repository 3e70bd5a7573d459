"""Spelling: the one word of the format that somebody wrote another way, and nothing where there could be two.

What differs is only how it is written: capitals, hyphens, underscores and spaces, "Article" before its number, a month as a
word. A word that is merely near is never taken for another: that is a question for whoever wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

_PARTS = re.compile(r"[0-9]+|[a-z]+")
_WORD = re.compile(r"[A-Za-z0-9_\s-]+")
_ARTICLE = re.compile(r"(?:(?:uk gdpr )?art(?:icle|\.)? ?)?([0-9][A-Za-z0-9\s().]*)", re.IGNORECASE)
_BEFORE_A_PARAGRAPH = re.compile(r"(paragraph|para\.?) ?(?=[0-9])", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/])([0-9]{1,2})(?:\2([0-9]{1,2}))?")
_MONTH_NAMED = re.compile(r"(?:([0-9]{1,2})(?:st|nd|rd|th)? )?([A-Za-z]+),? ([0-9]{4})")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_TRUTH = {"yes": True, "true": True, "no": False, "false": False}


def same(word: str, options: Iterable[str]) -> str | None:
    """The one option that `word` spells another way; nothing where none does, or more than one."""
    plain = _bare(word) if _WORD.fullmatch(word) else None  # a question mark or a slash may mean something
    article = _bare(found[1]) if (found := _ARTICLE.fullmatch(word.strip())) else None
    meant = [one for one in options if _bare(one) == (article if "(" in one else plain)]
    return meant[0] if len(meant) == 1 else None


def _bare(word: str) -> tuple[str, ...]:
    """The words and numbers of a word; one without numbers as its letters alone."""
    parts = _PARTS.findall(word.lower())
    return tuple(parts) if any(part.isdigit() for part in parts) else ("".join(parts),)


def truth(word: str) -> bool | None:
    """What `yes` and `no` say."""
    return _TRUTH.get(word.strip().lower())


def number(word: str) -> int | None:
    """A whole number in quotes."""
    return int(word) if re.fullmatch(r"(0|[1-9][0-9]{0,8})", word) else None


def paragraph(word: str) -> int | str | None:
    """The number alone of a paragraph that is called one."""
    left = _BEFORE_A_PARAGRAPH.sub("", word.strip(), count=1)
    if left == word or not re.fullmatch(r"[1-9][0-9]?[A-Z]?", left):
        return None
    return int(left) if left.isdigit() else left


def day(word: str) -> str | None:
    """A day or month whose year is first, or whose month is a word; never one where day and month could change places."""
    if found := _YEAR_FIRST.fullmatch(word.strip()):
        year, month, on = found[1], int(found[3]), found[4]
    elif (found := _MONTH_NAMED.fullmatch(" ".join(word.split()))) and found[2].lower() in _MONTHS:
        year, month, on = found[3], _MONTHS.index(found[2].lower()) + 1, found[1]
    else:
        return None
    try:
        whole = date(int(year), month, int(on or 1)).isoformat()
    except ValueError:
        return None
    return whole if on else whole[:7]
