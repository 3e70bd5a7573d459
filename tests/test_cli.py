"""The commands: what each prints and writes, and the contract of the JSON output."""

from __future__ import annotations

import html.parser
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from conftest import DAY, ROOT, lay_out
from sharecheck import __version__, rules, schema, source
from sharecheck.cli import forms
from sharecheck.cli.app import app
from sharecheck.errors import SettingsError

GOOD = (ROOT / "src" / "sharecheck" / "rules" / "base.yaml").read_text(encoding="utf-8")
RECORD = "      record: Agreement form on the child's record, with date and words\n"
MEASURE = "    measure: Weeks from referral to first session\n"
WAIVER = (
    "allow:\n  - {rule: consent-without-record, at: flows.help, because: The form is being printed, "
    "by: Caldicott Guardian, until: 2027-01-31}\n"
)
UNUSED = "  clerk: {title: Clerk, type: manager, agency: council}\nsubjects:\n"
ERROR = GOOD.replace(RECORD, "")
ADVICE = GOOD.replace(MEASURE, "")
WARNING = GOOD.replace("subjects:\n", UNUSED)
ALL = ERROR.replace(MEASURE, "").replace("subjects:\n", UNUSED)
UNKNOWN = "unknown: [handling.breach, flows.help.consent.record, flows.*.retention]\n"
ESCAPE = "\x1b["

Partnership = Callable[..., Path]


@pytest.fixture
def partnership(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Partnership:
    """A folder with these files in it, where the command is run."""

    def make(agreement: str = GOOD, **others: str) -> Path:
        files = {"p/a.yaml": agreement, **{name.replace("_", "."): text for name, text in others.items()}}
        return lay_out(tmp_path, files, monkeypatch)

    return make


def sharecheck(*arguments: str, day: bool = True) -> subprocess.CompletedProcess[str]:
    return run(*arguments, *(("--on", DAY.isoformat()) if day else ()))


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "TERM")}
    return subprocess.run(
        [sys.executable, "-m", "sharecheck", *arguments], capture_output=True, encoding="utf-8", timeout=30,
        check=False, env={**kept, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "120", **environment},
    )  # fmt: skip


def python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], env=environment, capture_output=True, encoding="utf-8", timeout=30,
        check=False,
    )  # fmt: skip


def here(*arguments: str) -> Result:
    """In this process, for what only prints."""
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


# validate


def test_text(partnership: Partnership) -> None:
    partnership(ERROR)
    done = sharecheck("validate", "p")
    line = ERROR.splitlines().index("    consent:", ERROR.splitlines().index("  help:")) + 1
    assert done.returncode == 1
    assert done.stderr == ""
    assert done.stdout.startswith(
        f"p/a.yaml:{line}:5  error  consent-without-record  at flows.help.consent.record\n  {line} |     consent:\n"
    )
    assert f"\n  {' ' * len(str(line))} |     ^^^^^^^\n" in done.stdout
    for word in ("Put it right: ", "Why: ", "More: sharecheck explain consent-without-record"):
        assert word in done.stdout
    assert f"1 agreement, {len(rules.load())} rules, 1 error, 0 warnings, 0 advice, 0 waived, " in done.stdout
    assert done.stdout.endswith(f"Read on {DAY} with the book of 2026-11-22, by sharecheck {__version__}.\n")


def test_concise(partnership: Partnership) -> None:
    partnership(ALL + WAIVER + UNKNOWN.replace("flows.help.consent.record, ", ""), **{"p/b_yaml": "a: [\n"})
    done = sharecheck("validate", "p", "--format", "concise")
    lines = done.stdout.splitlines()
    assert all(re.match(r"p/[ab]\.yaml:\d+:\d+: ", line) for line in lines)
    kinds = [re.sub(r"^\S+ ([a-z-]+( [a-z-]+)?):.*", r"\1", line) for line in lines]
    assert kinds == [
        "not-checked not-yaml", "warning unused-part", "advice purpose-unmeasured", "waived consent-without-record",
        "needs-a-person", "needs-a-person",
    ]  # fmt: skip


def contract() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(schema.text("output-validate")))


def as_json(*arguments: str) -> Any:
    return json.loads(sharecheck("validate", "p", "--format", "json", *arguments).stdout)


VARIETY = {
    "nothing found": GOOD,
    "all severities": ALL,
    "a waiver": ALL + WAIVER,
    "unknown parts": ERROR + UNKNOWN,
    "misshapen": "sharecheck: 1\ntitel: X\nid: 7\n",
    "no map at all": "sharecheck\n",
    "not readable": "a: [\n",
    "strange keys": GOOD + "a/b~c é: 1\n",
}


@pytest.mark.parametrize("name", VARIETY)
def test_json_keeps_its_contract(name: str, partnership: Partnership) -> None:
    partnership(GOOD.replace("id: example", "id: other"), **{"p/b_yaml": VARIETY[name]})
    found = as_json("--ignore", "dates-out-of-order")
    assert [error.message for error in contract().iter_errors(found)] == []
    summary = found["summary"]
    live = [f for f in found["findings"] if f["waived"] is None]
    assert [summary[key] for key in ("errors", "warnings", "advice")] == [
        sum(f["severity"] == severity for f in live) for severity in ("error", "warning", "advice")
    ]
    assert summary["waived"] == len(found["findings"]) - len(live)
    assert summary["needs_person"] == len(found["needs_person"])
    assert summary["files"] == summary["agreements"] + len(found["not_checked"]) == 2
    assert summary["not_asked"] == ["dates-out-of-order"]
    assert summary["rules"] == len(rules.load()) - 1


