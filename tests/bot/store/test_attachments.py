"""Attachments beside the record: sealed, verified, copied, put back and erased with their incident."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.evidence.attachments import LARGEST
from bot.evidence.words import Code, Kind
from bot.store.sqlite import attachments, migrate
from bot.store.sqlite.backup import back_up, restore
from bot.store.sqlite.connection import ENGINE
from bot.store.sqlite.ledger import leaves
from bot.store.sqlite.retention import Schedule, due
from bot.store.sqlite.stewardship import Steward
from bot.store.sqlite.store import FILE, Store, forget_record, open_store, open_to_read
from bot.store.sqlite.verify import Verified, verify
from handlers.errors import EvidenceUnavailable, UnknownIncident
from policies.copies import AttachmentCopy, CopyStatus
from policies.decisions import Action
from policies.identifiers import IncidentId
from tests.fakes import incidents as make
from tests.fakes.clock import NOON, FrozenClock

ONE = IncidentId("I-2026-000001")
CONTENT = b"the leaflet as it was delivered, byte for byte " * 4_000


async def arriving(content: bytes = CONTENT, step: int = 50_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), step):
        yield content[start : start + step]


async def fill(store: Store) -> AttachmentCopy:
    await store.evidence.record(replace(make.incident(to_do=()), to_copy=(1,)))
    return await store.evidence.keep_attachment(ONE, 1, arriving(), NOON)


async def verified(store: Store) -> Verified:
    return await store.writer.read(lambda db: verify(db, store.ledger, store.keys, store.folder))


async def read_back(store: Store) -> bytes:
    return await store.writer.read(lambda db: b"".join(attachments.pieces_of(db, store.ledger, store.folder, ONE, 1)))


def the_file(folder: Path) -> Path:
    (found,) = (folder / attachments.FOLDER).iterdir()
    return found


async def test_a_file_comes_back_as_it_arrived_and_lies_sealed(store: Store, tmp_path: Path) -> None:
    copy = await fill(store)
    assert (copy.size, copy.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert await read_back(store) == CONTENT
    assert b"the leaflet" not in the_file(tmp_path).read_bytes()
    assert the_file(tmp_path).stat().st_mode & 0o777 == 0o600
    assert (await verified(store)).broken is None


async def test_two_files_that_find_no_folder_at_once_are_both_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.evidence.record(replace(make.incident(to_do=()), to_copy=(1, 2)))
    is_dir, looked = Path.is_dir, iter((False, False))  # each looked before the other had made it
    with monkeypatch.context() as patched:
        patched.setattr(Path, "is_dir", lambda path: next(looked, None) is not False and is_dir(path))
        copies = [await store.evidence.keep_attachment(ONE, number, arriving(), NOON) for number in (1, 2)]
    assert [copy.status for copy in copies] == [CopyStatus.KEPT, CopyStatus.KEPT]


async def test_the_leaf_tells_the_size_and_neither_the_hash_nor_the_name(store: Store) -> None:
    copy = await fill(store)
    leaf = (await store.writer.read(lambda db: list(leaves(db))))[-1]
    assert (leaf.kind, leaf.numbers) == (Kind.ATTACHMENT_KEPT, {"item": 1, "bytes": len(CONTENT)})
    assert set(leaf.commit) == {"attachment.1", "body"}
    assert copy.sha256.encode() not in leaf.to_bytes()


async def test_a_stream_that_claims_ten_gigabytes_is_cut_at_eight_mebibytes(store: Store, tmp_path: Path) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(10 * 1000**3 // 65_536):
            taken += 65_536
            yield bytes(65_536)

    await store.evidence.record(replace(make.incident(), to_copy=(1,)))
    copy = await store.evidence.keep_attachment(ONE, 1, endless(), NOON)
    assert copy.status is CopyStatus.TOO_LARGE
    assert taken == LARGEST + 65_536
    assert list((tmp_path / attachments.FOLDER).iterdir()) == []


async def test_what_a_crash_left_without_a_record_is_written_anew(store: Store, tmp_path: Path) -> None:
    await store.evidence.record(replace(make.incident(), to_copy=(1,)))

    async def cut() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionError

    with pytest.raises(EvidenceUnavailable):
        await store.evidence.keep_attachment(ONE, 1, cut(), NOON)
    berth = await store.writer.read(lambda db: attachments.berth(db, store.ledger, store.folder, ONE, 1))
    await attachments.write_down(berth, 1, arriving(b"not on record"), NOON)
    assert (await store.evidence.keep_attachment(ONE, 1, arriving(), NOON)).status is CopyStatus.KEPT
    assert await read_back(store) == CONTENT
    (tmp_path / attachments.FOLDER / "i_x.1.draft").write_bytes(b"half")
    attachments.clear_drafts(tmp_path)
    assert the_file(tmp_path) == berth.path


async def test_a_changed_cut_or_missing_file_is_found_and_its_record_named(store: Store, tmp_path: Path) -> None:
    await fill(store)
    file = the_file(tmp_path)
    whole = file.read_bytes()
    for place in (0, 1, 40, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        broken = (await verified(store)).broken
        assert broken is not None, place
        assert broken.seq == 2, place
    file.write_bytes(whole[:70_000])
    assert (await verified(store)).broken is not None
    file.unlink()
    missing = (await verified(store)).broken
    assert missing is not None
    assert str(missing) == f"Record 2: has an attachment whose file {file.name} is missing."
    file.write_bytes(whole)
    assert (await verified(store)).broken is None


async def test_no_room_on_the_disk_is_said_and_nothing_is_written(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.evidence.record(replace(make.incident(), to_copy=(1,)))
    monkeypatch.setattr(attachments, "RESERVE", 1 << 60)
    copy = await store.evidence.keep_attachment(ONE, 1, arriving(), NOON)
    assert copy.status is CopyStatus.NO_ROOM
    assert list((tmp_path / attachments.FOLDER).iterdir()) == []


async def test_erasing_an_incident_takes_its_files_away(store: Store, tmp_path: Path) -> None:
    await fill(store)
    await store.stewardship.request_erasure(ONE, Steward("ada"), Code.ERASED_ON_REQUEST)
    await store.stewardship.erase(ONE, Steward("ben"))
    assert list((tmp_path / attachments.FOLDER).iterdir()) == []
    found = await verified(store)
    assert found.broken is None
    assert found.erased == 2


async def test_an_incident_erased_while_its_file_arrives_leaves_no_file(store: Store, tmp_path: Path) -> None:
    await store.evidence.record(replace(make.incident(), to_copy=(1,)))

    async def slow() -> AsyncIterator[bytes]:
        yield b"half"
        await store.stewardship.request_erasure(ONE, Steward("ada"), Code.ERASED_ON_REQUEST)
        await store.stewardship.erase(ONE, Steward("ben"))
        yield b"the rest"

    with pytest.raises((UnknownIncident, EvidenceUnavailable)):
        await store.evidence.keep_attachment(ONE, 1, slow(), NOON)
    assert list((tmp_path / attachments.FOLDER).iterdir()) == []
    assert (await verified(store)).broken is None


async def test_the_schedule_takes_files_away_with_what_it_lets_go_of(store: Store, tmp_path: Path) -> None:
    await store.evidence.record(replace(make.incident(to_do=(), decided=make.decision(Action.ALERT)), to_copy=(1,)))
    schedule, later = Schedule(), NOON + timedelta(days=40)
    assert await store.writer.read(lambda db: due(db, schedule, later)) == [], "a file is still to be kept"
    await store.evidence.keep_attachment(ONE, 1, arriving(), NOON)
    (over,) = await store.writer.read(lambda db: due(db, schedule, later))
    await store.stewardship.erase_by_schedule([over.incident], schedule.ref)
    assert list((tmp_path / attachments.FOLDER).iterdir()) == []


async def test_a_copy_of_the_record_has_the_files_and_brings_them_back(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with open_store(data, FrozenClock()) as store:
        await fill(store)
        copied = await back_up(store, tmp_path / "copies", keep_keys=timedelta(days=30))
    the_file(data).unlink()
    await restore(copied.folder, data, FrozenClock(), accept_loss=True)
    async with open_store(data, FrozenClock()) as store:
        assert await read_back(store) == CONTENT


async def test_a_copy_whose_file_was_damaged_is_not_called_good(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with open_store(data, FrozenClock()) as store:
        await fill(store)
        the_file(data).write_bytes(b"damaged")
        with pytest.raises(Exception, match="not whole"):
            await back_up(store, tmp_path / "copies", keep_keys=timedelta(days=30))


async def test_an_erased_file_does_not_come_back_with_an_older_copy(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with open_store(data, FrozenClock()) as store:
        await fill(store)
        copied = await back_up(store, tmp_path / "copies", keep_keys=timedelta(days=30))
        await store.stewardship.request_erasure(ONE, Steward("ada"), Code.ERASED_ON_REQUEST)
        await store.stewardship.erase(ONE, Steward("ben"))
    await restore(copied.folder, data, FrozenClock(), accept_loss=True)
    assert list((data / attachments.FOLDER).iterdir()) == []


async def test_a_record_of_the_form_before_gets_its_tables_anew_and_verifies(tmp_path: Path) -> None:
    async with open_store(tmp_path, FrozenClock()) as store:
        await store.evidence.record(make.incident())
        await store.evidence.settle(make.act("1", on=ONE), version=0)
        before = await store.incidents.get(ONE)
    database = ENGINE.connect(str(tmp_path / FILE), isolation_level=None)
    for sql in ("DROP TABLE about", "CREATE TABLE about (seq INTEGER PRIMARY KEY)", "PRAGMA user_version = 4"):
        database.execute(sql)
    database.close()
    async with open_store(tmp_path, FrozenClock()) as store:
        assert await store.incidents.get(ONE) == before
        assert (await verified(store)).broken is None
        assert await store.writer.read(migrate.version) == migrate.FORM


async def test_a_made_up_record_goes_with_its_files(tmp_path: Path) -> None:
    async with open_store(tmp_path, FrozenClock()) as store:
        await fill(store)
    await asyncio.to_thread(forget_record, tmp_path)
    assert not (tmp_path / attachments.FOLDER).exists()


async def test_whoever_only_reads_sees_what_became_of_the_files(store: Store, tmp_path: Path) -> None:
    copy = await fill(store)
    async with open_to_read(tmp_path) as incidents:
        found = await incidents.get(ONE)
    assert found is not None
    assert found.copies == (copy,)
