"""A policy as plain values for another program to answer from: what the book says on a day, and what one agreement adds.

`book` is shared by all agreements of a day; `agreement` is one of them. Sets of clauses, provisions, flows and prohibitions
are numbers in hexadecimal, bit `i` standing for the `i`th of the list. Whatever depends on one part alone is worked out
here, so that the reader selects and combines and knows no law.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from operator import methodcaller
from typing import Any

from sharecheck.knowledge import Book, Provision, Term
from sharecheck.policy import answer, compiled, duties, reply
from sharecheck.policy.compiled import Box, Policy, What
from sharecheck.policy.law import Kind, Law, law
from sharecheck.policy.names import Names
from sharecheck.policy.table import VOCABULARIES, Aside, Clause, Table, table

FORMAT = 1
"""The version of what is exported; a reader refuses any other."""

Raw = dict[str, Any]


# the book


def book(book: Book) -> Raw:
    """The table, the law of every place and the words of a day."""
    numbers = _numbers(book)
    known = table(book)
    child = int(book.term("subject-types", "child").facts["under"])
    labelled = {name: vocabulary for name, vocabulary in VOCABULARIES.items() if name != "concern"}
    return {
        "format": FORMAT,
        "stamp": stamp(book),
        "on": book.on.isoformat(),
        "knowledge": book.version,
        "until": _until(d for p in book.provisions.values() for d in (p.starts, p.ends and _after(p.ends)) if d and d > book.on),
        "adult": child,
        "places": {
            word: _lean({
                "label": term.label, "law": hexed(numbers.of_place(word)), "flags": sorted(law(book, word).flags(0)),
                "decides": int(term.facts.get("presumed_from") or term.facts.get("decides_from") or child),
            })
            for word, term in book.terms("jurisdictions").items()
        },
        "ages": sorted({0, child, *(
            int(age) for term in book.terms("jurisdictions").values() for key in ("presumed_from", "decides_from")
            if (age := term.facts.get(key))
        )}),
        "provisions": [_provision(book.provisions[name]) for name in numbers.ids],
        "personal": hexed(numbers.personal),
        "says": {flag: hexed(bits) for flag, bits in numbers.says.items()},
        "agencies": {word: _agency(term, numbers) for word, term in book.terms("agency-types").items()},
        "anybody": [hexed(bits) for bits in numbers.reach(())],
        "confidential_sectors": [word for word, term in book.terms("sectors").items() if term.is_("confidential")],
        "roles": {word: _role(term) for word, term in book.terms("role-types").items()},
        "relations": {
            word: {"label": term.label, "as": law(book, "england").recipient(Kind((), person=word))}
            for word, term in book.terms("relations").items()
        },
        "data": {word: {"label": term.label, **numbers.item((word,))} for word, term in book.terms("data-categories").items()},
        "about": {
            word: _lean({
                "label": term.label, "law": hexed(numbers.all(methodcaller("about", word))),
                "is": [fact for fact in _PEOPLE if term.is_(fact)],
            })
            for word, term in book.terms("subject-types").items()
        },
        "purposes": {word: _purpose(word, term, numbers) for word, term in book.terms("purposes").items()},
        "concern": {
            word: _lean({
                "label": term.label, "rank": term.facts["rank"], "of_children": term.is_("of_children"),
                "at_once": term.is_("at_once"), "due": duties.due(None, term, book),
            })
            for word, term in book.terms("concern-levels").items()
        },
        "words": {
            name: {word: term.label for word, term in book.terms(vocabulary).items()} for name, vocabulary in labelled.items()
        },
        "outcomes": {
            word: {"label": term.label, "rank": int(term.facts["rank"])} for word, term in book.terms("outcomes").items()
        },
        "table": _table(known),
        "changes": [{"if": change["if"], "says": change["says"]} for change in book.decision["changes"]],
        "duties": {
            "record": book.decision["duties"]["record"], "inform": book.decision["duties"]["inform"],
            "now": book.decision["duties"]["method"]["now"], "sent": duties.sent(None, Term("", "", {}), book),
            "heard": duties.heard(None, book),
        },
        "without_duty": book.decision["without_duty"],
        "instead": book.decision["instead"],
        "sources": {
            name: _lean({"title": s.title, "section": s.section, "url": s.url, "read": s.read})
            for name, s in book.sources.items() if name in {one for row in known.rows for one in row.source}
        },
        "notes": reply.NOTES,
    }  # fmt: skip


_PEOPLE = ("child", "adult", "kin", "endangered", "feared", "holds_responsibility")
"""What a question asks of the word for a person."""


def stamp(book: Book) -> str:
    """What every part of one export has in common, so that a reader can refuse to mix two."""
    return f"{FORMAT}/{book.version}/{book.on.isoformat()}"


class _Numbers:
    """The provisions in force in any place, numbered once for all places."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.laws = {place: law(book, place) for place in book.terms("jurisdictions")}
        held = {p.id for one in self.laws.values() for p in one.provisions}
        self.ids = [name for name in book.provisions if name in held]
        self._bits = {name: 1 << i for i, name in enumerate(self.ids)}
        flags = {
            flag for one in self.laws.values() for flag in one.flags((1 << len(one.provisions)) - 1) - one.flags(0)
        }
        self.says = {flag: self.all(methodcaller("saying", (flag,))) for flag in sorted(flags)}
        roles = book.terms("role-types")
        bound = next((word for word, term in roles.items() if _bound(term)), "")
        self._bound = bound
        kinds = [(), *((word,) for word in book.terms("agency-types"))]
        self.personal = 0
        for kind in kinds:
            self.personal |= self.all(methodcaller("sends", Kind(kind, bound))) & ~self.all(
                methodcaller("sends", Kind(kind))
            )

    def all(self, ask: Callable[[Law], int]) -> int:
        """The provisions that the law of any place gives."""
        found = 0
        for one in self.laws.values():
            for provision in one.of(ask(one)):
                found |= self._bits[provision.id]
        return found

    def of_place(self, place: str) -> int:
        """The provisions in force in one place."""
        return sum(self._bits[p.id] for p in self.laws[place].provisions)

    def reach(self, agencies: tuple[str, ...]) -> list[int]:
        """What lets agencies of some kinds disclose, and be told; each also where a flow names the provision itself."""
        kind = Kind(agencies, self._bound)
        return [
            self.all(lambda one: one.sends(kind)), self.all(lambda one: one.sends(kind, named=True)),
            self.all(lambda one: one.receives(Kind(agencies))), self.all(lambda one: one.receives(Kind(agencies), named=True)),
        ]  # fmt: skip

    def item(self, categories: tuple[str, ...]) -> Raw:
        """What the table asks of an item that nobody holds in confidence, and of it in the places where that differs."""
        by_place = {
            place: sorted(one.item(categories, confidential=False)) for place, one in self.laws.items()
        }  # fmt: skip
        usual = next(iter(by_place.values()))
        return _lean({
            "flags": usual, "in": {place: flags for place, flags in by_place.items() if flags != usual},
            "law": hexed(self.all(lambda one: one.carries(categories))),
        })  # fmt: skip


