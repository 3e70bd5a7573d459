"""Consent: where it is asked, recorded and withdrawn, and where it must not stand in the way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sharecheck.agreement import Agreement, Consent, Flow
from sharecheck.rules import Ask, Hit, Severity, rule
from sharecheck.rules.facts import Facts, names, spoken


def _has_consent(flow: Flow, _: Facts) -> bool:
    return flow.consent is not None


def _leans(flow: Flow, facts: Facts) -> bool:
    return facts.asks(flow) and flow.consent is not None and flow.consent.relied_on


def _protects(flow: Flow, facts: Facts) -> bool:
    return facts.serves(flow, "safeguarding")


@rule(
    Severity.ERROR, "flows", ("dfe-2024-rule-3", "rcgp-consent", "ico-consent-appropriate"),
    mark="CON-01", where=_protects,
)  # fmt: skip
def consent_as_basis_for_protection(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """A flow that protects someone rests on consent as its lawful basis."""
    for basis in flow.bases:
        explicit = any(facts.book.term("article-9", a).is_("consent") for a in basis.article_9)
        field = (
            "article_6" if facts.basis_is(basis, "consent") else "part_3" if basis.part_3 == "consent" else "article_9"
        )
        if field != "article_9" or explicit:
            yield Hit(
                (*basis.at, field),
                f"`{flow.id}` protects someone, yet its lawful basis is consent: you would share even if it were "
                "refused, so asking for it misleads",
                f"use {facts.named('article-6', 'public_task')}, or {facts.named('article-6', 'duty')} where a duty applies; a "
                f"body that is not a public authority uses {facts.named('article-6', 'recognised_interest')}. Still tell the "
                "family, where that is safe",
            )


@rule(Severity.WARNING, "flows", ("ico-consent-appropriate",), mark="CON-02")
def public_body_relies_on_consent(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """A public body relies on consent where people cannot freely refuse it."""
    if not facts.asks(flow):
        return  # where nobody is asked, consent is no basis at all, which another rule says
    public = [a for a in facts.senders(flow) if facts.public_authority(a)]
    stated = [(agency, flow.basis(agency.id, "sender")) for agency in public]
    relying = [
        (agency, (*basis.at, "article_6")) for agency, basis in stated if basis and facts.basis_is(basis, "consent")
    ]
    if relying and not facts.serves(flow, "safeguarding"):
        agency, at = relying[0]
        yield Hit(
            at,
            f"`{agency.id}` is a public authority and relies on consent for `{flow.id}`: people rarely feel free to "
            "refuse a body they depend on",
            f"use {facts.named('article-6', 'public_task')} with the power you rely on, or, if the choice truly is free, "
            "accept this finding under `allow:` with the reason",
            also=tuple(place for _, place in relying),
        )
        return
    consent = flow.consent
    leans = (
        not facts.serves(flow, "safeguarding")
        and consent is not None
        and consent.relied_on
        and facts.asks(flow)
        and consent.model != "agreement"
        and not _law_asks(flow, facts)
    )
    if public and leans and consent and not any(basis.article_6 for basis in flow.bases):
        yield Hit(
            (*consent.at, "model"),
            f"{names(public)} {'is a public authority' if len(public) == 1 else 'are public authorities'} and nothing but "
            f"consent is named as the ground for `{flow.id}`: people rarely feel free to refuse a body they depend on",
            f"name the Article 6 basis (usually {facts.named('article-6', 'public_task')}); if consent only settles "
            "confidentiality, keep it here as well",
            rests_on=flow.path("lawful_basis"),
        )


@rule(Severity.ERROR, "flows", ("rcgp-consent", "uk-gdpr-art-7-3"), mark="CON-03", where=_has_consent)
def consent_cannot_be_withdrawn(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """Consent is relied on as a data protection basis, but nothing says how to withdraw it."""
    consent = flow.consent
    assert consent is not None
    relies = facts.model(consent).is_("gdpr") or any(facts.basis_is(b, "consent") for b in flow.bases)
    if facts.serves(flow, "safeguarding") or not facts.asks(flow):
        return  # there, consent is the wrong basis altogether, which other rules say
    if relies and consent.relied_on and not consent.fields.get("withdrawal"):
        yield Hit(
            (*consent.at, "withdrawal"),
            f"`{flow.id}` relies on consent, but nothing says how a person takes it back or what happens then",
            "add `withdrawal:` with whom to tell, and what stops when they do",
            missing=True,
        )


@rule(Severity.ERROR, "flows", ("dfe-2024-rule-3", "ico-ten-steps"), mark="CON-04", where=_protects)
def refusal_blocks_protection(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """A refusal of consent stops information that protects someone."""
    consent = flow.consent
    if consent is None or consent.unless:
        return
    if consent.refused != "do-not-share" and not facts.phrase(consent.refused, "veto"):
        return
    yield Hit(
        (*consent.at, "refused"),
        f"`{flow.id}` protects someone, but if consent is refused nothing is shared: a parent could stop the alarm by "
        "saying no",
        "write `refused: share-if-risk`, and under `unless:` the level of concern from which consent is not needed",
    )


def _law_asks(flow: Flow, facts: Facts) -> bool:
    """Whether the law that carries a flow itself makes the person's agreement the condition."""
    return any(held and held.facts.get("condition") == "agreement-required" for _, held in facts.gateways(flow))


