"""Agreements as Word documents: read back by another reader of the format, and opened by a real word processor."""

from __future__ import annotations

import re
import subprocess
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import docx as word
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from typer.testing import CliRunner

from conftest import DAY, ROOT, lay_out
from sharecheck import agreement, paper, repository
from sharecheck.brand import Brand, Logo
from sharecheck.cli import printing
from sharecheck.errors import SettingsError
from sharecheck.formats import docx
from sharecheck.knowledge import Book
from sharecheck.paper.model import (
    Bullets,
    Cell,
    Column,
    Heading,
    Line,
    Notice,
    Paper,
    Paragraph,
    Section,
    Signing,
    Table,
)
from sharecheck.rules import page
from sharecheck.settings import Settings
from tools import soffice

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><rect width="90" height="60" fill="#7a0019"/></svg>'
EVIL = "{{ 7*7 }} {% for %} <w:p/> ]]> & &amp; =1+1 \\ Tŷ ŵ 中 \ufffe " + "x" * 200


def composed(name: str, book: Book, **given: Any) -> tuple[Paper, dict[str, str]]:
    found = Settings(ROOT)
    gathered = repository.gather([ROOT / "protocols" / f"{name}.yaml"], found)
    return printing.composed(gathered.agreements[0], gathered, found, book, **given)


def opened(data: bytes) -> Any:
    return word.Document(BytesIO(data))


def read(data: bytes) -> str:
    """Every text of the body, in order."""
    body = opened(data).element.body
    return " ".join("".join(one.text or "" for one in p.iter(qn("w:t"), qn("w:br"))) for p in body.iter(qn("w:p")))


def squeezed(text: str) -> str:
    return "".join(text.split())


def lines(part: Any) -> list[str]:
    """Every text of a part of a paper that is printed in so many words."""
    if isinstance(part, Line):
        return [part.text]
    if isinstance(part, Section):
        return [part.title, *(text for block in part.blocks for text in lines(block))]
    if isinstance(part, Table):
        return [
            part.caption,
            *(c.title for c in part.columns),
            *(t for row in part.rows for cell in row for t in lines(cell)),
        ]
    if isinstance(part, tuple):
        return [text for one in part for text in lines(one)]
    if isinstance(part, Heading):
        return [part.text]
    if isinstance(part, Paragraph):
        return lines(part.line)
    if isinstance(part, Bullets):
        return lines(part.items)
    if isinstance(part, Notice):
        return [part.title, *lines(part.lines)]
    if isinstance(part, Signing):
        return [part.agency, *([part.post] if part.post else []), *lines(part.standing)]
    return [text for entry in getattr(part, "entries", ()) for text in (entry.name, *lines(entry.says))]


@pytest.mark.parametrize("name", ["youth-offending-team", "borough-protocol"])
def test_every_word_is_there_in_order(book: Book, name: str) -> None:
    made, pictures = composed(name, book, charts=printing.Charts.NONE)
    said, at = squeezed(read(docx.render(made, pictures, DAY))), 0
    for part in (made.notices, made.sections):
        for text in lines(part):
            found = said.find(squeezed(text), at)
            assert found >= 0, text
            at = found + len(squeezed(text))


def test_it_is_built_as_word_has_it(book: Book) -> None:
    made, pictures = composed("youth-offending-team", book)
    data = docx.render(made, pictures, DAY)
    assert data == docx.render(made, pictures, DAY)
    document = opened(data)
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert headings == ["Contents", *(f"{i}. {one.title}" for i, one in enumerate(made.sections, 1))]
    tables = [block for one in made.sections for block in one.blocks if isinstance(block, Table)]
    heads = [
        row
        for row in document.element.body.iter(qn("w:tr"))
        if row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    ]
    assert len(heads) == len(tables)
    assert {one.orientation for one in document.sections} == {0, 1}
    described = [one.get("descr") for one in document.element.body.iter(qn("wp:docPr"))]
    assert described
    assert all(described)
    assert document.core_properties.title == made.running.title
    assert document.core_properties.created.date() == DAY
    foot = "".join(document.sections[0].footer._element.itertext())
    assert made.running.digest in foot
    assert "NUMPAGES" in foot
    anchors = {one.get(qn("w:anchor")) for one in document.element.body.iter(qn("w:hyperlink"))}
    assert anchors == {one.get(qn("w:name")) for one in document.element.body.iter(qn("w:bookmarkStart"))}


