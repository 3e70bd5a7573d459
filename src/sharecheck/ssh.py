"""Signatures with the SSH keys that people already have, made and checked by OpenSSH's own program, `ssh-keygen`.

Agents, hardware keys, passphrases, certificates and what stands beside a key in the list of signers (`allowed_signers`)
stay that program's affair. Answers are read from its exit codes and from bytes, not from its wording, which differs between
versions. A signature says nothing about when it was made: the day must be part of the message.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from sharecheck.errors import SettingsError

NAMESPACE = "sharecheck-sign-off"
"""What signatures are made for, so that one made for e-mail or for Git signs off nothing."""

_PROGRAM = "ssh-keygen.exe" if os.name == "nt" else "ssh-keygen"
_SECONDS = 10.0
_SECONDS_TO_SIGN = 60.0  # where nobody is at a terminal, somebody may still have to touch a key
_LONGEST_SIGNATURE = 32 * 1024
_LONGEST_LIST = 1024 * 1024
_LONGEST_NAME = 254
_SHORTEST_KEY = 32
_REFUSED = (
    255,
    0xFFFFFFFF,
)  # "no" as an exit code, on Windows too; any other says that the question was not understood
_WINDOWS_OF_ITS_OWN = ("SSH_ASKPASS", "DISPLAY", "WAYLAND_DISPLAY")

_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_ARMORED = re.compile(rf"{_BEGIN}\n([A-Za-z0-9+/=\n]+)\n{_END}")
_PREAMBLE = b"SSHSIG\x00\x00\x00\x01"
_KIND = re.compile(rb"[a-z0-9@.-]{1,64}")
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")


class Outcome(StrEnum):
    """What can be said about a signature; only `good` is a yes."""

    GOOD = "good"
    OTHER_PERSON = "not-by-this-person"
    UNKNOWN_KEY = "unknown-key"
    NOT_ACCEPTED = "key-not-accepted"
    ALTERED = "altered"
    OTHER_PURPOSE = "for-another-purpose"
    MALFORMED = "malformed"
    CANNOT_TELL = "cannot-be-verified-here"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a signature is worth, for whom: a sentence that says so, and where it is not good one that says what to do.

    `fingerprint` names the key (`SHA256:…`) where the signature could be read that far; unless the signature is good, whoever
    wrote the file chose that key.
    """

    outcome: Outcome
    identity: str
    sentence: str
    fix: str = ""
    fingerprint: str = ""


def sign(message: bytes, key: Path, *, terminal: bool = False) -> str:
    """Sign a message: the armored signature.

    `key` is a private key, or a public one whose private half the agent holds. `terminal` says that a person is at the
    terminal, where the program then asks for a passphrase or a touch itself; otherwise nothing is asked anywhere.
    Raises `SettingsError` where it was not signed.
    """
    if not key.is_file():
        raise SettingsError(f"there is no key at `{key.as_posix()}`", "name the file of your SSH key")
    with _private(agreement=message) as folder:
        file = folder / "agreement"
        command = ("-q", "-Y", "sign", "-f", str(key), "-n", NAMESPACE, str(file))
        done = _answer(*command, terminal=terminal, seconds=_SECONDS_TO_SIGN)
        if not done.yes:
            raise _unsigned(key, terminal, done.complaint)
        signature = (folder / "agreement.sig").read_text(encoding="ascii")
    if _read(signature) is None:
        raise SettingsError(
            f"the key at `{key.as_posix()}` makes signatures that sharecheck does not take",
            "sign with a plain key, such as one made by `ssh-keygen -t ed25519`",
        )
    return signature


