"""Verification: every record against its bytes, its place in the tree, its seals, and everything derived from it."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.evidence.checkpoints import Checkpoint
from bot.evidence.errors import EvidenceError
from bot.evidence.heads import read_head
from bot.evidence.keychain import KeyChain
from bot.evidence.leaves import Leaf, opens, parse_leaf
from bot.evidence.merkle import Frontier, leaf_hash, root_at
from bot.evidence.notes import Note
from bot.evidence.words import Kind, Number, Sealed
from bot.store.codec import load
from bot.store.keyfiles import KeyFiles
from bot.store.sqlite import deliveries
from bot.store.sqlite.connection import ENGINE, Database, Error, script
from bot.store.sqlite.ledger import Ledger, StoredNodes, TreeIncomplete
from bot.store.sqlite.projections import TABLES, Parts, project
from bot.store.sqlite.signing import HEAD, chain
from bot.store.sqlite.vault import Vault

Progress = Callable[[int, int], None]
"""Is told how many of how many records are done."""

_TOLD_EVERY = 1_000


@dataclass(frozen=True, slots=True)
class Broken(Exception):  # noqa: N818 - it names a state of the world
    """The first thing that is not as it was recorded; `seq` is 0 where it is not about one record."""

    seq: int
    what: str

    def __str__(self) -> str:
        """Say it in a sentence."""
        return f"Record {self.seq}: {self.what}" if self.seq else self.what


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found: how many records, how many of them were erased and cannot be read, and the first fault."""

    size: int
    erased: int
    root: bytes
    broken: Broken | None


def verify(
    database: Database, ledger: Ledger, keys: KeyFiles, folder: Path, progress: Progress = lambda done, of: None
) -> Verified:
    """Go through the whole record; the answer is about one moment, whatever is written meanwhile."""
    try:
        head = read_head(folder / HEAD)  # before the moment that the database is read at, so that it cannot be newer
    except EvidenceError:
        head = None
    database.execute("BEGIN")
    try:
        walk = _Walk(database, ledger.vault, progress)
        broken = _first(walk, database, keys, head)
        return Verified(size=walk.frontier.size, erased=walk.erased, root=walk.frontier.root, broken=broken)
    finally:
        database.execute("ROLLBACK")


def _first(walk: "_Walk", database: Database, keys: KeyFiles, head: Note | None) -> Broken | None:
    try:
        walk.go()
        _signed(database, keys, head)
        # A record by its number says more than a page by its number, so the file's own check has the last word.
        (found, *_) = database.execute("PRAGMA integrity_check").fetchall()
        if found != ("ok",):
            return Broken(0, f"SQLite finds the file damaged: {found[0]}.")
    except Broken as broken:
        return broken
    except (Error, ValueError, TypeError, OverflowError) as error:
        return Broken(walk.frontier.size + 1, f"the file is damaged and cannot be read on ({error}).")
    return None


