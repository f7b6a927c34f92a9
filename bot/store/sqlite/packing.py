"""Packing: two people agree to a pack, that is put on record, and what goes into it is gathered from the record."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.evidence.chance import IncidentRef, PersonRef
from bot.evidence.checkpoints import Checkpoint
from bot.evidence.cosignatures import latest_cosignatures
from bot.evidence.errors import EvidenceError, SealBroken
from bot.evidence.keychain import KeyChain
from bot.evidence.leaves import Leaf, opens, parse_leaf
from bot.evidence.merkle import inclusion_proof
from bot.evidence.notes import Note
from bot.evidence.packs.contents import Choice, Opening, Pack, PackedIncident, PackedRecord, Withheld
from bot.evidence.packs.parts import Part, is_open, named, part_of
from bot.evidence.packs.referral import Ground, PerceivedBy, PossibleOffence, Referral, Target
from bot.evidence.proofs import ConsistencyProof, InclusionProof
from bot.evidence.stamps import Stamp, stamps
from bot.evidence.words import Code, Kind, Number, Sealed
from bot.store.codec import dump, load
from bot.store.keyfiles import KeyFiles
from bot.store.pack_facts import Masking, Secrets, facts, repeats, telling
from bot.store.sqlite.attachments import pieces_of
from bot.store.sqlite.connection import Database
from bot.store.sqlite.cosigned import Witnessing, prove_continued
from bot.store.sqlite.evidence import answered, append
from bot.store.sqlite.ledger import Entry, Ledger, StoredNodes, leaf_at, size
from bot.store.sqlite.signing import chain
from bot.store.sqlite.stewardship import Refused, Steward, acting, ensure_second
from bot.store.sqlite.vault import Erased
from bot.store.sqlite.writer import Writer
from handlers.errors import UnknownIncident
from policies.identifiers import IncidentId

MOST_BYTES = 256 * 1024 * 1024
"""The most bytes of attachments in one pack, which is put together in memory."""
_TABLES = ("outcome", "act", "deletion", "about")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """A pack that two people agreed to, as it is on record: the first record that says so, and the last."""

    choice: Choice
    asked_by: PersonRef | None
    agreed_by: PersonRef
    export: int
    last: int


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    number: int
    ref: IncidentRef
    seq: int
    erased: int | None


class Packing:
    """Puts requests and exports on record."""

    def __init__(self, writer: Writer, ledger: Ledger) -> None:
        self._writer = writer
        self._ledger = ledger

    async def request(self, choice: Choice, who: Steward) -> int:
        """Ask for a pack; a second person has to agree. Gives the record that says so."""
        return await answered(self._writer.write(lambda db: self._request(db, choice, who)), "written")

    async def agree(self, incidents: Sequence[str], who: Steward) -> Agreed:
        """Agree to what somebody else asked for; that it was exported is on record when this returns."""
        return await answered(self._writer.write(lambda db: self._agree(db, incidents, who)), "written")

    def _request(self, database: Database, choice: Choice, who: Steward) -> int:
        _refuse_too_much(database, choice)
        first = size(database) + 1
        for place, row in enumerate(_rows(database, choice.incidents)):
            body = {} if place else {Sealed.BODY.value: dump(_written(choice))}
            numbers = {Number.OF_SEQ: first, Number.ITEMS: len(choice.incidents)}
            self._append(database, Kind.EXPORT_REQUESTED, row, who, codes=(choice.basis,), numbers=numbers, body=body)
        return first

    def _agree(self, database: Database, incidents: Sequence[str], who: Steward) -> Agreed:
        rows = _rows(database, incidents)
        asked = {_open_request(database, row) for row in rows}
        if None in asked or len(asked) != 1:
            names = " ".join(row.name for row in rows)
            raise Refused(f"Nobody has asked for a pack of {names}. The first person asks, a second agrees.")
        request = leaf_at(database, min(seq for seq in asked if seq is not None))
        choice = _read(self._ledger.sealed(database, request.seq)[Sealed.BODY])
        if set(choice.incidents) != {row.name for row in rows}:
            raise Refused(f"What was asked for is a pack of {' '.join(choice.incidents)}. Name exactly these.")
        ensure_second(self._ledger.vault, request.actor, request.role, who, "a pack is made")
        codes = (choice.basis, Code.PURPOSE_PACK)
        if choice.show_text:
            for row in rows:
                if row.erased is None:
                    self._append(database, Kind.EVIDENCE_VIEWED, row, who, codes=(choice.purpose,), numbers={})
        numbers = {Number.OF_SEQ: request.seq, Number.ITEMS: len(rows)}
        done = [self._append(database, Kind.EVIDENCE_EXPORTED, row, who, codes=codes, numbers=numbers) for row in rows]
        agreed_by = acting(self._ledger.vault, who)
        return Agreed(choice=choice, asked_by=request.actor, agreed_by=agreed_by, export=done[0].seq, last=done[-1].seq)

    def _append(
        self,
        database: Database,
        kind: Kind,
        row: _Row,
        who: Steward,
        *,
        codes: tuple[Code, ...],
        numbers: Mapping[Number, int],
        body: Mapping[str, bytes] | None = None,
    ) -> Leaf:
        actor = acting(self._ledger.vault, who)
        entry = Entry(
            kind=kind,
            role=who.role,
            group=actor,
            actor=actor,
            incident=row.ref,
            codes=tuple(dict.fromkeys(code.value for code in codes)),
            numbers={number.value: found for number, found in numbers.items()},
            sealed={Sealed.AUTHOR.value: dump({"name": who.name}), **(body or {})},
        )
        return append(database, self._ledger, entry)


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
        incidents = tuple(gathering.incident(row) for row in _rows(database, agreed.choice.incidents))
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

    def incident(self, row: _Row) -> PackedIncident:
        seqs = [row.seq]
        for table in _TABLES:
            found = self._database.execute(f"SELECT seq FROM {table} WHERE incident = ?", (row.number,))
            seqs += [seq for (seq,) in found]
        opened = [(seq, *self._opened(seq)) for seq in sorted(seqs) if seq <= self._upto]
        secret = telling((leaf, values, self._choice.parts) for _, leaf, _, values in opened if values)
        records = tuple(self._record(row, leaf, written, values, secret) for _, leaf, written, values in opened)
        whole = next((values for seq, _, _, values in opened if seq == row.seq), None)
        erased = None if row.erased is None else leaf_at(self._database, row.erased)
        return PackedIncident(
            name=row.name,
            records=records,
            facts=tuple(facts(records, whole, show_text=self._choice.show_text, masked=self._masked)),
            erased=erased,
        )

    def _opened(self, seq: int) -> tuple[Leaf, bytes, dict[str, Opening] | None]:
        (written,) = self._database.execute("SELECT leaf FROM log WHERE seq = ?", (seq,)).fetchone()
        try:
            found = self._ledger.openings(self._database, seq)
        except Erased:
            return parse_leaf(written), bytes(written), None
        return parse_leaf(written), bytes(written), {field: Opening(*pair) for field, pair in found.items()}

    def _record(
        self, row: _Row, leaf: Leaf, written: bytes, values: dict[str, Opening] | None, secret: Secrets
    ) -> PackedRecord:
        openings, withheld = {}, {}
        for field in leaf.commit:
            part = part_of(leaf, field)
            if values is None:
                withheld[field] = Withheld(part, "erased")
            elif not is_open(leaf, field, self._choice.parts):
                chosen = part in self._choice.parts
                withheld[field] = Withheld(part, "it tells of something withheld" if chosen else "not chosen")
            elif isinstance(found := self._whole(row, leaf, field, values[field]), str):
                withheld[field] = Withheld(part, found)
            elif repeats(field, found.value, secret):
                withheld[field] = Withheld(part, "it repeats something withheld")
            else:
                openings[field] = found
        proof = InclusionProof(leaf.index, inclusion_proof(self._nodes, leaf.index, self._upto), self._note)
        return PackedRecord(leaf=leaf, written=written, proof=proof, openings=openings, withheld=withheld)

    def _whole(self, row: _Row, leaf: Leaf, field: str, opening: Opening) -> Opening | str:
        """Give a value with what lies in a file of its own, or say why the file cannot be given."""
        if not field.startswith(Sealed.ATTACHMENT):
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


def _rows(database: Database, names: Sequence[str]) -> list[_Row]:
    return [_row(database, name) for name in names]


def _row(database: Database, name: str) -> _Row:
    row = database.execute(
        "SELECT number, ref, seq, erased FROM incident WHERE id = ?",
        (name.encode("utf-8", "backslashreplace").decode(),),
    ).fetchone()
    if row is None:
        raise UnknownIncident(f"There is no incident {name}.")
    return _Row(name, int(row[0]), IncidentRef(row[1]), int(row[2]), row[3])


def _refuse_too_much(database: Database, choice: Choice) -> None:
    """Refuse more files than a pack takes, before anything is recorded."""
    total = 0
    for row in _rows(database, choice.incidents) if Part.ATTACHMENTS in choice.parts else ():
        kept = database.execute(
            "SELECT seq FROM about WHERE incident = ? AND kind = ?", (row.number, Kind.ATTACHMENT_KEPT.value)
        ).fetchall()
        total += sum(leaf_at(database, seq).numbers[Number.BYTES] for (seq,) in kept)
    if total > MOST_BYTES:
        raise Refused(
            f"The files that came with these messages have {total >> 20} MiB, and a pack takes {MOST_BYTES >> 20}."
            " Pack fewer incidents at a time, or withhold attachments."
        )


def _open_request(database: Database, row: _Row) -> int | None:
    """Give the first record of the latest request about an incident that no pack followed from."""
    latest = database.execute(
        "SELECT kind, of_seq FROM about WHERE incident = ? AND kind IN (?, ?) ORDER BY seq DESC LIMIT 1",
        (row.number, Kind.EXPORT_REQUESTED.value, Kind.EVIDENCE_EXPORTED.value),
    ).fetchone()
    return int(latest[1]) if latest and latest[0] == Kind.EXPORT_REQUESTED.value else None


def _written(choice: Choice) -> dict[str, object]:
    return {
        "incidents": [*choice.incidents],
        "basis": choice.basis.value,
        "parts": sorted(choice.parts),
        "show_text": choice.show_text,
        "purpose": choice.purpose.value,
        "referral": None if choice.referral is None else choice.referral.as_json(),
    }


def _read(written: bytes) -> Choice:
    said = load(written)
    form = said["referral"]
    return Choice(
        incidents=tuple(said["incidents"]),
        basis=Code(said["basis"]),
        parts=named(said["parts"]),
        show_text=said["show_text"],
        purpose=Code(said["purpose"]),
        referral=None if form is None else _referral(form),
    )


def _referral(form: dict[str, list[str]]) -> Referral:
    return Referral(
        grounds=tuple(map(Ground, form["grounds"])),
        perceived_by=next(map(PerceivedBy, form["perceived_by"]), None),
        targets=tuple(map(Target, form["targets"])),
        offences=tuple(map(PossibleOffence, form["offences"])),
    )
