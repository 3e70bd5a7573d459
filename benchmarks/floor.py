"""The least that checking YAML can cost in Python: read it, know each node's place, refuse doubled keys, fit the schema.

python benchmarks/floor.py SCHEMA FILE…    prints each fault with its place and exits 1 where there is one

No rule is asked and nothing is worded, so no checker that tells people where something is wrong can be faster; how many
times slower than this sharecheck is says what its reading, rules and words cost.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

BOOLEANS = {"true": True, "false": False}


def build(
    node: yaml.Node, at: tuple[Any, ...], places: dict[tuple[Any, ...], tuple[int, int]], doubled: list[int]
) -> Any:
    """The value of a node, with the line and column of everything within it."""
    places[at] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        out: dict[str, Any] = {}
        for key, value in node.value:
            if key.value in out:
                doubled.append(key.start_mark.line + 1)
            out[key.value] = build(value, (*at, key.value), places, doubled)
        return out
    if isinstance(node, yaml.SequenceNode):
        return [build(value, (*at, i), places, doubled) for i, value in enumerate(node.value)]
    if node.tag == "tag:yaml.org,2002:int":
        return int(node.value)
    return BOOLEANS.get(node.value, node.value) if node.tag == "tag:yaml.org,2002:bool" else node.value


def main(schema: str, files: list[str]) -> int:
    """Check files against a schema; 1 where any has a fault."""
    fits = jsonschema_rs.validator_for(json.loads(Path(schema).read_text("utf-8")))
    faults = 0
    for file in files:
        places: dict[tuple[Any, ...], tuple[int, int]] = {}
        doubled: list[int] = []
        data = build(yaml.compose(Path(file).read_bytes(), yaml.CSafeLoader), (), places, doubled)
        for line in doubled:
            print(f"{file}:{line}: doubled key")
        for error in fits.iter_errors(data):
            line, column = places[tuple(error.instance_path)]
            print(f"{file}:{line}:{column}: {error.message[:160]}")
            faults += 1
        faults += len(doubled)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
