"""The commands, in the order in which people meet them, and the one place where errors become exit codes."""

from __future__ import annotations

import os
import sys

import typer

from sharecheck.cli import (
    ask,
    calendar,
    card,
    diff,
    explain,
    flowchart,
    init,
    law,
    printing,
    report,
    rules,
    schema,
    sign,
    site,
    test,
    validate,
)  # fmt: skip
from sharecheck.cli.exits import Exit
from sharecheck.errors import NothingToCheckError, SettingsError, SharecheckError, SourceError

app = typer.Typer(
    name="sharecheck",
    help="Check, report on and draw information-sharing agreements between public agencies.",
    epilog="Exit codes: 0 checked, nothing to put right; 1 findings; 2 wrong flag, settings or rule; 3 nothing to check; "
    "4 something could not be read; 70 sharecheck itself failed.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("validate")(validate.validate)
app.command("ask")(ask.ask)
app.command("test")(test.test)
app.command("diff")(diff.diff)
app.command("sign")(sign.sign)
app.command("report")(report.report)
app.command("print")(printing.print_agreements)
app.command("card")(card.card)
app.command("flowchart")(flowchart.flowchart)
app.command("site")(site.site)
app.command("calendar")(calendar.calendar)
app.command("rules")(rules.rules)
app.command("explain")(explain.explain)
app.command("law")(law.law)
app.command("schema")(schema.schema)
app.command("init")(init.init)


@app.callback(invoke_without_command=True)
def _root(version: bool = typer.Option(False, "--version", "-V", help="Print the version.")) -> None:
    if version:
        from sharecheck import __version__

        typer.echo(f"sharecheck {__version__}")
        raise typer.Exit(Exit.FINE)


def run() -> int:
    """Run one command and give its exit code; the only place that catches errors."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:  # another program or a file reads it: the same bytes on every machine
                stream.reconfigure(encoding="utf-8", errors="replace", newline="\n")
    try:
        code = app(standalone_mode=True)
    except SharecheckError as error:
        _say(error)
        return int(_exit(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(Exit.FINDINGS)
    except OSError as error:
        typer.echo(f"the output could not be written: {error.strerror or error}", err=True)
        return int(Exit.USAGE)
    except SystemExit as stop:
        return int(stop.code or 0) if not isinstance(stop.code, str) else int(Exit.USAGE)
    except Exception as error:
        if os.environ.get("SHARECHECK_DEBUG"):
            raise
        typer.echo(
            f"sharecheck itself failed ({type(error).__name__}: {error}). This is a fault in sharecheck, not in your "
            "agreement, and nothing was written.\nPlease report it with the command you ran; setting SHARECHECK_DEBUG=1 "
            "shows where it happened.",
            err=True,
        )
        return int(Exit.BROKEN)
    return int(code or 0)


def _say(error: SharecheckError) -> None:
    where = f"{error.name}:{error.line}:{error.column}: " if isinstance(error, SourceError) else ""
    typer.echo(f"{where}{error.message}", err=True)
    if error.fix:
        typer.echo(f"  Put it right: {error.fix}", err=True)


def _exit(error: SharecheckError) -> Exit:
    if isinstance(error, SourceError):
        return Exit.UNREAD
    if isinstance(error, SettingsError):
        return Exit.USAGE
    return Exit.NOTHING if isinstance(error, NothingToCheckError) else Exit.BROKEN
