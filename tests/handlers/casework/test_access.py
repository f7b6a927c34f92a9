"""Who gets to a case: refused looks are on record, no refusal says why, nobody is given what they have a stake in."""

from dataclasses import dataclass, field

import pytest

from handlers.casework.access import Access, AccessDeps
from handlers.casework.deadlines import PostHolders
from handlers.errors import EvidenceUnavailable
from handlers.ports import Notice
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed
from policies.casework.four_eyes import VALID_FOR, ApprovalState, Wanted, approval
from policies.casework.load import parse_register
from policies.casework.people import By, CaseId, PersonId
from policies.casework.seen import WITHHELD
from policies.casework.words import ConflictKind, Delivery, HeavyAct, Office, Part
from policies.identifiers import PlatformName
from policies.surroundings import Nearby, Surroundings
from tests.fakes import incidents as make
from tests.fakes.cases import MemoryCases, account, happened, new_report, opening
from tests.fakes.clock import NOON, FrozenClock
from tests.fakes.evidence import MemoryEvidence

REGISTER = """
officers:
  - {id: ida, name: Ida, offices: [intake], accounts: [discord/100000000000000000/100000000000000001]}
  - id: ivo
    name: Ivo
    offices: [investigator]
    branch: North
    accounts: [discord/100000000000000000/100000000000000002]
  - {id: ian, name: Ian, offices: [investigator]}
  - id: dora
    name: Dora
    offices: [decider, appeal]
    accounts: [discord/100000000000000000/100000000000000003, slack/T0PARTY00/U0DORA000]
  - {id: dai, name: Dai, offices: [decider], accounts: [discord/100000000000000000/100000000000000004]}
  - {id: ada, name: Ada, offices: [admin], accounts: [discord/100000000000000000/100000000000000005]}
  - {id: ruth, name: Ruth, offices: [reviewer], external: yes}
  - {id: otto, name: Otto, offices: [operator]}
  - {id: dot, name: Dot, offices: [auditor]}
protected:
  - {id: mair, name: Mair, branch: north, accounts: [discord/100000000000000000/100000000000000009]}
"""
IDA, IVO, IAN = By(Office.INTAKE, "ida"), By(Office.INVESTIGATOR, "ivo"), By(Office.INVESTIGATOR, "ian")
DORA, DAI, ADA = By(Office.DECIDER, "dora"), By(Office.DECIDER, "dai"), By(Office.ADMIN, "ada")
RUTH, OTTO, DOT = By(Office.REVIEWER, "ruth"), By(Office.OPERATOR, "otto"), By(Office.AUDITOR, "dot")
SERVER = "100000000000000000"


@dataclass
class Alarms:
    """Notes whom it told what."""

    told: list[tuple[str, Notice]] = field(default_factory=list)

    async def tell(self, holder: str, notice: Notice) -> Delivery:
        """Tell whoever holds a post."""
        self.told.append((holder, notice))
        return Delivery.DELIVERED


class Office_:  # noqa: N801 - `Office` is the word of casework
    """A register, kept cases, and what decides about access to them."""

    def __init__(self) -> None:
        self.clock, self.cases, self.alarms = FrozenClock(), MemoryCases(), Alarms()
        self.incidents = MemoryEvidence([])
        self.access = Access(
            AccessDeps(
                cases=self.cases,
                alarms=self.alarms,
                clock=self.clock,
                register=parse_register(REGISTER.encode(), file="people.yaml"),
                holders=PostHolders(),
                incidents=self.incidents,
            )
        )

    async def person(self, member: int) -> PersonId:
        """Give whoever is behind a Discord account."""
        return await self.cases.person(account(f"10000000000000000{member}", community=SERVER))

    async def opened(self, *more: e.CaseEvent) -> CaseId:
        """Open a case with this history."""
        return (await self.cases.open(opening(), *(happened(what) for what in more))).id

    async def reported(self, reporter: PersonId, *, anonymous: bool = True) -> e.ReportJoined:
        """Make a report by somebody."""
        report, _ = await self.cases.new_report(new_report(reporter=reporter, anonymous=anonymous))
        return e.ReportJoined(report=report)

    async def now(self, case: CaseId) -> Case:
        """Give the whole case, as nobody sees it."""
        found = await self.cases.get(case)
        assert found is not None
        return found

    async def refusal(self, case: CaseId, by: By) -> str:
        """Give the words with which a look is refused."""
        with pytest.raises(NotAllowed) as caught:
            await self.access.view(case, by)
        return str(caught.value).replace(case, "IT")


