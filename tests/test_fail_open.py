"""sharecheck never says "fine" where it has not looked: the battery that other tools fail, through the real command.

`python tests/test_fail_open.py` prints the table.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import DAY, ROOT

GOOD = (ROOT / "src" / "sharecheck" / "rules" / "base.yaml").read_text(encoding="utf-8")
WAIVER = "allow:\n  - {{rule: {rule}, at: {at}, because: A new form, by: Caldicott Guardian, until: {until}}}\n"


@dataclass(frozen=True)
class Case:
    """Files (a folder where there is no text), the arguments after `validate`, the exit code, and the reason given."""

    files: dict[str, str | bytes | None]
    arguments: tuple[str, ...]
    code: int
    says: tuple[str, ...]
    never_says: tuple[str, ...] = ()


def one(text: str | bytes, code: int, *says: str, never: tuple[str, ...] = ()) -> Case:
    return Case({"p/a.yaml": text}, ("p",), code, says, never)


def beside(text: str | bytes, code: int, *says: str) -> Case:
    return Case({"p/a.yaml": GOOD, "p/b.yaml": text}, ("p",), code, says)


def flags(*arguments: str, code: int, says: tuple[str, ...], never: tuple[str, ...] = ()) -> Case:
    return Case({"p/a.yaml": GOOD}, ("p", *arguments), code, says, never)


def configured(text: str, code: int, *says: str) -> Case:
    return Case({"sharecheck.yaml": text, "p/a.yaml": GOOD}, ("p",), code, says)


def named(name: str, under: str, text: str = GOOD) -> str:
    return text.replace("id: example", f"id: {name}\nunder: {under}" if under else f"id: {name}")


BOMB = "a: &a [x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
FOREIGN = 'AWSTemplateFormatVersion: "2010-09-09"\nResources: {}\n'
LATIN = GOOD.replace("one town", "un café").encode("latin-1")
LINES = GOOD.splitlines(keepends=True)
FLOWLESS = "sharecheck: 1\nid: x\ntitle: X\nkind: agreement\nstatus: draft\njurisdiction: [england]\n"
MISSHAPEN = GOOD.replace("kind: agreement", "kind: protcol")
LOOP = "a link to itself"
UNREAD = "1 not checked"

CASES: dict[str, Case] = {
    "a good agreement (the control)": one(GOOD, 0, "1 agreement", "0 errors", "0 not checked"),
    # the file
    "broken YAML": one(GOOD + "marking: [\n", 4, "p/a.yaml:", "not-yaml", UNREAD),
    "broken YAML beside a good one": beside("a: [\n", 4, "p/b.yaml:", "not-yaml", UNREAD),
    "duplicate key": one(GOOD + "title: Another\n", 4, "`title` is given twice", "line 4", "duplicate-key"),
    "duplicate flow": one(GOOD.replace("  help:\n", "  concern:\n"), 4, "`concern` is given twice"),
    "two documents in a file": one(GOOD + "---\n" + GOOD, 4, "several-documents", f"p/a.yaml:{len(LINES) + 1}:1"),
    "Latin-1 bytes": one(LATIN, 4, "p/a.yaml:4:", "0xe9", "UTF-8"),
    "UTF-16": one(GOOD.encode("utf-16"), 4, "not-utf-8"),
    "alias bomb": one(BOMB, 4, "anchor", "`&a`"),
    "alias": one(GOOD + "see: *x\n", 4, "alias", "`*x`"),
    "nested too deep": one("a: " + "[" * 100_000, 4, "too-deep", "64 levels"),
    "too large": one(GOOD + "#" * 1_048_576, 4, "too-large", "1024 KiB"),
    "empty file": one("", 4, "empty-file"),
    "tag that would run a program": one("a: !!python/object/apply:os.system ['touch ran']\n", 4, "tag"),
    "control character": one(GOOD + "marking: \x00\n", 4, "forbidden-character"),
    "missing path": Case({}, ("nowhere.yaml",), 4, ("`nowhere.yaml` does not exist", UNREAD)),
    "missing path beside a good one": Case({"p/a.yaml": GOOD}, ("p", "q"), 4, ("`q` does not exist", UNREAD)),
    "a broken file outranks findings": Case(
        {"p/a.yaml": FLOWLESS, "p/b.yaml": "a: [\n"}, ("p",), 4, ("agreement-without-flows", "not-yaml", UNREAD)
    ),
    "a broken file with --fail-on never": Case({"p/a.yaml": "a: [\n"}, ("p", "--fail-on", "never"), 4, ("not-yaml",)),
    # nothing to look at
    "empty folder": Case({"p": None}, ("p",), 3, ("no agreement was found in `p`",)),
    "folder without YAML": Case({"p/a.txt": GOOD, "p/b.json": "{}"}, ("p",), 3, ("no agreement was found in `p`",)),
    "folder with hidden files only": Case({"p/.a.yaml": GOOD, "p/.git/b.yaml": GOOD}, ("p",), 3, ("no agreement",)),
    "everything excluded": Case(
        {"sharecheck.yaml": "exclude: [p]\n", "p/a.yaml": GOOD}, ("p",), 3, ("no agreement was found in `p`",)
    ),
    "no arguments and nothing there": Case({}, (), 3, ("no agreement was found",)),
    "only settings": one("sharecheck: settings\n", 3, "no agreement was found"),
    # the wrong kind of file
    "foreign YAML alone": one(FOREIGN, 3, "not an agreement", "nothing was checked"),
    "foreign YAML named": Case({"t.yaml": FOREIGN}, ("t.yaml",), 3, ("not an agreement", "nothing was checked")),
    "a list": one("- a\n- b\n", 3, "it holds a list", "nothing was checked"),
    "foreign YAML among agreements": beside(FOREIGN, 4, "p/b.yaml:", "not-an-agreement", "exclude", UNREAD),
    "without its line `sharecheck: 1`": one(GOOD.replace("sharecheck: 1\n", ""), 1, "no `sharecheck`", UNREAD),
    "without that line, among agreements": beside(
        GOOD.replace("sharecheck: 1\n", "").replace("id: example", "id: x"), 1, "p/b.yaml:1:1", "no `sharecheck`", UNREAD
    ),
    "a cover without that line, among agreements": beside(
        "id: x\ntitle: X\nkind: agreement\nstatus: draft\n", 4, "p/b.yaml:", "does not begin with `sharecheck: 1`", UNREAD
    ),
    "another version of the format": one(GOOD.replace("sharecheck: 1", "sharecheck: 2"), 1, "`2`", "write `1`", UNREAD),
    "without flows": one(FLOWLESS, 1, "agreement-without-flows", "nothing about sharing could be checked"),
    "with empty flows": one(FLOWLESS + "flows: {}\n", 1, "agreement-without-flows"),
    "misshapen with --fail-on never": Case({"p/a.yaml": MISSHAPEN}, ("p", "--fail-on", "never"), 1, (UNREAD,)),
    "misshapen with its rule ignored": Case(
        {"p/a.yaml": MISSHAPEN}, ("p", "--ignore", "format-misfit"), 1, ("`protcol`", UNREAD)
    ),
    # settings and flags
    "unknown rule in --ignore": flags(
        "--ignore", "consent-without-recrd", code=2, says=("`--ignore`", "did you mean `consent-without-record`?")
    ),
    "unknown rule in --select": flags("--select", "nonsense", code=2, says=("`--select`", "`nonsense`", "no rule")),
    "unknown rule in the file's ignore": configured(
        "rules: {ignore: [unused-prt]}\n", 2, "sharecheck.yaml: `rules.ignore`", "did you mean `unused-part`?"
    ),
    "unknown rule in the file's select": configured("rules: {select: [nonsense]}\n", 2, "`rules.select`", "`nonsense`"),
    "unknown rule in the file's severity": configured(
        "rules: {severity: {consent: error}}\n", 2, "`rules.severity`", "`consent`", "no rule"
    ),
    "unknown rule in --ignore is not blamed on the file": Case(
        {"sharecheck.yaml": "fail_on: error\n", "p/a.yaml": GOOD}, ("p", "--ignore", "nonsense"), 2, ("`--ignore`",),
        ("rules.ignore",),
    ),
    "unknown key in the settings": configured("ignore: [unused-part]\n", 2, "sharecheck.yaml:1:1", "`ignore`"),
    "settings that are a list": configured("[]\n", 2, "sharecheck.yaml:1:1", "a list"),
    "settings that are broken": configured("fail_on: [\n", 4, "sharecheck.yaml:", "not YAML"),
    "settings with a key twice": configured("fail_on: error\nfail_on: never\n", 4, "`fail_on` is given twice"),
    # --config names an input, and an input that cannot be read is 4, as with any other path
    "missing --config file": flags("--config", "none.yaml", code=4, says=("`none.yaml` does not exist",)),
    "--config is a folder": flags("--config", "p", code=4, says=("`p` is not a plain file",)),
    "a day that is none": flags("--on", "2026-02-30", code=2, says=("`--on 2026-02-30` is not a day",)),
    "a day in words": flags("--on", "tomorrow", code=2, says=("`--on tomorrow`", "2026-12-01")),
    "a flag that is none": flags("--strict", code=2, says=("--strict",)),
    "a format that is none": flags("--format", "xml", code=2, says=("`xml`", "json")),
    "a level that is none": flags("--fail-on", "fatal", code=2, says=("'fatal'", "warning")),
    "output in a folder that is not there": flags("-o", "q/r.txt", code=2, says=("`q/r.txt` cannot be written",)),
    "output onto a folder": flags("-o", "p", code=2, says=("`p` cannot be written",)),
    "output below a file": flags("-o", "p/a.yaml/r.txt", code=2, says=("cannot be written",)),
    # waivers
    "waiver of an unknown rule": one(
        GOOD + WAIVER.format(rule="consent-without-recrd", at="flows.help", until="2027-01-31"),
        1, "waiver-of-no-rule", "did you mean `consent-without-record`?",
    ),
    "expired waiver": one(
        GOOD.replace("      record: Agreement form on the child's record, with date and words\n", "")
        + WAIVER.format(rule="consent-without-record", at="flows.help", until="2026-11-21"),
        1, "waiver-expired", "consent-without-record", "2 errors", "0 waived",
    ),
    "waiver without an end": one(
        GOOD + "allow: [{rule: unused-part, at: flows, because: x, by: y}]\n", 1, "no `until`", UNREAD
    ),
    "waiver of what may not be waived": one(
        MISSHAPEN + WAIVER.format(rule="format-misfit", at="kind", until="2027-01-31"), 1, "`protcol`", "0 waived"
    ),
    "unused waiver (a warning, counted)": one(
        GOOD + WAIVER.format(rule="consent-without-record", at="flows.help", until="2027-01-31"),
        0, "waiver-waives-nothing", "waives nothing", "1 warning", "0 waived",
    ),
    # protocols
    "protocol that is not there": one(named("a", "elsewhere"), 1, "dangling-reference", "`elsewhere`"),
    "protocol under itself": one(named("a", "a"), 1, "in a circle: a → a", UNREAD),
    "protocols in a circle": Case(
        {"p/a.yaml": named("a", "b"), "p/b.yaml": named("b", "a")}, ("p",), 1,
        ("in a circle: a → b → a", "in a circle: b → a → b", "2 not checked"),
    ),
    "protocols in a circle, above it one more": Case(
        {"p/a.yaml": named("a", "b"), "p/b.yaml": named("b", "c"), "p/c.yaml": named("c", "b")}, ("p",), 1,
        ("in a circle", "3 not checked"),
    ),
    "misshapen protocol": Case(
        {"p/a.yaml": named("a", "b"), "p/b.yaml": named("b", "", MISSHAPEN)}, ("p",), 1,
        ("its protocol `b` does not have the form of an agreement", "`protcol`", "2 not checked"),
    ),
    "misshapen protocol that was not named": Case(
        {"p/a.yaml": named("a", "b"), "p/b.yaml": named("b", "", MISSHAPEN)}, ("p/a.yaml",), 1,
        ("`b` does not have the form of an agreement",),
    ),
    "broken protocol": Case(
        {"p/a.yaml": named("a", "b"), "p/b.yaml": named("b", "") + "x: [\n"}, ("p",), 4,
        ("not-yaml", "its protocol `b` may be in `p/b.yaml`, which cannot be read", "2 not checked"),
    ),
    "a chain of protocols without end": Case(
        {f"p/{i:03}.yaml": named(f"c{i}", f"c{i + 1}") for i in range(60)}, ("p",), 1,
        ("more than 8 protocols", "not checked"),
    ),
    "a link to itself": Case({"p/a.yaml": GOOD, "p/b.yaml": LOOP}, ("p",), 4, ("p/b.yaml:1:1", UNREAD)),
    "a name that is too long": Case({"p/a.yaml": GOOD}, ("p", "x" * 300 + ".yaml"), 4, ("too long", UNREAD)),
    "two agreements of one id": beside(GOOD, 1, "agreement-id-taken", "2 errors"),
}  # fmt: skip


def lay_out(files: dict[str, str | bytes | None], folder: Path) -> None:
    for name, text in files.items():
        path = folder / name
        if text is None:
            path.mkdir(parents=True)
            continue
        if text == LOOP:
            path.symlink_to(path.name)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "200"}
    command = [sys.executable, "-m", "sharecheck", "validate", "--on", DAY.isoformat(), *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=20, check=False
    )


def tree(folder: Path) -> dict[str, bytes | None]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() if p.is_file() else None for p in folder.rglob("*")}


@pytest.mark.parametrize("name", CASES)
def test_battery(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    lay_out(case.files, tmp_path)
    before = tree(tmp_path)
    done = run(tmp_path, *case.arguments)
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == case.code, said
    assert "Traceback" not in said
    assert "sharecheck itself failed" not in said
    assert [word for word in case.says if word.lower() not in said.lower()] == [], said
    assert [word for word in case.never_says if word in said] == [], said
    assert tree(tmp_path) == before, "nothing is written, nothing is left behind"


def test_the_battery_covers_every_code() -> None:
    assert {case.code for case in CASES.values()} == {0, 1, 2, 3, 4}
    assert [name for name, case in CASES.items() if not case.says] == []


@pytest.mark.parametrize("name", ["alias bomb", "nested too deep", "too large"])
def test_hostile_files_are_refused_quickly(name: str, tmp_path: Path) -> None:
    lay_out(CASES[name].files, tmp_path)
    started = time.perf_counter()
    done = run(tmp_path, *CASES[name].arguments)
    assert time.perf_counter() - started < 5
    assert done.returncode == 4


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    for arguments in (("a.yaml",), (".",)):
        done = run(tmp_path, *arguments)
        assert (done.returncode, "not-a-file" in done.stdout) == (4, True), done.stdout + done.stderr


def test_a_folder_that_leads_into_itself_ends(tmp_path: Path) -> None:
    lay_out({"p/a.yaml": GOOD}, tmp_path)
    (tmp_path / "p" / "again").symlink_to(tmp_path / "p")
    done = run(tmp_path, "p")
    assert done.returncode == 0
    assert "1 agreement," in done.stdout


def test_a_link_to_nothing_is_not_passed_over(tmp_path: Path) -> None:
    lay_out({"p/a.yaml": GOOD}, tmp_path)
    (tmp_path / "p" / "b.yaml").symlink_to(tmp_path / "gone.yaml")
    done = run(tmp_path, "p")
    assert done.returncode == 4
    assert "missing-file" in done.stdout


@pytest.mark.parametrize("form", ["text", "concise", "json"])
def test_what_was_not_checked_is_named_in_every_format(form: str, tmp_path: Path) -> None:
    lay_out({"p/a.yaml": GOOD, "p/b.yaml": "a: [\n", "p/c.yaml": FOREIGN}, tmp_path)
    done = run(tmp_path, "p", "--format", form)
    assert done.returncode == 4
    for word in ("p/b.yaml", "not-yaml", "p/c.yaml", "not-an-agreement"):
        assert word in done.stdout


def as_markdown() -> str:
    rows = [f"| {name} | {case.code} | {'; '.join(case.says)} |" for name, case in CASES.items()]
    return "\n".join(["| Case | Exit code | Reason given |", "|---|---:|---|", *rows, ""])


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
