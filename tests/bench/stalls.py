"""How long the event loop stands still while the classifier works.

`python -m tests.bench.stalls` sends 500 messages a second of chat for ten seconds through the queue of the shipped
model, as the live bot does: rules and model each in a thread of its own. A ticker on the same loop notes the longest
time that it was not let run, in wall time and in CPU of the loop's own thread; a run without messages tells how much
of that is the machine. Ends with status 1 where the loop's thread worked for more than 20 ms in one go.
"""

import asyncio
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from bot.classifiers.batcher import Batcher
from bot.classifiers.embedded import EmbeddedModel, shipped
from bot.reading import ReadingThread
from bot.start import make_ready
from handlers.classify import classified
from policies.assessments import Context
from policies.lexicon_files import house_detectors, house_reader
from tests.bench.workload import chat

LONGEST = 20.0
"""Milliseconds."""

RATE = 500
_SECONDS = 10
_TICK = 0.001
_WITHIN = timedelta(seconds=1)


@dataclass(slots=True)
class Ticker:
    """Runs whenever the loop lets it, and notes how long it had to wait beyond its tick, in milliseconds."""

    gaps: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)

    async def run(self) -> None:
        """Tick until cancelled."""
        before, cpu = time.perf_counter(), time.thread_time()
        while True:
            await asyncio.sleep(_TICK)
            now, cpu_now = time.perf_counter(), time.thread_time()
            self.gaps.append((now - before - _TICK) * 1e3)
            self.worked.append((cpu_now - cpu) * 1e3)
            before, cpu = now, cpu_now

    def __str__(self) -> str:
        ordered = sorted(self.gaps)
        return (
            f"longest {ordered[-1]:.1f} ms, 99.9th percentile {ordered[int(len(ordered) * 0.999)]:.1f} ms; "
            f"longest work of the loop's own thread {max(self.worked):.1f} ms"
        )


async def measure(*, rate: int = RATE, seconds: float = _SECONDS) -> tuple[Ticker, Ticker, Ticker, Counter[str]]:
    """Give what the ticker found idle, with the queue alone, with rules and queue, and what became of the messages."""
    reader = house_reader()
    batcher = Batcher(EmbeddedModel(shipped(), reader.undone))
    make_ready(reader)
    texts = [message.text for message in chat(house_detectors().lexicons, int(rate * seconds))]
    for text in texts[:200]:
        reader.read(text)
    await batcher.score(texts[:1])
    outcomes: Counter[str] = Counter()
    try:
        idle = await _ticking([], None, batcher, rate, outcomes=Counter(), seconds=seconds / 4)
        queue = await _ticking(texts, None, batcher, rate, outcomes=Counter(), seconds=seconds)
        with ReadingThread(reader) as reading:
            both = await _ticking(texts, reading, batcher, rate, outcomes=outcomes, seconds=seconds)
    finally:
        await batcher.close()
    return idle, queue, both, outcomes


async def _ticking(
    texts: list[str],
    reading: ReadingThread | None,
    batcher: Batcher,
    rate: int,
    *,
    outcomes: Counter[str],
    seconds: float,
) -> Ticker:
    ticker = Ticker()
    ticking = asyncio.create_task(ticker.run())
    if not texts:
        await asyncio.sleep(seconds)
    # Thousands of answers gathered at once would be a stall of this measurement's own making.
    waiting: set[asyncio.Task[None]] = set()

    async def answered(text: str) -> None:
        assessment = await reading.read(text, Context()) if reading else empty
        given = await classified(text, assessment, batcher, _WITHIN)
        outcomes["scored" if given.scores else given.degraded[-1] if given.degraded else "left early"] += 1

    started = time.perf_counter()
    _, empty = house_reader().read("")
    for number, text in enumerate(texts):
        if (ahead := started + number / rate - time.perf_counter()) > 0:
            await asyncio.sleep(ahead)
        elif number % 4 == 0:
            await asyncio.sleep(0)  # as a gateway does, which hands over one event at a time
        task = asyncio.create_task(answered(text))
        waiting.add(task)
        task.add_done_callback(waiting.discard)
    while waiting:
        await asyncio.sleep(_TICK)
    ticking.cancel()
    return ticker


def main() -> int:
    """Print what was found; give 1 where the loop's own thread held it up for too long."""
    load = os.getloadavg()[0]
    idle, queue, both, outcomes = asyncio.run(measure())
    sys.stdout.write(f"{RATE} messages a second for {_SECONDS} s; {os.cpu_count()} cores, load {load:.1f}\n")
    sys.stdout.write(f"nothing to do          {idle}\nqueue and model        {queue}\nrules, queue and model {both}\n")
    for outcome, count in outcomes.most_common():
        sys.stdout.write(f"  {count / outcomes.total():6.1%} {outcome}\n")
    return int(max(queue.gaps) > LONGEST or max(both.gaps) > LONGEST)


if __name__ == "__main__":
    sys.exit(main())
