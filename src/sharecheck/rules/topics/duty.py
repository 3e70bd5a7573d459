"""Duty: where the law leaves no choice about sharing, and an agreement makes one or stands in the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sharecheck.agreement import Agency, Agreement, Flow, Party, listed
from sharecheck.knowledge import Provision
from sharecheck.rules import Ask, Hit, Severity, rule
from sharecheck.rules.facts import Facts, names, spoken
from sharecheck.rules.obligation import binds, duty_of, is_enacted, lowered
from sharecheck.source import Path

_HEEDS_REFUSAL = ("no-objection", "name-needs-agreement")
"""Conditions of a duty under which a refusal stops it, or keeps names out of what is told."""


def _in_use(agreement: Agreement, facts: Facts) -> bool:
    return not facts.over


def _made_optional(facts: Facts, *, enacted: bool) -> Iterator[Hit]:
    """One hit for each duty that flows leave to choice, at the first of them."""
    found: dict[str, tuple[Provision, list[Flow], dict[str, Agency]]] = {}
    for _, flow in sorted(facts.agreement.flows.items()):
        if flow.strength != "may" or not (reaching := duty_of(flow, facts)):
            continue
        duty, senders = reaching
        if is_enacted(duty) is enacted:
            _, flows, who = found.setdefault(duty.id, (duty, [], {}))
            flows.append(flow)
            who |= {a.id: a for a in senders}
    for duty, flows, who in found.values():
        several = len(flows) > 1
        bound = [who[name] for name in sorted(who)]
        condition = duty.facts.get("condition_text")
        written = any("strength" in flow.fields for flow in flows)
        left = f"{'leave' if several else 'leaves'} {names(bound)} free not to share"
        unsaid = f"{'do' if several else 'does'} not say that {names(bound)} must share"
        yield Hit(
            flows[0].path("strength"),
            f"{spoken(tuple(f.id for f in flows))} {left if written else unsaid}, but {binds(duty)}",
            "write `strength: must`, in a flow of its own for those it binds"
            + (f"; keep its condition in words: {lowered(condition)}" if condition else ""),
            missing="strength" not in flows[0].fields,
            cites=duty.sources,
            also=tuple(flow.path("strength") for flow in flows),
        )


@rule(Severity.ERROR, "agreement", ("ca-1989-s47", "care-2014-s45", "hsca-2012-s251b"), mark="UND-12", where=_in_use)
def duty_made_optional(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A flow leaves to choice what the law makes a duty."""
    yield from _made_optional(facts, enacted=True)


@rule(
    Severity.WARNING, "agreement", ("cws-2026-s4", "escb-16la-start", "adcs-information-duty"),
    mark="UND-12", where=_in_use,
)  # fmt: skip
def reported_duty_made_optional(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A flow leaves to choice what, by reports, the law now makes a duty."""
    yield from _made_optional(facts, enacted=False)


def _overlap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return not one or bool(set(one) & set(other))


def _blocked(facts: Facts, *, enacted: bool) -> Iterator[Hit | Ask]:
    """Where a refusal of consent, or a `never`, stops what a duty requires; each `never` is told once, by its firmest duty."""
    bars = {
        name: bar for name, bar in (facts.agreement.fields.get("never") or {}).items()
        if not bar.get("unless") and not bar.get("see") and "anyone-else" not in listed(bar.get("to"))
    }  # fmt: skip
    barred: dict[str, tuple[Flow, Provision]] = {}
    doubted: dict[str, tuple[Flow, Provision]] = {}
    for _, flow in sorted(facts.agreement.flows.items()):
        gate = _gate(flow, facts)
        reaching = duty_of(flow, facts) if gate or bars else None
        if reaching is None:
            continue
        duty, bound = reaching
        if gate and duty.facts.get("condition") not in _HEEDS_REFUSAL and is_enacted(duty) is enacted:
            yield Hit(
                gate,
                f"if consent is refused, `{flow.id}` stops; but {binds(duty)}. A refusal does not lift what binds "
                f"{names(bound)}",
                "write `refused: share-if-risk` and, under `unless:`, when it is shared all the same; or tell people instead "
                "of asking them",
                cites=duty.sources,
            )
        for name, bar in bars.items():
            if _crosses(bar, flow):
                stopped = _overlap(listed(bar.get("data")), flow.data)
                found = barred if stopped else doubted
                firmer = name not in found or (is_enacted(duty) and not is_enacted(found[name][1]))
                if firmer and (stopped or bar.get("purpose")):
                    found[name] = (flow, duty)
    for name, (flow, duty) in barred.items():
        if is_enacted(duty) is enacted:
            yield Hit(
                ("never", name),
                f"`{name}` forbids, with no exception, what `{flow.id}` carries; but {binds(duty)}",
                "add `unless:` with the level of concern from which the bar lifts, or narrow what it forbids",
                cites=duty.sources,
            )
    for name, (flow, duty) in doubted.items():
        if name not in barred and is_enacted(duty) is enacted:
            yield Ask(
                ("never", name),
                f"`{name}` keeps something from `{flow.id}` with no exception, though {binds(duty)}: check that what it holds "
                "back can never bear on the child's safety",
            )


def _crosses(bar: Mapping[str, Any], flow: Flow) -> bool:
    """Whether a `never` runs between the same ends, and for the same purpose, as a flow; what it leaves out means any."""
    return (
        _overlap(listed(bar.get("from")), _refs(flow.senders))
        and _overlap(listed(bar.get("to")), _refs(flow.recipients))
        and _overlap(listed(bar.get("purpose")), flow.purposes)
    )


def _refs(parties: tuple[Party, ...]) -> tuple[str, ...]:
    return tuple(ref for party in parties for ref in (party.ref, *party.agencies))


def _gate(flow: Flow, facts: Facts) -> Path | None:
    """Where a refusal of consent stops a flow; None where it does not, or stops protection, which another rule says."""
    consent = flow.consent
    if consent is None or not consent.relied_on or consent.unless or not facts.asks(flow):
        return None
    forbids = consent.refused == "do-not-share" or facts.phrase(consent.refused, "veto")
    stops = forbids or facts.book.term("refusals", consent.refused or "").is_("stops")
    return (*consent.at, "refused") if stops and not (forbids and facts.serves(flow, "safeguarding")) else None


@rule(
    Severity.ERROR, "agreement", ("ca-1989-s47", "care-2014-s45", "hsca-2012-s251b"), mark="duty-blocked", where=_in_use
)
def duty_blocked(agreement: Agreement, facts: Facts) -> Iterator[Hit | Ask]:
    """A refusal of consent, or a bar, stops what the law makes a duty."""
    yield from _blocked(facts, enacted=True)


@rule(Severity.WARNING, "agreement", ("cws-2026-s4", "escb-16la-start"), mark="duty-blocked", where=_in_use)
def reported_duty_blocked(agreement: Agreement, facts: Facts) -> Iterator[Hit | Ask]:
    """A refusal of consent, or a bar, stops what, by reports, the law now makes a duty."""
    yield from _blocked(facts, enacted=False)
