"""Times as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sharecheck.durations import longest, mentioned, shortest


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("P30D", [30]), ("PT24H", [1]), ("P1M", [30]), ("P1Y6M", [545]), ("P1W", [7]),
        ("1 working day", [1]), ("two working days", [2]), ("next-school-day", [1]), ("within a fortnight", [14]),
        ("2 to 3 working days", [3]), ("48 hours", [2]), ("same-day", [0]), ("without undue delay", [0]),
        ("At once by telephone, in writing within 3 days", [0, 3]),
        ("as soon as practicable", []), ("court", []), ("by 12/5/2026", []), ("Phase 2 of the plan", []),
    ],
)  # fmt: skip
def test_mentioned(text: str, days: list[int]) -> None:
    assert mentioned(text) == tuple(timedelta(days=n) for n in days)


def test_longest_and_shortest() -> None:
    assert longest("1 week or 2 days") == timedelta(weeks=1)
    assert shortest("1 week or 2 days") == timedelta(days=2)
    assert longest("soon") is None
    assert shortest("soon") is None
