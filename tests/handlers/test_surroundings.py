"""What was said around a message: looked at at once, soon and a day later; of the rest no byte is kept."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.errors import NotReadable, PlatformUnavailable
from handlers.surroundings import keep_due_context
from policies.events import MessagePosted
from policies.identifiers import IncidentId, MemberId, MessageId
from policies.surroundings import Nearby, Surroundings, together
from tests.fakes.evidence import MemoryEvidence
from tests.fakes.reading import SLUR
from tests.fakes.world import DISCORD, World

ONE = IncidentId("I-2026-000001")


def memory(world: World) -> MemoryEvidence:
    assert isinstance(world.evidence, MemoryEvidence)
    return world.evidence


def said(world: World, message: str, text: str = "") -> None:
    nearby = Nearby(
        message=MessageId(message),
        author=MemberId("bob"),
        author_name="Bob",
        text=text or f"words of {message}",
        at=world.clock.now(),
    )
    world.discord.said.append(nearby)


async def abuse(world: World) -> MessagePosted:
    """Let twelve messages and then an abusive one be posted."""
    world.deps = replace(world.deps, context_messages=10)
    for number in range(12):
        said(world, f"before-{number}")
    event, _ = await world.says(DISCORD, f"you {SLUR}")
    said(world, event.ref.message)
    return event


def looks(world: World) -> list[Surroundings]:
    return memory(world).looks.get(ONE, [])


async def test_the_ten_messages_before_are_kept_at_once_and_ten_after_as_soon_as_they_are_there(world: World) -> None:
    await abuse(world)
    assert [m.message for m in looks(world)[0].before] == [f"before-{n}" for n in range(2, 12)]
    for number in range(14):
        said(world, f"after-{number}")
    world.clock.advance(timedelta(minutes=9))
    await keep_due_context(world.deps)
    assert len(looks(world)) == 1
    world.clock.advance(timedelta(minutes=1))
    await keep_due_context(world.deps)
    assert [m.message for m in looks(world)[1].after] == [f"after-{n}" for n in range(10)]
    world.clock.advance(timedelta(days=2))
    await keep_due_context(world.deps)
    assert len(looks(world)) == 2, "enough was said, so nobody looks a third time"


async def test_in_a_quiet_channel_the_last_look_is_a_day_later_and_a_restart_changes_nothing(world: World) -> None:
    await abuse(world)
    world.clock.advance(timedelta(minutes=10))
    await keep_due_context(world.deps)
    said(world, "late")
    world.restart()
    world.deps = replace(world.deps, context_messages=10)
    world.clock.advance(timedelta(hours=24))
    await keep_due_context(world.deps)
    found = together(looks(world))
    assert found is not None
    assert ([m.message for m in found.after], found.look) == (["late"], 3)
    world.clock.advance(timedelta(days=1))
    await keep_due_context(world.deps)
    assert len(looks(world)) == 3


async def test_a_platform_that_does_not_answer_is_asked_later(world: World) -> None:
    world.discord.unreadable = PlatformUnavailable("no answer")
    await abuse(world)
    assert looks(world) == []
    world.discord.unreadable = None
    await keep_due_context(world.deps)
    assert looks(world) == [], "it is too soon to ask again"
    world.clock.advance(timedelta(seconds=10))
    await keep_due_context(world.deps)
    assert len(looks(world)) == 1


async def test_where_the_bot_may_not_read_the_record_says_so_and_nobody_asks_again(world: World) -> None:
    world.discord.unreadable = NotReadable("The bot lacks Read Message History.")
    await abuse(world)
    assert [look.missing for look in looks(world)] == ["The bot lacks Read Message History."]
    assert memory(world).look_again == {}


async def test_after_a_week_without_an_answer_it_is_given_up(world: World) -> None:
    world.discord.unreadable = PlatformUnavailable("no answer")
    await abuse(world)
    world.clock.advance(timedelta(days=8))
    await keep_due_context(world.deps)
    assert [look.missing for look in looks(world)] == ["The platform could not be reached for a week."]


async def test_no_platform_is_asked_about_a_harmless_message_or_where_none_is_wanted(world: World) -> None:
    world.discord.unreadable = AssertionError("nobody may ask")  # type: ignore[assignment]  # it fails the test
    await world.says(DISCORD, f"you {SLUR}")
    world.deps = replace(world.deps, context_messages=10)
    await world.says(DISCORD, "come canvassing")
    assert looks(world) == []


@pytest.mark.parametrize("reachable", [frozenset[str](), frozenset({"slack"})])
async def test_a_platform_that_is_not_connected_is_left_for_later(reachable: frozenset[str], world: World) -> None:
    world.discord.unreadable = PlatformUnavailable("no answer")
    await abuse(world)
    world.discord.unreadable = None
    world.clock.advance(timedelta(minutes=1))
    await keep_due_context(world.deps, reachable=reachable)
    assert looks(world) == []


def test_looks_are_put_together_and_both_texts_of_a_changed_message_stay(world: World) -> None:
    one = Nearby(message=MessageId("1"), author=MemberId("b"), author_name="B", text="first", at=world.clock.now())
    changed, gone = replace(one, text="second"), replace(one, message=MessageId("0"))
    looks = [
        Surroundings(look=2, at=world.clock.now(), after=(changed,)),
        Surroundings(look=1, at=world.clock.now(), after=(gone, one)),
    ]
    found = together(looks)
    assert found is not None
    assert [m.text for m in found.after] == ["first", "first", "second"]
    assert together([]) is None
