"""Records of the form in which texts stood in the file as they were written, brought into the sealed log."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.evidence.durable_files import sync_folder
from bot.store.codec import Body, load, structured, to_text
from bot.store.sqlite import deliveries, reading
from bot.store.sqlite.connection import ENGINE, Database, StoreUnusable, open_file
from bot.store.sqlite.entries import OutcomeEntry, of_act, of_deletion, of_incident, of_outcome
from bot.store.sqlite.evidence import append, append_incident
from bot.store.sqlite.ledger import Entry, Ledger, size
from bot.store.sqlite.migrate import PLAIN, make, version
from policies.acts import Act
from policies.events import MessageDeleted
from policies.identifiers import IncidentId
from policies.incidents import NewIncident

Progress = Callable[[int, int], None]
"""Is told how many of how many records are done."""

_BATCH = 500
_WORDS = {
    "text": ("event", "text"),
    "before": ("event", "before"),
    "parent": ("event", "parent", "text"),
    "parent-context": ("assessment", "context", "parent_text"),
    "report-reason": ("report_reason",),
    "reason": ("reason",),
}


@dataclass(frozen=True, slots=True)
class _Row:
    seq: int
    kind: str
    at: datetime
    body: Body


def bring_over(path: Path, ledger: Ledger, progress: Progress = lambda done, of: None) -> None:
    """Write a sealed record from one of an earlier form, compare the two, and put it in the old one's place.

    Until the last step the old file stands as it was; a start that was cut short begins again from it.
    """
    fresh = path.with_name(f"{path.name}.sealing")
    for leftover in (fresh, *(path.with_name(f"{fresh.name}{end}") for end in ("-wal", "-shm"))):
        leftover.unlink(missing_ok=True)
    old: Database = ENGINE.connect(str(path), isolation_level=None)
    fresh.touch(mode=0o600)
    new = open_file(fresh)
    try:
        make(new)
        _copy(old, new, ledger, progress)
        _compare(old, new)
        for database in (new, old):
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            database.execute("PRAGMA journal_mode = delete")
    finally:
        new.close()
        old.close()
    with fresh.open("rb") as written:
        os.fsync(written.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def _copy(old: Database, new: Database, ledger: Ledger, progress: Progress) -> None:
    (count,) = old.execute("SELECT count(*) FROM log").fetchone()
    seen = {seq: (platform, kind, event) for platform, kind, event, seq in old.execute("SELECT * FROM seen")}
    rows = old.execute("SELECT seq, kind, at, body FROM log ORDER BY seq")
    while batch := rows.fetchmany(_BATCH):
        new.execute("BEGIN IMMEDIATE")
        for seq, kind, at, body in batch:
            row = _Row(seq, kind, datetime.fromisoformat(at), _whole(old, seq, body))
            first = _append(new, ledger, row)
            if seq in seen:
                deliveries.see(new, ledger.vault.digest("seen", *seen[seq]), first)
        ledger.vault.commit()
        new.execute("COMMIT")
        progress(batch[-1][0], count)
    if old.execute("SELECT 1 FROM sqlite_schema WHERE name = 'counter'").fetchone():
        new.executemany(
            "INSERT INTO counter (day, name, amount) VALUES (?, ?, ?)", old.execute("SELECT * FROM counter")
        )


def _append(new: Database, ledger: Ledger, row: _Row) -> int:
    """Append what one old row said; gives the first record made of it."""
    match row.kind:
        case "incident":
            entry = of_incident(structured(row.body, NewIncident))
            return append_incident(new, ledger, _at(entry, row)).seq
        case "outcome":
            outcome = structured(row.body, OutcomeEntry)
            return append(new, ledger, _at(of_outcome(outcome, reading.identity(new, outcome.incident)[1]), row)).seq
        case "act":
            return _append_act(new, ledger, row)
        case "deletion":
            event = structured(row.body["event"], MessageDeleted)
            first = size(new) + 1
            for name in map(IncidentId, row.body["incidents"]):
                append(new, ledger, _at(of_deletion(event, name, reading.identity(new, name)[1], first), row))
            return first
        case _:
            raise StoreUnusable(f"Record {row.seq} is of a kind that is not known ({row.kind}); nothing was changed.")


def _append_act(new: Database, ledger: Ledger, row: _Row) -> int:
    act = structured(row.body, Act)
    actor = ledger.vault.person(act.actor.platform, act.actor.community, act.actor.id)
    if act.incident is None:
        return append_incident(new, ledger, _at(of_act(act, None, actor), row)).seq
    return append(new, ledger, _at(of_act(act, reading.identity(new, act.incident)[1], actor), row)).seq


def _at(entry: Entry, row: _Row) -> Entry:
    return replace(entry, at=row.at)


def _whole(old: Database, seq: int, written: bytes) -> Body:
    body = load(written)
    for field, words in old.execute("SELECT field, bytes FROM original WHERE seq = ?", (seq,)).fetchall():
        holder: Any = body
        for step in _WORDS[field][:-1]:
            holder = holder[step]
        holder[_WORDS[field][-1]] = to_text(words)
    return body


def _compare(old: Database, new: Database) -> None:
    """Make sure that every incident has its name, its place and as much that followed as before."""
    if old.execute("SELECT 1 FROM log LIMIT 1").fetchone() is None:
        return  # a first start that was cut short; not even its tables need all be there
    for sql in (
        "SELECT number, id, recorded_at, platform FROM incident ORDER BY number",
        "SELECT incident, kind, value FROM mark WHERE kind <> 'to-do' ORDER BY 1, 2, 3",
        "SELECT incident, action, status FROM outcome ORDER BY seq",
        "SELECT incident, verb, verdict FROM act ORDER BY seq",
        "SELECT incident FROM deletion ORDER BY seq, incident",
        "SELECT incident FROM pending ORDER BY incident",
    ):
        if old.execute(sql).fetchall() != new.execute(sql).fetchall():
            raise StoreUnusable(
                "The record could not be brought to its new form without a difference; the old file is as it was. "
                "Install the former version again, and report this."
            )


def is_earlier(path: Path) -> bool:
    """Whether a file has an earlier form with something in it."""
    if not path.is_file() or not path.stat().st_size:
        return False
    database: Database = ENGINE.connect(str(path), isolation_level=None)
    try:
        return 0 < version(database) <= PLAIN
    finally:
        database.close()
