"""What the book says of words and of law, naively: one provision, one word, one question at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sharecheck.knowledge import Book, Provision

CONFIDENTIAL = (
    "special", "special_likely", "special_if_inferred", "criminal", "in_confidence", "high_harm", "opinion",
    "sensitive_service", "police_held",
)  # fmt: skip
LOCATES = ("identifies", "location_sensitive", "identity_at_risk", "whereabouts", "relatives")
PURPOSES = {
    "refused": "refused", "needs_advice": "needs-advice", "asks_for_service": "service", "care": "care",
    "protects_children": "protects-children",
    "through_police": "through-police", "about_workers": "workforce",
    "follows_a_move": "handover", "unasked": "unasked",
    "danger_from_known": "danger-from-known",
}  # fmt: skip
ON_CONDITION = {
    "no-objection": "duty-no-objection",
    "not-more-detrimental": "duty-not-more-detrimental",
    "agreement-required": "duty-agreement-required",
    "reasonable-belief": "duty-reasonable-belief",
    "known-case-under-18": "duty-known-case",
    "name-needs-agreement": "duty-without-name",
    "serious-offence": "duty-serious-offence",
}


def holds(book: Book, vocabulary: str, words: tuple[str, ...], *facts: str) -> bool:
    """Whether any of some facts holds of any of some words."""
    return any(book.term(vocabulary, word).facts.get(fact) is True for word in words for fact in facts)


# provisions


def in_force(provision: Provision, book: Book, place: str) -> bool:
    """Whether it is law there on the book's day."""
    begun = provision.starts is None or provision.starts <= book.on
    over = provision.ends is not None and provision.ends < book.on
    here = not provision.jurisdiction or place in provision.jurisdiction
    return begun and not over and here and provision.facts.get("in_force") is not False


def says(provision: Provision) -> str:
    """What it says to whoever it reaches, in the table's words; nothing where it lets nobody disclose."""
    facts = provision.facts
    if provision.kind == "bar":
        return "limited-asking" if "on_request" in facts else ""
    if provision.kind not in ("duty", "power", "support"):
        return ""
    if provision.kind != "duty" or "co_operation" in facts or provision.confidence == "unverified":
        return "power"
    return "duty-on-request" if "on_request" in facts else ON_CONDITION.get(facts.get("condition", ""), "duty")


def binds(provision: Provision, side: str, kinds: tuple[str, ...], named: bool) -> bool:
    """Whether bodies of these kinds are on one side of it; where a flow has `named` it, what is not known counts as yes."""
    facts = provision.facts
    if any(kind in facts.get("excludes", ()) for kind in kinds):
        return False
    unknown = side not in facts or side in facts.get("open", ()) or any(k in facts.get("unsure", ()) for k in kinds)
    listed = facts.get(side, "anyone" if provision.kind == "bar" else ())
    return (named and unknown) or listed == "anyone" or any(kind in listed for kind in kinds)


def by_role(provision: Provision, sender: str, recipient: str, book: Book) -> bool:
    """Whether it reaches kinds of role: a personal duty only the professions, and nobody who does no work on cases."""
    personal = provision.facts.get("personal") is True and isinstance(provision.facts.get("senders"), list)
    bound = not personal or holds(book, "role-types", (sender,), "regulated", "teaches")
    return bound and not holds(book, "role-types", (recipient,), "no_casework")


def serves(provision: Provision, purpose: str, named: bool) -> bool:
    """Whether it serves a purpose: a duty to tell without purposes serves any, a power none unless a flow has `named` it."""
    if "purposes" not in provision.facts:
        return named or says(provision) != "power"
    return purpose in provision.facts["purposes"] or (named and "purposes" in provision.facts.get("open", ()))


def carries(provision: Provision, categories: tuple[str, ...], subject: str) -> bool:
    """Whether it reaches information of these kinds about such a person."""
    facts = provision.facts
    only, but = facts.get("data_only", categories), facts.get("data_excludes", ())
    return any(c in only and c not in but for c in categories) and not any(c in but for c in categories) and (
        subject in facts.get("about", (subject,))
    )  # fmt: skip


# words


def able(kinds: tuple[str, ...], role: str, book: Book, place: str) -> Iterator[str]:
    """What bodies of these kinds can do for somebody in danger; nothing through a role that does no work on cases."""
    for kind in () if holds(book, "role-types", (role,), "no_casework") else kinds:
        facts = book.term("agency-types", kind).facts
        if facts.get("acts_at_once") is True:
            yield "acts"
        if facts.get("may_require") is True:
            yield "may-require"
        if facts.get("front_door") is True or place in facts.get("front_door_in", ()):
            yield "front-door"
        yield from (f"protects {who}" for who in facts.get("protects", ()))


