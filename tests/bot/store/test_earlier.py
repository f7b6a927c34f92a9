"""A record of an earlier form is brought into the sealed log, with nothing lost and no word left behind."""

import sqlite3
from pathlib import Path

import pytest

from bot.store.sqlite.connection import StoreUnusable
from bot.store.sqlite.store import FILE, open_store
from bot.store.sqlite.verify import verify
from handlers.ports import IncidentFilter
from policies.acts import Verb
from policies.decisions import Action, OutcomeStatus
from policies.identifiers import IncidentId
from policies.incidents import IncidentState, NewIncident, Source
from tests.fakes import incidents as make
from tests.fakes.clock import FrozenClock

FORM_3 = Path(__file__).parent / "forms" / "form_3.sql"
"""What the version before the sealed log wrote: three incidents and what followed."""


def put_form_3(folder: Path) -> None:
    database = sqlite3.connect(folder / FILE)
    database.executescript(FORM_3.read_text("utf-8"))
    database.close()


async def test_every_incident_act_outcome_and_deletion_is_brought_over(tmp_path: Path) -> None:
    put_form_3(tmp_path)
    async with open_store(tmp_path, FrozenClock()) as store:
        one, two, three = reversed([kept async for kept in store.incidents.find(IncidentFilter())])
        new: NewIncident = make.incident(1, event=make.posted(1, text="marmalade \ud83d \x00 word"))
        assert (one.id, one.event, one.assessment, one.recorded_at) == (
            "I-2026-000001",
            new.event,
            new.assessment,
            new.recorded_at,
        )
        assert one.state is IncidentState.NOT_ABUSE
        assert [act.verb for act in one.acts] == [Verb.REPORT, Verb.NOT_ABUSE]
        assert one.acts[0].reason == "odd \ud800 reason\x00"
        assert one.receipt(Action.HIDE) == "r-1"
        assert one.deleted_at == two.deleted_at == make.deleted().deleted_at
        assert (three.source, three.last(Action.ALERT)) == (Source.REPORT, OutcomeStatus.REFUSED)
        assert [kept.id for kept in await store.evidence.unfinished()] == [one.id, two.id, three.id]
        assert await store.counters.totals("2026-05-03") == {"messages.allowed": 7}


@pytest.mark.parametrize("form", [1, 2])
async def test_a_first_start_of_an_earlier_version_that_was_cut_short_is_begun_again(form: int, tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / FILE)
    database.executescript((FORM_3.parent / f"form_{form}.sql").read_text("utf-8"))
    database.close()
    async with open_store(tmp_path, FrozenClock()) as store:
        assert (await store.evidence.record(make.incident(1))).incident == "I-2026-000001"
        found = await store.writer.read(lambda db: verify(db, store.ledger, store.keys, tmp_path))
        assert (found.broken, found.size) == (None, 1)


async def test_a_log_that_was_brought_over_verifies_and_goes_on(tmp_path: Path) -> None:
    put_form_3(tmp_path)
    for number in (10, 11):
        async with open_store(tmp_path, FrozenClock()) as store:
            assert (await store.evidence.record(make.incident(number))).fresh
            found = await store.writer.read(lambda db: verify(db, store.ledger, store.keys, tmp_path))
            assert found.broken is None


async def test_what_was_delivered_before_is_known_again(tmp_path: Path) -> None:
    put_form_3(tmp_path)
    async with open_store(tmp_path, FrozenClock()) as store:
        assert not (await store.evidence.record(make.incident(1))).fresh
        assert not await store.evidence.append_act(make.act("w", Verb.WARN))
        assert await store.evidence.note_deletion(make.deleted(1)) == ("I-2026-000001", "I-2026-000002")
        assert not (await store.evidence.settle(make.act("1", on=IncidentId("I-2026-000001")), version=1)).took_effect


async def test_no_word_of_the_earlier_form_is_left_in_the_folder(tmp_path: Path) -> None:
    put_form_3(tmp_path)
    async with open_store(tmp_path, FrozenClock()):
        pass
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert b"marmalade" not in path.read_bytes(), path.name
        assert "sealing" not in path.name


async def test_a_start_that_was_cut_short_begins_again_from_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_form_3(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr("bot.store.sqlite.earlier._compare", _cut)
        with pytest.raises(StoreUnusable, match="no space"):
            async with open_store(tmp_path, FrozenClock()):
                pass
    async with open_store(tmp_path, FrozenClock()) as store:
        assert len([kept async for kept in store.incidents.find(IncidentFilter())]) == 3


async def test_an_earlier_record_that_cannot_be_read_is_left_as_it_was(tmp_path: Path) -> None:
    put_form_3(tmp_path)
    database = sqlite3.connect(tmp_path / FILE)
    database.executescript("DROP TRIGGER log_no_update; UPDATE log SET kind = 'strange' WHERE seq = 2")
    database.close()
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(StoreUnusable, match="Record 2 is of a kind that is not known"):
        async with open_store(tmp_path, FrozenClock()):
            pass
    assert (tmp_path / FILE).read_bytes() == before


def _cut(*_: object) -> None:
    raise OSError("no space left on device")
