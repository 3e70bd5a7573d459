"""The register: every link leads somewhere, every kind of page is for everybody, nothing in a field is more than text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from typer.testing import CliRunner, Result

from conftest import ROOT, lay_out
from history import git
from sharecheck import register as registers
from sharecheck import source
from sharecheck.cli.app import app
from sharecheck.errors import SettingsError
from sharecheck.formats import site as formats
from sharecheck.formats import svg
from tools import chromium
from tools import git as need_git

playwright = pytest.importorskip("playwright.sync_api")

DAY = "2026-12-01"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
KINDS = {
    "agreement": ("told", "agreement-example.html"), "agency": ("told", "agency-example--council.html"),
    "role": ("told", "role-example--health-visitor.html"), "purpose": ("told", "purpose-example--support.html"),
    "history": ("told", "history-example.html"), "partnership": ("usual", "map.html"), "first": ("usual", "index.html"),
    "search": ("usual", "search.html"), "ask": ("usual", "ask.html"),
    "role of many": ("large", "role-borough-protocol--health-visitor.html"),
    "remit": ("large", "role-borough-protocol--health-visitor--in--concern-about-a-child.html"),
    "letters": ("large", "roles.html"),
}  # fmt: skip
"""A page of each kind, and the register it is in."""
BIG = {
    "agreement of many": ("usual", "agreement-concern-about-a-child.html"),
    "list": ("usual", "agencies.html"), "letter": ("large", "roles-h.html"), "many": ("large", "map.html"),
    "agency in full": ("usual", "agency-borough-protocol--schools.html"),
    "agency of many": ("large", "agency-borough-protocol--council.html"),
    "role in full": ("usual", "role-borough-protocol--health-visitor.html"),
    "purpose in full": ("usual", "purpose-concern-about-a-child--enquiry.html"),
    "protocol": ("usual", "agreement-borough-protocol.html"), "paper": ("told", "paper-example.html"),
}  # fmt: skip
"""Pages of the same kinds with so much on them that reading them takes seconds."""


def run(folder: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["site", str(folder), "--on", DAY, *more], catch_exceptions=False)


def made(folder: Path, *more: str) -> Path:
    done = run(folder, *more)
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("register") / "site", str(ROOT / "protocols"))


LITTLE = (ROOT / "src" / "sharecheck" / "rules" / "base.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The register of a repository with a past, and pages to print."""
    need_git()
    folder = tmp_path_factory.mktemp("told")
    with pytest.MonkeyPatch.context() as patch:
        lay_out(folder, {"protocols/a.yaml": LITTLE}, patch)
        git(folder, "init", "-q", "-b", "main")
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", "begun")
        wider = LITTLE.replace("data: [identity, injuries]", "data: [identity, injuries, attendance]")
        (folder / "protocols" / "a.yaml").write_text(wider.replace("sharing@council", "ring-me@council"), "utf-8")
        git(folder, "commit", "-q", "-a", "-m", "changed")
        return made(folder / "site", "--history", "3", "--paper")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register that takes few to be many, so that lists and pages are split."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registers, "_REMITS", 2)
        patch.setattr(registers, "_ROWS", 5)
        patch.setattr(registers, "_PICTURE", 5)
        patch.setattr(formats, "_MANY", 20)
        return made(tmp_path_factory.mktemp("large") / "site", str(ROOT / "protocols"))


@pytest.fixture(scope="module")
def registers_by_name(register: Path, told: Path, large: Path) -> dict[str, Path]:
    return {"usual": register, "told": told, "large": large}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page whose every complaint is a failure, and which asks for nothing outside its folder."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("dialog", lambda dialog: (said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    opened.on("request", lambda request: said.append(request.url) if not request.url.startswith("file:") else None)
    yield opened
    opened.close()
    assert said == []


