"""The dates that a partnership must not miss: those that its agreements set, and those on which law that reaches them changes.

Only a date that is written counts: "reviewed yearly" and an approval still awaited have none. An agreement that has ended or
was replaced asks for nothing more.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal
from uuid import UUID, uuid5

from sharecheck.agreement import Agency, Agreement, Flow, listed
from sharecheck.days import first_day, last_day
from sharecheck.knowledge import Book, Named, Provision, Source, joined
from sharecheck.policy.law import Kind, Law, law
from sharecheck.rules.facts import Facts
from sharecheck.source import Path

KINDS = {
    "starts": "Start", "review": "Review", "ends": "End", "waiver": "Waiver", "approval": "Approval", "assurance": "Assurance",
    "assessment": "Impact assessment", "signature": "Signature", "promise": "Promise", "law-begins": "Law begins",
    "law-ends": "Law ends",
}  # fmt: skip
"""The kinds of date, with their labels, in the order in which those of one day are told."""

LAW = ("law-begins", "law-ends")
"""The kinds that are changes of law: told once, with every place that they touch."""

_ORDER = tuple(KINDS)
_SPACE = UUID("0b6a6d0e-5f0c-5c4e-9b55-6f1d0c7a2e41")  # of our own, so that nothing else makes the same ids
_WHOLE_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_NOT_YET = ("draft", "review", "agreed")


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """Where a date is written, or what it touches: the agreement's id, its file and the line, from 1."""

    agreement: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One date to act on.

    `title` is one line; `action` and `note` are sentences, what to do and what it is about (may be empty). `who` sees to it,
    and a change of law `affects` others; either may be empty. `reported` says that the date rests on others' accounts alone.
    `uid` stays the same when the date moves, the words change or the lines move.
    """

    day: date
    kind: str
    title: str
    action: str
    note: str
    who: tuple[str, ...]
    affects: tuple[str, ...]
    places: tuple[Where, ...]
    sources: tuple[Source, ...]
    reported: bool
    uid: str

    @property
    def agreements(self) -> tuple[str, ...]:
        """The ids of the agreements that it concerns, each once."""
        return tuple(dict.fromkeys(place.agreement for place in self.places))

    @property
    def lines(self) -> dict[str, list[int]]:
        """The lines at which it stands, file by file."""
        found: dict[str, list[int]] = {}
        for place in self.places:
            found.setdefault(place.file, []).append(place.line)
        return found


def agenda(agreements: Sequence[Agreement], book: Book, on: date, until: date | None = None) -> tuple[Entry, ...]:
    """Every date to act on from `on` to `until` (both included; None for all that are written), in order, overdue ones first."""
    found = [entry for one in agreements if not _finished(one) for entry in _of(one, on)]
    found += _law(agreements, book, on)
    found = _told_apart(found)
    found.sort(key=lambda entry: (entry.day, _ORDER.index(entry.kind), entry.title, entry.places))
    return tuple(entry for entry in found if until is None or entry.day <= until)


def _finished(agreement: Agreement) -> bool:
    return agreement.status == "ended" or "replaced_by" in agreement.fields


def _told_apart(entries: list[Entry]) -> list[Entry]:
    """Entries with ids of their own: where two agreements go by one id, the later in the order of files is numbered."""
    found: list[Entry] = []
    seen: dict[str, int] = {}
    for entry in sorted(entries, key=lambda one: [(place.file, place.line) for place in one.places]):
        number = seen[entry.uid] = seen.get(entry.uid, 0) + 1
        found.append(entry if number == 1 else replace(entry, uid=_uid(entry.uid, str(number))))
    return found


def _uid(*address: str) -> str:
    return str(uuid5(_SPACE, "|".join(address)))


# dates that agreements set


@dataclass(frozen=True, slots=True)
class _Set:
    """A field that holds a date: where it stands (`*` for any id or position), and what the date asks for.

    `told` says for how long. What is `due` is told until another date, or the end of the agreement, settles it; what `begins`
    until the agreement is in force; what says when something was `done` only as a plan, before its day; and what was `promised`
    until its day is over, since nothing tells whether it was done.

    `known_by` are the fields that tell an item of a list from the others. `title` and `action` may name fields of the part, and
    `name` for its id. `note` and `who` are fields of the part; where it names nobody, the owner of the agreement sees to it.
    """

    kind: str
    at: tuple[str, ...]
    title: str
    action: str
    told: Literal["due", "begins", "done", "promised"]
    known_by: tuple[str, ...] = ()
    note: str = ""
    who: str = ""


_SETS = (
    _Set(
        "starts", ("starts",), "Start: {title}",
        "Have every approval and signature by this day, tell those who will share, and write `status: live` on it; or write a "
        "later day after `starts:`.", "begins",
    ),
    _Set(
        "review", ("review",), "Review: {title}",
        "Review it by this day, write the day of the next review after `review:`, and give the text a new version if it has "
        "changed.", "due",
    ),
    _Set(
        "ends", ("ends",), "End: {title}",
        "Renew it with a new `ends:` before this last day is over; or write `status: ended` after it, and name the agreement that "
        "takes its place (`replaced_by:`).", "due",
    ),
    _Set(
        "waiver", ("allow", "*", "until"), "Waiver runs out: {rule} in {title}",
        "Put right what `{rule}` finds at `{at}`, or have {by} decide anew, with a new end.", "due",
        known_by=("rule", "at"), note="because", who="by",
    ),
    _Set(
        "approval", ("approvals", "*", "on"), "Approval by {who}: {title}",
        "Have it approved by this day, or write the day on which it will be.", "done", known_by=("who",), who="who",
    ),
    _Set(
        "assurance", ("assured", "on"), "Assurance by {by}: {title}",
        "Have the text assured by this day, or write the day on which it will be.", "done",
    ),
    _Set(
        "assessment", ("governance", "dpia", "on"), "Impact assessment: {title}",
        "Finish the data protection impact assessment by this day, and write where it is and what it found.", "done",
    ),
    _Set(
        "signature", ("agencies", "*", "signatory", "on"), "Signature of {name}: {title}",
        "Have it signed by this day, or write the day on which it will be.", "done", who="role",
    ),
    _Set(
        "promise", ("undertakings", "*", "before"), "Promise: {name} in {title}",
        "See that what was promised is done by this day.", "promised", note="must", who="who",
    ),
)  # fmt: skip
"""Every field of the format that holds a date to act on, in the one place where they are listed."""


def _of(agreement: Agreement, on: date) -> Iterator[Entry]:
    over = agreement.ends is not None and agreement.ends < on
    for one in _SETS:
        if over and one.kind != "ends":
            continue
        for at, part, written in _found(agreement.fields, one.at, (), {}):
            days = _days(written)
            if days and _is_told(one, agreement, *days, on):
                yield _entry(agreement, one, at, part, days[0] if one.told == "begins" else days[1])


def _is_told(one: _Set, agreement: Agreement, first: date, last: date, on: date) -> bool:
    """Whether what is written, from its first to its last day, is a date to act on."""
    if one.told == "begins":
        return first >= on or agreement.status in _NOT_YET
    if one.told == "promised":
        return last >= on
    return one.told == "due" or first > on


def _found(here: Any, steps: tuple[str, ...], at: Path, part: Any) -> Iterator[tuple[Path, Any, str | int]]:
    """Each value at a pattern: its path, the part it is a field of, and what is written."""
    if not steps:
        if isinstance(here, str | int):
            yield at, part, here
        return
    inner: Iterable[tuple[str | int, Any]] = ()
    if isinstance(here, Mapping):
        inner = here.items() if steps[0] == "*" else [(key, here[key]) for key in steps[:1] if key in here]
    elif isinstance(here, list) and steps[0] == "*":
        inner = enumerate(here)
    for key, value in inner:
        yield from _found(value, steps[1:], (*at, key), here)


def _days(written: str | int) -> tuple[date, date] | None:
    """The first and the last day of what is written; None for words, which some fields take as well."""
    if not _WHOLE_DATE.fullmatch(str(written)):
        return None
    try:
        first, last = first_day(written), last_day(written)
    except ValueError:
        return None
    return (first, last) if first and last else None


def _entry(agreement: Agreement, one: _Set, at: Path, part: Mapping[str, Any], day: date) -> Entry:
    wild = one.at.index("*") if "*" in one.at else None
    name = "" if wild is None else str(at[wild])
    if one.kind == "signature":
        name = agreement.agencies[name].name
    address = one.at if one.known_by else tuple(str(step) for step in at)
    address += tuple(str(part.get(field)) for field in one.known_by)
    said = defaultdict(lambda: "what is not typed in yet", {"title": _plain(agreement.title), "name": _plain(name)})
    said |= {field: _plain(value) for field, value in part.items() if isinstance(value, str) and field not in said}
    return Entry(
        day=day,
        kind=one.kind,
        title=one.title.format_map(said),
        action=one.action.format_map(said),
        note=_sentence(said[one.note]) if one.note else "",
        who=tuple(_people(agreement, part.get(one.who))) or _owner(agreement),
        affects=(),
        places=(_where(agreement, at),),
        sources=(),
        reported=False,
        uid=_uid(one.kind, agreement.id, *address),
    )


def _people(agreement: Agreement, written: Any) -> Iterator[str]:
    """Those named, by the names that the agreement gives its roles and agencies."""
    for ref in listed(written):
        role, agency = agreement.roles.get(ref), agreement.agencies.get(ref)
        yield _plain(role.title if role else agency.name if agency else str(ref))


def _owner(agreement: Agreement) -> tuple[str, ...]:
    owner = agreement.governance.get("owner")
    said = owner.get("role") if isinstance(owner, Mapping) else owner
    return (_plain(said),) if said else ()


def _where(agreement: Agreement, at: Path) -> Where:
    document = agreement.document
    return Where(agreement.id, document.name, document.span(at).line)


def _plain(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


# law that changes


@dataclass(frozen=True, slots=True)
class _Reach:
    """One agreement that a change of law reaches: where it shows, at least once, and the agencies concerned."""

    agreement: Agreement
    at: tuple[Path, ...]
    agencies: tuple[Agency, ...]


def _law(agreements: Sequence[Agreement], book: Book, on: date) -> Iterator[Entry]:
    """An entry for each change of law from the day on that reaches any of the agreements."""
    ids = {one.id for one in agreements}
    for part, kind, day in _changes(book, on):
        then = replace(book, on=day, _derived={})
        reached = [found for one in agreements if (found := _reach(one, part, then, ids))]
        if reached:
            yield _change(part, kind, day, reached, book)


def _changes(book: Book, on: date) -> Iterator[tuple[Provision | Named, str, date]]:
    for provision in book.provisions.values():
        if provision.facts.get("in_force") is False:
            continue  # what the book knows not to be in force begins or ended on a day it does not know
        if provision.starts and provision.starts >= on:
            yield provision, "law-begins", provision.starts
        if provision.ends and provision.ends >= on:
            yield provision, "law-ends", provision.ends
    for named in book.names.entries.values():
        if named.ends and named.ends >= on:
            yield named, "law-ends", named.ends


def _reach(agreement: Agreement, part: Provision | Named, book: Book, ids: set[str]) -> _Reach | None:
    """Where a change shows in an agreement in use on that day, read with the book of the day; None where it does not."""
    facts = Facts(agreement, book)
    if facts.over:
        return None
    places: list[Path] = []
    who: dict[str, Agency] = {}
    for flow in agreement.flows.values():
        if any(_is_cited(part, _cited(agreement, written), book) for written in flow.gateways):
            found, at = _meant(part, facts.senders(flow), facts), flow.path("gateways")
        else:
            found, at = _bound(part, flow, facts), flow.at
            if not found:
                continue
        places.append(at)
        who |= {agency.id: agency for agency in found}
    by_key = {written for flow in agreement.flows.values() for written in flow.gateways}
    for citation in agreement.law.values():
        if citation.id in by_key or (citation.inherited and _told_above(agreement, ids)):
            continue
        if _is_cited(part, citation.provision or citation.cites, book):
            places.append(("under",) if citation.inherited else citation.at)
            serving = [
                f for f in agreement.flows.values() if not citation.purposes or {*citation.purposes} & {*f.purposes}
            ]
            bound = [a for flow in serving for a in facts.senders(flow)] if agreement.flows else agreement.parties
            who |= {agency.id: agency for agency in _meant(part, bound, facts)}
    return _Reach(agreement, tuple(places), tuple(who.values())) if places else None


def _told_above(agreement: Agreement, ids: set[str]) -> bool:
    """Whether the protocol whose law an agreement inherits is told of it itself."""
    return agreement.parent is not None and agreement.parent.id in ids and not _finished(agreement.parent)


def _cited(agreement: Agreement, written: str) -> str:
    """The citation behind a gateway, which may be a key of `law`."""
    cited = agreement.law.get(written)
    return (cited.provision or cited.cites) if cited else written


def _is_cited(part: Provision | Named, citation: str, book: Book) -> bool:
    held = book.named(citation) if isinstance(part, Named) else book.cited(citation)
    return any(one.id == part.id for one in held)


def _meant(part: Provision | Named, agencies: Sequence[Agency], facts: Facts) -> list[Agency]:
    """Of the agencies under a citation those that the law binds or empowers; all where the book does not know whom it does."""
    deciding = [agency for agency in agencies if facts.decides(agency)]
    if isinstance(part, Named) or "senders" not in part.facts:
        return deciding
    held = [law(facts.book, place) for place in facts.agreement.jurisdiction]
    return [
        a for a in deciding
        if any(one.sends(Kind((a.type, *a.also)), named=True) & one.named((part.id,)) for one in held)
    ]  # fmt: skip


def _bound(part: Provision | Named, flow: Flow, facts: Facts) -> list[Agency]:
    """The senders of a flow that a provision reaches though the flow does not name it."""
    if isinstance(part, Named) or not facts.personal(flow):
        return []
    here = facts.agreement.jurisdiction
    if part.jurisdiction and not set(here) & set(part.jurisdiction):
        return []
    deciding = [agency for agency in facts.senders(flow) if facts.decides(agency)]
    if "brings" in part.facts:  # a change of how all information is handled
        return deciding
    if "data_only" in part.facts and part.kind == "bar":
        barred = set(part.facts["data_only"])
        return deciding if any(barred.intersection(item.types) for item in facts.items(flow)) else []
    return [a for a in deciding if any(_reaches(law(facts.book, place), part, a, flow, facts) for place in here)]


def _reaches(held: Law, part: Provision, sender: Agency, flow: Flow, facts: Facts) -> bool:
    """Whether the law layer finds that a provision reaches what one agency sends in a flow."""
    bit = held.named((part.id,))
    if not bit:
        return False
    known = facts.agreement
    subjects = [known.subjects[s].type for s in flow.about if s in known.subjects]
    roles = [p.role.type for p in flow.senders if p.role and sender.id in p.agencies] or [""]
    return all(
        any(bit & mask for mask in masks)
        for masks in (
            [held.sends(Kind((sender.type, *sender.also), role)) for role in roles],
            [held.receives(kind) for kind in _kinds(flow, sender, facts)],
            [held.serves(term.id) for term in facts.purposes(flow)],
            [held.carries(item.types) for item in facts.items(flow)],
            [held.about(subject) for subject in subjects] or [bit],
        )
    )


def _kinds(flow: Flow, sender: Agency, facts: Facts) -> Iterator[Kind]:
    """What the law layer sees of each recipient outside the sender's own body: within it nobody discloses."""
    agencies = facts.agreement.agencies
    for party in flow.recipients:
        for agency in (agencies[name] for name in party.agencies if name in agencies):
            if facts.apart(sender, agency):
                yield Kind((agency.type, *agency.also), party.role.type if party.role else "")


