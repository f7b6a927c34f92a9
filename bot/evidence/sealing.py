"""Sealing: text and identities as AES-256-GCM under the key of their incident, bound to the place they belong to."""

import hmac
import re
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.evidence.chance import SYSTEM, RandomBytes
from bot.evidence.errors import KeyRefused, SealBroken
from bot.evidence.wrapping import KEY_BYTES, NONCE_BYTES

_FORM = b"\x01"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something sealed belongs: its own id, the field of the record, and the record's number."""

    id: str
    field: str
    seq: int

    def __post_init__(self) -> None:
        """Refuse names with which two places could be mistaken for one another."""
        if not (_is_name(self.id) and _is_name(self.field) and self.seq >= 1):
            raise ValueError("A place has an id, a field and a number, in letters, digits, dots, dashes, underscores.")

    def __str__(self) -> str:
        """Write the place as it is authenticated: `id|field|seq`."""
        return f"{self.id}|{self.field}|{self.seq}"


@dataclass(frozen=True, slots=True)
class DataKey:
    """The key of one incident: destroy it, and all that was sealed under it is gone."""

    secret: bytes = field(repr=False)
    _cipher: AESGCM = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse what is no key."""
        if len(self.secret) != KEY_BYTES:
            raise KeyRefused(f"An incident's key has {KEY_BYTES} bytes.")
        object.__setattr__(self, "_cipher", AESGCM(self.secret))

    @classmethod
    def new(cls, random_bytes: RandomBytes = SYSTEM) -> "DataKey":
        """Make a key."""
        return cls(random_bytes(KEY_BYTES))

    def seal(self, place: Place, value: bytes, random_bytes: RandomBytes = SYSTEM) -> bytes:
        """Encrypt a value; it can be opened at this place alone."""
        nonce = random_bytes(NONCE_BYTES)
        return _FORM + nonce + self._cipher.encrypt(nonce, value, str(place).encode())

    def open(self, place: Place, sealed: bytes) -> bytes:
        """Decrypt a value; raises `SealBroken` if it was changed, moved or sealed under another key."""
        start = len(_FORM) + NONCE_BYTES
        if sealed[:1] != _FORM or len(sealed) < start:
            raise SealBroken(f"What is stored at {place} is not sealed in a form known here.")
        try:
            return self._cipher.decrypt(sealed[1:start], sealed[start:], str(place).encode())
        except InvalidTag:
            raise SealBroken(f"What is stored at {place} was changed, moved, or sealed under another key.") from None

    def for_file(self, place: Place, salt: bytes) -> AESGCM:
        """Give the cipher for one attachment; its key serves for nothing else."""
        return AESGCM(hmac.digest(self.secret, b"hustings attachment\n" + salt + str(place).encode(), sha256))


@lru_cache(maxsize=1024)  # many fields of one record, and the same fields in every record
def _is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None
