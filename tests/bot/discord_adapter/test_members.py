"""Joining and renaming on the wire of Discord: a protected name that is borrowed reaches the moderators."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.discord_adapter.members import look_at_all
from policies.identifiers import MemberId
from policies.people import Person, Register
from tests.bot.discord_adapter.wire import Line, make_line
from tests.fakes import discord_payloads as payloads
from tests.fakes.counters import MemoryCounters
from tests.fakes.discord_gateway import REQUEST_MEMBERS, FakeDiscord
from tests.fakes.world import memory_world

HERSELF = "900000000000000078"
MAIR = Person(id=MemberId(HERSELF), name="Mair Llewellyn", roles=("candidate",))
NEW = "900000000000000077"


@pytest.fixture
async def line(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    """A part that is connected, with one protected name."""
    fake = FakeDiscord()
    await fake.start()
    fake.point(monkeypatch.setattr)
    opened = make_line(fake, register=Register([MAIR]))
    await opened.connected()
    await fake.sent_by_bot(REQUEST_MEMBERS)
    yield opened
    await opened.hang_up()
    await fake.stop()


async def told(line: Line) -> str:
    """Wait for the card in the moderators' channel and give all that is in it."""
    call = await line.discord.asked("POST", f"/channels/{payloads.ALERTS}/messages")
    return str(call.body)


async def counted(line: Line, name: str, times: int = 1) -> None:
    await line.counters.counted.until(lambda one: one == name, times)


async def test_somebody_who_joins_under_a_candidates_name_is_shown_to_moderators(line: Line) -> None:
    joined = {**payloads.member(NEW, name="ma1r.llewellyn"), "guild_id": payloads.GUILD}
    await line.discord.dispatch("GUILD_MEMBER_ADD", joined)
    assert "A name like that of Mair Llewellyn" in await told(line)


async def test_a_known_member_who_takes_her_name_in_the_server_is_shown(line: Line) -> None:
    renamed = {**payloads.member(payloads.ANN, nick="Mair Llewellyn"), "guild_id": payloads.GUILD}
    await line.discord.dispatch("GUILD_MEMBER_UPDATE", renamed)
    assert "ann" in await told(line)


async def test_a_known_member_who_takes_her_name_everywhere_is_shown(line: Line) -> None:
    renamed = {**payloads.member(payloads.ANN), "guild_id": payloads.GUILD}
    renamed["user"]["global_name"] = "Mair Llewellyn"
    await line.discord.dispatch("GUILD_MEMBER_UPDATE", renamed)
    await counted(line, "members.renamed.discord")
    assert "Mair Llewellyn" in await told(line)


async def test_somebody_who_was_there_before_is_shown_and_shown_once(line: Line) -> None:
    line.discord.members = [payloads.member(NEW, name="someone", nick="Mair Llewelyn"), payloads.member(payloads.ANN)]
    for session in (2, 3):
        line.discord.resumable = False
        await line.discord.invalidate()
        await line.connected(session)
        await line.discord.sent_by_bot(REQUEST_MEMBERS, session)
    assert NEW in await told(line)
    await line.discord.say("good morning")
    await line.handled(1)
    posts = [call for call in line.discord.calls if call.method == "POST" and call.path.endswith("/messages")]
    assert len(posts) == 1


async def test_without_an_answer_the_bot_goes_on_and_says_so() -> None:
    class Silent:
        id = 1

        async def chunk(self) -> None:
            await asyncio.sleep(3600)

    counters = MemoryCounters()
    deps = replace(memory_world().deps, counters=counters, register=Register([MAIR]))
    await look_at_all(Silent(), deps, within=0.01)  # type: ignore[arg-type] # only what is asked of it
    assert counters.counted["discord.members-unread"] == 1


async def test_a_new_role_is_no_new_name_and_she_herself_may_join(line: Line) -> None:
    promoted = {**payloads.member(payloads.ANN, roles=(payloads.MODERATORS,)), "guild_id": payloads.GUILD}
    await line.discord.dispatch("GUILD_MEMBER_UPDATE", promoted)
    herself = {**payloads.member(HERSELF, name="mair.llewellyn"), "guild_id": payloads.GUILD}
    await line.discord.dispatch("GUILD_MEMBER_ADD", herself)
    await counted(line, "members.joined.discord")
    assert "members.renamed.discord" not in list(line.counters.counted)
    assert "members.lookalike" not in list(line.counters.counted)
