"""Questions made up at random, put to the command's own code and to the same policies in a browser; and where they differ."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from oracle import generate
from sharecheck import __version__
from sharecheck.agreement import Agreement
from sharecheck.formats import answer as formats
from sharecheck.knowledge import Book
from sharecheck.policy import compiled, exported
from sharecheck.policy.answer import QuestionError
from sharecheck.policy.reply import Enquiries

Raw = dict[str, Any]

WEB = Path(formats.__file__).parent / "web"

ANSWERED = """([book, agreements, questions]) => {
  const desk = globalThis.sharecheck;
  const enquiries = new desk.Enquiries(book, agreements);
  return JSON.stringify(questions.map((question) => {
    try {
      const reply = enquiries.reply(question);
      return {...desk.value(reply), told: [desk.headline(reply), desk.askedBy(reply), desk.sections(reply)]};
    } catch (error) {
      if (!(error instanceof desk.QuestionError)) return {broken: String(error.stack)};
      return {refused: error.message};
    }
  }));
}"""

STEPPED = """([book, agreements, given, seed]) => {
  const desk = globalThis.sharecheck;
  const enquiries = new desk.Enquiries(book, agreements);
  let asked = given;
  const steps = [];
  const passed = [];
  for (let step; (step = desk.next(asked, passed, enquiries)); ) {
    const said = seed[steps.length % seed.length];
    const words = step.choices.length ? [step.choices[said % step.choices.length].word] : said % 2 ? [] : [String(said % 20)];
    const chosen = step.usual !== null && said % 3 === 0 ? [] : words;
    steps.push([step.part, step.text, step.choices.map(({word, label}) => [word, label]), step.several, step.usual]);
    passed.push(step.part);
    asked = desk.added(asked, step, chosen);
  }
  return JSON.stringify([steps, asked]);
}"""


def raw_book(book: Book) -> Raw:
    """The book as the register carries it."""
    return {**exported.book(book), "tool": __version__, "said": formats.WORDS}


def raw_agreements(agreements: Sequence[Agreement], book: Book) -> list[Raw]:
    """Agreements as the register carries them."""
    return [exported.agreement(compiled.compile(one, book)) for one in agreements]


def here(enquiries: Enquiries, question: Raw) -> Raw:
    """What the command's own code answers."""
    try:
        reply = enquiries.reply(question)
    except QuestionError as error:
        return {"refused": error.message}
    told = [formats.headline(reply), formats.asked_by(reply.answer, reply.names), formats.sections(reply)]
    found: Raw = json.loads(json.dumps({**formats.value(reply, __version__), "told": told}))
    return found


