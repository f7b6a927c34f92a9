"""The verbs of moderators and members: slash commands, the message menu, the card's buttons and forms."""

import asyncio
from typing import Literal, Protocol

import discord
from discord import app_commands

from bot.discord_adapter import cards, convert
from bot.discord_adapter.actions import DiscordPlatform, Server
from bot.discord_adapter.channel_commands import NO_DURATION, ChannelDesk, add_channel_commands
from handlers.casework.appealing import LONGEST, appeal_by_command
from handlers.casework.reactions import report_reaction
from handlers.casework.receipts import own_reports
from handlers.casework.requests import ask_about_own_data
from handlers.deps import Deps
from handlers.errors import PlatformUnavailable
from handlers.moderation import (
    list_incidents,
    settle_incident,
    show_incident,
    time_out_member,
    warn_member,
)
from handlers.replies import Reply, refused
from handlers.reports import handle_message_reported
from policies.casework.people import Account
from policies.durations import read_duration
from policies.events import MessagePosted, MessageReported
from policies.identifiers import EventId, IncidentId, MemberId

REPORT_MENU = "Report to moderators"

_PATIENCE = 1.5  # Discord gives three seconds until a form must be open.
_MOST_PIECES = 5
_ELSEWHERE = "This bot does not look after this server, so nothing was done here."
_NO_LINK = (
    "That is no link to a message here. Open the message's menu and choose Copy Message Link, or choose "
    f"Apps and then {REPORT_MENU} there. Nothing was sent."
)
_UNREADABLE = (
    "That message cannot be read: it may be gone, or it is in a channel that you or this bot cannot see. "
    "Nothing was sent."
)


class Readable(Protocol):
    """A channel whose messages can be looked up and whose readers are known."""

    def permissions_for(self, obj: discord.Member, /) -> discord.Permissions:
        """Give what a member may do in the channel."""

    async def fetch_message(self, id: int, /) -> discord.Message:
        """Look a message up."""


