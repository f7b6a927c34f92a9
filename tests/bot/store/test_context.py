"""Context in the record: sealed, erased with its incident, and of other harmless messages no byte."""

from dataclasses import replace
from pathlib import Path

from bot.evidence.words import Code, Kind
from bot.store.sqlite.ledger import leaves
from bot.store.sqlite.stewardship import Steward
from bot.store.sqlite.store import Store
from bot.store.sqlite.verify import verify
from policies.identifiers import IncidentId, MemberId, MessageId
from policies.surroundings import Nearby
from tests.fakes.clock import NOON
from tests.fakes.reading import SLUR
from tests.fakes.world import DISCORD, World, world_on

ONE = IncidentId("I-2026-000001")


async def story(store: Store) -> World:
    world = world_on(store.evidence, store.incidents)
    world.deps = replace(world.deps, context_messages=10)
    for number in range(30):
        nearby = Nearby(
            message=MessageId(f"m-{number}"),
            author=MemberId("bob"),
            author_name="Bob Marmalade",
            text=f"canvassing {'marmalade' if number >= 20 else 'treacle'} {number}",
            at=NOON,
        )
        world.discord.said.append(nearby)
    await world.says(DISCORD, f"you {SLUR}")
    return world


async def sound(store: Store) -> None:
    found = await store.writer.read(lambda db: verify(db, store.ledger, store.keys, store.folder))
    assert found.broken is None


async def test_context_lies_sealed_and_the_leaf_tells_only_how_many(store: Store, tmp_path: Path) -> None:
    await story(store)
    (found,) = await store.incidents.context(ONE)
    assert [message.text for message in found.before] == [f"canvassing marmalade {n}" for n in range(20, 30)]
    leaf = (await store.writer.read(lambda db: list(leaves(db))))[-1]
    assert leaf.kind is Kind.CONTEXT_KEPT
    assert leaf.numbers == {"item": 1, "items": 10, "seconds": 600}
    assert set(leaf.commit) == {"body", "context_before", "context_after"}
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert b"armalade" not in path.read_bytes(), path.name
        assert b"treacle" not in path.read_bytes(), path.name
    await sound(store)


async def test_context_goes_with_its_incident(store: Store) -> None:
    world = await story(store)
    await store.stewardship.request_erasure(ONE, Steward("ada"), Code.ERASED_ON_REQUEST)
    await store.stewardship.erase(ONE, Steward("ben"))
    assert await store.evidence.lacking_context(world.clock.now().replace(year=2027)) == []
    await sound(store)


async def test_an_edit_lies_sealed_with_its_incident_and_verifies(store: Store, tmp_path: Path) -> None:
    world = world_on(store.evidence, store.incidents)
    event, _ = await world.says(DISCORD, f"you {SLUR}")
    await world.edits(event, "sorry, marmalade")
    kept = await store.incidents.get(ONE)
    assert kept is not None
    assert [edit.text for edit in kept.edits] == ["sorry, marmalade"]
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert b"marmalade" not in path.read_bytes(), path.name
    await sound(store)


async def test_whether_a_record_could_be_made_is_tried_by_writing(store: Store) -> None:
    assert await store.evidence.ready()
    assert (await store.counters.totals("2026-05-03"))["evidence.probed"] == 1
    await store.writer.write(lambda database: database.execute("PRAGMA query_only = 1"))
    assert not await store.evidence.ready()
    await store.writer.read(lambda database: database.execute("PRAGMA query_only = 0"))
    assert await store.evidence.ready()
