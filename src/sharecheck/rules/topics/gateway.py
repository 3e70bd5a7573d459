"""Gateways: the power or duty that a disclosure rests on, whom it reaches, and what it is too weak to carry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sharecheck.agreement import Agency, Agreement, Citation, Flow, Item, Party, listed
from sharecheck.knowledge import Provision
from sharecheck.rules import Hit, Severity, rule
from sharecheck.rules.confidence import owes_confidence, without_route
from sharecheck.rules.facts import Facts, names, spoken

FEW = 5
"""How many flows a message names before it only counts them."""


def _disclosing(flow: Flow, facts: Facts) -> list[Agency]:
    """The public authorities that tell another body something in a flow."""
    others = [r for r in facts.recipients(flow) if r.controller != "processor"]
    return [
        s for s in facts.senders(flow)
        if facts.public_authority(s) and facts.decides(s) and any(facts.apart(s, r) for r in others)
    ]  # fmt: skip


def _route_is(flow: Flow, facts: Facts, fact: str) -> bool:
    """Whether any route through confidentiality has a fact."""
    return any(facts.book.term("confidentiality-routes", route).is_(fact) for route in flow.confidentiality)


def _power_named(flow: Flow, agencies: list[Agency], facts: Facts) -> bool:
    """Whether the law behind a flow is named, among its gateways or anywhere else.

    Law on handling information lets nobody disclose: among gateways another rule says so, and under `law:` it does not count.
    """
    if flow.gateways or _route_is(flow, facts, "authorises"):
        return True
    if all((basis := flow.basis(a.id, "sender")) and basis.fields.get("task") for a in agencies):
        return True
    return any(
        (law.inherited or not law.purposes or set(law.purposes) & set(flow.purposes))
        and not facts.phrase(law.cites, "vague")
        and not _on_handling(law, facts)
        for law in facts.agreement.law.values()
    )


def _on_handling(law: Citation, facts: Facts) -> bool:
    """Whether all that is cited lets nobody disclose, because it says how information is handled."""
    cited = law.provision or law.cites
    held = facts.book.cited(cited)
    return bool(held) and all(p.kind == "rule" for p in held) and not facts.book.not_held(cited)


def _law_to_name(agreement: Agreement, facts: Facts) -> bool:
    return bool(agreement.flows) and not facts.over and "law" not in agreement.fields.get("unknown", ())


@rule(Severity.WARNING, "agreement", ("ico-audit-legality",), mark="LAW-16", where=_law_to_name)
def power_to_share_unnamed(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A public authority tells another body something, and no power or duty to do so is named."""
    lacking: dict[str, list[Agency]] = {}
    for flow in agreement.flows.values():
        if not facts.personal(flow) or any(term.facts.get("theme") == "legal" for term in facts.purposes(flow)):
            continue
        if facts.turned(flow) and not flow.gateways:
            continue  # the rule on police data says what is missing here
        senders = _disclosing(flow, facts)
        if senders and not _power_named(flow, senders, facts):
            lacking[flow.id] = senders
    if not lacking:
        return
    first, *more = lacking
    bodies = {agency.id: agency for agencies in lacking.values() for agency in agencies}
    also = (
        f" (nor {'does' if len(more) == 1 else 'do'} {spoken(tuple(more)) if len(more) <= FEW else f'{len(more)} others'})"
        if more
        else ""
    )
    yield Hit(
        agreement.flows[first].path("gateways"),
        f"`{first}` names no power or duty to share{also}; {names(bodies.values())} can share only what law allows, and should "
        "record which",
        "add `gateways:` to the flow, or to `defaults:` where one law serves several, or say under `law:` which law serves "
        "which purpose",
        missing=True,
        rests_on=("law",),
        also=tuple(agreement.flows[name].path("gateways") for name in lacking),
    )


@dataclass(frozen=True)
class _Limits:
    """What one power or duty leaves out of a flow: bodies on each side, items, or the flow's purpose altogether."""

    provision: Provision
    senders: dict[str, Agency]
    recipients: dict[str, Agency]
    items: list[Item]
    purpose: bool

    def reaches(self, sender: str, recipient: str) -> bool:
        return not (self.items or self.purpose or sender in self.senders or recipient in self.recipients)

    def said(self, pairs: list[tuple[Agency, Agency]]) -> str:
        """In words, why it does not reach these pairs of sender and recipient."""
        senders = {s.id: s for s, _ in pairs if s.id in self.senders}
        recipients = {r.id: r for _, r in pairs if r.id in self.recipients}
        reasons = [f"does not reach what {names(senders.values())} hold{'s' * (len(senders) == 1)}"] * bool(senders)
        reasons += [f"does not reach {names(recipients.values())} as recipient{'s' * (len(recipients) > 1)}"] * bool(
            recipients
        )
        reasons += [f"leaves out {names(self.items)}"] * bool(self.items)
        reasons += ["is for individual cases, which this purpose is not"] * self.purpose
        return f"{self.provision.title} {', and '.join(reasons)}"


