"""Slack's payloads said in our own words; the only place that knows both shapes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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

Payload = Mapping[str, object]

OUTSIDER = "outsider"
"""The role of somebody who writes here from another workspace (Slack Connect)."""

WRITTEN = frozenset({"", "bot_message", "file_share", "thread_broadcast", "me_message"})
"""The subtypes that carry a member's words; the others are Slack's own remarks."""

_TS = re.compile(r"([0-9]{1,11})\.([0-9]{1,6})")
_LINK = re.compile(r"https://[^/\s]+/archives/([A-Z0-9]+)/p(\d{10})(\d{6})(?:\?[^\s|>]*)?")
_ENTITY = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


class PayloadError(ValueError):
    """A payload lacks what every payload of its kind has; the sentence names it, never its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The workspace that the app is installed in, as `auth.test` named it.

    Every id is said in this workspace's terms, whichever workspace a shared channel's payload names:
    so one message has one `MessageRef`, however the bot came to know of it.
    """

    team: CommunityId
    url: str
    bot_user: str = ""
    bot: str = ""


def message_event(body: Payload, home: Workspace) -> MessagePosted | MessageEdited | MessageDeleted | None:
    """Say what a `message` event means, or nothing if nobody wrote or removed words."""
    event = part(body, "event")
    subtype = word(event, "subtype")
    if subtype == "message_deleted":
        return message_deleted(body, home)
    if subtype == "message_changed":
        # A deleted message with replies stays as a tombstone, and only this event tells of it.
        if word(part(event, "message"), "subtype") == "tombstone":
            return message_deleted(body, home)
        return message_edited(body, home)
    return message_posted(body, home) if subtype in WRITTEN else None


def message_posted(body: Payload, home: Workspace) -> MessagePosted:
    """Say that a member posted a message."""
    event = part(body, "event")
    return posted(event, _needed(event, "channel"), home)


def message_edited(body: Payload, home: Workspace) -> MessageEdited | None:
    """Say that a member changed a text; nothing where only a preview, a reply count or a pin changed."""
    event = part(body, "event")
    message, previous = part(event, "message"), part(event, "previous_message")
    if word(message, "subtype") not in WRITTEN:
        return None
    edited = part(message, "edited")
    before = word(previous, "text") if "text" in previous else None
    if before == word(message, "text") or (before is None and not edited):
        return None
    stamped = {**message, "ts": word(message, "ts") or _needed(previous, "ts")}
    now = posted(stamped, _needed(event, "channel"), home)
    edit_ts = word(edited, "ts") or word(event, "event_ts") or _needed(event, "ts")
    return MessageEdited(
        event_id=EventId(f"{now.event_id}:edited:{edit_ts}"),
        ref=now.ref,
        author=now.author,
        text=now.text,
        edited_at=moment(edit_ts),
        before=before,
        channel_name=now.channel_name,
        thread=now.thread,
        parent=now.parent,
        attachments=now.attachments,
        link=now.link,
    )


def message_deleted(body: Payload, home: Workspace) -> MessageDeleted:
    """Say that a message went away; Slack does not say by whose hand."""
    event = part(body, "event")
    ts = word(event, "deleted_ts") or word(part(event, "message"), "ts") or word(part(event, "previous_message"), "ts")
    moment(ts)
    ref = _ref(_needed(event, "channel"), ts, home)
    return MessageDeleted(
        event_id=EventId(f"{home.team}:{ref.channel}:{ts}:deleted"),
        ref=ref,
        deleted_at=moment(word(event, "event_ts") or _needed(event, "ts")),
    )


def member_event(body: Payload, home: Workspace) -> MemberJoined | MemberRenamed:
    """Say that somebody joined the workspace, or that something about a member changed, perhaps their name.

    Slack tells of every change of a profile in the same way and does not say what it was before.
    """
    event = part(body, "event")
    user = part(event, "user")
    member, at = _needed(user, "id"), moment(_needed(event, "event_ts"))
    who = Author(
        id=MemberId(member),
        name=shown_name(user) or member,
        handle=word(user, "name"),
        is_bot=user.get("is_bot") is True,
        roles=(OUTSIDER,) if word(user, "team_id") not in ("", home.team) else (),
    )
    name = EventId(f"{home.team}:{member}:{word(event, 'type')}:{word(event, 'event_ts')}")
    if word(event, "type") == "team_join":
        return MemberJoined(event_id=name, platform=PlatformName.SLACK, community=home.team, member=who, joined_at=at)
    return MemberRenamed(
        event_id=name,
        platform=PlatformName.SLACK,
        community=home.team,
        member=who,
        name_before="",
        renamed_at=at,
    )


def shown_name(user: Payload) -> str:
    """Give the name under which others see a member, or an empty string."""
    profile = part(user, "profile")
    return word(profile, "display_name") or word(profile, "real_name") or word(user, "real_name")


def posted(message: Payload, channel: str, home: Workspace, *, channel_name: str = "") -> MessagePosted:
    """Say in our words a message as events, shortcuts and histories carry it.

    The event id is made of team, channel and timestamp, so that the same message under another
    delivery id is the same happening.
    """
    ts = _needed(message, "ts")
    posted_at = moment(ts)
    thread = word(message, "thread_ts")
    thread = "" if thread == ts else thread
    return MessagePosted(
        event_id=EventId(f"{home.team}:{channel}:{ts}"),
        ref=_ref(channel, ts, home),
        author=_author(message, home),
        text=word(message, "text"),
        posted_at=posted_at,
        channel_name=channel_name,
        thread=MessageId(thread) if thread else None,
        parent=_parent(message, thread) if thread else None,
        attachments=_attachments(message),
        link=permalink(home, channel, ts, thread=thread),
    )


def actor(body: Payload, home: Workspace) -> Actor:
    """Say who pressed a button, sent a form or gave a command."""
    user = part(body, "user")
    member = word(user, "id") or word(body, "user_id")
    if not member:
        raise PayloadError("the payload names no user")
    team = word(user, "team_id") or word(body, "team_id")
    name = word(user, "name") or word(user, "username") or word(body, "user_name") or member
    roles = (OUTSIDER,) if team and team != home.team else ()
    return Actor(platform=PlatformName.SLACK, community=home.team, id=MemberId(member), name=name, roles=roles)


def permalink(home: Workspace, channel: str, ts: str, *, thread: str = "") -> str:
    """Give the address under which Slack shows a message."""
    if not home.url:
        return ""
    where = f"?thread_ts={thread}&cid={channel}" if thread else ""
    return f"{home.url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}{where}"


def linked_message(text: str) -> tuple[str, str, str]:
    """Find the channel, timestamp and thread that a pasted message link names; empty strings if none."""
    found = _LINK.search(text)
    if found is None:
        return "", "", ""
    thread = re.search(r"thread_ts=(\d{10}\.\d{6})", found.group())
    return found.group(1), f"{found.group(2)}.{found.group(3)}", thread.group(1) if thread else ""


def plain(text: str) -> str:
    """Undo Slack's markup for showing a text to people: `&lt;`, mentions, channels, labelled links.

    The kept original stays as delivered; this is only for reading.
    """
    if "<" in text:
        text = _ENTITY.sub(_shown, text)
    # Slack escapes these three and nothing else; the ampersand comes last, so that each is undone once.
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") if "&" in text else text


def moment(ts: str) -> datetime:
    """Read a Slack timestamp, which is also a message's id within its channel."""
    found = _TS.fullmatch(ts)
    if found is None:
        raise PayloadError(f"{ts[:40]!r} is no Slack timestamp")
    micros = int(found.group(2).ljust(6, "0"))
    return datetime.fromtimestamp(int(found.group(1)), UTC) + timedelta(microseconds=micros)


