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
NAMED = sorted((FOLDER / "named").glob("*.yaml"))
DOCUMENTS = sorted((FOLDER / "documents").glob("*.yaml"))


def shape(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads((FOLDER / "shapes" / f"{name}.schema.json").read_text("utf-8")))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        *((p, "vocabulary") for p in VOCABULARIES),
        *((p, "law") for p in LAW),
        *((p, "named") for p in NAMED),
        *((p, p.stem) for p in DOCUMENTS),
        (FOLDER / "sources.yaml", "sources"),
        (FOLDER / "decision.yaml", "decision"),
        (FOLDER / "headings.yaml", "headings"),
    ],
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
    table = source.read(FOLDER / "decision.yaml").data
    for part in (*table["rows"], *table["steps"], *table["disagreements"]):
        yield from ((part["says"], name) for name in part["source"])
    for key, heading in source.read(FOLDER / "headings.yaml").data["headings"].items():
        yield from ((f"heading {key}", name) for name in heading["source"])
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
    for path in NAMED:
        for key, facts in source.read(path).data["entries"].items():
            yield from ((f"{path.stem}/{key}", name) for name in facts["source"])
    for path in DOCUMENTS:
        yield from ((path.stem, name) for name in named_in(source.read(path).data))


def named_in(part: object) -> Iterator[str]:
    """Every source that a document of the book names, wherever in it."""
    if isinstance(part, dict):
        yield from part.get("sources", ())
        for inner in part.values():
            yield from named_in(inner)


def test_every_file_is_checked_by_a_shape() -> None:
    """No data file lies where no shape looks at it."""
    looked_at = {
        *VOCABULARIES,
        *LAW,
        *NAMED,
        *DOCUMENTS,
        FOLDER / "sources.yaml",
        FOLDER / "decision.yaml",
        FOLDER / "headings.yaml",
    }
    assert set(FOLDER.rglob("*.yaml")) == looked_at


def test_every_citation_resolves(book: knowledge.Book) -> None:
    assert [(where, name) for where, name in cited() if name not in book.sources] == []


def test_every_rule_stands_under_one_heading_and_every_heading_has_rules(book: knowledge.Book) -> None:
    under: dict[str, list[str]] = {one.id: [] for one in book.headings}
    for rule in rules.load():
        named = [one for one in book.headings if rule.id in one.rules]
        by_topic = [one for one in book.headings if rule.topic in one.topics]
        assert len(named) <= 1, rule.id
        assert named or len(by_topic) == 1, rule.id
        found = book.heading(rule.id, rule.topic)
        assert found
        under[found.id].append(rule.id)
    assert [name for name, found in under.items() if not found] == []
    assert {name for one in book.headings for name in one.rules} <= {rule.id for rule in rules.load()}
    assert {name for one in book.headings for name in one.topics} <= {rule.topic for rule in rules.load()}
    assert book.heading("no-pictures-of-children", "own") is None


def test_terms_named_by_provisions_are_in_the_vocabularies(book: knowledge.Book) -> None:
    agencies = {*book.terms("agency-types"), "anyone"}
    for provision in book.provisions.values():
        for side in ("senders", "recipients", "excludes", "unsure"):
            assert set(listed(provision.facts.get(side))) <= agencies, provision.id
        for name in ("purposes", "use_limited_to"):
            assert set(provision.facts.get(name, ())) <= set(book.terms("purposes")), provision.id
        for name in ("data_only", "data_excludes"):
            assert set(provision.facts.get(name, ())) <= set(book.terms("data-categories")), provision.id
        assert set(provision.jurisdiction) <= set(book.terms("jurisdictions")), provision.id


def test_roles_are_usually_at_a_kind_of_agency_of_the_book(book: knowledge.Book) -> None:
    usual = {
        key: term.facts["usually_at"] for key, term in book.terms("role-types").items() if "usually_at" in term.facts
    }
    assert usual["health-visitor"] == "nhs-trust"
    assert {key: kind for key, kind in usual.items() if kind not in book.terms("agency-types")} == {}


def test_whoever_acts_at_once_is_able_to_protect_somebody(book: knowledge.Book) -> None:
    for key, term in book.terms("agency-types").items():
        assert not term.is_("acts_at_once") or term.facts.get("protects"), key


