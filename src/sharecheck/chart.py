"""The data-flow map of an agreement: agencies as nodes, what goes between them as arrows, every flow as a numbered line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sharecheck.agreement import Agency, Agreement, Flow, Party
from sharecheck.durations import spoken as spoken_time
from sharecheck.knowledge import Book
from sharecheck.rules.facts import Facts


@dataclass(frozen=True, slots=True)
class Node:
    """An agency, with the label of its sector as `group`; or a meeting point of one flow between many, with none."""

    id: str
    label: str
    group: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One flow in words, with the number that the arrows carry; `internal` where it stays within one legal person."""

    number: int
    id: str
    title: str
    senders: str
    recipients: str
    items: str
    about: str
    ends: str
    level: str
    consent: str
    basis: str
    law: str
    method: str
    deadline: str
    special: bool
    criminal: bool
    duty: bool
    both_ways: bool
    internal: bool

    @property
    def sentence(self) -> str:
        """The flow as one sentence, for those who do not see the picture."""
        tell = "must tell" if self.duty else "may tell"
        sensitive = [
            word for word, yes in (("special category", self.special), ("criminal-offence", self.criminal)) if yes
        ]
        kind = f" ({' and '.join(sensitive)} data)" if sensitive else ""
        level = f", from the level of {self.level.lower()}" if self.level else ""
        if self.both_ways:
            return f"{self.senders} {tell} one another: {self.items}{kind}, for {self.ends}{level}."
        return f"{self.senders} {tell} {self.recipients}: {self.items}{kind}, for {self.ends}{level}."


