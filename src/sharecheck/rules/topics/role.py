"""Role: who sends and receives, whose duties apply to them, and who answers for the information."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sharecheck.agreement import Agency, Agreement, Flow, Party, Role
from sharecheck.rules import Hit, Severity, rule
from sharecheck.rules.facts import Facts, at_each, names, spoken
from sharecheck.source import Path

SEVERAL = 3
"""How many agencies round one family make a co-ordinator necessary (the catalogue's figure)."""


@dataclass(frozen=True, slots=True)
class _Wide:
    """A flow whose recipients are whole bodies, or roles that could be anybody, and where that, and each, is written."""

    flow: Flow
    at: Path
    places: tuple[Path, ...]
    whole: tuple[str, ...]
    vague: tuple[str, ...]
    forums: tuple[Agency, ...]


def _wide(flow: Flow, facts: Facts) -> _Wide | None:
    """What a flow says of recipients that does not say which people."""
    wide: list[Party] = []
    vague: list[str] = []
    for party in flow.recipients:
        if not party.known or party.ref == "anyone-else":
            continue
        if party.everyone:
            agencies = [facts.agreement.agencies[a] for a in party.agencies if a in facts.agreement.agencies]
            if (
                party.ref != "any"
                and agencies
                and (
                    agencies[0].type == "court"
                    or agencies[0].fields.get("spoc")
                    or agencies[0].controller == "processor"
                )
            ):
                continue  # a court is its own recipient; a contact is a way in; a processor is bound by its contract
            wide.append(party)
        elif party.role and facts.phrase(party.role.title, "everyone"):
            wide.append(party)
            vague.append(f"“{party.role.title}”, which could be anybody")
    if not wide:
        return None
    whole = tuple(party.ref for party in wide if party.everyone)
    forums = [a for a in facts.recipients(flow) if a.id in whole and facts.agency_is(a, "forum")]
    alone = len(wide) == 1 or len(wide) == len(forums)
    at = wide[0].at if alone else flow.path("between" if flow.both_ways else "to")
    places = tuple(party.at for party in wide)
    return _Wide(flow, at, places, whole, tuple(vague), tuple(forums) if len(wide) == len(forums) else ())


@rule(Severity.ERROR, "agreement", ("scotland-toolkit", "hansard-2006-index"), mark="ROL-01")
def recipient_is_everyone(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Flows go to whole agencies, so to everybody there, instead of to the roles that need it."""
    found = [w for flow in agreement.flows.values() if facts.personal(flow) and (w := _wide(flow, facts))]
    told = [w for w in found if not facts.left_open(w.at[:3])] or found[:1]
    for meeting in (w for w in told if w.forums):
        yield Hit(
            meeting.at,
            f"`{meeting.flow.id}` goes to {names(meeting.forums)}, a meeting and not a body: who is there, and sees it, is not "
            "said",
            "name the agencies or roles that receive it",
            rests_on=("roles",),
            also=meeting.places,
        )
    if bodies := [w for w in told if not w.forums]:
        whole = tuple(dict.fromkeys(ref for w in bodies for ref in w.whole))
        vague = dict.fromkeys(words for w in bodies for words in w.vague)
        several = len(bodies) > 1
        where = "every partner" if "any" in whole else spoken(whole)
        shown = " and ".join([f"{where}, and not to anybody there in particular"] * bool(whole) + list(vague))
        yield Hit(
            ("flows",) if several else bodies[0].at,
            f"{spoken(tuple(w.flow.id for w in bodies))} {'go' if several else 'goes'} to {shown}; only those who need it for "
            "their part should see it",
            "name the roles that receive it, one team as `agency/team`, or a single point of contact (`spoc:`) at the agency",
            rests_on=("roles",),
            also=tuple(place for w in bodies for place in w.places),
        )


@rule(Severity.WARNING, "flows", ("dfe-2024-rule-6",), mark="ROL-02")
def recipient_without_function(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """An agency receives information for a purpose in which it has no part."""
    if not facts.personal(flow):
        return
    purposes = facts.purposes(flow)
    if not purposes or any("functions_of" not in term.facts for term in purposes):
        return
    for agency in facts.recipients(flow):
        whole = facts.agreement.agencies.get(agency.part_of or "", agency)
        sectors = {kind.facts.get("sector") for body in (agency, whole) for kind in facts.kinds(body)}
        if "council" in (agency.type, whole.type):
            sectors |= {
                kind.facts["sector"] for key, kind in facts.book.terms("agency-types").items() if key.startswith("la-")
            }
        fits = any(
            sectors & set(t.facts["functions_of"]) or t.id in (*agency.functions, *whole.functions) for t in purposes
        )
        if not fits and "forum" not in sectors:
            party = next(p for p in flow.recipients if agency.id in p.agencies)
            purpose = " or ".join(f"“{p.label.lower()}”" for p in purposes)
            yield Hit(
                party.at,
                f"`{agency.id}` receives `{flow.id}`, but a body of its kind has no part in {purpose}",
                f"take it out, or say under `agencies.{agency.id}.functions` that it has this function, and under "
                "`gateways` by what law",
            )


@rule(Severity.WARNING, "agreement", ("community-care-2003-trust",), mark="ROL-03")
def no_coordinator(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Several agencies work with one family and no role holds their work together."""
    flows = [
        f for f in agreement.flows.values()
        if facts.serves(f, "coordinated") and (facts.subjects_are(f, "child") or not f.about)
    ]  # fmt: skip
    agencies = {a.part_of or a.id for f in flows for _, a in facts.sides(f)}
    if len(agencies) < SEVERAL or any(facts.left_open(f.path(end)) for f in flows for end in ("from", "to", "between")):
        return
    roles = {p.role.id: p.role for f in flows for p in (*f.senders, *f.recipients) if p.role}
    if not any(facts.role_kind(role).is_("coordinates") for role in roles.values()):
        yield Hit(
            ("flows",),
            f"{len(agencies)} agencies work with one family here and no role co-ordinates them: the family tells its story "
            "to each, and each holds one fragment",
            "add a role of type `lead-practitioner` or `key-worker`, and name it in the flows",
            rests_on=("roles",),
        )


@rule(
    Severity.ERROR, "roles", ("community-care-milburn-partnership", "community-care-2003-trust"),
    mark="ROL-04", where=lambda role, _: bool(role.host) and role.host not in role.agencies,
)  # fmt: skip
def secondee_answers_to_nobody(role: Role, facts: Facts) -> Iterator[Hit]:
    """A seconded worker reads the systems of two agencies and nothing says for which of them they act."""
    if not role.acting_for:
        yield Hit(
            (*role.at, "acting_for"),
            f"`{role.id}` is employed by one agency and works at `{role.host}`, but nothing says for which of them they "
            "act, so nobody knows whose rules apply to what they read",
            "add `acting_for:` with one agency, or system by system",
            missing=True,
        )


@rule(Severity.ERROR, "agreement", ("ico-record",), mark="ROL-06", where=lambda _, facts: not facts.over)
def controller_unsaid(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """An agency's place as controller or processor is not stated."""
    agencies = agreement.agencies
    without = [
        a for a in agreement.parties
        if a.controller is None and not a.inherited and not facts.agency_is(a, "forum")
        and not (a.part_of and a.part_of in agencies and agencies[a.part_of].controller)
    ]  # fmt: skip
    if without:
        yield Hit(
            (*min(without, key=lambda a: a.id).at, "controller"),
            f"nothing says whether {names(without)} {'decides' if len(without) == 1 else 'decide'} about the information "
            "alone, jointly, or on another's instructions",
            "add `controller: independent`, `joint` or `processor` to each",
            missing=True,
            also=at_each(without, "controller"),
        )


@rule(
    Severity.ERROR, "agencies", ("ashfords-joint-controllers", "dac-beachcroft-controllership"),
    mark="ROL-07", where=lambda agency, _: agency.controller == "joint",
)  # fmt: skip
def joint_controllers_without_arrangement(agency: Agency, facts: Facts) -> Iterator[Hit]:
    """Controllers decide together, and the arrangement between them is not named."""
    if not agency.joint_arrangement and facts.agreement.kind != "joint-controllers":
        yield Hit(
            (*agency.at, "joint_arrangement"),
            f"`{agency.id}` is a joint controller, but the arrangement that says who does what is not named",
            "add `joint_arrangement:` with where it is; its essence must be open to the people concerned",
            missing=True,
        )


def _processor(agency: Agency, _: Facts) -> bool:
    return agency.controller == "processor"


@rule(
    Severity.ERROR, "agencies", ("dac-beachcroft-controllership", "gloucestershire-agreement"),
    mark="ROL-08", where=_processor,
)  # fmt: skip
def processor_without_contract(agency: Agency, facts: Facts) -> Iterator[Hit]:
    """A processor is named without the contract that must bind it."""
    if not agency.contract:
        yield Hit(
            (*agency.at, "contract"),
            f"`{agency.id}` acts for another as processor, and the contract that must bind it is not named; a sharing "
            "agreement does not replace it",
            "add `contract:` with where it is",
            missing=True,
        )


@rule(
    Severity.WARNING, "agencies", ("mappa-guidance-ch9",),
    mark="ROL-09", where=lambda agency, facts: facts.agency_is(agency, "forum"),
)  # fmt: skip
def forum_as_controller(agency: Agency, facts: Facts) -> Iterator[Hit]:
    """A meeting or a board is named as controller, though it owns no information."""
    if agency.controller in ("independent", "joint"):
        yield Hit(
            (*agency.at, "controller"),
            f"`{agency.id}` is a meeting of agencies and owns nothing: each agency stays responsible for what it brings",
            "write `controller: none`, and list the agencies themselves",
        )


def _volunteer(role: Role, facts: Facts) -> bool:
    return facts.role_kind(role).is_("volunteer")


@rule(Severity.WARNING, "roles", ("hansard-2006-index",), mark="ROL-10", where=_volunteer)
def volunteer_without_safeguards(role: Role, facts: Facts) -> Iterator[Hit]:
    """A volunteer receives sensitive information, and neither training nor checks are named."""
    lacking = [name for name in ("training", "vetting") if not role.fields.get(name)]
    if facts.agreement.governance.get("training") and "training" in lacking:
        lacking.remove("training")
    if not lacking:
        return
    for flow in facts.agreement.flows.values():
        party = next((p for p in flow.recipients if p.role and p.role.id == role.id), None)
        if party is None:
            continue
        sensitive = facts.special(flow) or [i for i in facts.items(flow) if facts.item_is(i, "criminal")]
        if sensitive:
            yield Hit(
                party.at if role.inherited else role.at,
                f"`{role.id}` is a volunteer and receives {names(sensitive)} through `{flow.id}`, with no "
                f"{' or '.join(lacking)} named",
                f"add {' and '.join(f'`{name}:`' for name in lacking)} to the role, or send it to a member of staff",
                missing=True,
            )
            return
