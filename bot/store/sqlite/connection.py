"""The connection to the file: which SQLite, its settings and the checks that they took."""

import sqlite3
from collections.abc import Callable
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import aiosqlite

T = TypeVar("T")
Database = sqlite3.Connection
"""A connection of the standard library or of pysqlite3, which have the same methods."""

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
    "secure_delete": 1,
    "busy_timeout": 5000,
    "trusted_schema": 0,
}
"""What every writing connection runs with; opening fails if one of them did not take."""


CHECKPOINT_PAGES = 2000
"""After so many pages the write-ahead log is copied into the file: 8 MiB, and what the last batch adds."""

_STATEMENTS = 256
"""How many prepared statements a connection keeps: all of the writer, for each is shown to the guard when made."""


def _engine() -> ModuleType:
    try:
        return import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


ENGINE = _engine()
"""pysqlite3 with its own recent SQLite where it has a wheel, else the standard library's."""

Error: type[Exception] = ENGINE.Error
"""The root of what the engine raises."""


class StoreUnusable(Exception):  # noqa: N818 - it names a state of the world
    """The file cannot be used; the message says why and what to do."""


class Connection(aiosqlite.Connection):
    """A connection whose work runs in aiosqlite's thread, several statements to one hop."""

    async def run(self, work: Callable[[Database], T]) -> T:
        """Run a function on the connection in its thread; it goes on to its end if the caller is cancelled."""
        result: T = await self._execute(work, self._conn)  # type: ignore[no-untyped-call] # it has no annotations
        return result


def describe_engine() -> str:
    """Say which SQLite is in use, and what follows where it is one with the WAL-reset fault."""
    version = ".".join(map(str, ENGINE.sqlite_version_info))
    if faultless(ENGINE.sqlite_version_info):
        return f"SQLite {version}"
    return (
        f"SQLite {version}, which can lose writes when two connections write at once; "
        "Hustings writes through one single connection, so it is not affected"
    )


def faultless(version: tuple[int, ...]) -> bool:
    """Whether a version of SQLite is without the WAL-reset fault (3.7.0 to 3.51.2, two backports)."""
    backports = ((3, 44, 6), (3, 50, 7))
    return version >= (3, 51, 3) or any(fix <= version < (*fix[:2], 99) for fix in backports)


async def connect(path: Path) -> Connection:
    """Open the file for the one writer; it is made, readable by its owner alone, if it is not there."""
    path.touch(mode=0o600, exist_ok=True)
    connection = Connection(lambda: open_file(path), iter_chunk_size=64)
    await connection
    return connection


async def connect_to_read(path: Path) -> Connection:
    """Open the file for reading beside a running bot."""
    if not path.is_file():
        raise StoreUnusable(f"There is no record at {path}. Is this the bot's data folder?")
    connection = Connection(lambda: open_to_read(path), iter_chunk_size=64)
    await connection
    return connection


def open_keys(path: Path, *, to_read: bool = False) -> Database:
    """Open the file of keys, for whichever thread has the writer's turn."""
    if to_read:
        return open_to_read(path)
    path.touch(mode=0o600, exist_ok=True)
    database = open_file(path)
    try:
        if not database.execute("PRAGMA user_version").fetchone()[0]:
            database.executescript(f"BEGIN IMMEDIATE;\n{script('keys.sql')}\nCOMMIT;")
        settle(database)
    except BaseException:
        database.close()
        raise
    return database


def script(name: str) -> str:
    """Give the SQL of a file beside this module."""
    return (files("bot.store.sqlite") / name).read_text("utf-8")


def open_file(path: Path) -> Database:
    """Open a file for writing, with every setting."""
    # Calls come from one thread after another, as connections are opened anew; never from two at once.
    database: Database = ENGINE.connect(
        str(path), isolation_level=None, check_same_thread=False, cached_statements=_STATEMENTS
    )
    try:
        for name, value in PRAGMAS.items():
            database.execute(f"PRAGMA {name} = {value}")
        database.execute("PRAGMA journal_size_limit = 16777216")
        database.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        check(database)
    except BaseException:
        database.close()
        raise
    return database


def settle(database: Database) -> bool:
    """Copy the write-ahead log into the file and empty it; false while somebody else reads what is in it.

    After a sync that failed, the system shows a log that is not on the disk and never will be; what is copied out
    of it is written once more.
    """
    busy, *_ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def open_to_read(path: Path) -> Database:
    """Open a file for reading, for whichever thread has the turn."""
    database: Database = ENGINE.connect(
        f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
    database.execute("PRAGMA busy_timeout = 5000")
    database.execute("PRAGMA trusted_schema = 0")
    return database


def check(database: Database) -> None:
    """Make sure that every setting took; a file system without shared memory refuses WAL silently."""
    for name, wanted in PRAGMAS.items():
        (found,) = database.execute(f"PRAGMA {name}").fetchone()
        if found != wanted:
            raise StoreUnusable(
                f"SQLite runs with {name} = {found} instead of {wanted}, so evidence could be lost. "
                "Put the data folder on a local disk."
            )
