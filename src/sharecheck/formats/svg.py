"""The data-flow map as SVG, laid out by a Graphviz that comes with sharecheck: no program of the system is used."""

from __future__ import annotations

import re
import subprocess
import textwrap
from functools import cache
from importlib import metadata
from pathlib import Path
from xml.sax import saxutils

from sharecheck.chart import POINT, Arrow, Chart, Line, Node
from sharecheck.errors import SharecheckError

RED, BLUE, INK, PAPER, SHADE = "#a1260d", "#1d4f91", "#1a1a1a", "#ffffff", "#f1f3f5"
_FONT = "Arial"
_HALO = f'stroke="{PAPER}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'
_LINE_HEIGHT = 15
_SECONDS = 60


class LayoutError(SharecheckError):
    """The program that lays out the picture is missing or failed; the flow table says the same in words."""


def render(chart: Chart, *, listed: bool = True) -> str:
    """An SVG that stands alone: the map, a key, and the numbered flows below it; the same bytes on every machine.

    `listed` is false where the flows stand in a table beside the picture.
    """
    return _framed(_layout(_dot(chart)), chart, listed)


def _dot(chart: Chart) -> str:
    out = [
        "digraph map {",
        f'  graph [rankdir=LR, fontname="{_FONT}", fontsize=12, nodesep=0.3, ranksep=1.7, pad=0.2, bgcolor="transparent"];',
        f'  node [shape=box, style="rounded,filled", fillcolor="{PAPER}", color="{INK}", fontname="{_FONT}", fontsize=12, '
        'margin="0.14,0.09"];',
        f'  edge [fontname="{_FONT}", fontsize=11, arrowsize=0.75];',
    ]
    names = {node.id: f"n{i}" for i, node in enumerate(chart.nodes, 1)}
    groups: dict[str, list[Node]] = {}
    for node in chart.nodes:
        if node.group is None:
            out.append(
                f"  {names[node.id]} [shape=circle, margin=0.02, fixedsize=true, width=0.34, label={_quoted(node.label)}];"
            )
        else:
            groups.setdefault(node.group, []).append(node)
    for i, (group, members) in enumerate(groups.items(), 1):
        out.append(f"  subgraph cluster_{i} {{")
        out.append(
            f'    label={_quoted(group)}; labeljust=l; style="rounded,filled"; color="#c3c8cd"; fillcolor="{SHADE}"; margin=12;'
        )
        for node in members:
            label = "\\n".join(_escape(line) for line in textwrap.wrap(node.label, 26))
            out.append(f'    {names[node.id]} [label="{label}"];')
        out.append("  }")
    out += [_edge(arrow, names) for arrow in chart.arrows]
    return "\n".join([*out, "}"]) + "\n"


def _edge(arrow: Arrow, names: dict[str, str]) -> str:
    colour = RED if arrow.special else BLUE
    style = "dashed" if arrow.special else "solid"
    parts = [f'color="{colour}"', f'fontcolor="{colour}"', f"style={style}", f"penwidth={2.2 if arrow.duty else 1.1}"]
    if not arrow.second.startswith(POINT):
        parts.append(f"label={_quoted(' ' + ', '.join(str(number) for number in arrow.numbers) + ' ')}")
    parts.append(f"dir={'both' if arrow.there and arrow.back else 'forward' if arrow.there else 'back'}")
    return f"  {names[arrow.first]} -> {names[arrow.second]} [{', '.join(parts)}];"


_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escape(text: str) -> str:
    """A text as XML can hold it."""
    return saxutils.escape(_NOT_XML.sub(" ", text))


def _quoted(text: str) -> str:
    return f'"{_escape(text)}"'


