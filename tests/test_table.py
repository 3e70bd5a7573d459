"""The decision table proved: it answers every question, every row is of use, and no agreement can make it do harm.

Proofs are over all agreements and all circumstances. The conditions of the table are positive, so what holds more only
lets earlier rows in: the first clause that the given facts make sure is the last that can answer, and of those before it
only what the facts rule out cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import product

import pytest

from sharecheck import knowledge
from sharecheck.policy.table import CIRCUMSTANCES, Clause, table

BOOK = knowledge.load(date(2026, 12, 1))
TABLE = table(BOOK)
ROWS = {row.id: row for row in TABLE.rows}
INDIVIDUALS = ("self", "parent", "family", "at-risk", "employer", "other")

Facts = Mapping[str, set[str]]


def sure(clause: Clause, holding: Facts) -> bool:
    """Whether these facts meet a clause, circumstances apart, whatever else holds."""
    asked = (*clause.flags, *([("partners", clause.partners)] if clause.partners else []))
    return all(values & holding.get(name, set()) for name, values in asked)


def open_(clause: Clause, holding: Facts) -> bool:
    """Whether a clause could be met by these facts and some others.

    A recipient is of one kind only, and nothing is agreed where `partners` holds nothing.
    """
    if clause.partners and holding.get("partners") == set():
        return False
    return all(values & holding[name] for name, values in clause.flags if name == "recipient" and name in holding)


def follows(first: Clause, other: Clause, holding: Facts) -> bool:
    """Whether a clause is met wherever another is, circumstances apart: it asks for nothing more, or for what holds."""
    asked = (*other.flags, *([("partners", other.partners)] if other.partners else []))
    return all(
        values & holding.get(name, set()) or any(name == n and v <= values for n, v in asked)
        for name, values in (*first.flags, *([("partners", first.partners)] if first.partners else []))
    )


def bits(clauses: Iterable[bool]) -> int:
    return sum(1 << i for i, yes in enumerate(clauses) if yes)


def constrained_after(place: int) -> int:
    later = CIRCUMSTANCES[place + 1 :]
    return bits(any(name in clause.circumstances for name in later) for clause in TABLE.clauses)


def answering(holding: Facts, circumstances: Mapping[str, Iterable[str]], *, alone: bool = False) -> set[str | None]:
    """The rows that can answer where these facts hold; `alone`: where no others do. None where none can be sure to."""
    certain = bits(sure(clause, holding) for clause in TABLE.clauses)
    states = {(certain, certain if alone else bits(open_(clause, holding) for clause in TABLE.clauses))}
    for place, name in enumerate(CIRCUMSTANCES):
        words = tuple(circumstances.get(name, TABLE.words[name]))
        masks = {TABLE.masks[name][word] for word in words}
        later = constrained_after(place)
        reached = set()
        for (must, may), mask in product(states, masks):
            must, may = must & mask, may & mask  # noqa: PLW2901
            if settled := must & ~later:
                below = ((settled & -settled) << 1) - 1
                must, may = must & below, may & below  # noqa: PLW2901
            reached.add((must, may))
        states = reached
    found: set[str | None] = {None} if any(not must for must, _ in states) else set()
    for i, clause in enumerate(TABLE.clauses):
        if any(may >> i & 1 for _, may in states):
            earlier = bits(follows(before, clause, holding) for before in TABLE.clauses[:i])
            if any(may >> i & 1 and not may & earlier for _, may in states):
                found.add(TABLE.rows[clause.row].id)
    return found


# What holds of every item and purpose, one way or the other.
ITEMS = [{a, b} for a in ("confidential", "open") for b in ("identifies", "nameless")] + [{"anonymous", "nameless"}]


@pytest.mark.parametrize("recipient", ["agency", "dangerous", *INDIVIDUALS])
def test_every_question_has_an_answer(recipient: str) -> None:
    for item in ITEMS:
        assert None not in answering({"recipient": {recipient}, "item": item}, {}, alone=True)


@pytest.mark.parametrize("row", list(ROWS))
def test_every_row_answers_something(row: str) -> None:
    """For some clause of the row, the facts it asks for and no others, with what every item has, let it answer."""
    for clause in (c for c in TABLE.clauses if TABLE.rows[c.row].id == row):
        asked = [[(name, value) for value in sorted(values)] for name, values in clause.flags]
        partners = [[("partners", value)] for value in sorted(clause.partners)][:1]
        for way, item, purpose in product(product(*asked, *partners), ITEMS, ("disputed", "undisputed")):
            holding: dict[str, set[str]] = {"item": set(item), "purpose": {purpose}}
            for name, value in way:
                holding.setdefault(name, set()).add(value)
            holding.setdefault("recipient", {"agency"})
            if {"confidential", "open"} <= holding["item"] or {"identifies", "nameless"} <= holding["item"]:
                continue
            if row in answering(holding, {n: sorted(v) for n, v in clause.circumstances.items()}, alone=True):
                return
    pytest.fail(f"nothing lets `{row}` answer")


GRAVE = ("significant-harm", "adult-at-risk", "immediate-danger")
SURE = ("known", "suspected")
BARRED = {"item-barred-by-law", "item-barred-unless-agreed"}
AGENCY = {"recipient": {"agency"}}
CHILD_AT_RISK = {
    "linked": ("no",),
    "concern": ("significant-harm", "immediate-danger"),
    "danger": ("child",),
    "belief": SURE,
}
PROTECTS_CHILD = {"able": {"protects-child"}}

HARMFUL: list[tuple[str, Facts, Mapping[str, Iterable[str]], set[str], set[str]]] = [
    # name, what holds, circumstances, outcomes there may be, rows excused from that
    ("nothing that identifies or locates reaches a recipient linked to the danger",
     {"item": {"locates"}}, {"linked": ("yes",)}, {"do-not-share"}, set()),
    ("nothing that identifies or locates reaches the person from whom the danger comes",
     {"item": {"locates"}, "recipient": {"dangerous"}}, {}, {"do-not-share"}, set()),
    ("nothing at all is given to the person from whom the danger comes", {"recipient": {"dangerous"}}, {}, {"do-not-share"}, set()),
    *(
        (f"nothing goes by itself to anybody linked to the danger: {kind}", {"recipient": {kind}}, {"linked": ("yes",)},
         {"do-not-share", "seek-advice"}, set())
        for kind in ("agency", "dangerous", *INDIVIDUALS)
    ),
    ("what a law bars is never shared", {"item": {"barred"}}, {}, {"do-not-share"}, set()),
    ("what a law guards is never shared without advice, danger apart",
     {"item": {"guarded"}, **AGENCY},
     {"concern": ("none", "child-in-need", "significant-harm"), "request": ("none", "informal", "exemption-form")},
     {"do-not-share", "seek-advice"}, set()),
    ("no outsider is told without consent", {"recipient": {"other"}},
     {"consent": ("not-asked", "refused", "withdrawn", "unsafe-to-ask", "unable")}, {"do-not-share", "seek-advice"}, set()),
    ("an employer is told only with consent",
     {"recipient": {"employer"}}, {"consent": ("not-asked", "refused", "withdrawn", "unsafe-to-ask", "unable")},
     {"do-not-share", "seek-advice"}, set()),
    ("family is not told against the will of somebody who can decide",
     {"recipient": {"family"}}, {"consent": ("refused", "withdrawn"), "decides": ("yes",)}, {"do-not-share", "seek-advice"}, set()),
    ("a parent is not told against the will of a young person who understands",
     {"recipient": {"parent"}}, {"person": ("child",), "consent": ("refused", "withdrawn"), "decides": ("yes",)},
     {"do-not-share", "seek-advice"}, set()),
    ("nobody asks consent before a child at grave risk is protected, nor lets a refusal decide",
     {**AGENCY, **PROTECTS_CHILD}, CHILD_AT_RISK, {"must-share", "share", "seek-advice"},
     {*BARRED, "purpose-refused", "name-only-if-agreed", "name-left-out"}),
    ("nothing that partners agreed or left unsaid keeps a child at grave risk unprotected",
     {**AGENCY, **PROTECTS_CHILD, "partners": {"forbids"}}, CHILD_AT_RISK, {"must-share", "share", "seek-advice"},
     {*BARRED, "purpose-refused", "name-only-if-agreed", "name-left-out"}),
    ("immediate danger is told to whoever can act, whatever the partners agreed",
     {**AGENCY, "able": {"acts"}, "partners": {"forbids", "forbids-unless", "asks"}},
     {"linked": ("no",), "concern": ("immediate-danger",)}, {"must-share", "share"}, {*BARRED}),
    ("a duty holds whatever the partners agreed",
     {**AGENCY, "law": {"duty"}, "partners": {"forbids", "forbids-unless", "asks"}},
     {"linked": ("no",), "scale": ("one-person",), "concern": ("none", "child-in-need", "significant-harm")}, {"must-share"},
     {*BARRED, "purpose-refused", "item-guarded-by-law", "purpose-needs-advice", "outside-their-work",
      "outside-their-work-and-grave", "asked-about-a-victim", "asking-limited-by-law", "name-only-if-agreed",
      "name-left-out"}),
    ("what a law bars stays barred under a duty, a court's order or an agreement",
     {"item": {"barred"}, "law": {"duty"}, "partners": {"covers"}}, {"request": ("court-order",)}, {"do-not-share"}, set()),
    ("a capable adult's own risk is not told against their will unless something else obliges or is agreed",
     {**AGENCY}, {"linked": ("no",), "concern": ("significant-harm",), "danger": ("self",), "person": ("adult",),
      "decides": ("yes",), "consent": ("refused",), "request": ("none",), "objection": ("no",)},
     {"do-not-share", "seek-advice"},
     {"duty", "duty-without-exception", "agreed", "agreed-under-a-duty", "agreed-under-a-power", "identifies-nobody"}),
    ("silence is never a no where somebody may come to serious harm",
     {**AGENCY, "item": {"confidential", "identifies"}, "partners": set()},
     {"linked": ("no",), "concern": GRAVE, "danger": ("child", "another-adult", "public")},
     {"must-share", "share", "ask-first", "seek-advice"},
     {*BARRED, "purpose-refused", "name-left-out"}),  # a bar in law, and a purpose that is never one
]  # fmt: skip


@pytest.mark.parametrize(
    ("holding", "circumstances", "outcomes", "excused"), [row[1:] for row in HARMFUL], ids=[r[0] for r in HARMFUL]
)
def test_no_agreement_makes_it_do_harm(
    holding: Facts, circumstances: Mapping[str, Iterable[str]], outcomes: set[str], excused: set[str]
) -> None:
    rows = answering(holding, circumstances)
    wrong = {row for row in rows if row and ROWS[row].outcome not in outcomes} - excused
    assert not wrong
    assert any(row and ROWS[row].outcome in outcomes for row in rows)


def test_every_row_says_why_and_where_it_can_be_read() -> None:
    for row in TABLE.rows:
        assert row.says.endswith(".")
        assert all(name in BOOK.sources for name in row.source)
        assert row.outcome in BOOK.terms("outcomes")
    assert len(ROWS) == len(TABLE.rows)


def test_a_refusal_or_an_order_not_to_share_never_rests_on_what_nobody_has_read_alone() -> None:
    """A row that rests only on what is not verified may hold back or advise, and oblige to nothing."""
    for row in TABLE.rows:
        if row.outcome == "must-share":
            assert any(BOOK.sources[name].read != "unverified" for name in row.source), row.id
