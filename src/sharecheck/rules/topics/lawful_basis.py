"""Lawful basis: each side of a flow names one that it may use, with the conditions that must go with it."""

from __future__ import annotations

from collections.abc import Iterator

from sharecheck.agreement import Agency, Basis, Flow
from sharecheck.rules import Ask, Hit, Severity, rule
from sharecheck.rules.facts import Facts, names, spoken

_BOTH = ("sender", "recipient")


def _personal(flow: Flow, facts: Facts) -> bool:
    return facts.personal(flow)


def _based(flow: Flow, facts: Facts) -> Iterator[tuple[str, Agency, Basis | None]]:
    """Each agency of a flow that needs a basis of its own, with the side it is on and the basis stated."""
    for side, agency in facts.sides(flow):
        if facts.decides(agency):
            yield side, agency, flow.basis(agency.id, side)


@rule(Severity.ERROR, "flows", ("ico-summary",), mark="LAW-01", where=_personal)
def basis_missing(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """A flow names no lawful basis for its sender or for its recipient."""
    lacking: dict[str, list[Agency]] = {side: [] for side in _BOTH}
    for side, agency, basis in _based(flow, facts):
        if basis is None or not (basis.article_6 or basis.part_3):
            lacking[side].append(agency)
    if lacking["sender"] and lacking["recipient"] and not any(flow.bases()):
        yield Hit(
            flow.path("lawful_basis"),
            f"`{flow.id}` names no lawful basis, for the sender or for the recipient; a power to share is not one",
            "add `lawful_basis:` with `article_6` for `sender:` and for `recipient:`",
            missing=True,
        )
        return
    for side in _BOTH:
        if lacking[side]:
            yield Hit(
                flow.path("lawful_basis", side),
                f"`{flow.id}` names no lawful basis for the {side} ({names(lacking[side])})",
                f"add `{side}:` with `article_6` under `lawful_basis:` ({'or write `recipient: same`' if side == 'recipient' else 'each body needs its own'})",
                missing=True,
            )


def _has_basis(flow: Flow, _: Facts) -> bool:
    return any(flow.bases())


@rule(Severity.ERROR, "flows", ("duaa-2025-s70-2-c", "ico-audit-legality"), mark="LAW-02", where=_has_basis)
def public_body_on_legitimate_interests(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """A public authority uses a basis that is closed to public authorities doing their tasks."""
    for _, agency, basis in _based(flow, facts):
        if basis and facts.public_authority(agency) and facts.basis_is(basis, "closed_to_public_authorities"):
            yield Hit(
                (*basis.at, "article_6"),
                f"`{agency.id}` is a public authority and may not use {spoken(basis.article_6)} for its tasks",
                "use 6(1)(e), with the function it rests on, or 6(1)(c) where a duty applies",
            )


@rule(Severity.ERROR, "flows", ("duaa-2025-s70",), mark="LAW-03", where=_has_basis)
def borrowed_task(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """A body that is not a public authority rests on a public task that is not its own."""
    since = facts.book.term("article-6", "6(1)(e)").facts.get("own_task_from", "")
    if facts.on.isoformat() < since:
        return
    stated = {agency.id for _, agency, basis in _based(flow, facts) if basis}
    others = [b for _, a, b in _based(flow, facts) if b and facts.public_authority(a)]
    for side, agency, basis in _based(flow, facts):
        if facts.public_authority(agency):
            continue
        if basis and facts.basis_is(basis, "public_task") and not basis.fields.get("task"):
            yield Hit(
                (*basis.at, "article_6"),
                f"`{agency.id}` is not a public authority and rests on a public task, but names no task of its own in law; "
                "it cannot borrow another body's",
                "name its own task under `task:`, or use 6(1)(ea) (`annex_1: 1` on a recorded request, 6 for safeguarding), "
                "or 6(1)(c) where a law obliges it",
            )
        elif side == "sender" and agency.id not in stated and others and all(facts.basis_is(b, "public_task") for b in others):
            yield Hit(
                flow.path("lawful_basis", side),
                f"`{agency.id}` is not a public authority, and the only basis named for `{flow.id}` is another body's public "
                "task, which it cannot borrow",
                "give it a basis of its own: 6(1)(ea) with `annex_1: 1` and a recorded request, or 6(1)(c) if a law obliges it",
                missing=True,
            )


@rule(
    Severity.ERROR, "flows", ("duaa-2025-sch4", "ico-recognised-interest-request"),
    mark="LAW-04", where=_has_basis,
)  # fmt: skip
def request_unrecorded(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """A disclosure for another body's public task rests on its request, and no record of the request is named."""
    for basis in flow.bases():
        on_request = basis.fields.get("annex_1") == 1
        if facts.basis_is(basis, "recognised_interest") and on_request and not basis.fields.get("request"):
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
    if any(p and p.kind == "duty" for _, p in found):
        return
    for basis in flow.bases():
        if facts.basis_is(basis, "duty"):
            unmatched = [written for written, p in found if p is None]
            if unmatched:
                yield Ask(
                    (*basis.at, "article_6"),
                    f"`{flow.id}` rests on a legal obligation; whether {spoken(tuple(unmatched))} imposes one is not in the book",
                )
                return
            yield Hit(
                (*basis.at, "article_6"),
                f"`{flow.id}` rests on a legal obligation, but no duty to disclose is named among its gateways",
                "name the duty under `gateways:`, or use 6(1)(e) where the law only permits",
            )


def _carries_special(flow: Flow, facts: Facts) -> bool:
    return bool(facts.special(flow)) and not facts.law_enforcement(flow)


@rule(Severity.ERROR, "flows", ("ico-record", "dpa-2018-s10"), mark="LAW-06", where=_carries_special)
def special_category_condition_missing(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """Special category data is shared and no Article 9 condition is named."""
    special = facts.special(flow)
    fix = "add `article_9:` (care: 9(2)(h) with Schedule 1 paragraph 2; safeguarding: 9(2)(g) with paragraph 18)"
    if not any(basis.article_9 for basis in flow.bases()):
        if any(basis.part_3 for basis in flow.bases()):
            return
        yield Hit(
            flow.path("lawful_basis"),
            f"`{flow.id}` carries {names(special)}, special category data, and no Article 9 condition is named",
            fix,
            missing=True,
        )
        return
    for _, agency, basis in _based(flow, facts):
        if basis and basis.article_6 and not basis.article_9:
            yield Hit(
                (*basis.at, "article_9"),
                f"`{flow.id}` carries {names(special)}, special category data, and `{agency.id}` names no Article 9 condition",
                fix,
                missing=True,
            )


@rule(Severity.ERROR, "flows", ("dpa-2018-s10", "dpa-2018-sch1-para5"), mark="LAW-07", where=_has_basis)
def conditions_do_not_pair(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """An Article 9 condition lacks the Schedule 1 condition it must be paired with, or the paragraph is none."""
    paragraphs = facts.book.terms("schedule-1")
    for basis in flow.bases():
        for name, numbers in (("schedule_1", basis.schedule_1), ("article_10", basis.article_10)):
            for number in numbers:
                if number == "official-authority":
                    continue
                if number not in paragraphs:
                    yield Hit((*basis.at, name), f"Schedule 1 has no condition in paragraph {number} that the book knows", "check the number")
                elif paragraphs[number].is_("not_a_condition"):
                    yield Hit(
                        (*basis.at, name),
                        f"paragraph {number} of Schedule 1 is not a condition: it says when a policy document is needed",
                        "name the condition itself, such as 6 or 18",
                    )
        parts = {paragraphs[n].facts.get("part") for n in basis.schedule_1 if n in paragraphs}
        for article in basis.article_9:
            needed = facts.book.term("article-9", article).facts.get("schedule_1_part")
            if needed and needed not in parts:
                stated = f"paragraph {', '.join(basis.schedule_1)} is not" if basis.schedule_1 else "none is named"
                yield Hit(
                    (*basis.at, "schedule_1" if basis.schedule_1 else "article_9"),
                    f"{article} needs a condition in Part {needed} of Schedule 1, and {stated}",
                    _PAIRS.get(needed, "name one"),
                )


_PAIRS = {
    1: "add `schedule_1:` with the paragraph of Part 1 that fits (2 is health or social care)",
    2: "add `schedule_1:` with the paragraph of Part 2 that fits (18 is safeguarding, 6 statutory functions)",
}


@rule(
    Severity.ERROR, "agreement", ("dpa-2018-sch1-para5", "dpa-2018-sch1-para39", "ico-audit-policy-document"), mark="LAW-08"
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
    unnamed: dict[str, Flow] = {}
    for flow in agreement.flows.values():
        recipients = facts.recipients(flow)
        for side, agency, basis in _based(flow, facts):
            has = facts.policy_conditions(agency)
            if basis and basis.conditions:
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
            elif (
                facts.criminal(flow)
                and not facts.law_enforcement(flow)
                and not has
                and not (basis and basis.article_10)
                and not facts.agency_is(agency, "official_authority")
            ):
                unnamed.setdefault(agency.id, flow)
    for agency_id, (flow, basis, numbers) in lacking.items():
        wanted = sorted(set(numbers), key=int)
        which = f"paragraph{'s' if len(wanted) > 1 else ''} {', '.join(wanted)} of Schedule 1"
        yield Hit(
            (*basis.at, "schedule_1" if basis.schedule_1 else "article_10"),
            f"`{agency_id}` relies on {which} in `{flow.id}`, which needs an appropriate policy document naming it; none does",
            f"add under `governance.policy_documents`: `agency: {agency_id}`, `conditions: [{', '.join(wanted)}]` and where it is",
        )
    for agency_id, flow in unnamed.items():
        if agency_id not in lacking:
            yield Hit(
                flow.path("lawful_basis"),
                f"`{flow.id}` tells of offending, and `{agency_id}`, which has no official authority for that, names neither a "
                "Schedule 1 condition nor a policy document to support one",
                f"name the condition under `article_10:`, and the document under `governance.policy_documents` for `{agency_id}`",
                missing=True,
            )


@rule(Severity.ADVICE, "agreement", ("ico-audit-legality",), mark="book")
def citation_not_in_book(_: object, facts: Facts) -> Iterator[Ask]:
    """Law is named in words that the book does not hold, so a person has to check it."""
    agreement = facts.agreement
    seen: set[str] = set()
    for citation in agreement.law.values():
        if not citation.inherited and facts.book.provision(citation.provision or citation.cites) is None:
            seen.add(citation.cites)
            yield Ask((*citation.at, "cites"), f"“{citation.cites}” is not in the book: check that it says what you rely on")
    for flow in agreement.flows.values():
        for written, provision in facts.gateways(flow):
            if provision is None and written not in seen:
                seen.add(written)
                yield Ask(flow.path("gateways"), f"“{written}” is not in the book: check that it says what you rely on")
