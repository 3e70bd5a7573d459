"""Two versions of an agreement part by part: what was added, removed, changed, and what only has another id.

Parts are matched by id, never by position. A part that has gone and one that came are the same under another id where they
say the same and nothing else could be meant; whoever refers to it by the new id has not changed either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Any

from sharecheck.agreement import Agreement
from sharecheck.content import canonical, is_mixed, sort_of
from sharecheck.source import Path

SECTIONS = (
    "agencies", "roles", "subjects", "purposes", "data", "consents", "law", "undertakings", "flows", "never", "terms",
    "thresholds", "scenarios",
)  # fmt: skip
"""Maps from ids to parts, those that others refer to first."""

_PIECEWISE = ("defaults", "handling", "governance")
"""Maps whose every field is a part."""

_REFERENCES: Mapping[str, tuple[str, ...]] = {
    "from": ("roles", "agencies"), "to": ("roles", "agencies"), "between": ("roles", "agencies"), "who": ("roles", "agencies"),
    "agency": ("agencies",), "host": ("agencies",), "acting_for": ("agencies",), "owner": ("agencies",),
    "part_of": ("agencies",), "member_of": ("agencies",), "admitted_by": ("agencies",), "about": ("subjects",),
    "to_protect": ("subjects",), "purpose": ("purposes",), "purposes": ("purposes",), "every_flow": ("purposes",),
    "for": ("purposes",), "covers": ("purposes",), "collected_for": ("purposes",), "data": ("data",), "withhold": ("data",),
    "answers": ("flows",), "below_threshold": ("flows",), "flow": ("flows", "never"), "requires": ("undertakings",),
    "gateways": ("law",), "consent": ("consents",),
}  # fmt: skip
"""Fields that refer to parts by id, and the sections they may be in."""

_REFERRED = tuple(dict.fromkeys(section for sections in _REFERENCES.values() for section in sections))
"""Sections whose parts others refer to."""

_KEYED = {"agencies": ("agencies",), "items": ("data",)}
"""Maps inside parts whose keys are ids of parts."""

_WORDED = ("acting_for",)
"""Fields that may be maps from words to references."""

_IDS_OF = {"thresholds": "agencies"}
"""Sections whose ids are those of another."""

_ADDRESSES = ("at", "unknown")
"""Fields that hold dotted addresses of parts."""

Renames = Mapping[str, Mapping[str, str]]
"""For each section, from the older id to the newer."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a part: where it is, what it said and says (None where it does not), and what sort of field it is."""

    path: Path
    before: Any
    after: Any
    sort: str

    @property
    def part(self) -> tuple[str, str]:
        """The section and id of the part that it is of; the id is empty where a section is one part."""
        return str(self.path[0]), str(self.path[1]) if len(self.path) > 1 else ""


@dataclass(frozen=True, slots=True)
class PartChange:
    """One part that differs; `how` is added, removed, changed, renamed or reworded, and `was` its older id."""

    how: str
    section: str
    id: str
    was: str | None
    fields: tuple[FieldChange, ...]

    @property
    def at(self) -> Path:
        """Where it stands in the newer version; in the older, if it was removed."""
        return (self.section, self.id) if self.id else (self.section,)

    @property
    def sorts(self) -> frozenset[str]:
        """The sorts of its changed fields."""
        return frozenset(one.sort for one in self.fields)


def compare(
    old: Agreement | None, new: Agreement | None, above: Renames = MappingProxyType({})
) -> tuple[tuple[PartChange, ...], dict[str, dict[str, str]]]:
    """What differs in the words of two versions, section by section, and the ids that changed, those `above` them included."""
    before, after = _own(old), _own(new)
    renames = _renames(before, after, above)
    before = renamed(before, renames)
    found: list[PartChange] = []
    for section in dict.fromkeys((*SECTIONS, *_PIECEWISE, *after, *before)):
        a, b = before.get(section), after.get(section)
        if section == "allow":
            a, b = _waivers(a), _waivers(b)
        if section in (*SECTIONS, *_PIECEWISE, "allow"):
            found += _in_section(section, a or {}, b or {}, renames.get(section, {}))
        elif a != b and section not in ("sharecheck",):
            found.append(_changed(section, "", None, a, b))
    return tuple(found), renames


def renamed(content: Mapping[str, Any], renames: Renames) -> dict[str, Any]:
    """What an older version says, with the newer ids."""
    if not any(renames.values()):
        return dict(content)
    out = {}
    for section, said in content.items():
        own = _rekeyed(said, renames.get(_IDS_OF.get(section, section), {})) if isinstance(said, dict) else said
        out[section] = _moved(own, renames, section, renames.get("roles", {}) if section == "scenarios" else {})
    return out


