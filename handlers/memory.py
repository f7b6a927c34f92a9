"""What the handlers remember while the process lives: texts last judged, turns taken, alarms raised."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from policies.events import MessageDeleted, MessageEdited, MessagePosted
from policies.identifiers import CommunityId, EventId, MessageRef

ALARM_EVERY = timedelta(minutes=1)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Judged:
    digest: bytes
    event_id: EventId
    edited: bool


@dataclass(slots=True)
class _Turn:
    lock: asyncio.Lock
    waiting: int = 0


@dataclass(slots=True)
class _Alarm:
    raised_at: datetime
    missed: int = 0


@dataclass(frozen=True, slots=True)
class _Pause:
    until: datetime
    length: timedelta


class ShortMemory:
    """A bounded memory without message text: only digests, and locks that live while somebody waits.

    Everything here may be forgotten at any time; the record alone decides what was done.
    """

    def __init__(self, texts: int = 20_000) -> None:
        self._most = texts
        self._judged: OrderedDict[MessageRef, _Judged] = OrderedDict()
        self._turns: dict[Hashable, _Turn] = {}
        self._alarms: dict[CommunityId, _Alarm] = {}
        self._deletions: OrderedDict[MessageRef, MessageDeleted] = OrderedDict()
        self._pauses: OrderedDict[Hashable, _Pause] = OrderedDict()

    def judged_before(self, event: MessagePosted | MessageEdited) -> bool:
        """Whether this very text of this message was already judged under another event."""
        last = self._judged.get(event.ref)
        return last is not None and last.event_id != event.event_id and last.digest == _digest(event.text)

    def judged_otherwise(self, event: MessagePosted | MessageEdited) -> bool:
        """Whether another text of this message was judged last, so that this one is a change for certain."""
        last = self._judged.get(event.ref)
        return last is not None and last.event_id != event.event_id and last.digest != _digest(event.text)

    def judge(self, event: MessagePosted | MessageEdited) -> None:
        """Remember the text that is being judged; a late first version does not replace its edit."""
        last = self._judged.get(event.ref)
        edited = isinstance(event, MessageEdited)
        if last is not None and last.edited and not edited:
            return
        self._judged[event.ref] = _Judged(_digest(event.text), event.event_id, edited)
        self._judged.move_to_end(event.ref)
        if len(self._judged) > self._most:
            self._judged.popitem(last=False)

    def forget(self, ref: MessageRef) -> None:
        """Drop what is remembered of a message, so that its next delivery is judged anew."""
        self._judged.pop(ref, None)

    def note_deletion(self, event: MessageDeleted) -> None:
        """Remember that a message went away, in case it is told of later than its deletion."""
        self._deletions[event.ref] = event
        if len(self._deletions) > self._most:
            self._deletions.popitem(last=False)

    def deletion_of(self, ref: MessageRef) -> MessageDeleted | None:
        """Give the deletion of a message, as far as it is remembered."""
        return self._deletions.get(ref)

    @asynccontextmanager
    async def turn(self, key: Hashable) -> AsyncIterator[None]:
        """Let one task at a time work on a message or an incident; the others wait for theirs."""
        turn = self._turns.setdefault(key, _Turn(asyncio.Lock()))
        turn.waiting += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.waiting -= 1
            if not turn.waiting:
                del self._turns[key]

    def due(self, key: Hashable, now: datetime) -> bool:
        """Whether something that failed may be tried again by now."""
        pause = self._pauses.get(key)
        return pause is None or now >= pause.until

    def postpone(self, key: Hashable, now: datetime) -> None:
        """Wait before something that failed is tried again: ten seconds, then twice as long, at most an hour."""
        last = self._pauses.pop(key, None)
        length = min(last.length * 2, LONGEST_PAUSE) if last else FIRST_PAUSE
        self._pauses[key] = _Pause(now + length, length)
        if len(self._pauses) > self._most:
            self._pauses.popitem(last=False)

    def succeeded(self, key: Hashable) -> None:
        """Forget that something failed."""
        self._pauses.pop(key, None)

    def alarm(self, community: CommunityId, now: datetime) -> int | None:
        """Say how many alarms went unsaid since the last one; nothing if it is too soon for another."""
        last = self._alarms.get(community)
        if last is not None and timedelta(0) <= now - last.raised_at < ALARM_EVERY:
            last.missed += 1
            return None
        self._alarms[community] = _Alarm(now)
        return last.missed if last else 0


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
