"""`sharecheck law`: what the book holds, found by id, citation, name or word, and never to be misread as sure."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from sharecheck.cli.app import app
from sharecheck.errors import SettingsError


def ask(*arguments: str) -> Result:
    done = CliRunner().invoke(app, ["law", *arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def ids(*arguments: str) -> list[str]:
    return [entry["id"] for entry in json.loads(ask(*arguments, "--json").stdout)["entries"]]


def test_without_a_term_it_lists_everything_by_family() -> None:
    text = ask("--on", "2026-11-22").stdout
    for word in (
        "Provisions: children", "Whole Acts, practice and mistakes", "Guidance, by edition", "Bodies", "ca-2004-s16la", "dpa-1998",
        "working-together-2018", "clinical-commissioning-group", "What it does not hold", "Scotland: ", "Northern Ireland: ",
    ):  # fmt: skip
        assert word in text
    assert text.endswith("Read on 2026-11-22 with the book of 2026-11-22. This is not legal advice.\n")


def test_the_list_marks_what_is_not_verified() -> None:
    lines = ask().stdout.splitlines()
    assert next(line for line in lines if line.startswith("  ia-powers ")).endswith("NOT VERIFIED; power")


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("ca-2004-s16la", ["ca-2004-s16la"]),
        ("Children Act 2004, s.16LA", ["ca-2004-s16la"]),
        ("sections 17 and 47 of the Children Act 1989", ["ca-1989-s17", "ca-1989-s47"]),
        ("Children Act 1989", ["ca-1989-s17", "ca-1989-s27", "ca-1989-s47", "ca-1989-s16b"]),
        ("Data Protection Act 1998", ["dpa-1998"]),
        ("NHS Anytown CCG", ["clinical-commissioning-group"]),
        ("golden rules", ["golden-rules"]),
        ("Article 6(1)(e)", ["uk-gdpr-a6"]),
        ("clare's law", ["domestic-violence-disclosure-scheme"]),
    ],
)
def test_finds(term: str, found: list[str]) -> None:
    assert ids(term) == found


def test_an_entry_in_full() -> None:
    text = " ".join(ask("ca-1989-s47", "--on", "2026-11-22").stdout.split())
    for word in (
        "Children Act 1989, section 47(9)-(11) (ca-1989-s47)", "Kind: duty", "From: Council children's social care",
        "Does not reach information from: Police force",
        "On request: only in answer to a request", "Condition: It need not be done",
        "Where: England and Wales", "Law on 2026-11-22: yes", "Rules with the same sources:", "section 47(9)-(11) [read]",
        "https://www.legislation.gov.uk/ukpga/1989/41/section/47",
    ):  # fmt: skip
        assert word in text


@pytest.mark.parametrize(
    ("term", "warning"),
    [("ia-powers", "Not verified: "), ("sswwa-2014-s130", "Second-hand: "), ("ca-2004-s16la", "Reported: ")],
)
def test_what_is_unsure_says_so_before_anything_else(term: str, warning: str) -> None:
    assert ask(term).stdout.splitlines()[1].strip().startswith(warning)


@pytest.mark.parametrize(
    ("day", "said"),
    [("2026-06-01", "no, as far as others' accounts go"), ("2026-12-01", "yes, as far as others' accounts go")],
)
def test_it_is_read_on_a_day(day: str, said: str) -> None:
    assert f"Law on {day}: {said}" in ask("ca-2004-s16la", "--on", day).stdout


def test_json_names_the_book_and_the_day() -> None:
    found = json.loads(ask("dpa-1998", "--on", "2026-11-22", "--json").stdout)
    assert found["knowledge"] == {"version": "2026-11-22"}
    assert found["on"] == "2026-11-22"
    (entry,) = found["entries"]
    assert entry["facts"]["in its place"] == "UK General Data Protection Regulation and Data Protection Act 2018"
    assert entry["sources"][0]["read"] == "part"
    assert "law-repealed" in entry["rules"]


@pytest.mark.parametrize(
    ("term", "near"), [("ca-1989-s471", "`ca-1989-s47`"), ("xyzzy", "see `sharecheck law`"), ("", "see")]
)
def test_what_it_does_not_hold(term: str, near: str) -> None:
    with pytest.raises(SettingsError, match="holds nothing called") as refusal:
        ask(term)
    assert near in refusal.value.fix
