"""What differs between two versions as an HTML page that needs nothing else: no script, no network."""

from __future__ import annotations

import re

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from sharecheck.change.telling import KINDS, VERDICTS, Told


def changes(told: Told) -> str:
    """What differs between two versions, as a page."""
    environment = _environment()
    return environment.get_template("changes.html.j2").render(
        title=f"What changes: {told.old} to {told.new}",
        style=_style(environment),
        told=told,
        kinds=KINDS,
        verdicts=VERDICTS,
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("sharecheck.formats"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters["words"] = _words
    return environment


def _style(environment: Environment) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, "page.css")[0]


def _words(text: str) -> Markup:
    """A text with its backticked words as code; everything else escaped."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))
