"""Channels slowed down and locked: what Slack lets no app do, said plainly for a person who can."""

from policies.decisions import Action, Outcome, OutcomeStatus
from policies.identifiers import ChannelId, CommunityId
from policies.restraints import ChannelState

NO_SLOW_MODE = (
    "Slack has no slow mode. Whoever manages the channel can limit who may post (channel details, Settings, "
    "Posting permissions)."
)
NO_LOCK = (
    "Slack lets no app lock a channel outside an enterprise plan. Whoever manages the channel can limit who may post "
    "(channel details, Settings, Posting permissions); where the workspace's plan has no such setting, an owner or "
    "admin can archive the channel for a while. Note how it stood before."
)
NO_UNLOCK = (
    "Slack lets no app unlock a channel. Whoever limited who may post can set it back as it stood before (channel "
    "details, Settings, Posting permissions), or bring the channel back from the archive."
)


class SlackRestraints:
    """What a `Platform` does to whole channels: on Slack a person does it, and is told how."""

    async def slow_mode(self, community: CommunityId, channel: ChannelId, *, seconds: int, reason: str) -> Outcome:
        """Say that Slack cannot."""
        if not seconds:
            none = "Slack has no slow mode, so there was none to lift."
            return Outcome(action=Action.SLOW_MODE, status=OutcomeStatus.ALREADY, detail=none)
        return Outcome(action=Action.SLOW_MODE, status=OutcomeStatus.DEGRADED, detail=NO_SLOW_MODE)

    async def channel_state(self, community: CommunityId, channel: ChannelId) -> ChannelState:
        """Give nothing: Slack does not tell an app who may post."""
        return ChannelState()

    async def lock(self, community: CommunityId, channel: ChannelId, *, reason: str) -> Outcome:
        """Say who can, and how."""
        return Outcome(action=Action.LOCK, status=OutcomeStatus.DEGRADED, detail=NO_LOCK)

    async def unlock(self, community: CommunityId, channel: ChannelId, *, stood: str, reason: str) -> Outcome:
        """Say who can, and how."""
        return Outcome(action=Action.LOCK, status=OutcomeStatus.DEGRADED, detail=NO_UNLOCK)
