"""A small Discord server on simcord with the real handlers and a real record, and the words its policy knows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import discord
import simcord
from simcord.actors import MemberActor
from simcord.backend.models import Overwrite
from simcord.backend.serializers import message_payload
from simcord.builders import ChannelHandle, GuildHandle, RoleHandle
from simcord.enums import OverwriteType

from bot.discord_adapter.actions import DiscordModerators, DiscordPlatform, Server
from bot.discord_adapter.client import INTENTS, DiscordPart
from handlers.casework.intake import IntakeDeps
from handlers.deps import Deps
from handlers.policies_in_force import InForce
from policies.assessments import Assessment, Context
from policies.decisions import Action, Mode, Outcome
from policies.identifiers import ChannelId, CommunityId, MemberId, PlatformName
from policies.incidents import Incident
from policies.text.normalise import Normalised
from tests.fakes.cases import MemoryCases
from tests.fakes.counters import MemoryCounters
from tests.fakes.deciding import deciding_over
from tests.fakes.evidence import MemoryEvidence
from tests.fakes.reading import SLUR, THREAT, ScriptedReader, small_policy

ABUSE = THREAT
"""The word that the small policy removes a message for; real lexicons are tested elsewhere."""

RUDE = f'"{SLUR}"'
"""The word that it only shows to moderators, because it is quoted."""


class BreakableReader(ScriptedReader):
    """Reads the marker words, or fails as a fault in a detector would."""

    broken = False

    def read(self, text: str, context: Context | None = None) -> tuple[Normalised, Assessment]:
        """Find the marker words unless it is broken."""
        if self.broken:
            raise ZeroDivisionError(text)
        return super().read(text, context)


class Journal(list[str]):
    """What was kept and what Discord was asked for, in one order."""

    def __init__(self, env: simcord.Env) -> None:
        super().__init__()
        self._env, self._read = env, 0

    def append(self, line: str) -> None:
        """Note what was kept, after all that was asked for before."""
        requests = self._env.http_requests
        self.extend(f"{request.method} {request.path}" for request in requests[self._read :])
        self._read = len(requests)
        super().append(line)


@dataclass(slots=True)
class WorldClock:
    """The time of the simulated Discord."""

    env: simcord.Env

    def now(self) -> datetime:
        """Give the simulated moment."""
        return self.env.now()


@dataclass(slots=True)
class World:
    """One server with a public and a moderators' channel.

    ann and bob are members; mo is a moderator by role, dai by id.
    """

    env: simcord.Env
    guild: GuildHandle
    general: ChannelHandle
    alerts: ChannelHandle
    ann: MemberActor
    bob: MemberActor
    mo: MemberActor
    dai: MemberActor
    moderators: RoleHandle
    part: DiscordPart
    platform: DiscordPlatform
    reader: BreakableReader
    evidence: MemoryEvidence
    counters: MemoryCounters
    cases: MemoryCases
    looked_at: int = 0

    def errors(self) -> list[BaseException]:
        """Give what the bot's handlers raised so far; a test that does not look fails if there is any."""
        self.looked_at = self.env.error_cursor
        return self.env.errors

    def incidents(self) -> list[Incident]:
        """Give what is kept, oldest first."""
        return list(self.evidence.kept.values())

    def incident(self) -> Incident:
        """Give the one incident that is kept."""
        (kept,) = self.incidents()
        return kept

    def outcome(self, action: Action) -> Outcome:
        """Give how an action of the one incident ended."""
        return [r.outcome for r in self.incident().outcomes if r.outcome.action is action][-1]

    def texts(self, channel: ChannelHandle | None = None) -> list[str]:
        """Give what stands in a channel."""
        return [message.content for message in (channel or self.general).history()]

    def cards(self) -> list[discord.Message]:
        """Give what the bot posted in the moderators' channel."""
        return self.alerts.history()

    def requests(self, method: str, path: str) -> list[Any]:
        """Give what the bot asked of Discord by one method on the paths that hold a piece."""
        return [r for r in self.env.http_requests if r.method == method and path in r.path]

    async def withhold(self, text: str) -> None:
        """Let ann post while Discord keeps the content from the bot, as without the privileged intent."""
        backend = self.env.backend
        posted = backend.prepare_message(self.general.id, self.ann.id, text)
        backend.emit("MESSAGE_CREATE", {**message_payload(backend, posted), "content": ""})
        await self.env.settle()

    async def let_the_bot_see(self, channel: ChannelHandle, may: bool) -> None:
        """Open or close a channel to the bot."""
        allow, deny = discord.PermissionOverwrite(view_channel=may).pair()
        mark = Overwrite(target_id=self.bot_user().id, type=OverwriteType.MEMBER, allow=allow.value, deny=deny.value)
        self.env.backend.set_overwrite(channel.id, mark)
        await self.env.settle()

    def bot_user(self) -> discord.ClientUser:
        """Give the bot's own account."""
        assert self.env.bot.user is not None
        return self.env.bot.user

    async def restart(self) -> None:
        """Start the bot's connection anew, as the supervisor does."""
        await self.env.restart_bot(self.part.make_client())


