"""Fits or misfits: whether a document has the form of an agreement, said in words.

A misfit is one cause, never a list of alternatives: where a part may be written in several ways, the way that was
meant is decided by its shape first, and only what is wrong with that way is said.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from sharecheck import spelling
from sharecheck.edit import Edit
from sharecheck.source import Path

FOLDER = FilePath(__file__).parent
NAMES = (
    "agreement", "scenarios", "signoff", "approvals", "config", "rule", "baseline", "output-validate", "output-ask",
    "output-test", "output-diff", "output-sign", "output-calendar",
)  # fmt: skip

_ID_LENGTH = 80
_DURATION = re.compile(
    r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?"
    r"|(\d{1,4}|one|two|three|four|five|six|seven|ten) (minute|hour|(working |school |calendar )?day|week|month|year)s?"
    r"|next-(working|school)-day|same-day|without-delay|immediately|court"
    r"|as[ -]soon[ -]as[ -]((is|reasonably|practically)[ -])*(practicable|possible)"
)


@dataclass(frozen=True, slots=True)
class Misfit:
    """One way in which a document does not have the form: where, what, and how to put it right.

    `missing` is true where something should be written and is not; `key` where the key itself is at fault; `instead` is
    the key that was probably meant; `mend` is the edit that puts it right where that is certain.
    """

    at: Path
    message: str
    fix: str
    missing: bool = False
    key: bool = False
    instead: str = ""
    mend: Edit | None = None


def text(name: str) -> str:
    """A published schema, as it is shipped."""
    return (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")


@cache
def _load(name: str) -> Any:
    return json.loads(text(name))


def is_when(value: object) -> bool:
    """Whether a day, month or year exists in the calendar."""
    parts = str(value).split("-")
    try:
        numbers = [int(part) for part in parts] + [1] * (3 - len(parts))
        date(*numbers[:3])
    except (ValueError, TypeError, OverflowError):
        return False
    return True


def is_duration(value: object) -> bool:
    """Whether a length of time is ISO 8601 or one of the phrases people use."""
    return not isinstance(value, str) or bool(_DURATION.fullmatch(value))


@cache
def _validator(name: str) -> Any:
    formats = {"when": is_when, "duration-or-words": is_duration}
    try:
        import jsonschema_rs
    except ImportError:
        import jsonschema

        checker = jsonschema.FormatChecker(formats=())
        for key, check in formats.items():
            checker.checks(key)(check)
        extend: Any = jsonschema.validators.extend
        engine = extend(jsonschema.Draft202012Validator, {"pattern": _whole_pattern})
        return _Reference(engine(_load(name), format_checker=checker))
    return _Fast(jsonschema_rs.Draft202012Validator(_load(name), formats=formats, validate_formats=True, offline=True))


def _whole_pattern(_validator: Any, pattern: str, value: Any, _schema: Any) -> Iterator[Any]:
    """As ECMAScript reads a pattern: `$` is the end of the text, not also the place before a last line break."""
    from jsonschema import ValidationError

    if isinstance(value, str) and not re.search(re.sub(r"\$\Z", r"\\Z", pattern), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


@dataclass(frozen=True, slots=True)
class _Fault:
    """What either engine says, in one form."""

    kind: str
    at: Path
    rule: Any
    value: Any
    branches: tuple[tuple[_Fault, ...], ...] = ()


class _Fast:
    """The compiled engine."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine

    def faults(self, data: Any) -> list[_Fault]:
        if self.engine.is_valid(data):
            return []
        return [self._fault(error) for error in self.engine.iter_errors(data)]

    def _fault(self, error: Any) -> _Fault:
        kind = error.kind
        details = kind.as_dict()
        branches = details.get("context", ()) if kind.name in ("anyOf", "oneOf") else ()
        return _Fault(
            kind.name, tuple(error.instance_path), details, error.instance,
            tuple(tuple(self._fault(inner) for inner in branch) for branch in branches),
        )  # fmt: skip


