"""Processes that are killed, and several that want the same folder."""

import asyncio
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bot.store.sqlite.store import open_store
from tests.bot.store.test_crashes import _keep_until_killed
from tests.failures.finding import Found
from tests.failures.work import judge
from tests.fakes.clock import FrozenClock

KILLS_A_RECORD = 10
WRITERS = 3
"""Processes that want to write; a fourth reads."""


async def kill(folder: Path, *, kills: int) -> Found:
    """Kill a process at a random moment under load, again and again, and look for everything it acknowledged."""
    chance = random.Random(4)
    acknowledged = 0
    faults = []
    for first in range(0, kills, KILLS_A_RECORD):
        record = folder / f"record-{first}"
        told: dict[str, str] = {}
        many = min(KILLS_A_RECORD, kills - first)
        for number in range(many):
            told |= await _keep_until_killed(record, (number + 1) * 100_000, after=chance.randint(5, 400))
        found = await judge(record, [("incident", (int(event), name)) for event, name in told.items()])
        if not found.well:
            faults.append(f"record {first}, after {many} kills: {found}")
        acknowledged += len(told)
    return Found(
        what=f"kill -9, {kills} times under load",
        result=f"{acknowledged:,} acknowledged incidents looked for, {len(faults)} records wrong",
        asked="0 lost, 0 errors of integrity, the log verifies",
        faults=tuple(faults),
    )


async def contend(folder: Path, *, seconds: float) -> Found:
    """Let three processes want to write and one read, and kill one of them now and then."""
    async with open_store(folder, FrozenClock()):
        pass  # the reader needs a record to be there
    chance = random.Random(5)
    said: Counter[str] = Counter()
    told: list[tuple[str, object]] = []
    wrong: list[str] = []
    kinds = ["read", *map(str, range(1, WRITERS + 1))]
    running: dict[str, _Running] = {}
    started = WRITERS

    async def listen(process: Process, spoke: asyncio.Event) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            spoke.set()
            if not line.endswith(b"\n"):
                continue
            word, *rest = line.decode().split()
            said[word] += 1
            if word == "kept":
                told.append(("incident", (int(rest[0]), rest[1])))
            elif word == "wrong":
                wrong.append(line.decode().strip())

    async def start(slot: str, name: str) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.failures.contender", name, str(folder), stdout=PIPE
        )
        spoke = asyncio.Event()
        running[slot] = _Running(process, spoke, asyncio.create_task(listen(process, spoke)))

    for slot in kinds:
        await start(slot, slot)
    for one in running.values():
        await one.spoke.wait()
    ends = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < ends:
        await asyncio.sleep(min(seconds / 3, chance.uniform(1, 4)))
        slot = chance.choice(kinds)
        await running[slot].spoke.wait()
        await _stop(running.pop(slot))
        started += 1
        await start(slot, "read" if slot == "read" else str(started))
    for one in running.values():
        await _stop(one)
    found = await judge(folder, told)
    faults = (*wrong, *(() if found.well else (str(found),)))
    if not (said["refused"] and said["kept"] and said["read"]):
        faults = (*faults, f"too little happened: {dict(said)}")
    return Found(
        what=f"{WRITERS} processes that want to write and one that reads, with kills, {seconds:.0f} s",
        result=f"{said['held']} times one held the record, {said['refused']:,} starts refused meanwhile, "
        f"{len(told):,} incidents acknowledged, read {said['read']:,} times, {len(faults)} wrong",
        asked="one writer at a time, nothing acknowledged is lost, readers see a log without gaps that only grows",
        faults=faults,
    )


@dataclass(frozen=True, slots=True)
class _Running:
    process: Process
    spoke: asyncio.Event
    listening: "asyncio.Task[None]"


async def _stop(one: _Running) -> None:
    one.process.kill()
    await one.process.wait()
    await one.listening
