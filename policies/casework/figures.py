"""The true figures of a quarter, counted from what happened to cases; nothing here is fit to be published as it is."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from math import ceil

from policies.casework import events as e
from policies.casework import figure_tables as t
from policies.casework.calendars import Calendar
from policies.casework.case import Case, case_of
from policies.casework.clocks import ClockRules, clocks
from policies.casework.publications import Report
from policies.casework.quarters import Quarter, quarter_of
from policies.casework.words import AppealVerdict, CaseState, Channel, ClockName, Delivery
from policies.decisions import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallies:
    """What is counted outside cases: what the bot did, how much of it was turned round, erasures, exports."""

    automatic: Mapping[Action, int] = field(default_factory=dict)
    turned_round: int = 0
    erasures: int = 0
    exports: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How long something took: of how many, the middle one, the one that nine in ten do not exceed, the longest."""

    number: int
    median: timedelta
    ninetieth: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything that the transparency report of a quarter rests on, as it is."""

    report: Report
    ages: Spread
    times: Mapping[ClockName, Spread]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The quarter that is counted, the last quarter whose appeals correct it, and by which clock and calendar."""

    quarter: Quarter
    through: Quarter
    zone: tzinfo
    rules: ClockRules
    calendar: Calendar

    @property
    def begins(self) -> datetime:
        """Give its first moment."""
        return self.quarter.begins(self.zone)

    @property
    def ends(self) -> datetime:
        """Give the first moment after it."""
        return self.quarter.ends(self.zone)

    def holds(self, moment: datetime) -> bool:
        """Whether something happened in it."""
        return self.begins <= moment < self.ends