def test_a_draft_is_one_on_every_page(book: Book) -> None:
    made, pictures = composed("youth-offending-team", book, charts=printing.Charts.NONE)
    assert "DRAFT" not in "".join(opened(docx.render(made, pictures, DAY)).sections[0].header._element.itertext())
    draft = replace(made, running=replace(made.running, band="DRAFT", warning="Not agreed."))
    for template in (None, own(kinds=True)):
        for section in opened(docx.render(draft, pictures, DAY, template=template)).sections:
            for kind in ("header", "first_page_header", "even_page_header") if template else ("header",):
                assert "DRAFT. Not agreed." in " ".join(one.text for one in getattr(section, kind).paragraphs)


def own(*texts: str, styles: bool = True, head: str = "Head of {{ title }}", kinds: bool = False) -> bytes:
    """A partnership's own template, which says what is given and where the agreement goes."""
    made = word.Document()
    made.sections[0].left_margin = Mm(40)
    for text in texts or ("Ours: {{ title }}, {{ status }}", "{{ agreement }}", "The end"):
        made.add_paragraph(text)
    if not styles:
        for style in [one for one in made.styles.element if one.get(qn("w:styleId")) not in ("Normal", None)]:
            made.styles.element.remove(style)
    made.sections[0].header.paragraphs[0].text = head
    made.sections[0].different_first_page_header_footer = kinds
    made.settings.odd_and_even_pages_header_footer = kinds
    out = BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize("styles", [True, False], ids=["with styles", "without any"])
def test_a_template_of_ones_own(book: Book, styles: bool) -> None:
    made, pictures = composed("youth-offending-team", book, charts=printing.Charts.NONE)
    data = docx.render(made, pictures, DAY, template=own(styles=styles))
    said = read(data)
    assert said.startswith(f"Ours: {made.title}, In force")
    assert said.rstrip().endswith("The end")
    document = opened(data)
    assert all(f"Head of {made.title}" in "".join(one.header._element.itertext()) for one in document.sections)
    assert document.sections[0].left_margin == pytest.approx(Mm(40), rel=0.01)
    assert [one.style.name for one in document.paragraphs].count("Heading 1") == len(made.sections) + 1


REFUSED = [
    (b"no document", "is not a Word document"),
    (own("{{ title }}"), "does not say where the agreement goes"),
    (own("{{ agreement }}", "{{ ''.__class__.__mro__ }}"), "cannot be filled in"),
    (own("{{ agreement }}", "{{ titel }}"), "'titel' is undefined"),
    (own("{{ agreement }}", "{% for x in %}"), "cannot be filled in"),
    (own("{{ agreement }}", "{{ title.x.y }}"), "cannot be filled in"),
    (own("{{ agreement }}", "{{ title|safe }}"), "No filter named 'safe'"),
    (own("{{ agreement }}", "{% for x in range(9) %}{% endfor %}"), "'range' is undefined"),
    (own("{{ agreement }}", "{{ agreement }}"), "more than once"),
    (own("Before {{ agreement }} after"), "with something beside it"),
    (own("{{ agreement }}", head="{{ agreement }}"), "more than once"),
]


@pytest.mark.parametrize(("template", "message"), REFUSED, ids=[row[1] + str(i) for i, row in enumerate(REFUSED)])
def test_a_template_that_cannot_be(book: Book, template: bytes, message: str) -> None:
    made, pictures = composed("borough-protocol", book)
    with pytest.raises(SettingsError) as refused:
        docx.render(made, pictures, DAY, template=template)
    assert message in refused.value.message
    assert refused.value.fix


def hostile(book: Book) -> Paper:
    made = paper.compose(agreement.build(page.base()), book, EVIL)
    cell: Cell = (Line(EVIL), Line(EVIL, "strong"), Line(EVIL, "gap", language="cy"))
    table = Table(EVIL, (Column(EVIL, 1), Column("b", 2)), ((cell, cell),))
    blocks = (
        Heading(EVIL),
        Paragraph(Line(EVIL)),
        Bullets((cell,)),
        table,
        Notice(EVIL, cell),
        Signing(EVIL, EVIL, cell),
    )
    return Paper(
        EVIL, EVIL, made.running, made.facts, (Notice(EVIL, cell),), (Section("a", EVIL, blocks, wide=True),), EVIL
    )