def differences(ours: Any, theirs: Any, at: str = "") -> Iterator[str]:
    """Where two values differ, field by field."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted({*ours, *theirs}):
            yield from differences(ours.get(key, "nothing"), theirs.get(key, "nothing"), f"{at}.{key}".strip("."))
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for i, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from differences(one, other, f"{at}[{i}]")
    elif ours != theirs or type(ours) is not type(theirs):
        yield f"`{at}`: the command says {json.dumps(ours)[:300]}, the browser {json.dumps(theirs)[:300]}"


def disagreement(
    ask: Callable[[list[Raw]], list[Raw]], enquiries: Enquiries, questions: Sequence[Raw]
) -> tuple[str, int, int]:
    """The first question answered differently, made as small as it can be, in words; how many were put, and how many refused."""
    theirs = ask(list(questions))
    ours = [here(enquiries, question) for question in questions]
    wrong = [i for i in range(len(questions)) if ours[i] != theirs[i]]
    refused = sum(1 for one in ours if "refused" in one)
    if not wrong:
        return "", len(questions), refused

    def fails(question: Raw) -> bool:
        one = here(enquiries, question)
        return "refused" not in one and one != ask([question])[0]

    question = questions[wrong[0]]
    if fails(question):
        question = generate.shrunk(question, fails)
    said = "; ".join(list(differences(here(enquiries, question), ask([question])[0]))[:4])
    return f"{len(wrong)} of {len(questions)} differ. {json.dumps(question)}: {said}", len(questions), refused


def questions(rng: Random, agreements: Sequence[Agreement], book: Book, many: int) -> Iterator[Raw]:
    """Questions in the names of some agreements, mostly along a flow, now and then with a word of the book or a wrong name."""
    policies = [compiled.compile(one, book) for one in agreements]
    for _ in range(many):
        yield question(rng, rng.choice(policies) if policies else None, book)


def question(rng: Random, policy: compiled.Policy | None, book: Book) -> Raw:
    """One question."""
    maybe, some = generate.maybe, generate.some
    words = {name: tuple(book.terms(name)) for name in ("data-categories", "subject-types", "purposes", "relations")}
    roles, agencies = tuple(book.terms("role-types")), tuple(book.terms("agency-types"))

    def by_book() -> str:
        role, agency = rng.choice(roles), rng.choice(agencies)
        return rng.choice((role, agency, f"{agency}/{role}", f"{agency}/{role}"))

    own: dict[str, Sequence[str]] = {"data": (), "about": (), "purpose": ()}
    parties: Sequence[str] = ()
    senders: Sequence[str] = ()
    recipients: Sequence[str] = ()
    if policy is not None:
        assert policy.agreement is not None
        parties = tuple(policy.parties)
        own = {"data": tuple(policy.items), "about": tuple(policy.subjects), "purpose": tuple(policy.purposes)}
        if policy.flow_boxes and maybe(rng, 0.7):
            box = rng.choice(policy.flow_boxes)
            senders, recipients = sorted(box.senders or ()), sorted(box.recipients or ())
            own |= {"data": sorted(box.data or own["data"]), "purpose": sorted(box.purposes or own["purpose"])}
            own["about"] = sorted(box.about or own["about"])

    def who(side: Sequence[str]) -> str:
        name = rng.choice(side or parties) if (side or parties) and maybe(rng, 0.93) else by_book()
        return name.partition("/")[2] if name in parties and "/" in name and maybe(rng, 0.3) else name

    def part(key: str, vocabulary: str, least: int = 1, most: int = 3) -> list[str]:
        names = own[key] if own[key] and maybe(rng, 0.93) else words[vocabulary]
        return some(rng, names, least, most)

    asked: Raw = {"from": who(senders)}
    asked |= {"relation": rng.choice(words["relations"])} if maybe(rng, 0.2) else {"to": who(recipients)}
    asked["data"] = part("data", "data-categories", 1, 3)
    about = part("about", "subject-types", 1, 2 if maybe(rng, 0.3) else 1)
    asked |= {"about": about[0] if len(about) == 1 else about, "purpose": part("purpose", "purposes")[0]}
    if maybe(rng, 0.3):
        asked["to_protect"] = part("about", "subject-types")[0]
    renamed = {"danger": "danger_to", "decides": "able_to_decide", "linked": "linked_to_risk"}
    for name, value in generate.circumstances(rng, book).items():
        asked[renamed.get(name, name)] = value
    if maybe(rng, 0.2):
        people = {*about, *part("about", "subject-types")}
        asked["consent"] = {one: rng.choice(tuple(book.terms("answers-to-consent"))) for one in sorted(people)}
    if maybe(rng, 0.1):
        asked["able_to_decide"] = maybe(rng, 0.5)
    if maybe(rng, 0.15):
        asked["jurisdiction"] = rng.choice(tuple(book.terms("jurisdictions")))
    if maybe(rng, 0.02):
        asked[rng.choice(("from", "purpose"))] = rng.choice(("nobody-knows-this", "constructor", "valueof"))
    if maybe(rng, 0.02):
        del asked[rng.choice(("data", "about", "purpose"))]
    return asked


def load(book: Book) -> Callable[[date], Book]:
    """A book for every day."""
    return lambda _: book
