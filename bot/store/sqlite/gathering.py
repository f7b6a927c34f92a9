"""Gathering what goes into a pack: from the record, as it stood at one signed checkpoint, and nothing withheld."""

import hmac
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from bot.evidence.attachments import PIECE, open_attachment
from bot.evidence.checkpoints import Checkpoint
from bot.evidence.cosignatures import latest_cosignatures
from bot.evidence.errors import EvidenceError, SealBroken
from bot.evidence.keychain import KeyChain
from bot.evidence.leaves import Leaf, parse_leaf
from bot.evidence.merkle import inclusion_proof
from bot.evidence.notes import Note
from bot.evidence.packs.contents import (
    Choice,
    FileOpening,
    Opening,
    Pack,
    PackedIncident,
    PackedRecord,
    Withheld,
    policies_named,
)
from bot.evidence.packs.parts import Part, is_open, part_of
from bot.evidence.proofs import ConsistencyProof, InclusionProof
from bot.evidence.stamps import Stamp, stamps
from bot.evidence.words import Kind, Number, Sealed
from bot.store.case_facts import case_facts, decisions_of
from bot.store.keyfiles import KeyFiles
from bot.store.pack_facts import Masking, Secrets, facts, repeats, telling
from bot.store.searching import Search
from bot.store.sqlite.adoptions import policies_kept
from bot.store.sqlite.attachments import berth
from bot.store.sqlite.case_reading import unnamed
from bot.store.sqlite.connection import Database
from bot.store.sqlite.cosigned import Witnessing, prove_continued
from bot.store.sqlite.ledger import Ledger, StoredNodes, leaf_at, size
from bot.store.sqlite.packed_rows import Row, cases_with, records, rows
from bot.store.sqlite.packing import Agreed
from bot.store.sqlite.signing import chain
from bot.store.sqlite.stewardship import Refused
from bot.store.sqlite.vault import Erased
from policies.identifiers import IncidentId


def gather(
    database: Database,
    ledger: Ledger,
    keys: KeyFiles,
    agreed: Agreed,
    *,
    checkpoint: Note,
    made_at: datetime,
    since: Note | None = None,
    witnessed: Witnessing | None = None,
    texts: Mapping[str, bytes] | None = None,
    folder: Path,
    masked: Masking | None = None,
) -> Pack:
    """Gather what two people agreed to, as it stood at one signed checkpoint.

    `witnessed` is the checkpoint that witnesses cosigned. The policies that records name are those that the log keeps,
    else those among `texts`, by their SHA-256. `folder` holds the attachments; `masked` masks what was said around a
    message.
    Raises `EvidenceError` where `since` is no earlier checkpoint of this log.
    """
    database.execute("BEGIN")
    try:
        known = chain(database, keys)
        of_log = known.checkpoint(checkpoint)
        gathering = _Gathering(
            database, ledger, agreed.choice, checkpoint, upto=of_log.size, folder=folder, masked=masked
        )
        incidents = tuple(gathering.everything(rows(database, agreed.choice.all)))
        named = policies_named(r.leaf for incident in incidents for r in incident.records)
        kept = policies_kept(database, ledger, named)
        return Pack(
            choice=agreed.choice,
            export=agreed.export,
            made_at=made_at,
            asked_by=agreed.asked_by,
            agreed_by=agreed.agreed_by,
            incidents=incidents,
            checkpoint=checkpoint,
            keys=known,
            rotations=tuple(
                Note.parse(note) for (note,) in database.execute("SELECT note FROM statement ORDER BY seq")
            ),
            since=None if since is None else (since, prove_continued(database, known, since, checkpoint)),
            witnessed=None
            if witnessed is None
            else (_as_seen(witnessed, known), prove_continued(database, known, witnessed.note, checkpoint)),
            cosigned=None if witnessed is None else witnessed.cosigned,
            stamped=next(_stamped(database, known, folder, checkpoint), None),
            policies={found: text for found, text in (texts or {}).items() if found in named}
            | {found: text for found, (_, text) in kept.items()},
            policies_kept={found: seq for found, (seq, _) in kept.items()},
        )
    finally:
        database.execute("ROLLBACK")


