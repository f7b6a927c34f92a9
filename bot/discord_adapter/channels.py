"""The server's channels: which are looked at, where the bot may write, and what was missed in them."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime

import discord
import structlog

from bot.discord_adapter.actions import Server
from policies.identifiers import ChannelId

log = structlog.get_logger(__name__)

Spoken = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


def watches(server: Server, channel: object) -> bool:
    """Whether a channel is to be looked at: by itself, its parent or its category.

    The moderators' own channel never is: there abuse is quoted all day.
    """
    places = {
        ChannelId(str(place))
        for name in ("id", "parent_id", "category_id")
        if (place := getattr(channel, name, None)) is not None
    }
    if server.alert_channel in places:
        return False
    return not server.watched or not server.watched.isdisjoint(places)


def may_write(guild: discord.Guild, channel: ChannelId) -> bool:
    """Whether the bot sees a channel and may post there."""
    found = guild.get_channel_or_thread(int(channel))
    if found is None:
        return False
    held = found.permissions_for(guild.me)
    return held.view_channel and held.send_messages


async def missed(
    guild: discord.Guild, server: Server, *, seen: Mapping[int, int], since: datetime, at_most: int
) -> AsyncIterator[discord.Message]:
    """Give what was posted in each watched channel after the last message seen there, oldest first.

    Archived threads are not looked into. Of a channel where more than `at_most` messages were missed
    the later ones stay unseen; that is logged as a gap.
    """
    channels: list[Spoken] = [
        *guild.text_channels,
        *guild.voice_channels,
        *guild.stage_channels,
        *guild.threads,
    ]
    start = discord.utils.time_snowflake(since)
    for channel in channels:
        after = seen.get(channel.id, start)
        newest = channel.last_message_id
        if (newest is not None and newest <= after) or not watches(server, channel):
            continue
        held = channel.permissions_for(guild.me)
        if not (held.view_channel and held.read_message_history):
            continue
        found = 0
        try:
            async for message in channel.history(limit=at_most, after=discord.Object(after), oldest_first=True):
                found += 1
                yield message
        except discord.HTTPException as error:
            log.warning("discord.history-unreadable", channel=channel.id, code=error.code)
        if found:
            log.info("discord.missed-messages-read", channel=channel.id, messages=found)
        if found == at_most:
            log.warning("discord.gap", channel=channel.id, read=found)
