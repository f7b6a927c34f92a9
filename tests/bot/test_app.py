"""The whole bot, in a process of its own beside a Slack on loopback: it starts, acts, reloads, dies and stops."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import opened
from bot.reading import ReadingThread
from bot.settings import load_settings
from bot.status import STATUS
from bot.store.sqlite.signing import HEAD
from bot.store.sqlite.store import open_to_read
from handlers.ports import IncidentFilter
from policies.acts import Actor
from policies.decisions import Action, Mode, OutcomeStatus
from policies.identifiers import CommunityId, MemberId, PlatformName
from policies.incidents import Incident
from policies.problems import PolicyError
from tests.bot.live import TOKENS
from tests.fakes.clock import FrozenClock
from tests.fakes.slack_server import FakeSlack
from tests.fakes.slack_workspace import GENERAL, MODERATORS

THREAT = "I will kill you"
CANARY = "marmalade-canary"
POLICY = """
policy: Branch channels
version: {version}
rules:
  - id: threat-of-violence
    clause: "2.1 Do not threaten anyone."
    when: used.exists(f, f.kind == "threat")
    then: [hide, notify-author, alert]
    severity: critical
    mode: act
"""
SETTINGS = f"""
mode: act
policy: {{folder}}/party.yaml
data: {{folder}}/data
log_level: debug
slack:
  alert_channel: {MODERATORS}
  moderators: [U3MODERATOR]
"""


class Bot:
    """A process with the bot in it, and what it says in its log."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[dict[str, object]] = []

    async def says(self, event: str, **fields: object) -> dict[str, object]:
        """Wait for a line of the log."""
        assert self.process.stderr is not None
        async with asyncio.timeout(60):
            while raw := await self.process.stderr.readline():
                assert CANARY.encode() not in raw
                line: dict[str, object] = json.loads(raw)
                self.lines.append(line)
                if line["event"] == event and fields.items() <= line.items():
                    return line
        raise AssertionError(f"It ended without saying {event}: {self.lines}")

    async def ends(self) -> int:
        """Wait for the end; gives the exit status."""
        async with asyncio.timeout(60):
            _, rest = await self.process.communicate()
        assert CANARY.encode() not in rest
        self.lines += [json.loads(line) for line in rest.splitlines()]
        assert self.process.returncode is not None
        return self.process.returncode


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """Give a workspace."""
    fake = await FakeSlack().start()
    yield fake
    await fake.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with settings and a policy."""
    (tmp_path / "party.yaml").write_text(POLICY.format(version=1))
    (tmp_path / "hustings.yaml").write_text(SETTINGS.format(folder=tmp_path))
    return tmp_path


async def start(folder: Path, slack: FakeSlack) -> Bot:
    """Start the bot and wait until it is connected."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bot.live", str(folder / "hustings.yaml"), slack.api),
        stderr=asyncio.subprocess.PIPE,
    )
    bot = Bot(process)
    await bot.says("slack.connected")
    return bot


async def kept(folder: Path) -> list[Incident]:
    async with open_to_read(folder / "data") as incidents:
        return [incident async for incident in incidents.find(IncidentFilter())]


async def test_it_keeps_and_acts_and_stops_cleanly_when_told_to(folder: Path, slack: FakeSlack) -> None:
    bot = await start(folder, slack)
    told = await slack.say("U1ANN", f"{THREAT} {CANARY}")
    await slack.acked(told.envelope)
    await slack.called("chat.delete")
    status = json.loads((folder / "data" / STATUS).read_text())
    names = {part["name"] for part in status["parts"]}
    assert names == {
        "slack",
        "unfinished actions",
        "counters",
        "cases",
        "channels",
        "decided cases",
        "checkpoints",
        "holds",
        "linked accounts",
        "status",
    }
    assert status["process"] == bot.process.pid
    bot.process.send_signal(signal.SIGTERM)
    assert await bot.ends() == 0
    assert bot.lines[-1]["event"] == "stopped"
    (incident,) = await kept(folder)
    assert incident.event.text == f"{THREAT} {CANARY}"
    assert incident.last(Action.HIDE) is OutcomeStatus.DONE
    assert not incident.unfinished
    assert told.ts not in slack.messages[GENERAL]


async def test_the_last_checkpoint_is_published_before_it_stops(folder: Path, slack: FakeSlack) -> None:
    with (folder / "hustings.yaml").open("a", encoding="utf-8") as file:
        file.write(f"evidence: {{slack_channel: {GENERAL}}}\n")
    bot = await start(folder, slack)
    told = await slack.say("U1ANN", f"{THREAT} {CANARY}")
    await slack.acked(told.envelope)
    await slack.called("chat.delete")
    bot.process.send_signal(signal.SIGTERM)
    assert await bot.ends() == 0
    said = [json.dumps(message.get("blocks", [])) for message in slack.messages[GENERAL].values()]
    published = [words for words in said if "```" in words]
    head = (folder / "data" / HEAD).read_text("utf-8")
    sizes = [line["count"] for line in bot.lines if line["event"] == "checkpoint.published"]
    assert len(published) == len(sizes) == len(set(sizes)) >= 1
    assert head.splitlines()[0] in published[-1]
    assert f"\\n{sizes[-1]}\\n" in published[-1]


