"""What the handlers need of the outside world, as protocols; `bot` keeps the real ones, tests the fakes."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from policies.acts import Act, Actor
from policies.assessments import Assessment, Context
from policies.casework.sanctions import StepAnswer
from policies.casework.words import Sanction
from policies.copies import AttachmentCopy
from policies.decisions import Action, Outcome
from policies.events import Attachment, MessageDeleted, MessageEdited, MessageWritten
from policies.findings import Category, Scores
from policies.identifiers import ChannelId, CommunityId, IncidentId, MemberId, MessageId, MessageRef, PlatformName
from policies.incidents import Incident, IncidentState, NewIncident
from policies.restraints import ChannelState
from policies.surroundings import Nearby, Surroundings


class Clock(Protocol):
    """Time as an argument."""

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""


class Scorer(Protocol):
    """An abuse classifier; it may be slow, absent or broken without stopping the rules."""

    @property
    def name(self) -> str:
        """Give the model's id for the record, `none` where there is no model."""

    async def score(self, texts: Sequence[str]) -> list[Scores | None]:
        """Score each text, None for one in a language it does not know; raises `ScorerUnavailable` if it cannot."""


class Reading(Protocol):
    """Reads messages by the rules without holding up whoever waits for something else."""

    async def read(self, text: str, context: Context) -> Assessment:
        """Read a text in its context; answers come in the order of the questions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The answer to `Evidence.record`: the incident's id, and whether this delivery was the first."""

    incident: IncidentId
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The answer to `Evidence.settle`: whether the act took effect, and the incident as it now stands."""

    took_effect: bool
    incident: Incident


class Evidence(Protocol):
    """The append-only record: nothing here updates or deletes, and what returned is durable.

    Every method raises `EvidenceUnavailable` when the record could not be made; the outcome of a
    failed call is unknown, so callers repeat it with the same event id.
    """

    async def record(self, incident: NewIncident) -> Recorded:
        """Keep an incident; the same (platform, event id) again gives the first one's id."""

    async def append_outcome(self, incident: IncidentId, outcome: Outcome, at: datetime) -> None:
        """Keep what the platform answered; the same action and status again changes nothing."""

    async def append_act(self, act: Act) -> bool:
        """Keep what a person did; false if this event id was kept before."""

    async def settle(self, act: Act, *, version: int) -> Settlement:
        """Keep a moderator's verdict if the incident still is at `version`; a stale one changes nothing."""

    async def note_deletion(self, event: MessageDeleted) -> tuple[IncidentId, ...]:
        """Keep that a message with incidents went away; gives those incidents."""

    async def note_edit(self, event: MessageEdited) -> tuple[IncidentId, ...]:
        """Keep what a message with incidents was changed to; gives those incidents."""

    async def keep_attachment(
        self, incident: IncidentId, number: int, pieces: AsyncIterator[bytes], at: datetime
    ) -> AttachmentCopy:
        """Keep a file as it arrives, piece by piece, and never more of it than the limit.

        Gives the copy that was kept, now or before; or says, without recording it, that the file is too
        large or the disk too full. What `pieces` raises passes through, and nothing is kept then.
        """

    async def append_copy(self, incident: IncidentId, copy: AttachmentCopy) -> None:
        """Keep why there is no copy of a file; the same file and status again changes nothing."""

    async def keep_context(self, incident: IncidentId, found: Surroundings, *, again_at: datetime | None) -> None:
        """Keep what a look around found, and when to look again; the same look again changes nothing."""

    async def lacking_context(self, now: datetime) -> Sequence[Incident]:
        """Give incidents around which it is time to look, the longest due first, some at a time."""

    async def ready(self) -> bool:
        """Whether a record could be made at this moment: something small is written and reaches the disk."""

    async def channel_acts(self) -> Sequence[Act]:
        """Give what was done to channels, by people and by the bot, oldest first."""

    async def unfinished(self) -> Sequence[Incident]:
        """Give the incidents with actions that have no outcome yet, or with files still to be kept, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFilter:
    """Which incidents to list; an empty field does not narrow."""

    since: datetime | None = None
    until: datetime | None = None
    platform: PlatformName | None = None
    channel: str = ""
    author: MemberId | None = None
    rule: str = ""
    category: Category | None = None
    action: Action | None = None
    outcome: str = ""
    state: IncidentState | None = None
    limit: int | None = None


class Incidents(Protocol):
    """Reading the record; every method raises `EvidenceUnavailable` when it cannot be read."""

    async def get(self, incident: IncidentId) -> Incident | None:
        """Give one incident with its outcomes and acts."""

    def find(self, wanted: IncidentFilter) -> AsyncIterator[Incident]:
        """Give the matching incidents, newest first, without holding them all in memory."""

    async def of_message(self, ref: MessageRef) -> Sequence[Incident]:
        """Give the incidents about one message, oldest first."""

    async def context(self, incident: IncidentId) -> Sequence[Surroundings]:
        """Give what each look around an incident's message found."""