def verify(message: bytes, signature: str, identity: str, allowed_signers: Path, on: date) -> Verdict:
    """Whether the person called `identity` signed a message, by the list of signers as it applies on the day of signing.

    Only whole days count: the list is asked about noon of `on`, and both are read in UTC, so that every machine says the same.
    Never raises for what is in the files, or for a program that is missing: that is a verdict.
    """
    if not _is_name(identity):
        return Verdict(
            Outcome.MALFORMED,
            "",
            "the name of who signed is not one that a list of signers can hold",
            "write one name or e-mail address, without spaces, commas, quotes, `*`, `?` or `!`, not beginning with `-`",
        )
    read = _read(signature)
    if read is None:
        return Verdict(
            Outcome.MALFORMED,
            identity,
            f"what should be the signature of `{identity}` is not an SSH signature, or is not whole",
            f"restore it as it was made, or have `{identity}` sign again",
        )
    if read.namespace != NAMESPACE:
        purpose = f" (`{read.namespace}`)" if _is_name(read.namespace) else ""
        return Verdict(
            Outcome.OTHER_PURPOSE,
            identity,
            f"the signature was made for another purpose{purpose}, not to sign off an agreement",
            f"have `{identity}` sign with sharecheck",
        )
    try:
        return _judge(message, read, identity, allowed_signers, on)
    except SettingsError as error:
        return Verdict(Outcome.CANNOT_TELL, identity, error.message, error.fix)


def principals(signature: str, allowed_signers: Path, on: date) -> tuple[str, ...]:
    """The names, which may be patterns, under which a list of signers has the key of a signature on a day; none where not.

    Nothing is verified: anybody can write a signature that names another's key.
    Raises `SettingsError` where there is no signature, no list or no program.
    """
    with _private(signature=_certain(signature).armored, signers=_listed(allowed_signers)) as folder:
        return tuple(filter(str.isprintable, _names(folder, on)))


def fingerprint(of: str | Path) -> str:
    """The fingerprint (`SHA256:…`) of the key in a signature (text) or in a file (a path); of a certificate, that of its key.

    Raises `SettingsError` where there is no such thing, or no program to read it.
    """
    if isinstance(of, Path):
        if shown := _shown(of):
            return shown
        raise SettingsError(f"`{of.as_posix()}` holds no SSH key that can be read", "name the public half (`….pub`)")
    return _of_key(_certain(of))


@dataclass(frozen=True, slots=True)
class _Signature:
    """A signature in its only spelling, the key that it says made it, and what for."""

    armored: bytes
    key: bytes
    kind: str
    namespace: str


@dataclass(frozen=True, slots=True)
class _Answer:
    yes: bool
    out: str
    complaint: str


def _judge(message: bytes, read: _Signature, identity: str, allowed_signers: Path, on: date) -> Verdict:
    listed = _listed(allowed_signers)
    key = _of_key(read)
    shown = f"`{allowed_signers.as_posix()}`"
    with _private(signature=read.armored, signers=listed) as folder:
        this = ("-n", NAMESPACE, "-s", str(folder / "signature"))

        def accepts(name: str) -> bool:
            return _answer("-Y", "verify", *_signers(folder, on), "-I", name, *this, given=message).yes

        if accepts(identity):
            return Verdict(Outcome.GOOD, identity, f"`{identity}` signed this, with the key {key}", fingerprint=key)
        if not _answer("-Y", "check-novalidate", *this, given=message).yes:
            return Verdict(
                Outcome.ALTERED,
                identity,
                "the signature does not match what it should have signed: one of the two has been changed since",
                f"restore what was signed, or have `{identity}` read it as it is now and sign again",
                key,
            )
        names = [name for name in _names(folder, on) if not name.startswith("!")]
        if names and accepts(names[0]):  # a pattern fits itself
            return Verdict(
                Outcome.OTHER_PERSON,
                identity,
                f"the signature was made with a key of {_some(names)}, not of `{identity}`",
                f"have `{identity}` sign, or correct who is said to have signed",
                key,
            )
    if names or _mentions(listed, read.key):
        return Verdict(
            Outcome.NOT_ACCEPTED,
            identity,
            f"{shown} has the key {key}, but not as one that signs off agreements on {on.isoformat()}",
            "look at what stands beside the key there: its days (`valid-after`, `valid-before`), its `namespaces`, spelling",
            key,
        )
    return Verdict(
        Outcome.UNKNOWN_KEY,
        identity,
        f"the signature was made with the key {key}, which {shown} has for nobody",
        f"ask `{identity}` in person or by telephone whether it is theirs; if it is, add it to that list",
        key,
    )


def _signers(folder: Path, on: date) -> tuple[str, ...]:
    return "-f", str(folder / "signers"), f"-Overify-time={on.isoformat().replace('-', '')}120000"