def test_hostile_text_arrives_as_text(book: Book) -> None:
    data = docx.render(hostile(book), {}, DAY, Brand(EVIL))
    shown = squeezed(EVIL.replace("\ufffe", "[U+FFFE]"))
    assert squeezed(read(data)).count(shown) > 20
    with zipfile.ZipFile(BytesIO(data)) as parts:
        whole = b"".join(parts.read(name) for name in parts.namelist() if name.endswith(".xml"))
    assert b"49" not in re.findall(rb"<w:t[^>]*>([^<]*)</w:t>", whole)
    fields = {text.split()[0] for text in re.findall(r"<w:instrText[^>]*>([^<]*)<", whole.decode())}
    assert fields == {"TOC", "PAGE", "NUMPAGES"}


def test_a_word_processor_opens_it(book: Book, tmp_path: Path) -> None:
    made, pictures = composed("youth-offending-team", book)
    marked = Brand("Ours & <theirs>", Logo(".svg", LOGO), "#7a0019")
    (tmp_path / "a.docx").write_bytes(docx.render(made, pictures, DAY, marked))
    subprocess.run(
        [soffice(), "--headless", f"-env:UserInstallation={(tmp_path / 'office').as_uri()}", "--convert-to", "pdf",
         "--outdir", str(tmp_path), str(tmp_path / "a.docx")], check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    pypdf = pytest.importorskip("pypdf")
    reader = pypdf.PdfReader(tmp_path / "a.pdf")
    said = [squeezed(one.extract_text()) for one in reader.pages]
    assert "Ours&<theirs>" in said[0]
    assert all(squeezed(f"Page {i} of {len(said)}") in text for i, text in enumerate(said, 1))
    assert all(squeezed(f"Digest {made.running.digest}") in text for text in said)
    whole = "".join(said)
    for section in made.sections:
        assert squeezed(section.title) in whole
    shapes = {one.mediabox.width > one.mediabox.height for one in reader.pages}
    assert shapes == {True, False}


def run(*arguments: str) -> Any:
    from sharecheck.cli.app import app

    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "src" / "sharecheck" / "rules" / "base.yaml").read_text("utf-8")
    settings = "sharecheck: settings\nbrand: {template: ours.docx, name: Ours}\n"
    lay_out(tmp_path, {"sharecheck.yaml": settings, "protocols/a.yaml": text, "ours.docx": ""}, monkeypatch)
    with pytest.raises(SettingsError, match="is not a Word document"):
        run("print", "--format", "docx")
    assert not (tmp_path / "example.docx").exists()
    assert run("print", "--write-template", "ours.docx").exit_code == 0
    template = opened((tmp_path / "ours.docx").read_bytes())
    assert "{{ agreement }}" in [one.text for one in template.paragraphs]
    template.add_paragraph("Ours, to the end")
    template.save(str(tmp_path / "ours.docx"))
    assert run("print", "--format", "docx", "--on", "2026-11-22").exit_code == 0
    assert "Ours, to the end" in read((tmp_path / "example.docx").read_bytes())
    with pytest.raises(SettingsError, match="cannot be read"):
        run("print", "--template", "missing.docx", "-o", "x.docx")


def test_a_template_that_says_nothing_still_says_what_was_printed(book: Book) -> None:
    made, pictures = composed("youth-offending-team", book)
    data = docx.render(made, pictures, DAY, template=own("{{ agreement }}", head="", styles=False))
    document = opened(data)
    assert [one.text for one in document.paragraphs][:2] == [made.kind, made.title]
    for section in document.sections:
        assert f"Digest {made.running.digest}" in " ".join(one.text for one in section.footer.paragraphs)
    assert any(one.text.startswith("• ") for one in document.paragraphs), "a bullet where the template has none"


@pytest.mark.parametrize("title", ["a {_{ b }_} c", "{{ 1+1 }}", "</w:t><w:br/>x", "&lt;b&gt;"])
def test_a_title_is_text_in_a_template(book: Book, title: str) -> None:
    made, pictures = composed("borough-protocol", book)
    data = docx.render(replace(made, title=title), pictures, DAY, template=own("Title: {{ title }}", "{{ agreement }}"))
    assert opened(data).paragraphs[0].text == f"Title: {title}"
