"""Holding and erasing cases: two people, no key left in any file, and their incidents kept as long as they need be."""

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.evidence.merkle import inclusion_proof as prove
from bot.evidence.merkle import leaf_hash, verify_inclusion
from bot.evidence.packs.sshsig import PackKey
from bot.evidence.words import Code, Kind
from bot.store.sqlite import attachments
from bot.store.sqlite.cosigned import prove_continued
from bot.store.sqlite.erasures import ERASED
from bot.store.sqlite.figures import SqliteTallying
from bot.store.sqlite.ledger import StoredNodes, leaf_at
from bot.store.sqlite.retention import Schedule, due
from bot.store.sqlite.signing import chain
from bot.store.sqlite.stewardship import Refused
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
    (line,) = (store.folder / ERASED).read_text("ascii").splitlines()
    assert line.split()[0] == ref
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
        await stewardship.request_lift(INCIDENT, ADA)
    with pytest.raises(Refused, match=f"Nobody has asked for the hold on {CASE} to be lifted"):
        await stewardship.lift_hold(CASE, BEN)
    await stewardship.request_lift(CASE, ADA)
    with pytest.raises(Refused, match="somebody else has to agree"):
        await stewardship.lift_hold(CASE, ADA)
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


async def linked(store: Store, number: int, *, to: str = CASE) -> str:
    """Record an incident with a file, and link it to a case."""

    async def arriving() -> AsyncIterator[bytes]:
        yield b"a marmalade leaflet"

    found = incidents.incident(number, event=incidents.posted(number, text=f"marmalade {number}"), to_do=())
    name = (await store.evidence.record(found)).incident
    await store.evidence.keep_attachment(name, 1, arriving(), NOON)
    await link(store, name, to)
    return name


async def link(store: Store, name: str, to: str) -> None:
    case = await store.cases.get(CaseId(to))
    assert case is not None
    event = make.happened(e.IncidentLinked(incident=IncidentId(name)), make.INTAKE)
    await store.cases.append(case.id, event, version=case.version)


async def hold(store: Store, name: str) -> None:
    await store.stewardship.request_hold(name, ADA, Code.HELD_FOR_CLAIM)
    await store.stewardship.place_hold(name, BEN, review_in=timedelta(days=9))


async def lift(store: Store, name: str) -> None:
    await store.stewardship.request_lift(name, ADA)
    await store.stewardship.lift_hold(name, BEN)


async def test_a_case_and_its_incidents_are_erased_as_one_act_of_two_people_and_no_byte_is_left(store: Store) -> None:
    names = [INCIDENT, await linked(store, 2), await linked(store, 3)]
    before = await store.checkpoints.sign()
    assert before is not None
    known = await store.writer.read(lambda db: chain(db, store.keys))
    old = known.checkpoint(before)
    proofs = await store.writer.read(
        lambda db: [(leaf_at(db, n + 1).to_bytes(), n, prove(StoredNodes(db), n, old.size)) for n in range(old.size)]
    )
    refs = [ref for (ref,) in await store.writer.read(lambda db: db.execute(_REFS).fetchall())]
    secrets = [secret for ref in refs for secret in wrapped(store, ref)]
    salts = await store.writer.read(
        lambda db: [
            salt
            for (seq, grp) in db.execute("SELECT DISTINCT seq, grp FROM sealed").fetchall()
            if grp in refs
            for salt, _ in store.ledger.openings(db, seq).values()
        ]
    )
    stewardship, kept_in = store.stewardship, store.folder / attachments.FOLDER
    assert len(refs) == 4
    assert len([*kept_in.iterdir()]) == 2
    asked = await stewardship.request_erasure_with_incidents(CASE, ADA, Code.ERASED_ON_REQUEST)
    assert (asked.going, asked.kept) == (tuple(names), {})
    with pytest.raises(Refused, match="somebody else has to agree"):
        await stewardship.erase_with_incidents(CASE, ADA)
    with pytest.raises(Refused, match="with its incidents: --with-incidents"):
        await stewardship.erase(CASE, BEN)
    done = await stewardship.erase_with_incidents(CASE, BEN)
    assert (done.going, done.kept) == (tuple(names), {})
    for secret in (*secrets, *salts, b"a marmalade leaflet", b"marmalade 2"):
        assert not any(secret in content for content in files(store.folder))
    assert [*kept_in.iterdir()] == []
    assert [await store.incidents.get(IncidentId(name)) for name in names] == [None, None, None]
    assert {line.split()[0] for line in (store.folder / ERASED).read_text("ascii").splitlines()} == set(refs)
    assert (await verified(store)).broken is None
    for leaf, index, path in proofs:
        assert verify_inclusion(index, old.size, leaf_hash(leaf), path, old.root)
    after = await store.checkpoints.sign()
    assert after is not None
    proof = await store.writer.read(lambda db: prove_continued(db, known, before, after))
    assert proof.old_size == old.size
    now = await store.writer.read(lambda db: [leaf_at(db, n + 1).to_bytes() for n in range(old.size)])
    assert now == [leaf for leaf, _, _ in proofs]
    live = await store.writer.read(tables)
    await store.writer.write(lambda database: rebuild(store, database))
    assert await store.writer.read(tables) == live


