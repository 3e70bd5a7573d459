"""The press: sets a document from a fixed template and data, with fonts of our own; the same bytes on every machine.

What an agreement says reaches the template as JSON, so it can never be read as instructions. The PDF is at once PDF/UA-1
(accessible) and PDF/A-2a (for keeping), or there is none.
"""

from __future__ import annotations

import json
import re
import struct
import tempfile
from bisect import bisect
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sharecheck.errors import SharecheckError

FONTS = Path(__file__).parent / "fonts"
SANS = "Liberation Sans"
"""The typeface of everything printed; what it lacks is taken from DejaVu Sans, and what that lacks is written as its number."""

_PAGE = re.compile(rb"/Type\s*/Page\b")
_SPACE = {" ": " ", "\n": "\n", "\t": " ", "\r": ""}
"""White space as it is set; none of the fonts has a tab."""
_BARRED = frozenset((0x0000, 0xFEFF, 0xFFFE, *range(0xE000, 0xF900)))
"""What text in a PDF/A may not hold: what is no character, and what has a meaning in private only."""
_NOTHING: Mapping[str, bytes] = {}


_PICTURE = b"""
#set page(width: auto, height: auto, margin: 0pt)
#image(json(bytes(sys.inputs.data)).file, alt: "")
"""


class PressError(SharecheckError):
    """The PDF or picture could not be made; the same can be had as HTML or SVG."""


def pdf(template: bytes, data: Mapping[str, Any], on: date, files: Mapping[str, bytes] = _NOTHING) -> bytes:
    """The document that a template makes of plain data (strings, numbers, lists, maps); `on` is the day it bears.

    The template finds the data as JSON in `sys.inputs.data`, the day as `year`, `month` and `day` in `on`, and `files` by name.
    Raises `PressError` where the typesetter is not there or refuses.
    """
    made = _set(template, data, on, files, pdf_standards=["a-2a", "ua-1"])
    return _ended_plainly(made)


def raster(picture: bytes, ending: str, on: date, ppi: int) -> bytes:
    """A picture of the kind that its `ending` says, `.svg` or so, as PNG of `ppi` dots an inch. Raises as `pdf` does."""
    return _set(_PICTURE, {"file": f"picture{ending}"}, on, {f"picture{ending}": picture}, format="png", ppi=ppi)


def pages(made: bytes) -> int:
    """How many pages a PDF of ours has."""
    return len(_PAGE.findall(made))


def _set(template: bytes, data: Mapping[str, Any], on: date, files: Mapping[str, bytes], **wanted: Any) -> bytes:
    try:
        import typst
    except ImportError:
        raise PressError(
            "a PDF or a picture cannot be made: the package typst is not installed for this machine",
            "install sharecheck again, or ask for HTML or SVG",
        ) from None
    held = {**data, "on": {"year": on.year, "month": on.month, "day": on.day}}
    inputs = {"data": json.dumps(printable(held), ensure_ascii=False)}
    try:
        with tempfile.TemporaryDirectory(prefix="sharecheck-") as name:  # a template can read nothing but this
            folder = Path(name)
            main = folder / "main.typ"
            main.write_bytes(template)
            for inside, content in files.items():
                (folder / inside).write_bytes(content)
            made = typst.compile(
                main, root=folder, sys_inputs=inputs, font_paths=[FONTS], ignore_system_fonts=True, **wanted
            )
    except RuntimeError as error:
        raise PressError(f"it could not be printed: {error}", "ask for HTML or SVG, and report this") from None
    assert isinstance(made, bytes)
    return made


def printable(value: Any) -> Any:
    """A value with every character that the fonts lack written as its number, `[U+4E16]`, so that nothing is lost unseen."""
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else "".join(map(_printed, value))
    if isinstance(value, Mapping):
        return {key: printable(inner) for key, inner in value.items()}
    return [printable(inner) for inner in value] if isinstance(value, list | tuple) else value


def lacking(value: Any) -> frozenset[str]:
    """The characters in a value that the fonts lack."""
    if isinstance(value, str):
        return frozenset(one for one in value if one not in _SPACE and _printed(one) != one)
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return frozenset(one for part in inner for one in lacking(part))


def _printed(one: str) -> str:
    return _SPACE[one] if one in _SPACE else one if ord(one) in _covered() else f"[U+{ord(one):04X}]"