def _names(folder: Path, on: date) -> tuple[str, ...]:
    found = _answer("-Y", "find-principals", *_signers(folder, on), "-s", str(folder / "signature"))
    return tuple(re.split(r"[,\n]", found.out.strip())) if found.yes else ()  # older programs write them on one line


def _some(names: list[str]) -> str:
    plain = [f"`{name[:_LONGEST_NAME]}`" for name in names[:3] if name.isprintable()] or ["somebody else"]
    return " or ".join(plain)


def _mentions(listed: bytes, key: bytes) -> bool:
    """Whether a list has a key, or the one that certified it, with whatever beside it; comments aside."""
    lines = (line for line in listed.splitlines() if not line.lstrip().startswith(b"#"))
    return any(_within(word, key) for line in lines for word in line.split() if word.startswith(b"AAAA"))


def _within(word: bytes, key: bytes) -> bool:
    try:
        one = base64.b64decode(word, validate=True)
    except ValueError:
        return False
    return len(one) >= _SHORTEST_KEY and one in key


def _is_name(text: str) -> bool:
    """Whether a text can be one person's name in a list of signers, and neither a pattern of names nor an option."""
    return (
        0 < len(text) <= _LONGEST_NAME
        and text.isprintable()
        and not text.startswith("-")
        and set(text).isdisjoint(" ,*?!\"'`#\\")
    )


def _certain(signature: str) -> _Signature:
    if read := _read(signature):
        return read
    raise SettingsError("this is not an SSH signature, or is not whole", "give the whole of it, as it was made")


def _read(signature: str) -> _Signature | None:
    """What an armored signature holds, or None where it is none; nothing is verified."""
    if len(signature) > _LONGEST_SIGNATURE:
        return None
    armored = _ARMORED.fullmatch(signature.replace("\r\n", "\n").strip())
    try:
        blob = base64.b64decode(armored[1].replace("\n", ""), validate=True) if armored else b""
    except ValueError:
        return None
    parts = _parts(blob.removeprefix(_PREAMBLE)) if blob.startswith(_PREAMBLE) else ()
    if len(parts) != 5:
        return None
    key, namespace, *_ = parts
    kind = key[4 : 4 + int.from_bytes(key[:4], "big")]
    if not _KIND.fullmatch(kind):
        return None
    rewritten = f"{_BEGIN}\n".encode() + base64.encodebytes(blob) + f"{_END}\n".encode()
    return _Signature(rewritten, key, kind.decode(), namespace.decode("utf-8", "replace"))


def _parts(blob: bytes) -> tuple[bytes, ...]:
    """The strings of an SSH message, each after its length in four bytes; none where the bytes do not add up."""
    parts = []
    at = 0
    while at < len(blob):
        start = at + 4
        at = start + int.from_bytes(blob[at:start], "big")
        parts.append(blob[start:at])
    return tuple(parts) if at == len(blob) else ()


def _of_key(read: _Signature) -> str:
    with _private(key=f"{read.kind} {base64.b64encode(read.key).decode()}\n".encode()) as folder:
        if shown := _shown(folder / "key"):
            return shown
    raise SettingsError(
        f"the OpenSSH on this computer cannot read the key that made the signature (`{read.kind}`)",
        "verify on a computer with a newer OpenSSH; if that cannot read it either, the signature is damaged",
    )


def _shown(key: Path) -> str:
    found = _FINGERPRINT.search(_answer("-l", "-E", "sha256", "-f", str(key)).out)
    return found[0] if found else ""


def _listed(allowed_signers: Path) -> bytes:
    """The list of signers, read once, so that every question is put to the same list."""
    name = allowed_signers.as_posix()
    try:
        if not allowed_signers.is_file():
            raise SettingsError(
                f"there is no list of signers at `{name}`", "name the file that says whose key is whose"
            )
        with allowed_signers.open("rb") as stream:
            listed = stream.read(_LONGEST_LIST + 1)
    except OSError as error:
        raise SettingsError(
            f"the list of signers `{name}` cannot be read: {error.strerror or error}", "see that you may read it"
        ) from None
    if len(listed) > _LONGEST_LIST:
        raise SettingsError(f"the list of signers `{name}` is longer than 1 MiB", "keep only those who may sign")
    return listed


