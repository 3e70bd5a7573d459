"""The expression language of own rules: the part of CEL, the Common Expression Language, that only asks.

An expression is vetted before CEL sees it, so that nothing it can do makes a value larger than the agreement it reads:
no adding, no building of lists or maps, no names or functions besides those written down here and in `view`. CEL itself
bounds the steps of one answer (10,000 rounds of `all`, `exists` and the like) and the nesting, and matches patterns in
time that grows with the text and no faster. There is no file, network or clock in it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sharecheck import schema
from sharecheck.errors import SettingsError
from sharecheck.source import Path

PACKAGE = "cel-expr-python>=0.1.3,<0.2"
GATHERING = ("all", "exists", "exists_one", "filter")
METHODS = (*GATHERING, "size", "contains", "startsWith", "endsWith", "matches")
FUNCTIONS = ("has", "size")
WORDS = ("true", "false", "null")
SEARCHING = ("contains", "matches")
LONG = 2_000
"""How many letters a text may have that is searched again and again."""
FORMAT: Mapping[str, Path] = {
    "flow": ("flows", "*"), "agency": ("agencies", "*"), "role": ("roles", "*"), "item": ("data", "*"), "agreement": (),
}  # fmt: skip
"""Where the format has the parts that expressions can see as they are written."""
DAY = "on"
"""The name that stands for the day the agreement is read on."""

_TOKEN = re.compile(
    r"""(?P<gap>\s+|//[^\n]*)"""
    r"""|(?P<text>[rR]?(?:"(?:(?<=[rR]")[^"\n]*|(?<![rR]")(?:[^"\\\n]|\\.)*)"|'(?:(?<=[rR]')[^'\n]*|(?<![rR]')(?:[^'\\\n]|\\.)*)'))"""
    r"""|(?P<number>[0-9]+(?:\.[0-9]+)?)"""
    r"""|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"""
    r"""|(?P<sign>&&|\|\||==|!=|<=|>=|[-!<>.,()\[\]?:*/%])"""
)
_REFUSED = {
    "+": ("`+` adds or joins, which rules do not do", "compare the parts one by one, joined by `&&` or `||`"),
    "{": ("`{` begins a map, which rules do not build", "compare the parts one by one, joined by `&&` or `||`"),
    "=": ("a single `=` compares nothing", "write `==`"),
    "&": ("a single `&` joins nothing", "write `&&` for “and”"),
    "|": ("a single `|` joins nothing", "write `||` for “or”"),
    "“": ("“ ” are the quotes of a word processor", 'type straight ones (")'),
    "‘": ("‘ ’ are the quotes of a word processor", "type straight ones (')"),
    '"': ("a quote opens here and never closes", "close it on the same line"),
    "'": ("a quote opens here and never closes", "close it on the same line"),
}
_MEANT = {"and": "&&", "or": "||", "not": "!", "True": "true", "False": "false", "None": "null", "none": "null"}
_KINDS = {
    "string": "a text", "int": "a number", "double": "a number", "bool": "yes or no", "null": "nothing",
    "bytes": "bytes",
}  # fmt: skip


class FaultError(Exception):
    """Something wrong in an expression: at which letter, what, and how to put it right."""

    def __init__(self, offset: int, message: str, fix: str) -> None:
        super().__init__(message)
        self.offset = offset
        self.message = message
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Why an expression could not be answered for one part of an agreement."""

    reason: str


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign of an expression, and where it begins."""

    kind: str
    text: str
    at: int


