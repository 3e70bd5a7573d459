"""Consistency: what refers to something finds it, dates run forward, and one word has one meaning."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

from sharecheck import schema, spelling
from sharecheck.agreement import Agency, Agreement, Waiver, listed, split_address, words
from sharecheck.edit import Edit
from sharecheck.rules import Hit, Severity, references, rule
from sharecheck.rules.facts import Facts, spoken
from sharecheck.source import Path

_SOURCE = ("agreement-format",)


def _references(agreement: Agreement, facts: Facts) -> Iterator[tuple[Path, str, str, Iterable[str]]]:
    """References that may name nothing: the place, the id, what it should name, and the ids there are."""
    fields, agencies = agreement.fields, agreement.agencies
    anybody = {**agencies, "any": None}
    parties = {**agreement.roles, **anybody, "anyone-else": None}
    purposes, items, subjects = agreement.purposes, agreement.items, agreement.subjects
    for role in agreement.roles.values():
        if role.inherited:
            continue
        yield from references.unknown((*role.at, "agency"), role.fields.get("agency"), "agency", anybody)
        if role.host:
            yield (*role.at, "host"), role.host, "agency", agencies
        for acting_for in role.acting_for:
            yield (*role.at, "acting_for"), acting_for, "agency", agencies
        if role.team:
            teams = {
                t for a in (agencies if role.any_agency else role.agencies) if a in agencies for t in agencies[a].teams
            }
            yield (*role.at, "team"), role.team, "team", teams
    for agency in agencies.values():
        if not agency.inherited and agency.part_of:
            yield (*agency.at, "part_of"), agency.part_of, "agency", agencies
        if not agency.inherited and agency.member_of:
            yield (*agency.at, "member_of"), agency.member_of, "agency", agencies
        admitted_by = agency.fields.get("joins", {}).get("admitted_by")
        if not agency.inherited and admitted_by:
            yield (*agency.at, "joins", "admitted_by"), admitted_by, "agency", agencies
    for definition in agreement.definitions:
        if not definition.inherited and definition.owner:
            yield (*definition.at, "owner"), definition.owner, "agency", agencies
    yield from references.unknown(("every_flow",), fields.get("every_flow"), "purpose", purposes)
    for key, cited in fields.get("law", {}).items():
        yield from references.unknown(("law", key, "for"), cited.get("for"), "purpose", purposes)
    blocks: list[tuple[Path, Mapping[str, object]]] = [(("defaults",), fields.get("defaults", {}))]
    blocks += [(("flows", key), flow) for key, flow in fields.get("flows", {}).items()]
    for at, flow in blocks:
        yield from references.unknown((*at, "data"), flow.get("data"), "item", items)
        yield from references.unknown((*at, "about"), flow.get("about"), "subject", subjects)
        yield from references.unknown((*at, "purpose"), flow.get("purpose"), "purpose", purposes)
        yield from references.unknown((*at, "purposes"), flow.get("purposes"), "purpose", purposes)
        yield from references.unknown(
            (*at, "requires"), flow.get("requires"), "undertaking", fields.get("undertakings", {})
        )
        yield from references.unknown((*at, "answers"), flow.get("answers"), "flow", agreement.flows)
        if isinstance(consent := flow.get("consent"), str):
            yield (*at, "consent"), consent, "way of asking under `consents`", fields.get("consents", {})
        elif isinstance(consent, Mapping):
            yield from references.unknown((*at, "consent", "covers"), consent.get("covers"), "purpose", purposes)
        retention = flow.get("retention")
        if isinstance(retention, Mapping):
            for agency_id in retention.get("agencies", {}):
                yield (*at, "retention", "agencies", agency_id), agency_id, "agency", agencies
            for item_id in retention.get("items", {}):
                yield (*at, "retention", "items", item_id), item_id, "item", items
        basis = flow.get("lawful_basis")
        if isinstance(basis, Mapping):
            for agency_id in basis.get("agencies", {}):
                yield (*at, "lawful_basis", "agencies", agency_id), agency_id, "agency", agencies
    for key, bar in fields.get("never", {}).items():
        yield from references.unknown(("never", key, "data"), bar.get("data"), "item", items)
        yield from references.unknown(("never", key, "about"), bar.get("about"), "subject", subjects)
        yield from references.unknown(("never", key, "purpose"), bar.get("purpose"), "purpose", purposes)
        for side in ("from", "to"):
            yield from _parties(("never", key, side), bar.get(side), parties, agencies)
    for key, promise in fields.get("undertakings", {}).items():
        yield from _parties(("undertakings", key, "who"), promise.get("who"), parties, agencies)
    for key in fields.get("thresholds", {}):
        yield ("thresholds", key), key, "agency", agencies
    for key, asking in fields.get("consents", {}).items():
        yield from references.unknown(("consents", key, "covers"), asking.get("covers"), "purpose", purposes)
    for part in ("policy_documents", "records_of_processing"):
        entries = fields.get("governance", {}).get(part, ())
        if not isinstance(entries, str):
            for i, entry in enumerate(entries):
                yield from references.unknown(
                    ("governance", part, i, "agency"), entry.get("agency"), "agency", agencies
                )
    yield from references.of_scenarios(agreement, facts)


def _parties(
    at: Path, value: object, known: Mapping[str, object], agencies: Mapping[str, Agency]
) -> Iterator[tuple[Path, str, str, Iterable[str]]]:
    for place, one, what, _ in references.unknown(at, value, "role or agency", known):
        agency, _, team = one.partition("/")
        if team and agency in agencies:
            yield place, team, f"team of `{agency}`", agencies[agency].teams
        else:
            yield place, one, what, known


_OWN = ("item", "subject", "purpose", "flow", "way of asking under `consents`", "undertaking")
"""What an agreement describes itself, so that no protocol could have described it."""


@rule(Severity.ERROR, "agreement", _SOURCE, mark="CNS-01")
def dangling_reference(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A part refers to something that does not exist."""
    for at, name, what, known in _references(agreement, facts):
        if name not in known and not (agreement.protocol_missing and what not in _OWN):
            yield _dangling(at, name, what, known)
    for flow in () if agreement.protocol_missing else agreement.flows.values():
        for party in (*flow.senders, *(() if flow.both_ways else flow.recipients)):
            if not party.known:
                agency, _, team = party.ref.partition("/")
                if team and agency in agreement.agencies:
                    yield _dangling(party.at, team, f"team of `{agency}`", agreement.agencies[agency].teams)
                else:
                    yield _dangling(party.at, party.ref, "role or agency", [*agreement.roles, *agreement.agencies])
    if agreement.protocol_missing:
        yield Hit(
            ("under",),
            f"the tier 1 protocol `{agreement.fields['under']}` is not among the agreements of this repository, so what it "
            "settles is not here",
            "check the id, add the file, or describe the outside protocol with `title:` and what it `gives:`",
        )


