"""A question: may this sender tell this recipient this, about this person, for this purpose, as things stand?

What a question leaves out has a stated default (`settled`), which depends on whom it is about and what it is for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sharecheck.agreement import listed
from sharecheck.days import first_day
from sharecheck.knowledge import Book


@dataclass(frozen=True, slots=True)
class Question:
    """A question as asked; None where it does not say.

    Names are an agreement's own ids, or words of the book: `nhs-trust/health-visitor` for a role at a kind of agency.
    `consent` is one word, or words by person.
    """

    sender: str | None = None
    recipient: str | None = None
    relation: str | None = None
    data: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    purpose: str | None = None
    to_protect: str | None = None
    age: int | None = None
    decides: str | None = None
    danger: str | None = None
    concern: str | None = None
    belief: str | None = None
    consent: str | Mapping[str, str] | None = None
    objection: bool | None = None
    linked: bool | None = None
    request: str | None = None
    scale: str | None = None
    on: date | None = None
    jurisdiction: str | None = None


FIELDS = {
    "from": "sender", "to": "recipient", "relation": "relation", "linked_to_risk": "linked", "data": "data",
    "about": "about", "age": "age", "able_to_decide": "decides", "purpose": "purpose", "to_protect": "to_protect",
    "danger_to": "danger", "concern": "concern", "belief": "belief", "consent": "consent", "objection": "objection",
    "request": "request", "scale": "scale", "on": "on", "jurisdiction": "jurisdiction",
}  # fmt: skip
"""From the words of the format to the parts of a question."""


def read(written: Mapping[str, Any]) -> Question:
    """A question as the format writes it; the mapping fits the schema."""
    parts = {FIELDS[name]: value for name, value in written.items()}
    for name in ("data", "about"):
        parts[name] = listed(parts.get(name))
    if isinstance(able := parts.get("decides"), bool):
        parts["decides"] = "yes" if able else "no"
    parts["on"] = first_day(parts.get("on"))
    return Question(**parts)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The circumstances of a question with every default filled in, each a word of its vocabulary."""

    concern: str
    consent: str
    objection: str
    danger: str
    belief: str
    decides: str
    person: str
    request: str
    scale: str
    linked: str


def settled(
    question: Question, subjects: tuple[str, ...], purpose: str, protected: str, book: Book, jurisdiction: str
) -> Circumstances:
    """The circumstances of a question about people of kinds `subjects`, for a shared `purpose`, to protect `protected`.

    - Somebody is a child where the word says so or the age is under 18; where neither is said, an adult.
    - An adult can decide. So can a child from the age the jurisdiction presumes, or from which it lets them decide;
      younger ones, and children whose age is not said, cannot.
    - The danger is to a child where the one to protect is a child, the purpose protects children, or the level of concern is
      one for children and the person is kin of whom nothing says that they are grown up. Otherwise it is to the person, if
      the word for them says that they are in danger; to whomever the purpose guards; to others, where the person is one to
      be feared; or to the person.
    - Consent is that of whoever decides: the person, where they can; of a child who cannot, somebody with parental
      responsibility. An adult who cannot decide and has not been asked is unable.
    """
    terms = [book.term("subject-types", subject) for subject in subjects]
    child = any(t.is_("child") for t in terms) or (question.age is not None and question.age < _adult(book))
    place = book.term("jurisdictions", jurisdiction).facts
    least = int(place.get("presumed_from") or place.get("decides_from") or _adult(book))
    decides = question.decides or ("yes" if not child or (question.age is not None and question.age >= least) else "no")
    guarded = book.term("subject-types", protected) if protected else None
    if question.danger:
        danger = question.danger
    elif guarded is not None and guarded.is_("child"):
        danger = "child"
    elif guarded is not None and protected not in subjects:
        danger = "another-adult"
    else:
        of_children = child or book.term("purposes", purpose).is_("protects_children")
        if book.term("concern-levels", question.concern or "").is_("of_children") and question.age is None:
            of_children = of_children or any(t.is_("kin") and not t.is_("adult") for t in terms)
        others = "public" if any(t.is_("feared") for t in terms) else "self"
        usual = str(book.term("purposes", purpose).facts.get("danger", others))
        endangered = any(t.is_("endangered") for t in terms)
        danger = "child" if of_children else "self" if endangered else usual
    consent = _consent(question, child=child, decides=decides, book=book)
    if consent == "not-asked" and decides == "no" and not child:
        consent = "unable"
    concern = question.concern or "none"
    return Circumstances(
        concern, consent, "yes" if question.objection else "no", danger, question.belief or "suspected", decides,
        "child" if child else "adult", question.request or "none", question.scale or "one-person",
        "yes" if question.linked else "no",
    )  # fmt: skip


def _adult(book: Book) -> int:
    return int(book.term("subject-types", "child").facts["under"])


def _consent(question: Question, *, child: bool, decides: str, book: Book) -> str:
    """The one answer that counts, out of what several people have said: of those who decide, the most careful.

    The person decides, where they can; for a child who cannot, the others do; where that is unclear, both. What anybody
    else has said counts for nothing.
    """
    said = question.consent
    if said is None or isinstance(said, str):
        return said or "not-asked"
    own = [said[name] for name in question.about if name in said]
    others = [answer for name, answer in said.items() if name not in question.about]
    if not child or decides == "yes":
        others = []
    elif decides == "no" and others:
        own = []
    return min((*own, *others), key=list(book.terms("answers-to-consent")).index, default="not-asked")
