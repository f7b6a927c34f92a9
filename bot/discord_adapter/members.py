"""Who is in the server: all of them are asked for where names are protected, or later renamings would go unnoticed."""

import asyncio

import discord
import structlog

from bot.discord_adapter import convert
from handlers.deps import Deps
from handlers.members import look_at_name
from policies.identifiers import CommunityId, PlatformName

log = structlog.get_logger(__name__)

_AT_ONCE = 100  # Members looked at before others get their turn; each takes a fraction of a millisecond.


async def look_at_all(guild: discord.Guild, deps: Deps, *, within: float) -> None:
    """Have the library know every member, since it tells of no renaming of others, and look at their names.

    Without a list of protected people nothing is asked. An answer that does not come in `within` seconds is
    done without: those members are looked at when they post.
    """
    if not deps.register.people:
        return
    try:
        async with asyncio.timeout(within):
            members = await guild.chunk()
    except (TimeoutError, discord.DiscordException):
        deps.counters.count("discord.members-unread")
        log.warning("discord.members-unread", guild=guild.id)
        return
    for number, member in enumerate(members, 1):
        community = CommunityId(str(guild.id))
        await look_at_name(convert.author(member), PlatformName.DISCORD, community, deps)
        if number % _AT_ONCE == 0:
            await asyncio.sleep(0)
