"""The register: a page for every agreement, agency, role and purpose of a repository, and how they lead to one another.

What a role may share is asked of the policy; what an agreement says of itself is taken from its flows as the map has them.
The public edition leaves out whom to speak to and how things are sent. Versions and maps find their place in `Extras`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sharecheck import chart
from sharecheck.agreement import Agreement, Flow, Party, Role, listed
from sharecheck.chart import Line
from sharecheck.knowledge import Book, joined
from sharecheck.policy import compiled
from sharecheck.policy.names import Names
from sharecheck.policy.remit import Entry, Step, remit
from sharecheck.policy.reply import Enquiries, standing

LISTS = {"agreement": "Agreements", "agency": "Agencies", "role": "Roles", "purpose": "Purposes"}
"""The kinds of page, and the title of the page that lists each."""

_LONG = 100
"""File names are cut at so many letters, since some file systems take no more than 255 with their folders."""


@dataclass(frozen=True, slots=True)
class Link:
    """Some words, and the page they lead to; empty where they lead nowhere."""

    text: str
    to: str = ""


Cell = tuple[Link, ...]
Wanted = Callable[[Flow], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; its first cell names it. `anchor` is empty where nothing leads to it."""

    cells: tuple[Cell, ...]
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table under a title of its own; `wide` where it has more columns than a page has room for."""

    title: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    wide: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `ask` is where its question leads, `mind` what to know before resting on it."""

    kind: str
    path: str
    title: str
    facts: tuple[tuple[str, Cell], ...]
    tables: tuple[Table, ...]
    ask: str = ""
    mind: tuple[str, ...] = ()
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class Extra:
    """A picture or comparison that belongs on the page of an agreement: its title, its file, and what it says in words."""

    title: str
    file: str
    words: str


@dataclass(frozen=True)
class Register:
    """All pages, in order, and the name that each agreement's policy is kept under."""

    book: Book
    public: bool
    pages: tuple[Page, ...]
    agreements: tuple[tuple[str, Agreement], ...] = field(repr=False)


def register(
    agreements: Sequence[Agreement], book: Book, *, public: bool = False, extras: Mapping[str, Sequence[Extra]] | None = None
) -> Register:  # fmt: skip
    """The register of some agreements on the book's day; `extras` by the id of the agreement."""
    made = _Maker(agreements, book, public=public, extras=extras or {})
    pages = sorted(made.pages(), key=lambda page: (list(LISTS).index(page.kind), page.title.lower(), page.path))
    named = tuple((made.word[id(one)], one) for one in sorted(agreements, key=lambda one: (one.title.lower(), one.id)))
    return Register(book, public, tuple(pages), named)


