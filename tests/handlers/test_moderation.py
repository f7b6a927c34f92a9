"""Moderators: only they may, each verdict counts once, a stale one changes nothing, all of it is kept."""

import asyncio
from datetime import timedelta

import pytest

from handlers.enforcement import resume_unfinished
from handlers.messages import handle_message_posted
from handlers.moderation import list_incidents, show_incident, time_out_member, warn_member
from policies.acts import Verb
from policies.decisions import Action, OutcomeStatus
from policies.identifiers import CommunityId, EventId, IncidentId, MemberId, PlatformName
from policies.incidents import IncidentState
from tests.fakes.evidence import MemoryEvidence
from tests.fakes.reading import SLUR, THREAT
from tests.fakes.world import DISCORD, MODERATOR, SLACK, World

BRANCH = CommunityId("branch")
ANN = MemberId("ann")


def memory(world: World) -> MemoryEvidence:
    assert isinstance(world.evidence, MemoryEvidence)
    return world.evidence


async def test_not_abuse_shows_the_message_again_lifts_the_mute_and_updates_the_card(world: World) -> None:
    event, _ = await world.says(DISCORD, f"{THREAT} you")
    (name,) = memory(world).kept
    reply = await world.presses(DISCORD, name, Verb.NOT_ABUSE, reason="a quotation from the play")
    assert reply.ok
    assert event.ref not in world.discord.hidden
    assert not world.discord.muted
    assert [kept.event.text for kept in world.discord.restored] == [event.text]
    (card,) = world.discord.cards
    assert card.settled == (
        "Mod-priya decided at 12:00 UTC on 3 May 2026: not abuse. Reason: a quotation from the play"
    )
    assert card.due_at is None
    assert "The message was shown again." in reply.text
    assert "The mute was lifted." in reply.text


async def test_uphold_is_kept_and_updates_the_card(world: World) -> None:
    event, _ = await world.says(SLACK, f"you {SLUR}")
    (name,) = memory(world).kept
    reply = await world.presses(SLACK, name, Verb.UPHOLD)
    assert reply.ok
    assert memory(world).kept[name].state is IncidentState.UPHELD
    assert event.ref in world.slack.hidden
    assert "upheld" in world.slack.cards[0].settled


async def test_a_stale_press_changes_nothing_and_says_who_decided_what_and_when(world: World) -> None:
    event, _ = await world.says(DISCORD, f"you {SLUR}")
    (name,) = memory(world).kept
    world.moderators.members.add(MemberId("mod-dai"))
    await world.presses(DISCORD, name, Verb.UPHOLD, version=0)
    reply = await world.presses(DISCORD, name, Verb.NOT_ABUSE, version=0, member="mod-dai")
    assert not reply.ok
    assert reply.text.startswith("Mod-priya decided at 12:00 UTC on 3 May 2026: upheld.")
    assert "changed nothing" in reply.text
    assert memory(world).kept[name].state is IncidentState.UPHELD
    assert event.ref in world.discord.hidden


async def test_two_presses_at_once_let_one_win(world: World) -> None:
    await world.says(DISCORD, f"you {SLUR}")
    (name,) = memory(world).kept
    replies = await asyncio.gather(
        world.presses(DISCORD, name, Verb.UPHOLD), world.presses(DISCORD, name, Verb.NOT_ABUSE)
    )
    assert sorted(reply.ok for reply in replies) == [False, True]
    assert memory(world).kept[name].version == 1


async def test_the_same_press_delivered_twice_counts_once_and_is_no_stale_press(world: World) -> None:
    await world.says(DISCORD, f"you {SLUR}")
    (name,) = memory(world).kept
    first = await world.presses(DISCORD, name, Verb.NOT_ABUSE, event_id="press")
    second = await world.presses(DISCORD, name, Verb.NOT_ABUSE, event_id="press")
    assert first.ok
    assert second.ok
    assert second.text == first.text
    assert world.journal.count("message.restored") == 1


async def test_a_moderator_may_change_their_mind_on_the_card_as_it_now_stands(world: World) -> None:
    event, _ = await world.says(DISCORD, f"you {SLUR}")
    (name,) = memory(world).kept
    await world.presses(DISCORD, name, Verb.UPHOLD, version=0)
    reply = await world.presses(DISCORD, name, Verb.NOT_ABUSE, version=1)
    assert reply.ok
    assert event.ref not in world.discord.hidden


