"""The law layer: what the provisions in force say of one disclosure, and how the book's words class its parts.

What the book does not know of a provision (whom it binds, what for) is never read as a duty; a flow that names the
provision itself fills it in (`named`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from sharecheck.knowledge import Book, Provision

Made = TypeVar("Made")

_IN_CONFIDENCE = (
    "special", "special_likely", "special_if_inferred", "criminal", "in_confidence", "high_harm", "opinion",
    "sensitive_service", "police_held",
)  # fmt: skip
_LEADS_TO = ("identifies", "location_sensitive", "identity_at_risk", "whereabouts", "relatives")
_PURPOSES = {
    "refused": "refused", "needs_advice": "needs-advice", "asks_for_service": "service", "care": "care",
    "protects_children": "protects-children", "duty_disputed": "disputed", "through_police": "through-police",
    "about_workers": "workforce", "follows_a_move": "handover", "unasked": "unasked",
    "danger_from_known": "danger-from-known",
}  # fmt: skip
_ITEMS = {
    "opinion": "opinion", "whole_record": "whole", "sensitive_service": "sensitive", "identity_at_risk": "names-others",
}  # fmt: skip
"""From facts of the book to what the table asks, of purposes and of items."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What the book says of a sender or recipient: kinds of agency, kind of role, and whether they care for the person.

    `direct_care` and `confidential` are as the agreement says of the role, None where it does not; `functions` are purposes
    that the agency has a function for beyond its kind. `person` is set for an individual who is no agency: a word of the
    vocabulary of relations.
    """

    agencies: tuple[str, ...]
    role: str = ""
    direct_care: bool | None = None
    confidential: bool | None = None
    functions: tuple[str, ...] = ()
    person: str = ""


class Law:
    """The provisions in force in one place on the book's day, as bits, and the facts that the decision table asks."""

    def __init__(self, book: Book, jurisdiction: str) -> None:
        self.book = book
        self.jurisdiction = jurisdiction
        here = [
            p for p in book.provisions.values()
            if p.in_force(book.on) and (not p.jurisdiction or jurisdiction in p.jurisdiction)
        ]  # fmt: skip
        self.bars = tuple(p for p in here if p.kind == "bar" and "data_only" in p.facts)
        self.provisions = tuple(p for p in here if _flag(p))
        leans = book.term("jurisdictions", jurisdiction).is_("leans_to_report")
        self._flags: dict[int, frozenset[str]] = {0: frozenset(("leans-to-report",)) if leans else frozenset()}
        self._made: dict[object, Any] = {}

    # provisions

    # Where a flow has `named` a provision, what the book does not know of it (a list left out, open or unsure) is filled in.

    def sends(self, kind: Kind, *, named: bool = False) -> int:
        """The provisions that let or make somebody disclose; a personal duty lies on the professions it names alone."""
        return self._once(("sends", kind.agencies, kind.role, named), lambda: self._sends(kind, named))

    def _sends(self, kind: Kind, named: bool) -> int:
        role = self.book.term("role-types", kind.role)
        bound = role.is_("regulated") or role.is_("teaches")
        return self._bits(
            p for p in self.provisions
            if _listed(p, "senders", kind.agencies, named) and (bound or not _professional(p))
        )  # fmt: skip

    def receives(self, kind: Kind, *, named: bool = False) -> int:
        """The provisions under which somebody may be told; none for those who do no work on cases."""
        return self._once(("receives", kind.agencies, kind.role, named), lambda: self._receives(kind, named))

    def _receives(self, kind: Kind, named: bool) -> int:
        if self.book.term("role-types", kind.role).is_("no_casework"):
            return 0
        return self._bits(p for p in self.provisions if _listed(p, "recipients", kind.agencies, named))

    def serves(self, purpose: str, *, named: bool = False) -> int:
        """The provisions that serve a purpose; a power whose purposes are not known serves only those it is named for."""
        return self._once(("serves", purpose, named), lambda: self._serves(purpose, named))

    def _serves(self, purpose: str, named: bool) -> int:
        return self._bits(
            p for p in self.provisions
            if purpose in p.facts.get("purposes", (purpose,) if named or _flag(p) != "power" else ())
            or (named and "purposes" in p.facts.get("open", ()))
        )  # fmt: skip

    def carries(self, categories: tuple[str, ...]) -> int:
        """The provisions that reach information of these categories."""
        return self._once(("carries", categories), lambda: self._carries(frozenset(categories)))

    def _carries(self, kinds: frozenset[str]) -> int:
        return self._bits(
            p for p in self.provisions
            if kinds.intersection(p.facts.get("data_only", kinds))
            and not kinds.intersection(p.facts.get("data_excludes", ()))
        )  # fmt: skip

    def about(self, subject: str) -> int:
        """The provisions that reach information about a kind of person."""
        return self._once(
            ("about", subject),
            lambda: self._bits(p for p in self.provisions if subject in p.facts.get("about", (subject,))),
        )

    def flags(self, reaching: int) -> frozenset[str]:
        """What the provisions in a set say, in the words of the decision table."""
        found = self._flags.get(reaching)
        if found is None:
            found = self._flags[reaching] = self._flags[0] | {_flag(p) for p in self.of(reaching)}
        return found

    def of(self, reaching: int) -> tuple[Provision, ...]:
        """The provisions in a set."""
        return tuple(p for i, p in enumerate(self.provisions) if reaching >> i & 1)

    def named(self, ids: Iterable[str]) -> int:
        """The provisions with these ids."""
        wanted = set(ids)
        return self._bits(p for p in self.provisions if p.id in wanted)

    def saying(self, flags: Iterable[str]) -> int:
        """The provisions that say any of these things."""
        wanted = set(flags)
        return self._bits(p for p in self.provisions if _flag(p) in wanted)

    def _bits(self, chosen: Iterable[Provision]) -> int:
        ids = {p.id for p in chosen}
        return sum(1 << i for i, p in enumerate(self.provisions) if p.id in ids)

    def _once(self, key: object, make: Callable[[], Made]) -> Made:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]  # type: ignore[no-any-return]

    # parts

    def recipient(self, kind: Kind) -> str:
        """How the table sees a recipient."""
        if kind.person:
            relation = self.book.term("relations", kind.person)
            return "dangerous" if relation.is_("dangerous") else str(relation.facts.get("treated_as", "other"))
        treated = (self.book.term("agency-types", a).facts.get("treated_as") for a in kind.agencies)
        return next((str(one) for one in treated if one), "agency")

    def able(self, kind: Kind) -> frozenset[str]:
        """What a recipient is able to do for somebody in danger."""
        return self._once(("able", kind.agencies, kind.role), lambda: self._able(kind))

    def _able(self, kind: Kind) -> frozenset[str]:
        found: set[str] = set()
        if self.book.term("role-types", kind.role).is_("no_casework"):
            return frozenset()
        for term in (self.book.term("agency-types", a) for a in kind.agencies):
            found |= {f"protects-{who}" for who in term.facts.get("protects", ())}
            if term.is_("acts_at_once"):
                found.add("acts")
            if term.is_("may_require"):
                found.add("may-require")
            if term.is_("front_door") or self.jurisdiction in term.facts.get("front_door_in", ()):
                found.add("front-door")
        return frozenset(found)

    def sectors(self, kind: Kind) -> frozenset[str]:
        """The sectors a body works in."""
        return frozenset(str(self.book.term("agency-types", a).facts.get("sector", "")) for a in kind.agencies)

    def gives_care(self, kind: Kind) -> bool:
        """Whether somebody gives the person care."""
        stated = kind.direct_care
        return self.book.term("role-types", kind.role).is_("clinical") if stated is None else stated

    def keeps_confidence(self, kind: Kind) -> bool:
        """Whether what somebody holds is held in confidence, by their profession or by the work of the body."""
        stated = kind.confidential
        if self.book.term("role-types", kind.role).is_("confidential") if stated is None else stated:
            return True
        return any(self.book.term("sectors", sector).is_("confidential") for sector in self.sectors(kind))

    def purpose(self, purpose: str, recipient: Kind) -> frozenset[str]:
        """What the table asks of a purpose; it is outside the work of an agency that has no function for it."""
        key = ("purpose", purpose, recipient.agencies, recipient.functions)
        return self._once(key, lambda: self._purpose(purpose, recipient))

    def _purpose(self, purpose: str, recipient: Kind) -> frozenset[str]:
        term = self.book.term("purposes", purpose)
        found = {flag for fact, flag in _PURPOSES.items() if term.is_(fact)}
        if term.facts.get("theme") == "law-enforcement":
            found.add("policing")
        if "danger" in term.facts:
            found.add("guards-others")
        if "disputed" not in found:
            found.add("undisputed")
        functions = term.facts.get("functions_of")
        sectors = self.sectors(recipient)
        if functions and sectors and purpose not in recipient.functions and not sectors.intersection(functions):
            found.add("outside")
        return frozenset(found)

    def item(self, categories: tuple[str, ...], *, confidential: bool) -> frozenset[str]:
        """What the table asks of an item, `confidential` where its holder or the agreement makes it so."""
        return self._once(("item", categories, confidential), lambda: self._item(categories, confidential))

    def _item(self, categories: tuple[str, ...], confidential: bool) -> frozenset[str]:
        facts = self.book.facts("data-categories", categories)
        terms = [self.book.term("data-categories", category) for category in categories]
        found = {"confidential" if confidential or facts.intersection(_IN_CONFIDENCE) else "open"}
        found.add("identifies" if "identifies" in facts else "nameless")
        if facts.intersection(_LEADS_TO):
            found.add("locates")
        found |= {flag for fact, flag in _ITEMS.items() if fact in facts}
        if terms and all(term.is_("not_personal") for term in terms):
            found = {"anonymous", "nameless"}
        for bar in self.bars:
            if set(categories).intersection(bar.facts["data_only"]):
                found.add(_barring(bar))
        return frozenset(found)

    def age(self, subject: str) -> str | None:
        """`child` or `adult` where the word for the person settles it."""
        term = self.book.term("subject-types", subject)
        return "child" if term.is_("child") else "adult" if term.is_("adult") else None


