"""What data protection officers file: the record of processing and the texts for privacy notices, and how they are written."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from conftest import ROOT
from sharecheck import agreement as agreements
from sharecheck import knowledge, repository, schema, source
from sharecheck.agreement import Agreement
from sharecheck.filed import notices, processing, rights, taking_part
from sharecheck.formats import csv_table, filed_markdown
from sharecheck.knowledge import Book
from sharecheck.knowledge.compiled import FOLDER
from sharecheck.paper.model import Column, Line, Table
from sharecheck.policy.names import definite
from sharecheck.rules import page
from sharecheck.settings import Settings
from tools import spreadsheet

PROTOCOLS = sorted((ROOT / "protocols").glob("*.yaml"))
OTHERS = [
    file for folder in ("real", "faulty") for file in sorted((ROOT / "tests" / "agreements" / folder).glob("*.yaml"))
    if "expected" not in file.name
]  # fmt: skip
MADE = "Made by a test."


def laid(fragment: str) -> Agreement:
    """The base agreement with a fragment laid over it."""
    document = page.lay(source.parse(fragment.encode(), "agreement.yaml"), page.base()) if fragment else page.base()
    assert not list(schema.misfits(document.data))
    return agreements.build(document)


def held(file: Path) -> Agreement:
    (one,) = repository.gather([file], Settings(ROOT)).agreements
    return one


def cell(made: processing.Record, agency: str, flow: str, column: str) -> str:
    at = [one.id for one in made.headings].index(column)
    (row,) = [row for row in made.rows if (row.agency, row.flow) == (agency, flow)]
    return "\n".join(line.text for line in row.cells[at])


def passage(made: notices.Notices, agency: str, name: str) -> str:
    (one,) = [one for one in made.notices if one.agency == agency]
    found = [part for part in one.passages if part.heading.id == name]
    return "\n".join(line.text for part in found for line in taking_part.lines(part.text))


def public(one: notices.Notice) -> str:
    return "\n".join(line.text for part in one.passages for line in taking_part.lines(part.text))


def checks(one: notices.Notice) -> str:
    return "\n".join(line.text for part in one.passages for line in part.check)


# the record of processing

RECORD = [
    ("", "council", "concern", "side", "Recipient"),
    ("", "school", "concern", "side", "Sender"),
    ("flows: {concern: {from: null, to: null, between: [social-worker, health-visitor]}}", "council", "concern", "side",
     "Sender and recipient"),
    ("", "council", "concern", "contact", "sharing@council.example"),
    ("agencies: {council: {spoc: null}}", "council", "concern", "contact", "The agreement does not say."),
    ("unknown: ['agencies.*.spoc']\nagencies: {council: {spoc: null}}", "council", "concern", "contact",
     "Not known yet: the partners list this as still to be written in."),
    ("", "council", "concern", "officer", "The agreement does not say."),
    ("agencies: {council: {dpo: {role: DPO, email: dpo@council.example}}}", "council", "concern", "officer",
     "DPO, dpo@council.example"),
    ("", "council", "concern", "purposes",
     "Let the council decide whether a child is suffering significant harm (Child protection enquiry)"),
    ("", "council", "concern", "people", "Child or young person under 18 (aged 0-11)"),
    ("", "council", "concern", "information", "Identity: Name and date of birth\nInjuries: Injuries seen, with where and when"),
    ("", "council", "concern", "guarded", "Injuries: special category data"),
    ("", "school", "help", "guarded", "None"),
    ("data: {attendance: {type: aggregate}, identity: {type: aggregate}}", "school", "help", "guarded", "It identifies nobody"),
    ("", "council", "concern", "origin",
     "Designated safeguarding lead (Schools in the town)\nHealth visitor (Example Community Health Trust)"),
    ("", "school", "concern", "origin", "The sender’s own record. Which one: the agreement does not say."),
    ("flows: {concern: {source_record: School file}}", "school", "concern", "origin", "From the record: School file"),
    ("", "school", "concern", "recipients", "Duty social worker (Example Council)"),
    ("", "council", "concern", "recipients",
     "Passed on by the recipient: only with leave of the agency it came from"),
    ("defaults: {onward: null}", "council", "concern", "recipients",
     "Passed on by the recipient: the agreement does not say."),
    ("agencies: {trust: {controller: processor, contract: C 7}}", "council", "concern", "processors",
     "Example Community Health Trust\nContract: C 7"),
    ("", "council", "concern", "processors", "None takes part in this flow."),
    ("agencies: {council: {controller: joint, joint_arrangement: JA 1}, trust: {controller: joint}}", "council", "concern",
     "joint", "Example Community Health Trust (sharing@trust.example)\nArrangement: JA 1"),
    ("agencies: {council: {controller: null}}", "council", "concern", "joint", "The agreement does not say."),
    ("flows: {concern: {controller: council until it closes}}", "council", "concern", "joint",
     "For this flow: council until it closes"),
    ("", "council", "concern", "transfers", "No"),
    ("", "council", "concern", "safeguards", "Does not apply: nothing is sent abroad."),
    ("handling: {international: {any: true, country: Ireland, mechanism: adequacy}}", "council", "concern", "transfers",
     "Yes\nTo: Ireland"),
    ("handling: {international: {any: true, country: Ireland, mechanism: adequacy}}", "council", "concern", "safeguards",
     "To a country covered by UK adequacy regulations"),
    ("handling: {international: null}", "council", "concern", "transfers", "The agreement does not say."),
    ("handling: {international: null}", "council", "concern", "safeguards", "The agreement does not say."),
    ("", "council", "concern", "retention",
     "25 years, from the child's date of birth, then: destroy\nBy: Each agency's retention schedule"),
    ("defaults: {retention: {agencies: {council: {period: P35Y, action: review}}}}", "council", "concern", "retention",
     "35 years, then: look again and decide"),
    ("", "school", "concern", "retention", "How long the sender keeps its own record: the agreement does not say."),
    ("defaults: {retention: null}", "council", "concern", "retention", "The agreement does not say."),
    ("", "council", "concern", "security",
     "Held in each agency's own case system\nAccess control: By role and by case\nAudit: Every view is logged, and a sample is "
     "looked at each month\nSent by: Secure e-mail"),
    ("handling: {security: null}\ndefaults: {method: null}", "council", "concern", "security",
     "The agreement does not say.\nSent by: the agreement does not say."),
    ("", "council", "concern", "regime", "UK GDPR"),
    ("flows: {concern: {lawful_basis: {sender: {part_3: task}, recipient: {part_3: task}}}}", "council", "concern", "regime",
     "Law enforcement (Data Protection Act 2018, Part 3)"),
    ("kind: law-enforcement\nagencies: {council: {competent_authority: true}}\n"
     "flows: {help: {lawful_basis: {sender: null, agencies: {council: null}}}}", "council", "help", "regime",
     "Law enforcement (Data Protection Act 2018, Part 3)"),
    ("", "council", "concern", "basis", "6(1)(e): public task"),
    ("flows: {concern: {lawful_basis: null}}", "council", "concern", "basis", "The agreement does not say."),
    ("", "council", "concern", "special", "9(2)(g): substantial public interest"),
    ("", "council", "concern", "condition",
     "Schedule 1 paragraph 18: safeguarding children and individuals at risk\n"
     "Consent is not relied on because asking would prejudice the protection (c)"),
    ("", "council", "concern", "policy", "On each agency's website (for paragraphs: 18)"),
    ("", "trust", "therapy-plan", "policy", "Does not apply: no condition that needs one is named."),
    ("governance: {policy_documents: null}", "council", "concern", "policy", "The agreement does not say."),
    ("", "council", "concern", "followed",
     "The agreement does not say. The controller enters whether it is, and why if it is not."),
    ("", "school", "help", "followed", "Does not apply: no condition that needs one is named."),
    ("", "council", "concern", "powers", "Children Act 2004, section 16LA\nChildren Act 2004, section 11"),
    ("flows: {concern: {gateways: [Common sense Act 1999]}}", "council", "concern", "powers",
     "Common sense Act 1999 (not in the book of law: read it before relying on it)"),
    ("", "council", "help", "consent",
     "Ask for agreement as good practice\nRecorded: Agreement form on the child's record, with date and words"),
    ("flows: {help: {consent: {record: null}}}", "council", "help", "consent",
     "Ask for agreement as good practice\nWhere it is recorded: the agreement does not say."),
    ("", "charity", "help", "rights", "Access; Rectification; Erasure; Restriction; Objection"),
    ("flows: {help: {lawful_basis: null}}", "council", "help", "rights",
     "Access; Rectification; Restriction\nOthers depend on the lawful basis, which the agreement does not say."),
    ("", "council", "help", "notice", "https://council.example/privacy"),
    ("agencies: {council: {privacy_notice: null}}", "council", "help", "notice", "The agreement does not say."),
    ("", "council", "help", "assessment",
     "Whether it is needed: Yes\nWhere it is: DPIA 14\nOutcome: Residual risk low\nWhen: August 2026"),
    ("governance: {records_of_processing: [{agency: council, where: Entry 112}]}", "council", "help", "entry", "Entry 112"),
    ("governance: {records_of_processing: [{agency: council, where: Entry 112}]}", "school", "help", "entry",
     "The agreement does not say."),
    ("status: draft", "council", "help", "status",
     "DRAFT: This is a draft. The partners have not agreed to it.\nDraft\nVersion 1.0.0"),
    ("", "council", "help", "status", "In force\nVersion 1.0.0"),
    ("agencies: {school: {part_of: council}}", "school", "help", "controller", "Schools in the town (part of Example Council)"),
    ("agencies: {school: {part_of: council, spoc: null}}", "school", "help", "contact", "sharing@council.example"),
    ("agencies: {school: {part_of: council}, trust: {part_of: council}}", "school", "concern", "side",
     "Sender\nUse within one controller, not a disclosure"),
    ("", "council", "help", "made", MADE),
    ("", "council", "help", "representative", "The agreement does not say."),
    ("", "council", "help", "automated", "The agreement does not say."),
    ("", "council", "help", "flow", "Early help plan\nFlow 2: help"),
    ("", "council", "help", "agreement", "Early help and safeguarding in one town\nShort name: example"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fragment", "agency", "flow", "column", "says"), RECORD, ids=[f"{row[3]}-{i}" for i, row in enumerate(RECORD)]
)
def test_what_the_record_says(book: Book, fragment: str, agency: str, flow: str, column: str, says: str) -> None:
    assert cell(processing.record([laid(fragment)], book, MADE), agency, flow, column) == says


def test_each_column_is_shown_by_an_example() -> None:
    assert {row[3] for row in RECORD} == set(source.read(FOLDER / "documents" / "record.yaml").data["columns"])


@pytest.mark.parametrize("file", [*PROTOCOLS, *OTHERS], ids=lambda file: file.stem)
def test_each_controller_has_each_flow_it_takes_part_in_once_and_nothing_is_empty(book: Book, file: Path) -> None:
    one = held(file)
    made = processing.record([one], book, MADE)
    expected = sorted(
        (name, flow.id) for flow in one.flows.values()
        for name in {a for party in (*flow.senders, *flow.recipients) for a in party.agencies}
        if name in one.agencies and one.agencies[name].controller not in ("processor", "none")
        and not book.facts("agency-types", (one.agencies[name].type, *one.agencies[name].also)) & {"forum"}
    )  # fmt: skip
    assert sorted((row.agency, row.flow) for row in made.rows) == expected
    empty = [(row.flow, heading.id) for row in made.rows for heading, said in zip(made.headings, row.cells, strict=True)
             if not any(line.text.strip() for line in said)]  # fmt: skip
    assert empty == []


def test_what_is_inherited_is_in_the_record(book: Book) -> None:
    one = held(ROOT / "protocols" / "concern-about-a-child.yaml")
    assert one.parent is not None
    made = processing.record([one], book, MADE)
    assert one.parent.handling["security"]["text"] in cell(made, "council", "health-concern", "security")
    assert "Impact assessment 1" in cell(made, "council", "health-concern", "assessment")
    assert cell(made, "council", "health-concern", "retention").startswith("35 years"), (
        "the council has a time of its own"
    )


@pytest.mark.parametrize(
    ("fragment", "own", "agencies"),
    [
        ("", "council", {"council"}),
        ("", "", {"council", "trust", "school", "charity"}),
        ("agencies: {school: {part_of: council}}", "council", {"council", "school"}),
        ("agencies: {school: {part_of: council}}", "school", {"school"}),
        ("agencies: {school: {members: [St Mark's]}, st-marks: {name: St Mark's, type: maintained-school, member_of: school}}",
         "st-marks", {"school"}),
        ("agencies: {trust: {controller: processor, contract: C 7}}", "", {"council", "school", "charity"}),
    ],
)  # fmt: skip
def test_an_officer_files_for_a_body_its_departments_and_its_class(
    book: Book, fragment: str, own: str, agencies: set[str]
) -> None:
    one = laid(fragment)
    assert {row.agency for row in processing.record([one], book, MADE, own).rows} == agencies
    assert {text.agency for text in notices.notices([one], book, MADE, own).notices} == agencies


LEFT_OUT = [
    ("agencies: {trust: {controller: processor, contract: C 7}}", "Example Community Health Trust is a processor"),
    ("agencies: {trust: {controller: none}}", "Example Community Health Trust is no controller"),
    ("flows: null", "has no flows of its own"),
    ("under: the-accord", "stands under “the-accord”, which was not read"),
    ("unknown: [flows.help.from, flows.help.to]\nflows: {help: {from: null, to: null}}", "no controller is named for “Early"),
]  # fmt: skip


@pytest.mark.parametrize(("fragment", "says"), LEFT_OUT)
def test_who_has_no_entry_is_said(book: Book, fragment: str, says: str) -> None:
    made = processing.record([laid(fragment)], book, MADE)
    assert says in " ".join(made.left_out)
    assert "Left out" in filed_markdown.processing(made, MADE)


# the book's part

FILLED = re.compile(r"[\"']([a-z_]+)[\"']")


def test_what_is_written_in_the_book_is_used_and_what_is_used_is_written(book: Book) -> None:
    written = book.documents["notice"]
    assert set(written["parts"]) == set(notices._PARTS)
    assert set(book.documents["record"]["columns"]) == set(processing._COLUMNS)
    used = set(FILLED.findall(Path(notices.__file__).read_text(encoding="utf-8")))
    assert {one for one in written["sentences"] if not {one, one.removesuffix("_must")} & used} == set()
    terms = book.terms("article-6")
    assert set(written["bases"]) == set(terms)
    assert set(written["after"]) == set(book.terms("retention-actions"))
    assert set(written["special"]) == set(book.terms("article-9"))
    for right in written["rights"].values():
        assert set(right.get("bases", ())) <= set(terms)
        assert set(right.get("also", ())) <= set(book.terms("article-9"))


def test_code_holds_no_article() -> None:
    for module in (notices, processing, rights, taking_part):
        text = Path(module.__file__).read_text(encoding="utf-8")
        assert re.findall(r"(?:Article|section|paragraph|Schedule) \d", text) == [], module.__name__


# rights

RIGHTS = [
    ("article_6: 6(1)(e)", "2026-11-22", ["Access", "Rectification", "Restriction", "Objection"]),
    ("article_6: 6(1)(c)", "2026-11-22", ["Access", "Rectification", "Restriction"]),
    ("article_6: 6(1)(d)", "2026-11-22", ["Access", "Rectification", "Erasure", "Restriction"]),
    ("article_6: 6(1)(f)", "2026-11-22", ["Access", "Rectification", "Erasure", "Restriction", "Objection"]),
    ("article_6: 6(1)(ea)", "2026-11-22", ["Access", "Rectification", "Erasure", "Restriction", "Objection"]),
    ("article_6: 6(1)(ea)", "2026-02-04", ["Access", "Rectification", "Erasure", "Restriction"]),
    ("article_6: 6(1)(a)", "2026-11-22",
     ["Access", "Rectification", "Erasure", "Restriction", "Portability", "Withdrawal of consent"]),
    ("article_6: 6(1)(b)", "2026-11-22", ["Access", "Rectification", "Erasure", "Restriction", "Portability"]),
    ("article_6: 6(1)(e), article_9: 9(2)(a)", "2026-11-22",
     ["Access", "Rectification", "Restriction", "Objection", "Withdrawal of consent"]),
    ("part_3: consent", "2026-11-22",
     ["Access (law enforcement)", "Rectification (law enforcement)", "Erasure or restriction (law enforcement)",
      "Withdrawal of consent (law enforcement)"]),
    ("part_3: task", "2026-11-22",
     ["Access (law enforcement)", "Rectification (law enforcement)", "Erasure or restriction (law enforcement)"]),
]  # fmt: skip


@pytest.mark.parametrize(("basis", "day", "names"), RIGHTS)
def test_rights_follow_the_basis(basis: str, day: str, names: list[str]) -> None:
    one = laid(
        f"flows: {{concern: {{lawful_basis: {{sender: null, recipient: {{{basis}}}}}}}}}".replace("sender: null, ", "")
    )
    book = knowledge.load(date.fromisoformat(day))
    reader = taking_part.readers([one], book)[0]
    part = next(part for agency, parts in taking_part.parts(reader) if agency.id == "council" for part in parts
                if part.flow.id == "concern")  # fmt: skip
    found = rights.of([part], reader)
    assert [right.name for right in found if right.holds] == names
    assert all(right.only == () or right.name == "Withdrawal of consent" for right in found)


def test_a_right_is_limited_to_the_bases_that_bring_it(book: Book) -> None:
    one = laid("flows: {help: {lawful_basis: {agencies: {council: {article_6: 6(1)(a)}}}}}")
    said = passage(notices.notices([one], book, MADE), "council", "rights")
    assert "Take it with you." in said
    assert "This holds where our reason is: consent." in said
    assert "This holds where our reason is: public task." in said


# privacy notices

NOTICE = [
    ("", "council", "who", "We are Example Council."),
    ("", "council", "who", "You can reach us here: sharing@council.example."),
    ("", "council", "who", "[To be written: our data protection officer. The agreement does not say.]"),
    ("agencies: {school: {members: [St Mark's, St Luke's]}}", "school", "who",
     "We are [To be written: the name of the body], one of these: Schools in the town."),
    ("agencies: {school: {part_of: council}}", "school", "who", "We are part of Example Council, which answers for"),
    ("agencies: {council: {controller: joint, joint_arrangement: JA 1}, trust: {controller: joint}}", "council", "who",
     "We decide together with Example Community Health Trust how the information is used."),
    ("", "council", "why", "Protection: Let the council decide whether a child is suffering significant harm."),
    ("", "council", "law", "It is part of our public task, which the law gives us (UK GDPR Article 6(1)(e))."),
    ("", "council", "law", "there is a substantial public interest in it (UK GDPR Article 9(2)(g))"),
    ("", "council", "law", "The law that we act under: Children Act 2004, section 16LA"),
    ("flows: {concern: {lawful_basis: null}}", "council", "law", "[To be written: what in law allows us to."),
    ("", "charity", "law", "The interests, and how they were weighed: Kept with the plan."),
    ("flows: {help: {lawful_basis: {agencies: {charity: {assessment: null}}}}}", "charity", "law",
     "[To be written: which legitimate interests they are."),
    ("flows: {help: {lawful_basis: {agencies: {charity: {article_6: 6(1)(ea), annex_1: 6}}}}}", "charity", "law",
     "The interest is to keep safe somebody who is under 18, or an adult at risk."),
    ("data: {injuries: {type: convictions}}\nflows: {concern: {lawful_basis: {sender: {article_10: official-authority}}}}",
     "council", "law", "We may use that because we have official authority to."),
    ("data: {injuries: {type: convictions}}\nflows: {concern: {lawful_basis: {sender: {article_10: 18}}}}",
     "council", "law", "The law has a condition for that, which is: safeguarding children and individuals at risk"),
    ("", "council", "what", "Child or young person under 18 (aged 0-11)."),
    ("", "council", "what", "Injuries: Injuries seen, with where and when."),
    ("", "council", "from", "When there is call for it, we are told: identity and injuries. By: the designated safeguarding lead "
     "(Schools in the town); the health visitor (Example Community Health Trust)."),
    ("", "charity", "from", "We may be told: identity and attendance."),
    ("", "charity", "to", "We tell nobody anything under “Early help and safeguarding in one town”."),
    ("", "council", "to", "When there is call for it, we pass on: identity and outcome."),
    ("", "council", "to", "Whether we pass on what we are told: only with leave of the agency it came from."),
    ("agencies: {trust: {controller: processor, contract: C 7}}", "council", "to", "only what we tell them"),
    ("", "council", "asking", "We do not ask you to agree to it; we tell you."),
    ("", "council", "asking", "We ask first. Who is asked: The holder of parental responsibility, and the child where competent."),
    ("", "council", "asking", "You may change your mind. How: Tell the lead practitioner; sharing stops that day."),
    ("", "council", "asking", "Asking or telling would raise the risk of significant harm to a child."),
    ("", "trust", "asking", "Within the team that gives you care"),
    ("flows: {help: {consent: {withdrawal: null}}}", "council", "asking", "[To be written: how people can change their mind."),
    ("flows: {help: {consent: {model: opt-out}}}", "council", "asking", "You are told, and may say that you do not want it."),
    ("flows: {help: {inform: {default: true, how: By letter}}}", "council", "telling", "How: By letter."),
    ("flows: {help: {inform: {default: true, except: [undue-delay]}}}", "council", "telling",
     "Asking or telling would cause delay that cannot be justified."),
    ("", "council", "telling", "We tell you when we share information about you."),
    ("", "trust", "telling", "[To be written: whether people are told, and how. The agreement does not say.]"),
    ("", "council", "keeping", "We keep it for 25 years."),
    ("", "council", "keeping", "The time runs from: the child's date of birth."),
    ("", "council", "keeping", "After that we destroy it."),
    ("defaults: {retention: null}", "council", "keeping", "[To be written: how long we keep it. The agreement does not say.]"),
    ("defaults: {retention: {text: Until the case closes, period: null, from: null, action: null, authority: null}}", "council",
     "keeping", "Until the case closes"),
    ("", "council", "abroad", "Nothing is sent outside the United Kingdom."),
    ("handling: {international: {any: true, country: [Ireland], mechanism: adequacy}}", "council", "abroad",
     "Some of it is sent outside the United Kingdom: Ireland.\nWhat protects it there: to a country covered by"),
    ("handling: {international: {any: true}}", "council", "abroad", "[To be written: to which countries it is sent."),
    ("handling: {international: null}", "council", "abroad", "[To be written: whether anything is sent outside"),
    ("", "council", "rights", "Object. You may tell us that, because of your own situation"),
    ("", "council", "complaints", "We let you know within 30 days that we have your complaint"),
    ("", "council", "complaints", "You may complain to the Information Commissioner’s Office (ICO)"),
    ("", "council", "children", "Made for you: A picture leaflet for young children."),
    ("handling: {transparency: {child_friendly: true}}", "council", "children", "There is a version of this that is made for you."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fragment", "agency", "part", "says"), NOTICE, ids=[f"{row[2]}-{i}" for i, row in enumerate(NOTICE)]
)
def test_what_a_notice_says(book: Book, fragment: str, agency: str, part: str, says: str) -> None:
    assert says in passage(notices.notices([laid(fragment)], book, MADE), agency, part)


CHECKS = [
    ("", "trust", "does not say whether people are told in: “Therapy plan to the health visitor”."),
    ("agencies: {council: {controller: null}}", "council", "does not say whether this body is a controller"),
    ("flows: {help: {lawful_basis: null}}", "charity", "Where no lawful basis is named, the rights that depend on it"),
    ("", "council", "This text belongs in: https://council.example/privacy"),
    (
        "agencies: {council: {privacy_notice: null}}",
        "council",
        "does not say where the privacy notice of this controller is",
    ),
    (
        "handling: {transparency: {child_friendly: null}}",
        "council",
        "does not say how they are told in words that they",
    ),
    ("", "council", "How the partners deal with requests: The agency that is asked."),
    ("", "council", "Who deals with complaints, as the agreement has it: The agency complained about."),
    ("", "school", "How long the sender keeps its own record is not said"),
    (
        "data: {attendance: {type: aggregate}, identity: {type: aggregate}}",
        "charity",
        "“Early help plan” identifies nobody",
    ),
]


@pytest.mark.parametrize(("fragment", "agency", "says"), CHECKS)
def test_what_somebody_has_to_decide_is_said_beside_the_text(book: Book, fragment: str, agency: str, says: str) -> None:
    (one,) = [one for one in notices.notices([laid(fragment)], book, MADE).notices if one.agency == agency]
    assert says in checks(one)
    assert says not in public(one)


def test_complaints_to_the_controller_begin_on_their_day() -> None:
    for day, there in (("2026-06-18", False), ("2026-06-19", True)):
        said = passage(
            notices.notices([laid("")], knowledge.load(date.fromisoformat(day)), MADE), "council", "complaints"
        )
        assert ("Tell us." in said) is there


SECRET = "Telling would warn him"
HELD_BACK = [
    (f"inform: {{default: false, because: {SECRET}, exemption: Schedule 2 paragraph 2}}", True),
    ("consent: {model: none-no-inform}", True),
    ("lawful_basis: {sender: {part_3: task}, recipient: {part_3: task}}", True),
    ("lawful_basis: {sender: {part_3: task}, recipient: {part_3: task}}, inform: {default: true}", False),
    ("inform: {default: true}", False),
    ("necessity: It is needed", False),
]


@pytest.mark.parametrize(("field", "hidden"), HELD_BACK)
def test_a_text_tells_nobodys_secret(book: Book, field: str, hidden: bool) -> None:
    made = notices.notices([laid(f"flows: {{concern: {{{field}}}}}")], book, MADE)
    one = next(one for one in made.notices if one.agency == "council")
    said = public(one)
    assert SECRET not in said
    assert ("Injuries seen" in said) is not hidden
    assert ("Sometimes the law lets us share information without telling" in said) is hidden
    assert ("Flow 1, “Concern about a child”, is left out of the text" in checks(one)) is hidden
    assert "What was decided about the concern" in said, "the flows that people are told of stay"


def test_a_notice_of_nothing_but_secrets_says_nothing_of_them(book: Book) -> None:
    hidden = "inform: {default: false}"
    flows = ", ".join(f"{name}: {{{hidden}}}" for name in ("concern", "help", "therapy-plan", "concern-answer"))
    made = notices.notices([laid(f"flows: {{{flows}}}")], book, MADE)
    for one in made.notices:
        said = public(one)
        assert "is not set out here" in said
        for secret in ("Injuries", "social worker", "Children Act", "harm (UK", "Let the council"):
            assert secret not in said
        assert "Tell the Information Commissioner." in said


def test_the_partners_own_reasons_not_to_tell_are_for_the_writer(book: Book) -> None:
    own = "the refuge in Mill Lane would be found"
    one = laid(f"flows: {{help: {{inform: {{default: true, except: [undue-delay, {own}]}}}}}}")
    (text,) = [one for one in notices.notices([one], book, MADE).notices if one.agency == "council"]
    assert own not in public(text)
    assert own in checks(text)


@pytest.mark.parametrize("file", [*PROTOCOLS, *OTHERS], ids=lambda file: file.stem)
def test_a_notice_names_every_purpose_item_and_recipient_that_people_are_told_of(book: Book, file: Path) -> None:
    one = held(file)
    reader = taking_part.readers([one], book)[0]
    taken = list(taking_part.parts(reader))
    for text in notices.notices([one], book, MADE).notices:
        said = " ".join(public(text).split())
        for agency, parts in taken:
            if agency.id != text.agency:
                continue
            for part in parts:
                left = f"“{reader.flow_title(part.flow)}”, is left out of the text" in checks(text)
                if notices.held_back(part.flow, reader):
                    assert left
                elif left:
                    assert taking_part.LAW_ENFORCEMENT in taking_part.regimes(part, reader)
                elif reader.facts.personal(part.flow):
                    for name in part.flow.purposes:
                        assert " ".join(one.purposes[name].text.rstrip(". ").split()) in said
                    for item in reader.facts.items(part.flow):
                        assert " ".join(item.text.rstrip(". ").split()) in said
                    others = part.flow.recipients if part.on("sender") else ()
                    for party in others:
                        if party.role and agency.id not in party.agencies:
                            assert definite(party.role.title) in said


# CSV

CELLS = [
    ("=1+1", "'=1+1"), ("+44 20 7946 0000", "'+44 20 7946 0000"), ("-2", "'-2"), ("@SUM(A1)", "'@SUM(A1)"),
    ("\t=1", "'\t=1"), ("\r=1", "'=1"), ("\n=1", "'\n=1"), ("＝1", "'＝1"), ('=HYPERLINK("http://e.example")', "'=HYPERLINK(\"http://e.example\")"),
    ("plain", "plain"), ("a=1", "a=1"), ("Tŷ’r 😀", "Tŷ’r 😀"), ('say "x", y', 'say "x", y'), ("one\ntwo", "one\ntwo"), ("", ""),
    ("a\x00b", "a[U+0000]b"), ("'quoted'", "'quoted'"),
]  # fmt: skip


def parsed(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(("written", "read"), CELLS, ids=[repr(row[0])[:20] for row in CELLS])
def test_a_cell_is_read_back_and_is_never_a_formula(written: str, read: str) -> None:
    data = csv_table.render(Table("T", (Column("A", 1), Column("B", 1)), (((Line(written),), (Line("next"),)),)))
    assert parsed(data) == [["A", "B"], [read, "next"]]
    assert data.endswith(b"\r\n")


def test_a_cell_that_no_spreadsheet_holds_is_cut_and_says_so() -> None:
    data = csv_table.render(Table("T", (Column("A", 1),), (((Line("x" * 40_000),),),)))
    (_, (long,)) = parsed(data)
    assert len(long) == csv_table.MOST
    assert long.endswith("(cut here: a spreadsheet holds no more)")


def test_a_table_of_everything_is_read_back(book: Book) -> None:
    found = repository.gather([ROOT / "protocols"], Settings(ROOT)).agreements
    for table in (processing.record(found, book, MADE).table(), notices.notices(found, book, MADE).table()):
        rows = parsed(csv_table.render(table))
        assert {len(row) for row in rows} == {len(table.columns)}
        assert rows[1:] == [[csv_table.guarded(csv_table.text(cell)) for cell in row] for row in table.rows]


def test_a_spreadsheet_shows_text(tmp_path: Path) -> None:
    program = spreadsheet()
    rows = tuple(((Line(written),), (Line("next"),)) for written, _ in CELLS)
    (tmp_path / "t.csv").write_bytes(csv_table.render(Table("T", (Column("É", 1), Column("B", 1)), rows)))
    (tmp_path / "raw.csv").write_bytes(b'\xef\xbb\xbf"=1+1"\r\n')
    done = subprocess.run(
        [program, "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--infilter=CSV:44,34,76,1",
         "--convert-to", "fods", "--outdir", str(tmp_path), str(tmp_path / "t.csv"), str(tmp_path / "raw.csv")],
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert (tmp_path / "t.fods").exists(), done.stderr
    assert "table:formula" in (tmp_path / "raw.fods").read_text(encoding="utf-8"), "without the guard it is a formula"
    shown = (tmp_path / "t.fods").read_text(encoding="utf-8")
    assert "table:formula" not in shown
    assert "<text:p>É</text:p>" in shown
    assert "<text:p>&apos;=1+1</text:p>" in shown


# Markdown

HOSTILE = [
    "# heading", "- item", "1. one", "12) twelve", "+ plus", "a | b", "`code`", "<script>alert(1)</script>",
    "[x](javascript:alert(1))", "![i](http://e.example/x.png)", "<http://e.example>", "*b* _i_ ~~s~~ **x**", "&lt;b&gt; &#35;",
    "> quote", "--- rule", "=== x", "a\\|b", "call @somebody", "line one\nline two", "~~~ fence", "[r]: http://e.example",
]  # fmt: skip


def read_back(text: str) -> tuple[str, set[str]]:
    """The words of a page as they are shown, and the kinds of marks in it."""
    words, kinds = [], set()

    def look(tokens: list[Token]) -> None:
        for token in tokens:
            if token.children:
                look(token.children)
            elif token.type in ("text", "code_inline", "code_block", "fence", "html_block"):
                words.append(token.content)
            elif token.type == "html_inline":
                words.append("" if token.content == "<!-- -->" else "\n" if token.content == "<br>" else token.content)
            if token.type not in ("text", "inline"):
                kinds.add(f"{token.type} {token.content}".strip())

    look(MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text))
    return "".join(words), kinds


def test_what_agreements_say_is_text_in_markdown(book: Book) -> None:
    def written(texts: Sequence[str]) -> list[str]:
        purposes = {f"p{i}": {"type": "early-help", "text": text} for i, text in enumerate(texts)}
        changed = {
            "purposes": purposes,
            "title": texts[-1],
            "flows": {"help": {"purpose": None, "purposes": list(purposes)}},
        }
        one = laid(json.dumps(changed))
        made = notices.notices([one], book, MADE)
        return [filed_markdown.processing(processing.record([one], book, MADE), MADE), filed_markdown.notices(made)]

    plain = ["Words"] * len(HOSTILE)
    for made, tame in zip(written(HOSTILE), written(plain), strict=True):
        words, kinds = read_back(made)
        assert [text for text in HOSTILE if " ".join(text.split()) not in words] == []
        assert kinds - read_back(tame)[1] <= {"html_inline <!-- -->"}


def test_an_address_in_markdown_is_no_link() -> None:
    assert (
        filed_markdown.plain("see https://e.example and www.e.example") == "see https\\://e.example and www\\.e.example"
    )


# the command


def run(folder: Path, *arguments: str, seed: str = "0") -> subprocess.CompletedProcess[bytes]:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8", "PYTHONHASHSEED": seed}
    command = [sys.executable, "-m", "sharecheck", "report", *arguments, "--on", "2026-11-22"]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    base = (ROOT / "src" / "sharecheck" / "rules" / "base.yaml").read_text(encoding="utf-8")
    (tmp_path / "protocols").mkdir()
    (tmp_path / "protocols" / "one.yaml").write_text(base, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("kind", ["processing", "notices"])
def test_the_same_agreements_give_the_same_bytes(desk: Path, kind: str) -> None:
    assert run(desk, "--kind", kind, "-o", "a.csv").returncode == 0
    again = run(desk, "--kind", kind, "--format", "csv", seed="7")
    assert (again.returncode, again.stdout) == (0, (desk / "a.csv").read_bytes())


def test_markdown_is_what_comes_without_a_format(desk: Path) -> None:
    assert run(desk, "--kind", "processing").stdout.startswith(b"# Record of processing\n\nMade by sharecheck")


REFUSED = [
    (
        ("--kind", "processing", "--agency", "counsil"),
        2,
        "no agreement that was read has an agency `counsil` Put it right: did you mean `council`?",
    ),
    (("--kind", "processing", "--agency", "zzz"), 2, "there are `council`, `trust`"),
    (("--kind", "notices", "--format", "html"), 2, "the text for privacy notices is not written as html"),
    (("--kind", "notices", "-o", "x.html"), 2, "end it in .md, .markdown, .csv"),
    (("--kind", "processing", "-o", "protocols/one.yaml"), 2, "was left alone"),
    (("--kind", "processing", "--select", "roles"), 2, "choose rules"),
    (("--agency", "council"), 2, "`--agency` is for what an agency files"),
    (("--format", "csv"), 2, "is not written as CSV"),
    (("--kind", "processing", "nowhere"), 4, "`nowhere` does not exist"),
]


@pytest.mark.parametrize(("arguments", "code", "says"), REFUSED)
def test_what_cannot_be_filed_is_one_error_and_no_file(
    desk: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    before = {file: file.read_bytes() for file in desk.rglob("*") if file.is_file()}
    done = run(desk, *arguments)
    assert done.returncode == code
    assert says in " ".join(done.stderr.decode().split())
    assert b"Traceback" not in done.stderr
    assert {file: file.read_bytes() for file in desk.rglob("*") if file.is_file()} == before


def test_what_could_not_be_read_is_said_beside_what_was(desk: Path) -> None:
    (desk / "protocols" / "two.yaml").write_text("sharecheck: 1\nid: [\n", encoding="utf-8")
    done = run(desk, "--kind", "processing", "-o", "a.csv")
    assert done.returncode == 4
    assert b"two.yaml:3:1: not in the record of processing" in done.stderr
    assert len(parsed((desk / "a.csv").read_bytes())) == 1 + 10


def test_nothing_to_file_is_said(desk: Path) -> None:
    base = desk / "protocols" / "one.yaml"
    base.write_text(
        base.read_text(encoding="utf-8").replace("controller: independent", "controller: none"), encoding="utf-8"
    )
    done = run(desk, "--kind", "notices", "-o", "a.md")
    assert done.returncode == 3
    assert b"nothing to write: no flow names a controller" in done.stderr
    assert not (desk / "a.md").exists()


def test_a_draft_is_marked_wherever_it_is_written(book: Book) -> None:
    one = laid("status: draft")
    record, texts = processing.record([one], book, MADE), notices.notices([one], book, MADE)
    for said in (
        filed_markdown.processing(record, MADE), filed_markdown.notices(texts),
        csv_table.render(record.table()).decode(), csv_table.render(texts.table()).decode(),
    ):  # fmt: skip
        assert "DRAFT: This is a draft. The partners have not agreed to it." in said
