"""The agreement on paper: what it says, as PDF and as a page, whatever is written in it."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from conftest import DAY, ROOT
from sharecheck import agreement as agreements
from sharecheck import chart, paper, press, repository, scenarios, schema, signoff, source
from sharecheck.brand import Brand, Logo
from sharecheck.cli import printing
from sharecheck.formats import paper_html, svg, typst
from sharecheck.graphs import decision
from sharecheck.graphs.steps import steps
from sharecheck.knowledge import Book
from sharecheck.paper.model import Bullets, Cell, Column, Figure, Line, Paper, Section, Table
from sharecheck.paper.reader import numbers, shown, told, when
from sharecheck.policy.compiled import compile
from sharecheck.rules import page
from sharecheck.settings import Settings
from tools import chromium

PROTOCOLS = sorted((ROOT / "protocols").glob("*.yaml"))
OTHERS = [
    file for folder in ("real", "faulty") for file in sorted((ROOT / "tests" / "agreements" / folder).glob("*.yaml"))
    if "expected" not in file.name
]  # fmt: skip


def texts(part: object) -> Iterator[str]:
    """Every text of a paper, in the order in which it is read."""
    if isinstance(part, str):
        yield part
    elif is_dataclass(part):
        for one in fields(part):
            if one.name not in ("manner", "picture", "id"):
                yield from texts(getattr(part, one.name))
    elif isinstance(part, tuple):
        for one in part:
            yield from texts(one)


def plain(text: str) -> str:
    return " ".join(text.split())


def section(made: Paper, name: str) -> str:
    return plain(" ".join(text for one in made.sections if one.id == name for text in texts(one.blocks)))


def laid(fragment: str, on: Book, **kept: Any) -> Paper:
    """The paper of the base agreement with a fragment laid over it."""
    document = page.lay(source.parse(fragment.encode(), "agreement.yaml"), page.base())
    assert not schema.misfits(document.data)
    made = agreements.build(document)
    return paper.compose(made, on, "Made by a test.", stories=scenarios.run([made], on), **kept)


def printed(file: Path, book: Book, tier_1: str = paper.REFER) -> tuple[Paper, dict[str, str]]:
    """The paper of an agreement in a file, with its map."""
    gathered = repository.gather([file], Settings(ROOT))
    (made,) = gathered.agreements
    drawn = chart.draw(made, book)
    figures = {paper.MAP: (Figure(paper.MAP, "The map", "Which agency tells which"),)} if drawn.arrows else {}
    pictures = {paper.MAP: svg.render(drawn, listed=False)} if drawn.arrows else {}
    stories = scenarios.run([made], book, gathered.scenarios)
    return paper.compose(made, book, "Made by a test.", (), stories, figures, {}, tier_1), pictures


# what is said


SAID = [
    ("background: Families tell it ten times.", "why", "Families tell it ten times."),
    ("benefits: null", "why", "What is gained The agreement does not say."),
    ("unknown: [benefits]\nbenefits: null", "why", "Not known yet: the partners list this as still to be written in."),
    ("unknown: [handling.breach]\nhandling: {breach: null}", "breach", "Not known yet"),
    ("unknown: [handling.breach]\nhandling: {breach: null}", "open", "Handling: breach"),
    ("handling: {breach: {see: {title: Breach plan, where: plan.pdf}}}", "breach", "See Breach plan (plan.pdf)"),
    ("handling: {breach: {notify_partners_within: PT24H}}", "breach", "Partners told within 24 hours"),
    ("handling: {security: null}", "security", "Security The agreement does not say."),
    ("handling: {emergency: {verbal: true, text: Share at once}}", "emergency", "Telling by voice is enough at first"),
    ("flows: {help: {necessity: null}}", "necessity", "The agreement does not say."),
    ("flows: {help: {deadline: P5D}}", "flows", "By when: 5 days"),
    ("flows: {help: {deadline: null}}\ndefaults: {deadline: null}", "flows", "By when: the agreement does not say."),
    ("flows: {help: {retention: {period: P7Y, from: date of birth, action: destroy}}}", "retention",
     "7 years, from date of birth, then: destroy"),
    ("flows: {help: {gateways: [Common sense Act 1999]}}", "powers",
     "Common sense Act 1999 Not in the book of law that sharecheck carries"),
    ("flows: {help: {onward: none}}", "onward", "Not to be passed on"),
    ("terms: {review: [{text: A meeting, owner: council}, {text: A check-up}]}", "glossary",
     "The partners do not yet agree on one meaning: A meeting"),
    ("thresholds: {council: {level-9: significant-harm, level-0: null}}", "thresholds", "Not yet set against a shared level"),
    ("never: {no-notes: {data: [identity], because: It is theirs}}", "limits", "Anybody"),
    ("undertakings: {training: {who: [council], must: Train everybody}}", "limits", "Train everybody No time is set."),
    ("allow: [{rule: review-unset, at: review, because: It is summer, by: Guardian, until: 2026-01-31}]", "risks",
     "It is summer Guardian 31 January 2026 It has run out."),
    ("approvals: [{who: The board, on: null}]", "dates", "The board Awaited"),
    ("ends: 2029-09", "dates", "It ends September 2029"),
    ("under: {title: The Accord, gives: [security]}\nhandling: {security: null}", "security",
     "Settled in The Accord, which was not read for this document."),
    ("unknown: ['agencies.*.spoc', 'flows.*']", "open", "Agencies, each: contact Flows: each"),
    ("unknown: ['agencies.*.signatory']\nagencies: {council: {signatory: null}}", "signatures",
     "Which post signs: not known yet"),
    ("never: null", "limits", "The agreement bars nothing by name."),
    ("agencies: {council: {welsh: Y Cyngor}}", "parties", "Y Cyngor"),
    ("roles: {social-worker: {welsh: Gweithiwr cymdeithasol}}", "roles", "Gweithiwr cymdeithasol"),
    ("data: {identity: {welsh: Manylion adnabod}}", "data", "Manylion adnabod"),
    ("flows: {help: {welsh: Gofyn am help}}", "flows", "Gofyn am help"),
    ("under: the-accord\nbenefits: null", "why", "Its protocol, the-accord, may; it was not read for this document."),
]  # fmt: skip


@pytest.mark.parametrize(("fragment", "where", "says"), SAID, ids=[row[0][:50] for row in SAID])
def test_what_is_said_and_what_is_not(book: Book, fragment: str, where: str, says: str) -> None:
    assert says in section(laid(fragment, book), where)


STATUSES = [
    ("draft", "DRAFT"), ("review", "DRAFT"), ("agreed", ""), ("live", ""), ("suspended", "SUSPENDED"), ("ended", "ENDED"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "band"), STATUSES)
def test_what_is_not_in_force_is_unmistakable(book: Book, status: str, band: str) -> None:
    made = laid(f"status: {status}", book)
    assert made.running.band == band
    assert bool(made.running.warning) == bool(band)
    assert [one.title for one in made.notices] == ([band] if band else [])
    assert ('<p class="band">' in paper_html.render(made, {})) == bool(band)


def test_a_protocol_that_was_not_read_is_said_to_lack(book: Book) -> None:
    made = laid("under: the-accord", book)
    assert [one.title for one in made.notices] == ["The protocol is missing"]
    assert "not among the agreements read" in section(made, "tier-1")


@pytest.mark.parametrize(
    ("above", "says"),
    [
        ("sharecheck: 1", "Neither the agreement nor its protocol says."),
        ("unknown: [handling.breach]", "Not known yet"),
    ],
)
def test_what_neither_tier_says(book: Book, above: str, says: str) -> None:
    protocol = page.lay(source.parse(f"id: top\nkind: protocol\nhandling: null\n{above}".encode(), "top"), page.base())
    below = page.lay(source.parse(b"under: top\nhandling: null\ntitle: Below", "below"), page.base())
    made = paper.compose(agreements.build(below, agreements.build(protocol)), book, "")
    assert says in section(made, "breach")


def test_an_agreement_past_its_end_is_marked(book: Book) -> None:
    assert laid("status: live\nstarts: 2020-01-01\nreview: 2020-06-01\nends: 2021-01-01", book).running.band == "ENDED"


def test_every_page_bears_title_version_status_marking_and_digest(book: Book) -> None:
    made = laid("title: Ours\nversion: 3\nstatus: live\nmarking: OFFICIAL", book)
    whole = signoff.digests(agreements.build(page.lay(source.parse(b"status: live", "x"), page.base())))[0]
    run = made.running
    assert (run.title, run.version, run.status, run.marking) == ("Ours", "Version 3", "In force", "OFFICIAL")
    assert re.fullmatch(r"([0-9a-f]{4} ){3}[0-9a-f]{4}", run.digest)
    assert run.digest.replace(" ", "") == whole.removeprefix("sha256:")[:16], (
        "the title binds nobody, so the digest is kept"
    )
    assert whole in section(made, "signatures")


WORDS = [
    (when("2026-10-01"), "1 October 2026"),
    (when("2026-10"), "October 2026"),
    (when(2026), "2026"),
    (when("soon"), "soon"),
    (numbers([3, 1, 2, 9, 5, 6]), "1 to 3, 5, 6, 9"),
    (shown("a\u202eb\x07"), "a[U+202E]b[U+0007]"),
    (shown("Tŷ’r 😀"), "Tŷ’r 😀"),
    (told("x", True), ["Yes"]),
    (told("x", {"role": "Guardian", "email": "g@example"}), ["Guardian, g@example"]),
    (told("x", ["one", "two"]), ["one, two"]),
]


@pytest.mark.parametrize(("said", "wanted"), WORDS, ids=[repr(row[1]) for row in WORDS])
def test_words(said: object, wanted: object) -> None:
    assert said == wanted


def test_a_row_has_a_cell_for_each_column() -> None:
    cell: Cell = (Line("x"),)
    with pytest.raises(ValueError, match="has not a cell for each column"):
        Table("T", (Column("A", 1), Column("B", 1)), ((cell,),))


def leaves(value: object, at: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield ".".join(at), value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*at, str(key)))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, (*at, "*"))


@pytest.mark.parametrize("file", [*PROTOCOLS, *OTHERS], ids=lambda file: file.stem)
def test_the_partners_words_are_printed_whole(book: Book, file: Path) -> None:
    gathered = repository.gather([file], Settings(ROOT))
    (held,) = gathered.agreements
    made = paper.compose(held, book, "", (), scenarios.run([held], book))
    said = plain(" ".join(texts(made))).lower()
    unused = {text for _, text in leaves(held.fields.get("defaults"))} - {
        text for flow in held.flows.values() for _, text in leaves(flow.fields)
    }
    lost = [
        (at, text) for at, text in leaves(held.fields)
        if " " in text and text not in unused and plain(text).lower() not in said
    ]  # fmt: skip
    assert lost == []


def test_tier_1_is_referred_to_or_included(book: Book) -> None:
    file = ROOT / "protocols" / "disabled-children-team.yaml"
    (held,) = repository.gather([file], Settings(ROOT)).agreements
    assert held.parent is not None
    refers, includes = printed(file, book)[0], printed(file, book, paper.INCLUDE)[0]
    above = held.parent
    words = plain(above.handling["security"]["text"])
    assert words not in plain(" ".join(texts(refers)))
    assert words in section(includes, "security")
    for made in (refers, includes):
        assert signoff.digests(above)[0] in section(made, "tier-1")
        assert above.title in section(made, "tier-1")
    assert "Security" in section(refers, "tier-1")
    assert "key worker" in section(refers, "tier-1")
    assert plain(above.handling["emergency"]["text"]) in section(refers, "emergency"), "at night nobody looks it up"
    whole = plain(" ".join(texts(includes)))
    lost = [text for name in ("handling", "governance") for at, text in leaves(getattr(above, name))
            if " " in text and plain(text) not in whole]  # fmt: skip
    assert lost == []


def test_an_answer_is_the_policys_own(book: Book) -> None:
    fragment = """
