"""A commit that failed is not known to have failed: nothing is signed ahead of the disk, and nothing counts twice."""

from pathlib import Path

import pytest

from bot.store.sqlite import signing
from bot.store.sqlite import writer as writing
from bot.store.sqlite.connection import ENGINE, Database, StoreUnusable
from bot.store.sqlite.store import open_store
from bot.store.sqlite.verify import verify
from handlers.errors import EvidenceUnavailable
from handlers.ports import IncidentFilter
from tests.fakes import incidents as make
from tests.fakes.clock import FrozenClock


@pytest.mark.parametrize("landed", [True, False])
async def test_a_commit_that_raised_is_repeated_without_a_second_record(
    landed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = writing._commit

    def raising(database: Database, works: list[writing.Work[object]], partner: writing.Partner) -> list[object]:
        if landed:
            real(database, works, partner)
        raise OSError("fsync: input/output error")

    async with open_store(tmp_path, FrozenClock()) as store:
        await store.evidence.record(make.incident(1))
        with monkeypatch.context() as patched:
            patched.setattr(writing, "_commit", raising)
            with pytest.raises(EvidenceUnavailable, match="input/output error"):
                await store.evidence.record(make.incident(2))
        assert (await store.evidence.record(make.incident(2))).fresh is not landed
        assert (await store.evidence.record(make.incident(3))).fresh
        note = await store.checkpoints.sign()
        assert note is not None
        assert note.text.split("\n")[1] == "3"
        found = await store.writer.read(lambda db: verify(db, store.ledger, store.keys, tmp_path))
        assert found.broken is None
        assert len([kept async for kept in store.incidents.find(IncidentFilter())]) == 3


async def test_a_crash_between_the_first_head_and_its_row_is_made_up_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(signing, "_keep", _crash)
        with pytest.raises(RuntimeError):
            await _keep_one_and_close(tmp_path)
    assert (tmp_path / signing.HEAD).exists()
    async with open_store(tmp_path, FrozenClock()) as store:
        found = await store.writer.read(lambda db: verify(db, store.ledger, store.keys, tmp_path))
        assert found.broken is None


async def test_a_disk_that_fails_while_the_log_is_signed_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(signing, "_keep", _broken)
        with pytest.raises(StoreUnusable, match="could not be signed: disk I/O error"):
            await _keep_one_and_close(tmp_path)
    async with open_store(tmp_path, FrozenClock()) as store:
        found = await store.writer.read(lambda db: verify(db, store.ledger, store.keys, tmp_path))
        assert (found.broken, found.size) == (None, 1)


async def test_keys_that_cannot_be_kept_keep_the_record_from_being_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_store(tmp_path, FrozenClock()) as store:
        with monkeypatch.context() as patched:
            patched.setattr(store.ledger.vault, "commit", _full)
            with pytest.raises(EvidenceUnavailable, match="no space"):
                await store.evidence.record(make.incident(1))
        assert [kept async for kept in store.incidents.find(IncidentFilter())] == []
        assert (await store.evidence.record(make.incident(1))).fresh
        found = await store.writer.read(lambda db: verify(db, store.ledger, store.keys, tmp_path))
        assert (found.broken, found.size) == (None, 1)


async def _keep_one_and_close(folder: Path) -> None:
    async with open_store(folder, FrozenClock()) as store:
        await store.evidence.record(make.incident(1))


def _crash(*_: object) -> None:
    raise RuntimeError("the power went")


def _broken(*_: object) -> None:
    raise ENGINE.OperationalError("disk I/O error")


def _full() -> None:
    raise OSError("no space left on device")
