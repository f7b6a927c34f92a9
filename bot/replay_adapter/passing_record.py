"""A record for replays that keep nothing: it holds the latest incidents in memory and forgets the older ones."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from dataclasses import fields, replace
from datetime import datetime

from handlers.errors import EvidenceUnavailable, UnknownIncident
from handlers.ports import IncidentFilter, Recorded, Settlement
from policies.acts import Act
from policies.copies import AttachmentCopy, CopyStatus
from policies.decisions import Outcome
from policies.events import MessageDeleted, MessageEdited
from policies.identifiers import EventId, IncidentId, MessageRef, PlatformName
from policies.incidents import EditRecord, Incident, NewIncident, OutcomeRecord
from policies.surroundings import Surroundings

HELD = 2_000
"""Incidents that are remembered at once."""

_NOT_KEPT = "This replay keeps nothing. Name a folder with --data to keep its incidents."
_CARRIED = [field.name for field in fields(NewIncident) if field.name != "event_id"]


class PassingRecord:
    """Answers like a record for as long as it remembers; nothing reaches a disk.

    What needs all incidents, or somebody's decision, is refused with `EvidenceUnavailable`.
    """

    def __init__(self) -> None:
        self._held: OrderedDict[IncidentId, Incident] = OrderedDict()
        self._seen: OrderedDict[tuple[PlatformName, EventId], IncidentId] = OrderedDict()
        self._number = 0

    async def record(self, incident: NewIncident) -> Recorded:
        """Hold an incident; the same event again gives the first one's id while it is remembered."""
        key = (incident.event.ref.platform, incident.event_id)
        if key in self._seen:
            return Recorded(incident=self._seen[key], fresh=False)
        self._number += 1
        name = IncidentId(f"I-{incident.recorded_at.year}-{self._number:06d}")
        self._held[name] = Incident(id=name, **{field: getattr(incident, field) for field in _CARRIED})
        self._seen[key] = name
        if len(self._held) > HELD:
            self._held.popitem(last=False)
            self._seen.popitem(last=False)
        return Recorded(incident=name, fresh=True)

    async def append_outcome(self, incident: IncidentId, outcome: Outcome, at: datetime) -> None:
        """Add an outcome to an incident."""
        held = self._held.get(incident)
        if held is None:
            raise UnknownIncident(f"There is no incident {incident}.")
        known = {(entry.outcome.action, entry.outcome.status) for entry in held.outcomes}
        if (outcome.action, outcome.status) not in known:
            entry = OutcomeRecord(outcome=outcome, at=at)
            self._held[incident] = replace(held, outcomes=(*held.outcomes, entry))

    async def append_act(self, act: Act) -> bool:
        """Refuse: nobody may decide about what is not kept."""
        raise EvidenceUnavailable(_NOT_KEPT)

    async def settle(self, act: Act, *, version: int) -> Settlement:
        """Refuse: nobody may decide about what is not kept."""
        raise EvidenceUnavailable(_NOT_KEPT)

    async def note_deletion(self, event: MessageDeleted) -> tuple[IncidentId, ...]:
        """Note that a message with incidents went away."""
        about = [incident.id for incident in await self.of_message(event.ref)]
        for name in about:
            self._held[name] = replace(self._held[name], deleted_at=event.deleted_at)
        return tuple(about)

    async def note_edit(self, event: MessageEdited) -> tuple[IncidentId, ...]:
        """Note what a message with incidents was changed to."""
        about = await self.of_message(event.ref)
        for held in about:
            edits = (*held.edits, EditRecord(text=event.text, at=event.edited_at))
            self._held[held.id] = replace(held, edits=edits)
        return tuple(held.id for held in about)

    async def keep_attachment(
        self, incident: IncidentId, number: int, pieces: AsyncIterator[bytes], at: datetime
    ) -> AttachmentCopy:
        """Say that nothing is kept."""
        return AttachmentCopy(number=number, status=CopyStatus.ELSEWHERE, at=at, detail=_NOT_KEPT)

    async def append_copy(self, incident: IncidentId, copy: AttachmentCopy) -> None:
        """Add why there is no copy to an incident."""
        if held := self._held.get(incident):
            self._held[incident] = replace(held, copies=(*held.copies, copy))

    async def keep_context(self, incident: IncidentId, found: Surroundings, *, again_at: datetime | None) -> None:
        """Keep nothing."""

    async def lacking_context(self, now: datetime) -> Sequence[Incident]:
        """Give nothing: what is replayed has nothing to catch up on."""
        return ()

    async def context(self, incident: IncidentId) -> Sequence[Surroundings]:
        """Give nothing."""
        return ()

    async def ready(self) -> bool:
        """Say that it never fails."""
        return True

    async def channel_acts(self) -> Sequence[Act]:
        """Give nothing: what a replay does to channels ends with it."""
        return ()

    async def unfinished(self) -> Sequence[Incident]:
        """Give nothing: what is replayed has nothing to catch up on."""
        return ()

    async def get(self, incident: IncidentId) -> Incident | None:
        """Give an incident while it is remembered."""
        return self._held.get(incident)

    def find(self, wanted: IncidentFilter) -> AsyncIterator[Incident]:
        """Refuse: a list without the incidents that were forgotten would mislead."""
        raise EvidenceUnavailable(_NOT_KEPT)

    async def of_message(self, ref: MessageRef) -> Sequence[Incident]:
        """Give what is remembered of a message, oldest first."""
        return [incident for incident in self._held.values() if incident.event.ref == ref]
