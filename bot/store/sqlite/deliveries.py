"""Which deliveries were seen: the same event again leads to the same record."""

from bot.store.sqlite.connection import Database
from bot.store.sqlite.vault import Vault
from policies.identifiers import EventId, PlatformName

INCIDENT = "incident"
ACT = "act"
DELETION = "deletion"
EDIT = "edit"


def seen(database: Database, digest: bytes) -> int | None:
    """Give the record to which an earlier delivery of an event led."""
    row = database.execute("SELECT seq FROM seen WHERE digest = ?", (digest,)).fetchone()
    return int(row[0]) if row else None


def see(database: Database, digest: bytes, seq: int) -> None:
    """Keep to which record an event led."""
    database.execute("INSERT INTO seen (digest, seq) VALUES (?, ?)", (digest, seq))


def delivery(vault: Vault, platform: PlatformName, kind: str, event: EventId) -> bytes:
    """Give what a delivery is known again by."""
    return vault.digest("seen", platform, kind, event)
