"""A frozen, typed agreement: every part knows where it was written.

Built from a document that fits the schema. What an agreement inherits from its tier 1 protocol (`under`) is resolved
here, and so are the `defaults` of flows; each part remembers the path, and the document, it came from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sharecheck import placeholder
from sharecheck.days import first_day, last_day
from sharecheck.source import Document, Path

INHERITED = ("agencies", "roles", "terms", "thresholds", "law", "handling", "governance")
"""The parts that a tier 2 agreement takes over from its tier 1 protocol."""

_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Agency:
    """A party: one body, a class of bodies (`members`, `joins`), or a department (`part_of`)."""

    at: Path
    id: str
    inherited: bool
    name: str
    type: str
    also: tuple[str, ...]
    functions: tuple[str, ...]
    controller: str | None
    joint_arrangement: str | None
    contract: str | None
    public_authority: bool | None
    competent_authority: bool | None
    part_of: str | None
    member_of: str | None
    teams: Mapping[str, Any]
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Role:
    """A job that sends or receives. `agencies` is empty where the role is found at any party."""

    at: Path
    id: str
    inherited: bool
    title: str
    type: str
    agencies: tuple[str, ...]
    any_agency: bool
    team: str | None
    host: str | None
    acting_for: tuple[str, ...]
    direct_care: bool
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose information it is."""

    at: Path
    id: str
    type: str
    ages: str | None
    text: str | None
    welsh: str | None


@dataclass(frozen=True, slots=True)
class Purpose:
    """What information is for."""

    at: Path
    id: str
    type: str
    text: str
    objective: str | None
    measure: str | None
    compatibility: str | None
    welsh: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """An item of information."""

    at: Path
    id: str
    types: tuple[str, ...]
    text: str
    why: str | None
    collected_for: str | None
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """The legal basis of one agency for one flow; article and paragraph names as information-governance staff write.

    `conditions` is every Schedule 1 paragraph named, for special category and criminal-offence data together.
    """

    at: Path
    article_6: tuple[str, ...]
    article_9: tuple[str, ...]
    schedule_1: tuple[str, ...]
    article_10: tuple[str, ...]
    part_3: str | None
    conditions: tuple[str, ...]
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Consent:
    """What part consent plays in a flow. `prose` joins everything the agreement says about it in words."""

    at: Path
    model: str
    relied_on: bool
    unless: tuple[str, ...]
    refused: str | None
    fields: Mapping[str, Any]

    @property
    def prose(self) -> str:
        """All the words about consent, for rules that must accept prose as an answer."""
        return " ".join(prose(self.fields))


@dataclass(frozen=True, slots=True)
class Party:
    """A sender or recipient as a flow names it, resolved. `everyone` is true for a whole agency or `any`."""

    at: Path
    ref: str
    role: Role | None
    agencies: tuple[str, ...]
    everyone: bool
    known: bool


@dataclass(frozen=True, slots=True)
class Flow:
    """One disclosure that the partners agree to, with the agreement's `defaults` filled in.

    `by_side` and `by_agency` are the lawful bases as written, `bases` all of them, once each; `same` says that recipients
    share the sender's.
    """

    at: Path
    id: str
    senders: tuple[Party, ...]
    recipients: tuple[Party, ...]
    both_ways: bool
    data: tuple[str, ...]
    about: tuple[str, ...]
    purposes: tuple[str, ...]
    concern: str
    strength: str
    consent: Consent | None
    gateways: tuple[str, ...]
    methods: tuple[str, ...]
    confidentiality: tuple[str, ...]
    by_side: Mapping[str, Basis]
    by_agency: Mapping[str, Basis]
    bases: tuple[Basis, ...]
    same: bool
    fields: Mapping[str, Any]
    own: Mapping[str, Any]

    def path(self, *keys: str | int) -> Path:
        """Where a field of this flow is written, in the flow itself or in `defaults`; in the flow where it is missing."""
        if keys and keys[0] not in self.own:
            here: Any = self.fields
            for key in keys:
                here = here.get(key) if isinstance(here, Mapping) else None
            if here is not None:
                return ("defaults", *keys)
        return (*self.at, *keys)

    def basis(self, agency: str, side: str) -> Basis | None:
        """The basis stated for `agency` on `side` ("sender" or "recipient"), or None where none is stated."""
        own = self.by_agency.get(agency)
        if own is None and side == "recipient" and self.same:
            return self.by_side.get("sender")
        return own or self.by_side.get(side)


