"""A chart as plain text: what it takes for granted, every box and arrow, and what its answers mean."""

from __future__ import annotations

from sharecheck.graphs import Graph
from sharecheck.graphs.steps import plain, steps


def render(graph: Graph) -> str:
    """The chart as plain text."""
    out = [plain(f"{graph.kind}: {graph.title}"), "", *map(plain, graph.notes)]
    out += [""] if graph.notes else []
    for step in steps(graph):
        out += [step.box, *(f"  - {arrow}" for arrow in step.arrows)]
    for line in graph.lines:
        said = f"{line.title}{'' if line.title.endswith('.') or not line.title else '.'} {line.text}".strip()
        out += ["", plain(f"[{line.mark}] {said}"), *(f"    {plain(one)}" for one in line.in_full)]
    if not graph.nodes:
        out.append("There is nothing to draw.")
    return "\n".join(out) + "\n"
