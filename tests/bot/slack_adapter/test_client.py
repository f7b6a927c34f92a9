"""The connection: what it survives, what ends it, and what it says about itself."""

import asyncio
import json
from typing import Any

import pytest

from bot.slack_adapter.client import SlackSettingsError
from handlers.errors import PlatformUnavailable
from policies.decisions import Action
from tests.bot.slack_adapter.world import ABUSE, HARMLESS, World, make_world
from tests.fakes import slack_payloads as wire
from tests.fakes.slack_workspace import ADMIN_TOKEN, GENERAL


async def _judged(world: World) -> None:
    before = world.counters.counted["messages.allowed"]
    told = await world.slack.say("U1ANN", f"{HARMLESS} {wire.ts()}")
    await world.slack.acked(told.envelope)
    assert world.counters.counted["messages.allowed"] == before + 1


async def test_it_says_when_it_is_connected(world: World) -> None:
    assert world.part.name == "slack"
    await _judged(world)
    assert world.part.connected
    await world.part.close()
    assert not world.part.connected


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_it_connects_anew_when_slack_asks_for_it(world: World, reason: str) -> None:
    await _judged(world)
    await world.slack.disconnect(reason)
    await world.slack.connected(2)
    await _judged(world)


async def test_it_connects_anew_when_the_connection_breaks(world: World) -> None:
    await _judged(world)
    await world.slack.drop()
    await world.slack.connected(2)
    await _judged(world)


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param("{half a frame", id="broken-json"),
        pytest.param("not json at all", id="no-json"),
        pytest.param("[" * 5_000, id="deep"),
        pytest.param("{" + '"a":{' * 5_000, id="deep-objects"),
        pytest.param('{"type": "events_api"}', id="no-envelope"),
        pytest.param('{"type": "events_api", "envelope_id": "x", "payload": [1]}', id="a-list-for-a-payload"),
        pytest.param('{"type": "events_api", "envelope_id": "x", "payload": {"event": null}}', id="no-event"),
        pytest.param(
            '{"type": "events_api", "envelope_id": "x", "payload": {"type": "event_callback", "event": 5}}',
            id="a-number-for-an-event",
        ),
        pytest.param(
            '{"type": "events_api", "envelope_id": "x", "payload": '
            '{"type": "event_callback", "event": {"type": "message", "channel": 7, "user": []}}}',
            id="a-number-for-a-channel",
        ),
        pytest.param('{"type": 7, "envelope_id": null, "payload": null}', id="wrong-types"),
        pytest.param('{"type": "a_new_kind", "envelope_id": "x", "payload": {}}', id="a-kind-yet-unknown"),
    ],
)
async def test_a_malformed_frame_harms_nothing_beside_it(world: World, frame: str) -> None:
    await world.slack.raw(frame)
    await _judged(world)
    assert world.slack.connections == 1


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"type": "message"}, id="nothing-in-it"),
        pytest.param({"type": "message", "channel": GENERAL, "user": "U1ANN", "ts": "yesterday"}, id="no-timestamp"),
        pytest.param({"type": "message", "channel": GENERAL, "ts": "1760000000.000001"}, id="nobody"),
        pytest.param({"type": "message", "channel": GENERAL, "user": "U1ANN", "ts": {}, "files": 5}, id="wrong-types"),
        pytest.param({"type": "message", "subtype": "message_changed", "message": []}, id="a-list-for-a-message"),
        pytest.param({"type": "message", "subtype": "message_deleted", "channel": GENERAL}, id="nothing-deleted"),
    ],
)
async def test_a_malformed_message_is_acknowledged_since_asking_again_would_not_help(
    world: World, event: dict[str, object]
) -> None:
    await world.slack.acked(await world.slack.event(event))
    assert world.incidents == []
    await _judged(world)


async def test_a_message_whose_text_is_missing_is_read_as_empty(world: World) -> None:
    silent = {**wire.message("U1ANN", "", at=wire.ts()), "text": None, "attachments": 5, "files": [None, 7, {}]}
    await world.slack.acked(await world.slack.event(wire.posted(silent, GENERAL)))
    assert world.counters.counted["messages.allowed"] == 1


