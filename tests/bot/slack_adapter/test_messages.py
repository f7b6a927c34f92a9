"""What happens to messages: judged once, kept before they are acknowledged or deleted, whatever the wire does."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from handlers.degraded import tell_recovery
from policies.copies import CopyStatus
from policies.decisions import Action, OutcomeStatus
from policies.events import MessageEdited, MessagePosted
from policies.incidents import NewIncident
from tests.bot.slack_adapter.world import ABUSE, HARMLESS, World, make_world, words
from tests.fakes import slack_payloads as wire
from tests.fakes.slack_workspace import BOT_TOKEN, ELSEWHERE, GENERAL, MODERATORS


async def test_evidence_is_kept_before_the_message_is_acknowledged_and_before_it_goes(world: World) -> None:
    told = await world.slack.say("U1ANN", ABUSE)
    await world.slack.acked(told.envelope)
    await world.card()
    assert world.journal.index("evidence.recorded") < world.journal.index("ack")
    assert world.journal.index("evidence.recorded") < world.journal.index("chat.delete")
    assert told.ts not in world.slack.messages[GENERAL]
    (incident,) = world.incidents
    assert incident.event.text == ABUSE
    assert (incident.event.author.name, incident.event.channel_name) == ("Ann", "general")
    assert incident.event.link == f"https://branch.slack.com/archives/{GENERAL}/p{told.ts.replace('.', '')}"


async def test_the_deletion_is_kept_as_the_delegated_act_of_the_administrator(world: World) -> None:
    await world.slack.say("U1ANN", ABUSE)
    await world.card()
    (incident,) = world.incidents
    hidden = incident.last(Action.HIDE)
    assert hidden is OutcomeStatus.DONE
    detail = next(r.outcome.detail for r in incident.outcomes if r.outcome.action is Action.HIDE)
    assert "anna (U0ADMIN)" in detail
    assert world.slack.of("chat.delete")[0].token == "xoxp-admin"


async def test_a_harmless_message_leaves_nothing_behind(world: World) -> None:
    told = await world.slack.say("U1ANN", HARMLESS)
    assert await world.slack.acked(told.envelope) is None
    await world.settled()
    assert world.incidents == []
    assert "chat.postMessage" not in world.journal
    assert world.counters.counted["messages.allowed"] == 1


async def test_the_same_delivery_again_makes_no_second_record_and_no_second_act(world: World) -> None:
    told = await world.slack.say("U1ANN", ABUSE)
    await world.slack.acked(told.envelope)
    await world.card()
    again = await world.slack.again(told.envelope)
    await world.slack.acked(again)
    await world.settled()
    assert len(world.incidents) == 1
    assert len(world.slack.of("chat.delete")) == 1
    assert len(world.slack.of("conversations.open")) == 1


async def test_the_same_message_under_another_event_id_is_the_same_message(world: World) -> None:
    told = await world.slack.say("U1ANN", ABUSE)
    await world.slack.acked(told.envelope)
    other = await world.slack.event(wire.posted(told.message, GENERAL), event_id="Ev-another")
    await world.slack.acked(other)
    await world.card()
    assert len(world.incidents) == 1
    assert len(world.slack.of("chat.delete")) == 1


async def test_an_edit_to_abuse_is_judged_and_the_text_before_is_kept(world: World) -> None:
    told = await world.slack.say("U1ANN", HARMLESS)
    await world.slack.acked(told.envelope)
    edited = await world.slack.edit(told, ABUSE)
    await world.slack.acked(edited.envelope)
    await world.card()
    (incident,) = world.incidents
    assert isinstance(incident.event, MessageEdited)
    assert (incident.event.text, incident.event.before) == (ABUSE, HARMLESS)
    assert told.ts not in world.slack.messages[GENERAL]


async def test_an_edit_that_arrives_before_its_message_is_judged_alone_and_once(world: World) -> None:
    before = wire.message("U1ANN", HARMLESS, at=wire.ts())
    at = wire.ts()
    now = {**before, "text": ABUSE, "edited": {"user": "U1ANN", "ts": at}}
    first = await world.slack.event(wire.changed(now, before, GENERAL, at=at))
    await world.slack.acked(first)
    late = await world.slack.event(wire.posted(before, GENERAL))
    await world.slack.acked(late)
    await world.card()
    assert [incident.event.text for incident in world.incidents] == [ABUSE]


async def test_an_edit_whose_former_text_was_not_delivered_is_judged(world: World) -> None:
    at = wire.ts()
    now = {**wire.message("U1ANN", ABUSE, at=wire.ts()), "edited": {"user": "U1ANN", "ts": at}}
    await world.slack.acked(await world.slack.event(wire.changed(now, None, GENERAL, at=at)))
    await world.card()
    (incident,) = world.incidents
    assert isinstance(incident.event, MessageEdited)
    assert incident.event.before is None


async def test_a_link_preview_is_not_an_edit(world: World) -> None:
    told = await world.slack.say("U1ANN", f"{ABUSE} <https://example.org>")
    await world.slack.acked(told.envelope)
    unfurled = {**told.message, "attachments": [{"id": 1, "fallback": "Example", "from_url": "https://example.org"}]}
    event = wire.changed(unfurled, told.message, GENERAL, at=wire.ts())
    await world.slack.acked(await world.slack.event(event))
    await world.card()
    assert len(world.incidents) == 1
    assert world.counters.counted["messages.edited.slack"] == 0


async def test_a_thread_broadcast_is_read_beside_its_parent(world: World) -> None:
    root = await world.slack.say("U2BEN", "What do you think of the leaflet?")
    await world.slack.acked(root.envelope)
    broadcast: dict[str, Any] = {"subtype": "thread_broadcast", "root": {**root.message, "reply_count": 1}}
    told = await world.slack.say("U1ANN", ABUSE, thread=root.ts, **broadcast)
    await world.slack.acked(told.envelope)
    await world.card()
    (incident,) = world.incidents
    assert incident.event.thread == root.ts
    assert incident.event.parent is not None
    assert incident.event.parent.author == "U2BEN"
    assert incident.event.parent.text == "What do you think of the leaflet?"


async def test_a_thread_reply_is_read_beside_a_parent_seen_before_without_asking_slack(world: World) -> None:
    root = await world.slack.say("U2BEN", "What do you think of the leaflet?")
    await world.slack.acked(root.envelope)
    told = await world.slack.say("U1ANN", ABUSE, thread=root.ts)
    await world.slack.acked(told.envelope)
    await world.card()
    (incident,) = world.incidents
    assert incident.event.parent is not None
    assert incident.event.parent.text == "What do you think of the leaflet?"
    assert world.slack.of("conversations.replies") == []


async def test_a_file_comes_with_its_name_and_size_and_is_not_opened(world: World) -> None:
    picture = wire.file("leaflet.png")
    told = await world.slack.say("U1ANN", ABUSE, subtype="file_share", files=[picture], upload=False)
    await world.slack.acked(told.envelope)
    await world.card()
    (attachment,) = world.incidents[0].event.attachments
    assert (attachment.name, attachment.size, attachment.media_type) == ("leaflet.png", 92_582, "image/png")
    assert world.slack.files.asked == []  # its link leads to another host than the workspace's own file server


@pytest.mark.parametrize(
    ("user", "extra", "author", "is_bot"),
    [
        pytest.param("U1ANN", {"subtype": "me_message"}, "U1ANN", False, id="me-message"),
        pytest.param(
            "",
            {"subtype": "bot_message", "bot_id": wire.OTHER_BOT, "username": "feed"},
            wire.OTHER_BOT,
            True,
            id="an-old-app",
        ),
        pytest.param(
            "U1ANN",
            {"bot_id": wire.OTHER_BOT, "bot_profile": {"id": wire.OTHER_BOT, "name": "poster"}},
            "U1ANN",
            False,
            id="a-person-posting-through-an-app",
        ),
    ],
)
async def test_words_are_judged_however_they_were_posted(
    world: World, user: str, extra: dict[str, Any], author: str, is_bot: bool
) -> None:
    told = await world.slack.say(user, ABUSE, **extra)
    await world.slack.acked(told.envelope)
    await world.card()
    (incident,) = world.incidents
    assert (incident.event.author.id, incident.event.author.is_bot) == (author, is_bot)


async def test_slacks_own_remarks_are_acknowledged_and_not_judged(world: World) -> None:
    told = await world.slack.say("U1ANN", "<@U1ANN> has joined the channel", subtype="channel_join")
    await world.slack.acked(told.envelope)
    assert world.counters.counted["messages.posted.slack"] == 0


async def test_a_deletion_by_anybody_is_kept_with_the_incident(powerless: World) -> None:
    told = await powerless.slack.say("U1ANN", ABUSE)
    await powerless.slack.acked(told.envelope)
    await powerless.card()
    gone = await powerless.slack.event(wire.deleted(told.message, GENERAL, at=wire.ts()))
    await powerless.slack.acked(gone)
    assert powerless.incidents[0].deleted_at is not None


async def test_a_tombstone_left_above_replies_counts_as_the_deletion_it_is(powerless: World) -> None:
    told = await powerless.slack.say("U1ANN", ABUSE)
    await powerless.slack.acked(told.envelope)
    await powerless.card()
    stone = {
        "type": "message",
        "subtype": "tombstone",
        "text": "This message was deleted.",
        "user": "USLACKBOT",
        "hidden": True,
        "ts": told.ts,
        "thread_ts": told.ts,
        "reply_count": 1,
    }
    gone = await powerless.slack.event(wire.changed(stone, told.message, GENERAL, at=wire.ts()))
    await powerless.slack.acked(gone)
    assert powerless.incidents[0].deleted_at is not None


async def test_without_an_administrators_token_the_alert_says_that_the_message_stands_and_who_can_delete_it(
    powerless: World,
) -> None:
    told = await powerless.slack.say("U1ANN", ABUSE)
    await powerless.slack.acked(told.envelope)
    card = await powerless.card()
    assert told.ts in powerless.slack.messages[GENERAL]
    assert powerless.slack.of("chat.delete") == []
    shown = json.dumps(card["blocks"])
    assert "The message still stands" in shown
    assert "a workspace owner or an admin can delete it" in shown
    assert Action.HIDE not in powerless.platform.can


async def test_an_outsiders_words_are_judged_but_nobody_is_looked_up_or_contacted(world: World) -> None:
    outside = {"team": wire.AWAY, "user_team": wire.AWAY, "source_team": wire.AWAY}
    told = await world.slack.say("U9OUT", ABUSE, **outside)
    await world.slack.acked(told.envelope)
    await world.card()
    (incident,) = world.incidents
    assert incident.event.author.roles == ("outsider",)
    assert incident.event.author.name == "U9OUT"
    assert incident.last(Action.NOTIFY_AUTHOR) is OutcomeStatus.DEGRADED
    assert world.slack.of("conversations.open") == []


async def test_the_text_is_kept_as_delivered_and_shown_as_it_was_seen(powerless: World) -> None:
    text = f"&lt;b&gt; &amp; <@U2BEN> <!channel> <https://example.org|here>: {ABUSE}"
    told = await powerless.slack.say("U1ANN", text)
    await powerless.slack.acked(told.envelope)
    card = await powerless.card()
    assert powerless.incidents[0].event.text == text
    rich = [b["elements"][0] for b in card["blocks"] if b["type"] == "rich_text"]
    quote = next(part for part in rich if part["type"] == "rich_text_quote")
    shown = quote["elements"][0]["text"]
    assert shown.startswith("<b> & @U2BEN @channel here (https://example.org): ")
    assert ABUSE not in json.dumps(card)
    assert "<!channel>" not in json.dumps(card)


@pytest.mark.parametrize(
    "mess",
    [
        pytest.param("\ud83d lone", id="lone-surrogate"),
        pytest.param("nul \0 nul", id="nul"),
        pytest.param("a" + "\N{COMBINING ACUTE ACCENT}" * 100_000, id="zalgo"),
        pytest.param("\N{RIGHT-TO-LEFT OVERRIDE}txet", id="right-to-left"),
        pytest.param("word " * 8_000, id="forty-thousand-characters"),
        pytest.param("<" * 3_000 + "&" * 3_000, id="markup-alone"),
    ],
)
async def test_whatever_was_written_the_message_is_decided_and_the_card_can_be_sent(
    powerless: World, mess: str
) -> None:
    told = await powerless.slack.say("U1ANN", f"{ABUSE}\n{mess}")
    await powerless.slack.acked(told.envelope)
    await powerless.card()
    (incident,) = powerless.incidents
    assert incident.event.text == f"{ABUSE}\n{mess}"
    assert incident.last(Action.ALERT) is OutcomeStatus.DONE


async def test_what_hustings_itself_posts_is_not_judged(world: World) -> None:
    await world.slack.say("U1ANN", ABUSE)
    await world.card()
    assert world.counters.counted["messages.posted.slack"] == 1


async def test_where_the_record_fails_nothing_goes_and_slack_is_asked_to_deliver_again(world: World) -> None:
    world.evidence.failures = 2
    told = await world.slack.say("U1ANN", ABUSE)
    alarm = await world.card()
    assert "Evidence cannot be kept" in alarm["text"]
    assert not [block for block in alarm["blocks"] if block["type"] == "actions"]
    assert told.ts in world.slack.messages[GENERAL]
    assert not told.envelope.acked.done()
    again = await world.slack.again(told.envelope)
    await world.slack.acked(again)
    await world.card(2)
    assert told.ts not in world.slack.messages[GENERAL]
    assert not told.envelope.acked.done()


class SlowEvidence:
    """Lets the first record wait until a test lets it go."""

    def __init__(self, world: World) -> None:
        self._record = world.evidence.record
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()

    async def record(self, incident: NewIncident) -> object:
        """Wait, then keep."""
        self.reached.set()
        await self.go_on.wait()
        return await self._record(incident)


@pytest.fixture
async def hasty() -> AsyncIterator[World]:
    """A workspace in which an event must be durable within a tenth of a second."""
    made = await (await make_world(acknowledge_within=0.1)).start()
    yield made
    await made.stop()


async def test_a_late_decision_is_not_acknowledged_and_its_redelivery_joins_the_work(
    hasty: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = SlowEvidence(hasty)
    monkeypatch.setattr(hasty.evidence, "record", slow.record)
    told = await hasty.slack.say("U1ANN", ABUSE)
    await slow.reached.wait()
    await hasty.counters.reached("slack.late")
    again = await hasty.slack.again(told.envelope)
    slow.go_on.set()
    await hasty.slack.acked(again)
    await hasty.card()
    assert not told.envelope.acked.done()
    assert len(hasty.incidents) == 1
    assert len(hasty.slack.of("chat.delete")) == 1
    assert hasty.counters.counted["messages.posted.slack"] == 1


async def test_an_action_that_takes_long_does_not_keep_the_acknowledgement_waiting(hasty: World) -> None:
    deleting = hasty.slack.hold("chat.delete")
    told = await hasty.slack.say("U1ANN", ABUSE)
    await hasty.slack.acked(told.envelope)
    assert "chat.delete" not in hasty.journal
    deleting.set()
    await hasty.card()
    assert told.ts not in hasty.slack.messages[GENERAL]


async def test_a_name_that_does_not_come_in_time_leaves_the_id_in_its_place(powerless: World) -> None:
    asked = powerless.slack.hold("users.info")
    told = await powerless.slack.say("U1ANN", ABUSE)
    await powerless.slack.acked(told.envelope)
    await powerless.card()
    asked.set()
    assert powerless.incidents[0].event.author.name == "U1ANN"


async def test_a_message_of_a_channel_without_the_app_still_has_its_id(world: World) -> None:
    told = await world.slack.say("U1ANN", ABUSE, channel=ELSEWHERE)
    await world.slack.acked(told.envelope)
    card = await world.card()
    (incident,) = world.incidents
    assert isinstance(incident.event, MessagePosted)
    assert incident.event.channel_name == ""
    assert ELSEWHERE in json.dumps(card["blocks"])
    assert list(world.slack.messages[MODERATORS].values()) == [card]


async def test_what_moderators_quote_in_their_own_channel_is_left_alone(world: World) -> None:
    told = await world.slack.say("U3MOD", f"He wrote: {ABUSE}. {ABUSE}", channel=MODERATORS)
    await world.slack.acked(told.envelope)
    edited = await world.slack.edit(told, ABUSE)
    await world.slack.acked(edited.envelope)
    await world.settled()
    assert world.incidents == []
    assert told.ts in world.slack.messages[MODERATORS]


async def test_a_file_is_kept_with_the_bots_token_before_the_message_is_deleted(world: World) -> None:
    world.slack.files.held["leaflet.png"] = b"a picture"
    picture = {**wire.file("leaflet.png"), "url_private": f"{world.slack.origin}/files/leaflet.png"}
    told = await world.slack.say("U1ANN", ABUSE, subtype="file_share", files=[picture], upload=False)
    await world.slack.acked(told.envelope)
    await world.card()
    (copy,) = world.incidents[0].copies
    assert (copy.status, copy.size) == (CopyStatus.KEPT, 9)
    assert [asked.token for asked in world.slack.files.asked] == [f"Bearer {BOT_TOKEN}"]
    assert world.journal.index("evidence.file 1 kept") < world.journal.index("chat.delete")
    assert world.journal.index("ack") < world.journal.index("chat.delete")


async def test_a_page_to_sign_in_is_not_kept_in_place_of_a_picture(world: World) -> None:
    world.slack.files.sign_in.add("leaflet.png")
    picture = {**wire.file("leaflet.png"), "url_private": f"{world.slack.origin}/files/leaflet.png"}
    told = await world.slack.say("U1ANN", ABUSE, subtype="file_share", files=[picture], upload=False)
    await world.slack.acked(told.envelope)
    await world.card()
    assert [copy.status for copy in world.incidents[0].copies] == [CopyStatus.FORBIDDEN]


async def test_word_that_evidence_is_kept_again_names_nobody(world: World) -> None:
    world.evidence.failures = 2
    await world.slack.say("U1ANN", ABUSE)
    await world.card()
    await tell_recovery(world.deps)
    told = words(await world.card(2))
    assert "Evidence is kept again" in told
    assert "1 message was left standing and not kept, in #general." in told
    assert "Author" not in told
