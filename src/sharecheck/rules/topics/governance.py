"""Governance: who has accepted the agreement, who keeps it, and whether anybody still looks after it.

What it says is judged in a draft as in an agreement in force; signatures, approvals, registers and missed reviews are
asked for only while people share under it (`facts.live`), and nothing of the kind once it is over (`facts.over`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sharecheck.agreement import Agency, Agreement, words
from sharecheck.rules import Ask, Hit, Outcome, Severity, rule
from sharecheck.rules.facts import Facts, at_each, names


def _live(_: Agreement, facts: Facts) -> bool:
    return facts.live


def _signed_on_paper(_: Agreement, facts: Facts) -> bool:
    """Whether signatures are looked for in the agreement itself; where sign-offs are kept beside it, they count instead."""
    return facts.live and not facts.sign_offs


def _not_over(_: Agreement, facts: Facts) -> bool:
    return not facts.over


def _partners(facts: Facts) -> list[Agency]:
    """The agencies, by id, that this agreement lists itself and that answer for information: no forum, processor, court."""
    found = (
        a for a in facts.agreement.parties
        if not a.inherited and facts.decides(a) and not facts.agency_is(a, "own_law")
    )  # fmt: skip
    return sorted(found, key=lambda agency: agency.id)


def _with_betters(agency: Agency, agreement: Agreement) -> Iterator[Agency]:
    """An agency, then the body it is part of and the class it belongs to: what they have serves it too."""
    yield agency
    for other in (agency.part_of, agency.member_of):
        if other and other in agreement.agencies:
            yield agreement.agencies[other]


# acceptance


def _joins_unlisted(agency: Agency) -> bool:
    """Whether bodies join this class and nothing lists those that did."""
    members = agency.fields.get("members", "unlisted")
    return "joins" in agency.fields and not agency.fields["joins"].get("register") and members == "unlisted"


def _listed_class(agency: Agency) -> bool:
    """Whether a register or a file lists the bodies of this class that accepted."""
    members = agency.fields.get("members")
    file = isinstance(members, str) and members != "unlisted"
    return file or bool(agency.fields.get("joins", {}).get("register"))


def _signatory(agency: Agency) -> bool:
    """Whether the post or person that signs is named."""
    signs = agency.fields.get("signatory")
    return bool(signs) if not isinstance(signs, Mapping) else bool(signs.get("role") or signs.get("name"))


def _dated(agency: Agency) -> bool:
    """Whether the day it signed is given; a day within words counts."""
    signs = agency.fields.get("signatory")
    return "on" in signs if isinstance(signs, Mapping) else any(c.isdigit() for c in signs or "")


@dataclass(frozen=True, slots=True)
class _Acceptance:
    """How far the partners of one agreement have accepted it: whole, signatory named but no day, or nothing at all."""

    accepted: list[Agency]
    undated: list[Agency]
    nothing: list[Agency]

    @property
    def one_sided(self) -> bool:
        """Whether one legal person alone has so much as a place to sign."""
        sides = {a.part_of or a.id for a in (*self.accepted, *self.undated)}
        return len(sides) == 1 and bool(self.nothing)


def _acceptance(facts: Facts) -> _Acceptance:
    agreement = facts.agreement
    flows = agreement.flows.values()
    named = {a for f in flows for p in (*f.senders, *f.recipients) for a in p.agencies}
    found = _Acceptance([], [], [])
    for agency in _partners(facts):
        if (flows and agency.id not in named) or _joins_unlisted(agency):
            continue
        bodies = list(_with_betters(agency, agreement))
        if any(_listed_class(one) or (_signatory(one) and _dated(one)) for one in bodies):
            found.accepted.append(agency)
        elif any(_signatory(one) for one in bodies):
            found.undated.append(agency)
        else:
            found.nothing.append(agency)
    return found


def _shown(agencies: list[Agency], field: str, facts: Facts) -> list[Agency]:
    """Agencies without those whose field is left open, unless it is so for all."""
    return [a for a in agencies if not facts.left_open((*a.at, field))] or agencies


@rule(Severity.ERROR, "agreement", ("ico-accountability",), mark="GOV-01", where=_signed_on_paper)
def party_has_not_signed(agreement: Agreement, facts: Facts) -> Iterator[Outcome]:
    """The agreement is in force, and a party to it has not signed."""
    state = _acceptance(facts)
    if state.one_sided:
        return
    admits = {
        joins["admitted_by"]: joins.get("register", "the list of members")
        for _, a in sorted(agreement.agencies.items(), reverse=True)
        if _listed_class(a) and "admitted_by" in (joins := a.fields.get("joins", {}))
    }
    for agency in state.undated:
        if agency.id in admits and not facts.left_open((*agency.at, "signatory")):
            yield Ask(
                (*agency.at, "signatory"),
                f"`{agency.id}` admits those that join and gives no day on which it signed: look in “{admits[agency.id]}” "
                "whether it, and each of them, has",
            )
    lacking = [*state.nothing, *(a for a in state.undated if a.id not in admits)]
    if not lacking:
        return
    shown = _shown(lacking, "signatory", facts)
    unnamed = [a for a in shown if a in state.nothing]
    undated = [a for a in shown if a not in unnamed]
    said = [f"{names(unnamed)} {_have(unnamed)} no signature"] * bool(unnamed)
    said += [f"{names(undated)} {_have(undated)} a signatory but no day of signing"] * bool(undated)
    yield Hit(
        (*shown[0].at, "signatory"),
        f"the agreement is in force, but {', and '.join(said)}",
        "add `signatory:` with the senior post that signed (`role:`) and the day (`on:`), for a class of bodies the "
        "register of those that joined (`joins.register:`); or go back to `status: agreed` until all have signed",
        missing=True,
        also=at_each(shown, "signatory"),
    )


def _have(agencies: list[Agency]) -> str:
    return "has" if len(agencies) == 1 else "have"


@rule(Severity.WARNING, "agreement", ("ico-accountability",), mark="one-sided", where=_signed_on_paper)
def accepted_by_one_side(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """The agreement is in force, and only one side has accepted it."""
    state = _acceptance(facts)
    if state.one_sided:
        shown = _shown(state.nothing, "signatory", facts)
        yield Hit(
            (*shown[0].at, "signatory"),
            f"only {names([*state.accepted, *state.undated])} signs this agreement: nothing shows that {names(shown)} "
            f"{_have(shown)} accepted it",
            "add their `signatory:`, or for a class of bodies how they join and the register of those that did (`joins:`)",
            missing=True,
            also=at_each(shown, "signatory"),
        )


@rule(Severity.WARNING, "agreement", ("ico-accountability",), mark="one-sided", where=_live)
def joined_without_register(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Bodies may join the agreement, and nothing lists those that did."""
    if unlisted := [a for a in _partners(facts) if _joins_unlisted(a)]:
        shown = _shown(unlisted, "joins", facts)
        yield Hit(
            (*shown[0].at, "joins", "register"),
            f"bodies join as {names(shown)}, but no register lists those that did, so nobody can tell whether the one at "
            "the other end is a party",
            "add `joins.register:` with where the list is kept",
            missing=True,
            also=at_each(shown, "joins", "register"),
        )


