"""Reading incidents: one by its number, those about a message, and pages of those that match a filter."""

from collections.abc import Sequence
from dataclasses import fields

from bot.store.codec import moment
from bot.store.sqlite import log
from bot.store.sqlite.connection import Database
from bot.store.sqlite.entries import Deletion, OutcomeEntry
from handlers.errors import UnknownIncident
from handlers.ports import IncidentFilter
from policies.acts import Act, Verb
from policies.identifiers import IncidentId, MessageRef
from policies.incidents import SETTLING, Incident, IncidentState, NewIncident, OutcomeRecord

_SHARED = tuple(f.name for f in fields(NewIncident) if f.name in {f.name for f in fields(Incident)})


def number_of(database: Database, name: IncidentId) -> int:
    """Give the number behind an incident's name."""
    row = database.execute("SELECT number FROM incident WHERE id = ?", (log.key(name),)).fetchone()
    if row is None:
        raise UnknownIncident(f"There is no incident {name}.")
    return int(row[0])


def incident(database: Database, number: int) -> Incident:
    """Read an incident with all that followed."""
    name, seq = database.execute("SELECT id, seq FROM incident WHERE number = ?", (number,)).fetchone()
    new = log.entry(database, seq, NewIncident)
    outcomes = [log.entry(database, at, OutcomeEntry) for at in _rows(database, "outcome", number)]
    acts = tuple(log.entry(database, at, Act) for at in _rows(database, "act", number))
    deletions = [log.entry(database, at, Deletion) for at in _rows(database, "deletion", number)]
    verdicts = [act.verb for act in acts if act.verb in SETTLING]
    return Incident(
        **{field: getattr(new, field) for field in _SHARED},
        id=name,
        state=_STATES[verdicts[-1]] if verdicts else IncidentState.OPEN,
        version=len(verdicts),
        outcomes=tuple(OutcomeRecord(outcome=kept.outcome, at=kept.at) for kept in outcomes),
        acts=acts,
        deleted_at=deletions[0].event.deleted_at if deletions else None,
    )


def of_message(database: Database, ref: MessageRef) -> Sequence[Incident]:
    """Read the incidents about one message, oldest first."""
    return [incident(database, number) for number in numbers_of_message(database, ref)]


def numbers_of_message(database: Database, ref: MessageRef) -> list[int]:
    """Give the numbers of the incidents about one message, oldest first."""
    rows = database.execute(
        "SELECT number FROM incident WHERE message = ? AND channel = ? AND community = ? AND platform = ?"
        " ORDER BY number",
        (log.key(ref.message), log.key(ref.channel), log.key(ref.community), ref.platform),
    )
    return [int(number) for (number,) in rows.fetchall()]


def unfinished(database: Database) -> Sequence[Incident]:
    """Read the incidents with something left to do, oldest first."""
    rows = database.execute("SELECT incident FROM pending ORDER BY incident").fetchall()
    return [incident(database, number) for (number,) in rows]


def page(database: Database, wanted: IncidentFilter, before: int | None, size: int) -> list[tuple[int, Incident]]:
    """Read the next incidents that match, newest first, from below a number."""
    conditions, values = _conditions(wanted)
    if before is not None:
        conditions.append("number < ?")
        values.append(before)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = database.execute(
        f"SELECT number FROM incident AS i{where} ORDER BY number DESC LIMIT ?", (*values, size)
    ).fetchall()
    return [(number, incident(database, number)) for (number,) in rows]


def _conditions(wanted: IncidentFilter) -> tuple[list[str], list[str | int]]:
    parts: list[tuple[str, tuple[str, ...]]] = []
    if wanted.since:
        parts.append(("recorded_at >= ?", (moment(wanted.since),)))
    if wanted.until:
        parts.append(("recorded_at < ?", (moment(wanted.until),)))
    if wanted.platform:
        parts.append(("platform = ?", (wanted.platform,)))
    if wanted.channel:
        channel = log.key(wanted.channel.removeprefix("#"))
        parts.append(("(channel = ? OR channel_name = ?)", (channel, channel)))
    if wanted.author:
        parts.append(("author = ?", (log.key(wanted.author),)))
    for kind, value in (("rule", wanted.rule), ("category", wanted.category), ("action", wanted.action)):
        if value:
            parts.append((_MARKED, (kind, log.key(value))))
    if wanted.outcome:
        action, _, status = wanted.outcome.rpartition(":")
        parts.append((_ENDED, (status, action, action)))
    if wanted.state:
        parts.append((_STANDS, (_VERB_OF[wanted.state],)))
    return [condition for condition, _ in parts], [value for _, values in parts for value in values]


def _rows(database: Database, table: str, number: int) -> list[int]:
    rows = database.execute(f"SELECT seq FROM {table} WHERE incident = ? ORDER BY seq", (number,)).fetchall()
    return [int(seq) for (seq,) in rows]


_STATES = {Verb.UPHOLD: IncidentState.UPHELD, Verb.NOT_ABUSE: IncidentState.NOT_ABUSE}
_VERB_OF = {IncidentState.OPEN: "", IncidentState.UPHELD: Verb.UPHOLD, IncidentState.NOT_ABUSE: Verb.NOT_ABUSE}
_MARKED = "EXISTS (SELECT 1 FROM mark WHERE incident = i.number AND kind = ? AND value = ?)"
_ENDED = "EXISTS (SELECT 1 FROM outcome WHERE incident = i.number AND status = ? AND (? = '' OR action = ?))"
_STANDS = "coalesce((SELECT verb FROM act WHERE incident = i.number AND verdict = 1 ORDER BY seq DESC LIMIT 1), '') = ?"
