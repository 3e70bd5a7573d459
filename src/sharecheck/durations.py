"""Lengths of time as people write them: `P30D`, `1 working day`, `within two weeks`.

Months, years and weekends differ, so a length is at least and at most so many days. One is longer than another for
certain only where its least exceeds the other's most; `nominal` is what people mean in passing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_COUNTED = {
    "next": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15, "eighteen": 18, "twenty": 20, "twenty-one": 21,
    "twenty-five": 25, "twenty-eight": 28, "thirty": 30, "thirty-five": 35, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy-five": 75, "ninety": 90, "hundred": 100,
}  # fmt: skip
_DAYS = {
    "year": (365, 366), "month": (28, 31), "fortnight": (14, 14), "week": (7, 7), "day": (1, 1),
    "hour": (1 / 24, 1 / 24), "minute": (1 / 1440, 1 / 1440), "second": (0, 0),
}  # fmt: skip
_NOMINAL = {"month": 30.0, "year": 365.0}
_ISO_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")
_NUMBER = "|".join(sorted(_COUNTED, key=len, reverse=True))
_AFTER = "|".join(f"(?<={word} )" for word in ("within", "in", "after", "for", "than", "of"))
_SAID = re.compile(
    rf"\b(?:(\d{{1,4}}(?![-/:]\d)|{_NUMBER})(?:[ -](?:to|or|and)[ -](\d{{1,4}}))?|(?:{_AFTER})an?)[ -]"
    rf"(?:(working|school|business|calendar|clear|full)[ -])?({'|'.join(_DAYS)})s?\b",
    re.IGNORECASE,
)
_ISO = re.compile(
    r"\bP(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?(?!\w)",
    re.IGNORECASE,
)
_AT_ONCE = re.compile(
    r"\b(without|no)[ -](\w+ )?delay\b|\bimmediate(ly)?\b|\bat once\b|\bsame[ -](working[ -])?day\b|\bstraight ?away\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time in days: at least, at most, and as people mean it in passing."""

    least: float
    most: float
    nominal: float

    def exceeds(self, other: Length) -> bool:
        """Whether it is certainly longer."""
        return self.least > other.most


@cache
def length(written: str | None) -> Length | None:
    """What a field for a length of time says, or None where it cannot be counted in days."""
    if written is None:
        return None
    found = _ISO.fullmatch(written)
    if found:
        return _iso(found)
    said = _SAID.fullmatch(written)
    return _said(said) if said else None


@cache
def lengths(text: str) -> tuple[Length, ...]:
    """Every length of time that a text names, first those in words."""
    plain = " ".join(text.split())
    return (*map(_said, _SAID.finditer(plain)), *map(_iso, _ISO.finditer(plain)))


def shortest(text: str) -> float | None:
    """The shortest time a text names, in days as people mean it; "at once" is none at all; None where it names no time."""
    named = [one.nominal for one in lengths(text)]
    return 0.0 if _AT_ONCE.search(text) else min(named, default=None)


def spoken(written: str) -> str:
    """A length of time as people say it: `P5D` is "5 days"; words stay as they are."""
    found = _ISO.fullmatch(written)
    if not found:
        return written.replace("-", " ") if written[:1].isalpha() else written
    parts = [(number, unit) for number, unit in zip(found.groups(), _ISO_UNITS, strict=True) if number]
    return " ".join(f"{number} {unit}{'' if number == '1' else 's'}" for number, unit in parts)


def _iso(found: re.Match[str]) -> Length:
    counted = [(int(number), unit) for number, unit in zip(found.groups(), _ISO_UNITS, strict=True) if number]
    return Length(
        sum(number * _DAYS[unit][0] for number, unit in counted),
        sum(number * _DAYS[unit][1] for number, unit in counted),
        sum(number * _NOMINAL.get(unit, _DAYS[unit][0]) for number, unit in counted),
    )


def _said(found: re.Match[str]) -> Length:
    first, last, kind, unit = (part.lower() if part else "" for part in found.groups())
    count = int(last or first) if (last or first).isdigit() else _COUNTED.get(first, 1)
    least, most = (count * days for days in _DAYS[unit])
    nominal = count * _NOMINAL.get(unit, _DAYS[unit][0])
    if kind not in ("working", "school", "business"):
        return Length(least, most, nominal)
    holidays = 60 if kind == "school" else 4
    return Length(least + 2 * ((count - 1) // 5), most + 2 * ((count + 4) // 5) + holidays, nominal)
