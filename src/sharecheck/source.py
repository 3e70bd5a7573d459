"""Text to document: the only place where sharecheck reads YAML.

The reader is stricter than YAML allows, so that one text has one meaning for every reader and every tool:
only `true` and `false` are booleans (`no` is a word), whole numbers are numbers, and everything else, dates and
decimals included, stays the text that was written. Duplicate keys, anchors, aliases, merge keys, tags and second
documents are refused, each with its place.

Reading is linear in the size of the file and needs no recursion; size, depth and number of values are bounded.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from yaml import events as ev
from yaml.error import MarkedYAMLError, YAMLError

from sharecheck.errors import SourceError

try:
    from yaml import CSafeLoader as Parser
except ImportError:  # no compiled libyaml for this platform: the same events, about thirteen times slower
    from yaml import SafeLoader as Parser  # type: ignore[assignment]

Path = tuple[str | int, ...]
"""Where a value sits in a document: keys and list positions from the root."""

MAX_BYTES = 1_048_576
MAX_DEPTH = 64
MAX_VALUES = 100_000

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,14})\Z")
_WORDS: dict[str, bool | None] = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "null": None, "Null": None, "NULL": None, "~": None, "": None,
}  # fmt: skip
_NO_KEY: Any = object()
_LINE_END = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_COMMENT_AT_ONCE = re.compile(r" #[^\s#]")
_CUT_OFF = re.compile(r"[^\s#] #[^\s#]")
_DIRECTIVE = re.compile(r"^%[A-Z]+\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a file: lines and columns count from 1, in code points; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class Document:
    """One YAML file: its name, its text, its data, and a place for every value in it."""

    name: str
    text: str
    data: Any
    overlay: dict[Path, Span] = field(default_factory=dict, repr=False)

    @cached_property
    def _spans(self) -> dict[Path, tuple[Span, Span]]:
        marks: dict[Path, tuple[Span, Span]] = {}
        _build(self.text, self.name, marks)
        return marks

    def span(self, path: Path) -> Span:
        """Where the value at `path` stands; where nothing is written there, the nearest part that is."""
        return self._nearest(path)[1]

    def key_span(self, path: Path) -> Span:
        """Where the key of `path` stands, or the item itself in a list."""
        return self._nearest(path)[0]

    def _nearest(self, path: Path) -> tuple[Span, Span]:
        if self.overlay:
            for length in range(len(path), 0, -1):
                if span := self.overlay.get(path[:length]):
                    return span, span
        for length in range(len(path), -1, -1):
            if spans := self._spans.get(path[:length]):
                return spans
        return Span(1, 1, 1, 1), Span(1, 1, 1, 1)

    def inside(self, path: Path, offset: int) -> tuple[int, int]:
        """The line and column of one letter of the text at `path`, in whichever of YAML's ways that text is written."""
        value: Any = self.data
        for step in path:
            value = value[step]
        span = self.span(path)
        raw = "\n".join([self.lines[span.line - 1][span.column - 1 :], *self.lines[span.line :]])
        line, column = _end(raw[: _written_at(raw, str(value), offset)])
        return span.line + line - 1, column if line > 1 else span.column + column - 1

    def spans_within(self, path: Path) -> Iterator[Span]:
        """Where the values of a part stand, itself included."""
        return (value for at, (_, value) in self._spans.items() if at[: len(path)] == path)

    def offset(self, line: int, column: int) -> int:
        """The position of a place in the text."""
        return self._starts[line - 1] + column - 1

    def stretch(self, span: Span) -> tuple[int, int]:
        """From which position of the text to which a span goes."""
        return self.offset(span.line, span.column), self.offset(span.end_line, span.end_column)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in _LINE_END.finditer(self.text))]

    @cached_property
    def lines(self) -> list[str]:
        """The text, line by line, split as YAML counts lines."""
        return _LINE_END.split(self.text)