class Links(HTMLParser):
    """The links, anchors and scripts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.to: list[str] = []
        self.anchors: set[str] = set()
        self.inline = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.to += [value for name in ("href", "src") if (value := values.get(name))]
        if name := values.get("id"):
            assert name not in self.anchors, f"two elements have the id {name}"
            self.anchors.add(name)
        script = tag == "script" and not values.get("src")
        self.inline |= script or tag == "style" or "style" in values or any(name.startswith("on") for name in values)


def read(folder: Path) -> dict[str, Links]:
    """Every page, and the maps that stand by themselves."""
    return {
        file.name: Links(file.read_text("utf-8")) for file in sorted((*folder.glob("*.html"), *folder.glob("*.svg")))
    }


# what is there


def test_every_agreement_agency_role_and_purpose_has_a_page(register: Path) -> None:
    files = {file.name for file in register.glob("*.html")}
    for path in (ROOT / "protocols").glob("*.yaml"):
        raw = source.read(path).data
        assert f"agreement-{raw['id']}.html" in files
        for kind, part in (("agency", "agencies"), ("role", "roles"), ("purpose", "purposes")):
            assert {f"{kind}-{raw['id']}--{name}.html" for name in raw.get(part, {})} <= files


@pytest.mark.parametrize("kind", ["usual", "told", "large"])
def test_every_link_leads_somewhere(kind: str, registers_by_name: dict[str, Path]) -> None:
    register = registers_by_name[kind]
    pages = read(register)
    assert len(pages) > (20 if kind == "told" else 100)
    for name, links in pages.items():
        assert links.inline == name.startswith("paper-"), name  # which has a style of its own, by its hash
        for to in links.to:
            parts = urlsplit(to)
            if name.startswith("paper-") and parts.scheme in ("data", "https"):
                continue  # its pictures, and what its sources and notices are
            assert not parts.scheme, f"{name} leads to {to}"
            file = unquote(parts.path) or name
            assert (register / file).is_file(), f"{name} leads to {to}"
            if parts.fragment and file != "ask.html":
                assert parts.fragment in pages[file].anchors, f"{name} leads to {to}"


@pytest.mark.parametrize("kind", ["usual", "told", "large"])
def test_no_page_is_out_of_reach(kind: str, registers_by_name: dict[str, Path]) -> None:
    pages = read(registers_by_name[kind])
    reached, left = {"index.html"}, ["index.html"]
    while left:
        for to in pages[left.pop()].to:
            file = urlsplit(to).path
            if file in pages and file not in reached:
                reached.add(file)
                left.append(file)
    assert reached == set(pages)


def test_the_large_register_has_the_same_as_the_usual_one(register: Path, large: Path) -> None:
    """What is split is all there: every flow and every answer for a role."""
    usual, split = (
        {kind: {cell for file in one.glob(f"{kind}*.html") for cell in re.findall(r"<td>(.*?)</td>", file.read_text("utf-8"))}
         for kind in ("agreement", "role")}
        for one in (register, large)
    )  # fmt: skip
    answers = [cell for cell in usual["role"] if cell.startswith(("At no concern", "At every level"))]
    assert len(answers) > 20
    assert set(answers) <= split["role"]
    assert usual["agreement"] == split["agreement"]
    for kind in ("agencies", "roles", "purposes"):
        listed = [
            sorted(to for file in one.glob(f"{kind}*.html") for to in Links(file.read_text("utf-8")).to if to.startswith(kind[:5]))
            for one in (register, large)
        ]  # fmt: skip
        assert {to for to in listed[0] if not to.startswith(kind)} == {
            to for to in listed[1] if not to.startswith(kind)
        }


def test_the_same_bytes_twice(register: Path, tmp_path: Path) -> None:
    again = made(tmp_path / "again", str(ROOT / "protocols"))
    both = [
        {file.relative_to(one).as_posix(): file.read_bytes() for file in one.rglob("*") if file.is_file()}
        for one in (register, again)
    ]
    assert both[0] == both[1]


def test_the_public_edition_names_nobody_to_speak_to(register: Path, tmp_path: Path) -> None:
    public = made(tmp_path / "public", "--public", str(ROOT / "protocols"))
    texts = {file.name: file.read_text("utf-8") for file in public.rglob("*") if file.is_file()}
    inside = {file.name: file.read_text("utf-8") for file in register.rglob("*") if file.is_file()}
    address = re.compile(r"[\w.-]+@[\w-]+\.\w+")
    assert any(address.search(text) for text in inside.values())
    assert {name: found[0] for name, text in texts.items() if (found := address.search(text))} == {}
    assert not any(re.search(r"Send it by (?!a secure)", text) for name, text in texts.items() if name.endswith(".js"))
    assert "Public edition" in texts["index.html"]


# brand and folder


LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


def test_a_partnership_marks_its_register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brand = "sharecheck: settings\nbrand: {name: Ours & yours, logo: l.svg, colours: {main: '#7A0019', accent: '#005500'}}\n"
    lay_out(tmp_path, {"sharecheck.yaml": brand, "l.svg": LOGO, "protocols/a.yaml": LITTLE}, monkeypatch)
    site = made(tmp_path / "site")
    assert "Ours &amp; yours" in (site / "index.html").read_text("utf-8")
    assert (site / "assets" / "logo.svg").read_text("utf-8") == LOGO
    assert "--main: #7a0019; --accent: #005500" in (site / "assets" / "site.css").read_text("utf-8")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("colours: {main: '#ffcc00'}", "stands out from white by 1.5 to 1"),
        ("logo: missing.svg", "cannot be read"),
        ("logo: sharecheck.yaml", "no picture"),
        ("logo: empty.png", "is not what its ending says"),
        ("colours: {main: red}", "red"),
        ("colors: {main: '#000000'}", "colors"),
    ],
)
def test_a_brand_that_cannot_be(said: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(
        tmp_path,
        {"sharecheck.yaml": f"sharecheck: settings\nbrand: {{{said}}}\n", "a.yaml": LITTLE, "empty.png": ""},
        monkeypatch,
    )
    with pytest.raises(SettingsError) as error:
        run(tmp_path / "site")
    assert message in error.value.message


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.html").write_text("years of work", "utf-8")
    with pytest.raises(SettingsError, match="left alone"):
        run(tmp_path, str(ROOT / "protocols"))
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.html"]


def test_what_is_no_longer_there_goes(tmp_path: Path) -> None:
    protocols = ROOT / "protocols"
    site = made(tmp_path / "site", str(protocols / "youth-offending-team.yaml"))
    assert (site / "agreement-youth-offending-team.html").is_file()
    made(site, str(protocols / "outreach-teams.yaml"))
    assert not (site / "agreement-youth-offending-team.html").exists()


# maps, history, paper


def test_every_agency_and_flow_of_a_map_leads_to_its_own(register: Path) -> None:
    for path in (ROOT / "protocols").glob("*.yaml"):
        raw = source.read(path).data
        page = register / f"agreement-{raw['id']}.html"
        if not raw.get("flows"):
            assert not page.with_suffix(".svg").exists()
            continue
        map_ = page.with_suffix(".svg").read_text("utf-8")
        assert map_.partition("?>\n")[2] in page.read_text("utf-8")
        assert {f"flow-{name}" for name in raw["flows"]} == set(re.findall(r'#(flow-[^"]+)"', map_))
        numbers = re.findall(rf'<a href="{page.name}#flow-([^"]+)" aria-label="Flow (\d+)', map_)
        assert {list(raw["flows"])[int(number) - 1] == name for name, number in numbers} == {True}


def test_without_the_program_that_lays_out_there_are_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> str:
        raise svg.LayoutError("the picture cannot be laid out", "use words")

    monkeypatch.setattr(svg, "_layout", fails)
    done = run(tmp_path / "site", str(ROOT / "protocols" / "youth-offending-team.yaml"))
    assert done.exit_code == 0
    assert done.output.count("no maps are drawn: the picture cannot be laid out") == 1
    assert not list((tmp_path / "site").glob("*.svg"))
    text = (tmp_path / "site" / "agreement-youth-offending-team.html").read_text("utf-8")
    assert "the table says the same in words" in text


def test_the_past_is_told_and_nobody_is_named(told: Path) -> None:
    text = (told / "history-example.html").read_text("utf-8")
    assert text.count("<h2>2026-11-22</h2>") == 1
    assert "may now share <code>attendance</code>" in text
    assert "It first came to this repository on 2026-11-22." in text
    assert not any(
        "a@partnership.example" in file.read_text("utf-8", "ignore") for file in told.rglob("*") if file.is_file()
    )
    assert "The last change" in (told / "agreement-example.html").read_text("utf-8")


def test_without_git_the_register_is_made_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(tmp_path, {"protocols/a.yaml": LITTLE}, monkeypatch)
    done = run(tmp_path / "site", "--history", "3")
    assert done.exit_code == 0
    assert "no changes are told: the agreements are not in a git repository" in done.output
    assert "Not known: git tells nothing of it" in (tmp_path / "site" / "agreement-example.html").read_text("utf-8")


def test_the_public_edition_has_no_pages_to_print(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="names contacts"):
        run(tmp_path / "site", "--public", "--paper", str(ROOT / "protocols"))
    assert not (tmp_path / "site").exists()


# in a browser


@pytest.mark.browser
@pytest.mark.parametrize("kind", [*KINDS, *(pytest.param(kind, marks=pytest.mark.nightly) for kind in BIG)])
@pytest.mark.parametrize("width", [1280, 320])
def test_every_kind_of_page_is_for_everybody(
    kind: str, width: int, browser: Any, registers_by_name: dict[str, Path]
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 900})
    opened = context.new_page()
    name, file = {**KINDS, **BIG}[kind]
    opened.goto((registers_by_name[name] / file).as_uri())
    if kind == "ask":
        opened.wait_for_selector("#question")
    if kind == "search":
        opened.fill("#words", "visit")
        opened.wait_for_selector("#results li")
    if kind == "history":
        for one in opened.query_selector_all("summary"):
            one.click()
    if width == 1280 or kind == "ask":  # what axe asks of the other pages does not depend on how wide they are
        found = Axe().run(opened, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
        assert [f"{v['id']}: {[n['html'][:120] for n in v['nodes'][:2]]}" for v in found] == []
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    opened.evaluate("document.documentElement.style.fontSize = '200%'")
    assert width == 320 or opened.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


@pytest.mark.browser
def test_a_map_is_walked_with_the_keyboard(page: Any, register: Path) -> None:
    page.goto((register / "agreement-youth-offending-team.html").as_uri())
    page.focus(".map")
    page.keyboard.press("Tab")
    drawn = "document.activeElement.querySelector('rect')"
    assert page.evaluate(f"getComputedStyle({drawn}).strokeWidth") == "4px"
    names = []
    while page.evaluate("!!document.activeElement.closest('svg')"):
        names.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
        page.keyboard.press("Tab")
    assert {"The youth court for the borough", "Flow 8: Report to court"} <= set(names)
    page.keyboard.press("Shift+Tab")
    wanted = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    assert page.url.endswith(wanted)
    assert page.evaluate("document.querySelector(':target').tagName") == "TR"
    page.emulate_media(forced_colors="active", color_scheme="dark")
    seen = "[...document.querySelectorAll('.map text')].map((one) => getComputedStyle(one).fill)"
    assert set(page.evaluate(seen)) <= {
        "rgb(26, 26, 26)",
        "rgb(161, 38, 13)",
        "rgb(29, 79, 145)",
    }  # on white of its own
    page.goto((register / "agreement-youth-offending-team.svg").as_uri())
    page.click("a >> nth=0")
    assert page.url.endswith(".html")


@pytest.mark.browser
def test_a_long_list_is_shortened(page: Any, register: Path) -> None:
    page.goto((register / "roles.html").as_uri())
    page.fill("#words", "Nurse borough")
    shown = [row.inner_text() for row in page.query_selector_all("#listed tbody tr") if row.is_visible()]
    assert shown
    assert all("nurse" in row.lower() and "borough" in row.lower() for row in shown)
    assert page.inner_text("#filter p").startswith(f"{len(shown)} of ")
    page.fill("#words", "")
    assert page.inner_text("#filter p").endswith("in all.")


def chosen(page: Any, *choices: str) -> None:
    """Answer each step with the keyboard alone, by the word or label of a choice; an empty one leaves it open."""
    for choice in choices:
        question = page.inner_text("#question")
        assert page.evaluate("document.activeElement.id") == "question"
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name === 'choice' || document.activeElement.id === 'years'"):
                break
        if choice:
            for _ in range(200):
                row = page.evaluate("document.activeElement.closest('li').innerText")
                if choice.lower() in row.lower():
                    break
                page.keyboard.press(
                    "Tab" if page.evaluate("document.activeElement.type") == "checkbox" else "ArrowDown"
                )
            else:
                pytest.fail(f"no choice {choice} at {question}")
            if not page.evaluate("document.activeElement.checked"):
                page.keyboard.press("Space")
        page.keyboard.press("Enter")
        page.wait_for_function(
            "(q) => !document.getElementById('question') || document.getElementById('question').innerText !== q",
            arg=question, polling=20,
        )  # fmt: skip


@pytest.mark.browser
def test_a_question_is_asked_with_the_keyboard_alone(page: Any, register: Path) -> None:
    page.goto((register / "ask.html").as_uri())
    page.wait_for_selector("#question")
    chosen(
        page,
        "Concern about a child",
        "health-visitor",
        "duty-social-worker",
        "enquiry",
        "child",
        "injuries",
        "significant harm",
    )
    while page.query_selector("#question"):
        chosen(page, "")
    assert page.inner_text(".outcome").startswith("Yes: share injuries with the duty social worker. It is a duty")
    assert page.evaluate("document.activeElement.id") == "answer-title"
    assert page.inner_text("#status").startswith("The answer. Yes: share injuries")
    shown = json.loads(page.text_content("pre"))
    asked = [f"--{flag}={shown['question'][part]}" for flag, part in (
        ("from", "from"), ("to", "to"), ("purpose", "purpose"), ("concern", "concern"))]  # fmt: skip
    done = CliRunner().invoke(
        app, ["ask", str(ROOT / "protocols" / "concern-about-a-child.yaml"), *asked, "--about=child", "--data=injuries",
              "--on", DAY, "--format", "json"],
    )  # fmt: skip
    assert shown == json.loads(done.stdout)
    page.emulate_media(media="print")
    assert not page.is_visible("nav")
    page.emulate_media(media="screen", forced_colors="active", reduced_motion="reduce")
    assert page.is_visible(".outcome")


@pytest.mark.browser
def test_the_answer_is_for_everybody(browser: Any, register: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(bypass_csp=True, viewport={"width": 320, "height": 900})
    page = context.new_page()
    page.goto((register / "ask.html").as_uri() + "#agreement=concern-about-a-child&from=health-visitor")
    page.wait_for_selector("#question")
    assert page.inner_text("#question") == "Whom would you tell?"
    chosen(page, "duty-social-worker", "enquiry", "child", "injuries")
    while page.query_selector("#question"):
        chosen(page, "")
    page.click("summary")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    assert [f"{v['id']}: {[n['html'][:120] for n in v['nodes'][:2]]}" for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.click("button.link >> nth=2")
    assert page.inner_text("#question") == "Whom would you tell?"
    context.close()


@pytest.mark.browser
def test_a_step_left_empty_is_said(page: Any, register: Path) -> None:
    page.goto((register / "ask.html").as_uri())
    page.wait_for_selector("#question")
    page.click("button[type=submit]")
    assert page.inner_text("#error") == "Choose one."
    assert page.evaluate("document.activeElement.name") == "choice"


@pytest.mark.browser
def test_search_finds_by_the_beginning_of_words(page: Any, register: Path) -> None:
    page.goto((register / "search.html").as_uri())
    page.fill("#words", "Health VISIT")
    page.wait_for_selector("#results li")
    assert "Health visitor (role)" in page.inner_text("#results")
    for nothing in ("zzzz", "ħ", "health zzzz"):
        page.fill("#words", nothing)
        page.wait_for_function("document.getElementById('status').textContent === 'Nothing found.'", polling=20)
        page.fill("#words", "")
        page.wait_for_function("document.getElementById('status').textContent === ''", polling=20)


def test_every_word_leads_to_its_pages(register: Path) -> None:
    """The index, read back, is what the pages say."""
    index = json.loads(
        (register / "assets" / "index.js").read_text("utf-8").partition('"pages": ')[2].partition(', "letters"')[0]
    )
    held: dict[str, list[int]] = {}
    for file in (register / "assets").glob("words-*.js"):
        letter, _, words = file.read_text("utf-8").partition("words.set(")[2].removesuffix(");\n").partition(", ")
        assert file.name == f"words-{json.loads(letter)}.js"
        held |= json.loads(words)
    assert max(file.stat().st_size for file in (register / "assets").glob("words-*.js")) < 30_000

    def found(word: str) -> set[str]:
        at, pages = 0, set()
        for step in held[word]:
            at += step
            pages.add(index[at][0])
        return pages

    assert "role-borough-protocol--health-visitor.html" in found("visitor")
    for word, listed in (
        ("court", "agency-youth-offending-team--court.html"),
        ("sure", "agreement-youth-offending-team.html"),
    ):
        assert listed in found(word), word
        assert all(word in (register / page).read_text("utf-8").lower() for page in found(word))


HOSTILE = (
    "</script><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}{% raw %}", "`<b>x</b>` & &lt;",
    "'; alert(1); //", "\\u003cscript\\u003e", "${alert(1)}", "javascript:alert(1)", "]]><svg onload=alert(1)>", "\u2028alert(1)",
)  # fmt: skip


def hostile(raw: Any, count: list[int], at: tuple[Any, ...] = ()) -> Any:
    """The same agreement with something hostile at the end of every text that is nobody's id or word."""
    free = ("title", "name", "text", "why", "because", "spoc", "dpo", "deputy", "how", "cites", "objective", "measure",
            "trigger", "necessity", "contact", "caldicott_guardian", "safeguarding_lead", "background", "benefits")  # fmt: skip
    if isinstance(raw, dict):
        return {key: hostile(value, count, (*at, key)) for key, value in raw.items()}
    if isinstance(raw, list):
        return [hostile(value, count, (*at, i)) for i, value in enumerate(raw)]
    if isinstance(raw, str) and at and at[-1] in free:
        count[0] += 1
        return f"{raw} {HOSTILE[count[0] % len(HOSTILE)]}"
    return raw