def _as_seen(witnessed: Witnessing, known: KeyChain) -> Note:
    """Give the checkpoint with the log's signatures and each witness's latest cosignature, and no stranger's."""
    ours = {(span.key.name, span.key.id) for span in known.spans}
    latest = latest_cosignatures(witnessed.note, witnessed.cosigned.keys).values()
    kept = [made for made in witnessed.note.signatures if (made.name, made.key_id) in ours or made in latest]
    return Note(witnessed.note.text, tuple(kept))


def _stamped(
    database: Database, known: KeyChain, folder: Path, checkpoint: Note
) -> Iterator[tuple[Stamp, ConsistencyProof]]:
    """Give the stamps over this checkpoint, and over earlier ones that it continues, the newest first."""
    for stamp in stamps(folder, Checkpoint.claimed_by(checkpoint).size):
        with suppress(EvidenceError):  # one of a history that was lost stays in its folder, and proves nothing here
            yield stamp, prove_continued(database, known, stamp.note, checkpoint)


def ensure_earlier(database: Database, keys: KeyFiles, old: Note) -> None:
    """Refuse what is no earlier checkpoint of this log, before anything is recorded."""
    claimed = chain(database, keys).checkpoint(old)
    if not 1 <= claimed.size <= size(database):
        raise Refused(f"That checkpoint has {claimed.size} records, and the log has {size(database)}.")


@dataclass(frozen=True, slots=True)
class _Opened:
    """A record as it is read: what is sealed with it, unless that was erased, and what of it may be disclosed."""

    leaf: Leaf
    written: bytes
    values: dict[str, Opening] | None
    files: dict[str, FileOpening]
    chosen: frozenset[Part]


