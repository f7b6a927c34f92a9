"""A process that keeps incidents as fast as it can and says which are kept, until it is killed."""

import asyncio
import sys
from pathlib import Path

from bot.store.sqlite.store import open_store
from tests.fakes import incidents as make
from tests.fakes.clock import FrozenClock


async def keep(folder: Path, first: int) -> None:
    """Keep incidents from a number on with sixteen callers; a line on standard output acknowledges each."""
    numbers = iter(range(first, sys.maxsize))

    async def caller() -> None:
        for number in numbers:
            recorded = await store.evidence.record(make.incident(number))
            sys.stdout.write(f"{number} {recorded.incident}\n")
            sys.stdout.flush()

    async with open_store(folder, FrozenClock()) as store:
        await asyncio.gather(*(caller() for _ in range(16)))


if __name__ == "__main__":
    asyncio.run(keep(Path(sys.argv[1]), int(sys.argv[2])))
