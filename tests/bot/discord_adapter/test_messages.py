"""What happens to messages on Discord, from the gateway's event to the deletion and back."""

from datetime import timedelta

import discord
import pytest

from handlers.degraded import tell_recovery
from handlers.errors import EvidenceUnavailable
from policies.decisions import Action, Mode, OutcomeStatus
from policies.events import MessageEdited, MessagePosted
from policies.incidents import IncidentState
from tests.bot.discord_adapter.world import ABUSE, RUDE, World, buttons, card_text


async def test_abuse_is_kept_before_it_is_deleted(here: World) -> None:
    posted = await here.ann.send(here.general, f"you {ABUSE}, all of you")
    assert here.texts() == []
    journal = here.evidence.journal
    assert journal.index("evidence.recorded") < journal.index(
        f"DELETE /channels/{here.general.id}/messages/{posted.id}"
    )
    kept = here.incident()
    assert kept.event.text == f"you {ABUSE}, all of you"
    assert kept.event.author.name == "ann"
    assert kept.event.link == posted.jump_url
    assert kept.deleted_at is not None


async def test_nothing_is_deleted_while_the_record_cannot_be_written(here: World) -> None:
    here.evidence.failures = 2
    await here.ann.send(here.general, f"you {ABUSE}")
    assert here.texts() == [f"you {ABUSE}"]
    assert here.incidents() == []
    (alarm,) = here.cards()
    assert "Evidence cannot be kept" in card_text(alarm)


async def test_the_audit_log_names_the_incident_and_no_person(here: World) -> None:
    await here.ann.send(here.general, f"you {ABUSE}")
    (deletion,) = here.requests("DELETE", f"/channels/{here.general.id}/messages/")
    (mute,) = here.requests("PATCH", f"/members/{here.ann.id}")
    for request in (deletion, mute):
        assert request.reason.startswith(here.incident().id)
        assert "ann" not in request.reason


async def test_the_author_is_timed_out_for_a_day_from_the_record(here: World) -> None:
    await here.ann.send(here.general, f"you {ABUSE}")
    assert here.ann.member is not None
    assert here.ann.member.timed_out_until == here.incident().recorded_at + timedelta(hours=24)


async def test_ordinary_talk_leaves_nothing_but_a_counter(here: World) -> None:
    await here.ann.send(here.general, "see you at the count")
    assert here.incidents() == []
    assert here.cards() == []
    assert here.counters.counted["messages.allowed"] == 1


@pytest.mark.parametrize("here", [{"max_messages": 1000}], indirect=True)
async def test_an_edit_into_abuse_is_judged(here: World) -> None:
    posted = await here.ann.send(here.general, "good morning")
    await here.ann.edit(posted, f"good {ABUSE}")
    assert here.texts() == []
    event = here.incident().event
    assert isinstance(event, MessageEdited)
    assert (event.before, event.text) == ("good morning", f"good {ABUSE}")


async def test_an_edit_is_judged_without_the_message_cache(here: World) -> None:
    posted = await here.ann.send(here.general, "good morning")
    await here.ann.edit(posted, f"good {ABUSE}")
    assert here.texts() == []
    event = here.incident().event
    assert isinstance(event, MessageEdited)
    assert event.before is None


@pytest.mark.parametrize("here", [{}, {"max_messages": 1000}], indirect=True)
async def test_a_pin_is_no_edit(here: World) -> None:
    posted = await here.ann.send(here.general, f"what {RUDE}")
    await here.mo.set_pinned(posted, True)
    assert here.counters.counted["messages.edited.discord"] == 0
    assert len(here.incidents()) == 1


async def test_a_pin_on_an_edited_message_makes_no_second_incident(here: World) -> None:
    posted = await here.ann.send(here.general, "good morning")
    await here.ann.edit(posted, f"what {RUDE}")
    await here.mo.set_pinned(posted, True)
    assert len(here.incidents()) == 1
    assert len(here.cards()) == 1


async def test_a_deletion_by_the_author_is_kept_with_the_incident(here: World) -> None:
    posted = await here.ann.send(here.general, f"what {RUDE}")
    assert here.incident().deleted_at is None
    await here.ann.delete(posted)
    assert here.incident().deleted_at is not None


