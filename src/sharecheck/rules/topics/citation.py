"""Citation: the law, guidance and bodies an agreement names are there, in force, and able to carry what rests on them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sharecheck.agreement import Agency, Agreement, Flow
from sharecheck.days import last_day
from sharecheck.knowledge import Named, Provision, joined
from sharecheck.rules import Ask, Hit, Severity, rule
from sharecheck.rules.facts import Facts, at_each, spoken
from sharecheck.source import Path


def _in_use(agreement: Agreement, facts: Facts) -> bool:
    return not facts.over


# what is named, and where


@dataclass(frozen=True, slots=True)
class _Mention:
    """A place that names law or guidance, in its own words; `prose` for running text rather than a citation."""

    at: Path
    words: str
    prose: bool = False


def _citations(agreement: Agreement, facts: Facts) -> Iterator[_Mention]:
    """The agreement's own `law`, and gateways written in words, each wording once."""
    for citation in agreement.law.values():
        if not citation.inherited and citation.provision is None:
            yield _Mention((*citation.at, "cites"), citation.cites)
    seen: set[str] = set()
    for flow in agreement.flows.values():
        for written in flow.gateways:
            if written not in agreement.law and written not in seen:
                seen.add(written)
                yield _Mention(flow.path("gateways"), written)


def _prose(agreement: Agreement) -> Iterator[_Mention]:
    """Running text in which people name law: why they share, what for, by what task, and on what authority they keep."""
    for field in ("background", "benefits", "risk_of_not_sharing"):
        if isinstance(text := agreement.fields.get(field), str):
            yield _Mention((field,), text, prose=True)
    for purpose in agreement.purposes.values():
        yield _Mention((*purpose.at, "text"), purpose.text, prose=True)
        if purpose.objective:
            yield _Mention((*purpose.at, "objective"), purpose.objective, prose=True)
    seen: set[str] = set()
    for flow in agreement.flows.values():
        retention = flow.fields.get("retention")
        kept_by = retention.get("authority") if isinstance(retention, dict) else None
        tasks = (((*basis.at, "task"), basis.fields.get("task")) for basis in flow.bases)
        for at, text in (*tasks, (flow.path("retention", "authority"), kept_by)):
            if isinstance(text, str) and text not in seen:
                seen.add(text)
                yield _Mention(at, text, prose=True)


_HISTORY = re.compile(
    r"\b(repeal\w*|replac\w+|supersed\w+|revok\w+|former\w*|previous\w*|earlier|before|until|was|were|had|since|old|succe\w+"
    r"|instead|no longer|originally|historic\w*)\b"
)


def _historical(text: str, entry: Named) -> bool:
    """Whether running text speaks of something as past wherever it names it."""
    sentences = re.split(r"[.;]\s", text.lower())
    return all(_HISTORY.search(one) for one in sentences if any(name in one for name in entry.names))


def _gone(mention: _Mention, facts: Facts) -> Iterator[Named]:
    """What a place names that is no more on the day, or never was, and whose successor it does not name beside it."""
    if mention.prose:
        found = facts.book.names.in_prose(mention.words)
        found = tuple(entry for entry in found if not _historical(mention.words, entry))
    else:
        found = () if mention.words in facts.book.provisions else facts.book.named(mention.words)
    if not found:
        return
    named = {entry.id for entry in facts.book.named(mention.words)} | {p.id for p in facts.book.cited(mention.words)}
    for entry in found:
        if entry.gone(facts.on) and not named & set(entry.successors):
            yield entry


def _of_its_day(found: list[tuple[Path, Named]]) -> Iterator[Ask]:
    """One line on what an agreement that is over names and is no more: no fault, until somebody uses its text again."""
    if found:
        titles = joined(list(dict.fromkeys(f"“{entry.title}”" for _, entry in found)))
        yield Ask(
            found[0][0],
            f"the agreement is over, and what it names is no more or never was: {titles}. Nothing need be done; do not carry it "
            "into a new text",
        )


def _verified(entry: Named, facts: Facts) -> bool:
    return any(facts.book.sources[source].verified for source in entry.sources)


def _reported(entry: Named, facts: Facts) -> str:
    return "" if _verified(entry, facts) else " This is known to us only through others' accounts"


