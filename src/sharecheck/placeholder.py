"""Placeholders: what says only that something is still to come (`spoc: TBC`) is as good as left out."""

from __future__ import annotations

import re
from typing import Any

_LATER = ("confirmed", "agreed", "decided", "determined", "added", "completed", "advised", "inserted")
_TELLING = ("tba", "tbc", "tbd", *(f"to be {word}" for word in _LATER))
_PLACEHOLDER = re.compile(rf"tb[acd]|to be (?:{'|'.join(_LATER)})", re.IGNORECASE)
_WORDED = frozenset(("text", "title", "name", "why", "cites", "until", "review"))
"""Fields whose words are judged as words."""


def there(text: str) -> bool:
    """Whether a text may have a placeholder in it."""
    plain = text.lower()
    return any(word in plain for word in _TELLING)


def dropped(value: Any) -> Any:
    """A part of a document without its placeholders."""
    if isinstance(value, dict):
        return {key: dropped(inner) for key, inner in value.items() if key in _WORDED or not _is_one(inner)}
    return [dropped(inner) for inner in value] if isinstance(value, list) else value


def _is_one(value: Any) -> bool:
    return isinstance(value, str) and bool(_PLACEHOLDER.fullmatch(value.strip(" .?")))
