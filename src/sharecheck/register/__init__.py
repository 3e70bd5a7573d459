"""The register: a page for every agreement, agency, role and purpose of a repository, and how they lead to one another.

What a role may share is asked of the policy; what an agreement says of itself is taken from its flows as the map has them.
The public edition leaves out whom to speak to and how things are sent, and of changes whatever may say either.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from sharecheck.agreement import Agreement, Flow, Party, Role, contact
from sharecheck.graphs import Way, flows, partnership
from sharecheck.history import History
from sharecheck.knowledge import Book, joined
from sharecheck.policy.reply import standing
from sharecheck.register import past
from sharecheck.register.model import LISTS, MAP, Cell, Link, Map, Page, Register, Row, Table, Wanted, in_welsh, said
from sharecheck.register.tables import Tables, cut

_KINDS = (*LISTS, "remit", "history", "map")
_PICTURE = 40
"""So many agreements are drawn on one map at most; more are listed."""
_ROWS = 40
"""So many flows of several agreements stand in full on the page of an agency; of more, the page leads to each."""
_REMITS = 12
"""So many agreements have what a role may share on the page of the role; of more, each has a page of its own."""


def register(
    agreements: Sequence[Agreement],
    book: Book,
    *,
    public: bool = False,
    printed: Collection[str] = (),
    histories: Mapping[str, History] | None = None,
) -> Register:
    """The register of some agreements on the book's day.

    `printed` are the agreements that have a page to print, and `histories` those that have a past, by the names of their
    documents; None where no past is wanted.
    """
    made = _Maker(agreements, book, public=public, printed=printed, histories=histories)
    pages = sorted(made.pages(), key=lambda page: (_KINDS.index(page.kind), page.title.lower(), page.path))
    named = tuple((made.word[id(one)], one) for one in sorted(agreements, key=lambda one: (one.title.lower(), one.id)))
    return Register(book, public, tuple(pages), named)


class _Maker(Tables):
    def pages(self) -> Iterator[Page]:
        """Every page, an agency or role that several agreements inherit once."""
        agencies: dict[tuple[str, str], list[Agreement]] = {}
        roles: dict[tuple[str, str], list[Agreement]] = {}
        for one in self.agreements:
            yield self._agreement(one)
            if history := (self.histories or {}).get(one.document.name):
                yield past.page(self._whole(one), history, self.book, self._to("history", one), public=self.public)
            for name in one.agencies:
                agencies.setdefault((self._owner(one, "agencies", name), name), []).append(one)
            for name in one.roles:
                roles.setdefault((self._owner(one, "roles", name), name), []).append(one)
            for name in one.purposes:
                yield self._purpose(one, name)
        yield from (self._agency(name, ones) for (_, name), ones in agencies.items())
        for (_, name), ones in roles.items():
            yield from self._role(name, ones)
        yield self._partnership()

    # pages

    def _agreement(self, one: Agreement) -> Page:
        facts: list[tuple[str, Cell]] = [
            *in_welsh(one.fields.get("welsh")),
            ("Kind", said(self._label("kinds", one.kind))),
            ("Status", said(self._label("statuses", one.status))),
            ("Where", said(joined([self._label("jurisdictions", place) for place in one.jurisdiction]))),
        ]
        facts += [(name, said(day.isoformat())) for name, day in (
            ("Starts", one.starts), ("Review by", one.review), ("Ends", one.ends)) if day]  # fmt: skip
        if one.parent:
            facts.append(("Under", (self._whole(one.parent),)))
        facts += self._further(one)
        policy = self.names[id(one)].policies[0]
        parties = Table(
            "Who takes part", ("Agency", "Kind", "Roles"),
            tuple(
                Row(((self._link("agency", one, name),), said(self._label("agency-types", body.type)),
                     tuple(self._link("role", one, role.id) for role in one.roles.values() if name in role.agencies)))
                for name, body in one.agencies.items()
            ),
            anchor="parties",
        )  # fmt: skip
        anywhere = [self._link("role", one, role.id) for role in one.roles.values() if role.any_agency]
        if anywhere:
            facts.append(("Roles found at any party", tuple(anywhere)))
        purposes = Table(
            "What for", ("Purpose", "Kind"),
            tuple(Row(((self._link("purpose", one, name),), said(self._label("purposes", purpose.type))))
                  for name, purpose in one.purposes.items()),
            anchor="purposes",
        )  # fmt: skip
        items = Table(
            "What information", ("Item", "Exactly", "Why it is needed"),
            tuple(Row((said(name), said(item.text), said(item.why or ""))) for name, item in one.items.items()),
            anchor="items",
        )  # fmt: skip
        return Page(
            "agreement", self._to("agreement", one), one.title, tuple(facts),
            (parties, self._children(one), purposes, self._flows("Flows: who tells whom what", one, lambda _: True), items,
             self._never(one)),
            f"ask.html#agreement={self.word[id(one)]}", tuple(standing(policy)), self._map(one),
        )  # fmt: skip

    def _further(self, one: Agreement) -> Iterator[tuple[str, Cell]]:
        """What else there is of an agreement: its past, and a page to print."""
        if self.histories is not None:
            past = self.histories.get(one.document.name)
            many = len(past.steps) if past else 0
            text = "No changes yet" if not many else "The last change" if many == 1 else f"The last {many} changes"
            yield (
                "Changes",
                (Link(text, self._to("history", one)),) if past else said("Not known: git tells nothing of it"),
            )
        if one.document.name in self.printed:
            yield "To print", (Link("The agreement for sign-off", self._to("paper", one)),)

    def _map(self, one: Agreement) -> Map | None:
        """Who tells whom, each agency leading to its page and each number to its flow."""
        drawn = self.charts[id(one)]
        if not drawn.arrows:
            return None
        here = self._to("agreement", one)
        ways = {
            str(line.number): Way(f"{here}#flow-{line.id}", f"Flow {line.number}: {line.title}") for line in drawn.lines
        }
        for i, node in enumerate(drawn.nodes, 1):
            if node.group is not None and node.id in one.agencies:
                link = self._link("agency", one, node.id)
                ways[f"box {i}"] = Way(link.to, link.text)
        return Map(flows.graph(drawn), ways, (
            "Who tells whom. An agency leads to its page, and a number to its flow in the table “Flows”, which says the same in "
            "words."
        ))  # fmt: skip

    def _children(self, one: Agreement) -> Table:
        rows = tuple(
            Row(((self._whole(child),), said(self._label("statuses", child.status)))) for child in self.under.get(id(one), ())
        )  # fmt: skip
        return Table("Agreements under it", ("Agreement", "Status"), rows, anchor="under")

    def _partnership(self) -> Page:
        """The protocols, the agreements under them, and who is party to which: a picture of not too many, and a table."""
        numbered = partnership.numbered(self.agreements)
        few = len(numbered) <= _PICTURE
        rows = tuple(
            Row(((self._whole(one),), (self._whole(one.parent),) if one.parent else (),
                 said(self._label("statuses", one.status)), self._parties(one, named=few)))
            for one in numbered
        )  # fmt: skip
        drawn = None
        if few and len(numbered) > 1:
            ways = {}
            for number, one in enumerate(numbered, 1):
                if id(one) in self.word:
                    to = self._to("agreement", one)
                    ways[str(number)] = Way(to, one.title)
                    ways[f"P{number}"] = Way(f"{to}#parties", f"Who takes part in {one.title}")
            drawn = Map(partnership.graph(self.agreements), ways, (
                "Which agreements stand under which protocol, and who is party to each. Every box leads to its page; the table "
                "says the same in words."
            ))  # fmt: skip
        note = "" if few and rows else "There is no picture of so many." if rows else "None."
        head = ("Agreement", "Under", "Status", "Parties")
        table = Table("Agreements and their parties", head, rows, note=note, anchor="agreements")
        return Page("map", MAP, "Partnership map", (), (table,), map=drawn)

    def _parties(self, one: Agreement, *, named: bool) -> Cell:
        """Who is party to an agreement: by name, or how many."""
        known = id(one) in self.word
        if not named:
            return (Link(f"{len(one.parties)} parties", f"{self._to('agreement', one)}#parties" if known else ""),)
        return tuple(dict.fromkeys(
            self._link("agency", one, body.id) if known else Link(body.name) for body in one.parties
        ))  # fmt: skip

    def _agency(self, name: str, ones: Sequence[Agreement]) -> Page:
        body = ones[0].agencies[name]
        facts: list[tuple[str, Cell]] = [
            *in_welsh(body.fields.get("welsh")),
            ("Kind", said(joined([self._label("agency-types", a) for a in (body.type, *body.also)]))),
        ]
        if body.part_of and body.part_of in ones[0].agencies:
            facts.append(("Part of", (self._link("agency", ones[0], body.part_of),)))
        if not self.public:
            facts += [
                (title, said(contact(body.fields[key]))) for key, title in _CONTACTS.items() if body.fields.get(key)
            ]
        roles = {link: None for one in ones for role in one.roles.values() if name in role.agencies
                 for link in (self._link("role", one, role.id),)}  # fmt: skip
        facts.append(("Written in", self._written(ones[0], "agencies", name)))
        facts.append(("Roles", tuple(roles)))

        def concerns(flow: Flow) -> bool:
            return any(name in party.agencies for party in (*flow.senders, *flow.recipients) if party.ref != "any")

        many = sum(concerns(flow) for one in ones for flow in one.flows.values())
        tables = [self._where("Agreements that it takes part in", ones, lambda _: concerns)]
        if many <= _ROWS:
            tables += [
                self._flows(f"Flows that name it or a role of it in {one.title}", one, concerns, lead=True)
                for one in ones
            ]
        return Page("agency", self._to("agency", ones[0], name), body.name, tuple(facts), tuple(tables))

    def _role(self, name: str, ones: Sequence[Agreement]) -> Iterator[Page]:
        """The page of a role; what it may share under many agreements stands on a page for each."""
        role = ones[0].roles[name]
        to = self._to("role", ones[0], name)
        at = tuple(self._link("agency", ones[0], agency) for agency in role.agencies if agency in ones[0].agencies)
        facts: list[tuple[str, Cell]] = [
            *in_welsh(role.fields.get("welsh")),
            ("Kind", said(self._label("role-types", role.type))),
        ]
        facts.append(("At", said("Any party") if role.any_agency else at))
        facts.append(("Written in", self._written(ones[0], "roles", name)))

        def concerns(one: Agreement) -> Wanted:
            return lambda flow: any(_names(party, one.roles[name]) for party in (*flow.senders, *flow.recipients))

        used = [one for one in ones if any(map(concerns(one), one.flows.values()))]
        ask = f"ask.html#agreement={self.word[id(ones[0])]}&from={name}" if len(ones) == 1 else ""
        if len(used) <= _REMITS:
            tables = [table for one in used for table in self._remit(one, name)]
            where = self._where("Agreements with a flow that names it", used, concerns)
            yield Page("role", to, role.title, tuple(facts), (where, *tables), ask)
            return
        apart = {id(one): f"role-{cut(f'{to[5:-5]}--in--{self.word[id(one)]}')}.html" for one in used}
        rows = tuple(
            Row(((Link(one.title, apart[id(one)]),), said(self._label("statuses", one.status)))) for one in used
        )
        table = Table("What it may and must share under each agreement", ("Under", "Status"), rows)
        yield Page("role", to, role.title, tuple(facts), (table,))
        for one in used:
            tables = list(self._remit(one, name))
            own = (("Role", (Link(role.title, to),)), ("Agreement", (self._whole(one),)))
            none = Table("What it may and must share", (), (), note="No flow lets it share anything; it only receives.")
            yield Page(
                "remit", apart[id(one)], f"{role.title} under {one.title}", own, tuple(tables) or (none,),
                f"ask.html#agreement={self.word[id(one)]}&from={name}",
            )  # fmt: skip

    def _purpose(self, one: Agreement, name: str) -> Page:
        purpose = one.purposes[name]
        facts: list[tuple[str, Cell]] = [
            *in_welsh(purpose.welsh),
            ("Kind", said(self._label("purposes", purpose.type))),
            ("In", (Link(one.title, self._to("agreement", one)),)),
        ]
        facts += [(title, said(text)) for title, text in (
            ("Objective", purpose.objective), ("How success is measured", purpose.measure)) if text]  # fmt: skip
        flows = self._flows("Flows for it", one, lambda flow: name in flow.purposes, lead=True)
        return Page("purpose", self._to("purpose", one, name), self._purpose_title(one, name), tuple(facts), (flows,))


_CONTACTS = {
    "spoc": "Single point of contact", "deputy": "Deputy", "dpo": "Data protection officer",
    "caldicott_guardian": "Caldicott Guardian", "safeguarding_lead": "Safeguarding lead",
}  # fmt: skip


def _names(party: Party, role: Role) -> bool:
    """Whether a flow that names a party means a role."""
    return party.role is role or (
        party.everyone and (role.any_agency or not {*role.agencies}.isdisjoint(party.agencies))
    )
