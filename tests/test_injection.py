"""What an agreement says is text in every output: whatever stands in its fields, nothing but words changes.

Two agreements are alike but for their prose: one is hostile, in the other every sign of it is a plain letter. Each output of
both must have the same structure: the same elements, tokens, rows, boxes or fields. `python tests/test_injection.py` lists them.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import icalendar
import pytest
from markdown_it import MarkdownIt
from typer.testing import CliRunner

from sharecheck import schema, source
from sharecheck.cli.app import app
from sharecheck.errors import SourceError
from sharecheck.rules import page

HOSTILE = (
    "<script>document.title = 'hacked'</script>",
    "\"><img src=x onerror=\"document.title = 'hacked'\">",
    "</style></title><svg onload=\"document.title = 'hacked'\">",
    "{{ 7*7 }}{% raw %} ${7*7} #{7*7}",
    "[press](javascript:alert(1)) ![see](https://evil.example/x.png) <b>bold</b>",
    "a | b | c ~~~ ``` *bold* _it_ # heading - [ ] done",
    "> quoted\n## A heading\n- a list\n\n| a | b |\n|---|---|\n| c | d |",
    "=HYPERLINK(\"https://evil.example\", \"press\")",
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "#panic(1) #read(\"x\") $x^2$ @ref <label> // gone",
    "x\"]; evil [label=\"y\"]; \\N \\G \\l",
    "x\"]:::c; click n1 href \"javascript:alert(1)\"; end; %% gone",
    "::error file=x.py,line=1::made up %0A::warning::made up",
    "]]> <evil/> <!-- & &amp; &#0; &lt; -->",
    "x\nATTENDEE:mailto:a@evil.example\nBEGIN:VALARM",
    "'; DROP TABLE agreements; -- \\ \\n \\u{202e} \\x1b[31m",
    "<w:p/> {{ ''.__class__ }} <?xml version='1.0'?> ]]>",
)  # fmt: skip
LETTERS = ("Tŷ ŵ", "العربية", "中文 😀", "e\u0301", "\u2028x\u2029\ufeffy")
"""Letters of other scripts, and line ends that are none; they stand at the end of the others."""
REFUSED = (
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;https://evil.example\x07press\x1b]8;;\x07",
    "\x9b31m",
    "\x00",
    "\x08\x08",
    "\u202eevil\u202c",
    "\u2066y\u2069",
    "\u202d",
)
"""Signs that nobody can see, and that act on a terminal or turn text round: the reader does not let them in."""

FREE = {
    "title", "name", "text", "why", "because", "spoc", "dpo", "deputy", "how", "objective", "measure", "trigger", "necessity",
    "contact", "caldicott_guardian", "background", "benefits", "risk_of_not_sharing", "marking", "reference", "privacy_notice",
    "record", "withdrawal", "welsh", "who", "authority", "relevance", "compatibility", "by", "destination", "form",
}  # fmt: skip
MORE = """
marking: x
reference: x
benefits: x
risk_of_not_sharing: x
welsh: x
terms: {review: {text: x}}
undertakings: {training: {who: [council], must: Train everybody, because: x}}
never: {no-notes: {data: [identity], because: x}}
allow: [{rule: review-unset, at: review, because: x, by: x, until: 2027-01-31}]
"""


def prose(raw: Any, made: Callable[[str], str], count: Iterator[int], at: tuple[str, ...] = ()) -> Any:
    """The same values with every text that nobody reads as a word made hostile."""
    if isinstance(raw, dict):
        return {key: prose(value, made, count, (*at, str(key))) for key, value in raw.items()}
    if isinstance(raw, list):
        return [prose(value, made, count, at) for value in raw]
    if isinstance(raw, str) and at and at[-1] in FREE and at[0] != "scenarios" and at[-2:] != ("training", "who"):
        number = next(count)
        return made(f"{HOSTILE[number % len(HOSTILE)]} {LETTERS[number % len(LETTERS)]}")
    return raw


def tame(text: str) -> str:
    """A text of the same length and breaks in which every sign is a letter."""
    return re.sub(r"[^\w \n]", "x", text)


def agreement(made: Callable[[str], str]) -> dict[str, Any]:
    """The base agreement with prose of one kind in every field that holds prose."""
    whole = page.lay(source.parse(MORE.encode(), "a.yaml"), page.base()).data
    said: dict[str, Any] = prose(whole, made, iter(range(1000)))
    assert not list(schema.misfits(said))
    return said


# structures


class _Page(HTMLParser):
    """The elements of a page with their classes, in order; words of code are text to it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        assert not [name for name in named if name.startswith("on")]
        assert "javascript:" not in str(named.get("href", "")).lower()
        if tag != "code":
            self.found.append(f"{tag} {named.get('class', '')}")


