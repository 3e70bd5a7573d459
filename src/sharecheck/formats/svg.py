"""A chart as SVG. Graphviz, which comes with sharecheck, says where things stand and sees no word of it; we draw the rest."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from typing import Any

from sharecheck.chart import Chart
from sharecheck.errors import SharecheckError
from sharecheck.graphs import DECISION, FLOWS, KINDS, Edge, Graph, Node, Way, flows, ladder
from sharecheck.graphs.lettering import escape as escape
from sharecheck.graphs.lettering import measure as measure
from sharecheck.graphs.lettering import wrapped as wrapped

RED, BLUE, INK, PAPER, SHADE, EDGE = "#a1260d", "#1d4f91", "#1a1a1a", "#ffffff", "#f1f3f5", "#6b7278"
_SECONDS = 60
_LINE = 15.0
_LEAST, _LABEL = 940.0, 128.0
SHORT, LONG = 525.0, 770.0
"""What a page of A4 has room for within its margins, in points."""


_CHIP, _ROW = 24.0, 5
"""How large a number that can be clicked is at least, and how many stand in a row."""


_NOWHERE: Mapping[str, Way] = {}


class LayoutError(SharecheckError):
    """The program that lays out the picture is missing or failed; the chart as text says the same in words."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a kind of box looks; `width` is how wide its text may run, in points."""

    width: float
    fill: str = PAPER
    stroke: str = INK
    weight: float = 1.1
    dashes: str = ""
    radius: float = 6


_SHAPES = {
    "agency": _Shape(165),
    "point": _Shape(30, radius=12),
    "question": _Shape(190, radius=14),
    "answer": _Shape(185, radius=2),
    "again": _Shape(100, fill=SHADE, dashes="4 2", radius=10),
    "protocol": _Shape(190, fill="#e4e8ec", weight=2.4, radius=2),
    "agreement": _Shape(190, radius=2),
    "parties": _Shape(430),
}
_TONES = {
    "must-share": _Shape(185, "#dff0e3", "#0b5c2a", 3.2, radius=2),
    "share": _Shape(185, "#eef7f0", "#0b5c2a", 1.6, radius=2),
    "ask-first": _Shape(185, "#fff6dc", "#7a5200", 1.6, "6 3", 2),
    "seek-advice": _Shape(185, "#e8f0fa", BLUE, 1.6, "2 3", 2),
    "do-not-share": _Shape(185, "#fbe9e6", RED, 3.2, "9 3", 2),
}
_STROKES = {("special",): "7 3", ("criminal",): "2 3", ("special", "criminal"): "9 3 2 3"}
"""Dashes of arrows by the sensitive kinds they have; they are red besides, and the numbers bear letters."""


def render(chart: Chart | Graph, *, listed: bool = True) -> str:
    """An SVG that stands alone: the picture, a key, and the texts below it; the same bytes on every machine.

    `listed` is false where the texts stand beside the picture.
    """
    graph = flows.graph(chart) if isinstance(chart, Chart) else chart
    placed = _Placed(graph)
    width = max(placed.width + 32, _LEAST)
    head, top = _head(graph, width)
    foot, bottom = _foot(graph, width, top + placed.height + 26, listed=listed)
    body = f'<g transform="translate({_n((width - placed.width) / 2)} {_n(top)})">\n{placed.drawn()}</g>\n'
    return _framed(graph, width, bottom, f"{head}{body}{foot}")


def picture(graph: Graph, ways: Mapping[str, Way] = _NOWHERE) -> str:
    """The boxes and arrows and their key alone, for a page that says the rest.

    `ways` are where boxes and flows lead, by their marks; with them it is a picture to walk, whose numbers are large enough
    to be clicked.
    """
    placed = _Placed(graph, ways)
    width = max(placed.width, 300.0)
    key, bottom = _key(graph, width, placed.height + 20)
    return _framed(graph, width, bottom, f"{placed.drawn()}{key}", walked=bool(ways))


