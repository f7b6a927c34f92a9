"""Reading incidents: one by its number, those about a message, and pages of those that match a filter."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

from bot.evidence.chance import IncidentRef
from bot.evidence.words import Kind
from bot.store.codec import moment
from bot.store.sqlite.connection import Database
from bot.store.sqlite.entries import ContextEntry, CopyEntry, Deletion, Edit, OutcomeEntry, kept
from bot.store.sqlite.ledger import Ledger
from bot.store.sqlite.projections import author_digest, channel_digest, message_digest
from bot.store.sqlite.vault import Vault
from handlers.errors import UnknownIncident
from handlers.ports import IncidentFilter
from policies.acts import Act, Verb
from policies.identifiers import IncidentId, MessageRef
from policies.incidents import SETTLING, EditRecord, Incident, IncidentState, NewIncident, OutcomeRecord
from policies.restraints import CHANNEL_VERBS
from policies.surroundings import Surroundings

_SHARED = tuple(f.name for f in fields(NewIncident) if f.name in {f.name for f in fields(Incident)})


def number_of(database: Database, name: IncidentId) -> int:
    """Give the number behind an incident's name."""
    return identity(database, name)[0]


def name_at(database: Database, seq: int) -> IncidentId:
    """Give the name of the incident that a record began."""
    (name,) = database.execute("SELECT id FROM incident WHERE seq = ?", (seq,)).fetchone()
    return IncidentId(name)


def identity(database: Database, name: IncidentId) -> tuple[int, IncidentRef]:
    """Give an incident's number, and the opaque name it has in the log."""
    row = database.execute(
        "SELECT number, ref, erased FROM incident WHERE id = ?", (name.encode("utf-8", "backslashreplace").decode(),)
    ).fetchone()
    if row is None:
        raise UnknownIncident(f"There is no incident {name}.")
    if row[2] is not None:
        raise UnknownIncident(f"Incident {name} was erased; record {row[2]} of the log says under what authority.")
    return int(row[0]), IncidentRef(row[1])


def incident(database: Database, ledger: Ledger, number: int) -> Incident:
    """Read an incident with all that followed."""
    name, seq = database.execute("SELECT id, seq FROM incident WHERE number = ?", (number,)).fetchone()
    new = kept(database, ledger, seq, NewIncident)
    outcomes = [kept(database, ledger, at, OutcomeEntry) for at in _rows(database, "outcome", number)]
    acts = tuple(kept(database, ledger, at, Act) for at in _rows(database, "act", number))
    deletions = [kept(database, ledger, at, Deletion) for at in _rows(database, "deletion", number)]
    copies = [kept(database, ledger, at, CopyEntry) for at in _about(database, number, *_COPIES)]
    edits = [kept(database, ledger, at, Edit).event for at in _about(database, number, Kind.MESSAGE_EDITED)]
    verdicts = [act.verb for act in acts if act.verb in SETTLING]
    return Incident(
        **{field: getattr(new, field) for field in _SHARED},
        id=name,
        state=_STATES[verdicts[-1]] if verdicts else IncidentState.OPEN,
        version=len(verdicts),
        outcomes=tuple(OutcomeRecord(outcome=entry.outcome, at=entry.at) for entry in outcomes),
        acts=acts,
        deleted_at=deletions[0].event.deleted_at if deletions else None,
        edits=tuple(EditRecord(text=event.text, at=event.edited_at) for event in edits),
        copies=tuple(entry.copy for entry in copies),
    )


def channel_acts(database: Database, ledger: Ledger) -> Sequence[Act]:
    """Read what was done to channels, oldest first."""
    verbs = sorted(CHANNEL_VERBS)
    rows = database.execute(f"SELECT seq FROM act WHERE verb IN ({', '.join('?' * len(verbs))}) ORDER BY seq", verbs)
    return [kept(database, ledger, seq, Act) for (seq,) in rows.fetchall()]


def of_message(database: Database, ledger: Ledger, ref: MessageRef) -> Sequence[Incident]:
    """Read the incidents about one message, oldest first."""
    return [incident(database, ledger, number) for number in numbers_of_message(database, ledger.vault, ref)]


def numbers_of_message(database: Database, vault: Vault, ref: MessageRef) -> list[int]:
    """Give the numbers of the incidents about one message, oldest first."""
    digest = message_digest(vault, ref.platform, ref.community, ref.channel, ref.message)
    rows = database.execute("SELECT number FROM incident WHERE message = ? ORDER BY number", (digest,))
    return [int(number) for (number,) in rows.fetchall()]


