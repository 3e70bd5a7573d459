"""How a partnership marks what it publishes as its own: a name, a logo and two colours, as the settings say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sharecheck.errors import SettingsError
from sharecheck.settings import Settings

_BEGINS = {
    ".svg": re.compile(rb"<svg[\s>]"), ".png": re.compile(rb"\A\x89PNG\r\n"), ".jpg": re.compile(rb"\A\xff\xd8\xff"),
    ".jpeg": re.compile(rb"\A\xff\xd8\xff"), ".webp": re.compile(rb"\ARIFF....WEBP", re.DOTALL),
}  # fmt: skip
"""The pictures that a logo may be, by the ending of the file, and what each has near its beginning."""
_CONTRAST = 4.5
"""How far a colour has to stand out from white for text of any size (WCAG 2.2, AA)."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture as it lies in the repository; `ending` is that of its file, `.svg` or `.png` say."""

    ending: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Brand:
    """What the settings give; `name` is empty where they give none. Colours are `#rrggbb` and stand out from white.

    `template` is a Word document that agreements are laid into.
    """

    name: str = ""
    logo: Logo | None = None
    main: str = "#0b4a9e"
    accent: str = "#5a6570"
    template: bytes | None = None


PLAIN = Brand()
"""That of a partnership that gives none."""


def of(found: Settings) -> Brand:
    """The brand of a repository; raises `SettingsError` where a colour is too light or the logo is not there."""
    raw = found.brand
    colours = {name: raw.get("colours", {}).get(name, getattr(PLAIN, name)).lower() for name in ("main", "accent")}
    for name, colour in colours.items():
        if (contrast := _contrast(colour)) < _CONTRAST:
            raise SettingsError(
                f"`brand.colours.{name}` is {colour}, which stands out from white by {contrast:.1f} to 1",
                f"choose a darker one: text has to stand out by {_CONTRAST} to 1",
            )
    template = _read(found, "template") if "template" in raw else None
    return Brand(raw.get("name", ""), _logo(found) if "logo" in raw else None, **colours, template=template)


def _logo(found: Settings) -> Logo:
    written = found.brand["logo"]
    file = found.root / written
    if file.suffix.lower() not in _BEGINS:
        raise SettingsError(f"`brand.logo` names `{written}`, which is no picture", f"use {', '.join(_BEGINS)}")
    ending, data = file.suffix.lower(), _read(found, "logo")
    if not _BEGINS[ending].search(data[:4096]):
        raise SettingsError(
            f"`brand.logo` names `{written}`, which is not what its ending says", "save the picture again"
        )
    return Logo(ending, data)


def _read(found: Settings, name: str) -> bytes:
    try:
        return Path(found.root, found.brand[name]).read_bytes()
    except OSError:
        raise SettingsError(
            f"`brand.{name}` names `{found.brand[name]}`, which cannot be read",
            "correct it; it is looked for from the settings",
        ) from None


def _contrast(colour: str) -> float:
    """How far a colour stands out from white, as WCAG reckons it: from 1 to 21."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
