"""The store as the composition root opens it: one folder, one lock, one record, its keys, one writer."""

import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from filelock import FileLock, Timeout

from bot.evidence.errors import EvidenceError
from bot.store import keyfiles
from bot.store.keyfiles import KeyFiles
from bot.store.sqlite import attachments, migrate
from bot.store.sqlite.cases import SqliteCases
from bot.store.sqlite.connection import (
    ENGINE,
    Connection,
    Database,
    Error,
    StoreUnusable,
    connect,
    connect_to_read,
    faultless,
    open_keys,
    settle,
)
from bot.store.sqlite.counters import SqliteCounters
from bot.store.sqlite.earlier import bring_over, is_earlier
from bot.store.sqlite.erasures import ERASED
from bot.store.sqlite.evidence import SqliteEvidence, SqliteIncidents
from bot.store.sqlite.guard import guard_keys, guard_record
from bot.store.sqlite.ledger import Ledger
from bot.store.sqlite.projections import project_again
from bot.store.sqlite.signing import HEAD, Checkpoints, ensure_signed_state, ensure_whole, successor_named
from bot.store.sqlite.stewardship import Stewardship
from bot.store.sqlite.vault import Vault
from bot.store.sqlite.writer import Writer
from handlers.ports import Clock

FILE = "incidents.sqlite3"
KEYS = "keys.sqlite3"
LOCK = "hustings.lock"


@dataclass(frozen=True, slots=True)
class Store:
    """The record and the counters of one data folder; `alone` says that no other process writes to it."""

    evidence: SqliteEvidence
    incidents: SqliteIncidents
    cases: SqliteCases
    counters: SqliteCounters
    checkpoints: Checkpoints
    stewardship: Stewardship
    writer: Writer
    ledger: Ledger
    keys: KeyFiles
    folder: Path
    alone: bool


@asynccontextmanager
async def open_store(folder: Path, clock: Clock, keys: Path | None = None) -> AsyncIterator[Store]:
    """Open the record for the one process that writes it; what was not signed yet is signed at the end.

    `keys` is the folder of the key files, `keys` in the data folder unless said otherwise. Raises
    `StoreUnusable` with a sentence when another process has it, or the record is not fit or not what was signed.
    """
    lock = lock_folder(folder)
    try:
        read = _keys(folder, keys or folder / keyfiles.FOLDER)
        ledger = Ledger(Vault(lambda: _open_keys(folder), read.ring), clock)
        _prepare(folder, ledger)
        attachments.clear_drafts(folder)
        connection = await _connect(folder, ledger, read)
        if await connection.run(lambda database: successor_named(database, read, keys or folder / keyfiles.FOLDER)):
            keyfiles.take_next(keys or folder / keyfiles.FOLDER)
            read = _keys(folder, keys or folder / keyfiles.FOLDER)
        store = _store(folder, connection, ledger, read, alone=True)
        try:
            await store.stewardship.finish_erasures()
            yield store
        finally:
            await store.counters.flush()
            try:
                await store.checkpoints.sign()
            finally:
                await store.writer.close()
    finally:
        lock.release()


@dataclass(frozen=True, slots=True)
class Reading:
    """The record opened for reading, beside a running bot or without one."""

    incidents: SqliteIncidents
    cases: SqliteCases
    reader: Writer
    ledger: Ledger
    keys: KeyFiles


@asynccontextmanager
async def open_record(folder: Path, clock: Clock, keys: Path | None = None) -> AsyncIterator[Reading]:
    """Open the record for reading, with everything that can be asked of it."""
    connection = await _connect_to_read(folder)
    try:
        read = _keys(folder, keys or folder / keyfiles.FOLDER)
        vault = Vault(lambda: _open_keys(folder, to_read=True), read.ring)
        await connection.run(lambda _: _understood(vault.read_secret))
    except BaseException:
        await connection.close()
        raise
    reader = Writer(lambda: _connect_to_read(folder), connection, vault)
    ledger = Ledger(vault, clock)
    try:
        yield Reading(SqliteIncidents(reader, ledger), SqliteCases(reader, ledger, to_read=True), reader, ledger, read)
    finally:
        await reader.close()


