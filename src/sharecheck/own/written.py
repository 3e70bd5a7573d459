"""From a rule that a partnership has written in YAML to a rule like any other."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sharecheck import schema
from sharecheck.agreement import Flow
from sharecheck.knowledge import Source
from sharecheck.own import view
from sharecheck.own.expression import Expression, FaultError, Unanswered, compiled
from sharecheck.own.refusal import refusal
from sharecheck.rules import Ask, Hit, Outcome, Rule, Severity
from sharecheck.rules.facts import Facts, spoken
from sharecheck.rules.page import Page
from sharecheck.source import Document, Path

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_BRACES = re.compile(r"\{([^{}]*)\}")
_TOP = re.compile(r"[^\s#]")
Answer = bool | Unanswered


def read(document: Document, stem: str) -> Rule:
    """The rule in one file, whose name without its ending is `stem`; raises `SettingsError` where it does not load."""
    raw = document.data
    if not isinstance(raw, dict) or raw.get("sharecheck") != "rule":
        what = "it is empty" if raw is None else "it does not begin with `sharecheck: rule`"
        raise refusal(
            document, (), f"this is not a rule of your own: {what}",
            "begin it with `sharecheck: rule`, move it out of the folder of rules, or say under `rules.own:` in "
            "sharecheck.yaml where your rules are",
        )  # fmt: skip
    for misfit in schema.misfits(raw, "rule"):
        raise refusal(document, misfit.at, misfit.message, misfit.fix, key=misfit.key)
    name = raw.get("id", stem)
    if not _ID.match(name):
        raise refusal(
            document, (), f"the file's name, `{name}`, cannot be the name of a rule",
            "rename the file to lower-case words joined by hyphens, or write `id:`",
        )  # fmt: skip
    root = view.ROOTS[raw["for"]]
    names = view.names(root)
    _check_at(document)
    _check_message(document, root)
    when = _expression(document, "when", names) if "when" in raw else None
    question = _Question(
        name, raw["for"], when, _expression(document, "require", names), raw["message"], raw["fix"],
        tuple(raw["at"].split(".")) if "at" in raw else (),
    )  # fmt: skip
    authority = Source("own", raw["source"], "", "", raw["why"], None, "own") if "source" in raw else None
    return Rule(
        id=name,
        topic=raw.get("topic", "own"),
        summary=_summary(raw["message"], root),
        severity=Severity(raw.get("severity", "warning")),
        cites=(),
        looks_at="items" if raw["for"] == "data" else raw["for"],
        check=question.check,
        where=question.where,
        own=Page(raw["why"].strip(), _lines(document, "fails"), _lines(document, "passes"), raw["fix"], raw.get("misses", "")),
        origin=document.name,
        authority=authority,
    )  # fmt: skip


@dataclass(frozen=True)
class _Question:
    """What one rule asks of the parts of an agreement."""

    id: str
    of: str
    when: Expression | None
    require: Expression
    message: str
    fix: str
    at: Path

    def where(self, part: Any, facts: Facts) -> bool:
        """Whether the rule applies to a part, or nobody can tell."""
        return part.id in self._answers(facts)

    def check(self, part: Any, facts: Facts) -> Iterator[Outcome]:
        """A hit where a part is not as the rule requires, and one question for all parts that it could not be asked of."""
        answers = self._answers(facts)
        answer = answers[part.id]
        if isinstance(answer, Unanswered):
            alike = tuple(key for key, other in answers.items() if other == answer)
            if part.id == alike[0]:
                yield Ask(
                    _home(part, ()),
                    f"the rule `{self.id}` could not be asked of {spoken(alike)}, because {answer.reason}",
                )
        elif not answer:
            at = _home(part, self.at)
            yield Hit(at, _filled(self.message, part, facts, self.of), self.fix, missing=not _is_written(at, facts))

    def _answers(self, facts: Facts) -> Mapping[str, Answer]:
        """The answer for each part that the rule applies to, by id."""
        answers: Mapping[str, Answer] = facts.once(("own rule", self.id), lambda: dict(self._asked(facts)))
        return answers

    def _asked(self, facts: Facts) -> Iterator[tuple[str, Answer]]:
        for part in _candidates(self.of, facts):

            def value(name: str, part: Any = part) -> Any:
                return view.value(name, part, facts)

            applies = self.when.ask(value) if self.when else True
            if applies is True:
                yield part.id, self.require.ask(value)
            elif isinstance(applies, Unanswered):
                yield part.id, applies


def _candidates(of: str, facts: Facts) -> Iterator[Any]:
    """The parts of one kind that an agreement has itself, rather than from the protocol above it."""
    agreement = facts.agreement
    if of == "agreement":
        yield agreement
        return
    for part in getattr(agreement, "items" if of == "data" else of).values():
        if agreement.owns(part.at):
            yield part


def _home(part: Any, steps: Path) -> Path:
    """Where a field of a part is written; a finding about an agreement as a whole stands at its title."""
    if not hasattr(part, "at"):
        return steps or ("title",)
    return part.path(*steps) if isinstance(part, Flow) and steps else (*part.at, *steps)


def _is_written(at: Path, facts: Facts) -> bool:
    here: Any = facts.agreement.fields
    for step in at:
        here = here.get(step) if isinstance(here, Mapping) else None
    return here is not None


def _filled(message: str, part: Any, facts: Facts, of: str) -> str:
    root = view.ROOTS[of]
    return _BRACES.sub(lambda found: view.said(view.value(f"{root}.{found[1]}", part, facts)), message)


def _expression(document: Document, key: str, names: Mapping[str, str]) -> Expression:
    try:
        return compiled(document.data[key], names, view.INNER)
    except FaultError as fault:
        raise refusal(document, (key,), fault.message, fault.fix, offset=fault.offset) from None


def _check_at(document: Document) -> None:
    raw = document.data
    steps = tuple(raw.get("at", "").split(".")) if raw.get("at") else ()
    base: Path = () if raw["for"] == "agreement" else (raw["for"], "*")
    if steps and not schema.has((*base, *steps)):
        known = schema.fields((*base, *steps[:-1]))
        raise refusal(
            document, ("at",), f"the format has no field `{raw['at']}` there",
            f"name one of {', '.join(f'`{name}`' for name in known[:40])}" if known else "name a field of docs/format.md",
        )  # fmt: skip


def _check_message(document: Document, root: str) -> None:
    plain = [f.name for f in view.FIELDS[root] if f.kind not in (view.PARTS, view.WRITTEN, view.YES)]
    message = document.data["message"]
    for found in _BRACES.finditer(message):
        if found[1] not in plain:
            raise refusal(
                document, ("message",), f"`{{{found[1]}}}` stands for no field of `{root}` that can be shown",
                f"put one of these in the braces: {', '.join(plain)}", offset=found.start(),
            )  # fmt: skip


def _summary(message: str, root: str) -> str:
    """The message as the list of rules shows it, where no agreement fills it in."""
    text = re.sub(
        r"`?\{id\}`?" if "{id}" in message else r"`?\{name\}`?",
        f"{'an' if root[0] in 'ai' else 'a'} {root}",
        " ".join(message.split()),
    )
    text = _BRACES.sub("…", text).replace(". ", "; ").rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


def _lines(document: Document, key: str) -> str:
    """The lines of one example, as they are written in the file."""
    head = document.key_span((key,))
    beside = document.lines[head.line - 1][head.end_column :].strip()
    rest = document.lines[head.line :]
    end = next((i for i, line in enumerate(rest) if _TOP.match(line)), len(rest))
    kept = ([beside] if beside and not beside.startswith("#") else []) + rest[:end]
    return textwrap.dedent("\n".join(kept)).strip("\n") + "\n"
