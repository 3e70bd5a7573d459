"""The record of processing: a row for each controller and each flow that it takes part in, under the book's headings.

A sender and a recipient of one flow each have a row, since each answers for what it does; a body that is both has one. A
processor has none: its record is of another kind, and controllers name it in theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sharecheck.agreement import Agency, Agreement, Party, contact, listed
from sharecheck.filed import rights, taking_part
from sharecheck.filed.taking_part import Part
from sharecheck.knowledge import Book, joined
from sharecheck.paper import footing, sharing
from sharecheck.paper.model import Cell, Column, Line, Table
from sharecheck.paper.partners import sensitivity
from sharecheck.paper.reader import SILENT, Reader, gap, plain, see, spoken
from sharecheck.policy.names import lowered


@dataclass(frozen=True, slots=True)
class Heading:
    """What a column is called, and the law that asks for it, where a source was found."""

    id: str
    title: str
    cites: tuple[str, ...]

    @property
    def whole(self) -> str:
        """The title with the law behind it."""
        return f"{self.title} ({'; '.join(self.cites)})" if self.cites else self.title


@dataclass(frozen=True, slots=True)
class Row:
    """One controller's part in one flow: a cell for each heading."""

    agency: str
    agreement: str
    flow: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """The record of processing; `left_out` says who and what has no entry, and why."""

    title: str
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    left_out: tuple[str, ...]

    def table(self) -> Table:
        """All of it as one table."""
        columns = tuple(Column(one.whole, 1) for one in self.headings)
        return Table(self.title, columns, tuple(row.cells for row in self.rows))


def record(agreements: Sequence[Agreement], book: Book, made: str, own: str = "") -> Record:
    """The record of processing of some agreements on the book's day; that of one agency alone with `own`, by its id."""
    written = book.documents["record"]
    headings = tuple(
        Heading(name, one["title"], tuple(one.get("cites", ()))) for name, one in written["columns"].items()
    )
    found: list[tuple[tuple[str, ...], Row]] = []
    left: list[str] = []
    for reader in taking_part.readers(agreements, book):
        for agency, parts in taking_part.parts(reader, own):
            for part in parts:
                entry = _Entry(part, reader, made)
                cells = tuple(_COLUMNS[one.id](entry) for one in headings)
                row = Row(agency.id, reader.agreement.id, part.flow.id, cells)
                found.append((taking_part.place(agency, reader), row))
        left += taking_part.left_out(reader, own)
    found.sort(key=lambda pair: pair[0])
    return Record(written["title"], headings, tuple(row for _, row in found), tuple(dict.fromkeys(left)))


