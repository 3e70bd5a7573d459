"""The register as a folder of pages that need nothing else: no network, no inline script or style, a strict content policy.

Everything is text from `register` and numbers from `policy.exported`; the scripts beside them are the same for everybody.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from sharecheck import formats
from sharecheck.brand import Brand
from sharecheck.policy import compiled, exported
from sharecheck.register.model import LISTS, MAP, Cell, Link, Page, Register

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "object-src 'none'"
)
"""What pages may load and do: what lies beside them, and nothing else."""

_TITLE = "Register of information-sharing agreements"
"""What a register is called whose partnership gives no name."""
_WEB = Path(__file__).parent / "web"
_WORD = re.compile(r"[^\W_]+")
_OTHER = "other"
_COLUMNS = {
    "agreement": ("Status", "Review by", "Under"), "agency": ("Kind", "Written in"), "role": ("At", "Written in"),
    "purpose": ("Kind", "In"),
}  # fmt: skip
"""The facts of a page that stand beside its title in the list of its kind."""
_MANY = 1000
"""So many pages are listed on one page; more on one for each letter."""
_SINGLE = {"agency": "agency", "agreement": "agreement", "role": "role", "purpose": "purpose", "remit": "role",
           "history": "changes", "map": "map"}  # fmt: skip
"""What a page that was found is, in a word."""


def files(
    register: Register,
    brand: Brand,
    tool: str,
    words: Mapping[str, Any],
    pictures: Mapping[str, str],
    papers: Mapping[str, str],
) -> Iterator[tuple[str, bytes]]:
    """Every file of the site by its path with `/`; `words` are the fixed sentences of an answer (`formats.answer.WORDS`).

    `pictures` are the maps as SVG by the path of their page, and `papers` the pages to print by the agreement's document.
    """
    lists = [(_list(kind), title) for kind, title in LISTS.items()]
    common = {
        "policy": POLICY, "register": brand.name or _TITLE, "logo": f"assets/{logo}" if (logo := _logo(brand)) else "",
        "on": register.book.on.isoformat(), "book": register.book.version, "tool": tool, "public": register.public,
        "menu": [*lists, (MAP, "Map"), ("ask.html", "Ask"), ("search.html", "Search")],
    }  # fmt: skip
    templates = {
        name: formats.templates().get_template(f"site/{name}.html.j2") for name in ("page", "list", "ask", "search")
    }

    def made(template: str, **values: Any) -> bytes:
        return templates[template].render(**common, **values).encode()

    for page in register.pages:
        alone = f"{page.path.removesuffix('.html')}.svg" if page.path in pictures else ""
        if alone:
            yield alone, pictures[page.path].encode()
        yield (
            page.path,
            made("page", page=page, here=page.path, picture=_inline(pictures.get(page.path, "")), alone=alone),
        )
    for kind, title in LISTS.items():
        for path, shown, values in _listed(kind, title, [page for page in register.pages if page.kind == kind]):
            yield path, made("list", kind=kind, here=_list(kind), title=shown, **values)
    for word, agreement in register.agreements:
        if paper := papers.get(agreement.document.name):
            yield f"paper-{word}.html", paper.encode("utf-8", "replace")
    yield "ask.html", made("ask", here="ask.html")
    yield "search.html", made("search", here="search.html")
    yield from _policies(register, tool, words)
    yield from _index(register.pages)
    style = formats.style("page.css") + (_WEB / "site.css").read_text("utf-8")
    yield "assets/site.css", f":root {{ --main: {brand.main}; --accent: {brand.accent}; }}\n{style}".encode()
    for script in ("desk.js", "ask.js", "search.js", "filter.js"):
        yield f"assets/{script}", (_WEB / script).read_bytes()
    if brand.logo:
        yield f"assets/{logo}", brand.logo.data


def _inline(svg: str) -> Markup:
    """A picture of ours, which holds text as text, to stand in a page."""
    return Markup(svg.partition("?>\n")[2])


def _listed(kind: str, title: str, pages: Sequence[Page]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The list of a kind, as its path, its title and what it shows: one page, or one for each letter and one that leads to them."""
    head = (kind.capitalize(), *_COLUMNS[kind])
    first = _list(kind)
    if len(pages) <= _MANY:
        yield first, title, {"rows": [_row(page) for page in pages], "head": head, "letters": ()}
        return
    letters: dict[str, list[Page]] = {}
    for page in pages:
        letters.setdefault(_letter(page.title), []).append(page)
    ways = [
        (f"{LISTS[kind].lower()}-{letter}.html", letter.upper() if letter != _OTHER else "Other", len(letters[letter]))
        for letter in sorted(letters)
    ]
    yield first, title, {"rows": (), "head": head, "letters": ways}
    for (path, name, _), letter in zip(ways, sorted(letters), strict=True):
        yield (
            path,
            f"{title}: {name}",
            {"rows": [_row(page) for page in letters[letter]], "head": head, "letters": ways},
        )


