"""Edits of made-up agreements, as people make them: one thing added, removed or written otherwise, or a few at once.

What is left fits the format; it may refer to what is no longer there, as agreements do until somebody looks.
"""

from __future__ import annotations

import copy
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from oracle import generate
from oracle.generate import Raw, maybe, some
from sharecheck.knowledge import Book

_IDS = {"roles": "role", "agencies": "body", "subjects": "person", "purposes": "purpose", "data": "item"}
_SIDES = ("from", "to", "between")
_CONDITIONS: Mapping[str, tuple[Any, ...]] = {
    "retention": ({"period": "P1Y", "action": "destroy"}, {"period": "P6Y", "action": "destroy"}),
    "method": (["secure-email"], ["secure-portal"]), "deadline": ("P1D", "P5D"),
    "trigger": ("When a referral is made", "After each visit"),
}  # fmt: skip
"""Fields of a flow that are conditions, each with two ways to say it."""


def edited(rng: Random, raw: Raw, book: Book, most: int = 3) -> Raw:
    """The document after a few edits."""
    made = copy.deepcopy(raw)
    words = {name: tuple(book.terms(name)) for name in book.vocabularies}
    for _ in range(rng.randint(1, most)):
        rng.choice(_EDITS)(rng, made, words, book)
    return made


Words = Mapping[str, Sequence[str]]
Edit = Callable[[Random, Raw, Words, Book], None]


def _ids(raw: Raw) -> dict[str, list[str]]:
    return {section: list(raw.get(section, ())) for section in ("roles", "subjects", "purposes", "data")}


def _parties(raw: Raw) -> list[str]:
    teams = [f"{key}/{team}" for key, one in raw["agencies"].items() for team in one.get("teams", ())]
    return [*raw["roles"], *raw["agencies"], "any", *teams]


def _flow_added(rng: Random, raw: Raw, words: Words, book: Book) -> None:
    ids = _ids(raw)
    if all(ids[name] for name in ("subjects", "purposes", "data")):
        raw["flows"][f"flow-{rng.randint(0, 9)}"] = generate._flow(rng, ids, _parties(raw), words, raw, book)


def _flow_altered(rng: Random, raw: Raw, words: Words, book: Book) -> None:
    ids = _ids(raw)
    if not raw["flows"] or not all(ids[name] for name in ("subjects", "purposes", "data")):
        return
    key = rng.choice(list(raw["flows"]))
    flow, other = raw["flows"][key], generate._flow(rng, ids, _parties(raw), words, raw, book)
    name = rng.choice(
        ("sides", "purposes", "data", "about", "concern", "consent", "gateways", "strength", "inside consent")
    )
    if name == "sides":
        for side in _SIDES:
            flow.pop(side, None)
        flow.update({side: other[side] for side in _SIDES if side in other})
    elif name == "purposes":
        flow.pop("purpose", None), flow.pop("purposes", None)
        flow.update({part: other[part] for part in ("purpose", "purposes") if part in other})
    elif name == "inside consent" and isinstance(flow.get("consent"), dict):
        flow["consent"] = {**generate._consent(rng, words), "record": rng.choice(("In the file", "On the form"))}
    elif name in other:
        flow[name] = other[name]
    elif name != "data":
        flow.pop(name, None)


def _condition(rng: Random, raw: Raw, _: Words, __: Book) -> None:
    if raw["flows"]:
        flow, name = raw["flows"][rng.choice(list(raw["flows"]))], rng.choice(list(_CONDITIONS))
        flow[name] = rng.choice(_CONDITIONS[name])


def _never_altered(rng: Random, raw: Raw, words: Words, _: Book) -> None:
    ids = _ids(raw)
    if not all(ids[name] for name in ("subjects", "purposes", "data")):
        return
    bars = raw.setdefault("never", {})
    other = generate._never(rng, ids, _parties(raw), words)
    if bars and maybe(rng, 0.6):
        bar = bars[rng.choice(list(bars))]
        name = rng.choice(("from", "to", "data", "about", "purpose", "unless", "because", "see"))
        if name == "see":
            bar["see"] = "The annex"
        elif name in other:
            bar[name] = other[name]
        else:
            bar.pop(name, None)
        bar.setdefault("because", "They agreed")
    else:
        bars[f"never-{rng.randint(0, 5)}"] = other


def _removed(rng: Random, raw: Raw, _: Words, __: Book) -> None:
    section = rng.choice(
        ("flows", "flows", "never", "roles", "agencies", "subjects", "purposes", "data", "consents", "law")
    )
    if raw.get(section) and (len(raw[section]) > 1 or section in ("flows", "never")):
        name = rng.choice(list(raw[section]))
        del raw[section][name]
        if maybe(rng, 0.8):
            _forgotten(raw, name)


