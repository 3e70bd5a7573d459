"""The parts that a Word document is made of, where the library has no word for them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE = "A8B0B8"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def fit(text: str) -> str:
    """A text that an XML file may hold; what it may not is written as its number."""
    return _UNFIT.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def element(tag: str, **values: str) -> Any:
    """An element of a document, with its attributes."""
    made = OxmlElement(f"w:{tag}")
    for key, value in values.items():
        made.set(qn(f"w:{key}"), value)
    return made


def mark(kind: str) -> Any:
    """Where a field begins (`begin`), its text begins (`separate`) or it ends (`end`)."""
    return element("fldChar", fldCharType=kind)


def field_begins(paragraph: Any, instruction: str) -> None:
    """Begins a field; what it says until Word renews it comes next, and then its end."""
    paragraph.add_run()._element.append(mark("begin"))
    said = element("instrText")
    said.text = f" {instruction} "
    paragraph.add_run()._element.append(said)
    paragraph.add_run()._element.append(mark("separate"))


def page_of(paragraph: Any) -> None:
    """Adds the number of the page, and how many there are."""
    for text, field in (("Page ", "PAGE"), (" of ", "NUMPAGES")):
        paragraph.add_run(text)
        field_begins(paragraph, field)
        paragraph.add_run("1")
        paragraph.add_run()._element.append(mark("end"))
    for run in paragraph.runs:
        run.font.size = Pt(8)


def borders(table: Any, *, inside: bool = False, colour: str = _LINE, weight: int = 6) -> None:
    """Lines round a table, or above, below and between its rows, near to what it says."""
    made = element("tblBorders")
    for side in ("top", "bottom", "insideH") if inside else ("top", "left", "bottom", "right"):
        made.append(element(side, val="single", sz=str(weight), space="0", color=colour))
    table._tbl.tblPr.append(made)
    margins = element("tblCellMar")
    for side in ("left", "right"):
        margins.append(element(side, w="70", type="dxa"))
    table._tbl.tblPr.append(margins)


def widths(table: Any, cells: Sequence[Any]) -> None:
    """Columns as wide in each cell as they are said to be, which some programs look at alone."""
    many = len(table.columns)
    widths = [column.width for column in table.columns]
    for i, cell in enumerate(cells):
        cell.width = widths[i % many]


def header_row(row: Any) -> None:
    """Repeats a row at the head of each page, as the header that it is."""
    row._tr.get_or_add_trPr().append(element("cantSplit"))
    row._tr.get_or_add_trPr().append(element("tblHeader"))


def turned(ends: Any) -> None:
    """Lays the pages of a section on their long side."""
    size = ends.find(qn("w:pgSz"))
    if size is None:
        size = OxmlElement("w:pgSz")
        ends.append(size)
    wide, high = size.get(qn("w:w"), "11906"), size.get(qn("w:h"), "16838")
    size.set(qn("w:w"), high)
    size.set(qn("w:h"), wide)
    size.set(qn("w:orient"), "landscape")


def packed(made: Any) -> bytes:
    """The file, with its parts in order, as they are, since programs squeeze them differently, and no day of the machine in it."""
    written, out = BytesIO(), BytesIO()
    made.save(written)
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for name in sorted(parts.namelist(), key=lambda one: (one != "[Content_Types].xml", one)):
            held = zipfile.ZipInfo(name, _EPOCH)
            held.external_attr, held.create_system = 0o600 << 16, 3
            packed.writestr(held, parts.read(name))
    return out.getvalue()
