"""What happens to messages: judged once, kept before they are acknowledged or deleted, whatever the wire does."""

from tests.bot.slack_adapter.world import ABUSE, HARMLESS, World
from tests.fakes import slack_payloads as wire
from tests.fakes.slack_server import GENERAL, MODERATORS


async def test_evidence_is_kept_before_the_message_is_acknowledged_and_before_it_goes(world: World):
    told = await world.slack.say("U1ANN", ABUSE)
    await world.slack.acked(told.envelope)
    await world.slack.called("chat.delete")
    await world.settled()
    steps = [s for s in world.journal if s in {"evidence.recorded", "ack", "chat.delete"}]
    assert steps[0] == "evidence.recorded"
    assert steps.index("evidence.recorded") < steps.index("chat.delete")
    assert told.ts not in world.slack.messages[GENERAL]
    (incident,) = world.incidents
    assert incident.event.text == ABUSE
    assert incident.event.author.name == "Ann"
    assert incident.event.channel_name == "general"


async def test_a_harmless_message_leaves_nothing_behind(world: World):
    told = await world.slack.say("U1ANN", HARMLESS)
    assert await world.slack.acked(told.envelope) is None
    assert world.incidents == []
    assert "chat.postMessage" not in world.journal
    assert world.counters.counted["messages.allowed"] == 1
