"""`python -m tests.bench.cases [--quick]`: what a look at all cases costs the live bot, by how many are open."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from statistics import median

from bot.case_deadlines import calendar_of, deadlines_beside
from bot.case_decisions import deciding_beside
from bot.settings_casework import CaseworkSettings
from bot.store.sqlite.store import Store, open_store
from handlers.casework.bringing_about import keep_decisions
from handlers.casework.deadlines import PostHolders, keep_deadlines
from handlers.casework.deciding import DecidingDeps
from handlers.ports import Notice
from policies.casework import events as e
from policies.casework.calendars import Nation
from policies.casework.clocks import ClockRules
from policies.casework.people import THE_BOT, By, PersonId
from policies.casework.words import CaseKind, CaseReason, CaseState, Channel, Delivery, Office, Part
from policies.decisions import Severity
from policies.load import house_policy
from tests.bench.report import environment, show
from tests.fakes.cases import new_report
from tests.fakes.clock import NOON, FrozenClock

FEW, MANY, EVENTS = 100, 1_000, 30
DECISIONS_WITHIN, DEADLINES_WITHIN = 0.2, 0.3
"""Seconds of CPU for a look at `MANY` cases: the loop that reads the chat must not be kept waiting every minute."""
MOST_TIMES = 15.0
"""How many times as long ten times the cases may take."""
_TICKS = 5


class _Heard:
    """Posts whose holders are always reached."""

    async def tell(self, holder: str, notice: Notice) -> Delivery:
        """Say that they were."""
        return Delivery.DELIVERED


@dataclass(frozen=True, slots=True)
class Ticks:
    """Seconds of CPU of one look: the first after a start, and the median of those after it."""

    first: float
    later: float


async def fill(store: Store, cases: int) -> None:
    """Keep cases of thirty events each, all under investigation."""
    for number in range(cases):
        new = new_report(f"bench-{number}", channel=Channel.PERSON, reporter=PersonId(f"P-reporter-{number:05d}"))
        report, _ = await store.cases.new_report(new)
        officer = By(officer="officer", office=Office.INVESTIGATOR)
        notes = [
            e.NoteAdded(words=f"Note {note} on the matter, a few lines long as such notes are. " * 3)
            for note in range(EVENTS - 6)
        ]
        whats: list[e.CaseEvent] = [
            e.CaseOpened(kind=CaseKind.CONDUCT, severity=Severity.MEDIUM, categories=()),
            e.ReportJoined(report=report),
            e.PersonNamed(person=PersonId(f"P-subject-{number:06d}"), part=Part.SUBJECT),
            e.CaseMoved(to=CaseState.ACKNOWLEDGED, reason=CaseReason.RECEIPT_SENT),
            e.CaseMoved(to=CaseState.TRIAGED, reason=CaseReason.SEVERITY_SET),
            e.CaseMoved(to=CaseState.INVESTIGATING, reason=CaseReason.FACTS_NEEDED),
            *notes,
        ]
        happened = [e.Happened(at=NOON, by=officer if isinstance(w, e.NoteAdded) else THE_BOT, what=w) for w in whats]
        await store.cases.open(*happened)


async def deciding(store: Store, clock: FrozenClock) -> DecidingDeps:
    """Give what the live bot looks at its cases with."""
    deps = await deciding_beside(
        store, CaseworkSettings(), house_policy(), alarms=_Heard(), clock=clock, organisation="the party", platforms={}
    )
    return replace(deps, connected=True)


async def ticks(look: Callable[[], Awaitable[object]]) -> Ticks:
    """Time some looks by the CPU that the process used."""
    spent = []
    for _ in range(1 + _TICKS):
        begun = time.process_time()
        await look()
        spent.append(time.process_time() - begun)
    return Ticks(spent[0], median(spent[1:]))


async def measured(cases: int) -> dict[str, Ticks]:
    """Time both looks over a fresh record of so many open cases, just opened as after a start."""
    clock = FrozenClock(NOON + timedelta(hours=1))
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(Path(folder), clock) as store:
            await fill(store, cases)
            await keep_decisions(await deciding(store, clock))  # what is owed at first is told and on record after it
        async with open_store(Path(folder), clock) as store:
            deps = await deciding(store, clock)
            rules, calendar = ClockRules(), calendar_of(Nation.ENGLAND)
            late = await deadlines_beside(store, _Heard(), rules, calendar, PostHolders(), clock=clock)
            return {
                "decisions": await ticks(lambda: keep_decisions(deps)),
                "deadlines": await ticks(lambda: keep_deadlines(late)),
            }


def main(arguments: list[str]) -> int:
    """Time both looks, write them down and give 1 where a limit is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.cases", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the cases")
    options = parser.parse_args(arguments)
    share = 10 if options.quick else 1
    for name, value in environment().items():
        show(f"{name:12} {value}")
    few, many = (asyncio.run(measured(number // share)) for number in (FEW, MANY))
    kept = True
    for look, within in (("decisions", DECISIONS_WITHIN), ("deadlines", DEADLINES_WITHIN)):
        times = many[look].later / max(few[look].later, 1e-6)
        fits = many[look].later <= within / share and times <= MOST_TIMES
        kept &= fits
        show(
            f"{look:12} {FEW // share} cases {few[look].later * 1e3:.1f} ms, {MANY // share} cases"
            f" {many[look].later * 1e3:.1f} ms (first look {many[look].first * 1e3:.0f} ms), {times:.1f} times;"
            f" limits {within / share * 1e3:.0f} ms and {MOST_TIMES:.0f} times{'' if fits else ', BROKEN'}"
        )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
