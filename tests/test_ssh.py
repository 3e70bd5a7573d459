"""Signatures with SSH keys: what each way of tampering is called, and that plain `ssh-keygen` agrees with us."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import FrozenInstanceError, dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tools
from conftest import DAY, ROOT
from sharecheck import ssh
from sharecheck.errors import SettingsError
from sharecheck.ssh import NAMESPACE, Outcome

JANE, BOB = "jane@trust.example", "bob@council.example"
MESSAGE = b"sharecheck sign-off\nagreement: early-help\non: 2026-11-22\n"
posix = pytest.mark.skipif(os.name != "posix", reason="terminals, file modes and scripts are other things on Windows")


def keygen(*arguments: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The plain program, as anybody could run it."""
    command = [tools.ssh_keygen(), *map(str, arguments)]
    return subprocess.run(command, input=given, capture_output=True, check=False, timeout=60)


def made(file: Path, kind: str = "ed25519", passphrase: str = "") -> Path:
    done = keygen("-q", "-t", kind, "-N", passphrase, "-C", "made for a test", "-f", file)
    assert done.returncode == 0, done.stderr
    return file


def public(key: Path) -> str:
    """The public half as a list of signers holds it: kind and key."""
    return " ".join(key.with_suffix(".pub").read_text().split()[:2])


@dataclass(frozen=True)
class Ring:
    """Keys made once: Jane's, Bob's, one that nobody lists, an authority, a certificate of Jane's, one with a passphrase."""

    folder: Path

    def __getitem__(self, name: str) -> Path:
        return self.folder / name


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Ring:
    folder = tmp_path_factory.mktemp("ring")
    for name in ("jane", "bob", "stranger", "authority", "certified"):
        made(folder / name)
    made(folder / "locked", passphrase="open sesame")
    certify = ("-q", "-s", folder / "authority", "-I", "x", "-n", JANE, "-V", "20260101:20261231")
    assert keygen(*certify, folder / "certified.pub").returncode == 0
    (folder / "certified.pub").write_bytes((folder / "certified-cert.pub").read_bytes())
    return Ring(folder)


@pytest.fixture(scope="module")
def signature(ring: Ring) -> str:
    return ssh.sign(MESSAGE, ring["jane"])


def plainly_signed(key: Path, folder: Path, namespace: str = NAMESPACE, message: bytes = MESSAGE) -> str:
    file = folder / "plain"
    file.write_bytes(message)
    done = keygen("-q", "-Y", "sign", "-f", key, "-n", namespace, file)
    assert done.returncode == 0, done.stderr
    return file.with_suffix(".sig").read_text()


def listed(folder: Path, text: str) -> Path:
    file = folder / "allowed_signers"
    file.write_text(text, encoding="utf-8")
    return file


# lists of signers, with names of keys in braces; the outcome for what Jane's key signed on 2026-11-22
LISTS: list[tuple[str, Outcome]] = [
    (f"{JANE} {{jane}}\n", Outcome.GOOD),
    (f"{JANE} {{jane}} a comment\r\n", Outcome.GOOD),
    (f"# who may sign\n\n{BOB},{JANE} {{jane}}", Outcome.GOOD),
    (f"*@trust.example,!{BOB} {{jane}}\n", Outcome.GOOD),
    (f'{JANE} namespaces="git,{NAMESPACE}" {{jane}}\n', Outcome.GOOD),
    (f'{JANE} valid-after="20261122",valid-before="20261123" {{jane}}\n', Outcome.GOOD),
    (f'{JANE} valid-before="20260101" {{jane}}\n{JANE} valid-after="20260101" {{jane}}\n', Outcome.GOOD),
    (f"{JANE} {{bob}}\n{JANE} {{jane}}\n", Outcome.GOOD),
    (f"what is this line\n{JANE} {{jane}}\n", Outcome.GOOD),
    (f"{BOB} {{jane}}\n", Outcome.OTHER_PERSON),
    (f"{JANE.upper()} {{jane}}\n", Outcome.OTHER_PERSON),
    (f"!{JANE},*@trust.example {{jane}}\n{JANE} {{bob}}\n", Outcome.OTHER_PERSON),
    (f"!*@trust.example,{BOB} {{jane}}\n", Outcome.OTHER_PERSON),
    ("bob\x1b[2J {jane}\n", Outcome.OTHER_PERSON),
    (f"{JANE} {{bob}}\n{BOB} {{jane}}\n", Outcome.OTHER_PERSON),
    ("", Outcome.UNKNOWN_KEY),
    ("\n# nobody yet\n", Outcome.UNKNOWN_KEY),
    (f"# {JANE} {{jane}}\n", Outcome.UNKNOWN_KEY),
    (f"{JANE} {{bob}}\n", Outcome.UNKNOWN_KEY),
    (f"* cert-authority {{authority}}\n{JANE} AAAA {{bob}}\n", Outcome.UNKNOWN_KEY),
    ("\x00\x01\ud7ff AAAA= \"'\n" * 50, Outcome.UNKNOWN_KEY),
    (f'{JANE} valid-before="20261122" {{jane}}\n', Outcome.NOT_ACCEPTED),
    (f'{JANE} valid-after="20261123" {{jane}}\n', Outcome.NOT_ACCEPTED),
    (f'{JANE} namespaces="git" {{jane}}\n', Outcome.NOT_ACCEPTED),
    (f"{JANE} valid-til=2027 {{jane}}\n", Outcome.NOT_ACCEPTED),
    (f"{JANE} cert-authority {{jane}}\n", Outcome.NOT_ACCEPTED),
]


