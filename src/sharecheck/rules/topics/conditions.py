"""Conditions: what special category and offence data rest on besides a lawful basis, and where a condition stops."""

from __future__ import annotations

from collections.abc import Iterator

from sharecheck.agreement import Agency, Basis, Flow, Role
from sharecheck.rules import Ask, Hit, Severity, rule
from sharecheck.rules.facts import Facts, at_each, names, spoken
from sharecheck.source import Path


def _has_basis(flow: Flow, _: Facts) -> bool:
    return any(flow.bases)


def _paragraphs(basis: Basis, fact: str, facts: Facts) -> tuple[str, ...]:
    """The Schedule 1 paragraphs of a basis that have a fact."""
    if fact not in facts.book.facts("schedule-1", basis.conditions):
        return ()
    return tuple(n for n in basis.conditions if facts.book.term("schedule-1", n).is_(fact))


def _condition_is(basis: Basis, fact: str, facts: Facts) -> bool:
    """Whether any Article 9 condition stated has a fact."""
    return any(facts.book.term("article-9", a).is_(fact) for a in basis.article_9)


def _stated(basis: Basis, number: str) -> Path:
    """Where a basis names a Schedule 1 paragraph."""
    return (*basis.at, "schedule_1" if number in basis.schedule_1 else "article_10")


def _numbered(numbers: tuple[str, ...]) -> str:
    return f"paragraph{'s' if len(numbers) > 1 else ''} {' and '.join(numbers)} of Schedule 1"


def _relies_on_consent(flow: Flow, facts: Facts) -> bool:
    """Whether a flow depends on consent in the data protection sense."""
    return flow.consent is not None and flow.consent.relied_on and facts.model(flow.consent).is_("gdpr")


