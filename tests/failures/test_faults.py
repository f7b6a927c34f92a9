"""A commit whose sync failed: its callers are told that nobody knows, and find out by asking once more."""

from pathlib import Path

import pytest

from bot.store.sqlite.store import FILE, open_store
from handlers.errors import EvidenceUnavailable
from tests.failures.disk import Disk
from tests.failures.faults import Nth, input_output
from tests.fakes import incidents as make
from tests.fakes.clock import FrozenClock


async def test_callers_of_a_commit_whose_sync_failed_are_told_that_nobody_knows(tmp_path: Path) -> None:
    fault = Nth("sync", 1, input_output)
    fault.waits = True
    disk = Disk(tmp_path, fault=lambda operation, name: fault(operation, name) if name == f"{FILE}-wal" else None)
    with disk.holding():
        async with open_store(tmp_path, FrozenClock()) as store:
            await store.evidence.record(make.incident(1))
            fault.waits = False
            with pytest.raises(EvidenceUnavailable, match="It is not known whether this was kept: disk I/O error"):
                await store.evidence.record(make.incident(2))
            again = await store.evidence.record(make.incident(2))
            assert not (await store.evidence.record(make.incident(2))).fresh
    assert again.incident == "I-2026-000002"