class Desk(ChannelDesk):
    """Answers people: each answer is seen by the one who asked, alone."""

    def __init__(self, server: Server, platform: DiscordPlatform, deps: Deps) -> None:
        super().__init__(deps)
        self._server, self._platform = server, platform

    async def press(self, interaction: discord.Interaction, press: cards.Press) -> None:
        """Ask for the reason of a verdict; a press that comes too late only says who decided."""
        try:
            async with asyncio.timeout(_PATIENCE):
                shown = await show_incident(convert.actor(interaction), press.incident, deps=self._deps)
        except TimeoutError:
            # Settling looks again, so a slow record costs the moderator the reason typed, and no more.
            await interaction.response.send_modal(cards.DecideForm(press, opened_by=interaction.id))
            return
        card = shown.card
        if not shown.ok or card is None:
            await interaction.response.send_message(cards.plain(shown.text, cards.MESSAGE_LIMIT), ephemeral=True)
        elif card.settled or card.version != press.version:
            late = f"{card.settled or 'This card is out of date.'}\nYour press changed nothing."
            await interaction.response.send_message(cards.plain(late, cards.MESSAGE_LIMIT), ephemeral=True)
            await self._show_anew(interaction, shown)
        else:
            await interaction.response.send_modal(cards.DecideForm(press, opened_by=interaction.id))

    async def decide(self, interaction: discord.Interaction, press: cards.Press, reason: str) -> None:
        """Settle an incident with the reason that the form brought."""
        if not await self._acknowledged(interaction):
            return
        reply = await settle_incident(
            convert.actor(interaction),
            press.incident,
            press.verb,
            reason,
            version=press.version,
            event_id=_event_id("press", interaction),
            deps=self._deps,
        )
        await self._say(interaction, reply)

    async def ask_report(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Open the form with which a member reports the message it was chosen on."""
        if str(interaction.guild_id) != self._server.guild or message.guild is None:
            await interaction.response.send_message(_ELSEWHERE, ephemeral=True)
            return
        await interaction.response.send_modal(
            cards.ReportForm(convert.message_posted(message), opened_by=interaction.id)
        )

    async def report(self, interaction: discord.Interaction, message: MessagePosted, reason: str) -> None:
        """Send a message and the reason of a report form to the moderators."""
        if await self._acknowledged(interaction):
            await self._say(interaction, await self._report(interaction, message, reason))

    async def report_link(self, interaction: discord.Interaction, link: str, reason: str) -> None:
        """Report the message that a link names."""
        if await self._acknowledged(interaction):
            await self._say(interaction, await self._report_link(interaction, link, reason))

    async def ask_about_own_data(self, interaction: discord.Interaction, what: str, words: str) -> None:
        """Take in what a member asks about their own data."""
        if not await self._acknowledged(interaction):
            return
        asks = _account(interaction)
        key = f"{asks.platform.value}:{_event_id('data', interaction)}"
        await self._say(interaction, await ask_about_own_data(asks, f"{what} {words}", key, self._deps.intake))

    async def appeal(self, interaction: discord.Interaction, case: str, statement: str) -> None:
        """Take a member's appeal."""
        if await self._acknowledged(interaction):
            await self._say(interaction, await appeal_by_command(_account(interaction), case, statement, self._deps))

    async def own_reports(self, interaction: discord.Interaction, code: str) -> None:
        """Tell a member how their own reports stand."""
        if await self._acknowledged(interaction):
            await self._say(interaction, await own_reports(_account(interaction), code, self._deps.intake))

    async def list_incidents(self, interaction: discord.Interaction) -> None:
        """Show the newest incidents."""
        if await self._acknowledged(interaction):
            await self._say(interaction, await list_incidents(convert.actor(interaction), deps=self._deps))

    async def show_incident(self, interaction: discord.Interaction, incident: str) -> None:
        """Show one incident with its card."""
        if not await self._acknowledged(interaction):
            return
        name = IncidentId(incident.strip(" `"))
        reply = await show_incident(convert.actor(interaction), name, deps=self._deps)
        await self._say(interaction, reply, with_card=True)

    async def warn(self, interaction: discord.Interaction, member: discord.User, reason: str) -> None:
        """Warn a member in private."""
        if not await self._acknowledged(interaction):
            return
        reply = await warn_member(
            convert.actor(interaction),
            MemberId(str(member.id)),
            reason,
            community=self._server.guild,
            event_id=_event_id("command", interaction),
            deps=self._deps,
        )
        await self._say(interaction, reply)

    async def time_out(
        self, interaction: discord.Interaction, member: discord.User, duration: str, reason: str
    ) -> None:
        """Keep a member from posting for a while."""
        wanted = read_duration(duration)
        if wanted is None:
            await interaction.response.send_message(NO_DURATION, ephemeral=True)
            return
        if not await self._acknowledged(interaction):
            return
        reply = await time_out_member(
            convert.actor(interaction),
            MemberId(str(member.id)),
            wanted,
            reason,
            community=self._server.guild,
            event_id=_event_id("command", interaction),
            deps=self._deps,
        )
        await self._say(interaction, reply)

    async def report_reaction(
        self, interaction: discord.Interaction, link: str, emoji: str, member: discord.User, reason: str
    ) -> None:
        """Report what somebody put on the message that a link names."""
        if not await self._acknowledged(interaction):
            return
        message = await self._linked(interaction, link)
        if isinstance(message, Reply):
            await self._say(interaction, message)
            return
        event = MessageReported(
            event_id=_event_id("report", interaction),
            message=message,
            reporter=MemberId(str(interaction.user.id)),
            reason=reason,
            reported_at=self._deps.clock.now(),
        )
        await self._say(interaction, await report_reaction(event, emoji, MemberId(str(member.id)), self._deps.intake))

    async def _report_link(self, interaction: discord.Interaction, link: str, reason: str) -> Reply:
        message = await self._linked(interaction, link)
        return message if isinstance(message, Reply) else await self._report(interaction, message, reason)

    async def _linked(self, interaction: discord.Interaction, link: str) -> MessagePosted | Reply:
        named = convert.message_link(link)
        if named is None or str(named[0]) != self._server.guild:
            return refused(_NO_LINK)
        guild, reporter = interaction.guild, interaction.user
        channel = guild.get_channel_or_thread(named[1]) if guild else None
        if not isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread):
            return refused(_UNREADABLE)
        message = await self._read(channel, named[2], reporter)
        if message is None:
            return refused(_UNREADABLE)
        return convert.message_posted(message)

    async def _read(
        self, channel: Readable, message: int, reader: discord.User | discord.Member
    ) -> discord.Message | None:
        """Look a message up on behalf of somebody who may read it themselves."""
        if not isinstance(reader, discord.Member):
            return None
        held = channel.permissions_for(reader)
        if not (held.view_channel and held.read_message_history):
            return None
        try:
            return await channel.fetch_message(message)
        except (discord.NotFound, discord.Forbidden):
            return None

    async def _report(self, interaction: discord.Interaction, message: MessagePosted, reason: str) -> Reply:
        event = MessageReported(
            event_id=_event_id("report", interaction),
            message=message,
            reporter=MemberId(str(interaction.user.id)),
            reason=reason,
            reported_at=self._deps.clock.now(),
        )
        return await handle_message_reported(event, self._deps)

    async def _acknowledged(self, interaction: discord.Interaction) -> bool:
        """Answer within Discord's three seconds that an answer follows; false where none will."""
        if str(interaction.guild_id) != self._server.guild:
            await interaction.response.send_message(_ELSEWHERE, ephemeral=True)
            return False
        await interaction.response.defer(ephemeral=True, thinking=True)
        return True

    async def _say(self, interaction: discord.Interaction, reply: Reply, *, with_card: bool = False) -> None:
        lines = cards.plain(reply.text).splitlines() or ["Done."]
        first, *rest = cards.pieces(lines, separator="\n")
        await interaction.edit_original_response(content=first)
        for piece in rest[: _MOST_PIECES - 1]:
            await interaction.followup.send(piece, ephemeral=True)
        if with_card and reply.card is not None:
            await interaction.followup.send(view=cards.alert(reply.card), ephemeral=True)

    async def _show_anew(self, interaction: discord.Interaction, shown: Reply) -> None:
        message = interaction.message
        if message is None or message.flags.ephemeral or shown.card is None:
            return
        try:
            receipt = f"{message.channel.id}/{message.id}"
            await self._platform.update_alert(self._server.guild, receipt, shown.card)
        except PlatformUnavailable:
            self._deps.counters.count("cards.stale")


