"""Deleting on Discord: one by one while it is calm, many in one request while a channel is flooded."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import discord
from discord.http import HTTPClient

from bot.discord_adapter.sanctions import audit
from policies.decisions import Action, Outcome, OutcomeStatus

MOST_AT_ONCE = 100
"""How many messages Discord deletes at one request; it takes no fewer than two."""

OLDEST_IN_BULK = timedelta(days=14) - timedelta(hours=1)
"""Discord refuses a whole request for one message older than two weeks; the hour is for clocks that differ."""

_REMEMBERED = 10_000
_GONE = Outcome(action=Action.HIDE, status=OutcomeStatus.ALREADY, detail="the message was already gone")
_DONE = Outcome(action=Action.HIDE, status=OutcomeStatus.DONE)


class Answered(Protocol):
    """Makes one call and says how it ended; raises `PlatformUnavailable` where that is not known."""

    def __call__(
        self, action: Action, call: Coroutine[object, object, object], *, gone: Outcome | None = None
    ) -> Awaitable[Outcome]:
        """Give the outcome, `gone` where Discord knows no such thing."""


@dataclass(slots=True, eq=False)
class _Wanted:
    message: int
    reason: str
    ended: asyncio.Future[Outcome]
    gone: bool = False


class Deletions:
    """Takes deletions in: what comes for a channel while one is under way goes together in the next.

    Nothing waits for company: a single deletion is sent at once. Who asks has kept the message before, and each
    is told how their own deletion ended.
    """

    def __init__(self, http: Callable[[], HTTPClient], answered: Answered, now: Callable[[], datetime]) -> None:
        self._http, self._answered, self._now = http, answered, now
        self._waiting: defaultdict[int, list[_Wanted]] = defaultdict(list)
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._asked: OrderedDict[int, None] = OrderedDict()

    def asked(self, message: int) -> bool:
        """Whether this process itself asked for a message to be deleted, as far as it remembers."""
        return message in self._asked

    def gone(self, message: int, channel: int) -> None:
        """Note that a message went away; one that still waits to be deleted went by somebody else's hand."""
        for wanted in self._waiting.get(channel, ()):
            wanted.gone = wanted.gone or wanted.message == message

    async def delete(self, channel: int, message: int, *, reason: str) -> Outcome:
        """Delete a message; one that is gone counts as hidden. Raises `PlatformUnavailable`."""
        wanted = _Wanted(message, reason, asyncio.get_running_loop().create_future())
        self._waiting[channel].append(wanted)
        if channel not in self._workers:
            self._workers[channel] = asyncio.create_task(self._work(channel))
        return await wanted.ended

    async def _work(self, channel: int) -> None:
        batch: list[_Wanted] = []
        try:
            while batch := self._next(channel):
                await self._send(channel, batch)
        except Exception as error:  # noqa: BLE001 - it goes to everybody who waits for an answer
            for wanted in (*batch, *self._waiting.pop(channel, ())):
                if not wanted.ended.done():
                    wanted.ended.set_exception(error)
        finally:
            self._workers.pop(channel, None)
            for wanted in (*batch, *self._waiting.pop(channel, ())):
                wanted.ended.cancel()

    def _next(self, channel: int) -> list[_Wanted]:
        """Take what goes next: of each message everybody who asked for it."""
        waiting = self._waiting.pop(channel, [])
        batch: list[_Wanted] = []
        messages: set[int] = set()
        for wanted in waiting:
            if len(messages) < MOST_AT_ONCE or wanted.message in messages:
                messages.add(wanted.message)
                batch.append(wanted)
        if left := [wanted for wanted in waiting if wanted not in batch]:
            self._waiting[channel] = left
        return batch

    async def _send(self, channel: int, batch: Sequence[_Wanted]) -> None:
        of: defaultdict[int, list[_Wanted]] = defaultdict(list)
        for wanted in batch:
            of[wanted.message].append(wanted)
        for message, who in list(of.items()):
            if any(wanted.gone for wanted in who) and not self.asked(message):
                _tell(of.pop(message), _GONE)
        oldest = discord.utils.time_snowflake(self._now() - OLDEST_IN_BULK)
        young = [message for message in of if message > oldest]
        if len(young) > 1:
            outcome = await self._many(channel, young, [of[message][0].reason for message in young])
            if outcome is not None:
                for message in young:
                    _tell(of.pop(message), outcome)
        for message, who in of.items():
            _tell(who, await self._one(channel, message, who[0].reason))

    async def _one(self, channel: int, message: int, reason: str) -> Outcome:
        # The answer to an earlier call may have been lost; what is gone then went by the bot's own hand.
        gone = _DONE if self.asked(message) else _GONE
        self._remember((message,))
        call = self._http().delete_message(channel, message, reason=audit(reason))
        outcome = await self._answered(Action.HIDE, call, gone=gone)
        if outcome.status is not OutcomeStatus.DONE:
            self._forget((message,))
        return outcome

    async def _many(self, channel: int, messages: Sequence[int], reasons: Sequence[str]) -> Outcome | None:
        """Delete several at once; nothing if Discord takes them one by one only."""
        self._remember(messages)
        reason = audit(f"{len(messages)} messages: {'; '.join(dict.fromkeys(reasons))}")
        call = self._http().delete_messages(channel, sorted(messages), reason=reason)
        outcome = await self._answered(Action.HIDE, call, gone=_GONE)
        if outcome.status is not OutcomeStatus.DONE:
            self._forget(messages)
        if outcome.status is OutcomeStatus.FAILED:
            return None
        together = f"deleted together with {len(messages) - 1} others of the same channel"
        return replace(outcome, detail=together) if outcome.status is OutcomeStatus.DONE else outcome

    def _remember(self, messages: Sequence[int]) -> None:
        """Remember before the call: Discord may announce the deletion ahead of its answer."""
        for message in messages:
            self._asked[message] = None
        while len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)

    def _forget(self, messages: Sequence[int]) -> None:
        for message in messages:
            self._asked.pop(message, None)


def _tell(who: Sequence[_Wanted], outcome: Outcome) -> None:
    for wanted in who:
        if not wanted.ended.done():
            wanted.ended.set_result(outcome)