def _framed(graph: Graph, width: float, height: float, body: str, *, walked: bool = False) -> str:
    """The frame; what is walked is a group of links with a name, and anything else one picture with a description."""
    name = f"{escape(graph.kind)}: {escape(graph.title)}"
    said = f'role="group" aria-label="{name}"' if walked else 'role="img" aria-labelledby="map-title map-desc"'
    told = (
        ""
        if walked
        else f'<title id="map-title">{name}</title>\n<desc id="map-desc">{escape(_described(graph))}</desc>\n'
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}" height="{_n(height)}" '
        f'viewBox="0 0 {_n(width)} {_n(height)}" {said} '
        'font-family="Arial, Helvetica, sans-serif" font-size="12">\n'
        f'{told}<rect width="100%" height="100%" fill="{PAPER}"/>\n{body}</svg>\n'
    )


def _described(graph: Graph) -> str:
    about = " ".join((*graph.notes, *(f"{line.mark}. {line.text or line.title}" for line in graph.lines)))
    if not graph.nodes:
        about = "There are no flows." if graph.kind == FLOWS else "There is nothing to draw."
    return about


# the texts around the picture


def _head(graph: Graph, width: float) -> tuple[str, float]:
    out, y = "", 30.0
    for line in wrapped(graph.title, width - 32, 20, bold=True):
        out += f'<text x="16" y="{_n(y)}" font-size="20" font-weight="bold" fill="{INK}">{escape(line)}</text>\n'
        y += 24
    for note in graph.notes:
        for line in wrapped(note, width - 32, 12):
            out += f'<text x="16" y="{_n(y)}" fill="{INK}">{escape(line)}</text>\n'
            y += _LINE
    return out, y + 4


def _foot(graph: Graph, width: float, top: float, *, listed: bool) -> tuple[str, float]:
    key, y = _key(graph, width, top)
    out = [key]
    for line in graph.lines if listed else ():
        y += 6
        out.append(f'<text x="16" y="{_n(y)}" font-weight="bold" fill="{INK}">{escape(line.mark)}</text>\n')
        at = 26 + 7.0 * len(line.mark)
        text = f"{line.title}{'.' if line.title and not line.title.endswith('.') else ''} {line.text}".strip()
        for i, part in enumerate((text, *line.in_full)):
            for piece in wrapped(part, width - at - 26, 12):
                bold = ' font-weight="bold"' if i == 0 and line.in_full else ""
                out.append(f'<text x="{_n(at)}" y="{_n(y)}"{bold} fill="{INK}">{escape(piece)}</text>\n')
                y += _LINE
    return "".join(out), y + 10


def _key(graph: Graph, width: float, top: float) -> tuple[str, float]:
    if graph.kind != FLOWS:
        return "", top
    out, x, y = "", 16.0, top
    entries = [(BLUE, "", 1.5, "other personal data")] if len(graph.used) < 3 or graph.edges else []
    entries = [
        (RED, _STROKES["special",], 1.5, "s: special category data"),
        (RED, _STROKES["criminal",], 1.5, "c: criminal-offence data"),
        *entries, (INK, "", 3.0, f"thick: {KINDS['duty']}"), (INK, "", 1.1, "thin: partners may share"),
    ]  # fmt: skip
    for colour, dashes, weight, says in entries:
        length = 60 + measure(says, 12)
        if x + length > width:
            x, y = 16.0, y + 18
        out += f'<path d="M{_n(x)} {_n(y - 4)}h34" stroke="{colour}" stroke-width="{weight}"{_dashed(dashes)} fill="none"/>\n'
        out += f'<text x="{_n(x + 40)}" y="{_n(y)}" fill="{INK}">{escape(says)}</text>\n'
        x += length
    return out, y + 20


# the picture


@dataclass(frozen=True, slots=True)
class _Text:
    """A line of text in a box: where below the top its baseline is, and how it looks."""

    text: str
    down: float
    size: float
    bold: bool


