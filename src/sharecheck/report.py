"""The report: every rule asked about every agreement, and what came of it.

Each rule ends in one of four ways for each agreement: passed, failed, not applicable, or needs a person. There is no
fifth, and no word for "compliant".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from sharecheck import schema
from sharecheck.agreement import INHERITED, Agreement, Waiver, matches, split_address
from sharecheck.edit import Edit
from sharecheck.errors import SettingsError, SourceError
from sharecheck.knowledge import Book, Source
from sharecheck.place import Place, place_of
from sharecheck.repository import Gathered, LeftOut, Misshapen
from sharecheck.rules import Ask, Hit, Rule, Severity
from sharecheck.rules.facts import Facts
from sharecheck.source import Document, Path, Span


class Verdict(StrEnum):
    """How a rule ended for one agreement."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not-applicable"
    NEEDS_PERSON = "needs-person"


def sentence(text: str) -> str:
    """A message as a sentence: a capital first, a full stop last."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else text + "."


def counted(number: int, what: str) -> str:
    """A number of things: `1 rule`, `2 rules`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def put_right(fix: str) -> str:
    """What to do, as every format says it."""
    return f"Put it right: {fix.rstrip('.')}{'' if fix.endswith(('?', '!')) else '.'}"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, with everything a person needs to put it right.

    `places` are all those at which it stands, its own first; those who waive or know it waive or know each of them.
    """

    rule: str
    severity: Severity
    message: str
    why: str
    fix: str
    sources: tuple[Source, ...]
    agreement: str
    file: str
    span: Span
    line_text: str
    pointer: str
    address: str
    fingerprint: str
    places: tuple[Place, ...]
    waived: Waiver | None = None
    known_since: date | None = None
    mend: Edit | None = None

    @property
    def aside(self) -> str:
        """Why it does not count: `waived` where accepted for a time, `known` where the baseline has it; else nothing."""
        return "waived" if self.waived else "known" if self.known_since else ""

    @property
    def excuse(self) -> str:
        """Why it does not count, in a sentence."""
        if waiver := self.waived:
            return f"Accepted by {waiver.by} until {waiver.until}: {sentence(waiver.because)}"
        return f"In the baseline since {self.known_since}." if self.known_since else ""

    @property
    def counts(self) -> bool:
        """Whether it counts towards failure."""
        return not self.aside

    @property
    def in_full(self) -> str:
        """What is wrong and how to put it right, in sentences."""
        return f"{sentence(self.message)} {put_right(self.fix)}"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a machine cannot tell and a person must look at."""

    message: str
    agreement: str
    file: str
    span: Span
    pointer: str
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """One agreement after every rule: how each rule ended, what was found, what needs a person.

    `not_asked` are rules that settings leave out here though others are asked them; `fail_on` is what settings say here.
    """

    name: str
    id: str
    title: str
    agreement: Agreement | None
    verdicts: Mapping[str, Verdict]
    findings: tuple[Finding, ...]
    notes: tuple[Note, ...]
    not_asked: tuple[str, ...] = ()
    fail_on: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked on one day, with one book, by which rules; and what could not be checked.

    `gone` says which findings of the baseline are no longer there.
    """

    tool: str
    book: Book
    rules: tuple[Rule, ...]
    not_asked: tuple[str, ...]
    checked: tuple[Checked, ...]
    unread: tuple[SourceError, ...]
    left_out: tuple[LeftOut, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def findings(self) -> Iterator[Finding]:
        """Every finding, waived ones included, agreement by agreement."""
        return (finding for one in self.checked for finding in one.findings)

    @property
    def notes(self) -> Iterator[Note]:
        """Everything that needs a person."""
        return (note for one in self.checked for note in one.notes)

    def count(self, severity: Severity) -> int:
        """How many findings of one severity count, those accepted or known apart."""
        return sum(1 for f in self.findings if f.severity is severity and f.counts)

    @property
    def waived(self) -> int:
        """How many findings are accepted for a time."""
        return sum(1 for f in self.findings if f.aside == "waived")

    @property
    def known(self) -> int:
        """How many findings the baseline says were there before."""
        return sum(1 for f in self.findings if f.aside == "known")

    @property
    def not_checked(self) -> int:
        """How many files and agreements could not be checked."""
        return len(self.unread) + sum(1 for one in self.checked if one.agreement is None)

    @property
    def headline(self) -> dict[str, str]:
        """What was checked and what came of it, phrase by phrase; with commas between them, a line."""
        return {
            "agreements": counted(len(self.checked), "agreement"),
            "rules": counted(len(self.rules), "rule"),
            "error": counted(self.count(Severity.ERROR), "error"),
            "warning": counted(self.count(Severity.WARNING), "warning"),
            "advice": f"{self.count(Severity.ADVICE)} advice",
            "waived": f"{self.waived} waived",
            **({"known": f"{self.known} known"} if self.known else {}),
            "needs-person": f"{sum(1 for _ in self.notes)} need a person",
            "not-checked": f"{self.not_checked} not checked",
        }

    def fails(self, at_least: str, *, everywhere: bool = False) -> bool:
        """Whether any finding that counts is at or above a severity; `never` is never reached.

        What settings say of one agreement comes first, unless `everywhere`.
        """
        return any(
            finding.counts and finding.severity.rank <= Severity(limit).rank
            for one in self.checked
            if (limit := at_least if everywhere else one.fail_on or at_least) != "never"
            for finding in one.findings
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """The rules that one agreement is asked, each at its severity, and what makes it fail where settings say so."""

    rules: tuple[Rule, ...]
    fail_on: str | None = None


def chosen(
    rules: Sequence[Rule],
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    severity: Mapping[str, str] | None = None,
    mandatory: Sequence[str] = (),
) -> tuple[Rule, ...]:
    """The rules that apply, by id or topic, each at the severity settings give it.

    Mandatory rules are asked whatever is selected. Raises `SettingsError` where one is ignored or made less severe.
    """

    def named(rule: Rule, names: Sequence[str]) -> bool:
        return rule.id in names or rule.topic in names

    given = severity or {}
    out: list[Rule] = []
    for rule in rules:
        must = named(rule, mandatory)
        if must and named(rule, ignore):
            raise SettingsError(
                f"`{rule.id}` is mandatory here and cannot be ignored",
                "take it out of `mandatory:`, or out of what is ignored",
            )
        if must and rule.id in given and Severity(given[rule.id]).rank > rule.severity.rank:
            raise SettingsError(f"`{rule.id}` is mandatory here and cannot be made less severe", "leave its severity")
        bound = must or not rule.waivable
        if not bound and (named(rule, ignore) or (select and not named(rule, select))):
            continue
        level = Severity(given[rule.id]) if rule.id in given else rule.severity
        kept = not must and level is rule.severity
        out.append(rule if kept else replace(rule, severity=level, waivable=rule.waivable and not must))
    return tuple(out)


def check(
    gathered: Gathered,
    book: Book,
    every: Sequence[Rule],
    tool: str,
    asked: Callable[[str], Asked] | None = None,
    void_by: tuple[str, ...] | None = None,
) -> Report:
    """Ask rules about every agreement: `every` rule there is, or of each file those that `asked` gives for its name.

    `void_by` are the changes that void a sign-off, where the settings say.
    """
    known = frozenset(rule.id for rule in every)
    everything = Asked(tuple(every))
    of = asked or (lambda _: everything)
    by_id: dict[str, list[Agreement]] = {}
    for agreement in gathered.agreements:
        by_id.setdefault(agreement.id, []).append(agreement)
    about, signed = _by_agreement(gathered.scenarios), _by_agreement(gathered.sign_offs)
    checked = [_misshapen(one, book, every, of(one.document.name)) for one in gathered.misshapen]
    for agreement in gathered.agreements:
        namesakes = tuple(other for other in by_id[agreement.id] if other is not agreement)
        facts = Facts(
            agreement, book, namesakes, known, about.get(agreement.id, ()), signed.get(agreement.id, ()), void_by
        )
        checked.append(_agreement(facts, of(agreement.document.name)))
    checked.sort(key=lambda one: one.name)
    unread = tuple(sorted(gathered.unread, key=lambda error: error.name))
    ways = dict.fromkeys(of(one.name).rules for one in reversed(checked))
    found = {rule.id: rule for rules in ways for rule in rules}
    rules = tuple(found[rule.id] for rule in every if rule.id in found) if checked else tuple(every)
    not_asked = tuple(rule.id for rule in every if checked and rule.id not in found)
    if len(ways) > 1:
        checked = [replace(one, not_asked=tuple(r.id for r in rules if r.id not in one.verdicts)) for one in checked]
    return Report(tool, book, rules, not_asked, tuple(checked), unread, gathered.left_out)


def _by_agreement(documents: Iterable[Document]) -> dict[object, tuple[Document, ...]]:
    """Files beside agreements by the id of the agreement that each names."""
    found: dict[object, tuple[Document, ...]] = {}
    for document in documents:
        name = document.data.get("agreement")
        found[name] = (*found.get(name, ()), document)
    return found


def _agreement(facts: Facts, asked: Asked) -> Checked:
    agreement, rules = facts.agreement, asked.rules
    document = agreement.document
    covers = _Covers(agreement)
    findings: list[Finding] = []

    def note(at: Path, message: str, rule: str | None = None) -> Note:
        return Note(message, agreement.id, document.name, document.span(at), _pointer(at), rule)

    notes = [note(at, text) for at, text in covers.lines()]
    left: dict[str, list[Note]] = {}
    verdicts: dict[str, Verdict] = {}
    used: set[Path] = set()
    passed, not_applicable = Verdict.PASSED, Verdict.NOT_APPLICABLE
    for rule in rules:
        verdict = not_applicable
        if rule.looks_at == "misfits":
            verdicts[rule.id] = Verdict.PASSED
            continue
        places: dict[Path, tuple[Hit, set[str], list[Path]]] = {}
        for part in rule.parts(facts):
            if verdict is not_applicable:
                verdict = passed
            for outcome in rule.check(part, facts):
                if isinstance(outcome, Ask):
                    if outcome.rests_on and facts.left_open(outcome.rests_on):
                        verdict = _worse(verdict, Verdict.NEEDS_PERSON)
                        continue
                    notes.append(note(outcome.at, outcome.message, rule.id))
                    verdict = _worse(verdict, Verdict.NEEDS_PERSON)
                elif not agreement.owns(outcome.at):
                    continue
                elif why := covers.why(outcome, getattr(part, "id", "") if rule.looks_at == "flows" else ""):
                    verdict = _worse(verdict, Verdict.NEEDS_PERSON)
                    if why != "unknown":
                        left.setdefault(why, []).append(note(outcome.at, _left_to(why, outcome.message), rule.id))
                else:
                    _, parts, also = places.setdefault(outcome.at, (outcome, set(), []))
                    parts.add(str(getattr(part, "id", "")))
                    also += outcome.also
        for first, parts, also in places.values():
            hit = replace(first, also=tuple(also)) if also else first
            waivers = _waivers(agreement, rule, hit, facts) if rule.waivable else []
            used.update(waiver.at for waiver in waivers if waiver)
            waiver = None if None in waivers else min(filter(None, waivers), key=lambda one: one.until, default=None)
            findings.append(_finding(rule, hit, len(parts), agreement.id, document, facts.book, waiver))
            verdict = Verdict.FAILED
        verdicts[rule.id] = verdict
    for why, gaps in left.items():
        notes += [note(("under",), _together(why, gaps))] if len(gaps) > 1 and why in covers.outside else gaps
    findings.extend(_idle(agreement, rules, used, facts, verdicts))
    if any(f.rule == _IDLE for f in findings):
        verdicts[_IDLE] = Verdict.FAILED
    findings.sort(key=lambda f: (f.span.line, f.span.column, f.rule))
    notes.sort(key=lambda n: (n.span.line, n.span.column))
    return Checked(
        document.name, agreement.id, agreement.title, agreement, verdicts, tuple(findings), tuple(notes),
        fail_on=asked.fail_on,
    )  # fmt: skip


def _left_to(why: str, message: str) -> str:
    """What another text settles, or is said to, and what this one would lack without it."""
    return f"{message}: {why}" if why.startswith("see ") else f"{why}. In this text, {message}"


def _together(why: str, gaps: Sequence[Note]) -> str:
    """One line for everything that one outside protocol settles."""
    places = sorted({note.pointer[1:].replace("/", ".") for note in gaps})
    return f"{', '.join(f'`{place}`' for place in places)}: {why}; look there for each of them"


_IDLE = "waiver-waives-nothing"


def _idle(
    agreement: Agreement, rules: Sequence[Rule], used: set[Path], facts: Facts, verdicts: Mapping[str, Verdict]
) -> Iterator[Finding]:
    """A finding for each waiver that waived nothing, though its rule was asked."""
    asked = {rule.id: rule for rule in rules}
    rule = asked.get(_IDLE)
    if rule is None:
        return
    for waiver in agreement.waivers:
        if waiver.at not in used and waiver.rule in asked and waiver.until >= facts.on:
            certain = asked[waiver.rule].waivable and verdicts[waiver.rule] is Verdict.PASSED
            why = (
                "findings of this rule cannot be accepted"
                if not asked[waiver.rule].waivable
                else "what is found there stands in several parts, and each has to be named"
                if len(waiver.address) == 1 and verdicts[waiver.rule] is Verdict.FAILED
                else "the rule finds nothing there"
            )
            hit = Hit(
                waiver.at,
                f"this waiver of `{waiver.rule}` at `{_dotted(waiver.address)}` waives nothing: {why}",
                "remove it, or correct its `at:`",
                mend=_out(waiver, agreement) if certain else None,
            )
            yield _finding(rule, hit, 1, agreement.id, agreement.document, facts.book, None)


def _out(waiver: Waiver, agreement: Agreement) -> Edit:
    """The edit that takes out a waiver."""
    return Edit(waiver.at, agreement.fields["allow"][waiver.at[-1]], None)


def _waivers(agreement: Agreement, rule: Rule, hit: Hit, facts: Facts) -> list[Waiver | None]:
    """For each place of a hit the waiver in force that accepts it there; of several places, `flows` alone names none."""
    ours = [one for one in agreement.waivers if one.rule == rule.id and one.until >= facts.on]
    places = hit.places if ours else (hit.at,)

    def names(address: Path, place: Path) -> bool:
        return matches(address, place) and (len(places) == 1 or len(address) > 1 or address == place)

    return [next((one for one in ours if names(one.address, place)), None) for place in places]


def _misshapen(one: Misshapen, book: Book, every: Sequence[Rule], asked: Asked) -> Checked:
    document = one.document
    raw = document.data if isinstance(document.data, dict) else {}
    name = raw.get("id") if isinstance(raw.get("id"), str) else document.name
    title = raw.get("title") if isinstance(raw.get("title"), str) else document.name
    rule = next(r for r in every if r.looks_at == "misfits")
    findings = [
        _finding(rule, Hit(m.at, m.message, m.fix, mend=m.mend), 1, str(name), document, book, None, key=m.key)
        for m in one.misfits
    ]
    findings.sort(key=lambda f: (f.span.line, f.span.column))
    verdicts = {r.id: Verdict.FAILED if r.id == rule.id else Verdict.NEEDS_PERSON for r in asked.rules}
    return Checked(document.name, str(name), str(title), None, verdicts, tuple(findings), (), fail_on=asked.fail_on)


def _finding(
    rule: Rule,
    hit: Hit,
    times: int,
    agreement: str,
    document: Document,
    book: Book,
    waiver: Waiver | None,
    *,
    key: bool = False,
) -> Finding:
    span = document.key_span(hit.at) if key else document.span(hit.at)
    places = tuple(place_of(rule.id, agreement, at, document.data) for at in hit.places)
    own = places[0] if hit.places[0] == hit.at else place_of(rule.id, agreement, hit.at, document.data)
    others = "one more flow" if times == 2 else f"{times - 1} more flows"
    more = f" (the same holds for {others})" if times > 1 else ""
    lines = document.lines
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        message=hit.message + more,
        why=rule.page.why,
        fix=hit.fix,
        sources=tuple(book.sources[name] for name in hit.cites) or rule.sources(book),
        agreement=agreement,
        file=document.name,
        span=span,
        line_text=lines[span.line - 1] if 0 < span.line <= len(lines) else "",
        pointer=_pointer(hit.at),
        address=own.address,
        fingerprint=own.fingerprint,
        places=places,
        waived=waiver,
        mend=None if waiver else hit.mend,
    )


def _worse(old: Verdict, new: Verdict) -> Verdict:
    return old if old is Verdict.FAILED else new


def _pointer(at: Path) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in at)


def _dotted(at: Path) -> str:
    return ".".join(str(step) for step in at)


_SEE = re.compile(r"""see["']?\s*:""")
_MAPS = ("flows", "agencies", "roles", "subjects", "purposes", "data")
"""Parts that hold others by id: `unknown: [flows]` says that there are more of them, not that nothing here is known."""


