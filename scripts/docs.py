"""Write what is generated from one source (schemas and reference pages), or check that it is up to date.

python scripts/docs.py            writes
python scripts/docs.py --check    exits 1 and names each file that is out of date
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sharecheck import __version__, chart, knowledge, report, repository, rules, source
from sharecheck.formats import decision_table, rule_page, svg
from sharecheck.formats import law as as_law
from sharecheck.formats import text as as_text
from sharecheck.knowledge.compiled import compiled
from sharecheck.own import view
from sharecheck.schema import expand
from sharecheck.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "sharecheck"


DAY = date(2026, 11, 22)
EXAMPLE_MAP = "protocols/assist-mental-health.yaml"
EXAMPLE_FINDING = "tests/agreements/real/norfolk-yot-education-2001.yaml"
EXAMPLE_RULE = "policy-document-missing"


def terms(vocabulary: str) -> list[str]:
    """The ids of one vocabulary, in its own order."""
    path = PACKAGE / "knowledge" / "vocabularies" / f"{vocabulary}.yaml"
    return list(source.read(path).data["terms"])


def pages() -> Iterator[tuple[Path, str]]:
    """Every generated file with the text it should have."""
    agreement = source.read(PACKAGE / "schema" / "agreement.schema.yaml").data
    for name in ("agreement", "scenarios", "config", "rule", "baseline", "signoff", "approvals"):
        written = expand.lent(source.read(PACKAGE / "schema" / f"{name}.schema.yaml").data, agreement)
        schema = expand.expanded(written, terms)
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        yield PACKAGE / "schema" / f"{name}.schema.json", text
        yield ROOT / "schemas" / f"{name}.schema.json", text
        if name == "agreement":
            yield ROOT / "docs" / "format.md", format_page(written)
    yield PACKAGE / "knowledge" / "book.json", json.dumps(compiled(), ensure_ascii=False, separators=(",", ":")) + "\n"
    book = knowledge.load(DAY)
    yield ROOT / "docs" / "vocabularies.md", vocabularies_page(book)
    yield ROOT / "docs" / "law.md", as_law.markdown(book, as_law.cards(book, rules.load()))
    yield ROOT / "docs" / "decision-table.md", decision_table.markdown(book)
    yield ROOT / "docs" / "rules.md", rules_page(book)
    for rule in rules.load():
        yield ROOT / "docs" / "rules" / f"{rule.id}.md", rule_page.render(rule, book)
    yield ROOT / "docs" / "own-rules.md", own_rules_page()
    yield ROOT / "docs" / "map.svg", svg.render(chart.draw(gathered(EXAMPLE_MAP).agreements[0], book))
    yield ROOT / "README.md", readme(book)
    job = (PACKAGE / "cli" / "templates" / "gitlab.yml").read_text(encoding="utf-8")
    yield ROOT / "templates" / "gitlab.yml", job.replace("vVERSION", f"v{__version__}")
    for output in sorted((PACKAGE / "schema").glob("output-*.schema.json")):
        yield ROOT / "schemas" / output.name, output.read_text(encoding="utf-8")


def gathered(path: str) -> repository.Gathered:
    """The agreements of one file of this repository, named as from its root."""
    return repository.gather([Path(path)], Settings(Path()))


def vocabularies_page(book: knowledge.Book) -> str:
    """Every word an agreement may use, with its label, the facts the rules know and the W3C identifier."""
    lines = [
        "# The words of the format",
        "",
        "Generated from `src/sharecheck/knowledge/vocabularies` by `python scripts/docs.py`.",
    ]
    lines += [
        "",
        f"Identifiers in the last column are of the W3C Data Privacy Vocabulary, release {knowledge.DPV_RELEASE}.",
    ]
    plain = {"label", "dpv", "note", "sources", "confidence", "from", "until"}
    for name, terms_ in book.vocabularies.items():
        if name == "phrases":
            continue
        lines += ["", f"## {name}", "", "| Word | Means | What the rules know | DPV |", "|---|---|---|---|"]
        for term in terms_.values():
            known = {k.replace("_", " "): v for k, v in term.facts.items() if k not in plain}
            facts = [k if v is True else f"{k}: {_said(v)}" for k, v in known.items()]
            dated = [f"{word} {term.facts[word]}" for word in ("from", "until") if word in term.facts]
            marks = [term.facts["confidence"]] if "confidence" in term.facts else []
            note = f" {term.facts['note']}" if "note" in term.facts else ""
            cells = (f"{term.label}.{note}", ", ".join([*facts, *dated, *marks]), str(term.facts.get("dpv", "")))
            lines.append(f"| `{term.id}` | {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _said(value: Any) -> str:
    return ", ".join(str(v) for v in value) if isinstance(value, list) else str(value)


def rules_page(book: knowledge.Book) -> str:
    """The list of rules by topic, each with its page, its sources and how it is tested."""
    tests = examples()
    lines = [
        "# The rules",
        "",
        "Generated by `python scripts/docs.py`. `sharecheck explain RULE` prints a page.",
        "",
        "*Tested by* counts examples: those of its page, fragments at its borders (B), scenarios and real agreements in which it",
        "must find something (S, R), and ways of damaging a sound agreement that it must catch (D). Every rule is also asked of",
        "every other example, and must be silent there.",
        "",
    ]
    for topic in dict.fromkeys(rule.topic for rule in rules.load()):
        lines += [
            f"## {topic.replace('-', ' ').capitalize()}",
            "",
            "| Rule | Catalogue | Severity | Finds | Sources | Tested by |",
            "|---|---|---|---|---|---|",
        ]
        for rule in rules.load():
            if rule.topic == topic:
                cited = "; ".join(f"{s.title}{f', {s.section}' if s.section else ''}" for s in rule.sources(book))
                lines.append(
                    f"| [`{rule.id}`](rules/{rule.id}.md) | {rule.mark} | {rule.severity.value} | {_cell(rule.summary)} "
                    f"| {_cell(cited)} | page, {tests[rule.id]} |"
                )
        lines.append("")
    return "\n".join(lines)


def examples() -> dict[str, str]:
    """For each rule, how many examples of each kind it is tested by, in short."""
    folder = ROOT / "tests" / "agreements"
    scenarios = source.read(folder / "faulty" / "expected.yaml").data["scenarios"].values()
    real = [source.read(path).data for path in sorted((folder / "real").glob("*.expected.yaml"))]
    damaged = source.read(ROOT / "tests" / "mutants.yaml").data["mutants"]
    edges = (ROOT / "tests" / "test_edges.py").read_text(encoding="utf-8")
    out = {}
    for rule in rules.load():
        counts = (
            ("B", len(re.findall(rf"[\"']{rule.id}[\"']", edges))),
            ("S", sum(f["rule"] == rule.id for one in scenarios for f in one["findings"])),
            ("R", sum(f["rule"] == rule.id for one in real for f in one["findings"])),
            ("D", len(damaged.get(rule.id, ()))),
        )
        out[rule.id] = ", ".join(f"{number} {kind}" for kind, number in counts if number) or "no other"
    return out


def readme(book: knowledge.Book) -> str:
    """The README with a finding as the tool words it today."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    found = report.check(gathered(EXAMPLE_FINDING), book, rules.load(), "0")
    blocks = as_text.render(found).split("\n\n")
    shown = next(block for block in blocks if EXAMPLE_RULE in block.splitlines()[0])
    fenced = f"<!-- finding -->\n\n```text\n{shown.strip(chr(10))}\n```\n\n<!-- /finding -->"
    return re.sub(r"<!-- finding -->(.*?<!-- /finding -->)?", lambda _: fenced, page, flags=re.DOTALL)


