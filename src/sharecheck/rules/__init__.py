"""Rules: small pure functions from a part of an agreement, and the facts about it, to what is wrong with it.

A rule is one function in one module of `topics/`, found by its decorator; its name is its id and its first docstring
line its summary. Beside the code, `pages/<id>.md` says why it matters, how to put it right, and gives one example that
fails and one that passes, which the tests run.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from sharecheck.edit import Edit
from sharecheck.knowledge import Book, Source
from sharecheck.rules import page as pages
from sharecheck.rules.facts import Facts
from sharecheck.rules.page import Page
from sharecheck.source import Path


class Severity(StrEnum):
    """How grave a finding is; `error` is the gravest."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Hit:
    """Something wrong: where, what, and how to put it right.

    `missing` where something should be written and is not; `rests_on` names another part whose absence the hit infers
    from, so that the hit falls away where that part is elsewhere or not typed in yet. `cites` where this hit has sources
    of its own, shown in place of the rule's; `mend` is the edit that puts it right where that is certain. `also` holds
    every place at which the same fault stands, where one hit speaks for several; `at` may be among them.
    """

    at: Path
    message: str
    fix: str
    missing: bool = False
    rests_on: Path | None = None
    cites: tuple[str, ...] = ()
    mend: Edit | None = None
    also: tuple[Path, ...] = ()

    @property
    def places(self) -> tuple[Path, ...]:
        """Every place at which the fault stands, its own first; a whole map such as `flows` only stands in for others."""
        own = () if self.also and len(self.at) == 1 else (self.at,)
        return tuple(dict.fromkeys((*own, *self.also)))


@dataclass(frozen=True, slots=True)
class Ask:
    """Something a machine cannot tell: where, and what a person should look at.

    `rests_on` names a part whose absence it infers from: where that is not typed in yet, that line says enough.
    """

    at: Path
    message: str
    rests_on: Path | None = None


Outcome = Hit | Ask
Check = Callable[[Any, Facts], Iterator[Outcome]]
Where = Callable[[Any, Facts], bool]


@dataclass(frozen=True)
class Rule:
    """One rule: what it looks at (`flows`, `agencies`, `agreement` …), where it applies, and what it finds there.

    A rule of a partnership's own has its page and its source with it, and an `origin`: the file or plugin it is from.
    """

    id: str
    topic: str
    summary: str
    severity: Severity
    cites: tuple[str, ...]
    looks_at: str
    check: Check
    where: Where | None
    waivable: bool = True
    mark: str = ""
    own: Page | None = None
    origin: str = ""
    authority: Source | None = None

    @property
    def page(self) -> Page:
        """Why it matters, the two examples and the fix: shipped beside the code, or its own where a partnership wrote it."""
        return self.own or pages.read(self.id)

    def sources(self, book: Book) -> tuple[Source, ...]:
        """Where its reason can be read: places in the book, or what whoever wrote the rule rests it on."""
        cited = tuple(book.sources[name] for name in self.cites)
        return (*cited, self.authority) if self.authority else cited

    def parts(self, facts: Facts) -> Iterable[Any]:
        """The parts of an agreement that this rule applies to."""
        if self.looks_at == "agreement":
            candidates: Any = (facts.agreement,)
        else:
            candidates = getattr(facts.agreement, self.looks_at)
            if hasattr(candidates, "values"):
                candidates = candidates.values()
        return candidates if self.where is None else (part for part in candidates if self.where(part, facts))


def rule(
    severity: Severity,
    looks_at: str,
    cites: tuple[str, ...],
    *,
    mark: str = "",
    where: Where | None = None,
    waivable: bool = True,
    page: str | FilePath = "",
    topic: str = "",
) -> Callable[[Check], Rule]:
    """Make a rule of a function; `cites` are ids of sources in the book, `mark` its id in the brief's catalogue.

    A plugin's rule gives its own `page`, as Markdown or as a file, and may give a `topic`; otherwise that is `own`.
    """

    def make(check: Check) -> Rule:
        name = check.__name__.rstrip("_").replace("_", "-")
        group = topic or ("own" if page else check.__module__.rpartition(".")[2].replace("_", "-"))
        summary = (check.__doc__ or "").strip().partition("\n")[0]
        text = page.read_text(encoding="utf-8") if isinstance(page, FilePath) else page
        own = pages.parse(text, name) if text else None
        return Rule(name, group, summary, severity, cites, looks_at, check, where, waivable, mark, own)

    return make


@cache
def load() -> tuple[Rule, ...]:
    """Every rule shipped with sharecheck, in the order of topics and of the catalogue within each."""
    from sharecheck.rules import topics

    found: list[Rule] = []
    for module in sorted(pkgutil.iter_modules(topics.__path__), key=lambda m: m.name):
        loaded = importlib.import_module(f"{topics.__name__}.{module.name}")
        found.extend(value for value in vars(loaded).values() if isinstance(value, Rule))
    return tuple(found)
