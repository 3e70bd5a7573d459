"""The two examples of a rule, tried when it is loaded: what fails must fail at the marked lines, what passes must pass."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from sharecheck import knowledge, schema
from sharecheck.agreement import Agreement
from sharecheck.errors import SettingsError
from sharecheck.own.refusal import refusal
from sharecheck.rules import Ask, Hit, Rule, page
from sharecheck.rules.facts import Facts
from sharecheck.source import Document, Path

Tie = Callable[[Document], Agreement]
"""How a document becomes an agreement: with the protocol it stands under, where it is one of the partnership's own."""


def try_out(rule: Rule, examples: Document, under: Document, tie: Tie, on: date) -> None:
    """Lay `fails` and `passes` of a document over an agreement and ask the rule; raises `SettingsError` at a surprise."""
    for key in ("fails", "passes"):
        fragment = page.part(examples, key)
        laid = page.lay(fragment, under)
        for misfit in schema.misfits(laid.data):
            raise _refuse(examples, key, laid, misfit.at, f"the example is no agreement: {misfit.message}", misfit.fix)
        agreement = tie(laid)
        facts = Facts(agreement, knowledge.load(agreement.starts or on), (), frozenset({rule.id}))
        parts = list(rule.parts(facts))
        found = [outcome for part in parts for outcome in rule.check(part, facts)]
        hits = [outcome for outcome in found if isinstance(outcome, Hit)]
        for ask in found:
            if isinstance(ask, Ask):
                raise _refuse(examples, key, laid, ask.at, f"on its own example {ask.message}", _UNANSWERED)
        if not parts:
            raise _refuse(
                examples, key, laid, (), f"the rule does not apply to anything in its example under `{key}`", _WITHIN
            )
        if key == "passes" and hits:
            raise _refuse(
                examples, key, laid, hits[0].at, f"the rule finds a fault in the example that should pass, {_told(hits[0])}",
                "change the example, or `require:`",
            )  # fmt: skip
        if key == "fails":
            _compare(rule, examples, laid, hits)


_UNANSWERED = (
    "ask only about what is stated (`when: flow.deadline != null`, or `has(flow.written.retention)`), compare numbers with "
    "numbers and texts with texts, and do not go through one list inside another inside a third"
)
_WITHIN = "let it show a part for which `when:` is true"


def _told(hit: Hit) -> str:
    return f"at `{'.'.join(map(str, hit.at)) or 'title'}`: {hit.message}"


def _compare(rule: Rule, examples: Document, laid: Document, hits: list[Hit]) -> None:
    if not hits:
        raise _refuse(
            examples, "fails", laid, (), "the rule finds no fault in the example that should fail",
            "change the example, or `require:`, which says what must be true",
        )  # fmt: skip
    pattern = re.compile(rf"#(?:\s+\S+)*?\s+{re.escape(rule.id)}(?:\s|$)")
    first = examples.key_span(("fails",)).line
    passes = examples.key_span(("passes",)).line
    last = passes - 1 if passes > first else len(examples.lines)
    marked = {n for n, line in enumerate(examples.lines, 1) if first <= n <= last and pattern.search(line)}
    found = {laid.span(hit.at).line for hit in hits}
    if marked and marked != found:
        shown = " and ".join(f"line {n}" if n else "a line of the agreement under it" for n in sorted(found))
        raise refusal(
            examples, ("fails",), f"the rule finds its fault at {shown}, not at the line marked `# {rule.id}`",
            "move the mark, say with `at:` which field the finding points at, or write that field in the example", key=True,
        )  # fmt: skip


def _refuse(examples: Document, key: str, laid: Document, at: Path, message: str, fix: str) -> SettingsError:
    """At the line of the example, or at its head where the agreement under it says it."""
    if at and laid.span(at).line:
        span = laid.span(at)
        return SettingsError(f"{examples.name}:{span.line}:{span.column}: {message}", fix)
    return refusal(examples, (key,), message, fix, key=True)
