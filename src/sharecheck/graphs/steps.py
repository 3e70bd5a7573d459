"""A chart in words, for those who do not see it: every box with its mark, and under it every arrow that leaves it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sharecheck.graphs import KINDS, Edge, Graph, Node

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Step:
    """A box as `2. Have you asked?`, and the arrows that leave it as `Yes: go to 3`."""

    box: str
    arrows: tuple[str, ...]


def steps(graph: Graph) -> tuple[Step, ...]:
    """Every box and every arrow of a chart once."""
    return tuple(
        Step(
            plain(f"{node.mark}. {_said(node)}"),
            tuple(plain(_arrow(edge, graph)) for edge in graph.edges if edge.source == node.id),
        )
        for node in graph.nodes
    )


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