class Counters(Protocol):
    """Numbers without text: all that is left of a message that triggered nothing."""

    def count(self, name: str, amount: int = 1) -> None:
        """Add to a counter; never blocks and never fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCard:
    """What moderators see of an incident; no unmasked text, no platform markup.

    `why` are sentences, `settled` is the line that replaces the buttons once somebody decided.
    """

    incident: IncidentId
    version: int
    headline: str
    masked_text: str
    author_name: str
    author: MemberId
    channel: ChannelId
    channel_name: str
    link: str
    why: tuple[str, ...]
    done: tuple[str, ...]
    due_at: datetime | None
    settled: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message to one member: a title and plain paragraphs."""

    title: str
    paragraphs: tuple[str, ...]


class Platform(Protocol):
    """One chat platform; every attempt is answered with a value, refusals included.

    Only a lost connection raises (`PlatformUnavailable`): the action then stays unfinished and is
    tried again, so each of these must be harmless when repeated.
    """

    @property
    def name(self) -> PlatformName:
        """Give the platform's name."""

    @property
    def can(self) -> frozenset[Action]:
        """Give the actions this platform and the rights of this bot allow; others degrade."""

    async def hide(self, ref: MessageRef, *, reason: str) -> Outcome:
        """Take a message out of sight; on platforms that can only delete, delete it."""

    async def restore(self, incident: Incident, *, note: str) -> Outcome:
        """Repost a hidden message with its author, its time and a note."""

    async def mute(self, ref: MessageRef, member: MemberId, *, until: datetime, reason: str) -> Outcome:
        """Keep a member from posting in the community of `ref` until a moment."""

    async def unmute(self, ref: MessageRef, member: MemberId, *, reason: str) -> Outcome:
        """Lift a mute."""

    async def would_take(self, community: CommunityId, member: MemberId, kind: Sanction) -> Sequence[str]:
        """Give what a sanction would take of a member and would have to give back, such as the ids of roles."""

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
        """Put a sanction on a member that a person decided, until a moment or as long as the platform can.

        `took` is what is taken, as `would_take` gave it. The answer says until when the platform itself holds it;
        what it cannot do at all degrades, in words that tell somebody what to do by hand. A longer restriction that
        is there already is left alone.
        """

    async def release(
        self, community: CommunityId, member: MemberId, kind: Sanction, *, took: Sequence[str], reason: str
    ) -> StepAnswer:
        """Take a sanction off a member and give back what it took; the answer says what was given back."""

    async def names(self, community: CommunityId, member: MemberId) -> Sequence[str]:
        """Give the names under which others know a member now; nothing where the platform knows none."""

    async def remind(self, ref: MessageRef, thread: MessageId | None, notice: Notice) -> Outcome:
        """Post a notice to everybody where a message stands; repeated, it says the same words twice at worst."""

    async def slow_mode(self, community: CommunityId, channel: ChannelId, *, seconds: int, reason: str) -> Outcome:
        """Make members of a channel wait between two posts; 0 seconds lifts it."""

    async def channel_state(self, community: CommunityId, channel: ChannelId) -> ChannelState:
        """Give how a channel stands now; raises `NotReadable` where the bot may not see it."""

    async def lock(self, community: CommunityId, channel: ChannelId, *, reason: str) -> Outcome:
        """Keep members from writing in a channel; where only a person can, degrade in words that tell them how."""

    async def unlock(self, community: CommunityId, channel: ChannelId, *, stood: str, reason: str) -> Outcome:
        """Let members write again just as they could before, as `ChannelState.writing` had it.

        What somebody opened by hand meanwhile is left as it is.
        """

    async def post_alert(self, community: CommunityId, card: AlertCard) -> Outcome:
        """Show a card in the moderator channel; the receipt names the posted message."""

    async def update_alert(self, community: CommunityId, receipt: str, card: AlertCard) -> Outcome:
        """Show the card anew in place of the one named by the receipt."""

    async def notify(self, community: CommunityId, member: MemberId, notice: Notice) -> Outcome:
        """Send a private message to a member."""

    async def around(self, event: MessageWritten, *, most: int) -> tuple[Sequence[Nearby], Sequence[Nearby]]:
        """Give the messages just before one and just after it in its channel or thread, oldest first.

        Raises `NotReadable` where the bot may not read there, `PlatformUnavailable` where it may later.
        """

    def fetch(self, ref: MessageRef, attachment: Attachment) -> AsyncGenerator[bytes, None]:
        """Give a file of a message as it arrives, without looking into it.

        Raises `NotFetched` where it cannot be had, `PlatformUnavailable` where it may be had later.
        """


class Moderators(Protocol):
    """Who may use the moderators' verbs."""

    async def include(self, actor: Actor) -> bool:
        """Whether this person is one of the configured moderators now."""
