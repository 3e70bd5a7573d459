"""What people are told of an agreement's ids and the book's words: the titles and labels they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sharecheck.agreement import Agreement, contact
from sharecheck.knowledge import Book
from sharecheck.policy.compiled import Policy


class Names:
    """The titles that some agreements give their parts; for a word of the book, its label; else the word itself."""

    def __init__(self, policies: Sequence[Policy], book: Book) -> None:
        self.policies = tuple(policies)
        self.book = book

    @property
    def agreements(self) -> Iterator[Agreement]:
        """The agreements, in order."""
        return (policy.agreement for policy in self.policies if policy.agreement is not None)

    def agreement(self, name: str) -> Agreement | None:
        """The agreement with this id."""
        return next((one for one in self.agreements if one.id == name), None)

    def party(self, name: str) -> str:
        """A sender or recipient: the title of a role, or the name of an agency or team."""
        for policy in self.policies:
            agreement = policy.agreement
            role, agency, team = policy.places.get(name, ("", "", ""))
            if agreement is None:
                continue
            if held := agreement.roles.get(role or name):
                return held.title
            if agency:
                body = agreement.agencies[agency]
                return str(body.teams[team].get("name", team)) if team else body.name
        relations, roles, agencies = (self.book.terms(one) for one in ("relations", "role-types", "agency-types"))
        if name in relations:
            return relations[name].label
        agency, _, role = name.rpartition("/")
        if role in roles:
            return roles[role].label + (f" ({agencies[agency].label})" if agency in agencies else "")
        return agencies[role].label if role in agencies else name

    def body(self, name: str) -> str:
        """The name of the agency a party is at or is; empty where it is not one agency, or is named as that already."""
        for policy in self.policies:
            role, agency, _ = policy.places.get(name, ("", "", ""))
            if policy.agreement is not None and role and agency:
                return policy.agreement.agencies[agency].name
        return ""

    def contact(self, name: str) -> str:
        """How to reach a party, as its team or else its agency says; empty where neither does, or they are no agreement's."""
        for policy in self.policies:
            for party, (_, agency, team) in policy.places.items():
                if policy.agreement is not None and named(party, name):
                    body = policy.agreement.agencies.get(agency)
                    fields = [body.teams.get(team, {}), body.fields] if body else []
                    return next((contact(one["spoc"]) for one in fields if one.get("spoc")), "")
        return ""

    def item(self, name: str) -> str:
        """An item of information."""
        return self._text((a.items.get(name) for a in self.agreements), "data-categories", name)

    def subject(self, name: str) -> str:
        """A person the information is about."""
        return self._text((a.subjects.get(name) for a in self.agreements), "subject-types", name)

    def purpose(self, name: str) -> str:
        """What information is for."""
        return self._text((a.purposes.get(name) for a in self.agreements), "purposes", name)

    def word(self, vocabulary: str, word: str) -> str:
        """A word of the book, in plain words."""
        return self.book.term(vocabulary, word).label

    def _text(self, parts: Iterable[object], vocabulary: str, name: str) -> str:
        for part in parts:
            if part is not None:
                return str(getattr(part, "text", None) or self.word(vocabulary, getattr(part, "type", name)))
        return self.word(vocabulary, name)


def lowered(title: str) -> str:
    """A title inside a sentence: without its capital, unless it is an abbreviation."""
    return title if len(title) > 1 and title[1].isupper() else title[:1].lower() + title[1:]


def definite(title: str) -> str:
    """A title as the one person or body meant: `the duty social worker`."""
    title = lowered(title)
    return title if title.startswith(("the ", "somebody ")) else f"the {title}"


def quoted(words: Iterable[str]) -> list[str]:
    """Words as they are written on the command line and in agreements."""
    return [f"`{word}`" for word in words]


def named(party: str, name: str) -> bool:
    """Whether a name means this party: its own, or that of its role alone where several agencies have it."""
    return name in (party, party.partition("/")[2])