@asynccontextmanager
async def open_beside(
    folder: Path, clock: Clock, keys: Path | None = None, *, signs: bool = True
) -> AsyncIterator[Store]:
    """Open the record to add to it, beside a running bot or without one.

    Two writers take turns, transaction by transaction. Where SQLite has the fault that makes this unsafe, the bot
    has to be stopped first. Where no bot runs, which signs every minute, what was added is signed at the end.
    """
    lock = None if faultless(ENGINE.sqlite_version_info) else lock_folder(folder)
    try:
        await (await _connect_to_read(folder)).close()  # a record must be there, in the present form
        read = _keys(folder, keys or folder / keyfiles.FOLDER)
        ledger = Ledger(Vault(lambda: _open_keys(folder), read.ring), clock)
        _understood(ledger.vault.read_secret)
        connection = await connect(folder / FILE)
        store = _store(folder, connection, ledger, read, alone=False)
        try:
            await connection.run(guard_record)
            await connection.run(lambda database: ensure_signed_state(database, folder, read, mend=False))
            try:
                yield store
            finally:
                if signs:
                    await _sign_alone(store, lock)
        finally:
            await store.writer.close()
    finally:
        if lock is not None:
            lock.release()


@asynccontextmanager
async def open_to_read(folder: Path, keys: Path | None = None) -> AsyncIterator[SqliteIncidents]:
    """Open the incidents for reading, beside a running bot or without one."""
    async with open_record(folder, _NoClock(), keys) as reading:
        yield reading.incidents


async def _sign_alone(store: Store, lock: FileLock | None) -> None:
    if lock is not None:
        await store.checkpoints.sign()
        return
    with suppress(Timeout), FileLock(store.folder / LOCK, timeout=0):
        await store.checkpoints.sign()


def lock_folder(folder: Path) -> FileLock:
    """Make this the one process that writes to a folder."""
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


def forget_record(folder: Path) -> None:
    """Take away the record of a folder with its keys and its head, for whoever holds the lock and made it all up."""
    for name in (FILE, KEYS):
        for end in ("", "-wal", "-shm"):
            (folder / f"{name}{end}").unlink(missing_ok=True)
    for name in (HEAD, ERASED):
        (folder / name).unlink(missing_ok=True)
    for name in keyfiles.NAMES:
        (folder / keyfiles.FOLDER / name).unlink(missing_ok=True)
    shutil.rmtree(folder / attachments.FOLDER, ignore_errors=True)


def _owner(folder: Path) -> str:
    try:
        return f" (process {int((folder / 'hustings.pid').read_text('ascii'))})"
    except (OSError, ValueError):
        return ""


class _NoClock:
    """Whoever only reads asks for no time."""

    def now(self) -> NoReturn:
        raise TypeError("Reading records nothing.")


def _keys(folder: Path, keys: Path) -> KeyFiles:
    try:
        if not _has_something(folder / KEYS):
            if _needs_its_keys(folder / FILE):
                raise StoreUnusable(
                    f"{folder / KEYS} is missing or empty, and without it nobody can read what {folder / FILE} holds. "
                    "Restore both from one backup (docs/operations.md); new keys would not open it."
                )
            keyfiles.make_keys(keys)
        return keyfiles.read_keys(keys)
    except (EvidenceError, OSError) as error:
        raise StoreUnusable(f"The keys cannot be used. {error}") from error


