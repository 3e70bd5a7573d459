"""`sharecheck rules`."""

from __future__ import annotations

import typer

from sharecheck.cli.exits import Exit
from sharecheck.errors import SettingsError


def rules(
    topic: str = typer.Argument(None, help="Only this topic, such as consent."),
    as_json: bool = typer.Option(False, "--json", help="As JSON."),
) -> None:
    """List the rules, topic by topic, with the severity of each."""
    from sharecheck import rules as engine

    every = engine.load()
    topics = list(dict.fromkeys(rule.topic for rule in every))
    if topic and topic not in topics:
        raise SettingsError(f"there is no topic `{topic}`", f"the topics are {', '.join(topics)}")
    shown = [rule for rule in every if topic in (None, rule.topic)]
    if as_json:
        import json

        rows = [
            {
                "id": rule.id,
                "topic": rule.topic,
                "severity": rule.severity.value,
                "summary": rule.summary,
                "sources": list(rule.cites),
                "catalogue": rule.mark,
            }
            for rule in shown
        ]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        raise typer.Exit(Exit.FINE)
    width = max(len(rule.id) for rule in shown)
    for heading in dict.fromkeys(rule.topic for rule in shown):
        typer.echo(f"{heading.replace('-', ' ').capitalize()}")
        for rule in shown:
            if rule.topic == heading:
                typer.echo(f"  {rule.id:<{width}}  {rule.severity.value:<7}  {rule.summary}")
        typer.echo("")
    typer.echo(f"{len(shown)} rules. `sharecheck explain RULE` says why each matters, with its sources and examples.")
