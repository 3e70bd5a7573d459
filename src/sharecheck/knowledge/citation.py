"""Citations in people's own words: which Act, which sections.

"Section 115 of the Crime & Disorder Act 1998", "CDA s.115" and "cda-1998-s115" are one provision. What is named is found by
the Act and the section together; an Act alone, or a section alone, names nothing that could be checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_NUMBER = r"\d+[a-z]{0,3}(?:\s?\([0-9a-z]+\))*(?:\s?[-–]\s?\([0-9a-z]+\))?"
_SECTIONS = re.compile(
    rf"(?:\b(?:sections?|sects?|ss|s|regulations?|regs?|r|articles?|arts?)\b\.?|§+|\b[sr](?=\d))\s*({_NUMBER}(?:(?:\s*(?:and|to|or|-|–)\s*|\s+)(?:s\.?\s?)?{_NUMBER})*)"
)
_ACT = re.compile(r"\bact\b|\bregulations\b|\bgdpr\b|\bregulation$|^[a-z]{3,6}( \d{4})?$|^[a-z]{2} \d{4}$")
_YEAR = re.compile(r"\b\d{4}$")
_ID = re.compile(r"(.+)-[sra](\d+[a-z]*)")


@dataclass(frozen=True, slots=True)
class Index:
    """The provisions there are, by Act and section, and the names by which each Act goes; `whole` are Acts without any."""

    provisions: Mapping[tuple[str, str], str]
    acts: Mapping[str, str]
    whole: frozenset[str]
    spellings: Mapping[str, str]

    def find(self, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What a citation names: the ids of the provisions held, in order, and the sections named that are not held."""
        plain = _plain(text)
        if found := self.spellings.get(plain):
            return (found,), ()
        acts = self._acts(plain)
        held: dict[str, None] = {}
        missing: dict[str, None] = {}
        for match in _SECTIONS.finditer(plain) if acts else ():
            act = min(acts, key=lambda place: max(place[0] - match.end(), match.start() - place[1]))[2]
            if act in self.whole:
                continue
            for section in _sections(match.group()):
                if key := self.provisions.get((act, section)):
                    held[key] = None
                else:
                    missing[section] = None
        return tuple(held), tuple(missing)

    def named(self, text: str) -> frozenset[str]:
        """The Acts that a citation names and of which there are provisions, with a section or without."""
        return frozenset(act for _, _, act in self._acts(_plain(text))) - self.whole

    def _acts(self, plain: str) -> list[tuple[int, int, str]]:
        """Where each Act is named: from, to, which; a longer name hides a shorter one within it."""
        flat = re.sub(r"[()]", " ", plain)
        places = [
            (match.start(), match.end(), act)
            for alias, act in self.acts.items()
            for match in re.finditer(rf"(?<!\w){_spaced(alias)}(?!\w)(?! \d{{4}}\b)", flat)
        ]
        return [
            p
            for p in places
            if not any(q != p and q[0] <= p[0] and p[1] <= q[1] and q[1] - q[0] > p[1] - p[0] for q in places)
        ]


def index(provisions: Iterable[tuple[str, tuple[str, ...]]], whole: Mapping[str, str]) -> Index:
    """An index from the id of each provision with its spellings, and from the names of Acts known only as a whole."""
    by_section: dict[tuple[str, str], str] = {}
    acts: dict[str, set[str]] = {}
    spellings: dict[str, str] = {}
    for key, names in provisions:
        for name in names:
            spellings[_plain(name)] = key
        if match := _ID.fullmatch(key):
            act, section = match.groups()
            by_section[act, section] = key
            for name in names:
                alias = _rest(_plain(name))
                if _ACT.search(alias):
                    its = act if not (year := _YEAR.search(alias)) or year.group() in act else alias
                    for cited in _sections(_plain(name)) if its != act else ():
                        by_section[its, cited] = key  # what inserted it: "section 4 of" the amending Act
                    acts.setdefault(alias, set()).add(its)
                    acts.setdefault(re.sub(r"\s*\b\d{4}$", "", alias), set()).add(its)
    known = {alias: next(iter(found)) for alias, found in acts.items() if len(found) == 1 and len(alias) > 2}
    own = frozenset(whole.values()) - set(known.values())
    return Index(by_section, {**whole, **known}, own, spellings)


def _spaced(alias: str) -> str:
    """A pattern for the name of an Act, wherever brackets stood in it."""
    return re.escape(alias).replace("\\ ", " +")


def _plain(text: str) -> str:
    text = text.lower().replace("&", " and ").replace("’", "'")
    return " ".join(re.sub(r"[,;:]|\bthe\b", " ", text).split()).strip(". ")


def _sections(plain: str) -> list[str]:
    out: list[str] = []
    for match in _SECTIONS.finditer(plain):
        out += re.findall(r"\d+[a-z]{0,3}", re.sub(r"\([0-9a-z]+\)", " ", match.group(1)))
    return out


def _rest(plain: str) -> str:
    """A citation less its sections: the name of the Act."""
    rest = " ".join(re.sub(r"[()]", " ", _SECTIONS.sub(" ", plain)).split())
    return re.sub(r"^(of|under|and)\s+|\s+(of|under|and|to)$", "", rest)
