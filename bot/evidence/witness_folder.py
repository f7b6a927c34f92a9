"""What a witness keeps, in a folder of their own: their key, the log's key, and the last checkpoint they saw."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.evidence.durable_files import replace, write_new
from bot.evidence.errors import KeyRefused, NoteRefused
from bot.evidence.heads import keep_head, read_head
from bot.evidence.key_files import keep_signing_key, load_signing_key
from bot.evidence.keychain import ROTATION, KeyChain
from bot.evidence.merkle import Path as Hashes
from bot.evidence.notes import KeyUse, Note, SigningKey, VerifierKey
from bot.evidence.proofs import ConsistencyProof
from bot.evidence.witness import Refusal, Refused, SplitView, Witness, Witnessed

KEY = "witness.key"
PUBLIC = "witness.pub"
LOG = "log.pub"
STATEMENTS = "rotations.notes"
LAST = "last.note"


@dataclass(frozen=True, slots=True)
class WitnessFolder:
    """The folder of one witness of one log; nobody else needs to read anything in it but the public key."""

    path: Path

    def make(self, name: str, log: VerifierKey) -> VerifierKey:
        """Make a key for a witness of a log; gives its public half, to be handed to the log's keeper."""
        KeyChain.trusting(log)
        if (self.path / KEY).exists():
            raise KeyRefused(f"{self.path} holds a witness's key already; nothing was written over it.")
        key = SigningKey.new(name, KeyUse.COSIGNATURE)
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace(self.path / LOG, f"{log}\n".encode())
        keep_signing_key(self.path / KEY, key)
        write_new(self.path / PUBLIC, f"{key.verifier}\n".encode())
        return key.verifier

    def last(self) -> Note | None:
        """Give the last checkpoint that was seen."""
        return read_head(self.path / LAST)

    def log(self) -> KeyChain:
        """Give the log's keys, from the one that was trusted at first to the present one."""
        try:
            known = KeyChain.trusting(VerifierKey.parse((self.path / LOG).read_text("ascii")))
            statements = (self.path / STATEMENTS).read_bytes() if (self.path / STATEMENTS).exists() else b""
        except (OSError, ValueError) as error:
            raise KeyRefused(
                f"{self.path / LOG} cannot be read: {error}. Is this a folder that `witness new` made?"
            ) from error
        for statement in read_statements(statements):
            known = known.rotated(statement)
        return known

    def follow(self, written: bytes) -> VerifierKey:
        """Follow statements by which the log's keys named their successors; gives the key that signs now."""
        known, kept = self.log(), list(self._statements())
        for statement in read_statements(written):
            if statement not in kept:
                known = known.rotated(statement)
                kept.append(statement)
        replace(self.path / STATEMENTS, b"".join(statement.to_bytes() for statement in kept))
        return known.current

    def consider(self, written: bytes, at: datetime) -> Witnessed | Refused | SplitView:
        """Cosign a checkpoint, alone or at the end of a proof, if it continues the last one seen.

        What was cosigned is kept as the last one seen before this returns.
        """
        witness, last, log = Witness(load_signing_key(self.path / KEY), self.log()), self.last(), self.log()
        offered, begins, path = _read(written)
        if last is not None:
            try:
                old, new = log.checkpoint(last).size, log.checkpoint(offered).size
            except NoteRefused as refused:
                return Refused(Refusal.UNSIGNED, str(refused))
            # A proof that is about something else, or was not given, says nothing against the log.
            if old < new and begins != old:
                given = "came without a proof" if begins is None else f"came with a proof from {begins} records on"
                return Refused(
                    Refusal.UNPROVEN,
                    f"The checkpoint of {new} records {given}, and the last one seen has {old}. Hand"
                    f" {self.path / LAST} to the log's keeper, who makes the proof from there on with `hustings"
                    " evidence checkpoint --for-witness`.",
                )
        answer = witness.consider(offered, last=last, path=path, at=at)
        if isinstance(answer, Witnessed):
            keep_head(self.path / LAST, answer.note)
        elif isinstance(answer, SplitView):
            replace(self.path / f"split-view-{at:%Y%m%dT%H%M%SZ}.txt", str(answer).encode())
        return answer

    def _statements(self) -> Iterator[Note]:
        if (self.path / STATEMENTS).exists():
            yield from read_statements((self.path / STATEMENTS).read_bytes())


def read_statements(written: bytes) -> Iterator[Note]:
    """Read statements of rotation that stand one after another."""
    for begun in re.split(rb"(?m)^(?=" + re.escape(ROTATION.encode()) + rb"$)", written):
        if begun.strip():
            yield Note.parse(begun.rstrip(b"\n") + b"\n")


def _read(written: bytes) -> tuple[Note, int | None, Hashes]:
    """Read a checkpoint, with the size that its proof begins at and the proof's path, if it has one."""
    if not written.startswith(b"old "):
        return Note.parse(written), None, ()
    proof = ConsistencyProof.parse(written)
    return proof.note, proof.old_size, proof.path
