"""`sharecheck init`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import typer

from sharecheck.cli.exits import Exit
from sharecheck.errors import SettingsError


class Host(StrEnum):
    """Where the repository is kept, if it is to be checked there on every change."""

    GITHUB = "github"
    GITLAB = "gitlab"


CHECKED_BY = {Host.GITHUB: Path(".github/workflows/sharecheck.yml"), Host.GITLAB: Path(".gitlab-ci.yml")}


def init(
    folder: Path = typer.Argument(Path(), help="Where to begin; made if it is not there."),
    ci: Host | None = typer.Option(
        None, "--ci", help="Also have every change checked there; in a repository already begun, only that is written."
    ),
) -> None:
    """Begin a partnership's repository: settings, one commented agreement, the schema, and editor settings."""
    from datetime import timedelta
    from importlib.resources import files

    from sharecheck import __version__, schema
    from sharecheck.cli import reading

    templates = files("sharecheck.cli") / "templates"
    today = reading.day(None)
    filled = {
        "STARTS": today,
        "REVIEW": today + timedelta(days=364),
        "ENDS": today + timedelta(days=3 * 365 - 1),
        "vVERSION": f"v{__version__}",
    }
    wanted = {
        Path("sharecheck.yaml"): (templates / "sharecheck.yaml").read_text(encoding="utf-8"),
        Path("protocols/early-help.yaml"): (templates / "early-help.yaml").read_text(encoding="utf-8"),
        Path("schemas/agreement.schema.json"): schema.text("agreement"),
        Path("schemas/config.schema.json"): schema.text("config"),
        Path("schemas/rule.schema.json"): schema.text("rule"),
        Path(".vscode/settings.json"): (templates / "vscode.json").read_text(encoding="utf-8"),
        Path(".vscode/extensions.json"): (templates / "extensions.json").read_text(encoding="utf-8"),
    }
    begun = ci is not None and (folder / "sharecheck.yaml").exists()
    if begun:
        wanted = {}
    if ci:
        wanted[CHECKED_BY[ci]] = (templates / f"{ci}.yml").read_text(encoding="utf-8")
    taken = [path for path in wanted if (folder / path).exists()]
    if taken:
        raise SettingsError(
            f"`{(folder / taken[0]).as_posix()}` is already there, and nothing was written",
            "remove it, if a new one is to take its place"
            if begun
            else "begin in an empty folder: `sharecheck init FOLDER`",
        )
    for path, template in wanted.items():
        target = folder / path
        text = template
        for word, value in filled.items():
            text = text.replace(word, str(value))
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                f"`{target.parent}` cannot be made: {error.strerror}", "name a folder that is yours"
            ) from None
        reading.deliver(text, target, protect=False)
        typer.echo(f"wrote {target.as_posix()}")
    if ci:
        file = (folder / CHECKED_BY[ci]).as_posix()
        typer.echo(f"\nIn {file}, put the owner of your copy of sharecheck for OWNER.")
        typer.echo("It also says which files your information-governance lead should own.")
    if begun:
        raise typer.Exit(Exit.FINE)
    where = f'"{folder.as_posix()}"' if " " in folder.as_posix() else folder.as_posix()
    typer.echo(
        f"\nNow: open {(folder / 'protocols/early-help.yaml').as_posix()}, then run `sharecheck validate {where}`."
    )
    raise typer.Exit(Exit.FINE)