class _Gathering:
    """One pass over the incidents of a pack."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        choice: Choice,
        note: Note,
        *,
        upto: int,
        folder: Path,
        masked: Masking | None,
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._choice = choice
        self._note = note
        self._upto = upto
        self._folder = folder
        self._masked = masked
        self._nodes = StoredNodes(database)
        self._unnamed: set[bytes] = set()

    def everything(self, found: Sequence[Row]) -> Iterator[PackedIncident]:
        """Give cases and incidents; with a case, what is withheld of one of them is looked for in all."""
        opened = [(row, list(self._read(row))) for row in found]
        all_of_it = [one for _, read in opened for one in read]
        secret = _secrets(all_of_it, self._unnamed) if self._choice.cases else None
        for row, read in opened:
            yield self._packed(row, read, secret or _secrets(read, self._unnamed))

    def _packed(self, row: Row, read: Sequence[_Opened], secret: Secrets) -> PackedIncident:
        records = tuple(self._record(row, one, secret) for one in read)
        shown = self._choice.show_text
        if row.case is not None:
            told = tuple(case_facts(records, show_text=shown, masked=self._masked))
            decisions = dict(decisions_of(row.name, [(one.leaf, one.values, one.chosen) for one in read], secret))
        else:
            first = next((one.values for one in read if one.leaf.seq == row.seq), None)
            told, decisions = tuple(facts(records, first, show_text=shown, masked=self._masked)), {}
        erased = None if row.erased is None else leaf_at(self._database, row.erased)
        return PackedIncident(name=row.name, records=records, facts=told, erased=erased, decisions=decisions)

    def _read(self, row: Row) -> Iterator[_Opened]:
        numbers = [row.number] if row.incident is None else cases_with(self._database, row.incident)
        self._unnamed |= set(unnamed(self._database, self._ledger, numbers))
        for seq in records(self._database, row):
            if seq <= self._upto:
                yield self._opened(row, seq)

    def _opened(self, row: Row, seq: int) -> _Opened:
        (written,) = self._database.execute("SELECT leaf FROM log WHERE seq = ?", (seq,)).fetchone()
        leaf, values, files = parse_leaf(written), {}, {}
        try:
            for field in leaf.commit:
                salt, value = self._ledger.opening(self._database, seq, field)
                if row.case is not None and field.startswith(Sealed.ATTACHMENT):
                    again = partial(self._again, seq, field)
                    files[field] = FileOpening(salt, len(value), sha256(value).hexdigest(), again)
                else:
                    values[field] = Opening(salt, value)
        except Erased:
            return _Opened(leaf, bytes(written), None, {}, _chosen(leaf, None, self._choice.parts, self._unnamed))
        return _Opened(leaf, bytes(written), values, files, _chosen(leaf, values, self._choice.parts, self._unnamed))

    def _again(self, seq: int, field: str) -> Iterator[bytes]:
        """Give a file that lies sealed in the record itself, as those of reports do."""
        yield self._ledger.opening(self._database, seq, field)[1]

    def _record(self, row: Row, one: _Opened, secret: Secrets) -> PackedRecord:
        openings, files, withheld, leaf = {}, {}, {}, one.leaf
        for field in leaf.commit:
            part = part_of(leaf, field)
            if one.values is None:
                withheld[field] = Withheld(part, "erased")
            elif not is_open(leaf, field, one.chosen):
                withheld[field] = Withheld(part, self._why(leaf, part, one.chosen))
            elif field.startswith(Sealed.ATTACHMENT):
                search = Search(secret.words, secret.names)
                if field in one.files:
                    found = _searched(one.files[field], search)
                else:
                    found = self._delivered(row, leaf, field, one.values[field].salt, search)
                if isinstance(found, str):
                    withheld[field] = Withheld(part, found)
                else:
                    files[field] = found
            elif repeats(field, one.values[field].value, secret):
                withheld[field] = Withheld(part, _REPEATS)
            else:
                openings[field] = one.values[field]
        proof = InclusionProof(leaf.index, inclusion_proof(self._nodes, leaf.index, self._upto), self._note)
        return PackedRecord(
            leaf=leaf, written=one.written, proof=proof, openings=openings, files=files, withheld=withheld
        )

    def _why(self, leaf: Leaf, part: Part, chosen: Collection[Part]) -> str:
        if part not in self._choice.parts:
            return "not chosen"
        if leaf.kind is Kind.CONFLICT_NOTED:
            return "why somebody stands aside is for the auditor alone"
        return "it tells of something withheld" if part in chosen else "whoever reported asked not to be named"

    def _delivered(self, row: Row, leaf: Leaf, field: str, salt: bytes, search: Search) -> FileOpening | str:
        """Give a file that came with a message, to be read when it is written, or say why it cannot be given."""
        hashed, committed, size = sha256(), hmac.new(salt, digestmod=sha256), 0
        try:
            at = berth(self._database, self._ledger, self._folder, IncidentId(row.name), leaf.numbers[Number.ITEM])
            pieces = partial(open_attachment, at.path, at.key, at.place)
            for piece in pieces():
                size += len(piece)
                for each in (hashed.update, committed.update, search.feed):
                    each(piece)
        except FileNotFoundError:
            return "its file is missing"
        except (SealBroken, OSError):
            return "its file is damaged"
        if committed.hexdigest() != leaf.commit[field]:
            return "its file is another one"
        return _REPEATS if search.found() else FileOpening(salt, size, hashed.hexdigest(), pieces)


def _searched(file: FileOpening, search: Search) -> FileOpening | str:
    for piece in file.pieces():
        search.feed(piece)
    return _REPEATS if search.found() else file


def _chosen(
    leaf: Leaf, values: Mapping[str, Opening] | None, parts: frozenset[Part], nobody: Collection[bytes]
) -> frozenset[Part]:
    """Give the parts of a record that may be disclosed: never who reported and asked not to be named."""
    if leaf.kind is Kind.CONFLICT_NOTED:
        return frozenset()
    tells = (opening.value for field, opening in (values or {}).items() if part_of(leaf, field) is Part.REPORTER)
    return parts - {Part.REPORTER} if any(word in value for value in tells for word in nobody) else parts


def _secrets(read: Sequence[_Opened], nobody: Collection[bytes]) -> Secrets:
    found = telling((one.leaf, {**one.values, **_short(one.files)}, one.chosen) for one in read if one.values)
    return Secrets(tuple(sorted({*found.words, *(word.lower() for word in nobody)})), found.around, found.names)


def _short(files: Mapping[str, FileOpening]) -> dict[str, Opening]:
    """Give the files that are short enough for somebody to have written them out elsewhere."""
    return {field: Opening(file.salt, b"".join(file.pieces())) for field, file in files.items() if file.size <= PIECE}


_REPEATS = "it repeats something withheld"
