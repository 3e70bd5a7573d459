"""What the book says about the parts of one agreement: the questions that several rules ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from typing import Any, TypeVar

from sharecheck.agreement import (
    Agency,
    Agreement,
    Basis,
    Consent,
    Flow,
    Item,
    Party,
    Purpose,
    Role,
    listed,
    matches,
    prose,
    split_address,
    words,
)
from sharecheck.knowledge import Book, Provision, Term, joined
from sharecheck.rules.phrases import Plain, phrases
from sharecheck.source import Document, Path

_Part = TypeVar("_Part", bound=Item | Flow)
_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Facts:
    """One agreement read with the book on one day; `namesakes` are other agreements with the same id, `scenarios` the files
    of scenarios about it, `sign_offs` those of its sign-offs, and `void_by` the changes that void one."""

    agreement: Agreement
    book: Book
    namesakes: tuple[Agreement, ...] = ()
    rule_ids: frozenset[str] = frozenset()
    scenarios: tuple[Document, ...] = ()
    sign_offs: tuple[Document, ...] = ()
    void_by: tuple[str, ...] | None = None
    _memo: dict[tuple[str, str], object] = field(default_factory=dict, repr=False, compare=False)

    @property
    def on(self) -> date:
        """The day the agreement is read on."""
        return self.book.on

    @cached_property
    def over(self) -> bool:
        """Whether the agreement is no longer in use: ended, replaced, or past its own last day."""
        agreement = self.agreement
        past = agreement.ends is not None and agreement.ends < self.on
        return past or agreement.status == "ended" or "replaced_by" in agreement.fields

    @property
    def live(self) -> bool:
        """Whether people are sharing under the agreement now."""
        return self.agreement.status == "live" and not self.over

    # gaps

    def left_open(self, at: Path) -> bool:
        """Whether the agreement lists a part as unknown, or says that it is written elsewhere (`see`).

        For rules that name many parts in one finding: what is left open is not among them.
        """
        here: Any = self.agreement.fields
        for step in at:
            here = here.get(step) if isinstance(here, Mapping) else None
            if isinstance(here, Mapping) and "see" in here:
                return True
        return any(matches(pattern[: len(at)], at) for pattern in self._unknown)

    @cached_property
    def _unknown(self) -> list[Path]:
        return [split_address(address) for address in self.agreement.fields.get("unknown", ())]

    def gap(self, flow: Flow, name: str, lacks: Callable[[Flow, Facts], bool]) -> Path:
        """Where a field that flows lack is reported: at the flow that alone lacks it, otherwise at all flows together."""
        key = ("gap", name)
        if key not in self._memo:
            self._memo[key] = sum(
                lacks(other, self) and not self.left_open(other.path(name)) for other in self.agreement.flows.values()
            )
        alone = self._memo[key] == 1 or self.left_open(flow.path(name))
        return flow.path(name) if alone else ("flows",)

    @cached_property
    def said(self) -> str:
        """What the agreement says in words about handling, governance, promises and what lies outside it."""
        fields, agreement = self.agreement.fields, self.agreement
        parts = (agreement.handling, agreement.governance, fields.get("undertakings"), fields.get("outside"))
        return " ".join(text for part in parts for text in prose(part))

    def once(self, key: tuple[str, str], make: Callable[[], _Made]) -> _Made:
        """Something computed from the agreement, kept with it so that it is computed once."""
        if key not in self._memo:
            self._memo[key] = make()
        return self._memo[key]  # type: ignore[return-value]

    # purposes

    def purposes(self, flow: Flow) -> list[Term]:
        """The shared purposes a flow serves."""
        key = ("purposes", flow.id)
        if key not in self._memo:
            known = self.agreement.purposes
            self._memo[key] = [self.book.term("purposes", known[p].type) for p in flow.purposes if p in known]
        return self._memo[key]  # type: ignore[return-value]

    def serves(self, flow: Flow, fact: str) -> bool:
        """Whether any purpose of the flow has a fact, such as `safeguarding`."""
        key = ("ends", flow.id)
        if key not in self._memo:
            self._memo[key] = self.book.facts("purposes", tuple(term.id for term in self.purposes(flow)))
        return fact in self._memo[key]  # type: ignore[operator]

    def serving(self, fact: str) -> list[Flow]:
        """The flows that serve a purpose with a fact."""
        return self.once(
            ("serving", fact), lambda: [flow for flow in self.agreement.flows.values() if self.serves(flow, fact)]
        )

    def serves_only(self, flow: Flow, fact: str) -> bool:
        """Whether every purpose of the flow has a fact."""
        terms = self.purposes(flow)
        return bool(terms) and all(term.is_(fact) for term in terms)

    # data

    def items(self, flow: Flow) -> list[Item]:
        """The items a flow carries, those that exist."""
        return self.once(
            ("items", flow.id), lambda: [self.agreement.items[i] for i in flow.data if i in self.agreement.items]
        )

    def categories(self, item: Item) -> Iterator[Term]:
        """The shared categories an item falls in."""
        return (self.book.term("data-categories", t) for t in item.types)

    def item_is(self, item: Item, fact: str) -> bool:
        """Whether any category of the item has a fact, such as `special`."""
        return fact in self._categories[item.id]

    @cached_property
    def _categories(self) -> dict[str, frozenset[str]]:
        return {item.id: self.book.facts("data-categories", item.types) for item in self.agreement.items.values()}

    def here(self, parts: Iterable[_Part], lacks: str) -> list[_Part]:
        """Parts that lack a field, by id: those whose answer is elsewhere or still to be typed in only if there are no others."""
        lacking = sorted(parts, key=lambda part: part.id)
        told = [
            part for part in lacking
            if "see" not in part.fields and not any(matches(path, (*part.at, lacks)) for path in self._unknown)
        ]  # fmt: skip
        return told or lacking

    def special(self, flow: Flow) -> list[Item]:
        """The special category items a flow carries."""
        return self.once(("special", flow.id), lambda: [i for i in self.items(flow) if self.item_is(i, "special")])

    def criminal(self, flow: Flow) -> bool:
        """Whether a flow carries criminal-offence data, in its items or by what its purpose reveals."""
        return self.serves(flow, "reveals_offending") or any(self.item_is(i, "criminal") for i in self.items(flow))

    def identifiable(self, item: Item) -> bool:
        """Whether an item is information about people who can be told apart."""
        return not all(term.is_("not_personal") or term.is_("pseudonymised") for term in self.categories(item))

    def personal(self, flow: Flow) -> bool:
        """Whether a flow carries personal data at all."""
        key = ("personal", flow.id)
        if key not in self._memo:
            items = self.items(flow)
            self._memo[key] = not items or any(
                not all(term.is_("not_personal") for term in self.categories(item)) for item in items
            )
        return bool(self._memo[key])

    def rank(self, flow: Flow) -> int:
        """The place on the ladder of concern from which a flow applies; 0 is the least."""
        return self.level(flow.concern)

    def level(self, concern: str) -> int:
        """The place of a level of concern on its ladder."""
        place: int = self.book.term("concern-levels", concern).facts.get("rank", 0)
        return place

    # people

    def senders(self, flow: Flow) -> list[Agency]:
        """The agencies that send, each once."""
        return self._agencies("senders", flow, flow.senders)

    def recipients(self, flow: Flow) -> list[Agency]:
        """The agencies that receive, each once."""
        return self._agencies("recipients", flow, flow.recipients)

    def _agencies(self, side: str, flow: Flow, parties: tuple[Party, ...]) -> list[Agency]:
        key = (side, flow.id)
        if key not in self._memo:
            ids = dict.fromkeys(a for p in parties for a in p.agencies)
            self._memo[key] = [self.agreement.agencies[a] for a in ids if a in self.agreement.agencies]
        return self._memo[key]  # type: ignore[return-value]

    def sides(self, flow: Flow) -> Iterator[tuple[str, Agency]]:
        """Every agency in a flow with its side, `sender` or `recipient`."""
        for agency in self.senders(flow):
            yield "sender", agency
        for agency in self.recipients(flow):
            yield "recipient", agency

    def kinds(self, agency: Agency) -> list[Term]:
        """The kinds of agency a body is."""
        return self.once(
            ("kinds", agency.id), lambda: [self.book.term("agency-types", t) for t in (agency.type, *agency.also)]
        )

    def agency_is(self, agency: Agency, fact: str) -> bool:
        """Whether a body has a fact by its kind, such as `official_authority` or `forum`."""
        return fact in self._kinds[agency.id]

    @cached_property
    def _kinds(self) -> dict[str, frozenset[str]]:
        agencies = self.agreement.agencies.values()
        return {agency.id: self.book.facts("agency-types", (agency.type, *agency.also)) for agency in agencies}

    def front_door(self, agency: Agency) -> bool:
        """Whether a body takes concerns about children and decides what happens next, in a jurisdiction of the agreement."""
        key = ("front door", agency.id)
        if key not in self._memo:
            here = set(self.agreement.jurisdiction)
            self._memo[key] = self.agency_is(agency, "front_door") or any(
                here & set(kind.facts.get("front_door_in", ())) for kind in self.kinds(agency)
            )
        return bool(self._memo[key])

    def public_authority(self, agency: Agency) -> bool:
        """Whether a body is a public authority: as stated, or by its kind."""
        stated = agency.public_authority
        return self.agency_is(agency, "public_authority") if stated is None else stated

    def competent_authority(self, agency: Agency) -> bool:
        """Whether a body is a competent authority for law enforcement: as stated, or by its kind."""
        stated = agency.competent_authority
        return self.agency_is(agency, "competent_authority") if stated is None else stated

    def decides(self, agency: Agency) -> bool:
        """Whether a body needs a legal basis of its own: it is neither a processor nor a forum."""
        return agency.controller not in ("processor", "none") and not self.agency_is(agency, "forum")

    def law_enforcement(self, flow: Flow) -> bool:
        """Whether the law-enforcement regime governs the sender: as stated, or a competent authority for that end."""
        stated = flow.fields.get("law_enforcement")
        if stated is not None:
            return bool(stated)
        return any(self.part_3(basis) for basis in flow.bases)

    def turned(self, flow: Flow) -> bool:
        """Whether what competent authorities hold goes to somebody else, for an end that is not all law enforcement."""
        held = any(self.item_is(item, "police_held") or self.item_is(item, "criminal") for item in self.items(flow))
        if not held or not any(self.competent_authority(agency) for agency in self.senders(flow)):
            return False
        to_others = any(not self.competent_authority(agency) for agency in self.recipients(flow))
        return to_others and bool(self.purposes(flow)) and not self.serves_only(flow, "law_enforcement")

    def part_3(self, basis: Basis) -> bool:
        """Whether a basis is one of the law-enforcement regime."""
        return bool(basis.part_3) or self.basis_is(basis, "part_3")

    def based(self, flow: Flow) -> list[tuple[str, Agency, Basis | None]]:
        """Each agency of a flow that needs a basis of its own, with the side it is on and the basis stated."""
        return self.once(
            ("based", flow.id),
            lambda: [
                (side, agency, flow.basis(agency.id, side)) for side, agency in self.sides(flow) if self.decides(agency)
            ],
        )

    def resting(self, flow: Flow) -> dict[Basis, list[Agency]]:
        """Each basis that somebody in a flow rests on, with those who do, each once."""
        key = ("resting", flow.id)
        if key not in self._memo:
            found: dict[Basis, list[Agency]] = {}
            for _, agency, basis in self.based(flow):
                if basis and agency not in found.setdefault(basis, []):
                    found[basis].append(agency)
            self._memo[key] = found
        return self._memo[key]  # type: ignore[return-value]

    def without_offence_condition(self, flow: Flow) -> list[tuple[str, Agency, Basis | None]]:
        """Who in a flow that tells of offending has neither official authority nor a condition, with side and basis."""
        if not self.criminal(flow):
            return []
        return [
            (side, agency, basis) for side, agency, basis in self.based(flow)
            if not (basis and (basis.conditions or basis.article_10 or self.part_3(basis)))
            and not any(self.agency_is(body, "official_authority") for body in self.legal_person(agency))
        ]  # fmt: skip

    def legal_person(self, agency: Agency) -> tuple[Agency, ...]:
        """A body, and the whole that it is part of."""
        whole = self.agreement.agencies.get(agency.part_of or "")
        return (agency, whole) if whole else (agency,)

    def apart(self, sender: Agency, recipient: Agency) -> bool:
        """Whether information that goes from one to the other leaves a legal person; within a class it does."""
        if sender.id == recipient.id:
            return bool(sender.fields.get("members") or sender.fields.get("joins"))
        return (sender.part_of or sender.id) != (recipient.part_of or recipient.id)

    def one_body(self, flow: Flow) -> bool:
        """Whether a flow stays within one legal person; a class of bodies is not one."""
        return self.once(("one body", flow.id), lambda: self._one_body(flow))

    def _one_body(self, flow: Flow) -> bool:
        agencies = (*self.senders(flow), *self.recipients(flow))
        one = len({a.part_of or a.id for a in agencies}) == 1
        return one and not any(a.fields.get("members") or a.fields.get("joins") for a in agencies)

    def role_kind(self, role: Role) -> Term:
        """The shared kind of a role."""
        return self.book.term("role-types", role.type)

    def direct_care(self, role: Role) -> bool:
        """Whether a role gives care to the person: as stated, or by its kind."""
        return role.direct_care or (self.role_kind(role).is_("clinical") and "direct_care" not in role.fields)

    def grave(self, flow: Flow) -> bool:
        """Whether a flow applies only from significant harm, or from something as bad or worse."""
        return self.rank(flow) >= self.level("significant-harm")

    def routine(self, flow: Flow) -> bool:
        """Whether a flow goes by the calendar and for nobody in particular: a nightly extract raises no concern."""
        often = str(flow.fields.get("frequency", ""))
        return self.rank(flow) == 0 and self.book.term("frequencies", often).is_("standing")

    # data subjects

    def subjects_are(self, flow: Flow, fact: str) -> bool:
        """Whether the flow is about people of a kind, such as `child` or `adult`."""
        known = self.agreement.subjects
        return any(self.book.term("subject-types", known[s].type).is_(fact) for s in flow.about if s in known)

    def oldest(self, flow: Flow) -> int | None:
        """The greatest age in years stated for those the flow is about, or None where none is stated."""
        found: int | None = self.once(("oldest", flow.id), lambda: self._oldest(flow))
        return found

    def _oldest(self, flow: Flow) -> int | None:
        known = self.agreement.subjects
        ages: list[int] = []
        for subject in flow.about:
            written = (known[subject].ages or "").lower() if subject in known else ""
            if re.search(r"month|week|day", written):
                continue
            less = 1 if re.search(r"under|below|less than|up to but not", written) else 0
            ages.extend(int(n) - less for n in re.findall(r"\d{1,3}", written))
        return max(ages, default=None)

    def decides_from(self) -> int:
        """The age from which a young person decides as an adult does, in every jurisdiction of the agreement."""
        ages = [self.book.term("jurisdictions", j).facts.get("decides_from") for j in self.agreement.jurisdiction]
        return min((age for age in ages if age), default=18)

    # consent and law

    def named(self, vocabulary: str, fact: str) -> str:
        """The words of a vocabulary that have a fact, as advice names them: `6(1)(e)`, paragraph 18."""
        terms = self.book.terms(vocabulary).values()
        found: str = self.book.derived(
            ("named", vocabulary, fact), lambda: " or ".join(term.id for term in terms if term.is_(fact))
        )
        return found

    def model(self, consent: Consent) -> Term:
        """The consent model as the book describes it."""
        return self.book.term("consent-models", consent.model)

    def asks(self, flow: Flow) -> bool:
        """Whether somebody is asked to agree."""
        return flow.consent is not None and self.model(flow.consent).is_("asks")

    def basis_is(self, basis: Basis | None, fact: str) -> bool:
        """Whether any Article 6 basis stated has a fact, such as `consent` or `public_task`."""
        if basis is None:
            return False
        return fact in self.book.facts("article-6", basis.article_6)

    def gateways(self, flow: Flow) -> list[tuple[str, Provision | None]]:
        """Each gateway as written, with the provision of the book it names."""
        return self.once(("gateways", flow.id), lambda: list(self._gateways(flow)))

    def _gateways(self, flow: Flow) -> Iterator[tuple[str, Provision | None]]:
        for written in flow.gateways:
            cited = self.agreement.law.get(written)
            name = (cited.provision or cited.cites) if cited else written
            shown = cited.cites if cited else written
            held: list[tuple[str, Provision | None]] = [(shown, found) for found in self.book.cited(name)]
            if held:
                held += [(f"{shown}: section {section}", None) for section in self.book.not_held(name)]
            yield from held or [(shown, None)]

    def allows(self, provision: Provision) -> bool:
        """Whether a provision in force lets or makes somebody disclose, rather than only lying behind it."""
        return provision.kind in ("duty", "power", "approval") and provision.in_force(self.on)

    def on_request(self, flow: Flow) -> bool:
        """Whether a flow answers somebody who asks, as its trigger, its title or a recorded request says."""
        said = (flow.fields.get("trigger"), flow.fields.get("title"))
        recorded = any(basis.fields.get("request") for basis in flow.bases)
        return recorded or any(self.phrase(text, "on-request") for text in said)

    def duties(self, flow: Flow) -> list[tuple[Provision, list[Agency]]]:
        """The duties to share that reach a flow on the day, with the senders each binds; those the flow names come first.

        What the book does not know of a duty (whom it binds, what for) is filled in only where the flow names it itself.
        """
        key = ("duties", flow.id)
        if key not in self._memo:
            named = {held.id for _, held in self.gateways(flow) if held}
            reached = [(duty, self._bound(flow, duty, duty.id in named)) for duty in self._duties_here]
            self._memo[key] = sorted(((d, who) for d, who in reached if who), key=lambda pair: pair[0].id not in named)
        return self._memo[key]  # type: ignore[return-value]

    @cached_property
    def _duties_here(self) -> list[Provision]:
        here = set(self.agreement.jurisdiction)
        return [duty for duty in _duties(self.book) if not duty.jurisdiction or here.intersection(duty.jurisdiction)]

    def _bound(self, flow: Flow, duty: Provision, named: bool) -> list[Agency]:
        known = duty.facts
        purposes = known.get("purposes")
        if not (named if purposes is None else any(term.id in purposes for term in self.purposes(flow))):
            return []
        asked = named or "on_request" not in known or self.on_request(flow)
        if not asked or (known.get("condition") == "no-objection" and not named):
            return []

        def of(side: str, agency: Agency) -> bool:
            listed_kinds = known.get(side)
            kinds = (agency.type, *agency.also)
            if any(kind in known.get("excludes", ()) for kind in kinds):
                return False
            return named if listed_kinds is None else listed_kinds == "anyone" or any(k in listed_kinds for k in kinds)

        reached = {a.part_of or a.id for a in self.recipients(flow) if of("recipients", a)}
        return [
            a for a in self.senders(flow)
            if a.controller != "processor" and of("senders", a) and reached - {a.part_of or a.id}
        ]  # fmt: skip

    def policy_conditions(self, agency: Agency) -> frozenset[str]:
        """The Schedule 1 paragraphs that the agency's appropriate policy documents name."""
        named: dict[str, set[str]] = self.once(("policy", ""), self._policy_conditions)
        bodies = (agency.id, agency.part_of, agency.member_of)
        return frozenset(condition for body in bodies if body in named for condition in named[body])

    def _policy_conditions(self) -> dict[str, set[str]]:
        named: dict[str, set[str]] = {}
        documents = self.agreement.governance.get("policy_documents", ())
        for document in () if isinstance(documents, str) else documents:
            for body in listed(document.get("agency")):
                named.setdefault(body, set()).update(str(one) for one in listed(document.get("conditions")))
        return named

    # words

    def wording(self, flow: Flow) -> str:
        """All that a flow says in words about when, why and how it runs, its consent and what it requires included."""
        key = ("wording", flow.id)
        if key not in self._memo:
            said = [flow.fields.get(name) for name in ("necessity", "trigger", "where", "text", "inform", "frequency")]
            if flow.consent:
                said += [value for name, value in flow.consent.fields.items() if name != "model"]
            undertakings = self.agreement.fields.get("undertakings", {})
            said += [undertakings.get(name) for name in flow.fields.get("requires", ())]
            self._memo[key] = words(" ".join(prose(said)))
        return self._memo[key]  # type: ignore[return-value]

    def phrase(self, text: str | None, means: str) -> str | None:
        """The first telling phrase of one meaning (`vague`, `everyone` …) in a text, or None."""
        if not text:
            return None
        plain = self.once(("plain", text), lambda: Plain.of(text))
        return phrases(means, self.book).first(plain)


def _duties(book: Book) -> tuple[Provision, ...]:
    """The duties in force to tell; not those on a person, those to co-operate, or those that need agreement."""

    def made() -> tuple[Provision, ...]:
        return tuple(
            p for p in book.provisions.values()
            if p.kind == "duty" and p.in_force(book.on) and p.confidence != "unverified"
            and not p.facts.keys() & {"personal", "co_operation", "data_only"} and p.facts.get("condition") != "agreement-required"
        )  # fmt: skip

    found: tuple[Provision, ...] = book.derived("duties to share", made)
    return found


def names(parts: Iterable[Agency | Item | Role]) -> str:
    """Ids in backticks, joined as a sentence joins them."""
    return joined([f"`{part.id}`" for part in parts]) or "nobody"


def at_each(parts: Iterable[Agency | Item | Role | Flow | Purpose], *field: str) -> tuple[Path, ...]:
    """Where parts are written, or where a field of each would be."""
    return tuple((*part.at, *field) for part in parts)


@cache
def spoken(options: tuple[str, ...]) -> str:
    """Words in backticks, joined as a sentence joins them."""
    return joined([f"`{option}`" for option in options])
