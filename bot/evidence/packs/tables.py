"""The tables of a pack: what happened when, who looked and exported, and what was withheld."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from bot.evidence.leaves import write_moment
from bot.evidence.packs.case_parts import STEWARDS
from bot.evidence.packs.contents import Pack, PackedRecord
from bot.evidence.words import Kind, Number

CUSTODY = STEWARDS | {Kind.VIEW_REFUSED, Kind.CONTACT_LOGGED}
"""What people did with the evidence or tried to, as against what happened in the channels."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Row = Sequence[str]

TIMELINE = ("record", "at", "platform_at", "incident", "kind", "means", "role", "actor", "rules", "codes", "policy")
WATCHED = ("record", "at", "incident", "kind", "means", "role", "actor", "codes", "of_record")
HELD_BACK = ("record", "incident", "field", "part", "why", "withheld_by", "basis")


def timeline(pack: Pack) -> Iterator[Row]:
    """Give every record in the order of the log, as openly as the log has it."""
    for name, record in named_records(pack):
        leaf = record.leaf
        policy = f"{leaf.policy.id} {leaf.policy.version} {leaf.policy.sha256}" if leaf.policy else ""
        platform_at = write_moment(leaf.plat_at) if leaf.plat_at else ""
        happened = (str(leaf.seq), write_moment(leaf.at), platform_at, name, leaf.kind.value, leaf.kind.means)
        yield (*happened, leaf.role.value, leaf.actor or "", " ".join(leaf.rules), " ".join(leaf.codes), policy)


def custody(pack: Pack) -> Iterator[Row]:
    """Give every view, export, hold and erasure, and who else tried to see a case or to have a say in it."""
    for name, record in named_records(pack):
        leaf = record.leaf
        if leaf.kind in CUSTODY:
            done = (str(leaf.seq), write_moment(leaf.at), name, leaf.kind.value, leaf.kind.means, leaf.role.value)
            yield (*done, leaf.actor or "", " ".join(leaf.codes), str(leaf.numbers.get(Number.OF_SEQ, "")))


def redactions(pack: Pack) -> Iterator[Row]:
    """Give every field that is not disclosed, and why."""
    for name, record in named_records(pack):
        for field, withheld in sorted(record.withheld.items()):
            why = (str(record.leaf.seq), name, field, withheld.part.value, withheld.why)
            yield (*why, pack.asked_by or "", pack.choice.basis.value)


def named_records(pack: Pack) -> list[tuple[str, PackedRecord]]:
    """Give every record with the name of its incident, in the order of the log."""
    named = [(incident.name, record) for incident in pack.incidents for record in incident.records]
    return sorted(named, key=lambda pair: pair[1].leaf.seq)


def as_csv(heading: Row, rows: Iterable[Row]) -> bytes:
    """Write a table for spreadsheets: no cell of it is taken for a formula."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in rows)
    return written.getvalue().encode()


CSV_FILES = {
    "timeline.csv": (TIMELINE, timeline),
    "custody.csv": (WATCHED, custody),
    "redactions.csv": (HELD_BACK, redactions),
}
"""The tables by the names of their files: what stands above the columns, and the rows of a pack."""
