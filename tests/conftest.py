from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings

from sharecheck import agreement, knowledge, report, rules, schema
from sharecheck.repository import Gathered, Misshapen
from sharecheck.source import Document

settings.register_profile("here", deadline=None)  # other work on the machine is no fault of a test
settings.load_profile("here")

ROOT = Path(__file__).resolve().parent.parent
DAY = date(2026, 11, 22)


@pytest.fixture(scope="session")
def book() -> knowledge.Book:
    return knowledge.load(DAY)


def lay_out(folder: Path, files: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write files into a folder, make it the one where commands are run, and give it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def examine(
    document: Document, *beside: Document, on: date = DAY, under: Document | None = None, signed: Document | None = None
) -> report.Checked:
    """One document through schema and every rule, as `validate` does, without the file system.

    `beside` are other agreements of the same repository, `under` its tier 1 protocol and `signed` its sign-offs; only the
    first document's outcome is given.
    """
    misfits = tuple(schema.misfits(document.data))
    if misfits:
        gathered = Gathered((), (Misshapen(document, misfits),), ())
    else:
        above = agreement.build(under) if under else None
        gathered = Gathered(
            (agreement.build(document, above), *(agreement.build(one) for one in beside)),
            (),
            (),
            sign_offs=(signed,) if signed else (),
        )
    found = report.check(gathered, knowledge.load(on), rules.load(), "test").checked
    return next(one for one in found if one.name == document.name)
