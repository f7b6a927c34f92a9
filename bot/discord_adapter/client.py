"""The live connection to Discord: gateway events to handlers, and one boundary for what goes wrong in them."""

import asyncio
import logging
import sys
import traceback
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

import discord
import structlog
from discord import app_commands

from bot.discord_adapter import cards, convert
from bot.discord_adapter import sentences as say
from bot.discord_adapter.actions import DiscordPlatform, Server
from bot.discord_adapter.channels import may_write, missed, watches
from bot.discord_adapter.commands import Desk, add_commands
from bot.discord_adapter.members import look_at_all
from bot.discord_adapter.permissions import in_words, invitation, lacking
from handlers.deps import Deps
from handlers.errors import HustingsError
from handlers.members import handle_member_joined, handle_member_renamed
from handlers.messages import handle_message_deleted, handle_message_edited, handle_message_posted
from policies.events import MessagePosted
from policies.identifiers import MemberId

log = structlog.get_logger(__name__)

INTENTS = discord.Intents(guilds=True, members=True, moderation=True, guild_messages=True, message_content=True)

_LONGEST_WAIT = 60.0  # Seconds that discord.py may wait out a rate limit; longer ones are tried again later.
H = TypeVar("H", bound=Callable[..., Coroutine[Any, Any, None]])


class DiscordSettingsError(HustingsError):
    """A token or setting will not do; the sentence says which, and what to do."""


class DiscordConnectionError(HustingsError):
    """The connection ended by itself, as after an event that discord.py could not read."""


