"""Meaning: what an agreement's flows and prohibitions come to together, asked of its compiled policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, product
from operator import attrgetter
from typing import Any, TypeVar

from sharecheck.agreement import Agency, Agreement, Flow, listed, prose
from sharecheck.knowledge import Provision, joined
from sharecheck.policy.compiled import STRANGER
from sharecheck.rules import Hit, Severity, reading, rule
from sharecheck.rules.facts import Facts, at_each, names, spoken
from sharecheck.rules.obligation import binds, duty_of
from sharecheck.rules.reading import Bar, Cell, Sides

_Part = TypeVar("_Part")

_ASKING = ("asks", "asks-advice")


def _shares(agreement: Agreement, facts: Facts) -> bool:
    return not facts.over and bool(agreement.flows)


def _forbids(agreement: Agreement, facts: Facts) -> bool:
    return _shares(agreement, facts) and bool(agreement.fields.get("never"))


def _has_several(agreement: Agreement, facts: Facts) -> bool:
    return not facts.over and len(agreement.flows) > 1


def _tells_social_care(agreement: Agreement, facts: Facts) -> bool:
    """Whether somebody tells children's social care of children who may need protection, under an agreement in use."""
    return _shares(agreement, facts) and agreement.kind != "disclosure" and bool(_to_the_door(facts))


def _in_order(flows: Iterable[Flow]) -> list[Flow]:
    """Flows by id, so that a finding stands at the same one however the file is laid out."""
    return sorted(flows, key=attrgetter("id"))


def _does(things: Sequence[object], one: str, several: str) -> str:
    return one if len(things) == 1 else several


# prohibitions, and flows that come to nothing


def _written(bar: Bar, facts: Facts) -> Mapping[str, Any]:
    fields: Mapping[str, Any] = facts.agreement.fields["never"][bar[0].part]
    return fields


def _meet(bar: Bar, flow: Flow, facts: Facts) -> Cell | None:
    """A question to which a prohibition says no and a flow yes."""
    box, levels = bar
    parts = [part for part, terms in reading.parts(flow, facts) if levels & reading.concern(terms)]
    cell = next(filter(None, (reading.shared(part, box, facts) for part in parts)), None)
    return cell if cell and not _beside(bar, flow, facts) else None


def _beside(bar: Bar, flow: Flow, facts: Facts) -> bool:
    """Whether a prohibition need not mean a flow: what stays in one body is not shared, and alarms may come when it lifts."""
    box, _ = bar
    inside = facts.one_body(flow) and not (box.senders or box.recipients)
    unsaid = "concern" not in flow.fields and facts.serves(flow, "safeguarding")
    return inside or (unsaid and bool(_written(bar, facts).get("unless")))


def _met(bar: Bar, facts: Facts) -> list[tuple[Flow, Cell]]:
    """The flows that a prohibition meets, each with a question; none where a rule on blocked duties says it all."""
    flows = _in_order(facts.agreement.flows.values())
    met = [(flow, cell) for flow in flows if (cell := _meet(bar, flow, facts))]
    written = _written(bar, facts)
    lifts = bool(written.get("unless")) or STRANGER in listed(written.get("to"))
    return met if lifts or not any(duty_of(flow, facts) for flow, _ in met) else []


