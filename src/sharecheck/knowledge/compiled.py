"""From the data files that contributors edit to the one file (`book.json`) that is read at run time.

Reading 200 KB of YAML would cost every command 40 ms; the compiled file costs one. `python scripts/docs.py` writes it,
and a test holds it to the data files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sharecheck import source

FOLDER = Path(__file__).parent


def compiled() -> dict[str, Any]:
    """Everything in the data files, by kind and name; raises `SourceError` where one of them is not readable."""
    vocabularies = _folder("vocabularies")
    return {
        "version": max(data["version"] for data in vocabularies.values()),
        "vocabularies": {name: data["terms"] for name, data in vocabularies.items()},
        "named": _folder("named"),
        "provisions": {
            key: {**facts, "family": family}
            for family, data in _folder("law").items()
            for key, facts in data["provisions"].items()
        },
        "decision": source.read(FOLDER / "decision.yaml").data,
        "documents": _folder("documents"),
        "headings": source.read(FOLDER / "headings.yaml").data["headings"],
        "sources": source.read(FOLDER / "sources.yaml").data["sources"],
    }


def _folder(name: str) -> dict[str, Any]:
    return {path.stem: source.read(path).data for path in sorted((FOLDER / name).glob("*.yaml"))}
