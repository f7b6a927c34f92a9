"""Examiners in other processes: a long log is examined range by range on every core, and read in order."""

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from bot.evidence.wrapping import KeyRing
from bot.store.sqlite.connection import Database, open_keys, open_to_read
from bot.store.sqlite.examine import Examined, Examiner, Range
from bot.store.sqlite.vault import Vault

AT_ONCE = 2_000
"""How many records make a range."""

WORTH_IT = 10_000
"""From how many records on other processes are worth the second that they take to start."""

_MOST = 8


def examined(database: Database, vault: Vault, last: int) -> Iterator[Examined]:
    """Examine all records up to a number, in order; whoever stops asking stops the work."""
    here = Examiner(database, vault)
    file, keys = _path(database), _path(vault.database)
    cores = min(_cores(), _MOST)
    if file is None or keys is None or cores < 2 or last < WORTH_IT:
        yield from map(here.examine, _ranges(last))
        return
    # One process to a core: the one here mostly waits for them.
    with _processes(cores, file, keys, vault.ring) as pool:
        yield from _ordered(pool, here, _ranges(last), ahead=cores * 2)


def _ranges(last: int) -> Iterator[Range]:
    for begin in range(1, last + 1, AT_ONCE):
        yield begin if begin > 1 else _LOWEST, min(begin + AT_ONCE, last + 1)


_LOWEST = -(1 << 63)


def _ordered(pool: Executor, here: Examiner, left: Iterator[Range], ahead: int) -> Iterator[Examined]:
    """Give what the processes find, in order; where they die, the rest is examined here."""
    asked: deque[tuple[Range, Future[Examined]]] = deque()
    alive = True
    while True:
        while alive and len(asked) < ahead and (records := next(left, None)) is not None:
            try:
                asked.append((records, pool.submit(_examine, records)))
            except BrokenProcessPool:
                alive = False
                asked.append((records, Future()))
        if not asked:
            break
        records, answer = asked.popleft()
        try:
            found = answer.result() if alive else here.examine(records)
        except BrokenProcessPool:
            alive = False
            found = here.examine(records)
        yield found
    yield from map(here.examine, left)


@contextmanager
def _processes(count: int, file: Path, keys: Path, ring: KeyRing) -> Iterator[Executor]:
    # Spawned and not forked: a fork would take over threads' locks and open databases.
    pool = ProcessPoolExecutor(count, get_context("spawn"), initializer=_begin, initargs=(file, keys, ring))
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_examiners: list[Examiner] = []
"""The one examiner of this process, where it is one of those that were started to examine."""


def _begin(file: Path, keys: Path, ring: KeyRing) -> None:
    database = open_to_read(file)
    vault = Vault(lambda: open_keys(keys, to_read=True), ring)
    vault.read_secret()
    # One moment for all ranges. What is examined was there before it, as the log only grows.
    database.execute("BEGIN")
    _examiners.append(Examiner(database, vault))


def _examine(records: Range) -> Examined:
    return _examiners[0].examine(records)


def _path(database: Database) -> Path | None:
    """Give the file behind a connection, if it has one."""
    for _, name, path in database.execute("PRAGMA database_list"):
        if name == "main" and path:
            return Path(path)
    return None


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