@rule(Severity.WARNING, "agreement", ("agreement-format",), mark="policy", where=_forbids)
def forbidden_and_agreed(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A prohibition forbids part of what a flow lets people share."""
    for bar in reading.bars(facts):
        met = [(flow, cell) for flow, cell in _met(bar, facts) if not _idle(flow, facts)]
        if met:
            name, flows, (first, cell) = bar[0].part, [flow for flow, _ in met], met[0]
            yield Hit(
                ("never", name),
                f"`{name}` forbids part of what {spoken(tuple(flow.id for flow in flows))} {_does(flows, 'lets', 'let')} people "
                f"share, so that whoever reads only one of them goes wrong. {reading.asked(cell, facts, first.concern)} "
                f"`{name}` says no, `{first.id}` yes",
                "take what is forbidden out of the flow, narrow the prohibition, or say under `unless:` from which level of "
                "concern it lifts",
                also=(("never", name), *(at_each(flows) if len(flows) > 1 else ())),
            )


def _idle(flow: Flow, facts: Facts) -> str | None:
    """Why a flow can never be used; None where it can."""
    found: str | None = facts.once(("idle", flow.id), lambda: _stopped(flow, facts))
    return found


def _stopped(flow: Flow, facts: Facts) -> str | None:
    parts = reading.parts(flow, facts)
    told = [(*one, reading.concern(terms)) for box, terms in parts for one in reading.by_sender(box, facts)]
    if not told:
        return "whoever sends it is the only one to receive it" if parts else None
    laws = {item: _kept_by_law(item, flow, facts) for item in flow.data}
    free = frozenset(item for item in laws if not laws[item])
    bars = _forbidding([(*one[:2], free, *one[3:]) for one in told], flow, facts) if free else []
    if free and not bars:
        return None
    kept = dict.fromkeys((*bars, *chain.from_iterable(laws.values())))
    asked = reading.asked(reading.question(flow, facts), facts, flow.concern)
    return f"everything it carries is kept back by {joined(list(kept))}. {asked} Never"


def _kept_by_law(item: str, flow: Flow, facts: Facts) -> list[str]:
    """The laws that protect an item against a flow, unless somebody is asked or the flow itself names the law."""
    held = facts.agreement.items.get(item)
    if held is None or facts.asks(flow):
        return []
    named = {provision.id for _, provision in facts.gateways(flow) if provision}
    return [
        f"law (“{bar.title}”)" for bar in reading.policy(facts).law.bars
        if not bar.facts.get("advice") and bar.id not in named and _everywhere(bar, facts)
        and set(held.types) & set(bar.facts["data_only"])
    ]  # fmt: skip


def _everywhere(provision: Provision, facts: Facts) -> bool:
    """Whether a provision is law wherever the agreement applies."""
    return not provision.jurisdiction or set(facts.agreement.jurisdiction) <= set(provision.jurisdiction)


def _forbidding(told: list[Sides], flow: Flow, facts: Facts) -> list[str]:
    """As few prohibitions as together forbid, at every level of concern, what a flow tells; none if they leave any open."""

    def forbidden(by: list[Bar]) -> bool:
        return all(reading.covered(one, [_across(bar, one) for bar in by]) for one in told)

    bars = [bar for bar in reading.bars(facts) if not _beside(bar, flow, facts)]
    return [f"`{box.part}`" for box, _ in _fewest(bars, forbidden)]


def _across(bar: Bar, sides: Sides) -> Sides:
    """A prohibition as the sides of questions; what it leaves out means any."""
    box, levels = bar
    return tuple(any_of if side is None else side for side, any_of in zip((*box.sides, levels), sides, strict=True))


def _fewest(parts: list[_Part], enough: Callable[[list[_Part]], bool]) -> list[_Part]:
    """As few of some parts as are enough together: one if there is such a one, none if they are not."""
    alone = next(([one] for one in parts if enough([one])), None)
    if alone or not enough(parts):
        return alone or []
    for one in list(parts):
        fewer = [other for other in parts if other is not one]
        parts = fewer if enough(fewer) else parts
    return parts


@rule(Severity.WARNING, "agreement", ("agreement-format",), mark="policy", where=_shares)
def flow_never_applies(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A flow can never be used: it tells nobody, or everything it carries is kept back."""
    for flow in agreement.flows.values():
        why = _idle(flow, facts)
        if why and not any(_meet(bar, flow, facts) and not _met(bar, facts) for bar in reading.bars(facts)):
            yield Hit(
                flow.at,
                f"`{flow.id}` can never be used: {why}",
                "correct who sends, who receives and what; narrow what keeps it back; or take the flow out",
            )


# flows beside flows


_COMPARED = (
    "from", "to", "between", "data", "about", "purpose", "purposes", "concern", "consent", "lawful_basis",
    "title", "text", "necessity",
)  # fmt: skip
"""What may differ between a flow and those that leave it nothing to add: what is compared otherwise, and mere words."""


def _permits(flow: Flow, facts: Facts) -> list[Sides]:
    """Everything a flow lets people share: its sides, and the circumstances."""
    return facts.once(
        ("permits", flow.id),
        lambda: [
            (*(frozenset(("",)) if side is None else side for side in box.sides), term.concern, term.consent, term.objection)
            for box, terms in reading.parts(flow, facts) for term in terms if term.flag == "covers"
        ],
    )  # fmt: skip


def _alike(flows: Iterable[Flow], facts: Facts) -> Iterable[list[Flow]]:
    """Flows in groups that ask the same of people: all that is not compared otherwise is written alike."""
    found: dict[tuple[object, ...], list[Flow]] = {}
    for flow in flows:
        said = repr([one for one in flow.fields.items() if one[0] not in _COMPARED])
        found.setdefault((flow.strength, facts.asks(flow), said), []).append(flow)
    return found.values()


def _same_basis(flow: Flow, other: Flow, facts: Facts) -> bool:
    """Whether everybody in a flow rests on the same in another."""
    bases = [(flow.basis(a.id, side), other.basis(a.id, side)) for side, a in facts.sides(flow)]
    return all((mine and mine.fields) == (theirs and theirs.fields) for mine, theirs in bases)


def _shadowing(flow: Flow, others: list[Flow], facts: Facts) -> list[Flow]:
    """As few of the other flows as together let people share whatever a flow does; none if they do not."""

    def shadowed(by: list[Flow]) -> bool:
        wider = [permitted for other in by for permitted in _permits(other, facts)]
        return all(reading.covered(permitted, wider) for permitted in _permits(flow, facts))

    return _fewest(others, shadowed)


def _shadowed(kept: list[Flow], facts: Facts) -> Iterator[tuple[Flow, list[Flow]]]:
    """The flows of a group that others of it leave nothing to add, with those; of two that are equal, the later."""
    for flow in reversed(list(kept)):
        others = [other for other in kept if other is not flow and _same_basis(flow, other, facts)]
        if _permits(flow, facts) and not _idle(flow, facts) and (by := _shadowing(flow, others, facts)):
            kept.remove(flow)
            yield flow, by


@rule(Severity.ADVICE, "agreement", ("agreement-format",), mark="policy", where=_has_several)
def flow_adds_nothing(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Everything that a flow lets people share, others let them share already on the same terms."""
    for group in _alike(_in_order(agreement.flows.values()), facts):
        for flow, others in _shadowed(group, facts) if len(group) > 1 else ():
            cell, by = reading.question(flow, facts), spoken(tuple(other.id for other in others))
            yield Hit(
                flow.at,
                f"`{flow.id}` adds nothing: whatever it lets people share, {by} {_does(others, 'lets', 'let')} them share "
                f"already, on the same terms. {reading.asked(cell, facts, flow.concern)} The answer is the same with it or without",
                f"take it out, or write what it asks of people that {by} {_does(others, 'does', 'do')} not",
            )


def _waiving(facts: Facts) -> list[tuple[Flow, str]]:
    """The flows that need no consent from some level of concern, each with that level."""
    levels, found = facts.book.terms("concern-levels"), []
    for flow in _in_order(facts.agreement.flows.values()):
        free = reading.free_from(reading.terms(flow, facts), "not-asked", facts)
        words = (flow.concern, *(flow.consent.unless if flow.consent else ()), "significant-harm")
        named = (word for word in words if word in levels and facts.level(word) == free)
        found += [(flow, level) for level in named][:1]
    return found


def _waits(flow: Flow, facts: Facts) -> bool:
    """Whether a flow waits for consent at its own level of concern, and no rule on asking says so."""
    terms = reading.terms(flow, facts)
    free = reading.free_from(terms, "not-asked", facts)
    asks = any(term.flag in _ASKING for term in terms) and free != facts.rank(flow)
    return asks and (not facts.grave(flow) or _gives_reasons(flow, facts))


def _gives_reasons(flow: Flow, facts: Facts) -> bool:
    """Whether a flow gives every reason not to ask or not to tell; that some are left out is said by a rule of its own."""
    told = listed((flow.fields.get("inform") or {}).get("except"))
    asked = flow.consent.unless if flow.consent else ()
    return set(facts.book.terms("exceptions")) <= {*told, *asked}


@rule(Severity.WARNING, "agreement", ("dfe-2024-rule-3", "ico-ten-steps"), mark="policy", where=_has_several)
def consent_asked_when_graver(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Consent is asked for at one level of concern and waived at a lower one."""
    waiving = _waiving(facts)
    for flow in _in_order(agreement.flows.values()):
        found = next(_freer(flow, waiving, facts), None) if _waits(flow, facts) else None
        if found:
            other, level, cell = found
            label = facts.book.term("concern-levels", level).label.lower()
            yield Hit(
                flow.path("consent"),
                f"`{flow.id}` waits for consent, though at a lower level of concern ({label}) `{other.id}` lets people share "
                f"without it. {reading.asked(cell, facts, flow.concern)} `{flow.id}` says only if somebody agrees",
                "tell people in place of asking them at the graver level, or say under `unless:` from which level consent is "
                "not needed",
            )


def _freer(flow: Flow, waiving: list[tuple[Flow, str]], facts: Facts) -> Iterator[tuple[Flow, str, Cell]]:
    """The flows that need no consent at a lower level, with that level and a question that both answer."""
    for other, level in waiving:
        narrower = other.fields.get("where") not in (None, flow.fields.get("where"))
        if facts.level(level) < facts.rank(flow) and not narrower:
            parts = product(reading.parts(flow, facts), reading.parts(other, facts))
            cells = (reading.shared(mine, theirs, facts) for (mine, _), (theirs, _) in parts)
            yield from ((other, level, cell) for cell in cells if cell)


# ways to children's social care


def _is_door(agency: Agency, facts: Facts) -> bool:
    """Whether a body is children's social care, or part of it."""
    return any(map(facts.front_door, facts.legal_person(agency)))


def _to_the_door(facts: Facts) -> list[Flow]:
    """The flows by which children's social care is told of children who may need protection."""
    return facts.once(
        ("to the door", ""),
        lambda: [
            flow for flow in _in_order(facts.serving("protects_children"))
            if any(map(facts.front_door, facts.recipients(flow))) and not facts.one_body(flow)
        ],
    )  # fmt: skip


def _heard(facts: Facts, opens: Callable[[Flow], bool]) -> set[str]:
    """The agencies from which word of a child can reach children's social care, straight or from one to the next."""
    ends = [
        ({a.id for a in facts.senders(flow)}, {a.id for a in facts.recipients(flow)})
        for flow in facts.serving("case_level") if opens(flow)
    ]  # fmt: skip
    heard = {agency.id for agency in facts.agreement.agencies.values() if _is_door(agency, facts)}
    while new := {a for senders, recipients in ends if recipients & heard for a in senders} - heard:
        heard |= new
    return heard


def _lies_outside(agreement: Agreement) -> bool:
    """Whether the agreement says that telling children's social care is settled elsewhere."""
    text = " ".join(prose(agreement.fields.get("outside"))).lower()
    return "children's social care" in text or "referral" in text


def _opens(flow: Flow, facts: Facts) -> bool:
    """Whether a flow lets people share at significant harm though consent is refused, and though nobody can safely ask."""
    grave, terms = facts.level("significant-harm"), reading.terms(flow, facts)
    least = [reading.free_from(terms, consent, facts) for consent in ("refused", "unsafe-to-ask")]
    return not terms or all(rank is not None and rank <= grave for rank in least)


def _shuts(flow: Flow, facts: Facts) -> bool:
    """Whether a refusal shuts a flow, and no rule on refusals, on duties or on asking says so."""
    consent = flow.consent
    if consent is None or _opens(flow, facts) or not facts.asks(flow) or not _gives_reasons(flow, facts):
        return False
    known = {**facts.book.terms("concern-levels"), **facts.book.terms("exceptions")}
    if any(word not in known for word in consent.unless) or facts.phrase(consent.prose, "without-consent"):
        return False  # an exception in words may well reach this far
    veto = consent.refused == "do-not-share" or facts.phrase(consent.refused, "veto")
    stops = facts.book.term("refusals", consent.refused or "").is_("stops") and duty_of(flow, facts)
    return bool(consent.unless) or not (veto or stops)


def _raised_by(facts: Facts) -> dict[str, list[Flow]]:
    """For each agency the flows by which it may tell children's social care of significant harm, if nobody minds."""
    grave = facts.level("significant-harm")
    found: dict[str, list[Flow]] = {}
    for flow in _to_the_door(facts):
        least = reading.free_from(reading.terms(flow, facts), "given", facts)
        if least is not None and least <= grave and not flow.fields.get("answers"):
            for agency in facts.senders(flow):
                found.setdefault(agency.id, []).append(flow)
    return found


@rule(Severity.ERROR, "agreement", ("ico-ten-steps", "dfe-2024-rule-3"), mark="policy", where=_tells_social_care)
def refusal_leaves_no_way(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """An agency can tell children's social care of significant harm only if somebody agrees."""
    if _lies_outside(agreement):
        return
    heard = _heard(facts, lambda flow: _opens(flow, facts))
    shut = {
        name: flows for name, flows in sorted(_raised_by(facts).items())
        if name not in heard and all(_shuts(flow, facts) for flow in flows)
    }  # fmt: skip
    if shut:
        who = [agreement.agencies[name] for name in shut]
        flows = _in_order({flow.id: flow for one in shut.values() for flow in one}.values())
        cell = reading.question(flows[0], facts)
        yield Hit(
            flows[0].path("consent"),
            f"{names(who)} can tell children's social care of significant harm only if somebody agrees: "
            f"{spoken(tuple(flow.id for flow in flows))} {_does(flows, 'waits', 'wait')} for consent, and nothing goes round "
            f"{_does(flows, 'it', 'them')}. {reading.asked(cell, facts, 'significant-harm', 'refused')} Nothing here says yes",
            "say under `unless:` that consent is not needed from `significant-harm`, or tell people in place of asking them",
            also=(*(flow.path("consent") for flow in flows), *(at_each(who) if len(who) > 1 else ())),
        )


def _keepers(facts: Facts) -> dict[str, tuple[Agency, Flow]]:
    """The agencies that tell each other of children in danger, past children's social care, each with the first such flow."""
    found: dict[str, tuple[Agency, Flow]] = {}
    for flow in _in_order(facts.serving("protects_children")):
        senders, recipients = facts.senders(flow), facts.recipients(flow)
        known = all(_is_door(agency, facts) for agency in senders) or any(
            _is_door(agency, facts) for agency in recipients
        )
        if not known and not facts.one_body(flow):
            for agency in (*senders, *recipients):
                found.setdefault(agency.id, (agency, flow))
    return found


def _owed(facts: Facts) -> dict[int, Cell]:
    """What the law obliges people to tell children's social care: sets of duties, each with a question they answer."""
    policy, law = reading.policy(facts), reading.policy(facts).law
    everywhere = law.named(provision.id for provision in law.provisions if _everywhere(provision, facts))
    duties = law.saying(("duty", "duty-not-more-detrimental")) & everywhere
    found: dict[int, Cell] = {}
    for flow in _to_the_door(facts):
        for who, item, about, purpose in product(_at_the_door(flow, facts), flow.data, flow.about, flow.purposes):
            if item in policy.items and about in policy.subjects and purpose in policy.purposes:
                fits = law.carries(policy.items[item].words) & law.about(policy.subjects[about].words[0])
                owed = fits & law.serves(policy.purposes[purpose].words[0]) & law.receives(policy.parties[who].kind)
                found.setdefault(owed & duties, ("", who, item, about, purpose))
    return found


def _at_the_door(flow: Flow, facts: Facts) -> list[str]:
    """Who at children's social care receives a flow."""
    places, agencies = reading.policy(facts).places, facts.agreement.agencies
    named = {who for box, _ in reading.parts(flow, facts) for who in box.recipients or () if who in places}
    return [who for who in sorted(named) if _is_door(agencies[places[who][1]], facts)]


def _unsaid(facts: Facts) -> Iterator[tuple[Provision, Cell, Agency, Flow]]:
    """Each agency whose duty to tell children's social care nothing here speaks of, with the duty, a question and a flow."""
    policy, heard = reading.policy(facts), _heard(facts, lambda _: True)
    silent = [
        (agency, flow) for name, (agency, flow) in sorted(_keepers(facts).items())
        if name not in heard and facts.decides(agency) and not facts.agency_is(agency, "child_facing")
    ]  # fmt: skip
    owed = _owed(facts) if silent else {}  # a way for those who see children is asked for by a rule of its own
    for agency, flow in silent:
        sends = policy.law.sends(policy.parties[agency.id].kind)
        bound = ((policy.law.of(duties & sends), cell) for duties, cell in owed.items() if duties & sends)
        yield from ((found[0], (agency.id, *cell[1:]), agency, flow) for found, cell in islice(bound, 1))


@rule(Severity.WARNING, "agreement", ("cws-2026-s4", "escb-16la-start"), mark="policy", where=_tells_social_care)
def duty_left_unsaid(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """The law obliges an agency to tell children's social care what it knows of a child, and no flow lets it."""
    left: dict[str, list[tuple[Provision, Cell, Agency, Flow]]] = {}
    for one in () if _lies_outside(agreement) else _unsaid(facts):
        left.setdefault(one[0].id, []).append(one)
    for unsaid in left.values():
        duty, cell, _, first = unsaid[0]
        who = [agency for _, _, agency, _ in unsaid]
        where = tuple(flow.at if agency.inherited else agency.at for _, _, agency, flow in unsaid)
        yield Hit(
            where[0],
            f"{names(who)} {_does(who, 'takes', 'take')} part in protecting children, as in `{first.id}`, but nothing lets what "
            f"is known there reach children's social care; and {binds(duty)}. "
            f"{reading.asked(cell, facts, 'significant-harm')} No flow says so",
            "add a flow by which such worries reach children's social care, or say under `outside:` where that is settled",
            rests_on=("flows",),
            cites=duty.sources,
            also=where,
        )
