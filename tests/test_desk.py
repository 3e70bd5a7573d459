"""The answer in a browser is the answer of `sharecheck ask`: some 1,500 random questions a run, 9,000 a night, all scenarios."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

import desk
from conftest import ROOT
from oracle import generate
from sharecheck import agreement, knowledge, repository, source
from sharecheck.cli import interview
from sharecheck.knowledge import Book
from sharecheck.policy import compiled, exported
from sharecheck.policy import question as questions
from sharecheck.policy.reply import Enquiries
from sharecheck.settings import Settings
from tools import chromium

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser

Raw = dict[str, Any]

ON = date(2026, 12, 1)
EACH = [60, pytest.param(520, marks=pytest.mark.nightly)]
"""So many questions are put to each agreement of `protocols/`, by day and by night."""


def seeds(few: int, many: int) -> list[Any]:
    """Seeds, of which most are tried by night."""
    return [pytest.param(seed, marks=() if seed < few else pytest.mark.nightly) for seed in range(many)]


@pytest.fixture(scope="module")
def gathered() -> repository.Gathered:
    return repository.gather([ROOT / "protocols"], Settings(ROOT))


@pytest.fixture(scope="module")
def law() -> Book:
    return knowledge.load(ON)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A page that may load scripts of its own folder and nothing else."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "desk.js").write_bytes((desk.WEB / "desk.js").read_bytes())
    policy = "default-src 'none'; script-src 'self'"
    (folder / "page.html").write_text(
        f'<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="{policy}"><script src="desk.js"></script>',
        encoding="utf-8",
    )
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        opened = browser.new_page()
        opened.goto((folder / "page.html").as_uri())
        yield opened
        browser.close()


def asking(page: Any, agreements: list[Any], book: Book) -> Callable[[list[Raw]], list[Raw]]:
    raw, own = desk.raw_book(book), desk.raw_agreements(agreements, book)
    return lambda asked: json.loads(page.evaluate(desk.ANSWERED, [raw, own, asked]))  # type: ignore[no-any-return]


def agree(page: Any, agreements: list[Any], book: Book, asked: list[Raw]) -> int:
    """How many questions were answered, all of them alike; fails in words that name the field."""
    enquiries = Enquiries(agreements, desk.load(book), book.on)
    said, many, refused = desk.disagreement(asking(page, agreements, book), enquiries, asked)
    assert not said, said
    return many - refused


IDS = sorted(path.stem for path in (ROOT / "protocols").glob("*.yaml"))


@pytest.mark.parametrize("many", EACH)
@pytest.mark.parametrize("name", IDS)
def test_each_agreement_answers_alike(
    name: str, many: int, page: Any, gathered: repository.Gathered, law: Book
) -> None:
    own = [one for one in gathered.agreements if Path(one.document.name).stem == name]
    asked = list(desk.questions(Random(name), own, law, many))
    assert agree(page, own, law, asked) > many * 0.8


@pytest.mark.parametrize("many", EACH)
def test_all_agreements_together_answer_alike(many: int, page: Any, gathered: repository.Gathered, law: Book) -> None:
    every = list(gathered.agreements)
    assert agree(page, every, law, list(desk.questions(Random(1), every, law, many))) > many * 0.5


@pytest.mark.parametrize("many", EACH)
def test_the_law_alone_answers_alike(many: int, page: Any, law: Book) -> None:
    assert agree(page, [], law, list(desk.questions(Random(2), [], law, many))) > many * 0.5


def test_every_scenario_answers_alike(page: Any, gathered: repository.Gathered, law: Book) -> None:
    tried = 0
    for one in gathered.agreements:
        asked: dict[date, list[Raw]] = {}
        scenarios = [*(one.document.data.get("scenarios") or {}).values()]
        for held in gathered.scenarios:
            if held.data.get("agreement", held.data.get("of")) in (one.id, None) or one.id in held.name:
                scenarios += (held.data.get("scenarios") or {}).values()
        for scenario in scenarios:
            for given in agreement.listed(scenario["given"]):
                put = questions.read(given)
                asked.setdefault(put.on or ON, []).append(given)
        for day, given in asked.items():
            tried += agree(page, [one], law if day == ON else knowledge.load(day), given)
    assert tried > 50


def test_a_duty_of_some_professions_answers_alike(page: Any, law: Book) -> None:
    """A duty that lies on people in person binds only those of the professions it names."""
    roles, kinds = tuple(law.terms("role-types")), ("nhs-trust", "maintained-school", "yot")
    asked: list[Raw] = [
        {"from": f"{kind}/{role}", "to": "police/police-officer", "data": ["female-genital-mutilation"], "about": "child",
         "purpose": "law-enforcement-investigation", "belief": "known", "age": 12}
        for kind in kinds for role in roles
    ]  # fmt: skip
    assert agree(page, [], law, asked) == len(asked)
    rows = {one["row"] for one in asking(page, [], law)(asked)}
    assert len(rows) > 1


def test_the_public_edition_answers_alike_but_for_contacts(page: Any, gathered: repository.Gathered, law: Book) -> None:
    raw, left_out = desk.raw_book(law), {"method", "feedback"}
    changed = 0
    for one in gathered.agreements:
        asked = list(desk.questions(Random(one.id), [one], law, 25))
        own = [desk.raw_agreements([one], law), [exported.agreement(compiled.compile(one, law), public=True)]]
        inside, public = (json.loads(page.evaluate(desk.ANSWERED, [raw, held, asked])) for held in own)
        for ours, theirs in zip(inside, public, strict=True):
            if "refused" in ours:
                assert ours == theirs
                continue
            assert theirs["advice"] == []
            parts = [{duty["duty"]: duty["text"] for duty in found["duties"]} for found in (ours, theirs)]
            assert parts[0].keys() == parts[1].keys()
            assert {name for name in parts[0] if parts[0][name] != parts[1][name]} <= left_out
            changed += parts[0] != parts[1] or ours["advice"] != []
            for found in (ours, theirs):
                del found["advice"], found["duties"], found["told"]
            assert ours == theirs
    assert changed > 20


def test_ids_that_a_script_would_trip_over_answer_alike(page: Any, law: Book) -> None:
    text = (ROOT / "src" / "sharecheck" / "rules" / "base.yaml").read_text("utf-8")
    for name, other in (("therapist", "constructor"), ("identity", "valueof"), ("protection", "tostring")):
        assert f"  {name}:" in text
        text = text.replace(f"  {name}:", f"  {other}:")
        text = re.sub(rf"(?<=[\[ ]){name}(?=[\],\n])", other, text)
    one = agreement.build(source.parse(text.encode(), "base.yaml"))
    assert {"constructor"} <= {*one.roles}
    asked = list(desk.questions(Random(3), [one], law, 200))
    assert sum("constructor" in json.dumps(question) for question in asked) > 20
    agree(page, [one], law, asked)


def test_parts_made_on_different_days_are_not_mixed(page: Any, gathered: repository.Gathered, law: Book) -> None:
    other = knowledge.load(date(2026, 12, 2))
    one = desk.raw_agreements(gathered.agreements[:1], other)
    with pytest.raises(playwright.Error, match="made at different times"):
        page.evaluate(desk.ANSWERED, [desk.raw_book(law), one, []])
    older = {**desk.raw_book(law), "format": 0}
    with pytest.raises(playwright.Error, match="different versions"):
        page.evaluate(desk.ANSWERED, [older, [], []])


@pytest.mark.parametrize("seed", seeds(4, 24))
def test_made_up_agreements_and_law_answer_alike(seed: int, page: Any, law: Book) -> None:
    rng = Random(seed)
    book = law if seed % 3 == 0 else generate.book(rng, law)
    made = []
    for i in range(1 + seed % 2):
        raw = {**generate.document(rng, book), "id": f"made-up-{i}"}
        made.append(agreement.build(source.parse(json.dumps(raw).encode(), f"made-up-{i}.yaml")))
    agree(page, made, book, list(desk.questions(rng, made, book, 120)))


@pytest.mark.parametrize("seed", seeds(5, 24))
def test_the_interview_asks_alike(seed: int, page: Any, gathered: repository.Gathered, law: Book) -> None:
    rng = Random(seed)
    bare = [one for one in gathered.agreements if not one.flows]
    agreements = {0: list(gathered.agreements), 1: [], 2: bare[:1]}.get(seed, [rng.choice(gathered.agreements)])
    assert bare
    numbers = [rng.randrange(1000) for _ in range(40)]
    enquiries = Enquiries(agreements, desk.load(law), ON)
    ours: list[Any] = []

    def choose(prompt: interview.Prompt) -> tuple[str, ...]:
        said = numbers[len(ours) % len(numbers)]
        choices = [[one.word, one.label] for one in prompt.choices]
        ours.append([prompt.part, prompt.text, choices, prompt.several, prompt.default])
        if prompt.default is not None and said % 3 == 0:
            return ()
        if prompt.choices:
            return (prompt.choices[said % len(prompt.choices)].word,)
        return () if said % 2 else (str(said % 20),)

    asked = interview.complete({}, enquiries, choose)
    raw, own = desk.raw_book(law), desk.raw_agreements(agreements, law)
    steps, put = json.loads(page.evaluate(desk.STEPPED, [raw, own, {}, numbers]))
    assert [step[0] for step in steps] == [step[0] for step in ours]
    assert steps == ours
    assert put == asked
