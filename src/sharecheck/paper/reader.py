"""One agreement as it is read for printing: what it says in people's words, and how it is said that it does not say."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any, TypeVar

from sharecheck import signoff
from sharecheck.agreement import (
    INHERITED,
    Agency,
    Agreement,
    Flow,
    Party,
    Purpose,
    contact,
    listed,
    matches,
    split_address,
)
from sharecheck.durations import spoken as spoken_time
from sharecheck.knowledge import Book
from sharecheck.paper.model import Cell, Entry, Line
from sharecheck.policy.names import lowered
from sharecheck.rules.facts import Facts
from sharecheck.source import Path

INCLUDE, REFER = "include", "refer"
"""What is done with the content of the tier 1 protocol: printed here, or referred to."""

SILENT = "The agreement does not say."

_Part = TypeVar("_Part")
_SHORT = 16
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_KEPT = "\n\t"
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LENGTHS = frozenset(
    ("notify_partners_within", "acknowledge_within", "period", "up_to", "deadline", "within")
)  # fields that hold a length of time
_LABELS = {
    "dpo": "Data protection officer", "spoc": "Contact", "fact_opinion": "Fact and opinion", "dpia": "Impact assessment",
    "access_lead": "Requests to see one's own information", "acknowledge_within": "Complaints acknowledged within",
    "notify_partners_within": "Partners told within", "reports_to_regulator": "Reports to the regulator",
    "out_of_hours": "Out of hours", "verbal": "Telling by voice is enough at first", "any": "Information leaves the UK",
    "shared": "Decisions to share are recorded", "not_shared": "Decisions not to share are recorded", "on": "When",
    "needed": "Whether it is needed", "publish": "This agreement is published", "where": "Where it is",
    "at_rest": "Where it is kept", "in_transit": "On the way", "child_friendly": "For children", "see": "See", "text": "In words",
    "match_fields": "What else has to match", "ico_registration": "Register of fee payers", "by": "How", "up_to": "At most",
    "lead": "Who leads",
}  # fmt: skip


def shown(text: str) -> str:
    """A text as it is shown: what cannot be seen, or would turn the order of what stands around it, by its number."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"[U+{ord(c):04X}]" if _unseen(c) else c for c in text)


def cleaned(part: _Part) -> _Part:
    """A paper or a part of one, with every text in it as it is shown."""
    made: Any = part
    if isinstance(part, str):
        made = shown(part)
    elif isinstance(part, tuple):
        made = tuple(map(cleaned, part))
    elif is_dataclass(part) and not isinstance(part, type):
        made = replace(part, **{one.name: cleaned(getattr(part, one.name)) for one in fields(part)})
    return made  # type: ignore[no-any-return]


def brief(text: str, most: int) -> str:
    """A text in one line of at most so many letters, cut short where it is longer."""
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[: most - 2]} …"


def _unseen(one: str) -> bool:
    return one not in _KEPT and (one in _TURNING or unicodedata.category(one) in ("Cc", "Cs", "Co"))


def plain(text: object) -> Line:
    """A line as the partners wrote it."""
    return Line(str(text).strip())


def strong(text: object) -> Line:
    """A line that stands out."""
    return Line(str(text).strip(), "strong")


def quiet(text: object) -> Line:
    """A line that stands back."""
    return Line(str(text).strip(), "quiet")


def welsh(text: str | None) -> Cell:
    """The Welsh name of a part, to stand below its English one; nothing where the partners give none."""
    return (Line(text.strip(), "quiet", language="cy"),) if text else ()


def gap(text: str = SILENT) -> Line:
    """A line that says that something is not said."""
    return Line(str(text).strip(), "gap")


def label(name: str) -> str:
    """What a field of the format is called in print."""
    said = _LABELS.get(name) or name.replace("_", " ")
    return said[:1].upper() + said[1:]


def spoken(name: str) -> str:
    """An id in words; words stay as they are."""
    return name if " " in name else name.replace("-", " ")


def when(written: object) -> str:
    """A day, month or year as people write it: `2026-10-01` is 1 October 2026."""
    parts = str(written).split("-")
    if not all(part.isdigit() for part in parts) or (len(parts) > 1 and not 1 <= int(parts[1]) <= 12):
        return str(written)
    year, month, day = (*parts, "", "")[:3]
    return " ".join(part for part in (day.lstrip("0"), _MONTHS[int(month) - 1] if month else "", year) if part)