def test_json_on_everything_at_once(partnership: Partnership) -> None:
    partnership(ALL + WAIVER + UNKNOWN.replace("flows.help.consent.record, ", ""), **{"p/b_yaml": "a: 1\na: 2\n"})
    found = as_json()
    assert [error.message for error in contract().iter_errors(found)] == []
    assert (found["schema_version"], found["tool"]["version"], found["on"]) == (1, __version__, DAY.isoformat())
    waived = next(f for f in found["findings"] if f["rule"] == "consent-without-record")
    assert waived["waived"] == {
        "because": "The form is being printed", "by": "Caldicott Guardian", "until": "2027-01-31",
    }  # fmt: skip
    assert waived["pointer"] == "/flows/help/consent/record"
    assert [(u["file"], u["code"], u["line"]) for u in found["not_checked"]] == [("p/b.yaml", "duplicate-key", 2)]


def test_the_contract_is_closed_and_described() -> None:
    """No object with fields of its own leaves room for others."""

    def objects(part: Any) -> list[Any]:
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        own = [part] if isinstance(part, dict) and "properties" in part and part.get("type") == "object" else []
        return own + [found for one in inner for found in objects(one)]

    found = objects(contract().schema)
    assert len(found) == 11
    for one in found:
        assert one["additionalProperties"] is False
        assert set(one["required"]) == set(one["properties"])
        assert all(part["description"] for part in one["properties"].values())


@pytest.mark.parametrize("change", ["drop", "add"])
def test_the_contract_can_be_broken(change: str, partnership: Partnership) -> None:
    partnership(ALL)
    found = as_json()
    for place in (found, found["summary"], found["findings"][0], found["findings"][0]["sources"][0]):
        key = next(iter(place))
        kept = place.pop(key) if change == "drop" else place.setdefault("surplus", 1)
        assert not contract().is_valid(found)
        if change == "drop":
            place[key] = kept
        else:
            del place["surplus"]
    assert contract().is_valid({**found, "findings": sorted(found["findings"], key=str)})


def test_fingerprints_outlive_moved_lines_and_new_words(partnership: Partnership) -> None:
    folder = partnership(ALL)
    before = {f["fingerprint"]: f["line"] for f in as_json()["findings"]}
    moved = "# moved\n\n" + ALL.replace("Early help and safeguarding in one town", "Another title")
    (folder / "p" / "a.yaml").write_text(moved)
    after = {f["fingerprint"]: f["line"] for f in as_json()["findings"]}
    assert len(before) == 3
    assert after == {name: line + 2 for name, line in before.items()}


@pytest.mark.parametrize("form", ["text", "concise", "json"])
def test_the_same_bytes_every_time_and_everywhere(form: str, partnership: Partnership) -> None:
    folder = partnership(ALL + WAIVER + UNKNOWN, **{"p/b_yaml": "a: [\n", "p/c_yaml": ALL.replace("id: e", "id: f")})
    arguments = ("validate", "--format", form, "--on", DAY.isoformat())
    outputs = {run(*arguments, "p", PYTHONHASHSEED=seed).stdout for seed in ("0", "1", "2", "31337")}
    (folder / "elsewhere").mkdir()
    os.chdir(folder / "elsewhere")
    outputs |= {run(*arguments, "../p", PYTHONHASHSEED="7").stdout.replace("../p/", "p/")}
    outputs |= {run(*arguments, str(folder / "p")).stdout.replace(f"{folder.as_posix()}/p/", "p/")}
    assert len({unwrapped(text) for text in outputs}) == 1
    assert "not-yaml" in next(iter(outputs))


@pytest.mark.parametrize("form", sorted(set(forms.FORMS) - {"text", "concise", "json"}))
def test_the_same_bytes_in_every_other_format(form: str, partnership: Partnership) -> None:
    partnership(ALL + WAIVER + UNKNOWN, **{"p/b_yaml": "a: [\n"})
    arguments = ("validate", "p", "--format", form, "--on", DAY.isoformat())
    first, second = (run(*arguments, PYTHONHASHSEED=seed) for seed in ("1", "31337"))
    assert (first.returncode, first.stdout) == (4, second.stdout)
    assert "consent-without-record" in first.stdout or form in ("github", "gitlab"), "what is waived is not for them"


def unwrapped(text: str) -> str:
    return " ".join(text.split())


COLOUR: list[tuple[dict[str, str], bool]] = [
    ({}, False),
    ({"FORCE_COLOR": "1"}, True),
    ({"NO_COLOR": "1"}, False),
    ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ({"FORCE_COLOR": "1", "TERM": "dumb"}, False),
    ({"NO_COLOR": "", "FORCE_COLOR": "1"}, True),  # an empty NO_COLOR asks for nothing (no-color.org)
]


