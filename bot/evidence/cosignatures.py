"""Cosignatures as C2SP has them (c2sp.org/tlog-cosignature): witnesses say when they saw a checkpoint hold good."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.evidence.errors import KeyRefused, NoteRefused
from bot.evidence.notes import KeyUse, Note, Signature, SigningKey, VerifierKey

_STAMP_BYTES = 8
_LATEST = 253_402_300_799  # the last second that a date can name


@dataclass(frozen=True, slots=True)
class Cosigned:
    """Which witnesses a checkpoint carries and when they saw it, which it lacks, and whether that is enough.

    `keys` are those of the witnesses it carries.
    """

    seen_at: Mapping[str, datetime]
    missing: tuple[str, ...]
    enough: bool
    keys: tuple[VerifierKey, ...] = ()


@dataclass(frozen=True, slots=True)
class WitnessPolicy:
    """Whose cosignatures count, and how many of them a checkpoint needs."""

    witnesses: tuple[VerifierKey, ...] = ()
    quorum: int = 0

    def __post_init__(self) -> None:
        """Refuse a policy that nothing could meet, or that one person could meet twice."""
        if any(key.use is not KeyUse.COSIGNATURE for key in self.witnesses):
            raise KeyRefused("A witness's key is of type 04; one of these is not.")
        if len({key.public for key in self.witnesses}) != len(self.witnesses):
            raise KeyRefused("Two witnesses have the same key; each needs their own.")
        if len({key.name for key in self.witnesses}) != len(self.witnesses):
            raise KeyRefused("Two witnesses have the same name; each needs their own.")
        if not 0 <= self.quorum <= len(self.witnesses):
            raise KeyRefused(f"{self.quorum} of {len(self.witnesses)} witnesses is no number of them.")

    def check(self, note: Note) -> Cosigned:
        """See who cosigned a checkpoint; refuses it if a cosignature in a witness's name is bad."""
        found = cosigners(note, self.witnesses)
        seen = {key.name: at for key, at in found.items()}
        missing = tuple(key.name for key in self.witnesses if key.name not in seen)
        return Cosigned(seen, missing, len(seen) >= self.quorum, tuple(found))


def cosign(note: Note, key: SigningKey, *, at: datetime) -> Signature:
    """Say that this checkpoint held good at a moment. Only a `Witness` knows whether it did."""
    if key.use is not KeyUse.COSIGNATURE:
        raise KeyRefused("A log's key signs checkpoints and gives no cosignatures.")
    stamp = int(at.astimezone(UTC).timestamp())
    value = stamp.to_bytes(_STAMP_BYTES) + key.sign(_message(note, stamp))
    return Signature(key.name, key.verifier.id, value)


def cosigners(note: Note, witnesses: Iterable[VerifierKey]) -> Mapping[VerifierKey, datetime]:
    """Give who cosigned and when; refuses the note if a cosignature in a known witness's name is bad.

    Where a witness cosigned several times, the latest counts.
    """
    keys = {(key.name, key.id): key for key in witnesses if key.use is KeyUse.COSIGNATURE}
    found: dict[VerifierKey, datetime] = {}
    for signature in note.signatures:
        key = keys.get((signature.name, signature.key_id))
        if key is None:
            continue
        stamp = int.from_bytes(signature.value[:_STAMP_BYTES])
        if stamp > _LATEST or not key.signed(_message(note, stamp), signature.value[_STAMP_BYTES:]):
            raise NoteRefused(f"The cosignature of {key.name} is not over this checkpoint: it was changed or forged.")
        at = datetime.fromtimestamp(stamp, UTC)
        found[key] = max(at, found.get(key, at))
    return found


def cosigned_message(note: Note, signature: Signature) -> bytes:
    """Give the bytes that a witness signed; the bare signature over them is what follows the time."""
    return _message(note, int.from_bytes(signature.value[:_STAMP_BYTES]))


def bare(signature: Signature) -> bytes:
    """Give a cosignature without its time, as openssl checks it."""
    return signature.value[_STAMP_BYTES:]


def latest_cosignatures(note: Note, keys: Iterable[VerifierKey]) -> Mapping[VerifierKey, Signature]:
    """Give each witness's latest cosignature of a note that `cosigners` took."""
    found: dict[VerifierKey, Signature] = {}
    for key in keys:
        made = [s for s in note.signatures if (s.name, s.key_id) == (key.name, key.id)]
        if made:
            found[key] = max(made, key=lambda signature: signature.value[:_STAMP_BYTES])
    return found


def _message(note: Note, stamp: int) -> bytes:
    return f"cosignature/v1\ntime {stamp}\n{note.text}".encode()