def sectors(kinds: tuple[str, ...], book: Book) -> tuple[str, ...]:
    """The sectors that bodies of these kinds work in."""
    return tuple(book.term("agency-types", kind).facts.get("sector", "") for kind in kinds)


def purpose(word: str, kinds: tuple[str, ...], own: tuple[str, ...], book: Book) -> set[str]:
    """What the table asks of a purpose; the recipient has functions by the sectors of its `kinds`, and others of its `own`."""
    facts = book.term("purposes", word).facts
    found = {flag for fact, flag in PURPOSES.items() if facts.get(fact) is True}
    if "danger" in facts:
        found.add("guards-others")
    found.add("disputed" if facts.get("duty_disputed") is True else "undisputed")
    if facts.get("theme") == "law-enforcement":
        found.add("policing")
    functions = facts.get("functions_of")
    if functions and kinds and word not in own and not any(sector in functions for sector in sectors(kinds, book)):
        found.add("outside")
    return found


def item(categories: tuple[str, ...], held: bool, book: Book, place: str) -> set[str]:
    """What the table asks of an item, `held` in confidence where the agreement, or whoever holds it, makes it so."""
    found = set()
    for bar in book.provisions.values():
        protected = bar.facts.get("data_only", ())
        if bar.kind == "bar" and in_force(bar, book, place) and any(c in protected for c in categories):
            agreed = "barred-unless-agreed" if bar.facts.get("unless_agreed") else "barred"
            found.add("guarded" if bar.facts.get("advice") else agreed)
    if all(holds(book, "data-categories", (c,), "not_personal") for c in categories):
        return found | {"anonymous", "nameless"}
    found.add("confidential" if held or holds(book, "data-categories", categories, *CONFIDENTIAL) else "open")
    found.add("identifies" if holds(book, "data-categories", categories, "identifies") else "nameless")
    if holds(book, "data-categories", categories, *LOCATES):
        found.add("locates")
    if holds(book, "data-categories", categories, "opinion"):
        found.add("opinion")
    if holds(book, "data-categories", categories, "whole_record"):
        found.add("whole")
    if holds(book, "data-categories", categories, "sensitive_service"):
        found.add("sensitive")
    if holds(book, "data-categories", categories, "identity_at_risk"):
        found.add("names-others")
    return found


# defaults


def settle(
    asked: Mapping[str, Any], subjects: tuple[str, ...], purpose: str, protected: str, book: Book, place: str
) -> dict[str, str]:
    """The circumstances of a question with its defaults; `asked` has its fields, the other words are kinds in the book."""
    age, adult = asked.get("age"), 18
    child = holds(book, "subject-types", subjects, "child") or (age is not None and age < adult)
    facts = book.term("jurisdictions", place).facts
    decides_from = facts.get("presumed_from") or facts.get("decides_from") or adult
    old_enough = not child or (age is not None and age >= decides_from)
    decides = asked.get("decides") or ("yes" if old_enough else "no")
    if protected and holds(book, "subject-types", (protected,), "child"):
        danger = "child"
    elif protected and protected not in subjects:
        danger = "another-adult"
    else:
        level = holds(book, "concern-levels", (asked.get("concern") or "none",), "of_children")
        kin = age is None and any(
            holds(book, "subject-types", (word,), "kin") and not holds(book, "subject-types", (word,), "adult")
            for word in subjects
        )
        of_children = child or holds(book, "purposes", (purpose,), "protects_children") or (level and kin)
        feared = "public" if holds(book, "subject-types", subjects, "feared") else "self"
        usual = book.term("purposes", purpose).facts.get("danger", feared)
        danger = "child" if of_children else "self" if holds(book, "subject-types", subjects, "endangered") else usual
    consent = asked.get("consent") or "not-asked"
    if not isinstance(consent, str):
        consent = _answer(consent, asked.get("about", ()), book, child=child, decides=decides)
    if consent == "not-asked" and decides == "no" and not child:
        consent = "unable"
    return {
        "concern": asked.get("concern") or "none", "consent": consent, "objection": "yes" if asked.get("objection") else "no",
        "danger": asked.get("danger") or danger, "belief": asked.get("belief") or "suspected", "decides": decides,
        "person": "child" if child else "adult", "request": asked.get("request") or "none",
        "scale": asked.get("scale") or "one-person", "linked": "yes" if asked.get("linked") else "no",
    }  # fmt: skip


def _answer(said: Mapping[str, str], about: tuple[str, ...], book: Book, *, child: bool, decides: str) -> str:
    """The most careful answer of those who decide: the person, others for a child who cannot, both where that is unclear."""
    own = [said[name] for name in about if name in said]
    others = [answer for name, answer in said.items() if name not in about]
    deciding = own
    if child and decides != "yes":
        deciding = (others or own) if decides == "no" else own + others
    return next((word for word in book.terms("answers-to-consent") if word in deciding), "not-asked")
