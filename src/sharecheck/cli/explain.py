"""`sharecheck explain`."""

from __future__ import annotations

import difflib

import typer

from sharecheck.errors import SettingsError


def explain(rule: str = typer.Argument(..., help="The id of a rule, as findings name it.")) -> None:
    """Explain a rule: why it matters, its sources, an example that fails, one that passes, and the fix."""
    from datetime import date

    from sharecheck import knowledge
    from sharecheck import rules as engine
    from sharecheck.cli import reading
    from sharecheck.formats import rule_page

    every = {one.id: one for one in engine.load()}
    if rule not in every:
        every |= {one.id: one for one in reading.own_rules(reading.settings([], None)[0], reading.day(None))}
    if rule not in every:
        near = difflib.get_close_matches(rule, list(every), 3, 0.5)
        hint = f"did you mean {' or '.join(f'`{name}`' for name in near)}?" if near else "see `sharecheck rules`"
        raise SettingsError(f"there is no rule `{rule}`", hint)
    book = knowledge.load(date.max)
    typer.echo(rule_page.render(every[rule], book), nl=False)