@dataclass(frozen=True, slots=True)
class Definition:
    """One meaning given to one word."""

    at: Path
    id: str
    inherited: bool
    text: str
    owner: str | None


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding the partners accept for a time."""

    at: Path
    rule: str
    address: Path
    because: str
    by: str
    until: date


@dataclass(frozen=True, slots=True)
class Citation:
    """Law named for the whole agreement, in its own words."""

    at: Path
    id: str
    inherited: bool
    cites: str
    provision: str | None
    purposes: tuple[str, ...]


@dataclass(frozen=True)
class Agreement:
    """One agreement with what it inherits; maps are keyed by id in the order written, inherited parts first."""

    document: Document
    parent: Agreement | None
    id: str
    title: str
    kind: str
    status: str
    jurisdiction: tuple[str, ...]
    starts: date | None
    review: date | None
    ends: date | None
    agencies: Mapping[str, Agency]
    roles: Mapping[str, Role]
    subjects: Mapping[str, Subject]
    purposes: Mapping[str, Purpose]
    items: Mapping[str, Item]
    flows: Mapping[str, Flow]
    every_flow: tuple[str, ...]
    definitions: tuple[Definition, ...]
    thresholds: Mapping[str, Mapping[str, str | None]]
    law: Mapping[str, Citation]
    handling: Mapping[str, Any]
    governance: Mapping[str, Any]
    waivers: tuple[Waiver, ...]
    fields: Mapping[str, Any]

    @property
    def parties(self) -> tuple[Agency, ...]:
        """The agencies this agreement lists itself, and inherited ones that its flows name."""
        named = {a for f in self.flows.values() for p in (*f.senders, *f.recipients) for a in p.agencies}
        return tuple(a for a in self.agencies.values() if not a.inherited or a.id in named)

    @cached_property
    def handed_down(self) -> Mapping[str, dict[str, Any]]:
        """Its agencies, roles and law as an agreement under it has them, made once for all of those."""
        return {name: dict(_inherit(getattr(self, name))) for name in ("agencies", "roles", "law")}

    @property
    def protocol_missing(self) -> bool:
        """Whether the tier 1 protocol it names is not among the agreements read, so that what it settles cannot be seen."""
        return self.parent is None and isinstance(self.fields.get("under"), str)

    def owns(self, path: Path) -> bool:
        """Whether the part at `path` belongs to this document, rather than to the tier 1 protocol."""
        if not path or path[0] not in INHERITED or self.parent is None:
            return True
        here: Any = self.fields
        above: Any = self.parent.fields
        for key in path[:2]:
            here = here.get(key) if isinstance(here, Mapping) else None
            above = above.get(key) if isinstance(above, Mapping) else None
        return here is not None or above is None


def build(document: Document, parent: Agreement | None = None) -> Agreement:
    """Type a document that fits the schema; `parent` is the tier 1 protocol named in `under`, already built.

    What must be there but is listed as `unknown` is typed as empty, which no rule rests on.
    """
    raw = placeholder.dropped(document.data) if placeholder.there(document.text) else document.data
    agencies: dict[str, Agency] = {**parent.handed_down["agencies"]} if parent else {}
    for key, value in raw.get("agencies", _NOTHING).items():
        above = parent.agencies[key].fields if parent and key in parent.agencies else _NOTHING
        agencies[key] = _agency(("agencies", key), key, {**above, **value}, inherited=False)
    roles: dict[str, Role] = {**parent.handed_down["roles"]} if parent else {}
    for key, value in raw.get("roles", _NOTHING).items():
        roles[key] = _role(("roles", key), key, value)
    defaults = raw.get("defaults", _NOTHING)
    consents = raw.get("consents", _NOTHING)
    subjects = {k: _subject(("subjects", k), k, v) for k, v in raw.get("subjects", _NOTHING).items()}
    flows = {
        key: _flow(("flows", key), key, _filled(value, defaults), value, agencies, roles, tuple(subjects), consents)
        for key, value in raw.get("flows", _NOTHING).items()
    }
    return Agreement(
        document=document,
        parent=parent,
        id=raw.get("id", document.name),
        title=raw.get("title", document.name),
        kind=raw.get("kind", "agreement"),
        status=raw.get("status", "draft"),
        jurisdiction=tuple(raw.get("jurisdiction", ())),
        starts=first_day(raw.get("starts")),
        review=last_day(raw.get("review")),
        ends=last_day(raw.get("ends")),
        agencies=agencies,
        roles=roles,
        subjects=subjects,
        purposes={k: _purpose(("purposes", k), k, v) for k, v in raw.get("purposes", _NOTHING).items()},
        items={k: _item(("data", k), k, v) for k, v in raw.get("data", _NOTHING).items()},
        flows=flows,
        every_flow=listed(raw.get("every_flow")),
        definitions=tuple(_definitions(raw, parent)),
        thresholds={**(parent.thresholds if parent else _NOTHING), **raw.get("thresholds", _NOTHING)},
        law=_law(raw, parent),
        handling={**(parent.handling if parent else _NOTHING), **raw.get("handling", _NOTHING)},
        governance=_governance(raw.get("governance", _NOTHING), parent),
        waivers=tuple(_waiver(("allow", i), w) for i, w in enumerate(raw.get("allow", ()))),
        fields=raw,
    )


def listed(value: Any) -> tuple[Any, ...]:
    """One or many, as a tuple."""
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list) else (value,)


def contact(written: Any) -> str:
    """Whom to ring or write to, on one line: as it was written, or its parts in order; empty where nothing is said."""
    if isinstance(written, Mapping):
        return ", ".join(str(written[key]) for key in ("role", "phone", "email", "hours") if written.get(key))
    return "" if written is None else str(written)


def split_address(address: str) -> Path:
    """A dotted path as the format writes it (`flows.referral.retention`), list positions as numbers."""
    return tuple(int(step) if step.isdigit() and len(step) < 5 else step for step in address.split("."))


def matches(pattern: Path, path: Path) -> bool:
    """Whether `path` is the part that `pattern` names, or lies inside it; `*` stands for any one step."""
    return len(path) >= len(pattern) and all(p in ("*", s) for p, s in zip(pattern, path, strict=False))


def _inherit(parts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, part in parts.items():
        yield key, part if part.inherited else _as_inherited(part)


def _as_inherited(part: Any) -> Any:
    values = {name: getattr(part, name) for name in part.__slots__}
    return type(part)(**{**values, "inherited": True})


def _agency(at: Path, key: str, raw: Mapping[str, Any], *, inherited: bool) -> Agency:
    get = raw.get
    return Agency(
        at, key, inherited, get("name", key), get("type", "other"), tuple(get("also", ())), tuple(get("functions", ())),
        get("controller"), get("joint_arrangement"), get("contract"), get("public_authority"),
        get("competent_authority"), get("part_of"), get("member_of"), get("teams", _NOTHING), raw,
    )  # fmt: skip


def _role(at: Path, key: str, raw: Mapping[str, Any]) -> Role:
    get = raw.get
    agencies = listed(get("agency"))
    acting = get("acting_for")
    return Role(
        at, key, False, get("title", key), get("type", ""), tuple(a for a in agencies if a != "any"), "any" in agencies,
        get("team"), get("host"), tuple(acting.values()) if isinstance(acting, Mapping) else listed(acting),
        bool(get("direct_care", False)), raw,
    )  # fmt: skip


def _subject(at: Path, key: str, raw: Mapping[str, Any]) -> Subject:
    ages = raw.get("ages")
    return Subject(at, key, raw.get("type", ""), None if ages is None else str(ages), raw.get("text"), raw.get("welsh"))


def _purpose(at: Path, key: str, raw: Mapping[str, Any]) -> Purpose:
    get = raw.get
    return Purpose(
        at, key, get("type", ""), get("text", ""), get("objective"), get("measure"), get("compatibility"), get("welsh")
    )


def _item(at: Path, key: str, raw: Mapping[str, Any]) -> Item:
    return Item(at, key, listed(raw.get("type")), raw.get("text", ""), raw.get("why"), raw.get("collected_for"), raw)


def _basis(raw: Mapping[str, Any], at: Path) -> Basis:
    get = raw.get
    special = tuple(str(p) for p in listed(get("schedule_1")))
    criminal = tuple(str(p) for p in listed(get("article_10")))
    conditions = special + tuple(p for p in criminal if p not in special and p != "official-authority")
    return Basis(
        at, listed(get("article_6")), listed(get("article_9")), special, criminal, get("part_3"), conditions, raw
    )


_INSTEAD = (("between", ("from", "to")), ("from", ("between",)), ("to", ("between",)), ("purpose", ("purposes",)),
            ("purposes", ("purpose",)))  # fmt: skip
"""Fields of a flow that take the place of others, so that a default for those no longer holds."""


def _filled(own: Mapping[str, Any], defaults: Mapping[str, Any]) -> Mapping[str, Any]:
    """A flow's fields with the defaults for what it does not say itself."""
    gone = {name for said, names in _INSTEAD if said in own for name in names}
    return {**{name: value for name, value in defaults.items() if name not in gone}, **own}


