"""What stands in for the live world while an export is replayed: the clock, the counters, the moderators."""

from collections import Counter
from datetime import UTC, datetime

from policies.acts import Actor
from policies.identifiers import MemberId


class ReplayClock:
    """Stands at the time of what is being replayed; it never goes back."""

    def __init__(self, now: datetime = datetime(1970, 1, 1, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        """Give the time at which the replay has arrived."""
        return self._now

    def go_on_to(self, moment: datetime) -> None:
        """Let the replay arrive at a moment."""
        self._now = max(self._now, moment)


class Tally:
    """Counters that live as long as the replay."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()

    def count(self, name: str, amount: int = 1) -> None:
        """Add to a counter."""
        self.counted[name] += amount


class NamedModerators:
    """Moderators by their ids; in an export nobody is one."""

    def __init__(self, *members: MemberId) -> None:
        self._members = frozenset(members)

    async def include(self, actor: Actor) -> bool:
        """Whether the actor's id is named."""
        return actor.id in self._members
