"""The sanctions grid: what a breach may lead to, by rule, severity and history (evidence.md R49).

Each row gives a range for the first time, the second time and any further time. Earlier sanctions count while they
have not expired at the time of the conduct, over every account of the person and on every platform.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from policies.casework import events as e
from policies.casework.calendars import Calendar, Nation
from policies.casework.case import Case, NotAllowed
from policies.casework.clocks import Span, Unit
from policies.casework.outcomes import decided_at, standing_sanctions
from policies.casework.people import PersonId
from policies.casework.words import Sanction
from policies.decisions import Severity
from policies.findings import Category

LADDER = tuple(Sanction)
"""Every sanction, mildest first."""

TIMED = (Sanction.MUTE, Sanction.SUSPENSION)
"""What always has an end; a ban may have one."""

LONGEST_DAYS = 3650
_NAMES = {kind: kind.value.removeprefix("sanction-") for kind in Sanction}
_KINDS = {name: kind for kind, name in _NAMES.items()}
_WRITTEN = re.compile(r"(nothing|warning|removal|(?:mute|suspension) [1-9][0-9]{0,3}d|ban(?: [1-9][0-9]{0,3}d)?)")
_FOREVER = 10**6


@dataclass(frozen=True, slots=True)
class Measure:
    """A sanction with its length in days; without a kind it is no sanction at all, without days it has no end."""

    kind: Sanction | None = None
    days: int | None = None

    @property
    def weight(self) -> tuple[int, int]:
        """Where it stands between nothing and a ban for ever."""
        rung = -1 if self.kind is None else LADDER.index(self.kind)
        return rung, _FOREVER if self.days is None else self.days

    def __str__(self) -> str:
        """Write it as the policy file does: nothing, warning, mute 7d, removal, ban."""
        name = "nothing" if self.kind is None else _NAMES[self.kind]
        return name if self.days is None else f"{name} {self.days}d"


@dataclass(frozen=True, slots=True)
class Range:
    """What may be chosen without reasons of its own: from the mildest to the heaviest, both included."""

    mildest: Measure
    heaviest: Measure

    def holds(self, measure: Measure) -> bool:
        """Whether a choice is within it."""
        return self.mildest.weight <= measure.weight <= self.heaviest.weight

    def __str__(self) -> str:
        """Write it as the policy file does."""
        return str(self.mildest) if self.mildest == self.heaviest else f"{self.mildest} to {self.heaviest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the grid: which breaches it is for, and the ranges for the first, second and further times.

    A row without rules is for its categories; one without either is for every breach.
    """

    first: Range
    second: Range
    further: Range
    rules: frozenset[str] = frozenset()
    categories: frozenset[Category] = frozenset()
    severities: frozenset[Severity] = frozenset(Severity)

    def at(self, earlier: int) -> Range:
        """Give the range for somebody with so many earlier sanctions."""
        return (self.first, self.second, self.further)[min(earlier, 2)]


