"""What the handlers remember while the process lives: texts last judged, turns taken, alarms raised."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b

from policies.events import MessageDeleted, MessageEdited, MessagePosted
from policies.identifiers import CommunityId, EventId, IncidentId, MemberId, MessageRef, PlatformName
from policies.restraints import Standing

REMIND_EVERY = timedelta(hours=1)
"""While the record cannot be written, moderators are reminded so often, if messages go on being left standing."""

CROWDS_REMEMBERED = 200
_CHANNELS_NAMED = 5
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
class Alarm:
    """One community's alarm: since when, when it was last said, and which messages were left standing where."""

    platform: PlatformName
    community: CommunityId
    since: datetime
    said_at: datetime | None = None
    said: bool = False
    missed: set[MessageRef] = field(default_factory=set)
    channels: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Pause:
    until: datetime
    length: timedelta


@dataclass(slots=True)
class Gathering:
    """The card of a crowd: the incident and receipt it was shown with, and what has joined it since."""

    first: IncidentId
    receipt: str
    newest_at: datetime
    others: int = 0
    authors: set[MemberId] = field(default_factory=set)
    channels: set[str] = field(default_factory=set)


class ShortMemory:
    """A bounded memory without message text: only digests, and locks that live while somebody waits.

    Everything here may be forgotten at any time; the record alone decides what was done.
    """

    def __init__(self, texts: int = 20_000) -> None:
        self._most = texts
        self._judged: OrderedDict[MessageRef, _Judged] = OrderedDict()
        self._turns: dict[Hashable, _Turn] = {}
        self._alarms: dict[tuple[PlatformName, CommunityId], Alarm] = {}
        self._deletions: OrderedDict[MessageRef, MessageDeleted] = OrderedDict()
        self._pauses: OrderedDict[Hashable, _Pause] = OrderedDict()
        self._told: OrderedDict[int, None] = OrderedDict()
        self._done_at: OrderedDict[Hashable, datetime] = OrderedDict()
        self._gathered: OrderedDict[Hashable, Gathering] = OrderedDict()
        self.channels: Standing | None = None
        """What was done to channels and stands, once it was read from the record."""

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

    def told(self, key: Hashable) -> bool:
        """Whether moderators were told of something already, as far as it is remembered."""
        return hash(key) in self._told

    def note_told(self, key: Hashable) -> None:
        """Remember that moderators were told of something; of the thing itself nothing is kept."""
        self._told[hash(key)] = None
        if len(self._told) > self._most:
            self._told.popitem(last=False)

    def long_since(self, key: Hashable, now: datetime, every: timedelta) -> bool:
        """Whether something was not done for a while, as far as it is remembered."""
        last = self._done_at.get(key)
        return last is None or not timedelta(0) <= now - last < every

    def note_done(self, key: Hashable, now: datetime) -> None:
        """Remember when something was done."""
        self._done_at[key] = now
        self._done_at.move_to_end(key)
        if len(self._done_at) > self._most:
            self._done_at.popitem(last=False)

    def gathered(self, crowd: Hashable) -> Gathering | None:
        """Give the card of a crowd, as far as it is remembered."""
        return self._gathered.get(crowd)

    def gather(self, crowd: Hashable, card: Gathering) -> None:
        """Remember the card of a crowd."""
        self._gathered[crowd] = card
        self._gathered.move_to_end(crowd)
        if len(self._gathered) > CROWDS_REMEMBERED:
            self._gathered.popitem(last=False)

    def alarm(self, ref: MessageRef, channel: str, now: datetime) -> int | None:
        """Say how many other messages were left standing so far; nothing if it is too soon to say it again."""
        key = (ref.platform, ref.community)
        alarm = self._alarms.setdefault(key, Alarm(ref.platform, ref.community, now))
        others = len(alarm.missed - {ref})
        if len(alarm.missed) < self._most:
            alarm.missed.add(ref)
        if channel not in alarm.channels and len(alarm.channels) < _CHANNELS_NAMED:
            alarm.channels.append(channel)
        if alarm.said_at is not None and timedelta(0) <= now - alarm.said_at < REMIND_EVERY:
            return None
        alarm.said_at, alarm.said = now, True
        return others

    def alarm_unsaid(self, ref: MessageRef) -> None:
        """Note that nobody saw an alarm, so that the next message raises it anew."""
        if alarm := self._alarms.get((ref.platform, ref.community)):
            alarm.said_at = None

    def alarms(self) -> list[Alarm]:
        """Give the alarms that are not over."""
        return list(self._alarms.values())

    def kept_after_all(self, ref: MessageRef) -> None:
        """Note that a message that was left standing came again and is on record."""
        if alarm := self._alarms.get((ref.platform, ref.community)):
            alarm.missed.discard(ref)

    def recovered(self, alarm: Alarm) -> None:
        """Forget an alarm: it is over, and moderators know."""
        self._alarms.pop((alarm.platform, alarm.community), None)


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
