"""An answer as an argument to act on, for a person at a terminal, and as JSON, a contract kept in `output-ask.schema.json`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sharecheck.knowledge import Provision, Source, joined
from sharecheck.policy.answer import Answer, Ground
from sharecheck.policy.names import Names, definite, lowered, quoted
from sharecheck.policy.reply import Reply, told
from sharecheck.wrapping import NARROW, wrapped

SCHEMA_VERSION = 1


_READ = {
    "reported": "reported: its start, or part of what it says, rests on somebody else's account, so check it",
    "second-hand": "second-hand: known only through what others say of it, so read it before you rely on it",
    "unverified": "not verified: nobody has read it for this project, so do not rely on it",
}
_SOURCES_READ = {"part": "read in part", "second-hand": "second-hand", "unverified": "not read"}

_HEADLINES = {
    "must-share": "Yes: share {items} with {whom}. {duty}",
    "share": "Yes: you may share {items} with {whom}.",
    "ask-first": "Ask first: share {items} with {whom} only if {who} agrees.",
    "seek-advice": "Not yet: take advice before you share {items} with {whom}.",
    "do-not-share": "No: do not share {items} with {whom}.",
}

_ASSUMED = {
    "concern": ("concern", "concern-levels"), "consent": ("", "answers-to-consent"),
    "danger": ("danger to", "dangers"), "belief": ("belief", "beliefs"), "decides": ("of the person", "abilities"),
}  # fmt: skip
_FOLLOWS = {"danger": "to_protect", "decides": "age"}
"""What a fact follows from, so that it was not merely taken as so."""

WORDS = {
    "read": _READ,
    "sources_read": _SOURCES_READ,
    "headlines": _HEADLINES,
    "assumed": _ASSUMED,
    "follows": _FOLLOWS,
}
"""The fixed parts of what is said, for those who say it elsewhere."""


def text(reply: Reply, tool: str) -> str:
    """The answer as an argument: outcome, what to keep back, what to do, why, on what authority, and what would change it."""
    blocks = [f"{_wrap(headline(reply), '', '')}\n{_wrap(asked_by(reply.answer, reply.names), '', '')}"]
    for title, lines in sections(reply):
        blocks.append("\n".join((title, *(_wrap(line, "  - ", "    ") for line in lines))))
    book = reply.book
    blocks.append(
        _wrap(f"Read on {book.on} with the book of {book.version}, by sharecheck {tool}. Not legal advice.", "", "")
    )
    return "\n\n".join(blocks) + "\n"


def sections(reply: Reply) -> list[tuple[str, list[str]]]:
    """The parts of the argument that have something to say, each with its title and its lines."""
    answer, names = reply.answer, reply.names
    parts: list[tuple[str, Iterable[str]]] = [
        ("Keep back", _kept(answer)),
        ("Do now", _now(answer, names)),
        ("Then", (*answer.then, *_tell(answer))),
        ("Because", answer.because),
        ("On what authority", _authority(answer, names)),
        ("Record", (answer.duties.record,)),
        ("Whom to ask", answer.advice),
        ("What would change it", _changes(answer, names)),
        ("Where authorities disagree", answer.disagreement),
        ("Mind", (*reply.notes, *_assumed(answer, names))),
    ]
    said = ((title, [line for line in lines if line]) for title, lines in parts)
    return [(title, lines) for title, lines in said if lines]


def headline(reply: Reply) -> str:
    """The outcome in one plain sentence that names what and whom."""
    answer, names = reply.answer, reply.names
    put = answer.question
    going = [one.item for one in answer.items if one.item not in answer.withhold]
    whom = definite(names.party(put.relation or put.recipient or ""))
    said = _HEADLINES[answer.outcome].format(
        items=joined(quoted(going)), whom=whom, who=decider(answer), duty=_duty(answer.provisions)
    )
    kept = f" Keep back {joined(quoted(answer.withhold))}." if answer.withhold else ""
    return said + kept


def _duty(provisions: Sequence[Provision]) -> str:
    """That it is a duty; said with care where nothing that was read in the law itself makes it one."""
    by_report = provisions and all(one.confidence in _READ for one in provisions)
    return "It is a duty, by a law that others report." if by_report else "It is a duty."


def decider(answer: Answer) -> str:
    """Whose agreement counts."""
    now = answer.circumstances
    if now.decides == "yes":
        return "the young person" if now.person == "child" else "the person"
    return "somebody with parental responsibility" if now.person == "child" else "whoever may decide for them"


def value(reply: Reply, tool: str) -> dict[str, Any]:
    """The answer as plain values in the order of the contract."""
    answer, book = reply.answer, reply.book
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "sharecheck", "version": tool},
        "knowledge": {"version": book.version},
        "on": book.on.isoformat(),
        "question": dict(reply.asked),
        "outcome": answer.outcome,
        "items": [{"item": one.item, "outcome": one.outcome, "row": one.row.id} for one in answer.items],
        "withhold": list(answer.withhold),
        "first": list(answer.first),
        "then": list(answer.then),
        "instead": answer.instead,
        "row": answer.row.id,
        "because": list(answer.because),
        "disagreement": list(answer.disagreement),
        "provisions": [{"id": p.id, "title": p.title, "confidence": p.confidence} for p in answer.provisions],
        "flows": [_ground(ground) for ground in answer.flows],
        "duties": [{"duty": name, "text": said} for name, said in answer.duties],
        "advice": list(answer.advice),
        "would_change": [{"change": one.change, "outcome": one.outcome} for one in answer.would_change],
        "circumstances": {name: getattr(answer.circumstances, name) for name in answer.circumstances.__slots__},
        "sources": [{"title": s.title, "section": s.section, "url": s.url, "read": s.read} for s in answer.sources],
        "notes": list(reply.notes),
    }


def _ground(ground: Ground) -> dict[str, Any]:
    return {
        "agreement": ground.agreement, "kind": ground.kind, "id": ground.id, "file": ground.file, "line": ground.line,
        "column": ground.column,
    }  # fmt: skip


def asked_by(answer: Answer, names: Names) -> str:
    """Who asks about whom and for what, in one sentence."""
    put, now = answer.question, answer.circumstances
    who = definite(names.party(put.sender or ""))
    age = f", aged {put.age}" if put.age is not None else ""
    said = [f"concern: {lowered(names.word('concern-levels', now.concern))}"] if put.concern else []
    said += [names.word("answers-to-consent", now.consent)] if put.consent else []
    told = f" ({'; '.join(said)})" if said else ""
    return f"Asked by {who}, about {joined(quoted(put.about))}{age}, for `{put.purpose}`{told}."


def _kept(answer: Answer) -> Iterator[str]:
    for one in answer.items:
        if one.item in answer.withhold:
            yield f"`{one.item}`: {one.row.says}"


def _authority(answer: Answer, names: Names) -> Iterator[str]:
    yield from (provision(one) for one in answer.provisions)
    for ground in answer.flows:
        agreement = names.agreement(ground.agreement)
        title = f"{agreement.title}: " if agreement else ""
        kind = "flow" if ground.kind == "flows" else "never shared:"
        yield f"{title}{kind} `{ground.id}` ({ground.file}:{ground.line})"
    yield from map(source, answer.sources)


def provision(one: Provision) -> str:
    """A provision as people are told of it, with how far it was read."""
    return f"{one.title} ({_READ[one.confidence]})" if one.confidence in _READ else one.title


def source(one: Source) -> str:
    """A source as people are told of it, with how far it was read."""
    where = f"{one.title}, {one.section}" if one.section else one.title
    return f"{where} ({_SOURCES_READ[one.read]})" if one.read in _SOURCES_READ else where


def _now(answer: Answer, names: Names) -> Iterator[str]:
    duties = answer.duties
    if answer.instead:
        yield f"Tell {_somebody(answer.instead, names)} instead."
    yield from answer.first
    yield " ".join(filter(None, (duties.deadline, duties.method)))
    put = answer.question
    if duties.method and put.recipient and not put.relation and (contact := names.contact(put.recipient)):
        yield f"Reach {definite(names.party(put.recipient))} by: {contact}."


def _tell(answer: Answer) -> Iterator[str]:
    yield told(answer)
    yield answer.duties.feedback


def _somebody(name: str, names: Names) -> str:
    known = names.party(name)
    return f"{definite(known)} (`{name}`)" if known != name else name


def _changes(answer: Answer, names: Names) -> Iterator[str]:
    """What leads to the same answer stands in one line."""
    by_outcome: dict[str, list[str]] = {}
    for one in answer.would_change:
        by_outcome.setdefault(one.outcome, []).append(one.change.removeprefix("if "))
    for outcome, changes in by_outcome.items():
        yield f"{names.word('outcomes', outcome)}: if {', or '.join(changes)}."


def _assumed(answer: Answer, names: Names) -> Iterator[str]:
    put, now = answer.question, answer.circumstances
    said = [
        f"{label}: {lowered(names.word(vocabulary, getattr(now, name)))}".removeprefix(": ")
        for name, (label, vocabulary) in _ASSUMED.items()
        if getattr(put, name) is None and getattr(put, _FOLLOWS.get(name, name)) is None
    ]
    if said:
        yield f"You did not say, so this was taken as so: {'; '.join(said)}."


def _wrap(words: str, first: str, rest: str) -> str:
    return "\n".join(wrapped(words, first, rest, NARROW))


def joined_texts(texts: Sequence[str]) -> str:
    """Several answers, each under its number."""
    return "\n".join(f"{f'Question {i}':-<{NARROW}}\n\n{one}" for i, one in enumerate(texts, 1))
