"""Somebody reports whatever is said, is warned and then limited: on every way in, and never for what cannot wait."""

from dataclasses import replace
from datetime import timedelta

from handlers.casework.intake import IntakeDeps, take_in
from handlers.casework.reactions import report_reaction
from handlers.casework.requests import ask_about_own_data
from handlers.replies import Reply
from handlers.reports import handle_message_reported
from policies.casework import events as e
from policies.casework.people import Account, By, CaseId
from policies.casework.reports import NewReport
from policies.casework.words import Channel, Office
from policies.events import MessagePosted, MessageReported
from policies.identifiers import CommunityId, EventId, MemberId, PlatformName
from tests.fakes.world import World

DORA = By(Office.DECIDER, "dora")
SOON = "The next one can be made from"


def reported(world: World, message: MessagePosted, number: int, reason: str) -> MessageReported:
    """Let Rhys report a message."""
    return MessageReported(
        event_id=EventId(f"report-{number}"),
        message=message,
        reporter=MemberId("rhys"),
        reason=reason,
        reported_at=world.clock.now(),
    )


def intake(world: World) -> IntakeDeps:
    """Give what reports are taken in with."""
    assert world.deps.intake is not None
    return world.deps.intake


async def limited(world: World, platform: PlatformName) -> Account:
    """Let Rhys report three harmless messages, be warned, report a fourth, and be limited; gives his account."""
    account = Account(platform=platform, community=CommunityId("branch"), member=MemberId("rhys"))
    for number in range(4):
        message = world.posted(platform, f"Tea at {number + 1} o'clock, everybody.", author="ann")
        assert (await handle_message_reported(reported(world, message, number, "I do not like it."), world.deps)).ok
        rhys = await intake(world).cases.person(account)
        case = (await intake(world).cases.of_person(rhys))[-1]
        (report,) = [one.what.report.id for one in case.history if isinstance(one.what, e.ReportJoined)]
        whats: list[e.CaseEvent] = [e.ReportUnfounded(report=report, words="It is about tea.")]
        if number == 2:
            whats.append(e.ReporterWarned(report=report, words="Report what breaks a rule."))
        if number == 3:
            until = world.clock.now() + timedelta(days=20)
            whats.append(e.ReporterLimited(report=report, until=until, words="He goes on."))
        at = world.clock.now()
        happened = [e.Happened(at=at, by=DORA, what=what) for what in whats]
        await intake(world).cases.append(CaseId(case.id), *happened, version=case.version)
        world.clock.advance(timedelta(minutes=10))
    return account


async def test_whoever_is_limited_is_refused_wherever_they_report_themselves_and_nothing_of_it_is_kept(
    world: World, platform: PlatformName
) -> None:
    account = await limited(world, platform)
    before = len(await world.all_incidents())
    harmless = world.posted(platform, "The hall is booked for Thursday.", author="ann")
    replies: list[Reply] = [
        await handle_message_reported(reported(world, harmless, 10, "I do not like it."), world.deps),
        await report_reaction(reported(world, harmless, 11, "at me"), "🤡", MemberId("ann"), intake(world)),
    ]
    for reply in replies:
        assert not reply.ok
        assert SOON in reply.text
    assert len(await world.all_incidents()) == before
    rhys = await intake(world).cases.person(account)
    by_letter = NewReport(
        key="desk:1",
        channel=Channel.PERSON,
        words="I do not like her.",
        received_at=world.clock.now(),
        reporter=rhys,
        reporter_account=account,
        about=await intake(world).cases.person(replace(account, member=MemberId("ann"))),
    )
    # The limit came of anonymous reports: a refusal would tell intake, who tries name after name, whose they were.
    await take_in(by_letter, intake(world), by=By(Office.INTAKE, "ida"))
    assert len(await intake(world).cases.of_person(rhys)) == 5


async def test_what_cannot_wait_is_taken_at_once_by_what_it_says_or_by_what_the_reporter_says(
    world: World, platform: PlatformName
) -> None:
    account = await limited(world, platform)
    threat, veiled = (
        world.posted(platform, words, author="bob") for words in ("I will kill you", "I know where you park.")
    )
    assert (await handle_message_reported(reported(world, threat, 10, "Look."), world.deps)).ok
    assert (await handle_message_reported(reported(world, veiled, 11, "That is a threat!"), world.deps)).ok
    assert (await report_reaction(reported(world, veiled, 12, "hatred"), "🔪", MemberId("bob"), intake(world))).ok
    assert (await ask_about_own_data(account, "copy", "k-1", intake(world))).ok  # the law knows no such limit


async def test_a_report_that_was_kept_and_is_delivered_again_is_none_too_many_and_a_day_later_one_is_taken(
    world: World, platform: PlatformName
) -> None:
    await limited(world, platform)
    world.clock.advance(timedelta(days=1))
    message = world.posted(platform, "The hall is booked for Thursday.", author="ann")
    event = reported(world, message, 10, "I do not like it.")
    assert (await handle_message_reported(event, world.deps)).ok
    assert (await handle_message_reported(event, world.deps)).ok
    other = world.posted(platform, "And for Friday.", author="ann")
    assert SOON in (await handle_message_reported(reported(world, other, 11, "Nor that."), world.deps)).text
