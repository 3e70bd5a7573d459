"""Security: how information travels, who can open what is shared, and what happens when something goes wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sharecheck.agreement import Agreement, Flow, listed, words
from sharecheck.knowledge import Term
from sharecheck.rules import Hit, Severity, rule
from sharecheck.rules.facts import Facts, spoken
from sharecheck.source import Path


def _sends(flow: Flow, facts: Facts) -> bool:
    return bool(flow.methods) and not facts.over and facts.personal(flow)


def _steps(flow: Flow) -> Iterator[tuple[Path, str]]:
    """Each way of sending that a flow names, with where it stands."""
    written = flow.fields["method"]
    at = flow.path("method")
    for i, step in enumerate(listed(written)):
        place = (*at, i) if isinstance(written, list) else at
        if isinstance(step, Mapping):
            yield from (((*place, name), step[name]) for name in ("first", "then") if name in step)
        else:
            yield place, step


def _said(part: Any) -> str:
    """The words of a part that may be written as prose or in named fields."""
    return part if isinstance(part, str) else ". ".join(v for v in (part or {}).values() if isinstance(v, str))


@rule(Severity.ERROR, "flows", ("ico-summary",), mark="SEC-01", where=_sends)
def insecure_method(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """Information about people travels by a way that others can read."""
    for at, method in _steps(flow):
        term = facts.book.term("transfer-methods", method)
        if term.is_("prohibited"):
            yield Hit(
                at,
                f"`{flow.id}` goes by {_lower(term.label)}, where people it is not meant for could read it",
                f"send it by {_secure_ways(facts)}; where somebody is in danger now, telephone",
            )


def _secure_ways(facts: Facts) -> str:
    terms = facts.book.terms("transfer-methods").values()
    return " or ".join(_lower(term.label) for term in terms if term.is_("advised"))


def _lower(label: str) -> str:
    return label[0].lower() + label[1:]


@rule(
    Severity.WARNING, "agreement", ("ico-summary", "ico-record"), mark="SEC-01",
    where=lambda agreement, facts: any(_sends(flow, facts) for flow in agreement.flows.values()),
)  # fmt: skip
def method_security_unsaid(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Information goes by e-mail or post, and nothing says how it is protected on the way."""
    security = agreement.handling.get("security")
    if (isinstance(security, Mapping) and security.get("in_transit")) or facts.phrase(_said(security), "sent-securely"):
        return
    found = [
        (at, flow, facts.book.term("transfer-methods", method))
        for _, flow in sorted(agreement.flows.items()) if _sends(flow, facts)
        for at, method in _steps(flow)
    ]  # fmt: skip
    open_ways = [(at, flow, term) for at, flow, term in found if term.is_("security_unstated")]
    open_ways = [one for one in open_ways if not facts.phrase(one[1].fields.get("text"), "sent-securely")]
    if open_ways:
        flows = tuple(dict.fromkeys(flow.id for _, flow, _ in open_ways))
        ways = " and ".join(dict.fromkeys(_lower(term.label).partition(",")[0] for _, _, term in open_ways))
        yield Hit(
            open_ways[0][0],
            f"{spoken(flows)} {'goes' if len(flows) == 1 else 'go'} by {ways}, and nothing says how it is protected on the way",
            f"send it by {_secure_ways(facts)}, or say under `handling.security.in_transit` how it is protected",
            rests_on=("handling", "security", "in_transit"),
            also=tuple(at for at, _, _ in open_ways),
        )


def _shared(flow: Flow, facts: Facts) -> list[tuple[Path, Term]]:
    """The systems through which a flow opens one agency's records to another, with where each is named."""
    if not _sends(flow, facts) or facts.one_body(flow):
        return []
    ways = [(at, facts.book.term("transfer-methods", method)) for at, method in _steps(flow)]
    return [(at, term) for at, term in ways if term.is_("shared_system")]


