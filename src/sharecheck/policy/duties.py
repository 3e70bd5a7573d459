"""What follows from a decision: to record it, to tell people or not, how to send it, by when, and to hear back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sharecheck import durations
from sharecheck.agreement import Flow
from sharecheck.knowledge import Book, joined
from sharecheck.policy.readings import Case


@dataclass(frozen=True, slots=True)
class Duties:
    """ "Each in a sentence; empty where nothing is said of it."""

    record: str
    inform: str
    method: str
    deadline: str
    feedback: str

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Those that are said, with their names."""
        return ((name, text) for name in self.__slots__ if (text := getattr(self, name)))


def following(case: Case, flow: Flow | None, book: Book, *, shares: bool) -> Duties:
    """What follows from an answer, by the table and by what the flow it rests on says."""
    said = book.decision["duties"]
    fields: Mapping[str, Any] = flow.fields if flow is not None and shares else {}
    if not shares:
        advice = _deadline(case, fields, book) if case.row.outcome == "seek-advice" else ""
        record = said["record"]["asked" if case.row.outcome == "ask-first" else "not-shared"]
        return Duties(record, _inform(case, fields, said["inform"], shares=False), "", advice, "")
    contact = fields.get("contact")
    return Duties(
        said["record"]["shared"],
        _inform(case, fields, said["inform"], shares=True),
        _method(case, flow, book),
        _deadline(case, fields, book),
        said["feedback"]["named"].format(contact=contact) if isinstance(contact, str) else said["feedback"]["unnamed"],
    )


def _inform(case: Case, fields: Mapping[str, Any], said: Mapping[str, str], *, shares: bool) -> str:
    """Whether the person is told: not where the row or the danger forbids it; otherwise as the flow says."""
    if not shares:
        return said["kept" if case.row.inform == "no" else "nothing"]
    if case.row.inform == "no" or (case.row.inform is None and case.circumstances.consent == "unsafe-to-ask"):
        return said["no"]
    own = fields.get("inform")
    if isinstance(own, Mapping) and own.get("default") is False:
        return f"{said['no']} {_sentence(str(own['because']))}" if own.get("because") else said["no"]
    how = own.get("how") if isinstance(own, Mapping) else None
    return f"{said['yes']} {_sentence(str(how))}" if how else said["yes"]


def _method(case: Case, flow: Flow | None, book: Book) -> str:
    said = book.decision["duties"]["method"]
    if book.term("concern-levels", case.circumstances.concern).is_("at_once"):
        return str(said["now"])
    labels = [book.term("transfer-methods", method).label.lower() for method in (flow.methods if flow else ())]
    return str(said["agreed"].format(methods=joined(labels)) if labels else said["secure"])


def _deadline(case: Case, fields: Mapping[str, Any], book: Book) -> str:
    said = book.decision["duties"]["deadline"]
    concern = book.term("concern-levels", case.circumstances.concern)
    if concern.is_("at_once"):
        return str(said["now"])
    limit = str(fields.get("deadline") or concern.facts.get("tell_within") or "")
    if not limit or limit == "court":
        return ""
    spoken = durations.spoken(limit)
    return str(said["within"].format(limit=spoken)) if durations.length(limit) else _sentence(spoken)


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."
