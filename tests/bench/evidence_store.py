"""`python -m tests.bench.evidence_store [--quick] [--verify RECORDS]`: appends and verification, on a real disk."""

import argparse
import asyncio
import gc
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path

from bot.store.sqlite.connection import Database
from bot.store.sqlite.entries import OutcomeEntry
from bot.store.sqlite.evidence import _append_outcome, record_all
from bot.store.sqlite.ledger import Ledger
from bot.store.sqlite.store import Store, open_record, open_store
from bot.store.sqlite.verify import Verified, verify
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.identifiers import EventId
from policies.incidents import NewIncident
from tests.bench.report import environment, show
from tests.fakes import incidents as make
from tests.fakes.clock import NOON, FrozenClock

CALLERS = 64
RATE, LATEST, VERIFY_IN = 2_000, 50.0, 15.0
DONE = Outcome(action=Action.HIDE, status=OutcomeStatus.DONE)
_FILLED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Appended:
    """How many incidents were recorded a second, the microseconds of CPU of one, the milliseconds callers waited."""

    rate: float
    cpu: float
    median: float
    late: float


def main(arguments: list[str]) -> int:
    """Time everything, write it down and give 1 where a limit is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.evidence_store", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the records")
    parser.add_argument("--verify", type=int, metavar="RECORDS", default=100_000, help="how many are verified; 0: none")
    options = parser.parse_args(arguments)
    share = 10 if options.quick else 1
    for name, value in environment().items():
        show(f"{name:12} {value}")
    kept = asyncio.run(_appends(20_000 // share, 1_000 // share))
    if options.verify:
        kept &= asyncio.run(_verification(options.verify // share, VERIFY_IN / share))
    return 0 if kept else 1


async def appended(store: Store, callers: int, incidents: Iterator[NewIncident]) -> Appended:
    """Record incidents, each caller waiting for the disk before its next one."""
    waits: list[float] = []

    async def caller() -> None:
        for new in incidents:
            before = time.perf_counter()
            await store.evidence.record(new)
            waits.append(time.perf_counter() - before)

    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(caller() for _ in range(callers)))
    took, busy = time.perf_counter() - began, time.process_time() - cpu
    waits.sort()
    middle, late = waits[len(waits) // 2], waits[len(waits) * 99 // 100]
    return Appended(len(waits) / took, busy / len(waits) * 1e6, middle * 1e3, late * 1e3)


def distinct() -> Iterator[NewIncident]:
    """Give incidents with every field filled, no two of the same event."""
    new = make.incident()
    for number in count():
        event = replace(new.event, event_id=EventId(f"e-{number}"))
        yield replace(new, event=event, event_id=event.event_id)


async def fill(folder: Path, records: int) -> None:
    """Make a record of so many entries, half of them incidents and half their outcomes."""
    news = distinct()
    async with open_store(folder, FrozenClock()) as store:
        for begin in range(0, records // 2, _FILLED_AT_ONCE):
            some = list(islice(news, min(_FILLED_AT_ONCE, records // 2 - begin)))
            await store.writer.write(lambda db, some=some: _keep(db, store.ledger, some))  # type: ignore[misc] # a bound name


async def verified(folder: Path) -> Verified:
    """Verify a record as the command does."""
    async with open_record(folder, FrozenClock()) as record:
        return await record.reader.read(lambda db: verify(db, record.ledger, record.keys, folder))


def _keep(database: Database, ledger: Ledger, some: list[NewIncident]) -> None:
    for new in some:
        name = record_all(database, ledger, (new,))[0].incident
        _append_outcome(database, ledger, OutcomeEntry(incident=name, outcome=DONE, at=NOON))


async def _appends(together: int, alone: int) -> bool:
    news = distinct()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        async with open_store(Path(folder), FrozenClock()) as store:
            await appended(store, CALLERS, islice(news, 1_000))
            gc.collect()
            gc.freeze()  # as the bot does once it has started
            one = await appended(store, 1, islice(news, alone))
            many = await appended(store, CALLERS, islice(news, together))
    for callers, found in ((1, one), (CALLERS, many)):
        show(f"appends, {callers:2} callers: {found.rate:6.0f} incidents/s durable, {found.cpu:.0f} us of CPU each")
        show(f"{'':20}waited {found.median:.1f} ms (median), {found.late:.1f} ms (99th percentile)")
    show(f"{CALLERS} callers against one by one: {many.rate / one.rate:.1f} times")
    kept = many.rate >= RATE and many.late < LATEST
    show(f"{_word(kept)} at least {RATE}/s and under {LATEST:g} ms with {CALLERS} callers")
    return kept


async def _verification(records: int, limit: float) -> bool:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        await fill(folder, records)
        began, cpu = time.perf_counter(), _cpu()
        found = await verified(folder)
        took, busy = time.perf_counter() - began, _cpu() - cpu
    if found.broken or found.size != records:
        show(f"BROKEN: {found}")
        return False
    show(f"verify {records} records: {took:.1f} s; {busy:.1f} s of CPU in all processes")
    show(f"{_word(took <= limit)} at most {limit:g} s")
    return took <= limit


def _cpu() -> float:
    """Give the CPU seconds of this process and of those that it started and that ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _word(kept: bool) -> str:
    return "kept  " if kept else "BROKEN"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
