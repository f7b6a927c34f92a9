"""The connection to Discord: what it says of itself, and what was missed while it was away."""

import asyncio
import logging
from dataclasses import replace

import discord
import pytest

from bot.discord_adapter.client import INTENTS, DiscordPart
from policies.casework.grid import Measure, Range, Row, SanctionRules
from policies.casework.words import Sanction
from policies.decisions import Action, Mode
from policies.identifiers import ChannelId
from tests.bot.discord_adapter.world import ABUSE, RUDE, World


def test_the_intents_are_the_five_of_the_invitation() -> None:
    assert INTENTS.value == 33287


def test_debug_lines_of_the_library_which_quote_messages_are_never_written(here: World) -> None:
    assert not logging.getLogger("discord.gateway").isEnabledFor(logging.DEBUG)
    assert not logging.getLogger("discord.http").isEnabledFor(logging.DEBUG)


async def test_it_says_that_it_is_connected(here: World) -> None:
    assert here.part.connected
    assert here.part.trouble == ""


async def test_messages_without_their_text_end_the_claim_to_be_monitoring(here: World) -> None:
    await here.withhold("good morning")
    assert not here.part.connected
    assert "nothing is being monitored" in here.part.trouble
    (told,) = here.texts(here.alerts)
    assert "Message Content" in told


async def test_the_trouble_is_said_once_and_ends_with_the_next_text(here: World) -> None:
    for _ in range(3):
        await here.withhold("good morning")
    assert len(here.texts(here.alerts)) == 1
    await here.ann.send(here.general, "hello")
    assert here.part.connected


async def test_a_message_of_files_alone_is_no_sign_of_withheld_text(here: World) -> None:
    await here.ann.send(here.general, "", attachments=[("leaflet.png", b"png")])
    assert here.part.connected


async def test_a_server_without_the_bot_is_said_to_be_unmonitored(here: World) -> None:
    here.env.backend.remove_guild(here.guild.id)
    await here.env.settle()
    assert not here.part.connected
    assert "not a member" in here.part.trouble


async def test_an_alert_channel_that_is_closed_to_the_bot_is_told_until_it_is_open(here: World) -> None:
    await here.let_the_bot_see(here.alerts, False)
    assert here.part.connected
    assert "cannot write in the moderators' channel" in here.part.trouble
    await here.let_the_bot_see(here.alerts, True)
    assert here.part.trouble == ""


async def test_what_was_posted_while_the_part_was_down_is_judged_on_return(here: World) -> None:
    await here.ann.send(here.general, "before")
    await here.env.restart_bot(discord.Client(intents=INTENTS))
    await here.env.advance_time(60)
    await here.ann.send(here.general, f"you {ABUSE}")
    await here.bob.send(here.general, "after")
    assert here.incidents() == []
    await here.restart()
    assert here.incident().event.text == f"you {ABUSE}"
    assert here.texts() == ["before", "after"]


async def test_what_was_edited_while_the_part_was_down_is_judged_by_its_last_text(here: World) -> None:
    await here.ann.send(here.general, "before")
    await here.env.restart_bot(discord.Client(intents=INTENTS))
    await here.env.advance_time(60)
    posted = await here.ann.send(here.general, "harmless")
    await here.env.advance_time(60)
    await here.ann.edit(posted, f"you {ABUSE}")
    await here.restart()
    assert here.incident().event.text == f"you {ABUSE}"


async def test_a_channel_without_a_seen_message_is_read_from_the_first_connection_on(here: World) -> None:
    await here.env.restart_bot(discord.Client(intents=INTENTS))
    await here.env.advance_time(60)
    await here.ann.send(here.general, f"you {ABUSE}")
    await here.restart()
    assert len(here.incidents()) == 1


async def test_reading_what_was_seen_again_makes_no_second_incident(here: World) -> None:
    await here.ann.send(here.general, f"what {RUDE}")
    here.part.seen.clear()
    await here.restart()
    assert len(here.incidents()) == 1
    assert len(here.cards()) == 1


async def test_reading_back_is_bounded(here: World) -> None:
    here.part.fetch_at_most = 2
    await here.ann.send(here.general, "before")
    await here.env.restart_bot(discord.Client(intents=INTENTS))
    for n in range(4):
        await here.env.advance_time(1)
        await here.ann.send(here.general, f"{RUDE} {n}")
    await here.restart()
    assert len(here.incidents()) == 2


async def test_an_unreadable_history_does_not_stop_the_others(here: World) -> None:
    other = here.guild.create_text_channel("elsewhere")
    await here.ann.send(here.general, "before")
    await here.ann.send(other, "before")
    await here.env.restart_bot(discord.Client(intents=INTENTS))
    await here.env.advance_time(60)
    await here.ann.send(here.general, f"what {RUDE} here")
    await here.ann.send(other, f"what {RUDE} there")
    here.env.inject_error("GET", f"/channels/{here.general.id}/messages", status=403, code=50001)
    await here.restart()
    assert here.incident().event.text == f"what {RUDE} there"


