"""Rights: people are told, errors are put right, complaints are answered, and what was shared stays where it was meant to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sharecheck.agreement import Agency, Agreement, Flow, listed, prose
from sharecheck.durations import length, lengths
from sharecheck.knowledge import Provision
from sharecheck.rules import Ask, Hit, Outcome, Severity, rule
from sharecheck.rules.facts import Facts, at_each, names, spoken
from sharecheck.source import Path

_SILENCE = re.compile(
    r"\b(telling|prejudic\w*|tip\w* off|warn\w*|alert\w*|not (be )?(told|informed)|knew|find(s|ing)? out|found out|secre\w+)\b",
    re.IGNORECASE,
)
_CORRECTING = re.compile(r"\b(correct\w*|rectif\w*|put right|amend\w*|inaccura\w*|mistakes?|errors?)\b", re.IGNORECASE)
_ONWARD = re.compile(
    r"\b(onward\w*|pass\w* (\w+ )?on|third part\w+|further (disclos|shar)\w+|re-?disclos\w+"
    r"|(disclos|shar)\w* (\w+ )?(further|outside))\b",
    re.IGNORECASE,
)


def _shares(agreement: Agreement, facts: Facts) -> bool:
    """Whether an agreement in use shares information about people, or sets the ground on which others do.

    Where its protocol is missing from the repository, nobody can tell what is settled there.
    """
    if facts.over or agreement.protocol_missing:
        return False
    return agreement.kind == "protocol" or any(facts.personal(flow) for flow in agreement.flows.values())


# telling people


@rule(Severity.ERROR, "agreement", ("ico-summary", "uk-gdpr-art-14"), mark="RTS-01", where=_shares)
def privacy_notice_missing(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """An agency does not say where people can read what it does with information about them."""
    tiers = [agreement.handling, agreement.parent.handling if agreement.parent else {}]
    for told in (tier.get("transparency", {}) for tier in tiers):
        if isinstance(told, str) or told.get("text") or told.get("privacy_notices"):
            return
    without = [
        agency for agency in agreement.parties
        if not agency.inherited and facts.decides(agency) and agency.type != "court" and not _noticed(agency, agreement)
        and not facts.left_open((*agency.at, "privacy_notice"))
    ]  # fmt: skip
    if without:
        yield Hit(
            (*min(without, key=lambda agency: agency.id).at, "privacy_notice"),
            f"nothing says where people can read what {names(without)} {'does' if len(without) == 1 else 'do'} with "
            "information about them and whom it is shared with",
            "add `privacy_notice:` to each, or say under `handling.transparency` how people are told",
            missing=True,
            rests_on=("handling", "transparency"),
            also=at_each(without, "privacy_notice"),
        )


def _noticed(agency: Agency, agreement: Agreement) -> bool:
    """Whether an agency, the body it is part of or the class it belongs to names its notice."""
    wider = (agreement.agencies.get(name) for name in (agency.part_of, agency.member_of) if name)
    return any(one is not None and one.fields.get("privacy_notice") for one in (agency, *wider))


@rule(Severity.ERROR, "flows", ("dpa-2018-sch2-para2",), mark="RTS-02", where=lambda flow, facts: facts.personal(flow))
def not_told_without_reason(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """People are kept from knowing that information about them is shared, and no reason is given."""
    told = flow.fields.get("inform", {})
    consent = flow.consent
    if told.get("default") is False:
        at = flow.path("inform", "default")
    elif consent and facts.model(consent).is_("conceals") and not told.keys() & {"default", "how"}:
        at = (*consent.at, "model")
    else:
        return
    if not _reasoned(flow, facts):
        yield Hit(
            at,
            f"people are not told of `{flow.id}`, and nothing says why: silence needs an exemption in law, such as that "
            "telling them would be likely to prejudice what the sharing is for",
            "say under `inform:` why, with `because:` and the `exemption:` relied on, or for whom with `except:`; or tell people",
            missing=True,
            rests_on=flow.path("inform"),
        )


def _reasoned(flow: Flow, facts: Facts) -> bool:
    """Whether the agreement gives a reason for silence, in a field of its own or in words."""
    told = flow.fields.get("inform", {})
    if any(told.get(name) for name in ("because", "exemption", "except")):
        return True
    if flow.consent and any(flow.consent.fields.get(name) for name in ("text", "unless")):
        return True
    around = (flow.fields.get(name) for name in ("text", "necessity"))
    if _SILENCE.search(" ".join(text for text in around if text)):
        return True
    return any(re.search("unless|except", text) for text in prose(facts.agreement.handling.get("transparency")))


# complaints and corrections


@rule(Severity.WARNING, "agreement", ("dpa-2018-s164a", "duaa-complaints"), mark="RTS-03", where=_shares)
def complaints_not_acknowledged_in_time(agreement: Agreement, facts: Facts) -> Iterator[Outcome]:
    """Nothing makes sure that a complaint is acknowledged within the time the law leaves."""
    limit = facts.book.term("time-limits", "complaint-acknowledgement").facts
    since = date.fromisoformat(limit["from"])
    own = "rights" in agreement.fields.get("handling", {})
    if since > facts.on or (agreement.parent is not None and not own):
        return
    longest = length(limit["within"])
    assert longest is not None
    days = f"{longest.most:.0f} days"
    law = f"since {since.day} {since:%B %Y} the law leaves {days}"
    fix = f"write `acknowledge_within: {days}` or less under `handling.rights.complaints`"
    at, said = _complaints(agreement)
    stated, text = said.get("acknowledge_within"), said.get("text", "")
    times = [one for one in (length(stated),) if one] if stated else list(lengths(text))
    if times and all(one.exceeds(longest) for one in times):
        place = (*at, "acknowledge_within") if stated else at
        yield Hit(place, f"a complaint may wait longer than it should before it is acknowledged: {law}", fix)
    elif text and not times:
        yield Ask(at, f"complaints are dealt with in words: check that each is acknowledged in time; {law}")
    elif not stated and not text and agreement.parent is None:
        missing = ("handling", "rights", "complaints", "acknowledge_within")
        yield Hit(missing, f"nothing says how soon a complaint is acknowledged; {law}", fix, missing=True)


def _complaints(agreement: Agreement) -> tuple[Path, Mapping[str, Any]]:
    """What is said about complaints, in fields or in words, and where."""
    at: Path = ("handling", "rights")
    rights = agreement.handling.get("rights", {})
    if isinstance(rights, Mapping) and "complaints" in rights:
        said = rights["complaints"]
        return (*at, "complaints"), said if isinstance(said, Mapping) else {"text": said}
    text = rights if isinstance(rights, str) else rights.get("text", "")
    return at, {"text": text} if "complain" in text.lower() else {}


@rule(
    Severity.WARNING, "agreement", ("dpa-2018-s38-5", "dpa-2018-s48-9"),
    mark="RTS-04", where=lambda agreement, facts: agreement.parent is None and _shares(agreement, facts),
)  # fmt: skip
def corrections_not_passed_on(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Nothing makes sure that whoever was sent wrong information is told when it is corrected."""
    quality, rights = (agreement.handling.get(name, {}) for name in ("quality", "rights"))
    if (isinstance(quality, Mapping) and quality.get("corrections")) or (
        isinstance(rights, Mapping) and rights.get("rectification")
    ):
        return
    if not _CORRECTING.search(" ".join((*prose(quality), *prose(rights)))):
        yield Hit(
            ("handling", "quality", "corrections"),
            "nothing says that whoever was sent wrong information is told when it is put right: the mistake lives on in the "
            "partners' records",
            "add `corrections:` under `handling.quality`, saying who tells every recipient and how soon",
            missing=True,
            rests_on=("handling", "rights"),
        )


