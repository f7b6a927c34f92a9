"""What is left of packs whose writing was killed: a note of each draft, under a lock that ends with its process."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

from bot.pack_files import draft_of

FOLDER = "drafts"
"""In the data folder: for each pack that is being written where its draft lies, and the lock of who writes it."""

_WHERE, _LOCK = ".where", ".lock"


@contextmanager
def noted(data: Path, to: Path) -> Iterator[None]:
    """Keep a note of a draft while a pack is written, for whoever comes after if this process is killed."""
    folder = data / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    note = folder / uuid4().hex
    where, lock = note.with_suffix(_WHERE), note.with_suffix(_LOCK)
    try:
        with FileLock(lock, timeout=0):  # before the note is there, so that nobody finds it without
            try:
                where.write_bytes(os.fsencode(draft_of(to.parent.resolve() / to.name)))
                yield
            finally:
                where.unlink(missing_ok=True)
    finally:
        lock.unlink(missing_ok=True)


def clear_left(data: Path) -> Iterator[str]:
    """Remove the drafts that no living process writes; gives a sentence for each, and for each that cannot be."""
    for where in sorted((data / FOLDER).glob(f"*{_WHERE}")):
        lock = FileLock(where.with_suffix(_LOCK), timeout=0)
        try:
            with lock:
                draft = Path(os.fsdecode(where.read_bytes()))
                said = _removed(draft)
                if draft.parent.is_dir() and not os.path.lexists(draft):
                    where.unlink(missing_ok=True)
        except (Timeout, FileNotFoundError):
            continue  # somebody writes it at this moment, or is done with it since
        if not where.exists():
            where.with_suffix(_LOCK).unlink(missing_ok=True)
        if said:
            yield said


def _removed(draft: Path) -> str:
    if not draft.parent.is_dir():
        return f"{draft} may be left of a pack that was interrupted, and its folder is not there now. Remove it."
    if not os.path.lexists(draft):
        return ""
    with suppress(OSError):
        if draft.is_dir() and not draft.is_symlink():
            shutil.rmtree(draft)
        else:
            draft.unlink()
        return f"{draft} was left of a pack that was interrupted. It is removed."
    return f"{draft} is left of a pack that was interrupted, and cannot be removed. Remove it: it may be in the clear."
