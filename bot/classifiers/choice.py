"""Choosing a classifier by name, and opening it."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Protocol

from policies.findings import Scores


class ScorerName(StrEnum):
    """The classifiers there are."""

    NONE = "none"
    EMBEDDED = "embedded"


class Model(Protocol):
    """A classifier that computes where it is called; slow, so never on an event loop."""

    @property
    def name(self) -> str:
        """Give the model's id for the record."""

    def score(self, texts: Sequence[str]) -> list[Scores | None]:
        """Score each text; None for one in a language that the model does not know."""


def open_model(name: ScorerName, undo: Callable[[str], str]) -> Model | None:
    """Load a classifier that reads disguise as `undo` does; None for `none`.

    Raises `ModelError` where its files are missing or damaged.
    """
    if name is ScorerName.NONE:
        return None
    from bot.classifiers.embedded import EmbeddedModel, shipped  # noqa: PLC0415 - takes half a second to load

    return EmbeddedModel(shipped(), undo)
