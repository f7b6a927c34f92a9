"""What people decided about a member, carried out on Discord: time-outs, roles, kicks and bans, and their ends."""

from abc import abstractmethod
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

import aiohttp
import discord

from bot.discord_adapter.answering import Answering
from bot.discord_adapter.cards import sendable
from handlers.errors import PlatformUnavailable
from handlers.ports import Clock
from policies.casework.sanctions import StepAnswer
from policies.casework.words import Sanction
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.identifiers import CommunityId, MemberId

LONGEST_TIMEOUT = timedelta(days=28)
REASON_LIMIT = 512
_AWAY = "the member is not in the server; if they come back it has to be put on by hand"
_NEEDS = {
    Sanction.MUTE: "Time out members",
    Sanction.SUSPENSION: "Time out members and Manage Roles",
    Sanction.REMOVAL: "Kick Members",
    Sanction.BAN: "Ban Members",
}


class DiscordSanctions(Answering):
    """The sanctions of a `Platform`."""

    @property
    @abstractmethod
    def clock(self) -> Clock:
        """Give the time."""

    async def would_take(self, community: CommunityId, member: MemberId, kind: Sanction) -> Sequence[str]:
        """Give the roles that a suspension takes, or that go with the membership; not those of integrations."""
        if kind not in (Sanction.SUSPENSION, Sanction.REMOVAL, Sanction.BAN):
            return ()
        guild = self._connected().get_guild(int(community))
        held = await self._roles(community, member) or []
        if guild is None:
            return held
        roles = ((role, guild.get_role(int(role))) for role in held)
        return [name for name, role in roles if role is not None and role.is_assignable()]

    async def restrict(
        self,
        community: CommunityId,
        member: MemberId,
        kind: Sanction,
        *,
        until: datetime | None,
        took: Sequence[str],
        reason: str,
    ) -> StepAnswer:
        """Time out (28 days ahead at most), take roles, kick or ban; messages are never deleted by it."""
        http, guild, user = self._connected().http, int(community), int(member)
        match kind:
            case Sanction.REMOVAL:
                gone = _well("they had left already")
                return await self._step(kind, http.kick(user, guild, reason=audit(reason)), gone, took=took)
            case Sanction.BAN:
                ban = http.ban(user, guild, delete_message_seconds=0, reason=audit(reason))
                return await self._step(kind, ban, None, took=took)
            case Sanction.MUTE | Sanction.SUSPENSION:
                return await self._silence(community, member, kind, until, (took, reason))
            case _:
                return StepAnswer(status=OutcomeStatus.DONE)

    async def release(
        self, community: CommunityId, member: MemberId, kind: Sanction, *, took: Sequence[str], reason: str
    ) -> StepAnswer:
        """Lift a time-out or a ban and give roles back; whoever is not in the server gets them when they are."""
        http, guild, user = self._connected().http, int(community), int(member)
        if kind is Sanction.BAN:
            gone = _well("they were not banned")
            answer = await self._step(kind, http.unban(user, guild, reason=audit(reason)), gone, took=())
            later = "they can come back by an invitation; their roles are then given by hand" if took else ""
            return replace(answer, detail=answer.detail or later)
        fields: dict[str, object] = {"communication_disabled_until": None}
        if took:
            fields["roles"] = sorted({*(await self._roles(community, member) or []), *self._there(community, took)})
        edit = http.edit_member(guild, user, reason=audit(reason), **fields)
        answer = await self._step(kind, edit, _well("the member is no longer in the server"), took=took)
        # Nothing was given back to somebody who is not there.
        return replace(answer, took=()) if answer.status is OutcomeStatus.ALREADY else answer

    async def names(self, community: CommunityId, member: MemberId) -> Sequence[str]:
        """Give the nickname, the name and the handle of a member, or of somebody who left."""
        client = self._connected()
        guild = client.get_guild(int(community))
        known = guild.get_member(int(member)) if guild else None
        if known is not None:
            return list(dict.fromkeys(filter(None, (known.nick, known.global_name, known.name))))
        user = await self._ask(client.http.get_user(int(member)))
        if user is None:
            return ()
        found = (user.get("global_name"), user.get("username"))
        return [str(name) for name in found if name]

    async def _silence(
        self,
        community: CommunityId,
        member: MemberId,
        kind: Sanction,
        until: datetime | None,
        said: tuple[Sequence[str], str],
    ) -> StepAnswer:
        took, reason = said
        now = self.clock.now()
        end = min(until or now + LONGEST_TIMEOUT, now + LONGEST_TIMEOUT)
        found = await self._ask(self._connected().http.get_member(int(community), int(member)))
        if found is None:
            return StepAnswer(status=OutcomeStatus.DEGRADED, detail=_AWAY)
        held = discord.utils.parse_time(cast("str | None", found.get("communication_disabled_until")))
        fields: dict[str, object] = {}
        if held is None or held < end:
            fields["communication_disabled_until"] = end.isoformat()
        else:
            end = held
        if kind is Sanction.SUSPENSION and took:
            roles = cast("list[str]", found.get("roles") or [])
            fields["roles"] = [role for role in roles if role not in took]
        if not fields:
            return StepAnswer(status=OutcomeStatus.ALREADY, until=end, took=tuple(took))
        edit = self._connected().http.edit_member(int(community), int(member), reason=audit(reason), **fields)
        answer = await self._step(kind, edit, None, took=took)
        return replace(answer, until=end) if answer.went_well else answer

    async def _step(
        self, kind: Sanction, call: Coroutine[object, object, object], gone: Outcome | None, *, took: Sequence[str]
    ) -> StepAnswer:
        outcome = await self._answer(Action.MUTE, call, gone=gone)
        if outcome.status is OutcomeStatus.REFUSED:
            needed = f"the bot lacks {_NEEDS[kind]}, or the member's role stands above the bot's"
            return StepAnswer(status=outcome.status, detail=needed)
        well = outcome.status in (OutcomeStatus.DONE, OutcomeStatus.ALREADY)
        return StepAnswer(status=outcome.status, detail=outcome.detail, took=tuple(took) if well else ())

    def _there(self, community: CommunityId, roles: Sequence[str]) -> list[str]:
        """Leave out roles that were deleted meanwhile: Discord refuses the whole call for one of them."""
        guild = self._connected().get_guild(int(community))
        return [role for role in roles if guild is None or guild.get_role(int(role)) is not None]

    async def _roles(self, community: CommunityId, member: MemberId) -> list[str] | None:
        found = await self._ask(self._connected().http.get_member(int(community), int(member)))
        return None if found is None else [str(role) for role in cast("list[str]", found.get("roles") or [])]

    async def _ask(self, call: Coroutine[object, object, object]) -> dict[str, object] | None:
        """Read something; nothing where Discord knows none of it. Raises `PlatformUnavailable` otherwise."""
        try:
            return cast("dict[str, object]", await call)
        except (discord.NotFound, discord.Forbidden):
            return None
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise PlatformUnavailable(f"Discord did not answer ({type(error).__name__}).") from None


def audit(reason: str) -> str:
    """Fit a reason into Discord's audit log: one line of at most 512 characters, and never a person's name."""
    return sendable(" ".join(reason.split()))[:REASON_LIMIT] or "moderation"


def _well(detail: str) -> Outcome:
    return Outcome(action=Action.MUTE, status=OutcomeStatus.ALREADY, detail=detail)
