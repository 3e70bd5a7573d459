"""How sign-offs stand, for a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sharecheck.agreement import Agreement
from sharecheck.knowledge import joined
from sharecheck.report import put_right, sentence
from sharecheck.signoff import Record, Standing
from sharecheck.wrapping import ended

SCHEMA_VERSION = 1
_STATES = {"stands": "stands", "void": "VOID", "unproved": "NOT PROVED", "lacking": "none yet"}

Results = Sequence[tuple[Agreement, Record | None, tuple[Standing, ...]]]


def text(results: Results) -> str:
    """Each agreement with the sign-off of each agency: how it stands, how it was given, and why not."""
    blocks = []
    for agreement, record, standings in results:
        if record is None:
            continue
        lines = [f"{agreement.id} ({agreement.status})\n"]
        for one in standings:
            lines.append(_wrap(f"{one.agency}: {_STATES[one.state]}{f'; {one.proof}' if one.proof else ''}", 2))
            if one.because:
                lines.append(_wrap(sentence(one.because[:1].upper() + one.because[1:]), 4))
            if one.fix:
                lines.append(_wrap(put_right(one.fix), 4))
        good = sum(1 for one in standings if one.state == "stands")
        lines.append(f"  {good} of {len(standings)} stand\n")
        blocks.append("".join(lines))
    if without := [f"`{agreement.id}`" for agreement, record, _ in results if record is None]:
        blocks.append(_wrap(f"No sign-off is kept for {joined(without)}.", 0))
    return "\n".join(blocks)


def as_json(results: Results) -> str:
    """The same as JSON."""
    value = {
        "schema_version": SCHEMA_VERSION,
        "agreements": [
            {
                "agreement": agreement.id, "status": agreement.status, "kept": record is not None,
                "sign_offs": [
                    {
                        "agency": one.agency, "state": one.state, "by": one.signature.name if one.signature else None,
                        "role": one.signature.role if one.signature else None,
                        "on": one.signature.on.isoformat() if one.signature else None,
                        "meaning": one.signature.meaning if one.signature else None,
                        "key": one.signature.identity or None if one.signature else None,
                        "proof": one.proof, "because": one.because, "fix": one.fix,
                    }
                    for one in standings
                ],
            }
            for agreement, record, standings in results
        ],
    }  # fmt: skip
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _wrap(said: str, indent: int) -> str:
    return ended(said, " " * indent, " " * (indent + 2))
