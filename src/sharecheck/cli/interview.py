"""The short interview: what a question lacks, asked step by step, offering only what the agreements know.

Once the question is whole, it asks only for facts that can change the answer: every other answer is tried first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Any

from sharecheck.errors import SettingsError
from sharecheck.knowledge import Book
from sharecheck.policy.compiled import Policy
from sharecheck.policy.names import Names, lowered, named
from sharecheck.policy.question import FIELDS
from sharecheck.policy.reply import Enquiries


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose: the word that is written, and what it means."""

    word: str
    label: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """One step: what is asked, what there is to choose (nothing: a number), and what holds where nothing is said."""

    part: str
    text: str
    choices: tuple[Choice, ...] = ()
    several: bool = False
    default: str | None = None


Ask = Callable[[Prompt], tuple[str, ...]]
"""Puts one step to a person and gives the words they chose; none where they leave it at what holds."""

FACTS = {
    "concern": ("How worried are you?", "concern-levels"),
    "danger_to": ("Whom does the danger threaten?", "dangers"),
    "linked_to_risk": ("Is whoever would receive it linked to the danger?", ""),
    "belief": ("How sure are you?", "beliefs"),
    "consent": ("What has come of asking for consent?", "answers-to-consent"),
    "age": ("How old is the person?", ""),
    "able_to_decide": ("Can the person decide for themselves?", "abilities"),
    "objection": ("Has the person objected?", ""),
    "request": ("Has somebody asked for it?", "requests"),
    "scale": ("How many people is it about?", "scales"),
}
"""The facts that a question may leave out, in the order in which they are asked; and the vocabulary of each."""

_YES_OR_NO = (Choice("no", "no"), Choice("yes", "yes"))
_SHOWN = 30
_WIDTH = 72


def complete(given: Mapping[str, Any], enquiries: Enquiries, ask: Ask) -> dict[str, Any]:
    """A question with what it lacked, from `ask`; raises `QuestionError` where what is given is not known."""
    asked = dict(given)
    for part in ("from", "to", "purpose", "about", "data"):
        if not asked.get(part) and not (part == "to" and asked.get("relation")):
            _add(asked, _part(part, asked, enquiries), ask)
    left = [name for name in FACTS if name not in asked]
    while name := _telling(left, asked, enquiries):
        left.remove(name)
        _add(asked, _fact(name, asked, enquiries), ask)
    return asked


def _add(asked: dict[str, Any], prompt: Prompt, ask: Ask) -> None:
    words = ask(prompt)
    if not words:
        return
    part = prompt.part
    if part == "to" and words[0].startswith(_PERSON):
        asked["relation"] = words[0].removeprefix(_PERSON)
    elif part in ("objection", "linked_to_risk"):
        asked[part] = words[0] == "yes"
    else:
        asked[part] = int(words[0]) if part == "age" else list(words) if prompt.several else words[0]


# the five parts


_PERSON = "somebody/"


def _part(part: str, asked: Mapping[str, Any], enquiries: Enquiries) -> Prompt:
    desk = enquiries.desk(enquiries.read(asked))
    policies = [policy for policy in desk.policies if policy.in_use] or list(desk.policies)
    names, book = Names(policies, desk.book), desk.book
    if part in ("from", "to"):
        if part == "from":
            return Prompt(part, "Who are you?", _once(_senders(policies, names) or _people_of(book)))
        people = _recipients(policies, names, asked) if policies else _people_of(book)
        others = [
            Choice(_PERSON + word, f"{term.label}, outside any agency")
            for word, term in book.terms("relations").items()
        ]
        return Prompt(part, "Whom would you tell?", _once([*people, *others]))
    text, vocabulary, several = {
        "purpose": ("What for?", "purposes", False),
        "about": ("Whose information is it?", "subject-types", True),
        "data": ("What would you share?", "data-categories", True),
    }[part]
    own = _flows_first(part, policies, asked)
    choices = [Choice(word, _label(part, word, names)) for word in own]
    choices = choices or [Choice(word, term.label) for word, term in book.terms(vocabulary).items()]
    return Prompt(part, text, _once(choices), several)


