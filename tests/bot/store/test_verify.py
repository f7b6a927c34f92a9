"""Verification: whatever is changed in the file, it is found, and the first record it concerns is named."""

import asyncio
import os
import random
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.evidence.checkpoints import Checkpoint
from bot.evidence.heads import read_head
from bot.evidence.notes import SigningKey
from bot.evidence.words import Code
from bot.store.keyfiles import SIGNING
from bot.store.sqlite import examiners
from bot.store.sqlite.connection import ENGINE, Database, StoreUnusable, open_keys
from bot.store.sqlite.ledger import size
from bot.store.sqlite.signing import HEAD
from bot.store.sqlite.stewardship import Steward
from bot.store.sqlite.store import FILE, KEYS, open_beside, open_record, open_store
from bot.store.sqlite.verify import Verified, verify
from policies.acts import Verb
from policies.decisions import Action, Outcome, OutcomeStatus
from tests.bench.evidence_store import fill as fill_quickly
from tests.bench.evidence_store import verified as measured
from tests.fakes import incidents as make
from tests.fakes.clock import NOON, FrozenClock

DONE = Outcome(action=Action.HIDE, status=OutcomeStatus.DONE)


async def fill(folder: Path, count: int = 8) -> None:
    async with open_store(folder, FrozenClock()) as store:
        for number in range(count):
            name = (await store.evidence.record(make.incident(number))).incident
            await store.evidence.append_outcome(name, DONE, NOON)
            if number % 2:
                await store.evidence.settle(make.act(f"a{number}", Verb.NOT_ABUSE, on=name), version=0)
            if number == count // 2:
                await store.checkpoints.sign()
        await store.evidence.append_act(make.act("w", Verb.WARN))
        await store.evidence.note_deletion(make.deleted(3))


async def verified(folder: Path) -> Verified:
    async with open_record(folder, FrozenClock()) as record:
        return await record.reader.read(lambda db: verify(db, record.ledger, record.keys, folder))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a small record, to be copied."""
    folder = tmp_path_factory.mktemp("filled") / "data"
    asyncio.run(fill(folder))
    return folder


@pytest.fixture
def folder(filled: Path, tmp_path: Path) -> Path:
    """Give a copy of a small record."""
    return Path(shutil.copytree(filled, tmp_path / "data"))


def unguarded(folder: Path) -> Database:
    """Open the file as another program would that pays no heed to its rules."""
    database: Database = ENGINE.connect(str(folder / FILE), isolation_level=None)
    database.execute("PRAGMA foreign_keys = OFF")
    for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name}")
    return database


async def test_a_record_that_nobody_touched_is_verified(folder: Path) -> None:
    found = await verified(folder)
    assert (found.broken, found.size, found.erased) == (None, 22, 0)


@pytest.mark.parametrize(
    ("sql", "seq"),
    [
        ("UPDATE log SET leaf = CAST(replace(leaf, 'hide', 'mute') AS BLOB) WHERE seq = 4", 4),
        ("DELETE FROM log WHERE seq = 5", 5),
        ("DELETE FROM log WHERE seq = 22", 22),
        ("INSERT INTO log SELECT 23, leaf, leaf_hash FROM log WHERE seq = 1", 23),
        ("INSERT OR REPLACE INTO log SELECT 6, leaf, leaf_hash FROM log WHERE seq = 1", 6),
        ("UPDATE log SET seq = 99 WHERE seq = 7", 7),
        ("UPDATE log SET leaf_hash = zeroblob(32) WHERE seq = 3", 3),
        ("UPDATE sealed SET blob = zeroblob(90) WHERE seq = 9 AND field = 'body'", 9),
        ("UPDATE sealed SET grp = (SELECT grp FROM sealed WHERE seq = 1) WHERE seq = 4", 4),
        ("DELETE FROM sealed WHERE seq = 2", 2),
        ("INSERT INTO sealed SELECT 99, field, grp, blob FROM sealed WHERE seq = 2", 99),
        ("DELETE FROM seen WHERE seq = 1", 1),
        ("UPDATE seen SET digest = zeroblob(32) WHERE seq = 1", 1),
        ("UPDATE outcome SET status = 'refused' WHERE seq = 2", 2),
        ("DELETE FROM act WHERE seq = 5", 5),
        ("UPDATE incident SET author = zeroblob(32) WHERE seq = 3", 3),
    ],
)
async def test_the_first_record_that_was_changed_is_named(sql: str, seq: int, folder: Path) -> None:
    with closing(unguarded(folder)) as database:
        before = database.execute("SELECT count(*) FROM log").fetchone()
        assert before == (22,)
        database.execute(sql)
    broken = (await verified(folder)).broken
    assert broken is not None
    assert seq in (broken.seq, 22 if "22 records were signed" in str(broken) else broken.seq)


async def test_two_records_that_changed_places_are_found(folder: Path) -> None:
    with closing(unguarded(folder)) as database:
        for old, new in ((4, -1), (5, 4), (-1, 5)):
            database.execute("UPDATE log SET seq = ? WHERE seq = ?", (new, old))
    broken = (await verified(folder)).broken
    assert broken is not None
    assert broken.seq == 4


async def test_a_log_that_was_made_anew_as_a_whole_is_not_what_was_signed(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    async with open_store(other, FrozenClock()) as store:
        for number in range(30):
            await store.evidence.record(make.incident(number))
    for name in (FILE, KEYS):
        shutil.copy(other / name, folder / name)
    shutil.copytree(other / "keys", folder / "keys", dirs_exist_ok=True)
    broken = (await verified(folder)).broken
    assert broken is not None
    with pytest.raises(StoreUnusable, match="is not what was signed"):
        async with open_store(folder, FrozenClock()):
            pass


@pytest.fixture
def many_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a small record be examined as a long one is: in ranges, by other processes."""
    monkeypatch.setattr(examiners, "WORTH_IT", 1)
    monkeypatch.setattr(examiners, "AT_ONCE", 4)
    monkeypatch.setattr(examiners, "_cores", lambda: 2)


