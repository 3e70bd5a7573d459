"""The form: what does not fit is said once, at its place, with the words to put it right; by either engine alike."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from conftest import ROOT
from sharecheck import schema, source

ADDRESS = tuple[str, tuple[str, ...], tuple[str, ...]]

BASE = {
    "sharecheck": "1", "id": "x", "title": "X", "kind": "agreement", "status": "draft", "jurisdiction": "[england]",
}  # fmt: skip


def document(fragment: str, without: str = "") -> source.Document:
    """The least agreement there is, with the fragment's lines in place of its own, and without one part of it."""
    own = {line.split(":")[0] for line in fragment.splitlines()} | {without}
    kept = [f"{key}: {value}" for key, value in BASE.items() if key not in own]
    return source.parse("\n".join([*kept, fragment, ""]).encode(), "x.yaml")


def deadline(value: str) -> str:
    return f"flows: {{a: {{deadline: {value}}}}}"


def basis(value: str) -> str:
    return f"flows: {{a: {{lawful_basis: {{sender: {value}}}}}}}"


def consent(value: str) -> str:
    return f"flows: {{a: {{consent: {value}}}}}"


LONG = "a" * 81

# fragment, the part of the least agreement that is left out: (address, words of the message, words of the fix), …
TABLE: dict[tuple[str, str], list[ADDRESS]] = {
    # keys that the format does not have
    ("titel: X", ""): [("titel", ("`titel`", "no field"), ("did you mean `title`?",))],
    ("titel: X", "title"): [("titel", ("`titel`", "no field"), ("did you mean `title`?",))],
    ("Title: X", "title"): [("Title", ("`Title`", "no field"), ("did you mean `title`?",))],
    ("flows: {a: {deadlin: P5D}}", ""): [("flows.a.deadlin", ("`flows.a`", "`deadlin`"), ("`deadline`?",))],
    ("flows: {a: {lawful-basis: {}}}", ""): [("flows.a.lawful-basis", ("`lawful-basis`",), ("`lawful_basis`?",))],
    ("flows: {a: {recipient: sme}}", ""): [("flows.a.recipient", ("no field `recipient`",), ("`from`", "`to`", "more"))],
    ("handling: {security: {txt: x}}", ""): [("handling.security.txt", ("`handling.security`",), ("`text`?",))],
    ("roles: {a: {titel: x, type: manager}}", ""): [("roles.a.titel", ("`titel`",), ("`title`?",))],
    (consent("{modle: agreement}"), ""): [("flows.a.consent.modle", ("`modle`",), ("`model`?",))],
    ("governance.dpia: Done", ""): [("governance.dpia", ("no field",), ("write `governance:`, `dpia:`", "further in"))],
    ("governance.dpai: Done", ""): [("governance.dpai", ("no field",), ("did you mean `governance`?",))],
    ("xyzzy: 1", ""): [("xyzzy", ("no field `xyzzy`",), ("use one of", "`title`"))],
    # words that no vocabulary has
    ("status: lvie", ""): [("status", ("`lvie`", "`status`"), ("did you mean `live`?",))],
    ("kind: agrement", ""): [("kind", ("`agrement`",), ("`agreement`?", "all words: `sharecheck schema kinds`"))],
    ("kind: Joint Controllers", ""): [("kind", ("`Joint Controllers`",), ("`joint-controllers`?",))],
    ("jurisdiction: [england, scotlnd]", ""): [("jurisdiction.1", ("`scotlnd`",), ("`scotland`?",))],
    ("flows: {a: {strength: shall}}", ""): [("flows.a.strength", ("`shall`",), ("`may`", "`must`"))],
    ("agencies: {a: {controller: yes}}", ""): [("agencies.a.controller", ("`yes`",), ("`independent`",))],
    ("thresholds: {a: {b: serious}}", ""): [("thresholds.a.b", ("`serious`",), ("`significant-harm`",))],
    ("data: {a: {type: [dob, dbo], text: x}}", ""): [("data.a.type.1", ("`dbo`",), ("`dob`?",))],
    ("data: {a: {type: identity-nme, text: x}}", ""): [("data.a.type", ("`identity-nme`",), ("`identity-name`?",))],
    ("scenarios: {a: {given: {from: b}, expect: maybe}}", ""): [("scenarios.a.expect", ("`maybe`",), ("`share`",))],
    (basis("{article_6: 6.1.e}"), ""): [("flows.a.lawful_basis.sender.article_6", ("`6.1.e`",), ("`6(1)(e)`",))],
    # a comma inside braces makes a key
    ("roles: {a: {title: Lead, of the team, type: manager}}", ""): [
        ("roles.a.of the team", ("`of the team`", "no value", "text before it"), ("quotes",))
    ],
    ("data: {a: {type: dob, text: Name, date of birth}}", ""): [("data.a.date of birth", ("no value",), ("quotes",))],
    ("title:", ""): [("title", ("`title`", "no value"), ("after the colon",))],
    ("flows: {a: {from: , to: b}}", ""): [("flows.a.from", ("`from`", "no value"), ("after the colon",))],
    # the wrong kind of value
    ("jurisdiction: england", ""): [("jurisdiction", ("a text",), ("write a list",))],
    ("flows: [a]", ""): [("flows", ("a list",), ("write a map",))],
    ("flows: {a: [b]}", ""): [("flows.a", ("a list",), ("write a map",))],
    ("background: 7", ""): [("background", ("a number",), ("write a text",))],
    ("handling: 7", ""): [("handling", ("a number",), ("write a map",))],
    ("agencies: {a: {public_authority: yes}}", ""): [("agencies.a.public_authority", ("a text",), ("`true`",))],
    ("title: true", ""): [("title", ("true or false",), ("write a text",))],
    (basis("same"), ""): [("flows.a.lawful_basis.sender", ("a text",), ("write a map",))],
    (deadline("5"), ""): [("flows.a.deadline", ("a number",), ("write a text",))],
    ("sharecheck: 2", ""): [("sharecheck", ("`2`",), ("write `1`",))],
    ("sharecheck: true", ""): [("sharecheck", ("`true`",), ("write `1`",))],
    ('sharecheck: "1"', ""): [("sharecheck", ("`1`",), ("quotes",))],
    # what must be there
    ("", "title"): [("title", ("no `title`",), ("add `title:`",))],
    ("", "jurisdiction"): [("jurisdiction", ("the agreement", "no `jurisdiction`"), ("add `jurisdiction:`",))],
    ("roles: {a: {title: x}}", ""): [("roles.a.type", ("`roles.a`", "no `type`"), ("add `type:`",))],
    ("under: {url: x}", ""): [("under.title", ("`under`", "no `title`"), ("add `title:`",))],
    ("allow: [{rule: x, at: y, because: z, until: 2027}]", ""): [("allow.0.by", ("`allow.0`", "no `by`"), ("`by:`",))],
    # ids
    ("id: Not An Id", ""): [("id", ("`Not An Id`", "not an id"), ("`not-an-id`",))],
    ("id: a_b", ""): [("id", ("`a_b`",), ("`a-b`",))],
    ('id: "x\\n"', ""): [("id", ("not an id",), ("`x`",))],
    (f"id: {LONG}", ""): [("id", ("`id`", "too long"), ())],
    ("roles: {Bad Id: {title: x, type: manager}}", ""): [("roles.Bad Id", ("`Bad Id`", "not an id"), ("`bad-id`",))],
    (f"purposes: {{{LONG}: {{type: direct-care, text: x}}}}", ""): [(f"purposes.{LONG}", (f"`{LONG[:20]}",), ())],
    ("flows: {a: {from: [Social Worker]}}", ""): [("flows.a.from.0", ("`Social Worker`",), ("`social-worker`",))],
    ("flows: {a: {from: Social Worker}}", ""): [("flows.a.from", ("`Social Worker`",), ("`social-worker`",))],
    ("flows: {a: {to: a/b/c}}", ""): [("flows.a.to", ("`a/b/c`",), ())],
    ("under: Borough Protocol", ""): [("under", ("`Borough Protocol`",), ("`borough-protocol`",))],
    ("unknown: [flows..x]", ""): [("unknown.0", ("`flows..x`", "address"), ("`flows.referral.retention`",))],
    ("unknown: [a, a]", ""): [("unknown", ("twice",), ("keep one",))],
    # dates
    ("starts: 2026-02-30", ""): [("starts", ("`2026-02-30`", "calendar"), ("2026-12-01",))],
    ("starts: 2026-13-45", ""): [("starts", ("`2026-13-45`", "calendar"), ("2026-12-01",))],
    ("review: 2027-02-29", ""): [("review", ("`2027-02-29`", "calendar"), ())],
    ("starts: 2026-1-1", ""): [("starts", ("`2026-1-1`", "not a date"), ("2026-12-01",))],
    ("starts: tomorrow", ""): [("starts", ("`tomorrow`", "not a date"), ("2026-12-01",))],
    ("ends: 01/12/2026", ""): [("ends", ("`01/12/2026`", "not a date"), ("2026-12-01",))],
    ("starts: 26", ""): [("starts", ("`26`", "out of range"), ("1900",))],
    ("approvals: [{who: x, on: 2026-02-30}]", ""): [("approvals.0.on", ("`2026-02-30`", "calendar"), ())],
    # lengths of time
    (deadline("soonish"), ""): [("flows.a.deadline", ("`soonish`", "length of time"), ("`5 working days`", "`P5D`"))],
    (deadline("P"), ""): [("flows.a.deadline", ("`P`", "length of time"), ())],
    (deadline("P1DT"), ""): [("flows.a.deadline", ("`P1DT`",), ())],
    (deadline("5 workdays"), ""): [("flows.a.deadline", ("`5 workdays`",), ("`5 working days`",))],
    ("handling: {breach: {notify_partners_within: soon}}", ""): [
        ("handling.breach.notify_partners_within", ("`soon`", "length of time"), ())
    ],
    # paragraphs
    (basis("{schedule_1: eighteen}"), ""): [
        ("flows.a.lawful_basis.sender.schedule_1", ("`eighteen`", "paragraph number"), ("18",))
    ],
    (basis("{schedule_1: [18, para 2]}"), ""): [
        ("flows.a.lawful_basis.sender.schedule_1.1", ("`para 2`", "paragraph number"), ("18",))
    ],
    (basis("{schedule_1: 99}"), ""): [("flows.a.lawful_basis.sender.schedule_1", ("`99`", "out of range"), ("41",))],
    (basis("{article_10: [x]}"), ""): [("flows.a.lawful_basis.sender.article_10.0", ("`x`", "paragraph"), ("18",))],
    # where a part may be written in several ways, only what is wrong with the way that was meant
    ("flows: {a: {lawful_basis: {recipient: sme}}}", ""): [("flows.a.lawful_basis.recipient", ("`sme`",), ("`same`",))],
    ("flows: {a: {lawful_basis: {recipient: {article_6: x}}}}", ""): [
        ("flows.a.lawful_basis.recipient.article_6", ("`x`",), ("`6(1)(e)`",))
    ],
    (consent("Family Agreement"), ""): [("flows.a.consent", ("`Family Agreement`", "id"), ("`family-agreement`",))],
    (consent("{model: implied}"), ""): [("flows.a.consent.model", ("`implied`",), ("`implied-direct-care`",))],
    (consent("{who: x}"), ""): [("flows.a.consent.model", ("no `model`",), ("add `model:`",))],
    (consent("[agreement]"), ""): [("flows.a.consent", ("a list",), ("a map", "a text"))],
    ("governance: {policy_documents: [{agency: a}]}", ""): [
        ("governance.policy_documents.0.conditions", ("no `conditions`",), ("add `conditions:`",))
    ],
    ("governance: {policy_documents: [{agency: a, conditions: [x]}]}", ""): [
        ("governance.policy_documents.0.conditions.0", ("`x`", "paragraph"), ("18",))
    ],
    ("governance: {policy_documents: {agency: a}}", ""): [
        ("governance.policy_documents", ("a map",), ("a list", "a text"))
    ],
    ("terms: {a: {owner: b}}", ""): [("terms.a.text", ("no `text`",), ("add `text:`",))],
    ("flows: {a: {method: [{first: pigeon}]}}", ""): [("flows.a.method.0.first", ("`pigeon`",), ("`secure-email`",))],
    # nothing where something is said
    ("jurisdiction: []", ""): [("jurisdiction", ("empty",), ("at least one",))],
    ("flows: {a: {between: []}}", ""): [("flows.a.between", ("`between`",), ("one entry",))],
    ('background: ""', ""): [("background", ("empty text",), ("leave the field out",))],
    ('background: " "', ""): [("background", ("empty text",), ("leave the field out",))],
    ("never: {a: {}}", ""): [("never.a", ("empty",), ())],
    # several at once, each its own
    ("titel: X\nkind: agrement\nstarts: 2026-02-30\nroles: {a: {title: x}}", "title"): [
        ("kind", ("`agrement`",), ()), ("roles.a.type", ("no `type`",), ()), ("starts", ("calendar",), ()),
        ("titel", ("`titel`",), ("`title`?",)),
    ],
    ("allow: [{rule: x, at: y}]", ""): [
        ("allow.0.because", ("no `because`",), ()), ("allow.0.by", ("no `by`",), ()),
        ("allow.0.until", ("no `until`",), ()),
    ],
    ("kind: x\nstatus: y", "title"): [
        ("kind", ("`x`",), ("`agreement`",)), ("status", ("`y`",), ("`draft`",)), ("title", ("no `title`",), ()),
    ],
}  # fmt: skip

