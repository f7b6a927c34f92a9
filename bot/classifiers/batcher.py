"""Asking a slow model without ever blocking the event loop: one worker thread, a bounded queue, a circuit breaker."""

import asyncio
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from bot.classifiers.choice import Model
from handlers.errors import ScorerUnavailable
from policies.findings import Scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much may wait, how many texts one run takes, and when a failing model is left alone for a while.

    `patience` bounds how long a text waits in the queue before its asker has given up on it anyway; `queueing` how
    long it may be expected to wait, by the pace of the last runs, to be taken into the queue at all. All in seconds.
    """

    waiting: int = 512
    batch: int = 16
    patience: float = 1.0
    queueing: float = 0.5
    failures: int = 5
    rest: float = 30.0


@dataclass(slots=True)
class _Asked:
    text: str
    answer: asyncio.Future[Scores | None]
    due: float


class Batcher:
    """A `Scorer` over a model that computes; texts that wait together are scored together.

    Nothing waits for company: a text that comes while the worker is idle is scored at once. A queue that is full,
    or too long for the pace of the model, refuses at once: so a raid gets as many answers as the model can give, and
    nobody waits for nothing. After `failures` runs that failed, or texts that were given up, in a row the
    model is left alone for `rest` seconds, then tried with one text.
    """

    def __init__(self, model: Model, limits: Limits | None = None) -> None:
        self._model = model
        self._limits = limits or Limits()
        self._queue: deque[_Asked] = deque()
        self._wake = threading.Condition()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closed = False
        self._failed = 0
        self._pace = 0.0
        self._rests_until = 0.0

    @property
    def name(self) -> str:
        """Give the model's id for the record."""
        return self._model.name

    @property
    def waiting(self) -> int:
        """Give the number of texts in the queue."""
        return len(self._queue)

    async def score(self, texts: Sequence[str]) -> list[Scores | None]:
        """Score each text; raises `ScorerUnavailable` where the queue is full or the model is resting."""
        loop = self._started()
        now = loop.time()
        if self._closed:
            raise ScorerUnavailable("it has been stopped")
        if self._failed >= self._limits.failures:
            if now < self._rests_until:
                raise ScorerUnavailable("it failed several times and is tried again shortly")
            self._rests_until = now + self._limits.rest  # this one tries it; the others wait for what comes of that
        length = len(self._queue) + len(texts)
        if length > self._limits.waiting or (self._queue and length * self._pace > self._limits.queueing):
            raise ScorerUnavailable("overloaded")
        asked = [_Asked(text, loop.create_future(), now + self._limits.patience) for text in texts]
        with self._wake:
            self._queue.extend(asked)
            self._wake.notify()
        try:
            return list(await asyncio.gather(*(one.answer for one in asked)))
        except asyncio.CancelledError:
            # Whoever asked ran out of time: a model that is too slow is as good as a broken one.
            self._note_failure()
            raise

    async def close(self) -> None:
        """Stop the worker; what still waits is refused."""
        self._closed = True
        with self._wake:
            left, self._queue = list(self._queue), deque()
            self._wake.notify()
        for one in left:
            _refuse(one.answer, ScorerUnavailable("it has been stopped"))
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)

    def _started(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.get_running_loop()
        if self._thread is None:
            self._loop = loop
            self._thread = threading.Thread(target=self._work, name="classifier", daemon=True)
            self._thread.start()
        return loop

    def _work(self) -> None:
        while True:
            with self._wake:
                while not self._queue and not self._closed:
                    self._wake.wait()
                if self._closed:
                    return
                taken = [self._queue.popleft() for _ in range(min(self._limits.batch, len(self._queue)))]
            loop = self._loop
            assert loop is not None
            now = loop.time()
            batch = [one for one in taken if not one.answer.cancelled() and now < one.due]
            late = [one for one in taken if not one.answer.cancelled() and now >= one.due]
            error: Exception | None = None
            scores: list[Scores | None] = []
            if batch:
                started = loop.time()
                try:
                    scores = self._model.score([one.text for one in batch])
                    self._note_pace((loop.time() - started) / len(batch))
                except Exception as broken:  # noqa: BLE001 - whatever a model raises, the rules go on
                    error = broken
            try:
                loop.call_soon_threadsafe(self._answer, batch, scores, late, error)
            except RuntimeError:
                return  # the loop has ended, and with it everybody who asked

    def _answer(
        self, batch: list[_Asked], scores: list[Scores | None], late: list[_Asked], error: Exception | None
    ) -> None:
        if error is not None:
            self._note_failure()
        elif batch:
            self._failed = 0
        for one in late:
            _refuse(one.answer, ScorerUnavailable("overloaded"))
        if error is not None:
            for one in batch:
                _refuse(one.answer, ScorerUnavailable(f"broken ({type(error).__name__})"))
            return
        for one, score in zip(batch, scores, strict=True):
            if not one.answer.done():
                one.answer.set_result(score)

    def _note_pace(self, seconds: float) -> None:
        """Keep how long a text took of late; the last run counts for a third."""
        self._pace = seconds if not self._pace else self._pace + (seconds - self._pace) / 3

    def _note_failure(self) -> None:
        self._failed += 1
        if self._failed >= self._limits.failures and self._loop is not None:
            self._rests_until = self._loop.time() + self._limits.rest


def _refuse(answer: asyncio.Future[Scores | None], error: ScorerUnavailable) -> None:
    if not answer.done():
        answer.set_exception(error)
