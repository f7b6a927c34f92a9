"""Time stamps that an authority gave over checkpoints (RFC 3161), as they lie beside the record."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate
from rfc3161_client import decode_timestamp_response

from bot.evidence.checkpoints import Checkpoint
from bot.evidence.errors import EvidenceError
from bot.evidence.notes import Note

FOLDER = "stamped"
STATE = "state.json"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A reply of an authority, the very bytes that it is about, and the certificates in it, as PEM."""

    size: int
    message: bytes
    reply: bytes
    certificates: bytes

    @property
    def note(self) -> Note:
        """The checkpoint that was stamped."""
        return Note.parse(self.message)


def path_of(folder: Path, size: int, end: str) -> Path:
    """Name the file of a stamp (`tsr`) or of what it is about (`note`)."""
    return folder / FOLDER / f"{size:019d}.{end}"


def stamps(folder: Path, upto: int) -> Iterator[Stamp]:
    """Give the stamps over checkpoints of at most so many records, the largest first; unreadable ones are passed over.

    Nothing here says that a stamp is good: whoever wants to know asks `openssl ts` and the authority's certificate.
    """
    for path in sorted((folder / FOLDER).glob("*.note"), reverse=True):
        try:
            message, reply = path.read_bytes(), path.with_suffix(".tsr").read_bytes()
            size = Checkpoint.claimed_by(Note.parse(message)).size
            held = decode_timestamp_response(reply).signed_data.certificates
            chain = [load_der_x509_certificate(certificate) for certificate in held]
        except (OSError, ValueError, EvidenceError):
            continue
        pem = b"".join(sorted(certificate.public_bytes(Encoding.PEM) for certificate in chain))
        if size <= upto and pem:
            yield Stamp(size, message, reply, pem)
