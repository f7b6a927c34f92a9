"""The files of an export, be it a folder, a zip or one file; they are read where they lie, never unpacked."""

import stat
import zipfile
import zlib
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from bot.replay_adapter.salvage import Salvaged, is_bomb, salvage

MOST_FILES = 1_000_000

READ_ERRORS = (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError)
"""What reading a damaged, encrypted or oddly packed file raises."""


class ExportError(Exception):
    """What was named is no export; the sentence says why, and what to do."""


class Files(Protocol):
    """The files of one export by their names, `/` between folders; `problems` are sentences about those left out."""

    problems: list[str]

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """Give the names of all files that can be read."""

    @abstractmethod
    def size(self, name: str) -> int:
        """Give the size of a file in bytes, 0 if it is not known."""

    @abstractmethod
    def open(self, name: str) -> BinaryIO:
        """Open a file; it, and reading from it, may raise any of `READ_ERRORS`."""


@contextmanager
def open_files(path: Path) -> Iterator[Files]:
    """Open an export to read; raises `ExportError` where there is nothing that can be opened."""
    try:
        kind = path.stat().st_mode
    except OSError as error:
        raise ExportError(f"{path} cannot be read: {error.strerror or error}.") from None
    if stat.S_ISDIR(kind):
        yield _Folder(path)
    elif not stat.S_ISREG(kind):
        raise ExportError(f"{path} is neither a file nor a folder.")
    elif _begins_like_a_zip(path):
        with _zipped(path) as files:
            yield files
    else:
        yield _OneFile(path)


def reason(error: BaseException) -> str:
    """Say why a file could not be read, without anything of what stands in it."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    if isinstance(error, zipfile.BadZipFile | zlib.error | EOFError):
        return "the zip is damaged there"
    if isinstance(error, RuntimeError) and "encrypted" in str(error):
        return "it is protected by a password; unpack the zip and name the folder"
    if isinstance(error, NotImplementedError):
        return "it is packed in a way that Python cannot read; unpack the zip and name the folder"
    return "it could not be read"


class _OneFile:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.problems: list[str] = []

    @property
    def names(self) -> tuple[str, ...]:
        return (self._path.name,)

    def size(self, name: str) -> int:
        return self._path.stat().st_size

    def open(self, name: str) -> BinaryIO:
        return self._path.open("rb")


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.problems: list[str] = []
        self._sizes = dict(self._walk())

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._sizes)

    def size(self, name: str) -> int:
        return self._sizes[name]

    def open(self, name: str) -> BinaryIO:
        return (self._path / name).open("rb")

    def _walk(self) -> Iterator[tuple[str, int]]:
        """Give every file with its size; links that lead out of the folder are passed over."""
        home = self._path.resolve()
        for path in sorted(self._path.rglob("*")):
            name = path.relative_to(self._path).as_posix()
            try:
                if path.is_symlink() and not path.resolve().is_relative_to(home):
                    self.problems.append(f"{name} is a link that leads out of the folder, so it was passed over.")
                elif path.is_file():
                    yield name, path.stat().st_size
            except OSError as error:
                self.problems.append(f"{name} could not be read: {reason(error)}.")


class _Zip:
    def __init__(self, archive: zipfile.ZipFile, packed: int) -> None:
        self._archive = archive
        self.problems: list[str] = []
        entries = archive.infolist()
        if len(entries) > MOST_FILES or is_bomb(sum(entry.file_size for entry in entries), packed):
            raise ExportError(
                f"{_name(archive)} would unpack to far more than an export can hold, as a zip made to do harm does, "
                "so nothing of it was read. If you trust it, unpack it and name the folder."
            )
        self._entries = {entry.filename: entry for entry in entries if self._fits(entry)}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._entries)

    def size(self, name: str) -> int:
        return self._entries[name].file_size

    def open(self, name: str) -> BinaryIO:
        opened: BinaryIO = self._archive.open(self._entries[name])  # type: ignore[assignment]  # IO[bytes] is one
        return opened

    def _fits(self, entry: zipfile.ZipInfo) -> bool:
        if entry.is_dir():
            return False
        if not inside(entry.filename):
            self.problems.append(_outside(entry.filename))
            return False
        if is_bomb(entry.file_size, entry.compress_size):
            self.problems.append(
                f"{shown(entry.filename)} would unpack to {entry.file_size >> 20} MB from {entry.compress_size >> 10} "
                "kB, which no chat does, so it was passed over."
            )
            return False
        return True


class _Remains:
    """What is left of a zip that was cut off."""

    def __init__(self, path: Path, found: list[Salvaged]) -> None:
        self._path = path
        self._found = {member.name: member for member in found if inside(member.name)}
        self.problems = [
            f"{path.name} was cut off, or its end is damaged. Files in it of which at least a part is left: "
            f"{len(self._found)}. Download it again to have the rest."
        ]
        self.problems += [_outside(member.name) for member in found if not inside(member.name)]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._found)

    def size(self, name: str) -> int:
        return self._found[name].size

    def open(self, name: str) -> BinaryIO:
        return self._found[name].open(self._path)


def inside(name: str) -> bool:
    """Whether a name stays within the export, on any system."""
    path = PurePosixPath(name.replace("\\", "/"))
    drive = len(name) > 1 and name[1] == ":"
    return not (path.is_absolute() or drive or ".." in path.parts or "\x00" in name)


def shown(name: str) -> str:
    """Give a name as it can be shown in a sentence, whatever stands in it."""
    return ascii(name[:120]) if not name.isprintable() else name[:120]


def _outside(name: str) -> str:
    return f"{shown(name)} names a place outside the export, so it was passed over."


@contextmanager
def _zipped(path: Path) -> Iterator[Files]:
    try:
        archive = zipfile.ZipFile(path)
    except READ_ERRORS:
        found = list(salvage(path))
        if not found:
            raise ExportError(f"{path} is a zip of which nothing can be read. Download it again.") from None
        yield _Remains(path, found)
        return
    with archive:
        yield _Zip(archive, path.stat().st_size)


def _begins_like_a_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except OSError as error:
        raise ExportError(f"{path} cannot be read: {error.strerror or error}.") from None


def _name(archive: zipfile.ZipFile) -> str:
    return Path(archive.filename or "the zip").name
