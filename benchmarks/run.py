"""How fast sharecheck is, beside the floor and other checkers, as whole processes on 1, 100 and 1000 files.

python -m pip install . -r benchmarks/peers.txt && python benchmarks/run.py

The files are the agreements of protocols/, copied under other ids until there are enough, and for one file the example
that the rules' pages are laid over; cfn-lint, which reads nothing else, gets CloudFormation templates of as many lines.
Each round times every program once, one after another, so that a change in the machine's speed touches all alike; the
table gives medians, ratios to the floor and the peak memory.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BIN = Path(sys.executable).parent
SCHEMA = ROOT / "schemas" / "agreement.schema.json"
DAY = "2026-11-22"


@dataclass
class Program:
    """One program: how to run it on a folder of agreements (or of templates), and what each run took."""

    name: str
    command: Callable[[Path], list[str]]
    templates: bool = False
    seconds: list[float] = field(default_factory=list)
    peak: int = 0

    def run(self, folder: Path) -> None:
        """Run it once; a program that fails would be timed doing something else, so that is an error."""
        started = time.perf_counter()
        with tempfile.TemporaryFile() as out:
            child = subprocess.Popen(self.command(folder), stdout=out, stderr=out)
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            self.seconds.append(time.perf_counter() - started)
            self.peak = max(self.peak, used.ru_maxrss)
            if child.returncode:
                out.seek(0)
                raise SystemExit(f"{self.name} ended with {child.returncode}:\n{out.read().decode()[-2000:]}")


def files(folder: Path) -> list[str]:
    """The files of a folder, in order."""
    return [str(path) for path in sorted(folder.glob("*.yaml"))]


PROGRAMS = (
    Program("floor", lambda f: [sys.executable, str(HERE / "floor.py"), str(SCHEMA), *files(f)]),
    Program("sharecheck", lambda f: [str(BIN / "sharecheck"), "validate", str(f), "--on", DAY]),
    Program("check-jsonschema", lambda f: [str(BIN / "check-jsonschema"), "--schemafile", str(SCHEMA), *files(f)]),
    Program("yamllint", lambda f: [str(BIN / "yamllint"), "-d", "{extends: relaxed, rules: {line-length: disable}}", str(f)]),
    Program("cfn-lint", lambda f: [str(BIN / "cfn-lint"), *files(f)], templates=True),
)  # fmt: skip


def agreements(folder: Path, count: int) -> int:
    """Write `count` agreements, set by set; gives their mean length in lines."""
    texts = {path.stem: path.read_text("utf-8") for path in sorted((ROOT / "protocols").glob("*.yaml"))}
    if count == 1:  # all but one of those stand under another
        texts = {"base": (ROOT / "src" / "sharecheck" / "rules" / "base.yaml").read_text("utf-8")}
    lines = written = 0
    turn = 0
    while written < count:
        for name in sorted(
            texts, key=lambda one: "\nunder: " in texts[one]
        ):  # a tier 1 before those that stand under it
            if written == count:
                break
            text = re.sub(r"^(id|under): (\S+)$", rf"\1: \2-{turn}", texts[name], flags=re.MULTILINE)
            (folder / f"{name}-{turn}.yaml").write_text(text, encoding="utf-8")
            lines += text.count("\n")
            written += 1
        turn += 1
    return lines // count


def templates(folder: Path, count: int, lines: int) -> None:
    """Write `count` CloudFormation templates of about as many lines, each of ordinary resources that pass."""
    for number in range(count):
        text = ['AWSTemplateFormatVersion: "2010-09-09"', f"Description: Case store {number}", "Resources:"]
        for part in range(max(1, (lines - 3) // 18)):
            text += [
                f"  Bucket{part}:", "    Type: AWS::S3::Bucket", "    DeletionPolicy: Retain", "    UpdateReplacePolicy: Retain",
                "    Properties:", f"      BucketName: case-store-{number}-{part}", "      VersioningConfiguration:",
                "        Status: Enabled", "      BucketEncryption:", "        ServerSideEncryptionConfiguration:",
                "          - ServerSideEncryptionByDefault:", "              SSEAlgorithm: AES256", "      Tags:",
                "        - Key: owner", f"          Value: team-{part}", "        - Key: purpose", "          Value: records", "",
            ]  # fmt: skip
        (folder / f"template-{number:04}.yaml").write_text("\n".join(text).rstrip() + "\n", encoding="utf-8")


def measure(count: int, rounds: int, programs: tuple[Program, ...]) -> list[str]:
    """Time every program on `count` files and give the rows of the table."""
    with tempfile.TemporaryDirectory() as scratch:
        ours, theirs = Path(scratch) / "protocols", Path(scratch) / "templates"
        ours.mkdir()
        theirs.mkdir()
        lines = agreements(ours, count)
        templates(theirs, count, lines)
        for program in programs:
            program.seconds, program.peak = [], 0
        for turn in range(rounds + 1):
            for program in programs:
                if turn == 0 and count > 100:
                    continue  # a warm-up of a thousand shows nothing that a hundred did not
                program.run(theirs if program.templates else ours)
                if turn == 0:
                    program.seconds.clear()
    least = statistics.median(programs[0].seconds)
    rows = []
    for program in programs:
        middle = statistics.median(program.seconds)
        spread = f"{min(program.seconds):.2f}-{max(program.seconds):.2f}"
        rows.append(
            f"| {program.name} | {count} | {middle:.3f} | {spread} | {1000 * middle / count:.1f} | {middle / least:.1f} "
            f"| {program.peak // 1024} |"
        )
    return rows


def start_up(rounds: int) -> str:
    """How long `sharecheck --version` takes, beside an interpreter that does nothing."""
    bare = Program("python -c pass", lambda _: [sys.executable, "-c", "pass"])
    version = Program("sharecheck --version", lambda _: [str(BIN / "sharecheck"), "--version"])
    for _ in range(4 * rounds):
        bare.run(ROOT)
        version.run(ROOT)
    nothing, ours = statistics.median(bare.seconds), statistics.median(version.seconds)
    return f"`sharecheck --version` {ours:.3f} s, {ours / nothing:.1f} times `python -c pass` ({nothing:.3f} s)."


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--rounds", type=int, default=3, help="counted runs of each program")
    options.add_argument("--sizes", type=int, nargs="+", default=[1, 100, 1000], help="numbers of files")
    options.add_argument("--only", nargs="+", default=[p.name for p in PROGRAMS], help="programs, besides the floor")
    chosen = options.parse_args()
    programs = tuple(p for p in PROGRAMS if p.name in ("floor", *chosen.only))
    missing = [p.name for p in programs if p.name != "floor" and not shutil.which(str(BIN / p.name))]
    if missing:
        raise SystemExit(f"not installed: {', '.join(missing)}; python -m pip install . -r benchmarks/peers.txt")
    rules = json.loads(subprocess.check_output([str(BIN / "sharecheck"), "rules", "--json"]))
    print(
        f"{len(rules)} rules, Python {sys.version.split()[0]}, {os.cpu_count()} processors, {chosen.rounds} rounds.\n"
    )
    print(start_up(chosen.rounds) + "\n")
    print("| program | files | seconds | spread | ms a file | times the floor | peak MiB |")
    print("|---|---|---|---|---|---|---|")
    for count in chosen.sizes:
        for row in measure(count, chosen.rounds, programs):
            print(row, flush=True)


if __name__ == "__main__":
    main()
