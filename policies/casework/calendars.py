"""Working days: which days a body counts, by nation; the days come from the `holidays` library."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import cache, lru_cache

SATURDAY = 5
FURTHEST = 10_000
"""The most working days that a span may have; more is a mistake in a file."""


class Nation(StrEnum):
    """By whose bank holidays a body counts its working days."""

    ENGLAND = "england"
    WALES = "wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern-ireland"
    IRELAND = "ireland"
    NONE = "none"


_WHERE = {
    Nation.ENGLAND: ("GB", "ENG"),
    Nation.WALES: ("GB", "WLS"),
    Nation.SCOTLAND: ("GB", "SCT"),
    Nation.NORTHERN_IRELAND: ("GB", "NIR"),
    Nation.IRELAND: ("IE", None),
}


@dataclass(frozen=True, slots=True)
class Calendar:
    """A nation's working days, in its own time zone; Saturdays and Sundays are none."""

    nation: Nation
    zone: tzinfo

    def is_working(self, day: date) -> bool:
        """Whether people are expected to work on a day."""
        return day.weekday() < SATURDAY and not _is_holiday(self.nation, day)

    def after(self, start: datetime, working_days: int) -> datetime:
        """Give the end of the n-th working day after the day of `start`; the day of `start` itself does not count."""
        if not 0 < working_days <= FURTHEST:
            raise ValueError(f"Working days are counted from 1 to {FURTHEST}.")
        day = start.astimezone(self.zone).date()
        left = working_days
        while left:
            day += timedelta(days=1)
            left -= self.is_working(day)
        return self._end_of(day)

    def months_after(self, start: datetime, months: int) -> datetime:
        """Give the end of the day some months later, the last of the month where it has no such day."""
        local = start.astimezone(self.zone).date()
        year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
        day = next(found for number in range(local.day, 0, -1) if (found := _day(year, month + 1, number)) is not None)
        return self._end_of(day)

    def working_days_until(self, start: datetime, end: datetime) -> int:
        """Give how many working days begin between two moments."""
        first, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
        return sum(self.is_working(day) for day in days)

    def _end_of(self, day: date) -> datetime:
        return datetime.combine(day + timedelta(days=1), time(), self.zone).astimezone(UTC)


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _is_holiday(nation: Nation, day: date) -> bool:
    return _holidays(nation)(day)


@cache
def _holidays(nation: Nation) -> Callable[[date], bool]:
    if nation is Nation.NONE:
        return lambda _: False
    # Imported here: it takes half a second, which no command that counts no working days should wait for.
    from holidays import country_holidays  # noqa: PLC0415

    country, part = _WHERE[nation]
    found = country_holidays(country, subdiv=part)
    return lambda day: day in found
