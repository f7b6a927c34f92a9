"""Packing: two people agree to a pack, and that is put on record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.evidence.chance import PersonRef
from bot.evidence.leaves import Leaf
from bot.evidence.packs.contents import Choice
from bot.evidence.packs.parts import named
from bot.evidence.packs.referral import Ground, PerceivedBy, PossibleOffence, Referral, Target
from bot.evidence.words import Code, Kind, Number, Sealed
from bot.store.codec import dump, load
from bot.store.sqlite.connection import Database
from bot.store.sqlite.evidence import answered, append
from bot.store.sqlite.ledger import Entry, Ledger, leaf_at, size
from bot.store.sqlite.packed_rows import Row, linked, names_of, open_request, rows
from bot.store.sqlite.stewardship import Refused, Steward, acting, ensure_second
from bot.store.sqlite.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """A pack that two people agreed to, as it is on record: the first record that says so, and the last."""

    choice: Choice
    asked_by: PersonRef | None
    agreed_by: PersonRef
    export: int
    last: int


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
        whole = replace(choice, linked=_linked(database, choice))
        found = rows(database, whole.all)
        first = size(database) + 1
        for place, row in enumerate(found):
            body = {} if place else {Sealed.BODY.value: dump(_written(whole))}
            numbers = {Number.OF_SEQ: first, Number.ITEMS: len(found)}
            self._append(database, Kind.EXPORT_REQUESTED, row, who, codes=(whole.basis,), numbers=numbers, body=body)
        return first

    def _agree(self, database: Database, names: Sequence[str], who: Steward) -> Agreed:
        those = rows(database, names)
        asked = {open_request(database, row) for row in those}
        if None in asked or len(asked) != 1:
            raise Refused(f"Nobody has asked for a pack of {names_of(those)}. The first person asks, a second agrees.")
        request = leaf_at(database, min(seq for seq in asked if seq is not None))
        choice = _read(self._ledger.sealed(database, request.seq)[Sealed.BODY])
        if set(choice.named) != {row.name for row in those}:
            raise Refused(f"What was asked for is a pack of {' '.join(choice.named)}. Name exactly these.")
        if set(_linked(database, choice)) != set(choice.linked):
            raise Refused("An incident was linked to the case since this was asked for. Ask for the pack anew.")
        found = rows(database, choice.all)
        ensure_second(self._ledger.vault, request.actor, request.role, who, "a pack is made")
        codes = (choice.basis, Code.PURPOSE_PACK)
        if choice.show_text:
            for row in found:
                if row.erased is None:
                    self._append(database, Kind.EVIDENCE_VIEWED, row, who, codes=(choice.purpose,), numbers={})
        numbers = {Number.OF_SEQ: request.seq, Number.ITEMS: len(found)}
        done = [self._append(database, Kind.EVIDENCE_EXPORTED, row, who, codes=codes, numbers=numbers) for row in found]
        agreed_by = acting(self._ledger.vault, who)
        return Agreed(choice=choice, asked_by=request.actor, agreed_by=agreed_by, export=done[0].seq, last=done[-1].seq)

    def _append(
        self,
        database: Database,
        kind: Kind,
        row: Row,
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
            case=row.case,
            incident=row.incident,
            codes=tuple(dict.fromkeys(code.value for code in codes)),
            numbers={number.value: found for number, found in numbers.items()},
            sealed={Sealed.AUTHOR.value: dump({"name": who.name}), **(body or {})},
        )
        return append(database, self._ledger, entry)


def _linked(database: Database, choice: Choice) -> tuple[str, ...]:
    """Give the incidents of the cases that come along without being named."""
    found = [name for row in rows(database, choice.cases) for name in linked(database, row.number)]
    return tuple(name for name in dict.fromkeys(found) if name not in choice.incidents)


def _written(choice: Choice) -> dict[str, object]:
    return {
        "incidents": [*choice.incidents],
        "cases": [*choice.cases],
        "linked": [*choice.linked],
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
        cases=tuple(said.get("cases", ())),
        linked=tuple(said.get("linked", ())),
    )


def _referral(form: dict[str, list[str]]) -> Referral:
    return Referral(
        grounds=tuple(map(Ground, form["grounds"])),
        perceived_by=next(map(PerceivedBy, form["perceived_by"]), None),
        targets=tuple(map(Target, form["targets"])),
        offences=tuple(map(PossibleOffence, form["offences"])),
    )