class _Reference:
    """The reference engine, where the compiled one has no build for the machine."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine

    def faults(self, data: Any) -> list[_Fault]:
        return [fault for error in self.engine.iter_errors(data) for fault in self._fault(error)]

    def _fault(self, error: Any) -> Iterator[_Fault]:
        kind, at, value, rule = error.validator, tuple(error.absolute_path), error.validator_value, error.instance
        if "propertyNames" in error.absolute_schema_path:
            yield _Fault("propertyNames", at, {}, {rule: None})
        elif kind == "anyOf":
            groups: dict[int, list[_Fault]] = {i: [] for i in range(len(value))}
            for inner in error.context:
                groups[inner.schema_path[0]].extend(self._fault(inner))
            yield _Fault(kind, at, {}, rule, tuple(tuple(group) for group in groups.values()))
        elif kind == "additionalProperties":
            known = error.schema.get("properties", {})
            yield _Fault(kind, at, {"unexpected": [k for k in rule if k not in known]}, rule)
        elif kind == "required":
            missing = next((name for name in value if f"'{name}'" in error.message), value[0])
            yield _Fault(kind, at, {"property": missing}, rule)
        elif kind == "type":
            yield _Fault(kind, at, {"types": [value] if isinstance(value, str) else value}, rule)
        elif kind == "enum":
            yield _Fault(kind, at, {"options": value}, rule)
        elif kind == "const":
            yield _Fault(kind, at, {"expected_value": value}, rule)
        else:
            yield _Fault(kind, at, {kind: value, "limit": value}, rule)


def misfits(data: Any, name: str = "agreement") -> list[Misfit]:
    """Every way in which `data` does not have the form `name`, one for each cause; empty where it fits."""
    found: dict[Path, Misfit] = {}
    faults = _validator(name).faults(data)
    for fault in sorted(faults, key=lambda f: f.kind in ("pattern", "format")):
        for misfit in _word(fault, data, name):
            found.setdefault(misfit.at, misfit)
    meant = {(*m.at[:-1], m.instead) for m in found.values() if m.instead}
    kept = [m for m in found.values() if not (m.missing and m.at in meant)]
    return sorted(kept, key=lambda m: tuple(str(step) for step in m.at))


def _word(fault: _Fault, data: Any, name: str) -> Iterator[Misfit]:
    at, value, rule = fault.at, fault.value, fault.rule
    if fault.branches:
        shapes = _shapes(fault)
        if shapes and value is not None:
            says = _says(at[:-1], at[-1] if at else "", name)
            yield Misfit(at, f"`{_last(at)}` is {_kind(value)}, which it may not be", f"write {_kinds(shapes)}{says}")
            return
        for inner in _meant(fault):
            yield from _word(inner, data, name)
    elif fault.kind in ("additionalProperties", "unevaluatedProperties"):
        known = _known(at, name)
        for key in rule["unexpected"]:
            yield _unknown_key(at, key, value, known, name)
    elif fault.kind == "propertyNames":
        bad = [key for key in value if len(key) > _ID_LENGTH or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key)]
        for key in bad:
            what = f"is longer than {_ID_LENGTH} letters" if len(key) > _ID_LENGTH else "is not an id"
            yield Misfit(
                (*at, key), f"`{_short(key)}` {what}", f"write lower-case words joined by hyphens, such as `{_slug(key)}`",
                key=True,
            )  # fmt: skip
    elif fault.kind == "required":
        key = rule["property"]
        what = _says(at, key, name)
        yield Misfit((*at, key), f"{_part(at, name)} has no `{key}`", f"add `{key}:`{what}", missing=True)
    elif value is None:
        yield Misfit(at, f"`{_last(at)}` has no value", _BLANK, key=True)
    elif fault.kind == "enum":
        options = [str(option) for option in rule.get("options", ())]
        yield Misfit(
            at,
            f"`{_short(value)}` is not one of the words for `{_last(at)}`",
            _nearest(str(value), options) + _all_words(at, name),
            mend=_edit(at, value, lambda word: spelling.same(word, options)),
        )
    elif fault.kind == "const":
        expected = rule.get("expected_value", rule.get("const"))
        quoted = ", without quotes" if str(expected) == value else ""
        yield Misfit(
            at,
            f"`{_short(value)}` is not what `{_last(at)}` may say",
            f"write `{expected}`{quoted}",
            mend=_edit(at, value, lambda word: expected if spelling.same(word, [str(expected)]) else None),
        )
    elif fault.kind == "type":
        yield Misfit(
            at,
            f"`{_last(at)}` is {_kind(value)}, which it may not be",
            f"write {_kinds(rule['types'])}{_says(at[:-1], at[-1] if at else '', name)}",
            mend=_edit(at, value, _OF_KIND.get(tuple(rule["types"]), _nothing)),
        )
    elif fault.kind == "format":
        yield _format(at, value)
    elif fault.kind == "pattern":
        yield _pattern(at, value, data)
    elif fault.kind in ("minItems", "minProperties"):
        least = rule.get("limit", 1)
        few = "is empty" if not value else f"has fewer than {least} entries"
        count = {1: "one entry", 2: "two entries"}.get(least, f"{least} entries")
        yield Misfit(at, f"`{_last(at)}` {few}", f"write at least {count}, or leave the field out")
    elif fault.kind == "minLength":
        yield Misfit(at, f"`{_last(at)}` is an empty text", "write something, or leave the field out")
    elif fault.kind == "uniqueItems":
        yield Misfit(at, f"`{_last(at)}` says the same thing twice", "keep one of the two")
    elif fault.kind in ("minimum", "maximum"):
        limit = rule.get("limit", rule.get(fault.kind))
        side = "least" if fault.kind == "minimum" else "most"
        yield Misfit(at, f"`{_short(value)}` is out of range for `{_last(at)}`", f"the {side} it may be is {limit}")
    elif fault.kind == "maxLength":
        yield Misfit(
            at,
            f"the text of `{_last(at)}` is too long",
            f"keep it under {rule.get('limit', 20_000):,} letters"
            + (", or move it to an annex and point to it with `see:`" if name == "agreement" else ""),
        )
    else:
        yield Misfit(
            at, f"`{_last(at)}` does not have the form it should ({fault.kind})", "compare it with docs/format.md"
        )


_BLANK = (
    "write its value after the colon, or remove the line; if it is part of the text before it, put that text in quotes"
)
_CURLY = (
    '“ ” are the quotes of a word processor, which are only letters here: type straight ones (") around the whole text'
)
_EMPTY = "put the text in quotes or on a line of its own; or, if the key is meant, write its value after the colon"


def _meant(fault: _Fault) -> tuple[_Fault, ...]:
    """The branch that was meant: the one whose shape the value has, then the one with the least wrong."""

    def distance(branch: tuple[_Fault, ...]) -> tuple[int, int]:
        shape = sum(1 for inner in branch if len(inner.at) == len(fault.at) and _shape_differs(inner))
        return shape, len(branch)

    return min(fault.branches, key=distance)


def _shapes(fault: _Fault) -> list[str]:
    """The shapes that would do, where the value has none of them; empty where one of the branches has its shape."""
    out: list[str] = []
    for branch in fault.branches:
        types = [t for inner in branch if inner.kind == "type" and inner.at == fault.at for t in inner.rule["types"]]
        types += [t for inner in branch if inner.branches and inner.at == fault.at for t in _shapes(inner)]
        if not types:
            return []
        out.extend(types)
    return out


def _shape_differs(fault: _Fault) -> bool:
    if fault.branches:
        return all(any(_shape_differs(f) for f in branch) for branch in fault.branches)
    if fault.kind == "type":
        return True
    if fault.kind in ("enum", "const"):
        options = fault.rule.get("options", [fault.rule.get("expected_value")])
        return not any(type(option) is type(fault.value) for option in options)
    return False


def _unknown_key(at: Path, key: str, part: Mapping[str, Any], known: list[str], name: str) -> Misfit:
    where = _part(at, name)
    if part.get(key) is None and key not in known:
        near = difflib.get_close_matches(key, known, 1, 0.75)
        if not near:
            fix = _CURLY if re.search("[“”‘’]", key + str(part)) else _EMPTY
            return Misfit((*at, key), f"`{key}` has no value: is it part of the text before it?", fix, key=True)
    if "." in key and _at((*at, *key.split(".")), name):
        inside = ", ".join(f"`{step}:`" for step in key.split("."))
        return Misfit((*at, key), f"{where} has no field `{key}`", f"write {inside}, each on a line of its own and two "
                      "spaces further in than the one before it; keep what is there already", key=True)  # fmt: skip
    fix = _nearest(key, known)
    instead = fix.split("`")[1] if fix.startswith("did you mean") else ""
    meant = spelling.same(key, known)
    alone = sum(spelling.same(other, [meant]) is not None for other in part) == 1 if meant else False
    return Misfit(
        (*at, key), f"{where} has no field `{key}`", fix, key=True, instead=instead,
        mend=Edit((*at, key), key, meant, key=True) if alone else None,
    )  # fmt: skip


def _edit(at: Path, value: Any, meant: Callable[[str], str | bool | int | None]) -> Edit | None:
    """The edit that writes what was meant, where that is known."""
    new = meant(value) if isinstance(value, str) else None
    return None if new is None or new == value else Edit(at, value, new)


def _nothing(_word: str) -> None:
    return None


_OF_KIND: Mapping[tuple[str, ...], Callable[[str], str | bool | int | None]] = {
    ("boolean",): spelling.truth,
    ("integer",): spelling.number,
}

_NAMED_IN = {
    "from": ("roles", "agencies"), "to": ("roles", "agencies"), "between": ("roles", "agencies"), "data": ("data",),
    "about": ("subjects",), "purpose": ("purposes",), "purposes": ("purposes",), "every_flow": ("purposes",),
    "agency": ("agencies",), "host": ("agencies",), "acting_for": ("agencies",), "part_of": ("agencies",),
    "member_of": ("agencies",), "answers": ("flows",), "requires": ("undertakings",), "consent": ("consents",),
    "covers": ("purposes",),
}  # fmt: skip
"""For each field that names parts of the agreement by id, where those parts are."""


def _named(at: Path, data: Any) -> list[str]:
    """The ids that a reference at a place may name, as far as they are in the same file."""
    maps = (data.get(place) for place in _NAMED_IN.get(_last(at), ()))
    return [key for part in maps if isinstance(part, dict) for key in part]


def _all_words(at: Path, name: str) -> str:
    """Where all the words are, where a vocabulary has more of them than are said."""
    comments = (schema.get("$comment", "") for schema in _at(at, name))
    words = next((said.removeprefix(_COMMENT) for said in comments if said.startswith(_COMMENT)), "")
    return f" (all words: `sharecheck schema {words}`)" if words else ""


_COMMENT = "vocabulary: "


def _nearest(word: str, options: list[str]) -> str:
    plain = {option.replace("_", "-").lower(): option for option in options}
    near = difflib.get_close_matches(word.replace("_", "-").replace(" ", "-").lower(), list(plain), 1, 0.6)
    if near:
        return f"did you mean `{plain[near[0]]}`?"
    if not options:
        return "remove it"
    shown = ", ".join(f"`{option}`" for option in options[:12])
    return f"use one of {shown}{f' and {len(options) - 12} more' if len(options) > 12 else ''}"


def _lasting(word: str) -> str | None:
    """A length of time in the letters that the format has for it."""
    small = " ".join(word.lower().split())
    return next((one for one in (small, re.sub("[ _]", "-", small)) if is_duration(one)), None)


def _format(at: Path, value: Any) -> Misfit:
    if is_duration(value) or _last(at) in ("starts", "review", "ends", "on", "until", "as_of", "since"):
        return Misfit(
            at,
            f"`{_short(value)}` is not a day in the calendar",
            "write a day (2026-12-01), a month (2026-12) or a year (2026)",
        )
    return Misfit(
        at, f"`{_short(value)}` is not a length of time",
        "write it as `5 working days`, `without-delay`, `next-school-day` or in ISO 8601 (`P5D`, `PT24H`, `P25Y`)",
        mend=_edit(at, value, _lasting),
    )  # fmt: skip


def _pattern(at: Path, value: Any, data: Any) -> Misfit:
    name = _last(at)
    if name in ("starts", "review", "ends", "on", "until", "as_of"):
        return Misfit(
            at,
            f"`{_short(value)}` is not a date",
            "write a day (2026-12-01), a month (2026-12) or a year (2026)",
            mend=_edit(at, value, spelling.day),
        )
    if not str(value).strip():
        return Misfit(at, f"`{name}` is an empty text", "write something, or leave the field out")
    if at and at[0] in ("unknown", "allow"):
        return Misfit(
            at,
            f"`{_short(value)}` is not the address of a part",
            "write the steps with dots between them: `flows.referral.retention`",
        )
    if name in ("schedule_1", "article_10", "conditions", "schedule_8") or (
        len(at) > 1 and at[-2] in ("schedule_1", "article_10", "conditions", "schedule_8")
    ):
        return Misfit(
            at,
            f"`{_short(value)}` is not a paragraph number",
            "write the number alone, such as 18",
            mend=_edit(at, value, spelling.paragraph),
        )
    return Misfit(
        at,
        f"`{_short(value)}` is not an id",
        f"write lower-case words joined by hyphens, such as `{_slug(str(value))}`",
        mend=_edit(at, value, lambda word: spelling.same(word, _named(at, data))),
    )


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-") or "social-worker"


def _last(at: Path) -> str:
    names = [str(step) for step in at if not isinstance(step, int)]
    return names[-1] if names else "the file"


def _part(at: Path, name: str) -> str:
    whole = "the agreement" if name == "agreement" else "the file"
    return f"`{'.'.join(str(step) for step in at)}`" if at else whole


def _short(value: Any) -> str:
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    shown = " ".join(shown.split())
    return shown if len(shown) <= 60 else shown[:57] + "..."


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, Mapping):
        return "a map"
    if isinstance(value, list):
        return "a list"
    return "a number" if isinstance(value, int) else "a text"


_KIND_WORDS = {
    "string": "a text", "object": "a map (`key: value` lines)", "array": "a list", "integer": "a whole number",
    "boolean": "`true` or `false`", "number": "a number", "null": "nothing",
}  # fmt: skip


def _kinds(types: list[str]) -> str:
    return " or ".join(dict.fromkeys(_KIND_WORDS[kind] for kind in types if kind != "number" or len(types) == 1))


@cache
def _resolve(name: str, reference: str) -> Any:
    part = _load(name)
    for step in reference.removeprefix("#/").split("/"):
        part = part[step]
    return part


def _schemas(schema: Any, name: str) -> Iterator[Any]:
    """A schema and everything it stands for at the same place: references and alternatives."""
    if not isinstance(schema, Mapping):
        return
    yield schema
    if "$ref" in schema:
        yield from _schemas(_resolve(name, schema["$ref"]), name)
    for inner in schema.get("anyOf", ()):
        yield from _schemas(inner, name)


def _at(path: Path, name: str) -> list[Any]:
    """The schemas that apply at a place."""
    here = list(_schemas(_load(name), name))
    for step in path:
        following: list[Any] = []
        for schema in here:
            if step == "*":
                for value in schema.get("properties", {}).values():
                    following.extend(_schemas(value, name))
                inner = schema.get("additionalProperties")
            elif isinstance(step, int):
                inner = schema.get("items")
            else:
                inner = schema.get("properties", {}).get(step, schema.get("additionalProperties"))
            following.extend(_schemas(inner, name))
        here = following
    return here


def has(path: Path) -> bool:
    """Whether the format has a part at this place; `*` stands for any id."""
    return bool(_at(path, "agreement"))


def fields(path: Path) -> list[str]:
    """The fields that the format has inside a place; `*` stands for any id."""
    return _known(path, "agreement")


@cache
def field_names() -> frozenset[str]:
    """Every name that the format gives to a field, wherever it stands."""
    found: set[str] = set()
    waiting: list[Any] = [_load("agreement")]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Mapping):
            if isinstance(part.get("properties"), Mapping):
                found |= part["properties"].keys()
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return frozenset(found)


def spelt(path: Path) -> Path | None:
    """A place that the format has, where `path` only spells its steps another way."""
    out: Path = ()
    for step in path:
        right = step if has((*out, step)) else spelling.same(str(step), _known(out, "agreement"))
        if right is None:
            return None
        out = (*out, right)
    return out


def _known(at: Path, name: str) -> list[str]:
    return list(dict.fromkeys(key for schema in _at(at, name) for key in schema.get("properties", ())))


def _says(at: Path, key: str | int, name: str) -> str:
    for schema in _at((*at, key), name):
        if description := schema.get("description"):
            return f" ({' '.join(description.split()).rstrip('.')})"
    return ""
