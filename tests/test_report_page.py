"""The report as its readers have it: every number adds up, every finding is in every format, and nothing in it runs."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from typer.testing import CliRunner, Result

import history
import tools
from conftest import DAY, ROOT, lay_out
from sharecheck import knowledge, repository, rules, source
from sharecheck import report as reports
from sharecheck.brand import PLAIN
from sharecheck.cli import reporting
from sharecheck.cli.app import app
from sharecheck.errors import SettingsError
from sharecheck.formats import markdown, paper_html
from sharecheck.knowledge import Source
from sharecheck.paper.compliance import checks
from sharecheck.paper.compliance.tallies import where_read
from sharecheck.paper.model import Definitions, Heading, Line, Paper, Section, Table
from sharecheck.report import Report, Verdict
from sharecheck.repository import Gathered
from sharecheck.rules import page
from sharecheck.settings import Settings
from test_paper import extracted, held_to, plain, squeezed, texts

GOOD = (ROOT / "src" / "sharecheck" / "rules" / "base.yaml").read_text(encoding="utf-8")
NO_RECORD = GOOD.replace("      record: Agreement form on the child's record, with date and words\n", "")
WAIVER = (
    "allow:\n  - {rule: consent-without-record, at: flows.help, because: The form is being printed, "
    "by: Caldicott Guardian, until: %s}\n"
)
FILES = {
    "p/good.yaml": GOOD.replace("id: example", "id: good").replace("title: ", "title: Good, ", 1),
    "p/open.yaml": NO_RECORD.replace("id: example", "id: open") + "marking: OFFICIAL\nunknown: [handling.breach]\n",
    "p/waived.yaml": NO_RECORD.replace("id: example", "id: waived") + WAIVER % "2027-01-31",
    "p/lapsed.yaml": NO_RECORD.replace("id: example", "id: lapsed") + WAIVER % "2026-11-12",
    "p/twice.yaml": NO_RECORD.replace("id: example", "id: open"),
    "p/broken.yaml": "a: [\n",
    "p/misshapen.yaml": "sharecheck: 1\ntitel: X\nid: 7\n",
    "p/aside.yaml.txt": "x",
}
"""A repository in which everything occurs that a report can hold."""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--on", DAY.isoformat()], catch_exceptions=False)


def examined(*paths: str | Path) -> Report:
    gathered = repository.gather([Path(path) for path in paths], Settings(Path()))
    return reports.check(gathered, knowledge.load(DAY), rules.load(), "test")


def composed(of: Report) -> Paper:
    return reporting.composed(of)[0]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Report:
    with pytest.MonkeyPatch.context() as patch:
        lay_out(tmp_path_factory.mktemp("whole"), FILES, patch)
        return examined("p")


@pytest.fixture(scope="module")
def paper(whole: Report) -> Paper:
    return composed(whole)


def section(made: Paper, name: str) -> Section:
    return next(one for one in made.sections if one.id == name)


def said(made: Paper, name: str) -> str:
    return plain(" ".join(texts(section(made, name).blocks)))


def tables(made: Paper, name: str) -> list[Table]:
    return [block for block in section(made, name).blocks if isinstance(block, Table)]


def lines(part: object) -> Iterator[Line]:
    if isinstance(part, Line):
        yield part
    elif isinstance(part, tuple):
        for one in part:
            yield from lines(one)
    elif hasattr(part, "__dataclass_fields__"):
        for name in part.__dataclass_fields__:
            yield from lines(getattr(part, name))


# what is said

SAID = [
    # section, what it says
    ("overview", "p/open.yaml; in force"),
    ("overview", "Without the form of an agreement; no rule could be asked."),
    ("overview", "All together"),
    ("gravest", "Error Consent is asked, but nothing says how the answer is recorded. `consent-without-record`"),
    ("coverage", "Consent, and what a refusal does"),
    ("coverage", "Data sharing: a code of practice, executive summary (read in part)"),
    ("coverage", "UK General Data Protection Regulation, Article 35 (not read)"),
    ("waivers", "accepts 1 finding The form is being printed Caldicott Guardian 31 January 2027 70 days left"),
    ("waivers", "accepts nothing today The form is being printed Caldicott Guardian 12 November 2026 ran out 10 days ago"),
    ("dates", "overdue by 10 days Waiver runs out: consent-without-record"),
    ("dates", "70 days left Waiver runs out: consent-without-record"),
    ("unchecked", "p/broken.yaml, line 2, column 1"),
    ("unchecked", "Nothing is known about these files."),
    ("unchecked", "so no rule could be asked of them"),
    ("unchecked", "p/aside.yaml.txt Ends in .txt"),
    ("rules", "`consent-without-record` Error"),
    ("a-waived", "Accepted for a time (error)"),
    ("a-waived", "Accepted by Caldicott Guardian until 2027-01-31: The form is being printed."),
    ("a-open", "`handling.breach` has not been typed in yet"),
    ("a-open-2", "Two agreements bear the same id and neither replaces the other."),
    ("a-good", "No finding."),
    ("unshapen", "nothing is known of what it shares"),
]  # fmt: skip


@pytest.mark.parametrize(("where", "says"), SAID)
def test_what_is_said(paper: Paper, where: str, says: str) -> None:
    assert says in said(paper, where)


def test_the_first_page_says_what_it_is_and_is_not_and_what_was_not_checked(paper: Paper, whole: Report) -> None:
    first, second = paper.notices
    assert first.title == "What this report is, and what it is not"
    assert "not legal advice" in plain(" ".join(texts(first)))
    assert "1 file could not be read. 1 file without the form" in plain(" ".join(texts(second)))
    assert whole.not_checked == 2
    assert paper.running.marking == "OFFICIAL", "what is quoted from a marked agreement is marked here"
    sound = composed(examined(ROOT / "protocols" / "concern-about-a-child.yaml"))
    assert len(sound.notices) == 1
    assert "Nothing: every file" in plain(" ".join(texts(sound.facts)))


@pytest.mark.parametrize("where", ["p", "p/open.yaml"])
def test_the_word_is_nowhere(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(tmp_path, FILES, monkeypatch)
    assert "compliant" not in " ".join(texts(composed(examined(where)))).lower()


# numbers


def test_four_columns_add_up_to_the_rules_that_were_asked(paper: Paper, whole: Report) -> None:
    def numbers(row: tuple[tuple[Line, ...], ...]) -> list[int]:
        return [int(cell[0].text) for cell in row[1:5]]

    (overview,) = tables(paper, "overview")
    assert len(overview.rows) == len(whole.checked) + 1
    for one, row in zip(whole.checked, overview.rows, strict=False):
        assert numbers(row) == [sum(v is verdict for v in one.verdicts.values()) for verdict in Verdict]
        assert sum(numbers(row)) == len(one.verdicts) == len(whole.rules)
    (over_all,) = tables(paper, "coverage")
    total = [sum(column) for column in zip(*(numbers(row) for row in over_all.rows), strict=True)]
    assert total == numbers(overview.rows[-1])
    good = next(b for b in section(paper, "a-good").blocks if isinstance(b, Table) and b.columns[0].title == "Heading")
    assert sum(sum(numbers(row)) for row in good.rows) == len(whole.rules)
    listed = re.findall(r"`([a-z-]+)`", " ".join(texts(good)))
    assert sorted(listed) == sorted(rule.id for rule in whole.rules), (
        "every rule stands under one heading, with its outcome"
    )


def test_of_rules_that_were_not_asked_nothing_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(tmp_path, {"p/a.yaml": GOOD}, monkeypatch)
    done = run("report", "p", "--select", "retention", "--format", "markdown")
    assert "Not everything was checked" in done.stdout
    assert "rules not asked" in done.stdout
    assert (
        done.stdout.count("No rule was asked under this heading, so nothing is known of it.")
        == len(knowledge.load(DAY).headings) - 2
    ), "retention, and the form, which nobody can leave out"


def test_of_many_agreements_each_is_told_in_brief(whole: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "FULL", len(whole.checked) - 1)
    made, drawn = reporting.composed(whole)
    assert "Each agreement in brief" in [one.title for one in made.notices]
    assert drawn == {}
    assert tables(made, "a-good") == []
    assert "Accepted for a time (error)" in said(made, "a-waived")
    monkeypatch.setattr(checks, "FULL", len(whole.checked))
    assert "Each agreement in brief" not in [one.title for one in composed(whole).notices]


def test_where_nothing_could_be_read_the_report_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(tmp_path, {"p/broken.yaml": "a: [\n"}, monkeypatch)
    for form in READ:
        assert run("report", "p", "--format", form, "-o", f"r.{form}").exit_code == 4
        assert "Not everything was checked" in READ[form]((tmp_path / f"r.{form}").read_bytes())


# every finding, in every format


_RIGHT = "text-align:right"
"""How the reader of Markdown sets a column of figures."""


class Read(HTMLParser):
    """The words of a page, its tags and its links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words, self.tags, self.links, self.ids = "", set[str](), list[str](), list[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, value in attrs if name.startswith("on") or (name == "style" and value != _RIGHT)], (
            tag
        )
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_data(self, data: str) -> None:
        self.words += data


