"""A table as CSV (RFC 4180) that a spreadsheet opens as it stands.

UTF-8 with a byte order mark, which Excel needs to read accents; lines end in CRLF, and lines within a cell in LF. Agreements are
other people's text, and a spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula: an apostrophe before it
makes it text. So has every cell that begins with one of these, with their wide forms, or with a tab or a line end. Programs that
read the file take one apostrophe off a cell that begins with an apostrophe and one of these.
"""

from __future__ import annotations

import csv
import io

from sharecheck.paper.model import Cell, Table
from sharecheck.paper.reader import shown

MOST = 32_767
"""As many characters as Excel keeps in a cell; it would spill what is more into the next rows."""
_CUT = " … (cut here: a spreadsheet holds no more)"
_BEGINS = frozenset("=+-@\t\r\n＝＋－＠")


def render(table: Table) -> bytes:
    """The table: a row of headings, then a row for each row."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(guarded(column.title) for column in table.columns)
    writer.writerows([guarded(text(cell)) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig", "replace")


def text(cell: Cell) -> str:
    """The lines of a cell, one below the other."""
    return "\n".join(shown(line.text.replace("\r", "")) for line in cell)


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula, and that fits into a cell."""
    safe = f"'{text}" if text[:1] in _BEGINS else text
    return safe if len(safe) <= MOST else safe[: MOST - len(_CUT)] + _CUT