class _Placed:
    """A graph with a place for everything.

    In a decision chart an answer is drawn for each arrow that leads to it; a question once, and then as a hint to go to it.
    """

    def __init__(self, graph: Graph, ways: Mapping[str, Way] = _NOWHERE) -> None:
        self.graph = graph
        self.ways = ways
        self.nodes: list[Node] = []
        self.keys: list[str] = []
        self.ends: list[tuple[str, str]] = []
        self._multiply()
        self.texts = {key: list(_texts(node)) for key, node in zip(self.keys, self.nodes, strict=True)}
        self.sizes = {key: self._size(key, node) for key, node in zip(self.keys, self.nodes, strict=True)}
        self.labels = [self._lines(edge.label) for edge in graph.edges]
        self.width, self.height = 0.0, 0.0
        self.laid: dict[str, Any] = {"objects": [], "edges": []}
        best = 0.0
        for laid in self._ways() if graph.nodes else ():
            _, _, width, height = (float(one) for one in laid["bb"].split(","))
            if (fits := _fits(width, height)) > best:
                best, self.laid, self.width, self.height = fits, laid, width, height

    def _ways(self) -> Iterator[dict[str, Any]]:
        """The ways to lay it out, of which the one that fits a page best is taken; a decision chart has more than one."""
        if self.graph.kind != DECISION:
            yield json.loads(_layout(self._dot(across=self.graph.across)))
            return
        sizes = [self._label_size(label) for label in self.labels]
        made = ladder.place(self.keys[0], self.ends, self.sizes, sizes)
        if made is not None:
            yield _as_laid(made, self.keys)
        for across in (False, True):
            yield json.loads(_layout(self._dot(across=across)))

    @property
    def _numbered(self) -> bool:
        """Whether the numbers on arrows lead somewhere."""
        return bool(self.ways) and self.graph.kind == FLOWS

    def _lines(self, label: str) -> list[str]:
        """The lines of the text of an arrow; of numbers that lead somewhere, so many as stand in a row."""
        if not self._numbered:
            return wrapped(label, _LABEL, 11)
        numbers = label.split(", ") if label else []
        return [", ".join(numbers[i : i + _ROW]) for i in range(0, len(numbers), _ROW)]

    def _label_size(self, label: list[str]) -> tuple[float, float]:
        if self._numbered:
            return max((sum(map(_chip, line.split(", "))) for line in label), default=0.0), len(label) * (_CHIP + 2)
        return max((measure(line, 11) for line in label), default=0.0), len(label) * 13.0

    def _leading(self, mark: str, drawn: str) -> str:
        """Something drawn as a link, where what it is called leads somewhere."""
        if (way := self.ways.get(mark)) is None:
            return drawn
        name = escape(way.name)
        return f'<a href="{escape(way.to)}" aria-label="{name}"><title>{name}</title>{drawn}</a>'

    def _multiply(self) -> None:
        arrows: dict[str, int] = {}
        tree, named = self.graph.kind == DECISION, self.graph.named
        again: list[tuple[str, Node]] = []
        led: set[str] = set()
        for edge in self.graph.edges:
            key, target = edge.target, named[edge.target]
            if tree and target.kind == "answer":
                arrows[key] = arrows.get(key, 0) + 1
                key = f"{key}-{arrows[key]}"
            elif tree and key in led:
                key = f"{key}-again-{len(again) + 1}"
                again.append((key, Node(key, "again", target.mark, f"Go to {target.mark}")))
            led.add(edge.target)
            self.ends.append((edge.source, key))
        for node in self.graph.nodes:
            copies = [f"{node.id}-{i}" for i in range(1, arrows.get(node.id, 0) + 1)] or [node.id]
            self.keys += copies
            self.nodes += [node] * len(copies)
        self.keys += [key for key, _ in again]
        self.nodes += [node for _, node in again]

    def _size(self, key: str, node: Node) -> tuple[float, float]:
        if node.kind == "point":
            return 26.0, 26.0
        texts = self.texts[key]
        wide = max((measure(one.text, one.size, bold=one.bold) for one in texts), default=20.0)
        return wide + 22, (texts[-1].down if texts else 18.0) + 9

    def _dot(self, *, across: bool) -> str:
        """The sizes of everything, and nothing of what it says."""
        flows_ = self.graph.kind == FLOWS
        out = [
            "digraph g {",
            f"graph [rankdir={'LR' if across else 'TB'}, nodesep={0.3 if flows_ else 0.16}, "
            f"ranksep={1.4 if flows_ else 0.35}, pad=0.1];",
            "node [shape=box, fixedsize=true, label=\"\"];",
        ]  # fmt: skip
        names = {key: f"n{i}" for i, key in enumerate(self.keys)}
        groups: dict[str | None, list[str]] = {}
        for key, node in zip(self.keys, self.nodes, strict=True):
            wide, high = self.sizes[key]
            shape = ", shape=circle" if node.kind == "point" else ""
            groups.setdefault(node.group, []).append(
                f"{names[key]} [width={wide / 72:.4f}, height={high / 72:.4f}{shape}];"
            )
        out += groups.pop(None, [])
        for i, (group, inside) in [*enumerate(groups.items())][:: -1 if across else 1]:
            wide = measure(group or "", 12, bold=True) + 16
            out += [f"subgraph cluster_{i} {{ margin=12; {_blank('label', wide, 12)}; labeljust=l;", *inside, "}"]
        for edge, (first, second), label in zip(self.graph.edges, self.ends, self.labels, strict=True):
            said = ""
            if label:
                wide, high = self._label_size(label)
                said = f" [{_blank('label', wide + 8, high)}]"
            ways = " [dir=both]" if edge.both else ""
            out.append(f"{names[first]} -> {names[second]}{said}{ways};")
        return "\n".join([*out, "}"]) + "\n"

    def drawn(self) -> str:
        """Everything as SVG, groups below arrows below boxes."""
        groups = list(dict.fromkeys(node.group for node in self.nodes if node.group is not None))
        boxes = {one["name"]: one for one in self.laid["objects"]}
        out = [self._group(group, boxes[f"cluster_{i}"]) for i, group in enumerate(groups)]
        for i, edge in enumerate(self.graph.edges):
            out.append(self._arrow(i, edge, self.laid["edges"][i]))
        for i, (key, node) in enumerate(zip(self.keys, self.nodes, strict=True)):
            x, y = (float(one) for one in boxes[f"n{i}"]["pos"].split(","))
            out.append(self._box(key, node, x, self.height - y))
        out += [self._label(i, self.laid["edges"][i]) for i, label in enumerate(self.labels) if label]
        return "".join(out)

    def _group(self, group: str, box: dict[str, Any]) -> str:
        left, low, right, high = (float(one) for one in box["bb"].split(","))
        return (
            f'<rect x="{_n(left)}" y="{_n(self.height - high)}" width="{_n(right - left)}" height="{_n(high - low)}" '
            f'rx="8" fill="{SHADE}" stroke="#c3c8cd"/>\n<text x="{_n(left + 10)}" y="{_n(self.height - high + 17)}" '
            f'font-weight="bold" fill="{INK}">{escape(group)}</text>\n'
        )

    def _box(self, key: str, node: Node, x: float, y: float) -> str:
        shape = _TONES.get(node.tone) or _SHAPES[node.kind]
        wide, high = self.sizes[key]
        left, top = x - wide / 2, y - high / 2
        radius = wide / 2 if node.kind == "point" else shape.radius
        out = (
            f'<rect x="{_n(left)}" y="{_n(top)}" width="{_n(wide)}" height="{_n(high)}" rx="{_n(radius)}" '
            f'fill="{shape.fill}" stroke="{shape.stroke}" stroke-width="{shape.weight}"{_dashed(shape.dashes)}/>'
        )
        for one in self.texts[key]:
            bold = ' font-weight="bold"' if one.bold else ""
            across = x - measure(one.text, one.size, bold=one.bold) / 2 if node.kind == "point" else left + 11
            out += (
                f'<text x="{_n(across)}" y="{_n(top + one.down)}" font-size="{_n(one.size)}"{bold} fill="{INK}">'
                f"{escape(one.text)}</text>"
            )
        mark = node.label if node.kind == "point" else node.mark
        return f'<g id="box-{key}">{self._leading(mark, out)}</g>\n'

    def _arrow(self, i: int, edge: Edge, laid: dict[str, Any]) -> str:
        colour, dashes = self._look(edge)
        weight = 2.4 if "duty" in edge.kinds else 1.2
        points = [one for one in laid["pos"].split(" ") if one]
        tips = {one[0]: self._at(one[2:]) for one in points if one[1] == "," and one[0] in "es"}
        curve = [self._at(one) for one in points if one[0] not in "es"]
        path = f"M{_p(curve[0])}C" + " ".join(_p(one) for one in curve[1:])
        out = (
            f'<g id="arrow-{i + 1}" data-from="{edge.source}" data-to="{edge.target}" data-kinds="{" ".join(edge.kinds)}" '
            f'data-both="{str(edge.both).lower()}"><path d="{path}" fill="none" stroke="{colour}" stroke-width="{weight}"'
            f"{_dashed(dashes)}/>"
        )
        for end, at in (("e", curve[-1]), ("s", curve[0])):
            if end in tips:
                out += _head_of(at, tips[end], colour, weight)
        return f"{out}</g>\n"

    def _label(self, i: int, laid: dict[str, Any]) -> str:
        x, y = self._at(laid["lp"])
        colour, _ = self._look(self.graph.edges[i])
        label = self.labels[i]
        wide, high = self._label_size(label)
        top = y - high / 2
        if self._numbered:
            return f'<g id="label-{i + 1}">{self._chips(label, x, top, colour)}</g>\n'
        out = f'<g id="label-{i + 1}" font-size="11" fill="{colour if self.graph.edges[i].kinds else INK}">'
        out += (
            f'<rect x="{_n(x - wide / 2 - 2)}" y="{_n(top)}" width="{_n(wide + 4)}" height="{_n(high)}" '
            f'fill="{PAPER}" fill-opacity="0.85"/>'
        )
        for n, line in enumerate(label):
            out += f'<text x="{_n(x - measure(line, 11) / 2)}" y="{_n(top + 10 + 13 * n)}">{escape(line)}</text>'
        return f"{out}</g>\n"

    def _chips(self, label: list[str], x: float, top: float, colour: str) -> str:
        """The numbers of the flows of an arrow, each in a box of its own that leads to it."""
        out = ""
        for n, line in enumerate(label):
            marks = line.split(", ")
            left = x - sum(map(_chip, marks)) / 2
            for mark in marks:
                wide = _chip(mark) - 2
                drawn = (
                    f'<rect x="{_n(left + 1)}" y="{_n(top + n * (_CHIP + 2) + 1)}" width="{_n(wide)}" height="{_n(_CHIP)}" rx="4" '
                    f'fill="{PAPER}" stroke="{colour}"/><text x="{_n(left + 1 + (wide - measure(mark, 12)) / 2)}" '
                    f'y="{_n(top + n * (_CHIP + 2) + 17)}" fill="{colour}">{escape(mark)}</text>'
                )
                out += self._leading(mark.rstrip("sc"), drawn)
                left += wide + 2
        return out

    def _look(self, edge: Edge) -> tuple[str, str]:
        sensitive = tuple(kind for kind in edge.kinds if kind != "duty")
        plain = BLUE if self.graph.kind == FLOWS else EDGE
        return (RED, _STROKES[sensitive]) if sensitive else (plain, "")

    def _at(self, written: str) -> tuple[float, float]:
        x, _, y = written.partition(",")
        return float(x), self.height - float(y)


