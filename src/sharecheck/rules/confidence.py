"""What was told in confidence, who owes it, and whether anything may carry a flow past it."""

from __future__ import annotations

import re

from sharecheck.agreement import Basis, Flow, Item, Role
from sharecheck.rules.facts import Facts

_SPEAKS_OF_ROUTE = re.compile(r"\b(confiden\w*|consent\w*|agree[sd]?|asked|public interest|court order\w*)\b")


def health(agency: str, facts: Facts) -> bool:
    """Whether an agency, by its id, is a health body."""
    known = facts.agreement.agencies
    return agency in known and any(kind.facts.get("sector") == "health" for kind in facts.kinds(known[agency]))


def owes_confidence(role: Role, facts: Facts) -> bool:
    """Whether a role owes a duty of confidence: as stated, or by its kind."""
    stated = role.fields.get("confidential")
    return facts.role_kind(role).is_("confidential") if stated is None else bool(stated)


def without_route(flow: Flow, facts: Facts) -> list[Item]:
    """What a flow passes on of what was told in confidence, where nothing at all may carry it past that."""

    def found() -> list[Item]:
        confided = _confided(flow, facts)
        return confided if confided and not _has_ground(flow, facts) else []

    items: list[Item] = facts.once(("without route", flow.id), found)
    return items


def _confided(flow: Flow, facts: Facts) -> list[Item]:
    """The items of a flow that are confidential, as stated or because of who was told them."""
    if flow.fields.get("confidential") is not None:
        return facts.items(flow) if flow.fields["confidential"] else []
    owing = any(
        owes_confidence(party.role, facts) if party.role else any(health(a, facts) for a in party.agencies)
        for party in flow.senders
    )
    return [
        item for item in facts.items(flow)
        if item.fields.get("confidential", owing and facts.item_is(item, "in_confidence"))
        and not facts.item_is(item, "pseudonymised")
    ]  # fmt: skip


def _has_ground(flow: Flow, facts: Facts) -> bool:
    """Whether anything may carry a flow past confidence, as asking, a law, a harm, a court or one's own processor may."""
    consent, recipients = flow.consent, facts.recipients(flow)
    return (
        bool(flow.confidentiality)
        or facts.serves_only(flow, "index")  # what an index may show has rules of its own
        or (consent is not None and (facts.model(consent).is_("implied") or facts.asks(flow)))
        or facts.serves(flow, "safeguarding")
        or facts.grave(flow)
        or facts.one_body(flow)
        or (bool(recipients) and all(agency.controller == "processor" for agency in recipients))
        or any(facts.basis_is(basis, "consent") or _explicit(basis, facts) for basis in flow.bases)
        or any(provision is None or facts.allows(provision) for _, provision in facts.gateways(flow))
        or any(term.facts.get("theme") == "legal" for term in facts.purposes(flow))
        or any(agency.type == "court" for agency in recipients)
        or _SPEAKS_OF_ROUTE.search(facts.wording(flow)) is not None
    )


def _explicit(basis: Basis, facts: Facts) -> bool:
    return any(facts.book.term("article-9", article).is_("consent") for article in basis.article_9)