def read(path: FilePath, name: str | None = None) -> Document:
    """Read one file.

    Raises `SourceError` where the file is missing, is not a plain file, cannot be opened, is too large, is not
    UTF-8 or is not the YAML described above.
    """
    name = name or path.as_posix()
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise SourceError("not-a-file", f"`{name}` is not a plain file", "name a file", name)
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise SourceError("missing-file", f"`{name}` does not exist", "check the spelling of the path", name) from None
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "the operating system refused"
        raise SourceError(
            "unreadable-file", f"`{name}` cannot be opened: {reason}", "check who may read it", name
        ) from None
    return parse(raw, name)


def parse(raw: bytes, name: str) -> Document:
    """Turn the bytes of one file into a document; raises `SourceError` as `read` does."""
    if len(raw) > MAX_BYTES:
        raise SourceError(
            "too-large", f"the file is larger than {MAX_BYTES // 1024} KiB",
            "split it: one agreement is one file, usually well under 50 KiB", name,
        )  # fmt: skip
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or raw[:4].count(0) > 1:
            raise _utf_16(name) from None
        line, column = _end(raw[: error.start].decode("utf-8-sig", "replace"))
        raise SourceError(
            "not-utf-8", f"byte 0x{raw[error.start]:02x} is not UTF-8 text",
            "save the file with the encoding UTF-8 (in Notepad: Save as, Encoding, UTF-8)", name, line, column,
        ) from None  # fmt: skip
    if text[:4].count("\x00") > 1:
        raise _utf_16(name)
    if not text.isascii() and (found := _TURNING.search(text)):
        raise SourceError(
            "forbidden-character", "the text holds a character that nobody can see and that can change what is shown",
            "delete the invisible character and type the text again", name, *_end(text[: found.start()]),
        )  # fmt: skip
    if "%" in text and (found := _DIRECTIVE.search(text)):
        raise SourceError(
            "directive", f"`{found.group()}` instructs the reader of the file, which agreements may not do",
            "remove the line", name, *_end(text[: found.start()]),
        )  # fmt: skip
    return Document(name, text, _build(text, name, None))


def _utf_16(name: str) -> SourceError:
    return SourceError(
        "not-utf-8", "the file is saved as “Unicode” (UTF-16), not as UTF-8 text",
        "save it with the encoding UTF-8 (in Notepad: Save as, Encoding, UTF-8)", name,
    )  # fmt: skip


def _end(text: str) -> tuple[int, int]:
    """The line and column just after a text."""
    lines = _LINE_END.split(text)
    return len(lines), len(lines[-1]) + 1


_SPELT = {"x": 4, "u": 6, "U": 10}
"""How many letters YAML takes to spell one by its number."""


def _written_at(raw: str, value: str, offset: int) -> int:
    """Where one letter of a value stands in the raw text: spaces may be folded, quotes doubled and letters escaped."""
    opening = raw[:1] if raw[:1] in ("'", '"', "|", ">") else ""
    here = raw.find("\n") + 1 if opening in ("|", ">") else len(opening)
    for position, letter in enumerate(value):
        if letter.isspace():
            continue
        while raw[here : here + 1].isspace() or (opening == '"' and re.match(r"\\[\nntr ]", raw[here : here + 2])):
            here += 2 if raw[here] == "\\" else 1
        if position >= offset:
            return here
        if opening == '"' and raw[here : here + 1] == "\\":
            here += _SPELT.get(raw[here + 1 : here + 2], 2)
        else:
            here += 2 if opening == "'" == raw[here : here + 1] else 1
    return min(here, len(raw))


def _refuse(code: str, message: str, fix: str, name: str, mark: Any) -> SourceError:
    return SourceError(code, message, fix, name, mark.line + 1, mark.column + 1)


def _span(event: Any) -> Span:
    start, end = event.start_mark, event.end_mark
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _plain(word: str) -> Any:
    if word in _WORDS:
        return _WORDS[word]
    return int(word) if _INTEGER.match(word) else word


def _check_properties(event: Any, name: str) -> None:
    if event.anchor is not None:
        raise _refuse(
            "anchor", f"`&{event.anchor}` names a part to be copied elsewhere, which agreements may not do",
            "write the part out where it is meant, or set it once under `defaults:`; if it is only text, put it in quotes",
            name, event.start_mark,
        )  # fmt: skip
    if event.tag is not None:
        shown = event.tag.replace("tag:yaml.org,2002:", "!!")
        raise _refuse(
            "tag", f"`{shown}` asks the reader to treat a value specially, which agreements may not do",
            "remove the word that begins with `!`; if it is only text, put it in quotes", name, event.start_mark,
        )  # fmt: skip


