"""Messages: evidence before action, nothing lost, nothing twice, nothing kept of what triggered nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.reading import ReadingThread
from handlers.degraded import tell_recovery
from handlers.errors import ScorerUnavailable
from handlers.messages import NOT_KEPT, handle_message_edited, handle_message_posted
from handlers.ports import IncidentFilter
from policies.decisions import Action, Mode, OutcomeStatus
from policies.findings import Scores
from policies.identifiers import PlatformName
from tests.fakes.evidence import MemoryEvidence
from tests.fakes.reading import SLUR, THREAT, ScriptedReader
from tests.fakes.scorer import ScriptedScorer
from tests.fakes.world import DISCORD, SLACK, World, memory_world

_SECOND = timedelta(seconds=1)
_SHORTEST = timedelta(milliseconds=1)
BOTH = pytest.mark.parametrize("platform", [DISCORD, SLACK])


def memory(world: World) -> MemoryEvidence:
    assert isinstance(world.evidence, MemoryEvidence)
    return world.evidence


@BOTH
async def test_evidence_is_kept_before_the_message_goes(platform: PlatformName, world: World) -> None:
    event, decision = await world.says(platform, f"you {SLUR}")
    assert decision.action is Action.HIDE
    assert world.journal == [
        "evidence.recorded",
        "message.hidden",
        "evidence.outcome hide done",
        "evidence.outcome notify-author started",
        "member.told",
        "evidence.outcome notify-author done",
        "moderators.alerted",
        "evidence.outcome alert done",
    ]
    (kept,) = memory(world).kept.values()
    assert kept.event == event
    assert not kept.unfinished


async def test_a_message_that_triggers_nothing_leaves_only_counters(world: World) -> None:
    _, decision = await world.says(DISCORD, "See you at the count on Thursday")
    assert decision.actions == (Action.ALLOW,)
    assert not world.journal
    assert not memory(world).kept
    assert world.counters.counted == {"messages.posted.discord": 1, "messages.allowed": 1}


async def test_ten_deliveries_at_once_make_one_record_and_one_act(world: World) -> None:
    event = world.posted(SLACK, f"you {SLUR}")
    world.slack.gate.clear()
    deliveries = [asyncio.create_task(handle_message_posted(event, world.deps)) for _ in range(10)]
    await asyncio.sleep(0)
    world.slack.gate.set()
    decisions = await asyncio.gather(*deliveries)
    assert {decision.action for decision in decisions} == {Action.HIDE}
    assert len(memory(world).kept) == 1
    assert world.journal.count("message.hidden") == 1
    assert len(world.slack.notices) == len(world.slack.cards) == 1


async def test_when_evidence_fails_nothing_is_removed_and_moderators_are_alarmed_without_the_text(
    world: World,
) -> None:
    memory(world).failures = 99
    event, decision = await world.says(DISCORD, f"you {SLUR}")
    assert NOT_KEPT in decision.degraded
    assert decision.actions == (Action.ALERT,)
    assert decision.withheld == (Action.NOTIFY_AUTHOR, Action.HIDE)
    assert event.ref not in world.discord.hidden
    assert world.journal == ["moderators.alerted"]
    (card,) = world.discord.cards
    assert card.headline == "Evidence cannot be kept, so nothing was removed"
    assert card.masked_text == ""
    assert card.link == event.link


async def test_a_flood_without_evidence_raises_one_alarm_and_a_reminder_an_hour_that_counts_the_rest(
    world: World,
) -> None:
    memory(world).failures = 999
    for _ in range(60):
        await world.says(DISCORD, f"you {SLUR}")
        world.clock.advance(_SECOND)
    assert len(world.discord.cards) == 1
    world.clock.advance(timedelta(hours=1))
    await world.says(DISCORD, f"you {SLUR}")
    assert len(world.discord.cards) == 2
    assert "before this one: 60." in " ".join(world.discord.cards[-1].why)
    assert world.discord.hidden == set()


async def test_moderators_are_told_once_when_evidence_is_kept_again_and_what_was_left_standing(world: World) -> None:
    memory(world).failures = 6
    for _ in range(3):
        await world.says(DISCORD, f"you {SLUR}")
    memory(world).failures = 1
    await tell_recovery(world.deps)
    assert len(world.discord.cards) == 1, "it does not work yet"
    memory(world).failures = 0
    for _ in range(3):
        await tell_recovery(world.deps)
    (_, card) = world.discord.cards
    assert card.headline == "Evidence is kept again"
    assert card.done == ("3 messages were left standing and not kept, in #general. Please look there yourselves.",)


async def test_a_message_that_was_delivered_again_is_not_counted_as_left_standing(world: World) -> None:
    memory(world).failures = 2
    event, _ = await world.says(SLACK, f"you {SLUR}")
    await handle_message_posted(event, world.deps)
    headlines = [card.headline for card in world.slack.cards]
    assert headlines[0] == "Evidence cannot be kept, so nothing was removed"
    assert headlines[-1] == "Evidence is kept again"
    assert world.slack.cards[-1].done == ("Every message that was left standing came again and is on record.",)


async def test_an_alarm_that_nobody_saw_is_raised_again_with_the_next_message(world: World) -> None:
    memory(world).failures = 999
    world.discord.broken = 1
    await world.says(DISCORD, f"you {SLUR}")
    assert world.discord.cards == []
    await world.says(DISCORD, f"you {SLUR}")
    assert len(world.discord.cards) == 1


async def test_word_of_the_recovery_waits_for_the_platform(world: World) -> None:
    memory(world).failures = 2
    await world.says(DISCORD, f"you {SLUR}")
    world.discord.broken = 1
    await tell_recovery(world.deps)
    assert len(world.discord.cards) == 1
    await tell_recovery(world.deps)
    assert [card.headline for card in world.discord.cards][1:] == ["Evidence is kept again"]


async def test_a_delivery_after_evidence_came_back_is_judged_and_kept(world: World) -> None:
    memory(world).failures = 2
    event, _ = await world.says(SLACK, f"you {SLUR}")
    decision = await handle_message_posted(event, world.deps)
    assert decision.action is Action.HIDE
    assert event.ref in world.slack.hidden


async def test_an_unknown_outcome_of_the_record_is_settled_by_asking_again(world: World) -> None:
    memory(world).lost_answers = 1
    _, decision = await world.says(DISCORD, f"you {SLUR}")
    assert decision.action is Action.HIDE
    assert len(memory(world).kept) == 1
    assert memory(world).kept.popitem()[1].last(Action.HIDE) is None  # left for whoever resumes


async def test_durable_is_said_after_the_record_and_before_any_action(world: World) -> None:
    journal = world.journal
    await handle_message_posted(
        world.posted(SLACK, f"you {SLUR}"), world.deps, on_durable=lambda: journal.append("durable")
    )
    assert journal[:3] == ["evidence.recorded", "durable", "message.hidden"]


async def test_durable_is_not_said_when_the_record_failed(world: World) -> None:
    memory(world).failures = 99
    said: list[str] = []
    await handle_message_posted(
        world.posted(SLACK, f"you {SLUR}"), world.deps, on_durable=lambda: said.append("durable")
    )
    assert not said


async def test_an_edit_is_judged_anew(world: World) -> None:
    event, first = await world.says(DISCORD, "hello")
    second = await world.edits(event, f"hello {SLUR}", before="hello")
    assert first.action is Action.ALLOW
    assert second.action is Action.HIDE
    (kept,) = memory(world).kept.values()
    assert kept.event.text == f"hello {SLUR}"


@pytest.mark.parametrize("before", [None, f"you {SLUR}"], ids=["old-text-unknown", "old-text-delivered"])
async def test_an_edit_that_leaves_the_text_alone_is_ignored(before: str | None, world: World) -> None:
    event, _ = await world.says(SLACK, f"you {SLUR}")
    done = list(world.journal)
    decision = await world.edits(event, event.text, before=before)
    assert decision.actions == (Action.ALLOW,)
    assert world.journal == done


async def test_an_edit_that_leaves_the_text_alone_is_ignored_after_a_restart_too(world: World) -> None:
    event, _ = await world.says(SLACK, f"you {SLUR}")
    world.restart()
    await world.edits(event, event.text)
    assert len(memory(world).kept) == 1
    assert len(world.slack.notices) == 1


async def test_an_edit_may_arrive_before_its_message(world: World) -> None:
    event = world.posted(SLACK, "hello")
    edit = world.edited(event, f"hello {SLUR}")
    assert (await handle_message_edited(edit, world.deps)).action is Action.HIDE
    assert (await handle_message_posted(event, world.deps)).action is Action.ALLOW
    repeated = await world.edits(event, edit.text)
    assert repeated.action is Action.ALLOW
    assert len(memory(world).kept) == 1


async def test_a_message_that_comes_after_an_edit_with_the_same_text_counts_once(world: World) -> None:
    event = world.posted(SLACK, f"you {SLUR}")
    await world.edits(event, event.text)
    await handle_message_posted(event, world.deps)
    assert len(memory(world).kept) == 1
    assert len(world.slack.notices) == 1


async def test_a_deleted_message_with_an_incident_is_noted(world: World) -> None:
    event, _ = await world.says(DISCORD, f"you {SLUR}")
    await world.deletes(event)
    (kept,) = memory(world).kept.values()
    assert kept.deleted_at == world.clock.now()


async def test_a_deleted_message_without_an_incident_leaves_only_counters(world: World) -> None:
    event, _ = await world.says(DISCORD, "hello")
    await world.deletes(event)
    assert not world.journal


async def test_the_reply_parent_and_the_role_of_the_author_are_known_to_the_reader(world: World) -> None:
    await world.says(DISCORD, "is this right?", author="mod-priya", answering=("mod-priya", "earlier words"))
    assert isinstance(world.reader, ScriptedReader)
    context = world.reader.contexts[0]
    assert context.parent_text == "earlier words"
    assert context.parent_is_own
    assert context.author_is_moderator


async def test_other_bots_are_judged_but_not_written_to(world: World) -> None:
    event = world.posted(DISCORD, f"you {SLUR}")
    event = replace(event, author=replace(event.author, is_bot=True))
    await handle_message_posted(event, world.deps)
    (kept,) = memory(world).kept.values()
    assert event.ref in world.discord.hidden
    assert not world.discord.notices
    assert kept.last(Action.NOTIFY_AUTHOR) is OutcomeStatus.DEGRADED


async def test_in_observe_mode_nothing_touches_the_member_and_moderators_see_what_would_have_been() -> None:
    world = memory_world(mode=Mode.OBSERVE)
    event, decision = await world.says(DISCORD, f"you {SLUR}")
    assert decision.action is Action.ALERT
    assert event.ref not in world.discord.hidden
    assert not world.discord.notices
    (card,) = world.discord.cards
    assert any("would have" in line and "hidden the message" in line for line in card.done)


async def test_messages_are_read_beside_the_loop_where_that_is_to_be_had() -> None:
    world = memory_world()
    with ReadingThread(world.reader) as reading:
        world.deps = replace(world.deps, reading=reading)
        _, decision = await world.says(DISCORD, f"you {THREAT}")
    assert decision.action is Action.MUTE
    with pytest.raises(RuntimeError, match="after shutdown"):
        await world.says(DISCORD, "hello")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        pytest.param(ScorerUnavailable("overloaded"), "classifier: overloaded", id="overloaded"),
        pytest.param(ZeroDivisionError(), "classifier: broken (ZeroDivisionError)", id="broken"),
    ],
)
async def test_the_rules_decide_alone_when_the_classifier_fails(error: Exception, sentence: str) -> None:
    world = memory_world(scorer=ScriptedScorer(error=error))
    _, decision = await world.says(DISCORD, f"you {SLUR}")
    assert decision.action is Action.HIDE
    assert decision.degraded == (sentence,)


async def test_the_rules_decide_alone_when_the_classifier_is_slow() -> None:
    scorer = ScriptedScorer()
    scorer.gate.clear()
    world = memory_world(scorer=scorer)
    world.deps = replace(world.deps, scorer_timeout=_SHORTEST)
    _, decision = await world.says(DISCORD, f"you {THREAT}")
    assert decision.action is Action.MUTE
    assert decision.degraded == ("classifier: no answer in time",)


async def test_scores_reach_the_rules_and_the_record() -> None:
    world = memory_world(scorer=ScriptedScorer({"see you outside": Scores(threat=0.95)}))
    _, decision = await world.says(DISCORD, "see you outside")
    assert decision.actions == (Action.ALERT,)
    (kept,) = memory(world).kept.values()
    assert kept.assessment.scores == Scores(threat=0.95)
    assert kept.assessment.scorer == "scripted"


async def test_what_the_card_says_is_masked(world: World) -> None:
    await world.says(DISCORD, f"you {SLUR.upper()}")
    (card,) = world.discord.cards
    assert SLUR not in card.masked_text.lower()
    assert card.masked_text == "you V•••••••••"


async def test_a_list_asked_for_while_nothing_is_kept_is_empty(world: World) -> None:
    assert [kept async for kept in world.incidents.find(IncidentFilter())] == []


@pytest.mark.parametrize("before", [None, "sorry"], ids=["old-text-unknown", "old-text-delivered"])
async def test_abuse_that_is_edited_away_and_back_again_is_shown_again(before: str | None, world: World) -> None:
    event, _ = await world.says(SLACK, f"you {SLUR}")
    await world.edits(event, "sorry", before=None)
    decision = await world.edits(event, event.text, before=before)
    assert Action.ALERT in decision.actions
    assert len(memory(world).kept) == 2
    assert len(world.slack.cards) == 2


async def test_a_deletion_that_comes_while_its_message_is_judged_is_kept_with_the_incident() -> None:
    scorer = ScriptedScorer()
    world = memory_world(scorer=scorer)
    event = world.posted(DISCORD, f"you {SLUR}")
    scorer.gate.clear()
    judging = asyncio.create_task(handle_message_posted(event, world.deps))
    await _until(lambda: bool(scorer.asked))
    deleting = asyncio.create_task(world.deletes(event))
    await asyncio.sleep(0)
    scorer.gate.set()
    await asyncio.gather(judging, deleting)
    (kept,) = memory(world).kept.values()
    assert kept.deleted_at == world.clock.now()


async def test_an_edit_that_comes_while_its_message_is_judged_is_kept_with_the_incident() -> None:
    scorer = ScriptedScorer()
    world = memory_world(scorer=scorer)
    event = world.posted(DISCORD, f"you {SLUR}")
    scorer.gate.clear()
    judging = asyncio.create_task(handle_message_posted(event, world.deps))
    await _until(lambda: bool(scorer.asked))
    editing = asyncio.create_task(world.edits(event, "nothing to see here", before=event.text))
    await asyncio.sleep(0)
    scorer.gate.set()
    await asyncio.gather(judging, editing)
    (kept,) = memory(world).kept.values()
    assert kept.event.text == f"you {SLUR}"
    assert [edit.text for edit in kept.edits] == ["nothing to see here"]


@BOTH
async def test_a_deletion_told_before_its_message_is_kept_with_the_incident(platform: PlatformName) -> None:
    world = memory_world()
    event = world.posted(platform, f"you {SLUR}")
    await world.deletes(event)
    await handle_message_posted(event, world.deps)
    (kept,) = memory(world).kept.values()
    assert kept.deleted_at == world.clock.now()


@BOTH
async def test_what_a_kept_message_is_changed_to_is_kept_with_it_once(platform: PlatformName, world: World) -> None:
    event, _ = await world.says(platform, f"you {SLUR}")
    edit = world.edited(event, "sorry")
    for _ in range(2):
        await handle_message_edited(edit, world.deps)
    (kept,) = memory(world).kept.values()
    assert [record.text for record in kept.edits] == ["sorry"]


async def test_an_edit_of_a_harmless_message_is_kept_nowhere(world: World) -> None:
    event, _ = await world.says(DISCORD, "come canvassing")
    await world.edits(event, "come canvassing on Sunday")
    assert world.journal == []


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(8):
        while not true():
            await asyncio.sleep(0)
