"""Workspaces for the stories: one with an administrator's token, one without."""

from collections.abc import AsyncIterator

import pytest

from tests.bot.slack_adapter.world import World, make_world

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*_PROXIES, "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """A workspace in which an administrator lent Hustings a token."""
    made = await (await make_world()).start()
    yield made
    await made.stop()


@pytest.fixture
async def powerless() -> AsyncIterator[World]:
    """A workspace without an administrator's token."""
    made = await (await make_world(admin=False)).start()
    yield made
    await made.stop()
