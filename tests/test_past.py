"""What git tells of agreements: every change that means something, in sentences, the last first, and nobody's name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from conftest import ROOT, lay_out
from history import git
from sharecheck import git as asked
from sharecheck import history, register, repository
from sharecheck.history import History
from sharecheck.knowledge import Book
from sharecheck.settings import Settings
from tools import git as need_git

LITTLE = (ROOT / "src" / "sharecheck" / "rules" / "base.yaml").read_text("utf-8")
FILE = "protocols/a.yaml"
Swap = Mapping[str, str]

WIDER: Swap = {"data: [identity, injuries]": "data: [identity, injuries, attendance]"}
RING: Swap = {"spoc: sharing@council.example": "spoc: ring-me@council.example"}
SLOWER: Swap = {"action: destroy\n": "action: archive\n"}
METHOD: Swap = {"method: [secure-email]": "method: [secure-portal]"}
NEXT: Swap = {"version: 1.0.0": "version: 1.1.0"}
COMMENT: Swap = {"sharecheck: 1\n": "# Read it with care.\nsharecheck: 1\n"}
BROKEN: Swap = {"title: Early help and safeguarding in one town\n": ""}


@pytest.fixture(autouse=True)
def _git() -> None:
    need_git()


def swapped(text: str, swap: Swap) -> str:
    for old, new in swap.items():
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return text


def committed(folder: Path, monkeypatch: pytest.MonkeyPatch, *steps: Swap) -> Path:
    """A repository with the little agreement, and a commit for each step."""
    lay_out(folder, {FILE: LITTLE}, monkeypatch)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "Begun by Jo Bloggs")
    for step in steps:
        change(folder, step)
        git(folder, "commit", "-q", "-a", "-m", "Jo Bloggs changed it")
    return folder


def change(folder: Path, step: Swap, file: str = FILE) -> None:
    path = folder / file
    path.write_text(swapped(path.read_text("utf-8"), step), "utf-8")


def told(folder: Path, book: Book, most: int = 10) -> History:
    gathered = repository.gather([folder / "protocols"], Settings(folder))
    found = history.histories(gathered.agreements, book, folder, most)
    assert len(found) == 1
    return next(iter(found.values()))


BEGAN = "It first came to this repository on 2026-11-22."


@pytest.mark.parametrize(
    ("steps", "verdicts", "end"),
    [
        pytest.param((), [], BEGAN, id="nothing has changed"),
        pytest.param((WIDER,), ["widens"], BEGAN, id="more is shared"),
        pytest.param((WIDER, {b: a for a, b in WIDER.items()}), ["narrows", "widens"], BEGAN, id="there and back"),
        pytest.param((COMMENT, SLOWER, COMMENT, RING), ["wording", "conditions"], BEGAN, id="a comment changes nothing"),
        pytest.param((BROKEN, {"kind: agreement\n": f"{next(iter(BROKEN))}kind: agreement\n"}, WIDER), ["widens"],
                     "On 2026-11-22 it could not be read as an agreement; what came before is left out.", id="unreadable once"),
        pytest.param((WIDER, RING, SLOWER), ["conditions", "wording"], "2 earlier commits that touched its files are left out.",
                     id="the last two of three"),
    ],
)  # fmt: skip
def test_changes_are_told_the_last_first(
    steps: tuple[Swap, ...], verdicts: list[str], end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, book: Book
) -> None:
    found = told(committed(tmp_path, monkeypatch, *steps), book, 2)
    assert [step.told.verdict for step in found.steps] == verdicts
    assert found.end == end
    assert all(step.day and step.day.isoformat() == "2026-11-22" and len(step.commit) == 40 for step in found.steps)


def test_versions_are_told_as_the_agreement_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, book: Book
) -> None:
    found = told(committed(tmp_path, monkeypatch, {**WIDER, **NEXT}, RING), book)
    assert [(step.was, step.version) for step in found.steps] == [("1.1.0", "1.1.0"), ("1.0.0", "1.1.0")]


def test_what_is_not_committed_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, book: Book) -> None:
    folder = committed(tmp_path, monkeypatch, SLOWER)
    change(folder, WIDER)
    found = told(folder, book)
    assert [(step.day is None, step.commit == "", step.told.verdict) for step in found.steps] == [
        (True, True, "widens"),
        (False, False, "conditions"),
    ]


def test_a_file_that_is_new_is_not_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, book: Book) -> None:
    folder = committed(tmp_path, monkeypatch)
    (folder / "protocols" / "b.yaml").write_text(LITTLE.replace("id: example", "id: other"), "utf-8")
    gathered = repository.gather([folder / "protocols"], Settings(folder))
    found = {Path(name).name: one for name, one in history.histories(gathered.agreements, book, folder, 5).items()}
    assert found["b.yaml"] == History((), "It is not committed yet.")


def test_a_file_is_followed_by_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, book: Book) -> None:
    folder = committed(tmp_path, monkeypatch, WIDER)
    git(folder, "mv", FILE, "protocols/b.yaml")
    git(folder, "commit", "-q", "-m", "moved")
    change(folder, SLOWER, "protocols/b.yaml")
    git(folder, "commit", "-q", "-a", "-m", "changed")
    assert [step.told.verdict for step in told(folder, book).steps] == ["conditions", "widens"]


def test_a_change_of_the_protocol_is_one_of_the_agreement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, book: Book
) -> None:
    head, parties, rest = re.split(r"^(?=agencies:|subjects:)", LITTLE, flags=re.MULTILINE)
    above = head.replace("id: example", "id: above").replace("kind: agreement", "kind: protocol") + parties
    folder = lay_out(tmp_path, {"protocols/above.yaml": above, FILE: f"{head}under: above\n{rest}"}, monkeypatch)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "begun")
    change(folder, {"agency: school": "agency: [school, charity]"}, "protocols/above.yaml")
    git(folder, "commit", "-q", "-a", "-m", "changed")
    gathered = repository.gather([folder / "protocols"], Settings(folder))
    found = {Path(name).stem: one for name, one in history.histories(gathered.agreements, book, folder, 5).items()}
    assert [len(found[name].steps) for name in ("a", "above")] == [1, 1]
    assert found["a"].steps[0].commit == found["above"].steps[0].commit == git(folder, "rev-parse", "HEAD").strip()


def test_a_merge_is_one_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, book: Book) -> None:
    folder = committed(tmp_path, monkeypatch)
    git(folder, "checkout", "-q", "-b", "side")
    for step in (WIDER, SLOWER):
        change(folder, step)
        git(folder, "commit", "-q", "-a", "-m", "on the side")
    git(folder, "checkout", "-q", "main")
    git(folder, "merge", "-q", "--no-ff", "-m", "merged", "side")
    found = told(folder, book)
    assert [step.commit for step in found.steps] == [git(folder, "rev-parse", "main").strip()]


def test_a_copy_without_its_past_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, book: Book) -> None:
    whole = committed(tmp_path / "whole", monkeypatch, WIDER, SLOWER, RING)
    git(tmp_path, "clone", "-q", "--depth", "2", whole.as_uri(), "part")
    monkeypatch.chdir(tmp_path / "part")
    found = told(tmp_path / "part", book)
    assert [step.told.verdict for step in found.steps] == ["wording"]
    assert found.end == "This copy of the repository does not hold what came before."


def test_without_git_there_is_no_past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, book: Book) -> None:
    folder = lay_out(tmp_path, {FILE: LITTLE}, monkeypatch)
    gathered = repository.gather([folder / "protocols"], Settings(folder))
    assert history.histories(gathered.agreements, book, folder, 5) == {}
    git(folder, "init", "-q", "-b", "main")
    assert asked.line(folder) is None
    assert history.histories(gathered.agreements, book, folder, 5) == {}


def pages(folder: Path, book: Book, *, public: bool) -> register.Page:
    gathered = repository.gather([folder / "protocols"], Settings(folder))
    past = history.histories(gathered.agreements, book, folder, 10)
    made = register.register(gathered.agreements, book, public=public, histories=past)
    return next(page for page in made.pages if page.kind == "history")


def test_the_public_is_told_what_may_be_shared_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, book: Book
) -> None:
    folder = committed(tmp_path, monkeypatch, RING, METHOD, SLOWER, WIDER)
    inside, public = (pages(folder, book, public=one) for one in (False, True))
    assert [one.verdict for one in inside.past] == [one.verdict for one in public.past]
    assert "ring-me@council.example" in repr(inside)
    assert "secure-portal" in repr(inside)
    said = "`health-visitor` or `safeguarding-lead` may now share `attendance` with `social-worker`"
    assert public.past[0].points[0].text.startswith(said)
    for secret in ("ring-me", "sharing@", "secure", "archive", inside.past[0].version.split()[-1]):
        assert secret not in repr(public), secret
    for page in (inside, public):
        assert "Bloggs" not in repr(page)
        assert "partnership.example" not in repr(page)