class _Walk:
    """One pass over the log, with everything that belongs to each record."""

    def __init__(self, database: Database, vault: Vault, progress: Progress) -> None:
        self._database = database
        self._vault = vault
        self._progress = progress
        self._groups = vault.groups()
        self._gone = set(vault.erased())
        self.frontier = Frontier()
        self.erased = 0
        self._seen: list[tuple[bytes, int]] = []
        self._nodes: list[tuple[int, int, bytes]] = []
        self._rotations: list[int] = []

    def go(self) -> None:
        """Raise what is broken first."""
        with closing(ENGINE.connect(":memory:", isolation_level=None)) as anew:
            # The tables are made anew beside the file.
            anew.executescript(f"{script('projections.sql')}\nPRAGMA foreign_keys = OFF;")
            for (name,) in anew.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
                anew.execute(f"DROP TRIGGER {name}")
            anew.execute("BEGIN")
            self._records(anew)
            self._derived(anew)

    def _records(self, anew: Database) -> None:
        (count,) = self._database.execute("SELECT count(*) FROM log").fetchone()
        sealed = _Grouped(self._database.execute("SELECT seq, field, grp, blob FROM sealed ORDER BY seq"))
        for seq, written, hashed in self._database.execute("SELECT seq, leaf, leaf_hash FROM log ORDER BY seq"):
            expected = self.frontier.size + 1
            if seq != expected:
                raise Broken(expected, "is missing from the log.")
            try:
                leaf = parse_leaf(written)
                self._place(leaf, seq, written, hashed)
                parts = self._parts(leaf, sealed.of(seq))
            except EvidenceError as error:
                raise Broken(seq, f"was changed. {error}") from error
            try:
                project(anew, self._vault, leaf, parts)
            except (Error, TypeError, StopIteration, KeyError, ValueError) as error:
                raise Broken(seq, "says something that cannot follow from the records before it.") from error
            if seq % _TOLD_EVERY == 0:
                self._progress(seq, count)
        if sealed.left:
            raise Broken(sealed.left, "is sealed, and is not in the log.")

    def _place(self, leaf: Leaf, seq: int, written: bytes, hashed: bytes) -> None:
        if leaf_hash(written) != hashed:
            raise Broken(seq, "was changed: its bytes do not have the hash in the tree.")
        if leaf.seq != seq:
            raise Broken(seq, f"stands in the place of record {leaf.seq}.")
        if leaf.kind is Kind.KEY_ROTATED:
            self._rotations.append(seq)
        self.frontier = self.frontier.extend([hashed], lambda *node: self._nodes.append(node))

    def _parts(self, leaf: Leaf, rows: list[tuple[str, str, bytes]]) -> Parts | None:
        """Open what is sealed with a record, and hold it against the commitments; nothing where it was erased."""
        if {field for field, _, _ in rows} != set(leaf.commit):
            raise Broken(leaf.seq, "does not have the sealed parts that it commits to.")
        groups = {group for _, group, _ in rows}
        if not groups:
            return {}
        if len(groups) > 1 or (leaf.kind in _OWN and leaf.incident is not None and groups != {leaf.incident}):
            raise Broken(leaf.seq, "has sealed parts of another incident.")
        (group,) = groups
        if group not in self._groups:
            if group not in self._gone:
                raise Broken(leaf.seq, "cannot be opened: its key is missing, and was not erased.")
            self.erased += 1
            self._keep_seen(leaf, None)
            return None
        parts = {}
        for field, _, blob in rows:
            salt, parts[field] = self._vault.unseal(group, leaf.seq, field, blob)
            if not opens(leaf.commit[field], salt, parts[field]):
                raise Broken(leaf.seq, f"has a sealed {field} that is not the one it commits to.")
        self._keep_seen(leaf, parts)
        return parts

    def _keep_seen(self, leaf: Leaf, parts: Parts | None) -> None:
        """Note what the delivery of a record must be known again by."""
        kind = _DELIVERED.get(leaf.kind)
        if kind is None or leaf.numbers.get(Number.OF_SEQ, leaf.seq) != leaf.seq:
            return
        if parts is None:
            self._seen.append((b"", leaf.seq))
            return
        body = load(parts[Sealed.BODY])
        if leaf.kind is Kind.ACT_RECORDED:
            platform, event = load(parts[Sealed.AUTHOR])["platform"], body["event_id"]
        elif leaf.kind is Kind.INCIDENT_RECORDED:
            platform, event = load(parts[Sealed.MSG_REF])["platform"], body["event_id"]
        else:
            platform, event = load(parts[Sealed.MSG_REF])["platform"], body["event"]["event_id"]
        self._seen.append((self._vault.digest("seen", platform, kind, event), leaf.seq))

    def _derived(self, anew: Database) -> None:
        nodes = self._database.execute("SELECT level, place, hash FROM node ORDER BY level, place").fetchall()
        if nodes != sorted(node for node in self._nodes if node[0]):
            raise Broken(0, "The tree that is kept is not the one that the log has.")
        if [seq for (seq,) in self._database.execute("SELECT seq FROM statement ORDER BY seq")] != self._rotations:
            raise Broken(0, "The statements by which keys named their successors are not those on record.")
        kept = {seq: digest for digest, seq in self._database.execute("SELECT digest, seq FROM seen").fetchall()}
        for digest, seq in self._seen:
            found = kept.pop(seq, None)
            if found is None or (digest and found != digest):
                raise Broken(seq, "its delivery is not known again as it was: it could be recorded twice.")
        if kept or len(self._seen) != self._database.execute("SELECT count(*) FROM seen").fetchone()[0]:
            raise Broken(0, "A delivery is known that led to no record.")
        for table in TABLES:
            if _dump(self._database, table) != _dump(anew, table):
                what = f"The table {table} does not say what the log says."
                raise Broken(_differs(self._database, anew, table), what)


