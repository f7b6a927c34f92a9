"""The classifier as the live bot asks it: behind a queue where it could be opened, else a reason why there is none."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bot.classifiers.batcher import Batcher
from bot.classifiers.choice import Model, ScorerName, open_model
from bot.classifiers.errors import ModelError
from handlers.errors import ScorerUnavailable
from handlers.ports import Scorer
from policies.findings import Scores

NO_HURRY = timedelta(minutes=5)
"""How long a replay or the demo waits for one answer."""


class MissingScorer:
    """Stands for a classifier that could not be opened, so that every decision says so."""

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        self.why = why

    async def score(self, texts: Sequence[str]) -> list[Scores | None]:
        """Refuse; the reason was told at the start."""
        raise ScorerUnavailable("its files could not be used")


class Unhurried:
    """A `Scorer` for what runs by its own clock, such as a replay: it computes on the spot and takes its time."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._last: tuple[tuple[str, ...], list[Scores | None]] = ((), [])

    @property
    def name(self) -> str:
        """Give the model's id for the record."""
        return self._model.name

    async def score(self, texts: Sequence[str]) -> list[Scores | None]:
        """Score each text while everything else waits; asked the same twice running, as by two policies, once."""
        if self._last[0] != tuple(texts):
            self._last = (tuple(texts), self._model.score(texts))
        return list(self._last[1])


def unhurried(name: ScorerName, undo: Callable[[str], str], folder: Path | None = None) -> Unhurried | None:
    """Open a classifier for a replay; None for `none`. Raises `ModelError`."""
    model = open_model(name, undo, folder)
    return Unhurried(model) if model else None


@asynccontextmanager
async def opened_scorer(
    name: ScorerName, undo: Callable[[str], str], folder: Path | None = None
) -> AsyncIterator[Scorer | None]:
    """Open a classifier for as long as it is needed; None for `none`, a `MissingScorer` where it cannot be opened."""
    try:
        model = await asyncio.to_thread(open_model, name, undo, folder)
    except ModelError as error:
        yield MissingScorer(name.value, str(error))
        return
    if model is None:
        yield None
        return
    batcher = Batcher(model)
    try:
        yield batcher
    finally:
        await batcher.close()
