"""What people do with the record itself: looking at it, holding it, having parts of it erased. Each is a record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.evidence.chance import PersonRef
from bot.evidence.leaves import PolicyRef
from bot.evidence.words import Code, Kind, Number, Role, Sealed
from bot.store.codec import dump
from bot.store.sqlite import attachments
from bot.store.sqlite.connection import Database
from bot.store.sqlite.erasures import ERASED, erasures_of, read_erasures, record_again, together, write_erasures
from bot.store.sqlite.evidence import answered, append
from bot.store.sqlite.holds import (
    LONGEST_HOLD,
    HoldInForce,
    Request,
    held_by,
    holds,
    is_held,
    lift_asked,
    open_request,
)
from bot.store.sqlite.ledger import Entry, Ledger, leaf_at
from bot.store.sqlite.packed_rows import Row, cases_with, linked, row
from bot.store.sqlite.vault import Vault
from bot.store.sqlite.writer import Writer
from handlers.errors import UnknownIncident
from policies.casework.four_eyes import VALID_FOR
from policies.casework.words import CaseState


class Refused(Exception):  # noqa: N818 - it says what became of the wish
    """What somebody asked for is not allowed; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Steward:
    """Somebody who acts on the record, by the name they are known under to the system.

    Where roles are given out (`listed`), whoever agrees needs another one than whoever asked.
    """

    name: str
    role: Role = Role.ADMIN
    listed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WithIncidents:
    """A case that is erased with its incidents: the record that says so, which of them go, and why others stay."""

    seq: int
    going: tuple[str, ...]
    kept: Mapping[str, str]


