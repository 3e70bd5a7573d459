"""The Word document that papers are laid into: our own, or a partnership's, with its words in braces filled in."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from sharecheck import press
from sharecheck.brand import PLAIN, Brand
from sharecheck.errors import SettingsError
from sharecheck.formats.docx.parts import element, field_begins, fit, mark, packed
from sharecheck.paper.model import Paper

WORDS = ("title", "kind", "version", "status", "marking", "digest", "warning", "made", "partnership", "agreement")
"""What a template may say in braces."""

HERE = "\u2063sharecheck-agreement\u2063"
"""What stands for a moment where the agreement goes."""
_PPI = 200
SOFT = RGBColor(0x4A, 0x54, 0x5E)
"""The colour of what stands back."""


def blank(brand: Brand = PLAIN) -> bytes:
    """The template that is used where a partnership has none of its own, to begin one from."""
    made = Document()
    for style, size in (
        ("Normal", 10),
        ("Title", 24),
        ("Subtitle", 11),
        ("Heading 1", 15),
        ("Heading 2", 11.5),
        ("Caption", 8.5),
    ):
        font = made.styles[style].font
        font.name, font.size = "Arial", Pt(size)
        _every_script(made.styles[style], "Arial")
        if style != "Normal":
            quiet = style in ("Subtitle", "Caption")
            font.bold, font.italic = not quiet, False
            font.color.rgb = SOFT if quiet else RGBColor(0x14, 0x18, 0x1C)
        if style in ("Title", "Heading 1"):
            font.color.rgb = RGBColor.from_string(brand.main[1:].upper())
    for line in made.styles["Title"].element.findall(f".//{qn('w:pBdr')}"):
        line.getparent().remove(line)
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(26), Mm(22)
    _across(section.header, (("{{ title }}", "left"), ("{{ marking }}", "center"), ("{{ status }}", "right")), bold=2)
    _across(
        section.footer,
        (("{{ version }}", "left"), ("{% if digest %}Digest {{ digest }}{% endif %}", "center"), ("", "right")),
    )
    _page_of(section.footer.tables[0].cell(0, 2).paragraphs[0])
    if brand.logo or brand.name:
        first = made.add_paragraph()
        if brand.logo:
            shape = first.add_run().add_picture(BytesIO(_bitmap(brand)), height=Mm(16))
            shape._inline.docPr.set("name", "Logo")
        first.add_run(f"{'   ' if brand.logo else ''}{{{{ partnership }}}}").bold = True
    made.add_paragraph("{{ kind }}", style="Subtitle")
    made.add_paragraph("{{ title }}", style="Title")
    made.add_paragraph("{{ agreement }}")
    made.add_paragraph().add_run("{{ made }}").font.size = Pt(8)
    made.core_properties.created = made.core_properties.modified = datetime(2000, 1, 1)
    made.core_properties.author = made.core_properties.comments = ""
    return packed(made)


def filled(template: bytes, paper: Paper, brand: Brand) -> Any:
    """The template as an open document with its words filled in; where the agreement goes stands `HERE`."""
    running = paper.running
    said = {
        "title": " ".join(paper.title.split()), "kind": paper.kind, "version": running.version, "status": running.state,
        "marking": running.marking, "digest": running.digest, "warning": running.warning, "made": paper.made,
        "partnership": brand.name, "agreement": HERE,
    }  # fmt: skip
    try:
        opened = DocxTemplate(BytesIO(template))
        opened.init_docx()
    except (zipfile.BadZipFile, KeyError, ValueError):
        raise SettingsError(
            "the template is not a Word document", "save it in Word as .docx, not .doc or .dotx"
        ) from None
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    try:
        opened.render({name: fit(text) for name, text in said.items()}, jinja_env=environment, autoescape=True)
    except TemplateError as error:
        known = ", ".join(f"{{{{ {name} }}}}" for name in WORDS)
        raise SettingsError(
            f"the template says in braces what cannot be filled in: {' '.join(str(error.message).split())}",
            f"what it may say is {known}",
        ) from None
    except Exception as error:  # the template's own damage, of whatever kind
        raise SettingsError(
            f"the template could not be filled in: {type(error).__name__}",
            "open it in Word, and save it again as .docx",
        ) from None
    filled = BytesIO()
    opened.save(filled)
    return Document(filled)  # anew, since what was filled in are not the parts that were open


def _every_script(style: Any, font: str) -> None:
    """Names a font for letters of every script, in place of those of the theme."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), font)


def _across(part: Any, cells: Sequence[tuple[str, str]], bold: int = -1) -> None:
    """A header or footer of three texts across the page, however it lies."""
    table = part.add_table(1, len(cells), Mm(170))
    table._tbl.tblPr.append(element("tblW", type="pct", w="5000"))
    for i, (text, place) in enumerate(cells):
        paragraph = table.cell(0, i).paragraphs[0]
        paragraph.alignment = getattr(WD_ALIGN_PARAGRAPH, place.upper())
        run = paragraph.add_run(text)
        run.font.size, run.bold = Pt(8), i == bold or None
    part.paragraphs[0]._element.getparent().remove(part.paragraphs[0]._element)
    part.add_paragraph().paragraph_format.line_spacing = Pt(4)


def _page_of(paragraph: Any) -> None:
    for text, field in (("Page ", "PAGE"), (" of ", "NUMPAGES")):
        paragraph.add_run(text)
        field_begins(paragraph, field)
        paragraph.add_run("1")
        paragraph.add_run()._element.append(mark("end"))
    for run in paragraph.runs:
        run.font.size = Pt(8)


def _bitmap(brand: Brand) -> bytes:
    """The logo as a picture that Word takes."""
    logo = brand.logo
    assert logo is not None
    if logo.ending in (".png", ".jpg", ".jpeg"):
        return logo.data
    return press.raster(logo.data, logo.ending, date(2000, 1, 1), _PPI)