async def test_closing_waits_for_the_events_that_were_begun(here: World) -> None:
    client = here.part.make_client()
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        client.at_work.add(asyncio.current_task())  # type: ignore[arg-type] # a task runs this
        begun.set()
        await may_end.wait()

    task = asyncio.create_task(slow())
    await begun.wait()
    draining = asyncio.create_task(client.drain(30))
    await asyncio.sleep(0)
    assert not draining.done()
    may_end.set()
    await task
    await draining


async def test_nothing_is_done_without_a_connection(here: World) -> None:
    await here.ann.send(here.general, f"what {RUDE}")
    here.platform.detach(here.env.bot)
    ref = here.incident().event.ref
    with pytest.raises(Exception, match="not connected"):
        await here.platform.hide(ref, reason="I-1: test")
    assert here.platform.can == frozenset(Action)


async def test_a_part_that_never_ran_closes_at_once(here: World) -> None:
    part = DiscordPart(token="t", server=here.part.server, deps=here.part.deps, platform=here.platform)
    await asyncio.wait_for(part.close(), 1)
    assert not part.connected


@pytest.mark.parametrize(
    ("watched", "looked_at"),
    [("general", True), ("elsewhere", False), ("the category", True), ("", True)],
)
async def test_only_watched_channels_are_judged(here: World, watched: str, looked_at: bool) -> None:
    category = here.guild.create_category("Public")
    channel = here.guild.create_text_channel("public-talk", category=category)
    elsewhere = here.guild.create_text_channel("elsewhere")
    places = {"general": channel, "elsewhere": elsewhere, "the category": category}
    chosen = frozenset({ChannelId(str(places[watched].id))}) if watched else frozenset[ChannelId]()
    here.part.server = replace(here.part.server, watched=chosen)
    await here.ann.send(channel, f"what {RUDE}")
    assert bool(here.incidents()) is looked_at


LACKS_ROLES = 1460289006726 | discord.Permissions(manage_channels=True).value


def grid(*kinds: Sanction) -> SanctionRules:
    """Make a grid that allows these sanctions and no others."""
    measures = [Measure(kind) for kind in kinds]
    rows = [Row(first=Range(one, one), second=Range(one, one), further=Range(one, one)) for one in measures]
    return SanctionRules(grid=tuple(rows))


def put_in_force(here: World, sanctions: SanctionRules, *, officers: bool = True) -> None:
    """Let a policy with a grid be in force, in a community with officers."""
    policy = here.part.deps.policy
    assert here.part.deps.in_force.try_replace(lambda: replace(policy, sanctions=sanctions)) == ()
    here.part.server = replace(here.part.server, officers=officers)


@pytest.mark.parametrize("here", [{"permissions": LACKS_ROLES}], indirect=True)
async def test_a_suspension_that_the_bot_could_not_carry_out_is_told_at_the_start(here: World) -> None:
    put_in_force(here, grid(Sanction.SUSPENSION))
    trouble = here.part.trouble
    assert "lacks Manage Roles (suspensions)" in trouble
    number = discord.Permissions(1460289006720)
    number.update(manage_roles=True)
    assert f"permissions={number.value};" in trouble
    assert here.part.connected


@pytest.mark.parametrize("here", [{"permissions": LACKS_ROLES}], indirect=True)
@pytest.mark.parametrize(
    ("sanctions", "officers"),
    [
        pytest.param(grid(Sanction.BAN, Sanction.MUTE), True, id="none-of-the-sanctions-takes-roles"),
        pytest.param(grid(Sanction.SUSPENSION), False, id="nobody-decides-on-sanctions"),
    ],
)
async def test_what_nobody_asks_for_is_not_missed(here: World, sanctions: SanctionRules, officers: bool) -> None:
    put_in_force(here, sanctions, officers=officers)
    assert here.part.trouble == ""


@pytest.mark.parametrize("here", [{"permissions": 360777370752, "mode": Mode.OBSERVE}], indirect=True)
async def test_who_only_observes_is_asked_for_nothing_more(here: World) -> None:
    assert here.part.trouble == ""


@pytest.mark.parametrize("here", [{"permissions": 360777370752}], indirect=True)
async def test_every_permission_that_the_rules_need_is_named_with_what_for(here: World) -> None:
    assert "lacks Manage Messages (hiding messages), Timeout Members (mutes)." in here.part.trouble
    assert "permissions=1460289006720;" in here.part.trouble
