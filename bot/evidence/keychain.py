"""The log's signing keys over time: each names its successor, and none counts for what came after it."""

from dataclasses import dataclass
from datetime import datetime

from bot.evidence.checkpoints import Checkpoint, read_decimal
from bot.evidence.errors import KeyRefused, NoteRefused
from bot.evidence.leaves import write_moment
from bot.evidence.notes import KeyUse, Note, SigningKey, VerifierKey, sign_note, signers

ROTATION = "hustings.key-rotated/v1"
"""The first line of a statement of rotation; no checkpoint can be mistaken for one, nor the other way round."""


@dataclass(frozen=True, slots=True)
class KeySpan:
    """A key, and the log's sizes for which its signature counts, both ends included."""

    key: VerifierKey
    since: int
    until: int | None = None


@dataclass(frozen=True, slots=True)
class KeyChain:
    """The key that somebody trusts to begin with, and those that followed from it."""

    spans: tuple[KeySpan, ...]

    @classmethod
    def trusting(cls, first: VerifierKey) -> "KeyChain":
        """Begin with a key that was had from somewhere else than the log itself."""
        if first.use is not KeyUse.NOTE:
            raise KeyRefused(f"The key of {first.name} is a witness's; a log signs with a key of type 01.")
        return cls((KeySpan(first, 0),))

    @property
    def origin(self) -> str:
        """The log whose keys these are."""
        return self.current.name

    @property
    def current(self) -> VerifierKey:
        """The key that signs now."""
        return self.spans[-1].key

    def rotated(self, statement: Note) -> "KeyChain":
        """Follow a statement of rotation; refuses one that the present key and its successor did not both sign."""
        new, size = _read_statement(statement, self.current)
        *before, last = self.spans
        if size < last.since:
            raise NoteRefused("The statement of rotation is about a time before the present key was in use.")
        if any(span.key == new for span in self.spans):
            raise NoteRefused("The statement of rotation names a key that was in use before.")
        if set(signers(statement, (self.current, new))) != {self.current, new}:
            raise NoteRefused("The statement of rotation is not signed with both the old and the new key.")
        return KeyChain((*before, KeySpan(last.key, last.since, size), KeySpan(new, size)))

    def checkpoint(self, note: Note) -> Checkpoint:
        """Give what a note says if it is a checkpoint of this log, signed with the key of its time."""
        return self._signed(note)[0]

    def signer(self, note: Note) -> VerifierKey:
        """Give the key of its time that signed a checkpoint; refuses what `checkpoint` refuses."""
        return self._signed(note)[1]

    def _signed(self, note: Note) -> tuple[Checkpoint, VerifierKey]:
        found = Checkpoint.claimed_by(note)
        if found.origin != self.origin:
            raise NoteRefused(f"The checkpoint is of another log: {found.origin}, not {self.origin}.")
        signed = signers(note, (span.key for span in self.spans))
        if not signed:
            raise NoteRefused(f"The checkpoint is not signed with any key of {self.origin} that is trusted here.")
        for span in self.spans:
            if span.key in signed and span.since <= found.size and (span.until is None or found.size <= span.until):
                return found, span.key
        raise NoteRefused(f"The checkpoint of {found.size} records is signed with a key that was not in use then.")


def rotate(old: SigningKey, new: SigningKey, *, size: int, at: datetime) -> Note:
    """Let a key name its successor; the old one counts up to checkpoints of `size`, the new one from there on."""
    if old.name != new.name or new.use is not KeyUse.NOTE or old.verifier == new.verifier:
        raise KeyRefused("A log's new key is another key of the same name, made for signing notes.")
    lines = (ROTATION, old.name, write_moment(at), str(size), str(old.verifier), str(new.verifier))
    return sign_note("".join(f"{line}\n" for line in lines), old, new)


def _read_statement(statement: Note, old: VerifierKey) -> tuple[VerifierKey, int]:
    lines = statement.text.removesuffix("\n").split("\n")
    size = read_decimal(lines[3]) if len(lines) == 6 else None
    if size is None or lines[0] != ROTATION:
        raise NoteRefused("This is no statement of rotation.")
    if lines[1] != old.name or lines[4] != str(old):
        raise NoteRefused("The statement of rotation is not about the key that is trusted here.")
    new = VerifierKey.parse(lines[5])
    if new.name != old.name or new.use is not KeyUse.NOTE:
        raise NoteRefused("The statement of rotation names a key that cannot sign for this log.")
    return new, size
