"""Rules written in Python that an installed package brings: loaded only where the settings name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from sharecheck import knowledge, source
from sharecheck.agreement import build
from sharecheck.errors import SettingsError, SharecheckError
from sharecheck.own import trial, view
from sharecheck.rules import Outcome, Rule, page
from sharecheck.rules.facts import Facts

GROUP = "sharecheck.rules"


def load(name: str, on: date) -> tuple[Rule, ...]:
    """The rules of one plugin, their examples tried; raises `SettingsError` where there is none or it is broken."""
    found = entry_points(group=GROUP, name=name)
    if not found:
        others = sorted({point.name for point in entry_points(group=GROUP)})
        known = f"installed are {', '.join(f'`{other}`' for other in others)}" if others else "none is installed"
        raise SettingsError(
            f"sharecheck.yaml: `rules.plugins` names `{name}`, which is not installed here",
            f"install the package that brings it, or remove it; {known}",
        )
    if len({point.value for point in found}) > 1:
        raise SettingsError(f"two installed packages bring rules as `{name}`", "uninstall one of them")
    rules = tuple(_guarded(rule, name) for rule in _given(next(iter(found)), name))
    if not rules:
        raise _broken(name, "it brings no rule")
    for rule in rules:
        _try(rule, name, on)
    return rules


def _broken(name: str, why: str) -> SettingsError:
    return SettingsError(
        f"the plugin `{name}` cannot be used: {why}", "tell whoever wrote it, or remove it from `rules.plugins`"
    )


def _given(point: EntryPoint, name: str) -> Iterator[Rule]:
    try:
        value: Any = point.load()
        values = list(value) if isinstance(value, Iterable) else [value]
    except SharecheckError as error:
        raise _broken(name, error.message) from None
    except (Exception, SystemExit) as error:  # whatever a stranger's code may raise
        raise _broken(name, f"loading it failed ({type(error).__name__}: {error})") from None
    known = set(view.ROOTS) - {"data"} | {"items"}
    for rule in values:
        if not isinstance(rule, Rule):
            raise _broken(name, f"it gives {type(rule).__name__} where a rule should be")
        if rule.looks_at not in known:
            raise _broken(
                name, f"its rule `{rule.id}` looks at `{rule.looks_at}`; there are {', '.join(sorted(known))}"
            )
        if rule.own is None:
            raise _broken(name, f"its rule `{rule.id}` has no page (`@rule(…, page=…)`)")
        if not rule.summary:
            raise _broken(name, f"its rule `{rule.id}` does not say in a docstring what it finds")
        if missing := [cite for cite in rule.cites if cite not in knowledge.load(date.max).sources]:
            raise _broken(name, f"its rule `{rule.id}` cites `{missing[0]}`, which is no source of the book")
        yield rule


def _guarded(rule: Rule, name: str) -> Rule:
    """The rule, with every error in its code said as a fault of the plugin."""

    def check(part: Any, facts: Facts) -> Iterator[Outcome]:
        try:
            yield from rule.check(part, facts)
        except (Exception, SystemExit) as error:
            raise _failed(error, facts) from None

    def where(part: Any, facts: Facts) -> bool:
        try:
            return rule.where is None or bool(rule.where(part, facts))
        except (Exception, SystemExit) as error:
            raise _failed(error, facts) from None

    def _failed(error: BaseException, facts: Facts) -> SettingsError:
        file = facts.agreement.document.name
        return _broken(name, f"its rule `{rule.id}` failed on {file} ({type(error).__name__}: {error})")

    return replace(rule, check=check, where=where, origin=f"plugin {name}")


def _try(rule: Rule, name: str, on: date) -> None:
    text = f"fails:\n{_indented(rule.page.fails)}passes:\n{_indented(rule.page.passes)}"
    try:
        examples = source.parse(text.encode(), f"the examples of `{rule.id}`")
        for key in ("fails", "passes"):
            if not (isinstance(examples.data, dict) and isinstance(examples.data.get(key), dict)):
                raise _broken(name, f"the page of its rule `{rule.id}` has no example under `{key.capitalize()}`")
        trial.try_out(rule, examples, page.base(), build, on)
    except SharecheckError as error:
        raise error if f"the plugin `{name}`" in error.message else _broken(name, error.message) from None


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())
