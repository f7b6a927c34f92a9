"""A made-up case walked from the report to the decision on its appeal, over a real record that is thrown away."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.replay_adapter.platform import ReplayPlatform
from bot.slack_adapter.sanctions import BY_HAND
from bot.store.sqlite.store import Store, open_store
from handlers.casework.access import Access, AccessDeps
from handlers.casework.appeals import appeal, decide_appeal
from handlers.casework.bringing_about import keep_decisions
from handlers.casework.deadlines import PostHolders
from handlers.casework.deciding import DecidingDeps
from handlers.casework.decisions import Proposal, approve, decide
from handlers.casework.intake import IntakeDeps, report_message
from handlers.casework.reasons import statement_for
from handlers.casework.restoring import IncidentsRestored
from handlers.casework.steps import StepDeps, Steps
from handlers.deps import Deps
from handlers.messages import handle_message_posted
from handlers.policies_in_force import InForce
from handlers.ports import Notice
from policies.acts import Actor
from policies.casework import events as e
from policies.casework.calendars import Calendar, Nation
from policies.casework.case import NotAllowed
from policies.casework.letters import house_letters
from policies.casework.outcomes import standing_verdict
from policies.casework.people import Account, By, CaseId, Officer
from policies.casework.policy_book import PolicyBook
from policies.casework.register import PeopleRegister
from policies.casework.sanctions import StepAnswer
from policies.casework.statements import Json, moment, statement_json
from policies.casework.words import AppealVerdict, Delivery, Office, Part, Sanction, Verdict
from policies.decisions import Mode, Outcome, OutcomeStatus, Severity
from policies.events import Author, MessagePosted, MessageReported
from policies.identifiers import ChannelId, CommunityId, EventId, MemberId, MessageId, MessageRef, PlatformName
from policies.lexicon_files import house_reader
from policies.load import house_policy
from policies.rules import Policy

RULE = "threat-of-violence"
ORGANISATION = "the Eastwick branch"
SUPPORT = "The members' welfare officer is there for you: ask in #help."
_START = datetime(2026, 3, 2, 19, 30, tzinfo=UTC)
_HERE = CommunityId("eastwick")
_DISCORD, _SLACK = PlatformName.DISCORD, PlatformName.SLACK
_NAMES = {"rob": ("Rob Ellis",), "U0ROB": ("Rob Ellis", "rob.e"), "priya": ("Priya Nair",), "mair": ("Mair Bevan",)}
ROB, ROB_ON_SLACK = (
    Account(platform=_DISCORD, community=_HERE, member=MemberId("rob")),
    Account(platform=_SLACK, community=_HERE, member=MemberId("U0ROB")),
)
MAIR = Account(platform=_DISCORD, community=_HERE, member=MemberId("mair"))
IVY, NOAH = By(Office.INTAKE, "ivy"), By(Office.INVESTIGATOR, "noah")
GRACE, SAM, RUTH = By(Office.DECIDER, "grace"), By(Office.APPEAL, "sam"), By(Office.REVIEWER, "ruth")
OFFICERS = tuple(
    Officer(id=by.officer, name=name, offices=frozenset({by.office}), external=by is RUTH)
    for by, name in (
        (IVY, "Ivy Marsh"),
        (NOAH, "Noah Bell"),
        (GRACE, "Grace Okafor"),
        (SAM, "Sam Reid"),
        (RUTH, "Ruth Stein"),
    )
    if by.office is not None
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One thing that happens in the walk: what, and what somebody reads of it, if anybody does.

    `statement` is a statement of reasons as data.
    """

    at: datetime
    what: str
    reader: str = ""
    letter: str = ""
    statement: dict[str, Json] | None = None


