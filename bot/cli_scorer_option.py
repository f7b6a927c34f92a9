"""The `--scorer` option of the commands that judge messages: which classifier, and how it is opened."""

from dataclasses import dataclass
from typing import Annotated

import typer

from bot.classifiers.choice import ScorerName, open_model
from bot.classifiers.errors import ModelError
from handlers.checking import Score
from policies.assess import Reader

ScorerOption = Annotated[ScorerName, typer.Option(help="The abuse classifier: none (the rules alone) or embedded.")]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A classifier ready to be asked, with its name for the record; `score` is None for `none`."""

    name: str
    score: Score | None


def chosen_scorer(name: ScorerName, reader: Reader) -> Chosen:
    """Open the classifier that was asked for; ends the command with a sentence where it cannot be."""
    try:
        model = open_model(name, reader.undone)
    except ModelError as error:
        typer.echo(f"--scorer {name.value}: {error}", err=True)
        raise typer.Exit(2) from None
    return Chosen(model.name, model.score) if model else Chosen("none", None)
