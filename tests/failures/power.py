"""Power cuts: a record is written on the simulated disk, and opened again from what a cut leaves of it."""

import random
import shutil
from pathlib import Path

from bot.store.sqlite.store import open_store
from tests.failures.disk import Disk, left_at
from tests.failures.finding import Found
from tests.failures.work import judge, put_keys, work
from tests.fakes.clock import FrozenClock

FULL, NORMAL = 2, 1
INCIDENTS = 60
CUTS_A_RECORD = 100


async def cut_power(folder: Path, *, cuts: int, synchronous: int = FULL) -> Found:
    """Write records and cut the power at moments drawn by chance; gives what was lost, broken or refused."""
    lost: list[str] = []
    broken: list[str] = []
    acknowledged = 0
    for seed in range(-(-cuts // CUTS_A_RECORD)):
        chance = random.Random(seed)
        disk = await _written(folder / f"live-{seed}", seed, synchronous)
        many = min(CUTS_A_RECORD, cuts - seed * CUTS_A_RECORD)
        places = [chance.randrange(1, len(disk.events) + 1) for _ in range(many)]
        for left in left_at(disk.events, places, chance):
            again = folder / "again"
            left.put_down(again)
            put_keys(disk.folder, again)
            found = await judge(again, left.told)
            acknowledged += len(left.told)
            where = f"record {seed}, cut {left.cut} of {len(disk.events)}"
            if found.lost or "were signed" in found.refused or "is missing" in found.refused:
                lost.append(f"{where}: lost {found.lost or found.refused}")
            elif not found.well:
                broken.append(f"{where}: {found.refused or found.broken}")
            shutil.rmtree(again)
        shutil.rmtree(disk.folder)
    asked = "0 lost, 0 broken" if synchronous == FULL else "must lose, or the harness sees nothing"
    faults = (*lost, *broken) if synchronous == FULL else (() if lost else ("nothing was lost",))
    return Found(
        what=f"power cut at {cuts} moments, synchronous = {'FULL' if synchronous == FULL else 'NORMAL'}",
        result=f"{len(lost)} cuts lost something that was acknowledged, {len(broken)} left a broken record; "
        f"{acknowledged:,} acknowledgements held against it",
        asked=asked,
        faults=faults,
    )


async def _written(folder: Path, seed: int, synchronous: int) -> Disk:
    # The write-ahead log goes into the file every 1,000 pages; records as short as these never get that far.
    disk = Disk(folder, checkpoint_pages=(0, 20, 100)[seed % 3])
    with disk.holding(synchronous=synchronous):
        async with open_store(folder, FrozenClock()) as store:
            await work(store, disk.told, range(INCIDENTS), random.Random(seed))
    return disk
