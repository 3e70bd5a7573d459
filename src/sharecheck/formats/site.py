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

from jinja2 import Environment, PackageLoader, StrictUndefined

from sharecheck.brand import Brand
from sharecheck.policy import compiled, exported
from sharecheck.register import LISTS, Link, Page, Register

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "object-src 'none'"
)
"""What pages may load and do: what lies beside them, and nothing else."""

_TITLE = "Register of information-sharing agreements"
"""What a register is called whose partnership gives no name."""
_WEB = Path(__file__).parent / "web"
_WORD = re.compile(r"[^\W_]+")


def files(register: Register, brand: Brand, tool: str, words: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Every file of the site by its path with `/`; `words` are the fixed sentences of an answer (`formats.answer.WORDS`)."""
    environment = _environment()
    lists = [(_list(kind), title) for kind, title in LISTS.items()]
    common = {
        "policy": POLICY, "register": brand.name or _TITLE, "logo": f"assets/{logo}" if (logo := _logo(brand)) else "",
        "on": register.book.on.isoformat(), "book": register.book.version, "tool": tool, "public": register.public,
        "menu": [*lists, ("ask.html", "Ask"), ("search.html", "Search")],
    }  # fmt: skip

    def made(template: str, **values: Any) -> bytes:
        return environment.get_template(f"site/{template}.html.j2").render(**common, **values).encode()

    for page in register.pages:
        yield page.path, made("page", page=page, here=page.path)
    for kind, title in LISTS.items():
        pages = [page for page in register.pages if page.kind == kind]
        yield _list(kind), made("list", pages=pages, title=title, kind=kind, here=_list(kind))
    yield "ask.html", made("ask", here="ask.html")
    yield "search.html", made("search", here="search.html")
    yield from _policies(register, tool, words)
    yield "assets/index.js", _index(register.pages)
    loader = environment.loader
    assert loader is not None
    style = loader.get_source(environment, "page.css")[0] + (_WEB / "site.css").read_text("utf-8")
    yield "assets/site.css", f":root {{ --main: {brand.main}; --accent: {brand.accent}; }}\n{style}".encode()
    for script in ("desk.js", "ask.js", "search.js"):
        yield f"assets/{script}", (_WEB / script).read_bytes()
    if brand.logo:
        yield f"assets/{logo}", brand.logo.data


def _logo(brand: Brand) -> str:
    """The name of the file of the logo; empty where there is none."""
    return f"logo{brand.logo.ending}" if brand.logo else ""


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("sharecheck.formats"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip


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


def _index(pages: Sequence[Page]) -> bytes:
    """For every word the pages that have it."""
    words: dict[str, list[int]] = {}
    for number, page in enumerate(pages):
        for word in sorted(set(_words(page))):
            words.setdefault(word, []).append(number)
    listed = [
        [page.path, page.title, LISTS[page.kind][:-1].lower() if page.kind != "agency" else "agency"] for page in pages
    ]
    return (
        f'"use strict";\nglobalThis.sharecheckIndex = {{"pages": {_json(listed)}, "words": {_json(words)}}};\n'.encode()
    )


def _words(page: Page) -> Iterator[str]:
    cells = [(Link(page.title),), *(cell for _, cell in page.facts)]
    if page.kind in ("agreement", "role"):  # the flows on other pages stand on those of their agreements
        cells += [cell for table in page.tables for row in table.rows for cell in row.cells]
    for cell in cells:
        for link in cell:
            plain = "".join(c for c in unicodedata.normalize("NFKD", link.text) if not unicodedata.combining(c))
            yield from _WORD.findall(plain.lower())


def _json(value: Any) -> str:
    """Values as JavaScript has them, with nothing that could end a script."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