FITS = [
    "", "starts: 2026", "starts: 2026-12", "starts: 2026-12-01", 'starts: "2026"', "review: 2028-02-29", "version: 1",
    "version: 1.10", "title: no", "title: 2026-04-01", "approvals: [{who: x, on: }]", "thresholds: {a: {b: }}",
    *(deadline(d) for d in ("P5D", "PT24H", "P25Y", "P1Y6M", "P2W", "P1DT12H", "5 working days", "one week", "10 minutes")),
    *(deadline(d) for d in ("1 school day", "without-delay", "same-day", "next-school-day", "immediately")),
    *(basis(f"{{schedule_1: {p}}}") for p in ("18", '"18"', "18A", "[18, 2]", "[8A]", "1", "41")),
    basis("{article_10: official-authority}"), basis("{article_6: [6(1)(c), 6(1)(e)]}"),
    "flows: {a: {lawful_basis: {sender: {article_6: 6(1)(e)}, recipient: same}}}",
    consent("family-agreement"), consent("{model: agreement, who: x}"),
    "governance: {policy_documents: On the shelf}", "governance: {policy_documents: [{agency: a, conditions: [18]}]}",
    "under: borough-protocol", "under: {title: Elsewhere}", "terms: {a: {text: x}}", "terms: {a: [{text: x}, {text: y}]}",
    "flows: {a: {from: any, to: a/b, between: [a, b]}}", "unknown: [flows.*.retention, title]", f"id: {'a' * 80}",
    "handling: {security: In words, breach: {notify_partners_within: P1D}}",
]  # fmt: skip


