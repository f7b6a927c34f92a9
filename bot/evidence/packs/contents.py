"""What a pack is made of, gathered and not yet laid out as files."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.evidence.chance import PersonRef
from bot.evidence.cosignatures import Cosigned
from bot.evidence.keychain import KeyChain
from bot.evidence.leaves import Leaf
from bot.evidence.notes import Note
from bot.evidence.packs.parts import USUAL, Part
from bot.evidence.packs.referral import Referral
from bot.evidence.proofs import ConsistencyProof, InclusionProof
from bot.evidence.stamps import Stamp
from bot.evidence.words import Code, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What somebody asked to have packed, and on which ground; the second person agrees to exactly this.

    `linked` are the incidents of the `cases` that nobody named; they come along.
    """

    incidents: tuple[str, ...]
    basis: Code
    parts: frozenset[Part] = USUAL
    show_text: bool = False
    purpose: Code = Code.PURPOSE_PACK
    referral: Referral | None = None
    cases: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """What people name when they ask for it."""
        return *self.cases, *self.incidents

    @property
    def all(self) -> tuple[str, ...]:
        """Everything that is packed: cases, then incidents."""
        return *self.cases, *self.incidents, *self.linked


@dataclass(frozen=True, slots=True)
class Opening:
    """A value that is disclosed, with the salt that shows it to be the one that was committed to."""

    salt: bytes = field(repr=False)
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FileOpening:
    """A file that is disclosed, with the salt of the commitment to it; it is read piece by piece when it is asked for.

    What `pieces` gives comes from the open record, and is good only as long as that is open.
    """

    salt: bytes = field(repr=False)
    size: int
    sha256: str = field(repr=False)
    pieces: Callable[[], Iterator[bytes]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Withheld:
    """A field that is not disclosed: which part it belongs to, and why."""

    part: Part
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedRecord:
    """A record with its proof, what of it is disclosed, and what is not."""

    leaf: Leaf
    written: bytes
    proof: InclusionProof
    openings: Mapping[str, Opening]
    files: Mapping[str, FileOpening]
    withheld: Mapping[str, Withheld]

    @property
    def salts(self) -> dict[str, bytes]:
        """The salts of all that is disclosed, by the fields."""
        values = {field: opening.salt for field, opening in self.openings.items()}
        return values | {field: file.salt for field, file in self.files.items()}


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the report: what it is about, what it says, and the record that it comes from."""

    label: str
    value: str
    seq: int
    quoted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedIncident:
    """An incident or a case: its records in order, and what they come to in words.

    `decisions` are the statements of reasons of a case, each by its name, as JSON.
    """

    name: str
    records: tuple[PackedRecord, ...]
    facts: tuple[Fact, ...]
    erased: Leaf | None = None
    decisions: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """Everything that goes into a pack; `incidents` holds the cases as well, in front.

    `policies` are files by their SHA-256; `policies_kept` says of those that the log keeps which record does.
    """

    choice: Choice
    export: int
    made_at: datetime
    asked_by: PersonRef | None
    agreed_by: PersonRef | None
    incidents: tuple[PackedIncident, ...]
    checkpoint: Note
    keys: KeyChain
    rotations: tuple[Note, ...] = ()
    since: tuple[Note, ConsistencyProof] | None = None
    witnessed: tuple[Note, ConsistencyProof] | None = None
    cosigned: Cosigned | None = None
    stamped: tuple[Stamp, ConsistencyProof] | None = None
    policies: Mapping[str, bytes] = field(default_factory=dict)
    policies_kept: Mapping[str, int] = field(default_factory=dict)

    @property
    def records(self) -> list[PackedRecord]:
        """All records, in the order of the log."""
        return sorted((r for incident in self.incidents for r in incident.records), key=lambda r: r.leaf.seq)

    @property
    def name(self) -> str:
        """What the pack is called: by the record that says it was made."""
        return f"pack-{self.export}"

    @property
    def policies_missing(self) -> list[str]:
        """The hashes of policies that records name and whose text is not at hand."""
        return sorted(set(policies_named(record.leaf for record in self.records)) - set(self.policies))

    @property
    def policy_sources(self) -> list[tuple[str, str]]:
        """Every policy by its hash, in the order in which records name them, and where its text is from."""
        return [(named, self._source(named)) for named in policies_named(record.leaf for record in self.records)]

    def _source(self, named: str) -> str:
        if named in self.policies_kept:
            return f"as record {self.policies_kept[named]} of the log keeps it"
        if named in self.policies:
            return "from a file at hand, which has this hash; the log keeps no text of it"
        return "missing here: the log keeps no text of it, and no file with this hash was at hand"


def policies_named(leaves: Iterable[Leaf]) -> list[str]:
    """Give the hashes of the policies under which something was decided; a schedule of retention is none."""
    kinds = (Kind.EVIDENCE_ERASED, Kind.RETENTION_APPLIED)
    return list(dict.fromkeys(leaf.policy.sha256 for leaf in leaves if leaf.policy and leaf.kind not in kinds))
