"""Every rule's page is its test: the example that fails gives exactly the marked findings, the other gives none."""

from __future__ import annotations

import re

import pytest

from conftest import DAY, examine
from sharecheck import agreement, knowledge, report, rules, signoff, source
from sharecheck.rules import Severity, page

RULES = {rule.id: rule for rule in rules.load()}


BESIDE_THE_BASE = ("agreement-id-taken",)
"""Rules about two agreements: their examples are read beside the base."""

UNDER_THE_BASE = ("looser-than-protocol", "party-outside-protocol")
"""Rules about an agreement and its protocol: their examples are read with the base as tier 1."""


SIGNED_AS_THE_BASE = ("sign-off-lacking", "sign-off-does-not-stand")
"""Rules about sign-offs: their examples are read with those that every agency of the base gave to the base."""


@pytest.fixture(scope="session", autouse=True)
def signed(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The sign-offs of the base, in a folder of their own."""
    folder = tmp_path_factory.mktemp("signoff")
    base = agreement.build(page.base())
    meaning, text, said = signoff.digests(base)
    given = {
        name: signoff.Signature(name, "A", "B", DAY, meaning, text, "0", "0", f"sha256:{'0' * 64}")
        for name in base.agencies
    }
    record = signoff.Record("example", given, folder)
    (folder / "signed").mkdir()
    (folder / signoff.kept_as(text)).write_bytes(said)
    SIGN_OFFS["base"] = source.parse(signoff.render(record).encode(), str(folder / "example.yaml"))


SIGN_OFFS: dict[str, source.Document] = {}


def laid(fragment: str) -> source.Document:
    return page.lay(source.parse(fragment.encode(), "example.yaml"), page.base())


def marks(fragment: str) -> set[tuple[int, str]]:
    found = set()
    for number, line in enumerate(fragment.splitlines(), 1):
        if mark := re.search(r"#((?: [a-z0-9-]+)+)$", line):
            found |= {(number, name) for name in mark.group(1).split()}
    return found


def read(fragment: str, rule: str) -> report.Checked:
    beside = (page.base(),) if rule in BESIDE_THE_BASE else ()
    return examine(
        laid(fragment),
        *beside,
        under=page.base() if rule in UNDER_THE_BASE else None,
        signed=SIGN_OFFS["base"] if rule in SIGNED_AS_THE_BASE else None,
    )


def findings(fragment: str, rule: str) -> set[tuple[int, str]]:
    checked = read(fragment, rule)
    notes = {(note.span.line, "needs-a-person") for note in checked.notes}
    return {(f.span.line, f.rule if f.waived is None else "waived") for f in checked.findings} | notes


def test_the_base_is_clean() -> None:
    checked = examine(page.base())
    assert [f.message for f in checked.findings] == []
    assert checked.notes == ()


@pytest.mark.parametrize("rule", RULES)
def test_fails(rule: str) -> None:
    fragment = page.read(rule).fails
    expected = marks(fragment)
    wanted = "needs-a-person" if rule == "citation-not-in-book" else rule
    assert wanted in {name for _, name in expected}, "the example marks no line with the rule's own id"
    assert findings(fragment, rule) == expected


@pytest.mark.parametrize("rule", RULES)
def test_passes(rule: str) -> None:
    fragment = page.read(rule).passes
    assert fragment.strip(), "there is no example that passes"
    waived = {mark for mark in marks(fragment) if mark[1] == "waived"}
    assert findings(fragment, rule) == waived


@pytest.mark.parametrize("rule", RULES)
def test_the_example_that_passes_is_within_the_rule(rule: str) -> None:
    """Passing because the rule does not apply would show nothing."""
    verdict = read(page.read(rule).passes, rule).verdicts[rule]
    assert verdict == "passed"


@pytest.mark.parametrize("rule", RULES)
def test_sources_are_in_the_book_and_carry_the_severity(rule: str, book: knowledge.Book) -> None:
    cited = [book.sources[name] for name in RULES[rule].cites]
    assert cited
    if RULES[rule].severity is Severity.ERROR:
        assert any(one.verified for one in cited), "an error rests on something that was read, not on an account of it"


@pytest.mark.parametrize("rule", RULES)
def test_summary_is_one_sentence(rule: str) -> None:
    summary = RULES[rule].summary
    assert summary.endswith(".")
    assert summary.count(". ") == 0


def test_every_page_belongs_to_a_rule() -> None:
    assert {path.stem for path in page.FOLDER.glob("*.md")} == set(RULES)
