"""Cases kept in memory: never anything but what the log says, whoever wrote it, and nothing of one that was erased."""

from pathlib import Path

import pytest

from bot.evidence.words import Code
from bot.store.sqlite import case_reading
from bot.store.sqlite.connection import Database
from bot.store.sqlite.known_cases import KnownCases
from bot.store.sqlite.store import Store, open_beside, open_store
from policies.casework import events as e
from policies.casework.case import Case
from policies.casework.people import CaseId
from tests.bot.store.test_cases import walked
from tests.fakes import cases as make
from tests.fakes.clock import FrozenClock
from tests.fakes.packs import ADA, BEN


class Unmade(Exception):  # noqa: N818 - it is raised to take work back
    """The work is to be taken back."""


async def opened(store: Store) -> Case:
    """Keep a case with a note."""
    return await store.cases.open(make.opening(), make.happened(e.NoteAdded(words="first")))


async def read_anew(store: Store, case: Case) -> Case:
    """Read a case without anything that is kept in memory."""
    number = await store.writer.read(lambda db: case_reading.number_of(db, case.id))
    assert number is not None
    return await store.writer.read(lambda db: case_reading.case(db, store.ledger, number))


async def all_of(store: Store) -> list[Case]:
    """Give every case, as a look at all of them does."""
    return [case async for case in store.cases.all()]


async def test_an_unchanged_case_is_read_once_and_is_the_same_one(store: Store) -> None:
    case = await opened(store)
    (first,), (second,) = await all_of(store), await all_of(store)
    assert first is second
    assert first == await read_anew(store, case)


async def test_a_case_that_went_on_is_read_anew(store: Store) -> None:
    case = await opened(store)
    await all_of(store)
    await store.cases.append(case.id, make.happened(e.NoteAdded(words="second")), version=case.version)
    (now,) = await all_of(store)
    assert now.version == case.version + 1
    assert now == await read_anew(store, case)


async def test_what_another_process_did_on_a_case_is_seen(tmp_path: Path) -> None:
    async with open_store(tmp_path, FrozenClock()) as store:
        case = await opened(store)
        await all_of(store)
        async with open_beside(tmp_path, FrozenClock()) as beside:
            await beside.cases.append(case.id, make.happened(e.NoteAdded(words="beside")), version=case.version)
        now = await store.cases.get(case.id)
        assert now is not None
        assert now.history[-1].what == e.NoteAdded(words="beside")


async def test_work_that_was_taken_back_is_not_remembered_in_place_of_what_came_after_it(store: Store) -> None:
    case = await opened(store)

    def begun(database: Database) -> None:
        one = (make.happened(e.NoteAdded(words="never kept")),)
        store.cases._append(database, case.id, one, case.version, {})
        raise Unmade

    with pytest.raises(Unmade):
        await store.writer.write(begun)
    assert (await all_of(store))[0] == await read_anew(store, case)
    kept = await store.cases.append(case.id, make.happened(e.NoteAdded(words="kept")), version=case.version)
    (now,) = await all_of(store)
    assert now == kept == await read_anew(store, case)
    assert "never kept" not in repr(now)


async def test_people_go_under_their_one_name_as_soon_as_their_accounts_are_linked(store: Store) -> None:
    case = await walked(store)
    await all_of(store)
    one, other = make.account("somebody"), make.account("ann")
    await store.cases.person(one)
    await store.cases.link(one, other, "register")
    assert (await all_of(store))[0] == await read_anew(store, case)


async def test_of_a_case_that_was_erased_nothing_stays_in_memory(store: Store) -> None:
    case = await walked(store)
    known = store.cases._known
    await all_of(store)
    assert 1 in known
    await store.stewardship.request_erasure(case.id, ADA, Code.ERASED_ON_REQUEST)
    await store.stewardship.erase(case.id, BEN)
    assert await all_of(store) == []
    assert 1 not in known
    assert await store.cases.get(case.id) is None


async def test_more_cases_than_are_kept_are_all_read_right(store: Store) -> None:
    store.cases._known = KnownCases(store.ledger, most=2)
    for number in range(4):
        await store.cases.open(make.opening(), make.happened(e.NoteAdded(words=f"note {number}")))
    for _ in range(2):
        notes = [case.history[-1].what for case in await all_of(store)]
        assert notes == [e.NoteAdded(words=f"note {number}") for number in range(4)]
    assert [number in store.cases._known for number in (1, 2, 3, 4)] == [True, True, False, False]


async def test_there_is_no_case_that_nobody_opened(store: Store) -> None:
    assert await store.cases.get(CaseId("C-2026-000099")) is None
