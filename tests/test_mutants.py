"""Mutation check: an agreement known to be clean, damaged in one known way, is caught by the rule for that damage.

`mutants.yaml` says, rule by rule, how to damage, and how to read it. `python tests/test_mutants.py` prints what
was caught and missed, and what else each rule's damage brought up beside it.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from conftest import DAY, ROOT
from sharecheck import agreement, knowledge, report, repository, rules, schema, source
from sharecheck.agreement import Agreement, Flow, listed, split_address
from sharecheck.repository import Gathered, Misshapen
from sharecheck.rules.facts import Facts
from sharecheck.settings import Settings
from sharecheck.source import Path

TABLE: dict[str, Any] = source.read(ROOT / "tests" / "mutants.yaml").data
RULES = {rule.id for rule in rules.load()}
BOOK = knowledge.load(DAY)
EACH = 3
"""On how many agreements one damage is tried."""
ENOUGH = 300

FLOWS: dict[str, Callable[[Flow, Facts], bool]] = {
    "protecting": lambda flow, facts: facts.serves(flow, "safeguarding"),
    "referring": lambda flow, facts: (
        facts.serves(flow, "protects_children")
        and not flow.fields.get("answers")
        and not flow.both_ways
        and all(map(facts.front_door, facts.recipients(flow)))
        and not any(map(facts.front_door, facts.senders(flow)))
    ),
    "answering": lambda flow, facts: bool(flow.fields.get("answers")) and facts.serves(flow, "protects_children"),
    "asking": lambda flow, facts: (
        facts.asks(flow) and not facts.serves(flow, "safeguarding") and bool(flow.consent and flow.consent.relied_on)
    ),
    "informing": lambda flow, facts: not facts.asks(flow) and not facts.serves(flow, "safeguarding"),
    "caring": lambda flow, _: flow.confidentiality == ("implied-direct-care",),
    "special": lambda flow, facts: bool(facts.special(flow)),
    "criminal": lambda flow, facts: facts.criminal(flow),
}
"""The kinds of flow that a path may name, such as `flows.*protecting.consent`."""


@dataclass(frozen=True, eq=False)
class Mutant:
    """One damaged agreement, with the protocol it stands under, and the rule that has to catch it."""

    rule: str
    number: int
    agreement: str
    data: Any
    above: Any

    @property
    def name(self) -> str:
        return f"{self.rule}-{self.number}-{self.agreement}"


@cache
def originals() -> dict[str, Agreement]:
    """The agreements of protocols/, and last the small one that the examples on the pages of rules are laid over."""
    clean = repository.gather([ROOT / "protocols", ROOT / "src" / "sharecheck" / "rules" / "base.yaml"], Settings(ROOT))
    return {one.id: one for one in sorted(clean.agreements, key=lambda one: one.id == "example")}


@cache
def outcome(mutant: Mutant) -> report.Checked:
    """What every rule says of the damaged agreement; one that takes another's id stands beside that other."""
    original = originals()[mutant.agreement]
    document = _document(mutant.data, original)
    if misfits := tuple(schema.misfits(document.data)):
        gathered = Gathered((), (Misshapen(document, misfits),), ())
    else:
        damaged = agreement.build(document, _protocol(mutant))
        others = (one for one in originals().values() if one is not original and one.id == damaged.id)
        gathered = Gathered((damaged, *others), (), ())
    checked = report.check(gathered, BOOK, rules.load(), "test").checked
    return next(one for one in checked if one.name == document.name)


def _protocol(mutant: Mutant) -> Agreement | None:
    """The protocol that the damaged agreement names, if it still names one that there is."""
    parent = originals()[mutant.agreement].parent
    if parent is None or mutant.data.get("under") != parent.id:
        return None
    sound = mutant.above == parent.document.data
    return parent if sound else agreement.build(_document(mutant.above, parent))


def _document(data: Any, original: Agreement) -> source.Document:
    """A document with damaged data; nobody asks on which line a finding stands, so one line does for its text."""
    return source.Document(original.document.name, "see: the data", data)


def is_caught(mutant: Mutant) -> bool:
    """Whether the rule has found the damage, or asks a person about it where it can do no more."""
    checked = outcome(mutant)
    asked = {note.rule for note in checked.notes} if mutant.rule in TABLE["asks"] else set()
    return mutant.rule in {finding.rule for finding in checked.findings} | asked


