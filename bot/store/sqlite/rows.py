"""Rows: many are put into a table by few statements, for a statement costs more than a row."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

from bot.store.sqlite.connection import Database

Row = Sequence[str | bytes | int | None]

_AT_ONCE = (32, 8, 4, 2, 1)
"""How many rows one statement takes; few sizes, so that a statement is prepared once and used again."""


def insert(database: Database, into: str, rows: Sequence[Row]) -> None:
    """Put rows into a table, in their order; `into` is `TABLE (COLUMN, ...)`.

    The interpreter's lock changes hands at every statement. Where its other threads are busy that takes milliseconds.
    """
    for some in _divided(rows):
        database.execute(_statement(into, len(some)), list(chain.from_iterable(some)))


def _divided(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    at = 0
    for many in _AT_ONCE:
        while len(rows) - at >= many:
            yield rows[at : at + many]
            at += many


@lru_cache(maxsize=64)
def _statement(into: str, rows: int) -> str:
    row = f"({', '.join('?' * (into.count(',') + 1))})"
    return f"INSERT INTO {into} VALUES {', '.join([row] * rows)}"
