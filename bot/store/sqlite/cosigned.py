"""Checkpoints that witnesses cosigned, each in a file beside the record, so that anybody can be handed one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.evidence.checkpoints import Checkpoint
from bot.evidence.cosignatures import Cosigned, WitnessPolicy, cosigners
from bot.evidence.durable_files import replace
from bot.evidence.errors import LogRolledBack, NoteRefused
from bot.evidence.heads import read_head
from bot.evidence.keychain import KeyChain
from bot.evidence.merkle import consistency_proof
from bot.evidence.notes import Note
from bot.evidence.proofs import ConsistencyProof
from bot.store.keyfiles import KeyFiles
from bot.store.sqlite.connection import Database
from bot.store.sqlite.ledger import StoredNodes
from bot.store.sqlite.signing import chain
from bot.store.sqlite.verify import against

FOLDER = "cosigned"


@dataclass(frozen=True, slots=True)
class Witnessing:
    """A checkpoint of this record, and which witnesses cosigned it."""

    size: int
    note: Note
    cosigned: Cosigned


def keep_cosignatures(
    database: Database, folder: Path, keys: KeyFiles, note: Note, policy: WitnessPolicy
) -> Witnessing:
    """Keep the cosignatures that came back with a checkpoint; refuses what this log did not sign, or no witness did."""
    signed = chain(database, keys).checkpoint(note)
    row = database.execute("SELECT note FROM checkpoint WHERE size = ?", (signed.size,)).fetchone()
    if row is None or Note.parse(row[0]).text != note.text:
        raise NoteRefused(
            f"This record never had the checkpoint of {signed.size} records that was cosigned, though its key signed"
            " it. Keep the file: it shows another history."
        )
    known = set(cosigners(note, policy.witnesses))
    ids = {(key.name, key.id) for key in known}
    if not ids:
        raise NoteRefused("None of the witnesses that the settings name (evidence.witnesses) cosigned this checkpoint.")
    before = read_head(_path(folder, signed.size)) or Note.parse(row[0])
    merged = before.with_signatures([made for made in note.signatures if (made.name, made.key_id) in ids])
    (folder / FOLDER).mkdir(mode=0o700, exist_ok=True)
    replace(_path(folder, signed.size), merged.to_bytes())
    return Witnessing(signed.size, merged, policy.check(merged))


def with_cosignatures(folder: Path, note: Note) -> Note:
    """Give a checkpoint with what witnesses added to it."""
    kept = read_head(_path(folder, Checkpoint.claimed_by(note).size))
    return note if kept is None or kept.text != note.text else note.with_signatures(kept.signatures)


def prove_continued(database: Database, known: KeyChain, old: Note, new: Note) -> ConsistencyProof:
    """Prove that what was signed last continues an older checkpoint; refuses one that is not of this log's history."""
    before, now = known.checkpoint(old), known.checkpoint(new)
    if before.size > now.size:
        raise NoteRefused(f"That checkpoint has {before.size} records; {now.size} are signed here. Nothing follows it.")
    if problem := against(database, known, old):
        raise LogRolledBack(f"The log does not continue that checkpoint, so no proof can be made. {problem}")
    return ConsistencyProof(before.size, consistency_proof(StoredNodes(database), before.size, now.size), new)


def witnessed(folder: Path, known: KeyChain, policy: WitnessPolicy) -> Iterator[Witnessing]:
    """Give all checkpoints that were cosigned, the largest first; refuses one that was changed."""
    for path in sorted((folder / FOLDER).glob("*.note"), reverse=True):
        note = read_head(path)
        if note is not None:
            yield Witnessing(known.checkpoint(note).size, note, policy.check(note))


def _path(folder: Path, size: int) -> Path:
    return folder / FOLDER / f"{size:019d}.note"
