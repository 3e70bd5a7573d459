"""Charts as values: boxes and arrows with their words, which formats only lay out. Every format holds the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """A box. `kind` is its shape, `mark` what other texts call it, `tone` an outcome, `note` a second, smaller text.

    The marks of the boxes of a graph are all different.
    """

    id: str
    kind: str
    mark: str
    label: str
    group: str | None = None
    tone: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow, or one with two heads (`both`); `kinds` are words of `KINDS` that say how it is drawn."""

    source: str
    target: str
    label: str = ""
    both: bool = False
    kinds: tuple[str, ...] = ()


FLOWS, DECISION, CONSENT, PARTNERSHIP = "Data-flow map", "Decision chart", "Consent chart", "Partnership map"
"""The kinds of chart, as their titles have them."""

KINDS = {
    "special": "special category data",
    "criminal": "criminal-offence data",
    "duty": "partners must share",
}
"""What an arrow can be besides an arrow; an arrow of none is drawn plain and thin."""


@dataclass(frozen=True, slots=True)
class Line:
    """A text beside the picture: a flow, or what an answer means. `details` are shorter texts that belong to it.

    `rests` are those that the agreement itself says in its own place: whom to ask, by name, and what it rests on.
    """

    mark: str
    title: str
    text: str
    details: tuple[str, ...] = ()
    rests: tuple[str, ...] = ()

    @property
    def in_full(self) -> tuple[str, ...]:
        """Everything that belongs to it."""
        return (*self.details, *self.rests)


@dataclass(frozen=True, slots=True)
class Way:
    """Where a box or a flow of a picture leads, and what that is called."""

    to: str
    name: str


@dataclass(frozen=True, slots=True)
class Graph:
    """One chart. `kind` names it in its title; it runs `across` or down; `notes` are what it takes for granted."""

    kind: str
    title: str
    across: bool
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def named(self) -> Mapping[str, Node]:
        """The boxes by id."""
        return {node.id: node for node in self.nodes}

    @property
    def used(self) -> tuple[str, ...]:
        """The kinds of arrow that there are, in the order of `KINDS`."""
        there = {kind for edge in self.edges for kind in edge.kinds}
        return tuple(kind for kind in KINDS if kind in there)
