"""The steps by which policies came into force, in memory."""

from collections.abc import Sequence

from handlers.errors import EvidenceUnavailable
from policies.casework.adoption import AdoptionStep, Taken
from policies.casework.people import By
from tests.fakes.clock import FrozenClock


class MemoryAdoptions:
    """Steps that are gone when the test is over; `full` makes every write fail as a full disk would."""

    def __init__(self, clock: FrozenClock | None = None) -> None:
        self._clock = clock or FrozenClock()
        self._taken: list[Taken] = []
        self._texts: dict[str, bytes] = {}
        self.full = False

    async def all(self) -> Sequence[Taken]:
        """Give every step, oldest first."""
        return list(self._taken)

    async def keep(self, by: By, what: AdoptionStep, text: bytes) -> None:
        """Keep one more step, and the file that it is about."""
        if self.full:
            raise EvidenceUnavailable("The record could not be written: disk full.")
        self._taken.append(Taken(at=self._clock.now(), by=by, what=what))
        if text:
            self._texts[what.policy.sha256] = text

    async def text(self, sha256: str) -> bytes | None:
        """Give a file that was proposed or adopted, by the SHA-256 of its bytes in hex."""
        return self._texts.get(sha256)
