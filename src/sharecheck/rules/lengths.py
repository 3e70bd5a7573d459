"""Lengths of time as agreements write them, compared only where one is certainly longer than the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
    "fourteen": 14, "fifteen": 15, "eighteen": 18, "twenty": 20, "twenty-one": 21, "twenty-five": 25, "twenty-eight": 28,
    "thirty": 30, "thirty-five": 35, "forty": 40, "fifty": 50, "sixty": 60, "seventy-five": 75, "ninety": 90, "hundred": 100,
}  # fmt: skip
_DAYS = {
    "year": (365, 366),
    "month": (28, 31),
    "week": (7, 7),
    "day": (1, 1),
    "hour": (1 / 24, 1 / 24),
    "minute": (0, 0),
}
_UNITS = {"Y": "year", "M": "month", "W": "week", "D": "day", "H": "hour", "m": "minute", "S": "second"}
_ISO = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(?:T(\d+H)?(?:\d+M)?(?:\d+S)?)?")
_NUMBER = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_WORDS = re.compile(
    rf"\b(\d{{1,4}}|{_NUMBER})[ -]((working |school |business )?)(?:calendar )?(year|month|week|day|hour|minute)s?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time: at least and at most so many days, since months, years and weekends differ."""

    least: float
    most: float

    def exceeds(self, other: Length) -> bool:
        """Whether it is certainly longer."""
        return self.least > other.most


@cache
def length(written: str | None) -> Length | None:
    """What a field for a length of time says, or None where it cannot be counted in days."""
    if written is None:
        return None
    if found := _ISO.fullmatch(written):
        units = [(int(part[:-1]), _UNITS[part[-1]]) for part in found.groups() if part]
        return Length(sum(n * _DAYS[u][0] for n, u in units), sum(n * _DAYS[u][1] for n, u in units))
    found = _WORDS.fullmatch(written)
    return _spoken(found) if found else None


def lengths(text: str) -> Iterator[Length]:
    """Every length of time that a text names in words or in the international form."""
    yield from (_spoken(found) for found in _WORDS.finditer(text))
    yield from (found for part in text.split() if part[:1] == "P" and (found := length(part.strip(".,;:()"))))


def _spoken(found: re.Match[str]) -> Length:
    number, kind, _, unit = found.groups()
    count = int(number) if number.isdigit() else _NUMBERS[number.lower()]
    least, most = (count * days for days in _DAYS[unit.lower()])
    if not kind:
        return Length(least, most)
    holidays = 60 if kind.lower() == "school " else 4
    return Length(least + 2 * ((count - 1) // 5), most + 2 * ((count + 4) // 5) + holidays)


def spoken_duration(written: str) -> str:
    """A length of time as people say it: `P5D` is "5 days"; words stay as they are."""
    if not written.startswith("P"):
        return written.replace("-", " ") if written[0].isalpha() else written
    parts: list[str] = []
    number, in_time = "", False
    for character in written[1:]:
        if character == "T":
            in_time = True
        elif character.isdigit():
            number += character
        else:
            unit = _UNITS["m" if in_time and character == "M" else character]
            parts.append(f"{number} {unit}{'' if number == '1' else 's'}")
            number = ""
    return " ".join(parts)
