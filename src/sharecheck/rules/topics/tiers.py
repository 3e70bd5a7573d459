"""Tiers and bodies: an agreement keeps to the protocol it stands under, and its parties are bodies that can keep it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sharecheck.agreement import Agency, Agreement, Flow, Party, listed, prose, words
from sharecheck.durations import length
from sharecheck.durations import spoken as spoken_time
from sharecheck.rules import Hit, Severity, rule
from sharecheck.rules.facts import Facts, at_each, names
from sharecheck.source import Path

Looser = Callable[[Any, Any, Facts], bool]


def _later(own: Any, above: Any, _: Facts) -> bool:
    """Whether a time is certainly longer than the one above."""
    mine, theirs = length(own), length(above)
    return mine is not None and theirs is not None and mine.exceeds(theirs)


def _more_open(own: Any, above: Any, facts: Facts) -> bool:
    """Whether a rule on passing on opens more than the one above."""
    mine, theirs = (facts.book.term("onward", word).facts.get("openness") for word in (own, above))
    return mine is not None and theirs is not None and mine > theirs


def _given_up(own: Any, above: Any, _: Facts) -> bool:
    return above is True and own is False


def _let_in(own: Any, above: Any, _: Facts) -> bool:
    return above is False and own is True


_HANDLING: tuple[tuple[tuple[str, ...], Looser], ...] = (
    (("breach", "notify_partners_within"), _later),
    (("rights", "complaints", "acknowledge_within"), _later),
    (("decision_log", "shared"), _given_up),
    (("international", "any"), _let_in),
)
_FLOWS: tuple[tuple[str, Looser], ...] = (("onward", _more_open), ("deadline", _later))


def _under_one(agreement: Agreement, facts: Facts) -> bool:
    """Whether an agreement stands under a protocol of this repository, and both are in use."""
    above = agreement.parent
    if above is None or facts.over:
        return False
    return above.status != "ended" and "replaced_by" not in above.fields


@rule(
    Severity.WARNING, "agreement", ("scotland-toolkit", "warrington-tier-2"),
    mark="CNS-06", where=_under_one,
)  # fmt: skip
def looser_than_protocol(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """The agreement allows what the tier 1 protocol it stands under does not."""
    above = agreement.parent
    assert above is not None
    for at, own, where, theirs in _differences(agreement, above, facts):
        yield Hit(
            at,
            f"this agreement says {own}, and the protocol it stands under, `{above.id}`, says {theirs} at `{where}`: staff who "
            "know the protocol are misled, and families were promised more than they get",
            "bring the two in line: keep to the protocol here, or have its partners change it",
        )
    for key, bar in above.fields.get("never", {}).items():
        crossing = [one for one in agreement.flows.values() if _crosses(one, bar, agreement, above, facts)]
        if crossing:
            yield Hit(
                crossing[0].at,
                f"`{crossing[0].id}` shares what the protocol it stands under, `{above.id}`, bars at `never.{key}`",
                "take out what the protocol bars, or have its partners say when the bar lifts (`unless:`)",
                also=at_each(crossing),
            )


def _differences(agreement: Agreement, above: Agreement, facts: Facts) -> Iterator[tuple[Path, str, str, str]]:
    """Each looser field: its place, what it says, and where and what the protocol says."""
    for steps, looser in _HANDLING:
        mine, other = _find(agreement.fields.get("handling"), steps), _find(above.handling, steps)
        if looser(mine, other, facts):
            yield ("handling", *steps), _shown(mine), ".".join(("handling", *steps)), _shown(other)
    for flow in agreement.flows.values():
        fields, where = _same(flow, above)
        for name, looser in _FLOWS:
            mine, other = flow.fields.get(name), fields.get(name)
            if looser(mine, other, facts):
                yield flow.path(name), _shown(mine), f"{where}.{name}", _shown(other)
        kept, ceiling = (one.get("retention") or {} for one in (flow.fields, fields))
        for name in ("period", "up_to"):
            starts = {words(one["from"]) for one in (kept, ceiling) if "from" in one}
            if len(starts) < 2 and _later(kept.get(name), ceiling.get("up_to"), facts):
                said = f"at most {_shown(ceiling['up_to'])}"
                yield flow.path("retention", name), _shown(kept[name]), f"{where}.retention.up_to", said


def _find(value: Any, steps: tuple[str, ...]) -> Any:
    """What stands at the end of the steps, or None where one of them is not written or is in words."""
    for step in steps:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _same(flow: Flow, above: Agreement) -> tuple[Mapping[str, Any], str]:
    """What the protocol says of a flow: of the flow with the same id if it has one, otherwise of all flows."""
    if flow.id in above.flows:
        return above.flows[flow.id].fields, f"flows.{flow.id}"
    return above.fields.get("defaults", {}), "defaults"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return spoken_time(value) if length(value) else f"`{value}`"


def _crosses(flow: Flow, bar: Mapping[str, Any], agreement: Agreement, above: Agreement, facts: Facts) -> bool:
    """Whether a flow shares what a bar of the protocol forbids, as far as both name the same things."""
    if "see" in bar or not facts.personal(flow) or facts.one_body(flow):
        return False
    if bar.get("unless") and (flow.concern != "none" or any(" " in reason for reason in listed(bar["unless"]))):
        return False
    purposes = {above.purposes[p].type for p in listed(bar.get("purpose")) if p in above.purposes}
    about = {above.subjects[s].type for s in listed(bar.get("about")) if s in above.subjects}
    return (
        _names(listed(bar.get("from")), flow.senders)
        and _names(listed(bar.get("to")), flow.recipients)
        and _carries(flow, listed(bar.get("data")), agreement, above)
        and ("purpose" not in bar or any(term.id in purposes for term in facts.purposes(flow)))
        and (
            "about" not in bar
            or any(agreement.subjects[s].type in about for s in flow.about if s in agreement.subjects)
        )
    )


def _names(refs: tuple[str, ...], parties: Iterable[Party]) -> bool:
    """Whether one of the parties is among those a bar names; a bar that names none means any."""
    return not refs or any(
        party.ref in refs or (bool(party.agencies) and set(party.agencies) <= set(refs)) for party in parties
    )


def _carries(flow: Flow, barred: tuple[str, ...], agreement: Agreement, above: Agreement) -> bool:
    """Whether a flow carries an item that a bar names: one with the same id and of the same kinds."""
    if not barred:
        return True
    mine, theirs = agreement.items, above.items
    return any(i in mine and i in theirs and mine[i].types == theirs[i].types for i in flow.data if i in barred)


@rule(
    Severity.WARNING, "agreement", ("scotland-toolkit", "warrington-tier-2"),
    mark="outside-parent", where=_under_one,
)  # fmt: skip
def party_outside_protocol(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A party has not joined the tier 1 protocol on which the agreement rests."""
    above = agreement.parent
    if above is None or not above.agencies:
        return
    outside = [
        agency for agency in agreement.agencies.values()
        if not agency.inherited and facts.decides(agency) and agency.type != "court"
        and not _within(agency, agreement, above) and not _accepts(agency, above)
        and not facts.left_open((*agency.at, "member_of"))
    ]  # fmt: skip
    if outside:
        yield Hit(
            (*min(outside, key=lambda agency: agency.id).at, "member_of"),
            f"{names(outside)} {'is' if len(outside) == 1 else 'are'} no party to the protocol `{above.id}` and in no class "
            "of its parties, so nothing binds them to what it settles for all: security, breaches, rights",
            "add `member_of:` with the class of the protocol that it belongs to, list it in the protocol, or say under "
            "`joins:` or `text:` how it accepts the protocol",
            missing=True,
            also=at_each(outside, "member_of"),
        )


