"""Files from Discord's file server, over the wire: kept before the message is deleted, without the bot's token."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from handlers.errors import NotReadable
from policies.copies import CopyStatus
from policies.events import MessagePosted
from policies.identifiers import ChannelId, CommunityId, MessageId, MessageRef, PlatformName
from tests.bot.discord_adapter.wire import Line
from tests.fakes import discord_payloads as payloads
from tests.fakes import incidents as make
from tests.fakes.reading import THREAT


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


async def test_what_was_said_around_is_read_from_the_channel_without_announcements(line: Line) -> None:
    for text in ("first", "second", "third"):
        line.discord.lose(text)
    line.discord.lose("joined", type=7)
    said = await line.discord.say(f"a {THREAT} for you")
    for text in ("fourth", "fifth", "sixth"):
        line.discord.lose(text)
    event = convert_event(line, said)
    before, after = await line.part.platform.around(event, most=3)
    assert [nearby.text for nearby in before] == ["second", "third"]
    assert [nearby.text for nearby in after] == ["fourth", "fifth", "sixth"]
    assert (before[0].author_name, before[0].is_bot) == ("ann", False)


async def test_where_history_is_closed_to_the_bot_it_says_what_it_needs(line: Line) -> None:
    await line.discord.asked("GET", f"/channels/{payloads.GENERAL}/messages")  # what was missed is read first
    said = await line.discord.say("hello")
    line.discord.script("GET", "/messages", 403, {"message": "Missing Access", "code": 50001})
    with pytest.raises(NotReadable, match="Read Message History"):
        await line.part.platform.around(convert_event(line, said), most=10)
    line.discord.script("GET", "/messages", 404, {"message": "Unknown Channel", "code": 10003})
    with pytest.raises(NotReadable):
        await line.part.platform.around(convert_event(line, said), most=10)


def convert_event(line: Line, said: dict[str, Any]) -> MessagePosted:
    return replace(
        make.posted(),
        ref=MessageRef(
            PlatformName.DISCORD,
            CommunityId(payloads.GUILD),
            ChannelId(payloads.GENERAL),
            MessageId(said["id"]),
        ),
    )
