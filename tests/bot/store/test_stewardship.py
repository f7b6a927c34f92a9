"""Looking, holding and erasing: each is on record before it has an effect, and heavy ones need two people."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot.evidence.keychain import KeyChain
from bot.evidence.merkle import inclusion_proof as prove
from bot.evidence.merkle import leaf_hash, verify_inclusion
from bot.evidence.words import Code, Kind, Role
from bot.store.sqlite.connection import Database
from bot.store.sqlite.erasures import ERASED
from bot.store.sqlite.ledger import StoredNodes, leaves
from bot.store.sqlite.retention import Held, Schedule, due
from bot.store.sqlite.stewardship import Refused, Steward
from bot.store.sqlite.store import FILE, KEYS, Store, open_beside, open_store
from bot.store.sqlite.verify import verify
from handlers.errors import EvidenceUnavailable, UnknownIncident
from handlers.ports import IncidentFilter
from policies.acts import Verb
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.identifiers import IncidentId
from tests.fakes import incidents as make
from tests.fakes.clock import NOON, FrozenClock

ADA, BEN = Steward("ada"), Steward("ben")
ONE, TWO = IncidentId("I-2026-000001"), IncidentId("I-2026-000002")


async def kinds(store: Store) -> list[Kind]:
    return await store.writer.read(lambda db: [leaf.kind for leaf in leaves(db)])


async def erase(store: Store, incident: IncidentId = ONE) -> int:
    await store.stewardship.request_erasure(incident, ADA, Code.ERASED_ON_REQUEST)
    return await store.stewardship.erase(incident, BEN)


async def sound(store: Store) -> None:
    found = await store.writer.read(lambda db: verify(db, store.ledger, store.keys, store.folder))
    assert found.broken is None


async def test_a_view_says_who_which_and_for_what_and_names_nobody_openly(store: Store) -> None:
    await store.evidence.record(make.incident())
    await store.stewardship.view([ONE], ADA, Code.PURPOSE_TRIAGE)
    leaf = (await store.writer.read(lambda db: list(leaves(db))))[-1]
    assert (leaf.kind, leaf.codes) == (Kind.EVIDENCE_VIEWED, ("for-triage",))
    assert b"name" not in leaf.to_bytes()
    assert b'"ada"' not in leaf.to_bytes()
    assert (await store.writer.read(lambda db: store.ledger.sealed(db, leaf.seq)))["author"] == b'{"name":"ada"}'
    await sound(store)


async def test_a_view_can_be_recorded_beside_the_running_bot_which_then_goes_on(store: Store) -> None:
    await store.evidence.record(make.incident(1))
    async with open_beside(store.folder, FrozenClock()) as beside:
        await beside.stewardship.view([ONE], ADA, Code.PURPOSE_AUDIT)
        await store.evidence.record(make.incident(2))
        await beside.stewardship.view([TWO], ADA, Code.PURPOSE_AUDIT)
    await store.evidence.record(make.incident(3))
    await store.checkpoints.sign()
    await sound(store)
    assert len(await kinds(store)) == 5


async def test_a_view_that_cannot_be_recorded_raises(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await store.evidence.record(make.incident())
    with monkeypatch.context() as patched:
        patched.setattr(store.writer, "write", _full)
        with pytest.raises(EvidenceUnavailable, match="disk full"):
            await store.stewardship.view([ONE], ADA, Code.PURPOSE_TRIAGE)


async def _full(_: object) -> None:
    raise OSError("disk full")


def files(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def wrapped(store: Store, incident: IncidentId) -> tuple[bytes, bytes]:
    """Give an incident's key, as it is in the file and as it is used."""
    group = store.writer._partner.database.execute  # type: ignore[attr-defined] # the vault
    rows = group("SELECT grp, wrapped FROM dek").fetchall()
    for grp, found in rows:
        if grp == incident:
            return found, store.ledger.vault.key(grp).secret
    raise LookupError(incident)


