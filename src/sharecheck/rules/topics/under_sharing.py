"""Under-sharing: ways to tell that are missing, late, unanswered or blocked by paper, and partners left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any

from sharecheck.agreement import Agency, Agreement, Flow, listed, words
from sharecheck.durations import length, shortest
from sharecheck.knowledge import Term
from sharecheck.rules import Hit, Severity, rule
from sharecheck.rules.facts import Facts, at_each, names, spoken
from sharecheck.source import Path

WIDE = 5
"""How many bodies round child protection, police and health among them, make a whole partnership (a working figure)."""

_SENTENCE = re.compile(r"[.;](?:\s|$)")
_LATER = re.compile(
    r"\b(afterwards|later|follow\w*|then|after the (call|event)|as soon as|within|next (working )?day)\b"
)


def _in_use(agreement: Agreement, facts: Facts) -> bool:
    return not facts.over and bool(agreement.flows)


def _lays_down(agreement: Agreement, facts: Facts, part: str) -> bool:
    """Whether a protocol in use settles a part of `handling` for the agreements under it, which answer for none of it."""
    return not facts.over and agreement.kind == "protocol" and part in agreement.handling


def _protects_children(agreement: Agreement, facts: Facts) -> bool:
    return _in_use(agreement, facts) and agreement.kind != "disclosure" and bool(facts.serving("protects_children"))


def _in_order(flows: Iterable[Flow]) -> list[Flow]:
    """Flows by id, so that a finding stands at the same one however the file is laid out."""
    return sorted(flows, key=attrgetter("id"))


def _texts(value: Any) -> Iterator[str]:
    """Every text inside a part of an agreement."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _said(agreement: Agreement, *stems: str) -> bool:
    """Whether what lies outside, or what the partners undertake, speaks of something: a word, or how one begins."""
    parts = (agreement.fields.get("outside"), agreement.fields.get("undertakings"))
    return any(f" {stem}" in f" {text.lower()}" for part in parts for text in _texts(part) for stem in stems)


