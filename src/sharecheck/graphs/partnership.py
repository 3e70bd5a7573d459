"""The partnership: the protocol at the top, the agreements under it, and who is party to which."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sharecheck.agreement import Agreement
from sharecheck.graphs import PARTNERSHIP, Edge, Graph, Node


def graph(agreements: Sequence[Agreement], title: str = "Partnership") -> Graph:
    """The graph of some agreements."""
    above = {one.parent.id for one in agreements if one.parent is not None}
    ordered = numbered(agreements)
    nodes: list[Node] = []
    edges: list[Edge] = []
    ids: dict[str, str] = {}
    for number, one in enumerate(ordered, 1):
        ids[one.id] = f"g{number}"
        kind = "protocol" if one.id in above or one.kind != "agreement" else "agreement"
        nodes.append(Node(ids[one.id], kind, str(number), one.title, note=_standing(one)))
    for one in ordered:
        if one.parent is not None:
            edges.append(Edge(ids[one.parent.id], ids[one.id], "governs"))
    for number, one in enumerate(ordered, 1):
        named = list(dict.fromkeys(body.name for body in one.parties))
        node = Node(f"p{number}", "parties", f"P{number}", f"{len(named)} parties", note="; ".join(named))
        nodes.append(node)
        edges.append(Edge(ids[one.id], node.id, "between"))
    return Graph(PARTNERSHIP, title, True, tuple(nodes), tuple(edges))


def numbered(agreements: Sequence[Agreement]) -> list[Agreement]:
    """The agreements and the protocols above them in the order of their numbers, which count from 1."""
    above = {one.parent.id: one.parent for one in agreements if one.parent is not None}
    every = {**above, **{one.id: one for one in agreements}}
    return sorted(every.values(), key=lambda one: (one.id not in above, one.id))


def _standing(one: Agreement) -> str:
    until = f", until {one.ends}" if isinstance(one.ends, date) else ""
    version = one.fields.get("version")
    return f"{f'version {version}, ' if version else ''}{one.status}{until}"
