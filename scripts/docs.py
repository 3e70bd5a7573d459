"""Write what is generated from one source (schemas and reference pages), or check that it is up to date.

python scripts/docs.py            writes
python scripts/docs.py --check    exits 1 and names each file that is out of date
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sharecheck import source
from sharecheck.knowledge.compiled import compiled
from sharecheck.schema import expand

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "sharecheck"


def terms(vocabulary: str) -> list[str]:
    """The ids of one vocabulary, in its own order."""
    path = PACKAGE / "knowledge" / "vocabularies" / f"{vocabulary}.yaml"
    return list(source.read(path).data["terms"])


def pages() -> Iterator[tuple[Path, str]]:
    """Every generated file with the text it should have."""
    for name in ("agreement", "config"):
        written = source.read(PACKAGE / "schema" / f"{name}.schema.yaml").data
        schema = expand.expanded(written, terms)
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        yield PACKAGE / "schema" / f"{name}.schema.json", text
        yield ROOT / "schemas" / f"{name}.schema.json", text
        if name == "agreement":
            yield ROOT / "docs" / "format.md", format_page(written)
    yield PACKAGE / "knowledge" / "book.json", json.dumps(compiled(), ensure_ascii=False, separators=(",", ":")) + "\n"
    for output in sorted((PACKAGE / "schema").glob("output-*.schema.json")):
        yield ROOT / "schemas" / output.name, output.read_text(encoding="utf-8")


def format_page(schema: Mapping[str, Any]) -> str:
    """The reference of the format, as Markdown, from the schema's descriptions and examples."""
    lines = [
        "# The format of an agreement, version 1",
        "",
        "Generated from the schema by `python scripts/docs.py`; edit `src/sharecheck/schema/agreement.schema.yaml`.",
        "",
        schema["description"],
        "",
        "Fields marked **required** must be there; every other may be left out. `sharecheck schema` prints the schema",
        "itself, and `sharecheck schema TERM` the words a vocabulary offers.",
        "",
        "## The agreement",
        "",
        *_table(schema, schema),
    ]
    for name, part in schema["$defs"].items():
        if "properties" in part:
            properties = part["properties"]
            lines += ["", f"## {name.replace('_', ' ').capitalize()}", "", *_table(part, schema, properties)]
    for name, part in schema["properties"].items():
        inner = part.get("additionalProperties")
        inner = (
            inner if isinstance(inner, dict) else part.get("items", {}) if isinstance(part.get("items"), dict) else {}
        )
        if "properties" in inner:
            lines += ["", f"## Each entry of `{name}`", "", *_table(inner, schema)]
    for parent in ("handling", "governance"):
        for name, part in schema["properties"][parent]["properties"].items():
            if "properties" in part:
                lines += ["", f"## `{parent}.{name}`", "", *_table(part, schema)]
        lines += ["", f"## `{parent}`", "", *_table(schema["properties"][parent], schema)]
    return "\n".join(lines) + "\n"


def _table(
    part: Mapping[str, Any], schema: Mapping[str, Any], properties: Mapping[str, Any] | None = None
) -> list[str]:
    rows = ["| Field | What it says | Example |", "|---|---|---|"]
    for name, value in (properties or part["properties"]).items():
        if name == "$include":
            continue
        target = schema["$defs"].get(str(value.get("$ref", "")).rpartition("/")[2], {})
        says = value.get("description") or target.get("description", "")
        examples = value.get("examples") or target.get("examples", [])
        vocabulary = (
            value.get("vocabulary") or value.get("items", {}).get("vocabulary") if isinstance(value, dict) else None
        )
        note = f" Words: [{vocabulary}](vocabularies.md#{vocabulary})." if vocabulary else ""
        required = " **required**" if name in part.get("required", ()) else ""
        example = json.dumps(examples[0], ensure_ascii=False) if examples else ""
        rows.append(f"| `{name}`{required} | {_cell(says)}{note} | {_code(example)} |")
    return rows


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _code(text: str) -> str:
    return f"`{_cell(text)}`" if text else ""


def main(arguments: list[str]) -> int:
    """Write, or with `--check` compare; the exit code."""
    stale = 0
    for path, text in pages():
        current = path.read_text(encoding="utf-8") if path.exists() else None
        if current == text:
            continue
        stale += 1
        if "--check" in arguments:
            print(f"out of date: {path.relative_to(ROOT).as_posix()} (run python scripts/docs.py)")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"wrote {path.relative_to(ROOT).as_posix()}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
