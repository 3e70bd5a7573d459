"""Consent as a chart: for each way of handling it that flows use, whom to ask and what follows from what they say.

What follows is the policy's own answer to every question that those flows are about, asked by one person about one family.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sharecheck.agreement import Flow
from sharecheck.graphs import CONSENT, Edge, Graph, Line, Node, words
from sharecheck.knowledge import Book
from sharecheck.policy import promises
from sharecheck.policy.compiled import Policy
from sharecheck.policy.space import Space

_USUAL = {"linked": ("no",), "scale": ("one-person",), "request": ("none",), "objection": ("no",),
          "belief": ("known", "suspected")}  # fmt: skip
_SIDES = ("sender", "recipient", "item", "about", "purpose")


def graph(policy: Policy) -> Graph:
    """The graph of one agreement's consents."""
    agreement = policy.agreement
    assert agreement is not None
    nodes: list[Node] = []
    edges: list[Edge] = []
    lines: list[Line] = []
    space = Space(policy)
    grouped = {} if space.empty else _grouped(agreement.flows)
    for number, flows in enumerate(grouped.values(), 1):
        consent = flows[0].consent
        model = policy.book.term("consent-models", consent.model).label if consent else "The agreement does not say"
        group = f"{number}. {model}"
        who = str(consent.fields["who"]) if consent and consent.fields.get("who") else ""
        asking = Node(f"c{number}", "question", str(number), model, group, note=f"Whom: {who}" if who else "")
        nodes.append(asking)
        results: dict[tuple[str, ...], Node] = {}
        for outcomes, said in _follows(space, flows):
            if outcomes not in results:
                mark = f"{number}{words.letter(len(results))}"
                results[outcomes] = _result(f"r{mark}", mark, group, outcomes, policy.book)
                nodes.append(results[outcomes])
            edges.append(Edge(asking.id, results[outcomes].id, said))
        lines.append(Line(str(number), f"{model}.", "", tuple(_details(flows, policy))))
    notes: tuple[str, ...] = (
        "Taken for granted: it is about one person or family, nobody outside has asked for it, nobody has objected "
        "apart from what is said here, and whoever would receive it is not linked to the danger.",
    )
    if not promises.in_use(agreement, policy.book):
        notes += (words.NOT_IN_USE.format(on=policy.book.on),)
    return Graph(CONSENT, agreement.title, True, tuple(nodes), tuple(edges), tuple(lines), notes)


def _grouped(flows: Mapping[str, Flow]) -> dict[tuple[object, ...], list[Flow]]:
    """Flows that say the same of consent."""
    found: dict[tuple[object, ...], list[Flow]] = {}
    for flow in flows.values():
        one = flow.consent
        who = one.fields.get("who") if one else None
        key = (one.model, str(who), one.refused, one.unless, one.relied_on) if one else ()
        found.setdefault(key, []).append(flow)
    return found


def _follows(space: Space, flows: list[Flow]) -> list[tuple[tuple[str, ...], str]]:
    """The outcomes that can follow, with what leads to them in words, at the levels of concern from which the flows hold."""
    policy, algebra = space.policy, space.algebra
    ranks, grave = policy.table.ranks, policy.table.ranks["significant-harm"]
    rows = space.table.rows
    usual = space.masks(**_USUAL)
    order = list(policy.book.terms("outcomes"))
    ids = {flow.id: ranks.get(flow.concern, 0) for flow in flows}
    found: list[tuple[tuple[str, ...], str]] = []
    consent = next(one for one in space.dimensions if one.name == "consent")
    for band, levels in (
        ("below significant harm", [word for word, rank in ranks.items() if rank < grave]),
        ("from significant harm up", [word for word, rank in ranks.items() if rank >= grave]),
    ):
        alike: dict[tuple[str, ...], list[str]] = {}
        for said in reversed(consent.values):
            outcomes: set[str] = set()
            for box in policy.flow_boxes:
                concern = [word for word in levels if ranks[word] >= ids.get(box.part, len(ranks))]
                if concern:
                    sides = {name: side for name, side in zip(_SIDES, box.sides, strict=True) if side is not None}
                    masks = {**space.masks(concern=concern, consent=[said], **sides), **usual}
                    outcomes |= {rows[i].outcome for i in algebra.values(space.root, masks)}
            if outcomes:
                alike.setdefault(tuple(word for word in order if word in outcomes), []).append(said)
        for reached, those in alike.items():
            every = len(those) == len(consent.values)
            found.append(
                (reached, f"{'Whatever they say' if every else words.answer('consent', those, consent)}, {band}")
            )
    return found


def _result(name: str, mark: str, group: str, outcomes: tuple[str, ...], book: Book) -> Node:
    """What follows: one outcome, or several that what is shared with whom decides between."""
    labels = [book.term("outcomes", word).label for word in outcomes]
    if len(labels) == 1:
        return Node(name, "answer", mark, labels[0], group, tone=outcomes[0])
    label = "; or: ".join(labels)
    return Node(name, "answer", mark, label, group, note="By what is shared with whom: see the decision chart")


def _details(flows: list[Flow], policy: Policy) -> Iterator[str]:
    consent, book = flows[0].consent, policy.book
    assert policy.agreement is not None
    if consent is not None:
        for key, says in (("who", "Whom to ask"), ("record", "Record"), ("withdrawal", "To take it back"),
                          ("competence", "Ability to decide")):  # fmt: skip
            if isinstance(consent.fields.get(key), str):
                yield f"{says}: {consent.fields[key]}"
        if consent.refused:
            yield f"If they refuse, the agreement says: {book.term('refusals', consent.refused).label}"
        if consent.unless:
            held = [
                book.term(vocabulary, word).label
                for word in consent.unless
                for vocabulary in ("exceptions", "concern-levels")
                if word in book.terms(vocabulary)
            ]
            yield (
                f"Not asked for where: {'; '.join(held)}"
                if held
                else f"Not asked for where: {'; '.join(consent.unless)}"
            )
    document = policy.agreement.document
    for flow in flows:
        title = flow.fields.get("title") or words.spoken(flow.id).capitalize()
        yield f"Flow: {title} ({document.name}, line {document.key_span(('flows', flow.id)).line})"
