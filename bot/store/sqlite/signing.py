"""Signing the log as it stands, and refusing to go on from a log that is not what was signed."""

from pathlib import Path

from bot.evidence.checkpoints import Checkpoint, ensure_continues, sign_checkpoint
from bot.evidence.errors import EvidenceError, NoteRefused
from bot.evidence.heads import keep_head, read_head
from bot.evidence.keychain import KeyChain
from bot.evidence.merkle import Frontier, leaf_hash
from bot.evidence.notes import Note
from bot.store.keyfiles import KeyFiles, next_key
from bot.store.sqlite.connection import Database, Error, StoreUnusable
from bot.store.sqlite.ledger import StoredNodes, TreeIncomplete, size
from bot.store.sqlite.writer import Writer

HEAD = "head.note"
"""The file that holds what was signed last, outside every database."""


class Checkpoints:
    """Signs what is committed; what was signed is outside the database before anybody is shown it."""

    def __init__(self, writer: Writer, folder: Path, keys: KeyFiles) -> None:
        self._writer = writer
        self._folder = folder
        self.keys = keys

    async def sign(self) -> Note | None:
        """Sign the log if it grew since the last time; nothing if it did not.

        Raises `LogRolledBack` if the log is not what was signed before, `StoreUnusable` if the disk fails.
        """
        try:
            return await self._sign()
        except (Error, OSError) as error:
            raise StoreUnusable(
                f"The log could not be signed: {error}. What was recorded is kept, and is signed with what comes next."
            ) from error

    async def _sign(self) -> Note | None:
        note = await self._writer.read(self._signed)
        if note is not None:
            written, size_now = note.to_bytes(), Checkpoint.claimed_by(note).size
            first = await self._writer.read(lambda _: read_head(self._folder / HEAD)) is None
            if first:
                keep_head(self._folder / HEAD, note)
            await self._writer.write(lambda database: _keep(database, size_now, written))
            if not first:
                # Last, so that what the head names is always in the file as well; a start makes up for a crash here.
                keep_head(self._folder / HEAD, note)
        return note

    async def last(self) -> Note | None:
        """Give what was signed last."""
        return await self._writer.read(lambda _: read_head(self._folder / HEAD))

    def _signed(self, database: Database) -> Note | None:
        last = read_head(self._folder / HEAD)
        before = None if last is None else chain(database, self.keys).checkpoint(last)
        now = size(database)
        if chain(database, self.keys).current != self.keys.signing.verifier:
            return None  # a successor was named while this was open; it signs
        if now == (before.size if before else 0):
            return None
        return sign_checkpoint(StoredNodes(database), now, self.keys.signing, before)


def chain(database: Database, keys: KeyFiles) -> KeyChain:
    """Give the keys that signed over time, from the first one on."""
    found = KeyChain.trusting(keys.first)
    for statement in statements(database):
        found = found.rotated(statement)
    return found


def statements(database: Database) -> list[Note]:
    """Give the statements by which the log's keys named their successors, the first one in front."""
    return [Note.parse(note) for (note,) in database.execute("SELECT note FROM statement ORDER BY seq")]


def successor_named(database: Database, keys: KeyFiles, folder: Path) -> bool:
    """Whether the record names a successor of the signing key that a crash kept from taking its place."""
    following = next_key(folder)
    return following is not None and chain(database, keys).current == following.verifier


def ensure_signed_state(database: Database, folder: Path, keys: KeyFiles, *, mend: bool = True) -> None:
    """Refuse a log that does not begin with all that was signed."""
    try:
        head = read_head(folder / HEAD)
        if head is None:
            if database.execute("SELECT 1 FROM checkpoint").fetchone():
                raise NoteRefused(
                    f"{folder / HEAD}, which says what was signed last, is missing. Put it back from its copy, or"
                    " restore a backup."
                )
            return
        known, nodes, now = chain(database, keys), StoredNodes(database), size(database)
        ensure_continues(nodes, now, known.checkpoint(head))
        row = database.execute("SELECT note FROM checkpoint ORDER BY number DESC LIMIT 1").fetchone()
        newest = Note.parse(row[0]) if row else head
        if mend and row is None:  # the first one is in its file before it is in this one
            _keep(database, known.checkpoint(head).size, head.to_bytes())
        if mend and known.checkpoint(newest).size > known.checkpoint(head).size:
            ensure_continues(nodes, now, known.checkpoint(newest))
            keep_head(folder / HEAD, newest)
    except (EvidenceError, TreeIncomplete) as error:
        raise StoreUnusable(f"The record in {folder} is not what was signed. {error}") from error


def ensure_whole(database: Database) -> None:
    """Refuse a log whose leaves, hashes and tree do not belong together."""
    problem = first_break(database)
    if problem:
        raise StoreUnusable(f"{problem} Run `hustings evidence verify`, and put the newest good copy back.")


def first_break(database: Database) -> str:
    """Say at which record the log and its tree stop belonging together, or nothing."""
    tree: dict[tuple[int, int], bytes] = {}
    frontier = Frontier()
    rows = database.execute("SELECT seq, leaf, leaf_hash FROM log ORDER BY seq")
    while batch := rows.fetchmany(5_000):
        for seq, leaf, hashed in batch:
            frontier_size = frontier.size + 1
            if seq != frontier_size:
                return f"Record {frontier_size} of the log is missing."
            if leaf_hash(leaf) != hashed:
                return f"Record {seq} of the log was changed."
            frontier = frontier.extend([hashed], lambda *node: tree.__setitem__(node[:2], node[2]))
        rest = {place: found for place, found in tree.items() if place[0]}
        for (level, place), found in rest.items():
            row = database.execute("SELECT hash FROM node WHERE level = ? AND place = ?", (level, place)).fetchone()
            if row is None or row[0] != found:
                return f"Record {((place + 1) << level)} of the log does not lead to the tree that is kept of it."
        tree.clear()
    (nodes,) = database.execute("SELECT count(*) FROM node").fetchone()
    if nodes != frontier.size - frontier.size.bit_count():
        return "The tree has nodes that no record leads to."
    return ""


def _keep(database: Database, signed: int, written: bytes) -> None:
    if database.execute("SELECT 1 FROM checkpoint WHERE size >= ?", (signed,)).fetchone() is None:
        database.execute(
            "INSERT INTO checkpoint (number, size, note) SELECT coalesce(max(number), 0) + 1, ?, ? FROM checkpoint",
            (signed, written),
        )