@pytest.mark.parametrize(("text", "outcome"), LISTS)
def test_what_a_list_of_signers_says_of_a_signature(
    text: str, outcome: Outcome, ring: Ring, signature: str, tmp_path: Path
) -> None:
    keys = {name: public(ring[name]) for name in ("jane", "bob", "authority")}
    verdict = ssh.verify(MESSAGE, signature, JANE, listed(tmp_path, text.format_map(keys)), DAY)
    assert (verdict.outcome, verdict.identity) == (outcome, JANE), verdict
    blob = base64.b64decode(public(ring["jane"]).split()[1])
    assert verdict.fingerprint == "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    assert bool(verdict.fix) == (outcome != Outcome.GOOD)
    assert (verdict.sentence + verdict.fix).isprintable()


# what became of Jane's sign-off; what it is called
@pytest.mark.parametrize(
    ("namespace", "key", "message", "outcome"),
    [
        (NAMESPACE, "jane", MESSAGE, Outcome.GOOD),
        (NAMESPACE, "jane", MESSAGE + b" ", Outcome.ALTERED),
        (NAMESPACE, "jane", b"", Outcome.ALTERED),
        (NAMESPACE, "stranger", MESSAGE, Outcome.UNKNOWN_KEY),
        (NAMESPACE, "stranger", b"", Outcome.ALTERED),
        (NAMESPACE, "bob", MESSAGE, Outcome.OTHER_PERSON),
        ("git", "jane", MESSAGE, Outcome.OTHER_PURPOSE),
        ("\x1b[2Jfile", "jane", MESSAGE, Outcome.OTHER_PURPOSE),
    ],
)
def test_what_was_signed_by_whom_for_what(
    namespace: str, key: str, message: bytes, outcome: Outcome, ring: Ring, tmp_path: Path
) -> None:
    """Made by the plain program, which must suit ours."""
    signature = plainly_signed(ring[key], tmp_path, namespace)
    signers = listed(tmp_path, f"{JANE} {public(ring['jane'])}\n{BOB} {public(ring['bob'])}\n")
    verdict = ssh.verify(message, signature, JANE, signers, DAY)
    assert verdict.outcome == outcome
    assert (verdict.sentence + verdict.fix).isprintable()
    assert (BOB in verdict.sentence) == (outcome == Outcome.OTHER_PERSON)


CERTIFIED: list[tuple[str, str, date, Outcome]] = [
    ("*@trust.example cert-authority {authority}", JANE, DAY, Outcome.GOOD),
    ("*@trust.example cert-authority {authority}", BOB, DAY, Outcome.OTHER_PERSON),
    ("*@trust.example cert-authority {authority}", JANE, date(2027, 3, 1), Outcome.NOT_ACCEPTED),
    ("*@trust.example cert-authority,namespaces=\"git\" {authority}", JANE, DAY, Outcome.NOT_ACCEPTED),
    ("*@trust.example {authority}", JANE, DAY, Outcome.NOT_ACCEPTED),
    ("*@trust.example cert-authority {stranger}", JANE, DAY, Outcome.UNKNOWN_KEY),
]  # fmt: skip


