"""Signatures as `ssh-keygen -Y sign` makes them (OpenSSH, PROTOCOL.sshsig), and the key that signs packs."""

import re
from dataclasses import dataclass, field
from hashlib import sha256, sha512
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from bot.evidence.durable_files import write_new
from bot.evidence.errors import KeyRefused
from bot.evidence.key_files import read_private
from bot.evidence.notes import read_base64, write_base64

NAMESPACE = "evidence-pack"
SIGNER = "hustings-pack"
"""The name under which `allowed_signers` lists the key."""

_MAGIC = b"SSHSIG"
_KEY_TYPE = b"ssh-ed25519"
_HASH = b"sha512"
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_WIDTH = 70


@dataclass(frozen=True, slots=True)
class PackKey:
    """The private key that signs packs."""

    private: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def new(cls) -> "PackKey":
        """Make a key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def load(cls, path: Path) -> "PackKey":
        """Read a key from a file that only its owner may read; raises `KeyRefused`."""
        written = read_private(path).encode()
        try:
            key = load_ssh_private_key(written, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KeyRefused(f"{path} is no private key of OpenSSH without a passphrase. {error}") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyRefused(f"{path} is no Ed25519 key. Move it away, and another is made.")
        return cls(key)

    @classmethod
    def of_folder(cls, path: Path) -> "PackKey":
        """Read the key of a file, or make it there the first time, readable by its owner alone."""
        if not path.exists():
            write_new(path, cls.new().secret())
        return cls.load(path)

    def secret(self) -> bytes:
        """Write the key as OpenSSH does; for its file alone."""
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())

    @property
    def public(self) -> Ed25519PublicKey:
        """The public half."""
        return self.private.public_key()

    @property
    def fingerprint(self) -> str:
        """The public half in short, as `ssh-keygen -l` shows it."""
        return f"SHA256:{write_base64(sha256(_wire(self.public)).digest()).rstrip('=')}"

    @property
    def allowed_signers(self) -> bytes:
        """The line by which `ssh-keygen -Y verify` knows the key."""
        return self.allowed_in(NAMESPACE)

    def allowed_in(self, namespace: str) -> bytes:
        """Give the line by which `ssh-keygen -Y verify` knows the key for one use of it and for no other."""
        written = write_base64(_wire(self.public))
        return f'{SIGNER} namespaces="{namespace}" ssh-ed25519 {written}\n'.encode()

    def sign(self, message: bytes, namespace: str = NAMESPACE) -> bytes:
        """Sign bytes; the same bytes that `ssh-keygen -Y sign` would write."""
        signature = _string(_KEY_TYPE) + _string(self.private.sign(_signed(message, namespace)))
        blob = b"".join(
            (
                _MAGIC,
                (1).to_bytes(4),
                _string(_wire(self.public)),
                _string(namespace.encode()),
                _string(b""),
                _string(_HASH),
                _string(signature),
            )
        )
        written = write_base64(blob)
        lines = [written[start : start + _WIDTH] for start in range(0, len(written), _WIDTH)]
        return "".join(f"{line}\n" for line in (_BEGIN, *lines, _END)).encode()


def verifies(signature: bytes, message: bytes, key: Ed25519PublicKey, namespace: str = NAMESPACE) -> bool:
    """Whether the signature is of this key over these bytes, in the one form in which it is written here."""
    shape = rf"{_BEGIN}\n((?:[A-Za-z0-9+/]{{{_WIDTH}}}\n)*[A-Za-z0-9+/=]{{1,{_WIDTH}}}\n){_END}\n"
    found = re.fullmatch(shape.encode(), signature)
    if found is None:
        return False
    blob = read_base64(found[1].replace(b"\n", b"").decode()) or b""
    head = _MAGIC + (1).to_bytes(4) + _string(_wire(key)) + _string(namespace.encode()) + _string(b"") + _string(_HASH)
    middle = (4 + len(_KEY_TYPE) + 4 + 64).to_bytes(4) + _string(_KEY_TYPE) + (64).to_bytes(4)
    if len(blob) != len(head) + len(middle) + 64 or not blob.startswith(head + middle):
        return False
    try:
        key.verify(blob[-64:], _signed(message, namespace))
    except InvalidSignature:
        return False
    return True


def _signed(message: bytes, namespace: str) -> bytes:
    digest = sha512(message).digest()
    return _MAGIC + _string(namespace.encode()) + _string(b"") + _string(_HASH) + _string(digest)


def _wire(key: Ed25519PublicKey) -> bytes:
    return _string(_KEY_TYPE) + _string(key.public_bytes(Encoding.Raw, PublicFormat.Raw))


def _string(value: bytes) -> bytes:
    return len(value).to_bytes(4) + value
