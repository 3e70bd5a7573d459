"""A paper, or a card, as one HTML page that needs nothing else; a paper prints with its title, status and digest on every page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from sharecheck import formats
from sharecheck.brand import PLAIN, Brand, Logo
from sharecheck.paper.cards.card import Card
from sharecheck.paper.model import Paper, Running


def render(paper: Paper, pictures: Mapping[str, str], brand: Brand = PLAIN) -> str:
    """The page; `pictures` are SVG texts by name, and a figure whose picture lacks is said in words."""
    encoded = {name: base64.b64encode(svg.encode()).decode() for name, svg in pictures.items()}
    shown = {name: f"data:image/svg+xml;base64,{text}" for name, text in encoded.items()}
    return _page("paper", ("paper",), _every_page(paper.running), brand, paper=paper, pictures=shown)


def card(made: Card, brand: Brand = PLAIN) -> str:
    """A card as a page that prints on A5; it has room for everything."""
    return _page("card", ("paper", "card"), _across(made.band), brand, card=made)


def _page(template: str, styles: Iterable[str], more: str, brand: Brand, **values: Any) -> str:
    """A page from a template, with style sheets and more style that nothing else may be added to."""
    sheets = [formats.style(f"{name}.css") for name in styles]
    style = f":root {{ --main: {brand.main}; --accent: {brand.accent}; }}\n{''.join(sheets)}{more}"
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return formats.templates().get_template(f"{template}.html.j2").render(
        style=Markup(style), style_hash=f"sha256-{digest}", brand=brand, logo=_data(brand.logo) if brand.logo else "", **values
    )  # fmt: skip


_KINDS = {".svg": "svg+xml", ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"}


def _data(logo: Logo) -> str:
    return f"data:image/{_KINDS[logo.ending]};base64,{base64.b64encode(logo.data).decode()}"


def _every_page(running: Running) -> str:
    """The margins of every printed page, and the word across it of what is not in force."""
    boxes = {
        "top-left": running.title, "top-center": running.marking, "top-right": running.state,
        "bottom-left": running.version, "bottom-center": f"Digest {running.digest}" if running.digest else "",
    }  # fmt: skip
    margins = "".join(f"@{place} {{ content: {_quoted(said)}; }} " for place, said in boxes.items())
    sheet = f'font: 8pt Arial, sans-serif; {margins}@bottom-right {{ content: "Page " counter(page) " of " counter(pages); }}'
    return f"@page {{ size: A4; margin: 22mm 16mm; {sheet} }}\n@page lying {{ size: A4 landscape; }}\n{_across(running.band)}"


def _across(band: str) -> str:
    """The word across every page of what is not in force."""
    if not band:
        return ""
    size = 22 if len(band) < _LONG else 12
    return (
        f"body::before {{ content: {_quoted(band)}; position: fixed; inset: 0; z-index: -1; display: flex; "
        f"align-items: center; justify-content: center; font-size: {size}vmin; font-weight: bold; color: #e9e9e9; "
        "transform: rotate(-45deg); pointer-events: none; print-color-adjust: exact; }\n"
    )


_LONG = 10
"""So long a word goes across a page in smaller letters."""


def _quoted(text: str) -> str:
    """A text as a string of a style sheet, in which nothing can end the string or the sheet."""
    return '"' + "".join(c if c.isascii() and (c.isalnum() or c in " .,-") else f"\\{ord(c):06X} " for c in text) + '"'
