"""Texts in lines, for a terminal or a plain file; words, and addresses with hyphens, stay whole."""

from __future__ import annotations

import textwrap

WIDE, NARROW = 108, 80
"""How long lines are of what is looked through, and of what is read."""


def wrapped(text: str, first: str = "", then: str | None = None, width: int = WIDE) -> list[str]:
    """The lines of a text, the first after `first` and the others after `then`, or after `first` too."""
    rest = first if then is None else then
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def ended(text: str, first: str = "", then: str | None = None, width: int = WIDE) -> str:
    """The same as one text, in which every line ends."""
    return "".join(f"{line}\n" for line in wrapped(text, first, then, width))
