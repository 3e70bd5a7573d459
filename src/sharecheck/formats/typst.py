"""A paper as PDF, at once PDF/UA-1 and PDF/A-2a: plain data laid out by a template that never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sharecheck import press
from sharecheck.brand import PLAIN, Brand
from sharecheck.paper.model import Line, Paper

_TEMPLATE = Path(__file__).parent / "templates" / "paper.typ"


def render(paper: Paper, pictures: Mapping[str, str], on: date, brand: Brand = PLAIN) -> bytes:
    """The PDF of a paper; `pictures` are SVG texts by name, and a figure whose picture lacks is said in words.

    `on` is the day that the file bears. Raises `PressError` where it cannot be made.
    """
    logo = brand.logo
    file = f"logo{logo.ending}" if logo else ""
    marked = {"name": brand.name, "logo": file, "main": brand.main, "accent": brand.accent}
    held = {**data(paper, pictures), "brand": marked}
    return press.pdf(_TEMPLATE.read_bytes(), held, on, {file: logo.data} if logo else {})


def data(paper: Paper, pictures: Mapping[str, str]) -> dict[str, Any]:
    """A paper as plain values, as the template reads it."""
    held: dict[str, Any] = _value(paper)
    held["running"]["state"] = paper.running.state
    return {**held, "pictures": {name: press.picture(svg) for name, svg in pictures.items()}}


def _value(part: Any) -> Any:
    if isinstance(part, Line):
        said: dict[str, Any] = {"text": part.text, "manner": part.manner, "to": part.to, "language": part.language}
        return {**said, "pieces": part.pieces} if part.coded else said
    if is_dataclass(part):
        held = {one.name: _value(getattr(part, one.name)) for one in fields(part)}
        return {"kind": type(part).__name__.lower(), **held}
    return [_value(one) for one in part] if isinstance(part, tuple) else part
