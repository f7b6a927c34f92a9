"""Deletions in a flood: few requests, each message on record before, and an answer for each of them."""

import asyncio
from collections.abc import Sequence

from handlers.errors import PlatformUnavailable
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.identifiers import ChannelId, CommunityId, MessageId, MessageRef, PlatformName
from tests.bot.discord_adapter.wire import Line
from tests.fakes import discord_payloads as payloads
from tests.fakes.discord_gateway import Call
from tests.fakes.reading import THREAT


def ref(message: str, channel: str = payloads.GENERAL) -> MessageRef:
    """Name a message."""
    return MessageRef(PlatformName.DISCORD, CommunityId(payloads.GUILD), ChannelId(channel), MessageId(message))


def said(line: Line, number: int) -> list[str]:
    """Put messages into #general that nobody told the bot of."""
    return [line.discord.lose(f"message {n}")["id"] for n in range(number)]


def deletions(line: Line) -> list[Call]:
    """Give every request that deletes."""
    return [c for c in line.discord.calls if c.method == "DELETE" or c.path.endswith("bulk-delete")]


async def hidden(line: Line, messages: Sequence[str]) -> list[Outcome]:
    """Hide messages at once, as when each is handled by itself."""
    return await asyncio.gather(*(line.part.platform.hide(ref(m), reason=f"I-{m[-3:]}: flood") for m in messages))


async def test_a_flood_of_250_messages_is_deleted_in_three_requests(line: Line) -> None:
    outcomes = await hidden(line, said(line, 250))
    assert {outcome.status for outcome in outcomes} == {OutcomeStatus.DONE}
    assert line.discord.history[payloads.GENERAL] == []
    assert [len(c.body["messages"]) if c.body else 1 for c in deletions(line)] == [100, 100, 50]


async def test_each_message_of_a_flood_is_on_record_before_it_is_deleted(line: Line) -> None:
    held = asyncio.Event()
    line.discord.script("DELETE", "/messages/", 204, wait_for=held)
    first = await line.discord.say(f"a {THREAT} for you")
    await line.discord.asked("DELETE", f"/messages/{first['id']}")
    for _ in range(40):
        await line.discord.say(f"a {THREAT} for you")
    await line.kept("evidence.recorded", times=41)
    held.set()
    await line.kept("evidence.outcome hide done", times=41)
    kept = {incident.event.ref.message for incident in line.evidence.kept.values()}
    asked = [m for c in deletions(line) for m in (c.body["messages"] if c.body else [int(c.path.rpartition("/")[2])])]
    assert sorted(map(str, asked)) == sorted(kept)
    assert len(deletions(line)) <= 6
    assert all("I-2026-" in call.reason for call in deletions(line))


async def test_a_message_that_could_not_be_kept_is_not_deleted_with_the_others(line: Line) -> None:
    held = asyncio.Event()
    line.discord.script("DELETE", "/messages/", 204, wait_for=held)
    first = await line.discord.say(f"a {THREAT} for you")
    await line.discord.asked("DELETE", f"/messages/{first['id']}")
    line.evidence.failures = 2  # the record fails for one message, at the first attempt and at the second
    lost = await line.discord.say(f"a {THREAT} for you")
    await line.counters.counted.until(lambda name: name == "evidence.unavailable", times=2)
    for _ in range(5):
        await line.discord.say(f"a {THREAT} for you")
    await line.kept("evidence.recorded", times=6)
    held.set()
    await line.kept("evidence.outcome hide done", times=6)
    assert [message["id"] for message in line.discord.history[payloads.GENERAL][1:]] == [lost["id"]]


async def test_a_single_deletion_does_not_wait_for_company(line: Line) -> None:
    (message,) = said(line, 1)
    await hidden(line, [message])
    (call,) = deletions(line)
    assert (call.method, call.reason) == ("DELETE", f"I-{message[-3:]}: flood")


async def test_messages_older_than_two_weeks_go_one_by_one(line: Line) -> None:
    old = [payloads.snowflake(-15 * 24 * 3600 * 1000 + n) for n in range(3)]
    line.discord.oldest_in_bulk = int(payloads.snowflake(-14 * 24 * 3600 * 1000))
    outcomes = await hidden(line, [*said(line, 4), *old])
    assert {outcome.status for outcome in outcomes} == {OutcomeStatus.DONE}
    assert [len(c.body["messages"]) if c.body else 1 for c in deletions(line)] == [4, 1, 1, 1]


async def test_what_discord_does_not_take_together_is_deleted_one_by_one(line: Line) -> None:
    line.discord.script("POST", "bulk-delete", 400, payloads.error("A message provided was too old", 50034))
    messages = said(line, 3)
    outcomes = await hidden(line, messages)
    assert {outcome.status for outcome in outcomes} == {OutcomeStatus.DONE}
    assert [c.method for c in deletions(line)] == ["POST", "DELETE", "DELETE", "DELETE"]


async def test_a_refusal_is_the_answer_for_each_and_is_not_asked_again_one_by_one(line: Line) -> None:
    line.discord.script("POST", "bulk-delete", 403, payloads.error("Missing Permissions", 50013))
    messages = said(line, 3)
    outcomes = await hidden(line, messages)
    assert [(o.status, o.detail) for o in outcomes] == [
        (OutcomeStatus.REFUSED, "the bot lacks Manage Messages (50013)")
    ] * 3
    assert len(deletions(line)) == 1
    assert not any(line.part.platform.deleted(int(message)) for message in messages)


async def test_an_outage_leaves_every_waiting_deletion_for_later(line: Line) -> None:
    # A ban by the network in front of Discord: the library does not try such an answer again.
    line.discord.script("POST", "bulk-delete", 429, "blocked", headers={"Content-Type": "text/plain"})
    results = await asyncio.gather(
        *(line.part.platform.hide(ref(m), reason="I-1") for m in said(line, 120)), return_exceptions=True
    )
    assert {type(result) for result in results} == {PlatformUnavailable}
    assert {o.status for o in await hidden(line, [m["id"] for m in line.discord.history[payloads.GENERAL]])} == {
        OutcomeStatus.DONE
    }


async def test_what_its_author_deleted_while_it_waited_was_not_deleted_by_the_bot(line: Line) -> None:
    held = asyncio.Event()
    line.discord.script("DELETE", "/messages/", 204, wait_for=held)
    one, two, three, four = said(line, 4)
    first = asyncio.create_task(line.part.platform.hide(ref(one), reason="I-1"))
    await line.discord.asked("DELETE", f"/messages/{one}")
    rest = asyncio.create_task(hidden(line, [two, three, four]))
    await asyncio.sleep(0)
    gone = {"id": three, "channel_id": payloads.GENERAL, "guild_id": payloads.GUILD}
    await line.discord.dispatch("MESSAGE_DELETE", gone)
    await line.counters.counted.until(lambda name: name == "messages.deleted.discord")
    held.set()
    outcomes = [await first, *await rest]
    assert [outcome.status for outcome in outcomes] == [
        OutcomeStatus.DONE,
        OutcomeStatus.DONE,
        OutcomeStatus.ALREADY,
        OutcomeStatus.DONE,
    ]
    assert not line.part.platform.deleted(int(three))


async def test_the_same_message_asked_for_twice_is_sent_once(line: Line) -> None:
    one, two = said(line, 2)
    outcomes = await hidden(line, [one, one, two, two])
    assert {outcome.status for outcome in outcomes} == {OutcomeStatus.DONE}
    assert [c.body and len(c.body["messages"]) for c in deletions(line)] == [2]
    assert outcomes[0].action is Action.HIDE