class _Entry:
    """One row in the making."""

    def __init__(self, part: Part, reader: Reader, made: str) -> None:
        self.part, self.flow, self.agency = part, part.flow, part.agency
        self.reader, self.made = reader, made

    def _of_the_body(self, name: str) -> Any:
        """What is written of the controller, or of the whole that it is a department of."""
        above = taking_part.whole(self.agency, self.reader)
        return self.agency.fields.get(name) or above.fields.get(name)

    def _missing(self, *at: str) -> Cell:
        return (self.reader.missing(at),)

    def _in_flow(self, name: str) -> Line:
        return self.reader.missing((*map(str, self.flow.at), name))

    # who

    def controller(self) -> Cell:
        return (plain(taking_part.titled(self.agency, self.reader)),)

    def contact(self) -> Cell:
        spoc = self._of_the_body("spoc")
        return (plain(contact(spoc)),) if spoc else self._missing("agencies", self.agency.id, "spoc")

    def officer(self) -> Cell:
        dpo = self._of_the_body("dpo")
        return (plain(contact(dpo)),) if dpo else self._missing("agencies", self.agency.id, "dpo")

    def representative(self) -> Cell:
        return (gap(),)

    def joint(self) -> Cell:
        said = [plain(f"For this flow: {self.flow.fields['controller']}")] if "controller" in self.flow.fields else []
        if self.agency.controller == "joint":
            sides = self.reader.facts.sides(self.flow)
            others = {one.id: one for _, one in sides if one.controller == "joint" and one.id != self.agency.id}
            said += [plain(f"{one.name}{_reached(one)}") for one in others.values()]
            arrangement = self.agency.joint_arrangement
            said.append(plain(f"Arrangement: {arrangement}") if arrangement else gap(f"Arrangement: {lowered(SILENT)}"))
        elif self.agency.controller is None:
            said += self._missing("agencies", self.agency.id, "controller")
        elif not said:
            said.append(plain("None: it is a controller in its own right."))
        return tuple(said)

    # which

    def agreement(self) -> Cell:
        held = self.reader.agreement
        return plain(held.title), plain(f"Short name: {held.id}")

    def status(self) -> Cell:
        return taking_part.state(self.reader)

    def activity(self) -> Cell:
        return plain(self.reader.flow_title(self.flow)), plain(
            f"Flow {self.reader.number[self.flow.id]}: {self.flow.id}"
        )

    def side(self) -> Cell:
        sides = [side for side, _ in self.part.bases]
        said = [plain(joined(sides).capitalize())]
        if self.reader.facts.one_body(self.flow):
            said.append(plain("Use within one controller, not a disclosure"))
        return tuple(said)

    def regime(self) -> Cell:
        said = self.reader.book.documents["record"]["regimes"]
        return tuple(plain(said[one]["says"]) for one in taking_part.regimes(self.part, self.reader))

    # what

    def purposes(self) -> Cell:
        known = self.reader.agreement.purposes
        said = [f"{known[one].text} ({self.reader.purpose(known[one])})" for one in self.flow.purposes if one in known]
        return tuple(map(plain, said)) or (self._in_flow("purpose"),)

    def people(self) -> Cell:
        return tuple(plain(one) for one in about(self.part, self.reader)) or (self._in_flow("about"),)

    def information(self) -> Cell:
        items = self.reader.facts.items(self.flow)
        return tuple(plain(f"{spoken(one.id).capitalize()}: {one.text}") for one in items) or (self._in_flow("data"),)

    def guarded(self) -> Cell:
        facts = self.reader.facts
        kinds = [(spoken(one.id).capitalize(), sensitivity(one, self.reader)) for one in facts.items(self.flow)]
        said = [f"{name}: {joined(found).lower()}" for name, found in kinds if found]
        if facts.serves(self.flow, "reveals_offending"):
            said.append("What it is for shows that somebody has offended, or is said to have")
        if not facts.personal(self.flow):
            said.append("It identifies nobody")
        return tuple(map(plain, said)) or (plain("None"),)

    def _people(self, parties: Iterable[Party]) -> Cell:
        found = taking_part.people(parties, self.reader)
        return tuple(plain(f"{titles} ({where})" if where else titles) for titles, where in found)

    def origin(self) -> Cell:
        said: list[Line] = []
        if self.part.on("recipient"):
            said += self._people(self.flow.senders) or (self._in_flow("from"),)
        if "source_record" in self.flow.fields:
            said.append(plain(f"From the record: {self.flow.fields['source_record']}"))
        elif not said:
            said.append(gap(f"The sender’s own record. Which one: {lowered(self._in_flow('source_record').text)}"))
        return tuple(said)

    def recipients(self) -> Cell:
        said: list[Line] = []
        if self.part.on("sender"):
            said += self._people(self.flow.recipients) or (self._in_flow("to"),)
        if self.part.on("recipient"):
            onward = self.flow.fields.get("onward")
            line = plain(self.reader.word("onward", onward)) if onward else self._in_flow("onward")
            said.append(Line(f"Passed on by the recipient: {lowered(line.text)}", line.manner))
        return tuple(said)

    def processors(self) -> Cell:
        found = {one.id: one for _, one in self.reader.facts.sides(self.flow) if one.controller == "processor"}
        said = []
        for one in found.values():
            said.append(plain(one.name))
            said.append(plain(f"Contract: {one.contract}") if one.contract else gap(f"Contract: {lowered(SILENT)}"))
        return tuple(said) or (plain("None takes part in this flow."),)

    # how

    def transfers(self) -> Cell:
        said = self._abroad()
        if said is None:
            return self._missing("handling", "international")
        lines = [plain(said["text"])] if said.get("text") else []
        if "any" in said:
            lines.insert(0, plain("Yes" if said["any"] else "No"))
        countries = [str(one) for one in listed(said.get("country"))]
        return (*lines, plain(f"To: {joined(countries)}")) if countries else tuple(lines) or (gap(),)

    def safeguards(self) -> Cell:
        said = self._abroad()
        if said is None:
            return self._missing("handling", "international")
        if said.get("any") is False:
            return (plain("Does not apply: nothing is sent abroad."),)
        mechanism = said.get("mechanism")
        return (plain(self.reader.word("transfers-abroad", mechanism)),) if mechanism else (gap(),)

    def _abroad(self) -> Mapping[str, Any] | None:
        said = self.reader.agreement.handling.get("international")
        return said if isinstance(said, Mapping) or said is None else {"text": said}

    def retention(self) -> Cell:
        return tuple(keeping(self.part, self.reader))

    def security(self) -> Cell:
        steps = sharing.steps(self.flow.fields.get("method"), self.reader)
        sent = plain(f"Sent by: {'; '.join(steps)}") if steps else None
        return (
            *self._statement("handling", "security"),
            sent or Line(f"Sent by: {lowered(self._in_flow('method').text)}", "gap"),
        )

    def _statement(self, group: str, name: str) -> Cell:
        """A part of `handling` or `governance`, line by line."""
        held = getattr(self.reader.agreement, group).get(name)
        entries = self.reader.part((group, name), held)
        alone = {one.name for one in entries} if held is None or not isinstance(held, Mapping) else {name.capitalize()}
        return tuple(
            Line(line.text if one.name in alone else f"{one.name}: {line.text}", line.manner)
            for one in entries for line in one.says
        )  # fmt: skip

    # on what footing

    def basis(self) -> Cell:
        return self._footing(0)

    def special(self) -> Cell:
        return self._footing(1)

    def condition(self) -> Cell:
        return self._footing(2)

    def _footing(self, which: int) -> Cell:
        found: dict[Cell, list[str]] = {}
        for side, basis in self.part.bases:
            cell = footing.in_words(basis, self.flow, self.reader)[which] or (self._in_flow("lawful_basis"),)
            found.setdefault(cell, []).append(side)
        if len(found) == 1:
            return next(iter(found))
        return tuple(
            Line(f"As {joined(sides)}: {lowered(line.text) if i == 0 and line.manner == 'gap' else line.text}", line.manner)
            for cell, sides in found.items() for i, line in enumerate(cell)
        )  # fmt: skip

    def policy(self) -> Cell:
        if not self._needs_policy():
            return (plain("Does not apply: no condition that needs one is named."),)
        documents = self.reader.agreement.governance.get("policy_documents")
        if not isinstance(documents, list):
            return self._statement("governance", "policy_documents")
        bodies = {self.agency.id, self.agency.part_of, self.agency.member_of}
        said = []
        for one in documents:
            if bodies & set(listed(one.get("agency"))):
                names = joined([str(c) for c in listed(one.get("conditions"))])
                where = one.get("where") or (f"See {see(one['see'])}" if one.get("see") else "")
                said.append(plain(f"{where or 'Where it is, is not said'} (for paragraphs: {names})"))
        return tuple(said) or self._missing("governance", "policy_documents")

    def _needs_policy(self) -> bool:
        terms = self.reader.book.terms("schedule-1")
        named = [one for _, basis in self.part.bases if basis for one in basis.conditions]
        sensitive = any(basis and "schedule_8" in basis.fields for _, basis in self.part.bases)
        return sensitive or any(one not in terms or terms[one].facts.get("policy_document") != "never" for one in named)

    def followed(self) -> Cell:
        if not self._needs_policy():
            return (plain("Does not apply: no condition that needs one is named."),)
        return (gap("The agreement does not say. The controller enters whether it is, and why if it is not."),)

    def powers(self) -> Cell:
        said = []
        for written, provision in self.reader.facts.gateways(self.flow):
            if provision is None:
                said.append(gap(f"{written} (not in the book of law: read it before relying on it)"))
            elif provision.in_force(self.reader.on):
                said.append(plain(provision.title))
            else:
                said.append(gap(f"{provision.title} (not in force on this day, as far as sharecheck knows)"))
        return tuple(said) or (self._in_flow("gateways"),)

    def consent(self) -> Cell:
        held = self.flow.consent
        if held is None:
            return (self._in_flow("consent"),)
        model = self.reader.book.term("consent-models", held.model)
        said = [plain(model.label)]
        if held.fields.get("record"):
            said.append(plain(f"Recorded: {held.fields['record']}"))
        elif model.is_("asks"):
            said.append(gap(f"Where it is recorded: {lowered(SILENT)}"))
        return tuple(said)

    def automated(self) -> Cell:
        return (gap(),)

    def rights(self) -> Cell:
        found = rights.of([self.part], self.reader)
        said = [plain("; ".join(one.name for one in found if one.holds))]
        said += [plain(f"{one.name}: {lowered(one.says)}") for one in found if not one.holds]
        if not rights.grounded(self.part):
            said.append(gap("Others depend on the lawful basis, which the agreement does not say."))
        return tuple(said)

    # beside it

    def notice(self) -> Cell:
        notice = self._of_the_body("privacy_notice")
        said = [str(one) for one in listed(notice)]
        return tuple(map(plain, said)) or self._missing("agencies", self.agency.id, "privacy_notice")

    def assessment(self) -> Cell:
        return self._statement("governance", "dpia")

    def entry(self) -> Cell:
        held = self.reader.agreement.governance.get("records_of_processing")
        if isinstance(held, str):
            return (plain(held),)
        bodies = {self.agency.id, self.agency.part_of, self.agency.member_of}
        found = [str(one.get("where") or SILENT) for one in held or () if bodies & set(listed(one.get("agency")))]
        return tuple(map(plain, found)) or self._missing("governance", "records_of_processing")

    def taken(self) -> Cell:
        return (plain(self.made),)