@cache
def _covered() -> frozenset[int]:
    """The code points that our fonts have in every style that is used, but for those that PDF/A does not take."""
    upright = [_glyphs(FONTS / f"LiberationSans-{style}.ttf") for style in ("Regular", "Bold", "Italic")]
    return (frozenset.intersection(*upright) | _glyphs(FONTS / "DejaVuSans.ttf")) - _BARRED


def _glyphs(font: Path) -> frozenset[int]:
    """The code points that a TrueType font has a glyph for, by its `cmap` tables of formats 4 and 12."""
    data = font.read_bytes()
    (tables,) = struct.unpack_from(">H", data, 4)
    records = (struct.unpack_from(">4s4xII", data, 12 + 16 * i) for i in range(tables))
    start = next(offset for tag, offset, _ in records if tag == b"cmap")
    (count,) = struct.unpack_from(">H", data, start + 2)
    found: set[int] = set()
    for i in range(count):
        (offset,) = struct.unpack_from(">I", data, start + 4 + 8 * i + 4)
        (form,) = struct.unpack_from(">H", data, start + offset)
        found.update({4: _format_4, 12: _format_12}.get(form, _none)(data, start + offset))
    return frozenset(found)


def _none(_: bytes, __: int) -> Iterator[int]:
    yield from ()


def _format_4(data: bytes, at: int) -> Iterator[int]:
    (twice,) = struct.unpack_from(">H", data, at + 6)
    count = twice // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + twice)
    deltas = struct.unpack_from(f">{count}H", data, at + 16 + 2 * twice)
    ranges = struct.unpack_from(f">{count}H", data, at + 16 + 3 * twice)
    for i in range(count):
        for code in range(starts[i], min(ends[i], 0xFFFE) + 1):
            glyph = code + deltas[i]
            if ranges[i]:
                (glyph,) = struct.unpack_from(
                    ">H", data, at + 16 + 3 * twice + 2 * i + ranges[i] + 2 * (code - starts[i])
                )
            if glyph % 0x10000:
                yield code


def _format_12(data: bytes, at: int) -> Iterator[int]:
    (groups,) = struct.unpack_from(">I", data, at + 12)
    for i in range(groups):
        first, last, _ = struct.unpack_from(">III", data, at + 16 + 12 * i)
        yield from range(first, last + 1)


_STREAM = re.compile(rb"/Length (\d+)\b[^<>]*>>\s*stream\n")


def _ended_plainly(made: bytes) -> bytes:
    """A PDF in which no stream ends so that its last byte could be taken for the end of the line after it.

    One in 256 does: it ends in a carriage return, and the line feed before `endstream` follows. The file is sound, but some
    checkers and archives hold it wrong. There a whole line end is written, and what lies behind moves up by a byte.
    A file that is not written in the plain way that the typesetter uses is left as it is.
    """
    head, _, tail = made.rpartition(b"startxref\n")
    at = int(tail.split()[0]) if tail.split() and tail.split()[0].isdigit() else len(made)
    table = re.compile(rb"xref\n0 (\d+)\s*\n").match(made, at)
    if not head or table is None:
        return made
    rows = [made[i : i + 20] for i in range(table.end(), table.end() + 20 * int(table[1]), 20)]
    starts = [int(row[:10]) for row in rows if row[17:18] == b"n"]
    ends = []
    for start, stop in zip(sorted(starts), [*sorted(starts)[1:], at], strict=True):
        stream = _STREAM.search(made, start, stop)
        end = stream.end() + int(stream[1]) if stream else 0
        if stream and made[end - 1 : end + 10] == b"\r\nendstream":
            ends.append(end)
    if not ends:
        return made
    body = b"\r".join(made[i:j] for i, j in zip([0, *ends], [*ends, at], strict=True))
    moved = b"".join(
        b"%010d%s" % (int(row[:10]) + bisect(ends, int(row[:10])), row[10:]) if row[17:18] == b"n" else row
        for row in rows
    )
    rest = made[table.end() + 20 * len(rows) : len(head)]
    return body + table[0] + moved + rest + b"startxref\n%d" % (at + len(ends)) + tail[len(tail.split()[0]) :]


_FAMILY = re.compile(r'font-family="[^"<>]*"')


def size(svg: str) -> tuple[float, float]:
    """The width and height in points of a picture of ours."""
    found = re.search(r'width="([\d.]+)" height="([\d.]+)"', svg)
    assert found is not None
    return float(found[1]), float(found[2])


def picture(svg: str) -> str:
    """An SVG of ours with its text in the typeface that is printed with."""
    return _FAMILY.sub(f'font-family="{SANS}"', svg)
