"""Meaning: what an agreement's flows and prohibitions come to together, asked of its compiled policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter

from sharecheck.agreement import Agreement, Flow
from sharecheck.policy.compiled import Box, Policy, compile
from sharecheck.policy.table import Term
from sharecheck.rules import Hit, Severity, rule
from sharecheck.rules.facts import Facts, at_each, names, spoken


def _flows(agreement: Agreement, facts: Facts) -> bool:
    return not facts.over and bool(agreement.flows)


def _bars(agreement: Agreement, facts: Facts) -> bool:
    return _flows(agreement, facts) and bool(agreement.fields.get("never"))


def _several(agreement: Agreement, facts: Facts) -> bool:
    return not facts.over and len(agreement.flows) > 1


def _policy(facts: Facts) -> Policy:
    return facts.once(("meaning", ""), lambda: compile(facts.agreement, facts.book, as_written=True))


def _boxes(facts: Facts, flow: str) -> list[tuple[Box, list[Term]]]:
    """The parts of a flow, each with what it says."""
    made: dict[str, list[tuple[Box, list[Term]]]] = facts.once(("boxes", ""), lambda: _by_flow(_policy(facts)))
    return made.get(flow, [])


def _by_flow(policy: Policy) -> dict[str, list[tuple[Box, list[Term]]]]:
    found: dict[str, list[tuple[Box, list[Term]]]] = {}
    for box, bits in zip(policy.flow_boxes, policy.flow_terms, strict=True):
        found.setdefault(box.part, []).append((box, policy.table.terms_of(bits)))
    return found


def _asked(policy: Policy, sides: Sequence[frozenset[str] | None], circumstances: str = "") -> str:
    """One question out of many, in words."""
    sender, recipient, item, about, purpose = (min(side) if side else "" for side in sides)
    text = f"`{sender or 'anybody'}` to `{recipient or 'anybody'}`, `{item or 'anything'}`"
    text += f" about `{about}`" if about else ""
    text += f", for `{purpose}`" if purpose else ""
    return text + (f", {circumstances}" if circumstances else "")


def _level(facts: Facts, rank: int) -> str:
    """The mildest level of concern of a rank, as people call it."""
    terms = facts.book.terms("concern-levels").values()
    return next(term.label for term in terms if term.facts["rank"] == rank).lower()


def _least(facts: Facts, terms: Sequence[Term], consent: str) -> int | None:
    """The rank of concern from which what terms say covers a question with this answer to consent; None if never."""
    ranks = [
        facts.level(level)
        for term in terms if term.flag == "covers" and consent in term.consent and "no" in term.objection
        for level in term.concern
    ]  # fmt: skip
    return min(ranks, default=None)


@rule(Severity.WARNING, "agreement", ("agreement-format",), mark="policy", where=_bars)
def forbidden_and_agreed(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A prohibition and a flow meet, so that readers of one will do what the other forbids."""
    policy = _policy(facts)
    bars = agreement.fields["never"]
    for bar, bits in zip(policy.bar_boxes, policy.bar_terms, strict=True):
        forbids = [term for term in policy.table.terms_of(bits) if term.flag == "forbids"]
        met: dict[str, str] = {}
        for flow in sorted(agreement.flows.values(), key=attrgetter("id")):
            if not bars[bar.part].get("unless") and facts.duties(flow):
                continue  # that a duty is barred is said by a rule of its own
            for box, terms in _boxes(facts, flow.id):
                both = box.common(bar)
                levels = {level for f in forbids for t in terms for level in f.concern & t.concern}
                if both and levels and flow.id not in met:
                    met[flow.id] = _asked(
                        policy, both, f"at this level of concern: {_level(facts, min(map(facts.level, levels)))}"
                    )
        if met:
            flows = tuple(met)
            yield Hit(
                ("never", bar.part),
                f"`{bar.part}` forbids what {spoken(flows)} {'lets' if len(flows) == 1 else 'let'} people share: "
                f"{met[flows[0]]}. Whoever reads only one of the two will do the opposite of the other",
                "take what is forbidden out of the flow, narrow the prohibition, or say under `unless:` from which level of "
                "concern it lifts",
            )


