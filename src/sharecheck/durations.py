"""How long a time is that somebody wrote in ISO 8601 or in words: `P30D`, `1 working day`, `within two weeks`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache

_WORDS = ("a", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: max(place, 1) for place, word in enumerate(_WORDS)} | {"an": 1, "next": 1, "twenty": 20, "thirty": 30}
_UNITS = {
    "minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1),
    "fortnight": timedelta(weeks=2), "month": timedelta(days=30), "year": timedelta(days=365),
}  # fmt: skip
_AT_ONCE = re.compile(
    r"\b(without|no)[ -](\w+ )?delay\b|\bimmediate(ly)?\b|\bat once\b|\bsame[ -](working[ -])?day\b|\bstraight ?away\b"
)
_PHRASE = re.compile(
    rf"\b(\d{{1,4}}(?![-/:]\d)|{'|'.join(_NUMBERS)})(?:[ -](?:to|or|and)[ -](\d{{1,4}}))?[ -]"
    rf"(?:(?:working|school|calendar|clear|full|business)[ -])?({'|'.join(_UNITS)})s?\b"
)
_ISO = re.compile(
    r"\bp(?=\d|t\d)(?:(\d+)y)?(?:(\d+)m)?(?:(\d+)w)?(?:(\d+)d)?(?:t(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?)?(?!\w)"
)
_ISO_UNITS = (365 * 86400, 30 * 86400, 7 * 86400, 86400, 3600, 60, 1)


@cache
def mentioned(text: str) -> tuple[timedelta, ...]:
    """Every time a text mentions, working days as days and "at once" as none; empty where it names none."""
    return tuple(_mentioned(" ".join(text.lower().split())))


def _mentioned(plain: str) -> Iterator[timedelta]:
    if _AT_ONCE.search(plain):
        yield timedelta(0)
    for first, last, unit in _PHRASE.findall(plain):
        number = int(last or first) if (last or first).isdigit() else _NUMBERS[first]
        yield number * _UNITS[unit]
    for parts in _ISO.findall(plain):
        yield timedelta(seconds=sum(int(part or 0) * size for part, size in zip(parts, _ISO_UNITS, strict=True)))


def longest(text: str) -> timedelta | None:
    """The longest time a text mentions, or None where it names none."""
    return max(mentioned(text), default=None)


def shortest(text: str) -> timedelta | None:
    """The shortest time a text mentions, or None where it names none."""
    return min(mentioned(text), default=None)
