"""A branch's channels: real detectors, the house policy and a record on disk; only the platforms are fakes."""

from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path

import pytest

from bot.store.sqlite.store import open_store
from policies.assess import Reader
from policies.identifiers import PlatformName
from policies.lexicon_files import house_reader
from policies.load import house_policy
from tests.fakes.clock import FrozenClock
from tests.fakes.world import World, world_on


@cache
def _reader() -> Reader:
    return house_reader()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give a branch in which the bot acts and nothing has happened yet."""
    async with open_store(tmp_path, FrozenClock()) as store:
        yield world_on(store.evidence, store.incidents, reader=_reader(), policy=house_policy(), cases=store.cases)


@pytest.fixture(params=list(PlatformName))
def platform(request: pytest.FixtureRequest) -> PlatformName:
    """Give each platform in turn: the same story must hold on all of them."""
    name: PlatformName = request.param
    return name
