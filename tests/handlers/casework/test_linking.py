"""Whose accounts are one person's: a link brings no heavy sanction on anybody by one officer's word alone."""

from datetime import timedelta

import pytest

from handlers.casework.decisions import approve, decide
from handlers.casework.linking import LinkingDeps, link_accounts
from policies.casework.case import Case, NotAllowed
from policies.casework.words import Sanction
from tests.fakes.tribunal import BOB, DORA, IDA, IVO, MAIR, RITA, Tribunal


@pytest.fixture
def tribunal() -> Tribunal:
    """Give a branch in which nothing has been decided yet."""
    return Tribunal()


def deps(tribunal: Tribunal) -> LinkingDeps:
    return LinkingDeps(cases=tribunal.cases, access=tribunal.deps.access, clock=tribunal.world.clock)


async def banned(tribunal: Tribunal) -> Case:
    case = await tribunal.investigated()
    ban = await tribunal.sanction(Sanction.BAN, departure="It was the third time.")
    await decide(case.id, await tribunal.proposal(ban), DORA, tribunal.deps)
    return (await approve(case.id, RITA, "I agree.", tribunal.deps)).case


async def test_one_officer_alone_cannot_have_a_bystander_banned_by_calling_them_one_person(tribunal: Tribunal) -> None:
    case = await banned(tribunal)
    assert await link_accounts(case.id, BOB, MAIR, IDA, deps(tribunal)) is None
    await tribunal.passes(timedelta(minutes=1))
    assert {member for member, _ in tribunal.world.discord.restricted} == {BOB.member}
    with pytest.raises(NotAllowed, match="not for the office"):
        await link_accounts(case.id, BOB, MAIR, IDA, deps(tribunal))
    assert await link_accounts(case.id, BOB, MAIR, IVO, deps(tribunal)) is not None
    await tribunal.passes(timedelta(minutes=1))
    assert {member for member, _ in tribunal.world.discord.restricted} == {BOB.member, MAIR.member}


async def test_where_nothing_heavy_is_in_force_one_officer_in_intake_links(tribunal: Tribunal) -> None:
    case = await tribunal.investigated()
    with pytest.raises(NotAllowed, match="not for the office"):
        await link_accounts(case.id, BOB, MAIR, IVO, deps(tribunal))
    assert await link_accounts(case.id, BOB, MAIR, IDA, deps(tribunal)) is not None
