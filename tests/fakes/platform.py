"""A platform that does what it is told, notes it, and fails when a test asks for that."""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime, timedelta

from handlers.errors import HustingsError, NotFetched, PlatformUnavailable
from handlers.ports import AlertCard, Clock, Notice
from policies.casework.sanctions import StepAnswer
from policies.casework.words import Sanction
from policies.copies import CopyStatus
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.events import Attachment, MessageWritten
from policies.identifiers import ChannelId, CommunityId, MemberId, MessageId, MessageRef, PlatformName
from policies.incidents import Incident
from policies.restraints import ChannelState
from policies.surroundings import Nearby

DISCORD_CAN = frozenset(Action) - {Action.ALLOW}
LONGEST_HOLD = timedelta(days=28)
"""How long the platform keeps a mute or a suspension up by itself."""

SLACK_CAN = DISCORD_CAN - {Action.MUTE, Action.SLOW_MODE, Action.HOLD}


class FakePlatform:
    """Keeps in `journal`, in order, what was done; and in lists what was shown to whom.

    `answers` holds the status of coming attempts by verb; `broken` is how many attempts raise, and
    `broken_verbs` narrows that. While `gate` is cleared every attempt waits, or those in `gated_verbs`
    if there are any.
    """

    def __init__(
        self,
        name: PlatformName = PlatformName.DISCORD,
        *,
        can: frozenset[Action] = DISCORD_CAN,
        journal: list[str] | None = None,
    ) -> None:
        self._name = name
        self.can = can
        self.journal = journal if journal is not None else []
        self.answers: dict[str, deque[OutcomeStatus]] = defaultdict(deque)
        self.broken = 0
        self.broken_verbs: frozenset[str] = frozenset()
        self.gated_verbs: frozenset[str] = frozenset()
        self.gate = asyncio.Event()
        self.gate.set()
        self.hidden: set[MessageRef] = set()
        self.gone: set[MessageRef] = set()
        """Messages that somebody else deleted before the bot could."""
        self.restored: list[Incident] = []
        self.muted: dict[MemberId, datetime] = {}
        self.slowed: dict[ChannelId, int] = {}
        self.writing: dict[ChannelId, str] = {}
        self.clock: Clock | None = None
        """What tells how long a hold of at most 28 days reaches; without one there is no limit."""
        self.restricted: dict[tuple[MemberId, Sanction], datetime | None] = {}
        """What is on whom, and until when the platform holds it by itself."""
        self.roles: dict[MemberId, set[str]] = defaultdict(set)
        self.away: set[MemberId] = set()
        """Who is not in the server: nothing can be given to them."""
        self.known_as: dict[MemberId, tuple[str, ...]] = {}
        self.cannot: frozenset[Sanction] = frozenset()
        self.alerts: dict[str, AlertCard] = {}
        self.notices: list[tuple[MemberId, Notice]] = []
        self.reminders: list[tuple[ChannelId, Notice]] = []
        self.files: dict[str, bytes | NotFetched | PlatformUnavailable] = {}
        """What `fetch` gives or raises, by the attachment's id."""
        self.stalled = False
        self.said: list[Nearby] = []
        self.unreadable: HustingsError | None = None

    @property
    def name(self) -> PlatformName:
        """Give the platform's name."""
        return self._name

    @property
    def cards(self) -> list[AlertCard]:
        """Give the cards as moderators see them now."""
        return list(self.alerts.values())

    async def hide(self, ref: MessageRef, *, reason: str) -> Outcome:
        """Take a message out of sight."""
        status = await self._attempt("hide", "message.hidden")
        if status is OutcomeStatus.DONE and ref in self.gone:
            status = OutcomeStatus.ALREADY
        self.hidden.add(ref)
        return Outcome(action=Action.HIDE, status=status)

    async def restore(self, incident: Incident, *, note: str) -> Outcome:
        """Show a hidden message again."""
        status = await self._attempt("restore", "message.restored")
        self.hidden.discard(incident.event.ref)
        self.restored.append(incident)
        return Outcome(action=Action.HIDE, status=status, receipt="restored-1")

    async def mute(self, ref: MessageRef, member: MemberId, *, until: datetime, reason: str) -> Outcome:
        """Keep a member from posting."""
        status = await self._attempt("mute", "member.muted")
        self.muted[member] = until
        return Outcome(action=Action.MUTE, status=status)

    async def unmute(self, ref: MessageRef, member: MemberId, *, reason: str) -> Outcome:
        """Lift a mute."""
        status = await self._attempt("unmute", "member.unmuted")
        self.muted.pop(member, None)
        return Outcome(action=Action.MUTE, status=status)

    async def would_take(self, community: CommunityId, member: MemberId, kind: Sanction) -> Sequence[str]:
        """Give the roles that everything above a mute takes."""
        await self._attempt("would-take", "roles.asked")
        return () if kind in self.cannot or kind is Sanction.MUTE else tuple(sorted(self.roles[member]))

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
        """Put a sanction on; a suspension and what puts out take the roles."""
        if kind in self.cannot:
            return StepAnswer(status=OutcomeStatus.DEGRADED, detail=f"{self._name.value} cannot. Please do it by hand.")
        status = await self._attempt("restrict", f"sanction.put-on {kind.value}")
        if status not in (OutcomeStatus.DONE, OutcomeStatus.ALREADY):
            return StepAnswer(status=status, detail="refused")
        if kind in (Sanction.MUTE, Sanction.SUSPENSION) and self.clock is not None:
            most = self.clock.now() + LONGEST_HOLD
            until = most if until is None else min(until, most)
        elif kind in (Sanction.REMOVAL, Sanction.BAN):
            until = None
        self.roles[member] -= set(took)
        self.restricted[member, kind] = until
        return StepAnswer(status=status, until=until, took=tuple(took))

    async def release(
        self, community: CommunityId, member: MemberId, kind: Sanction, *, took: Sequence[str], reason: str
    ) -> StepAnswer:
        """Take a sanction off and give the roles back."""
        status = await self._attempt("release", f"sanction.taken-off {kind.value}")
        if status not in (OutcomeStatus.DONE, OutcomeStatus.ALREADY):
            return StepAnswer(status=status, detail="refused")
        # One time-out carries both, as on Discord: whoever lifts the one lifts the other.
        both = (Sanction.MUTE, Sanction.SUSPENSION)
        for lifted in both if kind in both else (kind,):
            self.restricted.pop((member, lifted), None)
        if kind is Sanction.BAN or member in self.away:
            return StepAnswer(status=status, detail="not in the server")
        self.roles[member] |= set(took)
        return StepAnswer(status=status, took=tuple(took))

    async def names(self, community: CommunityId, member: MemberId) -> Sequence[str]:
        """Give the names that a test gave the member."""
        await self._attempt("names", "names.asked")
        return self.known_as.get(member, ())

    def holds(self, member: MemberId, kind: Sanction, now: datetime) -> bool:
        """Whether a sanction is on somebody at a moment; what the platform itself let go of is not."""
        if (member, kind) not in self.restricted:
            return False
        until = self.restricted[member, kind]
        return until is None or until > now

    async def remind(self, ref: MessageRef, thread: MessageId | None, notice: Notice) -> Outcome:
        """Post a notice where a message stands."""
        status = await self._attempt("remind", "channel.reminded")
        if status is OutcomeStatus.DONE:
            self.reminders.append((ref.channel, notice))
        return Outcome(action=Action.REMIND, status=status)

    async def slow_mode(self, community: CommunityId, channel: ChannelId, *, seconds: int, reason: str) -> Outcome:
        """Slow a channel down."""
        status = await self._attempt("slow-mode", "channel.slowed")
        if status is OutcomeStatus.DONE:
            self.slowed[channel] = seconds
        return Outcome(action=Action.SLOW_MODE, status=status)

    async def channel_state(self, community: CommunityId, channel: ChannelId) -> ChannelState:
        """Give the wait in a channel and who may write there."""
        await self._attempt("channel-state", "channel.asked")
        return ChannelState(self.slowed.get(channel, 0), self.writing.get(channel, "everybody"))

    async def lock(self, community: CommunityId, channel: ChannelId, *, reason: str) -> Outcome:
        """Keep everybody from writing."""
        status = await self._attempt("lock", "channel.locked")
        if status is OutcomeStatus.DONE:
            self.writing[channel] = "nobody"
        return Outcome(action=Action.LOCK, status=status, detail="" if status is OutcomeStatus.DONE else "By hand.")

    async def unlock(self, community: CommunityId, channel: ChannelId, *, stood: str, reason: str) -> Outcome:
        """Let those write who could before."""
        status = await self._attempt("unlock", "channel.unlocked")
        if status is OutcomeStatus.DONE:
            self.writing[channel] = stood
        return Outcome(action=Action.LOCK, status=status, detail="" if status is OutcomeStatus.DONE else "By hand.")

    async def post_alert(self, community: CommunityId, card: AlertCard) -> Outcome:
        """Show a card to moderators."""
        status = await self._attempt("alert", "moderators.alerted")
        receipt = f"alert-{len(self.alerts) + 1}" if status is OutcomeStatus.DONE else ""
        if receipt:
            self.alerts[receipt] = card
        return Outcome(action=Action.ALERT, status=status, receipt=receipt)

    async def update_alert(self, community: CommunityId, receipt: str, card: AlertCard) -> Outcome:
        """Show a card anew."""
        status = await self._attempt("update", "card.updated")
        self.alerts[receipt] = card
        return Outcome(action=Action.ALERT, status=status, receipt=receipt)

    async def notify(self, community: CommunityId, member: MemberId, notice: Notice) -> Outcome:
        """Write to a member."""
        status = await self._attempt("notify", "member.told")
        if status is OutcomeStatus.DONE:
            self.notices.append((member, notice))
        return Outcome(action=Action.NOTIFY_AUTHOR, status=status)

    async def around(self, event: MessageWritten, *, most: int) -> tuple[Sequence[Nearby], Sequence[Nearby]]:
        """Give what stands in `said` before and after a message, or raise what stands in `unreadable`."""
        if self.unreadable is not None:
            raise self.unreadable
        at = next((n for n, nearby in enumerate(self.said) if nearby.message == event.ref.message), len(self.said))
        return self.said[:at][-most:], self.said[at + 1 :][:most]

    async def fetch(self, ref: MessageRef, attachment: Attachment) -> AsyncGenerator[bytes, None]:
        """Give a file in two pieces, or never end while `stalled`."""
        self.journal.append(f"file.asked {attachment.id}")
        found = self.files.get(attachment.id, NotFetched(CopyStatus.GONE, "Nobody has it."))
        if isinstance(found, Exception):
            raise found
        yield found[: len(found) // 2]
        while self.stalled:
            await asyncio.sleep(3600)
        yield found[len(found) // 2 :]

    async def _attempt(self, verb: str, line: str) -> OutcomeStatus:
        if not self.gated_verbs or verb in self.gated_verbs:
            await self.gate.wait()
        if self.broken and (not self.broken_verbs or verb in self.broken_verbs):
            self.broken -= 1
            raise PlatformUnavailable(f"{self._name} did not answer.")
        answers = self.answers[verb]
        status = answers.popleft() if answers else OutcomeStatus.DONE
        if status in (OutcomeStatus.DONE, OutcomeStatus.ALREADY):
            self.journal.append(line)
        return status
