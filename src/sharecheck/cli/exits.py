"""Exit codes: a contract with scripts and CI, never reused for something else."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the command's exit code says."""

    FINE = 0
    """Everything was checked and nothing is at or above `--fail-on`."""
    FINDINGS = 1
    """There are findings at or above `--fail-on`."""
    USAGE = 2
    """A flag, the settings, a rule id or a schema is wrong."""
    NOTHING = 3
    """There was nothing to check."""
    UNREAD = 4
    """Something could not be read or parsed; outranks findings."""
    BROKEN = 70
    """sharecheck itself failed."""
