"""Channels on Discord: slowed down, locked, and given back just as they stood."""

from datetime import timedelta

import discord
import pytest
from simcord.backend.errors import BackendError
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType
from simcord.results import InteractionResult

from handlers.channels import give_back_due
from handlers.errors import NotReadable, PlatformUnavailable
from policies.acts import Verb
from policies.decisions import Action, OutcomeStatus
from policies.identifiers import ChannelId, CommunityId
from tests.bot.discord_adapter.world import World

ALL = discord.Permissions.all().value & ~discord.Permissions(administrator=True).value
WRITING = discord.Permissions(send_messages=True, send_messages_in_threads=True).value
NO_REACTIONS = discord.Permissions(add_reactions=True).value

pytestmark = pytest.mark.parametrize("here", [{"permissions": ALL}], indirect=True)


def names(here: World) -> tuple[CommunityId, ChannelId]:
    """Name the server and its public channel."""
    return CommunityId(str(here.guild.id)), ChannelId(str(here.general.id))


def mark(here: World) -> tuple[int, int] | None:
    """Give what the channel itself allows and refuses everybody."""
    marks = here.env.backend.get_channel(here.general.id).overwrites
    return next(((int(m.allow), int(m.deny)) for m in marks if m.target_id == here.guild.id), None)


def put_mark(here: World, allow: int, deny: int) -> None:
    """Let somebody set what the channel allows and refuses everybody."""
    here.env.backend.set_overwrite(
        here.general.id, Overwrite(target_id=here.guild.id, type=OverwriteType.ROLE, allow=allow, deny=deny)
    )


def answer(result: InteractionResult) -> str:
    """Give what the person alone was told."""
    assert result.response is not None
    assert result.ephemeral
    return result.response.content


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(None, id="nothing-set"),
        pytest.param((0, NO_REACTIONS), id="something-else-refused"),
        pytest.param((WRITING, 0), id="writing-allowed"),
        pytest.param((0, WRITING & -WRITING), id="a-part-of-it-refused"),
        pytest.param((0, 0), id="set-and-empty"),
    ],
)
async def test_a_lock_refuses_writing_and_unlocking_gives_back_what_stood(
    here: World, before: tuple[int, int] | None
) -> None:
    if before is not None:
        put_mark(here, *before)
    guild, channel = names(here)
    stood = (await here.platform.channel_state(guild, channel)).writing
    locked = await here.platform.lock(guild, channel, reason="I-1: raid")
    held = mark(here)
    assert locked.status is OutcomeStatus.DONE
    assert held is not None
    assert held[1] & WRITING == WRITING
    assert not held[0] & WRITING
    with pytest.raises(BackendError):
        await here.ann.send(here.general, "am I heard?")
    opened = await here.platform.unlock(guild, channel, stood=stood, reason="I-1")
    assert opened.status is OutcomeStatus.DONE
    assert mark(here) == before
    assert {r.reason for r in here.requests("PUT", "/permissions/")} <= {"I-1: raid", "I-1"}


async def test_what_else_was_changed_while_it_was_locked_stays(here: World) -> None:
    guild, channel = names(here)
    await here.platform.lock(guild, channel, reason="raid")
    put_mark(here, 0, WRITING | NO_REACTIONS)
    await here.platform.unlock(guild, channel, stood="none", reason="calm")
    assert mark(here) == (0, NO_REACTIONS)


async def test_what_somebody_opened_by_hand_is_left_as_it_is(here: World) -> None:
    guild, channel = names(here)
    await here.platform.lock(guild, channel, reason="raid")
    put_mark(here, WRITING, 0)
    outcome = await here.platform.unlock(guild, channel, stood="none", reason="calm")
    assert (outcome.status, mark(here)) == (OutcomeStatus.ALREADY, (WRITING, 0))


async def test_a_channel_where_nobody_may_write_is_not_touched(here: World) -> None:
    put_mark(here, 0, WRITING)
    guild, channel = names(here)
    outcome = await here.platform.lock(guild, channel, reason="raid")
    assert outcome.status is OutcomeStatus.ALREADY
    assert here.requests("PUT", "/permissions/") == []


