"""The unmodified client on the wire: sessions, resumes, rate limits, broken events and a clean end."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.discord_adapter.client import DiscordConnectionError, DiscordSettingsError
from policies.decisions import Action, OutcomeStatus
from tests.bot.discord_adapter.wire import Line, make_line
from tests.fakes import discord_payloads as payloads
from tests.fakes.discord_gateway import IDENTIFY, RESUME, FakeDiscord
from tests.fakes.reading import SLUR, THREAT

NOT_EXPECTED = "the part ended in a way that the test did not look at"


async def _at_once(*args: object, **kwargs: object) -> None:
    """Identify again without the five seconds that Discord's own limit asks for."""


@pytest.fixture
async def discord(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeDiscord]:
    """A Discord on a free port, to which the library is pointed."""
    fake = FakeDiscord()
    await fake.start()
    fake.point(monkeypatch.setattr)
    monkeypatch.setattr("discord.Client.before_identify_hook", _at_once)
    yield fake
    await fake.stop()


@pytest.fixture
async def line(discord: FakeDiscord) -> AsyncIterator[Line]:
    """A part that is connected."""
    opened = make_line(discord)
    await opened.connected()
    yield opened
    if not opened.running.done():
        await opened.hang_up()
    else:
        assert opened.running.cancelled() or opened.running.exception() is None, NOT_EXPECTED


async def test_it_identifies_with_the_intents_of_the_invitation_and_one_zlib_stream(line: Line) -> None:
    asked = await line.discord.sent_by_bot(IDENTIFY)
    assert asked["intents"] == 33287
    assert line.discord.queries == [{"v": "10", "encoding": "json", "compress": "zlib-stream"}]
    assert line.part.connected


async def test_abuse_is_kept_then_deleted_with_an_audit_reason(line: Line) -> None:
    said = await line.discord.say(f"a {THREAT} for you")
    await line.kept("evidence.outcome alert done")
    deletion = await line.discord.asked("DELETE", f"/messages/{said['id']}")
    assert deletion.reason == f"{line.incident().id}: threats"
    mute = await line.discord.asked("PATCH", f"/members/{payloads.ANN}")
    assert mute.body == {"communication_disabled_until": "2026-05-04T12:00:00+00:00"}
    assert line.journal.index("evidence.recorded") < line.journal.index("evidence.outcome hide done")
    assert line.status(Action.HIDE) is OutcomeStatus.DONE


async def test_no_post_of_the_bot_can_ping_anybody(line: Line) -> None:
    await line.discord.say(f"@everyone {THREAT}")
    await line.kept("evidence.outcome alert done")
    posts = [call for call in line.discord.calls if call.method == "POST" and call.path.endswith("/messages")]
    assert len(posts) == 2
    assert all(call.body["allowed_mentions"] == {"parse": []} for call in posts)


async def test_a_rate_limit_is_waited_out(line: Line) -> None:
    limit = {"message": "You are being rate limited.", "retry_after": 0.05, "global": False}
    line.discord.script("DELETE", "/messages/", 429, limit, headers={"Via": "1.1 google", "Retry-After": "1"})
    await line.discord.say(f"a {THREAT} for you")
    await line.kept("evidence.outcome hide done")
    assert sum(call.method == "DELETE" for call in line.discord.calls) == 2


async def test_a_ban_by_the_network_in_front_leaves_the_action_for_later(line: Line) -> None:
    line.discord.script("DELETE", "/messages/", 429, {"message": "blocked"})
    await line.discord.say(f"a {THREAT} for you")
    await line.counters.counted.until(lambda name: name == "actions.postponed")
    assert Action.HIDE in line.incident().unfinished


async def test_a_refusal_is_not_tried_again(line: Line) -> None:
    line.discord.script("DELETE", "/messages/", 403, {"message": "Missing Permissions", "code": 50013})
    await line.discord.say(f"a {THREAT} for you")
    await line.kept("evidence.outcome hide refused")
    await line.kept("evidence.outcome alert done")
    assert sum(call.method == "DELETE" for call in line.discord.calls) == 1


