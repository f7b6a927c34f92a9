"""Quarters of a year, as a body counts them in its own time zone."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

_WRITTEN = re.compile(r"([0-9]{4})-?[Qq]([1-4])")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months of a year; quarters are in the order of time."""

    year: int
    number: int

    @property
    def following(self) -> "Quarter":
        """Give the next quarter."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def before(self) -> "Quarter":
        """Give the quarter before."""
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    def begins(self, zone: tzinfo) -> datetime:
        """Give its first moment, in UTC."""
        return datetime(self.year, 3 * self.number - 2, 1, tzinfo=zone).astimezone(UTC)

    def ends(self, zone: tzinfo) -> datetime:
        """Give the first moment after it, in UTC."""
        return self.following.begins(zone)

    @property
    def months(self) -> str:
        """Say which months it has: `April to June 2026`."""
        first, last = _MONTHS[self.number - 1]
        return f"{first} to {last} {self.year}"

    def __str__(self) -> str:
        """Write it as people type it: 2026Q2."""
        return f"{self.year}Q{self.number}"


_MONTHS = (("January", "March"), ("April", "June"), ("July", "September"), ("October", "December"))


def quarter_of(moment: datetime, zone: tzinfo) -> Quarter:
    """Give the quarter in which a moment lies for people in a time zone."""
    local = moment.astimezone(zone)
    return Quarter(local.year, (local.month + 2) // 3)


def read_quarter(written: str) -> Quarter:
    """Read 2026Q2 or 2026-Q2; raises `ValueError` with a sentence otherwise."""
    found = _WRITTEN.fullmatch(written.strip())
    if found is None or int(found[1]) < 1:
        raise ValueError(f"{written!r} is no quarter: write a year and 1 to 4, as in 2026Q2")
    return Quarter(int(found[1]), int(found[2]))
