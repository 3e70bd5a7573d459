"""Lawful basis: each side of a flow names one that it may use, with the conditions that must go with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sharecheck.agreement import Agency, Agreement, Basis, Flow
from sharecheck.rules import Ask, Hit, Severity, rule
from sharecheck.rules.facts import Facts, at_each, names, spoken
from sharecheck.source import Path

_BOTH = ("sender", "recipient")


def _personal(flow: Flow, facts: Facts) -> bool:
    return facts.personal(flow)


def _without_basis(flow: Flow, facts: Facts) -> bool:
    """Whether neither side of a flow of personal information has any basis."""
    return facts.personal(flow) and not flow.bases and all(basis is None for _, _, basis in facts.based(flow))


@rule(Severity.ERROR, "flows", ("ico-summary",), mark="LAW-01", where=_personal)
def basis_missing(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """A flow names no lawful basis for its sender or for its recipient."""
    lacking: dict[str, list[Agency]] = {side: [] for side in _BOTH}
    for side, agency, basis in facts.based(flow):
        if basis is None or not (basis.article_6 or basis.part_3):
            lacking[side].append(agency)
    if lacking["sender"] and lacking["recipient"] and not flow.bases:
        yield Hit(
            facts.gap(flow, "lawful_basis", _without_basis),
            f"`{flow.id}` names no lawful basis, for the sender or for the recipient; a power to share is not one",
            "add `lawful_basis:` with `article_6` for `sender:` and for `recipient:`",
            missing=True,
            rests_on=flow.path("lawful_basis"),
            also=(flow.path("lawful_basis"),),
        )
        return
    if flow.same and lacking["sender"]:
        lacking["recipient"] = []  # `same` as what is not there: one gap, the sender's
    if lacking["recipient"] and not lacking["sender"] and facts.one_body(flow):
        return  # use within one legal person, which the one basis covers
    for side in _BOTH:
        if lacking[side]:
            yield Hit(
                flow.path("lawful_basis", side),
                f"`{flow.id}` names no lawful basis for the {side} ({names(lacking[side])})",
                f"add `{side}:` with `article_6` under `lawful_basis:`"
                + (
                    ", or write `recipient: same`"
                    if side == "recipient" and not flow.same
                    else "; each body needs its own"
                ),
                missing=True,
            )


def _has_basis(flow: Flow, _: Facts) -> bool:
    return any(flow.bases)


@rule(Severity.ERROR, "flows", ("duaa-2025-s70-2-c", "ico-audit-legality"), mark="LAW-02", where=_has_basis)
def public_body_on_legitimate_interests(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """A public authority uses a basis that is closed to public authorities doing their tasks."""
    closed = _by_basis(
        (basis, agency)
        for _, agency, basis in facts.based(flow)
        if basis and facts.public_authority(agency) and facts.basis_is(basis, "closed_to_public_authorities")
    )
    for basis, agencies in closed.items():
        one = len(agencies) == 1
        yield Hit(
            (*basis.at, "article_6"),
            f"{names(agencies)} {'is a public authority' if one else 'are public authorities'} and may not use "
            f"{spoken(basis.article_6)} for {'its' if one else 'their'} tasks",
            f"use {facts.named('article-6', 'public_task')}, with the function it rests on, or "
            f"{facts.named('article-6', 'duty')} where a duty applies",
        )


def _by_basis(stated: Iterable[tuple[Basis, Agency]]) -> dict[Basis, list[Agency]]:
    """The agencies that rest on each basis, each once, so that one place gives one finding."""
    found: dict[Basis, list[Agency]] = {}
    for basis, agency in stated:
        if agency not in found.setdefault(basis, []):
            found[basis].append(agency)
    return found


def _borrowed(flow: Flow, facts: Facts) -> Iterator[tuple[Path, list[Agency], bool]]:
    """Where bodies that are no public authorities rest on a public task: as their own basis, or on another's for want of one."""
    borrowed: list[tuple[Basis, Agency]] = []
    based = list(facts.based(flow))
    stated = {agency.id for _, agency, basis in based if basis}
    others = [b for _, a, b in based if b and facts.public_authority(a)]
    for side, agency, basis in based:
        if facts.public_authority(agency) or facts.agency_is(agency, "official_authority"):
            continue
        if basis and facts.basis_is(basis, "public_task") and not basis.fields.get("task"):
            borrowed.append((basis, agency))
        elif (
            side == "sender"
            and agency.id not in stated
            and others
            and all(facts.basis_is(b, "public_task") for b in others)
        ):
            yield flow.path("lawful_basis", side), [agency], False
    for basis, agencies in _by_basis(borrowed).items():
        yield (*basis.at, "article_6"), agencies, True


