"""The only place that knows both shapes: what Discord says, in our words."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import discord

from policies.acts import Actor
from policies.events import (
    Attachment,
    Author,
    MemberJoined,
    MemberRenamed,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    Parent,
)
from policies.identifiers import (
    ChannelId,
    CommunityId,
    EventId,
    MemberId,
    MessageId,
    MessageRef,
    PlatformName,
)
from policies.surroundings import Nearby

SPOKEN = frozenset(
    {
        discord.MessageType.default,
        discord.MessageType.reply,
        discord.MessageType.chat_input_command,
        discord.MessageType.context_menu_command,
    }
)
"""The types of message whose words are somebody's own; the others are Discord's announcements."""

_LINK = re.compile(r"https://(?:(?:ptb|canary)\.)?discord(?:app)?\.com/channels/(\d{15,20})/(\d{15,20})/(\d{15,20})")


def message_posted(message: discord.Message) -> MessagePosted:
    """Say in our words that a message was posted; the message must be a server's, not a private one."""
    return MessagePosted(
        event_id=EventId(f"message:{message.id}"),
        ref=_ref(message),
        author=author(message.author),
        text=text_of(message),
        posted_at=message.created_at,
        channel_name=_channel_name(message.channel),
        thread=_thread(message.channel),
        parent=_parent(message),
        attachments=_attachments(message),
        link=message.jump_url,
    )


def message_edited(message: discord.Message, *, before: discord.Message | None = None) -> MessageEdited | None:
    """Say in our words that a message's text was changed; nothing where it was not.

    Discord sends the same update for pins, link previews and flags. Only a change of the text sets
    the time of the edit; a later pin repeats that time, and so the event's id.
    """
    if message.edited_at is None:
        return None
    text, earlier = text_of(message), text_of(before) if before is not None else None
    if text == earlier:
        return None
    return MessageEdited(
        event_id=EventId(f"edit:{message.id}:{_microseconds(message.edited_at)}"),
        ref=_ref(message),
        author=author(message.author),
        text=text,
        edited_at=message.edited_at,
        before=earlier,
        channel_name=_channel_name(message.channel),
        thread=_thread(message.channel),
        parent=_parent(message),
        attachments=_attachments(message),
        link=message.jump_url,
    )


def message_deleted(
    *, guild: int, channel: int, message: int, at: datetime, by: MemberId | None = None
) -> MessageDeleted:
    """Say in our words that a message went away."""
    return MessageDeleted(
        event_id=EventId(f"delete:{message}"),
        ref=MessageRef(
            platform=PlatformName.DISCORD,
            community=CommunityId(str(guild)),
            channel=ChannelId(str(channel)),
            message=MessageId(str(message)),
        ),
        deleted_at=at,
        deleted_by=by,
    )


def member_joined(member: discord.Member, at: datetime) -> MemberJoined:
    """Say in our words that somebody entered the server; `at` stands where Discord does not say when."""
    joined_at = member.joined_at or at
    return MemberJoined(
        event_id=EventId(f"join:{member.id}:{_microseconds(joined_at)}"),
        platform=PlatformName.DISCORD,
        community=CommunityId(str(member.guild.id)),
        member=author(member),
        joined_at=joined_at,
    )


def member_renamed(
    before: discord.Member | discord.User, after: discord.Member | discord.User, *, guild: int, at: datetime
) -> MemberRenamed | None:
    """Say in our words that a member took another name or handle; nothing where both stayed."""
    if (before.display_name, before.name) == (after.display_name, after.name):
        return None
    return MemberRenamed(
        event_id=EventId(f"rename:{after.id}:{_microseconds(at)}"),
        platform=PlatformName.DISCORD,
        community=CommunityId(str(guild)),
        member=author(after),
        name_before=before.display_name,
        renamed_at=at,
    )


def nearby(message: discord.Message) -> Nearby:
    """Say in our words a message that stands near another."""
    return Nearby(
        message=MessageId(str(message.id)),
        author=MemberId(str(message.author.id)),
        author_name=message.author.display_name,
        text=text_of(message),
        at=message.created_at,
        is_bot=message.author.bot,
        files=tuple(file.name for file in _attachments(message)),
    )


