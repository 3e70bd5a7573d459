"""One version of a partnership's agreements, from disk and from git: real repositories, made in temporary folders."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

import tools
from conftest import ROOT
from sharecheck import repository, versions
from sharecheck.errors import NothingToCheckError, SettingsError, SourceError
from sharecheck.settings import Settings
from sharecheck.source import MAX_BYTES
from sharecheck.versions import Version, opened

GOOD = (ROOT / "src" / "sharecheck" / "rules" / "base.yaml").read_text(encoding="utf-8")
SETTINGS = "sharecheck: settings\nagreements: [protocols]\n"


def agreement(name: str, under: str = "") -> str:
    text = GOOD.replace("id: example\n", f"id: {name}\n")
    assert text != GOOD or name == "example"
    return text + (f"under: {under}\n" if under else "")


@pytest.fixture(autouse=True, scope="module")
def _alone() -> Iterator[None]:
    """Git as it is with nobody's settings."""
    with pytest.MonkeyPatch.context() as patch:
        for key in [key for key in os.environ if key.startswith("GIT_")]:
            patch.delenv(key)
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        for role in ("AUTHOR", "COMMITTER"):
            for what in ("NAME", "EMAIL"):
                patch.setenv(f"GIT_{role}_{what}", "test@example.org")
        yield


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary folders, which is empty before and must be afterwards."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def git(folder: Path, *arguments: str, given: bytes = b"") -> str:
    done = subprocess.run([tools.git(), *arguments], cwd=folder, input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return os.fsdecode(done.stdout).strip()


def write(folder: Path, files: Mapping[str, str | bytes | None]) -> None:
    for name, text in files.items():
        path = folder / name
        if text is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)


def commit(folder: Path, files: Mapping[str, str | bytes | None], *tags: str) -> str:
    """Change files, commit everything, and put tags to it; the full hash."""
    if not (folder / ".git").exists():
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "--quiet", "--initial-branch=main")
    write(folder, files)
    git(folder, "add", "--all")
    return committed(folder, *tags)


def committed(folder: Path, *tags: str) -> str:
    git(folder, "-c", "core.autocrlf=false", "commit", "--quiet", "--allow-empty", "--message", "More")
    for tag in tags:
        git(folder, "tag", tag)
    return git(folder, "rev-parse", "HEAD")


def listed(folder: Path, *entries: tuple[str, bytes, bytes], tag: str) -> None:
    """Put a tag to a commit that lists what no folder could hold: for each file its mode, raw name and content or id."""
    tree = b""
    for mode, name, content in entries:
        blob = content.decode() if mode == "160000" else git(folder, "hash-object", "-w", "--stdin", given=content)
        tree += mode.encode() + b" " + name + b"\0" + bytes.fromhex(blob)
    made = git(folder, "hash-object", "-t", "tree", "--literally", "-w", "--stdin", given=tree)
    git(folder, "tag", tag, git(folder, "commit-tree", made, "-m", "Odd"))


def ids(version: Version) -> set[str]:
    return {one.id for one in version.gathered.agreements}


def names(version: Version) -> set[str]:
    """Every name that a version tells anybody."""
    found = version.gathered
    return {
        *(one.document.name for one in (*found.agreements, *found.misshapen, *found.named_there)),
        *(one.name for one in (*found.unread, *found.left_out, *found.scenarios)),
    }


