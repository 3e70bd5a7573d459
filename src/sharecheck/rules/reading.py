"""Reading: what an agreement's flows and prohibitions say, each as boxes of questions, and a question in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from sharecheck.agreement import Flow
from sharecheck.policy import wording
from sharecheck.policy.compiled import Box, Policy, compile
from sharecheck.policy.table import VOCABULARIES, Term
from sharecheck.rules.facts import Facts

Part = tuple[Box, list[Term]]
"""Part of a flow: who tells whom what, about whom and what for; and what is said of it."""

Bar = tuple[Box, frozenset[str]]
"""A prohibition: who may not tell whom what, about whom and what for; and at which levels of concern."""

Cell = tuple[str, ...]
"""One sender, recipient, item, person and purpose; an empty name where that is anybody's or anything's."""

Sides = tuple[frozenset[str], ...]
"""For each part of a question, and for each circumstance, the words meant: every way to take one word of each."""

_SIDES = ("sender", "recipient", "item", "about", "purpose")
_WRITTEN = ("from", "to", "data", "about", "purpose", "unless")


def policy(facts: Facts) -> Policy:
    """The agreement as one function, whatever its dates and status."""
    return facts.once(("compiled", ""), lambda: compile(facts.agreement, facts.book, as_written=True))


def parts(flow: Flow, facts: Facts) -> list[Part]:
    """The parts of a flow; none where it leaves open who, whom, what, about whom or what for."""
    return facts.once(("parts", ""), lambda: _by_flow(facts)).get(flow.id, [])


def _by_flow(facts: Facts) -> dict[str, list[Part]]:
    read, whole = policy(facts), {flow.id for flow in facts.agreement.flows.values() if _is_whole(flow, facts)}
    found: dict[str, list[Part]] = {}
    for box, bits in zip(read.flow_boxes, read.flow_terms, strict=True):
        if box.part in whole:
            found.setdefault(box.part, []).append((box, read.table.terms_of(bits)))
    return found


def _is_whole(flow: Flow, facts: Facts) -> bool:
    about = flow.about or not facts.agreement.subjects
    named = flow.senders and flow.recipients and flow.data and flow.purposes and about
    return bool(named) and all(party.known and party.agencies for party in (*flow.senders, *flow.recipients))


def terms(flow: Flow, facts: Facts) -> list[Term]:
    """What a flow says, which is the same in each of its parts."""
    return next((said for _, said in parts(flow, facts)), [])


def bars(facts: Facts) -> list[Bar]:
    """The prohibitions that are wholly written here, have no exception in words and are not those of the protocol."""
    return facts.once(("bars", ""), lambda: list(_bars(facts)))


def _bars(facts: Facts) -> Iterator[Bar]:
    read, above = policy(facts), facts.agreement.parent
    repeated = above.fields.get("never", {}) if above else {}
    for box, bits in zip(read.bar_boxes, read.bar_terms, strict=True):
        at = ("never", box.part)
        levels = concern(term for term in read.table.terms_of(bits) if term.flag == "forbids")
        if levels and box.part not in repeated and not any(facts.left_open((*at, field)) for field in _WRITTEN):
            yield box, levels


def concern(said: Iterable[Term]) -> frozenset[str]:
    """The levels of concern at which anything is said."""
    return frozenset(level for term in said for level in term.concern)


def free_from(said: Iterable[Term], consent: str, facts: Facts) -> int | None:
    """The rank of concern from which terms cover a question with this answer to consent; None if they never do."""
    free = (term for term in said if term.flag == "covers" and consent in term.consent and "no" in term.objection)
    return min(map(facts.level, concern(free)), default=None)


def cells(sides: Iterable[frozenset[str] | None], facts: Facts) -> Iterator[Cell]:
    """Every question there is: nobody tells themselves, but one of a class of bodies may tell another."""
    classes = policy(facts).classes
    every = product(*(("",) if side is None else sorted(side) for side in sides))
    return (cell for cell in every if cell[0] != cell[1] or not cell[0] or cell[0] in classes)


def by_sender(box: Box, facts: Facts) -> Iterator[Sides]:
    """A part of a flow, sender by sender, without whoever would only tell themselves."""
    classes = policy(facts).classes
    rest = [frozenset(("",)) if side is None else side for side in box.sides[2:]]
    for sender in sorted(box.senders or ()):
        told = (box.recipients or frozenset()) - ({sender} - classes)
        if told:
            yield (frozenset((sender,)), told, *rest)


def shared(part: Box, other: Box, facts: Facts) -> Cell | None:
    """One question that lies in both, or None."""
    both = part.common(other)
    return next(cells(both, facts), None) if both else None


def covered(sides: Sides, wider: Sequence[Sides]) -> bool:
    """Whether every question within some sides, none of them empty, lies in one of the wider ones."""
    meeting = [one for one in wider if all(a & b for a, b in zip(sides, one, strict=True))]
    if not meeting:
        return False
    widest = min(meeting, key=lambda one: sum(len(a - b) for a, b in zip(sides, one, strict=True)))
    for i, side in enumerate(sides):
        beyond = side - widest[i]
        if beyond and not covered((*sides[:i], beyond, *sides[i + 1 :]), meeting):
            return False  # what the widest leaves is left to the others
        sides = (*sides[:i], side & widest[i], *sides[i + 1 :])
    return True


def question(flow: Flow, facts: Facts) -> Cell:
    """The first question that a flow answers; raises StopIteration where it tells nobody."""
    return next(cell for box, _ in parts(flow, facts) for cell in cells(box.sides, facts))


def asked(cell: Cell, facts: Facts, level: str = "none", consent: str = "") -> str:
    """A question in a sentence, at a level of concern and with an answer to consent."""
    said = [wording.Dimension(name, (one,), (one,)) for name, one in zip(_SIDES, cell, strict=True) if one]
    for name, word in (("concern", level if facts.level(level) else ""), ("consent", consent)):
        if word:
            said.append(wording.Dimension(name, (word,), (facts.book.term(VOCABULARIES[name], word).label,)))
    return wording.question(said, [0] * len(said))
