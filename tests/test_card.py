"""The card of a role: what it says is what the policy answers, nothing is lost unsaid, and it goes on one sheet of A5."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from conftest import DAY, ROOT
from sharecheck import agreement as agreements
from sharecheck import knowledge, press, repository, source
from sharecheck.agreement import Agreement
from sharecheck.brand import Brand, Logo
from sharecheck.cli import app as command_line
from sharecheck.errors import SettingsError
from sharecheck.formats import paper_html, typst
from sharecheck.knowledge import Book
from sharecheck.paper.cards import card as cards
from sharecheck.paper.cards import pocket
from sharecheck.paper.cards.card import Card
from sharecheck.paper.cards.telling import Taking, goes, sentence, taken
from sharecheck.policy.remit import ladder_of, remit
from sharecheck.policy.reply import Enquiries
from sharecheck.rules import page
from sharecheck.settings import Settings
from test_paper import EVIL, LOGO, evil_agreement, extracted, held_to, plain, squeezed, texts
from tools import chromium

PROTOCOLS = repository.gather([ROOT / "protocols"], Settings(ROOT)).agreements
PAIRS = [(one.id, role) for one in PROTOCOLS for role in one.roles]
SOME = [pair for i, pair in enumerate(PAIRS) if i % 11 == 0 or pair == ("concern-about-a-child", "social-worker")]
"""A sample of the roles of every agreement, the largest among them; all of them by night."""
PARTS = {"must-share": cards.MUST, "share": cards.MAY, "ask-first": cards.ASK, "seek-advice": cards.ADVICE,
         "do-not-share": cards.NEVER}  # fmt: skip


def named(name: str) -> Agreement:
    return next(one for one in PROTOCOLS if one.id == name)


def laid(fragment: str) -> Agreement:
    """The base agreement with a fragment laid over it."""
    return agreements.build(page.lay(source.parse(fragment.encode(), "agreement.yaml"), page.base()))


@cache
def made(role: str, *names: str) -> Card:
    held = [named(name) for name in names] or PROTOCOLS
    return pocket.compose(role, held, knowledge.load(DAY), "Made by a test.")


def part(card: Card, name: str) -> str:
    """Everything that a part of a card says."""
    return plain(" ".join(text for one in card.parts if one.id == name for text in texts(one)))


# what is said


SAID = [
    ("concern-about-a-child", "health-visitor", "danger", "Ring now; do not wait for a form or a signature."),
    ("concern-about-a-child", "health-visitor", "danger", "You must tell, even if they say no The public protection officer."),
    ("concern-about-a-child", "social-worker", "danger", "even if they say no The public protection officer."),
    ("concern-about-a-child", "health-visitor", "danger", "Of the others here, you must tell, even if they say no The social"),
    ("concern-about-a-child", "health-visitor", "danger", "Tell children's social care, or the police"),
    ("concern-about-a-child", "health-visitor", "night", "Ring Emergency duty team, emergency-duty@council.example"),
    ("concern-about-a-child", "health-visitor", "night", "No telephone number is given."),
    ("concern-about-a-child", "health-visitor", "must", "The duty social worker For enquiry and help in need: identity, address"),
    ("concern-about-a-child", "health-visitor", "must", "From child in need: even if they say no."),
    ("concern-about-a-child", "health-visitor", "must", "within 1 working day. Send it by telephone and secure portal."),
    ("concern-about-a-child", "health-visitor", "must", "section 16LA; as others report it, so check that it is in force."),
    ("concern-about-a-child", "health-visitor", "must", "not wishes"),
    ("concern-about-a-child", "health-visitor", "may", "For rescue: identity, address"),
    ("concern-about-a-child", "health-visitor", "may", "From immediate danger: even if they say no."),
    ("concern-about-a-child", "health-visitor", "ask", "If they say no, do not tell. From child in need or adult care and support: "
     "you must tell, even if they say no."),
    ("concern-about-a-child", "health-visitor", "ask", "Who agrees: The parent who looks after the child"),
    ("concern-about-a-child", "health-visitor", "ask", "not injuries"),
    ("concern-about-a-child", "health-visitor", "never", "Person alleged to have caused the harm Never tell any of it."),
    ("concern-about-a-child", "health-visitor", "never", "anybody who is no party to the agreement Address."),
    ("concern-about-a-child", "health-visitor", "family", "The professional who is worried tells the parent"),
    ("concern-about-a-child", "health-visitor", "family", "not Do not tell them yet"),
    ("concern-about-a-child", "police-officer", "family", "Do not tell them yet"),
    ("concern-about-a-child", "health-visitor", "write", "Write down that it was not shared"),
    ("concern-about-a-child", "health-visitor", "ring", "The duty social worker front-door@council.example."),
    ("concern-about-a-child", "health-visitor", "ring", "Caldicott Guardian: caldicott@community-trust.example"),
    ("concern-about-a-child", "health-visitor", "levels", "child in need is tier 2"),
    ("concern-about-a-child", "health-visitor", "words", "Injuries Marks, bruises and other injuries"),
    ("youth-offending-team", "yot-nurse", "danger", "No agreement names whom to tell Tell children's social care"),
    ("youth-offending-team", "yot-nurse", "danger", "Ring now; do not wait for a form or a signature."),
    ("youth-offending-team", "yot-nurse", "never", "unless: significant harm to a child"),
    ("youth-offending-team", "yot-nurse", "never", "But from child in need the answer may be to tell, as a duty: ask."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "role", "where", "says"), SAID, ids=[f"{row[1]}-{row[2]}-{row[3][:25]}" for row in SAID]
)
def test_what_is_said(name: str, role: str, where: str, says: str) -> None:
    said = part(made(role, name), where)
    assert said
    assert (says.removeprefix("not ") in said) is not says.startswith("not "), said


LACKING = [
    ("handling: {emergency: {out_of_hours: null}}", "night", "Whom to ring at night: the agreement does not say."),
    ("handling: {emergency: null}", "night", "What to do where waiting is dangerous: the agreement does not say."),
    ("unknown: [handling.emergency]\nhandling: {emergency: null}", "night", "Whom to ring at night: not known yet"),
    (
        "handling: {emergency: {out_of_hours: {role: Duty team, phone: 020 7946 0000}}}",
        "night",
        "Ring Duty team, 020 7946 0000.",
    ),
    ("agencies: {council: {spoc: {role: Front door, phone: 020 7946 0001}}}", "danger", "(020 7946 0001)"),
    ("agencies: {council: {spoc: null, teams: null}}", "ring", "The agreement does not say."),
]


@pytest.mark.parametrize(("fragment", "where", "says"), LACKING, ids=[row[0][:45] for row in LACKING])
def test_gaps_are_said_and_numbers_given(book: Book, fragment: str, where: str, says: str) -> None:
    assert says in part(pocket.compose("health-visitor", [laid(fragment)], book, ""), where)


def test_a_number_that_is_given_needs_no_room(book: Book) -> None:
    given = laid("handling: {emergency: {out_of_hours: {role: Duty team, phone: 020 7946 0000}}}")
    for one, wanted in ((given, 0), (laid("handling: {emergency: {out_of_hours: Duty team}}"), 1)):
        night = next(p for p in pocket.compose("health-visitor", [one], book, "").parts if p.id == cards.NIGHT)
        lines = [line.manner for group in night.groups for point in group.points for line in point.says]
        assert lines.count("blank") == wanted


BANDS = [
    ("status: draft", "DRAFT", "The partners have not agreed"),
    ("status: review", "DRAFT", "The partners have not agreed"),
    ("status: suspended", "SUSPENDED", "Nobody shares under it for now."),
    ("status: live\nstarts: 2020-01-01\nreview: 2020-06-01\nends: 2021-01-01", "ENDED", "Nobody shares"),
    ("status: live\nstarts: 2027-01-01", "NOT IN USE", "begins on 2027-01-01"),
    ("status: live", "", ""),
]


@pytest.mark.parametrize(("fragment", "band", "warns"), BANDS, ids=[row[0][:30] for row in BANDS])
def test_what_is_not_in_force_is_unmistakable(book: Book, fragment: str, band: str, warns: str) -> None:
    card = pocket.compose("health-visitor", [laid(fragment)], book, "")
    assert (card.band, bool(card.warnings)) == (band, bool(band))
    assert warns in " ".join(card.warnings)
    assert ('class="band"' in paper_html.card(card)) == bool(band)
    names = [one.id for one in card.parts]
    assert {"danger", "night"} <= set(names), "at night the law answers whatever became of the agreement"
    assert ("must" in names or "ask" in names or "may" in names) == (band in ("", "DRAFT"))
    if band in ("DRAFT", "NOT IN USE"):
        pages = extracted(typst.card(card, DAY)[0])
        assert all(text.count(band) >= 2 for text in pages)


def test_a_stopped_agreement_among_others_is_left_out_and_said(book: Book) -> None:
    other = replace(laid("status: suspended"), id="other", title="The other one")
    card = pocket.compose("health-visitor", [laid("status: live"), other], book, "")
    assert (card.band, len(card.sheets)) == ("", 1)
    assert "Not in use on this day and left out: The other one." in card.notes


def test_several_agreements_are_told_apart() -> None:
    card = made("health-visitor")
    assert [one.mark for one in card.sheets] == ["A", "B", "C", "D", "E"]
    mark = next(one.mark for one in card.sheets if one.running.title == "Concern about a child")
    assert f"household adult ({mark})." in part(card, "must")
    assert not re.search(r"\([A-E]\)", " ".join(texts(made("health-visitor", "concern-about-a-child"))))


def test_an_unknown_role_gets_a_hint(book: Book) -> None:
    with pytest.raises(SettingsError) as error:
        pocket.compose("heath-visitor", PROTOCOLS, book, "")
    assert "no agreement here knows the role `heath-visitor`" in error.value.message
    assert "did you mean `health-visitor`" in error.value.fix


# the card and the policy


@pytest.mark.parametrize(
    "pair", [pytest.param(pair, marks=() if pair in SOME else pytest.mark.nightly) for pair in PAIRS], ids="-".join
)
def test_the_card_says_what_the_policy_answers(book: Book, pair: tuple[str, str]) -> None:
    """Each thing told stands under the answer that a whole question gets; what must be told is never missing."""
    name, role = pair
    card = made(role, name)
    took = taken(role, named(name), book)
    enquiries = Enquiries([named(name)], lambda _: book, DAY)
    for told in took.told:
        words = sentence(goes(told))
        people = {took.remit.names.party(ref) for ref in told.entry.recipients}
        points = [
            point for one in card.parts if one.id == PARTS[told.step.not_asked] for group in one.groups for point in group.points
            if any(line.text == words for line in point.says)
        ]  # fmt: skip
        assert points, words
        heads = plain(" ".join(point.head for point in points)).lower()
        assert all(one.lower() in heads for one in people)
        asked = zip(told.entry.recipients, told.entry.about, told.entry.purposes, strict=False)
        for (recipient, about, purpose), said in product(list(asked)[:2], ("not-asked", "refused")):
            for rank, level in ladder_of(took.policy, about, purpose):
                given = {"from": role, "to": recipient, "data": list(told.entry.items), "about": about, "purpose": purpose,
                         "concern": level, "consent": said}  # fmt: skip
                answer = enquiries.reply(given).answer
                step = told.entry.at(rank)
                assert {one.outcome for one in answer.items} == {step.refused if said == "refused" else step.not_asked}
                if rank == told.level == told.step.rank and said == "not-asked" and told.step.not_asked != "ask-first":
                    assert told.inform == answer.duties.inform
                    assert answer.duties.deadline in told.how
    assert set(atoms_of_remit(took)) == set(atoms_of_card(took))


def atoms_of_remit(took: Taking) -> Iterator[tuple[object, ...]]:
    """Everything that the remit lists, one by one, with its answers."""
    enquiries = Enquiries([took.agreement], lambda _: took.reader.book, took.reader.on)
    for entry in remit(took.remit.role, enquiries).entries:
        yield from (
            (*atom, entry.steps) for atom in product(entry.recipients, entry.purposes, entry.about, entry.items)
        )


def atoms_of_card(took: Taking) -> Iterator[tuple[object, ...]]:
    for told in took.told:
        entry = told.entry
        yield from (
            (*atom, entry.steps) for atom in product(entry.recipients, entry.purposes, entry.about, entry.items)
        )


OUTSIDE = [
    ("alleged-perpetrator", "given", "Person alleged to have caused the harm Never tell any of it."),
    ("former-partner", "not-asked", "Friend or neighbour; former partner; member of the public, or everybody Do not tell. "
     "Where the person can decide and agrees, ask."),
]  # fmt: skip


@pytest.mark.parametrize(("relation", "consent", "says"), OUTSIDE, ids=[row[0] for row in OUTSIDE])
def test_who_outside_is_never_told(book: Book, relation: str, consent: str, says: str) -> None:
    name, role = "concern-about-a-child", "health-visitor"
    assert says in part(made(role, name), "never")
    took = taken(role, named(name), book)
    enquiries = Enquiries([named(name)], lambda _: book, DAY)
    for told, level, able in product(took.told, ("none", "child-in-need", "immediate-danger"), (True, False)):
        given = {"from": role, "relation": relation, "data": list(told.entry.items), "about": told.entry.about[0],
                 "purpose": told.entry.purposes[0], "concern": level, "consent": consent, "able_to_decide": able}  # fmt: skip
        assert enquiries.reply(given).answer.outcome == "do-not-share"


def test_nothing_is_left_out_unsaid() -> None:
    card = made("social-worker")
    order = card.lightest
    weights = [point.weight for one in card.parts for group in one.groups for point in group.points]
    assert [weights[number] for number in order] == sorted(weights)
    for gone in (order[:1], order[: card.spare], order[: len(order) // 2], order):
        shorter = cards.without(card, gone)
        lost = {
            one.title: (before, after)
            for one in card.parts
            if (before := sum(len(group.points) for group in one.groups))
            != (
                after := sum(
                    len(group.points) for other in shorter.parts if other.id == one.id for group in other.groups
                )
            )
        }
        assert lost
        for title, (before, after) in lost.items():
            assert (
                f"{before - after} of {before} under “{title}”" in shorter.left_out
                if after
                else f"“{title}”" in shorter.left_out
            )
        assert "“sharecheck ask --role social-worker”" in shorter.left_out
    assert cards.without(card, ()).left_out == ""
    hushed = cards.without(card, (), cards.HUSHED)
    assert "how and by when each thing goes" in hushed.left_out
    assert "Send it by" in part(card, "must")
    assert "Send it by" not in part(hushed, "must")


def test_danger_and_duties_are_the_last_to_go() -> None:
    card = made("social-worker")
    ids = [one.id for one in card.parts for group in one.groups for _ in group.points]
    places = {name: [i for i, number in enumerate(card.lightest) if ids[number] == name] for name in set(ids)}
    assert max(places["words"]) < min(places["levels"]) < min(places["must"])
    assert max(places["must"]) < max(places["danger"]) == len(ids) - 1
    assert max(places["may"]) < min(places["must"])


# as PDF


PRINTED = [("yot-nurse", "youth-offending-team"), ("index-manager", "children-index"),
           ("health-visitor", "concern-about-a-child"), ("social-worker", "")]  # fmt: skip


@pytest.mark.parametrize(("role", "name"), PRINTED, ids=[row[0] for row in PRINTED])
def test_a_card_is_one_accessible_sheet_of_a5(role: str, name: str) -> None:
    card = made(role, *filter(None, (name,)))
    pdf, shown = typst.card(card, DAY)
    held_to(pdf)
    pages = extracted(pdf)
    assert press.pages(pdf) == len(pages) <= 2
    read = plain(" ".join(pages))
    for text in texts(replace(shown, more="", sheets=(), day="")):
        if text not in {one.id for one in shown.parts}:
            assert squeezed(text) in squeezed(read), text
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in plain(text)
        assert "As on 22 November 2026" in plain(text)
    for one in shown.sheets:
        assert one.running.digest in read
        assert one.running.version in read
    assert shown.left_out if name == "" else "“You must tell”" not in shown.left_out
    sizes = set(re.findall(rb"/MediaBox\s*\[([^\]]+)\]", pdf))
    assert {tuple(round(float(one)) for one in box.split()) for box in sizes} == {(0, 0, 420, 595)}


TWICE = """
import sys
from sharecheck.cli.app import app
for name in ("c.pdf", "c.html"):
    app(["card", sys.argv[1], "--role", "planning-analyst", "-o", name, "--on", "2026-11-22"], standalone_mode=False)
