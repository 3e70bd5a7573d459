"""Places: where a fault stands, named so that waivers, baselines and other tools know it again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sharecheck.source import Path


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault stands: an address that survives reordering, and the fingerprint of a rule's finding there."""

    address: str
    fingerprint: str


def place_of(rule: str, agreement: str, at: Path, data: Any) -> Place:
    """The place of what a rule found at a path of an agreement."""
    address = _address(at, data)
    return Place(address, hashlib.sha256(f"{rule}|{agreement}|{address}".encode()).hexdigest()[:32])


def _address(at: Path, data: Any) -> str:
    """An address that survives reordering: list items by what they say rather than by position."""
    steps: list[str] = []
    here = data
    for step in at:
        if isinstance(step, int):
            here = here[step] if isinstance(here, list) and step < len(here) else None
            said = here.get("rule", here.get("agency", here.get("who"))) if isinstance(here, dict) else here
            steps.append(f"={said}" if isinstance(said, str) else str(step))
        else:
            here = here.get(step) if isinstance(here, dict) else None
            steps.append(step)
    return ".".join(steps)
