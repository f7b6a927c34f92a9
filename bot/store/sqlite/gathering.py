"""Gathering what goes into a pack: from the record, as it stood at one signed checkpoint, and nothing withheld."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.evidence.checkpoints import Checkpoint
from bot.evidence.cosignatures import latest_cosignatures
from bot.evidence.errors import EvidenceError, SealBroken
from bot.evidence.keychain import KeyChain
from bot.evidence.leaves import Leaf, opens, parse_leaf
from bot.evidence.merkle import inclusion_proof
from bot.evidence.notes import Note
from bot.evidence.packs.contents import Choice, Opening, Pack, PackedIncident, PackedRecord, Withheld
from bot.evidence.packs.parts import Part, is_open, part_of
from bot.evidence.proofs import ConsistencyProof, InclusionProof
from bot.evidence.stamps import Stamp, stamps
from bot.evidence.words import Kind, Number, Sealed
from bot.store.case_facts import case_facts, decisions_of
from bot.store.keyfiles import KeyFiles
from bot.store.pack_facts import Masking, Secrets, facts, repeats, telling
from bot.store.sqlite.attachments import pieces_of
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

    `witnessed` is the checkpoint that witnesses cosigned. Of `texts`, policies by their SHA-256, those that a record
    names are taken. `folder` holds the attachments; `masked` masks what was said around a message.
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
        named = {r.leaf.policy.sha256 for incident in incidents for r in incident.records if r.leaf.policy}
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
            policies={found: text for found, text in (texts or {}).items() if found in named},
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
        whole = [one for _, read in opened for one in read]
        for row, read in opened:
            secret = _secrets(whole if self._choice.cases else read, self._unnamed)
            yield self._packed(row, read, secret)

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
                leaf, written, values = self._opened(seq)
                yield _Opened(leaf, written, values, _chosen(leaf, values, self._choice.parts, self._unnamed))

    def _opened(self, seq: int) -> tuple[Leaf, bytes, dict[str, Opening] | None]:
        (written,) = self._database.execute("SELECT leaf FROM log WHERE seq = ?", (seq,)).fetchone()
        try:
            found = self._ledger.openings(self._database, seq)
        except Erased:
            return parse_leaf(written), bytes(written), None
        return parse_leaf(written), bytes(written), {field: Opening(*pair) for field, pair in found.items()}

    def _record(self, row: Row, one: _Opened, secret: Secrets) -> PackedRecord:
        openings, withheld, leaf = {}, {}, one.leaf
        for field in leaf.commit:
            part = part_of(leaf, field)
            if one.values is None:
                withheld[field] = Withheld(part, "erased")
            elif not is_open(leaf, field, one.chosen):
                withheld[field] = Withheld(part, self._why(leaf, part, one.chosen))
            elif isinstance(found := self._whole(row, leaf, field, one.values[field]), str):
                withheld[field] = Withheld(part, found)
            elif repeats(field, found.value, secret):
                withheld[field] = Withheld(part, "it repeats something withheld")
            else:
                openings[field] = found
        proof = InclusionProof(leaf.index, inclusion_proof(self._nodes, leaf.index, self._upto), self._note)
        return PackedRecord(leaf=leaf, written=one.written, proof=proof, openings=openings, withheld=withheld)

    def _why(self, leaf: Leaf, part: Part, chosen: Collection[Part]) -> str:
        if part not in self._choice.parts:
            return "not chosen"
        if leaf.kind is Kind.CONFLICT_NOTED:
            return "why somebody stands aside is for the auditor alone"
        return "it tells of something withheld" if part in chosen else "whoever reported asked not to be named"

    def _whole(self, row: Row, leaf: Leaf, field: str, opening: Opening) -> Opening | str:
        """Give a value with what lies in a file of its own, or say why the file cannot be given."""
        if not field.startswith(Sealed.ATTACHMENT) or row.case is not None:
            return opening
        try:
            pieces = pieces_of(
                self._database, self._ledger, self._folder, IncidentId(row.name), leaf.numbers[Number.ITEM]
            )
            content = b"".join(pieces)
        except FileNotFoundError:
            return "its file is missing"
        except (SealBroken, OSError):
            return "its file is damaged"
        return (
            Opening(opening.salt, content)
            if opens(leaf.commit[field], opening.salt, content)
            else "its file is another one"
        )


def _chosen(
    leaf: Leaf, values: Mapping[str, Opening] | None, parts: frozenset[Part], nobody: Collection[bytes]
) -> frozenset[Part]:
    """Give the parts of a record that may be disclosed: never who reported and asked not to be named."""
    if leaf.kind is Kind.CONFLICT_NOTED:
        return frozenset()
    tells = (opening.value for field, opening in (values or {}).items() if part_of(leaf, field) is Part.REPORTER)
    return parts - {Part.REPORTER} if any(word in value for value in tells for word in nobody) else parts


def _secrets(read: Sequence[_Opened], nobody: Collection[bytes]) -> Secrets:
    found = telling((one.leaf, one.values, one.chosen) for one in read if one.values)
    return Secrets(tuple(sorted({*found.words, *(word.lower() for word in nobody)})), found.around, found.names)
