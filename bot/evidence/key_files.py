"""Keys on disk: files that only their owner may read, refused if anybody else could."""

import os
import stat
from pathlib import Path

from bot.evidence.durable_files import looser_than_private, replace, write_new
from bot.evidence.errors import KeyRefused
from bot.evidence.notes import SigningKey
from bot.evidence.wrapping import KeyRing

_LARGEST = 64 * 1024


def keep_signing_key(path: Path, key: SigningKey) -> None:
    """Write a signing key to a new file."""
    write_new(path, f"{key.secret_line()}\n".encode())


def load_signing_key(path: Path) -> SigningKey:
    """Read a signing key."""
    secret = read_private(path).strip()
    try:
        return SigningKey.parse(secret)
    except KeyRefused as refused:
        raise KeyRefused(f"{path}: {refused}") from None


def keep_key_ring(path: Path, ring: KeyRing) -> None:
    """Write the wrapping keys, the present one first, in place of those in the file."""
    replace(path, ring.secret_lines().encode())


def load_key_ring(path: Path) -> KeyRing:
    """Read the wrapping keys."""
    secrets = read_private(path)
    try:
        return KeyRing.parse(secrets)
    except KeyRefused as refused:
        raise KeyRefused(f"{path}: {refused}") from None


def read_private(path: Path) -> str:
    """Read a file of keys; refuses one that anybody but its owner may read or write."""
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise KeyRefused(f"{path} is no file.")
            if looser_than_private(file.fileno()):
                raise KeyRefused(f"{path} can be read or changed by others than its owner. Run: chmod 600 {path}")
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise KeyRefused(f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > _LARGEST or not content.isascii():
        raise KeyRefused(f"{path} holds something else than keys.")
    return content.decode("ascii")
