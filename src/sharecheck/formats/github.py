"""Findings and changes as workflow commands, which GitHub shows as annotations beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sharecheck.change.telling import KINDS, Row, Told
from sharecheck.report import Report, put_right, sentence
from sharecheck.rules import Severity

ROOM = 10
"""How many annotations of one level GitHub shows for one step."""

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "notice"}


def render(report: Report) -> str:
    """An annotation for each file not checked and each finding that counts, as far as there is room; then what was checked."""
    every = list(_annotations(report))
    shown: list[str] = []
    for level in _LEVELS.values():
        room = ROOM - 1 if level == "notice" else ROOM  # the summary is a notice too
        shown += [line for of, line in every if of == level][:room]
    return "".join(line + "\n" for line in (*shown, _summary(report, len(every) - len(shown))))


def _annotations(report: Report) -> Iterator[tuple[str, str]]:
    for error in report.unread:
        said = f"Not checked: {sentence(error.message)} {put_right(error.fix)}"
        yield "error", command("error", said, file=error.name, line=error.line, col=error.column, title=error.code)
    for finding in report.findings:
        if not finding.counts:
            continue
        span = finding.span
        place: dict[str, str | int] = {"file": finding.file, "line": span.line}
        if span.end_line == span.line:  # GitHub takes no column for what runs over several lines
            place["col"] = span.column
        level = _LEVELS[finding.severity]
        yield level, command(level, finding.in_full, **place, endLine=span.end_line, title=finding.rule)


def _summary(report: Report, unshown: int) -> str:
    more = f" {unshown} more than GitHub shows here: see the log or the report." if unshown else ""
    return command("notice", f"{', '.join(report.headline.values())}.{more}", title="sharecheck")


def changes(told: Told, refused: Collection[Row] = ()) -> str:
    """An annotation for each change, as far as there is room, and for what was not compared; then the sums.

    What is refused is an error, what moved and nobody accepted a warning.
    """
    lines: dict[str, list[str]] = {"error": [], "warning": [], "notice": []}
    for one in told.unread:
        said = f"Not compared: {one.name}: {sentence(one.message)} {put_right(one.fix)}"
        lines["error"].append(command("error", said, title="sharecheck"))
    for row in (row for row in told.rows if row in refused or not row.outside):
        quiet = row.accepted or row.kind in ("conditions", "wording")
        level = "error" if row in refused else "notice" if quiet else "warning"
        to_accept = f"Nobody has accepted this; its fingerprint is {row.fingerprint[:12]}." if row in refused else ""
        said = " ".join(part for part in (row.headline, row.answers, row.accepted, to_accept) if part)
        title = f"{KINDS[row.kind]}: {row.agreement}"
        lines[level].append(command(level, said, file=row.file, line=row.line, col=row.column, title=title))
    shown = [line for level, of in lines.items() for line in of[: ROOM - 1 if level == "notice" else ROOM]]
    more = len(told.rows) + len(told.unread) - len(shown)
    unshown = f" {more} more than GitHub shows here: see the summary." if more else ""
    return "".join(f"{line}\n" for line in (*shown, command("notice", f"{told.sums}{unshown}", title="sharecheck")))


def command(name: str, message: str, **properties: str | int) -> str:
    """A workflow command in one line, with everything escaped that GitHub would read as its own."""
    said = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{name} {said}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
