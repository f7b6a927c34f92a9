"""The `--policy` option that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from policies.load import house_policy, load_policy
from policies.problems import PolicyError
from policies.rules import Policy

PolicyOption = Annotated[Path | None, typer.Option("--policy", help="A policy file in place of the house policy.")]


def chosen_policy(path: Path | None) -> Policy:
    """Load the named policy, or the one that is shipped; with mistakes in it, show them all and exit with 2."""
    try:
        return load_policy(path) if path else house_policy()
    except PolicyError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
