"""The list of all that was erased, outside the databases, so that no restored copy brings it back or forgets why.

Each line is an opaque name, and after it the records of the erasure and of the request for it, as the log has them.
Neither holds anybody's name or words. A line of an earlier release is a name alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from bot.evidence.chance import CaseRef, IncidentRef
from bot.evidence.durable_files import replace
from bot.evidence.errors import EvidenceError
from bot.evidence.leaves import Leaf, parse_leaf
from bot.evidence.words import Code, Kind, Number
from bot.store.sqlite.connection import Database
from bot.store.sqlite.evidence import append
from bot.store.sqlite.ledger import Entry, Ledger, leaf_at

ERASED = "erased.list"


@dataclass(frozen=True, slots=True)
class Erasure:
    """What the log said of an erasure: its record, and that of the request where people asked for it."""

    done: Leaf
    asked: Leaf | None = None


Erasures = Mapping[str, Erasure | None]
"""What was erased, by the opaque names; nothing where no more is known than that it was."""


def read_erasures(path: Path) -> dict[str, Erasure | None]:
    """Read the list; of a line whose records cannot be read the name still counts."""
    if not path.exists():
        return {}
    found: dict[str, Erasure | None] = {}
    for line in path.read_text("ascii").splitlines():
        ref, *written = line.split()[:3] or ("",)
        if ref:
            found[ref] = _read(ref, [record.encode() for record in written])
    return found


def write_erasures(path: Path, erasures: Erasures) -> None:
    """Write the list in the place of the one that is there."""
    replace(path, "".join(f"{' '.join(_words(ref, said))}\n" for ref, said in sorted(erasures.items())).encode())


def together(*lists: Erasures) -> dict[str, Erasure | None]:
    """Put lists together; what is known of an erasure in an earlier one stands."""
    known: dict[str, Erasure | None] = {}
    for one in lists:
        for ref, said in one.items():
            known[ref] = known.get(ref) or said
    return known


def erasures_of(database: Database, without: Iterable[str] = ()) -> dict[str, Erasure | None]:
    """Give what the log says is erased, and what it says of that, but for some."""
    passed = set(without)
    return {
        ref: Erasure(done := leaf_at(database, seq), _request(database, done))
        for ref, seq in database.execute(_GONE).fetchall()
        if ref not in passed
    }


def record_again(database: Database, ledger: Ledger, ref: str, said: Erasure | None) -> None:
    """Record an erasure that a restored copy lacks: why and by whom as the list has it, or that nobody knows that here.

    When it was done first stands in `plat_at`. Nothing is recorded where the log says already that it is erased.
    """
    about = _still_there(database, ref)
    if about is None:
        return
    if said is None:
        append(database, ledger, Entry(kind=Kind.EVIDENCE_ERASED, codes=(Code.ERASED_REASON_UNKNOWN.value,), **about))
        return
    numbers = {Number.ITEMS.value: said.done.numbers[Number.ITEMS]} if Number.ITEMS in said.done.numbers else {}
    if said.asked is not None:
        numbers[Number.OF_SEQ.value] = _asked_again(database, ledger, said.asked, about)
    append(database, ledger, _again(said.done, about, numbers))


def _asked_again(database: Database, ledger: Ledger, asked: Leaf, about: "_About") -> int:
    """Give the record of a request, which the copy has if it was made in between."""
    found = database.execute("SELECT seq FROM log WHERE seq = ? AND leaf = ?", (asked.seq, asked.to_bytes())).fetchone()
    if found is not None:
        return asked.seq
    return append(database, ledger, _again(asked, about, {})).seq


def _again(leaf: Leaf, about: "_About", numbers: Mapping[str, int]) -> Entry:
    return Entry(
        kind=leaf.kind,
        role=leaf.role,
        actor=leaf.actor,
        policy=leaf.policy,
        codes=tuple(dict.fromkeys((*leaf.codes, Code.REPLAYED.value))),
        numbers=numbers,
        plat_at=leaf.plat_at or leaf.at,
        **about,
    )


class _About(TypedDict, total=False):
    case: CaseRef
    incident: IncidentRef


def _still_there(database: Database, ref: str) -> _About | None:
    """Say what a name stands for that the log does not know to be erased."""
    if database.execute("SELECT 1 FROM incident WHERE ref = ? AND erased IS NULL", (ref,)).fetchone():
        return {"incident": IncidentRef(ref)}
    if database.execute("SELECT 1 FROM case_ WHERE ref = ? AND erased IS NULL", (ref,)).fetchone():
        return {"case": CaseRef(ref)}
    return None


def _request(database: Database, done: Leaf) -> Leaf | None:
    seq = done.numbers.get(Number.OF_SEQ)
    asked = None if seq is None else leaf_at(database, seq)
    return asked if asked is not None and asked.kind is Kind.ERASURE_REQUESTED else None


def _words(ref: str, said: Erasure | None) -> Iterable[str]:
    records = () if said is None else [leaf for leaf in (said.done, said.asked) if leaf is not None]
    return ref, *(leaf.to_bytes().decode("ascii") for leaf in records)


def _read(ref: str, written: list[bytes]) -> Erasure | None:
    try:
        leaves = [parse_leaf(record) for record in written]
    except EvidenceError:
        return None
    kinds = [leaf.kind for leaf in leaves]
    if kinds not in ([Kind.EVIDENCE_ERASED], [Kind.EVIDENCE_ERASED, Kind.ERASURE_REQUESTED]):
        return None
    return Erasure(*leaves) if {leaf.case or leaf.incident for leaf in leaves} == {ref} else None


_GONE = (
    "SELECT ref, erased FROM incident WHERE erased IS NOT NULL UNION"
    " SELECT ref, erased FROM case_ WHERE erased IS NOT NULL"
)