def _escape(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", " ", _NOT_XML.sub(" ", text)).replace("\\", "\\\\").replace('"', '\\"')


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
            [_program(), "-Tsvg"], input=dot.encode(), capture_output=True, timeout=_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise LayoutError(
            f"the picture cannot be laid out on this machine ({type(error).__name__})",
            "use `sharecheck flowchart --format mermaid`, or the flow table of `sharecheck report`",
        ) from None
    return done.stdout.decode("utf-8")


def _framed(svg: str, chart: Chart, listed: bool) -> str:
    size = re.search(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    if size is None:
        raise LayoutError("the picture that was laid out has no size", "use `sharecheck flowchart --format mermaid`")
    width, height = float(size[1]), float(size[2])
    body = svg[svg.index("<g ") : svg.rindex("</svg>")]
    body = re.sub(r"<!--.*?-->\n?", "", body, flags=re.DOTALL)
    body = re.sub(r"<title>.*?</title>\n?", "", body)
    body = body.replace('font-family="Arial"', 'font-family="Arial, Helvetica, sans-serif"').replace(
        ' xml:space="preserve"', ""
    )
    body = re.sub(r'<g id="edge.*?</g>', lambda m: m[0].replace("<text ", f"<text {_HALO} "), body, flags=re.DOTALL)
    total_width = max(width, 940.0)
    legend, legend_height = _legend(chart.lines if listed else (), total_width)
    top = 46.0
    total_height = top + height + 30 + legend_height
    about = " ".join(f"{line.number}. {line.sentence}" for line in chart.lines) or "There are no flows."
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(total_width)}" height="{_n(total_height)}" '
        f'viewBox="0 0 {_n(total_width)} {_n(total_height)}" role="img" aria-labelledby="map-title map-desc" '
        'font-family="Arial, Helvetica, sans-serif">\n'
        f'<title id="map-title">Data-flow map: {escape(chart.title)}</title>\n'
        f'<desc id="map-desc">{escape(about)}</desc>\n'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>\n'
        f'<text x="16" y="30" font-size="20" font-weight="bold" fill="{INK}">{escape(chart.title)}</text>\n'
        f'<g transform="translate({_n((total_width - width) / 2)} {_n(top)})">\n{body.strip()}\n</g>\n'
        f'<g transform="translate(16 {_n(top + height + 20)})" font-size="11.5" fill="{INK}">\n{legend}</g>\n</svg>\n'
    )


def _legend(lines: tuple[Line, ...], width: float) -> tuple[str, float]:
    out: list[str] = []
    y = 0.0
    x = 0.0
    for colour, dashes, weight, says in (
        (RED, "5 2", 1.5, "special category or criminal-offence data"), (BLUE, "", 1.5, "other personal data"),
        (INK, "", 3.0, "thick: partners must share"), (INK, "", 1.1, "thin: partners may share"),
    ):  # fmt: skip
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        out.append(f'<path d="M{_n(x)} {_n(y - 4)}h34" stroke="{colour}" stroke-width="{weight}"{dash} fill="none"/>')
        out.append(f'<text x="{_n(x + 40)}" y="{_n(y)}">{says}</text>')
        x += 60 + 6.1 * len(says)
    y += 24
    for line in lines:
        first, *rest = _wrapped(line, int((width - 60) / 5.9))
        out.append(f'<text x="0" y="{_n(y)}" font-weight="bold">{line.number}</text>')
        out.append(f'<text x="26" y="{_n(y)}">{first}</text>')
        for more in rest:
            y += _LINE_HEIGHT
            out.append(f'<text x="26" y="{_n(y)}">{more}</text>')
        y += _LINE_HEIGHT + 4
    return "\n".join(out) + "\n", y + 16


def _wrapped(line: Line, width: int) -> list[str]:
    text = f"{line.title}. {line.sentence}"
    lines = [escape(part) for part in textwrap.wrap(text, width)]
    bold = escape(f"{line.title}.")
    if lines and lines[0].startswith(bold):
        lines[0] = f'<tspan font-weight="bold">{bold}</tspan>{lines[0][len(bold) :]}'
    return lines


def _n(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")
