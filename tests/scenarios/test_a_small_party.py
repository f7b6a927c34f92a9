"""A party in which everybody knows everybody: who may work on a complaint, and what the others find out about it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.store.sqlite.store import Store, open_store
from handlers.casework.access import Access, AccessDeps
from handlers.casework.deadlines import PostHolders
from handlers.casework.misuse import Misuse, ensure_may_report
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.four_eyes import Wanted, ensure_approved, heavy_acts
from policies.casework.load import parse_register
from policies.casework.people import By, CaseId, PersonId, ReportId
from policies.casework.words import CaseReason, CaseState, HeavyAct, Office, Part, Sanction, Verdict
from policies.findings import Category
from tests.fakes.cases import account, happened, new_report, opening
from tests.fakes.clock import FrozenClock
from tests.handlers.casework.test_access import ADA, DAI, DORA, IDA, IVO, REGISTER, RUTH, SERVER, Alarms

NEXT = {
    CaseState.ACKNOWLEDGED: CaseReason.RECEIPT_SENT,
    CaseState.TRIAGED: CaseReason.SEVERITY_SET,
    CaseState.INVESTIGATING: CaseReason.FACTS_NEEDED,
}


class Party:
    """The officers of the register over a record on disk."""

    def __init__(self, store: Store, clock: FrozenClock) -> None:
        self.store, self.clock, self.alarms = store, clock, Alarms()
        self.cases = store.cases
        self.access = Access(
            AccessDeps(
                cases=store.cases,
                alarms=self.alarms,
                clock=clock,
                register=parse_register(REGISTER.encode(), file="people.yaml"),
                holders=PostHolders(),
                incidents=store.incidents,
            )
        )
        self.misuse = Misuse(store.cases, self.access, clock)

    async def person(self, number: int) -> PersonId:
        """Give whoever is behind a Discord account."""
        return await self.cases.person(account(f"10000000000000000{number}", community=SERVER))

    async def complaint(self, key: str, reporter: PersonId, **more: bool) -> Case:
        """Open a case with one report."""
        made = new_report(key, at=self.clock.now(), reporter=reporter, **more)
        report, _ = await self.cases.new_report(made)
        return await self.cases.open(opening(), happened(e.ReportJoined(report=report), at=self.clock.now()))

    async def adds(self, case: CaseId, by: By, *what: e.CaseEvent) -> Case:
        """Let an officer add something to a case."""
        found = await self.cases.get(case)
        assert found is not None
        at = self.clock.now()
        return await self.cases.append(case, *(happened(one, by, at) for one in what), version=found.version)

    async def brought_to_a_decision(self, case: CaseId) -> Case:
        """Take a case on until it can be decided."""
        await self.access.assign(case, Office.INVESTIGATOR, IDA, officer="ian")
        return await self.adds(case, IDA, *(e.CaseMoved(to=to, reason=why) for to, why in NEXT.items()))


@pytest.fixture
async def party(tmp_path: Path) -> AsyncIterator[Party]:
    """Give a party in which nothing has happened yet."""
    clock = FrozenClock()
    async with open_store(tmp_path, clock) as store:
        made = Party(store, clock)
        await made.access.link_accounts()
        yield made


async def test_the_decider_complains_anonymously_and_never_learns_nor_betrays_anything(party: Party) -> None:
    case = await party.complaint("k-1", await party.person(3), anonymous=True)
    kept = await party.access.assign(case.id, Office.DECIDER, IDA)
    assert kept.in_office(Office.DECIDER) == "dai"
    with pytest.raises(NotAllowed) as hers:
        await party.access.view(case.id, DORA)
    other = await party.complaint("k-2", await party.person(9))
    with pytest.raises(NotAllowed) as strangers:
        await party.access.view(other.id, DORA)
    assert str(hers.value).replace(case.id, "") == str(strangers.value).replace(other.id, "")
    for by in (IDA, ADA, DAI):
        assert await party.person(3) not in repr(await party.access.view(case.id, by))


async def test_a_friend_asks_about_a_case_and_it_is_all_on_record(party: Party) -> None:
    case = await party.complaint("k-1", await party.person(9))
    await party.access.assign(case.id, Office.INVESTIGATOR, IDA, officer="ian")
    for _ in range(2):
        with pytest.raises(NotAllowed, match="not yours to see"):
            await party.access.view(case.id, DORA)
    await party.access.log_contact(
        case.id, By(Office.INVESTIGATOR, "ian"), who="somebody who speaks for the leader", how="a call", words="Hurry."
    )
    found = await party.cases.get(case.id)
    assert found is not None
    assert (len(found.of(e.ViewRefused)), len(found.of(e.ContactLogged))) == (2, 1)


async def test_a_second_report_names_the_investigator_and_they_lose_the_case(party: Party) -> None:
    case = await party.complaint("k-1", await party.person(9), anonymous=True)
    await party.access.assign(case.id, Office.INVESTIGATOR, IDA, officer="ian")
    await party.adds(case.id, IDA, e.PersonNamed(person=await party.person(2), part=Part.SUBJECT))
    assert (await party.access.recuse_whoever_must(case.id)).in_office(Office.INVESTIGATOR) == "ian"
    other = await party.complaint("k-2", await party.person(9), anonymous=True)
    await party.adds(other.id, IDA, e.Assigned(office=Office.INVESTIGATOR, officer="ivo"))
    kept = await party.access.recuse_whoever_must(other.id)
    assert kept.in_office(Office.INVESTIGATOR) == "", "ivo is of the reporter's branch"
    with pytest.raises(NotAllowed):
        await party.access.view(other.id, IVO)


async def test_a_candidate_is_warned_by_two_people_and_an_expired_word_is_asked_for_again(party: Party) -> None:
    case = await party.complaint("k-1", await party.person(1))
    await party.access.assign(case.id, Office.DECIDER, ADA, officer="dora")
    mair = await party.person(9)
    shielded = (await party.access.register()).shielded
    warning = e.SanctionChosen(kind=Sanction.WARNING, on=mair)
    (wanted,) = heavy_acts([warning], at=party.clock.now(), protected=shielded)
    assert wanted.act is HeavyAct.AGAINST_PROTECTED
    await party.access.ask(case.id, wanted, DORA, "She said it twice.")
    kept = await party.access.answer(case.id, wanted, RUTH, granted=True)
    party.clock.advance(timedelta(days=7))
    with pytest.raises(NotAllowed, match="has expired"):
        ensure_approved(kept, [wanted], party.clock.now())
    await party.access.ask(case.id, wanted, DORA, "She said it twice.")
    kept = await party.access.answer(case.id, wanted, RUTH, granted=True)
    (used,) = ensure_approved(kept, [wanted], party.clock.now())
    await party.adds(case.id, DORA, used)
    longer = Wanted(act=wanted.act, on=mair, until=party.clock.now(), details=wanted.details)
    with pytest.raises(NotAllowed, match="Nobody has asked for exactly this"):
        ensure_approved(kept, [longer], party.clock.now())


async def test_the_appeal_goes_to_nobody_who_had_to_do_with_the_decision(party: Party) -> None:
    case = await party.complaint("k-1", await party.person(9))
    await party.brought_to_a_decision(case.id)
    await party.access.assign(case.id, Office.DECIDER, ADA, officer="dora")
    await party.adds(case.id, DORA, e.CaseDecided(verdict=Verdict.UPHELD, reasons="The words are on record."))
    await party.adds(case.id, By(), e.AppealMade(by=None, part=Part.SUBJECT, grounds="I was quoting."))
    kept = await party.access.assign(case.id, Office.APPEAL, ADA)
    assert kept.in_office(Office.APPEAL) == "ruth", "dora holds that office and decided, so somebody from outside must"


async def may_report(party: Party, reporter: PersonId, category: Category = Category.INSULT) -> None:
    """Ask whether somebody may report now; raises `NotAllowed` if not."""
    await ensure_may_report(reporter, [category], "Look.", party.cases, party.clock)


async def unfounded(party: Party, reporter: PersonId, number: int) -> ReportId:
    """Let somebody report nothing, and a decider say so."""
    case = await party.complaint(f"k-{number}", reporter)
    await party.access.assign(case.id, Office.DECIDER, ADA, officer="dora")
    await party.adds(case.id, By(), e.PersonNamed(person=reporter, part=Part.REPORTER))
    (joined,) = [one.what.report.id for one in case.history if isinstance(one.what, e.ReportJoined)]
    await party.misuse.find_unfounded(joined, DORA, "It is a joke about the weather.")
    party.clock.advance(timedelta(hours=2))
    return joined


async def test_somebody_who_reports_everything_is_warned_then_limited_and_can_always_report_a_threat(
    party: Party,
) -> None:
    reporter, until = await party.person(9), party.clock.now() + timedelta(days=20)
    first = await unfounded(party, reporter, 1)
    with pytest.raises(NotAllowed, match="1 of this person's reports were found"):
        await party.misuse.limit(first, DORA, until, "He reports everything.")
    second = await unfounded(party, reporter, 2)
    await unfounded(party, reporter, 3)
    with pytest.raises(NotAllowed, match="was not warned"):
        await party.misuse.limit(second, DORA, until, "He reports everything.")
    await party.misuse.warn(second, DORA, "Please report what breaks a rule.")
    with pytest.raises(NotAllowed, match="since the warning"):
        await party.misuse.limit(second, DORA, until, "He reports everything.")
    party.clock.advance(timedelta(hours=1))
    last = await unfounded(party, reporter, 4)
    with pytest.raises(NotAllowed, match="not yours to see"):
        await party.misuse.limit(last, DAI, until, "He reports everything.")
    await may_report(party, reporter)
    await party.misuse.limit(last, DORA, until, "He reports everything, warned or not.")
    with pytest.raises(NotAllowed, match="can be reported at any time"):
        await may_report(party, reporter)
    for grave in (Category.THREAT, Category.IDENTITY_ATTACK):
        await may_report(party, reporter, grave)
    await may_report(party, await party.person(1))
    party.clock.advance(timedelta(days=1))
    await may_report(party, reporter)
