"""What each change of an agreement did, as git tells it: read back along the line of commits, two meanings at a time.

Only what was said and when is taken from git; who committed it, and with what words, is nobody's business here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath

from sharecheck import change, git, versions
from sharecheck.agreement import Agreement
from sharecheck.change import telling
from sharecheck.change.telling import ToldAgreement
from sharecheck.errors import SharecheckError
from sharecheck.knowledge import Book


@dataclass(frozen=True, slots=True)
class Step:
    """One change of an agreement: the day it came and its commit (none where it is not committed yet), and what it did.

    `was` and `version` are what the agreement called itself before and after. `outside` is what moved beyond every flow, in a
    sentence.
    """

    day: date | None
    commit: str
    was: str
    version: str
    told: ToldAgreement
    outside: str


@dataclass(frozen=True, slots=True)
class History:
    """The changes of an agreement, the newest first; `end` says in a sentence why there are no more."""

    steps: tuple[Step, ...]
    end: str


def histories(agreements: Sequence[Agreement], book: Book, here: Path, most: int) -> dict[str, History]:
    """The last changes of each agreement, `most` at most, by the name of its document; none where git keeps no history.

    `here` is a folder in the repository. Both meanings are read with one book, so that nothing is told but what was changed.
    Raises `SettingsError` where git does not read the repository.
    """
    line = git.line(here)
    if line is None:
        return {}
    tracks = [track for one in agreements if (track := _Track.of(one, line.root))]
    for i in range(len(line.points)):
        point = line.points[i]
        touched = [track for track in tracks if not track.done and track.touched(point)]
        if not touched:
            continue
        found = _read(point, sorted({track.names[0] for track in touched}), line.root)
        for track in touched:
            track.meet(point, found.get(track.names[0]), book, most)
            track.back(point)
            if track.full:
                track.left = sum(map(track.touched, line.points[i + 1 :]))
    return {track.agreement.document.name: History(tuple(track.steps), track.end(line)) for track in tracks}


def _read(point: git.Point, places: Sequence[str], root: Path) -> dict[str, Agreement]:
    """The agreements of a commit by their paths; none where settings of that time, say, are not to be read."""
    try:
        with versions.at(point.commit, places, root) as version:
            return {version.shown(one.document.name): one for one in version.gathered.agreements}
    except SharecheckError:
        return {}


@dataclass
class _Track:
    """The way back of one agreement: what its files, its own first, were called, and what it said at the last commit met."""

    agreement: Agreement
    names: list[str]
    newer: Agreement
    since: git.Point | None = None
    steps: list[Step] = field(default_factory=list)
    done: bool = False
    full: bool = False
    left: int = 0
    begun: str = ""

    @classmethod
    def of(cls, agreement: Agreement, root: Path) -> _Track | None:
        """Where an agreement begins; nothing where one of its files lies outside the repository."""
        names = []
        one: Agreement | None = agreement
        while one is not None:
            path = Path(one.document.name).resolve()
            if not path.is_relative_to(root):
                return None
            names.append(path.relative_to(root).as_posix())
            one = one.parent
        return cls(agreement, names, agreement)

    def touched(self, point: git.Point) -> bool:
        """Whether a commit changed a file of the agreement or of a protocol above it."""
        return any(name in point.changed for name in self.names)

    def meet(self, point: git.Point, older: Agreement | None, book: Book, most: int) -> None:
        """Compare what the agreement said at a commit with what it said at the one met before, which is newer."""
        if older is None:
            self.done = True
            self.begun = (
                f"On {point.day.isoformat()} it could not be read as an agreement; what came before is left out."
            )
            return
        if (step := self._step(older, book)) is not None:
            if len(self.steps) == most:
                self.done = self.full = True
                return
            self.steps.append(step)
        self.newer, self.since = older, point
        if not point.changed.get(self.names[0], self.names[0]):
            self.done = True
            self.begun = f"It first came to this repository on {point.day.isoformat()}."

    def _step(self, older: Agreement, book: Book) -> Step | None:
        found = change.compare([older], [self.newer], (book, book), ("older", "newer"))
        told = telling.tell(found, lambda _, name: PurePosixPath(name).name, whole=False)
        one = next((one for one in told.agreements if one.how != "removed"), None)
        if one is None:
            return None
        day, commit = (self.since.day, self.since.commit) if self.since else (None, "")
        return Step(day, commit, _version(older), _version(self.newer), one, told.outside(one))

    def back(self, point: git.Point) -> None:
        """Take the names that the files had before a commit."""
        self.names = [point.changed.get(name, name) or name for name in self.names]

    def end(self, line: git.Line) -> str:
        """Why there are no more changes."""
        if self.full:
            return f"{self.left + 2} earlier commits that touched its files are left out."
        if self.begun and not line.cut:
            return self.begun
        if line.cut:
            return "This copy of the repository does not hold what came before."
        return self.begun or "It is not committed yet."


def _version(agreement: Agreement) -> str:
    return str(agreement.fields.get("version") or "")
