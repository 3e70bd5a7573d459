"""Mending: every edit that is certain made, and each held to what it promised before it is kept.

An edit is kept where the text then says what it said and the word that was meant; where what it mends is gone; and where
nothing is found that was not found before. The others are left, and said. Nothing here reads or writes a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sharecheck import schema
from sharecheck.edit import Edit, applied
from sharecheck.report import Checked, Finding, Report
from sharecheck.source import Document

Files = Mapping[str, Document]
Examine = Callable[[Files], Report]
"""Checks everything again, with these documents in the place of what is written under their names."""

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Mend:
    """One edit: in which file, on which line at the time."""

    file: str
    line: int
    edit: Edit

    @property
    def place(self) -> str:
        """Where, as every output writes places."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Mended:
    """What was mended: the files as they then read, how they are found, and which edits were made and which not."""

    files: Files
    report: Report
    done: tuple[Mend, ...]
    left: tuple[Mend, ...]


def mend(report: Report, written: Files, examine: Examine) -> Mended:
    """Mend what the report offers to mend, spelling first; `written` are the documents it was made from, by name."""
    files: dict[str, Document] = {}
    done: list[Mend] = []
    for one in report.checked:
        if one.agreement is None and any(finding.mend for finding in one.findings):
            document, made = _spelt(written[one.name])
            if made:
                files[one.name] = document
                done += made
    if files:
        report = examine(files)
    while wanted := _offered(report, {**written, **files}, rules=True):
        state, made = _most((files, report), wanted, lambda s, mends: _all_well(s, mends, written, examine))
        if not made:
            break
        files, report = state
        done += made
    return Mended(files, report, tuple(done), tuple(_offered(report, {**written, **files})))


def _most(state: S, mends: Sequence[Mend], attempt: Callable[[S, Sequence[Mend]], S | None]) -> tuple[S, list[Mend]]:
    """As many of the edits as can be made: all at once, or else each half by itself."""
    if not mends:
        return state, []
    if (new := attempt(state, mends)) is not None:
        return new, list(mends)
    if len(mends) == 1:
        return state, []
    middle = len(mends) // 2
    state, first = _most(state, mends[:middle], attempt)
    state, second = _most(state, mends[middle:], attempt)
    return state, first + second


def _spelt(document: Document) -> tuple[Document, list[Mend]]:
    """A document that does not have the form, with every certain misspelling put right."""
    done: list[Mend] = []
    while True:
        wanted = [_mend(document, misfit.mend) for misfit in schema.misfits(document.data) if misfit.mend]
        document, made = _most(document, wanted, _fits_better)
        if not made:
            return document, done
        done += made


def _mend(document: Document, edit: Edit) -> Mend:
    span = document.key_span(edit.at) if edit.key else document.span(edit.at)
    return Mend(document.name, span.line, edit)


def _fits_better(document: Document, mends: Sequence[Mend]) -> Document | None:
    """The document with these edits made, where each puts right what it should and brings nothing but what its key hid."""
    after = applied(document, [one.edit for one in mends])
    if after is None:
        return None
    before = {(misfit.at, misfit.message) for misfit in schema.misfits(document.data)}
    left = schema.misfits(after.data)
    if {one.edit.at for one in mends} & {misfit.at for misfit in left}:
        return None
    opened = [(*one.edit.at[:-1], one.edit.new) for one in mends if one.edit.key]
    for misfit in left:
        hidden = any(misfit.at[: len(at)] == at for at in opened)
        if not hidden and (misfit.at, misfit.message) not in before:
            return None
    return after


def _offered(report: Report, files: Files, *, rules: bool = False) -> list[Mend]:
    """The edits that a report offers; with `rules`, only those in files that have the form."""
    return [
        _mend(files[one.name], finding.mend)
        for one in report.checked
        if one.agreement is not None or not rules
        for finding in one.findings
        if finding.mend
    ]


def _all_well(
    state: tuple[dict[str, Document], Report], mends: Sequence[Mend], written: Files, examine: Examine
) -> tuple[dict[str, Document], Report] | None:
    """The files with these edits made, and their report, where what was found is gone and nothing is found anew."""
    files, before = dict(state[0]), state[1]
    for name in dict.fromkeys(one.file for one in mends):
        after = applied(files.get(name, written[name]), [one.edit for one in mends if one.file == name])
        if after is None:
            return None
        files[name] = after
    report = examine(files)
    if [error.name for error in report.unread] != [error.name for error in before.unread]:
        return None
    found = {one.name: one for one in report.checked}
    if found.keys() != {one.name for one in before.checked}:
        return None
    well = all(_no_worse(one, found[one.name], mends) for one in before.checked)
    return (files, report) if well else None


def _no_worse(before: Checked, after: Checked, mends: Sequence[Mend]) -> bool:
    """Whether a file is found as it was, less what the edits in it mend."""
    if (before.agreement is None) != (after.agreement is None):
        return False
    edits = [one.edit for one in mends if one.file == before.name]
    here = _each(f for f in before.findings if f.mend not in edits)
    return _each(after.findings) <= here


def _each(findings: Iterable[Finding]) -> Counter[tuple[str, str, str]]:
    """How often each fault is found at each place, and what is said of it."""
    return Counter((place.fingerprint, f.severity, f.aside) for f in findings for place in f.places)
