"""A flood of a hundred messages is one card that counts, and what is abuse by itself still has its own."""

from datetime import timedelta

from policies.acts import Verb
from policies.identifiers import PlatformName
from tests.fakes.world import World

SPAM = "Join my channel for real news"


async def flooded(world: World, platform: PlatformName, times: int, *, author: str = "max") -> None:
    """Let somebody post the same thing again and again."""
    for number in range(times):
        world.clock.advance(timedelta(seconds=1))
        await world.says(platform, SPAM, author=author, channel=("general", "canvassing")[number % 2])


async def test_a_hundred_messages_of_a_flood_are_one_card_that_counts_them(
    platform: PlatformName, world: World
) -> None:
    await flooded(world, platform, 60)
    (card,) = world.platform(platform).cards
    kept = await world.all_incidents()
    assert len(kept) > 50
    assert card.incident == kept[0]
    told = "At least 50 more messages like it from 1 person in #canvassing, #general"
    assert card.why[-1] == f"{told}; each is kept, the newest as {kept[50]}."


async def test_what_is_abuse_by_itself_has_its_own_card(platform: PlatformName, world: World) -> None:
    await flooded(world, platform, 20)
    await world.says(platform, "<@priya> you absolute moron", author="max")
    assert len(world.platform(platform).cards) == 2


async def test_two_floods_of_two_people_are_two_cards(platform: PlatformName, world: World) -> None:
    await flooded(world, platform, 20)
    await flooded(world, platform, 20, author="mo")
    assert len(world.platform(platform).cards) == 2


async def test_what_comes_after_a_decision_or_much_later_is_shown_anew(platform: PlatformName, world: World) -> None:
    await flooded(world, platform, 20)
    (card,) = world.platform(platform).cards
    await world.presses(platform, card.incident, Verb.UPHOLD, version=card.version)
    await flooded(world, platform, 3)
    assert len(world.platform(platform).cards) == 2
    world.clock.advance(timedelta(hours=1))
    await flooded(world, platform, 12)
    assert len(world.platform(platform).cards) == 3


async def test_a_crowd_at_one_member_is_one_card(platform: PlatformName, world: World) -> None:
    for letter in "abcdefghij":
        world.clock.advance(timedelta(seconds=20))
        await world.says(platform, "<@priya> yawn", author=f"member{letter}")
    (card,) = world.platform(platform).cards
    assert "5 more messages like it from 5 people in #general" in card.why[-1]
