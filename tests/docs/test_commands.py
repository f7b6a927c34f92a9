"""Every command and option is documented, and every one that is documented exists."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperCommand, TyperGroup

from bot.cli import app
from tests.architecture.sources import REPOSITORY

WRAPPER_ONLY = {"test"}
"""Not a command of its own: the wrapper takes it."""

COMMANDS = (REPOSITORY / "docs" / "commands.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## `hustings ([\w -]+)`\n(.*?)(?=^## |\Z)", COMMANDS, re.MULTILINE | re.DOTALL))
FENCED = re.compile(r"```sh\n(.*?)```", re.DOTALL)
DOCUMENTS = [REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *sorted((REPOSITORY / "docs").glob("*.md"))]


def _leaves(command: object, name: str = "") -> Iterator[tuple[str, TyperCommand]]:
    if isinstance(command, TyperGroup):
        for child, inner in command.commands.items():
            yield from _leaves(inner, f"{name} {child}".strip())
    elif isinstance(command, TyperCommand) and not command.hidden:
        yield name, command


LEAVES = dict(_leaves(typer.main.get_command(app)))


def test_the_documented_commands_are_those_there_are() -> None:
    assert set(SECTIONS) == set(LEAVES) | WRAPPER_ONLY


@pytest.mark.parametrize("name", sorted(LEAVES))
def test_the_documented_options_are_those_the_command_has(name: str) -> None:
    told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", SECTIONS[name]))
    given = {option for parameter in LEAVES[name].params for option in parameter.opts if option.startswith("--")}
    assert told == given - {"--help"}


@pytest.mark.parametrize("name", sorted(LEAVES))
def test_every_command_and_option_explains_itself(name: str) -> None:
    command = LEAVES[name]
    assert command.help
    silent = [parameter.name for parameter in command.params if not getattr(parameter, "help", "")]
    assert silent == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_a_document_shows_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    shown = re.findall(r"(?:\./|\| \./|\b)hustings ((?:[a-z]+ ?)+)", "\n".join(FENCED.findall(text)))
    known = set(LEAVES) | WRAPPER_ONLY
    assert [words for words in shown if not any(f"{words.strip()} ".startswith(f"{name} ") for name in known)] == []