@pytest.mark.parametrize(("text", "identity", "on", "outcome"), CERTIFIED)
def test_certificates_stand_for_their_authority(
    text: str, identity: str, on: date, outcome: Outcome, ring: Ring, tmp_path: Path
) -> None:
    signature = ssh.sign(MESSAGE, ring["certified"])
    signers = listed(tmp_path, text.format(authority=public(ring["authority"]), stranger=public(ring["stranger"])))
    verdict = ssh.verify(MESSAGE, signature, identity, signers, on)
    assert verdict.outcome == outcome
    assert verdict.fingerprint == ssh.fingerprint(ring["certified"]) == ssh.fingerprint(signature)


def test_the_day_of_signing_counts_and_not_today(ring: Ring, signature: str, tmp_path: Path) -> None:
    retired = listed(tmp_path, f'{JANE} valid-after="20200101",valid-before="20200201" {public(ring["jane"])}\n')
    days = {
        date(1, 1, 1): Outcome.NOT_ACCEPTED,
        date(1969, 12, 31): Outcome.NOT_ACCEPTED,
        date(2019, 12, 31): Outcome.NOT_ACCEPTED,
        date(2020, 1, 1): Outcome.GOOD,
        date(2020, 1, 31): Outcome.GOOD,
        date(2020, 2, 1): Outcome.NOT_ACCEPTED,
        date(9999, 12, 31): Outcome.NOT_ACCEPTED,
    }
    assert {day: ssh.verify(MESSAGE, signature, JANE, retired, day).outcome for day in days} == days


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Honolulu"])
def test_a_day_is_the_same_day_everywhere(
    zone: str, ring: Ring, signature: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    signers = listed(tmp_path, f'{JANE} valid-after="20261122Z",valid-before="20261123" {public(ring["jane"])}\n')
    assert ssh.verify(MESSAGE, signature, JANE, signers, DAY).outcome == Outcome.GOOD


@pytest.mark.parametrize(
    "identity",
    ["", "-Oprint-pubkey", "-", "*", "*@trust.example", "jane@trust.exampl?", "!bob", f"{JANE}\n{BOB}", f"{JANE},{BOB}",
     "jane smith", "jane\x00", "jane\x1b[31m", "jane\u202e", "\ud800", '"jane"', "#jane", "j" * 255],
)  # fmt: skip
def test_a_name_is_never_a_pattern_or_an_option(identity: str, ring: Ring, signature: str, tmp_path: Path) -> None:
    verdict = ssh.verify(MESSAGE, signature, identity, listed(tmp_path, f"* {public(ring['jane'])}\n"), DAY)
    assert (verdict.outcome, verdict.identity) == (Outcome.MALFORMED, "")
    assert verdict.sentence.isprintable()


def blob(signature: str) -> bytes:
    return base64.b64decode("".join(signature.split("\n")[1:-2]))


def armored(data: bytes) -> str:
    body = base64.encodebytes(data).decode()
    return f"-----BEGIN SSH SIGNATURE-----\n{body}-----END SSH SIGNATURE-----\n"


def string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


MALFORMED: Mapping[str, str] = {
    "nothing": "",
    "words": "signed, Jane",
    "not base64": "-----BEGIN SSH SIGNATURE-----\n!!!!\n-----END SSH SIGNATURE-----",
    "bad padding": "-----BEGIN SSH SIGNATURE-----\nU1NIU0l\n-----END SSH SIGNATURE-----",
    "empty": "-----BEGIN SSH SIGNATURE-----\n\n-----END SSH SIGNATURE-----",
    "another kind": armored(b"SSHSIG\x00\x00\x00\x01").replace("SSH SIG", "PGP SIG"),
    "another version": armored(b"SSHSIG\x00\x00\x00\x02" + string(b"") * 5),
    "no parts": armored(b"SSHSIG\x00\x00\x00\x01"),
    "no key": armored(b"SSHSIG\x00\x00\x00\x01" + string(b"") * 5),
    "a key that is an option": armored(
        b"SSHSIG\x00\x00\x00\x01" + string(string(b"x -f y\n")) + string(NAMESPACE.encode()) + string(b"") * 3
    ),
    "a length beyond the end": armored(b"SSHSIG\x00\x00\x00\x01" + b"\xff" * 8),
    "too long": armored(
        b"SSHSIG\x00\x00\x00\x01"
        + string(string(b"ssh-rsa") + b"x" * 40_000)
        + string(NAMESPACE.encode())
        + string(b"") * 3
    ),
    "long lines of nothing": "\n" * 10_000_000,
    "not ASCII": "-----BEGIN SSH SIGNATURE-----\nＵ１\ud800\n-----END SSH SIGNATURE-----",
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_signature_never_reaches_the_program(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("the program was run"))
    assert ssh.verify(MESSAGE, text, JANE, tmp_path / "none", DAY).outcome == Outcome.MALFORMED
    with pytest.raises(SettingsError, match="not an SSH signature"):
        ssh.fingerprint(text)


def test_a_signature_may_be_carried_as_yaml_and_windows_do(ring: Ring, signature: str, tmp_path: Path) -> None:
    signers = listed(tmp_path, f"{JANE} {public(ring['jane'])}\n")
    for carried in (signature.replace("\n", "\r\n"), signature.rstrip("\n"), f"\n{signature}\n"):
        assert ssh.verify(MESSAGE, carried, JANE, signers, DAY).outcome == Outcome.GOOD
    for cut in (signature[:-10], signature[30:], signature.replace("\n", " "), signature + signature):
        assert ssh.verify(MESSAGE, cut, JANE, signers, DAY).outcome == Outcome.MALFORMED


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_change_of_a_byte_is_good(ring: Ring, signature: str, tmp_path: Path, data: st.DataObject) -> None:
    whole = bytearray(blob(signature))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    signers = listed(tmp_path, f"* {public(ring['jane'])}\n")
    verdict = ssh.verify(MESSAGE, armored(bytes(whole)), JANE, signers, DAY)
    assert verdict.outcome in (Outcome.ALTERED, Outcome.MALFORMED, Outcome.OTHER_PURPOSE, Outcome.CANNOT_TELL)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=80), min_size=5, max_size=5), st.binary(max_size=300), st.text(max_size=20))
