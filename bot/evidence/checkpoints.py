"""Checkpoints as C2SP has them (c2sp.org/tlog-checkpoint): origin, size and root of the log, in a signed note."""

import re
from dataclasses import dataclass

from bot.evidence.errors import KeyRefused, LogRolledBack, NoteRefused
from bot.evidence.merkle import EMPTY_ROOT, HASH_BYTES, LARGEST, Nodes, root_at
from bot.evidence.notes import Note, SigningKey, is_key_name, read_base64, sign_note, write_base64

OUTBOX = "published.json"
"""The file that says which checkpoints were published where, outside the databases."""

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: which log it is, how many leaves it has, and the root over them."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        """Refuse what no log can say."""
        if not is_key_name(self.origin):
            raise NoteRefused("A log's origin is not empty and holds no space, no plus sign and no control character.")
        if not (0 <= self.size <= LARGEST and len(self.root) == HASH_BYTES):
            raise NoteRefused("A checkpoint has a size and a root of 32 bytes; this one has not.")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise NoteRefused("The checkpoint gives an empty log a root that the empty log does not have.")

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{write_base64(self.root)}\n"

    @classmethod
    def claimed_by(cls, note: Note) -> "Checkpoint":
        """Read what a note says, whoever signed it; to believe it, ask a `KeyChain`."""
        lines = note.text.removesuffix("\n").split("\n")
        root = read_base64(lines[2]) if len(lines) == 3 else None
        if root is None or (size := read_decimal(lines[1])) is None:
            raise NoteRefused("A checkpoint has three lines: the log's origin, its size and its root in base64.")
        return cls(lines[0], size, root)


def sign_checkpoint(nodes: Nodes, size: int, key: SigningKey, last: Checkpoint | None) -> Note:
    """Sign the log as it stands; refuses if it does not continue what was signed last.

    `last` comes from outside the database, so that a database put back to an older state is noticed. Sign only
    what is committed, and keep what was signed before it is shown to anybody.
    """
    if last is not None and last.origin != key.name:
        raise KeyRefused(f"The key signs for {key.name}; the log's last checkpoint is of {last.origin}.")
    ensure_continues(nodes, size, last)
    return sign_note(Checkpoint(key.name, size, root_at(nodes, size)).text, key)


def ensure_continues(nodes: Nodes, size: int, last: Checkpoint | None) -> None:
    """Make sure that the log begins with all that was signed last; for every start, before anything is written."""
    if last is None:
        return
    if size < last.size:
        raise LogRolledBack(
            f"The log has {size} records, but {last.size} were signed. An older copy of the database was put in its"
            f" place, or records are lost. Nothing is written until the newest copy is back."
        )
    if root_at(nodes, last.size) != last.root:
        raise LogRolledBack(
            f"The first {last.size} records of the log are not those that were signed. Records were changed, or another"
            f" database was put in its place. Nothing is written until the true one is back."
        )


def read_decimal(written: str) -> int | None:
    """Read a number without leading zeroes that a log's size could be."""
    return int(written) if _DECIMAL.fullmatch(written) and int(written) <= LARGEST else None
