"""Wrapping keys: with them the keys and salts of incidents are encrypted wherever they are stored."""

import hmac
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.evidence.chance import SYSTEM, RandomBytes
from bot.evidence.errors import KeyRefused, SealBroken
from bot.evidence.notes import read_base64, write_base64

KEY_BYTES = 32
NONCE_BYTES = 12
_FORM = b"\x01"
_ID_BYTES = 8
_HEAD_BYTES = len(_FORM) + _ID_BYTES


@dataclass(frozen=True, slots=True)
class WrappingKey:
    """A key that encrypts keys; it comes from a file or the environment and is in no database."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no key."""
        if len(self.secret) != KEY_BYTES:
            raise KeyRefused(f"A wrapping key has {KEY_BYTES} bytes.")

    @classmethod
    def new(cls, random_bytes: RandomBytes = SYSTEM) -> "WrappingKey":
        """Make a key."""
        return cls(random_bytes(KEY_BYTES))

    @property
    def id(self) -> bytes:
        """Eight bytes that tell keys apart and tell nothing about them."""
        return hmac.digest(self.secret, b"hustings wrapping key id", sha256)[:_ID_BYTES]

    def cipher(self, name: str) -> AESGCM:
        """Give the cipher for one wrapped thing; each has its own, so that chance never has to keep nonces apart."""
        return AESGCM(hmac.digest(self.secret, b"hustings wrap\n" + name.encode(), sha256))


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The present wrapping key, and former ones for what was wrapped before."""

    present: WrappingKey
    former: tuple[WrappingKey, ...] = ()

    @classmethod
    def parse(cls, lines: str) -> "KeyRing":
        """Read keys in base64, one to a line or with spaces between them, the present one first."""
        secrets = [read_base64(written) for written in lines.split()]
        if not secrets or any(secret is None or len(secret) != KEY_BYTES for secret in secrets):
            raise KeyRefused(
                "Wrapping keys are lines of 32 bytes in base64, the present key first. Make one with: openssl rand"
                " -base64 32"
            )
        present, *former = (WrappingKey(secret) for secret in secrets if secret)
        return cls(present, tuple(former))

    def secret_lines(self) -> str:
        """Write the keys as `parse` reads them; for their file alone."""
        return "".join(f"{write_base64(key.secret)}\n" for key in (self.present, *self.former))

    def rotated(self, new: WrappingKey) -> "KeyRing":
        """Put a new key in front; drop the former ones when nothing is `stale` any more."""
        return KeyRing(new, (self.present, *self.former))

    def wrap(self, name: str, secret: bytes, random_bytes: RandomBytes = SYSTEM) -> bytes:
        """Encrypt a key or salt; it can be unwrapped under this name alone."""
        head = _FORM + self.present.id
        nonce = random_bytes(NONCE_BYTES)
        return head + nonce + self.present.cipher(name).encrypt(nonce, secret, head + name.encode())

    def unwrap(self, name: str, wrapped: bytes) -> bytes:
        """Decrypt a key or salt."""
        head, nonce = wrapped[:_HEAD_BYTES], wrapped[_HEAD_BYTES : _HEAD_BYTES + NONCE_BYTES]
        if head[:1] != _FORM or len(nonce) < NONCE_BYTES:
            raise SealBroken(f"What is stored as {name} is no wrapped key.")
        for key in (self.present, *self.former):
            if hmac.compare_digest(key.id, head[1:]):
                try:
                    return key.cipher(name).decrypt(nonce, wrapped[_HEAD_BYTES + NONCE_BYTES :], head + name.encode())
                except InvalidTag:
                    raise SealBroken(f"What is stored as {name} was changed, or belongs to something else.") from None
        raise SealBroken(
            f"What is stored as {name} was wrapped with a key that is not here ({head[1:].hex()}). Add that key to the"
            f" wrapping keys, below the present one."
        )

    def stale(self, wrapped: bytes) -> bool:
        """Whether something is not wrapped with the present key."""
        return wrapped[:_HEAD_BYTES] != _FORM + self.present.id

    def rewrap(self, name: str, wrapped: bytes, random_bytes: RandomBytes = SYSTEM) -> bytes:
        """Wrap something anew with the present key."""
        return self.wrap(name, self.unwrap(name, wrapped), random_bytes)
