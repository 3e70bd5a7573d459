"""Changes that somebody accepted by name, each under the fingerprint of what it does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sharecheck import schema, source
from sharecheck.errors import SettingsError, SourceError

FILE = "approvals.yaml"
LINE = "sharecheck-approvals"


@dataclass(frozen=True, slots=True)
class Approval:
    """One change accepted: what it does, who accepted it, why, and the day (`2026-12-01`)."""

    fingerprint: str
    agreement: str
    kind: str
    says: str
    by: str
    because: str
    on: str

    @property
    def sentence(self) -> str:
        """Who accepted it, in a sentence."""
        return f"Accepted by {self.by} on {self.on}: {self.because.rstrip('.')}."


def load(file: Path) -> dict[str, Approval]:
    """The approvals in a file, by fingerprint; none where there is no file. Raises `SettingsError` where it is not one."""
    name = file.as_posix()
    if not file.exists():
        return {}
    try:
        document = source.read(file, name)
    except SourceError as error:
        raise SettingsError(f"{name}: the accepted changes cannot be read: {error.message}", error.fix) from None
    for misfit in schema.misfits(document.data, "approvals"):
        span = document.key_span(misfit.at) if misfit.key else document.span(misfit.at)
        raise SettingsError(f"{name}:{span.line}:{span.column}: {misfit.message}", misfit.fix)
    return {
        fingerprint: Approval(
            fingerprint, one["agreement"], one["kind"], one["says"], one["by"], one["because"], one["on"]
        )
        for fingerprint, one in document.data["accepted"].items()
    }


def render(approvals: Iterable[Approval]) -> str:
    """The file, in an order that does not depend on when each was accepted."""
    lines = ["# Changes accepted by name, written by `sharecheck diff --accept`.", f"{LINE}: 1", "accepted:"]
    for one in sorted(approvals, key=lambda one: (one.agreement, one.fingerprint)):
        lines.append(f'  "{one.fingerprint}":')
        said: Mapping[str, str] = {
            "agreement": one.agreement, "kind": one.kind, "says": one.says, "by": one.by, "because": one.because, "on": one.on,
        }  # fmt: skip
        lines += [f"    {key}: {json.dumps(value, ensure_ascii=False)}" for key, value in said.items()]
    return "\n".join(lines) + "\n"
