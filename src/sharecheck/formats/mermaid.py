"""A chart as Mermaid text, for pages that draw it themselves."""

from __future__ import annotations

import re

from sharecheck.chart import Chart
from sharecheck.graphs import FLOWS, Edge, Graph, Node, flows

_SAFE = re.compile(r"[^A-Za-z0-9 ,.:/()_'-]")
_SHAPES = {"point": ('(("', '"))'), "question": ('("', '")'), "protocol": ('[["', '"]]')}
_TONES = {
    "must-share": "fill:#dff0e3,stroke:#0b5c2a,stroke-width:4px",
    "share": "fill:#eef7f0,stroke:#0b5c2a",
    "ask-first": "fill:#fff6dc,stroke:#7a5200,stroke-dasharray:6 3",
    "seek-advice": "fill:#e8f0fa,stroke:#1d4f91,stroke-dasharray:2 3",
    "do-not-share": "fill:#fbe9e6,stroke:#a1260d,stroke-width:4px,stroke-dasharray:9 3",
}


def render(chart: Chart | Graph) -> str:
    """A Mermaid flowchart; what stands beside the picture is in its description."""
    graph = flows.graph(chart) if isinstance(chart, Chart) else chart
    link = " of" if graph.kind == FLOWS else ":"
    lines = [
        f"flowchart {'LR' if graph.across else 'TD'}",
        f"  accTitle: {_plain(graph.kind)}{link} {_plain(graph.title)}",
    ]
    told = [_plain(note) for note in graph.notes]
    told += [f"{line.mark}. {_plain(line.text or ' '.join((line.title, *line.in_full)))}" for line in graph.lines]
    lines += ["  accDescr {", *(f"    {text}" for text in told), "  }"]
    groups: dict[str | None, list[str]] = {}
    for node in graph.nodes:
        groups.setdefault(node.group, []).append(_box(node))
    lines += [f"  {box}" for box in groups.pop(None, [])]
    for i, (group, members) in enumerate(groups.items(), 1):
        lines += [f'  subgraph g{i}["{_quoted(group or "")}"]', *(f"    {box}" for box in members), "  end"]
    for edge in graph.edges:
        middle = f'|"{_quoted(edge.label)}"|' if edge.label else ""
        head = "-.->" if {"special", "criminal"} & {*edge.kinds} else "-->"
        lines.append(f"  {edge.source} {'<' if edge.both else ''}{head}{middle} {edge.target}")
    lines += [f"  linkStyle {i} {_style(graph, edge)}" for i, edge in enumerate(graph.edges)]
    for tone, style in _TONES.items():
        if toned := [node.id for node in graph.nodes if node.tone == tone]:
            lines += [f"  classDef {tone} {style},color:#1a1a1a", f"  class {','.join(toned)} {tone}"]
    return "\n".join(lines) + "\n"


def _box(node: Node) -> str:
    opens, closes = _SHAPES.get(node.kind, ('["', '"]'))
    label = f"{node.mark}: {node.label}" if node.kind in ("question", "answer") else node.label
    note = f"<br/>{_quoted(node.note)}" if node.note else ""
    return f"{node.id}{opens}{_quoted(label)}{note}{closes}"


def _style(graph: Graph, edge: Edge) -> str:
    if graph.kind != FLOWS:
        return "stroke:#6b7278"
    sensitive = [kind for kind in ("special", "criminal") if kind in edge.kinds]
    styles = ["stroke:#a1260d" if sensitive else "stroke:#1d4f91"]
    if sensitive:
        styles.append(
            f"stroke-dasharray:{'9 3 2 3' if len(sensitive) > 1 else '7 3' if 'special' in sensitive else '2 3'}"
        )
    if "duty" in edge.kinds:
        styles.append("stroke-width:3px")
    return ",".join(styles)


def _quoted(text: str) -> str:
    return _SAFE.sub(lambda m: f"#{ord(m.group())};", " ".join(text.split()))


def _plain(text: str) -> str:
    return re.sub(r"[{}#;%\"<>\\`]", " ", " ".join(text.split()))
