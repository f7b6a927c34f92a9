"""A workspace with Hustings running in it: the real client, handlers, reader and policy, and a fake Slack."""

import asyncio
from dataclasses import dataclass
from typing import Any

from bot.slack_adapter.actions import SlackPlatform
from bot.slack_adapter.client import SlackPart
from bot.slack_adapter.directory import SlackModerators
from handlers.casework.intake import IntakeDeps
from handlers.deps import Deps
from handlers.policies_in_force import InForce
from policies.assess import Reader
from policies.decisions import Mode
from policies.detectors import DetectorSet
from policies.findings import Aim, Category
from policies.forms import compiled_form
from policies.identifiers import IncidentId, PlatformName
from policies.incidents import Incident
from policies.lexicon import Entry, Lexicon
from policies.load import parse_policy
from policies.people import Register
from policies.stance import StanceReader
from tests.fakes.cases import MemoryCases
from tests.fakes.clock import FrozenClock
from tests.fakes.counters import MemoryCounters
from tests.fakes.deciding import deciding_over
from tests.fakes.evidence import MemoryEvidence
from tests.fakes.slack_server import APP_TOKEN, PATIENCE, Envelope, FakeSlack
from tests.fakes.slack_workspace import ADMIN_TOKEN, BOT_TOKEN, MODERATORS

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

_THREAT = Entry(
    lexicon="threats",
    id="i-will-kill-you",
    kind="threat",
    categories=(Category.THREAT,),
    aim=Aim.READER,
    patterns=(compiled_form("i will kill you", {}),),
)
_READER = Reader(DetectorSet([Lexicon("threats", (_THREAT,))]), StanceReader(Lexicon("stance", ())))


class AwaitedCounters(MemoryCounters):
    """Counters whose change can be awaited."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[tuple[str, asyncio.Future[None]]] = []

    def count(self, name: str, amount: int = 1) -> None:
        """Add to a counter and wake whoever waits for it."""
        super().count(name, amount)
        for wanted, future in self._waiting:
            if wanted == name and not future.done():
                future.set_result(None)

    async def reached(self, name: str) -> None:
        """Wait until something was counted under a name."""
        if not self.counted[name]:
            future = asyncio.get_running_loop().create_future()
            self._waiting.append((name, future))
            await asyncio.wait_for(future, PATIENCE)


@dataclass(slots=True)
class World:
    """Everything a story needs to look at."""

    slack: FakeSlack
    evidence: MemoryEvidence
    counters: AwaitedCounters
    platform: SlackPlatform
    moderators: SlackModerators
    part: SlackPart
    deps: Deps
    running: asyncio.Task[None] | None = None

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

    async def form(self, envelope: Envelope) -> dict[str, Any]:
        """Wait until a press or shortcut opened a form, and give it."""
        await self.slack.acked(envelope)
        return list(self.slack.views.values())[-1]

    async def answer(self, envelope: Envelope) -> str:
        """Wait for the acknowledgement of a command or form, and give all the words in it."""
        return words(await self.slack.acked(envelope))

    async def remark(self, envelope: Envelope, times: int = 1) -> str:
        """Wait for the passing answer to a press, and give all the words in it."""
        await self.slack.acked(envelope)
        return words((await self.slack.called("response_url", times)).args)

    def incident(self, name: str) -> Incident:
        """Give an incident by its id."""
        return self.evidence.kept[IncidentId(name)]


def words(shown: object) -> str:
    """Give every text in a message or form, one a line."""
    if isinstance(shown, dict):
        text = shown.get("text")
        own = [text] if isinstance(text, str) else []
        return "\n".join([*own, *(words(v) for v in shown.values() if isinstance(v, dict | list))])
    if isinstance(shown, list):
        return "\n".join(words(item) for item in shown)
    return ""


async def make_world(
    *, admin: bool = True, mode: Mode = Mode.ACT, register: Register | None = None, **part: Any
) -> World:
    """Build a workspace with Hustings in it, not yet connected."""
    journal: list[str] = []
    slack = await FakeSlack(journal).start()
    evidence, counters = MemoryEvidence(journal), AwaitedCounters()
    platform = SlackPlatform(alert_channel=MODERATORS, file_servers={slack.origin})
    moderators = SlackModerators(members=["U3MOD"], groups=["S0MODS"])
    cases, clock, policy = MemoryCases(), FrozenClock(), parse_policy(_POLICY, file="test.yaml")
    deps = Deps(
        clock=clock,
        reader=_READER,
        in_force=InForce(policy),
        evidence=evidence,
        incidents=evidence,
        counters=counters,
        moderators=moderators,
        platforms={PlatformName.SLACK: platform},
        mode=mode,
        register=register or Register(),
        intake=IntakeDeps(cases=cases, clock=clock),
        deciding=lambda: deciding_over(cases, clock, evidence, {PlatformName.SLACK: platform}, policy),
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
