"""Rows of the log: appending one, and reading one back, whatever it holds."""

from datetime import datetime
from typing import TypeVar

from bot.store.codec import moment, put_together, take_apart
from bot.store.sqlite.connection import Database
from policies.identifiers import EventId, PlatformName

T = TypeVar("T")

INCIDENT = "incident"
OUTCOME = "outcome"
ACT = "act"
DELETION = "deletion"


def append(database: Database, kind: str, value: object, at: datetime) -> int:
    """Append one row with its words; gives its number."""
    body, words = take_apart(value)
    (seq,) = database.execute("SELECT coalesce(max(seq), 0) + 1 FROM log").fetchone()
    database.execute("INSERT INTO log (seq, kind, at, body) VALUES (?, ?, ?, ?)", (seq, kind, moment(at), body))
    database.executemany(
        "INSERT INTO original (seq, field, bytes) VALUES (?, ?, ?)",
        [(seq, field, kept) for field, kept in words.items()],
    )
    return int(seq)


def entry(database: Database, seq: int, kind: type[T]) -> T:
    """Read what was appended as one row."""
    (body,) = database.execute("SELECT body FROM log WHERE seq = ?", (seq,)).fetchone()
    words = dict(database.execute("SELECT field, bytes FROM original WHERE seq = ?", (seq,)).fetchall())
    return put_together(body, words, kind)


def seen(database: Database, platform: PlatformName, kind: str, event: EventId) -> int | None:
    """Give the row to which an earlier delivery of an event led."""
    row = database.execute(
        "SELECT seq FROM seen WHERE platform = ? AND kind = ? AND event_id = ?", (platform, kind, key(event))
    ).fetchone()
    return int(row[0]) if row else None


def see(database: Database, platform: PlatformName, kind: str, event: EventId, seq: int) -> None:
    """Keep to which row an event led."""
    database.execute(
        "INSERT INTO seen (platform, kind, event_id, seq) VALUES (?, ?, ?, ?)",
        (platform, kind, key(event), seq),
    )


def key(name: str) -> str:
    """Make a name from a platform fit for a text column, distinct names staying distinct."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
