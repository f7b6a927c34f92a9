"""Deliveries that come twice, late, in any order, or whose caller gives up: each event has its effect once."""

import asyncio
import random
from pathlib import Path

from bot.store.sqlite.ledger import leaves
from bot.store.sqlite.store import Store, open_store
from bot.store.sqlite.verify import verify
from tests.failures.finding import Found
from tests.failures.work import names
from tests.fakes import incidents as make
from tests.fakes.clock import FrozenClock

CALLERS = 64
MOST_COPIES = 4


async def deliver(folder: Path, *, events: int) -> Found:
    """Deliver each event one to four times in a random order, and give up on some; then once more what is missing.

    Every caller who is told looks the incident up at once.
    """
    chance = random.Random(3)
    schedule = [number for number in range(events) for _ in range(chance.randint(1, MOST_COPIES))]
    chance.shuffle(schedule)
    faults: list[str] = []
    fresh: list[int] = []
    given_up = 0
    async with open_store(folder, FrozenClock()) as store:
        told: dict[int, str] = {}
        left = iter(schedule)

        async def caller() -> None:
            nonlocal given_up
            for number in left:
                if chance.random() < 0.05:
                    given_up += await _given_up(store, number, chance)
                    continue
                kept = await store.evidence.record(make.incident(number))
                if told.setdefault(number, kept.incident) != kept.incident:
                    faults.append(f"event {number} has two names")
                if kept.fresh:
                    fresh.append(number)
                if chance.random() < 0.02 and await store.incidents.get(kept.incident) is None:
                    faults.append(f"event {number} was acknowledged and cannot be seen")

        await asyncio.gather(*(caller() for _ in range(CALLERS)))
        for number in set(range(events)) - set(told):
            await store.evidence.record(make.incident(number))
        kept = await names(store)
        order = await store.writer.read(lambda db: [leaf.seq for leaf in leaves(db)])
        broken = (await store.writer.read(lambda db: verify(db, store.ledger, store.keys, folder))).broken
    faults += [str(broken)] if broken else []
    faults += [] if len(kept) == len(set(kept)) == events else [f"{len(kept)} incidents for {events} events"]
    faults += [] if order == list(range(1, events + 1)) else ["the log has gaps or other records"]
    faults += [] if len(fresh) == len(set(fresh)) else ["two callers were told that they were the first"]
    return Found(
        what=f"{events:,} events in {len(schedule):,} deliveries, in any order, {given_up:,} given up by their caller",
        result=f"{len(kept):,} incidents, {len(order):,} records, {len(faults)} wrong",
        asked="each event once, what was acknowledged can be seen, no gap",
        faults=tuple(faults),
    )


async def _given_up(store: Store, number: int, chance: random.Random) -> bool:
    """Cancel a delivery at one of its waits; says whether that came before its end."""
    delivery = asyncio.create_task(store.evidence.record(make.incident(number)))
    for _ in range(chance.randrange(4)):
        await asyncio.sleep(0)
    delivery.cancel()
    (answer,) = await asyncio.gather(delivery, return_exceptions=True)
    return isinstance(answer, asyncio.CancelledError)
