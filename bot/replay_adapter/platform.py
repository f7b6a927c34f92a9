"""A platform that only notes what it is asked to do: nobody is touched, and every answer says so."""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from bot.replay_adapter.files import READ_ERRORS
from handlers.errors import NotFetched, NotReadable
from handlers.ports import AlertCard, Notice, Platform
from policies.capabilities import CAPABILITIES
from policies.casework.sanctions import StepAnswer
from policies.casework.words import Sanction
from policies.copies import CopyStatus
from policies.decisions import Action, Outcome, OutcomeStatus
from policies.events import Attachment, MessageWritten
from policies.identifiers import ChannelId, CommunityId, MemberId, MessageId, MessageRef, PlatformName
from policies.incidents import Incident
from policies.restraints import ChannelState
from policies.surroundings import Nearby

NO_ADMIN_TOKEN = CAPABILITIES[PlatformName.SLACK] - {Action.HIDE, Action.HOLD}
"""What a Slack bot can do without an administrator's token: it may delete no messages but its own."""


_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One thing that would have been done on a platform."""

    platform: PlatformName
    did: str
    message: MessageRef | None = None
    member: MemberId | None = None
    card: AlertCard | None = None
    notice: Notice | None = None


class ReplayPlatform(Platform):
    """Answers as the platform would with these rights, and hands what it was asked to do to `record`.

    `attached` opens a file that lies in the export; nothing is fetched from anywhere else.
    """

    def __init__(
        self,
        name: PlatformName,
        *,
        can: frozenset[Action] | None = None,
        record: Callable[[Recorded], None] = lambda _: None,
        remark: str = "replayed: nobody was touched",
        attached: Callable[[Attachment], BinaryIO | None] = lambda _: None,
    ) -> None:
        self._name = name
        self._can = CAPABILITIES[name] if can is None else can & CAPABILITIES[name]
        self._record = record
        self._remark = remark
        self._attached = attached
        self._posts = 0

    @property
    def name(self) -> PlatformName:
        """Give the platform's name."""
        return self._name

    @property
    def can(self) -> frozenset[Action]:
        """Give the actions this platform is replayed with; others degrade."""
        return self._can

    async def hide(self, ref: MessageRef, *, reason: str) -> Outcome:
        """Note that a message would have gone out of sight."""
        return self._done(Action.HIDE, "hide", message=ref)

    async def restore(self, incident: Incident, *, note: str) -> Outcome:
        """Note that a hidden message would have been shown again."""
        return self._done(Action.HIDE, "restore", message=incident.event.ref, receipt=self._receipt("restored"))

    async def mute(self, ref: MessageRef, member: MemberId, *, until: datetime, reason: str) -> Outcome:
        """Note that a member would have been muted."""
        return self._done(Action.MUTE, "mute", message=ref, member=member)

    async def unmute(self, ref: MessageRef, member: MemberId, *, reason: str) -> Outcome:
        """Note that a mute would have been lifted."""
        return self._done(Action.MUTE, "unmute", message=ref, member=member)

    async def would_take(self, community: CommunityId, member: MemberId, kind: Sanction) -> Sequence[str]:
        """Take nothing: an export does not say who had which role."""
        return ()

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
        """Note that a sanction would have been put on a member."""
        self._done(Action.MUTE, kind.value, member=member)
        return StepAnswer(status=OutcomeStatus.DONE, detail=self._remark, until=until)

    async def release(
        self, community: CommunityId, member: MemberId, kind: Sanction, *, took: Sequence[str], reason: str
    ) -> StepAnswer:
        """Note that a sanction would have been taken off a member."""
        self._done(Action.MUTE, f"end {kind.value}", member=member)
        return StepAnswer(status=OutcomeStatus.DONE, detail=self._remark, took=tuple(took))

    async def names(self, community: CommunityId, member: MemberId) -> Sequence[str]:
        """Know nobody: an export's names stand in its messages."""
        return ()

    async def remind(self, ref: MessageRef, thread: MessageId | None, notice: Notice) -> Outcome:
        """Note the notice that a channel would have got."""
        return self._done(Action.REMIND, "remind", message=ref, notice=notice)

    async def slow_mode(self, community: CommunityId, channel: ChannelId, *, seconds: int, reason: str) -> Outcome:
        """Note that a channel would have been slowed down."""
        return self._done(Action.SLOW_MODE, "slow-mode")

    async def channel_state(self, community: CommunityId, channel: ChannelId) -> ChannelState:
        """Say that everybody may write: an export does not tell."""
        return ChannelState()

    async def lock(self, community: CommunityId, channel: ChannelId, *, reason: str) -> Outcome:
        """Note that a channel would have been locked."""
        return self._done(Action.LOCK, "lock")

    async def unlock(self, community: CommunityId, channel: ChannelId, *, stood: str, reason: str) -> Outcome:
        """Note that a channel would have been unlocked."""
        return self._done(Action.LOCK, "unlock")

    async def post_alert(self, community: CommunityId, card: AlertCard) -> Outcome:
        """Note the card that moderators would have seen."""
        return self._done(Action.ALERT, "alert", card=card, receipt=self._receipt("alert"))

    async def update_alert(self, community: CommunityId, receipt: str, card: AlertCard) -> Outcome:
        """Note how the card would have changed."""
        return self._done(Action.ALERT, "update-alert", card=card, receipt=receipt)

    async def notify(self, community: CommunityId, member: MemberId, notice: Notice) -> Outcome:
        """Note the notice that a member would have got."""
        return self._done(Action.NOTIFY_AUTHOR, "notify", member=member, notice=notice)

    async def around(self, event: MessageWritten, *, most: int) -> tuple[Sequence[Nearby], Sequence[Nearby]]:
        """Refuse: what was said around a message stands in the export."""
        raise NotReadable("What was said around the message stands in the export.")

    async def fetch(self, ref: MessageRef, attachment: Attachment) -> AsyncGenerator[bytes, None]:
        """Give a file that lies in the export."""
        try:
            file = self._attached(attachment)
            if file is None:
                raise NotFetched(CopyStatus.ELSEWHERE, "The export names the file and does not hold it.")
            with file:
                while piece := file.read(_PIECE):
                    yield piece
        except READ_ERRORS:
            raise NotFetched(CopyStatus.GONE, "The file in the export is damaged.") from None

    def _done(
        self,
        action: Action,
        did: str,
        *,
        message: MessageRef | None = None,
        member: MemberId | None = None,
        card: AlertCard | None = None,
        notice: Notice | None = None,
        receipt: str = "",
    ) -> Outcome:
        self._record(Recorded(platform=self._name, did=did, message=message, member=member, card=card, notice=notice))
        return Outcome(action=action, status=OutcomeStatus.DONE, detail=self._remark, receipt=receipt)

    def _receipt(self, what: str) -> str:
        self._posts += 1
        return f"{what}-{self._posts}"
