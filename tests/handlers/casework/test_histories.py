"""One history per person: years, both platforms, every case and message, and only for those who may see it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from handlers.casework.access import Access, AccessDeps
from handlers.casework.deadlines import PostHolders
from handlers.casework.histories import CaseEntry, HistoryDeps, IncidentEntry, histories_of, history_of
from handlers.errors import EvidenceUnavailable
from handlers.ports import Notice
from policies.casework import events as e
from policies.casework.case import NotAllowed
from policies.casework.load import parse_register
from policies.casework.people import By, CaseId, PersonId
from policies.casework.words import Delivery, Office, Part
from policies.events import Author
from policies.identifiers import IncidentId, MemberId, PlatformName
from tests.fakes import incidents as make
from tests.fakes.cases import MemoryCases, account, happened, new_report, opening
from tests.fakes.clock import NOON, FrozenClock
from tests.fakes.evidence import MemoryEvidence

REGISTER = """
officers:
  - {id: ivo, name: Ivo, offices: [investigator]}
  - {id: ian, name: Ian, offices: [investigator], accounts: [discord/100000000000000000/100000000000000003]}
  - {id: otto, name: Otto, offices: [operator]}
  - {id: dot, name: Dot, offices: [auditor]}
"""
IVO, IAN = By(Office.INVESTIGATOR, "ivo"), By(Office.INVESTIGATOR, "ian")
OTTO, DOT = By(Office.OPERATOR, "otto"), By(Office.AUDITOR, "dot")
IAN_ACCOUNT = account("100000000000000003", community="100000000000000000")
DISCORD, SLACK = account("priya", community="branch"), account("U9", PlatformName.SLACK, "branch")


class Silent:
    """Tells nobody."""

    async def tell(self, holder: str, notice: Notice) -> Delivery:
        """Tell whoever holds a post."""
        return Delivery.DELIVERED


@dataclass
class NotedViews:
    """Notes who read what."""

    noted: list[tuple[tuple[IncidentId, ...], By]] = field(default_factory=list)
    broken: bool = False

    async def note_views(self, incidents: Sequence[IncidentId], by: By) -> None:
        """Record that somebody is about to read."""
        if self.broken:
            raise EvidenceUnavailable("disk full")
        self.noted.append((tuple(incidents), by))


class Years:
    """Somebody with an account on each platform, who is written at for years."""

    def __init__(self) -> None:
        self.cases, self.evidence, self.views = MemoryCases(), MemoryEvidence([]), NotedViews()
        self.register = parse_register(REGISTER.encode(), file="people.yaml")
        access = Access(
            AccessDeps(
                cases=self.cases,
                alarms=Silent(),
                clock=FrozenClock(),
                register=self.register,
                holders=PostHolders(),
            )
        )
        self.deps = HistoryDeps(
            cases=self.cases, incidents=self.evidence, access=access, views=self.views, registered={}
        )
        self.number = 0

    async def written(
        self, platform: PlatformName, *, author: str = "tom", at: tuple[str, ...] = (), years: float = 0
    ) -> IncidentId:
        """Keep a message of some years ago."""
        self.number += 1
        posted = make.posted(self.number, text="words", platform=platform)
        event = replace(posted, author=Author(id=MemberId(author), name=author))
        new = make.incident(self.number, event=event, after=-timedelta(days=365 * years))
        context = replace(new.assessment.context, aimed_at=at)
        kept = await self.evidence.record(replace(new, assessment=replace(new.assessment, context=context)))
        return kept.incident

    async def case(self, person: PersonId, part: Part, *, to: str = "ivo", years: float = 0) -> CaseId:
        """Open a case of some years ago."""
        at = NOON - timedelta(days=365 * years)
        whats = (e.PersonNamed(person=person, part=part), e.Assigned(office=Office.INVESTIGATOR, officer=to))
        first = replace(opening(), at=at)
        return (await self.cases.open(first, *(happened(what, at=at) for what in whats))).id


@pytest.fixture
def years() -> Years:
    """Give a record in which nothing happened yet."""
    return Years()


async def test_years_of_small_things_on_two_platforms_are_one_history(years: Years) -> None:
    person = await years.cases.link(DISCORD, SLACK, "ivo")
    first = await years.written(PlatformName.DISCORD, at=("priya",), years=3)
    second = await years.written(PlatformName.SLACK, author="U5", at=("U9",), years=2)
    own = await years.written(PlatformName.SLACK, author="U9", years=1)
    await years.written(PlatformName.DISCORD, at=("somebody-else",), years=1)
    old = await years.case(person, Part.TARGET, years=2.5)
    new = await years.case(person, Part.TARGET)
    found = await history_of(person, IVO, years.deps)
    named = [entry.case if isinstance(entry, CaseEntry) else entry.incident for entry in found.entries]
    assert named == [first, old, second, own, new]
    wrote = [entry.wrote for entry in found.entries if isinstance(entry, IncidentEntry)]
    assert wrote == [False, False, True]
    assert found.accounts == {PlatformName.DISCORD: 1, PlatformName.SLACK: 1}


async def test_every_case_and_message_in_it_is_on_record_as_looked_at_before_it_is_shown(years: Years) -> None:
    person = await years.cases.person(DISCORD)
    incident = await years.written(PlatformName.DISCORD, author="priya")
    case = await years.case(person, Part.SUBJECT)
    await history_of(person, IVO, years.deps)
    assert len(await years.cases.views(case)) == 1
    assert years.views.noted == [((incident,), IVO)]
    years.views.broken = True
    with pytest.raises(EvidenceUnavailable):
        await history_of(person, IVO, years.deps)


async def test_whoever_has_no_case_of_theirs_sees_none_and_learns_not_whether_there_is_one(years: Years) -> None:
    person = await years.cases.person(DISCORD)
    await years.case(person, Part.SUBJECT, to="ivo")
    nobody = PersonId("P-0000000000000000")
    for by in (IAN, OTTO):
        with pytest.raises(NotAllowed) as one:
            await history_of(person, by, years.deps)
        with pytest.raises(NotAllowed) as other:
            await history_of(nobody, by, years.deps)
        assert str(one.value).replace(person, "") == str(other.value).replace(nobody, "")
    assert len((await history_of(person, DOT, years.deps)).entries) == 1


async def test_a_case_in_which_the_officer_has_a_stake_is_left_out(years: Years) -> None:
    person, ian = await years.cases.person(DISCORD), await years.cases.person(IAN_ACCOUNT)
    mine = await years.case(person, Part.SUBJECT, to="ian")
    first = happened(e.PersonNamed(person=person, part=Part.SUBJECT))
    await years.cases.open(opening(), first, happened(e.PersonNamed(person=ian, part=Part.TARGET)))
    found = await history_of(person, IAN, years.deps)
    assert [entry.case for entry in found.entries if isinstance(entry, CaseEntry)] == [mine]


async def test_nobody_reads_their_own_history(years: Years) -> None:
    ian = await years.cases.person(IAN_ACCOUNT)
    await years.case(ian, Part.WITNESS, to="ivo")
    with pytest.raises(NotAllowed):
        await history_of(ian, IAN, years.deps)


async def test_what_somebody_reported_is_in_nobodys_history(years: Years) -> None:
    reporter = await years.cases.person(DISCORD)
    for anonymous in (True, False):
        report, _ = await years.cases.new_report(new_report(f"k-{anonymous}", reporter=reporter, anonymous=anonymous))
        named = e.PersonNamed(person=reporter, part=Part.REPORTER)
        await years.cases.open(opening(), happened(e.ReportJoined(report=report)), happened(named))
    assert (await history_of(reporter, DOT, years.deps)).entries == ()


async def test_a_case_leads_to_the_histories_of_those_in_it(years: Years) -> None:
    subject, target = await years.cases.person(DISCORD), await years.cases.person(SLACK)
    case = await years.case(subject, Part.SUBJECT)
    now = await years.cases.get(case)
    assert now is not None
    named = happened(e.PersonNamed(person=target, part=Part.TARGET))
    await years.cases.append(case, named, version=now.version)
    found = await histories_of(case, IVO, years.deps)
    assert [one.person for one in found] == [subject, target]