def _forgotten(raw: Raw, name: str) -> None:
    """Whoever refers to a part that has gone no longer does, as far as something is left."""
    for one in [
        *raw["flows"].values(),
        *raw.get("never", {}).values(),
        raw.get("defaults", {}),
        *raw["roles"].values(),
    ]:
        for field in ("from", "to", "between", "data", "about", "purposes", "purpose", "agency", "host", "acting_for"):
            if isinstance(one.get(field), list) and name in one[field] and len(one[field]) > 1:
                one[field] = [ref for ref in one[field] if ref != name]
    for key, one in list(raw["flows"].items()):
        if any(name in (one.get(field), *(one[field] if isinstance(one.get(field), list) else ())) for field in one):
            del raw["flows"][key]


def _part_added(rng: Random, raw: Raw, words: Words, _: Book) -> None:
    section = rng.choice(list(_IDS))
    name = f"{_IDS[section]}-{rng.randint(5, 8)}"
    raw[section][name] = _part(section, rng, raw, words)
    if raw["flows"] and maybe(rng, 0.7):
        flow = raw["flows"][rng.choice(list(raw["flows"]))]
        field = {"subjects": "about", "data": "data", "purposes": "purposes"}.get(section) or rng.choice(_SIDES)
        if isinstance(flow.get(field), list):
            flow[field] = [*flow[field], name]


def _part(section: str, rng: Random, raw: Raw, words: Words) -> Raw:
    if section == "agencies":
        return generate._agency(rng, 1, words)
    if section == "roles":
        return generate._role(rng, raw["agencies"], words)
    if section == "data":
        return generate._item(rng, words)
    if section == "subjects":
        return {"type": rng.choice(words["subject-types"])}
    return {"type": rng.choice(words["purposes"]), "text": "Why"}


def _part_altered(rng: Random, raw: Raw, words: Words, _: Book) -> None:
    section = rng.choice(list(_IDS))
    if raw[section]:
        name = rng.choice(list(raw[section]))
        other, part = _part(section, rng, raw, words), raw[section][name]
        for field in some(rng, sorted({*other, *part}), 1, 2):
            if field in other:
                part[field] = other[field]
            elif field not in ("name", "title", "type", "text", "agency"):
                del part[field]


def _shared_altered(rng: Random, raw: Raw, words: Words, book: Book) -> None:
    """What several flows rest on: a way of asking, a law, or a default."""
    section = rng.choice(("consents", "law", "defaults"))
    if section == "law" and raw["law"]:
        raw["law"][rng.choice(list(raw["law"]))] = {"cites": "An Act", "provision": rng.choice(tuple(book.provisions))}
    elif section == "consents" and raw["consents"]:
        raw["consents"][rng.choice(list(raw["consents"]))] = generate._consent(rng, words)
    else:
        parts = generate._flow_parts(rng, _ids(raw), words, raw, tuple(book.provisions))
        name = rng.choice(list(parts))
        if raw.get("defaults", {}).pop(name, None) is None and all(_ids(raw).values()):
            raw.setdefault("defaults", {})[name] = parts[name]()


def _whole(rng: Random, raw: Raw, words: Words, book: Book) -> None:
    """The agreement as a whole: its days, its state, its countries, what is still to be typed in."""
    field = rng.choice(("jurisdiction", "status", "unknown", "starts", "ends", "replaced_by"))
    if field == "jurisdiction":
        raw[field] = some(rng, words["jurisdictions"], 1, 2)
    elif field == "status":
        raw[field] = rng.choice(words["statuses"])
    elif field == "unknown":
        parts = [
            f"{section}.{name}" for section in ("flows", "never", "roles", "data") for name in raw.get(section, ())
        ]
        raw[field] = some(rng, parts, 1, 3)
    elif field in raw:
        del raw[field]
    else:
        raw[field] = "another" if field == "replaced_by" else (book.on + timedelta(rng.choice((-1, 0, 1)))).isoformat()


_EDITS: tuple[Edit, ...] = (
    _flow_added, _flow_altered, _flow_altered, _flow_altered, _condition, _never_altered, _never_altered, _removed, _removed,
    _part_added, _part_altered, _part_altered, _shared_altered, _shared_altered, _whole,
)  # fmt: skip


# the same again


def written_otherwise(rng: Random, raw: Raw) -> str:
    """The same agreement as other people would type it: keys, lists and spaces in another order, one for many, letters apart."""
    text = json.dumps(_otherwise(rng, raw), ensure_ascii=False, indent=rng.choice((None, 1, 4)))
    return f"# Typed again\n{text}\n# To the end\n"


_ORDERED = ("method", "jurisdiction", "also")


def _otherwise(rng: Random, value: Any, field: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _otherwise(rng, value[key], key) for key in rng.sample(list(value), len(value))}
    if isinstance(value, list):
        plain = all(isinstance(one, str) for one in value) and field not in _ORDERED
        items = [_otherwise(rng, one) for one in (rng.sample(value, len(value)) if plain else value)]
        return items[0] if plain and len(items) == 1 and field in _EITHER and maybe(rng, 0.5) else items
    if isinstance(value, str):
        spaced = value.replace(" ", rng.choice((" ", "  "))) if " " in value else value
        many = field in _EITHER and maybe(rng, 0.3)
        return [spaced] if many else unicodedata.normalize(rng.choice(("NFC", "NFD")), spaced)
    return value


_EITHER = ("from", "to", "data", "about", "agency", "type of data")
"""Fields that take one or many."""
