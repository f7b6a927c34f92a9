"""A case about somebody is open and they go on at members: it is linked and told, and nobody learns who reported."""

from datetime import timedelta

import pytest

from handlers.casework.watch import LINKED
from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.people import By
from policies.casework.words import CaseKind, Office
from policies.identifiers import PlatformName
from tests.fakes.tribunal import HeardAlarms
from tests.fakes.world import World

INSULT = "<@{}> you absolute moron"


@pytest.fixture
def branch(world: World) -> World:
    """Give a branch whose officers hear alarms, in which members have spoken."""
    world.alarms = HeardAlarms()
    world.restart()
    return world


async def reported(world: World, platform: PlatformName) -> Case:
    """Let Tom write at Priya, and Rob, who has nothing to do with it, report him."""
    for member in ("priya", "rob", "sue"):
        await world.says(platform, "Morning all.", author=member)
    message, _ = await world.says(platform, INSULT.format("priya"), author="tom")
    await world.reports(message, "he is at it again", reporter="rob")
    world.clock.advance(timedelta(hours=2))
    return await the_case(world)


async def the_case(world: World) -> Case:
    """Give the case as it stands."""
    assert world.cases is not None
    (case, *_) = [case async for case in world.cases.all()]
    return case


def told(world: World) -> list[tuple[str, str]]:
    """Give who was told, and what."""
    assert isinstance(world.alarms, HeardAlarms)
    return [(holder, " ".join((notice.title, *notice.paragraphs))) for holder, notice in world.alarms.told]


@pytest.mark.parametrize("at", ["rob", "priya", "sue"])
async def test_what_is_written_at_whom_makes_no_difference(platform: PlatformName, branch: World, at: str) -> None:
    before = await reported(branch, platform)
    await branch.says(platform, INSULT.format(at), author="tom")
    after = await the_case(branch)
    new = [type(one.what) for one in after.history[before.version :]]
    assert new == [e.IncidentLinked, e.NoteAdded]
    assert len(after.incidents) == len(before.incidents) + 1
    ((holder, words),) = told(branch)
    assert holder == "case-secretary"
    assert after.id in words
    for name in ("rob", "priya", "sue", "tom", "report"):
        assert name not in words.lower()
        assert name not in LINKED.lower()


async def test_the_officer_of_the_case_is_told_once_a_day(platform: PlatformName, branch: World) -> None:
    case = await reported(branch, platform)
    assert branch.cases is not None
    given = e.Happened(
        at=branch.clock.now(), by=By(Office.INTAKE, "ida"), what=e.Assigned(office=Office.INVESTIGATOR, officer="ivo")
    )
    await branch.cases.append(case.id, given, version=case.version)
    for _ in range(4):
        await branch.says(platform, INSULT.format("rob"), author="tom")
        branch.clock.advance(timedelta(minutes=40))
    assert [holder for holder, _ in told(branch)] == ["ivo"]
    branch.clock.advance(timedelta(days=1))
    await branch.says(platform, INSULT.format("rob"), author="tom")
    assert [holder for holder, _ in told(branch)] == ["ivo", "ivo"]
    assert len((await the_case(branch)).incidents) == len(case.incidents) + 5


async def test_somebody_else_and_what_is_decent_or_aimed_at_nobody_is_linked_to_nothing(
    platform: PlatformName, branch: World
) -> None:
    before = await reported(branch, platform)
    await branch.says(platform, INSULT.format("rob"), author="sue")
    await branch.says(platform, "<@rob> thank you for the minutes", author="tom")
    await branch.says(platform, "This is a fucking shambles of a bus timetable", author="tom")
    after = await the_case(branch)
    assert after.incidents == before.incidents
    assert told(branch) == []
    assert after.kind is CaseKind.CONDUCT
