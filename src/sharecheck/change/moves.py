"""What a change does: the ways in which decisions move, and one move.

A decision is an outcome, the row of the table that gives it, and the conditions of every flow that then applies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sharecheck.change.parts import FieldChange
from sharecheck.policy.diagram import Box, Node
from sharecheck.policy.space import Space
from sharecheck.source import Path

KINDS = ("widens", "obliges", "narrows", "frees", "unstated", "conditions")
"""The ways in which a decision moves: more may be shared, more must, less may, less must, the newer version leaves it to be
typed in, the answer is the same on other conditions. Beside these there is wording, which moves no decision."""

_MUST, _MAY, _ASK = 4, 3, 2


@dataclass(frozen=True, slots=True)
class Crossing:
    """A line that answers cross: which ranks (older, newer) do, and of which the same can be said though they do not."""

    kind: str
    name: str
    moved: Callable[[int, int], bool]
    alike: Callable[[int, int], bool]


CROSSINGS = (
    Crossing("obliges", "must-share", lambda o, n: o < _MAY and n == _MUST, lambda o, n: o >= _MAY and n == _MUST),
    Crossing("widens", "may-share", lambda o, n: o < _MAY == n, lambda o, n: o >= _MAY and n >= _MAY),
    Crossing("narrows", "may-share", lambda o, n: o == _MAY and n < _MAY, lambda o, n: o < _MAY and n < _MAY),
    Crossing("frees", "must-share", lambda o, n: o == _MUST and n < _MAY, lambda o, n: o < _MUST and n < _MAY),
    Crossing("obliges", "may-to-must", lambda o, n: o == _MAY and n == _MUST, lambda o, n: o == n == _MUST),
    Crossing("frees", "must-to-may", lambda o, n: o == _MUST and n == _MAY, lambda o, n: o == n == _MAY),
    Crossing("widens", "may-ask", lambda o, n: o < _ASK == n, lambda o, n: o >= _ASK and n >= _ASK),
    Crossing("narrows", "may-ask", lambda o, n: n < o == _ASK, lambda o, n: o < _ASK and n < _ASK),
    Crossing("widens", "take-advice", lambda o, n: o < 1 == n, lambda o, n: o >= 1 and n >= 1),
    Crossing("narrows", "take-advice", lambda o, n: n < o == 1, lambda o, n: o == n == 0),
)
"""Every pair of different ranks crosses one line only. Of the points that do not, `alike` has those at which the sentence
about the line holds as well."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What moved answers: a clause or part by section and id, or law; and what lies behind a clause whose words did not change."""

    section: str
    id: str
    how: str
    through: tuple[tuple[str, str], ...] = ()

    @property
    def at(self) -> Path:
        """Where it is written."""
        return (self.section, self.id) if self.id else (self.section,)


@dataclass(frozen=True, slots=True)
class Head:
    """Who tells whom what about whom for what, as one mask each, and in which circumstances, as boxes of masks."""

    parts: Box
    circumstances: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Witness:
    """One question that moved, dimension by dimension, with the answer and the row before and after."""

    question: Mapping[str, str]
    before: str
    after: str
    row_before: str
    row_after: str


@dataclass(frozen=True, slots=True)
class Description:
    """A set of questions as `heads`: of the questions in these, if `already` those alone to which the sentence did not apply
    before, and if `under` those alone that the clause names which they are of.

    `hull` has every value of who, what and what for that the heads have, and `sides` all that the clause has.
    """

    heads: tuple[Head, ...]
    hull: Box
    already: bool
    under: bool
    sides: Box


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """Questions that moved one way for one cause.

    `describe` puts the questions into words, where they are not said by the clause alone; `scope` is the flow that names them.
    `fields` are the conditions or definitions that changed, and `where` the flows that have them; `silent` says that no flow
    says any longer what was lost, and `bars` are the prohibitions that now forbid it. `agencies` are those it affects.
    """

    kind: str
    crossing: str
    cause: Cause
    questions: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    witness: Witness | None
    flows: tuple[str, ...]
    agencies: tuple[str, ...]
    fields: tuple[FieldChange, ...]
    fingerprint: str
    places: tuple[str, ...]
    space: Space | None
    points: Node[bool] | None
    bars: tuple[str, ...] = ()
    silent: bool = False
    describe: Callable[[], Description] | None = None
    scope: str = ""
    where: tuple[str, ...] = ()

    @property
    def outside(self) -> bool:
        """Whether no flow names its questions and no clause moved them, so that the law and the table alone answer."""
        return self.describe is not None and not self.scope and self.cause.section not in ("flows", "never")

    @property
    def allows_more(self) -> bool:
        """Whether something may now be shared that might not be before."""
        return self.kind == "widens" or (self.kind, self.crossing) == ("obliges", "must-share")

    @property
    def allows_less(self) -> bool:
        """Whether something may no longer be shared."""
        lost = self.kind in ("narrows", "unstated") and self.crossing != "must-to-may"
        return lost or (self.kind, self.crossing) == ("frees", "must-share")
