"""Confidentiality: what was told in confidence goes on only by a route through it, and nobody is put in danger by it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sharecheck.agreement import Agreement, Flow, Item, Role, prose, words
from sharecheck.rules import Hit, Severity, rule
from sharecheck.rules.confidence import health, without_route
from sharecheck.rules.facts import Facts, at_each, names, spoken
from sharecheck.source import Path


@rule(Severity.ERROR, "agreement", ("digital-regulations-confidentiality", "nhsx-agreements-themes"), mark="CLC-01")
def confidentiality_route_missing(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """What was told in confidence is passed on, and nothing says what allows that."""
    lacking = (flow for flow in agreement.flows.values() if without_route(flow, facts))
    if flows := facts.here(lacking, "confidentiality"):
        confided = without_route(flows[0], facts)
        shown = spoken(tuple(flow.id for flow in flows))
        yield Hit(
            flows[0].path("confidentiality"),
            f"{names(confided)} {'was' if len(confided) == 1 else 'were'} told in confidence, and nothing says what allows "
            f"{shown} to pass it on; a data protection basis does not",
            "add `confidentiality:` with the route: `implied-direct-care`, `explicit-consent`, `statutory-duty` or another",
            missing=True,
            also=tuple(flow.path("confidentiality") for flow in flows),
        )


def _implied(flow: Flow, facts: Facts) -> Path | None:
    """Where a flow says that care implies consent, unless it names another route as well."""
    if "implied-direct-care" in flow.confidentiality:
        return flow.path("confidentiality") if len(flow.confidentiality) == 1 else None
    if not flow.confidentiality and flow.consent and facts.model(flow.consent).is_("implied"):
        return (*flow.consent.at, "model")
    return None


def _outside_care(role: Role, facts: Facts) -> bool:
    """Whether a role is clear of anybody's care; hands-on carers and staff of health bodies are not."""
    if "direct_care" in role.fields or facts.direct_care(role):
        return not facts.direct_care(role)
    kind = facts.role_kind(role)
    carer = kind.facts.get("sector") == "social-care" and not kind.is_("regulated")
    return not carer and kind.facts.get("sector") != "any" and not any(health(a, facts) for a in role.agencies)


