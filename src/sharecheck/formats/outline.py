"""A chart in words, for those who do not see it: every box with its mark, and under it every arrow that leaves it."""

from __future__ import annotations

import re

from sharecheck.graphs import KINDS, Edge, Graph, Node

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def render(graph: Graph) -> str:
    """The chart as plain text."""
    out = [plain(f"{graph.kind}: {graph.title}"), "", *map(plain, graph.notes)]
    out += [""] if graph.notes else []
    out += steps(graph)
    for line in graph.lines:
        said = f"{line.title}{'' if line.title.endswith('.') or not line.title else '.'} {line.text}".strip()
        out += ["", plain(f"[{line.mark}] {said}"), *(f"    {plain(one)}" for one in line.details)]
    if not graph.nodes:
        out.append("There is nothing to draw.")
    return "\n".join(out) + "\n"


def steps(graph: Graph) -> list[str]:
    """The boxes and arrows alone, a line each; an arrow begins with a dash."""
    out = []
    for node in graph.nodes:
        out.append(plain(f"{node.mark}. {_said(node)}"))
        out += [f"  - {plain(_arrow(edge, graph))}" for edge in graph.edges if edge.source == node.id]
    return out


def plain(text: str) -> str:
    """A text on one line, without what would move a terminal's cursor or turn the direction of what follows."""
    return " ".join(_UNSAFE.sub(" ", text).split())


def _said(node: Node) -> str:
    group = f" ({node.group})" if node.group else ""
    return f"{node.label}{group}{f': {node.note}' if node.note else ''}"


def _arrow(edge: Edge, graph: Graph) -> str:
    target = graph.named[edge.target]
    label = f"{edge.label}: " if edge.label else ""
    if target.kind in ("question", "answer"):
        named = f" ({target.label})" if target.kind == "answer" else ""
        return f"{label}go to {target.mark}{named}"
    kinds = [KINDS[kind] for kind in edge.kinds]
    what = f"; {', '.join(kinds)}" if kinds else ""
    return f"{label}{'to and from' if edge.both else 'to'} {target.mark} ({target.label}){what}"
