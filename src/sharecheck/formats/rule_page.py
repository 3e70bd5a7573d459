"""The page of one rule as Markdown that also reads well as plain text."""

from __future__ import annotations

from sharecheck.knowledge import Book
from sharecheck.rules import Rule

READ = {
    "full": "read", "part": "read in part", "second-hand": "known through another's account",
    "unverified": "not verified: never the ground of an error", "own": "named by whoever wrote the rule",
}  # fmt: skip


def render(rule: Rule, book: Book) -> str:
    """Why, sources, both examples, the fix, what the rule does not see, and how to accept a finding for a time."""
    text = rule.page
    lines = [
        f"# {rule.id}",
        "",
        f"{rule.summary} ({rule.severity.value}, topic {rule.topic.replace('-', ' ')})",
        "",
        text.why,
    ]
    if rule.origin:
        lines += ["", f"A rule of your own, from {rule.origin}."]
    sources = rule.sources(book)
    lines += ["", "## Sources", ""] if sources else []
    for source in sources:
        where = f", {source.section}" if source.section else ""
        publisher = f" ({source.publisher})" if source.publisher else ""
        says = "" if source is rule.authority else f": {source.says.rstrip('.')}"
        lines.append(f"- {source.title}{where}{publisher}{says}. [{READ[source.read]}]")
        if source.url:
            lines.append(f"  {source.url}")
    lines += [
        "",
        "## Fails",
        "",
        "```yaml",
        text.fails.rstrip(),
        "```",
        "",
        "## Passes",
        "",
        "```yaml",
        text.passes.rstrip(),
        "```",
    ]
    lines += ["", "## Fix", "", text.fix]
    if text.misses:
        lines += ["", "## Known misses", "", text.misses]
    if rule.waivable:
        lines += ["", "## To accept it for a time", "", "```yaml", "allow:", f"  - rule: {rule.id}"]
        lines += ["    at: flows.the-flow.part   # as the finding names it, after `at`", "    because: the reason"]
        lines += ["    by: the role that answers for it", "    until: 2027-01-31", "```"]
    return "\n".join(lines) + "\n"
