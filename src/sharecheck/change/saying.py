"""A move in plain sentences: for anybody, or for the person it is about, the one who sends, or the one who receives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sharecheck.change.moves import Description, Head, Move, Witness
from sharecheck.change.parts import FieldChange, PartChange
from sharecheck.knowledge import Book, joined
from sharecheck.policy import wording
from sharecheck.policy.diagram import Box
from sharecheck.policy.space import AS_SAID, PARTS, Space


class Perspective(StrEnum):
    """Whom the sentences are for."""

    ANYBODY = "anybody"
    SUBJECT = "subject"
    DISCLOSER = "discloser"
    RECIPIENT = "recipient"


@dataclass(frozen=True, slots=True)
class _Turn:
    """How it is said that answers cross a line: what somebody may or must, what ends the sentence, of which questions of those
    named it holds (`where`), and of which where no circumstances are said (`at_large`)."""

    may: str
    ending: str
    where: str
    at_large: str = "in the circumstances listed below"


_MAY_NOT = _Turn(
    "may no longer", ", without asking or taking advice first", "wherever they could until now",
    "wherever they could until now and nothing else still lets them",
)  # fmt: skip
_STILL_MAY = _Turn(
    "need no longer, but still may,", "", "wherever they had to until now",
    "wherever they had to until now and nothing else still makes them",
)  # fmt: skip
_TURNS: Mapping[tuple[str, str], _Turn] = {
    ("widens", "may-share"): _Turn("may now", ", without asking anybody first", "wherever they could not already"),
    ("widens", "may-ask"): _Turn("may now", ", if asked first and agreed", "wherever they could not even ask"),
    ("widens", "take-advice"): _Turn("may now take advice on whether to", "", "wherever the answer was no until now"),
    ("obliges", "may-to-must"): _Turn("must now", "", "wherever they were not bound to already"),
    ("obliges", "must-share"): _Turn("must now", "", "wherever they were not bound to already"),
    ("narrows", "may-share"): _MAY_NOT,
    ("narrows", "may-ask"): _Turn(
        "may no longer", ", even if that is agreed to", "wherever it was enough to ask until now",
        "wherever it was enough to ask until now and no longer is",
    ),
    ("narrows", "take-advice"): _Turn(
        "may not", "", "wherever it was to take advice until now", "wherever it was to take advice until now and no longer is"
    ),
    ("frees", "must-to-may"): _STILL_MAY,
    ("unstated", "must-to-may"): _STILL_MAY,
    ("frees", "must-share"): _Turn(
        "need no longer", "", "wherever they had to until now",
        "wherever they had to until now and nothing else still makes them",
    ),
}  # fmt: skip
_STILL = ("narrows", "frees", "unstated")
"""Kinds whose sentence is exact of more than what moved, since it leaves out what is still so."""
_FEW = 6
_FEW_FIELDS = 3
_FEW_NAMES = 3
_MANY_NAMES = 8
_SIDES = {"sender": "whoever it lets share", "recipient": "whoever it lets receive"}
_SHORT = 160
_SECTIONS = {
    "flows": "flow", "never": "prohibition", "agencies": "agency", "roles": "role", "subjects": "person",
    "purposes": "purpose", "data": "item", "consents": "consent", "law": "law", "terms": "term",
    "undertakings": "undertaking", "thresholds": "thresholds of", "scenarios": "scenario", "defaults": "default for",
    "handling": "handling:", "governance": "governance:", "allow": "waiver",
}  # fmt: skip


def part(section: str, name: str) -> str:
    """A part as people speak of it."""
    if not name:
        return f"`{section}`"
    return f"{_SECTIONS.get(section, section)} `{name}`"


def sentences(move: Move, book: Book, perspective: Perspective = Perspective.ANYBODY) -> tuple[str, ...]:
    """What moved, as few sentences as say it exactly; each may end with the circumstances, one a line, after a colon."""
    if move.crossing == "promise":
        return (_promise(move, perspective),)
    if move.crossing == "definition":
        return (_definition(move),)
    if move.kind == "conditions" or move.describe is None:
        return (_conditions(move, perspective),)
    described = move.describe()
    return tuple(_head(move, described, head, book, perspective) for head in described.heads)


def headline(move: Move, book: Book, perspective: Perspective = Perspective.ANYBODY) -> str:
    """What moved, in one sentence: exactly, where one sentence can, or else with `sentences` to say in which circumstances."""
    told = sentences(move, book, perspective)
    if move.describe is None or move.kind == "conditions" or (len(told) == 1 and move.kind not in _STILL):
        return told[0]
    described = move.describe()
    masks = [head.parts for head in described.heads]
    widest = tuple(_union(mask[level] for mask in masks) for level in range(len(PARTS)))
    parts = described.hull if move.kind in _STILL else widest
    said = _head(move, described, Head(parts, ()), book, perspective, vaguely=True)
    return min(said, told[0], key=len) if len(told) == 1 else said


def brief(move: Move, book: Book) -> str:
    """What moved, in a clause without its circumstances."""
    said = headline(move, book).split("\n")[0].rstrip(".:").removesuffix(", in any of these circumstances")
    said = said.replace("in the circumstances listed below", "in some circumstances")
    return said.partition(", wherever ")[0]


def is_exact(move: Move) -> bool:
    """Whether the headline is exact by itself, so that further sentences only say in which circumstances."""
    return move.kind in _STILL


def _union(masks: Iterable[int]) -> int:
    whole = 0
    for mask in masks:
        whole |= mask
    return whole


def because(move: Move, book: Book) -> str:
    """What moved it, in a sentence."""
    cause = move.cause
    if cause.section == "provision":
        provision = book.provisions[cause.id]
        verb = "comes into force" if cause.how == "begins" else "is no longer in force"
        unsure = (
            ""
            if provision.confidence == "enacted"
            else " (as others report; nobody here has read its start in the law itself)"
        )
        return f"{provision.title} {verb} between the two days{unsure}."
    if cause.how == "elsewhere" or not cause.section:
        return "It follows from changes elsewhere in the agreement, in its protocol or in the law."
    if cause.section == "status":
        return "Whether people may rest on the agreement changed: see its status and its dates."
    name = part(cause.section, cause.id)
    if cause.how == "follows":
        behind = joined([part(*one) for one in cause.through]) if cause.through else "something it rests on"
        verb = "is unchanged in words but reaches further" if move.allows_more else (
            "is unchanged in words but reaches less far" if move.allows_less else "is unchanged in words but means something else"
        )  # fmt: skip
        return f"{_capital(name)} {verb}, because {behind} changed."
    return f"{_capital(name)} {'was ' if cause.how in ('added', 'removed') else ''}{cause.how}."


def before_and_after(move: Move, book: Book) -> str:
    """The answers before and after, in words; nothing where no answer moved."""
    if move.before == move.after:
        return ""
    return f"Until now: {_either(move.before, book)}. Now: {_either(move.after, book)}."


def reason(move: Move) -> str:
    """For what is no longer allowed: whether it is forbidden, or only not said any more."""
    if move.kind == "unstated":
        return "It is not forbidden: the newer version lists under `unknown` what has not been typed in yet."
    if not move.allows_less:
        return ""
    if move.bars:
        return f"It is forbidden by {joined([f'`{name}`' for name in move.bars])}."
    return (
        "It is not forbidden: no flow says it any more, so the law and the decision table answer."
        if move.silent
        else ""
    )


def example(witness: Witness, space: Space, book: Book) -> str:
    """The witness as a question with both answers."""
    point = [space.names[level].index(witness.question[name]) for level, name in enumerate(witness.question)]
    before, after = (_outcome(word, book) for word in (witness.before, witness.after))
    said = space.say(tuple(point))
    return f"{said} Until now: {before}. Now: {after}." if before != after else f"{said} As before: {after}."


def part_row(change: PartChange) -> str:
    """A part that differs, in a line."""
    name = part(change.section, change.id)
    if change.how == "renamed":
        also = [one for one in change.fields if one.sort != "words"]
        more = f", and changed: {_fields(change.fields, change.at)}" if also else ""
        return f"{name} was `{change.was}`{more}"
    if change.how in ("added", "removed"):
        return f"{name} {change.how}{_waived(change)}"
    verb = "reworded" if change.how == "reworded" else "changed"
    return f"{name} {verb}: {_fields(change.fields, change.at)}"


def _waived(change: PartChange) -> str:
    """Who accepts what for how long, where a waiver came."""
    said = change.fields[0].after if change.section == "allow" and change.fields else None
    return (
        f": {said['by']} accepts it until {said['until']}, because {_value(said['because'])}"
        if isinstance(said, dict)
        else ""
    )


def _head(
    move: Move, described: Description, head: Head, book: Book, perspective: Perspective, *, vaguely: bool = False
) -> str:
    space = move.space
    assert space is not None
    who = _Who(space, book, perspective, described)
    turn = _TURNS.get((move.kind, move.crossing)) or _TURNS.get(("narrows", move.crossing)) or _MAY_NOT
    may, ending = turn.may, turn.ending
    parts = dict(zip(PARTS, head.parts, strict=True))
    when = _when(space, head.circumstances)
    if move.kind == "unstated":
        ending = f"{ending}, as far as the newer version says"
    if perspective is Perspective.SUBJECT:
        said = who.subject(parts, may)
    elif perspective is Perspective.DISCLOSER:
        said = who.discloser(parts, may)
    elif perspective is Perspective.RECIPIENT:
        said = who.recipient(parts, may)
    else:
        said = who.anybody(parts, may)
    if described.under or (move.scope and move.scope != move.cause.id):
        said = f"{_under(move, book)}, {said[:1].lower() + said[1:]}"
    said += ending
    if vaguely:
        return f"{said}, {_for_whom(turn.at_large, perspective)}."
    if described.already:
        said += f", {_for_whom(turn.where, perspective)}"
    if len(when) == 1 and when[0]:
        said += f"; {when[0]}"
    if len(when) > 1:
        return said + ", in any of these circumstances:\n" + "\n".join(f"- {one}" for one in when)
    return said + "."


def _for_whom(text: str, perspective: Perspective) -> str:
    """A clause about senders, for one perspective."""
    if perspective is Perspective.DISCLOSER:
        return text.replace("they were", "you were").replace("they ", "you ").replace("them", "you")
    if perspective is Perspective.RECIPIENT:
        return text.replace("they were", "the sender was").replace("they ", "the sender ").replace("them", "the sender")
    return text


def _under(move: Move, book: Book) -> str:
    """What confines a sentence to the questions that its clause names, or that its cause bears on."""
    cause = move.cause
    if move.scope:
        return f"Under `{move.scope}`"
    if cause.section == "provision":
        return f"Where {book.provisions[cause.id].title} reaches"
    return f"Where {part(cause.section, cause.id)} comes in"


class _Who:
    """The parts of a head in words, for one perspective."""

    def __init__(
        self, space: Space, book: Book, perspective: Perspective, described: Description | None = None
    ) -> None:
        self.space = space
        self.described = described
        self.book = book
        self.titled = perspective is not Perspective.ANYBODY

    def names(self, part: str, mask: int, *, the: bool = False) -> str:
        level = PARTS.index(part)
        dimension = self.space.dimensions[level]
        if (
            self.described
            and self.described.under
            and part in _SIDES
            and mask.bit_count() > _FEW_NAMES
            and mask == self.described.sides[level]
        ):
            return _SIDES[part]
        if not self.titled or part == "item" or part == "purpose":
            return wording.names(dimension, mask)
        labels = tuple(self._title(part, name, the=the) for name in dimension.values)
        return wording.names(dimension, mask, labels)

    def _title(self, part: str, name: str, *, the: bool) -> str:
        if part == "about":
            return f"`{name}`"
        people = self.space.senders if part == "sender" else self.space.recipients
        who = next(one for one in people if one.name == name)
        if who.kind.person:
            return self.book.term("relations", who.kind.person).label.lower()
        agreement = self.space.policy.agreement
        role, agency, _ = self.space.policy.places.get(name, ("", "", ""))
        title = agreement.roles[role].title if agreement and role in agreement.roles else name.replace("-", " ")
        if agreement and not role and agency in agreement.agencies:
            return agreement.agencies[agency].name
        plain = title if title[1:2].isupper() else title[:1].lower() + title[1:]
        return f"the {plain}" if the else plain

    def anybody(self, parts: Mapping[str, int], may: str) -> str:
        sender = _capital(self.names("sender", parts["sender"])) if parts["sender"] else "Somebody"
        return (
            f"{sender} {may} share {self.names('item', parts['item'])}{self._about(parts)} with "
            f"{self.names('recipient', parts['recipient'])}, for {self._purposes(parts)}"
        )

    def discloser(self, parts: Mapping[str, int], may: str) -> str:
        return (
            f"If you are {_article(self.names('sender', parts['sender']))}: you {may} share {self.names('item', parts['item'])}"
            f"{self._about(parts)} with {self.names('recipient', parts['recipient'], the=True)}, for {self._purposes(parts)}"
        )

    def recipient(self, parts: Mapping[str, int], may: str) -> str:
        return (
            f"If you are {_article(self.names('recipient', parts['recipient']))}: you {may} be told "
            f"{self.names('item', parts['item'])}{self._about(parts)} by "
            f"{self.names('sender', parts['sender'], the=True)}, for {self._purposes(parts)}"
        )

    def subject(self, parts: Mapping[str, int], may: str) -> str:
        about = self.names("about", parts["about"]) or "anybody it is about"
        sender = _capital(self.names("sender", parts["sender"], the=True))
        return (
            f"If you are {about}: {sender[:1].lower() + sender[1:]} {may} tell "
            f"{self.names('recipient', parts['recipient'], the=True)} {self.names('item', parts['item'])} about you, "
            f"for {self._purposes(parts)}"
        )

    def _about(self, parts: Mapping[str, int]) -> str:
        level = PARTS.index("about")
        if parts["about"] == self.space.dimensions[level].full:
            return ""
        return f" about {self.names('about', parts['about'])}"

    def _purposes(self, parts: Mapping[str, int]) -> str:
        level = PARTS.index("purpose")
        dimension = self.space.dimensions[level]
        if parts["purpose"] == dimension.full and len(dimension.values) > _FEW:
            return "any purpose"
        return wording.names(dimension, parts["purpose"])


def _when(space: Space, boxes: Sequence[Box]) -> list[str]:
    """The circumstances, most general first; one that is empty says that they do not matter."""
    dimensions = space.dimensions[len(PARTS) :]
    order = [level - len(PARTS) for level in AS_SAID if level >= len(PARTS)]
    merged = wording.merge([tuple(box[i] for i in order) for box in boxes])
    return [wording.circumstances([dimensions[i] for i in order], box) for box in merged]


def _promise(move: Move, perspective: Perspective) -> str:
    you = {Perspective.DISCLOSER: "you bind yourself", Perspective.RECIPIENT: "the senders bind themselves"}
    who = you.get(perspective, "the partners bind themselves")
    if move.kind == "obliges":
        return f"Under `{move.cause.id}` {who} to share what until now might be shared."
    return f"Under `{move.cause.id}` sharing is no longer promised; it still may be done."


def _definition(move: Move) -> str:
    said = _fields(move.fields, move.cause.at)
    return (
        f"What {part(move.cause.section, move.cause.id)} takes in was written anew, which may let more be shared: a person "
        f"must compare. {_capital(said)}."
    )


def _conditions(move: Move, perspective: Perspective) -> str:
    name = part(move.cause.section, move.cause.id)
    if move.crossing == "fields":
        flows = joined([f"`{name}`" for name in move.where])
        at = move.fields[0].path[:2]
        return f"Wherever {flows} {'apply' if len(move.where) > 1 else 'applies'}: {_fields(move.fields, at)}."
    if move.crossing == "whole":
        return f"For everything shared under the agreement, {name}: {_fields(move.fields, move.cause.at)}." if (
            move.cause.section not in ("agencies", "roles")
        ) else f"Wherever {name} takes part: {_fields(move.fields, move.cause.at)}."  # fmt: skip
    where = _where(move, perspective)
    if move.cause.how == "removed":
        return f"The answer is as before, without the conditions of `{move.cause.id}`: {where}."
    if move.cause.how == "added" and move.cause.section == "flows":
        return f"The answer is as before, and the conditions of `{move.cause.id}` now hold: {where}."
    return f"The answer is as before, on other grounds: {where}."


def _where(move: Move, perspective: Perspective) -> str:
    """Of whom and what a condition holds; by the clause alone, where that would be a long list."""
    space = move.space
    if space is None or move.describe is None:
        return "everywhere"
    heads = move.describe().heads
    long = any(
        mask.bit_count() > _MANY_NAMES and mask != dimension.full
        for head in heads
        for mask, dimension in zip(head.parts, space.dimensions, strict=False)
    )
    if long or len(heads) > _FEW:
        return f"{move.questions:,} of the questions that {part(move.cause.section, move.cause.id)} names"
    who = _Who(space, space.policy.book, perspective)
    told = [who.anybody(dict(zip(PARTS, head.parts, strict=True)), "may as before") for head in heads]
    return "; ".join(one[:1].lower() + one[1:] for one in told)


def _fields(fields: Sequence[FieldChange], at: Sequence[Any]) -> str:
    """Every field that changed; where many of one are rewritten at once, only their names."""
    by_field: dict[Any, list[FieldChange]] = {}
    for one in fields:
        by_field.setdefault(one.path[len(at)] if len(one.path) > len(at) else None, []).append(one)
    said = []
    for name, ones in by_field.items():
        if len(ones) > _FEW_FIELDS:
            inner = [" ".join(str(step).replace("_", " ") for step in one.path[len(at) + 1 :]) for one in ones]
            said.append(f"{str(name).replace('_', ' ')} is written anew ({', '.join(inner)})")
        else:
            said += [_field(one, at) for one in ones]
    return "; ".join(said)


def _field(one: FieldChange, at: Sequence[Any]) -> str:
    steps = [str(step).replace("_", " ") for step in one.path[len(at) :]]
    name = " of ".join(reversed(steps)) if steps else ""
    label = f"{name} " if name else ""
    before, after = one.before, one.after
    if isinstance(before, list) or isinstance(after, list):
        old, new = (
            [item for item in (said if isinstance(said, list) else [said]) if item is not None]
            for said in (before, after)
        )
        plus = [item for item in new if item not in old]
        minus = [item for item in old if item not in new]
        if old and new and (plus or minus):
            texts = [f"now also {joined([_value(x) for x in plus])}"] * bool(plus)
            texts += [f"no longer {joined([_value(x) for x in minus])}"] * bool(minus)
            return f"{label}{' and '.join(texts)}"
    if before is None:
        return f"{label}is now {_value(after)}"
    if after is None:
        return f"{label}no longer says {_value(before)}"
    return f"{label}was {_value(before)}, is now {_value(after)}"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return joined([f"{str(key).replace('_', ' ')} {_value(said)}" for key, said in value.items()])
    if isinstance(value, list):
        return joined([_value(one) for one in value])
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if len(text) > _SHORT:
        text = f"{text[:_SHORT].rpartition(' ')[0] or text[:_SHORT]} …"
    return f"`{text}`" if " " not in text else f"“{text}”"


def _either(words: Sequence[str], book: Book) -> str:
    *most, last = [_outcome(word, book) for word in words]
    return f"{', '.join(most)} or {last}" if most else last


def _outcome(word: str, book: Book) -> str:
    return str(book.term("outcomes", word).facts["short"])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _article(text: str) -> str:
    """A title with its article, unless it is a list or names anybody."""
    if text.startswith(("anybody", "`")):
        return text
    first = text.split()[0]
    return text if first in ("a", "an", "the") else f"{'an' if first[:1] in 'aeiouAEIO' else 'a'} {text}"
