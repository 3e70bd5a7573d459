"""The practitioner's chart: a policy as a few plain questions, computed from it and exact.

One sheet is for senders, recipients, items and people that an agreement's flows bring together for one purpose. What a
sheet does not ask it takes as usual and says so (`Sheet.scope`): of those questions every path gives the policy's own answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from sharecheck.agreement import Flow, contact
from sharecheck.errors import SettingsError
from sharecheck.graphs import DECISION, Edge, Graph, Line, Node, words
from sharecheck.graphs.tree import Ask, Grower, Leaf, Tree, questions
from sharecheck.knowledge import joined
from sharecheck.policy import diagram, promises
from sharecheck.policy.answer import Ground
from sharecheck.policy.compiled import Policy, Who
from sharecheck.policy.names import Names, named
from sharecheck.policy.space import DIMENSIONS, PARTS, Space
from sharecheck.policy.table import CIRCUMSTANCES, Aside, Row

MOST = 12
"""A sheet that would need more questions than this is drawn as several, each for some of who and what."""

_LEVEL = {name: level for level, name in enumerate(DIMENSIONS)}
_SPLIT_BY = (("recipient", "item", "about"), ("danger", "person"))
"""What a chart is split by: whom, what and about whom before the circumstances."""

_ORDER = ("recipient", "concern", "item", "about", "danger", "person", "decides", "consent", "objection", "belief", "linked",
          "request", "scale", "sender", "purpose")  # fmt: skip
_USUAL = {"linked": "no", "scale": "one-person", "request": "none", "objection": "no", "belief": "suspected"}
"""What a chart takes for granted, and lets be otherwise where that makes no difference to any of its answers."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What tells one answer of a chart from another: how it ends, what is done first, and whether nobody is told of it."""

    word: str
    first: tuple[str, ...]
    quiet: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of a sheet: its letter, the rows of the decision table it comes from and the flows it rests on.

    `asides` are done first as well: always, or where their condition holds of some of the questions only.
    """

    letter: str
    outcome: Outcome
    rows: tuple[Row, ...]
    grounds: tuple[Ground, ...]
    always: tuple[str, ...]
    sometimes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One chart: the questions it covers (`scope`, masks by level of the space), its tree and its answers by outcome."""

    space: Space = field(repr=False)
    scope: Mapping[int, int]
    tree: Tree[Outcome]
    answers: Mapping[Outcome, Answer]
    number: int
    of: int

    @property
    def questions(self) -> int:
        """How many questions are on it."""
        return len(questions(self.tree))

    @property
    def covers(self) -> int:
        """How many questions of the policy it answers."""
        return prod(mask.bit_count() for mask in self.scope.values())

    def values(self, name: str) -> tuple[str, ...]:
        """The words of one dimension that it covers."""
        level = _LEVEL[name]
        return tuple(word for i, word in enumerate(self.space.names[level]) if self.scope[level] >> i & 1)

    def graph(self) -> Graph:
        """The sheet as boxes and arrows."""
        return _Drawing(self).graph()


def draw(
    policy: Policy, *, purpose: str | None = None, role: str | None = None, to: str | None = None
) -> tuple[Sheet, ...]:
    """The sheets of an agreement, in the order of its purposes; only those of a purpose, a sender and a recipient, if named.

    Without `to` a sheet is for those whom the sender's flows reach. Raises `SettingsError` where a name is not known, or
    nothing is shared that way.
    """
    space = Space(policy)
    agreement = policy.agreement
    if agreement is None or space.empty:
        return ()
    _check(policy, purpose, role, to)
    found: dict[tuple[object, ...], tuple[diagram.Node[Outcome], dict[int, int]]] = {}
    charting = _Charting(space)
    for aim in policy.purposes:
        for who in space.senders:
            if (purpose in (None, aim)) and (role is None or named(who.name, role) or _at(policy, who, role)):
                for node, scope in charting.wanted(aim, who, to, asked=role is not None):
                    key = (node, *(mask for level, mask in sorted(scope.items()) if level != _LEVEL["sender"]))
                    held = found.setdefault(key, (node, {**scope, _LEVEL["sender"]: 0}))[1]
                    held[_LEVEL["sender"]] |= scope[_LEVEL["sender"]]
    parts = [part for node, scope in found.values() for part in charting.split(node, scope)]
    if not parts:
        raise SettingsError(
            "no flow of this agreement goes that way, so there is nothing to chart",
            "leave out `--purpose` or `--role`, name a recipient with `--to`, or put one question with `sharecheck ask`",
        )
    return tuple(
        Sheet(space, scope, tree, charting.answers(scope, tree), number, len(parts))
        for number, (scope, tree) in enumerate(parts, 1)
    )


