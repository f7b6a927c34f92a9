"""Reading a zip that was cut off: its files are found one after another by their own headers."""

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_HEADER = struct.Struct("<4s5H3I2H")
_SIGNATURE = b"PK\x03\x04"
_DESCRIPTOR = b"PK\x07\x08"
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _SIZES_FOLLOW = 1, 8
_IN_EXTRA = 0xFFFFFFFF
_CHUNK = 64 * 1024

BOMB_RATIO = 200
"""How many bytes may come out of one in a zip; chat in JSON gives 10 to 30."""
BOMB_SIZE = 64 * 1024 * 1024
"""Files that are smaller than this when unpacked harm nobody, however well they were packed."""


def is_bomb(unpacked: int, packed: int) -> bool:
    """Whether more comes out of a zip than any chat would give."""
    return unpacked > BOMB_SIZE and unpacked > packed * BOMB_RATIO


@dataclass(frozen=True, slots=True)
class Salvaged:
    """One file in a damaged zip: its name, where its bytes begin, and how they are packed.

    The last one may end early: reading it then ends with an `EOFError`, after everything that is there.
    """

    name: str
    start: int
    method: int
    packed: int | None
    size: int

    def open(self, path: Path) -> BinaryIO:
        """Open the file to read."""
        return io.BufferedReader(_Member(path.open("rb"), self))


def salvage(path: Path) -> Iterator[Salvaged]:
    """Give the files of a damaged zip, in the order in which they stand, up to the first that cannot be told."""
    with path.open("rb") as archive:
        place = 0
        while (found := _header(archive, place)) is not None:
            flags, member = found
            if flags & _ENCRYPTED or member.method not in (_STORED, _DEFLATED):
                return
            if member.packed is None and member.method == _STORED:
                return  # nothing tells where it ends
            if not member.name.endswith("/"):
                yield member
            end = member.start + member.packed if member.packed is not None else _end(archive, member)
            if end is None:
                return
            place = _next(archive, end) if flags & _SIZES_FOLLOW else end


def _header(archive: BinaryIO, place: int) -> tuple[int, Salvaged] | None:
    archive.seek(place)
    raw = archive.read(_HEADER.size)
    if len(raw) < _HEADER.size:
        return None
    signature, _, flags, method, _, _, _, packed, size, name_length, extra_length = _HEADER.unpack(raw)
    name = archive.read(name_length)
    extra = archive.read(extra_length)
    if signature != _SIGNATURE or len(name) < name_length or len(extra) < extra_length:
        return None
    if _IN_EXTRA in (packed, size):
        size, packed = _long_sizes(extra)
    unknown = bool(flags & _SIZES_FOLLOW) and not packed
    start = place + _HEADER.size + name_length + extra_length
    return flags, Salvaged(name.decode("utf-8", "replace"), start, method, None if unknown else packed, size)


def _long_sizes(extra: bytes) -> tuple[int, int]:
    """Read the sizes of a file of more than 4 GB, unpacked and packed."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, place)
        if kind == 1 and length >= 16 and place + 20 <= len(extra):
            size, packed = struct.unpack_from("<2Q", extra, place + 4)
            return size, packed
        place += 4 + length
    return 0, 0


def _end(archive: BinaryIO, member: Salvaged) -> int | None:
    """Give where the packed bytes end, which only unpacking tells; nothing if they are cut off or damaged."""
    archive.seek(member.start)
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    read = 0
    while not unpacking.eof:
        chunk = unpacking.unconsumed_tail or archive.read(_CHUNK)
        if not chunk:
            return None
        read += 0 if unpacking.unconsumed_tail else len(chunk)
        try:
            unpacking.decompress(chunk, _CHUNK)
        except zlib.error:
            return None
    return member.start + read - len(unpacking.unused_data)


def _next(archive: BinaryIO, end: int) -> int:
    """Pass over the sizes that follow a file: 12 bytes, or 20 in a large zip, with or without a signature."""
    archive.seek(end)
    after = archive.read(28)
    first = 4 if after[:4] == _DESCRIPTOR else 0
    for length in (first + 12, first + 20):
        if after[length : length + 2] == b"PK":
            return end + length
    return end + first + 12


class _Member(io.RawIOBase):
    def __init__(self, archive: BinaryIO, member: Salvaged) -> None:
        self._archive, self._left = archive, member.packed
        self._taken = self._given = 0
        self._unpacking = zlib.decompressobj(-zlib.MAX_WBITS) if member.method == _DEFLATED else None
        archive.seek(member.start)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the stub wants any buffer
        given = self._read(len(buffer))
        buffer[: len(given)] = given
        return len(given)

    def close(self) -> None:
        self._archive.close()
        super().close()

    def _read(self, wanted: int) -> bytes:
        if self._unpacking is None:
            return self._packed(wanted)
        while not self._unpacking.eof:
            chunk = self._unpacking.unconsumed_tail or self._packed(_CHUNK)
            if given := self._unpacking.decompress(chunk, wanted):
                self._given += len(given)
                if is_bomb(self._given, self._taken):
                    raise zlib.error("far more comes out than an export can hold")
                return given
            if not chunk:
                raise EOFError("the zip was cut off here")
        return b""

    def _packed(self, most: int) -> bytes:
        if self._left == 0:
            return b""
        chunk = self._archive.read(most if self._left is None else min(most, self._left))
        self._taken += len(chunk)
        if self._left is not None:
            if not chunk:
                raise EOFError("the zip was cut off here")
            self._left -= len(chunk)
        return chunk
