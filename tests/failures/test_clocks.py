"""Clocks that are put back for the winter, or say a second twice: the order is that of the numbers."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from bot.clock import SystemClock
from bot.evidence.leaves import Leaf
from bot.evidence.words import Code
from bot.store.sqlite.ledger import leaves
from bot.store.sqlite.store import open_store
from tests.fakes import incidents as make
from tests.fakes.clock import NOON, FrozenClock

SUMMER_ENDS = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
SUMMER_BEGINS = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


@pytest.fixture
def london(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the machine show the time of London."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "GMT0BST,M3.5.0/1,M10.5.0")  # in words that need no table of zones
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("london")
@pytest.mark.parametrize("change", [SUMMER_ENDS, SUMMER_BEGINS], ids=["an-hour-twice", "an-hour-missing"])
async def test_the_end_and_the_beginning_of_summer_are_no_jumps(change: datetime, tmp_path: Path) -> None:
    with time_machine.travel(change.timestamp() - 2, tick=False) as now:
        before = time.localtime().tm_isdst
        async with open_store(tmp_path, SystemClock()) as store:
            await store.evidence.record(make.incident(1))
            now.shift(4)
            await store.evidence.record(make.incident(2))
            assert time.localtime().tm_isdst != before
            first, second = await store.writer.read(lambda db: list(leaves(db)))
    assert second.at - first.at == timedelta(seconds=4)
    assert not _told_of(first, second)


async def test_a_second_that_is_said_twice_keeps_its_order_and_is_no_jump(tmp_path: Path) -> None:
    clock = FrozenClock(datetime(2026, 12, 31, 23, 59, 59, 900_000, tzinfo=UTC))
    async with open_store(tmp_path, clock) as store:
        await store.evidence.record(make.incident(1))
        clock.advance(timedelta(seconds=-1, milliseconds=200))
        await store.evidence.record(make.incident(2))
        first, second = await store.writer.read(lambda db: list(leaves(db)))
    assert (first.seq, second.seq) == (1, 2)
    assert second.at < first.at
    assert not _told_of(first, second)


async def test_every_jump_of_many_is_on_record_and_stops_nothing(tmp_path: Path) -> None:
    clock = FrozenClock()
    jumps = [timedelta(hours=-1), timedelta(days=1), timedelta(days=-400), timedelta(days=800), timedelta(0)] * 8
    async with open_store(tmp_path, clock) as store:
        await store.evidence.record(make.incident(0))
        for number, jump in enumerate(jumps, 1):
            clock.advance(jump)
            assert (await store.evidence.record(make.incident(number))).fresh
        _, *kept = await store.writer.read(lambda db: list(leaves(db)))
    assert [leaf.seq for leaf in kept] == list(range(2, len(jumps) + 2))
    assert [Code.CLOCK_ANOMALY.value in leaf.codes for leaf in kept] == [bool(jump) for jump in jumps]
    assert {leaf.plat_at for leaf in kept} == {NOON - timedelta(seconds=2)}


def _told_of(*kept: Leaf) -> bool:
    return any(Code.CLOCK_ANOMALY.value in leaf.codes for leaf in kept)