def _within(agency: Agency, agreement: Agreement, above: Agreement) -> bool:
    """Whether an agency, or what it is a part or member of, is a party to the protocol."""
    waiting, seen = [agency.id], set[str]()
    while waiting:
        name = waiting.pop()
        if name in above.agencies:
            return True
        if name not in seen and (found := agreement.agencies.get(name)):
            seen.add(name)
            waiting += [one for one in (found.part_of, found.member_of) if one]
    return False


def _accepts(agency: Agency, above: Agreement) -> bool:
    """Whether words beside an agency say that it accepts the protocol."""
    said = " ".join(prose([agency.fields.get(name) for name in ("text", "joins", "see", "contract")])).lower()
    known = ("protocol", "tier 1", above.id, str(above.fields.get("reference", above.id)).lower())
    return any(name in said for name in known)


_STEM = re.compile(r"^(?:the )?((?:[\w&'’.-]+ )+?(?:council|trust))\b(?! (?:for|of|on)\b)")
_COMMON = frozenset({
    "a", "academy", "acute", "ambulance", "and", "borough", "care", "children's", "city", "community", "council",
    "county", "district", "every", "foundation", "health", "hospital", "local", "london", "mental", "metropolitan",
    "neighbouring", "nhs", "of", "other", "our", "primary", "services", "the", "town", "trust", "unitary",
    "university",
})  # fmt: skip
"""Words that are in the names of many councils and trusts, and tell none from another."""
_TEAM = re.compile(r"\b(?:team|hub)\b(?= *(?:$|[(,:;–-]))")