def part(payload: Payload, key: str) -> Payload:
    """Give an object inside a payload, empty where there is none."""
    value = payload.get(key)
    return value if isinstance(value, Mapping) else {}


def parts(payload: Payload, key: str) -> list[Payload]:
    """Give the objects in a list inside a payload."""
    value = payload.get(key)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def word(payload: Payload, key: str) -> str:
    """Give a string inside a payload, empty where there is none."""
    value = payload.get(key)
    return value if isinstance(value, str) else ""


def _needed(payload: Payload, key: str) -> str:
    if not (value := word(payload, key)):
        raise PayloadError(f"the payload has no {key!r}")
    return value


def _ref(channel: str, ts: str, home: Workspace) -> MessageRef:
    return MessageRef(PlatformName.SLACK, home.team, ChannelId(channel), MessageId(ts))


def _author(message: Payload, home: Workspace) -> Author:
    profile, bot = part(message, "user_profile"), part(message, "bot_profile")
    member = word(message, "user") or word(message, "bot_id") or word(bot, "id")
    if not member:
        raise PayloadError("the message names neither a user nor a bot")
    name = word(profile, "display_name") or word(profile, "real_name") or word(message, "username")
    if not word(message, "user"):
        name = name or word(bot, "name")
    teams = {word(message, key) for key in ("user_team", "source_team", "team")} | {word(profile, "team")}
    return Author(
        id=MemberId(member),
        name=name or member,
        handle=word(profile, "name"),
        is_bot=word(message, "subtype") == "bot_message" or bool(word(message, "bot_id")),
        roles=(OUTSIDER,) if teams - {"", home.team} else (),
    )


def _parent(message: Payload, thread: str) -> Parent:
    root = part(message, "root")
    author = word(root, "user") or word(message, "parent_user_id")
    return Parent(
        message=MessageId(thread),
        author=MemberId(author) if author else None,
        text=word(root, "text") if "text" in root else None,
    )


def _attachments(message: Payload) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(
            id=word(file, "id"),
            name=word(file, "name") or word(file, "title"),
            url=word(file, "url_private"),
            media_type=word(file, "mimetype"),
            size=size if isinstance(size := file.get("size"), int) else None,
        )
        for file in parts(message, "files")
    )


def _shown(entity: re.Match[str]) -> str:
    target, label = entity.group(1), entity.group(2) or ""
    if target[:2] in {"@U", "@W"}:
        return f"@{label or target[1:]}"
    if target[:2] in {"#C", "#G"}:
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        # <!here>, <!channel>, <!subteam^S1|@group>, <!date^...|fallback>: shown, never sent on as a call.
        return label or f"@{target[1:].split('^')[0]}"
    return f"{label} ({target})" if label and label != target.removeprefix("mailto:") else target