# passing on


def _onward_unsaid(flow: Flow, facts: Facts) -> bool:
    """Whether nothing says if and how the recipient may pass on what a flow carries."""
    if flow.fields.get("onward") or not facts.personal(flow) or facts.one_body(flow):
        return False
    for bar in facts.agreement.fields.get("never", {}).values():
        barred = listed(bar.get("data")) or flow.data
        if "anyone-else" in listed(bar.get("to")) and set(flow.data) <= set(barred) and "purpose" not in bar:
            return False
    return not _ONWARD.search(f"{flow.fields.get('text', '')} {facts.said}")


@rule(
    Severity.ERROR, "flows", ("mappa-guidance-ch10",),
    mark="ONW-01", where=lambda flow, facts: not facts.over and facts.personal(flow),
)  # fmt: skip
def onward_sharing_unsaid(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """Nothing says whether a recipient may pass on what it is told."""
    if _onward_unsaid(flow, facts):
        yield Hit(
            facts.gap(flow, "onward", _onward_unsaid),
            f"nothing says whether those who receive `{flow.id}` may pass it on, and to whom",
            f"add `onward:` with one of {spoken(tuple(facts.book.terms('onward')))}, under `defaults:` where one rule "
            "holds for all",
            missing=True,
            rests_on=flow.path("onward"),
            also=(flow.path("onward"),),
        )


def _limited(flow: Flow, facts: Facts) -> list[Provision]:
    """The provisions under which a flow supplies information for certain uses only, where it rests on no other."""
    found = [provision for _, provision in facts.gateways(flow)]
    limited = [p for p in found if p and "use_limited_to" in p.facts and p.in_force(facts.on)]
    return limited if len(limited) == len(found) else []


@rule(
    Severity.ERROR,
    "agreement",
    ("care-2014-s45-6",),
    mark="ONW-02",
    where=lambda agreement, _: bool(agreement.flows),
)
def reused_beyond_permitted_purpose(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Information obtained under a law that limits its use is used for something else."""
    flows = list(agreement.flows.values())
    bound: dict[tuple[str, str], Provision] = {}
    free: set[tuple[str, str]] = set()
    for flow in flows:
        held = [(agency.id, item) for agency in facts.recipients(flow) for item in flow.data]
        if limits := _limited(flow, facts):
            if _outside(flow, limits[0], facts):
                yield _misused(flow, limits[0], facts, f"`{flow.id}` is supplied under {limits[0].title}")
            bound.update(dict.fromkeys(held, limits[0]))
        else:
            free.update(held)
    if not bound:
        return
    for flow in flows:
        if flow.gateways and (_limited(flow, facts) or any(p and p.kind == "duty" for _, p in facts.gateways(flow))):
            continue
        carried = [(agency.id, item) for agency in facts.senders(flow) for item in flow.data]
        used = next((one for one in carried if one in bound and one not in free), None)
        if used and _outside(flow, bound[used], facts):
            law = bound[used]
            yield _misused(
                flow, law, facts, f"`{flow.id}` carries `{used[1]}`, which `{used[0]}` was given under {law.title}"
            )


def _outside(flow: Flow, law: Provision, facts: Facts) -> bool:
    return any(purpose.id not in law.facts["use_limited_to"] for purpose in facts.purposes(flow))


def _misused(flow: Flow, law: Provision, facts: Facts, how: str) -> Hit:
    allowed = " or ".join(f"“{facts.book.term('purposes', p).label.lower()}”" for p in law.facts["use_limited_to"])
    return Hit(
        flow.path("purposes" if flow.fields.get("purposes") else "purpose"),
        f"{how}; that law allows use only for {allowed}, and this is for something else",
        "take the item out, or obtain it afresh from its source for this purpose and under a law that reaches it",
    )
