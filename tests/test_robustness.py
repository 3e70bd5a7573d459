"""Whatever fits the format can be checked, reported and drawn: no agreement makes a rule or a format fail."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from conftest import DAY, ROOT
from sharecheck import agreement, chart, knowledge, report, repository, rules, schema, source
from sharecheck.cli import forms
from sharecheck.formats import as_json, concise, markdown, mermaid, paper_html, rule_page, svg, text
from sharecheck.paper.compliance import checks
from sharecheck.repository import Gathered
from sharecheck.settings import Settings
from sharecheck.source import Document

FILES = [
    *sorted((ROOT / "protocols").glob("*.yaml")),
    *sorted(
        p
        for p in (ROOT / "tests/agreements").rglob("*.yaml")
        if "expected" not in p.name and p.parent.name != "scenarios"
    ),
    ROOT / "src/sharecheck/rules/base.yaml",
]
DATA: list[dict[str, Any]] = [source.read(path).data for path in FILES]


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    out = [at] if at else []
    for key, inner in inside:
        out += places(inner, (*at, key))
    return out


def put(data: Any, at: tuple[Any, ...], value: Any) -> None:
    for key in at[:-1]:
        data = data[key]
    if value is KeyError:
        del data[at[-1]]
    else:
        data[at[-1]] = value


def get(data: Any, at: tuple[Any, ...]) -> Any:
    for key in at:
        data = data[key]
    return data


def damaged(rng: random.Random) -> Any:
    """An agreement with a few parts removed, or replaced by what stands under the same name elsewhere."""
    data = copy.deepcopy(rng.choice(DATA))
    for _ in range(rng.choice((1, 1, 2, 4, 8))):
        at = rng.choice(places(data))
        if rng.random() < 0.45:
            put(data, at, KeyError)
            continue
        other = rng.choice(DATA)
        alike = [place for place in places(other) if place[-1] == at[-1] or place[:-1] == at[:-1]]
        if alike:
            put(data, at, copy.deepcopy(get(other, rng.choice(alike))))
    return data


def checked(data: Any) -> report.Checked | None:
    document = Document("mutant.yaml", json.dumps(data, ensure_ascii=False, indent=1), data)
    if schema.misfits(data):
        return None
    gathered = Gathered((agreement.build(document),), (), ())
    return report.check(gathered, knowledge.load(DAY), rules.load(), "test").checked[0]


@pytest.mark.parametrize("seed", range(12))
def test_what_fits_can_be_checked(seed: int) -> None:
    rng = random.Random(seed)
    fitting = 0
    for _ in range(120):
        found = checked(damaged(rng))
        if found is None:
            continue
        fitting += 1
        assert set(found.verdicts) == {rule.id for rule in rules.load()}
        for finding in found.findings:
            assert finding.message
            assert finding.fix
            assert "{" not in finding.message.replace("{{", "")
            assert finding.span.line >= 1
        prints = [finding.fingerprint for finding in found.findings]
        assert len(prints) == len(set(prints)), "two findings share a fingerprint"
    assert fitting > 30, "the damage leaves too little that fits to show anything"


def test_what_fits_can_be_written_in_every_format(book: knowledge.Book) -> None:
    rng = random.Random(7)
    for _ in range(25):
        found = checked(damaged(rng))
        if found is None or found.agreement is None:
            continue
        whole = report.Report("test", book, rules.load(), (), (found,), ())
        drawn = {found.name: chart.draw(found.agreement, book)}
        assert text.render(whole)
        assert json.loads(as_json.render(whole))["schema_version"] == 1
        assert concise.summary(whole)
        for name in ("sarif", "junit", "github", "gitlab"):
            assert forms.FORMS[name].render(whole)
        assert mermaid.render(drawn[found.name]).startswith("flowchart")
        paper = checks.compose(whole, "", drawn)
        assert "</html>" in paper_html.render(paper, {})
        assert markdown.document(paper).startswith("# Check report")
        assert markdown.render(whole, drawn).startswith("# Check report")


def test_pictures_of_what_fits(book: knowledge.Book) -> None:
    rng = random.Random(3)
    drawn = 0
    while drawn < 6:
        found = checked(damaged(rng))
        if found and found.agreement:
            assert svg.render(chart.draw(found.agreement, book)).endswith("</svg>\n")
            drawn += 1


def test_order_of_keys_and_layout_change_no_finding() -> None:
    for data in DATA:
        turned = _turned(data)
        one, other = checked(data), checked(turned)
        if one is None or other is None:
            continue
        assert {f.fingerprint for f in one.findings} == {f.fingerprint for f in other.findings}, data["id"]


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _turned(value[key]) for key in reversed(value)}
    return value


def test_every_rule_page_can_be_printed(book: knowledge.Book) -> None:
    for rule in rules.load():
        assert rule_page.render(rule, book).startswith(f"# {rule.id}\n")


def test_the_protocols_are_clean() -> None:
    gathered = repository.gather([ROOT / "protocols"], Settings(ROOT))
    found = report.check(gathered, knowledge.load(DAY), rules.load(), "test")
    assert len(found.checked) == 11
    assert [(f.agreement, f.rule, f.message) for f in found.findings if f.severity != "advice"] == []
    assert found.not_checked == 0
