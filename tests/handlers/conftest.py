"""A world in memory for the tests of the handlers."""

import pytest

from tests.fakes.world import World, memory_world


@pytest.fixture
def world() -> World:
    """Give a world in which the bot acts and nothing has happened yet."""
    return memory_world()