def _own(agreement: Agreement | None) -> dict[str, Any]:
    data = canonical(agreement.fields) if agreement else {}
    if isinstance(data.get("allow"), dict):
        data["allow"] = [data["allow"]]
    return dict(data)


def _waivers(waivers: Any) -> dict[str, Any]:
    return {f"{one['rule']} at {one['at']}": one for one in waivers or ()}


def _in_section(
    section: str, before: Mapping[str, Any], after: Mapping[str, Any], renames: Mapping[str, str]
) -> Iterator[PartChange]:
    older = {new: old for old, new in renames.items()}
    for name in dict.fromkeys((*after, *before)):
        a, b = before.get(name), after.get(name)
        if a != b or name in older:
            yield _changed(section, name, older.get(name), a, b)


def _changed(section: str, name: str, was: str | None, before: Any, after: Any) -> PartChange:
    at: Path = (section, name) if name else (section,)
    fields = tuple(field_changes(at, before, after))
    if before is None or after is None:
        how = "added" if before is None else "removed"
    elif was is not None:
        how = "renamed"
    else:
        how = "reworded" if all(one.sort == "words" for one in fields) else "changed"
    return PartChange(how, section, name, was, fields)


def field_changes(at: Path, before: Any, after: Any) -> Iterator[FieldChange]:
    """The fields that differ within a part at `at`, both versions canonical."""
    if before == after:
        return
    whole = len(at) == 1 and at[0] in (*SECTIONS, *_PIECEWISE)  # a section that came or went is each of its parts
    if whole or (is_mixed(at) and None in (before, after)):
        before, after = ({} if said is None else said for said in (before, after))
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*after, *before)):
            yield from field_changes((*at, key), before.get(key), after.get(key))
    else:
        sort = sort_of(at)
        prose = sort not in ("aside", "decides")
        yield FieldChange(at, before, after, "words" if prose and _only_mended(before, after) else sort)


def _only_mended(before: Any, after: Any) -> bool:
    """Whether prose differs only in case, in punctuation, or by a slip of one letter inside a word of five or more.

    A word that begins or ends otherwise may mean something else (`address`, `addresses`; `legal`, `illegal`), and so may
    any other number.
    """
    if not (isinstance(before, str) and isinstance(after, str) and " " in before and " " in after):
        return False
    old, new = (re.findall(r"\w+", text.lower()) for text in (before, after))
    return len(old) == len(new) and all(map(_slip, old, new))


def _slip(one: str, other: str) -> bool:
    """Whether two words are the same but for one letter more, less, other or changed places, inside the word."""
    if one == other:
        return True
    if min(len(one), len(other)) < 5 or one[0] != other[0] or one[-1] != other[-1] or not (one + other).isalpha():
        return False
    start = next(i for i, (a, b) in enumerate(zip(one + " ", other + " ", strict=False)) if a != b)
    rests = one[start:], other[start:]
    swapped = rests[0][:2] == rests[1][1::-1] and rests[0][2:] == rests[1][2:]
    return swapped or rests[0][1:] in (rests[1], rests[1][1:]) or rests[1][1:] == rests[0]


# ids


def _renames(before: Mapping[str, Any], after: Mapping[str, Any], above: Renames) -> dict[str, dict[str, str]]:
    """The ids that changed, found section by section until no more are; those that changed places last."""
    found = {section: dict(pairs) for section, pairs in above.items()}
    while True:
        here = renamed(before, found)
        more = {section: pairs for section in SECTIONS if (pairs := _pairs(section, here, after))}
        more = more or _exchanged(here, after)
        if not more:
            return found
        for section, pairs in more.items():
            known = found.get(section, {})
            fresh = {old: new for old, new in pairs.items() if old not in known.values()}
            found[section] = {**{old: pairs.get(new, new) for old, new in known.items()}, **fresh}


