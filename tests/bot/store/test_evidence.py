"""The record on disk: words as they were delivered, apart from the facts; tables made anew from the log."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.evidence.leaves import opens
from bot.store.codec import put_together, take_apart, to_bytes
from bot.store.sqlite.connection import Database
from bot.store.sqlite.ledger import leaf_at
from bot.store.sqlite.projections import TABLES, project_again, sql
from bot.store.sqlite.store import Store
from handlers.messages import handle_message_posted
from handlers.ports import IncidentFilter
from policies.acts import Verb
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.incidents import NewIncident, Source
from tests.fakes import incidents as make
from tests.fakes.clock import NOON
from tests.fakes.reading import SLUR
from tests.fakes.world import DISCORD, world_on

Ask = Callable[[str], list[tuple[object, ...]]]


async def test_no_word_name_or_id_stands_in_any_file_of_the_record(store: Store, tmp_path: Path) -> None:
    event = make.posted(text="Zoë said marmalade")
    name = (await store.evidence.record(make.incident(event=event, source=Source.REPORT))).incident
    await store.evidence.append_act(make.act("a", Verb.WARN, reason="a reason with quince"))
    await store.evidence.settle(make.act("b", on=name), version=0)
    await store.evidence.note_deletion(make.deleted())
    said = ("Zo\u00eb", "marmalade", "what came before", "it is about me", "quince", "leaflet.pdf", "chat.example")
    ids = ("ann.b", "general-id", "m-1", "branch", "canvasser", "thread-1", '"e-1"')
    for path in tmp_path.glob("*.sqlite3*"):
        content = path.read_bytes()
        assert not [word for word in (*said, *ids) if word.encode() in content], path.name


async def test_words_are_sealed_one_by_one_byte_for_byte(store: Store) -> None:
    text = "Zo\u00eb said \ud83d \x00 \u202e word"
    await store.evidence.record(make.incident(event=make.posted(text=text), source=Source.REPORT))
    kept = await store.writer.read(lambda db: store.ledger.sealed(db, 1))
    assert kept["text"] == to_bytes(text)
    assert kept["parent"] == b"what came before"
    assert kept["report_reason"] == b"it is about me"
    assert b"what came before" not in kept["body"]


async def test_every_commitment_opens_to_what_is_sealed_with_a_salt_of_its_own(store: Store) -> None:
    await store.evidence.record(make.incident(1))
    await store.evidence.record(make.incident(2))
    salts = []
    for seq in (1, 2):
        leaf = await store.writer.read(lambda db, seq=seq: leaf_at(db, seq))  # type: ignore[misc] # a bound name
        found = await store.writer.read(lambda db, seq=seq: store.ledger.openings(db, seq))  # type: ignore[misc] # a bound name
        assert set(found) == set(leaf.commit)
        assert all(opens(leaf.commit[field], *opening) for field, opening in found.items())
        salts += [salt for salt, _ in found.values()]
    assert len(set(salts)) == len(salts)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=40), st.text(max_size=20))
def test_any_text_comes_back_as_it_was(text: str, name: str) -> None:
    new = make.incident(event=make.posted(text=text))
    assert put_together(take_apart(new), NewIncident) == new
    renamed = make.act("1", Verb.WARN, reason=text + name)
    assert put_together(take_apart(renamed), type(renamed)) == renamed


async def test_the_projections_made_anew_from_the_log_are_the_live_ones(store: Store) -> None:
    for number in range(5):
        name = (await store.evidence.record(make.incident(number))).incident
        await store.evidence.append_outcome(name, Outcome(action=Action.HIDE, status=OutcomeStatus.DONE), NOON)
        if number % 2:
            await store.evidence.settle(make.act(f"a{number}", Verb.NOT_ABUSE, on=name), version=0)
    await store.evidence.append_act(make.act("w", Verb.WARN))
    await store.evidence.note_deletion(make.deleted(3))
    live = await store.writer.read(_projections)
    assert sum(map(len, live.values())) > 20
    await store.writer.write(lambda database: _rebuild(store, database))
    assert await store.writer.read(_projections) == live


async def test_ten_deliveries_at_once_make_one_record_and_one_act_on_disk_too(store: Store) -> None:
    world = world_on(store.evidence, store.incidents)
    event = world.posted(DISCORD, f"you {SLUR}")
    await asyncio.gather(*(handle_message_posted(event, world.deps) for _ in range(10)))
    assert world.journal.count("evidence.recorded") == 1
    assert world.journal.count("message.hidden") == 1
    assert len(world.discord.notices) == len(world.discord.cards) == 1


async def test_reports_at_the_same_moment_make_one_incident_on_disk_too(store: Store) -> None:
    world = world_on(store.evidence, store.incidents)
    message = world.posted(DISCORD, "look at this")
    await asyncio.gather(*(world.reports(message, "abuse", reporter=f"m{n}") for n in range(20)))
    (kept,) = await store.incidents.of_message(message.ref)
    assert len(kept.acts) == 19


async def test_ten_thousand_harmless_messages_leave_no_byte_of_their_text(store: Store, tmp_path: Path) -> None:
    world = world_on(store.evidence, store.incidents)
    await world.says(DISCORD, f"you {SLUR}")
    for number in range(10_000):
        await world.says(DISCORD, f"canvassing marmalade {number}")
    assert len([kept async for kept in store.incidents.find(IncidentFilter())]) == 1
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 5
    for path in files:
        assert b"marmalade" not in path.read_bytes(), path.name


async def test_counters_add_up_by_day_and_survive(store: Store, ask: Ask) -> None:
    for _ in range(3):
        store.counters.count("messages.allowed")
    assert await store.counters.flush()
    store.counters.count("messages.allowed", 2)
    assert await store.counters.totals("2026-05-03") == {"messages.allowed": 5}
    assert await store.counters.flush()
    assert ask("SELECT day, name, amount FROM counter") == [("2026-05-03", "messages.allowed", 5)]


async def test_counters_that_cannot_be_written_are_kept_for_the_next_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.counters.count("messages.allowed")
    with monkeypatch.context() as patched:
        patched.setattr(store.writer, "write", _no_write)
        assert not await store.counters.flush()
    assert await store.counters.flush()
    assert await store.counters.totals("2026-05-03") == {"messages.allowed": 1}


async def _no_write(_: object) -> None:
    raise OSError("disk full")


def _projections(database: Database) -> dict[str, list[tuple[object, ...]]]:
    return {table: database.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}


def _rebuild(store: Store, database: Database) -> None:
    database.set_authorizer(None)  # the bot itself may drop nothing
    for table in TABLES:
        database.execute(f"DROP TABLE {table}")
    for statement in _split(sql()):
        database.execute(statement)
    project_again(database, store.ledger)


def _split(script: str) -> list[str]:
    statements, begun = [], ""
    for line in script.splitlines():
        begun += line + "\n"
        if sqlite3.complete_statement(begun):
            statements.append(begun)
            begun = ""
    return statements