class Stewardship:
    """Records what stewards do about incidents and cases before it has an effect; both go by their ids.

    A hold on a case holds its incidents as well. Erasing a case leaves its incidents, unless both people say otherwise.
    """

    def __init__(self, writer: Writer, ledger: Ledger, folder: Path) -> None:
        self._writer = writer
        self._ledger = ledger
        self._folder = folder

    async def view(self, incidents: Sequence[str], who: Steward, purpose: Code) -> None:
        """Record that somebody is about to read; only when this returned may they be shown anything."""
        await answered(
            self._writer.write(
                lambda db: [self._append(db, Kind.EVIDENCE_VIEWED, name, who, purpose) for name in incidents]
            ),
            "written",
        )

    async def request_erasure(self, incident: str, who: Steward, reason: Code) -> None:
        """Ask for an incident to be erased; a second person has to say the same."""
        await answered(self._writer.write(lambda db: self._request(db, incident, who, reason)), "written")

    async def erase(self, incident: str, who: Steward) -> int:
        """Erase what the first person asked for: the keys are gone from every file when this returns.

        Gives the record that says so. Raises `Refused` without a request of somebody else, or under a hold.
        """
        seq = await answered(self._writer.write(lambda db: self._erase(db, incident, who)), "written")
        await self.finish_erasures()
        return seq

    async def request_erasure_with_incidents(self, case: str, who: Steward, reason: Code) -> WithIncidents:
        """Ask for a case to be erased with its incidents, but for those that are held or in another open case."""
        return await answered(self._writer.write(lambda db: self._request_all(db, case, who, reason)), "written")

    async def erase_with_incidents(self, case: str, who: Steward) -> WithIncidents:
        """Erase a case with the incidents that the first person asked for and that nothing keeps now; as `erase`."""
        done = await answered(self._writer.write(lambda db: self._erase_all(db, case, who)), "written")
        await self.finish_erasures()
        return done

    async def erase_by_schedule(self, incidents: Sequence[str], schedule: PolicyRef) -> None:
        """Erase what the schedule lets go of, and record that it was carried out."""
        await answered(self._writer.write(lambda db: self._let_go(db, incidents, schedule)), "written")
        await self.finish_erasures()

    async def finish_erasures(self) -> int:
        """Destroy the keys of everything that the log says is erased, and record what only the list says.

        Harmless when repeated; run at every start, so that neither a crash nor a restored copy brings anything back.
        """
        return await answered(self._writer.write(self._finish), "written")

    async def request_hold(self, incident: str, who: Steward, reason: Code) -> None:
        """Ask for a legal hold; a second person has to place it."""
        await answered(
            self._writer.write(lambda db: self._append(db, Kind.HOLD_REQUESTED, incident, who, reason)), "written"
        )

    async def place_hold(self, incident: str, who: Steward, *, review_in: timedelta) -> None:
        """Place the hold that somebody else asked for."""
        _check_review(review_in)

        def place(database: Database) -> None:
            asked = open_request(database, _there(database, incident), Kind.HOLD_REQUESTED, Kind.HOLD_PLACED)
            if asked is None:
                raise Refused(f"Nobody has asked for a hold on {incident}. The first person asks, a second places it.")
            self._second(asked, who, "a hold is placed")
            self._append(database, Kind.HOLD_PLACED, incident, who, asked.reason, of=asked.seq, lasts=review_in)

        await answered(self._writer.write(place), "written")

    async def review_hold(self, incident: str, who: Steward, *, review_in: timedelta) -> None:
        """Keep a hold after looking at it again."""
        _check_review(review_in)
        await answered(
            self._writer.write(lambda db: self._on_hold(db, incident, who, Kind.HOLD_REVIEWED, review_in)), "written"
        )

    async def request_lift(self, incident: str, who: Steward) -> datetime:
        """Ask for a hold to be lifted; gives until when a second person may lift it."""

        def ask(database: Database) -> datetime:
            seq = self._on_hold(database, incident, who, Kind.LIFTING_REQUESTED, VALID_FOR)
            return leaf_at(database, seq).at + VALID_FOR

        return await answered(self._writer.write(ask), "written")

    async def lift_hold(self, incident: str, who: Steward) -> None:
        """End the hold that somebody else asked to have lifted."""

        def lift(database: Database) -> None:
            asked = _lift_asked(database, incident, self._ledger.clock.now())
            self._second(asked, who, "a hold is lifted")
            self._append(database, Kind.HOLD_LIFTED, incident, who, None, of=asked.seq)

        await answered(self._writer.write(lift), "written")

    async def holds(self) -> Sequence[HoldInForce]:
        """Give the holds in force, the one to be looked at first in front."""
        return await answered(self._writer.read(holds), "read")

    def _on_hold(self, database: Database, incident: str, who: Steward, kind: Kind, lasts: timedelta) -> int:
        _ensure_held(database, _there(database, incident))
        return self._append(database, kind, incident, who, None, lasts=lasts)

    def _append(
        self,
        database: Database,
        kind: Kind,
        incident: str,
        who: Steward,
        code: Code | None,
        *,
        of: int | None = None,
        items: int | None = None,
        lasts: timedelta | None = None,
    ) -> int:
        of_row = _there(database, incident)
        actor = acting(self._ledger.vault, who)
        numbers = {} if of is None else {Number.OF_SEQ.value: of}
        if items is not None:
            numbers[Number.ITEMS.value] = items
        if lasts is not None:
            numbers[Number.SECONDS.value] = int(lasts.total_seconds())
        entry = Entry(
            kind=kind,
            role=who.role,
            group=actor,
            actor=actor,
            case=of_row.case,
            incident=of_row.incident,
            codes=() if code is None else (code.value,),
            numbers=numbers,
            sealed={Sealed.AUTHOR.value: dump({"name": who.name})},
        )
        return append(database, self._ledger, entry).seq

    def _request(self, database: Database, incident: str, who: Steward, reason: Code) -> None:
        _refuse_held(database, _there(database, incident))
        self._append(database, Kind.ERASURE_REQUESTED, incident, who, reason)

    def _request_all(self, database: Database, case: str, who: Steward, reason: Code) -> WithIncidents:
        there = _there(database, case)
        _refuse_held(database, there)
        found = _with(database, there)
        going = tuple(name for name, why in found.items() if not why)
        seq = self._append(database, Kind.ERASURE_REQUESTED, case, who, reason, items=len(going))
        for name in going:
            self._append(database, Kind.ERASURE_REQUESTED, name, who, reason, of=seq)
        return WithIncidents(seq=seq, going=going, kept={name: why for name, why in found.items() if why})

    def _erase(self, database: Database, incident: str, who: Steward) -> int:
        asked = self._asked(database, incident, who)
        if asked.items is not None:
            raise Refused(f"What was asked for is that {incident} is erased with its incidents: --with-incidents.")
        return self._append(database, Kind.EVIDENCE_ERASED, incident, who, asked.reason, of=asked.seq)

    def _erase_all(self, database: Database, case: str, who: Steward) -> WithIncidents:
        asked = self._asked(database, case, who)
        if asked.items is None:
            raise Refused(f"That the incidents of {case} are erased with it was not asked for.")
        going, kept = [], {}
        for name, why in _with(database, row(database, case)).items():
            its = open_request(database, row(database, name), Kind.ERASURE_REQUESTED, Kind.EVIDENCE_ERASED)
            if why or its is None or its.of != asked.seq:
                kept[name] = why or "nobody asked for it when the case was asked for"
            else:
                self._append(database, Kind.EVIDENCE_ERASED, name, who, asked.reason, of=its.seq)
                going.append(name)
        seq = self._append(database, Kind.EVIDENCE_ERASED, case, who, asked.reason, of=asked.seq, items=len(going))
        return WithIncidents(seq=seq, going=tuple(going), kept=kept)

    def _asked(self, database: Database, name: str, who: Steward) -> Request:
        """Give what somebody else asked to have erased; raises `Refused`."""
        there = _there(database, name)
        _refuse_held(database, there)
        asked = open_request(database, there, Kind.ERASURE_REQUESTED, Kind.EVIDENCE_ERASED)
        if asked is None:
            raise Refused(f"Nobody has asked for {name} to be erased. The first person asks, a second erases.")
        self._second(asked, who, "anything is erased")
        return asked

    def _let_go(self, database: Database, incidents: Sequence[str], schedule: PolicyRef) -> None:
        for name in incidents:
            there = _there(database, name)
            _refuse_held(database, there)
            code = Code.ERASED_BY_RETENTION.value
            append(
                database,
                self._ledger,
                Entry(kind=Kind.EVIDENCE_ERASED, incident=there.incident, policy=schedule, codes=(code,)),
            )
        applied = Entry(kind=Kind.RETENTION_APPLIED, policy=schedule, numbers={Number.ITEMS.value: len(incidents)})
        append(database, self._ledger, applied)

    def _finish(self, database: Database) -> int:
        vault, path = self._ledger.vault, self._folder / ERASED
        listed = read_erasures(path)
        known = together(listed, dict.fromkeys(vault.erased()))
        for ref, said in sorted(known.items()):
            record_again(database, self._ledger, ref, said)
        known = together(known, erasures_of(database, (ref for ref, said in known.items() if said is not None)))
        if known != listed:
            write_erasures(path, known)
        left = [ref for ref in sorted(known) if vault.has(ref)]
        for ref in left:
            attachments.remove(self._folder, ref)
        return vault.erase(left) if left else 0

    def _second(self, asked: Request, who: Steward, what: str) -> None:
        ensure_second(self._ledger.vault, asked.actor, asked.role, who, what)


