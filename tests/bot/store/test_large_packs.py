"""A pack whose files are far larger than the memory that it takes, from the record to the folder."""

import os
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.evidence.attachments import LARGEST
from bot.evidence.packs.layout import lay_out
from bot.evidence.packs.sshsig import PackKey
from bot.pack_files import write_folder
from bot.store.sqlite import attachments
from bot.store.sqlite.store import Store, open_store
from policies.identifiers import IncidentId
from tests.fakes import packs
from tests.fakes.clock import NOON, FrozenClock
from tests.fakes.packs import ONE, SOFTWARE, tools, verify, with_tools

KEY = PackKey.new()
FILES = 5
ALLOWED = LARGEST // 2


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Give a store with two incidents, one of them with files as large as are kept."""

    async def arriving() -> AsyncIterator[bytes]:
        for _ in range(LARGEST // (256 * 1024)):
            yield os.urandom(256 * 1024)

    async with open_store(tmp_path / "data", FrozenClock()) as opened:
        await packs.fill(opened)
        for number in range(1, FILES + 1):
            await opened.evidence.keep_attachment(IncidentId(ONE), number, arriving(), NOON)
        yield opened


@with_tools
async def test_no_file_is_ever_held_whole(store: Store, tmp_path: Path) -> None:
    tracemalloc.start()
    try:
        made = await packs.gathered(store, ONE)
        files = sum(len(record.files) for record in made.records)
        write_folder(tmp_path / "pack", lay_out(made, KEY, software=SOFTWARE))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert files == FILES
    assert peak < ALLOWED
    written = [path.stat().st_size for path in (tmp_path / "pack/data/attachments").iterdir()]
    assert written == [LARGEST] * FILES
    assert verify(tmp_path / "pack", tools(tmp_path / "bin")).returncode == 0


async def test_a_file_that_goes_while_the_pack_is_written_leaves_no_pack(store: Store, tmp_path: Path) -> None:
    made = await packs.gathered(store, ONE)
    for kept in sorted((store.folder / attachments.FOLDER).iterdir())[-1:]:
        kept.unlink()
    with pytest.raises(FileNotFoundError):
        write_folder(tmp_path / "pack", lay_out(made, KEY, software=SOFTWARE))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]