def see(written: Any) -> str:
    """Where something is said instead."""
    if isinstance(written, Mapping):
        place = written.get("where")
        return f"{written.get('title', '')}{f' ({place})' if place else ''}"
    return str(written)


def told(name: str, value: Any) -> list[str]:
    """A value of any field in words, line by line; nothing where there is none."""
    if value is None:
        return []
    if isinstance(value, bool):
        return ["Yes" if value else "No"]
    if name == "see":
        return [f"See {see(value)}"]
    if isinstance(value, Mapping):
        if "role" in value:
            return [contact(value)]
        return [f"{label(key)}: {said}" if key != "text" else said
                for key, inner in value.items() for said in told(key, inner)]  # fmt: skip
    if isinstance(value, list):
        many = [said for one in value for said in told(name, one)]
        return [", ".join(many)] if all(len(one) < 60 for one in many) else many
    if name in ("on", "until"):
        return [when(value)]
    return [spoken_time(str(value)) if name in _LENGTHS else str(value)]


def short(digest: str) -> str:
    """The first digits of a digest, in fours, as they stand on every page."""
    digits = digest.removeprefix("sha256:")[:_SHORT]
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def numbers(found: Sequence[int]) -> str:
    """The numbers of some flows, runs of three and more drawn together: 1, 3 to 6."""
    runs: list[list[int]] = []
    for number in sorted(found):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    said = [f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return ", ".join(said)


class Reader:
    """An agreement with the book, and how its tier 1 protocol is treated (`include` or `refer`)."""

    def __init__(self, agreement: Agreement, book: Book, tier_1: str = REFER) -> None:
        self.agreement = agreement
        self.book = book
        self.tier_1 = tier_1
        self.facts = Facts(agreement, book)
        self.meaning = signoff.digests(agreement)[0]
        self.number = {name: i for i, name in enumerate(agreement.flows, 1)}
        self._unknown = [split_address(one) for one in agreement.fields.get("unknown", ())]
        if agreement.parent:  # what the protocol has still to write in, of the parts that are taken from it
            above = map(split_address, agreement.parent.fields.get("unknown", ()))
            self._unknown += [one for one in above if one[0] in INHERITED]

    @property
    def on(self) -> date:
        """The day it is read on."""
        return self.book.on

    @property
    def fields(self) -> Mapping[str, Any]:
        """The agreement as written, without what it inherits."""
        return self.agreement.fields

    def word(self, vocabulary: str, term: str) -> str:
        """A word of the book in plain words."""
        return self.book.term(vocabulary, term).label

    # gaps

    def missing(self, at: Path) -> Line:
        """How it is said that nothing stands at a place: unknown, elsewhere, in tier 1, or not said."""
        if any(matches(one[: len(at)], at) or matches(one, at) for one in self._unknown):
            return gap("Not known yet: the partners list this as still to be written in.")
        here: Any = self.fields
        for step in at:
            here = here.get(step) if isinstance(here, Mapping) else None
            if isinstance(here, Mapping) and "see" in here:
                return plain(f"See {see(here['see'])}.")
        outside = self.fields.get("under")
        if isinstance(outside, Mapping) and self._settled(at, outside.get("gives", ())):
            return plain(f"Settled in {outside.get('title')}, which was not read for this document.")
        if self.agreement.protocol_missing:
            return gap(f"{SILENT} Its protocol, {outside}, may; it was not read for this document.")
        if self.agreement.parent and at[0] in INHERITED:
            return gap("Neither the agreement nor its protocol says.")
        return gap()

    def _settled(self, at: Path, gives: Iterable[str]) -> bool:
        for one in gives:
            pattern = split_address(one)
            if matches(pattern, at) or (len(pattern) == 1 and pattern[0] in at):
                return True
        return False

    def cell(self, value: Any, at: Path, name: str = "") -> Cell:
        """A value in words, or how it is said that there is none."""
        said = told(name or str(at[-1]), value)
        return tuple(map(plain, said)) or (self.missing(at),)

    def referred(self, at: Path) -> bool:
        """Whether a part comes from the tier 1 protocol and is referred to; what to do in an emergency never is."""
        if at == ("handling", "emergency"):
            return False
        return self.tier_1 == REFER and self.agreement.parent is not None and not self.agreement.owns(at)

    @property
    def pointer(self) -> str:
        """The tier 1 protocol that is referred to."""
        parent = self.agreement.parent
        if parent is None:
            return ""
        version = parent.fields.get("version")
        return f"{parent.title}{f', version {version}' if version is not None else ''}"

    def part(self, at: Path, value: Any) -> list[Entry]:
        """A part of `handling` or `governance`, field by field, or that it is not said; nothing where it is referred to."""
        title = label(str(at[-1]))
        if value is None:
            return [Entry(title, (self.missing(at),))]
        if self.referred(at):
            return []
        if not isinstance(value, Mapping) or "role" in value:
            return [Entry(title, self.cell(value, at))]
        entries = []
        for key, inner in value.items():
            if key == "mechanism":
                entries.append(Entry("Sending it abroad", (plain(self.word("transfers-abroad", str(inner))),)))
            elif said := told(key, inner):
                entries.append(Entry(title if key == "text" else label(key), tuple(map(plain, said))))
        return entries or [Entry(title, (self.missing(at),))]

    # people and things

    def body(self, agency: str) -> str:
        """The name of an agency."""
        found = self.agreement.agencies.get(agency)
        return found.name if found else f"{agency} (not in the agreement)"

    def bodies(self, agencies: Iterable[str]) -> str:
        """The names of some agencies."""
        return "; ".join(dict.fromkeys(map(self.body, agencies)))

    def people(self, parties: Iterable[Party]) -> Cell:
        """The senders or recipients of a flow: titles, with the agency that they are at said once below them."""
        found: dict[str, list[str]] = {}
        for party in parties:
            title, where = self._party(party)
            found.setdefault(where, []).append(title)
        return tuple(
            line for where, titles in found.items()
            for line in (plain("; ".join(titles)), *((quiet(where),) if where else ()))
        )  # fmt: skip

    def _party(self, party: Party) -> tuple[str, str]:
        """The title of a sender or recipient, and where they are."""
        if party.role:
            where = "at any party" if party.role.any_agency else self.bodies(party.agencies)
            return party.role.title, where or "no agency is named"
        if "/" in party.ref and party.agencies:
            agency, _, team = party.ref.partition("/")
            held = self.agreement.agencies[agency].teams.get(team)
            return (held.get("name", team) if held else spoken(team)), self.body(agency)
        return self.named(party.ref)[:1].upper() + self.named(party.ref)[1:], ""

    def named(self, ref: str) -> str:
        """Somebody whom a part names: a role's title, an agency's or a team's name."""
        if role := self.agreement.roles.get(ref):
            return role.title
        agency, _, team = ref.partition("/")
        found = self.agreement.agencies.get(agency)
        if found and team:
            return f"{found.teams.get(team, {}).get('name', spoken(team))} ({found.name})"
        words = {"any": "any partner", "anyone-else": "anyone who is not a party"}
        return found.name if found else words.get(ref, ref)

    def parties(self) -> tuple[Agency, ...]:
        """The parties; of a protocol or where no flow names any, all there are."""
        return self.agreement.parties or tuple(self.agreement.agencies.values())

    def purpose(self, purpose: Purpose) -> str:
        """The shared purpose that a purpose is."""
        return self.word("purposes", purpose.type)

    def flow_title(self, flow: Flow) -> str:
        """What a flow is called in print."""
        return str(flow.fields.get("title") or spoken(flow.id).capitalize())

    def flows_alike(self, key: Any) -> list[tuple[list[Flow], Any]]:
        """The flows that are alike in what `key` gives of each, together, in order of the first of them."""
        found: dict[str, tuple[list[Flow], Any]] = {}
        for flow in self.agreement.flows.values():
            value = key(flow)
            mark = json.dumps(value, sort_keys=True, default=str)
            found.setdefault(mark, ([], value))[0].append(flow)
        return list(found.values())

    def flows(self, flows: Sequence[Flow]) -> str:
        """Some flows by number: `Flows 1, 3 to 6`, or all of them."""
        if len(flows) == len(self.number) and len(flows) > 1:
            return "Every flow"
        return f"Flow{'s' if len(flows) > 1 else ''} {numbers([self.number[flow.id] for flow in flows])}"

    def exceptions(self, words: Any) -> list[str]:
        """Reasons for not asking or telling: the book's, levels of concern, or the partners' own words."""
        out = []
        for one in listed(words):
            held = next((v for v in ("exceptions", "concern-levels") if one in self.book.terms(v)), None)
            out.append(self.word(held, one) if held else str(one))
        return out

    def lower(self, vocabulary: str, term: str) -> str:
        """A word of the book inside a sentence."""
        return lowered(self.word(vocabulary, term))
