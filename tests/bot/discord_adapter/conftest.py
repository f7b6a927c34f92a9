"""The world in which these tests happen."""

from collections.abc import AsyncIterator

import pytest

from tests.bot.discord_adapter.wire import Line, make_line
from tests.bot.discord_adapter.world import World, world
from tests.fakes.discord_gateway import FakeDiscord


@pytest.fixture
async def here(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """A server with the bot in it; `@pytest.mark.parametrize("here", [{...}], indirect=True)` changes it."""
    async with world(**getattr(request, "param", {})) as opened:
        yield opened


@pytest.fixture
async def line(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    """A part that is connected to a Discord on a free port, which serves files too."""
    fake = FakeDiscord()
    await fake.start()
    fake.point(monkeypatch.setattr)
    opened = make_line(fake)
    await opened.connected()
    yield opened
    await opened.hang_up()
    await fake.stop()