class Count:
    """Counts a quarter from one case after another, so that they need not all be held in memory."""

    def __init__(self, period: Period) -> None:
        self._period = period
        self._counts: Counter[str] = Counter()
        self._undone_in: Counter[Quarter] = Counter()
        self._undoing_of: Counter[Quarter] = Counter()
        self._ages: list[timedelta] = []
        self._times: dict[ClockName, list[timedelta]] = {clock: [] for clock in t.LATE_CLOCKS}

    def add(self, case: Case) -> None:
        """Count a case; what happened to it after the quarter counts only where an appeal corrects a decision."""
        until = [one for one in case.history if one.at < self._period.ends]
        if not until:
            return
        then = case_of(case.id, until)
        for one in until:
            if self._period.holds(one.at):
                self._happened(then, one)
        if then.is_open:
            self._waits(then)
        self._decisions(case)
        self._spans(then)

    def done(self, tallies: Tallies) -> Figures:
        """Give the figures of all cases that were added, with what is counted outside cases."""
        counts = self._counts
        for action in t.AUTOMATIC:
            counts[f"automatic.{action.value}"] = tallies.automatic.get(action, 0)
        counts[t.AUTOMATED] = sum(tallies.automatic.get(action, 0) for action in t.AUTOMATIC)
        counts[t.TURNED_ROUND] = min(tallies.turned_round, counts[t.AUTOMATED])
        counts[t.STOOD] = counts[t.AUTOMATED] - counts[t.TURNED_ROUND]
        counts[t.ERASURES], counts[t.EXPORTS] = tallies.erasures, tallies.exports
        report = Report(
            quarter=self._period.quarter,
            through=self._period.through,
            counts={cell: counts[cell] for cell in t.CELLS},
            undone_in=dict(self._undone_in),
            undoing_of=dict(self._undoing_of),
        )
        times = {clock: spread(found) for clock, found in self._times.items()}
        return Figures(report=report, ages=spread(self._ages), times=times)

    def _happened(self, case: Case, one: e.Happened) -> None:
        match one.what:
            case e.ReportJoined(report=report):
                self._received(case, report.new.channel, report.new.reporter is not None and not report.new.anonymous)
            case e.CaseOpened(kind=kind):
                self._more(t.OPENED, f"cases.{kind.value}")
            case e.CaseMoved(to=CaseState.CLOSED):
                self._more(t.CLOSED)
            case e.AppealMade():
                self._more(t.APPEALS)
            case e.AppealDecided(verdict=verdict):
                self._more(t.APPEALS_DECIDED, f"appeals.{verdict.value}")
                decided = _decided_at(case)
                if verdict is AppealVerdict.REVERSED and decided is not None:
                    self._undoing_of[quarter_of(decided, self._period.zone)] += 1
            case e.CaseEscalated():
                self._more(t.ESCALATIONS)
                self._more(t.CONFIRMED if _confirmed(case, one) else t.UNCONFIRMED)
            case e.ContactLogged():
                self._more(t.CONTACTS)
            case e.ViewRefused():
                self._more(t.REFUSED_VIEWS)
            case e.NoticeTried(delivery=Delivery.SHOWN_INSTEAD):
                self._more(t.UNDELIVERED)

    def _received(self, case: Case, channel: Channel, named: bool) -> None:
        self._more(t.RECEIVED, f"reports.{channel.value}")
        if channel is not Channel.DETECTION:
            self._more("reports.named" if named else "reports.unnamed")
        self._more(*(map(t.category_cell, dict.fromkeys(case.categories)) if case.categories else (t.NO_CATEGORY,)))

    def _waits(self, case: Case) -> None:
        """Count a case that is open at the end of the quarter."""
        end, period = self._period.ends, self._period
        self._more(t.OPEN)
        self._ages.append(end - case.opened_at)
        running = [clock for clock in clocks(case, period.rules, period.calendar) if clock.name in t.LATE_CLOCKS]
        late = [clock.name for clock in running if clock.stopped is None and clock.is_over(end)]
        self._more(t.LATE if late else t.IN_TIME, *(f"late.{name.value}" for name in late))

    def _decisions(self, case: Case) -> None:
        """Count the decision of the quarter as it stands after the appeals decided so far, and what it imposes."""
        decided, decision = _decided_at(case), case.decision
        if decided is None or decision is None or not self._period.holds(decided):
            return
        cell, sanctions = f"decisions.{decision.verdict.value}", decision.sanctions
        appeal = next(iter(case.of(e.AppealDecided)), None)
        if appeal is not None and appeal.at < self._period.through.ends(self._period.zone):
            what = case.appeal_decision
            if what is not None and what.verdict is AppealVerdict.REVERSED:
                cell, sanctions = t.REVERSED, what.sanctions
                self._undone_in[quarter_of(appeal.at, self._period.zone)] += 1
            elif what is not None and what.verdict is AppealVerdict.VARIED:
                sanctions = what.sanctions
        self._more(t.DECIDED, cell, t.FROM_DETECTION if _began_with_detection(case) else t.FROM_REPORTS)
        for sanction in sanctions:
            grid = t.DEPARTURES if sanction.departure.strip() else t.BY_GRID
            self._more(t.SANCTIONS, f"sanctions.{sanction.kind.value}", grid)

    def _spans(self, case: Case) -> None:
        """Note how long what was done in the quarter took."""
        for clock in clocks(case, self._period.rules, self._period.calendar):
            if clock.name in self._times and clock.stopped is not None and self._period.holds(clock.stopped):
                self._times[clock.name].append(clock.stopped - clock.started)

    def _more(self, *cells: str) -> None:
        self._counts.update(cells)


def figures(cases: Iterable[Case], tallies: Tallies, period: Period) -> Figures:
    """Count a quarter."""
    count = Count(period)
    for case in cases:
        count.add(case)
    return count.done(tallies)


def spread(spans: Sequence[timedelta]) -> Spread:
    """Give the middle, the ninth tenth and the longest of some spans of time; each is one of them or between two."""
    if not spans:
        return Spread(number=0, median=timedelta(), ninetieth=timedelta(), longest=timedelta())
    ordered, half = sorted(spans), len(spans) // 2
    median = ordered[half] if len(spans) % 2 else (ordered[half - 1] + ordered[half]) / 2
    ninetieth = ordered[ceil(len(ordered) * 9 / 10) - 1]
    return Spread(number=len(spans), median=median, ninetieth=ninetieth, longest=ordered[-1])


def _decided_at(case: Case) -> datetime | None:
    return next((one.at for one in case.of(e.CaseDecided)), None)


def _began_with_detection(case: Case) -> bool:
    """Whether no person's report came before the case was opened for what the bot had found."""
    reports = [one.what.report.new.channel for one in case.of(e.ReportJoined) if isinstance(one.what, e.ReportJoined)]
    return not reports or reports[0] is Channel.DETECTION


def _confirmed(case: Case, escalation: e.Happened) -> bool:
    """Whether as many confirmations as escalations up to this one were made by now."""
    escalated = case.of(e.CaseEscalated)
    return len(case.of(e.EscalationAcknowledged)) > escalated.index(escalation)
