"""The names of things: identifiers that say whom they belong to, always strings."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

CommunityId = NewType("CommunityId", str)
ChannelId = NewType("ChannelId", str)
MessageId = NewType("MessageId", str)
MemberId = NewType("MemberId", str)
EventId = NewType("EventId", str)
IncidentId = NewType("IncidentId", str)


class PlatformName(StrEnum):
    """Where a message was posted."""

    DISCORD = "discord"
    SLACK = "slack"


@dataclass(frozen=True, slots=True)
class MessageRef:
    """One message on one platform; unique, and stable over its edits."""

    platform: PlatformName
    community: CommunityId
    channel: ChannelId
    message: MessageId
