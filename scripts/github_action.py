"""What the GitHub action runs: one check, then annotations, the step's summary, its outputs and a SARIF file.

Everything the workflow asks for comes in environment variables, so that nothing of it is ever read by a shell.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from sharecheck.formats.github import command

SUMMARY_ROOM = 1_000_000
"""Just under the size at which GitHub refuses a step's summary."""

COUNTS = ("errors", "warnings", "advice", "waived", "known", "needs_person", "not_checked")


def main() -> int:
    """Check once, tell GitHub, and keep the exit code."""
    sarif = Path(os.environ.get("SHARECHECK_SARIF") or "sharecheck.sarif")
    with TemporaryDirectory() as folder:
        notes, summary, findings = (Path(folder) / name for name in ("annotations", "summary", "findings"))
        files = {"github": notes, "markdown": summary, "json": findings, "sarif": sarif}
        formats = [f"--format={name}={path}" for name, path in files.items()]
        done = subprocess.run(
            [sys.executable, "-m", "sharecheck", "validate", *_asked(), "--format=text", *formats, "--", *_paths()],
            capture_output=True, encoding="utf-8", errors="replace", check=False,
        )  # fmt: skip
        _print_untouched(done.stdout + done.stderr)
        if not findings.exists():
            print(command("error", done.stderr.strip() or "sharecheck itself failed", title="sharecheck"))
            return done.returncode
        print(notes.read_text(encoding="utf-8"), end="")
        _append("GITHUB_STEP_SUMMARY", _shortened(summary.read_text(encoding="utf-8")))
        counts = json.loads(findings.read_text(encoding="utf-8"))["summary"]
        _append("GITHUB_OUTPUT", "".join(f"{name.replace('_', '-')}={counts[name]}\n" for name in COUNTS))
    if sarif.exists():
        _keep_what_counts(sarif)
        end = secrets.token_hex(16)
        _append("GITHUB_OUTPUT", f"sarif<<{end}\n{sarif.as_posix()}\n{end}\n")
    return done.returncode


def _asked() -> list[str]:
    flags = {"--on": "SHARECHECK_ON", "--fail-on": "SHARECHECK_FAIL_ON", "--config": "SHARECHECK_CONFIG"}
    return [f"{flag}={os.environ[name]}" for flag, name in flags.items() if os.environ.get(name)]


def _paths() -> list[str]:
    return [line.strip() for line in os.environ.get("SHARECHECK_PATHS", "").splitlines() if line.strip()]


def _print_untouched(text: str) -> None:
    """Print what may hold words of an agreement, in such a way that GitHub takes no line of it for a command."""
    end = secrets.token_hex(16)
    print(f"::stop-commands::{end}\n{text}\n::{end}::")


def _append(variable: str, text: str) -> None:
    if name := os.environ.get(variable):
        with Path(name).open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(text)


def _shortened(text: str) -> str:
    encoded = text.encode()
    if len(encoded) <= SUMMARY_ROOM:
        return text
    kept = encoded[:SUMMARY_ROOM].decode(errors="ignore").rpartition("\n")[0]
    return f"{kept}\n\n**The report is longer than GitHub shows here.** `sharecheck report` writes the whole of it.\n"


def _keep_what_counts(sarif: Path) -> None:
    """Leave out what the partners accept for a time: code scanning reads no `suppressions` and would raise an alert."""
    log = json.loads(sarif.read_text(encoding="utf-8"))
    for run in log["runs"]:
        run["results"] = [result for result in run["results"] if "suppressions" not in result]
    sarif.write_text(json.dumps(log, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
