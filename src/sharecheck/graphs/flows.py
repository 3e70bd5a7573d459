"""The data-flow map as boxes and arrows: agencies by sector, everything between two of them on one numbered arrow."""

from __future__ import annotations

from sharecheck.chart import POINT, Arrow, Chart
from sharecheck.chart import Line as Flow
from sharecheck.graphs import FLOWS, Edge, Graph, Line, Node


def graph(chart: Chart) -> Graph:
    """The graph of a map; numbers on arrows say what flows there, with `s` and `c` for special and criminal-offence data."""
    flows = {line.number: line for line in chart.lines}
    nodes = [
        Node(f"n{i}", "point", f"flow {one.label}", one.label) if one.group is None
        else Node(f"n{i}", "agency", f"box {i}", one.label, group=one.group)
        for i, one in enumerate(chart.nodes, 1)
    ]  # fmt: skip
    ids = {one.id: node.id for one, node in zip(chart.nodes, nodes, strict=True)}
    return Graph(
        FLOWS, chart.title, True, tuple(nodes), tuple(_edge(arrow, ids, flows) for arrow in chart.arrows),
        tuple(Line(str(one.number), one.title, one.sentence) for one in chart.lines),
    )  # fmt: skip


def _edge(arrow: Arrow, ids: dict[str, str], flows: dict[int, Flow]) -> Edge:
    carried = [flows[number] for number in arrow.numbers if number in flows]
    label = ", ".join(_marked(one) for one in carried) if not arrow.second.startswith(POINT) else ""
    kinds = tuple(
        kind for kind, yes in (
            ("special", any(one.special for one in carried)), ("criminal", any(one.criminal for one in carried)),
            ("duty", arrow.duty),
        ) if yes
    )  # fmt: skip
    first, second = ids[arrow.first], ids[arrow.second]
    if not arrow.there:
        first, second = second, first
    return Edge(first, second, label, bool(arrow.there and arrow.back), kinds)


def _marked(line: Flow) -> str:
    return f"{line.number}{'s' if line.special else ''}{'c' if line.criminal else ''}"