def _numbers(book: Book) -> _Numbers:
    made: _Numbers = book.derived("provisions of every place", lambda: _Numbers(book))
    return made


def _bound(role: Term) -> bool:
    return role.is_("regulated") or role.is_("teaches")


def _agency(term: Term, numbers: _Numbers) -> Raw:
    able = {place: one.able(Kind((term.id,))) for place, one in numbers.laws.items()}
    usual = sorted(frozenset.intersection(*able.values()))
    treated = numbers.laws["england"].recipient(Kind((term.id,)))
    return _lean({
        "label": term.label, "sector": str(term.facts.get("sector", "")), "as": treated if treated != "agency" else "",
        "able": usual, "in": {place: more for place, flags in able.items() if (more := sorted(flags - {*usual}))},
        "law": [hexed(bits) for bits in numbers.reach((term.id,))],
    })  # fmt: skip


def _role(term: Term) -> Raw:
    return _lean({
        "label": term.label, "at": str(term.facts.get("usually_at", "")), "sector": str(term.facts.get("sector", "")),
        "is": [name for name, holds in (
            ("bound", _bound(term)), ("idle", term.is_("no_casework")), ("cares", term.is_("clinical")),
            ("confidential", term.is_("confidential")),
        ) if holds],
    })  # fmt: skip


def _purpose(word: str, term: Term, numbers: _Numbers) -> Raw:
    one = numbers.laws["england"]
    return _lean({
        "label": term.label, "flags": sorted(one.purpose(word, Kind(()))), "functions": list(term.facts.get("functions_of") or ()),
        "danger": str(term.facts.get("danger", "")), "law": hexed(numbers.all(lambda one: one.serves(word))),
        "named": hexed(numbers.all(lambda one: one.serves(word, named=True))),
    })  # fmt: skip