async def test_a_bulk_deletion_is_kept_for_each_message(here: World) -> None:
    posted = [await here.ann.send(here.general, f"what {RUDE} {n}") for n in range(3)]
    here.env.backend.bulk_delete_messages(here.general.id, [message.id for message in posted])
    await here.env.settle()
    assert [incident.deleted_at is not None for incident in here.incidents()] == [True, True, True]


async def test_a_deletion_that_cannot_be_kept_does_not_hide_the_others(here: World) -> None:
    posted = [await here.ann.send(here.general, f"what {RUDE} {n}") for n in range(3)]
    here.evidence.failures = 2
    here.env.backend.bulk_delete_messages(here.general.id, [message.id for message in posted])
    await here.env.settle()
    assert [incident.deleted_at is not None for incident in here.incidents()] == [False, True, True]
    assert [type(error) for error in here.errors()] == [EvidenceUnavailable]


async def test_a_reply_brings_the_text_it_answers(here: World) -> None:
    first = await here.bob.send(here.general, "I shall stand for treasurer")
    await here.ann.send(here.general, f"{RUDE} to that", reply_to=first)
    parent = here.incident().event.parent
    assert parent is not None
    assert (parent.text, parent.author) == ("I shall stand for treasurer", str(here.bob.id))


async def test_a_forwarded_message_is_read(here: World) -> None:
    first = await here.mo.send(here.alerts, f"she wrote {ABUSE}")
    await here.mo.forward(first, here.general)
    assert here.incident().event.text == f"she wrote {ABUSE}"
    assert here.texts() == []


async def test_a_message_in_a_thread_is_found_under_its_channel(here: World) -> None:
    thread = here.env.backend.create_thread(here.general.id, "agenda", here.ann.id)
    await here.env.settle()
    (channel,) = here.general.threads
    await here.ann.send(channel, f"what {RUDE}")
    event = here.incident().event
    assert (event.channel_name, event.thread, event.ref.channel) == ("general", str(thread.id), str(thread.id))


async def test_the_bots_own_words_are_not_judged(here: World) -> None:
    channel = here.env.bot.get_channel(here.general.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send(f"a rule forbids {ABUSE}")
    await here.env.settle()
    assert here.incidents() == []


async def test_the_moderators_own_channel_is_not_judged(here: World) -> None:
    await here.mo.send(here.alerts, f"she wrote {ABUSE}")
    assert here.incidents() == []


async def test_a_private_message_to_the_bot_is_not_moderated(here: World) -> None:
    await here.ann.send_dm(f"you {ABUSE}")
    assert here.incidents() == []


async def test_a_webhook_is_judged_by_its_embeds_and_not_written_to(here: World) -> None:
    hook = here.guild.create_webhook(here.general, "News")
    await hook.send("headlines", embed=discord.Embed(title="Today", description=f"you {ABUSE}"))
    assert here.texts() == []
    assert here.incident().event.author.is_bot
    assert here.outcome(Action.NOTIFY_AUTHOR).status is OutcomeStatus.DEGRADED


async def test_the_same_message_twice_is_one_incident_and_one_deletion(here: World) -> None:
    posted = await here.ann.send(here.general, f"what {RUDE}")
    here.env.bot.dispatch("message", posted)
    here.env.bot.dispatch("message", posted)
    await here.env.settle()
    assert len(here.incidents()) == 1
    assert len(here.cards()) == 1


async def test_a_refused_deletion_is_kept_as_refused_and_not_tried_again(here: World) -> None:
    here.env.inject_error(
        "DELETE", "/channels/*/messages/*", status=403, code=50013, message="Missing Permissions", times=None
    )
    await here.ann.send(here.general, f"you {ABUSE}")
    outcome = here.outcome(Action.HIDE)
    assert outcome.status is OutcomeStatus.REFUSED
    assert "Manage Messages" in outcome.detail
    assert here.texts() == [f"you {ABUSE}"]
    assert len(here.requests("DELETE", "/messages/")) == 1
    (card,) = here.cards()
    assert "The message was not hidden" in card_text(card)
    assert here.incident().unfinished == ()


async def test_a_member_above_the_bot_cannot_be_muted_and_that_is_kept(here: World) -> None:
    above = here.guild.create_role("Executive", position=10)
    chair = here.guild.add_member(here.env.create_user("chair"), roles=[above])
    await chair.send(here.general, f"you {ABUSE}")
    assert here.outcome(Action.MUTE).status is OutcomeStatus.REFUSED
    assert here.outcome(Action.HIDE).status is OutcomeStatus.DONE


@pytest.mark.parametrize("here", [{"permissions": 360777370752}], indirect=True)
async def test_without_the_permissions_the_actions_degrade_to_an_alert(here: World) -> None:
    await here.ann.send(here.general, f"you {ABUSE}")
    assert here.texts() == [f"you {ABUSE}"]
    assert here.requests("DELETE", "/messages/") == []
    (card,) = here.cards()
    assert "Discord" in card_text(card)


@pytest.mark.parametrize("here", [{"mode": Mode.OBSERVE}], indirect=True)
async def test_observing_touches_nobody_and_shows_what_would_have_been_done(here: World) -> None:
    await here.ann.send(here.general, f"you {ABUSE}")
    assert here.texts() == [f"you {ABUSE}"]
    (card,) = here.cards()
    assert "would have" in card_text(card)


async def test_closed_private_messages_are_an_answer_and_not_a_fault(here: World) -> None:
    here.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, message="Cannot send messages")
    await here.ann.send(here.general, f"you {ABUSE}")
    outcome = here.outcome(Action.NOTIFY_AUTHOR)
    assert outcome.status is OutcomeStatus.REFUSED
    assert "no private messages" in outcome.detail


