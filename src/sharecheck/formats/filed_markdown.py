"""What data protection officers file, as Markdown: the record of processing entry by entry, and the texts for privacy notices.

Everything in an agreement is text: marks, tags, links and mentions in it are shown as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from sharecheck.filed.notices import Notice, Notices
from sharecheck.filed.processing import Heading, Record, Row
from sharecheck.paper.model import Block, Bullets, Line, Paragraph
from sharecheck.paper.reader import shown

_ABOVE = ("controller", "agreement", "flow", "made")
"""The columns that stand in headings or at the foot, and not in each entry."""


def processing(record: Record, made: str) -> str:
    """The record of processing: a section for each controller, and in it a table for each entry."""
    return "\n".join(_record(record, made)).rstrip() + "\n"


def notices(found: Notices) -> str:
    """The texts for privacy notices: a section for each controller, and in it one for each agreement."""
    return "\n".join(_notices(found)).rstrip() + "\n"


def _record(record: Record, made: str) -> Iterator[str]:
    at = {one.id: i for i, one in enumerate(record.headings)}
    yield from _opening(record.title, made, len(record.rows), "entry", "entries", record.left_out)
    yield "What an agreement does not say is in *italics*, for the controller to fill in."
    for controller, rows in groupby(record.rows, key=lambda row: (row.agency, row.cells[at["controller"]])):
        yield from ("", f"## {_line(controller[1][0])}")
        for agreement, entries in groupby(rows, key=lambda row: row.cells[at["agreement"]]):
            yield from ("", f"### {_line(agreement[0])}")
            for row in entries:
                yield from _entry(row, record.headings, at["flow"])


def _entry(row: Row, headings: tuple[Heading, ...], flow: int) -> Iterator[str]:
    yield from (
        "",
        f"#### {plain('; '.join(line.text for line in row.cells[flow]))}",
        "",
        "| What | Entry | Asked for by |",
    )
    yield "|---|---|---|"
    for heading, cell in zip(headings, row.cells, strict=True):
        if heading.id not in _ABOVE:
            said = "<br>".join(_line(line) for line in cell)
            yield f"| {plain(heading.title)} | {said} | {plain('; '.join(heading.cites))} |"


def _notices(found: Notices) -> Iterator[str]:
    yield from _opening(found.title, found.made, len(found.notices), "text", "texts", found.left_out)
    yield (
        "What is in brackets is to be written, since the agreement does not say it. What stands behind a bar is for whoever writes "
        "the notice, and not for publication."
    )
    for controller, texts in groupby(found.notices, key=lambda one: (one.agency, one.controller)):
        yield from ("", f"## {plain(controller[1])}")
        for one in texts:
            yield from _notice(one)


def _notice(one: Notice) -> Iterator[str]:
    yield from ("", f"### {plain(one.title)}", "", ". ".join(_line(line) for line in one.state))
    for passage in one.passages:
        yield from ("", f"#### {plain(passage.heading.title)}")
        for block in passage.text:
            yield from ("", *_block(block))
        for line in passage.check:
            yield from ("", f"> {plain(line.text)}")


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(line):
            yield _line(line)
        case Bullets(items):
            yield from (f"- {'<br>'.join(_line(line) for line in item)}" for item in items)
        case _:
            raise NotImplementedError(type(block).__name__)


def _opening(title: str, made: str, number: int, one: str, many: str, left_out: Iterable[str]) -> Iterator[str]:
    yield from (f"# {plain(title)}", "", f"{plain(made)} {number or 'No'} {one if number == 1 else many}.", "")
    for said in left_out:
        yield from (f"> Left out: {plain(said)}", "")


def _line(line: Line) -> str:
    said = plain(line.text)
    return {"gap": f"*{said}*", "strong": f"**{said}**"}.get(line.manner, said)


def plain(text: str) -> str:
    """Words in one line of which nothing is a mark, a tag, a link or a mention."""
    said = shown(" ".join(text.split()))
    said = re.sub(r"([\\`*_~|\[\]<>#]|&(?=#?\w+;))", r"\\\1", said)
    said = re.sub(r"(?i)\b(https?|ftp|mailto|xmpp)(?=:)", r"\1\\", said)
    said = re.sub(r"(?i)\bwww(?=\.)", r"www\\", said)
    said = re.sub(r"(?<!\w)@(?=\w)", "@<!-- -->", said)
    return re.sub(r"^([-+=]|\d+(?=[.)]))", _first, said)


def _first(found: re.Match[str]) -> str:
    """What would begin a list or a heading at the head of a line, made plain."""
    said = found[1]
    return f"{said}<!-- -->" if said.isdigit() else f"\\{said}"
