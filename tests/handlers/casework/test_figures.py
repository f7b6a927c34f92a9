"""Figures are counted, made safe, kept on record, and only then shown; a backlog cannot hide in them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.casework.deadlines import DeadlineDeps, PostHolders, acknowledge_escalation, keep_deadlines
from handlers.casework.digest import backlog_digest
from handlers.casework.figures import FiguresDeps, publish_figures
from handlers.casework.steady import SteadyClock
from handlers.errors import EvidenceUnavailable
from handlers.ports import Notice
from policies.casework import figure_tables as t
from policies.casework.backlog import backlog
from policies.casework.calendars import Calendar, Nation
from policies.casework.case import Case, NotAllowed
from policies.casework.clocks import ClockRules
from policies.casework.figures import Period, Tallies
from policies.casework.people import By
from policies.casework.publications import Publication
from policies.casework.quarters import Quarter
from policies.casework.suppression import Showing
from policies.casework.words import AppealVerdict, Delivery, Office, Verdict
from tests.fakes.cases import MemoryCases
from tests.fakes.clock import FrozenClock
from tests.fakes.figures_attack import learnt
from tests.fakes.made_cases import DAY, a_year, day, made

LONDON = ZoneInfo("Europe/London")
CALENDAR = Calendar(Nation.ENGLAND, LONDON)
Q1, Q2, Q3 = (Quarter(2026, number) for number in (1, 2, 3))
LEADERSHIP = By(Office.REVIEWER, "rhea")


class MemoryPublications:
    """Published reports, kept for a test; `broken` is a record that cannot be written."""

    def __init__(self) -> None:
        self.kept: list[Publication] = []
        self.broken = False

    async def all(self) -> list[Publication]:
        return list(self.kept)

    async def keep(self, publication: Publication) -> None:
        if self.broken:
            raise EvidenceUnavailable("disk full")
        self.kept.append(publication)


class NothingElse:
    """A bot that did nothing of its own accord."""

    async def between(self, begins: datetime, ends: datetime) -> Tallies:
        return Tallies()


class Reached:
    """Desks that everything reaches."""

    async def tell(self, holder: str, notice: Notice) -> Delivery:
        return Delivery.DELIVERED


class World:
    """Cases, a clock, and what was published."""

    def __init__(self) -> None:
        self.clock = FrozenClock(day(10))
        self.cases, self.published = MemoryCases(self.clock), MemoryPublications()
        self.deps = FiguresDeps(cases=self.cases, publications=self.published, tallying=NothingElse(), clock=self.clock)

    def period(self, quarter: Quarter) -> Period:
        return Period(quarter=quarter, through=quarter, zone=LONDON, rules=ClockRules(), calendar=CALENDAR)


@pytest.fixture
def world() -> World:
    return World()


async def test_the_backlog_of_74_cases_some_two_years_old_stands_in_the_figures(world: World) -> None:
    now = day(9)
    for number in range(74):
        await made(world.cases, now - (60 + number * 9) * DAY, acknowledged=None, triaged=None)
    deadlines = DeadlineDeps(
        cases=world.cases,
        alarms=Reached(),
        clock=SteadyClock(FrozenClock(now), lambda: 0.0),
        rules=ClockRules(),
        calendar=CALENDAR,
        holders=PostHolders(),
    )
    await keep_deadlines(deadlines)
    escalated = [case.id async for case in world.cases.all()]
    for case in escalated[:30]:
        await acknowledge_escalation(case, LEADERSHIP, "told", now, world.cases)
    report = await publish_figures(world.period(Q3), world.deps)
    assert report.count(t.OPEN).number == 74
    assert report.count(t.LATE).number == 74
    assert report.count(t.IN_TIME).number == 0
    assert report.count("late.clock-decide").number == 74
    assert report.count(t.ESCALATIONS).number == 74
    assert report.count(t.CONFIRMED).number == 30
    assert report.count(t.UNCONFIRMED).number == 44
    assert report.ages.longest is not None
    assert report.ages.longest // DAY == 60 + 73 * 9 + 29
    assert {share.name: share.per_cent for share in report.shares}["over-deadline"] == 100


async def test_a_report_is_on_record_before_anybody_sees_it(world: World) -> None:
    await made(world.cases, day(7))
    world.published.broken = True
    with pytest.raises(EvidenceUnavailable):
        await publish_figures(world.period(Q3), world.deps)
    world.published.broken = False
    report = await publish_figures(world.period(Q3), world.deps)
    assert [one.quarter for one in world.published.kept] == [report.quarter]


async def test_a_quarter_that_is_not_over_is_not_published(world: World) -> None:
    with pytest.raises(NotAllowed, match=r"2026Q4 is not over: .* from January 2027 on\. The last .* is 2026Q3"):
        await publish_figures(world.period(Quarter(2026, 4)), world.deps)
    assert world.published.kept == []


async def test_the_same_report_again_is_no_new_publication(world: World) -> None:
    await a_year(world.cases)
    first = await publish_figures(world.period(Q3), world.deps)
    world.clock.advance(5 * DAY)
    assert await publish_figures(world.period(Q3), world.deps) == first
    assert len(world.published.kept) == 1


async def test_a_reversal_corrects_the_report_of_the_quarter_of_the_decision_without_pointing_at_it(
    world: World,
) -> None:
    for number in range(12):
        late = {"appealed": 60, "outcome": (110, AppealVerdict.REVERSED)} if number == 3 else {}
        await made(world.cases, day(5, 1 + number), decided=5, **late)
    for number in range(8):
        await made(world.cases, day(4, 1 + number), decided=5, verdict=Verdict.NOT_UPHELD)
    world.clock.advance(day(7) - day(10))
    before = await publish_figures(world.period(Q2), world.deps)
    assert before.count("decisions.case-upheld").number == 12
    world.clock.advance(day(10) - day(7))
    await publish_figures(world.period(Q3), world.deps)
    after = await publish_figures(world.period(Q2), world.deps)
    assert after.through == Q3
    assert after.count(t.REVERSED).showing is Showing.SMALL
    assert after.count("decisions.case-upheld").number is None
    assert after.count(t.DECIDED).number == 20
    assert len(world.published.kept) == 3
    assert learnt(world.published.kept) == []


async def test_all_reports_of_a_party_of_some_size_together_give_nothing_away(world: World) -> None:
    await a_year(world.cases)
    for quarter in (Q3, Q1, Q2):
        await publish_figures(world.period(quarter), world.deps)
    assert learnt(world.published.kept) == []


async def test_a_quarter_without_a_case_has_its_report_too(world: World) -> None:
    report = await publish_figures(world.period(Q1), world.deps)
    assert report.nothing_happened


def digest_of(cases: list[Case], now: datetime) -> Notice:
    return backlog_digest(backlog(cases, now, ClockRules(), CALENDAR))


async def test_the_daily_digest_says_how_many_wait_how_long_and_how_many_are_late(world: World) -> None:
    for number in range(74):
        await made(world.cases, day(9) - (60 + number * 9) * DAY, acknowledged=None, triaged=None)
    told = digest_of([case async for case in world.cases.all()], day(9))
    assert told.title == "74 cases are open"
    assert told.paragraphs == (
        "74 cases are open; the oldest has been waiting for 717 days. 74 of them (100%) are over a deadline.",
    )


async def test_the_daily_digest_of_no_case_says_so(world: World) -> None:
    assert digest_of([], day(9)).title == "No case is waiting"


async def test_the_daily_digest_names_the_escalations_that_nobody_confirmed(world: World) -> None:
    for number in range(7):
        await made(world.cases, day(1, 1 + number), acknowledged=None, triaged=None)
    clock = SteadyClock(FrozenClock(day(9)), lambda: 0.0)
    holders = PostHolders()
    await keep_deadlines(
        DeadlineDeps(
            cases=world.cases, alarms=Reached(), clock=clock, rules=ClockRules(), calendar=CALENDAR, holders=holders
        )
    )
    told = digest_of([case async for case in world.cases.all()], day(9) + timedelta(hours=1)).paragraphs[1]
    assert "C-2026-000001, C-2026-000002, C-2026-000003, C-2026-000004, C-2026-000005 and 2 more" in told
    assert "hustings cases confirm CASE" in told
