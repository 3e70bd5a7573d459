"""`validate --fix` and `--diff`: what is mended, what never is, and that nothing else in a file moves."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from conftest import DAY, ROOT
from sharecheck import agreement, knowledge, mend, report, rules, schema, source, spelling
from sharecheck.cli import reading
from sharecheck.cli.app import app
from sharecheck.edit import Edit, applied
from sharecheck.errors import SettingsError, SourceError
from sharecheck.repository import Gathered, Misshapen

GOOD = (ROOT / "src" / "sharecheck" / "rules" / "base.yaml").read_text(encoding="utf-8")
VERBAL = GOOD[: GOOD.index("verbal: true")].count("\n") + 1
"""The line that some of these tests misspell."""
WAIVER = (
    "allow:\n  - rule: consent-without-record\n    at: flows.help\n    because: The form is being printed\n"
    "    by: Caldicott Guardian\n    until: 2027-01-31\n"
)
OTHER = WAIVER.replace("allow:\n", "").replace("consent-without-record", "purpose-unmeasured")


def checked(files: mend.Files) -> report.Report:
    """A report of documents alone, without the file system."""
    agreements, misshapen = [], []
    for document in files.values():
        if misfits := tuple(schema.misfits(document.data)):
            misshapen.append(Misshapen(document, misfits))
        else:
            agreements.append(agreement.build(document, None))
    return report.check(Gathered(tuple(agreements), tuple(misshapen), ()), knowledge.load(DAY), rules.load(), "test")


def mended(text: str) -> mend.Mended:
    written = {"a.yaml": source.parse(text.encode(), "a.yaml")}
    return mend.mend(checked(written), written, lambda files: checked({**written, **files}))


def fixed(text: str) -> str:
    outcome = mended(text)
    return outcome.files["a.yaml"].text if outcome.files else text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("purpose: protection", "Purpose: protection"),
        ("purpose: protection", "purpose: Protection"),
        ("below_threshold: help", "below-threshold: help"),
        ("below_threshold: help", "Below threshold: help"),
        ("lawful_basis:", "lawfulBasis:"),
        ("lawful_basis:", "'Lawful Basis':"),
        ("article_6: 6(1)(e)", "Article 6: 6(1)(e)"),
        ("article_6: 6(1)(e)", "article_6: 6.1.e"),
        ("article_6: 6(1)(e)", "article_6: 6(1)e"),
        ("article_6: 6(1)(e)", "article_6: Art 6(1)(e)"),
        ("article_6: 6(1)(e)", "article_6: Art. 6 (1) (E)"),
        ("article_9: 9(2)(h)", "article_9: Article 9(2)(h)"),
        ("article_9: 9(2)(h)", "article_9: UK GDPR Article 9(2)(h)"),
        ("schedule_1: 18", "schedule_1: paragraph 18"),
        ("from: [safeguarding-lead, health-visitor]", "from: [Safeguarding_Lead, Health visitor]"),
        ("from: [safeguarding-lead, health-visitor]", "from: [safeguardinglead, healthvisitor]"),
        ("model: none-inform", "model: None inform"),
        ("recipient: same", "recipient: Same"),
        ("deadline: without-delay", "deadline: Without Delay"),
        ("deadline: 1 working day", "deadline: 1 Working Day"),
        ("verbal: true", "verbal: yes"),
        ("any: false", "any: No"),
        ("on: 2026-08", "on: 2026-8"),
        ("on: 2026-08", "on: August 2026"),
        ("answers: concern", "answers: Concern"),
        ("answers: concern", "answers:   Concern   # told back"),
    ],
)  # fmt: skip
def test_what_is_spelt_another_way_is_put_right(old: str, new: str) -> None:
    assert old in GOOD
    kept = GOOD.replace(old, f"{old.split(':')[0]}:   {old.split(': ')[1]}   # told back" if "#" in new else old)
    assert fixed(GOOD.replace(old, new)).replace("'lawful_basis'", "lawful_basis") == kept


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("purpose: protection", "purpose: protecton"),  # near, not the same
        ("type: child-protection-enquiry", "type: child-protection"),
        ("type: child-protection-enquiry", "type: child-protection-enquiry?"),
        ("purpose: protection", "purpos: protection"),
        ("purpose: protection", "purpose: protection\n    Purpose: support"),
        ("purpose: support", "Purpose: support\n    PURPOSE: support"),
        ("article_6: 6(1)(e)", "article_6: 6(1)(z)"),
        ("article_6: 6(1)(e)", "article_6: 6(1)(e) and 6(1)(c)"),
        ("article_6: 6(1)(e)", "article_6: 61e"),
        ("article_6: 6(1)(e)", "article_6: EU GDPR Article 6(1)(e)"),
        ("schedule_1: 18", "schedule_1: Part 2 paragraph 18"),
        ("on: 2026-08", "on: 1/8/2026"),  # August or January
        ("on: 2026-08", "on: 2026-2-30"),
        ("on: 2026-08", "on: spring 2026"),
        ("verbal: true", "verbal: usually"),
        ("verbal: true", 'verbal: "y\\x65s"'),
        ("verbal: true", "verbal: >-\n      yes"),
        ("fact_opinion: Opinions carry the author's role", "fact_opinion: no"),  # a text the format allows
        ("  lead:\n", "  Lead:\n"),  # the partners' own word, which other files may use
        ("id: example", "id: Example_One"),
        ("answers: concern", "answers: concerns"),
        ("deadline: without-delay", "deadline: soonish"),
        ("rule: consent-without-record", "rule: consent_without_record"),
        ("at: flows.help", "at: flows.Help"),  # would set a finding aside
    ],
)  # fmt: skip
def test_what_only_a_person_can_tell_is_left_byte_for_byte(old: str, new: str) -> None:
    text = GOOD + (WAIVER if old not in GOOD else "")
    assert old in text
    text = text.replace(old, new)
    if "at: flows.Help" in text:
        text = text.replace("      record: Agreement form on the child's record, with date and words\n", "")
    assert fixed(text) == text


@pytest.mark.parametrize(
    ("ends", "left"),
    [
        (WAIVER, ""),
        (WAIVER + OTHER, ""),
        ("allow:\n  - {rule: consent-without-record, at: flows.help, because: Form, by: CG, until: 2027-01-31}\n", ""),
        (WAIVER + "marking: OFFICIAL\n", "marking: OFFICIAL\n"),
        ("allow:\n- rule: consent-without-record\n  at: flows.help\n  because: >\n    The form\n\n  by: CG\n  until: 2027-01\n\n"
         "marking: OFFICIAL\n", "\nmarking: OFFICIAL\n"),
        (WAIVER.removesuffix("\n"), ""),
        (WAIVER.replace("2027-01-31", "31 January 2027"), ""),
        (WAIVER + "  # by the board\n" + OTHER, "allow:\n  # by the board\n" + OTHER),
        ("allow:\n  # by the board\n" + WAIVER.removeprefix("allow:\n"), None),
        (WAIVER.replace("printed\n", "printed  # they say\n"), None),
        ("# accepted\n" + WAIVER, None),
        ("allow: [{rule: consent-without-record, at: flows.help, because: Form, by: CG, until: 2027-01-31}]\n", None),
        (WAIVER.replace("consent-without-record", "waiver-expired"), None),  # a finding nobody may accept
        (WAIVER.replace("2027-01-31", "2026-01-31"), None),  # over, which is for whoever accepted it
        (WAIVER.replace("consent-without-record", "no-such-rule"), None),
        (WAIVER.replace("consent-without-record", "cyber"), None),
    ],
)  # fmt: skip
def test_a_waiver_that_waives_nothing_goes_where_it_has_its_lines_to_itself(ends: str, left: str | None) -> None:
    assert fixed(GOOD + ends) == GOOD + (ends if left is None else left)


def test_a_waiver_stays_where_its_rule_finds_something_elsewhere_or_could_not_look() -> None:
    faulty = GOOD.replace("    measure: Weeks from referral to first session\n", "")
    waiver = "allow:\n" + OTHER.replace("flows.help", "purposes.support")
    assert fixed(faulty + waiver) == faulty + waiver
    unknown = "unknown: [purposes.care.measure]\n"
    assert fixed(faulty + unknown + waiver) == faulty + unknown + waiver


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("flows.help.lawful-basis", "flows.help.lawful_basis"),
        ("flows.Help.retention", "flows.help.retention"),
        ("flows.Help.Retention", "flows.help.retention"),
        ("Handling.breach", "handling.breach"),
        ("flows.hepl.retention", "flows.hepl.retention"),
        ("nothing.here", "nothing.here"),
    ],
)
def test_a_part_listed_as_unknown_is_spelt_as_it_is(old: str, new: str) -> None:
    assert fixed(GOOD + f"unknown: [{old}]\n") == GOOD + f"unknown: [{new}]\n"


def test_two_edits_in_one_line_and_in_brackets() -> None:
    text = "approvals: [{Who: 'Board', ON: \"2026-9-1\"}, {who: Guardian, on: 1 October 2026}]\n"
    right = "approvals: [{who: 'Board', on: \"2026-09-01\"}, {who: Guardian, on: 2026-10-01}]\n"
    assert fixed(GOOD + text) == GOOD + right


def test_an_edit_that_would_bring_a_finding_is_left_and_said() -> None:
    text = GOOD + "unknown: [handling.breach, handling.Breach]\n"
    outcome = mended(text)
    assert fixed(text) == text  # the list would say the same thing twice
    assert [one.edit.new for one in outcome.left] == ["handling.breach"]


@pytest.mark.parametrize(
    ("text", "edit", "after"),
    [
        ("a: b\n", Edit(("a",), "b", "c"), "a: c\n"),
        ("a: b\n", Edit(("a",), "b", True), "a: true\n"),
        ("a: 'b'\n", Edit(("a",), "b", "c"), "a: 'c'\n"),
        ("a: 'b'\n", Edit(("a",), "b", 3), "a: 3\n"),
        ("é😀: [b, b]\r\n", Edit(("é😀", 1), "b", "c"), "é😀: [b, c]\r\n"),
        ("x: >\n  one\u2028  two\na: b\n", Edit(("a",), "b", "c"), "x: >\n  one\u2028  two\na: c\n"),
        ("a: b\n", Edit(("a",), "x", "c"), None),  # something else stands there
        ("a: b\n", Edit(("b",), "b", "c"), None),
        ("a: b\n", Edit(("a",), "b", "c: d"), None),  # would not read as one word
        ("a: b\n", Edit(("a",), "b", "true"), None),  # would not read as a word
        ("a: b\nc: d\n", Edit(("a",), "a", "c", key=True), None),
        ("a: b\n", Edit(("a",), "a", "c", key=True), "c: b\n"),
        ("? a\n: b\n", Edit(("a",), "a", "c", key=True), "? c\n: b\n"),
        ("a: b\n  b\n", Edit(("a",), "b b", "c"), None),
    ],
)
def test_an_edit_changes_its_word_and_nothing_else(text: str, edit: Edit, after: str | None) -> None:
    document = applied(source.parse(text.encode(), "x"), [edit])
    assert (document and document.text) == after


@pytest.mark.parametrize(
    ("word", "options", "meant"),
    [
        ("nhs_trust", ["nhs-trust", "nhs"], "nhs-trust"),
        ("NHS Trust", ["nhs-trust"], "nhs-trust"),
        ("nhstrust", ["nhs-trust"], "nhs-trust"),
        ("nhs trusts", ["nhs-trust"], None),
        ("nhs (trust)", ["nhs-trust"], None),
        ("ab", ["a-b", "a_b"], None),
        ("", ["a"], None),
        ("schedule1", ["schedule_1"], "schedule_1"),
    ],
)
def test_a_word_is_the_same_or_it_is_not(word: str, options: list[str], meant: str | None) -> None:
    assert spelling.same(word, options) == meant


def spellings() -> list[tuple[int, int, str]]:
    """Every key of the format and every word of a vocabulary in the base, by place in the text."""
    document = source.parse(GOOD.encode(), "a.yaml")
    found = []
    for path in document._spans:
        if path and path[-1] in schema._known(path[:-1], "agreement"):
            found.append(document.stretch(document.key_span(path)))
        value = _value_at(document.data, path)
        may = schema._at(path, "agreement")
        if isinstance(value, str) and any("enum" in one for one in may) and not any("pattern" in one for one in may):
            found.append(document.stretch(document.span(path)))
    return [(start, end, GOOD[start:end]) for start, end in found]


def _value_at(data: Any, path: source.Path) -> Any:
    for step in path:
        data = data[step]
    return data


WORDS = spellings()
WAYS: list[Callable[[str], str]] = [
    str.upper, str.capitalize, str.title, lambda w: re.sub("[_-]", " ", w), lambda w: w.replace("_", "-"),
    lambda w: w.replace("-", "_"), lambda w: w.replace("(", ".").replace(")", ""),
]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(WAYS)), max_size=12, unique_by=lambda one: one[0]))
@settings(max_examples=60, deadline=None)
def test_whatever_is_misspelt_the_agreement_comes_back_as_it_was(changes: list[Any]) -> None:
    text = GOOD
    for (start, end, word), way in sorted(changes, key=lambda one: one[0][0], reverse=True):
        text = text[:start] + way(word) + text[end:]
    assert fixed(text) == GOOD


JUNK = [
    "Purpose: x", "purpose: Support", "Marking: OFFICIAL", "marking: [", "unknown: [flows.Help.x, flows.help.data]",
    "allow: []", "  - x", "# note", "", "ENDS: 2030-1-1", "ends: 30 June 2029", "Kind: Agreement", "kind: agrement",
    "every-flow: Support", "every_flow: [support, Support]", "terms: {Plan: {Text: x, owner: Council}}", *OTHER.splitlines(),
]  # fmt: skip


@given(
    st.lists(st.tuples(st.integers(0, GOOD.count("\n")), st.sampled_from(JUNK)), max_size=4),
    st.sampled_from(["", WAIVER, WAIVER + OTHER]),
    st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(WAYS)), max_size=3, unique_by=lambda one: one[0]),
)
@settings(max_examples=60, deadline=None)
def test_mending_twice_is_mending_once_and_where_nothing_is_certain_nothing_moves(
    junk: Any, ends: str, changes: list[Any]
) -> None:
    text = GOOD
    for (start, end, word), way in sorted(changes, key=lambda one: one[0][0], reverse=True):
        text = text[:start] + way(word) + text[end:]
    lines = text.splitlines()
    for at, line in junk:
        lines.insert(at, line)
    text = "\n".join(lines) + "\n" + ends
    try:
        once = fixed(text)
    except SourceError:
        return
    assert fixed(once) == once
    if not mended(text).done:
        assert once == text


@pytest.mark.parametrize("file", sorted((ROOT / "tests" / "agreements").rglob("*.yaml")), ids=lambda p: p.stem)
def test_agreements_without_misspellings_are_left_byte_for_byte(file: Path) -> None:
    document = source.read(file)
    if isinstance(document.data, dict) and "sharecheck" in document.data:
        outcome = mended(document.text)
        assert (outcome.files, outcome.left) == ({}, ())


# The command itself.

MISSPELT = GOOD.replace("verbal: true", "verbal: yes")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one misspelt agreement, on a day that does not move."""

    class Today(date):
        @classmethod
        def today(cls) -> Today:
            return cls(DAY.year, DAY.month, DAY.day)

    monkeypatch.setattr(reading, "date", Today)
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "a.yaml").write_bytes(MISSPELT.encode())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["validate", *arguments])


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_fix_mends_says_what_and_ends_as_what_is_left(folder: Path) -> None:
    result = run("--fix", "p")
    assert (result.exit_code, contents(folder)) == (0, {"p/a.yaml": GOOD.encode()})
    assert result.stdout.startswith("1 agreement, ")
    assert f"p/a.yaml:{VERBAL}: mended: `yes` → `true`\n1 place in 1 file mended\n" in result.stderr
    again = run("--fix", "p")
    assert (again.exit_code, contents(folder)) == (0, {"p/a.yaml": GOOD.encode()})
    assert "nothing to mend with certainty" in again.stderr


