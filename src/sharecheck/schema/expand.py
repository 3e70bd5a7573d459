"""From the schema as contributors write it (YAML, vocabularies by name) to the JSON Schema that is published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def expanded(schema: Mapping[str, Any], terms: Callable[[str], list[str]]) -> dict[str, Any]:
    """Replace each `vocabulary: NAME` by its terms and each `$include: NAME` by that part's properties."""
    parts = schema["$defs"]

    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(inner) for inner in value]
        if not isinstance(value, Mapping):
            return value
        out: dict[str, Any] = {}
        for key, inner in value.items():
            if key == "vocabulary":
                out["enum"] = terms(inner)
                out["$comment"] = f"vocabulary: {inner}"
            elif key == "$include":
                out.update(walk(parts[inner]["properties"]))
            else:
                out[key] = inner if key in ("examples", "enum", "const") else walk(inner)
        return out

    return {key: walk(value) for key, value in schema.items()}


def lent(schema: Mapping[str, Any], lender: Mapping[str, Any]) -> dict[str, Any]:
    """A schema with each `$borrow: PATH` replaced by that part of another, and whatever those parts refer to beside them."""
    parts: dict[str, Any] = dict(schema["$defs"])

    def borrow(value: Any) -> Any:
        if isinstance(value, list):
            return [borrow(inner) for inner in value]
        if not isinstance(value, Mapping):
            return value
        out = {key: borrow(inner) for key, inner in value.items() if key != "$borrow"}
        if "$borrow" in value:
            part: Any = lender
            for step in value["$borrow"].split("."):
                part = part[step]
            fetch(part)
            out = {**part, **out}
        return out

    def fetch(value: Any) -> None:
        if isinstance(value, list):
            for inner in value:
                fetch(inner)
        elif isinstance(value, Mapping):
            name = str(value.get("$ref", "")).rpartition("/")[2]
            if name and name not in parts:
                parts[name] = lender["$defs"][name]
                fetch(parts[name])
            for inner in value.values():
                fetch(inner)

    return {**borrow(schema), "$defs": parts}
