"""The `--scorer` and `--model` options of the commands that judge messages: which classifier, and how it is opened."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bot.classifiers.choice import Explained, ScorerName, open_model
from bot.classifiers.errors import ModelError
from handlers.checking import Score
from policies.assess import Reader

ScorerOption = Annotated[
    ScorerName, typer.Option(help="The abuse classifier: none (the rules alone), embedded or detoxify.")
]
ScorerFolder = Annotated[
    Path | None, typer.Option("--model", help="The folder of the classifier's files; else the settings', or shipped.")
]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A classifier ready to be asked, with its name for the record; `score` and `model` are None for `none`."""

    name: str
    score: Score | None
    model: Explained | None = None


def chosen_scorer(name: ScorerName, reader: Reader, folder: Path | None = None) -> Chosen:
    """Open the classifier that was asked for; ends the command with a sentence where it cannot be."""
    name, folder = scorer_and_folder(name, folder)
    try:
        model = open_model(name, reader.undone, folder)
    except ModelError as error:
        typer.echo(f"--scorer {name.value}: {error}", err=True)
        raise typer.Exit(2) from None
    return Chosen(model.name, model.score, model) if model else Chosen("none", None)


def scorer_and_folder(name: ScorerName, folder: Path | None) -> tuple[ScorerName, Path | None]:
    """Give which classifier is meant and where it lies: a folder that is named says what is in it."""
    if name is ScorerName.NONE:
        if folder is not None:
            typer.echo(f"--scorer none asks no classifier, so {folder} is not used: leave out --model.", err=True)
        return name, None
    if folder is not None:
        from bot.classifiers.files import kind_of  # noqa: PLC0415 - takes half a second to load

        return ScorerName(kind_of(folder)), folder
    if name is ScorerName.DETOXIFY:
        from bot.cli_folders import setting  # noqa: PLC0415 - takes time to load, and few need it

        named = setting("scorer_folder")
        return name, Path(named) if named else None
    return name, None
