"""Somebody goes by a candidate's name: what moderators see, and what happens when that account asks for money."""

import pytest

from policies.casework.load import parse_register
from policies.decisions import Action
from policies.identifiers import MemberId, PlatformName
from tests.fakes.world import World

REGISTER = """
protected:
  - id: mair-llewellyn
    name: Mair Llewellyn
    roles: [candidate]
    accounts: [discord/123456789012345678/223456789012345678, slack/T0123ABCD/U0123ABCD]
"""


@pytest.fixture
def guarded(world: World) -> World:
    """Give a branch whose register holds one candidate."""
    world.register = parse_register(REGISTER.encode(), file="people.yaml").names
    world.restart()
    return world


async def test_moderators_hear_of_it_before_a_word_is_said(platform: PlatformName, guarded: World) -> None:
    await guarded.joins(platform, "Mair LIewellyn", member="impostor")
    (card,) = guarded.platform(platform).cards
    assert "Mair Llewellyn (candidate)" in card.why[0]
    assert guarded.platform(platform).notices == []


async def test_what_the_account_says_is_shown_and_stays(platform: PlatformName, guarded: World) -> None:
    event, decision = await guarded.says(platform, "The hustings are moved to Friday.", author="mair llewe11yn")
    assert decision.actions == (Action.ALERT,)
    assert event.ref not in guarded.platform(platform).hidden


async def test_the_candidate_herself_speaks_freely_on_both_platforms(platform: PlatformName, guarded: World) -> None:
    own = {PlatformName.DISCORD: "223456789012345678", PlatformName.SLACK: "U0123ABCD"}[platform]
    assert guarded.register.lookalike(MemberId(own), "Mair Llewellyn") is None
    _, decision = await guarded.says(platform, "The hustings are moved to Friday.", author=own)
    assert decision.action is Action.ALLOW
