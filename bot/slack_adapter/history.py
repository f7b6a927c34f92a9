"""Reading what stands around a message in Slack: in its channel, or in its thread."""

import asyncio
from collections.abc import Iterator, Sequence

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_adapter.calls import answered, reason
from bot.slack_adapter.convert import WRITTEN, Payload, PayloadError, Workspace, part, parts, posted, word
from bot.slack_adapter.directory import Directory
from handlers.errors import NotReadable
from policies.events import MessagePosted, MessageWritten
from policies.surroundings import Nearby

_PAGE = 100
_PAGES = 5
"""Pages that are read at most on one side: five hundred messages."""


async def messages_around(
    web: AsyncWebClient, home: Workspace, directory: Directory, event: MessageWritten, *, most: int
) -> tuple[Sequence[Nearby], Sequence[Nearby]]:
    """Give the messages just before one and just after it, oldest first; raises `NotReadable` or `PlatformUnavailable`.

    Slack's own remarks, such as that somebody joined, are left out.
    """
    ref, thread = event.ref, event.thread or ""
    try:
        before = await _read(web, ref.channel, thread, latest=ref.message, enough=0 if thread else most)
        after = await _read(web, ref.channel, thread, oldest=ref.message, enough=0)
    except SlackApiError as error:
        raise NotReadable(f"Slack does not let the bot read there ({reason(error)}).") from None
    sides = (
        sorted((row for row in before if word(row, "ts") < ref.message), key=_ts)[-most:],
        sorted((row for row in after if word(row, "ts") > ref.message), key=_ts)[:most],
    )
    told = [await asyncio.gather(*(_nearby(m, directory) for m in _said(side, ref.channel, home))) for side in sides]
    return told[0], told[1]


async def _read(
    web: AsyncWebClient, channel: str, thread: str, *, latest: str | None = None, oldest: str | None = None, enough: int
) -> list[Payload]:
    """Read a side page by page, until there are enough of the newest, or all if `enough` is 0."""
    rows: list[Payload] = []
    cursor: str | None = None
    for _ in range(_PAGES):
        if thread:
            call = web.conversations_replies(
                channel=channel, ts=thread, limit=_PAGE, latest=latest, oldest=oldest, cursor=cursor
            )
        else:
            call = web.conversations_history(channel=channel, limit=_PAGE, latest=latest, oldest=oldest, cursor=cursor)
        page = await answered(call)
        rows += [row for row in parts({"m": page.get("messages")}, "m") if word(row, "subtype") in WRITTEN]
        cursor = word(part({"m": page.get("response_metadata")}, "m"), "next_cursor") or None
        if not cursor or 0 < enough <= len(rows):
            break
    return rows


def _said(rows: Sequence[Payload], channel: str, home: Workspace) -> Iterator[MessagePosted]:
    for row in rows:
        try:
            yield posted(row, channel, home)
        except PayloadError:
            continue  # one row that is no message is not worth the others


async def _nearby(message: MessagePosted, directory: Directory) -> Nearby:
    known = await directory.introduce(message)
    return Nearby(
        message=known.ref.message,
        author=known.author.id,
        author_name=known.author.name,
        text=known.text,
        at=known.posted_at,
        is_bot=known.author.is_bot,
        files=tuple(file.name for file in known.attachments),
    )


def _ts(row: Payload) -> str:
    return word(row, "ts")