def _dangling(at: Path, name: str, what: str, known: Iterable[str]) -> Hit:
    near = difflib.get_close_matches(name, list(known), 1, 0.6)
    fix = f"did you mean `{near[0]}`?" if near else f"add it to the agreement, or name {_one_of(known)}"
    meant = spelling.same(name, known)
    mend = Edit(at, name, meant, key=at[-1] == name) if meant else None
    return Hit(at, f"there is no {what} `{name}`", fix, mend=mend)


def _one_of(known: Iterable[str]) -> str:
    some = list(known)[:8]
    return f"one of {spoken(tuple(some))}" if some else "one once there is any"


@rule(Severity.ERROR, "agreement", ("community-care-2003-trust",), mark="CNS-02")
def term_defined_twice(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """One word has more than one meaning."""
    by_word: dict[str, dict[str, str]] = {}
    first_at: dict[str, Path] = {}
    for definition in agreement.definitions:
        word = definition.id
        by_word.setdefault(word, {}).setdefault(words(definition.text), definition.owner or "the partners")
        if not definition.inherited:
            first_at[word] = ("terms", word)
    for word, meanings in by_word.items():
        if len(meanings) > 1 and word in first_at:
            owners = " and ".join(dict.fromkeys(meanings.values()))
            yield Hit(
                first_at[word],
                f"`{word}` is given {len(meanings)} meanings (by {owners}): colleagues will talk past each other",
                "agree one meaning, or give the other a word of its own",
            )


@rule(
    Severity.WARNING, "agreement", ("community-care-2003-trust", "excellence-thresholds"),
    mark="CNS-03", where=lambda agreement, _: bool(agreement.fields.get("thresholds")),
)  # fmt: skip
def threshold_unmapped(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """An agency's label for a level of need is not tied to the levels the partners share."""
    for agency, labels in agreement.fields.get("thresholds", {}).items():
        for label, level in labels.items():
            if level is None:
                yield Hit(
                    ("thresholds", agency, label),
                    f"`{label}` of `{agency}` is not tied to a shared level, so another agency cannot tell how grave it is",
                    "write the shared level after the colon: `additional-needs`, `child-in-need`, `significant-harm` …",
                )


@rule(Severity.ERROR, "agreement", _SOURCE, mark="CNS-04")
def dates_out_of_order(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """The agreement ends before it starts, or is reviewed after it has ended."""
    starts, review, ends = agreement.starts, agreement.review, agreement.ends
    if starts and ends and starts > ends:
        yield Hit(("ends",), f"the agreement ends ({ends}) before it starts ({starts})", "correct one of the two dates")
    elif review and ends and review > ends:
        yield Hit(
            ("review",),
            f"the review ({review}) comes after the agreement has ended ({ends})",
            "review it before it ends",
        )
    elif review and starts and review < starts:
        yield Hit(
            ("review",), f"the review ({review}) comes before the agreement starts ({starts})", "correct one of the two"
        )


@rule(Severity.WARNING, "agreement", _SOURCE, mark="CNS-05")
def unused_part(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A party, role, item, purpose or person is named and no flow uses it: a flow may be missing."""
    if not agreement.flows:
        return
    flows = agreement.flows.values()
    parties = [p for f in flows for p in (*f.senders, *f.recipients)]
    unclear = any(not p.known for p in parties) or any(not (f.senders and f.recipients) for f in flows)
    everywhere = any(p.ref == "any" or (p.role and p.role.any_agency) for p in parties)
    used_agencies = {a for p in parties for a in p.agencies}
    used_roles = {p.role.id for p in parties if p.role}
    fields = agreement.fields
    bars = fields.get("never", {}).values()
    promises = fields.get("undertakings", {}).values()
    named = {ref for part in bars for side in ("from", "to") for ref in listed(part.get(side))}
    named |= {ref for part in promises for ref in listed(part.get("who"))}
    named |= {ref.partition("/")[0] for ref in named}
    used_agencies |= {a.id for a in agreement.agencies.values() if a.part_of in used_agencies}
    used_agencies |= {part_of for a in used_agencies if (part_of := _part_of(agreement, a))}
    used_agencies |= {r.host for r in agreement.roles.values() if r.host and r.id in used_roles}
    used_agencies |= {a.member_of for a in agreement.agencies.values() if a.member_of}
    used_agencies |= {
        a.id for a in agreement.agencies.values() if a.member_of in used_agencies or a.controller == "processor"
    }
    kinds: list[tuple[str, str, str, Iterable[str], set[str]]] = [
        (
            "roles", "role", "roles",
            (r.id for r in agreement.roles.values() if not r.inherited and not facts.role_kind(r).is_("governance")),
            used_roles | named,
        ),
        ("data", "item", "items", agreement.items, {i for f in flows for i in f.data} | _named(bars, "data")),
        ("subjects", "subject", "subjects", agreement.subjects, {s for f in flows for s in f.about} | _named(bars, "about")),
        (
            "purposes", "purpose", "purposes", agreement.purposes,
            {p for f in flows for p in f.purposes} | set(agreement.every_flow) | _named(bars, "purpose"),
        ),
    ]  # fmt: skip
    asked = {flow.fields["consent"] for flow in flows if isinstance(flow.fields.get("consent"), str)}
    kinds.append(("consents", "way of asking", "ways of asking", fields.get("consents", {}), asked))
    if unclear:  # whoever was meant may be the one that seems unused
        kinds = [kind for kind in kinds if kind[0] != "roles"]
    if not everywhere and not unclear:
        own = (a.id for a in agreement.agencies.values() if not a.inherited)
        kinds.insert(0, ("agencies", "agency", "agencies", own, used_agencies | named))
    for place, what, several, ids, used in kinds:
        unused = tuple(name for name in ids if name not in used)
        if len(unused) == 1:
            yield Hit(
                (place, unused[0]),
                f"the {what} `{unused[0]}` is named, but no flow uses it: either a flow is missing or it is not needed",
                f"add the flow that was meant, or remove `{unused[0]}`",
                rests_on=("flows",),
            )
        elif unused:
            yield Hit(
                (place, unused[0]),
                f"no flow uses the {several} {spoken(unused)}: either flows are missing or they are not needed",
                "add the flows that were meant, or remove what is not needed",
                rests_on=("flows",),
                also=tuple((place, name) for name in unused),
            )


def _part_of(agreement: Agreement, agency: str) -> str | None:
    found = agreement.agencies.get(agency)
    return found.part_of if found else None


def _named(bars: Iterable[Mapping[str, object]], name: str) -> set[str]:
    return {one for bar in bars for one in listed(bar.get(name))}


@rule(Severity.ERROR, "agreement", _SOURCE, mark="nothing-to-check")
def agreement_without_flows(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """The agreement says nothing about who tells whom what, so there is nothing to check."""
    if not agreement.flows and agreement.kind != "protocol":
        yield Hit(
            ("flows",),
            "the agreement has no flows: it does not say who tells whom what, so nothing about sharing could be checked",
            "add `flows:` with one entry for each disclosure the partners agree to",
            missing=True,
        )


@rule(Severity.ERROR, "agreement", _SOURCE, mark="format")
def incomplete_flow(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A flow does not say who sends, who receives or what."""
    for flow in agreement.flows.values():
        for name, there in (("from", flow.senders), ("to", flow.recipients), ("data", flow.data)):
            if not there:
                yield Hit(
                    (*flow.at, name), f"`{flow.id}` has no `{name}`", f"add `{name}:`, or set it under `defaults:`",
                    missing=True,
                )  # fmt: skip
    for agency in agreement.agencies.values():
        if not agency.inherited:
            for name in ("name", "type"):
                if name not in agency.fields:
                    yield Hit(
                        (*agency.at, name), f"the agency `{agency.id}` has no `{name}`", f"add `{name}:`", missing=True
                    )
    for role in agreement.roles.values():
        if not role.inherited and not role.agencies and not role.any_agency:
            yield Hit(
                (*role.at, "agency"), f"the role `{role.id}` belongs to no agency",
                "add `agency:` with the agency that employs it, several, or `any`", missing=True,
            )  # fmt: skip


@rule(Severity.ERROR, "agreement", _SOURCE, mark="format")
def agreement_id_taken(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Two agreements bear the same id and neither replaces the other."""
    for other in facts.namesakes:
        replaced = {str(agreement.fields.get("replaced_by")), str(other.fields.get("replaced_by"))}
        linked = any(
            name.split("@")[0] == agreement.id
            for one in (agreement, other)
            for name in listed(one.fields.get("supersedes"))
        )
        if linked or agreement.id in replaced:
            continue
        yield Hit(
            ("id",), f"the id `{agreement.id}` is taken: `{other.document.name}` has it too",
            "give one of them another id; if one is a later version, say so with `supersedes: id@version`",
        )  # fmt: skip
        return


@rule(
    Severity.ERROR, "agreement", _SOURCE,
    mark="format", where=lambda agreement, _: agreement.status == "agreed",
)  # fmt: skip
def agreed_with_unknown_parts(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """The agreement is marked as agreed while parts of it have not been typed in."""
    if unknown := agreement.fields.get("unknown"):
        yield Hit(
            ("status",),
            f"the agreement is marked as agreed, but {len(unknown)} part{'s are' if len(unknown) > 1 else ' is'} still listed "
            "as unknown: partners cannot agree to what is not there",
            "type in what is missing and empty `unknown:`, or go back to `status: review`",
        )


@rule(Severity.ERROR, "waivers", _SOURCE, mark="waiver", waivable=False)
def waiver_expired(waiver: Waiver, facts: Facts) -> Iterator[Hit]:
    """The time for which a finding was accepted is over."""
    if waiver.until < facts.on:
        yield Hit(
            (*waiver.at, "until"),
            f"the waiver of `{waiver.rule}` ended on {waiver.until}, so the finding counts again",
            "put the fault right, or have the person responsible decide anew, with a new end",
        )


@rule(Severity.ERROR, "waivers", _SOURCE, mark="waiver", waivable=False)
def waiver_of_no_rule(waiver: Waiver, facts: Facts) -> Iterator[Hit]:
    """A waiver names a rule that does not exist."""
    if waiver.rule not in facts.rule_ids:
        near = difflib.get_close_matches(waiver.rule, list(facts.rule_ids), 1, 0.6)
        yield Hit(
            (*waiver.at, "rule"), f"there is no rule `{waiver.rule}`, so this waiver accepts nothing",
            f"did you mean `{near[0]}`?" if near else "see `sharecheck rules` for the rules there are",
        )  # fmt: skip


@rule(Severity.WARNING, "agreement", _SOURCE, mark="format")
def unknown_part_not_there(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A path under `unknown` or `gives` names a part that the format does not have or that is not in the agreement."""
    under = agreement.fields.get("under")
    for i, name in enumerate(under.get("gives", ()) if isinstance(under, Mapping) else ()):
        steps = split_address(name)
        if not any(schema.has(path) for path in (steps, ("handling", *steps), ("governance", *steps))):
            yield Hit(
                ("under", "gives", i), f"`{name}` names nothing: the format has no such part for a protocol to settle",
                "write a part of `handling` or `governance`, such as `security`, or a path such as `flows.*.retention`",
            )  # fmt: skip
    for i, address in enumerate(agreement.fields.get("unknown", ())):
        path = split_address(address)
        head = str(path[0])
        if not schema.has(path):
            yield Hit(
                ("unknown", i), f"`{address}` names nothing: the format has no such part, so nothing is left open by it",
                "write the steps as the agreement does, such as `flows.referral.retention` or `handling.breach`",
                mend=_readdressed(i, address, agreement),
            )  # fmt: skip
        elif len(path) > 1 and (ids := _ids(head, agreement)) and path[1] not in ids:
            block = agreement.fields[head]
            yield Hit(
                ("unknown", i), f"`{address}` names nothing: there is no `{path[1]}` under `{path[0]}`",
                f"write one of {spoken(tuple(block))}, or `*` for all" if block else "remove the line",
                mend=_readdressed(i, address, agreement),
            )  # fmt: skip


def _ids(head: str, agreement: Agreement) -> set[str]:
    """The ids of the parts under `head`, and `*` for all of them; nothing where it holds no parts by id."""
    block = agreement.fields.get(head)
    if head not in ("flows", "agencies", "roles", "data", "purposes", "subjects") or not isinstance(block, Mapping):
        return set()
    return {*block, "*", *(getattr(agreement, head) if head in ("agencies", "roles") else ())}


def _readdressed(i: int, address: str, agreement: Agreement) -> Edit | None:
    """The edit that spells an entry of `unknown` as the format and the agreement spell that part."""
    path = schema.spelt(split_address(address))
    if path and len(path) > 1 and (ids := _ids(str(path[0]), agreement)) and path[1] not in ids:
        meant = spelling.same(str(path[1]), ids)
        path = (path[0], meant, *path[2:]) if meant else None
    return Edit(("unknown", i), address, ".".join(map(str, path))) if path else None


@rule(Severity.WARNING, "waivers", _SOURCE, mark="waiver", waivable=False)
def waiver_waives_nothing(waiver: Waiver, facts: Facts) -> Iterator[Hit]:
    """A waiver accepts a finding that is not there."""
    yield from ()  # known only once every other rule has been asked; the report looks for it then
