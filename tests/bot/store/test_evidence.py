"""The record on disk: words as they were delivered, apart from the facts; tables made anew from the log."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store.codec import put_together, take_apart, to_bytes
from bot.store.sqlite.connection import Database
from bot.store.sqlite.migrate import migrations
from bot.store.sqlite.projections import project_again
from bot.store.sqlite.store import FILE, Store
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


async def test_words_are_kept_byte_for_byte_beside_the_log_not_in_it(store: Store, ask: Ask) -> None:
    text = "Zoë said \ud83d \x00 \u202e word"
    await store.evidence.record(make.incident(event=make.posted(text=text), source=Source.REPORT))
    kept = {field: words for field, words in ask("SELECT field, bytes FROM original")}  # noqa: C416 - for its type
    assert kept["text"] == to_bytes(text)
    assert kept["parent"] == b"what came before"
    assert kept["report-reason"] == b"it is about me"
    ((body,),) = ask("SELECT body FROM log")
    assert isinstance(body, bytes)
    assert b"Zo" not in body
    assert b"what came before" not in body
    assert b"it is about me" not in body


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=40), st.text(max_size=20))
def test_any_text_comes_back_as_it_was(text: str, name: str) -> None:
    new = make.incident(event=make.posted(text=text))
    assert put_together(*take_apart(new), NewIncident) == new
    renamed = make.act("1", Verb.WARN, reason=text + name)
    assert put_together(*take_apart(renamed), type(renamed)) == renamed


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
    await store.writer.write(_rebuild)
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


async def test_a_thousand_harmless_messages_leave_no_byte_of_their_text(store: Store, tmp_path: Path) -> None:
    world = world_on(store.evidence, store.incidents)
    await world.says(DISCORD, f"you {SLUR}")
    for number in range(1_000):
        await world.says(DISCORD, f"canvassing marmalade {number}")
    assert len([kept async for kept in store.incidents.find(IncidentFilter())]) == 1
    for path in tmp_path.glob(f"{FILE}*"):
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
    return {
        table: database.execute(f"SELECT * FROM {table}").fetchall()
        for table in ("incident", "mark", "outcome", "act", "deletion", "pending")
    }


def _rebuild(database: Database) -> None:
    for table in ("pending", "deletion", "act", "outcome", "mark", "incident"):
        database.execute(f"DROP TABLE {table}")
    statements = migrations()[1][1]
    for statement in _split(statements):
        database.execute(statement)
    project_again(database)


def _split(script: str) -> list[str]:
    statements, begun = [], ""
    for line in script.splitlines():
        begun += line + "\n"
        if sqlite3.complete_statement(begun):
            statements.append(begun)
            begun = ""
    return statements