def _provision(one: Provision) -> Raw:
    return _lean({
        "id": one.id, "title": one.title, "confidence": one.confidence, "condition": list(answer.condition(one)),
        "unsure": list(one.facts.get("unsure", ())), "limits": list(answer.limits(one)) if "unsure" in one.facts else [],
    })  # fmt: skip


def _table(known: Table) -> Raw:
    return {
        "everything": hexed(known.everything),
        "rows": [
            _lean({
                "id": row.id, "outcome": row.outcome, "says": row.says, "source": list(row.source), "first": list(row.first),
                "then": list(row.then), "inform": row.inform, "instead": row.instead,
            })
            for row in known.rows
        ],
        "clauses": [clause.row for clause in known.clauses],
        "asking": {
            str(i): sorted({value for name, values in clause.flags if name == "law" for value in values})
            for i, clause in enumerate(known.clauses) if any(name == "law" for name, _ in clause.flags)
        },
        "masks": {name: {word: hexed(mask) for word, mask in masks.items()} for name, masks in known.masks.items()},
        "columns": {
            name: [[hexed(free), {value: hexed(mask) for value, mask in met.items() if mask}] for free, met in column]
            for name, column in known.columns.items()
        },
        "free": hexed(known.free),
        "agreeing": {flag: hexed(mask) for flag, mask in known.agreeing.items()},
        "steps": [_aside(one) for one in known.steps],
        "disagreements": [_aside(one) for one in known.disagreements],
    }  # fmt: skip


def _aside(one: Aside) -> Raw:
    def clause(part: Clause) -> Raw:
        return {
            "flags": [[name, sorted(values)] for name, values in part.flags],
            "circumstances": {name: sorted(words) for name, words in sorted(part.circumstances.items())},
        }

    return {"says": one.says, "outcomes": list(one.outcomes), "clauses": [clause(part) for part in one.clauses]}


# an agreement


def agreement(policy: Policy, *, public: bool = False) -> Raw:
    """What one agreement adds; `public` leaves out whom to speak to and how things are sent, and says what follows without."""
    own, book = policy.agreement, policy.book
    assert own is not None
    numbers, names = _numbers(book), Names([policy], book)
    terms = _Terms(policy.table, (*policy.flow_terms, *policy.bar_terms))
    by_place = {place: compiled.compile(own, book, place) for place in numbers.laws}

    def named(flow: int) -> str:
        return hexed(numbers.all(lambda one: by_place[one.jurisdiction].named(1 << flow)))

    kinds = {who.kind.agencies for who in policy.parties.values()}
    stranger = policy.stranger("", "")
    spare = {side: policy.word(side, "") for side in ("data", "about", "purposes")}
    roles = {role: names.party(role) for role in own.roles if role not in policy.places}

    def contact(name: str) -> str:
        return "" if public else names.contact(name)

    found: Raw = {
        "format": FORMAT,
        "stamp": stamp(book),
        "id": own.id,
        "title": own.title,
        "file": own.document.name,
        "until": _until(d for d in (own.starts, own.ends and _after(own.ends)) if d and d > book.on),
        "place": policy.jurisdiction,
        "in_use": policy.in_use,
        "mind": list(reply.standing(policy)),
        "agencies": {
            name: _lean({"name": body.name, "advice": [] if public else list(answer.advisers(body, book))})
            for name, body in own.agencies.items()
        },
        "kinds": {
            "+".join(kind): [hexed(bits) for bits in numbers.reach(kind)] for kind in sorted(kinds) if len(kind) > 1
        },
        "parties": {
            name: _lean({
                "title": names.party(name), "agency": policy.places[name][1], "at": bool(names.body(name)),
                "kinds": list(who.kind.agencies), "role": who.kind.role, "cares": who.kind.direct_care,
                "confidential": who.kind.confidential, "functions": list(who.kind.functions), "body": who.body,
                "numbers": _hexed(who.sends, who.receives, who.barred_from, who.barred_to), "contact": contact(name),
            })
            for name, who in policy.parties.items()
        },
        "titles": roles,
        "stranger": _hexed(stranger.barred_from, stranger.barred_to),
        "data": {
            name: _lean({
                **_part(what, names.item(name)), "confidential": what.confidential,
                **(numbers.item(what.words) if len(what.words) != 1 else {}),
            })
            for name, what in policy.items.items()
        },
        "about": {name: _lean(_part(what, names.subject(name))) for name, what in policy.subjects.items()},
        "purposes": {name: _lean(_part(what, names.purpose(name))) for name, what in policy.purposes.items()},
        "words": {side: _hexed(what.flows, what.bars) for side, what in spare.items()},
        "boxes": {
            "flows": [
                [box.part, hexed(terms.local(bits)), named(i)]
                for i, (box, bits) in enumerate(zip(policy.flow_boxes, policy.flow_terms, strict=True))
            ],
            "never": [
                [box.part, hexed(terms.local(bits))] for box, bits in zip(policy.bar_boxes, policy.bar_terms, strict=True)
            ],
        },
        "terms": [
            [one.flag, *([word for word in policy.table.words[name] if word in words] for name, words in (
                ("concern", one.concern), ("consent", one.consent), ("objection", one.objection)))]
            for one in terms.terms
        ],
        "flows": {name: _flow(policy, name, public=public) for name in _said(policy.flow_boxes)},
        "never": {name: _place(policy, "never", name) for name in _said(policy.bar_boxes)},
    }  # fmt: skip
    return {key: [list(pair) for pair in value.items()] if key in _BY_NAME else value for key, value in found.items()}


