"""Rules of one's own: what a partnership asks of its agreements besides the rules shipped with sharecheck.

One YAML file is one rule (`written`); its conditions are expressions (`expression`) over a plain view of the agreement
(`view`); its two examples are tried before it is asked of anything (`trial`). Rules in Python come from packages that
the settings name (`plugins`). A rule that does not load stops the run: an agreement never passes for want of a rule.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import date
from pathlib import Path, PurePosixPath

from sharecheck import repository, source
from sharecheck.agreement import Agreement, build
from sharecheck.errors import SettingsError, SharecheckError, SourceError
from sharecheck.own import plugins, trial, written
from sharecheck.own.refusal import refusal
from sharecheck.rules import Rule, page
from sharecheck.rules import load as shipped
from sharecheck.settings import FILE, Settings
from sharecheck.source import Document


def load(settings: Settings, on: date) -> tuple[Rule, ...]:
    """Every rule that the settings add, in the order of files and then of plugins.

    Raises `SettingsError` where a rule does not load, and `SourceError` where its file cannot be read.
    """
    taken = {rule.id: f"a rule of sharecheck: {rule.summary}" for rule in shipped()}
    topics = {rule.topic for rule in shipped()}
    out: list[Rule] = []
    for path in _files(settings):
        document = _document(path)
        rule = written.read(document, path.stem)
        at = ("id",) if "id" in document.data else ()
        if rule.id in taken:
            raise refusal(document, at, f"the name `{rule.id}` is taken by {taken[rule.id]}", "give it another `id:`")
        if rule.id in topics:
            raise refusal(document, at, f"`{rule.id}` is the name of a topic", "give the rule another `id:`")
        trial.try_out(rule, document, *_under(document, settings), on)
        taken[rule.id] = f"the rule in {document.name}"
        out.append(rule)
    for name in settings.plugins:
        for rule in plugins.load(name, on):
            if rule.id in taken or rule.id in topics:
                owner = taken.get(rule.id, "a topic")
                raise SettingsError(
                    f"the plugin `{name}` brings a rule `{rule.id}`, and that name is taken by {owner}",
                    "remove one of the two",
                )
            taken[rule.id] = f"the plugin `{name}`"
            out.append(rule)
    return tuple(out)


def _files(settings: Settings) -> Iterator[Path]:
    """Each rule file, once; raises `SettingsError` where a place holds none."""
    seen: set[Path] = set()
    for place in settings.own_rules:
        shown = repository.name_of(place)
        if not place.exists():
            raise SettingsError(f"{FILE}: `rules.own` names `{shown}`, which does not exist", _near(place))
        found = sorted(_within(place)) if place.is_dir() else [place]
        if not found:
            raise SettingsError(
                f"`{shown}` is where your own rules should be, and it holds no file that ends in .yaml",
                f"begin one with `sharecheck rules --new NAME`, remove the folder, or write `own: []` under `rules:` in {FILE}",
            )
        for path in found:
            if path.resolve() not in seen:
                seen.add(path.resolve())
                yield path


def _document(path: Path) -> Document:
    try:
        return source.read(path, repository.name_of(path))
    except SourceError as error:
        if error.code not in _UNQUOTED:
            raise
        fix = f"if this is `when:` or `require:`, {_QUOTES}; otherwise {error.fix}"
        raise SourceError(error.code, error.message, fix, error.name, error.line, error.column) from None


_UNQUOTED = ("not-yaml", "tag", "anchor", "text-cut-off")
_QUOTES = """put the whole expression in single quotes ('"photo" in flow.data')"""


def _within(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(step.startswith(".") for step in path.relative_to(folder).parts)
        if not hidden and path.is_symlink() and path.is_dir():
            raise SettingsError(
                f"`{_shown(path)}` is a link to a folder, which is not followed, so rules in it would not be asked",
                f"name the folder itself under `rules.own:` in {FILE}",
            )
        if not hidden and path.name.lower().endswith((".yaml.txt", ".yml.txt")):
            raise SettingsError(
                f"`{_shown(path)}` ends in .txt, so a rule in it would not be asked",
                "rename it so that it ends in .yaml, or move it out of the folder of rules",
            )
        if path.suffix.lower() in (".yaml", ".yml") and not hidden and not path.is_dir():
            yield path


def _shown(path: Path) -> str:
    """A file or link as people see it, not what it points to."""
    return (PurePosixPath(repository.name_of(path.parent)) / path.name).as_posix()


def _near(place: Path) -> str:
    beside = [path.name for path in place.parent.iterdir()] if place.parent.is_dir() else []
    near = difflib.get_close_matches(place.name, beside, 1, 0.6)
    return f"did you mean `{near[0]}`?" if near else "correct the path, which begins beside sharecheck.yaml"


def _under(document: Document, settings: Settings) -> tuple[Document, trial.Tie]:
    """The agreement that the examples of a rule are laid over, and how what comes of it is read."""
    if "over" not in document.data:
        return page.base(), build
    path = settings.root / document.data["over"]
    if not path.is_file():
        wrong, fix = ("is a folder", "name one agreement in it") if path.is_dir() else ("does not exist", _near(path))
        raise refusal(document, ("over",), f"`{document.data['over']}` {wrong}", fix)

    def tie(laid: Document) -> Agreement:
        named = Document(repository.name_of(path), laid.text, laid.data, laid.overlay)
        try:
            return repository.tied(named, settings)
        except SharecheckError as error:
            raise refusal(document, ("over",), error.message, error.fix) from None

    return source.read(path, repository.name_of(path)), tie
