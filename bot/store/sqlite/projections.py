"""Projections: what the records amount to, in tables that can be searched, dropped and made anew."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.evidence.leaves import Leaf
from bot.evidence.words import Kind, Number, Sealed
from bot.store.codec import load, moment
from bot.store.sqlite import case_projections
from bot.store.sqlite.connection import Database, script
from bot.store.sqlite.ledger import Ledger, leaves
from bot.store.sqlite.rows import insert
from bot.store.sqlite.vault import Erased, Vault
from policies.acts import Verb
from policies.copies import CopyStatus
from policies.decisions import Action, OutcomeStatus
from policies.findings import Category
from policies.incidents import SETTLING, UNDOABLE

TABLES = (*case_projections.TABLES, "awaited", "pending", "about", "deletion", "act", "outcome", "mark", "incident")
"""In the order in which they can be dropped."""

Parts = Mapping[str, bytes]
Value = str | bytes | int | None

_ACTIONS = frozenset(action.value for action in Action)
_CATEGORIES = frozenset(category.value for category in Category)
_STATUSES = frozenset(status.value for status in OutcomeStatus)
_VERBS = frozenset(verb.value for verb in Verb)
_SETTLING = frozenset(verb.value for verb in SETTLING)
_TO_DO, _TO_COPY = "to-do", "to-copy"
_WORK = {_TO_DO, _TO_COPY}


class Change(NamedTuple):
    """What one record does to the tables: how, to which incident, with which values. It can go to another process.

    `due` is when to look around the incident's message.
    """

    kind: str
    seq: int
    incident: str | None
    values: tuple[Value, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()
    due: str | None = None
    of_cases: bool = False


def change(vault: Vault, leaf: Leaf, parts: Parts | None) -> Change | None:
    """Say what a record does to the tables, given what is sealed with it, or nothing if that was erased."""
    if case_projections.is_of_cases(leaf):
        return Change(leaf.kind.value, leaf.seq, None, *case_projections.said(vault, leaf, parts), of_cases=True)
    return _of_incident(vault, leaf, parts)


def _of_incident(vault: Vault, leaf: Leaf, parts: Parts | None) -> Change | None:
    match leaf.kind:
        case Kind.INCIDENT_RECORDED:
            return incident_change(vault, leaf, parts)
        case Kind.OUTCOME_RECORDED:
            return _change(leaf, _word(leaf, _ACTIONS), _word(leaf, _STATUSES))
        case Kind.ACT_RECORDED:
            verb = _word(leaf, _VERBS)
            return _change(leaf, verb, verb in _SETTLING)
        case Kind.MESSAGE_DELETED:
            return _change(leaf, leaf.numbers[Number.OF_SEQ])
        case _ if leaf.incident is not None:
            of, item = leaf.numbers.get(Number.OF_SEQ), leaf.numbers.get(Number.ITEM)
            said = _change(leaf, moment(leaf.at), leaf.actor, " ".join(leaf.codes), of, item)
            seconds = leaf.numbers.get(Number.SECONDS) if leaf.kind is Kind.CONTEXT_KEPT else None
            return said._replace(due=moment(leaf.at + timedelta(seconds=seconds))) if seconds else said
    return None


def apply(database: Database, what: Change) -> None:
    """Bring the tables up to one record."""
    if what.of_cases:
        case_projections.apply(database, what.kind, what.seq, (what.values, what.marks))
        return
    if what.kind == Kind.INCIDENT_RECORDED:
        add_incidents(database, (what,))
        return
    number = None if what.incident is None else _number(database, what.incident)
    match what.kind:
        case Kind.OUTCOME_RECORDED:
            database.execute(_OUTCOME, (what.seq, number, *what.values))
            _note_pending(database, number)
        case Kind.ACT_RECORDED:
            database.execute(_ACT, (what.seq, number, *what.values))
            _note_pending(database, number)
        case Kind.MESSAGE_DELETED:
            database.execute(_DELETION, (what.seq, number, *what.values))
        case _:
            database.execute(_ABOUT, (what.seq, number, what.kind, *what.values))
            if what.kind in (Kind.ATTACHMENT_KEPT, Kind.ATTACHMENT_MISSED):
                _note_pending(database, number)
            if what.kind == Kind.CONTEXT_KEPT:
                database.execute("DELETE FROM awaited WHERE incident = ?", (number,))
                insert(database, _AWAITED, [] if what.due is None else [(number, what.due)])
            if what.kind == Kind.EVIDENCE_ERASED:
                _forget(database, what.seq, number)


def project(database: Database, vault: Vault, leaf: Leaf, parts: Parts | None) -> None:
    """Bring the tables up to one record, given what is sealed with it, or nothing if that was erased."""
    if (what := change(vault, leaf, parts)) is not None:
        apply(database, what)


def project_again(database: Database, ledger: Ledger) -> None:
    """Fill empty tables from the whole log."""
    for leaf in list(leaves(database)):
        try:
            parts: Parts | None = ledger.sealed(database, leaf.seq)
        except Erased:
            parts = None
        project(database, ledger.vault, leaf, parts)


def sql() -> str:
    """Give the statements that make the tables."""
    return f"{script('projections.sql')}\n{script('cases.sql')}"


def channel_digest(vault: Vault, channel: str) -> bytes:
    """Give what a channel is found by, whether by its id or its name."""
    return vault.digest("channel", channel)


def author_digest(vault: Vault, author: str) -> bytes:
    """Give what an author is found by."""
    return vault.digest("author", author)


def message_digest(vault: Vault, platform: str, community: str, channel: str, message: str) -> bytes:
    """Give what a message is found by."""
    return vault.digest("message", platform, community, channel, message)


def _change(leaf: Leaf, *values: Value) -> Change:
    return Change(leaf.kind.value, leaf.seq, leaf.incident, values)


def incident_change(vault: Vault, leaf: Leaf, parts: Parts | None) -> Change:
    """Say what the record of an incident does to the tables."""
    at = moment(leaf.at)
    recorded, to_do, to_copy, wants_context = at, [], [], False
    found: tuple[str | bytes | None, ...] = (None,) * 5
    if parts:
        body, ref = load(parts[Sealed.BODY]), load(parts[Sealed.MSG_REF])
        recorded, to_do = moment(datetime.fromisoformat(body["recorded_at"])), body["to_do"]
        to_copy, wants_context = body.get("to_copy", []), body.get("wants_context", False)
        found = (
            ref["platform"],
            channel_digest(vault, ref["channel"]),
            channel_digest(vault, body["event"]["channel_name"]),
            message_digest(vault, ref["platform"], ref["community"], ref["channel"], ref["message"]),
            author_digest(vault, load(parts[Sealed.AUTHOR])["id"]),
        )
    marks = {("rule", rule) for rule in leaf.rules}
    marks |= {("category", code) for code in leaf.codes if code in _CATEGORIES}
    marks |= {("action", code) for code in leaf.codes if code in _ACTIONS}
    marks |= {(_TO_DO, action) for action in to_do}
    marks |= {(_TO_COPY, str(number)) for number in to_copy}
    due = recorded if wants_context else None
    return Change(leaf.kind.value, leaf.seq, leaf.incident, (at, recorded, *found), tuple(sorted(marks)), due)


def add_incidents(database: Database, changes: Sequence[Change]) -> list[str]:
    """Bring the tables up to records of incidents; gives the names of these."""
    (first,) = database.execute("SELECT coalesce(max(number), 0) + 1 FROM incident").fetchone()
    named = [(number, f"I-{str(what.values[0])[:4]}-{number:06d}", what) for number, what in enumerate(changes, first)]
    insert(database, _INCIDENT, [(number, name, what.incident, what.seq, *what.values) for number, name, what in named])
    insert(database, _MARK, [(number, *mark) for number, _, what in named for mark in what.marks])
    insert(database, _AWAITED, [(number, what.due) for number, _, what in named if what.due is not None])
    insert(database, _PENDING, [(number,) for number, _, what in named if _WORK & {kind for kind, _ in what.marks}])
    return [name for _, name, _ in named]


def _forget(database: Database, seq: int, number: int | None) -> None:
    """Take away what an erased incident could be found by."""
    database.execute(
        "UPDATE incident SET erased = ?, recorded_at = at, platform = NULL, channel = NULL, channel_name = NULL,"
        " message = NULL, author = NULL WHERE number = ?",
        (seq, number),
    )
    database.execute("DELETE FROM mark WHERE incident = ? AND kind IN (?, ?)", (number, _TO_DO, _TO_COPY))
    database.execute("DELETE FROM pending WHERE incident = ?", (number,))
    database.execute("DELETE FROM awaited WHERE incident = ?", (number,))


def _number(database: Database, incident: str) -> int:
    (number,) = database.execute("SELECT number FROM incident WHERE ref = ?", (incident,)).fetchone()
    return int(number)


def _word(leaf: Leaf, words: frozenset[str]) -> str:
    return next(code for code in leaf.codes if code in words)


def _note_pending(database: Database, number: int | None) -> None:
    """Keep the work list in step: what was to be done and has no outcome, and what a verdict takes back."""
    if number is None:
        return
    if database.execute(_UNFINISHED, {"incident": number}).fetchone():
        database.execute("INSERT INTO pending (incident) VALUES (?) ON CONFLICT DO NOTHING", (number,))
    else:
        database.execute("DELETE FROM pending WHERE incident = ?", (number,))


_INCIDENT = "incident (number, id, ref, seq, at, recorded_at, platform, channel, channel_name, message, author)"
_MARK = "mark (incident, kind, value)"
_AWAITED = "awaited (incident, due)"
_PENDING = "pending (incident)"
_OUTCOME = "INSERT INTO outcome (seq, incident, action, status) VALUES (?, ?, ?, ?)"
_ACT = "INSERT INTO act (seq, incident, verb, verdict) VALUES (?, ?, ?, ?)"
_DELETION = "INSERT INTO deletion (seq, incident, first) VALUES (?, ?, ?)"
_ABOUT = "INSERT INTO about (seq, incident, kind, at, actor, codes, of_seq, item) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_UNFINISHED = f"""
SELECT 1 FROM mark WHERE incident = :incident AND kind = 'to-do'
  AND value NOT IN (SELECT action FROM outcome WHERE incident = :incident)
UNION ALL
SELECT 1 FROM mark WHERE incident = :incident AND kind = 'to-copy'
  AND CAST(value AS INTEGER) NOT IN (SELECT item FROM about WHERE incident = :incident
    AND kind IN ('{Kind.ATTACHMENT_KEPT.value}', '{Kind.ATTACHMENT_MISSED.value}')
    AND codes NOT IN ({", ".join(f"'{status.value}'" for status in CopyStatus if not status.final)}))
UNION ALL
SELECT 1 FROM outcome AS o WHERE incident = :incident
  AND (SELECT verb FROM act WHERE incident = :incident AND verdict = 1 ORDER BY seq DESC LIMIT 1)
      = '{Verb.NOT_ABUSE.value}'
  AND action IN ({", ".join(f"'{action.value}'" for action in UNDOABLE)})
  AND status IN ('{OutcomeStatus.DONE.value}', '{OutcomeStatus.ALREADY.value}')
  AND seq = (SELECT max(seq) FROM outcome WHERE incident = :incident AND action = o.action)
LIMIT 1
"""