def html(data: bytes) -> Any:
    return _Page(data.decode()).found


def markdown(data: bytes) -> Any:
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(data.decode())
    # a comment of ours stands in every `@name`, so that nobody is called by it
    inner = [one for token in tokens for one in token.children or () if one.content != "<!-- -->"]
    kinds = [token.type for token in tokens] + [
        one.type for one in inner if one.type not in ("text", "softbreak", "code_inline")
    ]
    assert "html_block" not in kinds or b"<details>" in data
    links = [one.attrGet("href") for one in inner if one.type == "link_open"]
    assert not [link for link in links if "evil" in str(link) or "javascript" in str(link)]
    assert "image" not in kinds
    return Counter(kinds)


def plain(data: bytes) -> Any:
    text = data.decode()
    seen = [f"U+{ord(c):04X}" for c in text if re.match("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", c)]
    assert not seen, "a terminal would act on it"
    return None


def as_json(data: bytes) -> Any:
    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shape(inner) for key, inner in value.items() if key not in ("fingerprint", "meaning")}
        return [shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__

    return shape(json.loads(data))


def xml(data: bytes) -> Any:
    return [one.tag for one in ElementTree.fromstring(data).iter()]


def svg(data: bytes) -> Any:
    tags = Counter(one.tag.rpartition("}")[2] for one in ElementTree.fromstring(data).iter())
    assert not set(tags) & {"script", "foreignObject", "a", "image", "style", "use"}
    assert b" on" not in re.sub(rb">[^<]*<|\"[^\"]*\"", b"", data)
    return {tag: number for tag, number in tags.items() if tag not in ("text", "tspan")}  # letters are not all as wide


def commands(data: bytes) -> Any:
    """Lines that a CI service takes for commands."""
    return [re.match(r"::\w+", line)[0] if line.startswith("::") else "" for line in data.decode().split("\n")]


def calendar(data: bytes) -> Any:
    return [(one.name, sorted(one.keys())) for one in icalendar.Calendar.from_ical(data).walk()]


def pdf(data: bytes) -> Any:
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(data))
    acts = [one for one in ("/OpenAction", "/AA", "/AcroForm", "/Names") if one in reader.trailer["/Root"]]
    links = [
        link for sheet in reader.pages for note in sheet.get("/Annots", ())
        if "evil" in (link := str(note.get_object().get("/A", "")))
    ]  # fmt: skip
    return acts, links


def png(data: bytes) -> Any:
    return data[:8]


def graph(data: bytes) -> Any:
    """Lines by their first words, which are ids of ours."""
    return [
        re.match(r"\s*(\w*)", line)[0]
        for line in data.decode().split("\n")
        if not line.lstrip().startswith(("//", "%%"))
    ]


def table(data: bytes) -> Any:
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    return [len(row) for row in rows]


def word(data: bytes) -> Any:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not [name for name in parts.namelist() if "vba" in name.lower() or "embed" in name.lower()]
        assert b"evil.example" not in b"".join(parts.read(name) for name in parts.namelist() if name.endswith(".rels"))
        body = ElementTree.fromstring(parts.read("word/document.xml"))
    return Counter(one.tag for one in body.iter() if not one.tag.endswith(("}t", "}br", "}r", "}rPr")))


