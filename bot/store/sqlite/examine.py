"""Examining records one by one: their bytes, their seals and what follows from them; in any process, in any order."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.evidence.errors import EvidenceError
from bot.evidence.leaves import Leaf, opens, parse_leaf
from bot.evidence.merkle import leaf_hash
from bot.evidence.words import Kind, Number, Sealed
from bot.store.codec import load
from bot.store.sqlite import deliveries
from bot.store.sqlite.case_kinds import CASE_KINDS
from bot.store.sqlite.connection import Database, Error
from bot.store.sqlite.projections import Change, Parts, change
from bot.store.sqlite.vault import Erased, Vault

Range = tuple[int, int]
"""From which record, to which: the first belongs to it, the last does not."""


@dataclass(frozen=True, slots=True)
class Broken(Exception):  # noqa: N818 - it names a state of the world
    """The first thing that is not as it was recorded; `seq` is 0 where it is not about one record."""

    seq: int
    what: str

    def __str__(self) -> str:
        """Say it in a sentence."""
        return f"Record {self.seq}: {self.what}" if self.seq else self.what


@dataclass(frozen=True, slots=True)
class FileOf:
    """A file that a record commits to, with what it takes to hold the two against each other."""

    seq: int
    incident: str
    number: int
    salt: bytes
    commitment: str


@dataclass(slots=True)
class Examined:
    """What was found of the records of a range, up to the first that is broken.

    `hashes` are those of the leaves, `seen` the digests of deliveries (empty where they cannot be read any more).
    """

    begins: int = 0
    hashes: list[bytes] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    seen: list[tuple[bytes, int]] = field(default_factory=list)
    rotations: list[int] = field(default_factory=list)
    files: list[FileOf] = field(default_factory=list)
    erased: int = 0
    broken: tuple[int, str] | None = None


class Examiner:
    """Examines ranges of one log, with the keys to what is sealed in it."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._groups = vault.groups()
        self._gone = set(vault.erased())

    def examine(self, records: Range) -> Examined:
        """Examine the records of a range; those before it are taken to be as they should."""
        found = Examined(begins=max(1, records[0]))
        try:
            self._examine(records, found)
        except Broken as broken:
            found.broken = (broken.seq, broken.what)
        except (Error, ValueError, TypeError, OverflowError) as error:
            at = found.begins + len(found.hashes)
            found.broken = (at, f"the file is damaged and cannot be read on ({error}).")
        return found

    def _examine(self, records: Range, found: Examined) -> None:
        sealed = _Grouped(self._database.execute(_SEALED, records))
        for seq, written, hashed in self._database.execute(_LOG, records):
            expected = found.begins + len(found.hashes)
            if seq != expected:
                raise Broken(expected, "is missing from the log.")
            try:
                leaf = _leaf(seq, written, hashed)
                parts = self._parts(leaf, sealed.of(seq), found)
            except EvidenceError as error:
                raise Broken(seq, f"was changed. {error}") from error
            try:
                what = change(self._vault, leaf, parts)
            except (StopIteration, KeyError, TypeError, ValueError) as error:
                raise Broken(seq, CANNOT_FOLLOW) from error
            if what is not None:
                found.changes.append(what)
            if leaf.kind is Kind.KEY_ROTATED:
                found.rotations.append(seq)
            found.hashes.append(hashed)
        if sealed.left:
            raise Broken(sealed.left, NOT_IN_LOG)

    def _parts(self, leaf: Leaf, rows: list[tuple[str, str, bytes]], found: Examined) -> Parts | None:
        """Open what is sealed with a record, and hold it against the commitments; nothing where it was erased."""
        if {field for field, _, _ in rows} != set(leaf.commit):
            raise Broken(leaf.seq, "does not have the sealed parts that it commits to.")
        groups = {group for _, group, _ in rows}
        if not groups:
            return {}
        if len(groups) > 1 or (leaf.kind in _OWN and leaf.incident is not None and groups != {leaf.incident}):
            raise Broken(leaf.seq, "has sealed parts of another incident.")
        if leaf.kind in CASE_KINDS and groups != {leaf.case}:
            raise Broken(leaf.seq, "has sealed parts of another case.")
        (group,) = groups
        try:
            parts = self._opened(leaf, group, rows, found)
        except Erased:
            if group not in self._gone:
                raise Broken(leaf.seq, "cannot be opened: its key is missing, and was not erased.") from None
            parts = None
            found.erased += 1
        if _is_delivery(leaf):
            found.seen.append((self._delivery(leaf, parts), leaf.seq))
        return parts

    def _opened(self, leaf: Leaf, group: str, rows: list[tuple[str, str, bytes]], found: Examined) -> Parts:
        if group not in self._groups:
            raise Erased(group)
        parts = {}
        for name, _, blob in rows:
            salt, parts[name] = self._vault.unseal(group, leaf.seq, name, blob)
            if leaf.kind is Kind.ATTACHMENT_KEPT and name != Sealed.BODY:
                number = leaf.numbers.get(Number.ITEM, 0)
                if name != Sealed.ATTACHMENT.numbered(number):
                    raise Broken(leaf.seq, "commits to a file under another number than its own.")
                found.files.append(FileOf(leaf.seq, group, number, salt, leaf.commit[name]))
            elif not opens(leaf.commit[name], salt, parts[name]):
                raise Broken(leaf.seq, f"has a sealed {name} that is not the one it commits to.")
        return parts

    def _delivery(self, leaf: Leaf, parts: Parts | None) -> bytes:
        """Give what the delivery of a record must be known again by, or nothing where that was erased."""
        if parts is None:
            return b""
        body = load(parts[Sealed.BODY])
        if leaf.kind is Kind.ACT_RECORDED:
            platform, event = load(parts[Sealed.AUTHOR])["platform"], body["event_id"]
        elif leaf.kind is Kind.INCIDENT_RECORDED:
            platform, event = load(parts[Sealed.MSG_REF])["platform"], body["event_id"]
        else:
            platform, event = load(parts[Sealed.MSG_REF])["platform"], body["event"]["event_id"]
        return self._vault.digest("seen", platform, _DELIVERED[leaf.kind], event)


