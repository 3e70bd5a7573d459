"""Agreements, books of law and questions made up at random, from a seeded `Random` or from one that hypothesis shrinks.

Everything is drawn from the format and the vocabularies, so that a new word is tried as soon as it is there. Made-up
books give every word the facts that the decision table asks about and every provision new reach, dates and conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from oracle.naive import Asked, Naive
from sharecheck.knowledge import Book, Provision, Term

Raw = dict[str, Any]

WORDS = {
    "concern": "concern-levels", "consent": "answers-to-consent", "danger": "dangers", "belief": "beliefs",
    "decides": "abilities", "request": "requests", "scale": "scales",
}  # fmt: skip
"""The circumstances of a question that are words of a vocabulary."""

CONDITIONS = (
    "no-objection", "not-more-detrimental", "agreement-required", "reasonable-belief", "known-case-under-18",
    "name-needs-agreement", "not-unreasonable",
)  # fmt: skip


def maybe(rng: Random, chance: float) -> bool:
    """Yes, as often as `chance`; no is the simpler answer."""
    return rng.random() > 1 - chance


def some(rng: Random, words: Sequence[str], least: int = 1, most: int = 3) -> list[str]:
    """A few different ones."""
    return rng.sample(list(words), min(rng.randint(least, most), len(words)))


# books


def book(rng: Random, real: Book) -> Book:
    """A book like the real one, with made-up facts where the decision table asks for them."""
    agencies, purposes = tuple(real.terms("agency-types")), tuple(real.terms("purposes"))
    facts: dict[str, Callable[[], Raw]] = {
        "agency-types": lambda: {
            "protects": some(rng, ("child", "adult", "public"), 0, 3), "acts_at_once": maybe(rng, 0.4),
            "front_door": maybe(rng, 0.3), "front_door_in": some(rng, tuple(real.terms("jurisdictions")), 0, 1),
            "treated_as": rng.choice((None,) * 12 + ("employer", "other")),
        },
        "purposes": lambda: {
            "refused": maybe(rng, 0.05), "needs_advice": maybe(rng, 0.05), "asks_for_service": maybe(rng, 0.2),
            "care": maybe(rng, 0.2), "protects_children": maybe(rng, 0.2), "duty_disputed": maybe(rng, 0.3),
        },
        "role-types": lambda: {"clinical": maybe(rng, 0.4), "confidential": maybe(rng, 0.3)},
        "sectors": lambda: {"confidential": maybe(rng, 0.2)},
        "data-categories": lambda: {"whereabouts": maybe(rng, 0.05)},
    }  # fmt: skip
    vocabularies = dict(real.vocabularies)
    for name, make in facts.items():
        vocabularies[name] = {
            key: Term(key, term.label, {**term.facts, **make()}) for key, term in vocabularies[name].items()
        }
    kinds, subjects = tuple(real.terms("data-categories")), tuple(real.terms("subject-types"))
    provisions = {
        key: provision(rng, one, real, agencies, purposes, kinds, subjects) for key, one in real.provisions.items()
    }
    return replace(real, vocabularies=vocabularies, provisions=provisions, _derived={})


def provision(
    rng: Random, one: Provision, real: Book, agencies: Sequence[str], purposes: Sequence[str], kinds: Sequence[str],
    subjects: Sequence[str],
) -> Provision:  # fmt: skip
    """A provision under a real id, made up for the rest."""
    kind = rng.choice(("duty", "duty", "duty", "duty", "power", "support", "bar", "bar", "rule"))
    facts: Raw = {"kind": kind}
    parts: dict[str, Callable[[], Any]] = {
        "senders": lambda: rng.choice(("anyone", some(rng, agencies, 1, 40))), "recipients": lambda: some(rng, agencies, 1, 40),
        "purposes": lambda: some(rng, purposes, 1, 15), "data_only": lambda: some(rng, kinds, 1, 2 if kind == "bar" else 30),
        "data_excludes": lambda: some(rng, kinds, 1, 3), "excludes": lambda: some(rng, agencies, 1, 4),
        "about": lambda: some(rng, subjects, 1, 12), "unsure": lambda: some(rng, agencies, 1, 4),
        "open": lambda: some(rng, ("senders", "recipients", "purposes")), "condition": lambda: rng.choice(CONDITIONS),
        "on_request": lambda: True, "co_operation": lambda: True, "advice": lambda: True, "in_force": lambda: False,
    }  # fmt: skip
    chances = {"senders": 0.8, "recipients": 0.8, "purposes": 0.6, "condition": 0.7, "about": 0.1, "on_request": 0.3,
               "co_operation": 0.05, "data_only": 0.4, "advice": 0.5, "in_force": 0.05}  # fmt: skip
    for name, make in parts.items():
        if maybe(rng, chances.get(name, 0.15)):
            facts[name] = make()
    starts = real.on + timedelta(rng.randint(-3, 1)) if maybe(rng, 0.2) else None
    ends = real.on + timedelta(rng.randint(-1, 3)) if maybe(rng, 0.2) else None
    places = tuple(some(rng, tuple(real.terms("jurisdictions")))) if maybe(rng, 0.3) else ()
    confidence = rng.choice(("enacted", "reported", "second-hand", "unverified"))
    return replace(one, kind=kind, jurisdiction=places, starts=starts, ends=ends, confidence=confidence, facts=facts)


# agreements


def document(rng: Random, real: Book) -> Raw:
    """An agreement as written; it fits the format, and everything it refers to is there."""
    words = {name: tuple(real.terms(name)) for name in real.vocabularies}
    agencies = {f"body-{i}": _agency(rng, i, words) for i in range(rng.randint(1, 5))}
    ids = {
        "roles": [f"role-{i}" for i in range(rng.randint(1, 5))],
        "subjects": [f"person-{i}" for i in range(rng.randint(1, 3))],
        "purposes": [f"purpose-{i}" for i in range(rng.randint(1, 3))],
        "data": [f"item-{i}" for i in range(rng.randint(1, 4))],
    }
    parties = [*ids["roles"], *agencies, "any"]
    parties += [f"{key}/{team}" for key, agency in agencies.items() for team in agency.get("teams", ())]
    raw: Raw = {
        "sharecheck": 1, "id": "made-up", "title": "Made up", "kind": "agreement",
        "status": rng.choice(("live",) * 12 + words["statuses"]),
        "jurisdiction": some(rng, words["jurisdictions"], 1, 2),
        "agencies": agencies,
        "roles": {key: _role(rng, agencies, words) for key in ids["roles"]},
        "subjects": {key: {"type": rng.choice(words["subject-types"])} for key in ids["subjects"]},
        "purposes": {key: {"type": rng.choice(words["purposes"]), "text": "Why"} for key in ids["purposes"]},
        "data": {key: _item(rng, words) for key in ids["data"]},
        "consents": {f"way-{i}": _consent(rng, words) for i in range(rng.randint(1, 2))},
        "law": {"named": {"cites": "An Act", "provision": rng.choice(tuple(real.provisions))},
                "worded": {"cites": rng.choice(tuple(real.provisions))}},
    }  # fmt: skip
    for name, chance in (("starts", 0.15), ("ends", 0.15)):
        if maybe(rng, chance):
            day = real.on + timedelta(rng.choice((-1, 0, 1)))
            raw[name] = rng.choice((day.isoformat(), day.isoformat()[:7], day.year))
    if maybe(rng, 0.03):
        raw["replaced_by"] = "another"
    if maybe(rng, 0.5):
        raw["defaults"] = {
            name: make()
            for name, make in _flow_parts(rng, ids, words, raw, tuple(real.provisions)).items()
            if maybe(rng, 0.4)
        }
    raw["flows"] = {f"flow-{i}": _flow(rng, ids, parties, words, raw, real) for i in range(rng.randint(1, 6))}
    raw["never"] = {f"never-{i}": _never(rng, ids, parties, words) for i in range(rng.randint(0, 3))}
    return raw


def _agency(rng: Random, i: int, words: Mapping[str, Sequence[str]]) -> Raw:
    raw: Raw = {"name": f"Body {i}", "type": rng.choice(words["agency-types"])}
    if maybe(rng, 0.2):
        raw["also"] = some(rng, words["agency-types"], 1, 2)
    if maybe(rng, 0.3):
        raw["functions"] = some(rng, words["purposes"], 1, 20)
    if maybe(rng, 0.3):
        raw["teams"] = {f"team-{k}": {"name": "A team"} for k in range(rng.randint(1, 2))}
    if maybe(rng, 0.2):
        raw["members"] = "unlisted"
    elif maybe(rng, 0.1):
        raw["joins"] = {"by": "Signing"}
    if i and maybe(rng, 0.3):
        raw["part_of"] = f"body-{i - 1}"
    return raw


def _role(rng: Random, agencies: Mapping[str, Raw], words: Mapping[str, Sequence[str]]) -> Raw:
    places = rng.choice(
        (some(rng, tuple(agencies), 1, 1), some(rng, tuple(agencies), 1, 1), some(rng, tuple(agencies)), ["any"])
    )
    raw: Raw = {
        "title": "A job",
        "type": rng.choice(words["role-types"]),
        "agency": places[0] if len(places) == 1 else places,
    }
    teams = [team for place in places for team in agencies.get(place, {}).get("teams", ())]
    if teams and maybe(rng, 0.6):
        raw["team"] = rng.choice(teams)
    for name in ("direct_care", "confidential"):
        if maybe(rng, 0.3):
            raw[name] = maybe(rng, 0.6)
    if maybe(rng, 0.2):
        raw["host"] = rng.choice(tuple(agencies))
        raw["acting_for"] = rng.choice(tuple(agencies))
    return raw


def _item(rng: Random, words: Mapping[str, Sequence[str]]) -> Raw:
    types = some(rng, words["data-categories"])
    raw: Raw = {"type": types[0] if len(types) == 1 else types, "text": "What"}
    if maybe(rng, 0.1):
        raw["type"] = "aggregate"
    if maybe(rng, 0.3):
        raw["confidential"] = maybe(rng, 0.5)
    return raw


def _consent(rng: Random, words: Mapping[str, Sequence[str]]) -> Raw:
    raw: Raw = {"model": rng.choice(words["consent-models"])}
    if maybe(rng, 0.2):
        raw["relied_on"] = maybe(rng, 0.5)
    if maybe(rng, 0.5):
        raw["refused"] = rng.choice((*words["refusals"], "As the form says"))
    if maybe(rng, 0.5):
        raw["unless"] = some(rng, (*words["concern-levels"], *words["exceptions"], "a court says so"))
    return raw


def _flow_parts(
    rng: Random,
    ids: Mapping[str, Sequence[str]],
    words: Mapping[str, Sequence[str]],
    raw: Raw,
    provisions: Sequence[str],
) -> dict[str, Callable[[], Any]]:
    return {
        "about": lambda: some(rng, ids["subjects"]),
        "concern": lambda: rng.choice(words["concern-levels"]),
        "consent": lambda: rng.choice((*raw["consents"], _consent(rng, words), _consent(rng, words))),
        "gateways": lambda: [
            rng.choice((rng.choice(provisions), "named", "worded", "a law nobody knows"))
            for _ in range(rng.randint(0, 3))
        ],
        "data": lambda: some(rng, ids["data"]),
        "strength": lambda: rng.choice(("may", "must")),
    }


def _flow(
    rng: Random, ids: Mapping[str, Sequence[str]], parties: Sequence[str], words: Mapping[str, Sequence[str]], raw: Raw,
    real: Book,
) -> Raw:  # fmt: skip
    flow: Raw = (
        {"between": some(rng, parties)} if maybe(rng, 0.3) else {"from": some(rng, parties), "to": some(rng, parties)}
    )
    flow["data"] = some(rng, ids["data"], 1, 4)
    flow |= {"purposes": some(rng, ids["purposes"])} if maybe(rng, 0.3) else {"purpose": rng.choice(ids["purposes"])}
    for name, make in _flow_parts(rng, ids, words, raw, tuple(real.provisions)).items():
        if maybe(rng, 0.5):
            flow[name] = make()
    return flow


def _never(
    rng: Random, ids: Mapping[str, Sequence[str]], parties: Sequence[str], words: Mapping[str, Sequence[str]]
) -> Raw:
    bar: Raw = {"because": "They agreed"}
    parts: dict[str, Callable[[], Any]] = {
        "from": lambda: some(rng, parties),
        "to": lambda: rng.choice((some(rng, parties), ["anyone-else"], some(rng, (*parties, "anyone-else")))),
        "data": lambda: some(rng, ids["data"]), "about": lambda: some(rng, ids["subjects"]),
        "purpose": lambda: some(rng, ids["purposes"]),
        "unless": lambda: some(rng, (*words["concern-levels"], *words["exceptions"], "a court says so")),
    }  # fmt: skip
    return bar | {name: make() for name, make in parts.items() if maybe(rng, 0.5)}


# questions


def asked(rng: Random, naive: Naive) -> Asked:
    """Who tells whom what: often as some flow has it, otherwise anybody, with now and then a word of the book."""
    real, agreement = naive.book, naive.agreement
    words = {part: tuple(real.terms(name)) for part, name in (
        ("item", "data-categories"), ("about", "subject-types"), ("purpose", "purposes"), ("relation", "relations"),
    )}  # fmt: skip
    if agreement is None:
        kinds, roles = tuple(real.terms("agency-types")), ("", *real.terms("role-types"))
        sender, recipient = (f"{rng.choice(kinds)}/{rng.choice(roles)}" for _ in range(2))
        parts = {part: rng.choice(words[part]) for part in ("item", "about", "purpose")}
    else:
        names = tuple(naive.parties)
        sender, recipient = rng.choice(names), rng.choice(names)
        own: dict[str, Iterable[str]] = {
            "item": agreement.items,
            "about": agreement.subjects,
            "purpose": agreement.purposes,
        }
        flow = rng.choice(tuple(agreement.flows.values())) if agreement.flows and maybe(rng, 0.6) else None
        if flow:
            own = {"item": flow.data, "about": flow.about, "purpose": flow.purposes}
            sides = [_named(names, side, naive) for side in (flow.senders, flow.recipients)]
            sender, recipient = (rng.choice(side) if side else rng.choice(names) for side in sides)
        parts = {part: rng.choice(tuple(own[part]) if own[part] and maybe(rng, 0.9) else words[part]) for part in own}
    individual = maybe(rng, 0.25)
    close = [
        word for word in words["relation"] if real.term("relations", word).facts["treated_as"] in ("parent", "family")
    ]
    told = rng.choice((*words["relation"], *close, *close)) if individual else recipient
    return Asked(sender, told, **parts, individual=individual)


def _named(names: Sequence[str], side: Sequence[Any], naive: Naive) -> list[str]:
    held = {agency for party in side for agency in party.agencies}
    return [name for name in names if (agency := naive.parties[name].agency) and agency.id in held]


def circumstances(rng: Random, real: Book) -> Raw:
    """The circumstances of a question, some of them said."""
    raw: Raw = {}
    for name, vocabulary in WORDS.items():
        if maybe(rng, 0.55 if name in ("concern", "consent") else 0.3):
            raw[name] = rng.choice(tuple(real.terms(vocabulary)))
    if maybe(rng, 0.4):
        raw["age"] = rng.choice((0, 11, 12, 15, 16, 17, 18, 40))
    for name, chance in (("objection", 0.25), ("linked", 0.12)):
        if maybe(rng, chance):
            raw[name] = maybe(rng, 0.8)
    return raw


def shrunk(raw: Raw, fails: Any) -> Raw:
    """The same document with everything left out that is not needed for `fails` to hold of it."""
    smaller = True
    while smaller:
        smaller = False
        for path in list(_paths(raw)):
            less = _without(raw, path)
            if less is not None and fails(less):
                raw, smaller = less, True
    return raw


def _paths(raw: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for key, value in inside:
        yield (*path, key)
        yield from _paths(value, (*path, key))


def _without(raw: Any, path: tuple[Any, ...]) -> Any:
    key, *rest = path
    if isinstance(raw, dict) and key in raw:
        if not rest:
            return {name: value for name, value in raw.items() if name != key}
        inner = _without(raw[key], tuple(rest))
        return None if inner is None else {**raw, key: inner}
    if isinstance(raw, list) and key < len(raw):
        if not rest:
            return [*raw[:key], *raw[key + 1 :]]
        inner = _without(raw[key], tuple(rest))
        return None if inner is None else [*raw[:key], inner, *raw[key + 1 :]]
    return None
