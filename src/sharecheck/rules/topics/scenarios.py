"""Scenarios: an agreement answers the questions that its partners asked of it as they said it would."""

from __future__ import annotations

from collections.abc import Iterator

from sharecheck.agreement import Agreement
from sharecheck.rules import Hit, Severity, reading, references, rule
from sharecheck.rules.facts import Facts

_FIX = (
    "agree which of the two is meant: put right the flow or the prohibition, or what the scenario asks or expects; "
    "`sharecheck test` tries all of them"
)


@rule(
    Severity.ERROR, "agreement", ("agreement-format",), mark="scenario",
    where=lambda agreement, facts: bool(agreement.fields.get("scenarios") or facts.scenarios) and not facts.over,
)  # fmt: skip
def scenario_fails(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A scenario is not answered as the partners expect."""
    from sharecheck import scenarios  # only where there are any: it brings in the whole policy

    misnamed = {at[:2] for at, name, _, known in references.of_scenarios(agreement, facts) if name not in known}
    filed = []
    for result in scenarios.failing(reading.policy(facts), facts.scenarios):
        scenario = result.scenario
        why = f"{result.why}. {scenarios.ground(result.got)}" if result.got else result.why
        if scenario.document is not agreement.document:
            filed.append(f"`{scenario.id}` ({scenario.file}, line {scenario.place[0]}): {why}")
        elif scenario.at not in misnamed and scenario.given and scenario.expected:
            yield Hit((*scenario.at, "expect"), f"the scenario `{scenario.id}` fails: {why}", _FIX)
    if filed:
        yield Hit(("scenarios",), f"scenarios about this agreement fail: {'; '.join(filed)}", _FIX)
