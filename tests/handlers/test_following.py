"""The live handlers judge a message by those before it, on both platforms alike."""

from dataclasses import replace

import pytest

from handlers.following import utterance_of
from handlers.messages import handle_message_posted
from policies.decisions import Action, Decision
from policies.events import Parent
from policies.identifiers import PlatformName
from policies.load import house_policy
from tests.fakes.world import DISCORD, SLACK, World


@pytest.fixture
def live(world: World) -> World:
    """Give a world in which the shipped policy is in force."""
    assert not world.deps.in_force.try_replace(house_policy)
    return world


async def _crowd(world: World, platform: PlatformName) -> list[Decision]:
    target, _ = await world.says(platform, "I have booked the hall.", author="priya")
    assert target.author.name == "Priya"
    said = [await world.says(platform, "@Priya yawn", author=f"m{letter}") for letter in "abcdef"]
    return [decision for _, decision in said]


@pytest.mark.parametrize("platform", [DISCORD, SLACK])
async def test_moderators_are_alerted_from_the_fifth_of_a_crowd_on(platform: PlatformName, live: World) -> None:
    decisions = await _crowd(live, platform)
    assert [Action.ALERT in decision.actions for decision in decisions] == [False] * 4 + [True] * 2
    assert "5 people wrote with contempt to or of one member" in decisions[4].reasons[0]


async def test_without_conversations_each_message_stands_alone(live: World) -> None:
    live.deps = replace(live.deps, conversations=None)
    assert all(decision.action is Action.ALLOW for decision in await _crowd(live, DISCORD))


async def test_an_answer_is_judged_by_what_it_answers(live: World) -> None:
    event, _ = await live.says(SLACK, "I want to end it all, I can't go on", author="kes")
    answer = replace(live.posted(SLACK, "bye then", author="lio"), parent=Parent(message=event.ref.message))
    decision = await handle_message_posted(answer, live.deps)
    assert [match.rule for match in decision.rules] == ["self-harm-incitement-likely"]


async def test_the_words_of_a_deleted_message_are_forgotten(live: World) -> None:
    event, _ = await live.says(DISCORD, "I want to end it all, I can't go on", author="kes")
    await live.deletes(event)
    answer = replace(live.posted(DISCORD, "bye then", author="lio"), parent=Parent(message=event.ref.message))
    assert (await handle_message_posted(answer, live.deps)).action is Action.ALLOW


async def test_an_event_is_heard_as_what_it_was_when_it_happened(live: World) -> None:
    event, _ = await live.says(DISCORD, "The metting is at 7")
    heard = utterance_of(live.edited(event, "The meeting is at 7"))
    assert (heard.id, heard.edited, heard.at) == ("general-id/message-1", True, live.clock.now())