def _change(part: Provision | Named, kind: str, day: date, reached: Sequence[_Reach], book: Book) -> Entry:
    reported = part.confidence != "enacted"
    does = "begin" if kind == "law-begins" else "cease"
    said = f"is reported to {does}" if reported else f"{does}s"
    doubt = "The day rests on others' accounts: check it first. " if reported else ""
    owners = dict.fromkeys(owner for one in reached for owner in _owner(one.agreement))
    affected = dict.fromkeys(_plain(agency.name) for one in reached for agency in one.agencies)
    return Entry(
        day=day,
        kind=kind,
        title=f"{part.title} {said}",
        action=doubt + _to_do(part, kind, book),
        note=part.says,
        who=tuple(owners),
        affects=tuple(affected),
        places=tuple(
            place
            for one in reached
            for place in sorted({_where(one.agreement, at) for at in one.at}, key=lambda p: p.line)
        ),
        sources=tuple(book.sources[name] for name in part.sources),
        reported=reported,
        uid=_uid(kind, part.id),
    )


_BEGINS = {
    "duty": "From this day it is a duty: check that the flows it reaches say `strength: must` and name it, and tell those who "
    "share under them.",
    "bar": "From this day it protects what it names: check that no flow carries that past it.",
    "power": "From this day it lets people share: name it in the flows that may rest on it.",
}
_LETS = ("duty", "power", "support", "approval")


def _to_do(part: Provision | Named, kind: str, book: Book) -> str:
    known = part.kind if isinstance(part, Provision) else ""
    if kind == "law-begins":
        return _BEGINS.get(known, "Check what it reaches against it by this day, and change what it makes untrue.")
    names = listed(part.facts.get("successor"))
    instead = f" ({joined([book.titles((name,)) for name in names])})" if names else ""
    if known in _LETS:
        return f"This is its last day: name what takes its place{instead} in the flows that rest on it, or stop those flows."
    return f"This is its last day: check what it reaches against what takes its place{instead}."
