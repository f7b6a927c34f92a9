"""The queue before the model: bounded, patient only so long, and never a brake on the event loop."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Sequence

import pytest

from bot.classifiers.batcher import Batcher, Limits
from handlers.errors import ScorerUnavailable
from policies.findings import Scores


class GatedModel:
    """Scores by length once its gate is open; raises `error` if one is set."""

    name = "gated"

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.begun = threading.Event()
        self.error: Exception | None = None
        self.batches: list[list[str]] = []

    def score(self, texts: Sequence[str]) -> list[Scores | None]:
        self.begun.set()
        assert self.gate.wait(10)
        self.batches.append(list(texts))
        if self.error:
            raise self.error
        return [Scores(abuse=len(text) / 100) if text else None for text in texts]


@pytest.fixture
def model() -> GatedModel:
    return GatedModel()


@pytest.fixture
async def batcher(model: GatedModel) -> AsyncIterator[Batcher]:
    made = Batcher(model, Limits(waiting=4, batch=3, failures=2, rest=60.0, patience=5.0))
    yield made
    model.gate.set()
    await made.close()


async def test_every_text_gets_its_own_answer(batcher: Batcher) -> None:
    assert await batcher.score(["ab", "", "abcd"]) == [Scores(abuse=0.02), None, Scores(abuse=0.04)]


async def test_texts_that_wait_together_are_scored_together(batcher: Batcher, model: GatedModel) -> None:
    model.gate.clear()
    first = asyncio.create_task(batcher.score(["first"]))
    await asyncio.to_thread(model.begun.wait, 10)
    others = [asyncio.create_task(batcher.score([text])) for text in ("a", "b", "c", "d")]
    await asyncio.sleep(0)
    model.gate.set()
    await asyncio.gather(first, *others)
    assert model.batches == [["first"], ["a", "b", "c"], ["d"]]


async def test_a_full_queue_refuses_at_once(batcher: Batcher, model: GatedModel) -> None:
    model.gate.clear()
    waiting = [asyncio.create_task(batcher.score(["first"]))]
    await asyncio.sleep(0)
    await asyncio.to_thread(model.begun.wait, 10)
    waiting += [asyncio.create_task(batcher.score([str(n)])) for n in range(4)]
    await asyncio.sleep(0)
    with pytest.raises(ScorerUnavailable, match="overloaded"):
        await batcher.score(["one too many"])
    model.gate.set()
    await asyncio.gather(*waiting)


async def test_a_queue_that_would_take_too_long_refuses_at_once_and_is_no_failure(model: GatedModel) -> None:
    batcher = Batcher(model, Limits(batch=1, failures=1, queueing=0.05))
    model.gate.clear()
    first = asyncio.create_task(batcher.score(["first"]))
    await asyncio.to_thread(model.begun.wait, 10)
    await asyncio.sleep(0.1)
    model.gate.set()
    await first  # from now on a text is known to take a tenth of a second
    model.gate.clear()
    model.begun.clear()
    running = asyncio.create_task(batcher.score(["running"]))
    await asyncio.to_thread(model.begun.wait, 10)
    waiting = asyncio.create_task(batcher.score(["waiting"]))
    await asyncio.sleep(0)
    with pytest.raises(ScorerUnavailable, match="overloaded"):
        await batcher.score(["one too many"])
    model.gate.set()
    assert await asyncio.gather(running, waiting) == [[Scores(abuse=0.07)], [Scores(abuse=0.07)]]
    assert await batcher.score(["after"]) == [Scores(abuse=0.05)]
    await batcher.close()


async def test_what_was_given_up_is_not_scored(batcher: Batcher, model: GatedModel) -> None:
    model.gate.clear()
    first = asyncio.create_task(batcher.score(["first"]))
    await asyncio.sleep(0)
    await asyncio.to_thread(model.begun.wait, 10)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await batcher.score(["given up"])
    model.gate.set()
    await first
    await batcher.score(["last"])
    assert model.batches == [["first"], ["last"]]


async def test_a_model_that_fails_again_and_again_is_left_alone(batcher: Batcher, model: GatedModel) -> None:
    model.error = ValueError("no such node")
    for _ in range(2):
        with pytest.raises(ScorerUnavailable, match="ValueError"):
            await batcher.score(["x"])
    with pytest.raises(ScorerUnavailable, match="tried again shortly"):
        await batcher.score(["x"])
    assert len(model.batches) == 2


async def test_after_its_rest_a_model_is_tried_again(model: GatedModel) -> None:
    batcher = Batcher(model, Limits(failures=1, rest=0.0))
    model.error = ValueError()
    with pytest.raises(ScorerUnavailable):
        await batcher.score(["x"])
    model.error = None
    assert await batcher.score(["xx"]) == [Scores(abuse=0.02)]
    await batcher.close()


async def test_closing_refuses_what_still_waits(model: GatedModel) -> None:
    batcher = Batcher(model)
    model.gate.clear()
    first = asyncio.create_task(batcher.score(["first"]))
    await asyncio.sleep(0)
    await asyncio.to_thread(model.begun.wait, 10)
    second = asyncio.create_task(batcher.score(["second"]))
    await asyncio.sleep(0)
    closing = asyncio.create_task(batcher.close())
    with pytest.raises(ScorerUnavailable, match="stopped"):
        await second
    model.gate.set()
    await closing
    first.cancel()
    with pytest.raises(ScorerUnavailable, match="stopped"):
        await batcher.score(["after"])


async def test_the_event_loop_goes_on_while_the_model_computes(batcher: Batcher, model: GatedModel) -> None:
    model.gate.clear()
    asked = asyncio.create_task(batcher.score(["slow"]))
    await asyncio.sleep(0)
    await asyncio.to_thread(model.begun.wait, 10)
    started = time.perf_counter()
    for _ in range(100):
        await asyncio.sleep(0)
    assert time.perf_counter() - started < 1.0
    assert not asked.done()
    model.gate.set()
    await asked
