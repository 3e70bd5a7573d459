"""The data-flow map as Mermaid text, for pages that draw it themselves."""

from __future__ import annotations

import re

from sharecheck.chart import POINT, Chart

_SAFE = re.compile(r"[^A-Za-z0-9 ,.:/()_'-]")


def render(chart: Chart) -> str:
    """A Mermaid flowchart; arrows carry the numbers of the flows, which are listed in the comments and the description."""
    names = {node.id: f"n{i}" for i, node in enumerate(chart.nodes, 1)}
    lines = ["flowchart LR", f"  accTitle: Data-flow map of {_plain(chart.title)}"]
    lines += ["  accDescr {", *(f"    {line.number}. {_plain(line.sentence)}" for line in chart.lines), "  }"]
    groups: dict[str, list[str]] = {}
    for node in chart.nodes:
        if node.group is None:
            lines.append(f'  {names[node.id]}(("{_quoted(node.label)}"))')
        else:
            groups.setdefault(node.group, []).append(f'    {names[node.id]}["{_quoted(node.label)}"]')
    for i, (group, members) in enumerate(groups.items(), 1):
        lines += [f'  subgraph g{i}["{_quoted(group)}"]', *members, "  end"]
    for arrow in chart.arrows:
        first, second = names[arrow.first], names[arrow.second]
        if not arrow.there:
            first, second = second, first
        label = "" if arrow.second.startswith(POINT) else ", ".join(str(number) for number in arrow.numbers)
        middle = f'|"{_quoted(label)}"|' if label else ""
        head = "-.->" if arrow.special else "-->"
        lines.append(f"  {first} {'<' if arrow.there and arrow.back else ''}{head}{middle} {second}")
    for i, arrow in enumerate(chart.arrows):
        styles = ["stroke:#a1260d"] if arrow.special else ["stroke:#1d4f91"]
        if arrow.duty:
            styles.append("stroke-width:3px")
        lines.append(f"  linkStyle {i} {','.join(styles)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return _SAFE.sub(lambda m: f"#{ord(m.group())};", " ".join(text.split()))


def _plain(text: str) -> str:
    return re.sub(r"[{}#;%\"<>\\`]", " ", " ".join(text.split()))