def test_fix_leaves_what_it_cannot_mend_to_be_found(folder: Path) -> None:
    text = MISSPELT.replace("purpose: protection", "purpose: protecton")
    (folder / "p" / "a.yaml").write_text(text, encoding="utf-8")
    result = run("--fix", "p", "--format", "concise")
    assert result.exit_code == 1
    assert "there is no purpose `protecton`" in result.stdout
    assert "verbal: true" in (folder / "p" / "a.yaml").read_text("utf-8")


def test_diff_shows_and_never_writes(folder: Path) -> None:
    before = contents(folder)
    result = run("--diff", "p")
    assert (result.exit_code, contents(folder)) == (1, before)
    assert result.stdout.startswith("--- p/a.yaml\n+++ p/a.yaml\n@@ ")
    assert "\n-    verbal: yes\n+    verbal: true\n" in result.stdout
    assert "1 place in 1 file would be mended" in result.stderr
    assert "1 not checked" in result.stderr


def test_diff_shows_nothing_where_nothing_would_be_mended(folder: Path) -> None:
    (folder / "p" / "a.yaml").write_bytes(GOOD.encode())
    result = run("--diff", "p", "--on", "2026-11-22")
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["", "# end"])
def test_line_ends_marks_and_the_last_line_stay(folder: Path, line_end: str, mark: bytes, end: str) -> None:
    def stored(text: str) -> bytes:
        return mark + (text + end).replace("\n", line_end).encode()

    (folder / "p" / "a.yaml").write_bytes(stored(MISSPELT))
    assert run("--fix", "p").exit_code == 0
    assert contents(folder) == {"p/a.yaml": stored(GOOD)}


