"""Damaged files: a write-ahead log that is torn or rotten opens as a prefix, rot in the record itself is found."""

import random
import shutil
from contextlib import closing
from pathlib import Path

from bot.store.sqlite.connection import ENGINE, Database, StoreUnusable
from bot.store.sqlite.store import FILE, Store, open_record, open_store
from bot.store.sqlite.verify import verify
from tests.failures.finding import Found
from tests.failures.work import DONE
from tests.fakes import incidents as make
from tests.fakes.clock import NOON, FrozenClock

LOG = f"{FILE}-wal"
RECORDS = 40
_TABLES = ("log", "node", "sealed", "seen", "incident", "mark", "outcome", "pending")


async def tear_logs(folder: Path, *, truncations: int, flips: int) -> Found:
    """Cut the write-ahead log short, or flip a bit of it, as often as asked; gives what did not open as a prefix."""
    crashed = folder / "crashed"
    whole = await _crashed(folder / "live", crashed)
    chance = random.Random(1)
    faults = []
    shorter = 0
    written = (crashed / LOG).read_bytes()
    for number in range(truncations + flips):
        damage = _cut_short if number < truncations else _bit_flipped
        again = Path(shutil.copytree(crashed, folder / "again"))
        what, damaged = damage(written, chance)
        (again / LOG).write_bytes(damaged)
        try:
            async with open_store(again, FrozenClock()) as store:
                hashes = await store.writer.read(_hashes)
                found = await store.writer.read(lambda db, store=store: _verified(db, store))  # type: ignore[misc] # a bound name
        except StoreUnusable as error:
            faults.append(f"{what}: {error}")
        else:
            if found or hashes != whole[: len(hashes)]:
                faults.append(f"{what}: {found or 'not a prefix'}")
            shorter += len(hashes) < len(whole)
        shutil.rmtree(again)
    return Found(
        what=f"torn write-ahead log: {truncations} truncations, {flips} bit flips",
        result=f"{truncations + flips - len(faults)} opened whole as a prefix of {len(whole)} records, "
        f"{shorter} of them a shorter one",
        asked="all open, sound, without a gap",
        faults=tuple(faults),
    )


async def rot(folder: Path, *, flips: int) -> Found:
    """Flip a bit of the record as often as asked; gives the flips that changed something and were not found."""
    live = folder / "live"
    async with open_store(live, FrozenClock()) as store:
        await _fill(store)
    sound = (live / FILE).read_bytes()
    before = _content(live)
    chance = random.Random(2)
    found = harmless = 0
    missed = []
    for _ in range(flips):
        what, damaged = _bit_flipped(sound, chance)
        (live / FILE).write_bytes(damaged)
        if await _is_found(live):
            found += 1
        elif _content(live) == before:
            harmless += 1
        else:
            missed.append(what)
    return Found(
        what=f"bit rot in the record, {flips} flips",
        result=f"{found} found by `verify`, {harmless} where nothing stands, {len(missed)} missed",
        asked="no change of any row missed",
        faults=tuple(missed),
    )


async def _crashed(live: Path, crashed: Path) -> list[bytes]:
    """Leave behind what a process that is killed leaves: everything still in the write-ahead log, nothing signed."""
    async with open_store(live, FrozenClock()) as store:
        await _fill(store)
        shutil.copytree(live, crashed)
        return await store.writer.read(_hashes)


async def _fill(store: Store) -> None:
    for number in range(RECORDS):
        kept = await store.evidence.record(make.incident(number))
        if number % 2:
            await store.evidence.append_outcome(kept.incident, DONE, NOON)


def _hashes(database: Database) -> list[bytes]:
    return [found for (found,) in database.execute("SELECT leaf_hash FROM log ORDER BY seq")]


def _verified(database: Database, store: Store) -> str:
    return str(verify(database, store.ledger, store.keys, store.folder).broken or "")


async def _is_found(folder: Path) -> bool:
    try:
        async with open_record(folder, FrozenClock()) as record:
            found = await record.reader.read(lambda db: verify(db, record.ledger, record.keys, folder))
    except StoreUnusable:
        return True
    return found.broken is not None


def _content(folder: Path) -> list[list[tuple[object, ...]]]:
    with closing(ENGINE.connect(str(folder / FILE))) as database:
        return [sorted(database.execute(f"SELECT * FROM {table}").fetchall(), key=repr) for table in _TABLES]


def _cut_short(content: bytes, chance: random.Random) -> tuple[str, bytes]:
    at = chance.randrange(len(content))
    return f"cut short at {at}", content[:at]


def _bit_flipped(content: bytes, chance: random.Random) -> tuple[str, bytes]:
    at = chance.randrange(len(content))
    return f"bit flipped at {at}", content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]