@rule(
    Severity.ERROR, "agreement", ("ico-ten-steps", "hsj-2003-childrens-trusts"),
    mark="UND-01", where=_protects_children,
)  # fmt: skip
def no_way_to_social_care(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """An agency that sees children has no way to tell children's social care of a concern."""
    told_by: dict[str, set[str]] = {}
    places: dict[str, Path] = {}
    front: dict[str, Agency] = {}
    holding: dict[str, Agency] = {}
    for flow in _in_order(agreement.flows.values()):
        senders, recipients = facts.senders(flow), facts.recipients(flow)
        if not senders or not recipients:
            return  # who tells whom is not all written down yet
        front |= {a.id: a for a in (*senders, *recipients) if facts.front_door(a)}
        holders = (*senders, *recipients) if facts.serves(flow, "protects_children") else senders
        if facts.serves(flow, "case_level") and not facts.one_body(flow):
            holding |= {a.id: a for a in holders}
        for party in (*flow.senders, *flow.recipients):
            for name in party.agencies:
                places.setdefault(name, party.at)
        if facts.serves(flow, "case_level"):
            for recipient in recipients:
                told_by.setdefault(recipient.id, set()).update(sender.id for sender in senders)
    if _said(agreement, "social care", "referral", "front door"):
        return
    heard = set(front)
    waiting = list(front)
    while waiting:
        new = told_by.get(waiting.pop(), set()) - heard
        heard |= new
        waiting.extend(new)
    silent = [
        a for _, a in sorted(holding.items())
        if a.id not in heard and a.part_of not in front and facts.agency_is(a, "child_facing")
    ]  # fmt: skip

    def hit(agencies: list[Agency], trouble: str) -> Hit:
        where = tuple(places[agency.id] if agency.inherited else agency.at for agency in agencies)
        return Hit(
            where[0],
            trouble,
            "add a flow from the people there who may notice harm to the duty social worker, or to the partner that passes "
            "such concerns on",
            rests_on=("flows",),
            also=where,
        )

    if front:
        for agency in silent:
            yield hit(
                [agency],
                f"`{agency.id}` sees children, and nothing here lets it tell children's social care of a concern",
            )
    elif silent:
        yield hit(
            silent,
            f"{names(silent)} {'sees' if len(silent) == 1 else 'see'} children, and nothing here lets a concern reach "
            "children's social care, which takes no part",
        )


_HAS_THE_CASE = re.compile(r"\ballocated (social )?worker\b")


def _to_open_case(flow: Flow) -> bool:
    """Whether a flow goes only to whoever has the case already, so that it tells them of it and refers nothing."""
    where = flow.fields.get("where")
    told = listed(where.get("recipient")) if isinstance(where, dict) else ()
    titles = [words(party.role.title) if party.role else "" for party in flow.recipients]
    return "allocated-worker" in told or (bool(titles) and all(map(_HAS_THE_CASE.search, titles)))


def _referrals(facts: Facts) -> Iterator[tuple[Flow, list[Agency]]]:
    """Each flow that raises a concern with those who decide about children, and the agencies that raise it."""
    for flow in _in_order(facts.serving("protects_children")):
        known = facts.serves(flow, "follows_a_move") or facts.routine(flow) or _to_open_case(flow)
        if flow.both_ways or flow.fields.get("answers") or known:
            continue
        doors = any(facts.front_door(a) for a in facts.recipients(flow))
        senders = [a for a in facts.senders(flow) if not facts.front_door(a)]
        if doors and senders and facts.rank(flow) < facts.level("immediate-danger"):
            yield flow, senders


def _replies(facts: Facts) -> tuple[set[str], set[str], set[tuple[str, str]]]:
    """Who hears from those who decide, who hears of a child from somebody named, and which concern so answered."""
    hear: set[str] = set()
    named: set[str] = set()
    answered: set[tuple[str, str]] = set()
    for flow in facts.agreement.flows.values():
        if not facts.serves(flow, "case_level") or not any(facts.front_door(a) for a in facts.senders(flow)):
            continue
        told = {a.id for a in facts.recipients(flow)}
        hear |= told
        if flow.fields.get("contact") or (flow.both_ways and all(party.role for party in flow.senders)):
            answered |= {(concern, agency) for concern in listed(flow.fields.get("answers")) for agency in told}
            if facts.serves(flow, "safeguarding"):
                named |= told
    return hear, named, answered


def _left_without(pairs: Iterable[tuple[Flow, list[Agency]]]) -> tuple[list[Flow], list[Agency]]:
    """The flows that leave some agency without something, and those agencies, each once."""
    kept = [(flow, lacking) for flow, lacking in pairs if lacking]
    left = {a.id: a for _, lacking in kept for a in lacking}
    return [flow for flow, _ in kept], [left[name] for name in sorted(left)]


def _left(flows: list[Flow], who: list[Agency]) -> tuple[Path, ...]:
    """Where flows that leave agencies without something stand, and the agencies where there are several."""
    return (*at_each(flows), *(at_each(who) if len(who) > 1 else ()))


@rule(Severity.ERROR, "agreement", ("community-care-2003-trust",), mark="UND-02", where=_protects_children)
def concern_never_answered(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Whoever raises a concern about a child hears nothing back."""
    hear, _, _ = _replies(facts)
    flows, who = _left_without(
        (flow, [a for a in senders if a.id not in hear])
        for flow, senders in _referrals(facts) if not facts.on_request(flow)
    )  # fmt: skip
    if flows:
        yield Hit(
            flows[0].at,
            f"nothing comes back to {names(who)} after {spoken(tuple(f.id for f in flows))}: whoever raised the "
            "concern learns neither what was decided nor whom to ring",
            "add a flow back with `answers:`, a `deadline:`, and `contact:` naming somebody who has met the family",
            rests_on=("flows",),
            also=_left(flows, who),
        )


@rule(Severity.WARNING, "agreement", ("community-care-2003-trust",), mark="UND-02", where=_protects_children)
def answer_names_nobody(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Whoever raises a concern about a child is told of nobody who knows the case and can be spoken to."""
    hear, named, answered = _replies(facts)
    flows, who = _left_without(
        (flow, [a for a in senders if a.id not in named and (flow.id, a.id) not in answered])
        for flow, senders in _referrals(facts)
        if not flow.fields.get("contact") and all(a.id in hear for a in senders)  # the graver rule says who hears nothing
    )  # fmt: skip
    if flows:
        yield Hit(
            flows[0].at,
            f"{names(who)} may hear something after {spoken(tuple(f.id for f in flows))}, but no answer to it names "
            "somebody who knows the case and can be spoken to",
            "say in the flow back, with `answers:`, which concern it answers, and under `contact:` who knows the case",
            rests_on=("flows",),
            also=_left(flows, who),
        )


@rule(Severity.WARNING, "agreement", ("community-care-2003-trust",), mark="UND-03", where=_protects_children)
def nothing_below_threshold(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Nothing is said of a family whose case turns out to be below the level for social work."""
    lowest: dict[str, int] = {}
    for flow in agreement.flows.values():
        route = facts.serves(flow, "short_of_social_work") or facts.serves(flow, "protects_children")
        if route and not flow.fields.get("answers"):
            for agency in facts.senders(flow):
                lowest[agency.id] = min(facts.rank(flow), lowest.get(agency.id, 9))
    open_ended = [
        flow for flow, senders in _referrals(facts)
        if not flow.fields.get("below_threshold") and not facts.on_request(flow)
        and any(lowest[a.id] >= facts.rank(flow) for a in senders)
    ]  # fmt: skip
    if open_ended:
        yield Hit(
            open_ended[0].path("below_threshold"),
            f"nothing says what happens to the family when {spoken(tuple(f.id for f in open_ended))} "
            f"{'does' if len(open_ended) == 1 else 'do'} not reach the level for social work: the file is closed and no help "
            "is offered",
            "add `below_threshold:` with the flow, or in words who offers the family help and tells the sender",
            missing=True,
            rests_on=("flows",),
            also=tuple(flow.path("below_threshold") for flow in open_ended),
        )


def _people_at_risk(agreement: Agreement, facts: Facts) -> bool:
    """Whether the sharing concerns people who may come to harm: care, protection, policing and justice."""
    return not facts.over and any(
        term.is_("coordinated") or term.is_("law_enforcement") or term.facts.get("theme") == "protection"
        for flow in agreement.flows.values() for term in facts.purposes(flow)
    )  # fmt: skip


def _emergency(flow: Flow, facts: Facts) -> bool:
    """Whether a flow is for emergencies, by its level of concern or its purpose."""
    return facts.rank(flow) >= facts.level("immediate-danger") or facts.serves(flow, "emergency")


def _urgent(flow: Flow, facts: Facts) -> bool:
    """Whether a flow carries an alarm: grave enough, or an emergency."""
    return facts.grave(flow) or _emergency(flow, facts)


@rule(Severity.ERROR, "agreement", ("ico-emergency",), mark="UND-04", where=_people_at_risk)
def no_plan_for_emergencies(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Nothing says what people do when somebody is in danger and there is no time."""
    if agreement.handling.get("emergency") or _said(agreement, "emergenc", "urgent", "immediate danger"):
        return
    if not any(_emergency(flow, facts) for flow in agreement.flows.values()):
        yield Hit(
            ("handling", "emergency"),
            "nothing says what people do when somebody is in danger and there is no time: at two in the morning they will "
            "wait, or look for a form",
            "add `emergency:` saying that whoever can help is told at once, by voice if need be, whom to ring at night, and "
            "that it is written down afterwards",
            missing=True,
        )


def _papers(text: object, facts: Facts) -> bool:
    """Whether a text puts paper before help, and not after it."""
    if not isinstance(text, str):
        return False
    sentences = _SENTENCE.split(text)
    return any(facts.phrase(one, "paperwork-first") and not _LATER.search(one.lower()) for one in sentences)


def _paper_in_the_way(agreement: Agreement, facts: Facts) -> Iterator[Path]:
    emergency = agreement.handling.get("emergency")
    if isinstance(emergency, dict):
        if _papers(emergency.get("text"), facts):
            yield ("handling", "emergency", "text")
        elif emergency.get("verbal") is False:
            yield ("handling", "emergency", "verbal")
    elif _papers(emergency, facts):
        yield ("handling", "emergency")
    promised = agreement.fields.get("undertakings") or {}
    for flow in _in_order(agreement.flows.values()):
        if not _urgent(flow, facts) or flow.fields.get("answers") or all(map(facts.front_door, facts.senders(flow))):
            continue  # what those who have been told do next is no bar to telling them
        for field in ("trigger", "necessity", "text"):
            if _papers(flow.fields.get(field), facts):
                yield flow.path(field)
        for step in listed(flow.fields.get("method")):
            if isinstance(step, dict) and _papers(step.get("form"), facts):
                yield flow.path("method")
        for name in listed(flow.fields.get("requires")):
            if isinstance(promise := promised.get(name), dict) and _papers(promise.get("must"), facts):
                yield flow.path("requires")


@rule(
    Severity.ERROR, "agreement", ("ico-emergency", "hello-dpo-ten-steps"), mark="UND-05",
    where=lambda agreement, facts: _in_use(agreement, facts) or _lays_down(agreement, facts, "emergency"),
)  # fmt: skip
def paperwork_before_help(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A form, a signature or an approval has to come before somebody in danger may be helped."""
    places = list(dict.fromkeys(_paper_in_the_way(agreement, facts)))
    if places:
        others = tuple(".".join(str(step) for step in at) for at in places[1:])
        yield Hit(
            places[0],
            "in an emergency a form, a signature or an approval has to come before anybody is told"
            + (f" (see also {spoken(others)})" if others else ""),
            "say that whoever can help is told at once, by voice if need be, and that the paper follows",
            also=tuple(places),
        )


TROUBLES = {
    "mental-illness": "mental illness",
    "substance-misuse": "use of drugs or alcohol",
    "domestic-abuse": "domestic abuse",
}
"""The troubles of parents that the book knows services for, as sentences name them."""


def _own_words(agreement: Agreement) -> Iterator[tuple[Path, str]]:
    for field in ("background", "benefits", "risk_of_not_sharing"):
        if isinstance(text := agreement.fields.get(field), str):
            yield (field,), text
    for _, purpose in sorted(agreement.purposes.items()):
        yield (*purpose.at, "text"), purpose.text
    for _, item in sorted(agreement.items.items()):
        yield (*item.at, "text"), item.text


@rule(Severity.WARNING, "agreement", ("community-care-too-much-too-soon",), mark="UND-06", where=_protects_children)
def adult_services_left_out(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A parent's trouble is said to matter to the child, and no service that helps with it tells anything."""
    tell = {
        trouble
        for flow in agreement.flows.values() for agency in facts.senders(flow) for kind in facts.kinds(agency)
        for trouble in kind.facts.get("adult_service", ())
    }  # fmt: skip
    unhelped = [trouble for trouble in TROUBLES if trouble not in tell]
    for at, text in _own_words(agreement):
        about_parents = [sentence for sentence in _SENTENCE.split(text) if facts.phrase(sentence, "parent")]
        for trouble in unhelped:
            if any(facts.phrase(sentence, trouble) for sentence in about_parents):
                yield Hit(
                    at,
                    f"this speaks of a parent's {TROUBLES[trouble]}, but no service that helps adults with it tells "
                    "anything here: those who worry about the child will not hear what it knows",
                    "ask the service in, with a flow of what bears on the child; if a partner is such a service, say so "
                    "under its `also:`",
                    rests_on=("agencies",),
                )
                return


@rule(
    Severity.WARNING, "flows", ("cumbria-timeliness",),
    mark="UND-07", where=lambda flow, facts: "deadline" in flow.fields and facts.serves(flow, "safeguarding"),
)  # fmt: skip
def slow_when_in_danger(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """Somebody is in danger and the time allowed for telling is too long."""
    allowed = facts.book.term("concern-levels", flow.concern).facts.get("tell_within")
    answering = flow.fields.get("answers") and any(facts.front_door(a) for a in facts.senders(flow))
    if not allowed or facts.over or answering or facts.serves(flow, "scheduled"):
        return
    deadline = str(flow.fields["deadline"])
    taken, limit = shortest(deadline), length(allowed)
    if taken is not None and limit and taken > limit.nominal:
        level = facts.book.term("concern-levels", flow.concern).label.lower()
        yield Hit(
            flow.path("deadline"),
            f"`{flow.id}` may take {deadline}, though it is for this level of concern: {level}. Whoever is in danger may be "
            "hurt tonight",
            f"shorten it to {allowed} at most, or tell by telephone at once and write later",
        )


def _whole_partnership(agreement: Agreement, facts: Facts) -> bool:
    """Whether an agreement about protecting children is a whole partnership's, not that of two or three bodies."""
    if not _protects_children(agreement, facts) or isinstance(agreement.fields.get("under"), dict):
        return False  # nothing about children, or part of a partnership whose own text is elsewhere
    agencies = {a.id: a for flow in facts.serving("protects_children") for _, a in facts.sides(flow)}.values()
    sectors = {kind.facts.get("sector") for a in agencies for kind in facts.kinds(a)}
    core = {"health", "policing"} <= sectors and any(facts.front_door(a) for a in agencies)
    return agreement.kind == "protocol" or (core and len({a.part_of or a.id for a in agencies}) >= WIDE)


@rule(Severity.WARNING, "agreement", ("hudson-2004-partnership",), mark="UND-09", where=_whole_partnership)
def partners_at_the_edge(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A partnership's agreement on protecting children leaves out schools, police, probation or charities."""
    here = set(agreement.jurisdiction)

    def partner(kind: Term) -> str | None:
        return kind.facts.get("partner") if here & set(kind.facts.get("partner_in", here)) else None

    kinds = facts.book.terms("agency-types").values()
    wanted = dict.fromkeys(filter(None, map(partner, kinds)))
    there = {partner(kind) for agency in agreement.parties for kind in facts.kinds(agency)}
    absent = [partner for partner in wanted if partner not in there]
    if absent:
        shown = " or ".join(filter(None, (", ".join(absent[:-1]), absent[-1])))
        yield Hit(
            ("agencies",) if "agencies" in agreement.fields else ("flows",),
            f"the partners who protect children here do not include {shown}: what they see of a child reaches nobody",
            "ask them in, with flows of their own",
            rests_on=("agencies",),
        )


@rule(Severity.WARNING, "agreement", ("lincolnshire-moves",), mark="UND-10", where=_whole_partnership)
def history_lost_on_moving(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A partnership's agreement on protecting children says nothing of a family that moves to another area."""
    if any(facts.serves(flow, "follows_a_move") for flow in agreement.flows.values()):
        return
    if not _said(agreement, "move", "moving", "another area", "other area", "another council", "transfer"):
        yield Hit(
            ("flows",),
            "nothing here follows a family that moves to another area, so what is known of the child stays behind",
            "add a flow to the other area's children's social care, or say under `outside:` which agreement covers it",
            rests_on=("flows",),
        )


def _cases(agreement: Agreement, facts: Facts) -> bool:
    if _lays_down(agreement, facts, "decision_log"):
        return True
    return not facts.over and any(
        facts.serves(flow, "case_level") and facts.personal(flow) and not _matter_of_course(flow, facts)
        for flow in agreement.flows.values()
    )


def _matter_of_course(flow: Flow, facts: Facts) -> bool:
    """Whether a flow runs by the calendar, so that nobody decides case by case."""
    return facts.book.term("frequencies", str(flow.fields.get("frequency", ""))).is_("standing")


@rule(Severity.ERROR, "agreement", ("ico-record",), mark="UND-11", where=_cases)
def refusal_unrecorded(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Decisions not to share are not written down."""
    log = agreement.handling.get("decision_log")
    at: Path = ("handling", "decision_log")
    if isinstance(log, str) or _said(agreement, "not to share", "not sharing", "keep something back"):
        return
    if isinstance(log, dict):
        if log.get("not_shared") or (log.get("text") and "not_shared" not in log):
            return
        at = (*at, "not_shared")
    yield Hit(
        at,
        "nothing says that a decision not to share is written down: when harm follows, nobody can tell who knew and why they "
        "kept it",
        "add `decision_log:` with `shared: true` and `not_shared: true`, or say in words where both are recorded",
        missing=not (isinstance(log, dict) and "not_shared" in log),
    )
