"""What follows from a decision: to record it, to tell people or not, how to send it, by when, and to hear back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sharecheck import durations
from sharecheck.agreement import Flow, contact
from sharecheck.knowledge import Book, Term, joined
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
    concern = book.term("concern-levels", case.circumstances.concern)
    if not shares:
        advice = due(None, concern, book) if case.row.outcome == "seek-advice" else ""
        record = said["record"]["asked" if case.row.outcome == "ask-first" else "not-shared"]
        return Duties(record, said["inform"]["kept" if case.row.inform == "no" else "nothing"], "", advice, "")
    hushed = case.row.inform == "no" or (case.row.inform is None and case.circumstances.consent == "unsafe-to-ask")
    return Duties(
        said["record"]["shared"],
        said["inform"]["no"] if hushed else informed(flow, book),
        sent(flow, concern, book),
        due(flow, concern, book),
        heard(flow, book),
    )


def informed(flow: Flow | None, book: Book) -> str:
    """Whether the person is told, as the flow says; where neither the row nor the danger forbids it."""
    said = book.decision["duties"]["inform"]
    own = flow.fields.get("inform") if flow else None
    if isinstance(own, Mapping) and own.get("default") is False:
        return f"{said['no']} {_sentence(str(own['because']))}" if own.get("because") else str(said["no"])
    how = own.get("how") if isinstance(own, Mapping) else None
    return f"{said['yes']} {_sentence(str(how))}" if how else str(said["yes"])


def sent(flow: Flow | None, concern: Term, book: Book) -> str:
    """How it is sent, at a level of concern."""
    said = book.decision["duties"]["method"]
    if concern.is_("at_once"):
        return str(said["now"])
    labels = [book.term("transfer-methods", method).label.lower() for method in (flow.methods if flow else ())]
    return str(said["agreed"].format(methods=joined(labels)) if labels else said["secure"])


def due(flow: Flow | None, concern: Term, book: Book) -> str:
    """By when, at a level of concern."""
    said = book.decision["duties"]["deadline"]
    if concern.is_("at_once"):
        return str(said["now"])
    limit = str((flow.fields.get("deadline") if flow else None) or concern.facts.get("tell_within") or "")
    if not limit or limit == "court":
        return ""
    spoken = durations.spoken(limit)
    return str(said["within"].format(limit=spoken)) if durations.length(limit) else _sentence(spoken)


def heard(flow: Flow | None, book: Book) -> str:
    """How the sender hears back."""
    said = book.decision["duties"]["feedback"]
    told = contact(flow.fields.get("contact")) if flow else ""
    return str(said["named"].format(contact=told) if told else said["unnamed"])


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."
