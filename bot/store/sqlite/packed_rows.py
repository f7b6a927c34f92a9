"""What a pack is about: cases and incidents by their names, and which request about them is still open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.evidence.chance import CaseRef, IncidentRef
from bot.evidence.words import Kind, Number
from bot.store.sqlite.connection import Database
from bot.store.sqlite.ledger import leaf_at
from handlers.errors import UnknownIncident

_ABOUT_CASE = "SELECT seq FROM case_view WHERE case_ = ? ORDER BY seq DESC"
_OF_INCIDENT = "SELECT kind, of_seq FROM about WHERE incident = ? AND kind IN (?, ?) ORDER BY seq DESC LIMIT 1"
_ASKED = (Kind.EXPORT_REQUESTED, Kind.EVIDENCE_EXPORTED)
_TABLES = ("outcome", "act", "deletion", "about")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A case or an incident: one of `case` and `incident` is its opaque name; `seq` is the record it began with."""

    name: str
    number: int
    seq: int
    erased: int | None
    case: CaseRef | None = None
    incident: IncidentRef | None = None


def is_case(name: str) -> bool:
    """Whether a name is one of a case."""
    return name.startswith("C-")


def rows(database: Database, names: Iterable[str]) -> list[Row]:
    """Find cases and incidents; raises `UnknownIncident` for what never was."""
    return [row(database, name) for name in names]


def row(database: Database, name: str) -> Row:
    """Find a case or an incident by its name; raises `UnknownIncident` where there is none."""
    of_case = is_case(name)
    found = database.execute(
        f"SELECT number, ref, seq, erased FROM {'case_' if of_case else 'incident'} WHERE id = ?",
        (name.encode("utf-8", "backslashreplace").decode(),),
    ).fetchone()
    if found is None:
        raise UnknownIncident(f"There is no {'case' if of_case else 'incident'} {name}.")
    number, ref, seq, erased = found
    return Row(
        name=name,
        number=int(number),
        seq=int(seq),
        erased=erased,
        case=CaseRef(ref) if of_case else None,
        incident=None if of_case else IncidentRef(ref),
    )


def linked(database: Database, number: int) -> list[str]:
    """Give the names of the incidents of a case, in the order in which they were linked; its erasure hides none."""
    seqs = database.execute(
        "SELECT seq FROM case_event WHERE case_ = ? AND kind = ? ORDER BY seq", (number, Kind.INCIDENT_LINKED.value)
    ).fetchall()
    refs = dict.fromkeys(ref for (seq,) in seqs if (ref := leaf_at(database, seq).incident) is not None)
    return [database.execute("SELECT id FROM incident WHERE ref = ?", (ref,)).fetchone()[0] for ref in refs]


def cases_with(database: Database, incident: IncidentRef) -> list[int]:
    """Give the numbers of the cases to which an incident was linked."""
    seqs = database.execute(
        "SELECT e.case_, e.seq FROM case_event AS e JOIN log AS l USING (seq) WHERE e.kind = ? AND instr(l.leaf, ?)",
        (Kind.INCIDENT_LINKED.value, f'"incident":"{incident}"'.encode()),
    ).fetchall()
    return sorted({int(number) for number, _ in seqs})


def linked_to(database: Database, incident: IncidentRef) -> list[str]:
    """Give the names of the cases to which an incident was linked."""
    return [
        database.execute("SELECT id FROM case_ WHERE number = ?", (number,)).fetchone()[0]
        for number in cases_with(database, incident)
    ]


def records(database: Database, of: Row) -> list[int]:
    """Give the records about a case or an incident, in their order."""
    found = {of.seq}
    for table in ("case_event", "case_view") if of.case else _TABLES:
        column = "case_" if of.case else "incident"
        found |= {seq for (seq,) in database.execute(f"SELECT seq FROM {table} WHERE {column} = ?", (of.number,))}
    if of.case and of.erased is not None:
        found.add(of.erased)
    return sorted(found)


def open_request(database: Database, of: Row) -> int | None:
    """Give the first record of the latest request about a case or an incident that no pack followed from."""
    if of.incident is not None:
        latest = database.execute(_OF_INCIDENT, (of.number, *(kind.value for kind in reversed(_ASKED)))).fetchone()
        return int(latest[1]) if latest and latest[0] == Kind.EXPORT_REQUESTED.value else None
    for (seq,) in database.execute(_ABOUT_CASE, (of.number,)).fetchall():
        leaf = leaf_at(database, seq)
        if leaf.kind in _ASKED:
            return leaf.numbers[Number.OF_SEQ] if leaf.kind is Kind.EXPORT_REQUESTED else None
    return None


def names_of(found: Sequence[Row]) -> str:
    """Give names for a sentence."""
    return " ".join(one.name for one in found)
