"""What an agreement says, in one self-contained mapping: the tier 1 protocol and the defaults of flows written in.

The mapping has the shape of the format, so that it can be built into an agreement again, with the same meaning. Made
canonical, it is what two versions are compared by and what a signature stands for.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from typing import Any

import rfc8785

from sharecheck.agreement import Agreement, build
from sharecheck.source import Document, Path

WORDS = (
    "title", "welsh", "agencies.*.welsh", "roles.*.welsh", "subjects.*.welsh", "purposes.*.welsh", "data.*.welsh",
    "flows.*.welsh", "background", "benefits", "risk_of_not_sharing", "outside", "law.*.text", "agencies.*.name",
    "agencies.*.formerly", "agencies.*.text", "agencies.*.spoc", "agencies.*.deputy", "agencies.*.dpo",
    "agencies.*.caldicott_guardian", "agencies.*.ico_registration", "agencies.*.privacy_notice", "agencies.*.signatory",
    "agencies.*.teams.*.name", "agencies.*.teams.*.spoc", "agencies.*.teams.*.text", "roles.*.title", "roles.*.text",
    "purposes.*.objective", "purposes.*.measure", "purposes.*.compatibility", "data.*.why", "flows.*.title",
    "flows.*.necessity", "flows.*.text", "flows.*.contact", "defaults.title", "defaults.necessity", "defaults.text",
    "defaults.contact", "never.*.because", "undertakings.*.because", "governance.owner",
)  # fmt: skip
"""What explains an agreement, or says whom to ring, and binds nobody."""

ASIDES = (
    "sharecheck", "id", "version", "as_of", "status", "reference", "marking", "assured", "approvals", "supersedes",
    "replaced_by", "scenarios", "allow", "see",
)  # fmt: skip
"""What is about the document, or holds it to account, rather than agreed in it."""

DEFINITIONS = (
    "data.*.text", "data.*.relevance", "purposes.*.text", "subjects.*.text", "subjects.*.ages", "terms", "thresholds",
    "agencies.*.members", "agencies.*.joins", "flows.*.where", "defaults.where",
)  # fmt: skip
"""Words that draw a line: whoever rewrites them may take in more, which no program can tell."""

DECIDING = (
    "jurisdiction", "unknown", "agencies.*.type", "agencies.*.also", "agencies.*.functions", "agencies.*.part_of",
    "agencies.*.teams", "roles.*.type", "roles.*.agency", "roles.*.team", "roles.*.acting_for", "roles.*.direct_care",
    "roles.*.confidential", "subjects.*.type", "purposes.*.type", "data.*.type", "data.*.confidential", "law.*.cites",
    "law.*.provision", "never.*.from", "never.*.to", "never.*.data", "never.*.about", "never.*.purpose", "never.*.unless",
    "never.*.see",
    *(f"{where}.{field}" for where in ("flows.*", "defaults") for field in (
        "from", "to", "between", "data", "about", "purpose", "purposes", "concern", "gateways", "consent.model",
        "consent.relied_on", "consent.unless", "consent.refused",
    )),
    *(f"consents.*.{field}" for field in ("model", "relied_on", "unless", "refused")),
)  # fmt: skip
"""What the policy reads: a change of it is told by the questions whose answer moves."""

_SORTS = {"words": WORDS, "aside": ASIDES, "definition": DEFINITIONS, "decides": DECIDING}
_LEAF = ""
_PART = 2
"""The steps to a part: its section and its id."""


def _tree() -> dict[str, Any]:
    """The patterns step by step, so that a field is found by walking down."""
    root: dict[str, Any] = {}
    for sort, patterns in _SORTS.items():
        for pattern in patterns:
            here = root
            for step in pattern.split("."):
                here = here.setdefault(step, {})
            here[_LEAF] = sort
    return root


_TREE = _tree()
_ORDERED = frozenset(("method",))
"""Lists of terms in which order says something."""


def sort_of(path: Path) -> str:
    """What a field of an agreement does: `words`, `aside`, `definition`, `decides`, or else `condition`.

    What is inside a field does as that does, unless it is said apart; a field with something inside that decides, decides.
    """
    here, sort = _TREE, "condition"
    for step in path:
        here = here.get(str(step)) or here.get("*") or {}
        sort = here.get(_LEAF, sort)
    return "decides" if is_mixed(path) else sort


def is_mixed(path: Path) -> bool:
    """Whether a field of a part is a mapping that has both what the policy reads and what it does not, as `consent`."""
    here = _TREE
    for step in path:
        here = here.get(str(step)) or here.get("*") or {}
    return len(path) > _PART and bool(here) and _LEAF not in here


def resolved(agreement: Agreement) -> dict[str, Any]:
    """All that an agreement says, in the shape of the format, with nothing left to be looked up elsewhere."""
    raw = agreement.fields
    held = {key: value for key, value in raw.items() if key not in ("under", "defaults", "consents", "flows")}
    if isinstance(raw.get("under"), Mapping):
        held["under"] = raw["under"]
    for name in ("agencies", "roles"):
        if parts := getattr(agreement, name):
            held[name] = {key: part.fields for key, part in parts.items()}
    for name in ("thresholds", "handling", "governance"):
        if said := getattr(agreement, name):
            held[name] = dict(said)
    for name in ("terms", "law"):
        if said := _inherited(agreement, name):
            held[name] = said
    if agreement.flows:
        consents = raw.get("consents", {})
        held["flows"] = {key: _whole(flow.fields, consents) for key, flow in agreement.flows.items()}
    return held


def _inherited(agreement: Agreement, name: str) -> dict[str, Any]:
    above = _inherited(agreement.parent, name) if agreement.parent else {}
    return {**above, **agreement.fields.get(name, {})}


def _whole(flow: Mapping[str, Any], consents: Mapping[str, Any]) -> dict[str, Any]:
    """A flow with the way of asking written out that it names."""
    named = flow.get("consent")
    return {**flow, "consent": consents[named]} if isinstance(named, str) and named in consents else dict(flow)


def rebuilt(content: Mapping[str, Any], name: str) -> Agreement:
    """The agreement that says what a self-contained mapping says; `name` is what it is called in messages."""
    return build(Document(name, "", content))


def canonical(value: Any, at: Path = ()) -> Any:
    """A value such that what means the same is the same: spaces, letters composed or not, the order of terms, one or many."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", " ".join(value.split()))
    if isinstance(value, Mapping):
        return {str(key): canonical(inner, (*at, str(key))) for key, inner in value.items()}
    if isinstance(value, list):
        items = [canonical(inner, at) for inner in value]
        if at and at[-1] not in _ORDERED and not any(isinstance(one, dict | list) for one in items):
            items = sorted({str(one): one for one in items}.values(), key=str)
        return items[0] if len(items) == 1 and not isinstance(items[0], dict | list) else items
    return value


def meant(content: Mapping[str, Any]) -> dict[str, Any]:
    """The part of what an agreement says that its partners are bound by, canonical."""
    kept = _bound(canonical(content), _TREE)
    return kept if isinstance(kept, dict) else {}


def _bound(value: Any, tree: Mapping[str, Any]) -> Any:
    """A part without its words and asides; None where nothing is left."""
    if tree.get(_LEAF) in ("words", "aside"):
        return None
    if not isinstance(value, dict) or not tree:
        return value
    kept = {}
    for key, said in value.items():
        below = tree.get(key) or tree.get("*") or {}
        inner = _bound(said, below)
        if inner is None and tree.get(_LEAF) == "decides":
            inner = {}  # that a part is there decides, whatever it says
        if inner is not None:
            kept[key] = inner
    return kept if kept or not value else None


def canonical_bytes(value: Any) -> bytes:
    """A value as canonical JSON (RFC 8785), the same bytes wherever it is made."""
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """The SHA-256 of a value's canonical JSON, as `sha256:` and 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(canonical_bytes(value)).hexdigest()}"
