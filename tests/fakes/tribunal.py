"""A small world with casework: a branch with two platforms, officers in every office, and a member who threatened."""

from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta

from handlers.casework.access import Access, AccessDeps
from handlers.casework.bringing_about import bring_about, keep_decisions
from handlers.casework.deadlines import PostHolders
from handlers.casework.deciding import DecidingDeps
from handlers.casework.decisions import Proposal
from handlers.casework.ports import Cases
from handlers.casework.restoring import IncidentsRestored
from handlers.ports import Notice
from policies.casework import events as e
from policies.casework.calendars import Calendar, Nation
from policies.casework.case import Case
from policies.casework.clocks import Span, Unit
from policies.casework.grid import Row, SanctionRules, read_range
from policies.casework.letters import house_letters
from policies.casework.people import Account, By, CaseId, Officer, PersonId
from policies.casework.policy_book import ALWAYS, Edition, PolicyBook
from policies.casework.register import PeopleRegister
from policies.casework.reports import NewReport
from policies.casework.words import (
    CaseKind,
    CaseReason,
    CaseState,
    Channel,
    Delivery,
    Office,
    Part,
    Sanction,
    Verdict,
)
from policies.decisions import Severity
from policies.findings import Category
from policies.identifiers import CommunityId, IncidentId, MemberId, PlatformName
from policies.rules import Policy
from tests.fakes.cases import MemoryCases
from tests.fakes.reading import THREAT, small_policy
from tests.fakes.world import World, memory_world

IDA, IVO = By(Office.INTAKE, "ida"), By(Office.INVESTIGATOR, "ivo")
DORA, DAN = By(Office.DECIDER, "dora"), By(Office.DECIDER, "dan")
ALBA, RITA = By(Office.APPEAL, "alba"), By(Office.REVIEWER, "rita")
OFFICERS = (IDA, IVO, DORA, DAN, ALBA, RITA)
BOB = Account(platform=PlatformName.DISCORD, community=CommunityId("branch"), member=MemberId("bob"))
BOB_ON_SLACK = Account(platform=PlatformName.SLACK, community=CommunityId("branch"), member=MemberId("U0BOB"))
PRIYA = Account(platform=PlatformName.DISCORD, community=CommunityId("branch"), member=MemberId("priya"))
MAIR = Account(platform=PlatformName.DISCORD, community=CommunityId("branch"), member=MemberId("mair"))
NAMES = {
    MemberId("bob"): ("Bob Harris",),
    MemberId("U0BOB"): ("Bob Harris", "bobh"),
    MemberId("priya"): ("Priya Nair", "priya.n"),
    MemberId("mair"): ("Mair Llewellyn",),
}


def grid_policy(version: int = 1) -> Policy:
    """Give the small policy with a grid in which a first threat leads to a mute or a suspension."""
    grid = (
        Row(
            rules=frozenset({"threats"}),
            first=read_range("warning to suspension 28d"),
            second=read_range("suspension 28d to ban"),
            further=read_range("ban"),
        ),
    )
    count = {**SanctionRules().count_for, Sanction.SUSPENSION: Span(12, Unit.MONTHS)}
    rules = SanctionRules(grid=grid, count_for=count, stayed_by_appeal=frozenset({Sanction.SUSPENSION}))
    return replace(small_policy(version), sanctions=rules)


@dataclass
class HeardAlarms:
    """Alarms that are always heard."""

    told: list[tuple[str, Notice]] = field(default_factory=list)

    async def tell(self, holder: str, notice: Notice) -> Delivery:
        """Tell somebody."""
        self.told.append((holder, notice))
        return Delivery.DELIVERED


