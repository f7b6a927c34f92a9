"""Keeping what was said around a message on record: a look at once, another soon, and a last one a day later."""

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta

from handlers.deps import Deps
from handlers.errors import EvidenceUnavailable, HustingsError, NotReadable, PlatformUnavailable
from policies.identifiers import IncidentId
from policies.incidents import Incident
from policies.surroundings import Surroundings

LOOKS = (timedelta(0), timedelta(minutes=10), timedelta(hours=24))
"""When the bot looks, counted from the record; later looks are left out once enough was said afterwards."""

LOOK_WITHIN = 10.0
TRIED_FOR = timedelta(days=7)


async def look_around(name: IncidentId, deps: Deps) -> None:
    """Take the first look around a message that was just kept; what fails is done later."""
    if not deps.context_messages:
        return
    try:
        incident = await deps.incidents.get(name)
        if incident is not None and not await deps.incidents.context(name):
            await _look(incident, deps)
    except EvidenceUnavailable:
        deps.counters.count("evidence.unavailable")


async def keep_due_context(deps: Deps, *, reachable: Collection[str] | None = None) -> None:
    """Take the looks that are due, oldest first; one that fails waits, and keeps no other waiting.

    Raises `EvidenceUnavailable` where the record cannot be read.
    """
    for incident in await deps.evidence.lacking_context(deps.clock.now()):
        if reachable is not None and incident.event.ref.platform.value not in reachable:
            continue
        try:
            await _look(incident, deps)
        except HustingsError:
            deps.counters.count("context.postponed")


async def _look(incident: Incident, deps: Deps) -> None:
    key, now = ("context", incident.id), deps.clock.now()
    platform = deps.platforms.get(incident.event.ref.platform)
    if platform is None or not deps.memory.due(key, now):
        return
    async with deps.memory.turn(key):
        look = len(await deps.incidents.context(incident.id)) + 1
        if look > len(LOOKS):
            return
        try:
            async with asyncio.timeout(LOOK_WITHIN):
                before, after = await platform.around(incident.event, most=deps.context_messages)
        except (TimeoutError, PlatformUnavailable):
            if now - incident.recorded_at < TRIED_FOR:
                deps.memory.postpone(key, now)
                deps.counters.count("context.postponed")
                return
            found = Surroundings(look=look, at=now, missing="The platform could not be reached for a week.")
        except NotReadable as error:
            found = Surroundings(look=look, at=now, missing=str(error))
        else:
            found = Surroundings(look=look, at=now, before=tuple(before), after=tuple(after))
        await deps.evidence.keep_context(incident.id, found, again_at=_again_at(incident, found, deps))
        deps.memory.succeeded(key)
        deps.counters.count("context.kept" if not found.missing else "context.missing")


def _again_at(incident: Incident, found: Surroundings, deps: Deps) -> datetime | None:
    """Say when to look again: not once enough was said afterwards, nor where the bot may not look."""
    if found.missing or len(found.after) >= deps.context_messages:
        return None
    due = (incident.recorded_at + pause for pause in LOOKS[found.look :])
    return next((at for at in due if at > found.at), None)
