"""What the parts of a Discord platform ask of the whole: the connection, and how a call becomes an outcome."""

from abc import ABC, abstractmethod
from collections.abc import Coroutine

import discord

from policies.decisions import Action, Outcome


class Answering(ABC):
    """A part of a `Platform` that calls Discord; how calls are made and answered the platform itself gives."""

    @abstractmethod
    def _connected(self) -> discord.Client: ...

    @abstractmethod
    async def _answer(
        self,
        action: Action,
        call: Coroutine[object, object, object],
        *,
        gone: Outcome | None = None,
        receipt: str = "",
    ) -> Outcome: ...
