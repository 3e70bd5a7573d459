"""A difference as it is told: every sentence made and every place found, so that formats have only to lay them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sharecheck.change import Changed, Difference, saying
from sharecheck.change.moves import Move
from sharecheck.change.parts import FieldChange
from sharecheck.change.saying import Perspective as Perspective
from sharecheck.knowledge import joined
from sharecheck.source import Path

VERDICTS = {
    "same": "Nothing differs",
    "wording": "Only wording differs: what may be shared, and on what conditions, is as before",
    "conditions": "What may be shared is as before; something around it differs",
    "narrows": "Less may be shared, or less must",
    "widens": "More may be shared, or more must",
    "both": "More may be shared or must in one place, and less in another",
}
KINDS = {
    "widens": "widens", "obliges": "obliges", "narrows": "narrows", "frees": "frees", "unstated": "not yet stated",
    "conditions": "other conditions", "wording": "wording",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Voided:
    """A sign-off that stood for the older version and does not stand for the newer."""

    agreement: str
    agency: str
    because: str


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be compared, and what to do about it."""

    name: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class Row:
    """One change: what it does in a sentence, exactly, and everything a reader may ask of it.

    `exact` says that the headline alone is exact, and `exactly` only adds circumstances.

    `headline` and each of `exactly` may go on in further lines, each beginning with a hyphen. Lines and columns count from 1.
    """

    agreement: str
    kind: str
    headline: str
    exactly: tuple[str, ...]
    answers: str
    because: str
    reason: str
    example: str
    questions: int
    part: str
    file: str
    line: int
    column: int
    fingerprint: str
    accepted: str
    exact: bool
    move: Move | None

    @property
    def outside(self) -> bool:
        """Whether no flow names its questions, so that the law and the table alone answer them."""
        return bool(self.move and self.move.outside)

    @property
    def also(self) -> tuple[str, ...]:
        """The sentences after the first that are short: answers, cause, what is not forbidden, and who accepted it."""
        return tuple(said for said in (self.answers, self.because, self.reason, self.accepted) if said)


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part that differs."""

    agreement: str
    part: str
    how: str
    was: str | None
    sentence: str
    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class ToldAgreement:
    """One agreement that differs."""

    id: str
    was: str | None
    title: str
    how: str
    verdict: str
    file: str
    rows: tuple[Row, ...]
    parts: tuple[PartRow, ...]

    @property
    def beyond(self) -> bool:
        """Whether nothing changes but answers to questions that none of its flows names."""
        return bool(self.rows) and not self.parts and all(row.outside for row in self.rows)


@dataclass(frozen=True, slots=True)
class Told:
    """A whole difference, told."""

    old: str
    new: str
    days: tuple[str, str]
    knowledge: str
    verdict: str
    same: int
    agreements: tuple[ToldAgreement, ...]
    voided: tuple[Voided, ...] = ()
    unread: tuple[Unread, ...] = field(default=())

    @property
    def beyond(self) -> str:
        """The agreements of which only questions move that their flows do not name, in a sentence; nothing where there is none."""
        only = [one for one in self.agreements if one.beyond]
        if not only:
            return ""
        why = " ".join(dict.fromkeys(row.because for one in only for row in one.rows))
        names = ", ".join(f"`{one.id}`" for one in only)
        return (
            f"What the flows of {names} allow is as before; beyond them, where the law and the decision table alone answer, "
            f"questions move. {why}"
        )

    def outside(self, agreement: ToldAgreement) -> str:
        """What moved in one agreement beyond its flows, in a sentence; nothing where nothing did."""
        rows = [row for row in agreement.rows if row.outside]
        if not rows:
            return ""
        sums: dict[str, int] = {}
        for row in rows:
            if row.kind != "conditions":
                sums[row.kind] = sums.get(row.kind, 0) + row.questions
        told = ", ".join(f"{number:,} {KINDS[kind]}" for kind, number in sums.items())
        why = " ".join(dict.fromkeys(row.because for row in rows))
        said = f"questions move too ({told})" if told else "the answer rests on other grounds"
        return f"Outside every flow, where the law and the decision table alone answer, {said}. {why}"

    @property
    def void(self) -> tuple[str, ...]:
        """The sign-offs that no longer stand, in a sentence for each reason."""
        why: dict[tuple[str, str], list[str]] = {}
        for one in self.voided:
            why.setdefault((one.agreement, one.because), []).append(f"`{one.agency}`")
        return tuple(
            f"Void: the sign-off{'' if len(agencies) == 1 else 's'} of {joined(agencies)} for `{agreement}`. {because}."
            for (agreement, because), agencies in why.items()
        )

    @property
    def compared(self) -> int:
        """How many agreements there are in either version."""
        return self.same + len(self.agreements)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every change of every agreement."""
        return tuple(row for one in self.agreements for row in one.rows)

    @property
    def law(self) -> str:
        """The day or days whose law was read, in words."""
        one, other = self.days
        return f"by the law of {one}" if one == other else f"from the law of {one} to that of {other}"

    @property
    def sums(self) -> str:
        """What was compared and how much of it differs, in two sentences."""
        return f"{VERDICTS[self.verdict]}. {self.extent}"

    @property
    def extent(self) -> str:
        """How many agreements were compared and how much of them differs, in a sentence."""
        ways: dict[str, int] = {}
        for row in self.rows:
            ways[row.kind] = ways.get(row.kind, 0) + 1
        told = ", ".join(f"{ways[kind]} {word}" for kind, word in KINDS.items() if kind in ways)
        return (
            f"{self.compared} agreement{'' if self.compared == 1 else 's'} compared: "
            f"{len(self.agreements)} {'differs' if len(self.agreements) == 1 else 'differ'}, {self.same} the same, "
            f"{len(self.unread)} not compared{f' ({told})' if told else ''}."
        )


