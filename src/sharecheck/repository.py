"""The agreements of a partnership: found, read, held to the format, and tied to the protocols they stand under."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from sharecheck import agreement as agreements
from sharecheck import schema, source
from sharecheck.agreement import Agreement
from sharecheck.errors import NothingToCheckError, SettingsError, SourceError
from sharecheck.schema import Misfit
from sharecheck.settings import FILE, Settings, within
from sharecheck.source import Document

_ENDINGS = (".yaml", ".yml")
_TIERS = 8
SCENARIOS = "scenarios"
"""The folder beside agreements that holds files of scenarios."""
SIGN_OFFS = "signoff"
"""The folder beside agreements that holds their sign-offs."""
_SCENARIOS_LINE = "sharecheck-scenarios"
_SIGN_OFFS_LINE = "sharecheck-signoff"
_APPROVALS_LINE = "sharecheck-approvals"
_TELLING = frozenset({"flows", "agencies", "roles", "purposes", "subjects", "jurisdiction", "governance", "handling"})


@dataclass(frozen=True, slots=True)
class Misshapen:
    """An agreement that does not have the form, and so cannot be checked further."""

    document: Document
    misfits: tuple[Misfit, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that was seen and not looked at, with the reason."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything found: what can be checked, what cannot, and what was left out, each with the reason.

    `scenarios` are the files of scenarios, each of which has the form; `named_there` the agreements that these name and
    that were not among what was asked for; `sign_offs` the files of sign-offs, with the form still to be looked at.
    """

    agreements: tuple[Agreement, ...]
    misshapen: tuple[Misshapen, ...]
    unread: tuple[SourceError, ...]
    left_out: tuple[LeftOut, ...] = ()
    scenarios: tuple[Document, ...] = ()
    named_there: tuple[Agreement, ...] = ()
    sign_offs: tuple[Document, ...] = ()

    @property
    def unusable(self) -> list[tuple[str, int, int, str, str]]:
        """What could not be read or does not have the form: the file, line and column, why, and what to do; in order."""
        unread = [(error.name, error.line, error.column, error.message, error.fix) for error in self.unread]
        misshapen = []
        for one in self.misshapen:
            first = one.misfits[0]
            span = one.document.key_span(first.at) if first.key else one.document.span(first.at)
            misshapen.append((one.document.name, span.line, span.column, first.message, first.fix))
        return sorted([*unread, *misshapen])


@dataclass(frozen=True, slots=True)
class Place:
    """A file to read; `named` where the user named it rather than a folder it is in."""

    path: Path
    named: bool


def files(paths: Iterable[Path], settings: Settings) -> Iterator[Place | LeftOut | SourceError]:
    """Each file to look at, in order, once; and what is left out or cannot be opened, where it is met."""
    seen: set[str] = set()
    for path in paths:
        try:
            folder = path.is_dir()
        except (OSError, RuntimeError):
            folder = False
        for found in _walk(path, settings) if folder else (Place(path, True),):
            if isinstance(found, Place):
                key = os.path.realpath(found.path)
                if key in seen:
                    continue
                seen.add(key)
            yield found


def _walk(folder: Path, settings: Settings) -> Iterator[Place | LeftOut | SourceError]:
    own = {os.path.realpath(place) for place in settings.own_rules}
    try:
        children = sorted(folder.iterdir(), key=lambda p: (p.is_dir(), p.name))
    except OSError as error:
        reason = error.strerror or "the operating system refused"
        yield SourceError(
            "unreadable-folder",
            f"the folder cannot be opened: {reason}",
            "check who may read it, or exclude it",
            name_of(folder),
        )
        return
    for child in children:
        if child.name.startswith(".") or child.name == "node_modules" or (own and os.path.realpath(child) in own):
            continue
        if child.is_dir():
            if child.is_symlink():
                yield LeftOut(
                    (PurePosixPath(name_of(folder)) / child.name).as_posix(),
                    "a link to a folder, which is not followed",
                )
            else:
                yield from _walk(child, settings)
        elif child.name == FILE:
            continue
        elif child.suffix.lower() in _ENDINGS:
            excluded = within(child, settings.exclude, settings.root)
            yield LeftOut(name_of(child), f"excluded by {FILE}") if excluded else Place(child, False)
        elif re.search(r"\.ya?ml\.\w+$", child.name.lower()):
            yield LeftOut(name_of(child), f"ends in {child.suffix}; rename it if it is an agreement")