def test_whatever_the_files_hold_there_is_a_verdict(
    ring: Ring, tmp_path: Path, parts: list[bytes], signers: bytes, identity: str
) -> None:
    kind = string(b"ssh-ed25519") + string(parts[0])
    made = b"SSHSIG\x00\x00\x00\x01" + string(kind) + string(NAMESPACE.encode()) + b"".join(map(string, parts[2:]))
    file = tmp_path / "allowed_signers"
    file.write_bytes(signers + b"\n* " + public(ring["jane"]).encode())
    assert ssh.verify(MESSAGE, armored(made), identity, file, DAY).outcome != Outcome.GOOD


# keys of every kind, and the plain program


@pytest.mark.parametrize("kind", ["ed25519", "rsa", "ecdsa"])
def test_ours_and_the_plain_program_take_each_others_signatures(kind: str, tmp_path: Path) -> None:
    key = made(tmp_path / "-f key of mine", kind)
    signers = listed(tmp_path, f"{JANE} {public(key)}\n")
    ours = ssh.sign(MESSAGE, key)
    (tmp_path / "ours.sig").write_text(ours)
    plain = ("-Y", "verify", "-f", signers, "-I", JANE, "-n", NAMESPACE, "-s", tmp_path / "ours.sig")
    assert keygen(*plain, given=MESSAGE).returncode == 0
    assert keygen(*plain, given=MESSAGE + b" ").returncode != 0
    theirs = plainly_signed(key, tmp_path)
    for signature in (ours, theirs):
        verdict = ssh.verify(MESSAGE, signature, JANE, signers, DAY)
        assert verdict.outcome == Outcome.GOOD
        assert verdict.fingerprint == ssh.fingerprint(key) == ssh.fingerprint(key.with_suffix(".pub"))
        assert verdict.fingerprint in keygen("-l", "-f", key).stdout.decode()