def own_rules_page() -> str:
    """The page on own rules, with the table of what a rule file holds and of what its expressions see."""
    page = (ROOT / "docs" / "own-rules.md").read_text(encoding="utf-8")
    schema = source.read(PACKAGE / "schema" / "rule.schema.yaml").data
    lines = []
    for kind, root in view.ROOTS.items():
        lines += ["", f"### `{root}`", "", f"One of `for: {kind}`.", "", "| Name | Is | Says |", "|---|---|---|"]
        lines += [f"| `{root}.{field.name}` | {field.kind} | {_cell(field.says)} |" for field in view.FIELDS[root]]
    for name, made in (("file", _table(schema, schema)), ("fields", lines[1:])):
        block = f"<!-- {name} -->\n\n" + "\n".join(made) + f"\n\n<!-- /{name} -->"
        page = re.sub(rf"<!-- {name} -->(.*?<!-- /{name} -->)?", lambda _, b=block: b, page, flags=re.DOTALL)
    return page


def format_page(schema: Mapping[str, Any]) -> str:
    """The reference of the format, as Markdown, from the schema's descriptions and examples."""
    lines = [
        "# The format of an agreement, version 1",
        "",
        "Generated from the schema by `python scripts/docs.py`; edit `src/sharecheck/schema/agreement.schema.yaml`.",
        "",
        schema["description"],
        "",
        "Fields marked **required** must be there; every other may be left out. `sharecheck schema` prints the schema",
        "itself, and `sharecheck schema TERM` the words a vocabulary offers.",
        "",
        "## A whole one",
        "",
        "As `sharecheck init` writes it; `STARTS` and the like become dates.",
        "",
        "```yaml",
        (PACKAGE / "cli" / "templates" / "early-help.yaml").read_text(encoding="utf-8").rstrip(),
        "```",
        "",
        "Examples below are in JSON, which is YAML too. Write prose in quotes or on a line of its own, never bare inside",
        "braces: a comma there would begin a new key.",
        "",
        "## The agreement",
        "",
        *_table(schema, schema),
    ]
    for name, part in schema["$defs"].items():
        if "properties" in part:
            properties = part["properties"]
            lines += ["", f"## {name.replace('_', ' ').capitalize()}", "", *_table(part, schema, properties)]
    for name, part in schema["properties"].items():
        inner = part.get("additionalProperties")
        inner = (
            inner if isinstance(inner, dict) else part.get("items", {}) if isinstance(part.get("items"), dict) else {}
        )
        if "properties" in inner:
            lines += ["", f"## Each entry of `{name}`", "", *_table(inner, schema)]
    for parent in ("handling", "governance"):
        for name, part in schema["properties"][parent]["properties"].items():
            if "properties" in part:
                lines += ["", f"## `{parent}.{name}`", "", *_table(part, schema)]
        lines += ["", f"## `{parent}`", "", *_table(schema["properties"][parent], schema)]
    return "\n".join(lines) + "\n"


