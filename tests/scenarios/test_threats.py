"""Somebody is threatened: what the author, the moderators and those who speak of it live through."""

from handlers.enforcement import resume_unfinished
from handlers.moderation import show_incident
from policies.acts import Verb
from policies.decisions import Action, OutcomeStatus
from policies.identifiers import IncidentId, PlatformName
from tests.fakes.world import World

THREAT = "I will kill you"
SPOKEN_OF = [
    'He said "I will kill you" and I have reported it to the police.',
    "We will fight them on every doorstep.",
    "I will vote against you at the trigger ballot.",
]


async def test_evidence_is_kept_before_the_message_goes(platform: PlatformName, world: World) -> None:
    event, decision = await world.says(platform, THREAT)
    assert decision.action is Action.HIDE
    assert world.journal.index("evidence.recorded") < world.journal.index("message.hidden")
    assert event.ref in world.platform(platform).hidden


async def test_the_author_is_told_the_clause_and_how_to_object(platform: PlatformName, world: World) -> None:
    await world.says(platform, THREAT)
    ((_, notice),) = world.platform(platform).notices
    told = " ".join(notice.paragraphs)
    assert "threaten" in told
    assert "I-2026-000001" in told
    assert "noticed automatically" in told
    assert THREAT not in told


async def test_moderators_see_it_masked_with_a_time_limit_and_nobody_else_is_named(
    platform: PlatformName, world: World
) -> None:
    await world.says(platform, THREAT)
    (card,) = world.platform(platform).cards
    assert THREAT not in card.masked_text
    assert card.due_at is not None
    assert card.settled == ""


async def test_those_who_speak_of_threats_are_left_alone(platform: PlatformName, world: World) -> None:
    for text in SPOKEN_OF:
        event, decision = await world.says(platform, text)
        assert decision.action in (Action.ALLOW, Action.ALERT), text
        assert event.ref not in world.platform(platform).hidden
    assert not world.platform(platform).notices


async def test_an_edit_cannot_hide_a_threat_and_leaves_both_texts_on_record(
    platform: PlatformName, world: World
) -> None:
    event, first = await world.says(platform, "See you at the count.")
    second = await world.edits(event, THREAT, before="See you at the count.")
    assert (first.action, second.action) == (Action.ALLOW, Action.HIDE)
    kept = await world.incidents.get(IncidentId("I-2026-000001"))
    assert kept is not None
    assert kept.event.text == THREAT
    assert getattr(kept.event, "before", None) == "See you at the count."


async def test_a_wrong_call_is_taken_back_by_a_moderator_even_across_an_outage(
    platform: PlatformName, world: World
) -> None:
    chat = world.platform(platform)
    event, _ = await world.says(platform, THREAT)
    chat.broken, chat.broken_verbs = 1, frozenset({"restore"})
    reply = await world.presses(platform, IncidentId("I-2026-000001"), Verb.NOT_ABUSE, reason="a line from the play")
    assert reply.ok
    assert event.ref in chat.hidden
    world.restart()
    assert await resume_unfinished(world.deps) == 0
    assert event.ref not in chat.hidden
    kept = await world.incidents.get(IncidentId("I-2026-000001"))
    assert kept is not None
    assert kept.last(Action.HIDE) is OutcomeStatus.UNDONE


async def test_the_whole_story_can_be_shown(platform: PlatformName, world: World) -> None:
    event, _ = await world.says(platform, THREAT)
    await world.reports(event, "this is about me")
    await world.presses(platform, IncidentId("I-2026-000001"), Verb.UPHOLD, reason="plain enough")
    await world.deletes(event)
    shown = await show_incident(world.actor(platform), IncidentId("I-2026-000001"), deps=world.deps)
    assert "The message was hidden" in shown.text
    assert "upheld. Reason: plain enough" in shown.text
    assert THREAT not in shown.text
