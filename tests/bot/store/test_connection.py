"""The file: the settings it runs with, tables that only grow, one writer, one form at a time."""

import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.store.sqlite.connection import ENGINE, PRAGMAS, Connection, Database, Error, StoreUnusable, check, faultless
from bot.store.sqlite.store import FILE, Store, open_record, open_store, open_to_read
from handlers.ports import IncidentFilter
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.identifiers import IncidentId
from tests.architecture.sources import REPOSITORY
from tests.fakes import incidents as make
from tests.fakes.clock import NOON, FrozenClock

Ask = Callable[[str], list[tuple[object, ...]]]


def _tables(database: Database) -> list[tuple[str, str]]:
    return database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall()


async def test_the_writing_connection_runs_with_every_setting(store: Store) -> None:
    found = await store.writer.read(lambda db: {name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS})
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "secure_delete": 1,
        "busy_timeout": 5000,
        "trusted_schema": 0,
    }


async def test_a_setting_that_did_not_take_stops_the_start() -> None:
    in_memory: Database = ENGINE.connect(":memory:")
    with pytest.raises(StoreUnusable, match="journal_mode = memory instead of wal"):
        check(in_memory)


async def test_every_table_is_strict(store: Store) -> None:
    tables = await store.writer.read(_tables)
    assert len(tables) >= 9
    assert all("STRICT" in sql for _, sql in tables)


KEPT = ("log", "node", "sealed", "seen", "checkpoint", "incident", "mark", "outcome", "act", "deletion")


async def _fill(store: Store) -> None:
    name = (await store.evidence.record(make.incident())).incident
    done = Outcome(action=Action.HIDE, status=OutcomeStatus.DONE)
    await store.evidence.append_outcome(name, done, NOON)
    await store.evidence.settle(make.act("1", on=name), version=0)
    await store.evidence.note_deletion(make.deleted())
    await store.checkpoints.sign()


@pytest.mark.parametrize("table", KEPT)
async def test_nothing_kept_is_changed_deleted_or_replaced(table: str, store: Store) -> None:
    await _fill(store)
    before = await store.writer.read(lambda db: db.execute(f"SELECT * FROM {table}").fetchall())
    assert before
    (column, *_) = await store.writer.read(
        lambda db: [name for _, name, *_ in db.execute(f"PRAGMA table_info({table})")]
    )
    for sql in (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    ):
        refusal = r"only grows|are kept" if sql.startswith("INSERT") else r"not authorized|only grows|are kept"
        with pytest.raises(Error, match=refusal):
            await store.writer.write(lambda db, sql=sql: db.execute(sql))  # type: ignore[misc] # a bound name
    after = await store.writer.read(lambda db: db.execute(f"SELECT * FROM {table}").fetchall())
    assert after == before


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE log SET leaf = leaf",
        "DELETE FROM sealed",
        "DROP TRIGGER log_no_update",
        "DROP TABLE log",
        "ALTER TABLE log RENAME TO other",
        "ATTACH DATABASE ':memory:' AS other",
        "CREATE TRIGGER mine AFTER INSERT ON log BEGIN SELECT 1; END",
        "CREATE TEMP TRIGGER mine AFTER INSERT ON log BEGIN SELECT 1; END",
        "PRAGMA writable_schema = ON",
        "PRAGMA recursive_triggers = OFF",
        "PRAGMA synchronous = 1",
        "PRAGMA secure_delete = 0",
    ],
)
async def test_no_connection_of_the_bot_may_be_asked_to_unmake_the_record(sql: str, store: Store) -> None:
    await _fill(store)
    async with open_to_read(store.folder) as incidents:
        for ask in (store.writer.write, store.writer.read, incidents._reader.read):
            with pytest.raises(Error, match="not authorized"):
                await ask(lambda db: db.execute(sql))
    await store.writer._drop()
    with pytest.raises(Error, match="not authorized"):
        await store.writer.write(lambda db: db.execute(sql))
    assert (await store.evidence.record(make.incident(2))).fresh


@pytest.mark.parametrize("sql", ["DELETE FROM erased", "DROP TRIGGER dek_once", "DELETE FROM secret", "DROP TABLE dek"])
async def test_nobody_may_ask_for_what_was_erased_to_be_forgotten(sql: str, store: Store) -> None:
    with pytest.raises(Error, match="not authorized"):
        await store.writer.read(lambda _: store.ledger.vault.database.execute(sql))