async def test_erasing_leaves_no_byte_of_the_key_or_a_salt_and_every_proof_still_holds(
    store: Store, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        await store.evidence.record(make.incident(number, event=make.posted(number, text=f"marmalade {number}")))
    ref = await store.writer.read(lambda db: db.execute("SELECT ref FROM incident WHERE number = 1").fetchone()[0])
    note = await store.checkpoints.sign()
    assert note is not None
    leaf, path = await store.writer.read(_proof)
    salts = [s for s, _ in (await store.writer.read(lambda db: store.ledger.openings(db, 1))).values()]
    in_file, key = wrapped(store, ref)
    assert any(in_file in content for content in files(tmp_path))
    seq = await erase(store)
    for secret in (in_file, key, *salts):
        assert not any(secret in content for content in files(tmp_path))
    checkpoint = KeyChain.trusting(store.keys.first).checkpoint(note)
    assert verify_inclusion(0, checkpoint.size, leaf_hash(leaf), path, checkpoint.root)
    assert await store.incidents.get(ONE) is None
    assert [kept.id async for kept in store.incidents.find(IncidentFilter())] == ["I-2026-000003", "I-2026-000002"]
    with pytest.raises(UnknownIncident, match=f"was erased; record {seq}"):
        await store.evidence.append_outcome(ONE, Outcome(action=Action.HIDE, status=OutcomeStatus.DONE), NOON)
    assert not (await store.evidence.record(make.incident(1))).fresh
    (line,) = (tmp_path / ERASED).read_text("ascii").splitlines()
    assert line.split()[0] == ref
    await store.checkpoints.sign()
    await sound(store)


def _proof(database: Database) -> tuple[bytes, tuple[bytes, ...]]:
    (leaf,) = database.execute("SELECT leaf FROM log WHERE seq = 1").fetchone()
    return leaf, prove(StoredNodes(database), 0, 3)


async def test_erasing_takes_two_people(store: Store) -> None:
    await store.evidence.record(make.incident())
    with pytest.raises(Refused, match="Nobody has asked"):
        await store.stewardship.erase(ONE, BEN)
    await store.stewardship.request_erasure(ONE, ADA, Code.ERASED_ON_REQUEST)
    with pytest.raises(Refused, match="somebody else has to agree"):
        await store.stewardship.erase(ONE, ADA)
    assert await store.incidents.get(ONE) is not None
    await store.stewardship.erase(ONE, BEN)
    assert await store.incidents.get(ONE) is None


async def test_a_hold_takes_two_people_and_blocks_erasure_until_it_is_lifted(store: Store) -> None:
    await store.evidence.record(make.incident())
    await store.stewardship.request_hold(ONE, ADA, Code.HELD_FOR_CLAIM)
    with pytest.raises(Refused, match="somebody else"):
        await store.stewardship.place_hold(ONE, ADA, review_in=timedelta(days=90))
    with pytest.raises(Refused, match="within 180 days"):
        await store.stewardship.place_hold(ONE, BEN, review_in=timedelta(days=181))
    await store.stewardship.place_hold(ONE, BEN, review_in=timedelta(days=90))
    (hold,) = await store.stewardship.holds()
    assert (hold.incident, hold.review_at) == (ONE, NOON + timedelta(days=90))
    with pytest.raises(Refused, match="under a legal hold"):
        await erase(store)
    await store.stewardship.review_hold(ONE, ADA, review_in=timedelta(days=180))
    assert (await store.stewardship.holds())[0].review_at == NOON + timedelta(days=180)
    await lift(store)
    assert await store.stewardship.holds() == []
    with pytest.raises(Refused, match="no hold"):
        await store.stewardship.request_lift(ONE, ADA)
    with pytest.raises(Refused, match="no hold"):
        await store.stewardship.lift_hold(ONE, BEN)
    await erase(store)
    await sound(store)


async def held(store: Store) -> None:
    await store.evidence.record(make.incident())
    await store.stewardship.request_hold(ONE, ADA, Code.HELD_FOR_CLAIM)
    await store.stewardship.place_hold(ONE, BEN, review_in=timedelta(days=90))


async def lift(store: Store) -> None:
    await store.stewardship.request_lift(ONE, ADA)
    await store.stewardship.lift_hold(ONE, BEN)


async def test_lifting_a_hold_takes_a_second_person_and_both_are_on_record(store: Store) -> None:
    await held(store)
    with pytest.raises(Refused, match="Nobody has asked for the hold on I-2026-000001 to be lifted"):
        await store.stewardship.lift_hold(ONE, BEN)
    await store.stewardship.request_lift(ONE, ADA)
    with pytest.raises(Refused, match="ada has asked for this, so somebody else has to agree before a hold is lifted"):
        await store.stewardship.lift_hold(ONE, ADA)
    assert len(await store.stewardship.holds()) == 1
    await store.stewardship.lift_hold(ONE, BEN)
    asked, lifted = (await store.writer.read(lambda db: list(leaves(db))))[-2:]
    assert (asked.kind, lifted.kind) == (Kind.LIFTING_REQUESTED, Kind.HOLD_LIFTED)
    assert lifted.numbers["of_seq"] == asked.seq
    assert asked.actor != lifted.actor


async def test_where_roles_are_given_out_whoever_lifts_a_hold_has_another_one_than_who_asked(store: Store) -> None:
    await held(store)
    ada, ben = (Steward(name, Role.STEWARD, listed=True) for name in ("ada", "ben"))
    await store.stewardship.request_lift(ONE, ada)
    with pytest.raises(Refused, match="is steward as ben is"):
        await store.stewardship.lift_hold(ONE, ben)
    await store.stewardship.lift_hold(ONE, Steward("ben", Role.AUDITOR, listed=True))
    assert await store.stewardship.holds() == []


async def test_a_request_to_lift_a_hold_expires_after_a_week(tmp_path: Path) -> None:
    clock = FrozenClock()
    async with open_store(tmp_path, clock) as store:
        await held(store)
        until = await store.stewardship.request_lift(ONE, ADA)
        assert until == NOON + timedelta(days=7)
        assert (await store.stewardship.holds())[0].lift_asked_until == until
        clock.advance(timedelta(days=7))
        with pytest.raises(Refused, match=f"expired on {until:%Y-%m-%d} 12:00 UTC. Ask again"):
            await store.stewardship.lift_hold(ONE, BEN)
        await lift(store)
        assert await store.stewardship.holds() == []


async def test_a_request_to_lift_ends_with_the_hold_it_is_about_or_when_that_is_kept(store: Store) -> None:
    await held(store)
    await store.stewardship.request_lift(ONE, ADA)
    await store.stewardship.review_hold(ONE, BEN, review_in=timedelta(days=90))
    with pytest.raises(Refused, match="since it was placed or looked at last"):
        await store.stewardship.lift_hold(ONE, BEN)
    await lift(store)
    await store.stewardship.request_hold(ONE, ADA, Code.HELD_FOR_POLICE)
    await store.stewardship.place_hold(ONE, BEN, review_in=timedelta(days=90))
    with pytest.raises(Refused, match="Nobody has asked"):
        await store.stewardship.lift_hold(ONE, BEN)


async def test_an_older_copy_of_the_keys_brings_nothing_back(tmp_path: Path) -> None:
    async with open_store(tmp_path, FrozenClock()) as store:
        await store.evidence.record(make.incident(1))
        await store.evidence.record(make.incident(2))
    shutil.copy(tmp_path / KEYS, tmp_path / "old-keys")
    shutil.copy(tmp_path / FILE, tmp_path / "old-record")
    head = (tmp_path / "head.note").read_bytes()
    async with open_store(tmp_path, FrozenClock()) as store:
        ref = await store.writer.read(lambda db: db.execute("SELECT ref FROM incident WHERE number = 1").fetchone()[0])
        await erase(store)
    shutil.copy(tmp_path / "old-keys", tmp_path / KEYS)
    async with open_store(tmp_path, FrozenClock()) as store:
        assert not store.ledger.vault.has(ref)
        assert await store.incidents.get(ONE) is None
    # Even with the log from before the erasure, the list beside it is heeded.
    shutil.copy(tmp_path / "old-keys", tmp_path / KEYS)
    shutil.copy(tmp_path / "old-record", tmp_path / FILE)
    (tmp_path / "head.note").write_bytes(head)
    async with open_store(tmp_path, FrozenClock()) as store:
        assert not store.ledger.vault.has(ref)
        assert await store.incidents.get(ONE) is None
        assert await store.incidents.get(TWO) is not None
        await sound(store)


async def test_the_schedule_lets_go_by_class_and_twice_is_as_once(store: Store) -> None:
    seen_only = make.decision(Action.ALERT)
    await store.evidence.record(make.incident(1, decided=seen_only, to_do=()))
    await store.evidence.record(make.incident(2, to_do=()))
    for number, verb in ((3, Verb.NOT_ABUSE), (4, Verb.UPHOLD), (5, Verb.NOT_ABUSE)):
        name = (await store.evidence.record(make.incident(number, to_do=()))).incident
        await store.evidence.settle(make.act(f"v{number}", verb, on=name), version=0)
    await store.stewardship.request_hold(IncidentId("I-2026-000005"), ADA, Code.HELD_FOR_POLICE)
    await store.stewardship.place_hold(IncidentId("I-2026-000005"), BEN, review_in=timedelta(days=9))

    async def gone(days: int) -> list[tuple[str, Held]]:
        found = await store.writer.read(lambda db: due(db, Schedule(), NOON + timedelta(days=days)))
        return [(item.incident, item.held) for item in found]

    assert await gone(30) == []
    assert await gone(31) == [("I-2026-000001", Held.UNACTIONED)]
    year = await gone(366)
    assert year == [("I-2026-000001", Held.UNACTIONED), ("I-2026-000003", Held.DISMISSED)]
    await store.stewardship.erase_by_schedule([IncidentId(name) for name, _ in year], Schedule().ref)
    assert await gone(366) == []
    assert await gone(2191) == [("I-2026-000004", Held.UPHELD)]
    assert (await kinds(store))[-3:] == [Kind.EVIDENCE_ERASED, Kind.EVIDENCE_ERASED, Kind.RETENTION_APPLIED]
    await sound(store)