@dataclass(slots=True)
class Walk:
    """The walk: `scenes` plays it once, in a folder of its own."""

    folder: Path
    now: datetime = _START
    _scenes: list[Scene] = field(default_factory=list)

    async def scenes(self) -> AsyncGenerator[Scene]:
        """Walk the case, and give each thing as it happens."""
        async with self._stage() as stage:
            for act in (stage.reported, stage.worked_on, stage.refused, stage.decided, stage.appealed, stage.heard):
                await act()
                for scene in self._scenes:
                    yield scene
                self._scenes.clear()

    @asynccontextmanager
    async def _stage(self) -> AsyncIterator["_Stage"]:
        clock = _Clock(self)
        async with open_store(self.folder, clock) as store:
            yield _Stage(self, store, clock, house_policy())

    def add(self, what: str, **more: object) -> None:
        """Note that something happened."""
        self._scenes.append(Scene(at=self.now, what=what, **more))  # type: ignore[arg-type]  # the fields of a scene


@dataclass(frozen=True, slots=True)
class _Clock:
    walk: Walk

    def now(self) -> datetime:
        return self.walk.now


class _StagePlatform(ReplayPlatform):
    """Discord and Slack as the walk has them: what is sent and done is noted; Slack carries no sanction."""

    def __init__(self, name: PlatformName, walk: Walk) -> None:
        super().__init__(name)
        self._walk, self._roles = walk, {"rob": {"canvasser"}}

    async def notify(self, community: CommunityId, member: MemberId, notice: Notice) -> Outcome:
        who = _NAMES.get(member, (member,))[0]
        letter = "\n\n".join((notice.title, *notice.paragraphs))
        self._walk.add(f"A private message on {self.name.value.capitalize()}.", reader=who, letter=letter)
        return await super().notify(community, member, notice)

    async def names(self, community: CommunityId, member: MemberId) -> Sequence[str]:
        return _NAMES.get(member, ())

    async def would_take(self, community: CommunityId, member: MemberId, kind: Sanction) -> Sequence[str]:
        return sorted(self._roles.get(member, ())) if kind is not Sanction.MUTE else ()

    async def restrict(
        self,
        community: CommunityId,
        member: MemberId,
        kind: Sanction,
        *,
        until: datetime | None,
        took: Sequence[str],
        reason: str,
    ) -> StepAnswer:
        if self.name is _SLACK:
            return StepAnswer(status=OutcomeStatus.DEGRADED, detail=BY_HAND[kind])
        losing = self._roles.get(member, set()) & set(took)
        self._roles[member] = self._roles.get(member, set()) - losing
        end = self._walk.now + timedelta(days=28) if until is None else min(until, self._walk.now + timedelta(days=28))
        took_words = f", and takes the role {', '.join(losing)}" if losing else ""
        self._walk.add(f"The bot puts a {_bare(kind)} on {member} on Discord until {moment(end)}{took_words}.")
        return StepAnswer(status=OutcomeStatus.DONE, until=end, took=tuple(took))

    async def release(
        self, community: CommunityId, member: MemberId, kind: Sanction, *, took: Sequence[str], reason: str
    ) -> StepAnswer:
        self._roles[member] = self._roles.get(member, set()) | set(took)
        back = f", and gives back the role {', '.join(took)}" if took else ""
        self._walk.add(f"The bot ends the {_bare(kind)} of {member} on {self.name.value.capitalize()}{back}.")
        return StepAnswer(status=OutcomeStatus.DONE, took=tuple(took))


@dataclass(frozen=True, slots=True)
class _HeardAlarms:
    walk: Walk

    async def tell(self, holder: str, notice: Notice) -> Delivery:
        self.walk.add(f"Asked of the {holder}.", reader=holder, letter="\n\n".join((notice.title, *notice.paragraphs)))
        return Delivery.DELIVERED


class _NoModerators:
    async def include(self, actor: Actor) -> bool:
        return False