def _chip(mark: str) -> float:
    """How wide the box of a number is, with the room beside it."""
    return max(_CHIP, measure(mark, 12) + 10) + 2


def _as_laid(made: ladder.Ladder, keys: list[str]) -> dict[str, Any]:
    """Places as Graphviz would say them, which counts from the foot of the page."""
    wide, high = made.size[0] + 8, made.size[1] + 8

    def at(point: tuple[float, float]) -> str:
        return f"{point[0] + 4:.2f},{high - 4 - point[1]:.2f}"

    edges = []
    for i in range(len(made.arrows)):
        *corners, last, tip = made.arrows[i]
        across, down = tip[0] - last[0], tip[1] - last[1]
        length = (across**2 + down**2) ** 0.5 or 1.0
        stop = tip[0] - across / length * 8, tip[1] - down / length * 8
        points = [*corners, last, stop]
        curve = [at(points[0])] + [at(one) for before, after in pairwise(points) for one in (before, after, after)]
        edges.append({"pos": f"e,{at(tip)} {' '.join(curve)}", "lp": at(made.labels[i])})
    objects = [{"name": f"n{i}", "pos": at(made.boxes[key])} for i, key in enumerate(keys)]
    return {"bb": f"0,0,{wide},{high}", "objects": objects, "edges": edges}