def foremost(sheets: Sequence[Sheet]) -> tuple[Sheet, ...]:
    """For each purpose the one sheet that covers the most questions; the first of those that cover as many."""
    best: dict[tuple[str, ...], Sheet] = {}
    for sheet in sheets:
        held = best.setdefault(sheet.values("purpose"), sheet)
        if sheet.covers > held.covers:
            best[sheet.values("purpose")] = sheet
    return tuple(best.values())


def _at(policy: Policy, who: Who, agency: str) -> bool:
    """Whether a party with a role is at an agency, so that naming the agency means it."""
    held, at, _ = policy.places[who.name]
    return bool(held) and at == agency


def _check(policy: Policy, purpose: str | None, role: str | None, to: str | None) -> None:
    parties = list(policy.parties)
    known = {
        "--purpose": (purpose, list(policy.purposes)),
        "--role": (role, parties),
        "--to": (to, [*parties, *policy.individuals]),
    }
    for option, (name, names) in known.items():
        if name is not None and not any(named(one, name) for one in names):
            shown = ", ".join(f"`{one}`" for one in names[:12]) + (" …" if len(names) > 12 else "")
            raise SettingsError(f"`{option} {name}`: the agreement has no such name", f"it has {shown}")


class _Charting:
    """Charts of one space."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.algebra = space.algebra
        rows = space.table.rows
        self.kept = [Outcome(row.outcome, row.first, row.inform == "no") for row in rows]
        self.root = self.algebra.apply(self.kept.__getitem__, space.root)
        self._ending: dict[tuple[str, ...], diagram.Node[bool]] = {}
        self._having: dict[Outcome, diagram.Node[bool]] = {}
        order = [_LEVEL[name] for name in _ORDER]
        concern = _LEVEL["concern"]
        self.grower: Grower[Outcome] = Grower(self.algebra, order, frozenset((concern,)), concern)

    # which questions

    def wanted(
        self, aim: str, who: Who, to: str | None, *, asked: bool
    ) -> Iterator[tuple[diagram.Node[Outcome], dict[int, int]]]:
        """What one sender may be asked about for one purpose: by its flows, and by whom it would tell where that is said.

        Where both are said (`asked`) a chart is drawn although no flow goes that way: of all items and people.
        """
        policy, agreement = self.space.policy, self.space.policy.agreement
        assert agreement is not None
        flows = [
            flow for flow in agreement.flows.values()
            if aim in flow.purposes and any(who.name in policy.called(party.ref) for party in flow.senders)
        ]  # fmt: skip
        reached = {
            name: [flow for flow in flows if any(name in policy.called(party.ref) for party in flow.recipients)]
            for name in self.space.names[_LEVEL["recipient"]] if name != who.name and (to is None or named(name, to))
        }  # fmt: skip
        if to is None:
            reached = {name: theirs for name, theirs in reached.items() if theirs}
        elif not asked and not any(reached.values()):
            return
        if not reached:
            return
        going = list({flow.id: flow for theirs in reached.values() for flow in theirs}.values())
        items = [item for flow in going for item in flow.data] or list(policy.items)
        about = [one for flow in going for one in flow.about] or list(policy.subjects)
        masks = self.space.masks(sender=[who.name], recipient=reached, purpose=[aim], item=items, about=about)
        if all(masks.values()):
            yield self.settled(aim, masks)

    def settled(self, aim: str, masks: dict[int, int]) -> tuple[diagram.Node[Outcome], dict[int, int]]:
        """The function within these masks and what is taken for granted, and all that it then covers."""
        policy, names = self.space.policy, self.space.names
        scope = {level: masks.get(level, full) for level, full in enumerate(self.algebra.full)}
        node = self.root
        for level in range(len(PARTS)):
            node = self.grower.within(node, level, scope[level])
        for name, word in _USUAL.items():
            node = self._fixed(node, scope, _LEVEL[name], names[_LEVEL[name]].index(word))
        children = policy.book.term("purposes", policy.purposes[aim].words[0]).is_("protects_children")
        if children:
            node = self._fixed(node, scope, _LEVEL["danger"], names[_LEVEL["danger"]].index("child"))
        ages = {
            policy.law.age(policy.subjects[names[4][i]].words[0])
            for i in range(len(names[4])) if scope[_LEVEL["about"]] >> i & 1
        }  # fmt: skip
        if children or ages == {"child"}:
            node = self._of_one_ladder(node, scope, of_children=True)
        elif ages == {"adult"}:
            node = self._of_one_ladder(node, scope, of_children=False)
        return node, scope

    def _fixed(
        self, node: diagram.Node[Outcome], scope: dict[int, int], level: int, value: int
    ) -> diagram.Node[Outcome]:
        """The function at one value; values that make no difference are covered with it."""
        fixed = self.algebra.fix(node, {level: value})
        scope[level] = sum(
            1 << one for one in range(self.algebra.sizes[level]) if self.algebra.fix(node, {level: one}) is fixed
        )
        return fixed

    def _of_one_ladder(
        self, node: diagram.Node[Outcome], scope: dict[int, int], *, of_children: bool
    ) -> diagram.Node[Outcome]:
        """Without the levels of concern that are for the other of children and adults, where these say otherwise."""
        level, terms = _LEVEL["concern"], self.space.policy.book.terms("concern-levels")
        ranks: dict[int, list[int]] = {}
        for i, term in enumerate(terms.values()):
            ranks.setdefault(int(term.facts["rank"]), []).append(i)
        by_place = list(terms.values())
        for alike in ranks.values():
            own = [i for i in alike if by_place[i].is_("of_children") == of_children]
            if not own or len(own) == len(alike):
                continue
            for other in set(alike) - set(own):
                if self.algebra.fix(node, {level: other}) is not self.algebra.fix(node, {level: own[0]}):
                    scope[level] &= ~(1 << other)
        return self.grower.within(node, level, scope[level])

    # trees

    def split(
        self, node: diagram.Node[Outcome], scope: Mapping[int, int]
    ) -> Iterator[tuple[Mapping[int, int], Tree[Outcome]]]:
        """The tree; or several, where it would be large: one for each group of recipients, items or people alike."""
        tree = self.grower.grow(node, scope)
        asked = self.grower.asked(node)
        ways = [[_LEVEL[name] for name in names if _LEVEL[name] in asked] for names in _SPLIT_BY]
        levels = next(filter(None, ways), [])
        if len(questions(tree)) <= MOST or not levels:
            yield scope, tree
            return
        divided = {level: self.grower.parts(node, level, scope[level]) for level in levels}

        def largest(level: int) -> tuple[int, int]:
            sizes = [len(questions(self.grower.grow(child, {**scope, level: mask}))) for mask, child in divided[level]]
            return max(sizes), len(sizes)

        level = min(levels, key=largest)
        for mask, child in divided[level]:
            yield from self.split(child, {**scope, level: mask})

    # answers

    def answers(self, scope: Mapping[int, int], tree: Tree[Outcome]) -> dict[Outcome, Answer]:
        """Every answer in the order in which a tree comes to it, with a letter, its rows and what it rests on."""
        covered = self.algebra.box(scope)
        found: dict[Outcome, Answer] = {}
        asides = self._asides(scope)
        answering = sorted(self.algebra.values(self.space.root, scope))
        for outcome in _outcomes(tree):
            theirs = self.algebra.intersection(covered, self._with(outcome))
            rows = [i for i in answering if self.kept[i] == outcome]
            always, sometimes = [], []
            for says, where in asides:
                if self.algebra.difference(theirs, where) is self.algebra.none:
                    always.append(says)
                elif self.algebra.intersection(theirs, where) is not self.algebra.none:
                    sometimes.append(says)
            found[outcome] = Answer(
                words.letter(len(found)), outcome, tuple(self.space.table.rows[i] for i in rows),
                tuple(self._grounds(theirs)), tuple(always), tuple(sometimes),
            )  # fmt: skip
        return found

    def _with(self, outcome: Outcome) -> diagram.Node[bool]:
        """The questions with an outcome."""
        if outcome not in self._having:
            self._having[outcome] = self.algebra.select(self.root, outcome.__eq__)
        return self._having[outcome]

    def _grounds(self, theirs: diagram.Node[bool]) -> Iterator[Ground]:
        """The flows and prohibitions that say something of some of these questions."""
        policy, agreement = self.space.policy, self.space.policy.agreement
        assert agreement is not None
        for kind, boxes, terms in (
            ("flows", policy.flow_boxes, policy.flow_terms), ("never", policy.bar_boxes, policy.bar_terms),
        ):  # fmt: skip
            said: dict[str, None] = {}
            for box, bits in zip(boxes, terms, strict=True):
                sides = {name: side for name, side in zip(_SIDES, box.sides, strict=True) if side is not None}
                masks = self.space.masks(**sides)
                for term in policy.table.terms_of(bits):
                    when = self.space.masks(concern=term.concern, consent=term.consent, objection=term.objection)
                    if self.algebra.meets(theirs, {**masks, **when}):
                        said[box.part] = None
            yield from (Ground(agreement.id, kind, name, agreement.document) for name in said)

    def _asides(self, scope: Mapping[int, int]) -> list[tuple[str, diagram.Node[bool]]]:
        """What is said first with some answers, and the questions that it is said with."""
        return [(aside.says, self._said(aside, scope)) for aside in self.space.table.steps]

    def _said(self, aside: Aside, scope: Mapping[int, int]) -> diagram.Node[bool]:
        """The questions of a scope that an aside fits, whatever the outcome limits it to being among them."""
        space, policy, algebra = self.space, self.space.policy, self.algebra

        def expand(
            level: int, state: tuple[int, ...] | None
        ) -> diagram.Node[bool] | Iterable[tuple[int, tuple[int, ...] | None]]:
            if state is None:
                return algebra.none
            if level < len(PARTS):
                inside = [(1 << i, (*state, i)) for i in range(algebra.sizes[level]) if scope[level] >> i & 1]
                return [*inside, (algebra.full[level] & ~scope[level], None)]
            sender, recipient = space.senders[state[0]], space.recipients[state[1]]
            purpose, item, about = space.purposes[state[2]], space.items[state[3]], space.subjects[state[4]]
            situation = policy.situation(sender, recipient, item, about, purpose)
            facts = policy.facts(sender, recipient, item, purpose, situation.law)
            ways = [
                space.masks(**clause.circumstances) for clause in aside.clauses
                if all(facts[name] & values for name, values in clause.flags)
            ]  # fmt: skip
            return algebra.union(*[algebra.box(way) for way in ways])

        start: tuple[int, ...] | None = ()
        said = algebra.build(expand, start)
        if not aside.outcomes:
            return said
        if aside.outcomes not in self._ending:
            alike = [self._with(outcome) for outcome in dict.fromkeys(self.kept) if outcome.word in aside.outcomes]
            self._ending[aside.outcomes] = algebra.union(*alike)
        return algebra.intersection(said, self._ending[aside.outcomes])


_SIDES = ("sender", "recipient", "item", "about", "purpose")


def _outcomes(tree: Tree[Outcome]) -> list[Outcome]:
    found: dict[Outcome, None] = {}
    seen: set[Ask[Outcome]] = set()

    def visit(tree: Tree[Outcome]) -> None:
        if isinstance(tree, Leaf):
            found[tree.value] = None
        elif tree not in seen:
            seen.add(tree)
            for _, below in tree.branches:
                visit(below)

    visit(tree)
    return list(found)


def _rest(tree: Ask[Outcome]) -> int | None:
    """Which branch is called the rest: the one of the most values, where there are three or more and no other has as many."""
    sizes = [mask.bit_count() for mask, _ in tree.branches]
    return sizes.index(max(sizes)) if max(sizes) > 2 and sizes.count(max(sizes)) == 1 else None


class _Drawing:
    """A sheet in words."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.policy = sheet.space.policy
        self.book = self.policy.book
        self.names = Names([self.policy], self.book)
        agreement = self.policy.agreement
        assert agreement is not None
        self.agreement = agreement

    def graph(self) -> Graph:
        """The graph of the sheet."""
        nodes: list[Node] = []
        edges: list[Edge] = []
        numbers = {ask: str(i) for i, ask in enumerate(questions(self.sheet.tree), 1)}
        places = [self.sheet.tree]
        seen: set[Ask[Outcome]] = set()
        for tree in places:  # it grows while it is read, so that questions come in the order of their distance
            if isinstance(tree, Leaf) or tree in seen:
                continue
            seen.add(tree)
            mark = numbers[tree]
            dimension = self.sheet.space.dimensions[tree.level]
            graded, rest = dimension.ordered, _rest(tree)
            nodes.append(Node(f"q{mark}", "question", mark, self._question(tree, dimension.name)))
            for i, (mask, below) in enumerate(tree.branches):
                target = f"q{numbers[below]}" if isinstance(below, Ask) else f"a{self._letter(below)}"
                said = (
                    words.REST.get(dimension.name, "Anything else") if i == rest else self._answer(dimension.name, mask)
                )
                label = ("Yes", "No")[i] if graded else said
                edges.append(Edge(f"q{mark}", target, label))
                places.append(below)
        nodes += [self._node(one) for one in self.sheet.answers.values()]
        order = {f"q{mark}": int(mark) for mark in numbers.values()}
        nodes.sort(key=lambda node: order.get(node.id, len(order) + 1))
        edges.sort(key=lambda edge: order[edge.source])
        return Graph(
            DECISION, self._title(), True, tuple(nodes), tuple(edges),
            tuple(self._line(one) for one in self.sheet.answers.values()), tuple(self._notes()),
        )  # fmt: skip

    def _letter(self, leaf: Leaf[Outcome]) -> str:
        return self.sheet.answers[leaf.value].letter

    def _question(self, tree: Ask[Outcome], name: str) -> str:
        if name == "concern":
            held = self.sheet.space.names[tree.level]
            return words.grave([held[i] for i in range(len(held)) if tree.branches[0][0] >> i & 1], self.book)
        return words.QUESTIONS[name]

    def _answer(self, name: str, mask: int) -> str:
        level = _LEVEL[name]
        found = [word for i, word in enumerate(self.sheet.space.names[level]) if mask >> i & 1]
        if name in ("sender", "recipient"):
            return self._people(found)
        if name in ("purpose", "item", "about"):
            return words.either([words.spoken(one) for one in found])
        return words.answer(name, found, self.sheet.space.dimensions[level])

    def _people(self, found: Sequence[str]) -> str:
        """Parties by title; all of one role as one, where every agency that has the role is meant."""
        titles: dict[str, list[str]] = {}
        for name in found:
            titles.setdefault(self.names.party(name), []).append(name)
        said = []
        for title, alike in titles.items():
            role = alike[0].rpartition("/")[2]
            every = [one for one in self.policy.places if named(one, role)]
            bodies = [body for one in alike if (body := self.names.body(one))]
            said.append(f"{title} ({joined(bodies)})" if len(every) > len(alike) and bodies else title)
        return words.either(said)

    def _node(self, one: Answer) -> Node:
        label = self.book.term("outcomes", one.outcome.word).label
        first = one.outcome.first[0] if one.outcome.first else ""
        return Node(f"a{one.letter}", "answer", one.letter, label, tone=one.outcome.word, note=first)

    def _line(self, one: Answer) -> Line:
        rests: list[str] = []
        details = [f"First: {text}" for text in dict.fromkeys((*one.outcome.first, *one.always))]
        details += [f"First, where it applies: {text}" for text in one.sometimes]
        if one.outcome.quiet:
            details.append("Do not tell them yet; agree with whoever receives it who tells them, and when.")
        if one.outcome.word == "seek-advice":
            rests += [f"Take advice from: {who}" for who in self._advice()]
        if any(row.instead for row in one.rows):
            age = "child" if "child" in self.sheet.values("danger") else "adult"
            details.append(f"Tell instead: {self.book.decision['instead'][age]}.")
        for row in one.rows:
            then = f" Then: {' '.join(row.then)}" if row.then else ""
            details.append(f"Why: {row.says} [row {row.id}]{then}")
        rests += [f"{self._ground(ground)}." for ground in one.grounds]
        return Line(one.letter, self.book.term("outcomes", one.outcome.word).label, "", tuple(details), tuple(rests))

    def _ground(self, ground: Ground) -> str:
        where = f"{ground.file}, line {ground.line}"
        if ground.kind == "never":
            return f"Prohibition: {words.spoken(ground.id)} ({where})"
        flow: Flow = self.agreement.flows[ground.id]
        return f"Flow: {flow.fields.get('title') or words.spoken(flow.id).capitalize()} ({where})"

    def _advice(self) -> Iterator[str]:
        """Whom to ask, by name where the agencies of those who send name them."""
        said: dict[str, list[str]] = {}
        for sender in self.sheet.values("sender"):
            _, agency, _ = self.policy.places.get(sender, ("", "", ""))
            body = self.agreement.agencies.get(agency)
            for key, title in self.book.decision["advice"].items():
                if body and (told := contact(body.fields.get(key))):
                    bodies = said.setdefault(f"{title}: {told}", [])
                    if body.name not in bodies:
                        bodies.append(body.name)
        yield from (f"{who} ({joined(bodies)})" if len(bodies) < 4 else who for who, bodies in said.items())

    def _title(self) -> str:
        number = f" Sheet {self.sheet.number} of {self.sheet.of}" if self.sheet.of > 1 else ""
        return f"{self.agreement.title}: may I share this?{number}"

    def _notes(self) -> Iterator[str]:
        values = self.sheet.values
        aim = values("purpose")[0]
        yield f"For: {self._people(values('sender'))}."
        yield f"To: {self._people(values('recipient'))}."
        yield f"What for: {words.spoken(aim)}: {self.names.purpose(aim)}."
        yield f"What, about whom: {words.either([words.spoken(one) for one in values('item')])}; about " + (
            f"{words.either([words.spoken(one) for one in values('about')])}."
        )
        elsewhere = "another sheet, or `sharecheck ask`" if self.sheet.of > 1 else "`sharecheck ask`"
        if taken := "; ".join(self._granted()):
            yield f"Taken for granted: {taken}. Otherwise, and for anybody or anything not named here: {elsewhere}."
        else:
            yield f"For anybody or anything not named here: {elsewhere}."
        if not promises.in_use(self.agreement, self.book):
            yield words.NOT_IN_USE.format(on=self.book.on)

    def _granted(self) -> Iterator[str]:
        for name in CIRCUMSTANCES:
            level = _LEVEL[name]
            if self.sheet.scope[level] != self.sheet.space.algebra.full[level]:
                dimension = self.sheet.space.dimensions[level]
                yield words.granted(name, self.sheet.values(name), dimension)