_END = Token("end", "", 0)


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that can be asked; `used` are the fields it names, as `flow.data`.

    `repeats` is whether it searches texts inside a loop, which takes their lengths times the number of rounds.
    """

    used: tuple[str, ...]
    program: Any
    repeats: bool

    def ask(self, value: Callable[[str], Any]) -> bool | Unanswered:
        """The answer, given the value of each field used; never a guess where CEL gives none."""
        seen = {name: value(name) for name in self.used}
        if self.repeats and _longest(seen) > LONG:
            return Unanswered(f"it would search a text of more than {LONG:,} letters again and again")
        try:
            answer = self.program.eval(data=seen)
        except RuntimeError as error:
            return Unanswered(_reason(str(error)))
        if answer.type().name() != "BOOL":
            error_text = str(answer.value()) if answer.type().name() == "ERROR" else ""
            return Unanswered(_reason(error_text))
        return bool(answer.value())


def compiled(text: str, names: Mapping[str, str], inner: frozenset[str]) -> Expression:
    """An expression over fields (`flow.data` to its kind), whose parts have the fields `inner`; raises `FaultError`."""
    used = tuple(dict.fromkeys(_vetted(text, names, inner)))
    try:
        program = _environment(tuple(names.items())).compile(text)
    except RuntimeError as error:
        raise _misread(str(error), text, names) from None
    comes = program.return_type().name()
    if comes not in ("BOOL", "DYN"):
        raise FaultError(0, f"this comes out as {_kind(comes.lower())}, not as true or false", "compare it: `… == …`")
    for token in _tokens(text):
        if token.kind == "text" and (bad := _bad_pattern(text, token)):
            raise FaultError(
                token.at,
                f"this is not a pattern that can be matched: {bad}",
                "write it as RE2 has it: `^[a-z]+-[0-9]+$`",
            )
    called = {token.text for token in _tokens(text) if token.kind == "name"}
    return Expression(used, program, bool(called & set(GATHERING)) and bool(called & set(SEARCHING)))


def _longest(value: Any) -> int:
    """The length of the longest text in a value."""
    if isinstance(value, str):
        return len(value)
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return max(map(_longest, inner), default=0)


def _cel() -> Any:
    try:
        from cel_expr_python import cel
    except ImportError:
        raise SettingsError(
            "rules of your own need one more package, the language they are written in",
            f"install it where sharecheck is installed: pip install '{PACKAGE}'",
        ) from None
    return cel


@cache
def _environment(names: tuple[tuple[str, str], ...]) -> Any:
    cel = _cel()
    plain = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    types = {
        "text": cel.Type.STRING, "yes or no": cel.Type.BOOL, "list of texts": cel.Type.List(cel.Type.STRING),
        "list of parts": cel.Type.List(plain), "as written": plain,
    }  # fmt: skip
    return cel.NewEnv(variables={name: types.get(kind, cel.Type.DYN) for name, kind in names})


def _tokens(text: str) -> Iterator[Token]:
    here = 0
    while here < len(text):
        found = _TOKEN.match(text, here)
        if found is None:
            message, fix = _REFUSED.get(
                text[here], (f"`{text[here]}` has no meaning in an expression", "put texts in straight quotes")
            )
            raise FaultError(here, message, fix)
        kind = str(found.lastgroup)
        if kind == "text" and len(found.group()) == 2 and text[found.end() : found.end() + 1] in ("'", '"'):
            raise FaultError(here, "three quotes in a row have a meaning of their own", "use one quote on each side")
        if kind != "gap":
            yield Token(kind, found.group(), here)
        here = found.end()


def _vetted(text: str, names: Mapping[str, str], inner: frozenset[str]) -> Iterator[str]:
    """The fields that an expression names; raises `FaultError` where it does what rules may not."""
    tokens = list(_tokens(text))
    roots = {name.partition(".")[0] for name in names if "." in name}
    for number, token in enumerate(tokens):
        before = tokens[number - 1] if number else _END
        after = tokens[number + 1] if number + 1 < len(tokens) else _END
        if token.kind == "text" and before.kind == "name" and before.at + len(before.text) == token.at:
            raise FaultError(
                before.at, f"`{before.text}` stands right before a quote", "put a space or a comma between them"
            )
        if token.text == "[":
            if before.text == "in" or (before.kind != "name" and before.text not in (")", "]")):
                _literals(tokens[number + 1 :])
        elif token.kind != "name" or token.text in (*WORDS, "in"):
            continue
        elif after.text == "(" and token.text not in _MEANT:
            _call(token, METHODS if before.text == "." else FUNCTIONS, tokens[number + 2 : number + 4])
        elif before.text == ".":
            owner = tokens[number - 2].text if number > 1 else ""
            if owner in roots and (number < 3 or tokens[number - 3].text != "."):
                opened = number - 3
                while opened > 0 and tokens[opened].text == "(":
                    opened -= 1
                inside_has = opened >= 0 and tokens[opened].text == "has" and after.text == ")"
                yield _field(token, owner, names, has=inside_has)
            elif token.text not in inner:
                raise FaultError(
                    token.at, f"nothing that rules see has a field `{token.text}`", _near(token.text, sorted(inner))
                )
        elif token.text in _MEANT:
            raise FaultError(token.at, f"`{token.text}` is not a word of expressions", f"write `{_MEANT[token.text]}`")
        elif token.text in roots and after.text != ".":
            raise FaultError(
                token.at, f"`{token.text}` stands alone here, without saying which of its fields",
                f"write `{token.text}.id` or another field; as a name of your own choose another word",
            )  # fmt: skip
        elif token.text == DAY:
            yield DAY


def _field(token: Token, owner: str, names: Mapping[str, str], *, has: bool) -> str:
    whole = f"{owner}.{token.text}"
    if whole not in names:
        known = sorted(name.partition(".")[2] for name in names if name.startswith(f"{owner}."))
        fix = _near(token.text, known)
        if f"{owner}.written" in names and schema.has((*FORMAT[owner], token.text)):
            fix = f"{fix.rstrip('?')}; as the agreement writes it, it is `{owner}.written.{token.text}`"
        raise FaultError(token.at, f"`{owner}` has no field `{token.text}`", fix)
    if has:
        raise FaultError(
            token.at, f"every field of `{owner}` is always there, so `has({whole})` asks nothing",
            f"write `{whole} != null`, or `{whole}.size() > 0` for a list",
        )  # fmt: skip
    return whole


def _call(token: Token, known: tuple[str, ...], arguments: list[Token]) -> None:
    if token.text not in known:
        other = " besides `has(…)` and `size(…)`" if known is FUNCTIONS else ""
        raise FaultError(
            token.at, f"rules have no function `{token.text}`{other}", _near(token.text, list(dict.fromkeys(METHODS + FUNCTIONS)))
        )  # fmt: skip
    if token.text == "matches" and [a.kind for a in arguments[:1]] + [a.text for a in arguments[1:]] != ["text", ")"]:
        raise FaultError(
            token.at, "`matches` takes one pattern, written out in quotes", '`flow.title.matches("^Photo")`'
        )


def _literals(tokens: list[Token]) -> None:
    """Hold a list to texts and numbers that are written out."""
    for token in tokens:
        if token.text == "]":
            return
        if token.kind not in ("text", "number") and token.text not in (",", *WORDS):
            raise FaultError(
                token.at, "a list in a rule holds texts and numbers written out, and nothing else",
                'write `["headteacher", "deputy-head"]`, or ask about each thing by itself',
            )  # fmt: skip


def _near(word: str, options: list[str]) -> str:
    near = difflib.get_close_matches(word, options, 1, 0.6)
    return f"did you mean `{near[0]}`?" if near else f"there are {', '.join(f'`{option}`' for option in options[:30])}"


def _bad_pattern(text: str, token: Token) -> str:
    if not text[: token.at].rstrip().endswith("matches("):
        return ""
    answer = _cel().NewEnv().compile(f'"".matches({token.text})').eval()
    return str(answer.value()).rpartition(": ")[2] if answer.type().name() == "ERROR" else ""


def _kind(name: str) -> str:
    if name.startswith("list"):
        return "a list"
    return "a part with fields of its own" if name.startswith("map") else _KINDS.get(name, name)


def _misread(said: str, text: str, names: Mapping[str, str]) -> FaultError:
    """What CEL says about an expression that it cannot read, in the words of this project."""
    found = re.search(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)", said)
    line, column, what = (int(found[1]), int(found[2]), found[3]) if found else (1, 1, said)
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    offset = starts[min(line, len(starts)) - 1] + max(column, 1) - 1 if line > 0 else 0
    if "recursion" in said:
        return FaultError(0, "the expression is nested too deeply", "make two rules of it")
    if unknown := re.search(r"undeclared reference to '([^']*)'", what):
        roots = sorted({name.partition(".")[0] for name in names})
        first = unknown[1].partition(".")[0]
        return FaultError(
            max(text.rfind(first, 0, offset + len(first)), 0), f"`{first}` is no name that this rule knows",
            f"it knows {', '.join(f'`{root}`' for root in roots)}, and names you give in `all(name, …)`; put texts in quotes",
        )  # fmt: skip
    if pair := re.search(r"no matching overload for '_?([^']*?)_?' applied to '[^(']*\((.*)\)'", what):
        kinds = [_kind(kind) for kind in re.split(r",\s*(?![^(]*\))", pair[2])]
        hint = '; to look into a list write `"photo" in flow.data`' if "a list" in kinds else ""
        sign = pair[1].strip("_@").replace("]", "")
        return FaultError(offset, f"`{sign}` does not go with {' and '.join(kinds)}", f"compare like with like{hint}")
    if simple := re.search(r"expression of type '([^']*)' cannot be the operand of a select", what):
        return FaultError(
            offset, f"{_kind(simple[1])} has no fields, so nothing may stand after the dot",
            "docs/own-rules.md says which fields hold texts, and which hold parts with fields of their own",
        )  # fmt: skip
    what = re.split(r" expecting |: Syntax", what.replace("Syntax error: ", ""))[0].replace("<EOF>", "the end")
    return FaultError(
        offset, f"the expression cannot be read from here on ({what})", "look for a bracket or `&&` too many or too few"
    )


def _reason(said: str) -> str:
    """Why CEL gives no answer, in the words of this project."""
    if key := re.search(r'Key not found in map : "([^"]*)"', said):
        return f"nothing is said under `{key[1]}`"
    if "Iteration budget" in said:
        return "there is more to go through than one rule may"
    if "null" in said or "SELECT" in said:
        return "something that it compares or looks into is not stated"
    if "overload" in said:
        return "it compares or looks into things of another kind than it expects"
    if "Index error" in said:
        return "a list is shorter than it expects"
    return "it gives no answer that is true or false"