def version(database: Database, number: int) -> int:
    """Count the verdicts about an incident."""
    row = database.execute("SELECT count(*) FROM act WHERE incident = ? AND verdict = 1", (number,)).fetchone()
    return int(row[0])


def unfinished(database: Database, ledger: Ledger) -> Sequence[Incident]:
    """Read the incidents with something left to do, oldest first."""
    rows = database.execute("SELECT incident FROM pending ORDER BY incident").fetchall()
    return [incident(database, ledger, number) for (number,) in rows]


def awaiting_context(database: Database, ledger: Ledger, now: datetime) -> Sequence[Incident]:
    """Read the incidents around which it is time to look, the longest due first."""
    rows = database.execute(
        "SELECT incident FROM awaited WHERE due <= ? ORDER BY due LIMIT ?", (moment(now), _LOOKED_AROUND_AT_ONCE)
    ).fetchall()
    return [incident(database, ledger, number) for (number,) in rows]


def context(database: Database, ledger: Ledger, number: int) -> Sequence[Surroundings]:
    """Read what each look around an incident's message found, the first look first."""
    return [kept(database, ledger, at, ContextEntry).found for at in _about(database, number, Kind.CONTEXT_KEPT)]


def page(
    database: Database, ledger: Ledger, wanted: IncidentFilter, before: int | None, size: int
) -> list[tuple[int, Incident]]:
    """Read the next incidents that match, newest first, from below a number; erased ones are passed over."""
    conditions, values = _conditions(wanted, ledger.vault)
    if before is not None:
        conditions.append("number < ?")
        values.append(before)
    rows = database.execute(
        f"SELECT number FROM incident AS i WHERE {' AND '.join(conditions)} ORDER BY number DESC LIMIT ?",
        (*values, size),
    ).fetchall()
    return [(number, incident(database, ledger, number)) for (number,) in rows]


def _conditions(wanted: IncidentFilter, vault: Vault) -> tuple[list[str], list[str | int | bytes]]:
    parts: list[tuple[str, tuple[str | bytes, ...]]] = [("erased IS NULL", ())]
    if wanted.since:
        parts.append(("recorded_at >= ?", (moment(wanted.since),)))
    if wanted.until:
        parts.append(("recorded_at < ?", (moment(wanted.until),)))
    if wanted.platform:
        parts.append(("platform = ?", (wanted.platform,)))
    if wanted.channel:
        channel = channel_digest(vault, wanted.channel.removeprefix("#"))
        parts.append(("(channel = ? OR channel_name = ?)", (channel, channel)))
    if wanted.author:
        parts.append(("author = ?", (author_digest(vault, wanted.author),)))
    for kind, value in (("rule", wanted.rule), ("category", wanted.category), ("action", wanted.action)):
        if value:
            parts.append((_MARKED, (kind, value)))
    if wanted.outcome:
        action, _, status = wanted.outcome.rpartition(":")
        parts.append((_ENDED, (status, action, action)))
    if wanted.state:
        parts.append((_STANDS, (_VERB_OF[wanted.state],)))
    return [condition for condition, _ in parts], [value for _, values in parts for value in values]


def _about(database: Database, number: int, *kinds: Kind) -> list[int]:
    marks = ", ".join("?" for _ in kinds)
    rows = database.execute(
        f"SELECT seq FROM about WHERE incident = ? AND kind IN ({marks}) ORDER BY seq",
        (number, *(kind.value for kind in kinds)),
    ).fetchall()
    return [int(seq) for (seq,) in rows]


def _rows(database: Database, table: str, number: int) -> list[int]:
    rows = database.execute(f"SELECT seq FROM {table} WHERE incident = ? ORDER BY seq", (number,)).fetchall()
    return [int(seq) for (seq,) in rows]


_LOOKED_AROUND_AT_ONCE = 50
_COPIES = (Kind.ATTACHMENT_KEPT, Kind.ATTACHMENT_MISSED)
_STATES = {Verb.UPHOLD: IncidentState.UPHELD, Verb.NOT_ABUSE: IncidentState.NOT_ABUSE}
_VERB_OF = {IncidentState.OPEN: "", IncidentState.UPHELD: Verb.UPHOLD, IncidentState.NOT_ABUSE: Verb.NOT_ABUSE}
_MARKED = "EXISTS (SELECT 1 FROM mark WHERE incident = i.number AND kind = ? AND value = ?)"
_ENDED = "EXISTS (SELECT 1 FROM outcome WHERE incident = i.number AND status = ? AND (? = '' OR action = ?))"
_STANDS = "coalesce((SELECT verb FROM act WHERE incident = i.number AND verdict = 1 ORDER BY seq DESC LIMIT 1), '') = ?"