@rule(
    Severity.ERROR, "agreement", ("duaa-2025-s70",), mark="LAW-03",
    where=lambda agreement, _: any(flow.bases for flow in agreement.flows.values()),
)  # fmt: skip
def borrowed_task(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A body that is not a public authority rests on a public task that is not its own."""
    bases = facts.book.terms("article-6").values()
    if facts.on.isoformat() < max(str(term.facts.get("own_task_from", "")) for term in bases):
        return
    found: dict[tuple[bool, tuple[str, ...]], list[tuple[Flow, Path, list[Agency]]]] = {}
    for flow in agreement.flows.values():
        if _has_basis(flow, facts):
            for at, agencies, stated in _borrowed(flow, facts):
                found.setdefault((stated, tuple(a.id for a in agencies)), []).append((flow, at, agencies))
    for (stated, _), places in found.items():
        flow, at, agencies = places[0]
        flows = list(dict.fromkeys(f.id for f, _, _ in places))
        hit = _borrowing(flow, at, agencies, flows[1:], facts, stated=stated)
        yield replace(hit, also=tuple(place for _, place, _ in places))


def _borrowing(flow: Flow, at: Path, agencies: list[Agency], more: list[str], facts: Facts, *, stated: bool) -> Hit:
    """One finding for the same bodies, at the first flow in which they rest on a task that is not theirs."""
    task, interest = facts.named("article-6", "public_task"), facts.named("article-6", "recognised_interest")
    known = next(t.facts for t in facts.book.terms("article-6").values() if "request_paragraph" in t.facts)
    own = f"`annex_1: {known['request_paragraph']}` on a recorded request"
    if facts.serves(flow, "safeguarding"):
        own = f"`annex_1: {known['safeguarding_paragraph']}` to safeguard somebody at risk, {own}"
    instead = (
        f"{interest} ({own}), {facts.named('article-6', 'duty')} where a law obliges it, or "
        f"{facts.named('article-6', 'legitimate_interests')} with its assessment"
    )
    also = f" (so in {spoken(tuple(more))})" if more else ""
    one = len(agencies) == 1
    if not stated:
        return Hit(
            at,
            f"{names(agencies)} is not a public authority, and the only basis named for `{flow.id}` is another body's public "
            f"task, which it cannot borrow{also}",
            f"give it a basis of its own: {instead}",
            missing=True,
        )
    return Hit(
        at,
        f"{names(agencies)} {'is not a public authority and rests' if one else 'are not public authorities and rest'} on "
        f"{task}, but no task of {'its' if one else 'their'} own in law is named; another body's cannot be borrowed{also}",
        f"name the task under `task:`, or use {instead}",
    )


@rule(
    Severity.ERROR, "flows", ("duaa-2025-sch4", "ico-recognised-interest-request"),
    mark="LAW-04", where=_has_basis,
)  # fmt: skip
def request_unrecorded(flow: Flow, facts: Facts) -> Iterator[Hit | Ask]:
    """A disclosure for another body's public task rests on its request, and no record of the request is named."""
    for basis in flow.bases:
        paragraphs = {facts.book.term("article-6", a).facts.get("request_paragraph") for a in basis.article_6} - {None}
        on_request = basis.fields.get("annex_1") in paragraphs
        if paragraphs and "annex_1" not in basis.fields:
            yield Ask(
                (*basis.at, "article_6"),
                f"`{flow.id}` rests on a recognised legitimate interest: say which, with `annex_1:`",
            )
        elif facts.basis_is(basis, "recognised_interest") and on_request and not basis.fields.get("request"):
            yield Hit(
                (*basis.at, "request"),
                f"`{flow.id}` discloses on another body's request for its public task, and nothing says how the request and "
                "the need it states are recorded",
                "add `request:` saying where the request is kept; it must state the task and why the information is needed",
                missing=True,
            )


@rule(Severity.ERROR, "flows", ("ico-recognised-interest-request",), mark="LAW-05", where=_has_basis)
def obligation_without_duty(flow: Flow, facts: Facts) -> Iterator[Hit | Ask]:
    """A flow rests on a legal obligation, and no duty in law is among its gateways."""
    found = facts.gateways(flow)
    if any(p and p.kind == "duty" and p.in_force(facts.on) for _, p in found):
        return
    senders = {agency.id for agency in facts.senders(flow)}
    for basis in flow.bases:
        if not facts.basis_is(basis, "duty"):
            continue
        whose = str(basis.at[-1])
        unmatched = [written for written, p in found if p is None]
        if whose == "recipient" or (whose != "sender" and whose not in senders):
            yield Ask(
                (*basis.at, "article_6"),
                f"a recipient of `{flow.id}` rests on a legal obligation: check which law obliges it to have this",
            )
        elif unmatched:
            yield Ask(
                (*basis.at, "article_6"),
                f"`{flow.id}` rests on a legal obligation: check that {spoken(tuple(unmatched))} "
                f"{'imposes' if len(unmatched) == 1 else 'impose'} one; that is not in the book of law that comes with sharecheck",
            )
        else:
            yield Hit(
                (*basis.at, "article_6"),
                f"`{flow.id}` rests on a legal obligation, but no duty to disclose in force on {facts.on} is named among its "
                "gateways",
                f"name the duty under `gateways:`, or use {facts.named('article-6', 'public_task')} where the law only permits",
            )


def _carries_special(flow: Flow, facts: Facts) -> bool:
    return bool(facts.special(flow)) or any(facts.item_is(item, "special_likely") for item in facts.items(flow))


@rule(Severity.ERROR, "flows", ("ico-record", "dpa-2018-s10"), mark="LAW-06", where=_carries_special)
def special_category_condition_missing(flow: Flow, facts: Facts) -> Iterator[Hit | Ask]:
    """Special category data is shared and no Article 9 condition is named."""
    special = facts.special(flow)
    if not special:
        likely = [item for item in facts.items(flow) if facts.item_is(item, "special_likely")]
        if flow.bases and not any(basis.article_9 or facts.part_3(basis) for basis in flow.bases):
            yield Ask(
                flow.path("lawful_basis"),
                f"`{flow.id}` carries {names(likely)}, which is likely to tell of health or sex life: if so, name an Article 9 "
                "condition",
            )
        return
    nine, one = "article-9", "schedule-1"
    fix = (
        f"add `article_9:` (care: {facts.named(nine, 'care')} with Schedule 1 paragraph {facts.named(one, 'care')}; safeguarding: "
        f"{facts.named(nine, 'safeguarding')} with paragraph {facts.named(one, 'safeguarding')})"
    )
    if not any(basis.article_9 or facts.part_3(basis) for basis in flow.bases):
        if facts.law_enforcement(flow):
            return
        yield Hit(
            flow.path("lawful_basis"),
            f"`{flow.id}` carries {names(special)}, special category data, and no Article 9 condition is named",
            fix,
            missing=True,
        )
        return
    lacking = _by_basis(
        (basis, agency)
        for _, agency, basis in facts.based(flow)
        if basis and basis.article_6 and not basis.article_9 and not facts.part_3(basis)
    )
    for basis, agencies in lacking.items():
        yield Hit(
            (*basis.at, "article_9"),
            f"`{flow.id}` carries {names(special)}, special category data, and no Article 9 condition is named for "
            f"{names(agencies)}",
            fix,
            missing=True,
        )


@rule(Severity.ERROR, "flows", ("dpa-2018-s10", "dpa-2018-sch1-para5"), mark="LAW-07", where=_has_basis)
def conditions_do_not_pair(flow: Flow, facts: Facts) -> Iterator[Hit | Ask]:
    """An Article 9 condition lacks the Schedule 1 condition it must be paired with, or the paragraph is none."""
    paragraphs = facts.book.terms("schedule-1")
    for basis in flow.bases:
        for name, numbers in (("schedule_1", basis.schedule_1), ("article_10", basis.article_10)):
            for number in numbers:
                if number == "official-authority":
                    continue
                if number not in paragraphs:
                    yield Ask(
                        (*basis.at, name),
                        f"paragraph {number} of Schedule 1 is not in the book of law that comes with sharecheck: check that it is "
                        "a condition and fits",
                    )
                elif paragraphs[number].is_("not_a_condition"):
                    yield Hit(
                        (*basis.at, name),
                        f"paragraph {number} of Schedule 1 is not a condition: it says when a policy document is needed",
                        f"name the condition itself, such as {facts.named('schedule-1', 'functions')} or "
                        f"{facts.named('schedule-1', 'safeguarding')}",
                    )
        parts = {paragraphs[n].facts.get("part") for n in basis.schedule_1 if n in paragraphs}
        for article in basis.article_9:
            needed = facts.book.term("article-9", article).facts.get("schedule_1_part")
            if needed and needed not in parts:
                stated = f"paragraph {', '.join(basis.schedule_1)} is not" if basis.schedule_1 else "none is named"
                yield Hit(
                    (*basis.at, "schedule_1" if basis.schedule_1 else "article_9"),
                    f"{article} needs a condition in Part {needed} of Schedule 1, and {stated}",
                    f"add `schedule_1:` with the paragraph of Part {needed} that fits ({_usual(needed, facts)})",
                )


def _usual(part: int, facts: Facts) -> str:
    """The paragraphs of one Part that are usually meant, with what each is for."""
    usual = ("care", "safeguarding", "functions", "research")
    found = [
        t for t in facts.book.terms("schedule-1").values() if t.facts.get("part") == part and any(map(t.is_, usual))
    ]
    return ", ".join(f"{term.id} is {term.label[:1].lower()}{term.label[1:]}" for term in found)


@rule(
    Severity.ERROR,
    "agreement",
    ("dpa-2018-sch1-para5", "dpa-2018-sch1-para39", "ico-audit-policy-document"),
    mark="LAW-08",
)
def policy_document_missing(_: object, facts: Facts) -> Iterator[Hit | Ask]:
    """A condition needs an appropriate policy document, and the agency has none that names it."""
    agreement = facts.agreement
    if isinstance(agreement.governance.get("policy_documents"), str):
        yield Ask(
            ("governance", "policy_documents"),
            "the policy documents are described in words: check that each names the Schedule 1 conditions relied on",
        )
        return
    paragraphs = facts.book.terms("schedule-1")
    lacking: dict[str, tuple[Flow, Basis, list[str]]] = {}
    unconditioned: dict[str, Agency] = {}
    for flow in sorted(agreement.flows.values(), key=lambda f: f.id):
        recipients = facts.recipients(flow)
        if not facts.left_open(flow.path("lawful_basis")):
            unconditioned |= {agency.id: agency for _, agency, _ in facts.without_offence_condition(flow)}
        for side, agency, basis in facts.based(flow):
            if basis is None:
                continue
            has = facts.policy_conditions(agency)
            for number in basis.conditions:
                term = paragraphs.get(number)
                need = term.facts.get("policy_document") if term else None
                if need == "unless-competent-authority":
                    towards = side == "sender" and all(facts.competent_authority(r) for r in recipients)
                    need = "never" if towards else "always"
                if need == "as-underlying":
                    need = "never" if len(basis.conditions) > 1 else "always"
                if need == "always" and number not in has:
                    lacking.setdefault(agency.id, (flow, basis, []))[2].append(number)
    by_place: dict[Path, tuple[Flow, list[str], set[str]]] = {}
    for agency_id, (flow, basis, numbers) in lacking.items():
        at = (*basis.at, "schedule_1" if basis.schedule_1 else "article_10")
        place = by_place.setdefault(at, (flow, [], set()))
        place[1].append(agency_id)
        place[2].update(numbers)
    for at, (flow, agencies, wanted) in by_place.items():
        shown = ", ".join(sorted(wanted, key=int))
        which = f"paragraph{'s' if len(wanted) > 1 else ''} {shown} of Schedule 1"
        who = spoken(tuple(agencies))
        yield Hit(
            at,
            f"{who} {'relies' if len(agencies) == 1 else 'rely'} on {which} in `{flow.id}`, which needs an appropriate policy "
            "document naming it; none does",
            f"add under `governance.policy_documents`: `agency: [{', '.join(agencies)}]`, `conditions: [{shown}]` and where it is",
            rests_on=("governance", "policy_documents"),
            also=at_each(agreement.agencies[a] for a in agencies) if len(agencies) > 1 else (),
        )
    if unconditioned and not lacking and not agreement.governance.get("policy_documents"):
        yield Hit(
            ("governance", "policy_documents"),
            f"offence data reaches {names(unconditioned.values())} without official authority for it, and no appropriate policy "
            "document is named, which nearly every condition they could choose needs",
            "add `policy_documents:` under `governance:` with each agency, the conditions its document names and where it is",
            missing=True,
        )
