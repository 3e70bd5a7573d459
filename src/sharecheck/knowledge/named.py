"""Law, guidance and bodies by the names people use: what is repealed, replaced, renamed, mistaken, or gives no power."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

_PAST = frozenset({"repealed", "foreign", "replaced", "abolished", "renamed"})
_NO_POWER = frozenset({"not-law", "no-power", "guidance"})
_YEAR = re.compile(r"\d{4}$")
_NOISE = re.compile(r"[^a-z0-9']+|\bthe\b")
_HEDGE = re.compile(r"\b(now|former|formerly|previously|successor|legacy|ex)\b")


@dataclass(frozen=True, slots=True)
class Named:
    """One Act, piece of guidance or body, as it stands: `standing` says how, `starts` and `ends` between which days."""

    id: str
    kind: str
    title: str
    names: tuple[str, ...]
    standing: str
    says: str
    starts: date | None
    ends: date | None
    gone_by: date | None
    successors: tuple[str, ...]
    jurisdiction: tuple[str, ...]
    confidence: str
    sources: tuple[str, ...]
    facts: Mapping[str, Any]

    def gone(self, on: date) -> bool:
        """Whether naming it on a day names something that is no more, or never was."""
        if self.standing == "never":
            return True
        if self.standing not in _PAST:
            return False
        return self.ends < on if self.ends else self.gone_by is not None and self.gone_by <= on

    @property
    def no_power(self) -> bool:
        """Whether it lets nobody share: practice, guidance, or law about other things."""
        return self.standing in _NO_POWER


@dataclass(frozen=True, slots=True)
class Names:
    """Everything that can be named, found by name in a citation, in running text, or as the name of a body."""

    entries: Mapping[str, Named]
    by_name: Mapping[str, Named]
    past: Mapping[str, Named]
    bodies: Mapping[str, Named]
    firsts: frozenset[str]
    lasts: frozenset[str]
    longest: int

    def find(self, citation: str) -> tuple[Named, ...]:
        """The law and guidance that a citation names, in order, each once."""
        return self._scan(plain(citation).split(), self.by_name)

    def in_prose(self, text: str) -> tuple[Named, ...]:
        """The past and mistaken law and guidance that running text names beyond doubt, by its year or as foreign."""
        lowered = text.lower()
        if not any(last in lowered for last in self.lasts):
            return ()
        return self._scan(plain(text).split(), self.past)

    def _scan(self, words: list[str], names: Mapping[str, Named]) -> tuple[Named, ...]:
        """The longest name at each place; a name without a year is none before another year."""
        found: dict[str, Named] = {}
        place = 0
        while place < len(words):
            furthest = min(place + self.longest, len(words)) if words[place] in self.firsts else place
            for end in range(furthest, place, -1):
                name = " ".join(words[place:end])
                entry = names.get(name)
                if entry and (_YEAR.search(name) or end == len(words) or not _YEAR.fullmatch(words[end])):
                    found[entry.id] = entry
                    place = end - 1
                    break
            place += 1
        return tuple(found.values())

    def body(self, name: str) -> Named | None:
        """The body that a name names: exactly, or by its ending where there are many of one kind."""
        flat = plain(name)
        if _HEDGE.search(flat):
            return None
        flat = plain(re.sub(r"\([^()]*\)", " ", name)) or flat
        words = flat.split()
        for start in range(len(words)):
            found = self.bodies.get(" ".join(words[start:]))
            if found and (start == 0 or found.facts.get("match") == "ending"):
                return found
        return None


def build(files: Mapping[str, Mapping[str, Any]]) -> Names:
    """The names from the data files."""
    entries = {
        key: _entry(key, data["kind"], facts) for data in files.values() for key, facts in data["entries"].items()
    }
    by_name = {name: e for e in entries.values() if e.kind != "body" for name in e.names}
    bodies = {name: e for e in entries.values() if e.kind == "body" for name in e.names}
    past = {n: e for n, e in by_name.items() if _is_past(e) and (_YEAR.search(n) or e.standing == "foreign")}
    words = [name.split() for name in by_name]
    firsts, lasts = frozenset(w[0] for w in words), frozenset(name.split()[-1] for name in past)
    return Names(entries, by_name, past, bodies, firsts, lasts, max(map(len, words)))


def plain(text: str) -> str:
    """A text made plain for finding names: lower case, no brackets, punctuation or articles, one space between words."""
    lowered = text.lower().replace("&", " and ").replace("’", "'")
    return " ".join(_NOISE.sub(" ", lowered).split())


def _is_past(entry: Named) -> bool:
    return entry.standing in _PAST or entry.standing == "never"


def _entry(key: str, kind: str, facts: Mapping[str, Any]) -> Named:
    day = {name: date.fromisoformat(facts[name]) if name in facts else None for name in ("from", "until", "gone_by")}
    return Named(
        key, kind, facts["title"], tuple(facts["names"]), facts["standing"], facts["says"], day["from"], day["until"],
        day["gone_by"], tuple(facts.get("successor", ())), tuple(facts.get("jurisdiction", ())), facts["confidence"],
        tuple(facts["source"]), facts,
    )  # fmt: skip
