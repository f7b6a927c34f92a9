"""The part on a loopback Discord: the real client and handlers, and a record in memory."""

import asyncio
from dataclasses import dataclass

from bot.discord_adapter.actions import DiscordModerators, DiscordPlatform, Server
from bot.discord_adapter.client import DiscordPart
from handlers.deps import Deps
from handlers.policies_in_force import InForce
from policies.decisions import Action, Mode, OutcomeStatus
from policies.identifiers import ChannelId, CommunityId, PlatformName
from policies.incidents import Incident
from policies.people import Register
from tests.fakes import discord_payloads as payloads
from tests.fakes.clock import FrozenClock
from tests.fakes.discord_gateway import TOKEN, FakeDiscord, Noted
from tests.fakes.evidence import MemoryEvidence
from tests.fakes.reading import ScriptedReader, small_policy


class NotedCounters:
    """Counters on which a test can wait."""

    def __init__(self) -> None:
        self.counted: Noted[str] = Noted()

    def count(self, name: str, amount: int = 1) -> None:
        """Note that something was counted."""
        self.counted.append(name)


@dataclass(slots=True)
class Line:
    """A part, the Discord it speaks to, and the record."""

    discord: FakeDiscord
    part: DiscordPart
    evidence: MemoryEvidence
    journal: Noted[str]
    counters: NotedCounters
    running: asyncio.Task[None]

    async def connected(self, times: int = 1) -> None:
        """Wait until the part has begun its n-th session."""
        await self.counters.counted.until(lambda name: name == "discord.connected", times)

    async def kept(self, line: str, times: int = 1) -> None:
        """Wait until the record holds something."""
        await self.journal.until(lambda noted: noted == line, times)

    async def handled(self, times: int) -> None:
        """Wait until so many messages were found harmless."""
        await self.counters.counted.until(lambda name: name == "messages.allowed", times)

    def incident(self) -> Incident:
        """Give the one incident that is kept."""
        (kept,) = self.evidence.kept.values()
        return kept

    def status(self, action: Action) -> OutcomeStatus | None:
        """Give how an action of the one incident ended."""
        return self.incident().last(action)

    async def again(self) -> None:
        """Run the part once more, as the supervisor does after it died."""
        self.running = asyncio.create_task(self.part.run())

    async def hang_up(self) -> None:
        """Stop the part and see that it ended well."""
        await self.part.close()
        await self.running


def make_line(discord: FakeDiscord, *, register: Register | None = None, **options: object) -> Line:
    """Start a part that speaks to a loopback Discord."""
    server = Server(
        guild=CommunityId(payloads.GUILD),
        alert_channel=ChannelId(payloads.ALERTS),
        moderator_roles=frozenset({payloads.MODERATORS}),
    )
    clock, counters, journal = FrozenClock(payloads.START), NotedCounters(), Noted[str]()
    evidence, platform = MemoryEvidence(journal), DiscordPlatform(server, clock, file_servers={discord.url})
    deps = Deps(
        clock=clock,
        reader=ScriptedReader(),
        in_force=InForce(small_policy()),
        evidence=evidence,
        incidents=evidence,
        counters=counters,
        moderators=DiscordModerators(server),
        platforms={PlatformName.DISCORD: platform},
        mode=Mode.ACT,
        register=register or Register(),
    )
    settings = {"token": TOKEN, "ready_after": 0.05, **options}
    part = DiscordPart(server=server, deps=deps, platform=platform, **settings)  # type: ignore[arg-type] # a test chooses among the options
    return Line(
        discord=discord,
        part=part,
        evidence=evidence,
        journal=journal,
        counters=counters,
        running=asyncio.create_task(part.run()),
    )
