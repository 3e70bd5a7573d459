"""One version of a partnership's agreements: a file or folder as it is, or as git keeps it in a commit.

What git keeps is written to a temporary folder and gathered there, so that a commit is read by the very code that
reads a folder. Git is only asked what it holds: nothing is checked out, fetched, filtered or hooked, and what is
written is never what a link or a strange name would lead to.
"""

from __future__ import annotations

import errno
import os
import posixpath
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from sharecheck import repository
from sharecheck import settings as settings_of
from sharecheck.errors import SettingsError, SourceError
from sharecheck.git import OWN_FOLDER, Commit, Git
from sharecheck.repository import Gathered, LeftOut
from sharecheck.settings import FILE, Settings
from sharecheck.source import MAX_BYTES

MAX_TOTAL = 1 << 30
"""How many bytes of a commit are written out at most."""
MAX_FOLDERS = 64
"""How many folders a file may lie in, one within the other."""

_AGREEMENT = re.compile(r"\.ya?ml\Z", re.IGNORECASE)
_KEPT = re.compile(
    r"\.(?:ya?ml(?:\.\w+)?|csv)\Z|(?:^|/)signoff/(?:allowed_signers|signed/[0-9a-f]+\.json)\Z", re.IGNORECASE
)  # `a.yaml.bak` too, which `gather` says it leaves out
_PATH_ONLY = re.compile(r"[./\\]|[A-Za-z]:[/\\]")  # how no branch or tag begins
_NOT_ON_WINDOWS = re.compile(
    r'[<>:"|?*\\\x00-\x1f\ud800-\udfff]|[. ](?:/|\Z)|(?:^|/)(?:con|prn|aux|nul|com\d|lpt\d) *(?:[./]|\Z)', re.IGNORECASE
)
_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE})


@dataclass(frozen=True, slots=True)
class Version:
    """One version, gathered.

    `label` is what the user named; `settings` are those that govern it, in that version. Every name in `gathered` is a
    path from `root`, which is the root of the repository on disk, or for git (`commit` is then the full hash) a
    temporary folder: `root / name` is the file for as long as the version is open. A file outside has its whole path.
    """

    label: str
    gathered: Gathered
    settings: Settings
    root: Path
    commit: str | None

    def shown(self, name: str) -> str:
        """A file as people know it, from a name in `gathered` or a whole path: where it lies from the repository's root."""
        try:
            return (self.root / name).relative_to(self.root).as_posix()
        except ValueError:
            return name


@contextmanager
def opened(named: str, here: Path, *, tick: Callable[[str], None] = lambda _: None) -> Iterator[Version]:
    """The version that a user standing in `here` named: an existing file or folder, `REF:PATH`, or `REF` alone.

    It may hold no agreement at all, so long as what was named is there. `tick` is told the name of each file as it is
    read. Raises `SettingsError` where nothing is there or git cannot say, and where the settings of that version are
    wrong; `SourceError` where these cannot be read.
    """
    here = here.resolve()
    if not named:
        raise SettingsError("a version is named by an empty text", "name a file, a folder, or a commit, branch or tag")
    if _on_disk(named, here):
        yield _as_it_is(named, here, tick)
        return
    if _PATH_ONLY.match(named):
        raise SettingsError(f"`{named}` does not exist", "check the spelling of the path")
    git = Git.at(here, named)
    ref, path = _split(named)
    with _temporary() as root:
        commit = git.commit(ref, named)
        within = None if path is None else [_looked_up(commit, path, git.prefix)]
        yield _as_it_was(named, git, commit, within, root, tick)


@contextmanager
def at(commit: str, places: Sequence[str], here: Path) -> Iterator[Version]:
    """Some files and folders as a commit has them, by their paths from the root of the repository that `here` is in.

    What the commit does not hold is left out. Raises as `opened` does.
    """
    git = Git.at(here.resolve(), commit)
    with _temporary() as root:
        found = git.commit(commit, commit)
        yield _as_it_was(commit, git, found, [place for place in places if found.holds(place)], root, lambda _: None)


@contextmanager
def kept(
    ref: str, paths: Iterable[Path], here: Path, *, tick: Callable[[str], None] = lambda _: None
) -> Iterator[Version]:
    """Files and folders, as somebody in `here` named them, as git keeps them in a commit, branch or tag; never a file so called.

    Raises `SettingsError` as `opened` does, and where the commit does not have one of them.
    """
    here = here.resolve()
    if not ref:
        raise SettingsError("a version is named by an empty text", "name a commit, branch or tag")
    git = Git.at(here, ref)
    with _temporary() as root:
        commit = git.commit(ref, "")
        asked = [_looked_up(commit, _from(here, path), git.prefix) for path in paths]
        yield _as_it_was(ref, git, commit, asked, root, tick)


def _from(here: Path, path: Path) -> str:
    """A path as git takes it: relative to a folder, and marked as such."""
    way = PurePosixPath(os.path.relpath(here / path, here).replace(os.sep, "/")).as_posix()
    return way if way.startswith("..") else f"./{way}"


