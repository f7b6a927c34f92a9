"""A Discord channel as DiscordChatExporter writes it in JSON: the server, the channel, then every message."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.replay_adapter.files import Files, shown
from bot.replay_adapter.in_order import Happening, Source
from bot.replay_adapter.reading import Reading, Row, opened, part, parts, word
from bot.replay_adapter.streaming import BrokenError, JsonStream
from policies.events import Attachment, Author, MessageEdited, MessagePosted, Parent
from policies.identifiers import (
    ChannelId,
    CommunityId,
    EventId,
    MemberId,
    MessageId,
    MessageRef,
    PlatformName,
)

SPOKEN = {"Default", "Reply", "ChatInputCommand", "ContextMenuCommand", "0", "19", "20", "23"}
"""The types of message whose words are somebody's own; those without a name of the exporter's are numbers."""

_REPLIES = {"Reply", "19"}
_PRIVATE = {"DirectTextChat", "DirectGroupTextChat"}
_NO_PRIVATE = "Private conversations were left out: Hustings does not read them."
_NOT_OURS = "it is no channel that DiscordChatExporter wrote"
_WITH_ID = re.compile(r" \[\d{15,20}\][^/]*$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Channel:
    """Where the messages of a file were written, and when the first of them was."""

    community: CommunityId
    channel: ChannelId
    name: str
    thread: MessageId | None
    first_at: datetime


def discord_sources(files: Files, reading: Reading) -> tuple[list[Source], int]:
    """Give a source for each file that holds a channel, and their size in bytes together."""
    sources, size = [], 0
    for name in json_files(files):
        try:
            channel = _head(files, name, reading)
        except BrokenError as broken:
            reading.broken(name, broken, 0)
            continue
        if channel is not None:
            sources.append(Source(channel.first_at, _File(files, name, reading, channel).read))
            size += files.size(name)
    return sources, size


def json_files(files: Files) -> list[str]:
    """Give the files that may be channels; what members attached lies in folders of its own."""
    return [
        name
        for name in files.names
        if name.lower().endswith(".json")
        and not name.startswith("__MACOSX/")
        and not any(folder.endswith("_Files") for folder in name.split("/")[:-1])
    ]


def named_by_exporter(files: Files) -> list[str]:
    """Give the files that bear a channel's id as DiscordChatExporter writes it into their names."""
    return [name for name in json_files(files) if _WITH_ID.search(name)]


def _head(files: Files, name: str, reading: Reading) -> _Channel | None:
    """Read what stands before the messages, and the first of them; nothing if there is nothing to replay."""
    guild: Row = {}
    channel: Row = {}
    first: datetime | None = None
    with opened(files, name, reading) as stream:
        if stream.peek() != "{":
            raise BrokenError(_NOT_OURS)
        for key in stream.members():
            if key == "messages" and stream.peek() == "[":
                first = _first_moment(stream.elements(), all_of_them=not (guild and channel))
                if guild and channel:
                    break
                continue
            value = stream.value()
            if key == "guild" and isinstance(value, dict):
                guild = value
            if key == "channel" and isinstance(value, dict):
                channel = value
    if not word(channel, "id"):
        raise BrokenError(_NOT_OURS)
    if word(channel, "type") in _PRIVATE or word(guild, "id") == "0":
        reading.note_once(_NO_PRIVATE)
        return None
    if first is None:
        return None
    in_thread = "Thread" in word(channel, "type")
    return _Channel(
        community=CommunityId(word(guild, "id") or "unknown"),
        channel=ChannelId(word(channel, "id")),
        # A thread goes by the name of the channel it hangs under, as policies and lists speak of it.
        name=word(channel, "category") if in_thread and word(channel, "category") else word(channel, "name"),
        thread=MessageId(word(channel, "id")) if in_thread else None,
        first_at=first,
    )


def _first_moment(rows: Iterator[object], *, all_of_them: bool) -> datetime | None:
    """Give the time of the first message that has one; nothing if there are no messages at all."""
    first = found = None
    for row in rows:
        found = found or (_moment(word(row, "timestamp")) if isinstance(row, dict) else None)
        first = found or _EPOCH
        if found and not all_of_them:
            break
    return first


