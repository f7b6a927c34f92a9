"""Small files that must be whole or absent after a power cut, and that nobody else may read."""

import os
from pathlib import Path

_PRIVATE = 0o600
_OTHERS = 0o077


def write_new(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read; raises `FileExistsError` rather than replace one."""
    if path.exists():
        raise FileExistsError(f"{path} exists already; nothing was written over it.")
    replace(path, content)


def replace(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, in place of another if there is one, whole or not at all."""
    draft = path.with_name(f"{path.name}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), _PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        if os.name == "posix":
            os.fchmod(file.fileno(), _PRIVATE)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder outlast a power cut."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def looser_than_private(descriptor: int) -> bool:
    """Whether anybody but a file's owner may read or write it."""
    return os.name == "posix" and bool(os.fstat(descriptor).st_mode & _OTHERS)
