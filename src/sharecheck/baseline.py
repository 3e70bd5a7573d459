"""The baseline: findings that were there before, which a partnership works off one by one.

A file of fingerprints that only shrinks. What is in it is still shown and counted, apart; it does not fail a run. Faults
of form, expired waivers and whatever settings make mandatory cannot be in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sharecheck import schema, source
from sharecheck.errors import SettingsError, SourceError
from sharecheck.report import Report

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of a finding that was there on the day `since`, by its fingerprint; the rest says in words which it is."""

    fingerprint: str
    rule: str
    agreement: str
    address: str
    since: date


def load(file: Path) -> tuple[Entry, ...]:
    """Read a baseline; raises `SettingsError` where there is none or it is not one, so that nothing passes by mistake."""
    name = file.as_posix()
    try:
        document = source.read(file, name)
    except SourceError as error:
        fix = "make one with `--write-baseline`" if error.code == "missing-file" else error.fix
        raise SettingsError(f"the baseline cannot be read: {error.message}", fix) from None
    for misfit in schema.misfits(document.data, "baseline"):
        span = document.span(misfit.at)
        raise SettingsError(f"{name}:{span.line}:{span.column}: this is no baseline: {misfit.message}", misfit.fix)
    return tuple(
        Entry(e["fingerprint"], e["rule"], e["agreement"], e["address"], date.fromisoformat(e["since"]))
        for e in document.data["entries"]
    )


def apply(report: Report, entries: Iterable[Entry]) -> Report:
    """The report with findings whose every place is in the baseline marked as known, and what is found no longer as gone."""
    since = {entry.fingerprint: entry.since for entry in entries}
    unwaivable = {rule.id for rule in report.rules if not rule.waivable}
    checked = tuple(
        replace(
            one,
            findings=tuple(
                replace(f, known_since=max(since[place.fingerprint] for place in f.places))
                if f.rule not in unwaivable and all(place.fingerprint in since for place in f.places)
                else f
                for f in one.findings
            ),
        )
        for one in report.checked
    )
    gone = tuple(f"{e.agreement}: {e.rule} at {e.address}" for e in entries if e not in shrunk(report, entries))
    return replace(report, checked=checked, gone=gone)


def shrunk(report: Report, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries without those that are mended: the agreement was checked, the rule was asked, and nothing was found."""
    there = {place.fingerprint for finding in report.findings for place in finding.places}
    asked = {(one.id, rule) for one in report.checked if one.agreement is not None for rule in one.verdicts}
    return tuple(e for e in entries if e.fingerprint in there or (e.agreement, e.rule) not in asked)


def first(report: Report) -> tuple[Entry, ...]:
    """A baseline of everything found now that may be in one, place by place; what a waiver accepts stays with its waiver."""
    unwaivable = {rule.id for rule in report.rules if not rule.waivable}
    found = {
        place.fingerprint: Entry(place.fingerprint, finding.rule, finding.agreement, place.address, report.book.on)
        for finding in report.findings
        if finding.waived is None and finding.rule not in unwaivable
        for place in finding.places
    }
    return tuple(found.values())


def render(entries: Iterable[Entry]) -> str:
    """The file, in an order that does not depend on where things stand in the agreements."""
    rows = [
        {"fingerprint": e.fingerprint, "rule": e.rule, "agreement": e.agreement, "address": e.address,
         "since": e.since.isoformat()}
        for e in sorted(entries, key=lambda e: (e.agreement, e.rule, e.address, e.fingerprint))
    ]  # fmt: skip
    return json.dumps({"schema_version": SCHEMA_VERSION, "entries": rows}, indent=2, ensure_ascii=False) + "\n"