class DiscordPart:
    """One server, run until it is closed; what kills the client is raised, so that a supervisor starts it anew.

    `since` is the moment up to which messages are known to have been seen, by default this one; what
    was posted after it is fetched on connecting. What was seen is remembered over restarts of the
    part, not of the process. Without `max_messages` no text of a member stays in memory, and the
    library survives an update that names no author. `ready_after` are the seconds without news of a
    further server after which the list of servers counts as whole.
    """

    name = "discord"

    def __init__(
        self,
        *,
        token: str,
        server: Server,
        deps: Deps,
        platform: DiscordPlatform,
        sync_commands: bool = False,
        since: datetime | None = None,
        fetch_at_most: int = 500,
        drain_for: float = 10.0,
        max_messages: int | None = None,
        ready_after: float = 2.0,
    ) -> None:
        self._token, self._platform = token, platform
        self._drain_for, self._max_messages, self.ready_after = drain_for, max_messages, ready_after
        self.server, self.deps, self.platform = server, deps, platform
        self.sync_commands, self.fetch_at_most = sync_commands, fetch_at_most
        self.since = since or deps.clock.now()
        self.seen: dict[int, int] = {}
        """The newest message handled in each channel."""
        self._client: HustingsClient | None = None
        self._closing, self._stopped = asyncio.Event(), asyncio.Event()
        self._stopped.set()
        _quiet_library()

    @property
    def connected(self) -> bool:
        """Whether messages can arrive and be read at this moment."""
        client = self._client
        return client is not None and client.live and client.guild is not None and not client.blind

    @property
    def trouble(self) -> str:
        """What is wrong although the part runs, as a sentence; empty while nothing is."""
        return self._client.trouble if self._client is not None else ""

    async def run(self) -> None:
        """Connect, and serve until `close`; raises `DiscordSettingsError` where trying again cannot help."""
        client = self.make_client()
        self._stopped.clear()
        try:
            async with client:
                await self._serve(client)
        except discord.PrivilegedIntentsRequired:
            raise DiscordSettingsError(say.NO_INTENTS) from None
        except discord.LoginFailure:
            raise DiscordSettingsError(say.BAD_TOKEN) from None
        except Exception as error:  # noqa: BLE001 - the connection's boundary: its errors may quote an event
            self.deps.counters.count("discord.died")
            what = f"{type(error).__name__} at {_place(error)}"
            raise DiscordConnectionError(f"The connection to Discord ended ({what}); it can be made anew.") from None
        finally:
            self._platform.detach(client)
            client.live = False
            self._stopped.set()

    async def close(self) -> None:
        """Let the begun events finish, then disconnect; what could not finish is on record as unfinished."""
        self._closing.set()
        await self._stopped.wait()

    async def _serve(self, client: "HustingsClient") -> None:
        serving = asyncio.create_task(client.start(self._token))
        closing = asyncio.create_task(self._closing.wait())
        try:
            await asyncio.wait({serving, closing}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                serving.result()
            else:
                await client.drain(self._drain_for)
        finally:
            closing.cancel()
            while not serving.done():
                # discord.py may be asleep before its next attempt to connect, for many minutes; and
                # `wait_for` of Python 3.11 loses a cancellation to an error of the same moment.
                serving.cancel()
                await asyncio.wait({serving}, timeout=0.2)
            if not serving.cancelled():
                serving.exception()  # Looked at, so that asyncio does not log it as forgotten.

    def make_client(self) -> "HustingsClient":
        """Make the client of one connection and act through it from now on."""
        self._client = HustingsClient(self, max_messages=self._max_messages, ready_after=self.ready_after)
        self._platform.attach(self._client)
        return self._client


def _counted(handler: H) -> H:
    """Keep count of the events being handled, so that closing can wait for them."""

    @wraps(handler)
    async def counted(self: "HustingsClient", *args: object) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.at_work.add(task)
        try:
            await handler(self, *args)
        finally:
            self.at_work.discard(task)

    return counted  # type: ignore[return-value] # wraps keeps the signature, which mypy cannot see


class Tree(app_commands.CommandTree[discord.Client]):
    """The commands, whose failures go the same way as those of events."""

    async def on_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        """Keep a failed command from passing in silence."""
        client = interaction.client
        assert isinstance(client, HustingsClient)
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            await client.apologise(interaction, say.UNKNOWN_COMMAND)
            return
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        client.failed("command", cause)
        await client.apologise(interaction, say.BROKEN)


class HustingsClient(discord.Client):
    """Hears what happens in one server and passes it on; DMs and other servers are left alone."""

    def __init__(self, part: DiscordPart, *, max_messages: int | None, ready_after: float) -> None:
        super().__init__(
            intents=INTENTS,
            max_messages=max_messages,
            allowed_mentions=discord.AllowedMentions.none(),
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=_LONGEST_WAIT,
            guild_ready_timeout=ready_after,
        )
        self.live = self.blind = False
        self.at_work: set[asyncio.Task[Any]] = set()
        self._part, self._deps = part, part.deps
        self._desk = Desk(part.server, part.platform, part.deps)
        self._home = discord.Object(int(part.server.guild))
        self.tree = Tree(self)

    @property
    def guild(self) -> discord.Guild | None:
        """Give the server that the bot looks after, if it is a member of it."""
        return self.get_guild(self._home.id)

    @property
    def trouble(self) -> str:
        """Say what keeps the bot from doing its work although it is connected; empty if nothing does."""
        if not self.live:
            return ""
        if self.guild is None:
            return say.NOT_A_MEMBER.format(guild=self._home.id)
        if self.blind:
            return say.WITHHELD
        alerts = self._part.server.alert_channel
        if alerts is not None and not may_write(self.guild, alerts):
            return say.NO_ALERTS.format(channel=alerts)
        asked = (self._deps.policy, self._deps.mode, self._part.server)
        found, number = lacking(self.guild.me.guild_permissions, *asked), invitation(self.guild.self_role, *asked)
        return say.LACKING.format(lacking=in_words(found), number=number) if found else ""

    async def setup_hook(self) -> None:
        """Listen to the buttons of cards of any age, and make Discord know the commands if asked to."""
        self.add_dynamic_items(cards.VerdictButton)
        add_commands(self.tree, self._desk)
        self.tree.copy_global_to(guild=self._home)
        if self._part.sync_commands:
            await self.tree.sync(guild=self._home)
            log.info("discord.commands-synced", guild=self._home.id)

    async def drain(self, seconds: float) -> None:
        """Wait until no event is being handled, for so long at most."""
        waiting = self.at_work - {asyncio.current_task()}
        if waiting:
            await asyncio.wait(waiting, timeout=seconds)

    @_counted
    async def on_ready(self) -> None:
        """Note that a new session began, and fetch what was posted in between."""
        self.live = True
        self._deps.counters.count("discord.connected")
        log.info("discord.connected", guild=self._home.id)
        if self.guild is not None:
            await self._read_missed(self.guild)
            await look_at_all(self.guild, self._deps, within=_LONGEST_WAIT)

    async def on_resumed(self) -> None:
        """Note that the session goes on; Discord itself sends again what was missed."""
        self.live = True

    async def on_disconnect(self) -> None:
        """Note that nothing can arrive."""
        self.live = False

    @_counted
    async def on_message(self, message: discord.Message) -> None:
        """Pass on a message that somebody posted, or one from the time that was missed."""
        if not self._concerns_us(message):
            return
        if convert.withheld(message):
            await self._say_that_we_are_blind()
            return
        self.blind = self.blind and message.author.bot
        edited = convert.message_edited(message)
        if edited is not None:
            await handle_message_edited(edited, self._deps)
        else:
            await handle_message_posted(convert.message_posted(message), self._deps)
        seen = self._part.seen
        seen[message.channel.id] = max(message.id, seen.get(message.channel.id, 0))

    @_counted
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Pass on a change of a message's text; pins, previews and partial updates change none."""
        message = payload.message
        if getattr(message, "author", None) is None or not self._concerns_us(message):
            return
        event = convert.message_edited(message, before=payload.cached_message)
        if event is not None and not convert.withheld(message):
            await handle_message_edited(event, self._deps)

    @_counted
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Pass on that a message went away."""
        self._part.platform.gone(payload.message_id, payload.channel_id)
        await self._gone(payload.guild_id, payload.channel_id, payload.message_id)

    @_counted
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Pass on that several messages went away."""
        ids = sorted(payload.message_ids)
        ends = await asyncio.gather(
            *(self._gone(payload.guild_id, payload.channel_id, message) for message in ids),
            return_exceptions=True,
        )
        for error in ends:
            if isinstance(error, BaseException):
                raise error

    @_counted
    async def on_member_join(self, member: discord.Member) -> None:
        """Pass on that somebody entered the server."""
        if member.guild.id == self._home.id:
            await handle_member_joined(convert.member_joined(member, self._deps.clock.now()), self._deps)

    @_counted
    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Pass on that a member took another name in this server."""
        if after.guild.id == self._home.id:
            await self._renamed(before, after)

    @_counted
    async def on_user_update(self, before: discord.User, after: discord.User) -> None:
        """Pass on that a member took another name or handle everywhere."""
        if self.guild is not None and self.guild.get_member(after.id) is not None:
            await self._renamed(before, after)

    @_counted
    async def on_verdict_pressed(self, interaction: discord.Interaction, press: cards.Press) -> None:
        """Answer a button of an alert card."""
        await self._desk.press(interaction, press)

    @_counted
    async def on_verdict_given(self, interaction: discord.Interaction, press: cards.Press, reason: str) -> None:
        """Answer the form that a button opened."""
        await self._desk.decide(interaction, press, reason)

    @_counted
    async def on_report_sent(self, interaction: discord.Interaction, message: MessagePosted, reason: str) -> None:
        """Answer the form with which a member reports a message."""
        await self._desk.report(interaction, message, reason)

    async def on_error(self, event_method: str, /, *args: object, **kwargs: object) -> None:
        """The boundary of every event: one that fails is counted and logged, and the others go on."""
        error = sys.exception()
        assert error is not None
        self.failed(event_method, error)
        interaction = next((arg for arg in args if isinstance(arg, discord.Interaction)), None)
        if interaction is not None:
            await self.apologise(interaction, say.BROKEN)

    def failed(self, what: str, error: BaseException) -> None:
        """Note a failure by its kind and place; its words might quote a message."""
        code = error.code if isinstance(error, discord.HTTPException) else None
        self._deps.counters.count("discord.failed")
        log.error("discord.failed", what=what, error=type(error).__name__, code=code, at=_place(error))

    async def apologise(self, interaction: discord.Interaction, sentence: str) -> None:
        """Tell the one who asked that it failed, if Discord still lets us."""
        try:
            if interaction.response.is_done():
                await interaction.followup.send(sentence, ephemeral=True)
            else:
                await interaction.response.send_message(sentence, ephemeral=True)
        except discord.HTTPException as error:
            self.failed("apology", error)

    async def _renamed(self, before: discord.Member | discord.User, after: discord.Member | discord.User) -> None:
        event = convert.member_renamed(before, after, guild=self._home.id, at=self._deps.clock.now())
        if event is not None:
            await handle_member_renamed(event, self._deps)

    async def _gone(self, guild: int | None, channel: int, message: int) -> None:
        if guild != self._home.id or self.user is None:
            return
        by = MemberId(str(self.user.id)) if self._part.platform.deleted(message) else None
        event = convert.message_deleted(guild=guild, channel=channel, message=message, at=self._deps.clock.now(), by=by)
        await handle_message_deleted(event, self._deps)

    def _concerns_us(self, message: discord.Message) -> bool:
        """Whether somebody's own words were said where the bot is to look."""
        if message.guild is None or message.guild.id != self._home.id or message.type not in convert.SPOKEN:
            return False
        ours = self.user is not None and message.author.id == self.user.id
        return not ours and watches(self._part.server, message.channel)

    async def _read_missed(self, guild: discord.Guild) -> None:
        """Hand on what was missed; a message that was seen after all makes no second incident."""
        part = self._part
        async for message in missed(guild, part.server, seen=part.seen, since=part.since, at_most=part.fetch_at_most):
            self._deps.counters.count("discord.fetched")
            self.dispatch("message", message)

    async def _say_that_we_are_blind(self) -> None:
        """Say once, in the log and to the moderators, that messages come without their text."""
        if self.blind:
            return
        self.blind = True
        self._deps.counters.count("discord.withheld")
        log.error("discord.withheld", trouble=say.WITHHELD)
        await self._part.platform.tell_moderators(say.WITHHELD)


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"


def _quiet_library() -> None:
    """Stop discord.py's debug lines, which quote whole events, and its warnings that it cannot speak aloud."""
    library = logging.getLogger("discord")
    library.setLevel(max(library.getEffectiveLevel(), logging.INFO))
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
