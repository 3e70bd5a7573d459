"""What stands on every page of something printed: title, version, status, digest, and the band of what is not in force."""

from __future__ import annotations

from sharecheck.paper.model import Running
from sharecheck.paper.reader import Reader, short

_BANDS = {
    "draft": ("DRAFT", "This is a draft. The partners have not agreed to it."),
    "review": ("DRAFT", "This text is in review. The partners have not agreed to it."),
    "suspended": ("SUSPENDED", "This agreement is suspended. Nobody shares under it for now."),
    "ended": ("ENDED", "This agreement has ended. Nobody shares under it any more."),
}


def head(reader: Reader) -> Running:
    """The title, version, status and digest of an agreement, and the band across it where it must not be rested on."""
    agreement = reader.agreement
    band, warning = _BANDS.get(agreement.status, ("", ""))
    if not band and reader.facts.over:
        band, warning = _BANDS["ended"]
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


def brief(text: str, most: int) -> str:
    """A text on one line, cut short where it is longer than `most` letters."""
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[: most - 2]} …"
