"""Counters kept by day; counting costs a dictionary entry and reaches the disk now and then."""

from collections import Counter

from bot.store.sqlite.connection import Database, Error, StoreUnusable
from bot.store.sqlite.writer import Writer, WriterClosed
from handlers.ports import Clock


class SqliteCounters:
    """Counts in memory; `flush` adds what was counted to the days in the file."""

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock
        self._counted: Counter[tuple[str, str]] = Counter()

    def count(self, name: str, amount: int = 1) -> None:
        """Add to a counter; never blocks and never fails."""
        if amount:
            self._counted[self._clock.now().date().isoformat(), name] += amount

    async def flush(self) -> bool:
        """Write what was counted since the last time; what could not be written is kept for the next."""
        counted, self._counted = self._counted, Counter()
        if not counted:
            return True
        rows = [(day, name, amount) for (day, name), amount in counted.items()]
        try:
            await self._writer.write(lambda database: add(database, rows))
        except (Error, OSError, ValueError, WriterClosed, StoreUnusable):
            self._counted += counted
            return False
        return True

    async def totals(self, day: str) -> dict[str, int]:
        """Give the counters of a day (YYYY-MM-DD), those not yet written included."""
        kept = Counter(await self._writer.read(lambda database: _totals(database, day)))
        kept.update({name: amount for (on, name), amount in self._counted.items() if on == day})
        return dict(sorted(kept.items()))


def add(database: Database, rows: list[tuple[str, str, int]]) -> None:
    """Add amounts to counters, each by its day and name."""
    database.executemany(
        "INSERT INTO counter (day, name, amount) VALUES (?, ?, ?)"
        " ON CONFLICT (day, name) DO UPDATE SET amount = amount + excluded.amount",
        rows,
    )


def _totals(database: Database, day: str) -> dict[str, int]:
    return dict(database.execute("SELECT name, amount FROM counter WHERE day = ?", (day,)).fetchall())
