"""`sharecheck ask`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sharecheck.cli.exits import Exit
from sharecheck.errors import NothingToCheckError, SettingsError

if TYPE_CHECKING:
    from datetime import date

    from sharecheck.policy.reply import Enquiries, Reply
    from sharecheck.repository import Gathered


class Format(StrEnum):
    """How the answer is written."""

    TEXT = "text"
    JSON = "json"


_RECORDS = {".md": "markdown", ".markdown": "markdown", ".txt": "text", ".json": "as_json"}
_WHOLE = ("from", "to", "data", "about", "purpose")
_PLACE = ("scenarios", "asked", "given")


def ask(
    paths: list[Path] = typer.Argument(None, help="Agreements, or folders of them. [default: as sharecheck.yaml says]"),
    sender: str | None = typer.Option(None, "--from", help="Who would share it: a role, or AGENCY/ROLE."),
    recipient: str | None = typer.Option(None, "--to", help="Who would receive it: a role, or AGENCY/ROLE."),
    relation: str | None = typer.Option(
        None, "--relation", help="In place of --to, for somebody outside any agency: who they are to the person."
    ),
    data: list[str] = typer.Option(None, "--data", help="What: items, with commas; may be repeated."),
    about: list[str] = typer.Option(None, "--about", help="Whose information it is; may be repeated."),
    age: int | None = typer.Option(None, "--age", help="How old the person is."),
    able: str | None = typer.Option(None, "--able", help="Whether the person can decide: yes, no, unclear."),
    purpose: str | None = typer.Option(None, "--purpose", help="What for."),
    protect: str | None = typer.Option(None, "--protect", help="Who is at risk."),
    danger: str | None = typer.Option(
        None, "--danger", help="Whom the danger threatens: child, self, another-adult, public."
    ),
    concern: str | None = typer.Option(None, "--concern", help="The level of concern. [default: none]"),
    belief: str | None = typer.Option(
        None, "--belief", help="How sure: known, suspected, unsure. [default: suspected]"
    ),
    consent: list[str] = typer.Option(
        None, "--consent", help="What came of asking: WORD, or WHO=WORD, may be repeated. [default: not-asked]"
    ),
    objection: bool = typer.Option(False, "--objection", help="The person has objected."),
    linked: bool = typer.Option(False, "--linked", help="Whoever receives it is linked to the danger."),
    request: str | None = typer.Option(None, "--request", help="What kind of request there is. [default: none]"),
    scale: str | None = typer.Option(None, "--scale", help="How many people it is about. [default: one-person]"),
    on: str | None = typer.Option(None, "--on", help="The day to read the agreements and the law on (2026-12-01)."),
    jurisdiction: str | None = typer.Option(None, "--jurisdiction", help="Where. [default: where the agreement is]"),
    file: Path | None = typer.Option(None, "--file", help="A question in YAML, or a list of them, in place of flags."),
    role: str | None = typer.Option(
        None, "--role", help="Ask nothing: list what this role may, must and must not share."
    ),
    no_agreement: bool = typer.Option(False, "--no-agreement", help="Ask the law and the decision table alone."),
    output_format: Format | None = typer.Option(None, "--format", help="How to write it. [default: text]"),
    output: Path | None = typer.Option(
        None, "--output", "-o", help="Write to this file; .txt and .json set the format."
    ),
    record: Path | None = typer.Option(
        None, "--record", help="Also write a decision record to this file: .md, .txt or .json."
    ),
    case: str | None = typer.Option(
        None, "--case", help="The case reference for the record; never a name or number of a person."
    ),
) -> None:
    """May this be shared? Ask with flags, with a file, or at a terminal step by step.

    Names are those of an agreement, or words of the book: `nhs-trust/health-visitor`.
    """
    from sharecheck.cli import reading

    given = _flags(
        {
            "from": sender, "to": recipient, "relation": relation, "linked_to_risk": linked or None, "data": _listed(data),
            "about": _listed(about), "age": age, "able_to_decide": able, "purpose": purpose, "to_protect": protect,
            "danger_to": danger, "concern": concern, "belief": belief, "consent": _consent(list(consent or [])),
            "objection": objection or None, "request": request, "scale": scale,
        }
    )  # fmt: skip
    chosen = output_format or reading.by_ending(output, {".txt": Format.TEXT, ".json": Format.JSON}, Format.TEXT)
    _refuse(given, file, role, record, case, paths=bool(paths), no_agreement=no_agreement)
    day = reading.day(on)
    _fits({"jurisdiction": jurisdiction} if jurisdiction else {}, "")
    questions, listed = _written(file) if file else ([given], False)
    if not role and not file:
        _fits(given, "")
    gathered = None if no_agreement else _agreements(list(paths or []))
    code = _told(gathered)
    enquiries = _enquiries(gathered, day, jurisdiction)
    if role:
        reading.deliver(_remit(role, enquiries, chosen), output)
    else:
        if not file and (lacking := _lacks(given)):
            questions = [_interview(given, enquiries, lacking)]
        if record:
            _of_one_case(questions)
        replies = _replies(questions, enquiries, file)
        if record:
            _keep(replies[0], record, case or "")
        reading.deliver(_rendered(replies, chosen, listed=listed), output)
    raise typer.Exit(code)


# what was asked


def _flags(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None and value != []}


def _listed(words: list[str] | None) -> list[str]:
    return [word.strip() for said in words or [] for word in said.split(",") if word.strip()]


def _consent(said: list[str]) -> str | dict[str, str] | None:
    if not said:
        return None
    if len(said) == 1 and "=" not in said[0]:
        return said[0]
    by_person = {}
    for one in said:
        who, equals, word = one.partition("=")
        if not (equals and who and word):
            raise SettingsError(
                f"`--consent {one}` does not say whose consent it is", "write each as WHO=WORD: `mother=refused`"
            )
        by_person[who] = word
    return by_person


def _refuse(
    given: Mapping[str, Any], file: Path | None, role: str | None, record: Path | None, case: str | None, *,
    paths: bool, no_agreement: bool,
) -> None:  # fmt: skip
    """Raise `SettingsError` where flags do not go together, or a record would hold personal data."""
    from sharecheck.cli import reading

    if (file or role) and given:
        first = next(iter(given))
        raise SettingsError(
            f"`{'--file' if file else '--role'}` goes without the parts of a question, and `{_FLAGS[first]}` is one",
            "write the whole question in the file" if file else "leave `--role` out to ask a question",
        )
    if file and role:
        raise SettingsError("`--file` and `--role` ask different things", "use one of them")
    if no_agreement and (paths or role):
        raise SettingsError(
            "`--no-agreement` leaves out what you named" if paths else "`--role` lists what agreements say",
            "use one of them",
        )
    if case is not None and record is None:
        raise SettingsError("`--case` is for a record, and none is asked for", "add `--record FILE`")
    if record is None:
        return
    if role:
        raise SettingsError("`--record` is for one decision, and `--role` makes none", "ask a question")
    reading.refuse_yaml(record)
    if record.exists() and record.is_file():
        raise SettingsError(
            f"`{record.as_posix()}` is there already, and a record of a decision is never replaced",
            "give this one another name",
        )
    if record.suffix.lower() not in _RECORDS:
        raise SettingsError(f"`{record.as_posix()}` does not end as a record does", f"end it in {', '.join(_RECORDS)}")
    if not case or not case.strip():
        raise SettingsError("a record needs a case reference", "add `--case REFERENCE`; never a person's name")
    _refuse_personal("--case", case)
    if len(case) > 60 or not case.isprintable():
        raise SettingsError(
            "`--case` is longer than a reference is", "write the reference alone, of at most 60 letters"
        )
    for name, value in given.items():
        for word in _words(value):
            _refuse_personal(_FLAGS[name], word)


def _refuse_personal(flag: str, words: str) -> None:
    from sharecheck.formats import record as as_record

    if looks := as_record.personal(words):
        raise SettingsError(
            f"`{flag}` holds what looks like {looks}, and a record names no person; nothing was written",
            "write a case reference without dates or numbers of a person",
        )


def _words(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [str(word) for pair in value.items() for word in pair]
    return [str(one) for one in value] if isinstance(value, list) else [value] if isinstance(value, str) else []


_FLAGS = {
    "from": "--from", "to": "--to", "relation": "--relation", "linked_to_risk": "--linked", "data": "--data",
    "about": "--about", "age": "--age", "able_to_decide": "--able", "purpose": "--purpose", "to_protect": "--protect",
    "danger_to": "--danger", "concern": "--concern", "belief": "--belief", "consent": "--consent",
    "objection": "--objection", "request": "--request", "scale": "--scale", "on": "--on", "jurisdiction": "--jurisdiction",
}  # fmt: skip
"""From the words of the format to the flags."""


def _fits(question: Any, where: str) -> None:
    """Raise `SettingsError` where a question does not have the form that an agreement's scenarios have."""
    from sharecheck import schema

    whole: Any = question
    for step in reversed(_PLACE):
        whole = {step: whole}
    for misfit in schema.misfits(whole):
        if misfit.at[: len(_PLACE)] == _PLACE:
            message = misfit.message.replace(f"`{'.'.join(_PLACE)}`", "a question")
            if not where and len(misfit.at) > len(_PLACE):
                field = str(misfit.at[len(_PLACE)])
                message = message.replace(f"`{field}`", f"`{_FLAGS.get(field, field)}`")
            raise SettingsError(where + message, misfit.fix)


