"""Another policy takes two people: another person, another office, no stake, exactly this file, and in time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.casework.access import Access, AccessDeps
from handlers.casework.adopting import Adopting, PolicyFile, adopt, answer, propose
from handlers.casework.deadlines import PostHolders
from handlers.errors import EvidenceUnavailable
from policies.casework import events as e
from policies.casework.adoption import PolicyAdopted, adopted
from policies.casework.case import NotAllowed
from policies.casework.four_eyes import VALID_FOR, ApprovalState
from policies.casework.load import parse_register
from policies.casework.people import By
from policies.casework.words import CaseReason, CaseState, Office, Part
from policies.load import parse_policy
from tests.fakes.adoptions import MemoryAdoptions
from tests.fakes.cases import INTAKE, MemoryCases, account, happened, opening
from tests.fakes.clock import FrozenClock
from tests.handlers.casework.test_access import Alarms

SERVER = "100000000000000000"
REGISTER = f"""
officers:
  - {{id: ida, name: Ida, offices: [intake]}}
  - {{id: dora, name: Dora, offices: [decider], accounts: [discord/{SERVER}/100000000000000003]}}
  - {{id: dai, name: Dai, offices: [decider]}}
  - {{id: ada, name: Ada, offices: [admin], accounts: [discord/{SERVER}/100000000000000005]}}
  - {{id: rita, name: Rita, offices: [reviewer], accounts: [discord/{SERVER}/100000000000000006], external: yes}}