def of_html(data: bytes) -> str:
    return Read(data.decode()).words


def of_markdown(data: bytes) -> str:
    return Read(MarkdownIt("commonmark", {"html": True}).enable("table").render(data.decode())).words


def of_pdf(data: bytes) -> str:
    return " ".join(re.sub(r"Page \d+ of \d+", "", text) for text in extracted(data))


READ: Mapping[str, Callable[[bytes], str]] = {"html": of_html, "markdown": of_markdown, "pdf": of_pdf}


@pytest.mark.parametrize("form", READ)
def test_every_finding_is_there_with_its_fix_and_sources(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(tmp_path, FILES, monkeypatch)
    found = json.loads(run("validate", "p", "--format", "json").stdout)
    assert len(found["findings"]) > 6
    assert run("report", "p", "--format", form, "-o", "r.out").exit_code == 4
    words = squeezed(READ[form]((tmp_path / "r.out").read_bytes())).lower()
    for finding in found["findings"]:
        for text in (finding["message"], finding["fix"], *(one["title"] for one in finding["sources"])):
            assert squeezed(text.replace("`", "")).lower() in words, (finding["rule"], text)
    for note in found["needs_person"]:
        assert squeezed(note["message"].replace("`", "")).lower() in words


def test_the_page_of_validate_is_that_of_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(tmp_path, {**FILES, "sharecheck.yaml": "brand: {name: Our partnership}\nagreements: [p]\n"}, monkeypatch)
    one = run("validate", "--format", "html").stdout
    assert one == run("report").stdout
    assert "Our partnership" in one


# links


def test_every_link_leads_somewhere(paper: Paper) -> None:
    places = [one.id for one in paper.sections]
    places += [b.id for one in paper.sections for b in one.blocks if isinstance(b, Heading) and b.id]
    assert len(places) == len(set(places))
    assert {line.to[1:] for line in lines(paper) if line.to.startswith("#")} <= set(places)
    html = Read(paper_html.render(paper, {}))
    assert len(html.ids) == len(set(html.ids))
    assert {link[1:] for link in html.links if link.startswith("#")} <= set(html.ids)


LINKS = [
    ("https://www.legislation.gov.uk/ukpga/2018/12/section/10", True), ("http://a.example/x?y=(1)&z#q", True),
    ("#findings", True), ("concern-about-a-child.html", True),
    ("javascript:alert(1)", False), ("JavaScript:alert(1)", False), ("data:text/html,<b>", False), (" https://a.example", False),
    ("vbscript:x", False), ("//a.example", False), ("../x.html", False), ("/etc/passwd", False), ("file:///etc/passwd", False),
    ("mailto:a@b.example", False), ("https://a.example/ x", False), ("https://a.example/>x", False), ("https://a\\b", False),
    ("https://", False), ("#a b", False), ("javascript:alert(1)//https://a.example", False),
]  # fmt: skip


@pytest.mark.parametrize(("to", "leads"), LINKS)
def test_what_would_lead_elsewhere_leads_nowhere(to: str, leads: bool) -> None:
    line = Line("x", to=to)
    assert bool(line.to) == leads
    assert bool(where_read(Source("s", "T", "", "", "S.", to, "full")).to) == leads


CODED = [
    (Line("a `b` c", coded=True), (("a ", False), ("b", True), (" c", False))),
    (Line("a `b` c"), (("a `b` c", False),)),
    (Line("``x`` and `y", coded=True), (("``x`` and `y", False),)),
    (Line("", coded=True), ()),
]


@pytest.mark.parametrize(("line", "pieces"), CODED, ids=lambda value: getattr(value, "text", ""))
def test_names_are_set_as_code(line: Line, pieces: tuple[tuple[str, bool], ...]) -> None:
    assert line.pieces == pieces


# files


def test_a_folder_takes_a_file_for_each_and_an_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {name: text for name, text in FILES.items() if name != "p/twice.yaml"}
    lay_out(tmp_path, files, monkeypatch)
    assert run("report", "p", "-o", "out").exit_code == 4
    assert {one.name for one in (tmp_path / "out").iterdir()} == {
        "index.html", "good.html", "open.html", "waived.html", "lapsed.html",
    }  # fmt: skip
    index = Read((tmp_path / "out" / "index.html").read_text(encoding="utf-8"))
    assert {"good.html", "open.html"} <= set(index.links)
    assert "No finding." not in index.words
    alone = run("report", "p/open.yaml").stdout
    assert (tmp_path / "out" / "open.html").read_text(encoding="utf-8") == alone
    (tmp_path / "p" / "twice.yaml").write_text(FILES["p/twice.yaml"], encoding="utf-8")
    with pytest.raises(SettingsError, match=r"would both be open\.html"):
        run("report", "p", "-o", "other")
    assert not (tmp_path / "other").exists()


def test_the_same_repository_is_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(tmp_path, FILES, monkeypatch)
    for form in READ:
        made = []
        for zone in ("UTC", "Asia/Tokyo"):
            monkeypatch.setenv("TZ", zone)
            run("report", "p", "--format", form, "-o", f"{form}.out")
            made.append((tmp_path / f"{form}.out").read_bytes())
        assert made[0] == made[1]


# what has changed


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tools.git()
    lay_out(
        tmp_path,
        {
            "p/a.yaml": NO_RECORD.replace("id: example", "id: a"),
            "p/b.yaml": GOOD.replace("id: example", "id: b"),
            "p/gone.yaml": GOOD.replace("id: example", "id: gone"),
            "p/accepted.yaml": NO_RECORD.replace("id: example", "id: accepted"),
            "sharecheck.yaml": "agreements: [p]\n",
        },
        monkeypatch,
    )
    history.git(tmp_path, "init", "-q", "-b", "main")
    history.git(tmp_path, "add", ".")
    history.git(tmp_path, "commit", "-q", "-m", "As signed")
    history.git(tmp_path, "tag", "signed")
    (tmp_path / "p/a.yaml").write_text(GOOD.replace("id: example", "id: a"), encoding="utf-8")
    (tmp_path / "p/b.yaml").write_text(
        NO_RECORD.replace("id: example", "id: b").replace("strength: may", "strength: must"), encoding="utf-8"
    )
    (tmp_path / "p/accepted.yaml").write_text(
        NO_RECORD.replace("id: example", "id: accepted") + WAIVER % "2027-01-31", encoding="utf-8"
    )
    (tmp_path / "p/gone.yaml").unlink()
    (tmp_path / "p/new.yaml").write_text(GOOD.replace("id: example", "id: new"), encoding="utf-8")
    return tmp_path


def since(text: str) -> str:
    return text.partition("What has changed since")[2].partition("What has changed since")[2].partition("\n## ")[0]


@pytest.mark.usefixtures("changed")
def test_what_has_changed_since_a_commit() -> None:
    done = run("report", "--since", "signed", "--format", "markdown")
    assert done.exit_code == 0
    told = since(done.stdout)
    for says in (
        "5 agreements compared", "**A new agreement.", "**It is no longer there.", "**Findings that are gone (1):**",
        "**New findings (1):**", "**Accepted since (1):**", "Error: `help` asks for consent", "`sharecheck diff signed`",
    ):  # fmt: skip
        assert says in told, says
    assert "Compared with `signed`" in told
    assert re.search(r"\[Error: .*\]\(<#f-[0-9a-f]{12}(-\d)?>\)", told), "a new finding leads to where it stands"


def test_what_has_changed_in_one_agreement(changed: Path) -> None:
    done = run("report", "p/a.yaml", "--since", "signed", "--format", "markdown")
    told = since(done.stdout)
    assert "1 agreement compared: 1 differs" in told
    assert "Findings that are gone (1)" in told
    assert "New findings" not in told
    assert "no longer there" not in told
    os.chdir(changed / "p")
    assert run("report", "a.yaml", "--since", "signed", "--format", "markdown").stdout == done.stdout.replace(
        "p/a", "a"
    )
    os.chdir(changed)
    history.git(changed, "add", ".")
    history.git(changed, "commit", "-q", "-m", "Now")
    same = since(run("report", "p/a.yaml", "--since", "HEAD", "--format", "markdown").stdout)
    assert "Nothing differs. 1 agreement compared: 0 differ, 1 the same" in same
    run("report", "--since", "signed", "-o", "out", "--format", "markdown")
    assert since((changed / "out" / "a.md").read_text(encoding="utf-8")) == told


NOT_THERE = [
    (("--since", "nowhere"), "`nowhere` is no commit, branch or tag"),
    (("--since", ""), "named by an empty text"),
    (("p/new.yaml", "--since", "signed"), "is not in `signed`"),
]


@pytest.mark.usefixtures("changed")
@pytest.mark.parametrize(("arguments", "says"), NOT_THERE)
def test_a_version_that_is_not_there_is_one_clear_error(arguments: tuple[str, ...], says: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(says)):
        run("report", *arguments, "-o", "r.html")
    assert not Path("r.html").exists()


def test_without_a_repository_nothing_can_be_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools.git()
    lay_out(tmp_path, {"a.yaml": GOOD}, monkeypatch)
    with pytest.raises(SettingsError, match="no git repository here"):
        run("report", "a.yaml", "--since", "main")


# as PDF, and in a browser

HOSTILE = """
title: "<script>document.title='owned'</script> & quotes {{ 7*7 }} #panic(1)"
marking: "*MARKED* [x](javascript:alert(1))"
flows:
  help:
    title: "<img src=x onerror=alert(1)>"
    necessity: "{{ ''.__class__ }} {% raw %} | pipe ` tick"
    consent:
      record: null
allow:
  - rule: consent-without-record
    at: flows.help
    because: "1. <b>x</b> | [y](https://e.example)"
    by: "@team `x`"
    until: 2027-01-31
"""


@pytest.fixture(scope="module")
def hostile() -> Report:
    from sharecheck import agreement

    document = page.lay(source.parse(HOSTILE.encode(), "<b>evil</b>.yaml"), page.base())
    gathered = Gathered((agreement.build(document),), (), ())
    found = reports.check(gathered, knowledge.load(DAY), rules.load(), "test")
    return replace(found, checked=(replace(found.checked[0], title=f"{found.checked[0].title} \u202eevil"),))


def test_what_an_agreement_says_is_shown_and_never_run(hostile: Report) -> None:
    made, pictures = reporting.composed(hostile)
    text = paper_html.render(made, pictures)
    read = Read(text)
    assert not read.tags & {"script", "b", "iframe", "object", "embed", "form", "base"}
    assert "<script>document.title='owned'</script>" in read.words
    assert "{{ 7*7 }}" in read.words
    assert "default-src 'none'" in text
    written = markdown.document(made)
    rendered = Read(MarkdownIt("commonmark", {"html": True}).enable("table").render(written))
    assert not rendered.tags & {"script", "b", "img"}
    assert "<b>x</b> | [y](https://e.example)" in rendered.words
    for read_links in (read.links, rendered.links):
        assert [one for one in read_links if "javascript" in one or "e.example" in one] == []
    assert "[U+202E]" in read.words
    assert "\u202e" not in text + written


@pytest.fixture(scope="module")
def pdf(whole: Report) -> bytes:
    return reporting.LAYOUTS["pdf"](*reporting.composed(whole), DAY, PLAIN)


def test_the_pdf_is_accessible_and_fit_for_keeping(pdf: bytes, hostile: Report) -> None:
    for made in (pdf, reporting.LAYOUTS["pdf"](*reporting.composed(hostile), DAY, PLAIN)):
        held_to(made)
        pages = extracted(made)
        assert all("Read on 22 November 2026" in text for text in pages)
        assert not any("Digest" in text.splitlines()[-1] for text in pages)


def test_links_of_the_pdf_lead_to_sources_and_to_places(pdf: bytes, whole: Report) -> None:
    pypdf = pytest.importorskip("pypdf")
    addresses, places = set(), 0
    for one in pypdf.PdfReader(BytesIO(pdf)).pages:
        for note in one.get("/Annots", ()):
            action = note.get_object().get("/A", {})
            addresses |= {str(action["/URI"])} if "/URI" in action else set()
            places += "/Dest" in note.get_object() or action.get("/S") == "/GoTo"
    assert "https://www.legislation.gov.uk/ukpga/2018/12/section/10" in addresses
    assert {url.partition(":")[0] for url in addresses} == {"https"}
    assert places > len(whole.checked)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(
            executable_path=tools.chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield started
        started.close()


TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def looked_at(browser: Any, text: str, tmp_path: Path) -> tuple[list[str], Any, list[str]]:
    """What the accessibility checker holds against a page, the open page, and the requests it made."""
    from axe_playwright_python.sync_playwright import Axe

    file = tmp_path / "report.html"
    file.write_text(text, encoding="utf-8")
    opened = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900}).new_page()
    requests: list[str] = []
    opened.on("request", lambda request: requests.append(request.url))
    opened.goto(file.as_uri())
    found = Axe().run(opened, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    return [f"{v['id']}: {[n['html'][:90] for n in v['nodes'][:2]]}" for v in found], opened, requests


@pytest.mark.browser
@pytest.mark.parametrize("name", ["several", "alone"])
def test_no_accessibility_violation(browser: Any, tmp_path: Path, name: str, whole: Report, hostile: Report) -> None:
    twice = tuple(one for one in whole.checked if one.id == "open")
    alone = examined(ROOT / "protocols" / "commissioning-data.yaml")
    of = replace(whole, checked=(*hostile.checked, *twice)) if name == "several" else alone
    some = tuple(rule for rule in of.rules if rule.topic in ("consent", "retention", "under-sharing"))
    made, pictures = reporting.composed(replace(of, rules=some))
    violations, opened, requests = looked_at(browser, paper_html.render(made, pictures), tmp_path)
    assert violations == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    opened.set_viewport_size({"width": 320, "height": 800})
    assert not opened.evaluate("document.documentElement.scrollWidth > innerWidth"), "runs off a phone's screen"
    assert opened.evaluate("document.querySelector('img')?.naturalWidth !== 0"), "the picture does not show"


@pytest.mark.browser
def test_the_checker_can_find_fault(browser: Any, tmp_path: Path) -> None:
    bad = "<html><head></head><body><img src='data:,'><h4>x</h4><input><p style='color:#ccc'>pale</p></body></html>"
    violations, _, _ = looked_at(browser, bad, tmp_path)
    assert len(violations) >= 4


def test_the_map_the_flows_and_the_words_are_there() -> None:
    made, pictures = reporting.composed(examined(ROOT / "protocols" / "concern-about-a-child.yaml"))
    assert list(pictures) == list(checks.pictures(examined(ROOT / "protocols" / "concern-about-a-child.yaml")).values())
    flows, words = tables(made, "flows")
    assert len(flows.rows) == 12
    assert words.caption == "What the words in the flows stand for"
    assert "data:image/svg+xml" in paper_html.render(made, pictures)
    definitions = [block for block in section(made, "findings").blocks if isinstance(block, Definitions)]
    assert definitions == []
