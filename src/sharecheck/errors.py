"""Why sharecheck refuses to continue: each error says what is wrong, where, and how to put it right."""

from __future__ import annotations


class SharecheckError(Exception):
    """Something that stops the work at hand; never a finding about an agreement."""

    def __init__(self, message: str, fix: str = "") -> None:
        """Keep the sentence that says what is wrong and the one that says what to do."""
        super().__init__(message)
        self.message = message
        self.fix = fix


class SourceError(SharecheckError):
    """A file could not be read or parsed (exit code 4).

    `code` names the cause in words; `line` and `column` count from 1, in code points.
    """

    def __init__(self, code: str, message: str, fix: str, name: str, line: int = 1, column: int = 1) -> None:
        """Say what is wrong with the file called `name`, and where."""
        super().__init__(message, fix)
        self.code = code
        self.name = name
        self.line = line
        self.column = column


class SettingsError(SharecheckError):
    """A flag, the configuration file, a rule id or a schema is wrong (exit code 2)."""


class NothingToCheckError(SharecheckError):
    """There was no agreement to look at (exit code 3)."""


class KnowledgeError(SharecheckError):
    """The book of vocabularies and law shipped with sharecheck is damaged (exit code 70)."""
