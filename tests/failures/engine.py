"""A second SQLite, reached as the production code reaches its own, over whichever file system is registered."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import TypeVar

import apsw

from bot.store.sqlite.connection import ENGINE

T = TypeVar("T")
Row = tuple[object, ...]


class Engine:
    """Stands where the production code has its driver; what fails raises the driver's own errors."""

    Error = ENGINE.Error

    def __init__(self, system: str) -> None:
        self._system = system

    def connect(self, path: str, **_: object) -> "Database":
        """Open a file alone: without shared memory, a write-ahead log needs that."""
        opened = _told(lambda: apsw.Connection(path, vfs=self._system))
        database = Database(opened)
        database.execute("PRAGMA locking_mode = exclusive")
        return database


class Cursor:
    """What a statement gave."""

    def __init__(self, rows: list[Row], rowcount: int) -> None:
        self._rows = iter(rows)
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Row]:
        return self._rows

    def fetchone(self) -> Row | None:
        """Give the next row."""
        return next(self._rows, None)

    def fetchall(self) -> list[Row]:
        """Give the rows that are left."""
        return list(self._rows)

    def fetchmany(self, size: int) -> list[Row]:
        """Give some of the rows that are left."""
        return list(islice(self._rows, size))


class Database:
    """A connection of the second SQLite with the methods that the production code calls."""

    def __init__(self, opened: apsw.Connection) -> None:
        self._opened = opened

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return bool(self._opened.in_transaction)

    def execute(self, sql: str, values: Sequence[object] | Mapping[str, object] = ()) -> Cursor:
        """Run one statement."""
        rows = _told(lambda: list(self._opened.execute(sql, values)))
        return Cursor(rows, self._opened.changes())

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> Cursor:
        """Run one statement for each row."""
        found = _told(lambda: list(self._opened.executemany(sql, [tuple(row) for row in rows])))
        return Cursor(found, self._opened.changes())

    def executescript(self, sql: str) -> None:
        """Run several statements."""
        _told(lambda: list(self._opened.execute(sql)))

    def set_authorizer(self, callback: object) -> None:
        """Ask a function about every statement that is prepared."""
        self._opened.set_authorizer(callback)

    def close(self) -> None:
        """Let go of the file; what fails then, SQLite lets pass: the log stays beside the file for the next start."""
        with suppress(apsw.Error):
            self._opened.close()
        self._opened.close()


def _told(work: Callable[[], T]) -> T:
    try:
        return work()
    except apsw.ConstraintError as error:
        raise ENGINE.IntegrityError(str(error)) from error
    except apsw.Error as error:
        raise ENGINE.OperationalError(str(error)) from error
