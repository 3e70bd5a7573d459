"""Obligation: the duty to share that reaches a flow, and how people are told of it."""

from __future__ import annotations

from sharecheck.agreement import Agency, Flow
from sharecheck.knowledge import Provision
from sharecheck.rules.facts import Facts


def duty_of(flow: Flow, facts: Facts) -> tuple[Provision, list[Agency]] | None:
    """The duty that reaches a flow and the senders it binds, one that was read before one that was only reported.

    None where no duty reaches it, where it goes by the calendar, or where authorities dispute whether it is reached.
    """
    return facts.once(("duty", flow.id), lambda: _duty(flow, facts))


def _duty(flow: Flow, facts: Facts) -> tuple[Provision, list[Agency]] | None:
    if facts.one_body(flow):
        return None
    if facts.routine(flow) and not flow.gateways:
        return None
    protects = facts.serves(flow, "safeguarding")
    disputed = facts.asks(flow) or facts.serves(flow, "agreement_disputed")
    if not protects and disputed and facts.rank(flow) < facts.level("child-in-need"):
        return None
    reaching = facts.duties(flow)
    if not protects and (facts.law_enforcement(flow) or not facts.subjects_are(flow, "child")):
        named = {held.id for _, held in facts.gateways(flow) if held}
        reaching = [found for found in reaching if found[0].id in named]
    return min(reaching, key=lambda found: not is_enacted(found[0]), default=None)


def is_enacted(duty: Provision) -> bool:
    """Whether a duty was read where it is enacted, rather than reported."""
    return duty.confidence == "enacted"


def binds(duty: Provision) -> str:
    """What a duty obliges people to, as the end of a sentence."""
    day = duty.starts
    since = f", reported to hold since {day.day} {day:%B %Y}," if day and not is_enacted(duty) else ""
    return f"{duty.title}{since} makes it a duty: {lowered(duty.says)}"


def lowered(sentence: str) -> str:
    """A sentence as part of another."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")