@pytest.mark.parametrize(
    "kind", ["housing-association", "business", "media", "employer", "leisure-service", "icb", "dwp"]
)
def test_a_risk_is_no_reason_to_tell_a_body_that_cannot_protect(kind: str, book: knowledge.Book) -> None:
    assert not book.term("agency-types", kind).facts.keys() & {"acts_at_once", "protects"}


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
        ("Children's Wellbeing and Schools Act 2026, s.4", "ca-2004-s16la"),
        ("Victims and Prisoners Act 2024 section 20", "da-2021-s49a"),
        ("Article 14 of the UK GDPR", "uk-gdpr-a14"),
        ("GDPR Art. 6(1)(e)", "uk-gdpr-a6"),
        ("Article 6 of the EU GDPR", None),
        ("Data Protection Act 1998 section 10", None),
        ("Human Rights Act 1998, Article 8", None),
        ("Housing Act 1985 section 213B", None),
        ("S.I. 2009/1563", "pupil-information-2009"),
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
    ("citation", "entry"),
    [
        ("Data Protection Act 1998", "dpa-1998"),
        ("the DPA 1998, Schedule 2", "dpa-1998"),
        ("DATA PROTECTION ACT (1998)", "dpa-1998"),
        ("the EU General Data Protection Regulation", "eu-gdpr"),
        ("UK GDPR", "uk-gdpr"),
        ("GDPR", "uk-gdpr"),
        ("Data Protection Act", "dpa-2018"),
        ("Working Together to Safeguard Children (2018)", "working-together-2018"),
        ("Working Together to Safeguard Children", "working-together-2026"),
        ("Information sharing: advice for practitioners, 2015", "information-sharing-2015"),
        ("common law duty of confidentiality", "common-law-confidence"),
        ("Data Protection Act 1984", None),
        ("Working Together 1991", None),
        ("police powers at common law", None),
    ],
)
def test_words_find_what_has_no_provision(citation: str, entry: str | None, book: knowledge.Book) -> None:
    found = book.named(citation)
    assert (found[0].id if found else None) == entry


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("NHS Leeds Clinical Commissioning Group", "clinical-commissioning-group"),
        ("Leeds CCGs", "clinical-commissioning-group"),
        ("National Probation Trust", "national-probation-trust"),
        ("Essex Probation Trust", "probation-trust"),
        ("The National Probation Service (NPS)", "national-probation-service"),
        ("Department for Levelling Up, Housing & Communities", "dluhc"),
        ("Kent and Medway ICB (formerly Kent CCG)", None),
        ("Former NHS Digital", None),
        ("NHS Digital Services Ltd", None),
        ("Public Health England Alumni", None),
        ("Anytown Safeguarding Children Board", None),
        ("Anytown Probation Service", None),
    ],
)
def test_a_name_finds_a_body_and_never_another(name: str, body: str | None, book: knowledge.Book) -> None:
    found = book.names.body(name)
    assert (found.id if found else None) == body


@pytest.mark.parametrize(
    ("entry", "day", "gone"),
    [
        ("dpa-1998", "2018-05-24", False),
        ("dpa-1998", "2018-05-25", True),
        ("clinical-commissioning-group", "2022-06-30", False),
        ("clinical-commissioning-group", "2022-07-01", True),
        ("eu-gdpr", "2020-12-31", False),
        ("working-together-2023", "2024-01-01", False),
        ("national-probation-trust", "2010-01-01", True),
        ("golden-rules", "2026-11-22", False),
    ],
)
def test_names_have_days(entry: str, day: str, gone: bool, book: knowledge.Book) -> None:
    assert book.names.entries[entry].gone(date.fromisoformat(day)) is gone


def test_every_successor_is_there(book: knowledge.Book) -> None:
    there = {*book.names.entries, *book.provisions}
    for entry in book.names.entries.values():
        assert set(entry.successors) <= there, entry.id
    for provision in book.provisions.values():
        assert set(listed(provision.facts.get("successor"))) <= there, provision.id