async def test_a_fault_in_one_event_is_counted_and_the_next_is_judged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(f"a fault whose words hold {ABUSE}")

    with monkeypatch.context() as patched:
        patched.setattr(type(world.deps.reader), "read", broken)
        told = await world.slack.say("U1ANN", ABUSE)
        await world.counters.reached("slack.broken")
    assert not told.envelope.acked.done()
    await world.slack.acked(await world.slack.again(told.envelope))
    assert len(world.incidents) == 1


async def test_no_log_line_holds_message_text(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(f"a fault whose words hold {ABUSE}")

    caplog.set_level("DEBUG")
    told = await world.slack.say("U1ANN", ABUSE)
    await world.slack.acked(told.envelope)
    await world.card()
    monkeypatch.setattr(type(world.deps.reader), "read", broken)
    await world.slack.say("U2BEN", f"{ABUSE}, Ben")
    await world.counters.reached("slack.broken")
    captured = capsys.readouterr()
    written = captured.out + captured.err + caplog.text
    assert "slack.broken" in written
    assert ABUSE not in written
    assert "xoxb" not in written


async def test_events_nobody_listens_to_are_acknowledged(world: World) -> None:
    for event in ({"type": "team_join", "user": {"id": "U7NEW"}}, {"type": "reaction_added", "user": "U1ANN"}):
        await world.slack.acked(await world.slack.event(event))


@pytest.mark.parametrize(
    ("event", "says"),
    [
        pytest.param({"type": "app_uninstalled"}, "was removed from the workspace", id="uninstalled"),
        pytest.param(
            {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [wire.BOT_USER]}},
            "The bot token was revoked",
            id="bot-token",
        ),
        pytest.param(
            {"type": "tokens_revoked", "tokens": {"oauth": [wire.ADMIN], "bot": []}},
            "The administrator's token was revoked",
            id="admin-token",
        ),
        pytest.param(
            {"type": "app_rate_limited", "team_id": wire.TEAM, "minute_rate_limited": 1518467820},
            "too many",
            id="rate-limited",
        ),
    ],
)
async def test_trouble_with_the_app_itself_is_said_in_the_status(
    world: World, event: dict[str, object], says: str
) -> None:
    assert world.part.trouble == ""
    await world.slack.acked(await world.slack.event(event))
    assert says in world.part.trouble
    assert world.counters.counted["slack.trouble"] == 1


async def test_a_rate_limit_of_the_events_api_is_understood_without_its_wrapping(world: World) -> None:
    body = {"type": "app_rate_limited", "team_id": wire.TEAM, "minute_rate_limited": 1518467820, "api_app_id": "A0"}
    await world.slack.acked(await world.slack.envelope("events_api", body))
    assert world.counters.counted["slack.events-dropped"] == 1


async def test_when_the_administrators_token_is_revoked_messages_are_shown_and_no_longer_deleted(
    world: World,
) -> None:
    event = {"type": "tokens_revoked", "tokens": {"oauth": [wire.ADMIN], "bot": []}}
    await world.slack.acked(await world.slack.event(event))
    assert Action.HIDE not in world.platform.can
    told = await world.slack.say("U1ANN", ABUSE)
    await world.slack.acked(told.envelope)
    await world.card()
    assert told.ts in world.slack.messages[GENERAL]


async def test_socket_mode_turned_off_is_said(world: World) -> None:
    await world.slack.disconnect("link_disabled")
    await world.counters.reached("slack.trouble")
    assert "Socket Mode was turned off" in world.part.trouble


@pytest.mark.parametrize(
    ("options", "says"),
    [
        pytest.param({"bot_token": "xoxb-wrong"}, "Slack refused the bot token (invalid_auth)", id="bot-token"),
        pytest.param({"bot_token": ADMIN_TOKEN}, "is a person's token", id="a-persons-token"),
        pytest.param({"app_token": "xapp-wrong"}, "Turn Socket Mode on", id="app-token"),
    ],
)
async def test_a_token_that_will_not_do_ends_the_part_with_a_sentence(options: dict[str, Any], says: str) -> None:
    made = await make_world(**options)
    with pytest.raises(SlackSettingsError) as raised:
        await made.start()
    assert says in str(raised.value)
    assert not made.part.connected
    await made.slack.close()


async def test_oauth_settings_in_the_environment_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "secret")
    made = await make_world()
    with pytest.raises(SlackSettingsError, match="Unset them"):
        await made.start()
    await made.slack.close()


