"""Time passes: a missed deadline alarms a named post-holder, twice the time escalates, and nothing is said twice."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.casework.deadlines import DeadlineDeps, PostHolders, acknowledge_escalation, keep_deadlines
from handlers.casework.ports import CaseChanged
from handlers.casework.steady import SteadyClock
from handlers.ports import Notice
from policies.casework import events as e
from policies.casework.backlog import backlog
from policies.casework.calendars import Calendar, Nation
from policies.casework.case import Case, NotAllowed
from policies.casework.clocks import ClockRules
from policies.casework.people import THE_BOT, By
from policies.casework.words import (
    AppealVerdict,
    CaseKind,
    CaseReason,
    CaseState,
    ClockName,
    Delivery,
    NoticeKind,
    Office,
    Part,
    Verdict,
)
from policies.decisions import Severity
from tests.fakes.cases import MemoryCases
from tests.fakes.clock import NOON, FrozenClock

DAY = timedelta(days=1)
LEADERSHIP = By(Office.REVIEWER, "rhea")
ACKNOWLEDGED = e.CaseMoved(to=CaseState.ACKNOWLEDGED, reason=CaseReason.RECEIPT_SENT)
TO_DECISION = (
    ACKNOWLEDGED,
    e.CaseMoved(to=CaseState.TRIAGED, reason=CaseReason.SEVERITY_SET),
    e.CaseMoved(to=CaseState.INVESTIGATING, reason=CaseReason.FACTS_NEEDED),
    e.CaseDecided(verdict=Verdict.UPHELD, reasons="It is a threat."),
)


class Post:
    """The desks of the post-holders; what reaches them is kept, and some of it may not reach them."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Notice]] = []
        self.closed = 0

    async def tell(self, holder: str, notice: Notice) -> Delivery:
        """Put a notice on a desk, unless it is closed."""
        if self.closed:
            self.closed -= 1
            return Delivery.FAILED
        self.told.append((holder, notice))
        return Delivery.DELIVERED


class World:
    """Open cases, a clock that a test moves, and desks."""

    def __init__(self) -> None:
        self.clock, self.passed = FrozenClock(), 0.0
        self.cases, self.post = MemoryCases(self.clock), Post()
        self.deps = self.started_again()

    def started_again(self) -> DeadlineDeps:
        """Give what a bot that starts now is given."""
        self.deps = DeadlineDeps(
            cases=self.cases,
            alarms=self.post,
            clock=SteadyClock(self.clock, lambda: self.passed),
            rules=ClockRules(),
            calendar=Calendar(Nation.ENGLAND, UTC),
            holders=PostHolders(),
        )
        return self.deps

    async def open(self, *whats: e.CaseEvent, at: datetime = NOON, severity: Severity = Severity.MEDIUM) -> Case:
        """Open a case to which some things happened at once."""
        first = e.CaseOpened(kind=CaseKind.CONDUCT, severity=severity)
        return await self.cases.open(*(e.Happened(at=at, by=THE_BOT, what=what) for what in (first, *whats)))

    def wait(self, by: timedelta) -> None:
        """Let time pass."""
        self.clock.advance(by)
        self.passed += by.total_seconds()

    async def case(self, case: Case) -> Case:
        """Give a case as it stands."""
        found = await self.cases.get(case.id)
        assert found is not None
        return found


@pytest.fixture
def world() -> World:
    return World()


async def test_nothing_is_due_while_there_is_time(world: World) -> None:
    case = await world.open()
    world.wait(DAY)
    assert (await keep_deadlines(world.deps)).breaches == 0
    assert (await world.case(case)).version == case.version


async def test_a_missed_deadline_is_told_once_to_the_post_holder_by_name_of_the_case_alone(world: World) -> None:
    case = await world.open()
    world.wait(DAY + timedelta(minutes=1))
    kept = await keep_deadlines(world.deps)
    assert (kept.breaches, kept.told) == (1, 1)
    ((holder, notice),) = world.post.told
    assert holder == "case-secretary"
    assert notice.paragraphs[0] == f"The acknowledgement of {case.id} was due by 2026-05-04 12:00 UTC and is not done."
    again = await keep_deadlines(world.started_again())
    assert (again.breaches, again.told) == (0, 0), "a restart tells nobody twice"


async def test_a_threat_alarms_after_an_hour(world: World) -> None:
    await world.open(ACKNOWLEDGED, severity=Severity.CRITICAL)
    world.wait(timedelta(minutes=61))
    assert (await keep_deadlines(world.deps)).breaches == 1


async def test_twice_the_time_goes_to_the_reviewer_and_the_leadership_who_confirm_it(world: World) -> None:
    case = await world.open(*TO_DECISION[:3])
    world.wait(56 * DAY + timedelta(minutes=1))
    kept = await keep_deadlines(world.deps)
    assert kept.escalations == 1
    holder, notice = world.post.told[-1]
    assert holder == "independent-reviewer, leadership"
    assert f"hustings cases confirm {case.id}" in notice.paragraphs[1]
    count = backlog([await world.case(case)], world.clock.now(), world.deps.rules, world.deps.calendar)
    assert (count.open, count.over_deadline, count.unconfirmed) == (1, 1, (case.id,))
    confirmed = await acknowledge_escalation(case.id, LEADERSHIP, "Told by post.", world.clock.now(), world.cases)
    assert confirmed.history[-1].by == LEADERSHIP
    count = backlog([confirmed], world.clock.now(), world.deps.rules, world.deps.calendar)
    assert count.unconfirmed == ()
    with pytest.raises(NotAllowed, match="no escalation that waits"):
        await acknowledge_escalation(case.id, LEADERSHIP, "", world.clock.now(), world.cases)


