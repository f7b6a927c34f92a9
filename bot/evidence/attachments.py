"""Attachments: sealed to disk piece by piece as they arrive, never opened, with a limit and a commitment."""

import hmac
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from cryptography.exceptions import InvalidTag

from bot.evidence.chance import SALT_BYTES, SYSTEM, RandomBytes
from bot.evidence.durable_files import sync_folder
from bot.evidence.errors import SealBroken, TooLarge
from bot.evidence.sealing import DataKey, Place

LARGEST = 8 * 1024 * 1024
"""The most bytes of one attachment that are kept."""
PIECE = 64 * 1024

_FORM = b"\x02"
_TAG_BYTES = 16


@dataclass(frozen=True, slots=True)
class KeptAttachment:
    """An attachment that is on the disk: its size in bytes, the commitment to them for the leaf, their SHA-256.

    The plain hash is as telling as the file itself, so it is kept under seal.
    """

    size: int
    commitment: str
    sha256: str


class AttachmentWriter:
    """Seals what it is given into a file; the file appears when all of it is on the disk, or never.

    Use it in a `with` block and end with `finish()`; whoever leaves the block otherwise leaves no file behind.
    """

    def __init__(
        self,
        path: Path,
        key: DataKey,
        place: Place,
        *,
        salt: bytes,
        limit: int = LARGEST,
        random_bytes: RandomBytes = SYSTEM,
    ) -> None:
        if len(salt) != SALT_BYTES:
            raise ValueError(f"A salt has {SALT_BYTES} bytes.")
        file_salt = random_bytes(SALT_BYTES)
        self._path, self._draft = path, path.with_name(f"{path.name}.draft")
        self._place, self._limit = place, limit
        self._cipher = key.for_file(place, file_salt)
        self._committed = hmac.new(salt, digestmod=sha256)
        self._hashed = sha256()
        self._head = _FORM + file_salt
        self._waiting = bytearray()
        self._size = self._pieces = 0
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        """Begin the file."""
        if self._path.exists():
            raise FileExistsError(f"{self._path} exists already; no attachment is written over another.")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
        self._file = os.fdopen(os.open(self._draft, flags, 0o600), "wb")
        self._file.write(self._head)
        return self

    def write(self, arrived: bytes) -> None:
        """Take what arrived next; raises `TooLarge` as soon as the limit is passed."""
        self._size += len(arrived)
        if self._size > self._limit:
            raise TooLarge(f"The attachment has more than {self._limit} bytes; it is not kept.")
        self._committed.update(arrived)
        self._hashed.update(arrived)
        self._waiting += arrived
        # The last piece is sealed as the last, so a piece is only let go when something comes after it.
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]

    def finish(self) -> KeptAttachment:
        """Seal the rest and put the file in its place; returns when it is on the disk."""
        if self._file is None:
            raise ValueError("The attachment was not begun, or is finished.")
        self._seal(bytes(self._waiting), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._file = None
        self._draft.replace(self._path)
        sync_folder(self._path.parent)
        return KeptAttachment(self._size, self._committed.hexdigest(), self._hashed.hexdigest())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take away what was not finished."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._draft.unlink(missing_ok=True)

    def _seal(self, piece: bytes, *, last: bool) -> None:
        if self._file is None:
            raise ValueError("The attachment was not begun, or is finished.")
        self._file.write(self._cipher.encrypt(_nonce(self._pieces, last=last), piece, None))
        self._pieces += 1


def open_attachment(path: Path, key: DataKey, place: Place) -> Iterator[bytes]:
    """Give a kept attachment piece by piece.

    Raises `SealBroken` at the first piece that was changed, moved or sealed under another key, and at the end of a
    file that was cut short: until the last piece is read, what was given is only the beginning.
    """
    with path.open("rb") as file:
        head = file.read(len(_FORM) + SALT_BYTES)
        if head[:1] != _FORM or len(head) < len(_FORM) + SALT_BYTES:
            raise SealBroken(f"The file of {place} is not sealed in a form known here.")
        cipher = key.for_file(place, head[1:])
        number, piece = 0, file.read(PIECE + _TAG_BYTES)
        while True:
            following = file.read(PIECE + _TAG_BYTES)
            try:
                opened = cipher.decrypt(_nonce(number, last=not following), piece, None)
            except (InvalidTag, ValueError):
                raise SealBroken(
                    f"The file of {place} was changed, cut short, moved, or sealed under another key."
                ) from None
            yield opened
            if not following:
                return
            number, piece = number + 1, following


def commitment_of(pieces: Iterable[bytes], salt: bytes) -> str:
    """Give the commitment to an attachment, read piece by piece."""
    committed = hmac.new(salt, digestmod=sha256)
    for piece in pieces:
        committed.update(piece)
    return committed.hexdigest()


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])
