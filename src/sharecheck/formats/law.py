"""The book of law for people: a list of what it holds, and each entry with what is known of it and how well."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sharecheck.agreement import listed
from sharecheck.knowledge import Book, Named, Provision, joined
from sharecheck.rules import Rule
from sharecheck.wrapping import wrapped

_READ = {
    "full": "read", "part": "read in part", "second-hand": "known through another's account",
    "unverified": "not read",
}  # fmt: skip

_TRUST = {
    "reported": "Reported: its start, or part of what it says, rests on somebody else's account. Check it before you rely on it.",
    "second-hand": "Second-hand: known only through what others say of it. Read it before you rely on it.",
    "unverified": "Not verified: written from general knowledge, and nobody has read it for this project. Do not rely on it.",
}

_MARKS = {"reported": "reported", "second-hand": "second-hand", "unverified": "NOT VERIFIED"}

_KINDS = {
    "duty": "duty, as far as its words reach", "power": "power: may share",
    "support": "function that supports sharing; no express power to disclose",
    "approval": "approval that lets confidentiality be set aside", "bar": "bar: what it protects stays protected",
    "guidance": "guidance: no power to share", "rule": "rule on handling information; lets nobody disclose",
    "repealed": "law that is repealed", "foreign": "law of elsewhere", "never": "does not exist", "not-law": "not law",
    "no-power": "law, but no power to share", "replaced": "guidance that has been replaced", "abolished": "body that is no more",
    "renamed": "body that has another name now", "standing": "body of today",
}  # fmt: skip

_HEADINGS = {"law": "Whole Acts, practice and mistakes", "guidance": "Guidance, by edition", "body": "Bodies"}


@dataclass(frozen=True, slots=True)
class Card:
    """One entry of the book as it is shown: `warning` says first how far it can be trusted; `facts` are label and words."""

    id: str
    family: str
    title: str
    kind: str
    confidence: str
    warning: str
    says: str
    facts: tuple[tuple[str, str], ...]
    sources: tuple[Mapping[str, Any], ...]
    rules: tuple[str, ...]
    names: tuple[str, ...]


def cards(book: Book, rules: Iterable[Rule]) -> tuple[Card, ...]:
    """Every entry of the book, provisions first, by family."""
    citing: dict[str, list[str]] = {}
    for rule in rules:
        for source in rule.cites:
            citing.setdefault(source, []).append(rule.id)
    held = [_provision(p, book, citing) for p in book.provisions.values()]
    return (*held, *(_named(e, book, citing) for e in book.names.entries.values()))


def find(term: str, book: Book, every: Sequence[Card]) -> tuple[Card, ...]:
    """The cards that an id, a citation in words, a body's name or a word finds; empty where there is none."""
    by_id = {card.id: card for card in every}
    if term in by_id:
        return tuple(card for card in every if card.id == term)
    body = book.names.body(term)
    exact = [p.id for p in book.cited(term)] or ([body.id] if body else [])
    if exact:
        return tuple(by_id[one] for one in exact)
    words = term.lower().split()
    named = [entry.id for entry in book.named(term)]
    held = [card.id for card in every if words and all(_stands(word, _read_in(card, bool(named))) for word in words)]
    if not named and not held and (wider := _wider(term)) != term:
        return find(wider, book, every)
    return tuple(by_id[one] for one in dict.fromkeys([*named, *held]))


def _wider(term: str) -> str:
    """A citation without its paragraphs in brackets, where the book has the whole of what they are in."""
    wider = re.sub(r"\s*\([0-9A-Za-z]{1,4}\)", "", term)
    return wider if re.search(r"[A-Za-z]{2}", wider) else term


def _stands(word: str, text: str) -> bool:
    """Whether a word is in a text; a number only by itself, since 6 is not in 26."""
    return bool(re.search(rf"(?<!\d){re.escape(word)}(?!\d)", text)) if word[0].isdigit() else word in text


def _read_in(card: Card, title_only: bool) -> str:
    """The words of a card in which a word is looked for."""
    words = (card.title,) if title_only else (card.id, card.title, card.says, *card.names)
    return " ".join(words).lower()


