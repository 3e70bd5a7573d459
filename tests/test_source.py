"""The reader: what it refuses and where, what it makes of words, and where it says that each value stands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conftest import ROOT
from sharecheck import source
from sharecheck.errors import SourceError

REAL = (ROOT / "protocols" / "commissioning-data.yaml").read_bytes()

# name: (bytes, code, line, column, words in the message or the fix)
REFUSED: dict[str, tuple[bytes, str, int, int, tuple[str, ...]]] = {
    "a directive": (b"# c\n%YAML 1.1\n---\na: no\n", "directive", 2, 1, ("%YAML", "remove the line")),
    "duplicate key": (b"a: 1\nb: 2\na: 3\n", "duplicate-key", 3, 1, ("`a`", "line 1")),
    "duplicate key inside": (b"x:\n  a: 1\n  b:\n    - c: 1\n      c: 2\n", "duplicate-key", 5, 7, ("`c`", "line 4")),
    "duplicate key in braces": (b"x: 1\ny: {a: 1, a: 2}\n", "duplicate-key", 2, 11, ("`a`", "line 2")),
    "duplicate key, quoted once": (b'a: 1\n"a": 2\n', "duplicate-key", 2, 1, ("`a`", "line 1")),
    "duplicate key, the first one empty": (b"a:\nb: 1\na: 2\n", "duplicate-key", 3, 1, ("line 1",)),
    "anchor": (b"a: &x 1\nb: 2\n", "anchor", 1, 4, ("`&x`", "defaults:")),
    "anchor on a map": (b"b: 1\na: &x\n  b: 1\n", "anchor", 2, 4, ("`&x`",)),
    "anchor on a key": (b"&x a: 1\n", "anchor", 1, 1, ("`&x`",)),
    "alias": (b"a: 1\nb: *x\n", "alias", 2, 4, ("`*x`", "defaults:")),
    "alias in a list": (b"a: 1\nb: [1, *x]\n", "alias", 2, 8, ("`*x`",)),
    "alias as a key": (b"*x : 1\n", "alias", 1, 1, ("`*x`",)),
    "merge key": (b"a: 1\n<<: {b: 1}\n", "merge-key", 2, 1, ("`<<`", "defaults:")),
    "merge key inside": (b"a:\n  <<: [1]\n", "merge-key", 2, 3, ("`<<`",)),
    "tag of YAML": (b"a: !!str 1\n", "tag", 1, 4, ("`!!str`",)),
    "tag of one's own": (b"a: 1\nb: !x 1\n", "tag", 2, 4, ("`!x`",)),
    "tag that runs code": (b"a: !!python/object/apply:os.system [x]\n", "tag", 1, 4, ("python/object",)),
    "tag on the whole": (b"!!map\na: 1\n", "tag", 1, 1, ("`!!map`",)),
    "tab for a level": (b"a:\n\tb: 1\n", "tab", 2, 1, ("tab", "spaces")),
    "tab after spaces": (b"a:\n  - b\n\t- c\n", "tab", 3, 1, ("tab",)),
    "tab after a dash": (b"a:\n  -\t- b\n", "tab", 2, 4, ("tab",)),
    "tab at the start": (b"\ta: 1\n", "tab", 1, 1, ("tab",)),
    "second document": (b"a: 1\n---\nb: 2\n", "several-documents", 2, 1, ("second document", "---")),
    "second document after a first line of dashes": (b"---\na: 1\n---\nb: 2\n", "several-documents", 3, 1, ()),
    "second document with nothing in it": (b"a: 1\n---\n", "several-documents", 2, 1, ()),
    "Latin-1": ("title: café\n".encode("latin-1"), "not-utf-8", 1, 11, ("0xe9", "UTF-8")),
    "Latin-1 on the second line": ("a: é\n".encode() + b"b: x\xe9\n", "not-utf-8", 2, 5, ("0xe9",)),
    "Latin-1 after letters of two bytes": ("a: éé".encode() + b"\xff\n", "not-utf-8", 1, 6, ("0xff",)),
    "Latin-1 with the line ends of old Macs": (b"a: 1\rb: \xe9\r", "not-utf-8", 2, 4, ()),
    "UTF-16": ("a: 1\n".encode("utf-16"), "not-utf-8", 1, 1, ("UTF-8",)),
    "UTF-32": ("a: 1\n".encode("utf-32"), "not-utf-8", 1, 1, ("UTF-8",)),
    "UTF-16 without its mark": ("a: 1\n".encode("utf-16-le"), "not-utf-8", 1, 1, ("UTF-16",)),
    "text cut off by a comment": (b"a: Ticket #12 decides\n", "text-cut-off", 1, 10, ("quotes",)),
    "an unseen character, spelt": (b'a: "\\e[31mx"\n', "forbidden-character", 1, 4, ("backslash",)),
    "a turn of the reading direction": ("a: b\u202ec\n".encode(), "forbidden-character", 1, 5, ("invisible",)),
    "no colon": (b"a: 1\nstrength must\nb: 2\n", "not-yaml", 2, 1, ("colon followed by a space",)),
    "a text that begins with an at sign": (b"a: @b\n", "not-yaml", 1, 4, ("may not begin with `@`", "quotes")),
    "half a pair": (b"a: \xed\xa0\x80\n", "not-utf-8", 1, 4, ()),
    "too large": (b"#" * (source.MAX_BYTES + 1), "too-large", 1, 1, ("1024 KiB",)),
    "too deep in brackets": (b"[" * 100_000, "too-deep", 1, 65, ("64 levels",)),
    "too deep in braces": (b"{a: " * 100_000, "too-deep", 1, 257, ("64 levels",)),
    "too deep in dashes": (b"- " * 100_000, "too-deep", 1, 129, ("64 levels",)),
    "too deep by one": (b"[" * 65 + b"]" * 65, "too-deep", 1, 65, ()),
    "too many values": (b"[" + b"1," * 100_000 + b"]", "too-many-values", 1, 200_000, ("100,000",)),
    "nothing": (b"", "empty-file", 1, 1, ("empty",)),
    "empty lines": (b"\n \n\n", "empty-file", 1, 1, ("empty",)),
    "only a comment": (b"# sharecheck: 1\n", "empty-file", 1, 1, ("empty",)),
    "only a byte-order mark": (b"\xef\xbb\xbf", "empty-file", 1, 1, ("empty",)),
    "key is a list": (b"a: 1\n[b]: 1\n", "key-not-text", 2, 1, ("plain text",)),
    "key is a map": (b"a: 1\n? {b: 1}\n: 1\n", "key-not-text", 2, 3, ("plain text",)),
    "keys in keys": (b"{" * 100_000, "key-not-text", 1, 2, ()),
    "double quote left open": (b'a: 1\nb: "x\nc: 1\n', "not-yaml", 2, 4, ("quote",)),
    "single quote left open": (b"a: 1\nb: 'x\nc: 1\n", "not-yaml", 2, 4, ("quote",)),
    "bracket left open": (b"a: [1, 2\nb: 1\n", "not-yaml", 1, 4, ("bracket",)),
    "brace left open": (b"a: {b: 1\n", "not-yaml", 1, 4, ("bracket",)),
    "colon in a text": (b"a: b: c\n", "not-yaml", 1, 5, ("colon", "quotes")),
    "level that does not fit": (b"a: 1\n  b: 2\n", "not-yaml", 2, 4, ("indentation",)),
    "text after the end": (b"a: 1\n...\nb: 2\n", "not-yaml", 3, 1, ()),
    "control character": (b"a: 1\nb: x\x01y\n", "forbidden-character", 2, 5, ("invisible",)),
    "control character after letters of many bytes": (
        "é: 1\na: 😀\nb: 😀\x01\n".encode(), "forbidden-character", 3, 5, ("invisible",),
    ),
    "control character with the line ends of old Macs": (b"a: 1\rb: x\x01\r", "forbidden-character", 2, 5, ()),
    "nought": (b"a: \x00\n", "forbidden-character", 1, 4, ()),
    "delete character": (b"a: \x7f\n", "forbidden-character", 1, 4, ()),
    "character that is none": ("a: \ufffe\n".encode(), "forbidden-character", 1, 4, ()),
    "half a pair, escaped": (b'a: "\\ud800"\n', "not-yaml", 1, 7, ()),
    "letter that may not begin a text": (b"a: @x\n", "not-yaml", 1, 4, ()),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    raw, code, line, column, words = REFUSED[name]
    with pytest.raises(SourceError) as refusal:
        source.parse(raw, "x.yaml")
    error = refusal.value
    assert (error.code, error.line, error.column, error.name) == (code, line, column, "x.yaml")
    for word in words:
        assert word in f"{error.message} / {error.fix}"
    assert error.fix


READ: dict[str, tuple[bytes, Any]] = {
    "as deep as may be": (b"a: " + b"[" * 63 + b"1" + b"]" * 63, None),
    "as many values as may be": (b"[" + b"1," * 99_998 + b"1]", [1] * 99_999),
    "as large as may be": (b"a: 1\n" + b"#" * (source.MAX_BYTES - 5), {"a": 1}),
    "a first line of dashes": (b"---\na: 1\n", {"a": 1}),
    "an end of the document": (b"a: 1\n...\n", {"a": 1}),
    "a tab between key and value": (b"a:\t1\n", {"a": 1}),
    "a merge key that is only a word": (b'"<<": 1\n', {"<<": 1}),
    "keys that look otherwise": (b"1: a\ntrue: b\n~: c\nno: d\n", {"1": "a", "true": "b", "~": "c", "no": "d"}),
    "the same key in two maps": (b"a: {x: 1}\nb: {x: 2}\n", {"a": {"x": 1}, "b": {"x": 2}}),
    "a byte-order mark": (b"\xef\xbb\xbfa: 1\n", {"a": 1}),
    "the line ends of Windows": (b"a: 1\r\nb:\r\n  - x\r\n", {"a": 1, "b": ["x"]}),
    "text in blocks": (b"a: |\n  x: 1\n  # y\nb: >-\n  one\n  two\n", {"a": "x: 1\n# y\n", "b": "one two"}),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_read(name: str) -> None:
    raw, expected = READ[name]
    data = source.parse(raw, "x.yaml").data
    if expected is None:
        assert json.dumps(data).count("[") == 63
    else:
        assert data == expected


WORDS: list[tuple[str, Any]] = [
    ("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False), ("FALSE", False),
    ("tRue", "tRue"), ("yes", "yes"), ("no", "no"), ("No", "No"), ("on", "on"), ("off", "off"), ("y", "y"), ("n", "n"),
    ("~", None), ("null", None), ("Null", None), ("NULL", None), ("", None), ("nUll", "nUll"), ("none", "none"),
    ("0", 0), ("7", 7), ("+5", 5), ("-12", -12), ("999999999999999", 999_999_999_999_999),
    ("1000000000000000", "1000000000000000"), ("0777", "0777"), ("007", "007"), ("0x1F", "0x1F"), ("0o17", "0o17"),
    ("0b1", "0b1"), ("1_000", "1_000"), ("22:22", "22:22"), ("22:22:22", "22:22:22"), ("1e3", "1e3"), ("1.10", "1.10"),
    ("1.", "1."), (".5", ".5"), (".inf", ".inf"), (".nan", ".nan"), ("2026-04-01", "2026-04-01"),
    ("2026-02-30", "2026-02-30"),
    ("2026-04-01T10:00:00Z", "2026-04-01T10:00:00Z"), ("=", "="), ("٣", "٣"), ("１", "１"),
    ('"1"', "1"), ("'true'", "true"), ('"null"', "null"), ('""', ""), ("|\n  1", "1\n"), (">-\n  true", "true"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), WORDS)
def test_words_are_read_as_yaml_1_2_or_stay_text(written: str, meant: Any) -> None:
    for text, value in ((f"a: {written}\n", {"a": meant}), (f"a:\n  - {written}\n", {"a": [meant]})):
        read = source.parse(text.replace("\n  1", "\n      1").replace("\n  true", "\n      true").encode(), "x").data
        assert read == value
        inner = read["a"][0] if isinstance(read["a"], list) else read["a"]
        assert type(inner) is type(meant)


# Files and what is in their way


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as refusal:
        source.read(tmp_path / "none.yaml", "none.yaml")
    assert (refusal.value.code, refusal.value.message) == ("missing-file", "`none.yaml` does not exist")


@pytest.mark.parametrize("name", ["x\0y.yaml", "x" * 300, "file.yaml/below.yaml"])
def test_names_no_file_can_have(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.yaml").write_text("a: 1\n")
    with pytest.raises(SourceError) as refusal:
        source.read(tmp_path / name, "it")
    assert refusal.value.code == "unreadable-file"


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as refusal:
        source.read(tmp_path, "here")
    assert (refusal.value.code, refusal.value.name) == ("not-a-file", "here")


def test_link_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to(tmp_path / "a.yaml")
    with pytest.raises(SourceError) as refusal:
        source.read(tmp_path / "a.yaml", "a.yaml")
    assert refusal.value.code == "unreadable-file"


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    program = (
        "import sys; from pathlib import Path; from sharecheck import source, errors\n"
        "try: source.read(Path(sys.argv[1]))\n"
        "except errors.SourceError as error: print(error.code)"
    )
    command = [sys.executable, "-c", program, str(pipe)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.stdout, done.returncode) == ("not-a-file\n", 0), done.stderr


def test_the_name_is_the_path_where_none_is_given(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a: 1\n")
    assert source.read(tmp_path / "a.yaml").name == (tmp_path / "a.yaml").as_posix()


# Places

PLACES = (
    "a:\n"
    "  b: 'it''s'\n"
    "  c:\n"
    "  d: []\n"
    "  e: {f: 1, g: }\n"
    "  h:\n"
    "    - x\n"
    "    - [y, zz]\n"
    "    - k: v\n"
    '  "q w": "z"\n'
    "  m: |\n"
    "    one\n"
    "  n: long\n"
    "    text\n"
    "é😀: 😀 x\n"
)
Place = tuple[int, int, int, int]

SPANS: list[tuple[source.Path, Place, Place]] = [  # path, place of the key, place of the value
    ((), (1, 1, 1, 1), (1, 1, 1, 1)),
    (("a",), (1, 1, 1, 2), (1, 1, 1, 2)),  # a map is shown at its key
    (("a", "b"), (2, 3, 2, 4), (2, 6, 2, 13)),
    (("a", "c"), (3, 3, 3, 4), (3, 3, 3, 4)),  # an empty value is shown at its key
    (("a", "d"), (4, 3, 4, 4), (4, 3, 4, 4)),
    (("a", "e", "f"), (5, 7, 5, 8), (5, 10, 5, 11)),
    (("a", "e", "g"), (5, 13, 5, 14), (5, 13, 5, 14)),
    (("a", "h", 0), (7, 7, 7, 8), (7, 7, 7, 8)),  # an item is its own key
    (("a", "h", 1, 1), (8, 11, 8, 13), (8, 11, 8, 13)),
    (("a", "h", 2, "k"), (9, 7, 9, 8), (9, 10, 9, 11)),
    (("a", "q w"), (10, 3, 10, 8), (10, 10, 10, 13)),
    (("a", "m"), (11, 3, 11, 4), (11, 6, 13, 1)),
    (("a", "n"), (13, 3, 13, 4), (13, 6, 14, 9)),
    (("é😀",), (15, 1, 15, 3), (15, 5, 15, 8)),  # columns count letters, not bytes
    # what is not written is shown at the nearest part that is
    (("a", "zz"), (1, 1, 1, 2), (1, 1, 1, 2)),
    (("a", "e", "zz", 3, "y"), (5, 3, 5, 4), (5, 3, 5, 4)),
    (("a", "b", "c"), (2, 3, 2, 4), (2, 6, 2, 13)),
    (("a", "h", 9), (6, 3, 6, 4), (6, 3, 6, 4)),
    (("zz",), (1, 1, 1, 1), (1, 1, 1, 1)),
]


def place(span: source.Span) -> Place:
    return span.line, span.column, span.end_line, span.end_column


@pytest.mark.parametrize(("path", "key", "value"), SPANS)
def test_places(path: source.Path, key: Place, value: Place) -> None:
    document = source.parse(PLACES.encode(), "x.yaml")
    assert (place(document.key_span(path)), place(document.span(path))) == (key, value)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_places_and_lines_agree_whatever_ends_a_line(end: str) -> None:
    document = source.parse(f"a: 1{end}b:{end}  - xx{end}".encode(), "x.yaml")
    assert document.data == {"a": 1, "b": ["xx"]}
    assert document.lines == ["a: 1", "b:", "  - xx", ""]
    assert place(document.span(("b", 0))) == (3, 5, 3, 7)


def test_a_byte_order_mark_does_not_move_columns() -> None:
    document = source.parse(b"\xef\xbb\xbfab: 1\n", "x.yaml")
    assert place(document.key_span(("ab",))) == (1, 1, 1, 3)
    assert document.lines[0] == "ab: 1"


def test_an_overlay_comes_before_what_was_read() -> None:
    read = source.parse(b"a: {b: 1}\n", "x.yaml")
    laid = source.Document("x.yaml", read.text, read.data, {("a",): source.Span(7, 1, 7, 2)})
    assert place(laid.span(("a", "b"))) == (7, 1, 7, 2)


# Properties

BARRED = [
    *map(chr, [*range(0x09), *range(0x0B, 0x0D), *range(0x0E, 0x20), *range(0x7F, 0xA0), *range(0x2066, 0x206A)]),
    *"\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\ufeff\ufffe\uffff",
]
"""What YAML forbids, takes for the end of a line, or nobody can see."""
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=BARRED), max_size=20)
SCALAR = TEXT | st.integers(-(10**15) + 1, 10**15 - 1) | st.booleans() | st.none()
VALUE = st.recursive(SCALAR, lambda v: st.lists(v, max_size=4) | st.dictionaries(TEXT, v, max_size=4), max_leaves=25)


def paths(value: Any, at: source.Path = ()) -> list[tuple[source.Path, Any]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(at, value)] + [found for key, inner in children for found in paths(inner, (*at, key))]


def cut(lines: list[str], span: source.Span) -> str:
    assert span.line == span.end_line
    return lines[span.line - 1][span.column - 1 : span.end_column - 1]


@settings(deadline=None)
@given(value=st.dictionaries(TEXT, VALUE, max_size=5), indent=st.sampled_from([None, 1, 4]))
@example(value={"no": ["~", "1", "<<", "\t", "# x", ": "]}, indent=None)
def test_json_reads_back_equal_and_every_value_has_its_place(value: dict[str, Any], indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    document = source.parse(text.encode(), "x.json")
    assert document.data == value
    assert json.dumps(document.data) == json.dumps(value), "the same kinds in the same order"
    for path, inner in paths(value)[1:]:
        for span in (document.span(path), document.key_span(path)):
            assert 1 <= span.line <= span.end_line <= len(document.lines)
            assert 1 <= span.column <= span.end_column <= len(document.lines[span.end_line - 1]) + 1
        if isinstance(path[-1], str):
            assert cut(document.lines, document.key_span(path)) == json.dumps(path[-1], ensure_ascii=False)
        if not isinstance(inner, dict | list):
            assert cut(document.lines, document.span(path)) == json.dumps(inner, ensure_ascii=False)


def refusal_of(raw: bytes) -> SourceError | None:
    try:
        document = source.parse(raw, "x.yaml")
    except SourceError as error:
        return error
    for path, _ in paths(document.data):
        assert document.span(path).line <= len(document.lines)
    return None


def read_or_refuse(raw: bytes) -> None:
    """Nothing but `SourceError` leaves the reader, and its place is in the file."""
    if error := refusal_of(raw):
        assert error.code
        assert error.fix
        lines = source.Document("x", raw.decode("utf-8-sig", "replace"), None).lines
        assert 1 <= error.line <= len(lines)
        assert 1 <= error.column <= len(lines[error.line - 1]) + 1


HOSTILE_LETTERS = st.sampled_from("ab:-[]{},&*!|>'\"%@`#?~<\n\r\t \x00\x85é😀")


@settings(deadline=None, max_examples=500)
@given(raw=st.binary(max_size=200) | st.text(HOSTILE_LETTERS, max_size=60).map(str.encode))
@example(raw=b"? a\n? b\n")
@example(raw=b"- - - ")
@example(raw=b"%TAG ! tag:x,2000:\n---\n!a b\n")
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    read_or_refuse(raw)


MARKS = st.sampled_from([b"\n", b"\t", b": ", b"- ", b"&a ", b"*a", b"[", b"{", b"'", b'"'])
CHANGE = st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=3) | MARKS)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(changes=st.lists(CHANGE, min_size=1, max_size=5))
def test_a_damaged_agreement_is_read_or_refused(changes: list[tuple[float, int, bytes]]) -> None:
    raw = REAL
    for where, length, put in changes:
        start = int(where * len(raw))
        raw = raw[:start] + put + raw[start + length :]
    read_or_refuse(raw)


# Time and memory

SIZE = 300_000


def filled(part: str) -> str:
    return (part * (SIZE // len(part) + 1))[:SIZE]


HOSTILE: dict[str, str] = {
    "brackets": filled("["),
    "braces": filled("{a: "),
    "dashes": filled("- "),
    "question marks": filled("? "),
    "empty items": filled("-\n"),
    "empty maps": "[" + filled("{},"),
    "pairs": "[" + filled("a: b,"),
    "one long quote": '"' + filled("a "),
    "quotes": filled('"a" '),
    "escapes": '"' + filled("\\x41") + '"',
    "one long key": "a" * SIZE + ": 1\n",
    "one long anchor": "&" + "a" * SIZE,
    "one long tag": "!" + "a" * SIZE,
    "colons": filled("a: "),
    "spaces": filled(" "),
    "tabs": "a:" + filled("\t"),
    "empty lines": filled("\n"),
    "old line ends": filled("\r"),
    "comments": filled("#\n"),
    "a block": "a: |\n" + filled("  x\n"),
    "an empty block": "a: |\n" + filled("\n"),
    "a plain text on many lines": "a: x\n" + filled("  y\n"),
    "a quoted text on many lines": 'a: "' + filled("x\n\n") + '"',
    "lines that could be keys": filled("a\n"),
    "steps": "".join(" " * i + "a:\n" for i in range(750)),
    "many keys": "".join(f"k{i}: 1\n" for i in range(SIZE // 10)),
    "many keys, the last one twice": "".join(f"k{i}: 1\n" for i in range(SIZE // 10)) + "k0: 1\n",
    "many keys in braces": "{" + ",".join(f'"{i}"' for i in range(SIZE // 8)) + "}",
    "documents": filled("---\n"),
    "bad directives": filled("%a\n"),
    "tag directives": "".join(f"%TAG !{i}! x\n" for i in range(SIZE // 14)),
    "letters of four bytes": "a: " + "😀" * (SIZE // 4),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_300_kilobytes_meant_to_be_slow(name: str) -> None:
    raw = HOSTILE[name].encode()
    assert len(raw) > SIZE * 0.8
    started = time.perf_counter()
    refusal_of(raw)
    assert time.perf_counter() - started < 2


SHAPES: dict[str, Any] = {
    "many keys": lambda n: "".join(f"k{i}: 1\n" for i in range(n)),
    "items": lambda n: "a:\n" + "  - x\n" * n,
    "tag directives": lambda n: "".join(f"%TAG !{i:05}! x\n" for i in range(n)),
    "comments": lambda n: "# x\n" * n + "a: 1\n",
    "a block": lambda n: "a: |\n" + "  x\n" * n,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_time_grows_with_the_file_and_no_faster(shape: str) -> None:
    """Eight times the text may take sixteen times as long, not sixty-four."""

    def seconds(count: int) -> float:
        raw = SHAPES[shape](count).encode()
        best = 9.0
        for _ in range(3):
            started = time.perf_counter()
            refusal_of(raw)
            best = min(best, time.perf_counter() - started)
        return best

    assert seconds(32_000) < 16 * seconds(4_000) + 0.05


def ordinary(size: int) -> bytes:
    lines = REAL.decode().splitlines()
    text = ""
    while len(text.encode()) < size:
        text += f"part-{len(text)}:\n" + "".join(f"  {line}\n" for line in lines)
    return text.encode()


READING, PLACING = 8, 24
"""How much memory Python may take at its peak, as multiples of the file: measured 5.8 and 18.6 (22 Nov 2026)."""


def test_memory_is_a_small_multiple_of_the_file() -> None:
    raw = ordinary(990_000)
    assert len(raw) <= source.MAX_BYTES
    peaks = []
    for look in (lambda d: d.data, lambda d: d.span(("part-0", "title"))):
        tracemalloc.start()
        try:
            assert look(source.parse(raw, "x.yaml"))
            peaks.append(tracemalloc.get_traced_memory()[1] / len(raw))
        finally:
            tracemalloc.stop()
    assert peaks[0] < READING
    assert peaks[1] < PLACING