@contextmanager
def _temporary() -> Iterator[Path]:
    """A folder that is gone afterwards, whatever happens; raises `SettingsError` where none can be made."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="sharecheck-", ignore_cleanup_errors=True)
    except OSError as error:
        raise _no_room(error) from None
    with folder as name:
        yield Path(name).resolve()


def _on_disk(named: str, here: Path) -> bool:
    """Whether a name is that of an existing file or folder, other than git's own in a repository without files."""
    path = here / named
    bare = (here / "HEAD").is_file() and (here / "objects").is_dir() and (here / "refs").is_dir()
    return _exists(path) and not (bare and path.resolve().is_relative_to(here))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError, RuntimeError):  # a name too long or with a NUL in it, or a link to itself
        return False


def _split(named: str) -> tuple[str, str | None]:
    """`REF:PATH` or `REF` in its parts; as for git, a colon within braces (`main@{12:00}`) is a part of the ref."""
    depth = 0
    for i, letter in enumerate(named):
        depth += (letter == "{") - (letter == "}" and depth > 0)
        if letter == ":" and not depth:
            if not i:
                raise SettingsError(
                    f"`{named}` names no commit before the colon",
                    "write it as `REF:PATH`, for example `main:protocols`",
                )
            return named[:i], named[i + 1 :]
    return named, None


# As it is


def _as_it_is(named: str, here: Path, tick: Callable[[str], None]) -> Version:
    path = here / named
    real = path.resolve()
    path = real if ".." in path.parts else path
    above = (folder for folder in (real, *real.parents) if _exists(folder / ".git"))
    root = next(above, here)
    settings = _settings(path, root, named, "")
    return Version(named, _gathered([path], settings, root, tick), settings, root, None)


def _settings(start: Path, root: Path, named: str, before: str) -> Settings:
    """The settings that govern a place, their faults told as of the version that they are in."""
    try:
        file = settings_of.find(start)
    except SettingsError as error:
        raise SettingsError(f"in `{named}`: {error.message.replace(f'{root.as_posix()}/', '')}", error.fix) from None
    try:
        return settings_of.load(file, root)
    except SettingsError as error:
        raise SettingsError(f"in `{named}`: {error.message}", error.fix) from None
    except SourceError as error:
        shown = file.relative_to(root).as_posix() if file and file.is_relative_to(root) else error.name
        raise SourceError(error.code, error.message, error.fix, before + shown, error.line, error.column) from None


def _gathered(paths: Iterable[Path], settings: Settings, root: Path, tick: Callable[[str], None]) -> Gathered:
    """What `gather` finds, every name and sentence told from `root`."""
    with chdir(root):  # files are named from where one stands; named otherwise, a protocol would be sought elsewhere
        return repository.gather(paths, settings, tick, may_be_empty=True)


# As it was


def _looked_up(commit: Commit, path: str, prefix: str) -> str:
    """A path in a commit, from the repository's root; raises `SettingsError` where nothing is there to be read."""
    relative = path in (".", "..") or path.startswith(("./", "../"))
    place = posixpath.normpath(posixpath.join(prefix, path)) if relative else posixpath.normpath(path or ".")
    place = "" if place == "." else place
    for aside, reason in commit.aside.items():
        if place == aside or place.startswith(f"{aside}/"):
            raise SettingsError(
                f"`{aside}` is {reason} in `{commit.ref}`", "name the file or folder itself, where this commit holds it"
            )
    if not commit.holds(place):
        fix = f"write the path from the repository's root; where it was not there yet, name `{commit.ref}` alone"
        if prefix and commit.holds(posixpath.normpath(f"{prefix}{path}")):
            fix = f"did you mean `{commit.ref}:./{path}`?"
        raise SettingsError(f"`{path}` is not in `{commit.ref}`", fix)
    if unreadable := _unwritable(place):
        raise SettingsError(f"`{path}` cannot be read here: {unreadable}", "name a folder above it, or another version")
    return place


def _as_it_was(
    named: str, git: Git, commit: Commit, within: Sequence[str] | None, root: Path, tick: Callable[[str], None]
) -> Version:
    """The version in a commit, written out to `root` and gathered there; `within` are the paths that were asked for."""
    unwritten = _written(git, {name: blob for name, blob in commit.blobs.items() if _KEPT.search(name)}, root)
    (root / ".git").touch()  # settings are not sought above
    start = root / (posixpath.commonpath(within) if within else "")
    settings = _settings(next(p for p in (start, *start.parents) if _exists(p)), root, named, f"{commit.ref}:")
    settings, outside = _kept_inside(settings, root)
    asked = within if within is not None else _asked(commit, settings, root)
    by_name = {place: commit.blobs[place] for place in asked if place in commit.blobs and not _KEPT.search(place)}
    unwritten |= _written(git, by_name, root)
    for place in asked:
        if commit.has_folder(place):
            with suppress(OSError):  # a name that cannot be written, which `gather` tells of
                (root / place).mkdir(parents=True, exist_ok=True)  # it is there, if without an agreement
    gathered = _gathered([root / place for place in asked if place not in unwritten], settings, root, tick)
    unread, left_out = _not_read(commit, asked, unwritten)
    gathered = replace(
        gathered,
        unread=(*gathered.unread, *unread),
        left_out=tuple(sorted((*gathered.left_out, *left_out, *outside), key=lambda one: one.name)),
    )
    return Version(named, gathered, settings, root, commit.hash)


