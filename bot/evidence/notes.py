"""Signed notes as C2SP has them (c2sp.org/signed-note): a text, and Ed25519 signatures that stand below it."""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.evidence.chance import SYSTEM, RandomBytes
from bot.evidence.errors import KeyRefused, NoteRefused

LARGEST_NOTE = 1024 * 1024
MOST_SIGNATURES = 100

_DASH = "\N{EM DASH} "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_PRIVATE = "PRIVATE+KEY+"


class KeyUse(IntEnum):
    """What a key signs; one key may not serve for both, so that no signature can be taken for the other."""

    NOTE = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who says to have signed, and the bytes they gave."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        """Write the line, without its newline."""
        return f"{_DASH}{self.name} {write_base64(self.key_id + self.value)}"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name it signs under."""

    name: str
    use: KeyUse
    public: bytes

    def __post_init__(self) -> None:
        """Refuse names that a signature line cannot carry, and bytes that are no key."""
        if not is_key_name(self.name):
            raise KeyRefused("A key's name is not empty and holds no space, no plus sign and no control character.")
        if len(self.public) != 32:
            raise KeyRefused("An Ed25519 public key has 32 bytes.")

    @property
    def id(self) -> bytes:
        """The four bytes by which signature lines name the key."""
        return sha256(self.name.encode() + b"\n" + bytes([self.use]) + self.public).digest()[:4]

    @property
    def pem(self) -> bytes:
        """The key as openssl reads it."""
        return Ed25519PublicKey.from_public_bytes(self.public).public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        )

    def __str__(self) -> str:
        """Write the key in one line, as C2SP has it: name, id and key."""
        return f"{self.name}+{self.id.hex()}+{write_base64(bytes([self.use]) + self.public)}"

    @classmethod
    def parse(cls, line: str) -> "VerifierKey":
        """Read a key from its line."""
        name, key_id, use, public = _read_key(line, "public")
        return _fitting(cls(name, use, public), key_id)

    def signed(self, message: bytes, value: bytes) -> bool:
        """Whether the key made this Ed25519 signature over these bytes."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(value, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key; its secret is in no representation of it but `secret_line`."""

    name: str
    use: KeyUse
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no key."""
        if len(self.seed) != 32:
            raise KeyRefused("An Ed25519 private key has 32 bytes.")
        if not is_key_name(self.name):
            raise KeyRefused("A key's name is not empty and holds no space, no plus sign and no control character.")

    @classmethod
    def new(cls, name: str, use: KeyUse, random_bytes: RandomBytes = SYSTEM) -> "SigningKey":
        """Make a key."""
        return cls(name, use, random_bytes(32))

    @classmethod
    def parse(cls, line: str) -> "SigningKey":
        """Read a key from its secret line."""
        if not line.startswith(_PRIVATE):
            raise KeyRefused(f"A signing key is a line that begins with {_PRIVATE}. This is something else.")
        name, key_id, use, seed = _read_key(line.removeprefix(_PRIVATE), "private")
        key = cls(name, use, seed)
        _fitting(key.verifier, key_id)
        return key

    def secret_line(self) -> str:
        """Write the key in one line, as Go's signed notes have it; for its file alone."""
        return f"{_PRIVATE}{self.name}+{self.verifier.id.hex()}+{write_base64(bytes([self.use]) + self.seed)}"

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        public = self._private().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return VerifierKey(self.name, self.use, public)

    def sign(self, message: bytes) -> bytes:
        """Sign bytes."""
        return self._private().sign(message)

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, with the signatures below it; nothing is said of whether they are good."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __post_init__(self) -> None:
        """Refuse texts that could not be told from their signatures."""
        if not self.text.endswith("\n") or _CONTROL.search(self.text) or not _encodes(self.text):
            raise NoteRefused("A note's text is UTF-8, ends in a newline and holds no other control character.")

    def to_bytes(self) -> bytes:
        """Write the note."""
        return (self.text + "\n" + "".join(f"{signature}\n" for signature in self.signatures)).encode()

    def __str__(self) -> str:
        """Write the note as text."""
        return self.to_bytes().decode()

    @classmethod
    def parse(cls, written: bytes) -> "Note":
        """Read a note, whoever signed it; refuses everything that the form does not allow."""
        if len(written) > LARGEST_NOTE:
            raise NoteRefused(f"A note has at most {LARGEST_NOTE} bytes.")
        try:
            whole = written.decode("utf-8")
        except UnicodeDecodeError:
            raise NoteRefused("A note is UTF-8 text; this is not.") from None
        text, blank, below = whole.rpartition("\n\n")
        if not blank or not below.endswith("\n"):
            raise NoteRefused("A note has a text, an empty line, and signature lines that end in a newline.")
        lines = below.removesuffix("\n").split("\n")
        if len(lines) > MOST_SIGNATURES:
            raise NoteRefused(f"A note has at most {MOST_SIGNATURES} signatures.")
        return cls(f"{text}\n", tuple(_read_signature(line) for line in lines))

    def with_signatures(self, added: Iterable[Signature]) -> "Note":
        """Give the note with more signatures below it; one that is there already is not repeated."""
        new = tuple(dict.fromkeys(signature for signature in added if signature not in self.signatures))
        return Note(self.text, self.signatures + new)


