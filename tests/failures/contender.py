"""A process that wants to write a record, or one that reads it over and over, until it is killed.

It says on standard output what it finds: `refused`, `held`, `kept NUMBER NAME`, `read COUNT` or `wrong ...`.
"""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

from bot.store.sqlite.connection import Database, StoreUnusable
from bot.store.sqlite.store import Store, open_record, open_store
from tests.fakes import incidents as make
from tests.fakes.clock import FrozenClock

STEP = 1_000_000
"""Each process has this many event numbers of its own."""


def _say(*words: object) -> None:
    print(*words, flush=True)


async def write(folder: Path, mine: int) -> None:
    """Wait to be the one writer, then keep incidents with eight callers."""
    while True:
        try:
            async with open_store(folder, FrozenClock()) as store:
                _say("held")
                numbers = iter(range(mine * STEP, (mine + 1) * STEP))
                await asyncio.gather(*(_keep(store, numbers) for _ in range(8)))
        except StoreUnusable as refusal:
            _say("refused" if "Another Hustings" in str(refusal) else f"wrong {refusal}")
            await asyncio.sleep(0.05)


async def _keep(store: Store, numbers: Iterator[int]) -> None:
    for number in numbers:
        kept = await store.evidence.record(make.incident(number))
        _say("kept", number, kept.incident)
        if number % 50 == 0:
            await store.checkpoints.sign()


async def read(folder: Path) -> None:
    """Read the record from its start, each time through a new connection; it only grows and has no gap."""
    before = 0
    while True:
        async with open_record(folder, FrozenClock()) as record:
            count, last = await record.reader.read(_counted)
        _say("read", count) if before <= count == last else _say("wrong", before, count, last)
        before = count
        await asyncio.sleep(0.02)


def _counted(database: Database) -> tuple[int, int]:
    count, last = database.execute("SELECT count(*), coalesce(max(seq), 0) FROM log").fetchone()
    return int(count), int(last)


if __name__ == "__main__":
    asyncio.run(read(Path(sys.argv[2])) if sys.argv[1] == "read" else write(Path(sys.argv[2]), int(sys.argv[1])))
