"""What an agreement means in practice: its stories, each with the answer that the policy gives today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sharecheck.agreement import listed
from sharecheck.graphs import Graph
from sharecheck.graphs import Line as Said
from sharecheck.graphs.steps import steps
from sharecheck.knowledge import joined
from sharecheck.paper.model import Block, Bullets, Definitions, Entry, Figure, Heading, Line, Paragraph, Section
from sharecheck.paper.reader import Reader, gap, plain, quiet, spoken, strong, when
from sharecheck.policy import compiled
from sharecheck.policy.answer import Answer
from sharecheck.policy.names import Names, definite, lowered
from sharecheck.scenarios import Result

_SAID = (
    ("concern", "concern-levels", "concern: {}"), ("belief", "beliefs", "it is {}"), ("request", "requests", "{}"),
    ("scale", "scales", "about {}"), ("danger_to", "dangers", "the danger is to {}"),
)  # fmt: skip
_ABILITIES: Mapping[object, str] = {True: "yes", False: "no"}


def scenarios(reader: Reader, results: Sequence[Result]) -> Section:
    """The stories of an agreement: the question in words, and the answer."""
    title = "What this means in practice"
    if not results:
        said = gap("No story was written for this agreement, so none is answered here.")
        return Section("practice", title, (Paragraph(said),))
    names = Names([compiled.compile(reader.agreement, reader.book)], reader.book)
    lead = (
        "Each story is answered as the agreement reads while it is in use, from the agreement, the law and the decision table that "
        "sharecheck carries. It is not legal advice, and a person decides."
    )
    blocks: list[Block] = [Paragraph(quiet(lead))]
    for result in results:
        blocks.append(Heading(spoken(result.scenario.id).capitalize()))
        blocks.append(Definitions(tuple(_story(result, names, reader))))
    return Section("practice", title, tuple(blocks))


def _story(result: Result, names: Names, reader: Reader) -> Iterator[Entry]:
    scenario = result.scenario
    if scenario.text:
        yield Entry("The story", (plain(scenario.text),))
    for i, given in enumerate(scenario.given):
        many = f" {i + 1}" if len(scenario.given) > 1 else ""
        yield Entry(f"The question{many}", (plain(question(given, names, reader)),))
        if i < len(result.answers):
            yield Entry(f"The answer{many}", tuple(_answer(result.answers[i], reader)))
    if not result.answers:
        yield Entry("The answer", (gap("It cannot be answered today: " + result.why + "."),))
    elif not result.passed:
        expected = scenario.expected
        label = reader.word("outcomes", expected.outcome) if expected else "another answer"
        yield Entry(
            "What the partners expected", (gap(f"{label}. The agreement does not mean that today: {result.why}."),)
        )


def question(given: Mapping[str, Any], names: Names, reader: Reader) -> str:
    """A question in words, with what it says of the circumstances."""
    items = joined([_item(one, reader) for one in listed(given.get("data"))]) or "something"
    to = given.get("relation") or given.get("to") or ""
    about = joined([_person(one, reader) for one in listed(given.get("about"))])
    age = f", aged {given['age']}" if "age" in given else ""
    purpose = str(given.get("purpose", ""))
    opening = (
        f"May {definite(names.party(str(given.get('from', 'somebody'))))} tell {definite(names.party(str(to)) or 'somebody')} "
        f"the {items}"
    )
    said = [f"{opening}{f' about {about}{age}' if about else ''}{f', for {_end(purpose, reader)}' if purpose else ''}?"]
    facts = [
        form.format(_label(reader, vocabulary, str(given[name]))) for name, vocabulary, form in _SAID if name in given
    ]
    if "consent" in given:
        facts += _consent(given["consent"], reader)
    if "able_to_decide" in given:
        facts.append(_label(reader, "abilities", _ABILITIES.get(given["able_to_decide"], str(given["able_to_decide"]))))
    if given.get("objection"):
        facts.append("the person objects")
    if given.get("to_protect"):
        facts.append(f"to protect {_person(given['to_protect'], reader)}")
    if given.get("linked_to_risk"):
        facts.append("the recipient is linked to the danger")
    if given.get("on"):
        facts.append(f"on {when(given['on'])}")
    if given.get("jurisdiction"):
        facts.append(f"in {reader.word('jurisdictions', given['jurisdiction'])}")
    if facts:
        text = "; ".join(facts)
        said.append(f"{text[:1].upper()}{text[1:]}.")
    return " ".join(said)


def _label(reader: Reader, vocabulary: str, word: str) -> str:
    return lowered(reader.word(vocabulary, word))


def _consent(said: Any, reader: Reader) -> list[str]:
    if isinstance(said, Mapping):
        return [f"of {_person(who, reader)}, {_label(reader, 'answers-to-consent', one)}" for who, one in said.items()]
    return [_label(reader, "answers-to-consent", str(said))]


def _item(name: str, reader: Reader) -> str:
    return spoken(name) if name in reader.agreement.items else _label(reader, "data-categories", name)


def _person(name: str, reader: Reader) -> str:
    known = spoken(name) if name in reader.agreement.subjects else _label(reader, "subject-types", name)
    return known if known.startswith(("the ", "a ", "an ")) else f"the {known}"


def _end(name: str, reader: Reader) -> str:
    return spoken(name) if name in reader.agreement.purposes else _label(reader, "purposes", name)


def _answer(answer: Answer, reader: Reader) -> Iterator[Line]:
    yield strong(f"{reader.word('outcomes', answer.outcome)}.")
    yield plain(answer.row.says)
    if answer.withhold:
        yield plain(f"Keep back: {joined([_item(one, reader) for one in answer.withhold])}.")
    for first in answer.first:
        yield plain(f"First: {first}")
    rests = [*_clauses(answer, reader), *(one.title for one in answer.provisions)]
    if rests:
        yield quiet(f"It rests on {joined(rests)}.")


def _clauses(answer: Answer, reader: Reader) -> Iterator[str]:
    for ground in answer.flows:
        flow = reader.agreement.flows.get(ground.id) if ground.kind == "flows" else None
        if flow and ground.agreement == reader.agreement.id:
            yield f"flow {reader.number[flow.id]} ({lowered(reader.flow_title(flow))})"
        else:
            yield f"the prohibition {spoken(ground.id)}" if ground.kind == "never" else spoken(ground.id)


@dataclass(frozen=True, slots=True)
class Charted:
    """A decision chart, the purpose it is for and the name of its picture."""

    purpose: str
    graph: Graph
    picture: str


def deciding(charts: Sequence[Charted], left: int) -> Iterator[Section]:
    """The practitioner's charts, a page for each, in words too; `left` says how many were not printed."""
    lead = (
        "This chart asks only what makes a difference, and each way through it ends where the agreement, the law and the decision "
        "table end. A person decides."
    )
    more = f" {left} more, for other senders, recipients or items, are drawn by sharecheck flowchart." if left else ""
    purposes = [one.purpose for one in charts]
    for number, chart in enumerate(charts, 1):
        graph, many = chart.graph, purposes.count(chart.purpose) > 1
        title = f"How to decide: {spoken(chart.purpose)}"
        if many:
            title += f" ({purposes[:number].count(chart.purpose)} of {purposes.count(chart.purpose)})"
        instead = f"Decision chart of {len(graph.nodes)} boxes; the same follows in words."
        words = tuple((plain(step.box), *(quiet(arrow) for arrow in step.arrows)) for step in steps(graph))
        blocks: list[Block] = [Paragraph(quiet(lead + more))] if number == 1 else []
        blocks += [Paragraph(plain(note)) for note in graph.notes]
        blocks += [Figure(chart.picture, "", instead), Definitions(tuple(_meaning(line) for line in graph.lines))]
        blocks += [Heading("The same in words"), Bullets(words)]
        yield Section(f"deciding-{number}", title, tuple(blocks), apart=True)


def _meaning(said: Said) -> Entry:
    return Entry(said.mark, (strong(said.title), *([plain(said.text)] if said.text else ()), *map(quiet, said.details)))
