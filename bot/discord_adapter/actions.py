"""What the bot does on Discord: every attempt answered with a value, and who its moderators are."""

from collections.abc import AsyncGenerator, Collection, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

import aiohttp
import discord

from bot.discord_adapter import cards, convert
from bot.discord_adapter.deletions import Deletions
from bot.discord_adapter.restraints import DiscordRestraints
from bot.discord_adapter.sanctions import LONGEST_TIMEOUT, DiscordSanctions, audit
from bot.downloads import download
from handlers.errors import NotReadable, PlatformUnavailable
from handlers.ports import AlertCard, Clock, Moderators, Notice, Platform
from policies.acts import Actor
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.events import Attachment, MessageWritten
from policies.identifiers import ChannelId, CommunityId, MemberId, MessageId, MessageRef, PlatformName
from policies.incidents import Incident
from policies.surroundings import Nearby

FILE_SERVERS = frozenset({"https://cdn.discordapp.com", "https://media.discordapp.net"})
"""Where Discord keeps what members attach; no link that leads elsewhere is followed."""

_CLOSED_TO_US = 50007
_MISSING_ACCESS = 50001

_NEEDS = {
    Action.HIDE: "Manage Messages",
    Action.HOLD: "Manage Messages",
    Action.MUTE: "Time out members",
    Action.SLOW_MODE: "Manage Channels",
    Action.LOCK: "Manage Roles (in a channel: Manage Permissions)",
    Action.REMIND: "Send Messages in that channel",
    Action.ALERT: "View Channel, Send Messages and Embed Links in the moderators' channel",
}
_PUBLISHING = "View Channel, Send Messages and Read Message History"
_LOOKED_BACK = 100
_NOWHERE = Outcome(
    action=Action.ALERT, status=OutcomeStatus.REFUSED, detail="no moderators' channel is set for Discord"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The Discord server that the bot looks after, as the settings describe it.

    An empty `watched` means every channel that the bot can read; a category or a parent channel
    stands for what is under it. `officers`: people are named who decide cases, and so on sanctions.
    """

    guild: CommunityId
    alert_channel: ChannelId | None = None
    moderator_roles: frozenset[str] = frozenset()
    moderator_members: frozenset[MemberId] = frozenset()
    watched: frozenset[ChannelId] = frozenset()
    officers: bool = False


class DiscordModerators(Moderators):
    """The configured moderators: members by id, and whoever holds one of the named roles now."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def include(self, actor: Actor) -> bool:
        """Whether this person is one of the configured moderators of this server."""
        if actor.platform is not PlatformName.DISCORD or actor.community != self._server.guild:
            return False
        named = actor.id in self._server.moderator_members
        return named or not self._server.moderator_roles.isdisjoint(actor.roles)


class DiscordPlatform(DiscordSanctions, DiscordRestraints, Platform):
    """Carries actions out through whichever client is connected now; without one they stay unfinished."""

    def __init__(self, server: Server, clock: Clock, *, file_servers: Collection[str] = FILE_SERVERS) -> None:
        self._server, self._clock, self._file_servers = server, clock, file_servers
        self._client: discord.Client | None = None
        self._deletions = Deletions(lambda: self._connected().http, self._answer, clock.now)

    def attach(self, client: discord.Client) -> None:
        """Act through this client from now on."""
        self._client = client

    def detach(self, client: discord.Client) -> None:
        """Stop acting through this client."""
        if self._client is client:
            self._client = None

    def deleted(self, message: int) -> bool:
        """Whether this process itself deleted a message, as far as it remembers."""
        return self._deletions.asked(message)

    def gone(self, message: int, channel: int) -> None:
        """Note that Discord told of one message that went away."""
        self._deletions.gone(message, channel)

    @property
    def name(self) -> PlatformName:
        """Give the platform's name."""
        return PlatformName.DISCORD

    @property
    def home(self) -> ChannelId | None:
        """Give the moderators' channel."""
        return self._server.alert_channel

    @property
    def clock(self) -> Clock:
        """Give the time."""
        return self._clock

    @property
    def can(self) -> frozenset[Action]:
        """Give the actions that the bot's permissions allow in the server as a whole.

        A channel may still refuse one. While nothing is known of the permissions all are given, and
        Discord's own answer is kept.
        """
        guild = self._client.get_guild(int(self._server.guild)) if self._client else None
        if guild is None or guild.me is None:
            return frozenset(Action)
        held = guild.me.guild_permissions
        lacking: set[Action] = set()
        if not held.manage_messages:
            lacking |= {Action.HIDE, Action.HOLD}
        if not held.moderate_members:
            lacking.add(Action.MUTE)
        if not held.manage_channels:
            lacking.add(Action.SLOW_MODE)
        if not held.manage_roles:
            lacking.add(Action.LOCK)
        return frozenset(Action) - lacking

    async def hide(self, ref: MessageRef, *, reason: str) -> Outcome:
        """Delete a message; the record keeps what it said. A message that is gone counts as hidden."""
        self._connected()
        return await self._deletions.delete(int(ref.channel), int(ref.message), reason=reason)

    async def restore(self, incident: Incident, *, note: str) -> Outcome:
        """Repost a deleted message as the bot, naming its author and its time; nobody is pinged."""
        ref = incident.event.ref
        place = self._connected().get_partial_messageable(int(ref.channel), guild_id=int(ref.community))
        post = place.send(embed=cards.restored(incident, note), nonce=_nonce("restore", incident.id))
        return await self._answer(Action.HIDE, post)

    async def mute(self, ref: MessageRef, member: MemberId, *, until: datetime, reason: str) -> Outcome:
        """Time a member out until a moment, 28 days ahead at most; never shortens a longer time-out."""
        client, now = self._connected(), self._clock.now()
        until = min(until, now + LONGEST_TIMEOUT)
        held = self._timed_out_until(client, ref, member)
        if held is not None and held > until and held > now:
            longer = f"already timed out until {held:%H:%M} UTC on {held:%d %B %Y}, which is longer"
            return Outcome(action=Action.MUTE, status=OutcomeStatus.REFUSED, detail=longer)
        call = client.http.edit_member(
            int(ref.community),
            int(member),
            reason=audit(reason),
            communication_disabled_until=until.isoformat(),
        )
        left = Outcome(action=Action.MUTE, status=OutcomeStatus.FAILED, detail="the member is no longer in the server")
        return await self._answer(Action.MUTE, call, gone=left)

    async def unmute(self, ref: MessageRef, member: MemberId, *, reason: str) -> Outcome:
        """Lift a time-out; somebody who left the server has none."""
        call = self._connected().http.edit_member(
            int(ref.community), int(member), reason=audit(reason), communication_disabled_until=None
        )
        left = Outcome(action=Action.MUTE, status=OutcomeStatus.ALREADY, detail="the member is no longer in the server")
        return await self._answer(Action.MUTE, call, gone=left)

    async def remind(self, ref: MessageRef, thread: MessageId | None, notice: Notice) -> Outcome:
        """Post a notice where a message stands; a thread is a channel of its own here."""
        place = self._connected().get_partial_messageable(int(ref.channel), guild_id=int(ref.community))
        post = place.send(cards.notice(notice)[0], nonce=_nonce("remind", ref.message))
        return await self._answer(Action.REMIND, post, receipt=f"{ref.channel}/")

    async def post_alert(self, community: CommunityId, card: AlertCard) -> Outcome:
        """Show a card in the moderators' channel; the receipt is `channel/message`."""
        if self._server.alert_channel is None:
            return _NOWHERE
        place = self._connected().get_partial_messageable(int(self._server.alert_channel))
        # An alarm about the record has no incident, and each alarm is news.
        what = card.incident or f"{card.link} {self._clock.now().timestamp()}"
        post = place.send(view=cards.alert(card), nonce=_nonce("alert", what))
        return await self._answer(Action.ALERT, post, receipt=f"{self._server.alert_channel}/")

    async def update_alert(self, community: CommunityId, receipt: str, card: AlertCard) -> Outcome:
        """Show the card anew in place of the one named by the receipt."""
        channel, _, message = receipt.partition("/")
        if not (channel.isdecimal() and message.isdecimal()):
            unknown = "the card's receipt is not one of Discord's"
            return Outcome(action=Action.ALERT, status=OutcomeStatus.FAILED, detail=unknown)
        place = self._connected().get_partial_messageable(int(channel))
        edit = place.get_partial_message(int(message)).edit(view=cards.alert(card))
        return await self._answer(Action.ALERT, edit, receipt=f"{channel}/")

    async def tell_moderators(self, sentence: str) -> Outcome:
        """Say a plain sentence in the moderators' channel."""
        if self._server.alert_channel is None:
            return _NOWHERE
        place = self._connected().get_partial_messageable(int(self._server.alert_channel))
        return await self._answer(Action.ALERT, place.send(cards.plain(sentence, cards.MESSAGE_LIMIT)))

    async def publish(self, channel: ChannelId, text: str, *, key: str, before: bool) -> Outcome:
        """Post a text as it is in a channel; one that may have been posted before is looked for first."""
        client = self._connected()
        place = client.get_partial_messageable(int(channel), guild_id=int(self._server.guild))
        shown = f"```\n{text}```"
        posting = self._published(place, shown, key, before)
        outcome = await self._answer(Action.ALERT, posting, receipt=f"{channel}/")
        if outcome.status is OutcomeStatus.REFUSED:
            return replace(outcome, detail=f"the bot needs {_PUBLISHING} in channel {channel}")
        return outcome

    async def _published(
        self, place: discord.PartialMessageable, shown: str, key: str, before: bool
    ) -> discord.Message:
        if before:
            async for message in place.history(limit=_LOOKED_BACK):
                if message.content == shown and message.author == self._connected().user:
                    return message
        return await place.send(shown, nonce=_nonce("checkpoint", key))

    async def notify(self, community: CommunityId, member: MemberId, notice: Notice) -> Outcome:
        """Send a member a private message; many keep these closed, which is an answer and not an error."""
        return await self._answer(
            Action.NOTIFY_AUTHOR, self._tell(self._connected(), int(member), cards.notice(notice))
        )

    async def around(self, event: MessageWritten, *, most: int) -> tuple[Sequence[Nearby], Sequence[Nearby]]:
        """Give the messages just before one and just after it; Discord's announcements are left out."""
        ref = event.ref
        place = self._connected().get_partial_messageable(int(ref.channel), guild_id=int(ref.community))
        here = discord.Object(int(ref.message))
        try:
            before = [message async for message in place.history(limit=most, before=here)]
            after = [message async for message in place.history(limit=most, after=here, oldest_first=True)]
        except (discord.Forbidden, discord.NotFound) as error:
            words = f"Discord does not let the bot read there; it needs Read Message History ({error.code})."
            raise NotReadable(words) from None
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise PlatformUnavailable(f"Discord did not answer ({type(error).__name__}).") from None
        spoken = [
            [convert.nearby(message) for message in side if message.type in convert.SPOKEN]
            for side in (before[::-1], after)
        ]
        return spoken[0], spoken[1]

    def fetch(self, ref: MessageRef, attachment: Attachment) -> AsyncGenerator[bytes, None]:
        """Give a file of a message as it arrives; its link is signed, so the bot's token is not sent."""
        return download(attachment.url, origins=self._file_servers)

    async def _tell(self, client: discord.Client, member: int, messages: list[str]) -> None:
        channel = await client.create_dm(discord.Object(member))
        for message in messages:
            await channel.send(message, suppress_embeds=True)

    async def _answer(
        self,
        action: Action,
        call: Coroutine[object, object, object],
        *,
        gone: Outcome | None = None,
        receipt: str = "",
    ) -> Outcome:
        """Make one call and say how it ended; discord.py has already waited out rate limits."""
        try:
            made = await call
        except discord.Forbidden as error:
            return Outcome(action=action, status=OutcomeStatus.REFUSED, detail=_refusal(action, error))
        except discord.NotFound as error:
            return gone or Outcome(
                action=action, status=OutcomeStatus.FAILED, detail=f"it no longer exists ({error.code})"
            )
        except discord.RateLimited as error:
            raise PlatformUnavailable(f"Discord asks to wait {error.retry_after:.0f} seconds.") from None
        except discord.HTTPException as error:
            if error.status in (401, 429) or error.status >= 500:
                raise PlatformUnavailable(f"Discord answered {error.status}.") from None
            refused = f"Discord did not accept it ({error.status}, code {error.code})"
            return Outcome(action=action, status=OutcomeStatus.FAILED, detail=refused)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise PlatformUnavailable(f"Discord cannot be reached ({type(error).__name__}).") from None
        except RuntimeError:
            # aiohttp says so when the session was closed under a call in flight.
            if self._client is not None and not self._client.is_closed():
                raise
            raise PlatformUnavailable("The connection to Discord was closed.") from None
        if receipt and isinstance(made, discord.Message):
            return Outcome(action=action, status=OutcomeStatus.DONE, receipt=f"{receipt}{made.id}")
        return Outcome(action=action, status=OutcomeStatus.DONE)

    def _connected(self) -> discord.Client:
        if self._client is None or self._client.is_closed() or self._client.user is None:
            raise PlatformUnavailable("The bot is not connected to Discord.")
        return self._client

    def _timed_out_until(self, client: discord.Client, ref: MessageRef, member: MemberId) -> datetime | None:
        guild = client.get_guild(int(ref.community))
        known = guild.get_member(int(member)) if guild else None
        return known.timed_out_until if known else None


def _nonce(purpose: str, incident: str) -> str:
    """Name a post so that Discord itself drops a repeat of it within a few minutes."""
    return sha256(f"{purpose}:{incident}".encode()).hexdigest()[:24]


def _refusal(action: Action, error: discord.Forbidden) -> str:
    if error.code == _CLOSED_TO_US:
        return "the member takes no private messages from this server or has blocked the bot"
    if error.code == _MISSING_ACCESS:
        return f"the bot cannot see the channel; it needs {_NEEDS.get(action, 'access to it')} (50001)"
    needed = f"the bot lacks {_NEEDS[action]}" if action in _NEEDS else "the bot lacks a permission"
    above = ", or the member's role stands above the bot's" if action is Action.MUTE else ""
    return f"{needed}{above} ({error.code})"
