"""Rules of one's own: what loads and what does not, what an expression may ask, and that no answer is never a pass."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from conftest import DAY, ROOT, lay_out
from sharecheck import agreement, knowledge, own, rules, schema, source
from sharecheck.cli import app
from sharecheck.errors import SettingsError, SharecheckError
from sharecheck.own import expression, view, written
from sharecheck.rules import Ask, Hit, page
from sharecheck.rules.facts import Facts
from sharecheck.settings import Settings, load
from test_pages import laid

GOOD = """\
sharecheck: rule
for: flows
when: '"injuries" in flow.data'
require: '!("email" in flow.methods)'
message: "`{id}` sends injuries by {methods}"
why: A misdirected e-mail told a stranger.
fix: Send it by secure e-mail.
source: Partnership board minutes, 2025-03
at: method
fails:
  flows:
    concern:
      method: [email]  # r
passes:
  flows:
    concern:
      method: [phone]
"""
AGREEMENT = (ROOT / "src" / "sharecheck" / "rules" / "base.yaml").read_text(encoding="utf-8")
FAULTY = AGREEMENT.replace(
    "    title: Concern about a child\n", "    title: Concern about a child\n    method: [email]\n"
).replace("  security:\n", "  security:\n    in_transit: E-mail between the agencies is encrypted\n")
BELOW = re.sub(
    r"^(agencies|roles):\n(  .*\n)+",
    "",
    AGREEMENT.replace("id: example", "id: other\nunder: example"),
    flags=re.MULTILINE,
)
Repository = Callable[..., Path]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A partnership's folder with settings, one agreement and these other files, where the command is run."""

    def make(agreement: str = FAULTY, settings: str = "", **rule_files: str) -> Path:
        files = {"sharecheck.yaml": f"sharecheck: settings\nagreements: [p]\n{settings}", "p/a.yaml": agreement}
        files |= {f"rules/{name.replace('_', '-')}.yaml": text for name, text in rule_files.items()}
        return lay_out(tmp_path, files, monkeypatch)

    return make


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """The whole program in this process: exit code, output and errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sharecheck", *arguments])
        code = app.run()
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


Command = Callable[..., tuple[int, str, str]]


def read(text: str) -> rules.Rule:
    return written.read(source.parse(text.encode(), "rules/r.yaml"), "r")


def asked(require: str, of: str = "flows", fragment: str = "{}", when: str = "") -> list[str]:
    """What a rule with one condition finds, as `id`, and could not be asked of, as `?id`, over the base."""
    text = re.sub(r"^(when|at|message|require|for):.*\n", "", GOOD, flags=re.MULTILINE)
    head = f"for: {of}\nmessage: '{{id}}'\nrequire: {json.dumps(require)}\n" + (
        f"when: {json.dumps(when)}\n" if when else ""
    )
    rule = read(text.replace("why:", f"{head}why:"))
    facts = Facts(agreement.build(laid(dedent(fragment))), knowledge.load(DAY))
    outcomes = [outcome for part in rule.parts(facts) for outcome in rule.check(part, facts)]
    return [
        o.message
        if isinstance(o, Hit)
        else "?" + ",".join(re.findall("`([^`]+)`", o.message.partition(", because ")[0])[1:])
        for o in outcomes
    ]


# What an expression may ask


ASKED: list[tuple[str, str, list[str]]] = [
    # for, what must be true, ids of what is found
    ("flows", '"injuries" in flow.data', ["help", "therapy-plan", "concern-answer"]),
    ("flows", 'flow.to.all(r, r in ["lead", "family-worker", "social-worker"])', ["therapy-plan", "concern-answer"]),
    ("flows", 'flow.recipients.all(a, a.type != "voluntary")', ["help"]),
    ("flows", 'flow.senders.exists(a, "health" in a.sectors)', ["help", "concern-answer"]),
    ("flows", 'flow.recipient_roles.exists_one(r, r.type == "lead-practitioner")', ["concern", "therapy-plan", "concern-answer"]),
    ("flows", "flow.items.filter(i, i.special_category).size() == 0", ["concern", "therapy-plan"]),
    ("flows", "flow.special_category == flow.items.exists(i, i.special_category)", []),
    ("flows", "!flow.safeguarding || flow.strength == 'must'", []),
    ("flows", 'flow.consent_model == "none-inform"', ["help", "therapy-plan"]),
    ("flows", "!flow.asks", ["help"]),
    ("flows", 'flow.article_6.all(a, a == "6(1)(e)")', ["help"]),
    ("flows", '"18" in flow.conditions || !flow.special_category', ["therapy-plan"]),
    ("flows", 'flow.gateways.exists(g, g.startsWith("ca-2004"))', []),
    ("flows", 'flow.title.matches("^[CE]")', ["therapy-plan", "concern-answer"]),
    ("flows", "flow.deadline != null", ["help", "therapy-plan"]),
    ("flows", "flow.retention_days < 9125", ["concern", "help", "therapy-plan", "concern-answer"]),
    ("flows", "flow.retention_days == 9125", []),
    ("flows", 'has(flow.written.contact) ? flow.written.contact != "" : flow.id != "help"', ["help"]),
    ("flows", "flow.subjects.all(s, s.child && !s.adult)", []),
    ("flows", 'agreement.status == "draft" || on > "2026-11-21"', []),
    ("agencies", 'agency.controller == "independent"', []),
    ("agencies", "agency.public_authority", ["charity"]),
    ("agencies", "has(agency.written.signatory)", []),
    ("roles", "!role.direct_care", ["health-visitor", "therapist"]),
    ("roles", 'role.agencies == ["council"]', ["health-visitor", "therapist", "safeguarding-lead", "family-worker"]),
    ("subjects", 'subject.ages == "0-11"', []),
    ("purposes", "purpose.safeguarding", ["support", "care"]),
    ("data", 'item.why != null && item.why.contains("child")', ["injuries", "attendance", "therapy"]),
    ("agreement", 'agreement.flows.exists(f, f.recipients.exists(a, a.type == "police"))', ["example"]),
    ("agreement", "agreement.live && !agreement.over && agreement.parties_is_no_field == 1", ["error"]),
    ("agreement", 'agreement.ends < "2030" && agreement.jurisdiction == ["england"]', []),
    ("agreement", 'agreement.handling.breach.contact.endsWith("@council.example")', []),
    ("agreement", 'agreement.written.agencies["council"].name == "Example Council"', []),
    ("agreement", 'agreement.governance.policy_documents.exists(d, "council" in d.agency)', []),
]  # fmt: skip


@pytest.mark.parametrize(("of", "require", "found"), ASKED, ids=[row[1][:50] for row in ASKED])
def test_what_an_expression_finds(of: str, require: str, found: list[str]) -> None:
    if found == ["error"]:
        with pytest.raises(SettingsError, match="has no field `parties_is_no_field`"):
            asked(require, of)
    else:
        assert asked(require, of) == found


EVERY = "?concern,help,therapy-plan,concern-answer"
NO_ANSWER: list[tuple[str, str, list[str], str]] = [
    # what must be true, a fragment, what is said to be unasked, why
    ('flow.deadline.startsWith("P")', "{}", ["?help,therapy-plan", "concern", "concern-answer"], "not stated"),
    ("flow.retention_days > 9000", "defaults: {retention: {period: null, text: Long}}", [EVERY], "not stated"),
    ("flow.written.nosuch == 1", "{}", ["error"], ""),
    ("flow.written.trigger == 'a'", "{}", [EVERY], "nothing is said under `trigger`"),
    ("flow.written.trigger == 'a' || flow.id == 'help'", "{}", ["?concern,therapy-plan,concern-answer"], "nothing is said"),
    ("!(flow.written.trigger == 'a')", "{}", [EVERY], "nothing is said"),
    ("flow.recipients.all(a, a.written.spoc.role == 'x')", "{}", [EVERY], "not stated"),
    ("flow.data[1] == 'injuries'", "{flows: {help: {data: [identity]}}}", ["?help", "therapy-plan", "concern-answer"], "shorter"),
    ("flow.written.deadline > 3", "{}", ["?concern,concern-answer", "?help,therapy-plan"], ""),
    ("flow.written.lawful_basis", "{}", [EVERY], "true or false"),
    ("1 / flow.data.size() == 1 / 0", "{}", [EVERY], "no answer"),
]  # fmt: skip


@pytest.mark.parametrize(("require", "fragment", "found", "why"), NO_ANSWER, ids=[row[0][:50] for row in NO_ANSWER])
def test_no_answer_is_never_a_pass(require: str, fragment: str, found: list[str], why: str) -> None:
    if found == ["error"]:
        with pytest.raises(SettingsError, match="has a field `nosuch`"):
            asked(require, fragment=fragment)
        return
    assert sorted(asked(require, fragment=fragment)) == sorted(found)
    assert sorted(asked("true", fragment=fragment, when=require)) == sorted(f for f in found if f.startswith("?"))
    rule = read(
        GOOD.replace("""'!("email" in flow.methods)'""", json.dumps(require)).replace(
            "when: '\"injuries\" in flow.data'\n", ""
        )
    )
    facts = Facts(agreement.build(laid(fragment)), knowledge.load(DAY))
    asks = [o for part in rule.parts(facts) for o in rule.check(part, facts) if isinstance(o, Ask)]
    assert any(why in ask.message for ask in asks)


def test_what_the_protocol_above_says_is_asked_of_the_protocol() -> None:
    above = agreement.build(page.base())
    below = agreement.build(source.parse(BELOW.encode(), "b.yaml"), above)
    text = re.sub(r"^(when|at|message|require|for):.*\n", "", GOOD, flags=re.MULTILINE)
    rule = read(f"{text}for: roles\nmessage: x\nrequire: role.title == ''\n")
    assert not list(rule.parts(Facts(below, knowledge.load(DAY))))
    assert list(rule.parts(Facts(above, knowledge.load(DAY))))


# What does not load


WHEN = "'\"injuries\" in flow.data'"
REQUIRE = "'!(\"email\" in flow.methods)'"
REFUSED: list[tuple[str, str, str, str, str]] = [
    # name, what is replaced, by what, place, words
    ("a field misspelt", REQUIRE, "flow.mehtods.size() > 0", "4:15", "`flow` has no field `mehtods`|did you mean `methods`"),
    ("a field of a part misspelt", REQUIRE, "flow.senders.all(a, a.tpye == 'x')", "4:32", "a field `tpye`|did you mean `type`"),
    ("a misspelling that nothing reaches", REQUIRE, "true || flow.senders.all(a, a.tpye == 1)", "4:40", "a field `tpye`"),
    ("a name of nothing", REQUIRE, "photo in flow.data", "4:10", "`photo` is no name|put texts in quotes"),
    ("a part by itself", REQUIRE, "flow == null", "4:10", "`flow` stands alone"),
    ("a part as one's own name", REQUIRE, 'flow.data.all(flow, flow == "a")', "4:24", "`flow` stands alone"),
    ("of other parts", REQUIRE, 'agency.type == "police"', "4:10", "`agency` is no name"),
    ("a list against a text", REQUIRE, "'flow.data == \"photo\"'", "4:21", "`==` does not go with a list and a text|in flow.data"),
    ("yes against a text", REQUIRE, "flow.asks == 'yes'", "4:20", "`==` does not go with yes or no and a text"),
    ("more than a text", REQUIRE, "flow.id < 3", "4:18", "`<` does not go with a text and a number"),
    ("no yes or no", REQUIRE, "flow.id", "4:10", "comes out as a text"),
    ("a number", REQUIRE, "flow.data.size()", "4:10", "comes out as a number"),
    ("cut off", REQUIRE, "'flow.data.all(d, d =='", "4:32", "cannot be read from here"),
    ("a bracket too many", REQUIRE, "'flow.asks)'", "4:20", "cannot be read from here"),
    ("nothing", REQUIRE, "''", "4:10", "`require` is an empty text"),
    ("blank", REQUIRE, "' '", "4:11", "cannot be read"),
    ("and", REQUIRE, "flow.asks and flow.criminal", "4:20", "`and` is not a word|write `&&`"),
    ("not", REQUIRE, "not (flow.asks)", "4:10", "`not` is not a word|write `!`"),
    ("capital letters", REQUIRE, "flow.asks == True", "4:23", "`True` is not a word|write `true`"),
    ("a field of the format", REQUIRE, "flow.consent.model == 'none'", "4:15", "no field `consent`|`flow.written.consent`"),
    ("a field of a text", REQUIRE, "flow.to.all(role, role.type == 'x')", "4:32", "a text has no fields"),
    ("one equals sign", REQUIRE, "flow.id = 'a'", "4:18", "a single `=`|write `==`"),
    ("one bar", REQUIRE, "flow.asks | flow.asks", "4:20", "a single `|`"),
    ("a quote left open", REQUIRE, "'flow.id == \"a'", "4:22", "quote opens here"),
    ("curly quotes", REQUIRE, "'flow.id == “a”'", "4:22", "word processor"),
    ("three quotes", REQUIRE, "'flow.id == \"\"\"a\"\"\"'", "4:22", "three quotes"),
    ("bytes", REQUIRE, "'flow.id == b\"a\"'", "4:22", "right before a quote"),
    ("adding", REQUIRE, "'flow.id + \"a\" == \"b\"'", "4:19", r"`\+` adds or joins"),
    ("building a list", REQUIRE, "'[flow.id] == [\"a\"]'", "4:12", "written out"),
    ("building a list of lists", REQUIRE, "'[[1]] == [[1]]'", "4:12", "written out"),
    ("building a map", REQUIRE, "'{1: 2}[1] == 2'", "4:11", "begins a map"),
    ("map", REQUIRE, "flow.senders.map(a, a.id).size() > 0", "4:23", "no function `map`"),
    ("a function there is not", REQUIRE, "'flow.id.lower() == \"a\"'", "4:19", "no function `lower`"),
    ("reading a file", REQUIRE, "'open(\"/etc/passwd\") == \"\"'", "4:11", "no function `open`"),
    ("a message type", REQUIRE, "google.protobuf.Struct == 1", "4:17", "no.* field `protobuf`"),
    ("dunder", REQUIRE, "flow.id.__class__ == 1", "4:18", "no.* field `__class__`"),
    ("has of what is always there", REQUIRE, "has(flow.asks)", "4:19", "asks nothing"),
    ("has of what is always there, in brackets", REQUIRE, "has(((flow.asks)))", "4:21", "asks nothing"),
    ("a pattern from elsewhere", REQUIRE, "flow.id.matches(flow.id)", "4:18", "one pattern"),
    ("no pattern", REQUIRE, "'flow.id.matches(\"(\")'", "4:27", "not a pattern"),
    ("nested too deeply", REQUIRE, "'" + "(" * 40 + "true" + ")" * 40 + "'", "4:11", "nested too deeply"),
    ("in when", WHEN, "'flow.dta == []'", "3:13", "`flow` has no field `dta`"),
    ("on the second line of a folded text", REQUIRE, ">-\n  flow.asks ||\n  flow.assks", "6:8", "no field `assks`"),
    ("in a block", REQUIRE, "|\n  flow.asks\n\n  || flow.assks", "7:11", "no field `assks`"),
    ("after escapes", REQUIRE, '"\\"a\\" == flow.idd"', "4:25", "no field `idd`"),
    ("after doubled quotes", REQUIRE, "'''a'' == flow.idd'", "4:25", "no field `idd`"),
    ("on a line of its own", REQUIRE, "\n  flow.asks\n  || flow.assks", "6:11", "no field `assks`"),
    ("a key misspelt", "why:", "whi:", "6:1", "no field `whi`|did you mean `why`"),
    ("no why", "why: A misdirected e-mail told a stranger.\n", "", "1:1", "no `why`"),
    ("no failing example", GOOD[GOOD.index("fails:") : GOOD.index("passes:")], "", "1:1", "no `fails`"),
    ("no passing example", GOOD[GOOD.index("passes:") :], "", "1:1", "no `passes`"),
    ("for what there is not", "for: flows", "for: flow", "2:6", "did you mean `flows`"),
    ("severity", "at: method", "severity: fatal", "9:11", "`fatal` is not one of the words"),
    ("at no field", "at: method", "at: methd", "9:5", "no field `methd`|`method`"),
    ("braces of nothing", "{methods}", "{methds}", "5:36", "stands for no field"),
    ("braces with an expression", "{methods}", "{flow.id == 1}", "5:36", "stands for no field"),
    ("braces of a list of parts", "{methods}", "{senders}", "5:36", "stands for no field"),
    ("a taken id", "for: flows", "id: consent-without-record\nfor: flows", "2:5", "taken by a rule of sharecheck"),
    ("the id of a topic", "for: flows", "id: consent\nfor: flows", "2:5", "name of a topic"),
    ("no id", "for: flows", "id: My Rule\nfor: flows", "2:5", "not an id"),
    ("a failing example that passes", "method: [email]", "method: [phone]", "10:1", "finds no fault in the example"),
    ("a passing example that fails", "method: [phone]", "method: [email]", "17:7|17:15", "fault in the example that should pass"),
    ("a passing example outside the rule", "method: [phone]", "data: [identity]", "14:1", "does not apply to anything"),
    ("a failing example outside the rule", "method: [email]", "data: [identity]", "10:1", "does not apply to anything"),
    ("a mark elsewhere", "concern:\n      method: [email]  # r", "concern:  # r\n      method: [email]", "10:1", "the line marked"),
    ("an example that is no agreement", "method: [phone]", "methd: [phone]", "17:7", "the example is no agreement"),
    ("an example that cannot be asked", REQUIRE, "flow.written.trigger == 'a'", "12:5|12:3", "could not be asked"),
    ("an example under nothing", "fails:", "over: p/b.yaml\nfails:", "10:7", "does not exist|did you mean `a.yaml`"),
    ("a duplicate key", "for: flows", "for: flows\nfor: flows", "3:1", "given twice"),
    ("not a rule", "sharecheck: rule", "sharecheck: 1", "1:1", "not a rule of your own"),
    ("no yaml", "for: flows", "for: [", "2:6", "bracket"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "place", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_does_not_load(
    old: str, new: str, place: str, words: str, repository: Repository, command: Command
) -> None:
    assert old in GOOD
    repository(r=GOOD.replace(old, new))
    code, out, err = command("validate", "--on", DAY.isoformat())
    assert (code, out) == (4 if "twice" in words or words == "bracket" else 2, ""), err
    assert any(err.startswith(f"rules/r.yaml:{one}: ") for one in place.split("|")), err
    assert all(re.search(word, err) for word in re.split(r"(?<!`)\|", words)), err
    assert "Put it right: " in err


FOLDERS: list[tuple[str, dict[str, str], str, int, str]] = [
    # name, files, settings, exit code, words
    ("an empty folder", {"rules/README.md": "x"}, "", 2, "`rules` is where your own rules should be, and it holds no file"),
    ("an empty folder, not wanted", {"rules/README.md": "x"}, "rules: {own: []}\n", 0, ""),
    ("an agreement among the rules", {"rules/a.yaml": AGREEMENT}, "", 2, "rules/a.yaml:1:1: this is not a rule of your own"),
    ("an empty file", {"rules/a.yaml": ""}, "", 4, "rules/a.yaml:1:1: the file is empty"),
    ("a list", {"rules/a.yaml": "- a\n"}, "", 2, "rules/a.yaml:1:1: this is not a rule of your own"),
    ("two with one id", {"rules/a.yaml": GOOD.replace("for:", "id: r\nfor:"), "rules/r.yaml": GOOD}, "", 2,
     "`r` is taken by the rule in rules/a.yaml"),
    ("a name that is no id", {"rules/My rule.yaml": GOOD}, "", 2, "`My rule`, cannot be the name of a rule"),
    ("another folder", {"more/r.yaml": GOOD}, "rules: {own: [more]}\n", 0, "r  at flows.concern.method"),
    ("a single file", {"more/r.yaml": GOOD}, "rules: {own: [more/r.yaml]}\n", 0, "r  at flows.concern.method"),
    ("one file by two ways", {"more/r.yaml": GOOD}, "rules: {own: [more, more/r.yaml]}\n", 0, "r  at flows.concern.method"),
    ("a folder that is not there", {}, "rules: {own: [ruls]}\n", 2, "`ruls`, which does not exist"),
    ("folders in folders", {"rules/deep/r.yml": GOOD}, "", 0, "r  at flows.concern.method"),
    ("a rule among the agreements", {"p/r.yaml": GOOD}, "", 4, "a rule that lies here is not asked"),
    ("over one's own agreement", {"rules/r.yaml": GOOD.replace("fails:", "over: p/a.yaml\nfails:")}, "", 0,
     "r  at flows.concern.method"),
    ("over one that stands under a protocol", {
        "p/b.yaml": BELOW.replace("id: other", "id: b"),
        "rules/r.yaml": GOOD.replace("fails:", "over: p/b.yaml\nfails:")}, "", 0, "r  at flows.concern.method"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "settings", "code", "words"), [row[1:] for row in FOLDERS], ids=[r[0] for r in FOLDERS]
)
def test_where_rules_are(
    files: dict[str, str], settings: str, code: int, words: str, repository: Repository, command: Command
) -> None:
    folder = repository(settings=settings)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for arguments in (("validate",), ("validate", ".")):
        got, out, err = command(*arguments, "--on", DAY.isoformat())
        assert (got, words in re.sub(r"\n  (?=\S)", " ", out) + err) == (code, True), out + err


def test_without_settings_a_folder_called_rules_is_nothing_to_us(repository: Repository, command: Command) -> None:
    folder = repository(r=GOOD)
    (folder / "sharecheck.yaml").unlink()
    code, out, _ = command("validate", "p", "--on", DAY.isoformat())
    assert (code, f"{len(rules.load())} rules" in out) == (0, True)


UNQUOTED = [
    '"photo" in flow.data',
    "!flow.asks",
    "&flow",
    'flow.asks ? "a" : "b"',
    "[1, 2] == [1]",
    "flow.id == 'a' #b",
    "'a' in flow.to",
]


@pytest.mark.parametrize("text", UNQUOTED)
def test_an_expression_without_quotes_is_told_to_have_them(text: str, repository: Repository, command: Command) -> None:
    """The slip that everybody makes first: YAML reads a leading quote, `!` or `&` as its own."""
    repository(r=GOOD.replace(REQUIRE, text))
    code, _, err = command("validate")
    assert code in (2, 4)
    assert re.match(r"rules/r\.yaml:[45]:\d+: ", err)
    assert "put the whole expression in single quotes" in err or code == 2


# Hostile expressions


BIG = list(range(200))
HOSTILE: list[tuple[str, str]] = [
    ("loops in loops", "flow.data.all(a, flow.data.all(b, flow.data.all(c, flow.data.all(d, a != b || c != d || true))))"),
    ("doubling", "[1].map(a, [a, a]).map(b, [b, b]) == [[1]]"),
    ("doubling a text", '(flow.id + flow.id + flow.id + flow.id).size() > 0'),
    ("a pattern that backtracks", 'flow.written.text.matches("^(a+)+$")'),
    ("a pattern that is vast", 'flow.written.text.matches("(((a{1,9}){1,9}){1,9}){1,9}")'),
    ("a pattern in a loop", 'flow.data.all(a, flow.data.all(b, !flow.written.text.matches("(a|aa)*c")))'),
    ("searching in a loop", 'flow.data.all(a, !flow.written.text.contains("' + "a" * 900 + 'b"))'),
    ("comparing in a loop", "flow.data.all(a, flow.written == flow.written && flow.data == flow.data)"),
    ("a long chain", " && ".join(["true"] * 240)),
    ("many negations", "!" * 1900 + "true"),
    ("deep brackets", "(" * 900 + "true" + ")" * 900),
    ("deep lists", "[" * 900 + "]" * 900 + " == []"),
    ("a long sum", "1" + "-1" * 900 + " < 0"),
    ("a huge text", '"' + "x" * 2_000_000 + '" == flow.id'),
    ("more than two thousand letters", "true" + " && true" * 1000),
    ("nul", "flow.id == '\\u0000'"),
    ("surrogates", "flow.id == '\\ud800'"),
]  # fmt: skip


@pytest.mark.parametrize("require", [row[1] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_hostile_expressions_end(require: str) -> None:
    fragment = f"flows: {{help: {{text: {'a' * 19_000}, data: [{', '.join(f'd{n}' for n in BIG)}]}}}}"
    started = time.monotonic()
    try:
        found = asked(require, fragment=fragment)
    except SharecheckError as error:
        found = [error.message]
    assert time.monotonic() - started < 5
    assert found == [] or all(isinstance(one, str) for one in found)


def test_a_long_text_is_not_searched_in_a_loop() -> None:
    fragment = f"flows: {{help: {{text: {'a' * 19_000}}}, concern: {{text: Short}}}}"
    assert asked('has(flow.written.text) && flow.data.all(a, !flow.written.text.contains("b"))', fragment=fragment) == [
        "?help", "therapy-plan", "concern-answer",
    ]  # fmt: skip
    assert asked('has(flow.written.text) && flow.written.text.contains("a")', fragment=fragment) == [
        "concern", "therapy-plan", "concern-answer",
    ]  # fmt: skip


def test_a_loop_beyond_the_budget_is_for_a_person() -> None:
    fragment = f"flows: {{help: {{data: [{', '.join(f'd{n}' for n in BIG)}]}}}}"
    require = "flow.data.all(a, flow.data.all(b, flow.data.all(c, a != b || true)))"
    assert asked(require, fragment=fragment) == ["?help"]


@pytest.mark.parametrize(
    "letters",
    [
        "\x07",
        "€ é 😀",
        "#!;",
        "a.b.c.d",
        "`x`",
        "@",
        "\\",
        "0x1F",
        "1e9",
        "9" * 400,
        "in in in",
        ",,,",
        "?:",
        ".a",
        "a.",
        "r'",
        'R"\\"',
    ],
)
def test_nonsense_is_said_with_a_place(letters: str) -> None:
    with pytest.raises(expression.FaultError) as fault:
        expression.compiled(f"flow.asks && {letters}", view.names("flow"), view.INNER)
    assert 0 <= fault.value.offset <= 13 + len(letters)
    assert fault.value.message
    assert fault.value.fix


PIECES = (
    "flow.data", "flow.id", "flow.asks", "flow.written.text", "flow.recipients", "agreement.flows", "on", "a", "a.id", '"x"', "''",
    "1", "0", "true", "null", "(", ")", "[", "]", ",", "&&", "||", "!", "==", "<", "-", "/", "?", ":", ".", " in ", ".all(a, ",
    ".exists(a, ", ".filter(a, ", ".size()", '.contains("x")', '.matches("[a-")', "has(", "//", "{", "+", "\n", "é", "\\",
)  # fmt: skip


@limits(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_any_text_is_a_question_or_a_fault(text: str) -> None:
    facts = Facts(agreement.build(page.base()), knowledge.load(DAY))
    flow = facts.agreement.flows["help"]
    offset = 0
    try:
        question = expression.compiled(text, view.names("flow"), view.INNER)
    except expression.FaultError as fault:
        question, offset = None, fault.offset
    assert 0 <= offset <= len(text)
    if question is None:
        return
    answer = question.ask(lambda name: view.value(name, flow, facts))
    assert isinstance(answer, bool | expression.Unanswered)


# Like built-in rules


def as_json(command: Command, *arguments: str) -> Any:
    return json.loads(command("validate", "--format", "json", "--on", DAY.isoformat(), *arguments)[1])


def test_a_finding(repository: Repository, command: Command) -> None:
    repository(r=GOOD)
    found = as_json(command)
    jsonschema.validate(found, json.loads(schema.text("output-validate")))
    (finding,) = found["findings"]
    line = FAULTY.splitlines().index("    method: [email]") + 1
    assert {key: finding[key] for key in ("rule", "severity", "message", "why", "fix", "line", "column", "pointer")} == {
        "rule": "r", "severity": "warning", "message": "`concern` sends injuries by email",
        "why": "A misdirected e-mail told a stranger.", "fix": "Send it by secure e-mail.", "line": line, "column": 5,
        "pointer": "/flows/concern/method",
    }  # fmt: skip
    assert finding["sources"] == [{"title": "Partnership board minutes, 2025-03", "section": "", "url": None}]
    _, text, _ = command("validate", "--on", DAY.isoformat())
    assert "Why: Partnership board minutes, 2025-03. More: sharecheck explain r" in text
    assert f"{len(rules.load()) + 1} rules" in text
    for form in ("html", "markdown"):
        _, shown, _ = command("report", "--format", form, "--on", DAY.isoformat())
        assert "sends injuries by email" in shown
        assert "Partnership board minutes" in shown


ALLOW = "allow:\n  - {rule: r, at: flows.concern, because: The new system comes in May, by: SIRO, until: 2027-05-31}\n"
GOVERNED: list[tuple[str, str, str, str, list[tuple[str, str, bool]]]] = [
    # name, settings, added to the agreement, added to the rule, findings with severity and whether waived
    ("as written", "", "", "", [("r", "warning", False)]),
    ("its own severity", "", "", "severity: error\n", [("r", "error", False)]),
    ("regraded", "rules: {severity: {r: advice}}\n", "", "", [("r", "advice", False)]),
    ("ignored", "rules: {ignore: [r]}\n", "", "", []),
    ("ignored by topic", "rules: {ignore: [own]}\n", "", "", []),
    ("ignored by a topic of its own", "rules: {ignore: [e-mail]}\n", "", "topic: e-mail\n", []),
    ("selected", "rules: {select: [own]}\n", "", "", [("r", "warning", False)]),
    ("others selected", "rules: {select: [consent]}\n", "", "", []),
    ("accepted for a time", "", ALLOW, "", [("r", "warning", True)]),
    ("an id with a name of its own", "", ALLOW.replace("rule: r", "rule: q"), "id: q\n", [("q", "warning", True)]),
    ("not typed in yet", "", "unknown: [flows.concern.method]\n", "", []),
    ("nothing there to accept", "", ALLOW.replace("flows.concern", "flows.help"), "",
     [("r", "warning", False), ("waiver-waives-nothing", "warning", False)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "added", "more", "found"), [row[1:] for row in GOVERNED], ids=[row[0] for row in GOVERNED]
)
def test_governed_like_any_other(
    settings: str, added: str, more: str, found: list[tuple[str, str, bool]], repository: Repository, command: Command
) -> None:
    repository(FAULTY + added, settings, r=more + GOOD.replace("  # r", ""))
    rows = [(f["rule"], f["severity"], f["waived"] is not None) for f in as_json(command)["findings"]]
    assert sorted(rows) == sorted(found)


def test_ignored_rules_are_named(repository: Repository, command: Command) -> None:
    repository(r=GOOD, settings="rules: {ignore: [r]}\n")
    assert as_json(command)["summary"]["not_asked"] == ["r"]


def test_fingerprints_outlive_moved_lines(repository: Repository, command: Command) -> None:
    repository(r=GOOD)
    (before,) = as_json(command)["findings"]
    repository("# moved\n" + FAULTY, r=GOOD.replace("sends injuries by", "tells of injuries by"))
    (after,) = as_json(command)["findings"]
    assert before["fingerprint"] == after["fingerprint"]


def test_rules_and_explain(repository: Repository, command: Command) -> None:
    repository(r=GOOD)
    code, listed, _ = command("rules", "own")
    assert (code, listed.splitlines()[:2]) == (
        0, ["Own", "  r  warning  A flow sends injuries by …. (own: rules/r.yaml)"],
    )  # fmt: skip
    (row,) = json.loads(command("rules", "own", "--json")[1])
    assert row["origin"] == "rules/r.yaml"
    code, text, _ = command("explain", "r")
    assert (code, text.count("```yaml")) == (0, 3)
    for words in (
        "A rule of your own, from rules/r.yaml",
        "method: [email]  # r",
        "- Partnership board minutes, 2025-03",
    ):
        assert words in text


def test_a_rule_begun_by_the_command_is_a_rule(repository: Repository, command: Command) -> None:
    folder = repository()
    code, out, err = command("rules", "--new", "photo-to-others")
    assert (code, "wrote" in out) == (0, True), err
    assert (folder / "rules" / "photo-to-others.yaml").is_file()
    assert "photo-to-others" in command("rules", "own")[1]
    assert command("rules", "--new", "photo-to-others")[0] == 2
    for taken in ("Photo to others", "consent", "consent-without-record", "sharecheck", "a" * 81, ""):
        assert command("rules", "--new", taken)[0] == 2, taken
    assert [path.name for path in (folder / "rules").iterdir()] == ["photo-to-others.yaml"]
    (folder / "sharecheck.yaml").unlink()
    code, _, err = command("rules", "--new", "another")
    assert (code, "sharecheck init" in err) == (2, True)


def test_a_rule_that_would_not_be_asked_stops_the_run(repository: Repository, command: Command) -> None:
    folder = repository(r=GOOD)
    lost = folder / "rules" / "s.yaml.txt"
    lost.write_text(GOOD, encoding="utf-8")
    code, _, err = command("validate")
    assert (code, "`rules/s.yaml.txt` ends in .txt" in err) == (2, True)
    lost.unlink()
    shared = folder / "shared"
    shared.mkdir()
    (folder / "rules" / "ours").symlink_to(shared, target_is_directory=True)
    code, _, err = command("validate")
    assert (code, "`rules/ours` is a link to a folder, which is not followed" in err) == (2, True)


def test_without_own_rules_nothing_is_loaded_for_them(repository: Repository) -> None:
    folder = repository()
    program = (
        "import sys; sys.argv = ['sharecheck', 'validate', 'p']\n"
        "from sharecheck.__main__ import main\n"
        "main()\n"
        "print([name for name in sys.modules if name.startswith(('cel_expr', 'sharecheck.own'))], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.stderr.splitlines()[-1] == "[]"


def test_the_missing_package_is_asked_for(
    repository: Repository, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository(r=GOOD)
    monkeypatch.setitem(sys.modules, "cel_expr_python", None)
    expression._environment.cache_clear()
    code, _, err = command("validate")
    expression._environment.cache_clear()
    assert code == 2
    assert f"pip install '{expression.PACKAGE}'" in err
    assert expression.PACKAGE in (ROOT / "pyproject.toml").read_text()


# Plugins


PLUGIN = '''
from sharecheck.rules import Hit, Severity, rule

PAGE = """A title of one word tells nobody which agreement is meant.

