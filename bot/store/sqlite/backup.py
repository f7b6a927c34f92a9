"""Copies of the record: taken while the bot runs, verified, and put back without bringing back what was erased."""

import asyncio
import os
import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.evidence.checkpoints import OUTBOX, Checkpoint
from bot.evidence.durable_files import replace, sync_folder
from bot.evidence.errors import EvidenceError
from bot.evidence.heads import read_head
from bot.evidence.stamps import FOLDER as STAMPED
from bot.evidence.stamps import STATE
from bot.evidence.words import Kind, Number
from bot.store.sqlite.attachments import FOLDER
from bot.store.sqlite.connection import ENGINE, Database, Error, StoreUnusable, open_keys
from bot.store.sqlite.cosigned import FOLDER as COSIGNED
from bot.store.sqlite.erasures import ERASED, erasures_of, read_erasures, together, write_erasures
from bot.store.sqlite.evidence import answered, append
from bot.store.sqlite.holds import holds
from bot.store.sqlite.ledger import Entry, Ledger, leaves, size
from bot.store.sqlite.signing import HEAD
from bot.store.sqlite.store import FILE, KEYS, Store, lock_folder, open_store
from bot.store.sqlite.vault import Vault
from bot.store.sqlite.verify import verify
from handlers.ports import Clock

Progress = Callable[[int, int], None]
"""Is told how many of how many pages are copied."""