_COLUMNS: dict[str, Callable[[_Entry], Cell]] = {
    "controller": _Entry.controller, "contact": _Entry.contact, "agreement": _Entry.agreement, "status": _Entry.status,
    "flow": _Entry.activity, "side": _Entry.side, "regime": _Entry.regime, "officer": _Entry.officer,
    "representative": _Entry.representative, "joint": _Entry.joint, "purposes": _Entry.purposes, "people": _Entry.people,
    "information": _Entry.information, "guarded": _Entry.guarded, "origin": _Entry.origin, "recipients": _Entry.recipients,
    "processors": _Entry.processors, "transfers": _Entry.transfers, "safeguards": _Entry.safeguards,
    "retention": _Entry.retention, "security": _Entry.security, "basis": _Entry.basis, "special": _Entry.special,
    "condition": _Entry.condition, "policy": _Entry.policy, "followed": _Entry.followed, "powers": _Entry.powers,
    "consent": _Entry.consent, "automated": _Entry.automated, "rights": _Entry.rights, "notice": _Entry.notice,
    "assessment": _Entry.assessment, "entry": _Entry.entry, "made": _Entry.taken,
}  # fmt: skip
"""What fills each column of the book's heading; a test holds the two to each other."""


def about(part: Part, reader: Reader) -> Iterator[str]:
    """Whose information a flow carries, in the partners' words or else the book's."""
    for name in part.flow.about:
        if held := reader.agreement.subjects.get(name):
            ages = f" (aged {held.ages})" if held.ages else ""
            yield f"{held.text or reader.word('subject-types', held.type)}{ages}"


def retained(part: Part) -> Mapping[str, Any]:
    """What is set for how long a controller keeps what it gets in a flow: that set for it, or else that set for all."""
    said: Mapping[str, Any] = part.flow.fields.get("retention") or {}
    apart = said.get("agencies") or {}
    bodies = (part.agency.id, part.agency.part_of, part.agency.member_of)
    own: Mapping[str, Any] | None = next((apart[body] for body in bodies if body in apart), None)
    return own if own is not None else {name: one for name, one in said.items() if name != "agencies"}


def keeping(part: Part, reader: Reader) -> Iterator[Line]:
    """How long a controller keeps what it gets in a flow, and that it is not said how long it keeps what it sends."""
    if part.on("recipient"):
        yield from tuple(sharing.kept(retained(part), reader)) or (reader.missing((*part.flow.at, "retention")),)
    if part.on("sender"):
        yield gap("How long the sender keeps its own record: the agreement does not say.")


def _reached(one: Agency) -> str:
    return f" ({contact(one.fields['spoc'])})" if one.fields.get("spoc") else ""