@pytest.mark.parametrize(("environment", "coloured"), COLOUR)
def test_colour(environment: dict[str, str], coloured: bool, partnership: Partnership) -> None:
    partnership(ALL)
    text = run("validate", "p", "--on", DAY.isoformat(), **environment).stdout
    assert (ESCAPE in text) == coloured
    plain = run("validate", "p", "--on", DAY.isoformat()).stdout
    assert re.sub(r"\x1b\[[0-9;]*m", "", text) == plain, "colour changes no word"
    for form in ("concise", "json"):
        assert ESCAPE not in run("validate", "p", "--format", form, **environment).stdout


def test_no_colour_in_a_file(partnership: Partnership) -> None:
    folder = partnership(ALL)
    run("validate", "p", "-o", "r.txt", FORCE_COLOR="1")
    written = (folder / "r.txt").read_text()
    assert "unused-part" in written
    assert ESCAPE not in written


# --fail-on, by the gravest finding there is: exit codes for error, warning, advice, never
LEVELS: dict[str, tuple[str, tuple[int, int, int, int]]] = {
    "nothing": (GOOD, (0, 0, 0, 0)),
    "advice": (ADVICE, (0, 0, 1, 0)),
    "warning": (WARNING, (0, 1, 1, 0)),
    "error": (ERROR, (1, 1, 1, 0)),
    "a waived error": (ERROR + WAIVER, (0, 0, 0, 0)),
}


@pytest.mark.parametrize("name", LEVELS)
def test_fail_on(name: str, partnership: Partnership) -> None:
    text, expected = LEVELS[name]
    folder = partnership(text)
    levels = ("error", "warning", "advice", "never")
    assert tuple(sharecheck("validate", "p", "--fail-on", level).returncode for level in levels) == expected
    assert sharecheck("validate", "p").returncode == expected[0], "`error` is the default"
    (folder / "sharecheck.yaml").write_text("fail_on: advice\n")
    assert sharecheck("validate", "p").returncode == expected[2]
    assert sharecheck("validate", "p", "--fail-on", "never").returncode == 0, "the command line comes first"


# arguments, settings, the rules that are then found in ALL
CHOICE: list[tuple[tuple[str, ...], str, set[str]]] = [
    ((), "", {"consent-without-record", "unused-part", "purpose-unmeasured"}),
    (("--select", "consent"), "", {"consent-without-record"}),
    (("--select", "purpose-unmeasured", "--select", "consistency"), "", {"unused-part", "purpose-unmeasured"}),
    (("--ignore", "consent"), "", {"unused-part", "purpose-unmeasured"}),
    (("--ignore", "unused-part", "--ignore", "purpose"), "", {"consent-without-record"}),
    (("--select", "consent", "--ignore", "consent-without-record"), "", set()),
    ((), "rules: {ignore: [unused-part]}", {"consent-without-record", "purpose-unmeasured"}),
    ((), "rules: {select: [purpose]}", {"purpose-unmeasured"}),
    (("--select", "consent"), "rules: {select: [purpose]}", {"consent-without-record"}),
    (("--ignore", "consent"), "rules: {ignore: [unused-part]}", {"purpose-unmeasured"}),
]


@pytest.mark.parametrize(("arguments", "settings", "expected"), CHOICE)
def test_select_and_ignore(
    arguments: tuple[str, ...], settings: str, expected: set[str], partnership: Partnership
) -> None:
    partnership(ALL, **({"sharecheck_yaml": settings + "\n"} if settings else {}))
    assert {f["rule"] for f in as_json(*arguments)["findings"]} == expected


def test_what_is_ignored_is_named(partnership: Partnership) -> None:
    partnership(ALL, sharecheck_yaml="rules: {ignore: [unused-part]}\n")
    done = sharecheck("validate", "p", "--ignore", "purpose")
    assert "8 rules not asked: unused-part, purpose-missing," in done.stdout


def test_severity_from_the_settings(partnership: Partnership) -> None:
    text = "rules:\n  severity: {consent-without-record: advice, unused-part: error}\n"
    partnership(ALL, sharecheck_yaml=text)
    found = as_json()
    assert {f["rule"]: f["severity"] for f in found["findings"]} == {
        "consent-without-record": "advice", "unused-part": "error", "purpose-unmeasured": "advice",
    }  # fmt: skip
    assert (found["summary"]["errors"], found["summary"]["advice"]) == (1, 2)


def test_settings_are_found_above_and_govern_no_arguments(partnership: Partnership) -> None:
    folder = partnership(ALL, sharecheck_yaml="agreements: [p]\nfail_on: never\n")
    for place in (folder, folder / "p"):
        os.chdir(place)
        done = sharecheck("validate")
        assert (done.returncode, "1 error," in done.stdout) == (0, True), done.stderr


def test_show_settings(partnership: Partnership) -> None:
    folder = partnership(GOOD, sharecheck_yaml="agreements: [p]\nrules: {ignore: [unused-part]}\n")
    done = run("validate", "--show-settings", "--fail-on", "advice")
    assert done.returncode == 0
    source = f"({(folder / 'sharecheck.yaml').as_posix()})"
    lines = done.stdout.splitlines()
    assert "fail_on: advice  (command line)" in lines
    assert f"rules.ignore: unused-part  {source}" in lines
    assert "rules.select: all  (default)" in lines
    assert lines[0].endswith(source)