@dataclass(frozen=True)
class Holds:
    """The ids of the agreements, and the names of everything that is not one of them."""

    ids: tuple[str, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Says:
    """Words of the error and of how to put it right."""

    message: str
    fix: str


NAMED: dict[str, Holds | Says] = {
    # as it is
    "protocols": Holds(("now",)),
    "protocols/a.yaml": Holds(("now",)),
    "./protocols": Holds(("now",)),
    "area": Holds(("area-a",)),
    "empty": Holds(()),
    "notes.txt": Holds((), ("notes.txt",)),
    "main": Holds(("a-folder-called-main",)),
    # as it was
    "HEAD": Holds(("example", "second")),
    "second": Holds(("example", "second")),
    "HEAD:protocols": Holds(("example", "second")),
    "HEAD:protocols/": Holds(("example", "second")),
    "HEAD:./protocols": Holds(("example", "second")),
    "HEAD:protocols/a.yaml": Holds(("example",)),
    "HEAD:area": Holds(("area-a",)),
    "HEAD:": Holds(("example", "second", "area-a")),
    "HEAD:.": Holds(("example", "second", "area-a")),
    "HEAD:notes.txt": Holds((), ("notes.txt",)),
    "HEAD~1": Holds(("example",)),
    "first:protocols": Holds(("example",)),
    "main~1:protocols/a.yaml": Holds(("example",)),
    "HEAD^{/More}:protocols/a.yaml": Holds(("example",)),
    "HEAD@{2099-01-01 12:00:00}:protocols/a.yaml": Holds(("example",)),
    "annotated": Holds(("example",)),
    "before": Holds(()),
    "before:": Holds(()),
    "before:docs": Holds(()),
    # refused
    "": Says("empty text", "name a file"),
    "./nowhere": Says("`./nowhere` does not exist", "spelling"),
    "../nowhere:x": Says("does not exist", "spelling"),
    "/nowhere/at:all": Says("does not exist", "spelling"),
    "C:\\protocols": Says("`C:\\protocols` does not exist", "spelling"),
    "C:/protocols": Says("`C:/protocols` does not exist", "spelling"),
    "protocls": Says("`protocls` is no file or folder here, and no commit, branch or tag", "git fetch origin main"),
    "origin/main:protocols": Says("`origin/main` is no commit, branch or tag", "fetch-depth: 0"),
    "0123456789012345678901234567890123456789": Says("is no file or folder here, and no commit", "fetch-depth: 0"),
    "0123456789012345678901234567890123456789:x": Says("is no commit", "fetch-depth: 0"),
    "-x": Says("`-x` is no file or folder here, and no commit", "spelling"),
    "--all:protocols": Says("`--all` is no commit", "spelling"),
    "^HEAD": Says("`^HEAD` is no file", "spelling"),
    "HEAD~1..HEAD": Says("`HEAD~1..HEAD` is no file", "spelling"),
    "a\0b": Says("is no file", "spelling"),
    "x" * 5000: Says("is no file", "spelling"),
    ":protocols": Says("names no commit before the colon", "REF:PATH"),
    "HEAD:protocls": Says("`protocls` is not in `HEAD`", "from the repository's root"),
    "before:protocols": Says("`protocols` is not in `before`", "name `before` alone"),
    "HEAD:../protocols": Says("`../protocols` is not in `HEAD`", "root"),
    "HEAD:/protocols": Says("`/protocols` is not in `HEAD`", "root"),
    "HEAD:protocols/a.yaml/b": Says("is not in `HEAD`", "root"),
    "a-file": Says("`a-file` stands for a file, not for a commit", "REF:PATH"),
    "a-file:x": Says("`a-file` stands for a file, not for a commit", "REF:PATH"),
    "a-folder": Says("`a-folder` stands for a folder, not for a commit", "REF:PATH"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of three commits, and what was not committed since."""
    folder = tmp_path_factory.mktemp("made")
    commit(folder, {"docs/read.md": "Nothing yet\n"}, "before")
    commit(folder, {"protocols/a.yaml": agreement("example"), "notes.txt": "Words\n"}, "first")
    git(folder, "tag", "--annotate", "--message", "Signed", "annotated")
    commit(
        folder,
        {
            "protocols/b.yaml": agreement("second"),
            "sharecheck.yaml": SETTINGS,
            "area/a.yaml": agreement("area-a"),
            "area/sharecheck.yaml": "sharecheck: settings\nagreements: [a.yaml]\nfail_on: never\n",
        },
        "second",
    )
    git(folder, "tag", "a-file", "HEAD:protocols/a.yaml")
    git(folder, "tag", "a-folder", "HEAD:protocols")
    since = {"protocols/a.yaml": agreement("now"), "main/a.yaml": agreement("a-folder-called-main")}
    write(folder, {**since, "protocols/b.yaml": None})
    (folder / "empty").mkdir()
    return folder


@pytest.mark.parametrize("named", NAMED, ids=lambda named: repr(named)[1:41])
def test_what_a_name_stands_for(named: str, made: Path, temporary: Path) -> None:
    expected = NAMED[named]
    if isinstance(expected, Holds):
        with opened(named, made) as version:
            assert version.label == named
            assert ids(version) == set(expected.ids)
            assert names(version) - {one.document.name for one in version.gathered.agreements} == set(expected.others)
            assert all((version.root / name).is_file() for name in names(version))
            assert version.root == made.resolve() if version.commit is None else version.root.parent == temporary
    else:
        with pytest.raises(SettingsError) as caught, opened(named, made):
            pass
        assert expected.message in caught.value.message
        assert expected.fix in caught.value.fix
    assert list(temporary.iterdir()) == []


def test_the_commit_is_told_in_full_and_none_from_disk(made: Path) -> None:
    with opened("HEAD:protocols", made) as was, opened("protocols", made) as now:
        assert (was.commit, now.commit) == (git(made, "rev-parse", "HEAD"), None)


@pytest.mark.usefixtures("temporary")
def test_a_commit_reads_as_its_folder_does(tmp_path: Path) -> None:
    """Everything that is told of a folder is told of the commit that holds the same, under the same names."""
    folder = tmp_path / "here"
    commit(
        folder,
        {
            "sharecheck.yaml": "sharecheck: settings\nagreements: [deals, one.agreement]\nexclude: [deals/old]\n",
            "one.agreement": agreement("no-ending"),
            "deals/a.yaml": agreement("a", under="tier-1"),
            "deals/without-id.yaml": GOOD.replace("id: example\n", ""),
            "deals/tier-1.yaml": agreement("tier-1"),
            "deals/old/x.yaml": agreement("old"),
            "deals/b.YML": agreement("b", under="a"),
            "deals/untied.yaml": agreement("untied", under="broken"),
            "deals/broken.yaml": agreement("broken") + "nonsense: 1\n",
            "deals/torn.yaml": "a: [\n",
            "deals/list.yaml": "- 1\n",
            "deals/latin.yaml": b"a: \xe9\n",
            "deals/kept.yaml.bak": "x",
            "deals/large.yaml": b"#" * (MAX_BYTES + 9),
            "deals/.hidden.yaml": agreement("hidden"),
            "deals/node_modules/x.yaml": agreement("module"),
            "deals/scenarios/a.yaml": "sharecheck-scenarios: 1\nagreement: a\nscenarios: []\n",
        },
    )
    told = []
    for named in (".", "HEAD:", "deals", "HEAD:deals", "deals/a.yaml", "HEAD:deals/a.yaml"):
        ticked: list[str] = []
        with opened(named, folder, tick=ticked.append) as version:
            found = version.gathered
            told.append(
                (
                    [(one.id, one.document.name, one.document.text) for one in found.agreements],
                    [(one.document.name, one.misfits) for one in found.misshapen],
                    [(e.name, e.code, e.message, e.fix, e.line, e.column) for e in found.unread],
                    sorted((one.name, one.reason) for one in found.left_out),
                    [one.name for one in found.scenarios],
                    ticked,
                    version.settings.exclude,
                    [version.shown(name) for name in sorted(names(version))],
                )
            )
            assert all(version.shown(name) == name for name in names(version))
    assert told[0] == told[1]
    assert told[2] == told[3]
    assert told[4] == told[5]
    everything = str(told)
    assert "deals/torn.yaml" in everything
    assert "too-large" in everything
    assert str(tmp_path) not in everything
    with opened("HEAD", folder) as version:
        assert {"no-ending", "tier-1"} <= ids(version)
        assert "old" not in ids(version)


def test_reading_twice_gives_the_same(made: Path) -> None:
    with opened("HEAD", made) as one, opened("HEAD", made) as other:
        assert one.root != other.root
        assert [repr(a.document) for a in one.gathered.agreements] == [
            repr(a.document) for a in other.gathered.agreements
        ]


@pytest.mark.usefixtures("temporary")
@pytest.mark.parametrize("named", ["protocols", "HEAD:protocols"])
def test_names_and_sentences_never_tell_the_temporary_folder(named: str, tmp_path: Path) -> None:
    folder = tmp_path / "here"
    files = {"protocols/a.yaml": agreement("a", under="tier-1"), "protocols/torn.yaml": "a: [\n"}
    commit(folder, files)
    (folder / "protocols" / "sub").mkdir()
    for here in (folder, folder / "protocols" / "sub"):
        with opened(named if here == folder or ":" in named else "..", here) as version:
            (untied,) = version.gathered.misshapen
            assert "`protocols/torn.yaml`, which cannot be read" in untied.misfits[0].message
            assert names(version) == set(files)
            assert version.shown(str(version.root / "rules" / "own.yaml")) == "rules/own.yaml"
            assert version.shown("/elsewhere/x.yaml") == "/elsewhere/x.yaml"
            assert version.shown("protocols/a.yaml") == "protocols/a.yaml"


def test_where_one_stands_is_left_as_it_was(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made / "docs")
    for named in ("HEAD", str(made / "protocols")):
        with opened(named, Path()):
            assert Path.cwd() == made.resolve() / "docs"
        assert Path.cwd() == made.resolve() / "docs"


SUBFOLDER: dict[str, Holds | Says] = {
    "a.yaml": Holds(("area-a",)),
    "HEAD:./a.yaml": Holds(("area-a",)),
    "HEAD:./": Holds(("area-a",)),
    "HEAD:.": Holds(("area-a",)),
    "HEAD:../protocols/b.yaml": Holds(("second",)),
    "HEAD:protocols/a.yaml": Holds(("example",)),
    "HEAD": Holds(("example", "second")),
    "HEAD:a.yaml": Says("`a.yaml` is not in `HEAD`", "did you mean `HEAD:./a.yaml`?"),
    "HEAD:../../x": Says("`../../x` is not in `HEAD`", "root"),
}


@pytest.mark.parametrize("named", SUBFOLDER)
def test_from_a_subfolder(named: str, made: Path) -> None:
    expected = SUBFOLDER[named]
    if isinstance(expected, Holds):
        with opened(named, made / "area") as version:
            assert ids(version) == set(expected.ids)
            assert names(version) <= {"area/a.yaml", "protocols/a.yaml", "protocols/b.yaml"}
    else:
        with pytest.raises(SettingsError) as caught, opened(named, made / "area"):
            pass
        assert expected.message in caught.value.message
        assert expected.fix in caught.value.fix


# Settings, protocols and annexes


@pytest.mark.parametrize(
    ("named", "fail_on", "file"),
    [
        ("HEAD", "error", "sharecheck.yaml"),
        ("HEAD:protocols", "error", "sharecheck.yaml"),
        ("HEAD:area", "never", "area/sharecheck.yaml"),
        ("HEAD:area/a.yaml", "never", "area/sharecheck.yaml"),
        ("area/a.yaml", "never", "area/sharecheck.yaml"),
        ("first", "error", None),
    ],
)
def test_the_settings_of_that_version_govern(named: str, fail_on: str, file: str | None, made: Path) -> None:
    with opened(named, made) as version:
        assert version.settings.fail_on == fail_on
        assert (version.settings.file and version.shown(str(version.settings.file))) == file


def test_settings_above_the_temporary_folder_are_not_those_of_a_commit(made: Path, temporary: Path) -> None:
    (temporary / "sharecheck.yaml").write_text("sharecheck: settings\nfail_on: never\n")
    with opened("first", made) as version:
        assert version.settings.file is None


def test_a_protocol_outside_the_path_is_found_and_so_is_an_annex(tmp_path: Path) -> None:
    annex = "School\nFirst school\n"
    commit(
        tmp_path,
        {
            "sharecheck.yaml": "sharecheck: settings\nagreements: [team, partnership]\n",
            "partnership/tier-1.yaml": agreement("tier-1"),
            "team/a.yaml": agreement("a", under="tier-1"),
            "team/annexes/schools.csv": annex,
        },
        "v1",
    )
    shutil.rmtree(tmp_path / "partnership")
    shutil.rmtree(tmp_path / "team")
    for named in ("v1:team", "v1:team/a.yaml"):
        with opened(named, tmp_path) as version:
            (found,) = version.gathered.agreements
            assert found.parent is not None
            assert found.parent.id == "tier-1"
            assert (version.root / Path(found.document.name).parent / "annexes/schools.csv").read_text() == annex


OUTSIDE = """\
sharecheck: settings
agreements: [protocols, ../elsewhere, /elsewhere]
rules: {own: [../rules, rules]}
"""


def test_places_outside_the_repository_are_left_out_and_listed(tmp_path: Path, temporary: Path) -> None:
    write(temporary, {"elsewhere/x.yaml": agreement("planted"), "rules/x.yaml": "planted: 1\n"})
    folder = tmp_path / "here"
    commit(folder, {"sharecheck.yaml": OUTSIDE, "protocols/a.yaml": agreement("a", under="planted")})
    with opened("HEAD", folder) as version:
        assert ids(version) == {"a"}
        assert version.gathered.agreements[0].parent is None
        assert {one.name for one in version.gathered.left_out} == {"../elsewhere", "/elsewhere", "../rules"}
        assert version.settings.own_rules == (version.root / "rules",)
    commit(folder, {"sharecheck.yaml": "sharecheck: settings\nagreements: [../elsewhere]\n"})
    with opened("HEAD", folder) as version:
        assert ids(version) == set()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"sharecheck.yaml": "sharecheck: settings\nfail: x\n"}, "in `HEAD:protocols`: sharecheck.yaml:2:1: "),
        ({"sharecheck.yml": SETTINGS}, "in `HEAD:protocols`: `sharecheck.yml` is not read"),
    ],
)
def test_wrong_settings_are_told_with_their_version(files: dict[str, str], said: str, tmp_path: Path) -> None:
    commit(tmp_path, {"protocols/a.yaml": GOOD, **files})
    with pytest.raises(SettingsError) as caught, opened("HEAD:protocols", tmp_path):
        pass
    assert caught.value.message.startswith(said)


@pytest.mark.parametrize(
    ("named", "where"), [("HEAD:area", "HEAD:area/sharecheck.yaml"), ("area", "area/sharecheck.yaml")]
)
def test_torn_settings_are_told_with_their_version(named: str, where: str, tmp_path: Path) -> None:
    commit(tmp_path, {"area/a.yaml": GOOD, "area/sharecheck.yaml": "a: [\n"})
    with pytest.raises(SourceError) as caught, opened(named, tmp_path):
        pass
    assert caught.value.name == where


def test_settings_that_name_what_is_not_there_say_so(tmp_path: Path) -> None:
    commit(tmp_path, {"sharecheck.yaml": "sharecheck: settings\nagreements: [gone, bare]\n", "bare/x.txt": ""})
    with opened("HEAD", tmp_path) as version:
        assert [(one.code, one.name) for one in version.gathered.unread] == [("missing-file", "gone")]


# What git may hold


def test_hostile_names_are_read_under_those_names(tmp_path: Path) -> None:
    files = {
        "-x.yaml": agreement("dash"),
        "--output=y.yaml": agreement("option"),
        "two words.yaml": agreement("words"),
        "line\nend.yaml": agreement("line"),
        "é/naïve ünïcode €.yaml": agreement("unicode"),
        'quo"te\\.yaml': agreement("quote"),
        "tab\there.yaml": agreement("tab"),
        "$(x);*.yaml": agreement("shell"),
        "HEAD:x.yaml": agreement("colon"),
    }
    commit(tmp_path, files)
    with opened("HEAD:", tmp_path) as version:
        assert {one.document.name for one in version.gathered.agreements} == set(files)
    for name in files:
        shutil.rmtree(tmp_path / "é", ignore_errors=True)
        (tmp_path / name).unlink(missing_ok=True)
        with opened(f"HEAD:{name}", tmp_path) as version:
            assert {one.document.name for one in version.gathered.agreements} == {name}


def test_a_name_that_is_not_utf_8_is_read_under_that_name(tmp_path: Path) -> None:
    commit(tmp_path, {})
    listed(tmp_path, ("100644", b"caf\xe9.yaml", GOOD.encode()), tag="latin")
    with opened("latin", tmp_path) as version:
        assert names(version) == {"caf\udce9.yaml"}


@pytest.mark.usefixtures("temporary")
@pytest.mark.parametrize(
    "name",
    [b"..", b"../x.yaml", b"/x.yaml", b"a/../../x.yaml", b".git", b".GIT/x.yaml", b"a/.git/x.yaml", b"a//b", b"."],
)
def test_a_name_that_leads_elsewhere_is_refused(name: bytes, tmp_path: Path) -> None:
    commit(tmp_path / "here", {})
    listed(tmp_path / "here", ("100644", name, GOOD.encode()), tag="astray")
    before = sorted(tmp_path.rglob("*.yaml"))
    with pytest.raises(SettingsError, match="leads out of its folder"), opened("astray", tmp_path / "here"):
        pass
    assert sorted(tmp_path.rglob("*.yaml")) == before == []


def test_a_name_that_cannot_be_written_is_an_unread_file(tmp_path: Path) -> None:
    long = "x" * 300 + ".yaml"
    commit(tmp_path, {})
    listed(
        tmp_path,
        ("100644", long.encode(), GOOD.encode()),
        ("100644", b"a/" * 70 + b"deep.yaml", GOOD.encode()),
        ("100644", b"plain.yaml", GOOD.encode()),
        ("100644", b"twice", b""),
        ("100644", b"twice.yaml", agreement("twice").encode()),
        ("100644", b"twice.yaml/x.yaml", GOOD.encode()),
        ("100644", b"y" * 300 + b".csv", b"1"),
        tag="odd",
    )
    with opened("odd", tmp_path) as version:
        assert ids(version) == {"example", "twice"}
        assert [one.name for one in version.gathered.unread] == [long, "a/" * 70 + "deep.yaml", "twice.yaml/x.yaml"]
        assert {one.code for one in version.gathered.unread} == {"unreadable-file"}
        assert "the same as another's" in version.gathered.unread[2].message
        assert [one.name for one in version.gathered.left_out] == ["y" * 300 + ".csv"]
    for named, there in (("odd:plain.yaml", {"example"}), (f"odd:{long}", set())):
        with opened(named, tmp_path) as version:
            assert ids(version) == there
            assert [one.name for one in version.gathered.unread] == [
                long,
                "a/" * 70 + "deep.yaml",
                "twice.yaml/x.yaml",
            ], "any of them may be the protocol of what was asked for"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a/b.yaml", True),
        ("conference/console.yaml", True),
        ("naïve name.yaml", True),
        ("a.b/c.yaml", True),
        ("a:b.yaml", False),
        ("C:/x.yaml", False),
        ("a\\b.yaml", False),
        ("..\\x.yaml", False),
        ("a?.yaml", False),
        ("con.yaml", False),
        ("a/AUX/b.yaml", False),
        ("lpt1.x.yaml", False),
        ("a./b.yaml", False),
        ("a /b.yaml", False),
        ("caf\udce9.yaml", False),
    ],
)
def test_names_that_windows_takes_for_others(name: str, written: bool) -> None:
    assert (versions._unwritable(name, windows=True) is None) == written
    assert versions._unwritable(name, windows=False) is None


def test_a_path_that_is_too_deep_is_refused(tmp_path: Path) -> None:
    commit(tmp_path, {})
    listed(tmp_path, ("100644", b"a/" * 70 + b"deep.yaml", GOOD.encode()), tag="odd")
    with pytest.raises(SettingsError, match="more than 64 folders"), opened(f"odd:{'a/' * 69}", tmp_path):
        pass


def test_a_folder_that_cannot_be_written_is_an_unread_file(tmp_path: Path) -> None:
    commit(tmp_path, {})
    long = "x" * 300
    listed(tmp_path, ("100644", f"{long}/x.txt".encode(), b""), tag="odd")
    with opened(f"odd:{long}", tmp_path) as version:
        assert [(one.code, one.name) for one in version.gathered.unread] == [("unreadable-file", long)]


def test_links_and_submodules_are_left_out_and_listed(tmp_path: Path) -> None:
    commit(tmp_path / "other", {"x.yaml": agreement("secret")})
    folder = tmp_path / "here"
    commit(folder, {"protocols/a.yaml": GOOD, "elsewhere/b.yaml": agreement("b")})
    for name, to in (
        ("protocols/link.yaml", "../../other/x.yaml"),
        ("protocols/folder", "../elsewhere"),
        ("protocols/.hidden.yaml", "a.yaml"),
        ("elsewhere/link.yaml", "b.yaml"),
        ("current", "protocols"),
        ("sharecheck.yaml", "elsewhere/b.yaml"),
    ):
        (folder / name).symlink_to(to)
    git(folder, "add", "--all")
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},protocols/sub")
    committed(folder)
    with opened("HEAD", folder) as version:
        assert ids(version) == {"example"}
        assert [(one.name, one.reason.split(",")[0]) for one in version.gathered.left_out] == [
            ("protocols/folder", "a link"),
            ("protocols/link.yaml", "a link"),
            ("protocols/sub", "a repository of its own (a submodule)"),
            ("sharecheck.yaml", "a link"),
        ]
    for named, said in (
        ("HEAD:current", "`current` is a link"),
        ("HEAD:current/a.yaml", "`current` is a link"),
        ("HEAD:protocols/sub", "`protocols/sub` is a repository of its own"),
    ):
        with pytest.raises(SettingsError) as caught, opened(named, folder):
            pass
        assert caught.value.message.startswith(said)


def test_bytes_are_as_git_keeps_them(tmp_path: Path) -> None:
    """Neither line ends nor filters nor what an archive leaves out: nothing of the repository's settings is heeded."""
    crlf = GOOD.replace("\n", "\r\n").encode()
    commit(
        tmp_path, {".gitattributes": "* export-ignore\n", "protocols/a.yaml": crlf, "protocols/b.yaml": agreement("b")}
    )
    ran = tmp_path / "ran"
    (tmp_path / ".git" / "info" / "attributes").write_text(
        "* text eol=crlf filter=odd ident working-tree-encoding=UTF-16"
    )
    git(tmp_path, "config", "filter.odd.smudge", f"touch '{ran}'; cat")
    git(tmp_path, "config", "core.fsmonitor", f"touch '{ran}'; false")
    hook = tmp_path / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch '{ran}'\n")
    hook.chmod(0o755)
    with opened("HEAD", tmp_path) as version:
        assert {one.document.text for one in version.gathered.agreements} == {crlf.decode(), agreement("b")}
        assert (version.root / "protocols/a.yaml").read_bytes() == crlf
    assert not ran.exists()
    git(tmp_path, "worktree", "add", "--quiet", str(tmp_path / "tree"))
    assert ran.exists(), "the traps work"


def test_an_annex_that_is_too_large_is_left_out(tmp_path: Path) -> None:
    commit(
        tmp_path,
        {"protocols/a.yaml": GOOD, "protocols/x.csv": b"1" * (MAX_BYTES + 1), "protocols/y.csv": b"1" * MAX_BYTES},
    )
    with opened("HEAD", tmp_path) as version:
        assert [(one.name, one.reason) for one in version.gathered.left_out] == [
            ("protocols/x.csv", "larger than 1024 KiB")
        ]
        assert not (version.root / "protocols/x.csv").exists()
        assert (version.root / "protocols/y.csv").stat().st_size == MAX_BYTES


@pytest.mark.parametrize(
    ("limit", "said"), [("git.MAX_ENTRIES", "more than 1 files"), ("versions.MAX_TOTAL", "hold more than")]
)
def test_a_commit_that_is_too_large_is_refused(
    limit: str, said: str, made: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"sharecheck.{limit}", 1)
    with pytest.raises(SettingsError, match=said), opened("HEAD", made):
        pass
    assert list(temporary.iterdir()) == []


# Kinds of repository


def test_a_bare_repository_has_no_files_of_its_own(made: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(made), str(bare))
    for named in ("HEAD", "main", "refs/heads/main", "HEAD:protocols"):
        with opened(named, bare) as version:
            assert ids(version) == {"example", "second"}
    with opened(str(made / "protocols"), bare) as version:
        assert ids(version) == {"now"}


def test_a_worktree_and_another_repository_are_read_from_their_own_roots(made: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    git(made, "worktree", "add", "--quiet", "--detach", str(tree), "HEAD~1")
    try:
        for named, here in (("HEAD", tree), ("protocols", tree), (str(tree / "protocols"), made)):
            with opened(named, here) as version:
                assert names(version) == {"protocols/a.yaml"}
                assert ids(version) == {"example"}
    finally:
        git(made, "worktree", "remove", "--force", str(tree))


def test_a_folder_outside_every_repository_is_read_from_here(tmp_path: Path) -> None:
    write(tmp_path, {"here/a.yaml": GOOD, "there/b.yaml": agreement("b")})
    with opened("a.yaml", tmp_path / "here") as version:
        assert (names(version), version.root) == ({"a.yaml"}, tmp_path.resolve() / "here")
    with opened("../there", tmp_path / "here") as version:
        assert names(version) == {(tmp_path.resolve() / "there" / "b.yaml").as_posix()}
    with pytest.raises(SettingsError) as caught, opened("main", tmp_path):
        pass
    assert "no git repository here" in caught.value.message


def test_a_shallow_clone_says_how_to_fetch_what_it_lacks(made: Path, tmp_path: Path) -> None:
    first = git(made, "rev-parse", "first")
    git(tmp_path, "clone", "--quiet", "--depth=1", "--no-tags", made.as_uri(), "shallow")
    for named in ("HEAD~1", first, f"{first}:protocols"):
        with pytest.raises(SettingsError) as caught, opened(named, tmp_path / "shallow"):
            pass
        assert "fetch-depth: 0" in caught.value.fix


def test_nothing_is_fetched(made: Path, tmp_path: Path) -> None:
    git(made, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", "--no-checkout", made.as_uri(), "partial")
    folder = tmp_path / "partial"
    packs = sorted((folder / ".git" / "objects" / "pack").iterdir())
    with pytest.raises(SettingsError) as caught, opened("HEAD", folder):
        pass
    assert "git cannot read this repository" in caught.value.message
    assert "--filter" in caught.value.fix
    assert sorted((folder / ".git" / "objects" / "pack").iterdir()) == packs


def test_a_damaged_repository_is_an_error(tmp_path: Path) -> None:
    commit(tmp_path, {"protocols/a.yaml": GOOD})
    blob = git(tmp_path, "rev-parse", "HEAD:protocols/a.yaml")
    (tmp_path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(SettingsError) as caught, opened("HEAD", tmp_path):
        pass
    assert "it does not hold `protocols/a.yaml`" in caught.value.message


def test_without_git_a_folder_is_read_and_a_commit_is_not(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with opened("protocols", made) as version:
        assert ids(version) == {"now"}
    with pytest.raises(SettingsError) as caught, opened("HEAD", made):
        pass
    assert "git is not installed" in caught.value.message


def test_a_git_that_lies_where_one_stands_is_not_run(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(tmp_path / "bin", "exit 0", monkeypatch)
    monkeypatch.setenv("PATH", "bin")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="git is not installed"), opened("HEAD", made):
        pass


def stub(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put another `git` first on the path."""
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize(
    ("script", "message", "fix"),
    [
        (
            "echo 'warning: x' >&2; echo \"fatal: detected dubious ownership in repository at '/x'\" >&2; echo more >&2; exit 128",
            "git cannot read this repository: detected dubious ownership in repository at '/x'",
            "safe.directory",
        ),
        ("echo first >&2; echo more >&2; exit 1", "git cannot read this repository: first", "git fsck"),
        ("exit 3", "it does not say why", "git fsck"),
        (
            'case $1 in ls-tree) echo "fatal: broken" >&2; exit 128;; *) exec REAL "$@";; esac',
            "git cannot read this repository: broken",
            "git fsck",
        ),
        ('case $1 in cat-file) exit 0;; *) exec REAL "$@";; esac', "it does not say why", "git fsck"),
    ],
    ids=["dubious", "not fatal", "silent", "ls-tree", "cat-file"],
)
def test_where_git_refuses_its_first_line_is_passed_on(
    script: str, message: str, fix: str, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(tmp_path / "bin", script.replace("REAL", f"'{tools.git()}'"), monkeypatch)
    with pytest.raises(SettingsError) as caught, opened("HEAD", made):
        pass
    assert message in caught.value.message
    assert "more" not in caught.value.message
    assert fix in caught.value.fix


def test_git_is_kept_from_asking_locking_fetching_and_translating(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(
        tmp_path / "bin",
        f"env >> '{tmp_path}/said'; echo \"asked $*\" >> '{tmp_path}/said'; exec '{tools.git()}' \"$@\"",
        monkeypatch,
    )
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    with opened("HEAD", made):
        pass
    said = (tmp_path / "said").read_text().splitlines()
    runs = sum(line.startswith("GIT_TERMINAL_PROMPT=") for line in said)
    assert 0 < runs <= 4
    named = [line for line in said if line.startswith("asked") and "HEAD" in line]
    assert len(named) == 1
    assert named[0].endswith(" --end-of-options HEAD^{commit}")
    for setting in (
        "GIT_ALLOW_PROTOCOL=none",
        "GIT_NO_LAZY_FETCH=1",
        "GIT_TERMINAL_PROMPT=0",
        "GIT_OPTIONAL_LOCKS=0",
        "LC_ALL=C",
    ):
        assert said.count(setting) == runs


# The temporary folder


def test_the_temporary_folder_is_gone_even_when_the_body_raises(made: Path, temporary: Path) -> None:
    def look() -> None:
        with opened("HEAD", made) as version:
            assert list(temporary.iterdir()) == [version.root]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        look()
    assert list(temporary.iterdir()) == []


def test_it_is_gone_when_reading_is_broken_off(made: Path, temporary: Path) -> None:
    def tick(_: str) -> None:
        raise KeyboardInterrupt

    here = Path.cwd()
    with pytest.raises(KeyboardInterrupt), opened("HEAD", made, tick=tick):
        pass
    assert list(temporary.iterdir()) == []
    assert Path.cwd() == here


def test_without_a_temporary_folder_it_says_so(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere/at/all")
    with pytest.raises(SettingsError, match="temporary folder"), opened("HEAD", made):
        pass


def test_a_full_disk_is_not_taken_for_a_strange_name(
    made: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Path.open

    def full(path: Path, mode: str) -> IO[Any]:
        if mode == "xb":
            raise OSError(errno.ENOSPC, "No space left on device")
        return usual(path, mode)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(SettingsError, match=r"temporary folder .* No space left"), opened("HEAD", made):
        pass
    assert list(temporary.iterdir()) == []


def test_an_empty_version_is_an_error_only_to_those_who_need_an_agreement(tmp_path: Path) -> None:
    with pytest.raises(NothingToCheckError):
        repository.gather([tmp_path], Settings(tmp_path))
    assert repository.gather([tmp_path], Settings(tmp_path), may_be_empty=True).agreements == ()