def test_only_what_was_named_is_written(folder: Path) -> None:
    (folder / "b.yaml").write_bytes(MISSPELT.replace("id: example", "id: other").encode())
    (folder / "sharecheck.yaml").write_text("agreements: [p]\nexclude: [p/old]\n", encoding="utf-8")
    (folder / "p" / "old").mkdir()
    (folder / "p" / "old" / "c.yaml").write_bytes(MISSPELT.encode())
    before = contents(folder)
    assert run("--fix").exit_code == 0
    assert contents(folder) == {**before, "p/a.yaml": GOOD.encode()}


def test_nothing_is_written_where_nothing_was_named(folder: Path) -> None:
    before = contents(folder)
    error = run("--fix").exception
    assert isinstance(error, SettingsError)
    assert "name the agreements" in error.fix
    assert contents(folder) == before


def test_a_protocol_that_was_not_named_is_read_and_not_written(folder: Path) -> None:
    protocol = MISSPELT.replace("id: example", "id: borough").replace("kind: agreement", "kind: protocol")
    (folder / "p" / "b.yaml").write_bytes(protocol.encode())
    (folder / "p" / "a.yaml").write_bytes((MISSPELT + "under: borough\n").encode())
    result = run("--fix", "p/a.yaml")
    assert result.exit_code == 1
    assert contents(folder) == {"p/a.yaml": (GOOD + "under: borough\n").encode(), "p/b.yaml": protocol.encode()}