def _fits(width: float, height: float) -> float:
    """How large a picture can be on a page of A4, upright or on its side: 1 for its own size."""
    return max(min(SHORT / width, LONG / height), min(LONG / width, SHORT / height))


def _texts(node: Node) -> Iterator[_Text]:
    width = _SHAPES[node.kind].width
    down = 18.0
    if node.kind == "point":
        yield _Text(node.label, 17.0, 12, bold=True)
        return
    strong = node.kind in ("answer", "protocol")
    marked = (
        f"{node.mark}  {node.label}" if node.kind in ("answer", "question", "protocol", "agreement") else node.label
    )
    for line in wrapped(marked, width, 12, bold=strong):
        yield _Text(line, down, 12, strong)
        down += _LINE
    for line in wrapped(node.note, width, 10.5):
        yield _Text(line, down - 1, 10.5, bold=False)
        down += 13


def _blank(name: str, wide: float, high: float) -> str:
    return (
        f'{name}=<<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0" FIXEDSIZE="TRUE" WIDTH="{wide:.0f}" '
        f'HEIGHT="{high:.0f}"><TR><TD></TD></TR></TABLE>>'
    )


def _head_of(at: tuple[float, float], tip: tuple[float, float], colour: str, weight: float) -> str:
    across, down = tip[0] - at[0], tip[1] - at[1]
    length = (across**2 + down**2) ** 0.5 or 1.0
    half = 2.6 + weight * 0.6
    x, y = -down / length * half, across / length * half
    corners = ((at[0] + x, at[1] + y), tip, (at[0] - x, at[1] - y))
    return f'<path d="M{_p(corners[0])}L{_p(corners[1])} {_p(corners[2])}z" fill="{colour}"/>'


def _dashed(dashes: str) -> str:
    return f' stroke-dasharray="{dashes}"' if dashes else ""


def _n(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")


def _p(point: tuple[float, float]) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


# the program


@cache
def _program() -> str:
    try:
        listed = metadata.files("graphviz-pure") or []
    except metadata.PackageNotFoundError:
        listed = []
    for file in listed:
        if file.stem == "graphviz-pure" and file.suffix in ("", ".exe"):
            found = Path(str(file.locate()))
            if found.is_file():
                return str(found)
    raise LayoutError(
        "the picture cannot be laid out: the package graphviz-pure is not installed for this machine",
        "install sharecheck again, or use `sharecheck flowchart --format mermaid`",
    )


def _layout(dot: str) -> str:
    try:
        done = subprocess.run(
            [_program(), "-Tjson0"], input=dot.encode(), capture_output=True, timeout=_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise LayoutError(
            f"the picture cannot be laid out on this machine ({type(error).__name__})",
            "use `sharecheck flowchart --format mermaid`, or the flow table of `sharecheck report`",
        ) from None
    return done.stdout.decode("utf-8")
