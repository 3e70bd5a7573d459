"""The settings of one repository: what `sharecheck.yaml` says, and where it was found."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sharecheck import schema, source
from sharecheck.errors import SettingsError

FILE = "sharecheck.yaml"


@dataclass(frozen=True)
class Settings:
    """What applies in one repository; `file` is None where no settings were found and defaults hold."""

    root: Path
    file: Path | None = None
    agreements: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_on: str = "error"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = field(default_factory=dict)
    written: frozenset[str] = frozenset()

    def check_names(self, known: Iterable[str], topics: Iterable[str]) -> None:
        """Raise `SettingsError` where a rule or topic is named that does not exist."""
        ids, groups = set(known), set(topics)
        for place, named, allowed in (
            ("select", self.select, ids | groups),
            ("ignore", self.ignore, ids | groups),
            ("severity", tuple(self.severity), ids),
        ):
            for name in named:
                if name not in allowed:
                    near = difflib.get_close_matches(name, sorted(allowed), 1, 0.6)
                    where = f"{self.file.name}: `rules.{place}`" if self.file else f"`--{place}`"
                    raise SettingsError(
                        f"{where} names `{name}`, which is no rule" + ("" if place == "severity" else " or topic"),
                        f"did you mean `{near[0]}`?" if near else "see `sharecheck rules`",
                    )


def find(start: Path) -> Path | None:
    """The settings that govern a place: the nearest `sharecheck.yaml` from there up to the repository's root."""
    try:
        start = start.resolve()
    except (OSError, RuntimeError):
        return None
    for folder in (start if start.is_dir() else start.parent, *start.parents):
        if (folder / FILE).is_file():
            return folder / FILE
        if (folder / "sharecheck.yml").is_file():
            raise SettingsError(f"`{(folder / 'sharecheck.yml').as_posix()}` is not read", f"rename it to {FILE}")
        if (folder / ".git").exists():
            return None
    return None


def load(file: Path | None, root: Path) -> Settings:
    """Read settings; raises `SourceError` or `SettingsError` where the file is not what it should be."""
    if file is None:
        return Settings(root)
    document = source.read(file, file.name)
    raw = document.data if document.data is not None else {}
    for misfit in schema.misfits(raw, "config"):
        span = document.key_span(misfit.at) if misfit.key else document.span(misfit.at)
        raise SettingsError(f"{file.name}:{span.line}:{span.column}: {misfit.message}", misfit.fix)
    rules = raw.get("rules", {})
    return Settings(
        root=file.parent,
        file=file,
        agreements=tuple(raw.get("agreements", ())),
        exclude=tuple(raw.get("exclude", ())),
        fail_on=raw.get("fail_on", "error"),
        select=tuple(rules.get("select", ())),
        ignore=tuple(rules.get("ignore", ())),
        severity=rules.get("severity", {}),
        written=frozenset(raw) | {f"rules.{name}" for name in rules},
    )
