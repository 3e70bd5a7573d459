"""What has changed since an older version: in what agreements mean, and in what is found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sharecheck.change.telling import KINDS, VERDICTS, Row, Told, ToldAgreement
from sharecheck.paper.compliance.tallies import SEVERITIES, Tallies, coded
from sharecheck.paper.model import Block, Bullets, Cell, Heading, Line, Paragraph, Section
from sharecheck.paper.reader import plain, quiet, strong
from sharecheck.report import Checked, Finding, Report, counted, put_right, sentence

_MOST = 8
_LONG = 600
_HOW = {"added": "A new agreement. ", "removed": "It is no longer there. ", "renamed": "", "changed": ""}


@dataclass(frozen=True, slots=True)
class Moved:
    """How the findings of one agreement differ from those of its older version, by the same rules on the same day."""

    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    accepted: tuple[Finding, ...]
    no_longer_accepted: tuple[Finding, ...]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.new or self.gone or self.accepted or self.no_longer_accepted)


@dataclass(frozen=True, slots=True)
class Since:
    """What differs from `ref`: as told, and by the id of each agreement that was checked in both, in its findings."""

    ref: str
    told: Told
    moved: Mapping[str, Moved]


def of(whole: Since, agreement: str) -> Since:
    """What differs in one agreement alone."""
    told = tuple(one for one in whole.told.agreements if one.id == agreement)
    only = replace(
        whole.told, agreements=told, verdict=told[0].verdict if told else "same", same=0 if told else 1, unread=(),
        voided=tuple(one for one in whole.told.voided if one.agreement == agreement),
    )  # fmt: skip
    return replace(whole, told=only, moved={name: one for name, one in whole.moved.items() if name == agreement})


def since(ref: str, told: Told, old: Report, new: Report) -> Since:
    """What differs, from what was told of the agreements and from both reports, which ask the same rules."""
    was = {one.id: one.was for one in told.agreements if one.was}
    before = {one.id: one for one in old.checked if one.agreement}
    pairs = ((before.get(was.get(one.id) or one.id), one) for one in new.checked if one.agreement)
    moved = {one.id: _moved(earlier, one) for earlier, one in pairs if earlier}
    return Since(ref, told, moved)


def _moved(old: Checked, new: Checked) -> Moved:
    before, after = _by_place(old), _by_place(new)
    there, here = set(before), set(after)

    def places(finding: Finding) -> set[tuple[str, str]]:
        return {(finding.rule, place.address) for place in finding.places}

    both = [finding for finding in new.findings if places(finding) <= there]
    was_accepted = {key for key, finding in before.items() if finding.waived}
    return Moved(
        new=tuple(finding for finding in new.findings if not places(finding) <= there),
        gone=tuple(finding for finding in old.findings if not places(finding) & here),
        accepted=tuple(f for f in both if f.waived and not places(f) & was_accepted),
        no_longer_accepted=tuple(f for f in both if not f.waived and places(f) <= was_accepted),
    )


def _by_place(one: Checked) -> dict[tuple[str, str], Finding]:
    return {(finding.rule, place.address): finding for finding in one.findings for place in finding.places}


def section(found: Since, tallies: Tallies) -> Section:
    """What has changed, agreement by agreement."""
    told = found.told
    blocks: list[Block] = [
        Paragraph(coded(f"Compared with `{found.ref}`, both read {told.law}. {told.sums}")),
        Paragraph(plain(
            "Findings are compared by asking both versions the same rules on the same day, so that none is new or gone because the "
            "law or the calendar moved."
        )),
    ]  # fmt: skip
    by_id = {one.id: one for one in told.agreements}
    here = {one.id: one for one in tallies.report.checked}
    for name in dict.fromkeys((*by_id, *here)):
        if inner := list(_agreement(by_id.get(name), found, name, tallies)):
            if not tallies.alone or name not in here:
                title = here[name].title if name in here else by_id[name].title
                blocks.append(Heading(title))
            blocks += inner
    if told.beyond:
        blocks.append(Paragraph(coded(told.beyond)))
    if told.voided:
        blocks += [Heading("Sign-offs that no longer stand"), Bullets(tuple((coded(said),) for said in told.void))]
    if told.unread:
        lost = tuple(
            (plain(one.name), coded(sentence(one.message)), coded(put_right(one.fix), "quiet")) for one in told.unread
        )
        blocks += [Heading("Not compared"), Bullets(lost)]
    return Section("since", f"What has changed since {' '.join(found.ref.split())[:60]}", tuple(blocks))


def _agreement(told: ToldAgreement | None, found: Since, name: str, tallies: Tallies) -> Iterator[Block]:
    moved = found.moved.get(name)
    if told and not told.beyond:
        yield Paragraph(strong(f"{_HOW[told.how]}{VERDICTS[told.verdict]}."))
        within = [row for row in told.rows if not row.outside]
        rows = [_row(row) for row in within[:_MOST]]
        if len(within) > _MOST:
            rows.append((quiet(f"and {counted(len(within) - _MOST, 'more change')}"),))
        if outside := found.told.outside(told):
            rows.append((coded(outside),))
        if rows:
            yield Bullets(tuple(rows))
        if told.parts and told.rows and told.rows[0].move is not None:
            parts = [part.sentence for part in told.parts]
            more = [(quiet(f"and {counted(len(parts) - _MOST, 'more part')}"),)] if len(parts) > _MOST else []
            yield Paragraph(plain("Parts that differ:"))
            yield Bullets((*((coded(sentence(said)),) for said in parts[:_MOST]), *more))
    if moved:
        kinds = (
            ("New findings", moved.new), ("Findings that are gone", moved.gone), ("Accepted since", moved.accepted),
            ("No longer accepted", moved.no_longer_accepted),
        )  # fmt: skip
        for title, findings in kinds:
            if findings:
                gone = findings is moved.gone
                yield Paragraph(strong(f"{title} ({len(findings)}):"))
                yield Bullets(tuple(_finding(one, "" if gone else tallies.to_finding(one)) for one in findings))
    elif told and not told.beyond and moved is not None:
        yield Paragraph(plain("The findings are as before."))
    if told and any(row.move for row in told.rows):
        yield Paragraph(
            coded(f"Exactly, in which circumstances, and with examples: `sharecheck diff {found.ref}`", "quiet")
        )


def _row(row: Row) -> Cell:
    """One change: what it does, and the shorter sentences that belong to it."""
    said = row.headline.replace("in the circumstances listed below", "in some circumstances")
    if len(said) > _LONG:
        said = f"{said[:_LONG].rpartition(', ')[0]}, and so on."
    also = [coded(" ".join(row.also), "quiet")] if row.also else []
    return (Line(f"{KINDS[row.kind].capitalize()}: {said}", coded=True), *also)


def _finding(finding: Finding, to: str) -> Cell:
    severity = SEVERITIES[finding.severity]
    return (
        Line(f"{severity}: {sentence(' '.join(finding.message.split()))}", to=to, coded=True),
        coded(f"Rule `{finding.rule}`", "quiet"),
    )