def test_waived_findings_are_shown_and_do_not_fail(partnership: Partnership) -> None:
    partnership(ERROR + WAIVER)
    done = sharecheck("validate", "p")
    assert done.returncode == 0
    assert "  waived error  consent-without-record\n" in done.stdout
    assert "Accepted by Caldicott Guardian until 2027-01-31: The form is being printed.\n" in done.stdout
    assert "0 errors, 0 warnings, 0 advice, 1 waived," in done.stdout
    assert run("validate", "p", "--on", "2027-01-31").returncode == 0, "on the last day it still holds"
    after = run("validate", "p", "--on", "2027-02-01")
    assert after.returncode == 1
    assert "2 errors, 0 warnings, 0 advice, 0 waived," in after.stdout


def test_unknown_parts_need_a_person_one_line_each(partnership: Partnership) -> None:
    partnership(ERROR + UNKNOWN)
    done = sharecheck("validate", "p", "--format", "concise")
    assert done.returncode == 0, "what is listed as unknown is no error"
    lines = [line.partition(": needs-a-person: ")[2] for line in done.stdout.splitlines()]
    assert lines == [
        f"`{part}` has not been typed in yet, so nothing about it was checked"
        for part in ("handling.breach", "flows.help.consent.record", "flows.*.retention")
    ]


REQUIRED: list[source.Path] = [
    ("agencies", "school", "name"),
    ("roles", "lead", "title"), ("roles", "lead", "type"), ("subjects", "child", "type"),
    ("purposes", "support", "text"), ("purposes", "support", "type"), ("data", "identity", "text"), ("data", "identity", "type"),
    ("flows", "help", "consent", "model"),
]  # fmt: skip


@pytest.mark.parametrize("path", REQUIRED, ids=lambda path: ".".join(map(str, path)))
def test_a_part_that_must_be_there_may_be_unknown(path: source.Path, partnership: Partnership) -> None:
    """It then needs a person; it is never an error of its own, nor a fault of sharecheck."""
    lines = GOOD.splitlines(keepends=True)
    del lines[source.parse(GOOD.encode(), "base").key_span(path).line - 1]
    folder = partnership("".join(lines))
    assert f"`{path[-1]}`" in sharecheck("validate", "p").stdout
    address = ".".join(map(str, path))
    (folder / "p" / "a.yaml").write_text("".join(lines) + f"unknown: [{address}]\n")
    done = sharecheck("validate", "p")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"`{address}` has not been typed in yet" in done.stdout
    assert "0 errors" in done.stdout
    assert "1 need a person" in done.stdout


SPINE = ["sharecheck", "id", "title", "kind", "status", "jurisdiction", "governance.policy_documents.0.conditions"]


@pytest.mark.parametrize("name", SPINE)
def test_what_other_parts_rest_on_may_be_unknown_too(name: str, partnership: Partnership) -> None:
    """Whether it is then refused or left to a person, it is said."""
    lines = GOOD.splitlines(keepends=True)
    path = tuple(int(step) if step.isdigit() else step for step in name.split("."))
    del lines[source.parse(GOOD.encode(), "base").key_span(path).line - 1]
    partnership("".join(lines) + f"unknown: [{name}]\n")
    done = sharecheck("validate", "p")
    assert done.returncode in (0, 1), done.stderr
    assert f"`{name}`" in done.stdout


@pytest.mark.parametrize("form", ["text", "concise", "json"])
def test_every_run_ends_with_what_was_checked(form: str, partnership: Partnership) -> None:
    partnership()
    done = sharecheck("validate", "p", "--format", form)
    said = done.stdout + done.stderr
    assert re.search(r"1 agreement, \d+ rules, .* 0 not checked" if form != "json" else '"not_checked": 0', said)
    assert str(DAY) in said
    assert "2026-11-22" in said.replace(str(DAY), "", 1), "the edition of the book"