def _written(file: Path) -> tuple[list[dict[str, Any]], bool]:
    """The questions of a file, and whether it holds a list.

    Raises `SourceError` where it cannot be read, `SettingsError` where it asks nothing or does not have the form.
    """
    from sharecheck import source
    from sharecheck.repository import name_of

    document = source.read(file, name_of(file))
    data = document.data
    if not isinstance(data, (dict, list)) or not data:
        raise SettingsError(f"{document.name}: there is no question in it", "write one, or a list of them")
    questions = data if isinstance(data, list) else [data]
    for i, question in enumerate(questions):
        line = document.span((i,) if isinstance(data, list) else ()).line
        _fits(question, f"{document.name}:{line}: ")
    return questions, isinstance(data, list)


def _lacks(given: Mapping[str, Any]) -> list[str]:
    return [part for part in _WHOLE if part not in given and not (part == "to" and "relation" in given)]


def _interview(given: Mapping[str, Any], enquiries: Enquiries, lacking: Sequence[str]) -> dict[str, Any]:
    """The question with what it lacks, where somebody sits at a terminal to be asked."""
    if sys.stdin is None or not sys.stdin.isatty():
        from sharecheck.knowledge import joined

        flags = joined([f"`{_FLAGS[part]}`" for part in lacking])
        raise SettingsError(f"the question lacks {flags}", "add what is lacking; at a terminal, you are asked for it")
    from sharecheck.cli import interview

    return interview.complete(given, enquiries, interview.at_terminal)


