"""The map says what the agreement says: the same edges in words, in Mermaid and in the picture."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from sharecheck import agreement, chart, knowledge, repository, source
from sharecheck.agreement import Agreement
from sharecheck.chart import POINT, Arrow, Chart, Line, Node
from sharecheck.durations import spoken as spoken_time
from sharecheck.formats import mermaid, svg
from sharecheck.rules import page
from sharecheck.settings import Settings
from tools import MERMAID, node

PROTOCOLS = sorted(p for p in (ROOT / "protocols").glob("*.yaml"))


@pytest.fixture(scope="module")
def agreements() -> dict[str, Agreement]:
    gathered = repository.gather([ROOT / "protocols"], Settings(ROOT))
    return {one.id: one for one in gathered.agreements}


def pairs_of(one: Agreement) -> set[tuple[str, str, int]]:
    """Who sends to whom in which flow, straight from the agreement."""
    out = set()
    for number, flow in enumerate(one.flows.values(), 1):
        pairs = {(a, b) for s in flow.senders for r in flow.recipients for a in s.agencies for b in r.agencies}
        out |= {(a, b, number) for a, b in pairs if a != b or {x != y for x, y in pairs} == {False}}
    return out


def pairs_drawn(drawn: Chart) -> set[tuple[str, str, int]]:
    """The same, read back from the arrows, through the meeting points."""
    out: set[tuple[str, str, int]] = set()
    into: dict[str, set[str]] = {}
    out_of: dict[str, set[str]] = {}
    for arrow in drawn.arrows:
        if arrow.second.startswith(POINT):
            if arrow.there:
                into.setdefault(arrow.second, set()).add(arrow.first)
            if arrow.back:
                out_of.setdefault(arrow.second, set()).add(arrow.first)
        else:
            out |= {(arrow.first, arrow.second, n) for n in arrow.there}
            out |= {(arrow.second, arrow.first, n) for n in arrow.back}
    for point, senders in into.items():
        number = int(point.removeprefix(POINT))
        out |= {(a, b, number) for a in senders for b in out_of[point] if a != b}
    return out


def test_the_map_holds_every_pair_and_no_other(agreements: dict[str, Agreement], book: knowledge.Book) -> None:
    assert len(agreements) == 11
    for one in agreements.values():
        assert pairs_drawn(chart.draw(one, book)) == pairs_of(one), one.id


def test_a_small_map_in_words(book: knowledge.Book) -> None:
    drawn = chart.draw(agreement.build(page.base()), book)
    assert [line.sentence for line in drawn.lines] == [
        "Designated safeguarding lead, Health visitor must tell Duty social worker: identity, injuries (special category data), "
        "for protection, from the level of significant harm to a child, known or suspected.",
        "Designated safeguarding lead may tell Early help lead practitioner, Family support worker: identity, attendance, "
        "for support.",
        "Speech and language therapist may tell Health visitor: identity, therapy (special category data), for care.",
        "Duty social worker must tell Designated safeguarding lead, Health visitor: identity, outcome, for protection, from the "
        "level of significant harm to a child, known or suspected.",
    ]


@pytest.mark.parametrize(
    ("written", "said"),
    [("P5D", "5 days"), ("PT24H", "24 hours"), ("P1Y6M", "1 year 6 months"), ("PT30M", "30 minutes"),
     ("next-school-day", "next school day"), ("1 working day", "1 working day")],
)  # fmt: skip
def test_lengths_of_time_as_people_say_them(written: str, said: str) -> None:
    assert spoken_time(written) == said


def parsed(texts: list[str]) -> list[str | None]:
    done = subprocess.run(
        [node(), "parse.mjs"],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        cwd=MERMAID,
        timeout=120,
        check=True,
    )
    return list(json.loads(done.stdout))


def test_mermaid_of_every_protocol_parses(agreements: dict[str, Agreement], book: knowledge.Book) -> None:
    texts = {name: mermaid.render(chart.draw(one, book)) for name, one in agreements.items()}
    assert dict(zip(texts, parsed(list(texts.values())), strict=True)) == dict.fromkeys(texts)


def test_the_real_parser_can_refuse() -> None:
    assert parsed(["flowchart LR\n a -->|x b"]) != [None]


NASTY = [
    'He said "hi"', "end", "a]b[c", "x --> y", "<script>alert(1)</script>", "50% #1; {x}", "`code`", "\\N \\G", "é ŵ 中 😀",
    "subgraph", "a\nb", "javascript:alert(1)", "%%{init: {}}%%", "}", "'); DROP", "&amp;",
]  # fmt: skip


def hostile(labels: list[str]) -> Chart:
    nodes = tuple(Node(f"a{i}", label, label) for i, label in enumerate(labels))
    line = Line(
        1,
        "x",
        *labels[:1],
        *(labels[0],) * 11,
        special=True,
        criminal=False,
        duty=True,
        both_ways=False,
        internal=False,
    )
    arrows = (Arrow("a0", f"a{len(labels) - 1}", (1,), (), True, True),)
    return Chart(labels[0], nodes, arrows, (line,))


def test_mermaid_of_hostile_names_parses() -> None:
    assert parsed([mermaid.render(hostile([name, "other"])) for name in NASTY]) == [None] * len(NASTY)


@given(st.lists(st.text(min_size=1, max_size=30), min_size=2, max_size=4))
def test_svg_of_any_names_is_well_formed_and_shows_them(labels: list[str]) -> None:
    text = svg.render(hostile(labels))
    root = ElementTree.fromstring(text)
    assert root.tag.endswith("svg")
    assert not [e for e in root.iter() if e.tag.rpartition("}")[2] in ("script", "foreignObject", "a", "image")]
    assert not any(name.startswith("on") for element in root.iter() for name in element.attrib)


def test_svg_names_every_agency_and_every_flow(agreements: dict[str, Agreement], book: knowledge.Book) -> None:
    one = agreements["concern-about-a-child"]
    drawn = chart.draw(one, book)
    root = ElementTree.fromstring(svg.render(drawn))
    words = " ".join(" ".join("".join(e.itertext()).split()) for e in root.iter() if e.tag.endswith("text"))
    for node_ in drawn.nodes:
        assert all(word in words for word in node_.label.split())
    for line in drawn.lines:
        assert line.title in words
    assert root.attrib["role"] == "img"
    description = next(e for e in root.iter() if e.tag.endswith("desc")).text or ""
    assert all(line.sentence in description for line in drawn.lines)


def test_svg_is_the_same_bytes_twice(agreements: dict[str, Agreement], book: knowledge.Book) -> None:
    drawn = chart.draw(agreements["disabled-children-team"], book)
    assert svg.render(drawn) == svg.render(drawn)


def test_a_map_without_flows(book: knowledge.Book) -> None:
    document = source.read(Path(ROOT / "protocols" / "borough-protocol.yaml"))
    drawn = chart.draw(agreement.build(document), book)
    assert drawn.arrows == ()
    assert ElementTree.fromstring(svg.render(drawn)).tag.endswith("svg")
    assert mermaid.render(drawn).startswith("flowchart LR\n")


def test_sharing_between_departments_of_one_body_is_use(book: knowledge.Book) -> None:
    fragment = (
        b"agencies: {school: {part_of: council}}\nflows: {help: {to: [lead]}, concern: {from: [safeguarding-lead]}}"
    )
    one = agreement.build(page.lay(source.parse(fragment, "x.yaml"), page.base()))
    assert {line.id: line.internal for line in chart.draw(one, book).lines} == {
        "concern": True,
        "help": True,
        "therapy-plan": True,
        "concern-answer": False,
    }
    assert not any(
        line.internal for line in chart.draw(agreement.build(page.base()), book).lines if line.id != "therapy-plan"
    )
