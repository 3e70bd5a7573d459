"""A paper as a Word document, laid into a template that a partnership may replace by its own.

A template is a Word document with words in braces, which are filled in: `{{ agreement }}`, alone in a paragraph, is where the
document goes, and `template.WORDS` are the others. The template is the partnership's own and is still not trusted: what it may
say in braces is confined, and what an agreement says is put in as text after that, so that it is never read as anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date, datetime
from io import BytesIO
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt

from sharecheck import press
from sharecheck.brand import PLAIN, Brand
from sharecheck.formats.docx.parts import (
    borders,
    element,
    field_begins,
    fit,
    header_row,
    mark,
    packed,
    page_of,
    turned,
    widths,
)
from sharecheck.formats.docx.template import SOFT, Filled, filled
from sharecheck.formats.docx.template import blank as blank
from sharecheck.paper.model import (
    Bullets,
    Cell,
    Definitions,
    Entry,
    Figure,
    Heading,
    Line,
    Notice,
    Paper,
    Paragraph,
    Section,
    Signing,
    Table,
)  # fmt: skip

_SHADE = "F2F4F6"
_PPI = 200
_TALL = 700
"""A row with more letters than this in a cell may go on on the next page."""
_SAID_AT_MOST = 255
"""How long a property of a document may be."""


def render(
    paper: Paper, pictures: Mapping[str, str], on: date, brand: Brand = PLAIN, template: bytes | None = None
) -> bytes:
    """The document; `pictures` are SVG texts by name, `on` is the day it bears, `template` a Word document or our own.

    Raises `SettingsError` where the template is none, or says in braces what it may not; `PressError` where a picture cannot
    be made.
    """
    laid = filled(template if template is not None else blank(brand), paper, brand)
    _Writer(laid, paper, pictures, on, brand).write()
    made = laid.document
    about = made.core_properties
    about.title, about.subject, about.comments = (
        fit(text)[:_SAID_AT_MOST] for text in (paper.running.title, paper.kind, paper.made)
    )
    about.author, about.keywords, about.last_modified_by, about.language, about.revision = "", "", "", "en-GB", 1
    about.created = about.modified = datetime(on.year, on.month, on.day)
    return packed(made)


class _Writer:
    """Lays a paper into an open document, in place of the paragraph that says where."""

    def __init__(self, laid: Filled, paper: Paper, pictures: Mapping[str, str], on: date, brand: Brand) -> None:
        self.made = made = laid.document
        self.place = laid.place
        self.used = laid.used
        self.paper = paper
        self.pictures = pictures
        self.on = on
        self.brand = brand
        self.end = made.element.body.sectPr if made.element.body.sectPr is not None else made.element.body._add_sectPr()
        self.lying = False
        self.bulleted = True
        self.marks = 0
        self.anchors: dict[str, str] = {}

    def write(self) -> None:
        """The whole paper."""
        if self.paper.running.band:
            for header in self._kinds("header"):
                self._band(header)
        if self.paper.running.digest and "digest" not in self.used:
            for footer in self._kinds("footer"):
                self._foot(footer)
        if "title" not in self.used:
            self._paragraph("Subtitle").add_run(fit(self.paper.kind))
            self._paragraph("Title").add_run(fit(self.paper.title))
        for notice in self.paper.notices:
            self._notice(notice)
        self._definitions(self.paper.facts)
        self._contents()
        for number, section in enumerate(self.paper.sections, 1):
            self._section(number, section)
        if self.lying:
            self._turn(lying=False)
        self.place.getparent().remove(self.place)

    def _kinds(self, name: str) -> Iterator[Any]:
        """Every header, or footer, that some page of the template has: of first and of even pages where they have their own."""
        even = self.made.settings.odd_and_even_pages_header_footer
        for number, section in enumerate(self.made.sections):
            first = section.different_first_page_header_footer
            for kind, there in ((name, True), (f"first_page_{name}", first), (f"even_page_{name}", even)):
                part = getattr(section, kind)
                if there and not (number and part.is_linked_to_previous):
                    part.is_linked_to_previous = False
                    yield part

    def _foot(self, footer: Any) -> None:
        """Says what was printed, and where in it this page is, for a template that does not."""
        running = self.paper.running
        paragraph = footer.add_paragraph(fit(f"{running.version} · Digest {running.digest} · "))
        page_of(paragraph)

    def _band(self, header: Any) -> None:
        """Says at the head of every page what must not be taken for an agreement in force."""
        made = OxmlElement("w:p")
        header._element.insert(0, made)
        paragraph = header.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(fit(f"{self.paper.running.band}. {self.paper.running.warning}"))
        run.bold, run.font.size = True, Pt(12)

    # paragraphs

    def _style(self, name: str) -> Any:
        """A style by its name; one that the template lacks is added."""
        if name not in self.made.styles:
            made = self.made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=True)
            made.base_style = self.made.styles.default(WD_STYLE_TYPE.PARAGRAPH)
            level = re.fullmatch(r"Heading (\d)", name)
            if level:
                made.font.bold, made.font.size = True, Pt(17 - 2 * int(level[1]))
                made.element.get_or_add_pPr().append(element("outlineLvl", val=str(int(level[1]) - 1)))
                made.paragraph_format.keep_with_next = True
            elif name.startswith("List"):
                self.bulleted = False
                made.paragraph_format.left_indent = Mm(6)
        return self.made.styles[name]

    def _paragraph(self, style: str = "Normal") -> Any:
        made = self.made.add_paragraph(style=self._style(style))
        self.place.addprevious(made._element)
        return made

    def _heading(self, text: str, level: int) -> Any:
        made = self._paragraph(f"Heading {level}")
        made.add_run(fit(text))
        return made

    def _said(self, paragraph: Any, line: Line, size: float | None = None) -> None:
        link = self._link(line.to)
        for text, name in line.pieces:
            run = paragraph.add_run(fit(text))
            run.bold = True if line.manner == "strong" else None
            run.italic = True if line.manner == "gap" else None
            run.font.size = Pt(size) if size else None
            if line.manner in ("quiet", "gap"):
                run.font.color.rgb = SOFT
            if name:
                run.font.name = "Consolas"
            if line.language:
                run._element.get_or_add_rPr().append(element("lang", val=f"{line.language}-GB"))
            if link is not None:
                run.font.underline = not line.to.startswith("#") or None
                link.append(run._element)
        if link is not None:
            paragraph._element.append(link)

    def _link(self, to: str) -> Any:
        """What leads to a place in the paper, a file beside it or the web; None for nowhere."""
        if to.startswith("#"):
            return element("hyperlink", anchor=self._anchor(to[1:]))
        if not to:
            return None
        made = element("hyperlink")
        made.set(qn("r:id"), self.made.part.relate_to(to, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        return made

    def _anchor(self, place: str) -> str:
        """What a place in the paper is called in the file, which does not take long names."""
        return self.anchors.setdefault(place, f"at-{len(self.anchors) + 1}")

    def _cell(self, cell: Any, lines: Cell, size: float | None = None) -> None:
        for i, line in enumerate(lines):
            paragraph = cell.paragraphs[0] if i == 0 else cell.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(2)
            self._said(paragraph, line, size)

    # the parts of a paper

    def _contents(self) -> None:
        """A field that Word can renew with page numbers, filled in with a link to each section."""
        self._heading("Contents", 1)
        for number, section in enumerate(self.paper.sections, 1):
            paragraph = self._paragraph()
            paragraph.paragraph_format.space_after = Pt(1)
            if number == 1:
                field_begins(paragraph, r'TOC \o "1-1" \h \z \u')
            self._said(paragraph, Line(f"{number}. {section.title}", to=f"#{section.id}"))
            if number == len(self.paper.sections):
                paragraph.add_run()._element.append(mark("end"))

    def _section(self, number: int, section: Section) -> None:
        lies = section.wide or self._lies(section)
        turned = lies != self.lying
        if turned:
            self._turn(lying=lies)
        heading = self._heading(f"{number}. {section.title}", 1)
        heading.paragraph_format.page_break_before = True if (section.apart or lies) and not turned else None
        self._bookmark(heading, section.id)
        for block in section.blocks:
            self._block(block, section)

    def _lies(self, section: Section) -> bool:
        """Whether a section is a picture alone that wants the long side of the page."""
        if not section.blocks or not all(
            isinstance(one, Figure) and one.picture in self.pictures for one in section.blocks
        ):
            return False
        wide, high = press.size(self.pictures[section.blocks[0].picture])  # type: ignore[union-attr]  # a figure
        return wide > high * 1.1

    def _block(self, block: Any, section: Section) -> None:
        match block:
            case Heading():
                heading = self._heading(block.text, 3 if block.under else 2)
                if block.id:
                    self._bookmark(heading, block.id)
            case Paragraph():
                self._said(self._paragraph(), block.line)
            case Bullets():
                for item in block.items:
                    for i, line in enumerate(item):
                        paragraph = self._paragraph("List Continue" if i else "List Bullet")
                        if i == 0 and not self.bulleted:
                            paragraph.add_run("• ")
                        self._said(paragraph, line)
            case Definitions():
                self._definitions(block.entries)
            case Table():
                self._table(block, wide=section.wide)
            case Figure():
                self._figure(block, alone=len(section.blocks) == 1)
            case Notice():
                self._notice(block)
            case Signing():
                self._signing(block)

    @property
    def _room(self) -> tuple[int, int]:
        """The width and height within the margins of the page as it lies now, in EMU."""
        size, margins = self.end.find(qn("w:pgSz")), self.end.find(qn("w:pgMar"))

        def length(part: Any, name: str, otherwise: int) -> int:
            written = part.get(qn(f"w:{name}")) if part is not None else None
            return int(written) * 635 if written and written.lstrip("-").isdigit() else otherwise

        wide, high = length(size, "w", Mm(210)), length(size, "h", Mm(297))
        across = length(margins, "left", Mm(20)) + length(margins, "right", Mm(20))
        down = abs(length(margins, "top", Mm(25))) + abs(length(margins, "bottom", Mm(25)))
        if self.lying:
            wide, high = high, wide
        return max(wide - across, Mm(40)), max(high - down, Mm(40))

    def _grid(self, rows: int, weights: Sequence[float], *, lines: bool = True) -> Any:
        """An empty table across the page, with columns by weight."""
        table = self.made.add_table(rows=rows, cols=len(weights))
        self.place.addprevious(table._element)
        table.autofit = False
        room = self._room[0]
        for column, weight in zip(table.columns, weights, strict=True):
            column.width = Emu(int(room * weight / sum(weights)))
        if lines:
            borders(table, inside=True)
        return table

    def _definitions(self, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        table = self._grid(len(entries), (28, 72), lines=False)
        cells = table._cells
        for i, entry in enumerate(entries):
            self._cell(cells[2 * i], (Line(entry.name, "strong"),))
            self._cell(cells[2 * i + 1], entry.says)
        widths(table, cells)
        self._after()

    def _table(self, block: Table, *, wide: bool) -> None:
        size = 8.0 if wide else 9.0
        caption = self._paragraph("Caption")
        caption.paragraph_format.keep_with_next = True
        caption.add_run(fit(block.caption))
        table = self._grid(len(block.rows) + 1, [column.weight for column in block.columns])
        cells, many = table._cells, len(block.columns)
        for j, column in enumerate(block.columns):
            self._cell(cells[j], (Line(column.title, "strong"),), 7 if column.number else size - 0.5)
            cells[j]._tc.get_or_add_tcPr().append(element("shd", val="clear", color="auto", fill=_SHADE))
        header_row(table.rows[0])
        for i, (row, line) in enumerate(zip(block.rows, table._tbl.tr_lst[1:], strict=True), 1):
            for j, cell in enumerate(row):
                self._cell(cells[i * many + j], cell, size)
            if max(sum(len(line.text) + 20 for line in cell) for cell in row) <= _TALL:
                line.get_or_add_trPr().append(element("cantSplit"))
            for j in (j for j, column in enumerate(block.columns) if column.number):
                for paragraph in cells[i * many + j].paragraphs:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        widths(table, cells)
        self._after()

    def _figure(self, block: Figure, *, alone: bool) -> None:
        if block.picture not in self.pictures:
            self._said(self._paragraph(), Line(block.instead, "gap"))
            return
        svg = self.pictures[block.picture]
        wide, high = press.size(svg)
        room, down = self._room
        down = down - Mm(30) if alone else int(down * 0.72)
        scale = min(1.0, room / Pt(wide), down / Pt(high))
        data = press.raster(press.picture(svg).encode(), ".svg", self.on, _PPI)
        paragraph = self._paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        shape = paragraph.add_run().add_picture(BytesIO(data), width=Emu(int(Pt(wide) * scale)))
        for side in ("distT", "distB", "distL", "distR"):
            shape._inline.set(side, "0")
        shape._inline.docPr.set("descr", fit(block.instead))
        shape._inline.docPr.set("name", f"Picture {shape._inline.docPr.get('id')}")
        if block.caption:
            self._paragraph("Caption").add_run(fit(block.caption))

    def _notice(self, notice: Notice) -> None:
        table = self._grid(1, (1,), lines=False)
        borders(table, colour=self.brand.accent[1:].upper(), weight=18)
        self._cell(table._cells[0], (Line(notice.title, "strong"), *notice.lines))
        widths(table, table._cells)
        self._after()

    def _signing(self, block: Signing) -> None:
        table = self._grid(3, (1, 1), lines=False)
        borders(table)
        post = (Line(f"Signs for it: {block.post}"),) if block.post else ()
        top = table.cell(0, 0).merge(table.cell(0, 1))
        self._cell(top, (Line(block.agency, "strong"), *post, *block.standing))
        for i, (left, right) in enumerate((("Name", "Post"), ("Signature", "Date")), 1):
            for j, label in enumerate((left, right)):
                self._cell(table.cell(i, j), (Line(f"{label}: {'.' * 42}"),))
            table.rows[i].height, table.rows[i].height_rule = Mm(13), WD_ROW_HEIGHT_RULE.AT_LEAST
        for line in table._tbl.tr_lst:
            line.get_or_add_trPr().append(element("cantSplit"))
        for cell in {id(one): one for one in table._cells}.values():
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True
        self._after()

    def _after(self) -> None:
        """A little room after a table, without which Word would join it to the next."""
        made = self._paragraph()
        made.paragraph_format.space_after = Pt(4)
        made.paragraph_format.line_spacing = Pt(6)

    # places and pages

    def _bookmark(self, paragraph: Any, place: str) -> None:
        self.marks += 1
        number = str(self.marks)
        paragraph._element.append(element("bookmarkStart", id=number, name=self._anchor(place)))
        paragraph._element.append(element("bookmarkEnd", id=number))

    def _turn(self, *, lying: bool) -> None:
        """Ends the pages that lie as they do, and goes on with such as lie the other way."""
        ends = deepcopy(self.end)
        if self.lying:
            turned(ends)
        kind = ends.find(qn("w:type"))
        if kind is not None:
            ends.remove(kind)
        last = self._paragraph()
        last.paragraph_format.space_after, last.paragraph_format.line_spacing = Pt(0), Pt(1)
        last._element.get_or_add_pPr().append(ends)
        title = self.end.find(qn("w:titlePg"))
        if title is not None:
            self.end.remove(title)
        self.lying = lying
