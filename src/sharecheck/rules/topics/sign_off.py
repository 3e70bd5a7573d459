"""Sign-offs: where they are kept, each party's stands for what the agreement means today."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sharecheck.agreement import Agreement
from sharecheck.errors import SourceError
from sharecheck.knowledge import joined
from sharecheck.rules import Hit, Severity, rule
from sharecheck.rules.facts import Facts
from sharecheck.source import Path

if TYPE_CHECKING:
    from sharecheck.signoff import Standing


def _kept(_: Agreement, facts: Facts) -> bool:
    return facts.live and bool(facts.sign_offs)


@rule(Severity.ERROR, "agreement", ("ico-accountability",), mark="GOV-01", where=_kept)
def sign_off_lacking(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """The agreement is in force, its sign-offs are kept, and a party has given none."""
    lacking = [one.agency for one in _standings(agreement, facts) if one.state == "lacking"]
    if lacking:
        yield Hit(
            _of(agreement, lacking[0]),
            f"the agreement is in force, but {_names(lacking)} {'has' if len(lacking) == 1 else 'have'} not signed it",
            f"have each sign: `sharecheck sign {agreement.id} --agency {lacking[0]} --name … --role …`; or go back to "
            "`status: agreed` until all have",
            also=tuple(_of(agreement, one) for one in lacking[1:]),
        )


@rule(Severity.ERROR, "agreement", ("ico-accountability",), mark="GOV-01", where=_kept)
def sign_off_does_not_stand(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """The agreement is in force, and a party's sign-off is for something else than it now means, or proves nothing."""
    by_change: dict[tuple[Path, str], list[Standing]] = {}
    for one in _standings(agreement, facts):
        if one.state in ("void", "unproved"):
            at = one.moves[0].cause.at if one.moves and one.moves[0].cause.section else _of(agreement, one.agency)
            by_change.setdefault((at, one.because), []).append(one)
    for (at, because), void in by_change.items():
        agencies = [one.agency for one in void]
        verb, noun = ("does", "sign-off") if len(agencies) == 1 else ("do", "sign-offs")
        said = because[:1].lower() + because[1:] if because[:1] != "`" else because
        yield Hit(
            at,
            f"the {noun} of {_names(agencies)} {verb} not stand: {said}",
            f"{void[0].fix}: `sharecheck sign {agreement.id} --agency {agencies[0]} --name … --role …`; or undo the change",
        )


def _standings(agreement: Agreement, facts: Facts) -> list[Standing]:
    return facts.once(("sign-offs", ""), lambda: _found(agreement, facts))


def _found(agreement: Agreement, facts: Facts) -> list[Standing]:
    from sharecheck import signoff  # only where there are any: it brings in the whole policy

    found: list[Standing] = []
    for document in facts.sign_offs:
        try:
            record = signoff.read(document)
        except SourceError:
            continue  # said where the file is read
        found += signoff.standings(agreement, record, facts.book, facts.void_by or signoff.VOID_BY)
    return found


def _names(agencies: list[str]) -> str:
    return joined([f"`{one}`" for one in agencies])


def _of(agreement: Agreement, agency: str) -> Path:
    return ("agencies", agency) if not agreement.agencies[agency].inherited else ("status",)