_BY_NAME = ("agencies", "parties", "titles", "data", "about", "purposes", "flows", "never")
"""What is kept under an agreement's own ids: pairs, so that order and any id survive in every language."""


class _Terms:
    """What the partners agreed, numbered for one agreement in an order that only the agreement settles."""

    def __init__(self, known: Table, used: Iterable[int]) -> None:
        self._numbers: dict[int, int] = {}
        self.terms = []
        for bit in itertools.chain.from_iterable(compiled.bits_of(bits) for bits in used):
            self._numbers.setdefault(bit, len(self._numbers))
        for bit in self._numbers:
            self.terms += known.terms_of(1 << bit)

    def local(self, bits: int) -> int:
        """Terms of the table as terms of the agreement."""
        return sum(1 << self._numbers[bit] for bit in compiled.bits_of(bits))


def _part(what: What, title: str) -> Raw:
    return {"title": title, "words": list(what.words), "numbers": _hexed(what.flows, what.bars)}


def _said(boxes: Iterable[Box]) -> list[str]:
    return list(dict.fromkeys(box.part for box in boxes))


def _flow(policy: Policy, name: str, *, public: bool) -> Raw:
    """What follows from a flow, in sentences; only where it differs from what follows from none."""
    assert policy.agreement is not None
    flow, book = policy.agreement.flows[name], policy.book
    usual = Term("", "", {})
    told = {
        "inform": (duties.informed(flow, book), duties.informed(None, book)),
        "sent": (duties.sent(None if public else flow, usual, book), duties.sent(None, usual, book)),
        "heard": (duties.heard(None if public else flow, book), duties.heard(None, book)),
    }
    return {
        **_place(policy, "flows", name), **{part: said for part, (said, other) in told.items() if said != other},
        **({"due": duties.due(flow, usual, book)} if flow.fields.get("deadline") else {}),
        **_lean({"checks": list(answer.checks(flow))}),
    }  # fmt: skip


def _place(policy: Policy, kind: str, name: str) -> Raw:
    assert policy.agreement is not None
    ground = answer.Ground(policy.agreement.id, kind, name, policy.agreement.document)
    return {"line": ground.line, "column": ground.column}


# values


def hexed(bits: int) -> str:
    """A set as a number in hexadecimal."""
    return f"{bits:x}"


def _hexed(*numbers: int) -> list[str]:
    return [hexed(bits) for bits in numbers]


def _until(days: Iterable[date]) -> str | None:
    """The first of some days."""
    first = min(days, default=None)
    return first.isoformat() if first else None


def _after(day: date) -> date:
    return day + timedelta(1)


def _lean(values: Mapping[str, Any]) -> Raw:
    """Without what says nothing; what a reader does not find is empty, none or not so."""
    return {
        name: value for name, value in values.items()
        if value not in ("", None, [], {}) and (value is not False or name in _DENIED)
    }  # fmt: skip


_DENIED = ("cares", "confidential")
"""What an agreement can say is not so."""