async def test_killed_between_record_and_action_it_acts_once_when_it_comes_back(folder: Path, slack: FakeSlack) -> None:
    bot = await start(folder, slack)
    slack.hold("chat.delete")  # for good: this call never has an effect
    told = await slack.say("U1ANN", f"{THREAT} {CANARY}")
    await slack.acked(told.envelope)
    await slack.called("chat.delete")
    bot.process.kill()
    await bot.ends()
    (incident,) = await kept(folder)
    assert Action.HIDE in incident.unfinished
    again = await start(folder, slack)
    retried = await slack.again(told.envelope)
    await slack.acked(retried)
    await slack.called("chat.delete", 2)
    await _until_finished(folder)
    again.process.send_signal(signal.SIGTERM)
    assert await again.ends() == 0
    (incident,) = await kept(folder)
    assert not incident.unfinished
    assert told.ts not in slack.messages[GENERAL]
    cards = [message for message in slack.messages[MODERATORS].values() if message.get("bot_id")]
    assert len(cards) == 1


async def test_a_policy_with_mistakes_is_refused_on_reload_and_the_old_one_stays(
    folder: Path, slack: FakeSlack
) -> None:
    bot = await start(folder, slack)
    (folder / "party.yaml").write_text("policy: broken\nrules: 7\n")
    bot.process.send_signal(signal.SIGHUP)
    refused = await bot.says("policy.refused")
    assert "party.yaml" in str(refused["problem"])
    told = await slack.say("U1ANN", f"{THREAT} {CANARY}")
    await slack.acked(told.envelope)
    await slack.called("chat.delete")
    (folder / "party.yaml").write_text(POLICY.format(version=2))
    bot.process.send_signal(signal.SIGHUP)
    assert (await bot.says("policy.in-force"))["version"] == 2
    bot.process.send_signal(signal.SIGTERM)
    assert await bot.ends() == 0


async def _until_finished(folder: Path) -> None:
    async with asyncio.timeout(60):
        while any(incident.unfinished for incident in await kept(folder)):
            await asyncio.sleep(0.05)


async def test_both_platforms_are_put_together_from_the_settings(tmp_path: Path) -> None:
    (tmp_path / "hustings.yaml").write_text(
        f"""
data: {tmp_path}/data
mute_hours: 6
discord: {{server: "123456789012345678", alert_channel: "123456789012345679", moderator_roles: ["123456789012345680"]}}
slack: {{alert_channel: C0123ABCD, moderators: [U3MODERATOR]}}
"""
    )
    settings = load_settings(tmp_path / "hustings.yaml", {"DISCORD_TOKEN": "token"} | TOKENS)
    async with opened(settings, FrozenClock()) as app:
        names = [part.name for part in app.supervisor.status()]
        assert set(names) == {
            "discord",
            "slack",
            "unfinished actions",
            "counters",
            "cases",
            "channels",
            "decided cases",
            "checkpoints",
            "holds",
            "linked accounts",
            "status",
        }
        assert set(app.deps.platforms) == set(PlatformName)
        assert app.deps.mode is Mode.OBSERVE
        assert app.deps.mute_for == timedelta(hours=6)
        assert await app.deps.moderators.include(_holder("123456789012345680"))
        assert not await app.deps.moderators.include(_holder("123456789012345681"))
        assert app.deps.policy.name
        assert isinstance(app.deps.reading, ReadingThread)
        assert await app.reload_policy() == ()


async def test_the_register_of_the_settings_protects_names_and_one_with_mistakes_keeps_the_bot_from_starting(
    tmp_path: Path,
) -> None:
    (tmp_path / "people.yaml").write_text("protected:\n  - {id: mair, name: Mair Llewellyn}\n")
    (tmp_path / "hustings.yaml").write_text(
        f"""
data: {tmp_path}/data
scorer: none
casework: {{people: {tmp_path}/people.yaml, nation: wales}}
slack: {{alert_channel: C0123ABCD, moderators: [U3MODERATOR]}}
"""
    )
    settings = load_settings(tmp_path / "hustings.yaml", TOKENS)
    async with opened(settings, FrozenClock()) as app:
        assert app.deps.register.lookalike(MemberId("U1"), "Ma1r Llewellyn") is not None
    (tmp_path / "people.yaml").write_text("protected:\n  - {id: mair}\n")
    with pytest.raises(PolicyError, match=r"people\.yaml:2: protected person mair: `name` is missing"):
        async with opened(settings, FrozenClock()):
            pass


def _holder(role: str) -> Actor:
    return Actor(
        platform=PlatformName.DISCORD,
        community=CommunityId("123456789012345678"),
        id=MemberId("1"),
        name="Priya",
        roles=(role,),
    )
