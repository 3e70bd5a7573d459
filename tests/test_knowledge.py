"""The book: every file has its shape, everything cited is there, and the compiled book is what the files say."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from datetime import date

import jsonschema
import pytest

from conftest import ROOT, examine
from sharecheck import knowledge, rules, source
from sharecheck.agreement import listed
from sharecheck.knowledge.compiled import FOLDER, compiled
from sharecheck.rules import page

VOCABULARIES = sorted((FOLDER / "vocabularies").glob("*.yaml"))
LAW = sorted((FOLDER / "law").glob("*.yaml"))


def shape(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads((FOLDER / "shapes" / f"{name}.schema.json").read_text("utf-8")))


@pytest.mark.parametrize(
    ("path", "name"),
    [*((p, "vocabulary") for p in VOCABULARIES), *((p, "law") for p in LAW), (FOLDER / "sources.yaml", "sources")],
    ids=lambda value: getattr(value, "stem", value),
)
def test_every_file_has_its_shape(path: source.FilePath, name: str) -> None:
    assert [error.message for error in shape(name).iter_errors(source.read(path).data)] == []


def test_a_shape_refuses_a_mistyped_fact() -> None:
    data = source.read(FOLDER / "vocabularies" / "agency-types.yaml").data
    data["terms"]["police"]["publik_authority"] = True
    assert not shape("vocabulary").is_valid(data)


def test_the_compiled_book_is_what_the_files_say() -> None:
    assert json.loads(knowledge.BOOK.read_text("utf-8")) == compiled()


def cited() -> Iterator[tuple[str, str]]:
    for rule in rules.load():
        yield from ((f"rule {rule.id}", name) for name in rule.cites)
    for path in VOCABULARIES:
        data = source.read(path).data
        yield from ((path.stem, name) for name in data["sources"])
        for key, term in data["terms"].items():
            yield from ((f"{path.stem}/{key}", name) for name in term.get("sources", ()))
    for path in LAW:
        for key, facts in source.read(path).data["provisions"].items():
            yield from ((f"{path.stem}/{key}", name) for name in facts["source"])


def test_every_citation_resolves(book: knowledge.Book) -> None:
    assert [(where, name) for where, name in cited() if name not in book.sources] == []


def test_terms_named_by_provisions_are_in_the_vocabularies(book: knowledge.Book) -> None:
    agencies = {*book.terms("agency-types"), "anyone"}
    for provision in book.provisions.values():
        for side in ("senders", "recipients", "excludes", "unsure"):
            assert set(listed(provision.facts.get(side))) <= agencies, provision.id
        for name in ("purposes", "use_limited_to"):
            assert set(provision.facts.get(name, ())) <= set(book.terms("purposes")), provision.id
        assert set(provision.jurisdiction) <= set(book.terms("jurisdictions")), provision.id


@pytest.mark.parametrize(
    ("citation", "provision"),
    [
        ("ca-2004-s16la", "ca-2004-s16la"),
        ("Crime and Disorder Act 1998 section 115", "cda-1998-s115"),
        ("Crime and Disorder Act 1998, section 115", "cda-1998-s115"),
        ("Children Act 1989 s47", "ca-1989-s47"),
        ("Localism Act 2011 s1", "localism-2011-s1"),
        ("Children Act 2004 s.10", "ca-2004-s10"),
        ("Children Act 2004 (s10)", "ca-2004-s10"),
        ("Children Act 2004 Section 10(2)(a)", "ca-2004-s10"),
        ("Section 115 of the Crime & Disorder Act 1998", "cda-1998-s115"),
        ("s.115 CDA", "cda-1998-s115"),
        ("s.111 Local Government Act 1972", "lga-1972-s111"),
        ("Children Act 1989, section 47(9)-(11)", "ca-1989-s47"),
        ("section 20", None),
        ("Children Act 1989", None),
        ("a section 47 enquiry under section 17", None),
        ("Other relevant legislation", None),
        ("Education Act 1990 section 537", None),
    ],
)
def test_a_citation_in_words_finds_its_provision(citation: str, provision: str | None, book: knowledge.Book) -> None:
    found = book.provision(citation)
    assert (found.id if found else None) == provision


def test_a_citation_may_name_several(book: knowledge.Book) -> None:
    found = [p.id for p in book.cited("Children Act 1989 sections 17, 27 and 47; Children Act 1989")]
    assert found == ["ca-1989-s17", "ca-1989-s27", "ca-1989-s47"]


@pytest.mark.parametrize(
    ("provision", "day", "holds"),
    [
        ("ca-2004-s16la", "2026-09-29", False),
        ("ca-2004-s16la", "2026-09-30", True),
        ("csa-reporting", "2026-11-22", False),
        ("cda-1998-s115", "2026-11-22", True),
    ],
)
def test_law_has_days(provision: str, day: str, holds: bool, book: knowledge.Book) -> None:
    assert book.provisions[provision].in_force(date.fromisoformat(day)) is holds


def test_code_holds_no_section_number() -> None:
    """Law is data: no article, section or paragraph number is compared with, or looked up, in the code of rules."""
    number = re.compile(r"^\d\(\d\)\([a-z]+\)$|^s\d+|section \d|article \d", re.IGNORECASE)
    found = []
    for path in sorted((ROOT / "src" / "sharecheck").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        prose = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        doc = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in prose | doc:
                continue
            if number.search(node.value) and "Article 6" not in node.value and "Article 9" not in node.value:
                found.append(f"{path.name}:{node.lineno}: {node.value}")
    assert found == []


@pytest.mark.parametrize(("day", "found"), [("2026-09-29", True), ("2026-09-30", False)])
def test_a_duty_counts_from_the_day_it_holds(day: str, found: bool) -> None:
    """An obligation rests on a duty that is law on the day the agreement is read."""
    document = page.lay(
        source.parse(b"flows: {concern: {lawful_basis: {sender: {article_6: 6(1)(c)}}}}", "x.yaml"), page.base()
    )
    rules_found = {f.rule for f in examine(document, on=date.fromisoformat(day)).findings}
    assert ("obligation-without-duty" in rules_found) is found
