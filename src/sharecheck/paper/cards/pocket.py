"""A card for one role put together: the agreements in which it takes part, its parts, and what stands at its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sharecheck.agreement import Agreement
from sharecheck.knowledge import Book
from sharecheck.paper.cards import beside, told
from sharecheck.paper.cards.card import Card, Sheet
from sharecheck.paper.cards.telling import NOT_IN_USE, Taking, as_written, taken
from sharecheck.paper.reader import brief, cleaned, when
from sharecheck.policy.remit import knowing
from sharecheck.policy.reply import Enquiries, why_not

_SEVERAL = "the agreements, in a card for each of them,"


def compose(role: str, agreements: Sequence[Agreement], book: Book, made: str) -> Card:
    """The card of a role under every agreement in which it takes part, on the book's day; `made` says what made it.

    Raises `QuestionError` where no agreement knows the role.
    """
    policies, _ = knowing(role, Enquiries(agreements, lambda _: book, book.on))
    found = [taken(role, policy.agreement, book) for policy in policies if policy.agreement]
    stopped = [one for one in found if not one.policy.in_use and as_written(role, one.agreement, book)]
    shown = [one for one in found if one.takes_part] or ([] if stopped else found)
    shown = sorted(shown or stopped, key=lambda one: (one.running.title, one.agreement.id))
    if len(shown) > 1:
        shown = [replace(one, mark=_mark(i)) for i, one in enumerate(shown)]
    danger = told.danger(shown, book)
    parts = (
        danger, beside.night(shown), *told.tells(shown, danger), told.never(shown), beside.family(shown),
        beside.write(shown, book), beside.ring(shown), beside.levels(shown, book), beside.words(shown),
    )  # fmt: skip
    card = Card(
        role=brief(shown[0].remit.names.party(role), 120),
        where=_where(shown),
        sheets=tuple(Sheet(one.mark, one.running) for one in shown),
        band=_band(shown),
        warnings=tuple(_warnings(shown, book)),
        parts=tuple(part for part in parts if part.groups),
        notes=tuple(_notes(shown, stopped, role, made)),
        left_out="",
        day=when(book.on.isoformat()),
        more=f"{_SEVERAL if len(shown) > 1 else 'the agreement'} and “sharecheck ask --role {role}”",
    )
    return cleaned(card)


def _mark(number: int) -> str:
    letters = ""
    while number >= 0:
        letters, number = chr(65 + number % 26) + letters, number // 26 - 1
    return letters


def _where(shown: Sequence[Taking]) -> str:
    bodies = dict.fromkeys(body.name for one in shown for body in one.bodies)
    return brief("; ".join(bodies) if len(bodies) < 4 else f"{len(bodies)} agencies", 200)


def _band(shown: Sequence[Taking]) -> str:
    bands = dict.fromkeys(one.running.band or ("" if one.policy.in_use else NOT_IN_USE) for one in shown)
    bands.pop("", None)
    return " AND ".join(bands)


def _warnings(shown: Sequence[Taking], book: Book) -> Iterator[str]:
    for one in shown:
        said = one.running.warning
        if not said and not one.policy.in_use:
            said = f"This agreement {why_not(one.agreement, book)}, so nobody shares under it on this day."
        if said:
            yield f"{one.mark}: {said}" if one.mark else said


def _notes(shown: Sequence[Taking], stopped: Sequence[Taking], role: str, made: str) -> Iterator[str]:
    if any(len(one.own) > 1 for one in shown):
        yield "This role is at several agencies; where their answers differ, this card gives the more careful one."
    for one in stopped:
        if one not in shown:
            yield f"Not in use on this day and left out: {one.running.title}."
    yield "“They” are those whom it is about, or whoever decides for somebody who cannot."
    yield (
        "This card lists what agreements name, for one person at a time, where a worry is known or suspected. What is not "
        f"here may still be shared where somebody is at risk: ask (“sharecheck ask --from {role}”). A person decides; this "
        "is not legal advice."
    )
    yield made