async def test_the_moderators_channel_is_never_locked(here: World) -> None:
    guild, _ = names(here)
    outcome = await here.platform.lock(guild, ChannelId(str(here.alerts.id)), reason="raid")
    assert outcome.status is OutcomeStatus.REFUSED
    assert "moderators' own channel" in outcome.detail


async def test_without_the_permission_discords_refusal_names_it(here: World) -> None:
    here.env.inject_error("PUT", "/channels/*/permissions/*", status=403, code=50013)
    outcome = await here.platform.lock(*names(here), reason="raid")
    assert outcome.status is OutcomeStatus.REFUSED
    assert "Manage Roles" in outcome.detail


async def test_a_channel_that_the_bot_cannot_see_says_so(here: World) -> None:
    here.env.inject_error("GET", "/channels/*", status=403, code=50001, times=None)
    with pytest.raises(NotReadable):
        await here.platform.channel_state(*names(here))
    for attempt in (
        here.platform.lock(*names(here), reason="raid"),
        here.platform.unlock(*names(here), stood="none", reason="calm"),
    ):
        outcome = await attempt
        assert (outcome.status, "View Channel" in outcome.detail) == (OutcomeStatus.REFUSED, True)


async def test_a_breakdown_is_no_answer(here: World) -> None:
    here.env.inject_error("GET", "/channels/*", status=500, times=None)
    with pytest.raises(PlatformUnavailable):
        await here.platform.lock(*names(here), reason="raid")


async def test_a_moderator_locks_and_unlocks_the_channel_they_are_in(here: World) -> None:
    locked = await here.mo.slash(here.general, "lock", reason="A raid.", duration="2h")
    assert "The channel is locked until" in answer(locked)
    held = mark(here)
    assert held is not None
    assert held[1] & WRITING == WRITING
    opened = await here.mo.slash(here.general, "unlock", reason="It is over.")
    assert answer(opened) == "The channel stands as it did before."
    assert mark(here) is None
    assert [(act.verb, act.reason, act.stood) for act in here.evidence.acts] == [
        (Verb.LOCK_CHANNEL, "A raid.", "none"),
        (Verb.UNLOCK_CHANNEL, "It is over.", ""),
    ]


async def test_a_lock_with_an_end_is_lifted_after_the_connection_was_made_anew(here: World) -> None:
    await here.mo.slash(here.general, "lock", reason="A raid.", duration="10m")
    here.part.deps.memory.channels = None  # as after a restart of the process: the record alone knows
    await here.restart()
    await here.env.advance_time(timedelta(minutes=11).total_seconds())
    assert await give_back_due(here.part.deps) == 1
    assert mark(here) is None


async def test_slow_mode_is_a_command_too_and_0_gives_back_what_stood(here: World) -> None:
    guild, channel = names(here)
    await here.platform.slow_mode(guild, channel, seconds=15, reason="by hand")
    said = await here.mo.slash(here.general, "slowmode", seconds=60, reason="Busy.")
    assert "Members wait 60 seconds" in answer(said)
    await here.mo.slash(here.general, "slowmode", seconds=0, reason="Calm.")
    assert (await here.platform.channel_state(guild, channel)).wait == 15


@pytest.mark.parametrize("command", ["slowmode", "lock", "unlock"])
async def test_members_may_not(here: World, command: str) -> None:
    more = {"seconds": 5} if command == "slowmode" else {}
    said = await here.ann.slash(here.general, command, reason="For fun.", **more)
    assert "Only the moderators named in the settings may do this." in answer(said)
    assert here.evidence.acts == []


@pytest.mark.parametrize("command", ["slowmode", "lock"])
async def test_a_duration_that_is_none_is_said_and_nothing_done(here: World, command: str) -> None:
    more = {"seconds": 5} if command == "slowmode" else {}
    said = await here.mo.slash(here.general, command, reason="A raid.", duration="soon", **more)
    assert "10m, 2h, 7d or 1d12h" in answer(said)
    assert here.evidence.acts == []


async def test_the_bot_knows_that_it_may_lock(here: World) -> None:
    assert Action.LOCK in here.platform.can
