"""The text that a controller's privacy notice needs for what it sends and gets under an agreement, part by part.

It is in words that a parent can read: the agreement's own where it has them, and the book's sentences round them. What the
agreement does not say stands in it as `[To be written …]`. Flows of which people are not told are left out of the text, so that
it tells nobody's secret; what is left out, and what else somebody has to decide, is said beside the text, to whoever writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sharecheck import durations
from sharecheck.agreement import Agency, Agreement, Basis, Flow, contact, listed
from sharecheck.filed import rights, taking_part
from sharecheck.filed.processing import Heading, about, keeping, retained
from sharecheck.filed.taking_part import LAW_ENFORCEMENT, Part
from sharecheck.knowledge import Book, Term, joined
from sharecheck.paper.model import Block, Bullets, Cell, Column, Line, Paragraph, Table
from sharecheck.paper.reader import Reader, gap, plain, spoken, strong
from sharecheck.policy.names import definite, lowered

_WHEN_NOT = "exceptions"
"""The vocabulary of reasons not to tell or ask; the partners' own words for one might tell what they are to keep."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One part of a notice: its text, and beside it what whoever writes the notice has to look at."""

    heading: Heading
    text: tuple[Block, ...]
    check: Cell


@dataclass(frozen=True, slots=True)
class Notice:
    """What the privacy notice of one controller has to say of what it does under one agreement."""

    agency: str
    controller: str
    agreement: str
    title: str
    state: Cell
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Notices:
    """The texts for all notices asked for; `left_out` says who and what has none, and why."""

    title: str
    columns: Mapping[str, str]
    notices: tuple[Notice, ...]
    left_out: tuple[str, ...]
    made: str

    def table(self) -> Table:
        """All of it as one table, a row for each part."""
        rows = tuple(
            (
                (plain(one.controller),), (plain(one.title),), one.state, (plain(passage.heading.title),),
                (plain("; ".join(passage.heading.cites)),), tuple(taking_part.lines(passage.text)), passage.check,
            )
            for one in self.notices for passage in one.passages
        )  # fmt: skip
        return Table(self.title, tuple(Column(title, 1) for title in self.columns.values()), rows)


def notices(agreements: Sequence[Agreement], book: Book, made: str, own: str = "") -> Notices:
    """The texts for every controller of some agreements on the book's day; for one agency alone with `own`, by its id."""
    written = book.documents["notice"]
    found: list[tuple[tuple[str, ...], Notice]] = []
    left: list[str] = []
    for reader in taking_part.readers(agreements, book):
        for agency, parts in taking_part.parts(reader, own):
            found.append((taking_part.place(agency, reader), _notice(agency, parts, reader)))
        left += taking_part.left_out(reader, own)
    found.sort(key=lambda pair: pair[0])
    return Notices(
        written["title"], written["columns"], tuple(one for _, one in found), tuple(dict.fromkeys(left)), made
    )


def _notice(agency: Agency, parts: Sequence[Part], reader: Reader) -> Notice:
    writer = _Writer(agency, parts, reader)
    passages = []
    for name, one in reader.book.documents["notice"]["parts"].items():
        writer.check = []
        text = tuple(_PARTS[name](writer))
        passages.append(Passage(Heading(name, one["title"], tuple(one.get("cites", ()))), text, tuple(writer.check)))
    return Notice(
        agency.id, taking_part.titled(agency, reader), reader.agreement.id, reader.agreement.title,
        taking_part.state(reader), tuple(one for one in passages if one.text or one.check),
    )  # fmt: skip


def held_back(flow: Flow, reader: Reader) -> str:
    """Why people are not told of a flow, as the agreement has it; empty where they are, or where it does not say."""
    inform = flow.fields.get("inform") or {}
    model = reader.book.term("consent-models", flow.consent.model) if flow.consent else Term("", "", {})
    if inform.get("default") is not False and not model.is_("conceals"):
        return ""
    words = [str(inform["because"])] if inform.get("because") else []
    words += [f"exemption: {inform['exemption']}"] if inform.get("exemption") else []
    reason = f" ({'; '.join(words)})" if words else ""
    return f"the agreement says that people are not told{reason}"