async def test_a_message_that_is_already_gone_counts_as_hidden(here: World) -> None:
    here.env.inject_error("DELETE", "/channels/*/messages/*", status=404, code=10008, message="Unknown Message")
    await here.ann.send(here.general, f"you {ABUSE}")
    assert here.outcome(Action.HIDE).status is OutcomeStatus.ALREADY


async def test_a_breakdown_at_discord_leaves_the_action_to_be_done_later(here: World) -> None:
    here.env.inject_error("DELETE", "/channels/*/messages/*", status=503, times=None)
    await here.ann.send(here.general, f"you {ABUSE}")
    assert Action.HIDE in here.incident().unfinished


async def test_an_event_that_fails_does_not_stop_the_next(here: World) -> None:
    here.reader.broken = True
    await here.ann.send(here.general, "one")
    here.reader.broken = False
    await here.ann.send(here.general, f"what {RUDE}")
    assert len(here.incidents()) == 1
    assert here.counters.counted["discord.failed"] == 1
    assert [type(error) for error in here.errors()] == [ZeroDivisionError]


async def test_an_event_of_another_server_is_left_alone(here: World) -> None:
    elsewhere = here.env.create_guild("Another Branch")
    channel = elsewhere.create_text_channel("general")
    await elsewhere.add_member(here.env.create_user("eve")).send(channel, f"you {ABUSE}")
    assert here.incidents() == []


async def test_an_incident_starts_open_and_holds_the_posted_event(here: World) -> None:
    await here.ann.send(here.general, f"what {RUDE}", attachments=[("leaflet.png", b"png")])
    kept = here.incident()
    assert kept.state is IncidentState.OPEN
    assert isinstance(kept.event, MessagePosted)
    assert [file.name for file in kept.event.attachments] == ["leaflet.png"]


async def test_word_that_evidence_is_kept_again_names_nobody_and_has_nothing_to_press(here: World) -> None:
    here.evidence.failures = 2
    await here.ann.send(here.general, f"you {ABUSE}")
    await tell_recovery(here.part.deps)
    told = here.cards()[-1]
    assert card_text(told).splitlines()[0].endswith("Evidence is kept again")
    assert "1 message was left standing and not kept, in #general." in card_text(told).replace("\\", "")
    assert "Author" not in card_text(told)
    assert buttons(told) == {}
