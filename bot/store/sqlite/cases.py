"""The cases kept in SQLite: each thing that happened is one record of the log, sealed under the key of its case."""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from bot.evidence.chance import CaseRef, IncidentRef, new_case
from bot.evidence.leaves import Leaf, write_moment
from bot.evidence.words import Code, Kind, Role, Sealed
from bot.store.codec import dump
from bot.store.sqlite import case_reading
from bot.store.sqlite.case_entries import (
    LARGEST_FILE,
    new_code,
    of_account,
    of_happened,
    of_link,
    of_parting,
    plain_code,
)
from bot.store.sqlite.case_projections import (
    code_digest,
    incident_digest,
    key_digest,
    message_digest,
    report_name,
)
from bot.store.sqlite.connection import Database
from bot.store.sqlite.evidence import answered, append
from bot.store.sqlite.known_cases import KnownCases
from bot.store.sqlite.ledger import Entry, Ledger, leaf_at
from bot.store.sqlite.stewardship import Steward, acting
from bot.store.sqlite.writer import Work, Writer
from handlers.casework.ports import CaseChanged, Viewed
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed, advance, case_of
from policies.casework.people import Account, By, CaseId, PersonId, ReportId
from policies.casework.reports import NewReport, Report
from policies.casework.words import CaseState, Office
from policies.identifiers import IncidentId, MessageRef

PAGE = 50
"""How many cases are in memory at a time when all are read."""

_NO_FILES: Mapping[str, bytes] = MappingProxyType({})
_PURPOSES = {
    Office.INTAKE: Code.PURPOSE_TRIAGE,
    Office.INVESTIGATOR: Code.PURPOSE_INVESTIGATION,
    Office.DECIDER: Code.PURPOSE_DECISION,
    Office.APPEAL: Code.PURPOSE_APPEAL,
    Office.REVIEWER: Code.PURPOSE_AUDIT,
    Office.AUDITOR: Code.PURPOSE_AUDIT,
}


