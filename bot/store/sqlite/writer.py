"""The one writer: work queues up while a commit runs, and the next commit takes it all along."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Generic, Protocol, TypeVar

from bot.store.sqlite.connection import Connection, Database, Error

T = TypeVar("T")
X = TypeVar("X")
Work = Callable[[Database], T]

LARGEST_BATCH = 64


@dataclass(frozen=True, slots=True)
class Share(Generic[X, T]):
    """Work that is done quicker together with its like: those that stand in a row in a batch are done at once.

    `together` gives an answer for each of what it is given, in order. Where it fails, each is done alone.
    """

    together: Callable[[Database, Sequence[X]], Sequence[T]]
    one: X

    def __call__(self, database: Database) -> T:
        """Do this alone."""
        (answer,) = self.together(database, (self.one,))
        return answer

    def beside(self, others: "Sequence[Share[X, T]]") -> Work[Sequence[T]]:
        """Give the work of doing this and others at once."""
        return lambda database: self.together(database, [self.one, *(other.one for other in others)])


@dataclass(frozen=True, slots=True)
class _Item:
    work: Work[Any]
    done: "asyncio.Future[Any]"


class WriterClosed(Exception):  # noqa: N818 - it names a state of the world
    """The store was closed; nothing more can be written."""


class OutcomeUnknown(OSError):  # noqa: N818 - it names a state of the world
    """The commit failed, and whether anything of it is kept shows only when the file is opened anew."""


class Partner(Protocol):
    """Another file whose writes belong to those of a transaction, and reach the disk before them."""

    def mark(self) -> int:
        """Give a point to come back to."""

    def forget_since(self, mark: int) -> None:
        """Drop what was asked for since a point."""

    def commit(self) -> None:
        """Put what was asked for on the disk."""

    def roll_back(self) -> None:
        """Drop all that was asked for."""

    def close(self) -> None:
        """Let go of the file; it is opened again when it is needed."""


class Writer:
    """Owns the connection; `write` returns when what was written is on the disk.

    Each piece of work stands alone: one that fails leaves those beside it in the same commit. When
    the commit itself fails, its outcome is unknown to everybody in it, the connection is opened
    anew, and the next work goes on.
    """

    def __init__(
        self, reconnect: Callable[[], Awaitable[Connection]], connection: Connection, partner: Partner
    ) -> None:
        self._reconnect = reconnect
        self._partner = partner
        self._connection: Connection | None = connection
        self._queue: deque[_Item] = deque()
        self._arrived = asyncio.Event()
        self._opening = asyncio.Lock()
        self._closing = False
        self._task = asyncio.create_task(self._run(), name="store writer")

    async def write(self, work: Work[T]) -> T:
        """Run work inside a transaction and give its answer once that is committed.

        A cancelled caller takes back work that has not begun; work that has begun is committed.
        """
        if self._closing:
            raise WriterClosed("The record is closed.")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.append(_Item(work, done))
        self._arrived.set()
        return await done

    async def read(self, work: Work[T]) -> T:
        """Run work that only reads, between two commits."""
        if self._closing and self._connection is None:
            raise WriterClosed("The record is closed.")
        return await (await self._open()).run(work)

    async def close(self) -> None:
        """Write what is queued, then close the file."""
        self._closing = True
        self._arrived.set()
        await self._task
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()
        self._partner.close()

    async def _run(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._queue:
                items = [self._queue.popleft() for _ in range(min(len(self._queue), LARGEST_BATCH))]
                await self._write([item for item in items if not item.done.cancelled()])
            if self._closing:
                return

    async def _write(self, batch: list[_Item]) -> None:
        if not batch:
            return
        try:
            connection = await self._open()
            answers = await connection.run(
                lambda database: _commit(database, [item.work for item in batch], self._partner)
            )
        except Exception as error:  # noqa: BLE001 - whoever waits is told, and the writer must live on
            answers = [error] * len(batch)
            await self._drop()
        for item, answer in zip(batch, answers, strict=True):
            if item.done.cancelled():
                continue
            if isinstance(answer, BaseException):
                item.done.set_exception(answer)
            else:
                item.done.set_result(answer)

    async def _open(self) -> Connection:
        async with self._opening:  # whoever comes meanwhile waits, rather than open a second one
            if self._connection is None:
                self._connection = await self._reconnect()
            return self._connection

    async def _drop(self) -> None:
        """Forget a connection after a failed commit: what it believes may differ from the disk."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                await connection.close()
            except (Error, ValueError):
                return


def _commit(database: Database, works: list[Work[Any]], partner: Partner) -> list[Any]:
    database.execute("BEGIN IMMEDIATE")
    try:
        answers = list(_answers(database, works, partner))
        # First what the records need to be read, then the records: a crash between the two leaves nothing unreadable.
        partner.commit()
        _put_down(database)
    except BaseException:
        partner.roll_back()
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise
    return answers


def _put_down(database: Database) -> None:
    try:
        database.execute("COMMIT")
    except Error as error:
        raise OutcomeUnknown(str(error)) from error


def _answers(database: Database, works: list[Work[Any]], partner: Partner) -> Iterator[Any]:
    for _, row in groupby(works, lambda work: work.together if isinstance(work, Share) else None):
        alike = list(row)
        shares = [work for work in alike if isinstance(work, Share)]
        if len(shares) > 1:
            answers = _stand_alone(database, shares[0].beside(shares[1:]), partner)
            if not isinstance(answers, Exception):
                yield from answers
                continue
        yield from (_stand_alone(database, work, partner) for work in alike)


def _stand_alone(database: Database, work: Work[Any], partner: Partner) -> Any:
    """Run one piece of work; its failure is its answer, unless SQLite gave up the whole transaction."""
    database.execute("SAVEPOINT work")
    mark = partner.mark()
    try:
        answer = work(database)
    except Exception as error:
        if not database.in_transaction:
            raise
        database.execute("ROLLBACK TO work")
        database.execute("RELEASE work")
        partner.forget_since(mark)
        return error
    database.execute("RELEASE work")
    return answer