def tell(
    found: Difference,
    shown: Callable[[bool, str], str],
    perspective: Perspective = Perspective.ANYBODY,
    accepted: Mapping[str, str] | None = None,
    voided: Sequence[Voided] = (),
    unread: Sequence[Unread] = (),
    *,
    whole: bool = True,
) -> Told:
    """A difference told for one perspective; without `whole`, changes beyond every flow are summed up and not said singly.

    `shown` gives a file's name as people know it, for the newer version (True) or the older; `accepted` who accepted which
    change, by fingerprint.
    """
    agreements = tuple(_agreement(one, found, shown, perspective, accepted or {}, whole) for one in found.changed)
    days = (found.days[0].isoformat(), found.days[1].isoformat())
    return Told(
        found.old,
        found.new,
        days,
        found.books[1].version,
        found.verdict,
        found.same,
        agreements,
        tuple(voided),
        tuple(unread),
    )


def _agreement(
    one: Changed,
    found: Difference,
    shown: Callable[[bool, str], str],
    perspective: Perspective,
    accepted: Mapping[str, str],
    whole: bool,
) -> ToldAgreement:
    rows = [_row(one, move, found, shown, perspective, accepted, whole) for move in one.moves]
    parts = []
    for change in one.parts:
        if change.section == "id":
            continue
        file, line, column = _place(one, _written(change.at, change.fields), shown)
        name = ".".join(map(str, change.at))
        parts.append(PartRow(one.id, name, change.how, change.was, saying.part_row(change), file, line, column))
    if not rows:
        rows = [
            Row(one.id, "conditions" if one.verdict == "conditions" else "wording", _sentence(part.sentence), (), "", "", "", "",
                0, part.part, part.file, part.line, part.column, "", "", True, None)
            for part in parts
        ]  # fmt: skip
    file, _, _ = _place(one, (), shown)
    return ToldAgreement(one.id, one.was, one.agreement.title, one.how, one.verdict, file, tuple(rows), tuple(parts))


def _row(
    one: Changed, move: Move, found: Difference, shown: Callable[[bool, str], str], perspective: Perspective,
    accepted: Mapping[str, str], whole: bool,
) -> Row:  # fmt: skip
    """One move; what is not said singly has no headline."""
    book = found.books[1]
    file, line, column = _place(one, _written(move.cause.at if move.cause.section else (), move.fields), shown)
    said = whole or not move.outside
    exactly = saying.sentences(move, book, perspective) if said else ()
    example = saying.example(move.witness, move.space, book) if move.witness and move.space else ""
    return Row(
        one.id, move.kind, saying.headline(move, book, perspective) if said else "", exactly if len(exactly) > 1 else (),
        saying.before_and_after(move, book), saying.because(move, book), saying.reason(move), example, move.questions,
        ".".join(map(str, move.cause.at)) if move.cause.section else "", file, line, column, move.fingerprint,
        accepted.get(move.fingerprint, ""), saying.is_exact(move), move,
    )  # fmt: skip


def _written(at: Path, fields: Sequence[FieldChange]) -> Path:
    """The field that changed, where it is only one; or else the part."""
    return (
        fields[0].path if len(fields) == 1 and len(fields[0].path) > len(at) and fields[0].path[: len(at)] == at else at
    )


def _place(one: Changed, at: Path, shown: Callable[[bool, str], str]) -> tuple[str, int, int]:
    """Where a part is written: in the newer version or its protocol, in the older, or the nearest part that is."""
    for length in range(len(at), -1, -1):
        for newer, version in ((True, one.new), (False, one.old)):
            agreement = version
            while agreement is not None:
                here: Any = agreement.document.data
                for step in at[:length]:
                    here = here.get(step) if isinstance(here, dict) else None
                if here is not None and (length or agreement in (one.new, one.old)):
                    span = agreement.document.key_span(at[:length])
                    return shown(newer, agreement.document.name), span.line, span.column
                agreement = agreement.parent
    return shown(one.new is not None, one.agreement.document.name), 1, 1


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
