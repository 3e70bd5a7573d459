"""The form: whether a file is an agreement that can be read at all."""

from __future__ import annotations

from collections.abc import Iterator

from sharecheck.rules import Hit, Severity, rule
from sharecheck.rules.facts import Facts


@rule(Severity.ERROR, "misfits", ("agreement-format",), mark="format", waivable=False)
def format_misfit(misfit: object, facts: Facts) -> Iterator[Hit]:
    """The file does not have the form of an agreement, so nothing in it can be relied on."""
    yield from ()  # found by the schema, before there is an agreement that a rule could look at