def gather(
    paths: Iterable[Path],
    settings: Settings,
    tick: Callable[[str], None] = lambda _: None,
    read: Callable[[Path, str], Document] = source.read,
    *,
    to_test: bool = False,
    may_be_empty: bool = False,
) -> Gathered:
    """Find and `read` every agreement under `paths`; `tick` is told the name of each file as it is read.

    Files of scenarios are found under `paths` and, where they name one of the agreements, in the folder `scenarios`
    beside it; `to_test` is for who asks them: they will do without an agreement, and those they name are looked for.

    Raises `NothingToCheckError` where there is no agreement at all, unless there `may_be_empty`, as in the version before
    the first. A file that cannot be read, or is no agreement, is among `unread`.
    """
    documents: list[Document] = []
    scenarios: list[Document] = []
    sign_offs: list[Document] = []
    seen: set[str] = set()
    unread: list[SourceError] = []
    foreign: list[SourceError] = []
    left_out: list[LeftOut] = []
    for place in files(paths, settings):
        if isinstance(place, LeftOut):
            left_out.append(place)
            continue
        if isinstance(place, SourceError):
            unread.append(place)
            continue
        name = name_of(place.path)
        seen.add(name)
        tick(name)
        try:
            document = read(place.path, name)
            if _is_scenarios(document):
                scenarios.append(_shaped(document))
                continue
        except SourceError as error:
            unread.append(error)
            continue
        if _marked(document, _SIGN_OFFS_LINE):
            sign_offs += _shaped_or(document, unread)
        elif _marked(document, _APPROVALS_LINE):
            continue
        elif _is_agreement(document):
            documents.append(document)
        elif _says(document) == "rule":
            foreign.append(_stray_rule(document))
        elif _says(document) != "settings":
            foreign.append(_foreign(document, place.named))
    if not documents and not unread and not may_be_empty and not (to_test and scenarios):
        if foreign:
            raise NothingToCheckError(f"{foreign[0].name}: {foreign[0].message}; nothing was checked", foreign[0].fix)
        where = ", ".join(f"`{path.as_posix()}`" for path in paths)
        passed = "; ".join(f"{one.name} was left out ({one.reason})" for one in left_out[:5])
        raise NothingToCheckError(
            f"no agreement was found in {where}" + (f"; {passed}" if passed else ""),
            "name the folder that holds your agreements (files ending in .yaml), or run `sharecheck init` to begin one",
        )
    ids = {_id(document) for document in documents}
    for place in _beside(documents, settings):
        if isinstance(place, SourceError):
            unread += [place] if place.name not in {error.name for error in unread} else []
            continue
        if (name := name_of(place.path)) in seen:
            continue
        try:
            document = read(place.path, name)
            if _is_scenarios(document) and document.data.get("agreement") in ids:
                scenarios.append(_shaped(document))
            elif _marked(document, _SIGN_OFFS_LINE) and document.data.get("agreement") in ids:
                sign_offs.append(_shaped(document, "signoff"))
        except SourceError as error:
            unread.append(error)
    found = _resolve(documents, unread + foreign, left_out, settings, scenarios, to_test=to_test)
    return replace(found, sign_offs=tuple(sign_offs))


