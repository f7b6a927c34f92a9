"""What Slack lets no bot do is said with what a person can do, and nothing is claimed to have been done."""

import pytest

from bot.slack_adapter.sanctions import BY_HAND
from policies.casework.sanctions import ON_ACCOUNTS
from policies.casework.words import Sanction
from policies.decisions import OutcomeStatus
from policies.identifiers import CommunityId, MemberId
from tests.bot.slack_adapter.world import World
from tests.fakes import slack_payloads as wire

TEAM = CommunityId(wire.TEAM)


@pytest.mark.parametrize("kind", ON_ACCOUNTS)
async def test_no_sanction_is_possible_and_each_says_who_can(world: World, kind: Sanction) -> None:
    before = len(world.slack.calls)
    answer = await world.platform.restrict(TEAM, MemberId("U1"), kind, until=None, took=(), reason="C-1")
    assert answer.status is OutcomeStatus.DEGRADED
    assert answer.detail == BY_HAND[kind]
    released = await world.platform.release(TEAM, MemberId("U1"), kind, took=(), reason="C-1")
    assert released.status is OutcomeStatus.ALREADY
    assert len(world.slack.calls) == before
