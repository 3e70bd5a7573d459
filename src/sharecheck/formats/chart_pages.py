"""Charts as PDF and PNG, set with Typst and fonts of our own: the same bytes on every machine.

What an agreement says reaches the template as JSON, so that it is never read as instructions.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sharecheck import press
from sharecheck.graphs import Graph
from sharecheck.graphs.steps import steps

_PAPERS = (
    ("a4", False, 595.0, 842.0),
    ("a4", True, 842.0, 595.0),
    ("a3", False, 842.0, 1191.0),
    ("a3", True, 1191.0, 842.0),
)
_MARGIN = 34.0
_LEGIBLE = 0.62
"""How far a picture may shrink before a larger page is taken: its letters are then some seven and a half points high."""

_PPI = 144

_TEMPLATE = b"""
#let told = json(bytes(sys.inputs.data))
#set document(title: told.title, date: datetime(..told.on))
#set text(font: ("Liberation Sans", "DejaVu Sans"), size: 9.5pt, lang: "en", region: "GB")
#set par(leading: 0.5em, spacing: 0.75em)
#show heading: set block(above: 1em, below: 0.6em)
#for sheet in told.sheets {
  page(paper: sheet.paper, flipped: sheet.flipped, margin: told.margin * 1pt, number-align: left,
       numbering: (n, all) => [#sheet.foot #h(1fr) Page #n of #all])[
    #heading(level: 1, sheet.title)
    #for note in sheet.notes { par(note) }
    #if sheet.svg != none {
      figure(image(bytes(sheet.svg), format: "svg", width: sheet.width * 1pt, alt: sheet.alt))
    }
    #for line in sheet.lines {
      block(breakable: false)[#strong(line.head) #line.text]
      if line.details.len() > 0 { list(..line.details) }
    }
    #heading(level: 2, "The same in words")
    #for step in sheet.steps {
      block(above: 0.7em, below: 0.4em, step.box)
      if step.arrows.len() > 0 { list(..step.arrows) }
    }
  ]
}
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A graph with its picture (SVG; none where nothing is drawn)."""

    graph: Graph
    svg: str | None


def pdf(sheets: Sequence[Sheet], on: date, foot: str) -> bytes:
    """Sheets as one PDF, PDF/UA-1 and PDF/A-2a at once; `on` is the day it bears and `foot` stands at the foot of pages."""
    told = {
        "title": sheets[0].graph.title if sheets else "", "margin": _MARGIN,
        "sheets": [_sheet(one, foot) for one in sheets],
    }  # fmt: skip
    return press.pdf(_TEMPLATE, told, on)


def png(svg: str, description: str, on: date) -> bytes:
    """One picture as PNG, which carries its description in words."""
    return _described(press.raster(press.picture(svg).encode("utf-8", "replace"), ".svg", on, _PPI), description)


def _sheet(one: Sheet, foot: str) -> dict[str, Any]:
    graph = one.graph
    above = 70.0 + 26.0 * len(graph.notes)
    width, height = press.size(one.svg) if one.svg else (0.0, 0.0)
    paper, flipped, scale = _paper(width, height, above)
    return {
        "title": f"{graph.kind}: {graph.title}", "notes": list(graph.notes), "foot": foot, "paper": paper, "flipped": flipped,
        "svg": press.picture(one.svg) if one.svg else None, "width": width * scale,
        "alt": f"{graph.kind} of {len(graph.nodes)} boxes and {len(graph.edges)} arrows, which follow in words.",
        "lines": [
            {"head": _head(line.mark, line.title), "text": line.text, "details": list(line.in_full)} for line in graph.lines
        ],
        "steps": [{"box": step.box, "arrows": list(step.arrows)} for step in steps(graph)],
    }  # fmt: skip


def _head(mark: str, title: str) -> str:
    return f"{mark}. {title}{'' if not title or title.endswith('.') else '.'}".strip()


def _paper(width: float, height: float, above: float) -> tuple[str, bool, float]:
    """The smallest paper on which a picture is legible, or else the largest; how it lies; and how far the picture shrinks."""

    def scale(paper: tuple[str, bool, float, float]) -> float:
        _, _, across, down = paper
        return min(1.0, (across - 2 * _MARGIN) / max(width, 1), (down - 2 * _MARGIN - above) / max(height, 1))

    for size in ("a4", "a3"):
        best = max((one for one in _PAPERS if one[0] == size), key=scale)
        if scale(best) >= _LEGIBLE or size == "a3":
            break
    return best[0], best[1], scale(best)


def _described(data: bytes, text: str) -> bytes:
    """A PNG with a text of its own, as the chunk that international text has in that format."""
    body = b"Description\0\0\0en-GB\0\0" + text.encode("utf-8", "replace")
    chunk = struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", zlib.crc32(b"iTXt" + body))
    after_header = 8 + 25  # the signature, and the header that every PNG begins with
    return data[:after_header] + chunk + data[after_header:]
