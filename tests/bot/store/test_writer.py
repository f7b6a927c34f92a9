"""The one writer: commits together, failures alone, cancellation harmless, trouble survived."""

import asyncio
import random
from pathlib import Path

import pytest

from bot.store.sqlite import writer as writing
from bot.store.sqlite.connection import Connection, Database, Error
from bot.store.sqlite.store import Store, open_store
from bot.store.sqlite.writer import LARGEST_BATCH, WriterClosed
from handlers.errors import EvidenceUnavailable
from handlers.ports import IncidentFilter
from tests.fakes import incidents as make
from tests.fakes.clock import FrozenClock


async def count(store: Store) -> int:
    return len([kept async for kept in store.incidents.find(IncidentFilter())])


async def test_what_arrives_while_a_commit_runs_goes_into_the_next_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    real = writing._commit

    def commit(database: Database, works: list[writing.Work[object]], partner: writing.Partner) -> list[object]:
        sizes.append(len(works))
        return real(database, works, partner)

    monkeypatch.setattr(writing, "_commit", commit)
    await asyncio.gather(*(store.evidence.record(make.incident(number)) for number in range(300)))
    assert sum(sizes) == 300
    assert max(sizes) == LARGEST_BATCH
    assert len(sizes) <= 6


async def test_work_that_fails_leaves_its_neighbours_in_the_same_commit(store: Store) -> None:
    def broken(database: Database) -> None:
        database.execute("INSERT INTO counter (day, name, amount) VALUES ('d', 'half', 1)")
        raise LookupError("no")

    answers = await asyncio.gather(
        store.evidence.record(make.incident(1)),
        store.writer.write(broken),
        store.evidence.record(make.incident(2)),
        return_exceptions=True,
    )
    assert isinstance(answers[1], LookupError)
    assert await count(store) == 2
    rows = await store.writer.read(lambda db: db.execute("SELECT * FROM counter").fetchall())
    assert rows == []


async def test_a_full_disk_keeps_nothing_by_halves_and_is_survived_without_a_restart(store: Store) -> None:
    long = "x" * 20_000
    (pages,) = await store.writer.read(lambda db: db.execute("PRAGMA page_count").fetchone())
    await store.writer.read(lambda db: db.execute(f"PRAGMA max_page_count = {pages + 60}").fetchone())
    answers = await asyncio.gather(
        *(store.evidence.record(make.incident(n, event=make.posted(n, text=long))) for n in range(100)),
        return_exceptions=True,
    )
    failed = [answer for answer in answers if isinstance(answer, BaseException)]
    assert failed
    assert all(isinstance(answer, EvidenceUnavailable) for answer in failed)
    kept = await count(store)
    assert kept == sum(not isinstance(answer, BaseException) for answer in answers)
    assert await _sound(store)
    # Space returns, and every repeat with the same event id is kept once.
    await store.writer.read(lambda db: db.execute("PRAGMA max_page_count = 1000000").fetchone())
    repeats = [await store.evidence.record(make.incident(n, event=make.posted(n, text=long))) for n in range(100)]
    assert sum(answer.fresh for answer in repeats) == 100 - kept
    assert await count(store) == 100


async def test_a_thousand_cancelled_callers_leave_no_open_transaction(store: Store) -> None:
    chance = random.Random(7)
    tasks = []
    for number in range(1_000):
        task = asyncio.create_task(store.evidence.record(make.incident(number)))
        tasks.append(task)
        if chance.random() < 0.3:
            await asyncio.sleep(0)
        if chance.random() < 0.7:
            chance.choice(tasks).cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    cancelled = sum(isinstance(answer, asyncio.CancelledError) for answer in answers)
    assert cancelled > 300
    acknowledged = {answer.incident for answer in answers if not isinstance(answer, BaseException)}
    assert not await store.writer.read(lambda db: db.in_transaction)
    assert (await store.evidence.record(make.incident(5_000))).fresh
    kept = {incident.id async for incident in store.incidents.find(IncidentFilter())}
    assert acknowledged <= kept


async def test_after_a_broken_connection_the_next_write_opens_another(store: Store) -> None:
    await store.evidence.record(make.incident(1))
    connection = store.writer._connection
    assert connection is not None
    await connection.close()
    with pytest.raises(EvidenceUnavailable):
        await store.evidence.record(make.incident(2))
    assert (await store.evidence.record(make.incident(2))).fresh
    assert await count(store) == 2


async def test_those_who_ask_at_once_after_a_broken_connection_share_the_new_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    real = store.writer._reconnect

    async def reconnect() -> Connection:
        opened.append(await real())
        return opened[-1]

    monkeypatch.setattr(store.writer, "_reconnect", reconnect)
    await store.writer._drop()
    answers = await asyncio.gather(
        store.evidence.record(make.incident(1)), *(store.writer.read(lambda db: db.in_transaction) for _ in range(5))
    )
    assert answers[0].fresh
    assert len(opened) == 1


async def test_closing_writes_what_is_queued_and_then_nothing_more(tmp_path: Path) -> None:
    async with open_store(tmp_path, FrozenClock()) as store:
        tasks = [asyncio.create_task(store.evidence.record(make.incident(number))) for number in range(200)]
        await asyncio.sleep(0)
    answers = await asyncio.gather(*tasks)
    assert len({answer.incident for answer in answers}) == 200
    with pytest.raises(WriterClosed):
        await store.writer.write(lambda _: None)
    with pytest.raises(EvidenceUnavailable):
        await store.evidence.record(make.incident(999))


async def test_a_write_that_breaks_sqlite_rules_is_an_error_of_its_caller_alone(store: Store) -> None:
    with pytest.raises(Error, match="no such table"):
        await store.writer.write(lambda db: db.execute("SELECT * FROM nowhere"))
    assert (await store.evidence.record(make.incident())).fresh


async def _sound(store: Store) -> bool:
    rows = await store.writer.read(lambda db: db.execute("PRAGMA integrity_check").fetchall())
    return rows == [("ok",)]