_REFS = "SELECT ref FROM case_ UNION SELECT ref FROM incident"


async def test_what_is_held_or_in_another_open_case_or_was_not_asked_for_stays_and_is_named(store: Store) -> None:
    held, shared, over = [await linked(store, number) for number in (2, 3, 4)]
    cases = [await store.cases.open(make.opening()) for _ in range(3)]
    for case, name in zip(cases, (shared, over, INCIDENT), strict=True):
        await link(store, name, case.id)
    closed = await store.cases.get(cases[1].id)
    assert closed is not None
    ended = make.happened(e.CaseMoved(to=CaseState.CLOSED, reason=CaseReason.MATTER_ENDED), make.DECIDER)
    await store.cases.append(closed.id, *make.to_decided(), ended, version=closed.version)
    await hold(store, held)
    await hold(store, cases[2].id)
    expected = {
        INCIDENT: f"it is under a legal hold with {cases[2].id}",
        held: "it is under a legal hold",
        shared: "another case with it is still open",
    }
    asked = await store.stewardship.request_erasure_with_incidents(CASE, ADA, Code.ERASED_BY_ORDER)
    assert (asked.going, asked.kept) == ((over,), expected)
    late = await linked(store, 5)
    await lift(store, held)
    done = await store.stewardship.erase_with_incidents(CASE, BEN)
    nobody = "nobody asked for it when the case was asked for"
    assert (done.going, done.kept) == ((over,), {**expected, held: nobody, late: nobody})
    still = [name for name in (INCIDENT, held, shared, over, late) if await store.incidents.get(IncidentId(name))]
    assert still == [INCIDENT, held, shared, late]
    assert (await verified(store)).broken is None


async def test_a_hold_that_was_placed_after_the_wish_keeps_the_incident_or_the_whole_case(store: Store) -> None:
    name = await linked(store, 2)
    asked = await store.stewardship.request_erasure_with_incidents(CASE, ADA, Code.ERASED_ON_REQUEST)
    assert asked.going == (INCIDENT, name)
    await hold(store, CASE)
    with pytest.raises(Refused, match=f"{CASE} is under a legal hold"):
        await store.stewardship.erase_with_incidents(CASE, BEN)
    await lift(store, CASE)
    await hold(store, name)
    done = await store.stewardship.erase_with_incidents(CASE, BEN)
    assert (done.going, done.kept) == ((INCIDENT,), {name: "it is under a legal hold"})


async def test_incidents_that_were_not_asked_for_are_not_erased_with_their_case(store: Store) -> None:
    await store.stewardship.request_erasure(CASE, ADA, Code.ERASED_ON_REQUEST)
    with pytest.raises(Refused, match="was not asked for"):
        await store.stewardship.erase_with_incidents(CASE, BEN)
    await store.stewardship.erase(CASE, BEN)
    assert await store.incidents.get(IncidentId(INCIDENT)) is not None
