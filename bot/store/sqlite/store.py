"""The store as the composition root opens it: one folder, one lock, one file, one writer."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from bot.store.sqlite.connection import Connection, Error, StoreUnusable, connect, connect_to_read
from bot.store.sqlite.counters import SqliteCounters
from bot.store.sqlite.evidence import SqliteEvidence, SqliteIncidents
from bot.store.sqlite.migrate import migrate, must_be_current
from bot.store.sqlite.writer import Writer
from handlers.ports import Clock

FILE = "incidents.sqlite3"
LOCK = "hustings.lock"


@dataclass(frozen=True, slots=True)
class Store:
    """The record and the counters of one data folder."""

    evidence: SqliteEvidence
    incidents: SqliteIncidents
    counters: SqliteCounters
    writer: Writer


@asynccontextmanager
async def open_store(folder: Path, clock: Clock) -> AsyncIterator[Store]:
    """Open the record for the one process that writes it, and leave nothing unwritten behind.

    Raises `StoreUnusable` with a sentence when another process has it or the file is not fit.
    """
    lock = _lock(folder)
    try:
        writer = Writer(lambda: _connect(folder), await _connect(folder))
        counters = SqliteCounters(writer, clock)
        try:
            yield Store(SqliteEvidence(writer), SqliteIncidents(writer), counters, writer)
        finally:
            await counters.flush()
            await writer.close()
    finally:
        lock.release()


@asynccontextmanager
async def open_to_read(folder: Path) -> AsyncIterator[SqliteIncidents]:
    """Open the record for reading, beside a running bot or without one."""
    connection = await _connect_to_read(folder)
    writer = Writer(lambda: _connect_to_read(folder), connection)
    try:
        yield SqliteIncidents(writer)
    finally:
        await writer.close()


def _lock(folder: Path) -> FileLock:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK, timeout=0)
        lock.acquire()
    except Timeout as busy:
        raise StoreUnusable(
            f"Another Hustings already writes to {folder}{_owner(folder)}. Stop it first, or name another folder."
        ) from busy
    except OSError as error:
        raise StoreUnusable(f"The data folder {folder} cannot be used: {error.strerror or error}.") from error
    (folder / "hustings.pid").write_text(str(os.getpid()), "ascii")
    return lock


def _owner(folder: Path) -> str:
    try:
        return f" (process {int((folder / 'hustings.pid').read_text('ascii'))})"
    except (OSError, ValueError):
        return ""


async def _connect(folder: Path) -> Connection:
    path = folder / FILE
    try:
        connection = await connect(path)
    except (Error, OSError) as error:
        raise StoreUnusable(f"The record at {path} cannot be opened: {error}.") from error
    try:
        await connection.run(migrate)
    except BaseException as error:
        await connection.close()
        if isinstance(error, Error):
            raise StoreUnusable(f"The record at {path} cannot be brought up to date: {error}.") from error
        raise
    return connection


async def _connect_to_read(folder: Path) -> Connection:
    path = folder / FILE
    try:
        connection = await connect_to_read(path)
    except (Error, OSError) as error:
        raise StoreUnusable(f"The record at {path} cannot be opened: {error}.") from error
    try:
        await connection.run(must_be_current)
    except BaseException as error:
        await connection.close()
        if isinstance(error, Error):
            raise StoreUnusable(f"The record at {path} cannot be read: {error}.") from error
        raise
    return connection
