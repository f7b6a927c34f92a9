"""When to look whether a channel that was slowed down or locked is to be given back."""

from collections.abc import Sequence

import structlog

from bot.supervisor import Part
from handlers.channels import give_back_due
from handlers.deps import Deps
from handlers.errors import EvidenceUnavailable

log = structlog.get_logger(__name__)

TICK = 30.0


class Reopening:
    """Looks twice a minute at the channels of the platforms that are connected."""

    def __init__(self, deps: Deps, connections: Sequence[Part]) -> None:
        self._deps, self._connections = deps, connections

    async def step(self) -> float:
        """Give back what is over; gives the seconds until the next look."""
        try:
            lifted = await give_back_due(
                self._deps, reachable={part.name for part in self._connections if part.connected}
            )
            if lifted:
                log.info("channels.given-back", channels=lifted)
        except EvidenceUnavailable as error:
            log.warning("channels.unread", trouble=str(error))
        return TICK