def _people_of(book: Book) -> list[Choice]:
    """Without an agreement: kinds of role at kinds of agency, as far as the book knows where a role is; and agencies."""
    agencies = book.terms("agency-types")
    roles = [
        Choice(f"{agency}/{word}", f"{term.label} ({agencies[agency].label})")
        for word, term in book.terms("role-types").items()
        for agency, body in agencies.items()
        if agency == term.facts.get("usually_at", agency)
        and term.facts.get("sector") in ("any", body.facts.get("sector"))
    ]
    return [*roles, *(Choice(word, term.label) for word, term in agencies.items())]


def _senders(policies: Sequence[Policy], names: Names) -> list[Choice]:
    """Those who share something under a flow; where no flow names a role, everybody the agreements know."""
    every = [(name, who) for policy in policies for name, who in policy.parties.items()]
    return [_person(name, names) for name, who in [one for one in every if one[1].kind.role and one[1].sends] or every]


def _recipients(policies: Sequence[Policy], names: Names, asked: Mapping[str, Any]) -> list[Choice]:
    """Those whom a flow of the sender reaches come first, then everybody else the agreements know."""
    sender = str(asked.get("from"))
    near: list[Choice] = []
    far: list[Choice] = []
    for policy in policies:
        sends = 0
        for name, who in policy.parties.items():
            sends |= who.sends if named(name, sender) else 0
        for name, who in policy.parties.items():
            if not named(name, sender):
                (near if who.receives & sends else far).append(_person(name, names))
    return [*near, *far]


def _person(name: str, names: Names) -> Choice:
    body = names.body(name)
    return Choice(name, names.party(name) + (f", {body}" if body else ""))


def _flows_first(part: str, policies: Sequence[Policy], asked: Mapping[str, Any]) -> list[str]:
    """The purposes, people or items of the agreements: those of a flow that fits what is said so far before the rest."""
    near: list[str] = []
    far: list[str] = []
    for policy in policies:
        own = {"purpose": policy.purposes, "about": policy.subjects, "data": policy.items}[part]
        fitting = -1
        for name, side in ((asked.get("from"), "sends"), (asked.get("to"), "receives")):
            if name:
                bits = 0
                for party, who in policy.parties.items():
                    bits |= getattr(who, side) if named(party, str(name)) else 0
                fitting &= bits
        purpose = policy.purposes.get(str(asked.get("purpose")))
        fitting &= purpose.flows if purpose else -1
        for word, what in own.items():
            (near if what.flows & fitting else far).append(word)
    return [*near, *far] if part == "data" or not near else near


def _label(part: str, word: str, names: Names) -> str:
    return {"purpose": names.purpose, "about": names.subject, "data": names.item}[part](word)


def _short(text: str, room: int) -> str:
    return text if len(text) <= room else text[: max(room, 24) - 2].rsplit(" ", 1)[0] + " …"


