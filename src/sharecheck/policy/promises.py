"""The agreement layer: flows and prohibitions, each as the circumstances in which it says something.

Silence says nothing: what no flow covers is left to the law and the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sharecheck.agreement import Agreement, Flow, listed, split_address
from sharecheck.knowledge import Book
from sharecheck.policy.table import Table, Term


def in_use(agreement: Agreement, book: Book) -> bool:
    """Whether people may rest on an agreement on the book's day: begun, not over, not suspended, not replaced."""
    on = book.on
    begun = agreement.starts is None or agreement.starts <= on
    past = agreement.ends is not None and agreement.ends < on
    stopped = agreement.status in ("suspended", "ended") or "replaced_by" in agreement.fields
    return begun and not past and not stopped


def of_flow(flow: Flow, book: Book, table: Table) -> Iterator[Term]:
    """What a flow says: from its level of concern it covers a question, or covers it if somebody agrees.

    Consent is not needed from the level of concern that `unless` names, nor from significant harm where `unless` names one
    of the reasons not to ask or a refusal gives way to risk; and with such a reason, not wherever asking is unsafe.
    """
    least = table.ranks.get(flow.concern, 0)
    from_here = _from(table, least)
    every, either = frozenset(table.words["consent"]), frozenset(table.words["objection"])
    consent = flow.consent
    model = book.term("consent-models", consent.model) if consent else None
    if consent is None or model is None or not consent.relied_on or not (model.is_("asks") or model.is_("implied")):
        yield Term("covers", from_here, every, either)
    else:
        refusal = book.term("refusals", consent.refused or "")
        excepted = any(word in book.terms("exceptions") for word in consent.unless)
        if model.is_("implied") or model.is_("opt_out"):
            yield Term("covers", from_here, every - {"refused", "withdrawn"}, frozenset(("no",)))
            yield Term("leaves-choice", from_here, every, either)
        else:
            willing = ("given", "unsafe-to-ask") if excepted else ("given",)
            yield Term("covers", from_here, frozenset(willing), either)
            yield Term("asks-advice" if refusal.is_("advises") else "asks", from_here, every, either)
        lifted = [table.ranks[word] for word in consent.unless if word in table.ranks]
        if excepted or refusal.is_("shares_at_risk"):
            lifted.append(table.ranks["significant-harm"])
        if lifted:
            yield Term("covers", _from(table, max(least, min(lifted))), every, either)


def bars(agreement: Agreement) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The prohibitions that say what they forbid; not those written elsewhere (`see`) or not all typed in (`unknown`)."""
    unknown = [split_address(address) for address in agreement.fields.get("unknown", ())]
    for name, bar in (agreement.fields.get("never") or {}).items():
        said = any(part in bar for part in ("from", "to", "data", "about", "purpose"))
        open_ = any(pattern[:2] in (("never", name), ("never", "*")) for pattern in unknown)
        if said and not open_ and "see" not in bar:
            yield name, bar


def of_bar(bar: Mapping[str, Any], book: Book, table: Table) -> Iterator[Term]:
    """What a prohibition says: that it is not shared, below the level of concern at which it lifts."""
    every, either = frozenset(table.words["consent"]), frozenset(table.words["objection"])
    words = listed(bar.get("unless"))
    lifts = [table.ranks[word] for word in words if word in table.ranks]
    lifts += [table.ranks["significant-harm"] for word in words if word in book.terms("exceptions")]
    below = frozenset(table.words["concern"]) - (_from(table, min(lifts)) if lifts else frozenset())
    told = all(word in table.ranks or word in book.terms("exceptions") for word in words)
    yield Term("forbids" if told else "forbids-unless", below, every, either)


def _from(table: Table, rank: int) -> frozenset[str]:
    return frozenset(level for level, place in table.ranks.items() if place >= rank)


def any_of(terms: Iterable[Term], table: Table) -> int:
    """Terms as one number."""
    bits = 0
    for term in terms:
        bits |= table.term(term)
    return bits
