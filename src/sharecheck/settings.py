"""The settings of one repository: what `sharecheck.yaml` says, and where it was found."""

from __future__ import annotations

import difflib
import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from sharecheck import schema, source
from sharecheck.errors import SettingsError

FILE = "sharecheck.yaml"


@dataclass(frozen=True, slots=True)
class Apart:
    """What applies differently to some files: only what is said here, over what holds for the rest."""

    places: tuple[str, ...]
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = field(default_factory=dict)
    fail_on: str | None = None


@dataclass(frozen=True)
class Settings:
    """What applies in one repository; `file` is None where no settings were found and defaults hold."""

    root: Path
    file: Path | None = None
    agreements: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_on: str = "error"
    baseline: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = field(default_factory=dict)
    mandatory: tuple[str, ...] = ()
    apart: tuple[Apart, ...] = ()
    written: frozenset[str] = frozenset()
    own: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    approvals: str = "approvals.yaml"
    void_by: tuple[str, ...] | None = None
    brand: Mapping[str, Any] = field(default_factory=dict)

    @property
    def own_rules(self) -> tuple[Path, ...]:
        """Where rules of the partnership's own are: as the settings say, or the folder `rules` beside them."""
        if "rules.own" in self.written:
            return tuple(self.root / place for place in self.own)
        beside = self.root / "rules"
        return (beside,) if self.file and beside.is_dir() else ()

    def at(self, file: Path) -> Settings:
        """What applies to one file: later entries of `paths` over earlier ones, and all over what holds for the rest."""
        found = self
        for apart in self.apart:
            if within(file, apart.places, self.root):
                found = replace(
                    found,
                    select=apart.select or found.select,
                    ignore=(*found.ignore, *apart.ignore),
                    severity={**found.severity, **apart.severity},
                    fail_on=apart.fail_on or found.fail_on,
                )
        return found

    def check_names(self, known: Iterable[str], topics: Iterable[str]) -> None:
        """Raise `SettingsError` where a rule or topic is named that does not exist, or a place that no file is at."""
        ids, groups = set(known), set(topics)
        for place, named, allowed in self._named(ids, ids | groups):
            for name in named:
                if name not in allowed:
                    near = difflib.get_close_matches(name, sorted(allowed), 1, 0.6)
                    where = f"{self.file.name}: `{place}`" if self.file else f"`--{place.removeprefix('rules.')}`"
                    raise SettingsError(
                        f"{where} names `{name}`, which is no rule" + ("" if allowed == ids else " or topic"),
                        f"did you mean `{near[0]}`?" if near else "see `sharecheck rules`",
                    )
        for apart in self.apart:
            for pattern in apart.places:
                if not _somewhere(pattern, self.root):
                    raise SettingsError(
                        f"{FILE}: `paths` names `{pattern}`, and nothing is there",
                        f"correct it or remove it; places are looked for from the folder of {FILE}",
                    )

    def _named(self, ids: set[str], both: set[str]) -> Iterator[tuple[str, Iterable[str], set[str]]]:
        yield "rules.select", self.select, both
        yield "rules.ignore", self.ignore, both
        yield "rules.mandatory", self.mandatory, both
        yield "rules.severity", self.severity, ids
        for apart in self.apart:
            yield "paths.select", apart.select, both
            yield "paths.ignore", apart.ignore, both
            yield "paths.severity", apart.severity, ids


def _somewhere(pattern: str, root: Path) -> bool:
    """Whether a pattern names anything at or below the root."""
    inside = _plain(pattern)
    if inside == ".":
        return True
    try:
        return ".." not in PurePosixPath(inside).parts and any(root.glob(inside))
    except (ValueError, NotImplementedError):  # from another place than the root, or stars that stand for nothing
        return False


def _plain(pattern: str) -> str:
    """A pattern as the paths are that it is held against: `./p/` is `p`."""
    return pattern if pattern.startswith("/") else PurePosixPath(pattern).as_posix()


def within(file: Path, patterns: Iterable[str], root: Path) -> bool:
    """Whether a file, or a folder it is in, is what a pattern names from the root; `*` stands for any name."""
    try:
        relative = file.resolve().relative_to(root.resolve())
    except (ValueError, OSError, RuntimeError):
        return False
    plain = [_plain(pattern) for pattern in patterns]
    wanted = {*plain, *(pattern.replace("**/", "") for pattern in plain)}  # `**` may stand for no folder at all
    places = [relative.as_posix(), *(parent.as_posix() for parent in relative.parents)]
    return any(fnmatch.fnmatch(place, pattern) for pattern in wanted for place in places)


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
        baseline=raw.get("baseline"),
        select=tuple(rules.get("select", ())),
        ignore=tuple(rules.get("ignore", ())),
        severity=rules.get("severity", {}),
        mandatory=tuple(rules.get("mandatory", ())),
        apart=tuple(_apart(one) for one in raw.get("paths", ())),
        own=tuple(rules.get("own", ())),
        plugins=tuple(rules.get("plugins", ())),
        approvals=raw.get("approvals", "approvals.yaml"),
        void_by=tuple(raw["sign_off"]["void_by"]) if "void_by" in raw.get("sign_off", {}) else None,
        brand=raw.get("brand", {}),
        written=frozenset(raw) | {f"rules.{name}" for name in rules},
    )


def _apart(raw: Mapping[str, Any]) -> Apart:
    return Apart(
        tuple(raw["for"]), tuple(raw.get("select", ())), tuple(raw.get("ignore", ())), raw.get("severity", {}),
        raw.get("fail_on"),
    )  # fmt: skip
