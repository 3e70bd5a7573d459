"""What the parts of a check report share: rules by heading, counts by column, and what leads where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from sharecheck.knowledge import Heading, Source
from sharecheck.paper.model import Cell, Column, Line
from sharecheck.paper.reader import quiet
from sharecheck.report import Checked, Finding, Report, Verdict, counted
from sharecheck.rules import Rule, Severity

SAID = {
    Verdict.PASSED: "Passed",
    Verdict.FAILED: "Failed",
    Verdict.NOT_APPLICABLE: "Not applicable",
    Verdict.NEEDS_PERSON: "Needs a person",
}
"""The four columns, in the order in which they stand."""

SEVERITIES = {Severity.ERROR: "Error", Severity.WARNING: "Warning", Severity.ADVICE: "Advice"}

COLUMNS = tuple(Column(said, 1.4, number=True) for said in SAID.values())

_READ = {
    "full": "", "part": " (read in part)", "second-hand": " (known through another’s account)", "unverified": " (not read)",
    "own": "",
}  # fmt: skip

Under = tuple[Heading | None, tuple[Rule, ...]]
"""A heading, or None for rules that a partnership added, and the rules that stand under it."""


class Tallies:
    """A report with what its parts are called.

    `files` names the file of each agreement's part, where it has its own; `brief` says that the parts are kept short.
    """

    def __init__(self, report: Report, files: Mapping[str, str] | None = None, *, brief: bool = False) -> None:
        self.report = report
        self.brief = brief
        self.alone = len(report.checked) == 1
        self.agreements = tuple(one.agreement for one in report.checked if one.agreement)
        self.apart = files or {}
        self.under = tuple(self._under())
        titles = Counter(one.title for one in report.checked)
        self.titles = {
            one.name: one.title if titles[one.title] == 1 else f"{one.title} ({one.name})" for one in report.checked
        }
        self.places: dict[str, str] = {}
        self.anchors: dict[int, str] = {}
        taken: dict[str, int] = {}
        for one in report.checked:
            name = _free(f"a-{one.id}" if one.agreement else "unshapen", taken)
            self.places[one.name] = name
            for finding in one.findings:
                self.anchors[id(finding)] = _free(f"f-{finding.fingerprint[:12]}", taken)

    def _under(self) -> Iterable[Under]:
        book = self.report.book
        for heading in (*book.headings, None):
            found = tuple(rule for rule in self.report.rules if book.heading(rule.id, rule.topic) == heading)
            if found or heading:
                yield heading, found

    def to(self, one: Checked) -> str:
        """What leads to the part of an agreement."""
        return self.apart.get(one.name) or f"#{self.places[one.name]}"

    def to_finding(self, finding: Finding) -> str:
        """What leads to a finding, in this paper or in the file of its agreement."""
        return self.apart.get(finding.file) or f"#{self.anchors[id(finding)]}"

    def named(self, one: Checked) -> Line:
        """The title of an agreement, with its file where others have the same, leading to its part."""
        return Line(self.titles[one.name], to="" if self.alone else self.to(one))

    def sums(self, checked: Sequence[Checked], rules: Collection[str] | None = None) -> dict[Verdict, int]:
        """How often some rules by their ids, or all, ended in each of the four ways."""
        found = dict.fromkeys(SAID, 0)
        for one in checked:
            for rule in one.verdicts if rules is None else rules:
                if rule in one.verdicts:
                    found[one.verdicts[rule]] += 1
        return found


def _free(name: str, taken: dict[str, int]) -> str:
    """A name of its own: the second of one name is numbered."""
    taken[name] = taken.get(name, 0) + 1
    return name if taken[name] == 1 else _free(f"{name}-{taken[name]}", taken)


def figures(sums: Mapping[Verdict, int]) -> tuple[Cell, ...]:
    """The four numbers as cells; what failed stands out."""
    return tuple(
        (Line(str(number), "strong" if verdict is Verdict.FAILED and number else "plain"),)
        for verdict, number in sums.items()
    )


def spelt(sums: Mapping[Verdict, int]) -> str:
    """The four numbers in words."""
    person = sums[Verdict.NEEDS_PERSON]
    return (
        f"{sums[Verdict.PASSED]} passed, {sums[Verdict.FAILED]} failed, {sums[Verdict.NOT_APPLICABLE]} not applicable, "
        f"{person} need{'s' if person == 1 else ''} a person"
    )


def findings(checked: Sequence[Checked]) -> str:
    """The findings in words: those that count by severity, then those that do not."""
    held = [finding for one in checked for finding in one.findings]
    by = {severity: sum(1 for f in held if f.counts and f.severity is severity) for severity in Severity}
    aside = {why: sum(1 for f in held if f.aside == why) for why in ("waived", "known")}
    said = [
        counted(by[Severity.ERROR], "error"), counted(by[Severity.WARNING], "warning"),
        counted(by[Severity.ADVICE], "piece") + " of advice",
    ]  # fmt: skip
    more = f"; {aside['waived']} accepted for a time" + (f"; {aside['known']} known before" if aside["known"] else "")
    return ", ".join(said) + more


def where_read(source: Source, line: str = "quiet") -> Line:
    """A source with how far it was read, leading to it where it has an address."""
    section = f", {source.section}" if source.section else ""
    return Line(f"{source.title}{section}{_READ[source.read]}", line, to=source.url or "")


def coded(text: str, manner: str = "plain") -> Line:
    """A sentence of the checker's, in one line, in which names stand between backticks."""
    return Line(" ".join(text.split()), manner, coded=True)


def ids(rules: Iterable[str]) -> str:
    """Rules by their ids, each as a name."""
    return ", ".join(f"`{rule}`" for rule in rules)


def title(heading: Heading | None) -> Line:
    """What a heading is called."""
    return Line(heading.title if heading else "The partnership’s own rules", "strong")


def expected(heading: Heading | None) -> Cell:
    """A heading with what is expected under it."""
    says = heading.expects if heading else "Rules that this partnership added; each finding names what it rests on."
    return (title(heading), Line(says) if heading else quiet(says))


def behind(heading: Heading | None, report: Report) -> Cell:
    """Where it can be read that something is expected under a heading."""
    if heading is None:
        return (Line("The partnership itself"),)
    return tuple(where_read(report.book.sources[name]) for name in heading.sources)