def _beside(documents: Iterable[Document], settings: Settings) -> Iterator[Place | SourceError]:
    """The files in folders of scenarios and of sign-offs, beside agreements and settings, and those that cannot be opened."""
    folders = dict.fromkeys(Path(document.name).parent for document in documents)
    if settings.file:
        folders[settings.root] = None
    beside = [folder / name for folder in folders for name in (SCENARIOS, SIGN_OFFS) if (folder / name).is_dir()]
    return (place for place in files(beside, settings) if not isinstance(place, LeftOut))


def name_of(path: Path) -> str:
    """A file as people are told of it: from where they stand, where it lies below."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError, RuntimeError):
        return path.as_posix()


def _is_agreement(document: Document) -> bool:
    data = document.data
    if not isinstance(data, dict):
        return False
    if "sharecheck" in data:
        return data["sharecheck"] not in ("settings", "rule")
    return len(_TELLING & data.keys()) > 1


def _is_scenarios(document: Document) -> bool:
    """Whether a document says that it is a file of scenarios."""
    return _marked(document, _SCENARIOS_LINE)


def _marked(document: Document, line: str) -> bool:
    """Whether a document begins with the line that marks a kind of file."""
    return isinstance(document.data, dict) and line in document.data


def _shaped_or(document: Document, unread: list[SourceError]) -> list[Document]:
    """A file of sign-offs; where it does not have the form it is among the unread."""
    try:
        return [_shaped(document, "signoff")]
    except SourceError as error:
        unread.append(error)
        return []


def _shaped(document: Document, form: str = "scenarios") -> Document:
    """A file of scenarios or of sign-offs; raises `SourceError` at the first place where it does not have the form."""
    misfits = schema.misfits(document.data, form)
    for first in misfits:
        span = document.key_span(first.at) if first.key else document.span(first.at)
        others = f" (the first of {len(misfits)} places to put right)" if len(misfits) > 1 else ""
        raise SourceError(
            f"{form}-misfit", f"{first.message}{others}", first.fix, document.name, span.line, span.column
        )
    return document


def _says(document: Document) -> object:
    return document.data.get("sharecheck") if isinstance(document.data, dict) else None


def _stray_rule(document: Document) -> SourceError:
    return SourceError(
        "not-an-agreement",
        "this is a rule of your own, not an agreement, and a rule that lies here is not asked",
        f"keep it in the folder `rules` beside {FILE}, or list its folder there under `rules.own:`; name agreements only",
        document.name,
    )


def _foreign(document: Document, named: bool) -> SourceError:
    held = "it holds a list" if isinstance(document.data, list) else "it does not begin with `sharecheck: 1`"
    if document.data is None:
        held = "it is empty"
    fix = "add the line `sharecheck: 1` if it is one" + ("" if named else f", or list it under `exclude:` in {FILE}")
    if isinstance(document.data, dict) and "scenarios" in document.data:
        held, fix = "it holds scenarios", f"add the line `{_SCENARIOS_LINE}: 1` if it is a file of scenarios"
    return SourceError("not-an-agreement", f"this is not an agreement: {held}", fix, document.name)


def _resolve(
    documents: list[Document],
    unread: list[SourceError],
    left_out: list[LeftOut],
    settings: Settings,
    scenarios: list[Document],
    *,
    to_test: bool = False,
) -> Gathered:
    misshapen: dict[str, Misshapen] = {}
    good: list[Document] = []
    for document in documents:
        if misfits := _uncovered(document):
            misshapen[document.name] = Misshapen(document, tuple(misfits))
        else:
            good.append(document)
    named = {_id(d): d for d in reversed(good)}
    broken = {str(m.document.data.get("id")) for m in misshapen.values() if isinstance(m.document.data, dict)}
    elsewhere = _Elsewhere(settings, good, scenarios)
    built: dict[str, Agreement] = {}
    out: list[Agreement] = []

    def build(document: Document, above: tuple[str, ...]) -> Agreement:
        if document.name in built:
            return built[document.name]
        under = document.data.get("under")
        parent = None
        if isinstance(under, str):
            if under in above or under == _id(document):
                chain = " → ".join((*above, _id(document), under))
                raise _Untied(
                    f"the protocols stand under one another in a circle: {chain}", "name the tier 1 protocol only"
                )
            found = named.get(under) or (None if under in broken else elsewhere.find(under))
            if found is None and under in broken | elsewhere.broken:
                raise _Untied(
                    f"its protocol `{under}` does not have the form of an agreement", "put the protocol right first"
                )
            if found is None and (closed := elsewhere.unread or [error.name for error in unread]):
                raise _Untied(
                    f"its protocol `{under}` may be in `{closed[0]}`, which cannot be read", "put that file right first"
                )
            if len(above) > _TIERS:
                raise _Untied(
                    f"it stands under more than {_TIERS} protocols, one above the other", "tier 1 and tier 2 will do"
                )
            parent = build(found, (*above, _id(document))) if found else None
        built[document.name] = agreements.build(document, parent)
        return built[document.name]

    for document in good:
        try:
            out.append(build(document, ()))
        except _Untied as error:
            misfit = Misfit(("under",), f"{error.message}, so this agreement was not checked", error.fix)
            misshapen[document.name] = Misshapen(document, (misfit,))
    wanted = dict.fromkeys(one.data["agreement"] for one in scenarios if "agreement" in one.data) if to_test else ()
    named_there: list[Agreement] = []
    for name in wanted:
        found = None if name in named or name in broken else elsewhere.find(name)
        with suppress(
            _Untied
        ):  # said where that agreement itself is checked; its scenarios are told that it is not there
            named_there += [build(found, ())] if found else []
    return Gathered(
        tuple(out), tuple(misshapen.values()), tuple(unread), tuple(left_out), tuple(scenarios), tuple(named_there)
    )


def tied(document: Document, settings: Settings) -> Agreement:
    """One document that has the form, as an agreement under its protocol; raises `SettingsError` where that fails."""
    gathered = _resolve([document], [], [], settings, [])
    for one in gathered.misshapen:
        raise SettingsError(one.misfits[0].message, one.misfits[0].fix)
    return gathered.agreements[0]


def _id(document: Document) -> str:
    return str(document.data.get("id", document.name))


def _uncovered(document: Document) -> list[Misfit]:
    """The misfits, less those about missing parts that the agreement itself lists as `unknown`."""
    misfits = schema.misfits(document.data)
    listed = document.data.get("unknown") if isinstance(document.data, dict) else None
    if not misfits or not isinstance(listed, list):
        return misfits
    patterns = [agreements.split_address(str(address)) for address in listed]
    return [m for m in misfits if not (m.missing and any(agreements.matches(p, m.at) for p in patterns))]


class _Untied(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


class _Elsewhere:
    """Protocols that were not named on the command line, but are in the repository or beside the agreement."""

    def __init__(self, settings: Settings, documents: list[Document], scenarios: list[Document]) -> None:
        self.settings = settings
        self.folders = [*(Path(d.name).parent for d in documents), *(Path(d.name).parent.parent for d in scenarios)]
        self.known: dict[str, Document] | None = None
        self.broken: set[str] = set()
        self.unread: list[str] = []

    def find(self, name: str) -> Document | None:
        """The document of the agreement with this id, if it is there and has the form."""
        if self.known is None:
            self.known = {}
            places = [self.settings.root / p for p in self.settings.agreements] + list(dict.fromkeys(self.folders))
            for place in files((p for p in places if p.exists()), self.settings):
                if not isinstance(place, Place):
                    continue
                try:
                    document = source.read(place.path, name_of(place.path))
                except SourceError as error:
                    self.unread.append(error.name)
                    continue
                if not _is_agreement(document):
                    continue
                if _uncovered(document):
                    self.broken.add(_id(document))
                else:
                    self.known.setdefault(_id(document), document)
        return self.known.get(name)
