"""What differs between two versions as an HTML page that needs nothing else: no script, no network."""

from __future__ import annotations

from sharecheck.change.telling import KINDS, VERDICTS, Told
from sharecheck.formats import style, templates


def changes(told: Told) -> str:
    """What differs between two versions, as a page."""
    return (
        templates()
        .get_template("changes.html.j2")
        .render(
            title=f"What changes: {told.old} to {told.new}",
            style=style("page.css"),
            told=told,
            kinds=KINDS,
            verdicts=VERDICTS,
        )
    )