async def test_what_a_verdict_takes_back_is_taken_back_once_the_platform_answers(world: World) -> None:
    event, _ = await world.says(DISCORD, f"{THREAT} you")
    (name,) = memory(world).kept
    world.discord.broken = 2
    reply = await world.presses(DISCORD, name, Verb.NOT_ABUSE)
    assert reply.ok
    assert "as soon as it does" in reply.text
    assert event.ref in world.discord.hidden
    world.restart()
    assert await resume_unfinished(world.deps) == 0
    assert event.ref not in world.discord.hidden
    assert world.journal.count("message.restored") == 1


async def test_a_refused_restoration_is_kept_and_said(world: World) -> None:
    await world.says(DISCORD, f"you {SLUR}")
    (name,) = memory(world).kept
    world.discord.answers["restore"].append(OutcomeStatus.REFUSED)
    reply = await world.presses(DISCORD, name, Verb.NOT_ABUSE)
    assert "The message was not shown again." in reply.text
    assert await resume_unfinished(world.deps) == 0


async def test_members_may_do_nothing_of_this(world: World) -> None:
    await world.says(DISCORD, f"you {SLUR}")
    (name,) = memory(world).kept
    before = list(world.journal)
    member = world.actor(DISCORD, "bob")
    replies = [
        await world.presses(DISCORD, name, Verb.NOT_ABUSE, member="bob"),
        await warn_member(member, ANN, "no", community=BRANCH, event_id=EventId("1"), deps=world.deps),
        await time_out_member(
            member, ANN, timedelta(hours=1), "no", community=BRANCH, event_id=EventId("2"), deps=world.deps
        ),
        await list_incidents(member, deps=world.deps),
        await show_incident(member, name, deps=world.deps),
    ]
    for reply in replies:
        assert not reply.ok
        assert reply.text == "Only the moderators named in the settings may do this. Nothing was changed."
        assert reply.card is None
    assert world.journal == before
    refusals = {name: n for name, n in world.counters.counted.items() if name.endswith(".refused")}
    assert refusals == {f"commands.{verb}.refused": 1 for verb in ("settle", "warn", "timeout", "list", "show")}


@pytest.mark.parametrize("reason", ["", "  \n"])
async def test_a_verdict_needs_a_reason(reason: str, world: World) -> None:
    await world.says(DISCORD, f"you {SLUR}")
    (name,) = memory(world).kept
    reply = await world.presses(DISCORD, name, Verb.UPHOLD, reason=reason)
    assert not reply.ok
    assert memory(world).kept[name].version == 0


async def test_an_unknown_incident_is_said_to_be_unknown(world: World) -> None:
    reply = await world.presses(DISCORD, IncidentId("I-2026-000099"), Verb.UPHOLD)
    assert reply.text == "There is no incident I-2026-000099. The list of incidents shows their names."


async def test_a_verdict_that_cannot_be_kept_does_nothing(world: World) -> None:
    event, _ = await world.says(DISCORD, f"you {SLUR}")
    (name,) = memory(world).kept
    memory(world).failures = 1
    reply = await world.presses(DISCORD, name, Verb.NOT_ABUSE)
    assert not reply.ok
    assert "could not be kept" in reply.text
    assert event.ref in world.discord.hidden


async def test_a_warning_is_kept_before_it_is_sent_and_sent_once(world: World) -> None:
    moderator = world.actor(DISCORD)
    for _ in range(2):
        reply = await warn_member(
            moderator, ANN, "Please stop.", community=BRANCH, event_id=EventId("w"), deps=world.deps
        )
    assert world.journal == ["evidence.act warn", "member.told"]
    assert reply.text == "This was kept already; nothing was done a second time."
    ((member, notice),) = world.discord.notices
    assert member == ANN
    assert "Please stop." in notice.paragraphs


async def test_a_warning_that_did_not_reach_the_member_says_so(world: World) -> None:
    world.discord.answers["notify"].append(OutcomeStatus.REFUSED)
    reply = await warn_member(
        world.actor(DISCORD), ANN, "Please stop.", community=BRANCH, event_id=EventId("w"), deps=world.deps
    )
    assert reply.ok
    assert reply.text == "The warning is on record. The member could not be told: refused"


