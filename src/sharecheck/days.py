"""Days as agreements write them: a day, a month or a year."""

from __future__ import annotations

import calendar
from datetime import date


def first_day(written: str | int | None) -> date | None:
    """The first day of what was written: a day, a month or a year."""
    if written is None:
        return None
    year, month, day = _when(written)
    return date(year, month or 1, day or 1)


def last_day(written: str | int | None) -> date | None:
    """The last day of what was written: a day, a month or a year."""
    if written is None:
        return None
    year, month, day = _when(written)
    return date(year, month or 12, day or calendar.monthrange(year, month or 12)[1])


def _when(written: str | int) -> tuple[int, int | None, int | None]:
    parts = [int(part) for part in str(written).split("-")]
    return parts[0], parts[1] if len(parts) > 1 else None, parts[2] if len(parts) > 2 else None
