"""How much is waiting, and for how long: what a backlog cannot hide (evidence.md R37)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.casework import events as e
from policies.casework.calendars import Calendar
from policies.casework.case import Case
from policies.casework.clocks import ClockRules, clocks
from policies.casework.people import CaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """The open cases: how many, the age of the oldest, how many over a deadline, escalations nobody confirmed."""

    open: int
    oldest: timedelta
    over_deadline: int
    unconfirmed: tuple[CaseId, ...]

    @property
    def share_over(self) -> float:
        """The share of open cases that are over a deadline, 0 to 1."""
        return self.over_deadline / self.open if self.open else 0.0


def backlog(cases: Iterable[Case], now: datetime, rules: ClockRules, calendar: Calendar) -> Backlog:
    """Count the open cases among those given."""
    waiting = [case for case in cases if case.is_open]
    over = [
        case
        for case in waiting
        if any(running.stopped is None and running.is_over(now) for running in clocks(case, rules, calendar))
    ]
    return Backlog(
        open=len(waiting),
        oldest=max((now - case.opened_at for case in waiting), default=timedelta()),
        over_deadline=len(over),
        unconfirmed=tuple(case.id for case in waiting if unconfirmed(case)),
    )


def unconfirmed(case: Case) -> bool:
    """Whether the case was escalated and nobody confirmed since that they were told."""
    escalated = [one.at for one in case.of(e.CaseEscalated)]
    return bool(escalated) and len(case.of(e.EscalationAcknowledged)) < len(escalated)