## Fails

```yaml
title: Sharing  # title-of-one-word
```

## Passes

```yaml
title: Sharing about young carers
```

## Fix

Give it a title of at least two words.
"""


@rule(Severity.ADVICE, "agreement", (), page=PAGE)
def title_of_one_word(agreement, facts):
    """The title of an agreement is a single word."""
    if " " not in agreement.title:
        yield Hit(("title",), f"`{agreement.title}` could be anything", "say what is shared, and about whom")


RULES = [title_of_one_word]
'''


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Install a package that brings rules, as pip leaves it: the module, and beside it what it says of itself."""

    def make(text: str, name: str = "county-rules", value: str = "county_rules:RULES") -> None:
        site = tmp_path / "site" / name
        about = site / f"{name.replace('-', '_')}-1.0.dist-info"
        about.mkdir(parents=True)
        (site / "county_rules.py").write_text(text)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[sharecheck.rules]\n{name} = {value}\n")
        monkeypatch.syspath_prepend(str(site))
        monkeypatch.delitem(sys.modules, "county_rules", raising=False)

    return make


NAMED = "rules: {plugins: [county-rules]}\n"


def test_a_plugin_is_asked_where_the_settings_name_it(
    repository: Repository, command: Command, install: Callable[..., None]
) -> None:
    install(PLUGIN)
    agreement_of_one_word = AGREEMENT.replace("title: Early help and safeguarding in one town", "title: Help")
    repository(agreement_of_one_word, NAMED)
    (finding,) = as_json(command)["findings"]
    assert (finding["rule"], finding["severity"]) == ("title-of-one-word", "advice")
    assert "(own: plugin county-rules)" in command("rules", "own")[1]
    assert "A title of one word" in command("explain", "title-of-one-word")[1]


