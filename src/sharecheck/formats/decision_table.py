"""The decision table → a page that a Caldicott Guardian can read and correct."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sharecheck.agreement import listed
from sharecheck.knowledge import Book
from sharecheck.policy.table import VOCABULARIES

_PLAIN = {
    ("objection", "yes"): "the person objects",
    ("objection", "no"): "nobody objects",
    ("linked", "yes"): "whoever receives it is linked to the danger",
    ("linked", "no"): "whoever receives it is not linked to the danger",
}
_LEAD = {
    "concern": "the level of concern is ", "danger": "the danger is to ", "belief": "it is ", "recipient": "it goes to ",
    "purpose": "the purpose is ", "law": "in law, ", "item": "of the item: ", "able": "whoever receives it is ",
    "person": "it is ", "is": "it is ",
}  # fmt: skip


def markdown(book: Book) -> str:
    """The whole table as Markdown: how to read it, shared conditions, rows in order, and what is said beside answers."""
    raw = book.decision
    lines = [
        "# How a question is decided",
        "",
        "Generated from `src/sharecheck/knowledge/decision.yaml` by `python scripts/docs.py`.",
        "",
        "For each item of a question the rows are read from the top, and the first that fits answers. What the law says and what",
        "the partners agreed are facts that rows ask for. An agreement can neither switch off a duty nor an emergency, and a flow",
        "cannot grant what the law bars: those rows stand above it. Where it says nothing, the rows below it answer.",
        "",
        "## Conditions that several rows share",
        "",
    ]
    for name, when in raw["meanings"].items():
        lines.append(f"- **{_spaced(name)}**: {_when(when, book)}")
    lines += ["", "## Rows", "", "| | When | Answer | Why | Sources |", "|---|---|---|---|---|"]
    for number, row in enumerate(raw["rows"], 1):
        answer = book.term("outcomes", row["outcome"]).label
        cells = (f"{number} `{row['id']}`", _when(row["when"], book), f"**{answer}**", _why(row), _cited(row, book))
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "## Where authorities disagree", "", "Said with any answer that it bears on.", ""]
    lines += [f"- When {_when(one['when'], book)}: {one['says']} ({_cited(one, book)})" for one in raw["disagreements"]]
    lines += ["", "## Said first with some answers", ""]
    lines += [f"- When {_when(one['when'], book)}: {one['says']} ({_cited(one, book)})" for one in raw["steps"]]
    return "\n".join(lines) + "\n"


def _why(row: Mapping[str, Any]) -> str:
    steps = [*(f"First: {text}" for text in row.get("first", ())), *(f"Then: {text}" for text in row.get("then", ()))]
    return " ".join((row["says"], *steps))


def _cited(part: Mapping[str, Any], book: Book) -> str:
    sources = [book.sources[name] for name in part["source"]]
    return "; ".join(", ".join(filter(None, (one.title, one.section))) for one in sources)


def _when(when: Any, book: Book) -> str:
    return "; or ".join(" **and** ".join(_facts(one, book)) for one in listed(when))


def _facts(conditions: Mapping[str, Any], book: Book) -> Iterator[str]:
    for name, values in conditions.items():
        words = [_word(name, str(value), book) for value in listed(values)]
        yield f"{_LEAD.get(name, '')}{', or '.join(words)}"


def _word(name: str, value: str, book: Book) -> str:
    if name == "is":
        return f"*{_spaced(value)}*"
    if name in VOCABULARIES:
        label = book.term(VOCABULARIES[name], value).label
        return label[:1].lower() + label[1:] if name == "concern" else label
    if (name, value) in _PLAIN:
        return _PLAIN[name, value]
    return str(book.decision["facts"][name]["values"][value])


def _spaced(name: str) -> str:
    return name.replace("-", " ")
