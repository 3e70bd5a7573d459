"""What an agreement and the law answer, said a second time: plain loops over the book and the agreement, one question at a time.

It shares nothing with `sharecheck.policy`: only the book as read and the agreement as typed. Slow on purpose, so that
each sentence of the definition (the decision table, the vocabularies, the format) has its few lines here or in `words`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from oracle import words as book_words
from oracle.words import holds
from sharecheck.agreement import Agency, Agreement, Flow, Role
from sharecheck.knowledge import Book, Provision

Words = Mapping[str, str]
"""The circumstances of a question: concern, consent, objection, danger, belief, decides, person, request, scale, linked."""


@dataclass(frozen=True)
class Party:
    """Somebody at an agency: the agreement's, or, where there is none, a kind of role at a kind of agency."""

    name: str
    kinds: tuple[str, ...]
    role_kind: str = ""
    role: Role | None = None
    agency: Agency | None = None
    team: str = ""
    acts_for: Agency | None = None


@dataclass(frozen=True)
class Asked:
    """Who tells whom (somebody at an agency, or an individual by relation) what, about whom, for what; names or words."""

    sender: str
    recipient: str
    item: str
    about: str
    purpose: str
    individual: bool = False


@dataclass(frozen=True)
class Facts:
    """What holds of an `Asked` in all circumstances, and the flows and prohibitions that name its parts."""

    values: Mapping[str, frozenset[str]]
    age: str | None
    flows: tuple[Flow, ...]
    nevers: tuple[Mapping[str, Any], ...]


