"""The commands of moderators about a whole channel, as Discord lists them and as they are answered."""

from abc import ABC, abstractmethod
from datetime import timedelta

import discord
from discord import app_commands

from bot.discord_adapter import convert
from handlers.channel_commands import lock_channel, slow_channel, unlock_channel
from handlers.deps import Deps
from handlers.replies import Reply, refused
from policies.durations import read_duration
from policies.identifiers import ChannelId, EventId

NO_DURATION = "Say how long as in 10m, 2h, 7d or 1d12h, 28 days at most. Nothing was changed."


class ChannelDesk(ABC):
    """Answers the commands about the channel in which they were given."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    @abstractmethod
    async def _acknowledged(self, interaction: discord.Interaction) -> bool: ...

    @abstractmethod
    async def _say(self, interaction: discord.Interaction, reply: Reply, *, with_card: bool = False) -> None: ...

    async def slow_channel(self, interaction: discord.Interaction, seconds: int, reason: str, duration: str) -> None:
        """Make members wait between two posts."""
        if await self._acknowledged(interaction) and await self._is_clear(interaction, duration):
            reply = await slow_channel(
                convert.actor(interaction),
                _channel(interaction),
                timedelta(seconds=seconds),
                read_duration(duration),
                reason=reason,
                event_id=_event_id(interaction),
                deps=self._deps,
            )
            await self._say(interaction, reply)

    async def lock_channel(self, interaction: discord.Interaction, reason: str, duration: str) -> None:
        """Keep members from writing."""
        if await self._acknowledged(interaction) and await self._is_clear(interaction, duration):
            reply = await lock_channel(
                convert.actor(interaction),
                _channel(interaction),
                read_duration(duration),
                reason,
                event_id=_event_id(interaction),
                deps=self._deps,
            )
            await self._say(interaction, reply)

    async def unlock_channel(self, interaction: discord.Interaction, reason: str) -> None:
        """Let members write again."""
        if await self._acknowledged(interaction):
            who, channel, named = convert.actor(interaction), _channel(interaction), _event_id(interaction)
            await self._say(interaction, await unlock_channel(who, channel, reason, event_id=named, deps=self._deps))

    async def _is_clear(self, interaction: discord.Interaction, duration: str) -> bool:
        """Whether it was said how long, or nothing of it; says so where it cannot be read."""
        if not duration or read_duration(duration) is not None:
            return True
        await self._say(interaction, refused(NO_DURATION))
        return False


def _channel(interaction: discord.Interaction) -> ChannelId:
    return ChannelId(str(interaction.channel_id or ""))


def _event_id(interaction: discord.Interaction) -> EventId:
    return EventId(f"command:{interaction.id}")


def add_channel_commands(tree: app_commands.CommandTree[discord.Client], desk: ChannelDesk) -> None:
    """Put the commands about channels into the tree."""
    reason_limit = app_commands.Range[str, 1, 1000]
    duration_limit = app_commands.Range[str, 0, 20]
    for_how_long = "For how long: 10m, 2h or 1d12h; without it, until it is lifted, 28 days at most"

    @tree.command(name="slowmode", description="Make members wait between two posts in this channel (moderators)")
    @app_commands.describe(
        seconds="How many seconds members wait between two posts; 0 lifts it",
        reason="Kept on record",
        duration=for_how_long,
    )
    async def slowmode(
        interaction: discord.Interaction,
        seconds: app_commands.Range[int, 0, 21_600],
        reason: reason_limit,
        duration: duration_limit = "",
    ) -> None:
        await desk.slow_channel(interaction, seconds, reason, duration)

    @tree.command(name="lock", description="Keep members from writing in this channel (moderators)")
    @app_commands.describe(reason="Kept on record", duration=for_how_long)
    async def lock(interaction: discord.Interaction, reason: reason_limit, duration: duration_limit = "") -> None:
        await desk.lock_channel(interaction, reason, duration)

    @tree.command(name="unlock", description="Let members write here again as before the lock (moderators)")
    @app_commands.describe(reason="Kept on record")
    async def unlock(interaction: discord.Interaction, reason: reason_limit) -> None:
        await desk.unlock_channel(interaction, reason)