@rule(
    Severity.WARNING, "agreement", ("ico-accountability",), mark="GOV-01",
    where=lambda agreement, facts: facts.live and bool(agreement.fields.get("approvals")),
)  # fmt: skip
def approval_awaited(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """The agreement is in force while an approval it asks for is still awaited."""
    awaited = [(i, one["who"]) for i, one in enumerate(agreement.fields["approvals"]) if not one.get("on")]
    if awaited:
        yield Hit(
            ("approvals", awaited[0][0], "on"),
            f"the agreement is in force, but it still awaits approval by {' and by '.join(who for _, who in awaited)}",
            "write the day of approval after `on:`, or go back to `status: review` until it is given",
            missing=True,
            also=tuple(("approvals", i, "on") for i, _ in awaited),
        )


# review and end


def _endless(agreement: Agreement, facts: Facts) -> bool:
    return facts.live and agreement.ends is None and not facts.left_open(("ends",))


def _reviewed(agreement: Agreement) -> bool:
    """Whether a review is provided for: a date, or words among the promises or the ways of changing the agreement."""
    changes = agreement.governance.get("changes")
    said = [changes if isinstance(changes, str) else (changes or {}).get("text", "")]
    said += [promise["must"] for promise in agreement.fields.get("undertakings", {}).values()]
    return agreement.review is not None or any(
        "review" in plain and ("agreement" in plain or "protocol" in plain) for plain in map(words, said)
    )


_NO_REVIEW = "add `review:` with the day by which the partners look at it again"


@rule(Severity.ERROR, "agreement", ("ico-accountability", "essex-framework-review"), mark="GOV-02", where=_endless)
def runs_without_review(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """The agreement is in force with neither a day for review nor an end."""
    if not _reviewed(agreement):
        since = f" since {agreement.fields['starts']}" if "starts" in agreement.fields else ""
        yield Hit(
            ("review",),
            f"the agreement has been in force{since} and has neither a day for review nor an end: it runs on as it was "
            "written, whatever changes around it",
            f"{_NO_REVIEW}, and `ends:` if it is to end",
            missing=True,
        )


@rule(
    Severity.WARNING, "agreement", ("ico-accountability", "warrington-tier-2"),
    mark="GOV-02", where=lambda agreement, facts: not facts.over and not _endless(agreement, facts),
)  # fmt: skip
def review_unset(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """No day is set for the review of an agreement that has an end or is not yet in force."""
    if not _reviewed(agreement):
        yield Hit(("review",), "no day is set by which the agreement is reviewed", _NO_REVIEW, missing=True)


def _days_late(agreement: Agreement, facts: Facts) -> int:
    return (facts.on - agreement.review).days if facts.live and agreement.review else 0


def _grace(facts: Facts) -> int:
    """How many days a review may be late before the agreement counts as neglected."""
    days: int = facts.book.term("statuses", "live").facts["review_grace"]
    return days


def _span(days: int) -> str:
    """How long, as people say it: days up to a hundred, then months, then years."""
    for unit, length, least in (("year", 366, 733), ("month", 31, 100)):
        if days >= least:
            return f"more than {days // length} {unit}s"
    return f"{days} day{'s' if days > 1 else ''}"


def _overdue(agreement: Agreement, facts: Facts) -> Hit:
    late = _days_late(agreement, facts)
    return Hit(
        ("review",),
        f"the review was due by {agreement.review} and is {_span(late)} late",
        "review it, write the day of the next review after `review:`, and give the text a new version if it has changed",
    )


def _has_review(agreement: Agreement, facts: Facts) -> bool:
    return facts.live and agreement.review is not None


@rule(
    Severity.WARNING, "agreement", ("ico-accountability", "essex-framework-review"),
    mark="GOV-02", where=_has_review,
)  # fmt: skip
def review_overdue(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """The review is late, though by no more than about three months."""
    if 0 < _days_late(agreement, facts) <= _grace(facts):
        yield _overdue(agreement, facts)


@rule(
    Severity.ERROR, "agreement", ("ico-accountability", "essex-framework-review"),
    mark="GOV-02", where=_has_review,
)  # fmt: skip
def review_long_overdue(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """The review is more than about three months late."""
    if _days_late(agreement, facts) > _grace(facts):
        yield _overdue(agreement, facts)


@rule(
    Severity.WARNING, "agreement", ("agreement-format",), mark="outlived",
    where=lambda agreement, _: agreement.ends is not None and "replaced_by" not in agreement.fields,
)  # fmt: skip
def outlived(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """The agreement has ended by its own date, and its status does not say so."""
    if agreement.ends and agreement.ends < facts.on and agreement.status != "ended":
        yield Hit(
            ("ends",),
            f"the agreement ended on {agreement.ends}, but its status is still `{agreement.status}`: nobody can tell "
            "whether people may go on sharing under it",
            "write `status: ended`, name the agreement that took its place (`replaced_by:`), or renew it with a new `ends:`",
        )


# assessment, contacts, register, form


@rule(
    Severity.ERROR, "agreement", ("ico-checklist", "uk-gdpr-art-35"),
    mark="GOV-03", where=lambda agreement, facts: not facts.over and bool(agreement.flows),
)  # fmt: skip
def impact_assessment_undecided(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Sensitive information about children is shared, and nothing says whether an impact assessment was needed."""
    flow = next(
        (
            f for _, f in sorted(agreement.flows.items())
            if facts.subjects_are(f, "child") and facts.personal(f) and (facts.special(f) or facts.criminal(f))
        ),
        None,
    )  # fmt: skip
    if flow is None:
        return
    dpia = agreement.governance.get("dpia")
    fix = "add `governance.dpia:` with where the assessment is and what it found, or why none is needed"
    if not dpia:
        says = "nothing says whether the partners assessed the risk to them"
    elif not isinstance(dpia, Mapping) or any(dpia.get(name) for name in ("where", "outcome", "on", "see")):
        return
    elif dpia.get("needed") is False:
        says = "no assessment of the risk to them is said to be needed, without a reason"
        fix = "add `outcome:` with the reason, and who decided"
    elif facts.live:
        says = "the assessment of the risk to them that is said to be needed is nowhere to be found"
        fix = (
            "add `where:` and `outcome:`; where it has not been made, make it before more is shared, urgent help apart"
        )
    else:
        return
    what = "health or other special category" if facts.special(flow) else "criminal-offence"
    at = ("governance", "dpia")
    yield Hit(
        at if agreement.owns(at) else flow.at,
        f"`{flow.id}` concerns children and carries {what} information, and {says}",
        fix,
        missing=True,
        rests_on=at,
    )


@rule(
    Severity.WARNING, "agreement", ("waspi-flying-start", "ico-accountability"), mark="GOV-04", where=_not_over,
)  # fmt: skip
def contact_missing(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A party has no single point of contact, or nobody who stands in for it."""
    every = [(a, field) for a in _partners(facts) if (field := _lacks(a, agreement))]
    found = [(a, field) for a, field in every if not facts.left_open((*a.at, field))] or every
    if not found:
        return
    shown = {name: [a for a, field in found if field == name] for name in ("spoc", "deputy")}
    first, field = found[0]
    said = [f"{names(shown['spoc'])} {_have(shown['spoc'])} no single point of contact"] * bool(shown["spoc"])
    said += [
        f"{names(shown['deputy'])} {_have(shown['deputy'])} nobody to stand in for {'it' if len(shown['deputy']) == 1 else 'them'}"
    ] * bool(shown["deputy"])
    yield Hit(
        (*first.at, field),
        f"{', and '.join(said)}: a worried colleague may find nobody to speak to",
        "add `spoc:` and `deputy:` to the agency, as posts or shared addresses rather than people",
        missing=True,
        also=tuple((*a.at, lacking) for a, lacking in found),
    )


def _lacks(agency: Agency, agreement: Agreement) -> str | None:
    """What is missing so that an agency can be reached: its contact (`spoc`), who stands in for it (`deputy`), or nothing."""
    bodies = list(_with_betters(agency, agreement))
    if any("members" in one.fields or "joins" in one.fields for one in bodies):
        return None  # each member has its own
    contacts = [one.fields["spoc"] for one in bodies if "spoc" in one.fields]
    contacts += [team["spoc"] for one in bodies for team in one.teams.values() if "spoc" in team]
    if not contacts:
        return "spoc"
    stands_in = any("deputy" in one.fields for one in bodies) or any("deputy" in str(c).lower() for c in contacts)
    return None if stands_in else "deputy"


@rule(Severity.ADVICE, "agreement", ("ico-accountability",), mark="GOV-05", where=_live)
def register_unnamed(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """The agreement is in force, and no register of agreements is named in which it is entered."""
    if not agreement.governance.get("register") and "reference" not in agreement.fields:
        yield Hit(
            ("governance", "register"),
            "nothing says in which register of agreements this one is entered, so nobody may know that it is there",
            "add `governance.register:` with where the register is, or `reference:` with the number it has there",
            missing=True,
        )


@rule(
    Severity.WARNING, "agreement", ("ico-agreements",), mark="GOV-06",
    where=lambda agreement, facts: agreement.kind == "memorandum" and not facts.over,
)  # fmt: skip
def memorandum_not_enough(agreement: Agreement, facts: Facts) -> Iterator[Outcome]:
    """A memorandum of understanding stands in for a sharing agreement between bodies for which it is not enough."""
    bodies = [a for a in sorted(agreement.parties, key=lambda agency: agency.id) if facts.decides(a)]
    if private := [a for a in bodies if not facts.public_authority(a) and not facts.agency_is(a, "own_law")]:
        yield Hit(
            ("kind",),
            f"a memorandum of understanding is enough only between government departments and certain public bodies, and "
            f"{names(private)} {'is' if len(private) == 1 else 'are'} neither",
            "make it a sharing agreement: `kind: agreement`, signed by each party",
        )
    elif others := [a for a in bodies if not facts.agency_is(a, "memorandum_enough")]:
        yield Ask(
            ("kind",),
            f"a memorandum of understanding is enough between government departments and certain public bodies: check "
            f"that {names(others)} {'is' if len(others) == 1 else 'are'} among them",
        )
