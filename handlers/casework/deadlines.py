"""What happens when time passes: alarms at a missed deadline, escalation at twice the time, windows that close."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handlers.casework.attempts import after_attempt, attempts, owed
from handlers.casework.ports import Alarms, CaseChanged, Cases
from handlers.casework.steady import SteadyClock
from handlers.ports import Notice
from policies.casework import events as e
from policies.casework.calendars import Calendar
from policies.casework.case import Case, NotAllowed
from policies.casework.clocks import ClockRules, Running, clocks
from policies.casework.people import THE_BOT, By, CaseId
from policies.casework.words import CaseReason, CaseState, ClockName, Delivery, NoticeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PostHolders:
    """Who answers for deadlines, by name of their post: at a breach, and at twice the time."""

    breaches: str = "case-secretary"
    reviewer: str = "independent-reviewer"
    leadership: str = "leadership"


class KnowsStakes(Protocol):
    """Who must not be told of a case; `handlers.casework.access` has the real one."""

    async def whom_to_tell(self, holders: str, case: Case) -> str:
        """Give those of some post-holders who have no stake in a case, or who is told in their place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineDeps:
    """What the keeping of deadlines is given. Without `access` nobody is known to have a stake."""

    cases: Cases
    alarms: Alarms
    clock: SteadyClock
    rules: ClockRules
    calendar: Calendar
    holders: PostHolders
    access: KnowsStakes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What one look at all open cases came to: how many of each."""

    breaches: int = 0
    escalations: int = 0
    closed: int = 0
    told: int = 0
    left_for_later: int = 0


async def keep_deadlines(deps: DeadlineDeps, *, tell: bool = True) -> Kept:
    """Look at every open case once; what was recorded before is not recorded again, so it is harmless when repeated.

    A case that somebody works on at this moment is left for the next look. Without `tell` what has to be said stays
    owed: whoever reaches nobody must not count as having told them.
    """
    now = deps.clock.read().now
    breaches = escalations = closed = told = later = 0
    async for case in deps.cases.all(open_only=True):
        try:
            due = what_is_due(case, now, deps.rules, deps.calendar, deps.holders)
            kept = case if not due else await deps.cases.append(case.id, *_by_bot(due, now), version=case.version)
            breaches += sum(isinstance(what, e.ClockBreached) for what in due)
            escalations += sum(isinstance(what, e.CaseEscalated) for what in due)
            closed += sum(isinstance(what, e.CaseMoved) for what in due)
            told += await _tell_owed(kept, now, deps) if tell else 0
        except (CaseChanged, NotAllowed):
            later += 1
    return Kept(breaches=breaches, escalations=escalations, closed=closed, told=told, left_for_later=later)


async def acknowledge_escalation(case: CaseId, by: By, words: str, now: datetime, cases: Cases) -> Case:
    """Record that whoever an escalation went to was told; raises `NotAllowed` if there is none to confirm."""
    found = await cases.get(case)
    if found is None:
        raise NotAllowed(f"There is no case {case}.")
    escalated = found.of(e.CaseEscalated)
    if len(found.of(e.EscalationAcknowledged)) >= len(escalated):
        raise NotAllowed(f"{case} has no escalation that waits to be confirmed.")
    first = escalated[len(found.of(e.EscalationAcknowledged))].what
    clock = first.clock if isinstance(first, e.CaseEscalated) else ClockName.DECIDE
    what = e.EscalationAcknowledged(clock=clock, words=words)
    return await cases.append(case, e.Happened(at=now, by=by, what=what), version=found.version)


def what_is_due(
    case: Case, now: datetime, rules: ClockRules, calendar: Calendar, holders: PostHolders
) -> tuple[e.CaseEvent, ...]:
    """Give what the passing of time makes of a case and is not recorded yet.

    Each missed deadline is one alarm. A case is escalated once before its decision and once on appeal, however many
    of its clocks ran out: an escalation is about the case.
    """
    running = [clock for clock in clocks(case, rules, calendar) if clock.stopped is None]
    known = {one.what.clock for one in case.of(e.ClockBreached) if isinstance(one.what, e.ClockBreached)}
    due: list[e.CaseEvent] = []
    for clock in running:
        if clock.name is ClockName.APPEAL_WINDOW:
            if case.state is CaseState.DECIDED and clock.is_over(now):
                due.append(e.CaseMoved(to=CaseState.CLOSED, reason=CaseReason.APPEAL_WINDOW_OVER))
        elif clock.is_over(now) and clock.name not in known:
            due.append(e.ClockBreached(clock=clock.name, due=clock.due, post_holder=holders.breaches))
    late = [clock for clock in running if clock.name is not ClockName.APPEAL_WINDOW and clock.is_twice_over(now)]
    if late and not _escalated_in_this_round(case, late[0]):
        gravest = late[-1]
        to = f"{holders.reviewer}, {holders.leadership}"
        due.append(e.CaseEscalated(clock=gravest.name, due=gravest.due, to=to))
    return tuple(due)


def _escalated_in_this_round(case: Case, late: Running) -> bool:
    on_appeal = late.name is ClockName.APPEAL_DECIDE
    clocks_named = [one.what.clock for one in case.of(e.CaseEscalated) if isinstance(one.what, e.CaseEscalated)]
    return on_appeal in [clock is ClockName.APPEAL_DECIDE for clock in clocks_named]


def _by_bot(whats: tuple[e.CaseEvent, ...], now: datetime) -> tuple[e.Happened, ...]:
    return tuple(e.Happened(at=now, by=THE_BOT, what=what) for what in whats)


def owed_alarms(case: Case) -> tuple[tuple[str, Notice], ...]:
    """Give who was not told yet of a breach or an escalation, and what they are owed."""
    return tuple(_notice(case, reason.what) for kind, reasons in _reasons(case) for reason in owed(case, kind, reasons))


def _reasons(case: Case) -> tuple[tuple[NoticeKind, tuple[e.Happened, ...]], ...]:
    return (
        (NoticeKind.BREACH, case.of(e.ClockBreached)),
        # That nobody is left for an office is found at the shell, from where nobody else can be told.
        (
            NoticeKind.ESCALATION,
            tuple(one for one in case.history if isinstance(one.what, e.CaseEscalated | e.OfficeUnfilled)),
        ),
    )


async def _tell_owed(case: Case, now: datetime, deps: DeadlineDeps) -> int:
    """Tell whoever was not told yet of a breach or an escalation; gives how many were."""
    told = 0
    for kind, reasons in _reasons(case):
        for reason in owed(case, kind, reasons):
            to, notice = _notice(case, reason.what)
            to = to if deps.access is None else await deps.access.whom_to_tell(to, case)
            tried = attempts(case, kind) + 1
            delivery = after_attempt(await deps.alarms.tell(to, notice), tried)
            said = e.NoticeTried(
                kind=kind, to=None, part=None, delivery=delivery, attempt=tried, text="\n".join(notice.paragraphs)
            )
            case = await deps.cases.append(case.id, *_by_bot((said,), now), version=case.version)
            if delivery is Delivery.FAILED:
                break
            told += delivery is Delivery.DELIVERED
    return told


def _notice(case: Case, what: e.CaseEvent) -> tuple[str, Notice]:
    """Say what is late, without a word of what the case is about."""
    match what:
        case e.CaseEscalated(clock=clock, due=due, to=to):
            said = (
                f"{_THE[clock]} of {case.id} was due by {_written(due)}. Twice that time is over, and it is still not"
                " done."
            )
            do = (
                "The case now goes to the independent reviewer, and the leadership is told by this message. Please"
                f" confirm that you were told: hustings cases confirm {case.id}. Who confirmed, and when, is kept on"
                " record and counted in public."
            )
            return to, Notice(title=f"{case.id} is escalated", paragraphs=(said, do))
        case e.ClockBreached(clock=clock, due=due, post_holder=holder):
            said = f"{_THE[clock]} of {case.id} was due by {_written(due)} and is not done."
            do = f"Please see to it, or to who does: hustings cases show {case.id}."
            return holder, Notice(title=f"A deadline of {case.id} is missed", paragraphs=(said, do))
        case e.OfficeUnfilled(office=office, told=to):
            said = f"Everybody who could be {office.value} in {case.id} must not take part, from outside too."
            do = "Please name somebody from outside without a stake in it, and put them into the register."
            return to, Notice(title=f"Nobody can be {office.value} in {case.id}", paragraphs=(said, do))
    raise TypeError("Only a missed deadline and an escalation are told of here.")


def _written(due: datetime) -> str:
    return f"{due:%Y-%m-%d %H:%M} UTC"


_THE = {
    ClockName.ACKNOWLEDGE: "The acknowledgement",
    ClockName.TRIAGE: "The triage",
    ClockName.DECIDE: "The decision",
    ClockName.APPEAL_WINDOW: "The window for an appeal",
    ClockName.APPEAL_DECIDE: "The decision on the appeal",
}
