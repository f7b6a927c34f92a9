"""The record kept in SQLite: each call is one row of the log and what follows from it, or nothing."""

from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from bot.evidence.errors import EvidenceError
from bot.evidence.leaves import Leaf
from bot.evidence.words import Kind
from bot.store.sqlite import attachments, counters, deliveries, reading
from bot.store.sqlite.connection import Database, Error, StoreUnusable
from bot.store.sqlite.entries import (
    OutcomeEntry,
    of_act,
    of_context,
    of_copy,
    of_deletion,
    of_edit,
    of_incident,
    of_outcome,
)
from bot.store.sqlite.ledger import Entry, InFile, Ledger, TreeIncomplete, size
from bot.store.sqlite.projections import add_incidents, incident_change, project
from bot.store.sqlite.vault import Erased
from bot.store.sqlite.writer import OutcomeUnknown, Share, Work, Writer, WriterClosed
from handlers.errors import EvidenceUnavailable, UnknownIncident
from handlers.ports import IncidentFilter, Recorded, Settlement
from policies.acts import Act
from policies.copies import AttachmentCopy, CopyStatus
from policies.decisions import Outcome
from policies.events import MessageDeleted, MessageEdited
from policies.identifiers import IncidentId, MessageRef
from policies.incidents import SETTLING, Incident, NewIncident
from policies.surroundings import Surroundings

T = TypeVar("T")

PAGE = 100


class SqliteEvidence:
    """Keeps incidents and what follows from them; what returned is on the disk."""

    def __init__(self, writer: Writer, ledger: Ledger, folder: Path) -> None:
        self._writer = writer
        self._ledger = ledger
        self._folder = folder

    async def record(self, incident: NewIncident) -> Recorded:
        """Keep an incident; the same (platform, event id) again gives the first one's id."""
        return await self._write(Share(self._record, incident))

    async def append_outcome(self, incident: IncidentId, outcome: Outcome, at: datetime) -> None:
        """Keep what the platform answered; the same action and status again changes nothing."""
        entry = OutcomeEntry(incident=incident, outcome=outcome, at=at)
        await self._write(lambda database: _append_outcome(database, self._ledger, entry))

    async def append_act(self, act: Act) -> bool:
        """Keep what a person did; false if this event id was kept before."""
        if act.verb in SETTLING:
            raise ValueError("A verdict is kept with settle(), which looks at the version.")
        return await self._write(lambda database: _append_act(database, self._ledger, act))

    async def settle(self, act: Act, *, version: int) -> Settlement:
        """Keep a moderator's verdict if the incident still is at `version`; a stale one changes nothing."""
        return await self._write(lambda database: _settle(database, self._ledger, act, version))

    async def note_deletion(self, event: MessageDeleted) -> tuple[IncidentId, ...]:
        """Keep that a message with incidents went away; gives those incidents."""
        return await self._write(lambda database: _note_deletion(database, self._ledger, event))

    async def note_edit(self, event: MessageEdited) -> tuple[IncidentId, ...]:
        """Keep what a message with incidents was changed to; gives those incidents."""
        return await self._write(lambda database: _note_edit(database, self._ledger, event))

    async def keep_attachment(
        self, incident: IncidentId, number: int, pieces: AsyncIterator[bytes], at: datetime
    ) -> AttachmentCopy:
        """Keep a file as it arrives, piece by piece, and never more of it than the limit."""
        ledger, folder = self._ledger, self._folder
        if known := await read(self._writer, lambda db: attachments.copy_kept(db, ledger, incident, number)):
            return known
        berth = await read(self._writer, lambda db: attachments.berth(db, ledger, folder, incident, number))
        try:
            copy, file = await attachments.write_down(berth, number, pieces, at)
        except OSError as error:
            raise EvidenceUnavailable(f"The file could not be written: {error.strerror or error}") from error
        if copy.status is CopyStatus.KEPT:
            try:
                await self._write(lambda database: _append_copy(database, ledger, incident, copy, file))
            except UnknownIncident:  # it was erased while the file arrived
                attachments.remove(folder, berth.ref)
                raise
        return copy

    async def append_copy(self, incident: IncidentId, copy: AttachmentCopy) -> None:
        """Keep why there is no copy of a file; the same file and status again changes nothing."""
        if copy.status is CopyStatus.KEPT:
            raise ValueError("A file is kept with keep_attachment().")
        await self._write(lambda database: _append_copy(database, self._ledger, incident, copy, None))

    async def keep_context(self, incident: IncidentId, found: Surroundings, *, again_at: datetime | None) -> None:
        """Keep what a look around found, and when to look again; the same look again changes nothing."""
        again_in = None if again_at is None else again_at - found.at
        await self._write(lambda database: _keep_context(database, self._ledger, incident, found, again_in))

    async def lacking_context(self, now: datetime) -> Sequence[Incident]:
        """Give incidents around which it is time to look, the longest due first, some at a time."""
        return await read(self._writer, lambda database: reading.awaiting_context(database, self._ledger, now))

    async def ready(self) -> bool:
        """Whether a record could be made at this moment: a counter is written and reaches the disk."""
        day = self._ledger.clock.now().date().isoformat()
        try:
            await self._write(lambda database: counters.add(database, [(day, "evidence.probed", 1)]))
        except EvidenceUnavailable:
            return False
        return True

    async def channel_acts(self) -> Sequence[Act]:
        """Give what was done to channels, by people and by the bot, oldest first."""
        return await read(self._writer, lambda database: reading.channel_acts(database, self._ledger))

    async def unfinished(self) -> Sequence[Incident]:
        """Give the incidents with something left to do, oldest first."""
        return await read(self._writer, lambda database: reading.unfinished(database, self._ledger))

    def _record(self, database: Database, incidents: Sequence[NewIncident]) -> list[Recorded]:
        return record_all(database, self._ledger, incidents)

    async def _write(self, work: Work[T]) -> T:
        return await answered(self._writer.write(work), "written")


