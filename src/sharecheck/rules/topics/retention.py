"""Retention: how long what was shared is kept, from when, and what then becomes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sharecheck.agreement import Agreement, Flow, words
from sharecheck.durations import Length, length, lengths
from sharecheck.durations import spoken as spoken_time
from sharecheck.rules import Hit, Severity, rule
from sharecheck.rules.facts import Facts
from sharecheck.source import Path

_BOUNDS = ("period", "up_to", "from", "keep_last", "set_by")
_KEPT = re.compile(
    r"\bretention (schedule|period|polic)|\b(kept|keeps? \w+|held|retain\w*) (for|until|as long)"
    r"|\b(destroy\w*|delet\w+|return\w*) (\w+ )?(after|when|once|within|at the end)",
    re.IGNORECASE,
)
_SETTLED = re.compile(r"\b(schedule|policy|retention)\b", re.IGNORECASE)
_CEILING = re.compile(
    r"((it|they|records?|information|data|everything) )?((is|are|may be|must be|will be) )?(not )?(kept|held|retained|stored)?"
    r"( for)? ?(no longer than|longer than|no more than|at most|up to|a maximum of) ",
    re.IGNORECASE,
)

Statement = tuple[Path, Mapping[str, Any]]


def _statements(at: Path, retention: Mapping[str, Any]) -> Iterator[Statement]:
    """What is said for all, then for each agency and each item, with its place."""
    yield at, retention
    for kind in ("agencies", "items"):
        for key, inner in retention.get(kind, {}).items():
            yield from _statements((*at, kind, key), inner)


def _of(flow: Flow) -> Iterator[Statement]:
    retention = flow.fields.get("retention")
    if retention:
        yield from _statements(flow.path("retention"), retention)


def _unsaid(flow: Flow, facts: Facts) -> bool:
    """Whether nothing says for how long, or until what, the recipient keeps what a flow carries."""
    if not facts.personal(flow) or facts.one_body(flow):
        return False
    if (flow.fields.get("retention") or {}).keys() & {*_BOUNDS, "authority", "text", "agencies", "items"}:
        return False
    return not _KEPT.search(f"{flow.fields.get('text', '')} {facts.said}")


@rule(
    Severity.ERROR, "flows", ("ico-record", "scotland-toolkit"),
    mark="RET-01", where=lambda flow, facts: not facts.over and facts.personal(flow),
)  # fmt: skip
def retention_unsaid(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """Nothing says how long a recipient keeps what it is told."""
    if _unsaid(flow, facts):
        yield Hit(
            facts.gap(flow, "retention", _unsaid),
            f"nothing says how long the recipient keeps what it learns through `{flow.id}`, from when, or what then "
            "becomes of it",
            "add `retention:` with `period:`, `from:` and `action:`, under `defaults:` where all keep it alike; or name the "
            "schedule that sets it under `authority:`",
            missing=True,
            rests_on=flow.path("retention"),
            also=(flow.path("retention"),),
        )


@rule(
    Severity.ERROR, "flows", ("dpa-2018-s39", "uk-gdpr-art-5"),
    mark="RET-02", where=lambda flow, facts: bool(flow.fields.get("retention")) and facts.personal(flow),
)  # fmt: skip
def kept_without_end(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """What is shared may be kept without any end."""
    for at, said in _of(flow):
        settled = _SETTLED.search(said.get("authority", "")) or said.get("action") == "archive"
        if settled or any(said.get(name) for name in _BOUNDS if name != "from"):
            continue
        for name in ("from", "text"):
            phrase = facts.phrase(said.get(name), "forever")
            if phrase and (name == "from" or "from" not in said):
                yield Hit(
                    (*at, name),
                    f"what `{flow.id}` carries is kept “{phrase}”: no period and no event ends it, so it can be kept for ever",
                    "write a `period:` and `from:`, or the event after which it is destroyed; or name the retention "
                    "schedule that sets the time under `authority:`",
                )


@rule(Severity.ADVICE, "agreement", ("retention-schedules",), mark="RET-03", where=lambda _, facts: not facts.over)
def retention_differs_unexplained(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """Two agencies keep the same information for different times, and nothing says why."""
    kept: dict[tuple[str, tuple[str, ...]], dict[str, tuple[Path, str]]] = {}
    reported: set[Path] = set()
    for flow in agreement.flows.values():
        for agency, at, period in _unexplained(flow, facts):
            for item in flow.data:
                others = kept.setdefault((item, flow.purposes), {})
                other = next((o for o in others.items() if o[0] != agency and _differ(o[1][1], period)), None)
                if other and at not in reported:
                    reported.add(at)
                    yield Hit(
                        at,
                        f"`{agency}` keeps `{item}` for {spoken_time(period)} and `{other[0]}` for "
                        f"{spoken_time(other[1][1])}, for the same purpose, "
                        "and nothing says why",
                        "say under `authority:` whose schedule sets each time, or agree on one",
                    )
                others.setdefault(agency, (at, period))


def _unexplained(flow: Flow, facts: Facts) -> Iterator[tuple[str, Path, str]]:
    """Each recipient with the period stated for it without a word why, and the place."""
    retention = flow.fields.get("retention") or {}
    if retention.get("items"):
        return  # different items have different times, which is no difference between agencies
    own = retention.get("agencies", {})
    for agency in facts.recipients(flow):
        said, at = own.get(agency.id, retention), flow.path("retention")
        if agency.id in own:
            at = (*at, "agencies", agency.id)
        period = said.get("period") or said.get("up_to")
        if period and not any(said.get(name) for name in ("authority", "set_by", "text", "see")):
            yield agency.id, at, period


def _differ(one: str, other: str) -> bool:
    return _longer(length(one), length(other)) or _longer(length(other), length(one))


def _longer(one: Length | None, other: Length | None) -> bool:
    return one is not None and other is not None and one.exceeds(other)


@rule(
    Severity.WARNING, "flows", ("ico-record", "agreement-format"),
    mark="retention-clash", where=lambda flow, _: bool(flow.fields.get("retention")),
)  # fmt: skip
def retention_contradicts_itself(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """Two statements about how long information is kept cannot both hold."""
    ceilings: list[Statement] = []
    for at, said in _of(flow):
        if "up_to" in said:
            ceilings.append((at, said))
        name = "period" if "period" in said else "up_to"
        limits = [above["up_to"] for place, above in ceilings if _binds(place, above, at, said)]
        exceeded = (spoken_time(one) for one in limits if _longer(length(said.get(name)), length(one)))
        limit = next(exceeded, None) or _in_words(said)
        if limit:
            yield Hit(
                (*at, name),
                f"what `{flow.id}` carries is kept for {spoken_time(said[name])}, and also for at most {limit}: both "
                "cannot hold",
                "decide which of the two is meant and correct the other",
            )


def _binds(place: Path, above: Mapping[str, Any], at: Path, said: Mapping[str, Any]) -> bool:
    """Whether a ceiling holds for a statement: its own, or one above it from which no words except it."""
    return place == at or (at[: len(place)] == place and "text" not in said and _same_start(above, said))


def _same_start(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the time runs from the same event, as far as both say from when."""
    starts = {words(said["from"]) for said in (one, other) if "from" in said}
    return len(starts) < 2


def _in_words(said: Mapping[str, Any]) -> str | None:
    """The ceiling, as written, that the words of a statement begin with and its own period exceeds."""
    text = said.get("text", "")
    if found := _CEILING.match(text):
        limit = " ".join(re.split(r"[.;,(]", text[found.end() :])[0].split()[:3])
        if _longer(length(said.get("period")), next(iter(lengths(limit)), None)):
            return limit
    return None