def listing(book: Book, every: Sequence[Card]) -> str:
    """Every entry in one line, by family."""
    lines: list[str] = []
    width = max(len(card.id) for card in every)
    for family in dict.fromkeys(card.family for card in every):
        lines += [family, ""]
        for card in every:
            if card.family == family:
                facts = dict(card.facts)
                told = [_MARKS.get(card.confidence, ""), re.split("[:;,]", card.kind)[0]]
                told += [facts[key] for key in ("Where", "Dates") if key in facts]
                lines.append(f"  {card.id:<{width}}  {'; '.join(filter(None, told))}")
                lines.append(f"  {'':<{width}}  {card.title}")
        lines.append("")
    lines += ["What it does not hold", ""]
    lines += [_wrap(f"{t.label}: {t.facts['note']}") for t in book.terms("jurisdictions").values() if "note" in t.facts]
    return "\n".join(lines) + f"\n\n{_edition(book)}\n"


def text(book: Book, shown: Sequence[Card]) -> str:
    """Each card in full, for a terminal."""
    blocks = []
    for card in shown:
        lines = [f"{card.title}  ({card.id})"]
        if card.warning:
            lines.append(_wrap(card.warning))
        lines += [_wrap(card.says), ""]
        lines += [_wrap(f"{label}: {words}") for label, words in _all(card)]
        lines.append("  Sources:")
        lines += [_wrap(_source(source), "    ") for source in card.sources]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + f"\n\n{_edition(book)}\n"


def markdown(book: Book, every: Sequence[Card]) -> str:
    """The whole book as a page."""
    lines = [
        "# The book of law", "",
        "Generated from `src/sharecheck/knowledge` by `python scripts/docs.py`; `sharecheck law TERM` prints one entry.", "",
        "It holds what the rules rest on and no more. It is not legal advice, and what it leaves out is not known to be excluded:",
        "a list of bodies or purposes that is not given is a list that was not read. Each entry says how far to trust it. Nothing",
        "marked reported, second-hand or not verified is ever the ground of an error by itself.", "",
        "## What it does not hold", "",
        *(f"- **{t.label}.** {t.facts['note']}" for t in book.terms("jurisdictions").values() if "note" in t.facts), "",
        "Where a provision gives no place, the book does not know it to be limited to one, which does not mean that it holds",
        "everywhere. For Wales, Scotland and Northern Ireland ask somebody who knows the law there.", "",
    ]  # fmt: skip
    for family in dict.fromkeys(card.family for card in every):
        lines += [f"## {family}", ""]
        for card in (card for card in every if card.family == family):
            lines += [f"### {card.title}", "", f"`{card.id}`", ""]
            lines += [f"**{card.warning}**", ""] if card.warning else []
            lines += [card.says, "", *(f"- {label}: {words}" for label, words in _all(card)), "- Sources:"]
            lines += [f"  - {_source(source)}" for source in card.sources]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def value(book: Book, shown: Sequence[Card]) -> dict[str, Any]:
    """Cards as plain values for other programs."""
    return {
        "knowledge": {"version": book.version},
        "on": book.on.isoformat(),
        "entries": [
            {
                "id": card.id, "family": card.family, "title": card.title, "kind": card.kind, "confidence": card.confidence,
                "warning": card.warning or None, "says": card.says, "facts": {label.lower(): words for label, words in card.facts},
                "rules": list(card.rules), "sources": [dict(source) for source in card.sources],
            }
            for card in shown
        ],
    }  # fmt: skip