def _judged(flow: Flow, facts: Facts) -> list[Provision]:
    """The powers and duties cited; none at all where one of them cannot be judged."""
    found: list[Provision] = []
    for _, provision in facts.gateways(flow):
        if provision is None or provision.kind == "approval":
            return []
        if provision.kind not in ("power", "duty"):
            continue
        read = any(facts.book.sources[source].verified for source in provision.sources)
        if provision.confidence != "enacted" or not read or not provision.in_force(facts.on):
            return []
        found.append(provision)
    return found


_Bodies = dict[str, tuple[Agency, frozenset[str]]]
"""Agencies by id, each with the kinds of body that it may count as."""


def _kinds(parties: tuple[Party, ...], facts: Facts) -> _Bodies:
    """Every agency whose reach can be told from its kind, with the kinds that it, or those it lends staff to, may count as.

    Left out: classes, whose members may be of other kinds; processors, who act for somebody else; meetings.
    """
    agencies = facts.agreement.agencies
    found: _Bodies = {}
    for party in parties:
        if party.ref == "any" or (party.role and party.role.any_agency):
            continue
        lent = (party.role.host or "", *party.role.acting_for) if party.role else ()
        for body in (agencies[a] for a in party.agencies if a in agencies):
            if (
                body.fields.get("members")
                or body.fields.get("joins")
                or not facts.decides(body)
                or body.type == "other"
            ):
                continue
            bodies = (*facts.legal_person(body), *(agencies[a] for a in lent if a in agencies))
            kinds = frozenset(kind for one in bodies for kind in (one.type, *one.also))
            found[body.id] = (body, found[body.id][1] | kinds if body.id in found else kinds)
    return found


def _outside(provision: Provision, side: str, kinds: frozenset[str]) -> bool:
    """Whether bodies of these kinds are surely not among the senders or recipients of a provision."""
    facts = provision.facts
    if kinds & set(facts.get("unsure", ())):
        return False
    if side == "senders" and kinds <= set(facts.get("excludes", ())):
        return True
    known = facts.get(side)
    if known is None or known == "anyone" or side in facts.get("open", ()):
        return False
    return not kinds & set(known)


def _limits(provision: Provision, flow: Flow, senders: _Bodies, recipients: _Bodies, facts: Facts) -> _Limits:
    left = set(provision.facts.get("data_excludes", ()))
    cases = provision.facts.get("purposes", ())
    for_cases = cases and all(facts.book.term("purposes", p).is_("case_level") for p in cases)
    return _Limits(
        provision,
        {key: a for key, (a, kinds) in senders.items() if _outside(provision, "senders", kinds)},
        {key: a for key, (a, kinds) in recipients.items() if _outside(provision, "recipients", kinds)},
        [item for item in facts.items(flow) if left & set(item.types)],
        bool(for_cases) and "purposes" not in provision.facts.get("open", ()) and bool(facts.purposes(flow))
        and not facts.serves(flow, "case_level"),
    )  # fmt: skip


def _cites(flow: Flow, facts: Facts) -> bool:
    return bool(flow.gateways) and facts.personal(flow)