def sign_note(text: str, *keys: SigningKey) -> Note:
    """Sign a text."""
    note = Note(text)
    for key in keys:
        if key.use is not KeyUse.NOTE:
            raise KeyRefused("A witness's key gives cosignatures and signs no notes.")
    made = [Signature(key.name, key.verifier.id, key.sign(text.encode())) for key in keys]
    return note.with_signatures(made)


def signers(note: Note, known: Iterable[VerifierKey]) -> Mapping[VerifierKey, Signature]:
    """Give the known keys that signed a note; refuses the whole note if a signature in a known key's name is bad.

    Signatures of unknown keys say nothing, and are passed over.
    """
    keys = {(key.name, key.id): key for key in known if key.use is KeyUse.NOTE}
    found: dict[VerifierKey, Signature] = {}
    for signature in note.signatures:
        key = keys.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not key.signed(note.text.encode(), signature.value):
            raise NoteRefused(f"The signature of {key.name} is not over this text: the note was changed or forged.")
        found.setdefault(key, signature)
    return found


def is_key_name(name: str) -> bool:
    """Whether a signature line can carry the name."""
    return bool(name) and _encodes(name) and not any(char.isspace() or char == "+" or char < " " for char in name)


def write_base64(value: bytes) -> str:
    """Write bytes in standard base64."""
    return b64encode(value).decode("ascii")


def read_base64(text: str) -> bytes | None:
    """Read standard base64; nothing if these bytes would not be written exactly so."""
    try:
        value = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if write_base64(value) == text else None


def _read_signature(line: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).rpartition(" ")
    value = read_base64(encoded)
    if not (line.startswith(_DASH) and space and is_key_name(name) and value and len(value) > 4):
        raise NoteRefused("A signature line is an em dash, a key's name and base64. One of these is not.")
    return Signature(name, value[:4], value[4:])


def _read_key(line: str, half: str) -> tuple[str, str, KeyUse, bytes]:
    name, _, rest = line.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    value = read_base64(encoded)
    if not (is_key_name(name) and value and len(value) == 33):
        raise KeyRefused(
            f"A {half} key is a line of name, id and base64, joined by plus signs. This is something else."
        )
    if value[0] not in tuple(KeyUse):
        raise KeyRefused(f"The {half} key of {name} is not of a kind that is used here (Ed25519, types 01 and 04).")
    return name, key_id, KeyUse(value[0]), value[1:]


def _fitting(key: VerifierKey, key_id: str) -> VerifierKey:
    if key.id.hex() != key_id:
        raise KeyRefused(f"The id in the line does not belong to the key of {key.name}: the line was changed or cut.")
    return key


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
