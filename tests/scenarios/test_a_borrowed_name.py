"""Somebody goes by a candidate's name: what moderators see, and what happens when that account asks for money."""

import pytest

from policies.casework.load import parse_register
from policies.decisions import Action
from policies.findings import Category
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


FLAGGED = f'{REGISTER}    fakes: [facebook.com/mair.real, "@mair_llewelyn"]\n'


@pytest.fixture
def flagged(world: World) -> World:
    """Give a branch whose register knows a fake page and a fake handle of its candidate."""
    world.register = parse_register(FLAGGED.encode(), file="people.yaml").names
    world.restart()
    return world


async def test_a_message_that_leads_to_a_fake_page_is_shown_and_stays(platform: PlatformName, flagged: World) -> None:
    event, decision = await flagged.says(platform, "Mair has a new page, https://www.facebook.com/mair.real/posts/1")
    assert decision.actions == (Action.ALERT,)
    assert decision.categories == (Category.IMPERSONATION,)
    (card,) = flagged.platform(platform).cards
    assert any("flagged as passing itself off as Mair Llewellyn" in line for line in card.why)
    assert event.ref not in flagged.platform(platform).hidden


async def test_whoever_warns_of_the_fake_page_is_left_alone(platform: PlatformName, flagged: World) -> None:
    for warning in ("That page is fake, do not follow it: facebook.com/mair.real", "I reported @mair_llewelyn today"):
        _, decision = await flagged.says(platform, warning)
        assert decision.action is Action.ALLOW, warning


async def test_somebody_who_comes_in_under_the_fake_handle_is_shown(platform: PlatformName, flagged: World) -> None:
    await flagged.joins(platform, "Morgan", member="impostor", handle="mair_llewelyn")
    (card,) = flagged.platform(platform).cards
    assert "Mair Llewellyn (candidate)" in card.why[0]
