"""Which permissions the bot lacks in the server for what the policy and the settings ask of it."""

from collections.abc import Iterator, Mapping

import discord

from bot.discord_adapter.actions import Server
from policies.casework.words import Sanction
from policies.decisions import Action, Mode
from policies.rules import Policy

NAMES: Mapping[str, str] = {
    "view_channel": "View Channels",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "read_message_history": "Read Message History",
    "manage_threads": "Manage Threads",
    "manage_messages": "Manage Messages",
    "moderate_members": "Timeout Members",
    "manage_channels": "Manage Channels",
    "manage_roles": "Manage Roles",
    "kick_members": "Kick Members",
    "ban_members": "Ban Members",
}
"""What Discord's own pages call them."""

OBSERVING = 360777370752
"""The number of the invitation to observe, which is a part of every other one."""

_ALWAYS = (
    ("view_channel", "reading messages"),
    ("read_message_history", "reading what was missed"),
    ("manage_threads", "reading private threads"),
    ("send_messages", "alerts"),
    ("embed_links", "alerts"),
    ("send_messages_in_threads", "showing again what was wrongly deleted"),
)
_FOR_ACTIONS: Mapping[Action, tuple[tuple[str, str], ...]] = {
    Action.HIDE: (("manage_messages", "hiding messages"),),
    Action.HOLD: (("manage_messages", "hiding messages"),),
    Action.MUTE: (("moderate_members", "mutes"),),
    Action.SLOW_MODE: (("manage_channels", "slow mode"),),
    Action.LOCK: (("manage_roles", "locking channels"),),
}
_FOR_SANCTIONS: Mapping[Sanction, tuple[tuple[str, str], ...]] = {
    Sanction.MUTE: (("moderate_members", "mutes"),),
    Sanction.SUSPENSION: (("moderate_members", "suspensions"), ("manage_roles", "suspensions")),
    Sanction.REMOVAL: (("kick_members", "removals"),),
    Sanction.BAN: (("ban_members", "bans"),),
}


def lacking(held: discord.Permissions, policy: Policy, mode: Mode, server: Server) -> dict[str, list[str]]:
    """Give the permissions that are lacking, each with what it is for.

    What rules do is asked for only where the community acts, and sanctions only where officers are named who decide on
    them.
    """
    found: dict[str, list[str]] = {}
    for permission, purpose in _asked(policy, mode, server):
        if not getattr(held, permission):
            purposes = found.setdefault(permission, [])
            if purpose not in purposes:
                purposes.append(purpose)
    return found


def in_words(found: Mapping[str, list[str]]) -> str:
    """Write what is lacking and what for: `Manage Roles (suspensions, locking channels), Ban Members (bans)`."""
    return ", ".join(f"{NAMES[permission]} ({', '.join(purposes)})" for permission, purposes in found.items())


def invitation(role: discord.Role | None, policy: Policy, mode: Mode, server: Server) -> int:
    """Give the number that asks for what the bot's role has and what is asked of it, never for Administrator."""
    wanted = discord.Permissions(OBSERVING | (role.permissions.value if role else 0))
    wanted.update(administrator=False, **dict.fromkeys((name for name, _ in _asked(policy, mode, server)), True))
    return wanted.value


def _asked(policy: Policy, mode: Mode, server: Server) -> Iterator[tuple[str, str]]:
    yield from _ALWAYS
    if mode is Mode.ACT:
        wanted = {action for rule in policy.rules if rule.mode is Mode.ACT for action in rule.then}
        for action, needs in _FOR_ACTIONS.items():
            if action in wanted:
                yield from needs
    if server.officers:
        for sanction, needs in _FOR_SANCTIONS.items():
            if sanction in policy.sanctions.kinds:
                yield from needs
