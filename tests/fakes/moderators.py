"""Moderators by a list of names."""

from policies.acts import Actor
from policies.identifiers import MemberId


class NamedModerators:
    """Everybody whose id is in `members` is a moderator, on every platform."""

    def __init__(self, *members: str) -> None:
        self.members = {MemberId(member) for member in members}

    async def include(self, actor: Actor) -> bool:
        """Whether the actor's id is listed."""
        return actor.id in self.members