async def test_the_log_takes_only_the_next_number(store: Store) -> None:
    await store.evidence.record(make.incident())
    with pytest.raises(Error, match="only grows"):
        await store.writer.write(
            lambda db: db.execute("INSERT INTO log (seq, leaf, leaf_hash) VALUES (7, x'00', zeroblob(32))")
        )


async def test_a_second_process_is_told_who_has_the_folder(store: Store, tmp_path: Path) -> None:
    assert (await store.evidence.record(make.incident())).fresh
    with pytest.raises(StoreUnusable, match=r"Another Hustings already writes to .* \(process \d+\)"):
        async with open_store(tmp_path, FrozenClock()):
            pass


async def test_the_folder_is_free_again_after_closing(tmp_path: Path) -> None:
    for _ in range(2):
        async with open_store(tmp_path, FrozenClock()) as opened:
            await opened.evidence.record(make.incident())
    async with open_to_read(tmp_path) as incidents:
        assert len([kept async for kept in incidents.find(IncidentFilter())]) == 1


async def test_the_file_is_for_its_owner_alone(store: Store, tmp_path: Path) -> None:
    await store.evidence.record(make.incident())
    for path in tmp_path.glob(f"{FILE}*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


async def test_incidents_can_be_read_beside_the_running_bot(store: Store, tmp_path: Path) -> None:
    await store.evidence.record(make.incident())
    async with open_to_read(tmp_path) as incidents:
        assert await incidents.get(IncidentId("I-2026-000001"))
        await store.evidence.record(make.incident(2))
        assert await incidents.get(IncidentId("I-2026-000002"))


async def test_reading_cannot_write(store: Store, tmp_path: Path) -> None:
    await store.evidence.record(make.incident())
    async with open_to_read(tmp_path) as incidents:
        with pytest.raises(Error, match="readonly"):
            await incidents._reader.read(lambda db: db.execute("INSERT INTO counter VALUES ('d', 'n', 1)"))


async def test_a_record_that_cannot_be_read_for_want_of_room_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_store(tmp_path, FrozenClock()):
        pass

    async def broken(_: Path) -> Connection:
        raise Error("disk I/O error")

    monkeypatch.setattr("bot.store.sqlite.store.connect_to_read", broken)
    for free, said in (
        (0, r"disk I/O error\. The disk that .* is on is full: make room"),
        (1 << 30, r"disk I/O error\.$"),
    ):
        usage = shutil.disk_usage(tmp_path)._replace(free=free)
        monkeypatch.setattr(shutil, "disk_usage", lambda _, usage=usage: usage)
        with pytest.raises(StoreUnusable, match=said):
            async with open_record(tmp_path, FrozenClock()):
                pass


async def test_a_folder_without_a_record_is_said_to_have_none(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match="There is no record at"):
        async with open_to_read(tmp_path):
            pass


async def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database at all, but long enough to be looked at" * 40)
    with pytest.raises(StoreUnusable, match="cannot be opened: file is not a database"):
        async with open_store(tmp_path, FrozenClock()):
            pass


async def test_a_record_of_a_newer_version_is_left_alone(tmp_path: Path, ask: Ask) -> None:
    async with open_store(tmp_path, FrozenClock()):
        pass
    ask("PRAGMA user_version = 9000")
    with pytest.raises(StoreUnusable, match="written by a newer Hustings"):
        async with open_store(tmp_path, FrozenClock()):
            pass
    with pytest.raises(StoreUnusable, match="has form 9000"):
        async with open_to_read(tmp_path):
            pass


@pytest.mark.parametrize(
    ("version", "well"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_versions_with_the_wal_reset_fault_are_known(version: tuple[int, int, int], well: bool) -> None:
    assert faultless(version) is well


def test_where_pysqlite3_is_missing_the_standard_library_serves(tmp_path: Path) -> None:
    program = """
import asyncio, sys
sys.modules["pysqlite3"] = None
from pathlib import Path
from bot.store.sqlite.connection import describe_engine
from bot.store.sqlite.store import open_store, open_to_read
from tests.fakes import incidents as make
from tests.fakes.clock import FrozenClock
async def main():
    async with open_store(Path(sys.argv[1]), FrozenClock()) as store:
        recorded = await store.evidence.record(make.incident())
        async with open_to_read(Path(sys.argv[1])) as incidents:
            assert await incidents.get(recorded.incident)
asyncio.run(main())
print(describe_engine())
"""
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith(f"SQLite {sqlite3.sqlite_version}")
    assert ("one single connection" in ran.stdout) is not faultless(sqlite3.sqlite_version_info)
