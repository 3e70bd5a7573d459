"""Places for a decision chart on a narrow page: questions down the left, what they lead to at their right.

Of several questions that follow one question, that with the most below it stands under it, and the others stand to the right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Size = tuple[float, float]
Point = tuple[float, float]

_ROW, _STEP, _ARM = 9.0, 28.0, 24.0


@dataclass(frozen=True, slots=True)
class Ladder:
    """The middle of every box; for every arrow, by its place, its corners and the middle of its label; and the whole size."""

    boxes: dict[str, Point] = field(default_factory=dict)
    arrows: dict[int, tuple[Point, ...]] = field(default_factory=dict)
    labels: dict[int, Point] = field(default_factory=dict)
    size: list[float] = field(default_factory=lambda: [0.0, 0.0])


def place(
    root: str, arrows: Sequence[tuple[str, str]], sizes: Mapping[str, Size], labels: Sequence[Size]
) -> Ladder | None:
    """Places for a tree of boxes from its root; None where it is no tree: then two arrows lead to one box."""
    out: dict[str, list[int]] = {}
    for i, (source, _) in enumerate(arrows):
        out.setdefault(source, []).append(i)
    if len({target for _, target in arrows}) < len(arrows) or root in {target for _, target in arrows}:
        return None
    weight: dict[str, int] = {}

    def weigh(box: str) -> int:
        weight[box] = 1 + sum(weigh(arrows[i][1]) for i in out.get(box, ()))
        return weight[box]

    weigh(root)
    made = Ladder()

    def put(box: str, left: float, top: float) -> float:
        """Put a box and all below it with its left upper corner here, and say how far down that reaches."""
        wide, high = sizes[box]
        made.boxes[box] = left + wide / 2, top + high / 2
        made.size[:] = max(made.size[0], left + wide), max(made.size[1], top + high)
        onward = [i for i in out.get(box, ()) if arrows[i][1] in out]
        under = max(onward, key=lambda i: weight[arrows[i][1]], default=None)
        beside = [i for i in out.get(box, ()) if arrows[i][1] not in out] + [i for i in onward if i != under]
        arm = max([labels[i][0] for i in beside], default=0.0) + _ARM
        trunk, start, down = left + wide + 8, left + wide + arm + 8, top
        for i in beside:
            target = arrows[i][1]
            tall = max(sizes[target][1], labels[i][1])
            bottom = put(target, start, down + (tall - sizes[target][1]) / 2)
            middle = made.boxes[target][1]
            mine = min(max(middle, top + 6), top + high - 6)
            ends = ((left + wide, mine), (start, middle))
            made.arrows[i] = ends if mine == middle else (ends[0], (trunk, mine), (trunk, middle), ends[1])
            made.labels[i] = (trunk + start) / 2 - 3, middle
            down = max(bottom, down + tall) + _ROW
        reached = max(top + high, down - _ROW if beside else 0.0)
        if under is not None:
            target = arrows[under][1]
            along = left + min(wide, sizes[target][0], 90.0) / 2
            below = reached + max(_STEP, labels[under][1] + 16)
            put_down = put(target, left, below)
            made.arrows[under] = (along, top + high), (along, below)
            made.labels[under] = along + labels[under][0] / 2 + 6, below - labels[under][1] / 2 - 8
            reached = put_down
        return reached

    put(root, 0.0, 0.0)
    return made