def _flow(
    at: Path,
    key: str,
    fields: Mapping[str, Any],
    own: Mapping[str, Any],
    agencies: Mapping[str, Agency],
    roles: Mapping[str, Role],
    subjects: tuple[str, ...],
    consents: Mapping[str, Any],
) -> Flow:
    get = fields.get
    between = listed(get("between"))
    side = "between" if between else ""

    def parties(name: str) -> tuple[Party, ...]:
        refs = between or listed(get(name))
        head = (*at, side or name) if (side or name) in own else ("defaults", side or name)
        many = isinstance(get(side or name), list)
        return tuple(_party((*head, i) if many else head, ref, agencies, roles) for i, ref in enumerate(refs))

    stated = get("lawful_basis", _NOTHING)
    basis_at: Path = (*at, "lawful_basis") if "lawful_basis" in own else ("defaults", "lawful_basis")
    by_side = {s: _basis(stated[s], (*basis_at, s)) for s in ("sender", "recipient") if isinstance(stated.get(s), dict)}
    by_agency = {a: _basis(raw, (*basis_at, "agencies", a)) for a, raw in stated.get("agencies", _NOTHING).items()}
    consent = get("consent")
    consent_at: Path = (*at, "consent") if "consent" in own else ("defaults", "consent")
    if isinstance(consent, str):
        consent_at = ("consents", consent)
        consent = consents.get(consent)
    return Flow(
        at, key, parties("from"), parties("to"), bool(between), listed(get("data")),
        listed(get("about")) or (subjects if len(subjects) == 1 else ()),
        listed(get("purposes")) or listed(get("purpose")), get("concern", "none"), get("strength", "may"),
        _consent(consent, consent_at) if consent else None, listed(get("gateways")), tuple(_methods(get("method"))),
        listed(get("confidentiality")), by_side, by_agency, (*by_side.values(), *by_agency.values()),
        stated.get("recipient") == "same", fields, own,
    )  # fmt: skip


