"""A chart as DOT, the language of Graphviz, for those who lay it out themselves."""

from __future__ import annotations

import re

from sharecheck.graphs import Edge, Graph, Node

_SHAPES = {"point": "circle", "question": "box", "protocol": "box3d"}
_TONES = {
    "must-share": ("#dff0e3", "#0b5c2a", "bold"), "share": ("#eef7f0", "#0b5c2a", "solid"),
    "ask-first": ("#fff6dc", "#7a5200", "dashed"), "seek-advice": ("#e8f0fa", "#1d4f91", "dotted"),
    "do-not-share": ("#fbe9e6", "#a1260d", "bold"),
}  # fmt: skip
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def render(graph: Graph) -> str:
    """A directed graph; notes and texts beside the picture stand in comments."""
    lines = [f"// {_plain(text)}" for text in (f"{graph.kind}: {graph.title}", *graph.notes)]
    for line in graph.lines:
        lines += [
            f"// {_plain(f'{line.mark}. {line.title} {line.text}')}",
            *(f"//    {_plain(d)}" for d in line.in_full),
        ]
    lines += [
        f"digraph {_quoted(graph.kind)} {{",
        f"  graph [label={_quoted(graph.title)}, labelloc=t, rankdir={'LR' if graph.across else 'TB'}, fontname=Arial];",
        "  node [shape=box, fontname=Arial, fontsize=12];",
        "  edge [fontname=Arial, fontsize=11];",
    ]
    groups: dict[str | None, list[str]] = {}
    for node in graph.nodes:
        groups.setdefault(node.group, []).append(_box(node))
    lines += [f"  {box}" for box in groups.pop(None, [])]
    for i, (group, members) in enumerate(groups.items(), 1):
        lines += [
            f"  subgraph cluster_{i} {{",
            f"    label={_quoted(group or '')};",
            *(f"    {one}" for one in members),
            "  }",
        ]
    lines += [f"  {_arrow(edge)}" for edge in graph.edges]
    return "\n".join([*lines, "}"]) + "\n"


def _box(node: Node) -> str:
    label = f"{node.mark}: {node.label}" if node.kind in ("question", "answer") else node.label
    text = f"{label}\n{node.note}" if node.note else label
    look = f", shape={_SHAPES[node.kind]}" if node.kind in _SHAPES else ""
    if node.tone:
        fill, line, style = _TONES[node.tone]
        look += f', style="filled,{style}", fillcolor="{fill}", color="{line}"'
    return f"{node.id} [label={_quoted(text)}{look}];"


def _arrow(edge: Edge) -> str:
    parts = [f"label={_quoted(edge.label)}"] if edge.label else []
    sensitive = [kind for kind in ("special", "criminal") if kind in edge.kinds]
    if sensitive:
        parts += ['color="#a1260d"', f"style={'dashed' if 'special' in sensitive else 'dotted'}"]
    if "duty" in edge.kinds:
        parts.append("penwidth=2.4")
    if edge.both:
        parts.append("dir=both")
    if edge.kinds:
        parts.append(f'class="{" ".join(edge.kinds)}"')
    said = f" [{', '.join(parts)}]" if parts else ""
    return f"{edge.source} -> {edge.target}{said};"


def _plain(text: str) -> str:
    return _UNSAFE.sub(" ", text)


def _quoted(text: str) -> str:
    inside = "\\n".join(_plain(line).replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n"))
    return f'"{inside}"'
