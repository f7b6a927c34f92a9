"""Legal holds that nobody looked at again in time: an alarm a day in the log, until somebody does."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.store.sqlite.holds import HoldInForce
from handlers.errors import EvidenceUnavailable
from handlers.ports import Clock

log = structlog.get_logger(__name__)

TICK = 600.0
EVERY = timedelta(days=1)


class HoldReview:
    """Tells operators of holds that are overdue, each once a day; it lifts none."""

    def __init__(self, holds: Callable[[], Awaitable[Sequence[HoldInForce]]], clock: Clock) -> None:
        self._holds, self._clock = holds, clock
        self._told: dict[str, datetime] = {}

    async def step(self) -> float:
        """Look, and say what is overdue; gives the seconds until the next look."""
        now = self._clock.now()
        try:
            late = overdue(await self._holds(), now)
        except EvidenceUnavailable as error:
            log.warning("hold.unread", trouble=str(error))
            return TICK
        self._told = {hold.incident: self._told[hold.incident] for hold in late if hold.incident in self._told}
        for hold in late:
            told = self._told.get(hold.incident)
            if told is None or now - told >= EVERY:
                self._told[hold.incident] = now
                due = f"It was to be looked at again by {hold.review_at:%Y-%m-%d}."
                log.error("hold.overdue", incident=hold.incident, trouble=f"{due} Review or lift it.")
        return TICK


def overdue(holds: Sequence[HoldInForce], now: datetime) -> list[HoldInForce]:
    """Give the holds that somebody should have looked at again by now."""
    return [hold for hold in holds if hold.review_at < now]
