"""An edit: one word of a file written another way, or one entry of a list taken out, and all else left byte for byte."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sharecheck import source
from sharecheck.errors import SourceError
from sharecheck.source import Document, Path, Span


@dataclass(frozen=True, slots=True)
class Edit:
    """What stands at a place and what should stand there; `new` is None where a list loses the entry.

    `key` where it is the key itself that is written another way.
    """

    at: Path
    old: Any
    new: str | bool | int | None
    key: bool = False

    @property
    def said(self) -> str:
        """What it does, in words."""
        if self.new is None:
            return f"entry {int(self.at[-1]) + 1} of `{'.'.join(map(str, self.at[:-1]))}` → taken out"
        return f"`{self.old}` → `{_written(self.new)}`"


def applied(document: Document, edits: Sequence[Edit]) -> Document | None:
    """The document with all these edits made, and nothing else changed; None where that is not certain."""
    try:
        data = _expected(document.data, edits)
        text = document.text
        for start, end, new in sorted(_splices(document, edits), reverse=True):
            text = text[:start] + new + text[end:]
        after = source.parse(text.encode("utf-8"), document.name)
    except (_UncertainError, SourceError, UnicodeEncodeError):
        return None
    return after if _alike(after.data, data) else None


class _UncertainError(Exception):
    """The text is not laid out so that the edit could be made in it safely."""


def _written(new: str | bool | int) -> str:
    return str(new).lower() if isinstance(new, bool) else str(new)


def _alike(one: Any, other: Any) -> bool:
    """Whether two values are the same, `1` and `true` being two, and keys standing in the same order."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(_alike(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    return bool(one == other)


def _expected(data: Any, edits: Sequence[Edit]) -> Any:
    """The data that the edited text must give."""
    data = copy.deepcopy(data)
    places = [(_part(data, edit.at[:-1]), edit) for edit in edits]  # found before anything moves
    for holder, edit in places:
        step = edit.at[-1]
        if _at(holder, step) is _NOWHERE or (step if edit.key else holder[step]) != edit.old:
            raise _UncertainError
        if edit.new is not None and not edit.key:
            holder[step] = edit.new
    for holder, edit in places:
        if edit.key:
            if edit.new in holder:
                raise _UncertainError
            renamed = {edit.new if key == edit.old else key: value for key, value in holder.items()}
            holder.clear()
            holder.update(renamed)
    for at, gone in _removals(edits).items():
        left = [entry for i, entry in enumerate(_part(data, at)) if i not in gone]
        holder = _part(data, at[:-1])
        if left:
            holder[at[-1]] = left
        else:
            del holder[at[-1]]
    return data


_NOWHERE: Any = object()


def _at(holder: Any, step: str | int) -> Any:
    if isinstance(holder, dict):
        return holder.get(step, _NOWHERE)
    there = isinstance(holder, list) and isinstance(step, int) and 0 <= step < len(holder)
    return holder[step] if there else _NOWHERE


def _part(data: Any, at: Path) -> Any:
    for step in at:
        data = _at(data, step)
        if data is _NOWHERE:
            raise _UncertainError
    return data


def _removals(edits: Sequence[Edit]) -> dict[Path, set[int]]:
    """For each list that loses entries, which."""
    gone: dict[Path, set[int]] = {}
    for edit in edits:
        if edit.new is None:
            gone.setdefault(edit.at[:-1], set()).add(int(edit.at[-1]))
    return gone


def _splices(document: Document, edits: Sequence[Edit]) -> Iterator[tuple[int, int, str]]:
    """From where to where, and what to write there."""
    for edit in edits:
        if edit.new is not None:
            yield _word(document, edit, edit.new)
    for at, gone in _removals(edits).items():
        if len(gone) == len(_part(document.data, at)):
            yield _lines(document, document.key_span(at), at, "")
        else:
            for i in gone:
                yield _lines(document, document.span((*at, i)), (*at, i), "-")


def _word(document: Document, edit: Edit, new: str | bool | int) -> tuple[int, int, str]:
    start, end = document.stretch(document.key_span(edit.at) if edit.key else document.span(edit.at))
    quote = document.text[start : start + 1]
    if document.text[start:end] == f"{quote}{edit.old}{quote}" and quote in ("'", '"'):
        return start, end, f"{quote}{new}{quote}" if isinstance(new, str) else _written(new)
    if document.text[start:end] != edit.old:
        raise _UncertainError  # over several lines, or with escapes: laid out with care by somebody
    return start, end, _written(new)


def _lines(document: Document, begins: Span, at: Path, mark: str) -> tuple[int, int, str]:
    """The lines of one part, where it has them to itself and no comment is in or above them."""
    text, lines = document.text, document.lines
    above = lines[begins.line - 2] if begins.line > 1 else ""
    before = lines[begins.line - 1][: begins.column - 1].strip()
    start = document.offset(begins.line, 1)
    last = max((span.end_line, span.end_column) for span in document.spans_within(at))
    end = document.offset(*last)
    if last[1] > 1:  # a text over several lines ends where the next line begins; everything else within its line
        if lines[last[0] - 1][last[1] - 1 :].strip() not in ("", "}"):
            raise _UncertainError
        end = document.offset(last[0] + 1, 1) if last[0] < len(lines) else len(text)
    if before != mark or "#" in text[start:end] or above.lstrip().startswith("#"):
        raise _UncertainError
    return start, end, ""