def test_what_follows_does_not_overlap_what_went(book: knowledge.Book) -> None:
    """Of two dated entries, one in the place of the other, the later begins after the earlier has ended."""
    for entry in book.names.entries.values():
        last = entry.ends or entry.gone_by
        for one in entry.successors:
            follower = book.names.entries.get(one)
            if last and follower and follower.starts and entry.kind == "guidance":
                assert last < follower.starts, (entry.id, one)
        assert not (entry.starts and last) or entry.starts <= last, entry.id
    for provision in book.provisions.values():
        assert not (provision.starts and provision.ends) or provision.starts <= provision.ends, provision.id


def test_a_name_belongs_to_one_entry(book: knowledge.Book) -> None:
    names = [name for entry in book.names.entries.values() for name in entry.names]
    assert sorted(names) == sorted(set(names))


def test_every_provision_is_used_or_in_reserve(book: knowledge.Book) -> None:
    """A provision's source is cited by a rule, or an agreement of ours names it; the rest say what they are kept for."""
    cites = {name for rule in rules.load() for name in rule.cites}
    texts = [p.read_text("utf-8") for p in (*ROOT.glob("protocols/*.yaml"), *ROOT.glob("tests/agreements/*/*.yaml"))]
    texts += [p.read_text("utf-8") for p in (*page.FOLDER.glob("*.md"), page.FOLDER.parent / "base.yaml")]
    written = " ".join(texts)
    used = {p.id for p in book.provisions.values() if set(p.sources) & cites or re.search(rf"\b{p.id}\b", written)}
    reserve = {p.id for p in book.provisions.values() if "reserve" in p.facts}
    assert set(book.provisions) - used - reserve == set()


def test_what_the_book_lacks_is_said_for_each_place(book: knowledge.Book) -> None:
    law = (ROOT / "docs" / "law.md").read_text("utf-8")
    for place in book.terms("jurisdictions").values():
        assert place.facts["note"] in law


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


CHANGING = """
starts: 2025-10-01
purposes: {billing: {type: registration, text: Keep the list of families, measure: Errors found}}
data: {attendance: {collected_for: billing}}
flows:
  concern: {data: [identity, injuries, attendance], lawful_basis: {sender: {article_6: 6(1)(e)}}}
  help:
    data: [identity]
    lawful_basis: {agencies: {charity: {article_6: 6(1)(ea), annex_1: 6}}}
"""
"""An agreement of 2025 that rests on the duty of September 2026, the purposes and the basis of February 2026."""


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-02-04", {"law-start-unconfirmed": 2, "new-purpose-unexplained": 1}),
        ("2026-06-01", {"law-start-unconfirmed": 1}),
        ("2026-12-01", {}),
    ],
)
def test_the_day_decides(day: str, expected: dict[str, int]) -> None:
    document = page.lay(source.parse(CHANGING.encode(), "x.yaml"), page.base())
    found = examine(document, on=date.fromisoformat(day)).findings
    counts = {rule: sum(f.rule == rule for f in found) for rule in ("law-start-unconfirmed", "new-purpose-unexplained")}
    assert {rule: n for rule, n in counts.items() if n} == expected


@pytest.mark.parametrize(("day", "found"), [("2026-02-04", False), ("2026-02-05", True)])
def test_a_task_is_the_controllers_own_from_its_day(day: str, found: bool) -> None:
    text = b"starts: 2025-10-01\nflows: {help: {lawful_basis: {agencies: {charity: {article_6: 6(1)(e)}}}}}"
    document = page.lay(source.parse(text, "x.yaml"), page.base())
    rules_found = {f.rule for f in examine(document, on=date.fromisoformat(day)).findings}
    assert ("borrowed-task" in rules_found) is found


@pytest.mark.parametrize(("day", "found"), [("2026-09-29", True), ("2026-09-30", False)])
def test_a_duty_counts_from_the_day_it_holds(day: str, found: bool) -> None:
    """An obligation rests on a duty that is law on the day the agreement is read."""
    document = page.lay(
        source.parse(b"flows: {concern: {lawful_basis: {sender: {article_6: 6(1)(c)}}}}", "x.yaml"), page.base()
    )
    rules_found = {f.rule for f in examine(document, on=date.fromisoformat(day)).findings}
    assert ("obligation-without-duty" in rules_found) is found