class SqliteCases:
    """Keeps cases; what returned is on the disk. Beside a running bot it can be opened `to_read` alone."""

    def __init__(self, writer: Writer, ledger: Ledger, *, to_read: bool = False) -> None:
        self._writer = writer
        self._ledger = ledger
        self._to_read = to_read
        self._known = KnownCases(ledger)

    async def new_report(self, new: NewReport) -> tuple[Report, str]:
        """Give a report an id and a receipt code; nothing is recorded by this alone."""
        code = new_code()
        code_hash = code_digest(self._ledger.vault, plain_code(code))

        def work(database: Database) -> Report:
            number = _next_report(database)
            name = report_name(write_moment(new.received_at), number)
            return Report(id=ReportId(name), new=new, code_hash=code_hash)

        return await self._read(work), code

    async def open(self, *happened: e.Happened, files: Mapping[str, bytes] | None = None) -> Case:
        """Begin a case with `CaseOpened` and what goes with it, all of it or nothing."""
        kept = _checked(files or _NO_FILES)
        return await answered(self._writer.write(lambda db: self._open(db, happened, kept)), "written")

    async def append(
        self, case: CaseId, *happened: e.Happened, version: int, files: Mapping[str, bytes] | None = None
    ) -> Case:
        """Keep what happened, all of it or nothing."""
        kept = _checked(files or _NO_FILES)
        return await answered(self._writer.write(lambda db: self._append(db, case, happened, version, kept)), "written")

    async def note_view(self, case: CaseId, by: By) -> None:
        """Record that somebody is about to see a case; only when this returned may they be shown anything."""
        await answered(self._writer.write(lambda db: self._note_view(db, case, by)), "written")

    async def views(self, case: CaseId) -> Sequence[Viewed]:
        """Give who was about to see a case, oldest first."""

        def work(database: Database) -> Sequence[Viewed]:
            number, _ = case_reading.identity(database, case)
            rows = database.execute("SELECT seq FROM case_view WHERE case_ = ? ORDER BY seq", (number,)).fetchall()
            leaves = [leaf_at(database, seq) for (seq,) in rows]
            views = (leaf for leaf in leaves if leaf.kind is Kind.EVIDENCE_VIEWED)
            return [Viewed(at=leaf.at, office=leaf.role.value, actor=leaf.actor or "") for leaf in views]

        return await self._read(work)

    async def erased(self) -> Sequence[tuple[CaseId, Leaf]]:
        """Give the cases that were erased, each with the record that says so, oldest case first."""

        def work(database: Database) -> Sequence[tuple[CaseId, Leaf]]:
            gone = database.execute("SELECT id, erased FROM case_ WHERE erased IS NOT NULL ORDER BY number").fetchall()
            return [(CaseId(name), leaf_at(database, seq)) for name, seq in gone]

        return await self._read(work)

    async def last_closing(self) -> int:
        """Give the latest record of a case being closed, or 0."""
        return await self._read(lambda db: int(db.execute(_CLOSING).fetchone()[0]))

    async def file(self, report: ReportId, number: int) -> bytes | None:
        """Give a file that came with a report, by its number, counted from 1."""

        def work(database: Database) -> bytes | None:
            field = Sealed.ATTACHMENT.numbered(number) if number > 0 else ""
            row = database.execute(_FILE, (field, report)).fetchone()
            return None if row is None else self._ledger.vault.unseal(row[1], row[0], field, row[2])[1]

        return await self._read(work)

    async def get(self, case: CaseId) -> Case | None:
        """Give a case as it stands."""

        def work(database: Database) -> Case | None:
            number = case_reading.number_of(database, case)
            return None if number is None else self._known.case(database, number)

        return await self._read(work)

    async def all(self, *, open_only: bool = False) -> AsyncIterator[Case]:
        """Give the cases, oldest first, page by page."""
        over = CaseState.CLOSED.value if open_only else ""
        last = 0
        while page := await self._read(lambda db, after=last: self._page(db, after, over)):  # type: ignore[misc] # bound
            for last, case in page:  # noqa: B007 - the next page begins after the last
                yield case

    async def of_report(self, report: ReportId) -> Case | None:
        """Give the case that a report joined."""

        def work(database: Database) -> Case | None:
            row = database.execute(_OF_REPORT, (report,)).fetchone()
            return self._known.case(database, row[0]) if row else None

        return await self._read(work)

    async def of_report_key(self, key: str) -> Case | None:
        """Give the case that a report with this key joined: the same report, delivered again."""
        found = await self._found("key", key_digest(self._ledger.vault, key))
        return found[0] if found else None

    async def of_code(self, code: str) -> tuple[Case, ReportId] | None:
        """Give the report of a receipt code with its case."""
        digest = code_digest(self._ledger.vault, plain_code(code))
        for case in await self._found("code", digest):
            for happened in case.of(e.ReportJoined):
                if isinstance(happened.what, e.ReportJoined) and happened.what.report.code_hash == digest:
                    return case, happened.what.report.id
        return None

    async def of_message(self, ref: MessageRef) -> Sequence[Case]:
        """Give the cases with a report about a message, oldest first."""
        return await self._found("message", message_digest(self._ledger.vault, ref))

    async def of_incident(self, incident: IncidentId) -> Sequence[Case]:
        """Give the cases to which an incident is linked, oldest first."""
        return await self._found("incident", incident_digest(self._ledger.vault, incident))

    async def of_person(self, person: PersonId) -> Sequence[Case]:
        """Give the cases in which somebody has a part, oldest first, under whatever name they had."""
        return await self._read(lambda db: self._cases(db, "person", case_reading.names(db, person)))

    async def person(self, account: Account) -> PersonId:
        """Give the opaque name of whoever is behind an account; the account is kept when it is met first."""
        known = await self._read(lambda db: case_reading.person_of(db, self._ledger.vault, account))
        if known is not None or self._to_read:
            return known or case_reading.opaque_name(self._ledger.vault, account)
        return await answered(self._writer.write(lambda db: self._person(db, account)), "written")

    async def accounts(self, person: PersonId) -> Sequence[Account]:
        """Give the accounts that are known of somebody."""
        return await self._read(lambda db: case_reading.accounts(db, self._ledger, person))

    async def linked(self) -> Sequence[Sequence[Account]]:
        """Give the accounts that were linked, those of one person together."""
        return await self._read(lambda db: case_reading.linked(db, self._ledger))

    async def link(self, one: Account, other: Account, happened_by: str) -> PersonId:
        """Record that two accounts are one person's; gives their one name from here on."""

        def work(database: Database) -> PersonId:
            first, second = self._person(database, one), self._person(database, other)
            if first != second:
                append(database, self._ledger, of_link(first, second, first, happened_by, self._ledger.vault))
            return case_reading.one_name(database, first)

        return await answered(self._writer.write(work), "written")

    async def part(self, account: Account, happened_by: str, words: str) -> PersonId:
        """Record that an account is a person's of its own; the others that it was linked to stay one person's."""

        def work(database: Database) -> PersonId:
            vault = self._ledger.vault
            own = case_reading.own_name(database, vault, account)
            others = [name for name in case_reading.names(database, own) if name != own] if own else []
            if own is None or not others:
                raise NotAllowed("That account is linked to no other, so there is nothing to undo.")
            append(database, self._ledger, of_parting(own, words, happened_by, vault))
            for other in others[1:]:
                if case_reading.one_name(database, others[0]) != case_reading.one_name(database, other):
                    append(database, self._ledger, of_link(others[0], other, others[0], happened_by, vault))
            return own

        return await answered(self._writer.write(work), "written")

    async def _found(self, kind: str, value: str) -> Sequence[Case]:
        return await self._read(lambda db: self._cases(db, kind, (value,)))

    async def _read(self, work: Work[case_reading.T]) -> case_reading.T:
        return await answered(self._writer.read(work), "read")

    def _open(self, database: Database, happened: Sequence[e.Happened], files: Mapping[str, bytes]) -> Case:
        if not happened:
            raise NotAllowed("A case begins with being opened.")
        case_of(CaseId("The case"), happened)
        ref = new_case()
        self._ledger.vault.new_group(ref)
        self._record(database, ref, happened, 0, files)
        (number,) = database.execute("SELECT number FROM case_ WHERE ref = ?", (ref,)).fetchone()
        return self._known.case(database, number)

    def _append(
        self,
        database: Database,
        name: CaseId,
        happened: Sequence[e.Happened],
        version: int,
        files: Mapping[str, bytes],
    ) -> Case:
        number, ref = case_reading.identity(database, name)
        now = self._known.case(database, number)
        if now.version != version:
            raise CaseChanged(f"Somebody did something on {name} meanwhile. Look at it again, then say what to do.")
        for one in happened:
            now = advance(now, one)
        self._record(database, ref, happened, version, files)
        return self._known.case(database, number)

    def _record(
        self,
        database: Database,
        ref: CaseRef,
        happened: Sequence[e.Happened],
        version: int,
        files: Mapping[str, bytes],
    ) -> None:
        vault = self._ledger.vault
        for place, one in enumerate(happened, version + 1):
            fit, incident = one, None
            match one.what:
                case e.ReportJoined(report=report):
                    numbered = e.ReportJoined(report=_numbered(database, report, one.at, self._ledger))
                    fit = replace(one, what=numbered)
                case e.IncidentLinked(incident=name):
                    incident = _incident(database, name)
            entry = of_happened(fit, ref, place, vault=vault, incident=incident, files=files)
            append(database, self._ledger, entry)

    def _cases(self, database: Database, kind: str, values: Sequence[str]) -> list[Case]:
        return [self._known.case(database, number) for number in case_reading.numbers(database, kind, values)]

    def _page(self, database: Database, after: int, over: str) -> list[tuple[int, Case]]:
        if not after:
            self._known.forget_erased(database)
        rows = database.execute(_PAGE, (after, over, PAGE)).fetchall()
        return [(number, self._known.case(database, number)) for (number,) in rows]

    def _person(self, database: Database, account: Account) -> PersonId:
        vault = self._ledger.vault
        known = case_reading.person_of(database, vault, account)
        if known is not None:
            return known
        name = case_reading.opaque_name(vault, account)
        if not vault.has(name):
            vault.new_group(name)
        append(database, self._ledger, of_account(account, name, name))
        return case_reading.one_name(database, name)

    def _note_view(self, database: Database, case: CaseId, by: By) -> None:
        _, ref = case_reading.identity(database, case)
        if by.office is None or not by.officer:
            raise NotAllowed("Only somebody named, in an office, may see a case.")
        actor = acting(self._ledger.vault, Steward(by.officer))
        entry = Entry(
            kind=Kind.EVIDENCE_VIEWED,
            role=Role(by.office.value),
            group=actor,
            actor=actor,
            case=ref,
            codes=(_PURPOSES.get(by.office, Code.PURPOSE_TRIAGE).value,),
            sealed={Sealed.AUTHOR.value: dump({"name": by.officer})},
        )
        append(database, self._ledger, entry)


