"""Cases on disk: sealed under their own keys, nameless in the log, verified, and made anew from it to the byte."""

import asyncio
import hashlib
import random
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.evidence.leaves import PolicyRef
from bot.evidence.words import CODES, Code, Kind
from bot.store.case_codec import put_together, take_apart
from bot.store.sqlite import migrate
from bot.store.sqlite.case_entries import new_code, plain_code
from bot.store.sqlite.case_kinds import KIND_OF
from bot.store.sqlite.connection import ENGINE, Database, Error
from bot.store.sqlite.evidence import append
from bot.store.sqlite.ledger import Entry, leaves, size
from bot.store.sqlite.projections import TABLES, project_again, sql
from bot.store.sqlite.store import FILE, Store, open_record, open_store
from bot.store.sqlite.verify import Verified, verify
from handlers.casework.intake import IntakeDeps, take_in
from policies.casework import events as e
from policies.casework import words
from policies.casework.case import Case
from policies.casework.reports import OutsideFile
from policies.casework.words import TRANSITIONS, AppealVerdict, CaseReason, CaseState, Channel, Office, Part, Sanction
from policies.decisions import PolicyVersion
from policies.identifiers import IncidentId, PlatformName
from tests.bot.store.test_verify import mutate, unguarded
from tests.bot.store.test_verify import verified as verified_from_outside
from tests.fakes import cases as make
from tests.fakes import incidents
from tests.fakes.clock import NOON, FrozenClock

Ask = Callable[[str], list[tuple[object, ...]]]

CONTENT = b"Vote marmalade on Thursday"
LEAFLET = OutsideFile(name="marmalade-leaflet.pdf", sha256=hashlib.sha256(CONTENT).hexdigest(), size=len(CONTENT))
NAMES = (b"marmalade", b"ann", b"bert", b"U-ann", b"ida", b"ivo", b"dora", b"abel", b"leaflet", b"P-")
POLICY = PolicyVersion(name="House rules", version=3, sha256="ab" * 32)


async def walked(store: Store) -> Case:
    """Take a case of a leaflet by a member with two accounts from its report to the decision on an appeal."""
    ann, bert = make.account("ann"), make.account("bert")
    reporter, subject = await store.cases.person(bert), await store.cases.person(ann)
    await store.cases.person(make.account("U-ann", PlatformName.SLACK))
    new = make.new_report(
        "discord-bert-1",
        channel=Channel.OUTSIDE,
        words="a marmalade leaflet",
        files=(LEAFLET,),
        reporter=reporter,
        reporter_account=bert,
        anonymous=True,
        about=subject,
        text="Vote marmalade",
    )
    report, _ = await store.cases.new_report(new)
    incident = (await store.evidence.record(incidents.incident())).incident
    case = await store.cases.open(
        make.opening(),
        make.happened(e.ReportJoined(report=report)),
        make.happened(e.PersonNamed(person=subject, part=Part.SUBJECT)),
        make.happened(e.PersonNamed(person=reporter, part=Part.REPORTER)),
        make.happened(e.IncidentLinked(incident=incident)),
        files={LEAFLET.sha256: CONTENT},
    )
    sanction = e.SanctionChosen(kind=Sanction.WARNING, on=subject)
    *moves, decided = make.to_decided()
    decided = make.happened(
        replace(decided.what, policy=POLICY, rules=("slurs", "Not A Rule marmalade"), sanctions=(sanction,)),  # type: ignore[call-arg, type-var] # a decision
        make.DECIDER,
    )
    appeal = e.AppealMade(by=subject, part=Part.SUBJECT, grounds="ann never wrote marmalade")
    upheld = e.AppealDecided(verdict=AppealVerdict.STANDS, reasons="ann did write marmalade")
    return await store.cases.append(
        case.id,
        make.happened(e.StatementTaken(part=Part.SUBJECT, person=subject, words="marmalade is a fruit"), make.INTAKE),
        *moves,
        decided,
        make.happened(appeal),
        make.happened(upheld, replace(make.DECIDER, office=Office.APPEAL, officer="abel")),
        version=case.version,
    )


async def verified(store: Store) -> Verified:
    return await store.writer.read(lambda db: verify(db, store.ledger, store.keys, store.folder))