A = "protocols/a.yaml"
OUTPUTS: list[tuple[str, list[str], str, Callable[[bytes], Any]]] = [
    *((f"findings as {name}", ["validate", A, "--format", name], ending, structure) for name, ending, structure in (
        ("text", "", plain), ("concise", "", plain), ("json", ".json", as_json), ("sarif", ".sarif", as_json),
        ("junit", ".xml", xml), ("github", "", commands), ("gitlab", ".json", as_json), ("markdown", ".md", markdown),
        ("html", ".html", html),
    )),
    ("report as a page", ["report", A], ".html", html),
    ("report as PDF", ["report", A], ".pdf", pdf),
    ("report in Word", ["report", A], ".docx", word),
    ("report in Markdown", ["report", A], ".md", markdown),
    *((f"map as {ending[1:]}", ["flowchart", A], ending, structure) for ending, structure in (
        (".svg", svg), (".mmd", graph), (".dot", graph), (".txt", plain), (".png", png), (".pdf", pdf))),
    *((f"decision chart as {ending[1:]}", ["flowchart", A, "--kind", "decision", "--role", "health-visitor"], ending, structure)
      for ending, structure in ((".svg", svg), (".mmd", graph), (".dot", graph), (".txt", plain), (".pdf", pdf))),
    ("consent chart as svg", ["flowchart", A, "--kind", "consent"], ".svg", svg),
    ("partnership map as svg", ["flowchart", "protocols", "--kind", "partnership"], ".svg", svg),
    ("agreement as PDF", ["print", A], ".pdf", pdf),
    ("agreement as a page", ["print", A], ".html", html),
    ("card as PDF", ["card", A, "--role", "health-visitor"], ".pdf", pdf),
    ("card as a page", ["card", A, "--role", "health-visitor"], ".html", html),
    ("agreement in Word", ["print", A], ".docx", word),
    ("record of processing as CSV", ["report", A, "--kind", "processing"], ".csv", table),
    ("record of processing in Markdown", ["report", A, "--kind", "processing"], ".md", markdown),
    ("privacy notices as CSV", ["report", A, "--kind", "notices"], ".csv", table),
    ("privacy notices in Markdown", ["report", A, "--kind", "notices"], ".md", markdown),
    ("dates as text", ["calendar"], "", plain),
    ("dates as iCalendar", ["calendar"], ".ics", calendar),
    ("what a role may share", ["ask", "--role", "health-visitor"], "", plain),
    ("answer as text", ["ask", "--from", "health-visitor", "--to", "social-worker", "--data", "injuries", "--about", "child",
                        "--purpose", "protection", "--consent", "refused"], "", plain),
]  # fmt: skip


def told(made: Callable[[str], str], folder: Path, arguments: list[str], ending: str) -> bytes:
    """What a command writes of the agreement with prose of one kind."""
    (folder / "protocols").mkdir(parents=True, exist_ok=True)
    (folder / A).write_text(json.dumps(agreement(made), ensure_ascii=False), "utf-8")
    out = folder / f"out{ending or '.txt'}"
    given = [*arguments, "--on", "2026-11-22", *(["-o", str(out)] if ending else [])]
    done = CliRunner().invoke(app, given, catch_exceptions=False)
    assert done.exit_code in (0, 1), done.output
    return out.read_bytes() if ending else done.stdout_bytes


def judged(name: str, folder: Path) -> bytes:
    """One output of the hostile agreement, held to that of the tame one; raises AssertionError where they differ."""
    _, arguments, ending, structure = next(one for one in OUTPUTS if one[0] == name)
    hostile, meek = (told(made, folder, arguments, ending) for made in (str, tame))
    assert structure(hostile) == structure(meek)
    return hostile


def test_enough_is_hostile() -> None:
    text = json.dumps(agreement(str), ensure_ascii=False)
    assert all(json.dumps(one, ensure_ascii=False)[1:-1] in text for one in (*HOSTILE, *LETTERS))


@pytest.mark.parametrize("text", REFUSED)
@pytest.mark.parametrize("spelt", [True, False])
def test_what_cannot_be_seen_is_not_let_in(text: str, spelt: bool) -> None:
    raw = json.dumps({**agreement(tame), "background": text}, ensure_ascii=spelt)
    with pytest.raises(SourceError) as refused:
        source.parse(raw.encode(), "a.yaml")
    plain(refused.value.message.encode())


@pytest.mark.parametrize("name", [one[0] for one in OUTPUTS])
def test_text_is_text(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    judged(name, tmp_path)


if __name__ == "__main__":
    import os
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        for name, *_ in OUTPUTS:
            try:
                print(f"{name}: {len(judged(name, Path(place))):,} bytes, nothing but words differs")  # noqa: T201
            except AssertionError as error:
                print(f"{name}: FAILED {str(error)[:300]}")  # noqa: T201