@rule(
    Severity.ERROR, "flows", ("digital-regulations-confidentiality",),
    mark="CLC-02", where=lambda flow, facts: _implied(flow, facts) is not None and not facts.serves(flow, "secondary"),
)  # fmt: skip
def implied_consent_outside_care(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """Consent implied by care is used for something else, or reaches somebody who does not give the care."""
    at = _implied(flow, facts)
    assert at is not None
    fix = "ask (`explicit-consent`), or name the duty in law or the public interest that allows it"
    purposes = facts.purposes(flow)
    referred = all(health(a.id, facts) for _, a in facts.sides(flow)) and any(
        t.facts.get("theme") == "care" for t in purposes
    )
    if purposes and not referred and not any(term.is_("care") for term in purposes):
        shown = " or ".join(f"“{term.label.lower()}”" for term in purposes)
        yield Hit(
            at,
            f"`{flow.id}` relies on consent implied by care, but is for {shown}: people expect those who treat them to talk "
            "to each other, not this",
            fix,
        )
        return
    roles = [party.role for party in flow.recipients if party.role and _outside_care(party.role, facts)]
    if roles:
        yield Hit(
            at,
            f"`{flow.id}` relies on consent implied by care, but {names(roles)} {'gives' if len(roles) == 1 else 'give'} no "
            "care to the person",
            f"{fix}; or write `direct_care: true` on a role that does give care",
            rests_on=("roles",),
        )


_WEIGHED = re.compile(
    r"\b(weigh\w*|balanc\w*|case by case|case-by-case|(in |for )?each case|every case|individual(ly)?|decid\w+|judge[sd]?"
    r"|outweigh\w*|considers?|considered|satisfied|public interest)\b"
)


@rule(
    Severity.ERROR, "flows", ("nhs-digital-confidentiality",),
    mark="CLC-03", where=lambda flow, _: flow.confidentiality == ("public-interest",),
)  # fmt: skip
def public_interest_as_routine(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """The public interest is made a standing reason to pass on confidences, and nobody weighs it in each case."""
    if _WEIGHED.search(facts.wording(flow)):
        return
    often = words(str(flow.fields.get("frequency", "")))
    standing = facts.book.term("frequencies", often).is_("standing")
    bare = flow.concern == "none" and not any(map(flow.fields.get, ("necessity", "trigger", "where", "text")))
    if standing or bare:
        how = (
            f"sent {often} as a matter of course"
            if standing
            else "and neither a reason, a trigger nor a concern is named"
        )
        yield Hit(
            flow.path("confidentiality"),
            f"`{flow.id}` rests on the public interest, {how}; it has to outweigh confidence in each case",
            "say under `trigger:` or `necessity:` who weighs it in each case and against what, or name another route",
        )


_OBJECTION = re.compile(
    r"\b(object\w*|opt(s|ed|ing)?[- ]out|refus\w*|says? no|declin\w*|does not want|do not want|withdraw\w*)\b"
)


@rule(Severity.ERROR, "agreement", ("hsca-2012-s251b",), mark="CLC-04")
def objection_check_missing(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A flow rests on a duty that falls away where the person objects, and nothing says how an objection is found."""
    rights, told = agreement.handling.get("rights"), agreement.handling.get("transparency")
    general = isinstance(rights, dict) and bool(rights.get("objection"))
    bound = [] if general else [flow for flow in agreement.flows.values() if _falls_away(flow, facts)]
    if not bound or _OBJECTION.search(words(" ".join(prose([rights, told])))):
        return
    unheard = [flow for flow in sorted(bound, key=lambda f: f.id) if not _objection_heard(flow, facts)]
    if unheard:
        first = unheard[0]
        yield Hit(
            first.path("gateways"),
            f"`{first.id}` rests on {_falls_away(first, facts)}, which does not bind where the person objects, and nothing "
            "says how an objection is asked about or found on the record",
            "add `objection:` under `handling.rights`, or say under `trigger:` that the record is checked for an objection",
            rests_on=("handling", "rights", "objection"),
            also=tuple(flow.path("gateways") for flow in unheard),
        )


def _objection_heard(flow: Flow, facts: Facts) -> bool:
    """Whether a flow asks the person, or says what becomes of an objection."""
    consent = flow.consent
    answered = consent and (consent.refused or consent.fields.get("withdrawal"))
    return facts.asks(flow) or bool(answered) or bool(_OBJECTION.search(facts.wording(flow)))


def _falls_away(flow: Flow, facts: Facts) -> str | None:
    """The title of a provision a flow rests on that does not bind where the person objects."""
    for _, provision in facts.gateways(flow):
        if provision and provision.facts.get("condition") == "no-objection" and provision.in_force(facts.on):
            return provision.title
    return None


_SHIELDED = re.compile(
    r"\b(left out|leaves? out|withh(e|o)ld|held back|kept (back|from|secret|off|apart|out)|not (be )?(shown|given|passed|named"
    r"|copied|sent|told|disclosed|shared)|never|redact\w*|remov\w*|suppress\w*|shield\w*|anonym\w*|separate sheet"
    r"|(no|without) (the |any |their )?(address\w*|names?|whereabouts)|safe (number|contact|address|way)s?)\b"
)
_ABOUT_DANGER = re.compile(r"\b(perpetrators?|abusers?|refuges?|whereabouts|safe address\w*|in hiding|at risk from)\b")


@rule(Severity.WARNING, "agreement", ("dfe-2024-rule-5",), mark="CLC-05")
def identity_at_risk_unshielded(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Who told, or where a victim of abuse is, could reach the person who is the danger: nothing keeps it back."""
    barred = {item for bar in agreement.fields.get("never", {}).values() for item in bar.get("data", ())}
    open_: dict[str, Item] = {}
    places: set[str] = set()
    for flow in agreement.flows.values():
        items = facts.items(flow)
        named = [item for item in items if facts.item_is(item, "identity_at_risk")]
        hunted = facts.serves(flow, "danger_from_known") or any(facts.item_is(i, "location_sensitive") for i in named)
        hunted = hunted or any(agreement.subjects[s].type == "victim" for s in flow.about if s in agreement.subjects)
        where = [item for item in items if _places(item, facts)] if hunted else []
        if not (named or where) or _SHIELDED.search(facts.wording(flow)):
            continue
        for item in (*where, *named):
            said = words(" ".join(prose([item.text, item.fields.get("relevance")])))
            if not item.fields.get("protect") and item.id not in barred and not _SHIELDED.search(said):
                open_[item.id] = item
        places |= {item.id for item in where}
    if open_ and not _ABOUT_DANGER.search(words(" ".join(prose(agreement.handling.get("security"))))):
        items = sorted(facts.here(open_.values(), "protect"), key=lambda item: item.id not in places)
        yield Hit(
            (*items[0].at, "protect"),
            f"nothing says how what could identify or find somebody at risk is kept out of {names(items)}: an address or a "
            "name can reach the very person who is the danger",
            "add `protect:` to the item: what is left out or kept apart, and from whom",
            missing=True,
            rests_on=(*items[0].at, "type"),
            also=at_each(items, "protect"),
        )


def _places(item: Item, facts: Facts) -> bool:
    """Whether an item says where somebody can be found."""
    return any(term.is_("location_sensitive") and term.is_("identifies") for term in facts.categories(item))


@rule(Severity.ADVICE, "agreement", ("dpa-2018-s10", "caldicott-principle-7"), mark="overclassified")
def special_condition_not_needed(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A condition for special category data is named where nothing shared is such data."""
    plain: dict[Path, list[Flow]] = {}
    special: set[Path] = set()
    for flow in agreement.flows.values():
        bases = [basis.at for basis in flow.bases if basis.article_9]
        if bases and _plain(flow, facts):
            for at in bases:
                plain.setdefault(at, []).append(flow)
        else:
            special.update(bases)
    found = [(at, flows) for at, flows in sorted(plain.items(), key=lambda pair: str(pair[0])) if at not in special]
    groups: list[tuple[Flow, list[Path]]] = []
    told: dict[str, list[Path]] = {}
    for at, flows in found:
        if flows[0].id not in told:
            groups.append((flows[0], []))
            for flow in flows:
                told.setdefault(flow.id, groups[-1][1])
        told[flows[0].id].append((*at, "article_9"))
    for first, places in groups:
        yield Hit(
            places[0],
            f"`{first.id}` names a condition for special category data, and nothing in it is such data: the condition is "
            "not needed, and the label makes people hold back what they may share",
            "take `article_9` out, with the Schedule 1 condition that belongs to it; or name the item that makes it needed",
            also=tuple(places),
        )


def _plain(flow: Flow, facts: Facts) -> bool:
    """Whether a flow cannot tell of health, belief and the like: by its items, its purposes and the bodies in it."""
    items = facts.items(flow)
    return (
        bool(items)
        and len(items) == len(flow.data)
        and all(item.types for item in items)
        and all(term.is_("ordinary") for item in items for term in facts.categories(item))
        and bool(facts.purposes(flow))
        and not any(term.is_("reveals_special") or term.is_("safeguarding") for term in facts.purposes(flow))
        and all(kind.is_("ordinary") for _, agency in facts.sides(flow) for kind in facts.kinds(agency))
    )