def acting(vault: Vault, who: Steward) -> PersonRef:
    """Give the opaque name of somebody who acts on the record, and make sure that there is a key for their name."""
    actor = vault.person("steward", who.name)
    if not vault.has(actor):
        vault.new_group(actor)
    return actor


def ensure_second(vault: Vault, asked_by: PersonRef | None, role: Role, who: Steward, what: str) -> None:
    """Refuse whoever asked, and where roles are given out whoever has the role of the one who asked."""
    if asked_by == vault.person("steward", who.name):
        raise Refused(f"{who.name} has asked for this, so somebody else has to agree before {what}.")
    if who.listed and role is who.role:
        raise Refused(
            f"Who asked for this is {who.role.value} as {who.name} is. Somebody in another role has to agree before"
            f" {what}."
        )


def _there(database: Database, name: str) -> Row:
    """Find what is not erased; raises `UnknownIncident`."""
    found = row(database, name)
    if found.erased is not None:
        what = "Incident" if found.case is None else "Case"
        raise UnknownIncident(f"{what} {name} was erased; record {found.erased} of the log says under what authority.")
    return found


def _lift_asked(database: Database, incident: str, now: datetime) -> Request:
    """Give what somebody asked for about a hold; raises `Refused` where it does not stand any more."""
    of = _there(database, incident)
    _ensure_held(database, of)
    asked, again = lift_asked(database, of), f"hustings evidence hold request-lift {of.name}"
    if asked is None or asked.until is None:
        raise Refused(
            f"Nobody has asked for the hold on {of.name} to be lifted since it was placed or looked at last. The first"
            f" person runs: {again}. A second one lifts it."
        )
    if now >= asked.until:
        raise Refused(
            f"The request to lift the hold on {of.name} expired on {asked.until:%Y-%m-%d %H:%M} UTC. Ask"
            f" again: {again}."
        )
    return asked


def _ensure_held(database: Database, of: Row) -> None:
    if not is_held(database, of):
        raise Refused(f"There is no hold on {of.name}; `hustings evidence hold list` shows those there are.")


def _with(database: Database, case: Row) -> dict[str, str]:
    """Give the incidents of a case that are not erased, each with what keeps it from being erased with the case."""
    found = [row(database, name) for name in linked(database, case.number)]
    return {one.name: _kept_by(database, one, case) for one in found if one.erased is None}


def _kept_by(database: Database, of: Row, case: Row) -> str:
    held = held_by(database, of)
    if held:
        return "it is under a legal hold" if held == of.name else f"it is under a legal hold with {held}"
    others = [number for number in cases_with(database, of.incident) if number != case.number] if of.incident else []
    is_open = any(database.execute(_IS_OPEN, (number,)).fetchone() for number in others)
    return "another case with it is still open" if is_open else ""


def _refuse_held(database: Database, of: Row) -> None:
    held = held_by(database, of)
    if held:
        also = "" if held == of.name else f" with {held}"
        raise Refused(
            f"{of.name} is under a legal hold{also}, and nothing of it may be erased until the hold is lifted."
        )


def _check_review(review_in: timedelta) -> None:
    if not timedelta(0) < review_in <= LONGEST_HOLD:
        raise Refused(f"A hold is looked at again within {LONGEST_HOLD.days} days. Name an earlier day.")


_IS_OPEN = f"SELECT 1 FROM case_ WHERE number = ? AND erased IS NULL AND state <> '{CaseState.CLOSED.value}'"
