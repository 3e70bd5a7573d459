"""The page of a rule: why it matters, how to put it right, and the two examples that are also its tests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from sharecheck import source
from sharecheck.errors import KnowledgeError
from sharecheck.source import Document, Path, Span

FOLDER = FilePath(__file__).parent / "pages"
HEADINGS = ("Fails", "Passes", "Fix", "Known misses")


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says: `why` in a paragraph or two, the examples as YAML, the fix, and what the rule does not see."""

    why: str
    fails: str
    passes: str
    fix: str
    misses: str


@cache
def read(rule: str) -> Page:
    """The page of a rule; raises `KnowledgeError` where it is missing or lacks a part."""
    path = FOLDER / f"{rule}.md"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise KnowledgeError(f"the page of the rule `{rule}` is missing", "install sharecheck again") from None
    return parse(text, rule)


def parse(text: str, rule: str) -> Page:
    """A page from its Markdown; raises `KnowledgeError` where it lacks a part."""
    why, *rest = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    parts = {heading.strip(): body.strip() for heading, body in zip(rest[::2], rest[1::2], strict=True)}
    if set(parts) - set(HEADINGS) or not {"Fails", "Passes", "Fix"} <= set(parts):
        raise KnowledgeError(f"the page of the rule `{rule}` lacks a part", f"give it {', '.join(HEADINGS[:3])}")
    return Page(
        why.strip(), _fragment(parts["Fails"]), _fragment(parts["Passes"]), parts["Fix"], parts.get("Known misses", "")
    )


def _fragment(body: str) -> str:
    found = re.search(r"```yaml\n(.*?)```", body, flags=re.DOTALL)
    return found.group(1) if found else ""


@cache
def base() -> Document:
    """The clean agreement that every example is laid over."""
    return source.read(FilePath(__file__).parent / "base.yaml", "base.yaml")


def part(document: Document, key: str) -> Document:
    """The fragment under one key of a document, each part of it at its own place in the whole file."""
    data = document.data[key]
    overlay = {path: document.span((key, *path)) for path in _paths(data, ())}
    return Document(document.name, document.text, data, overlay)


def lay(fragment: Document, under: Document) -> Document:
    """A fragment laid over a whole agreement: maps merge, `null` removes, everything else replaces.

    Places in the fragment keep their lines; what comes from the agreement below has line 0.
    """
    overlay: dict[Path, Span] = {}
    data = _merge(under.data, fragment.data or {}, (), fragment, overlay)
    nowhere = Span(0, 0, 0, 0)
    for path in _paths(data, ()):
        overlay.setdefault(path, nowhere)
    return Document(fragment.name, fragment.text, data, overlay)


def _merge(below: Any, above: Any, at: Path, fragment: Document, overlay: dict[Path, Span]) -> Any:
    if at:
        overlay[at] = fragment.span(at)
    if not (isinstance(below, Mapping) and isinstance(above, Mapping)):
        for path in _paths(above, at):
            overlay[path] = fragment.span(path)
        return above
    merged = dict(below)
    for key, value in above.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merge(below.get(key), value, (*at, key), fragment, overlay)
    return merged


def _paths(value: Any, at: Path) -> list[Path]:
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    out: list[Path] = []
    for key, inner in items:
        out.append((*at, key))
        out.extend(_paths(inner, (*at, key)))
    return out