class _Maker:
    def __init__(
        self, agreements: Sequence[Agreement], book: Book, *, public: bool, extras: Mapping[str, Sequence[Extra]]
    ) -> None:
        self.agreements = tuple(sorted(agreements, key=lambda one: (one.id, one.document.name)))
        self.book = book
        self.public = public
        self.extras = extras
        self.word: dict[int, str] = {}
        for one in self.agreements:
            word = _cut(one.id)
            while word in self.word.values():
                word += "-again"
            self.word[id(one)] = word
        self.lines = {id(one): list(zip(one.flows.values(), chart.draw(one, book).lines, strict=True))
                      for one in self.agreements}  # fmt: skip
        self.enquiries = {id(one): Enquiries([one], lambda _: book, book.on) for one in self.agreements}
        self.names = {id(one): Names([compiled.compile(one, book)], book) for one in self.agreements}

    def pages(self) -> Iterator[Page]:
        """Every page, an agency or role that several agreements inherit once."""
        agencies: dict[tuple[str, str], list[Agreement]] = {}
        roles: dict[tuple[str, str], list[Agreement]] = {}
        for one in self.agreements:
            yield self._agreement(one)
            for name in one.agencies:
                agencies.setdefault((self._owner(one, "agencies", name), name), []).append(one)
            for name in one.roles:
                roles.setdefault((self._owner(one, "roles", name), name), []).append(one)
            for name in one.purposes:
                yield self._purpose(one, name)
        yield from (self._agency(name, ones) for (_, name), ones in agencies.items())
        yield from (self._role(name, ones) for (_, name), ones in roles.items())

    # where things are

    def _owner(self, one: Agreement, kind: str, name: str) -> str:
        """The agreement that a part is written in, as the key of its page."""
        while one.parent is not None and name in getattr(one, kind) and getattr(one, kind)[name].inherited:
            one = one.parent
        return self.word.get(id(one), _cut(one.id))

    def _to(self, kind: str, one: Agreement, name: str = "") -> str:
        if kind == "agreement":
            return f"agreement-{self.word[id(one)]}.html"
        owner = (
            self.word[id(one)]
            if kind == "purpose"
            else self._owner(one, {"agency": "agencies", "role": "roles"}[kind], name)
        )
        return f"{kind}-{_cut(f'{owner}--{name}')}.html"

    def _link(self, kind: str, one: Agreement, name: str) -> Link:
        title = {"agency": lambda: one.agencies[name].name, "role": lambda: one.roles[name].title,
                 "purpose": lambda: self._purpose_title(one, name)}[kind]()  # fmt: skip
        return Link(title, self._to(kind, one, name))

    def _purpose_title(self, one: Agreement, name: str) -> str:
        return self.names[id(one)].purpose(name)

    # pages

    def _agreement(self, one: Agreement) -> Page:
        facts: list[tuple[str, Cell]] = [
            ("Kind", _said(self._label("kinds", one.kind))),
            ("Status", _said(self._label("statuses", one.status))),
            ("Where", _said(joined([self._label("jurisdictions", place) for place in one.jurisdiction]))),
        ]
        facts += [(name, _said(day.isoformat())) for name, day in (
            ("Starts", one.starts), ("Review by", one.review), ("Ends", one.ends)) if day]  # fmt: skip
        if one.parent:
            known = id(one.parent) in self.word
            facts.append(("Under", (Link(one.parent.title, self._to("agreement", one.parent) if known else ""),)))
        policy = self.names[id(one)].policies[0]
        parties = Table(
            "Who takes part", ("Agency", "Kind", "Roles"),
            tuple(
                Row(((self._link("agency", one, name),), _said(self._label("agency-types", body.type)),
                     _links(self._link("role", one, role.id) for role in one.roles.values() if name in role.agencies)))
                for name, body in one.agencies.items()
            ),
        )  # fmt: skip
        anywhere = [self._link("role", one, role.id) for role in one.roles.values() if role.any_agency]
        if anywhere:
            facts.append(("Roles found at any party", _links(anywhere)))
        purposes = Table(
            "What for", ("Purpose", "Kind"),
            tuple(Row(((self._link("purpose", one, name),), _said(self._label("purposes", purpose.type))))
                  for name, purpose in one.purposes.items()),
        )  # fmt: skip
        items = Table(
            "What information", ("Item", "Exactly", "Why it is needed"),
            tuple(Row((_said(name), _said(item.text), _said(item.why or ""))) for name, item in one.items.items()),
        )  # fmt: skip
        return Page(
            "agreement", self._to("agreement", one), one.title, tuple(facts),
            (parties, purposes, self._flows("Flows: who tells whom what", [one], lambda _: True), items, self._never(one)),
            f"ask.html#agreement={self.word[id(one)]}", tuple(standing(policy)), tuple(self.extras.get(one.id, ())),
        )  # fmt: skip

    def _agency(self, name: str, ones: Sequence[Agreement]) -> Page:
        body = ones[0].agencies[name]
        facts: list[tuple[str, Cell]] = [
            ("Kind", _said(joined([self._label("agency-types", a) for a in (body.type, *body.also)])))
        ]
        if body.part_of and body.part_of in ones[0].agencies:
            facts.append(("Part of", (self._link("agency", ones[0], body.part_of),)))
        if not self.public:
            facts += [
                (title, _said(_contact(body.fields[key]))) for key, title in _CONTACTS.items() if body.fields.get(key)
            ]
        roles = {link: None for one in ones for role in one.roles.values() if name in role.agencies
                 for link in (self._link("role", one, role.id),)}  # fmt: skip
        facts.append(("Roles", _links(roles)))

        def concerns(flow: Flow) -> bool:
            return any(name in party.agencies for party in (*flow.senders, *flow.recipients) if party.ref != "any")

        return Page(
            "agency", self._to("agency", ones[0], name), body.name, tuple(facts),
            (self._where("agency", ones), self._flows("Flows that name it or a role of it", ones, concerns)),
        )  # fmt: skip

    def _role(self, name: str, ones: Sequence[Agreement]) -> Page:
        role = ones[0].roles[name]
        at = _links(self._link("agency", ones[0], agency) for agency in role.agencies if agency in ones[0].agencies)
        facts: list[tuple[str, Cell]] = [("Kind", _said(self._label("role-types", role.type)))]
        facts.append(("At", _said("Any party") if role.any_agency else at))
        used = [one for one in ones if any(_names(party, one.roles[name]) for flow in one.flows.values()
                                           for party in (*flow.senders, *flow.recipients))]  # fmt: skip
        tables = [table for one in used for table in self._remit(one, name)]
        ask = f"ask.html#agreement={self.word[id(ones[0])]}&from={name}" if len(ones) == 1 else ""
        return Page(
            "role", self._to("role", ones[0], name), role.title, tuple(facts), (self._where("role", used), *tables), ask
        )

    def _purpose(self, one: Agreement, name: str) -> Page:
        purpose = one.purposes[name]
        facts: list[tuple[str, Cell]] = [
            ("Kind", _said(self._label("purposes", purpose.type))),
            ("In", (Link(one.title, self._to("agreement", one)),)),
        ]
        facts += [(title, _said(text)) for title, text in (
            ("Objective", purpose.objective), ("How success is measured", purpose.measure)) if text]  # fmt: skip
        flows = self._flows("Flows for it", [one], lambda flow: name in flow.purposes)
        return Page("purpose", self._to("purpose", one, name), self._purpose_title(one, name), tuple(facts), (flows,))

    # tables

    def _where(self, kind: str, ones: Sequence[Agreement]) -> Table:
        rows = tuple(
            Row(((Link(one.title, self._to("agreement", one)),), _said(self._label("statuses", one.status))))
            for one in ones
        )
        title = "Agreements that it takes part in" if kind == "agency" else "Agreements with a flow that names it"
        return Table(title, ("Agreement", "Status"), rows, note="" if rows else "None.")

    def _flows(self, title: str, ones: Sequence[Agreement], wanted: Wanted) -> Table:
        several = len(ones) > 1
        head = ("Flow", *(("Agreement",) if several else ()), "Who tells", "Whom", "What", "About", "What for", "From level",
                "Consent", "Law", *(() if self.public else ("How",)), "How fast")  # fmt: skip
        rows = tuple(
            self._flow(one, flow, line, several=several)
            for one in ones for flow, line in self.lines[id(one)] if wanted(flow)
        )  # fmt: skip
        return Table(title, head, rows, wide=True, note="" if rows else "None.")

    def _flow(self, one: Agreement, flow: Flow, line: Line, *, several: bool) -> Row:
        kinds = [word for word, yes in (
            ("special category", line.special), ("offences", line.criminal)) if yes]  # fmt: skip
        what = line.items + (f" ({' and '.join(kinds)})" if kinds else "")
        return Row(
            (
                _said(f"{line.title} ({'must' if line.duty else 'may'})"),
                *(((Link(one.title, f"{self._to('agreement', one)}#flow-{flow.id}"),),) if several else ()),
                self._people(one, flow.senders),
                _said("One another") if line.both_ways else self._people(one, flow.recipients),
                _said(what), _said(line.about),
                _links(Link(name.replace("-", " "), self._to("purpose", one, name)) for name in flow.purposes
                       if name in one.purposes),
                _said(line.level or "Any"), _said(line.consent), _said(line.law),
                *(() if self.public else (_said(line.method),)),
                _said(line.deadline),
            ),
            "" if several else f"flow-{flow.id}",
        )  # fmt: skip

    def _people(self, one: Agreement, parties: Iterable[Party]) -> Cell:
        found = []
        for party in parties:
            if party.role:
                found.append(self._link("role", one, party.role.id))
            elif party.ref in one.agencies:
                found.append(self._link("agency", one, party.ref))
            else:
                found.append(
                    Link(
                        {"any": "Any partner", "anyone-else": "Anyone else"}.get(
                            party.ref, self.names[id(one)].party(party.ref)
                        )
                    )
                )
        return tuple(found)

    def _never(self, one: Agreement) -> Table:
        names = self.names[id(one)]

        def people(refs: object) -> Cell:
            told = ("anyone else" if ref == "anyone-else" else names.party(ref) for ref in listed(refs))
            return _said(", ".join(told) or "Anybody")

        rows = tuple(
            Row(
                (
                    _said(name), people(bar.get("from")), people(bar.get("to")),
                    _said(", ".join(listed(bar.get("data"))) or "Anything"),
                    _said(", ".join(str(word).replace("-", " ") for word in listed(bar.get("unless")))),
                    _said(str(bar.get("because", ""))),
                ),
                f"never-{name}",
            )
            for name, bar in (one.fields.get("never") or {}).items()
        )  # fmt: skip
        head = ("Name", "Who", "With whom", "What", "Unless", "Because")
        return Table("What they agreed never to share", head, rows)

    def _remit(self, one: Agreement, name: str) -> Iterator[Table]:
        """What the policy of one agreement answers for a role."""
        found = remit(name, self.enquiries[id(one)])
        rows = tuple(Row((
            _said(", ".join(found.names.party(to) for to in entry.recipients)),
            _said("; ".join(found.names.purpose(purpose) for purpose in entry.purposes)),
            _said(", ".join(found.names.subject(about) for about in entry.about)),
            _said(", ".join(entry.items)), _said(" ".join(self._steps(entry))),
        )) for entry in found.entries)  # fmt: skip
        if rows:
            head = ("With whom", "What for", "About", "What", "The answer")
            yield Table(f"What it may and must share under {one.title}", head, rows, wide=True)

    def _steps(self, entry: Entry) -> Iterator[str]:
        for step in entry.steps:
            level = "At every level" if len(entry.steps) == 1 else self._level(step)
            refused = (
                "" if step.refused == step.not_asked else f"; where consent is refused: {self._short(step.refused)}"
            )
            yield f"{level}: {self._short(step.not_asked)}{refused}."

    def _level(self, step: Step) -> str:
        words = " or ".join(f"“{self._label('concern-levels', word)}”" for word in step.concern)
        return f"From {words}" if step.rank else "At no concern"

    def _short(self, outcome: str) -> str:
        return str(self.book.term("outcomes", outcome).facts.get("short", outcome))

    def _label(self, vocabulary: str, word: str) -> str:
        return self.book.term(vocabulary, word).label


_CONTACTS = {
    "spoc": "Single point of contact", "deputy": "Deputy", "dpo": "Data protection officer",
    "caldicott_guardian": "Caldicott Guardian", "safeguarding_lead": "Safeguarding lead",
}  # fmt: skip


def _names(party: Party, role: Role) -> bool:
    """Whether a flow that names a party means a role."""
    return party.role is role or (
        party.everyone and (role.any_agency or not {*role.agencies}.isdisjoint(party.agencies))
    )


def _contact(written: str | Mapping[str, str]) -> str:
    return written if isinstance(written, str) else ", ".join(map(str, written.values()))


def _said(text: str) -> Cell:
    return (Link(text),) if text else ()


def _links(links: Iterable[Link]) -> Cell:
    return tuple(links)


def _cut(name: str) -> str:
    """A name that any file system takes; the same name gives the same, and different names differ."""
    return name if len(name) <= _LONG else f"{name[:_LONG]}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