class SqliteIncidents:
    """Reads incidents, in the bot or beside it."""

    def __init__(self, reader: Writer, ledger: Ledger) -> None:
        self._reader = reader
        self._ledger = ledger

    async def get(self, incident: IncidentId) -> Incident | None:
        """Give one incident with its outcomes and acts."""
        try:
            return await read(
                self._reader, lambda db: reading.incident(db, self._ledger, reading.number_of(db, incident))
            )
        except UnknownIncident:
            return None

    async def why_missing(self, incident: IncidentId) -> str:
        """Say why there is no such incident: that it never was, or that it was erased and which record says so."""
        try:
            await read(self._reader, lambda db: reading.number_of(db, incident))
        except UnknownIncident as unknown:
            return str(unknown)
        return ""

    async def find(self, wanted: IncidentFilter) -> AsyncIterator[Incident]:
        """Give the matching incidents, newest first, a page in memory at a time."""
        left = wanted.limit
        before: int | None = None
        while left is None or left > 0:
            size = PAGE if left is None else min(PAGE, left)
            found = await self._page(wanted, before, size)
            for _, incident in found:
                yield incident
            if len(found) < size:
                return
            before = found[-1][0]
            left = None if left is None else left - size

    async def of_message(self, ref: MessageRef) -> Sequence[Incident]:
        """Give the incidents about one message, oldest first."""
        return await read(self._reader, lambda database: reading.of_message(database, self._ledger, ref))

    async def context(self, incident: IncidentId) -> Sequence[Surroundings]:
        """Give what each look around an incident's message found."""
        return await read(self._reader, lambda db: reading.context(db, self._ledger, reading.number_of(db, incident)))

    async def _page(self, wanted: IncidentFilter, before: int | None, size: int) -> list[tuple[int, Incident]]:
        return await read(self._reader, lambda database: reading.page(database, self._ledger, wanted, before, size))


async def read(writer: Writer, work: Work[T]) -> T:
    """Run work that only reads."""
    return await answered(writer.read(work), "read")


async def answered(answer: Awaitable[T], verb: str) -> T:
    """Wait for the writer; raises `EvidenceUnavailable` if it could not do what it was asked, or does not know."""
    try:
        return await answer
    except OutcomeUnknown as error:
        raise EvidenceUnavailable(
            f"It is not known whether this was kept: {error}. Look before you do it once more."
        ) from error
    except (Error, OSError, ValueError, WriterClosed, StoreUnusable, EvidenceError, Erased, TreeIncomplete) as error:
        raise EvidenceUnavailable(f"The record could not be {verb}: {error}") from error


def append(database: Database, ledger: Ledger, entry: Entry) -> Leaf:
    """Append a record and bring the tables up to it."""
    leaf = ledger.append(database, entry)
    project(database, ledger.vault, leaf, entry.sealed)
    return leaf


def append_incident(database: Database, ledger: Ledger, entry: Entry) -> Leaf:
    """Append a record that begins something with a key of its own."""
    ledger.vault.new_group(entry.group)
    return append(database, ledger, entry)


def record_all(database: Database, ledger: Ledger, incidents: Sequence[NewIncident]) -> list[Recorded]:
    """Keep incidents in their order; an event that was seen before, here or earlier, gives its first one's id."""
    digests = [
        deliveries.delivery(ledger.vault, new.event.ref.platform, deliveries.INCIDENT, new.event_id)
        for new in incidents
    ]
    before = deliveries.seen_before(database, digests)
    fresh: dict[bytes, NewIncident] = {}
    for digest, new in zip(digests, incidents, strict=True):
        if digest not in before:
            fresh.setdefault(digest, new)
    names = _append_incidents(database, ledger, fresh) if fresh else {}
    return [
        Recorded(
            incident=names[digest] if digest in names else reading.name_at(database, before[digest]),
            fresh=fresh.pop(digest, None) is not None,
        )
        for digest in digests
    ]


