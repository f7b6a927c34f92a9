"""The commands of moderators about a whole channel, as Discord lists them."""

from typing import Protocol

import discord
from discord import app_commands


class ChannelDesk(Protocol):
    """Answers the commands about the channel in which they were given."""

    async def slow_channel(self, interaction: discord.Interaction, seconds: int, reason: str, duration: str) -> None:
        """Make members wait between two posts."""

    async def lock_channel(self, interaction: discord.Interaction, reason: str, duration: str) -> None:
        """Keep members from writing."""

    async def unlock_channel(self, interaction: discord.Interaction, reason: str) -> None:
        """Let members write again."""


def add_channel_commands(tree: app_commands.CommandTree[discord.Client], desk: ChannelDesk) -> None:
    """Put the commands about channels into the tree."""
    reason_limit = app_commands.Range[str, 1, 1000]
    duration_limit = app_commands.Range[str, 0, 20]
    for_how_long = "For how long: 10m, 2h or 1d12h; without it, until somebody lifts it"

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
