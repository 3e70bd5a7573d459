"""A value to text or bytes: one file a format, each with `render`."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


@cache
def templates() -> Environment:
    """The templates of pages, which escape all that is put into them; loaded with the first page that is made."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("sharecheck.formats"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    made.filters["words"] = _words
    return made


def style(sheet: str) -> str:
    """A style sheet that stands beside the templates."""
    loader = templates().loader
    assert loader is not None
    return loader.get_source(templates(), sheet)[0]


def _words(text: str) -> Markup:
    """A text with its backticked words as code; everything else escaped."""
    from markupsafe import Markup, escape

    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))