async def test_a_resumed_session_repeats_events_and_nothing_is_done_twice(line: Line) -> None:
    await line.discord.say(f"a {THREAT} for you")
    await line.kept("evidence.outcome alert done")
    line.discord.repeat = True
    await line.discord.reconnect()
    await line.discord.sent_by_bot(RESUME)
    await line.discord.say("after the resume")
    await line.handled(1)
    assert len(line.evidence.kept) == 1
    assert sum(call.method == "DELETE" for call in line.discord.calls) == 1


async def test_what_is_said_while_the_line_is_down_arrives_by_resuming(line: Line) -> None:
    line.discord.drop()
    await line.discord.say(f"a {THREAT} for you")
    await line.discord.sent_by_bot(RESUME)
    await line.kept("evidence.outcome hide done")
    assert line.discord.queries[1]["compress"] == "zlib-stream"


async def test_what_was_lost_with_the_session_is_read_from_the_history(line: Line) -> None:
    await line.discord.say("good morning")
    await line.handled(1)
    line.discord.resumable = False
    line.discord.lose(f"a {THREAT} for you")
    await line.discord.invalidate()
    await line.kept("evidence.outcome hide done")
    await line.discord.sent_by_bot(IDENTIFY, times=2)
    asked = await line.discord.asked("GET", f"/channels/{payloads.GENERAL}/messages")
    assert "after" in asked.query


async def test_an_event_that_the_library_cannot_read_ends_the_part_with_a_sentence(line: Line) -> None:
    await line.discord.dispatch("MESSAGE_CREATE", {"id": "not a number", "content": "private words"})
    with pytest.raises(DiscordConnectionError, match="ended") as caught:
        await line.running
    assert "private words" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert not line.part.connected
    await line.again()
    await line.connected(2)
    await line.discord.say(f"a {THREAT} for you")
    await line.kept("evidence.outcome hide done")


async def test_what_was_said_before_the_part_ran_again_is_judged(line: Line) -> None:
    await line.discord.say("good morning")
    await line.handled(1)
    await line.discord.dispatch("MESSAGE_CREATE", {"id": "not a number"})
    with pytest.raises(DiscordConnectionError):
        await line.running
    line.discord.lose(f"a {THREAT} for you")
    await line.again()
    await line.kept("evidence.outcome hide done")


async def test_what_was_said_is_judged_even_if_the_part_died_before_it_was_ready(discord: FakeDiscord) -> None:
    line = make_line(discord, ready_after=30.0)
    await discord.sent_by_bot(IDENTIFY)
    await discord.dispatch("MESSAGE_CREATE", {"id": "not a number"})
    with pytest.raises(DiscordConnectionError):
        await line.running
    discord.lose(f"a {THREAT} for you")
    line.part.ready_after = 0.05
    await line.again()
    await line.kept("evidence.outcome hide done")
    await line.hang_up()


async def test_a_channel_where_nothing_was_missed_is_not_read(line: Line) -> None:
    await line.discord.asked("GET", f"/channels/{payloads.GENERAL}/messages")  # At first nothing is known of it.
    await line.discord.say("good morning")
    await line.handled(1)
    await line.discord.invalidate()
    await line.connected(2)
    await line.hang_up()
    assert sum(call.method == "GET" and call.path.endswith("/messages") for call in line.discord.calls) == 1


async def test_a_partial_update_without_author_is_no_edit(line: Line) -> None:
    said = await line.discord.say("good morning")
    update = {key: said[key] for key in ("id", "channel_id", "guild_id", "type", "timestamp")}
    await line.discord.dispatch("MESSAGE_UPDATE", {**update, "content": THREAT, "edited_timestamp": said["timestamp"]})
    await line.discord.say("still here")
    await line.handled(2)
    assert line.evidence.kept == {}