@dataclass(frozen=True, slots=True)
class Arrow:
    """Everything that passes between two agencies: `there` are the numbers of the flows one way, `back` the other.

    `special` and `duty` hold if they do for any of them. An arrow to a meeting point bears no numbers, since the point
    bears the flow's own; `there` and `back` then say which heads it has by holding that number.
    """

    first: str
    second: str
    there: tuple[int, ...]
    back: tuple[int, ...]
    special: bool
    duty: bool

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the flows either way, in order."""
        return tuple(sorted({*self.there, *self.back}))


POINT = "flow-"
"""How the id of a meeting point begins."""

MANY = 4
"""A flow that would need more arrows than this, and more than it has agencies, is drawn through a meeting point."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a short name in the lines stands for: `what` is `Item`, `Purpose` or `Person`."""

    what: str
    name: str
    text: str
    note: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The map of one agreement, with the words that its lines use."""

    title: str
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    lines: tuple[Line, ...]
    words: tuple[Entry, ...] = ()


def draw(agreement: Agreement, book: Book) -> Chart:
    """The map of an agreement, in the order in which it names its flows."""
    facts = Facts(agreement, book)
    lines = [_line(number, flow, facts) for number, flow in enumerate(agreement.flows.values(), 1)]
    direct: dict[tuple[str, str], list[Line]] = {}
    points: list[Node] = []
    spokes: list[Arrow] = []
    used: set[str] = set()
    for line, flow in zip(lines, agreement.flows.values(), strict=True):
        senders = [a.id for a in facts.senders(flow)] + _strangers(flow.senders, facts)
        recipients = [a.id for a in facts.recipients(flow)] + _strangers(flow.recipients, facts)
        used |= {*senders, *recipients}
        pairs = [(a, b) for a in senders for b in recipients if a != b] or [(a, b) for a in senders for b in recipients]
        if len(pairs) <= max(MANY, len({*senders, *recipients})):
            for pair in pairs:
                direct.setdefault(pair, []).append(line)
            continue
        point = Node(f"{POINT}{line.number}", str(line.number), None)
        points.append(point)
        for agency in dict.fromkeys((*senders, *recipients)):
            there = (line.number,) if agency in senders else ()
            back = (line.number,) if agency in recipients else ()
            spokes.append(Arrow(agency, point.id, there, back, line.special or line.criminal, line.duty))
    nodes = [_node(agency, facts) for agency in agreement.agencies.values() if agency.id in used]
    nodes += [
        Node(name, f"{name} (not in the agreement)", "Not found") for name in sorted(used - set(agreement.agencies))
    ]
    return Chart(agreement.title, (*nodes, *points), (*_arrows(direct), *spokes), tuple(lines), tuple(_words(facts)))


def _strangers(parties: tuple[Party, ...], facts: Facts) -> list[str]:
    """Those a flow names that the agreement does not know: they are drawn, so that no flow vanishes from the map."""
    out = [party.ref for party in parties if not party.known]
    return out + [a for party in parties for a in party.agencies if a not in facts.agreement.agencies]


def _words(facts: Facts) -> Iterator[Entry]:
    agreement = facts.agreement
    for item in agreement.items.values():
        kinds = [word for fact, word in _KINDS.items() if facts.item_is(item, fact)]
        yield Entry("Item", _spoken(item.id), item.text, "; ".join([*kinds, *([item.why] if item.why else [])]))
    for purpose in agreement.purposes.values():
        yield Entry("Purpose", _spoken(purpose.id), purpose.text, purpose.measure or "")
    for subject in agreement.subjects.values():
        label = facts.book.term("subject-types", subject.type).label
        yield Entry(
            "Person", _spoken(subject.id), subject.text or label, f"aged {subject.ages}" if subject.ages else ""
        )


_KINDS = {"special": "special category data", "criminal": "criminal-offence data"}


def _spoken(name: str) -> str:
    return name.replace("-", " ")


def _arrows(direct: dict[tuple[str, str], list[Line]]) -> list[Arrow]:
    """One arrow for each pair of agencies, from the one with more neighbours, so that the map opens out from its hub."""
    neighbours: dict[str, set[str]] = {}
    for a, b in direct:
        neighbours.setdefault(a, set()).add(b)
        neighbours.setdefault(b, set()).add(a)
    out: dict[tuple[str, str], Arrow] = {}
    for a, b in direct:
        first, second = (a, b) if len(neighbours[a]) >= len(neighbours[b]) else (b, a)
        if (first, second) in out or (second, first) in out:
            continue
        there, back = direct.get((first, second), []), direct.get((second, first), []) if first != second else []
        out[first, second] = Arrow(
            first, second, tuple(line.number for line in there), tuple(line.number for line in back),
            any(line.special or line.criminal for line in (*there, *back)), any(line.duty for line in (*there, *back)),
        )  # fmt: skip
    return list(out.values())


def _node(agency: Agency, facts: Facts) -> Node:
    sector = str(facts.kinds(agency)[0].facts.get("sector", "community"))
    said = agency.fields.get("welsh")
    return Node(agency.id, f"{agency.name} / {said}" if said else agency.name, facts.book.term("sectors", sector).label)


def _line(number: int, flow: Flow, facts: Facts) -> Line:
    agreement, book = facts.agreement, facts.book
    title = flow.fields.get("title") or flow.id.replace("-", " ").capitalize()
    level = "" if flow.concern == "none" else book.term("concern-levels", flow.concern).label
    consent = book.term("consent-models", flow.consent.model).label if flow.consent else "Not said"
    stated = dict.fromkeys(basis for _, _, basis in facts.based(flow) if basis)
    bases = dict.fromkeys(
        " ".join((*b.article_6, *b.article_9, *(f"¶{n}" for n in b.conditions if n != "official-authority")))
        for b in stated
    )
    law = dict.fromkeys(p.title if p else written for written, p in facts.gateways(flow))
    deadline = flow.fields.get("deadline")
    return Line(
        number=number,
        id=flow.id,
        title=str(title),
        senders=_people(flow.senders, agreement),
        recipients=_people(flow.recipients, agreement) if not flow.both_ways else _people(flow.senders, agreement),
        items=", ".join(_spoken(name) for name in flow.data) or "what is not said",
        about=", ".join(_spoken(name) for name in flow.about) or "Not said",
        ends=" and ".join(_spoken(name) for name in flow.purposes) or "a purpose that is not said",
        level=level,
        consent=consent,
        basis="; ".join(basis for basis in bases if basis) or "Not said",
        law="; ".join(law) or "Not said",
        method=", ".join(book.term("transfer-methods", m).label for m in flow.methods) or "Not said",
        deadline=spoken_time(str(deadline)) if deadline else "Not said",
        special=bool(facts.special(flow)),
        criminal=facts.criminal(flow),
        duty=flow.strength == "must",
        both_ways=flow.both_ways,
        internal=facts.one_body(flow),
    )


def _people(parties: tuple[Party, ...], agreement: Agreement) -> str:
    names = []
    for party in parties:
        if party.role:
            names.append(party.role.title)
        elif party.ref in agreement.agencies:
            names.append(agreement.agencies[party.ref].name)
        elif party.agencies and "/" in party.ref:
            agency, _, team = party.ref.partition("/")
            found = agreement.agencies[agency]
            names.append(f"{found.teams[team]['name'] if team in found.teams else team} ({found.name})")
        else:
            names.append({"any": "Any partner", "anyone-else": "Anyone else"}.get(party.ref, party.ref))
    return ", ".join(dict.fromkeys(names)) or "Nobody named"
