"""Sanctions on a simulated Discord: what is asked of it, what it takes, and what its end gives back."""

from collections.abc import AsyncIterator
from datetime import timedelta

import discord
import pytest

from policies.casework.words import Sanction
from policies.decisions import OutcomeStatus
from policies.identifiers import CommunityId, MemberId
from tests.bot.discord_adapter.world import World, world

TO_ACT = 1460289006726 | discord.Permissions(manage_roles=True).value


@pytest.fixture
async def here() -> AsyncIterator[World]:
    """Give a server in which the bot may time out, kick, ban and manage roles."""
    async with world(permissions=TO_ACT) as opened:
        yield opened


def where(here: World) -> tuple[CommunityId, MemberId]:
    return CommunityId(str(here.guild.id)), MemberId(str(here.ann.id))


async def with_role(here: World) -> str:
    """Give ann a role below the bot's."""
    role = here.guild.create_role("Canvassers")
    here.env.backend.get_guild(here.guild.id).members[here.ann.id].role_ids.append(role.id)
    await lift_the_bot(here)
    return str(role.id)


async def lift_the_bot(here: World) -> None:
    guild = here.env.backend.get_guild(here.guild.id)
    (bot_role,) = guild.members[here.env.backend.bot_user.id].role_ids
    guild.roles[bot_role].position = 50
    await here.restart()


async def test_a_mute_reaches_as_far_as_discord_lets_it_and_says_how_far(here: World) -> None:
    community, member = where(here)
    until = here.env.now() + timedelta(days=90)
    answer = await here.platform.restrict(community, member, Sanction.MUTE, until=until, took=(), reason="C-1: mute")
    await here.env.settle()
    assert answer.status is OutcomeStatus.DONE
    assert answer.until == here.env.now() + timedelta(days=28)
    assert here.ann.member is not None
    assert here.ann.member.timed_out_until == answer.until
    (request,) = here.requests("PATCH", "/members/")
    assert request.reason == "C-1: mute"


async def test_a_longer_time_out_is_left_alone(here: World) -> None:
    community, member = where(here)
    for days, status in ((20, OutcomeStatus.DONE), (10, OutcomeStatus.ALREADY)):
        until = here.env.now() + timedelta(days=days)
        answer = await here.platform.restrict(community, member, Sanction.MUTE, until=until, took=(), reason="C-1")
        await here.env.settle()
        assert answer.status is status
    assert here.ann.member is not None
    assert here.ann.member.timed_out_until == here.env.now() + timedelta(days=20)


async def test_a_suspension_takes_roles_and_gives_them_back(here: World) -> None:
    community, member = where(here)
    role = await with_role(here)
    took = await here.platform.would_take(community, member, Sanction.SUSPENSION)
    assert took == [role]
    until = here.env.now() + timedelta(days=10)
    answer = await here.platform.restrict(
        community, member, Sanction.SUSPENSION, until=until, took=took, reason="C-1: suspension"
    )
    await here.env.settle()
    assert (answer.status, answer.took, answer.until) == (OutcomeStatus.DONE, (role,), until)
    assert here.ann.member is not None
    assert str(role) not in {str(held.id) for held in here.ann.member.roles}
    back = await here.platform.release(community, member, Sanction.SUSPENSION, took=took, reason="C-1: over")
    await here.env.settle()
    assert back.status is OutcomeStatus.DONE
    assert str(role) in {str(held.id) for held in here.ann.member.roles}
    assert here.ann.member.timed_out_until is None


async def test_whoever_is_removed_is_out_and_a_repeat_is_harmless(here: World) -> None:
    community, member = where(here)
    await lift_the_bot(here)
    for status in (OutcomeStatus.DONE, OutcomeStatus.ALREADY):
        answer = await here.platform.restrict(
            community, member, Sanction.REMOVAL, until=None, took=(), reason="C-1: removal"
        )
        await here.env.settle()
        assert answer.status is status
    assert here.requests("DELETE", f"/members/{member}")


async def test_a_ban_deletes_no_message_and_can_be_lifted_twice(here: World) -> None:
    community, member = where(here)
    await lift_the_bot(here)
    banned = await here.platform.restrict(community, member, Sanction.BAN, until=None, took=(), reason="C-1: ban")
    await here.env.settle()
    assert (banned.status, banned.until) == (OutcomeStatus.DONE, None)
    (request,) = here.requests("PUT", "/bans/")
    assert not (request.json or {}).get("delete_message_seconds")
    for status in (OutcomeStatus.DONE, OutcomeStatus.ALREADY):
        lifted = await here.platform.release(community, member, Sanction.BAN, took=(), reason="C-1: lifted")
        await here.env.settle()
        assert lifted.status is status


async def test_what_discord_refuses_is_said_with_what_the_bot_lacks(here: World) -> None:
    community, member = where(here)
    here.env.inject_error("PUT", "/guilds/*/bans/*", status=403, code=50013)
    answer = await here.platform.restrict(community, member, Sanction.BAN, until=None, took=(), reason="C-1: ban")
    assert answer.status is OutcomeStatus.REFUSED
    assert answer.detail == "the bot lacks Ban Members, or the member's role stands above the bot's"


async def test_names_of_members_are_known_and_strangers_have_none(here: World) -> None:
    community, member = where(here)
    assert "ann" in await here.platform.names(community, member)
    assert await here.platform.names(community, MemberId("999999999999999999")) == ()


async def test_somebody_who_left_is_a_matter_for_a_person(here: World) -> None:
    community, _ = where(here)
    gone = MemberId("999999999999999999")
    until = here.env.now() + timedelta(days=1)
    answer = await here.platform.restrict(community, gone, Sanction.MUTE, until=until, took=(), reason="C-1")
    assert answer.status is OutcomeStatus.DEGRADED
    assert "by hand" in answer.detail
