"""Verification: every record against its bytes, its place in the tree, its seals, and everything derived from it."""

from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.evidence.attachments import commitment_of, open_attachment
from bot.evidence.checkpoints import Checkpoint
from bot.evidence.errors import EvidenceError
from bot.evidence.heads import read_head
from bot.evidence.keychain import KeyChain
from bot.evidence.merkle import Frontier, root_at
from bot.evidence.notes import Note
from bot.store.keyfiles import KeyFiles
from bot.store.sqlite import attachments
from bot.store.sqlite.connection import ENGINE, Database, Error
from bot.store.sqlite.examine import CANNOT_FOLLOW, NOT_IN_LOG, Broken, FileOf
from bot.store.sqlite.examiners import examined
from bot.store.sqlite.ledger import Ledger, StoredNodes, TreeIncomplete
from bot.store.sqlite.migrate import make
from bot.store.sqlite.projections import TABLES, apply, sql
from bot.store.sqlite.signing import HEAD, chain
from bot.store.sqlite.vault import Vault

Progress = Callable[[int, int], None]
"""Is told how many of how many records are done."""


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
    gone = ledger.vault.erased()
    found = _verified(database, ledger.vault, keys, folder=folder, head=head, progress=progress)
    if found.broken and ledger.vault.erased() != gone:
        # Something was erased meanwhile: its records could be read at first, and then no more.
        found = _verified(database, ledger.vault, keys, folder=folder, head=head, progress=progress)
    return found


def _verified(
    database: Database, vault: Vault, keys: KeyFiles, *, folder: Path, head: Note | None, progress: Progress
) -> Verified:
    database.execute("BEGIN")
    try:
        walk = _Walk(database, vault, folder, progress)
        broken = _first(walk, database, keys, head)
        return Verified(size=walk.frontier.size, erased=walk.erased, root=walk.frontier.root, broken=broken)
    finally:
        database.execute("ROLLBACK")


def _first(walk: "_Walk", database: Database, keys: KeyFiles, head: Note | None) -> Broken | None:
    try:
        walk.go(lambda: _as_long_as_signed(walk.frontier.size, database, keys, head))
        _signed(database, keys, head)
        _guarded(database)
        # A record by its number says more than a page by its number, so the file's own check has the last word.
        (found, *_) = database.execute("PRAGMA integrity_check").fetchall()
        if found != ("ok",):
            return Broken(0, f"SQLite finds the file damaged: {found[0]}.")
    except Broken as broken:
        return broken
    except (Error, ValueError, TypeError, OverflowError) as error:
        return Broken(walk.frontier.size + 1, f"the file is damaged and cannot be read on ({error}).")
    return None


def _guarded(database: Database) -> None:
    """Refuse a file without the triggers that keep everybody, this program too, from changing what was recorded."""
    with closing(ENGINE.connect(":memory:", isolation_level=None)) as anew:
        make(anew)
        wanted = {name for (name,) in anew.execute(_TRIGGERS)}
    gone = wanted - {name for (name,) in database.execute(_TRIGGERS)}
    if gone:
        raise Broken(
            0,
            f"the safeguards against changes were taken out of the file ({', '.join(sorted(gone)[:3])}"
            f"{f' and {len(gone) - 3} more' if len(gone) > 3 else ''}): somebody opened it with another program. "
            "The records are as they were written; restore the file from a backup that holds as many of them.",
        )


_TRIGGERS = "SELECT name FROM sqlite_schema WHERE type = 'trigger'"


