"""Resumption: with growing pauses while a platform is away, and at once when it comes back."""

import pytest

from bot.resumption import TICK, Resumption
from handlers.errors import EvidenceUnavailable
from policies.decisions import Action
from policies.identifiers import IncidentId
from tests.bot.test_supervisor import FakePart
from tests.fakes.evidence import MemoryEvidence
from tests.fakes.reading import SLUR
from tests.fakes.world import DISCORD, World, memory_world


class Seconds:
    """Gives the seconds that the test has let pass."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


async def _left_behind() -> World:
    world = memory_world()
    world.discord.broken = 1_000_000
    await world.says(DISCORD, f"you {SLUR}")
    return world


def connected() -> FakePart:
    part = FakePart("discord")
    part.running = True
    return part


def attempts(world: World) -> int:
    return 1_000_000 - world.discord.broken - 1


async def test_pauses_grow_while_nothing_answers() -> None:
    world, seconds = await _left_behind(), Seconds()
    resumption = Resumption(world.deps, [connected()], seconds=seconds)
    tried_at = []
    for second in range(20):
        before = attempts(world)
        assert await resumption.step() == TICK
        if attempts(world) > before:
            tried_at.append(second)
        seconds.now += 1
    assert tried_at == [0, 1, 3, 7, 15]


async def test_a_connection_that_comes_back_is_used_at_once() -> None:
    world, seconds = await _left_behind(), Seconds()
    part = FakePart("discord")
    resumption = Resumption(world.deps, [part], seconds=seconds)
    for _ in range(200):
        await resumption.step()
        seconds.now += 1
    seconds.now += 30
    world.discord.broken = 0
    part.running = True
    seconds.now += 1
    await resumption.step()
    kept = await world.incidents.get(IncidentId("I-2026-000001"))
    assert kept is not None
    assert not kept.unfinished
    assert kept.last(Action.HIDE)


async def test_nothing_is_tried_on_a_platform_that_never_said_what_it_can() -> None:
    world, seconds = await _left_behind(), Seconds()
    resumption = Resumption(world.deps, [FakePart("discord")], seconds=seconds)
    before = attempts(world)
    for _ in range(20):
        await resumption.step()
        seconds.now += 1
    assert attempts(world) == before


async def test_a_record_that_cannot_be_read_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world, seconds = await _left_behind(), Seconds()
    world.discord.broken = 0
    resumption = Resumption(world.deps, [connected()], seconds=seconds)
    with monkeypatch.context() as patched:
        patched.setattr(MemoryEvidence, "unfinished", _unreadable)
        await resumption.step()
    seconds.now += 1
    await resumption.step()
    assert "message.hidden" in world.journal


async def _unreadable(_: object) -> None:
    raise EvidenceUnavailable("The record could not be read: disk I/O error")
