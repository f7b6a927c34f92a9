"""Changing keys: the signing key names its successor on the record; the wrapping key wraps everything anew."""

from pathlib import Path

from bot.evidence.key_files import keep_key_ring
from bot.evidence.keychain import rotate
from bot.evidence.notes import KeyUse, SigningKey, VerifierKey
from bot.evidence.words import Kind, Number
from bot.evidence.wrapping import KeyRing, WrappingKey
from bot.store import keyfiles
from bot.store.sqlite.connection import Database
from bot.store.sqlite.evidence import answered, append
from bot.store.sqlite.ledger import Entry, size
from bot.store.sqlite.signing import Checkpoints
from bot.store.sqlite.store import Store


async def rotate_signing_key(store: Store, keys: Path) -> VerifierKey:
    """Let the signing key name a new one, and sign with that from now on; gives the new public half."""
    await store.checkpoints.sign()
    old = store.keys.signing
    new = SigningKey.new(old.name, KeyUse.NOTE)
    # Kept first: once the statement is on record, nothing else can sign.
    keyfiles.keep_next(keys, new)

    def work(database: Database) -> None:
        at = size(database)
        note = rotate(old, new, size=at, at=store.ledger.clock.now())
        leaf = append(database, store.ledger, Entry(kind=Kind.KEY_ROTATED, numbers={Number.SIZE.value: at}))
        database.execute("INSERT INTO statement (seq, note) VALUES (?, ?)", (leaf.seq, note.to_bytes()))

    await answered(store.writer.write(work), "written")
    keyfiles.take_next(keys)
    await Checkpoints(store.writer, store.folder, keyfiles.read_keys(keys)).sign()
    return new.verifier


async def rotate_wrapping_key(store: Store, keys: Path) -> int:
    """Wrap every key anew with a new wrapping key; gives how many. A crash in between leaves both in the file."""
    ring = store.keys.ring.rotated(WrappingKey.new())
    keep_key_ring(keys / keyfiles.WRAPPING, ring)
    count = await answered(store.writer.read(lambda _: store.ledger.vault.rewrap(ring)), "written")
    keep_key_ring(keys / keyfiles.WRAPPING, KeyRing(ring.present))
    return count
