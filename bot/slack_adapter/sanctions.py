"""What people decided about a member, and what Slack lets no bot do about it: said plainly, for somebody named."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime

from bot.slack_adapter.directory import Directory
from policies.casework.sanctions import StepAnswer
from policies.casework.words import Sanction
from policies.decisions import OutcomeStatus
from policies.identifiers import CommunityId, MemberId

BY_HAND = {
    Sanction.MUTE: (
        "Slack has no time-out. Whoever manages a channel can remove the member from it (channel details, Members), or"
        " limit who may post there (Settings, Posting permissions)"
    ),
    Sanction.SUSPENSION: (
        "Slack has no suspension. A workspace owner or admin can deactivate the account until then (Tools & settings,"
        " Manage members); note the day on which it is to be activated again"
    ),
    Sanction.REMOVAL: (
        "Slack lets no app put somebody out. A workspace owner or admin can deactivate the account (Tools & settings,"
        " Manage members), and activate it again when they are invited back"
    ),
    Sanction.BAN: (
        "Slack lets no app put somebody out. A workspace owner or admin can deactivate the account (Tools & settings,"
        " Manage members)"
    ),
}
"""For each sanction what a person can do where the bot can do nothing."""


class SlackSanctions(ABC):
    """The sanctions of a `Platform`: none of them is possible for a bot in a workspace without an enterprise plan."""

    @abstractmethod
    def _directory(self) -> Directory: ...

    async def would_take(self, community: CommunityId, member: MemberId, kind: Sanction) -> Sequence[str]:
        """Take nothing."""
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
        """Say that Slack cannot, and who can."""
        if kind not in BY_HAND:
            return StepAnswer(status=OutcomeStatus.DONE)
        return StepAnswer(status=OutcomeStatus.DEGRADED, detail=BY_HAND[kind])

    async def release(
        self, community: CommunityId, member: MemberId, kind: Sanction, *, took: Sequence[str], reason: str
    ) -> StepAnswer:
        """Say that there was nothing of the bot's to take off."""
        return StepAnswer(
            status=OutcomeStatus.ALREADY, detail="Slack let the bot impose nothing, so nothing is lifted."
        )

    async def names(self, community: CommunityId, member: MemberId) -> Sequence[str]:
        """Give the display name, the full name and the handle of a member."""
        return await self._directory().names(member)
