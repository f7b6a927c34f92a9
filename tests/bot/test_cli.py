"""The root of the command: quick to answer, and honest about what it has."""

import subprocess
import sys
import time

import pytest
import typer.main
from typer.core import TyperGroup
from typer.testing import CliRunner

from bot.cli import COMMANDS, app


@pytest.fixture
def root() -> TyperGroup:
    """Give the command as the shell calls it."""
    command = typer.main.get_command(app)
    assert isinstance(command, TyperGroup)
    return command


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_that_is_listed_is_there(root: TyperGroup, name: str) -> None:
    command = root.commands[name]
    assert command.name == name
    assert command.help
    assert COMMANDS[name][1].endswith(".")


def test_help_lists_every_command_and_imports_none_of_them() -> None:
    program = (
        "import sys; from bot.cli import app\n"
        "try: app(['--help'], prog_name='hustings')\n"
        "except SystemExit: pass\n"
        "ours = ('policies', 'handlers', 're2', 'discord')\n"
        "print('IMPORTED', sorted(m for m in sys.modules if m.split('.')[0] in ours))"
    )
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert "IMPORTED []" in ran.stdout
    assert all(f" {name} " in ran.stdout for name in COMMANDS)


def test_a_command_whose_module_is_missing_is_an_error_and_not_silence(
    root: TyperGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COMMANDS, "policy", ("bot.cli_nowhere", "Gone."))
    with pytest.raises(ModuleNotFoundError):
        _ = root.commands["policy"]


def test_a_mistyped_command_is_told_the_nearest_one() -> None:
    ran = CliRunner().invoke(app, ["polcy"])
    assert ran.exit_code == 2
    assert "Did you mean 'policy'?" in ran.output


def test_the_version_is_shown() -> None:
    ran = CliRunner().invoke(app, ["--version"])
    assert ran.exit_code == 0
    assert ran.output.startswith("hustings ")


@pytest.mark.bench
def test_help_is_there_at_once() -> None:
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "bot.cli", "--help"], check=True, capture_output=True)
    assert time.monotonic() - started < 3


def test_help_fills_its_lines_in_every_paragraph(root: TyperGroup) -> None:
    told = root.commands["replay"].help or ""
    assert "\n\n" in told
    assert "\n" not in told.replace("\n\n", "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("triage", "C-2026-000001", "grave"), "'severity': 'grave' is not one of 'low'"),
        (("report", "outside", "look", "--obtained", "last week"), "'--obtained': Write a day, such as 2026-05-31"),
        (("file", "R-2026-000001", "first", "a.pdf"), "'number': Write a whole number."),
    ],
)
def test_a_value_that_cannot_be_read_is_answered_in_the_words_of_people(arguments: tuple[str, ...], says: str) -> None:
    ran = CliRunner().invoke(app, ["cases", *arguments], env={"COLUMNS": "300"})
    assert ran.exit_code == 2
    told = " ".join(ran.output.replace("│", " ").split())
    assert says in told
    assert "Value error" not in told
    assert "Input should" not in told
