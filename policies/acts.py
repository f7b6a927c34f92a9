"""What people do about a message: the verbs of moderators and members, the same on every platform."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from policies.identifiers import CommunityId, EventId, IncidentId, MemberId, PlatformName


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person who gave a command, as the platform vouched for them at that moment."""

    platform: PlatformName
    community: CommunityId
    id: MemberId
    name: str
    roles: tuple[str, ...] = ()


class Verb(StrEnum):
    """What a person did."""

    UPHOLD = "uphold"
    NOT_ABUSE = "not-abuse"
    WARN = "warn"
    TIMEOUT = "timeout"
    REPORT = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that a person did, to be kept: who, what, to whom, why, when.

    `event_id` is the same on every delivery of the same press or command.
    """

    event_id: EventId
    actor: Actor
    verb: Verb
    reason: str
    at: datetime
    incident: IncidentId | None = None
    subject: MemberId | None = None
    until: datetime | None = None