@pytest.mark.parametrize(
    ("token", "says"),
    [
        pytest.param("xoxp-wrong", "Slack refused the administrator's token (invalid_auth)", id="refused"),
        pytest.param("xoxb-bot", "is not the token of a person in this workspace", id="a-bots-token"),
    ],
)
async def test_an_administrators_token_that_will_not_do_leaves_the_rest_working(token: str, says: str) -> None:
    made = await (await make_world(admin_token=token)).start()
    assert says in made.part.trouble
    assert Action.HIDE not in made.platform.can
    await _judged(made)
    await made.stop()


async def test_a_connection_that_cannot_be_made_ends_the_part_so_that_it_is_started_anew() -> None:
    made = await make_world(give_up_after=0.1)
    made.slack.closed_for_sockets = True
    with pytest.raises(PlatformUnavailable, match="could not be reached"):
        await made.start()
    made.slack.closed_for_sockets = False
    await made.start()
    await _judged(made)
    await made.stop()


async def test_a_connection_that_cannot_be_made_again_ends_the_part_so_that_it_is_started_anew() -> None:
    made = await (await make_world(give_up_after=0.3)).start()
    await _judged(made)
    made.slack.closed_for_sockets = True
    await made.slack.drop()
    assert made.running is not None
    with pytest.raises(PlatformUnavailable, match="could not be reached"):
        await made.running
    await made.stop()


async def test_it_can_be_closed_while_it_still_tries_to_connect() -> None:
    made = await make_world()
    made.slack.closed_for_sockets = True
    running = asyncio.create_task(made.part.run())
    await made.slack.called("apps.connections.open")
    await asyncio.wait_for(made.part.close(), 2)
    await running
    await made.slack.close()


async def test_a_slack_that_does_not_answer_is_not_taken_for_a_wrong_setting() -> None:
    made = await make_world()
    made.slack.refuse("auth.test", "internal_error")
    with pytest.raises(PlatformUnavailable):
        await made.start()
    made.slack.refuse("apps.connections.open", "service_unavailable")
    with pytest.raises(PlatformUnavailable):
        await made.start()
    await made.slack.close()


async def test_closing_lets_what_was_begun_end_and_takes_nothing_new(world: World) -> None:
    deleting = world.slack.hold("chat.delete")
    told = await world.slack.say("U1ANN", ABUSE)
    await world.slack.acked(told.envelope)
    await world.slack.called("chat.delete")
    closing = asyncio.create_task(world.part.close())
    await asyncio.sleep(0)
    late = await world.slack.say("U2BEN", ABUSE)
    deleting.set()
    await closing
    assert told.ts not in world.slack.messages[GENERAL]
    assert world.incidents[0].unfinished == ()
    assert not late.envelope.acked.done()
    assert len(world.incidents) == 1


async def test_it_can_be_run_again_after_it_was_closed_or_cancelled(world: World) -> None:
    await _judged(world)
    assert world.running is not None
    world.running.cancel()
    await asyncio.gather(world.running, return_exceptions=True)
    assert not world.part.connected
    world.running = asyncio.create_task(world.part.run())
    await world.slack.connected(2)
    await _judged(world)


async def test_who_we_are_is_asked_once_and_not_for_every_event(world: World) -> None:
    told = [await world.slack.say("U1ANN", f"{HARMLESS} {n}") for n in range(7)]
    for one in told:
        await world.slack.acked(one.envelope)
    assert len([call for call in world.slack.of("auth.test") if call.token == "xoxb-bot"]) == 2


async def test_names_are_asked_for_once(world: World) -> None:
    for n in range(5):
        told = await world.slack.say("U1ANN", f"{HARMLESS} {n}")
        await world.slack.acked(told.envelope)
    assert len(world.slack.of("users.info")) == 1
    assert len(world.slack.of("conversations.info")) == 1


async def test_no_command_reaches_slack_with_the_wrong_token(world: World) -> None:
    told = await world.slack.say("U1ANN", ABUSE)
    await world.slack.acked(told.envelope)
    await world.card()
    tokens = {call.method: call.token for call in world.slack.calls if call.method != "auth.test"}
    assert tokens.pop("apps.connections.open") == "xapp-app"
    assert tokens.pop("chat.delete") == ADMIN_TOKEN
    assert set(tokens.values()) == {"xoxb-bot"}
    assert ABUSE not in json.dumps([call.args for call in world.slack.calls])
