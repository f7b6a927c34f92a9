"""Where commands find the key files, and what the settings say of evidence, whatever else is missing in them."""

import os
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from bot.evidence.words import Role
from bot.settings import FILE, EvidenceSettings, Settings, read_person
from bot.settings_sources import read_sources
from bot.store.sqlite.stewardship import Refused, Steward

Keys = Annotated[
    Path | None, typer.Option("--keys", help="The folder of the key files; else the settings', or in the data folder.")
]


def key_folder(data: Path | None, keys: Path | None) -> Path | None:
    """Give the folder of the key files; nothing where it is the usual one in the data folder.

    The settings speak of their own data folder alone: whoever names another one names its keys as well.
    """
    return keys or (evidence_settings().keys if data is None else None)


def evidence_settings() -> EvidenceSettings:
    """Give what the settings say of evidence; a mistake in it ends the command with a sentence."""
    sources = read_sources(Settings, Path(FILE), os.environ, must_exist=False)
    said = {**sources.file.get("evidence", {}), **sources.environment.get("evidence", {})}
    try:
        return EvidenceSettings.model_validate(said)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(("evidence", *(step for step in wrong["loc"] if isinstance(step, str))))
        what = wrong["msg"].removeprefix("Value error, ")
        typer.echo(f"{place} {what}. docs/settings.md says what it may be.", err=True)
        raise typer.Exit(2) from None


def steward(name: str) -> Steward:
    """Give who acts: where the settings list people, one of them, in their role, whatever name they go by."""
    people = [read_person(line) for line in evidence_settings().people]
    for names, role in people:
        if name in names:
            return Steward(names[0], Role(role), listed=True)
    if people:
        raise Refused(
            f"{name} is not one of the people of the settings (evidence.people). Say who you are with --by, or have"
            " yourself added with a role."
        )
    return Steward(name)