@pytest.mark.usefixtures("many_processes")
async def test_other_processes_find_what_one_alone_finds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    together = await verified(folder)
    with closing(unguarded(folder)) as database:
        database.execute("UPDATE sealed SET blob = zeroblob(90) WHERE seq = 9 AND field = 'body'")
        database.execute("DELETE FROM log WHERE seq = 15")
    broken = (await verified(folder)).broken
    monkeypatch.setattr(examiners, "_cores", lambda: 1)
    assert (together.broken, together.size) == (None, 22)
    assert broken == (await verified(folder)).broken
    assert broken is not None
    assert broken.seq == 9


@pytest.mark.usefixtures("many_processes")
async def test_where_the_other_processes_die_the_rest_is_examined_here(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examiners, "_examine", _die)
    found = await verified(folder)
    assert (found.broken, found.size) == (None, 22)


def _die(_: examiners.Range) -> None:
    os._exit(3)


@pytest.mark.parametrize("seqs", [("-5", "1"), ("99", "22"), ("0", "1")])
async def test_numbers_outside_the_log_are_found_whatever_the_ranges(
    seqs: tuple[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examiners, "AT_ONCE", 4)
    with closing(unguarded(folder)) as database:
        database.execute(f"UPDATE log SET seq = {seqs[0]} WHERE seq = {seqs[1]}")
    broken = (await verified(folder)).broken
    assert broken is not None
    assert broken.seq == int(seqs[1])


MUTATIONS = 200


async def test_two_hundred_random_edits_of_the_file_are_all_found(folder: Path) -> None:
    chance = random.Random(3)
    pristine = folder.with_name("pristine")
    shutil.copytree(folder, pristine)
    missed = []
    for number in range(MUTATIONS):
        shutil.copy(pristine / FILE, folder / FILE)
        with closing(unguarded(folder)) as database:
            done = mutate(database, chance)
        if (await verified(folder)).broken is None:
            missed.append((number, done))
    assert missed == []


def mutate(database: Database, chance: random.Random) -> str:
    """Change, take away or double one row of any table but the figures; gives what was done."""
    names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'counter'"
    tables = [name for (name,) in database.execute(names) if database.execute(f"SELECT 1 FROM {name}").fetchone()]
    table = chance.choice([*tables, "log", "log", "sealed", "sealed"])
    columns = [name for _, name, *_ in database.execute(f"PRAGMA table_info({table})").fetchall()]
    rows = database.execute(f"SELECT * FROM {table} ORDER BY 1, {len(columns)}").fetchall()
    row = chance.choice(rows)
    where = " AND ".join(f"{name} IS ?" for name in columns)
    if chance.random() < 0.25:
        database.execute(f"DELETE FROM {table} WHERE {where}", row)
        return f"deleted from {table}"
    place = chance.randrange(len(columns))
    value = _other(row[place], chance)
    try:
        database.execute(f"UPDATE {table} SET {columns[place]} = ? WHERE {where}", (value, *row))
    except sqlite3.Error:
        raise
    except ENGINE.Error:
        database.execute(f"DELETE FROM {table} WHERE {where}", row)  # the table's own rules refuse that value
        return f"deleted from {table}, as {columns[place]} took no other value"
    return f"{table}.{columns[place]}"


def _other(value: object, chance: random.Random) -> object:
    if isinstance(value, bytes):
        bit = chance.randrange(len(value) * 8)
        changed = bytearray(value)
        changed[bit // 8] ^= 1 << bit % 8
        return bytes(changed)
    if isinstance(value, int):
        return value + chance.choice((-1, 1, 1_000))
    return f"{value or ''}x"


async def test_a_flipped_byte_in_the_file_is_found_or_has_changed_no_record(folder: Path) -> None:
    chance = random.Random(5)
    pristine = (folder / FILE).read_bytes()
    before = _content(folder)
    found = 0
    for _ in range(100):
        damaged = bytearray(pristine)
        damaged[chance.randrange(100, len(damaged))] ^= 1 << chance.randrange(8)
        (folder / FILE).write_bytes(damaged)
        try:
            broken = (await verified(folder)).broken is not None
        except StoreUnusable:
            broken = True
        assert broken or _content(folder) == before
        found += broken
    assert found > 10


def _content(folder: Path) -> list[list[tuple[object, ...]]]:
    with closing(ENGINE.connect(str(folder / FILE))) as database:
        return [database.execute(f"SELECT * FROM {t} ORDER BY 1, 2").fetchall() for t in ("log", "sealed", "seen")]


async def test_a_start_is_refused_after_an_older_copy_was_put_in_its_place(folder: Path) -> None:
    older = (folder / FILE).read_bytes(), (folder / KEYS).read_bytes()
    async with open_store(folder, FrozenClock()) as store:
        await store.evidence.record(make.incident(50))
    (folder / FILE).write_bytes(older[0])
    (folder / KEYS).write_bytes(older[1])
    with pytest.raises(StoreUnusable, match="The log has 22 records, but 23 were signed"):
        async with open_store(folder, FrozenClock()):
            pass


async def test_a_record_that_is_shorter_than_what_was_signed_is_called_that_whatever_its_keys_say(folder: Path) -> None:
    shutil.copy(folder / FILE, folder / "older")
    async with open_store(folder, FrozenClock()) as store:
        before = await store.writer.read(size)
        await store.stewardship.request_erasure("I-2026-000001", Steward("ada"), Code.ERASED_ON_REQUEST)
        await store.stewardship.erase("I-2026-000001", Steward("ben"))
    for leftover in ("-wal", "-shm"):
        (folder / f"{FILE}{leftover}").unlink(missing_ok=True)
    (folder / "older").replace(folder / FILE)
    broken = (await verified(folder)).broken
    assert broken is not None
    assert broken.seq == before + 1
    assert f"{before + 2} records were signed, and the log has {before}. An older copy" in str(broken)


async def test_what_is_added_beside_is_signed_where_no_bot_does_it(folder: Path) -> None:
    async def added() -> tuple[int, int]:
        async with open_beside(folder, FrozenClock()) as store:
            await store.stewardship.view(["I-2026-000001"], Steward("ada"), Code.PURPOSE_TRIAGE)
            now = await store.writer.read(size)
        head = read_head(folder / HEAD)
        assert head is not None
        return now, Checkpoint.claimed_by(head).size

    now, signed = await added()
    assert signed == now
    async with open_store(folder, FrozenClock()) as running:
        assert await added() == (now + 1, now)
        await running.checkpoints.sign()
    assert (await verified(folder)).broken is None


async def test_a_start_is_refused_where_one_record_was_changed(folder: Path) -> None:
    with closing(unguarded(folder)) as database:
        database.execute("UPDATE log SET leaf = CAST(replace(leaf, 'hide', 'mute') AS BLOB) WHERE seq = 4")
    with pytest.raises(StoreUnusable, match="Record 4 of the log was changed"):
        async with open_store(folder, FrozenClock()):
            pass


async def test_a_start_is_refused_where_the_tree_was_changed(folder: Path) -> None:
    with closing(unguarded(folder)) as database:
        database.execute("UPDATE node SET hash = zeroblob(32) WHERE level = 1 AND place = 0")
    with pytest.raises(StoreUnusable, match="Record 2 of the log does not lead to the tree"):
        async with open_store(folder, FrozenClock()):
            pass


async def test_a_start_is_refused_without_the_head_or_with_a_forged_one(folder: Path) -> None:
    head = (folder / HEAD).read_bytes()
    (folder / HEAD).write_bytes(head.replace(b"\n22\n", b"\n21\n"))
    with pytest.raises(StoreUnusable, match="changed or forged"):
        async with open_store(folder, FrozenClock()):
            pass
    (folder / HEAD).unlink()
    with pytest.raises(StoreUnusable, match="is missing"):
        async with open_store(folder, FrozenClock()):
            pass


async def test_what_grew_is_signed_when_the_store_closes_and_not_twice(folder: Path) -> None:
    async with open_store(folder, FrozenClock()) as store:
        assert await store.checkpoints.sign() is None
        await store.evidence.record(make.incident(60))
        note = await store.checkpoints.sign()
        assert note is not None
        assert note.text.split("\n")[1] == "23"
        assert await store.checkpoints.sign() is None
        await store.evidence.record(make.incident(61))
    last = read_head(folder / HEAD)
    assert last is not None
    assert last.text.split("\n")[1] == "24"


async def test_key_files_that_others_can_read_or_that_are_another_folders_stop_the_start(folder: Path) -> None:
    path = folder / "keys" / SIGNING
    path.chmod(0o644)
    with pytest.raises(StoreUnusable, match="chmod 600"):
        async with open_store(folder, FrozenClock()):
            pass
    path.chmod(0o600)
    (folder / "keys" / "wrapping.keys").write_text("A" * 43 + "=\n", "ascii")
    with pytest.raises(StoreUnusable, match="does not open this folder's keys"):
        async with open_store(folder, FrozenClock()):
            pass


async def test_no_key_stands_in_either_database(folder: Path) -> None:
    signing = SigningKey.parse((folder / "keys" / SIGNING).read_text("ascii").strip())
    for path in folder.glob("*.sqlite3*"):
        assert signing.seed not in path.read_bytes()
        assert signing.secret_line().encode() not in path.read_bytes()


@pytest.mark.full
@pytest.mark.bench
async def test_a_hundred_thousand_records_are_verified_in_time(tmp_path: Path) -> None:
    count = 100_000
    await fill_quickly(tmp_path, count)
    began = time.perf_counter()
    found = await measured(tmp_path)
    took = time.perf_counter() - began
    print(f"\n{found.size} records verified in {took:.1f} s")
    assert (found.broken, found.size) == (None, count)
    assert took <= 15


def test_the_file_of_keys_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    open_keys(tmp_path / KEYS).close()
    assert (tmp_path / KEYS).stat().st_mode & 0o077 == 0


def test_a_file_whose_safeguards_were_taken_out_is_told(filled: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(filled, tmp_path / "copy")
    with closing(sqlite3.connect(folder / FILE)) as database:
        guards = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'log'"
        (name,) = database.execute(guards).fetchone()
        database.execute(f"DROP TRIGGER {name}")
        database.commit()
    found = asyncio.run(verified(folder))
    assert found.broken is not None
    assert f"safeguards against changes were taken out of the file ({name})" in str(found.broken)