def _party(at: Path, ref: str, agencies: Mapping[str, Agency], roles: Mapping[str, Role]) -> Party:
    if role := roles.get(ref):
        return Party(at, ref, role, tuple(agencies) if role.any_agency else role.agencies, False, True)
    if ref in agencies:
        return Party(at, ref, None, (ref,), True, True)
    agency, _, team = ref.partition("/")
    if team and agency in agencies:
        return Party(at, ref, None, (agency,), False, team in agencies[agency].teams)
    return Party(at, ref, None, tuple(agencies) if ref == "any" else (), True, ref in ("any", "anyone-else"))


def _consent(raw: Mapping[str, Any], at: Path) -> Consent:
    return Consent(
        at,
        raw.get("model", ""),
        raw.get("relied_on", True) is not False,
        listed(raw.get("unless")),
        raw.get("refused"),
        raw,
    )


def _methods(raw: Any) -> Iterator[str]:
    for step in listed(raw):
        if isinstance(step, Mapping):
            yield from (step[name] for name in ("first", "then") if name in step)
        else:
            yield step


def _definitions(raw: Mapping[str, Any], parent: Agreement | None) -> Iterator[Definition]:
    if parent:
        yield from (d if d.inherited else _as_inherited(d) for d in parent.definitions)
    for key, value in raw.get("terms", _NOTHING).items():
        many = isinstance(value, list)
        for i, one in enumerate(listed(value)):
            at: Path = ("terms", key, i) if many else ("terms", key)
            yield Definition(at, key, False, one.get("text", ""), one.get("owner"))


def _governance(raw: Mapping[str, Any], parent: Agreement | None) -> Mapping[str, Any]:
    """The protocol's governance with the agreement's own laid over it; policy documents of both count."""
    above = parent.governance if parent else _NOTHING
    merged = {**above, **raw}
    documents = [part.get("policy_documents") for part in (above, raw)]
    if all(isinstance(part, list) for part in documents):
        merged["policy_documents"] = [*documents[0], *documents[1]]  # type: ignore[misc]
    return merged


def _law(raw: Mapping[str, Any], parent: Agreement | None) -> Mapping[str, Citation]:
    law: dict[str, Citation] = {**parent.handed_down["law"]} if parent else {}
    for key, value in raw.get("law", _NOTHING).items():
        cites, provision = value.get("cites", key), value.get("provision")
        law[key] = Citation(("law", key), key, False, cites, provision, listed(value.get("for")))
    return law


def _waiver(at: Path, raw: Mapping[str, Any]) -> Waiver:
    until = last_day(raw["until"])
    assert until is not None
    return Waiver(at, raw["rule"], split_address(raw["at"]), raw["because"], raw["by"], until)


def prose(value: Any) -> Iterator[str]:
    """Every text in a part of an agreement, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from prose(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from prose(inner)


def words(text: str) -> str:
    """A text made plain for comparison: lower case, one space between words, no closing punctuation."""
    return " ".join(text.lower().split()).strip(".;:,")
