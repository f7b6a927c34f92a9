"""The commands of officers: what each takes beside its own matter, and what is said after it."""

import pytest
import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from bot.cli_cases import app

OFFICERS = ["--by", "--as", "--data", "--keys"]
NOT_OF_OFFICERS = {"demo", "letters", "status"}
"""What anybody may do: look at the made-up case, check a file, and ask after a report by its code."""


def commands() -> list[TyperCommand]:
    """Give every command about cases."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return [command for command in group.commands.values() if isinstance(command, TyperCommand)]


def test_there_are_commands_to_look_at() -> None:
    assert len(commands()) > 25


@pytest.mark.parametrize("command", commands(), ids=lambda command: command.name)
def test_every_command_of_an_officer_takes_who_acts_and_where_the_record_is_after_its_own(
    command: TyperCommand,
) -> None:
    options = [param.opts[0] for param in command.params if isinstance(param, TyperOption)]
    options = [option for option in options if option != "--help"]
    if command.name in NOT_OF_OFFICERS:
        assert "--by" not in options
    else:
        assert options[-4:] == OFFICERS


@pytest.mark.parametrize("command", commands(), ids=lambda command: command.name)
def test_no_command_shows_the_desk_it_is_given(command: TyperCommand) -> None:
    assert {"at", "bench", "given"}.isdisjoint(param.name for param in command.params)
    assert command.help
