"""Proofs as files: a record is in the log (c2sp.org/tlog-proof), and the log only grew between two checkpoints."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.evidence.checkpoints import Checkpoint, read_decimal
from bot.evidence.cosignatures import Cosigned, WitnessPolicy
from bot.evidence.errors import ProofRefused
from bot.evidence.keychain import KeyChain
from bot.evidence.merkle import HASH_BYTES, Path, leaf_hash, verify_consistency, verify_inclusion
from bot.evidence.notes import LARGEST_NOTE, Note, read_base64, write_base64

INCLUSION = "c2sp.org/tlog-proof@v1"
LONGEST_PATH = 63
"""The most hashes that an inclusion proof can need; one of consistency needs one more at most."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What an inclusion proof showed: in which state of the log the record is, and who witnessed that state."""

    checkpoint: Checkpoint
    cosigned: Cosigned


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """The path from a record to a checkpoint, and the checkpoint as it was signed."""

    index: int
    path: Path
    note: Note

    def to_bytes(self) -> bytes:
        """Write the proof as a `.tlog-proof` file."""
        return _written([INCLUSION, f"index {self.index}"], self.path, self.note)

    @classmethod
    def parse(cls, written: bytes) -> "InclusionProof":
        """Read a proof; `extra` lines are passed over, as nothing vouches for them."""
        lines, note = _split(written)
        if lines[:1] != [INCLUSION]:
            raise ProofRefused(f"A proof of inclusion begins with the line {INCLUSION}.")
        lines = lines[2:] if lines[1:2] and lines[1].startswith("extra ") else lines[1:]
        return cls(_labelled("index ", lines), _read_path(lines[1:]), note)

    def verify(self, leaf: bytes, keys: KeyChain, policy: WitnessPolicy) -> Proven:
        """Make sure that these very bytes are a record of the log, as signed and witnessed."""
        checkpoint = keys.checkpoint(self.note)
        if not verify_inclusion(self.index, checkpoint.size, leaf_hash(leaf), self.path, checkpoint.root):
            raise ProofRefused(f"The record is not number {self.index + 1} of the log of this checkpoint.")
        cosigned = policy.check(self.note)
        if not cosigned.enough:
            raise ProofRefused(
                f"The checkpoint carries {len(cosigned.seen_at)} of the {policy.quorum} witnesses that it needs."
            )
        return Proven(checkpoint, cosigned)


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """The path from an older size of the log to a checkpoint, in the form in which witnesses are asked."""

    old_size: int
    path: Path
    note: Note

    def to_bytes(self) -> bytes:
        """Write the proof."""
        return _written([f"old {self.old_size}"], self.path, self.note)

    @classmethod
    def parse(cls, written: bytes) -> "ConsistencyProof":
        """Read a proof."""
        lines, note = _split(written)
        return cls(_labelled("old ", lines), _read_path(lines[1:]), note)

    def verify(self, old: Checkpoint, keys: KeyChain) -> Checkpoint:
        """Make sure that the log of the newer checkpoint begins with all of the older one."""
        new = keys.checkpoint(self.note)
        if old.origin != new.origin or old.size != self.old_size:
            raise ProofRefused(f"The proof begins at {self.old_size} records of {new.origin}, not at this checkpoint.")
        if not verify_consistency(old.size, new.size, self.path, old.root, new.root):
            raise ProofRefused(
                f"The log of {new.size} records is not shown to begin with the {old.size} signed before."
            )
        return new


def _written(head: list[str], path: Path, note: Note) -> bytes:
    lines = [*head, *map(write_base64, path), ""]
    return "".join(f"{line}\n" for line in lines).encode() + note.to_bytes()


def _split(written: bytes) -> tuple[list[str], Note]:
    head, blank, note = written.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        lines = []
    if not (blank and lines) or len(written) > 2 * LARGEST_NOTE:
        raise ProofRefused("A proof has lines of plain text, an empty line, and a checkpoint. This has not.")
    return lines, Note.parse(note)


def _labelled(label: str, lines: Sequence[str]) -> int:
    number = read_decimal(lines[0].removeprefix(label)) if lines and lines[0].startswith(label) else None
    if number is None:
        raise ProofRefused(f"A line that says '{label}' and a number is missing from the proof.")
    return number


def _read_path(lines: Sequence[str]) -> Path:
    if len(lines) > LONGEST_PATH + 1:
        raise ProofRefused("The proof has more hashes than any log needs.")
    hashes = [read_base64(line) for line in lines]
    if any(found is None or len(found) != HASH_BYTES for found in hashes):
        raise ProofRefused("A line of the proof is no hash in base64.")
    return tuple(found for found in hashes if found)
