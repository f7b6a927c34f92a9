"""What the bot's own connections may be asked: to read, to add, and the few changes that the record allows."""

from collections.abc import Set

from bot.store.sqlite.connection import ENGINE, PRAGMAS, Database

_FORBIDDEN = frozenset(
    getattr(ENGINE, f"SQLITE_{what}")
    for what in (
        "ALTER_TABLE",
        "ATTACH",
        "CREATE_TEMP_TRIGGER",
        "CREATE_TRIGGER",
        "DETACH",
        "DROP_INDEX",
        "DROP_TABLE",
        "DROP_TEMP_TABLE",
        "DROP_TEMP_TRIGGER",
        "DROP_TRIGGER",
        "DROP_VIEW",
    )
)
_SETTINGS = frozenset({*PRAGMAS, "ignore_check_constraints", "user_version", "writable_schema"})
"""What may be asked for and not set any more."""


def guard_record(database: Database) -> None:
    """Let a connection to the record add to it; erasure, the work list and where a case stands are all that changes.

    INSERT OR REPLACE is an insertion to this guard; the triggers in the file keep that from replacing anything.
    """
    deletes = frozenset({"mark", "pending", "awaited", "case_found"})
    _guard(database, changes=frozenset({"incident", "counter", "case_"}), deletes=deletes)


def guard_keys(database: Database) -> None:
    """Let a connection to the keys make and destroy keys, and wrap them anew."""
    _guard(database, changes=frozenset({"dek", "secret"}), deletes=frozenset({"dek"}))


def _guard(database: Database, *, changes: Set[str], deletes: Set[str]) -> None:
    allowed, denied = ENGINE.SQLITE_OK, ENGINE.SQLITE_DENY
    update, delete, pragma = ENGINE.SQLITE_UPDATE, ENGINE.SQLITE_DELETE, ENGINE.SQLITE_PRAGMA

    def may(action: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None) -> int:
        forbidden = (
            action in _FORBIDDEN
            or (action == update and first not in changes)
            or (action == delete and first not in deletes)
            or (action == pragma and second is not None and first in _SETTINGS)
        )
        return int(denied if forbidden else allowed)

    database.set_authorizer(may)
