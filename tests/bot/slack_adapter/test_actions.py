"""What Slack answers to what Hustings does, refusals, rate limits and lost answers included."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.alerts import alert_card, not_competent_business
from handlers.enforcement import resume_unfinished
from handlers.errors import PlatformUnavailable
from handlers.ports import Notice
from policies.decisions import Action, OutcomeStatus
from policies.identifiers import ChannelId, CommunityId, IncidentId, MemberId, MessageId, MessageRef, PlatformName
from tests.bot.slack_adapter.world import ABUSE, World, make_world, words
from tests.fakes import slack_payloads as wire
from tests.fakes.slack_workspace import GENERAL, MODERATORS

TEAM = CommunityId(wire.TEAM)
NOTICE = Notice(title="About your message", paragraphs=("It was hidden.", "The rule: 2.1 Do not threaten anyone."))


def _ref(ts: str = "1760000000.000001") -> MessageRef:
    return MessageRef(PlatformName.SLACK, TEAM, ChannelId(GENERAL), MessageId(ts))


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        pytest.param("message_not_found", OutcomeStatus.ALREADY, "gone already", id="gone"),
        pytest.param("cant_delete_message", OutcomeStatus.REFUSED, "another workspace", id="not-allowed"),
        pytest.param(
            "compliance_exports_prevent_deletion", OutcomeStatus.REFUSED, "compliance export", id="compliance"
        ),
        pytest.param("something_new", OutcomeStatus.REFUSED, "something_new", id="an-error-unknown-to-us"),
    ],
)
async def test_a_refused_deletion_is_an_outcome_with_a_sentence(
    world: World, error: str, status: OutcomeStatus, says: str
) -> None:
    world.slack.refuse("chat.delete", error)
    outcome = await world.platform.hide(_ref(), reason="I-1")
    assert (outcome.action, outcome.status) == (Action.HIDE, status)
    assert says in outcome.detail
    assert Action.HIDE in world.platform.can


async def test_a_refused_administrators_token_is_not_tried_again(world: World) -> None:
    world.slack.refuse("chat.delete", "token_revoked")
    outcome = await world.platform.hide(_ref(), reason="I-1")
    assert outcome.status is OutcomeStatus.DEGRADED
    assert "The message still stands" in outcome.detail
    assert Action.HIDE not in world.platform.can
    again = await world.platform.hide(_ref(), reason="I-1")
    assert again.status is OutcomeStatus.DEGRADED
    assert len(world.slack.of("chat.delete")) == 1


async def test_what_slack_cannot_do_is_said_with_what_people_can(world: World) -> None:
    now = world.deps.clock.now()
    muted = await world.platform.mute(_ref(), MemberId("U1ANN"), until=now + timedelta(hours=1), reason="I-1")
    assert (muted.status, Action.MUTE in world.platform.can) == (OutcomeStatus.DEGRADED, False)
    assert "deactivate the account" in muted.detail
    slowed = await world.platform.slow_mode(TEAM, ChannelId(GENERAL), seconds=30, reason="I-1")
    assert slowed.status is OutcomeStatus.DEGRADED
    assert "Posting permissions" in slowed.detail
    lifted = await world.platform.unmute(_ref(), MemberId("U1ANN"), reason="I-1")
    assert lifted.status is OutcomeStatus.ALREADY


async def test_a_channel_is_reminded_in_the_thread_where_it_was_said(world: World) -> None:
    notice = not_competent_business("the standards team")
    told = await world.platform.remind(_ref(), MessageId("1700000000.000100"), notice)
    assert told.status is OutcomeStatus.DONE
    (posted,) = world.slack.of("chat.postMessage")
    assert (posted.args["channel"], posted.args["thread_ts"]) == (GENERAL, "1700000000.000100")
    assert notice.paragraphs[1] in json.dumps(posted.args["blocks"])


async def test_a_rate_limit_is_waited_out(world: World) -> None:
    world.slack.limit("chat.postMessage", retry_after=0)
    told = await world.slack.say("U1ANN", ABUSE)
    await world.slack.acked(told.envelope)
    await world.card()
    assert [call.method for call in world.slack.calls].count("chat.postMessage") == 3
    assert world.incidents[0].last(Action.ALERT) is OutcomeStatus.DONE


async def test_a_rate_limit_of_more_than_a_minute_leaves_the_action_for_later(world: World) -> None:
    world.slack.limit("chat.delete", retry_after=61)
    told = await world.slack.say("U1ANN", ABUSE)
    await world.slack.acked(told.envelope)
    await world.settled()
    (incident,) = world.incidents
    assert Action.HIDE in incident.unfinished
    assert await resume_unfinished(world.deps) == 0
    assert told.ts not in world.slack.messages[GENERAL]


async def test_a_card_whose_answer_was_lost_is_found_again_and_not_posted_twice(powerless: World) -> None:
    powerless.slack.let("chat.postMessage")  # the notice to the author
    powerless.slack.lose("chat.postMessage")
    told = await powerless.slack.say("U1ANN", ABUSE)
    await powerless.slack.acked(told.envelope)
    await powerless.settled()
    assert powerless.incidents[0].unfinished == (Action.ALERT,)
    assert await resume_unfinished(powerless.deps) == 0
    card = await powerless.card()
    assert powerless.incidents[0].receipt(Action.ALERT) == f"{MODERATORS}:{card['ts']}"
    assert len(powerless.slack.messages[MODERATORS]) == 1


async def test_many_alerts_at_once_are_posted_one_by_one(powerless: World) -> None:
    first = powerless.slack.hold("conversations.history")
    told = [await powerless.slack.say("U1ANN", f"{ABUSE} {n}") for n in range(5)]
    for one in told:
        await powerless.slack.acked(one.envelope)
    await powerless.slack.called("conversations.history")
    first.set()
    await powerless.settled()
    assert len(powerless.slack.messages[MODERATORS]) == 5
    assert len(powerless.slack.of("conversations.history")) == 1


async def test_a_restored_message_whose_answer_was_lost_is_not_reposted_twice(world: World) -> None:
    told = await world.slack.say("U1ANN", ABUSE)
    await world.slack.acked(told.envelope)
    await world.card()
    incident = world.incidents[0]
    world.slack.lose("chat.postMessage")
    with pytest.raises(PlatformUnavailable):
        await world.platform.restore(incident, note="Shown again.")
    outcome = await world.platform.restore(incident, note="Shown again.")
    assert outcome.status is OutcomeStatus.ALREADY
    assert len(world.slack.messages[GENERAL]) == 1


async def test_a_restored_message_names_the_files_it_cannot_bring_back(world: World) -> None:
    told = await world.slack.say("U1ANN", ABUSE, subtype="file_share", files=[wire.file("leaflet.png")])
    await world.slack.acked(told.envelope)
    await world.card()
    await world.platform.restore(world.incidents[0], note="Shown again.")
    assert "leaflet.png" in words(world.slack.latest(GENERAL)["blocks"])


async def test_a_notice_is_a_direct_message_that_stays_and_its_fallback_tells_nothing(world: World) -> None:
    told = Notice(title="About your message", paragraphs=("You wrote: “&lt;b&gt; <!here>”", "x" * 40_000))
    outcome = await world.platform.notify(TEAM, MemberId("U1ANN"), told)
    assert outcome.status is OutcomeStatus.DONE
    message = world.slack.latest("DU1ANN")
    assert message["text"] == "About your message"
    assert "“&lt;b&gt; @here”" in words(message["blocks"])
    assert "chat.postEphemeral" not in [call.method for call in world.slack.calls]


@pytest.mark.parametrize(
    ("member", "status", "says"),
    [
        pytest.param("B7FEED", OutcomeStatus.DEGRADED, "nobody to tell", id="an-app"),
        pytest.param("U9OUT", OutcomeStatus.DEGRADED, "another workspace", id="an-outsider"),
        pytest.param("U8NOBODY", OutcomeStatus.REFUSED, "user_not_found", id="nobody"),
    ],
)
async def test_a_member_who_cannot_be_told_is_an_outcome(
    world: World, member: str, status: OutcomeStatus, says: str
) -> None:
    outcome = await world.platform.notify(TEAM, MemberId(member), NOTICE)
    assert outcome.status is status
    assert says in outcome.detail


async def test_an_alert_channel_without_the_app_is_said_with_the_remedy(powerless: World) -> None:
    powerless.slack.joined.discard(MODERATORS)
    told = await powerless.slack.say("U1ANN", ABUSE)
    await powerless.slack.acked(told.envelope)
    await powerless.settled()
    alert = next(r.outcome for r in powerless.incidents[0].outcomes if r.outcome.action is Action.ALERT)
    assert alert.status is OutcomeStatus.REFUSED
    assert "/invite @Hustings" in alert.detail


async def test_a_card_that_is_gone_cannot_be_changed_and_that_is_an_outcome(powerless: World) -> None:
    told = await powerless.slack.say("U1ANN", ABUSE)
    await powerless.slack.acked(told.envelope)
    card = await powerless.card()
    powerless.slack.messages[MODERATORS].clear()
    shown = alert_card(powerless.incidents[0])
    outcome = await powerless.platform.update_alert(TEAM, f"{MODERATORS}:{card['ts']}", shown)
    assert outcome.status is OutcomeStatus.REFUSED
    assert "message_not_found" in outcome.detail


async def test_a_card_with_too_many_words_is_cut_and_not_refused(powerless: World) -> None:
    told = await powerless.slack.say("U1ANN", ABUSE)
    await powerless.slack.acked(told.envelope)
    await powerless.card()
    long = replace(
        alert_card(powerless.incidents[0]),
        incident=IncidentId("I-long"),
        headline="&" * 400,
        masked_text="<" * 40_000,
        author_name="<!channel>" * 50,
        why=("&<>" * 2_000,) * 20,
        done=("&" * 4_000,),
    )
    outcome = await powerless.platform.post_alert(TEAM, long)
    assert outcome.status is OutcomeStatus.DONE
    assert "<!channel>" not in json.dumps(powerless.slack.latest(MODERATORS)["blocks"])


async def test_nothing_is_done_before_slack_is_connected() -> None:
    made = await make_world()
    with pytest.raises(PlatformUnavailable):
        await made.platform.hide(_ref(), reason="I-1")
    with pytest.raises(PlatformUnavailable):
        await made.platform.notify(TEAM, MemberId("U1ANN"), NOTICE)
    await made.stop()


async def test_a_server_error_leaves_the_action_for_later(world: World) -> None:
    world.slack.refuse("chat.delete", "internal_error")
    with pytest.raises(PlatformUnavailable):
        await world.platform.hide(_ref(), reason="I-1")


async def test_a_checkpoint_whose_answer_was_lost_is_not_published_twice(world: World) -> None:
    note = "log\n5\nroot\n\n— log sig\n"
    world.slack.lose("chat.postMessage")
    with pytest.raises(PlatformUnavailable):
        await world.platform.publish(ChannelId(GENERAL), note, key="5", before=False)
    again = await world.platform.publish(ChannelId(GENERAL), note, key="5", before=True)
    other = await world.platform.publish(ChannelId(GENERAL), note, key="6", before=True)
    assert (again.status, other.status) == (OutcomeStatus.ALREADY, OutcomeStatus.DONE)
    assert len(world.slack.messages[GENERAL]) == 2
    assert note in words(world.slack.latest(GENERAL)["blocks"])


async def test_a_channel_for_checkpoints_without_the_app_is_said_with_the_remedy(world: World) -> None:
    world.slack.joined.discard(GENERAL)
    outcome = await world.platform.publish(ChannelId(GENERAL), "note", key="5", before=False)
    assert outcome.status is OutcomeStatus.REFUSED
    assert "/invite @Hustings" in outcome.detail


async def test_a_deletion_whose_answer_was_lost_counts_as_the_bots_own(world: World) -> None:
    told = await world.slack.say("U1ANN", "hello")
    world.slack.lose("chat.delete")
    with pytest.raises(PlatformUnavailable):
        await world.platform.hide(_ref(told.ts), reason="I-1")
    outcome = await world.platform.hide(_ref(told.ts), reason="I-1")
    assert outcome.status is OutcomeStatus.DONE
    assert world.platform.deleted(_ref(told.ts))
    assert not world.platform.deleted(_ref())


async def test_the_deletion_that_slack_announces_is_known_as_the_bots_own(world: World) -> None:
    await world.slack.say("U1ANN", ABUSE)
    await world.card()
    await world.settled()
    (incident,) = world.incidents
    assert incident.deleted_at is not None
    assert not incident.gone_before


@pytest.mark.parametrize("forger", [{"bot_id": "B0OTHER", "user": "U0OTHER"}, {"user": "U1ANN"}], ids=["app", "member"])
async def test_metadata_of_another_app_or_member_suppresses_no_alert_and_no_restoration(
    forger: dict[str, str], world: World
) -> None:
    for channel, kind in ((MODERATORS, "hustings_alert"), (GENERAL, "hustings_restored")):
        forged = {
            "type": "message",
            "text": "nothing to see",
            "ts": wire.ts(),
            "metadata": {"event_type": kind, "event_payload": {"incident": "I-2026-000001"}},
            **forger,
        }
        world.slack.messages[channel][forged["ts"]] = forged
    await world.slack.say("U1ANN", ABUSE)
    await world.slack.called("chat.postMessage")
    await world.settled()
    (incident,) = world.incidents
    assert incident.id == "I-2026-000001"
    assert incident.last(Action.ALERT) is OutcomeStatus.DONE
    assert incident.receipt(Action.ALERT) != f"{MODERATORS}:{next(iter(world.slack.messages[MODERATORS]))}"
    outcome = await world.platform.restore(incident, note="Shown again.")
    assert outcome.status is OutcomeStatus.DONE
