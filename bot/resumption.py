"""When to try again what a lost connection or a crash left undone."""

import time
from collections.abc import Callable, Sequence

import structlog

from bot.supervisor import Part
from handlers.degraded import tell_recovery
from handlers.deps import Deps
from handlers.enforcement import resume_unfinished
from handlers.errors import EvidenceUnavailable
from handlers.surroundings import keep_due_context

log = structlog.get_logger(__name__)

TICK = 1.0
FIRST_PAUSE, LONGEST_PAUSE, IDLE_PAUSE = 1.0, 300.0, 10.0
PROBE_PAUSE = 10.0


class Resumption:
    """Tries with growing pauses, and at once when a connection comes back."""

    def __init__(
        self, deps: Deps, connections: Sequence[Part], *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._deps, self._connections, self._seconds = deps, connections, seconds
        self._connected: frozenset[str] = frozenset()
        self._pause = FIRST_PAUSE
        self._due = self._probe_due = 0.0

    async def step(self) -> float:
        """Do what is due; gives the seconds until the next step."""
        now = self._seconds()
        connected = frozenset(part.name for part in self._connections if part.connected)
        came_back, self._connected = connected - self._connected, connected
        if came_back:
            self._pause = FIRST_PAUSE
        if now >= self._probe_due:
            self._probe_due = now + PROBE_PAUSE
            await tell_recovery(self._deps)
        if not came_back and now < self._due:
            return TICK
        left = await self._try()
        if not left:
            self._pause, self._due = FIRST_PAUSE, now + IDLE_PAUSE
            return TICK
        log.warning("actions.unfinished", left=left, delay=self._pause)
        self._pause, self._due = min(self._pause * 2, LONGEST_PAUSE), now + self._pause
        return TICK

    async def _try(self) -> int:
        try:
            left = await resume_unfinished(self._deps, reachable=self._connected)
            await keep_due_context(self._deps, reachable=self._connected)
        except EvidenceUnavailable:
            return 1
        return left
