"""Who may read a channel: asked of Slack before the bot reads a message there on somebody's behalf."""

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack_adapter.calls import answered
from bot.slack_adapter.convert import Payload, Workspace, part, word

_PAGE = 1000
_GUEST = ("is_restricted", "is_ultra_restricted", "is_stranger")


async def may_read(web: AsyncWebClient, home: Workspace, member: str, channel: str) -> bool:
    """Whether a member may read a channel: as one of its members, or a public one of the workspace as no guest.

    Raises `SlackApiError` for a channel that the bot is not in.
    """
    told = await answered(web.conversations_info(channel=channel))
    shown = part({"channel": told.get("channel")}, "channel")
    if _is_public(shown) and await _is_at_home(web, home, member):
        return True
    cursor = ""
    while True:
        page = await answered(web.conversations_members(channel=channel, limit=_PAGE, cursor=cursor))
        members: object = page.get("members")
        if isinstance(members, list) and member in members:
            return True
        cursor = word(part({"next": page.get("response_metadata")}, "next"), "next_cursor")
        if not cursor:
            return False


def _is_public(channel: Payload) -> bool:
    """Whether Slack says in so many words that it is a channel, and not a private one."""
    return channel.get("is_channel") is True and channel.get("is_private") is False


async def _is_at_home(web: AsyncWebClient, home: Workspace, member: str) -> bool:
    """Whether somebody is a full member of the workspace: guests read only the channels that they are in."""
    told = await answered(web.users_info(user=member))
    user = part({"user": told.get("user")}, "user")
    return word(user, "team_id") == home.team and not any(user.get(key) is True for key in _GUEST)
