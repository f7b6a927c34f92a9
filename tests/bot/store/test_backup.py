"""The restore drill: a copy taken while the bot writes is whole, can be put back, and brings nothing erased back."""

import asyncio
import errno
import os
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot.evidence.keychain import KeyChain
from bot.evidence.leaves import Leaf
from bot.evidence.packs.report import when_erased
from bot.evidence.words import Code, Kind
from bot.store import keyfiles
from bot.store.sqlite import backup
from bot.store.sqlite.backup import back_up, drop_old_keys, restore
from bot.store.sqlite.connection import StoreUnusable
from bot.store.sqlite.erasures import ERASED
from bot.store.sqlite.ledger import leaves, size
from bot.store.sqlite.retention import Schedule
from bot.store.sqlite.rotation import rotate_signing_key, rotate_wrapping_key
from bot.store.sqlite.signing import HEAD, chain
from bot.store.sqlite.stewardship import Steward
from bot.store.sqlite.store import FILE, KEYS, Store, open_beside, open_store
from bot.store.sqlite.verify import verify
from handlers.ports import IncidentFilter
from policies.identifiers import IncidentId
from tests.fakes import incidents as make
from tests.fakes.clock import NOON, FrozenClock

MONTH = timedelta(days=30)
ONE = IncidentId("I-2026-000001")


async def sound(store: Store) -> None:
    found = await store.writer.read(lambda db: verify(db, store.ledger, store.keys, store.folder))
    assert found.broken is None


async def ids(store: Store) -> list[str]:
    return [kept.id async for kept in store.incidents.find(IncidentFilter())]


