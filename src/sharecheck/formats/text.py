"""Findings for a person at a terminal: what, where, why, and how to put it right."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from sharecheck.errors import SourceError
from sharecheck.knowledge import joined
from sharecheck.report import Finding, Note, Report, counted, put_right, sentence
from sharecheck.rules import Severity
from sharecheck.wrapping import wrapped

_WIDTH = 108

_STYLES = {
    "error": "bold red",
    "warning": "bold yellow",
    "advice": "bold cyan",
    "waived": "dim",
    "place": "bold",
    "quiet": "dim",
}

Paint = Callable[[str, str], str]


def wants_colour() -> bool:
    """Whether to use colour: a terminal is watching and nobody has asked for none."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (sys.stdout is not None and sys.stdout.isatty())


def render(report: Report, *, colour: bool = False) -> str:
    """Every finding with its line, then what needs a person, what could not be read, and what was checked."""
    paint = _painter() if colour else lambda text, _: text
    blocks = [_unread(error, paint) for error in report.unread]
    blocks += [_finding(finding, paint) for finding in report.findings]
    for one in report.checked:
        if one.notes:
            blocks.append(_notes(one.name, one.notes, paint))
    blocks.append(_summary(report, paint))
    return "\n".join(blocks)


def _painter() -> Paint:
    from rich.console import Console
    from rich.text import Text

    console = Console(force_terminal=True, width=10_000, highlight=False)

    def paint(text: str, style: str) -> str:
        with console.capture() as captured:
            console.print(Text(text, _STYLES[style]), end="")
        return captured.get()

    return paint


def _unread(error: SourceError, paint: Paint) -> str:
    head = (
        f"{paint(f'{error.name}:{error.line}:{error.column}', 'place')}  {paint('not checked', 'error')}  {error.code}"
    )
    return f"{head}\n{_wrap(sentence(error.message))}{_wrap(put_right(error.fix))}"


def _finding(finding: Finding, paint: Paint) -> str:
    severity = finding.severity.value
    place = f"{finding.file}:{finding.span.line}:{finding.span.column}"
    if finding.aside:
        head = f"{paint(place, 'place')}  {paint(f'{finding.aside} {severity}', 'waived')}  {finding.rule}"
        return f"{head}\n{_wrap(sentence(finding.message))}{_wrap(finding.excuse)}"
    at = paint(f"at {finding.address}", "quiet") if finding.address else ""
    parts = [f"{paint(place, 'place')}  {paint(severity, severity)}  {finding.rule}  {at}".rstrip() + "\n"]
    if finding.line_text.strip() and not finding.line_text.lstrip().startswith("#"):  # a comment is never at fault
        parts.append(_snippet(finding, paint))
    parts.append(_wrap(sentence(finding.message)))
    parts.append(_wrap(put_right(finding.fix)))
    cited = "; ".join(dict.fromkeys(f"{s.title}{f', {s.section}' if s.section else ''}" for s in finding.sources[:2]))
    why = f"Why: {cited}. " if cited else ""
    parts.append(_wrap(f"{why}More: sharecheck explain {finding.rule}", paint, "quiet"))
    return "".join(parts)


def _snippet(finding: Finding, paint: Paint) -> str:
    number = str(finding.span.line)
    line = finding.line_text.expandtabs(1).rstrip()
    start = finding.span.column - 1
    same = finding.span.end_line == finding.span.line
    width = max(1, (finding.span.end_column - 1 if same else len(line)) - start)
    room = _WIDTH - 12
    cut = max(0, min(start, start + width - room)) if start + width > room else 0
    shown = ("…" if cut else "") + line[cut : cut + room] + ("…" if len(line) > cut + room else "")
    under = " " * (start - cut + bool(cut)) + paint(
        "^" * min(width, room), "error" if finding.severity is Severity.ERROR else "warning"
    )
    gap = " " * len(number)
    return f"  {paint(number, 'quiet')} | {shown}\n  {gap} | {under}\n"


def _notes(name: str, notes: tuple[Note, ...], paint: Paint) -> str:
    lines = [f"{paint(name, 'place')}  needs a person\n"]
    untyped = [note for note in notes if note.pointer.startswith("/unknown/")]
    for note in notes:
        if len(untyped) < 2 or note not in untyped:
            lines.append(_wrap(f"line {note.span.line}: {sentence(note.message)}"))
        elif note is untyped[0]:
            parts = joined([one.message.partition(" has ")[0] for one in untyped])
            lines.append(
                _wrap(f"line {note.span.line}: {parts} have not been typed in yet, so nothing about them was checked.")
            )
    return "".join(lines)


def _summary(report: Report, paint: Paint) -> str:
    headline = [
        paint(said, what) if what in ("error", "warning") and report.count(Severity(what)) else said
        for what, said in report.headline.items()
    ]
    ignored = (
        f"\n{counted(len(report.not_asked), 'rule')} not asked: {_few(report.not_asked)}." if report.not_asked else ""
    )
    ignored += "".join(f"\nNot asked of {one.name}: {_few(one.not_asked)}." for one in report.checked if one.not_asked)
    ignored += "".join(
        f"\nPut right, and still in the baseline: {line} (`--update-baseline` takes it out)." for line in report.gone
    )
    if mendable := sum(1 for finding in report.findings if finding.mend):
        ignored += f"\n`--fix` may mend {mendable} of these; `--diff` shows how."
    ignored += "".join(f"\nLeft out: {one.name} ({one.reason})." for one in report.left_out)
    book = f"Read on {report.book.on} with the book of {report.book.version}, by sharecheck {report.tool}."
    return f"{', '.join(headline)}.{ignored}\n{book}\n"


def _few(names: tuple[str, ...]) -> str:
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def _wrap(text: str, paint: Paint | None = None, style: str = "quiet") -> str:
    return "".join(f"{paint(line, style) if paint else line}\n" for line in wrapped(text, "  "))
