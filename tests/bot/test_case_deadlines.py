"""In the live bot the post-holders of cases are told where they are, and moderators what is waiting once a day."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.case_deadlines import CaseAlarms, case_deadlines
from bot.settings_casework import CaseworkSettings
from bot.store.sqlite.store import open_store
from handlers.ports import Notice
from policies.casework import events as e
from policies.casework.people import THE_BOT, Account, Officer
from policies.casework.register import PeopleRegister
from policies.casework.words import CaseKind, Delivery, Office
from policies.decisions import OutcomeStatus, Severity
from policies.identifiers import CommunityId, MemberId, PlatformName
from tests.fakes.clock import NOON, FrozenClock
from tests.fakes.platform import FakePlatform

LATE = Notice(title="A deadline of C-2026-000001 is missed", paragraphs=("The triage was due.",))
HOMES = {PlatformName.DISCORD: CommunityId("1"), PlatformName.SLACK: CommunityId("")}
GRACE = Officer(
    id="grace",
    name="Grace Okafor",
    offices=frozenset({Office.INTAKE}),
    accounts=(Account(platform=PlatformName.DISCORD, community=CommunityId("1"), member=MemberId("7")),),
)


@pytest.fixture
def platform() -> FakePlatform:
    return FakePlatform()


@pytest.fixture
def alarms(platform: FakePlatform) -> CaseAlarms:
    return CaseAlarms({PlatformName.DISCORD: platform}, HOMES, PeopleRegister((GRACE,)))


async def test_an_officer_is_told_in_private(alarms: CaseAlarms, platform: FakePlatform) -> None:
    assert await alarms.tell("grace", LATE) is Delivery.DELIVERED
    assert platform.notices == [(MemberId("7"), LATE)]
    assert not platform.cards


async def test_a_post_in_words_is_told_where_moderators_look(alarms: CaseAlarms, platform: FakePlatform) -> None:
    assert await alarms.tell("leadership, grace", LATE) is Delivery.DELIVERED
    (card,) = platform.cards
    assert card.headline == f"For leadership: {LATE.title}"
    assert card.why == LATE.paragraphs


async def test_an_officer_who_takes_no_messages_is_told_where_moderators_look(
    alarms: CaseAlarms, platform: FakePlatform
) -> None:
    platform.answers["notify"].append(OutcomeStatus.REFUSED)
    assert await alarms.tell("grace", LATE) is Delivery.DELIVERED
    assert platform.cards[0].headline == f"For Grace Okafor: {LATE.title}"


async def test_nobody_reached_is_a_failure_to_be_tried_again(alarms: CaseAlarms, platform: FakePlatform) -> None:
    platform.broken = 9
    assert await alarms.tell("grace", LATE) is Delivery.FAILED
    assert await alarms.tell("", LATE) is Delivery.FAILED


async def test_the_bot_looks_at_its_own_record_and_tells_the_day_once(tmp_path: Path, platform: FakePlatform) -> None:
    clock = FrozenClock()
    async with open_store(tmp_path, clock) as store:
        opened = e.CaseOpened(kind=CaseKind.CONDUCT, severity=Severity.CRITICAL)
        case = await store.cases.open(e.Happened(at=NOON - timedelta(hours=3), by=THE_BOT, what=opened))
        for _ in range(2):  # the second as after a restart
            part = await case_deadlines(CaseworkSettings(), store, {PlatformName.DISCORD: platform}, HOMES, clock)
            assert await part.step() > 0
        kept = await store.cases.get(case.id)
    assert kept is not None
    assert len(kept.of(e.ClockBreached)) == 1
    assert len(kept.of(e.CaseEscalated)) == 1
    assert [card.headline for card in platform.cards] == [
        f"For case-secretary: A deadline of {case.id} is missed",
        f"For independent-reviewer: {case.id} is escalated",
        f"For leadership: {case.id} is escalated",
        "1 case is open",
    ]
    assert platform.cards[-1].why == (
        "1 case is open; the oldest has been waiting for less than a day. 1 of them (100%) is over a deadline.",
        "Past twice a deadline, and nobody has confirmed being told of it: C-2026-000001. Whoever was told confirms it"
        " with hustings cases confirm CASE.",
    )