def _provision(provision: Provision, book: Book, citing: Mapping[str, list[str]]) -> Card:
    facts = provision.facts
    told = [
        ("Kind", _KINDS[provision.kind]),
        ("From", _terms(facts.get("senders"), "agency-types", book)),
        ("To", _terms(facts.get("recipients"), "agency-types", book)),
        ("Purposes", _terms(facts.get("purposes"), "purposes", book)),
        ("Does not reach information from", _terms(facts.get("excludes"), "agency-types", book)),
        ("Only this information", _terms(facts.get("data_only"), "data-categories", book)),
        ("Not this information", _terms(facts.get("data_excludes"), "data-categories", book)),
        ("On request", "only in answer to a request" if facts.get("on_request") else ""),
        ("Condition", str(facts.get("condition_text", ""))),
        ("Limits", " ".join(facts.get("limits", ()))),
        ("Personal", "the duty lies on the individual practitioner" if facts.get("personal") else ""),
        ("Where", _where(provision.jurisdiction, book)),
        ("Dates", _dates(provision)),
        (f"Law on {book.on}", _in_force(provision, book)),
        ("In its place", book.titles(listed(facts.get("successor")))),
        ("Kept for", str(facts.get("reserve", ""))),
    ]
    if provision.kind in ("duty", "power"):
        unknown = "the book does not know the list"
        told = [(k, v or unknown if k in ("From", "To") else v) for k, v in told]
    family = "Provisions: " + str(facts["family"]).replace("-", " ")
    return _card(provision, family, _KINDS[provision.kind], provision.says, told, book, citing, provision.cites)


def _named(entry: Named, book: Book, citing: Mapping[str, list[str]]) -> Card:
    day = "no" if entry.gone(book.on) else "yes"
    told = [
        ("Kind", _KINDS[entry.standing]),
        ("Where", _where(entry.jurisdiction, book)),
        ("Dates", _span(entry)),
        (f"There on {book.on}", day if entry.standing not in ("not-law", "no-power", "never") else ""),
        ("In its place", book.titles(entry.successors)),
    ]
    return _card(entry, _HEADINGS[entry.kind], _KINDS[entry.standing], entry.says, told, book, citing, entry.names)


def _card(
    part: Provision | Named, family: str, kind: str, says: str, told: Sequence[tuple[str, str]], book: Book,
    citing: Mapping[str, list[str]], names: tuple[str, ...],
) -> Card:  # fmt: skip
    sources = tuple(
        {"id": s, "title": book.sources[s].title, "section": book.sources[s].section or None, "url": book.sources[s].url,
         "says": book.sources[s].says, "read": book.sources[s].read}
        for s in part.sources
    )  # fmt: skip
    rules = tuple(dict.fromkeys(rule for source in part.sources for rule in citing.get(source, ())))
    facts = tuple((label, words) for label, words in told if words)
    warning = _TRUST.get(part.confidence, "")
    return Card(part.id, family, part.title, kind, part.confidence, warning, says, facts, sources, rules, names)


def _all(card: Card) -> Iterator[tuple[str, str]]:
    yield from card.facts
    if card.rules:
        yield "Rules with the same sources", ", ".join(card.rules)


def _terms(written: Any, vocabulary: str, book: Book) -> str:
    if written == "anyone":
        return "anyone"
    return "; ".join(book.term(vocabulary, one).label for one in listed(written))


def _where(places: tuple[str, ...], book: Book) -> str:
    return joined([book.term("jurisdictions", place).label for place in places])


def _dates(provision: Provision) -> str:
    from_ = f"from {provision.starts}" if provision.starts else ""
    until = f"until {provision.ends}" if provision.ends else ""
    if provision.facts.get("in_force") is False:
        until = "ended, on a day not known" if "successor" in provision.facts else "not begun when the book was written"
    return " ".join(filter(None, (from_, until)))


def _span(entry: Named) -> str:
    gone = f"gone by {entry.gone_by}" if entry.gone_by else ""
    parts = (f"from {entry.starts}" if entry.starts else "", f"until {entry.ends}" if entry.ends else "", gone)
    return " ".join(filter(None, parts))


def _in_force(provision: Provision, book: Book) -> str:
    if provision.confidence == "unverified":
        return "not verified"
    held = "yes" if provision.in_force(book.on) else "no"
    return held if provision.confidence == "enacted" else f"{held}, as far as others' accounts go"


def _source(source: Mapping[str, Any]) -> str:
    section = f", {source['section']}" if source["section"] else ""
    url = f" {source['url']}" if source["url"] else ""
    return f"{source['title']}{section} [{_READ[source['read']]}]{url}"


def _edition(book: Book) -> str:
    return f"Read on {book.on} with the book of {book.version}. This is not legal advice."


def _wrap(words: str, indent: str = "  ") -> str:
    return "\n".join(wrapped(words, indent, indent + "  " * (indent != "  ")))
