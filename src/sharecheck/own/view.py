"""What the expressions of own rules see: plain texts, lists and maps, with everything resolved.

One table for each kind of part; `docs/own-rules.md` is made from it. A field is read only where an expression names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sharecheck import schema
from sharecheck.agreement import Agency, Agreement, Flow, Item, Purpose, Role, Subject
from sharecheck.rules.facts import Facts

Read = Callable[[Any, Facts], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that an expression may ask for."""

    name: str
    kind: str
    says: str
    read: Read


TEXT, MAYBE, YES, TEXTS, NUMBER = "text", "text or null", "yes or no", "list of texts", "number or null"
PARTS, WRITTEN = "list of parts", "as written"

ROOTS = {
    "flows": "flow", "agencies": "agency", "roles": "role", "subjects": "subject", "purposes": "purpose", "data": "item",
    "agreement": "agreement",
}  # fmt: skip
"""What a rule may be for, and the name by which its expressions call one of them."""


def _subject_is(fact: str) -> Read:
    return lambda s, facts: facts.book.term("subject-types", s.type).is_(fact)


def _bases(name: str) -> Read:
    return lambda f, _: list(dict.fromkeys(word for basis in f.bases for word in getattr(basis, name)))


def _stated(name: str) -> Read:
    """A field of the format as the agreement gives it, or null."""
    return lambda part, _: None if part.fields.get(name) is None else str(part.fields[name])


def _is_written(name: str = "") -> Read:
    return lambda part, _: _map(part.fields.get(name) if name else part.fields)


