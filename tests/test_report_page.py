"""The report opened as its reader would: in a real browser, with an accessibility checker, on paper and on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import DAY, ROOT
from sharecheck import chart, knowledge, repository, rules, source
from sharecheck import report as reports
from sharecheck.formats import html, markdown, svg
from sharecheck.report import Report
from sharecheck.repository import Gathered
from sharecheck.rules import page
from sharecheck.settings import Settings
from tools import chromium

playwright = pytest.importorskip("playwright.sync_api")

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def reported(gathered: Gathered) -> tuple[Report, str]:
    found = reports.check(gathered, knowledge.load(DAY), rules.load(), "test")
    charts = {one.name: chart.draw(one.agreement, found.book) for one in found.checked if one.agreement}
    pictures = {name: svg.render(drawn, listed=False) for name, drawn in charts.items() if drawn.arrows}
    return found, html.render(found, charts, pictures)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    program = chromium()
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield started
        started.close()


def looked_at(browser: object, text: str, tmp_path: Path, width: int = 1280) -> tuple[list[str], object, object]:
    """The ids of what the accessibility checker holds against a page, the open page, and the requests it made."""
    from axe_playwright_python.sync_playwright import Axe

    file = tmp_path / "report.html"
    file.write_text(text, encoding="utf-8")
    context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 900})  # type: ignore[attr-defined]
    opened = context.new_page()
    requests: list[str] = []
    opened.on("request", lambda request: requests.append(request.url))
    opened.goto(file.as_uri())
    found = Axe().run(opened, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    return [f"{v['id']}: {[n['html'][:90] for n in v['nodes'][:2]]}" for v in found], opened, requests


@pytest.mark.browser
@pytest.mark.parametrize("name", ["protocols/concern-about-a-child.yaml", "tests/agreements/real"])
def test_no_accessibility_violation(browser: object, tmp_path: Path, name: str) -> None:
    _, text = reported(repository.gather([ROOT / name], Settings(ROOT)))
    violations, opened, requests = looked_at(browser, text, tmp_path)
    assert violations == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    opened.set_viewport_size({"width": 320, "height": 800})  # type: ignore[attr-defined]
    assert not opened.evaluate("document.documentElement.scrollWidth > innerWidth"), "runs off a phone's screen"
    assert opened.evaluate("document.querySelector('img')?.naturalWidth !== 0"), "the picture does not show"  # type: ignore[attr-defined]


@pytest.mark.browser
def test_the_checker_can_find_fault(browser: object, tmp_path: Path) -> None:
    bad = "<html><head></head><body><img src='data:,'><h4>x</h4><input><p style='color:#ccc'>pale</p></body></html>"
    violations, _, _ = looked_at(browser, bad, tmp_path)
    assert len(violations) >= 4


HOSTILE = """
title: <script>document.title='owned'</script> & "quotes" {{ 7*7 }}
flows:
  help:
    title: "<img src=x onerror=alert(1)>"
    necessity: "{{ ''.__class__ }} {% raw %} | pipe ` tick"
    consent:
      record: null
"""


def test_what_an_agreement_says_is_shown_and_never_run() -> None:
    document = page.lay(source.parse(HOSTILE.encode(), "<b>evil</b>.yaml"), page.base())
    from sharecheck import agreement

    found, text = reported(Gathered((agreement.build(document),), (), ()))
    assert "<script>" not in text
    assert "<img src=x" not in text
    assert "&lt;script&gt;" in text
    assert "{{ 7*7 }}" in text
    assert "default-src 'none'" in text
    assert re.findall(r"<(?:script|link|iframe|object|embed|form|base)\b", text) == []
    charts = {one.name: chart.draw(one.agreement, found.book) for one in found.checked if one.agreement}
    written = markdown.render(found, charts)
    assert "<script>" not in written
    assert "\\<script\\>" in written


def test_the_report_says_what_was_and_was_not_checked(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(
        (ROOT / "src/sharecheck/rules/base.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (tmp_path / "bad.yaml").write_text("a: [", encoding="utf-8")
    (tmp_path / "form.yaml").write_text("sharecheck: 1\nid: x\ntitle: T\nkind: agreemnt\n", encoding="utf-8")
    found, text = reported(repository.gather([tmp_path], Settings(tmp_path)))
    assert found.not_checked == 2
    for said in (
        "bad.yaml:",
        "Not checked",
        "does not have the form of an agreement",
        "Needs a person",
        "Not applicable",
    ):
        assert said in text
    assert "compliant" not in text.lower()
    assert "ready" not in re.findall(r"<h\d[^>]*>([^<]*)", text)


def test_the_same_report_is_the_same_bytes() -> None:
    gathered = repository.gather([ROOT / "protocols" / "assist-mental-health.yaml"], Settings(ROOT))
    assert reported(gathered)[1] == reported(gathered)[1]
