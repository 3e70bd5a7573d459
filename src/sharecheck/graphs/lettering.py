"""How much room texts take in a picture, and how a picture holds them."""

from __future__ import annotations

import re
import unicodedata
from xml.sax import saxutils

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ORDER = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def escape(text: str) -> str:
    """A text as XML can hold it; marks that would turn the direction of what follows are dropped."""
    return saxutils.escape(_ORDER.sub("", _NOT_XML.sub(" ", text)), {'"': "&quot;"})


_WIDTHS = {
    **dict.fromkeys("ijl'", 22), **dict.fromkeys(" !,./:;I[\\]ft|", 28), **dict.fromkeys("()-r`\"", 35),
    **dict.fromkeys("*ckJsvxyz^{}", 50), **dict.fromkeys("FTZ", 61), **dict.fromkeys("&ABEKPSVXY", 67),
    **dict.fromkeys("CDHNRUw", 73), **dict.fromkeys("GOQ", 78), **dict.fromkeys("mM", 84), **dict.fromkeys("W%", 95),
    "@": 102,
}  # fmt: skip
"""Hundredths of the size that letters of a sans serif take, those of most being 56."""


def measure(text: str, size: float, *, bold: bool = False) -> float:
    """About how wide a text is, in points; accents take no room and letters of the Far East a full square."""
    hundredths = 0
    for one in unicodedata.normalize("NFD", text):
        if not unicodedata.combining(one):
            wide = unicodedata.east_asian_width(one) in "WF"
            hundredths += 100 if wide else _WIDTHS.get(one, 56 if one.isascii() else 70)
    return hundredths * size / 100 * (1.07 if bold else 1.0)


def wrapped(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """A text as lines no wider than a width in points; a word that is wider than that is broken."""
    lines: list[str] = []
    line = ""
    for given in text.split():
        word = given
        while measure(word, size, bold=bold) > width:
            fits = max(1, next(n for n in range(1, len(word) + 1) if measure(word[: n + 1], size, bold=bold) > width))
            lines += [line] if line else []
            line, lines, word = "", [*lines, word[:fits]], word[fits:]
        longer = f"{line} {word}".strip()
        if line and measure(longer, size, bold=bold) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines
