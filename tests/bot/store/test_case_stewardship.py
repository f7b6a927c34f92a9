"""Holding and erasing cases: two people, no key left in any file, and their incidents kept as long as they need be."""

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.evidence.packs.sshsig import PackKey
from bot.evidence.words import Code, Kind
from bot.store.sqlite.figures import SqliteTallying
from bot.store.sqlite.retention import Schedule, due
from bot.store.sqlite.stewardship import ERASED, Refused
from bot.store.sqlite.store import FILE, KEYS, Store, open_store
from handlers.errors import UnknownIncident
from policies.casework import events as e
from policies.casework.people import CaseId
from policies.casework.words import CaseReason, CaseState
from policies.decisions import Action
from policies.identifiers import IncidentId
from tests.bot.store.test_cases import rebuild, tables, verified, walked
from tests.bot.store.test_stewardship import files, wrapped
from tests.fakes import cases as make
from tests.fakes import incidents, packs
from tests.fakes.clock import NOON, FrozenClock
from tests.fakes.packs import ADA, BEN

CASE, INCIDENT = "C-2026-000001", "I-2026-000001"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Give a store with one case and its incident."""
    async with open_store(tmp_path / "data", FrozenClock()) as opened:
        await walked(opened)
        await opened.cases.note_view(CaseId(CASE), make.DECIDER)
        yield opened


async def erase(store: Store, name: str = CASE) -> int:
    await store.stewardship.request_erasure(name, ADA, Code.ERASED_ON_REQUEST)
    return await store.stewardship.erase(name, BEN)


async def test_erasing_a_case_leaves_no_byte_of_its_key_or_a_salt_and_the_log_verifies(store: Store) -> None:
    ref = await store.writer.read(lambda db: db.execute("SELECT ref FROM case_").fetchone()[0])
    opened = await store.writer.read(lambda db: db.execute("SELECT seq FROM case_event ORDER BY seq").fetchall())
    salts = [
        salt
        for (seq,) in opened
        for salt, _ in (await store.writer.read(lambda db, at=seq: store.ledger.openings(db, at))).values()  # type: ignore[misc] # bound
    ]
    in_file, key = wrapped(store, ref)
    assert any(in_file in content for content in files(store.folder))
    with pytest.raises(Refused, match="Nobody has asked"):
        await store.stewardship.erase(CASE, BEN)
    await store.stewardship.request_erasure(CASE, ADA, Code.ERASED_ON_REQUEST)
    with pytest.raises(Refused, match="somebody else has to agree"):
        await store.stewardship.erase(CASE, ADA)
    seq = await store.stewardship.erase(CASE, BEN)
    assert len(salts) > 20
    for secret in (in_file, key, *salts):
        assert not any(secret in content for content in files(store.folder))
    assert await store.cases.get(CaseId(CASE)) is None
    ((name, leaf),) = await store.cases.erased()
    assert (name, leaf.seq, leaf.kind, leaf.at) == (CASE, seq, Kind.EVIDENCE_ERASED, NOON)
    assert await store.incidents.get(IncidentId(INCIDENT)) is not None
    with pytest.raises(UnknownIncident, match=f"Case {CASE} was erased; record {seq}"):
        await erase(store)
    assert (await SqliteTallying(store.writer).between(NOON, NOON + timedelta(days=1))).erasures == 1
    assert (store.folder / ERASED).read_text("ascii") == f"{ref}\n"
    found = await verified(store)
    assert (found.broken, found.erased) == (None, len(opened))
    live = await store.writer.read(tables)
    await store.writer.write(lambda database: rebuild(store, database))
    assert await store.writer.read(tables) == live


async def test_the_pack_of_an_erased_case_says_when_and_why_and_opens_nothing_of_it(store: Store) -> None:
    seq = await erase(store)
    pack = await packs.files(store, CASE, key=PackKey.new())
    page = pack["data/report.html"].decode()
    assert f"Erased on 2026-05-03 on request (record {seq})" in page
    assert f"data/records/{seq}.json" in pack
    assert "C-2026-000001,reasons,reason,erased" in pack["data/redactions.csv"].decode()
    assert [name for name in pack if "decisions" in name] == []
    assert f'id="{INCIDENT}"' in page


async def test_an_older_copy_of_the_keys_brings_no_case_back(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    async with open_store(folder, FrozenClock()) as store:
        await walked(store)
    for name in (KEYS, FILE, "head.note"):
        shutil.copy(folder / name, tmp_path / f"old-{name}")
    async with open_store(folder, FrozenClock()) as store:
        ref = await store.writer.read(lambda db: db.execute("SELECT ref FROM case_").fetchone()[0])
        await erase(store)
    for names in ((KEYS,), (KEYS, FILE, "head.note")):
        for name in names:
            shutil.copy(tmp_path / f"old-{name}", folder / name)
        async with open_store(folder, FrozenClock()) as store:
            assert not store.ledger.vault.has(ref)
            assert await store.cases.get(CaseId(CASE)) is None
            assert [name for name, _ in await store.cases.erased()] == [CASE]
            if FILE in names:  # keys that are older than the log lack those of the two who erased
                assert (await verified(store)).broken is None


async def test_a_hold_on_a_case_takes_two_people_and_holds_its_incidents_too(store: Store) -> None:
    stewardship = store.stewardship
    await stewardship.request_hold(CASE, ADA, Code.HELD_FOR_POLICE)
    with pytest.raises(Refused, match="somebody else has to agree"):
        await stewardship.place_hold(CASE, ADA, review_in=timedelta(days=9))
    await stewardship.place_hold(CASE, BEN, review_in=timedelta(days=9))
    (hold,) = await stewardship.holds()
    assert (hold.incident, hold.review_at) == (CASE, NOON + timedelta(days=9))
    other = (await store.evidence.record(incidents.incident(2))).incident
    with pytest.raises(Refused, match=f"{CASE} is under a legal hold"):
        await erase(store)
    with pytest.raises(Refused, match=f"{INCIDENT} is under a legal hold with {CASE}"):
        await erase(store, INCIDENT)
    await erase(store, other)
    await stewardship.review_hold(CASE, ADA, review_in=timedelta(days=90))
    assert (await stewardship.holds())[0].review_at == NOON + timedelta(days=90)
    with pytest.raises(Refused, match=f"no hold on {INCIDENT}"):
        await stewardship.lift_hold(INCIDENT, BEN)
    await stewardship.lift_hold(CASE, BEN)
    assert await stewardship.holds() == []
    await erase(store, INCIDENT)
    await erase(store)
    assert (await verified(store)).broken is None


async def test_the_schedule_keeps_incidents_of_open_and_of_held_cases(store: Store) -> None:
    case = await store.cases.get(CaseId(CASE))
    assert case is not None
    seen = incidents.decision(Action.ALERT)
    name = (await store.evidence.record(incidents.incident(2, decided=seen, to_do=()))).incident
    linked = make.happened(e.IncidentLinked(incident=name), make.INTAKE)
    case = await store.cases.append(case.id, linked, version=case.version)
    free = (await store.evidence.record(incidents.incident(3, decided=seen, to_do=()))).incident

    async def gone() -> list[str]:
        found = await store.writer.read(lambda db: due(db, Schedule(), NOON + timedelta(days=40)))
        return [item.incident for item in found]

    assert await gone() == [free]
    over = make.happened(e.CaseMoved(to=CaseState.CLOSED, reason=CaseReason.MATTER_ENDED), make.DECIDER)
    await store.cases.append(case.id, over, version=case.version)
    assert await gone() == [name, free]
    await store.stewardship.request_hold(CASE, ADA, Code.HELD_FOR_CLAIM)
    await store.stewardship.place_hold(CASE, BEN, review_in=timedelta(days=9))
    assert await gone() == [free]
