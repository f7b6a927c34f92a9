"""The platform that touches nobody: it answers by the rights it is given and notes what it was asked to do."""

from dataclasses import replace

import pytest

from bot.replay_adapter.passing_record import HELD, PassingRecord
from bot.replay_adapter.platform import NO_ADMIN_TOKEN, Recorded, ReplayPlatform
from bot.replay_adapter.stand_ins import ReplayClock
from handlers.errors import EvidenceUnavailable, UnknownIncident
from handlers.ports import IncidentFilter
from policies.acts import Verb
from policies.capabilities import CAPABILITIES
from policies.decisions import Action, Mode, Outcome, OutcomeStatus
from policies.identifiers import IncidentId, PlatformName
from tests.fakes import incidents as make
from tests.fakes.clock import NOON
from tests.fakes.reading import SLUR
from tests.fakes.world import DISCORD, SLACK, World

HIDDEN = Outcome(action=Action.HIDE, status=OutcomeStatus.DONE)


def test_no_platform_is_replayed_with_more_than_it_can_ever_do() -> None:
    everything = frozenset(Action)
    assert ReplayPlatform(SLACK, can=everything).can == CAPABILITIES[SLACK]
    assert not {Action.HIDE, Action.HOLD, Action.MUTE, Action.SLOW_MODE} & ReplayPlatform(SLACK, can=NO_ADMIN_TOKEN).can
    assert {Action.HIDE, Action.MUTE} <= ReplayPlatform(DISCORD).can


@pytest.mark.parametrize("platform", list(PlatformName))
async def test_what_a_message_leads_to_is_noted_and_answered_as_replayed(platform: PlatformName) -> None:
    asked: list[Recorded] = []
    record = PassingRecord()
    world = World(evidence=record, incidents=record, journal=[])
    world.deps = replace(world.deps, platforms={platform: ReplayPlatform(platform, record=asked.append)})
    event, decision = await world.says(platform, SLUR)
    assert decision.action is Action.HIDE
    assert [(thing.did, thing.platform) for thing in asked] == [
        ("hide", platform),
        ("notify", platform),
        ("alert", platform),
    ]
    assert asked[0].message == event.ref
    assert asked[2].card is not None
    (incident,) = await record.of_message(event.ref)
    assert not incident.unfinished
    done = [entry.outcome for entry in incident.outcomes if entry.outcome.status is OutcomeStatus.DONE]
    assert {outcome.detail for outcome in done if outcome.action is Action.HIDE} == {"replayed: nobody was touched"}


async def test_a_slack_without_an_administrators_token_alerts_instead() -> None:
    asked: list[Recorded] = []
    record = PassingRecord()
    world = World(evidence=record, incidents=record, journal=[], mode=Mode.ACT)
    slack = ReplayPlatform(SLACK, can=NO_ADMIN_TOKEN, record=asked.append)
    world.deps = replace(world.deps, platforms={SLACK: slack})
    _, decision = await world.says(SLACK, SLUR)
    assert decision.action is Action.ALERT
    assert [thing.did for thing in asked] == ["notify", "alert"]


async def test_the_passing_record_knows_an_event_again_and_keeps_each_outcome_once() -> None:
    record = PassingRecord()
    first = await record.record(make.incident())
    assert await record.record(make.incident()) == type(first)(incident=first.incident, fresh=False)
    await record.append_outcome(first.incident, HIDDEN, NOON)
    await record.append_outcome(first.incident, HIDDEN, NOON)
    kept = await record.get(first.incident)
    assert kept is not None
    assert [entry.outcome for entry in kept.outcomes] == [HIDDEN]
    assert await record.note_deletion(make.deleted()) == (first.incident,)


async def test_the_passing_record_forgets_and_says_so() -> None:
    record = PassingRecord()
    for number in range(HELD + 1):
        await record.record(make.incident(number))
    assert await record.get(IncidentId("I-2026-000001")) is None
    assert await record.get(IncidentId(f"I-2026-{HELD + 1:06}")) is not None
    with pytest.raises(UnknownIncident):
        await record.append_outcome(IncidentId("I-2026-000001"), HIDDEN, NOON)


async def test_the_passing_record_refuses_what_only_a_whole_one_can_answer() -> None:
    record = PassingRecord()
    name = (await record.record(make.incident())).incident
    with pytest.raises(EvidenceUnavailable, match="--data"):
        await record.settle(make.act("1", Verb.UPHOLD, on=name), version=0)
    with pytest.raises(EvidenceUnavailable):
        await record.append_act(make.act("2", Verb.REPORT, on=name))
    with pytest.raises(EvidenceUnavailable):
        record.find(IncidentFilter())
    assert list(await record.unfinished()) == []


def test_the_clock_of_a_replay_never_goes_back() -> None:
    clock = ReplayClock()
    clock.go_on_to(NOON)
    clock.go_on_to(NOON.replace(hour=3))
    assert clock.now() == NOON
