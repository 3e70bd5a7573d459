"""The flows: the map, the information reference table, and the terms on which each goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sharecheck.agreement import Flow, contact, listed
from sharecheck.durations import spoken as spoken_time
from sharecheck.knowledge import joined
from sharecheck.paper.model import (
    Block,
    Cell,
    Column,
    Definitions,
    Entry,
    Figure,
    Heading,
    Line,
    Paragraph,
    Section,
    Table,
)
from sharecheck.paper.partners import sensitivity
from sharecheck.paper.reader import SILENT, Reader, gap, plain, quiet, see, spoken, strong, welsh

NO_FLOWS = "This protocol has no flows of its own. Each agreement under it says who tells whom what."


def picture(figures: Sequence[Figure]) -> Section | None:
    """The data-flow map, where there is one."""
    return Section("map", "Who tells whom: the map", tuple(figures)) if figures else None


def flows(reader: Reader) -> Section:
    """The information reference table."""
    title = "Who tells whom what"
    blocks: list[Block] = []
    if not reader.agreement.flows:
        return Section("flows", title, (_none(reader),))
    columns = (
        Column("No.", 0.7), Column("Flow", 2.2), Column("From", 2.2), Column("To", 2.2), Column("What", 2.2),
        Column("About", 1.3), Column("For", 1.5), Column("When", 2.4), Column("How, and how soon", 2.1),
    )  # fmt: skip
    rows = tuple(_row(flow, reader) for flow in reader.agreement.flows.values())
    blocks.append(
        Paragraph(
            plain(
                "“Must” means that the partners bind themselves to share; “may” means that they agree that it can be shared. What"
                " each item and purpose means exactly stands in the sections before this one."
            )
        )
    )
    blocks.append(Table("Information reference table", columns, rows))
    return Section("flows", title, tuple(blocks), wide=True)


def _none(reader: Reader) -> Paragraph:
    return Paragraph(plain(NO_FLOWS) if reader.agreement.kind == "protocol" else reader.missing(("flows",)))


def _row(flow: Flow, reader: Reader) -> tuple[Cell, ...]:
    agreement, get = reader.agreement, flow.fields.get
    what: list[Line] = []
    for name in flow.data:
        held = agreement.items.get(name)
        what.append(plain(spoken(name).capitalize()))
        if held and (kinds := sensitivity(held, reader)):
            what.append(quiet(f"({joined(kinds).lower()})"))
    must = "Partners must share" if flow.strength == "must" else "Partners may share"
    level = (
        "At any level"
        if flow.concern == "none"
        else f"From the level of: {reader.word('concern-levels', flow.concern)}"
    )
    senders, recipients = reader.people(flow.senders), reader.people(flow.recipients)
    if flow.both_ways:
        recipients = (plain("Each of these and each other, both ways"),)
    return (
        (strong(reader.number[flow.id]),),
        (strong(reader.flow_title(flow)), *welsh(get("welsh")), plain(must)),
        senders or (reader.missing((*flow.at, "from")),),
        recipients or (reader.missing((*flow.at, "to")),),
        tuple(what) or (reader.missing((*flow.at, "data")),),
        tuple(plain(spoken(one).capitalize()) for one in flow.about) or (reader.missing((*flow.at, "about")),),
        tuple(plain(spoken(one).capitalize()) for one in flow.purposes) or (reader.missing((*flow.at, "purpose")),),
        (plain(level), *(reader.cell(get("trigger"), (*flow.at, "trigger")))),
        _how(flow, reader),
    )


def _how(flow: Flow, reader: Reader) -> Cell:
    get = flow.fields.get
    said = [plain(step) for step in steps(get("method"), reader)] or [reader.missing((*flow.at, "method"))]
    deadline, often = get("deadline"), get("frequency")
    said.append(
        plain(f"By when: {spoken_time(str(deadline))}") if deadline else _lacking("By when", reader, flow, "deadline")
    )
    if often:
        known = str(often) in reader.book.terms("frequencies")
        said.append(quiet(f"How often: {reader.lower('frequencies', often) if known else often}"))
    return tuple(said)


def _lacking(title: str, reader: Reader, flow: Flow, name: str) -> Line:
    found = reader.missing((*flow.at, name))
    return Line(f"{title}: {found.text[:1].lower()}{found.text[1:]}", found.manner)


def steps(method: Any, reader: Reader) -> list[str]:
    """How something is sent, step by step."""
    out = []
    for step in listed(method):
        if not isinstance(step, Mapping):
            out.append(reader.word("transfer-methods", step))
            continue
        for key, value in step.items():
            if key in ("first", "then"):
                out.append(f"{key.capitalize()}: {reader.lower('transfer-methods', value)}")
            elif key == "within":
                out.append(f"Within {spoken_time(str(value))}")
            elif key == "see":
                out.append(f"See {see(value)}")
            else:
                out.append(f"Form: {value}")
    return out


def necessity(reader: Reader) -> Section:
    """Why each flow is necessary, and what else the partners say of it."""
    columns = (Column("No.", 0.7), Column("Flow", 2), Column("Why it is necessary and proportionate", 3.5),
               Column("What else holds for it", 4))  # fmt: skip
    rows = tuple(
        (
            (strong(reader.number[flow.id]),),
            (strong(reader.flow_title(flow)),),
            reader.cell(flow.fields.get("necessity"), (*flow.at, "necessity")),
            tuple(_besides(flow, reader)),
        )
        for flow in reader.agreement.flows.values()
    )
    return Section("necessity", "Why each flow is needed, and its conditions", (Table("Flow by flow", columns, rows),))


def _besides(flow: Flow, reader: Reader) -> Iterator[Line]:
    get, agreement = flow.fields.get, reader.agreement
    if get("text"):
        yield plain(get("text"))
    where = get("where") or {}
    for key, title in (("recipient", "Only to"), ("record", "Only where the record is"), ("text", "Only")):
        if where.get(key):
            yield plain(f"{title}: {', '.join(spoken(str(one)) for one in listed(where[key]))}")
    answered = [agreement.flows[one] for one in listed(get("answers")) if one in agreement.flows]
    if answered:
        yield plain(f"It answers {reader.flows(answered).lower()}")
    if get("contact"):
        yield plain(f"Somebody who knows the case: {contact(get('contact'))}")
    if get("below_threshold"):
        below = str(get("below_threshold"))
        said = reader.flow_title(agreement.flows[below]) if below in agreement.flows else below
        yield plain(f"Where the level is not reached: {said}")
    if get("requires"):
        yield plain(
            f"First: {', '.join(spoken(one) for one in listed(get('requires')))} (see what the partners undertake)"
        )
    if get("source_record"):
        yield plain(f"It comes from: {get('source_record')}")
    if get("controller"):
        yield plain(f"Controller for this flow: {get('controller')}")
    if get("see"):
        yield plain(f"See {see(get('see'))}.")


def consent(reader: Reader) -> Section:
    """What part consent plays, and how confidence is respected."""
    blocks: list[Block] = []
    if not reader.agreement.flows:
        blocks.append(_none(reader))
    for alike, said in reader.flows_alike(lambda flow: flow.consent.fields if flow.consent else None):
        if said is None:
            blocks += [
                Heading(f"{reader.flows(alike)}: not said"),
                Paragraph(reader.missing((*alike[0].at, "consent"))),
            ]
            continue
        model = reader.word("consent-models", said.get("model", ""))
        blocks += [
            Heading(f"{reader.flows(alike)}: {model[:1].lower()}{model[1:]}"),
            Definitions(tuple(_consent(said, reader))),
        ]
    if reader.agreement.flows:
        blocks += [Heading("How the duty of confidence is met"), Definitions(tuple(_confidence(reader)))]
    return Section("consent", "Consent and confidentiality", tuple(blocks))


def _consent(said: Mapping[str, Any], reader: Reader) -> Iterator[Entry]:
    asks = reader.book.term("consent-models", said.get("model", "")).is_("asks")
    if said.get("text"):
        yield Entry("In the partners’ words", (plain(said["text"]),))
    if said.get("relied_on") is False:
        yield Entry(
            "Whether sharing depends on it", (plain("It is asked and recorded, but sharing does not depend on it."),)
        )
    asked = (
        ("who", "Who is asked, and who decides"), ("competence", "Whether a child can decide"),
        ("incapacity", "Where somebody lacks capacity"), ("record", "How it is recorded"), ("withdrawal", "How it is withdrawn"),
    )  # fmt: skip
    for name, title in asked:
        if said.get(name):
            yield Entry(title, (plain(said[name]),))
        elif asks and name in ("who", "record", "withdrawal"):
            yield Entry(title, (gap(f"See {see(said['see'])}." if said.get("see") else SILENT),))
    if said.get("ages"):
        yield Entry("At which age", tuple(plain(_age(one)) for one in said["ages"]))
    if refused := said.get("refused"):
        known = refused in reader.book.terms("refusals")
        yield Entry("If it is refused", (plain(reader.word("refusals", refused) if known else refused),))
    elif asks:
        yield Entry("If it is refused", (gap(),))
    if said.get("unless"):
        yield Entry("Not needed, or not asked, where", tuple(map(plain, reader.exceptions(said["unless"]))))
    if said.get("covers"):
        yield Entry("One consent covers", (plain(", ".join(spoken(one) for one in listed(said["covers"]))),))
    if said.get("see"):
        yield Entry("See", (plain(see(said["see"])),))


def _age(one: Mapping[str, Any]) -> str:
    ages = [f"from {one['from']}" if "from" in one else "", f"under {one['under']}" if "under" in one else ""]
    presumed = ""
    if "presumed" in one:
        presumed = f"; understanding is {'' if one['presumed'] else 'not '}presumed"
    span = " and ".join(filter(None, ages)) or "any age"
    return f"{span[:1].upper()}{span[1:]}: {one.get('who', 'who decides is not said')}{presumed}"


def _confidence(reader: Reader) -> Iterator[Entry]:
    for alike, routes in reader.flows_alike(lambda flow: flow.confidentiality):
        said = tuple(plain(reader.word("confidentiality-routes", one)) for one in routes)
        yield Entry(reader.flows(alike), said or (reader.missing((*alike[0].at, "confidentiality")),))


def informing(reader: Reader) -> Section | None:
    """Whether people are told, and how."""
    blocks: list[Block] = []
    if reader.agreement.flows:
        entries = []
        for alike, said in reader.flows_alike(lambda flow: flow.fields.get("inform")):
            entries.append(Entry(reader.flows(alike), tuple(_informing(said or {}, alike[0], reader))))
        blocks += [Heading("Telling people, flow by flow"), Definitions(tuple(entries))]
    if said := reader.part(("handling", "transparency"), reader.agreement.handling.get("transparency")):
        blocks += [Heading("Notices"), Definitions(tuple(said))]
    return Section("informing", "Informing people", tuple(blocks)) if blocks else None


def _informing(said: Mapping[str, Any], flow: Flow, reader: Reader) -> Iterator[Line]:
    if "default" in said:
        yield plain("People are told." if said["default"] else "People are not told.")
    if said.get("because"):
        yield plain(f"Why they are not told: {said['because']}")
    if said.get("exemption"):
        yield plain(f"Exemption relied on: {said['exemption']}")
    if said.get("except"):
        yield plain("They are not told where:")
        yield from (plain(f"• {one}") for one in reader.exceptions(said["except"]))
    if said.get("how"):
        yield plain(f"How: {said['how']}")
    if said.get("see"):
        yield plain(f"See {see(said['see'])}.")
    if not said:
        yield reader.missing((*flow.at, "inform"))


def retention(reader: Reader) -> Section:
    """How long what is received is kept, and what then."""
    entries = []
    for alike, said in reader.flows_alike(lambda flow: flow.fields.get("retention")):
        lines = tuple(kept(said or {}, reader)) or (reader.missing((*alike[0].at, "retention")),)
        entries.append(Entry(reader.flows(alike), lines))
    return Section("retention", "How long it is kept", (Definitions(tuple(entries)) if entries else _none(reader),))


def kept(said: Mapping[str, Any], reader: Reader, who: str = "") -> Iterator[Line]:
    """How long something is kept and what then, line by line; nothing where it is not said."""
    head = []
    if said.get("period"):
        head.append(spoken_time(str(said["period"])))
    if said.get("up_to"):
        head.append(f"at most {spoken_time(str(said['up_to']))}")
    if said.get("from"):
        head.append(f"from {spoken(str(said['from']))}")
    if said.get("keep_last"):
        head.append(f"the last {said['keep_last']} entries")
    if said.get("action"):
        head.append(f"then: {reader.lower('retention-actions', said['action'])}")
    if head:
        text = ", ".join(head)
        yield plain(f"{who}{text}" if who else f"{text[:1].upper()}{text[1:]}")
    if said.get("text"):
        yield plain(f"{who}{said['text']}")
    for name, title in (("authority", "By"), ("set_by", "Set by")):
        if said.get(name):
            yield quiet(f"{who}{title}: {said[name]}" if not who else f"{who}{title.lower()} {said[name]}")
    if said.get("see"):
        yield plain(f"{who}See {see(said['see'])}.")
    for agency, one in (said.get("agencies") or {}).items():
        yield from kept(one, reader, f"{reader.body(agency)}: ")
    for item, one in (said.get("items") or {}).items():
        yield from kept(one, reader, f"{spoken(item).capitalize()}: ")


def onward(reader: Reader) -> Section | None:
    """Whether what is received may be passed on, and what never goes."""
    blocks: list[Block] = []
    if reader.agreement.flows:
        entries = []
        for alike, said in reader.flows_alike(lambda flow: flow.fields.get("onward")):
            line = plain(reader.word("onward", said)) if said else reader.missing((*alike[0].at, "onward"))
            entries.append(Entry(reader.flows(alike), (line,)))
        blocks.append(Definitions(tuple(entries)))
    if said := reader.part(("handling", "international"), reader.agreement.handling.get("international")):
        blocks += [Heading("Outside the United Kingdom"), Definitions(tuple(said))]
    return Section("onward", "Passing it on", tuple(blocks)) if blocks else None


def limits(reader: Reader) -> Section:
    """What is never shared, what lies outside, and what the partners undertake."""
    never = reader.fields.get("never") or {}
    blocks: list[Block] = [Heading("What is never shared under this agreement")]
    if never:
        columns = (
            Column("From", 2),
            Column("To", 2),
            Column("What", 2),
            Column("For", 2),
            Column("Unless", 2),
            Column("Why", 3),
        )
        blocks.append(Table("Prohibitions", columns, tuple(_bar(one, reader) for one in never.values())))
    else:
        blocks.append(Paragraph(plain("The agreement bars nothing by name.")))
    outside = reader.fields.get("outside") or ()
    if outside:
        blocks += [
            Heading("What lies outside, and what to use instead"),
            Definitions(tuple(
                Entry(str(one["what"]), (plain(one["instead"]) if one.get("instead") else gap(),)) for one in outside
            )),
        ]  # fmt: skip
    undertakings = reader.fields.get("undertakings") or {}
    if undertakings:
        promised = (Column("Who", 3), Column("What they undertake", 5), Column("By when", 2), Column("Why", 3))
        rows = tuple(
            (
                tuple(plain(reader.named(ref)) for ref in listed(one.get("who"))),
                (plain(one["must"]), *((plain(f"See {see(one['see'])}."),) if one.get("see") else ())),
                (plain(one["before"]) if one.get("before") else gap("No time is set."),),
                (plain(one["because"]) if one.get("because") else gap(),),
            )
            for one in undertakings.values()
        )
        blocks += [Heading("What the partners undertake"), Table("Undertakings", promised, rows)]
    return Section("limits", "Limits and undertakings", tuple(blocks))


def _bar(one: Mapping[str, Any], reader: Reader) -> tuple[Cell, ...]:
    def of(name: str, everyone: str, say: Callable[[str], str]) -> Cell:
        return tuple(plain(say(ref)) for ref in listed(one.get(name))) or (plain(everyone),)

    def item(ref: str) -> str:
        return spoken(ref).capitalize()

    about = tuple(quiet(f"about {spoken(who)}") for who in listed(one.get("about")))
    because = [plain(one["because"])] if one.get("because") else [gap()]
    if one.get("see"):
        because.append(plain(f"See {see(one['see'])}."))
    return (
        of("from", "Anybody", reader.named),
        of("to", "Anybody", reader.named),
        of("data", "Anything", item) + about,
        of("purpose", "Any purpose", item),
        tuple(map(plain, reader.exceptions(one.get("unless")))) or (plain("No exception"),),
        tuple(because),
    )


def care(reader: Reader) -> list[Section]:
    """How information is looked after, one section a subject."""
    asked = (
        ("emergency", "In an emergency", ("emergency",)), ("security", "Security", ("security",)),
        ("quality", "The right person, and the right facts", ("identification", "quality")),
        ("rights", "People’s rights", ("rights", "freedom_of_information")),
        ("breach", "If something goes wrong", ("breach",)),
        ("records", "Writing decisions down", ("decision_log",)),
    )  # fmt: skip
    out = []
    for name, title, parts in asked:
        entries = [
            entry for part in parts for entry in reader.part(("handling", part), reader.agreement.handling.get(part))
        ]
        if entries:
            out.append(Section(name, title, (Definitions(tuple(entries)),)))
    return out
