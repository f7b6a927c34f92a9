"""A reaction is a matter of its own: about whoever put it there, whatever the message itself is."""

from dataclasses import replace

import pytest

from handlers.casework.intake import IntakeDeps
from handlers.casework.reactions import report_reaction
from policies.casework import events as e
from policies.casework.words import Channel, Part
from policies.events import MessageReported
from policies.identifiers import EventId, MemberId
from tests.fakes import cases as make
from tests.fakes import incidents
from tests.fakes.clock import NOON, FrozenClock

TOM = MemberId("tom")


@pytest.fixture
def deps() -> IntakeDeps:
    """Give an empty desk."""
    return IntakeDeps(cases=make.MemoryCases(), clock=FrozenClock())


def reported(number: int = 1) -> MessageReported:
    """Make a report."""
    return MessageReported(
        event_id=EventId(f"report-{number}"),
        message=incidents.posted(1),
        reporter=MemberId(f"member-{number}"),
        reason="he laughs at it",
        reported_at=NOON,
    )


async def test_it_is_about_whoever_put_it_there_and_its_reporter_is_named_to_nobody(deps: IntakeDeps) -> None:
    reply = await report_reaction(reported(), "🤡", TOM, deps)
    assert "R-2026-000001" in reply.text
    (case,) = [case async for case in deps.cases.all()]
    (joined,) = [one.what.report.new for one in case.history if isinstance(one.what, e.ReportJoined)]
    assert (joined.channel, joined.reaction, joined.anonymous) == (Channel.REACTION, "🤡", True)
    (subject,), (target,) = case.with_part(Part.SUBJECT), case.with_part(Part.TARGET)
    assert [one.member for one in await deps.cases.accounts(subject)] == ["tom"]
    assert [one.member for one in await deps.cases.accounts(target)] == [incidents.posted(1).author.id]


async def test_reports_of_the_same_reaction_join_and_of_another_do_not(deps: IntakeDeps) -> None:
    await report_reaction(reported(1), "🤡", TOM, deps)
    await report_reaction(reported(2), "🤡", TOM, deps)
    await report_reaction(reported(3), "👍", TOM, deps)
    assert [len(case.of(e.ReportJoined)) async for case in deps.cases.all()] == [2, 1]


async def test_what_cannot_be_kept_is_said(deps: IntakeDeps) -> None:
    assert not (await report_reaction(reported(), " ", TOM, deps)).ok
    assert not (await report_reaction(reported(), "🤡", TOM, None)).ok
    broken = make.MemoryCases()
    broken.broken = True
    assert "send it again" in (await report_reaction(reported(), "🤡", TOM, replace(deps, cases=broken))).text
