"""What each platform can do at best, whatever rights the bot was given there."""

from collections.abc import Mapping

from policies.decisions import Action
from policies.identifiers import PlatformName

CAPABILITIES: Mapping[PlatformName, frozenset[Action]] = {
    PlatformName.DISCORD: frozenset(Action),
    # Slack knows no time-out and no slow mode; hiding needs an administrator's token there, and locking a person
    # who is asked to do it by hand.
    PlatformName.SLACK: frozenset(Action) - {Action.MUTE, Action.SLOW_MODE},
}
"""The adapter says at run time what the bot's rights allow; it is never more than this."""


def cannot(platform: PlatformName) -> tuple[Action, ...]:
    """Give the actions that a platform does not know, in order."""
    return tuple(action for action in Action if action not in CAPABILITIES[platform])
