"""The ledger: one record is one leaf in the log, its place in the tree, and what is sealed beside it."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.evidence.chance import CaseRef, IncidentRef, PersonRef
from bot.evidence.errors import SealBroken
from bot.evidence.leaves import Leaf, PolicyRef, parse_leaf
from bot.evidence.merkle import Frontier, leaf_hash
from bot.evidence.words import Code, Kind, Role
from bot.store.sqlite.connection import Database
from bot.store.sqlite.rows import Row, insert
from bot.store.sqlite.vault import Vault
from handlers.ports import Clock

SLACK = timedelta(minutes=1)
"""How far the clock may be from where it should be before a record says so."""

_NOTHING: Mapping[str, bytes] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class InFile:
    """Something sealed in a file of its own: the salt of the commitment to it, and the commitment."""

    salt: bytes
    commitment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is to be recorded: what the leaf says, and what is sealed under which group's key."""

    kind: Kind
    role: Role = Role.BOT
    group: str = ""
    actor: PersonRef | None = None
    case: CaseRef | None = None
    incident: IncidentRef | None = None
    policy: PolicyRef | None = None
    rules: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)
    plat_at: datetime | None = None
    at: datetime | None = None
    sealed: Mapping[str, bytes] = field(default_factory=lambda: _NOTHING)
    files: Mapping[str, InFile] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the clocks showed at a record: the one that people set, and the one that only goes on."""

    last: int = 0
    at: datetime | None = None
    passed: float = 0.0


class Ledger:
    """Appends records inside the writer's transaction, and opens what is sealed."""

    def __init__(self, vault: Vault, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.vault = vault
        self.clock = clock
        self._monotonic = monotonic
        self._frontier = Frontier()
        self._last = b""
        self._told = self._told_before = _Told()

    def append(self, database: Database, entry: Entry) -> Leaf:
        """Append one record; nothing of it stays if the transaction is taken back."""
        (leaf,) = self.append_all(database, (entry,))
        return leaf

    def append_all(self, database: Database, entries: Sequence[Entry]) -> list[Leaf]:
        """Append records in their order; nothing of them stays if the transaction is taken back."""
        sealed: list[Row] = []
        first = size(database) + 1
        if first <= self._told.last:  # what was told last was taken back
            self._told = self._told_before
        self._told_before = self._told
        leaves = [self._leaf(database, seq, entry, sealed) for seq, entry in enumerate(entries, first)]
        self._write(database, leaves)
        insert(database, "sealed (seq, field, grp, blob)", sealed)
        return leaves

    def _leaf(self, database: Database, seq: int, entry: Entry, rows: list[Row]) -> Leaf:
        at = entry.at or self.clock.now()
        strange = entry.at is None and self._is_strange(database, seq, at)
        commit = {}
        for name, (committed, blob) in self.vault.seal_all(entry.group, seq, entry.sealed).items():
            commit[name] = committed
            rows.append((seq, name, entry.group, blob))
        for name, file in entry.files.items():
            commit[name] = file.commitment
            rows.append((seq, name, entry.group, self.vault.seal_salt(entry.group, seq, name, file.salt)))
        return Leaf(
            seq=seq,
            kind=entry.kind,
            at=at,
            role=entry.role,
            plat_at=entry.plat_at,
            actor=entry.actor,
            case=entry.case,
            incident=entry.incident,
            policy=entry.policy,
            rules=entry.rules,
            codes=(*entry.codes, Code.CLOCK_ANOMALY.value) if strange else entry.codes,
            commit=commit,
            numbers=entry.numbers,
        )

    def sealed(self, database: Database, seq: int) -> dict[str, bytes]:
        """Open everything that is sealed with a record; raises `Erased` or `SealBroken`."""
        return {name: value for name, (_, value) in self.openings(database, seq).items()}

    def openings(self, database: Database, seq: int) -> dict[str, tuple[bytes, bytes]]:
        """Give salt and value of everything sealed with a record; raises `Erased` or `SealBroken`."""
        rows = database.execute("SELECT field, grp, blob FROM sealed WHERE seq = ?", (seq,)).fetchall()
        return {name: self.vault.unseal(group, seq, name, blob) for name, group, blob in rows}

    def opening(self, database: Database, seq: int, field: str) -> tuple[bytes, bytes]:
        """Give salt and value of one thing sealed with a record; raises `Erased` or `SealBroken`."""
        row = database.execute("SELECT grp, blob FROM sealed WHERE seq = ? AND field = ?", (seq, field)).fetchone()
        if row is None:
            raise SealBroken(f"What is sealed as {field} of record {seq} is missing.")
        return self.vault.unseal(row[0], seq, field, row[1])

    def _write(self, database: Database, leaves: Sequence[Leaf]) -> None:
        before = leaves[0].index
        if self._frontier.size != before or self._last != _hash_at(database, before):
            # Another process wrote, or work that appended was taken back.
            self._frontier = Frontier.of(StoredNodes(database), before)
        rows = [(leaf.seq, written := leaf.to_bytes(), leaf_hash(written)) for leaf in leaves]
        nodes: list[tuple[int, int, bytes]] = []
        grown = self._frontier.extend([row[2] for row in rows], lambda *node: nodes.append(node))
        insert(database, "log (seq, leaf, leaf_hash)", rows)
        insert(database, "node (level, place, hash)", [node for node in nodes if node[0]])
        self._frontier, self._last = grown, rows[-1][2]

    def _is_strange(self, database: Database, seq: int, at: datetime) -> bool:
        """Whether the clock went back, or on by more than the time that passed."""
        passed = self._monotonic()
        if self._told.at is None:
            before, expected = _last_at(database), None
        else:
            before, expected = self._told.at, self._told.at + timedelta(seconds=passed - self._told.passed)
        self._told = _Told(seq, at, passed)
        if before is not None and at < before - SLACK:
            return True
        return expected is not None and abs(at - expected) > SLACK


class StoredNodes:
    """The tree's nodes as the file keeps them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def node(self, level: int, index: int) -> bytes:
        """Give the hash of a complete subtree."""
        if level == 0:
            row = self._database.execute("SELECT leaf_hash FROM log WHERE seq = ?", (index + 1,)).fetchone()
        else:
            row = self._database.execute(
                "SELECT hash FROM node WHERE level = ? AND place = ?", (level, index)
            ).fetchone()
        if row is None:
            raise TreeIncomplete(f"The tree has no node {index} at level {level}. Run `hustings evidence verify`.")
        return bytes(row[0])


class TreeIncomplete(Exception):  # noqa: N818 - it names a state of the world
    """A part of the tree that must be there is not."""


def size(database: Database) -> int:
    """Give how many records the log has."""
    (last,) = database.execute("SELECT coalesce(max(seq), 0) FROM log").fetchone()
    return int(last)


def leaf_at(database: Database, seq: int) -> Leaf:
    """Read one leaf."""
    (written,) = database.execute("SELECT leaf FROM log WHERE seq = ?", (seq,)).fetchone()
    return parse_leaf(written)


def leaves(database: Database, after: int = 0) -> Iterator[Leaf]:
    """Read the leaves in order."""
    for (written,) in database.execute("SELECT leaf FROM log WHERE seq > ? ORDER BY seq", (after,)):
        yield parse_leaf(written)


def _hash_at(database: Database, seq: int) -> bytes:
    row = database.execute("SELECT leaf_hash FROM log WHERE seq = ?", (seq,)).fetchone()
    return bytes(row[0]) if row else b""


def _last_at(database: Database) -> datetime | None:
    last = size(database)
    return leaf_at(database, last).at if last else None
