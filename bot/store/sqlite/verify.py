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
class Broken:
    """The first thing that is not as it was recorded; `seq` is 0 where it is not about one record."""

    seq: int
    what: str

    def __str__(self) -> str:
        """Say it in a sentence."""
        return f"Record {self.seq}: {self.what}" if self.seq else self.what


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found: how many records, how many can no longer be read because they were erased, and the first fault."""

    size: int
    erased: int
    root: bytes
    broken: Broken | None


def verify(
    database: Database, ledger: Ledger, keys: KeyFiles, folder: Path, progress: Progress = lambda done, of: None
) -> Verified:
    """Go through the whole record; the answer is about one moment, whatever is written meanwhile."""
    database.execute("BEGIN")
    try:
        walk = _Walk(database, ledger.vault, progress)
        broken = _first(walk, database, keys, folder)
        return Verified(size=walk.frontier.size, erased=walk.erased, root=walk.frontier.root, broken=broken)
    finally:
        database.execute("ROLLBACK")


def _first(walk: "_Walk", database: Database, keys: KeyFiles, folder: Path) -> Broken | None:
    try:
        rows = database.execute("PRAGMA integrity_check").fetchall()
        damage = None if rows == [("ok",)] else Broken(0, f"SQLite finds the file damaged: {rows[0][0]}.")
        # A record by its number says more than a page by its number, so the file's own check has the last word.
        return walk.first_broken() or _signed(database, keys, folder) or damage
    except Error as error:
        return Broken(walk.frontier.size + 1, f"the file is damaged and cannot be read on ({error}).")


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

    def first_broken(self) -> Broken | None:
        with closing(ENGINE.connect(":memory:", isolation_level=None)) as anew:
            # The tables are made anew beside, without the log they refer to.
            anew.executescript(f"{script('log.sql')}\n{script('projections.sql')}\nPRAGMA foreign_keys = OFF;")
            anew.executescript("DROP TRIGGER log_in_order; BEGIN;")
            self._seen: list[tuple[bytes, int]] = []
            self._nodes: list[tuple[int, int, bytes]] = []
            return self._records(anew) or self._derived(anew)

    def _records(self, anew: Database) -> Broken | None:
        (count,) = self._database.execute("SELECT count(*) FROM log").fetchone()
        sealed = _Grouped(self._database.execute("SELECT seq, field, grp, blob FROM sealed ORDER BY seq"))
        rows = self._database.execute("SELECT seq, leaf, leaf_hash FROM log ORDER BY seq")
        for seq, written, hashed in rows:
            expected = self.frontier.size + 1
            if seq != expected:
                return Broken(expected, "is missing from the log.")
            try:
                leaf = parse_leaf(written)
                broken, parts = self._record(leaf, seq, written, hashed, sealed.of(seq))
            except EvidenceError as error:
                return Broken(seq, f"was changed. {error}")
            if broken:
                return Broken(seq, broken)
            anew.execute("INSERT INTO log (seq, leaf, leaf_hash) VALUES (?, ?, ?)", (seq, written, hashed))
            try:
                project(anew, self._vault, leaf, parts)
            except (Error, TypeError, StopIteration, KeyError, ValueError):
                return Broken(seq, "says something that cannot follow from the records before it.")
            if seq % _TOLD_EVERY == 0:
                self._progress(seq, count)
        if sealed.left:
            return Broken(sealed.left, "is sealed, and is not in the log.")
        return None

    def _record(
        self, leaf: Leaf, seq: int, written: bytes, hashed: bytes, rows: list[tuple[str, str, bytes]]
    ) -> tuple[str, Parts | None]:
        if leaf_hash(written) != hashed:
            return "was changed: its bytes do not have the hash in the tree.", None
        if leaf.seq != seq:
            return f"stands in the place of record {leaf.seq}.", None
        self.frontier = self.frontier.extend([hashed], lambda *node: node[0] and self._nodes.append(node))
        if {field for field, _, _ in rows} != set(leaf.commit):
            return "does not have the sealed parts that it commits to.", None
        groups = {group for _, group, _ in rows}
        if not groups:
            return "", {}
        if len(groups) > 1 or (leaf.incident is not None and groups != {leaf.incident} and leaf.kind in _OWN):
            return "has sealed parts of another incident.", None
        (group,) = groups
        if group not in self._groups:
            if group not in self._gone:
                return "cannot be opened: its key is missing, and was not erased.", None
            self.erased += 1
            self._keep_seen(leaf, None)
            return "", None
        parts = {}
        for field, _, blob in rows:
            salt, value = self._vault.unseal(group, seq, field, blob)
            if not opens(leaf.commit[field], salt, value):
                return f"has a sealed {field} that is not the one it commits to.", None
            parts[field] = value
        self._keep_seen(leaf, parts)
        return "", parts

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

    def _derived(self, anew: Database) -> Broken | None:
        nodes = self._database.execute("SELECT level, place, hash FROM node ORDER BY level, place").fetchall()
        if nodes != sorted(self._nodes):
            return Broken(0, "The tree that is kept is not the one that the log has.")
        found = dict(self._database.execute("SELECT seq, digest FROM seen").fetchall())
        (count,) = self._database.execute("SELECT count(*) FROM seen").fetchone()
        for digest, seq in self._seen:
            if found.get(seq, b"x") != digest and (digest or seq not in found):
                return Broken(seq, "its delivery is not known again as it was: it could be recorded twice.")
        if count != len(self._seen):
            return Broken(0, "A delivery is known that led to no record.")
        for table in TABLES:
            if _dump(self._database, table) != _dump(anew, table):
                return Broken(
                    _differs(self._database, anew, table), f"the table {table} does not say what the log says."
                )
        return None


def _signed(database: Database, keys: KeyFiles, folder: Path) -> Broken | None:
    """Compare every checkpoint that was signed with the log."""
    try:
        known = chain(database, keys)
        notes = [Note.parse(note) for (note,) in database.execute("SELECT note FROM checkpoint ORDER BY size")]
        sizes = [size for (size,) in database.execute("SELECT size FROM checkpoint ORDER BY size")]
        head = read_head(folder / HEAD)
        if head is None and notes:
            return Broken(0, f"{folder / HEAD}, which says what was signed last, is missing.")
        for note, size in [*zip(notes, sizes, strict=True), *([(head, None)] if head else [])]:
            signed = known.checkpoint(note)
            if size is not None and signed.size != size:
                return Broken(0, f"The checkpoint of {size} records is another one.")
            if problem := against(database, known, note):
                return Broken(0, problem)
    except EvidenceError as error:
        return Broken(0, f"A checkpoint is not as it was signed. {error}")
    return None


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
    return (
        database.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall()
        if table != "pending"
        else (database.execute("SELECT incident FROM pending ORDER BY 1").fetchall())
    )


def _differs(live: Database, anew: Database, table: str) -> int:
    """Give the record of the first row that differs, where rows know theirs."""
    ours, theirs = _dump(live, table), _dump(anew, table)
    different = next((a or b for a, b in _beside(ours, theirs) if a != b), None)
    if different is None or table in ("mark", "pending", "incident"):
        return 0 if different is None else _seq_of(anew, different[0])
    return int(str(different[0]))


def _beside(
    ours: list[tuple[object, ...]], theirs: list[tuple[object, ...]]
) -> Iterator[tuple[tuple[object, ...] | None, tuple[object, ...] | None]]:
    for place in range(max(len(ours), len(theirs))):
        yield (ours[place] if place < len(ours) else None, theirs[place] if place < len(theirs) else None)


def _seq_of(anew: Database, number: object) -> int:
    row = anew.execute("SELECT seq FROM incident WHERE number = ?", (number,)).fetchone()
    return int(row[0]) if row else 0
