"""Whose accounts are one person's: a link brings no heavy sanction on anybody by one officer's word alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.casework.decisions import approve, decide
from handlers.casework.linking import LinkingDeps, link_accounts, part_account
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.register import PeopleRegister, Protected
from policies.casework.words import Sanction
from tests.fakes.tribunal import BOB, BOB_ON_SLACK, DORA, IDA, IVO, MAIR, RITA, Tribunal


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


async def test_a_link_that_was_a_mistake_is_undone_by_two_people_where_a_ban_hangs_on_it_and_the_ban_lets_go(
    tribunal: Tribunal,
) -> None:
    case = await banned(tribunal)
    for by in (IDA, IVO):
        await link_accounts(case.id, BOB, MAIR, by, deps(tribunal))
    await tribunal.passes(timedelta(minutes=1))
    assert {member for member, _ in tribunal.world.discord.restricted} == {BOB.member, MAIR.member}
    with pytest.raises(NotAllowed, match="Say in words"):
        await part_account(case.id, MAIR, " ", IDA, deps(tribunal))
    assert await part_account(case.id, MAIR, "They met at the count.", IDA, deps(tribunal)) is None
    with pytest.raises(NotAllowed, match="not for the office"):
        await part_account(case.id, MAIR, "They met at the count.", IDA, deps(tribunal))
    await tribunal.passes(timedelta(minutes=1))
    assert {member for member, _ in tribunal.world.discord.restricted} == {BOB.member, MAIR.member}
    assert await part_account(case.id, MAIR, "I saw both of them.", IVO, deps(tribunal)) is not None
    for _ in range(3):
        await tribunal.passes(timedelta(minutes=1))
    assert {member for member, _ in tribunal.world.discord.restricted} == {BOB.member}
    found = await tribunal.now(case.id)
    assert found.of(e.SanctionEnded) == ()
    assert [one.what.words for one in found.of(e.NoteAdded) if isinstance(one.what, e.NoteAdded)] == [
        "discord/branch/mair is a person's of its own: I saw both of them."
    ]
    assert await tribunal.cases.accounts(await tribunal.bob()) == [BOB]


async def test_where_nothing_heavy_is_in_force_one_officer_in_intake_undoes_a_link_and_the_registers_stay(
    tribunal: Tribunal,
) -> None:
    case = await tribunal.investigated()
    with pytest.raises(NotAllowed, match="linked to no other"):
        await part_account(case.id, MAIR, "They are two.", IDA, deps(tribunal))
    await link_accounts(case.id, BOB, MAIR, IDA, deps(tribunal))
    with pytest.raises(NotAllowed, match="not for the office"):
        await part_account(case.id, MAIR, "They are two.", IVO, deps(tribunal))
    assert await part_account(case.id, MAIR, "They are two.", IDA, deps(tribunal)) is not None
    assert await tribunal.cases.linked() == []
    bob = Protected(id="bob", name="Bob Harris", accounts=(BOB, BOB_ON_SLACK))
    known = PeopleRegister(tribunal.deps.register.officers, (bob,))
    of_register = replace(deps(tribunal), access=tribunal.access(known))
    await link_accounts(case.id, BOB, BOB_ON_SLACK, IDA, deps(tribunal))
    with pytest.raises(NotAllowed, match="Change the register"):
        await part_account(case.id, BOB_ON_SLACK, "They are two.", IDA, of_register)
