"""Who the partners are, who shares for them, what for, about whom and what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sharecheck.agreement import Agency, Item, Role, contact, listed
from sharecheck.paper.model import (
    Block,
    Cell,
    Column,
    Definitions,
    Entry,
    Heading,
    Line,
    Paragraph,
    Section,
    Table,
)
from sharecheck.paper.reader import Reader, gap, plain, quiet, see, spoken, strong, told, welsh


def why(reader: Reader) -> Section:
    """Why the partners share, and what may come of not sharing."""
    blocks: list[Block] = []
    asked = (
        ("background", "Why the partners need to share"),
        ("benefits", "What is gained"),
        ("risk_of_not_sharing", "What may happen if nothing is shared"),
    )
    for name, title in asked:
        said = reader.fields.get(name)
        blocks.append(Heading(title))
        blocks.append(Paragraph(plain(said) if said else reader.missing((name,))))
    return Section("why", "Why we share, and what if we do not", tuple(blocks))


def parties(reader: Reader) -> Section:
    """The parties with their contacts, and what is known of each."""
    columns = (Column("Party", 3), Column("Whom to ring or write to", 3), Column("Data protection", 3))
    rows = tuple((_who(one, reader), _contacts(one, reader), _protection(one, reader)) for one in reader.parties())
    blocks: list[Block] = []
    if reader.agreement.parent and reader.agreement.flows:
        blocks.append(
            Paragraph(
                plain("The parties are those that this agreement lists, and those of its protocol that its flows name.")
            )
        )
    blocks.append(Table("The parties", columns, rows) if rows else Paragraph(reader.missing(("agencies",))))
    return Section("parties", "The parties", tuple(blocks))


def _who(one: Agency, reader: Reader) -> Cell:
    kinds = ", ".join(reader.word("agency-types", kind) for kind in (one.type, *one.also))
    said = [strong(one.name), *welsh(one.fields.get("welsh")), quiet(kinds)]
    if one.part_of:
        said.append(quiet(f"Part of {reader.body(one.part_of)}: one legal person"))
    if one.member_of:
        said.append(quiet(f"One of: {reader.body(one.member_of)}"))
    members = one.fields.get("members")
    if members == "unlisted":
        said.append(gap("Nobody keeps a list of its members."))
    elif members:
        said.append(plain(f"Members: {'; '.join(listed(members))}"))
    joins = one.fields.get("joins") or {}
    if joins:
        by = joins.get("by")
        said.append(plain(f"Others join: {by}") if by else gap("The agreement does not say how others join."))
        if joins.get("register"):
            said.append(quiet(f"Those that have joined are listed in {joins['register']}"))
        if joins.get("admitted_by"):
            said.append(quiet(f"Admitted by {reader.body(joins['admitted_by'])}"))
    if one.fields.get("formerly"):
        said.append(quiet(f"Formerly {', '.join(listed(one.fields['formerly']))}"))
    for team in one.teams.values():
        said.append(plain(f"Team: {team.get('name')}{_reach(team)}"))
        if team.get("text"):
            said.append(plain(team["text"]))
    if one.fields.get("text"):
        said.append(plain(one.fields["text"]))
    return tuple(said) + _elsewhere(one.fields)


def _reach(part: Mapping[str, Any]) -> str:
    return f" ({contact(part['spoc'])})" if part.get("spoc") else ""


def _elsewhere(fields: Mapping[str, Any]) -> Cell:
    return (plain(f"See {see(fields['see'])}."),) if fields.get("see") else ()


def _labelled(title: str, value: Any, otherwise: Line | None) -> Iterator[Line]:
    if value is not None:
        yield plain(f"{title}: {'; '.join(told('', value))}")
    elif otherwise is not None:
        yield Line(f"{title}: {otherwise.text[:1].lower()}{otherwise.text[1:]}", otherwise.manner)


def _contacts(one: Agency, reader: Reader) -> Cell:
    at = ("agencies", one.id)
    get = one.fields.get
    return (
        *_labelled("Contact", get("spoc"), reader.missing((*at, "spoc"))),
        *_labelled("In their absence", get("deputy"), reader.missing((*at, "deputy"))),
        *_labelled("Signs for it", post(one) or None, None),
    )


def post(one: Agency) -> str:
    """The post that signs for an agency; empty where it is not said."""
    signatory = one.fields.get("signatory")
    return str(signatory.get("role") or "") if isinstance(signatory, Mapping) else str(signatory or "")


def _protection(one: Agency, reader: Reader) -> Cell:
    at = ("agencies", one.id)
    get = one.fields.get
    controller = reader.word("controllers", one.controller) if one.controller else None
    out = [*_labelled("It is", controller, reader.missing((*at, "controller")))]
    if one.joint_arrangement:
        out.append(plain(f"Joint controllers' arrangement: {one.joint_arrangement}"))
    if one.contract:
        out.append(plain(f"Contract: {one.contract}"))
    public = reader.facts.public_authority(one)
    out += _labelled(
        "Data protection officer", get("dpo"), reader.missing((*at, "dpo")) if public and not get("dpo") else None
    )
    out += _labelled("Caldicott Guardian", get("caldicott_guardian"), None)
    out += _labelled("Privacy notice", get("privacy_notice"), reader.missing((*at, "privacy_notice")))
    out += _labelled("Register of fee payers", get("ico_registration"), None)
    return tuple(out)


def roles(reader: Reader) -> Section:
    """The roles that send and receive: those that this agreement names or makes."""
    named = {p.role.id for f in reader.agreement.flows.values() for p in (*f.senders, *f.recipients) if p.role}
    wanted = [one for one in reader.agreement.roles.values() if not one.inherited or one.id in named]
    columns = (Column("Role", 3), Column("Where", 3), Column("What it does here, and what it needs first", 4))
    rows = tuple((_title(one, reader), _at(one, reader), _needs(one)) for one in wanted)
    if rows:
        return Section("roles", "Who shares", (Table("Roles that send and receive", columns, rows),))
    agencies = "The flows name agencies and teams as a whole, and no roles."
    said = plain(agencies) if reader.agreement.flows else reader.missing(("roles",))
    return Section("roles", "Who shares", (Paragraph(said),))


def _title(one: Role, reader: Reader) -> Cell:
    return plain(one.title), *welsh(one.fields.get("welsh")), quiet(reader.word("role-types", one.type))


def _at(one: Role, reader: Reader) -> Cell:
    said = [plain("Any party")] if one.any_agency else []
    if one.agencies:
        said.append(plain(reader.bodies(one.agencies)))
    if not said:
        said.append(gap())
    if one.team:
        teams = [reader.agreement.agencies[a].teams for a in one.agencies if a in reader.agreement.agencies]
        named = next((team[one.team].get("name") for team in teams if one.team in team), None)
        said.append(quiet(f"Team: {named or spoken(one.team)}"))
    if one.host:
        said.append(plain(f"Works at {reader.body(one.host)}"))
    acting = one.fields.get("acting_for")
    if isinstance(acting, Mapping):
        said += [plain(f"Acts for {reader.body(agency)} in {spoken(system)}") for system, agency in acting.items()]
    elif acting:
        said.append(plain(f"Acts for {reader.body(acting)}"))
    return tuple(said)


def _needs(one: Role) -> Cell:
    get = one.fields.get
    said = [plain(get("text"))] if get("text") else []
    if get("system_access"):
        said.append(plain(f"May open: {'; '.join(listed(get('system_access')))}"))
    said += [
        plain(f"{title}: {get(name)}") for name, title in (("training", "Training"), ("vetting", "Checks")) if get(name)
    ]
    if one.direct_care:
        said.append(quiet("Gives care to the person"))
    return tuple(said) + _elsewhere(one.fields)


def purposes(reader: Reader) -> Section:
    """What information is shared for, and whose it is."""
    agreement = reader.agreement
    columns = (Column("Purpose", 4), Column("What it is to achieve", 3), Column("How we shall know that it works", 3))
    rows = []
    for one in agreement.purposes.values():
        at = ("purposes", one.id)
        name = [strong(spoken(one.id).capitalize()), *welsh(one.welsh), plain(one.text), quiet(reader.purpose(one))]
        if one.compatibility:
            name.append(plain(f"Why this fits what the information was collected for: {one.compatibility}"))
        rows.append((
            tuple(name) + _elsewhere(agreement.fields.get("purposes", {}).get(one.id, {})),
            reader.cell(one.objective, (*at, "objective")), reader.cell(one.measure, (*at, "measure")),
        ))  # fmt: skip
    blocks: list[Block] = []
    if rows:
        blocks.append(Table("Purposes", columns, tuple(rows)))
    elif agreement.kind == "protocol":
        blocks.append(Paragraph(plain("Each agreement under this protocol has purposes of its own.")))
    else:
        blocks.append(Paragraph(reader.missing(("purposes",))))
    if agreement.every_flow:
        also = ", ".join(spoken(one) for one in agreement.every_flow)
        blocks.append(Paragraph(plain(f"Every flow must also serve: {also}.")))
    if agreement.subjects:
        blocks += [Heading("Whose information it is"), Definitions(tuple(_people(reader)))]
    elif agreement.kind != "protocol":
        blocks += [Heading("Whose information it is"), Paragraph(reader.missing(("subjects",)))]
    return Section("purposes", "What for, and about whom", tuple(blocks))


def _people(reader: Reader) -> Iterator[Entry]:
    for one in reader.agreement.subjects.values():
        kind = reader.word("subject-types", one.type)
        said = [*welsh(one.welsh), plain(one.text or kind)]
        if one.ages:
            said.append(quiet(f"Aged {one.ages}"))
        if one.text:
            said.append(quiet(kind))
        yield Entry(spoken(one.id).capitalize(), tuple(said))


def data(reader: Reader) -> Section:
    """The items of information, exactly, and why each is needed."""
    columns = (Column("Item", 2), Column("Exactly what is shared", 4), Column("Why it is needed", 3), Column("Kind", 3))
    rows = tuple(_item(one, reader) for one in reader.agreement.items.values())
    if rows:
        return Section("data", "What is shared, and why each item", (Table("Items of information", columns, rows),))
    said = "This protocol moves no information itself." if reader.agreement.kind == "protocol" else ""
    return Section(
        "data", "What is shared, and why each item", (Paragraph(plain(said) if said else reader.missing(("data",))),)
    )


def _item(one: Item, reader: Reader) -> tuple[Cell, ...]:
    what = [plain(one.text)]
    if one.fields.get("relevance"):
        what.append(plain(f"About others: {one.fields['relevance']}"))
    if one.fields.get("protect"):
        what.append(plain(f"To protect people: {one.fields['protect']}"))
    if one.collected_for:
        known = reader.agreement.purposes.get(one.collected_for)
        first = spoken(one.collected_for) if known else reader.lower("purposes", one.collected_for)
        what.append(quiet(f"First collected for {first}"))
    kinds = [strong(said) for said in sensitivity(one, reader)]
    kinds.append(quiet(", ".join(reader.word("data-categories", kind) for kind in one.types)))
    return (
        (strong(spoken(one.id).capitalize()), *welsh(one.fields.get("welsh"))),
        tuple(what) + _elsewhere(one.fields),
        reader.cell(one.why, ("data", one.id, "why")),
        tuple(kinds),
    )


def sensitivity(one: Item, reader: Reader) -> list[str]:
    """What the law guards an item for most."""
    told_apart = (("special", "Special category data"), ("criminal", "Criminal-offence data"))
    return [said for fact, said in told_apart if reader.facts.item_is(one, fact)]