class _Writer:
    """One notice in the making; `check` gathers what is said to whoever writes it, part by part."""

    def __init__(self, agency: Agency, parts: Sequence[Part], reader: Reader) -> None:
        self.agency, self.reader, self.parts = agency, reader, tuple(parts)
        self.above = taking_part.whole(agency, reader)
        self.words: Mapping[str, Any] = reader.book.documents["notice"]
        self.check: list[Line] = []
        self.untold = [(one, why) for one in parts if (why := self._why_not(one))]
        hidden = {one.flow.id for one, _ in self.untold}
        self.told = [one for one in parts if one.flow.id not in hidden and reader.facts.personal(one.flow)]

    def _why_not(self, part: Part) -> str:
        if why := held_back(part.flow, self.reader):
            return why
        if "inform" not in part.flow.fields and LAW_ENFORCEMENT in taking_part.regimes(part, self.reader):
            return "it is for law enforcement, and the agreement does not say whether people are told"
        return ""

    def say(self, name: str, **filled: object) -> str:
        return str(self.words["sentences"][name]).format(**filled)

    def open(self, what: str, at: tuple[str | int, ...]) -> Line:
        """A place in the text that somebody has to fill, since the agreement does not."""
        return gap(self.say("open", what=what, why=self.reader.missing(at).text))

    def ask(self, text: str) -> None:
        self.check.append(plain(text))

    def field(self, name: str) -> Any:
        return self.agency.fields.get(name) or self.above.fields.get(name)

    # who and why

    def who(self) -> Iterator[Block]:
        several = bool(self.agency.fields.get("members") or self.agency.fields.get("joins"))
        yield Paragraph(plain(self.say("who_class" if several else "who", agency=self.agency.name)))
        if several:
            self.ask("Each of these bodies has a notice of its own, with its own name and contacts in it.")
        if self.above is not self.agency:
            yield Paragraph(plain(self.say("part_of", whole=self.above.name)))
        if self.agency.controller == "joint":
            sides = (one for part in self.parts for _, one in self.reader.facts.sides(part.flow))
            others = dict.fromkeys(one.name for one in sides if one.controller == "joint" and one.id != self.agency.id)
            yield Paragraph(plain(self.say("joint", others=joined(list(others)))))
            settled = self.agency.joint_arrangement
            where = ("agencies", self.agency.id, "joint_arrangement")
            yield Paragraph(
                plain(self.say("arrangement", arrangement=_ended(settled)))
                if settled else self.open("what each of the joint controllers answers for.", where)
            )  # fmt: skip
        for name, sentence, what in (
            ("spoc", "contact", "how people can reach us."), ("dpo", "officer", "our data protection officer."),
        ):  # fmt: skip
            held = self.field(name)
            if held:
                yield Paragraph(plain(self.say(sentence, **{sentence: _ended(contact(held))})))
            elif name == "spoc" or self.reader.facts.public_authority(self.agency):
                yield Paragraph(self.open(what, ("agencies", self.agency.id, name)))
        if self.agency.controller is None:
            self.ask(
                "The agreement does not say whether this body is a controller. If it is not, it needs no such notice."
            )
        if places := listed(self.field("privacy_notice")):
            self.ask(f"This text belongs in: {joined([str(one) for one in places])}")
        else:
            self.ask("The agreement does not say where the privacy notice of this controller is.")

    def why(self) -> Iterator[Block]:
        title = self.reader.agreement.title
        for part, why in self.untold:
            self.ask(
                f"Flow {self.reader.number[part.flow.id]}, “{self.reader.flow_title(part.flow)}”, is left out of the text: {why}. "
                "Decide what the notice may say of it."
            )
        for part in self.parts:
            if not self.reader.facts.personal(part.flow):
                self.ask(f"“{self.reader.flow_title(part.flow)}” identifies nobody, and is left out of the text.")
        if not self.told:
            yield Paragraph(plain(self.say("only_held_back", agreement=title)))
            return
        yield Paragraph(plain(self.say("sharing", agreement=title)))
        known = self.reader.agreement.purposes
        named = dict.fromkeys(name for part in self.told for name in part.flow.purposes if name in known)
        items = tuple((plain(f"{spoken(name).capitalize()}: {_ended(known[name].text)}."),) for name in named)
        yield Bullets(items or ((self.open("why we share it.", (*self.told[0].flow.at, "purpose")),),))

    def law(self) -> Iterator[Block]:
        if not self.told:
            return
        found: dict[Line, dict[str, None]] = {}
        acts: dict[str, None] = {}
        for part in self.told:
            for _, basis in part.bases:
                for line in self._reasons(basis, part):
                    found.setdefault(line, {}).update(dict.fromkeys(part.flow.purposes))
            for written, held in self.reader.facts.gateways(part.flow):
                if held is None or held.in_force(self.reader.on):
                    acts[held.title if held else written] = None
        every = {name for part in self.told for name in part.flow.purposes}
        items = []
        for line, purposes in found.items():
            apart = set(purposes) != every and line.manner != "gap"
            what = self.say("reasons", purposes=joined([spoken(one) for one in purposes])) if apart else ""
            items.append((Line(f"{what} {lowered(line.text)}" if what else line.text, line.manner),))
        if acts:
            items.append((plain(self.say("legal", provisions="; ".join(acts))),))
        yield Bullets(tuple(items))

    def _reasons(self, basis: Basis | None, part: Part) -> Iterator[Line]:
        """Why in law a controller may do what it does in a flow, a line for each reason."""
        if basis is None or not (basis.article_6 or basis.part_3):
            yield self.open("what in law allows us to.", (*part.flow.at, "lawful_basis"))
        if basis is None:
            return
        get, held, facts = basis.fields.get, self.words["bases"], self.reader.facts
        for one in basis.article_6:
            enforces = self.reader.book.term("article-6", one).is_("part_3")
            sentence = "reason_law_enforcement" if enforces else "reason"
            yield plain(self.say(sentence, says=held[one]["says"], article=one))
        if basis.part_3:
            yield plain(self.say("reason_law_enforcement", says=held[f"part-3-{basis.part_3}"]["says"]))
        if get("task"):
            yield plain(self.say("task", task=_ended(get("task"))))
        if interest := self.words["interests"].get(str(get("annex_1"))):
            yield plain(self.say("interest", interest=interest["says"]))
        if facts.basis_is(basis, "legitimate_interests"):
            said = get("assessment")
            at = (*part.flow.at, "lawful_basis", "assessment")
            yield (
                plain(self.say("assessment", assessment=_ended(said)))
                if said else self.open("which legitimate interests they are.", at)
            )  # fmt: skip
        if facts.special(part.flow):
            for one in basis.article_9:
                yield plain(self.say("special", says=self.words["special"][one]["says"], article=one))
            for one in basis.schedule_1:
                yield plain(self.say("condition", label=self.reader.lower("schedule-1", one), paragraph=one))
        if facts.criminal(part.flow):
            for one in basis.article_10:
                official = self.words["criminal"].get(one)
                label = self.reader.lower("schedule-1", one)
                yield plain(
                    self.say("criminal", says=official["says"])
                    if official else self.say("criminal_condition", label=label, paragraph=one)
                )  # fmt: skip

    # what, from whom, to whom

    def what(self) -> Iterator[Block]:
        if not self.told:
            return
        people = dict.fromkeys(one for part in self.told for one in about(part, self.reader))
        yield Paragraph(plain(self.say("people")))
        unsaid = self.open("whose information it is.", (*self.told[0].flow.at, "about"))
        yield Bullets(tuple((plain(f"{_ended(one)}."),) for one in people) or ((unsaid,),))
        items = {item.id: item for part in self.told for item in self.reader.facts.items(part.flow)}
        yield Paragraph(plain(self.say("information")))
        unsaid = self.open("what information it is.", (*self.told[0].flow.at, "data"))
        said = tuple((plain(f"{spoken(one.id).capitalize()}: {_ended(one.text)}."),) for one in items.values())
        yield Bullets(said or ((unsaid,),))
        yield Paragraph(plain(self.say("rest")))

    def tells_us(self) -> Iterator[Block]:
        yield from self._flows("recipient", "receives", "nobody_tells")

    def we_tell(self) -> Iterator[Block]:
        yield from self._flows("sender", "sends", "tells_nobody")
        sides = (one for part in self.told for _, one in self.reader.facts.sides(part.flow))
        processors = dict.fromkeys(one.name for one in sides if one.controller == "processor")
        if processors:
            yield Paragraph(plain(self.say("processors", processors="; ".join(processors))))
        got = [part.flow for part in self.told if part.on("recipient")]
        words = dict.fromkeys(flow.fields.get("onward", "") for flow in got)
        if words:
            said = [self.reader.lower("onward", one) for one in words if one]
            if said:
                yield Paragraph(plain(self.say("onward", onward="; ".join(said))))
            if "" in words:
                silent = next(flow for flow in got if not flow.fields.get("onward"))
                yield Paragraph(self.open("whether we pass on what we are told.", (*silent.at, "onward")))

    def _flows(self, side: str, sentence: str, otherwise: str) -> Iterator[Block]:
        if not self.told:
            return
        said = []
        for part in self.told:
            if part.on(side):
                flow = part.flow
                others = flow.senders if side == "recipient" else flow.recipients
                people = _named(taking_part.people(others, self.reader), self.agency.name)
                items = [spoken(one.id) for one in self.reader.facts.items(flow)]
                name = sentence if flow.strength == "may" else f"{sentence}_must"
                said.append(
                    plain(self.say(name, people=people, items=joined(items))) if people and items
                    else self.open(f"who and what, in “{self.reader.flow_title(flow)}”.", (*flow.at, "data"))
                )  # fmt: skip
        if said:
            yield Bullets(tuple((one,) for one in dict.fromkeys(said)))
        else:
            yield Paragraph(plain(self.say(otherwise, agreement=self.reader.agreement.title)))

    # asking and telling

    def _says_told(self, flow: Flow) -> bool:
        """Whether the agreement says that people are told of a flow, by itself or by the way in which they are asked."""
        model = flow.consent.model if flow.consent else ""
        return bool(flow.fields.get("inform")) or self.reader.book.term("consent-models", model).is_("informs")

    def asking(self) -> Iterator[Block]:
        yield from self._grouped(self.told, self._asked)

    def _asked(self, part: Part) -> Iterator[Block]:
        held = part.flow.consent
        if held is None:
            yield Paragraph(self.open("whether we ask first.", (*part.flow.at, "consent")))
            return
        model = self.reader.book.term("consent-models", held.model)
        who = held.fields.get("who")
        asks = self.say("asked", who=_ended(who)) if who else self.say("asked_plain")
        manner = next((one for one in ("opt_out", "asks", "implied") if model.is_(one)), "not_asked")
        yield Paragraph(plain(asks if manner == "asks" else self.say(manner)))
        if not model.is_("asks"):
            return
        withdrawal = held.fields.get("withdrawal")
        at = (*part.flow.at, "consent", "withdrawal")
        yield Paragraph(
            plain(self.say("withdrawal", withdrawal=_ended(withdrawal)))
            if withdrawal else self.open("how people can change their mind.", at)
        )  # fmt: skip
        reasons, own = self._reasons_not_to(held.unless)
        if reasons:
            yield Paragraph(plain(self.say("unless")))
            yield Bullets(tuple((plain(f"{one}."),) for one in reasons))
        self._own_words(own, part.flow, "ask")

    def _reasons_not_to(self, words: Iterable[str]) -> tuple[list[str], list[str]]:
        """Reasons not to ask or tell: the book's, which are fit to print, and the partners' own, which may not be."""
        terms = self.reader.book.terms(_WHEN_NOT)
        return [terms[one].label for one in words if one in terms], [one for one in words if one not in terms]

    def _own_words(self, own: Sequence[str], flow: Flow, verb: str) -> None:
        if own:
            said = "; ".join(self.reader.exceptions(list(own)))
            self.ask(
                f"“{self.reader.flow_title(flow)}” also gives as reasons not to {verb}: {said}. They are not in the text."
            )

    def telling(self) -> Iterator[Block]:
        how: dict[str, None] = {}
        reasons: dict[str, None] = {}
        unsaid = [part.flow for part in self.told if not self._says_told(part.flow)]
        for part in self.told:
            inform = part.flow.fields.get("inform") or {}
            if inform.get("how"):
                how[inform["how"]] = None
            found, own = self._reasons_not_to(listed(inform.get("except")))
            reasons.update(dict.fromkeys(found))
            self._own_words(own, part.flow, "tell")
        if len(unsaid) < len(self.told):
            said = [self.say("told", how=_ended(one)) for one in how] or [self.say("told_plain")]
            yield from (Paragraph(plain(one)) for one in said)
        if unsaid:
            yield Paragraph(self.open("whether people are told, and how.", (*unsaid[0].at, "inform")))
            titles = joined([f"“{self.reader.flow_title(flow)}”" for flow in unsaid])
            self.ask(f"The agreement does not say whether people are told in: {titles}.")
        if reasons:
            yield Paragraph(plain(self.say("except")))
            yield Bullets(tuple((plain(f"{one}."),) for one in reasons))
        if self.untold:
            yield Paragraph(plain(self.say("untold")))

    # how long, where, what they can ask

    def keeping(self) -> Iterator[Block]:
        got = [part for part in self.told if part.on("recipient")]
        yield from self._grouped(got, self._kept)
        if any(part.on("sender") for part in self.told):
            self.ask("How long the sender keeps its own record is not said, only how long those keep it who are told.")

    def _kept(self, part: Part) -> Iterator[Block]:
        said = retained(part)
        period, most = said.get("period"), said.get("up_to")
        if not (period or most) or said.keys() & {"items", "keep_last"}:
            for line in keeping(Part(part.agency, part.flow, (("recipient", None),)), self.reader):
                silent = line.manner == "gap"
                yield Paragraph(gap(self.say("open", what="how long we keep it.", why=line.text)) if silent else line)
            return
        long = durations.spoken(str(period or most))
        yield Paragraph(plain(self.say("keep" if period else "keep_at_most", period=long)))
        if said.get("from"):
            yield Paragraph(plain(self.say("runs", start=_ended(spoken(str(said["from"]))))))
        if said.get("action"):
            yield Paragraph(plain(self.words["after"][said["action"]]))
        if said.get("text"):
            yield Paragraph(plain(said["text"]))
        if said.get("authority"):
            yield Paragraph(plain(self.say("authority", authority=_ended(said["authority"]))))

    def _grouped(self, parts: Sequence[Part], say: Callable[[Part], Iterable[Block]]) -> Iterator[Block]:
        """What is said of flows, once for those that are alike in it; told apart by what they are for, or else by their titles."""
        found: dict[tuple[Block, ...], list[Flow]] = {}
        for part in parts:
            found.setdefault(tuple(say(part)), []).append(part.flow)
        ends = [{name for flow in flows for name in flow.purposes} for flows in found.values()]
        apart = all(ends) and sum(map(len, ends)) == len(set().union(*ends))
        for (blocks, flows), purposes in zip(found.items(), ends, strict=True):
            if len(found) > 1:
                ordered = dict.fromkeys(name for flow in flows for name in flow.purposes if name in purposes)
                titles = "; ".join(dict.fromkeys(map(self.reader.flow_title, flows)))
                named = (
                    self.say("reasons", purposes=joined([spoken(one) for one in ordered])) if apart else f"{titles}:"
                )
                yield Paragraph(strong(named))
            yield from blocks

    def abroad(self) -> Iterator[Block]:
        at = ("handling", "international")
        said = self.reader.agreement.handling.get("international")
        if isinstance(said, str):
            yield Paragraph(plain(said))
        elif not said or ("any" not in said and not said.get("text")):
            yield Paragraph(self.open("whether anything is sent outside the United Kingdom.", at))
        elif said.get("any") is False:
            yield Paragraph(plain(self.say("home")))
        elif "any" not in said:
            yield Paragraph(plain(said["text"]))
        else:
            countries = [str(one) for one in listed(said.get("country"))]
            if countries:
                yield Paragraph(plain(self.say("abroad", countries=joined(countries))))
            else:
                yield Paragraph(self.open("to which countries it is sent.", (*at, "country")))
            mechanism = said.get("mechanism")
            if mechanism:
                label = self.reader.lower("transfers-abroad", mechanism)
                yield Paragraph(plain(self.say("mechanism", mechanism=label)))
            else:
                yield Paragraph(self.open("what protects it there.", (*at, "mechanism")))

    def rights(self) -> Iterator[Block]:
        found = rights.of(self.parts, self.reader)
        laws = list(dict.fromkeys(one.law for one in found))
        for law in laws:
            if len(laws) > 1:
                yield Paragraph(strong(self.say("enforcement" if law == LAW_ENFORCEMENT else "general")))
            items = []
            for one in found:
                if one.law == law:
                    only = f" {self.say('only', bases=self._bases(one.only))}" if one.only else ""
                    items.append((plain(f"{one.says}{only}"),))
            yield Bullets(tuple(items))
        if not all(rights.grounded(part) for part in self.parts):
            self.ask("Where no lawful basis is named, the rights that depend on it are not in the text.")
        held = self.reader.agreement.handling.get("rights")
        if isinstance(held, Mapping) and (held.get("access_lead") or held.get("objection")):
            self.ask(f"How the partners deal with requests: {_ended(held.get('access_lead') or held['objection'])}.")

    def _bases(self, only: Iterable[str]) -> str:
        book = self.reader.book
        labels = [
            lowered(next(book.term(v, one).label for v in ("article-6", "article-9") if one in book.terms(v)))
            for one in only
        ]
        return joined(list(dict.fromkeys(labels)))

    def complaints(self) -> Iterator[Block]:
        written, book = self.words["complaints"], self.reader.book
        items = []
        if rights.begun(written["controller"], book):
            within = durations.spoken(str(book.term("time-limits", "complaint-acknowledgement").facts["within"]))
            reach = self.field("dpo") or self.field("spoc")
            whom = _ended(contact(reach)) if reach else "[whom to tell is to be written]"
            items.append((plain(written["controller"]["says"].format(contact=whom, within=within)),))
        items.append((plain(written["commissioner"]["says"]),))
        yield Bullets(tuple(items))
        rule = self.reader.agreement.handling.get("rights")
        said = rule.get("complaints") if isinstance(rule, Mapping) else None
        if isinstance(said, Mapping) and said.get("lead"):
            self.ask(f"Who deals with complaints, as the agreement has it: {_ended(said['lead'])}.")

    def must(self) -> Iterator[Block]:
        self.ask(self.say("check_must"))
        return iter(())

    def automated(self) -> Iterator[Block]:
        self.ask(self.say("check_automated"))
        return iter(())

    def children(self) -> Iterator[Block]:
        if not any(
            self.reader.facts.subjects_are(part.flow, fact) for part in self.told for fact in ("child", "may_be_child")
        ):
            return
        held = self.reader.agreement.handling.get("transparency")
        leaflet = held.get("child_friendly") if isinstance(held, Mapping) else None
        if isinstance(leaflet, str):
            yield Paragraph(plain(self.say("leaflet", leaflet=_ended(leaflet))))
        elif leaflet:
            yield Paragraph(plain(self.say("leaflet_plain")))
        else:
            self.ask(
                "It is about children too, and the agreement does not say how they are told in words that they understand."
            )


_PARTS: dict[str, Callable[[_Writer], Iterator[Block]]] = {
    "who": _Writer.who, "why": _Writer.why, "law": _Writer.law, "what": _Writer.what, "from": _Writer.tells_us,
    "to": _Writer.we_tell, "asking": _Writer.asking, "telling": _Writer.telling, "keeping": _Writer.keeping,
    "abroad": _Writer.abroad, "rights": _Writer.rights, "complaints": _Writer.complaints, "must": _Writer.must,
    "automated": _Writer.automated, "children": _Writer.children,
}  # fmt: skip
"""What writes each part that the book lists; a test holds the two to each other."""


def _ended(text: object) -> str:
    """A text that a sentence goes on from, without the full stop of its own."""
    return str(text).strip().rstrip(".")


def _named(people: Sequence[tuple[str, str]], own: str) -> str:
    """People as a sentence names them, without those at the controller itself where there are others."""
    others = [one for one in people if own not in one] or people
    said = []
    for titles, where in others:
        who = joined([definite(one) for one in titles.split("; ")]) if where else titles
        said.append(f"{who} ({where})" if where else who)
    return "; ".join(dict.fromkeys(said))
