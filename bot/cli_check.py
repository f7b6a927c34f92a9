"""`hustings check`: JSON Lines of messages in, JSON Lines of decisions out."""

import os
import sys
from typing import Annotated

import typer

from bot.cli_policy_option import PolicyOption, chosen_policy
from bot.lines import BadLineError, decision_line, error_line, lines, message_of
from handlers.checking import Checker
from policies.lexicon_files import house_reader

app = typer.Typer()


@app.command()
def check(
    policy: PolicyOption = None,
    scorer: Annotated[str, typer.Option(help="The abuse classifier: none.")] = "none",
) -> None:
    """Judge messages: JSON Lines on standard input, one decision a line on standard output.

    A line is an object with at least `id` and `text`; `platform`, `channel`, `author`, `author_name`,
    `thread`, `reply_to`, `at` and `kind` (posted, edited, deleted) are optional. The lines are one
    stream in time. A line that is no message gets an error in its place, and the exit status is 1.
    """
    _refuse_scorer(scorer)
    checker = Checker(house_reader(), chosen_policy(policy))
    failed = False
    for line in lines(sys.stdin.buffer):
        try:
            if isinstance(line, BadLineError):
                raise line
            identity, message = message_of(line)
            answer = decision_line(identity, checker.check(message))
        except BadLineError as error:
            failed = True
            answer = error_line(error)
        try:
            sys.stdout.buffer.write(answer)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            # Whoever read the answers has gone; Python would complain once more when it closes the stream.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(1) from None
    raise typer.Exit(1 if failed else 0)


def _refuse_scorer(scorer: str) -> None:
    if scorer != "none":
        typer.echo(f"--scorer {scorer}: no such classifier comes with this version. Use --scorer none.", err=True)
        raise typer.Exit(2)