_PREFIX = "hustings-"
_PAGES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A copy that was made or put back, and how many records it holds.

    `no_longer_held` is what was under a legal hold in the log that was replaced, and is under none in the copy.
    """

    folder: Path
    size: int
    keys_dropped: int = 0
    no_longer_held: tuple[str, ...] = ()


async def back_up(
    store: Store, to: Path, *, keep_keys: timedelta, progress: Progress = lambda done, of: None
) -> Copied:
    """Copy the record and its keys into a new folder below `to`, make sure that the copy is good, and record it.

    Keys in copies older than `keep_keys` are taken away: a key that was erased must not live on in a copy.
    """
    now = store.ledger.clock.now()
    if store.alone:
        await store.checkpoints.sign()
    if not (store.folder / HEAD).exists():
        raise StoreUnusable(
            "Nothing was signed yet, so there is nothing to hold a copy against. Try again in a minute."
        )
    folder = to / f"{_PREFIX}{now:%Y%m%dT%H%M%SZ}"
    if folder.exists():
        raise StoreUnusable(f"{folder} exists already; nothing was written over it.")
    folder.mkdir(mode=0o700, parents=True)
    try:
        await asyncio.to_thread(_copy, store.folder, folder, progress)
        count = await asyncio.to_thread(_ensure_good, folder, store)
    except (Error, OSError, EvidenceError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise StoreUnusable(f"The copy in {folder} could not be made: {why}. Nothing of it is left.") from error
    await answered(
        store.writer.write(
            lambda db: append(db, store.ledger, Entry(kind=Kind.BACKUP_MADE, numbers={Number.SIZE.value: count}))
        ),
        "written",
    )
    return Copied(folder=folder, size=count, keys_dropped=drop_old_keys(to, now - keep_keys))


def drop_old_keys(to: Path, before: datetime) -> int:
    """Take the keys out of copies made before a moment; the records in them stay, and still prove what they prove."""
    dropped = 0
    for folder in sorted(to.glob(f"{_PREFIX}*")):
        try:
            made = datetime.strptime(f"{folder.name.removeprefix(_PREFIX)}+0000", "%Y%m%dT%H%M%SZ%z")
        except ValueError:
            continue
        if made < before and (folder / KEYS).exists():
            (folder / KEYS).unlink()
            dropped += 1
    return dropped


async def restore(
    backup: Path, folder: Path, clock: Clock, *, accept_loss: bool = False, keys: Path | None = None
) -> Copied:
    """Put a copy in the place of a record, erase again what was erased since, verify all of it, and record that.

    The key files must be in place. Raises `StoreUnusable` if the copy lacks something, or if more was signed here
    than it holds and `accept_loss` is not given.
    """
    lock = lock_folder(folder)
    try:
        for name in (FILE, KEYS, HEAD):
            if not (backup / name).is_file():
                copies = sorted(backup.glob(f"{_PREFIX}*/{FILE}"))
                such = f", such as {copies[-1].parent}" if copies else ""
                raise StoreUnusable(
                    f"{backup} has no {name}. Name a folder that `hustings evidence backup` made{such}."
                )
        copied, here = _signed_in(backup), _signed_in(folder)
        held = max(copied, _held_in(backup, 0))
        _refuse_loss(held, max(here, held + _held_in(folder, held)), accept_loss)
        _keep_erased(folder, backup)
        held_before = _held(folder)
        for name in (FILE, KEYS, HEAD):
            _put(backup / name, folder / name)
        _put_back_beside(backup, folder, lost=here > copied)
        _copy_files(backup, folder)
    finally:
        lock.release()
    async with open_store(folder, clock, keys) as store:
        found = await store.writer.read(lambda db: verify(db, store.ledger, store.keys, folder))
        if found.broken:
            raise StoreUnusable(f"The copy was put back, and it is not whole. {found.broken}")
        entry = Entry(kind=Kind.BACKUP_RESTORED, numbers={Number.SIZE.value: found.size})
        await answered(store.writer.write(lambda db: append(db, store.ledger, entry)), "written")
        held_now = {hold.incident for hold in await store.stewardship.holds()}
        lost = tuple(name for name in held_before if name not in held_now)
        return Copied(folder=folder, size=found.size, no_longer_held=lost)


def _copy(source: Path, folder: Path, progress: Progress) -> None:
    """Copy head, record, files and keys, in this order.

    The record is no older than the head; every file that it names is there; the keys are no older than all of it.
    """
    replace(folder / HEAD, (source / HEAD).read_bytes())
    for name in (FILE, KEYS):
        if name == KEYS:
            _copy_files(source, folder)
        (folder / name).touch(mode=0o600)
        with closing(_reading(source / name)) as live, closing(ENGINE.connect(str(folder / name))) as copy:
            # One moment is copied, however long it takes and whatever is written meanwhile.
            live.execute("BEGIN")
            live.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            live.backup(copy, pages=_PAGES, progress=lambda _, left, of: progress(of - left, of))
            copy.isolation_level = None
            copy.execute("PRAGMA journal_mode = delete")
        _sync(folder / name)
    if (source / ERASED).exists():
        replace(folder / ERASED, (source / ERASED).read_bytes())
    _copy_beside(source, folder)


def _copy_beside(source: Path, target: Path) -> None:
    """Copy what others made of the log: cosignatures, time stamps, and where checkpoints were published."""
    for name in (COSIGNED, STAMPED):
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, dirs_exist_ok=True)
    with suppress(FileNotFoundError):
        replace(target / OUTBOX, (source / OUTBOX).read_bytes())


def _put_back_beside(backup: Path, folder: Path, *, lost: bool) -> None:
    """Put back what others made of the log, and keep what is known here of when that was last asked for.

    What was published and stamped since the copy did happen. Where records are lost, both are begun anew: the
    checkpoint of the shorter log is published and stamped at once, so that everybody can see it.
    """
    known = {}
    for path in (OUTBOX, f"{STAMPED}/{STATE}"):
        with suppress(OSError):
            known[path] = (folder / path).read_bytes()
    _copy_beside(backup, folder)
    for path in (OUTBOX, f"{STAMPED}/{STATE}"):
        if lost:
            (folder / path).unlink(missing_ok=True)
        elif path in known:
            replace(folder / path, known[path])


def _copy_files(source: Path, target: Path) -> None:
    """Copy every attachment; one that is erased meanwhile is passed over."""
    if not (source / FOLDER).is_dir():
        return
    (target / FOLDER).mkdir(mode=0o700, exist_ok=True)
    for kept in sorted((source / FOLDER).iterdir()):
        if kept.suffix != ".draft":
            with suppress(FileNotFoundError):
                _put(kept, target / FOLDER / kept.name)
    sync_folder(target / FOLDER)


def _ensure_good(folder: Path, store: Store) -> int:
    vault = Vault(lambda: open_keys(folder / KEYS, to_read=True), store.keys.ring)
    try:
        vault.read_secret()
        with closing(_reading(folder / FILE)) as copy:
            found = verify(copy, Ledger(vault, store.ledger.clock), store.keys, folder)
    finally:
        vault.close()
    if found.broken:
        raise StoreUnusable(f"The copy in {folder} is not whole. {found.broken} Do not rely on it.")
    return found.size


def _reading(path: Path) -> Database:
    database: Database = ENGINE.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    return database


def _held_in(folder: Path, after: int) -> int:
    """Give how many records a folder holds after one of them, signed or not, but for those of copies that were made.

    0 where the file cannot be read: that is why one restores.
    """
    with suppress(Error, ValueError, EvidenceError), closing(_reading(folder / FILE)) as database:
        return sum(leaf.kind is not Kind.BACKUP_MADE for leaf in leaves(database, after)) if after else size(database)
    return 0


def _held(folder: Path) -> list[str]:
    """Give what is under a legal hold in a record, nothing where it cannot be read."""
    with suppress(Error, ValueError, TypeError, KeyError, EvidenceError), closing(_reading(folder / FILE)) as database:
        return [hold.incident for hold in holds(database)]
    return []


def _signed_in(folder: Path) -> int:
    try:
        head = read_head(folder / HEAD)
        return Checkpoint.claimed_by(head).size if head else 0
    except EvidenceError:
        return 0


def _refuse_loss(copied: int, here: int, accept_loss: bool) -> None:
    if here > copied and not accept_loss:
        raise StoreUnusable(
            f"The copy holds {copied} records, and {here} are here or were signed here: restoring it loses"
            f" {here - copied}. Witnesses will see that of those that were signed. If there is no newer copy, say"
            " --accept-loss."
        )


def _keep_erased(folder: Path, backup: Path) -> None:
    """Put together everything that is known to be erased, here and in the copy, before anything is replaced.

    The log that is replaced says why and by whom where the lists do not.
    """
    known = together(*(read_erasures(place / ERASED) for place in (folder, backup)))
    for place in (folder, backup):
        if (place / KEYS).exists():
            # A damaged file is why something is restored.
            with suppress(Error), closing(_reading(place / KEYS)) as keys:
                known = together(known, {group: None for (group,) in keys.execute("SELECT grp FROM erased")})
    with suppress(Error, ValueError, TypeError, EvidenceError), closing(_reading(folder / FILE)) as database:
        known = together(known, erasures_of(database, (ref for ref, said in known.items() if said is not None)))
    if known:
        write_erasures(folder / ERASED, known)


def _put(source: Path, target: Path) -> None:
    beside = target.with_name(f"{target.name}.restoring")
    shutil.copyfile(source, beside)
    beside.chmod(0o600)
    _sync(beside)
    for leftover in ("-wal", "-shm"):
        target.with_name(f"{target.name}{leftover}").unlink(missing_ok=True)
    beside.replace(target)
    sync_folder(target.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
