"""The world in which these tests happen."""

from collections.abc import AsyncIterator

import pytest

from tests.bot.discord_adapter.world import World, world


@pytest.fixture
async def here(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """A server with the bot in it; `@pytest.mark.parametrize("here", [{...}], indirect=True)` changes it."""
    async with world(**getattr(request, "param", {})) as opened:
        yield opened
