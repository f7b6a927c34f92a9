"""A workspace with Hustings running in it: the real client, handlers, reader and policy, and a fake Slack."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from bot.slack_adapter.actions import SlackPlatform
from bot.slack_adapter.client import SlackPart
from bot.slack_adapter.directory import SlackModerators
from handlers.deps import Deps, InForce
from policies.decisions import Mode
from policies.identifiers import IncidentId, PlatformName
from policies.incidents import Incident
from policies.lexicon_files import house_reader
from policies.load import parse_policy
from tests.fakes.clock import FrozenClock
from tests.fakes.counters import MemoryCounters
from tests.fakes.evidence import MemoryEvidence
from tests.fakes.slack_server import ADMIN_TOKEN, APP_TOKEN, BOT_TOKEN, MODERATORS, Envelope, FakeSlack

ABUSE = "I will kill you"
HARMLESS = "See you at the canvass on Saturday."

_POLICY = b"""
policy: Branch channels
version: 1
rules:
  - id: threat-of-violence
    clause: "2.1 Do not threaten anyone."
    when: used.exists(f, f.kind == "threat")
    then: [hide, notify-author, alert]
    severity: critical
    triage-within: 1h
    mode: act
"""

_READER = house_reader()


@dataclass(slots=True)
class World:
    """Everything a story needs to look at."""

    slack: FakeSlack
    evidence: MemoryEvidence
    counters: MemoryCounters
    platform: SlackPlatform
    moderators: SlackModerators
    part: SlackPart
    deps: Deps
    running: asyncio.Task[None] | None = None
    late: list[str] = field(default_factory=list)

    async def start(self) -> "World":
        """Connect."""
        self.running = asyncio.create_task(self.part.run())
        arrived = asyncio.create_task(self.slack.connected())
        await asyncio.wait({self.running, arrived}, return_when=asyncio.FIRST_COMPLETED)
        if self.running.done():
            self.running.result()
        return self

    async def stop(self) -> None:
        """Close the part as the supervisor does, and the workspace."""
        await self.part.close()
        if self.running is not None:
            await asyncio.gather(self.running, return_exceptions=True)
        await self.slack.close()

    @property
    def journal(self) -> list[str]:
        """Give what happened, in order."""
        return self.slack.journal

    @property
    def incidents(self) -> list[Incident]:
        """Give the kept incidents, oldest first."""
        return list(self.evidence.kept.values())

    async def card(self, times: int = 1) -> dict[str, Any]:
        """Wait for an alert and give the posted message."""
        await self.settled()
        cards = [m for m in self.slack.messages[MODERATORS].values() if m.get("bot_id")]
        while len(cards) < times:
            await self.slack.called("chat.postMessage", len(self.slack.of("chat.postMessage")) + 1)
            await self.settled()
            cards = [m for m in self.slack.messages[MODERATORS].values() if m.get("bot_id")]
        return cards[times - 1]

    async def settled(self) -> None:
        """Wait until every event and command that was begun has come to its end."""
        while tasks := self.part.under_way:
            await asyncio.wait(tasks)

    async def form(self, user: str, envelope: Envelope) -> dict[str, Any]:
        """Wait until a press or shortcut opened a form, and give it."""
        before = len(self.slack.views)
        await self.slack.acked(envelope)
        assert len(self.slack.views) >= before
        return list(self.slack.views.values())[-1]

    def incident(self, name: str) -> Incident:
        """Give an incident by its id."""
        return self.evidence.kept[IncidentId(name)]


async def make_world(*, admin: bool = True, mode: Mode = Mode.ACT, **part: Any) -> World:
    """Build a workspace with Hustings in it, not yet connected."""
    journal: list[str] = []
    slack = await FakeSlack(journal).start()
    evidence, counters = MemoryEvidence(journal), MemoryCounters()
    platform = SlackPlatform(alert_channel=MODERATORS)
    moderators = SlackModerators(members=["U3MOD"], groups=["S0MODS"])
    deps = Deps(
        clock=FrozenClock(),
        reader=_READER,
        in_force=InForce(parse_policy(_POLICY, file="test.yaml")),
        evidence=evidence,
        incidents=evidence,
        counters=counters,
        moderators=moderators,
        platforms={PlatformName.SLACK: platform},
        mode=mode,
    )
    options: dict[str, Any] = {
        "bot_token": BOT_TOKEN,
        "app_token": APP_TOKEN,
        "admin_token": ADMIN_TOKEN if admin else "",
        "base_url": slack.api,
        "ping_interval": 0.2,
        "drain_for": 3.0,
    }
    made = SlackPart(deps=deps, platform=platform, moderators=moderators, **(options | part))
    return World(slack, evidence, counters, platform, moderators, made, deps)
