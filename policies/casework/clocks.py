"""The deadlines of a case: when each began, when it is due, whether it was kept.

A deadline follows from what happened to the case and from nothing else, so that it survives restarts. Lowering the
severity never moves a deadline away, so that nobody buys time with a label; raising it brings the deadline nearer.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from policies.casework import events as e
from policies.casework.calendars import Calendar
from policies.casework.case import Case
from policies.casework.words import CaseKind, CaseState, ClockName
from policies.decisions import Severity

MOST_PAUSED = timedelta(days=14)
"""How long the clocks of a case may stand still in all (evidence.md R36)."""

LEGAL_ACKNOWLEDGEMENT = timedelta(days=30)
"""Within which a complaint about data must be acknowledged in the UK (Data Protection Act 2018 s. 164A)."""

_SPAN = re.compile(r"([1-9][0-9]{0,4})(mo|wd|h|d)")


class Unit(StrEnum):
    """By what a span of time is counted; a day is 24 hours, a working day ends with the day."""

    HOURS = "h"
    DAYS = "d"
    WORKING_DAYS = "wd"
    MONTHS = "mo"


@dataclass(frozen=True, slots=True)
class Span:
    """How long a clock runs: 24 hours, 28 days, 10 working days, 6 months."""

    amount: int
    unit: Unit

    def after(self, start: datetime, calendar: Calendar) -> datetime:
        """Give when it is over, in UTC."""
        match self.unit:
            case Unit.HOURS:
                return start + timedelta(hours=self.amount)
            case Unit.DAYS:
                return start + timedelta(days=self.amount)
            case Unit.WORKING_DAYS:
                return calendar.after(start, self.amount)
            case Unit.MONTHS:
                return calendar.months_after(start, self.amount)
            case _:
                assert_never(self.unit)

    def __str__(self) -> str:
        """Write it as files do: 24h, 28d, 10wd, 6mo."""
        return f"{self.amount}{self.unit.value}"


def read_span(written: str) -> Span:
    """Read 24h, 28d, 10wd or 6mo; raises `ValueError` with a sentence otherwise."""
    found = _SPAN.fullmatch(written.strip())
    if found is None:
        raise ValueError(f"{written!r} is no span of time: write 24h, 28d, 10wd (working days) or 6mo")
    return Span(int(found[1]), Unit(found[2]))


def _triage() -> Mapping[Severity, Span]:
    return {
        Severity.CRITICAL: Span(1, Unit.HOURS),
        Severity.HIGH: Span(24, Unit.HOURS),
        Severity.MEDIUM: Span(3, Unit.DAYS),
        Severity.LOW: Span(3, Unit.DAYS),
    }


def _decision() -> Mapping[Severity, Span]:
    return {severity: Span(28, Unit.DAYS) for severity in Severity}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRules:
    """How long each clock runs (defaults: evidence.md R36), and how long all of them may stand still."""

    acknowledge: Span = Span(24, Unit.HOURS)
    triage: Mapping[Severity, Span] = field(default_factory=_triage)
    decide: Mapping[Severity, Span] = field(default_factory=_decision)
    appeal_window: Span = Span(6, Unit.MONTHS)
    appeal_decide: Span = Span(28, Unit.DAYS)
    subject_request: Span = Span(1, Unit.MONTHS)
    most_paused: timedelta = MOST_PAUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """One clock of a case: from when, until when, and when what it waits for was done, if it was."""

    name: ClockName
    started: datetime
    due: datetime
    stopped: datetime | None = None
    paused: timedelta = timedelta()

    @property
    def twice(self) -> datetime:
        """When twice the time is over; what it stood still is not doubled."""
        return self.due + (self.due - self.started - self.paused)

    def is_over(self, now: datetime) -> bool:
        """Whether the deadline was missed, by what was done or by now."""
        return (self.stopped or now) > self.due

    def is_twice_over(self, now: datetime) -> bool:
        """Whether twice the time is over, and what it waits for is still not done."""
        return self.stopped is None and now > self.twice


_PAUSABLE = (ClockName.TRIAGE, ClockName.DECIDE, ClockName.APPEAL_DECIDE)
"""Receipt costs one message, so its clock never stands still; the time to appeal belongs to the member."""


def clocks(case: Case, rules: ClockRules, calendar: Calendar) -> tuple[Running, ...]:
    """Give every clock that a case has or had, with its deadline, pauses counted."""
    moved = {state: _reached(case, state) for state in CaseState}
    decided, appealed = moved[CaseState.DECIDED], moved[CaseState.APPEALED]
    opened = case.opened_at
    found = [
        Running(
            name=ClockName.ACKNOWLEDGE,
            started=opened,
            due=_acknowledgement_due(case, rules, calendar),
            stopped=moved[CaseState.ACKNOWLEDGED],
        ),
        _by_severity(case, ClockName.TRIAGE, rules.triage, moved[CaseState.TRIAGED], calendar),
        _decision_clock(case, rules, decided, calendar),
    ]
    if decided is not None:
        promised = case.decision.appeal_until if case.decision is not None else None
        found.append(
            Running(
                name=ClockName.APPEAL_WINDOW,
                started=decided,
                due=promised or rules.appeal_window.after(decided, calendar),
                stopped=appealed or moved[CaseState.CLOSED],
            )
        )
    if appealed is not None:
        due = rules.appeal_decide.after(appealed, calendar)
        name, ended = ClockName.APPEAL_DECIDE, moved[CaseState.APPEAL_DECIDED]
        found.append(Running(name=name, started=appealed, due=due, stopped=ended))
    return tuple(_paused(running, case) for running in found)


def pauses(case: Case) -> tuple[tuple[datetime, datetime], ...]:
    """Give when the clocks of a case stood still, and until when they will at the latest."""
    found: list[tuple[datetime, datetime]] = []
    for one in case.history:
        match one.what:
            case e.ClockPaused(until=until):
                found.append((one.at, max(one.at, until)))
            case e.ClockResumed() if found:
                begun, until = found[-1]
                found[-1] = (begun, max(begun, min(until, one.at)))
    return tuple(found)


def may_pause(case: Case, until: datetime, now: datetime, rules: ClockRules) -> str:
    """Say why the clocks of a case may not be stopped until a moment; an empty string if they may."""
    stood = pauses(case)
    if not case.is_open:
        return f"{case.id} is closed; its clocks have stopped."
    if stood and stood[-1][1] > now:
        return f"The clocks of {case.id} stand still already, until {stood[-1][1]:%Y-%m-%d %H:%M} UTC."
    if until <= now:
        return "A pause ends at a moment that is still to come."
    left = rules.most_paused - sum((end - begun for begun, end in stood), timedelta())
    if until - now > left:
        days = max(0, left // timedelta(hours=1)) / 24
        return (
            f"The clocks of a case may stand still for {rules.most_paused.days} days in all, and {case.id} has"
            f" {days:.1f} left."
        )
    return ""


def _reached(case: Case, state: CaseState) -> datetime | None:
    """Give when a case came into a state, if it did."""
    for one in case.history:
        match one.what:
            case e.CaseMoved(to=to) if to is state:
                return one.at
            case e.CaseDecided() if state is CaseState.DECIDED:
                return one.at
            case e.AppealMade() if state is CaseState.APPEALED:
                return one.at
            case e.AppealDecided() if state is CaseState.APPEAL_DECIDED:
                return one.at
    return None


def _acknowledgement_due(case: Case, rules: ClockRules, calendar: Calendar) -> datetime:
    """Give when receipt has to be confirmed: by the community's own rules, and never later than the law has it."""
    due = rules.acknowledge.after(case.opened_at, calendar)
    return min(due, case.opened_at + LEGAL_ACKNOWLEDGEMENT) if case.kind is CaseKind.DATA_COMPLAINT else due