def _grouped(found: Iterable[tuple[_Mention, Named]]) -> dict[str, list[tuple[_Mention, Named]]]:
    """Places by what they name, so that one cause is told once."""
    out: dict[str, list[tuple[_Mention, Named]]] = {}
    for mention, entry in found:
        out.setdefault(entry.id, []).append((mention, entry))
    return out


def _others(places: list[tuple[_Mention, Named]]) -> str:
    more = len(places) - 1
    return f" (and in {more} more place{'s' if more > 1 else ''})" if more else ""


@rule(
    Severity.ERROR, "agreement", ("dpa-2018-sch19-para44", "dpa-2018-start", "ico-audit-legality"),
    mark="dead-law", where=_in_use,
)  # fmt: skip
def law_repealed(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """An Act that has been repealed is cited as the law the agreement rests on."""
    found = ((m, e) for m in _citations(agreement, facts) for e in _gone(m, facts) if _relied(m, e, facts))
    for places in _grouped(found).values():
        mention, entry = places[0]
        yield Hit(
            mention.at,
            f"“{mention.words}” cites law that is repealed{_others(places)}. {entry.says} What rests on it rests on nothing",
            f"cite what took its place ({facts.book.titles(entry.successors)}), and look again at whatever was written under it",
            cites=entry.sources,
            also=tuple(one.at for one, _ in places),
        )


def _relied(mention: _Mention, entry: Named, facts: Facts) -> bool:
    """Whether a citation, rather than running text, rests on an Act whose repeal we have read."""
    return not mention.prose and entry.standing == "repealed" and _verified(entry, facts)


@rule(
    Severity.WARNING, "agreement", ("ico-end-of-transition", "real-agreements-review", "information-sharing-advice-2018"),
    mark="dead-law",
)  # fmt: skip
def law_superseded(agreement: Agreement, facts: Facts) -> Iterator[Hit | Ask]:
    """Law or guidance is named that has been superseded, belongs elsewhere, or never was."""
    mentions = (*_citations(agreement, facts), *_prose(agreement))
    found = [(m, e) for m in mentions for e in _gone(m, facts)]
    if facts.over:
        yield from _of_its_day([(m.at, e) for m, e in found])
        return
    told = {e.id for m, e in found if _relied(m, e, facts)}
    for key, places in _grouped(found).items():
        if key in told:
            continue
        mention, entry = places[0]
        shown = f"the text names the {entry.title}, which" if mention.prose else f"“{mention.words}”"
        how = {
            "repealed": "is repealed", "foreign": "is not the law here", "never": "does not exist", "replaced": "is out of date",
        }[entry.standing]  # fmt: skip
        yield Hit(
            mention.at,
            f"{shown} {how}{_others(places)}. {entry.says}{_reported(entry, facts)}",
            f"name what stands today ({facts.book.titles(entry.successors)}), and check that what you say of it still holds",
            cites=entry.sources,
            also=tuple(one.at for one, _ in places),
        )


@rule(
    Severity.WARNING, "agreement", ("ico-audit-legality", "bfg-gateways", "foia-2000-s1", "real-agreements-review"),
    mark="dead-law", where=_in_use,
)  # fmt: skip
def cited_as_power(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A flow names as its power to share only what gives no power: practice, guidance, or law about something else."""
    groups: dict[tuple[str, ...], list[Flow]] = {}
    for flow in agreement.flows.values():
        if flow.gateways and facts.personal(flow) and (empty := _powerless(flow, facts)):
            groups.setdefault(empty, []).append(flow)
    for says, flows in groups.items():
        flow = flows[0]
        several = len(flows) > 1
        yield Hit(
            flow.path("gateways"),
            f"{spoken(tuple(f.id for f in flows))} name{'' if several else 's'} no power or duty to share: {' '.join(says)}",
            "name the law that lets or makes the sender tell the recipient; keep the rest for what it is, under `law:` or "
            "`confidentiality:`",
            also=tuple(one.path("gateways") for one in flows),
        )


def _powerless(flow: Flow, facts: Facts) -> tuple[str, ...]:
    """What each gateway of a flow is, where none of them lets anybody share; empty where one might."""
    said: list[str] = []
    for shown, provision in facts.gateways(flow):
        if provision is not None:
            if provision.kind != "rule":
                return ()
            said.append(f"{provision.title} says how information is handled.")
            continue
        entries = facts.book.named(shown)
        if not entries or not all(e.no_power for e in entries) or _may_empower(shown, facts):
            return ()
        said += [f"{e.title}: {e.says}" for e in entries]
    return tuple(dict.fromkeys(said))


def _may_empower(written: str, facts: Facts) -> bool:
    """Whether words name an Act of powers beside, or a part of one that the book does not hold."""
    held = {entry.id for entry in facts.book.named(written)}
    return bool(facts.book.not_held(written)) or bool(facts.book.acts(written) - held)


def _dated(agreement: Agreement, facts: Facts) -> bool:
    return not facts.over and bool(agreement.fields.get("as_of") or agreement.starts)


def _approved(agreement: Agreement) -> Iterator[date | None]:
    """The days on which somebody approved the text or vouched for it."""
    yield last_day(agreement.fields.get("assured", {}).get("on"))
    yield from (last_day(one.get("on")) for one in agreement.fields.get("approvals", ()))


@rule(
    Severity.WARNING, "agreement", ("dpa-2018-sch19-para44", "dpa-2018-start", "information-sharing-advice-2018"),
    mark="dead-law", where=_dated,
)  # fmt: skip
def text_predates_law(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A text still in use is older than the law it is now under, and nothing in it shows a look at that law."""
    if any(basis.article_6 or basis.part_3 for flow in agreement.flows.values() for basis in flow.bases):
        return
    field = "as_of" if agreement.fields.get("as_of") else "starts"
    written = last_day(agreement.fields[field])
    words = [mention.words for mention in _citations(agreement, facts)]
    named = {entry.id: entry for one in words for entry in facts.book.named(one)}
    begun = [p.starts for one in words for p in facts.book.cited(one)] + [entry.starts for entry in named.values()]
    approved = list(_approved(agreement))
    for entry in facts.book.names.entries.values():
        last = entry.ends
        if not (entry.facts.get("watershed") and last and written and written <= last and entry.gone(facts.on)):
            continue
        if entry.id in named or set(entry.successors) & set(named):
            continue
        newer = [e.title for e in named.values() if e.kind == "guidance" and e.starts and e.starts > written]
        if any(day and day > last for day in approved) or (any(day and day > last for day in begun) and not newer):
            continue
        since = f" The guidance it names is now another text: {'; '.join(newer)}" if newer else ""
        yield Hit(
            (field,),
            f"the text is of {agreement.fields[field]}, when the {entry.title} was the law, and nothing in it shows that it has "
            f"been looked at since. {entry.says}{since}",
            f"go through it against what replaced that Act ({facts.book.titles(entry.successors)}); then give the new text its own "
            "date under `as_of:`",
        )


# bodies


@rule(
    Severity.WARNING, "agreement",
    ("uksi-2022-634", "nhs-england-merger-2023", "commons-library-ohid", "commons-library-probation"),
    mark="dead-body",
)  # fmt: skip
def body_abolished_or_renamed(agreement: Agreement, facts: Facts) -> Iterator[Hit | Ask]:
    """A party bears the name of a body that has been abolished or renamed, or that never was."""
    found: dict[str, list[tuple[Agency, Named]]] = {}
    for agency in agreement.parties:
        entry = None if agency.inherited else facts.book.names.body(agency.name)
        if entry and entry.gone(facts.on) and _holds_here(entry.jurisdiction, agreement):
            found.setdefault(entry.id, []).append((agency, entry))
    if facts.over:
        yield from _of_its_day([((*a.at, "name"), e) for pairs in found.values() for a, e in pairs])
        return
    for pairs in found.values():
        agency, entry = pairs[0]
        shown = spoken(tuple(a.id for a, _ in pairs))
        how = {"abolished": "which is no more", "renamed": "which has another name now", "never": "which never was"}
        yield Hit(
            (*agency.at, "name"),
            f"{shown} bear{'s' if len(pairs) == 1 else ''} the name “{agency.name}”, {how[entry.standing]}. {entry.says}"
            f"{_reported(entry, facts)}",
            f"name the body that has its part today ({facts.book.titles(entry.successors)}), have it sign, and keep the old name "
            "under `formerly:`",
            cites=entry.sources,
            also=at_each((one for one, _ in pairs), "name"),
        )


def _holds_here(where: tuple[str, ...], agreement: Agreement) -> bool:
    """Whether something that holds in some places, or is not known to be limited, meets an agreement's."""
    return not where or bool(set(where) & set(agreement.jurisdiction))


# dates and places of powers


def _day(agreement: Agreement, facts: Facts) -> date:
    """The day whose law counts: today, or the first day of an agreement that has not begun."""
    return max(facts.on, agreement.starts) if agreement.starts else facts.on


def _rested_on(agreement: Agreement, facts: Facts) -> Iterator[tuple[Path, Provision, tuple[str, ...]]]:
    """Each provision that flows rest on, with where it is first named and the flows; and, once ended, under `law`."""
    places: dict[str, tuple[Path, Provision]] = {}
    flows: dict[str, list[str]] = {}
    for flow in agreement.flows.values():
        for _, provision in facts.gateways(flow):
            if provision:
                places.setdefault(provision.id, (flow.path("gateways"), provision))
                flows.setdefault(provision.id, []).append(flow.id)
    for citation in agreement.law.values():
        held = () if citation.inherited else facts.book.cited(citation.provision or citation.cites)
        for provision in held:
            if "successor" in provision.facts:
                places.setdefault(provision.id, ((*citation.at, "cites"), provision))
    for key, (at, provision) in places.items():
        yield at, provision, tuple(dict.fromkeys(flows.get(key, ())))


def _naming(flows: Iterable[str], agreement: Agreement) -> tuple[Path, ...]:
    """Where flows name their powers and duties."""
    return tuple(agreement.flows[flow].path("gateways") for flow in flows)


def _not_law(agreement: Agreement, facts: Facts, *, sure: bool) -> Iterator[Hit]:
    day = _day(agreement, facts)
    for at, provision, flows in _rested_on(agreement, facts):
        if provision.in_force(day) or (provision.confidence == "enacted") is not sure:
            continue
        who = spoken(flows) if flows else "the agreement"
        rest = "rest" if len(flows) > 1 else "rests"
        successor = provision.facts.get("successor")
        if successor:
            when = f"it has ended, and {facts.book.titles((successor,))} stands in its place"
        elif provision.ends and provision.ends < day:
            when = f"it ended on {provision.ends}"
        elif provision.starts:
            when = f"it {'starts' if sure else 'is reported to start'} on {provision.starts}"
        else:
            when = "it had not begun when the book was written"
        doubt = "" if sure else ", though that rests on others' accounts: check it"
        yield Hit(
            at,
            f"{who} {rest} on {provision.title}, which is not law on {day}: {when}{doubt}",
            f"rest on {facts.book.titles((successor,))}, if it fits" if successor
            else "name what you rest on until then, or say that sharing begins when it does",
            cites=provision.sources,
            also=_naming(flows, agreement),
        )  # fmt: skip


@rule(Severity.ERROR, "agreement", ("cws-2026-s78", "ca-2004-s16lc"), mark="LAW-18", where=_in_use)
def gateway_not_in_force(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A flow rests on a power or duty that is not law on the day."""
    yield from _not_law(agreement, facts, sure=True)


@rule(
    Severity.WARNING, "agreement", ("cws-2026-s78", "escb-16la-start", "policy-wire-commencement-8", "duaa-start-2026"),
    mark="LAW-18", where=_in_use,
)  # fmt: skip
def law_start_unconfirmed(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """A flow rests on a power, a duty or a basis that, as others report its dates, is not law on the day."""
    yield from _not_law(agreement, facts, sure=False)
    day = _day(agreement, facts).isoformat()
    told: set[Path] = set()
    for flow in agreement.flows.values():
        for basis in flow.bases:
            early = [a for a in basis.article_6 if str(facts.book.term("article-6", a).facts.get("from", "")) > day]
            if early and basis.at not in told:
                told.add(basis.at)
                start = facts.book.term("article-6", early[0]).facts["from"]
                yield Hit(
                    (*basis.at, "article_6"),
                    f"`{flow.id}` rests on {spoken(tuple(early))}, which is reported to be law only from {start}",
                    "use a basis that is open on the day, and change it when the new one is",
                )


@rule(
    Severity.ERROR, "agreement", ("ca-1989-part-3-england", "ca-2004-s10", "ca-1989-s47"),
    mark="LAW-18", where=_in_use,
)  # fmt: skip
def gateway_elsewhere(agreement: Agreement, facts: Facts) -> Iterator[Hit | Ask]:
    """A flow rests on a power or duty that is not law where the agreement applies."""
    here = set(agreement.jurisdiction)
    powers = [one for one in _rested_on(agreement, facts) if one[2] and one[1].kind != "rule"]
    elsewhere = [one for one in powers if not _holds_here(one[1].jurisdiction, agreement)]
    if sure := [one for one in elsewhere if one[1].confidence == "enacted"]:
        at = sure[0][0]
        where = _places(facts, {j for _, p, _ in sure for j in p.jurisdiction})
        yield Hit(
            at,
            f"the agreement is for {_places(facts, here)}, and rests on law of {where}: "
            f"{'; '.join(p.title for _, p, _ in sure)}",
            "name the law of the place itself; the book holds little outside England, so ask somebody who knows it",
            also=tuple(place for _, _, flows in sure for place in _naming(flows, agreement)),
        )
    elif elsewhere:
        at, provision, _ = elsewhere[0]
        yield Ask(
            at,
            f"{provision.title} is, as far as the book knows, law in {_places(facts, set(provision.jurisdiction))} and not in "
            f"{_places(facts, here)}: check what you rest on",
        )
    stated = [provision for flow in agreement.flows.values() for _, provision in facts.gateways(flow)]
    stated += [facts.book.provision(c.provision or c.cites) for c in agreement.law.values()] if stated else []
    if elsewhere or not stated:
        return
    bare = [
        j for j in agreement.jurisdiction
        if all(p and p.jurisdiction and j not in p.jurisdiction for p in stated)
    ]  # fmt: skip
    if bare:
        yield Ask(
            ("jurisdiction",),
            f"everything the flows rest on is law of other parts of the United Kingdom than {_places(facts, set(bare))}: have "
            "somebody who knows the law there say what carries the sharing",
        )


def _places(facts: Facts, ids: set[str]) -> str:
    """The parts of the United Kingdom by name, in the order the book lists them."""
    shown = [term.label for key, term in facts.book.terms("jurisdictions").items() if key in ids]
    return joined(shown)


# what the book does not hold


@rule(Severity.ADVICE, "agreement", ("ico-audit-legality",), mark="book")
def citation_not_in_book(agreement: Agreement, facts: Facts) -> Iterator[Ask]:
    """Law is named in words that the book does not hold, so a person has to check it."""
    book = facts.book
    seen: set[str] = set()
    for citation in agreement.law.values():
        if facts.phrase(citation.cites, "vague"):
            continue  # nothing that a person could look up, which another rule says
        missing = book.not_held(citation.cites) if not citation.inherited and citation.provision is None else ()
        for section in missing:
            seen.add(citation.cites)
            yield Ask(
                (*citation.at, "cites"),
                f"section {section} of “{citation.cites}” is not in the book of law that comes with sharecheck: check what it says",
            )
        if missing or citation.inherited:
            continue
        if book.provision(citation.provision or citation.cites) is None:
            seen.add(citation.cites)
            yield from _unknown((*citation.at, "cites"), [citation.cites], facts)
    for flow in agreement.flows.values():
        strange = [w for w in dict.fromkeys(w for w, p in facts.gateways(flow) if p is None) if w not in seen]
        seen.update(strange)
        yield from _unknown(flow.path("gateways"), strange, facts)


def _unknown(at: Path, words: list[str], facts: Facts) -> Iterator[Ask]:
    """What to ask about words that name no provision: which section, or what they are; nothing where the book says."""
    strange: list[str] = []
    for written in words:
        whole = {entry.id for entry in facts.book.named(written)}
        if facts.book.acts(written) - whole and not facts.book.not_held(written):
            yield Ask(at, f"“{written}” names an Act and no section that the book knows: say which section you rely on")
        elif not whole:
            strange.append(f"“{written}”")
    if strange:
        are, they_say = ("are", "they say") if len(strange) > 1 else ("is", "it says")
        yield Ask(
            at,
            f"{joined(strange)} {are} not in the book of law that comes with sharecheck: check that {they_say} what you rely on",
        )
