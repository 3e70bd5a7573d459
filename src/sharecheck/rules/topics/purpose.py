"""Purpose: each flow has one, specific enough to hold to, and data is not turned to another without a ground."""

from __future__ import annotations

from collections.abc import Iterator

from sharecheck.agreement import Agreement, Flow, Purpose
from sharecheck.knowledge import joined
from sharecheck.rules import Ask, Hit, Severity, rule
from sharecheck.rules.facts import Facts, at_each, names, spoken
from sharecheck.source import Path


@rule(Severity.ERROR, "flows", ("ico-checklist",), mark="PUR-01")
def purpose_missing(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """A flow does not say what the information is for."""
    if not flow.purposes:
        yield Hit(
            (*flow.at, "purpose"),
            f"`{flow.id}` does not say what the information is for, so nobody can tell whether sharing it is justified",
            "add `purpose:` with the id of one of the purposes above",
            missing=True,
        )


def _worded(agreement: Agreement) -> Iterator[tuple[Path, str, str]]:
    """Each text that has to be specific: its place, what it belongs to, the text."""
    for purpose in agreement.purposes.values():
        yield (*purpose.at, "text"), f"the purpose `{purpose.id}`", purpose.text
        if purpose.objective:
            yield (*purpose.at, "objective"), f"the objective of `{purpose.id}`", purpose.objective
    for item in agreement.items.values():
        yield (*item.at, "text"), f"the item `{item.id}`", item.text
    for flow in agreement.flows.values():
        for name in ("necessity", "trigger", "text"):
            if isinstance(text := flow.fields.get(name), str):
                yield flow.path(name), f"the {name if name != 'text' else 'description'} of `{flow.id}`", text
    for citation in agreement.law.values():
        if not citation.inherited:
            yield (*citation.at, "cites"), f"the law named as `{citation.id}`", citation.cites


@rule(Severity.ERROR, "agreement", ("ico-agreements", "hudson-2004-partnership"), mark="PUR-02")
def vague_wording(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A purpose, an item or a ground is worded so widely that nobody can hold to it."""
    for at, what, text in _worded(agreement):
        if phrase := facts.phrase(text, "vague"):
            yield Hit(
                at,
                f"{what} says “{phrase}”, which could mean anything: neither staff nor families can tell what it covers",
                "say what is shared, for whom, and what it is to achieve",
            )


@rule(Severity.WARNING, "agreement", ("nhsx-agreements-themes",), mark="PUR-03")
def unrelated_purposes(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """One agreement mixes purposes that stand under different law."""
    if agreement.kind == "protocol":
        return
    themes: dict[str, list[Purpose]] = {}
    for purpose in _served(agreement):
        theme = facts.book.term("purposes", purpose.type).facts.get("theme")
        if theme:
            themes.setdefault(theme, []).append(purpose)
    care = [
        p for theme in ("care", "protection") for p in themes.get(theme, ())
        if not facts.book.term("purposes", p.type).is_("law_enforcement")
    ]  # fmt: skip
    for theme, label in _APART.items():
        apart = themes.get(theme, [])
        if care and apart:
            yield Hit(
                min(apart, key=lambda p: p.id).at,
                f"{_spoken(apart)} {'is' if len(apart) == 1 else 'are'} {label}, while {_spoken(care)} "
                f"{'is' if len(care) == 1 else 'are'} about helping or protecting people: they rest on different powers "
                "and rules",
                "move them to an agreement of their own, so that each can name its own law",
                also=at_each(apart),
            )


def _served(agreement: Agreement) -> list[Purpose]:
    """The purposes of flows, in the order written; one only barred, or a condition on every flow, is none of them."""
    served = {p for flow in agreement.flows.values() for p in flow.purposes}
    return [purpose for purpose in agreement.purposes.values() if purpose.id in served]


_APART = {"law-enforcement": "law enforcement", "immigration": "immigration control", "commerce": "commerce"}


def _spoken(purposes: list[Purpose]) -> str:
    return spoken(tuple(p.id for p in purposes))


def _is_secondary(flow: Flow, facts: Facts) -> bool:
    return facts.serves(flow, "secondary") and any(facts.identifiable(i) for i in facts.items(flow))


@rule(
    Severity.ERROR, "flows", ("digital-regulations-confidentiality", "ico-checklist"),
    mark="PUR-04", where=_is_secondary,
)  # fmt: skip
def care_basis_for_secondary_use(flow: Flow, facts: Facts) -> Iterator[Hit | Ask]:
    """Research, planning or evaluation leans on the consent or the ground that is only for care."""
    what = f"`{flow.id}` is not care of the person"
    fix = (
        f"name a basis of its own (research: {facts.named('article-9', 'research')} with Schedule 1 paragraph "
        f"{facts.named('schedule-1', 'research')}; planning: aggregate or pseudonymised data), or share only what identifies "
        "nobody"
    )
    caring = [b for b in flow.bases if any(facts.book.term("article-9", a).is_("care") for a in b.article_9)]
    if caring:
        places = tuple((*basis.at, "article_9") for basis in caring)
        if facts.serves_only(flow, "care_management"):
            keyed = all(facts.item_is(item, "pseudonymised") for item in facts.items(flow))
            yield Ask(
                places[0],
                f"{what}, and rests on the condition for health or social care: check that it is management of that care"
                + ("" if keyed else ", and why people must be identified"),
            )
        else:
            yield Hit(places[0], f"{what}, yet it rests on the condition for health or social care", fix, also=places)
        return
    if "implied-direct-care" in flow.confidentiality:
        yield Hit(
            flow.path("confidentiality"),
            f"{what}, yet it relies on consent implied by care, which ends where care does",
            fix,
        )
        return
    if flow.consent and facts.model(flow.consent).is_("implied"):
        yield Hit(
            (*flow.consent.at, "model"),
            f"{what}, yet it relies on consent implied by care, which ends where care does",
            fix,
        )
        return
    if flow.consent is None and not any(flow.bases):
        carried = {i.id for i in facts.items(flow) if facts.identifiable(i)}
        for other in facts.agreement.flows.values():
            if (
                other.id != flow.id
                and facts.asks(other)
                and not facts.serves(other, "secondary")
                and carried & set(other.data)
            ):
                yield Hit(
                    flow.path(_purpose_field(flow)),
                    f"{what}, names no ground of its own, and carries the same identified items that people are asked "
                    f"about for `{other.id}`: that consent does not stretch to it",
                    fix,
                    rests_on=flow.path("lawful_basis"),
                )
                return


def _purpose_field(flow: Flow) -> str:
    return "purposes" if "purposes" in flow.fields else "purpose"


def _police_to_general(flow: Flow, facts: Facts) -> bool:
    held = [i for i in facts.items(flow) if facts.item_is(i, "police_held") or facts.item_is(i, "criminal")]
    return bool(held) and any(facts.competent_authority(a) for a in facts.senders(flow)) and bool(facts.purposes(flow))


@rule(Severity.ERROR, "flows", ("dpa-2018-s36-4",), mark="PUR-05", where=_police_to_general)
def police_data_without_authorising_law(flow: Flow, facts: Facts) -> Iterator[Hit | Ask]:
    """Information collected for law enforcement goes to another use, and no law that authorises it is named."""
    from_police = [a for a in facts.senders(flow) if facts.competent_authority(a)]
    to_others = [a for a in facts.recipients(flow) if not facts.competent_authority(a)]
    if not to_others:
        return
    authorises = [
        p for _, p in facts.gateways(flow) if p and p.kind in ("power", "duty", "approval") and p.in_force(facts.on)
    ]
    if authorises:
        return
    if all(term.is_("law_enforcement") for term in facts.purposes(flow)):
        named = facts.gateways(flow)
        unsaid = not named and (
            not facts.agreement.law or facts.left_open(flow.path("gateways"))
        )  # another rule, or nobody yet
        if not (unsaid or any(p is None for _, p in named)) and not all(
            term.facts.get("theme") == "law-enforcement" for term in facts.purposes(flow)
        ):
            weak = f"on {joined([p.title for _, p in named if p])}, which alone is" if named else "and names"
            yield Ask(
                flow.path("gateways"),
                f"`{flow.id}` passes what {names(from_police)} hold{'s' * (len(from_police) == 1)} to {names(to_others)} {weak} no "
                "law that allows it: check which power or duty it rests on",
                rests_on=flow.path("gateways"),
            )
        return
    if unmatched := tuple(written for written, p in facts.gateways(flow) if p is None):
        yield Ask(
            flow.path("gateways"),
            f"`{flow.id}` turns what {names(from_police)} hold{'s' * (len(from_police) == 1)} for law enforcement to another "
            "use: check that "
            f"{spoken(unmatched)} authorises it",
        )
        return
    yield Hit(
        flow.path("gateways"),
        f"`{flow.id}` turns what {names(from_police)} hold for law enforcement to another use, and names no law that "
        "authorises it",
        "add under `gateways:` the power or duty that authorises it, or limit the flow to a law-enforcement purpose",
        missing=not flow.gateways,
    )


def _reuses(flow: Flow, facts: Facts) -> bool:
    return any(item.collected_for for item in facts.items(flow))


@rule(Severity.WARNING, "flows", ("duaa-2025-sch5", "ico-reuse-safeguarding"), mark="PUR-06", where=_reuses)
def new_purpose_unexplained(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """Information is used for another purpose than it was collected for, and nothing says why that is compatible."""
    known = facts.agreement.purposes
    types = {known[p].type for p in flow.purposes if p in known}
    deemed = facts.serves(flow, "deemed_compatible") and facts.book.begun("deemed_compatible")
    if deemed or any(known[p].compatibility for p in flow.purposes if p in known):
        return
    turned = []
    for item in facts.items(flow):
        first = item.collected_for
        kind = known[first].type if first and first in known else first
        if first and first not in flow.purposes and kind not in types:
            turned.append(item)
    if turned:
        firsts = tuple(dict.fromkeys(str(item.collected_for) for item in turned))
        yield Hit(
            flow.path(_purpose_field(flow)),
            f"{names(turned)} {'was' if len(turned) == 1 else 'were'} collected for {spoken(firsts)} and `{flow.id}` uses "
            f"{'it' if len(turned) == 1 else 'them'} for {spoken(flow.purposes)}; nothing says why that is compatible",
            "add `compatibility:` to the purpose: how the two are linked, what people expect, what protects them",
        )


@rule(Severity.ADVICE, "agreement", ("ico-draft-code-questions",), mark="PUR-08", where=lambda _, facts: not facts.over)
def purpose_unmeasured(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Nothing says how the partners will know that sharing for a purpose works."""
    without = [
        p for p in _served(agreement)
        if not p.measure and not facts.book.term("purposes", p.type).is_("unmeasured_ok") and p.id not in agreement.every_flow
    ]  # fmt: skip
    if without:
        yield Hit(
            (*min(without, key=lambda p: p.id).at, "measure"),
            f"nothing says how you will know that sharing for {_spoken(without)} works",
            "add `measure:` with something you already count, such as days from referral to visit",
            missing=True,
            also=at_each(without, "measure"),
        )
