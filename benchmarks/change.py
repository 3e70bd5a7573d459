"""How long an exact difference takes: edits of one agreement of protocols/, and two agreements that have nothing in common.

python benchmarks/change.py [AGREEMENT]

Each line gives the questions that the two versions can be asked, how many moved, the time to know them exactly, the time with
every sentence made, and the most memory that Python held.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sharecheck import agreement, knowledge, source
from sharecheck.agreement import Agreement
from sharecheck.change import comparison, parts, saying
from sharecheck.change.moves import Move
from sharecheck.knowledge import Book
from sharecheck.policy.compiled import compile
from sharecheck.policy.space import Space

ROOT = Path(__file__).resolve().parent.parent
DAY = date(2026, 12, 1)
TIMES = 5


def main() -> None:
    """Measure and print."""
    name = sys.argv[1] if len(sys.argv) > 1 else "concern-about-a-child"
    book = knowledge.load(DAY)
    whole = read(name)
    flows = whole.document.text.split("\nflows:\n")[1]
    first = next(line for line in flows.split("\n") if line.startswith("    data: [")).strip()
    level = ("concern: significant-harm", "concern: child-in-need")
    kind = ("type: probation-officer", "type: social-worker")
    cases: dict[str, tuple[Agreement, Agreement]] = {
        "one item more in a flow": (whole, read(name, lambda text: text.replace(first, f"{first[:-1]}, decision]", 1))),
        "a flow's level of concern": (whole, read(name, lambda text: text.replace(*level, 1))),
        "a role of another type": (whole, read(name, above=lambda text: text.replace(*kind))),
        "all flows gone": (whole, read(name, lambda text: text.split("\nflows:\n")[0] + "\n")),
        "another agreement": (whole, read("youth-offending-team")),
    }
    print(f"| {name} | questions | moved | exact, ms | in words, ms | peak MiB |\n|---|---:|---:|---:|---:|---:|")
    for case, (old, new) in cases.items():
        print(measured(case, old, new, book))


def read(name: str, edit: Callable[[str], str] = str, above: Callable[[str], str] = str) -> Agreement:
    """An agreement of protocols/, edited, under the protocol, edited."""
    texts = (ROOT / "protocols" / f"{one}.yaml" for one in ("borough-protocol", name))
    protocol, own = (text.read_text(encoding="utf-8") for text in texts)
    parent = agreement.build(source.parse(above(protocol).encode(), "borough-protocol.yaml"))
    return agreement.build(source.parse(edit(own).encode(), f"{name}.yaml"), parent)


def measured(case: str, old: Agreement, new: Agreement, book: Book) -> str:
    """One line of the table, of the best of some runs."""
    exact, worded = [], []
    moves: tuple[Move, ...] = ()
    for _ in range(TIMES):
        begun = time.perf_counter()
        moves = compared(old, new, book)
        known = time.perf_counter()
        for move in moves:
            saying.sentences(move, book)
        exact.append(known - begun)
        worded.append(time.perf_counter() - begun)
    tracemalloc.start()
    compared(old, new, book)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    space = Space.pair(*(compile(one, book, as_written=True) for one in (old, new)))[1]
    moved = sum(move.questions for move in moves if move.kind != "conditions")
    return f"| {case} | {space.questions:.1e} | {moved:,} | {1e3 * min(exact):.0f} | {1e3 * min(worded):.0f} | {peak:.0f} |"


def compared(old: Agreement, new: Agreement, book: Book) -> tuple[Move, ...]:
    """What moved between two versions, from their texts on."""
    rows, renames = parts.compare(old, new)
    above = parts.compare(old.parent, new.parent)[0] if old.parent and new.parent else ()
    return comparison.between(old, new, (book, book), (*rows, *above), renames)


if __name__ == "__main__":
    main()
