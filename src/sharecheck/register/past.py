"""What each change of an agreement did, as a page."""

from __future__ import annotations

from sharecheck.change.telling import KINDS, VERDICTS, Row
from sharecheck.history import History, Step
from sharecheck.knowledge import Book
from sharecheck.register.model import Link, Page, Past, Point, said

_MOVES = 12
"""So many sentences are told of one change."""


def page(whole: Link, history: History, book: Book, path: str, *, public: bool) -> Page:
    """The changes of an agreement, the last first; `whole` leads to the agreement itself.

    The public is told which answers moved; what was written anew may be a contact or a way of sending.
    """
    facts = (("Agreement", (whole,)), ("Law read", said(f"That of {book.on.isoformat()}, for both versions")))
    past = tuple(_change(step, public=public) for step in history.steps)
    return Page("history", path, f"Changes to {whole.text}", facts, (), past=past, end=history.end)


def _change(step: Step, *, public: bool) -> Past:
    told = step.told
    version = f"Version {step.version}" if step.version else ""
    if version and step.was and step.was != step.version:
        version += f", which was {step.was}"
    if step.commit and not public:
        version += f"{', commit' if version else 'Commit'} {step.commit[:12]}"
    verdict = "What its flows allow is as before" if told.beyond else VERDICTS[told.verdict]
    shown = [row for row in told.rows if row.headline and not row.outside and (not public or _public(row))]
    told_of = {row.part for row in shown if row.kind != "conditions"}
    shown = [row for row in shown if not (_as_before(row) and row.part in told_of)]
    points = [
        Point(KINDS[row.kind].capitalize(), row.headline, row.exactly, tuple(filter(None, (row.because, row.reason))))
        for row in shown[:_MOVES]
    ]
    if len(shown) > _MOVES:
        points.append(Point("", f"{len(shown) - _MOVES} more sentences are told by `sharecheck diff`."))
    if step.outside:
        points.append(Point("", step.outside))
    parts = () if public or not (told.rows and told.rows[0].move) else tuple(part.sentence for part in told.parts)
    title = step.day.isoformat() if step.day else "Not committed yet"
    return Past(title, version, verdict, tuple(points), parts)


def _public(row: Row) -> bool:
    """Whether a sentence tells of answers alone, and nothing that was written anew, which may be a contact or a way of sending."""
    return row.move is not None and (
        row.move.crossing == "promise" or (row.move.describe is not None and row.kind != "conditions")
    )


def _as_before(row: Row) -> bool:
    """Whether a sentence says only that answers rest on other grounds."""
    return row.move is not None and row.kind == "conditions" and row.move.describe is not None