class Naive:
    """One agreement, or none, with the law of one place on the book's day."""

    def __init__(self, agreement: Agreement | None, book: Book, place: str) -> None:
        self.agreement, self.book, self.place = agreement, book, place
        self.rank = {word: term.facts["rank"] for word, term in book.terms("concern-levels").items()}
        self.parties = {party.name: party for party in self._parties()}
        self.law = [p for p in book.provisions.values() if book_words.in_force(p, book, place)]

    # who and what

    def _parties(self) -> Iterator[Party]:
        bodies = self.agreement.agencies if self.agreement else {}
        for agency in bodies.values():
            kinds = (agency.type, *agency.also)
            yield Party(agency.id, kinds, agency=agency)
            for team in agency.teams:
                yield Party(f"{agency.id}/{team}", kinds, agency=agency, team=team)
        for role in self.agreement.roles.values() if self.agreement else ():
            places = list(bodies) if role.any_agency else list(role.agencies)
            if not places:
                yield Party(role.id, (), role.type, role)
            for place in places:
                name = role.id if len(places) == 1 else f"{place}/{role.id}"
                acts_for = bodies.get(role.acting_for[0], bodies[place]) if len(role.acting_for) == 1 else bodies[place]
                kinds = (acts_for.type, *acts_for.also)
                yield Party(name, kinds, role.type, role, bodies[place], role.team or "", acts_for)

    def party(self, name: str) -> Party:
        """A party of the agreement, or the kinds that `agency-type/role-type` names."""
        agency, _, role = name.partition("/")
        return self.parties[name] if self.agreement else Party(name, (agency,), role)

    def _kinds(self, part: str, name: str) -> tuple[str, ...]:
        """The words of the book for an item, a person or a purpose: the agreement's own, or the name itself."""
        own = getattr(self.agreement, part, {}).get(name)
        if own is None:
            return (name,)
        return own.types if part == "items" else (own.type,)

    def _cares(self, party: Party) -> bool:
        """Whether somebody gives the person care: as the agreement says of the role, or as the kind of role does."""
        if party.role and "direct_care" in party.role.fields:
            return party.role.direct_care
        return holds(self.book, "role-types", (party.role_kind,), "clinical")

    def _in_confidence(self, sender: Party, item: str) -> bool:
        """As the agreement says of the item; otherwise by the holder's profession or by the work of the body."""
        own = self.agreement.items.get(item) if self.agreement else None
        if own and "confidential" in own.fields:
            return bool(own.fields["confidential"])
        stated = sender.role.fields.get("confidential") if sender.role else None
        by_profession = (
            holds(self.book, "role-types", (sender.role_kind,), "confidential") if stated is None else stated
        )
        return by_profession or holds(self.book, "sectors", book_words.sectors(sender.kinds, self.book), "confidential")

    def _recipient(self, recipient: Party | None, relation: str) -> str:
        if recipient is None:
            facts = self.book.term("relations", relation).facts
            return "dangerous" if facts.get("dangerous") is True else facts.get("treated_as", "other")
        treated = [self.book.term("agency-types", kind).facts.get("treated_as") for kind in recipient.kinds]
        return next((one for one in treated if one), "agency")

    # what the law says

    def _law(self, sender: Party, recipient: Party | None, asked: Asked, flows: tuple[Flow, ...]) -> set[str]:
        """What the provisions say that reach these two, for this purpose and information; nothing within one body."""
        if recipient is None or self._one_body(sender, recipient):
            return set()
        named = self._named(flows)
        (purpose,), (subject,) = self._kinds("purposes", asked.purpose), self._kinds("subjects", asked.about)

        def reaches(provision: Provision, by_name: bool) -> bool:
            return (
                book_words.by_role(provision, sender.role_kind, recipient.role_kind, self.book)
                and book_words.binds(provision, "senders", sender.kinds, by_name)
                and book_words.binds(provision, "recipients", recipient.kinds, by_name)
                and book_words.serves(provision, purpose, by_name)
                and book_words.carries(provision, self._kinds("items", asked.item), subject)
            )

        reaching = [p for p in self.law if reaches(p, False) or (p.id in named and reaches(p, True))]
        return {said for p in reaching if (said := book_words.says(p))}

    def _leaning(self) -> set[str]:
        return {"leans-to-report"} if holds(self.book, "jurisdictions", (self.place,), "leans_to_report") else set()

    def _named(self, flows: tuple[Flow, ...]) -> set[str]:
        """The provisions that flows name: by id, by a key of the agreement's own list, or by a citation in words."""
        found = set()
        for gateway in {gateway for flow in flows for gateway in flow.gateways}:
            own = self.agreement.law.get(gateway) if self.agreement else None
            found |= {p.id for p in self.book.cited((own.provision or own.cites) if own else gateway)}
        return found

    def _one_body(self, sender: Party, recipient: Party) -> bool:
        """Whether both are departments of one legal person; a class of bodies is none."""
        one, other = self._body(sender), self._body(recipient)
        return one is not None and one == other

    def _body(self, party: Party) -> str | None:
        agency = party.acts_for or party.agency
        if agency is None or self.agreement is None or _is_class(agency):
            return None
        seen = [agency.id]
        while agency is not None and agency.part_of and agency.part_of not in seen:
            seen.append(agency.part_of)
            agency = self.agreement.agencies.get(agency.part_of)
        return seen[-1]

    # what the partners agreed

    def in_use(self) -> bool:
        """Begun, not over, not suspended, not replaced."""
        one = self.agreement
        if one is None or one.status in ("suspended", "ended") or "replaced_by" in one.fields:
            return False
        return not (one.starts and one.starts > self.book.on) and not (one.ends and one.ends < self.book.on)

    def _flows(self, sender: Party, recipient: Party | None, asked: Asked) -> Iterator[Flow]:
        if recipient is None or self.agreement is None or not self.in_use():
            return
        for flow in self.agreement.flows.values():
            itself = flow.both_ways and sender.name == recipient.name and not _is_class(sender.agency)
            senders, recipients = [one.ref for one in flow.senders], [one.ref for one in flow.recipients]
            if (
                _names(senders, sender) and _names(recipients, recipient) and not itself
                and asked.item in flow.data and asked.purpose in flow.purposes
                and (not flow.about or asked.about in flow.about)
            ):  # fmt: skip
                yield flow

    def _nevers(self, sender: Party, recipient: Party | None, asked: Asked) -> Iterator[Mapping[str, Any]]:
        bars = self.agreement.fields.get("never") or {} if self.agreement and self.in_use() else {}
        for name, bar in bars.items():
            if not self.is_written(name, bar):
                continue
            senders, recipients = _listed(bar.get("from")), _listed(bar.get("to"))
            parts = (("data", asked.item), ("about", asked.about), ("purpose", asked.purpose))
            to = _names(recipients, recipient) if recipient else "anyone-else" in recipients
            if (
                (not senders or _names(senders, sender)) and (not recipients or to)
                and all(name in (_listed(bar.get(part)) or [name]) for part, name in parts)
            ):  # fmt: skip
                yield bar

    def is_written(self, name: str, bar: Mapping[str, Any]) -> bool:
        """Whether a prohibition says here what it forbids: not elsewhere, and nothing of it is still to be typed in."""
        unknown = self.agreement.fields.get("unknown", ()) if self.agreement else ()
        gap = any(address.split(".")[:2] in (["never", name], ["never", "*"]) for address in unknown)
        return not gap and "see" not in bar and any(part in bar for part in ("from", "to", "data", "about", "purpose"))

    def flow_says(self, flow: Flow, words: Words) -> set[str]:
        """What a flow says as things stand."""
        here, consent = self.rank[words["concern"]], flow.consent
        if here < self.rank[flow.concern]:
            return set()
        model = self.book.term("consent-models", consent.model).facts if consent else {}
        if consent is None or not consent.relied_on or not (model.get("asks") or model.get("implied")):
            return {"covers"}
        refusal = self.book.term("refusals", consent.refused or "").facts
        lifted = [self.rank[word] for word in consent.unless if word in self.rank]
        excused = any(word in self.book.terms("exceptions") for word in consent.unless)
        lifted += [self.rank["significant-harm"]] if excused or refusal.get("shares_at_risk") else []
        free = any(here >= rank for rank in lifted)
        if model.get("implied") or model.get("opt_out"):
            no = words["consent"] in ("refused", "withdrawn") or words["objection"] == "yes"
            return {"leaves-choice"} if no and not free else {"leaves-choice", "covers"}
        free |= words["consent"] == "given" or (words["consent"] == "unsafe-to-ask" and excused)
        asks = "asks-advice" if refusal.get("advises") else "asks"
        return {asks, "covers"} if free else {asks}

    def never_says(self, bar: Mapping[str, Any], words: Words) -> set[str]:
        """What a prohibition says as things stand: it lifts at a level of concern, or, for a reason, at significant harm."""
        lifts, prose = [], False
        for word in _listed(bar.get("unless")):
            if word in self.rank:
                lifts.append(self.rank[word])
            elif word in self.book.terms("exceptions"):
                lifts.append(self.rank["significant-harm"])
            else:
                prose = True
        if any(self.rank[words["concern"]] >= rank for rank in lifts):
            return set()
        return {"forbids-unless" if prose else "forbids"}

    # the answer

    def facts(self, asked: Asked) -> Facts:
        """Everything about a question that no circumstance changes."""
        book, sender = self.book, self.party(asked.sender)
        recipient = None if asked.individual else self.party(asked.recipient)
        kinds = recipient.kinds if recipient else ()
        body = (recipient.acts_for or recipient.agency) if recipient else None
        own = body.functions if body else ()
        flows = tuple(self._flows(sender, recipient, asked))
        (purpose,), (subject,) = self._kinds("purposes", asked.purpose), self._kinds("subjects", asked.about)
        held = self._in_confidence(sender, asked.item)
        values = {
            "recipient": {self._recipient(recipient, asked.recipient)},
            "item": book_words.item(self._kinds("items", asked.item), held, book, self.place),
            "purpose": book_words.purpose(purpose, kinds, own, book),
            "law": self._law(sender, recipient, asked, flows) | self._leaning(),
            "able": set(book_words.able(kinds, recipient.role_kind if recipient else "", book, self.place)),
            "care-team": {"yes"} if recipient and self._cares(sender) and self._cares(recipient) else set(),
        }
        of_age = [word for word in ("child", "adult") if holds(book, "subject-types", (subject,), word)]
        sets = {name: frozenset(found) for name, found in values.items()}
        return Facts(sets, of_age[0] if of_age else None, flows, tuple(self._nevers(sender, recipient, asked)))

    def partners(self, facts: Facts, words: Words) -> set[str]:
        """What the partners agreed, at this level of concern and with this answer to consent."""
        said = [self.flow_says(flow, words) for flow in facts.flows] + [
            self.never_says(bar, words) for bar in facts.nevers
        ]
        return set().union(*said)

    def row(self, facts: Facts, words: Words) -> str:
        """The id of the first row whose condition fits."""
        now: dict[str, Any] = {name: (word,) for name, word in words.items()}
        now |= {**facts.values, "partners": self.partners(facts, words), "person": (facts.age or words["person"],)}
        return next(str(row["id"]) for row in self.book.decision["rows"] if self._fits(row["when"], now))

    def _fits(self, when: Any, now: Mapping[str, Any]) -> bool:
        """Whether all facts of a condition hold; of a list of conditions, whether one does."""
        if isinstance(when, list):
            return any(self._fits(one, now) for one in when)
        for name, values in when.items():
            for value in values if isinstance(values, list) else (values,):
                if self._holds(name, value, now):
                    break
            else:
                return False
        return True

    def _holds(self, name: str, value: str, now: Mapping[str, Any]) -> bool:
        if name == "is":
            return self._fits(self.book.decision["meanings"][value], now)
        if name == "able" and value == "protects":
            (danger,), (person,) = now["danger"], now["person"]
            return f"protects { ({'another-adult': 'adult', 'self': person}.get(danger, danger)) }" in now["able"]
        return value in now[name]


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _is_class(agency: Agency | None) -> bool:
    return agency is not None and bool(agency.fields.get("members") or agency.fields.get("joins"))


def _names(refs: list[str], party: Party) -> bool:
    """Whether any reference names a party of the agreement: a role, its agency, its team, or everybody."""
    agency = party.agency.id if party.agency else ""
    role, team = party.role.id if party.role else agency, f"{agency}/{party.team}" if party.team else agency
    return any(ref in ("any", agency, role, team) for ref in refs)