def _asked(commit: Commit, settings: Settings, root: Path) -> list[str]:
    """Where a whole repository has its agreements: as its settings say, or in `protocols`, or anywhere."""
    if "agreements" in settings.written:
        places = [(settings.root / place).resolve().relative_to(root).as_posix() for place in settings.agreements]
        return ["" if place == "." else place for place in places]
    return ["protocols" if commit.has_folder("protocols") else ""]


def _not_read(
    commit: Commit, asked: Iterable[str], unwritten: Mapping[str, str]
) -> tuple[list[SourceError], list[LeftOut]]:
    """What a reader would miss of a commit: agreements that could not be written, and links and the like in what was asked."""
    unread: list[SourceError] = []
    left_out: list[LeftOut] = []
    for name, reason in unwritten.items():
        perhaps_a_protocol = _AGREEMENT.search(name) and _met(name, "")  # of what was asked for, wherever it lies
        if name in asked or perhaps_a_protocol:
            fix = "give it a plain, short name, or read that version on another system"
            unread.append(SourceError("unreadable-file", f"the file cannot be read here: {reason}", fix, name))
        elif any(_met(name, place) for place in asked):
            left_out.append(LeftOut(name, reason))
    for name, reason in commit.aside.items():
        folder, _, last = name.rpartition("/")
        governs = last == FILE and any(not folder or f"{place}/".startswith(f"{folder}/") for place in asked)
        if governs or any(_met(name, place) for place in asked):
            left_out.append(LeftOut(name, reason))
    return unread, left_out


def _kept_inside(settings: Settings, root: Path) -> tuple[Settings, list[LeftOut]]:
    """The settings without the places outside the repository, which no commit holds and the temporary folder may be beside."""
    outside: list[LeftOut] = []

    def inside(places: tuple[str, ...]) -> tuple[str, ...]:
        out = [p for p in places if not (settings.root / p).resolve().is_relative_to(root)]
        outside.extend(LeftOut(p, "lies outside the repository, so that no commit holds it") for p in out)
        return tuple(p for p in places if p not in out)

    return replace(settings, agreements=inside(settings.agreements), own=inside(settings.own)), outside


def _met(name: str, place: str) -> bool:
    """Whether someone who walks `place` meets `name`, as `gather` walks: past what is hidden."""
    if place and name != place and not name.startswith(f"{place}/"):
        return False
    below = PurePosixPath(name[len(place) :].lstrip("/")).parts
    return not any(part.startswith(".") or part == "node_modules" for part in below)


def _written(git: Git, wanted: Mapping[str, str], root: Path) -> dict[str, str]:
    """Write files of a commit below `root`; those that are not written, each with the reason.

    Of what is read as an agreement and is too large, just enough is written for `source` to say so.
    """
    unwritten: dict[str, str] = {}
    made: set[Path] = set()
    total = 0
    for name, size, content in git.contents(wanted):
        total += len(content)
        if total > MAX_TOTAL:
            raise SettingsError(f"the commit's YAML and CSV files hold more than {MAX_TOTAL >> 20} MiB", OWN_FOLDER)
        if size > MAX_BYTES and name.lower().endswith(".csv"):
            unwritten[name] = f"larger than {MAX_BYTES >> 10} KiB"
        elif reason := _unwritable(name):
            unwritten[name] = reason
        else:
            path = root / name
            try:
                if path.parent not in made:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    made.add(path.parent)
                with path.open("xb") as stream:
                    stream.write(content)
            except FileExistsError:
                unwritten[name] = "to this system its name is the same as another's"
            except OSError as error:
                if error.errno in _DISK:
                    raise _no_room(error) from None
                unwritten[name] = f"this system cannot write its name ({error.strerror or 'it was refused'})"
    return unwritten


def _unwritable(name: str, windows: bool = os.name == "nt") -> str | None:
    """Why a file is not written under its own name, where it is not; some names Windows would take for another's."""
    if name.count("/") > MAX_FOLDERS:
        return f"it lies in more than {MAX_FOLDERS} folders, one within the other"
    return "this system cannot write its name" if windows and _NOT_ON_WINDOWS.search(name) else None


def _no_room(error: OSError) -> SettingsError:
    return SettingsError(
        f"the temporary folder that earlier versions are read in cannot be written: {error.strerror or error}",
        "make room on the disk, or set `TMPDIR` to a folder of yours",
    )
