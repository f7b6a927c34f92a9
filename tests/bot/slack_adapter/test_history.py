"""What stands around a Slack message: in its channel or its thread, over pages, without Slack's own remarks."""

from dataclasses import replace

import pytest

from handlers.errors import NotReadable, PlatformUnavailable
from policies.events import MessagePosted
from policies.identifiers import ChannelId, MessageId, MessageRef, PlatformName
from tests.bot.slack_adapter.world import World
from tests.fakes import incidents as make
from tests.fakes import slack_payloads as wire
from tests.fakes.slack_server import Delivery
from tests.fakes.slack_workspace import ELSEWHERE, GENERAL


def event(told: Delivery, *, thread: str = "") -> MessagePosted:
    ref = MessageRef(PlatformName.SLACK, wire.TEAM, ChannelId(told.channel), MessageId(told.ts))  # type: ignore[arg-type]  # an id
    return replace(make.posted(), ref=ref, thread=MessageId(thread) if thread else None)


async def say(world: World, *texts: str, thread: str = "") -> list[Delivery]:
    return [await world.slack.say("U1ANN", text, thread=thread) for text in texts]


async def test_the_nearest_on_both_sides_are_given_oldest_first_with_names(world: World) -> None:
    told = await say(world, *(f"message {number}" for number in range(30)))
    before, after = await world.platform.around(event(told[15]), most=10)
    assert [nearby.text for nearby in before] == [f"message {n}" for n in range(5, 15)]
    assert [nearby.text for nearby in after] == [f"message {n}" for n in range(16, 26)]
    assert {nearby.author_name for nearby in (*before, *after)} == {"Ann"}


async def test_much_that_came_afterwards_does_not_hide_what_came_first(world: World) -> None:
    told = await say(world, "here", *(f"message {number}" for number in range(230)))
    before, after = await world.platform.around(event(told[0]), most=10)
    assert before == []
    assert [nearby.text for nearby in after] == [f"message {n}" for n in range(10)]


async def test_in_a_thread_only_the_thread_is_read_its_root_included(world: World) -> None:
    (root,) = await say(world, "root")
    replies = await say(world, "one", "two", "three", thread=root.ts)
    await say(world, "elsewhere in the channel")
    before, after = await world.platform.around(event(replies[1], thread=root.ts), most=10)
    assert [nearby.text for nearby in before] == ["root", "one"]
    assert [nearby.text for nearby in after] == ["three"]


async def test_what_slack_itself_remarks_is_left_out(world: World) -> None:
    joined = {**wire.message("U1ANN", "has joined", at=wire.ts()), "subtype": "channel_join"}
    world.slack.messages[GENERAL][joined["ts"]] = joined
    (told,) = await say(world, "here")
    assert await world.platform.around(event(told), most=10) == ([], [])


async def test_a_channel_that_the_bot_is_not_in_cannot_be_read_and_a_broken_line_is_tried_again(world: World) -> None:
    (told,) = await say(world, "here")
    with pytest.raises(NotReadable, match="not_in_channel"):
        await world.platform.around(event(replace(told, channel=ELSEWHERE)), most=10)
    world.slack.refuse("conversations.history", "internal_error")
    with pytest.raises(PlatformUnavailable):
        await world.platform.around(event(told), most=10)