@pytest.fixture(params=["compiled", "reference"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The compiled engine, and the one that stands in where that has no build."""
    if request.param == "reference":
        monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    schema._validator.cache_clear()
    yield request.param
    schema._validator.cache_clear()


def test_both_engines_are_met(engine: str) -> None:
    assert schema.misfits({}), "an empty map is no agreement"
    expected = {"compiled": schema._Fast, "reference": schema._Reference}[engine]
    assert type(schema._validator("agreement")) is expected


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(("fragment", "without"), TABLE, ids=[f"{f} -{w}"[:70] if w else f[:70] for f, w in TABLE])
def test_misfits(fragment: str, without: str) -> None:
    found = schema.misfits(document(fragment, without).data)
    expected = TABLE[fragment, without]
    assert [".".join(map(str, m.at)) for m in found] == [address for address, _, _ in expected], found
    for misfit, (_, message, fix) in zip(found, expected, strict=True):
        assert [word for word in message if word not in misfit.message] == [], misfit.message
        assert [word for word in fix if word not in misfit.fix] == [], misfit.fix
        assert misfit.fix


def test_both_engines_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Word for word, on everything in the table; the reference engine is the second opinion on the compiled one."""
    everything = {f"{f} -{w}": document(f, w).data for f, w in TABLE}
    schema._validator.cache_clear()
    compiled = {name: schema.misfits(data) for name, data in everything.items()}
    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    schema._validator.cache_clear()
    try:
        reference = {name: schema.misfits(data) for name, data in everything.items()}
    finally:
        schema._validator.cache_clear()
    assert [name for name in everything if reference[name] != compiled[name]] == []


@pytest.mark.parametrize("fragment", FITS)
def test_fits(fragment: str, engine: str) -> None:
    assert schema.misfits(document(fragment).data) == [], engine


@pytest.mark.parametrize("data", [[], "text", 1, None, True, ["sharecheck"]])
def test_what_is_no_map_is_one_misfit(data: Any, engine: str) -> None:
    found = schema.misfits(data)
    assert [misfit.at for misfit in found] == [()]
    assert found[0].fix, engine


def test_a_misfit_says_whether_something_is_missing_or_a_key_is_wrong() -> None:
    table = {("titel: X", ""): (False, True), ("", "title"): (True, False), ("kind: x", ""): (False, False)}
    for (fragment, without), expected in table.items():
        found = schema.misfits(document(fragment, without).data)[0]
        assert (found.missing, found.key) == expected


CONFIG: list[tuple[str, list[tuple[str, str]]]] = [
    ("fail_on: eror", [("fail_on", "did you mean `error`?")]),
    ("failon: error", [("failon", "did you mean `fail_on`?")]),
    ("rules: {ignored: [x]}", [("rules.ignored", "did you mean `ignore`?")]),
    ("rules: {severity: {unused-part: fatal}}", [("rules.severity.unused-part", "`error`")]),
    ("agreements: protocols", [("agreements", "write a list")]),
    ("sharecheck: settings\nfail_on: never", []),
]


@pytest.mark.parametrize(("text", "expected"), CONFIG)
def test_settings(text: str, expected: list[tuple[str, str]], engine: str) -> None:
    found = schema.misfits(source.parse(text.encode(), "sharecheck.yaml").data, "config")
    assert [".".join(map(str, m.at)) for m in found] == [address for address, _ in expected], engine
    for misfit, (_, word) in zip(found, expected, strict=True):
        assert word in misfit.fix


WHEN = {
    "2026": True, "2026-12": True, "2026-12-31": True, "2024-02-29": True, 2026: True,
    "2026-02-29": False, "2026-00": False, "2026-13": False, "2026-12-32": False, "0000": False, "x": False, "": False,
}  # fmt: skip


@pytest.mark.parametrize("written", WHEN)
def test_days_in_the_calendar(written: str | int) -> None:
    assert schema.is_when(written) is WHEN[written]


# The schema itself


def properties(part: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(part, dict):
        for name, inner in part.get("properties", {}).items():
            yield f"{at}.{name}", inner
        for key, inner in part.items():
            if key not in ("examples", "enum", "const"):
                yield from properties(inner, f"{at}/{key}" if key != "properties" else at)
    elif isinstance(part, list):
        for i, inner in enumerate(part):
            yield from properties(inner, f"{at}/{i}")


def written(name: str) -> Any:
    return json.loads(schema.text(name))


EVERY = {(name, at): part for name in schema.NAMES for at, part in properties(written(name))}


def test_the_walk_finds_the_properties() -> None:
    assert len(EVERY) > 200
    assert ("agreement", ".sharecheck") in EVERY
    assert any("lawful_basis" in at for _, at in EVERY)


@pytest.mark.parametrize(("name", "at"), EVERY)
def test_every_property_is_described_with_an_example_that_fits(name: str, at: str) -> None:
    part, root = EVERY[name, at], written(name)
    target = root.get("$defs", {}).get(part.get("$ref", "").rpartition("/")[2], {})
    description = part.get("description") or target.get("description")
    assert description
    assert description.rstrip().endswith(".")
    examples = part.get("examples") or target.get("examples")
    assert examples
    checker = jsonschema.FormatChecker(formats=())
    checker.checks("when")(schema.is_when)
    checker.checks("duration-or-words")(schema.is_duration)
    validator = jsonschema.Draft202012Validator({**part, "$defs": root.get("$defs", {})}, format_checker=checker)
    for one in examples:
        assert [error.message for error in validator.iter_errors(one)] == []


@pytest.mark.parametrize("name", schema.NAMES)
def test_the_published_schema_is_the_packaged_one_and_sound(name: str) -> None:
    assert (ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8") == schema.text(name)
    jsonschema.Draft202012Validator.check_schema(written(name))