@pytest.fixture
async def office() -> Office_:
    """Give an office with linked accounts and no case."""
    made = Office_()
    await made.access.link_accounts()
    return made


async def test_a_look_is_on_record_before_anything_is_shown(office: Office_) -> None:
    case = await office.opened(e.Assigned(office=Office.INVESTIGATOR, officer="ivo"))
    assert (await office.access.view(case, IVO)).id == case
    assert len(await office.cases.views(case)) == 1
    office.cases.broken = True
    with pytest.raises(EvidenceUnavailable):
        await office.access.view(case, IVO)


@pytest.mark.parametrize(
    "by",
    [
        IAN,
        DORA,
        OTTO,
        RUTH,
        By(Office.ADMIN, "eve"),
        By(Office.ADMIN, "ian"),
        By(Office.ADMIN, "ruth"),
        By(Office.AUDITOR, "otto"),
        By(Office.INTAKE, "ruth"),
        By(),
    ],
)
async def test_whoever_has_no_business_in_a_case_sees_nothing_and_the_attempt_is_on_record(
    by: By, office: Office_
) -> None:
    case = await office.opened(e.Assigned(office=Office.INVESTIGATOR, officer="ivo"))
    await office.refusal(case, by)
    refused = [
        one.what.officer for one in (await office.now(case)).of(e.ViewRefused) if isinstance(one.what, e.ViewRefused)
    ]
    assert refused == ([by.officer] if by.officer else [])
    assert await office.cases.views(case) == []


async def test_auditor_and_admin_see_every_case_and_the_auditor_does_nothing(office: Office_) -> None:
    case = await office.opened()
    for by in (DOT, ADA, IDA):
        assert (await office.access.view(case, by)).id == case
    with pytest.raises(NotAllowed, match="not for the office auditor"):
        await office.access.ensure_may(await office.now(case), DOT, e.NoteAdded)


async def test_an_officer_who_reported_anonymously_reads_what_every_stranger_reads(office: Office_) -> None:
    reporter = await office.reported(await office.person(3))
    case = await office.opened(reporter)
    declared = await office.opened()
    await office.access.declare(declared, DORA, ConflictKind.SAME_SLATE)
    elsewhere = await office.opened()
    refusals = {
        await office.refusal(case, DORA),
        await office.refusal(case, DAI),
        await office.refusal(declared, DORA),
        await office.refusal(elsewhere, DORA),
        await office.refusal(CaseId("C-2026-999999"), DORA),
    }
    assert len(refusals) == 1


async def test_such_an_officer_is_passed_over_without_an_entry_in_the_case(office: Office_) -> None:
    case = await office.opened(await office.reported(await office.person(3)))
    kept = await office.access.assign(case, Office.DECIDER, IDA)
    assert kept.in_office(Office.DECIDER) == "dai"
    assert kept.of(e.ConflictNoted) == ()
    with pytest.raises(NotAllowed, match="they do not hold that office, have another one in this case, or must not"):
        await office.access.assign(case, Office.DECIDER, IDA, officer="dora")


async def test_nobody_who_works_on_a_case_sees_who_reported_anonymously(office: Office_) -> None:
    reporter = await office.person(9)
    case = await office.opened(
        await office.reported(reporter),
        e.PersonNamed(person=reporter, part=Part.REPORTER),
        e.StatementTaken(part=Part.REPORTER, person=reporter, words="I was afraid."),
    )
    for by in (IDA, ADA, DOT):
        seen = await office.access.view(case, by)
        assert reporter not in repr(seen)
        assert WITHHELD in seen.with_part(Part.REPORTER)
        assert seen.version == (await office.now(case)).version


async def test_whoever_reported_openly_is_seen(office: Office_) -> None:
    reporter = await office.person(9)
    case = await office.opened(await office.reported(reporter, anonymous=False))
    assert reporter in repr(await office.access.view(case, IDA))