@rule(
    Severity.ERROR, "flows",
    ("ca-1989-s47", "cda-1998-s115", "hsca-2012-s251b", "oma-2007-s14", "pcsc-2022-s16"),
    mark="LAW-17", where=_cites,
)  # fmt: skip
def gateway_does_not_reach(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """The law named for a flow does not cover this sender, recipient, purpose or information."""
    judged = _judged(flow, facts)
    if not judged:
        return
    senders, recipients = _kinds(flow.senders, facts), _kinds(flow.recipients, facts)
    limits = [_limits(provision, flow, senders, recipients, facts) for provision in judged]
    if any(not (x.senders or x.recipients or x.items or x.purpose) for x in limits):
        return
    supported = any(p and p.kind == "support" for _, p in facts.gateways(flow))
    criminal = facts.criminal(flow)
    across = [
        (sender, recipient) for sender in facts.senders(flow) for recipient in facts.recipients(flow)
        if facts.apart(sender, recipient)
    ]  # fmt: skip
    pairs = [
        (sender, recipient) for sender, recipient in across
        if not any(x.reaches(sender.id, recipient.id) for x in limits)
        and not (supported and not (criminal and _private(recipient, facts)))
    ]  # fmt: skip
    if pairs:
        otherwise = (
            "and go on telling those who can protect somebody meanwhile"
            if facts.grave(flow) or facts.serves(flow, "safeguarding")
            else "or, where there is none, ask the person, or the holder of parental responsibility, to agree"
        )
        yield Hit(
            flow.path("gateways") if "gateways" in flow.own else flow.at,
            f"the law named for `{flow.id}` does not carry {'it' if pairs == across else 'all of it'}: "
            f"{'; '.join(x.said(pairs) for x in limits)}",
            f"name under `gateways:` the law that does cover this, in a flow of its own where the rest may stay, {otherwise}",
            cites=tuple(dict.fromkeys(source for provision in judged for source in provision.sources)),
        )


def _private(agency: Agency, facts: Facts) -> bool:
    """Whether a body has no public functions of its own for another's supporting function to work with."""
    return not facts.public_authority(agency) and not facts.agency_is(agency, "official_authority")


def _sensitive(flow: Flow, facts: Facts) -> list[Item]:
    """The special category and offence items of a flow that are held in confidence."""
    offending = facts.serves(flow, "reveals_offending")
    owing = any(not party.role or owes_confidence(party.role, facts) for party in flow.senders)
    return [
        item for item in facts.items(flow)
        if item.fields.get("confidential", flow.fields.get("confidential", owing))
        and (offending or facts.item_is(item, "special") or facts.item_is(item, "criminal"))
    ]  # fmt: skip


@rule(Severity.WARNING, "flows", ("localism-2011-s1", "ca-2004-s10"), mark="LAW-19", where=_cites)
def only_general_powers_named(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """Confidential health or offence information rests on nothing firmer than a general power or a supporting function."""
    beside = _elsewhere(flow, facts)
    weak = ("support", "guidance", "bar", "rule")
    if any(p is None or (p.kind not in weak and p not in beside) for _, p in facts.gateways(flow)):
        return
    supports = [p for _, p in facts.gateways(flow) if p and p.kind == "support"]
    if not supports:
        return
    consent = flow.consent if flow.consent and flow.consent.relied_on else None
    agreed = consent is not None and (facts.asks(flow) or facts.model(consent).is_("implied"))
    if agreed or facts.grave(flow) or _route_is(flow, facts, "consent") or _route_is(flow, facts, "authorises"):
        return
    if flow.fields.get("confidential") is False or {"not-confidential", "public-interest"} & set(flow.confidentiality):
        return
    if without_route(flow, facts):
        return  # nothing at all opens the confidence, which another rule says
    senders = _disclosing(flow, facts)
    if all(facts.competent_authority(a) for a in senders):
        return  # nobody, or police alone, whose need of an authorising law another rule looks at
    if all((basis := flow.basis(a.id, "sender")) and basis.fields.get("task") for a in senders):
        return
    if items := _sensitive(flow, facts):
        are = "supports sharing and is" if len(supports) == 1 else "support sharing and are"
        more = f"; {' and '.join(p.title for p in beside)} is for other purposes" if beside else ""
        yield Hit(
            flow.path("gateways"),
            f"`{flow.id}` carries {names(items)}, held in confidence, on {', '.join(p.title for p in supports)} alone, which "
            f"{are} no power to disclose{more}",
            "name the specific power or duty that allows it; where there is none, say how confidence is met "
            "(`confidentiality: explicit-consent`)",
        )


def _elsewhere(flow: Flow, facts: Facts) -> list[Provision]:
    """The powers and duties cited whose purposes have nothing in common with the flow's."""
    ours = {term.facts.get("theme") for term in facts.purposes(flow)}
    found = [p for _, p in facts.gateways(flow) if p and p.kind in ("power", "duty") and p.facts.get("purposes")]
    return [
        p for p in found
        if ours and not ours & {facts.book.term("purposes", key).facts.get("theme") for key in listed(p.facts["purposes"])}
    ]  # fmt: skip
