"""A small world for scenarios: two platforms, a record, members who speak and moderators who decide."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count

from handlers.casework.deciding import DecidingDeps
from handlers.casework.intake import IntakeDeps
from handlers.casework.kinship import learn_links
from handlers.casework.ports import Alarms, Cases
from handlers.deps import Deps
from handlers.members import handle_member_joined, handle_member_renamed
from handlers.messages import handle_message_deleted, handle_message_edited, handle_message_posted
from handlers.moderation import settle_incident
from handlers.policies_in_force import InForce
from handlers.ports import Evidence, IncidentFilter, Incidents
from handlers.replies import Reply
from handlers.reports import handle_message_reported
from policies.acts import Actor, Verb
from policies.assess import Reader
from policies.casework.register import PeopleRegister
from policies.conversations.following import Conversations
from policies.conversations.sign_files import house_signs
from policies.decisions import Decision, Mode
from policies.events import (
    Author,
    MemberJoined,
    MemberRenamed,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    MessageReported,
    Parent,
)
from policies.identifiers import (
    ChannelId,
    CommunityId,
    EventId,
    IncidentId,
    MemberId,
    MessageId,
    MessageRef,
    PlatformName,
)
from policies.people import Person, Register
from policies.rules import Policy
from tests.fakes.clock import FrozenClock
from tests.fakes.counters import MemoryCounters
from tests.fakes.evidence import JournalledEvidence, MemoryEvidence
from tests.fakes.moderators import NamedModerators
from tests.fakes.platform import DISCORD_CAN, SLACK_CAN, FakePlatform
from tests.fakes.reading import ScriptedReader, small_policy
from tests.fakes.scorer import ScriptedScorer

DISCORD = PlatformName.DISCORD
SLACK = PlatformName.SLACK
MODERATOR = "mod-priya"


@dataclass
class World:
    """Everything a story needs; `deps` is what the handlers are given."""

    evidence: Evidence
    incidents: Incidents
    journal: list[str]
    mode: Mode = Mode.ACT
    scorer: ScriptedScorer | None = None
    clock: FrozenClock = field(default_factory=FrozenClock)
    counters: MemoryCounters = field(default_factory=MemoryCounters)
    moderators: NamedModerators = field(default_factory=lambda: NamedModerators(MODERATOR))
    reader: Reader = field(default_factory=ScriptedReader)
    policy: Policy = field(default_factory=small_policy)
    register: Register = field(default_factory=Register)
    people: PeopleRegister = field(default_factory=PeopleRegister)
    cases: Cases | None = None
    alarms: Alarms | None = None
    deciding: Callable[[], DecidingDeps] | None = None

    def __post_init__(self) -> None:
        self.discord = FakePlatform(DISCORD, can=DISCORD_CAN, journal=self.journal)
        self.slack = FakePlatform(SLACK, can=SLACK_CAN, journal=self.journal)
        self._numbers = count(1)
        self.restart()

    def restart(self) -> None:
        """Start the bot, anew if it ran before: it knows the record and the platforms, nothing else."""
        self.deps = Deps(
            clock=self.clock,
            reader=self.reader,
            in_force=InForce(self.policy),
            evidence=self.evidence,
            incidents=self.incidents,
            counters=self.counters,
            moderators=self.moderators,
            platforms={DISCORD: self.discord, SLACK: self.slack},
            scorer=self.scorer,
            mode=self.mode,
            organisation="the party's standards team",
            conversations=Conversations(self.reader, house_signs(), self.register),
            register=self.register,
            intake=self._intake(),
            alarms=self.alarms,
            deciding=self.deciding,
        )

    def _intake(self) -> IntakeDeps | None:
        if self.cases is None:
            return None
        return IntakeDeps(cases=self.cases, clock=self.clock, registered=self.people.first_accounts())

    def platform(self, name: PlatformName) -> FakePlatform:
        """Give one of the two platforms."""
        return self.discord if name is DISCORD else self.slack

    def posted(
        self, platform: PlatformName, text: str, *, author: str = "ann", channel: str = "general"
    ) -> MessagePosted:
        """Make a message that nobody has delivered yet."""
        number = next(self._numbers)
        return MessagePosted(
            event_id=EventId(f"event-{number}"),
            ref=MessageRef(platform, CommunityId("branch"), ChannelId(f"{channel}-id"), MessageId(f"message-{number}")),
            author=Author(id=MemberId(author), name=author.capitalize()),
            text=text,
            posted_at=self.clock.now(),
            channel_name=channel,
            link=f"https://chat.example/{number}",
        )

    async def joins(self, platform: PlatformName, name: str, *, member: str = "new", handle: str = "") -> Person | None:
        """Let somebody enter the community."""
        event = MemberJoined(
            event_id=EventId(f"event-{next(self._numbers)}"),
            platform=platform,
            community=CommunityId("branch"),
            member=Author(id=MemberId(member), name=name, handle=handle),
            joined_at=self.clock.now(),
        )
        return await handle_member_joined(event, self.deps)

    async def takes_the_name(
        self, platform: PlatformName, name: str, *, member: str = "ann", before: str = "Ann"
    ) -> Person | None:
        """Let a member call themselves something else."""
        event = MemberRenamed(
            event_id=EventId(f"event-{next(self._numbers)}"),
            platform=platform,
            community=CommunityId("branch"),
            member=Author(id=MemberId(member), name=name),
            name_before=before,
            renamed_at=self.clock.now(),
        )
        return await handle_member_renamed(event, self.deps)

    async def says(
        self,
        platform: PlatformName,
        text: str,
        *,
        author: str = "ann",
        answering: tuple[str, str] | None = None,
        channel: str = "general",
    ) -> tuple[MessagePosted, Decision]:
        """Let a member post; `answering` is the author and text of the message replied to."""
        event = self.posted(platform, text, author=author, channel=channel)
        if answering:
            parent = Parent(message=MessageId("parent"), author=MemberId(answering[0]), text=answering[1])
            event = replace(event, parent=parent)
        return event, await handle_message_posted(event, self.deps)

    async def learns_links(self) -> int:
        """Let the bot read which accounts are one person's."""
        return await learn_links(self.deps)

    def edited(self, original: MessagePosted, text: str, *, before: str | None = None) -> MessageEdited:
        """Make an edit that nobody has delivered yet."""
        return MessageEdited(
            event_id=EventId(f"event-{next(self._numbers)}"),
            ref=original.ref,
            author=original.author,
            text=text,
            before=before,
            edited_at=self.clock.now(),
            channel_name=original.channel_name,
        )

    async def edits(self, original: MessagePosted, text: str, *, before: str | None = None) -> Decision:
        """Let the author change a message."""
        return await handle_message_edited(self.edited(original, text, before=before), self.deps)

    async def deletes(self, original: MessagePosted) -> None:
        """Let a message go away by some hand."""
        event = MessageDeleted(
            event_id=EventId(f"event-{next(self._numbers)}"), ref=original.ref, deleted_at=self.clock.now()
        )
        await handle_message_deleted(event, self.deps)

    async def reports(self, original: MessagePosted, reason: str, *, reporter: str = "rob") -> Reply:
        """Let a member ask the moderators to look."""
        event = MessageReported(
            event_id=EventId(f"event-{next(self._numbers)}"),
            message=original,
            reporter=MemberId(reporter),
            reason=reason,
            reported_at=self.clock.now(),
        )
        return await handle_message_reported(event, self.deps)

    def actor(self, platform: PlatformName, member: str = MODERATOR) -> Actor:
        """Name somebody who gives a command."""
        return Actor(platform=platform, community=CommunityId("branch"), id=MemberId(member), name=member.capitalize())

    async def presses(
        self,
        platform: PlatformName,
        incident: IncidentId,
        verdict: Verb,
        *,
        version: int = 0,
        reason: str = "looked at it",
        member: str = MODERATOR,
        event_id: str | None = None,
    ) -> Reply:
        """Let somebody press a button on a card."""
        return await settle_incident(
            self.actor(platform, member),
            incident,
            verdict,
            reason,
            version=version,
            event_id=EventId(event_id or f"press-{next(self._numbers)}"),
            deps=self.deps,
        )

    async def all_incidents(self) -> list[IncidentId]:
        """Give the names of what is kept, oldest first."""
        return [kept.id async for kept in self.incidents.find(IncidentFilter())][::-1]


def memory_world(*, mode: Mode = Mode.ACT, scorer: ScriptedScorer | None = None) -> World:
    """Make a world whose record lives in memory."""
    journal: list[str] = []
    evidence = MemoryEvidence(journal)
    return World(evidence=evidence, incidents=evidence, journal=journal, mode=mode, scorer=scorer)


def world_on(
    evidence: Evidence,
    incidents: Incidents,
    *,
    mode: Mode = Mode.ACT,
    reader: Reader | None = None,
    policy: Policy | None = None,
    cases: Cases | None = None,
) -> World:
    """Make a world over another record, such as one on disk; and, if given, another reader and policy."""
    journal: list[str] = []
    return World(
        evidence=JournalledEvidence(evidence, journal),
        incidents=incidents,
        journal=journal,
        mode=mode,
        reader=reader or ScriptedReader(),
        policy=policy or small_policy(),
        cases=cases,
    )