def _table(
    part: Mapping[str, Any], schema: Mapping[str, Any], properties: Mapping[str, Any] | None = None
) -> list[str]:
    rows = ["| Field | What it says | Example |", "|---|---|---|"]
    for name, value in (properties or part["properties"]).items():
        if name == "$include":
            continue
        target = schema["$defs"].get(str(value.get("$ref", "")).rpartition("/")[2], {})
        says = value.get("description") or target.get("description", "")
        examples = value.get("examples") or target.get("examples", [])
        vocabulary = (
            value.get("vocabulary") or value.get("items", {}).get("vocabulary") if isinstance(value, dict) else None
        )
        note = f" Words: [{vocabulary}](vocabularies.md#{vocabulary})." if vocabulary else ""
        required = " **required**" if name in part.get("required", ()) else ""
        example = json.dumps(examples[0], ensure_ascii=False) if examples else ""
        rows.append(f"| `{name}`{required} | {_cell(says)}{note} | {_code(example)} |")
    return rows


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _code(text: str) -> str:
    fence = "``" if "`" in text else "`"
    return f"{fence}{_cell(text)}{fence}" if text else ""


def main(arguments: list[str]) -> int:
    """Write, or with `--check` compare; the exit code."""
    stale = 0
    os.chdir(ROOT)
    for path, text in pages():
        current = path.read_text(encoding="utf-8") if path.exists() else None
        if current == text:
            continue
        stale += 1
        if "--check" in arguments:
            print(f"out of date: {path.relative_to(ROOT).as_posix()} (run python scripts/docs.py)")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"wrote {path.relative_to(ROOT).as_posix()}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
