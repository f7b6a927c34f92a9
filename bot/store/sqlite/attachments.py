"""Files that came with messages, beside the database: sealed under their incident's key, one file each."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.evidence.attachments import LARGEST, AttachmentWriter, open_attachment
from bot.evidence.chance import IncidentRef, new_salt
from bot.evidence.durable_files import sync_folder
from bot.evidence.errors import TooLarge
from bot.evidence.sealing import DataKey, Place
from bot.evidence.words import Sealed
from bot.store.sqlite import reading
from bot.store.sqlite.connection import Database
from bot.store.sqlite.ledger import InFile, Ledger
from policies.copies import AttachmentCopy, CopyStatus
from policies.identifiers import IncidentId

FOLDER = "attachments"

RESERVE = 64 * 1024 * 1024
"""Bytes that stay free on the disk: what people wrote is kept before what they attached."""


@dataclass(frozen=True, slots=True)
class Berth:
    """Where a file goes: its path, the key it is sealed with, and the place it is bound to."""

    path: Path
    key: DataKey
    place: Place
    ref: IncidentRef


def berth(database: Database, ledger: Ledger, folder: Path, incident: IncidentId, number: int) -> Berth:
    """Say where a file of an incident's message lies or is to lie; raises `UnknownIncident` or `Erased`."""
    _, ref = reading.identity(database, incident)
    (seq,) = database.execute("SELECT seq FROM incident WHERE ref = ?", (ref,)).fetchone()
    return Berth(path_of(folder, ref, number), ledger.vault.key(ref), place_of(ref, number, seq), ref)


def path_of(folder: Path, ref: str, number: int) -> Path:
    """Name the file of an attachment."""
    return folder / FOLDER / f"{ref}.{number}"


def place_of(ref: str, number: int, seq: int) -> Place:
    """Give the place of an attachment: it is bound to the record that its message was kept with."""
    return Place(ref, Sealed.ATTACHMENT.numbered(number), seq)


def copy_kept(database: Database, ledger: Ledger, incident: IncidentId, number: int) -> AttachmentCopy | None:
    """Give the copy of a file if one is on record."""
    copy = reading.incident(database, ledger, reading.number_of(database, incident)).copy_of(number)
    return copy if copy is not None and copy.status is CopyStatus.KEPT else None


def pieces_of(database: Database, ledger: Ledger, folder: Path, incident: IncidentId, number: int) -> Iterator[bytes]:
    """Give a kept file piece by piece, as it was delivered; raises `SealBroken` if it was changed or cut short."""
    found = berth(database, ledger, folder, incident, number)
    return open_attachment(found.path, found.key, found.place)


async def write_down(
    berth: Berth, number: int, pieces: AsyncIterator[bytes], at: datetime
) -> tuple[AttachmentCopy, InFile | None]:
    """Seal a file to the disk as it arrives; gives what is to be recorded of it, which no caller may leave out.

    A file without a record, as a crash leaves it, is written anew.
    """
    if not await asyncio.to_thread(_make_room, berth.path):
        full = f"The disk has less than {(RESERVE + LARGEST) >> 20} MiB left."
        return AttachmentCopy(number=number, status=CopyStatus.NO_ROOM, at=at, detail=full), None
    salt = new_salt()
    try:
        with AttachmentWriter(berth.path, berth.key, berth.place, salt=salt) as writer:
            async for piece in pieces:
                await asyncio.to_thread(writer.write, piece)
            kept = await asyncio.to_thread(writer.finish)
    except TooLarge:
        words = f"It has more than {LARGEST >> 20} MiB; no more than that is kept of a file, and no part of one."
        return AttachmentCopy(number=number, status=CopyStatus.TOO_LARGE, at=at, detail=words), None
    copy = AttachmentCopy(number=number, status=CopyStatus.KEPT, at=at, size=kept.size, sha256=kept.sha256)
    return copy, InFile(salt, kept.commitment)


def clear_drafts(folder: Path) -> None:
    """Take away what a crash left half written."""
    for draft in (folder / FOLDER).glob("*.draft"):
        draft.unlink(missing_ok=True)


def remove(folder: Path, ref: str) -> None:
    """Take away every file of an incident."""
    for kept in (folder / FOLDER).glob(f"{ref}.*"):
        with suppress(FileNotFoundError):
            kept.unlink()


def _make_room(path: Path) -> bool:
    """Make the folder, and say whether there is room for one more file in it."""
    if not path.parent.is_dir():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # two files of one message may come at once
        sync_folder(path.parent.parent)
    path.unlink(missing_ok=True)
    return shutil.disk_usage(path.parent).free >= RESERVE + LARGEST