@rule(
    Severity.WARNING, "agreement", ("ca-1989-s27", "mappa-guidance-ch9"),
    mark="one-controller", where=lambda _, facts: not facts.over,
)  # fmt: skip
def one_body_as_several(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Parts of one body stand as parties of their own, as if telling each other were disclosure."""
    parties = [a for a in agreement.parties if a.controller in ("independent", "joint") and not _class(a)]
    first: dict[str, Agency] = {}
    for agency in parties:
        found = _STEM.match(words(agency.name))
        if not found or agency.member_of or _COMMON.issuperset(found.group(1).split()):
            continue
        other = first.setdefault(found.group(1), agency)
        if other is not agency and _whole(other, agreement) != _whole(agency, agreement):
            one, body = (other, agency) if agency.inherited else (agency, other)
            yield Hit(
                (*one.at, "part_of"),
                f"`{one.id}` and `{body.id}` look like two parts of one body, which is one controller; between them there is "
                "use of information, and no disclosure, though confidentiality still binds",
                f"if they are, write `part_of: {body.id}`; if they are separate bodies, write out both names",
                missing=True,
            )
    for agency in parties:
        if not agency.inherited and not agency.part_of and not agency.member_of and _team(agency, facts):
            yield Hit(
                (*agency.at, "part_of"),
                f"`{agency.id}` is a team and is named as controller; a team is no body of its own, so nobody can tell who "
                "answers for the information",
                "write `part_of:` with the body it belongs to, or, for a team of several bodies, `controller: none`, with "
                "those bodies among the parties",
                missing=True,
            )
    for flow in agreement.flows.values():
        if not flow.gateways or not facts.one_body(flow):
            continue
        laws = [law for _, law in facts.gateways(flow) if law and law.facts.get("between_bodies_only")]
        if laws:
            yield Hit(
                flow.path("gateways"),
                f"`{flow.id}` stays within one body and names {laws[0].title}, which works only between bodies",
                "take the power out: this is use within one body; say what confidentiality asks instead",
            )


def _class(agency: Agency) -> bool:
    return bool(agency.fields.get("members") or agency.fields.get("joins"))


def _whole(agency: Agency, agreement: Agreement) -> str:
    """The body an agency is a part of, however many steps above."""
    seen = {agency.id}
    while agency.part_of and agency.part_of in agreement.agencies and agency.part_of not in seen:
        agency = agreement.agencies[agency.part_of]
        seen.add(agency.id)
    return agency.part_of or agency.id


def _team(agency: Agency, facts: Facts) -> bool:
    """Whether the name says team or hub of public bodies, and the kind is none that may go by such a name."""
    name = words(agency.name)
    if not _TEAM.search(name) or not (facts.public_authority(agency) or "multi-agency" in name):
        return False
    return not any(kind.is_("forum") or re.search("team|hub", kind.label.lower()) for kind in facts.kinds(agency))