async def test_a_case_is_escalated_once_however_many_clocks_ran_out(world: World) -> None:
    case = await world.open()
    world.wait(2 * DAY + timedelta(minutes=1))
    assert (await keep_deadlines(world.deps)).escalations == 1
    world.wait(100 * DAY)
    assert (await keep_deadlines(world.deps)).escalations == 0
    assert len((await world.case(case)).of(e.CaseEscalated)) == 1


async def test_an_appeal_that_waits_too_long_is_escalated_anew(world: World) -> None:
    appeal = e.AppealMade(by=None, part=Part.SUBJECT, grounds="I was quoting.")
    case = await world.open(*TO_DECISION, appeal)
    world.wait(56 * DAY + timedelta(minutes=1))
    await keep_deadlines(world.deps)
    (escalated,) = (await world.case(case)).of(e.CaseEscalated)
    assert isinstance(escalated.what, e.CaseEscalated)
    assert escalated.what.clock is ClockName.APPEAL_DECIDE


async def test_the_window_for_appeal_closes_the_case_when_it_is_over_and_not_before(world: World) -> None:
    case = await world.open(*TO_DECISION)
    world.wait(184 * DAY)
    assert (await keep_deadlines(world.deps)).closed == 0
    world.wait(DAY)
    assert (await keep_deadlines(world.deps)).closed == 1
    assert (await world.case(case)).state is CaseState.CLOSED
    assert not world.post.told


async def test_a_notice_that_fails_is_tried_three_times_and_then_shown(world: World) -> None:
    case = await world.open()
    world.post.closed = 99
    world.wait(DAY + timedelta(minutes=1))
    for _ in range(5):
        await keep_deadlines(world.deps)
    tried = [one.what for one in (await world.case(case)).of(e.NoticeTried) if isinstance(one.what, e.NoticeTried)]
    assert [(one.kind, one.delivery, one.attempt) for one in tried] == [
        (NoticeKind.BREACH, Delivery.FAILED, 1),
        (NoticeKind.BREACH, Delivery.FAILED, 2),
        (NoticeKind.BREACH, Delivery.SHOWN_INSTEAD, 3),
    ]


async def test_a_crash_between_the_record_and_the_notice_loses_no_notice(world: World) -> None:
    case = await world.open()
    world.wait(DAY + timedelta(minutes=1))
    breach = e.ClockBreached(clock=ClockName.ACKNOWLEDGE, due=NOON + DAY, post_holder="case-secretary")
    await world.cases.append(case.id, e.Happened(at=world.clock.now(), by=THE_BOT, what=breach), version=case.version)
    kept = await keep_deadlines(world.started_again())
    assert (kept.breaches, kept.told) == (0, 1)


async def test_a_clock_set_on_by_a_year_breaks_no_deadline(world: World) -> None:
    await world.open()
    await keep_deadlines(world.deps)
    world.clock.advance(365 * DAY)
    kept = await keep_deadlines(world.deps)
    world.clock.advance(-365 * DAY)
    after = await keep_deadlines(world.deps)
    assert (kept.breaches, kept.escalations, after.breaches) == (0, 0, 0)


async def test_a_case_that_somebody_works_on_is_left_for_the_next_look(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy, other = await world.open(), await world.open()
    append = world.cases.append

    async def changed(case: object, *happened: e.Happened, version: int) -> Case:
        if case == busy.id:
            raise CaseChanged("Somebody did something on it meanwhile.")
        return await append(other.id, *happened, version=version)

    monkeypatch.setattr(world.cases, "append", changed)
    world.wait(DAY + timedelta(minutes=1))
    kept = await keep_deadlines(world.deps)
    assert (kept.breaches, kept.left_for_later) == (1, 1)


async def test_the_backlog_of_74_cases_some_two_years_old_is_74_escalations(world: World) -> None:
    for number in range(74):
        await world.open(*TO_DECISION[: number % 4], at=NOON - (60 + number * 9) * DAY)
    kept = await keep_deadlines(world.deps)
    assert kept.escalations == 74
    count = backlog(
        [case async for case in world.cases.all()], world.clock.now(), world.deps.rules, world.deps.calendar
    )
    assert (count.open, count.over_deadline, count.share_over) == (74, 74, 1.0)
    assert count.oldest == (60 + 73 * 9) * DAY
    assert len(count.unconfirmed) == 74
    assert (await keep_deadlines(world.started_again())).escalations == 0


async def test_a_decided_appeal_runs_against_no_clock(world: World) -> None:
    appeal = e.AppealMade(by=None, part=Part.SUBJECT, grounds="I was quoting.")
    outcome = e.AppealDecided(verdict=AppealVerdict.STANDS, reasons="Nothing new was brought.")
    await world.open(*TO_DECISION, appeal, outcome)
    world.wait(1000 * DAY)
    kept = await keep_deadlines(world.deps)
    assert (kept.breaches, kept.escalations) == (0, 0)


async def test_that_nobody_is_left_for_an_office_is_told_by_the_bot_once() -> None:
    world = World()
    await world.open(ACKNOWLEDGED, e.OfficeUnfilled(office=Office.DECIDER, told="independent-reviewer, leadership"))
    await keep_deadlines(world.deps)
    await keep_deadlines(world.started_again())
    told = [notice.title for to, notice in world.post.told if to == "independent-reviewer, leadership"]
    assert told == ["Nobody can be decider in C-2026-000001"]