@pytest.mark.parametrize(
    "text", [GOOD, ALL, "sharecheck: 1\ntitel: X\n", "a: [\n"], ids=["good", "bad", "misfit", "broken"]
)
@pytest.mark.parametrize("form", ["text", "concise", "json"])
def test_validate_loads_nothing_heavy(text: str, form: str, partnership: Partnership) -> None:
    partnership(text)
    program = (
        "import sys; sys.argv = ['sharecheck', 'validate', 'p', '--format', sys.argv[1]]\n"
        "from sharecheck.__main__ import main\n"
        "main()\n"
        "heavy = ('rich', 'jsonschema', 'jinja2', 'pydantic', 'graphviz_pure', 'cel_expr_python')\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    done = python(program, form)
    assert "sharecheck itself failed" not in done.stderr
    assert done.stderr.splitlines()[-1] == "[]"


# Several formats at once


def test_every_format_at_once(partnership: Partnership) -> None:
    folder = partnership(ALL)
    (folder / "out").mkdir()
    files = [f"--format={name}=out/{name}.out" for name in forms.FORMS if name != "text"]
    done = sharecheck("validate", "p", *files, "--format", "text")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == sharecheck("validate", "p").stdout
    assert names(folder / "out") == {f"{name}.out" for name in forms.FORMS if name != "text"}
    for name in set(forms.FORMS) - {"text"}:
        alone = sharecheck("validate", "p", "--format", name)
        assert alone.returncode == 1, "the exit code does not depend on the format"
        assert (folder / "out" / f"{name}.out").read_text(encoding="utf-8") == alone.stdout


def test_what_was_checked_is_said_even_where_all_goes_to_files(partnership: Partnership) -> None:
    partnership()
    for arguments in (("--format", "json=r.json"), ("-o", "r.txt"), ("-o", "r.json"), ("--format", "concise")):
        assert sharecheck("validate", "p", *arguments).stderr.startswith("1 agreement, ")


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("r.json", '{\n  "schema_version"'), ("r.sarif", '{\n  "$schema"'), ("r.SARIF.json", '{\n  "$schema"'),
        ("r.xml", "<?xml"), ("r.md", "# Check report"), ("r.htm", "<!DOCTYPE html>"), ("r.txt", "1 agreement"),
        ("r", "1 agreement"), ("r.log", "1 agreement"),
    ],
)  # fmt: skip
def test_the_ending_decides_where_no_format_is_named(name: str, start: str, partnership: Partnership) -> None:
    folder = partnership()
    assert sharecheck("validate", "p", "-o", name).returncode == 0
    assert (folder / name).read_text(encoding="utf-8").startswith(start)
    assert sharecheck("validate", "p", "-o", name, "--format", "concise").returncode == 0
    assert (folder / name).read_text(encoding="utf-8") == "", "a format that is named comes first"


# what is refused before any work, and the words for it
REFUSED: list[tuple[tuple[str, ...], str]] = [
    (("--format", "text", "--format", "json"), "`text` and `json` would both go to the screen"),
    (("--format", "text", "--format", "text"), "`text` and `text` would both go to the screen"),
    (("--format", "json=r", "--format", "sarif=./r"), "`json` and `sarif` would both go to `r`"),
    (("--format", "json=r", "--format", "sarif=p/../r"), "`json` and `sarif` would both go to `p/../r`"),
    (("--write-baseline", "r", "--format", "json=./r"), "the baseline and `json` would both go to `r`"),
    (("--baseline", "r", "-o", "p/../r"), "the baseline and `text` would both go to `p/../r`"),
    (("--format", "json=r", "-o", "s"), "`--output` is for one format alone"),
    (("--format", "json", "--format", "text=r", "-o", "s"), "`--output` is for one format alone"),
    (("--format", "xml"), "there is no format `xml`"),
    (("--format", "xml=r"), "there is no format `xml`"),
    (("--format", "json="), "names no file"),
    (("--format", ""), "there is no format ``"),
    (("--format", "text", "--format", "json=p/a.yaml"), "`p/a.yaml` is where an agreement or settings would be"),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSED)
