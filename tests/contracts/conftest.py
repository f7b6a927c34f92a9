"""Every record there is, given to the same tests."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.store.sqlite.store import open_store
from handlers.ports import Evidence, Incidents
from tests.fakes.clock import FrozenClock
from tests.fakes.evidence import MemoryEvidence


@dataclass(frozen=True)
class Record:
    """The two sides of a record: what keeps, and what reads."""

    evidence: Evidence
    incidents: Incidents


@pytest.fixture(params=["memory", "sqlite"])
async def record(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Record]:
    """Give an empty record of each kind."""
    if request.param == "memory":
        memory = MemoryEvidence()
        yield Record(memory, memory)
    else:
        async with open_store(tmp_path, FrozenClock()) as store:
            yield Record(store.evidence, store.incidents)