def test_a_plugin_that_is_not_named_does_not_run(
    repository: Repository, command: Command, install: Callable[..., None]
) -> None:
    install("raise SystemExit('I ran')")
    repository()
    assert command("validate", "--on", DAY.isoformat())[0] == 0


BROKEN: list[tuple[str, str, str, str]] = [
    # name, what is replaced, by what, words
    ("it cannot be imported", "from sharecheck.rules", "from nowhere", "loading it failed (ModuleNotFoundError"),
    ("it leaves", "PAGE =", "raise SystemExit(0)\nPAGE =", "loading it failed (SystemExit"),
    ("it leaves while asked", 'if " " not', 'raise SystemExit(0)\n    if " " not', "failed on"),
    ("it is no Python", "RULES = [", "RULES = [[", "loading it failed (SyntaxError"),
    ("it names nothing", "RULES =", "RULE =", "loading it failed (AttributeError"),
    ("it gives something else", "RULES = [title_of_one_word]", "RULES = ['a']", "gives str where a rule should be"),
    ("it gives nothing", "RULES = [title_of_one_word]", "RULES = []", "it brings no rule"),
    ("it gives one thing that is no rule", "RULES = [title_of_one_word]", "RULES = 7", "gives int where a rule should be"),
    ("no page", ", page=PAGE", "", "has no page"),
    ("half a page", "## Passes", "## Passed", "lacks a part"),
    ("a page without examples", "```yaml\ntitle: Sharing about young carers\n```", "none", "no example under `Passes`"),
    ("no docstring", '"""The title of an agreement is a single word."""', "", "does not say in a docstring"),
    ("a source that is not in the book", '"agreement", ()', '"agreement", ("the-times",)', "cites `the-times`"),
    ("it looks at nothing", '"agreement", ()', '"sentences", ()', "looks at `sentences`"),
    ("the example passes", "title: Sharing  #", "title: Sharing more  #", "finds no fault in the example that should fail"),
    ("the example fails", "title: Sharing about young carers", "title: Sharing", "fault in the example that should pass"),
    ("it fails while asked", 'if " " not', 'if facts.nothing not', "failed on"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "words"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_plugin_is_one_error_that_names_it(
    old: str, new: str, words: str, repository: Repository, command: Command, install: Callable[..., None]
) -> None:
    assert old in PLUGIN
    install(PLUGIN.replace(old, new))
    repository(AGREEMENT, NAMED)
    code, out, err = command("validate")
    assert (code, out) == (2, "")
    assert "`county-rules`" in err
    assert words in err
    assert len(err.splitlines()) == 2


def test_a_plugin_that_fails_on_an_agreement_stops_the_run(
    repository: Repository, command: Command, install: Callable[..., None]
) -> None:
    install(PLUGIN.replace('    if " " not', '    if agreement.id != "example":\n        1 / 0\n    if " " not'))
    repository(AGREEMENT.replace("id: example", "id: other"), NAMED)
    code, out, err = command("validate", "--on", DAY.isoformat())
    assert (code, out) == (2, "")
    assert "its rule `title-of-one-word` failed on p/a.yaml (ZeroDivisionError" in err


def test_a_plugin_may_not_take_a_name(repository: Repository, command: Command, install: Callable[..., None]) -> None:
    install(PLUGIN.replace("title_of_one_word", "purpose_missing").replace("# title-of-one-word", "# purpose-missing"))
    repository(AGREEMENT, NAMED)
    code, _, err = command("validate")
    assert (code, "brings a rule `purpose-missing`, and that name is taken" in err) == (2, True)


def test_a_plugin_that_is_not_installed(repository: Repository, command: Command) -> None:
    repository(AGREEMENT, NAMED)
    code, _, err = command("validate")
    assert (code, "`county-rules`, which is not installed here" in err) == (2, True)


# The documentation


EXAMPLES = re.findall(r"```yaml\n(sharecheck: rule\n.*?)```", (ROOT / "docs" / "own-rules.md").read_text(), re.DOTALL)


@pytest.mark.parametrize("text", EXAMPLES, ids=[re.findall("^id: (.+)$", e, re.MULTILINE)[0] for e in EXAMPLES])
def test_the_examples_of_the_documentation_load(text: str, repository: Repository) -> None:
    folder = repository(r=text)
    (rule,) = own.load(load(folder / "sharecheck.yaml", folder), DAY)
    assert rule.topic == "own"


def test_the_documentation_shows_what_may_be_asked() -> None:
    text = (ROOT / "docs" / "own-rules.md").read_text()
    table = text[text.index("| To ask | Write |") : text.index("Texts stand in")]
    shown = [part.replace("\\|", "|") for part in re.findall(r"`([^`]+)`", table)]
    whole = [part for part in shown if "flow." in part or "agreement." in part]
    assert len(whole) > 15
    for part in whole:
        expression.compiled(part, view.names("flow"), view.INNER)


def test_every_field_can_be_asked_for() -> None:
    facts = Facts(agreement.build(page.base()), knowledge.load(DAY))
    kinds = {view.TEXT: str, view.YES: bool, view.TEXTS: list, view.PARTS: list, view.WRITTEN: dict}
    whole = facts.agreement
    parts = {
        "flow": whole.flows["help"], "agency": whole.agencies["trust"], "role": whole.roles["lead"],
        "subject": whole.subjects["child"], "purpose": whole.purposes["care"], "item": whole.items["therapy"],
        "agreement": whole,
    }  # fmt: skip
    for root, fields in view.FIELDS.items():
        for field in fields:
            got = view.value(f"{root}.{field.name}", parts[root], facts)
            assert isinstance(got, kinds.get(field.kind, (str, int, type(None)))), field.name
            asked = expression.compiled(f"{root}.{field.name} == {root}.{field.name}", view.names(root), view.INNER)
            assert asked.ask(lambda name, root=root: view.value(name, parts[root], facts)) is True, field.name


PLACES: list[tuple[str, str, int, tuple[int, int]]] = [
    # YAML, a letter to look for, counted from 1 among its likes, its place
    ("a: one two", "t", 1, (1, 8)),
    ("a: 'it''s x'", "x", 1, (1, 11)),
    ('a: "q\\"x"', "x", 1, (1, 8)),
    ('a: "tab\\tx"', "x", 1, (1, 10)),
    ('a: "\\u00e9x"', "x", 1, (1, 11)),
    ('a: "one\\\n  x"', "x", 1, (2, 3)),
    ("a: |\n  one\n\n    x", "x", 1, (4, 5)),
    ("a: >- # note\n  one\n  x y", "y", 1, (3, 5)),
    ("a: one\n   two\n   x", "x", 1, (3, 4)),
    ("a:\n  one x", "x", 1, (2, 7)),
    ("{a: one x, b: 2}", "x", 1, (1, 9)),
]


@pytest.mark.parametrize(("text", "letter", "count", "place"), PLACES)
def test_the_place_of_one_letter(text: str, letter: str, count: int, place: tuple[int, int]) -> None:
    document = source.parse(text.encode(), "a.yaml")
    offset = [i for i, c in enumerate(document.data["a"]) if c == letter][count - 1]
    assert document.inside(("a",), offset) == place


def test_settings_without_a_file_have_no_own_rules() -> None:
    assert own.load(Settings(Path()), DAY) == ()
