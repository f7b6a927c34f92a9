"""What can happen on a platform, said in our own words: frozen events in the past tense."""

from dataclasses import dataclass
from datetime import datetime

from policies.identifiers import (
    ChannelId,
    CommunityId,
    EventId,
    MemberId,
    MessageId,
    MessageRef,
    PlatformName,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote a message, as the platform named them at that moment."""

    id: MemberId
    name: str
    handle: str = ""
    is_bot: bool = False
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a message; known by name and size, never opened."""

    id: str
    name: str
    url: str = ""
    media_type: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """The message that another one answers, as far as the bot could see it."""

    message: MessageId
    author: MemberId | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePosted:
    """A member posted a message that the bot can read.

    `event_id` is the same on every delivery of the same happening; `text` is exactly what the
    platform delivered. Times are aware UTC.
    """

    event_id: EventId
    ref: MessageRef
    author: Author
    text: str
    posted_at: datetime
    channel_name: str = ""
    thread: MessageId | None = None
    parent: Parent | None = None
    attachments: tuple[Attachment, ...] = ()
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited:
    """A member changed the text of a message; `text` is the new one, `before` the old if it was delivered."""

    event_id: EventId
    ref: MessageRef
    author: Author
    text: str
    edited_at: datetime
    before: str | None = None
    channel_name: str = ""
    thread: MessageId | None = None
    parent: Parent | None = None
    attachments: tuple[Attachment, ...] = ()
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted:
    """A message went away; platforms seldom say by whose hand."""

    event_id: EventId
    ref: MessageRef
    deleted_at: datetime
    deleted_by: MemberId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReported:
    """A member asked the moderators to look at a message."""

    event_id: EventId
    message: MessagePosted
    reporter: MemberId
    reason: str
    reported_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJoined:
    """Somebody entered the community."""

    event_id: EventId
    platform: PlatformName
    community: CommunityId
    member: Author
    joined_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRenamed:
    """A member took another name or handle."""

    event_id: EventId
    platform: PlatformName
    community: CommunityId
    member: Author
    name_before: str
    renamed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GapNoticed:
    """The bot was away: messages between the two times may not have been seen."""

    event_id: EventId
    platform: PlatformName
    community: CommunityId
    channel: ChannelId | None
    gap_from: datetime | None
    gap_until: datetime


MessageWritten = MessagePosted | MessageEdited
"""Either event that brings text to judge."""
