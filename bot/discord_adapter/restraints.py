"""Channels slowed down and locked on Discord, and given back just as they stood."""

from abc import abstractmethod
from typing import Any, Final, cast

import aiohttp
import discord

from bot.discord_adapter.answering import Answering
from bot.discord_adapter.sanctions import audit
from handlers.errors import NotReadable, PlatformUnavailable
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.identifiers import ChannelId, CommunityId
from policies.restraints import ChannelState

LONGEST_SLOW_MODE = 6 * 60 * 60
WRITING = discord.Permissions(send_messages=True, send_messages_in_threads=True).value
"""What a lock takes from everybody; in a forum it is what opens posts, in a voice channel what writes beside it."""

_ROLE: Final = 0
_THREADS = (10, 11, 12)
_THREAD_OPEN, _THREAD_LOCKED, _NO_MARK = "thread open", "thread locked", "none"
_OPENED = "somebody opened it by hand since, so it was left as it is"
_HOME = "it is the moderators' own channel, where alerts have to be shown"


class DiscordRestraints(Answering):
    """What a `Platform` does to whole channels."""

    @property
    @abstractmethod
    def home(self) -> ChannelId | None:
        """Give the moderators' channel."""

    async def slow_mode(self, community: CommunityId, channel: ChannelId, *, seconds: int, reason: str) -> Outcome:
        """Make members of a channel or thread wait between two posts; 0 seconds lifts it."""
        wait = max(0, min(seconds, LONGEST_SLOW_MODE))
        call = self._connected().http.edit_channel(int(channel), reason=audit(reason), rate_limit_per_user=wait)
        return await self._answer(Action.SLOW_MODE, call)

    async def channel_state(self, community: CommunityId, channel: ChannelId) -> ChannelState:
        """Give the wait between two posts, and what `@everyone` is given and refused in the channel itself."""
        found = await self._found(channel)
        wait = int(found.get("rate_limit_per_user") or 0)
        if found.get("type") in _THREADS:
            return ChannelState(wait, _THREAD_LOCKED if _is_locked(found) else _THREAD_OPEN)
        mark = _mark(found, community)
        return ChannelState(wait, _NO_MARK if mark is None else f"{mark[0]} {mark[1]}")

    async def lock(self, community: CommunityId, channel: ChannelId, *, reason: str) -> Outcome:
        """Refuse Send Messages to everybody in a channel, or lock a thread; roles that may write go on writing."""
        if channel == self.home:
            return Outcome(action=Action.LOCK, status=OutcomeStatus.REFUSED, detail=_HOME)
        try:
            found = await self._found(channel)
        except NotReadable as error:
            return Outcome(action=Action.LOCK, status=OutcomeStatus.REFUSED, detail=str(error))
        if found.get("type") in _THREADS:
            return await self._thread(channel, locked=True, reason=reason)
        allow, deny = _mark(found, community) or (0, 0)
        if deny & WRITING == WRITING:
            return Outcome(action=Action.LOCK, status=OutcomeStatus.ALREADY, detail="nobody could write there")
        return await self._put(community, channel, allow & ~WRITING, deny | WRITING, reason)

    async def unlock(self, community: CommunityId, channel: ChannelId, *, stood: str, reason: str) -> Outcome:
        """Give back what stood before the lock; what else was changed in the channel since then stays."""
        try:
            found = await self._found(channel)
        except NotReadable as error:
            return Outcome(action=Action.LOCK, status=OutcomeStatus.REFUSED, detail=str(error))
        if found.get("type") in _THREADS:
            if not _is_locked(found):
                return Outcome(action=Action.LOCK, status=OutcomeStatus.ALREADY, detail=_OPENED)
            return await self._thread(channel, locked=stood == _THREAD_LOCKED, reason=reason)
        now = _mark(found, community)
        if now is None or now[1] & WRITING != WRITING:
            return Outcome(action=Action.LOCK, status=OutcomeStatus.ALREADY, detail=_OPENED)
        before = (0, 0) if stood == _NO_MARK else cast("tuple[int, int]", tuple(map(int, stood.split())))
        allow, deny = ((left & ~WRITING) | (had & WRITING) for left, had in zip(now, before, strict=True))
        if stood == _NO_MARK and not allow and not deny:
            call = self._connected().http.delete_channel_permissions(int(channel), int(community), reason=audit(reason))
            return await self._answer(Action.LOCK, call)
        return await self._put(community, channel, allow, deny, reason)

    async def _put(self, community: CommunityId, channel: ChannelId, allow: int, deny: int, reason: str) -> Outcome:
        # The role of everybody has the server's own id.
        call = self._connected().http.edit_channel_permissions(
            int(channel), int(community), str(allow), str(deny), _ROLE, reason=audit(reason)
        )
        return await self._answer(Action.LOCK, call)

    async def _thread(self, channel: ChannelId, *, locked: bool, reason: str) -> Outcome:
        call = self._connected().http.edit_channel(int(channel), reason=audit(reason), locked=locked)
        return await self._answer(Action.LOCK, call)

    async def _found(self, channel: ChannelId) -> dict[str, Any]:  # the library gives what the API answered
        try:
            return cast("dict[str, Any]", await self._connected().http.get_channel(int(channel)))
        except (discord.NotFound, discord.Forbidden) as error:
            words = f"the bot cannot see the channel; it needs View Channel there ({error.code})"
            raise NotReadable(words) from None
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise PlatformUnavailable(f"Discord did not answer ({type(error).__name__}).") from None


def _mark(found: dict[str, Any], community: CommunityId) -> tuple[int, int] | None:
    """Give what the channel itself allows and refuses everybody."""
    for mark in found.get("permission_overwrites") or ():
        if str(mark["id"]) == community:
            return int(mark["allow"]), int(mark["deny"])
    return None


def _is_locked(found: dict[str, Any]) -> bool:
    return bool((found.get("thread_metadata") or {}).get("locked"))
