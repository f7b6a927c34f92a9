"""Folders that a command may fill: empty ones, and those that it marked as its own before."""

from pathlib import Path


class NotOursError(Exception):
    """The folder cannot be used; the sentence says why, and what to do."""


def claim(folder: Path, *, marker: str, words: str) -> None:
    """Make a folder or take an empty one, and mark it; one that holds anything else is left alone.

    Raises `NotOursError` with a sentence.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise NotOursError(f"{folder} is not a folder of its own. Name another with --data.")
    try:
        if folder.is_dir() and any(folder.iterdir()) and not (folder / marker).is_file():
            raise NotOursError(
                f"{folder} holds something that this command did not make, so it was left alone. "
                "Name an empty folder, or one that is not there yet, with --data."
            )
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / marker).write_text(words, "utf-8")
    except OSError as error:
        raise NotOursError(unusable(folder, error)) from None


def unusable(folder: Path, error: OSError) -> str:
    """Say that a folder cannot be written to, and what to do."""
    return f"The folder {folder} cannot be used: {error.strerror or error}. Name another with --data."
