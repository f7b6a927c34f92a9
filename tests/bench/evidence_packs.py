"""`python -m tests.bench.evidence_packs`: what a pack of 100 incidents costs, against one by one, and to verify."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bot.evidence.packs.layout import lay_out
from bot.evidence.packs.parts import USUAL
from bot.evidence.packs.sshsig import PackKey
from bot.pack_files import write_folder
from bot.store.sqlite.store import Store, open_store
from policies.decisions import Action, Outcome, OutcomeStatus
from tests.bench.report import Limit, show
from tests.fakes import incidents as make
from tests.fakes import packs
from tests.fakes.clock import NOON, FrozenClock

INCIDENTS = 100
OTHERS = 2_000
"""Incidents in the log beside those of the pack, so that proofs have their usual length."""
_ACTIONS = (Action.HIDE, Action.ALERT, Action.NOTIFY_AUTHOR)


def main() -> int:
    """Make the packs, write a table and give 1 where a limit is broken."""
    with tempfile.TemporaryDirectory() as folder:
        limits = asyncio.run(_timed(Path(folder)))
    for limit in limits:
        mark = "ok" if limit.kept else "BROKEN"
        show(f"{limit.name:<58} {limit.measured:>9.2f} {limit.unit:<6} (at most {limit.limit:g}) {mark}")
    return 0 if all(limit.kept for limit in limits) else 1


async def _timed(folder: Path) -> list[Limit]:
    key = PackKey.new()
    async with open_store(folder / "data", FrozenClock()) as store:
        names = await _fill(store)
        began = time.perf_counter()
        together = await _packed(store, names, key, folder / "together")
        waited = time.perf_counter() - began
        alone = 0.0
        for number, name in enumerate(names):
            alone += await _packed(store, [name], key, folder / f"alone-{number}")
    count = sum(1 for path in (folder / "together").rglob("*") if path.is_file())
    return [
        Limit(f"a pack of {INCIDENTS} incidents, {count} files", waited, 10, "s"),
        Limit("the same in CPU", together, 10, "s"),
        Limit("CPU against one pack for each", together / alone, 1, "times"),
        *_verified(folder / "together"),
    ]


async def _fill(store: Store) -> list[str]:
    incidents = [make.incident(n, event=make.posted(n, text=f"words {n}")) for n in range(OTHERS + INCIDENTS)]
    recorded = [found.incident for found in await asyncio.gather(*map(store.evidence.record, incidents))]
    chosen = recorded[:: len(recorded) // INCIDENTS][:INCIDENTS]
    for name in chosen:
        for action in _ACTIONS:
            await store.evidence.append_outcome(name, Outcome(action=action, status=OutcomeStatus.DONE), NOON)
        await store.evidence.settle(make.act(f"verdict-{name}", on=name), version=0)
    return list(chosen)


async def _packed(store: Store, names: Sequence[str], key: PackKey, to: Path) -> float:
    """Give the seconds of CPU from the first person's wish to the folder."""
    before = time.process_time()
    made = await packs.gathered(store, *names, parts=USUAL)
    write_folder(to, lay_out(made, key, software=packs.SOFTWARE))
    return time.process_time() - before


def _verified(pack: Path) -> list[Limit]:
    if any(shutil.which(tool) is None for tool in packs.TOOLS):
        return []
    before = os.times()
    subprocess.run(["sh", str(pack / "data" / "VERIFY.sh")], check=True, capture_output=True)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return [Limit("to verify it with VERIFY.sh, CPU", spent, 30, "s")]


if __name__ == "__main__":
    sys.exit(main())
