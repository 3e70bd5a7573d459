"""References that name nothing: the place, the id, what it should name, and the ids there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sharecheck.agreement import Agreement, listed
from sharecheck.rules.facts import Facts
from sharecheck.source import Path

Reference = tuple[Path, str, str, Iterable[str]]


def of_scenarios(agreement: Agreement, facts: Facts) -> Iterator[Reference]:
    """What the scenarios of an agreement name and nobody knows, as far as it is looked up: flows, items, and who and what is
    asked about."""
    for key, scenario in agreement.fields.get("scenarios", {}).items():
        expect = scenario.get("expect")
        if isinstance(expect, Mapping) and "flow" in expect:
            clauses = {**agreement.flows, **(agreement.fields.get("never") or {})}
            yield ("scenarios", key, "expect", "flow"), expect["flow"], "flow", clauses
        if isinstance(expect, Mapping):
            yield from unknown(
                ("scenarios", key, "expect", "withhold"), expect.get("withhold"), "item", agreement.items
            )
        given = scenario.get("given")
        for i, question in enumerate(listed(given)):
            at: Path = ("scenarios", key, "given", i) if isinstance(given, list) else ("scenarios", key, "given")
            yield from _asked(at, question, agreement, facts)


def _asked(at: Path, question: Mapping[str, object], agreement: Agreement, facts: Facts) -> Iterator[Reference]:
    """The ids in a question; each may be the agreement's own or a word of the shared vocabulary."""

    def askable() -> tuple[tuple[str, str, dict[str, None]], ...]:
        terms = facts.book.terms
        people = dict.fromkeys(
            (*agreement.roles, *agreement.agencies, *terms("role-types"), *terms("agency-types"), "any")
        )
        return (
            ("from", "role or agency", people),
            ("to", "role or agency", people),
            ("data", "item", dict.fromkeys((*agreement.items, *terms("data-categories")))),
            ("about", "subject", dict.fromkeys((*agreement.subjects, *terms("subject-types")))),
            ("purpose", "purpose", dict.fromkeys((*agreement.purposes, *terms("purposes")))),
        )

    for name, what, known in facts.once(("askable", ""), askable):
        for place, one, _, _ in unknown((*at, name), question.get(name), what, known):
            yield place, one.partition("/")[0], what, known


def unknown(at: Path, value: object, what: str, known: Mapping[str, object]) -> Iterator[Reference]:
    """Of one or many ids, those that are not among the ids there are."""
    if isinstance(value, list):
        yield from (((*at, i), one, what, known) for i, one in enumerate(value) if one not in known)
    elif isinstance(value, str) and value not in known:
        yield at, value, what, known