@rule(
    Severity.ERROR, "flows", ("dpa-2018-sch1-para18-2", "dpa-2018-sch1-para10", "dpa-2018-sch1-para17"),
    mark="LAW-09", where=_relies_on_consent,
)  # fmt: skip
def condition_excludes_consent(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """A flow depends on consent, and the condition it names is for sharing without consent."""
    found: list[tuple[Path, tuple[str, ...]]] = []
    for basis in facts.resting(flow):
        if facts.basis_is(basis, "consent") and facts.serves(flow, "safeguarding"):
            continue  # consent is no basis for protection at all, which another rule says
        numbers = _paragraphs(basis, "without_consent", facts)
        instead = _condition_is(basis, "consent", facts) or _paragraphs(basis, "consent", facts)
        if numbers and not instead:
            found.append((_stated(basis, numbers[0]), numbers))
    if found and flow.consent:
        at, numbers = found[0]
        yield Hit(
            at,
            f"`{flow.id}` depends on {facts.model(flow.consent).label}, and names {_numbered(numbers)}, which holds only where "
            "information is shared without consent",
            "choose one: where you would share whatever the answer, tell the person instead of asking "
            "(`model: none-inform`); where you would not, name "
            f"{facts.named('article-9', 'consent')} in place of this condition",
            also=tuple(place for place, _ in found),
        )


@rule(
    Severity.ERROR, "flows", ("dpa-2018-sch1-para18-2", "dpa-2018-sch1-para17"),
    mark="LAW-10", where=_has_basis,
)  # fmt: skip
def reason_not_to_ask_missing(flow: Flow, facts: Facts) -> Iterator[Hit | Ask]:
    """A condition for sharing without consent is named, and nothing says why nobody is asked."""
    if _relies_on_consent(flow, facts):
        return
    resting = {b: found for b in facts.resting(flow) if (found := _paragraphs(b, "needs_reason", facts))}
    if not resting or any(basis.fields.get("reason") for basis in resting):
        return
    basis, numbers = next(iter(resting.items()))
    if any(b.fields.get("text") for b in resting) or (flow.consent and flow.consent.fields.get("text")):
        yield Ask(
            _stated(basis, numbers[0]),
            f"`{flow.id}` names {_numbered(numbers)}: check that its words say why consent is not asked, for one of the three "
            "reasons",
        )
        return
    yield Hit(
        (*basis.at, "reason"),
        f"`{flow.id}` names {_numbered(numbers)} for sharing without consent, and does not say which of the three reasons for "
        "not asking applies",
        "add `reason:` to the basis: a (consent cannot be given), b (it cannot reasonably be obtained) or c (asking would "
        "prejudice the protection)",
        missing=True,
        also=tuple((*b.at, "reason") for b in resting),
    )


@rule(Severity.ERROR, "flows", ("dpa-2018-sch1-para8-3",), mark="LAW-11", where=_has_basis)
def equality_condition_for_cases(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """The condition for equality monitoring is named for work on one person's case."""
    if not facts.serves(flow, "case_level"):
        return
    stated = [(basis, _paragraphs(basis, "not_individual", facts)) for basis in facts.resting(flow)]
    if found := [(basis, numbers) for basis, numbers in stated if numbers and len(numbers) == len(basis.conditions)]:
        basis, numbers = found[0]
        purpose = next(term for term in facts.purposes(flow) if term.is_("case_level"))
        yield Hit(
            _stated(basis, numbers[0]),
            f"`{flow.id}` is for “{purpose.label.lower()}”, one person's case, and rests on {_numbered(numbers)}, which does "
            "not cover decisions about a particular person",
            "send figures that identify nobody for monitoring, or name the condition that fits the case: care "
            f"{facts.named('schedule-1', 'care')}, safeguarding {facts.named('schedule-1', 'safeguarding')}, a function in law "
            f"{facts.named('schedule-1', 'functions')}",
            also=tuple(_stated(one, two[0]) for one, two in found),
        )


def _bound(role: Role, sectors: set[str], facts: Facts) -> bool | None:
    """Whether a role is a profession or owes confidence; None where its kind does not tell."""
    for name in ("confidential", "regulated"):
        if name in role.fields:
            return bool(role.fields[name])
    kind = facts.role_kind(role)
    caring = any(facts.book.term("sectors", sector).is_("confidential") for sector in sectors)
    if kind.is_("confidential") or kind.is_("regulated") or role.direct_care or caring:
        return True
    return None if kind.facts.get("sector") == "any" and not kind.is_("volunteer") else False


def _may_be_special(flow: Flow, facts: Facts) -> bool:
    """Whether a flow carries special category data, certainly or perhaps, so that an Article 9 condition matters."""
    kinds = ("special", "special_likely", "special_if_inferred")
    return _has_basis(flow, facts) and any(facts.item_is(item, kind) for item in facts.items(flow) for kind in kinds)


@rule(Severity.ERROR, "flows", ("dpa-2018-s11-1",), mark="LAW-12", where=_may_be_special)
def care_condition_without_secrecy(flow: Flow, facts: Facts) -> Iterator[Hit | Ask]:
    """The care condition is named for a recipient who is neither a professional nor bound to secrecy."""
    wrong: dict[str, tuple[Path, Role]] = {}
    unsure: dict[str, tuple[Path, Role]] = {}
    agencies = facts.agreement.agencies
    for party in flow.recipients:
        for body in (agencies[a] for a in party.agencies if party.role and a in agencies):
            basis = flow.basis(body.id, "recipient")
            if not basis or not all(
                facts.book.term("article-9", a).is_("professional_secrecy") for a in basis.article_9
            ):
                continue
            role = party.role
            if role is None or not basis.article_9 or not facts.decides(body):
                continue
            others = (agencies[a] for a in (role.host or "", *role.acting_for) if a in agencies)
            kinds = (kind for b in (*facts.legal_person(body), *others) for kind in facts.kinds(b))
            bound = _bound(role, {str(kind.facts.get("sector")) for kind in (facts.role_kind(role), *kinds)}, facts)
            if bound is False:
                wrong.setdefault(role.id, (party.at, role))
            elif bound is None:
                unsure.setdefault(role.id, (party.at, role))
    condition = facts.named("article-9", "professional_secrecy")
    if wrong:
        at, one = next(iter(wrong.values()))[0], len(wrong) == 1
        yield Hit(
            at,
            f"`{flow.id}` rests on {condition} for {names(role for _, role in wrong.values())}, who {'is' if one else 'are'} "
            "neither a health or social work professional nor bound to secrecy by the kind of work",
            "give this recipient a condition of its own (safeguarding: "
            f"{facts.named('article-9', 'safeguarding')} with paragraph {facts.named('schedule-1', 'safeguarding')}), or, where a "
            "duty of confidence does bind the role, write `confidential: true` on it",
            also=tuple(place for place, _ in wrong.values()),
        )
    elif unsure:
        yield Ask(
            next(iter(unsure.values()))[0],
            f"`{flow.id}` rests on {condition} for {names(role for _, role in unsure.values())}: check that a duty of confidence "
            "binds them, and write `confidential: true` on the role",
        )


@rule(Severity.ERROR, "flows", ("ico-consent-when",), mark="LAW-13", where=_may_be_special)
def members_condition_shared_outside(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """A body passes on its members' information under a condition that stops at its own door."""
    explicit = flow.consent is not None and facts.model(flow.consent).is_("explicit")
    if explicit or any(facts.book.term("confidentiality-routes", c).is_("consent") for c in flow.confidentiality):
        return
    found: list[tuple[Agency, Basis, list[Agency]]] = []
    for side, sender, basis in facts.based(flow):
        if side != "sender" or basis is None or not basis.article_9:
            continue
        others = [r for r in facts.recipients(flow) if r.controller != "processor" and facts.apart(sender, r)]
        if others and all(facts.book.term("article-9", a).is_("members_only") for a in basis.article_9):
            found.append((sender, basis, others))
    if found:
        sender, basis, others = found[0]
        yield Hit(
            (*basis.at, "article_9"),
            f"`{sender.id}` tells {names(others)} about its members under {spoken(basis.article_9)}, which does not let it "
            "tell another body without their explicit consent",
            f"ask for explicit consent ({facts.named('article-9', 'consent')}) and say so under `consent:`, or name another "
            "condition",
            also=tuple((*one.at, "article_9") for _, one, _ in found),
        )


def _tells_of_offending(flow: Flow, facts: Facts) -> bool:
    return facts.criminal(flow)


@rule(
    Severity.ERROR, "flows", ("dpa-2018-s10-5", "dpa-2018-s11-2"),
    mark="LAW-14", where=_tells_of_offending,
)  # fmt: skip
def offence_data_without_condition(flow: Flow, facts: Facts) -> Iterator[Hit | Ask]:
    """A body without official authority shares offence data and names no Schedule 1 condition."""
    lacking = facts.without_offence_condition(flow)
    if not lacking:
        return
    places = [
        (*basis.at, "article_10") if basis else flow.path("lawful_basis", *([side] if flow.bases else []))
        for side, _, basis in lacking
    ]
    bodies = {agency.id: agency for _, agency, _ in lacking}
    one = len(bodies) == 1
    told = next((b for _, _, b in lacking if b and b.fields.get("text")), None)
    if told:
        yield Ask(
            (*told.at, "text"),
            f"`{flow.id}` tells of offending: check that the words here name a Schedule 1 condition for {names(bodies.values())}",
        )
        return
    yield Hit(
        places[0],
        f"`{flow.id}` tells of offending, or of an allegation, and {names(bodies.values())}, which {'has' if one else 'have'} no "
        f"official authority for that, {'names' if one else 'name'} no Schedule 1 condition",
        "name one under `article_10:` in the basis (often paragraph "
        f"{facts.named('schedule-1', 'safeguarding')} for safeguarding, {facts.named('schedule-1', 'functions')} for a function in "
        "law), with the policy document it needs",
        missing=True,
        also=tuple(places),
    )


def _under_part_3(flow: Flow, facts: Facts) -> bool:
    return bool(facts.special(flow)) and any(facts.part_3(basis) for basis in flow.bases)


@rule(Severity.ERROR, "flows", ("dpa-2018-s35",), mark="LAW-15", where=_under_part_3)
def sensitive_processing_without_condition(flow: Flow, facts: Facts) -> Iterator[Hit | Ask]:
    """Special category data is used for law enforcement without the condition or the policy document that needs."""
    in_words = isinstance(facts.agreement.governance.get("policy_documents"), str)
    for basis, agencies in facts.resting(flow).items():
        if not facts.part_3(basis):
            continue
        consent = basis.part_3 == "consent" or facts.basis_is(basis, "consent")
        condition = consent or basis.fields.get("schedule_8")
        without = [] if in_words else [a for a in agencies if not facts.policy_conditions(a)]
        if condition and not without:
            continue
        shown = f"`{flow.id}` carries {names(facts.special(flow))} for law enforcement, which is sensitive"
        if not condition and basis.fields.get("text"):
            yield Ask((*basis.at, "text"), f"{shown}: check that the words here name a Schedule 8 condition")
            continue
        lacks = ["no Schedule 8 condition"] * (not condition)
        lacks += [f"no policy document of {names(without)}"] * bool(without)
        fixes = ["add `schedule_8:` to the basis"] * (not condition)
        fixes += ["enter the document under `governance.policy_documents`"] * bool(without)
        written = next(name for name in ("schedule_8", "part_3", "article_6") if name in basis.fields)
        yield Hit(
            (*basis.at, written if condition else "schedule_8"),
            f"{shown}, and {' and '.join(lacks)} is named",
            " and ".join(fixes),
            missing=not condition,
            rests_on=("governance", "policy_documents") if condition else None,
            also=at_each(without) if len(without) > 1 else (),
        )


def _vital(flow: Flow, facts: Facts) -> bool:
    return any(facts.basis_is(basis, "vital") or _condition_is(basis, "vital", facts) for basis in flow.bases)


@rule(Severity.WARNING, "flows", ("ico-emergency",), mark="LAW-20", where=_vital)
def vital_interests_as_routine(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """Everyday sharing rests on vital interests, which are for emergencies."""
    protects = any(term.facts.get("theme") == "protection" for term in facts.purposes(flow))
    often = facts.book.term("frequencies", str(flow.fields.get("frequency", "")))
    if not often.is_("standing") and (facts.grave(flow) or protects):
        return
    found = [
        ((*basis.at, name), stated)
        for basis in facts.resting(flow)
        for name, vocabulary, stated in (
            ("article_6", "article-6", basis.article_6),
            ("article_9", "article-9", basis.article_9),
        )
        if stated and all(facts.book.term(vocabulary, word).is_("vital") for word in stated)
    ]
    if found:
        at, stated = found[0]
        when = f"goes {often.label.lower()}" if often.is_("standing") else "is not for emergencies"
        yield Hit(
            at,
            f"`{flow.id}` rests on {spoken(stated)}, vital interests, and {when}; vital interests are for saving a life",
            f"use {facts.named('article-6', 'public_task')} or another lawful basis, with "
            f"{facts.named('article-9', 'safeguarding')} or {facts.named('article-9', 'care')} for special category data, "
            "and keep vital interests for a flow of its own for emergencies",
            also=tuple(place for place, _ in found),
        )
