"""Sign-offs: bound to what binds, void exactly where a change affects, and shown as what they are."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import typer.testing

import tools
from conftest import ROOT
from sharecheck import content, schema, signoff, source
from sharecheck.agreement import build
from sharecheck.cli.app import app
from sharecheck.errors import SourceError
from sharecheck.rules import page

RUNNER = typer.testing.CliRunner()
DAY = "2026-12-01"
WHO = ("--name", "Jane Example", "--role", "Director", "--on", DAY)
AGENCIES = ("charity", "council", "school", "trust")

Edit = Callable[[str], str]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A partnership with one agreement, the clean one of the rule pages, and settings."""
    (tmp_path / "protocols").mkdir()
    base = page.base().text.replace("status: live", "status: live", 1)
    (tmp_path / "protocols" / "example.yaml").write_text(base, encoding="utf-8")
    (tmp_path / "sharecheck.yaml").write_text("sharecheck: settings\nagreements: [protocols]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def signed(repository: Path) -> Path:
    for agency in AGENCIES:
        result = sign("example", "--agency", agency, *WHO)
        assert result.exit_code == 0, result.output
    return repository


def sign(*arguments: str) -> typer.testing.Result:
    return RUNNER.invoke(app, ["sign", *arguments])


def states(*more: str) -> dict[str, str]:
    """How each agency's sign-off stands, by `sign --check`."""
    result = sign("--check", "--format", "json", "--on", DAY, *more)
    value = json.loads(result.stdout)
    jsonschema.Draft202012Validator(json.loads(schema.text("output-sign"))).validate(value)
    (agreement,) = value["agreements"]
    found = {one["agency"]: one["state"] for one in agreement["sign_offs"]}
    good = all(state == "stands" for state in found.values())
    assert (result.exit_code == 0) == good
    return found


def findings() -> set[tuple[str, str]]:
    result = RUNNER.invoke(app, ["validate", "--format", "json", "--on", DAY])
    return {
        (one["rule"], one["pointer"])
        for one in json.loads(result.stdout)["findings"]
        if one["rule"].startswith("sign-off")
    }


def change(folder: Path, *edits: tuple[str, str]) -> None:
    path = folder / "protocols" / "example.yaml"
    text = path.read_text("utf-8")
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


CHANGES: dict[str, tuple[tuple[str, str], set[str]]] = {
    # what is done, and the agencies whose sign-off it voids
    "a comma in a description": (("text: Injuries seen, with where and when", "text: Injuries seen with where and when"), set()),
    "a slip of spelling": (("text: Injuries seen", "text: Injurries seen"), set()),
    "a comment": (("title: Early help and", "title: Early help and # not a comment, a title\n#"), set()),
    "the reason for an item": (("why: To judge the harm", "why: To see how grave it is"), set()),
    "the background": (("background: Families meet", "background: Every family meets"), set()),
    "the order of roles": (("from: [safeguarding-lead, health-visitor]", "from: [health-visitor, safeguarding-lead]"), set()),
    "a contact": (("spoc: sharing@trust.example", "spoc: duty@trust.example"), set()),
    "the status": (("status: live", "status: agreed"), set()),
    "a flow between two partners widened": (
        ("data: [identity, injuries]", "data: [identity, injuries, attendance]"), {"council", "school", "trust"},
    ),
    "what an item takes in": (
        ("text: Injuries seen, with where and when", "text: Everything ever seen"), {"council", "school", "trust"},
    ),
    "how fast": (("deadline: without-delay", "deadline: 1 working day"), {"council", "school", "trust"}),
    "how it is changed, for all": (("governance:\n", "governance:\n  changes: By all of them, in writing\n"), set(AGENCIES)),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_voids_the_sign_offs_it_affects_and_no_others(signed: Path, name: str) -> None:
    edit, voided = CHANGES[name]
    assert set(states().values()) == {"stands"}
    assert findings() == set()
    change(signed, edit)
    assert {agency for agency, state in states().items() if state == "void"} == voided
    live = "status: live" in (signed / "protocols/example.yaml").read_text("utf-8")
    assert bool(findings()) == (bool(voided) and live)


def test_the_tool_names_whose_sign_off_is_void_and_why(signed: Path) -> None:
    change(signed, ("data: [identity, injuries]", "data: [identity, injuries, attendance]"))
    shown = " ".join(RUNNER.invoke(app, ["validate", "--on", DAY]).stdout.split())
    assert "sign-off-does-not-stand at flows.concern" in shown
    assert "The sign-offs of `council`, `school` and `trust` do not stand:" in shown
    assert "may now share `attendance`" in shown or "must now share `attendance`" in shown


def test_the_partnership_says_what_voids(signed: Path) -> None:
    settings = signed / "sharecheck.yaml"
    plain = settings.read_text("utf-8")
    change(signed, ("deadline: without-delay", "deadline: 1 working day"))
    settings.write_text(plain + "sign_off: {void_by: [widens, obliges]}\n", encoding="utf-8")
    assert set(states().values()) == {"stands"}
    change(
        signed,
        ("deadline: 1 working day", "deadline: without-delay"),
        ("background: Families meet", "background: A family meets"),
    )
    assert set(states().values()) == {"stands"}
    settings.write_text(plain + "sign_off: {void_by: [widens, wording]}\n", encoding="utf-8")
    assert set(states().values()) == {"void"}


def test_a_party_without_a_sign_off_is_found_where_sign_offs_are_kept(repository: Path) -> None:
    assert findings() == set()  # signatures in the agreement itself count until sign-offs are kept
    assert sign("example", "--agency", "council", *WHO).exit_code == 0
    assert findings() == {("sign-off-lacking", "/agencies/charity")}
    assert states() == {"charity": "lacking", "council": "stands", "school": "lacking", "trust": "lacking"}
    change(repository, ("status: live", "status: agreed"))
    assert findings() == set()


def test_signing_again_takes_the_place_of_the_earlier_sign_off(signed: Path) -> None:
    change(signed, ("deadline: without-delay", "deadline: 1 working day"))
    assert states()["council"] == "void"
    assert sign("example", "--agency", "council", *WHO).exit_code == 0
    assert states()["council"] == "stands"
    assert states()["school"] == "void"
    assert len(list((signed / "signoff" / "signed").iterdir())) == 2


def test_a_renamed_agency_keeps_its_sign_off(signed: Path) -> None:
    path = signed / "protocols" / "example.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("name: Example Council", "name: Example City Council"), encoding="utf-8")
    assert set(states().values()) == {"stands"}


def test_what_was_signed_is_kept_and_cannot_be_altered(signed: Path) -> None:
    (kept,) = (signed / "signoff" / "signed").iterdir()
    change(signed, ("deadline: without-delay", "deadline: 1 working day"))
    kept.write_bytes(kept.read_bytes().replace(b"without-delay", b"1 working day"))
    result = sign("--check", "--on", DAY)
    assert "has been altered" in " ".join(result.stdout.split())
    kept.unlink()
    assert "is not there" in " ".join(sign("--check", "--on", DAY).stdout.split())
    assert set(states().values()) == {"void"}


def test_the_digest_is_that_of_canonical_json() -> None:
    agreement = build(page.base())
    meaning, text, said = signoff.digests(agreement)
    value = json.loads(said)
    assert content.digest(content.meant(value)) == meaning
    assert text == content.digest(value)
    assert said == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert signoff.digests(content.rebuilt(value, "again"))[0] == meaning


# keys


@pytest.fixture
def keys(repository: Path) -> Path:
    """Two keys, of which one may sign for the council and the other for the trust."""
    program = tools.ssh_keygen()
    folder = repository / "keys"
    folder.mkdir()
    lines = []
    for name, agency in (("jane", "council"), ("omar", "trust")):
        subprocess.run([program, "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)], check=True)
        key = " ".join((folder / f"{name}.pub").read_text("utf-8").split()[:2])
        lines.append(f'{agency}/{name}@{agency}.example namespaces="sharecheck-sign-off" {key}\n')
    (repository / "signoff").mkdir()
    (repository / "signoff" / "allowed_signers").write_text("".join(lines), encoding="utf-8")
    return folder


def test_a_signature_with_a_key_proves_who_signed(repository: Path, keys: Path) -> None:
    result = sign("example", "--agency", "council", *WHO, "--key", str(keys / "jane"))
    assert result.exit_code == 0, result.output
    assert "with the key of `council/jane@council.example`" in result.stdout
    shown = " ".join(sign("--check", "--on", DAY).stdout.split())
    assert (
        "council: stands; Jane Example, Director, on 2026-12-01: signed with the key of `council/jane@council.example`"
        in shown
    )
    record = signoff.read(source.read(repository / "signoff" / "example.yaml", "signoff/example.yaml"))
    one = record.signatures["council"]
    armored = repository / "council.sig"
    armored.write_text(one.ssh + "\n", encoding="utf-8")
    plain = subprocess.run(
        [tools.ssh_keygen(), "-Y", "verify", "-f", "signoff/allowed_signers", "-I", one.identity, "-n", "sharecheck-sign-off",
         "-s", str(armored)],
        input=signoff.message("example", one), capture_output=True, check=False,
    )  # fmt: skip
    assert plain.returncode == 0, plain.stderr


TAMPERING = [
    # what is altered in the file of sign-offs
    ('name: "Jane Example"', 'name: "Somebody Else"'),
    ('role: "Director"', 'role: "Porter"'),
    ('on: "2026-12-01"', 'on: "2026-12-02"'),
    ('identity: "council/jane@council.example"', 'identity: "council/omar@council.example"'),
    ("  council:", "  trust:"),
]


@pytest.mark.parametrize(("old", "new"), TAMPERING)
def test_an_altered_sign_off_proves_nothing(repository: Path, keys: Path, old: str, new: str) -> None:
    assert sign("example", "--agency", "council", *WHO, "--key", str(keys / "jane")).exit_code == 0
    path = repository / "signoff" / "example.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = states()
    assert "unproved" in found.values()
    assert ("sign-off-does-not-stand", "/agencies/trust" if "trust" in new else "/agencies/council") in findings()


COUNCIL = ("example", "--agency", "council", *WHO)
REFUSED = [
    # how somebody tries to sign, and what is said
    ((*COUNCIL, "--key", "keys/omar"), "does not say that this key signs for `council`"),
    ((*COUNCIL, "--key", "keys/omar", "--identity", "council/jane@council.example"), "would not be accepted"),
    ((*COUNCIL, "--key", "keys/jane", "--identity", "trust/omar@trust.example"), "signs for `council`"),
    ((*COUNCIL, "--key", "keys/nobody"), "keys/nobody"),
    (("example", "--agency", "court", *WHO), "has no party `court`"),
    (("example", "--agency", "council", "--name", "Jane"), "--role"),
    (("example", "--agency", "council", "--name", "Jane\nExample", "--role", "Director"), "a few words in one line"),
    (("elsewhere", "--agency", "council", *WHO), "there is no agreement `elsewhere`"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "said"), REFUSED)
def test_what_cannot_be_signed_is_said_and_writes_nothing(
    repository: Path, keys: Path, arguments: tuple[str, ...], said: str
) -> None:
    assert keys.is_dir()
    result = sign(*arguments)
    assert result.exit_code != 0
    assert said in str(result.exception)
    assert not (repository / "signoff" / "example.yaml").exists()


SHAPES = [
    ("sharecheck-signoff: 1\nagreement: example\nsignatures: {council: {name: A}}\n", "is missing"),
    ("sharecheck-signoff: 1\nagreement: example\n", "is missing"),
    ("sharecheck-signoff: 2\nagreement: example\nsignatures: {}\n", "1"),
]


@pytest.mark.parametrize(("written", "said"), SHAPES)
def test_a_file_of_sign_offs_without_the_form_is_said(repository: Path, written: str, said: str) -> None:
    (repository / "signoff").mkdir()
    (repository / "signoff" / "example.yaml").write_text(written, encoding="utf-8")
    with pytest.raises(SourceError):
        signoff.read(source.parse(written.encode(), "signoff/example.yaml"))
    result = RUNNER.invoke(app, ["validate", "--on", DAY])
    assert result.exit_code == 4, said
    assert "signoff/example.yaml" in result.stdout


def test_sign_offs_are_compared_by_a_difference_too(signed: Path) -> None:
    old = signed.parent / "old.yaml"
    old.write_text((signed / "protocols" / "example.yaml").read_text("utf-8"), encoding="utf-8")
    change(signed, ("data: [identity, injuries]", "data: [identity, injuries, attendance]"))
    value = json.loads(RUNNER.invoke(app, ["diff", str(old), "protocols", "--format", "json", "--on", DAY]).stdout)
    assert [one["agency"] for one in value["signatures_voided"]] == ["council", "school", "trust"]


def test_every_agreement_of_protocols_has_a_digest_of_its_own() -> None:
    files = sorted((ROOT / "protocols").glob("*.yaml"))
    parent = build(source.read(ROOT / "protocols" / "borough-protocol.yaml"))
    found = {signoff.digests(build(source.read(file), parent))[0] for file in files}
    assert len(found) == len(files)
