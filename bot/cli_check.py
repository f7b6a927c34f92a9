"""`hustings check`: JSON Lines of messages in, JSON Lines of decisions out."""

import os
import sys
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from bot.classifiers.choice import ScorerName
from bot.cli_policy_option import PolicyOption, chosen_policy
from bot.cli_scorer_option import ScorerFolder, ScorerOption, chosen_scorer
from bot.lines import BadLineError, decision_line, error_line, lines, message_of, person_of
from handlers.checking import Checker
from policies.lexicon_files import house_reader
from policies.people import Person, Register

app = typer.Typer()


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="JSON Lines; without a file, or with -, standard input.")] = None,
    policy: PolicyOption = None,
    people: Annotated[Path | None, typer.Option(help="Protected people, JSON Lines: id, name, handles, roles.")] = None,
    scorer: ScorerOption = ScorerName.EMBEDDED,
    model: ScorerFolder = None,
) -> None:
    """Judge messages: JSON Lines from a file or standard input, one decision a line on standard output.

    A line is an object with at least `id` and `text`; `platform`, `channel`, `author`, `author_name`,
    `thread`, `reply_to`, `at` and `kind` (posted, edited, deleted) are optional. The lines are one
    stream in time; with each that has no `at`, ten seconds are taken to pass, whatever its channel. A line
    that is no message gets an error with its number in its place, and the exit status is 1.
    """
    in_force, register, reader = chosen_policy(policy), _register(people), house_reader()
    chosen = chosen_scorer(scorer, reader, model)
    checker = Checker(reader, in_force, register, score=chosen.score, scorer=chosen.name)
    failed = False
    for number, line in lines(_opened(file)):
        try:
            if isinstance(line, BadLineError):
                raise line
            identity, message = message_of(line)
            answer = decision_line(identity, checker.check(message))
        except BadLineError as error:
            failed = True
            answer = error_line(number, error)
        try:
            sys.stdout.buffer.write(answer)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            # Whoever read the answers has gone; Python would complain once more when it closes the stream.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(1) from None
    raise typer.Exit(1 if failed else 0)


def _opened(path: Path | None) -> BinaryIO:
    """Give what the messages are read from."""
    if path is None or str(path) == "-":
        return sys.stdin.buffer
    try:
        return path.open("rb")
    except OSError as error:
        typer.echo(f"{path}: the file cannot be read: {error.strerror}. Check the name and the rights.", err=True)
        raise typer.Exit(2) from None


def _register(path: Path | None) -> Register:
    """Read the protected people; every line that names nobody is told, and nothing is judged until all are right."""
    if path is None:
        return Register()
    people: list[Person] = []
    wrong: list[str] = []
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    if line.strip():
                        people.append(person_of(line))
                except BadLineError as error:
                    wrong.append(f"{path}:{number}: {error}")
    except OSError as error:
        wrong.append(f"{path}: the file cannot be read: {error.strerror}. Check the name and the rights.")
    if wrong:
        wrong.append("Nothing was judged: whoever is missing from the file would go unprotected.")
        typer.echo("\n".join(wrong), err=True)
        raise typer.Exit(2)
    return Register(people)