def mutants() -> Iterator[Mutant]:
    """Every damage of the table on the first agreements that have every part it touches."""
    texts = {name: json.dumps(one.document.data) for name, one in originals().items()}
    for rule, damages in TABLE["mutants"].items():
        for number, damage in enumerate(damages, 1):
            tried = 0
            for name, original in originals().items():
                if tried < EACH and name in listed(_keeps_to(damage) or name):
                    data = json.loads(texts[name])
                    above = json.loads(texts[original.parent.id]) if original.parent else {}
                    if all(edit(data, above, how, original) for how in listed(damage)):
                        tried += 1
                        yield Mutant(rule, number, name, data, above)


def _keeps_to(damage: Any) -> Any:
    return next((how["in"] for how in listed(damage) if "in" in how), None)


def edit(data: Any, above: Any, how: dict[str, Any], original: Agreement) -> bool:
    """Make one edit in an agreement or the protocol above it; false where there is nothing to damage."""
    (verb,) = {"drop", "set", "append", "change"} & set(how)
    first, *steps = split_address(how[verb])
    root, path = (above, tuple(steps)) if first == "above" else (data, (first, *steps))
    places = list(_places(root, path, original, must_exist=verb != "set"))
    for holder, key in places:
        if verb == "drop":
            del holder[key]
        elif verb == "append":
            holder[key] = [*listed(holder[key]), how["to"]]
        else:
            holder[key] = how["to"]
    return bool(places)


def _places(here: Any, path: Path, original: Agreement, *, must_exist: bool) -> Iterator[tuple[Any, Any]]:
    step, *rest = path
    if isinstance(step, str) and step.startswith("*"):
        for key in _keys(here, step.lstrip("*"), original):
            found = list(_places(here, (key, *rest), original, must_exist=must_exist))
            yield from found
            if found and not step.startswith("**"):
                return
        return
    there = step in here if isinstance(here, dict) else isinstance(here, list) and step in range(len(here))
    if rest:
        if there:
            yield from _places(here[step], tuple(rest), original, must_exist=must_exist)
    elif there or (not must_exist and isinstance(here, dict)):
        yield here, step


def _keys(here: Any, kind: str, original: Agreement) -> Iterable[Any]:
    """The steps that a star stands for: all there are, or the flows of one kind as they were before the damage."""
    if kind:
        facts = _facts(original.id)
        return [flow.id for flow in original.flows.values() if FLOWS[kind](flow, facts)]
    return list(here) if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else ()


@cache
def _facts(name: str) -> Facts:
    return Facts(originals()[name], BOOK)


MUTANTS = list(mutants())


def test_there_are_enough() -> None:
    assert len(MUTANTS) >= ENOUGH


def test_every_damage_touches_something() -> None:
    made = {(mutant.rule, mutant.number) for mutant in MUTANTS}
    every = {(rule, number) for rule, damages in TABLE["mutants"].items() for number in range(1, len(damages) + 1)}
    assert every == made


def test_every_rule_has_a_mutant_or_a_reason() -> None:
    """A rule that no damage to an agreement of protocols/ can show says why under `without`, and may be shown on another."""
    shown = {mutant.rule for mutant in MUTANTS if mutant.agreement != "example"}
    without = set(TABLE["without"])
    assert shown | without == RULES
    assert not shown & without


def test_the_agreements_themselves_are_clean() -> None:
    gathered = Gathered(tuple(originals().values()), (), ())
    assert list(report.check(gathered, BOOK, rules.load(), "test").findings) == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_is_caught(mutant: Mutant) -> None:
    assert is_caught(mutant)


def main() -> None:
    """Print what was missed, what else each rule's damage brought up and on how many mutants, and the sums."""
    beside: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for mutant in MUTANTS:
        beside[mutant.rule].update({finding.rule for finding in outcome(mutant).findings} - {mutant.rule})
    of = Counter(mutant.rule for mutant in MUTANTS)
    for rule, others in beside.items():
        if others:
            shown = ", ".join(
                f"{other} {count}" for other, count in sorted(others.items(), key=lambda o: (-o[1], o[0]))
            )
            sys.stdout.write(f"beside {rule} (of {of[rule]}): {shown}\n")
    missed = [mutant for mutant in MUTANTS if not is_caught(mutant)]
    sys.stdout.writelines(f"missed: {mutant.name}\n" for mutant in missed)
    clean = report.check(Gathered(tuple(originals().values()), (), ()), BOOK, rules.load(), "test")
    alone = sum(not ({f.rule for f in outcome(mutant).findings} - {mutant.rule}) for mutant in MUTANTS)
    sys.stdout.write(
        f"{len(MUTANTS)} mutants of {len(beside)} rules: {len(MUTANTS) - len(missed)} caught, {alone} of them with nothing "
        f"else found, {len(missed)} missed. {len(originals())} undamaged agreements: {len(list(clean.findings))} false alarms.\n"
    )


if __name__ == "__main__":
    main()