def card_text(message: discord.Message) -> str:
    """Give all the words of a card."""
    view = discord.ui.LayoutView.from_message(message)
    return "\n".join(item.content for item in view.walk_children() if isinstance(item, discord.ui.TextDisplay))


def buttons(message: discord.Message) -> dict[str, bool]:
    """Give a card's buttons, and whether each can be pressed."""
    view = discord.ui.LayoutView.from_message(message)
    return {item.label or "": not item.disabled for item in view.walk_children() if isinstance(item, discord.ui.Button)}


@asynccontextmanager
async def world(
    *, mode: Mode = Mode.ACT, permissions: int = 1460289006720, max_messages: int | None = None
) -> AsyncIterator[World]:
    """Open a world; `permissions` are those of the invitation, by default the ones for acting."""
    env = simcord.Env(discord.Client(intents=INTENTS))
    try:
        clock = WorldClock(env)
        reader = BreakableReader()
        evidence, counters = MemoryEvidence(Journal(env)), MemoryCounters()
        guild = env.create_guild("Eastwick Branch")
        general = guild.create_text_channel("general")
        alerts = guild.create_text_channel("moderators")
        moderators = guild.create_role("Moderators", permissions=discord.Permissions(manage_messages=True))
        dai = env.create_user("dai")
        server = Server(
            guild=CommunityId(str(guild.id)),
            alert_channel=ChannelId(str(alerts.id)),
            moderator_roles=frozenset({str(moderators.id)}),
            moderator_members=frozenset({MemberId(str(dai.id))}),
        )
        platform = DiscordPlatform(server, clock, file_servers=())
        cases, policy = MemoryCases(), small_policy()
        deps = Deps(
            clock=clock,
            reader=reader,
            in_force=InForce(policy),
            evidence=evidence,
            incidents=evidence,
            counters=counters,
            moderators=DiscordModerators(server),
            platforms={PlatformName.DISCORD: platform},
            mode=mode,
            organisation="the branch secretary",
            intake=IntakeDeps(cases=cases, clock=clock),
            deciding=lambda: deciding_over(cases, clock, evidence, {PlatformName.DISCORD: platform}, policy),
        )
        part = DiscordPart(
            token="a.test.token",
            server=server,
            deps=deps,
            platform=platform,
            sync_commands=True,
            max_messages=max_messages,
        )
        invited = env.backend.get_guild(guild.id)
        (bot_role,) = invited.members[env.backend.bot_user.id].role_ids
        invited.roles[bot_role].permissions = permissions
        # The server has to be there before the settings can name its channels, the bot after them.
        env.bot = part.make_client()
        await env.start()
        opened = World(
            env=env,
            guild=guild,
            general=general,
            alerts=alerts,
            ann=guild.add_member(env.create_user("ann")),
            bob=guild.add_member(env.create_user("bob")),
            mo=guild.add_member(env.create_user("mo"), roles=[moderators]),
            dai=guild.add_member(dai),
            moderators=moderators,
            part=part,
            platform=platform,
            reader=reader,
            evidence=evidence,
            counters=counters,
            cases=cases,
        )
        yield opened
    finally:
        await env.shutdown()
    assert env.errors_since(opened.looked_at) == (), "the bot failed and the test did not look"
