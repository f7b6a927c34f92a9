"""Telling the live bot which accounts are one person's, as officers link them from the shell beside it."""

import structlog

from handlers.casework.kinship import learn_links
from handlers.deps import Deps
from handlers.errors import EvidenceUnavailable

log = structlog.get_logger(__name__)

EVERY = 60.0
"""Seconds between two looks."""


class Kinship:
    """Reads the links again every minute."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def step(self) -> float:
        """Read them once; gives the seconds until the next look."""
        try:
            await learn_links(self._deps)
        except EvidenceUnavailable as error:
            log.warning("links.unread", trouble=str(error))
        return EVERY
