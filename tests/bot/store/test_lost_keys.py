"""A record whose keys or whose file are lost is told to be so, and no new ones are begun in its place."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.store.keyfiles import FIRST, FOLDER
from bot.store.sqlite.connection import StoreUnusable
from bot.store.sqlite.store import FILE, KEYS, open_beside, open_record, open_store
from tests.fakes.clock import FrozenClock
from tests.fakes.reading import THREAT
from tests.fakes.world import DISCORD, world_on


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a data folder with an incident in it."""

    async def fill() -> None:
        async with open_store(tmp_path, FrozenClock()) as store:
            await world_on(store.evidence, store.incidents).says(DISCORD, f"{THREAT} you")

    asyncio.run(fill())
    return tmp_path


def _without_keys(folder: Path) -> None:
    (folder / KEYS).unlink()


def _with_empty_keys(folder: Path) -> None:
    (folder / KEYS).write_bytes(b"")


def _with_noise(folder: Path) -> None:
    (folder / KEYS).write_bytes(b"noise, and no database " * 300)


def _without_public_key(folder: Path) -> None:
    (folder / FOLDER / FIRST).unlink()


@pytest.mark.parametrize("opening", [open_store, open_beside, open_record])
@pytest.mark.parametrize(
    ("lose", "told"),
    [
        (_without_keys, "is missing or empty"),
        (_with_empty_keys, "is missing or empty"),
        (_with_noise, "cannot be opened: file is not a database"),
        (_without_public_key, "No such file or directory. Restore it from a backup."),
    ],
)
def test_what_is_lost_is_told_with_what_to_do(
    folder: Path,
    opening: Callable[..., object],
    lose: Callable[[Path], None],
    told: str,
) -> None:
    lose(folder)
    left = (folder / KEYS).read_bytes() if (folder / KEYS).exists() else None

    async def work() -> None:
        async with opening(folder, FrozenClock()):  # type: ignore[attr-defined] # each of the three gives a context
            pytest.fail("it was opened")

    with pytest.raises(StoreUnusable, match=told):
        asyncio.run(work())
    assert ((folder / KEYS).read_bytes() if (folder / KEYS).exists() else None) == left


def test_an_empty_record_is_not_taken_for_one_of_an_earlier_version(folder: Path) -> None:
    for end in ("", "-wal", "-shm"):
        (folder / f"{FILE}{end}").unlink(missing_ok=True)
    (folder / FILE).write_bytes(b"")

    async def work() -> None:
        async with open_record(folder, FrozenClock()):
            pytest.fail("it was opened")

    with pytest.raises(StoreUnusable, match="is an empty file"):
        asyncio.run(work())
