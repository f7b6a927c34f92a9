"""A clock for deadlines that does not follow a jump of the machine's clock at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.ports import Clock

SLACK = timedelta(minutes=1)
"""How far the clock may be from where it should be before it counts as having jumped."""

GRACE = timedelta(minutes=30)
"""How long a jump has to last before it is believed; a machine that slept is right, a wrong clock is mended by then."""


@dataclass(frozen=True, slots=True)
class SteadyTime:
    """A clock for everything that ends by itself: a jump of the machine's clock ends no sanction at once."""

    steady: "SteadyClock"

    def now(self) -> datetime:
        """Give the present moment, as far as it can be believed."""
        return self.steady.read().now


@dataclass(frozen=True, slots=True)
class NeverBefore:
    """A clock that is never before a moment that is on record, however the machine's own was set."""

    clock: Clock
    floor: datetime | None

    def now(self) -> datetime:
        """Give the present moment, or the one on record where that is later."""
        told = self.clock.now()
        return told if self.floor is None else max(told, self.floor)


@dataclass(frozen=True, slots=True)
class Moment:
    """The time to judge deadlines by, and by how much the machine's clock is away from it."""

    now: datetime
    jump: timedelta


class SteadyClock:
    """Goes on evenly from where it was, and takes over a jump of the clock only when it lasts.

    `floor` is the time of the newest record: after a restart the time is never before it. A clock that is set back
    makes no deadline later than the record itself says.
    """

    def __init__(self, clock: Clock, monotonic: Callable[[], float], floor: datetime | None = None) -> None:
        self._clock, self._monotonic = clock, monotonic
        self._floor = floor
        self._last: tuple[datetime, float] | None = None
        self._jumped_at: float | None = None

    def read(self) -> Moment:
        """Give the moment to judge by."""
        told, passed = self._clock.now(), self._monotonic()
        if self._last is None:
            now = told if self._floor is None else max(told, self._floor)
            self._last = (now, passed)
            return Moment(now, told - now)
        expected = self._last[0] + timedelta(seconds=passed - self._last[1])
        jump = told - expected
        if abs(jump) <= SLACK:
            self._jumped_at = None
            now = max(told, self._last[0])
        elif self._jumped_at is None:
            self._jumped_at, now = passed, expected
        elif timedelta(seconds=passed - self._jumped_at) >= GRACE:
            self._jumped_at, now = None, max(told, self._last[0])
        else:
            now = expected
        self._last = (now, passed)
        return Moment(now, told - now)