def _append_incidents(
    database: Database, ledger: Ledger, fresh: Mapping[bytes, NewIncident]
) -> dict[bytes, IncidentId]:
    entries = [of_incident(new) for new in fresh.values()]
    for entry in entries:
        ledger.vault.new_group(entry.group)
    leaves = ledger.append_all(database, entries)
    deliveries.see_all(database, [(digest, leaf.seq) for digest, leaf in zip(fresh, leaves, strict=True)])
    changes = [incident_change(ledger.vault, *said) for said in zip(leaves, (e.sealed for e in entries), strict=True)]
    return dict(zip(fresh, map(IncidentId, add_incidents(database, changes)), strict=True))


def _append_outcome(database: Database, ledger: Ledger, entry: OutcomeEntry) -> None:
    number, ref = reading.identity(database, entry.incident)
    outcome = entry.outcome
    known = database.execute(
        "SELECT 1 FROM outcome WHERE incident = ? AND action = ? AND status = ?",
        (number, outcome.action, outcome.status),
    ).fetchone()
    if known is None:
        append(database, ledger, of_outcome(entry, ref))


def _append_copy(
    database: Database, ledger: Ledger, incident: IncidentId, copy: AttachmentCopy, file: InFile | None
) -> None:
    number, ref = reading.identity(database, incident)
    known = database.execute(
        "SELECT 1 FROM about WHERE incident = ? AND item = ? AND codes = ?", (number, copy.number, copy.status.value)
    ).fetchone()
    if known is None:
        append(database, ledger, of_copy(copy, incident, ref, file))


def _keep_context(
    database: Database, ledger: Ledger, incident: IncidentId, found: Surroundings, again_in: timedelta | None
) -> None:
    number, ref = reading.identity(database, incident)
    known = database.execute(
        "SELECT 1 FROM about WHERE incident = ? AND kind = ? AND item = ?",
        (number, Kind.CONTEXT_KEPT.value, found.look),
    ).fetchone()
    if known is None:
        append(database, ledger, of_context(found, incident, ref, again_in))


def _append_act(database: Database, ledger: Ledger, act: Act) -> bool:
    ref = None if act.incident is None else reading.identity(database, act.incident)[1]
    digest = deliveries.delivery(ledger.vault, act.actor.platform, deliveries.ACT, act.event_id)
    if deliveries.seen(database, digest) is not None:
        return False
    actor = ledger.vault.person(act.actor.platform, act.actor.community, act.actor.id)
    entry = of_act(act, ref, actor)
    leaf = append_incident(database, ledger, entry) if ref is None else append(database, ledger, entry)
    deliveries.see(database, digest, leaf.seq)
    return True


def _settle(database: Database, ledger: Ledger, act: Act, version: int) -> Settlement:
    if act.incident is None or act.verb not in SETTLING:
        raise TypeError("A verdict names an incident and upholds it or finds no abuse.")
    number = reading.number_of(database, act.incident)
    takes_effect = reading.version(database, number) == version and _append_act(database, ledger, act)
    return Settlement(took_effect=takes_effect, incident=reading.incident(database, ledger, number))


def _note_edit(database: Database, ledger: Ledger, event: MessageEdited) -> tuple[IncidentId, ...]:
    digest = deliveries.delivery(ledger.vault, event.ref.platform, deliveries.EDIT, event.event_id)
    first = deliveries.seen(database, digest)
    if first is None:
        for number in reading.numbers_of_message(database, ledger.vault, event.ref):
            name, ref = database.execute("SELECT id, ref FROM incident WHERE number = ?", (number,)).fetchone()
            first = first or size(database) + 1
            append(database, ledger, of_edit(event, name, ref, first))
        if first is None:
            return ()
        deliveries.see(database, digest, first)
    rows = database.execute(
        "SELECT id FROM incident JOIN about AS a ON a.incident = number WHERE a.kind = ? AND a.of_seq = ?"
        " ORDER BY number",
        (Kind.MESSAGE_EDITED.value, first),
    )
    return tuple(IncidentId(name) for (name,) in rows.fetchall())


def _note_deletion(database: Database, ledger: Ledger, event: MessageDeleted) -> tuple[IncidentId, ...]:
    digest = deliveries.delivery(ledger.vault, event.ref.platform, deliveries.DELETION, event.event_id)
    first = deliveries.seen(database, digest)
    if first is None:
        numbers = reading.numbers_of_message(database, ledger.vault, event.ref)
        for number in numbers:
            name, ref = database.execute("SELECT id, ref FROM incident WHERE number = ?", (number,)).fetchone()
            first = first or size(database) + 1
            append(database, ledger, of_deletion(event, name, ref, first))
        if first is None:
            return ()
        deliveries.see(database, digest, first)
    rows = database.execute(
        "SELECT id FROM incident JOIN deletion ON incident = number WHERE first = ? ORDER BY number", (first,)
    )
    return tuple(IncidentId(name) for (name,) in rows.fetchall())