async def test_a_mute_by_a_moderator_is_kept_carried_out_and_told(world: World) -> None:
    reply = await time_out_member(
        world.actor(DISCORD),
        ANN,
        timedelta(days=2),
        "Personal attacks.",
        community=BRANCH,
        event_id=EventId("t"),
        deps=world.deps,
    )
    assert reply.text == "The member cannot post until 12:00 UTC on 5 May 2026. The member was told."
    assert world.discord.muted == {ANN: world.clock.now() + timedelta(days=2)}
    assert world.journal == ["evidence.act timeout", "member.muted", "member.told"]
    (act,) = memory(world).acts
    assert act.until == world.clock.now() + timedelta(days=2)


async def test_slack_says_that_it_cannot_mute_and_nothing_is_kept(world: World) -> None:
    reply = await time_out_member(
        world.actor(SLACK),
        ANN,
        timedelta(days=2),
        "Personal attacks.",
        community=BRANCH,
        event_id=EventId("t"),
        deps=world.deps,
    )
    assert not reply.ok
    assert reply.text.startswith("Slack does not let this bot mute members.")
    assert not world.journal


@pytest.mark.parametrize("duration", [timedelta(0), timedelta(days=29), timedelta(days=-1)])
async def test_a_mute_beyond_what_a_platform_knows_is_refused(duration: timedelta, world: World) -> None:
    reply = await time_out_member(
        world.actor(DISCORD), ANN, duration, "x", community=BRANCH, event_id=EventId("t"), deps=world.deps
    )
    assert not reply.ok
    assert not world.journal


async def test_lists_and_cards_show_masked_text_only(world: World) -> None:
    for number in range(12):
        await world.says(DISCORD, f"{number} you {SLUR}")
    listed = await list_incidents(world.actor(DISCORD), deps=world.deps)
    assert len(listed.text.splitlines()) == 10
    assert listed.text.startswith("I-2026-000012 · 12:00 UTC on 3 May 2026 · discord #general · Ann")
    shown = await show_incident(world.actor(DISCORD), IncidentId("I-2026-000003"), deps=world.deps)
    assert shown.card is not None
    assert shown.card.incident == "I-2026-000003"
    assert SLUR not in listed.text + shown.text + shown.card.masked_text


async def test_an_empty_record_lists_as_such(world: World) -> None:
    reply = await list_incidents(world.actor(DISCORD), deps=world.deps)
    assert reply.text == "No incidents are kept yet."


async def test_undo_is_not_asked_of_what_was_never_done(world: World) -> None:
    world.discord.answers["hide"].append(OutcomeStatus.REFUSED)
    await world.says(DISCORD, f"you {SLUR}")
    (name,) = memory(world).kept
    await world.presses(DISCORD, name, Verb.NOT_ABUSE)
    assert "message.restored" not in world.journal
    assert memory(world).kept[name].last(Action.HIDE) is OutcomeStatus.REFUSED


async def test_nobody_decides_about_their_own_message(world: World) -> None:
    event, _ = await world.says(DISCORD, f"you {SLUR}", author=MODERATOR)
    (name,) = memory(world).kept
    reply = await world.presses(DISCORD, name, Verb.NOT_ABUSE)
    assert not reply.ok
    assert "your own message" in reply.text
    assert memory(world).kept[name].state is IncidentState.OPEN
    assert event.ref in world.discord.hidden


async def test_a_reason_that_quotes_the_abuse_is_masked_like_the_message(world: World) -> None:
    await world.says(DISCORD, f"you {SLUR}")
    (name,) = memory(world).kept
    await world.presses(DISCORD, name, Verb.UPHOLD, reason=f"calling Ben a {SLUR.upper()} is a breach")
    (card,) = world.discord.cards
    assert "calling Ben a V••••••••• is a breach" in card.settled
    assert SLUR not in (await list_incidents(world.actor(DISCORD), deps=world.deps)).text


@pytest.mark.parametrize("platform", [DISCORD, SLACK])
async def test_not_abuse_does_not_show_again_what_its_author_had_deleted_before_the_bot(
    platform: PlatformName, world: World
) -> None:
    event = world.posted(platform, f"you {SLUR}")
    world.platform(platform).gone.add(event.ref)
    await handle_message_posted(event, world.deps)
    (name,) = await world.all_incidents()
    reply = await world.presses(platform, name, Verb.NOT_ABUSE)
    assert world.platform(platform).restored == []
    assert "The message was not shown again (somebody had deleted it before the bot could)." in reply.text
    kept = await world.incidents.get(name)
    assert kept is not None
    assert kept.last(Action.HIDE) is OutcomeStatus.NOT_UNDONE
    assert not await world.evidence.unfinished()
