"""Killed at any moment, the record has everything that was acknowledged, and opens again."""

import asyncio
import random
import sys
from pathlib import Path

import pytest

from bot.store.sqlite.store import open_record, open_store, open_to_read
from bot.store.sqlite.verify import verify
from handlers.ports import IncidentFilter
from tests.fakes.clock import FrozenClock


@pytest.mark.parametrize("seed", range(4))
async def test_no_acknowledged_incident_is_lost_when_the_process_is_killed(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    acknowledged: dict[str, str] = {}
    for _ in range(3):
        acknowledged |= await _keep_until_killed(tmp_path, len(acknowledged) * 10, after=chance.randint(5, 400))
        async with open_to_read(tmp_path) as incidents:  # beside the leftovers of the dead process
            kept = {i.event.event_id.removeprefix("e-"): i.id async for i in incidents.find(IncidentFilter())}
        assert acknowledged.items() <= kept.items()
    async with open_store(tmp_path, FrozenClock()) as store:
        rows = await store.writer.read(lambda db: db.execute("PRAGMA integrity_check").fetchall())
        gaps = await store.writer.read(lambda db: db.execute("SELECT max(seq) - count(*) FROM log").fetchone())
    assert rows == [("ok",)]
    assert gaps == (0,)


@pytest.mark.parametrize("seed", range(3))
async def test_no_acknowledged_step_of_a_case_is_lost_when_the_process_is_killed(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    acknowledged: dict[str, str] = {}
    for time in range(3):
        acknowledged |= await _keep_until_killed(tmp_path, time * 10_000, "cases", after=chance.randint(5, 120))
        async with open_record(tmp_path, FrozenClock()) as record:
            for number, version in acknowledged.items():
                case = await record.cases.of_report_key(f"k-{number}")
                assert case is not None
                assert case.version >= int(version)
    async with open_store(tmp_path, FrozenClock()) as store:
        kept = [case async for case in store.cases.all()]
        found = await store.writer.read(lambda db: verify(db, store.ledger, store.keys, tmp_path))
    assert found.broken is None
    assert {case.version for case in kept} <= {2, 3}, "a case is opened with its report or not at all"
    assert [case.id for case in kept] == [f"C-2026-{number:06d}" for number in range(1, len(kept) + 1)]


async def _keep_until_killed(folder: Path, first: int, *more: str, after: int) -> dict[str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bot.store.crash", str(folder), str(first), *more, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    lines = [await process.stdout.readline() for _ in range(after)]
    process.kill()
    lines += (await process.stdout.read()).splitlines(keepends=True)
    await process.wait()
    whole = [line.split() for line in lines if line.endswith(b"\n")]
    assert len(whole) >= after
    return {number.decode(): name.decode() for number, name in whole}
