"""What a quarter comes to: counted from histories, each thing once, in the quarter in which it happened."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from policies.casework import figure_tables as t
from policies.casework.calendars import Calendar, Nation
from policies.casework.clocks import ClockRules
from policies.casework.figures import Figures, Period, Tallies, figures, spread
from policies.casework.publications import publish
from policies.casework.quarters import Quarter, quarter_of, read_quarter
from policies.casework.shown_figures import shown
from policies.casework.suppression import Showing
from policies.casework.words import AppealVerdict, Channel, ClockName, Sanction, Verdict
from policies.decisions import Action
from policies.findings import Category
from tests.fakes.cases import MemoryCases
from tests.fakes.made_cases import CONFIRMED, CONTACT, ESCALATED, REFUSED, UNDELIVERED, a_year, chosen, day, made

LONDON = ZoneInfo("Europe/London")
Q2, Q3 = Quarter(2026, 2), Quarter(2026, 3)


def period(quarter: Quarter = Q2, through: Quarter | None = None) -> Period:
    rules, calendar = ClockRules(), Calendar(Nation.ENGLAND, LONDON)
    return Period(quarter=quarter, through=through or quarter, zone=LONDON, rules=rules, calendar=calendar)


@pytest.fixture
def cases() -> MemoryCases:
    return MemoryCases()


async def counted(cases: MemoryCases, of: Period | None = None, tallies: Tallies | None = None) -> Figures:
    return figures([case async for case in cases.all()], tallies or Tallies(), of or period())


async def counts(cases: MemoryCases, of: Period | None = None, tallies: Tallies | None = None) -> dict[str, int]:
    found = (await counted(cases, of, tallies)).report.counts
    return {cell: number for cell, number in found.items() if number}


def test_a_quarter_begins_at_midnight_where_the_body_is() -> None:
    assert Q2.begins(LONDON) == datetime(2026, 3, 31, 23, tzinfo=UTC)
    assert quarter_of(datetime(2026, 3, 31, 22, 59, tzinfo=UTC), LONDON) == Quarter(2026, 1)
    assert quarter_of(datetime(2026, 3, 31, 23, 0, tzinfo=UTC), LONDON) == Q2
    assert Quarter(2026, 4).following == Quarter(2027, 1)
    assert Quarter(2026, 1).before == Quarter(2025, 4)


@pytest.mark.parametrize("written", ["2026", "2026Q5", "Q2 2026", "20266Q1", ""])
def test_what_is_no_quarter_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValueError, match="as in 2026Q2"):
        read_quarter(written)


async def test_every_report_counts_by_how_it_came_who_made_it_and_what_it_is_about(cases: MemoryCases) -> None:
    about = [Category.THREAT, Category.INSULT]
    await made(cases, day(4, 9), channels=[Channel.MESSAGE, Channel.OUTSIDE], anonymous=True, categories=about)
    await made(cases, day(5, 9), channels=[Channel.DETECTION], categories=[])
    found = await counts(cases)
    assert found[t.RECEIVED] == 3
    assert (found["reports.message"], found["reports.outside"], found[t.DETECTED]) == (1, 1, 1)
    assert (found["reports.unnamed"], found.get("reports.named", 0)) == (2, 0)
    assert (found["reports.category.threat"], found["reports.category.insult"], found[t.NO_CATEGORY]) == (2, 2, 1)


async def test_what_happened_before_or_after_the_quarter_counts_in_its_own(cases: MemoryCases) -> None:
    await made(cases, day(3, 20), decided=20, closed=110)
    assert set(await counts(cases)) >= {t.OPEN, t.DECIDED}
    assert not {t.RECEIVED, t.OPENED, t.CLOSED} & set(await counts(cases))
    before, after = await counts(cases, period(Quarter(2026, 1))), await counts(cases, period(Q3))
    assert (before[t.RECEIVED], before[t.OPENED], before[t.OPEN]) == (1, 1, 1)
    assert after == {t.CLOSED: 1}


async def test_open_cases_are_late_by_each_deadline_that_is_missed_at_the_end(cases: MemoryCases) -> None:
    await made(cases, day(4, 1), acknowledged=None, triaged=None)
    await made(cases, day(6, 29))
    await made(cases, day(4, 2), decided=2)
    found = await counted(cases)
    late = {cell: number for cell, number in found.report.counts.items() if cell.startswith(("late.", t.OPEN))}
    assert late[t.OPEN] == 3
    assert (late[t.LATE], late[t.IN_TIME]) == (1, 2)
    assert (late["late.clock-acknowledge"], late["late.clock-triage"], late["late.clock-decide"]) == (1, 1, 1)
    assert found.ages.longest == Q2.ends(LONDON) - day(4, 1)


async def test_times_are_of_what_was_done_in_the_quarter(cases: MemoryCases) -> None:
    for number in range(1, 11):
        await made(cases, day(4, number), acknowledged=number / 10, triaged=2, decided=3 * number)
    found = (await counted(cases)).times
    assert found[ClockName.ACKNOWLEDGE].number == 10
    assert found[ClockName.DECIDE].median == timedelta(days=16.5)
    assert found[ClockName.DECIDE].ninetieth == timedelta(days=27)
    assert found[ClockName.APPEAL_DECIDE].number == 0


def test_a_spread_of_one_is_that_one() -> None:
    one = timedelta(days=3)
    assert (spread([one]).median, spread([one]).ninetieth, spread([one]).longest) == (one, one, one)


async def test_a_decision_counts_with_what_it_imposed_and_whether_that_follows_the_grid(cases: MemoryCases) -> None:
    imposed = [chosen(Sanction.BAN, "the third time within a week"), chosen(Sanction.WARNING)]
    await made(cases, day(4), channels=[Channel.DETECTION, Channel.MESSAGE], decided=5, sanctions=imposed)
    await made(cases, day(5), channels=[Channel.MESSAGE, Channel.DETECTION], decided=5, verdict=Verdict.NOT_PROVEN)
    found = await counts(cases)
    assert (found["decisions.case-upheld"], found["decisions.case-not-proven"], found[t.DECIDED]) == (1, 1, 2)
    assert (found[t.FROM_DETECTION], found[t.FROM_REPORTS]) == (1, 1)
    assert (found["sanctions.sanction-ban"], found["sanctions.sanction-warning"], found[t.SANCTIONS]) == (1, 1, 2)
    assert (found[t.BY_GRID], found[t.DEPARTURES]) == (1, 1)


async def test_a_reversal_corrects_the_figures_of_the_quarter_of_the_decision(cases: MemoryCases) -> None:
    imposed = [chosen(Sanction.SUSPENSION)]
    reversed_at = (100, AppealVerdict.REVERSED)
    await made(cases, day(4), decided=5, sanctions=imposed, appealed=10, outcome=reversed_at)
    first = await counts(cases)
    assert (first["decisions.case-upheld"], first["sanctions.sanction-suspension"], first[t.APPEALS]) == (1, 1, 1)
    corrected = await counted(cases, period(Q2, through=Q3))
    assert corrected.report.counts["decisions.case-upheld"] == 0
    assert corrected.report.counts[t.REVERSED] == 1
    assert corrected.report.counts[t.SANCTIONS] == 0
    assert corrected.report.undone_in == {Q3: 1}
    later = await counted(cases, period(Q3))
    assert (later.report.counts[t.APPEALS_DECIDED], later.report.counts[t.APPEAL_REVERSED]) == (1, 1)
    assert later.report.undoing_of == {Q2: 1}


async def test_interference_escalations_and_silence_count(cases: MemoryCases) -> None:
    more = [(1, CONTACT), (1, CONTACT), (1, REFUSED), (60, ESCALATED), (61, CONFIRMED), (70, UNDELIVERED)]
    await made(cases, day(4), more=more)
    await made(cases, day(4, 2), more=[(60, ESCALATED)])
    found = await counts(cases)
    assert (found[t.CONTACTS], found[t.REFUSED_VIEWS], found[t.UNDELIVERED]) == (2, 1, 1)
    assert (found[t.ESCALATIONS], found[t.CONFIRMED], found[t.UNCONFIRMED]) == (2, 1, 1)


async def test_what_the_bot_did_counts_beside_what_was_turned_round(cases: MemoryCases) -> None:
    done = Tallies(automatic={Action.HIDE: 7, Action.MUTE: 2}, turned_round=3, erasures=4, exports=1)
    found = await counts(cases, tallies=done)
    assert (found[t.AUTOMATED], found[t.STOOD], found[t.TURNED_ROUND]) == (9, 6, 3)
    assert (found["automatic.hide"], found["automatic.mute"], found[t.ERASURES], found[t.EXPORTS]) == (7, 2, 4, 1)


async def test_every_table_adds_up(cases: MemoryCases) -> None:
    await a_year(cases)
    for of in (period(Q2), period(Q3), period(Q2, through=Q3)):
        found = (await counted(cases, of, Tallies(automatic={Action.HOLD: 4}, turned_round=1))).report.counts
        for table in t.TABLES:
            if table.total and not table.overlaps:
                assert sum(found[row] for row in table.rows) == found[table.total], table.name
            elif table.total:
                assert max(found[row] for row in table.rows) <= found[table.total], table.name
                assert sum(found[row] for row in table.rows) >= found[table.total], table.name


def test_every_count_has_its_words_and_every_table_its_title() -> None:
    assert set(t.WORDS) == set(t.CELLS)
    assert set(t.TITLES) == {table.name for table in t.TABLES}


async def test_a_few_open_cases_hide_their_number_but_not_that_one_is_old(cases: MemoryCases) -> None:
    await made(cases, day(4, year=2024), triaged=None)
    found = await counted(cases)
    told = shown(found, publish(found.report, t.SHAPE, (), day(7)))
    assert told.count(t.OPEN).showing is Showing.SMALL
    assert told.ages.longest is None
    assert told.ages.band == "more than two years"
    assert all(share.per_cent is None for share in told.shares)


async def test_the_ninth_tenth_of_fewer_than_ten_is_not_told_for_it_is_one_person(cases: MemoryCases) -> None:
    for number in range(1, 10):
        await made(cases, day(4, number), decided=3 * number)
    found = await counted(cases)
    told = {one.name: one for one in shown(found, publish(found.report, t.SHAPE, (), day(7))).times}
    assert told["clock-decide"].median == timedelta(days=15)
    assert told["clock-decide"].ninetieth is None
