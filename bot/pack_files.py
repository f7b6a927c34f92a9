"""Putting a pack where somebody wants it: a folder, a zip, or a zip that only its recipients can open."""

import os
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from bot.evidence.durable_files import sync_folder
from bot.evidence.packs.bag import NamedContent

try:
    import pyrage
except ImportError:  # the extra `encrypted` brings it
    pyrage = None

_NO_AGE = (
    "To encrypt a pack, Hustings needs the package pyrage, which is not installed."
    ' Run: pip install "hustings[encrypted]"'
)


_AS_THEY_ARE = "data/attachments/"


class NotWritten(Exception):  # noqa: N818 - it says what became of the pack
    """A pack that cannot be written as somebody wants it; the message says why and what to do."""


def ensure_free(path: Path) -> None:
    """Refuse a place where something is already."""
    if path.exists() or path.is_symlink():
        raise NotWritten(f"{path} is there already. Name a folder that is not, so that nothing is overwritten.")
    if not path.parent.is_dir():
        raise NotWritten(f"There is no folder {path.parent} to put the pack in.")


def ensure_recipients(recipients: Sequence[str]) -> None:
    """Refuse recipients that nothing can be encrypted to."""
    for recipient in recipients:
        _recipient(recipient)


def write_folder(path: Path, files: Iterable[NamedContent]) -> None:
    """Write a pack as a folder that only its owner may read; it is there whole or not at all.

    Until all of it is on the disk it lies in a hidden folder beside that.
    """
    with _draft(path) as draft:
        draft.mkdir(mode=0o700)
        for name, content in files:
            _make_folders(draft, PurePosixPath(name).parent)
            with _new_file(draft / name) as file:
                file.writelines(content)
        if hasattr(os, "sync"):
            os.sync()  # one for thousands of files


def write_zip(path: Path, files: Iterable[NamedContent], recipients: Sequence[str] = ()) -> None:
    """Write a pack as a zip, encrypted where there are recipients; nothing of it reaches the disk in the clear then."""
    name = path.name.removesuffix(".age").removesuffix(".zip")
    with _draft(path) as draft, _new_file(draft) as file:
        if recipients:
            _encrypt(file, name, files, [_recipient(recipient) for recipient in recipients])
        else:
            _zip(file, name, files)
        file.flush()
        os.fsync(file.fileno())


def draft_of(path: Path) -> Path:
    """Give where a pack lies until all of it is there."""
    return path.with_name(f".{path.name}.draft")


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """Give a hidden name beside the one that is wanted, to write under: it gets the other when all of it is there."""
    draft = draft_of(path)
    if os.path.lexists(draft):
        raise NotWritten(
            f"{draft} is there already: another pack is being written to {path.name}, or was interrupted. If nobody"
            " writes it, remove it, and run the command again."
        )
    try:
        yield draft
        ensure_free(path)
        draft.rename(path)
        sync_folder(path.parent)
    except BaseException:
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.unlink(missing_ok=True)
        raise


def _make_folders(draft: Path, inner: PurePosixPath) -> None:
    for folder in reversed([draft / inner, *(draft / above for above in inner.parents)]):
        folder.mkdir(mode=0o700, exist_ok=True)


def _new_file(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _zip(out: BinaryIO, name: str, files: Iterable[NamedContent]) -> None:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for inner, content in files:
            about = zipfile.ZipInfo(f"{name}/{inner}", (1980, 1, 1, 0, 0, 0))
            # Pictures and films are small already; to try costs a minute for 500 MB.
            about.compress_type = zipfile.ZIP_STORED if inner.startswith(_AS_THEY_ARE) else zipfile.ZIP_DEFLATED
            with archive.open(about, "w") as file:
                file.writelines(content)


def _encrypt(out: BinaryIO, name: str, files: Iterable[NamedContent], recipients: Sequence[object]) -> None:
    """Write a zip through a pipe to what encrypts it, so that neither is ever held whole."""
    outlet, inlet = os.pipe()
    reading, writing = os.fdopen(outlet, "rb"), os.fdopen(inlet, "wb")

    def encrypt() -> None:
        with reading:
            pyrage.encrypt_io(reading, out, recipients)

    with ThreadPoolExecutor(1) as other:
        encrypted = other.submit(encrypt)
        with suppress(BrokenPipeError), writing:  # what broke it is raised by the other
            _zip(writing, name, files)
        encrypted.result()


def _recipient(written: str) -> object:
    if pyrage is None:
        raise NotWritten(_NO_AGE)
    try:
        if written.startswith("age1"):
            return pyrage.x25519.Recipient.from_str(written)
        return pyrage.ssh.Recipient.from_str(written)
    except pyrage.RecipientError as error:
        raise NotWritten(f"{written!r} is no public key of age or SSH: {error}.") from None