def _signed(database: Database, keys: KeyFiles, head: Note | None) -> None:
    """Hold every checkpoint that was signed against the log."""
    try:
        known = chain(database, keys)
        rows = database.execute("SELECT number, size, note FROM checkpoint ORDER BY number").fetchall()
        if [number for number, _, _ in rows] != list(range(1, len(rows) + 1)):
            raise Broken(0, "A checkpoint that was signed is missing.")
        notes = [(size, Note.parse(note)) for _, size, note in rows]
        sizes = [size for _, size, _ in rows]
        if sizes != sorted(sizes):
            raise Broken(0, "The checkpoints do not stand in the order in which they were signed.")
        if rows and head is None:
            raise Broken(0, f"{HEAD}, which says what was signed last, is missing or damaged.")
        if head is not None and known.checkpoint(head).size not in sizes:
            raise Broken(0, "The checkpoint that was signed last is missing.")
        for size, note in notes:
            if known.checkpoint(note).size != size:
                raise Broken(0, f"The checkpoint of {size} records is another one.")
            if problem := against(database, known, note):
                raise Broken(0, problem)
    except EvidenceError as error:
        raise Broken(0, f"A checkpoint is not as it was signed. {error}") from error


def against(database: Database, known: KeyChain, note: Note) -> str:
    """Say why the log does not continue what somebody has a signed checkpoint of, or nothing if it does."""
    signed: Checkpoint = known.checkpoint(note)
    (size,) = database.execute("SELECT count(*) FROM log").fetchone()
    if size < signed.size:
        return f"{signed.size} records were signed, and the log has {size}."
    try:
        if root_at(StoredNodes(database), signed.size) != signed.root:
            return f"The first {signed.size} records are not those that were signed."
    except TreeIncomplete as error:
        return str(error)
    return ""


class _Grouped:
    """Rows in the order of their records, taken record by record."""

    def __init__(self, rows: Iterator[tuple[int, str, str, bytes]]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def of(self, seq: int) -> list[tuple[str, str, bytes]]:
        found = []
        while self._next is not None and self._next[0] == seq:
            found.append(self._next[1:])
            self._next = next(self._rows, None)
        return found

    @property
    def left(self) -> int:
        """The record of the first row that no record took."""
        return self._next[0] if self._next is not None else 0


_OWN = frozenset({Kind.INCIDENT_RECORDED, Kind.OUTCOME_RECORDED, Kind.ACT_RECORDED, Kind.MESSAGE_DELETED})
_DELIVERED = {
    Kind.INCIDENT_RECORDED: deliveries.INCIDENT,
    Kind.ACT_RECORDED: deliveries.ACT,
    Kind.MESSAGE_DELETED: deliveries.DELETION,
}


def _dump(database: Database, table: str) -> list[tuple[object, ...]]:
    order = "1" if table == "pending" else "1, 2, 3"
    return database.execute(f"SELECT * FROM {table} ORDER BY {order}").fetchall()


def _differs(live: Database, anew: Database, table: str) -> int:
    """Give the record of the first row that differs."""
    different = set(_dump(live, table)) ^ set(_dump(anew, table))
    first = min((int(str(row[0])) for row in different), default=0)
    return _seq_of(anew, first) if table in ("mark", "pending", "incident") else first


def _seq_of(anew: Database, number: object) -> int:
    row = anew.execute("SELECT seq FROM incident WHERE number = ?", (number,)).fetchone()
    return int(row[0]) if row else 0
