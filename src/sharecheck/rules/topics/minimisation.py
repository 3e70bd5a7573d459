"""Minimisation and accuracy: no more than is needed, about the right person, with fact told from opinion."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sharecheck.agreement import Agreement, Flow, Item, prose, words
from sharecheck.rules import Hit, Severity, rule
from sharecheck.rules.facts import Facts, at_each, names, spoken
from sharecheck.source import Path


def _in_use(_: Agreement, facts: Facts) -> bool:
    return not facts.over


def _carried(agreement: Agreement) -> list[Item]:
    """The items that some flow carries, rather than only named to be barred."""
    carried = {item for flow in agreement.flows.values() for item in flow.data}
    return [item for item in agreement.items.values() if item.id in carried]


def _words(item: Item) -> str:
    """All that an item says about itself in words."""
    return words(" ".join(prose([item.text, item.why, item.fields.get("relevance")])))


@rule(Severity.ERROR, "agreement", ("ico-checklist", "dfe-2024-rule-6"), mark="MIN-01")
def whole_record_shared(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A whole record or case file is shared where some items from it would do."""
    carried = {i for f in agreement.flows.values() if not facts.serves(f, "whole_record") for i in f.data}
    for item in agreement.items.values():
        if item.id not in carried or item.fields.get("relevance"):
            continue
        phrase = facts.phrase(item.text, "whole-file")
        if phrase and not any(facts.phrase(item.text, other) for other in ("part-of-record", "vague")):
            yield Hit(
                (*item.at, "text"),
                f"`{item.id}` is a whole file (“{phrase}”): most of it has nothing to do with what it is shared for",
                "list what is needed from it, such as the present risk, what it means for the child and whom to ring",
            )


_GIVES_REASON = re.compile(
    r"\b(so that|in order to|because|needed (to|for)"
    r"|to (find|judge|decide|know|see|plan|tell|match|check|contact|reach|make sure|be sure))\b"
)


