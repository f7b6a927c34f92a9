"""Projections: what the rows of the log amount to, in tables that can be searched and made anew."""

from bot.store.codec import moment
from bot.store.sqlite import log
from bot.store.sqlite.connection import Database
from bot.store.sqlite.entries import Deletion, OutcomeEntry
from bot.store.sqlite.reading import incident, number_of
from policies.acts import Act
from policies.incidents import SETTLING, NewIncident


def project(database: Database, seq: int, value: object) -> None:
    """Bring the tables up to one row of the log, given what it holds."""
    match value:
        case NewIncident():
            _incident(database, seq, value)
        case OutcomeEntry():
            _outcome(database, seq, value)
        case Act():
            _act(database, seq, value)
        case Deletion():
            _deletion(database, seq, value)
        case _:
            raise TypeError(f"Nothing is known of {type(value).__name__} in the log.")


def project_again(database: Database) -> None:
    """Fill empty tables from the whole log."""
    for seq, kind in database.execute("SELECT seq, kind FROM log ORDER BY seq").fetchall():
        project(database, seq, log.entry(database, seq, _KINDS[kind]))


def _incident(database: Database, seq: int, new: NewIncident) -> None:
    ref = new.event.ref
    (number,) = database.execute("SELECT coalesce(max(number), 0) + 1 FROM incident").fetchone()
    database.execute(
        "INSERT INTO incident (number, id, seq, recorded_at, platform, community, channel, channel_name,"
        " message, author) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            f"I-{new.recorded_at.year}-{number:06d}",
            seq,
            moment(new.recorded_at),
            ref.platform,
            log.key(ref.community),
            log.key(ref.channel),
            log.key(new.event.channel_name),
            log.key(ref.message),
            log.key(new.event.author.id),
        ),
    )
    decision = new.decision
    marks = {("rule", log.key(match.rule)) for match in decision.rules}
    marks |= {("category", category) for category in decision.categories}
    marks |= {("action", action) for action in decision.actions}
    database.executemany(
        "INSERT INTO mark (incident, kind, value) VALUES (?, ?, ?)",
        [(number, kind, value) for kind, value in sorted(marks)],
    )
    if new.to_do:
        database.execute("INSERT INTO pending (incident) VALUES (?)", (number,))


def _outcome(database: Database, seq: int, kept: OutcomeEntry) -> None:
    number = number_of(database, kept.incident)
    database.execute(
        "INSERT INTO outcome (seq, incident, action, status) VALUES (?, ?, ?, ?)",
        (seq, number, kept.outcome.action, kept.outcome.status),
    )
    _note_pending(database, number)


def _act(database: Database, seq: int, kept: Act) -> None:
    number = None if kept.incident is None else number_of(database, kept.incident)
    database.execute(
        "INSERT INTO act (seq, incident, verb, verdict, subject) VALUES (?, ?, ?, ?, ?)",
        (seq, number, kept.verb, kept.verb in SETTLING, log.key(kept.subject or "")),
    )
    if number is not None:
        _note_pending(database, number)


def _deletion(database: Database, seq: int, kept: Deletion) -> None:
    database.executemany(
        "INSERT INTO deletion (incident, seq) VALUES (?, ?)",
        [(number_of(database, name), seq) for name in kept.incidents],
    )


_KINDS: dict[str, type[object]] = {
    log.INCIDENT: NewIncident,
    log.OUTCOME: OutcomeEntry,
    log.ACT: Act,
    log.DELETION: Deletion,
}


def _note_pending(database: Database, number: int) -> None:
    """Keep the work list in step with what the incident itself says is left to do."""
    kept = incident(database, number)
    if kept.unfinished or kept.to_undo:
        database.execute("INSERT INTO pending (incident) VALUES (?) ON CONFLICT DO NOTHING", (number,))
    else:
        database.execute("DELETE FROM pending WHERE incident = ?", (number,))