@rule(Severity.WARNING, "flows", ("agreement-format",), mark="policy", where=lambda flow, facts: not facts.over)
def flow_never_applies(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """A flow that can never be used: nobody to tell, or everything it carries is barred."""
    boxes = _boxes(facts, flow.id)
    named = flow.senders and flow.recipients and flow.data and flow.purposes
    if not boxes or not named or not all(party.known for party in (*flow.senders, *flow.recipients)):
        return
    policy = _policy(facts)
    always = [
        (bar, {level for term in policy.table.terms_of(bits) if term.flag == "forbids" for level in term.concern})
        for bar, bits in zip(policy.bar_boxes, policy.bar_terms, strict=True)
        if any(bar.common(box) for box, _ in boxes)
    ]
    trouble = "whoever sends it is also the only one to receive it"
    for box, terms in boxes:
        levels = {level for term in terms for level in term.concern}
        for sender, recipient, item, about, purpose in box.cells():
            cell = (sender, recipient, item, about, purpose)
            if item in policy.items and "barred" in policy.law.item(policy.items[item].words, confidential=True):
                trouble = "a law bars everything it carries from being passed on"
            elif any(levels <= barred and _has(bar, cell) for bar, barred in always):
                trouble = f"{names_of([bar.part for bar, _ in always])} forbids all of it"
            else:
                return
        if any(party in policy.classes for party in (box.senders or ())):
            return
    yield Hit(
        flow.at,
        f"`{flow.id}` can never be used: {trouble}",
        "correct who sends and who receives, take it out, or narrow what forbids it",
    )


def _has(box: Box, cell: tuple[str, ...]) -> bool:
    return all(side is None or name in side for side, name in zip(box.sides, cell, strict=True))


def names_of(ids: Sequence[str]) -> str:
    """Ids in backticks, each once."""
    return spoken(tuple(dict.fromkeys(ids)))


_OWN = ("deadline", "answers", "contact", "retention", "inform", "where", "requires", "onward", "frequency", "method")
"""What a flow may ask of people besides letting them share; a flow that asks it itself is not idle."""


@rule(Severity.ADVICE, "agreement", ("agreement-format",), mark="policy", where=_several)
def flow_adds_nothing(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Everything a flow lets people share, another flow lets them share already, and on no stricter terms."""
    for flow in sorted(agreement.flows.values(), key=attrgetter("id")):
        for other in sorted(agreement.flows.values(), key=attrgetter("id")):
            if (
                other is not flow
                and _shadows(other, flow, facts)
                and not (flow.id < other.id and _shadows(flow, other, facts))
            ):
                yield Hit(
                    flow.at,
                    f"`{flow.id}` adds nothing: whatever it lets people share, `{other.id}` lets them share already, and asks "
                    "no more of them",
                    f"take it out, or say what it asks that `{other.id}` does not",
                )
                break


def _shadows(other: Flow, flow: Flow, facts: Facts) -> bool:
    if other.strength != flow.strength or any(flow.fields.get(name) != other.fields.get(name) for name in _OWN):
        return False
    mine, theirs = _boxes(facts, flow.id), _boxes(facts, other.id)
    return bool(mine) and all(
        any(box.within(wide) and all(_within(term, more) for term in terms) for wide, more in theirs)
        for box, terms in mine
    )


def _within(term: Term, others: Sequence[Term]) -> bool:
    """Whether what a term covers is covered; what is only asked for is no more than what is covered."""
    return term.flag != "covers" or any(
        other.flag == "covers" and term.concern <= other.concern and term.consent <= other.consent
        and term.objection <= other.objection for other in others
    )  # fmt: skip


@rule(Severity.WARNING, "agreement", ("dfe-2024-rule-3", "ico-ten-steps"), mark="policy", where=_several)
def consent_asked_when_graver(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Consent is asked at one level of concern, though another flow waives it at a lower one."""
    policy = _policy(facts)
    ordered = sorted(agreement.flows.values(), key=attrgetter("id"))
    for flow in ordered:
        for box, terms in _boxes(facts, flow.id):
            asks = [
                facts.level(level) for term in terms if term.flag in ("asks", "asks-advice") for level in term.concern
            ]
            freely = _least(facts, terms, "not-asked")
            if not asks or (freely is not None and freely <= min(asks)):
                continue
            found = next(
                (
                    (other, both, rank) for other in ordered if other is not flow
                    for wide, more in _boxes(facts, other.id)
                    if (rank := _least(facts, more, "not-asked")) is not None and rank < min(asks)
                    and (both := box.common(wide))
                ),
                None,
            )  # fmt: skip
            if found:
                other, both, rank = found
                yield Hit(
                    flow.path("consent"),
                    f"`{flow.id}` asks for consent at this level of concern, {_level(facts, min(asks))}, though `{other.id}` does "
                    f"without it at a lower one, {_level(facts, rank)}: {_asked(policy, both)}",
                    "tell people in place of asking them at the graver level, or say under `unless:` when consent is not needed",
                )
                break


def _protecting(agreement: Agreement, facts: Facts) -> bool:
    """Whether children's social care takes part in flows that protect children, in an agreement that people share under."""
    return (
        _flows(agreement, facts)
        and agreement.kind != "disclosure"
        and any(
            facts.front_door(agency) for flow in facts.serving("protects_children") for agency in facts.recipients(flow)
        )
    )


def _ways(facts: Facts) -> dict[str, list[Flow]]:
    """The flows by which each agency may tell children's social care of a worry about a child."""
    found: dict[str, list[Flow]] = {}
    for flow in sorted(facts.serving("protects_children"), key=attrgetter("id")):
        if any(facts.front_door(agency) for agency in facts.recipients(flow)) and not facts.one_body(flow):
            for agency in facts.senders(flow):
                if not facts.front_door(agency):
                    found.setdefault(agency.id, []).append(flow)
    return found


@rule(Severity.ERROR, "agreement", ("ico-ten-steps", "dfe-2024-rule-3"), mark="policy", where=_protecting)
def refusal_leaves_no_way(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Where consent is refused, or asking is unsafe, an agency has no way left to tell children's social care of grave harm."""
    grave = facts.level("significant-harm")
    closed: dict[str, list[Flow]] = {}
    for agency, flows in _ways(facts).items():
        if any(_vetoed(flow, facts) for flow in flows):
            continue  # said by the rule on refusals that block protection
        terms = [term for flow in flows for _, parts in _boxes(facts, flow.id) for term in parts]
        least = [_least(facts, terms, consent) for consent in ("refused", "unsafe-to-ask")]
        if any(term.flag == "covers" for term in terms) and any(rank is None or rank > grave for rank in least):
            closed[agency] = flows
    if closed:
        flows = list({flow.id: flow for one in closed.values() for flow in one}.values())
        who = [agreement.agencies[agency] for agency in sorted(closed)]
        first = flows[0]
        question = _asked(
            _policy(facts),
            _boxes(facts, first.id)[0][0].sides,
            "significant harm, when a parent refuses or cannot safely be asked",
        )
        yield Hit(
            first.path("consent"),
            f"{names(who)} can tell children's social care of a worry only if somebody agrees ({spoken(tuple(f.id for f in flows))}): "
            f"for example {question}",
            "say under `unless:` from which level of concern consent is not needed (`significant-harm`), with the four reasons not "
            "to ask; or tell people in place of asking them",
            also=(*(flow.path("consent") for flow in flows), *(at_each(who) if len(who) > 1 else ())),
        )


def _vetoed(flow: Flow, facts: Facts) -> bool:
    consent = flow.consent
    return consent is not None and not consent.unless and (
        consent.refused == "do-not-share" or bool(facts.phrase(consent.refused, "veto"))
    )  # fmt: skip


@rule(
    Severity.WARNING, "agreement", ("cws-2026-s4", "escb-16la-start", "ca-1989-s47"), mark="policy", where=_protecting
)
def duty_left_unsaid(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """The law obliges an agency that takes part to tell children's social care, and no flow lets it."""
    policy = _policy(facts)
    ways = _ways(facts)
    doors = {
        a.id: a for flow in facts.serving("protects_children") for a in facts.recipients(flow) if facts.front_door(a)
    }
    kinds = dict.fromkeys(
        policy.purposes[p].words[0]
        for f in facts.serving("protects_children")
        for p in f.purposes
        if p in policy.purposes
    )
    duties = policy.law.saying(("duty", "duty-not-more-detrimental"))
    served = 0
    for kind in kinds:
        if facts.book.term("purposes", kind).is_("protects_children"):
            served |= policy.law.serves(kind)
    told = {a.id: a for flow in facts.serving("protects_children") for a in facts.recipients(flow)}
    silent = []
    provisions: set[str] = set()
    for agency in sorted(told.values(), key=attrgetter("id")):
        if agency.id in ways or facts.front_door(agency) or facts.agency_is(agency, "child_facing"):
            continue  # a way for those who see children is asked for by a rule of its own
        whole = {body.id for body in facts.legal_person(agency)}
        sender, reached = policy.parties.get(agency.id), 0
        for door in doors.values():
            if sender and not whole & {body.id for body in facts.legal_person(door)}:
                reached |= (
                    policy.law.sends(sender.kind) & policy.law.receives(policy.parties[door.id].kind) & served & duties
                )
        if reached and agency.controller not in ("processor", "none"):
            silent.append(agency)
            provisions |= {p.id for p in policy.law.of(reached)}
    if silent:
        held = [p for p in policy.law.provisions if p.id in provisions]
        yield Hit(
            silent[0].at if not silent[0].inherited else ("flows",),
            f"{names(silent)} {'is' if len(silent) == 1 else 'are'} told about children here, and {facts.book.titles(tuple(p.id for p in held))} "
            f"{'obliges' if len(held) == 1 else 'oblige'} {'it' if len(silent) == 1 else 'them'} to tell children's social care what bears on a child, but no "
            f"flow says how: for example `{silent[0].id}` to `{min(doors)}`, at significant harm",
            "add them as senders to a flow that carries such worries to children's social care",
            rests_on=("flows",),
            cites=held[0].sources,
            also=at_each(silent),
        )