class _Walk:
    """One pass over the log: everything that the records amount to is made anew beside it, and compared."""

    def __init__(self, database: Database, vault: Vault, folder: Path, progress: Progress) -> None:
        self._database = database
        self._vault = vault
        self._folder = folder
        self._progress = progress
        self.frontier = Frontier()
        self.erased = 0
        self._seen: list[tuple[bytes, int]] = []
        self._nodes: list[tuple[int, int, bytes]] = []
        self._rotations: list[int] = []

    def go(self, ensure: Callable[[], None]) -> None:
        """Raise what is broken first; `ensure` is asked between the records and what follows from them."""
        with closing(ENGINE.connect(":memory:", isolation_level=None)) as anew:
            # The tables are made anew beside the file, without what only guards them or finds rows in them.
            anew.executescript(f"{sql()}\nPRAGMA foreign_keys = OFF; PRAGMA journal_mode = OFF;")
            for kind, name in anew.execute(_NEEDLESS).fetchall():
                anew.execute(f"DROP {kind} {name}")
            anew.execute("BEGIN")
            self._records(anew)
            ensure()
            self._derived(anew)

    def _records(self, anew: Database) -> None:
        count, last = self._database.execute("SELECT count(*), coalesce(max(seq), 0) FROM log").fetchone()
        for found in examined(self._database, self._vault, last):
            for change in found.changes:
                try:
                    apply(anew, change)
                except (Error, TypeError, ValueError) as error:
                    raise Broken(change.seq, CANNOT_FOLLOW) from error
            self.frontier = self.frontier.extend(found.hashes, lambda *node: self._nodes.append(node))
            self.erased += found.erased
            self._seen += found.seen
            self._rotations += found.rotations
            for file in found.files:
                self._file(anew, file)
            if found.broken:
                raise Broken(*found.broken)
            self._progress(self.frontier.size, count)
        if self.frontier.size != count:
            raise Broken(self.frontier.size + 1, "is missing from the log.")
        (left,) = self._database.execute("SELECT min(seq) FROM sealed WHERE seq > ? OR seq < 1", (last,)).fetchone()
        if left is not None:
            raise Broken(left, NOT_IN_LOG)

    def _file(self, anew: Database, file: FileOf) -> None:
        """Hold the file of an attachment against the commitment to it."""
        row = anew.execute("SELECT seq FROM incident WHERE ref = ?", (file.incident,)).fetchone()
        if row is None:
            raise Broken(file.seq, "commits to a file of no incident.")
        path = attachments.path_of(self._folder, file.incident, file.number)
        place = attachments.place_of(file.incident, file.number, row[0])
        try:
            found = commitment_of(open_attachment(path, self._vault.key(file.incident), place), file.salt)
        except FileNotFoundError:
            raise Broken(file.seq, f"has an attachment whose file {path.name} is missing.") from None
        except (OSError, EvidenceError) as error:
            raise Broken(file.seq, f"has an attachment whose file {path.name} cannot be read ({error}).") from error
        if found != file.commitment:
            raise Broken(file.seq, f"has an attachment whose file {path.name} is not the one it commits to.")

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


def _as_long_as_signed(size: int, database: Database, keys: KeyFiles, head: Note | None) -> None:
    """Say that the end is missing before tables that lack it, and keys that are newer, say something else."""
    with suppress(EvidenceError):  # what is wrong with the head itself is told later
        signed = 0 if head is None else chain(database, keys).checkpoint(head).size
        if size < signed:
            why = "An older copy of the database was put in its place, or records are lost."
            raise Broken(size + 1, f"is missing: {signed} records were signed, and the log has {size}. {why}")


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


_NEEDLESS = """
SELECT type, name FROM sqlite_schema
WHERE type = 'trigger' OR (type = 'index' AND sql IS NOT NULL AND name NOT IN ('act_incident', 'about_incident'))
"""


def _dump(database: Database, table: str) -> list[tuple[object, ...]]:
    order = "1" if table in ("account_part", "awaited", "pending") else "1, 2, 3"
    return database.execute(f"SELECT * FROM {table} ORDER BY {order}").fetchall()


def _differs(live: Database, anew: Database, table: str) -> int:
    """Give the record of the first row that differs."""
    different = set(_dump(live, table)) ^ set(_dump(anew, table))
    first = min((int(str(row[0])) for row in different), default=0)
    return _seq_of(anew, first) if table in ("mark", "pending", "awaited", "incident") else first


def _seq_of(anew: Database, number: object) -> int:
    row = anew.execute("SELECT seq FROM incident WHERE number = ?", (number,)).fetchone()
    return int(row[0]) if row else 0