scenarios:
  bruises:
    text: Bruises are seen.
    given: {from: %s, to: %s, data: %s, about: %s, purpose: %s, concern: significant-harm, consent: refused}
    expect: do-not-share
"""
    held = agreements.build(page.base())
    flow = next(one for one in held.flows.values() if one.senders[0].role and one.recipients[0].role)
    parts = (flow.senders[0].ref, flow.recipients[0].ref, flow.data[0], flow.about[0], flow.purposes[0])
    laid_over = agreements.build(page.lay(source.parse((fragment % parts).encode(), "x.yaml"), page.base()))
    result = next(one for one in scenarios.run([laid_over], book) if one.scenario.id == "bruises")
    assert result.got is not None
    said = section(laid(fragment % parts, book), "practice")
    assert book.term("outcomes", result.got.outcome).label in said
    assert result.got.row.says in said
    assert "What the partners expected Do not share" in said
    assert "consent is refused" in said


def test_the_decision_chart_has_its_place(book: Book) -> None:
    without = laid("status: live", book)
    assert "deciding-1" not in [one.id for one in without.sections]
    sheets = decision.draw(compile(agreements.build(page.base()), book, as_written=True))
    graph = sheets[0].graph()
    made = laid("status: live", book, charts=[paper.Charted("help", graph, "decision-1")], charts_left=3)
    names = [one.id for one in made.sections]
    assert names.index("deciding-1") == names.index("practice") - 1
    blocks = next(one for one in made.sections if one.id == "deciding-1").blocks
    assert "decision-1" in [one.picture for one in blocks if isinstance(one, Figure)]
    said = section(made, "deciding-1")
    assert "3 more, for other senders" in said
    for step in steps(graph):
        assert all(shown(line) in said for line in (step.box, *step.arrows))


@pytest.mark.parametrize(("which", "drawn"), [("main", 4), ("all", 10), ("none", 0)])
def test_the_charts_that_are_printed(book: Book, which: str, drawn: int) -> None:
    found = Settings(ROOT)
    gathered = repository.gather([ROOT / "protocols" / "youth-offending-team.yaml"], found)
    made, pictures = printing.composed(gathered.agreements[0], gathered, found, book, charts=printing.Charts(which))
    charts = [one for one in made.sections if one.id.startswith("deciding-")]
    assert len(charts) == drawn
    if which == "main":
        assert len({one.title for one in charts}) == drawn, "one for each purpose"
        pdf = typst.render(made, pictures, DAY)
        held_to(pdf)
        said = squeezed(" ".join(extracted(pdf)))
        bullets = [block for one in charts for block in one.blocks if isinstance(block, Bullets)]
        assert all(squeezed(line.text) in said for block in bullets for item in block.items for line in item)


def test_sign_offs_and_room_for_ink(book: Book) -> None:
    held = agreements.build(page.base())
    asked = signoff.required(held, book)
    meaning, text, _ = signoff.digests(held)
    given = signoff.Signature(asked[0].id, "A. Person", "Director", DAY, meaning, text, "1", "2", "3")
    record = signoff.Record(held.id, {asked[0].id: given}, Path())
    made = paper.compose(held, book, "", signoff.standings(held, record, book))
    said = section(made, "signatures")
    assert "A. Person, Director, on 2026-11-22: named only" in said
    assert "Stands" in said
    assert "Not signed" in said
    blocks = next(one for one in made.sections if one.id == "signatures").blocks
    signing = [one.agency for one in blocks if type(one).__name__ == "Signing"]
    assert signing[: len(asked)] == [one.name for one in asked]


# as PDF


def extracted(made: bytes) -> list[str]:
    """The text of each page, in the order in which it is read aloud."""
    from io import BytesIO

    pypdf = pytest.importorskip("pypdf")
    return [one.extract_text() for one in pypdf.PdfReader(BytesIO(made)).pages]


def held_to(made: bytes) -> None:
    """Fail unless a PDF is both PDF/A-2a and PDF/UA-1, by a checker that is not the typesetter."""
    checker = pytest.importorskip("page")
    for profile in (checker.ValidationProfile.PDF_A_2A, checker.ValidationProfile.PDF_UA_1):
        found = checker.validate_pdf_bytes(made, profile=profile)
        assert [f"{one.rule_id}: {one.message}" for one in found.failures] == []


def test_the_checker_can_find_fault() -> None:
    checker = pytest.importorskip("page")
    import typst as setter

    bare = setter.compile(b"= Heading\n", pdf_tags=False)
    assert not checker.is_pdf_compliant_bytes(bare, profile=checker.ValidationProfile.PDF_UA_1)
    assert not checker.is_pdf_compliant_bytes(bare, profile=checker.ValidationProfile.PDF_A_2A)


SOON = ("concern-about-a-child", "borough-protocol")


@pytest.mark.parametrize("tier_1", [paper.REFER, paper.INCLUDE])
@pytest.mark.parametrize(
    "file",
    [pytest.param(one, marks=() if one.stem in SOON else pytest.mark.nightly) for one in [*PROTOCOLS, *OTHERS]],
    ids=lambda file: file.stem,
)
def test_every_agreement_is_accessible_and_fit_for_keeping(book: Book, file: Path, tier_1: str) -> None:
    made, pictures = printed(file, book, tier_1)
    held_to(typst.render(made, pictures, DAY))


@pytest.mark.parametrize("status", ["draft", "live", "suspended"])
def test_every_status_is_accessible_and_on_every_page(book: Book, status: str) -> None:
    made = laid(f"status: {status}\nversion: 7\nmarking: OFFICIAL-SENSITIVE\ntitle: Ours and theirs", book)
    pdf = typst.render(made, {}, DAY)
    held_to(pdf)
    pages = extracted(pdf)
    assert len(pages) > 4
    for number, text in enumerate(pages, 1):
        for said in ("Ours and theirs", "Version 7", "OFFICIAL-SENSITIVE", made.running.state, made.running.digest):
            assert plain(said).lower() in plain(text).lower(), (number, said)
        assert f"Page {number} of {len(pages)}" in plain(text)
        assert text.count(made.running.band or "DRAFT") >= (2 if made.running.band else 0)


def test_the_text_is_read_in_order(book: Book) -> None:
    made = laid("status: live", book)
    read = plain(" ".join(extracted(typst.render(made, {}, DAY))))
    at = read.index("1 How to read this document", read.index("Signatures") + 1)
    where = {}
    for number, one in enumerate(made.sections, 1):
        where[one.id] = read.find(f"{number} {one.title}", at)
        assert where[one.id] >= at, one.title
        at = where[one.id]
    table = next(b for s in made.sections if s.id == "data" for b in s.blocks if isinstance(b, Table))
    at = read.index("Exactly what is shared", where["data"])
    for row in table.rows:
        for cell in row[:3]:
            for line in cell:
                found = read.find(plain(line.text), at)
                assert found >= at, line.text
                at = found


def test_headings_tables_and_pictures_are_tagged(book: Book) -> None:
    pypdf = pytest.importorskip("pypdf")
    from io import BytesIO

    made, pictures = printed(ROOT / "protocols" / "commissioning-data.yaml", book)
    reader = pypdf.PdfReader(BytesIO(typst.render(made, pictures, DAY)))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert reader.metadata.title == made.title
    kinds: dict[str, int] = {}
    alts: list[str] = []
    todo = [root["/StructTreeRoot"]]
    while todo:
        one = todo.pop().get_object()
        if isinstance(one, list):
            todo += one
        elif isinstance(one, dict):
            kinds[str(one.get("/S"))] = kinds.get(str(one.get("/S")), 0) + 1
            alts += [str(one["/Alt"])] if "/Alt" in one else []
            if "/K" in one:
                todo.append(one["/K"])
        del one
    assert kinds["/H1"] >= len(made.sections)
    assert kinds["/Table"] == sum(isinstance(block, Table) for one in made.sections for block in one.blocks)
    assert kinds["/TH"] > 20
    assert "Which agency tells which" in alts


def test_the_same_agreement_is_the_same_bytes_anywhere(tmp_path: Path) -> None:
    file = ROOT / "protocols" / "commissioning-data.yaml"
    made = []
    for zone, seed, folder in (("UTC", "1", "a"), ("Asia/Tokyo", "77", "b")):
        there = tmp_path / folder
        there.mkdir()
        for name in ("c.pdf", "c.html"):
            command = [sys.executable, "-m", "sharecheck", "print", str(file), "-o", name, "--on", "2026-11-22"]
            env = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "src")}
            subprocess.run(command, cwd=there, env=env, check=True, capture_output=True, timeout=120)
        made.append([(there / name).read_bytes() for name in ("c.pdf", "c.html")])
    assert made[0] == made[1]


# hostile text


EVIL = (
    '#panic(1) #read("x") *bold* _it_ $x^2$ `code` = Heading // no <b>b</b> <script>alert(1)</script> {{ 7*7 }} {% raw %} '
    "\\ \\n \\u{202e} @ref <label> [link] & &amp; </style> */ } url(x) ]]> ' \" Tŷ Ŵŵ Ŷŷ â 😀 ≥ \u202eevil\u202c العربية end"
)


def evil_agreement() -> agreements.Agreement:
    """The base agreement with the hostile text in every field that holds a text, and some that it lacks."""
    document = page.lay(source.parse(MORE.encode(), "evil.yaml"), page.base())

    def poison(value: Any, at: tuple[str, ...]) -> Any:
        if isinstance(value, dict):
            return {key: poison(inner, (*at, str(key))) for key, inner in value.items()}
        if isinstance(value, list):
            return [poison(inner, (*at, "*")) for inner in value]
        tried = f"{EVIL} {'.'.join(at)}" if isinstance(value, str) else value
        return tried if _takes(document.data, at, tried) else value

    def _takes(data: Any, at: tuple[str, ...], text: Any) -> bool:
        return isinstance(text, str) and not schema.misfits(_with(data, at, text))

    poisoned = poison(document.data, ())
    assert not schema.misfits(poisoned)
    return agreements.build(source.Document("evil.yaml", "", poisoned))


def _with(data: Any, at: tuple[str, ...], text: str) -> Any:
    if not at:
        return text
    if isinstance(data, list):
        return [_with(data[0], at[1:], text), *data[1:]]
    return {**data, at[0]: _with(data[at[0]], at[1:], text)}


MORE = """
version: x
marking: x
reference: x
background: x
benefits: x
risk_of_not_sharing: x
outside: [{what: x, instead: x}]
never: {bar: {data: [identity], because: x}}
undertakings: {train: {who: [council], must: x, before: x, because: x}}
terms: {review: {text: x, owner: council}}
law: {act: {cites: x, text: x}}
approvals: [{who: x}]
allow: [{rule: review-unset, at: review, because: x, by: x, until: 2027-01-31}]
thresholds: {council: {x: significant-harm}}
"""


@pytest.fixture(scope="module")
def evil(book: Book) -> tuple[agreements.Agreement, Paper, dict[str, str]]:
    held = evil_agreement()
    drawn = chart.draw(held, book)
    figures = {paper.MAP: (Figure(paper.MAP, shown(EVIL), shown(EVIL)),)}
    return (
        held,
        paper.compose(held, book, "x", (), scenarios.run([held], book), figures),
        {paper.MAP: svg.render(drawn)},
    )


def squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())


def test_enough_is_hostile(evil: tuple[agreements.Agreement, Paper, dict[str, str]]) -> None:
    held, _, _ = evil
    marked = [at for at, text in leaves(held.document.data) if EVIL[:20] in text]
    assert len(marked) > 60
    assert {"title", "background", "marking", "version"} <= set(marked)


def test_hostile_text_arrives_as_text_in_the_pdf(evil: tuple[agreements.Agreement, Paper, dict[str, str]]) -> None:
    _, made, pictures = evil
    pdf = typst.render(made, pictures, DAY)
    held_to(pdf)
    read = squeezed(" ".join(extracted(pdf)))
    before, after = EVIL.split(" العربية")[0], " end"
    wanted = squeezed(shown(before))
    assert read.count(wanted) > 40
    assert after.strip() in read
    assert "49" not in wanted


def test_hostile_text_arrives_as_text_on_the_page(evil: tuple[agreements.Agreement, Paper, dict[str, str]]) -> None:
    from html.parser import HTMLParser

    held, made, pictures = evil
    text = paper_html.render(made, pictures)

    class Reader(HTMLParser):
        tags: set[str]
        said: list[str]

        def __init__(self) -> None:
            super().__init__()
            self.tags, self.said = set(), []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.tags.add(tag)
            assert not [name for name, _ in attrs if name.startswith("on") or name == "style"], tag

        def handle_data(self, data: str) -> None:
            self.said.append(data)

    reader = Reader()
    reader.feed(text)
    assert not reader.tags & {"script", "b", "iframe", "object", "embed", "form", "base", "svg", "label"}
    said = plain(" ".join(reader.said))
    for at, one in leaves(held.document.data):
        if EVIL[:20] in one and at.split(".")[0] in (
            "title",
            "background",
            "benefits",
            "never",
            "outside",
            "undertakings",
        ):
            assert plain(shown(one)) in said, at


# as a page


@pytest.mark.parametrize("status", ["draft", "live"])
def test_the_page_needs_nothing_and_allows_nothing(book: Book, status: str) -> None:
    text = paper_html.render(laid(f"status: {status}", book), {})
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert policy
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy[1].replace("&#39;", "'") == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert "<script" not in text
    assert re.findall(r'(?:src|href)="(?!#|data:)', text) == []
    assert "counter(page)" in style[1]


@pytest.mark.browser
@pytest.mark.parametrize("name", ["evil", pytest.param("concern-about-a-child", marks=pytest.mark.nightly), "draft"])
def test_no_accessibility_violation(
    book: Book, tmp_path: Path, name: str, evil: tuple[agreements.Agreement, Paper, dict[str, str]]
) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    if name == "evil":
        _, made, pictures = evil
    elif name == "draft":
        made, pictures = laid("status: draft", book), {}
    else:
        made, pictures = printed(ROOT / "protocols" / f"{name}.yaml", book)
    file = tmp_path / "paper.html"
    file.write_text(paper_html.render(made, pictures), encoding="utf-8")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        strict = browser.new_context(viewport={"width": 320, "height": 800}).new_page()
        heard: list[str] = []
        asked: list[str] = []
        strict.on("console", lambda message: heard.append(message.text))
        strict.on("request", lambda request: asked.append(request.url))
        strict.goto(file.as_uri())
        assert heard == [], "the browser refused something"
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        assert strict.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(11, 74, 158)"
        assert not strict.evaluate("document.documentElement.scrollWidth > innerWidth"), "runs off a phone's screen"
        assert strict.evaluate("document.querySelector('img')?.naturalWidth !== 0"), "the picture does not show"
        opened = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900}).new_page()
        opened.goto(file.as_uri())
        found = axe.Axe().run(opened, options={"runOnly": {"type": "tag", "values": tags}}).response["violations"]
        browser.close()
    assert [f"{v['id']}: {[n['html'][:90] for n in v['nodes'][:2]]}" for v in found] == []


# the press


def test_the_fonts_have_what_these_islands_write() -> None:
    letters = (
        "ŵŷŴŶâêîôûïäöü àèìòù ÁÉÍÓÚ ḃċḋḟġṁṗṡṫ ġħż łęąśćźń șțăîâ Ελληνικά Кирилиця 😀 ✓ ☐ ☑ £ € – — ‘’ “” … • العربية"
    )
    assert press.lacking(letters) == frozenset()


def test_what_the_fonts_lack_is_written_by_number() -> None:
    held = {"a": ["x世y"], "b": "ਪੰ", "c": 3}
    assert press.printable(held) == {"a": ["x[U+4E16]y"], "b": "[U+0A2A][U+0A70]", "c": 3}
    assert press.lacking(held) == {"世", "ਪ", "ੰ"}


def test_a_template_can_read_nothing_but_itself(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    for path in (str(tmp_path / "secret.txt"), "../secret.txt", "/etc/hostname"):
        with pytest.raises(press.PressError):
            press.pdf(f'#set document(title: "x")\n#read("{path}")'.encode(), {}, DAY)


# the command


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    day = () if "--on" in arguments else ("--on", "2026-11-22")
    command = [sys.executable, "-m", "sharecheck", "print", *arguments, *day]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    base = (ROOT / "src" / "sharecheck" / "rules" / "base.yaml").read_text(encoding="utf-8")
    (tmp_path / "protocols").mkdir()
    (tmp_path / "protocols" / "one.yaml").write_text(base, encoding="utf-8")
    return tmp_path


def test_one_agreement_is_printed_where_one_stands(desk: Path) -> None:
    done = run(desk)
    assert done.returncode == 0, done.stderr
    (made,) = desk.glob("*.pdf")
    assert made.read_bytes().startswith(b"%PDF-1.7")
    assert f"wrote {made.name}" in done.stderr


COMMANDS = [
    (("protocols/one.yaml", "-o", "a.html"), 0, "wrote a.html"),
    (("protocols/one.yaml", "-o", "a.docx"), 0, "wrote a.docx"),
    (("protocols/one.yaml", "-o", "a.odt"), 2, "`a.odt` ends in `.odt`"),
    (("protocols/one.yaml", "-o", "protocols/one.yaml"), 2, "was left alone"),
    (("nowhere.yaml",), 4, "nowhere.yaml"),
    (("protocols/one.yaml", "--tier-1", "both"), 2, ""),
    (("protocols", "--on", "2026-02-31"), 2, "is not a day"),
]


@pytest.mark.parametrize(("arguments", "code", "says"), COMMANDS, ids=[" ".join(row[0]) for row in COMMANDS])
def test_the_command(desk: Path, arguments: tuple[str, ...], code: int, says: str) -> None:
    done = run(desk, *arguments)
    assert done.returncode == code, done.stderr
    assert says in done.stderr


def test_sign_offs_are_found_and_printed(desk: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    who = ["--agency", "council", "--name", "A. Person", "--role", "Director", "--on", "2026-11-20"]
    command = [sys.executable, "-m", "sharecheck", "sign", "protocols/one.yaml", *who]
    subprocess.run(command, cwd=desk, env=env, check=True, capture_output=True)
    done = run(desk, "protocols/one.yaml", "--format", "html")
    assert done.returncode == 0, done.stderr
    assert "1 of 4 stand" in done.stdout
    assert "A. Person, Director, on 2026-11-20: named only" in done.stdout


def test_several_agreements_go_into_a_folder(desk: Path) -> None:
    base = (desk / "protocols" / "one.yaml").read_text(encoding="utf-8")
    own = re.search(r"(?m)^id: (.+)$", base)
    assert own
    (desk / "protocols" / "two.yaml").write_text(base.replace(own[0], "id: two"), encoding="utf-8")
    (desk / "protocols" / "three.yaml").write_text("sharecheck: 1\nid: three\n", encoding="utf-8")
    alone = run(desk)
    assert alone.returncode == 2
    assert "name a folder with `-o`" in alone.stderr
    done = run(desk, "-o", "out", "--format", "html")
    assert done.returncode == 1
    assert "three.yaml" in done.stderr
    assert sorted(one.name for one in (desk / "out").iterdir()) == sorted([f"{own[1]}.html", "two.html"])
    (desk / "protocols" / "two.yaml").write_text(base, encoding="utf-8")
    clash = run(desk, "-o", "out")
    assert clash.returncode == 2
    assert "the same id" in clash.stderr


def test_a_page_goes_to_the_screen_where_no_file_is_named(desk: Path) -> None:
    done = run(desk, "--format", "html")
    assert done.returncode == 0
    assert done.stdout.startswith("<!DOCTYPE html>")


def test_the_day_is_on_the_paper(book: Book) -> None:
    other = replace(book, on=date(2027, 5, 1), _derived={})
    held = agreements.build(page.base())
    facts = {one.name: one.says[0].text for one in paper.compose(held, other, "").facts}
    assert facts["Read with the law of"] == "1 May 2027"


def test_ids_of_sections_are_unique(book: Book) -> None:
    sections: list[Section] = list(laid("unknown: [benefits]\nbenefits: null", book).sections)
    assert len({one.id for one in sections}) == len(sections)


def test_a_stream_never_ends_in_half_a_line_end() -> None:
    checker = pytest.importorskip("page")
    import typst as setter

    plain_page = (
        b'#set document(title: "x", date: datetime(year: 2026, month: 1, day: 1))\n#set text(lang: "en")\n= %d\n'
    )
    ambiguous = next(
        made for made in (setter.compile(plain_page % number,
                                         pdf_standards=["a-2a"]) for number in range(2000))
        if b"\r\nendstream" in made
    )  # fmt: skip
    profile = checker.ValidationProfile.PDF_A_2A
    assert not checker.is_pdf_compliant_bytes(ambiguous, profile=profile)
    mended = press._ended_plainly(ambiguous)
    assert checker.is_pdf_compliant_bytes(mended, profile=profile)
    assert extracted(mended) == extracted(ambiguous)
    assert press._ended_plainly(mended) == mended
    assert press._ended_plainly(b"no PDF") == b"no PDF"


LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><rect width="90" height="60" fill="#7a0019"/></svg>'


def test_a_partnership_marks_its_paper(book: Book) -> None:
    made = laid("status: live", book)
    marked = Brand("Ours & <yours>", Logo(".svg", LOGO), "#7a0019", "#005500")
    pdf = typst.render(made, {}, DAY, marked)
    held_to(pdf)
    assert "Ours & <yours>" in plain(" ".join(extracted(pdf)))
    page = paper_html.render(made, {}, marked)
    assert "Ours &amp; &lt;yours&gt;" in page
    assert "--main: #7a0019; --accent: #005500" in page
    assert base64.b64encode(LOGO).decode() in page


def test_every_letter_that_the_fonts_have_is_taken() -> None:
    text = "".join(chr(one) for one in range(0x110000) if not 0xD800 <= one < 0xE000 and not press.lacking(chr(one)))
    assert len(text) > 5000
    template = b"""
#set document(title: "x")
#set text(font: ("Liberation Sans", "DejaVu Sans"), fallback: false)
#json(bytes(sys.inputs.data)).text"""
    held_to(press.pdf(template, {"text": text}, DAY))


def test_welsh_stands_beside_english_and_is_spoken_as_welsh(book: Book) -> None:
    names = "welsh: Gwarchod plant ŵ\nagencies: {council: {welsh: Y Cyngor}}"
    made = laid(f"status: live\n{names}", book)
    page = paper_html.render(made, {})
    for name in ("Gwarchod plant ŵ", "Y Cyngor"):
        assert f'<p class="quiet" lang="cy">{name}</p>' in page
    pdf = typst.render(made, {}, DAY)
    held_to(pdf)
    assert "Gwarchod plant ŵ" in plain(" ".join(extracted(pdf)))
    assert b"/Lang(cy)" in pdf