def _decision_clock(case: Case, rules: ClockRules, decided: datetime | None, calendar: Calendar) -> Running:
    if case.kind in (CaseKind.SUBJECT_ACCESS, CaseKind.ERASURE_REQUEST):
        due = rules.subject_request.after(case.opened_at, calendar)
        return Running(name=ClockName.DECIDE, started=case.opened_at, due=due, stopped=decided)
    return _by_severity(case, ClockName.DECIDE, rules.decide, decided, calendar)


def _by_severity(
    case: Case, name: ClockName, spans: Mapping[Severity, Span], stopped: datetime | None, calendar: Calendar
) -> Running:
    """Give a clock that severity sets: the earliest deadline of all that it ever had."""
    first = case.history[0].what
    begun = first.severity if isinstance(first, e.CaseOpened) else case.severity
    due = spans[begun].after(case.opened_at, calendar)
    for one in case.of(e.SeveritySet):
        if isinstance(one.what, e.SeveritySet) and (stopped is None or one.at < stopped):
            due = min(due, spans[one.what.severity].after(one.at, calendar))
    return Running(name=name, started=case.opened_at, due=due, stopped=stopped)


def _paused(running: Running, case: Case) -> Running:
    """Add the time for which the clock stood still; a pause after the deadline mends nothing."""
    if running.name not in _PAUSABLE:
        return running
    stood = timedelta()
    for begun, end in pauses(case):
        since, till = max(begun, running.started), min(end, running.stopped or end)
        if since < running.due + stood and till > since:
            stood += till - since
    return replace(running, due=running.due + stood, paused=stood)
