"""The transparency report: counted, made safe, kept on record, and only then shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from handlers.casework.ports import Cases
from handlers.ports import Clock
from policies.casework.case import NotAllowed
from policies.casework.figure_tables import SHAPE
from policies.casework.figures import Count, Period, Tallies
from policies.casework.publications import Publication, publish
from policies.casework.quarters import quarter_of
from policies.casework.shown_figures import ShownFigures, shown


class Publications(Protocol):
    """Every report that was ever published, corrected ones included; none is taken back."""

    async def all(self) -> Sequence[Publication]:
        """Give them, oldest first."""

    async def keep(self, publication: Publication) -> None:
        """Keep one more, durably, and record that it was published; only when this returned may anybody see it."""


class Tallying(Protocol):
    """What is counted outside cases."""

    async def between(self, begins: datetime, ends: datetime) -> Tallies:
        """Count what the bot did, what of it was turned round, erasures and exports in a span of time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresDeps:
    """What the figures are made from."""

    cases: Cases
    publications: Publications
    tallying: Tallying
    clock: Clock


async def publish_figures(period: Period, deps: FiguresDeps) -> ShownFigures:
    """Publish the report of a quarter, or give the one that was published if nothing has changed since.

    Appeals decided up to the end of the last quarter that is over correct it. Raises `NotAllowed` for a quarter that
    is not over: what is counted too early would be told twice.
    """
    now = deps.clock.now()
    last = quarter_of(now, period.zone).before
    if period.quarter > last:
        raise NotAllowed(
            f"{period.quarter} is not over: its report can be made from {period.quarter.following.months.split()[0]}"
            f" {period.quarter.following.year} on. The last quarter that is over is {last}."
        )
    count = Count(replace(period, through=last))
    async for case in deps.cases.all():
        count.add(case)
    figures = count.done(await deps.tallying.between(period.begins, period.ends))
    earlier = await deps.publications.all()
    made = publish(figures.report, SHAPE, earlier, now)
    if made not in earlier:
        await deps.publications.keep(made)
    return shown(figures, made)
