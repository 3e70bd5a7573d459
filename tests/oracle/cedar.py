"""What the partners agreed, as Cedar policies: flows permit, prohibitions forbid, and a forbid outweighs every permit.

A party is `in` its role, its agency, its team and, unlike individuals and strangers, in `Group::"parties"`. A flow that
asks permits once consent is given. Permits and forbids alone are said: the law and the decision table stay outside.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from oracle.naive import Asked, Naive
from sharecheck.agreement import Consent, Flow

EVERYBODY = 'Group::"parties"'


def policies(naive: Naive) -> str:
    """The policies of an agreement; none where people may not rest on it."""
    agreement = naive.agreement
    if agreement is None or not naive.in_use():
        return ""
    nevers = {n: bar for n, bar in (agreement.fields.get("never") or {}).items() if naive.is_written(n, bar)}
    said = [_permit(flow, naive) for flow in agreement.flows.values() if flow.data and flow.purposes]
    return "\n".join([*said, *(_forbid(name, bar, naive) for name, bar in nevers.items())])


def entities(naive: Naive) -> str:
    """The parties of an agreement and what each belongs to, as Cedar's JSON."""
    found: list[dict[str, Any]] = []
    for party in naive.parties.values():
        agency = party.agency
        groups = [("Group", "parties"), *([("Agency", agency.id)] if agency else [])]
        groups += [("Team", f"{agency.id}/{party.team}")] if agency and party.team else []
        groups += [("Role", party.role.id)] if party.role else []
        several = bool(agency and (agency.fields.get("members") or agency.fields.get("joins")))
        parents = [{"type": kind, "id": name} for kind, name in dict.fromkeys(groups)]
        found.append({"uid": {"type": "Party", "id": party.name}, "attrs": {"several": several}, "parents": parents})
    return json.dumps(found)


def request(asked: Asked, words: Mapping[str, str], naive: Naive) -> dict[str, Any]:
    """A question as a request; the level of concern goes as its rank."""
    recipient = {"type": "Individual" if asked.individual else "Party", "id": asked.recipient}
    context = {
        "recipient": {"__entity": recipient}, "about": asked.about, "purpose": asked.purpose,
        "concern": naive.rank[words["concern"]], "consent": words["consent"], "objection": words["objection"] == "yes",
    }  # fmt: skip
    return {
        "principal": f"Party::{json.dumps(asked.sender)}", "action": 'Action::"share"',
        "resource": f"Item::{json.dumps(asked.item)}", "context": context,
    }  # fmt: skip


def _permit(flow: Flow, naive: Naive) -> str:
    sides = [[party.ref for party in side] for side in (flow.senders, flow.recipients)]
    when = [_among("principal", sides[0], naive), _among("context.recipient", sides[1], naive)]
    when += [_one_of("context.purpose", flow.purposes), f"context.concern >= {naive.rank[flow.concern]}"]
    if flow.both_ways:
        when.append("(principal != context.recipient || principal.several)")
    if flow.about:
        when.append(_one_of("context.about", flow.about))
    when += _consent(flow.consent, naive) if flow.consent else []
    return _policy("permit", flow.id, [f"resource in [{_items(flow.data)}]", *when])


def _consent(consent: Consent, naive: Naive) -> Iterator[str]:
    """When the answer to consent lets a flow go ahead; nothing where it does not turn on it."""
    model = naive.book.term("consent-models", consent.model)
    if not consent.relied_on or not (model.is_("asks") or model.is_("implied")):
        return
    if model.is_("implied") or model.is_("opt_out"):
        ways = ['!context.objection && !["refused", "withdrawn"].contains(context.consent)']
    else:
        ways = ['context.consent == "given"']
        if set(consent.unless) & set(naive.book.terms("exceptions")):
            ways.append('context.consent == "unsafe-to-ask"')
    ways += [f"context.concern >= {naive.rank[word]}" for word in consent.unless if word in naive.rank]
    excused = set(consent.unless) & set(naive.book.terms("exceptions"))
    if excused or naive.book.term("refusals", consent.refused or "").is_("shares_at_risk"):
        ways.append(f"context.concern >= {naive.rank['significant-harm']}")
    yield "(" + " || ".join(f"({way})" for way in ways) + ")"


def _forbid(name: str, bar: Mapping[str, Any], naive: Naive) -> str:
    parts = {key: value if isinstance(value, list) else [value] for key, value in bar.items()}
    when = [
        _among(who, parts[side], naive)
        for side, who in (("from", "principal"), ("to", "context.recipient"))
        if side in parts
    ]
    when += [f"resource in [{_items(parts['data'])}]"] if "data" in parts else []
    when += [_one_of(f"context.{part}", parts[part]) for part in ("about", "purpose") if part in parts]
    for word in parts.get("unless", ()):
        if word in naive.rank:
            when.append(f"context.concern < {naive.rank[word]}")
        elif word in naive.book.terms("exceptions"):
            when.append(f"context.concern < {naive.rank['significant-harm']}")
    return _policy("forbid", name, when or ["true"])


def _policy(effect: str, name: str, when: Iterable[str]) -> str:
    conditions = "\n  && ".join(when)
    return f'@id("{name}")\n{effect} (principal, action == Action::"share", resource)\nwhen {{\n  {conditions}\n}};\n'


def _among(who: str, refs: Iterable[str], naive: Naive) -> str:
    assert naive.agreement is not None
    ways = []
    for ref in refs:
        if ref == "anyone-else":
            ways.append(f"!({who} in {EVERYBODY})")
        elif ref == "any":
            ways.append(f"{who} in {EVERYBODY}")
        else:
            kind = "Role" if ref in naive.agreement.roles else "Team" if "/" in ref else "Agency"
            ways.append(f"{who} in {kind}::{json.dumps(ref)}")
    return "(" + " || ".join(ways) + ")"


def _items(names: Iterable[str]) -> str:
    return ", ".join(f"Item::{json.dumps(name)}" for name in names)


def _one_of(what: str, names: Iterable[str]) -> str:
    return f"{json.dumps(list(names))}.contains({what})"
