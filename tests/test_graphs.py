"""Charts hold what the policy says, and every format holds the same boxes and arrows."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import page
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from conftest import DAY, ROOT
from sharecheck import chart, knowledge, press, repository
from sharecheck.agreement import Agreement
from sharecheck.errors import SettingsError
from sharecheck.formats import chart_pages, dot, mermaid, outline, svg
from sharecheck.graphs import (
    DECISION,
    FLOWS,
    Edge,
    Graph,
    Line,
    Node,
    consent,
    decision,
    flows,
    ladder,
    partnership,
    words,
)
from sharecheck.graphs.decision import Outcome, Sheet
from sharecheck.graphs.steps import plain, steps
from sharecheck.graphs.tree import Ask, Leaf, paths, questions
from sharecheck.policy.compiled import compile
from sharecheck.policy.question import Circumstances
from sharecheck.policy.space import PARTS
from sharecheck.policy.table import CIRCUMSTANCES
from sharecheck.settings import Settings
from tools import MERMAID, node

NAMES = sorted(p.stem for p in (ROOT / "protocols").glob("*.yaml"))


@cache
def book() -> knowledge.Book:
    return knowledge.load(DAY)


@cache
def agreements() -> dict[str, Agreement]:
    gathered = repository.gather([ROOT / "protocols"], Settings(ROOT))
    return {one.id: one for one in gathered.agreements}


@cache
def sheets(name: str) -> tuple[Sheet, ...]:
    return decision.draw(compile(agreements()[name], book(), as_written=True))


@cache
def graphs(name: str) -> tuple[Graph, ...]:
    one = agreements()[name]
    return (
        flows.graph(chart.draw(one, book())),
        consent.graph(compile(one, book(), as_written=True)),
        *(sheet.graph() for sheet in sheets(name)),
    )


@cache
def every() -> tuple[Graph, ...]:
    return (partnership.graph([*agreements().values()]), *(graph for name in NAMES for graph in graphs(name)))


# the decision chart is the policy


@pytest.mark.parametrize("name", NAMES)
def test_every_path_of_every_chart_gives_the_answer_of_the_policy(name: str) -> None:
    for sheet in sheets(name):
        space = sheet.space
        algebra = space.algebra
        root = algebra.apply(lambda i, rows=space.table.rows: _outcome(rows[i]), space.root)
        covered = 0
        for masks, outcome in paths(sheet.tree, sheet.scope):
            assert algebra.values(root, masks) == {outcome}
            covered += algebra.count(algebra.box(masks))
        assert covered == algebra.count(algebra.box(sheet.scope)) > 0, "paths overlap, or leave questions out"


def _outcome(row: object) -> Outcome:
    return Outcome(row.outcome, row.first, row.inform == "no")  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES)
def test_questions_put_one_by_one_are_answered_as_the_chart_says(name: str) -> None:
    chance = random.Random(name)
    for sheet in sheets(name):
        space, policy = sheet.space, sheet.space.policy
        for _ in range(12):
            point = [
                chance.choice([i for i in range(m.bit_length()) if m >> i & 1]) for _, m in sorted(sheet.scope.items())
            ]
            tree = sheet.tree
            while isinstance(tree, Ask):
                tree = next(below for mask, below in tree.branches if mask >> point[tree.level] & 1)
            answer = sheet.answers[tree.value]
            row = space.row(tuple(point))
            assert (row.outcome, row.first) == (answer.outcome.word, answer.outcome.first)
            assert row in answer.rows
            who, to, aim, item, about = (
                side[i] for side, i in zip(
                    (space.senders, space.recipients, space.purposes, space.items, space.subjects), point, strict=False
                )
            )  # fmt: skip
            circumstances = Circumstances(
                **{n: space.names[len(PARTS) + i][point[len(PARTS) + i]] for i, n in enumerate(CIRCUMSTANCES)}
            )
            situation = policy.situation(who, to, item, about, aim)
            said = policy.flows_now(situation, circumstances) + policy.bars_now(situation, circumstances)
            assert {*said} <= {ground.id for ground in answer.grounds}
            facts = policy.facts(who, to, item, aim, situation.law)
            given_words = {n: getattr(circumstances, n) for n in CIRCUMSTANCES}
            asides = {one.says for one in space.table.steps if one.fits(facts, given_words, row.outcome)}
            assert {*answer.always} <= asides <= {*answer.always, *answer.sometimes}


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_is_small_and_drawn_as_it_was_grown(name: str) -> None:
    for sheet in sheets(name):
        assert sheet.questions <= decision.MOST
        graph = sheet.graph()
        asked = questions(sheet.tree)
        assert [n.mark for n in graph.nodes if n.kind == "question"] == [str(i) for i in range(1, len(asked) + 1)]
        for number, ask in enumerate(asked, 1):
            drawn = [edge for edge in graph.edges if edge.source == f"q{number}"]
            assert len(drawn) == len(ask.branches) == len({edge.label for edge in drawn})
            for edge, (_, below) in zip(drawn, ask.branches, strict=True):
                target = graph.named[edge.target]
                if isinstance(below, Leaf):
                    assert (target.mark, target.tone) == (sheet.answers[below.value].letter, below.value.word)
                else:
                    assert target.mark == str(asked.index(below) + 1)


def test_all_that_flows_say_is_charted() -> None:
    for name in NAMES:
        policy = compile(agreements()[name], book(), as_written=True)
        drawn = sheets(name)
        for flow in agreements()[name].flows.values():
            for party in flow.senders:
                for who in policy.called(party.ref):
                    for aim in flow.purposes:
                        for item in flow.data:
                            assert any(
                                who in s.values("sender") and aim in s.values("purpose") and item in s.values("item")
                                for s in drawn
                            ), (name, flow.id, who)


def test_one_role_and_one_purpose_on_one_sheet() -> None:
    policy = compile(agreements()["concern-about-a-child"], book(), as_written=True)
    (sheet,) = decision.draw(policy, purpose="enquiry", role="health-visitor")
    assert sheet.values("sender") == ("health-visitor",)
    text = outline.render(sheet.graph())
    assert "1. Is somebody in immediate danger?\n  - Yes: go to A (Share. It is a duty)" in text
    assert "A. Share. It is a duty: Ring now; do not wait for a form or a signature." in text
    assert re.search(r"Flow: .*\(protocols/concern-about-a-child\.yaml, line \d+\)\.", text)
    assert "Take advice from: Caldicott Guardian: caldicott@community-trust.example" in text
    assert "[row duty]" in text


def test_whom_a_flow_does_not_reach_can_be_asked_about_by_name() -> None:
    policy = compile(agreements()["concern-about-a-child"], book(), as_written=True)
    found = decision.draw(policy, purpose="enquiry", role="health-visitor", to="parental-responsibility")
    assert {name for sheet in found for name in sheet.values("recipient")} == {"parental-responsibility"}
    with pytest.raises(SettingsError, match="no flow of this agreement goes that way"):
        decision.draw(policy, purpose="support", role="police-officer")


@pytest.mark.parametrize("option", ["purpose", "role", "to"])
def test_a_name_that_is_not_known(option: str) -> None:
    policy = compile(agreements()["concern-about-a-child"], book())
    with pytest.raises(SettingsError, match=f"`--{option} nobody`: the agreement has no such name"):
        decision.draw(policy, **{option: "nobody"})


def test_what_is_taken_for_granted_is_said() -> None:
    for name in NAMES:
        for sheet in sheets(name):
            narrowed = [
                n for i, n in enumerate(CIRCUMSTANCES, len(PARTS)) if sheet.scope[i] != sheet.space.algebra.full[i]
            ]
            notes = " ".join(sheet.graph().notes)
            assert ("Taken for granted" in notes) == bool(narrowed)
            dimensions = {one.name: one for one in sheet.space.dimensions}
            for one in narrowed:
                assert words.granted(one, sheet.values(one), dimensions[one]) in notes


def test_an_agreement_that_is_not_in_use_says_so() -> None:
    over = knowledge.load(date(2031, 1, 1))
    (sheet, *_) = decision.draw(compile(agreements()["children-index"], over, as_written=True))
    assert any("Not in use on 2031-01-01" in note for note in sheet.graph().notes)


# consent and partnership


def test_consent_says_what_follows_whatever_is_said() -> None:
    for name in NAMES:
        graph = consent.graph(compile(agreements()[name], book(), as_written=True))
        asked = [n for n in graph.nodes if n.kind == "question"]
        assert len(asked) == len(graph.lines)
        flows_told = [d for line in graph.lines for d in line.in_full if d.startswith("Flow: ")]
        assert len(flows_told) == len(agreements()[name].flows)
        for one in asked:
            assert any(edge.source == one.id for edge in graph.edges), (name, one)


def test_a_refusal_under_an_agreement_to_ask() -> None:
    graph = consent.graph(compile(agreements()["assist-mental-health"], book(), as_written=True))
    asked = next(n for n in graph.nodes if n.label == "Ask for agreement as good practice")
    after = {edge.label: graph.named[edge.target].label for edge in graph.edges if edge.source == asked.id}
    assert (
        after["They agreed; or asking would bring danger, warn a suspect or delay help, below significant harm"]
        == "Share"
    )
    assert after["They said no, or took their agreement back, below significant harm"] == "Do not share"
    assert after["Whatever they say, from significant harm up"] == "Share"
    assert after["Nobody has been asked, below significant harm"] == "Ask first, and share if they agree"


def test_the_partnership_has_every_agreement_once_and_all_its_parties() -> None:
    graph = partnership.graph([*agreements().values()])
    titles = [n.label for n in graph.nodes if n.kind in ("agreement", "protocol")]
    assert sorted(titles) == sorted(one.title for one in agreements().values())
    assert sum(edge.label == "governs" for edge in graph.edges) == len(agreements()) - 1
    for one in agreements().values():
        top = next(n for n in graph.nodes if n.label == one.title)
        box = next(graph.named[e.target] for e in graph.edges if e.source == top.id and e.label == "between")
        assert all(body.name in box.note for body in one.parties)


# every format holds the same


Shape = tuple[list[tuple[str, str]], list[tuple[str, str, str, bool]]]


def normal(text: str) -> str:
    return " ".join(plain(text).split())


def shape(graph: Graph, *, by_mark: bool = False) -> Shape:
    """The boxes and arrows of a graph, by id or by mark, as formats can hold them."""
    name = {n.id: normal(n.mark) if by_mark else n.id for n in graph.nodes}
    boxes = [(name[n.id], normal(n.label)) for n in graph.nodes]
    arrows = [(name[e.source], name[e.target], normal(e.label), e.both) for e in graph.edges]
    return sorted(boxes), sorted(arrows)


def ids_of(graph: Graph) -> dict[str, Node]:
    return {n.id: n for n in graph.nodes}


def unmarked(text: str, one: Node) -> str:
    """The label of a box without the mark before it and the note after it."""
    text = normal(text)
    note, mark = normal(one.note), normal(one.mark)
    if note and text.endswith(note):
        text = text.removesuffix(note).rstrip()
    for lead in (f"{mark}: ", f"{mark} "):
        if one.kind in ("question", "answer", "protocol", "agreement") and text.startswith(lead):
            return text.removeprefix(lead)
    return text


def from_mermaid(all_of: tuple[Graph, ...]) -> list[Shape]:
    done = subprocess.run(
        [node(), "graph.mjs"], input=json.dumps([mermaid.render(one) for one in all_of]), capture_output=True, text=True,
        encoding="utf-8", cwd=MERMAID, timeout=300, check=True,
    )  # fmt: skip
    found = []
    for graph, read in zip(all_of, json.loads(done.stdout), strict=True):
        nodes = ids_of(graph)
        boxes = [(i, unmarked(text, nodes[i])) for i, text in read["boxes"]]
        arrows = [(a, b, normal(text), both) for a, b, text, both, _ in read["arrows"]]
        found.append((sorted(boxes), sorted(arrows)))
    return found


def from_dot(graph: Graph) -> Shape:
    done = subprocess.run(
        [svg._program(), "-Tjson0"], input=dot.render(graph).encode(), capture_output=True, timeout=60, check=True
    )
    read = json.loads(done.stdout)
    nodes = ids_of(graph)
    objects = {one["_gvid"]: one for one in read.get("objects", ()) if not one["name"].startswith("cluster_")}

    def text(written: str) -> str:
        return re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], written)

    boxes = [(one["name"], unmarked(text(one["label"]), nodes[one["name"]])) for one in objects.values()]
    arrows = [
        (
            objects[e["tail"]]["name"],
            objects[e["head"]]["name"],
            normal(text(e.get("label", ""))),
            e.get("dir") == "both",
        )
        for e in read.get("edges", ())
    ]
    return sorted(boxes), sorted(arrows)


def from_svg(graph: Graph) -> Shape:
    root = ElementTree.fromstring(svg.render(graph))
    nodes = ids_of(graph)
    boxes: dict[str, str] = {}
    labels: dict[int, str] = {}
    ends: dict[int, tuple[str, str, bool]] = {}
    for group in root.iter("{http://www.w3.org/2000/svg}g"):
        kind, _, rest = group.attrib.get("id", "").partition("-")
        text = " ".join("".join(one.itertext()) for one in group.iter("{http://www.w3.org/2000/svg}text"))
        if kind == "box" and "-again-" not in rest:
            name = rest if rest in nodes else rest.rpartition("-")[0]
            boxes[name] = unmarked(text, nodes[name])
        elif kind == "label":
            labels[int(rest)] = normal(text)
        elif kind == "arrow":
            ends[int(rest)] = (group.attrib["data-from"], group.attrib["data-to"], group.attrib["data-both"] == "true")
    arrows = [(a, b, labels.get(i, ""), both) for i, (a, b, both) in ends.items()]
    return sorted(boxes.items()), sorted(arrows)


def from_outline(graph: Graph) -> Shape:
    marks = {normal(n.mark): n for n in graph.nodes}
    boxes, arrows = [], []
    for step in steps(graph):
        here = next(mark for mark in sorted(marks, key=len, reverse=True) if step.box.startswith(f"{mark}. "))
        one = marks[here]
        text = step.box.removeprefix(f"{here}. ")
        if one.note:
            text = text.removesuffix(f": {normal(one.note)}")
        boxes.append((here, text.removesuffix(f" ({normal(one.group)})") if one.group else text))
        for arrow in step.arrows:
            found = re.fullmatch(r"(?:(.*): )?(go to|to and from|to) (\S+(?: \d+)?)(?: \(.*)?", arrow)
            assert found is not None, arrow
            arrows.append((here, found[3], found[1] or "", found[2] == "to and from"))
    return sorted(boxes), sorted(arrows)


def test_mermaid_holds_every_box_and_arrow_of_every_chart_of_every_agreement() -> None:
    for graph, read in zip(every(), from_mermaid(every()), strict=True):
        assert read == shape(graph), graph.title


def test_dot_holds_every_box_and_arrow() -> None:
    for graph in every():
        assert from_dot(graph) == shape(graph), graph.title


@pytest.mark.parametrize("name", NAMES)
def test_svg_holds_every_box_and_arrow(name: str) -> None:
    for graph in (*graphs(name)[:2], *graphs(name)[2::4]):
        assert spaceless(from_svg(graph)) == spaceless(shape(graph)), graph.title


def spaceless(read: Shape) -> Shape:
    """Without spaces, since a picture breaks long words."""
    boxes, arrows = read
    return (
        sorted((i, text.replace(" ", "")) for i, text in boxes),
        sorted((a, b, text.replace(" ", ""), both) for a, b, text, both in arrows),
    )


def test_words_hold_every_box_and_arrow() -> None:
    for graph in every():
        assert from_outline(graph) == shape(graph, by_mark=True), graph.title


def pdf_of(*some: Graph) -> bytes:
    made = []
    for graph in some:
        picture = svg.picture(graph)
        made.append(chart_pages.Sheet(graph, picture))
    return chart_pages.pdf(made, DAY, "A foot")


def words_of(data: bytes) -> str:
    """The text of a PDF, in reading order."""
    return "".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


def test_a_pdf_holds_the_same_in_words_and_passes_the_rules_for_pdf() -> None:
    some = (*graphs("youth-offending-team"), partnership.graph([*agreements().values()]))
    data = pdf_of(*some)
    assert data == pdf_of(*some)
    for profile in ("ua1", "2a"):
        assert page.is_pdf_compliant_bytes(data, profile=profile), profile
    said = "".join(words_of(data).split())
    for graph in some:
        for step in steps(graph):
            for line in (step.box, *step.arrows):
                assert "".join(line.split()) in said, line


def test_a_png_carries_its_words() -> None:
    graph = graphs("children-index")[2]
    told = outline.render(graph)
    data = chart_pages.png(svg.render(graph), told, DAY)
    assert data == chart_pages.png(svg.render(graph), told, DAY)
    at, chunks = 8, []
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        assert int.from_bytes(data[at + 8 + size : at + 12 + size], "big") == zlib.crc32(kind + body)
        chunks.append((kind, body))
        at += 12 + size
    assert [kind for kind, _ in chunks[:2]] == [b"IHDR", b"iTXt"]
    assert chunks[1][1] == b"Description\0\0\0en-GB\0\0" + told.encode()


# names of any kind


NASTY = [
    'He said "hi"', "end", "a]b[c", "x --> y", "<script>alert(1)</script>", "50% #1; {x}", "`code`", "\\N \\G \\", "é ŵ ŷ Ŵ",
    "subgraph", "a\nb", "javascript:alert(1)", "%%{init: {}}%%", "}", "'); DROP", "&amp; &#60;", "</svg>", "]]>", "<b>&nbsp;</b>",
    "#panic(\"x\") *bold* $x$ @ref", "\x1b[31mred", "W" * 90, "A very long name of a body " * 6, "digraph { a -> b }", "<br/>",
]  # fmt: skip


def hostile(kind: str, names: list[str]) -> Graph:
    """A chart that has a name everywhere."""
    nodes = [Node(f"n{i}", "question" if i == 0 else "answer", f"M{i}", name, tone="" if i == 0 else "share", note=name)
             for i, name in enumerate(names)]  # fmt: skip
    if kind == FLOWS:
        nodes = [Node(one.id, "agency", one.mark, one.label, group=one.label, note=one.note) for one in nodes]
    edges = [Edge("n0", f"n{i}", names[i], kinds=("special",) if kind == FLOWS else ()) for i in range(1, len(names))]
    lines = [Line(f"L{i}", name, name, (name,)) for i, name in enumerate(names)]
    return Graph(kind, names[0], True, tuple(nodes), tuple(edges), tuple(lines), tuple(names))


@pytest.mark.parametrize("kind", [FLOWS, DECISION])
def test_hostile_names_stay_names(kind: str) -> None:
    some = tuple(hostile(kind, [name, "other"]) for name in NASTY)
    for graph, read in zip(some, from_mermaid(some), strict=True):
        boxes, arrows = shape(graph)
        assert [i for i, _ in read[0]] == [i for i, _ in boxes]
        assert read[1] == arrows, graph.title
        assert from_dot(graph)[1] == arrows
        assert from_svg(graph)[1] == spaceless_or(from_svg(graph)[1], arrows)
        text = svg.render(graph)
        assert not forbidden(text)
        assert "\x1b" not in outline.render(graph) + dot.render(graph) + text


def spaceless_or(
    read: list[tuple[str, str, str, bool]], wanted: list[tuple[str, str, str, bool]]
) -> list[tuple[str, str, str, bool]]:
    """What was read, where it is what was wanted but for spaces; else what was wanted."""
    same = spaceless(([], read))[1] == spaceless(([], wanted))[1]
    return read if same else wanted


def forbidden(text: str) -> list[str]:
    """What a picture must not have: script, links, foreign content, handlers, addresses."""
    root = ElementTree.fromstring(text)
    names = [one.tag.rpartition("}")[2] for one in root.iter()]
    held = [n for n in names if n not in ("svg", "title", "desc", "rect", "g", "path", "text", "tspan")]
    held += [
        key for one in root.iter() for key in one.attrib if key.startswith("on") or "href" in key or key == "style"
    ]
    return held


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(min_size=1, max_size=40), min_size=2, max_size=4))
def test_any_names_give_a_picture_and_words(names: list[str]) -> None:
    for kind in (FLOWS, DECISION):
        graph = hostile(kind, names)
        assert not forbidden(svg.render(graph))
        told = steps(graph)
        assert (len(told), sum(len(step.arrows) for step in told)) == (len(graph.nodes), len(graph.edges))


def test_hostile_names_stay_names_on_a_page() -> None:
    graph = hostile(DECISION, [*NASTY, "中文 😀 ਪੰਜਾਬੀ"])
    said = "".join(words_of(pdf_of(graph)).split())
    for name in ('#panic("x") *bold* $x$ @ref', "<script>alert(1)</script>", "é ŵ ŷ Ŵ", "\\N \\G \\"):
        assert "".join(name.split()) in said


# pictures


def test_pictures_have_no_script_and_are_the_same_bytes_twice() -> None:
    for graph in (*graphs("assist-mental-health"), partnership.graph([*agreements().values()])):
        text = svg.render(graph)
        assert text == svg.render(graph)
        assert not forbidden(text)
        root = ElementTree.fromstring(text)
        assert root.attrib["role"] == "img"
        assert root.attrib["aria-labelledby"] == "map-title map-desc"


def test_decision_charts_are_legible_on_a_page_of_a4_and_boxes_do_not_overlap() -> None:
    for name in NAMES:
        for graph in graphs(name)[2:]:
            picture = svg.picture(graph)
            assert svg._fits(*press.size(picture)) > 0.55, graph.title
            assert not list(overlaps(picture)), graph.title


def overlaps(text: str) -> Iterator[tuple[str, str]]:
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    boxes = []
    for group in root.iter(f"{space}g"):
        if group.attrib.get("id", "").startswith("box-"):
            rect = next(group.iter(f"{space}rect"))
            x, y, w, h = (float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
            boxes.append((group.attrib["id"], x, y, x + w, y + h))
    for i, (one, a, b, c, d) in enumerate(boxes):
        for other, e, f, g, h in boxes[i + 1 :]:
            if a < g and e < c and b < h and f < d:
                yield one, other


def test_a_ladder_is_for_trees() -> None:
    sizes = dict.fromkeys("abc", (100.0, 30.0))
    assert ladder.place("a", [("a", "b"), ("a", "c")], sizes, [(20, 13), (20, 13)]) is not None
    assert ladder.place("a", [("a", "b"), ("a", "c"), ("b", "c")], sizes, [(0, 0)] * 3) is None


def test_words_break_where_a_line_is_full() -> None:
    assert svg.wrapped("one two three", 45, 12) == ["one two", "three"]
    assert svg.wrapped("i" * 40, 30, 12) == ["i" * 11] * 3 + ["i" * 7]
    assert svg.wrapped("", 30, 12) == []
    assert svg.measure("ŵ", 10) == svg.measure("w", 10)


# the command


def flowchart(*said: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "sharecheck", "flowchart", *said, "--on", DAY.isoformat()],
        capture_output=True, timeout=120, check=False, cwd=ROOT,
    )  # fmt: skip


ONE = "protocols/youth-offending-team.yaml"
NARROW = ("--kind", "decision", "--role", "case-manager", "--purpose", "report-to-court")

STARTS: list[tuple[tuple[str, ...], str, bytes]] = [
    ((ONE,), "x.mmd", b"flowchart LR\n  accTitle: Data-flow map of"),
    ((ONE, *NARROW), "x.svg", b"<?xml"),
    ((ONE, *NARROW), "x.png", b"\x89PNG"),
    ((ONE, *NARROW), "x.pdf", b"%PDF-1.7"),
    ((ONE, *NARROW), "x.dot", b"// Decision chart: "),
    ((ONE, *NARROW), "x.txt", b"Decision chart: Youth offending team: may I share this?"),
    ((ONE, "--kind", "consent"), "x.txt", b"Consent chart: Youth offending team"),
    (("protocols", "--kind", "partnership"), "x.svg", b"<?xml"),
    ((ONE, "--kind", "decision"), "all.pdf", b"%PDF-1.7"),
]


@pytest.mark.parametrize(("said", "name", "start"), STARTS, ids=[f"{' '.join(s[1:3])} {n}" for s, n, _ in STARTS])
def test_the_ending_of_the_file_sets_the_format(said: tuple[str, ...], name: str, start: bytes, tmp_path: Path) -> None:
    done = flowchart(*said, "-o", str(tmp_path / name))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / name).read_bytes().startswith(start)


def test_many_charts_go_into_a_folder(tmp_path: Path) -> None:
    done = flowchart(ONE, "--kind", "decision", "--format", "mermaid", "-o", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("decision-*.mmd"))) == len(sheets("youth-offending-team"))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ((ONE, "--kind", "decision", "--format", "svg"), "holds one"),
        ((ONE, "--role", "gp"), "`--to` are for decision charts"),
        ((ONE, "--kind", "decision", "--role", "nobody"), "the agreement has no such name"),
        (("protocols", "--kind", "decision"), "holds 11 agreements"),
    ],
)
def test_what_the_command_refuses(said: tuple[str, ...], reason: str) -> None:
    done = flowchart(*said)
    assert (done.returncode, done.stdout) == (2, b"")
    assert reason in done.stderr.decode()


def test_an_agreement_without_flows() -> None:
    done = flowchart("protocols/borough-protocol.yaml", "--kind", "decision")
    assert done.returncode == 0
    assert "there is nothing to chart" in done.stderr.decode()