def _build(text: str, name: str, marks: dict[Path, tuple[Span, Span]] | None) -> Any:
    """Follow the parser's events once, building data and, where `marks` is given, the key and value place of each."""
    root: Any = None
    stack: list[Any] = []
    current: list[Any] | None = None  # [container, is a map, pending key, event of that key]
    path: list[str | int] = []
    documents = values = 0
    cut_off = _COMMENT_AT_ONCE.search(text) is not None
    try:
        next_event: Any = Parser(text).get_event
        while True:
            event = next_event()
            kind = event.__class__
            if kind is ev.ScalarEvent or kind is ev.MappingStartEvent or kind is ev.SequenceStartEvent:
                if event.anchor is not None or event.tag is not None:
                    _check_properties(event, name)
                values += 1
                if values > MAX_VALUES:
                    raise _refuse(
                        "too-many-values", f"the file holds more than {MAX_VALUES:,} values",
                        "split it: one agreement is one file", name, event.start_mark,
                    )  # fmt: skip
                scalar = kind is ev.ScalarEvent
                if current is not None and current[1] and current[2] is _NO_KEY:
                    if not scalar:
                        raise _refuse(
                            "key-not-text", "a key must be plain text, not a list or a map",
                            "put a word before the colon", name, event.start_mark,
                        )  # fmt: skip
                    key = event.value
                    if key in current[0]:
                        _duplicate(text, name, marks, (*path, key), event)
                    if key == "<<" and event.implicit[0]:
                        raise _refuse(
                            "merge-key", "`<<` merges one part into another, which agreements may not do",
                            "write the part out where it is meant, or set it once under `defaults:`",
                            name, event.start_mark,
                        )  # fmt: skip
                    current[2], current[3] = key, event
                    continue
                if scalar:
                    value = _plain(event.value) if event.implicit[0] else event.value
                    if event.style == '"' and _UNSEEN.search(event.value):
                        raise _refuse(
                            "forbidden-character", "the text spells a character that nobody can see (`\\e`, `\\0` or the like)",
                            "remove the backslash and what follows it; write a folder as C:/Documents", name, event.start_mark,
                        )  # fmt: skip
                    if cut_off and event.implicit[0] and _CUT_OFF.match(text, event.end_mark.index - 1):
                        raise _refuse(
                            "text-cut-off", "` #` begins a comment, so the text would end here and the rest be lost",
                            "put the whole text in quotes; if a comment is meant, put two spaces before `#` and one after",
                            name, event.end_mark,
                        )  # fmt: skip
                elif len(stack) >= MAX_DEPTH:
                    raise _refuse(
                        "too-deep", f"parts are nested deeper than {MAX_DEPTH} levels",
                        "no agreement needs this; look for brackets that are never closed", name, event.start_mark,
                    )  # fmt: skip
                else:
                    value = {} if kind is ev.MappingStartEvent else []
                if current is None:
                    root = value
                    if marks is not None:
                        marks[()] = (Span(1, 1, 1, 1), Span(1, 1, 1, 1))
                elif current[1]:
                    step: str | int = current[2]
                    current[0][step] = value
                    current[2] = _NO_KEY
                    if marks is not None:
                        key_span = _span(current[3])
                        empty = scalar and event.start_mark.index == event.end_mark.index
                        marks[(*path, step)] = (key_span, _span(event) if scalar and not empty else key_span)
                else:
                    step = len(current[0])
                    current[0].append(value)
                    if marks is not None:
                        span = _span(event)
                        marks[(*path, step)] = (span, span)
                if not scalar:
                    if current is not None:
                        path.append(step)
                    stack.append(current)
                    current = [value, kind is ev.MappingStartEvent, _NO_KEY, None]
            elif kind is ev.MappingEndEvent or kind is ev.SequenceEndEvent:
                current = stack.pop()
                if path:
                    path.pop()
            elif kind is ev.AliasEvent:
                raise _refuse(
                    "alias", f"`*{event.anchor}` copies a part from elsewhere, which agreements may not do",
                    "write the part out where it is meant, or set it once under `defaults:`; if it is only text, put it in quotes",
                    name, event.start_mark,
                )  # fmt: skip
            elif kind is ev.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise _refuse(
                        "several-documents", "a second document begins here, and everything after it would be lost",
                        "keep one agreement in one file: remove the line `---` or move the rest to its own file",
                        name, event.start_mark,
                    )  # fmt: skip
            elif kind is ev.StreamEndEvent:
                if not documents:
                    raise SourceError(
                        "empty-file", "the file is empty", "write in it what it is for, or delete it", name
                    )
                return root
    except MarkedYAMLError as error:
        raise _broken(error, text, name) from None
    except (YAMLError, UnicodeEncodeError):  # a character that YAML forbids, which the parser places in bytes
        found = _FORBIDDEN.search(text)
        line, column = _end(text[: found.start()] if found else "")
        raise SourceError(
            "forbidden-character", "the text holds a character that YAML does not allow",
            "delete the invisible character and type the text again", name, line, column,
        ) from None  # fmt: skip


