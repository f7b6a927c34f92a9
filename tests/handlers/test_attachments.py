"""Files of a message: kept before the message goes, never long in the way, tried again and then given up."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.enforcement import carry_out, resume_unfinished
from handlers.errors import NotFetched, PlatformUnavailable
from handlers.messages import handle_message_posted
from policies.copies import CopyStatus
from policies.decisions import Action, OutcomeStatus
from policies.events import Attachment, MessagePosted
from policies.incidents import Incident
from tests.fakes.evidence import MemoryEvidence
from tests.fakes.reading import SLUR, THREAT
from tests.fakes.world import DISCORD, SLACK, World

LEAFLET = Attachment(id="leaflet", name="leaflet.pdf", url="https://files.example/leaflet.pdf", size=9)
PHOTO = Attachment(id="photo", name="photo.jpg", url="https://files.example/photo.jpg", size=9)


def memory(world: World) -> MemoryEvidence:
    assert isinstance(world.evidence, MemoryEvidence)
    return world.evidence


def kept(world: World) -> Incident:
    (incident,) = memory(world).kept.values()
    return incident


def statuses(world: World) -> list[CopyStatus]:
    return [copy.status for copy in kept(world).copies]


async def says(world: World, *files: Attachment, text: str = f"you {SLUR}") -> MessagePosted:
    event = replace(world.posted(DISCORD, text), attachments=files)
    await handle_message_posted(event, world.deps)
    return event


async def test_the_words_are_kept_first_then_the_files_and_only_then_the_message_goes(world: World) -> None:
    world.discord.files = {"leaflet": b"a leaflet", "photo": b"a photo"}
    await says(world, LEAFLET, PHOTO)
    order = [line for line in world.journal if not line.startswith("file.asked")]
    assert order[0] == "evidence.recorded"
    assert sorted(order[1:3]) == ["evidence.file 1 kept", "evidence.file 2 kept"]
    assert order[3] == "message.hidden"
    assert memory(world).files[kept(world).id, 2] == b"a photo"
    assert kept(world).uncopied == ()


async def test_of_a_harmless_message_no_file_is_asked_for(world: World) -> None:
    await says(world, LEAFLET, text="come canvassing")
    assert world.journal == []


async def test_a_file_that_does_not_come_in_time_holds_nothing_up_and_comes_later(world: World) -> None:
    world.deps = replace(world.deps, copy_within=timedelta(seconds=0.05))
    world.discord.files, world.discord.stalled = {"leaflet": b"a leaflet"}, True
    event = await says(world, LEAFLET)
    assert event.ref in world.discord.hidden
    assert statuses(world) == [CopyStatus.UNREACHABLE]
    assert kept(world).copies[0].detail == "It did not arrive within 0.05 seconds."
    world.discord.stalled = False
    assert await resume_unfinished(world.deps) == 0
    assert statuses(world) == [CopyStatus.UNREACHABLE], "it is too soon to try again"
    world.clock.advance(timedelta(seconds=10))
    assert await resume_unfinished(world.deps) == 0
    assert statuses(world) == [CopyStatus.UNREACHABLE, CopyStatus.KEPT]
    assert not await memory(world).unfinished()


async def test_a_file_out_of_reach_is_tried_less_and_less_often_and_given_up_after_a_day(world: World) -> None:
    world.discord.files = {"leaflet": PlatformUnavailable("The file server answered 503.")}
    await says(world, LEAFLET)
    asked = 1
    for _ in range(26 * 60):
        world.clock.advance(timedelta(minutes=1))
        await resume_unfinished(world.deps)
    asked = world.journal.count("file.asked leaflet")
    assert 30 <= asked <= 40
    assert statuses(world) == [CopyStatus.UNREACHABLE, CopyStatus.GIVEN_UP]
    assert not await memory(world).unfinished()


@pytest.mark.parametrize("status", [CopyStatus.GONE, CopyStatus.FORBIDDEN, CopyStatus.ELSEWHERE])
async def test_a_file_that_cannot_be_had_is_on_record_with_the_reason_and_not_asked_for_again(
    status: CopyStatus, world: World
) -> None:
    world.discord.files = {"leaflet": NotFetched(status, "The platform says no.")}
    event = await says(world, LEAFLET)
    assert event.ref in world.discord.hidden
    assert [(copy.status, copy.detail) for copy in kept(world).copies] == [(status, "The platform says no.")]
    world.clock.advance(timedelta(hours=1))
    await resume_unfinished(world.deps)
    assert world.journal.count("file.asked leaflet") == 1


async def test_a_file_that_is_too_large_is_said_to_be_and_the_other_is_kept(world: World) -> None:
    memory(world).largest_file = 5
    world.discord.files = {"leaflet": b"a leaflet", "photo": b"ok"}
    await says(world, LEAFLET, PHOTO)
    assert {copy.number: copy.status for copy in kept(world).copies} == {1: CopyStatus.TOO_LARGE, 2: CopyStatus.KEPT}


async def test_while_a_file_that_came_cannot_be_written_nothing_is_removed(world: World) -> None:
    world.discord.files = {"leaflet": b"a leaflet"}
    event = replace(world.posted(DISCORD, f"you {SLUR}"), attachments=(LEAFLET,))
    evidence = memory(world)
    recording = evidence.record

    async def record_and_then_fail(new: object) -> object:
        recorded = await recording(new)  # type: ignore[arg-type]  # whatever the handler gives is passed on
        evidence.failures = 1
        return recorded

    evidence.record = record_and_then_fail  # type: ignore[method-assign,assignment]  # a disk that fills up in between
    await handle_message_posted(event, world.deps)
    assert event.ref not in world.discord.hidden
    assert await resume_unfinished(world.deps) == 0
    assert event.ref in world.discord.hidden
    assert statuses(world) == [CopyStatus.KEPT]


async def test_a_crash_before_the_files_were_kept_is_made_up_for_before_the_message_goes(world: World) -> None:
    world.discord.files = {"leaflet": b"a leaflet"}
    world.discord.broken, world.discord.broken_verbs = 1, frozenset({"hide"})
    memory(world).failures = 0
    await says(world, LEAFLET)
    world.restart()
    assert await resume_unfinished(world.deps) == 0
    assert world.journal.count("evidence.file 1 kept") == 1


async def test_incidents_that_lack_only_files_wait_behind_those_with_acts_to_do(world: World) -> None:
    world.discord.files = {"leaflet": PlatformUnavailable("later")}
    await says(world, LEAFLET)
    world.slack.broken = 1
    await world.says(SLACK, f"you {THREAT}")
    world.clock.advance(timedelta(minutes=1))
    world.journal.clear()
    assert await resume_unfinished(world.deps) == 0
    assert world.journal.index("moderators.alerted") < world.journal.index("file.asked leaflet")


async def test_two_tasks_keep_a_file_once(world: World) -> None:
    world.discord.files = {"leaflet": PlatformUnavailable("later")}
    await says(world, LEAFLET)
    world.discord.files = {"leaflet": b"a leaflet"}
    world.clock.advance(timedelta(minutes=1))
    await asyncio.gather(*(carry_out(kept(world).id, world.deps) for _ in range(5)))
    assert statuses(world) == [CopyStatus.UNREACHABLE, CopyStatus.KEPT]


async def test_a_report_keeps_the_files_of_the_message_it_is_about(world: World) -> None:
    world.discord.files = {"leaflet": b"a leaflet"}
    event = replace(world.posted(DISCORD, "look at this"), attachments=(LEAFLET,))
    await world.reports(event, "it is about me")
    assert statuses(world) == [CopyStatus.KEPT]
    assert kept(world).last(Action.ALERT) is OutcomeStatus.DONE


async def test_a_file_without_an_address_is_not_asked_for(world: World) -> None:
    await says(world, replace(LEAFLET, url=""))
    assert statuses(world) == []
    assert not await memory(world).unfinished()
