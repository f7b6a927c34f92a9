"""Publishing checkpoints where all members can read them: daily, at a stop, and each exactly once."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog

from bot.evidence.checkpoints import OUTBOX, Checkpoint
from bot.evidence.durable_files import replace
from bot.evidence.errors import EvidenceError
from bot.evidence.notes import Note
from handlers.errors import EvidenceUnavailable, PlatformUnavailable
from handlers.ports import Clock
from policies.decisions import Outcome, OutcomeStatus
from policies.identifiers import ChannelId, PlatformName

log = structlog.get_logger(__name__)

EVERY = timedelta(days=1)
TICK, AGAIN = 60.0, timedelta(hours=1)


class Signer(Protocol):
    """Signs the log as it stands."""

    async def sign(self) -> Note | None:
        """Sign the log if it grew since the last time."""

    async def last(self) -> Note | None:
        """Give what was signed last."""


class Noticeboard(Protocol):
    """A platform with channels that members read."""

    async def publish(self, channel: ChannelId, text: str, *, key: str, before: bool) -> Outcome:
        """Post a text as it is; `key` names it, and where it may have been posted `before`, look for it first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Where checkpoints are published on one platform."""

    platform: Noticeboard
    channel: ChannelId


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """What became of a platform's checkpoints: the last that was published, and one on its way."""

    size: int = 0
    at: str = ""
    receipt: str = ""
    posting: str = ""
    tried: str = ""


class Publication:
    """Posts the newest checkpoint to each board once a day, when a case was closed, and when it is asked to.

    `closing` gives the latest record of a case being closed, 0 without any; whoever closed it, the next look sees it.

    A post is noted in the outbox before it is made and after. One that was interrupted is looked for on the
    platform before it is made again, so that every checkpoint stands there once.
    """

    def __init__(
        self,
        signer: Signer,
        boards: Mapping[PlatformName, Board],
        folder: Path,
        clock: Clock,
        closing: Callable[[], Awaitable[int]] | None = None,
    ) -> None:
        self._signer, self._boards, self._clock, self._closing = signer, boards, clock, closing
        self._path = folder / OUTBOX
        self._posting = asyncio.Lock()

    async def step(self) -> float:
        """Publish where a day passed or a case closed, or what was interrupted; gives the seconds to the next look."""
        closed = await self._closed()
        for name in self._boards:
            entry, now = self._read().get(name, _Entry()), self._clock.now()
            waited = not entry.tried or now - datetime.fromisoformat(entry.tried) >= AGAIN
            due = closed > entry.size or not entry.at or now - datetime.fromisoformat(entry.at) >= EVERY
            if waited if entry.posting else due:
                await self._publish(name)
        return TICK

    async def _closed(self) -> int:
        try:
            return 0 if self._closing is None else await self._closing()
        except EvidenceUnavailable as error:
            log.warning("cases.unread", trouble=str(error))
            return 0  # the next look sees it

    async def publish_now(self) -> None:
        """Publish what was not published yet, on every platform that is connected."""
        for name in self._boards:
            await self._publish(name)

    async def _publish(self, name: PlatformName) -> None:
        try:
            async with self._posting:
                await self._post(name, self._boards[name])
        except PlatformUnavailable:
            return  # the outbox keeps it until the platform is back
        except (OSError, EvidenceError) as error:
            log.error("checkpoint.unpublished", platform=name.value, trouble=str(error))

    async def _post(self, name: PlatformName, board: Board) -> None:
        entry = self._read().get(name, _Entry())
        before = bool(entry.posting)
        if not before:
            await self._signer.sign()
            note = await self._signer.last()
            if note is None or Checkpoint.claimed_by(note).size <= entry.size:
                return
            entry = _Entry(size=entry.size, at=entry.at, receipt=entry.receipt, posting=str(note))
            self._write(name, entry)
        size = Checkpoint.claimed_by(Note.parse(entry.posting.encode())).size
        outcome = await board.platform.publish(board.channel, entry.posting, key=f"{size}", before=before)
        now = self._clock.now().isoformat()
        if outcome.status in (OutcomeStatus.DONE, OutcomeStatus.ALREADY):
            self._write(name, _Entry(size=size, at=now, receipt=outcome.receipt))
            log.info("checkpoint.published", platform=name.value, count=size)
            return
        self._write(name, _Entry(size=entry.size, at=entry.at, receipt=entry.receipt, posting=entry.posting, tried=now))
        log.error("checkpoint.unpublished", platform=name.value, trouble=outcome.detail)

    def _read(self) -> dict[str, _Entry]:
        try:
            said = json.loads(self._path.read_bytes())
            return {name: _Entry(**entry) for name, entry in said.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, AttributeError):
            # Published twice is better than never: a damaged outbox is begun anew.
            log.error("checkpoint.outbox-damaged", file=str(self._path))
            return {}

    def _write(self, name: PlatformName, entry: _Entry) -> None:
        kept = {known: _plain(value) for known, value in self._read().items()}
        kept[name.value] = _plain(entry)
        replace(self._path, json.dumps(kept, indent=1).encode())


def _plain(entry: _Entry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in _Entry.__slots__}