@dataclass
class Tribunal:
    """Everything a story of a case needs; `deps` is what those who decide are given."""

    world: World = field(default_factory=lambda: replace(memory_world(), policy=grid_policy()))
    alarms: HeardAlarms = field(default_factory=HeardAlarms)
    protected: frozenset[str] = frozenset()
    code: str = ""

    def __post_init__(self) -> None:
        self.cases: Cases = MemoryCases(self.world.clock)
        for platform in (self.world.discord, self.world.slack):
            platform.clock = self.world.clock
            platform.known_as.update(NAMES)
        self.world.slack.cannot = frozenset(Sanction)
        self.world.discord.roles[BOB.member] |= {"canvasser", "poster"}
        self.policies = PolicyBook([Edition(ALWAYS, self.world.policy)])
        self.restart()

    def restart(self) -> None:
        """Start the bot anew: it knows the record and the platforms, nothing else."""
        self.world.restart()
        officers = tuple(
            Officer(id=by.officer, name=by.officer.capitalize(), offices=frozenset({by.office}))
            for by in OFFICERS
            if by.office is not None
        )
        register = PeopleRegister(officers=officers)
        self.deps = DecidingDeps(
            cases=self.cases,
            access=self.access(register),
            clock=self.world.clock,
            incidents=self.world.incidents,
            platforms=self.world.deps.platforms,
            alarms=self.alarms,
            restoring=IncidentsRestored(self.world.deps),
            policies=self.policies,
            letters=house_letters(),
            calendar=Calendar(Nation.ENGLAND, UTC),
            register=register,
            organisation="the branch",
            support="Help: ring the members' line.",
        )

    def access(self, register: PeopleRegister) -> Access:
        """Decide about looks and acts by a register."""
        return Access(
            AccessDeps(
                cases=self.cases,
                alarms=self.alarms,
                clock=self.world.clock,
                register=register,
                holders=PostHolders(),
                incidents=self.world.incidents,
            )
        )

    @property
    def notices(self) -> list[tuple[MemberId, Notice]]:
        """Give what members were told on Discord and Slack, in order."""
        return [*self.world.discord.notices, *self.world.slack.notices]

    def told(self, member: MemberId) -> list[str]:
        """Give the letters that somebody got, whole."""
        return ["\n".join((notice.title, *notice.paragraphs)) for to, notice in self.notices if to == member]

    async def passes(self, span: timedelta) -> None:
        """Let time pass and the bot look at its cases once."""
        self.world.clock.advance(span)
        await keep_decisions(self.deps)

    async def investigated(
        self,
        *,
        anonymous: bool = True,
        severity: Severity = Severity.HIGH,
        words: str = "he said it to my face at the count as well",
        with_incident: bool = True,
        decider: str = "dora",
    ) -> Case:
        """Let Bob threaten Mair on Discord, let Priya report it, and bring the case to where it can be decided."""
        bob, priya, mair = [await self.cases.person(account) for account in (BOB, PRIYA, MAIR)]
        clock, whats = self.world.clock, []
        message = None
        if with_incident:
            message, _ = await self.world.says(PlatformName.DISCORD, f"{THREAT} to you", author="bob")
            found = await self.world.incidents.of_message(message.ref)
            whats.append(e.IncidentLinked(incident=IncidentId(found[-1].id)))
        new = NewReport(
            key=f"key-{clock.now().isoformat()}-{message.event_id if message else ''}",
            channel=Channel.MESSAGE,
            words=words,
            received_at=clock.now(),
            reporter=priya,
            reporter_account=PRIYA,
            anonymous=anonymous,
            message=message.ref if message else None,
            about=bob,
        )
        report, self.code = await self.cases.new_report(new)
        parts = [
            e.PersonNamed(person=bob, part=Part.SUBJECT, protected="bob" in self.protected),
            e.PersonNamed(person=mair, part=Part.TARGET),
            *([] if anonymous else [e.PersonNamed(person=priya, part=Part.REPORTER)]),
        ]
        opened = e.CaseOpened(kind=CaseKind.CONDUCT, severity=severity, categories=(Category.THREAT,))
        moves = [
            e.CaseMoved(to=CaseState.ACKNOWLEDGED, reason=CaseReason.RECEIPT_SENT),
            e.CaseMoved(to=CaseState.TRIAGED, reason=CaseReason.SEVERITY_SET),
            e.CaseMoved(to=CaseState.INVESTIGATING, reason=CaseReason.FACTS_NEEDED),
        ]
        given = [
            e.Assigned(office=office, officer=name)
            for office, name in ((Office.INVESTIGATOR, "ivo"), (Office.DECIDER, decider), (Office.APPEAL, "alba"))
        ]
        history: list[e.CaseEvent] = [opened, e.ReportJoined(report=report), *whats, *parts, *moves, *given]
        return await self.cases.open(*(e.Happened(at=clock.now(), by=IDA, what=what) for what in history))

    async def bob(self) -> PersonId:
        """Give Bob's opaque name."""
        return await self.cases.person(BOB)

    async def now(self, case: CaseId) -> Case:
        """Give a case as it stands."""
        found = await self.cases.get(case)
        assert found is not None
        return found

    async def sanction(self, kind: Sanction, days: int | None = None, *, departure: str = "") -> e.SanctionChosen:
        """Choose a sanction on Bob."""
        until = None if days is None else self.world.clock.now() + timedelta(days=days)
        return e.SanctionChosen(kind=kind, on=await self.bob(), until=until, departure=departure)

    async def proposal(self, *sanctions: e.SanctionChosen, reasons: str = "The message is on record.") -> Proposal:
        """Propose to uphold the case with these sanctions."""
        return Proposal(verdict=Verdict.UPHELD, reasons=reasons, rules=("threats",), sanctions=sanctions)

    async def look(self, case: CaseId) -> Case:
        """Let the bot look at one case."""
        return await bring_about(await self.now(case), self.deps)