async def test_why_somebody_is_recused_is_read_by_the_auditor_alone(office: Office_) -> None:
    case = await office.opened()
    await office.access.declare(case, DORA, ConflictKind.DECLARED, "She is my sister.")
    assert "sister" not in repr(await office.access.view(case, ADA))
    assert "sister" in repr(await office.access.view(case, DOT))


async def test_an_account_of_the_other_platform_is_the_same_officer(office: Office_) -> None:
    slack = await office.cases.person(account("U0DORA000", PlatformName.SLACK, "T0PARTY00"))
    case = await office.opened(e.PersonNamed(person=slack, part=Part.WITNESS))
    assert (await office.access.choice(await office.now(case), Office.DECIDER)).able[0].id == "dai"


async def test_an_account_that_is_linked_only_later_counts_from_then_on(office: Office_) -> None:
    second = account("200000000000000000", community=SERVER)
    case = await office.opened(await office.reported(await office.cases.person(second)))
    await office.access.assign(case, Office.DECIDER, IDA, officer="dora")
    await office.cases.link(account("100000000000000003", community=SERVER), second, "ada")
    kept = await office.access.recuse_whoever_must(case)
    assert kept.in_office(Office.DECIDER) == ""
    assert kept.recused == {"dora"}
    noted = [one.what.kind for one in kept.of(e.ConflictNoted) if isinstance(one.what, e.ConflictNoted)]
    assert noted == [ConflictKind.WITHHELD]


async def test_an_officer_of_the_targets_branch_is_passed_over_without_a_declaration(office: Office_) -> None:
    case = await office.opened(e.PersonNamed(person=await office.person(9), part=Part.TARGET))
    kept = await office.access.assign(case, Office.INVESTIGATOR, IDA)
    assert kept.in_office(Office.INVESTIGATOR) == "ian"


async def test_whoever_posted_around_the_message_is_passed_over(office: Office_) -> None:
    posted = make.posted(1)
    recorded = await office.incidents.record(make.incident(1, event=posted))
    near = Nearby(message=posted.ref.message, author=posted.author.id, author_name="x", text="x", at=NOON, is_bot=False)
    await office.incidents.keep_context(recorded.incident, Surroundings(look=1, at=NOON, before=(near,)), again_at=None)
    talker = await office.cases.person(account(posted.author.id, posted.ref.platform, posted.ref.community))
    await office.cases.link(
        account("100000000000000003", community=SERVER), (await office.cases.accounts(talker))[0], "ada"
    )
    case = await office.opened(e.IncidentLinked(incident=recorded.incident))
    assert [one.id for one in (await office.access.choice(await office.now(case), Office.DECIDER)).able] == ["dai"]


async def test_where_all_inside_have_a_stake_the_reviewer_from_outside_decides(office: Office_) -> None:
    case = await office.opened(
        e.ConflictNoted(officer="dora", kind=ConflictKind.DECLARED),
        e.ConflictNoted(officer="dai", kind=ConflictKind.DECLARED),
    )
    kept = await office.access.assign(case, Office.DECIDER, IDA)
    assert kept.in_office(Office.DECIDER) == "ruth"
    outside = By(Office.DECIDER, "ruth")
    await office.access.ensure_may(kept, outside, e.CaseDecided)
    assert (await office.access.view(case, outside)).id == case
    assert office.alarms.told == []


async def test_where_nobody_is_left_the_case_says_so_and_the_leadership_is_alarmed(office: Office_) -> None:
    recused = (e.ConflictNoted(officer=name, kind=ConflictKind.DECLARED) for name in ("dora", "dai", "ruth"))
    case = await office.opened(*recused)
    kept = await office.access.assign(case, Office.DECIDER, IDA)
    assert kept.in_office(Office.DECIDER) == ""
    assert len(kept.of(e.OfficeUnfilled)) == 1
    ((holder, notice),) = office.alarms.told
    assert holder == "independent-reviewer, leadership"
    assert notice.title == f"Nobody can be decider in {case}"


async def test_nobody_acts_in_two_offices_of_one_case(office: Office_) -> None:
    case = await office.opened(e.Assigned(office=Office.DECIDER, officer="dora"))
    with pytest.raises(NotAllowed, match="dora cannot be appeal"):
        await office.access.assign(case, Office.APPEAL, ADA, officer="dora")
    kept = await office.now(case)
    with pytest.raises(NotAllowed, match="not yours to see"):
        await office.access.ensure_may(kept, By(Office.APPEAL, "dora"), e.AppealDecided)


