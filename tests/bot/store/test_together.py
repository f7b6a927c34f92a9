"""Incidents that wait together are written together: few statements, and each still stands alone."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.evidence.words import Code
from bot.store.sqlite.connection import CHECKPOINT_PAGES, Database, open_file
from bot.store.sqlite.ledger import leaves
from bot.store.sqlite.rows import insert
from bot.store.sqlite.store import FILE, Store, open_store
from bot.store.sqlite.verify import verify
from bot.store.sqlite.writer import LARGEST_BATCH, Share
from handlers.errors import EvidenceUnavailable
from handlers.ports import IncidentFilter, Recorded
from policies.incidents import NewIncident
from tests.fakes import incidents as make
from tests.fakes.clock import FrozenClock


def _refused(number: int) -> NewIncident:
    """Make an incident whose leaf would hold what no leaf may hold."""
    decision = make.decision()
    rules = (replace(decision.rules[0], rule="No Rule At All"), *decision.rules[1:])
    return make.incident(number, decided=replace(decision, rules=rules))


async def _kept(store: Store, incidents: Sequence[NewIncident]) -> list[Recorded | BaseException]:
    return await asyncio.gather(*map(store.evidence.record, incidents), return_exceptions=True)


async def test_a_batch_takes_few_statements(store: Store) -> None:
    statements: list[str] = []
    await store.writer.read(lambda db: db.set_trace_callback(statements.append))
    answers = await _kept(store, [make.incident(number) for number in range(LARGEST_BATCH)])
    await store.writer.read(lambda db: db.set_trace_callback(None))
    assert all(isinstance(answer, Recorded) and answer.fresh for answer in answers)
    own = {sql for sql in statements if sql.startswith("INSERT")}  # each trigger tells of its statement again
    assert 0 < len(own) < LARGEST_BATCH


async def test_an_incident_that_is_refused_leaves_those_beside_it(store: Store, tmp_path: Path) -> None:
    news = [_refused(number) if number % 10 == 3 else make.incident(number) for number in range(40)]
    answers = await _kept(store, news)
    assert [number for number, answer in enumerate(answers) if not isinstance(answer, Recorded)] == [3, 13, 23, 33]
    assert all(isinstance(answers[number], EvidenceUnavailable) for number in (3, 13, 23, 33))
    assert len([kept async for kept in store.incidents.find(IncidentFilter())]) == 36
    assert len(await store.writer.read(lambda _: store.ledger.vault.groups())) == 36
    found = await store.writer.read(lambda db: verify(db, store.ledger, store.keys, store.folder))
    assert (found.broken, found.size) == (None, 36)


async def test_a_jump_of_the_clock_is_on_record_though_the_batch_is_done_again(tmp_path: Path) -> None:
    clock = FrozenClock()
    async with open_store(tmp_path, clock) as store:
        await store.evidence.record(make.incident(1))
        clock.advance(timedelta(days=1))
        await _kept(store, [make.incident(2), make.incident(3), _refused(4)])
        found = await store.writer.read(lambda db: list(leaves(db)))
    assert [Code.CLOCK_ANOMALY.value in leaf.codes for leaf in found] == [False, True, False]


async def test_deliveries_of_one_event_in_one_batch_are_one_incident(store: Store) -> None:
    numbers = [number % 5 for number in range(50)]
    answers = await _kept(store, [make.incident(number) for number in numbers])
    repeats = await _kept(store, [make.incident(number) for number in numbers])
    recorded = [answer for answer in (*answers, *repeats) if isinstance(answer, Recorded)]
    assert len(recorded) == 100
    assert [answer.fresh for answer in recorded] == [True] * 5 + [False] * 95
    assert [answer.incident for answer in recorded] == [answer.incident for answer in recorded[:5]] * 20


async def test_work_between_its_like_is_done_in_its_turn(store: Store) -> None:
    done: list[object] = []

    def together(_: Database, ones: Sequence[int]) -> Sequence[int]:
        done.append(list(ones))
        return ones

    works = [Share(together, 1), Share(together, 2), lambda _: done.append("between"), Share(together, 3)]
    answers = await asyncio.gather(*(store.writer.write(work) for work in works))
    assert done == [[1, 2], "between", [3]]
    assert answers == [1, 2, None, 3]


@pytest.mark.parametrize("count", [0, 1, 7, 8, 31, 32, 33, 64, 73])
def test_any_number_of_rows_goes_in_in_its_order(tmp_path: Path, count: int) -> None:
    database = open_file(tmp_path / "rows")
    database.execute("CREATE TABLE pair (a INTEGER, b BLOB)")
    rows = [(number, bytes([number])) for number in range(count)]
    insert(database, "pair (a, b)", rows)
    assert database.execute("SELECT a, b FROM pair ORDER BY rowid").fetchall() == rows
    database.close()


async def test_the_log_of_changes_does_not_outgrow_its_bounds(tmp_path: Path) -> None:
    async with open_store(tmp_path, FrozenClock()) as store:
        await _kept(store, [make.incident(n, event=make.posted(n, text="word " * 800)) for n in range(3_000)])
        size = (tmp_path / f"{FILE}-wal").stat().st_size
        file = (tmp_path / FILE).stat().st_size
    assert file > CHECKPOINT_PAGES * 4096
    assert size <= 16 << 20
