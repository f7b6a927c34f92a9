"""Who an officer is: no officer makes themself two people, or another one a party, by links between accounts."""

from dataclasses import dataclass, replace

import pytest

from handlers.casework.access import Access
from handlers.casework.decisions import approve, decide, lift
from handlers.casework.linking import LinkingDeps, link_accounts, part_account
from policies.casework import events as e
from policies.casework.case import NotAllowed
from policies.casework.people import Account, By
from policies.casework.register import PeopleRegister
from policies.casework.words import Sanction
from policies.identifiers import CommunityId, MemberId, PlatformName
from tests.fakes.tribunal import BOB, BOB_ON_SLACK, DORA, IDA, IVO, PRIYA, RITA, Tribunal


def an_account(member: str) -> Account:
    return Account(platform=PlatformName.DISCORD, community=CommunityId("branch"), member=MemberId(member))


ACCOUNTS = {by.officer: an_account(f"{by.officer}-account") for by in (IDA, IVO, DORA, RITA)}


@dataclass
class Shell:
    """The tribunal with officers whose accounts are in the register."""

    tribunal: Tribunal
    register: PeopleRegister
    access: Access

    @property
    def linking(self) -> LinkingDeps:
        """Give what linking is given."""
        return LinkingDeps(cases=self.tribunal.cases, access=self.access, clock=self.tribunal.world.clock)


@pytest.fixture
def shell() -> Shell:
    """Give officers in the register with an account each."""
    tribunal = Tribunal()
    officers = tuple(
        replace(officer, accounts=(ACCOUNTS[officer.id],) if officer.id in ACCOUNTS else ())
        for officer in tribunal.deps.register.officers
    )
    register = PeopleRegister(officers=officers)
    access = tribunal.access(register)
    tribunal.deps = replace(tribunal.deps, register=register, access=access)
    return Shell(tribunal, register, access)


async def test_nobody_becomes_a_second_person_by_having_their_own_link_undone(shell: Shell) -> None:
    case = await shell.tribunal.investigated()
    await shell.tribunal.cases.link(ACCOUNTS["dora"], ACCOUNTS["rita"], "ida")
    ban = await shell.tribunal.sanction(Sanction.BAN, departure="It was the third time.")
    await decide(case.id, await shell.tribunal.proposal(ban), DORA, shell.tribunal.deps)
    assert await part_account(case.id, ACCOUNTS["rita"], "They are two people.", IDA, shell.linking) is None
    for herself in (DORA, RITA):
        with pytest.raises(NotAllowed, match=r"is (dora|rita)'s own"):
            await part_account(case.id, ACCOUNTS["rita"], "We are.", herself, shell.linking)
    with pytest.raises(NotAllowed, match="another office"):
        await approve(case.id, RITA, "I agree with myself.", shell.tribunal.deps)
    assert await part_account(case.id, ACCOUNTS["rita"], "I know both of them.", IVO, shell.linking) is not None


async def test_no_officer_alone_drives_another_from_a_case_by_calling_them_its_subject(shell: Shell) -> None:
    case = await shell.tribunal.investigated()
    assert await link_accounts(case.id, BOB, ACCOUNTS["dora"], IDA, shell.linking) is None
    assert "dora" not in (await shell.tribunal.now(case.id)).recused
    assert await shell.tribunal.cases.person(BOB) != await shell.tribunal.cases.person(ACCOUNTS["dora"])


async def test_no_officer_alone_learns_who_reported_by_calling_people_another_officer(shell: Shell) -> None:
    case = await shell.tribunal.investigated()
    assert await link_accounts(case.id, PRIYA, ACCOUNTS["ivo"], IDA, shell.linking) is None
    assert "ivo" not in (await shell.tribunal.now(case.id)).recused


async def test_a_link_to_which_two_agreed_is_made_although_the_process_died_between_the_two_records(
    shell: Shell,
) -> None:
    case = await shell.tribunal.investigated()
    assert await link_accounts(case.id, BOB, ACCOUNTS["dora"], IDA, shell.linking) is None
    real, shell.tribunal.cases.append = shell.tribunal.cases.append, _dies_at(shell, e.ApprovalUsed)  # type: ignore[method-assign] # a crash
    with pytest.raises(ConnectionAbortedError):
        await link_accounts(case.id, BOB, ACCOUNTS["dora"], IVO, shell.linking)
    shell.tribunal.cases.append = real  # type: ignore[method-assign] # the process is back
    assert await link_accounts(case.id, BOB, ACCOUNTS["dora"], IVO, shell.linking) is not None
    assert await shell.tribunal.cases.person(BOB) == await shell.tribunal.cases.person(ACCOUNTS["dora"])


@pytest.mark.parametrize("again", [DORA, IVO])
async def test_a_ban_that_two_agreed_to_lift_is_lifted_although_the_process_died_between_the_two_records(
    again: By, shell: Shell
) -> None:
    tribunal = shell.tribunal
    case = await tribunal.investigated()
    ban = await tribunal.sanction(Sanction.BAN, departure="It was the third time.")
    await decide(case.id, await tribunal.proposal(ban), DORA, tribunal.deps)
    await approve(case.id, RITA, "I agree.", tribunal.deps)
    await lift(case.id, Sanction.BAN, ban.on, "It was somebody else.", DORA, deps=tribunal.deps)
    real, tribunal.cases.append = tribunal.cases.append, _dies_at(shell, e.SanctionLifted)  # type: ignore[method-assign] # a crash
    with pytest.raises(ConnectionAbortedError):
        await lift(case.id, Sanction.BAN, ban.on, "I agree.", IVO, deps=tribunal.deps)
    tribunal.cases.append = real  # type: ignore[method-assign] # the process is back
    lifted = await lift(case.id, Sanction.BAN, ban.on, "Again.", again, deps=tribunal.deps)
    (happened,) = lifted.of(e.SanctionLifted)
    assert happened.by == DORA
    assert not tribunal.world.discord.restricted


async def test_nobody_agrees_to_what_was_asked_by_somebody_who_is_no_officer_any_more(shell: Shell) -> None:
    tribunal = shell.tribunal
    case = await tribunal.investigated()
    assert await link_accounts(case.id, BOB_ON_SLACK, ACCOUNTS["dora"], IDA, shell.linking) is None
    left = PeopleRegister(tuple(one for one in shell.register.officers if one.id != "ida"))
    without = replace(shell.linking, access=tribunal.access(left))
    with pytest.raises(NotAllowed, match="Whoever asked for this can no longer take part"):
        await link_accounts(case.id, BOB_ON_SLACK, ACCOUNTS["dora"], IVO, without)


def _dies_at(shell: Shell, kind: type[e.CaseEvent]):  # type: ignore[no-untyped-def] # stands in for a method
    real = shell.tribunal.cases.append

    async def append(case, *happened, **more):  # type: ignore[no-untyped-def] # the method's own
        if any(isinstance(one.what, kind) for one in happened):
            raise ConnectionAbortedError
        return await real(case, *happened, **more)

    return append