async def test_a_copy_taken_under_writes_is_restored_and_verified(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with open_store(data, FrozenClock()) as store:
        await store.evidence.record(make.incident(0))
        stop = asyncio.Event()

        async def write() -> int:
            number = 0
            while not stop.is_set():
                number += 1
                await store.evidence.record(make.incident(number))
            return number

        writing = asyncio.create_task(write())
        copied = await back_up(store, tmp_path / "copies", keep_keys=MONTH)
        stop.set()
        assert await writing >= 1
        assert copied.size >= 1
        await sound(store)
    for name in (FILE, KEYS):
        (data / name).unlink()
    restored = await restore(copied.folder, data, FrozenClock(), accept_loss=True)
    assert restored.size == copied.size
    async with open_store(data, FrozenClock()) as store:
        assert ONE in await ids(store)
        assert (await store.evidence.record(make.incident(9_999))).fresh
        await sound(store)


async def test_restoring_less_than_was_signed_has_to_be_said(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with open_store(data, FrozenClock()) as store:
        await store.evidence.record(make.incident(1))
        copied = await back_up(store, tmp_path / "copies", keep_keys=MONTH)
        await store.evidence.record(make.incident(2))
    with pytest.raises(StoreUnusable, match="restoring it loses 2"):
        await restore(copied.folder, data, FrozenClock())
    async with open_store(data, FrozenClock()) as store:
        assert len(await ids(store)) == 2


async def test_records_that_nobody_signed_yet_are_not_lost_unless_somebody_says_so(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with open_store(data, FrozenClock()) as store:
        await store.evidence.record(make.incident(1))
    async with open_beside(data, FrozenClock(), signs=False) as store:
        copied = await back_up(store, tmp_path / "copies", keep_keys=MONTH)
    restored = await restore(copied.folder, data, FrozenClock())
    assert restored.size == copied.size, "that a copy was made is not lost: the copy is there"
    async with open_beside(data, FrozenClock(), signs=False) as store:
        copied = await back_up(store, tmp_path / "more", keep_keys=MONTH)
        await store.stewardship.view([ONE], Steward("ada"), Code.PURPOSE_TRIAGE)
    with pytest.raises(StoreUnusable, match="restoring it loses 1"):
        await restore(copied.folder, data, FrozenClock())
    async with open_store(data, FrozenClock()) as store:
        await sound(store)
        assert await store.writer.read(size) == copied.size + 2
    assert (await restore(copied.folder, data, FrozenClock(), accept_loss=True)).size == copied.size


async def test_what_was_erased_after_the_copy_stays_erased_in_the_restored_one(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with open_store(data, FrozenClock()) as store:
        await store.evidence.record(make.incident(1))
        await store.evidence.record(make.incident(2))
        copied = await back_up(store, tmp_path / "copies", keep_keys=MONTH)
        await store.stewardship.request_erasure(ONE, Steward("ada"), Code.ERASED_ON_REQUEST)
        await store.stewardship.erase(ONE, Steward("ben"))
    await restore(copied.folder, data, FrozenClock(), accept_loss=True)
    async with open_store(data, FrozenClock()) as store:
        assert await ids(store) == ["I-2026-000002"]
        await sound(store)


async def erased_since(tmp_path: Path, *, asked_before: bool = False) -> tuple[Path, Leaf, Leaf]:
    """Erase an incident after a copy was made; gives the copy, and the records of request and erasure."""
    clock = FrozenClock()
    async with open_store(tmp_path / "data", clock) as store:
        await store.evidence.record(make.incident(1))
        if asked_before:
            await store.stewardship.request_erasure(ONE, Steward("ada"), Code.ERASED_KEPT_IN_ERROR)
        copied = await back_up(store, tmp_path / "copies", keep_keys=MONTH)
        if not asked_before:
            await store.stewardship.request_erasure(ONE, Steward("ada"), Code.ERASED_KEPT_IN_ERROR)
        done = await store.stewardship.erase(ONE, Steward("ben"))
        leaves_of = await store.writer.read(lambda db: list(leaves(db)))
    (asked,) = [leaf for leaf in leaves_of if leaf.kind is Kind.ERASURE_REQUESTED]
    return copied.folder, asked, leaves_of[done - 1]


async def put_back(copy: Path, data: Path) -> list[Leaf]:
    clock = FrozenClock(NOON + timedelta(days=7))
    await restore(copy, data, clock, accept_loss=True)
    async with open_store(data, clock) as store:
        assert await store.incidents.get(ONE) is None
        await sound(store)
        return await store.writer.read(lambda db: list(leaves(db)))


async def test_an_erasure_that_is_replayed_keeps_its_reason_its_people_and_its_time(tmp_path: Path) -> None:
    copy, asked, done = await erased_since(tmp_path)
    *_, again, erased, restored = await put_back(copy, tmp_path / "data")
    assert [leaf.kind for leaf in (again, erased, restored)] == [
        Kind.ERASURE_REQUESTED,
        Kind.EVIDENCE_ERASED,
        Kind.BACKUP_RESTORED,
    ]
    assert (again.actor, again.role, again.plat_at) == (asked.actor, asked.role, NOON)
    assert (erased.actor, erased.role, erased.plat_at) == (done.actor, done.role, NOON)
    assert asked.actor != done.actor
    assert again.codes == erased.codes == ("erased-kept-in-error", "replayed")
    assert erased.numbers["of_seq"] == again.seq
    assert when_erased(erased) == (
        f"Erased on {NOON:%Y-%m-%d} because it was kept in error, recorded again on"
        f" {NOON + timedelta(days=7):%Y-%m-%d}, when an older copy was put back (record {erased.seq})"
    )


async def test_an_erasure_that_is_replayed_follows_from_the_request_that_the_copy_has(tmp_path: Path) -> None:
    copy, asked, done = await erased_since(tmp_path, asked_before=True)
    put = await put_back(copy, tmp_path / "data")
    (erased,) = [leaf for leaf in put if leaf.kind is Kind.EVIDENCE_ERASED]
    assert [leaf for leaf in put if leaf.kind is Kind.ERASURE_REQUESTED] == [asked]
    assert (erased.numbers["of_seq"], erased.actor) == (asked.seq, done.actor)


async def test_the_log_that_is_replaced_says_why_where_the_list_is_one_of_names_alone(tmp_path: Path) -> None:
    copy, _, done = await erased_since(tmp_path)
    (tmp_path / "data" / ERASED).write_text(f"{done.incident}\n", "ascii")
    *_, erased, _ = await put_back(copy, tmp_path / "data")
    assert (erased.actor, erased.codes) == (done.actor, ("erased-kept-in-error", "replayed"))


@pytest.mark.parametrize("said", ["", ' {"v":1}', " marmalade", " {0} {0}"])
async def test_where_nothing_but_the_erasure_is_known_the_record_says_that(tmp_path: Path, said: str) -> None:
    copy, _, done = await erased_since(tmp_path)
    line = f"{done.incident}{said.replace('{0}', done.to_bytes().decode('ascii'))}\n"
    (tmp_path / "data" / ERASED).write_text(line, "ascii")
    (tmp_path / "data" / FILE).unlink()
    *_, erased, _ = await put_back(copy, tmp_path / "data")
    assert (erased.kind, erased.actor, erased.codes) == (Kind.EVIDENCE_ERASED, None, ("erased-reason-unknown",))
    assert "for a reason that was lost with the record of it" in when_erased(erased)


async def test_what_the_schedule_erased_is_replayed_under_the_same_schedule(tmp_path: Path) -> None:
    async with open_store(tmp_path / "data", FrozenClock()) as store:
        await store.evidence.record(make.incident(1))
        copied = await back_up(store, tmp_path / "copies", keep_keys=MONTH)
        await store.stewardship.erase_by_schedule([ONE], Schedule(version=3).ref)
    *_, erased, _ = await put_back(copied.folder, tmp_path / "data")
    assert (erased.policy, erased.codes) == (Schedule(version=3).ref, ("erased-by-retention", "replayed"))


async def test_the_list_of_what_was_erased_names_nobody(tmp_path: Path) -> None:
    await erased_since(tmp_path)
    written = (tmp_path / "data" / ERASED).read_bytes()
    assert b'"codes":["erased-kept-in-error"]' in written
    # As whole words: a digest may have any of these letters in a row.
    assert re.findall(rb"\b(?:ada|ben|marmalade)\b", written) == []


async def test_a_hold_that_the_copy_knows_nothing_of_is_named(tmp_path: Path) -> None:
    async def hold(store: Store, name: str) -> None:
        await store.stewardship.request_hold(name, Steward("ada"), Code.HELD_FOR_CLAIM)
        await store.stewardship.place_hold(name, Steward("ben"), review_in=MONTH)

    two = "I-2026-000002"
    async with open_store(tmp_path / "data", FrozenClock()) as store:
        for number in (1, 2):
            await store.evidence.record(make.incident(number))
        await hold(store, ONE)
        copied = await back_up(store, tmp_path / "copies", keep_keys=MONTH)
        await hold(store, two)
    restored = await restore(copied.folder, tmp_path / "data", FrozenClock(), accept_loss=True)
    assert restored.no_longer_held == (two,)
    (tmp_path / "data" / FILE).write_bytes(b"damaged")
    assert (await restore(copied.folder, tmp_path / "data", FrozenClock(), accept_loss=True)).no_longer_held == ()


async def test_a_copy_that_meets_a_full_disk_is_told_and_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async with open_store(tmp_path / "data", FrozenClock()) as store:
        await store.evidence.record(make.incident(1))
        monkeypatch.setattr(backup, "_sync", full)
        with pytest.raises(StoreUnusable, match=r"could not be made: No space left on device\. Nothing of it is left"):
            await back_up(store, tmp_path / "copies", keep_keys=MONTH)
        assert [*(tmp_path / "copies").iterdir()] == []


async def test_a_copy_without_its_parts_is_refused_and_nothing_is_replaced(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with open_store(data, FrozenClock()) as store:
        await store.evidence.record(make.incident(1))
        copied = await back_up(store, tmp_path / "copies", keep_keys=MONTH)
    (copied.folder / KEYS).unlink()
    before = (data / FILE).read_bytes()
    with pytest.raises(StoreUnusable, match=r"has no keys\.sqlite3"):
        await restore(copied.folder, data, FrozenClock())
    assert (data / FILE).read_bytes() == before


async def test_copies_hold_no_key_file_and_lose_their_keys_after_a_month(tmp_path: Path) -> None:
    async with open_store(tmp_path / "data", FrozenClock()) as store:
        await store.evidence.record(make.incident(1))
        copied = await back_up(store, tmp_path / "copies", keep_keys=MONTH)
    assert sorted(path.name for path in copied.folder.iterdir()) == ["head.note", FILE, KEYS]
    assert drop_old_keys(tmp_path / "copies", NOON) == 0
    assert drop_old_keys(tmp_path / "copies", NOON + timedelta(seconds=1)) == 1
    assert not (copied.folder / KEYS).exists()
    assert (copied.folder / FILE).exists()


async def test_the_signing_key_names_its_successor_and_both_are_followed(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    async with open_store(tmp_path, FrozenClock()) as store:
        await store.evidence.record(make.incident(1))
        old = await store.checkpoints.sign()
        new = await rotate_signing_key(store, keys)
    async with open_store(tmp_path, FrozenClock()) as store:
        await store.evidence.record(make.incident(2))
        later = await store.checkpoints.sign()
        known = await store.writer.read(lambda db: chain(db, store.keys))
        assert known.current == new == store.keys.signing.verifier
        assert old is not None
        assert later is not None
        assert [known.checkpoint(note).size for note in (old, later)] == [1, 3]
        assert KeyChain.trusting(store.keys.first).current != new
        await sound(store)


async def test_a_crash_between_the_statement_and_the_new_key_file_is_made_up_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = tmp_path / "keys"
    async with open_store(tmp_path, FrozenClock()) as store:
        await store.evidence.record(make.incident(1))
        with monkeypatch.context() as patched:
            patched.setattr(keyfiles, "take_next", _crash)
            with pytest.raises(RuntimeError):
                await rotate_signing_key(store, keys)
    async with open_store(tmp_path, FrozenClock()) as store:
        assert await store.checkpoints.sign() is not None
        await sound(store)


async def test_the_wrapping_key_is_changed_and_the_former_one_opens_nothing(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    async with open_store(tmp_path, FrozenClock()) as store:
        await store.evidence.record(make.incident(1))
        shutil.copy(keys / keyfiles.WRAPPING, tmp_path / "former")
        assert await rotate_wrapping_key(store, keys) == 2
        assert await store.incidents.get(ONE) is not None
    async with open_store(tmp_path, FrozenClock()) as store:
        assert await store.incidents.get(ONE) is not None
        await sound(store)
    shutil.copy(tmp_path / "former", keys / keyfiles.WRAPPING)
    with pytest.raises(StoreUnusable, match="does not open"):
        async with open_store(tmp_path, FrozenClock()):
            pass


def _crash(_: object) -> None:
    raise RuntimeError("the power went")


async def test_what_others_made_of_the_log_is_copied_and_put_back(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with open_store(data, FrozenClock()) as store:
        await store.evidence.record(make.incident(1))
        for name, written in BESIDE.items():
            (data / name).parent.mkdir(exist_ok=True)
            (data / name).write_text(written)
        copied = await back_up(store, tmp_path / "copies", keep_keys=MONTH)
    for name in BESIDE:
        (data / name).unlink()
    await restore(copied.folder, data, FrozenClock(), accept_loss=True)
    put_back = {name for name in BESIDE if (data / name).exists()}
    assert put_back == {"cosigned/1.note", "stamped/1.note", "stamped/1.tsr"}, "records were lost: ask anew at once"


async def test_what_was_published_and_stamped_since_the_copy_stays_known(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with open_store(data, FrozenClock()) as store:
        await store.evidence.record(make.incident(1))
        for name, written in BESIDE.items():
            (data / name).parent.mkdir(exist_ok=True)
            (data / name).write_text(written)
        copied = await back_up(store, tmp_path / "copies", keep_keys=MONTH)
    shutil.copy(copied.folder / HEAD, data / HEAD)
    (data / "published.json").write_text("later")
    (data / "stamped/state.json").unlink()
    await restore(copied.folder, data, FrozenClock())
    found = {name: (data / name).read_text() for name in BESIDE}
    assert found == {**BESIDE, "published.json": "later"}


BESIDE = {
    "cosigned/1.note": "cosigned",
    "stamped/1.note": "note",
    "stamped/1.tsr": "stamp",
    "stamped/state.json": "when",
    "published.json": "where",
}