def _once(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    return tuple(
        {choice.word: choice for choice in reversed(list(choices))}[word]
        for word in dict.fromkeys(c.word for c in choices)
    )


# the facts


def _fact(name: str, asked: Mapping[str, Any], enquiries: Enquiries) -> Prompt:
    text, vocabulary = FACTS[name]
    put = enquiries.read(asked)
    reply = enquiries.reply(asked)
    if name == "age":
        return Prompt(name, text)
    held = str(getattr(reply.answer.circumstances, _HELD.get(name, FIELDS[name])))
    if not vocabulary:
        return Prompt(name, text, _YES_OR_NO, default=held)
    book = enquiries.desk(put).book
    choices = tuple(Choice(word, lowered(term.label)) for word, term in book.terms(vocabulary).items())
    return Prompt(name, text, choices, default=held)


_HELD = {"danger_to": "danger", "able_to_decide": "decides", "linked_to_risk": "linked"}


def _telling(left: Sequence[str], asked: Mapping[str, Any], enquiries: Enquiries) -> str | None:
    """The next fact that can change what to do, by itself; or the answer, together with one other that is still open."""
    book = enquiries.desk(enquiries.read(asked)).book
    said = {name: tuple(_alternatives(name, book)) for name in left}
    todo = _todo(asked, enquiries)
    for name in left:
        if any(_todo({**asked, name: value}, enquiries) != todo for value in said[name]):
            return name
    now = _outcomes(asked, enquiries)
    for one, other in combinations(left, 2):
        if any(_outcomes({**asked, one: x, other: y}, enquiries) != now for x, y in product(said[one], said[other])):
            return one
    return None


def _alternatives(name: str, book: Book) -> Iterator[Any]:
    vocabulary = FACTS[name][1]
    if vocabulary:
        yield from book.terms(vocabulary)
    elif name == "age":
        places = book.terms("jurisdictions").values()
        ages = {
            int(age) for place in places for key in ("presumed_from", "decides_from") if (age := place.facts.get(key))
        }
        yield from sorted({0, *ages, int(book.term("subject-types", "child").facts.get("under", 18))})
    else:
        yield from (True, False)


def _outcomes(asked: Mapping[str, Any], enquiries: Enquiries) -> tuple[str, ...]:
    """The outcome of each item."""
    put = enquiries.read(asked)
    desk = enquiries.desk(put)
    return tuple(desk.outcome(replace(put, data=(item,))) for item in put.data)


def _todo(asked: Mapping[str, Any], enquiries: Enquiries) -> tuple[object, ...]:
    """The outcome of each item, and what has to be done first and by when."""
    put = enquiries.read(asked)
    answer = enquiries.desk(put).answer(put)
    return tuple(one.outcome for one in answer.items), answer.first, answer.duties.deadline


# at a terminal


def choose(prompt: Prompt, read: Callable[[str], str], say: Callable[[str], None]) -> tuple[str, ...]:
    """Put a step to a person: they answer with numbers, with words, or with part of a word to shorten a long list."""
    shown: Sequence[Choice] = prompt.choices
    say(f"\n{prompt.text}")
    while True:
        _list(shown, say)
        said = read(_hint(prompt, shown)).strip()
        if not said:
            if prompt.default is not None or not prompt.choices:
                return ()
            continue
        if not prompt.choices:
            if said.isdecimal() and int(said) <= 130:
                return (str(int(said)),)
            say("Write a number of years, or nothing.")
            continue
        words = [word.strip() for word in said.split(",") if word.strip()] if prompt.several else [said]
        found = [_chosen(word, shown, prompt.choices) for word in words]
        if found and all(found):
            return tuple(dict.fromkeys(one for one in found if one))
        near = sorted(
            (one for one in prompt.choices if said.lower() in f"{one.word} {one.label}".lower()),
            key=lambda one: not one.label.lower().startswith(said.lower()),
        )
        if len(near) == 1:
            return (near[0].word,)
        if not near:
            say(f"Nothing here is called `{said}`.")
        shown = near or prompt.choices


def _list(shown: Sequence[Choice], say: Callable[[str], None]) -> None:
    for number, one in enumerate(shown[:_SHOWN], 1):
        word = one.word.removeprefix(_PERSON)
        say(f"  {number:>2}  {word}  {'' if one.label == one.word else _short(one.label, _WIDTH - len(word))}".rstrip())
    if len(shown) > _SHOWN:
        say(f"      and {len(shown) - _SHOWN} more: type part of a word to find one")


def _hint(prompt: Prompt, shown: Sequence[Choice]) -> str:
    if not prompt.choices:
        return "Years (Enter to leave it out): "
    kept = f" (Enter: {prompt.default})" if prompt.default is not None else ""
    return f"{'Numbers, with commas' if prompt.several else 'Number'}{kept}: " if shown else ": "


def _chosen(said: str, shown: Sequence[Choice], every: Sequence[Choice]) -> str | None:
    if said.isdecimal() and 1 <= int(said) <= min(len(shown), _SHOWN):
        return shown[int(said) - 1].word
    return next((one.word for one in every if one.word == said), None)


def at_terminal(prompt: Prompt) -> tuple[str, ...]:
    """Put a step to whoever sits at the terminal; what is said goes to the error stream, since the answer is output."""
    import typer

    def read(hint: str) -> str:
        typer.echo(hint, nl=False, err=True)
        try:
            return input()
        except EOFError:
            raise SettingsError(
                "the question was not finished, and nothing was answered", "give the rest as flags"
            ) from None

    return choose(prompt, read, lambda line: typer.echo(line, err=True))
