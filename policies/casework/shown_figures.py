"""The transparency report as people may see it: words, counts or what stands in their place, times, shares."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.casework import figure_tables as t
from policies.casework.figures import Figures, Spread
from policies.casework.publications import Publication
from policies.casework.quarters import Quarter
from policies.casework.suppression import SMALL, Showing
from policies.casework.words import AppealVerdict, ClockName

ENOUGH_FOR_NINETIETH = 2 * SMALL
"""Of fewer, the one that nine in ten do not exceed is the longest one, and tells of one person."""

_BANDS = (
    (31, "up to a month"),
    (92, "one to three months"),
    (183, "three to six months"),
    (366, "six months to a year"),
    (731, "one to two years"),
)

TIMES: dict[ClockName, str] = {
    ClockName.ACKNOWLEDGE: "From opening to acknowledgement",
    ClockName.TRIAGE: "From opening to triage",
    ClockName.DECIDE: "From opening to decision",
    ClockName.APPEAL_DECIDE: "From appeal to the decision on it",
}


@dataclass(frozen=True, slots=True)
class ShownCount:
    """One count: its name, its words, and the number if it may be seen."""

    cell: str
    words: str
    showing: Showing
    number: int | None

    @property
    def text(self) -> str:
        """Write the number, or what stands in its place."""
        match self.showing:
            case Showing.NUMBER:
                return f"{self.number:,}"
            case Showing.SMALL:
                return f"<{SMALL}"
            case Showing.WITHHELD:
                return "withheld"
            case Showing.UNSHOWN:
                return "not shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTable:
    """A table: its rows and, if they have one, their total."""

    name: str
    title: str
    rows: tuple[ShownCount, ...]
    total: ShownCount | None
    overlaps: bool

    @property
    def counts(self) -> tuple[ShownCount, ...]:
        """Give its rows and its total."""
        return self.rows if self.total is None else (*self.rows, self.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSpread:
    """How long something took, as far as it may be told; `band` says roughly how old the oldest of a few is."""

    name: str
    words: str
    median: timedelta | None = None
    ninetieth: timedelta | None = None
    longest: timedelta | None = None
    band: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole in per cent, rounded; nothing where a count that it rests on is hidden or the whole is zero."""

    name: str
    words: str
    per_cent: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFigures:
    """A transparency report."""

    quarter: Quarter
    through: Quarter
    published_at: datetime
    tables: tuple[ShownTable, ...]
    ages: ShownSpread
    times: tuple[ShownSpread, ...]
    shares: tuple[Share, ...]

    @property
    def nothing_happened(self) -> bool:
        """Whether every count is a zero."""
        return all(count.number == 0 for table in self.tables for count in table.counts)

    @property
    def hides(self) -> frozenset[Showing]:
        """What stands in the place of counts."""
        return frozenset(count.showing for table in self.tables for count in table.counts) - {Showing.NUMBER}

    def count(self, cell: str) -> ShownCount:
        """Give one count by its name."""
        return next(count for table in self.tables for count in table.counts if count.cell == cell)


def shown(figures: Figures, publication: Publication) -> ShownFigures:
    """Give what people may see of a quarter's figures, as they were published."""
    counts = {
        cell: ShownCount(cell, t.WORDS[cell], count.showing, count.value if count.showing is Showing.NUMBER else None)
        for cell, count in publication.counts.items()
    }
    tables = tuple(
        ShownTable(
            name=table.name,
            title=t.TITLES[table.name],
            rows=tuple(counts[row] for row in table.rows),
            total=counts[table.total] if table.total else None,
            overlaps=table.overlaps,
        )
        for table in publication.tables
    )
    rests_on = {ClockName.DECIDE: counts[t.DECIDED], ClockName.APPEAL_DECIDE: counts[t.APPEALS_DECIDED]}
    times = tuple(_spread(clock, words, figures.times[clock], rests_on.get(clock)) for clock, words in TIMES.items())
    return ShownFigures(
        quarter=publication.quarter,
        through=publication.through,
        published_at=publication.at,
        tables=tables,
        ages=_ages(figures.ages, counts[t.OPEN]),
        times=times,
        shares=(
            _share("over-deadline", "of the open cases are over a deadline", counts[t.LATE], counts[t.OPEN]),
            _share("detected", "of the decisions began with detection", counts[t.FROM_DETECTION], counts[t.DECIDED]),
            _share(
                "automatic-errors",
                "of what the bot did of its own accord was turned round",
                counts[t.TURNED_ROUND],
                counts[t.AUTOMATED],
            ),
            _share(
                "appeals-stood",
                "of the appeals decided left the decision as it was",
                counts[f"appeals.{AppealVerdict.STANDS.value}"],
                counts[t.APPEALS_DECIDED],
            ),
            _share("departures", "of the sanctions depart from the grid", counts[t.DEPARTURES], counts[t.SANCTIONS]),
        ),
    )


def _spread(clock: ClockName, words: str, found: Spread, rests_on: ShownCount | None) -> ShownSpread:
    """Tell a spread of enough; how many they are must not be told by it where their number is hidden."""
    if found.number < SMALL or (rests_on is not None and rests_on.showing is not Showing.NUMBER):
        return ShownSpread(name=clock.value, words=words)
    ninetieth = found.ninetieth if found.number >= ENOUGH_FOR_NINETIETH else None
    return ShownSpread(name=clock.value, words=words, median=found.median, ninetieth=ninetieth)


def _ages(ages: Spread, waiting: ShownCount) -> ShownSpread:
    """Tell the ages of open cases; of a few, roughly how old the oldest is, so that none hides behind being few."""
    words = "Age of the open cases"
    if waiting.showing is not Showing.NUMBER or ages.number < SMALL:
        return ShownSpread(name="age", words=words, band=_band(ages.longest) if ages.number else "")
    ninetieth = ages.ninetieth if ages.number >= ENOUGH_FOR_NINETIETH else None
    return ShownSpread(name="age", words=words, median=ages.median, ninetieth=ninetieth, longest=ages.longest)


def _band(age: timedelta) -> str:
    return next((words for most, words in _BANDS if age <= timedelta(days=most)), "more than two years")


def _share(name: str, words: str, part: ShownCount, whole: ShownCount) -> Share:
    if part.number is None or not whole.number:
        return Share(name, words, None)
    return Share(name, words, round(100 * part.number / whole.number))


def in_words(span: timedelta | None) -> str:
    """Write a span of time as people say it: in minutes, hours or days; a dash for nothing."""
    if span is None:
        return "–"
    minutes = span // timedelta(minutes=1)
    if minutes < 60:
        number, unit = minutes, "minute"
    elif minutes < 48 * 60:
        number, unit = minutes // 60, "hour"
    else:
        number, unit = minutes // (24 * 60), "day"
    return f"{number:,} {unit}{'' if number == 1 else 's'}"
