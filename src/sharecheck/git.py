"""Git, asked what a repository holds: nothing is checked out, fetched, filtered or hooked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import IO

from sharecheck.errors import SettingsError
from sharecheck.source import MAX_BYTES

MAX_ENTRIES = 1_000_000
"""How many files a commit may list: a small commit can be made to list more than any disk holds."""
OWN_FOLDER = "check that version out into a folder of its own (`git worktree add`) and name that folder"
"""What to do with a commit that holds too much."""

_ASTRAY = re.compile(r"(?:^|/)(?:\.{0,2}|\.git)(?:/|\Z)", re.IGNORECASE)
_HASH = re.compile(r"[0-9a-f]{40,64}\Z")
_LINK, _SUBMODULE = "a link, which is not followed", "a repository of its own (a submodule), which is not opened"
_ASIDE = {"120000": _LINK, "160000": _SUBMODULE}


@dataclass(frozen=True, slots=True)
class Point:
    """A commit on the line of history, by its full hash, with its day, and the YAML files that it changed.

    `changed` has each file by its name after the commit, with its name before it: empty where it came, the same where it
    stayed. A file that went is there under its old name.
    """

    commit: str
    day: date
    changed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, and its files by their paths from its root: `blobs` with git's id, `aside`, not read, with the reason."""

    ref: str
    hash: str
    blobs: Mapping[str, str]
    aside: Mapping[str, str]

    def holds(self, place: str) -> bool:
        """Whether a file or a folder is there."""
        return place in self.blobs or self.has_folder(place)

    def has_folder(self, place: str) -> bool:
        """Whether a folder is there; git keeps none without a file, save the root."""
        return not place or any(name.startswith(f"{place}/") for names in (self.blobs, self.aside) for name in names)


