"""The last checkpoint that was signed or seen, in a file of its own outside every database."""

from pathlib import Path

from bot.evidence.durable_files import replace
from bot.evidence.notes import LARGEST_NOTE, Note


def keep_head(path: Path, note: Note) -> None:
    """Keep a checkpoint in place of the one before it; returns when it is on the disk."""
    replace(path, note.to_bytes())


def read_head(path: Path) -> Note | None:
    """Read the last checkpoint, or nothing where none was kept; ask a `KeyChain` whether to believe it."""
    try:
        with path.open("rb") as file:
            return Note.parse(file.read(LARGEST_NOTE + 1))
    except FileNotFoundError:
        return None
