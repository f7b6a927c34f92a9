"""A store on disk, and its file as another program sees it."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.store.sqlite.connection import ENGINE
from bot.store.sqlite.store import FILE, Store, open_store
from tests.fakes.clock import FrozenClock


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Give an empty store."""
    async with open_store(tmp_path, FrozenClock()) as opened:
        yield opened


@pytest.fixture
def ask(tmp_path: Path) -> Callable[[str], list[tuple[object, ...]]]:
    """Ask the file of the store something from outside."""

    def _ask(sql: str) -> list[tuple[object, ...]]:
        database: sqlite3.Connection = ENGINE.connect(str(tmp_path / FILE))
        with closing(database):
            return list(database.execute(sql))

    return _ask
