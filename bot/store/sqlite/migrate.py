"""The form of the file: made new in the present one, and brought to it from an earlier one."""

import sqlite3
from collections.abc import Callable, Iterator

from bot.store.sqlite.connection import Database, StoreUnusable, script
from bot.store.sqlite.projections import TABLES
from bot.store.sqlite.projections import sql as tables

FORM = 7
"""The form that this version of the program writes."""

PLAIN = 3
"""The last form in which texts stood in the file as they were written; `earlier` brings those over."""

SEALED = 4
"""The first form with a log and sealed texts; later ones differ from it in the tables for finding alone."""


def version(database: Database) -> int:
    """Give the number of the form a file has; 0 for one with nothing in it."""
    (number,) = database.execute("PRAGMA user_version").fetchone()
    return int(number)


def make(database: Database) -> None:
    """Make the tables in an empty file, wholly or not at all."""
    run(database, f"{script('log.sql')}\n{tables()}\nPRAGMA user_version = {FORM};")


def make_tables_anew(database: Database, fill: Callable[[Database], None]) -> None:
    """Make the tables for finding anew in a file whose log is in the present form, wholly or not at all."""
    database.execute("BEGIN IMMEDIATE")
    try:
        for table in TABLES:
            database.execute(f"DROP TABLE IF EXISTS {table}")
        for statement in statements(tables()):
            database.execute(statement)
        fill(database)
        database.execute(f"PRAGMA user_version = {FORM}")
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def statements(sql: str) -> Iterator[str]:
    """Give the statements of a script one by one; `executescript` would end a transaction."""
    piece = ""
    for line in sql.splitlines(keepends=True):
        piece += line
        if sqlite3.complete_statement(piece):
            yield piece
            piece = ""


def run(database: Database, sql: str) -> None:
    """Run several statements, wholly or not at all."""
    try:
        database.executescript(f"BEGIN IMMEDIATE;\n{sql}\nCOMMIT;")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def must_be_known(database: Database) -> int:
    """Give the form of a file; refuses one that a newer version wrote."""
    at = version(database)
    if at > FORM:
        raise StoreUnusable(
            f"The record was written by a newer Hustings (form {at}; this one knows {FORM}). "
            "Install the newer version again."
        )
    return at


def must_be_current(database: Database) -> None:
    """Refuse to read a file in another form than this program's."""
    at = version(database)
    if at == 0 and not database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        raise StoreUnusable(
            "The record is an empty file: what it held is gone. Restore it and its keys from one backup; if it never "
            "held anything, start the bot once."
        )
    if at != FORM:
        raise StoreUnusable(
            f"The record has form {at}, this version reads form {FORM}. "
            "Start the bot once with this version, or install the newer one."
        )