@pytest.mark.usefixtures("folder")
def test_the_report_says_that_there_is_something_to_mend() -> None:
    assert "`--fix` may mend 1 of these; `--diff` shows how." in run("p").stdout
    run("--fix", "p")
    assert "--fix" not in run("p").stdout


def test_what_is_left_is_said_with_its_place(folder: Path) -> None:
    (folder / "p" / "a.yaml").write_bytes((GOOD + 'approvals: [{who: Board, on: "2026\\x2d4-1"}]\n').encode())
    result = run("--fix", "p")
    assert result.exit_code == 1
    assert (
        f"p/a.yaml:{len(GOOD.splitlines()) + 1}: left to you: `2026-4-1` → `2026-04-01` cannot be done there with certainty"
        in result.stderr
    )
    assert "nothing to mend with certainty, 1 left to you" in result.stderr


def test_a_link_is_not_followed_out_of_what_was_named(folder: Path) -> None:
    (folder / "elsewhere.yaml").write_bytes(MISSPELT.encode())
    (folder / "p" / "a.yaml").unlink()
    (folder / "p" / "a.yaml").symlink_to(folder / "elsewhere.yaml")
    before = contents(folder)
    error = run("--fix", "p").exception
    assert isinstance(error, SettingsError)
    assert "it is a link" in error.message
    assert (contents(folder), (folder / "p" / "a.yaml").is_symlink()) == (before, True)


