"""Why a rule of one's own does not load: said with the place in the file of whoever wrote it."""

from __future__ import annotations

from sharecheck.errors import SettingsError
from sharecheck.source import Document, Path


def refusal(
    document: Document, at: Path, message: str, fix: str, *, offset: int | None = None, key: bool = False
) -> SettingsError:
    """The error at a part of a document: at its key, at its value, or at one letter of its text."""
    if offset is not None:
        line, column = document.inside(at, offset)
    else:
        span = document.key_span(at) if key else document.span(at)
        line, column = span.line, span.column
    return SettingsError(f"{document.name}:{line}:{column}: {message}", fix)
