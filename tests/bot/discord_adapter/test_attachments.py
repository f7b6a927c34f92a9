"""Files from Discord's file server, over the wire: kept before the message is deleted, without the bot's token."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from policies.copies import CopyStatus
from tests.bot.discord_adapter.wire import Line, make_line
from tests.fakes.discord_gateway import FakeDiscord
from tests.fakes.reading import THREAT


@pytest.fixture
async def line(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    """A part that is connected to a Discord with a file server."""
    discord = FakeDiscord()
    await discord.start()
    discord.point(monkeypatch.setattr)
    opened = make_line(discord)
    await opened.connected()
    yield opened
    await opened.hang_up()
    await discord.stop()


def attached(line: Line, name: str, size: int = 9) -> list[dict[str, Any]]:
    url = f"{line.discord.url}/files/{name}"
    return [{"id": "1", "filename": name, "size": size, "url": url, "proxy_url": url, "content_type": "image/png"}]


async def test_a_file_is_kept_before_its_message_is_deleted(line: Line) -> None:
    line.discord.files.held["photo.png"] = b"a photograph"
    await line.discord.say(f"a {THREAT} for you", attachments=attached(line, "photo.png"))
    await line.kept("evidence.outcome alert done")
    assert line.journal.index("evidence.file 1 kept") < line.journal.index("evidence.outcome hide done")
    assert line.evidence.files[line.incident().id, 1] == b"a photograph"
    assert [asked.token for asked in line.discord.files.asked] == [""]


async def test_a_stream_that_claims_ten_gigabytes_is_cut_off_and_the_act_goes_on(line: Line) -> None:
    await line.discord.say(f"a {THREAT} for you", attachments=attached(line, "endless", 10 * 1000**3))
    await line.kept("evidence.outcome alert done")
    assert [copy.status for copy in line.incident().copies] == [CopyStatus.TOO_LARGE]
    async with asyncio.timeout(8):
        await line.discord.files.hung_up.wait()
    assert line.discord.files.sent < 64 * 1024 * 1024


async def test_a_file_that_went_away_is_told_and_holds_nothing_up(line: Line) -> None:
    await line.discord.say(f"a {THREAT} for you", attachments=attached(line, "gone.png"))
    await line.kept("evidence.outcome hide done")
    assert [copy.status for copy in line.incident().copies] == [CopyStatus.GONE]
