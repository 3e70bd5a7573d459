"""What stands on every page of something printed: title, version, status, digest, and the band of what is not in force."""

from __future__ import annotations

from sharecheck.paper.model import Running
from sharecheck.paper.reader import Reader, brief, short

_BANDS = {
    "draft": ("DRAFT", "This is a draft. The partners have not agreed to it."),
    "review": ("DRAFT", "This text is in review. The partners have not agreed to it."),
    "suspended": ("SUSPENDED", "This agreement is suspended. Nobody shares under it for now."),
    "ended": ("ENDED", "This agreement has ended. Nobody shares under it any more."),
}


def banded(reader: Reader) -> tuple[str, str]:
    """The word across an agreement that is not in force, and why it is there; both empty where it is, or is agreed."""
    band, warning = _BANDS.get(reader.agreement.status, ("", ""))
    return (band, warning) if band or not reader.facts.over else _BANDS["ended"]


def head(reader: Reader) -> Running:
    """The title, version, status and digest of an agreement, and the band across it where it must not be rested on."""
    agreement = reader.agreement
    band, warning = banded(reader)
    version, marking = agreement.fields.get("version"), agreement.fields.get("marking")
    return Running(
        title=brief(agreement.title, 150),
        version=brief(f"Version {version}", 50) if version is not None else "No version is given",
        status=reader.word("statuses", agreement.status),
        marking=brief(marking or "", 90),
        digest=short(reader.meaning),
        band=band,
        warning=warning,
    )
