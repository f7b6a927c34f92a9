"""Joining and renaming on the wire of Slack: a protected name that is borrowed reaches the moderators."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from policies.identifiers import MemberId
from policies.people import Person, Register
from tests.bot.slack_adapter.world import World, make_world, words
from tests.fakes.slack_workspace import MODERATORS

MAIR = Person(id=MemberId("U7MAIR"), name="Mair Llewellyn", roles=("candidate",))


@pytest.fixture
async def guarded() -> AsyncIterator[World]:
    """A workspace with one protected name."""
    made = await (await make_world(register=Register([MAIR]))).start()
    yield made
    await made.stop()


def user(world: World, member: str, name: str) -> dict[str, Any]:
    """Give a member as events carry them, under a new name."""
    known = world.slack.users.get(member, world.slack.users["U1ANN"])
    return {**known, "id": member, "profile": {**known["profile"], "display_name": name}}


async def told(world: World, kind: str, member: dict[str, Any], at: str = "1777900000.000100") -> None:
    """Let Slack tell of a member, and wait until the bot is done with it."""
    await world.slack.acked(await world.slack.event({"type": kind, "user": member, "event_ts": at}))


def cards(world: World) -> list[str]:
    return [words(card) for card in world.slack.messages[MODERATORS].values() if card.get("bot_id")]


async def test_somebody_who_joins_under_a_candidates_name_is_shown_to_moderators(guarded: World) -> None:
    await told(guarded, "team_join", user(guarded, "U8NEW", "Ma1r Llewellyn"))
    (card,) = cards(guarded)
    assert "A name like that of Mair Llewellyn" in card


async def test_a_member_who_takes_her_name_is_shown_once_however_often_the_profile_changes(guarded: World) -> None:
    for at in ("1777900000.000100", "1777900001.000100", "1777900002.000100"):
        await told(guarded, "user_change", user(guarded, "U1ANN", "Mair Llewellyn"), at)
    (card,) = cards(guarded)
    assert "U1ANN" in card


async def test_what_they_write_next_stands_under_the_new_name(guarded: World) -> None:
    await guarded.slack.acked((await guarded.slack.say("U1ANN", "good morning")).envelope)
    await told(guarded, "user_change", user(guarded, "U1ANN", "Annie"))
    await guarded.slack.acked((await guarded.slack.say("U1ANN", "I will kill you")).envelope)
    await guarded.settled()
    (incident,) = guarded.incidents
    assert incident.event.author.name == "Annie"


async def test_she_herself_and_other_names_are_left_alone(guarded: World) -> None:
    await told(guarded, "team_join", user(guarded, "U7MAIR", "Mair Llewellyn"))
    await told(guarded, "user_change", user(guarded, "U1ANN", "Annie"))
    assert cards(guarded) == []
    assert guarded.counters.counted["members.joined.slack"] == 1


async def test_an_event_that_names_nobody_is_acknowledged_and_counted(guarded: World) -> None:
    await told(guarded, "user_change", {"name": "nobody"})
    assert guarded.counters.counted["slack.malformed"] == 1
    assert cards(guarded) == []