async def test_refused_intents_are_told_with_what_to_do(discord: FakeDiscord) -> None:
    discord.refuse_identify_with = 4014
    refused = make_line(discord)
    with pytest.raises(DiscordSettingsError, match="Message Content Intent"):
        await refused.running
    assert not refused.part.connected


async def test_a_wrong_token_is_told_with_what_to_do(discord: FakeDiscord) -> None:
    refused = make_line(discord, token="another.token")
    with pytest.raises(DiscordSettingsError, match="DISCORD_TOKEN"):
        await refused.running


async def test_closing_lets_a_begun_action_finish_and_be_kept(line: Line) -> None:
    answer = asyncio.Event()
    line.discord.script("DELETE", "/messages/", 204, wait_for=answer)
    said = await line.discord.say(f"a {SLUR} for you")
    await line.discord.asked("DELETE", f"/messages/{said['id']}")
    closing = asyncio.create_task(line.part.close())
    await asyncio.sleep(0)
    assert not closing.done()
    answer.set()
    await closing
    await line.running
    assert line.incident().unfinished == ()
    assert not line.part.connected


async def test_closing_does_not_wait_for_ever(discord: FakeDiscord) -> None:
    line = make_line(discord, drain_for=0.05)
    await line.connected()
    never = asyncio.Event()
    discord.script("DELETE", "/messages/", 204, wait_for=never)
    said = await discord.say(f"a {SLUR} for you")
    await discord.asked("DELETE", f"/messages/{said['id']}")
    await line.hang_up()
    assert Action.HIDE in line.incident().unfinished
    never.set()


async def test_closing_does_not_wait_for_a_discord_that_is_away(discord: FakeDiscord) -> None:
    line = make_line(discord)
    await line.connected()
    await discord.stop()
    async with asyncio.timeout(3):
        await line.hang_up()


async def test_commands_are_synced_only_when_asked(discord: FakeDiscord) -> None:
    quiet = make_line(discord)
    await quiet.connected()
    await quiet.hang_up()
    assert not any(call.method == "PUT" for call in discord.calls)
    asked = make_line(discord, sync_commands=True)
    await asked.connected()
    await asked.hang_up()
    sync = await discord.asked("PUT", f"/guilds/{payloads.GUILD}/commands")
    assert sorted(command["name"] for command in sync.body) == [
        "Report to moderators",
        "appeal",
        "incident",
        "lock",
        "mydata",
        "myreports",
        "reaction",
        "report",
        "slowmode",
        "timeout",
        "unlock",
        "warn",
    ]


async def test_a_command_is_deferred_for_one_person_and_then_answered(line: Line) -> None:
    await line.discord.dispatch("INTERACTION_CREATE", payloads.slash(line.discord.next_id(), "incident list"))
    callback = await line.discord.asked("POST", "/callback")
    assert callback.body == {"type": 5, "data": {"flags": 64}}
    answer = await line.discord.asked("PATCH", "/messages/@original")
    assert answer.body["content"] == "No incidents are kept yet."


async def test_a_press_opens_a_form_whose_answer_settles_the_incident(line: Line) -> None:
    await line.discord.say(f"a {THREAT} for you")
    await line.kept("evidence.outcome alert done")
    posted = await line.discord.asked("POST", f"/channels/{payloads.ALERTS}/messages")
    card = payloads.own_message(line.incident().receipt(Action.ALERT).partition("/")[2], payloads.ALERTS, posted.body)
    button = f"hustings:uphold:{line.incident().id}:0"
    await line.discord.dispatch("INTERACTION_CREATE", payloads.press(line.discord.next_id(), button, card))
    form = await line.discord.asked("POST", "/callback")
    assert form.body["type"] == 9
    sent = payloads.form(line.discord.next_id(), form.body["data"]["custom_id"], "A threat, plainly.")
    await line.discord.dispatch("INTERACTION_CREATE", sent)
    await line.kept("evidence.act uphold")
    renewed = await line.discord.asked("PATCH", f"/channels/{payloads.ALERTS}/messages/{card['id']}")
    assert "A threat, plainly." in str(renewed.body)