def tables(database: Database) -> dict[str, list[tuple[object, ...]]]:
    return {table: sorted(database.execute(f"SELECT * FROM {table}"), key=repr) for table in TABLES}


def rebuild(store: Store, database: Database) -> None:
    database.set_authorizer(None)
    for table in TABLES:
        database.execute(f"DROP TABLE {table}")
    for statement in migrate.statements(sql()):
        database.execute(statement)
    project_again(database, store.ledger)


def test_every_event_has_a_kind_of_its_own_and_every_word_of_casework_is_a_code() -> None:
    assert set(KIND_OF) == set(e.CaseEvent.__args__)
    assert len(set(KIND_OF.values())) == len(KIND_OF)
    for listed in vars(words).values():
        if isinstance(listed, type) and issubclass(listed, words.StrEnum) and listed is not words.StrEnum:
            assert {word.value for word in listed} <= CODES, listed


async def test_every_event_is_sealed_apart_and_comes_back(store: Store) -> None:
    case = await walked(store)
    assert case.state is CaseState.APPEAL_DECIDED
    for happened in case.history:
        assert put_together(take_apart(happened)) == happened
        assert set(take_apart(happened)) >= {"body"}
    reported = take_apart(case.history[1])
    assert b"bert" not in reported["body"]
    assert b"bert" in reported["reporter"]
    assert reported["report_reason"] == b"a marmalade leaflet"
    decided = take_apart(case.of(e.CaseDecided)[0])
    assert decided["reasons"] == b"the words are on record"


async def test_the_log_and_the_tables_name_nobody_and_repeat_no_word(store: Store, tmp_path: Path) -> None:
    case = await walked(store)
    await store.cases.note_view(case.id, make.INTAKE)
    await store.cases.link(make.account("ann"), make.account("U-ann", PlatformName.SLACK), "ida")
    written = await store.writer.read(lambda db: [leaf.to_bytes() for leaf in leaves(db)])
    of_cases = [leaf for leaf in written if b'"case":"c_' in leaf or b'"account' in leaf]
    assert len(of_cases) == 17
    for leaf in of_cases:
        assert not [name for name in NAMES if name in leaf], leaf
    await store.writer.read(lambda db: db.execute("PRAGMA wal_checkpoint").fetchall())
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"marmalade" not in files
    assert b"bert" not in files


async def test_the_leaf_of_a_decision_tells_what_anybody_may_know(store: Store) -> None:
    await walked(store)
    found = await store.writer.read(lambda db: [leaf for leaf in leaves(db) if leaf.kind is Kind.DECISION_MADE])
    (leaf,) = found
    assert (leaf.role.value, leaf.rules, leaf.codes) == ("decider", ("slurs",), ("case-upheld", "sanction-warning"))
    assert leaf.policy == PolicyRef(id="house-rules", version=3, sha256="ab" * 32)
    assert leaf.actor is not None
    assert leaf.case is not None
    assert leaf.plat_at == NOON


async def test_no_leaf_tells_that_an_officer_was_who_reported(store: Store) -> None:
    case = await store.cases.open(make.opening())
    noted = e.ConflictNoted(officer="ida", kind=words.ConflictKind.IS_REPORTER)
    await store.cases.append(case.id, make.happened(noted, make.INTAKE), version=case.version)
    (leaf,) = await store.writer.read(lambda db: [leaf for leaf in leaves(db) if leaf.kind is Kind.CONFLICT_NOTED])
    assert leaf.codes == ()


async def test_the_tables_of_cases_made_anew_from_the_log_are_the_live_ones(store: Store) -> None:
    case = await walked(store)
    await store.cases.note_view(case.id, make.INTAKE)
    await store.cases.link(make.account("ann"), make.account("U-ann", PlatformName.SLACK), "ida")
    await store.cases.part(make.account("ann"), "ida", "They met.")
    live = await store.writer.read(tables)
    assert {table: len(rows) for table, rows in live.items() if table.startswith(("case_", "report", "account"))} == {
        "account_part": 1,
        "account_link": 1,
        "account": 3,
        "case_view": 1,
        "case_found": 6,
        "report": 1,
        "case_event": 12,
        "case_": 1,
    }
    await store.writer.write(lambda database: rebuild(store, database))
    assert await store.writer.read(tables) == live
    assert await store.cases.get(case.id) is not None


async def test_a_record_with_cases_verifies(store: Store) -> None:
    case = await walked(store)
    await store.cases.note_view(case.id, make.INTAKE)
    await store.cases.link(make.account("ann"), make.account("U-ann", PlatformName.SLACK), "ida")
    found = await verified(store)
    assert found.broken is None
    assert found.size == 18


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE case_ SET state = 'closed'",
        "UPDATE case_ SET severity = 'low'",
        "UPDATE case_ SET reasons = iif(reasons LIKE 'a%', 'b', 'a') || substr(reasons, 2)",
        "UPDATE case_event SET actor = NULL WHERE number = 6",
        "DELETE FROM case_event WHERE number = 6",
        "UPDATE report SET id = 'R-2026-000009'",
        "DELETE FROM case_found WHERE kind = 'person'",
        "UPDATE case_found SET value = 'P-0' WHERE kind = 'person'",
        "UPDATE account SET person = 'P-0' WHERE seq = 1",
        "DELETE FROM account WHERE seq = 2",
        "INSERT INTO account_link VALUES (1, 'P-1', 'P-2')",
        "INSERT INTO account_part VALUES (1, 'P-1')",
        "UPDATE sealed SET blob = zeroblob(90) WHERE field = 'attachment.1'",
        "UPDATE sealed SET blob = zeroblob(90) WHERE field = 'reasons'",
    ],
)
async def test_whatever_is_changed_about_a_case_in_the_file_is_found(sql: str, tmp_path: Path) -> None:
    async with open_store(tmp_path, FrozenClock()) as store:
        await walked(store)
    with closing(ENGINE.connect(str(tmp_path / FILE), isolation_level=None)) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        assert database.execute(sql).rowcount > 0
    async with open_record(tmp_path, FrozenClock()) as record:
        found = await record.reader.read(lambda db: verify(db, record.ledger, record.keys, tmp_path))
    assert found.broken is not None


async def test_sixty_random_edits_of_a_file_with_cases_are_all_found(tmp_path: Path) -> None:
    folder, pristine = tmp_path / "data", tmp_path / "pristine"
    async with open_store(folder, FrozenClock()) as store:
        case = await walked(store)
        await store.cases.note_view(case.id, make.INTAKE)
        await store.cases.link(make.account("ann"), make.account("U-ann", PlatformName.SLACK), "ida")
    shutil.copytree(folder, pristine)
    chance, missed = random.Random(7), []
    for number in range(60):
        shutil.copy(pristine / FILE, folder / FILE)
        with closing(unguarded(folder)) as database:
            done = mutate(database, chance)
        if (await verified_from_outside(folder)).broken is None:
            missed.append((number, done))
    assert missed == []


@pytest.mark.parametrize("state", ["decided", "appealed", "appeal-decided", "closed"])
def test_the_file_itself_takes_no_case_to_its_end_without_a_decision_and_its_reasons(state: str) -> None:
    database = ENGINE.connect(":memory:", isolation_level=None)
    database.executescript("CREATE TABLE log (seq INTEGER PRIMARY KEY); INSERT INTO log VALUES (1);" + sql())
    row = "1, 1, 'C-1', 'c_1', '2026', 'conduct', 'low'"
    with pytest.raises(Error):
        database.execute(f"INSERT INTO case_ VALUES ({row}, '{state}', 1, 1, 'case-upheld', '{'a' * 64}', NULL)")
    database.execute(f"INSERT INTO case_ VALUES ({row}, 'received', 1, NULL, NULL, NULL, NULL)")
    for name in ("case_goes_on", "case_begins"):
        database.execute(f"DROP TRIGGER {name}")  # the table's own check holds without the triggers
    for decided in (
        "NULL, 'case-upheld', '" + "a" * 64 + "'",
        "1, NULL, '" + "a" * 64 + "'",
        "1, 'case-upheld', NULL",
        "1, 'case-upheld', ''",
    ):
        decision, verdict, reasons = decided.split(", ")
        with pytest.raises(Error, match="CHECK"):
            database.execute(
                f"UPDATE case_ SET state = '{state}', decision = {decision}, verdict = {verdict}, reasons = {reasons}"
            )
    database.execute(
        f"UPDATE case_ SET state = '{state}', decision = 1, verdict = 'case-upheld', reasons = '{'a' * 64}'"
    )


@pytest.mark.parametrize("before", list(CaseState))
@pytest.mark.parametrize("after", list(CaseState))
def test_the_file_itself_knows_the_only_ways_from_state_to_state(before: CaseState, after: CaseState) -> None:
    database = ENGINE.connect(":memory:", isolation_level=None)
    database.executescript("CREATE TABLE log (seq INTEGER PRIMARY KEY); INSERT INTO log VALUES (1);" + sql())
    database.execute("DROP TRIGGER case_begins")
    row = f"1, 1, 'C-1', 'c_1', '2026', 'conduct', 'low', '{before.value}', 1, 1, 'case-upheld', '{'a' * 64}', NULL"
    database.execute(f"INSERT INTO case_ VALUES ({row})")
    allowed = after in TRANSITIONS[before] or after is before
    try:
        database.execute("UPDATE case_ SET state = ?", (after.value,))
    except Error:
        assert not allowed
    else:
        assert allowed


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM case_event",
        "UPDATE case_event SET codes = ''",
        "INSERT OR REPLACE INTO case_event SELECT * FROM case_event",
        "DELETE FROM case_",
        "UPDATE case_ SET id = 'C-2026-000002'",
        "UPDATE case_ SET verdict = 'case-not-upheld'",
        "INSERT OR REPLACE INTO report SELECT * FROM report",
        "UPDATE report SET channel = 'person'",
        "DELETE FROM case_found",
        "INSERT OR REPLACE INTO account SELECT * FROM account",
        "DELETE FROM account",
    ],
)
async def test_the_bots_own_connection_changes_nothing_of_a_case(sql: str, store: Store) -> None:
    await walked(store)
    before = await store.writer.read(tables)
    with pytest.raises(Error):
        await store.writer.write(lambda database: database.execute(sql))
    assert await store.writer.read(tables) == before


async def test_an_erased_case_is_read_by_nobody_and_the_record_still_verifies(store: Store) -> None:
    case = await walked(store)
    other = await store.cases.open(make.opening())
    ref = await store.writer.read(lambda db: db.execute("SELECT ref FROM case_ WHERE number = 1").fetchone()[0])
    code = Code.ERASED_ON_REQUEST.value
    erased = Entry(kind=Kind.EVIDENCE_ERASED, case=ref, codes=(code,))
    await store.writer.write(lambda db: append(db, store.ledger, erased))
    await store.writer.write(lambda db: store.ledger.vault.erase([ref]))
    assert await store.cases.get(case.id) is None
    assert await store.cases.of_report_key("discord-bert-1") is None
    assert [kept.id async for kept in store.cases.all()] == [other.id]
    found = await verified(store)
    assert found.broken is None
    assert found.erased == 12
    live = await store.writer.read(tables)
    await store.writer.write(lambda database: rebuild(store, database))
    assert await store.writer.read(tables) == live


OF_CASES = ("account_part", "account_link", "account", "case_view", "case_found", "report", "case_event", "case_")


@pytest.mark.parametrize(("form", "lacking"), [(5, OF_CASES), (6, OF_CASES[:1])])
async def test_a_record_of_an_earlier_form_gets_the_tables_of_cases(
    form: int, lacking: tuple[str, ...], tmp_path: Path, ask: Ask
) -> None:
    async with open_store(tmp_path, FrozenClock()) as store:
        await store.evidence.record(incidents.incident())
    with closing(ENGINE.connect(str(tmp_path / FILE), isolation_level=None)) as database:
        for table in lacking:
            database.execute(f"DROP TABLE {table}")
        database.execute(f"PRAGMA user_version = {form}")
    async with open_store(tmp_path, FrozenClock()) as store:
        case = await store.cases.open(make.opening())
        assert case.id == "C-2026-000001"
        assert (await verified(store)).broken is None
    assert ask("PRAGMA user_version") == [(migrate.FORM,)]


async def test_a_case_that_began_earlier_says_so_in_its_name_and_its_times(store: Store, ask: Ask) -> None:
    earlier = NOON - timedelta(days=800)
    case = await store.cases.open(replace(make.opening(), at=earlier))
    assert case.id == "C-2024-000001"
    assert case.opened_at == earlier
    assert ask("SELECT substr(opened_at, 1, 10) FROM case_") == [("2024-02-23",)]