async def test_an_office_that_got_into_the_record_by_another_way_is_of_no_use(office: Office_) -> None:
    both = (
        e.Assigned(office=Office.DECIDER, officer="dora"),
        e.Assigned(office=Office.APPEAL, officer="dora"),
        e.Assigned(office=Office.INVESTIGATOR, officer="dai"),
    )
    case = await office.now(await office.opened(*both))
    with pytest.raises(NotAllowed, match="dora has another office"):
        await office.access.ensure_may(case, By(Office.APPEAL, "dora"), e.AppealDecided)
    with pytest.raises(NotAllowed, match="not yours to see"):
        await office.access.ensure_may(case, By(Office.INVESTIGATOR, "dai"), e.FactFound)


BAN = Wanted(act=HeavyAct.BAN, on=PersonId("P-x"), details="sanction-ban")


async def test_a_ban_is_asked_for_and_agreed_to_by_two_people(office: Office_) -> None:
    case = await office.opened(e.Assigned(office=Office.DECIDER, officer="dora"))
    await office.access.ask(case, BAN, DORA, "Third threat in a month.")
    with pytest.raises(NotAllowed):
        await office.access.answer(case, BAN, By(Office.DECIDER, "dora"), granted=True)
    kept = await office.access.answer(case, BAN, RUTH, granted=True)
    assert approval(kept, BAN, office.clock.now()).state is ApprovalState.GRANTED
    office.clock.advance(VALID_FOR)
    assert approval(kept, BAN, office.clock.now()).state is ApprovalState.EXPIRED


async def test_a_second_person_with_a_stake_cannot_even_look(office: Office_) -> None:
    case = await office.opened(
        e.Assigned(office=Office.DECIDER, officer="dora"), await office.reported(await office.person(5))
    )
    await office.access.ask(case, BAN, DORA, "Third threat in a month.")
    with pytest.raises(NotAllowed, match="not yours to see"):
        await office.access.answer(case, BAN, ADA, granted=True)


async def test_asking_and_refusing_need_words(office: Office_) -> None:
    case = await office.opened(e.Assigned(office=Office.DECIDER, officer="dora"))
    with pytest.raises(NotAllowed, match="Say why"):
        await office.access.ask(case, BAN, DORA, " ")
    await office.access.ask(case, BAN, DORA, "Third threat in a month.")
    with pytest.raises(NotAllowed, match="Say why it is refused"):
        await office.access.answer(case, BAN, RUTH, granted=False)
    kept = await office.access.answer(case, BAN, RUTH, granted=False, words="A suspension would do.")
    assert approval(kept, BAN, office.clock.now()).state is ApprovalState.REFUSED


async def test_the_reviewer_sees_a_case_only_while_it_waits_for_them(office: Office_) -> None:
    case = await office.opened(e.Assigned(office=Office.DECIDER, officer="dora"))
    await office.refusal(case, RUTH)
    await office.access.ask(case, BAN, DORA, "Third threat in a month.")
    assert (await office.access.view(case, RUTH)).id == case
    await office.access.answer(case, BAN, RUTH, granted=True)
    await office.refusal(case, RUTH)


async def test_what_outsiders_say_about_a_case_is_kept(office: Office_) -> None:
    case = await office.opened(e.Assigned(office=Office.INVESTIGATOR, officer="ivo"))
    kept = await office.access.log_contact(case, IVO, who="a member of the executive", how="a call", words="Go easy.")
    assert len(kept.of(e.ContactLogged)) == 1
    with pytest.raises(NotAllowed, match="Say who it was"):
        await office.access.log_contact(case, IVO, who="", how="a call", words="Go easy.")


async def test_only_what_can_be_declared_is_declared_and_freely_only_with_words(office: Office_) -> None:
    case = await office.opened()
    with pytest.raises(NotAllowed, match="What can be declared"):
        await office.access.declare(case, DORA, ConflictKind.WITHHELD)
    with pytest.raises(NotAllowed, match="only the auditor reads them"):
        await office.access.declare(case, DORA, ConflictKind.DECLARED)
    with pytest.raises(NotAllowed, match="no officer"):
        await office.access.declare(case, By(Office.DECIDER, "eve"), ConflictKind.SAME_SLATE)