def actor(interaction: discord.Interaction) -> Actor:
    """Name the person behind an interaction with the roles that Discord vouches for in it."""
    user = interaction.user
    return Actor(
        platform=PlatformName.DISCORD,
        community=CommunityId(str(interaction.guild_id or "")),
        id=MemberId(str(user.id)),
        name=user.display_name,
        roles=_roles(user),
    )


def text_of(message: discord.Message) -> str:
    """Give the words of a message that its author put there, one part a line.

    A person's embeds are previews that Discord made of somebody else's page and are left out; those
    of bots and webhooks are what they wrote.
    """
    return "\n".join(part for part in _parts(message) if part)


def withheld(message: discord.Message) -> bool:
    """Whether Discord kept the content back: a person's message that carries nothing at all."""
    return (
        message.type in SPOKEN
        and not message.author.bot
        and not text_of(message)
        and not (message.attachments or message.embeds or message.components or message.stickers)
        and message.activity is None
        and message.application is None
    )


def message_link(text: str) -> tuple[int, int, int] | None:
    """Read a link to a message as the ids of its server, channel and message."""
    found = _LINK.search(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _parts(message: discord.Message) -> Iterator[str]:
    yield message.content
    if message.poll is not None:
        yield message.poll.question
        yield from (answer.text for answer in message.poll.answers)
    yield from (sticker.name for sticker in message.stickers)
    for forwarded in message.message_snapshots:
        yield forwarded.content
        yield from (sticker.name for sticker in forwarded.stickers)
    if message.author.bot or message.webhook_id is not None:
        for embed in message.embeds:
            yield from _embed_parts(embed)


def _embed_parts(embed: discord.Embed) -> Iterator[str]:
    yield embed.title or ""
    yield embed.description or ""
    for field in embed.fields:
        yield field.name or ""
        yield field.value or ""
    yield embed.footer.text or ""


def _ref(message: discord.Message) -> MessageRef:
    if message.guild is None:
        raise ValueError("a private message is not moderated and has no place in the record")
    return MessageRef(
        platform=PlatformName.DISCORD,
        community=CommunityId(str(message.guild.id)),
        channel=ChannelId(str(message.channel.id)),
        message=MessageId(str(message.id)),
    )


def author(user: discord.User | discord.Member) -> Author:
    """Say in our words who somebody is, under the name that others see."""
    return Author(
        id=MemberId(str(user.id)),
        name=user.display_name,
        handle=user.name,
        is_bot=user.bot,
        roles=_roles(user),
    )


def _roles(user: discord.User | discord.Member) -> tuple[str, ...]:
    if not isinstance(user, discord.Member):
        return ()
    return tuple(str(role.id) for role in user.roles if not role.is_default())


def _channel_name(channel: object) -> str:
    """Name the channel, for a thread the one it hangs under: that is what policies and lists speak of."""
    if isinstance(channel, discord.Thread) and channel.parent is not None:
        return channel.parent.name
    return str(getattr(channel, "name", "") or "")


def _thread(channel: object) -> MessageId | None:
    return MessageId(str(channel.id)) if isinstance(channel, discord.Thread) else None


def _parent(message: discord.Message) -> Parent | None:
    reference = message.reference
    if reference is None or reference.message_id is None or message.type is not discord.MessageType.reply:
        return None
    answered = reference.resolved or reference.cached_message
    if not isinstance(answered, discord.Message):
        return Parent(message=MessageId(str(reference.message_id)))
    return Parent(
        message=MessageId(str(answered.id)),
        author=MemberId(str(answered.author.id)),
        text=text_of(answered),
    )


def _attachments(message: discord.Message) -> tuple[Attachment, ...]:
    files = [*message.attachments, *(file for shot in message.message_snapshots for file in shot.attachments)]
    return tuple(
        Attachment(
            id=str(file.id),
            name=file.filename,
            url=file.url,
            media_type=file.content_type or "",
            size=file.size,
        )
        for file in files
    )


def _microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
