"""A paper, or a card, as PDF, at once PDF/UA-1 and PDF/A-2a: plain data laid out by a template that never changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sharecheck import press
from sharecheck.brand import PLAIN, Brand
from sharecheck.paper.cards.card import HUSHED, RING, Card, without
from sharecheck.paper.model import Line, Paper

_TEMPLATE = Path(__file__).parent / "templates" / "paper.typ"
_CARD = _TEMPLATE.with_name("card.typ")

_SIDES, _LARGE, _SMALL, _LEAST = 2, 9.0, 8.0, 7.5
"""How many sides a card has at most; and sizes of letters in points: the least with what only explains, the least on one side
without it, and the least of all."""
_SIZES = (10.0, 9.5, 9.0, 8.5, 8.0, 7.5)
_AGAIN = 12
"""So many of the points that were left out are tried once more, each by itself."""


def render(paper: Paper, pictures: Mapping[str, str], on: date, brand: Brand = PLAIN) -> bytes:
    """The PDF of a paper; `pictures` are SVG texts by name, and a figure whose picture lacks is said in words.

    `on` is the day that the file bears. Raises `PressError` where it cannot be made.
    """
    return _marked(_TEMPLATE, data(paper, pictures), on, brand)


def data(paper: Paper, pictures: Mapping[str, str]) -> dict[str, Any]:
    """A paper as plain values, as the template reads it."""
    held: dict[str, Any] = _value(paper)
    held["running"]["state"] = paper.running.state
    return {**held, "pictures": {name: press.picture(svg) for name, svg in pictures.items()}}


def card(made: Card, on: date, brand: Brand = PLAIN) -> tuple[bytes, Card]:
    """The PDF of a card, A5, and the card as it stands there: on one side or on two, in the largest letters that fit.

    What finds no room on two sides is left out by its weight, and the card says so. Raises `PressError` as `render` does.
    """
    order = made.lightest
    brief = without(made, order[: made.spare])
    for sides, least, tried in ((1, _LARGE, made), (1, _SMALL, brief), (_SIDES, _LARGE, made), (_SIDES, _LEAST, brief)):
        if press.pages(pdf := _card(tried, least, on, brand)) <= sides:
            for size in _SIZES:
                if size > least and press.pages(larger := _card(tried, size, on, brand)) <= sides:
                    return larger, tried
            return pdf, tried
    for hushed in ((RING,), tuple(HUSHED)):
        tried = without(made, order[: made.spare], hushed)
        if press.pages(pdf := _card(tried, _LEAST, on, brand)) <= _SIDES:
            return pdf, tried
    return _shortened(made, order, on, brand)


def _shortened(made: Card, order: tuple[int, ...], on: date, brand: Brand) -> tuple[bytes, Card]:
    """A card without as many of the lightest points as have no room."""

    def without_them(gone: Collection[int]) -> tuple[bytes, Card, bool]:
        shorter = without(made, gone, HUSHED)
        pdf = _card(shorter, _LEAST, on, brand)
        return pdf, shorter, press.pages(pdf) <= _SIDES

    few, many = made.spare, len(order)  # without so few it is too long; without so many it is not, if it ever is not
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if without_them(order[:middle])[2] else (middle, many)
    gone = set(order[:many])
    for number in reversed(order[made.spare : many][-_AGAIN:]):  # a short one may fit where a heavier long one did not
        if without_them(gone - {number})[2]:
            gone.remove(number)
    pdf, shorter, _ = without_them(gone)
    return pdf, shorter


def said(made: Card) -> dict[str, Any]:
    """A card as plain values."""
    held: dict[str, Any] = _value(made)
    return held


def _card(made: Card, size: float, on: date, brand: Brand) -> bytes:
    sheets = made.sheets
    first = sheets[0].running
    several = f"Agreements {sheets[0].mark} to {sheets[-1].mark}"
    foot = f"{several if len(sheets) > 1 else f'{first.version} · Digest {first.digest}'} · As on {made.day}"
    held = {**said(made), "title": made.title, "about": "A card for practitioners", "size": size, "foot": foot}
    for one, sheet in zip(held["sheets"], sheets, strict=True):
        one["running"]["state"] = sheet.running.state
    return _marked(_CARD, held, on, brand)


def _marked(template: Path, held: Mapping[str, Any], on: date, brand: Brand) -> bytes:
    """A PDF that bears a brand."""
    logo = brand.logo
    file = f"logo{logo.ending}" if logo else ""
    marked = {"name": brand.name, "logo": file, "main": brand.main, "accent": brand.accent}
    return press.pdf(template.read_bytes(), {**held, "brand": marked}, on, {file: logo.data} if logo else {})


def _value(part: Any) -> Any:
    if isinstance(part, Line):
        said: dict[str, Any] = {"text": part.text, "manner": part.manner, "to": part.to, "language": part.language}
        return {**said, "pieces": part.pieces} if part.coded else said
    if is_dataclass(part):
        held = {one.name: _value(getattr(part, one.name)) for one in fields(part)}
        return {"kind": type(part).__name__.lower(), **held}
    return [_value(one) for one in part] if isinstance(part, tuple) else part
