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
