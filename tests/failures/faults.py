"""Broken disks: an operation fails, or a sync and what it should have saved is gone; nobody is told a falsehood."""

import random
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import apsw

from bot.store.sqlite.connection import StoreUnusable
from bot.store.sqlite.store import open_store
from handlers.errors import EvidenceUnavailable
from tests.failures.disk import Disk, Sync, left_at
from tests.failures.finding import Found
from tests.failures.work import judge, put_keys, work
from tests.fakes import incidents as make
from tests.fakes.clock import FrozenClock

INCIDENTS = 24
CUTS = 4
"""How many moments after a sync that failed the power is cut at, beside the end."""

UNMET = 3
"""After so many runs that did not reach the place where something fails, there is nothing further on."""

AFTERWARDS = 10_000
"""The number of an incident that is kept once the disk is well again."""

Raise = Callable[[], Exception]


class Nth:
    """Fails at the n-th operation of one sort, and at so many in a row."""

    def __init__(self, operation: str, at: int, failure: Raise, times: int = 1) -> None:
        self._operation, self._left, self._failure, self._times = operation, at, failure, times
        self.met = ""
        self.waits = False

    def __call__(self, operation: str, name: str) -> Exception | None:
        """Count, and fail when it is time."""
        if operation != self._operation or self.waits:
            return None
        self._left -= 1
        if not -self._times < self._left <= 0:
            return None
        self.met = self.met or name
        return self._failure()


def input_output() -> Exception:
    """Fail as a broken disk does."""
    return apsw.IOError("disk I/O error")


def full() -> Exception:
    """Fail as a full disk does."""
    return apsw.FullError("database or disk is full")


async def fail_once(
    folder: Path,
    operation: str,
    places: Iterable[int],
    failure: Raise = input_output,
    *,
    at_start: bool = False,
    incidents: int = INCIDENTS,
    times: int = 1,
) -> Found:
    """Let one operation fail in each of many runs, and open what is there: as the system has it, and after a cut.

    `places` count from the start of the bot, or from when it has started.
    """
    faults: list[str] = []
    runs = unmet = refused = failed = acknowledged = 0
    for place in places:
        fault = Nth(operation, place, failure, times)
        fault.waits = not at_start
        disk = Disk(folder / f"live-{place}", fault=fault, checkpoint_pages=(0, 20)[place % 2])
        where = f"{operation} {place}"
        with disk.holding():
            started, lost_calls = await _lived_through(disk, fault, incidents, where, faults)
        unmet = 0 if fault.met else unmet + 1
        runs += bool(fault.met)
        refused += not started
        failed += lost_calls
        faults += await _judged(disk, folder / "again", f"{where} ({fault.met})", random.Random(place))
        acknowledged += sum(kind == "incident" for kind, _ in _told(disk))
        shutil.rmtree(disk.folder)
        if unmet == UNMET:
            break
    when = "while the bot starts" if at_start else "under load"
    how = f"one {operation} fails" if times == 1 else f"{times} of {operation} in a row fail"
    return Found(
        what=f"{how} {when}, each of {runs} in turn ({failure()})",
        result=f"{len(faults)} false acknowledgements, losses or broken records; {failed} calls were told it failed, "
        f"{refused} starts were refused, {acknowledged:,} incidents kept",
        asked="no false acknowledgement, opens clean, goes on without a restart",
        faults=tuple(faults),
    )


async def _lived_through(disk: Disk, fault: Nth, incidents: int, where: str, faults: list[str]) -> tuple[bool, int]:
    """Start, work and go on; gives whether it started, and how many calls were told that they failed."""
    started = False
    failed = 0
    try:
        async with open_store(disk.folder, FrozenClock()) as store:
            started = True
            fault.waits = False
            failed = await work(store, disk.told, range(incidents), random.Random(1))
            fault.waits = True
            kept = await store.evidence.record(make.incident(AFTERWARDS))
            disk.told("incident", (AFTERWARDS, kept.incident))
            fault.waits = False
    except StoreUnusable:
        pass  # a sentence, and the next start is judged
    except EvidenceUnavailable as error:
        faults.append(f"{where}: did not go on: {error}")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        faults.append(f"{where}: {type(error).__name__} came out: {error}")
    return started, failed


async def _judged(disk: Disk, again: Path, where: str, chance: random.Random) -> list[str]:
    faults = []
    failed = [place for place, event in enumerate(disk.events) if isinstance(event, Sync) and event.failed]
    cuts = [len(disk.events), *(chance.randrange(failed[-1], len(disk.events)) for _ in range(CUTS) if failed)]
    for left in left_at(disk.events, cuts, chance):
        left.put_down(again)
        put_keys(disk.folder, again)
        found = await judge(again, left.told)
        if not found.well:
            faults.append(f"{where}, power cut at {left.cut} of {len(disk.events)}: {found}")
        shutil.rmtree(again)
    found = await judge(disk.folder, _told(disk))
    if not found.well:
        faults.append(f"{where}, opened again: {found}")
    return faults


def _told(disk: Disk) -> list[tuple[str, object]]:
    return [event.what for event in disk.events if hasattr(event, "what")]