def _row(page: Page) -> list[Cell]:
    facts = dict(page.facts)
    return [(Link(page.title, page.path),), *(facts.get(name, ()) for name in _COLUMNS[page.kind])]


def _logo(brand: Brand) -> str:
    """The name of the file of the logo; empty where there is none."""
    return f"logo{brand.logo.ending}" if brand.logo else ""


def _list(kind: str) -> str:
    """Where the pages of a kind are listed; that of agreements is where one begins."""
    return "index.html" if kind == "agreement" else f"{LISTS[kind].lower()}.html"


def _policies(register: Register, tool: str, words: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """The book and the policies, as scripts that keep them under one name."""
    held = [{"word": word, "title": one.title, "file": f"{word}.js"} for word, one in register.agreements]
    book = {**exported.book(register.book), "tool": tool, "said": words}
    values = f'{{"book": {_json(book)}, "agreements": {_json(held)}, "policies": new Map()}}'
    yield "policies/book.js", f'"use strict";\nglobalThis.sharecheckRegister = {values};\n'.encode()
    for word, one in register.agreements:
        raw = exported.agreement(compiled.compile(one, register.book), public=register.public)
        text = f'"use strict";\nglobalThis.sharecheckRegister.policies.set({_json(f"{word}.js")}, {_json(raw)});\n'
        yield f"policies/{word}.js", text.encode()


def _index(pages: Sequence[Page]) -> Iterator[tuple[str, bytes]]:
    """What there is to find, and for every letter the words that begin with it, each with the pages that have it.

    Pages are numbers, each less the one before, which is shorter.
    """
    words: dict[str, dict[str, list[int]]] = {}
    last: dict[str, int] = {}
    for number, page in enumerate(pages):
        for word in sorted(set(_words(page))):
            words.setdefault(_first(word), {}).setdefault(word, []).append(number - last.get(word, 0))
            last[word] = number
    listed = [[page.path, page.title, _SINGLE[page.kind]] for page in pages]
    found = f'{{"pages": {_json(listed)}, "letters": {_json(sorted(words))}, "words": new Map()}}'
    yield "assets/index.js", f'"use strict";\nglobalThis.sharecheckIndex = {found};\n'.encode()
    for letter, held in sorted(words.items()):
        text = f'"use strict";\nglobalThis.sharecheckIndex.words.set({_json(letter)}, {_json(held)});\n'
        yield f"assets/words-{letter}.js", text.encode()


def _words(page: Page) -> Iterator[str]:
    cells = [(Link(page.title),), *(cell for _, cell in page.facts)]
    if page.kind in ("agreement", "role", "remit"):  # the flows on other pages stand on those of their agreements
        cells += [cell for table in page.tables for row in table.rows for cell in row.cells]
    for text in dict.fromkeys(link.text for cell in cells for link in cell):
        yield from _WORD.findall(_plain(text))


def _plain(text: str) -> str:
    """A text without accents and capitals."""
    if text.isascii():
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()


def _first(word: str) -> str:
    """The file in which a word is found: its first letter, or one for all that are no letters of English."""
    return word[0] if word[0].isascii() else _OTHER


def _letter(title: str) -> str:
    return next((c if c.isascii() and c.isalpha() else _OTHER for c in _plain(title) if c.isalnum()), _OTHER)


def _json(value: Any) -> str:
    """Values as JavaScript has them, with nothing that could end a script."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
