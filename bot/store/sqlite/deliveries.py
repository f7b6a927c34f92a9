"""Which deliveries were seen: the same event again leads to the same record."""

from collections.abc import Sequence

from bot.store.sqlite.connection import Database
from bot.store.sqlite.rows import insert
from bot.store.sqlite.vault import Vault
from policies.identifiers import EventId, PlatformName

INCIDENT = "incident"
ACT = "act"
DELETION = "deletion"
EDIT = "edit"

_AT_ONCE = 64
_SEEN = f"SELECT digest, seq FROM seen WHERE digest IN ({', '.join('?' * _AT_ONCE)})"


def seen(database: Database, digest: bytes) -> int | None:
    """Give the record to which an earlier delivery of an event led."""
    row = database.execute("SELECT seq FROM seen WHERE digest = ?", (digest,)).fetchone()
    return int(row[0]) if row else None


def seen_before(database: Database, digests: Sequence[bytes]) -> dict[bytes, int]:
    """Give the records to which earlier deliveries of some events led."""
    found: dict[bytes, int] = {}
    for begin in range(0, len(digests), _AT_ONCE):
        some = digests[begin : begin + _AT_ONCE]
        # One statement for any number of them: what is missing is nothing, and that equals nothing.
        found.update(database.execute(_SEEN, [*some, *(None,) * (_AT_ONCE - len(some))]).fetchall())
    return found


def see_all(database: Database, led: Sequence[tuple[bytes, int]]) -> None:
    """Keep to which records events led."""
    insert(database, "seen (digest, seq)", led)


def see(database: Database, digest: bytes, seq: int) -> None:
    """Keep to which record an event led."""
    database.execute("INSERT INTO seen (digest, seq) VALUES (?, ?)", (digest, seq))


def delivery(vault: Vault, platform: PlatformName, kind: str, event: EventId) -> bytes:
    """Give what a delivery is known again by."""
    return vault.digest("seen", platform, kind, event)
