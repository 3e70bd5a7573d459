"""`sharecheck rules`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import typer

from sharecheck.cli.exits import Exit
from sharecheck.errors import SettingsError

if TYPE_CHECKING:
    from sharecheck.rules import Rule
    from sharecheck.settings import Settings

LONGEST = 80
"""How many letters the name of a rule may have, as its form has it."""


def rules(
    topic: str = typer.Argument(None, help="Only this topic, such as consent."),
    as_json: bool = typer.Option(False, "--json", help="As JSON."),
    new: str = typer.Option(
        None, "--new", metavar="NAME", help="Begin a rule of your own, in the folder of your rules."
    ),
) -> None:
    """List the rules, topic by topic, with the severity of each."""
    from sharecheck import rules as engine
    from sharecheck.cli import reading
    from sharecheck.report import counted

    found, _ = reading.settings([], None)
    if new is not None:
        begin(new, found)
        raise typer.Exit(Exit.FINE)
    every = (*engine.load(), *reading.own_rules(found, reading.day(None)))
    topics = list(dict.fromkeys(rule.topic for rule in every))
    if topic is not None and topic not in topics:
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
                "origin": rule.origin or "sharecheck",
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
                typer.echo(f"  {rule.id:<{width}}  {rule.severity.value:<7}  {rule.summary}{mark(rule)}")
        typer.echo("")
    typer.echo(
        f"{counted(len(shown), 'rule')}. `sharecheck explain RULE` says why each matters, with its sources and examples."
    )


def mark(rule: Rule) -> str:
    """Where a rule is from, if it is not one of sharecheck's."""
    return f" (own: {rule.origin})" if rule.origin else ""


def begin(name: str, found: Settings) -> None:
    """Write a commented rule to start from; raises `SettingsError` where it could not be asked, or is there already."""
    from importlib.resources import files
    from importlib.util import find_spec

    from sharecheck import repository
    from sharecheck import rules as engine
    from sharecheck.cli import reading
    from sharecheck.own.expression import PACKAGE

    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) or len(name) > LONGEST or name == "sharecheck":
        raise SettingsError(
            f"`{name}` cannot be the name of a rule",
            "name the fault in a few lower-case words joined by hyphens: photo-to-others",
        )
    if name in {taken for rule in engine.load() for taken in (rule.id, rule.topic)}:
        raise SettingsError(f"`{name}` is the name of a rule or topic of sharecheck", "choose another name")
    if found.file is None:
        raise SettingsError(
            "there is no sharecheck.yaml here, beside which your own rules would be", "begin with `sharecheck init`"
        )
    folder = next((place for place in found.own_rules if not place.is_file()), found.root / "rules")
    target = folder / f"{name}.yaml"
    if target.exists():
        raise SettingsError(f"`{target.as_posix()}` is already there, and was left alone", "choose another name")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"`{folder}` cannot be made: {error.strerror}", "check who may write there") from None
    text = (files("sharecheck.cli") / "templates" / "rule.yaml").read_text(encoding="utf-8")
    reading.deliver(text.replace("NAME", name), target, protect=False)
    lacking = "" if find_spec("cel_expr_python") else f"pip install '{PACKAGE}' (once, where sharecheck is installed), "
    typer.echo(
        f"wrote {repository.name_of(target)}\n\nNow: {lacking}make it your rule (docs/own-rules.md), then run `sharecheck rules "
        "own`."
    )
