"""A crowd turns on one member: one case holds all of it, over channels and platforms, and goes on where it went on."""

from datetime import timedelta

import pytest

from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.load import parse_register
from policies.casework.people import Account
from policies.casework.words import CaseKind, Channel, Part
from policies.identifiers import CommunityId, MemberId, PlatformName
from tests.fakes.world import DISCORD, SLACK, World

MAIR = {DISCORD: "223456789012345678", SLACK: "U0123ABCD"}
REGISTER = """
protected:
  - id: mair-llewellyn
    name: Mair Llewellyn
    roles: [candidate]
    accounts: [discord/123456789012345678/223456789012345678, slack/T0123ABCD/U0123ABCD]
"""
TAUNT = "<@{}> yawn"


@pytest.fixture
def branch(world: World) -> World:
    """Give a branch whose register holds one candidate with an account on each platform."""
    world.people = parse_register(REGISTER.encode(), file="people.yaml")
    world.register = world.people.names
    world.restart()
    return world


async def taunted(world: World, platform: PlatformName, senders: str, whom: str, *, channel: str = "general") -> None:
    """Let one member after another write something sour at somebody."""
    for letter in senders:
        world.clock.advance(timedelta(seconds=20))
        await world.says(platform, TAUNT.format(whom), author=f"member{letter}", channel=channel)


async def cases(world: World) -> list[Case]:
    """Give the cases, oldest first."""
    assert world.cases is not None
    return [case async for case in world.cases.all()]


async def test_forty_messages_of_twelve_people_in_two_channels_are_one_case(
    platform: PlatformName, world: World
) -> None:
    await world.says(platform, "I have booked the hall.", author="priya")
    for round_ in range(4):
        await taunted(world, platform, "abcdefghij", "priya", channel=("general", "canvassing")[round_ % 2])
    (case,) = await cases(world)
    assert case.kind is CaseKind.CAMPAIGN
    kept = await world.all_incidents()
    assert set(case.incidents) == set(kept)
    assert len(case.incidents) >= 30
    assert len(case.with_part(Part.SUBJECT)) == 10
    (target,) = case.with_part(Part.TARGET)
    assert world.cases is not None
    assert [account.member for account in await world.cases.accounts(target)] == ["priya"]
    (joined,) = case.of(e.ReportJoined)
    assert isinstance(joined.what, e.ReportJoined)
    assert joined.what.report.new.channel is Channel.DETECTION


async def test_it_is_one_crowd_though_some_of_it_writes_on_the_other_platform(branch: World) -> None:
    await taunted(branch, DISCORD, "abc", MAIR[DISCORD])
    assert await cases(branch) == []
    await taunted(branch, SLACK, "de", MAIR[SLACK])
    await taunted(branch, DISCORD, "f", MAIR[DISCORD])
    (case,) = await cases(branch)
    assert case.kind is CaseKind.CAMPAIGN
    assert len(case.incidents) == 2, "the message that showed the crowd, and the one after it on the other platform"
    assert len(case.with_part(Part.TARGET)) == 1


async def test_what_was_abuse_before_the_crowd_showed_is_in_its_case(platform: PlatformName, world: World) -> None:
    await world.says(platform, "I have booked the hall.", author="priya")
    await world.says(platform, "<@priya> you absolute moron", author="zed")
    await taunted(world, platform, "abcd", "priya")
    (case,) = [case for case in await cases(world) if case.kind is CaseKind.CAMPAIGN]
    assert list(case.incidents) == await world.all_incidents()
    assert len(case.incidents) == 2


async def test_it_goes_on_in_the_same_case_after_a_restart(platform: PlatformName, world: World) -> None:
    await taunted(world, platform, "abcde", "priya")
    world.restart()
    world.clock.advance(timedelta(days=2))
    await taunted(world, platform, "fghij", "priya")
    (case,) = await cases(world)
    assert len(case.incidents) == 2


async def test_another_one_months_later_is_a_case_of_its_own_that_is_linked_to_the_first(
    platform: PlatformName, world: World
) -> None:
    await taunted(world, platform, "abcde", "priya")
    world.clock.advance(timedelta(days=90))
    await taunted(world, platform, "abcde", "priya")
    first, second = await cases(world)
    (linked,) = second.of(e.CaseLinked)
    assert isinstance(linked.what, e.CaseLinked)
    assert linked.what.case == first.id


async def test_a_report_of_one_of_its_messages_joins_it(platform: PlatformName, world: World) -> None:
    await taunted(world, platform, "abcd", "priya")
    event, _ = await world.says(platform, TAUNT.format("priya"), author="memberz")
    await world.reports(event, "they are all at her", reporter="rob")
    (case,) = await cases(world)
    assert len(case.of(e.ReportJoined)) == 2


async def test_one_person_under_two_linked_accounts_is_one_sender(world: World) -> None:
    assert world.cases is not None
    assert world.deps.conversations is not None
    for letter in "ab":
        one = Account(platform=DISCORD, community=CommunityId("branch"), member=MemberId(f"member{letter}"))
        last = Account(platform=DISCORD, community=CommunityId("branch"), member=MemberId("memberc"))
        await world.cases.link(one, last, "ivy")
    await world.learns_links()
    await taunted(world, DISCORD, "abcdef", "priya")
    assert await cases(world) == []
    await taunted(world, DISCORD, "g", "priya")
    assert len(await cases(world)) == 1