"""
IDA, DORA, DAI = By(Office.INTAKE, "ida"), By(Office.DECIDER, "dora"), By(Office.DECIDER, "dai")
ADA, RITA = By(Office.ADMIN, "ada"), By(Office.REVIEWER, "rita")


def file(version: int, clause: str = "1 Be civil.") -> PolicyFile:
    """Give a policy file."""
    text = (
        f"policy: Channels\nversion: {version}\nrules:\n"
        f'  - {{id: any-finding, clause: "{clause}", when: findings.size() > 0, then: [alert]}}\n'
    ).encode()
    return PolicyFile(parse_policy(text, file="party.yaml"), text)


FIRST, SECOND = file(1), file(2)


@pytest.fixture
async def deps() -> Adopting:
    """Give officers, and a first policy in force."""
    clock, cases = FrozenClock(), MemoryCases()
    register = parse_register(REGISTER.encode(), file="people.yaml")
    access = Access(
        AccessDeps(cases=cases, alarms=Alarms(), clock=clock, register=register, holders=PostHolders(), incidents=None)
    )
    made = Adopting(adoptions=MemoryAdoptions(clock), cases=cases, clock=clock, access=access)
    assert await adopt(FIRST, made)
    return made


async def current(deps: Adopting) -> int:
    """Give the version in force."""
    found = adopted(await deps.adoptions.all())
    assert found is not None
    return found.version


async def test_the_first_policy_is_taken_up_without_ceremony_and_the_same_again_is_no_change(deps: Adopting) -> None:
    assert await current(deps) == 1
    assert not await adopt(FIRST, deps)
    assert len(await deps.adoptions.all()) == 1


async def test_a_changed_policy_is_taken_up_once_a_second_person_agreed_to_exactly_that_file(deps: Adopting) -> None:
    with pytest.raises(NotAllowed, match="Nobody has proposed exactly this file"):
        await adopt(SECOND, deps)
    await propose(SECOND, "members asked", DORA, deps)
    with pytest.raises(NotAllowed, match="nobody has agreed yet"):
        await adopt(SECOND, deps)
    await answer(SECOND, "I read it", RITA, deps, granted=True)
    with pytest.raises(NotAllowed, match="Nobody has proposed exactly this file"):
        await adopt(file(2, "1 Be civil!"), deps)
    assert await current(deps) == 1
    assert await adopt(SECOND, deps)
    assert await current(deps) == 2
    assert [type(one.what).__name__ for one in await deps.adoptions.all()] == [
        "PolicyAdopted",
        "PolicyProposed",
        "PolicyAnswered",
        "PolicyAdopted",
    ]


@pytest.mark.parametrize(
    ("by", "why"),
    [
        pytest.param(DORA, "is the person who proposed this", id="the-same-person"),
        pytest.param(By(Office.REVIEWER, "dora"), "is the person who proposed this", id="in-another-office"),
        pytest.param(DAI, "is decider as dai is", id="the-same-office"),
        pytest.param(IDA, "Somebody without that office", id="an-office-that-approves-nothing"),
        pytest.param(By(), "Somebody without that office", id="nobody"),
    ],
)
async def test_whoever_is_no_second_person_cannot_agree(by: By, why: str, deps: Adopting) -> None:
    await propose(SECOND, "members asked", DORA, deps)
    with pytest.raises(NotAllowed, match=why):
        await answer(SECOND, "fine", by, deps, granted=True)
    with pytest.raises(NotAllowed, match="nobody has agreed yet"):
        await adopt(SECOND, deps)


async def test_the_same_person_under_another_account_cannot_agree(deps: Adopting) -> None:
    await deps.cases.link(
        account("100000000000000003", community=SERVER), account("100000000000000006", community=SERVER), "ida"
    )
    await propose(SECOND, "members asked", DORA, deps)
    with pytest.raises(NotAllowed, match="under this name or another"):
        await answer(SECOND, "fine", RITA, deps, granted=True)
    await answer(SECOND, "fine", ADA, deps, granted=True)
    assert await adopt(SECOND, deps)


async def test_the_subject_of_an_open_case_has_no_part_in_it_once_they_were_told_and_until_it_is_over(
    deps: Adopting,
) -> None:
    rita = await deps.cases.person(account("100000000000000006", community=SERVER))
    case = await deps.cases.open(opening(), happened(e.PersonNamed(person=rita, part=Part.SUBJECT)))
    await propose(SECOND, "members asked", RITA, deps)  # they were told of nothing yet, so nothing shows
    moved = e.CaseMoved(to=CaseState.ACKNOWLEDGED, reason=CaseReason.RECEIPT_SENT)
    await deps.cases.append(case.id, happened(moved, INTAKE), version=case.version)
    with pytest.raises(NotAllowed, match="subject of a case that is open"):
        await propose(file(3), "members asked", RITA, deps)
    third = file(4)
    await propose(third, "members asked", DORA, deps)
    with pytest.raises(NotAllowed, match="subject of a case that is open"):
        await answer(third, "fine", RITA, deps, granted=True)


async def test_an_approval_expires_and_counts_for_one_policy_in_force_alone(deps: Adopting) -> None:
    assert isinstance(deps.clock, FrozenClock)
    third = file(3)
    for one in (SECOND, third):
        await propose(one, "members asked", DORA, deps)
        stands = await answer(one, "fine", ADA, deps, granted=True)
        assert stands.state is ApprovalState.GRANTED
    deps.clock.advance(VALID_FOR - timedelta(seconds=1))
    assert await adopt(SECOND, deps)
    with pytest.raises(NotAllowed, match="since the present policy came into force"):
        await adopt(third, deps)
    await propose(third, "members asked", DORA, deps)
    await answer(third, "fine", ADA, deps, granted=True)
    deps.clock.advance(VALID_FOR)
    with pytest.raises(NotAllowed, match="has expired"):
        await adopt(third, deps)
    with pytest.raises(NotAllowed, match="since the present policy came into force"):
        await adopt(FIRST, deps)  # going back is a change as well
    assert await current(deps) == 2


async def test_a_refusal_ends_it_and_nothing_stands_twice(deps: Adopting) -> None:
    with pytest.raises(NotAllowed, match="is in force already"):
        await propose(FIRST, "again", DORA, deps)
    with pytest.raises(NotAllowed, match="Say why"):
        await propose(SECOND, " ", DORA, deps)
    await propose(SECOND, "members asked", DORA, deps)
    with pytest.raises(NotAllowed, match="was proposed already"):
        await propose(SECOND, "members asked", ADA, deps)
    with pytest.raises(NotAllowed, match="Say why"):
        await answer(SECOND, "", ADA, deps, granted=False)
    await answer(SECOND, "too harsh", ADA, deps, granted=False)
    for wish in (propose(SECOND, "again", DORA, deps), adopt(SECOND, deps)):
        with pytest.raises(NotAllowed, match="refused"):
            await wish
    with pytest.raises(NotAllowed, match="The second person refused it"):
        await answer(SECOND, "fine", RITA, deps, granted=True)


async def test_without_officers_a_policy_is_taken_up_at_once_and_is_on_record(deps: Adopting) -> None:
    alone = Adopting(adoptions=deps.adoptions, cases=deps.cases, clock=deps.clock)
    assert await adopt(SECOND, alone)
    assert await current(alone) == 2
    for wish in (propose(FIRST, "x", DORA, alone), answer(FIRST, "x", ADA, alone, granted=True)):
        with pytest.raises(NotAllowed, match="There is no register of officers"):
            await wish


async def test_what_cannot_be_put_on_record_is_not_in_force(deps: Adopting) -> None:
    assert isinstance(deps.adoptions, MemoryAdoptions)
    alone = Adopting(adoptions=deps.adoptions, cases=deps.cases, clock=deps.clock)
    deps.adoptions.full = True
    with pytest.raises(EvidenceUnavailable):
        await adopt(SECOND, alone)
    assert [one.what for one in await deps.adoptions.all()] == [PolicyAdopted(policy=FIRST.policy.known_as)]


async def test_nobody_agrees_to_what_somebody_proposed_who_is_no_officer_any_more(deps: Adopting) -> None:
    await propose(SECOND, "members asked", DORA, deps)
    left = REGISTER.replace("id: dora, name: Dora", "id: dora-2, name: Dora")
    register = parse_register(left.encode(), file="people.yaml")
    access = Access(
        AccessDeps(
            cases=deps.cases,
            alarms=Alarms(),
            clock=deps.clock,
            register=register,
            holders=PostHolders(),
            incidents=None,
        )
    )
    renamed = replace(deps, access=access)
    with pytest.raises(NotAllowed, match="is no officer of the register now"):
        await answer(SECOND, "fine", ADA, renamed, granted=True)
