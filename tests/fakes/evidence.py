"""The record held in memory, and one that notes in a journal what was kept."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import fields, replace
from datetime import datetime
from hashlib import sha256

from handlers.errors import EvidenceUnavailable, UnknownIncident
from handlers.ports import Evidence, IncidentFilter, Recorded, Settlement
from policies.acts import Act, Verb
from policies.copies import AttachmentCopy, CopyStatus
from policies.decisions import Outcome
from policies.events import MessageDeleted, MessageEdited
from policies.identifiers import EventId, IncidentId, MessageRef, PlatformName
from policies.incidents import SETTLING, EditRecord, Incident, IncidentState, NewIncident, OutcomeRecord
from policies.restraints import CHANNEL_VERBS
from policies.surroundings import Surroundings

_SHARED = {field.name for field in fields(NewIncident)} & {field.name for field in fields(Incident)}
_STATES = {Verb.UPHOLD: IncidentState.UPHELD, Verb.NOT_ABUSE: IncidentState.NOT_ABUSE}


class MemoryEvidence:
    """Keeps and reads incidents as the real record does, until the process ends.

    `journal` gets a line for everything that was kept. `failures` makes the next so many calls that
    write fail without effect; `lost_answers` makes them fail after they took effect.
    """

    def __init__(self, journal: list[str] | None = None) -> None:
        self.journal = journal if journal is not None else []
        self.kept: dict[IncidentId, Incident] = {}
        self.acts: list[Act] = []
        self.failures = 0
        self.lost_answers = 0
        self.looks: dict[IncidentId, list[Surroundings]] = {}
        self.look_again: dict[IncidentId, datetime] = {}
        self.largest_file = 8 * 1024 * 1024
        self.files: dict[tuple[IncidentId, int], bytes] = {}
        self._events: dict[tuple[PlatformName, EventId], IncidentId] = {}
        self._edits: dict[tuple[PlatformName, EventId], tuple[IncidentId, ...]] = {}
        self._deletions: dict[tuple[PlatformName, EventId], tuple[IncidentId, ...]] = {}

    async def record(self, incident: NewIncident) -> Recorded:
        """Keep an incident once."""
        self._may_fail()
        key = (incident.event.ref.platform, incident.event_id)
        fresh = key not in self._events
        if fresh:
            name = IncidentId(f"I-{incident.recorded_at.year}-{len(self.kept) + 1:06d}")
            self._events[key] = name
            self.kept[name] = Incident(id=name, **{field: getattr(incident, field) for field in _SHARED})
            if incident.wants_context:
                self.look_again[name] = incident.recorded_at
            self.journal.append("evidence.recorded")
        self._may_lose_the_answer()
        return Recorded(incident=self._events[key], fresh=fresh)

    async def append_outcome(self, incident: IncidentId, outcome: Outcome, at: datetime) -> None:
        """Keep an outcome once for each action and status."""
        self._may_fail()
        kept = self._incident(incident)
        known = {(record.outcome.action, record.outcome.status) for record in kept.outcomes}
        if (outcome.action, outcome.status) not in known:
            record = OutcomeRecord(outcome=outcome, at=at)
            self.kept[incident] = replace(kept, outcomes=(*kept.outcomes, record))
            self.journal.append(f"evidence.outcome {outcome.action} {outcome.status}")
        self._may_lose_the_answer()

    async def append_act(self, act: Act) -> bool:
        """Keep an act once."""
        if act.verb in SETTLING:
            raise ValueError("A verdict is kept with settle(), which looks at the version.")
        self._may_fail()
        fresh = self._append_act(act)
        self._may_lose_the_answer()
        return fresh

    async def settle(self, act: Act, *, version: int) -> Settlement:
        """Keep a verdict if nobody decided since."""
        self._may_fail()
        assert act.incident is not None
        kept = self._incident(act.incident)
        took_effect = kept.version == version and self._append_act(act)
        if took_effect:
            now = self.kept[act.incident]
            self.kept[act.incident] = replace(now, version=now.version + 1, state=_STATES[act.verb])
        self._may_lose_the_answer()
        return Settlement(took_effect=took_effect, incident=self.kept[act.incident])

    async def note_deletion(self, event: MessageDeleted) -> tuple[IncidentId, ...]:
        """Keep that a message went away."""
        self._may_fail()
        key = (event.ref.platform, event.event_id)
        if key in self._deletions:
            return self._deletions[key]
        names = tuple(incident.id for incident in await self.of_message(event.ref))
        if names:
            self._deletions[key] = names
            self.journal.append("evidence.deletion")
        for name in names:
            kept = self.kept[name]
            if kept.deleted_at is None:
                self.kept[name] = replace(kept, deleted_at=event.deleted_at)
        return names

    async def note_edit(self, event: MessageEdited) -> tuple[IncidentId, ...]:
        """Keep what a message was changed to, once."""
        self._may_fail()
        key = (event.ref.platform, event.event_id)
        if key not in self._edits:
            about = await self.of_message(event.ref)
            if not about:
                return ()
            self._edits[key] = tuple(incident.id for incident in about)
            for kept in about:
                edits = (*kept.edits, EditRecord(text=event.text, at=event.edited_at))
                self.kept[kept.id] = replace(kept, edits=edits)
            self.journal.append("evidence.edit")
        return self._edits[key]

    async def keep_attachment(
        self, incident: IncidentId, number: int, pieces: AsyncIterator[bytes], at: datetime
    ) -> AttachmentCopy:
        """Keep a file of at most `largest_file` bytes."""
        known = self._incident(incident).copy_of(number)
        if known is not None and known.status is CopyStatus.KEPT:
            return known
        content = b""
        async for piece in pieces:
            content += piece
            if len(content) > self.largest_file:
                return AttachmentCopy(number=number, status=CopyStatus.TOO_LARGE, at=at, detail="It is too large.")
        self._may_fail()
        copy = AttachmentCopy(
            number=number, status=CopyStatus.KEPT, at=at, size=len(content), sha256=sha256(content).hexdigest()
        )
        self.files[incident, number] = content
        self._append_copy(incident, copy)
        return copy

    async def append_copy(self, incident: IncidentId, copy: AttachmentCopy) -> None:
        """Keep why there is no copy, once for each file and status."""
        self._may_fail()
        if copy.status is CopyStatus.KEPT:
            raise ValueError("A file is kept with keep_attachment().")
        if (copy.number, copy.status) not in {(c.number, c.status) for c in self._incident(incident).copies}:
            self._append_copy(incident, copy)

    async def keep_context(self, incident: IncidentId, found: Surroundings, *, again_at: datetime | None) -> None:
        """Keep a look once."""
        self._may_fail()
        self._incident(incident)
        looks = self.looks.setdefault(incident, [])
        if all(look.look != found.look for look in looks):
            looks.append(found)
            self.look_again.pop(incident, None)
            if again_at is not None:
                self.look_again[incident] = again_at

    async def lacking_context(self, now: datetime) -> Sequence[Incident]:
        """Give the incidents around which it is time to look."""
        due = sorted((at, name) for name, at in self.look_again.items() if at <= now)
        return [self.kept[name] for _, name in due]

    async def context(self, incident: IncidentId) -> Sequence[Surroundings]:
        """Give the looks."""
        self._incident(incident)
        return list(self.looks.get(incident, []))

    async def ready(self) -> bool:
        """Whether the next call that writes would take effect."""
        return not self.failures

    async def channel_acts(self) -> Sequence[Act]:
        """Give what was done to channels, oldest first."""
        return [act for act in self.acts if act.verb in CHANNEL_VERBS]

    async def unfinished(self) -> Sequence[Incident]:
        """Give the incidents with something left to do."""
        return [i for i in self.kept.values() if i.unfinished or i.to_undo or i.uncopied]

    async def get(self, incident: IncidentId) -> Incident | None:
        """Give one incident."""
        return self.kept.get(incident)

    async def find(self, wanted: IncidentFilter) -> AsyncIterator[Incident]:
        """Give the matching incidents, newest first."""
        found = [incident for incident in reversed(self.kept.values()) if _matches(incident, wanted)]
        for incident in found[: wanted.limit]:
            yield incident

    async def of_message(self, ref: MessageRef) -> Sequence[Incident]:
        """Give the incidents about one message."""
        return [incident for incident in self.kept.values() if incident.event.ref == ref]

    def _append_copy(self, incident: IncidentId, copy: AttachmentCopy) -> None:
        kept = self._incident(incident)
        self.kept[incident] = replace(kept, copies=(*kept.copies, copy))
        self.journal.append(f"evidence.file {copy.number} {copy.status}")

    def _append_act(self, act: Act) -> bool:
        if act.incident is not None:
            self._incident(act.incident)
        if any(a.event_id == act.event_id and a.actor.platform == act.actor.platform for a in self.acts):
            return False
        self.acts.append(act)
        if act.incident is not None:
            kept = self.kept[act.incident]
            self.kept[act.incident] = replace(kept, acts=(*kept.acts, act))
        self.journal.append(f"evidence.act {act.verb}")
        return True

    def _incident(self, name: IncidentId) -> Incident:
        if name not in self.kept:
            raise UnknownIncident(f"There is no incident {name}.")
        return self.kept[name]

    def _may_fail(self) -> None:
        if self.failures:
            self.failures -= 1
            raise EvidenceUnavailable("The record could not be written: disk full")

    def _may_lose_the_answer(self) -> None:
        if self.lost_answers:
            self.lost_answers -= 1
            raise EvidenceUnavailable("The record could not be written: disk I/O error")


class JournalledEvidence:
    """Another record whose successes are noted in a journal, so that a test sees what came first."""

    def __init__(self, evidence: Evidence, journal: list[str]) -> None:
        self._evidence = evidence
        self._journal = journal

    async def record(self, incident: NewIncident) -> Recorded:
        """Keep an incident and note that it was."""
        recorded = await self._evidence.record(incident)
        if recorded.fresh:
            self._journal.append("evidence.recorded")
        return recorded

    async def append_outcome(self, incident: IncidentId, outcome: Outcome, at: datetime) -> None:
        """Keep an outcome and note that it was."""
        await self._evidence.append_outcome(incident, outcome, at)
        self._journal.append(f"evidence.outcome {outcome.action} {outcome.status}")

    async def append_act(self, act: Act) -> bool:
        """Keep an act and note that it was."""
        fresh = await self._evidence.append_act(act)
        if fresh:
            self._journal.append(f"evidence.act {act.verb}")
        return fresh

    async def settle(self, act: Act, *, version: int) -> Settlement:
        """Keep a verdict and note that it was."""
        settlement = await self._evidence.settle(act, version=version)
        if settlement.took_effect:
            self._journal.append(f"evidence.act {act.verb}")
        return settlement

    async def note_deletion(self, event: MessageDeleted) -> tuple[IncidentId, ...]:
        """Keep a deletion and note that it was."""
        names = await self._evidence.note_deletion(event)
        if names:
            self._journal.append("evidence.deletion")
        return names

    async def note_edit(self, event: MessageEdited) -> tuple[IncidentId, ...]:
        """Keep an edit and note that it was."""
        names = await self._evidence.note_edit(event)
        if names:
            self._journal.append("evidence.edit")
        return names

    async def keep_attachment(
        self, incident: IncidentId, number: int, pieces: AsyncIterator[bytes], at: datetime
    ) -> AttachmentCopy:
        """Keep a file and note that it was."""
        copy = await self._evidence.keep_attachment(incident, number, pieces, at)
        if copy.status is CopyStatus.KEPT:
            self._journal.append(f"evidence.file {copy.number} {copy.status}")
        return copy

    async def append_copy(self, incident: IncidentId, copy: AttachmentCopy) -> None:
        """Keep why there is no copy and note it."""
        await self._evidence.append_copy(incident, copy)
        self._journal.append(f"evidence.file {copy.number} {copy.status}")

    async def keep_context(self, incident: IncidentId, found: Surroundings, *, again_at: datetime | None) -> None:
        """Keep what the other record keeps."""
        await self._evidence.keep_context(incident, found, again_at=again_at)

    async def lacking_context(self, now: datetime) -> Sequence[Incident]:
        """Give what the other record gives."""
        return await self._evidence.lacking_context(now)

    async def ready(self) -> bool:
        """Say what the other record says."""
        return await self._evidence.ready()

    async def channel_acts(self) -> Sequence[Act]:
        """Give what the other record gives."""
        return await self._evidence.channel_acts()

    async def unfinished(self) -> Sequence[Incident]:
        """Give what the other record gives."""
        return await self._evidence.unfinished()


def _matches(incident: Incident, wanted: IncidentFilter) -> bool:
    event, decision = incident.event, incident.decision
    action, _, status = wanted.outcome.rpartition(":")
    ended = {(record.outcome.action, record.outcome.status) for record in incident.outcomes}
    return all(
        (
            wanted.since is None or incident.recorded_at >= wanted.since,
            wanted.until is None or incident.recorded_at < wanted.until,
            wanted.platform is None or event.ref.platform is wanted.platform,
            not wanted.channel or wanted.channel.removeprefix("#") in (event.ref.channel, event.channel_name),
            wanted.author is None or event.author.id == wanted.author,
            not wanted.rule or wanted.rule in {match.rule for match in decision.rules},
            wanted.category is None or wanted.category in decision.categories,
            wanted.action is None or wanted.action in decision.actions,
            not wanted.outcome or any(s == status and action in ("", a) for a, s in ended),
            wanted.state is None or incident.state is wanted.state,
        )
    )
