"""`sharecheck schema`."""

from __future__ import annotations

import typer

from sharecheck.errors import SettingsError


def schema(
    name: str = typer.Argument(
        "agreement",
        help="A schema (agreement, scenarios, config, rule, output-validate, output-ask, output-test, "
        "output-calendar) or a vocabulary.",
    ),
) -> None:
    """Print a JSON Schema, or the words that a vocabulary offers."""
    from datetime import date

    from sharecheck import knowledge
    from sharecheck import schema as schemas

    if name in schemas.NAMES:
        typer.echo(schemas.text(name), nl=False)
        return
    book = knowledge.load(date.max)
    if name not in book.vocabularies:
        words = sorted(set(book.vocabularies) - {"phrases"})
        raise SettingsError(
            f"there is no schema or vocabulary `{name}`",
            f"schemas: {', '.join(schemas.NAMES)}; vocabularies: {', '.join(words)}",
        )
    width = max(len(term) for term in book.vocabularies[name])
    for term in book.vocabularies[name].values():
        typer.echo(f"{term.id:<{width}}  {term.label}")
