"""The record kept in SQLite: each call is one row of the log and what follows from it, or nothing."""

from collections.abc import AsyncIterator, Awaitable, Sequence
from datetime import datetime
from typing import TypeVar

from bot.store.sqlite import log, reading
from bot.store.sqlite.connection import Database, Error, StoreUnusable
from bot.store.sqlite.entries import Deletion, OutcomeEntry
from bot.store.sqlite.projections import project
from bot.store.sqlite.writer import Work, Writer, WriterClosed
from handlers.errors import EvidenceUnavailable, UnknownIncident
from handlers.ports import IncidentFilter, Recorded, Settlement
from policies.acts import Act
from policies.decisions import Outcome
from policies.events import MessageDeleted
from policies.identifiers import IncidentId, MessageRef
from policies.incidents import SETTLING, Incident, NewIncident

T = TypeVar("T")

PAGE = 100


class SqliteEvidence:
    """Keeps incidents and what follows from them; what returned is on the disk."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def record(self, incident: NewIncident) -> Recorded:
        """Keep an incident; the same (platform, event id) again gives the first one's id."""
        return await self._write(lambda database: _record(database, incident))

    async def append_outcome(self, incident: IncidentId, outcome: Outcome, at: datetime) -> None:
        """Keep what the platform answered; the same action and status again changes nothing."""
        entry = OutcomeEntry(incident=incident, outcome=outcome, at=at)
        await self._write(lambda database: _append_outcome(database, entry))

    async def append_act(self, act: Act) -> bool:
        """Keep what a person did; false if this event id was kept before."""
        if act.verb in SETTLING:
            raise ValueError("A verdict is kept with settle(), which looks at the version.")
        return await self._write(lambda database: _append_act(database, act))

    async def settle(self, act: Act, *, version: int) -> Settlement:
        """Keep a moderator's verdict if the incident still is at `version`; a stale one changes nothing."""
        return await self._write(lambda database: _settle(database, act, version))

    async def note_deletion(self, event: MessageDeleted) -> tuple[IncidentId, ...]:
        """Keep that a message with incidents went away; gives those incidents."""
        return await self._write(lambda database: _note_deletion(database, event))

    async def unfinished(self) -> Sequence[Incident]:
        """Give the incidents with something left to do, oldest first."""
        return await read(self._writer, reading.unfinished)

    async def _write(self, work: Work[T]) -> T:
        return await _answered(self._writer.write(work), "written")


class SqliteIncidents:
    """Reads incidents, in the bot or beside it."""

    def __init__(self, reader: Writer) -> None:
        self._reader = reader

    async def get(self, incident: IncidentId) -> Incident | None:
        """Give one incident with its outcomes and acts."""
        try:
            return await read(self._reader, lambda db: reading.incident(db, reading.number_of(db, incident)))
        except UnknownIncident:
            return None

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
        return await read(self._reader, lambda database: reading.of_message(database, ref))

    async def _page(self, wanted: IncidentFilter, before: int | None, size: int) -> list[tuple[int, Incident]]:
        return await read(self._reader, lambda database: reading.page(database, wanted, before, size))


async def read(writer: Writer, work: Work[T]) -> T:
    """Run work that only reads."""
    return await _answered(writer.read(work), "read")


async def _answered(answer: Awaitable[T], verb: str) -> T:
    try:
        return await answer
    except (Error, OSError, ValueError, WriterClosed, StoreUnusable) as error:
        raise EvidenceUnavailable(f"The record could not be {verb}: {error}") from error


def _record(database: Database, new: NewIncident) -> Recorded:
    platform = new.event.ref.platform
    before = log.seen(database, platform, log.INCIDENT, new.event_id)
    seq = log.append(database, log.INCIDENT, new, new.recorded_at) if before is None else before
    if before is None:
        log.see(database, platform, log.INCIDENT, new.event_id, seq)
        project(database, seq, new)
    (name,) = database.execute("SELECT id FROM incident WHERE seq = ?", (seq,)).fetchone()
    return Recorded(incident=name, fresh=before is None)


def _append_outcome(database: Database, entry: OutcomeEntry) -> None:
    number = reading.number_of(database, entry.incident)
    outcome = entry.outcome
    known = database.execute(
        "SELECT 1 FROM outcome WHERE incident = ? AND action = ? AND status = ?",
        (number, outcome.action, outcome.status),
    ).fetchone()
    if known is None:
        project(database, log.append(database, log.OUTCOME, entry, entry.at), entry)


def _append_act(database: Database, act: Act) -> bool:
    if act.incident is not None:
        reading.number_of(database, act.incident)
    if log.seen(database, act.actor.platform, log.ACT, act.event_id) is not None:
        return False
    seq = log.append(database, log.ACT, act, act.at)
    log.see(database, act.actor.platform, log.ACT, act.event_id, seq)
    project(database, seq, act)
    return True


def _settle(database: Database, act: Act, version: int) -> Settlement:
    if act.incident is None or act.verb not in SETTLING:
        raise TypeError("A verdict names an incident and upholds it or finds no abuse.")
    number = reading.number_of(database, act.incident)
    takes_effect = reading.incident(database, number).version == version and _append_act(database, act)
    return Settlement(took_effect=takes_effect, incident=reading.incident(database, number))


def _note_deletion(database: Database, event: MessageDeleted) -> tuple[IncidentId, ...]:
    platform = event.ref.platform
    before = log.seen(database, platform, log.DELETION, event.event_id)
    if before is not None:
        return log.entry(database, before, Deletion).incidents
    numbers = reading.numbers_of_message(database, event.ref)
    if not numbers:
        return ()
    names = tuple(reading.incident(database, number).id for number in numbers)
    deletion = Deletion(event=event, incidents=names)
    seq = log.append(database, log.DELETION, deletion, event.deleted_at)
    log.see(database, platform, log.DELETION, event.event_id, seq)
    project(database, seq, deletion)
    return names