"""


def test_the_same_card_is_the_same_bytes_anywhere(tmp_path: Path) -> None:
    file = ROOT / "protocols" / "commissioning-data.yaml"
    found = []
    for zone, seed in (("UTC", "1"), ("Asia/Tokyo", "77")):
        folder = tmp_path / seed
        folder.mkdir()
        env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TZ": zone, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", TWICE, str(file)], cwd=folder, env=env, check=True, capture_output=True)
        found.append([(folder / name).read_bytes() for name in ("c.pdf", "c.html")])
    assert found[0] == found[1]


def test_a_partnership_marks_its_cards() -> None:
    card = made("planning-analyst", "commissioning-data")
    marked = Brand("Ours & <yours>", Logo(".svg", LOGO), "#7a0019", "#005500")
    pdf, _ = typst.card(card, DAY, marked)
    held_to(pdf)
    assert "Ours & <yours>" in plain(" ".join(extracted(pdf)))
    text = paper_html.card(card, marked)
    assert "Ours &amp; &lt;yours&gt;" in text
    assert base64.b64encode(LOGO).decode() in text


# hostile text


@pytest.fixture(scope="module")
def evil(book: Book) -> Card:
    return pocket.compose("health-visitor", [evil_agreement()], book, "x")


def test_hostile_text_is_text_in_the_pdf(evil: Card) -> None:
    pdf, _ = typst.card(evil, DAY)
    held_to(pdf)
    read = squeezed(" ".join(extracted(pdf)))
    assert len(extracted(pdf)) <= 2
    assert read.count(squeezed(EVIL[:60])) > 5
    assert "49" not in squeezed(EVIL)


def test_hostile_text_is_text_on_the_page(evil: Card) -> None:
    text = paper_html.card(evil)
    assert not re.findall(r"<(?:script|b>b|iframe|form|label|svg|img)", text)
    assert "&lt;script&gt;alert(1)" in text
    assert "\u202e" not in text
    assert text.count("</style>") == 1


# as a page


def test_the_page_needs_nothing_and_allows_nothing() -> None:
    text = paper_html.card(made("health-visitor", "concern-about-a-child"))
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert policy
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy[1].replace("&#39;", "'")
    assert policy[1].startswith("default-src ")
    assert "<script" not in text
    assert re.findall(r'(?:src|href)="(?!#|data:)', text) == []


@pytest.mark.browser
def test_the_page_is_for_everybody(evil: Card, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    drafted = pocket.compose("health-visitor", [laid("status: draft")], knowledge.load(DAY), "")
    files = {"big": made("health-visitor"), "evil": evil, "draft": drafted}
    for name, card in files.items():
        (tmp_path / f"{name}.html").write_text(paper_html.card(card), encoding="utf-8")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        for name in files:
            opened: Any = browser.new_page(viewport={"width": 320, "height": 800})
            heard: list[str] = []
            opened.on("console", lambda message, heard=heard: heard.append(message.text))
            opened.goto((tmp_path / f"{name}.html").as_uri())
            assert heard == [], "the browser refused something"
            for width in (320, 640):  # a phone; and 1280 pixels at 200 %
                opened.set_viewport_size({"width": width, "height": 800})
                assert not opened.evaluate("document.documentElement.scrollWidth > innerWidth"), "runs off the screen"
            opened.emulate_media(forced_colors="active")
            assert opened.evaluate("getComputedStyle(document.querySelector('#danger')).borderTopWidth") != "0px"
        opened = browser.new_context(bypass_csp=True).new_page()
        opened.goto((tmp_path / "draft.html").as_uri())
        found = axe.Axe().run(opened, options={"runOnly": {"type": "tag", "values": tags}}).response["violations"]
        assert [f"{v['id']}: {[n['html'][:90] for n in v['nodes'][:2]]}" for v in found] == []
        pdf = opened.pdf(prefer_css_page_size=True)
        assert re.search(rb"/MediaBox\s*\[0 0 (419|420)[\d.]* (595|594)", pdf), "it prints on A5"
        assert "DRAFT" in extracted(pdf)[0]
        browser.close()


# the command


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    base = (ROOT / "src" / "sharecheck" / "rules" / "base.yaml").read_text(encoding="utf-8")
    (folder / "protocols").mkdir()
    (folder / "protocols" / "one.yaml").write_text(base, encoding="utf-8")
    (folder / "broken.yaml").write_text("sharecheck: 1\nid: broken\n", encoding="utf-8")
    return folder


COMMANDS = [
    (("--role", "health-visitor"), 0, "wrote card-health-visitor.pdf", ""),
    (("--role", "health-visitor", "-o", "a.html"), 0, "wrote a.html", ""),
    (("--role", "health-visitor", "--format", "html"), 0, "", "<!DOCTYPE html>"),
    (("--role", "health-visitor", "protocols", "broken.yaml", "-o", "b.html"), 1, "broken.yaml:1:1: not asked", ""),
    (("--role", "health-visitor", "broken.yaml"), 2, "does not have the form of an agreement", ""),
    (("--role", "heath-visitor"), 2, "did you mean `health-visitor`", ""),
    (("--role", "zzz"), 2, "`--role` takes a role or an agency", ""),
    (("--role", "health-visitor", "-o", "a.docx"), 2, "`a.docx` ends in `.docx`", ""),
    (("--role", "health-visitor", "-o", "protocols/one.yaml", "--format", "pdf"), 2, "was left alone", ""),
    (("--role", "health-visitor", "-o", "none/a.pdf"), 2, "cannot be written", ""),
    (("--role", "health-visitor", "nowhere.yaml"), 4, "nowhere.yaml", ""),
    (("--role", "health-visitor", "--on", "2026-02-31"), 2, "is not a day", ""),
    ((), 2, "--role", ""),
]


@pytest.mark.parametrize(
    ("arguments", "code", "says", "out"), COMMANDS, ids=[" ".join(row[0]) or "bare" for row in COMMANDS]
)
def test_the_command(
    desk: Path, arguments: tuple[str, ...], code: int, says: str, out: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(desk)
    day = () if "--on" in arguments else ("--on", "2026-11-22")
    monkeypatch.setattr(sys, "argv", ["sharecheck", "card", *arguments, *day])
    assert command_line.run() == code
    done = capsys.readouterr()
    assert says in done.err
    assert done.out.startswith(out)
    assert not [one for one in desk.iterdir() if one.name.startswith(".")], "no half-written file is left"