@rule(Severity.ERROR, "flows", ("hertfordshire-consent",), mark="CON-05", where=_leans)
def asks_when_unsafe(flow: Flow, facts: Facts) -> Iterator[Hit | Ask]:
    """Consent is asked even where asking could put someone at risk."""
    consent = flow.consent
    assert consent is not None
    if facts.serves_only(flow, "secondary") or not facts.personal(flow) or _law_asks(flow, facts):
        return
    inform = flow.fields.get("inform") or {}
    said = inform.get("except", ())
    given = dict.fromkeys([*consent.unless, *([said] if isinstance(said, str) else said)])
    four = list(facts.book.terms("exceptions"))
    known = bool(flow.about) and all(subject in facts.agreement.subjects for subject in flow.about)
    if known and not (facts.subjects_are(flow, "child") or facts.subjects_are(flow, "may_be_child")):
        four.remove("harm-to-child")  # nothing here is about a child
    levels = facts.book.terms("concern-levels")
    if any(levels[word].facts["rank"] <= levels["significant-harm"].facts["rank"] for word in given if word in levels):
        given |= dict.fromkeys(
            ("harm-to-child", "harm-to-adult")
        )  # not needed from that level, so not at any graver one either
    lacking = tuple(word for word in four if word not in given)
    if lacking and (
        own := [word for word in given if word not in facts.book.terms("exceptions") and word not in levels]
    ):
        yield Ask(
            (*consent.at, "unless"),
            f"`{flow.id}` says in its own words when it does not ask for consent ({'; '.join(own)}): check that this covers "
            f"{spoken(lacking)}",
        )
    elif lacking and not consent.unless and facts.phrase(consent.prose, "without-consent"):
        yield Ask(
            consent.at,
            f"`{flow.id}` says in words that consent is not always asked for or needed: check that they cover {spoken(lacking)}",
        )
    elif lacking:
        yield Hit(
            (*consent.at, "unless"),
            f"`{flow.id}` asks for consent even where asking may itself do harm: nothing excepts {spoken(lacking)}",
            f"add to `unless:` the reasons not to ask: {spoken(lacking)}",
            missing=not consent.unless,
        )


