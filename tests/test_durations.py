"""Times as people write them."""

from __future__ import annotations

import pytest

from sharecheck.durations import length, lengths, shortest


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("P30D", [30]), ("PT24H", [1]), ("P1M", [30]), ("P1Y6M", [545]), ("P1W", [7]),
        ("1 working day", [1]), ("two working days", [2]), ("next-school-day", [1]), ("within a fortnight", [14]),
        ("2 to 3 working days", [3]), ("48 hours", [2]), ("Seven years after the last contact", [7 * 365]),
        ("by telephone, and in writing within 3 days", [3]), ("kept P25Y, then looked at after a year", [365, 25 * 365]),
        ("as soon as practicable", []), ("court", []), ("by 12/5/2026", []), ("Phase 2 of the plan", []),
        ("looked at once a year", []),
    ],
)  # fmt: skip
def test_named_in_a_text(text: str, days: list[int]) -> None:
    assert [one.nominal for one in lengths(text)] == pytest.approx(days)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1 week or 2 days", 2), ("soon", None), ("same-day", 0), ("without undue delay", 0),
        ("At once by telephone, in writing within 3 days", 0),
    ],
)  # fmt: skip
def test_shortest(text: str, days: int | None) -> None:
    assert shortest(text) == days


@pytest.mark.parametrize(
    ("longer", "than", "certainly"),
    [
        ("P31D", "P30D", True), ("P1M", "P30D", False), ("P32D", "P1M", True), ("12 months", "P1Y", False), ("P25Y", "P6Y", True),
        ("30 days", "four weeks", True), ("5 working days", "P7D", False), ("ten working days", "1 week", True),
    ],
)  # fmt: skip
def test_longer_only_where_certain(longer: str, than: str, certainly: bool) -> None:
    one, other = length(longer), length(than)
    assert one
    assert other
    assert one.exceeds(other) is certainly