def test_formats_that_are_refused(arguments: tuple[str, ...], words: str, partnership: Partnership) -> None:
    folder = partnership()
    before = names(folder)
    done = sharecheck("validate", "p", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "agreement," not in done.stderr, "nothing was checked"
    assert names(folder) == before
    assert (folder / "p" / "a.yaml").read_text(encoding="utf-8") == GOOD


def test_a_file_that_cannot_be_written_does_not_keep_the_others_back(partnership: Partnership) -> None:
    folder = partnership(ALL)
    done = sharecheck(
        "validate", "p", "--format=json=q/r.json", "--format=sarif=r.sarif", "--format=text", "--format=junit=p",
        "--format=gitlab=r.gitlab",
    )  # fmt: skip
    assert done.returncode == 2
    assert "`q/r.json` cannot be written" in done.stderr
    assert "`p` cannot be written" in done.stderr
    assert "1 error, " in done.stdout
    assert names(folder) == {"p", "r.sarif", "r.gitlab"}


def test_a_file_whose_name_is_no_text_breaks_no_format(partnership: Partnership) -> None:
    folder = partnership()
    Path(os.fsdecode(b"p/\xff.yaml")).write_text(ALL.replace("id: example", "id: other"))
    files = [f"--format={name}={name}.out" for name in forms.FORMS]
    assert sharecheck("validate", "p", *files).returncode == 1
    assert "p/%FF.yaml" in (folder / "sarif.out").read_text(encoding="utf-8")


# Output to a file


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


COMMANDS = [
    ("validate", "p"),
    ("report", "p", "--format", "html"),
    ("report", "p", "--format", "markdown"),
    ("flowchart", "p/a.yaml", "--format", "mermaid"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_output_goes_to_the_file_and_leaves_no_other(command: tuple[str, ...], partnership: Partnership) -> None:
    folder = partnership(ADVICE)
    (folder / "out").mkdir()
    shown = sharecheck(*command)
    done = sharecheck(*command, "-o", "out/r.txt")
    assert (done.returncode, done.stdout) == (0, "")
    assert (folder / "out" / "r.txt").read_text(encoding="utf-8") == shown.stdout
    assert names(folder / "out") == {"r.txt"}
    assert stat.S_IMODE((folder / "out" / "r.txt").stat().st_mode) == 0o644
    (folder / "out" / "r.txt").chmod(0o600)
    sharecheck(*command, "-o", "out/r.txt")
    assert stat.S_IMODE((folder / "out" / "r.txt").stat().st_mode) == 0o600, "who may read it stays as it was"


def test_a_write_that_fails_midway_leaves_the_old_file(
    partnership: Partnership, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sharecheck.cli import reading

    folder = partnership()
    (folder / "r.txt").write_text("old")
    before = names(folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(SettingsError, match="No space left on device"):
        reading.deliver("new", folder / "r.txt")
    assert (folder / "r.txt").read_text() == "old"
    assert names(folder) == before


def test_output_through_a_link_keeps_the_link(partnership: Partnership) -> None:
    folder = partnership()
    (folder / "real.txt").write_text("old")
    (folder / "link.txt").symlink_to("real.txt")
    assert sharecheck("validate", "p", "-o", "link.txt").returncode == 0
    assert (folder / "link.txt").is_symlink()
    assert "1 agreement" in (folder / "real.txt").read_text()


def test_output_to_what_is_no_plain_file_does_not_replace_it(partnership: Partnership) -> None:
    """As with `/dev/stdout` or `/dev/null`, which must not become files."""
    folder = partnership()
    os.mkfifo(folder / "pipe")
    reader = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        sharecheck("validate", "p", "-o", "pipe")
        assert stat.S_ISFIFO((folder / "pipe").stat().st_mode)
    finally:
        os.close(reader)


# The other commands


def test_version() -> None:
    for flag in ("--version", "-V"):
        assert run(flag).stdout == f"sharecheck {__version__}\n"
        assert here(flag).stdout == f"sharecheck {__version__}\n"


def test_help_names_every_command_and_exit_code() -> None:
    done = here("--help")
    assert done.exit_code == 0
    for word in ("validate", "report", "flowchart", "rules", "explain", "law", "schema", "init", "Exit codes", "70"):
        assert word in done.stdout


RULES = {rule.id: rule for rule in rules.load()}


def test_rules() -> None:
    text = here("rules").stdout
    for rule in RULES.values():
        assert re.search(rf"^  {rule.id} +{rule.severity} +{re.escape(rule.summary)}$", text, re.MULTILINE)
    assert f"{len(RULES)} rules." in text


def test_rules_of_one_topic() -> None:
    rows = json.loads(here("rules", "consent", "--json").stdout)
    assert [row["id"] for row in rows] == [rule.id for rule in RULES.values() if rule.topic == "consent"]
    assert all(row["sources"] for row in rows)
    with pytest.raises(SettingsError, match="no topic `nonsense`") as refusal:
        here("rules", "nonsense")
    assert "lawful-basis" in refusal.value.fix
    with pytest.raises(SettingsError, match="no topic ``"):
        here("rules", "")


@pytest.mark.parametrize("rule", RULES)
def test_explain(rule: str) -> None:
    done = here("explain", rule)
    assert done.exit_code == 0
    assert done.stdout.startswith(f"# {rule}\n\n{RULES[rule].summary} (")
    headings = re.findall(r"^## (.+)$", done.stdout, re.MULTILINE)
    assert set(headings) - {"Known misses", "To accept it for a time"} == {"Sources", "Fails", "Passes", "Fix"}
    assert ("To accept it for a time" in headings) == RULES[rule].waivable
    assert done.stdout.count("```yaml") == 2 + RULES[rule].waivable
    sources = re.findall(r"^- .+\[(?:read|known|not verified).*\]$", done.stdout, re.MULTILINE)
    assert len(sources) == len(RULES[rule].cites)


def test_explain_what_is_no_rule() -> None:
    with pytest.raises(SettingsError, match="no rule `consent-without-recrd`") as refusal:
        here("explain", "consent-without-recrd")
    assert "`consent-without-record`" in refusal.value.fix


@pytest.mark.parametrize("name", schema.NAMES)
def test_schema(name: str) -> None:
    assert here("schema", name).stdout == schema.text(name)


def test_schema_is_that_of_agreements_where_none_is_named() -> None:
    assert here("schema").stdout == schema.text("agreement")


def test_schema_of_a_vocabulary() -> None:
    assert re.search(r"^independent +\S", here("schema", "controllers").stdout, re.MULTILINE)
    with pytest.raises(SettingsError, match="`nonsense`") as refusal:
        here("schema", "nonsense")
    assert "controllers" in refusal.value.fix


def test_init(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("init", "new")
    assert done.returncode == 0, done.stderr
    written = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file())
    assert written == [
        "new/.vscode/extensions.json", "new/.vscode/settings.json", "new/protocols/early-help.yaml",
        "new/schemas/agreement.schema.json", "new/schemas/config.schema.json", "new/schemas/rule.schema.json",
        "new/sharecheck.yaml",
    ]  # fmt: skip
    agreement = (tmp_path / "new" / "protocols" / "early-help.yaml").read_text()
    assert len(agreement.splitlines()) < 45
    assert "STARTS" not in agreement
    for day in re.findall(r"^(?:starts|review|ends): (.+)$", agreement, flags=re.MULTILINE):
        checked = run("validate", "new", "--fail-on", "advice", "--on", day)
        assert checked.returncode == 0, checked.stdout
        assert "1 agreement," in checked.stdout
    for name in ("settings", "extensions"):
        assert json.loads((tmp_path / "new" / ".vscode" / f"{name}.json").read_text())


def test_init_does_not_overwrite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "protocols").mkdir()
    (tmp_path / "protocols" / "early-help.yaml").write_text("mine\n")
    done = run("init")
    assert done.returncode == 2
    assert "`protocols/early-help.yaml` is already there, and nothing was written" in done.stderr
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["early-help.yaml"]
    assert (tmp_path / "protocols" / "early-help.yaml").read_text() == "mine\n"


@pytest.mark.parametrize(
    ("host", "file"), [("github", ".github/workflows/sharecheck.yml"), ("gitlab", ".gitlab-ci.yml")]
)
def test_init_for_a_host(host: str, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("init", "new", "--ci", host)
    assert done.returncode == 0, done.stderr
    assert f"In new/{file}, put the owner of your copy of sharecheck for OWNER." in done.stdout
    first = (tmp_path / "new" / file).read_text()
    assert f"OWNER/sharecheck@v{__version__}" in first
    assert run("validate", "new").returncode == 0, "the file is taken for no agreement"
    again = run("init", "new", "--ci", host)
    assert again.returncode == 2
    assert f"`new/{file}` is already there, and nothing was written" in again.stderr
    assert "remove it" in again.stderr
    (tmp_path / "new" / file).unlink()
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "new").rglob("*") if path.is_file()}
    assert run("init", "new", "--ci", host).returncode == 0, "a repository already begun gets this file alone"
    assert (tmp_path / "new" / file).read_text() == first
    assert {path: path.stat().st_mtime_ns for path in before} == before


class Page(html.parser.HTMLParser):
    """Counts the tags and keeps the words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.words += " ".join(value or "" for name, value in attrs if name in ("src", "href")) + " "

    def handle_data(self, data: str) -> None:
        self.words += data


def test_report_html(partnership: Partnership) -> None:
    partnership(
        ALL.replace("title: Early help and safeguarding in one town", 'title: "<script>x</script> & others"') + WAIVER
    )
    done = sharecheck("report", "p")
    assert done.returncode == 0, done.stderr
    page = Page(done.stdout)
    assert done.stdout.startswith("<!DOCTYPE html>")
    assert "script" not in page.tags, "nothing runs, and nothing in an agreement becomes markup"
    assert "<script>x</script> & others" in page.words
    assert not re.search(r"(?:src|href)=[\"']?http://", done.stdout)
    verdicts = ("Passed", "Failed", "Not applicable", "Needs a person")
    for word in ("unused-part", *verdicts, "Caldicott Guardian", "data:image/svg+xml"):
        assert word in page.words
    assert "compliant" not in page.words.lower()


def test_report_markdown(partnership: Partnership) -> None:
    partnership(ALL + WAIVER + UNKNOWN, **{"p/b_yaml": "a: [\n"})
    done = sharecheck("report", "p", "--format", "markdown")
    assert done.returncode == 4, "not everything was read"
    for word in (
        "# Check report: ", "| Heading | Passed | Failed | Not applicable | Needs a person |", "### Could not be read",
        "p/b.yaml, line 2", "Rule `unused-part`", "## 2. What needs a person", "**Concern about a child**",
    ):  # fmt: skip
        assert word in done.stdout


def test_a_job_summary_in_markdown_stays_brief(partnership: Partnership) -> None:
    partnership(ALL + WAIVER + UNKNOWN, **{"p/b_yaml": "a: [\n"})
    done = sharecheck("validate", "p", "--format", "markdown")
    for word in (
        "# Check report", "| Agreement | Passed | Failed | Not applicable | Needs a person |",
        "## Not checked",
        "`p/b.yaml:", "- **warning** `unused-part` at `p/a.yaml:", "### Needs a person", "| 1 | Concern about a child",
    ):  # fmt: skip
        assert word in done.stdout


def test_report_chooses_by_the_name_of_the_file(partnership: Partnership) -> None:
    folder = partnership()
    starts = (("r.md", b"# Check report"), ("r.html", b"<!DOCTYPE"), ("r.HTM", b"<!DOCTYPE"), ("r.pdf", b"%PDF-"))
    for name, start in starts:
        assert sharecheck("report", "p", "-o", name).returncode == 0
        assert (folder / name).read_bytes().startswith(start)


def test_flowchart_mermaid(partnership: Partnership) -> None:
    partnership()
    done = sharecheck("flowchart", "p/a.yaml")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[:2] == ["flowchart LR", "  accTitle: Data-flow map of Early help and safeguarding in one town"]
    assert sum(bool(re.match(r"    \d+\. ", line)) for line in lines) == 4, "one sentence for each flow"
    arrows = [line for line in lines if re.match(r"  n\d+ <?-", line)]
    assert len(arrows) == sum(line.startswith("  linkStyle ") for line in lines) > 0


def test_flowchart_svg(partnership: Partnership) -> None:
    folder = partnership()
    done = sharecheck("flowchart", "p/a.yaml", "-o", "map.svg")
    assert done.returncode == 0, done.stderr
    text = (folder / "map.svg").read_text(encoding="utf-8")
    assert text == sharecheck("flowchart", "p/a.yaml", "--format", "svg").stdout
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{space}svg"
    assert root.findtext(f"{space}title") == "Data-flow map: Early help and safeguarding in one town"
    description = root.findtext(f"{space}desc") or ""
    assert [f"{number}. " in description for number in (1, 2, 3)] == [True, True, True]


# what a map cannot be drawn of: text of the agreement, exit code, reason
NO_MAP: list[tuple[str, int, str]] = [
    ("sharecheck: 1\ntitel: X\n", 2, "does not have the form of an agreement"),
    ("a: [\n", 4, "not YAML"),
    ("AWS: 1\n", 3, "not an agreement"),
]


@pytest.mark.parametrize(("text", "code", "reason"), NO_MAP)
def test_no_map(text: str, code: int, reason: str, partnership: Partnership) -> None:
    partnership(text)
    done = sharecheck("flowchart", "p/a.yaml")
    assert (done.returncode, done.stdout) == (code, "")
    assert reason in done.stderr


def test_a_map_shows_one_agreement(partnership: Partnership) -> None:
    partnership(GOOD, **{"p/b_yaml": GOOD.replace("id: example", "id: other")})
    done = sharecheck("flowchart", "p")
    assert done.returncode == 2
    assert "holds 2 agreements" in done.stderr
    assert "`p/a.yaml`, `p/b.yaml`" in done.stderr


def test_a_fault_of_its_own_is_70_and_says_so(partnership: Partnership) -> None:
    partnership()
    program = (
        "import sys; sys.argv = ['sharecheck', 'validate', 'p']\n"
        "from sharecheck import report\n"
        "def broken(*_): raise RuntimeError('boom')\n"
        "report.check = broken\n"
        "from sharecheck.__main__ import main\n"
        "sys.exit(main())"
    )
    done = python(program)
    assert done.returncode == 70
    assert "sharecheck itself failed (RuntimeError: boom)" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_reader_that_leaves_early_causes_no_traceback(partnership: Partnership) -> None:
    partnership(ALL)
    reader, writer = os.pipe()
    os.close(reader)
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "sharecheck", "validate", "p", "--format", "json"]
    done = subprocess.run(
        command, env=environment, stdout=writer, stderr=subprocess.PIPE, encoding="utf-8", timeout=30, check=False
    )
    os.close(writer)
    assert done.returncode == 1
    assert done.stderr == ""


def test_an_agreement_is_never_written_over(partnership: Partnership) -> None:
    folder = partnership(GOOD)
    before = (folder / "p" / "a.yaml").read_bytes()
    (folder / "link.html").symlink_to(folder / "p" / "a.yaml")
    for command in (("validate", "p"), ("report", "p"), ("flowchart", "p/a.yaml", "--format", "svg")):
        for output in ("p/a.yaml", "link.html", "new.yml"):
            done = sharecheck(*command, "-o", output)
            assert done.returncode == 2, command
            assert "was left alone" in done.stderr
    assert (folder / "p" / "a.yaml").read_bytes() == before
    assert not (folder / "new.yml").exists()


def test_what_is_left_out_is_named(partnership: Partnership) -> None:
    folder = partnership(GOOD, sharecheck_yaml="exclude: ['*draft.yaml']\n")
    (folder / "p" / "draft.yaml").write_text("a: [\n")
    (folder / "p" / "b.yaml.txt").write_text("x")
    (folder / "other").mkdir()
    (folder / "p" / "linked").symlink_to(folder / "other")
    done = sharecheck("validate", "p")
    for said in (
        "p/draft.yaml (excluded by sharecheck.yaml)",
        "p/b.yaml.txt (ends in .txt",
        "linked (a link to a folder",
    ):
        assert said in done.stdout
    assert {one["name"] for one in as_json()["left_out"]} == {"p/draft.yaml", "p/b.yaml.txt", "p/linked"}


def test_two_settings_need_a_word(partnership: Partnership) -> None:
    folder = partnership(GOOD)
    for name in ("one", "two"):
        (folder / name).mkdir()
        (folder / name / "a.yaml").write_text(GOOD)
        (folder / name / "sharecheck.yaml").write_text("fail_on: warning\n")
    done = sharecheck("validate", "one", "two")
    assert done.returncode == 2
    assert "different settings" in done.stderr
    assert sharecheck("validate", "one").returncode == 0


def test_output_that_is_read_by_a_program_is_utf_8_everywhere(partnership: Partnership) -> None:
    partnership(GOOD.replace("title: ", "title: “So-called” ", 1))
    plain = sharecheck("report", "p", "--format", "markdown").stdout
    narrow = run("report", "p", "--format", "markdown", "--on", DAY.isoformat(), PYTHONIOENCODING="cp1252").stdout
    assert narrow == plain
    assert "“" in plain


def test_a_flow_to_nobody_known_stays_on_the_map(partnership: Partnership) -> None:
    partnership(GOOD.replace("to: [lead", "to: [stranger", 1))
    drawn = sharecheck("flowchart", "p/a.yaml").stdout
    assert "stranger (not in the agreement)" in drawn
