"""`hustings run`: the live bot, by its settings."""

import asyncio
import os
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.app import serve
from bot.logs import set_up_logs
from bot.settings import Settings, SettingsError, load_settings
from bot.store.sqlite.connection import StoreUnusable
from policies.problems import PolicyError

app = typer.Typer(add_completion=False)

_NO_PLATFORM = (
    "There is nothing to moderate: the settings name neither Discord nor Slack. docs/set-up.md says how to set up "
    "each of them, docs/settings.md lists the settings."
)


@app.command()
def run(
    settings: Annotated[
        Path | None, typer.Option("--settings", help="The settings file, in place of hustings.yaml.")
    ] = None,
    sync_commands: Annotated[
        bool, typer.Option("--sync-commands", help="Tell Discord the list of commands, once after each upgrade.")
    ] = False,
) -> None:
    """Run the live bot until it is told to stop."""
    chosen = _load(settings)
    set_up_logs(chosen.log_level, chosen.secrets())
    try:
        asyncio.run(serve(chosen, sync_commands=sync_commands))
    except (PolicyError, StoreUnusable) as error:
        _stop(str(error))


def _load(file: Path | None) -> Settings:
    try:
        settings = load_settings(file, os.environ)
    except SettingsError as error:
        _stop(str(error))
    if settings.discord is None and settings.slack is None:
        _stop(_NO_PLATFORM)
    return settings


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(2)
