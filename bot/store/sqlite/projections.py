"""Projections: what the records amount to, in tables that can be searched, dropped and made anew."""

from collections.abc import Mapping
from datetime import datetime

from bot.evidence.leaves import Leaf
from bot.evidence.words import Kind, Number, Sealed
from bot.store.codec import load, moment
from bot.store.sqlite.connection import Database
from bot.store.sqlite.ledger import Ledger, leaves
from bot.store.sqlite.vault import Erased, Vault
from policies.acts import Verb
from policies.decisions import Action, OutcomeStatus
from policies.findings import Category
from policies.incidents import SETTLING, UNDOABLE

TABLES = ("pending", "about", "deletion", "act", "outcome", "mark", "incident")
"""In the order in which they can be dropped."""

Parts = Mapping[str, bytes]

_ACTIONS = frozenset(action.value for action in Action)
_CATEGORIES = frozenset(category.value for category in Category)
_STATUSES = frozenset(status.value for status in OutcomeStatus)
_VERBS = frozenset(verb.value for verb in Verb)
_SETTLING = frozenset(verb.value for verb in SETTLING)


def project(database: Database, vault: Vault, leaf: Leaf, parts: Parts | None) -> None:
    """Bring the tables up to one record, given what is sealed with it, or nothing if that was erased."""
    match leaf.kind:
        case Kind.INCIDENT_RECORDED:
            _incident(database, vault, leaf, parts)
        case Kind.OUTCOME_RECORDED:
            _outcome(database, leaf)
        case Kind.ACT_RECORDED:
            _act(database, leaf)
        case Kind.MESSAGE_DELETED:
            database.execute(
                "INSERT INTO deletion (seq, incident, first) VALUES (?, ?, ?)",
                (leaf.seq, _number(database, leaf), leaf.numbers[Number.OF_SEQ]),
            )
        case _ if leaf.incident is not None:
            _about(database, leaf)


def project_again(database: Database, ledger: Ledger) -> None:
    """Fill empty tables from the whole log."""
    for leaf in list(leaves(database)):
        try:
            parts: Parts | None = ledger.sealed(database, leaf.seq)
        except Erased:
            parts = None
        project(database, ledger.vault, leaf, parts)


def channel_digest(vault: Vault, channel: str) -> bytes:
    """Give what a channel is found by, whether by its id or its name."""
    return vault.digest("channel", channel)


def author_digest(vault: Vault, author: str) -> bytes:
    """Give what an author is found by."""
    return vault.digest("author", author)


def message_digest(vault: Vault, platform: str, community: str, channel: str, message: str) -> bytes:
    """Give what a message is found by."""
    return vault.digest("message", platform, community, channel, message)


def _incident(database: Database, vault: Vault, leaf: Leaf, parts: Parts | None) -> None:
    (number,) = database.execute("SELECT coalesce(max(number), 0) + 1 FROM incident").fetchone()
    recorded, to_do = moment(leaf.at), []
    found: tuple[str | bytes | None, ...] = (None,) * 5
    if parts:
        body, ref = load(parts[Sealed.BODY]), load(parts[Sealed.MSG_REF])
        recorded, to_do = moment(datetime.fromisoformat(body["recorded_at"])), body["to_do"]
        found = (
            ref["platform"],
            channel_digest(vault, ref["channel"]),
            channel_digest(vault, body["event"]["channel_name"]),
            message_digest(vault, ref["platform"], ref["community"], ref["channel"], ref["message"]),
            author_digest(vault, load(parts[Sealed.AUTHOR])["id"]),
        )
    database.execute(
        "INSERT INTO incident (number, id, ref, seq, at, recorded_at, platform, channel, channel_name, message, author)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (number, f"I-{leaf.at.year}-{number:06d}", leaf.incident, leaf.seq, moment(leaf.at), recorded, *found),
    )
    marks = {("rule", rule) for rule in leaf.rules}
    marks |= {("category", code) for code in leaf.codes if code in _CATEGORIES}
    marks |= {("action", code) for code in leaf.codes if code in _ACTIONS}
    marks |= {("to-do", action) for action in to_do}
    database.executemany(
        "INSERT INTO mark (incident, kind, value) VALUES (?, ?, ?)",
        [(number, kind, value) for kind, value in sorted(marks)],
    )
    if to_do:
        database.execute("INSERT INTO pending (incident) VALUES (?)", (number,))


def _outcome(database: Database, leaf: Leaf) -> None:
    number = _number(database, leaf)
    database.execute(
        "INSERT INTO outcome (seq, incident, action, status) VALUES (?, ?, ?, ?)",
        (leaf.seq, number, _word(leaf, _ACTIONS), _word(leaf, _STATUSES)),
    )
    _note_pending(database, number)


def _act(database: Database, leaf: Leaf) -> None:
    number = None if leaf.incident is None else _number(database, leaf)
    verb = _word(leaf, _VERBS)
    database.execute(
        "INSERT INTO act (seq, incident, verb, verdict) VALUES (?, ?, ?, ?)",
        (leaf.seq, number, verb, verb in _SETTLING),
    )
    if number is not None:
        _note_pending(database, number)


def _about(database: Database, leaf: Leaf) -> None:
    number = _number(database, leaf)
    database.execute(
        "INSERT INTO about (seq, incident, kind, at, actor, codes, of_seq) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            leaf.seq,
            number,
            leaf.kind.value,
            moment(leaf.at),
            leaf.actor,
            " ".join(leaf.codes),
            leaf.numbers.get(Number.OF_SEQ),
        ),
    )
    if leaf.kind is Kind.EVIDENCE_ERASED:
        database.execute(
            "UPDATE incident SET erased = ?, recorded_at = at, platform = NULL, channel = NULL, channel_name = NULL,"
            " message = NULL, author = NULL WHERE number = ?",
            (leaf.seq, number),
        )
        database.execute("DELETE FROM mark WHERE incident = ? AND kind = 'to-do'", (number,))
        database.execute("DELETE FROM pending WHERE incident = ?", (number,))


def _number(database: Database, leaf: Leaf) -> int:
    (number,) = database.execute("SELECT number FROM incident WHERE ref = ?", (leaf.incident,)).fetchone()
    return int(number)


def _word(leaf: Leaf, words: frozenset[str]) -> str:
    return next(code for code in leaf.codes if code in words)


def _note_pending(database: Database, number: int) -> None:
    """Keep the work list in step: what was to be done and has no outcome, and what a verdict takes back."""
    if database.execute(_UNFINISHED, {"incident": number}).fetchone():
        database.execute("INSERT INTO pending (incident) VALUES (?) ON CONFLICT DO NOTHING", (number,))
    else:
        database.execute("DELETE FROM pending WHERE incident = ?", (number,))


_UNFINISHED = f"""
SELECT 1 FROM mark WHERE incident = :incident AND kind = 'to-do'
  AND value NOT IN (SELECT action FROM outcome WHERE incident = :incident)
UNION ALL
SELECT 1 FROM outcome AS o WHERE incident = :incident
  AND (SELECT verb FROM act WHERE incident = :incident AND verdict = 1 ORDER BY seq DESC LIMIT 1)
      = '{Verb.NOT_ABUSE.value}'
  AND action IN ({", ".join(f"'{action.value}'" for action in UNDOABLE)})
  AND status IN ('{OutcomeStatus.DONE.value}', '{OutcomeStatus.ALREADY.value}')
  AND seq = (SELECT max(seq) FROM outcome WHERE incident = :incident AND action = o.action)
LIMIT 1
"""
