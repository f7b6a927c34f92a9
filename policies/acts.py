"""What people do about a message or a channel: the verbs of moderators and members, the same on every platform."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from policies.identifiers import ChannelId, CommunityId, EventId, IncidentId, MemberId, PlatformName


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person who gave a command, as the platform vouched for them at that moment; without an id, the bot itself."""

    platform: PlatformName
    community: CommunityId
    id: MemberId
    name: str
    roles: tuple[str, ...] = ()

    @property
    def is_bot(self) -> bool:
        """Whether nobody gave a command: the bot acts by the policy."""
        return not self.id


class Verb(StrEnum):
    """What a person did."""

    UPHOLD = "uphold"
    NOT_ABUSE = "not-abuse"
    WARN = "warn"
    TIMEOUT = "timeout"
    REPORT = "report"
    SLOW_CHANNEL = "slow-channel"
    SPEED_CHANNEL = "speed-channel"
    LOCK_CHANNEL = "lock-channel"
    UNLOCK_CHANNEL = "unlock-channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that a person did, to be kept: who, what, to whom, why, when.

    `event_id` is the same on every delivery of the same press or command. Of a restraint on a channel, `stood` is
    what stood there before, as its platform writes it, and `seconds` the wait that was put on.
    """

    event_id: EventId
    actor: Actor
    verb: Verb
    reason: str
    at: datetime
    incident: IncidentId | None = None
    subject: MemberId | None = None
    until: datetime | None = None
    channel: ChannelId | None = None
    stood: str = ""
    seconds: int | None = None