def _unsigned(key: Path, terminal: bool, complaint: str) -> SettingsError:
    """Why a key did not sign, found by asking what can be done with it."""
    name = key.as_posix()
    try:
        private = b"PRIVATE KEY" in key.read_bytes()[:100]
        open_to_others = os.name == "posix" and bool(key.stat().st_mode & 0o077)
    except OSError as error:
        return SettingsError(f"the key `{name}` cannot be read: {error.strerror or error}", "see that you may read it")
    if private and open_to_others:
        return SettingsError(
            f"others on this computer can read the key `{name}`", f"run `chmod 600 {name}`, then sign again"
        )
    if not _shown(key):
        return SettingsError(
            f"`{name}` is not an SSH key that can be read",
            "name your private key, or its public half (`….pub`) if an agent holds the private one",
        )
    if not private:
        return SettingsError(
            f"`{name}` is only the public half of a key, and the private half is not in the agent",
            "put it into the agent (`ssh-add`), or name the private key",
        )
    if _answer("-y", "-P", "", "-f", str(key)).yes:
        reason = f" ({complaint})" if complaint else ""
        return SettingsError(
            f"the key `{name}` did not sign{reason}", "if it is a hardware key, plug it in and touch it when it blinks"
        )
    if terminal:
        return SettingsError(f"the key `{name}` was not unlocked", "sign again, with the passphrase of that key")
    return SettingsError(
        f"the key `{name}` needs its passphrase, and there is no terminal to ask for it",
        f"run `ssh-add {name}` first, or sign at a terminal",
    )


@contextmanager
def _private(**contents: bytes) -> Iterator[Path]:
    """A folder that nobody else can look into, with files in it, for as long as it is needed."""
    try:
        with tempfile.TemporaryDirectory(prefix="sharecheck-", ignore_cleanup_errors=True) as name:
            for file, data in contents.items():
                (Path(name) / file).write_bytes(data)
            yield Path(name)
    except OSError as error:
        raise SettingsError(
            f"temporary files cannot be kept: {error.strerror or error}",
            "see that there is room in the temporary folder",
        ) from None


def _program() -> str:
    """Where the program is: in a folder of its own on the search path, never in the one where we happen to be."""
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        file = Path(folder, _PROGRAM)
        if file.is_absolute() and file.is_file() and os.access(file, os.X_OK):
            return str(file)
    raise SettingsError(
        "signatures need OpenSSH's program `ssh-keygen`, which is not on this computer",
        "install OpenSSH: on Windows it is the optional feature OpenSSH Client, on Linux the package openssh-client",
    )


def _answer(*question: str, given: bytes = b"", terminal: bool = False, seconds: float = 0) -> _Answer:
    """Put one question to the program; raises `SettingsError` where it gives no answer."""
    command = [_program(), *question]
    try:
        if terminal:  # it asks there itself, so its words are for the person too
            done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
        else:
            quiet = {name: value for name, value in os.environ.items() if name not in _WINDOWS_OF_ITS_OWN}
            done = subprocess.run(
                command,
                input=given,
                capture_output=True,
                env={**quiet, "SSH_ASKPASS_REQUIRE": "never", "TZ": "UTC0"},
                start_new_session=True,  # without a terminal, lest it ask there unexpected
                timeout=seconds or _SECONDS,
                check=False,
            )
    except subprocess.TimeoutExpired:
        raise SettingsError(
            f"`ssh-keygen` gave no answer within {seconds or _SECONDS:.0f} seconds", "try again"
        ) from None
    except (OSError, ValueError) as error:
        raise SettingsError(f"`ssh-keygen` cannot be run: {error}", "see that OpenSSH is installed properly") from None
    if done.returncode != 0 and done.returncode not in _REFUSED:
        raise SettingsError(
            f"the `ssh-keygen` on this computer cannot do this (it ended with {done.returncode})",
            "update OpenSSH to 8.2 or later",
        )
    lines = (done.stderr or b"").decode("utf-8", "replace").splitlines()
    complaint = "".join(one if one.isprintable() else " " for one in "".join(lines[-1:])).strip()
    return _Answer(done.returncode == 0, done.stdout.decode("utf-8", "replace"), complaint[:200])