@dataclass(frozen=True, slots=True)
class Git:
    """The program `git`, asked about the repository around `here`; `prefix` is the way there from the repository's root."""

    program: str
    here: Path
    prefix: str = ""

    @classmethod
    def at(cls, here: Path, named: str) -> Git:
        """Git for the repository that a folder is in; raises `SettingsError` where there is none, or git refuses."""
        found = shutil.which("git")
        if not found or not Path(found).is_absolute():  # never one that lies in the folder that is looked at
            raise SettingsError(
                f"`{named}` does not exist as a file or folder, and git is not installed to look for an earlier version",
                "check the spelling of the path, or install git",
            )
        git = cls(found, here)
        code, out, said = git.asked("rev-parse", "--show-prefix")
        if code and "not a git repository" in said:
            raise SettingsError(
                f"`{named}` does not exist as a file or folder, and there is no git repository here with earlier versions",
                "check the spelling of the path, or run the command within the repository",
            )
        if code:
            raise _refused(said)
        return replace(git, prefix=out.rstrip("\n"))

    def commit(self, ref: str, named: str) -> Commit:
        """The commit that a ref stands for; raises `SettingsError` where it stands for none, or lists what it may not."""
        code, out, _ = self.asked("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        if not code and _HASH.match(out.strip()):  # `^main` is answered with a hash too, but not only
            return Commit(ref, out.strip(), *self._listed(out.strip()))
        code, kind, _ = self.asked("cat-file", "-t", "--end-of-options", f"{ref}^{{}}")
        if not code and kind.strip() in ("blob", "tree"):
            what = "file" if kind.strip() == "blob" else "folder"
            raise SettingsError(
                f"`{ref}` stands for a {what}, not for a commit, branch or tag",
                "write it as `REF:PATH`, for example `origin/main:protocols`",
            )
        alone = "" if ref != named else "file or folder here, and no "
        raise SettingsError(
            f"`{ref}` is no {alone}commit, branch or tag of this copy of the repository",
            "check the spelling; a build server often has the last commit only and must fetch the history first "
            "(GitHub: `fetch-depth: 0` for actions/checkout; elsewhere: `git fetch origin main`)",
        )

    def _listed(self, commit: str) -> tuple[dict[str, str], dict[str, str]]:
        """What a commit lists; a name that leads elsewhere is refused, and so are too many."""
        blobs: dict[str, str] = {}
        aside: dict[str, str] = {}
        with self._running("ls-tree", "-r", "-z", "--full-tree", commit) as out:
            for entry in _ended(out):
                about, _, raw = entry.partition(b"\t")
                mode, _, blob = about.decode("ascii").split()
                name = raw.decode("utf-8", "surrogateescape")
                if _ASTRAY.search(name):
                    raise SettingsError(
                        f"the commit lists a file called `{name}`, which leads out of its folder; nothing was read",
                        "ask whoever looks after the repository how it came there",
                    )
                if mode in _ASIDE:
                    aside[name] = _ASIDE[mode]
                else:
                    blobs[name] = blob
                if len(blobs) + len(aside) > MAX_ENTRIES:
                    raise SettingsError(f"the commit lists more than {MAX_ENTRIES:,} files", OWN_FOLDER)
        return blobs, aside

    def contents(self, wanted: Mapping[str, str]) -> Iterator[tuple[str, int, bytes]]:
        """Each file's name, size in bytes, and content, byte for byte as git keeps it, cut after `MAX_BYTES` and one."""
        if not wanted:
            return
        with tempfile.TemporaryFile() as ids:  # all at once: asking and listening in turn would take a second thread
            ids.write("".join(f"{blob}\n" for blob in wanted.values()).encode("ascii"))
            ids.seek(0)
            with self._running("cat-file", "--batch", "--buffer", given=ids) as out:
                for name in wanted:
                    header = out.readline().split()
                    if header[1:] == [b"missing"]:
                        raise _refused(f"it does not hold `{name}`")
                    if len(header) != 3:
                        raise EOFError
                    size = int(header[2])
                    content = out.read(min(size, MAX_BYTES + 1))
                    rest = size - len(content) + 1  # the line end after it
                    while rest:
                        passed = len(out.read(min(rest, MAX_BYTES)))
                        if not passed:
                            raise EOFError
                        rest -= passed
                    yield name, size, content

    def points(self) -> Iterator[Point]:
        """The commits from the one that is checked out back along the first parents that changed a YAML file."""
        with self._running(
            "-c", "log.showSignature=false", "log", "--first-parent", "-m", "--name-status", "-M", "-z", "--no-color",
            "--no-ext-diff", "--no-textconv", "--format=tformat:%x01%H %cs", "HEAD", "--", ":(top,icase)*.yaml",
            ":(top,icase)*.yml",
        ) as out:  # fmt: skip
            parts = (os.fsdecode(part).lstrip("\n") for part in _ended(out))
            point: Point | None = None
            changed: dict[str, str] = {}
            for part in parts:
                if part.startswith("\x01"):
                    if point:
                        yield point
                    commit, _, told = part[1:].partition(" ")
                    changed = {}
                    point = Point(commit, _day(told), changed)
                elif part[:1] in ("R", "C"):
                    before, after = next(parts, ""), next(parts, "")
                    changed[after] = before if part[0] == "R" else ""
                elif part:
                    name = next(parts, "")
                    changed[name] = "" if part == "A" else name
            if point:
                yield point

    def asked(self, *arguments: str) -> tuple[int, str, str]:
        """Git's exit code and what it says, on standard output and on standard error."""
        try:
            done = subprocess.run(
                [self.program, *arguments],
                cwd=self.here, env=_environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False,
            )  # fmt: skip
        except OSError as error:
            raise _unstarted(error) from None
        except ValueError:  # a NUL, which no ref has
            return 128, "", ""
        return done.returncode, os.fsdecode(done.stdout), os.fsdecode(done.stderr)

    @contextmanager
    def _running(self, *arguments: str, given: IO[bytes] | None = None) -> Iterator[IO[bytes]]:
        """What git writes, as it writes it; raises `SettingsError` where git fails, or is done before the body is."""
        with tempfile.TemporaryFile() as said:
            try:
                process = subprocess.Popen(
                    [self.program, *arguments],
                    cwd=self.here, env=_environment(), stdin=given or subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=said,
                )  # fmt: skip
            except OSError as error:
                raise _unstarted(error) from None
            early = False
            with process:
                assert process.stdout
                try:
                    yield process.stdout
                except EOFError:
                    early = True
            if process.returncode or early:
                said.seek(0)
                raise _refused(os.fsdecode(said.read()))


@dataclass(frozen=True, slots=True)
class Line:
    """The line of history that a folder stands on: the root of its repository, and the commits, the newest first.

    Of a merge only what it brought to the line counts. `cut` says that this copy lacks what came before.
    """

    root: Path
    points: tuple[Point, ...]
    cut: bool


def line(here: Path) -> Line | None:
    """The history of the repository that a folder is in; None where there is none, or no commit.

    Raises `SettingsError` where git does not read it.
    """
    here = here.resolve()
    if not any((folder / ".git").exists() for folder in (here, *here.parents)):
        return None
    git = Git.at(here, "HEAD")
    code, root, _ = git.asked("rev-parse", "--show-toplevel")
    born, _, _ = git.asked("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if code or born:
        return None
    _, shallow, _ = git.asked("rev-parse", "--is-shallow-repository")
    return Line(Path(root.rstrip("\n")).resolve(), tuple(git.points()), shallow.strip() == "true")


def _environment() -> dict[str, str]:
    """The user's, so that git finds its repository, with everything refused that would ask, lock, fetch or translate."""
    return {
        **os.environ,
        "LC_ALL": "C",
        "GIT_ALLOW_PROTOCOL": "none",  # as the next, for versions of git that do not know it
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
    }


def _day(told: str) -> date:
    try:
        return date.fromisoformat(told)
    except ValueError:  # a commit may bear any number of seconds, and a git of 2018 knows no days
        raise _refused(f"a commit bears the day {told}") from None


def _ended(stream: IO[bytes]) -> Iterator[bytes]:
    """The parts of a stream, each of which ends in a NUL."""
    begun = b""
    while chunk := stream.read(1 << 16):
        *parts, begun = (begun + chunk).split(b"\0")
        yield from parts


def _unstarted(error: OSError) -> SettingsError:
    return SettingsError(f"git could not be started: {error.strerror or error}", "see that `git --version` answers")


def _refused(said: str) -> SettingsError:
    """Why git does not read the repository, in its own first line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    first = next((line for line in lines if line.startswith("fatal:")), lines[0] if lines else "it does not say why")
    fix = "fetch the repository in full (`git fetch --unshallow`, or a clone without `--filter`), or see `git fsck`"
    if "dubious ownership" in first:
        fix = "the folder belongs to another user; if you trust it, tell git so with its setting `safe.directory`"
    return SettingsError(f"git cannot read this repository: {first.removeprefix('fatal:').strip()}", fix)
