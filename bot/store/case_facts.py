"""What a pack says of a case: its history from what is disclosed, and its decisions as data."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from bot.evidence.leaves import Leaf, write_moment
from bot.evidence.packs.case_parts import is_of_case
from bot.evidence.packs.contents import Fact, Opening, PackedRecord
from bot.evidence.packs.parts import Part
from bot.evidence.words import Kind, Sealed
from bot.store.codec import load, to_text
from bot.store.pack_facts import Masking, Secrets, printable, repeats

_SAID = {
    Sealed.TEXT: "the text",
    Sealed.NOTE: "noted",
    Sealed.REASONS: "reasons",
    Sealed.STATEMENT: "said",
    Sealed.REPORT_REASON: "reported",
}
_DECIDED = (Kind.DECISION_MADE, Kind.APPEAL_DECIDED)


def case_facts(records: Sequence[PackedRecord], *, show_text: bool, masked: Masking | None) -> Iterator[Fact]:
    """Give the history of a case in the order of the records; without `masked` words are shown only if asked for."""
    shown = str if show_text else masked
    for record in records:
        if not is_of_case(record.leaf):
            continue
        leaf = record.leaf
        at = write_moment(leaf.plat_at or leaf.at)
        by = leaf.actor or f"a {leaf.role.value}"
        codes = f" ({', '.join(leaf.codes)})" if leaf.codes else ""
        label = leaf.kind.value.replace(".", " ").capitalize()
        yield Fact(label, f"{at[:10]} {at[11:19]} UTC: {leaf.kind.means}{codes}, by {by}", leaf.seq)
        yield from _words(label, record, shown)
        yield from _files(label, record)


def decisions_of(
    name: str, read: Iterable[tuple[Leaf, Mapping[str, Opening] | None, Collection[Part]]], secrets: Secrets
) -> Iterator[tuple[str, bytes]]:
    """Give the statements of reasons of a case by their names, as far as their parts are chosen; no officer is named.

    What repeats something withheld is left out. Keys that the European database of statements has are named as there.
    """
    for leaf, values, chosen in read:
        if leaf.kind in _DECIDED and values is not None and {Part.REASON, Part.DETAILS} <= set(chosen):
            yield f"{name}.{leaf.seq}", _statement(name, leaf, values, chosen, secrets)


def _statement(
    name: str, leaf: Leaf, values: Mapping[str, Opening], chosen: Collection[Part], secrets: Secrets
) -> bytes:
    what = load(values[Sealed.BODY].value)["what"]
    reasons = values[Sealed.REASONS].value
    sanctions = [
        {field: value for field, value in sanction.items() if field != "on" or Part.AUTHOR in chosen}
        for sanction in what["sanctions"]
    ]
    said = {
        "puid": f"{name}.{leaf.seq}",
        "case": name,
        "record": leaf.seq,
        "kind": leaf.kind.value,
        "application_date": write_moment(leaf.plat_at or leaf.at)[:10],
        "content_date": (what.get("conduct_at") or "")[:10] or None,
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "verdict": what["verdict"],
        "decision_facts": None if repeats(Sealed.REASONS, reasons, secrets) else to_text(reasons),
        "rules": what["rules"],
        "policy": what.get("policy"),
        "sanctions": [_kept(sanction, secrets) for sanction in sanctions],
        "departure": what["departure"],
    }
    return f"{json.dumps(_kept(said, secrets), indent=2, sort_keys=True)}\n".encode()


def _kept(said: Mapping[str, object], secrets: Secrets) -> dict[str, object]:
    """Leave out what repeats something withheld."""
    return {
        name: None if isinstance(value, str) and repeats(Sealed.REASONS, value.encode(), secrets) else value
        for name, value in said.items()
    }


def _words(label: str, record: PackedRecord, shown: Masking | None) -> Iterator[Fact]:
    seq = record.leaf.seq
    for field, what in _SAID.items():
        if field in record.withheld:
            yield Fact(label, f"{what}: not disclosed ({record.withheld[field].why})", seq)
        elif field in record.openings and shown is None:
            yield Fact(label, f"{what}: in openings/{seq}.{field.value}", seq)
        elif field in record.openings and shown is not None:
            yield Fact(label, printable(shown(to_text(record.openings[field].value))), seq, quoted=True)
    if Sealed.REPORTER in record.withheld:
        yield Fact(label, f"who reported: not disclosed ({record.withheld[Sealed.REPORTER].why})", seq)


def _files(label: str, record: PackedRecord) -> Iterator[Fact]:
    seq = record.leaf.seq
    for field, file in record.files.items():
        number = field.partition(".")[2]
        where = f"attachments/{seq}.{number}.bin"
        yield Fact(label, f"file {number} as it came: {file.size} bytes, SHA-256 {file.sha256}, in {where}", seq)
    for field, withheld in record.withheld.items():
        sealed, _, number = field.partition(".")
        if sealed == Sealed.ATTACHMENT:
            yield Fact(label, f"file {number}: not disclosed ({withheld.why})", seq)