@rule(
    Severity.WARNING, "agreement", ("hansard-2006-index",), mark="SEC-02",
    where=lambda agreement, facts: any(_shared(flow, facts) for flow in agreement.flows.values()),
)  # fmt: skip
def shared_system_unwatched(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Several agencies read one system, and nothing says who may open what, or that every look is logged."""
    shared = [(flow, at, term) for _, flow in sorted(agreement.flows.items()) for at, term in _shared(flow, facts)]
    security = agreement.handling.get("security")
    fields = security if isinstance(security, Mapping) else {}
    promises = [promise["must"] for promise in agreement.fields.get("undertakings", {}).values()]
    said = ". ".join([_said(security), *promises, *(flow.fields.get("text", "") for flow, _, _ in shared)])
    by_role = fields.get("access_control") or all(term.is_("access_by_role") for _, _, term in shared)
    lacking = []
    if not by_role and not facts.phrase(said, "role-access"):
        lacking.append(("access_control", "who may open what"))
    if not fields.get("audit") and not facts.phrase(said, "use-logged"):
        lacking.append(("audit", "that every look is logged and somebody checks"))
    if lacking:
        ids = tuple(dict.fromkeys(flow.id for flow, _, _ in shared))
        yield Hit(
            shared[0][1],
            f"{spoken(ids)} {'opens' if len(ids) == 1 else 'open'} one system to several agencies, and nothing says "
            f"{' or '.join(what for _, what in lacking)}",
            f"add {' and '.join(f'`handling.security.{name}:`' for name, _ in lacking)}",
            rests_on=("handling", "security"),
            also=tuple(at for _, at, _ in shared),
        )


@rule(
    Severity.WARNING, "agreement", ("nhsx-agreements-contents",),
    mark="SEC-03", where=lambda agreement, facts: not facts.over and (
        "breach" in agreement.handling or any(map(facts.personal, agreement.flows.values()))
    ),
)  # fmt: skip
def breach_unplanned(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Nothing says whom to tell when information is lost or goes astray, or when the partners hear of it."""
    breach = agreement.handling.get("breach")
    if isinstance(breach, str) or (breach and any(breach.get(name) for name in ("text", "see"))):
        return
    breach = breach or {}
    named = breach.get("contact") or breach.get("reports_to_regulator") or all(
        "dpo" in agency.fields for agency in agreement.parties if facts.decides(agency)
    )  # fmt: skip
    lacking = [("contact", "whom to tell")] * (not named)
    lacking += [("notify_partners_within", "how soon the partners hear of it")] * (
        not breach.get("notify_partners_within")
    )
    if lacking:
        at: Path = ("handling", "breach", lacking[0][0]) if breach else ("handling", "breach")
        yield Hit(
            at,
            f"when information is lost or reaches the wrong person, nothing says {' or '.join(w for _, w in lacking)}",
            f"add {' and '.join(f'`handling.breach.{name}:`' for name, _ in lacking)}",
            missing=True,
        )


@rule(
    Severity.WARNING, "agreement", ("github-data-protection-specification", "uk-gdpr-art-44-49"),
    mark="INT-01", where=lambda agreement, _: isinstance(agreement.handling.get("international"), Mapping),
)  # fmt: skip
def leaves_uk_without_mechanism(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Information leaves the United Kingdom, and nothing says what makes that lawful."""
    stated = agreement.handling["international"]
    home = {"uk", "united kingdom", *facts.book.terms("jurisdictions")}
    countries = [c for c in listed(stated.get("country")) if words(c) not in home]
    if not stated.get("any", bool(countries)) or stated.get("mechanism", "none") != "none":
        return
    if not facts.phrase(stated.get("text"), "transfer-mechanism"):
        where = f" for {' and '.join(countries)}" if countries else ""
        offered = [m for m in facts.book.terms("transfers-abroad") if m != "none"]
        yield Hit(
            ("handling", "international", "mechanism"),
            f"information leaves the United Kingdom{where}, and nothing says what makes that lawful",
            f"add `mechanism:` with one of {spoken(tuple(offered))}, or keep the information in the United Kingdom",
            missing="mechanism" not in stated,
        )