def test_a_file_that_may_only_be_read_is_left_and_the_others_mended(folder: Path) -> None:
    other = folder / "p" / "b.yaml"
    other.write_bytes(MISSPELT.replace("id: example", "id: other").encode())
    other.chmod(0o444)
    result = run("--fix", "p")
    assert isinstance(result.exception, SettingsError)
    assert "`p/b.yaml` was not mended: it may only be read" in result.exception.message
    assert f"p/b.yaml:{VERBAL}:13  error  format-misfit" in result.stdout
    assert (folder / "p" / "a.yaml").read_bytes() == GOOD.encode()
    assert b"verbal: yes" in other.read_bytes()


def test_a_file_changed_in_between_is_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, mending = folder / "p" / "a.yaml", mend.mend

    def meanwhile(*arguments: Any) -> mend.Mended:
        outcome = mending(*arguments)
        file.write_bytes(b"# saved by somebody else\n" + MISSPELT.encode())
        return outcome

    monkeypatch.setattr(mend, "mend", meanwhile)
    error = run("--fix", "p").exception
    assert isinstance(error, SettingsError)
    assert "it has been changed since it was read" in error.message
    assert file.read_bytes() == b"# saved by somebody else\n" + MISSPELT.encode()


def test_permissions_stay_and_nothing_is_left_beside(folder: Path) -> None:
    (folder / "p" / "a.yaml").chmod(0o640)
    run("--fix", "p")
    assert (folder / "p" / "a.yaml").stat().st_mode & 0o777 == 0o640
    assert list(contents(folder)) == ["p/a.yaml"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--fix", "--diff"], "give one of the two"),
        (["--diff", "--format", "json"], "leave out what else would be written"),
        (["--diff", "-o", "x.txt"], "leave out what else would be written"),
        (["--diff", "--write-baseline", "b.json"], "leave out what else would be written"),
        (["--fix", "--on", "2030-01-01"], "leave out `--on`"),
        (["--fix", "--on", "tomorrow"], "write it as 2026-12-01"),
    ],
)
def test_flags_that_contradict_each_other(folder: Path, arguments: list[str], said: str) -> None:
    before = contents(folder)
    error = run("p", *arguments).exception
    assert isinstance(error, SettingsError)
    assert said in error.fix
    assert contents(folder) == before


def test_rules_that_are_mandatory_or_not_asked_keep_their_waivers(folder: Path) -> None:
    (folder / "p" / "a.yaml").write_bytes((GOOD + WAIVER).encode())
    before = contents(folder)
    run("--fix", "p", "--ignore", "consent-without-record")
    assert contents(folder) == before
    (folder / "sharecheck.yaml").write_text("rules: {mandatory: [consent]}\n", encoding="utf-8")
    run("--fix", "p")
    assert contents(folder)["p/a.yaml"] == before["p/a.yaml"]
    (folder / "sharecheck.yaml").unlink()
    run("--fix", "p")
    assert contents(folder) == {"p/a.yaml": GOOD.encode()}


def test_a_protocol_and_what_stands_under_it_are_mended_together(folder: Path) -> None:
    protocol = MISSPELT.replace("id: example", "id: borough").replace("kind: agreement", "kind: Protocol")
    (folder / "p" / "b.yaml").write_bytes(protocol.encode())
    (folder / "p" / "a.yaml").write_bytes((MISSPELT + "under: borough\n").encode())
    result = run("--fix", "p", "--format", "json")
    assert '"not_checked": 0' in result.stdout
    assert contents(folder)["p/a.yaml"] == (GOOD + "under: borough\n").encode()