def test_principals_are_the_names_under_which_a_key_is_listed(ring: Ring, signature: str, tmp_path: Path) -> None:
    jane = public(ring["jane"])
    for text, names in {
        f"{JANE},*@trust.example {jane}": (JANE, "*@trust.example"),
        f'{BOB} valid-before="20200101" {jane}\n{JANE} {jane}': (JANE,),
        f"{JANE} {public(ring['bob'])}": (),
        f"\x1b[2J,{JANE} {jane}": (JANE,),
        "": (),
    }.items():
        assert ssh.principals(signature, listed(tmp_path, text), DAY) == names
    with pytest.raises(SettingsError, match="no list of signers"):
        ssh.principals(signature, tmp_path / "none", DAY)


def test_a_verdict_is_frozen(tmp_path: Path) -> None:
    verdict = ssh.verify(MESSAGE, "", JANE, tmp_path, DAY)
    with pytest.raises(FrozenInstanceError):
        verdict.outcome = Outcome.GOOD  # type: ignore[misc]


def test_nothing_is_left_behind(ring: Ring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    signature = ssh.sign(MESSAGE, ring["jane"])
    ssh.verify(MESSAGE, signature, JANE, ring["jane.pub"], DAY)
    with pytest.raises(SettingsError):
        ssh.sign(MESSAGE, ring["locked"])
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    assert ssh.verify(MESSAGE, signature, JANE, ring["jane.pub"], DAY).outcome == Outcome.CANNOT_TELL


# what cannot be done here


def test_where_a_list_cannot_be_read_nothing_is_told(signature: str, tmp_path: Path) -> None:
    long = tmp_path / "long"
    long.write_bytes(b"#" * (1024 * 1024 + 1))
    for place, words in {
        tmp_path / "none": "there is no list of signers",
        tmp_path: "there is no list of signers",
        tmp_path / "a\x00b": "there is no list of signers",
        long: "longer than 1 MiB",
    }.items():
        verdict = ssh.verify(MESSAGE, signature, JANE, place, DAY)
        assert verdict.outcome == Outcome.CANNOT_TELL
        assert words in verdict.sentence


def test_without_the_program_nothing_is_told_or_signed(
    ring: Ring, signature: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    verdict = ssh.verify(MESSAGE, signature, JANE, ring["jane.pub"], DAY)
    assert verdict.outcome == Outcome.CANNOT_TELL
    assert "install OpenSSH" in verdict.fix
    for ask in (lambda: ssh.sign(MESSAGE, ring["jane"]), lambda: ssh.fingerprint(signature)):
        with pytest.raises(SettingsError, match="not on this computer"):
            ask()


def program(folder: Path, body: str) -> Path:
    file = folder / "ssh-keygen"
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)
    return file


@posix
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('echo "Unsupported operation for -Y" >&2; exit 1', "cannot do this"),
        ('case "$*" in *check-novalidate*) exit 1;; -l*) echo SHA256:$(printf %043d 0);; *) exit 255;; esac', "cannot do this"),
        ("kill -9 $$", "cannot do this"),
        ("exec sleep 20", "no answer within"),
    ],
)  # fmt: skip
def test_a_program_that_cannot_answer_is_never_taken_for_a_no(
    body: str, words: str, ring: Ring, signature: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one from before `check-novalidate`, which must not make an honest sign-off look altered."""
    program(tmp_path, body)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(ssh, "_SECONDS", 0.3)
    verdict = ssh.verify(MESSAGE, signature, JANE, ring["jane.pub"], DAY)
    assert verdict.outcome == Outcome.CANNOT_TELL
    assert words in verdict.sentence


@posix
def test_a_program_that_lies_in_the_repository_is_not_run(
    signature: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, ": > run")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.pathsep.join(("", ".")))
    signers = listed(tmp_path, "")
    assert ssh.verify(MESSAGE, signature, JANE, signers, DAY).outcome == Outcome.CANNOT_TELL
    assert not (tmp_path / "run").exists()


def test_a_key_of_a_kind_unknown_here_is_not_called_bad(signature: str, tmp_path: Path) -> None:
    newer = blob(signature).replace(b"ssh-ed25519", b"ssh-ml-dsa9")
    verdict = ssh.verify(MESSAGE, armored(newer), JANE, listed(tmp_path, ""), DAY)
    assert verdict.outcome == Outcome.CANNOT_TELL
    assert "ssh-ml-dsa9" in verdict.sentence


# signing: refusals, terminals, agents


def refusal(key: Path) -> str:
    with pytest.raises(SettingsError) as raised:
        ssh.sign(MESSAGE, key)
    assert raised.value.fix
    return raised.value.message


def test_keys_that_do_not_sign_are_refused_in_words(ring: Ring, tmp_path: Path) -> None:
    (tmp_path / "words").write_text("my key")
    (tmp_path / "cut").write_text(ring["jane"].read_text()[:120])
    (tmp_path / "cut").chmod(0o600)
    (tmp_path / "alone.pub").write_text(public(ring["jane"]))
    for key, words in {
        tmp_path / "none": "there is no key at",
        tmp_path: "there is no key at",
        tmp_path / "a\x00b": "there is no key at",
        tmp_path / "words": "is not an SSH key",
        tmp_path / "cut": "is not an SSH key",
        tmp_path / "alone.pub": "only the public half",
        ring["locked"]: "needs its passphrase, and there is no terminal",
    }.items():
        assert words in refusal(key)


@posix
def test_a_key_that_others_can_read_is_refused_in_words(ring: Ring, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(ring["jane"].read_bytes())
    (tmp_path / "key").chmod(0o644)
    assert "others on this computer can read the key" in refusal(tmp_path / "key")


@posix
def test_nothing_pops_up_where_nobody_is_at_a_terminal(
    ring: Ring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker = program(tmp_path, f"touch {tmp_path}/popped; echo open sesame")
    for name, value in {"SSH_ASKPASS": str(asker), "DISPLAY": ":0", "SSH_ASKPASS_REQUIRE": "force"}.items():
        monkeypatch.setenv(name, value)
    assert "needs its passphrase" in refusal(ring["locked"])
    assert not (tmp_path / "popped").exists()


AT_A_TERMINAL = """
import fcntl, sys, termios
from pathlib import Path
from sharecheck import ssh
from sharecheck.errors import SettingsError
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
try:
    print(ssh.sign(Path(sys.argv[1]).read_bytes(), Path(sys.argv[2]), terminal=sys.argv[3] == "asked"))
except SettingsError as error:
    print(error.message)
"""


def at_a_terminal(key: Path, message: Path, typed: str) -> str:
    """What signing in a process of its own at a terminal prints; nothing is typed before it is asked for."""
    import pty

    message.write_bytes(MESSAGE)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", AT_A_TERMINAL, str(message), str(key), "asked" if typed else "not asked"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, env=environment, start_new_session=True
    ) as running:
        os.close(theirs)
        asked = b""
        while typed and b"passphrase" not in asked:
            asked += os.read(ours, 1000)
        if typed:
            time.sleep(0.1)  # what is typed before the terminal stops echoing is thrown away
            os.write(ours, typed.encode() + b"\n")
        said = running.communicate(timeout=30)[0].decode()
    os.close(ours)
    return said


@posix
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("open sesame", "-----BEGIN SSH SIGNATURE-----"),
        ("let me in", "was not unlocked"),
        ("", "needs its passphrase, and there is no terminal"),
    ],
)
def test_a_passphrase_is_asked_for_at_the_terminal_where_that_is_wanted(
    typed: str, words: str, ring: Ring, tmp_path: Path
) -> None:
    assert words in at_a_terminal(ring["locked"], tmp_path / "message", typed)


@pytest.fixture
def agent(ring: Ring, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An agent that holds the stranger's key."""
    programs = Path(tools.ssh_keygen()).parent
    with TemporaryDirectory() as folder:  # the name of a socket must be short
        socket = Path(folder, "agent")
        with subprocess.Popen([programs / "ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL) as running:
            try:
                for _ in range(200):
                    if socket.exists():
                        break
                    time.sleep(0.01)
                monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
                subprocess.run([programs / "ssh-add", "-q", ring["stranger"]], check=True, timeout=10)
                yield
            finally:
                running.terminate()


@posix
@pytest.mark.usefixtures("agent")
def test_an_agent_signs_for_a_public_key(ring: Ring, tmp_path: Path) -> None:
    alone = tmp_path / "alone.pub"
    alone.write_text(public(ring["stranger"]))
    signature = ssh.sign(MESSAGE, alone)
    signers = listed(tmp_path, f"{JANE} {public(ring['stranger'])}")
    assert ssh.verify(MESSAGE, signature, JANE, signers, DAY).outcome == Outcome.GOOD
