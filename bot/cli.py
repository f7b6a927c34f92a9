"""The `hustings` command: one line for each sub-command, each imported only when it is asked for."""

import importlib
import importlib.metadata
import inspect
import sys
from collections.abc import Iterator, MutableMapping
from typing import Annotated, Any

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

COMMANDS: dict[str, tuple[str, str]] = {
    "cases": ("bot.cli_cases", "Take reports in, work on cases, tell how a report stands."),
    "check": ("bot.cli_check", "Judge messages: JSON Lines in, one decision a line out."),
    "demo": ("bot.cli_demo", "Play a made-up evening of a party branch, judged before your eyes."),
    "evidence": (
        "bot.cli_evidence",
        "Verify the record, copy it, hand out, hold and erase parts of it, change its keys.",
    ),
    "explain": ("bot.cli_explain", "Show how one message is read, and why each rule matched it or did not."),
    "figures": ("bot.cli_figures", "Publish the figures of a quarter, with small counts hidden."),
    "incidents": ("bot.cli_incidents", "List, show and export what is kept."),
    "models": ("bot.cli_models", "List, fetch, choose, judge and train classifiers."),
    "policy": ("bot.cli_policy", "Check, describe, try and take up policy files."),
    "replay": ("bot.cli_replay", "Run an export of Slack or Discord through the pipeline; try another policy on it."),
    "run": ("bot.cli_run", "Run the live bot, by its settings."),
}
"""For each sub-command the module that holds it as `app`, and the line that `--help` shows for it."""


_BETTER = {
    "Input should be a valid datetime": "Write a day, such as 2026-05-31, or a day and a time, 2026-05-31T18:30.",
    "Input should be a valid integer": "Write a whole number.",
    "Input should be a valid number": "Write a number, such as 0.5.",
}
"""What is said in place of the library's words, by how those begin."""

_NOT_OURS = ("install_completion", "show_completion")


class _Imported(MutableMapping[str, Any]):
    """The sub-commands by name, each imported as it is looked up."""

    def __getitem__(self, name: str) -> TyperCommand | TyperGroup:
        module, _ = COMMANDS[name]
        command = typer.main.get_command(importlib.import_module(module).app)
        assert isinstance(command, TyperCommand | TyperGroup)
        command.name = name
        for one in (command, *(command.commands.values() if isinstance(command, TyperGroup) else ())):
            one.help = _as_paragraphs(one.help)
        command.params = [option for option in command.params if option.name not in _NOT_OURS]
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)

    def __setitem__(self, name: str, command: object) -> None:
        raise TypeError("Sub-commands are listed in COMMANDS.")

    def __delitem__(self, name: str) -> None:
        raise TypeError("Sub-commands are listed in COMMANDS.")


def _as_paragraphs(text: str | None) -> str:
    """Undo the line breaks of a docstring, which the help would keep, so that it fills the terminal's lines."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in inspect.cleandoc(text or "").split("\n\n"))


def _as_sentence(message: str) -> str:
    """Say what to write where a value cannot be read, in place of the words of the library that reads values."""
    for said, better in _BETTER.items():
        if message.startswith(said):
            return better
    return message.removeprefix("Value error, ")


class _Sparing(TyperGroup):
    """A group whose help needs no sub-command imported: the detector and the platforms take a second to load."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _Imported()

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name][1]) if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        return name, self.commands[name] if name else command, rest

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = _as_sentence(error.message)
            raise


# A trace with local variables would print messages, so there is none.
app = typer.Typer(cls=_Sparing, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hustings {importlib.metadata.version('hustings')}")
        raise typer.Exit


@app.callback()
def hustings(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and stop.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Moderate the Discord and Slack channels of a political party, and keep evidence of what was done."""


def main() -> None:
    """Run the command by the arguments of the process."""
    for stream in (sys.stdout, sys.stderr):
        # What people wrote may hold what a terminal cannot show: show its code rather than stop.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    app(prog_name="hustings")


if __name__ == "__main__":
    main()
