"""A decision record, share or not: what is known is filled in, what only a person knows is a line to fill.

It names a case by its reference alone. What looks like an NHS number or a date of birth is refused, not hidden.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sharecheck.agreement import Basis, Flow
from sharecheck.knowledge import joined
from sharecheck.policy.names import Names, lowered
from sharecheck.policy.reply import Reply, told
from sharecheck.wrapping import NARROW, wrapped

BLANK = "________________________________"

_TEN_DIGITS = re.compile(r"(?<!\d)\d(?:[\s.\-\u2010-\u2015/]?\d){9}(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})[\s./\-](\d{1,2})[\s./\-](\d{4}|\d{2})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[\s./\-](\d{1,2})[\s./\-](\d{1,2})(?!\d)")
_RUN = re.compile(r"(?<!\d)\d{8}(?!\d)")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_NAMED_MONTH = re.compile(
    rf"(?i)(?<!\d)\d{{1,2}}(?:st|nd|rd|th)?[\s.\-]*(?:of\s+)?(?:{_MONTHS})[a-z]*|(?<![a-z])(?:{_MONTHS})[a-z]*\.?\s*\d{{1,2}}(?!\d)"
)


def personal(words: str) -> str | None:
    """What some words look like that a record must not hold: an NHS number or a date; None where they do not."""
    for found in _TEN_DIGITS.finditer(words):
        digits = [int(one) for one in found[0] if one.isdigit()]
        check = 11 - sum(digit * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
        if check % 11 == digits[9]:
            return "an NHS number"
    days: list[tuple[str, str, str]] = [
        *((year, month, day) for day, month, year in _YEAR_LAST.findall(words)),
        *_YEAR_FIRST.findall(words),
        *((run[:4], run[4:6], run[6:]) for run in _RUN.findall(words)),
        *((run[4:], run[2:4], run[:2]) for run in _RUN.findall(words)),
    ]
    if any(_is_day(*one) for one in days) or _NAMED_MONTH.search(words):
        return "a date of birth"
    return None


def _is_day(year: str, month: str, day: str) -> bool:
    """Whether it could be a day of somebody's life; a year of two digits could be any, and day and month may change places."""
    if len(year) == 4 and not 1900 <= int(year) <= 2099:
        return False
    for one, other in ((month, day), (day, month)):
        try:
            date(int(year) if len(year) == 4 else 2000, int(one), int(other))
        except ValueError:
            continue
        return True
    return False


def fields(reply: Reply, case: str) -> Iterator[tuple[str, str]]:
    """The record, field by field; a field that only a person can fill is blank."""
    answer, names = reply.answer, reply.names
    put, now, book = answer.question, answer.circumstances, reply.book
    flow = _flow(reply)
    going = [one.item for one in answer.items if one.item not in answer.withhold and answer.outcome != "do-not-share"]
    kept = [one for one in answer.items if one.item not in going]
    waiting = {"seek-advice": " (only after advice)", "ask-first": " (only if agreed)"}.get(answer.outcome, "")
    yield "Case reference", case
    yield "Date", book.on.isoformat()
    yield "Time", BLANK
    yield "Decision advised", f"{names.word('outcomes', answer.outcome)} ({answer.outcome})"
    yield "Decision taken, if another", BLANK
    yield "Held by", _party(names, put.sender or "")
    yield "Request", _word(names, "requests", now.request)
    yield "Requester and role, and how checked", BLANK
    yield "Recipient", _party(names, put.relation or put.recipient or "")
    yield "Name and post of who received it", BLANK
    yield "About", joined([_named(names.subject(one), one) for one in put.about])
    yield "Items shared", "; ".join(_named(names.item(one), one) for one in going) + waiting if going else "None"
    yield "Items withheld", "; ".join(f"{one.item}: {one.row.says}" for one in kept) or "None"
    yield "Purpose", _named(names.purpose(put.purpose or ""), put.purpose or "")
    yield "Why it is necessary", BLANK
    yield "Level of concern", f"{_word(names, 'concern-levels', now.concern)}; {names.word('beliefs', now.belief)}"
    yield "Lawful basis and condition", _basis(reply, flow) or BLANK
    yield "Duty or power in law", "; ".join(f"{p.title}{_trust(p.confidence)}" for p in answer.provisions) or BLANK
    yield "Agreement", "; ".join(f"{g.agreement}, {g.id} ({g.file}:{g.line})" for g in answer.flows) or "None covers it"
    route = joined([names.word("confidentiality-routes", one) for one in flow.confidentiality]) if flow else ""
    yield "Route through confidentiality", route or BLANK
    yield (
        "Consent",
        _word(names, "answers-to-consent", now.consent) + (". The person objects" if now.objection == "yes" else ""),
    )
    yield "If not asked, why", BLANK if now.consent in ("not-asked", "unsafe-to-ask") else "Does not apply"
    yield "Person or family informed", f"{told(answer)} {BLANK}".strip()
    yield "If not informed, why", BLANK
    yield "Risks of sharing", BLANK
    yield "Risks of not sharing", BLANK
    yield "Advice to be had from", "; ".join(answer.advice) or BLANK
    yield "Advice taken: from whom, and what they said", BLANK
    yield "Method", answer.duties.method or "Nothing is sent"
    yield "By when", answer.duties.deadline or BLANK
    yield "Decision-maker: name and post", BLANK
    yield "Reasons", " ".join(answer.because)
    yield "Sources", "; ".join(f"{s.title}{f', {s.section}' if s.section else ''}" for s in answer.sources)
    yield "Reasons of your own", BLANK