class _Stage:
    """Everything that the people of the walk work with, and what they do in each act."""

    def __init__(self, walk: Walk, store: Store, clock: _Clock, policy: Policy) -> None:
        self._walk, self._store, self._policy = walk, store, policy
        self._case = CaseId("")
        self._text = next(rule for rule in policy.rules if rule.id == RULE).match[0].text
        self._platforms = {name: _StagePlatform(name, walk) for name in PlatformName}
        self._deps = Deps(
            clock=clock,
            reader=house_reader(),
            in_force=InForce(policy),
            evidence=store.evidence,
            incidents=store.incidents,
            counters=store.counters,
            moderators=_NoModerators(),
            platforms=self._platforms,
            mode=Mode.ACT,
            organisation=ORGANISATION,
            intake=IntakeDeps(cases=store.cases, clock=clock),
        )
        register, alarms = PeopleRegister(officers=OFFICERS), _HeardAlarms(walk)
        asked = AccessDeps(
            cases=store.cases,
            alarms=alarms,
            clock=clock,
            register=register,
            holders=PostHolders(),
            incidents=store.incidents,
        )
        access = Access(asked)
        self._access = access
        self._steps = Steps(StepDeps(cases=store.cases, access=access, clock=clock, incidents=store.incidents))
        self._deciding = DecidingDeps(
            cases=store.cases,
            access=access,
            clock=clock,
            incidents=store.incidents,
            platforms=self._platforms,
            alarms=alarms,
            restoring=IncidentsRestored(self._deps),
            policies=PolicyBook.of(policy),
            letters=house_letters(),
            calendar=Calendar(Nation.ENGLAND, UTC),
            register=register,
            organisation=ORGANISATION,
            support=SUPPORT,
        )

    async def reported(self) -> None:
        """Rob writes a threat under Mair's canvassing photo; Priya reports it and asks not to be named."""
        ref = MessageRef(_DISCORD, _HERE, ChannelId("canvassing"), MessageId("1001"))
        message = MessagePosted(
            event_id=EventId("e-1"),
            ref=ref,
            author=Author(id=ROB.member, name="Rob Ellis"),
            text=self._text,
            posted_at=self._walk.now,
            channel_name="canvassing",
        )
        self._walk.add("Rob Ellis writes a threat in #canvassing, below a photo of Mair Bevan. The rules hide it.")
        await handle_message_posted(message, self._deps)
        (incident,) = await self._store.incidents.of_message(ref)
        self._pass(timedelta(minutes=20))
        told = MessageReported(
            event_id=EventId("e-2"),
            message=message,
            reporter=MemberId("priya"),
            reason="He has it in for her since the selection, I was there.",
            reported_at=self._walk.now,
        )
        assert self._deps.intake is not None
        receipt = await report_message(told, incident, self._deps.intake, anonymous=True)
        self._case = receipt.case
        self._walk.add("Priya Nair reports it, and asks not to be named.", reader="Priya Nair", letter=str(receipt))

    async def worked_on(self) -> None:
        """Intake takes it, the investigator hears both sides and finds the facts."""
        case, cases = self._case, self._store.cases
        await cases.link(ROB, ROB_ON_SLACK, "ivy")
        await self._steps.name_person(case, IVY, await cases.person(MAIR), Part.TARGET)
        await self._steps.acknowledge(case, IVY)
        self._walk.add("Ivy Marsh, intake, acknowledges the report, and links Rob's account on Slack to him.")
        await keep_decisions(self._deciding)
        await self._steps.triage(case, IVY, Severity.CRITICAL)
        for office in (Office.INVESTIGATOR, Office.DECIDER, Office.APPEAL):
            given = await self._access.assign(case, office, IVY)
            self._walk.add(f"The office of {office.value} falls by lot to {given.in_office(office)}.")
        self._pass(timedelta(days=3))
        await self._steps.investigate(case, NOAH)
        await self._steps.hear(case, NOAH, Part.SUBJECT, "I was angry. I did not mean it.")
        await self._steps.hear(case, NOAH, Part.TARGET, "I have not gone out alone since.")
        await self._steps.find(case, NOAH, "The message is Rob's; he has not denied it.")
        self._walk.add("Noah Bell, investigator, hears both sides and finds that the message is Rob's.")

    async def refused(self) -> None:
        """What Grace tries first is refused, each time with a sentence."""
        self._pass(timedelta(days=2))
        long, short = await self._chosen(Sanction.SUSPENSION, 42), await self._chosen(Sanction.MUTE, 2)
        for chosen, wish, reasons in (
            (long, "a suspension for 42 days", "Priya saw it, and it was a threat."),
            (short, "a mute for 2 days", "You threatened somebody with violence."),
        ):
            proposal = self._proposal(chosen, reasons=reasons)
            try:
                await decide(self._case, proposal, GRACE, self._deciding)
            except NotAllowed as refused:
                self._walk.add(
                    f"Grace Okafor decides on {wish}, with the reasons: “{reasons}” It is refused.",
                    reader="Grace Okafor",
                    letter=str(refused),
                )

    async def decided(self) -> None:
        """Grace proposes a suspension; it takes Ruth's word as well."""
        chosen = await self._chosen(Sanction.SUSPENSION, 42)
        proposal = self._proposal(chosen, reasons="You threatened another member with violence, in public.")
        asked = await decide(self._case, proposal, GRACE, self._deciding)
        acts = ", ".join(act.value.removeprefix("act-").replace("-", " ") for act in asked.waits_for)
        self._walk.add(f"Grace chooses a suspension of 42 days. It waits for a second person ({acts}).")
        self._pass(timedelta(hours=3))
        self._walk.add("Ruth Stein, the reviewer from outside, agrees. Now it is decided.")
        done = await approve(self._case, RUTH, "I read the message and both statements.", self._deciding)
        statement = await statement_for(done.case, chosen, 1, self._walk.now, self._deciding)
        self._walk.add("The same statement of reasons as data.", statement=statement_json(statement))
        for days in range(1, 41):
            self._pass(timedelta(days=1))
            await keep_decisions(self._deciding)
            if days == 10:
                self._walk.add("Ten days pass.")
        self._walk.add("Forty days have passed. Discord holds a time-out for 28 days at most, so it was renewed.")

    async def appealed(self) -> None:
        """Rob appeals with new evidence."""
        self._walk.add("Rob appeals: it was a line of the branch's play, and he has the script.")
        rob = await self._store.cases.person(ROB)
        await appeal(
            self._case, rob, "It was a line of our play.", self._deciding, evidence="The script.", entered_by=IVY
        )
        try:
            as_appeal = replace(SAM, officer="grace")
            await decide_appeal(
                self._case, AppealVerdict.STANDS, self._proposal(reasons="No."), as_appeal, self._deciding
            )
        except NotAllowed as refused:
            self._walk.add("Grace tries to hear the appeal herself.", reader="Grace Okafor", letter=str(refused))

    async def heard(self) -> None:
        """Sam hears the appeal anew and takes the decision back."""
        self._pass(timedelta(days=1))
        self._walk.add("Sam Reid, who had nothing to do with it, reads everything anew and takes the decision back.")
        reasons = "The words are in the script of the play, word for word, and it was in rehearsal that evening."
        done = await decide_appeal(
            self._case, AppealVerdict.REVERSED, self._proposal(reasons=reasons), SAM, self._deciding
        )
        (restored,) = done.case.of(e.ContentRestored)
        said = restored.what.detail if isinstance(restored.what, e.ContentRestored) else ""
        verdict = standing_verdict(done.case)
        counts = "upheld" if verdict in (Verdict.UPHELD, Verdict.PARTLY_UPHELD) else "not upheld"
        self._walk.add(
            f"{said} In the figures the case now counts as {counts}, with a reversal on appeal."
            f" {done.case.version} things are on record in {self._case}."
        )

    def _proposal(self, *sanctions: e.SanctionChosen, reasons: str) -> Proposal:
        return Proposal(verdict=Verdict.UPHELD, reasons=reasons, rules=(RULE,), sanctions=sanctions)

    async def _chosen(self, kind: Sanction, days: int) -> e.SanctionChosen:
        rob = await self._store.cases.person(ROB)
        return e.SanctionChosen(kind=kind, on=rob, until=self._walk.now + timedelta(days=days))

    def _pass(self, span: timedelta) -> None:
        self._walk.now += span


def _bare(kind: Sanction) -> str:
    return kind.value.removeprefix("sanction-")