async def test_whoever_only_reads_sees_cases_and_records_nobody(store: Store, tmp_path: Path) -> None:
    case = await walked(store)
    known, before = await store.cases.person(make.account("ann")), await store.writer.read(size)
    async with open_record(tmp_path, FrozenClock()) as record:
        assert await record.cases.get(case.id) == case
        assert await record.cases.person(make.account("ann")) == known
        new = await record.cases.person(make.account("new"))
    assert await store.writer.read(size) == before
    assert await store.cases.person(make.account("new")) == new


async def test_a_receipt_code_has_no_letter_that_is_mistaken_for_another() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    letters = {letter for code in codes for letter in plain_code(code)}
    assert letters == set("ABCDEFGHJKMNPQRSTUVWXYZ")
    assert {len(plain_code(code)) for code in codes} == {16}
    assert new_code(lambda count: bytes([230, *range(count - 1)])) == "ABCD-EFGH-JKMN-PQRA", "230 is no letter"


async def test_a_code_is_kept_as_something_that_only_this_folders_keys_can_make(store: Store, tmp_path: Path) -> None:
    report, code = await store.cases.new_report(make.new_report())
    await store.cases.open(make.opening(), make.happened(e.ReportJoined(report=report)))
    plain = plain_code(code).encode()
    guesses = {hashlib.sha256(written).hexdigest() for written in (plain, code.encode(), plain.lower())}
    kept = {value for (value,) in await _values(store)}
    assert report.code_hash in kept
    assert not guesses & kept
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert plain not in path.read_bytes()
            assert code.encode() not in path.read_bytes()


async def _values(store: Store) -> list[tuple[str]]:
    return await store.writer.read(lambda db: db.execute("SELECT value FROM case_found").fetchall())


async def test_callers_that_are_cancelled_leave_cases_whole(store: Store) -> None:
    case = await store.cases.open(make.opening())
    for number in range(200):
        note = make.happened(e.NoteAdded(words=f"note {number}"), make.INTAKE)
        task = asyncio.create_task(store.cases.append(case.id, note, note, version=case.version))
        for _ in range(number % 7):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        now = await store.cases.get(case.id)
        assert now is not None
        assert now.version in (case.version, case.version + 2)
        case = now
    assert case.version > 1
    assert (await verified(store)).broken is None


async def test_two_hundred_reports_of_one_message_at_once_are_one_case_on_disk_too(store: Store) -> None:
    deps = IntakeDeps(cases=store.cases, clock=FrozenClock())
    receipts = await asyncio.gather(*(take_in(make.new_report(f"k-{number}"), deps) for number in range(200)))
    (case,) = [case async for case in store.cases.all()]
    assert {receipt.case for receipt in receipts} == {case.id}
    assert sorted(receipt.report for receipt in receipts) == [f"R-2026-{number:06d}" for number in range(1, 201)]
    assert len({receipt.code for receipt in receipts}) == 200


async def test_two_desks_that_take_in_the_same_report_at_once_keep_it_once(store: Store) -> None:
    desks = [IntakeDeps(cases=store.cases, clock=FrozenClock()) for _ in range(5)]
    receipts = await asyncio.gather(*(take_in(make.new_report("k-1"), desk) for desk in desks))
    assert len([case async for case in store.cases.all()]) == 1
    assert sorted(receipt.fresh for receipt in receipts) == [False] * 4 + [True]


def test_every_field_of_a_report_comes_back() -> None:
    assert {field.name for field in fields(make.new_report())} >= {"anonymous", "provenance", "files", "reaction"}


async def test_an_incident_that_is_not_there_is_linked_by_its_name_alone(store: Store) -> None:
    linked = make.happened(e.IncidentLinked(incident=IncidentId("I-2026-000099")))
    case = await store.cases.open(make.opening(), linked)
    assert [found.id for found in await store.cases.of_incident(IncidentId("I-2026-000099"))] == [case.id]
    assert (await verified(store)).broken is None


async def test_a_case_closed_without_its_decision_is_refused_by_the_law_too(store: Store) -> None:
    case = await store.cases.open(make.opening())
    closing = make.happened(e.CaseMoved(to=CaseState.CLOSED, reason=CaseReason.MATTER_ENDED), make.DECIDER)
    with pytest.raises(Exception, match="cannot become closed"):
        await store.cases.append(case.id, closing, version=case.version)