def law(book: Book, jurisdiction: str) -> Law:
    """The law of one place on the book's day, made once."""
    made: Law = book.derived(("law", jurisdiction), lambda: Law(book, jurisdiction))
    return made


def _listed(provision: Provision, side: str, agencies: tuple[str, ...], named: bool) -> bool:
    facts = provision.facts
    if any(a in facts.get("excludes", ()) for a in agencies):
        return False
    bodies = facts.get(side, "anyone" if provision.kind == "bar" else None)
    if named and (
        bodies is None or side in facts.get("open", ()) or any(a in facts.get("unsure", ()) for a in agencies)
    ):
        return True
    return bodies is not None and (bodies == "anyone" or any(a in bodies for a in agencies))


def _barring(bar: Provision) -> str:
    """How a bar bars: for legal advice, unless the person agrees, or altogether."""
    if bar.facts.get("advice"):
        return "guarded"
    return "barred-unless-agreed" if bar.facts.get("unless_agreed") else "barred"


def _professional(provision: Provision) -> bool:
    """Whether a duty lies in person on professionals at the bodies it names."""
    return provision.facts.get("personal") is True and isinstance(provision.facts.get("senders"), list)


def _flag(provision: Provision) -> str:
    """What a provision says, in the words of the decision table; nothing where it lets nobody disclose."""
    facts = provision.facts
    if provision.kind == "bar":
        return "limited-asking" if "on_request" in facts else ""
    if provision.kind == "duty" and "co_operation" not in facts and provision.confidence != "unverified":
        return "duty-on-request" if "on_request" in facts else _CONDITIONS.get(facts.get("condition", ""), "duty")
    return "power" if provision.kind in ("duty", "power", "support") else ""


_CONDITIONS = {
    "no-objection": "duty-no-objection",
    "not-more-detrimental": "duty-not-more-detrimental",
    "agreement-required": "duty-agreement-required",
    "reasonable-belief": "duty-reasonable-belief",
    "known-case-under-18": "duty-known-case",
    "name-needs-agreement": "duty-without-name",
    "serious-offence": "duty-serious-offence",
}
"""Conditions that the table asks about; what is left of the others is said in words with the answer."""