@pytest.mark.browser
def test_hostile_text_in_every_field_does_nothing(page: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = [0]
    raw = hostile(source.parse(LITTLE.encode(), "base.yaml").data, count)
    assert count[0] > 20
    brand = {"sharecheck": "settings", "brand": {"name": f"Ours {HOSTILE[0]}"}}
    need_git()
    lay_out(tmp_path, {"sharecheck.yaml": json.dumps(brand), "protocols/a.yaml": LITTLE}, monkeypatch)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", f"begun {HOSTILE[0]}")
    (tmp_path / "protocols" / "a.yaml").write_text(json.dumps(raw), "utf-8")
    site = made(tmp_path / "site", "--history", "2", "--paper")
    assert "alert(1)" in (site / "history-example.html").read_text("utf-8")
    drawn = "[...new Set([...document.querySelectorAll('svg, svg *')].map((one) => one.localName))].sort()"
    for file in (*site.glob("*.html"), *site.glob("*.svg")):
        page.goto(file.as_uri())
        there = ["a", "g", "path", "rect", "svg", "text", "title"] if file.stem == "agreement-example" else []
        assert page.evaluate(drawn) == there, file.name
        if file.name.startswith("paper-"):
            continue  # tests/test_paper.py
        assert page.evaluate("document.querySelectorAll('main img, b').length") == 0
        assert not Links(file.read_text("utf-8")).inline
        if file.name == "index.html":
            assert HOSTILE[0] in page.inner_text("header")
    page.goto((site / "ask.html").as_uri())
    page.wait_for_selector("#question")
    steps = 0
    while page.query_selector("#question"):
        steps += 1
        question = page.inner_text("#question")
        if not page.query_selector("input:checked") and page.query_selector("input[name=choice]"):
            page.check("input[name=choice] >> nth=0")
        page.click("button[type=submit]")
        page.wait_for_function(
            "(q) => !document.getElementById('question') || document.getElementById('question').innerText !== q",
            arg=question, polling=20,
        )  # fmt: skip
    assert steps > 5
    assert page.evaluate("document.querySelectorAll('main img, svg, b').length") == 0


@pytest.mark.browser
@pytest.mark.parametrize(("now", "stale"), [("2026-12-01", False), ("2029-09-30", False), ("2029-10-01", True)])
def test_an_answer_says_that_its_register_is_out_of_date(now: str, stale: bool, page: Any, register: Path) -> None:
    """The agreement ends on 2029-09-30."""
    page.clock.set_fixed_time(f"{now}T12:00:00")
    page.goto((register / "ask.html").as_uri() + "#agreement=concern-about-a-child&from=health-visitor")
    page.wait_for_selector("#question")
    chosen(page, "duty-social-worker", "enquiry", "child", "injuries")
    while page.query_selector("#question"):
        chosen(page, "")
    assert page.is_visible(".stale") == stale


def test_welsh_names_are_said_as_welsh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = LITTLE.replace("title: Early help", "welsh: Cymorth cynnar ŵ\ntitle: Early help", 1)
    text = text.replace("  council:\n    name:", "  council:\n    welsh: Y Cyngor\n    name:", 1)
    lay_out(tmp_path, {"protocols/a.yaml": text}, monkeypatch)
    site = made(tmp_path / "site")
    pages = {file.name: file.read_text("utf-8") for file in site.glob("*.html")}
    assert '<span lang="cy">Cymorth cynnar ŵ</span>' in pages["agreement-example.html"]
    assert '<span lang="cy">Y Cyngor</span>' in pages["agency-example--council.html"]
    assert "Example Council / Y Cyngor" in pages["agreement-example.html"], "on the map"