def _map(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {} if value is None else {"text": value}


def _parts(root: str, found: Callable[[Any, Facts], Iterable[Any]]) -> Read:
    return lambda part, facts: [whole(root, one, facts) for one in found(part, facts)]


def _roles(flow: Flow, side: str) -> list[Role]:
    return list({party.role.id: party.role for party in getattr(flow, side) if party.role}.values())


_LENGTH = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?\Z")
_SAID = re.compile(r"(\d+) (?:calendar )?(day|week|month|year)s?\Z")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def _days(flow: Flow, _: Facts) -> int | None:
    """How long the recipient keeps it in days, a month as 30 and a year as 365; None where that is not one length."""
    retention = _map(flow.fields.get("retention"))
    written = retention.get("period", retention.get("up_to"))
    if not isinstance(written, str) or "agencies" in retention:
        return None
    if said := _SAID.match(written):
        return int(said[1]) * _DAYS[said[2]]
    found = _LENGTH.match(written)
    if found is None or not any(found.groups()):
        return None
    return sum(int(count or 0) * days for count, days in zip(found.groups(), (365, 30, 7, 1), strict=True))


FIELDS: Mapping[str, tuple[Field, ...]] = {
    "flow": (
        Field("id", TEXT, "its id", lambda f, _: f.id),
        Field("title", MAYBE, "its title", _stated("title")),
        Field("from", TEXTS, "ids of the roles or agencies that send, as written", lambda f, _: [p.ref for p in f.senders]),
        Field("to", TEXTS, "ids of the roles or agencies that receive, as written", lambda f, _: [p.ref for p in f.recipients]),
        Field("both_ways", YES, "whether it goes both ways (`between`)", lambda f, _: f.both_ways),
        Field("senders", PARTS, "the agencies that send, each as `agency` below", _parts("agency", lambda f, x: x.senders(f))),
        Field(
            "recipients", PARTS, "the agencies that receive, each as `agency` below",
            _parts("agency", lambda f, x: x.recipients(f)),
        ),
        Field(
            "sender_roles", PARTS, "the roles that send, each as `role` below",
            _parts("role", lambda f, _: _roles(f, "senders")),
        ),
        Field(
            "recipient_roles", PARTS, "the roles that receive, each as `role` below",
            _parts("role", lambda f, _: _roles(f, "recipients")),
        ),
        Field("one_body", YES, "whether it stays within one organisation", lambda f, x: x.one_body(f)),
        Field("data", TEXTS, "ids of the items it carries", lambda f, _: list(f.data)),
        Field("items", PARTS, "the items it carries, each as `item` below", _parts("item", lambda f, x: x.items(f))),
        Field(
            "data_types", TEXTS, "the types of the items it carries (`physical-health`)",
            lambda f, x: list(dict.fromkeys(t for item in x.items(f) for t in item.types)),
        ),
        Field("special_category", YES, "whether it carries special category data", lambda f, x: bool(x.special(f))),
        Field("criminal", YES, "whether it carries criminal-offence data", lambda f, x: x.criminal(f)),
        Field("personal", YES, "whether it carries personal data at all", lambda f, x: x.personal(f)),
        Field("about", TEXTS, "ids of the people it is about", lambda f, _: list(f.about)),
        Field(
            "subjects", PARTS, "the people it is about, each as `subject` below",
            _parts("subject", lambda f, x: (x.agreement.subjects[s] for s in f.about if s in x.agreement.subjects)),
        ),
        Field("purposes", TEXTS, "ids of its purposes", lambda f, _: list(f.purposes)),
        Field("purpose_types", TEXTS, "the types of its purposes (`early-help`)", lambda f, x: [t.id for t in x.purposes(f)]),
        Field("safeguarding", YES, "whether any of its purposes is to protect somebody", lambda f, x: x.serves(f, "safeguarding")),
        Field("concern", TEXT, "the level of concern from which it applies, `none` where none is said", lambda f, _: f.concern),
        Field("strength", TEXT, "`may` or `must`", lambda f, _: f.strength),
        Field(
            "consent_model", MAYBE, "the part consent plays (`agreement`, `none-inform`)",
            lambda f, _: f.consent.model if f.consent else None,
        ),
        Field("asks", YES, "whether somebody is asked to agree", lambda f, x: x.asks(f)),
        Field("article_6", TEXTS, "every basis stated under Article 6, of any agency in it", _bases("article_6")),
        Field("article_9", TEXTS, "every condition stated under Article 9", _bases("article_9")),
        Field("conditions", TEXTS, "every paragraph of Schedule 1 stated", _bases("conditions")),
        Field("gateways", TEXTS, "the powers and duties it names", lambda f, _: [str(g) for g in f.gateways]),
        Field("confidentiality", TEXTS, "how the duty of confidence is met", lambda f, _: list(f.confidentiality)),
        Field("methods", TEXTS, "how it is sent (`secure-email`)", lambda f, _: list(f.methods)),
        Field("deadline", MAYBE, "how fast, as written", _stated("deadline")),
        Field("frequency", MAYBE, "how often, as written", _stated("frequency")),
        Field("onward", MAYBE, "whether it may be passed on", _stated("onward")),
        Field(
            "retention_days", NUMBER, "how long it is kept in days, a month as 30 and a year as 365; null where that is "
            "not one length of time", _days,
        ),
        Field("written", WRITTEN, "all its fields as [the format](format.md) has them, with `defaults`", _is_written()),
    ),
    "agency": (
        Field("id", TEXT, "its id", lambda a, _: a.id),
        Field("name", TEXT, "its name", lambda a, _: a.name),
        Field("type", TEXT, "what kind of body it is (`police`)", lambda a, _: a.type),
        Field("types", TEXTS, "that, and what else it is (`also`)", lambda a, _: [a.type, *a.also]),
        Field(
            "sectors", TEXTS, "the sectors it belongs to (`health`)",
            lambda a, x: sorted({str(k.facts["sector"]) for k in x.kinds(a) if "sector" in k.facts}),
        ),
        Field("controller", MAYBE, "`independent`, `joint`, `processor` or `none`", lambda a, _: a.controller),
        Field("public_authority", YES, "whether it is a public authority", lambda a, x: x.public_authority(a)),
        Field("competent_authority", YES, "whether it is one for law enforcement", lambda a, x: x.competent_authority(a)),
        Field("forum", YES, "whether it is a meeting rather than a body", lambda a, x: x.agency_is(a, "forum")),
        Field("part_of", MAYBE, "the body it is a department of", lambda a, _: a.part_of),
        Field("functions", TEXTS, "the functions stated for it", lambda a, _: [str(f) for f in a.functions]),
        Field("written", WRITTEN, "all its fields as [the format](format.md) has them", _is_written()),
    ),
    "role": (
        Field("id", TEXT, "its id", lambda r, _: r.id),
        Field("title", TEXT, "its title", lambda r, _: r.title),
        Field("type", TEXT, "what kind of job it is (`social-worker`)", lambda r, _: r.type),
        Field("agencies", TEXTS, "ids of the agencies it is found at", lambda r, _: list(r.agencies)),
        Field("any_agency", YES, "whether it is found at any party", lambda r, _: r.any_agency),
        Field("direct_care", YES, "whether it gives care to the person", lambda r, x: x.direct_care(r)),
        Field("written", WRITTEN, "all its fields as [the format](format.md) has them", _is_written()),
    ),
    "subject": (
        Field("id", TEXT, "their id", lambda s, _: s.id),
        Field("type", TEXT, "who they are (`child`)", lambda s, _: s.type),
        Field("ages", MAYBE, "how old they are, as written", lambda s, _: s.ages),
        Field("child", YES, "whether they are children", _subject_is("child")),
        Field("adult", YES, "whether they are adults", _subject_is("adult")),
        Field("text", MAYBE, "what else is said of them", lambda s, _: s.text),
    ),
    "purpose": (
        Field("id", TEXT, "its id", lambda p, _: p.id),
        Field("type", TEXT, "what kind of purpose it is (`early-help`)", lambda p, _: p.type),
        Field("text", TEXT, "the purpose in words", lambda p, _: p.text),
        Field("objective", MAYBE, "what it is to achieve", lambda p, _: p.objective),
        Field("measure", MAYBE, "how one sees whether it does", lambda p, _: p.measure),
        Field(
            "safeguarding", YES, "whether it is to protect somebody",
            lambda p, x: x.book.term("purposes", p.type).is_("safeguarding"),
        ),
    ),
    "item": (
        Field("id", TEXT, "its id", lambda i, _: i.id),
        Field("types", TEXTS, "what kinds of information it is (`dob`)", lambda i, _: list(i.types)),
        Field("text", TEXT, "the information in words", lambda i, _: i.text),
        Field("why", MAYBE, "why it is needed", lambda i, _: i.why),
        Field("collected_for", MAYBE, "what it was first collected for", lambda i, _: i.collected_for),
        Field("special_category", YES, "whether it is special category data", lambda i, x: x.item_is(i, "special")),
        Field("criminal", YES, "whether it is criminal-offence data", lambda i, x: x.item_is(i, "criminal")),
        Field("identifiable", YES, "whether people can be told apart by it", lambda i, x: x.identifiable(i)),
        Field("written", WRITTEN, "all its fields as [the format](format.md) has them", _is_written()),
    ),
    "agreement": (
        Field("id", TEXT, "its id", lambda a, _: a.id),
        Field("title", TEXT, "its title", lambda a, _: a.title),
        Field("kind", TEXT, "`agreement`, `protocol` …", lambda a, _: a.kind),
        Field("status", TEXT, "`draft`, `agreed`, `live` …", lambda a, _: a.status),
        Field("live", YES, "whether people share under it now", lambda _, x: x.live),
        Field("over", YES, "whether it is no longer in use", lambda _, x: x.over),
        Field("jurisdiction", TEXTS, "where it holds", lambda a, _: list(a.jurisdiction)),
        Field("starts", MAYBE, "its first day (`2026-10-01`)", lambda a, _: a.starts and a.starts.isoformat()),
        Field("review", MAYBE, "the day by which it is looked at again", lambda a, _: a.review and a.review.isoformat()),
        Field("ends", MAYBE, "its last day", lambda a, _: a.ends and a.ends.isoformat()),
        Field("agencies", PARTS, "its parties, each as `agency`", _parts("agency", lambda a, _: a.parties)),
        Field("roles", PARTS, "its roles, each as `role`", _parts("role", lambda a, _: a.roles.values())),
        Field("subjects", PARTS, "whose information it is, each as `subject`", _parts("subject", lambda a, _: a.subjects.values())),
        Field("purposes", PARTS, "its purposes, each as `purpose`", _parts("purpose", lambda a, _: a.purposes.values())),
        Field("items", PARTS, "its items of information, each as `item`", _parts("item", lambda a, _: a.items.values())),
        Field("flows", PARTS, "its flows, each as `flow`", _parts("flow", lambda a, _: a.flows.values())),
        Field("handling", WRITTEN, "how information is handled, with what its protocol says", lambda a, _: _map(a.handling)),
        Field("governance", WRITTEN, "who answers for it, with what its protocol says", lambda a, _: _map(a.governance)),
        Field("written", WRITTEN, "all its fields as [the format](format.md) has them", _is_written()),
    ),
}  # fmt: skip

_BY_NAME = {root: {field.name: field for field in fields} for root, fields in FIELDS.items()}
INNER = frozenset(name for fields in _BY_NAME.values() for name in fields) | schema.field_names()
"""Every name that may follow a dot inside a part: the fields above, and those of the format."""

Part = Agency | Agreement | Flow | Item | Purpose | Role | Subject


def names(root: str) -> dict[str, str]:
    """The fields that a rule for one kind of part may name, with their kinds: its own, the agreement's, and the day."""
    out = {f"{owner}.{name}": field.kind for owner in (root, "agreement") for name, field in _BY_NAME[owner].items()}
    return {**out, "on": TEXT}


def value(name: str, part: Part, facts: Facts) -> Any:
    """One field, such as `flow.data`, for one part of an agreement."""
    owner, _, field = name.partition(".")
    if not field:
        return facts.on.isoformat()
    if owner == "agreement":
        return facts.once(("own view", name), lambda: _BY_NAME[owner][field].read(facts.agreement, facts))
    return _BY_NAME[owner][field].read(part, facts)


def whole(root: str, part: Part, facts: Facts) -> dict[str, Any]:
    """One part with all its fields, as a list of parts holds it."""
    seen: dict[str, Any] = facts.once(
        (f"own {root}", getattr(part, "id", "")),
        lambda: {name: f.read(part, facts) for name, f in _BY_NAME[root].items()},
    )
    return seen


def said(value: Any) -> str:
    """A value as a message shows it."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nothing"
    return "not stated" if value is None else str(value)