def _count_for() -> Mapping[Sanction, Span | None]:
    return {
        Sanction.WARNING: Span(12, Unit.MONTHS),
        Sanction.MUTE: Span(12, Unit.MONTHS),
        Sanction.SUSPENSION: Span(36, Unit.MONTHS),
        Sanction.REMOVAL: Span(60, Unit.MONTHS),
        Sanction.BAN: None,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionRules:
    """A community's grid, how long each sanction counts as an earlier one, and which an appeal suspends.

    `count_for` gives None for what counts for ever. An empty grid gives no range, so that every sanction needs
    written reasons of its own.
    """

    grid: tuple[Row, ...] = ()
    count_for: Mapping[Sanction, Span | None] = field(default_factory=_count_for)
    stayed_by_appeal: frozenset[Sanction] = frozenset()

    @property
    def kinds(self) -> frozenset[Sanction]:
        """Every kind of sanction that some line of the grid allows."""
        ranges = [one for row in self.grid for one in (row.first, row.second, row.further)]
        return frozenset(
            kind
            for rung, kind in enumerate(LADDER)
            if any(one.mildest.weight[0] <= rung <= one.heaviest.weight[0] for one in ranges)
        )

    def range_for(
        self, rules: Iterable[str], categories: Iterable[Category], severity: Severity, earlier: int
    ) -> Range | None:
        """Give the range for a breach: the gravest of those for its rules, else for its categories, else for anything.

        For each rule and for each category the first row of the file that is for it counts.
        """
        rows = [row for row in self.grid if severity in row.severities]
        by_rule = [next((row for row in rows if rule in row.rules), None) for rule in rules]
        by_category = [next((row for row in rows if kind in row.categories), None) for kind in categories]
        general = [next((row for row in rows if not (row.rules or row.categories)), None)]
        for found in (by_rule, by_category, general):
            ranges = [row.at(earlier) for row in found if row is not None]
            if ranges:
                return max(ranges, key=lambda one: (one.heaviest.weight, one.mildest.weight))
        return None


def read_measure(written: str) -> Measure:
    """Read nothing, warning, mute 7d, suspension 14d, removal, ban or ban 365d; raises `ValueError` with a sentence."""
    text = " ".join(written.split())
    if not _WRITTEN.fullmatch(text):
        raise ValueError(
            f"{text!r} is no sanction: write nothing, warning, mute 7d, suspension 14d, removal, ban, or ban 365d"
        )
    name, _, length = text.partition(" ")
    days = int(length[:-1]) if length else None
    if days is not None and days > LONGEST_DAYS:
        raise ValueError(f"{text!r} is longer than {LONGEST_DAYS} days: write ban for what has no end")
    return Measure(_KINDS.get(name), days)


def read_range(written: str) -> Range:
    """Read one measure, or two with `to` between them; raises `ValueError` with a sentence."""
    mildest, to, heaviest = (part.strip() for part in written.partition(" to "))
    found = Range(read_measure(mildest), read_measure(heaviest if to else mildest))
    if found.mildest.weight > found.heaviest.weight:
        raise ValueError(f"{written!r} begins with the heavier of the two: write {heaviest} to {mildest}")
    return found


def measure_of(chosen: e.SanctionChosen, at: datetime) -> Measure:
    """Give a choice as the grid counts it; what is left of a day counts as a day."""
    if chosen.until is None or chosen.kind in (Sanction.WARNING, Sanction.REMOVAL):
        return Measure(chosen.kind)
    return Measure(chosen.kind, max(1, -(-(chosen.until - at) // _DAY)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A sanction of the past that still counted at the time of the conduct."""

    case: str
    kind: Sanction
    decided_at: datetime


def earlier_sanctions(
    person: PersonId, cases: Iterable[Case], conduct_at: datetime, rules: SanctionRules
) -> tuple[Earlier, ...]:
    """Give what counted against somebody when they acted: imposed before, standing, not expired; oldest first.

    `cases` are those of the person, whatever account they used. What was reversed on appeal never counts, and
    neither does what was decided after the conduct: nobody could have been warned by it.
    """
    found = []
    for case in cases:
        when = decided_at(case)
        for chosen in standing_sanctions(case):
            if chosen.on == person and when is not None and when <= conduct_at:
                counts = rules.count_for.get(chosen.kind)
                ends = max(when, chosen.until or when)
                if counts is None or counts.after(ends, _PLAIN) > conduct_at:
                    found.append(Earlier(case=case.id, kind=chosen.kind, decided_at=when))
    return tuple(sorted(found, key=lambda one: one.decided_at))


def ensure_in_grid(
    chosen: Iterable[e.SanctionChosen], allowed: Range | None, at: datetime, *, departure: str = "", hint: str = ""
) -> None:
    """Refuse sanctions on one person outside the grid without written reasons; raises `NotAllowed`.

    The heaviest of them is what is measured. `departure` gives the reasons for choosing none at all; `hint` is a
    sentence that a refusal ends with.
    """
    measured = [(measure_of(one, at), one.departure) for one in chosen] or [(Measure(), departure)]
    heaviest, why = max(measured, key=lambda pair: pair[0].weight)
    if why.strip() or (allowed is not None and allowed.holds(heaviest)):
        return
    spoken = str(allowed).replace("nothing to ", "anything from no sanction up to ")
    said = "The grid has no row for this" if allowed is None else f"The grid allows {spoken} here"
    raise NotAllowed(
        f"{said}, and {heaviest} was chosen. Choose within it, or write down why this case departs from it.{hint}"
    )


_PLAIN = Calendar(Nation.NONE, UTC)
"""Months need no bank holidays."""

_DAY = timedelta(days=1)
