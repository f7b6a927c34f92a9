"""A process that keeps incidents or cases as fast as it can and says which are kept, until it is killed."""

import asyncio
import sys
from pathlib import Path

from bot.store.sqlite.store import open_store
from policies.casework.events import NoteAdded, ReportJoined
from tests.fakes import cases
from tests.fakes import incidents as make
from tests.fakes.clock import FrozenClock


async def keep(folder: Path, first: int) -> None:
    """Keep incidents from a number on with sixteen callers; a line on standard output acknowledges each."""
    numbers = iter(range(first, sys.maxsize))

    async def caller() -> None:
        for number in numbers:
            recorded = await store.evidence.record(make.incident(number))
            sys.stdout.write(f"{number} {recorded.incident}\n")
            sys.stdout.flush()

    async with open_store(folder, FrozenClock()) as store:
        await asyncio.gather(*(caller() for _ in range(16)))


async def keep_cases(folder: Path, first: int) -> None:
    """Open cases from a number on with eight callers and add to each; a line acknowledges each step."""
    numbers = iter(range(first, sys.maxsize))

    async def caller() -> None:
        for number in numbers:
            report, _ = await store.cases.new_report(cases.new_report(f"k-{number}"))
            joined = cases.happened(ReportJoined(report=report))
            case = await store.cases.open(cases.opening(), joined)
            print(number, case.version, flush=True)
            case = await store.cases.append(
                case.id, cases.happened(NoteAdded(words="a note"), cases.INTAKE), version=case.version
            )
            print(number, case.version, flush=True)

    async with open_store(folder, FrozenClock()) as store:
        await asyncio.gather(*(caller() for _ in range(8)))


if __name__ == "__main__":
    work = keep_cases if sys.argv[3:] == ["cases"] else keep
    asyncio.run(work(Path(sys.argv[1]), int(sys.argv[2])))