def markdown(reply: Reply, case: str, tool: str) -> str:
    """The record as Markdown."""
    rows = "\n".join(f"| {name} | {_cell(said)} |" for name, said in fields(reply, case))
    return f"# Decision record\n\n| Field | Record |\n|---|---|\n{rows}\n\n{_edition(reply, tool)}\n"


def text(reply: Reply, case: str, tool: str) -> str:
    """The record as plain text."""
    blocks = (f"{name}\n{_indented(said)}" for name, said in fields(reply, case))
    return "Decision record\n\n" + "\n".join(blocks) + f"\n\n{_edition(reply, tool)}\n"


def as_json(reply: Reply, case: str, tool: str) -> str:
    """The record as JSON: the same fields under the same names, null where a person has to fill one in."""
    held: dict[str, Any] = {name: None if said == BLANK else said for name, said in fields(reply, case)}
    return json.dumps({"record": held, "made_by": _edition(reply, tool)}, indent=2, ensure_ascii=False) + "\n"


def _edition(reply: Reply, tool: str) -> str:
    book = reply.book
    return (
        f"Made by sharecheck {tool} with the book of {book.version}. It advises; a person decides. Write no names here."
    )


def _flow(reply: Reply) -> Flow | None:
    for ground in reply.answer.flows:
        agreement = reply.names.agreement(ground.agreement)
        if agreement and ground.kind == "flows":
            return agreement.flows[ground.id]
    return None


def _basis(reply: Reply, flow: Flow | None) -> str:
    if flow is None:
        return ""
    names, sender = reply.names, reply.answer.question.sender or ""
    agencies = [policy.places[sender][1] for policy in names.policies if sender in policy.places]
    basis = flow.basis(agencies[0] if agencies else "", "sender")
    return "; ".join(_grounds(basis, names)) if basis else ""


def _grounds(basis: Basis, names: Names) -> Iterator[str]:
    parts: Mapping[str, tuple[str, Iterable[str]]] = {
        "article-6": ("Article", basis.article_6), "article-9": ("Article", basis.article_9),
        "schedule-1": ("Schedule 1, paragraph", basis.conditions),
    }  # fmt: skip
    for vocabulary, (kind, cited) in parts.items():
        yield from (f"{kind} {one} ({lowered(names.word(vocabulary, one))})" for one in cited)


def _trust(confidence: str) -> str:
    return f" ({confidence})" if confidence in ("reported", "second-hand", "unverified") else ""


def _party(names: Names, name: str) -> str:
    body = names.body(name)
    return _named(names.party(name), name) + (f", {body}" if body else "")


def _named(title: str, name: str) -> str:
    return title if title == name else f"{title} ({name})"


def _word(names: Names, vocabulary: str, word: str) -> str:
    said = names.word(vocabulary, word)
    return said[:1].upper() + said[1:]


def _indented(words: str) -> str:
    return "\n".join(wrapped(words, "  ", width=NARROW))


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")