# whom it is asked of


def _agreements(paths: list[Path]) -> Gathered | None:
    """The agreements; none where there are none and nobody named any."""
    from sharecheck import repository
    from sharecheck.cli import reading

    found, where = reading.settings(paths, None)
    try:
        return repository.gather(where, found)
    except NothingToCheckError:
        if paths:
            raise
        return None


def _enquiries(gathered: Gathered | None, day: date, jurisdiction: str | None) -> Enquiries:
    from sharecheck import knowledge
    from sharecheck.policy.reply import Enquiries

    return Enquiries(gathered.agreements if gathered else (), knowledge.load, day, jurisdiction)


def _told(gathered: Gathered | None) -> Exit:
    """Say which agreements were not asked, and give the exit code for it."""
    if gathered is None:
        return Exit.FINE
    for error in gathered.unread:
        typer.echo(f"{error.name}:{error.line}: not asked: {error.message}", err=True)
    for one in gathered.misshapen:
        misfit = one.misfits[0]
        line = one.document.span(misfit.at).line
        more = f" (and {len(one.misfits) - 1} more; see `sharecheck validate`)" if len(one.misfits) > 1 else ""
        typer.echo(f"{one.document.name}:{line}: not asked: {misfit.message}{more}", err=True)
    if gathered.unread:
        return Exit.UNREAD
    return Exit.FINDINGS if gathered.misshapen else Exit.FINE


# what is answered


def _replies(questions: Sequence[Mapping[str, Any]], enquiries: Enquiries, file: Path | None) -> list[Reply]:
    from sharecheck.policy.answer import QuestionError

    replies = []
    for i, question in enumerate(questions, 1):
        try:
            replies.append(enquiries.reply(question))
        except QuestionError as error:
            if file is None or len(questions) == 1:
                raise
            raise QuestionError(f"question {i}: {error.message}", error.fix) from None
    return replies


def _rendered(replies: Sequence[Reply], chosen: Format, *, listed: bool) -> str:
    from sharecheck import __version__
    from sharecheck.formats import answer

    if chosen is Format.JSON:
        values = [answer.value(reply, __version__) for reply in replies]
        return json.dumps(values if listed else values[0], indent=2, ensure_ascii=False) + "\n"
    texts = [answer.text(reply, __version__) for reply in replies]
    return answer.joined_texts(texts) if listed else texts[0]


def _remit(role: str, enquiries: Enquiries, chosen: Format) -> str:
    from sharecheck import __version__
    from sharecheck.formats import remit as formats
    from sharecheck.policy.remit import remit

    found = remit(role, enquiries)
    if chosen is Format.JSON:
        return json.dumps(formats.value(found, __version__), indent=2, ensure_ascii=False) + "\n"
    return formats.text(found, __version__)


def _of_one_case(questions: Sequence[Mapping[str, Any]]) -> None:
    """Raise `SettingsError` where a record would be of several decisions, or would hold personal data."""
    if len(questions) > 1:
        raise SettingsError(
            "`--record` is for one decision, and the file asks several questions", "keep each in a file of its own"
        )
    for name, value in questions[0].items():
        for word in _words(value) if name != "on" else ():
            _refuse_personal(_FLAGS[name], word)


def _keep(reply: Reply, record: Path, case: str) -> None:
    """Write the record of one decision."""
    from sharecheck import __version__
    from sharecheck.cli import reading
    from sharecheck.formats import record as as_record

    reading.deliver(getattr(as_record, _RECORDS[record.suffix.lower()])(reply, case.strip(), __version__), record)
    typer.echo(f"wrote {record.as_posix()}", err=True)