def add_commands(tree: app_commands.CommandTree[discord.Client], desk: Desk) -> None:
    """Put every command into the tree; making Discord know them is a separate step."""
    reason_limit = app_commands.Range[str, 1, 1000]
    incident = app_commands.Group(name="incident", description="Look at what is kept (moderators)")

    @incident.command(name="list", description="The newest incidents, masked (moderators)")
    async def list_(interaction: discord.Interaction) -> None:
        await desk.list_incidents(interaction)

    @incident.command(name="show", description="One incident with its card (moderators)")
    @app_commands.describe(id="The incident's id, as the list and the cards name it")
    async def show(interaction: discord.Interaction, id: app_commands.Range[str, 1, 100]) -> None:
        await desk.show_incident(interaction, id)

    @tree.command(name="warn", description="Warn a member in private; kept on record (moderators)")
    @app_commands.describe(member="Whom to warn", reason="Sent to the member and kept on record")
    async def warn(interaction: discord.Interaction, member: discord.User, reason: reason_limit) -> None:
        await desk.warn(interaction, member, reason)

    @tree.command(name="timeout", description="Keep a member from posting for a while (moderators)")
    @app_commands.describe(
        member="Whom to mute",
        duration="How long: 10m, 2h, 7d or 1d12h; 28 days at most",
        reason="Sent to the member and kept on record",
    )
    async def timeout(
        interaction: discord.Interaction,
        member: discord.User,
        duration: app_commands.Range[str, 2, 20],
        reason: reason_limit,
    ) -> None:
        await desk.time_out(interaction, member, duration, reason)

    @tree.command(name="report", description="Ask the moderators to look at a message")
    @app_commands.describe(link="The message's link (its menu: Copy Message Link)", reason="What is wrong with it")
    async def report(
        interaction: discord.Interaction, link: app_commands.Range[str, 1, 200], reason: reason_limit
    ) -> None:
        await desk.report_link(interaction, link, reason)

    @tree.command(name="reaction", description="Report a reaction that somebody put on a message")
    @app_commands.describe(
        link="The message's link (its menu: Copy Message Link)",
        emoji="Which reaction",
        member="Who put it there",
        reason="What is wrong with it",
    )
    async def reaction(
        interaction: discord.Interaction,
        link: app_commands.Range[str, 1, 200],
        emoji: app_commands.Range[str, 1, 100],
        member: discord.User,
        reason: reason_limit,
    ) -> None:
        await desk.report_reaction(interaction, link, emoji, member, reason)

    @tree.command(name="mydata", description="Ask about the data that is kept about you")
    @app_commands.describe(what="A copy of it, its erasure, or a complaint", words="Anything that we should know")
    async def mydata(
        interaction: discord.Interaction,
        what: Literal["copy", "erase", "complain"],
        words: app_commands.Range[str, 0, 1000] = "",
    ) -> None:
        await desk.ask_about_own_data(interaction, what, words)

    @tree.command(name="appeal", description="Appeal against a decision about you, or about what you reported")
    @app_commands.describe(
        case="The code in the notice that you got, such as C-2026-000042",
        statement="Why it is wrong, and anything new",
    )
    async def appeal(
        interaction: discord.Interaction,
        case: app_commands.Range[str, 1, 100],
        statement: app_commands.Range[str, 1, LONGEST],
    ) -> None:
        await desk.appeal(interaction, case, statement)

    @tree.command(name="myreports", description="How the reports that you made stand")
    @app_commands.describe(code="The code of a report; without it, all that you made from this account")
    async def myreports(interaction: discord.Interaction, code: app_commands.Range[str, 0, 100] = "") -> None:
        await desk.own_reports(interaction, code)

    @tree.context_menu(name=REPORT_MENU)
    async def report_menu(interaction: discord.Interaction, message: discord.Message) -> None:
        await desk.ask_report(interaction, message)

    tree.add_command(incident)
    add_channel_commands(tree, desk)


def _account(interaction: discord.Interaction) -> Account:
    who = convert.actor(interaction)
    return Account(platform=who.platform, community=who.community, member=who.id)


def _event_id(kind: str, interaction: discord.Interaction) -> EventId:
    return EventId(f"{kind}:{interaction.id}")
