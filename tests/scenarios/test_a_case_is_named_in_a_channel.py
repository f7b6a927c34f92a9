"""Somebody names a case in a channel: the channel is reminded in the same words, nobody is penalised."""

from datetime import timedelta

from policies.decisions import Action, Mode
from policies.findings import Category
from policies.identifiers import PlatformName
from tests.fakes.world import World


async def test_the_channel_is_told_and_nothing_is_done_about_anybody(platform: PlatformName, world: World) -> None:
    event, decision = await world.says(platform, "What came of C-2026-000001?")
    assert decision.actions == (Action.REMIND,)
    assert decision.categories == (Category.NOT_COMPETENT_BUSINESS,)
    there = world.platform(platform)
    ((channel, notice),) = there.reminders
    assert channel == event.ref.channel
    assert notice.title == "Not competent business here"
    assert (there.cards, there.notices, there.hidden) == ([], [], set())


async def test_the_notice_is_the_same_for_a_real_case_and_a_made_up_one(platform: PlatformName, world: World) -> None:
    reported, _ = await world.says(platform, "Good morning.", author="tom")
    await world.reports(reported, "he went on at me after the meeting", reporter="priya")
    assert world.cases is not None
    (case,) = [case async for case in world.cases.all()]
    await world.says(platform, f"I hear {case.id} is about Tom", channel="general")
    await world.says(platform, "I hear C-2031-987654 is about Tom", channel="canvassing")
    await world.says(platform, "Tom was suspended, pass it on", channel="fundraising")
    (_, real), (_, made_up), (_, rumour) = world.platform(platform).reminders
    assert real == made_up == rumour
    said = " ".join((real.title, *real.paragraphs))
    assert case.id not in said
    assert "Tom" not in said


async def test_a_channel_that_goes_on_is_told_once_an_hour(platform: PlatformName, world: World) -> None:
    for number in range(20):
        await world.says(platform, f"and C-2026-0000{number:02d}?", author=f"member{number}")
        world.clock.advance(timedelta(minutes=2))
    assert len(world.platform(platform).reminders) == 1
    await world.says(platform, "and C-2026-000099?", channel="canvassing")
    assert len(world.platform(platform).reminders) == 2
    world.clock.advance(timedelta(minutes=30))
    await world.says(platform, "and C-2026-000098?")
    assert len(world.platform(platform).reminders) == 3


async def test_a_community_that_only_observes_gets_no_notice(platform: PlatformName, world: World) -> None:
    world.mode = Mode.OBSERVE
    world.restart()
    _, decision = await world.says(platform, "What came of C-2026-000001?")
    assert decision.withheld == (Action.REMIND,)
    assert world.platform(platform).reminders == []
