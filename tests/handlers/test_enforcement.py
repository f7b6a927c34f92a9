"""Enforcement: each action once by record, whatever breaks, and nothing beyond what a rule may do alone."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.enforcement import carry_out, resume_unfinished, to_do
from handlers.messages import handle_message_posted
from policies.acts import Verb
from policies.decisions import Action, OutcomeStatus
from tests.fakes.evidence import MemoryEvidence
from tests.fakes.reading import SLUR, THREAT, small_policy
from tests.fakes.world import DISCORD, SLACK, World


def memory(world: World) -> MemoryEvidence:
    assert isinstance(world.evidence, MemoryEvidence)
    return world.evidence


async def test_an_automatic_mute_lasts_24_hours_from_the_record_whatever_is_configured(world: World) -> None:
    world.deps = replace(world.deps, mute_for=timedelta(days=7))
    world.discord.broken = 1
    world.discord.broken_verbs = frozenset({"mute"})
    await world.says(DISCORD, f"{THREAT} you")
    started = world.clock.now()
    world.clock.advance(timedelta(hours=2))
    await resume_unfinished(world.deps)
    assert world.discord.muted == {"ann": started + timedelta(hours=24)}


async def test_a_mute_whose_time_is_over_is_not_made(world: World) -> None:
    world.discord.broken = 1
    world.discord.broken_verbs = frozenset({"mute"})
    await world.says(DISCORD, f"{THREAT} you")
    world.clock.advance(timedelta(hours=25))
    assert await resume_unfinished(world.deps) == 0
    assert not world.discord.muted
    (kept,) = memory(world).kept.values()
    assert kept.last(Action.MUTE) is OutcomeStatus.FAILED


@pytest.mark.parametrize("verb", ["hide", "mute", "alert"])
async def test_what_a_lost_connection_left_is_done_once_after_it_came_back(verb: str, world: World) -> None:
    world.discord.broken = 3
    world.discord.broken_verbs = frozenset({verb})
    await world.says(DISCORD, f"{THREAT} you")
    assert await resume_unfinished(world.deps) == 1
    assert await resume_unfinished(world.deps) == 1
    assert await resume_unfinished(world.deps) == 0
    assert await resume_unfinished(world.deps) == 0
    done = [line for line in world.journal if not line.startswith("evidence.")]
    assert done == ["message.hidden", "member.muted", "member.told", "moderators.alerted"]


async def test_a_process_that_died_after_the_record_finishes_when_it_starts_again(world: World) -> None:
    world.discord.broken = 1
    event, _ = await world.says(DISCORD, f"you {SLUR}")
    assert event.ref not in world.discord.hidden
    world.restart()
    assert await resume_unfinished(world.deps) == 0
    assert event.ref in world.discord.hidden
    assert len(world.discord.notices) == len(world.discord.cards) == 1


async def test_a_notice_that_may_have_been_sent_is_not_sent_twice(world: World) -> None:
    world.discord.gated_verbs = frozenset({"notify"})
    world.discord.gate.clear()
    delivery = asyncio.create_task(handle_message_posted(world.posted(DISCORD, f"you {SLUR}"), world.deps))
    await _until(lambda: "evidence.outcome notify-author started" in world.journal)
    delivery.cancel()  # the process dies while the notice is on its way
    await asyncio.gather(delivery, return_exceptions=True)
    world.discord.gate.set()
    world.restart()
    assert await resume_unfinished(world.deps) == 0
    assert not world.discord.notices
    (card,) = world.discord.cards
    assert any("not known how it ended: notify-author" in line for line in card.done)


async def test_a_notice_lost_with_the_connection_is_said_to_be_uncertain(world: World) -> None:
    world.discord.broken = 1
    world.discord.broken_verbs = frozenset({"notify"})
    await world.says(DISCORD, f"you {SLUR}")
    assert await resume_unfinished(world.deps) == 0
    (card,) = world.discord.cards
    assert any("not known whether the notice arrived" in line for line in card.done)
    assert not world.discord.notices


async def test_one_incident_that_cannot_be_finished_does_not_keep_the_others_waiting(world: World) -> None:
    world.discord.broken = 2
    await world.says(DISCORD, f"you {SLUR}", author="ann")
    await world.says(DISCORD, f"you {SLUR}", author="bob")
    first, second = memory(world).kept
    whole = memory(world).kept[first]
    broken = replace(whole.event, ref=None)  # type: ignore[arg-type] # the point of the test
    memory(world).kept[first] = replace(whole, event=broken)
    assert await resume_unfinished(world.deps) == 1
    assert not memory(world).kept[second].unfinished
    assert world.counters.counted["actions.broken"] == 1


async def test_resuming_while_a_handler_is_at_work_does_nothing_twice(world: World) -> None:
    world.discord.gate.clear()
    delivery = asyncio.create_task(handle_message_posted(world.posted(DISCORD, f"you {SLUR}"), world.deps))
    await _until(lambda: bool(memory(world).kept))
    resumed = asyncio.create_task(resume_unfinished(world.deps))
    await asyncio.sleep(0)
    world.discord.gate.set()
    await asyncio.gather(delivery, resumed)
    assert world.journal.count("message.hidden") == 1
    assert len(world.discord.notices) == len(world.discord.cards) == 1


async def test_a_refusal_by_the_platform_is_kept_and_shown_and_not_tried_again(world: World) -> None:
    world.discord.answers["hide"].append(OutcomeStatus.REFUSED)
    await world.says(DISCORD, f"you {SLUR}")
    assert await resume_unfinished(world.deps) == 0
    (kept,) = memory(world).kept.values()
    assert kept.last(Action.HIDE) is OutcomeStatus.REFUSED
    assert "The message was not hidden" in world.discord.cards[0].done


async def test_an_outcome_that_could_not_be_kept_is_found_again_not_lost(world: World) -> None:
    world.discord.gate.clear()
    delivery = asyncio.create_task(handle_message_posted(world.posted(DISCORD, f"you {SLUR}"), world.deps))
    await _until(lambda: bool(memory(world).kept))
    memory(world).failures = 1
    world.discord.gate.set()
    await delivery
    (kept,) = memory(world).kept.values()
    assert kept.last(Action.HIDE) is None
    assert await resume_unfinished(world.deps) == 0
    (kept,) = memory(world).kept.values()
    assert kept.last(Action.HIDE) is OutcomeStatus.DONE


async def test_what_slack_cannot_do_is_said_and_moderators_are_alerted(world: World) -> None:
    await world.says(SLACK, f"{THREAT} you")
    (card,) = world.slack.cards
    assert any("Slack cannot mute" in why and "alerted instead" in why for why in card.why)
    assert not world.slack.muted


async def test_a_right_lost_between_decision_and_action_degrades_and_is_kept(world: World) -> None:
    world.discord.broken = 1
    await world.says(DISCORD, f"{THREAT} you")
    world.discord.can = world.discord.can - {Action.MUTE}
    await resume_unfinished(world.deps)
    (kept,) = memory(world).kept.values()
    assert kept.last(Action.MUTE) is OutcomeStatus.DEGRADED
    assert any("Discord does not let this bot mute members" in line for line in world.discord.cards[0].done)


async def test_nothing_is_carried_out_after_a_moderator_found_no_abuse(world: World) -> None:
    world.discord.broken = 1
    event, _ = await world.says(DISCORD, f"you {SLUR}")
    (name,) = memory(world).kept
    await world.presses(DISCORD, name, Verb.NOT_ABUSE)
    assert await resume_unfinished(world.deps) == 0
    assert event.ref not in world.discord.hidden
    assert not world.discord.notices
    assert memory(world).kept[name].last(Action.HIDE) is OutcomeStatus.UNDONE


async def test_whatever_restricts_a_member_is_told_to_them_and_shown_to_moderators(world: World) -> None:
    decision = replace(small_policy().allowed, actions=(Action.HIDE,))
    assert to_do(decision) == (Action.HIDE, Action.NOTIFY_AUTHOR, Action.ALERT)
    assert to_do(replace(decision, actions=(Action.NOTIFY_AUTHOR,))) == (Action.NOTIFY_AUTHOR,)
    assert to_do(replace(decision, actions=(Action.ALLOW,))) == ()


async def test_an_incident_nobody_knows_has_nothing_to_carry_out(world: World) -> None:
    await world.says(DISCORD, f"you {SLUR}")
    (name,) = memory(world).kept
    memory(world).kept.clear()
    assert not await carry_out(name, world.deps)


async def test_the_notice_says_what_was_done_which_clause_and_how_to_object(world: World) -> None:
    await world.says(DISCORD, f"you {SLUR}")
    ((member, notice),) = world.discord.notices
    assert member == "ann"
    assert notice.title == "About your message in #general"
    assert notice.paragraphs == (
        "You wrote in #general: “you v•••••••••”",
        "The message was hidden.",
        "It stays out of sight until a person decides otherwise; it concerns this message alone.",
        "The rule: Clause about slurs. (slurs)",
        f"These are the words of Small, version 1 (SHA-256 of the file: {1:064x}), in force when you wrote.",
        "Nobody reported it: it was noticed automatically by written rules, and this was done automatically. No person"
        " had looked at it yet.",
        "If you think this is wrong, write to the party's standards team until 3 November 2026 and name I-2026-000001. "
        "A person will look at the message and what was around it, and can take this back.",
    )


async def _until(holds: "object") -> None:
    assert callable(holds)
    for _ in range(1_000):
        if holds():
            return
        await asyncio.sleep(0)
    raise AssertionError("It never came to that.")


async def test_the_notice_of_a_mute_says_when_it_ends(world: World) -> None:
    await world.says(DISCORD, f"you {THREAT}")
    ((_, notice),) = world.discord.notices
    assert "You cannot post here until 12:00 UTC on 4 May 2026; it ends by itself." in notice.paragraphs
