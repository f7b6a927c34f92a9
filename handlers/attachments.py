"""Keeping the files that came with a message: before anything is removed, but never for long in its way."""

import asyncio
from contextlib import aclosing
from datetime import timedelta

from handlers.deps import Deps
from handlers.errors import NotFetched, PlatformUnavailable
from handlers.ports import Platform
from policies.copies import AttachmentCopy, CopyStatus
from policies.events import MessageWritten
from policies.incidents import Incident

TRIED_FOR = timedelta(hours=24)
"""How long a file that cannot be reached is tried again; the links that Discord gives are good for about a day."""


def to_copy(event: MessageWritten) -> tuple[int, ...]:
    """Give the numbers of the attachments that can be asked for, counted from 1."""
    return tuple(number for number, file in enumerate(event.attachments, start=1) if file.url)


async def copy_attachments(incident: Incident, platform: Platform, deps: Deps) -> Incident:
    """Keep what is still to be kept of a message's files, all at once; gives the incident as it then stands.

    Waits `copy_within` at most; a file that did not come in time is tried again later, with growing pauses.
    Raises `EvidenceUnavailable` where a file came and could not be written down.
    """
    key = ("copies", incident.id)
    if not incident.uncopied or not deps.memory.due(key, deps.clock.now()):
        return incident
    tried = (_copy(number, incident, platform, deps) for number in incident.uncopied)
    for ended in await asyncio.gather(*tried, return_exceptions=True):
        if isinstance(ended, BaseException):
            raise ended
    now = await deps.incidents.get(incident.id) or incident
    if now.uncopied:
        deps.memory.postpone(key, deps.clock.now())
    else:
        deps.memory.succeeded(key)
    return now


async def _copy(number: int, incident: Incident, platform: Platform, deps: Deps) -> None:
    file = incident.event.attachments[number - 1]
    try:
        async with asyncio.timeout(deps.copy_within.total_seconds()):
            async with aclosing(platform.fetch(incident.event.ref, file)) as pieces:
                copy = await deps.evidence.keep_attachment(incident.id, number, pieces, deps.clock.now())
    except TimeoutError:
        seconds = deps.copy_within.total_seconds()
        copy = _missed(number, incident, CopyStatus.UNREACHABLE, f"It did not arrive within {seconds:g} seconds.", deps)
    except PlatformUnavailable as error:
        copy = _missed(number, incident, CopyStatus.UNREACHABLE, str(error), deps)
    except NotFetched as error:
        copy = _missed(number, incident, error.status, str(error), deps)
    if not copy.status.final:
        copy = _missed(number, incident, copy.status, copy.detail, deps)
    if copy.status is not CopyStatus.KEPT:
        await deps.evidence.append_copy(incident.id, copy)
    deps.counters.count(f"attachments.{copy.status.value}")


def _missed(number: int, incident: Incident, status: CopyStatus, why: str, deps: Deps) -> AttachmentCopy:
    now = deps.clock.now()
    if not status.final and now - incident.recorded_at > TRIED_FOR:
        status, why = CopyStatus.GIVEN_UP, f"It could not be had within a day. {why}"
    return AttachmentCopy(number=number, status=status, at=now, detail=why)