def _duplicate(text: str, name: str, marks: dict[Path, tuple[Span, Span]] | None, path: Path, event: Any) -> None:
    if marks is None:
        _build(text, name, {})  # raises at the same place, now knowing where the first one stands
    first = (marks or {})[path][0]
    raise _refuse(
        "duplicate-key", f"`{path[-1]}` is given twice: here and on line {first.line}",
        "keep one of the two, or give one of them another name", name, event.start_mark,
    )  # fmt: skip


def _broken(error: MarkedYAMLError, text: str, name: str) -> SourceError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    line, column = min((line, column), _end(text))
    context, problem = error.context or "", error.problem or ""
    for begins, pattern, message, fix in _SAID:
        if re.search(pattern, f"{context} | {problem}"):
            if begins and (opened := error.context_mark):
                line, column = opened.line + 1, opened.column + 1
            return SourceError("not-yaml", message, fix, name, line, column)
    if mark and text[mark.index : mark.index + 1] == "\t":
        return SourceError(
            "tab", "a tab stands where only spaces may", "replace the tab by spaces (two for each level)",
            name, line, column,
        )  # fmt: skip
    if "cannot start any token" in problem:
        first = text[mark.index : mark.index + 1] if mark else ""
        return SourceError(
            "not-yaml", f"a text may not begin with `{first}`", "put the text in quotes", name, line, column
        )  # fmt: skip
    return SourceError(
        "not-yaml", f"this is not YAML: {' '.join(part for part in (context, problem) if part)}",
        "look at the line above too: a quote or bracket left open is the usual cause", name, line, column,
    )  # fmt: skip


_SAID = (
    # whether the place is where the broken part begins, how the parser puts it, what we say, how to put it right
    (
        True, r"while scanning a simple key",
        "this line has no colon followed by a space",
        "write `key: value`, or put a long text in quotes on one line",
    ),
    (
        True, r"while parsing a flow (sequence|mapping)",
        "the bracket that opens here is not closed as it should be",
        "close it; inside brackets put every text that has a comma, colon or apostrophe in double quotes",
    ),
    (
        False, r"mapping values are not allowed",
        "a colon stands where none may: the text before it runs on, or the indentation is off",
        "put the text in quotes, or start it on a line of its own",
    ),
    (
        False, r"did not find expected key|did not find expected '-' indicator",
        "this line does not line up with the lines it belongs to, or a quote above it ends too early",
        "give it as many spaces as its neighbours; if they agree, look for a quote or apostrophe in the lines above",
    ),
    (
        True, r"end of stream",
        "a quote opens here and never closes",
        "close the quote; an apostrophe inside single quotes ends them, so use double quotes",
    ),
    (
        False, r"unknown escape character|expected hexdecimal",
        "a backslash inside double quotes has a meaning of its own",
        "write a folder with forward slashes (C:/Documents), or use single quotes",
    ),
    (
        False, r"while scanning (a block scalar|an anchor|an alias|a tag|a directive)",
        "the first character of this text has a meaning of its own in YAML",
        "put the text in quotes",
    ),
)  # fmt: skip
