"""Programs that some tests need besides Python: where one is missing, CI fails and a desk skips."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

MERMAID = Path(__file__).parent / "mermaid"
SARIF = Path(__file__).parent / "sarif"


def need(there: bool, what: str) -> None:
    """Go on where the tool is there; otherwise fail in CI and skip elsewhere."""
    if there:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and CI may not go without it")
    pytest.skip(f"{what} is not installed")


def node() -> str:
    """The Node program, with the Mermaid parser installed beside the tests."""
    found = shutil.which("node")
    need(bool(found) and (MERMAID / "node_modules" / "mermaid").is_dir(), "Node with the Mermaid parser")
    assert found
    return found


def sarif_multitool() -> Path:
    """Microsoft's checker of SARIF, installed beside the tests; `npx` would lose a part of its arguments to a shell."""
    kind = {"darwin": "darwin", "win32": "win32"}.get(sys.platform, "linux")
    found = SARIF / "node_modules" / "@microsoft" / f"sarif-multitool-{kind}" / "Sarif.Multitool"
    need(found.exists(), "the SARIF Multitool")
    return found


def git() -> str:
    """Git, to make repositories in temporary folders."""
    found = shutil.which("git")
    need(bool(found), "Git")
    assert found
    return found


def chromium() -> str:
    """A Chromium to open pages in."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    need(bool(found), "Chromium")
    assert found
    return found


def soffice() -> str:
    """LibreOffice, to open Word documents."""
    found = shutil.which("soffice")
    need(bool(found), "LibreOffice")
    assert found
    return found


def ssh_keygen() -> str:
    """OpenSSH's program for keys and signatures."""
    found = shutil.which("ssh-keygen")
    need(bool(found), "ssh-keygen")
    assert found
    return found


def spreadsheet() -> str:
    """LibreOffice with its spreadsheet, to see what a spreadsheet makes of a table."""
    found = soffice()
    need(Path(os.path.realpath(found)).with_name("libscfiltlo.so").exists(), "LibreOffice Calc")
    return found
