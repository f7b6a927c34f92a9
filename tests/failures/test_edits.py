"""Rows that another program replaced, exchanged, added or took away are found, whichever they are."""

import random
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.store.sqlite.connection import Database
from bot.store.sqlite.store import FILE
from tests.bot.store.test_verify import fill, unguarded, verified


@dataclass(frozen=True)
class Table:
    """A table, the columns that name a row of it, and what it says of it."""

    name: str
    key: tuple[str, ...]
    rest: tuple[str, ...]


TABLES = (
    Table("log", ("seq",), ("leaf", "leaf_hash")),
    Table("node", ("level", "place"), ("hash",)),
    Table("sealed", ("seq", "field"), ("grp", "blob")),
    Table("seen", ("digest",), ("seq",)),
    Table("checkpoint", ("number",), ("size", "note")),
    Table("outcome", ("seq",), ("incident", "action", "status")),
    Table("incident", ("number",), ("id", "ref", "seq", "author")),
)


@pytest.mark.parametrize("edits", [25, pytest.param(200, marks=pytest.mark.full)])
async def test_rows_replaced_exchanged_added_or_taken_away_are_all_found(edits: int, folder: Path) -> None:
    live, pristine = folder / "live", folder / "pristine"
    await fill(live)
    shutil.copy(live / FILE, pristine)
    chance = random.Random(6)
    missed = []
    done = 0
    while done < edits:
        shutil.copy(pristine, live / FILE)
        with closing(unguarded(live)) as database:
            what = _edit(database, chance)
        if not what:
            continue
        done += 1
        if (await verified(live)).broken is None:
            missed.append(what)
    assert missed == []


def _edit(database: Database, chance: random.Random) -> str:
    """Edit the rows of one table as another program would; gives what was done, or nothing if that changed nothing."""
    table = chance.choice(TABLES)
    columns = ", ".join((*table.key, *table.rest))
    rows = database.execute(f"SELECT {columns} FROM {table.name}").fetchall()
    one, other = chance.sample(rows, 2) if len(rows) > 1 else (rows[0], rows[0])
    keys = len(table.key)
    key, rest = one[:keys], other[keys:]
    places = ", ".join("?" * len(one))
    how = chance.choice(("replaced", "exchanged", "added", "taken away"))
    if (table.name, how) == ("checkpoint", "replaced"):
        # Two checkpoints, of which the later takes the earlier one's place and number: one fewer is left, it is as it
        # was signed, and the log still continues it. No record says how often the log was signed.
        return ""
    where = " AND ".join(f"{name} IS ?" for name in table.key)
    database.execute("BEGIN")
    if how in ("exchanged", "taken away"):
        database.execute(f"DELETE FROM {table.name} WHERE {where}", key)
    if how == "exchanged":
        database.execute(f"DELETE FROM {table.name} WHERE {where}", other[:keys])
        _put(database, table.name, columns, places, (*other[:keys], *one[keys:]))
    if how in ("replaced", "exchanged"):
        _put(database, table.name, columns, places, (*key, *rest))
    if how == "added":
        _put(database, table.name, columns, places, (*_unused(key), *rest))
    after = database.execute(f"SELECT {columns} FROM {table.name}").fetchall()
    database.execute("COMMIT")
    return f"{how} in {table.name}: {key}" if sorted(after, key=repr) != sorted(rows, key=repr) else ""


def _put(database: Database, table: str, columns: str, places: str, row: tuple[object, ...]) -> None:
    extra = ", at, recorded_at" if table == "incident" else ""
    values = ", '', ''" if extra else ""
    database.execute(f"INSERT OR REPLACE INTO {table} ({columns}{extra}) VALUES ({places}{values})", row)


def _unused(key: tuple[object, ...]) -> tuple[object, ...]:
    first = key[0]
    return (bytes(32), *key[1:]) if isinstance(first, bytes) else (int(str(first)) + 1_000, *key[1:])
