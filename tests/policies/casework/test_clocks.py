"""Deadlines: working days by nation, pauses with a limit, and nothing that buys time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from policies.casework import events as e
from policies.casework.calendars import Calendar, Nation
from policies.casework.case import Case, case_of
from policies.casework.clocks import ClockRules, Running, Span, Unit, clocks, may_pause, pauses, read_span
from policies.casework.people import THE_BOT, CaseId
from policies.casework.words import (
    AppealVerdict,
    CaseKind,
    CaseReason,
    CaseState,
    ClockName,
    Part,
    PauseReason,
    Verdict,
)
from policies.decisions import Severity

LONDON, DUBLIN = ZoneInfo("Europe/London"), ZoneInfo("Europe/Dublin")
ENGLAND = Calendar(Nation.ENGLAND, LONDON)
RULES = ClockRules()
START = datetime(2026, 5, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def at(days: float) -> datetime:
    return START + timedelta(days=days)


def case(
    *after: tuple[float, e.CaseEvent], severity: Severity = Severity.MEDIUM, kind: CaseKind = CaseKind.CONDUCT
) -> Case:
    happened = [e.Happened(at=START, by=THE_BOT, what=e.CaseOpened(kind=kind, severity=severity))]
    happened += [e.Happened(at=at(days), by=THE_BOT, what=what) for days, what in after]
    return case_of(CaseId("C-2026-000001"), happened)


def clock(found: Case, name: ClockName) -> Running:
    return next(running for running in clocks(found, RULES, ENGLAND) if running.name is name)


ACKNOWLEDGED = e.CaseMoved(to=CaseState.ACKNOWLEDGED, reason=CaseReason.RECEIPT_SENT)
TRIAGED = e.CaseMoved(to=CaseState.TRIAGED, reason=CaseReason.SEVERITY_SET)
INVESTIGATING = e.CaseMoved(to=CaseState.INVESTIGATING, reason=CaseReason.FACTS_NEEDED)
DECIDED = e.CaseDecided(verdict=Verdict.UPHELD, reasons="It is a threat.")
APPEALED = e.AppealMade(by=None, part=Part.SUBJECT, grounds="I was quoting.")


def pause(until: float) -> e.ClockPaused:
    return e.ClockPaused(reason=PauseReason.AWAITING_POLICE, until=at(until))


@pytest.mark.parametrize(
    ("nation", "start", "days", "due"),
    [
        (Nation.ENGLAND, "2026-12-23T10:00", 10, "2027-01-12T00:00"),
        (Nation.SCOTLAND, "2026-12-23T10:00", 10, "2027-01-13T00:00"),
        (Nation.NORTHERN_IRELAND, "2026-03-16T10:00", 1, "2026-03-19T00:00"),
        (Nation.ENGLAND, "2026-03-16T10:00", 1, "2026-03-18T00:00"),
        (Nation.NONE, "2026-12-24T10:00", 1, "2026-12-26T00:00"),
        (Nation.WALES, "2026-06-05T23:30", 1, "2026-06-08T23:00"),
    ],
)
def test_working_days_are_those_of_the_nation(nation: Nation, start: str, days: int, due: str) -> None:
    begun = datetime.fromisoformat(start).replace(tzinfo=UTC)
    expected = datetime.fromisoformat(due).replace(tzinfo=UTC)
    assert Calendar(nation, LONDON).after(begun, days) == expected


def test_ireland_keeps_its_own_days_and_zone() -> None:
    begun = datetime(2026, 3, 16, 12, tzinfo=UTC)
    assert Calendar(Nation.IRELAND, DUBLIN).after(begun, 1) == datetime(2026, 3, 19, tzinfo=UTC)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)), st.integers(1, 60))  # noqa: DTZ001
def test_a_deadline_in_working_days_ends_a_working_day_and_has_that_many_between(start: datetime, days: int) -> None:
    due = ENGLAND.after(start, days)
    last = (due - timedelta(seconds=1)).astimezone(LONDON).date()
    assert ENGLAND.is_working(last)
    assert ENGLAND.working_days_until(start, due - timedelta(seconds=1)) == days


@pytest.mark.parametrize("month", range(1, 13))
def test_six_months_end_on_the_same_day_or_the_last_one(month: int) -> None:
    start = datetime(2026, month, 28, 12, tzinfo=UTC) + 3 * DAY
    start = min(start, (datetime(2026, month, 28, tzinfo=UTC) + 4 * DAY).replace(day=1, hour=12) - DAY)
    due = (ENGLAND.months_after(start, 6) - timedelta(seconds=1)).astimezone(LONDON).date()
    assert (due.month - month) % 12 == 6
    assert due.day == start.day or (due + DAY).month != due.month


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("24h", Span(24, Unit.HOURS)),
        ("28d", Span(28, Unit.DAYS)),
        (" 10wd ", Span(10, Unit.WORKING_DAYS)),
        ("6mo", Span(6, Unit.MONTHS)),
    ],
)
def test_a_span_is_read_as_it_is_written(written: str, span: Span) -> None:
    assert read_span(written) == span
    assert str(span) == written.strip()


@pytest.mark.parametrize("written", ["", "0d", "-1d", "1.5d", "10", "d", "1w", "100000d", "1 d"])
def test_what_is_no_span_is_refused_in_a_sentence(written: str) -> None:
    with pytest.raises(ValueError, match="is no span of time: write 24h"):
        read_span(written)


def test_every_clock_has_the_time_that_the_rules_give() -> None:
    found = case((0.5, ACKNOWLEDGED), (1, TRIAGED), (2, INVESTIGATING), (20, DECIDED), (30, APPEALED))
    due = {running.name: running.due for running in clocks(found, RULES, ENGLAND)}
    assert due == {
        ClockName.ACKNOWLEDGE: at(1),
        ClockName.TRIAGE: at(3),
        ClockName.DECIDE: at(28),
        ClockName.APPEAL_WINDOW: datetime(2026, 11, 26, tzinfo=UTC),
        ClockName.APPEAL_DECIDE: at(58),
    }
    assert not any(running.is_over(at(31)) for running in clocks(found, RULES, ENGLAND))


def test_a_threat_is_triaged_within_the_hour() -> None:
    assert clock(case(severity=Severity.CRITICAL), ClockName.TRIAGE).due == START + timedelta(hours=1)


def test_raising_the_severity_brings_the_deadline_nearer() -> None:
    found = case((1, e.SeveritySet(severity=Severity.CRITICAL)))
    assert clock(found, ClockName.TRIAGE).due == at(1) + timedelta(hours=1)


def test_nobody_buys_time_by_calling_a_threat_a_trifle() -> None:
    found = case((0.01, e.SeveritySet(severity=Severity.LOW)), severity=Severity.CRITICAL)
    assert clock(found, ClockName.TRIAGE).due == START + timedelta(hours=1)


def test_requests_about_ones_own_data_have_a_month() -> None:
    found = case(kind=CaseKind.SUBJECT_ACCESS)
    assert clock(found, ClockName.DECIDE).due == datetime(2026, 6, 5, 23, tzinfo=UTC)


def test_a_missed_deadline_stays_missed_when_the_work_was_done_late() -> None:
    found = clock(case((2, ACKNOWLEDGED)), ClockName.ACKNOWLEDGE)
    assert found.is_over(at(100))
    assert not found.is_twice_over(at(100))


def test_a_pause_moves_the_deadline_by_what_it_lasted_and_not_twice_the_time() -> None:
    found = clock(case((5, pause(10)), (8, e.ClockResumed())), ClockName.DECIDE)
    assert (found.due, found.twice) == (at(31), at(59))


def test_a_pause_ends_by_itself() -> None:
    assert clock(case((5, pause(10))), ClockName.DECIDE).due == at(33)
    assert pauses(case((5, pause(10)))) == ((at(5), at(10)),)


def test_a_pause_after_the_deadline_mends_nothing() -> None:
    found = clock(case((29, pause(35))), ClockName.DECIDE)
    assert found.due == at(28)
    assert found.is_over(at(30))


def test_receipt_and_the_window_for_appeal_never_stand_still() -> None:
    found = case((0.1, pause(10)), (0.5, e.ClockResumed()))
    assert clock(found, ClockName.ACKNOWLEDGE).due == at(1)


@pytest.mark.parametrize(
    ("events", "until", "said"),
    [
        ((), 15, "14 days in all, and C-2026-000001 has 14.0 left"),
        (((0, pause(8)),), 9, "stand still already, until 2026-05-13 09:00"),
        (((0, pause(8)), (0.5, e.ClockResumed())), 15, "has 13.5 left"),
        ((), 1, "still to come"),
    ],
)
def test_a_pause_beyond_the_limit_is_refused(
    events: tuple[tuple[float, e.CaseEvent], ...], until: float, said: str
) -> None:
    assert said in may_pause(case(*events), at(until), at(1) if events or until < 2 else at(0), RULES)


def test_a_pause_within_the_limit_is_allowed() -> None:
    assert may_pause(case(), at(14), at(0), RULES) == ""


@given(st.lists(st.tuples(st.floats(0.1, 20), st.floats(0.1, 20), st.booleans()), max_size=8))
def test_however_it_is_paused_no_deadline_moves_by_more_than_the_limit(
    wanted: list[tuple[float, float, bool]],
) -> None:
    found, now = case(), 0.0
    for wait, length, resume in wanted:
        now += wait
        assume(now < 300)
        if may_pause(found, at(now + length), at(now), RULES):
            continue
        events = [(now, pause(now + length))]
        history = [*found.history, *(e.Happened(at=at(when), by=THE_BOT, what=what) for when, what in events)]
        if resume:
            now += length / 2
            history.append(e.Happened(at=at(now), by=THE_BOT, what=e.ClockResumed()))
        found = case_of(found.id, history)
    decide = clock(found, ClockName.DECIDE)
    assert at(28) <= decide.due <= at(28) + RULES.most_paused
    assert decide.twice <= at(56) + RULES.most_paused


def test_an_appeal_starts_a_clock_of_its_own() -> None:
    found = case(
        (0, ACKNOWLEDGED),
        (0, TRIAGED),
        (0, INVESTIGATING),
        (1, DECIDED),
        (100, APPEALED),
        (129, e.AppealDecided(verdict=AppealVerdict.STANDS, reasons="Nothing new was brought.")),
    )
    assert clock(found, ClockName.APPEAL_DECIDE).is_over(at(130))
    assert not clock(found, ClockName.APPEAL_WINDOW).is_over(at(130))
