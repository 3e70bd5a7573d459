"""The plain questions and answers of charts, for the words of the vocabularies; a word that is not here has its label."""

from __future__ import annotations

from collections.abc import Sequence

from sharecheck.knowledge import Book
from sharecheck.policy.names import lowered
from sharecheck.policy.wording import Dimension

QUESTIONS = {
    "sender": "Which of these are you?",
    "recipient": "Whom would you tell?",
    "purpose": "What is it for?",
    "item": "What would you share?",
    "about": "Whose information is it?",
    "danger": "Whom does the danger threaten?",
    "belief": "How sure are you?",
    "consent": "Have you asked, and what did they say?",
    "decides": "Can the person decide for themselves?",
    "person": "Is the information about somebody under 18?",
    "objection": "Has the person objected?",
    "request": "Has somebody asked for it?",
    "scale": "How many people is it about?",
    "linked": "Is whoever would receive it linked to the danger?",
}
"""One for each dimension; the level of concern is asked by `grave`."""

REST = {
    "recipient": "Anybody else named above",
    "item": "Anything else named above",
    "about": "Anybody else named above",
}
"""What the rest of the values of a dimension is called; where it is not here, `Anything else`."""

_GRAVE = {
    "immediate-danger": "somebody is in immediate danger",
    "significant-harm": "a child is suffering, or may suffer, significant harm",
    "adult-at-risk": "an adult who cannot protect themselves is at risk",
    "child-in-need": "the child is in need, and will not do well without help",
    "adult-care-and-support": "an adult needs care and support",
    "additional-needs": "somebody has additional needs",
}

_ANSWERS = {
    "consent": {
        "refused": "they said no", "withdrawn": "they agreed and took it back",
        "unsafe-to-ask": "asking would bring danger, warn a suspect or delay help",
        "unable": "the person cannot decide", "not-asked": "nobody has been asked", "given": "they agreed",
    },
    "decides": {"yes": "yes", "no": "no", "unclear": "it is unclear"},
    "person": {"child": "yes", "adult": "no"},
    "objection": {"yes": "yes", "no": "no"},
    "linked": {"yes": "yes", "no": "no"},
}  # fmt: skip

_GRANTED = {
    "linked": "whoever would receive it is {}", "person": "the information is about somebody {}",
    "concern": "the worry is: {}", "danger": "any danger is to {}", "scale": "it is about {}", "consent": "{}",
    "objection": "{}", "decides": "{}", "request": "{}", "belief": "it is {}",
}  # fmt: skip
_NOT = {
    ("request", "court-order"): "no court has ordered it",
    ("request", "statutory-requirement"): "nobody says that the law requires it",
    ("belief", "unsure"): "you are not unsure how serious it is",
}
"""What is taken for granted where these words alone, one or two of them, are left out."""

_AGES = {"person": {"child": "under 18", "adult": "of 18 or over"}}


NOT_IN_USE = "Not in use on {on}: nobody may rest on this agreement yet, or any more. This is what it would say."


def grave(levels: Sequence[str], book: Book) -> str:
    """The question whether it is as grave as one of these levels, gravest first."""
    if tuple(levels) == ("immediate-danger",):
        return "Is somebody in immediate danger?"
    said = [_GRAVE.get(one, lowered(book.term("concern-levels", one).label)) for one in reversed(levels)]
    return f"Do you think that {', or that '.join(said)}?"


def answer(name: str, values: Sequence[str], dimension: Dimension) -> str:
    """An answer that stands for some values of a circumstance."""
    labels = _ANSWERS.get(name, dict(zip(dimension.values, dimension.labels, strict=True)))
    said = [labels[value] for value in values]
    if name == "consent" and {"refused", "withdrawn"} <= set(values):
        said = [
            "they said no, or took their agreement back",
            *(labels[v] for v in values if v not in ("refused", "withdrawn")),
        ]
    text = "; or ".join(said) if any("," in one or " or " in one for one in said) else either(said)
    return text[:1].upper() + text[1:]


def granted(name: str, values: Sequence[str], dimension: Dimension) -> str:
    """What a chart takes for granted of a circumstance, inside a sentence."""
    left_out = [value for value in dimension.values if value not in values]
    if len(left_out) < 3 and all((name, value) in _NOT for value in left_out):
        return " and ".join(_NOT[name, value] for value in left_out)
    labels = _AGES.get(name, dict(zip(dimension.values, dimension.labels, strict=True)))
    said = [lowered(labels[value]) for value in values]
    return _GRANTED[name].format(", or ".join(said) if any("," in one for one in said) else either(said))


def either(words: Sequence[str]) -> str:
    """Words as a sentence offers them; those that have commas are set apart by semicolons."""
    if any("," in word for word in words):
        return "; or ".join(words)
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else "".join(words)


def spoken(name: str) -> str:
    """An id as words."""
    return name.replace("-", " ")


def letter(number: int) -> str:
    """`A`, `B` … `Z`, `AA` for 0, 1 …"""
    head, tail = divmod(number, 26)
    return (letter(head - 1) if head else "") + chr(ord("A") + tail)
