"""What one role tells under one agreement: every flow of the role put to the policy, and what is told in the same way together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product

from sharecheck.agreement import Agency, Agreement
from sharecheck.knowledge import Book, joined
from sharecheck.paper.model import Running
from sharecheck.paper.reader import Reader, spoken
from sharecheck.paper.running import head
from sharecheck.policy import compiled
from sharecheck.policy.answer import Answer, Desk
from sharecheck.policy.compiled import Policy
from sharecheck.policy.names import definite, named
from sharecheck.policy.question import Question
from sharecheck.policy.remit import Entry, Remit, Step, grouped, ladder_of, remit
from sharecheck.policy.reply import Enquiries
from sharecheck.report import sentence

SHARED = ("must-share", "share")
"""The answers by which something goes without anybody's agreement."""
NOT_IN_USE = "NOT IN USE"

_SAID = {
    "must-share": "you must tell", "share": "you may tell", "ask-first": "ask first", "seek-advice": "take advice first",
    "do-not-share": "do not tell",
}  # fmt: skip
_REFUSED = {
    "must-share": "you must tell all the same", "share": "you may tell all the same", "ask-first": "ask again",
    "seek-advice": "take advice", "do-not-share": "do not tell",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """Recipients, purposes, people and items of one flow with one answer at every level, and all that follows from it.

    `level` is the rank of concern from which the flow holds, and `step` the answer there. `how` is how it goes and by when,
    `consent` who agrees and how that is kept, `duty` the law that obliges, and
    of each provision whether somebody has read it in the law itself.
    """

    entry: Entry
    level: int
    step: Step
    how: str
    first: tuple[str, ...]
    then: tuple[str, ...]
    inform: str
    record: tuple[str, ...]
    feedback: str
    consent: tuple[str, ...]
    duty: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Taking:
    """The part that a role takes in one agreement; `mark` tells the agreements of a card apart, empty where there is one.

    `told` is what its flows let it tell, gravest first.
    """

    reader: Reader
    running: Running
    policy: Policy
    desk: Desk
    remit: Remit
    mark: str
    told: tuple[Told, ...]

    @property
    def agreement(self) -> Agreement:
        """The agreement."""
        return self.reader.agreement

    @property
    def own(self) -> list[str]:
        """The parties of the agreement that the role is."""
        return [name for name in self.policy.places if named(name, self.remit.role)]

    @property
    def bodies(self) -> list[Agency]:
        """The agencies that the role is at, or is."""
        places = (self.policy.places[name][1] for name in self.own)
        return [self.agreement.agencies[name] for name in dict.fromkeys(places) if name in self.agreement.agencies]

    def people(self, refs: Iterable[str]) -> str:
        """Some recipients by their titles."""
        return joined(list(dict.fromkeys(definite(self.remit.names.party(ref)) for ref in refs)))

    @property
    def takes_part(self) -> bool:
        """Whether the agreement says anything of the role."""
        return bool(self.told or self.remit.bars)

    def tagged(self, words: str) -> str:
        """Words with the mark of the agreement that they come from."""
        return f"{words} ({self.mark})" if self.mark else words


def taken(role: str, agreement: Agreement, book: Book) -> Taking:
    """The part that a role takes in an agreement; raises `QuestionError` where the agreement does not know the role."""
    found = remit(role, Enquiries([agreement], lambda _: book, book.on), by_flow=True)
    policy = compiled.compile(agreement, book)
    reader = Reader(agreement, book)
    desk = Desk([policy], book)
    told = tuple(one for entry in found.entries for one in _told(entry, role, policy, desk))
    rank = desk.rank
    ordered = sorted(told, key=lambda one: (-rank[one.step.not_asked], -rank[one.step.refused], -one.level))
    return Taking(reader, head(reader), policy, desk, found, "", tuple(ordered))


def as_written(role: str, agreement: Agreement, book: Book) -> bool:
    """Whether an agreement that is not in use lets the role share something, or would."""
    policy = compiled.compile(agreement, book, as_written=True)
    return any(who.sends for name, who in policy.parties.items() if named(name, role))


def asked(
    entry: Entry, role: str, policy: Policy, desk: Desk, rank: int, consent: str = "not-asked"
) -> Iterator[tuple[Entry, Answer]]:
    """The answer at a rank of concern for each recipient, purpose and person of an entry, with that part of it."""
    for recipient, purpose, about in product(entry.recipients, entry.purposes, entry.about):
        level = dict(ladder_of(policy, about, purpose))[rank]
        question = Question(
            role, recipient, data=entry.items, about=(about,), purpose=purpose, concern=level, consent=consent
        )
        part = replace(entry, recipients=(recipient,), purposes=(purpose,), about=(about,))
        yield part, desk.answer(question, changes=False)


def _told(entry: Entry, role: str, policy: Policy, desk: Desk) -> Iterator[Told]:
    """An entry in as many parts as there are ways in which it is told."""
    agreement = policy.agreement
    assert agreement is not None
    flow = agreement.flows[entry.flow]
    level = policy.table.ranks.get(flow.concern, 0)
    step = entry.at(level)
    top = max(policy.table.ranks.values())
    rank = step.rank if level == top else level  # what is done in immediate danger stands apart
    asks = step.not_asked == "ask-first"
    consent = flow.consent.fields if flow.consent and asks else {}
    said = tuple(
        sentence(f"{title}: {consent[name]}") for name, title in (("who", "Who agrees"), ("record", "Where that is written"))
        if consent.get(name)
    )  # fmt: skip
    open_, refused = asked(entry, role, policy, desk, rank), asked(entry, role, policy, desk, rank, "refused")
    agreed = asked(entry, role, policy, desk, rank, "given" if asks else "not-asked")
    found: dict[Told, list[Entry]] = {}
    for (part, now), (_, going), (_, kept) in zip(open_, agreed, refused, strict=True):
        duties = going.duties
        bare = replace(entry, recipients=(), purposes=(), about=())
        record = tuple(dict.fromkeys((now.duties.record, kept.duties.record)))
        key = Told(
            bare, level, step, " ".join(filter(None, (duties.deadline, duties.method))), now.first, now.then,
            going.duties.inform, record, duties.feedback, said,
            tuple((one.title, one.confidence == "enacted") for one in now.provisions) if step.not_asked == "must-share" else (),
        )  # fmt: skip
        found.setdefault(key, []).append(part)
    for key, parts in found.items():
        for one in grouped(parts):
            yield replace(key, entry=one)


# in words


def ladder(told: Told) -> str:
    """From which level of concern the answer holds, what holds where they say no, and what holds at other levels."""
    steps = told.entry.steps
    at = steps.index(told.step)
    here = told.step.not_asked
    below = bool(at) and f"From {_level(told.step)}"
    lines = [_clause(below or ("At any level of concern" if len(steps) == 1 else ""), told.step, here)]
    lines += [_clause(f"From {_level(step)}", step, here) for step in steps[at + 1 :]]
    for i in reversed(range(at)):
        lines.append(_clause("Below that" if i == at - 1 else f"Below {_level(steps[i + 1])}", steps[i], here))
    return " ".join(filter(None, lines))


def _clause(where: str, step: Step, here: str) -> str:
    """One step of the ladder; what the heading says already is left out of it."""
    goes = step.not_asked in SHARED
    verb = "" if step.not_asked == here else _SAID[step.not_asked]
    if step.refused == step.not_asked:
        refused = "even if they say no" if goes else ""
    else:
        refused = f"if they say no, {_REFUSED[step.refused]}"
    said = (
        ", ".join(filter(None, (verb, refused)))
        if goes and step.refused in SHARED
        else "; ".join(filter(None, (verb, refused)))
    )
    text = f"{where}: {said}" if where and said else where or said
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _level(step: Step) -> str:
    return " or ".join(level_of(word) for word in step.concern)


def level_of(word: str) -> str:
    """A level of concern inside a sentence."""
    return "no concern" if word == "none" else spoken(word)


def goes(told: Told) -> str:
    """What goes, what for and about whom."""
    entry = told.entry
    aims, about = (joined([spoken(one) for one in part]) for part in (entry.purposes, entry.about))
    return f"for {aims}: {', '.join(map(spoken, entry.items))}; about the {about}"
