"""A long evening: messages at a steady rate through reader, policy and record; what grows, and how long it takes."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.clock import SystemClock
from bot.start import make_ready
from bot.store.sqlite.store import FILE, KEYS, Store, open_store
from bot.store.sqlite.verify import verify
from handlers.deps import Deps
from handlers.messages import handle_message_posted
from handlers.policies_in_force import InForce
from policies.assess import Reader
from policies.decisions import Mode
from policies.events import Author, MessagePosted
from policies.identifiers import ChannelId, CommunityId, EventId, MemberId, MessageId, MessageRef, PlatformName
from policies.lexicon_files import house_reader
from policies.load import house_policy
from policies.rules import Policy
from tests.failures.finding import Found
from tests.fakes.moderators import NamedModerators
from tests.fakes.platform import FakePlatform
from tests.fakes.reading import SLUR, ScriptedReader, small_policy

RATE = 200
ABUSIVE = 100
"""One message in so many is abusive."""

MIB = 1 << 20
GROWTH, LOG, LATE = 20 * MIB, 16 * MIB, 0.05
SIGN_EVERY = FLUSH_EVERY = 30.0
PLAIN = (
    "see you at the doorstep at six, bring the leaflets",
    "the motion on bus lanes was carried by nine votes to four",
    "has anybody got the minutes of the last branch meeting?",
    "I do not agree with the leader about this, and said so at conference",
    "thank you all, the count finished at three in the morning",
)


@dataclass
class _Measured:
    took: list[float] = field(default_factory=list)
    resident: list[int] = field(default_factory=list)
    log: int = 0


async def soak(folder: Path, *, seconds: float, whole: bool) -> Found:
    """Send messages at a steady rate; `whole` reads them with the house lexicons and policy, else with two words.

    Growth counts from when a sixth of the time is over: caches are warm then.
    """
    reader, policy, abuse = _house() if whole else _small()
    measured = _Measured()
    async with open_store(folder, SystemClock()) as store:
        platform = FakePlatform()
        deps = _deps(store, platform, reader, policy)
        beside = asyncio.create_task(_beside(store, platform, measured, folder))
        began = time.perf_counter()
        sent = 0
        async with asyncio.TaskGroup() as group:
            for number, due in enumerate(_times(began, seconds)):
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                text = abuse if number % ABUSIVE == 0 else PLAIN[number % len(PLAIN)]
                group.create_task(_send(_event(number, text), deps, due, measured))
                sent += 1
        beside.cancel()
        measured.resident.append(_resident())
        # The first sixth warms caches; what is resident after it is held against the end.
        growth = measured.resident[-1] - measured.resident[len(measured.resident) // 6]
        rows = await store.writer.read(lambda db: db.execute("SELECT count(*) FROM incident").fetchone())
        broken = (await store.writer.read(lambda db: verify(db, store.ledger, store.keys, folder))).broken
    took = sorted(measured.took)
    p99 = took[int(len(took) * 0.99)]
    faults = [str(broken)] if broken else []
    faults += [f"{rows[0]} incidents of {-(-sent // ABUSIVE)}"] if rows[0] != -(-sent // ABUSIVE) else []
    faults += [f"resident memory grew by {growth / MIB:.1f} MiB"] if growth > GROWTH else []
    faults += [f"write-ahead logs of {measured.log / MIB:.1f} MiB"] if measured.log > LOG else []
    faults += [f"99th percentile of {p99 * 1000:.0f} ms"] if whole and p99 > LATE else []
    return Found(
        what=f"{RATE} messages a second for {seconds:.0f} s, 1 % abusive, "
        f"{'the house lexicons and policy' if whole else 'a reader of two words'}",
        result=f"{sent:,} messages, {rows[0]:,} incidents; resident memory {growth / MIB:+.1f} MiB, write-ahead logs "
        f"at most {measured.log / MIB:.1f} MiB; handled in {took[len(took) // 2] * 1000:.1f} ms (median), "
        f"{p99 * 1000:.1f} ms (99th percentile), {took[-1] * 1000:.0f} ms (longest)",
        asked="+20 MiB, 16 MiB, 50 ms (99th percentile)",
        faults=tuple(faults),
    )


def _house() -> tuple[Reader, Policy, str]:
    reader = house_reader()
    make_ready(reader)
    return reader, house_policy(), "you are vermin"


def _small() -> tuple[Reader, Policy, str]:
    return ScriptedReader(), small_policy(), f"you {SLUR}"


def _deps(store: Store, platform: FakePlatform, reader: Reader, policy: Policy) -> Deps:
    return Deps(
        clock=SystemClock(),
        reader=reader,
        in_force=InForce(policy),
        evidence=store.evidence,
        incidents=store.incidents,
        counters=store.counters,
        moderators=NamedModerators("mod"),
        platforms={platform.name: platform},
        mode=Mode.ACT,
    )


def _times(began: float, seconds: float) -> Iterator[float]:
    for number in range(int(seconds * RATE)):
        yield began + number / RATE


async def _send(event: MessagePosted, deps: Deps, due: float, measured: _Measured) -> None:
    """Handle one message; the time counts from when it was due, so that a queue before the handler counts too."""
    await handle_message_posted(event, deps)
    measured.took.append(time.perf_counter() - due)


async def _beside(store: Store, platform: FakePlatform, measured: _Measured, folder: Path) -> None:
    """Do what the bot does now and then, take the measures, and empty the fake platform, which keeps everything."""
    turn = 0
    while True:
        await asyncio.sleep(1)
        turn += 1
        for kept in (platform.journal, platform.hidden, platform.alerts, platform.notices, platform.muted):
            kept.clear()
        if turn % SIGN_EVERY == 0:
            await store.checkpoints.sign()
            await store.counters.flush()
        measured.resident.append(_resident())
        logs = [folder / f"{name}-wal" for name in (FILE, KEYS)]
        measured.log = max(measured.log, *(path.stat().st_size for path in logs if path.exists()))


def _resident() -> int:
    """Give the bytes of memory that the process has at present."""
    with Path("/proc/self/statm").open(encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


def _event(number: int, text: str) -> MessagePosted:
    platform = PlatformName.DISCORD
    return MessagePosted(
        event_id=EventId(f"soak-{number}"),
        ref=MessageRef(platform, CommunityId("branch"), ChannelId(f"c{number % 20}"), MessageId(f"m{number}")),
        author=Author(id=MemberId(f"u{number % 500}"), name=f"Member {number % 500}"),
        text=text,
        posted_at=SystemClock().now(),
        channel_name=f"channel-{number % 20}",
        link=f"https://chat.example/{number}",
    )
