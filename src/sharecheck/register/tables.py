"""What pages of a register are made of: where each page is, and the tables of flows, prohibitions and answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from sharecheck import chart
from sharecheck.agreement import Agreement, Flow, Party, listed
from sharecheck.chart import Line
from sharecheck.history import History
from sharecheck.knowledge import Book
from sharecheck.policy import compiled
from sharecheck.policy.names import Names
from sharecheck.policy.remit import Entry, Step, remit
from sharecheck.policy.reply import Enquiries
from sharecheck.register.model import Cell, Link, Row, Table, Wanted, said

_LONG = 100
"""File names are cut at so many letters, since some file systems take no more than 255 with their folders."""


class Tables:
    """Where the pages of some agreements are, and the tables that stand on them."""

    def __init__(
        self,
        agreements: Sequence[Agreement],
        book: Book,
        *,
        public: bool,
        printed: Collection[str],
        histories: Mapping[str, History] | None,
    ) -> None:
        self.agreements = tuple(sorted(agreements, key=lambda one: (one.id, one.document.name)))
        self.book = book
        self.public = public
        self.printed = printed
        self.histories = histories
        self.word: dict[int, str] = {}
        taken: set[str] = set()
        for one in self.agreements:
            word = cut(one.id)
            while word in taken:
                word += "-again"
            taken.add(word)
            self.word[id(one)] = word
        self.under: dict[int, list[Agreement]] = {}
        for one in self.agreements:
            if one.parent is not None:
                self.under.setdefault(id(one.parent), []).append(one)
        self.charts = {id(one): chart.draw(one, book) for one in self.agreements}
        self.lines = {id(one): list(zip(one.flows.values(), self.charts[id(one)].lines, strict=True))
                      for one in self.agreements}  # fmt: skip
        self.enquiries = {id(one): Enquiries([one], lambda _: book, book.on) for one in self.agreements}
        self.names = {id(one): Names([compiled.compile(one, book)], book) for one in self.agreements}

    # where things are

    def _writer(self, one: Agreement, kind: str, name: str) -> Agreement:
        """The agreement that a part is written in: its own, or a protocol above it."""
        while one.parent is not None and name in getattr(one, kind) and getattr(one, kind)[name].inherited:
            one = one.parent
        return one

    def _owner(self, one: Agreement, kind: str, name: str) -> str:
        """The agreement that a part is written in, as the key of its page."""
        writer = self._writer(one, kind, name)
        return self.word.get(id(writer), cut(writer.id))

    def _written(self, one: Agreement, kind: str, name: str) -> Cell:
        return (self._whole(self._writer(one, kind, name)),)

    def _whole(self, one: Agreement) -> Link:
        return Link(one.title, self._to("agreement", one) if id(one) in self.word else "")

    def _to(self, kind: str, one: Agreement, name: str = "") -> str:
        if kind in ("agreement", "history", "paper"):
            return f"{kind}-{self.word[id(one)]}.html"
        owner = (
            self.word[id(one)]
            if kind == "purpose"
            else self._owner(one, {"agency": "agencies", "role": "roles"}[kind], name)
        )
        return f"{kind}-{cut(f'{owner}--{name}')}.html"

    def _link(self, kind: str, one: Agreement, name: str) -> Link:
        title = {"agency": lambda: one.agencies[name].name, "role": lambda: one.roles[name].title,
                 "purpose": lambda: self._purpose_title(one, name)}[kind]()  # fmt: skip
        return Link(title, self._to(kind, one, name))

    def _purpose_title(self, one: Agreement, name: str) -> str:
        return self.names[id(one)].purpose(name)

    # tables

    def _where(self, title: str, ones: Sequence[Agreement], wanted: Callable[[Agreement], Wanted]) -> Table:
        """The agreements, and the flows of each that are wanted, as links to where they stand in full."""
        rows = tuple(
            Row(((self._whole(one),), said(self._label("statuses", one.status)), self._led(one, wanted(one))))
            for one in ones
        )
        return Table(title, ("Agreement", "Status", "Flows that name it"), rows, note="" if rows else "None.")

    def _led(self, one: Agreement, wanted: Wanted) -> Cell:
        here = self._to("agreement", one)
        return tuple(Link(line.title, f"{here}#flow-{flow.id}") for flow, line in self.lines[id(one)] if wanted(flow))

    def _flows(self, title: str, one: Agreement, wanted: Wanted, *, lead: bool = False) -> Table:
        """The flows that are wanted; with `lead`, leading to where they stand in their agreement."""
        head = ("Flow", "Who tells", "Whom", "What", "About", "What for", "From level", "Consent", "Law",
                *(() if self.public else ("How",)), "How fast")  # fmt: skip
        rows = tuple(self._flow(one, flow, line, lead=lead) for flow, line in self.lines[id(one)] if wanted(flow))
        return Table(title, head, rows, wide=True, note="" if rows or lead else "None.", anchor="" if lead else "flows")

    def _flow(self, one: Agreement, flow: Flow, line: Line, *, lead: bool) -> Row:
        kinds = [word for word, yes in (
            ("special category", line.special), ("offences", line.criminal)) if yes]  # fmt: skip
        what = line.items + (f" ({' and '.join(kinds)})" if kinds else "")
        return Row(
            (
                (Link(f"{line.number}. {line.title} ({'must' if line.duty else 'may'})",
                      f"{self._to('agreement', one)}#flow-{flow.id}" if lead else ""),),
                self._people(one, flow.senders),
                said("One another") if line.both_ways else self._people(one, flow.recipients),
                said(what), said(line.about),
                tuple(Link(name.replace("-", " "), self._to("purpose", one, name)) for name in flow.purposes
                       if name in one.purposes),
                said(line.level or "Any"), said(line.consent), said(line.law),
                *(() if self.public else (said(line.method),)),
                said(line.deadline),
            ),
            "" if lead else f"flow-{flow.id}",
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
            return said(", ".join(told) or "Anybody")

        rows = tuple(
            Row(
                (
                    said(name), people(bar.get("from")), people(bar.get("to")),
                    said(", ".join(listed(bar.get("data"))) or "Anything"),
                    said(", ".join(str(word).replace("-", " ") for word in listed(bar.get("unless")))),
                    said(str(bar.get("because", ""))),
                ),
                f"never-{name}",
            )
            for name, bar in (one.fields.get("never") or {}).items()
        )  # fmt: skip
        head = ("Name", "Who", "With whom", "What", "Unless", "Because")
        return Table("What they agreed never to share", head, rows, anchor="never")

    def _remit(self, one: Agreement, name: str) -> Iterator[Table]:
        """What the policy of one agreement answers for a role."""
        found = remit(name, self.enquiries[id(one)])
        rows = tuple(Row((
            said(", ".join(found.names.party(to) for to in entry.recipients)),
            said("; ".join(found.names.purpose(purpose) for purpose in entry.purposes)),
            said("; ".join(found.names.subject(about) for about in entry.about)),
            said(", ".join(entry.items)), said(" ".join(self._steps(entry))),
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


def cut(name: str) -> str:
    """A name that any file system takes; the same name gives the same, and different names differ."""
    return name if len(name) <= _LONG else f"{name[:_LONG]}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