@rule(Severity.ERROR, "flows", ("waspi-monmouthshire-s10", "uk-gdpr-art-7-1"), mark="CON-06", where=_leans)
def consent_without_record(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """Consent is asked, but nothing says how the answer is recorded."""
    consent = flow.consent
    assert consent is not None
    if not consent.fields.get("record"):
        yield Hit(
            (*consent.at, "record"),
            f"`{flow.id}` asks for consent, but nothing says how the answer is recorded: consent you cannot show is "
            "consent you do not have",
            "add `record:` naming the form or system, and that it holds who, when and what was said",
            missing=True,
        )


@rule(Severity.WARNING, "agreement", ("ico-consent-granular",), mark="CON-07")
def bundled_consent(_: object, facts: Facts) -> Iterator[Hit]:
    """One consent is made to cover more than one purpose."""
    agreement = facts.agreement
    for flow in agreement.flows.values():
        if not _leans(flow, facts) or flow.consent is None:
            continue
        covers = flow.consent.fields.get("covers")
        covered = dict.fromkeys([covers] if isinstance(covers, str) else covers or flow.purposes)
        if len(covered) > 1 and (covers or flow.consent.model != "agreement"):
            yield Hit(
                (*flow.consent.at, "covers" if covers else "model"),
                f"one consent in `{flow.id}` covers {spoken(tuple(covered))}: a person must be able to agree to one and "
                "refuse another",
                "ask for each purpose apart, in flows of their own",
            )
            continue
        carried = set(flow.data)
        for other in agreement.flows.values():
            if (
                other.consent is None
                and not any(other.bases)
                and facts.serves_only(other, "secondary")
                and set(other.purposes) != set(flow.purposes)
                and carried & {i.id for i in facts.items(other) if facts.identifiable(i)}
            ):
                yield Hit(
                    (*flow.consent.at, "model"),
                    f"the consent asked for `{flow.id}` seems to serve `{other.id}` too, which carries the same items and "
                    "names no ground of its own: that is one consent for two purposes",
                    f"ask for the purpose of `{other.id}` apart, name its own basis, or share only what identifies nobody",
                    rests_on=other.path("lawful_basis"),
                )
                break


_DECIDES = re.compile(
    r"\b(sign(ed|ature)|given|agreed) (by|of) (the |a |their )?(parents?|mother|father|carers?|guardians?|holders?)\b"
)


def _asks_about_children(flow: Flow, facts: Facts) -> bool:
    """Whether consent is asked about a child, and not of the grown victim of somebody whose own part is told of too."""
    others = facts.subjects_are(flow, "offence_role") and not facts.serves(flow, "about_child")
    return _leans(flow, facts) and facts.subjects_are(flow, "child") and not others


@rule(
    Severity.ERROR, "flows", ("ico-children-bases", "hertfordshire-competence"),
    mark="CON-08", where=_asks_about_children,
)  # fmt: skip
def child_decision_maker_unsaid(flow: Flow, facts: Facts) -> Iterator[Hit | Ask]:
    """Consent is asked about a child, but nothing says who decides: the child or a parent."""
    consent = flow.consent
    assert consent is not None
    if any(consent.fields.get(name) for name in ("who", "ages", "competence")):
        return
    if _DECIDES.search(str(consent.fields.get("record", "")).lower()):
        return  # whoever signs is the one who decides
    if consent.fields.get("text"):
        yield Ask(
            (*consent.at, "text"),
            f"check that the words about consent in `{flow.id}` say when a child decides and when a parent",
        )
    else:
        yield Hit(
            (*consent.at, "who"),
            f"`{flow.id}` asks for consent about a child, but nothing says who gives it: a competent child's own answer "
            "counts, and so does who holds parental responsibility",
            "add `who:` or `ages:` saying when the child decides (and how competence is judged) and when a holder of "
            "parental responsibility does",
            missing=True,
        )


def _asks_scottish_children(flow: Flow, facts: Facts) -> bool:
    oldest = facts.oldest(flow)
    presumed = _presumed_from(facts)
    return presumed is not None and _asks_about_children(flow, facts) and (oldest is None or oldest >= presumed)


def _presumed_from(facts: Facts) -> int | None:
    """The age from which a jurisdiction of the agreement presumes that a child understands."""
    ages = [facts.book.term("jurisdictions", j).facts.get("presumed_from") for j in facts.agreement.jurisdiction]
    return next((int(age) for age in ages if age), None)


def _presumption_said(consent: Consent, presumed: int) -> bool:
    """Whether the words or the ages say from when a child is presumed to understand."""
    number = rf"({presumed}|twelve)\b(?! (months|weeks|days))"
    before = rf"(aged?|over|of|from|older than|presum\w*)( the| age)* {number}"
    after = rf"\b{number}( \w+){{0,2}} (years|or over|or older|and over)"
    if any(age.get("from") == presumed for age in consent.fields.get("ages", ())):
        return True
    return bool(re.search(f"{before}|{after}", consent.prose.lower()))


@rule(
    Severity.ERROR, "agreement", ("dpa-2018-s208",),
    mark="CON-09", where=lambda agreement, facts: any(_asks_scottish_children(f, facts) for f in agreement.flows.values()),
)  # fmt: skip
def scottish_age_presumption_missing(agreement: Agreement, facts: Facts) -> Iterator[Hit]:
    """In Scotland, the rule on children's consent leaves out the age from which understanding is presumed."""
    presumed = _presumed_from(facts)
    asking = [(f, f.consent) for f in agreement.flows.values() if f.consent and _asks_scottish_children(f, facts)]
    silent = [(f, c) for f, c in asking if presumed and not _presumption_said(c, presumed)]
    told = [(f, c) for f, c in silent if not facts.left_open((*c.at, "ages"))] or silent
    if told:
        consent = told[0][1]
        yield Hit(
            (*consent.at, "ages"),
            f"{spoken(tuple(f.id for f, _ in told))} {'apply' if len(told) > 1 else 'applies'} in Scotland, where data "
            f"protection law presumes that a child of {presumed} or more understands enough to decide; the agreement does not "
            "say so",
            f"add `ages: [{{from: {presumed}, presumed: true}}]`, and what happens below that age",
            missing=not consent.fields.get("ages"),
            also=tuple((*c.at, "ages") for _, c in told),
        )


@rule(Severity.WARNING, "flows", ("ico-children-bases", "cws-2026-digital-age"), mark="CON-10", where=_has_consent)
def online_age_misapplied(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """The age that is for online services is used to decide who consents."""
    consent = flow.consent
    assert consent is not None
    online = {facts.book.term("jurisdictions", j).facts.get("online_age") for j in facts.agreement.jurisdiction}
    for i, age in enumerate(consent.fields.get("ages", ())):
        if {age.get("from"), age.get("under")} & (online - {None}):
            at = (*consent.at, "ages", i)
            break
    else:
        if not facts.phrase(consent.prose, "age-13") or "online" in consent.prose.lower():
            return
        at = consent.at
    yield Hit(
        at,
        f"`{flow.id}` uses the age for online services to decide who consents; that age settles nothing else",
        "decide by understanding (Gillick competence) and parental responsibility instead",
    )


def _asks_nobody(flow: Flow, facts: Facts) -> bool:
    return not facts.asks(flow) and (flow.consent is not None or bool(flow.bases))


@rule(Severity.ERROR, "flows", ("rcgp-consent",), mark="CON-11", where=_asks_nobody)
def implied_consent_as_basis(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """Implied consent, or none at all, is given as the data protection basis, which needs consent of another kind."""
    if facts.serves(flow, "safeguarding"):
        return
    implied = flow.consent is not None and facts.model(flow.consent).is_("implied")
    what = (
        "treats implied consent as its data protection basis; it"
        if implied
        else "rests on consent, yet nobody is asked; that"
    )
    for basis in flow.bases:
        nine = any(facts.book.term("article-9", a).is_("consent") for a in basis.article_9)
        if facts.basis_is(basis, "consent") or nine:
            yield Hit(
                (*basis.at, "article_9" if nine else "article_6"),
                f"`{flow.id}` {what} "
                + ("settles only confidentiality, within direct care" if implied else "cannot be shown"),
                f"name another basis, such as {facts.named('article-6', 'public_task')} with {facts.named('article-9', 'care')} "
                "for "
                "care" + ("; keep `confidentiality: implied-direct-care`" if implied else ""),
            )


def _asks_grown_people(flow: Flow, facts: Facts) -> bool:
    if not _leans(flow, facts):
        return False
    oldest = facts.oldest(flow)
    return facts.subjects_are(flow, "adult") or (oldest is not None and oldest >= facts.decides_from())


_CAPACITY = ("waspi-monmouthshire-s9", "mca-2005")
"""Practice, which holds anywhere, and the Act, which does not."""


@rule(Severity.WARNING, "flows", _CAPACITY, mark="CON-12", where=_asks_grown_people)
def incapacity_unplanned(flow: Flow, facts: Facts) -> Iterator[Hit]:
    """Adults or older teenagers are asked, but nothing says what happens where one lacks capacity."""
    consent = flow.consent
    assert consent is not None
    said = r"best.interests|incapacity|(lack|without|mental|assess|has|have)\w*( the| any)? capacity"
    if consent.fields.get("incapacity") or re.search(said, consent.prose.lower()):
        return
    here = set(facts.book.provisions["mca-2005"].jurisdiction) & set(facts.agreement.jurisdiction)
    yield Hit(
        (*consent.at, "incapacity"),
        f"`{flow.id}` asks people of {facts.decides_from()} or over, but nothing says what happens where one cannot decide for "
        "themselves",
        "add `incapacity:` saying who then decides, by what test, and how it is recorded",
        missing=True,
        cites=_CAPACITY if here else _CAPACITY[:1],
    )
