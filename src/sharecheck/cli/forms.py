"""The forms in which a report can be written: for each, how, and the endings of files that ask for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sharecheck.cli import reading
from sharecheck.errors import SettingsError
from sharecheck.report import Report

if TYPE_CHECKING:
    from sharecheck.brand import Brand
    from sharecheck.settings import Settings


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a report."""

    render: Callable[[Report], str]
    endings: tuple[str, ...] = ()


def _text(report: Report) -> str:
    from sharecheck.formats import text

    return text.render(report)


def _concise(report: Report) -> str:
    from sharecheck.formats import concise

    return concise.render(report)


def _json(report: Report) -> str:
    from sharecheck.formats import as_json

    return as_json.render(report)


def _sarif(report: Report) -> str:
    from sharecheck.formats import rule_page, sarif

    return sarif.render(report, {rule.id: rule_page.render(rule, report.book) for rule in report.rules})


def _junit(report: Report) -> str:
    from sharecheck.formats import junit

    return junit.render(report)


def _github(report: Report) -> str:
    from sharecheck.formats import github

    return github.render(report)


def _gitlab(report: Report) -> str:
    from sharecheck.formats import gitlab

    return gitlab.render(report)


def _markdown(report: Report) -> str:
    from sharecheck import chart
    from sharecheck.formats import markdown

    return markdown.render(
        report, {a.name: chart.draw(a.agreement, report.book) for a in report.checked if a.agreement}
    )


def _html(report: Report, brand: Brand | None = None) -> str:
    from sharecheck.brand import PLAIN
    from sharecheck.cli import reporting

    return reporting.LAYOUTS["html"](*reporting.composed(report), report.book.on, brand or PLAIN).decode()


def written(name: str, report: Report, found: Settings) -> str:
    """A report in one form, with the brand of the repository where the form has room for one."""
    if name != "html":
        return FORMS[name].render(report)
    from sharecheck import brand

    return _html(report, brand.of(found))


FORMS = {
    "text": Form(_text, (".txt",)),
    "concise": Form(_concise),
    "json": Form(_json, (".json",)),
    "sarif": Form(_sarif, (".sarif", ".sarif.json")),
    "junit": Form(_junit, (".xml",)),
    "github": Form(_github),
    "gitlab": Form(_gitlab),
    "markdown": Form(_markdown, (".md", ".markdown")),
    "html": Form(_html, (".html", ".htm")),
}


def by_ending(output: Path) -> str | None:
    """The form that the end of a file's name asks for, if it asks for any; a longer ending comes first."""
    endings = {ending: name for name, form in FORMS.items() for ending in form.endings}
    return next((endings[e] for e in sorted(endings, key=len, reverse=True) if output.name.lower().endswith(e)), None)


def wanted(formats: list[str], output: Path | None, baseline: Path | None = None) -> dict[Path | None, str]:
    """What to write where (None is the screen), from `--format NAME` or `--format NAME=FILE` and `--output FILE`.

    The file of the `baseline` is taken. Raises `SettingsError` where a form is not known, a file could be an agreement,
    or two would go to one place.
    """
    places: dict[Path | None, str] = {}
    taken: dict[Path | None, str] = {Path(os.path.realpath(baseline)): "the baseline"} if baseline else {}
    for said in formats or [(output and by_ending(output)) or "text"]:
        name, named, file = said.partition("=")
        if name not in FORMS:
            raise SettingsError(
                f"`--format {said}`: there is no format `{name}`", f"the formats are {', '.join(FORMS)}"
            )
        if named and not file:
            raise SettingsError(f"`--format {said}` names no file", f"write it as `--format {name}=FILE`")
        if output and (named or len(formats) > 1):
            raise SettingsError("`--output` is for one format alone", f"write each as `--format {name}=FILE`")
        place = Path(file) if named else output
        real = reading.refuse_yaml(place) if place else None
        if real in taken:
            where = f"to `{place.as_posix()}`" if place else "to the screen"
            raise SettingsError(
                f"{taken[real]} and `{name}` would both go {where}", f"give one a file: `--format {name}=FILE`"
            )
        places[place] = name
        taken[real] = f"`{name}`"
    return places
