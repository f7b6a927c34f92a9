"""Cases in memory, and made-up matters to make them of."""

import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from handlers.casework.ports import CaseChanged, Viewed
from handlers.errors import EvidenceUnavailable
from policies.casework import events as e
from policies.casework.case import Case, NotAllowed, advance, case_of
from policies.casework.people import THE_BOT, Account, By, CaseId, PersonId, ReportId
from policies.casework.recusal import people_of
from policies.casework.reports import NewReport, Report
from policies.casework.words import CaseKind, CaseReason, CaseState, Channel, Office, Verdict
from policies.decisions import Severity
from policies.identifiers import CommunityId, IncidentId, MemberId, MessageRef, PlatformName
from tests.fakes.clock import NOON, FrozenClock
from tests.fakes.incidents import message

T = TypeVar("T")
INTAKE = By(Office.INTAKE, "ida")
INVESTIGATOR = By(Office.INVESTIGATOR, "ivo")
DECIDER = By(Office.DECIDER, "dora")


class MemoryCases:
    """Cases that are gone when the test is over; `broken` makes every call fail as a full disk would."""

    def __init__(self, clock: FrozenClock | None = None) -> None:
        self._clock = clock or FrozenClock()
        self._cases: dict[CaseId, Case] = {}
        self._views: dict[CaseId, list[Viewed]] = defaultdict(list)
        self._files: dict[tuple[ReportId, int], bytes] = {}
        self._accounts: dict[Account, PersonId] = {}
        self._one: dict[PersonId, PersonId] = {}
        self._codes = 0
        self._reports = 0
        self.broken = False

    async def new_report(self, new: NewReport) -> tuple[Report, str]:
        """Give a report an id and a receipt code that nobody else has."""
        self._ready()
        self._codes += 1
        letters = "".join("ABCDEFGHJK"[int(digit)] for digit in f"{self._codes:016d}")
        code = "-".join(letters[at : at + 4] for at in range(0, 16, 4))
        name = ReportId(f"R-{new.received_at.year}-{self._reports + 1:06d}")
        return Report(id=name, new=new, code_hash=_hash(code)), code

    async def open(self, *happened: e.Happened, files: Mapping[str, bytes] | None = None) -> Case:
        """Begin a case, all of it or nothing."""
        self._ready()
        _check(files or {})
        if not happened:
            raise NotAllowed("A case begins with being opened.")
        name = CaseId(f"C-{happened[0].at.year}-{len(self._cases) + 1:06d}")
        case_of(name, happened)
        self._cases[name] = case_of(name, self._numbered(happened, files or {}))
        return self._now(self._cases[name])

    async def append(
        self, case: CaseId, *happened: e.Happened, version: int, files: Mapping[str, bytes] | None = None
    ) -> Case:
        """Keep what happened, all of it or nothing."""
        self._ready()
        _check(files or {})
        now = self._cases.get(case)
        if now is None:
            raise NotAllowed(f"There is no case {case}.")
        if now.version != version:
            raise CaseChanged(f"Somebody did something on {case} meanwhile.")
        for one in happened:
            now = advance(now, one)
        now = self._cases[case]
        for one in self._numbered(happened, files or {}):
            now = advance(now, one)
        self._cases[case] = now
        return self._now(now)

    async def note_view(self, case: CaseId, by: By) -> None:
        """Keep that somebody is about to see a case."""
        self._ready()
        if case not in self._cases:
            raise NotAllowed(f"There is no case {case}.")
        if by.office is None or not by.officer:
            raise NotAllowed("Only somebody named, in an office, may see a case.")
        actor = f"p_{hashlib.sha256(by.officer.encode()).hexdigest()[:32]}"
        self._views[case].append(Viewed(at=self._clock.now(), office=by.office.value, actor=actor))

    async def views(self, case: CaseId) -> Sequence[Viewed]:
        """Give who was about to see a case."""
        self._ready()
        return list(self._views[case])

    async def file(self, report: ReportId, number: int) -> bytes | None:
        """Give a file that came with a report."""
        self._ready()
        return self._files.get((report, number))

    async def get(self, case: CaseId) -> Case | None:
        """Give a case as it stands."""
        self._ready()
        found = self._cases.get(case)
        return None if found is None else self._now(found)

    async def all(self, *, open_only: bool = False) -> AsyncIterator[Case]:
        """Give the cases, oldest first."""
        self._ready()
        for case in list(self._cases.values()):
            if case.is_open or not open_only:
                yield self._now(case)

    async def of_report(self, report: ReportId) -> Case | None:
        """Give the case that a report joined."""
        return next((case for case, joined in self._joined() if joined.id == report), None)

    async def of_report_key(self, key: str) -> Case | None:
        """Give the case that a report with this key joined."""
        return next((case for case, joined in self._joined() if joined.new.key == key), None)

    async def of_code(self, code: str) -> tuple[Case, ReportId] | None:
        """Give the report of a receipt code with its case."""
        wanted = _hash(code)
        return next(((case, joined.id) for case, joined in self._joined() if joined.code_hash == wanted), None)

    async def of_message(self, ref: MessageRef) -> Sequence[Case]:
        """Give the cases with a report about a message, oldest first."""
        return list({case.id: case for case, joined in self._joined() if joined.new.message == ref}.values())

    async def of_incident(self, incident: IncidentId) -> Sequence[Case]:
        """Give the cases to which an incident is linked, oldest first."""
        return [case async for case in self.all() if incident in case.incidents]

    async def of_person(self, person: PersonId) -> Sequence[Case]:
        """Give the cases in which somebody has a part, under whatever name they had."""
        one = self._one.get(person, person)
        return [case async for case in self.all() if one in people_of(case)]

    async def person(self, account: Account) -> PersonId:
        """Give the opaque name of whoever is behind an account."""
        self._ready()
        if account not in self._accounts:
            community = "" if account.platform is PlatformName.DISCORD else account.community
            said = f"{account.platform}/{community}/{account.member}".encode()
            self._accounts[account] = PersonId(f"P-{hashlib.sha256(said).hexdigest()[:16]}")
        name = self._accounts[account]
        return self._one.get(name, name)

    async def accounts(self, person: PersonId) -> Sequence[Account]:
        """Give the accounts that are known of somebody."""
        self._ready()
        one = self._one.get(person, person)
        return [account for account, name in self._accounts.items() if self._one.get(name, name) == one]

    async def linked(self) -> Sequence[Sequence[Account]]:
        """Give the accounts that were linked, those of one person together."""
        people = dict.fromkeys(self._one.values())
        return [found for found in [await self.accounts(person) for person in people] if len(found) > 1]

    async def link(self, one: Account, other: Account, happened_by: str) -> PersonId:
        """Keep that two accounts are one person's; whoever was known first gives the name."""
        first, second = await self.person(one), await self.person(other)
        order = list(dict.fromkeys(self._one.get(name, name) for name in self._accounts.values()))
        stays, goes = sorted((first, second), key=order.index)
        self._one.update({name: stays for name in {goes, *self._one} if self._one.get(name, name) == goes})
        return stays

    async def part(self, account: Account, happened_by: str, words: str) -> PersonId:
        """Keep that an account is a person's of its own; the others stay one person's."""
        own = self._accounts.get(account)
        one = None if own is None else self._one.get(own, own)
        names = dict.fromkeys(self._accounts.values())
        others = [name for name in names if name != own and self._one.get(name, name) == one]
        if own is None or not others:
            raise NotAllowed("That account is linked to no other, so there is nothing to undo.")
        for name in (own, *others):
            self._one.pop(name, None)
        self._one.update(dict.fromkeys(others[1:], others[0]))
        return own

    def _numbered(self, happened: Sequence[e.Happened], files: Mapping[str, bytes]) -> list[e.Happened]:
        fit = []
        for one in happened:
            if isinstance(one.what, e.ReportJoined):
                report = one.what.report
                if report.new.key in {joined.new.key for _, joined in self._joined()}:
                    raise CaseChanged("This report was kept already.")
                self._reports += 1
                report = replace(report, id=ReportId(f"R-{one.at.year}-{self._reports:06d}"))
                for number, file in enumerate(report.new.files, 1):
                    if file.sha256 in files:
                        self._files[report.id, number] = files[file.sha256]
                fit.append(replace(one, what=e.ReportJoined(report=report)))
            else:
                fit.append(one)
        return fit

    def _joined(self) -> list[tuple[Case, Report]]:
        self._ready()
        return [
            (now, happened.what.report)
            for now in map(self._now, self._cases.values())
            for happened in now.history
            if isinstance(happened.what, e.ReportJoined)
        ]

    def _now(self, case: Case) -> Case:
        """Give a case in which everybody named goes under their one name."""
        return case_of(case.id, [_renamed(one, self._one) for one in case.history]) if self._one else case

    def _ready(self) -> None:
        if self.broken:
            raise EvidenceUnavailable("The record could not be reached: disk full")