def _meet(one: Path, other: Path) -> bool:
    """Whether two paths, as far as both go, name the same place; `*` on either side stands for any step."""
    return all(a == b or "*" in (a, b) for a, b in zip(one, other, strict=False))


class _Covers:
    """What an agreement says about its own gaps: not typed in yet, written elsewhere, or settled by an outside protocol."""

    def __init__(self, agreement: Agreement) -> None:
        raw = agreement.fields
        self.bare = not agreement.flows and agreement.kind != "protocol"
        self.fields, self.protocol_missing = raw, agreement.protocol_missing
        self.unknown = [(split_address(a), a, ("unknown", i)) for i, a in enumerate(raw.get("unknown", ()))]
        self.given: list[tuple[Path, str]] = []
        self.outside: set[str] = set()
        under = raw.get("under")
        if isinstance(under, Mapping):
            for name in under.get("gives", ()):
                steps = split_address(name)
                for whole in [steps] if len(steps) > 1 else [("handling", *steps), ("governance", *steps), steps]:
                    self.given.append((whole, f"settled in “{under['title']}”, not checked here"))
            self.outside = {text for _, text in self.given}
        self.elsewhere = list(_see(raw, ())) if _SEE.search(agreement.document.text) else []

    def lines(self) -> Iterator[tuple[Path, str]]:
        """One line for each path listed as unknown."""
        for path, address, at in self.unknown:
            if schema.has(path):
                yield at, f"`{address}` has not been typed in yet, so nothing about it was checked"

    def why(self, hit: Hit, flow: str) -> str | None:
        """Why a hit is for a person to look at rather than a finding; `unknown` where its path is listed so.

        Where nobody tells anybody anything, what else is missing does not matter yet.
        `flow` is the id of the flow that gave the hit, if one did: what it takes from `defaults` is its own too.
        """
        if self.bare and hit.missing and hit.at != ("flows",):
            return "unknown"
        gaps = [path for path in (hit.at if hit.missing else None, hit.rests_on) if path is not None]
        places = [hit.at]
        if hit.at[:1] == ("defaults",):
            places += [("flows", "*", *hit.at[1:]), ("flows", flow, *hit.at[1:])]
        for pattern, _, _ in self.unknown:
            whole = pattern[:1] if pattern[1:] in ((), ("*",)) else None
            if whole and whole[0] in _MAPS and whole in (hit.at, hit.rests_on):
                return "unknown"  # there are more of them, and this rests on their number
            if len(pattern) == 1 and pattern[0] in _MAPS:
                continue
            if any(matches(pattern, place) for place in places) or any(
                _meet(pattern, gap) for gap in gaps if len(gap) > 1
            ):
                return "unknown"
        for gap in gaps:
            for pattern, text in self.given:
                if matches(pattern, gap):
                    return text
            for at, title in self.elsewhere:
                if matches(at, gap):
                    return f"see {title}"
        return "unknown" if self.protocol_missing and any(map(self._inherits, gaps)) else None

    def _inherits(self, gap: Path) -> bool:
        """Whether a protocol that is not here may settle a part: it may be inherited, and is not written here."""
        here: Any = self.fields.get(str(gap[0]))
        return gap[0] in INHERITED and (len(gap) == 1 or not isinstance(here, Mapping) or gap[1] not in here)


def _see(value: Any, at: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, dict):
        if "see" in value and at:
            see = value["see"]
            title = see if isinstance(see, str) else see["title"] + (f" ({see['where']})" if "where" in see else "")
            yield at, title
        for key, inner in value.items():
            if key != "see":
                yield from _see(inner, (*at, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _see(inner, (*at, i))
