"""Putting a pack where somebody wants it: a folder, a zip, or a zip that only its recipients can open."""

import io
import os
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from bot.evidence.durable_files import sync_folder, write_new

try:
    import pyrage
except ImportError:  # the extra `encrypted` brings it
    pyrage = None

_NO_AGE = (
    "To encrypt a pack, Hustings needs the package pyrage, which is not installed."
    ' Run: pip install "hustings[encrypted]"'
)


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


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a pack as a folder that only its owner may read; it is there whole or not at all."""
    draft = path.with_name(f"{path.name}.draft")
    draft.mkdir(mode=0o700)
    try:
        for folder in sorted({str(PurePosixPath(name).parent) for name in files} - {"."}):
            (draft / folder).mkdir(mode=0o700)
        for name, content in files.items():
            descriptor = os.open(f"{draft}/{name}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb", buffering=0) as file:
                file.write(content)
        draft.rename(path)
        sync_folder(path.parent)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def write_zip(path: Path, files: Mapping[str, bytes], recipients: Sequence[str] = ()) -> None:
    """Write a pack as a zip, encrypted where there are recipients; nothing of it reaches the disk in the clear then."""
    zipped = io.BytesIO()
    name = path.name.removesuffix(".age").removesuffix(".zip")
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for inner, content in files.items():
            archive.writestr(zipfile.ZipInfo(f"{name}/{inner}", (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    written = zipped.getvalue()
    if recipients:
        written = pyrage.encrypt(written, [_recipient(recipient) for recipient in recipients])
    write_new(path, written)


def _recipient(written: str) -> object:
    if pyrage is None:
        raise NotWritten(_NO_AGE)
    try:
        if written.startswith("age1"):
            return pyrage.x25519.Recipient.from_str(written)
        return pyrage.ssh.Recipient.from_str(written)
    except pyrage.RecipientError as error:
        raise NotWritten(f"{written!r} is no public key of age or SSH: {error}.") from None