CANNOT_FOLLOW = "says something that cannot follow from the records before it."
NOT_IN_LOG = "is sealed, and is not in the log."


def _leaf(seq: int, written: bytes, hashed: bytes) -> Leaf:
    leaf = parse_leaf(written)
    if leaf_hash(written) != hashed:
        raise Broken(seq, "was changed: its bytes do not have the hash in the tree.")
    if leaf.seq != seq:
        raise Broken(seq, f"stands in the place of record {leaf.seq}.")
    return leaf


def _is_delivery(leaf: Leaf) -> bool:
    return leaf.kind in _DELIVERED and leaf.numbers.get(Number.OF_SEQ, leaf.seq) == leaf.seq


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


_LOG = "SELECT seq, leaf, leaf_hash FROM log WHERE seq >= ? AND seq < ? ORDER BY seq"
_SEALED = "SELECT seq, field, grp, blob FROM sealed WHERE seq >= ? AND seq < ? ORDER BY seq"
_OWN = frozenset(
    {
        Kind.INCIDENT_RECORDED,
        Kind.OUTCOME_RECORDED,
        Kind.ACT_RECORDED,
        Kind.MESSAGE_DELETED,
        Kind.ATTACHMENT_KEPT,
        Kind.ATTACHMENT_MISSED,
        Kind.CONTEXT_KEPT,
        Kind.MESSAGE_EDITED,
    }
)
_DELIVERED = {
    Kind.INCIDENT_RECORDED: deliveries.INCIDENT,
    Kind.ACT_RECORDED: deliveries.ACT,
    Kind.MESSAGE_DELETED: deliveries.DELETION,
    Kind.MESSAGE_EDITED: deliveries.EDIT,
}
