"""The ledger: order is by number, whatever the clock does; a record says when the clock was not to be trusted."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.evidence.words import Code, Kind, Number
from bot.store.sqlite.connection import Database
from bot.store.sqlite.evidence import append
from bot.store.sqlite.ledger import Entry, leaves
from bot.store.sqlite.store import open_beside, open_store
from bot.store.sqlite.verify import verify
from tests.fakes import incidents as make
from tests.fakes.clock import NOON


class Clock:
    """A clock that somebody turns."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        """Give what it shows."""
        return self.at


@pytest.mark.parametrize(
    ("jump", "strange"),
    [
        (timedelta(hours=-1), True),
        (timedelta(days=1), True),
        (timedelta(seconds=20), False),
        (timedelta(seconds=-20), False),
    ],
)
async def test_a_clock_that_jumps_stops_nothing_and_is_on_record(
    jump: timedelta, strange: bool, tmp_path: Path
) -> None:
    clock = Clock()
    async with open_store(tmp_path, clock) as store:
        await store.evidence.record(make.incident(1))
        clock.at += jump
        await store.evidence.record(make.incident(2))
        await store.evidence.record(make.incident(3))
        first, second, third = await store.writer.read(lambda db: list(leaves(db)))
    assert [leaf.seq for leaf in (first, second, third)] == [1, 2, 3]
    assert (Code.CLOCK_ANOMALY.value in second.codes) is strange
    assert Code.CLOCK_ANOMALY.value not in (*first.codes, *third.codes)
    assert second.at == NOON + jump
    assert second.plat_at == make.posted().posted_at


async def test_a_clock_that_went_back_while_the_bot_was_stopped_is_on_record(tmp_path: Path) -> None:
    clock = Clock()
    async with open_store(tmp_path, clock) as store:
        await store.evidence.record(make.incident(1))
    clock.at -= timedelta(days=2)
    async with open_store(tmp_path, clock) as store:
        await store.evidence.record(make.incident(2))
        _, second = await store.writer.read(lambda db: list(leaves(db)))
    assert Code.CLOCK_ANOMALY.value in second.codes


async def test_work_that_was_taken_back_leaves_no_trace_in_the_tree_after_another_process_wrote(tmp_path: Path) -> None:
    def taken_back(database: Database) -> None:
        append(database, store.ledger, Entry(kind=Kind.BACKUP_MADE, numbers={Number.SIZE.value: 1}))
        raise LookupError("no")

    async with open_store(tmp_path, Clock()) as store:
        await store.evidence.record(make.incident(1))
        with pytest.raises(LookupError):
            await store.writer.write(taken_back)
        async with open_beside(tmp_path, Clock()) as beside:
            await beside.evidence.record(make.incident(2))
        for number in (3, 4):
            await store.evidence.record(make.incident(number))
        found = await store.writer.read(lambda db: verify(db, store.ledger, store.keys, tmp_path))
        assert (found.broken, found.size) == (None, 4)


async def test_a_policy_without_a_proper_hash_does_not_lose_the_record(tmp_path: Path) -> None:
    decision = make.decision()
    odd = replace(decision, policy=replace(decision.policy, sha256="none"))
    async with open_store(tmp_path, Clock()) as store:
        assert (await store.evidence.record(make.incident(1, decided=odd))).fresh
        (leaf,) = await store.writer.read(lambda db: list(leaves(db)))
    assert leaf.policy is None