def _numbered(database: Database, report: Report, at: datetime, ledger: Ledger) -> Report:
    """Give a report the number that is next, in case another one came in between."""
    key = key_digest(ledger.vault, report.new.key)
    if database.execute("SELECT 1 FROM case_found WHERE kind = 'key' AND value = ?", (key,)).fetchone():
        raise CaseChanged("This report was kept already.")
    return replace(report, id=ReportId(report_name(write_moment(at), _next_report(database))))


def _next_report(database: Database) -> int:
    (number,) = database.execute("SELECT coalesce(max(number), 0) + 1 FROM report").fetchone()
    return int(number)


def _incident(database: Database, name: IncidentId) -> IncidentRef | None:
    """Give the opaque name of an incident, unless it is not there or was erased."""
    row = database.execute("SELECT ref FROM incident WHERE id = ? AND erased IS NULL", (name,)).fetchone()
    return IncidentRef(row[0]) if row else None


def _checked(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    for sha256, content in files.items():
        if len(content) > LARGEST_FILE:
            raise NotAllowed(f"A file has {len(content)} bytes; up to {LARGEST_FILE >> 20} MiB are kept.")
        if hashlib.sha256(content).hexdigest() != sha256:
            raise NotAllowed("A file is not the one that the report names.")
    return files


_FILE = "SELECT s.seq, s.grp, s.blob FROM report AS r JOIN sealed AS s ON s.seq = r.seq AND s.field = ? WHERE r.id = ?"
_OF_REPORT = "SELECT case_ FROM report JOIN case_ AS c ON c.number = case_ WHERE report.id = ? AND c.erased IS NULL"
_PAGE = "SELECT number FROM case_ WHERE number > ? AND state <> ? AND erased IS NULL ORDER BY number LIMIT ?"
_CLOSING = (
    "SELECT coalesce(max(seq), 0) FROM case_event"
    f" WHERE kind = '{Kind.CASE_MOVED.value}' AND instr(' ' || codes || ' ', ' {CaseState.CLOSED.value} ')"
)