def _exchanged(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Ids that parts took over from one another, where less differs if they are read so."""
    for section, alike in product(_REFERRED, (_said_whole, _said_alone)):
        ones = [
            _by({key: alike(section, key, side) for key in side.get(section, {}) if _unlike(section, key, before, after)})
            for side in (before, after)
        ]  # fmt: skip
        pairs = {old: ones[1][sign] for sign, old in ones[0].items() if old and ones[1].get(sign)}
        pairs = {old: new for old, new in pairs.items() if old != new}
        while taken := [old for old, new in pairs.items() if new in before[section] and new not in pairs]:
            del pairs[taken[0]]
        if pairs and _unlike_parts(renamed(before, {section: pairs}), after) < _unlike_parts(before, after):
            return {section: pairs}
    return {}


def _unlike(section: str, key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return bool(before.get(section, {}).get(key) != after.get(section, {}).get(key))


def _unlike_parts(before: Mapping[str, Any], after: Mapping[str, Any]) -> int:
    """How many parts differ."""
    return sum(
        _unlike(section, key, before, after)
        for section in SECTIONS
        for key in {*before.get(section, {}), *after.get(section, {})}
    )


def _pairs(section: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    gone = {key: said for key, said in before.get(section, {}).items() if key not in after.get(section, {})}
    came = {key: said for key, said in after.get(section, {}).items() if key not in before.get(section, {})}
    if not gone or not came:
        return {}
    for alike in (_said_whole, _said_and_used):
        old = _by({key: alike(section, key, before) for key in gone})
        new = _by({key: alike(section, key, after) for key in came})
        pairs = {old[sign]: new[sign] for sign in old if sign in new and old[sign] and new[sign]}
        if pairs:
            return pairs
    return {}


def _by(signs: Mapping[str, str]) -> dict[str, str]:
    """The parts by what tells them apart; an empty id where two are alike."""
    found: dict[str, str] = {}
    for key, sign in signs.items():
        if sign:
            found[sign] = "" if sign in found else key
    return found


def _said_whole(section: str, key: str, content: Mapping[str, Any]) -> str:
    return repr(_sorted(content[section][key]))


def _said_alone(section: str, key: str, content: Mapping[str, Any]) -> str:
    """What a part says, save what it says of others of its section."""

    def kept(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: kept(said) for name, said in value.items() if section not in _REFERENCES.get(name, ())}

    return repr(_sorted(kept(content[section][key])))


def _said_and_used(section: str, key: str, content: Mapping[str, Any]) -> str:
    """What binds in a part, and where it is referred to; nothing where it is referred to nowhere."""
    uses = sorted({"/".join(map(str, at)) for at in _uses(section, key, content)})
    bound = {
        field: said for field, said in content[section][key].items() if sort_of((section, key, field)) in ("decides", "condition")
    } if isinstance(content[section][key], dict) else None  # fmt: skip
    return repr((_sorted(bound), uses)) if uses and bound else ""


def _sorted(value: Any) -> Any:
    return sorted((key, repr(_sorted(said))) for key, said in value.items()) if isinstance(value, dict) else value


def _uses(section: str, key: str, content: Mapping[str, Any]) -> Iterator[Path]:
    marked = renamed(content, {section: {key: "\0"}})

    def seek(value: Any, at: Path) -> Iterator[Path]:
        if isinstance(value, dict):
            for name, said in value.items():
                if name == "\0" or name.startswith("\0/"):
                    yield at
                if (section, "\0") != (*at, name):
                    yield from seek(said, (*at, name))
        elif isinstance(value, list):
            for one in value:
                yield from seek(one, at)
        elif isinstance(value, str) and (value == "\0" or value.endswith("/\0") or value.startswith("\0/")):
            yield at

    return (at for at in seek(marked, ()) if at != (section,))


def _moved(value: Any, renames: Renames, field: str, at_agencies: Mapping[str, str]) -> Any:
    """A part with the newer ids wherever it refers to others.

    What stands after an agency and a stroke is a team of it, or else one of the roles `at_agencies`.
    """
    if isinstance(value, dict):
        out = {}
        for key, said in value.items():
            inner = _moved(said, renames, field if field in _WORDED else key, at_agencies)
            out[key] = _rekeyed_by(inner, renames, _KEYED[key]) if key in _KEYED and isinstance(inner, dict) else inner
        return out
    sections = _REFERENCES.get(field, ())
    if isinstance(value, list):
        moved = [_moved(one, renames, field, at_agencies) for one in value]
        unordered = (sections or field in _ADDRESSES) and all(isinstance(one, str) for one in moved)
        return sorted(moved) if unordered else moved
    if isinstance(value, str) and field in _ADDRESSES:
        section, _, rest = value.partition(".")
        name, dot, field = rest.partition(".")
        return f"{section}.{renames.get(section, {}).get(name, name)}{dot}{field}" if rest else value
    if isinstance(value, str):
        head, slash, rest = value.partition("/")
        if slash and "agencies" in sections:
            return f"{renames.get('agencies', {}).get(head, head)}/{at_agencies.get(rest, rest)}"
        return next((ids[value] for section in sections if value in (ids := renames.get(section, {}))), value)
    return value


def _rekeyed(parts: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    return {ids.get(key, key): said for key, said in parts.items()}


def _rekeyed_by(parts: Mapping[str, Any], renames: Renames, sections: Iterable[str]) -> dict[str, Any]:
    out = dict(parts)
    for section in sections:
        out = _rekeyed(out, renames.get(section, {}))
    return out