@dataclass(frozen=True, slots=True)
class _File:
    files: Files
    name: str
    reading: Reading
    channel: _Channel

    def read(self) -> Iterator[Happening]:
        """Give the messages of the file in its order, as far as it can be read."""
        good = bad = 0
        last: datetime | None = None
        try:
            with opened(self.files, self.name, self.reading, counted=True) as stream:
                for row in _messages(stream):
                    event = _event(row, self.channel)
                    if event is None:
                        bad += not _announcement(row)
                        continue
                    good += 1
                    if isinstance(event, MessagePosted):
                        if last is not None and event.posted_at < last:
                            self.reading.note_once(
                                f"{shown(self.name)} has its newest messages first, and so was read."
                            )
                        last = event.posted_at
                    yield event
        except BrokenError as broken:
            self.reading.broken(self.name, broken, good)
        self.reading.missing(self.name, bad, "no id, no time or no author")


def _messages(stream: JsonStream) -> Iterator[object]:
    for key in stream.members():
        if key == "messages" and stream.peek() == "[":
            yield from stream.elements()
        else:
            stream.value()


def _announcement(row: object) -> bool:
    """Whether Discord itself says something, such as that somebody joined."""
    return isinstance(row, dict) and word(row, "type") not in {"", *SPOKEN}


def _event(row: object, channel: _Channel) -> MessagePosted | MessageEdited | None:
    """Say a message in our words; nothing if nobody spoke or it lacks what every message has."""
    if not isinstance(row, dict) or _announcement(row):
        return None
    author = part(row, "author")
    posted_at = _moment(word(row, "timestamp"))
    if not (word(row, "id") and word(author, "id") and posted_at):
        return None
    message = word(row, "id")
    posted = MessagePosted(
        event_id=EventId(f"message:{message}"),
        ref=MessageRef(PlatformName.DISCORD, channel.community, channel.channel, MessageId(message)),
        author=Author(
            id=MemberId(word(author, "id")),
            name=word(author, "nickname") or word(author, "name") or word(author, "id"),
            handle=word(author, "name"),
            is_bot=author.get("isBot") is True,
            roles=tuple(word(role, "id") for role in parts(author, "roles")),
        ),
        text="\n".join(line for line in _lines(row, is_bot=author.get("isBot") is True) if line),
        posted_at=posted_at,
        channel_name=channel.name,
        thread=channel.thread,
        parent=_parent(row),
        attachments=_attachments(row),
        link=f"https://discord.com/channels/{channel.community}/{channel.channel}/{message}",
    )
    edited_at = _moment(word(row, "timestampEdited"))
    return posted if edited_at is None else _edited(posted, edited_at)


def _edited(posted: MessagePosted, at: datetime) -> MessageEdited:
    """Say that a message was changed to this text; the export does not have what stood there before."""
    return MessageEdited(
        event_id=EventId(f"edit:{posted.ref.message}:{(at - _EPOCH) // timedelta(microseconds=1)}"),
        ref=posted.ref,
        author=posted.author,
        text=posted.text,
        edited_at=at,
        channel_name=posted.channel_name,
        thread=posted.thread,
        parent=posted.parent,
        attachments=posted.attachments,
        link=posted.link,
    )


def _lines(row: Row, *, is_bot: bool) -> Iterator[str]:
    """Give the words that the author put there; a person's embeds are previews of somebody else's page."""
    yield word(row, "content")
    yield from (word(sticker, "name") for sticker in parts(row, "stickers"))
    forwarded = part(row, "forwardedMessage")
    yield word(forwarded, "content")
    yield from (word(sticker, "name") for sticker in parts(forwarded, "stickers"))
    if is_bot:
        for embed in parts(row, "embeds"):
            yield word(embed, "title")
            yield word(embed, "description")
            for field in parts(embed, "fields"):
                yield word(field, "name")
                yield word(field, "value")
            yield word(part(embed, "footer"), "text")


def _parent(row: Row) -> Parent | None:
    answered = word(part(row, "reference"), "messageId")
    return Parent(message=MessageId(answered)) if answered and word(row, "type") in _REPLIES else None


def _attachments(row: Row) -> tuple[Attachment, ...]:
    files = [*parts(row, "attachments"), *parts(part(row, "forwardedMessage"), "attachments")]
    return tuple(
        Attachment(
            id=word(file, "id"),
            name=word(file, "fileName"),
            url=word(file, "url"),
            size=size if isinstance(size := file.get("fileSizeBytes"), int) else None,
        )
        for file in files
    )


def _moment(written: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(written)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
