"""Recording that two accounts are one person's, or are not; where a heavy sanction hangs on it, it takes two people."""

from dataclasses import dataclass

from handlers.casework.access import Access
from handlers.casework.ports import Cases
from handlers.ports import Clock
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.duties import Duty
from policies.casework.four_eyes import LONG, ApprovalState, Wanted, approval, ensure_approved
from policies.casework.people import THE_BOT, Account, By, CaseId, PersonId
from policies.casework.sanctions import sanctions_of
from policies.casework.words import HeavyAct, Sanction


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkingDeps:
    """What linking is given."""

    cases: Cases
    access: Access
    clock: Clock


async def link_accounts(case: CaseId, one: Account, other: Account, by: By, deps: LinkingDeps) -> PersonId | None:
    """Record that two accounts are one person's; gives their one name, or nothing while a second person has to agree.

    What is imposed on somebody reaches every account of theirs, so that a link could ban a stranger: where a heavy
    sanction is in force, or somebody of the register is one of the two, the second person gives the same command.
    """
    found = await deps.access.view(case, by)
    await _ensure_of_others((one, other), by, deps)
    wanted = await _heavy(one, other, deps)
    said = f"{_written(one)} and {_written(other)} are one person's."
    if not await _agreed(found, wanted, said, by, deps):
        return None
    person = await deps.cases.link(one, other, by.officer)
    await deps.access.recuse_whoever_must(case)
    return person


async def part_account(case: CaseId, account: Account, words: str, by: By, deps: LinkingDeps) -> PersonId | None:
    """Record that an account was linked by mistake; gives its own name, or nothing while a second person has to agree.

    Every sanction lets go of the account by it, so that it takes two where a heavy one is in force or somebody of the
    register is concerned, as linking does.
    """
    found = await deps.access.view(case, by)
    if not words.strip():
        raise NotAllowed("Say in words how it is known that they are two people.")
    if any(account in accounts and len(accounts) > 1 for accounts in await _of_register(deps)):
        raise NotAllowed("The register says that this account is one of several of one person. Change the register.")
    await _ensure_of_others((account,), by, deps)
    wanted = await _heaviest((await deps.cases.person(account),), ("parted", _written(account)), deps)
    if not await _agreed(found, wanted, words, by, deps):
        return None
    person = await deps.cases.part(account, by.officer, words)
    whole = await _whole(case, deps)
    note = e.NoteAdded(words=f"{_written(account)} is a person's of its own: {words}")
    await deps.cases.append(case, e.Happened(at=deps.clock.now(), by=by, what=note), version=whole.version)
    await deps.access.recuse_whoever_must(case)
    return person


async def _agreed(case: Case, wanted: Wanted | None, words: str, by: By, deps: LinkingDeps) -> bool:
    """Whether it may be recorded now: at once if it takes one person, else asked for first and agreed to second.

    An approval that a crash kept from being used is used when either of the two gives the command again.
    """
    if wanted is None:
        await deps.access.ensure_may(case, by, Duty.TAKE_IN)
        return True
    now = deps.clock.now()
    whole = await _whole(case.id, deps)
    stands = approval(whole, wanted, now)
    if stands.state is ApprovalState.ASKED:
        whole = await deps.access.answer(case.id, wanted, by, granted=True, words=words)
    elif stands.state is not ApprovalState.GRANTED or by.officer not in (
        stands.asked_by.officer,
        stands.given_by.officer,
    ):
        await deps.access.ensure_may(case, by, Duty.TAKE_IN)
        await deps.access.ask(case.id, wanted, by, words)
        return False
    used = (e.Happened(at=now, by=THE_BOT, what=what) for what in ensure_approved(whole, [wanted], now))
    await deps.cases.append(case.id, *used, version=whole.version)
    return True


async def _ensure_of_others(accounts: tuple[Account, ...], by: By, deps: LinkingDeps) -> None:
    """Refuse whoever would say of themselves which accounts are theirs: they could become two people by it."""
    own = (await deps.access.register()).people.get(by.officer)
    if own is not None and own in {await deps.cases.person(account) for account in accounts}:
        raise NotAllowed(f"One of these accounts is {by.officer}'s own. Somebody else has to say whose they are.")


async def _of_register(deps: LinkingDeps) -> list[tuple[Account, ...]]:
    return list((await deps.access.register()).accounts().values())


async def _heavy(one: Account, other: Account, deps: LinkingDeps) -> Wanted | None:
    """Give what a link takes a second person for: the gravest sanction that it would bring on another account."""
    people = await deps.cases.person(one), await deps.cases.person(other)
    if people[0] == people[1]:
        return None
    return await _heaviest(people, ("linked", *sorted((_written(one), _written(other)))), deps)


async def _heaviest(people: tuple[PersonId, ...], said: tuple[str, ...], deps: LinkingDeps) -> Wanted | None:
    """Give what takes a second person: the gravest sanction in force on somebody, or that they are in the register.

    Who an officer is decides where they have a stake and what they may agree to, so that nobody settles it alone.
    """
    shielded, now = (await deps.access.register()).shielded, deps.clock.now()
    acts: set[HeavyAct] = {HeavyAct.AGAINST_PROTECTED} if shielded & set(people) else set()
    for person in people:
        for case in await deps.cases.of_person(person):
            for standing in sanctions_of(case, now):
                if not standing.wanted or standing.on not in people or standing.kind is Sanction.WARNING:
                    continue
                if standing.kind is Sanction.BAN:
                    acts.add(HeavyAct.BAN)
                elif standing.until is None or standing.until - standing.since > LONG:
                    acts.add(HeavyAct.LONG_SUSPENSION)
    gravest = next((act for act in HeavyAct if act in acts), None)
    return None if gravest is None else Wanted(act=gravest, details="\n".join(said))


async def _whole(case: CaseId, deps: LinkingDeps) -> Case:
    found = await deps.cases.get(case)
    if found is None:
        raise NotAllowed(f"There is no case {case}.")
    return found


def _written(account: Account) -> str:
    return f"{account.platform.value}/{account.community}/{account.member}"
