"""Legal holds as the log has them: what is held until when, and what was asked for and waits for a second person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.evidence.chance import PersonRef
from bot.evidence.words import Code, Kind, Number, Role
from bot.store.sqlite.connection import Database
from bot.store.sqlite.ledger import leaf_at
from bot.store.sqlite.packed_rows import Row, linked_to, row

LONGEST_HOLD = timedelta(days=180)
"""How long a legal hold may stand before somebody must look at it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldInForce:
    """A legal hold on an incident or a case, and when somebody must look at it again.

    `lift_asked_until` is until when a second person may lift it, where a first one has asked for that.
    """

    incident: str
    placed_at: datetime
    review_at: datetime
    lift_asked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What the first of two people asked for, and the record that says so; `until` where it expires."""

    seq: int
    actor: PersonRef | None
    reason: Code | None
    role: Role
    of: int | None
    items: int | None
    until: datetime | None


def holds(database: Database) -> Sequence[HoldInForce]:
    """Give the holds in force, the one to be looked at first in front."""
    found = []
    for (name,) in database.execute(_EVER_HELD, (Kind.HOLD_PLACED.value, _in_leaf(Kind.HOLD_PLACED))).fetchall():
        of = row(database, name)
        if is_held(database, of):
            placed = leaf_at(database, latest(database, of, Kind.HOLD_PLACED))
            looked = leaf_at(database, max(latest(database, of, Kind.HOLD_REVIEWED), placed.seq))
            review, asked = looked.at + timedelta(seconds=looked.numbers[Number.SECONDS]), lift_asked(database, of)
            until = None if asked is None else asked.until
            found.append(HoldInForce(incident=name, placed_at=placed.at, review_at=review, lift_asked_until=until))
    return sorted(found, key=lambda hold: hold.review_at)


def held_by(database: Database, of: Row) -> str:
    """Say what is held so that this may not be erased: itself, or a case with it; empty where nothing is."""
    if is_held(database, of):
        return of.name
    cases = linked_to(database, of.incident) if of.incident is not None else ()
    return next((name for name in cases if is_held(database, row(database, name))), "")


def is_held(database: Database, of: Row) -> bool:
    """Whether there is a hold on this itself."""
    return latest(database, of, Kind.HOLD_PLACED) > latest(database, of, Kind.HOLD_LIFTED)


def lift_asked(database: Database, of: Row) -> Request | None:
    """Give the latest request to lift the present hold; to look at that again and keep it turns the request down."""
    return open_request(database, of, Kind.LIFTING_REQUESTED, Kind.HOLD_PLACED, Kind.HOLD_REVIEWED, Kind.HOLD_LIFTED)


def open_request(database: Database, of: Row, asked: Kind, *done: Kind) -> Request | None:
    """Give the latest request that nothing followed from yet."""
    seq = latest(database, of, asked)
    if seq <= max(latest(database, of, kind) for kind in done):
        return None
    leaf = leaf_at(database, seq)
    reason = next((Code(code) for code in leaf.codes if code in _REASONS), None)
    seconds = leaf.numbers.get(Number.SECONDS)
    until = None if seconds is None else leaf.at + timedelta(seconds=seconds)
    told = (leaf.numbers.get(Number.OF_SEQ), leaf.numbers.get(Number.ITEMS))
    return Request(seq, leaf.actor, reason, leaf.role, *told, until)


def latest(database: Database, of: Row, kind: Kind) -> int:
    """Give the latest record of a kind about an incident or a case, or 0."""
    if of.case is not None:
        (seq,) = database.execute(_LATEST_OF_CASE, (of.number, _in_leaf(kind))).fetchone()
        return int(seq)
    (seq,) = database.execute(
        "SELECT coalesce(max(seq), 0) FROM about WHERE incident = ? AND kind = ?", (of.number, kind.value)
    ).fetchone()
    return int(seq)


def _in_leaf(kind: Kind) -> bytes:
    return f'"kind":"{kind.value}"'.encode()


_REASONS = frozenset(code.value for code in Code if code.value.startswith(("erased-", "held-")))
_LATEST_OF_CASE = (
    "SELECT coalesce(max(v.seq), 0) FROM case_view AS v JOIN log AS l USING (seq)"
    " WHERE v.case_ = ? AND instr(l.leaf, ?)"
)
_EVER_HELD = (
    "SELECT id FROM incident WHERE number IN (SELECT incident FROM about WHERE kind = ?) UNION SELECT id FROM case_"
    " WHERE number IN (SELECT v.case_ FROM case_view AS v JOIN log AS l USING (seq) WHERE instr(l.leaf, ?))"
)