def _has_something(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _needs_its_keys(path: Path) -> bool:
    """Whether a file is a record that is written with keys; those of earlier versions were not."""
    try:
        return _has_something(path) and not is_earlier(path)
    except Error:
        return False  # no database at all, which is told where it is opened


def _prepare(folder: Path, ledger: Ledger) -> None:
    """Make the keys ready, and bring a record of an earlier form over."""
    path = folder / FILE
    try:
        _understood(ledger.vault.prepare)
        if is_earlier(path):
            bring_over(path, ledger)
    except (Error, OSError) as error:
        ledger.vault.close()
        raise StoreUnusable(f"The record at {path} cannot be opened: {error}.") from error
    except BaseException:
        ledger.vault.close()
        raise


def _understood(work: Callable[[], None]) -> None:
    try:
        work()
    except EvidenceError as error:
        raise StoreUnusable(f"The keys cannot be used. {error}") from error
    except Error as error:
        raise StoreUnusable(_unopened(error)) from error


def _store(folder: Path, connection: Connection, ledger: Ledger, keys: KeyFiles, *, alone: bool) -> Store:
    writer = Writer(lambda: _connect_again(folder), connection, ledger.vault)
    return Store(
        evidence=SqliteEvidence(writer, ledger, folder),
        incidents=SqliteIncidents(writer, ledger),
        cases=SqliteCases(writer, ledger),
        counters=SqliteCounters(writer, ledger.clock),
        checkpoints=Checkpoints(writer, folder, keys),
        stewardship=Stewardship(writer, ledger, folder),
        writer=writer,
        ledger=ledger,
        keys=keys,
        folder=folder,
        alone=alone,
    )


async def _connect(folder: Path, ledger: Ledger, keys: KeyFiles) -> Connection:
    path = folder / FILE

    def fit(database: Database) -> None:
        settle(database)
        form = migrate.must_be_known(database)
        if form == 0:
            migrate.make(database)
        elif form < migrate.FORM:
            migrate.make_tables_anew(database, lambda db: project_again(db, ledger))
        guard_record(database)
        ensure_whole(database)
        ensure_signed_state(database, folder, keys)

    try:
        connection = await connect(path)
    except (Error, OSError) as error:
        ledger.vault.close()
        raise StoreUnusable(f"The record at {path} cannot be opened: {error}.") from error
    try:
        await connection.run(fit)
    except BaseException as error:
        await connection.close()
        ledger.vault.close()
        if isinstance(error, Error):
            raise StoreUnusable(f"The record at {path} cannot be brought up to date: {error}.") from error
        raise
    return connection


def _open_keys(folder: Path, *, to_read: bool = False) -> Database:
    try:
        database = open_keys(folder / KEYS, to_read=to_read)
        guard_keys(database)
    except Error as error:
        raise StoreUnusable(_unopened(error)) from error
    return database


def _unopened(error: Exception) -> str:
    return f"The keys in {KEYS} cannot be opened: {error}. Restore the record and its keys from one backup."


async def _connect_again(folder: Path) -> Connection:
    """Open the record after a commit that failed: what the system still holds of it is put on the disk first."""
    connection = await connect(folder / FILE)
    try:
        await connection.run(settle)
        await connection.run(guard_record)
    except BaseException:
        await connection.close()
        raise
    return connection


async def _connect_to_read(folder: Path) -> Connection:
    path = folder / FILE
    try:
        connection = await connect_to_read(path)
    except (Error, OSError) as error:
        raise StoreUnusable(f"The record at {path} cannot be opened: {error}.{_full(folder)}") from error
    try:
        await connection.run(guard_record)
        await connection.run(migrate.must_be_current)
    except BaseException as error:
        await connection.close()
        if isinstance(error, Error):
            raise StoreUnusable(f"The record at {path} cannot be read: {error}.{_full(folder)}") from error
        raise
    return connection


def _full(folder: Path) -> str:
    """Say where there is no room for the index that SQLite keeps beside a file even to read it."""
    free = shutil.disk_usage(folder).free if folder.is_dir() else _ROOM
    return "" if free >= _ROOM else f" The disk that {folder} is on is full: make room on it first."


_ROOM = 256 * 1024
