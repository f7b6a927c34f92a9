"""Time stamps by an independent authority (RFC 3161), daily over the newest checkpoint, until there is one."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import structlog
from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    TimeStampRequest,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from bot.evidence.checkpoints import Checkpoint
from bot.evidence.durable_files import replace
from bot.evidence.errors import EvidenceError
from bot.evidence.notes import Note
from bot.evidence.stamps import FOLDER, STATE, path_of
from bot.publication import Signer
from handlers.errors import EvidenceUnavailable
from handlers.ports import Clock

log = structlog.get_logger(__name__)

EVERY = timedelta(days=1)
TICK = 60.0
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
PATIENCE = 30.0
"""Seconds that an authority has for its answer."""
LARGEST = 64 * 1024
"""The most bytes that a reply may have; a token with its certificates has some 6,000."""

Record = Callable[[int, bool], Awaitable[None]]
"""Puts on record that a checkpoint of a size was stamped, and whether the stamp could be verified."""


class NoStamp(Exception):  # noqa: N818 - it says what there is
    """The authority gave no stamp; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """How it stands: the last stamp, its size and when; the last attempt since, and how many failed in a row."""

    size: int = 0
    at: str = ""
    tried: str = ""
    failed: int = 0


class Stamping:
    """Asks an authority for a stamp over the newest checkpoint; it never holds up anything else.

    A reply is kept as it came, beside the very bytes that it is about. One that cannot be read or does not verify
    against `roots` is put on record as unverifiable.
    """

    def __init__(
        self, signer: Signer, record: Record, folder: Path, clock: Clock, *, url: str, roots: Path | None
    ) -> None:
        self._signer, self._record, self._clock = signer, record, clock
        self._folder, self._url, self._roots = folder / FOLDER, url, roots

    async def step(self) -> float:
        """Ask for a stamp where one is due; gives the seconds until the next look."""
        state, now = self._read(), self._clock.now()
        if not _due(state, now):
            return TICK
        try:
            await self._signer.sign()
            note = await self._signer.last()
            if note is not None and Checkpoint.claimed_by(note).size > state.size:
                await self._stamp(note)
        except (NoStamp, OSError, EvidenceError, EvidenceUnavailable) as error:
            self._write(_State(size=state.size, at=state.at, tried=now.isoformat(), failed=state.failed + 1))
            log.warning("checkpoint.unstamped", count=state.failed + 1, trouble=str(error))
        return TICK

    async def _stamp(self, note: Note) -> None:
        message, size = note.to_bytes(), Checkpoint.claimed_by(note).size
        request = TimestampRequestBuilder().data(message).nonce(nonce=True).cert_request(cert_request=True).build()
        reply = await _asked(self._url, request.as_bytes())
        trouble = await asyncio.to_thread(_trouble, reply, request, message, self._roots)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        replace(path_of(self._folder.parent, size, "note"), message)
        replace(path_of(self._folder.parent, size, "tsr"), reply)
        await self._record(size, not trouble)
        self._write(_State(size=size, at=self._clock.now().isoformat()))
        if trouble:
            log.warning("checkpoint.stamp-unverifiable", count=size, trouble=trouble)
        else:
            log.info("checkpoint.stamped", count=size)

    def _read(self) -> _State:
        try:
            return _State(**json.loads((self._folder / STATE).read_bytes()))
        except FileNotFoundError:
            return _State()
        except (ValueError, TypeError):
            log.error("checkpoint.stamps-damaged", file=str(self._folder / STATE))
            return _State()

    def _write(self, state: _State) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        replace(self._folder / STATE, json.dumps(asdict(state)).encode())


def _due(state: _State, now: datetime) -> bool:
    if state.failed:
        pause = min(FIRST_PAUSE * (1 << min(state.failed - 1, 20)), LONGEST_PAUSE)
        return now >= datetime.fromisoformat(state.tried) + pause
    return not state.at or now - datetime.fromisoformat(state.at) >= EVERY


async def _asked(url: str, query: bytes) -> bytes:
    """Send a query to the authority; raises `NoStamp` unless something came back that may be a reply."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session,
            session.post(
                url, data=query, headers={"Content-Type": "application/timestamp-query"}, allow_redirects=False
            ) as answer,
        ):
            if answer.status != 200:
                raise NoStamp(f"The time stamping authority answered {answer.status}.")
            reply = await answer.content.read(LARGEST + 1)
            while len(reply) <= LARGEST and (more := await answer.content.read(LARGEST)):
                reply += more
    except (aiohttp.ClientError, TimeoutError) as error:
        raise NoStamp(f"The time stamping authority cannot be reached ({type(error).__name__}).") from error
    if len(reply) > LARGEST:
        raise NoStamp(f"The time stamping authority sent more than {LARGEST} bytes.")
    return reply


def _trouble(reply: bytes, request: TimeStampRequest, message: bytes, roots: Path | None) -> str:
    """Say why a reply cannot be verified, or nothing if it can."""
    try:
        found = decode_timestamp_response(reply)
        builder = VerifierBuilder.from_request(request)
        for root in _certificates(roots):
            builder = builder.add_root_certificate(root)
        builder.build().verify_message(found, message)
    except (VerificationError, ValueError, TypeError, OSError) as error:
        return f"The reply is kept, but it cannot be verified: {error}."
    return ""


def _certificates(roots: Path | None) -> list[Certificate]:
    if roots is None:
        raise ValueError("no certificates are trusted for it (evidence.tsa_roots)")
    return load_pem_x509_certificates(roots.read_bytes())