@rule(Severity.WARNING, "agreement", ("ico-record",), mark="MIN-02", where=_in_use)
def item_without_reason(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """An item is shared and nothing says why it is needed."""
    lacking = (
        item
        for item in _carried(agreement)
        if not item.why
        and not all(term.is_("not_personal") for term in facts.categories(item))
        and not _GIVES_REASON.search(_words(item))
    )
    without = facts.here(lacking, "why")
    if without:
        yield Hit(
            (*without[0].at, "why"),
            f"nothing says why {names(without)} {'is' if len(without) == 1 else 'are'} needed, so nobody can tell whether less "
            "would do",
            "add `why:` to each item, in one line, or take it out",
            missing=True,
            also=at_each(without, "why"),
        )


_ON_IDENTITY = re.compile(
    r"\b(identifiable|identifiers?|identit(y|ies)|anonym\w*|pseudonym\w*|by name|linked|linking|link|match\w*|joined|joining"
    r"|duplicat\w*|double[- ]count\w*|counted twice|same (child|children|person|people|family|families|pupils?|patients?))\b"
)
_NAMES_NOBODY = re.compile(
    r"\b(no (direct )?(identifiers?|names?)|without (names?|identifiers?)|anonym\w*|pseudonym\w*|de-identified|aggregated?"
    r"|in place of (the|each|a) (name|child|person))\b"
)


def _for_planning(flow: Flow, facts: Facts) -> bool:
    return facts.serves_only(flow, "figures_may_do")


@rule(Severity.ERROR, "flows", ("ico-checklist",), mark="MIN-03", where=_for_planning)
def identities_used_for_planning(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """Planning, statistics or research gets people who can be told apart, and nothing says why figures would not do."""
    if facts.asks(flow) or any(p is None or facts.allows(p) for _, p in facts.gateways(flow)):
        return
    agreement = facts.agreement
    cases = {i for f in agreement.flows.values() if facts.serves(f, "case_level") for i in f.data}
    named = [
        item
        for item in facts.items(flow)
        if facts.identifiable(item)
        and not facts.item_is(item, "pseudonymised")
        and (facts.item_is(item, "identifies") or item.id in cases)
    ]
    reasons = words(" ".join((facts.wording(flow), *(item.why or "" for item in named))))
    if not named or _ON_IDENTITY.search(reasons) or any(_NAMES_NOBODY.search(_words(i)) for i in facts.items(flow)):
        return
    purposes = spoken(tuple(flow.purposes))
    yield Hit(
        flow.path("data"),
        f"`{flow.id}` shares {names(named)} for {purposes} about people who can be told apart, and nothing says why figures or "
        "records without names would not do",
        "share figures, or records with a key in place of the name; or say under `necessity:` why people must be identified",
        rests_on=flow.path("necessity"),
    )


def _indexes(agreement: Agreement, facts: Facts) -> list[Flow]:
    """The flows that only keep or search an index of who knows a child."""
    return sorted((f for f in agreement.flows.values() if facts.serves_only(f, "index")), key=lambda f: f.id)


def _has_index(agreement: Agreement, facts: Facts) -> bool:
    return bool(_indexes(agreement, facts))


@rule(Severity.ERROR, "agreement", ("ca-2004-s12-4", "hansard-2006-index"), mark="MIN-04", where=_has_index)
def index_holds_case_content(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """An index of who knows a child carries more than who the child is, who knows them and that a concern exists."""
    found: dict[str, Item] = {}
    places: list[Path] = []
    for flow in _indexes(agreement, facts):
        for item in facts.items(flow):
            if not facts.item_is(item, "sensitive_service") and any(
                not term.is_("index_may_hold") for term in facts.categories(item)
            ):
                found[item.id] = item
                places.append(flow.path("data"))
    if places:
        yield Hit(
            places[0],
            f"the index carries {names(list(found.values()))}: an index says who knows a child and whom to ring, not what "
            "is in their records",
            "take it out of the index, and let workers who find each other there speak to each other",
            also=tuple(places),
        )


_SENSITIVE_GROUND = re.compile(r"\b(consent\w*|agree[sd]?|agreement of|significant harm)\b")


@rule(Severity.ERROR, "agreement", ("contactpoint-2007-reg-11",), mark="MIN-05", where=_has_index)
def sensitive_service_on_index(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """An index shows that somebody uses a sensitive service, without their consent or a risk of significant harm."""
    found: list[tuple[Flow, list[Item]]] = []
    for flow in _indexes(agreement, facts):
        shown = [item for item in facts.items(flow) if facts.item_is(item, "sensitive_service")]
        agreed = facts.asks(flow) or "explicit-consent" in flow.confidentiality
        said = " ".join((facts.wording(flow), *map(_words, shown)))
        if shown and not agreed and not facts.grave(flow) and not _SENSITIVE_GROUND.search(said):
            found.append((flow, shown))
    if found:
        first, shown = found[0]
        yield Hit(
            first.path("data"),
            f"the index shows {names(shown)}, a sensitive service, to everybody who may look, and neither consent nor a "
            "risk of significant harm is asked for",
            "list it only where the person agrees (`consent: {model: explicit}`) or where there is a risk of significant "
            "harm, in a flow of its own",
            also=tuple(flow.path("data") for flow, _ in found),
        )


_BEARS = re.compile(
    r"\b(bears?|bearing) on\b|\bas (it|they|this|that) (affects?|touch(es)?|concerns?)|\b(affects?|touch(es)?) (the |this )?"
    r"(care of |day |daily )?(the |this )?(child|pupil|young person|baby)|\brelevant to\b|\b(only|so far as|in so far as)\b"
    r"|\bnothing (about|of|else)\b|\bbring(ing)? up\b"
)


@rule(Severity.WARNING, "agreement", ("adcs-information-duty", "dfe-2024-rule-6"), mark="MIN-06")
def relatives_without_relevance_test(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Information about a child's relatives is shared, and nothing limits it to what bears on the child."""
    unlimited = {
        item.id
        for item in agreement.items.values()
        if not item.fields.get("relevance")
        and any(facts.item_is(item, fact) for fact in ("relatives", "special", "criminal"))
        and not _BEARS.search(_words(item))
    }
    found: dict[str, Item] = {}
    for flow in agreement.flows.values() if unlimited else ():
        child = facts.subjects_are(flow, "child")
        if not child and not (facts.subjects_are(flow, "kin") and facts.serves_only(flow, "about_child")):
            continue
        telling = [i for i in facts.items(flow) if i.id in unlimited and (not child or facts.item_is(i, "relatives"))]
        limited = facts.asks(flow) or (child and not facts.serves(flow, "case_level"))
        if telling and not limited and not _BEARS.search(facts.wording(flow)):
            found.update((item.id, item) for item in telling)
    if items := facts.here(found.values(), "relevance"):
        yield Hit(
            (*items[0].at, "relevance"),
            f"{names(items)} {'tells' if len(items) == 1 else 'tell'} of a child's relatives, and nothing limits it to what "
            "bears on the child",
            "add `relevance:` to the item, such as “only what bears on the care of the child”",
            missing=True,
            rests_on=(*items[0].at, "type"),
            also=at_each(items, "relevance"),
        )


_TELLS_OPINION = re.compile(r"\b(facts?|factual|opinions?|judge?ments?|views?|thinks?|believes?|interpretations?)\b")


def _opinions(flow: Flow, facts: Facts) -> list[Item]:
    """The items of a flow that rest on judgement, or tell a court more than who, and do not say how it is marked."""
    to_court = any(agency.type == "court" for agency in facts.recipients(flow))
    return [
        item
        for item in facts.items(flow)
        if (
            facts.item_is(item, "opinion")
            or (to_court and not all(t.is_("identifies") for t in facts.categories(item)))
        )
        and not _TELLS_OPINION.search(_words(item))
    ]


def _unmarked(agreement: Agreement, facts: Facts) -> Iterator[tuple[Flow, list[Item]]]:
    """Each flow with opinions that neither it, nor anything that holds for every flow, tells from fact."""
    quality = agreement.handling.get("quality")
    marked = isinstance(quality, dict) and bool(quality.get("fact_opinion"))
    if marked or _TELLS_OPINION.search(words(" ".join(prose(quality)))):
        return
    for flow in agreement.flows.values():
        opinions = _opinions(flow, facts)
        if opinions and not _TELLS_OPINION.search(facts.wording(flow)):
            yield flow, opinions


@rule(Severity.ERROR, "agreement", ("dpa-2018-s38-2",), mark="MIN-07", where=_in_use)
def police_opinion_unmarked(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Opinion is shared for law enforcement, and nothing says how it is kept apart from fact."""
    for flow, opinions in _unmarked(agreement, facts):
        if facts.law_enforcement(flow):
            yield _mixed(flow, opinions, facts)
            return


@rule(Severity.WARNING, "agreement", ("dpa-2018-s38-2", "adcs-information-duty"), mark="MIN-07", where=_in_use)
def opinion_unmarked(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Opinions are shared or a court is told, and nothing says how fact is told from opinion."""
    found = list(_unmarked(agreement, facts))
    if found and not any(facts.law_enforcement(flow) for flow, _ in found):  # the graver rule says that
        yield _mixed(*found[0], facts)


def _mixed(flow: Flow, opinions: list[Item], facts: Facts) -> Hit:
    at = ("handling", "quality", "fact_opinion")
    return Hit(
        at if facts.agreement.owns(at) else flow.path("data"),
        f"{names(opinions)} in `{flow.id}` can mix what was seen with what somebody thinks, and nothing says how a reader "
        "tells them apart",
        "say under `handling.quality`, at `fact_opinion:`, how opinions are marked, and whose they are",
        missing=True,
        rests_on=at,
    )


_OFFENCE_ROLE = re.compile(r"\b(suspect\w*|convict\w*|victim\w*|witness\w*|perpetrator\w*|offender\w*|charged)\b")


def _police_intelligence(flow: Flow, facts: Facts) -> bool:
    return any(facts.item_is(i, "police_held") for i in facts.items(flow)) and facts.law_enforcement(flow)


@rule(Severity.ERROR, "flows", ("dpa-2018-s38-3",), mark="MIN-08", where=_police_intelligence)
def suspects_and_victims_mixed(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """Police information is passed on, and nothing says who in it is suspect, convicted, victim or witness."""
    held = [item for item in facts.items(flow) if facts.item_is(item, "police_held")]
    said = (facts.wording(flow), *map(_words, held), *prose(facts.agreement.handling.get("quality")))
    if (
        any(facts.competent_authority(agency) for agency in facts.senders(flow))
        and not facts.subjects_are(flow, "offence_role")
        and not _OFFENCE_ROLE.search(words(" ".join(said)))
    ):
        yield Hit(
            flow.path("about"),
            f"{names(held)} in `{flow.id}` does not tell whether somebody is suspected, convicted, a victim or a witness, so "
            "a reader may take one for the other",
            "say in the item's `text:` that each person's part is stated, or list suspects, victims and witnesses under "
            "`subjects:` and in `about:`",
            rests_on=("subjects",),
        )


@rule(Severity.WARNING, "agreement", ("waspi-monmouthshire-s6",), mark="MIN-09", where=_in_use)
def right_person_check_missing(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Records about people pass between agencies, and nothing says how they are matched to the right person."""
    if agreement.handling.get("identification"):
        return
    at_risk = [
        flow
        for flow in agreement.flows.values()
        if facts.serves(flow, "case_level")
        and not facts.one_body(flow)
        and any(facts.identifiable(item) for item in facts.items(flow))
        and not any("official-id" in item.types for item in facts.items(flow))
    ]
    if at_risk:
        yield Hit(
            ("handling", "identification"),
            f"nothing says how the receiving agency makes sure that what comes in `{at_risk[0].id}` is put on the right "
            "person's record",
            "add `identification:` under `handling:` with the number used and two further details that must agree",
            missing=True,
        )
