"""Choosing a classifier by name, and opening it."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from bot.classifiers.contributions import Contribution
from bot.classifiers.errors import ModelError
from policies.findings import Scores


class ScorerName(StrEnum):
    """The classifiers there are."""

    NONE = "none"
    EMBEDDED = "embedded"
    DETOXIFY = "detoxify"


class Model(Protocol):
    """A classifier that computes where it is called; slow, so never on an event loop."""

    @property
    def name(self) -> str:
        """Give the model's id for the record."""

    def score(self, texts: Sequence[str]) -> list[Scores | None]:
        """Score each text; None for one in a language that the model does not know."""


class Explained(Model, Protocol):
    """A classifier that can say where its scores come from."""

    @property
    def labels(self) -> Sequence[str]:
        """Give the labels that it has; the others stay at 0."""

    @property
    def cuts(self) -> Mapping[str, float]:
        """Give the labels whose scores were moved, each with the score of the model itself that became 0.5."""

    def contributions(self, text: str) -> Sequence[Contribution]:
        """Give what each part of a text gave to its scores, in the order of reading."""


def open_model(name: ScorerName, undo: Callable[[str], str], folder: Path | None = None) -> Explained | None:
    """Load a classifier that reads disguise as `undo` does; None for `none`.

    Without a folder `embedded` is the model that ships. Raises `ModelError` where its files are missing or damaged.
    """
    if name is ScorerName.NONE:
        return None
    if name is ScorerName.EMBEDDED:
        from bot.classifiers.embedded import EmbeddedModel, shipped  # noqa: PLC0415 - takes half a second to load

        return EmbeddedModel(folder or shipped(), undo)
    if folder is None:
        raise ModelError(
            "no folder of a Detoxify model is named. Fetch one with `hustings models fetch`, then name it with "
            "--model, or for good with `hustings models use FOLDER`."
        )
    from bot.classifiers.detoxify import DetoxifyModel  # noqa: PLC0415 - takes half a second to load

    return DetoxifyModel(folder, undo)


def open_folder(folder: Path, undo: Callable[[str], str]) -> Explained:
    """Load whatever model lies in a folder; raises `ModelError`."""
    from bot.classifiers.files import kind_of  # noqa: PLC0415 - takes half a second to load

    opened = open_model(ScorerName(kind_of(folder)), undo, folder)
    assert opened is not None
    return opened
