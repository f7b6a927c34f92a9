"""No officer is told by an alarm, or asked by a task, about a case in which they have a stake."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from handlers.casework.access import Access, AccessDeps
from handlers.casework.deadlines import DeadlineDeps, PostHolders, keep_deadlines
from handlers.casework.decisions import approve, decide
from handlers.casework.steady import SteadyClock
from policies.casework.calendars import Calendar, Nation
from policies.casework.clocks import ClockRules
from policies.casework.people import Account
from policies.casework.register import PeopleRegister
from policies.casework.words import Sanction
from tests.fakes.tribunal import BOB, BOB_ON_SLACK, DORA, MAIR, PRIYA, RITA, Tribunal


def with_officers(tribunal: Tribunal, accounts: dict[str, Account], holders: PostHolders) -> Access:
    """Decide by a register in which officers have these accounts."""
    officers = tuple(
        replace(officer, accounts=(accounts[officer.id],) if officer.id in accounts else ())
        for officer in tribunal.deps.register.officers
    )
    return Access(
        AccessDeps(
            cases=tribunal.cases,
            alarms=tribunal.alarms,
            clock=tribunal.world.clock,
            register=PeopleRegister(officers=officers),
            holders=holders,
            incidents=tribunal.world.incidents,
        )
    )


async def alarmed(tribunal: Tribunal, access: Access, holders: PostHolders) -> list[str]:
    tribunal.world.clock.advance(timedelta(days=30))
    clock = SteadyClock(tribunal.world.clock, lambda: 0.0)
    deps = DeadlineDeps(
        cases=tribunal.cases,
        alarms=tribunal.alarms,
        clock=clock,
        rules=ClockRules(),
        calendar=Calendar(Nation.NONE, UTC),
        holders=holders,
        access=access,
    )
    await keep_deadlines(deps)
    return [holder for holder, _ in tribunal.alarms.told]


@pytest.mark.parametrize("own", [BOB, PRIYA, MAIR], ids=["subject", "anonymous-reporter", "target"])
async def test_a_post_holder_hears_nothing_of_a_case_of_their_own_and_the_next_one_does(own: Account) -> None:
    tribunal, holders = Tribunal(), PostHolders(breaches="ida", reviewer="rita")
    await tribunal.investigated()
    assert await alarmed(tribunal, with_officers(tribunal, {"ida": own}, holders), holders) == ["rita"]


async def test_a_post_holder_without_a_stake_is_told() -> None:
    tribunal, holders = Tribunal(), PostHolders(breaches="ida", reviewer="rita")
    await tribunal.investigated()
    assert await alarmed(tribunal, with_officers(tribunal, {}, holders), holders) == ["ida"]


async def test_where_every_post_holder_has_a_stake_nobody_is_told_and_the_record_says_so() -> None:
    tribunal, holders = Tribunal(), PostHolders(breaches="ida", reviewer="ida", leadership="ida")
    await tribunal.investigated()
    assert await alarmed(tribunal, with_officers(tribunal, {"ida": BOB}, holders), holders) == [""]


async def test_nobody_is_asked_to_impose_a_sanction_on_themself() -> None:
    tribunal, holders = Tribunal(), PostHolders(breaches="rita")
    case = await tribunal.investigated()
    await tribunal.cases.link(BOB, BOB_ON_SLACK, "register")
    access = with_officers(tribunal, {"ida": BOB_ON_SLACK}, holders)
    tribunal.deps = replace(tribunal.deps, access=access, sanctioner="ida")
    mute = await tribunal.sanction(Sanction.MUTE, 7)
    await decide(case.id, await tribunal.proposal(mute), DORA, tribunal.deps)
    await approve(case.id, RITA, "I read it.", tribunal.deps)
    assert {holder for holder, _ in tribunal.alarms.told} == {"rita"}