def account(member: str, platform: PlatformName = PlatformName.DISCORD, community: str = "party") -> Account:
    """Make an account."""
    return Account(platform=platform, community=CommunityId(community), member=MemberId(member))


def happened(what: e.CaseEvent, by: By = THE_BOT, at: datetime = NOON) -> e.Happened:
    """Let something happen."""
    return e.Happened(at=at, by=by, what=what)


def opening(severity: Severity = Severity.MEDIUM, kind: CaseKind = CaseKind.CONDUCT) -> e.Happened:
    """Let a case be opened."""
    return happened(e.CaseOpened(kind=kind, severity=severity))


def new_report(key: str = "k-1", *, at: datetime = NOON, **more: object) -> NewReport:
    """Make a report of a message."""
    base = NewReport(
        key=key, channel=Channel.MESSAGE, words=f"what {key} says", received_at=at, message=message(1), reaction=""
    )
    return replace(base, **more)  # type: ignore[arg-type] # the fields of a report, whatever they are


def to_decided(at: datetime = NOON) -> tuple[e.Happened, ...]:
    """Give what brings a case that was received to its decision."""
    steps: tuple[tuple[e.CaseEvent, By], ...] = (
        (e.CaseMoved(to=CaseState.ACKNOWLEDGED, reason=CaseReason.RECEIPT_SENT), INTAKE),
        (e.CaseMoved(to=CaseState.TRIAGED, reason=CaseReason.SEVERITY_SET), INTAKE),
        (e.CaseMoved(to=CaseState.INVESTIGATING, reason=CaseReason.FACTS_NEEDED), INVESTIGATOR),
        (e.CaseDecided(verdict=Verdict.UPHELD, reasons="the words are on record", rules=("slurs",)), DECIDER),
    )
    return tuple(happened(what, by, at + timedelta(hours=hour)) for hour, (what, by) in enumerate(steps, 1))


def _check(files: Mapping[str, bytes]) -> None:
    for sha256, content in files.items():
        if len(content) > 8 << 20:
            raise NotAllowed(f"A file has {len(content)} bytes; up to 8 MiB are kept.")
        if hashlib.sha256(content).hexdigest() != sha256:
            raise NotAllowed("A file is not the one that the report names.")


def _renamed(value: T, names: Mapping[PersonId, PersonId]) -> T:
    """Put the one name in the place of every other, wherever it stands."""
    found: object = value
    if isinstance(value, str):
        found = names.get(PersonId(value), value)
    elif isinstance(value, tuple):
        found = tuple(_renamed(one, names) for one in value)
    elif is_dataclass(value) and not isinstance(value, type):
        found = replace(value, **{one.name: _renamed(getattr(value, one.name), names) for one in fields(value)})
    return found  # type: ignore[return-value] # each is replaced by one of its own kind


def _hash(code: str) -> str:
    return hashlib.sha256("".join(letter for letter in code.upper() if letter.isalpha()).encode()).hexdigest()
