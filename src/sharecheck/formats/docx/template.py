"""The Word document that papers are laid into: our own, or a partnership's, with its words in braces filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.part import XmlPart
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from sharecheck import press
from sharecheck.brand import PLAIN, Brand
from sharecheck.errors import SettingsError
from sharecheck.formats.docx.parts import element, fit, packed, page_of
from sharecheck.paper.model import Paper

WORDS = ("title", "kind", "version", "status", "marking", "digest", "warning", "made", "partnership", "agreement")
"""What a template may say in braces."""

_SIGNS = 0xF0000
"""Signs of private use from here on stand for the words of a template while it is filled in."""
_HERE = chr(_SIGNS + WORDS.index("agreement"))
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
    page_of(section.footer.tables[0].cell(0, 2).paragraphs[0])
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
    _as_word_is_now(made)
    made.core_properties.created = made.core_properties.modified = datetime(2000, 1, 1)
    made.core_properties.author = made.core_properties.comments = ""
    return packed(made)


@dataclass(frozen=True, slots=True)
class Filled:
    """A template with its words filled in: the open document, the paragraph in whose place the agreement goes, and its words."""

    document: Any
    place: Any
    used: frozenset[str]


def filled(template: bytes, paper: Paper, brand: Brand) -> Filled:
    """A template with what a paper says of itself in place of its words.

    Raises `SettingsError` where it is no Word document, says in braces what it may not, or does not say once where the agreement
    goes.
    """
    running = paper.running
    said = {
        "title": paper.title, "kind": paper.kind, "version": running.version, "status": running.state, "marking": running.marking,
        "digest": running.digest, "warning": running.warning, "made": paper.made, "partnership": brand.name, "agreement": "-",
    }  # fmt: skip
    # only a sign of no meaning goes through the template, so that nothing which it does can make a text anything else
    signs = {chr(_SIGNS + i): name for i, name in enumerate(WORDS) if said[name]}
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    environment.filters.clear()
    environment.globals.clear()
    try:
        opened = DocxTemplate(BytesIO(template))
        opened.init_docx()
    except Exception:
        raise SettingsError(
            "the template is not a Word document", "save it in Word as .docx, not .doc or .dotx"
        ) from None
    try:
        opened.render(
            {**dict.fromkeys(WORDS, ""), **{name: sign for sign, name in signs.items()}}, jinja_env=environment
        )
        rendered = BytesIO()
        opened.save(rendered)
        document = Document(rendered)  # anew, since what was filled in are not the parts that were open
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
    parts = [part.element for part in document.part.package.iter_parts() if isinstance(part, XmlPart)]
    texts = [text for part in parts for text in part.iter(qn("w:t"))]
    here = [text for text in texts if text.text and _HERE in text.text]
    place = _place(document, here)
    used = set()
    for text in texts:
        for sign in [one for one in text.text or "" if one in signs]:
            used.add(signs[sign])
            text.text = text.text.replace(sign, fit(" ".join(said[signs[sign]].split())))
    return Filled(document, place, frozenset(used))


def _place(document: Any, here: Sequence[Any]) -> Any:
    """The paragraph where the agreement goes; raises `SettingsError` unless there is one, and nothing else is in it."""
    fix = "write {{ agreement }} once, alone in a paragraph of the text: not in a table, a box, a header or a footer"
    if not here:
        raise SettingsError("the template does not say where the agreement goes", fix)
    place = next((one for one in document.element.body.iterchildren(qn("w:p")) if here[0] in one.iter()), None)
    if len(here) > 1 or place is None or "".join(one.text or "" for one in place.iter(qn("w:t"))).strip() != _HERE:
        raise SettingsError(
            "the template says {{ agreement }} more than once, with something beside it, or where it cannot go", fix
        )
    return place


def _every_script(style: Any, font: str) -> None:
    """Names a font for letters of every script, in place of those of the theme."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), font)


def _as_word_is_now(made: Any) -> None:
    """Says that the document is of the present kind, which Word would otherwise open in a mode for old ones."""
    settings = made.settings.element
    for one in settings.findall(qn("w:compat")):
        settings.remove(one)
    compat = element("compat")
    name, uri = "compatibilityMode", "http://schemas.microsoft.com/office/word"
    compat.append(element("compatSetting", name=name, uri=uri, val="15"))
    after = settings.find(qn("w:rsids"))
    if after is not None:
        after.addprevious(compat)
    else:
        settings.append(compat)


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


def _bitmap(brand: Brand) -> bytes:
    """The logo as a picture that Word takes."""
    logo = brand.logo
    assert logo is not None
    if logo.ending in (".png", ".jpg", ".jpeg"):
        return logo.data
    return press.raster(logo.data, logo.ending, date(2000, 1, 1), _PPI)
